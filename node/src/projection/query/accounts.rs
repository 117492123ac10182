//! Accounts and their balances.

use countersign_protocol::id::{AccountId, OrganisationId};

use super::cursor::Holds;
use super::list::{List, Order};
use super::{Page, Window};
use crate::projection::ProjectionError;
use crate::projection::db::{Cell, Row};
use crate::projection::follow::Projection;

/// An account and its balances, in tonnes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountRow {
    /// Its number.
    pub id: AccountId,
    /// The organisation that it belongs to.
    pub organisation: OrganisationId,
    /// Its public name.
    pub name: String,
    /// What it is for: the record's word.
    pub kind: String,
    /// What it can dispose of.
    pub available: i64,
    /// What is on hold.
    pub on_hold: i64,
    /// What is locked for a partner who has not answered.
    pub escrow: i64,
    /// The newest leaf that may have changed it.
    pub changed_at: u64,
}

const COLUMNS: &[&str] = &[
    "id",
    "organisation",
    "name",
    "kind",
    "available",
    "on_hold",
    "escrow",
    "changed_at",
];

fn row(row: &Row) -> Result<AccountRow, ProjectionError> {
    Ok(AccountRow {
        id: AccountId(row.number(0)?),
        organisation: OrganisationId(row.number(1)?),
        name: row.parsed(2)?,
        kind: row.parsed(3)?,
        available: row.number(4)?,
        on_hold: row.number(5)?,
        escrow: row.number(6)?,
        changed_at: row.number(7)?,
    })
}

impl Projection {
    /// Accounts by number, of one organisation or of all.
    ///
    /// # Errors
    /// [`ProjectionError`]
    pub async fn accounts(
        &self,
        organisation: Option<OrganisationId>,
        window: &Window,
    ) -> Result<Page<AccountRow>, ProjectionError> {
        let order = Order {
            name: "accounts/number",
            columns: &[("id", Holds::Int)],
        };
        let mut list = List::of("accounts", COLUMNS, order);
        let organisation = organisation.map(|it| Cell::from(it.0));
        list.led_by("organisation = ?", "organisation", organisation);
        list.page(self, window, row).await
    }
}
