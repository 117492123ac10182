//! Monitoring data: points that are signed, formulas in decimals with bounds, batches under one root.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use countersign_bridge::dmrv::{
    BLUEPRINT_SCHEMA, BatchError, Blueprint, POINT_SCHEMA, Point, PointError, SourceKey, inclusion,
    number_text, read_csv, seal, write_csv,
};
use countersign_protocol::log::{Hash, leaf_hash, node_hash, verify_inclusion};
use ed25519_dalek::{Signer as _, SigningKey};
use proptest::prelude::*;
use serde_json::{Value, json};

const BLUEPRINT: &str = r#"
format = 1
id = "solar-mini-grid"
version = "1.0"
title = "Diesel that a solar grid replaces"
source = "AMS-I.F, equation 1"
[inputs.energy]
unit = "MWh"
take = "sum"
[inputs.loss]
unit = "1"
take = "mean"
[constants]
diesel = "0.8"
[result]
formula = "energy * (1 - loss) * diesel"
credited = "lower"
"#;

fn signer() -> SigningKey {
    SigningKey::from_bytes(&[7; 32])
}

fn key() -> SourceKey {
    STANDARD
        .encode(signer().verifying_key().as_bytes())
        .parse()
        .unwrap()
}

fn point(input: &str, unit: &str, value: &str, uncertainty: &str, month: u8) -> Point {
    let end = match month {
        12 => "2025-01-01T00:00:00Z".to_owned(),
        _ => format!("2024-{:02}-01T00:00:00Z", month + 1),
    };
    signed(Point {
        source: 1,
        input: input.to_owned(),
        value: value.to_owned(),
        unit: unit.to_owned(),
        uncertainty: uncertainty.to_owned(),
        start: format!("2024-{month:02}-01T00:00:00Z").parse().unwrap(),
        end: end.parse().unwrap(),
        signature: String::new(),
    })
}

fn signed(point: Point) -> Point {
    let text = point.signed_text("VU").unwrap();
    let signature = STANDARD.encode(signer().sign(text.as_bytes()).to_bytes());
    Point { signature, ..point }
}

fn year() -> Vec<Point> {
    let energy = (1..=12).map(|month| point("energy", "MWh", "100.5", "0.5", month));
    let loss = [
        point("loss", "1", "0.1", "0.02", 1),
        point("loss", "1", "0.2", "0.02", 7),
    ];
    energy.chain(loss).collect()
}

#[test]
fn tonnes_follow_from_points_with_their_bounds_and_the_lower_one_is_credited() {
    let blueprint = Blueprint::parse(BLUEPRINT).unwrap();
    let sealed = seal("VU", &blueprint, &mut year()).unwrap();
    let [figure] = &sealed.figures[..] else {
        panic!("{sealed:?}");
    };
    // By hand: 1206 MWh, 6 to either side; a loss of 0.15, 0.02 to either side; 0.8 t/MWh.
    assert_eq!(figure.value, "820.08");
    assert_eq!(figure.lower, "796.8");
    assert_eq!(figure.upper, "843.552");
    assert_eq!((figure.year, figure.tonnes, figure.points), (2024, 796, 14));
    let value = BLUEPRINT.replace("credited = \"lower\"", "credited = \"value\"");
    let value = Blueprint::parse(&value).unwrap();
    assert_eq!(
        seal("VU", &value, &mut year()).unwrap().figures[0].tonnes,
        820
    );
}

#[test]
fn the_signed_text_is_a_line_for_each_field_and_says_nothing_in_another_registry() {
    let it = point("energy", "MWh", "100.50", "0.5", 1);
    let text = "countersign-data-point/v1\nVU\n1\nenergy\n100.5\nMWh\n0.5\n2024-01-01T00:00:00Z\n2024-02-01T00:00:00Z\n";
    assert_eq!(it.signed_text("VU").unwrap(), text);
    assert_eq!(it.verify("VU", &key()), Ok(()));
    let leaf = leaf_hash(format!("{text}{}\n", it.signature).as_bytes());
    assert_eq!(it.leaf("VU").unwrap(), leaf);
    assert_eq!(it.verify("GH", &key()), Err(PointError::Signature));
    for change in [
        |it: &mut Point| it.value = "100.6".to_owned(),
        |it: &mut Point| it.unit = "kWh".to_owned(),
        |it: &mut Point| it.uncertainty = "0".to_owned(),
        |it: &mut Point| it.source = 2,
        |it: &mut Point| it.input = "loss".to_owned(),
    ] {
        let mut changed = it.clone();
        change(&mut changed);
        assert_eq!(changed.verify("VU", &key()), Err(PointError::Signature));
    }
    assert!(
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
            .parse::<SourceKey>()
            .is_err()
    );
}

/// RFC 6962 section 2.1, as it is written there.
fn root_by_the_book(leaves: &[Hash]) -> Hash {
    match leaves {
        [one] => *one,
        _ => {
            let middle = leaves.len().next_power_of_two() / 2;
            let (left, right) = leaves.split_at(middle);
            node_hash(&root_by_the_book(left), &root_by_the_book(right))
        }
    }
}

#[test]
fn every_point_of_a_batch_is_proven_against_its_root_and_the_order_of_arrival_is_no_matter() {
    let blueprint = Blueprint::parse(BLUEPRINT).unwrap();
    for count in 1..=12_u8 {
        let mut points: Vec<Point> = (1..=count)
            .map(|month| point("energy", "MWh", "100", "1", month))
            .chain([point("loss", "1", "0.1", "0", 1)])
            .collect();
        let mut other = points.clone();
        other.reverse();
        let sealed = seal("VU", &blueprint, &mut points).unwrap();
        assert_eq!(seal("VU", &blueprint, &mut other).unwrap(), sealed);
        let leaves: Vec<Hash> = points.iter().map(|it| it.leaf("VU").unwrap()).collect();
        assert_eq!(sealed.root, root_by_the_book(&leaves));
        for (at, leaf) in leaves.iter().enumerate() {
            let (found, proof) = inclusion("VU", &points, at).unwrap();
            assert_eq!(found, *leaf);
            let (index, size) = (at as u64, leaves.len() as u64);
            verify_inclusion(leaf, index, size, &proof, &sealed.root).unwrap();
        }
        assert!(inclusion("VU", &points, leaves.len()).is_none());
        let mut changed = points.clone();
        changed[0] = signed(Point {
            value: "101".to_owned(),
            ..changed[0].clone()
        });
        assert_ne!(
            seal("VU", &blueprint, &mut changed).unwrap().root,
            sealed.root
        );
    }
}

#[test]
fn what_would_be_counted_twice_filled_in_or_converted_is_refused_with_its_place() {
    let blueprint = Blueprint::parse(BLUEPRINT).unwrap();
    let refused = |points: Vec<Point>| seal("VU", &blueprint, &mut points.clone()).unwrap_err();
    let with = |more: Point| year().into_iter().chain([more]).collect::<Vec<_>>();
    let mut twice = point("energy", "MWh", "1", "0", 1);
    twice.start = "2024-01-15T00:00:00Z".parse().unwrap();
    assert!(matches!(refused(with(twice)), BatchError::Overlap { .. }));
    let mut over = point("energy", "MWh", "1", "0", 12);
    (over.source, over.end) = (2, "2025-01-01T00:00:01Z".parse().unwrap());
    assert!(matches!(refused(with(over)), BatchError::Year { .. }));
    let mut kwh = point("energy", "kWh", "1", "0", 1);
    kwh.source = 2;
    let said = refused(with(kwh)).to_string();
    assert!(said.contains("nothing is converted"), "{said}");
    let mut odd = point("wind", "MWh", "1", "0", 1);
    odd.source = 2;
    assert!(matches!(refused(with(odd)), BatchError::Input { .. }));
    let only = year()
        .into_iter()
        .filter(|it| it.input == "energy")
        .collect();
    assert!(matches!(
        refused(only),
        BatchError::Missing { year: 2024, .. }
    ));
    assert_eq!(refused(Vec::new()), BatchError::Points(0));
    let inverse = BLUEPRINT.replace("* (1 - loss)", "/ (loss - 0.15)");
    let inverse = Blueprint::parse(&inverse).unwrap();
    let said = seal("VU", &inverse, &mut year()).unwrap_err().to_string();
    assert!(
        said.contains("may be zero within its uncertainty"),
        "{said}"
    );
}

#[test]
fn blueprints_that_are_none_are_told_with_the_place() {
    for (from, to, wanted) in [
        ("format = 1", "format = 2", "format 1"),
        ("energy * (1", "energy * * (1", "character 10"),
        ("* diesel", "* petrol", "\"petrol\" is no input"),
        ("* (1 - loss)", "", "[inputs.loss] is not in the formula"),
        ("\"0.8\"", "\"8e-1\"", "[constants] diesel"),
        ("take = \"mean\"", "take = \"last\"", "last"),
        ("[inputs.loss]", "[inputs.Loss]", "small letters"),
        ("unit = \"1\"", "unit = \"\"", "a unit"),
        ("id = \"solar-mini-grid\"", "id = \"Solar\"", "id:"),
        (
            "energy * (1 - loss) * diesel",
            "min(energy, loss",
            "closing parenthesis",
        ),
    ] {
        let said = Blueprint::parse(&BLUEPRINT.replace(from, to))
            .unwrap_err()
            .to_string();
        assert!(said.contains(wanted), "{to}: {said}");
    }
    let deep = format!("{}energy * loss * diesel{}", "(".repeat(40), ")".repeat(40));
    let deep = BLUEPRINT.replace("energy * (1 - loss) * diesel", &deep);
    assert!(
        Blueprint::parse(&deep)
            .unwrap_err()
            .to_string()
            .contains("32 deep")
    );
    let both = BLUEPRINT.replace(
        "energy * (1 - loss) * diesel",
        "max(0, min(energy, 500) - loss) * diesel / 2",
    );
    let figure = &seal("VU", &Blueprint::parse(&both).unwrap(), &mut year())
        .unwrap()
        .figures[0];
    assert_eq!(figure.value, "199.94");
}

#[test]
fn files_of_points_read_as_they_were_written_and_a_bad_line_is_named() {
    let points = year();
    assert_eq!(read_csv(write_csv(&points).as_bytes()).unwrap(), points);
    let text = write_csv(&points);
    let broken = text.replacen("2024-03-01T00:00:00Z", "soon", 1);
    let said = read_csv(broken.as_bytes()).unwrap_err().to_string();
    assert!(said.starts_with("line 3:"), "{said}");
    let said = read_csv(b"source,input\n1,energy\n")
        .unwrap_err()
        .to_string();
    assert!(said.contains("source,input,value,unit"), "{said}");
}

#[test]
fn the_published_schemas_take_what_is_taken_and_refuse_what_is_refused() {
    let schema: Value = serde_json::from_str(POINT_SCHEMA).unwrap();
    let schema = jsonschema::draft202012::new(&schema).unwrap();
    let good = serde_json::to_value(point("energy", "MWh", "100.5", "0.5", 1)).unwrap();
    assert!(schema.is_valid(&good));
    for (field, value) in [
        ("value", json!(100.5)),
        ("value", json!("1e3")),
        ("uncertainty", json!("-1")),
        ("input", json!("Energy")),
        ("start", json!("2024-01-01")),
        ("signature", json!("AAAA")),
        ("more", json!(1)),
    ] {
        let mut bad = good.clone();
        bad[field] = value;
        assert!(!schema.is_valid(&bad), "{field}");
    }
    let schema: Value = serde_json::from_str(BLUEPRINT_SCHEMA).unwrap();
    let schema = jsonschema::draft202012::new(&schema).unwrap();
    let file: toml::Value = toml::from_str(BLUEPRINT).unwrap();
    assert!(schema.is_valid(&serde_json::to_value(file).unwrap()));
}

proptest! {
    #[test]
    fn the_value_lies_between_its_bounds_whatever_the_points_are(
        energy in prop::collection::vec((0_u32..100_000, 0_u32..500), 1..12), loss in 0_u32..100, doubt in 0_u32..20,
    ) {
        let blueprint = Blueprint::parse(BLUEPRINT).unwrap();
        let part = |it: u32| format!("{}.{:02}", it / 100, it % 100);
        let mut points: Vec<Point> = energy
            .iter()
            .zip(1..)
            .map(|((value, doubt), month)| point("energy", "MWh", &part(*value), &part(*doubt), month))
            .collect();
        points.push(point("loss", "1", &part(loss), &part(doubt), 1));
        let figure = seal("VU", &blueprint, &mut points).unwrap().figures.remove(0);
        let number = |text: &str| text.parse::<rust_decimal::Decimal>().unwrap();
        let (low, value, high) = (number(&figure.lower), number(&figure.value), number(&figure.upper));
        prop_assert!(low <= value && value <= high);
        prop_assert!(rust_decimal::Decimal::from(figure.tonnes) <= value.max(rust_decimal::Decimal::ZERO));
    }

    #[test]
    fn reading_any_formula_or_number_ends_in_it_or_a_refusal(text in "[a-z0-9+*/()., -]{0,60}", number in ".{0,24}") {
        let file = BLUEPRINT.replace("energy * (1 - loss) * diesel", &text);
        let _ = Blueprint::parse(&file);
        if let Ok(written) = number_text(&number) {
            prop_assert_eq!(number_text(&written), Ok(written));
        }
    }
}
