//! One record, one encoding: what decodes encodes to the same bytes, and nothing makes the decoder panic.

use countersign_protocol::record::{DecodeError, MAX_RECORD_BYTES, Record};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::any_record::any_record;
use crate::samples::samples;

/// Whatever decodes is the one encoding of what it says.
fn decodes_only_canonically(bytes: &[u8]) -> Result<Record, DecodeError> {
    let record = Record::decode(bytes)?;
    assert_eq!(record.encode(), bytes, "{record:?}");
    Ok(record)
}

proptest! {
    #[test]
    fn a_record_decodes_to_itself(record in any_record()) {
        let bytes = record.encode();
        prop_assume!(bytes.len() <= MAX_RECORD_BYTES);
        prop_assert_eq!(decodes_only_canonically(&bytes).unwrap(), record);
    }

    #[test]
    fn a_record_survives_json_and_storage(record in any_record()) {
        let json = serde_json::to_string(&record).unwrap();
        prop_assert_eq!(&serde_json::from_str::<Record>(&json).unwrap(), &record);
        let stored = postcard::to_stdvec(&record).unwrap();
        prop_assert_eq!(postcard::from_bytes::<Record>(&stored).unwrap(), record);
    }

    #[test]
    fn arbitrary_bytes_never_make_the_decoder_panic(bytes in vec(any::<u8>(), 0..600)) {
        let _ = decodes_only_canonically(&bytes);
    }

    #[test]
    fn a_record_with_changed_bytes_is_refused_or_canonical(
        record in any_record(),
        changes in vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
    ) {
        let mut bytes = record.encode();
        for (at, to) in changes {
            let at = at.index(bytes.len());
            bytes[at] = to;
        }
        let _ = decodes_only_canonically(&bytes);
    }

    #[test]
    fn a_record_with_bytes_cut_out_or_put_in_is_refused_or_canonical(
        record in any_record(),
        at in any::<prop::sample::Index>(),
        cut in 0..40_usize,
        put in vec(any::<u8>(), 0..8),
    ) {
        let mut bytes = record.encode();
        let from = at.index(bytes.len());
        let to = (from + cut).min(bytes.len());
        bytes.splice(from..to, put);
        let _ = decodes_only_canonically(&bytes);
    }
}

#[test]
fn every_flipped_bit_of_every_sample_is_refused_or_another_record() {
    for (name, record) in samples() {
        let bytes = record.encode();
        for bit in 0..bytes.len() * 8 {
            let mut flipped = bytes.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            if let Ok(other) = decodes_only_canonically(&flipped) {
                assert_ne!(
                    other, record,
                    "bit {bit} of {name} changes the bytes, not the record"
                );
            }
        }
    }
}

#[test]
fn every_truncated_sample_is_refused() {
    for (name, record) in samples() {
        let bytes = record.encode();
        for end in 0..bytes.len() {
            assert!(
                Record::decode(&bytes[..end]).is_err(),
                "{name} cut to {end} bytes"
            );
        }
    }
}

#[test]
fn unknown_fields_defaults_and_a_second_body_are_not_canonical() {
    let (_, record) = &samples()[1];
    let mut unknown = record.encode();
    unknown.extend([0xf8, 0x07, 0x01]); // field 127, varint 1
    assert_eq!(Record::decode(&unknown), Err(DecodeError::NotCanonical));

    let mut default = record.encode();
    default.splice(2..2, [0x10, 0x00]); // time_ms = 0 written out, before the real one
    assert_eq!(Record::decode(&default), Err(DecodeError::NotCanonical));

    let mut twice = record.encode();
    let (_, other) = &samples()[2];
    twice.extend(&other.encode()[27..]); // the other sample's body: version, time and request take 27 bytes
    assert_eq!(Record::decode(&twice), Err(DecodeError::NotCanonical));

    let mut long_varint = record.encode();
    long_varint.splice(1..2, [0x81, 0x00]); // version 1 in two bytes
    assert_eq!(Record::decode(&long_varint), Err(DecodeError::NotCanonical));
}
