//! From files to a PDF.

use std::thread;
use std::time::Duration;

use sha2::{Digest, Sha256};
use tokio::sync::{OwnedSemaphorePermit, oneshot};
use typst::diag::{SourceDiagnostic, SourceResult};
use typst::foundations::{Datetime, Smart};
use typst::syntax::Source;
use typst::{World, WorldExt};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards, Timestamp};

use super::data::LetterData;
use super::error::{LetterError, TemplateFault};
use super::files::Files;
use super::world::LetterWorld;
use super::{LETTER_PAGES_MAX, Pdf};

/// Deep templates need more than a thread has by default.
const STACK_BYTES: usize = 16 * 1024 * 1024;
/// The most mistakes that are told at once.
const FAULTS_MAX: usize = 5;

/// Runs the work on a thread of its own and waits only so long. Work that does not end cannot be stopped: it keeps its
/// turn, so that at most as many threads hang as there are turns, and the node goes on.
pub(super) async fn on_a_thread(
    turn: OwnedSemaphorePermit,
    patience: Duration,
    work: impl FnOnce() -> Result<Pdf, LetterError> + Send + 'static,
) -> Result<Pdf, LetterError> {
    let (done, waiting) = oneshot::channel();
    let started = thread::Builder::new()
        .name("letter".to_owned())
        .stack_size(STACK_BYTES)
        .spawn(move || {
            let outcome = work();
            // Whoever waited may be gone.
            let _ = done.send(outcome);
            // What Typst remembers of a letter is of no use for the next one.
            typst::comemo::evict(0);
            drop(turn);
        });
    if started.is_err() {
        return Err(LetterError::Busy);
    }
    match tokio::time::timeout(patience, waiting).await {
        Err(_) => Err(LetterError::TooSlow),
        // The thread ended without an answer: it panicked.
        Ok(Err(_)) => Err(LetterError::Defect),
        Ok(Ok(outcome)) => outcome,
    }
}

pub(super) fn compile(files: &Files, data: &LetterData) -> Result<Pdf, LetterError> {
    let (year, month, day) = data.day()?;
    let time = Datetime::from_ymd_hms(year, month, day, 0, 0, 0);
    let time = time.ok_or_else(|| LetterError::Data(format!("{} is no day", data.date)))?;
    let world = LetterWorld::new(files)?;
    let document: PagedDocument = typst::compile(&world)
        .output
        .map_err(|errors| told(&world, files, &errors))?;
    let pages = document.pages().len();
    if pages > LETTER_PAGES_MAX {
        return Err(LetterError::TooLong { pages });
    }
    let standards = PdfStandards::new(&[PdfStandard::A_3b]).map_err(|_| LetterError::Defect)?;
    let options = PdfOptions {
        ident: Smart::Custom(identity(files)),
        creator: Smart::Custom(Some("Countersign".into())),
        timestamp: Some(Timestamp::new_utc(time)),
        standards,
        ..PdfOptions::default()
    };
    let bytes: SourceResult<Vec<u8>> = typst_pdf::pdf(&document, &options);
    let bytes = bytes.map_err(|errors| told(&world, files, &errors))?;
    let sha256 = Sha256::digest(&bytes).into();
    Ok(Pdf { bytes, sha256 })
}

/// A name for the document that follows from all that it is made of.
fn identity(files: &Files) -> String {
    let mut hash = Sha256::new();
    for (name, bytes) in &files.files {
        hash.update(Sha256::digest(name));
        hash.update(Sha256::digest(bytes));
    }
    hex::encode(hash.finalize())
}

/// The mistakes with their places.
fn told(world: &LetterWorld, files: &Files, errors: &[SourceDiagnostic]) -> LetterError {
    let faults = errors.iter().take(FAULTS_MAX).map(|error| {
        let found = error.span.id().and_then(|id| world.source(id).ok());
        let place = found
            .as_ref()
            .and_then(|source| place(world, source, error));
        let file = found.map_or_else(
            || files.main.clone(),
            |source| source.id().vpath().get_without_slash().to_owned(),
        );
        TemplateFault {
            file,
            place,
            message: error.message.to_string(),
            hints: error.hints.iter().map(|hint| hint.v.to_string()).collect(),
        }
    });
    LetterError::Template(faults.collect())
}

fn place(world: &LetterWorld, source: &Source, error: &SourceDiagnostic) -> Option<(usize, usize)> {
    let start = world.range(error.span)?.start;
    let (line, column) = source.lines().byte_to_line_column(start)?;
    Some((line + 1, column + 1))
}
