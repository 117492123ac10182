//! What operators look at, and small things that stand alone.

use sqlx::Row;
use sqlx::sqlite::SqlitePool;

use super::{StoreError, Tx, column, kept, number};
use crate::frame::compare::Difference;
use crate::frame::item::Scope;
use crate::frame::side::Receipt;
use crate::frame::store::{DeadLetter, ItemState, Kept, PastRun, Waiting};

pub(super) async fn ids(
    pool: &SqlitePool,
    keys: &[String],
    published: bool,
) -> Result<Vec<(String, String)>, StoreError> {
    let in_run = if published {
        ""
    } else {
        "UNION SELECT r.key, r.theirs FROM run_items r JOIN json_each(?1) a ON r.key = a.value \
         WHERE r.theirs IS NOT NULL AND NOT EXISTS (SELECT 1 FROM ids d WHERE d.ours = r.key)"
    };
    let query = format!(
        "SELECT d.ours, d.theirs FROM json_each(?1) a JOIN ids d ON d.ours = a.value {in_run}"
    );
    let asked = serde_json::json!(keys).to_string();
    let rows = sqlx::query_as::<_, (String, String)>(sqlx::AssertSqlSafe(query))
        .bind(asked)
        .fetch_all(pool)
        .await?;
    Ok(rows)
}

pub(super) async fn waiting(pool: &SqlitePool) -> Result<Waiting, StoreError> {
    let row = sqlx::query("SELECT until_ms, why, faults, barred FROM bridge")
        .fetch_one(pool)
        .await?;
    Ok(Waiting {
        until_ms: number(row.try_get("until_ms")?),
        why: row.try_get("why")?,
        faults: u32::try_from(row.try_get::<i64, _>("faults")?).unwrap_or(u32::MAX),
        is_barred: row.try_get("barred")?,
    })
}

pub(super) async fn wait(pool: &SqlitePool, waiting: &Waiting) -> Result<(), StoreError> {
    sqlx::query("UPDATE bridge SET until_ms = ?, why = ?, faults = ?, barred = ?")
        .bind(column(waiting.until_ms))
        .bind(waiting.why.as_deref())
        .bind(i64::from(waiting.faults))
        .bind(waiting.is_barred)
        .execute(pool)
        .await?;
    Ok(())
}

pub(super) async fn next_due(pool: &SqlitePool) -> Result<Option<u64>, StoreError> {
    let next: Option<i64> =
        sqlx::query_scalar("SELECT MIN(next_ms) FROM items WHERE state = 'due' AND next_ms > 0")
            .fetch_one(pool)
            .await?;
    Ok(next.map(number))
}

pub(super) async fn counts(pool: &SqlitePool) -> Result<Vec<(ItemState, u64)>, StoreError> {
    let rows = sqlx::query_as::<_, (String, i64)>(
        "SELECT state, COUNT(*) FROM items GROUP BY state ORDER BY state",
    )
    .fetch_all(pool)
    .await?;
    let known = rows.into_iter();
    Ok(known
        .filter_map(|(state, count)| Some((ItemState::of(&state)?, number(count))))
        .collect())
}

const KEPT: &str = "SELECT i.key, i.kind, i.state, i.cause, i.body, i.agreed, i.differences, d.theirs FROM items i \
     LEFT JOIN ids d ON d.ours = i.key";

pub(super) async fn items(
    pool: &SqlitePool,
    state: ItemState,
    after: &str,
    limit: u32,
) -> Result<Vec<Kept>, StoreError> {
    let query = format!("{KEPT} WHERE i.state = ? AND i.key > ? ORDER BY i.key LIMIT ?");
    let rows = sqlx::query(sqlx::AssertSqlSafe(query))
        .bind(state.name())
        .bind(after)
        .bind(i64::from(limit))
        .fetch_all(pool)
        .await?;
    rows.iter().map(kept).collect()
}

pub(super) async fn item(pool: &SqlitePool, key: &str) -> Result<Option<Kept>, StoreError> {
    let query = format!("{KEPT} WHERE i.key = ?");
    let row = sqlx::query(sqlx::AssertSqlSafe(query))
        .bind(key)
        .fetch_optional(pool)
        .await?;
    row.as_ref().map(kept).transpose()
}

pub(super) async fn scope_items(
    pool: &SqlitePool,
    scope: Scope,
    limit: u32,
) -> Result<Vec<Kept>, StoreError> {
    let query = format!("{KEPT} WHERE i.scope = ? ORDER BY i.key LIMIT ?");
    let rows = sqlx::query(sqlx::AssertSqlSafe(query))
        .bind(scope.to_string())
        .bind(i64::from(limit))
        .fetch_all(pool)
        .await?;
    rows.iter().map(kept).collect()
}

pub(super) async fn found(
    pool: &SqlitePool,
    key: &str,
    difference: Option<(&str, &[Difference])>,
) -> Result<(), StoreError> {
    let fields = difference.map(|(_, fields)| serde_json::json!(fields).to_string());
    let (from, to) = match difference {
        Some(_) => ("agreed", "differs"),
        None => ("differs", "agreed"),
    };
    sqlx::query("UPDATE items SET state = ?3, cause = ?4, differences = ?5 WHERE key = ?1 AND state IN (?2, ?3)")
        .bind(key)
        .bind(from)
        .bind(to)
        .bind(difference.map(|(why, _)| why))
        .bind(fields)
        .execute(pool)
        .await?;
    Ok(())
}

pub(super) async fn replay(tx: &mut Tx, key: Option<&str>, now_ms: u64) -> Result<u64, StoreError> {
    let done = sqlx::query(
        "UPDATE items SET state = 'due', tries = 0, next_ms = 0, agreed = NULL \
         WHERE state IN ('dead', 'differs') AND (?1 IS NULL OR key = ?1)",
    )
    .bind(key)
    .execute(&mut **tx)
    .await?;
    sqlx::query(
        "UPDATE dead_letters SET replayed_ms = ?2 WHERE replayed_ms IS NULL AND (?1 IS NULL OR key = ?1)",
    )
    .bind(key)
    .bind(column(now_ms))
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected())
}

pub(super) async fn dead_letters(
    pool: &SqlitePool,
    limit: u32,
) -> Result<Vec<DeadLetter>, StoreError> {
    let rows = sqlx::query(
        "SELECT number, key, cause, time_ms, replayed_ms FROM dead_letters ORDER BY number DESC LIMIT ?",
    )
    .bind(i64::from(limit))
    .fetch_all(pool)
    .await?;
    let mut letters = Vec::new();
    for row in rows {
        letters.push(DeadLetter {
            number: row.try_get("number")?,
            key: row.try_get("key")?,
            cause: row.try_get("cause")?,
            time_ms: number(row.try_get("time_ms")?),
            replayed_ms: row.try_get::<Option<i64>, _>("replayed_ms")?.map(number),
        });
    }
    Ok(letters)
}

pub(super) async fn past_runs(pool: &SqlitePool, limit: u32) -> Result<Vec<PastRun>, StoreError> {
    let rows = sqlx::query(
        "SELECT id, began_ms, ended_ms, agreed, generation, root FROM past_runs ORDER BY number DESC LIMIT ?",
    )
    .bind(i64::from(limit))
    .fetch_all(pool)
    .await?;
    let mut runs = Vec::new();
    for row in rows {
        let generation: Option<i64> = row.try_get("generation")?;
        let root: Option<String> = row.try_get("root")?;
        let receipt = generation.zip(root).map(|(generation, root)| Receipt {
            generation: number(generation),
            root,
        });
        runs.push(PastRun {
            id: row.try_get("id")?,
            began_ms: number(row.try_get("began_ms")?),
            ended_ms: number(row.try_get("ended_ms")?),
            agreed: number(row.try_get("agreed")?),
            receipt,
        });
    }
    Ok(runs)
}
