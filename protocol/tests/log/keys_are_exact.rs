//! Key texts have one spelling, belong to one name and hold usable keys only.

use base64::{Engine, prelude::BASE64_STANDARD};
use countersign_protocol::log::{FieldFault, KeyError, KeyKind, SignerKey, VerifierKey};
use proptest::prelude::*;

use crate::world;

/// Published with Go's note package: the reference implementation of these texts.
const GO_SECRET: &str =
    "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
const GO_PUBLIC: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";

fn refusal(text: &str) -> KeyError {
    text.parse::<VerifierKey>().unwrap_err()
}

#[test]
fn keys_of_the_reference_implementation_are_read_and_written_alike() {
    let signer: SignerKey = GO_SECRET.parse().unwrap();
    assert_eq!(signer.verifier().to_string(), GO_PUBLIC);
    assert_eq!(signer.to_secret_text().as_str(), GO_SECRET);
    let verifier: VerifierKey = GO_PUBLIC.parse().unwrap();
    assert_eq!(&verifier, signer.verifier());
    assert_eq!(
        (verifier.name(), verifier.kind()),
        ("PeterNeumann", KeyKind::Ed25519)
    );
}

#[test]
fn a_key_belongs_to_its_name_and_kind() {
    let moved = GO_PUBLIC.replace("PeterNeumann", "PeterNeuman");
    assert!(matches!(refusal(&moved), KeyError::IdMismatch { .. }));
    let seed = [9; 32];
    let log = SignerKey::from_seed("x", KeyKind::Ed25519, &seed).unwrap();
    let witness = SignerKey::from_seed("x", KeyKind::CosignatureV1, &seed).unwrap();
    assert_eq!(log.verifier().public_key(), witness.verifier().public_key());
    assert_ne!(log.verifier().id(), witness.verifier().id());
    assert_ne!(log.verifier(), witness.verifier());
    for key in [log, witness] {
        assert_eq!(
            key.to_secret_text()
                .parse::<SignerKey>()
                .unwrap()
                .verifier(),
            key.verifier()
        );
    }
}

#[test]
fn malformed_key_texts_are_refused_with_their_reason() {
    assert_eq!(refusal(""), KeyError::NotAVerifierKey);
    assert_eq!(refusal("name+00000000"), KeyError::NotAVerifierKey);
    assert_eq!(refusal(&"a".repeat(5000)), KeyError::NotAVerifierKey);
    assert_eq!(
        refusal(&format!("{}+00000000+AQ==", "a".repeat(5000))),
        KeyError::TooLong
    );
    assert_eq!(
        refusal(&GO_PUBLIC.replace("c74f20a3", "C74F20A3")),
        KeyError::IdFormat
    );
    assert_eq!(
        refusal(&GO_PUBLIC.replace("c74f20a3", "c74f20a")),
        KeyError::IdFormat
    );
    let spaced = GO_PUBLIC.replace("Peter", "Peter ");
    assert_eq!(refusal(&spaced), KeyError::Name(FieldFault::NotAName));
    let nameless = GO_PUBLIC.replace("PeterNeumann", "");
    assert_eq!(refusal(&nameless), KeyError::Name(FieldFault::Empty));
    assert_eq!(
        refusal(&format!("{GO_PUBLIC}=")),
        KeyError::Encoding(FieldFault::NotBase64)
    );
    assert_eq!(
        refusal("n+00000000+"),
        KeyError::Encoding(FieldFault::Empty)
    );
    assert_eq!(refusal("n+00000000+AA=="), KeyError::UnknownKind(0));
    assert_eq!(
        refusal("n+00000000+AQ=="),
        KeyError::Length {
            given: 0,
            needed: 32
        }
    );
    assert!(matches!(
        GO_PUBLIC.parse::<SignerKey>(),
        Err(KeyError::NotASignerKey)
    ));
    let seed = [7; 32];
    let ml_dsa = SignerKey::from_seed("n", KeyKind::MlDsa44, &seed);
    assert!(matches!(ml_dsa, Err(KeyError::CannotSign(6))));
}

#[test]
fn weak_and_misspelled_points_are_refused() {
    // The points of small order (with which one signature verifies for many texts) and second spellings of others.
    let points = [
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "0000000000000000000000000000000000000000000000000000000000000080",
        "0100000000000000000000000000000000000000000000000000000000000080",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "f0ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "f0ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    ];
    for point in points {
        let bytes = hex::decode(point).unwrap();
        let key = VerifierKey::new("w", KeyKind::CosignatureV1, &bytes);
        assert_eq!(key, Err(KeyError::Unusable), "{point}");
    }
}

#[test]
fn a_post_quantum_key_is_kept_but_verifies_nothing() {
    let key = VerifierKey::new("w", KeyKind::MlDsa44, &[5; 1312]).unwrap();
    assert_eq!(key.to_string().parse::<VerifierKey>().as_ref(), Ok(&key));
    assert!(!key.can_verify());
    assert!(VerifierKey::new("w", KeyKind::MlDsa44, &[5; 1311]).is_err());
}

#[test]
fn secrets_do_not_show_in_debug_output() {
    let key = world::log_key();
    let shown = format!("{key:?}");
    let secret = BASE64_STANDARD.encode([1; 32]);
    assert!(
        !shown.contains(&secret[..8]) && shown.contains("hidden"),
        "{shown}"
    );
}

proptest! {
    #[test]
    fn any_text_is_a_key_with_one_spelling_or_refused(text in "\\PC{0,120}") {
        if let Ok(key) = text.parse::<VerifierKey>() {
            prop_assert_eq!(key.to_string(), text.clone());
        }
        prop_assert!(text.parse::<SignerKey>().is_err());
    }

    #[test]
    fn a_changed_character_makes_another_key_or_none(place: prop::sample::Index, new in "[ -~]") {
        let mut text = GO_PUBLIC.to_owned();
        let at = place.index(text.len());
        text.replace_range(at..=at, &new);
        match text.parse::<VerifierKey>() {
            Ok(key) => {
                prop_assert_eq!(&text, GO_PUBLIC);
                prop_assert_eq!(key.to_string(), text);
            }
            Err(_) => prop_assert_ne!(&text, GO_PUBLIC),
        }
    }
}
