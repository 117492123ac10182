#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use super::*;
use proptest::prelude::*;

fn gh(first: u64, last: u64) -> UnitRange {
    UnitRange::new("GH".parse().unwrap(), first, last).unwrap()
}

fn any_range() -> impl Strategy<Value = UnitRange> {
    let number = prop_oneof![
        1..=50_u64,
        1..=UNIT_NUMBER_MAX,
        UNIT_NUMBER_MAX - 50..=UNIT_NUMBER_MAX
    ];
    (number.clone(), number).prop_map(|(a, b)| gh(a.min(b), a.max(b)))
}

/// Two ranges near each other, so that touching, overlap and gap all occur often.
fn near_pair() -> impl Strategy<Value = (UnitRange, UnitRange)> {
    let range = || (1..=30_u64, 0..=8_u64).prop_map(|(first, more)| gh(first, first + more));
    (range(), range())
}

#[test]
fn numbers_outside_the_counter_and_backward_ranges_are_refused() {
    let origin = "GH".parse().unwrap();
    assert_eq!(UnitRange::new(origin, 0, 5), Err(UnitsError::Number(0)));
    assert_eq!(
        UnitRange::new(origin, 1, u64::MAX),
        Err(UnitsError::Number(u64::MAX))
    );
    assert_eq!(
        UnitRange::new(origin, 1 << 63, 1 << 63),
        Err(UnitsError::Number(1 << 63))
    );
    assert_eq!(
        UnitRange::new(origin, 7, 6),
        Err(UnitsError::Backwards { first: 7, last: 6 })
    );
    assert_eq!(gh(1, UNIT_NUMBER_MAX).tonnes(), UNIT_NUMBER_MAX);
}

#[test]
fn a_split_leaves_the_head_and_takes_the_tail() {
    assert_eq!(
        gh(1, 3000).split_off_tail(1000),
        Ok((gh(1, 2000), gh(2001, 3000)))
    );
    assert!(gh(1, 3000).split_off_tail(0).is_err());
    let whole = gh(1, 3000).split_off_tail(3000).unwrap_err();
    assert_eq!(
        whole.to_string(),
        "cannot split 3000 tonnes off GH-1-3000, which holds 3000; take at least 1 and fewer than all, or move the \
         whole range"
    );
}

#[test]
fn equal_numbers_of_two_countries_are_different_tonnes() {
    let vanuatu = UnitRange::new("VU".parse().unwrap(), 1, 10).unwrap();
    assert!(!gh(1, 10).overlaps(vanuatu) && !gh(1, 10).contains_range(vanuatu));
    assert!(!gh(11, 20).is_adjacent(vanuatu));
}

#[test]
fn other_spellings_of_a_range_are_refused() {
    for text in [
        "", "GH", "GH-1", "GH-01-2", "GH-1-02", "GH-+1-2", "GH-1-2-3", "gh-1-2", "GH-1-2 ",
        "GH-2-1", "GH-0-1",
    ] {
        assert!(text.parse::<UnitRange>().is_err(), "{text:?}");
    }
}

#[test]
fn stored_bytes_pass_the_same_checks_as_text() {
    let backwards = postcard::to_stdvec(&("GH", 2_u64, 1_u64)).unwrap();
    assert!(postcard::from_bytes::<UnitRange>(&backwards).is_err());
    assert_eq!(serde_json::to_string(&gh(27, 35)).unwrap(), r#""GH-27-35""#);
    assert!(serde_json::from_str::<UnitRange>(r#""GH-35-27""#).is_err());
}

proptest! {
    #[test]
    fn a_range_survives_text_json_and_postcard(range in any_range()) {
        prop_assert_eq!(range.to_string().parse::<UnitRange>(), Ok(range));
        let json = serde_json::to_string(&range).unwrap();
        prop_assert_eq!(serde_json::from_str::<UnitRange>(&json).unwrap(), range);
        prop_assert_eq!(postcard::from_bytes::<UnitRange>(&postcard::to_stdvec(&range).unwrap()), Ok(range));
    }

    #[test]
    fn splits_conserve_tonnes_and_order(range in any_range(), share in any::<u64>()) {
        prop_assume!(range.tonnes() > 1);
        let taken = 1 + share % (range.tonnes() - 1);
        let (head, tail) = range.split_off_tail(taken).unwrap();
        prop_assert_eq!(tail.tonnes(), taken);
        prop_assert_eq!(head.tonnes() + tail.tonnes(), range.tonnes());
        prop_assert!(head < tail && head.is_adjacent(tail) && !head.overlaps(tail));
        prop_assert!(range.contains_range(head) && range.contains_range(tail));
        prop_assert_eq!(range.split_at(tail.first()), Ok((head, tail)));
        prop_assert_eq!(tail.join(head), Ok(range));
    }

    #[test]
    fn relations_agree_with_counting_the_tonnes((a, b) in near_pair()) {
        let numbers = |range: UnitRange| range.first()..=range.last();
        let shared = numbers(a).filter(|number| b.contains(*number)).count();
        prop_assert_eq!(a.overlaps(b), shared > 0);
        prop_assert_eq!(b.contains_range(a), shared as u64 == a.tonnes());
        prop_assert_eq!(numbers(a).count() as u64, a.tonnes());
        let union: std::collections::BTreeSet<u64> = numbers(a).chain(numbers(b)).collect();
        let run = union.last().unwrap() - union.first().unwrap() + 1;
        prop_assert_eq!(a.is_adjacent(b), shared == 0 && run == union.len() as u64);
        prop_assert_eq!(a.join(b).is_ok(), a.is_adjacent(b));
    }
}
