//! The mock of a DTS: logins that run out, queries in pages, and the one write as strict as the real one.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::cadt::{Asked, Node, json_ok, object};

/// The user that it knows.
pub const USERNAME: &str = "bridge@vu.example";
/// The password of that user.
pub const PASSWORD: &str = "secret";

/// A DTS: its activities are rows of the table `activity`; a token is good for five requests.
pub fn answers(node: &mut Node, asked: &Asked) -> Response {
    let path = asked.path.trim_start_matches("/national/");
    if path == "auth/login" {
        if asked.body != json!({"username": USERNAME, "password": PASSWORD}) {
            return StatusCode::UNAUTHORIZED.into_response();
        }
        node.next += 1;
        node.ready_in = 5;
        return json_ok(json!({"access_token": format!("token {}", node.next), "role": "Root"}));
    }
    let token = asked
        .headers
        .get("authorization")
        .and_then(|it| it.to_str().ok());
    if token != Some(format!("Bearer token {}", node.next).as_str()) || node.ready_in == 0 {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    node.ready_in -= 1;
    let activity = |node: &Node, id: &str| {
        node.tables
            .get("activity")
            .and_then(|it| it.get(id))
            .cloned()
    };
    let none = || {
        (
            StatusCode::BAD_REQUEST,
            axum::Json(json!({"message": "not found"})),
        )
            .into_response()
    };
    match (asked.method.as_str(), path) {
        ("POST", "activities/query") => {
            let number = |name: &str| usize::try_from(asked.body[name].as_u64()?).ok();
            let (Some(page), Some(size)) = (number("page").filter(|it| *it > 0), number("size"))
            else {
                return none();
            };
            // A list shows no series.
            let bare = |row: &Value| {
                let mut row = object(row);
                row.remove("mitigationTimeline");
                Value::Object(row)
            };
            let rows: Vec<Value> = node.table("activity").map(bare).collect();
            let some: Vec<&Value> = rows.iter().skip((page - 1) * size).take(size).collect();
            json_ok(json!({"data": some, "total": rows.len()}))
        }
        ("PUT", "activities/mitigation/update") => update(node, asked),
        ("GET", path) => {
            if let Some(id) = path.strip_prefix("activities/mitigation/") {
                return activity(node, id)
                    .map_or_else(none, |it| json_ok(it["mitigationTimeline"].clone()));
            }
            if let Some(id) = path.strip_prefix("activities/") {
                return activity(node, id).map_or_else(none, json_ok);
            }
            match path.strip_prefix("emissions/") {
                Some("2021") => json_ok(json!([{"id": 1, "year": "2021", "state": "FINALIZED",
                    "energyEmissions": {"fuelCombustionActivities": {"transport": {"co2": 3, "co2eq": 4},
                        "otherSectors": {"co2eq": 2.5}}},
                    "waste": {"solidWasteDisposal": {"co2eq": 1}}}])),
                _ => none(),
            }
        }
        _ => none(),
    }
}

/// The real one replaces both series with what is sent, and checks their lengths.
fn update(node: &mut Node, asked: &Asked) -> Response {
    let body = &asked.body;
    let wrong =
        |why: &str| (StatusCode::BAD_REQUEST, axum::Json(json!({"message": why}))).into_response();
    let id = body["activityId"].as_str().unwrap_or_default();
    let Some(row) = node
        .tables
        .get_mut("activity")
        .and_then(|it| it.get_mut(id))
    else {
        return wrong("activity not found");
    };
    let length = row["mitigationTimeline"]["actual"]["actualEmissionReduct"]
        .as_array()
        .map(Vec::len);
    let series = body["mitigationTimeline"]["actual"]["actualEmissionReduct"].as_array();
    if series.map(Vec::len) != length || !body["mitigationTimeline"]["expected"].is_object() {
        return wrong("Mitigation timeline data is missing");
    }
    if !body["achievedGHGReduction"].is_number() || !body["expectedGHGReduction"].is_number() {
        return wrong("achievedGHGReduction must be a number");
    }
    row["mitigationTimeline"]["actual"] = body["mitigationTimeline"]["actual"].clone();
    row["achievedGHGReduction"] = body["achievedGHGReduction"].clone();
    json_ok(json!({"success": true}))
}

/// An activity as a row of the mock, with its real reductions from 2021 on.
#[must_use]
pub fn activity(id: &str, sector: &str, reduced: &[i64]) -> (String, Value) {
    let row = json!({"activityId": id, "title": id, "sector": sector, "validated": true,
        "achievedGHGReduction": 0, "expectedGHGReduction": 40,
        "mitigationTimeline": {"startYear": 2021, "unit": "CO2",
            "expected": {"baselineEmissions": [1, 2, 3], "total": {}},
            "actual": {"actualEmissionReduct": reduced, "total": {}}}});
    (id.to_owned(), row)
}
