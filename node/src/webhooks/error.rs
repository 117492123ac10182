//! Why webhooks can not be kept.

use std::path::PathBuf;

use crate::ops::files::FileFault;
use crate::ops::sqlite::SqliteFault;

/// Why webhooks can not be kept.
#[derive(Debug, thiserror::Error)]
pub enum WebhookError {
    /// A file can not be read or written.
    #[error(transparent)]
    File(#[from] FileFault),
    /// The key that signs is none.
    #[error(
        "{0} holds no signing key (whsk_ and base64): restore it from your backup, or remove it and tell receivers that the key is a new one"
    )]
    Key(PathBuf),
    /// The system gives no random numbers.
    #[error("the system gives no random numbers: {0}")]
    Random(String),
    /// The client that sends can not be made.
    #[error("the client of webhooks: {0}")]
    Client(String),
    /// The file was written by a newer version of this program.
    #[error(
        "webhooks.sqlite has schema {found}; this program knows {known}: install the newer version"
    )]
    Newer {
        /// The schema of the file.
        found: i64,
        /// The newest schema that this program knows.
        known: i64,
    },
    /// Another process holds the file.
    #[error("webhooks.sqlite is held by another process; try again in a moment")]
    Busy,
    /// The file is damaged, or the disk failed.
    #[error("webhooks.sqlite: {0}")]
    Database(String),
    /// There is none of the number.
    #[error("webhook {0} is not known here")]
    Unknown(u64),
    /// There are as many as there may be.
    #[error("there are {0} webhooks already, and that is the most: remove one first")]
    Full(u64),
}

impl From<SqliteFault> for WebhookError {
    fn from(fault: SqliteFault) -> Self {
        match fault {
            SqliteFault::Busy | SqliteFault::NotScrubbed => Self::Busy,
            SqliteFault::Newer { found, known } => Self::Newer { found, known },
            SqliteFault::File(fault) => Self::File(fault),
            SqliteFault::Sql(error) => Self::Database(error.to_string()),
        }
    }
}

impl From<sqlx::Error> for WebhookError {
    fn from(error: sqlx::Error) -> Self {
        SqliteFault::from(error).into()
    }
}
