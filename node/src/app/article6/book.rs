//! The book of this country, read off its ledger.

use std::sync::{Mutex, PoisonError};

use countersign_protocol::article6::Book;

use super::super::{App, AppError};
use crate::ledger::replay::{ReadLeaf, Replay};

/// Leaves that are read at a time.
const LEAVES_READ: u64 = 1024;

/// Keeps the book. It is read when somebody first asks for it, which takes as long as folding the ledger again, and then goes
/// on from where it is: a node whose reports nobody asks for pays nothing, and one that makes them holds the state a second time.
#[derive(Default)]
pub(in crate::app) struct BookKeeper(Mutex<Option<Fold>>);

/// The ledger folded so far.
#[derive(Default)]
struct Fold {
    replay: Replay,
    book: Book,
    next: u64,
}

/// The book and the leaves that it was read from.
pub(super) struct OpenBook<'a> {
    pub(super) book: &'a Book,
    pub(super) size: u64,
}

impl App {
    /// Asks the book, with everything in it that the ledger has acknowledged.
    pub(super) async fn with_book<T: Send + 'static>(
        &self,
        ask: impl FnOnce(OpenBook<'_>) -> Result<T, AppError> + Send + 'static,
    ) -> Result<T, AppError> {
        self.blocking(move |app| {
            let mut kept = app
                .inner
                .book
                .0
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            // Taken: a fold that fails half way leaves none, and the next one begins anew.
            let mut fold = kept.take().unwrap_or_default();
            app.read_on(&mut fold)?;
            let answer = ask(OpenBook {
                book: &fold.book,
                size: fold.next,
            });
            *kept = Some(fold);
            answer
        })
        .await
    }

    fn read_on(&self, fold: &mut Fold) -> Result<(), AppError> {
        let size = self.ledger().head().borrow().size;
        while fold.next < size {
            let end = size.min(fold.next.saturating_add(LEAVES_READ));
            let mut leaves = self.ledger().store().leaves(fold.next..end)?;
            while let Some((index, bytes)) = leaves.next_leaf()? {
                let failed = |error: crate::ledger::replay::ReplayError| {
                    AppError::internal("read the book off the ledger", &error)
                };
                let leaf = ReadLeaf::read(index, bytes).map_err(failed)?;
                let applied = fold.replay.fold(&leaf).map_err(failed)?;
                fold.book.observe(index, &leaf.record, &applied);
                fold.next = index.saturating_add(1);
            }
            if fold.next < end {
                return Err(AppError::internal(
                    "read the book off the ledger",
                    &format_args!("leaf {} is missing", fold.next),
                ));
            }
        }
        Ok(())
    }
}
