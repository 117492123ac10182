//! Why something about documents cannot be done. No message holds a file name that a user gave.

use std::path::PathBuf;

use countersign_protocol::id::OrganisationId;

use super::document::DocumentId;
use super::media::MediaType;
use crate::ops::files::FileFault;
use crate::ops::sqlite::SqliteFault;

/// Why a request about documents fails. Nothing was changed unless the variant says otherwise.
#[derive(Debug, thiserror::Error)]
pub enum DocumentError {
    /// The document is larger than allowed.
    #[error("a document may have {max} bytes; send a smaller one")]
    TooLarge {
        /// The most bytes.
        max: u64,
    },
    /// The document has no bytes.
    #[error("the document is empty")]
    Empty,
    /// The organisation has used up its room.
    #[error(
        "the documents of organisation {owner} would take more than {max} bytes; ask the registry to erase some or to \
         raise the limit"
    )]
    Quota {
        /// The organisation.
        owner: OrganisationId,
        /// The most bytes.
        max: u64,
    },
    /// The case has as many documents as it may.
    #[error("case {case} has {max} documents, the most that it may have")]
    Full {
        /// The case.
        case: u64,
        /// The most.
        max: u32,
    },
    /// The disk is nearly full.
    #[error("the node takes no documents now: its disk has less than {free_bytes_min} bytes left")]
    NoSpace {
        /// What must stay free.
        free_bytes_min: u64,
    },
    /// The declared type is not taken.
    #[error(
        "documents of this type are not taken; send PDF, PNG, JPEG, XLSX, DOCX, CSV, GeoJSON, JSON or plain text"
    )]
    Type,
    /// The bytes are not of the declared type.
    #[error("this is not {}: {why}", declared.essence())]
    Content {
        /// The declared type.
        declared: MediaType,
        /// What is wrong.
        why: &'static str,
    },
    /// The upload broke off.
    #[error("the upload broke off: {0}; send the document again")]
    Broken(String),
    /// Nothing of the upload came for too long.
    #[error("the upload stood still for {seconds} s; send the document again")]
    Stalled {
        /// How long was waited.
        seconds: u64,
    },
    /// There is no such document.
    #[error("there is no document {0}")]
    Unknown(DocumentId),
    /// The content of the document was erased; its hash stays.
    #[error("the content of document {0} was erased")]
    Erased(DocumentId),
    /// A newer version of the document to be replaced is there.
    #[error("document {0} has a newer version already; replace that one")]
    Replaced(DocumentId),
    /// The document to be replaced is of another case, kind or owner.
    #[error("document {replaces} has another {what}; a new version keeps it")]
    NotSame {
        /// The document to be replaced.
        replaces: DocumentId,
        /// What differs.
        what: &'static str,
    },
    /// The visibility would not become wider.
    #[error("document {0} is wider open already; narrowing it takes a reason")]
    NotWider(DocumentId),
    /// The visibility would not become narrower.
    #[error("document {0} is not wider open than that")]
    NotNarrower(DocumentId),
    /// A reason is missing or too long.
    #[error("say why, in 1 to {max} bytes")]
    Reason {
        /// The most bytes.
        max: usize,
    },
    /// A number is greater than the index keeps.
    #[error("{0} is too great a number")]
    Number(&'static str),
    /// The node is at its limit of uploads, or another process holds the file.
    #[error("the node is busy; try again in a moment")]
    Busy,
    /// The content is erased, but a reader held old pages of the index in place.
    #[error(
        "the content is erased, but documents.sqlite is in use and still holds the file name on an old page; erase it \
         again in a moment"
    )]
    NotScrubbed,
    /// Another process has the documents open.
    #[error("{0} is in use by another process; stop that one first")]
    InUse(PathBuf),
    /// A setting is outside its bounds.
    #[error("documents.{setting} cannot be used: {reason}")]
    Setting {
        /// The setting.
        setting: &'static str,
        /// What it must be.
        reason: &'static str,
    },
    /// The index was written by a newer version.
    #[error(
        "documents.sqlite has schema {found}, this program knows up to {known}; update the program"
    )]
    Newer {
        /// The schema of the file.
        found: i64,
        /// The newest schema that this program knows.
        known: i64,
    },
    /// The index holds a value that this program does not write.
    #[error(
        "documents.sqlite holds {0} that this program does not write; restore it from your backup"
    )]
    Index(&'static str),
    /// The content of a document is not what was put there.
    #[error("{0} is missing or damaged; restore it from your backup")]
    Damaged(PathBuf),
    /// A file is open to others, or cannot be read or written.
    #[error(transparent)]
    File(#[from] FileFault),
    /// The database failed.
    #[error(
        "documents.sqlite cannot be used: {0}; check the disk, or restore the file from your backup"
    )]
    Database(sqlx::Error),
    /// The operating system gave no random numbers.
    #[error("the operating system gives no random numbers: {0}")]
    Random(String),
    /// The node stops.
    #[error("the node stops; send the request again when it is back")]
    Stopping,
}

impl From<SqliteFault> for DocumentError {
    fn from(fault: SqliteFault) -> Self {
        match fault {
            SqliteFault::Busy => Self::Busy,
            SqliteFault::NotScrubbed => Self::NotScrubbed,
            SqliteFault::Newer { found, known } => Self::Newer { found, known },
            SqliteFault::File(fault) => Self::File(fault),
            SqliteFault::Sql(error) => Self::Database(error),
        }
    }
}

impl From<sqlx::Error> for DocumentError {
    fn from(error: sqlx::Error) -> Self {
        SqliteFault::from(error).into()
    }
}
