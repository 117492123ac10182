//! What each side of a cross-border transfer remembers.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::id::{AccountId, AgreementId, Origin, RequestId, TransferId};
use crate::party::Party;
use crate::units::{UnitBlock, UnitRange};

/// Which way units move.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// This ledger is the source.
    Out,
    /// This ledger is the destination.
    In,
}

/// One side of one transfer: the unique key of rule R4, never forgotten.
///
/// At the destination the key names the source too: nobody can use up the id of another Party's transfer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum TransferKey {
    /// The source's side.
    Out(TransferId),
    /// The destination's side of a transfer from this source.
    In(Party, TransferId),
}

impl TransferKey {
    /// The content-derived id.
    #[must_use]
    pub fn id(self) -> TransferId {
        match self {
            Self::Out(id) | Self::In(_, id) => id,
        }
    }

    /// Which way the units move.
    #[must_use]
    pub fn direction(self) -> Direction {
        match self {
            Self::Out(_) => Direction::Out,
            Self::In(..) => Direction::In,
        }
    }
}

/// Where a transfer stands. Source: Locked, then Final or Released. Destination: Acquired or Refused, for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TransferStage {
    /// Source: in escrow until the destination has answered.
    Locked,
    /// Source: the destination acquired. The first transfer is recorded.
    Final,
    /// Source: the destination refused; the units are back in their account.
    Released,
    /// Destination: the units are here.
    Acquired,
    /// Destination: will never be taken.
    Refused,
}

impl TransferStage {
    /// The stage's published name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Locked => "LOCKED",
            Self::Final => "FINAL",
            Self::Released => "RELEASED",
            Self::Acquired => "ACQUIRED",
            Self::Refused => "REFUSED",
        }
    }
}

/// What moves, from where, to where.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Terms {
    /// The agreement under which it moves.
    pub agreement: AgreementId,
    /// The account of this ledger: given from (source) or received into (destination).
    pub account: AccountId,
    /// The blocks, as the lock names them.
    pub blocks: Vec<UnitBlock>,
}

impl Terms {
    /// Tonnes moved.
    #[must_use]
    pub fn tonnes(&self) -> u64 {
        self.blocks
            .iter()
            .map(UnitBlock::tonnes)
            .fold(0, u64::saturating_add)
    }
}

/// One side's memory of a transfer. Indices are leaf indices of this ledger.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Transfer {
    /// Where it stands.
    pub stage: TransferStage,
    /// The other Party.
    pub partner: Party,
    /// What moves; `None` at a destination that refused.
    pub terms: Option<Terms>,
    /// Source only: the account in the other ledger.
    pub partner_account: Option<AccountId>,
    /// Source only: expiry by the destination's clock, milliseconds since the Unix epoch.
    pub expiry_ms: Option<u64>,
    /// Leaf of the lock (source) or of the answer (destination).
    pub opened_at: u64,
    /// Time of that leaf.
    pub opened_ms: u64,
    /// Source: leaf of the cancel request.
    pub cancel_asked_at: Option<u64>,
    /// Source: leaf of FINAL or RELEASED. Destination: leaf that notes the source's end.
    pub settled_at: Option<u64>,
    /// Time of that leaf.
    pub settled_ms: Option<u64>,
    /// Fault code of a refusal.
    pub refusal_code: Option<u32>,
}

impl Transfer {
    /// Whether nothing more can happen to this side of the transfer.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        self.settled_at.is_some()
    }
}

/// The content-derived id of a transfer: the same id can not name two transfers.
///
/// `SHA-256("itmo-transfer/v1" ‖ source origin ‖ destination origin ‖ agreement ‖ ranges ‖ tonnes ‖ accounts ‖ nonce ‖
/// expiry)`, each text and list preceded by its length as eight big-endian bytes, each number as eight big-endian bytes.
#[must_use]
pub fn transfer_id(terms: &TransferTerms<'_>) -> TransferId {
    let mut hash = Sha256::new();
    hash.update(b"itmo-transfer/v1");
    let mut text = |part: &[u8]| {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    };
    text(terms.source.as_str().as_bytes());
    text(terms.destination.as_str().as_bytes());
    text(terms.agreement.as_str().as_bytes());
    hash.update((terms.ranges.len() as u64).to_be_bytes());
    let mut tonnes = 0_u64;
    for range in terms.ranges {
        hash.update(range.origin().alpha2());
        hash.update(range.first().to_be_bytes());
        hash.update(range.last().to_be_bytes());
        tonnes = tonnes.saturating_add(range.tonnes());
    }
    hash.update(tonnes.to_be_bytes());
    hash.update(u64::from(terms.from.0).to_be_bytes());
    hash.update(u64::from(terms.to.0).to_be_bytes());
    hash.update(terms.nonce.as_bytes());
    hash.update(terms.expiry_ms.to_be_bytes());
    TransferId(hash.finalize().into())
}

/// Everything that a transfer id binds.
#[derive(Clone, Copy, Debug)]
pub struct TransferTerms<'a> {
    /// The source's log.
    pub source: &'a Origin,
    /// The destination's log.
    pub destination: &'a Origin,
    /// The agreement.
    pub agreement: &'a AgreementId,
    /// The ranges, in the lock's order.
    pub ranges: &'a [UnitRange],
    /// The giving account.
    pub from: AccountId,
    /// The receiving account.
    pub to: AccountId,
    /// The source's nonce.
    pub nonce: &'a RequestId,
    /// The expiry.
    pub expiry_ms: u64,
}
