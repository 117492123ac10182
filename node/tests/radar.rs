//! The radar against generated registries, and the rules of places on the map against another library's.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

use std::time::Instant;

use countersign_node::radar::Radar;
use countersign_protocol::project::{Description, Geometry};
use geo::Validation;
use proptest::prelude::*;
use serde_json::{Value, json};

fn square(lon: f64, lat: f64, side: f64) -> Value {
    json!({"type": "Polygon", "coordinates": [[
        [lon, lat], [lon + side, lat], [lon + side, lat + side], [lon, lat + side], [lon, lat],
    ]]})
}

fn project(title: &str, geometries: &[Value], ids: &[(&str, &str)]) -> Description {
    let places: Vec<Value> = geometries
        .iter()
        .enumerate()
        .map(|(at, geometry)| json!({"place": format!("Place {at}"), "geometry": geometry}))
        .collect();
    let ids: Vec<Value> = ids
        .iter()
        .map(|(registry, id)| json!({"registry": registry, "id": id}))
        .collect();
    let mut form = json!({"external_ids": ids});
    if !title.is_empty() {
        form["title"] = json!(title);
    }
    if !places.is_empty() {
        form["locations"] = json!(places);
    }
    Description::read(&form).unwrap()
}

#[test]
fn a_name_is_the_same_without_case_accents_and_order_and_near_with_a_slip() {
    let radar = Radar::of([
        (1, project("Forêt de Taï", &[], &[])),
        (2, project("Solar park Ada, phase 1", &[], &[])),
        (3, project("Improved cook-stoves in Tamale", &[], &[])),
    ]);
    let alike = |title: &str| -> Vec<(u64, Option<u8>)> {
        let found = radar.search(9, &project(title, &[], &[]), |_| true);
        found.iter().map(|it| (it.case, it.name)).collect()
    };
    assert_eq!(alike("TAI de foret"), [(1, Some(100))]);
    assert_eq!(alike("Solar park Ada, phase 2"), [(2, Some(94))]);
    assert_eq!(alike("Improved cookstoves in Tamale"), [(3, Some(100))]);
    assert_eq!(alike("Wind park Keta"), []);
}

#[test]
fn an_id_elsewhere_is_the_same_however_it_is_written() {
    let radar = Radar::of([(1, project("", &[], &[("Gold Standard", "GS-11")]))]);
    let found = radar.search(9, &project("", &[], &[("gold standard", "gs 11")]), |_| {
        true
    });
    assert_eq!(
        (found[0].case, found[0].external_ids[0].id.as_str()),
        (1, "gs 11")
    );
    let found = radar.search(9, &project("", &[], &[("Verra", "GS-11")]), |_| true);
    assert_eq!(found, []);
}

#[test]
fn land_is_measured_on_the_ellipsoid_and_in_percent_of_each() {
    // A square of a hundredth of a degree at the equator is 1113.2 m by 1105.7 m: 123.1 hectares.
    let radar = Radar::of([(1, project("", &[square(10.0, 0.0, 0.01)], &[]))]);
    let half = project("", &[square(10.005, 0.0, 0.01)], &[]);
    let overlap = radar.search(9, &half, |_| true)[0].overlap.unwrap();
    assert!(
        (6_150..6_160).contains(&overlap.hundredths_ha),
        "{overlap:?}"
    );
    assert_eq!(
        (overlap.percent_of_this, overlap.percent_of_other),
        (50, 50)
    );
    let inside = project("", &[square(10.002, 0.002, 0.001)], &[]);
    let overlap = radar.search(9, &inside, |_| true)[0].overlap.unwrap();
    assert_eq!(
        (overlap.percent_of_this, overlap.percent_of_other),
        (100, 1)
    );
    // Side by side with one border is no overlap.
    let beside = project("", &[square(10.01, 0.0, 0.01)], &[]);
    assert_eq!(radar.search(9, &beside, |_| true), []);
}

#[test]
fn a_place_that_a_project_names_twice_counts_once() {
    let radar = Radar::of([(1, project("", &[square(10.0, 0.0, 0.01)], &[]))]);
    let twice = project("", &[square(10.0, 0.0, 0.01), square(10.0, 0.0, 0.01)], &[]);
    let overlap = radar.search(9, &twice, |_| true)[0].overlap.unwrap();
    assert_eq!(
        (overlap.percent_of_this, overlap.percent_of_other),
        (100, 100)
    );
    assert!(
        (12_300..12_320).contains(&overlap.hundredths_ha),
        "{overlap:?}"
    );
}

#[test]
fn a_point_lies_in_the_land_of_another_or_on_its_point() {
    let point = |lon: f64| json!({"type": "Point", "coordinates": [lon, 0.005]});
    let radar = Radar::of([
        (1, project("", &[square(10.0, 0.0, 0.01)], &[])),
        (2, project("", &[point(20.0)], &[])),
    ]);
    let points = |geometry: Value| -> Vec<(u64, usize)> {
        let found = radar.search(9, &project("", &[geometry], &[]), |_| true);
        found.iter().map(|it| (it.case, it.points)).collect()
    };
    assert_eq!(points(point(10.005)), [(1, 1)]);
    assert_eq!(points(point(20.0)), [(2, 1)]);
    assert_eq!(points(square(19.995, 0.0, 0.01)), [(2, 1)]);
    assert_eq!(points(point(30.0)), []);
}

#[test]
fn what_was_changed_or_does_not_count_is_not_found() {
    let mut radar = Radar::of([(
        1,
        project("Alpha", &[square(10.0, 0.0, 0.01)], &[("GS", "1")]),
    )]);
    let same = project("Alpha", &[square(10.0, 0.0, 0.01)], &[("GS", "1")]);
    assert_eq!(radar.search(9, &same, |_| true).len(), 1);
    assert_eq!(radar.search(9, &same, |case| case != 1), []);
    assert_eq!(
        radar.search(1, &same, |_| true),
        [],
        "no project looks like itself"
    );
    radar.put(
        1,
        &project("Omega", &[square(50.0, 0.0, 0.01)], &[("GS", "2")]),
    );
    assert_eq!(radar.search(9, &same, |_| true), []);
    let moved = project("", &[square(50.0, 0.0, 0.01)], &[]);
    assert_eq!(radar.search(9, &moved, |_| true).len(), 1);
}

/// Numbers that look drawn at random and are the same at every run.
fn drawn(seed: u64) -> impl FnMut(u64) -> u64 {
    let mut state = seed;
    move |below| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    }
}

/// An outline of 24 corners round a middle, some kilometres wide.
#[expect(clippy::cast_precision_loss, reason = "small numbers")]
fn outline(draw: &mut impl FnMut(u64) -> u64) -> Value {
    let (lon, lat) = (
        draw(30_000) as f64 / 1000.0,
        draw(20_000) as f64 / 1000.0 - 10.0,
    );
    let mut ring: Vec<[f64; 2]> = (0..24)
        .map(|at| {
            let angle = f64::from(at) * std::f64::consts::TAU / 24.0;
            let reach = 0.01 + draw(20_000) as f64 / 1_000_000.0;
            [lon + reach * angle.cos(), lat + reach * angle.sin()]
        })
        .collect();
    ring.push(ring[0]);
    json!({"type": "Polygon", "coordinates": [ring]})
}

#[test]
fn ten_thousand_projects_with_outlines_are_searched_in_well_under_a_second() {
    let mut draw = drawn(7);
    let words = [
        "Solar", "Wind", "Forest", "Stoves", "Biogas", "Landfill", "Mangrove", "Cocoa", "River",
        "Coast", "Upper", "North", "Women", "Clean", "Green", "Power",
    ];
    let mut all = Vec::new();
    for case in 1..=10_000_u64 {
        let mut word = || words[usize::try_from(draw(16)).unwrap()];
        let title = format!("{} {} {} {case}", word(), word(), word());
        let geometry = outline(&mut draw);
        all.push((
            case,
            project(&title, &[geometry], &[("GS", &format!("GS-{case}"))]),
        ));
    }
    let began = Instant::now();
    let radar = Radar::of(all);
    eprintln!("index of 10,000 projects: {:?}", began.elapsed());
    let mut longest = std::time::Duration::ZERO;
    let mut overlaps = 0;
    for at in 0..20 {
        let geometry = outline(&mut draw);
        let new = project(
            &format!("Solar Forest Women {at}"),
            &[geometry],
            &[("GS", &format!("gs-{at}"))],
        );
        let began = Instant::now();
        let found = radar.search(0, &new, |_| true);
        longest = longest.max(began.elapsed());
        overlaps += found.iter().filter(|it| it.overlap.is_some()).count();
    }
    eprintln!("longest of 20 searches: {longest:?}, {overlaps} overlaps");
    assert!(overlaps > 0);
    // This is the slow build of tests; others run beside it.
    assert!(longest.as_millis() < 1000, "{longest:?}");
}

/// Whether an edge of a closed ring lies along the one before it.
fn goes_back(ring: &[geo::Coord<f64>]) -> bool {
    let count = ring.len() - 1;
    (0..count).any(|at| {
        let (a, b, c) = (ring[at], ring[at + 1], ring[(at + 2) % count.max(1)]);
        let ((dx, dy), (ex, ey)) = ((b.x - a.x, b.y - a.y), (c.x - b.x, c.y - b.y));
        dx * ey - dy * ex == 0.0 && dx * ex + dy * ey < 0.0
    })
}

proptest! {
    /// Two authors, one standard: what our exact rules call sound, and only that, is valid by the rules of the library.
    #[test]
    fn our_rules_for_outlines_and_those_of_the_library_agree(corners in prop::collection::vec((0..8_i32, 0..8_i32), 3..9)) {
        let mut ring: Vec<Value> = corners.iter().map(|(x, y)| json!([x, y])).collect();
        ring.push(ring[0].clone());
        let ours = Geometry::read(&json!({"type": "Polygon", "coordinates": [ring]}), "");
        let line: geo::LineString<f64> = corners.iter().map(|(x, y)| (f64::from(*x), f64::from(*y))).collect();
        let mut polygon = geo::Polygon::new(line, Vec::new());
        // A position that comes twice in a row says nothing new to us.
        polygon.exterior_mut(|ring| ring.0.dedup());
        let corners = polygon.exterior().0.len();
        // It lets a line go back on itself, which bounds nothing.
        let goes_back = goes_back(&polygon.exterior().0);
        prop_assert_eq!(ours.is_ok(), corners >= 4 && !goes_back && polygon.is_valid(), "{:?} {:?}", ours, polygon);
    }

    #[test]
    fn an_overlap_is_the_same_from_both_sides_and_never_more_than_either(
        (x, y, side) in (0..40_i32, 0..40_i32, 1..20_i32), (u, v, other) in (0..40_i32, 0..40_i32, 1..20_i32),
    ) {
        let at = |n: i32| f64::from(n) / 1000.0;
        let one = project("", &[square(at(x), at(y), at(side))], &[]);
        let two = project("", &[square(at(u), at(v), at(other))], &[]);
        let seen = |index: &Description, of: &Description| {
            let found = Radar::of([(1, index.clone())]).search(2, of, |_| true);
            found.first().and_then(|it| it.overlap)
        };
        let (there, back) = (seen(&one, &two), seen(&two, &one));
        let width = (x + side).min(u + other) - x.max(u);
        let height = (y + side).min(v + other) - y.max(v);
        prop_assert_eq!(there.is_some(), width > 0 && height > 0);
        if let (Some(there), Some(back)) = (there, back) {
            prop_assert_eq!(there.hundredths_ha, back.hundredths_ha);
            prop_assert_eq!((there.percent_of_this, there.percent_of_other), (back.percent_of_other, back.percent_of_this));
            // Squares of thousandths of a degree near the equator, within a hundredth.
            let expected = f64::from(width * height) * 111.32 * 110.57 / 100.0;
            #[expect(clippy::cast_precision_loss, reason = "small numbers")]
            let found = there.hundredths_ha as f64;
            prop_assert!((found - expected).abs() <= expected * 0.01 + 1.0, "{} {}", found, expected);
        }
    }
}
