//! A CADT node that speaks V2, by the published schema: every table, its required fields, its picklists and its parents.

use std::sync::OnceLock;

use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use crate::cadt::{Asked, HOME, Node, Row, invalid, json_ok, object, page, refused};

/// The published schema, with what live nodes do otherwise.
pub fn schema() -> &'static Value {
    static SCHEMA: OnceLock<Value> = OnceLock::new();
    SCHEMA.get_or_init(|| {
        // The file is part of the program, and the tests read it.
        let text = include_str!("cadt-v2-schema.json");
        let mut schema: Value = serde_json::from_str(text).unwrap_or_default();
        let optional = json!({"type": "uuid", "required": true, "source": "user_input"});
        // A link table stands between stakeholders and projects.
        if let Some(fields) = schema["tables"]["stakeholder"]["fields"].as_object_mut() {
            fields.remove("cadTrustProjectId");
        }
        schema["tables"]["stakeholder_projects"] = json!({"path": "v2/stakeholder-projects",
            "id": "cadTrustStakeholderProjectId",
            "fields": {"cadTrustStakeholderId": optional, "cadTrustProjectId": optional}});
        // Live metric words, as the file has them: sic.
        schema
    })
}

/// A node with the code lists of the schema.
#[must_use]
pub fn node() -> Node {
    let lists = members(&schema()["picklists"]);
    let mut picklists = Map::new();
    for (name, names) in lists {
        // Nodes mix both ways of writing.
        let name = match name.as_str() {
            "project_sector" => "projectSector",
            "project_type" => "projectType",
            "project_status" => "projectStatus",
            other => other,
        };
        picklists.insert(name.to_owned(), names.clone());
    }
    Node {
        slowness: (2, 2),
        picklists: picklists.into(),
        ..Node::default()
    }
}

/// The members of an object of the schema.
fn members(of: &'static Value) -> impl Iterator<Item = (&'static String, &'static Value)> {
    of.as_object().into_iter().flatten()
}

fn table_of(path: &str) -> Option<(&'static str, &'static Value, Option<String>)> {
    let mut tables = members(&schema()["tables"]);
    tables.find_map(|(name, it)| {
        let rest = path.strip_prefix(it["path"].as_str()?)?;
        match rest.strip_prefix('/') {
            _ if rest.is_empty() => Some((name.as_str(), it, None)),
            Some(id) => Some((name.as_str(), it, Some(id.to_owned()))),
            None => None,
        }
    })
}

/// What it answers.
pub fn answers(node: &mut Node, asked: &Asked) -> Response {
    let path = asked.path.trim_start_matches('/');
    if path != "v2/staging/commit" {
        node.tick(publish);
    }
    let mut answer = match (asked.method.as_str(), path) {
        ("GET", "health" | "v2/health") => json_ok(json!({"message": "OK", "timestamp": "now"})),
        ("GET", "v2/organizations") => json_ok(
            json!({HOME: {"org_uid": HOME, "name": "Test", "is_home": true, "synced": true}}),
        ),
        ("GET", "v2/organizations/status") => {
            json_ok(json!({"orgUid": HOME, "ready": node.is_ready(), "success": true}))
        }
        ("GET", "v2/governance/meta/pickList") => json_ok(node.picklists.clone()),
        ("GET", "v2/staging") => staging(node, asked),
        ("DELETE", "v2/staging") => {
            let uuid = asked.body["uuid"].as_str().unwrap_or_default().to_owned();
            node.staging.retain(|it| it.uuid != uuid);
            json_ok(json!({"message": "Deleted from staging", "success": true}))
        }
        ("POST", "v2/staging/commit") => {
            let comment = asked.body["comment"].as_str().unwrap_or_default();
            node.commit(None, comment)
        }
        ("GET", "v2/audit") => page(asked, node.audit.clone()),
        (method, path) => match table_of(path) {
            Some((name, table, id)) if method == "GET" => read(node, asked, name, table, id),
            Some((name, table, id)) => write(node, asked, name, table, id),
            None => (StatusCode::NOT_FOUND, "<html>Not Found</html>").into_response(),
        },
    };
    let headers = answer.headers_mut();
    headers.insert("x-api-version", HeaderValue::from_static("2.0.2"));
    headers.insert("x-datamodel-version", HeaderValue::from_static("v2"));
    answer
}

fn snake(name: &str) -> String {
    let mut text = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() {
            text.push('_');
        }
        text.push(letter.to_ascii_lowercase());
    }
    text
}

fn staging(node: &Node, asked: &Asked) -> Response {
    let rows = node.staging.iter().map(|it| {
        let change: Map<String, Value> = object(&it.data).into_iter().map(|(name, it)| (snake(&name), it)).collect();
        json!({"uuid": it.uuid, "table": it.table, "action": it.action, "committed": it.committed,
            "failed_commit": it.failed, "is_transfer": false, "diff": {"original": {}, "change": [change]}})
    });
    page(asked, rows.collect())
}

fn read(
    node: &Node,
    asked: &Asked,
    name: &str,
    table: &'static Value,
    id: Option<String>,
) -> Response {
    let show = |row: &Value| {
        // Optional fields come back null, not absent; dates as moments.
        let mut shown = object(row);
        for (field, rule) in members(&table["fields"]) {
            let value = shown.entry(field.clone()).or_insert(Value::Null);
            if rule["type"] == "date"
                && let Some(day) = value.as_str()
            {
                *value = json!(format!("{day}T00:00:00.000Z"));
            }
        }
        Value::Object(shown)
    };
    match id {
        Some(id) => match node.tables.get(name).and_then(|it| it.get(&id)) {
            Some(row) => json_ok(show(row)),
            None => {
                let body = json!({"message": "not found", "success": false});
                (StatusCode::NOT_FOUND, axum::Json(body)).into_response()
            }
        },
        None => page(asked, node.table(name).map(show).collect()),
    }
}

fn write(
    node: &mut Node,
    asked: &Asked,
    name: &str,
    table: &'static Value,
    id: Option<String>,
) -> Response {
    if let Some(closed) = node.gate() {
        return closed;
    }
    let primary = table["id"].as_str().unwrap_or_default();
    let action = match asked.method.as_str() {
        "POST" => "INSERT",
        "PUT" => "UPDATE",
        _ => "DELETE",
    };
    let exists = id.as_ref().is_some_and(|it| {
        node.tables
            .get(name)
            .is_some_and(|rows| rows.contains_key(it))
    });
    if action != "INSERT" && !exists {
        return refused("Error", "record not found");
    }
    if action == "DELETE" {
        let id = id.clone().unwrap_or_default();
        let users = node
            .tables
            .iter()
            .flat_map(|(of, rows)| rows.values().map(move |row| (of, row)));
        let leaving: Vec<&String> = node
            .staging
            .iter()
            .filter(|it| it.action == "DELETE")
            .map(|it| &it.id)
            .collect();
        let references: Vec<&String> = users
            .filter(|(of, row)| {
                let own = schema()["tables"][of.as_str()]["id"].as_str();
                let own = own.unwrap_or_default();
                let is_leaving = leaving.iter().any(|it| row[own] == it.as_str());
                !is_leaving && *of != name && row[primary] == id.as_str()
            })
            .map(|(of, _)| of)
            .collect();
        if !references.is_empty() {
            let body = json!({"message": "referenced", "references": references, "success": false});
            return (StatusCode::CONFLICT, axum::Json(body)).into_response();
        }
    }
    let mut data = object(&asked.body);
    if action != "DELETE" {
        let faults = faults(node, table, &data);
        if !faults.is_empty() {
            return invalid(&faults);
        }
    }
    let record = id.unwrap_or_else(|| node.id());
    data.insert(primary.to_owned(), record.clone().into());
    let uuid = node.id();
    node.staging.push(Row {
        uuid: uuid.clone(),
        table: name.to_owned(),
        action,
        id: record.clone(),
        data: data.into(),
        committed: false,
        failed: false,
    });
    match action {
        "INSERT" => {
            json_ok(json!({"message": "staged", "uuid": uuid, primary: record, "success": true}))
        }
        // An update's answer names no row.
        _ => json_ok(json!({"message": "update added to staging", "success": true})),
    }
}

/// What the schema says against a row.
#[must_use]
pub fn faults(node: &Node, table: &'static Value, data: &Map<String, Value>) -> Vec<String> {
    let mut faults = Vec::new();
    let fields = &table["fields"];
    for name in data.keys() {
        if fields.get(name).is_none() {
            faults.push(format!("\"{name}\" is not allowed"));
        }
    }
    for (name, rule) in members(fields) {
        let value = data.get(name).filter(|it| !it.is_null());
        let is_required = rule["required"] == true && rule["source"] == "user_input";
        match value {
            None if is_required => faults.push(format!("\"{name}\" is required")),
            None => {}
            Some(value) => faults.extend(fault(node, name, rule, value)),
        }
    }
    faults
}

fn fault(node: &Node, name: &str, rule: &Value, value: &Value) -> Option<String> {
    let kind = rule["type"].as_str().unwrap_or_default();
    let wrong = |what: &str| Some(format!("\"{name}\" must be {what}, and is {value}"));
    if let Some(list) = rule["picklist"].as_str() {
        let known = &schema()["picklists"][list];
        let is_known = |it: &Value| known.as_array().is_some_and(|all| all.contains(it));
        let all = if kind == "string[]" {
            value.as_array()?.clone()
        } else {
            vec![value.clone()]
        };
        return match all.iter().find(|it| !is_known(it)) {
            Some(_) => wrong("of its picklist"),
            None => None,
        };
    }
    let text = value.as_str();
    match kind {
        "uuid" => {
            let id = text?;
            let is_there = node.tables.values().any(|it| it.contains_key(id))
                || node.staging.iter().any(|it| it.id == id);
            if is_there {
                None
            } else {
                wrong("an id of a row")
            }
        }
        "date" | "date (in composite key)" if text.is_none_or(|it| it.len() != 10) => {
            wrong("a date")
        }
        "year" | "int 1900..2100" if !value.is_u64() => wrong("a year"),
        it if it.starts_with("decimal") && !value.is_number() => wrong("a number"),
        it if it.starts_with("url") && text.is_none_or(|it| !it.starts_with("https://")) => {
            wrong("a uri")
        }
        it if it.starts_with("string") && text.is_none_or(str::is_empty) => wrong("a string"),
        _ => None,
    }
}

fn publish(node: &mut Node, rows: Vec<Row>) {
    for row in rows {
        let rows = node.tables.entry(row.table).or_default();
        if row.action == "DELETE" {
            rows.remove(&row.id);
            continue;
        }
        // The row is replaced whole.
        rows.insert(row.id, row.data);
    }
}
