//! Sources and blueprints.

use countersign_bridge::dmrv::{Blueprint, SourceKey};
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use super::{Monitoring, MonitoringError};
use crate::ops::sqlite::{column, number};

/// The most sources of one project.
pub const SOURCES_MAX: u64 = 1_000;
/// The most versions of blueprints.
pub const BLUEPRINTS_MAX: u64 = 1_000;

/// A source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// Its number.
    pub id: u64,
    /// The project whose data it gives.
    pub project: u32,
    /// For people.
    pub name: String,
    /// Its Ed25519 key, in base64.
    pub key: String,
    /// When it was entered.
    pub added_ms: u64,
    /// When it was revoked: nothing of it is taken since.
    pub revoked_ms: Option<u64>,
}

/// A blueprint with its file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptBlueprint {
    /// As it was read.
    pub blueprint: Blueprint,
    /// The file.
    pub file: String,
    /// When it was entered.
    pub added_ms: u64,
}

fn source(row: &SqliteRow) -> Result<Source, MonitoringError> {
    Ok(Source {
        id: number(row.try_get("id")?),
        project: u32::try_from(number(row.try_get("project")?)).unwrap_or(u32::MAX),
        name: row.try_get("name")?,
        key: row.try_get("key")?,
        added_ms: number(row.try_get("added_ms")?),
        revoked_ms: row.try_get::<Option<i64>, _>("revoked_ms")?.map(number),
    })
}

fn blueprint(row: &SqliteRow) -> Result<KeptBlueprint, MonitoringError> {
    let file: String = row.try_get("file")?;
    let blueprint = Blueprint::parse(&file)
        .map_err(|error| MonitoringError::Database(format!("a kept blueprint: {error}")))?;
    Ok(KeptBlueprint {
        blueprint,
        file,
        added_ms: number(row.try_get("added_ms")?),
    })
}

const SOURCE: &str = "SELECT id, project, name, key, added_ms, revoked_ms FROM sources";

impl Monitoring {
    /// Enters a source; gives its number.
    ///
    /// # Errors
    /// [`MonitoringError::Full`].
    pub async fn add_source(
        &self,
        project: u32,
        name: &str,
        key: &SourceKey,
        now_ms: u64,
    ) -> Result<u64, MonitoringError> {
        let mut tx = self.begin().await?;
        let count: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM sources WHERE project = ?")
            .bind(i64::from(project))
            .fetch_one(&mut *tx)
            .await?;
        if number(count) >= SOURCES_MAX {
            let why = format!("the project has {SOURCES_MAX} sources, and that is the most");
            return Err(MonitoringError::Full(why));
        }
        let made =
            sqlx::query("INSERT INTO sources (project, name, key, added_ms) VALUES (?, ?, ?, ?)")
                .bind(i64::from(project))
                .bind(name)
                .bind(key.to_string())
                .bind(column(now_ms))
                .execute(&mut *tx)
                .await?;
        let id = number(made.last_insert_rowid());
        tx.commit().await?;
        Ok(id)
    }

    /// A source.
    ///
    /// # Errors
    /// [`MonitoringError::Unknown`].
    pub async fn source(&self, id: u64) -> Result<Source, MonitoringError> {
        let query = format!("{SOURCE} WHERE id = ?");
        let row = sqlx::query(sqlx::AssertSqlSafe(query))
            .bind(column(id))
            .fetch_optional(self.database.reader())
            .await?;
        let row = row.ok_or_else(|| MonitoringError::Unknown {
            what: "source",
            id: id.to_string(),
        })?;
        source(&row)
    }

    /// The sources of a project, by number.
    ///
    /// # Errors
    /// When the file can not be read.
    pub async fn sources(&self, project: u32) -> Result<Vec<Source>, MonitoringError> {
        let query = format!("{SOURCE} WHERE project = ? ORDER BY id");
        let rows = sqlx::query(sqlx::AssertSqlSafe(query))
            .bind(i64::from(project))
            .fetch_all(self.database.reader())
            .await?;
        rows.iter().map(source).collect()
    }

    /// Takes nothing of a source from now on. What it gave stays.
    ///
    /// # Errors
    /// [`MonitoringError::Unknown`].
    pub async fn revoke_source(&self, id: u64, now_ms: u64) -> Result<(), MonitoringError> {
        let mut tx = self.begin().await?;
        let done =
            sqlx::query("UPDATE sources SET revoked_ms = COALESCE(revoked_ms, ?2) WHERE id = ?1")
                .bind(column(id))
                .bind(column(now_ms))
                .execute(&mut *tx)
                .await?;
        if done.rows_affected() == 0 {
            return Err(MonitoringError::Unknown {
                what: "source",
                id: id.to_string(),
            });
        }
        Ok(tx.commit().await?)
    }

    /// Enters a blueprint; the same again is no fault.
    ///
    /// # Errors
    /// [`MonitoringError::Taken`] when id and version say something else already; [`MonitoringError::Full`].
    pub async fn add_blueprint(
        &self,
        new: &Blueprint,
        file: &str,
        now_ms: u64,
    ) -> Result<(), MonitoringError> {
        let mut tx = self.begin().await?;
        let kept: Option<String> =
            sqlx::query_scalar("SELECT file FROM blueprints WHERE id = ? AND version = ?")
                .bind(new.id.as_str())
                .bind(new.version.as_str())
                .fetch_optional(&mut *tx)
                .await?;
        if let Some(kept) = kept {
            if kept == file {
                return Ok(());
            }
            let why = format!(
                "{} {} is here and says something else: a version never changes, so give this one a new version",
                new.id, new.version
            );
            return Err(MonitoringError::Taken(why));
        }
        let count: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM blueprints")
            .fetch_one(&mut *tx)
            .await?;
        if number(count) >= BLUEPRINTS_MAX {
            let why = format!("there are {BLUEPRINTS_MAX} blueprints, and that is the most");
            return Err(MonitoringError::Full(why));
        }
        sqlx::query(
            "INSERT INTO blueprints (id, version, file, hash, added_ms) VALUES (?, ?, ?, ?, ?)",
        )
        .bind(new.id.as_str())
        .bind(new.version.as_str())
        .bind(file)
        .bind(new.hash.as_slice())
        .bind(column(now_ms))
        .execute(&mut *tx)
        .await?;
        Ok(tx.commit().await?)
    }

    /// Every blueprint, by id and in the order in which versions came.
    ///
    /// # Errors
    /// When the file can not be read.
    pub async fn blueprints(&self) -> Result<Vec<KeptBlueprint>, MonitoringError> {
        let rows =
            sqlx::query("SELECT file, added_ms FROM blueprints ORDER BY id, added_ms, version")
                .fetch_all(self.database.reader())
                .await?;
        rows.iter().map(blueprint).collect()
    }

    /// A blueprint.
    ///
    /// # Errors
    /// [`MonitoringError::Unknown`].
    pub async fn blueprint(
        &self,
        id: &str,
        version: &str,
    ) -> Result<KeptBlueprint, MonitoringError> {
        let row = sqlx::query("SELECT file, added_ms FROM blueprints WHERE id = ? AND version = ?")
            .bind(id)
            .bind(version)
            .fetch_optional(self.database.reader())
            .await?;
        let row = row.ok_or_else(|| MonitoringError::Unknown {
            what: "blueprint",
            id: format!("{id} {version}"),
        })?;
        blueprint(&row)
    }
}
