//! Ranges of units, wherever they are.

use countersign_protocol::id::{AccountId, OrganisationId};
use countersign_protocol::party::Party;
use countersign_protocol::registry::{Holding, Place};
use countersign_protocol::serial::{DomesticSerial, SectoralScope, UnitType};
use countersign_protocol::units::{FirstTransfer, UnitAuthorisation, UnitBlock, UnitRange};
use serde::{Deserialize, Serialize};

use super::cursor::Holds;
use super::list::{List, Order};
use super::{Page, Window};
use crate::projection::ProjectionError;
use crate::projection::db::{Cell, Row};
use crate::projection::follow::Projection;

/// Orders of ranges.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HoldingSort {
    /// By Party of origin and number.
    #[default]
    Number,
    /// By the leaf that put them where they are.
    Since,
}

/// Which ranges are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HoldingQuery {
    /// Of this Party of origin.
    pub origin: Option<Party>,
    /// Of the project of this number in the Party of origin.
    pub project: Option<u32>,
    /// Of this vintage.
    pub vintage: Option<u16>,
    /// In this account, or locked from it.
    pub account: Option<AccountId>,
    /// In an account of this organisation.
    pub organisation: Option<OrganisationId>,
    /// At a place of this name: `available`, `on_hold`, `escrow`, `abroad`, `used` or `cancelled`.
    pub place: Option<String>,
    /// Of this unit type.
    pub unit_type: Option<UnitType>,
    /// In this order.
    pub sort: HoldingSort,
    /// This part of the list.
    pub window: Window,
}

const COLUMNS: &[&str] = &[
    "origin",
    "first_unit",
    "last_unit",
    "unit_type",
    "scope",
    "project",
    "vintage",
    "reserved",
    "issued_at",
    "split_from",
    "first_transfer",
    "authorisation",
    "place",
    "set_aside",
    "account",
    "party",
    "since",
];

/// The block in a row: range, then the attributes in the order in which they are written.
pub(in crate::projection) fn block(
    row: &Row,
    range: usize,
    attributes: usize,
) -> Result<UnitBlock, ProjectionError> {
    let origin = row.parsed(range)?;
    let numbers = UnitRange::new(origin, row.number(range + 1)?, row.number(range + 2)?)
        .map_err(|_| ProjectionError::Row(range))?;
    let at = |place: usize| attributes + place;
    let scope = SectoralScope::new(row.number(at(1))?).map_err(|_| ProjectionError::Row(at(1)))?;
    let unit_type: UnitType = row.parsed(at(0))?;
    let (project, year) = (row.number(at(2))?, row.number(at(3))?);
    let serial = DomesticSerial::new(numbers, unit_type, scope, project, year)
        .map_err(|_| ProjectionError::Row(at(2)))?
        .with_reserved(row.number(at(4))?);
    let first = row.text(at(7))?;
    let first = first.map(|text| first_transfer(&text).ok_or(ProjectionError::Row(at(7))));
    let authorisation = row.text(at(8))?.map(|text| {
        serde_json::from_str::<UnitAuthorisation>(&text).map_err(|_| ProjectionError::Row(at(8)))
    });
    Ok(UnitBlock {
        serial,
        issued_at: row.number(at(5))?,
        split_from: row.maybe_parsed(at(6))?,
        first_transfer: first.transpose()?,
        authorisation: authorisation.transpose()?,
    })
}

fn first_transfer(text: &str) -> Option<FirstTransfer> {
    let mut words = text.split(' ');
    let mut next = || words.next();
    Some(FirstTransfer {
        cooperative_approach: next()?.parse().ok()?,
        registry: next()?.parse().ok()?,
        party: next()?.parse().ok()?,
    })
}

fn holding(row: &Row) -> Result<Holding, ProjectionError> {
    let missing = || ProjectionError::Row(12);
    let account = row.maybe(14)?.map(AccountId);
    let party = row.maybe_parsed(15)?;
    let place: String = row.parsed(12)?;
    let place = match place.as_str() {
        "available" => Place::Available(account.ok_or_else(missing)?),
        "on_hold" if row.number::<i64>(13)? == 1 => Place::Reserved(account.ok_or_else(missing)?),
        "on_hold" => Place::OnHold(account.ok_or_else(missing)?),
        "escrow" => Place::Escrow(account.ok_or_else(missing)?),
        "abroad" => Place::Abroad(party.ok_or_else(missing)?),
        "used" => Place::Used,
        "cancelled" => Place::Cancelled,
        _ => return Err(missing()),
    };
    Ok(Holding {
        block: block(row, 0, 3)?,
        place,
        since: row.number(16)?,
    })
}

impl Projection {
    /// Ranges as they stand.
    ///
    /// # Errors
    /// [`ProjectionError`]
    pub async fn holdings(&self, query: &HoldingQuery) -> Result<Page<Holding>, ProjectionError> {
        let by_number = query.sort == HoldingSort::Number;
        let order = if by_number {
            Order {
                name: "holdings/number",
                columns: &[("origin", Holds::Text), ("first_unit", Holds::Int)],
            }
        } else {
            Order {
                name: "holdings/since",
                columns: &[
                    ("since", Holds::Int),
                    ("origin", Holds::Text),
                    ("first_unit", Holds::Int),
                ],
            }
        };
        let mut list = List::of("ranges", COLUMNS, order);
        // The filter that mostly leaves the fewest rows goes first.
        let account = query.account.map(|it| Cell::from(it.0));
        let project = query.project.map(Cell::from);
        let vintage = query.vintage.map(|it| Cell::from(u32::from(it)));
        let (account, vintage) = match (account, vintage) {
            (Some(account), Some(vintage)) if by_number => {
                list.led_by_all([("account", account), ("vintage", vintage)]);
                (None, None)
            }
            other => other,
        };
        list.led_by("account = ?", "account", account);
        let origin = query.origin.map(|it| Cell::text(it.to_string()));
        let unit_type = query.unit_type.map(|it| Cell::text(it.to_string()));
        let place = query.place.as_deref().map(Cell::text);
        for (equals, column, cell) in [
            ("project = ?", "project", project),
            ("vintage = ?", "vintage", vintage),
            ("unit_type = ?", "unit_type", unit_type),
            ("place = ?", "place", place),
            ("origin = ?", "origin", origin),
        ] {
            if by_number {
                list.led_by(equals, column, cell);
            } else {
                list.only(equals, cell.map(|cell| vec![cell]));
            }
        }
        let holder = query.organisation.map(|it| vec![Cell::from(it.0)]);
        list.only(
            "account IN (SELECT id FROM accounts WHERE organisation = ?)",
            holder,
        );
        list.page(self, &query.window, holding).await
    }

    /// What the accounts of an organisation hold, locked units too: tonnes by vintage, the oldest first.
    ///
    /// # Errors
    /// [`ProjectionError`]
    pub async fn held_by_vintage(
        &self,
        organisation: OrganisationId,
    ) -> Result<Vec<(u16, u64)>, ProjectionError> {
        let (db, _) = self.ready()?;
        let sql = "SELECT vintage, CAST(SUM(last_unit - first_unit + 1) AS BIGINT) FROM ranges WHERE account IN \
                   (SELECT id FROM accounts WHERE organisation = $1) AND (place || '') IN ('available', 'on_hold', 'escrow') \
                   GROUP BY vintage ORDER BY vintage";
        let cells = vec![Cell::from(organisation.0)];
        let rows = db.rows(sql.to_owned(), cells).await?;
        let tonnes = |row: &Row| Ok((row.number(0)?, row.number(1)?));
        rows.iter().map(tonnes).collect()
    }
}
