//! Why monitoring data can not be kept.

use crate::ops::files::FileFault;
use crate::ops::sqlite::SqliteFault;

/// Why monitoring data can not be kept.
#[derive(Debug, thiserror::Error)]
pub enum MonitoringError {
    /// A file can not be read or written.
    #[error(transparent)]
    File(#[from] FileFault),
    /// The file was written by a newer version of this program.
    #[error(
        "monitoring.sqlite has schema {found}; this program knows {known}: install the newer version"
    )]
    Newer {
        /// The schema of the file.
        found: i64,
        /// The newest schema that this program knows.
        known: i64,
    },
    /// Another process holds the file.
    #[error("monitoring.sqlite is held by another process; try again in a moment")]
    Busy,
    /// The file is damaged, or the disk failed.
    #[error("monitoring.sqlite: {0}")]
    Database(String),
    /// There is no such thing.
    #[error("there is no {what} {id}")]
    Unknown {
        /// What.
        what: &'static str,
        /// Which.
        id: String,
    },
    /// It is there already, and says something else.
    #[error("{0}")]
    Taken(String),
    /// There are as many as there may be.
    #[error("{0}")]
    Full(String),
}

impl From<SqliteFault> for MonitoringError {
    fn from(fault: SqliteFault) -> Self {
        match fault {
            SqliteFault::Busy | SqliteFault::NotScrubbed => Self::Busy,
            SqliteFault::Newer { found, known } => Self::Newer { found, known },
            SqliteFault::File(fault) => Self::File(fault),
            SqliteFault::Sql(error) => Self::Database(error.to_string()),
        }
    }
}

impl From<sqlx::Error> for MonitoringError {
    fn from(error: sqlx::Error) -> Self {
        SqliteFault::from(error).into()
    }
}
