//! The words that the format allows.

use std::collections::BTreeSet;

use countersign_protocol::article6::aef::nomenclature::{Found, purposes, words};
use countersign_protocol::article6::aef::{ActionType, Metric, Nomenclature, Table};

fn codes(list: &str) -> Vec<&'static str> {
    let list = &Nomenclature::newest().lists[list];
    list.values.iter().map(|code| code.value.as_str()).collect()
}

#[test]
fn the_lists_are_those_of_february_2026_with_their_mistakes() {
    assert_eq!(Nomenclature::newest().date.to_string(), "2026-02-17");
    let counts = [
        ("metric", 2),
        ("sector", 9),
        ("purpose", 7),
        ("first-transfer-definition", 4),
        ("action-type", 7),
        ("action-subtype", 10),
        ("underlying-registry", 12),
        ("mitigation-type", 3),
        ("activity-type", 27),
        ("account-type", 7),
        ("unit-type", 6),
        ("consistency-result", 3),
        ("review-status", 6),
    ];
    for (list, count) in counts {
        assert_eq!(codes(list).len(), count, "{list}");
    }
    assert!(codes("activity-type").contains(&"C02 usage"));
    assert!(!codes("sector").contains(&"Other"));
}

#[test]
fn editions_go_from_new_to_old_and_hold_no_value_twice() {
    let dates: Vec<_> = Nomenclature::editions().iter().map(|it| it.date).collect();
    assert!(dates.windows(2).all(|pair| pair[0] > pair[1]), "{dates:?}");
    for edition in Nomenclature::editions() {
        for (name, list) in &edition.lists {
            let spellings = list
                .values
                .iter()
                .flat_map(|it| it.also.iter().chain([&it.value]));
            let spellings: Vec<_> = spellings.map(|it| it.to_lowercase()).collect();
            let once: BTreeSet<_> = spellings.iter().collect();
            assert_eq!(once.len(), spellings.len(), "{name} of {}", edition.date);
        }
    }
}

#[test]
fn an_old_code_is_read_and_says_what_took_its_place() {
    let Some(Found::Older(code, date)) = Nomenclature::find("sector", "Waste") else {
        panic!("not found as an old code");
    };
    assert_eq!(code.now.as_deref(), Some("Waste management"));
    assert_eq!(date, Nomenclature::newest().date);
    assert!(Nomenclature::find("sector", "Other").is_none());
    let spelt = Nomenclature::find("first-transfer-definition", "Authorisation");
    assert!(matches!(spelt, Some(Found::Spelling(code)) if code.value == "Authorization"));
    let typo = Nomenclature::find("activity-type", "CO2 usage");
    assert!(matches!(typo, Some(Found::Spelling(code)) if code.value == "C02 usage"));
}

#[test]
fn what_took_the_place_of_an_old_code_is_a_code() {
    for edition in Nomenclature::editions() {
        for (name, list) in &edition.lists {
            for now in list.values.iter().filter_map(|code| code.now.as_deref()) {
                assert!(codes(name).contains(&now), "{name}: {now}");
            }
        }
    }
}

#[test]
fn the_closed_lists_have_the_codes_of_the_data() {
    assert_eq!(codes("metric"), Metric::ALL.map(Metric::code));
    assert_eq!(codes("action-type"), ActionType::ALL.map(ActionType::code));
}

#[test]
fn the_words_that_rules_write_are_in_their_lists() {
    let all = [
        ("action-subtype", words::TO_ANOTHER_PARTY),
        ("action-subtype", words::AUTHORIZATION),
        ("action-subtype", words::ISSUANCE),
        ("action-subtype", words::USE_OR_CANCELLATION),
        ("action-subtype", words::MANDATORY_ADAPTATION),
        ("action-subtype", words::VOLUNTARY_ADAPTATION),
        ("action-subtype", words::MANDATORY_OMGE),
        ("action-subtype", words::VOLUNTARY_OMGE),
        ("action-subtype", words::OTHER_CANCELLATIONS),
        ("action-subtype", words::NOT_YET_DEFINED),
        ("first-transfer-definition", words::AUTHORIZATION),
        ("first-transfer-definition", words::ISSUANCE),
        ("first-transfer-definition", words::USE_OR_CANCELLATION),
        (
            "first-transfer-definition",
            words::FIRST_INTERNATIONAL_TRANSFER,
        ),
        ("purpose", words::NDC),
        ("purpose", words::OIMP),
        ("purpose", words::IMP),
        ("purpose", words::OP),
        ("mitigation-type", words::EMISSION_REDUCTIONS),
        ("mitigation-type", words::REMOVALS),
        ("consistency-result", words::INCONSISTENT),
    ];
    for (list, word) in all {
        assert!(codes(list).contains(&word), "{list}: {word}");
    }
}

#[test]
fn a_purpose_is_made_of_its_parts() {
    assert_eq!(purposes("NDC and OIMP"), ["NDC", "IMP", "OP"]);
    assert_eq!(purposes("OIMP"), ["IMP", "OP"]);
    assert!(purposes("charity").is_empty());
    for word in codes("purpose") {
        assert!(!purposes(word).is_empty(), "{word}");
    }
}

#[test]
fn subtypes_name_action_types_and_columns_name_lists() {
    let subtypes = &Nomenclature::newest().lists["action-subtype"];
    for code in &subtypes.values {
        for kind in code.types.iter().chain(&code.doubtful_types) {
            assert!(codes("action-type").contains(&kind.as_str()), "{kind}");
        }
    }
    for table in Table::ALL {
        for list in table
            .columns()
            .iter()
            .filter_map(|column| column.list.as_deref())
        {
            assert!(Nomenclature::newest().lists.contains_key(list), "{list}");
        }
    }
}
