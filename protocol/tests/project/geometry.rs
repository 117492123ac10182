//! Places on the map are read exactly, refused by name, and written as they were read.

use countersign_protocol::project::geometry::POSITIONS_MAX;
use countersign_protocol::project::{Geometry, Position};
use proptest::prelude::*;
use serde_json::{Value, json};

fn faults(geometry: &Value) -> Vec<String> {
    let faults = Geometry::read(geometry, "/at").err().unwrap_or_default();
    faults.iter().map(ToString::to_string).collect()
}

fn polygon(rings: &Value) -> Value {
    json!({"type": "Polygon", "coordinates": rings})
}

#[test]
fn what_is_no_sound_geometry_is_refused_with_its_place() {
    let square = json!([[0, 0], [4, 0], [4, 4], [0, 4], [0, 0]]);
    let hole = json!([[1, 1], [1, 2], [2, 2], [2, 1], [1, 1]]);
    let away = json!([[11, 11], [11, 12], [12, 12], [11, 11]]);
    let round: Vec<Value> = (0..=POSITIONS_MAX).map(|at| json!([at, 0])).collect();
    let tried = [
        json!(null),
        json!({"type": "Point"}),
        json!({"type": "LineString", "coordinates": [[0, 0], [1, 1]]}),
        json!({"type": "Feature", "geometry": null, "coordinates": []}),
        json!({"type": "Point", "coordinates": [1, 2], "crs": {"type": "name"}}),
        json!({"type": "Point", "coordinates": [1, 2], "colour": "red"}),
        json!({"type": "Point", "coordinates": [1]}),
        json!({"type": "Point", "coordinates": [1, 2, 3, 4]}),
        json!({"type": "Point", "coordinates": ["1", "2"]}),
        json!({"type": "Point", "coordinates": [180.0000001, 0]}),
        json!({"type": "Point", "coordinates": [0, -90.1]}),
        json!({"type": "Point", "coordinates": [1e300, 0]}),
        polygon(&json!([])),
        polygon(&json!([[[0, 0], [4, 0], [4, 4], [0, 4]]])),
        polygon(&json!([[[0, 0], [4, 0], [0, 0]]])),
        polygon(&json!([[[0, 0], [4, 0], [8, 0], [0, 0]]])),
        polygon(&json!([[[0, 0], [4, 4], [4, 0], [0, 4], [0, 0]]])),
        polygon(&json!([[[0, 0], [4, 0], [4, 4], [2, 0], [0, 4], [0, 0]]])),
        polygon(&json!([[
            [0, 0],
            [4, 0],
            [4, 4],
            [4, 2],
            [4, 5],
            [0, 4],
            [0, 0]
        ]])),
        polygon(&json!([[
            [179, 0],
            [-179, 0],
            [-179, 1],
            [179, 1],
            [179, 0]
        ]])),
        polygon(&json!([square, away])),
        polygon(&json!([square, [[1, 1], [1, 9], [2, 9], [2, 1], [1, 1]]])),
        polygon(&json!([
            square,
            hole,
            [[1.2, 1.2], [1.2, 1.4], [1.4, 1.4], [1.2, 1.2]]
        ])),
        json!({"type": "MultiPolygon", "coordinates": [[square], [[[1, 1], [2, 1], [2, 2], [1, 1]]]]}),
        json!({"type": "MultiPolygon", "coordinates": [[square], [[[2, 2], [9, 2], [9, 3], [2, 2]]]]}),
        polygon(&json!([round])),
    ];
    let mut found = String::new();
    for geometry in tried {
        let shown: String = geometry.to_string().chars().take(100).collect();
        let faults = faults(&geometry);
        assert!(!faults.is_empty(), "{shown}");
        found += &format!("{shown}\n    {}\n", faults.join("\n    "));
    }
    insta::assert_snapshot!("geometries", found);
}

#[test]
fn an_island_in_a_lake_and_plots_with_one_border_are_sound() {
    let lake = json!([
        [[0, 0], [4, 0], [4, 4], [0, 4], [0, 0]],
        [[1, 1], [1, 3], [3, 3], [3, 1], [1, 1]]
    ]);
    let island = json!([[[1.5, 1.5], [2, 1.5], [2, 2], [1.5, 1.5]]]);
    let beside = json!([[[4, 0], [8, 0], [8, 4], [4, 4], [4, 0]]]);
    let all = json!({"type": "MultiPolygon", "coordinates": [lake, island, beside]});
    assert_eq!(faults(&all), Vec::<String>::new());
}

#[test]
fn an_outline_that_is_cut_at_the_antimeridian_is_sound() {
    let west = json!([[[179, -17], [180, -17], [180, -16], [179, -16], [179, -17]]]);
    let east = json!([[
        [-180, -17],
        [-179, -17],
        [-179, -16],
        [-180, -16],
        [-180, -17]
    ]]);
    let fiji = json!({"type": "MultiPolygon", "coordinates": [west, east]});
    assert_eq!(faults(&fiji), Vec::<String>::new());
}

/// A square with its lower left corner there, in tenths of a degree.
fn square(x: u32, y: u32, side: u32) -> Value {
    let at = |x: u32, y: u32| json!([f64::from(x) / 10.0, f64::from(y) / 10.0]);
    json!([
        at(x, y),
        at(x + side, y),
        at(x + side, y + side),
        at(x, y + side),
        at(x, y)
    ])
}

#[test]
fn an_outline_has_so_many_rings_and_positions_and_no_more() {
    let holes = |count: u32| {
        let holes =
            (0..count).map(|number| square(1 + 2 * (number % 30), 1 + 2 * (number / 30), 1));
        let rings: Vec<Value> = std::iter::once(square(0, 0, 70)).chain(holes).collect();
        faults(&polygon(&json!(rings)))
    };
    assert_eq!(holes(399), Vec::<String>::new());
    let many = holes(400);
    assert!(many.len() == 1 && many[0].contains("400 rings"), "{many:?}");

    // 4,000 positions are five times 800.
    let plots = |count: u32| {
        let plots =
            (0..count).map(|number| json!([square(2 * (number % 40), 2 * (number / 40), 1)]));
        let plots: Vec<Value> = plots.collect();
        faults(&json!({"type": "MultiPolygon", "coordinates": plots}))
    };
    assert_eq!(plots(800), Vec::<String>::new());
    let many = plots(801);
    assert!(
        many.len() == 1 && many[0].contains("4000 positions"),
        "{many:?}"
    );
}

#[test]
fn rings_that_go_round_the_wrong_way_are_turned() {
    let clockwise = polygon(&json!([[[0, 0], [0, 4], [4, 4], [4, 0], [0, 0]]]));
    let turned = Geometry::read(&clockwise, "").unwrap().to_json();
    assert_eq!(turned["coordinates"][0][1], json!([4, 0]), "{turned}");
}

#[test]
fn a_number_of_degrees_is_rounded_to_ten_millionths() {
    let at = |lon: &str| {
        let text = format!("{{\"type\": \"Point\", \"coordinates\": [{lon}, 0]}}");
        let point = Geometry::read(&serde_json::from_str(&text).unwrap(), "").unwrap();
        point.bounds().least.lon
    };
    for (text, units) in [
        ("0", 0),
        ("-0.0", 0),
        ("180", 1_800_000_000),
        ("-180.00000004", -1_800_000_000),
        ("1.23456784", 12_345_678),
        ("1.23456785", 12_345_679),
        ("-1.23456785", -12_345_679),
        ("1e-7", 1),
        ("4e-8", 0),
        ("5e-8", 1),
        ("1.5e1", 150_000_000),
        ("1e-300", 0),
        ("0.00000049999", 5),
    ] {
        assert_eq!(at(text), units, "{text}");
    }
}

/// A star: corners at rising angles round a middle, so that it never crosses itself.
fn star() -> impl Strategy<Value = Vec<Position>> {
    let corner = (1..9_000_000_i32, 0..2_000_i32);
    (
        -1_700_000_000..1_700_000_000_i32,
        -800_000_000..800_000_000_i32,
        prop::collection::vec(corner, 5..40),
    )
        .prop_map(|(lon, lat, corners)| {
            // One step along the four sides of a square round the middle for each corner, strictly forward.
            let count = i32::try_from(corners.len()).unwrap();
            let ring = corners.iter().zip(0..).map(|(&(reach, _), at)| {
                let around = i64::from(at) * 8_000 / i64::from(count);
                let (side, along) = (around / 2_000, around % 2_000 - 1_000);
                let (x, y) = match side {
                    0 => (1_000, along),
                    1 => (-along, 1_000),
                    2 => (-1_000, -along),
                    _ => (along, -1_000),
                };
                let reach = i64::from(reach) + 1_000_000;
                let part = |of: i64| i32::try_from(of * reach / 1_000).unwrap();
                Position {
                    lon: lon + part(x),
                    lat: lat + part(y),
                }
            });
            let mut ring: Vec<Position> = ring.collect();
            ring.push(ring[0]);
            ring
        })
}

fn geometry_of(ring: &[Position]) -> Value {
    let outline = countersign_protocol::project::Polygon {
        outer: ring.to_vec(),
        holes: Vec::new(),
    };
    Geometry::Polygon(outline).to_json()
}

proptest! {
    #[test]
    fn a_sound_outline_is_read_from_any_corner_and_either_way_round_and_written_as_it_was(
        ring in star(), from in 0..40_usize, backwards in any::<bool>(),
    ) {
        let read = Geometry::read(&geometry_of(&ring), "").unwrap();
        prop_assert_eq!(&Geometry::read(&read.to_json(), "").unwrap(), &read);
        let mut corners = ring[1..].to_vec();
        let from = from % corners.len();
        corners.rotate_left(from);
        if backwards {
            corners.reverse();
        }
        corners.push(corners[0]);
        let again = Geometry::read(&geometry_of(&corners), "").unwrap();
        prop_assert_eq!(again.bounds(), read.bounds());
        prop_assert_eq!(again.polygons()[0].outer.len(), read.polygons()[0].outer.len());
    }

    #[test]
    fn an_outline_that_goes_through_itself_is_refused(ring in star(), at in 0..40_usize) {
        // Two corners that change places make the line cross itself, unless it was a triangle between them.
        let mut corners = ring[..ring.len() - 1].to_vec();
        let count = corners.len();
        corners.swap(at % count, (at + count / 2) % count);
        corners.push(corners[0]);
        let refused = Geometry::read(&geometry_of(&corners), "");
        let naive = crosses(&corners);
        prop_assert_eq!(refused.is_err(), naive);
    }

    #[test]
    fn nothing_that_is_sent_as_a_geometry_ends_the_program(text in "[\\[\\]0-9,.eE-]{0,60}", kind in "(Point|Polygon|MultiPolygon)") {
        if let Ok(coordinates) = serde_json::from_str::<Value>(&text) {
            let _ = Geometry::read(&json!({"type": kind, "coordinates": coordinates}), "");
        }
    }
}

/// Every edge against every other, without the sweep: whether two that are no neighbours have a point in common, or two
/// neighbours more than one.
fn crosses(ring: &[Position]) -> bool {
    let edges: Vec<(Position, Position)> = ring.windows(2).map(|pair| (pair[0], pair[1])).collect();
    let turn = |a: Position, b: Position, c: Position| {
        let d = |p: Position, q: Position| (i128::from(q.lon - p.lon), i128::from(q.lat - p.lat));
        let ((dx, dy), (ex, ey)) = (d(a, b), d(a, c));
        (dx * ey - dy * ex).signum()
    };
    let on = |at: Position, (a, b): (Position, Position)| {
        turn(a, b, at) == 0
            && (a.lon.min(b.lon)..=a.lon.max(b.lon)).contains(&at.lon)
            && (a.lat.min(b.lat)..=a.lat.max(b.lat)).contains(&at.lat)
    };
    let count = edges.len();
    (0..count).any(|i| {
        (i + 1..count).any(|j| {
            let (one, other) = (edges[i], edges[j]);
            let proper = turn(one.0, one.1, other.0) * turn(one.0, one.1, other.1) < 0
                && turn(other.0, other.1, one.0) * turn(other.0, other.1, one.1) < 0;
            let ends = [
                on(other.0, one),
                on(other.1, one),
                on(one.0, other),
                on(one.1, other),
            ];
            let touching = ends.iter().filter(|it| **it).count();
            let neighbours = j - i == 1 || j - i == count - 1;
            // Neighbours share one corner, which is an end of both.
            proper
                || if neighbours {
                    touching > 2
                } else {
                    touching > 0
                }
        })
    })
}
