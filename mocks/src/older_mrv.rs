//! The mock of an older MRV: the three calls that a registry makes to it, and its query.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::cadt::{Asked, Node, json_ok};

/// The key that it takes.
pub const KEY: &str = "older-mrv-key";

/// An older MRV: its projects are rows of the table `programme` by their id elsewhere. What was called stands in the audit.
pub fn answers(node: &mut Node, asked: &Asked) -> Response {
    let key = asked.headers.get("api_key").and_then(|it| it.to_str().ok());
    if key != Some(KEY) {
        return wrong(StatusCode::UNAUTHORIZED, "Unauthorized");
    }
    let path = asked.path.trim_start_matches("/national/");
    if (asked.method.as_str(), path) == ("POST", "programme/query") {
        return query(node, &asked.body);
    }
    if asked.method != "PUT" {
        return wrong(StatusCode::NOT_FOUND, "Cannot find it");
    }
    node.audit.push(json!({"call": path, "body": asked.body}));
    match path {
        "programme/authProgramme" => authorise(node, &asked.body),
        "programme/rejectProgramme" => reject(node, &asked.body),
        "programme/issueCredit" => issue(node, &asked.body),
        _ => wrong(StatusCode::NOT_FOUND, "Cannot find it"),
    }
}

fn wrong(status: StatusCode, message: &str) -> Response {
    let body = json!({"statusCode": status.as_u16(), "message": message});
    (status, axum::Json(body)).into_response()
}

fn query(node: &Node, body: &Value) -> Response {
    let filter = &body["filterAnd"][0];
    if filter["key"] != "externalId" || filter["operation"] != "=" || !body["size"].is_number() {
        return wrong(StatusCode::BAD_REQUEST, "the query can not be read");
    }
    let found: Vec<&Value> = node
        .table("programme")
        .filter(|it| it["externalId"] == filter["value"])
        .collect();
    json_ok(json!({"data": found, "total": found.len()}))
}

fn text<'a>(body: &'a Value, field: &str) -> Option<&'a str> {
    body[field].as_str().filter(|it| !it.is_empty())
}

fn row<'n>(node: &'n mut Node, body: &Value) -> Option<&'n mut Value> {
    let id = text(body, "externalId")?;
    node.tables.get_mut("programme")?.get_mut(id)
}

const UNKNOWN: &str = "the programme does not exist";

fn authorise(node: &mut Node, body: &Value) -> Response {
    let Some(serial) = text(body, "serialNo").map(str::to_owned) else {
        return wrong(StatusCode::BAD_REQUEST, "serialNo should not be empty");
    };
    let Some(row) = row(node, body) else {
        return wrong(StatusCode::BAD_REQUEST, UNKNOWN);
    };
    row["serialNo"] = serial.into();
    row["currentStage"] = "Authorised".into();
    json_ok(json!({"statusCode": 200, "data": row}))
}

fn reject(node: &mut Node, body: &Value) -> Response {
    let is_good = text(body, "programmeId").is_some()
        && body["comment"].as_str().is_some_and(|it| it.len() <= 200);
    let Some(row) = row(node, body).filter(|_| is_good) else {
        return wrong(StatusCode::BAD_REQUEST, UNKNOWN);
    };
    row["currentStage"] = "Rejected".into();
    json_ok(json!({"statusCode": 200, "data": row}))
}

/// The MRV adds what it is told, up to what it expects of the project.
fn issue(node: &mut Node, body: &Value) -> Response {
    let amount = match &body["issueAmount"] {
        Value::Array(actions) => actions
            .iter()
            .filter(|it| text(it, "actionId").is_some())
            .filter_map(|it| it["issueCredit"].as_u64())
            .sum(),
        one => one.as_u64().unwrap_or(0),
    };
    if amount == 0 {
        return wrong(
            StatusCode::BAD_REQUEST,
            "issueAmount must be a positive number",
        );
    }
    let Some(row) = row(node, body) else {
        return wrong(StatusCode::BAD_REQUEST, UNKNOWN);
    };
    let issued = issued(row) + amount;
    if issued > row["creditEst"].as_u64().unwrap_or(0) {
        return wrong(
            StatusCode::BAD_REQUEST,
            "issued credits cannot exceed the estimated credits",
        );
    }
    // Its database gives decimals as text.
    row["creditIssued"] = format!("{issued}.00").into();
    json_ok(json!({"statusCode": 200, "data": row}))
}

/// The tonnes that a row says were issued.
#[must_use]
pub fn issued(row: &Value) -> u64 {
    let text = row["creditIssued"].as_str().unwrap_or("0");
    let whole = text.split('.').next().unwrap_or_default();
    whole.parse().unwrap_or(0)
}

/// A project as a row of the mock, under its id elsewhere.
#[must_use]
pub fn programme(id: &str, expected: u64) -> (String, Value) {
    let row = json!({"programmeId": format!("00{id}"), "externalId": id, "title": id,
        "currentStage": "AwaitingAuthorization", "serialNo": null, "creditEst": expected,
        "creditIssued": null});
    (id.to_owned(), row)
}
