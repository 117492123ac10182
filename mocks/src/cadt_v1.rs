//! A CADT node of version 1.7 as far as it was seen: what it validates, what it replaces, and what it loses.

use std::collections::BTreeMap;

use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use crate::cadt::{Asked, HOME, Node, Row, filter, invalid, json_ok, object, page, refused};

const PROJECT: &[(&str, &str)] = &[
    ("currentRegistry", "text?"),
    ("projectId", "text"),
    ("originProjectId", "text"),
    ("registryOfOrigin", "text"),
    ("program", "text?"),
    ("projectName", "text"),
    ("projectLink", "text"),
    ("projectDeveloper", "text"),
    ("sector", "text"),
    ("projectType", "text"),
    ("projectTags", "text?"),
    ("coveredByNDC", "list coveredByNDC"),
    ("ndcInformation", "text?"),
    ("projectStatus", "list projectStatusValues"),
    ("projectStatusDate", "date"),
    ("unitMetric", "list unitMetric"),
    ("methodology", "text"),
    ("methodology2", "text?"),
    ("validationBody", "text?"),
    ("validationDate", "date?"),
    ("description", "text?"),
];

/// Child arrays of a project and their fields.
const CHILDREN: &[(&str, &[(&str, &str)])] = &[
    (
        "projectLocations",
        &[
            ("country", "list countries"),
            ("inCountryRegion", "text?"),
            ("geographicIdentifier", "text"),
            ("fileId", "text?"),
        ],
    ),
    ("issuances", ISSUANCE),
    ("labels", LABEL),
    ("coBenefits", &[("cobenefit", "text")]),
    (
        "relatedProjects",
        &[
            ("relatedProjectId", "text"),
            ("relationshipType", "text?"),
            ("registry", "text?"),
        ],
    ),
    (
        "projectRatings",
        &[
            ("ratingType", "list ratingType"),
            ("ratingRangeLowest", "text"),
            ("ratingRangeHighest", "text"),
            ("rating", "text"),
            ("ratingLink", "text"),
        ],
    ),
    (
        "estimations",
        &[
            ("creditingPeriodStart", "date"),
            ("creditingPeriodEnd", "date"),
            ("unitCount", "number"),
        ],
    ),
];

const ISSUANCE: &[(&str, &str)] = &[
    ("startDate", "date"),
    ("endDate", "date"),
    ("verificationApproach", "text"),
    ("verificationReportDate", "date"),
    ("verificationBody", "text?"),
];

const LABEL: &[(&str, &str)] = &[
    ("label", "text"),
    ("labelType", "list labelType"),
    ("creditingPeriodStartDate", "date"),
    ("creditingPeriodEndDate", "date"),
    ("validityPeriodStartDate", "date"),
    ("validityPeriodEndDate", "date"),
    ("unitQuantity", "number"),
    ("labelLink", "text"),
];

const UNIT: &[(&str, &str)] = &[
    ("projectLocationId", "text?"),
    ("unitOwner", "text?"),
    ("countryJurisdictionOfOwner", "list countries"),
    ("inCountryJurisdictionOfOwner", "text?"),
    ("unitBlockStart", "text"),
    ("unitBlockEnd", "text"),
    ("unitCount", "number"),
    ("vintageYear", "number"),
    ("unitType", "list unitType"),
    ("marketplace", "text?"),
    ("marketplaceLink", "text?"),
    ("marketplaceIdentifier", "text?"),
    ("unitTags", "text?"),
    ("unitStatus", "list unitStatus"),
    ("unitStatusReason", "text?"),
    ("unitRegistryLink", "text"),
    (
        "correspondingAdjustmentDeclaration",
        "list correspondingAdjustmentDeclaration",
    ),
    (
        "correspondingAdjustmentStatus",
        "list correspondingAdjustmentStatus",
    ),
];

/// Accepted and ignored.
const IGNORED: &[&str] = &["timeStaged", "createdAt", "updatedAt"];

/// A node with the code lists that live ones have, in part.
#[must_use]
pub fn node() -> Node {
    Node {
        slowness: (2, 2),
        picklists: json!({
            "countries": ["Vanuatu", "Switzerland", "Ghana", "Antigua and Barduba"],
            "coveredByNDC": ["Inside NDC", "Outside NDC", "Unknown"],
            "projectStatusValues": ["Listed", "Registered", "Completed", "Transitioned", "Withdrawn", "De-registered", "Inactive"],
            "unitMetric": ["tCO2e"],
            "ratingType": ["BeZero", "CDP", "CCQI", "MAAP", "Sylvera"],
            "unitType": ["Reduction - nature", "Reduction - technical", "Removal - nature", "Removal - technical"],
            "unitStatus": ["Held", "Retired", "Cancelled", "Expired", "Buffer", "Exported", "Pending Export"],
            "correspondingAdjustmentDeclaration": ["Committed", "Not Required", "Unknown"],
            "correspondingAdjustmentStatus": ["Not Started", "Pending", "Completed"],
            "labelType": ["Endorsement", "Certification", "Letter of Approval", "Letter of Authorization", "Letter of Qualification"],
            "projectSector": ["Energy demand", "Transport"],
            "projectType": ["Energy Demand", "Solar"],
            "coBenefits": ["SDG 7 - Affordable and clean energy", "SDG 13 - Climate action"],
        }),
        ..Node::default()
    }
}

/// What it answers.
pub fn answers(node: &mut Node, asked: &Asked) -> Response {
    let path = asked.path.trim_start_matches('/');
    if path != "v1/staging/commit" {
        node.tick(publish);
        node.look_through();
    }
    let mut answer = match (asked.method.as_str(), path) {
        ("GET", "health") => json_ok(json!({"message": "OK", "timestamp": "now"})),
        ("GET", "v1/organizations") if node.has_no_home => json_ok(json!({})),
        ("GET", "v1/organizations") => {
            json_ok(json!({HOME: {"orgUid": HOME, "name": "Test", "isHome": true, "synced": true}}))
        }
        ("POST", "v1/organizations") => {
            node.has_no_home = false;
            node.created_organisation = true;
            json_ok(
                json!({"message": "New organization created successfully.", "success": true, "orgId": HOME}),
            )
        }
        ("GET", "v1/organizations/status") => {
            json_ok(json!({"ready": node.is_ready() && !node.has_no_home,
            "status": {"wallet_synced": true, "home_org_synced": node.ready_in == 0, "pending_commits": i32::from(node.pending())},
            "success": true}))
        }
        ("GET", "v1/governance/meta/pickList") => json_ok(node.picklists.clone()),
        ("GET", "v1/staging") => staging(node, asked),
        ("DELETE", "v1/staging") => {
            let uuid = asked.body["uuid"].as_str().unwrap_or_default().to_owned();
            node.staging.retain(|it| it.uuid != uuid);
            json_ok(json!({"message": "Deleted from stage", "success": true}))
        }
        ("POST", "v1/staging/commit") => {
            let ids = asked.body["ids"].as_array();
            let ids: Option<Vec<String>> = ids.map(|it| {
                it.iter()
                    .filter_map(Value::as_str)
                    .map(str::to_owned)
                    .collect()
            });
            let comment = asked.body["comment"].as_str().unwrap_or_default();
            node.commit(ids.as_deref(), comment)
        }
        ("GET", "v1/audit") => page(asked, node.audit.clone()),
        ("GET", "v1/projects") => list(node, asked, "Projects", "warehouseProjectId"),
        ("GET", "v1/units") => list(node, asked, "Units", "warehouseUnitId"),
        ("POST" | "PUT" | "DELETE", "v1/projects") => {
            write(node, asked, "Projects", "warehouseProjectId")
        }
        ("POST" | "PUT" | "DELETE", "v1/units") => write(node, asked, "Units", "warehouseUnitId"),
        _ => (StatusCode::NOT_FOUND, "<html>Not Found</html>").into_response(),
    };
    let headers = answer.headers_mut();
    for (name, value) in [
        ("x-api-version", "1.7.24"),
        ("x-datamodel-version", "v1"),
        ("cw-read-only", "false"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    answer
}

fn staging(node: &Node, asked: &Asked) -> Response {
    let rows = node.staging.iter().map(|it| {
        let change = if it.action == "DELETE" { json!([]) } else { json!([it.data]) };
        // Sic: commited.
        json!({"uuid": it.uuid, "table": it.table, "action": it.action, "commited": it.committed,
            "failedCommit": it.failed, "isTransfer": false, "diff": {"original": {}, "change": change}})
    });
    page(asked, rows.collect())
}

fn list(node: &Node, asked: &Asked, table: &str, id: &str) -> Response {
    if let Some(one) = asked.query.get(id) {
        let row = node.tables.get(table).and_then(|it| it.get(one));
        return json_ok(row.map_or(Value::Null, |it| shown(node, table, it)));
    }
    let rows: Vec<&Value> = match filter(asked) {
        Some((field, value)) => node.found(table, field, value),
        None => node.table(table).collect(),
    };
    page(
        asked,
        rows.into_iter().map(|it| shown(node, table, it)).collect(),
    )
}

/// A row as a reader sees it: dates as moments, a unit with its issuance and labels.
fn shown(node: &Node, table: &str, row: &Value) -> Value {
    let mut row = object(row);
    if table == "Units" {
        let child = |list: &str, id: &Value| {
            let projects = node.found("Projects", list, id.as_str().unwrap_or_default());
            let all = projects.into_iter();
            let all = all.flat_map(|it| it[list].as_array().into_iter().flatten());
            let mut all = all.filter(|it| it["id"] == *id).cloned();
            all.next().unwrap_or(Value::Null)
        };
        let issuance = child("issuances", &row["issuanceId"]);
        let labels = row["labelIds"].as_array().cloned().unwrap_or_default();
        let labels: Vec<Value> = labels
            .iter()
            .map(|it| child("labels", it))
            .filter(|it| !it.is_null())
            .collect();
        row.remove("labelIds");
        row.insert("issuance".to_owned(), issuance);
        row.insert("labels".to_owned(), labels.into());
    }
    dated(&Value::Object(row))
}

fn dated(value: &Value) -> Value {
    match value {
        Value::Object(map) => {
            let one = |(name, it): (&String, &Value)| {
                let it = match it.as_str() {
                    Some(day) if name.ends_with("Date") && day.len() == 10 => {
                        json!(format!("{day}T00:00:00.000Z"))
                    }
                    _ => dated(it),
                };
                (name.clone(), it)
            };
            Value::Object(map.iter().map(one).collect())
        }
        Value::Array(all) => all.iter().map(dated).collect(),
        other => other.clone(),
    }
}

fn write(node: &mut Node, asked: &Asked, table: &str, id: &str) -> Response {
    if let Some(closed) = node.gate() {
        return closed;
    }
    let known = asked.body[id].as_str().map(str::to_owned);
    let exists = known.as_ref().is_some_and(|it| {
        node.tables
            .get(table)
            .is_some_and(|rows| rows.contains_key(it))
    });
    if asked.method != "POST" && !exists {
        return refused("Error updating", "no such record");
    }
    let (action, message) = match (asked.method.as_str(), table) {
        ("POST", "Projects") => ("INSERT", "Project staged successfully"),
        ("POST", _) => ("INSERT", "Unit staged successfully"),
        ("PUT", _) => ("UPDATE", "update added to staging"),
        _ => ("DELETE", "deletion added to staging"),
    };
    let mut data = asked.body.clone();
    if action != "DELETE" {
        let mut faults = Vec::new();
        check(node, table, id, action, &asked.body, &mut faults);
        if !faults.is_empty() {
            return invalid(&faults);
        }
        let first = asked.body["unitBlockStart"].as_str().unwrap_or_default();
        if node.refused_units.iter().any(|it| it == first) {
            return refused("Error creating new unit", "refused by the test");
        }
        if table == "Units"
            && let Some(fault) = unknown_parts(node, &asked.body)
        {
            return refused("Error creating new unit", &fault);
        }
        data = with_ids(node, table, &asked.body);
    }
    let uuid = known.unwrap_or_else(|| node.id());
    if let Some(map) = data.as_object_mut() {
        map.insert(id.to_owned(), uuid.clone().into());
    }
    node.staging.push(Row {
        uuid: uuid.clone(),
        table: table.to_owned(),
        action,
        id: uuid.clone(),
        data,
        committed: false,
        failed: false,
    });
    match action {
        "INSERT" => json_ok(json!({"message": message, "uuid": uuid, "success": true})),
        _ => json_ok(json!({"message": message, "success": true})),
    }
}

fn check(node: &Node, table: &str, id: &str, action: &str, body: &Value, faults: &mut Vec<String>) {
    let map = object(body);
    let allowed_id = action == "UPDATE";
    if table == "Projects" {
        fields(
            node,
            PROJECT,
            &map,
            &|name| name == id && allowed_id || CHILDREN.iter().any(|(child, _)| *child == name),
            faults,
        );
        for (child, wanted) in CHILDREN {
            let Some(value) = map.get(*child) else {
                continue;
            };
            let rows = value.as_array().cloned().unwrap_or_default();
            if rows.is_empty() {
                faults.push(format!("\"{child}\" must contain at least 1 items"));
            }
            let may_have = |name: &str| {
                name == "id"
                    || matches!(*child, "labels" | "issuances") && name == "warehouseProjectId"
            };
            for row in &rows {
                fields(node, wanted, &object(row), &may_have, faults);
            }
        }
        return;
    }
    fields(
        node,
        UNIT,
        &map,
        &|name| name == id && allowed_id || matches!(name, "issuance" | "labels"),
        faults,
    );
    let part = |name: &str| matches!(name, "id" | "warehouseProjectId" | "label_unit");
    if let Some(issuance) = map.get("issuance") {
        fields(node, ISSUANCE, &object(issuance), &part, faults);
    }
    for label in map
        .get("labels")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        fields(node, LABEL, &object(label), &part, faults);
    }
}

fn fields(
    node: &Node,
    wanted: &[(&str, &str)],
    map: &Map<String, Value>,
    is_more: &dyn Fn(&str) -> bool,
    faults: &mut Vec<String>,
) {
    for name in map.keys() {
        let is_known = wanted.iter().any(|(it, _)| it == name);
        if !is_known && !is_more(name) && !IGNORED.contains(&name.as_str()) {
            faults.push(format!("\"{name}\" is not allowed"));
        }
    }
    for (name, rule) in wanted {
        let (rule, may_lack) = rule
            .strip_suffix('?')
            .map_or((*rule, false), |it| (it, true));
        match map.get(*name) {
            None if !may_lack => faults.push(format!("\"{name}\" is required")),
            None => {}
            Some(Value::Null) if !may_lack => faults.push(format!("\"{name}\" must be a string")),
            Some(Value::Null) => {}
            Some(value) => faults.extend(fault(node, name, rule, value)),
        }
    }
}

fn fault(node: &Node, name: &str, rule: &str, value: &Value) -> Option<String> {
    let text = value.as_str();
    match rule {
        "number" if !value.is_u64() => Some(format!("\"{name}\" must be a number")),
        "number" => None,
        _ if text.is_none() => Some(format!("\"{name}\" must be a string")),
        _ if text == Some("") => Some(format!("\"{name}\" is not allowed to be empty")),
        "date" if text?.len() < 10 => Some(format!("\"{name}\" must be a valid date")),
        rule => {
            let list = rule.strip_prefix("list ")?;
            let known = node.picklists[list]
                .as_array()
                .is_some_and(|it| it.contains(value));
            (!known).then(|| format!("\"{name}\" does not include a valid option"))
        }
    }
}

/// An issuance or label that is used again must be published.
fn unknown_parts(node: &Node, unit: &Value) -> Option<String> {
    let has = |list: &str, id: &Value| {
        let id = id.as_str().unwrap_or_default();
        !node.found("Projects", list, id).is_empty()
    };
    let issuance = &unit["issuance"]["id"];
    if issuance.is_string() && !has("issuances", issuance) {
        return Some("the issuance does not exist".to_owned());
    }
    let labels = unit["labels"].as_array().into_iter().flatten();
    let unknown = labels
        .map(|it| &it["id"])
        .find(|it| it.is_string() && !has("labels", it));
    unknown.map(|_| "the label does not exist".to_owned())
}

/// Children without an id are new rows.
fn with_ids(node: &mut Node, table: &str, body: &Value) -> Value {
    let mut map = object(body);
    if table == "Projects" {
        for (child, _) in CHILDREN {
            let Some(Value::Array(rows)) = map.get_mut(*child) else {
                continue;
            };
            for row in rows {
                if row["id"].is_null() {
                    row["id"] = node.id().into();
                }
            }
        }
    }
    map.into()
}

fn publish(node: &mut Node, rows: Vec<Row>) {
    for row in rows {
        if row.action == "DELETE" {
            node.tables.entry(row.table).or_default().remove(&row.id);
            continue;
        }
        let before = node
            .tables
            .get(&row.table)
            .and_then(|it| it.get(&row.id))
            .map(object);
        let is_new = before.is_none();
        let mut after = before.unwrap_or_default();
        let data = object(&row.data);
        if row.table == "Projects" {
            // Trap 2: a child array that is left out deletes its rows.
            for (child, _) in CHILDREN {
                after.insert((*child).to_owned(), json!([]));
            }
            after.extend(data);
        } else {
            publish_unit(node, &mut after, data, is_new);
        }
        if row.table == "Projects" {
            belong(&mut after, &row.id);
        }
        after.insert("orgUid".to_owned(), HOME.into());
        after.insert("updatedAt".to_owned(), "2026-11-22T19:25:46.173Z".into());
        node.tables
            .entry(row.table)
            .or_default()
            .insert(row.id, after.into());
    }
}

/// What a node adds to children, and refuses when it is sent back.
fn belong(project: &mut Map<String, Value>, id: &str) {
    for (child, _) in CHILDREN {
        for row in project
            .get_mut(*child)
            .and_then(Value::as_array_mut)
            .into_iter()
            .flatten()
        {
            row["orgUid"] = HOME.into();
            row["warehouseProjectId"] = id.into();
            row["timeStaged"] = Value::Null;
        }
    }
}

fn publish_unit(
    node: &mut Node,
    after: &mut Map<String, Value>,
    mut data: Map<String, Value>,
    is_new: bool,
) {
    // Trap 3: without an issuance the unit has none.
    let issuance = data.remove("issuance").unwrap_or_default();
    let labels = data.remove("labels");
    let mut id = issuance["id"].clone();
    if id.is_null() && issuance.is_object() {
        id = node.id().into();
        let mut made = object(&issuance);
        made.insert("id".to_owned(), id.clone());
        let project = issuance["warehouseProjectId"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        let projects = node.tables.entry("Projects".to_owned()).or_default();
        let project = projects.get_mut(&project);
        if let Some(Value::Array(all)) = project.map(|it| &mut it["issuances"]) {
            all.push(made.into());
        }
    }
    after.extend(data);
    after.insert("issuanceId".to_owned(), id);
    let ids = |labels: &Value| -> Value {
        labels
            .as_array()
            .into_iter()
            .flatten()
            .map(|it| it["id"].clone())
            .collect()
    };
    match labels {
        Some(labels) => drop(after.insert("labelIds".to_owned(), ids(&labels))),
        None if is_new => drop(after.insert("labelIds".to_owned(), json!([]))),
        None => {}
    }
    let block = format!(
        "{}-{}",
        after["unitBlockStart"].as_str().unwrap_or_default(),
        after["unitBlockEnd"].as_str().unwrap_or_default()
    );
    after.insert("serialNumberBlock".to_owned(), block.into());
}

/// Rows by what never changes in them, and how often each is there.
#[must_use]
pub fn counted(node: &Node, table: &str, natural: &str) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for row in node.table(table) {
        *counts
            .entry(row[natural].as_str().unwrap_or_default().to_owned())
            .or_default() += 1;
    }
    counts
}
