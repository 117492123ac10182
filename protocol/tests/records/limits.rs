//! Every limit of a record's fields, at its edge: the last value that is taken and the first that is not.

use countersign_protocol::id::RequestId;
use countersign_protocol::record::{
    Body, DecodeError, MAX_RANGES, MAX_RECORD_BYTES, RECORD_VERSION, Record,
};

use crate::samples::{range, samples};

/// The value of a protobuf field, as far as records use them.
#[derive(Clone)]
enum Wire {
    Varint(u64),
    Bytes(Vec<u8>),
}

fn take_varint(bytes: &mut &[u8]) -> u64 {
    let mut value = 0;
    for shift in (0..).step_by(7) {
        let byte = bytes[0];
        *bytes = &bytes[1..];
        value |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return value;
        }
    }
    unreachable!("a varint ends")
}

fn put_varint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

fn fields(mut bytes: &[u8]) -> Vec<(u64, Wire)> {
    let mut fields = Vec::new();
    while !bytes.is_empty() {
        let tag = take_varint(&mut bytes);
        let value = match tag & 7 {
            0 => Wire::Varint(take_varint(&mut bytes)),
            2 => {
                let length = take_varint(&mut bytes) as usize;
                let (content, rest) = bytes.split_at(length);
                bytes = rest;
                Wire::Bytes(content.to_vec())
            }
            other => panic!("records use no wire type {other}"),
        };
        fields.push((tag >> 3, value));
    }
    fields
}

fn message(fields: &[(u64, Wire)]) -> Vec<u8> {
    let mut out = Vec::new();
    for (number, value) in fields {
        match value {
            // Defaults are left out, or the bytes would be refused for that.
            Wire::Varint(0) => {}
            Wire::Varint(value) => {
                put_varint(&mut out, number << 3);
                put_varint(&mut out, *value);
            }
            Wire::Bytes(content) => {
                put_varint(&mut out, number << 3 | 2);
                put_varint(&mut out, content.len() as u64);
                out.extend(content);
            }
        }
    }
    out
}

/// The message with the first field at `path` set to `value`; an absent last field is put in its place.
fn with_field(bytes: &[u8], path: &[u64], value: &Wire) -> Vec<u8> {
    let mut fields = fields(bytes);
    let at = fields.iter().position(|(number, _)| *number == path[0]);
    let new = |inner: &[u8]| match path {
        [_] => value.clone(),
        [_, rest @ ..] => Wire::Bytes(with_field(inner, rest, value)),
        [] => unreachable!("a path has a field"),
    };
    match at {
        Some(at) => {
            let inner = match &fields[at].1 {
                Wire::Bytes(inner) => inner.clone(),
                Wire::Varint(_) => Vec::new(),
            };
            fields[at].1 = new(&inner);
        }
        None => {
            let place = fields.iter().position(|(number, _)| *number > path[0]);
            fields.insert(place.unwrap_or(fields.len()), (path[0], new(&[])));
        }
    }
    message(&fields)
}

fn sample(name: &str) -> Record {
    let found = samples().into_iter().find(|(sample, _)| *sample == name);
    found.unwrap().1
}

/// The sample with one field changed behind the back of the domain types.
fn changed(name: &str, path: &[u64], value: &Wire) -> Result<Record, DecodeError> {
    let record = sample(name);
    let bytes = with_field(&record.encode(), path, value);
    let decoded = Record::decode(&bytes)?;
    assert_eq!(decoded.encode(), bytes);
    Ok(decoded)
}

/// That the change is refused for this field of this kind, in words.
fn is_refused(name: &str, path: &[u64], value: &Wire, field: &str) {
    match changed(name, path, value) {
        Err(DecodeError::Field {
            field: found, why, ..
        }) => {
            assert_eq!(found, field, "{name}: {why}");
            assert!(!why.is_empty(), "{name}.{field} gives no reason");
        }
        other => panic!("{name}.{field}: {other:?}"),
    }
}

#[test]
fn texts_may_be_as_long_as_their_limit_and_no_longer() {
    let table: &[(&str, &[u64], &str, usize)] = &[
        ("genesis", &[10, 2], "origin", 255),
        ("genesis", &[10, 3], "network", 256),
        ("genesis", &[10, 5], "name", 256),
        ("genesis", &[10, 6], "log_key", 512),
        ("organisation", &[11, 2], "name", 256),
        ("account", &[12, 3], "name", 256),
        ("project", &[13, 3], "title", 1024),
        ("issuance", &[14, 3], "unit_type", 12),
        ("hold", &[16, 4], "reason", 512),
        ("lock", &[18, 3], "destination_origin", 255),
        ("lock", &[18, 4], "agreement", 64),
        ("lock", &[18, 7, 2], "blocks.unit_type", 12),
        ("ask_cancel", &[19, 2], "reason", 512),
        ("acquire", &[20, 3], "agreement", 64),
        ("acquire", &[20, 6, 1], "proof.origin", 255),
        ("refuse", &[21, 4], "reason", 512),
        ("key_rotation", &[27, 1], "log_key", 512),
        ("partner", &[28, 2], "origin", 255),
        ("partner", &[28, 4], "log_key", 512),
        ("partner", &[28, 5], "peer", 128),
        ("agreement", &[29, 1], "id", 64),
    ];
    for (name, path, field, limit) in table {
        let text = |length: usize| Wire::Bytes(b"A".repeat(length));
        changed(name, path, &text(*limit)).unwrap_or_else(|why| panic!("{name}.{field}: {why}"));
        is_refused(name, path, &text(limit + 1), field);
        is_refused(name, path, &Wire::Bytes(b"A\n".to_vec()), field);
    }
}

#[test]
fn empty_texts_are_refused() {
    // An empty text is left out by the encoding, so it is the absent field that is refused.
    for (name, field) in [
        ("organisation", "name"),
        ("project", "title"),
        ("hold", "reason"),
    ] {
        let path: &[u64] = match name {
            "organisation" => &[11, 2],
            "project" => &[13, 3],
            _ => &[16, 4],
        };
        let mut bytes = sample(name).encode();
        let body = fields(&bytes).pop().unwrap();
        let Wire::Bytes(body) = body.1 else {
            unreachable!()
        };
        let kept: Vec<_> = fields(&body)
            .into_iter()
            .filter(|(number, _)| *number != path[1])
            .collect();
        bytes = with_field(&bytes, &path[..1], &Wire::Bytes(message(&kept)));
        match Record::decode(&bytes) {
            Err(DecodeError::Field { field: found, .. }) => assert_eq!(found, field),
            other => panic!("{name}: {other:?}"),
        }
    }
}

#[test]
fn byte_fields_have_exactly_their_length() {
    let table: &[(&str, &[u64], &str, usize)] = &[
        ("account", &[3], "request", 16),
        ("lock", &[18, 1], "transfer", 32),
        ("lock", &[18, 8], "nonce", 16),
        ("ask_cancel", &[19, 1], "transfer", 32),
        ("acquire", &[20, 1], "transfer", 32),
        ("acquire", &[20, 6, 4], "proof.root", 32),
        ("refuse", &[21, 1], "transfer", 32),
        ("finalise", &[22, 1], "transfer", 32),
        ("release", &[23, 1], "transfer", 32),
        ("source_settled", &[24, 1], "transfer", 32),
        ("retire", &[25, 5], "beneficiary", 32),
        ("block_header", &[26, 3], "previous", 32),
        ("block_header", &[26, 4], "state", 32),
        ("partner", &[28, 7], "invite", 32),
        ("agreement", &[29, 9], "document", 32),
        ("letter_issued", &[42, 5], "sha256", 32),
    ];
    for (name, path, field, length) in table {
        let bytes = |length: usize| Wire::Bytes(vec![0xee; length]);
        changed(name, path, &bytes(*length)).unwrap_or_else(|why| panic!("{name}.{field}: {why}"));
        is_refused(name, path, &bytes(length - 1), field);
        is_refused(name, path, &bytes(length + 1), field);
    }
}

#[test]
fn numbers_stay_within_their_bounds() {
    let largest = i64::MAX as u64;
    // Sample, path, field, then values taken and values refused.
    type Row<'a> = (&'a str, &'a [u64], &'a str, &'a [u64], &'a [u64]);
    let table: &[Row<'_>] = &[
        ("organisation", &[11, 1], "id", &[1, u32::MAX as u64], &[0]),
        ("organisation", &[11, 3], "kind", &[1, 2, 3, 4], &[0, 5]),
        ("account", &[12, 1], "id", &[1], &[0]),
        ("account", &[12, 2], "organisation", &[1], &[0]),
        ("account", &[12, 4], "kind", &[100, 121], &[0, 1, 122]),
        ("project", &[13, 1], "project", &[1], &[0]),
        ("project", &[13, 4], "scope", &[1, 16], &[0, 17, 256 + 3]),
        ("issuance", &[14, 1], "account", &[1], &[0]),
        ("issuance", &[14, 2, 2], "range", &[1, 20_000], &[0, 20_001]),
        (
            "issuance",
            &[14, 2, 3],
            "range",
            &[1, largest],
            &[0, largest + 1],
        ),
        ("issuance", &[14, 4], "project", &[1], &[0]),
        (
            "issuance",
            &[14, 5],
            "year",
            &[1990, 2199],
            &[0, 1989, 2200, 65_536 + 2023],
        ),
        ("lock", &[18, 5], "from", &[1], &[0]),
        ("lock", &[18, 6], "to", &[1], &[0]),
        ("lock", &[18, 7, 3], "scope", &[1, 16], &[0, 17]),
        ("lock", &[18, 7, 4], "blocks", &[1], &[0]),
        ("lock", &[18, 7, 5], "year", &[1990, 2199], &[1989, 2200]),
        ("acquire", &[20, 4], "account", &[1], &[0]),
        // Leaf 12 is proven under a tree of at least 13 leaves.
        (
            "acquire",
            &[20, 6, 3],
            "proof.index",
            &[13, u64::MAX],
            &[12, 0],
        ),
        ("retire", &[25, 3], "kind", &[1, 2], &[0, 3]),
        ("retire", &[25, 4], "purpose", &[1, 5], &[0, 6]),
        ("partner", &[28, 6], "status", &[1, 2, 3], &[0, 4]),
        ("letter_issued", &[42, 1], "case", &[1, u64::MAX], &[0]),
        ("letter_issued", &[42, 2], "act", &[1, u64::MAX], &[0]),
    ];
    for (name, path, field, taken, refused) in table {
        for value in *taken {
            changed(name, path, &Wire::Varint(*value))
                .unwrap_or_else(|why| panic!("{name}.{field} = {value}: {why}"));
        }
        for value in *refused {
            is_refused(name, path, &Wire::Varint(*value), field);
        }
    }
}

#[test]
fn names_of_other_shapes_are_refused() {
    let table: &[(&str, &[u64], &str, &str)] = &[
        ("genesis", &[10, 1], "party", "gh"),
        ("genesis", &[10, 1], "party", "XX"),
        ("genesis", &[10, 4], "registry", "GHA1"),
        ("genesis", &[10, 2], "origin", "gh example"),
        ("issuance", &[14, 2, 1], "range", "G"),
        ("issuance", &[14, 3], "unit_type", "itmo"),
        ("lock", &[18, 2], "destination", "CHE"),
        ("lock", &[18, 4], "agreement", "GH/CH"),
        ("agreement", &[29, 8], "cooperative_approach", "CA1"),
        ("agreement", &[29, 8], "cooperative_approach", "CA+001"),
    ];
    for (name, path, field, text) in table {
        is_refused(name, path, &Wire::Bytes(text.as_bytes().to_vec()), field);
    }
}

#[test]
fn a_record_names_64_ranges_and_no_more() {
    let many = |count: usize| (1..=count as u64).map(|n| range(&format!("GH-{n}-{n}")));
    let with = |name: &str, count: usize| {
        let mut record = sample(name);
        match &mut record.body {
            Body::Hold(it) => it.ranges = many(count).collect(),
            Body::Transfer(it) => it.ranges = many(count).collect(),
            Body::Retire(it) => it.ranges = many(count).collect(),
            Body::Lock(it) => it.blocks = vec![it.blocks[0]; count],
            Body::Acquire(it) => it.blocks = vec![it.blocks[0]; count],
            other => panic!("{} names no ranges", other.kind()),
        }
        record
    };
    for name in ["hold", "transfer", "retire", "lock", "acquire"] {
        let most = with(name, MAX_RANGES);
        assert_eq!(Record::decode(&most.encode()), Ok(most), "{name}");
        let over = with(name, MAX_RANGES + 1).encode();
        let refusal = Record::decode(&over).unwrap_err();
        assert_eq!(
            refusal,
            DecodeError::TooManyRanges {
                kind: name,
                found: MAX_RANGES + 1
            }
        );
        let none = Record::decode(&with(name, 0).encode());
        assert!(
            matches!(
                none,
                Err(DecodeError::Field {
                    field: "ranges",
                    ..
                })
            ),
            "{name}: {none:?}"
        );
    }
}

/// A lock of exactly so many bytes.
fn lock_of(bytes: usize) -> Record {
    let mut record = sample("lock");
    // First in steps of a block, then in steps of a byte of the origin.
    while record.encode().len() + 200 < bytes {
        let Body::Lock(lock) = &mut record.body else {
            unreachable!()
        };
        let block = lock.blocks[1];
        lock.blocks.push(block);
    }
    for length in 1..=255 {
        let Body::Lock(lock) = &mut record.body else {
            unreachable!()
        };
        lock.destination_origin = "o".repeat(length).parse().unwrap();
        if record.encode().len() == bytes {
            return record;
        }
    }
    panic!("no lock of {bytes} bytes")
}

#[test]
fn a_record_has_4096_bytes_and_no_more() {
    assert_eq!(MAX_RECORD_BYTES, 4096);
    let most = lock_of(MAX_RECORD_BYTES);
    assert_eq!(Record::decode(&most.encode()), Ok(most));
    let over = lock_of(MAX_RECORD_BYTES + 1);
    assert_eq!(
        Record::decode(&over.encode()),
        Err(DecodeError::TooLong { bytes: 4097 })
    );
}

#[test]
fn other_versions_and_unknown_kinds_are_refused_by_name() {
    for version in [0, 2, u64::from(u32::MAX)] {
        let refusal = changed("account", &[1], &Wire::Varint(version)).unwrap_err();
        assert_eq!(
            refusal,
            DecodeError::Version {
                found: version as u32
            }
        );
    }
    assert_eq!(RECORD_VERSION, 1);
    let bytes = message(&[
        (1, Wire::Varint(1)),
        (3, Wire::Bytes(RequestId([9; 16]).as_bytes().to_vec())),
    ]);
    assert_eq!(Record::decode(&bytes), Err(DecodeError::NoBody));
    assert_eq!(Record::decode(&[0xff; 3]), Err(DecodeError::NotProtobuf));
    assert_eq!(Record::decode(&[]), Err(DecodeError::Version { found: 0 }));
}
