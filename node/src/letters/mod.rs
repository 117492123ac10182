//! Official letters as PDF/A: of no objection, authorisation, registration, issuance, cancellation, rejection.
//!
//! A letter is a Typst template with data. The templates of the program are presets in English, French, Spanish and
//! Portuguese; files in the country's own folder of letters take their place one by one. What comes in as data is data: it
//! is never read as a template. The same data and the same templates give the same bytes, so that the hash of a letter can
//! be on the ledger, and whoever has the letter can show that it is the one.
//!
//! A template reads its own folder's files and nothing else: no other file, no network, no clock. Its author is trusted
//! with the words of the country's letters, not with the node: time, size and what it can reach are bounded.

mod compile;
mod data;
mod error;
mod files;
mod letterhead;
mod qr;
mod world;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;

pub use data::{
    Addressee, Detail, LETTER_DATA_BYTES_MAX, Language, LetterData, LetterId, LetterProject,
    LetterProof, Signatory,
};
pub use error::{LetterError, TemplateFault};
pub use files::{LETTER_FILE_BYTES_MAX, LETTER_FILES_MAX, LETTERS_FOLDER, Preset, presets};
pub use letterhead::{Letterhead, LetterheadText};
pub use qr::svg as qr_svg;

/// The most pages of a letter.
pub const LETTER_PAGES_MAX: usize = 20;
/// How long the making of a letter may take, in seconds.
pub const LETTER_SECONDS_MAX: u64 = 30;
/// How many letters are made at the same time.
pub const LETTERS_AT_ONCE: usize = 2;

/// A finished letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pdf {
    /// The file: PDF/A-3b (ISO 19005-3), so that it can carry its proof.
    pub bytes: Vec<u8>,
    /// SHA-256 of the file, for the ledger.
    pub sha256: [u8; 32],
}

/// The country's letters. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Letters {
    folder: Option<PathBuf>,
    turns: Arc<Semaphore>,
    /// How long somebody waits for a turn.
    wait: Duration,
}

impl Letters {
    /// Letters with the country's templates in `folder`, which need not exist.
    #[must_use]
    pub fn new(folder: PathBuf) -> Self {
        Self {
            folder: Some(folder),
            ..Self::presets()
        }
    }

    /// Letters with the templates of the program only.
    #[must_use]
    pub fn presets() -> Self {
        Self {
            folder: None,
            turns: Arc::new(Semaphore::new(LETTERS_AT_ONCE)),
            wait: Duration::from_secs(LETTER_SECONDS_MAX),
        }
    }

    /// The same templates, with turns of their own: whoever takes all of those keeps nobody here waiting.
    #[must_use]
    pub fn apart(&self) -> Self {
        Self {
            folder: self.folder.clone(),
            ..Self::presets()
        }
    }

    /// Makes a letter. Templates are read anew each time, so that a change shows at once.
    ///
    /// # Errors
    /// [`LetterError`] when the language has no templates, a template is wrong (with its line), the data is too large, or
    /// a limit is reached.
    pub async fn render(
        &self,
        letter: &LetterId,
        language: &Language,
        data: &LetterData,
    ) -> Result<Pdf, LetterError> {
        let turn = tokio::time::timeout(self.wait, self.turns.clone().acquire_owned()).await;
        let Ok(Ok(turn)) = turn else {
            return Err(LetterError::Busy);
        };
        let (folder, letter, language) = (self.folder.clone(), letter.clone(), language.clone());
        let data = data.clone();
        let patience = Duration::from_secs(LETTER_SECONDS_MAX);
        compile::on_a_thread(turn, patience, move || {
            let files = files::Files::gather(folder.as_deref(), &letter, &language, &data)?;
            compile::compile(&files, &data)
        })
        .await
    }
}

#[cfg(test)]
mod tests;
