//! Notes and checkpoints: one spelling, typed refusals, and no belief without a signature.

use base64::{Engine, prelude::BASE64_STANDARD};
use countersign_protocol::log::{
    Checkpoint, CheckpointError, CosignError, FieldFault, KeyKind, NoteError, SignatureLine,
    SignedNote, SignerKey, VerifierKey, cosign,
};
use proptest::prelude::*;

use crate::world::{NOW_S, ORIGIN, checkpoint, log_key, note, public, witness_key, witnesses};

#[test]
fn published_notes_of_other_implementations_verify() {
    let cases = [
        (
            "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
            "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n\
             \u{2014} PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n",
        ),
        (
            "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
            "This is an example message.\n\n\
             \u{2014} example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n",
        ),
    ];
    for (key, text) in cases {
        let key: VerifierKey = key.parse().unwrap();
        let note = SignedNote::parse(text).unwrap();
        assert_eq!(note.verify([&key]).unwrap().len(), 1);
        assert_eq!(note.to_string(), text);
        let changed = SignedNote::parse(&text.replacen("is", "iz", 1)).unwrap();
        assert!(matches!(
            changed.verify([&key]),
            Err(NoteError::BadSignature { .. })
        ));
    }
}

#[test]
fn malformed_notes_are_refused_with_their_reason() {
    let line = "\u{2014} a AAAAAAA=\n";
    let refusal = |text: String| SignedNote::parse(&text).unwrap_err();
    let with = |line: &str| refusal(format!("text\n\n{line}"));
    assert!(SignedNote::parse(&format!("text\n\n{line}")).is_ok());

    assert_eq!(refusal("x".repeat(200_000)), NoteError::TooLong);
    assert_eq!(
        refusal(format!("text\r\n\n{line}")),
        NoteError::ControlCharacter(b'\r')
    );
    assert_eq!(
        refusal(format!("te\0xt\n\n{line}")),
        NoteError::ControlCharacter(0)
    );
    assert_eq!(
        refusal(format!("text\n\n{}", line.trim_end())),
        NoteError::Unterminated
    );
    assert_eq!(refusal(String::new()), NoteError::Unterminated);
    assert_eq!(refusal(format!("text\n{line}")), NoteError::NoBlankLine);
    assert_eq!(refusal(format!("\n\n{line}")), NoteError::NoText);
    assert_eq!(refusal("text\n\n".into()), NoteError::NoSignature);
    assert_eq!(
        refusal(format!("text\n\n{}", line.repeat(33))),
        NoteError::TooManySignatures
    );
    assert!(SignedNote::parse(&format!("text\n\n{}", line.repeat(32))).is_ok());
    assert_eq!(
        with(&format!("{line}- a AAAAAAA=\n")),
        NoteError::NotASignatureLine(2)
    );
    assert_eq!(with("\u{2014} a\n"), NoteError::NotASignatureLine(1));
    assert_eq!(
        with(&format!("{line}tail\n")),
        NoteError::NotASignatureLine(2)
    );
    let name = |fault| NoteError::Name { line: 1, fault };
    assert_eq!(with("\u{2014}  AAAAAAA=\n"), name(FieldFault::Empty));
    assert_eq!(with("\u{2014} a+b AAAAAAA=\n"), name(FieldFault::NotAName));
    assert_eq!(
        with("\u{2014} a\u{a0}b AAAAAAA=\n"),
        name(FieldFault::NotAName)
    );
    assert_eq!(
        with(&format!("\u{2014} {} AAAAAAA=\n", "n".repeat(256))),
        name(FieldFault::TooLong(255))
    );
    for damaged in ["AAAAAAA", "AAAAAAB=", "AAAAAAA= ", "AAAA_AA=", "AAAAAAA=A"] {
        let expected = NoteError::Encoding {
            line: 1,
            fault: FieldFault::NotBase64,
        };
        assert_eq!(
            with(&format!("\u{2014} a {damaged}\n")),
            expected,
            "{damaged}"
        );
    }
    assert_eq!(with("\u{2014} a AAAA\n"), NoteError::SignatureTooShort(1));
    assert_eq!(
        with("\u{2014} a AAAAAA==\n"),
        NoteError::SignatureTooShort(1)
    );
    assert_eq!(
        SignedNote::from_bytes(&[0xff, b'\n']),
        Err(NoteError::NotUtf8)
    );
}

#[test]
fn the_text_ends_at_the_last_blank_line() {
    let text = "a\n\nb\n\n";
    let key = log_key();
    let note = SignedNote::sign(text, &key).unwrap();
    let read = SignedNote::parse(&note.to_string()).unwrap();
    assert_eq!(read.text(), text);
    assert!(read.verify([key.verifier()]).is_ok());
}

#[test]
fn unknown_keys_are_ignored_and_known_keys_must_be_right() {
    let known = public(&log_key());
    let text = note(&checkpoint(3), &[1]);
    let mut read = SignedNote::parse(&text).unwrap();
    assert_eq!(read.verify([&known]).unwrap().len(), 1);

    // Another key under the same name, and a known id under another name, are both unknown.
    let twin = SignerKey::from_seed(ORIGIN, KeyKind::Ed25519, &[77; 32]).unwrap();
    let foreign = SignedNote::sign("other text\n", &twin)
        .unwrap()
        .signatures()[0]
        .clone();
    read.add(foreign).unwrap();
    let renamed = read.signatures()[0]
        .to_string()
        .replace(ORIGIN, "zz.example/ledger");
    read.add(SignatureLine::parse(&renamed).unwrap()).unwrap();
    assert_eq!(read.verify([&known]).unwrap().len(), 1);
    assert_eq!(
        read.verify([&public(&witness_key(9))]),
        Err(NoteError::NoKnownSignature)
    );

    // A false line of a known key rejects the note even beside a true one.
    let forged = SignedNote::sign("other text\n", &log_key())
        .unwrap()
        .signatures()[0]
        .clone();
    read.add(forged).unwrap();
    assert_eq!(
        read.verify([&known]),
        Err(NoteError::BadSignature {
            name: ORIGIN.into()
        })
    );
}

#[test]
fn signatures_have_one_form_only() {
    let key = public(&log_key());
    let note = SignedNote::parse(&note(&checkpoint(3), &[])).unwrap();
    let encoded = note.signatures()[0].to_string();
    let mut bytes = BASE64_STANDARD
        .decode(encoded.trim_end().rsplit(' ').next().unwrap())
        .unwrap();
    // Adding the group order to the second half gives the same signature in a form that lax verifiers accept.
    let order: [u8; 32] =
        hex::decode("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010")
            .unwrap()
            .try_into()
            .unwrap();
    let mut carry = 0_u16;
    for (byte, add) in bytes[4 + 32..].iter_mut().zip(order) {
        let sum = u16::from(*byte) + u16::from(add) + carry;
        *byte = sum as u8;
        carry = sum >> 8;
    }
    let check = |bytes: &[u8]| {
        let line = format!("\u{2014} {ORIGIN} {}\n", BASE64_STANDARD.encode(bytes));
        SignatureLine::parse(&line)
            .unwrap()
            .verify(note.text(), &key)
    };
    assert!(check(&bytes).is_err(), "second form");
    assert!(check(&bytes[..67]).is_err(), "too short");
    bytes.push(0);
    assert!(check(&bytes).is_err(), "too long");
}

#[test]
fn a_checkpoint_is_three_lines_with_one_spelling() {
    let root = BASE64_STANDARD.encode([7; 32]);
    let good = format!("{ORIGIN}\n12\n{root}\n");
    let parsed = Checkpoint::parse(&good).unwrap();
    assert_eq!(
        parsed,
        Checkpoint {
            origin: ORIGIN.into(),
            size: 12,
            root: [7; 32]
        }
    );
    assert_eq!(parsed.to_text(), good);

    let size = |size: &str| Checkpoint::parse(&format!("{ORIGIN}\n{size}\n{root}\n"));
    assert_eq!(size("0").unwrap().size, 0);
    assert_eq!(size("9223372036854775807").unwrap().size, i64::MAX as u64);
    for (text, fault) in [
        ("", FieldFault::Empty),
        ("012", FieldFault::LeadingZero),
        ("00", FieldFault::LeadingZero),
        ("+1", FieldFault::NotDecimal),
        ("-1", FieldFault::NotDecimal),
        ("1 ", FieldFault::NotDecimal),
        ("0x1", FieldFault::NotDecimal),
        ("\u{0661}", FieldFault::NotDecimal),
        ("9223372036854775808", FieldFault::TooLarge),
        ("99999999999999999999999", FieldFault::TooLarge),
    ] {
        assert_eq!(size(text), Err(CheckpointError::Size(fault)), "{text}");
    }
    let root_line = |root: &str| Checkpoint::parse(&format!("{ORIGIN}\n1\n{root}\n")).unwrap_err();
    let short = BASE64_STANDARD.encode([7; 31]);
    assert_eq!(
        root_line(&short),
        CheckpointError::Root(FieldFault::HashLength(31))
    );
    assert_eq!(
        root_line(&root[..43]),
        CheckpointError::Root(FieldFault::NotBase64)
    );
    assert_eq!(
        root_line(&"A".repeat(4000)),
        CheckpointError::Root(FieldFault::TooLong(128))
    );
    assert_eq!(root_line(""), CheckpointError::Root(FieldFault::Empty));
    let origin = |origin: &str| Checkpoint::parse(&format!("{origin}\n1\n{root}\n")).unwrap_err();
    assert_eq!(origin(""), CheckpointError::Origin(FieldFault::Empty));
    assert_eq!(
        origin(&"o".repeat(256)),
        CheckpointError::Origin(FieldFault::TooLong(255))
    );
    assert_eq!(
        Checkpoint::parse(good.trim_end()),
        Err(CheckpointError::MissingLine)
    );
    assert_eq!(
        Checkpoint::parse(&format!("{ORIGIN}\n12\n")),
        Err(CheckpointError::MissingLine)
    );
    assert_eq!(
        Checkpoint::parse(&format!("{good}\n")),
        Err(CheckpointError::EmptyLine)
    );
    assert_eq!(
        Checkpoint::parse(&format!("{good}extension\n")).as_ref(),
        Ok(&parsed)
    );
    let many = format!("{good}{}", "x\n".repeat(17));
    assert_eq!(
        Checkpoint::parse(&many),
        Err(CheckpointError::TooManyExtensions)
    );
}

#[test]
fn only_the_logs_own_key_signs_its_checkpoints() {
    let other = SignerKey::from_seed("ch.example/ledger", KeyKind::Ed25519, &[2; 32]).unwrap();
    assert!(matches!(
        checkpoint(1).sign(&other),
        Err(CheckpointError::ForeignKey { .. })
    ));
    let witness = witness_key(1);
    let refusal = checkpoint(1).sign(&witness).unwrap_err();
    assert!(matches!(
        refusal,
        CheckpointError::Note(NoteError::WrongKeyKind { .. })
    ));
    let broken = Checkpoint {
        origin: "a\nb".into(),
        ..checkpoint(1)
    };
    assert_eq!(
        broken.sign(&log_key()),
        Err(CheckpointError::Origin(FieldFault::NotAName))
    );
    let huge = Checkpoint {
        size: 1 << 63,
        ..checkpoint(1)
    };
    assert_eq!(
        huge.sign(&log_key()),
        Err(CheckpointError::Size(FieldFault::TooLarge))
    );
}

#[test]
fn a_cosignature_binds_the_checkpoint_and_the_time() {
    let read = SignedNote::parse(&note(&checkpoint(5), &[1, 2])).unwrap();
    let keys = witnesses(2);
    let verified = read.verify(&keys).unwrap();
    assert_eq!(
        verified.iter().map(|v| v.time_s).collect::<Vec<_>>(),
        [Some(NOW_S); 2]
    );

    let line = &read.signatures()[1];
    let encoded = line.to_string();
    let mut bytes = BASE64_STANDARD
        .decode(encoded.trim_end().rsplit(' ').next().unwrap())
        .unwrap();
    for place in 4..bytes.len() {
        bytes[place] ^= 1;
        let forged = format!(
            "\u{2014} {} {}\n",
            line.name(),
            BASE64_STANDARD.encode(&bytes)
        );
        let forged = SignatureLine::parse(&forged).unwrap();
        assert!(
            forged.verify(read.text(), &keys[0]).is_err(),
            "byte {place}"
        );
        bytes[place] ^= 1;
    }
    let other = checkpoint(6).to_text();
    assert!(line.verify(&other, &keys[0]).is_err(), "other checkpoint");
}

#[test]
fn a_cosignature_has_the_form_of_the_specification() {
    use ed25519_dalek::{Signature, VerifyingKey};
    let text = checkpoint(5).to_text();
    let line = cosign(&text, &witness_key(1), NOW_S).unwrap().to_string();
    let bytes = BASE64_STANDARD
        .decode(line.trim_end().rsplit(' ').next().unwrap())
        .unwrap();
    let key = public(&witness_key(1));
    assert_eq!(bytes.len(), 4 + 8 + 64);
    assert_eq!(bytes[..4], key.id());
    assert_eq!(bytes[4..12], NOW_S.to_be_bytes());
    let message = format!("cosignature/v1\ntime {NOW_S}\n{text}");
    VerifyingKey::from_bytes(key.public_key().try_into().unwrap())
        .unwrap()
        .verify_strict(
            message.as_bytes(),
            &Signature::from_slice(&bytes[12..]).unwrap(),
        )
        .unwrap();
}

#[test]
fn nothing_but_a_checkpoint_is_cosigned_and_only_by_a_cosigner_at_a_real_time() {
    let text = checkpoint(5).to_text();
    let key = witness_key(1);
    assert!(matches!(
        cosign("hello\n", &key, NOW_S),
        Err(CosignError::NotACheckpoint(_))
    ));
    assert!(matches!(
        cosign(&text, &log_key(), NOW_S),
        Err(CosignError::Key(_))
    ));
    assert_eq!(cosign(&text, &key, 0), Err(CosignError::Time(0)));
    assert_eq!(
        cosign(&text, &key, 1 << 63),
        Err(CosignError::Time(1 << 63))
    );
}

proptest! {
    #[test]
    fn any_text_is_a_note_with_one_spelling_or_refused(text in "(?s).{0,200}|[\u{2014} a=+/A\n]{0,80}") {
        if let Ok(note) = SignedNote::parse(&text) {
            prop_assert_eq!(note.to_string(), text.clone());
        }
        if let Ok(checkpoint) = Checkpoint::parse(&text) {
            prop_assert!(text.starts_with(&checkpoint.to_text()));
        }
    }

    #[test]
    fn a_damaged_note_is_never_believed_to_say_something_else(place: prop::sample::Index, bit in 0_u8..8) {
        let checkpoint = checkpoint(5);
        let original = note(&checkpoint, &[1]);
        let mut bytes = original.clone().into_bytes();
        let at = place.index(bytes.len());
        bytes[at] ^= 1 << bit;
        if let Ok(read) = SignedNote::from_bytes(&bytes) {
            prop_assert_eq!(read.to_string().into_bytes(), bytes);
            if read.verify([log_key().verifier()]).is_ok() {
                prop_assert_eq!(read.text(), checkpoint.to_text());
            }
        }
    }
}
