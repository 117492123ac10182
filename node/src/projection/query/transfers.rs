//! Transfers between countries.

use countersign_protocol::id::{AccountId, AgreementId};
use countersign_protocol::party::Party;
use countersign_protocol::registry::{Direction, TransferKey, TransferStage};

use super::cursor::Holds;
use super::list::{List, Order};
use super::{Page, Window};
use crate::projection::ProjectionError;
use crate::projection::db::{Cell, Row};
use crate::projection::follow::Projection;
use crate::projection::rows::direction_word;

/// Which transfers are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TransferQuery {
    /// That leave or arrive.
    pub direction: Option<Direction>,
    /// That stand there.
    pub stage: Option<TransferStage>,
    /// To or from this Party.
    pub partner: Option<Party>,
    /// Under this agreement.
    pub agreement: Option<AgreementId>,
    /// From or into this account of this ledger.
    pub account: Option<AccountId>,
    /// With these characters in the id.
    pub q: Option<String>,
    /// This part of the list, in the order of the leaves that opened them.
    pub window: Window,
}

/// A transfer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TransferRow {
    /// Which side of which transfer.
    pub key: TransferKey,
    /// The leaf that opened it.
    pub opened_at: u64,
    /// The newest leaf about it.
    pub changed_at: u64,
}

const COLUMNS: &[&str] = &["id", "direction", "partner", "opened_at", "changed_at"];

pub(super) fn row(row: &Row) -> Result<TransferRow, ProjectionError> {
    let id = row.parsed(0)?;
    let key = match row.parsed::<String>(1)?.as_str() {
        "out" => TransferKey::Out(id),
        _ => TransferKey::In(row.parsed(2)?, id),
    };
    Ok(TransferRow {
        key,
        opened_at: row.number(3)?,
        changed_at: row.number(4)?,
    })
}

impl Projection {
    /// Transfers between countries.
    ///
    /// # Errors
    /// [`ProjectionError`]
    pub async fn transfers(
        &self,
        query: &TransferQuery,
    ) -> Result<Page<TransferRow>, ProjectionError> {
        let order = Order {
            name: "transfers/opened",
            columns: &[("opened_at", Holds::Int)],
        };
        let mut list = List::of("transfers", COLUMNS, order);
        let stage = query.stage.map(|stage| Cell::word(stage.name()));
        list.led_by("stage = ?", "stage", stage);
        let direction = query
            .direction
            .map(|it| vec![Cell::word(direction_word(it))]);
        list.only("direction = ?", direction);
        let partner = query.partner.map(|it| vec![Cell::text(it.to_string())]);
        list.only("partner = ?", partner);
        let agreement = query.agreement.as_ref();
        let agreement = agreement.map(|it| vec![Cell::text(it.to_string())]);
        list.only("agreement = ?", agreement);
        list.only(
            "account = ?",
            query.account.map(|it| vec![Cell::from(it.0)]),
        );
        let q = query.q.as_deref().map(|q| vec![super::list::like(q)]);
        list.only("id LIKE ? ESCAPE '\\'", q);
        list.page(self, &query.window, row).await
    }
}
