//! The run under way.

use sqlx::Row;
use sqlx::sqlite::SqlitePool;

use super::{StoreError, Tx, column, number};
use crate::frame::side::Receipt;
use crate::frame::store::{Run, RunItem, RunStep, Verdict};

const STEPS: [(RunStep, &str); 4] = [
    (RunStep::Staging, "staging"),
    (RunStep::Committing, "committing"),
    (RunStep::Publishing, "publishing"),
    (RunStep::Reading, "reading"),
];

/// Whether an item `i` stands alone in its way: another of its group can not go.
const GROUP_IS_BLOCKED: &str =
    "EXISTS (SELECT 1 FROM items b WHERE b.grp = i.grp AND b.state IN ('stopped', 'dead'))";

pub(super) async fn current(pool: &SqlitePool) -> Result<Option<Run>, StoreError> {
    let row = sqlx::query("SELECT id, step, began_ms FROM run")
        .fetch_optional(pool)
        .await?;
    let Some(row) = row else {
        return Ok(None);
    };
    let step: String = row.try_get("step")?;
    let known = STEPS.iter().find(|(_, name)| *name == step);
    let (step, _) = known.ok_or_else(|| StoreError(format!("no step {step:?}")))?;
    Ok(Some(Run {
        id: row.try_get("id")?,
        step: *step,
        began_ms: number(row.try_get("began_ms")?),
    }))
}

pub(super) async fn open(tx: &mut Tx, id: &str, now_ms: u64) -> Result<(), StoreError> {
    sqlx::query("INSERT INTO run (one, id, step, began_ms) VALUES (1, ?, 'staging', ?)")
        .bind(id)
        .bind(column(now_ms))
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Takes items into the run: those that are due, whose needs have ids, and whose whole group can go. Deletions go the other
/// way round, children first, and only once nothing else is due: an item may still point at what is to go.
pub(super) async fn pick(
    tx: &mut Tx,
    now_ms: u64,
    limit: u32,
    published_parents: bool,
) -> Result<u32, StoreError> {
    let with_run = if published_parents {
        ""
    } else {
        "AND NOT EXISTS (SELECT 1 FROM run_items r WHERE r.key = n.need)"
    };
    let ready = format!(
        "SELECT i.key, i.grp FROM items i WHERE i.state = 'due' AND i.next_ms <= ?1 AND i.body IS NOT NULL \
         AND NOT EXISTS (SELECT 1 FROM run_items r WHERE r.key = i.key) \
         AND NOT {GROUP_IS_BLOCKED} \
         AND NOT EXISTS (SELECT 1 FROM items w WHERE w.grp = i.grp AND w.state = 'due' AND w.next_ms > ?1) \
         AND NOT EXISTS (SELECT 1 FROM needs n WHERE n.key = i.key \
             AND NOT EXISTS (SELECT 1 FROM ids d WHERE d.ours = n.need) {with_run}) \
         ORDER BY i.place, i.grp, i.key LIMIT ?2"
    );
    let mut picked = 0;
    loop {
        let found = groups(tx, &ready, now_ms, limit.saturating_sub(picked)).await?;
        picked += take(tx, &found).await?;
        // What was taken may be the parent of more.
        if found.is_empty() || published_parents || picked >= limit {
            break;
        }
    }
    if picked == 0 {
        let ready = "SELECT i.key, i.key AS grp FROM items i WHERE i.state = 'due' AND i.next_ms <= ?1 \
             AND i.body IS NULL ORDER BY i.place DESC, i.key LIMIT ?2";
        let found = groups(tx, ready, now_ms, limit).await?;
        picked = take(tx, &found).await?;
    }
    Ok(picked)
}

/// Rows of a query up to the limit, and the rest of the group that it cuts.
async fn groups(
    tx: &mut Tx,
    query: &str,
    now_ms: u64,
    limit: u32,
) -> Result<Vec<String>, StoreError> {
    let rows = sqlx::query(sqlx::AssertSqlSafe(query.to_owned()))
        .bind(column(now_ms))
        .bind(i64::from(limit))
        .fetch_all(&mut **tx)
        .await?;
    let mut keys = Vec::new();
    for row in &rows {
        keys.push(row.try_get::<String, _>("key")?);
    }
    if rows.len() < usize::try_from(limit).unwrap_or(usize::MAX) {
        return Ok(keys);
    }
    let Some(last) = rows.last() else {
        return Ok(keys);
    };
    let cut: String = last.try_get("grp")?;
    let rest: Vec<String> = sqlx::query_scalar(
        "SELECT i.key FROM items i WHERE i.grp = ? AND i.state = 'due' AND i.body IS NOT NULL \
         AND i.place = (SELECT place FROM items WHERE key = ?) AND i.key > ? ORDER BY i.key",
    )
    .bind(cut)
    .bind(keys.last().map_or("", String::as_str))
    .bind(keys.last().map_or("", String::as_str))
    .fetch_all(&mut **tx)
    .await?;
    keys.extend(rest);
    Ok(keys)
}

async fn take(tx: &mut Tx, keys: &[String]) -> Result<u32, StoreError> {
    for key in keys {
        sqlx::query(
            "INSERT OR IGNORE INTO run_items (key, theirs) VALUES (?1, (SELECT theirs FROM ids WHERE ours = ?1))",
        )
        .bind(key)
        .execute(&mut **tx)
        .await?;
    }
    Ok(u32::try_from(keys.len()).unwrap_or(u32::MAX))
}

pub(super) async fn items(pool: &SqlitePool) -> Result<Vec<RunItem>, StoreError> {
    let query = format!(
        "SELECT i.key, i.kind, i.grp, i.body, i.agreed, i.tries, r.token, r.theirs, {GROUP_IS_BLOCKED} AS blocked \
         FROM run_items r JOIN items i ON i.key = r.key \
         ORDER BY CASE WHEN i.body IS NULL THEN -i.place ELSE i.place END, i.grp, i.key"
    );
    let rows = sqlx::query(sqlx::AssertSqlSafe(query))
        .fetch_all(pool)
        .await?;
    let mut items = Vec::new();
    for row in rows {
        items.push(RunItem {
            key: row.try_get("key")?,
            kind: row.try_get("kind")?,
            group: row.try_get("grp")?,
            body: row.try_get("body")?,
            agreed: row.try_get("agreed")?,
            theirs: row.try_get("theirs")?,
            token: row.try_get("token")?,
            tries: u32::try_from(row.try_get::<i64, _>("tries")?).unwrap_or(u32::MAX),
            is_blocked: row.try_get("blocked")?,
        });
    }
    Ok(items)
}

/// Written through to the disk, and everything before it: that publishing may have been asked for must outlive a power cut.
pub(super) async fn step(pool: &SqlitePool, step: RunStep) -> Result<(), StoreError> {
    let known = STEPS.iter().find(|(it, _)| *it == step);
    let mut tx = pool
        .begin_with("PRAGMA synchronous = FULL; BEGIN IMMEDIATE")
        .await?;
    sqlx::query("UPDATE run SET step = ?")
        .bind(known.map(|(_, name)| *name))
        .execute(&mut *tx)
        .await?;
    tx.commit().await?;
    sqlx::query("PRAGMA synchronous = NORMAL")
        .execute(pool)
        .await?;
    Ok(())
}

pub(super) async fn staged(
    pool: &SqlitePool,
    key: &str,
    token: Option<&str>,
    theirs: Option<&str>,
) -> Result<(), StoreError> {
    sqlx::query("UPDATE run_items SET token = ?2, theirs = COALESCE(?3, (SELECT theirs FROM ids WHERE ours = ?1)) WHERE key = ?1")
        .bind(key)
        .bind(token)
        .bind(theirs)
        .execute(pool)
        .await?;
    Ok(())
}

pub(super) async fn drop_item(
    tx: &mut Tx,
    key: &str,
    at_ms: u64,
    cause: &str,
) -> Result<(), StoreError> {
    sqlx::query("UPDATE items SET next_ms = ?2, cause = ?3 WHERE key = ?1 AND state = 'due'")
        .bind(key)
        .bind(column(at_ms))
        .bind(cause)
        .execute(&mut **tx)
        .await?;
    out_of_run(tx, key).await
}

async fn out_of_run(tx: &mut Tx, key: &str) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM run_items WHERE key = ?")
        .bind(key)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

pub(super) async fn settle(
    tx: &mut Tx,
    key: &str,
    verdict: &Verdict,
    now_ms: u64,
) -> Result<(), StoreError> {
    match verdict {
        Verdict::Agreed { theirs, parts } => {
            agree(tx, key, theirs.as_deref(), parts).await?;
        }
        Verdict::Again {
            at_ms,
            cause,
            theirs,
            parts,
        } => {
            forget_ids(tx, key).await?;
            learn_ids(tx, key, theirs.as_deref(), parts).await?;
            sqlx::query(
                "UPDATE items SET tries = tries + 1, next_ms = ?2, cause = ?3 WHERE key = ?1",
            )
            .bind(key)
            .bind(column(*at_ms))
            .bind(cause)
            .execute(&mut **tx)
            .await?;
        }
        Verdict::Dead { cause } => {
            sqlx::query("UPDATE items SET state = 'dead', cause = ?2 WHERE key = ?1")
                .bind(key)
                .bind(cause)
                .execute(&mut **tx)
                .await?;
            sqlx::query("INSERT INTO dead_letters (key, cause, time_ms) VALUES (?, ?, ?)")
                .bind(key)
                .bind(cause)
                .bind(column(now_ms))
                .execute(&mut **tx)
                .await?;
        }
    }
    out_of_run(tx, key).await
}

async fn forget_ids(tx: &mut Tx, key: &str) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM ids WHERE item = ?")
        .bind(key)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

async fn learn_ids(
    tx: &mut Tx,
    key: &str,
    theirs: Option<&str>,
    parts: &[(String, String)],
) -> Result<(), StoreError> {
    let own = theirs.map(|theirs| (key, theirs));
    let parts = parts
        .iter()
        .map(|(ours, theirs)| (ours.as_str(), theirs.as_str()));
    for (ours, theirs) in own.into_iter().chain(parts) {
        sqlx::query("INSERT OR REPLACE INTO ids (ours, theirs, item) VALUES (?, ?, ?)")
            .bind(ours)
            .bind(theirs)
            .bind(key)
            .execute(&mut **tx)
            .await?;
    }
    Ok(())
}

async fn agree(
    tx: &mut Tx,
    key: &str,
    theirs: Option<&str>,
    parts: &[(String, String)],
) -> Result<(), StoreError> {
    forget_ids(tx, key).await?;
    sqlx::query("UPDATE run SET agreed = agreed + 1")
        .execute(&mut **tx)
        .await?;
    if theirs.is_none() {
        for statement in [
            "DELETE FROM items WHERE key = ?",
            "DELETE FROM needs WHERE key = ?",
        ] {
            sqlx::query(statement).bind(key).execute(&mut **tx).await?;
        }
        return Ok(());
    }
    learn_ids(tx, key, theirs, parts).await?;
    sqlx::query(
        "UPDATE items SET state = 'agreed', agreed = body, cause = NULL, tries = 0, next_ms = 0 WHERE key = ?",
    )
    .bind(key)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub(super) async fn close(
    tx: &mut Tx,
    now_ms: u64,
    receipt: Option<&Receipt>,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO past_runs (id, began_ms, ended_ms, agreed, generation, root) \
         SELECT id, began_ms, ?, agreed, ?, ? FROM run",
    )
    .bind(column(now_ms))
    .bind(receipt.map(|it| column(it.generation)))
    .bind(receipt.map(|it| it.root.as_str()))
    .execute(&mut **tx)
    .await?;
    for statement in ["DELETE FROM run_items", "DELETE FROM run"] {
        sqlx::query(statement).execute(&mut **tx).await?;
    }
    Ok(())
}
