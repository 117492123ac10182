//! Units that were used or cancelled: one row for each range.

use countersign_protocol::id::{AccountId, OrganisationId};
use countersign_protocol::record::{Commitment, Purpose, RetireKind};
use countersign_protocol::units::UnitBlock;

use super::cursor::Holds;
use super::holdings::block;
use super::list::{List, Order};
use super::{Page, Window};
use crate::projection::ProjectionError;
use crate::projection::db::{Cell, Row};
use crate::projection::follow::Projection;
use crate::projection::rows::word_of;

/// Which retirements are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RetirementQuery {
    /// Recorded by this leaf.
    pub leaf: Option<u64>,
    /// Out of this account.
    pub account: Option<AccountId>,
    /// By this organisation.
    pub organisation: Option<OrganisationId>,
    /// Used, or cancelled.
    pub kind: Option<RetireKind>,
    /// For this purpose.
    pub purpose: Option<Purpose>,
    /// Of this project.
    pub project: Option<u32>,
    /// Of this vintage.
    pub vintage: Option<u16>,
    /// This part of the list, in the order of the leaves.
    pub window: Window,
}

/// A range that was used or cancelled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RetirementRow {
    /// The leaf.
    pub leaf: u64,
    /// Its time, in milliseconds since the Unix epoch.
    pub time_ms: u64,
    /// The account that held the units.
    pub account: AccountId,
    /// The account's organisation.
    pub organisation: Option<OrganisationId>,
    /// `retire` or `cancel`.
    pub kind: String,
    /// For what: the record's word.
    pub purpose: String,
    /// The commitment to the beneficiary's name, hex.
    pub beneficiary: Option<String>,
    /// Why, in public words.
    pub reason: Option<String>,
    /// The country in whose jurisdiction they are used.
    pub jurisdiction: Option<String>,
    /// The case that asked for it.
    pub case: Option<u64>,
    /// The units.
    pub block: UnitBlock,
}

impl RetirementRow {
    /// The commitment to the beneficiary's name, where one was named.
    #[must_use]
    pub fn commitment(&self) -> Option<Commitment> {
        let mut hash = [0; 32];
        hex::decode_to_slice(self.beneficiary.as_ref()?, &mut hash).ok()?;
        Some(Commitment(hash))
    }
}

const COLUMNS: &[&str] = &[
    "leaf",
    "time_ms",
    "account",
    "organisation",
    "kind",
    "purpose",
    "beneficiary",
    "reason",
    "jurisdiction",
    "case_number",
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
];

fn row(row: &Row) -> Result<RetirementRow, ProjectionError> {
    Ok(RetirementRow {
        leaf: row.number(0)?,
        time_ms: row.number(1)?,
        account: AccountId(row.number(2)?),
        organisation: row.maybe(3)?.map(OrganisationId),
        kind: row.parsed(4)?,
        purpose: row.parsed(5)?,
        beneficiary: row.text(6)?,
        reason: row.text(7)?,
        jurisdiction: row.text(8)?,
        case: row.maybe(9)?,
        block: block(row, 10, 13)?,
    })
}

impl Projection {
    /// Units that were used or cancelled.
    ///
    /// # Errors
    /// [`ProjectionError`]
    pub async fn retirements(
        &self,
        query: &RetirementQuery,
    ) -> Result<Page<RetirementRow>, ProjectionError> {
        let order = Order {
            name: "retirements/leaf",
            columns: &[("leaf", Holds::Int), ("position", Holds::Int)],
        };
        let mut list = List::of("retirements", COLUMNS, order);
        list.led_by("leaf = ?", "leaf", query.leaf.map(Cell::from));
        let account = query.account.map(|it| Cell::from(it.0));
        list.led_by("account = ?", "account", account);
        list.led_by("project = ?", "project", query.project.map(Cell::from));
        let vintage = query.vintage.map(|it| Cell::from(u32::from(it)));
        list.led_by("vintage = ?", "vintage", vintage);
        let organisation = query.organisation.map(|it| Cell::from(it.0));
        list.led_by("organisation = ?", "organisation", organisation);
        let kind = query.kind.map(|kind| match kind {
            RetireKind::Retire => vec![Cell::word("retire")],
            RetireKind::Cancel => vec![Cell::word("cancel")],
        });
        list.only("kind = ?", kind);
        let purpose = query.purpose.map(|it| vec![Cell::text(word_of(&it))]);
        list.only("purpose = ?", purpose);
        list.page(self, &query.window, row).await
    }
}
