//! Folding a ledger into the read model, batch by batch.
//!
//! A batch is one transaction: rows of what happened, rows of what is, and the cursor, which says how many leaves are in
//! and what the last one's hash is. So a crash leaves the model at some leaf, whole, and folding goes on from there; a
//! cursor that is not of this ledger means that the model is made anew.

use std::collections::BTreeSet;
use std::sync::Arc;

use countersign_protocol::id::OrganisationId;
use countersign_protocol::log::Hash;
use countersign_protocol::record::Reservation;
use countersign_protocol::units::UnitRange;

use super::ProjectionError;
use super::db::{Cell, Db, Row, Tx};
use super::history::{History, Reservations};
use super::processes::Processes;
use super::rebuild;
use super::schema::SCHEMA_VERSION;
use super::settings::ProjectionSettings;
use super::source::Source;
use super::table::{CASE_OWNERS, CASE_WAITS, RANGES, RESERVATIONS, Rows, delete};
use super::touched::{Current, Touched};

/// The most leaves in one batch: a few hundredths of a second of work, so that readers see news soon.
const LEAVES_MAX: u64 = 4096;

/// How far the read model is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// Leaves that are folded.
    pub size: u64,
    /// Leaf hash of the last of them.
    pub hash: Option<Hash>,
    /// False while it is being made anew.
    pub complete: bool,
}

/// Folds one ledger into one database.
pub(super) struct Folder {
    source: Arc<dyn Source>,
    db: Arc<Db>,
    cursor: Cursor,
    memory: Option<Memory>,
}

/// What a fold keeps in mind from leaf to leaf.
#[derive(Debug, Default)]
pub(super) struct Memory {
    pub(super) reservations: Reservations,
    pub(super) processes: Processes,
}

/// A batch, read and ready for the database.
struct Batch {
    size: u64,
    hash: Hash,
    events: Rows,
    acts: Rows,
    retirements: Rows,
    letters: Rows,
    article6: Rows,
    current: Current,
    reservations: Vec<(u64, Option<Reservation>)>,
}

impl Folder {
    /// Looks at a database and makes the model anew if it is not this ledger's, or not whole. `progress` hears how many
    /// leaves of how many are in.
    ///
    /// # Errors
    /// [`ProjectionError`]
    pub(super) async fn open(
        source: Arc<dyn Source>,
        settings: &ProjectionSettings,
        progress: impl Fn(u64, u64) + Send,
    ) -> Result<Self, ProjectionError> {
        let db = Db::open(settings).await?;
        let found = match read_cursor(&db).await {
            Ok(found) => found,
            // There are no tables, or not these.
            Err(ProjectionError::Database(fault)) if fault.as_database_error().is_some() => None,
            Err(other) => return Err(other),
        };
        let unusable = match found {
            None => Some("it is new, or of another version"),
            Some(cursor) => unusable(source.as_ref(), &cursor)?,
        };
        match (found, unusable) {
            (Some(cursor), None) => Self::at(source, db, cursor).await,
            (_, why) => {
                db.close().await;
                let why = why.unwrap_or_default();
                tracing::info!(why, "the read model is made anew from the ledger");
                Self::anew(source, settings, progress).await
            }
        }
    }

    /// Makes the model anew, whatever there is.
    ///
    /// # Errors
    /// [`ProjectionError`]
    pub(super) async fn anew(
        source: Arc<dyn Source>,
        settings: &ProjectionSettings,
        progress: impl Fn(u64, u64) + Send,
    ) -> Result<Self, ProjectionError> {
        let (db, cursor) = rebuild::rebuild(&source, settings, progress).await?;
        Self::at(source, db, cursor).await
    }

    async fn at(source: Arc<dyn Source>, db: Db, cursor: Cursor) -> Result<Self, ProjectionError> {
        let memory = Some(remember(&db).await?);
        Ok(Self {
            source,
            db: Arc::new(db),
            cursor,
            memory,
        })
    }

    /// The database.
    pub(super) const fn db(&self) -> &Arc<Db> {
        &self.db
    }

    /// How far the model is.
    pub(super) const fn cursor(&self) -> Cursor {
        self.cursor
    }

    /// Folds the next leaves; false when there are none.
    ///
    /// # Errors
    /// [`ProjectionError`]; then the folder must be opened again.
    pub(super) async fn step(&mut self) -> Result<bool, ProjectionError> {
        let from = self.cursor.size;
        let to = self.source.size()?.min(from + LEAVES_MAX);
        if to <= from {
            return Ok(false);
        }
        // Taken: a step that fails leaves none, and the folder is opened again.
        let (source, memory) = (Arc::clone(&self.source), self.memory.take());
        let read = move || {
            let mut memory = memory.unwrap_or_default();
            let batch = read_batch(source.as_ref(), &mut memory, from, to)?;
            Ok::<_, ProjectionError>((batch, memory))
        };
        let (batch, mut memory) = tokio::task::spawn_blocking(read)
            .await
            .map_err(|_| ProjectionError::Aborted)??;
        let mut tx = self.db.begin().await?;
        let (size, hash) = (batch.size, batch.hash);
        write_batch(&mut tx, self.source.as_ref(), &mut memory.processes, batch).await?;
        move_cursor(&mut tx, from, size, &hash).await?;
        tx.commit().await?;
        self.memory = Some(memory);
        self.cursor.size = size;
        self.cursor.hash = Some(hash);
        Ok(true)
    }
}

/// How far the model in a database is; `None` when it is of another version.
pub(super) async fn read_cursor(db: &Db) -> Result<Option<Cursor>, ProjectionError> {
    cursor_of(&db.rows(CURSOR, Vec::new()).await?)
}

/// How far a model is, as a statement.
pub(super) const CURSOR: &str =
    "SELECT schema_version, size, leaf_hash, complete FROM cursor_at WHERE one = 1";

/// What [`CURSOR`] found.
pub(super) fn cursor_of(rows: &[Row]) -> Result<Option<Cursor>, ProjectionError> {
    let Some(row) = rows.first() else {
        return Ok(None);
    };
    if row.number::<i64>(0)? != SCHEMA_VERSION {
        return Ok(None);
    }
    let mut hash = None;
    if let Some(text) = row.text(2)? {
        let mut bytes = Hash::default();
        hex::decode_to_slice(text, &mut bytes).map_err(|_| ProjectionError::Row(2))?;
        hash = Some(bytes);
    }
    Ok(Some(Cursor {
        size: row.number(1)?,
        hash,
        complete: row.number::<i64>(3)? == 1,
    }))
}

/// Why a model can not be folded further, if so.
fn unusable(source: &dyn Source, cursor: &Cursor) -> Result<Option<&'static str>, ProjectionError> {
    if !cursor.complete {
        return Ok(Some("its making was not finished"));
    }
    let Some(last) = cursor.size.checked_sub(1) else {
        return Ok(None);
    };
    if cursor.size > source.size()? {
        return Ok(Some("it is ahead of the ledger"));
    }
    let mut hash = None;
    source.leaves(last..last + 1, &mut |leaf| {
        hash = Some(leaf.hash);
        false
    })?;
    Ok((hash != cursor.hash).then_some("it is another ledger's"))
}

/// Open reservations as the model has them.
async fn remember(db: &Db) -> Result<Memory, ProjectionError> {
    let mut memory = Memory::default();
    let sql = "SELECT case_number, reservation FROM reservations";
    for row in db.rows(sql, Vec::new()).await? {
        let text: String = row.parsed(1)?;
        let reservation = serde_json::from_str(&text).map_err(|_| ProjectionError::Row(1))?;
        memory.reservations.open.insert(row.number(0)?, reservation);
    }
    Ok(memory)
}

fn read_batch(
    source: &dyn Source,
    memory: &mut Memory,
    from: u64,
    to: u64,
) -> Result<Batch, ProjectionError> {
    let mut history = History::new(Touched::with_ranges());
    let (mut last, mut failed) = (None, None);
    source.leaves(from..to, &mut |leaf| {
        let taken = history.take(source, &mut memory.reservations, &leaf);
        last = Some(leaf.hash);
        failed = taken.err();
        failed.is_none()
    })?;
    if let Some(error) = failed {
        return Err(error);
    }
    let reservations = &mut memory.reservations;
    let changed = std::mem::take(&mut reservations.changed).into_iter();
    Ok(Batch {
        size: to,
        hash: last.ok_or(ProjectionError::Gap(from))?,
        reservations: changed
            .map(|case| (case, reservations.open.get(&case).cloned()))
            .collect(),
        current: history.touched.read(source, &mut memory.processes)?,
        events: history.events,
        acts: history.acts,
        retirements: history.retirements,
        letters: history.letters,
        article6: history.article6,
    })
}

async fn write_batch(
    tx: &mut Tx,
    source: &dyn Source,
    processes: &mut Processes,
    batch: Batch,
) -> Result<(), ProjectionError> {
    batch.events.write(tx).await?;
    batch.acts.write(tx).await?;
    batch.retirements.write(tx).await?;
    batch.letters.write(tx).await?;
    batch.article6.write(tx).await?;
    for (case, reservation) in batch.reservations {
        write_reservation(tx, case, reservation.as_ref()).await?;
    }
    let Neighbours {
        came_in,
        stood,
        migrated,
    } = write_current(tx, batch.current).await?;
    let mut again = Current::default();
    let mut cases = BTreeSet::new();
    for organisation in stood {
        for row in tx.rows(CASES_OF, vec![Cell::from(organisation.0)]).await? {
            cases.insert(row.number(0)?);
        }
    }
    for case in migrated {
        for row in tx.rows(CASES_BELOW, vec![Cell::from(case)]).await? {
            cases.insert(row.number(0)?);
        }
    }
    for number in cases {
        again.case(source, processes, number)?;
    }
    let mut ranges = BTreeSet::new();
    for range in came_in {
        let cells = vec![
            super::rows::party(range.origin()),
            Cell::from(range.first()),
            Cell::from(range.last()),
        ];
        for row in tx.rows(RANGES_OVER, cells).await? {
            ranges.insert((range.origin(), row.number(0)?));
        }
    }
    for (origin, first) in ranges {
        again.range(source, origin, first)?;
    }
    write_current(tx, again).await?;
    Ok(())
}

/// The cases that an organisation takes part in.
const CASES_OF: &str = "SELECT case_number FROM case_owners WHERE organisation = $1 UNION SELECT number FROM cases \
                        WHERE counterparty = $1";

/// The cases below a case.
const CASES_BELOW: &str = "WITH RECURSIVE below (number) AS (SELECT number FROM cases WHERE parent = $1 UNION SELECT \
                           c.number FROM cases AS c JOIN below AS b ON c.parent = b.number) SELECT number FROM below";

/// The ranges that begin inside another, and the one that begins before it and may reach inside.
const RANGES_OVER: &str = "SELECT first_unit FROM ranges WHERE origin = $1 AND first_unit <= $3 AND first_unit >= \
                           COALESCE((SELECT MAX(first_unit) FROM ranges WHERE origin = $1 AND first_unit < $2), 0)";

/// What only the rows themselves know the neighbours of.
pub(super) struct Neighbours {
    /// Ranges that came in: those around them are to be read again.
    came_in: Vec<UnitRange>,
    /// Organisations whose standing may have changed: their cases are to be read again.
    stood: BTreeSet<OrganisationId>,
    /// Cases that follow another process now: those below are to be read again.
    migrated: BTreeSet<u64>,
}

/// Writes rows of what is.
pub(super) async fn write_current(
    tx: &mut Tx,
    current: Current,
) -> Result<Neighbours, ProjectionError> {
    current.organisations.write(tx).await?;
    current.accounts.write(tx).await?;
    current.projects.write(tx).await?;
    current.partners.write(tx).await?;
    for case in current.touched_cases {
        delete(tx, &CASE_OWNERS, vec![Cell::from(case)]).await?;
        delete(tx, &CASE_WAITS, vec![Cell::from(case)]).await?;
    }
    current.cases.cases.write(tx).await?;
    current.cases.owners.write(tx).await?;
    current.cases.waits.write(tx).await?;
    current.transfers.write(tx).await?;
    for (origin, first) in current.gone {
        let key = vec![super::rows::party(origin), Cell::from(first)];
        delete(tx, &RANGES, key).await?;
    }
    current.ranges.write(tx).await?;
    Ok(Neighbours {
        came_in: current.came_in,
        stood: current.stood,
        migrated: current.migrated,
    })
}

pub(super) async fn write_reservation(
    tx: &mut Tx,
    case: u64,
    reservation: Option<&Reservation>,
) -> Result<(), ProjectionError> {
    let Some(reservation) = reservation else {
        return delete(tx, &RESERVATIONS, vec![Cell::from(case)]).await;
    };
    let mut rows = Rows::of(&RESERVATIONS);
    let text = serde_json::to_string(reservation).map_err(|_| ProjectionError::Row(1))?;
    rows.push([Cell::from(case), Cell::text(text)]);
    rows.write(tx).await
}

/// Moves the cursor, if it is where this fold left it: two folds of one database can not both go on.
async fn move_cursor(tx: &mut Tx, from: u64, to: u64, hash: &Hash) -> Result<(), ProjectionError> {
    let sql = "UPDATE cursor_at SET size = $1, leaf_hash = $2 WHERE one = 1 AND size = $3 AND complete = 1 \
               AND schema_version = $4";
    let cells = vec![
        Cell::from(to),
        Cell::text(hex::encode(hash)),
        Cell::from(from),
        Cell::from(SCHEMA_VERSION),
    ];
    match tx.execute(sql, cells).await? {
        1 => Ok(()),
        _ => Err(ProjectionError::Moved),
    }
}
