//! The book of this country, read off its ledger.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError, RwLock};

use countersign_protocol::article6::{Book, ElapsedYears, PeriodBalance};

use super::super::{App, AppError};
use crate::ledger::replay::{ReadLeaf, Replay};

/// Leaves that are read at a time.
const LEAVES_READ: u64 = 1024;

/// Leaves that are read while nobody asks, before it may end: less than a second of work.
const LEAVES_AT_ONCE: u64 = 32 * 1024;

/// Balances that are kept.
const BALANCES_MAX: usize = 64;

/// Keeps the book. It is read when somebody first asks for it, or when a large node that records anything under Article 6 begins,
/// which takes as long as folding the ledger again, and then goes on from where it is. A node that has it holds the state a second
/// time; a small one whose reports nobody asks for pays nothing.
///
/// Reports are made side by side; only reading on waits for them.
#[derive(Default)]
pub(in crate::app) struct BookKeeper(RwLock<Option<Fold>>);

/// The ledger folded so far.
#[derive(Default)]
struct Fold {
    replay: Replay,
    book: Book,
    next: u64,
    /// The balance of each year that was asked for, of the book as it is: many look at the same, and each takes every movement.
    balances: Mutex<BTreeMap<u16, Option<PeriodBalance>>>,
}

/// The book and the leaves that it was read from.
#[derive(Clone, Copy)]
pub(super) struct OpenBook<'a> {
    pub(super) book: &'a Book,
    pub(super) size: u64,
    balances: &'a Mutex<BTreeMap<u16, Option<PeriodBalance>>>,
}

impl OpenBook<'_> {
    /// The emissions balance of the NDC period that has a year, as [`Book::balance`] says it.
    pub(super) fn balance(self, year: u16) -> Option<PeriodBalance> {
        let mut kept = self.balances.lock().unwrap_or_else(PoisonError::into_inner);
        // Nobody asks for years by the thousand but who means to fill the memory.
        if kept.len() >= BALANCES_MAX {
            kept.clear();
        }
        let made = || self.book.balance(year, ElapsedYears::default());
        kept.entry(year).or_insert_with(made).clone()
    }
}

impl BookKeeper {
    /// Asks the book once it has so many leaves.
    fn ask<T>(
        &self,
        wanted: u64,
        read_on: impl Fn(&mut Fold) -> Result<(), AppError>,
        ask: impl FnOnce(OpenBook<'_>) -> Result<T, AppError>,
    ) -> Result<T, AppError> {
        loop {
            let kept = self.0.read().unwrap_or_else(PoisonError::into_inner);
            if let Some(fold) = kept.as_ref().filter(|fold| fold.next >= wanted) {
                return ask(OpenBook {
                    book: &fold.book,
                    size: fold.next,
                    balances: &fold.balances,
                });
            }
            drop(kept);
            let mut kept = self.0.write().unwrap_or_else(PoisonError::into_inner);
            // Taken: a fold that fails half way leaves none, and the next one begins anew.
            let mut fold = kept.take().unwrap_or_default();
            if fold.next < wanted {
                read_on(&mut fold)?;
                fold.balances = Mutex::default();
            }
            *kept = Some(fold);
        }
    }
}

impl App {
    /// Asks the book, with everything in it that the ledger has acknowledged.
    pub(super) async fn with_book<T: Send + 'static>(
        &self,
        ask: impl FnOnce(OpenBook<'_>) -> Result<T, AppError> + Send + 'static,
    ) -> Result<T, AppError> {
        let size = self.ledger().head().borrow().size;
        self.with_book_of(size, ask).await
    }

    /// Asks the book once it has so many leaves.
    async fn with_book_of<T: Send + 'static>(
        &self,
        size: u64,
        ask: impl FnOnce(OpenBook<'_>) -> Result<T, AppError> + Send + 'static,
    ) -> Result<T, AppError> {
        self.blocking(move |app| {
            let read_on = |fold: &mut Fold| app.read_on(fold, size);
            app.inner.book.ask(size, read_on, ask)
        })
        .await
    }

    /// Reads the book to the end of the ledger before anybody asks for it: part by part, so that it can be left between two.
    pub(in crate::app) async fn read_book(&self) -> Result<(), AppError> {
        let size = self.ledger().head().borrow().size;
        let mut read = 0;
        while read < size {
            read = size.min(read.saturating_add(LEAVES_AT_ONCE));
            self.with_book_of(read, |_| Ok(())).await?;
        }
        Ok(())
    }

    fn read_on(&self, fold: &mut Fold, size: u64) -> Result<(), AppError> {
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

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use std::cell::Cell;
    use std::sync::mpsc::sync_channel;
    use std::thread::scope;
    use std::time::Duration;

    use super::*;

    fn reads_to(size: u64) -> impl Fn(&mut Fold) -> Result<(), AppError> {
        move |fold| {
            fold.next = size;
            Ok(())
        }
    }

    fn size(of: OpenBook<'_>) -> Result<u64, AppError> {
        Ok(of.size)
    }

    #[test]
    fn the_book_is_read_on_only_where_it_is_behind() {
        let keeper = BookKeeper::default();
        assert_eq!(keeper.ask(7, reads_to(7), size).unwrap(), 7);
        let reads = Cell::new(0);
        let counted = |fold: &mut Fold| {
            reads.set(reads.get() + 1);
            reads_to(9)(fold)
        };
        assert_eq!(keeper.ask(7, counted, size).unwrap(), 7);
        assert_eq!(keeper.ask(9, counted, size).unwrap(), 9);
        assert_eq!(reads.get(), 1);
    }

    #[test]
    fn a_book_that_cannot_be_read_on_is_begun_anew() {
        let keeper = BookKeeper::default();
        keeper.ask(7, reads_to(7), size).unwrap();
        let failed = keeper.ask(9, |_| Err(AppError::Busy), size);
        assert!(matches!(failed, Err(AppError::Busy)));
        let anew = |fold: &mut Fold| {
            assert_eq!(fold.next, 0);
            reads_to(9)(fold)
        };
        assert_eq!(keeper.ask(9, anew, size).unwrap(), 9);
    }

    #[test]
    fn two_reports_are_made_side_by_side() {
        let keeper = BookKeeper::default();
        keeper.ask(1, reads_to(1), size).unwrap();
        let (here, first) = sync_channel(1);
        let (go, second) = sync_channel(1);
        let keeper = &keeper;
        scope(|threads| {
            threads.spawn(move || {
                keeper
                    .ask(1, reads_to(1), |_| {
                        here.send(()).unwrap();
                        let both = second.recv_timeout(Duration::from_secs(20));
                        both.map_err(|_| AppError::Busy)
                    })
                    .unwrap();
            });
            first.recv().unwrap();
            // While the first is being made.
            keeper.ask(1, reads_to(1), size).unwrap();
            go.send(()).unwrap();
        });
    }
}
