//! What writes made, and transfers between countries.

use countersign_protocol::id::{AccountId, AgreementId, Origin, TransferId};
use countersign_protocol::party::Party;
use countersign_protocol::record::{Commitment, Purpose, Reason, RetireKind};
use countersign_protocol::registry::{Direction, TransferStage};
use countersign_protocol::serial::DomesticSerial;
use countersign_protocol::units::UnitRange;
use serde::{Deserialize, Serialize};

use super::Units;

/// Units came into being.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Issued {
    /// Leaf of the issuance.
    pub index: u64,
    /// The account that received them.
    pub account: AccountId,
    /// The numbers.
    pub range: UnitRange,
    /// How many.
    pub tonnes: u64,
    /// The domestic serial.
    pub serial: DomesticSerial,
}

/// A hold was placed or lifted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Held {
    /// Leaf of the hold.
    pub index: u64,
    /// The account.
    pub account: AccountId,
    /// The ranges.
    pub ranges: Vec<UnitRange>,
    /// True if it was lifted.
    pub lift: bool,
    /// Why.
    pub reason: Reason,
}

/// Units moved between two accounts of this registry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Moved {
    /// Leaf of the transfer.
    pub index: u64,
    /// The account that gave.
    pub from: AccountId,
    /// The account that received.
    pub to: AccountId,
    /// How many tonnes.
    pub tonnes: u64,
    /// Their domestic serials.
    pub serials: Vec<DomesticSerial>,
}

/// Units were locked for a partner. `GET /api/v1/transfers/{id}` says what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Sent {
    /// The transfer's id, the same in both ledgers.
    pub transfer: TransferId,
    /// Leaf of the lock.
    pub index: u64,
    /// The partner.
    pub to: Party,
    /// The partner's log.
    pub to_origin: Origin,
    /// The agreement.
    pub agreement: AgreementId,
    /// The account that gave.
    pub from: AccountId,
    /// The partner's account that is to receive.
    pub to_account: AccountId,
    /// How many tonnes.
    pub tonnes: u64,
    /// The units as they were locked.
    pub units: Vec<Units>,
    /// The destination must refuse after this moment.
    pub expiry_ms: u64,
}

/// The destination will be asked to refuse.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CancelAsked {
    /// The transfer.
    pub transfer: TransferId,
    /// Leaf of the request.
    pub index: u64,
    /// Why.
    pub reason: Reason,
}

/// Units were used or cancelled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Retired {
    /// Leaf of the retirement.
    pub index: u64,
    /// The account.
    pub account: AccountId,
    /// Used or cancelled.
    pub kind: RetireKind,
    /// For what.
    pub purpose: Purpose,
    /// How many tonnes.
    pub tonnes: u64,
    /// The units.
    pub units: Vec<Units>,
    /// The salted hash of the beneficiary's name that the ledger holds.
    pub beneficiary: Option<Commitment>,
    /// Why, in public words.
    pub reason: Option<Reason>,
    /// The country in whose jurisdiction they are used.
    pub jurisdiction: Option<Party>,
}

/// Where one side of a transfer stands, by its published name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "UPPERCASE")]
pub enum StateName {
    /// Source: in escrow until the destination has answered.
    #[serde(alias = "locked")]
    Locked,
    /// Source: the destination acquired.
    #[serde(alias = "final")]
    Final,
    /// Source: the destination refused; the units are back.
    #[serde(alias = "released")]
    Released,
    /// Destination: the units are here.
    #[serde(alias = "acquired")]
    Acquired,
    /// Destination: will never be taken.
    #[serde(alias = "refused")]
    Refused,
}

impl From<TransferStage> for StateName {
    fn from(stage: TransferStage) -> Self {
        match stage {
            TransferStage::Locked => Self::Locked,
            TransferStage::Final => Self::Final,
            TransferStage::Released => Self::Released,
            TransferStage::Acquired => Self::Acquired,
            TransferStage::Refused => Self::Refused,
        }
    }
}

impl std::fmt::Display for StateName {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(match self {
            Self::Locked => "LOCKED",
            Self::Final => "FINAL",
            Self::Released => "RELEASED",
            Self::Acquired => "ACQUIRED",
            Self::Refused => "REFUSED",
        })
    }
}

/// The query of `GET /api/v1/transfers`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct TransferFilter {
    /// Only those that leave (`out`) or arrive (`in`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub direction: Option<Direction>,
    /// Only those in this state, in capitals or not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<StateName>,
    /// Go on after this page's `next`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// The most items.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u16>,
}

/// This ledger's side of a transfer between countries.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TransferView {
    /// Its id, the same in both ledgers.
    pub id: TransferId,
    /// Whether this ledger is the source (`out`) or the destination (`in`).
    pub direction: Direction,
    /// `LOCKED`, `FINAL` or `RELEASED` at the source; `ACQUIRED` or `REFUSED` at the destination.
    pub state: StateName,
    /// The other Party.
    pub partner: Party,
    /// The agreement; `None` at a destination that refused.
    pub agreement: Option<AgreementId>,
    /// The account of this ledger.
    pub account: Option<AccountId>,
    /// The account in the partner's ledger; known at the source.
    pub partner_account: Option<AccountId>,
    /// How many tonnes.
    pub tonnes: u64,
    /// The units, with their ITMO identifiers once first transferred.
    pub units: Vec<Units>,
    /// Expiry by the destination's clock; known at the source.
    pub expiry_ms: Option<u64>,
    /// Time of the lock or of the answer.
    pub opened_ms: u64,
    /// Time of this side's last leaf about the transfer.
    pub settled_ms: Option<u64>,
    /// Fault code of a refusal.
    pub refusal_code: Option<u32>,
    /// The refusal in words.
    pub refusal: Option<String>,
    /// Leaves of this ledger about the transfer, oldest first.
    pub events: Vec<TransferEvent>,
}

/// A leaf about a transfer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TransferEvent {
    /// Leaf index.
    pub index: u64,
    /// `lock`, `ask_cancel`, `finalise`, `release`, `acquire`, `refuse` or `source_settled`.
    #[cfg_attr(feature = "openapi", schema(value_type = super::TransferEventKind))]
    pub kind: String,
    /// True once a quorum of witnesses has cosigned a checkpoint that covers it.
    pub witnessed: bool,
}
