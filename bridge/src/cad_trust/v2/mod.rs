//! CAD Trust V2: a row for everything, with Article 6 labels and tables.

mod draw;
mod registry;
mod tables;

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use countersign_protocol::project::Description;
use reqwest::Method;
use serde_json::{Value, json};

use super::client::Client;
use super::facts::Facts;
use super::mapping::Mapping;
use super::words::Words;
use crate::frame::{
    Action, Change, Drawn, Fault, Found, OtherSide, Receipt, Scope, Staged, StagedRow, View,
    unmarked,
};
use tables::{TABLES, Table, snake};

/// Rows of the audit that are looked through for the receipt of a run.
const AUDIT_ROWS: u64 = 200;

/// What the node said of itself.
#[derive(Debug, Default)]
struct Known {
    home: String,
    words: Words,
    /// Published rows by table, as they were last listed. Gone with every publication.
    listed: BTreeMap<&'static str, Vec<Value>>,
}

/// A CADT node that is spoken to in V2.
#[derive(Debug)]
pub struct CadTrustV2 {
    client: Client,
    mapping: Mapping,
    known: Mutex<Known>,
}

fn table(kind: &str) -> Result<&'static Table, Fault> {
    let found = tables::of(kind).map(|(_, table)| table);
    found.ok_or_else(|| Fault::Refused(format!("CAD Trust V2 has no {kind}")))
}

fn text<'a>(row: &'a Value, field: &str) -> Option<&'a str> {
    row.get(field).and_then(Value::as_str)
}

/// A field by its name in the API, or in the database: staged rows have the latter.
fn either<'a>(row: &'a Value, field: &str) -> Option<&'a Value> {
    row.get(field).or_else(|| row.get(snake(field)))
}

/// Whether a row is the one that the body says, by what never changes in it. Dates may come back as moments.
fn is_same(table: &Table, body: &Value, row: &Value) -> bool {
    table.natural.iter().all(|field| {
        let wanted = json!({"it": body.get(field).cloned().unwrap_or_default()});
        let found = json!({"it": either(row, field).cloned().unwrap_or_default()});
        crate::frame::compare(&wanted, &found)
            .differences
            .is_empty()
    })
}

impl CadTrustV2 {
    pub(super) fn new(client: Client, mapping: Mapping) -> Self {
        Self {
            client,
            mapping,
            known: Mutex::default(),
        }
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn home(&self) -> String {
        self.known().home.clone()
    }

    /// The organisation that the node writes for.
    async fn find_home(&self) -> Result<String, Fault> {
        let all = self.client.get("v2/organizations", &[]).await?;
        let all = all.as_object().cloned().unwrap_or_default();
        if all.contains_key("PENDING") {
            return Err(Fault::Later(
                "the organisation is being made at CAD Trust".to_owned(),
            ));
        }
        let is_home = |it: &Value| {
            let flag = either(it, "isHome");
            flag.is_some_and(|it| it == &json!(true) || it == &json!(1))
        };
        if let Some((id, _)) = all.iter().find(|(_, it)| is_home(it)) {
            return Ok(id.clone());
        }
        let wanted = &self.mapping.organisation;
        let (true, Some(name), Some(icon)) = (wanted.create, &wanted.name, &wanted.icon) else {
            let why = "the node has no V2 organisation: make or upgrade one there, or let the bridge ([organisation] create, name and icon in the mapping)";
            return Err(Fault::Barred(why.to_owned()));
        };
        let body = json!({"name": name, "icon": icon});
        self.client
            .send(Method::POST, "v2/organizations", Some(&body))
            .await?;
        Err(Fault::Later(
            "the organisation is being made at CAD Trust".to_owned(),
        ))
    }

    /// The published rows of a table, listed once between two publications.
    async fn listed(&self, table: &'static Table) -> Result<Vec<Value>, Fault> {
        if let Some(rows) = self.known().listed.get(table.kind) {
            return Ok(rows.clone());
        }
        let query = [("orgUid", "me".to_owned())];
        let rows = self
            .client
            .all(&format!("v2/{}", table.path), &query)
            .await?;
        self.known().listed.insert(table.kind, rows.clone());
        Ok(rows)
    }
}

#[async_trait]
impl OtherSide for CadTrustV2 {
    fn name(&self) -> &'static str {
        "cad-trust"
    }

    fn memory(&self) -> &'static str {
        "cad-trust-v2"
    }

    fn drawing(&self) -> String {
        format!("v2 {}", self.mapping.fingerprint())
    }

    async fn connect(&self) -> Result<(), Fault> {
        let lists = self.client.get("v2/governance/meta/pickList", &[]).await?;
        let words = Words::read(&lists);
        if words.is_empty() {
            return Err(Fault::Later("the node has no picklists yet".to_owned()));
        }
        let home = self.find_home().await?;
        let listed = BTreeMap::new();
        *self.known() = Known {
            home,
            words,
            listed,
        };
        Ok(())
    }

    fn draw(&self, view: &View, scope: Scope, description: Option<&Description>) -> Drawn {
        let words = self.known().words.clone();
        let (mapping, words) = (&self.mapping, &words);
        match scope {
            Scope::Registry => registry::Registry {
                view,
                mapping,
                words,
            }
            .draw(),
            Scope::Project(number) => {
                let Some(facts) = Facts::of(view, number, description) else {
                    return Drawn::default();
                };
                let facts = &facts;
                draw::Drawing {
                    facts,
                    mapping,
                    words,
                }
                .draw()
            }
        }
    }

    async fn gate(&self) -> Result<(), Fault> {
        let query = [("orgUid", self.home())];
        let status = self.client.get("v2/organizations/status", &query).await?;
        let flag = |name: &str| status.get(name).and_then(Value::as_bool);
        // Nodes answer either way.
        if flag("ready").or_else(|| flag("synced")) == Some(true) {
            return Ok(());
        }
        Err(Fault::Later(format!(
            "the node is not ready to write: {status}"
        )))
    }

    async fn find(&self, kind: &str, body: &Value) -> Result<Vec<Found>, Fault> {
        let table = table(kind)?;
        let rows = self.listed(table).await?;
        let found = rows.into_iter().filter(|it| is_same(table, body, it));
        Ok(found
            .filter_map(|body| {
                let theirs = text(&body, table.id)?.to_owned();
                Some(Found { theirs, body })
            })
            .collect())
    }

    async fn staged(&self) -> Result<Vec<StagedRow>, Fault> {
        let rows = self.client.all("v2/staging", &[]).await?;
        let flag = |row: &Value, name: &str| row.get(name) == Some(&Value::Bool(true));
        let row = |row: &Value| {
            let change = row
                .pointer("/diff/change/0")
                .or_else(|| row.pointer("/diff/change"));
            Some(StagedRow {
                token: text(row, "uuid")?.to_owned(),
                kind: text(row, "table")?.to_owned(),
                committed: flag(row, "committed"),
                failed: flag(row, "failed_commit") || flag(row, "failedCommit"),
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
        let Ok(table) = table(kind) else {
            return false;
        };
        let id = either(&row.body, table.id).and_then(Value::as_str);
        row.kind == kind && (id.is_some() && id == theirs || is_same(table, body, &row.body))
    }

    async fn unstage(&self, row: &StagedRow) -> Result<(), Fault> {
        let body = json!({"uuid": row.token});
        self.client
            .send(Method::DELETE, "v2/staging", Some(&body))
            .await?;
        Ok(())
    }

    async fn stage(&self, change: &Change) -> Result<Staged, Fault> {
        let table = table(&change.kind)?;
        let known = change.theirs.as_deref().unwrap_or_default();
        let path = format!("v2/{}", table.path);
        let one = format!("{path}/{known}");
        // A row is replaced whole, so what is left out is cleared.
        let body = unmarked(&change.body);
        let (method, path, body) = match change.action {
            Action::Create => (Method::POST, path, Some(&body)),
            Action::Update => (Method::PUT, one, Some(&body)),
            Action::Delete => (Method::DELETE, one, None),
        };
        let answer = self.client.send(method, &path, body).await?;
        let staged = text(&answer, "uuid").map(str::to_owned);
        let made = text(&answer, table.id).map(str::to_owned);
        let (theirs, token) = match change.action {
            // The guide's examples show one id, nodes give both.
            Action::Create => (made.or_else(|| staged.clone()), staged),
            _ => (Some(known.to_owned()), staged),
        };
        let token = match token {
            Some(token) => token,
            None => self.token_of(&change.kind, known).await?,
        };
        Ok(Staged { token, theirs })
    }

    async fn commit(&self, run: &str) -> Result<(), Fault> {
        let body = json!({"author": "countersign", "comment": run});
        self.known().listed.clear();
        self.client
            .send(Method::POST, "v2/staging/commit", Some(&body))
            .await?;
        Ok(())
    }

    async fn read(&self, kind: &str, theirs: &str) -> Result<Option<Found>, Fault> {
        let table = table(kind)?;
        let path = format!("v2/{}/{theirs}", table.path);
        let Some(body) = self.client.get_if_there(&path).await? else {
            return Ok(None);
        };
        let known = text(&body, table.id).map(str::to_owned);
        Ok(known.map(|theirs| Found { theirs, body }))
    }

    async fn receipt(&self, run: &str) -> Result<Option<Receipt>, Fault> {
        let query = [
            ("orgUid", self.home()),
            ("page", "1".to_owned()),
            ("limit", AUDIT_ROWS.to_string()),
        ];
        let audit = self.client.get("v2/audit", &query).await?;
        let rows = audit.get("data").and_then(Value::as_array);
        let of_run = rows
            .into_iter()
            .flatten()
            .find(|it| text(it, "comment") == Some(run));
        Ok(of_run.and_then(|row| {
            let generation = row.get("generation")?.as_u64()?;
            let root = either(row, "rootHash")?.as_str()?.to_owned();
            Some(Receipt { generation, root })
        }))
    }

    async fn list(&self, kind: &str) -> Result<Vec<String>, Fault> {
        let table = table(kind)?;
        self.known().listed.remove(table.kind);
        let rows = self.listed(table).await?;
        let ids = rows.iter().filter_map(|it| text(it, table.id));
        Ok(ids.map(str::to_owned).collect())
    }

    fn kinds(&self) -> &'static [&'static str] {
        &["project", "issuance", "unit"]
    }
}

impl CadTrustV2 {
    /// The staged row of an update, where the answer does not name it.
    async fn token_of(&self, kind: &str, theirs: &str) -> Result<String, Fault> {
        let table = table(kind)?;
        let rows = self.staged().await?;
        let is_it = |it: &&StagedRow| {
            let id = either(&it.body, table.id).and_then(Value::as_str);
            it.kind == kind && (id == Some(theirs) || it.token == theirs)
        };
        let found = rows.iter().rev().find(is_it).map(|it| it.token.clone());
        found.ok_or_else(|| {
            Fault::Later(format!(
                "the node staged {kind} {theirs} and does not show it"
            ))
        })
    }
}

/// Tables that the bridge fills, parents first: for documents and tests.
#[must_use]
pub fn filled_tables() -> Vec<&'static str> {
    TABLES.iter().map(|it| it.kind).collect()
}
