//! The bridge's memory in a private SQLite file: one for each bridge, so that none waits for another.

mod draw;
mod file;
mod look;
mod run;

use std::path::Path;

use async_trait::async_trait;
use sqlx::sqlite::{SqlitePool, SqliteRow};
use sqlx::{Row, Sqlite, Transaction};

use super::compare::Difference;
use super::item::{Drawn, Scope};
use super::side::Receipt;
use super::store::{
    DeadLetter, ItemState, Kept, PastRun, Run, RunItem, RunStep, Store, StoreError, Verdict,
    Waiting,
};

/// A transaction: nobody else writes before it ends.
type Tx = Transaction<'static, Sqlite>;

/// See the module.
pub struct SqliteStore {
    // One connection: a bridge does one thing at a time.
    pool: SqlitePool,
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        Self(error.to_string())
    }
}

impl SqliteStore {
    /// Opens the file or makes it, for its owner only.
    ///
    /// # Errors
    /// [`StoreError`] if it can not be made, is open to others, or was written by a newer program.
    pub async fn open(path: &Path) -> Result<Self, StoreError> {
        let pool = file::open(path).await?;
        Ok(Self { pool })
    }

    /// Closes the file.
    pub async fn close(&self) {
        self.pool.close().await;
    }

    async fn begin(&self) -> Result<Tx, StoreError> {
        Ok(self.pool.begin_with("BEGIN IMMEDIATE").await?)
    }
}

/// A count or time for a column.
fn column(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// A count or time out of a column.
fn number(column: i64) -> u64 {
    u64::try_from(column).unwrap_or(0)
}

fn kept(row: &SqliteRow) -> Result<Kept, StoreError> {
    let state: String = row.try_get("state")?;
    Ok(Kept {
        key: row.try_get("key")?,
        kind: row.try_get("kind")?,
        state: ItemState::of(&state).ok_or_else(|| StoreError(format!("no state {state:?}")))?,
        cause: row.try_get("cause")?,
        body: row.try_get("body")?,
        agreed: row.try_get("agreed")?,
        theirs: row.try_get("theirs")?,
        differences: differences(row)?,
    })
}

fn differences(row: &SqliteRow) -> Result<Vec<Difference>, StoreError> {
    let text: Option<String> = row.try_get("differences")?;
    let read = text.as_deref().map(serde_json::from_str).transpose();
    let read = read.map_err(|error| StoreError(format!("differences of an item: {error}")))?;
    Ok(read.unwrap_or_default())
}

#[async_trait]
impl Store for SqliteStore {
    async fn size(&self) -> Result<u64, StoreError> {
        let size: i64 = sqlx::query_scalar("SELECT size FROM bridge")
            .fetch_one(&self.pool)
            .await?;
        Ok(number(size))
    }

    async fn note(&self, size: u64, touched: &[Scope]) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        draw::touch(&mut tx, touched).await?;
        sqlx::query("UPDATE bridge SET size = ?")
            .bind(column(size))
            .execute(&mut *tx)
            .await?;
        Ok(tx.commit().await?)
    }

    async fn drawing(&self) -> Result<String, StoreError> {
        let drawing = sqlx::query_scalar("SELECT drawing FROM bridge");
        Ok(drawing.fetch_one(&self.pool).await?)
    }

    async fn redraw(&self, drawing: &str, scopes: &[Scope]) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        draw::touch(&mut tx, scopes).await?;
        sqlx::query("UPDATE bridge SET drawing = ?")
            .bind(drawing)
            .execute(&mut *tx)
            .await?;
        Ok(tx.commit().await?)
    }

    async fn touched(&self, limit: u32) -> Result<Vec<Scope>, StoreError> {
        let scopes: Vec<String> =
            sqlx::query_scalar("SELECT scope FROM touched ORDER BY scope DESC LIMIT ?")
                .bind(i64::from(limit))
                .fetch_all(&self.pool)
                .await?;
        let parsed = scopes.iter().map(|it| it.parse());
        let wrong = |()| StoreError("a scope that is none".to_owned());
        parsed.collect::<Result<_, ()>>().map_err(wrong)
    }

    async fn draw(&self, scope: Scope, leaf: u64, drawn: &Drawn) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        draw::draw(&mut tx, scope, leaf, drawn).await?;
        Ok(tx.commit().await?)
    }

    async fn run(&self) -> Result<Option<Run>, StoreError> {
        run::current(&self.pool).await
    }

    async fn open_run(
        &self,
        id: &str,
        now_ms: u64,
        limit: u32,
        published_parents: bool,
    ) -> Result<Option<Run>, StoreError> {
        let mut tx = self.begin().await?;
        let picked = run::pick(&mut tx, now_ms, limit, published_parents).await?;
        if picked == 0 {
            return Ok(None);
        }
        run::open(&mut tx, id, now_ms).await?;
        tx.commit().await?;
        run::current(&self.pool).await
    }

    async fn run_items(&self) -> Result<Vec<RunItem>, StoreError> {
        run::items(&self.pool).await
    }

    async fn step(&self, step: RunStep) -> Result<(), StoreError> {
        run::step(&self.pool, step).await
    }

    async fn staged(
        &self,
        key: &str,
        token: Option<&str>,
        theirs: Option<&str>,
    ) -> Result<(), StoreError> {
        run::staged(&self.pool, key, token, theirs).await
    }

    async fn drop_item(&self, key: &str, at_ms: u64, cause: &str) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        run::drop_item(&mut tx, key, at_ms, cause).await?;
        Ok(tx.commit().await?)
    }

    async fn settle(&self, key: &str, verdict: &Verdict, now_ms: u64) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        run::settle(&mut tx, key, verdict, now_ms).await?;
        Ok(tx.commit().await?)
    }

    async fn close_run(&self, now_ms: u64, receipt: Option<&Receipt>) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        run::close(&mut tx, now_ms, receipt).await?;
        Ok(tx.commit().await?)
    }

    async fn ids(
        &self,
        keys: &[String],
        published: bool,
    ) -> Result<Vec<(String, String)>, StoreError> {
        look::ids(&self.pool, keys, published).await
    }

    async fn waiting(&self) -> Result<Waiting, StoreError> {
        look::waiting(&self.pool).await
    }

    async fn wait(&self, waiting: &Waiting) -> Result<(), StoreError> {
        look::wait(&self.pool, waiting).await
    }

    async fn next_due(&self) -> Result<Option<u64>, StoreError> {
        look::next_due(&self.pool).await
    }

    async fn counts(&self) -> Result<Vec<(ItemState, u64)>, StoreError> {
        look::counts(&self.pool).await
    }

    async fn items(
        &self,
        state: ItemState,
        after: &str,
        limit: u32,
    ) -> Result<Vec<Kept>, StoreError> {
        look::items(&self.pool, state, after, limit).await
    }

    async fn item(&self, key: &str) -> Result<Option<Kept>, StoreError> {
        look::item(&self.pool, key).await
    }

    async fn scope_items(&self, scope: Scope, limit: u32) -> Result<Vec<Kept>, StoreError> {
        look::scope_items(&self.pool, scope, limit).await
    }

    async fn found(
        &self,
        key: &str,
        difference: Option<(&str, &[Difference])>,
    ) -> Result<(), StoreError> {
        look::found(&self.pool, key, difference).await
    }

    async fn replay(&self, key: Option<&str>, now_ms: u64) -> Result<u64, StoreError> {
        let mut tx = self.begin().await?;
        let replayed = look::replay(&mut tx, key, now_ms).await?;
        tx.commit().await?;
        Ok(replayed)
    }

    async fn dead_letters(&self, limit: u32) -> Result<Vec<DeadLetter>, StoreError> {
        look::dead_letters(&self.pool, limit).await
    }

    async fn past_runs(&self, limit: u32) -> Result<Vec<PastRun>, StoreError> {
        look::past_runs(&self.pool, limit).await
    }
}
