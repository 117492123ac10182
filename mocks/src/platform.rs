//! The mock of the UNDP ITMO platform: a login whose token runs out, and projects with their steps.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::cadt::{Asked, Node, json_ok};

/// The API key that it takes.
pub const API_KEY: &str = "key";

/// What it answers; its projects are rows of the table `projects`.
pub fn answers(node: &mut Node, asked: &Asked) -> Response {
    let header = |name: &str| {
        asked
            .headers
            .get(name)
            .and_then(|it| it.to_str().ok())
            .unwrap_or_default()
    };
    if header("x-api-key") != API_KEY {
        return StatusCode::FORBIDDEN.into_response();
    }
    if asked.path == "/api/auth/login" {
        node.next += 1;
        node.ready_in = 2;
        let token = [("x-token-id", format!("token-{}", node.next))];
        return (token, axum::Json(json!({"ok": true}))).into_response();
    }
    if header("authorization") != format!("token-{}", node.next) || node.ready_in == 0 {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    node.ready_in -= 1;
    let projects = node.tables.get("projects").into_iter();
    let projects: BTreeMap<&String, &Value> = projects.flatten().collect();
    let project = |id: &str| {
        let found = projects.iter().find(|(it, _)| it.as_str() == id);
        found.map_or(Value::Null, |(_, it)| (*it).clone())
    };
    match asked.path.strip_prefix("/api/me/projects") {
        Some("") => {
            let ids: Vec<Value> = projects.keys().map(|it| json!({"id": it})).collect();
            json_ok(ids.into())
        }
        Some(rest) => json_ok(project(rest.trim_start_matches('/'))),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// A project that is a draft with everything, one that is none yet, and one with words that no table has.
#[must_use]
pub fn projects() -> [Value; 3] {
    let full = json!({
        "id": "P-1", "name": "Solar on schools", "sector": "Energy-Industries", "createdAt": "2023-03-06T14:02:42.840Z",
        "company": {"name": "Sun Ltd"}, "startDate": "2024-05-01T00:00:00.000Z",
        "steps": [
            {"name": "itmo-design document (DD) & Validation Report / Upload on National Public Registry ", "status": "Completed",
                "files": [{"name": "dd.pdf", "url": "https://platform.example/dd.pdf"}],
                "steps": [{"name": "Validation Report", "completed": true}]},
            {"name": "Creation of unique Project Identification Number", "status": "open"},
            {"name": "Other", "status": "completed", "iterations": [{"contents": [
                {"name": "Upload Final Monitoring Report", "status": "completed"}]}]},
        ],
    });
    let early = json!({"id": "P-2", "name": "Too early", "steps": []});
    let odd = json!({"id": "P-3", "name": "X", "sector": "fishing", "steps": [
        {"name": "ITMO-Design Document (DD) & Validation Report / Upload on National Public Registry", "status": "completed"}]});
    [full, early, odd]
}
