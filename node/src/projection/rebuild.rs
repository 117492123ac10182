//! Making the read model anew.
//!
//! Faster than folding leaf by leaf: what happened is taken from the leaves, and what is, from the registry's values as
//! they are now, each once. One thread reads and makes rows while the database takes them in; indexes come last. A model
//! that is not finished is begun again, so nothing in between needs to be exact.

use std::sync::Arc;

use countersign_protocol::log::Hash;
use tokio::sync::mpsc;

use super::ProjectionError;
use super::db::{Cell, Db, settle};
use super::folder::{Cursor, Memory, write_current, write_reservation};
use super::history::History;
use super::rows;
use super::schema;
use super::settings::ProjectionSettings;
use super::source::Source;
use super::table::{ARTICLE6, CASE_ACTS, LETTERS, RANGE_EVENTS, RANGES, RETIREMENTS, Rows};
use super::touched::Touched;

/// Rows that are handed over at a time.
const ROWS_HANDED: usize = 1024;
/// Portions under way between the two threads: a few megabytes.
const PORTIONS: usize = 4;
/// Rows in one transaction.
const ROWS_COMMITTED: usize = 100_000;

/// What the reading thread hands over.
enum Portion {
    Rows(Rows),
    /// So many leaves are read.
    Leaves(u64),
}

/// Makes the model anew, whatever there was; gives the database, open for everything, and how far the model is.
pub(super) async fn rebuild(
    source: &Arc<dyn Source>,
    settings: &ProjectionSettings,
    progress: impl Fn(u64, u64) + Send,
) -> Result<(Db, Cursor), ProjectionError> {
    let empty = Db::open_to_fill(settings).await?;
    let filled = fill(source, &empty, progress).await;
    empty.close().await;
    let (size, hash) = filled?;
    settle(settings)?;
    let db = Db::open(settings).await?;
    complete(&db, size, hash.as_ref()).await?;
    let cursor = Cursor {
        size,
        hash,
        complete: true,
    };
    Ok((db, cursor))
}

/// Fills the database; gives the number of leaves that are in, and the hash of the last one.
async fn fill(
    source: &Arc<dyn Source>,
    db: &Db,
    progress: impl Fn(u64, u64) + Send,
) -> Result<(u64, Option<Hash>), ProjectionError> {
    let mut tx = db.begin().await?;
    schema::reset(&mut tx).await?;
    tx.commit().await?;
    let size = source.size()?;
    let (sink, mut portions) = mpsc::channel(PORTIONS);
    let read = {
        let source = Arc::clone(source);
        move || read_all(source.as_ref(), size, &sink)
    };
    let reader = tokio::task::spawn_blocking(read);
    let mut tx = db.begin().await?;
    let mut open = 0;
    while let Some(portion) = portions.recv().await {
        match portion {
            Portion::Leaves(read) => progress(read, size),
            Portion::Rows(rows) => {
                open += rows.len();
                rows.fill(&mut tx).await?;
            }
        }
        if open >= ROWS_COMMITTED {
            tx.commit().await?;
            tx = db.begin().await?;
            open = 0;
        }
    }
    let (touched, mut memory, hash) = reader.await.map_err(|_| ProjectionError::Aborted)??;
    let source = Arc::clone(source);
    let (current, memory) = tokio::task::spawn_blocking(move || {
        let current = touched.read(source.as_ref(), &mut memory.processes)?;
        Ok::<_, ProjectionError>((current, memory))
    })
    .await
    .map_err(|_| ProjectionError::Aborted)??;
    write_current(&mut tx, current).await?;
    for (case, reservation) in &memory.reservations.open {
        write_reservation(&mut tx, *case, Some(reservation)).await?;
    }
    tx.commit().await?;
    let mut tx = db.begin().await?;
    schema::finish(&mut tx).await?;
    tx.commit().await?;
    Ok((size, hash))
}

/// Says that the model is whole: everything else is on the disk by now.
async fn complete(db: &Db, size: u64, hash: Option<&Hash>) -> Result<(), ProjectionError> {
    let mut tx = db.begin().await?;
    let sql = "UPDATE cursor_at SET size = $1, leaf_hash = $2, complete = 1 WHERE one = 1 AND complete = 0";
    let cells = vec![Cell::from(size), Cell::shown(hash.map(hex::encode))];
    if tx.execute(sql, cells).await? != 1 {
        return Err(ProjectionError::Moved);
    }
    tx.commit().await
}

type ReadAll = (Touched, Memory, Option<Hash>);

/// Reads every leaf and then every range.
fn read_all(
    source: &dyn Source,
    size: u64,
    sink: &mpsc::Sender<Portion>,
) -> Result<ReadAll, ProjectionError> {
    let mut memory = Memory::default();
    let mut history = History::new(Touched::default());
    let (mut hash, mut failed) = (None, None);
    // The other side only goes away with an error of its own, which counts.
    let hand = |rows: &mut Rows, empty: Rows| {
        let full = std::mem::replace(rows, empty);
        sink.blocking_send(Portion::Rows(full)).is_ok()
    };
    source.leaves(0..size, &mut |leaf| {
        hash = Some(leaf.hash);
        failed = history.take(source, &mut memory.reservations, &leaf).err();
        let mut goes_on = failed.is_none();
        if history.events.len() >= ROWS_HANDED {
            goes_on &= hand(&mut history.events, Rows::of(&RANGE_EVENTS))
                && sink.blocking_send(Portion::Leaves(leaf.index + 1)).is_ok();
        }
        if history.acts.len() >= ROWS_HANDED {
            goes_on &= hand(&mut history.acts, Rows::of(&CASE_ACTS));
        }
        if history.retirements.len() >= ROWS_HANDED {
            goes_on &= hand(&mut history.retirements, Rows::of(&RETIREMENTS));
        }
        if history.letters.len() >= ROWS_HANDED {
            goes_on &= hand(&mut history.letters, Rows::of(&LETTERS));
        }
        if history.article6.len() >= ROWS_HANDED {
            goes_on &= hand(&mut history.article6, Rows::of(&ARTICLE6));
        }
        goes_on
    })?;
    if let Some(error) = failed {
        return Err(error);
    }
    hand(&mut history.events, Rows::of(&RANGE_EVENTS));
    hand(&mut history.acts, Rows::of(&CASE_ACTS));
    hand(&mut history.retirements, Rows::of(&RETIREMENTS));
    hand(&mut history.letters, Rows::of(&LETTERS));
    hand(&mut history.article6, Rows::of(&ARTICLE6));
    let mut ranges = Rows::of(&RANGES);
    source.holdings(&mut |holding| {
        rows::range(&holding, &mut ranges);
        ranges.len() < ROWS_HANDED || hand(&mut ranges, Rows::of(&RANGES))
    })?;
    hand(&mut ranges, Rows::of(&RANGES));
    Ok((history.touched, memory, hash))
}
