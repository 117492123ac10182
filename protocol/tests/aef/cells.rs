//! What the cells read and write.

use countersign_protocol::article6::aef::value::Value;
use countersign_protocol::article6::aef::{
    ActionDate, ActionType, CarpCell, Cell, Decimal, Field, List, Parties, PartyCode, RegistryCode,
    State, Timeframe, Uid, UnitId, Version,
};
use countersign_protocol::period::Day;
use countersign_protocol::serial::{CooperativeApproachId, ItmoId};
use proptest::prelude::*;

/// What a text is read as, written again.
fn again<T: Value>(text: &str) -> Option<String> {
    T::parse(text).map(|value| value.text().into_owned())
}

#[test]
fn a_blank_cell_na_a_value_and_a_text_that_is_none_are_four_things() {
    let mut cell = Field::<u16>::default();
    let read = [
        ("  ", State::Absent, ""),
        ("na", State::NotApplicable, "NA"),
        ("N/A", State::NotApplicable, "NA"),
        (" 2023 ", State::Is, "2023"),
        ("23", State::Unreadable, "23"),
        ("about 2023", State::Unreadable, "about 2023"),
    ];
    for (text, state, written) in read {
        cell.read(text);
        assert_eq!((cell.state(), &*cell.text()), (state, written), "{text:?}");
    }
    assert_eq!(Field::<u16>::from(None), Field::NotApplicable);
}

#[test]
fn cells_of_the_platform_keep_what_it_wrote_and_never_its_placeholder() {
    let mut cell = CarpCell::default();
    for text in [
        "",
        "NA",
        CarpCell::LINK,
        " {Information in this field is populated by the carp} ",
    ] {
        cell.read(text);
        assert_eq!(cell, CarpCell::Placeholder, "{text:?}");
    }
    cell.read("Review pending");
    assert_eq!(cell, CarpCell::Written("Review pending".into()));
}

#[test]
fn days_are_written_dd_mm_yyyy_and_read_in_iso_too() {
    for text in ["15/04/2026", "2026-04-15", "15/4/2026"] {
        assert_eq!(again::<Day>(text).as_deref(), Some("15/04/2026"), "{text}");
    }
    for text in [
        "31/02/2026",
        "04/15/2026",
        "15.04.2026",
        "15/04/26",
        "2026",
        "1/1/1/2026",
    ] {
        assert_eq!(again::<Day>(text), None, "{text}");
    }
}

#[test]
fn an_action_date_is_a_day_or_a_moment() {
    assert_eq!(
        again::<ActionDate>("01/02/2026").as_deref(),
        Some("01/02/2026")
    );
    for text in ["2026-04-15T10:00:00.250Z", "2026-04-15T10:00:00Z"] {
        let date = ActionDate::parse(text).unwrap();
        assert_eq!(date.day().to_string(), "2026-04-15");
        assert_eq!(date.text().get(..19), text.get(..19));
    }
    for text in [
        "2026-04-15T10:00:00.25Z",
        "2026-04-15T10:00:00",
        "2026-04-15T25:00:00.000Z",
        "soon",
    ] {
        assert_eq!(ActionDate::parse(text), None, "{text}");
    }
}

#[test]
fn a_timeframe_is_two_years_or_four_days() {
    let years = Timeframe::parse("2021 - 2030").unwrap();
    assert_eq!(Timeframe::parse("2021-2030"), Some(years));
    assert_eq!(years.text(), "2021 - 2030");
    let text = "Occurred: from 01/07/2021 to 31/12/2030. Use: from 01/01/2022 to 31/12/2031";
    let days = Timeframe::parse(text).unwrap();
    assert_eq!(days.text(), text);
    assert_eq!(days.used().1.to_string(), "2031-12-31");
    for text in [
        "2030 - 2021",
        "2021",
        "Occurred: from 01/07/2021 to 31/12/2030",
        "for ever",
    ] {
        assert_eq!(Timeframe::parse(text), None, "{text}");
    }
}

#[test]
fn quantities_are_exact() {
    let known = [
        ("0", "0"),
        ("11,733", "11733"),
        ("12.50", "12.5"),
        ("9223372036854775807", "9223372036854775807"),
        ("0.000001", "0.000001"),
    ];
    for (text, written) in known {
        assert_eq!(again::<Decimal>(text).as_deref(), Some(written), "{text}");
    }
    for text in [
        "",
        "-1",
        "1e3",
        "1,00",
        ".5",
        "5.",
        "0.0000001",
        "18446744073709551616",
        "1 000",
        "1,0000",
    ] {
        assert_eq!(again::<Decimal>(text), None, "{text}");
    }
    let half: Decimal = "0.5".parse().unwrap();
    assert_eq!((half.whole(), half.millionths()), (None, 500_000));
    assert!(Decimal::from(1) > half);
}

#[test]
fn an_identifier_is_whole_or_a_number() {
    let text = "CA0001-GHA01-GHA-1,000-2023";
    let uid = Uid::parse(text).unwrap();
    assert_eq!((uid.number, uid.text().as_ref()), (1000, text));
    assert_eq!(Uid::parse("CA0001-GHA01-GHA-1000-2023"), Some(uid));
    assert_eq!(UnitId::parse("1,000"), Some(UnitId::Number(1000)));
    let wrong = [
        "CA001-GHA01-GHA-1-2023",
        "CA0001-GHA1-GHA-1-2023",
        "CA0001-GHA01-gha-1-2023",
        "CA0001-GHA01-GHA-0-2023",
        "CA0001-GHA01-GHA-1-23",
        "CA0001-GHA01-GHA-1-2-2023",
        "0",
        "-5",
    ];
    for text in wrong {
        assert_eq!(UnitId::parse(text), None, "{text}");
    }
}

#[test]
fn the_identifier_of_a_block_of_the_ledger_gives_its_two_ends() {
    let block: ItmoId = "CA0007-GHA01-GHA-1-11,733-2023".parse().unwrap();
    let (first, last) = Uid::ends(block);
    assert_eq!(first.to_string(), block.first_id().to_string());
    assert_eq!(last.to_string(), block.last_id().to_string());
    assert_eq!(
        first.cooperative_approach,
        CooperativeApproachId::new(7).unwrap()
    );
}

#[test]
fn parties_are_codes_and_may_be_reserved_ones_or_names() {
    assert_eq!(again::<PartyCode>("EUE").as_deref(), Some("EUE"));
    assert_eq!(again::<PartyCode>("ghana").as_deref(), Some("GHA"));
    assert_eq!(again::<RegistryCode>("EUE01").as_deref(), Some("EUE01"));
    assert_eq!(
        again::<Parties>("CHE;SGP , JPN").as_deref(),
        Some("CHE, SGP, JPN")
    );
    assert_eq!(Parties::parse("Any party"), Some(Parties::Any));
    for text in ["gha", "GH", "GHAN", "G1A"] {
        assert_eq!(again::<PartyCode>(text), None, "{text}");
    }
    assert_eq!(again::<Parties>("CHE, Narnia"), None);
    assert_eq!(
        again::<List>("Energy generation,Transportation").as_deref(),
        Some("Energy generation, Transportation")
    );
}

#[test]
fn the_misspelt_action_type_of_the_decision_is_read() {
    assert_eq!(
        ActionType::parse("Aquisition"),
        Some(ActionType::Acquisition)
    );
    assert_eq!(
        again::<ActionType>("first TRANSFER").as_deref(),
        Some("First transfer")
    );
    assert_eq!(ActionType::parse("Sale"), None);
}

#[test]
fn a_version_has_one_text() {
    assert_eq!(again::<Version>("1.0").as_deref(), Some("1.0"));
    for text in ["0.1", "1", "1.", "01.0", "1.00", "1.0.0", "v1.0", "1,0"] {
        assert_eq!(again::<Version>(text), None, "{text}");
    }
}

/// Reads whatever text, and reads what it wrote again: the same, always.
fn settles<T: Value + PartialEq + std::fmt::Debug>(text: &str) {
    let mut once = Field::<T>::default();
    once.read(text);
    let mut twice = Field::<T>::default();
    twice.read(&once.text());
    assert_eq!(once, twice);
}

proptest! {
    #[test]
    fn what_was_read_is_read_the_same_again(text in "[ -~\u{e9}\r\n]{0,40}|[0-9,.]{0,12}|[0-9/:TZ.-]{0,24}|(CA[0-9]{4}-[A-Z]{3}[0-9]{2}-[A-Z]{3}-[0-9,]{1,9}-[0-9]{4})") {
        settles::<Day>(&text);
        settles::<ActionDate>(&text);
        settles::<Timeframe>(&text);
        settles::<Decimal>(&text);
        settles::<UnitId>(&text);
        settles::<PartyCode>(&text);
        settles::<RegistryCode>(&text);
        settles::<Parties>(&text);
        settles::<List>(&text);
        settles::<ActionType>(&text);
        settles::<Version>(&text);
        settles::<String>(&text);
        settles::<u16>(&text);
        settles::<u32>(&text);
    }
}
