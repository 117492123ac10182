//! Why mail cannot be queued or sent.

use std::path::PathBuf;

use super::texts::MailTextError;
use crate::ops::files::FileFault;
use crate::ops::keys::PassphraseError;
use crate::ops::sqlite::SqliteFault;

/// Why mail cannot be queued.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// A file cannot be read or written.
    #[error(transparent)]
    File(#[from] FileFault),
    /// The texts of mails cannot be used.
    #[error("the texts of mails: {0}")]
    Texts(#[from] MailTextError),
    /// The queue was written by a newer version of this program.
    #[error(
        "the queue of mail has schema {found}; this program knows {known}: install the newer version"
    )]
    Newer {
        /// The schema of the file.
        found: i64,
        /// The newest schema that this program knows.
        known: i64,
    },
    /// Another process holds the queue.
    #[error("the queue of mail is held by another process; try again in a moment")]
    Busy,
    /// The queue is damaged, or the disk failed.
    #[error("the queue of mail: {0}")]
    Database(String),
    /// Too much waits already.
    #[error("{0} mails wait already; look at the mail server, or at [mail] in the configuration")]
    Full(u64),
    /// The password of the mail server cannot be read.
    #[error("the password of the mail server: {0}")]
    Password(#[from] PassphraseError),
    /// The connection cannot be guarded as configured.
    #[error("TLS to the mail server: {0}")]
    Tls(String),
    /// The file with certificates cannot be used.
    #[error("{path} holds no certificates in PEM: {why}")]
    Certificates {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        why: String,
    },
    /// There is no such mail, or it is too late for it.
    #[error("mail {0} does not lie among those that could not be sent, or its time has passed")]
    NotDead(u64),
    /// The node is stopping.
    #[error("the node is stopping")]
    Stopping,
}

impl From<SqliteFault> for MailError {
    fn from(fault: SqliteFault) -> Self {
        match fault {
            SqliteFault::Busy => Self::Busy,
            SqliteFault::Newer { found, known } => Self::Newer { found, known },
            SqliteFault::File(fault) => Self::File(fault),
            SqliteFault::NotScrubbed => Self::Database("old pages were held in place".to_owned()),
            SqliteFault::Sql(error) => Self::Database(error.to_string()),
        }
    }
}

impl From<sqlx::Error> for MailError {
    fn from(error: sqlx::Error) -> Self {
        SqliteFault::from(error).into()
    }
}
