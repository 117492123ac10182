//! Batches.

use countersign_bridge::dmrv::{POINTS_MAX, Point};
use countersign_protocol::log::Hash;
use countersign_protocol::time::Timestamp;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use super::points::{POINT, point};
use super::{Monitoring, MonitoringError};
use crate::ops::sqlite::{column, number};

/// A batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    /// Its number in this node.
    pub id: u64,
    /// The Merkle root over its points.
    pub root: Hash,
    /// The project.
    pub project: u32,
    /// The blueprint by which its figures were computed, and the version.
    pub blueprint: (String, String),
    /// How many points it has.
    pub points: u64,
    /// The tonnes of each year, as JSON.
    pub figures: String,
    /// When it was sealed.
    pub sealed_ms: u64,
    /// The case whose report it was handed in with last.
    pub used_by: Option<u64>,
}

/// A batch to be kept.
#[derive(Clone, Debug)]
pub struct NewBatch<'a> {
    /// The Merkle root over its points.
    pub root: Hash,
    /// The project.
    pub project: u32,
    /// The blueprint and its version.
    pub blueprint: (&'a str, &'a str),
    /// The tonnes of each year, as JSON.
    pub figures: &'a str,
    /// The points, as they were found.
    pub points: &'a [Point],
}

/// A batch that a report is to rest on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The batch's number.
    pub batch: u64,
    /// The case whose report it was seen with.
    pub seen: Option<u64>,
}

/// Which points are to be sealed: those of a project over a span that are in no batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PointsWish {
    /// The project.
    pub project: u32,
    /// From when on.
    pub from: Timestamp,
    /// Until when.
    pub until: Timestamp,
}

const BATCH: &str = "SELECT id, root, project, blueprint, version, points, figures, sealed_ms, used_by FROM batches";

fn batch(row: &SqliteRow) -> Result<Batch, MonitoringError> {
    let root: Vec<u8> = row.try_get("root")?;
    let root = root
        .try_into()
        .map_err(|_| MonitoringError::Database("a kept root has not 32 bytes".to_owned()))?;
    Ok(Batch {
        id: number(row.try_get("id")?),
        root,
        project: u32::try_from(number(row.try_get("project")?)).unwrap_or(u32::MAX),
        blueprint: (row.try_get("blueprint")?, row.try_get("version")?),
        points: number(row.try_get("points")?),
        figures: row.try_get("figures")?,
        sealed_ms: number(row.try_get("sealed_ms")?),
        used_by: row.try_get::<Option<i64>, _>("used_by")?.map(number),
    })
}

impl Monitoring {
    /// Points that can be sealed, and one more than a batch may have where there are more.
    ///
    /// # Errors
    /// When the file can not be read.
    pub async fn unsealed(&self, wish: &PointsWish) -> Result<Vec<Point>, MonitoringError> {
        let query = format!(
            "{POINT} WHERE batch IS NULL AND source IN (SELECT id FROM sources WHERE project = ?) \
             AND first >= ? AND last <= ? ORDER BY source, input, first LIMIT ?"
        );
        let rows = sqlx::query(sqlx::AssertSqlSafe(query))
            .bind(i64::from(wish.project))
            .bind(wish.from.to_string())
            .bind(wish.until.to_string())
            .bind(i64::try_from(POINTS_MAX + 1).unwrap_or(i64::MAX))
            .fetch_all(self.database.reader())
            .await?;
        rows.iter().map(point).collect()
    }

    /// Keeps a batch, and marks its points as sealed: all of them, or nothing. Gives its number.
    ///
    /// # Errors
    /// [`MonitoringError::Taken`] when one of the points was sealed meanwhile.
    pub async fn add_batch(&self, new: &NewBatch<'_>, now_ms: u64) -> Result<u64, MonitoringError> {
        let mut tx = self.begin().await?;
        let points = i64::try_from(new.points.len()).unwrap_or(i64::MAX);
        let made = sqlx::query(
            "INSERT INTO batches (root, project, blueprint, version, points, figures, sealed_ms) \
             VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (root) DO NOTHING",
        )
        .bind(new.root.as_slice())
        .bind(i64::from(new.project))
        .bind(new.blueprint.0)
        .bind(new.blueprint.1)
        .bind(points)
        .bind(new.figures)
        .bind(column(now_ms))
        .execute(&mut *tx)
        .await?;
        let taken = || {
            MonitoringError::Taken(
                "some of these points were sealed meanwhile: a point is in one batch; ask again"
                    .to_owned(),
            )
        };
        if made.rows_affected() == 0 {
            return Err(taken());
        }
        let id = made.last_insert_rowid();
        for it in new.points {
            let done = sqlx::query(
                "UPDATE points SET batch = ? WHERE source = ? AND input = ? AND first = ? AND batch IS NULL",
            )
            .bind(id)
            .bind(column(it.source))
            .bind(it.input.as_str())
            .bind(it.start.to_string())
            .execute(&mut *tx)
            .await?;
            if done.rows_affected() != 1 {
                return Err(taken());
            }
        }
        tx.commit().await?;
        Ok(number(id))
    }

    /// A batch, by its root.
    ///
    /// # Errors
    /// [`MonitoringError::Unknown`].
    pub async fn batch(&self, root: &Hash) -> Result<Batch, MonitoringError> {
        let query = format!("{BATCH} WHERE root = ?");
        let row = sqlx::query(sqlx::AssertSqlSafe(query))
            .bind(root.as_slice())
            .fetch_optional(self.database.reader())
            .await?;
        let row = row.ok_or_else(|| MonitoringError::Unknown {
            what: "batch",
            id: hex::encode(root),
        })?;
        batch(&row)
    }

    /// The batches of a project, the newest first; at most 1,000.
    ///
    /// # Errors
    /// When the file can not be read.
    pub async fn batches(&self, project: u32) -> Result<Vec<Batch>, MonitoringError> {
        let query = format!("{BATCH} WHERE project = ? ORDER BY id DESC LIMIT 1000");
        let rows = sqlx::query(sqlx::AssertSqlSafe(query))
            .bind(i64::from(project))
            .fetch_all(self.database.reader())
            .await?;
        rows.iter().map(batch).collect()
    }

    /// The points of a batch, in the order of its tree.
    ///
    /// # Errors
    /// When the file can not be read.
    pub async fn points_of(&self, batch: u64) -> Result<Vec<Point>, MonitoringError> {
        let query = format!("{POINT} WHERE batch = ? ORDER BY source, input, first");
        let rows = sqlx::query(sqlx::AssertSqlSafe(query))
            .bind(column(batch))
            .fetch_all(self.database.reader())
            .await?;
        rows.iter().map(point).collect()
    }

    /// Claims batches for the report of a case: each is as it was seen, and nobody else claims it meanwhile. All of them, or none.
    ///
    /// # Errors
    /// [`MonitoringError::Taken`].
    pub async fn claim(&self, claims: &[Claim], case: u64) -> Result<(), MonitoringError> {
        let mut tx = self.begin().await?;
        for claim in claims {
            let done = sqlx::query("UPDATE batches SET used_by = ? WHERE id = ? AND used_by IS ?")
                .bind(column(case))
                .bind(column(claim.batch))
                .bind(claim.seen.map(column))
                .execute(&mut *tx)
                .await?;
            if done.rows_affected() != 1 {
                return Err(MonitoringError::Taken(
                    "another report named the same data meanwhile: look at it and ask again"
                        .to_owned(),
                ));
            }
        }
        Ok(tx.commit().await?)
    }

    /// Gives claims back: the report was not taken.
    ///
    /// # Errors
    /// When the file can not be written.
    pub async fn release(&self, claims: &[Claim], case: u64) -> Result<(), MonitoringError> {
        let mut tx = self.begin().await?;
        for claim in claims {
            sqlx::query("UPDATE batches SET used_by = ? WHERE id = ? AND used_by = ?")
                .bind(claim.seen.map(column))
                .bind(column(claim.batch))
                .bind(column(case))
                .execute(&mut *tx)
                .await?;
        }
        Ok(tx.commit().await?)
    }

    /// Frees what an earlier report of a case named and this one does not.
    ///
    /// # Errors
    /// When the file can not be written.
    pub async fn keep_only(&self, claims: &[Claim], case: u64) -> Result<(), MonitoringError> {
        let mut tx = self.begin().await?;
        let held: Vec<i64> = sqlx::query_scalar("SELECT id FROM batches WHERE used_by = ?")
            .bind(column(case))
            .fetch_all(&mut *tx)
            .await?;
        let is_named = |id: &i64| claims.iter().any(|it| it.batch == number(*id));
        for id in held.into_iter().filter(|id| !is_named(id)) {
            sqlx::query("UPDATE batches SET used_by = NULL WHERE id = ?")
                .bind(id)
                .execute(&mut *tx)
                .await?;
        }
        Ok(tx.commit().await?)
    }
}
