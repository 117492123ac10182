//! Points.

use std::collections::BTreeMap;

use countersign_bridge::dmrv::Point;
use countersign_protocol::time::Timestamp;
use sqlx::Row;
use sqlx::sqlite::{SqliteConnection, SqliteRow};

use super::{Monitoring, MonitoringError};
use crate::ops::sqlite::{column, number};

/// The most points of one source.
pub const POINTS_KEPT_MAX: u64 = 10_000_000;

/// What became of points that were sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Taken {
    /// Points that are new.
    pub new: u64,
    /// Points that were here already, the same.
    pub known: u64,
}

/// Points of a source that are in no batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// How many.
    pub points: u64,
    /// When the first begins.
    pub from: Timestamp,
    /// When the last ends.
    pub until: Timestamp,
}

pub(super) const POINT: &str =
    "SELECT source, input, value, unit, uncertainty, first, last, signature FROM points";

fn time(row: &SqliteRow, name: &str) -> Result<Timestamp, MonitoringError> {
    let text: String = row.try_get(name)?;
    text.parse()
        .map_err(|error| MonitoringError::Database(format!("a kept point: {error}")))
}

pub(super) fn point(row: &SqliteRow) -> Result<Point, MonitoringError> {
    Ok(Point {
        source: number(row.try_get("source")?),
        input: row.try_get("input")?,
        value: row.try_get("value")?,
        unit: row.try_get("unit")?,
        uncertainty: row.try_get("uncertainty")?,
        start: time(row, "first")?,
        end: time(row, "last")?,
        signature: row.try_get("signature")?,
    })
}

async fn kept(tx: &mut SqliteConnection, of: &Point) -> Result<Option<Point>, MonitoringError> {
    let query = format!("{POINT} WHERE source = ? AND input = ? AND first = ?");
    let row = sqlx::query(sqlx::AssertSqlSafe(query))
        .bind(column(of.source))
        .bind(of.input.as_str())
        .bind(of.start.to_string())
        .fetch_optional(tx)
        .await?;
    row.as_ref().map(point).transpose()
}

impl Monitoring {
    /// The points of each source of a project that are in no batch, by the source's number.
    ///
    /// # Errors
    /// When the file can not be read.
    pub async fn waiting(&self, project: u32) -> Result<BTreeMap<u64, Waiting>, MonitoringError> {
        let rows = sqlx::query(
            "SELECT source, COUNT(*) AS points, MIN(first) AS first, MAX(last) AS last FROM points \
             WHERE batch IS NULL AND source IN (SELECT id FROM sources WHERE project = ?) GROUP BY source",
        )
        .bind(i64::from(project))
        .fetch_all(self.database.reader())
        .await?;
        let one = |row: &SqliteRow| {
            let waiting = Waiting {
                points: number(row.try_get("points")?),
                from: time(row, "first")?,
                until: time(row, "last")?,
            };
            Ok((number(row.try_get("source")?), waiting))
        };
        rows.iter().map(one).collect()
    }

    /// Points of a source after one of them, by input and start; at most so many.
    ///
    /// # Errors
    /// When the file can not be read.
    pub async fn points_of_source(
        &self,
        source: u64,
        after: Option<(&str, &str)>,
        limit: usize,
    ) -> Result<Vec<Point>, MonitoringError> {
        let (input, first) = after.unwrap_or_default();
        let query = format!(
            "{POINT} WHERE source = ? AND (input, first) > (?, ?) ORDER BY input, first LIMIT ?"
        );
        let rows = sqlx::query(sqlx::AssertSqlSafe(query))
            .bind(column(source))
            .bind(input)
            .bind(first)
            .bind(i64::try_from(limit).unwrap_or(i64::MAX))
            .fetch_all(self.database.reader())
            .await?;
        rows.iter().map(point).collect()
    }

    /// Takes points that were verified: all of them, or none. What is here already, the same, is left as it is.
    ///
    /// # Errors
    /// [`MonitoringError::Taken`] when a source said something else of the same input and start before.
    pub async fn add_points(
        &self,
        points: &[Point],
        now_ms: u64,
    ) -> Result<Taken, MonitoringError> {
        let mut tx = self.begin().await?;
        let mut taken = Taken::default();
        for (it, at) in points.iter().zip(1..) {
            if let Some(kept) = kept(&mut tx, it).await? {
                if kept == *it {
                    taken.known += 1;
                    continue;
                }
                let why = format!(
                    "point {at}: the source {} said something else of {:?} from {} on before; a point that was taken never changes",
                    it.source, it.input, it.start
                );
                return Err(MonitoringError::Taken(why));
            }
            sqlx::query(
                "INSERT INTO points (source, input, value, unit, uncertainty, first, last, signature, received_ms) \
                 VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            )
            .bind(column(it.source))
            .bind(it.input.as_str())
            .bind(it.value.as_str())
            .bind(it.unit.as_str())
            .bind(it.uncertainty.as_str())
            .bind(it.start.to_string())
            .bind(it.end.to_string())
            .bind(it.signature.as_str())
            .bind(column(now_ms))
            .execute(&mut *tx)
            .await?;
            taken.new += 1;
        }
        let sources: std::collections::BTreeSet<u64> = points.iter().map(|it| it.source).collect();
        for source in sources {
            let count: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM points WHERE source = ?")
                .bind(column(source))
                .fetch_one(&mut *tx)
                .await?;
            if number(count) > POINTS_KEPT_MAX {
                let why = format!(
                    "the source {source} would have more than {POINTS_KEPT_MAX} points: send fewer, over longer spans"
                );
                return Err(MonitoringError::Full(why));
            }
        }
        tx.commit().await?;
        Ok(taken)
    }
}
