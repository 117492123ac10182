//! Why a submission is not kept or read.

use countersign_protocol::article6::aef::Version;
use countersign_protocol::party::Party;

use crate::ops::files::FileFault;
use crate::ops::sqlite::SqliteFault;

/// Why a submission is not kept or read.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// The version was kept with another content.
    #[error(
        "version {version} of {party} for {year} was kept with another content: a version never changes, so give the next one"
    )]
    Taken {
        /// Whose it is.
        party: Party,
        /// The reported year.
        year: u16,
        /// The version.
        version: Version,
    },
    /// The checks find errors in it.
    #[error(
        "the checks find {errors} errors in it, the first {first}. Mend what is recorded, or freeze it despite its errors"
    )]
    Unsound {
        /// How many.
        errors: usize,
        /// The first of them.
        first: String,
    },
    /// A file is no submission.
    #[error("the file cannot be kept as a submission: {0}")]
    NoFile(String),
    /// A file of notifications cannot be read.
    #[error("the file of notifications cannot be read: {0}")]
    Notifications(String),
    /// There are as many as may be kept.
    #[error("reports.sqlite holds as many submissions as it may")]
    Full,
    /// Another process holds the file.
    #[error("the node is busy; try again in a moment")]
    Busy,
    /// The file was written by a newer version.
    #[error(
        "reports.sqlite has schema {found}, this program knows up to {known}; update the program"
    )]
    Newer {
        /// The schema of the file.
        found: i64,
        /// The newest schema that this program knows.
        known: i64,
    },
    /// The file holds what this program does not write.
    #[error(
        "reports.sqlite holds {0} that this program did not write; restore it from your backup"
    )]
    Damaged(&'static str),
    /// The file is open to others, or cannot be read or written.
    #[error(transparent)]
    File(#[from] FileFault),
    /// The database failed.
    #[error(
        "reports.sqlite cannot be used: {0}; check the disk, or restore the file from your backup"
    )]
    Database(sqlx::Error),
}

impl From<SqliteFault> for ReportError {
    fn from(fault: SqliteFault) -> Self {
        match fault {
            SqliteFault::Busy | SqliteFault::NotScrubbed => Self::Busy,
            SqliteFault::Newer { found, known } => Self::Newer { found, known },
            SqliteFault::File(fault) => Self::File(fault),
            SqliteFault::Sql(error) => Self::Database(error),
        }
    }
}

impl From<sqlx::Error> for ReportError {
    fn from(error: sqlx::Error) -> Self {
        SqliteFault::from(error).into()
    }
}
