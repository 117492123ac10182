//! CAD Trust V1: projects with their children, and units.

mod draw;

pub(super) use draw::{point, unit_type};

use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use countersign_protocol::project::Description;
use reqwest::Method;
use serde_json::{Map, Value, json};

use super::client::Client;
use super::facts::Facts;
use super::mapping::Mapping;
use super::words::Words;
use crate::frame::{
    Action, Change, Drawn, Fault, Found, OtherSide, Receipt, Scope, Staged, StagedRow, View,
    unmarked,
};

/// Rows of the audit that are looked through for the receipt of a run.
const AUDIT_ROWS: u64 = 200;

/// What the node said of itself.
#[derive(Clone, Debug, Default)]
struct Known {
    home: String,
    words: Words,
}

/// A CADT node that is spoken to in V1.
#[derive(Debug)]
pub struct CadTrustV1 {
    client: Client,
    mapping: Mapping,
    known: Mutex<Known>,
}

/// A table of V1 and its paths.
struct Table {
    kind: &'static str,
    path: &'static str,
    /// As the staging area names it.
    staged: &'static str,
    id: &'static str,
    /// What never changes in a row of it.
    natural: &'static str,
}

const TABLES: [Table; 2] = [
    Table {
        kind: "project",
        path: "v1/projects",
        staged: "Projects",
        id: "warehouseProjectId",
        natural: "projectId",
    },
    Table {
        kind: "unit",
        path: "v1/units",
        staged: "Units",
        id: "warehouseUnitId",
        natural: "unitBlockStart",
    },
];

fn table(kind: &str) -> Result<&'static Table, Fault> {
    let found = TABLES.iter().find(|it| it.kind == kind);
    found.ok_or_else(|| Fault::Refused(format!("CAD Trust V1 has no {kind}")))
}

impl CadTrustV1 {
    pub(super) fn new(client: Client, mapping: Mapping) -> Self {
        Self {
            client,
            mapping,
            known: Mutex::default(),
        }
    }

    fn known(&self) -> Known {
        self.known
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// The organisation that the node writes for; made where the mapping says so.
    async fn home(&self) -> Result<String, Fault> {
        let all = self.client.get("v1/organizations", &[]).await?;
        let all = all.as_object().cloned().unwrap_or_default();
        if all.contains_key("PENDING") {
            return Err(Fault::Later(
                "the organisation is being made at CAD Trust".to_owned(),
            ));
        }
        let is_home = |it: &Value| {
            it.get("isHome")
                .is_some_and(|it| it == &json!(true) || it == &json!(1))
        };
        if let Some((id, _)) = all.iter().find(|(_, it)| is_home(it)) {
            return Ok(id.clone());
        }
        let wanted = &self.mapping.organisation;
        let (true, Some(name), Some(icon)) = (wanted.create, &wanted.name, &wanted.icon) else {
            let why = "the node has no home organisation: make one there, or let the bridge ([organisation] create, name and icon in the mapping)";
            return Err(Fault::Barred(why.to_owned()));
        };
        let body = json!({"name": name, "icon": icon});
        // It takes from seconds to half an hour; the answer may be lost long before.
        let made = self
            .client
            .send(Method::POST, "v1/organizations", Some(&body))
            .await?;
        let id = made.get("orgId").and_then(Value::as_str);
        id.map(str::to_owned)
            .ok_or_else(|| Fault::Later("the organisation is being made at CAD Trust".to_owned()))
    }

    async fn rows(&self, table: &Table, field: &str, value: &str) -> Result<Vec<Found>, Fault> {
        let query = [
            ("orgUid", self.known().home),
            ("filter", format!("{field}:{value}:eq")),
        ];
        let rows = self.client.all(table.path, &query).await?;
        let found = rows.into_iter().filter(|it| text(it, field) == Some(value));
        Ok(found.filter_map(|row| found_row(table, row)).collect())
    }
}

fn text<'a>(row: &'a Value, field: &str) -> Option<&'a str> {
    row.get(field).and_then(Value::as_str)
}

fn found_row(table: &Table, body: Value) -> Option<Found> {
    let theirs = text(&body, table.id)?.to_owned();
    Some(Found { theirs, body })
}

/// What goes over the wire. A project's lists without parts are left out, because they are refused; its parts there are deleted by
/// that. A unit's list of labels is sent when it is empty, because its labels would stay. A new row has no nulls; in an update they
/// clear fields.
fn wire(body: &Value, is_new: bool) -> Value {
    let Value::Object(map) = unmarked(body) else {
        return Value::Null;
    };
    let keeps = |name: &str, value: &Value| match value {
        Value::Array(all) => !all.is_empty() || name == "labels" && map.contains_key("unitCount"),
        Value::Null => !is_new,
        _ => true,
    };
    let kept = map.iter().filter(|(name, value)| keeps(name, value));
    let kept = kept.map(|(name, value)| (name.clone(), value.clone()));
    let cleaned = kept.map(|(name, value)| (name, without_nulls(value)));
    Value::Object(cleaned.collect())
}

/// Parts of an item are whole: nulls in them say nothing.
fn without_nulls(value: Value) -> Value {
    match value {
        Value::Array(all) => all.into_iter().map(without_nulls).collect(),
        Value::Object(map) => {
            let kept = map.into_iter().filter(|(_, value)| !value.is_null());
            Value::Object(kept.collect::<Map<_, _>>())
        }
        other => other,
    }
}

#[async_trait]
impl OtherSide for CadTrustV1 {
    fn name(&self) -> &'static str {
        "cad-trust"
    }

    fn memory(&self) -> &'static str {
        "cad-trust-v1"
    }

    fn drawing(&self) -> String {
        format!("v1 {}", self.mapping.fingerprint())
    }

    async fn connect(&self) -> Result<(), Fault> {
        let lists = self.client.get("v1/governance/meta/pickList", &[]).await?;
        let words = Words::read(&lists);
        if words.is_empty() {
            return Err(Fault::Later("the node has no picklists yet".to_owned()));
        }
        let home = self.home().await?;
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = Known { home, words };
        Ok(())
    }

    fn draw(&self, view: &View, scope: Scope, description: Option<&Description>) -> Drawn {
        let Scope::Project(number) = scope else {
            return Drawn::default();
        };
        let Some(facts) = Facts::of(view, number, description) else {
            return Drawn::default();
        };
        let known = self.known();
        draw::Drawing {
            facts: &facts,
            mapping: &self.mapping,
            words: &known.words,
        }
        .draw()
    }

    fn parents_are_published_first(&self) -> bool {
        // A unit is refused whose issuance is only staged, and an issuance sent with two units is made twice.
        true
    }

    async fn gate(&self) -> Result<(), Fault> {
        let status = self.client.get("v1/organizations/status", &[]).await?;
        if status.get("ready") == Some(&Value::Bool(true)) {
            return Ok(());
        }
        let state = status
            .get("status")
            .map(ToString::to_string)
            .unwrap_or_default();
        Err(Fault::Later(format!(
            "the node is not ready to write: {state}"
        )))
    }

    async fn find(&self, kind: &str, body: &Value) -> Result<Vec<Found>, Fault> {
        let table = table(kind)?;
        let value = text(body, table.natural).unwrap_or_default();
        self.rows(table, table.natural, value).await
    }

    async fn staged(&self) -> Result<Vec<StagedRow>, Fault> {
        let rows = self.client.all("v1/staging", &[]).await?;
        let flag = |row: &Value, name: &str| row.get(name) == Some(&Value::Bool(true));
        let row = |row: &Value| {
            let staged = text(row, "table")?;
            let kind = TABLES
                .iter()
                .find(|it| it.staged == staged)
                .map_or(staged, |it| it.kind);
            let change = row
                .pointer("/diff/change/0")
                .or_else(|| row.pointer("/diff/change"));
            Some(StagedRow {
                token: text(row, "uuid")?.to_owned(),
                kind: kind.to_owned(),
                committed: flag(row, "commited") || flag(row, "committed"),
                failed: flag(row, "failedCommit"),
                body: change.cloned().unwrap_or_default(),
            })
        };
        Ok(rows.iter().filter_map(row).collect())
    }

    fn is_staged_as(
        &self,
        row: &StagedRow,
        kind: &str,
        body: &Value,
        theirs: Option<&str>,
    ) -> bool {
        let natural = TABLES
            .iter()
            .find(|it| it.kind == kind)
            .map(|it| it.natural);
        let is_same = |field: &str| {
            text(body, field).is_some() && text(&row.body, field) == text(body, field)
        };
        row.kind == kind && (theirs == Some(row.token.as_str()) || natural.is_some_and(is_same))
    }

    async fn unstage(&self, row: &StagedRow) -> Result<(), Fault> {
        let body = json!({"uuid": row.token});
        self.client
            .send(Method::DELETE, "v1/staging", Some(&body))
            .await?;
        Ok(())
    }

    async fn stage(&self, change: &Change) -> Result<Staged, Fault> {
        let table = table(&change.kind)?;
        let known = change.theirs.as_deref().unwrap_or_default();
        let (method, body) = match change.action {
            Action::Create => (Method::POST, wire(&change.body, true)),
            Action::Update => {
                let mut body = wire(&change.body, false);
                if let Some(map) = body.as_object_mut() {
                    map.insert(table.id.to_owned(), known.into());
                }
                (Method::PUT, body)
            }
            Action::Delete => (Method::DELETE, json!({table.id: known})),
        };
        let answer = self.client.send(method, table.path, Some(&body)).await?;
        let made = text(&answer, "uuid").map(str::to_owned);
        let theirs = match change.action {
            Action::Create => made,
            _ => Some(known.to_owned()),
        };
        let token = theirs.clone();
        let token =
            token.ok_or_else(|| Fault::Later("the node gave no id for a new row".to_owned()))?;
        Ok(Staged { token, theirs })
    }

    async fn commit(&self, run: &str) -> Result<(), Fault> {
        // Everything: a commit by ids or table loses every other staged row for good.
        let body = json!({"author": "countersign", "comment": run});
        self.client
            .send(Method::POST, "v1/staging/commit", Some(&body))
            .await?;
        Ok(())
    }

    async fn read(&self, kind: &str, theirs: &str) -> Result<Option<Found>, Fault> {
        let table = table(kind)?;
        let row = self
            .client
            .get(table.path, &[(table.id, theirs.to_owned())])
            .await?;
        Ok(found_row(table, row))
    }

    async fn receipt(&self, run: &str) -> Result<Option<Receipt>, Fault> {
        let query = [
            ("orgUid", self.known().home),
            ("page", "1".to_owned()),
            ("limit", AUDIT_ROWS.to_string()),
        ];
        let audit = self.client.get("v1/audit", &query).await?;
        let rows = audit.get("data").and_then(Value::as_array);
        let of_run = rows
            .into_iter()
            .flatten()
            .find(|it| text(it, "comment") == Some(run));
        Ok(of_run.and_then(|row| {
            let generation = row.get("generation")?.as_u64()?;
            let root = text(row, "rootHash")?.to_owned();
            Some(Receipt { generation, root })
        }))
    }

    async fn list(&self, kind: &str) -> Result<Vec<String>, Fault> {
        let table = table(kind)?;
        let query = [("orgUid", self.known().home)];
        let rows = self.client.all(table.path, &query).await?;
        let ids = rows.iter().filter_map(|it| text(it, table.id));
        Ok(ids.map(str::to_owned).collect())
    }

    fn kinds(&self) -> &'static [&'static str] {
        &["project", "unit"]
    }
}
