//! The documents of cases: bytes in files named by their SHA-256, an index in SQLite, the hash on the ledger.
//!
//! [`Documents::put`] takes a stream, [`Documents::get`] gives one; neither holds more than a piece in memory. A document
//! comes in as a draft of its owner, is attached once an act of its case carries its hash, and opens in stages
//! ([`Visibility`]). Its content can be erased for good while the hash on the ledger stays true. Whoever calls checks who
//! may do what; [`may_read`] says who may read.
//!
//! What a crash leaves: a draft of an upload, swept at the next opening; or an entry of the index whose file still lies
//! among the drafts, put in its place at the next opening. A file of which the index knows nothing is never touched: the
//! index may be an old copy.

mod change;
mod content;
mod document;
mod erase;
mod error;
mod files;
mod letter;
mod media;
mod name;
mod put;
mod read;
mod settings;
mod visibility;

use std::path::Path;
use std::sync::Arc;

use tokio::sync::{Mutex, Semaphore};

pub use change::REASON_BYTES_MAX;
pub use content::Content;
pub use document::{DocumentId, NewDocument, StoredDocument};
pub use error::DocumentError;
pub use letter::MadeLetter;
pub use media::MediaType;
pub use name::{FILE_NAME_BYTES_MAX, FileName};
pub use settings::{DOCUMENT_BYTES_MAX, DRAFT_DAYS_MAX, DocumentSettings, UPLOADS_MAX};
pub use visibility::{Viewer, Visibility, may_read};

use crate::ops::sqlite::Database;
use files::Files;

/// The name of the index in a data folder.
pub const DOCUMENTS_FILE: &str = "documents.sqlite";
/// The name of the folder with the bytes in a data folder.
pub const DOCUMENTS_FOLDER: &str = "documents";

/// The steps of the schema, each from the version before. Never changed once released; added to at the end.
const SCHEMA: &[&str] = &[
    include_str!("schema/0001.sql"),
    include_str!("schema/0002.sql"),
];

/// The store of documents. Cheap to clone; all clones are one store. One process at a time has it open.
#[derive(Clone)]
pub struct Documents(Arc<Inner>);

struct Inner {
    index: Database,
    files: Files,
    settings: DocumentSettings,
    uploads: Semaphore,
    /// Held from an entry of the index to the file that it is about, so that a document that comes in is not taken for
    /// one that is being erased with the same bytes.
    placing: Mutex<()>,
}

impl Documents {
    /// Opens the documents of a data folder, or makes the store, for its owner only; then clears up what a crash left.
    ///
    /// # Errors
    /// [`DocumentError`] when a setting is out of bounds, another process has the store open, or the index is open to
    /// others, damaged, or of a newer version.
    pub async fn open(folder: &Path, settings: DocumentSettings) -> Result<Self, DocumentError> {
        settings.check()?;
        let files = Files::open(&folder.join(DOCUMENTS_FOLDER))?;
        let index = Database::open(&folder.join(DOCUMENTS_FILE), SCHEMA).await?;
        let documents = Self(Arc::new(Inner {
            index,
            files,
            uploads: Semaphore::new(settings.uploads_max),
            settings,
            placing: Mutex::new(()),
        }));
        documents.clear_up().await?;
        Ok(documents)
    }

    /// Closes the index once what runs is done. Without it nothing is lost either.
    pub async fn close(&self) {
        self.0.index.close().await;
    }

    fn index(&self) -> &Database {
        &self.0.index
    }

    fn files(&self) -> &Files {
        &self.0.files
    }

    fn settings(&self) -> &DocumentSettings {
        &self.0.settings
    }
}

#[cfg(test)]
mod tests;
