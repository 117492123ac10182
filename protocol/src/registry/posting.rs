//! Double entry: every record's postings sum to zero.

use serde::{Deserialize, Serialize};

use crate::id::AccountId;
use crate::party::Party;
use crate::units::UnitRange;

/// One account of the general ledger.
///
/// Two of them are contra accounts, where units come from; their balances are the only ones below zero:
/// issued + acquired in = held + on hold + in escrow + transferred out + used + cancelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum LedgerAccount {
    /// Contra account of everything that this Party issued.
    Issued,
    /// Contra account of everything acquired from a partner.
    AcquiredFrom(Party),
    /// Units that an account can dispose of.
    Available(AccountId),
    /// Units of an account that are on hold.
    OnHold(AccountId),
    /// Units that left an account for a partner who has not answered.
    Escrow(AccountId),
    /// Units that a partner acquired.
    TransferredTo(Party),
    /// Units used.
    Used,
    /// Units cancelled.
    Cancelled,
}

impl LedgerAccount {
    /// Whether the balance may be below zero.
    #[must_use]
    pub fn is_contra(self) -> bool {
        matches!(self, Self::Issued | Self::AcquiredFrom(_))
    }
}

/// One leg of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Posting {
    /// The account that changes.
    pub account: LedgerAccount,
    /// By how many tonnes: above zero for units that come in.
    pub tonnes: i64,
    /// The range that moves.
    pub range: UnitRange,
    /// The account's balance after this leg, in tonnes.
    pub balance: i64,
}
