//! Reports as they were submitted: each version of a year, immutable, by its SHA-256, with who kept it and when.

mod error;

pub use error::ReportError;

use std::path::Path;
use std::sync::Arc;

use countersign_protocol::article6::aef::Version;
use countersign_protocol::log::Hash;
use countersign_protocol::party::Party;
use sha2::{Digest, Sha256};
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use crate::ops::sqlite::{Database, column, number};
use crate::people::UserId;

/// The name of the file in a data folder.
pub const REPORTS_FILE: &str = "reports.sqlite";

/// The most submissions that are kept: a version each week of a century, for a hundred countries, is below.
pub const SUBMISSIONS_MAX: u64 = 1_000_000;

/// The longest list of submissions.
pub const LISTED_MAX: u32 = 1000;

/// The steps of the schema, each from the version before. Never changed once released; added to at the end.
const SCHEMA: &[&str] = &[
    include_str!("schema/0001.sql"),
    include_str!("schema/0002.sql"),
];

const COLUMNS: &str = "party, year, major, minor, origin, sha256, ledger_size, errors, warnings, user, kept_ms, \
                       length(content) AS bytes";

/// Where a submission comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SubmissionOrigin {
    /// This node made it from its ledger, of so many leaves.
    Frozen {
        /// The leaves.
        ledger_size: u64,
    },
    /// A file that somebody brought: a partner's, or an earlier one of this country from elsewhere.
    Imported,
}

/// A submission that is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Submitted {
    /// Whose it is.
    pub party: Party,
    /// The reported year.
    pub year: u16,
    /// The version.
    pub version: Version,
    /// Where it comes from.
    pub origin: SubmissionOrigin,
    /// Of its content.
    pub sha256: Hash,
    /// Bytes of its content.
    pub bytes: u64,
    /// Errors that the checks found in it when it was kept.
    pub errors: u64,
    /// Warnings.
    pub warnings: u64,
    /// Who kept it; none for the operator.
    pub user: Option<UserId>,
    /// When, in milliseconds since 1970.
    pub kept_ms: u64,
}

/// A submission to keep.
#[derive(Clone, Debug)]
pub struct NewSubmission {
    /// Whose it is.
    pub party: Party,
    /// The reported year.
    pub year: u16,
    /// The version.
    pub version: Version,
    /// Where it comes from.
    pub origin: SubmissionOrigin,
    /// Its content.
    pub content: Vec<u8>,
    /// Errors that the checks found.
    pub errors: u64,
    /// Warnings.
    pub warnings: u64,
    /// Who keeps it; none for the operator.
    pub user: Option<UserId>,
}

/// The store. Clones share everything.
#[derive(Clone)]
pub struct Reports {
    database: Arc<Database>,
}

impl Reports {
    /// Opens the store of a data folder, or makes it.
    ///
    /// # Errors
    /// [`ReportError`]
    pub async fn open(folder: &Path) -> Result<Self, ReportError> {
        let database = Database::open(&folder.join(REPORTS_FILE), SCHEMA).await?;
        Ok(Self {
            database: Arc::new(database),
        })
    }

    /// Keeps a submission for ever. The same content under the same version is there already, and stays one.
    ///
    /// # Errors
    /// [`ReportError::Taken`] when the version has another content; [`ReportError::Full`].
    pub async fn keep(
        &self,
        new: &NewSubmission,
        now_ms: u64,
        is_trial: bool,
    ) -> Result<Submitted, ReportError> {
        let sha256: Hash = Sha256::digest(&new.content).into();
        let mut tx = self.database.begin().await?;
        let known = sqlx::query(sqlx::AssertSqlSafe(format!(
            "SELECT {COLUMNS} FROM submissions WHERE party = ? AND year = ? AND major = ? AND minor = ?"
        )))
        .bind(new.party.to_string())
        .bind(new.year)
        .bind(new.version.major)
        .bind(new.version.minor)
        .fetch_optional(&mut *tx)
        .await?;
        if let Some(known) = known {
            let known = submitted(&known)?;
            return if known.sha256 == sha256 {
                Ok(known)
            } else {
                Err(ReportError::Taken {
                    party: new.party,
                    year: new.year,
                    version: new.version,
                })
            };
        }
        let count: i64 = sqlx::query_scalar("SELECT count(*) FROM submissions")
            .fetch_one(&mut *tx)
            .await?;
        if number(count) >= SUBMISSIONS_MAX {
            return Err(ReportError::Full);
        }
        let (origin, size) = match new.origin {
            SubmissionOrigin::Frozen { ledger_size } => ("frozen", Some(column(ledger_size))),
            SubmissionOrigin::Imported => ("imported", None),
        };
        let row = sqlx::query(sqlx::AssertSqlSafe(format!(
            "INSERT INTO submissions (party, year, major, minor, origin, sha256, content, ledger_size, errors, warnings, \
             user, kept_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING {COLUMNS}"
        )))
        .bind(new.party.to_string())
        .bind(new.year)
        .bind(new.version.major)
        .bind(new.version.minor)
        .bind(origin)
        .bind(sha256.as_slice())
        .bind(new.content.as_slice())
        .bind(size)
        .bind(column(new.errors))
        .bind(column(new.warnings))
        .bind(new.user.map(UserId::column))
        .bind(column(now_ms))
        .fetch_one(&mut *tx)
        .await?;
        let kept = submitted(&row)?;
        let tx = if is_trial { tx.trial() } else { tx };
        tx.commit().await?;
        Ok(kept)
    }

    /// Submissions, by Party, year and version.
    ///
    /// # Errors
    /// [`ReportError`] when the file cannot be read.
    pub async fn list(&self, party: Option<Party>) -> Result<Vec<Submitted>, ReportError> {
        let rows = sqlx::query(sqlx::AssertSqlSafe(format!(
            "SELECT {COLUMNS} FROM submissions WHERE ?1 IS NULL OR party = ?1 ORDER BY party, year DESC, major DESC, \
             minor DESC LIMIT ?2"
        )))
        .bind(party.map(|party| party.to_string()))
        .bind(LISTED_MAX)
        .fetch_all(self.database.reader())
        .await?;
        rows.iter().map(submitted).collect()
    }

    /// What a check of a Party's report of a year looks at: its submissions for the years up to it, and everybody's for that year.
    ///
    /// # Errors
    /// [`ReportError`] when the file cannot be read.
    pub async fn around(&self, party: Party, year: u16) -> Result<Vec<Submitted>, ReportError> {
        let rows = sqlx::query(sqlx::AssertSqlSafe(format!(
            "SELECT {COLUMNS} FROM submissions WHERE year = ?2 OR (party = ?1 AND year < ?2) ORDER BY party, year, major, \
             minor"
        )))
        .bind(party.to_string())
        .bind(year)
        .fetch_all(self.database.reader())
        .await?;
        rows.iter().map(submitted).collect()
    }

    /// A submission by its hash, with its content.
    ///
    /// # Errors
    /// [`ReportError::Damaged`] when the content is another one now.
    pub async fn read(&self, sha256: &Hash) -> Result<Option<(Submitted, Vec<u8>)>, ReportError> {
        let row = sqlx::query(sqlx::AssertSqlSafe(format!(
            "SELECT {COLUMNS}, content FROM submissions WHERE sha256 = ? ORDER BY id LIMIT 1"
        )))
        .bind(sha256.as_slice())
        .fetch_optional(self.database.reader())
        .await?;
        let Some(row) = row else {
            return Ok(None);
        };
        let content: Vec<u8> = row.try_get("content")?;
        let computed: Hash = Sha256::digest(&content).into();
        if computed != *sha256 {
            return Err(ReportError::Damaged("the content of a submission"));
        }
        Ok(Some((submitted(&row)?, content)))
    }
}

fn submitted(row: &SqliteRow) -> Result<Submitted, ReportError> {
    let party: String = row.try_get("party")?;
    let sha256: Vec<u8> = row.try_get("sha256")?;
    let size: Option<i64> = row.try_get("ledger_size")?;
    let user: Option<i64> = row.try_get("user")?;
    let damaged = || ReportError::Damaged("a submission");
    let origin: String = row.try_get("origin")?;
    Ok(Submitted {
        party: party.parse().map_err(|_| damaged())?,
        year: row.try_get("year")?,
        version: Version {
            major: row.try_get("major")?,
            minor: row.try_get("minor")?,
        },
        origin: match (origin.as_str(), size) {
            ("frozen", Some(size)) => SubmissionOrigin::Frozen {
                ledger_size: number(size),
            },
            ("imported", None) => SubmissionOrigin::Imported,
            _ => return Err(damaged()),
        },
        sha256: sha256.try_into().map_err(|_| damaged())?,
        bytes: number(row.try_get("bytes")?),
        errors: number(row.try_get("errors")?),
        warnings: number(row.try_get("warnings")?),
        user: user
            .map(UserId::from_column)
            .transpose()
            .map_err(|_| damaged())?,
        kept_ms: number(row.try_get("kept_ms")?),
    })
}
