//! What scopes are to have, into the outbox.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::Row;

use super::{StoreError, Tx, column};
use crate::frame::item::{Drawn, Item, Scope, Stopped, needs};

pub(super) async fn touch(tx: &mut Tx, scopes: &[Scope]) -> Result<(), StoreError> {
    for scope in scopes {
        sqlx::query("INSERT OR IGNORE INTO touched (scope) VALUES (?)")
            .bind(scope.to_string())
            .execute(&mut **tx)
            .await?;
    }
    Ok(())
}

/// What is known of an item before it is drawn anew.
struct Before {
    body: Option<String>,
    agreed: Option<String>,
    state: String,
    cause: Option<String>,
}

pub(super) async fn draw(
    tx: &mut Tx,
    scope: Scope,
    leaf: u64,
    drawn: &Drawn,
) -> Result<(), StoreError> {
    let scope_text = scope.to_string();
    let mut before = known(tx, "scope", &scope_text).await?;
    let stopped = reasons(&drawn.stopped);
    for item in &drawn.items {
        if stopped.contains_key(item.key.as_str()) {
            continue;
        }
        if item.is_shared {
            let was = known(tx, "key", &item.key).await?.remove(&item.key);
            keep(tx, SHARED, leaf, item, was).await?;
        } else {
            keep(tx, &scope_text, leaf, item, before.remove(&item.key)).await?;
        }
    }
    for (key, (group, why)) in &stopped {
        let row = StoppedRow {
            scope: &scope_text,
            leaf,
            key,
            group,
            why,
        };
        stop(tx, &row, before.remove(*key)).await?;
    }
    for (key, was) in before.into_iter().filter(|_| !drawn.is_partial) {
        gone(tx, leaf, &key, &was).await?;
    }
    sqlx::query("DELETE FROM touched WHERE scope = ?")
        .bind(scope_text)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Where items stand that several scopes draw.
const SHARED: &str = "shared";

/// The items of which a column has a value.
async fn known(
    tx: &mut Tx,
    column: &'static str,
    value: &str,
) -> Result<BTreeMap<String, Before>, StoreError> {
    let query = format!("SELECT key, body, agreed, state, cause FROM items WHERE {column} = ?");
    let rows = sqlx::query(sqlx::AssertSqlSafe(query))
        .bind(value)
        .fetch_all(&mut **tx)
        .await?;
    let mut before = BTreeMap::new();
    for row in rows {
        let was = Before {
            body: row.try_get("body")?,
            agreed: row.try_get("agreed")?,
            state: row.try_get("state")?,
            cause: row.try_get("cause")?,
        };
        before.insert(row.try_get("key")?, was);
    }
    Ok(before)
}

/// All reasons of an item in one text, beside its group.
fn reasons(stopped: &[Stopped]) -> BTreeMap<&str, (&str, String)> {
    let mut all: BTreeMap<&str, (&str, BTreeSet<String>)> = BTreeMap::new();
    for it in stopped {
        let (_, reasons) = all.entry(&it.key).or_insert((&it.group, BTreeSet::new()));
        reasons.insert(it.to_string());
    }
    let joined = |all: BTreeSet<String>| all.into_iter().collect::<Vec<_>>().join("; ");
    let all = all.into_iter();
    all.map(|(key, (group, reasons))| (key, (group, joined(reasons))))
        .collect()
}

async fn keep(
    tx: &mut Tx,
    scope: &str,
    leaf: u64,
    item: &Item,
    before: Option<Before>,
) -> Result<(), StoreError> {
    let body = item.body.to_string();
    if let Some(was) = &before
        && was.body.as_deref() == Some(body.as_str())
        && was.state != "stopped"
    {
        return Ok(());
    }
    let agreed = before.as_ref().and_then(|it| it.agreed.as_deref());
    let state = if agreed == Some(body.as_str()) {
        "agreed"
    } else {
        "due"
    };
    sqlx::query(
        "INSERT INTO items (key, scope, kind, place, grp, body, state, leaf) VALUES (?, ?, ?, ?, ?, ?, ?, ?) \
         ON CONFLICT (key) DO UPDATE SET scope = excluded.scope, kind = excluded.kind, place = excluded.place, \
         grp = excluded.grp, body = excluded.body, state = excluded.state, cause = NULL, tries = 0, next_ms = 0, \
         leaf = excluded.leaf",
    )
    .bind(&item.key)
    .bind(scope)
    .bind(item.kind)
    .bind(i64::from(item.order))
    .bind(&item.group)
    .bind(&body)
    .bind(state)
    .bind(column(leaf))
    .execute(&mut **tx)
    .await?;
    sqlx::query("DELETE FROM needs WHERE key = ?")
        .bind(&item.key)
        .execute(&mut **tx)
        .await?;
    for need in needs(&item.body) {
        sqlx::query("INSERT INTO needs (key, need) VALUES (?, ?)")
            .bind(&item.key)
            .bind(need)
            .execute(&mut **tx)
            .await?;
    }
    Ok(())
}

struct StoppedRow<'a> {
    scope: &'a str,
    leaf: u64,
    key: &'a str,
    group: &'a str,
    why: &'a str,
}

async fn stop(tx: &mut Tx, row: &StoppedRow<'_>, before: Option<Before>) -> Result<(), StoreError> {
    let is_known = |it: &Before| it.state == "stopped" && it.cause.as_deref() == Some(row.why);
    if before.as_ref().is_some_and(is_known) {
        return Ok(());
    }
    sqlx::query(
        "INSERT INTO items (key, scope, kind, place, grp, state, cause, leaf) VALUES (?, ?, '', 0, ?, 'stopped', ?, ?) \
         ON CONFLICT (key) DO UPDATE SET state = 'stopped', grp = excluded.grp, cause = excluded.cause, leaf = excluded.leaf",
    )
    .bind(row.key)
    .bind(row.scope)
    .bind(row.group)
    .bind(row.why)
    .bind(column(row.leaf))
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Nothing is to be there any more: to be deleted if something may be there, else forgotten.
async fn gone(tx: &mut Tx, leaf: u64, key: &str, was: &Before) -> Result<(), StoreError> {
    let is_there: bool = sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM ids WHERE ours = ?)")
        .bind(key)
        .fetch_one(&mut **tx)
        .await?;
    if !is_there {
        for statement in [
            "DELETE FROM items WHERE key = ?",
            "DELETE FROM needs WHERE key = ?",
        ] {
            sqlx::query(statement).bind(key).execute(&mut **tx).await?;
        }
        return Ok(());
    }
    if was.body.is_none() && was.state != "stopped" {
        return Ok(());
    }
    sqlx::query(
        "UPDATE items SET body = NULL, state = 'due', cause = NULL, tries = 0, next_ms = 0, leaf = ? WHERE key = ?",
    )
    .bind(column(leaf))
    .bind(key)
    .execute(&mut **tx)
    .await?;
    Ok(())
}
