//! The chain of custody: everything that happened to a unit, a range, or a part of one.

use std::sync::LazyLock;

use countersign_protocol::id::AccountId;
use countersign_protocol::party::Party;
use countersign_protocol::units::UnitRange;

use super::cursor::{self, Holds};
use super::{Page, Window};
use crate::projection::ProjectionError;
use crate::projection::db::{Cell, Db, Row};
use crate::projection::follow::Projection;

/// What happened to a range.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventRow {
    /// The leaf.
    pub leaf: u64,
    /// Its place among the leaf's ranges.
    pub position: u32,
    /// Its time, in milliseconds since the Unix epoch.
    pub time_ms: u64,
    /// `issuance`, `split`, `hold`, `lift`, `transfer`, `lock`, `release`, `finalise`, `acquire`, `retire`,
    /// `cancel`, `hold_placed` or `hold_lifted`.
    pub kind: String,
    /// The whole range that it happened to.
    pub range: UnitRange,
    /// The account that gave.
    pub from: Option<AccountId>,
    /// The account that received.
    pub to: Option<AccountId>,
    /// The partner country.
    pub party: Option<Party>,
    /// What it belongs to: a transfer's id, a case, a purpose, a reason, the number at which a range was split.
    pub reference: Option<String>,
}

/// The most events in a page.
const EVENTS_MAX: usize = 1000;

/// Matches beyond which a page of them is found by walking the ledger's leaves: sorting all of them would cost more.
const MANY: usize = 4096;

const ORDER: &str = "events/leaf";
const KEY: &[Holds] = &[Holds::Int, Holds::Int];

/// Powers of two up to the widest range that there is.
const WIDTHS: u32 = 63;

/// What a row of events is read from.
const COLUMNS: &str = "e.leaf, e.position, e.time_ms, e.kind, e.origin, e.first_unit, e.last_unit, e.from_account, \
                       e.to_account, e.party, e.reference";

/// Events of `$1` by the widths of their ranges: the index begins with both.
const BY_WIDTH: &str =
    "FROM widths AS w CROSS JOIN range_events AS e WHERE e.origin = $1 AND e.width = w.width";

/// Which of them reach into `$2..=$3`. Of each width, ranges that do begin less than two such widths before it: a short walk
/// of the index for each, however many events there are.
const REACHES_IN: &str = "e.first_unit > $2 - w.reach AND e.first_unit <= $3 AND e.last_unit >= $2";

/// The widths of ranges, each with how far one may reach.
static WITH_WIDTHS: LazyLock<String> = LazyLock::new(|| {
    let widths: Vec<String> = (0..WIDTHS)
        .map(|width| format!("({width}, {})", (2_i128 << width).min(i128::from(i64::MAX))))
        .collect();
    format!(
        "WITH widths (width, reach) AS (VALUES {})",
        widths.join(", ")
    )
});

fn row(row: &Row) -> Result<EventRow, ProjectionError> {
    let origin = row.parsed(4)?;
    let range = UnitRange::new(origin, row.number(5)?, row.number(6)?);
    Ok(EventRow {
        leaf: row.number(0)?,
        position: row.number(1)?,
        time_ms: row.number(2)?,
        kind: row.parsed(3)?,
        range: range.map_err(|_| ProjectionError::Row(5))?,
        from: row.maybe(7)?.map(AccountId),
        to: row.maybe(8)?.map(AccountId),
        party: row.maybe_parsed(9)?,
        reference: row.text(10)?,
    })
}

impl Projection {
    /// Everything that happened to any unit of a range, oldest first.
    ///
    /// # Errors
    /// [`ProjectionError`]
    pub async fn events(
        &self,
        range: UnitRange,
        window: &Window,
    ) -> Result<Page<EventRow>, ProjectionError> {
        let (db, size) = self.ready()?;
        let limit = window.limit.clamp(1, EVENTS_MAX);
        let after = window.after.as_deref();
        let after = after
            .map(|text| cursor::read(ORDER, KEY, text))
            .transpose()?;
        let mut cells = cells(range);
        let widths = &*WITH_WIDTHS;
        let found = match since_when_many(&db, range).await? {
            // What is added to the column keeps SQLite from the index, and with that from sorting all that it leads to.
            Some(first) => {
                cells.push(Cell::from(first));
                format!(
                    "SELECT {COLUMNS} FROM range_events AS e WHERE (e.origin || '') = $1 AND e.first_unit <= $3 AND \
                     e.last_unit >= $2 AND e.leaf >= $4"
                )
            }
            None => format!("{widths} SELECT {COLUMNS} {BY_WIDTH} AND {REACHES_IN}"),
        };
        let (beyond, way) = if window.descending {
            ("<", " DESC")
        } else {
            (">", "")
        };
        let place = after.map_or_else(String::new, |key| {
            let next = cells.len() + 1;
            cells.extend(key);
            format!("AND (e.leaf, e.position) {beyond} (${next}, ${})", next + 1)
        });
        let sql = format!(
            "{found} {place} ORDER BY e.leaf{way}, e.position{way} LIMIT {}",
            limit + 1
        );
        let mut rows = db.rows(sql, cells).await?;
        let is_cut = rows.len() > limit;
        rows.truncate(limit);
        let items: Vec<EventRow> = rows.iter().map(row).collect::<Result<_, _>>()?;
        let last = items.last().filter(|_| is_cut);
        let next = last.map(|last| {
            let key = vec![Cell::from(last.leaf), Cell::from(last.position)];
            cursor::write(ORDER, key)
        });
        Ok(Page { items, next, size })
    }
}

fn cells(range: UnitRange) -> Vec<Cell> {
    vec![
        Cell::text(range.origin().to_string()),
        Cell::from(range.first()),
        Cell::from(range.last()),
    ]
}

/// Where a range has so many events that they are better found leaf by leaf: a leaf before which there are none of them.
///
/// A country issues its units by rising numbers, so that nothing happened to any of a range before its first one was issued.
/// Units of others come in any order.
async fn since_when_many(db: &Db, range: UnitRange) -> Result<Option<u64>, ProjectionError> {
    let widths = &*WITH_WIDTHS;
    // Only what begins in the range is counted, and no more than matters: the index alone tells it.
    let many = format!(
        "{widths} SELECT 1 {BY_WIDTH} AND e.first_unit BETWEEN $2 AND $3 LIMIT 1 OFFSET {MANY}"
    );
    if db.rows(many, cells(range)).await?.is_empty() {
        return Ok(None);
    }
    let first = UnitRange::new(range.origin(), range.first(), range.first());
    let first = first.map_err(|_| ProjectionError::Row(1))?;
    let issued =
        format!("{widths} SELECT e.leaf {BY_WIDTH} AND {REACHES_IN} AND e.kind = 'issuance'");
    let rows = db.rows(issued, cells(first)).await?;
    rows.first()
        .map_or(Ok(Some(0)), |row| row.number(0).map(Some))
}
