//! Peer messages: one encoding each, every limit held on both sides, and faults with stable numbers.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

use countersign_protocol::federation::fault::{FaultClass, FaultCode};
use countersign_protocol::federation::message::{
    ADD_CHECKPOINT_BYTES_MAX, BUNDLE_BYTES_MAX, BUNDLES_MAX, CONSISTENCY_HASHES_MAX, ENTRIES_MAX,
    ENTRY_BYTES_MAX, GOSSIP_BYTES_MAX, Gossip, MessageError, NOTE_BYTES_MAX, ORIGIN_BYTES_MAX,
    REASON_BYTES_MAX, REQUEST_BYTES_MAX, RESPONSE_BYTES_MAX, Request, Response, Topic, Verdict,
    WITNESSED_BYTES_MAX,
};
use proptest::prelude::*;

fn bundles() -> impl Strategy<Value = Vec<Vec<u8>>> {
    prop::collection::vec(prop::collection::vec(any::<u8>(), 0..300), 0..40)
}

fn requests() -> impl Strategy<Value = Request> {
    prop_oneof![
        bundles().prop_map(|bundles| Request::Deliver { bundles }),
        (".{0,60}", any::<u64>(), any::<u64>()).prop_map(|(origin, from_size, to_size)| {
            Request::GetConsistency {
                origin,
                from_size,
                to_size,
            }
        }),
        ".{0,60}".prop_map(|origin| Request::GetCheckpoint { origin }),
        ".{0,500}".prop_map(|body| Request::AddCheckpoint { body }),
        (".{0,60}", any::<u32>(), 1..=ENTRIES_MAX as u64).prop_map(|(origin, from, some)| {
            let (from, to) = (u64::from(from), u64::from(from) + some);
            Request::GetEntries { origin, from, to }
        }),
        "[a-z0-9./]{0,128}".prop_map(|name| Request::GetTrust { name }),
    ]
}

fn responses() -> impl Strategy<Value = Response> {
    let verdict = (
        any::<u32>(),
        prop::option::of(prop::collection::vec(any::<u8>(), 0..200)),
    )
        .prop_map(|(code, answer)| Verdict { code, answer });
    prop_oneof![
        prop::collection::vec(verdict, 0..40).prop_map(|verdicts| Response::Delivered { verdicts }),
        prop::collection::vec(any::<[u8; 32]>(), 0..=CONSISTENCY_HASHES_MAX)
            .prop_map(|hashes| Response::Consistency { hashes }),
        ".{0,500}".prop_map(|note| Response::Checkpoint { note }),
        (any::<u32>(), ".{0,500}").prop_map(|(status, body)| Response::Witnessed { status, body }),
        (any::<u32>(), ".{0,100}").prop_map(|(code, reason)| Response::Refused { code, reason }),
        prop::collection::vec(prop::collection::vec(any::<u8>(), 0..200), 0..40)
            .prop_map(|entries| Response::Entries { entries }),
        prop::collection::vec(any::<u8>(), 0..400).prop_map(|file| Response::Trust { file }),
    ]
}

proptest! {
    #[test]
    fn a_request_comes_back_from_its_bytes(request in requests()) {
        let bytes = request.encode().unwrap();
        prop_assert_eq!(Request::decode(&bytes).unwrap(), request);
    }

    #[test]
    fn a_response_comes_back_from_its_bytes(response in responses()) {
        let bytes = response.encode().unwrap();
        prop_assert_eq!(Response::decode(&bytes).unwrap(), response);
    }

    #[test]
    fn a_gossip_message_comes_back_from_its_bytes(bundles in bundles()) {
        let gossip = Gossip::Transfers { bundles };
        let bytes = gossip.encode().unwrap();
        prop_assert_eq!(Gossip::decode(Topic::Transfers, &bytes).unwrap(), gossip);
    }

    #[test]
    fn bytes_that_decode_at_all_are_the_encoding_of_what_they_say(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
        // The envelope's head is given, so that the interesting part is reached.
        let bytes = [&[0x08, 0x01][..], &bytes].concat();
        if let Ok(request) = Request::decode(&bytes) {
            prop_assert_eq!(request.encode().unwrap(), bytes.clone());
        }
        if let Ok(response) = Response::decode(&bytes) {
            prop_assert_eq!(response.encode().unwrap(), bytes);
        }
    }

    #[test]
    fn a_message_with_one_byte_changed_is_refused_or_is_another_message(
        request in requests(), at in any::<prop::sample::Index>(), flip in 1_u8..,
    ) {
        let mut bytes = request.encode().unwrap();
        let at = at.index(bytes.len());
        bytes[at] ^= flip;
        if let Ok(other) = Request::decode(&bytes) {
            prop_assert_ne!(&other, &request);
            prop_assert_eq!(other.encode().unwrap(), bytes);
        }
    }

    #[test]
    fn bundles_are_packed_in_order_into_frames_that_encode(
        lengths in prop::collection::vec(0..=BUNDLE_BYTES_MAX, 0..600),
    ) {
        let bundles: Vec<Vec<u8>> = lengths.iter().map(|length| vec![7; *length]).collect();
        let mut unpacked = Vec::new();
        for request in Request::deliver_all(bundles.clone()) {
            prop_assert!(request.encode().unwrap().len() <= REQUEST_BYTES_MAX);
            let Request::Deliver { bundles } = request else { panic!("not a delivery") };
            prop_assert!(!bundles.is_empty());
            unpacked.extend(bundles);
        }
        prop_assert_eq!(&unpacked, &bundles);
        let mut unpacked = Vec::new();
        for gossip in Gossip::transfers_all(bundles.clone()) {
            prop_assert!(gossip.encode().unwrap().len() <= GOSSIP_BYTES_MAX);
            let Gossip::Transfers { bundles } = gossip else { panic!("not transfers") };
            unpacked.extend(bundles);
        }
        prop_assert_eq!(&unpacked, &bundles);
    }
}

#[test]
fn the_bytes_of_each_kind_do_not_change() {
    let requests = [
        (
            Request::Deliver {
                bundles: vec![b"ab".to_vec(), b"c".to_vec()],
            },
            "080112070a0261620a0163",
        ),
        (
            Request::GetConsistency {
                origin: "gh".to_owned(),
                from_size: 1,
                to_size: 300,
            },
            "08011a090a026768100118ac02",
        ),
        (
            Request::GetCheckpoint {
                origin: "gh".to_owned(),
            },
            "080122040a026768",
        ),
        (
            Request::AddCheckpoint {
                body: "old 0\n".to_owned(),
            },
            "08012a080a066f6c6420300a",
        ),
    ];
    for (request, hex_bytes) in requests {
        assert_eq!(hex::encode(request.encode().unwrap()), hex_bytes);
    }
    let responses = [
        (
            Response::Delivered {
                verdicts: vec![
                    Verdict {
                        code: Verdict::TAKEN,
                        answer: Some(b"a".to_vec()),
                    },
                    Verdict {
                        code: FaultCode::Fork.code(),
                        answer: None,
                    },
                ],
            },
            "0801120a0a031201610a0308a51f",
        ),
        (
            Response::Consistency {
                hashes: vec![[1; 32]],
            },
            "08011a220a200101010101010101010101010101010101010101010101010101010101010101",
        ),
        (
            Response::Checkpoint {
                note: "n".to_owned(),
            },
            "080122030a016e",
        ),
        (
            Response::Witnessed {
                status: 409,
                body: "7\n".to_owned(),
            },
            "08012a070899031202370a",
        ),
        (
            Response::refused(FaultCode::Busy, "later"),
            "0801320a08f12e12056c61746572",
        ),
    ];
    for (response, hex_bytes) in responses {
        assert_eq!(hex::encode(response.encode().unwrap()), hex_bytes);
    }
    let gossip = Gossip::Checkpoint {
        note: "n".to_owned(),
    };
    assert_eq!(hex::encode(gossip.encode().unwrap()), "08011a030a016e");
}

#[test]
fn other_encodings_of_the_same_message_are_refused() {
    let good = hex::decode("08011a090a026768100118ac02").unwrap();
    assert!(Request::decode(&good).is_ok());
    let same_message_otherwise = [
        ("a field it does not know", "08011a0b0a026768100118ac022001"),
        ("a default written out", "08011a080a02676810001801"),
        ("a longer varint", "08011a0a0a02676810810018ac02"),
        ("fields in another order", "08011a09100118ac020a026768"),
        (
            "a field after the message",
            "08011a090a026768100118ac023800",
        ),
        (
            "a kind given twice",
            "08011a090a026768100118ac021a0210011a00",
        ),
        ("a list of another kind before", "0801120022040a026768"),
    ];
    for (what, hex_bytes) in same_message_otherwise {
        let refused = Request::decode(&hex::decode(hex_bytes).unwrap()).unwrap_err();
        assert_eq!(
            refused.fault(),
            FaultCode::NotCanonical,
            "{what}: {refused}"
        );
    }
}

#[test]
fn an_envelope_of_another_version_or_kind_is_named_as_such() {
    let fault = |hex_bytes: &str| {
        Request::decode(&hex::decode(hex_bytes).unwrap())
            .unwrap_err()
            .fault()
    };
    assert_eq!(fault("080222040a026768"), FaultCode::UnknownVersion);
    assert_eq!(fault("08014a040a026768"), FaultCode::UnknownKind);
    assert_eq!(fault("0801"), FaultCode::UnknownKind);
    assert_eq!(fault(""), FaultCode::NotCanonical);
    assert_eq!(fault("ff"), FaultCode::NotCanonical);
    assert_eq!(fault("22040a026768"), FaultCode::NotCanonical);
    assert_eq!(fault("080122ff0a026768"), FaultCode::NotCanonical);
}

#[test]
fn leaves_are_asked_for_in_bounded_ranges_and_answered_within_a_frame() {
    let ask = |from, to| {
        let origin = "gh.example/ledger".to_owned();
        Request::GetEntries { origin, from, to }.encode()
    };
    assert!(ask(5, 6).is_ok());
    assert!(ask(5, 5 + ENTRIES_MAX as u64).is_ok());
    for (from, to) in [(5, 5), (6, 5), (0, ENTRIES_MAX as u64 + 1), (0, u64::MAX)] {
        assert!(ask(from, to).is_err(), "{from} {to}");
    }
    let full = Response::Entries {
        entries: vec![vec![7; ENTRY_BYTES_MAX]; ENTRIES_MAX],
    };
    assert!(full.encode().unwrap().len() <= RESPONSE_BYTES_MAX);
}

#[test]
fn gossip_on_the_wrong_topic_is_refused() {
    let note = Gossip::Checkpoint {
        note: "n".to_owned(),
    };
    let bytes = note.encode().unwrap();
    assert!(Gossip::decode(Topic::Checkpoints, &bytes).is_ok());
    let evidence = Gossip::Evidence {
        evidence: "e".to_owned(),
    };
    let told = evidence.encode().unwrap();
    assert_eq!(Gossip::decode(Topic::Evidence, &told), Ok(evidence));
    assert!(Gossip::decode(Topic::Checkpoints, &told).is_err());
    assert_eq!(
        Gossip::decode(Topic::Transfers, &bytes),
        Err(MessageError::UnknownKind)
    );
}

#[test]
fn a_list_over_its_limit_is_refused_before_it_is_unpacked() {
    // Half a million empty bundles: two bytes each on the wire, twenty-four each in memory.
    let entries = [0x0a, 0x00].repeat(500_000);
    let mut bytes = vec![0x08, 0x01, 0x12];
    prost::encoding::encode_varint(entries.len() as u64, &mut bytes);
    bytes.extend_from_slice(&entries);
    // Not protobuf from here on: whoever unpacks before counting finds this fault instead.
    bytes.push(0xff);
    assert_eq!(
        Request::decode(&bytes),
        Err(MessageError::TooManyEntries {
            field: "bundles",
            entries: 500_000,
            limit: BUNDLES_MAX,
        })
    );
    let at_the_limit = Request::Deliver {
        bundles: vec![Vec::new(); BUNDLES_MAX],
    };
    assert!(Request::decode(&at_the_limit.encode().unwrap()).is_ok());
    let over = Request::Deliver {
        bundles: vec![Vec::new(); BUNDLES_MAX + 1],
    };
    assert_eq!(
        over.encode().unwrap_err().fault(),
        FaultCode::TooManyBundles
    );
}

#[test]
fn each_field_is_taken_at_its_limit_and_refused_one_byte_above() {
    let text = |bytes: usize| "x".repeat(bytes);
    type Make = Box<dyn Fn(usize) -> Result<Vec<u8>, MessageError>>;
    let fields: [(usize, Make); 7] = [
        (
            BUNDLE_BYTES_MAX,
            Box::new(|n| {
                Request::Deliver {
                    bundles: vec![vec![0; n]],
                }
                .encode()
            }),
        ),
        (
            ORIGIN_BYTES_MAX,
            Box::new(move |n| Request::GetCheckpoint { origin: text(n) }.encode()),
        ),
        (
            ADD_CHECKPOINT_BYTES_MAX,
            Box::new(move |n| Request::AddCheckpoint { body: text(n) }.encode()),
        ),
        (
            NOTE_BYTES_MAX,
            Box::new(move |n| Response::Checkpoint { note: text(n) }.encode()),
        ),
        (
            WITNESSED_BYTES_MAX,
            Box::new(move |n| {
                Response::Witnessed {
                    status: 200,
                    body: text(n),
                }
                .encode()
            }),
        ),
        (
            REASON_BYTES_MAX,
            Box::new(move |n| {
                Response::Refused {
                    code: 1,
                    reason: text(n),
                }
                .encode()
            }),
        ),
        (
            BUNDLE_BYTES_MAX,
            Box::new(|n| {
                let answer = Some(vec![0; n]);
                Response::Delivered {
                    verdicts: vec![Verdict { code: 0, answer }],
                }
                .encode()
            }),
        ),
    ];
    for (limit, make) in fields {
        assert!(make(limit).is_ok(), "limit {limit}");
        assert_eq!(
            make(limit + 1).unwrap_err().fault(),
            FaultCode::FrameTooLarge
        );
    }
}

#[test]
fn the_fullest_frames_have_exactly_the_lengths_that_the_arithmetic_gives() {
    let fullest = Response::Delivered {
        verdicts: vec![
            Verdict {
                code: u32::MAX,
                answer: Some(vec![0; BUNDLE_BYTES_MAX]),
            };
            BUNDLES_MAX
        ],
    };
    assert_eq!(fullest.encode().unwrap().len(), RESPONSE_BYTES_MAX);
    assert_eq!(RESPONSE_BYTES_MAX, 4_197_895);
    let deliver = |count: usize, bytes: usize| {
        Request::Deliver {
            bundles: vec![vec![0; bytes]; count],
        }
        .encode()
    };
    assert!(deliver(63, BUNDLE_BYTES_MAX).is_ok());
    assert!(deliver(64, BUNDLE_BYTES_MAX).is_err());
    assert!(deliver(256, 4_092).is_ok());
    assert!(deliver(256, 4_093).is_err());
}

#[test]
fn a_long_reason_is_cut_between_characters() {
    let Response::Refused { code, reason } =
        Response::refused(FaultCode::Policy, &"é".repeat(REASON_BYTES_MAX))
    else {
        panic!("not a refusal")
    };
    assert_eq!(code, 5008);
    assert_eq!(reason.len(), REASON_BYTES_MAX);
}

#[test]
fn the_topics_carry_the_name_of_the_network() {
    assert_eq!(
        Topic::Transfers.name("devnet"),
        "/countersign/devnet/transfers/1"
    );
    assert_eq!(
        Topic::Checkpoints.name("devnet"),
        "/countersign/devnet/checkpoints/1"
    );
    assert_eq!(
        Topic::Evidence.name("devnet"),
        "/countersign/devnet/evidence/1"
    );
}

#[test]
fn fault_numbers_are_unique_and_come_back_from_their_number() {
    let mut last = 0;
    for fault in FaultCode::all() {
        assert!(fault.code() > last, "{fault} is out of order");
        last = fault.code();
        assert_eq!(FaultCode::from_code(fault.code()), Some(fault));
        assert!(!fault.name().is_empty() && fault.meaning().ends_with('.'));
    }
    assert_eq!(FaultCode::all().count(), 32);
    assert_eq!(FaultCode::from_code(0), None);
    assert_eq!(FaultCode::from_code(9999), None);
    assert_eq!(FaultCode::Fork.to_string(), "4005 fork");
    assert_eq!(FaultCode::Expired.class(), FaultClass::Business);
}

#[test]
fn the_published_table_of_faults_is_the_one_in_the_code() {
    let module = include_str!("../src/federation/fault.rs");
    let page = include_str!("../../docs/formats-peer.md");
    for fault in FaultCode::all() {
        let row = format!(
            "| {} | {} | {} |\n",
            fault.code(),
            fault.name(),
            fault.meaning()
        );
        assert!(
            module.contains(&format!("//! {row}")),
            "the module lacks {row}"
        );
        assert!(page.contains(&row), "docs/formats-peer.md lacks {row}");
    }
}

#[test]
fn the_published_limits_are_the_ones_in_the_code() {
    let page = include_str!("../../docs/formats-peer.md");
    let limits = [
        ("bundle", "16,384", BUNDLE_BYTES_MAX, 16_384),
        ("request frame", "1,048,576", REQUEST_BYTES_MAX, 1_048_576),
        ("response frame", "4,197,895", RESPONSE_BYTES_MAX, 4_197_895),
        ("gossip message", "65,536", GOSSIP_BYTES_MAX, 65_536),
        ("note", "16,384", NOTE_BYTES_MAX, 16_384),
        (
            "add-checkpoint body",
            "20,480",
            ADD_CHECKPOINT_BYTES_MAX,
            20_480,
        ),
        ("answer of a witness", "8,192", WITNESSED_BYTES_MAX, 8_192),
        ("origin", "255", ORIGIN_BYTES_MAX, 255),
        ("reason", "512", REASON_BYTES_MAX, 512),
    ];
    for (name, printed, value, expected) in limits {
        assert!(
            page.contains(&format!("| {name} | {printed} |\n")),
            "{name}"
        );
        assert_eq!(value, expected, "{name}");
    }
}
