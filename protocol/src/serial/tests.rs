#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use super::*;
use crate::party::{Party, RegistryId};
use crate::units::{UNIT_NUMBER_MAX, UnitRange};
use proptest::prelude::*;
use proptest::sample::select;

fn any_party() -> impl Strategy<Value = Party> {
    select(Party::all().collect::<Vec<_>>())
}

fn any_ends() -> impl Strategy<Value = (u64, u64)> {
    let number = prop_oneof![1..=2_000_u64, 1..=UNIT_NUMBER_MAX];
    (number.clone(), number).prop_map(|(a, b)| (a.min(b), a.max(b)))
}

prop_compose! {
    fn any_domestic()(
        party in any_party(), (first, last) in any_ends(), unit_type in "[A-Z0-9.]{1,12}", scope in 1..=16_u8,
        project in prop_oneof![1..=2_000_u32, 1..=u32::MAX], year in YEAR_MIN..=YEAR_MAX, reserved in 0..=20_u32,
    ) -> DomesticSerial {
        let range = UnitRange::new(party, first, last).unwrap();
        let scope = SectoralScope::new(scope).unwrap();
        DomesticSerial::new(range, unit_type.parse().unwrap(), scope, project, year).unwrap().with_reserved(reserved)
    }
}

prop_compose! {
    fn any_itmo()(
        approach in 1..=9999_u16, party in any_party(), number in 1..=99_u8, first_transferring in any_party(),
        ends in any_ends(), vintage in YEAR_MIN..=YEAR_MAX,
    ) -> ItmoId {
        let registry = RegistryId::new(party, number).unwrap();
        let approach = CooperativeApproachId::new(approach).unwrap();
        ItmoId::new(approach, registry, first_transferring, ends, vintage).unwrap()
    }
}

/// The field that an error blames.
fn blamed(error: &SerialError) -> Option<SerialField> {
    match error {
        SerialError::Field { field, .. } => Some(*field),
        _ => None,
    }
}

#[test]
fn the_published_domestic_serials_are_read() {
    let serial: DomesticSerial = "VU-ITMO-11-356-2022-0-27-35".parse().unwrap();
    assert_eq!(
        (serial.party().name(), serial.unit_type()),
        ("Vanuatu", UnitType::ITMO)
    );
    assert_eq!(
        (
            serial.scope().number(),
            serial.project(),
            serial.year(),
            serial.reserved()
        ),
        (11, 356, 2022, 0)
    );
    assert_eq!(
        (
            serial.range().first(),
            serial.range().last(),
            serial.range().tonnes()
        ),
        (27, 35, 9)
    );
    let namibia: DomesticSerial = "NA-ITMO-15-123-2023-0-1001-1400".parse().unwrap();
    assert_eq!(namibia.range().tonnes(), 400);
}

#[test]
fn the_project_number_is_padded_to_three_digits_and_grows_beyond() {
    for project in ["001", "099", "100", "1204", "4294967295"] {
        let text = format!("VU-ITMO-11-{project}-2022-0-27-35");
        assert_eq!(text.parse::<DomesticSerial>().unwrap().to_string(), text);
    }
}

#[test]
fn a_bad_part_of_a_domestic_serial_is_named() {
    let cases = [
        ("vu-ITMO-11-356-2022-0-27-35", SerialField::Country),
        ("XX-ITMO-11-356-2022-0-27-35", SerialField::Country),
        ("VU-itmo-11-356-2022-0-27-35", SerialField::UnitType),
        ("VU--11-356-2022-0-27-35", SerialField::UnitType),
        (
            "VU-ABCDEFGHIJKLM-11-356-2022-0-27-35",
            SerialField::UnitType,
        ),
        ("VU-ITMO-0-356-2022-0-27-35", SerialField::SectoralScope),
        ("VU-ITMO-17-356-2022-0-27-35", SerialField::SectoralScope),
        ("VU-ITMO-01-356-2022-0-27-35", SerialField::SectoralScope),
        ("VU-ITMO-11-7-2022-0-27-35", SerialField::Project),
        ("VU-ITMO-11-0356-2022-0-27-35", SerialField::Project),
        ("VU-ITMO-11-000-2022-0-27-35", SerialField::Project),
        ("VU-ITMO-11-4294967296-2022-0-27-35", SerialField::Project),
        ("VU-ITMO-11-356-1989-0-27-35", SerialField::Year),
        ("VU-ITMO-11-356-22-0-27-35", SerialField::Year),
        ("VU-ITMO-11-356-2022--27-35", SerialField::Reserved),
        ("VU-ITMO-11-356-2022-00-27-35", SerialField::Reserved),
        ("VU-ITMO-11-356-2022-0-027-35", SerialField::First),
        ("VU-ITMO-11-356-2022-0-+27-35", SerialField::First),
        ("VU-ITMO-11-356-2022-0-27-35 ", SerialField::Last),
        ("VU-ITMO-11-356-2022-0-27-1,000", SerialField::Last),
    ];
    for (text, field) in cases {
        assert_eq!(
            text.parse::<DomesticSerial>()
                .map_err(|error| blamed(&error)),
            Err(Some(field)),
            "{text}"
        );
    }
    let error = "VU-ITMO-17-356-2022-0-27-35"
        .parse::<DomesticSerial>()
        .unwrap_err();
    let told =
        r#"sectoral scope "17" is not valid; write a number from 1 to 16 without leading zeros"#;
    assert_eq!(error.to_string(), told);
}

#[test]
fn a_domestic_serial_with_other_parts_or_a_backward_block_is_refused() {
    for text in [
        "",
        "VU",
        "VU-ITMO-11-356-2022-0-27",
        "VU-ITMO-11-356-2022-0-27-35-1",
        &"9".repeat(10_000),
    ] {
        let error = text.parse::<DomesticSerial>().unwrap_err();
        assert!(
            matches!(error, SerialError::Form { .. }),
            "{text:.40}: {error}"
        );
        assert!(error.to_string().len() < 400);
    }
    let backwards = "VU-ITMO-11-356-2022-0-35-27".parse::<DomesticSerial>();
    assert!(matches!(backwards, Err(SerialError::Block(_))));
}

#[test]
fn the_published_itmo_identifier_is_read() {
    let id: ItmoId = "CA0001-GHA01-GHA-1,000-2023".parse().unwrap();
    assert_eq!(
        (
            id.cooperative_approach().number(),
            id.registry().number(),
            id.vintage()
        ),
        (1, 1, 2023)
    );
    assert_eq!(
        (
            id.first_transferring().alpha3(),
            id.range().first(),
            id.range().tonnes()
        ),
        ("GHA", 1000, 1)
    );
    assert_eq!(id.to_string(), "CA0001-GHA01-GHA-1,000-2023");
}

#[test]
fn a_block_of_itmos_gives_its_first_and_last_identifier() {
    let block: ItmoId = "CA0001-GHA01-GHA-1-11,733-2023".parse().unwrap();
    assert_eq!(block.range().tonnes(), 11_733);
    assert_eq!(block.first_id().to_string(), "CA0001-GHA01-GHA-1-2023");
    assert_eq!(block.last_id().to_string(), "CA0001-GHA01-GHA-11,733-2023");
}

#[test]
fn a_bad_part_of_an_itmo_identifier_is_named() {
    let cases = [
        ("CA1-GHA01-GHA-1,000-2023", SerialField::CooperativeApproach),
        (
            "CA0000-GHA01-GHA-1,000-2023",
            SerialField::CooperativeApproach,
        ),
        (
            "CA+001-GHA01-GHA-1,000-2023",
            SerialField::CooperativeApproach,
        ),
        (
            "ca0001-GHA01-GHA-1,000-2023",
            SerialField::CooperativeApproach,
        ),
        ("CA0001-GH01-GHA-1,000-2023", SerialField::Registry),
        (
            "CA0001-GHA01-GH-1,000-2023",
            SerialField::FirstTransferringParty,
        ),
        ("CA0001-GHA01-GHA-1000-2023", SerialField::First),
        ("CA0001-GHA01-GHA-1,00-2023", SerialField::First),
        ("CA0001-GHA01-GHA-01,000-2023", SerialField::First),
        ("CA0001-GHA01-GHA-1,000,-2023", SerialField::First),
        ("CA0001-GHA01-GHA-1-11733-2023", SerialField::Last),
        ("CA0001-GHA01-GHA-1,000-23", SerialField::Vintage),
        ("CA0001-GHA01-GHA-1,000-2200", SerialField::Vintage),
    ];
    for (text, field) in cases {
        assert_eq!(
            text.parse::<ItmoId>().map_err(|error| blamed(&error)),
            Err(Some(field)),
            "{text}"
        );
    }
}

#[test]
fn one_itmo_has_one_text() {
    assert!(matches!(
        "CA0001-GHA01-GHA-7-7-2023".parse::<ItmoId>(),
        Err(SerialError::Form { .. })
    ));
}

#[test]
fn sectoral_scopes_carry_their_names() {
    assert_eq!(SectoralScope::all().count(), 16);
    assert_eq!(
        SectoralScope::new(13).unwrap().name(),
        "Waste handling and disposal"
    );
    assert!(
        SectoralScope::new(16)
            .unwrap()
            .name()
            .starts_with("Carbon capture")
    );
}

proptest! {
    #[test]
    fn a_domestic_serial_survives_text_json_and_postcard(serial in any_domestic()) {
        prop_assert!(serial.to_string().len() <= SERIAL_LEN_MAX);
        prop_assert_eq!(serial.to_string().parse::<DomesticSerial>(), Ok(serial));
        let json = serde_json::to_string(&serial).unwrap();
        prop_assert_eq!(serde_json::from_str::<DomesticSerial>(&json).unwrap(), serial);
        prop_assert_eq!(postcard::from_bytes(&postcard::to_stdvec(&serial).unwrap()), Ok(serial));
    }

    #[test]
    fn an_itmo_identifier_survives_text_json_and_postcard(id in any_itmo()) {
        prop_assert!(id.to_string().len() <= SERIAL_LEN_MAX);
        prop_assert_eq!(id.to_string().parse::<ItmoId>(), Ok(id));
        let json = serde_json::to_string(&id).unwrap();
        prop_assert_eq!(serde_json::from_str::<ItmoId>(&json).unwrap(), id);
        prop_assert_eq!(postcard::from_bytes(&postcard::to_stdvec(&id).unwrap()), Ok(id));
    }

    #[test]
    fn whatever_is_read_prints_the_same(serial in any_domestic(), id in any_itmo(), at in any::<usize>(), by in "[0-9A-Za-z,.+ -]?") {
        // One character put elsewhere, replaced or removed: either refused, or another serial with its own text.
        for text in [serial.to_string(), id.to_string()] {
            let at = at % text.len();
            for mutant in [format!("{}{by}{}", &text[..at], &text[at..]), format!("{}{by}{}", &text[..at], &text[at + 1..])] {
                if let Ok(read) = mutant.parse::<DomesticSerial>() {
                    prop_assert_eq!(read.to_string(), mutant.clone());
                }
                if let Ok(read) = mutant.parse::<ItmoId>() {
                    prop_assert_eq!(read.to_string(), mutant);
                }
            }
        }
    }

    #[test]
    fn a_split_block_keeps_everything_but_its_ends(serial in any_domestic(), id in any_itmo(), share in any::<u64>()) {
        prop_assume!(serial.range().tonnes() > 1 && id.range().tonnes() > 1);
        let (_, tail) = serial.range().split_off_tail(1 + share % (serial.range().tonnes() - 1)).unwrap();
        let part = serial.part(tail).unwrap();
        prop_assert_eq!((part.range(), part.project(), part.reserved()), (tail, serial.project(), serial.reserved()));
        prop_assert_eq!(part.part(serial.range()), None);
        let (head, _) = id.range().split_off_tail(1 + share % (id.range().tonnes() - 1)).unwrap();
        let part = id.part(head).unwrap();
        prop_assert_eq!((part.first_id(), part.vintage()), (id.first_id(), id.vintage()));
        prop_assert_eq!(part.part(id.range()), None);
    }
}
