//! The chain of custody: everything that happened to a unit, a range, or a part of one.

use countersign_protocol::id::AccountId;
use countersign_protocol::party::Party;
use countersign_protocol::units::UnitRange;

use super::cursor::{self, Holds};
use super::{Page, Window};
use crate::projection::ProjectionError;
use crate::projection::db::{Cell, Row};
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

const ORDER: &str = "events/leaf";
const KEY: &[Holds] = &[Holds::Int, Holds::Int];

/// Powers of two up to the widest range that there is.
const WIDTHS: u32 = 63;

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
        let mut cells = vec![
            Cell::text(range.origin().to_string()),
            Cell::from(range.first()),
            Cell::from(range.last()),
        ];
        let (beyond, way) = if window.descending {
            ("<", " DESC")
        } else {
            (">", "")
        };
        let place = match after {
            Some(key) => {
                cells.extend(key);
                format!("AND (e.leaf, e.position) {beyond} ($4, $5)")
            }
            None => String::new(),
        };
        // Of each width, ranges that reach into this one begin less than two such widths before it: a short walk of the
        // index for each, however many events there are.
        let widths: Vec<String> = (0..WIDTHS)
            .map(|width| format!("({width}, {})", (2_i128 << width).min(i128::from(i64::MAX))))
            .collect();
        let sql = format!(
            "WITH widths (width, reach) AS (VALUES {}) SELECT e.leaf, e.position, e.time_ms, e.kind, e.origin, e.first_unit, \
             e.last_unit, e.from_account, e.to_account, e.party, e.reference FROM widths AS w CROSS JOIN range_events AS e \
             WHERE e.origin = $1 AND e.width = w.width AND e.first_unit > $2 - w.reach AND e.first_unit <= $3 AND \
             e.last_unit >= $2 {place} ORDER BY e.leaf{way}, e.position{way} LIMIT {}",
            widths.join(", "),
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
