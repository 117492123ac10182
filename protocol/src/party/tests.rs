#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use super::*;
use proptest::prelude::*;
use std::collections::BTreeSet;

#[test]
fn the_table_is_sorted_and_its_codes_are_unique() {
    assert_eq!(table::COUNTRIES.len(), 249);
    assert!(
        table::COUNTRIES
            .windows(2)
            .all(|pair| pair[0].0 < pair[1].0)
    );
    assert_eq!(
        table::COUNTRIES
            .iter()
            .map(|row| row.1)
            .collect::<BTreeSet<_>>()
            .len(),
        249
    );
    assert!(
        table::COUNTRIES
            .iter()
            .all(|row| row.1.len() == 3 && !row.2.is_empty())
    );
}

#[test]
fn a_party_is_read_from_either_code_and_printed_as_alpha_2() {
    for party in Party::all() {
        assert_eq!(party.to_string().parse(), Ok(party));
        assert_eq!(Party::from_alpha3(party.alpha3()), Ok(party));
    }
    let ghana: Party = "GH".parse().unwrap();
    assert_eq!(
        (ghana.alpha3(), ghana.name(), ghana.alpha2()),
        ("GHA", "Ghana", *b"GH")
    );
}

#[test]
fn other_spellings_of_a_party_are_refused() {
    for text in ["", "G", "gh", "Gh", "GHA", "XX", " GH", "GH ", "ГХ", "EU"] {
        assert_eq!(
            text.parse::<Party>(),
            Err(PartyError::Alpha2(text.into())),
            "{text:?}"
        );
    }
    assert!(Party::from_alpha3("gha").is_err());
}

#[test]
fn other_spellings_of_a_registry_are_refused() {
    for text in [
        "",
        "GHA",
        "GHA1",
        "GHA00",
        "GHA001",
        "GH01",
        "gha01",
        "GHA+1",
        "XXX01",
        "GH🇬🇭",
        "GHA0١",
    ] {
        assert_eq!(
            text.parse::<RegistryId>(),
            Err(PartyError::Registry(text.into())),
            "{text:?}"
        );
    }
}

#[test]
fn serde_uses_the_text_in_json_and_in_postcard() {
    let registry: RegistryId = "GHA01".parse().unwrap();
    assert_eq!(
        serde_json::to_string(&(registry.party(), registry)).unwrap(),
        r#"["GH","GHA01"]"#
    );
    let bytes = postcard::to_stdvec(&registry).unwrap();
    assert_eq!(postcard::from_bytes::<RegistryId>(&bytes), Ok(registry));
    assert!(serde_json::from_str::<Party>(r#""gh""#).is_err());
}

proptest! {
    #[test]
    fn whatever_is_read_as_a_registry_prints_the_same(text in "[A-Z]{3}[0-9]{2}|(GHA|CHE|VUT)[0-9+ ]{0,3}") {
        if let Ok(registry) = text.parse::<RegistryId>() {
            prop_assert_eq!(registry.to_string(), text);
        }
    }
}
