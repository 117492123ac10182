//! The typed reader takes a form apart and names each fault by its JSON Pointer.

use countersign_protocol::project::{Description, Geometry};
use serde_json::{Value, json};

pub(crate) fn whole() -> Value {
    json!({
        "title": "Stoves on the outer islands",
        "description": "Efficient stoves for 4,000 households on four islands.",
        "link": "https://stoves.example",
        "sector": "energy",
        "sectoral_scope": 3,
        "mitigation_types": ["efficiency-households"],
        "gases": ["CO2", "CH4"],
        "gwp_set": "AR5",
        "start": "2023-01-01",
        "end": "2032-12-31",
        "estimate_per_year": 500,
        "external_ids": [{"registry": "GS", "id": "GS-11"}],
        "related_projects": [{"kind": "programme", "registry": "CDM", "id": "9001"}],
        "locations": [
            {"place": "Tanna", "region": "Tafea", "geometry": {"type": "Point", "coordinates": [169.3, -19.5]}},
            {"place": "Aniwa", "geometry": {"type": "Polygon", "coordinates": [[[169.6, -19.27], [169.62, -19.27], [169.61, -19.25], [169.6, -19.27]]]}},
        ],
        "methodologies": [{"code": "AMS-II.G", "version": "12.0"}],
        "crediting_period": {"start": "2023-01-01", "end": "2032-12-31", "kind": "fixed"},
        "estimates": [{"vintage": 2023, "tonnes": 500, "baseline": 700, "project": 200, "leakage": 0}, {"vintage": 2024, "tonnes": 510}],
        "co_benefits": [{"goal": 5, "indicator": "hours saved", "target": "2 a day"}, {"goal": 3}],
        "safeguards": [{"topic": "gender", "risk": "low", "measures": "Women decide on the model."}],
        "ratings": [{"agency": "CCQI", "rating": "4", "lowest": "1", "highest": "5", "date": "2026-01-01"}],
        "ndc": {"coverage": "inside", "condition": "conditional", "measure": "Clean cooking"},
    })
}

#[test]
fn a_whole_description_is_read_and_written_without_loss() {
    let form = whole();
    let read = Description::read(&form).unwrap();
    assert_eq!(read.estimated_tonnes(), 1010);
    assert_eq!(read.sectoral_scope.unwrap().number(), 3);
    assert!(
        matches!(read.locations[0].geometry, Some(Geometry::Point(at)) if at.lon == 1_693_000_000)
    );
    assert_eq!(serde_json::to_value(&read).unwrap(), form);
}

#[test]
fn fields_of_the_country_are_left_aside() {
    let mut form = whole();
    form["budget"] = json!({"usd": "100.00"});
    form["locations"][0]["plot"] = json!("17");
    let read = Description::read(&form).unwrap();
    assert_eq!(serde_json::to_value(&read).unwrap(), whole());
}

#[test]
fn a_later_form_takes_the_place_of_an_earlier_one_field_by_field() {
    let idea = json!({"title": "Stoves", "estimate_per_year": 100});
    let design = json!({"estimate_per_year": 500, "methodologies": [{"code": "AMS-II.G", "version": "12.0"}]});
    let read = Description::of_forms([&idea, &design]).unwrap();
    assert_eq!(read.title.as_deref(), Some("Stoves"));
    assert_eq!(read.estimate_per_year, Some(500));
    assert_eq!(read.methodologies.len(), 1);
}

#[test]
fn each_fault_has_its_pointer() {
    let changes = [
        ("/sectoral_scope", json!(17)),
        ("/gases/1", json!("H2O")),
        ("/gases/1", json!("CO2")),
        ("/end", json!("2022-12-31")),
        ("/crediting_period/end", json!("2022-12-31")),
        ("/estimates/1/vintage", json!(2023)),
        ("/estimates/0/tonnes", json!(1.5)),
        ("/estimates/0/tonnes", json!(9_007_199_254_740_991_u64)),
        ("/external_ids/0/id", json!("")),
        ("/co_benefits/0/goal", json!(18)),
        ("/safeguards/0/topic", json!("weather")),
        ("/ratings/0/date", json!("yesterday")),
        ("/ndc/coverage", json!("maybe")),
        ("/link", json!("stoves.example")),
        ("/locations/0/geometry/coordinates", json!([-19.5, 269.3])),
        (
            "/locations/1/geometry/coordinates/0/3",
            json!([169.6, -19.26]),
        ),
    ];
    let mut found = String::new();
    for (at, value) in changes {
        let mut form = whole();
        *form.pointer_mut(at).unwrap() = value.clone();
        let faults = Description::read(&form).unwrap_err();
        assert!(!faults.is_empty(), "{at}");
        found += &format!("{at} = {value}\n");
        for fault in faults {
            found += &format!("    {fault}\n");
        }
    }
    let mut form = whole();
    form.as_object_mut().unwrap().remove("gwp_set");
    found += &format!(
        "without /gwp_set\n    {}\n",
        Description::read(&form).unwrap_err()[0]
    );
    insta::assert_snapshot!("faults", found);
}
