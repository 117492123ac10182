#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use super::*;
use proptest::prelude::*;

#[test]
fn a_request_id_is_read_as_hex_or_uuid_and_printed_as_hex() {
    let hex = "0190a7c16b7d7c3e8f2a9d5b4e6f7081";
    let id: RequestId = hex.parse().unwrap();
    assert_eq!("0190a7c1-6b7d-7c3e-8f2a-9d5b4e6f7081".parse(), Ok(id));
    assert_eq!("0190A7C1-6B7D-7C3E-8F2A-9D5B4E6F7081".parse(), Ok(id));
    assert_eq!(id.to_string(), hex);
}

#[test]
fn other_spellings_of_a_request_id_are_refused() {
    for text in [
        "",
        "0190a7c16b7d7c3e8f2a9d5b4e6f708",
        "0190a7c16b7d7c3e8f2a9d5b4e6f70811",
        "0190A7C16B7D7C3E8F2A9D5B4E6F7081",
        "0190a7c1-6b7d7-c3e-8f2a-9d5b4e6f7081",
        "0190a7c1-6b7d-7c3e-8f2a-9d5b-e6f7081",
        "{0190a7c16b7d7c3e8f2a9d5b4e6f708}",
    ] {
        assert!(text.parse::<RequestId>().is_err(), "{text:?}");
    }
}

#[test]
fn numbers_are_read_in_their_plain_form_only() {
    assert_eq!("17".parse(), Ok(AccountId(17)));
    for text in ["", "-1", "+1", "01", "4294967296", "1 "] {
        assert!(
            text.parse::<AccountId>().is_err() && text.parse::<OrganisationId>().is_err(),
            "{text:?}"
        );
    }
}

#[test]
fn origins_follow_the_rules_of_checkpoints_and_key_names() {
    for text in [
        "registry.example.gov.gh/ledger",
        "a",
        "例え/台帳",
        &"a".repeat(255),
    ] {
        assert_eq!(text.parse::<Origin>().unwrap().as_str(), text);
    }
    for text in [
        "",
        "a b",
        "a+b",
        "a\nb",
        "a\tb",
        "a\u{a0}b",
        "a\u{3000}b",
        "a\0",
        "a\u{202e}b",
        &"a".repeat(256),
    ] {
        assert!(text.parse::<Origin>().is_err(), "{text:?}");
    }
}

#[test]
fn agreement_ids_are_plain_tokens() {
    for text in ["CH-GH-2020", "a", "A_b.c-1", &"x".repeat(64)] {
        assert_eq!(text.parse::<AgreementId>().unwrap().as_str(), text);
    }
    for text in ["", "a b", "a/b", "é", "a\n", &"x".repeat(65)] {
        assert!(text.parse::<AgreementId>().is_err(), "{text:?}");
    }
}

#[test]
fn texts_that_are_empty_too_long_or_deceptive_are_refused() {
    assert_eq!("Énergie".parse::<Text<8>>().unwrap().as_str(), "Énergie");
    assert_eq!("".parse::<Text<8>>(), Err(IdError::TextEmpty));
    assert_eq!(
        "Énergies".parse::<Text<8>>(),
        Err(IdError::TextTooLong { found: 9, max: 8 })
    );
    for character in [
        '\0', '\n', '\r', '\t', '\u{7f}', '\u{85}', '\u{2028}', '\u{2029}', '\u{202e}', '\u{2066}',
    ] {
        let refused = format!("a{character}b").parse::<Text<8>>();
        assert_eq!(refused, Err(IdError::TextCharacter(u32::from(character))));
    }
    assert!(
        "می\u{200c}خواهم".parse::<Text<64>>().is_ok(),
        "joiners belong to Persian spelling"
    );
}

#[test]
fn bytes_are_hex_in_json_and_bare_in_postcard() {
    let id = TransferId([0xab; 32]);
    assert_eq!(
        serde_json::to_string(&id).unwrap(),
        format!("\"{}\"", "ab".repeat(32))
    );
    assert_eq!(postcard::to_stdvec(&id).unwrap(), [0xab; 32]);
    assert_eq!(serde_json::to_string(&AccountId(5)).unwrap(), "5");
}

#[test]
fn stored_texts_pass_the_same_checks() {
    let bytes = postcard::to_stdvec("a b").unwrap();
    assert!(postcard::from_bytes::<Origin>(&bytes).is_err());
    assert!(postcard::from_bytes::<Text<2>>(&bytes).is_err());
    assert!(postcard::from_bytes::<AgreementId>(&bytes).is_err());
    assert_eq!(
        postcard::from_bytes::<Text<3>>(&bytes).unwrap().as_str(),
        "a b"
    );
}

proptest! {
    #[test]
    fn ids_survive_text_json_and_postcard(transfer: [u8; 32], request: [u8; 16], number: u32) {
        let all = (TransferId(transfer), RequestId(request), OrganisationId(number));
        prop_assert_eq!(all.0.to_string().parse(), Ok(all.0));
        prop_assert_eq!(all.1.to_string().parse(), Ok(all.1));
        prop_assert_eq!(all.2.to_string().parse(), Ok(all.2));
        prop_assert_eq!(serde_json::from_str::<(TransferId, RequestId, OrganisationId)>(&serde_json::to_string(&all).unwrap()).unwrap(), all);
        prop_assert_eq!(postcard::from_bytes(&postcard::to_stdvec(&all).unwrap()), Ok(all));
    }

    #[test]
    fn reading_never_fails_other_than_by_refusal(text in any::<String>()) {
        for read in [
            text.parse::<Origin>().map(|value| value.to_string()),
            text.parse::<Text<40>>().map(|value| value.to_string()),
            text.parse::<AgreementId>().map(|value| value.to_string()),
            text.parse::<TransferId>().map(|value| value.to_string()),
        ].into_iter().flatten() {
            prop_assert_eq!(&read, &text);
        }
    }
}
