//! Records of freezes: a partner's order that units stay where they are, honoured by serial number in this country.

use serde::{Deserialize, Serialize};

use crate::party::Party;
use crate::record::hold::Reference;
use crate::record::{ActedBy, Name, ProofReference, Reason};
use crate::units::UnitRange;

/// The longest time, in days, for which one order of a partner is honoured. Whoever needs longer orders again.
pub const FREEZE_DAYS_MAX: u64 = 90;

/// An order of a partner is honoured: the units it names and that are here stay where they are until it expires or ends.
///
/// The signed notice is the partner's own [`HoldPlaced`](crate::record::HoldPlaced), proven in its witnessed ledger.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FreezeHonoured {
    /// The partner.
    pub party: Party,
    /// Number of the hold in its ledger.
    pub hold: u64,
    /// The numbers that it names: in ascending order, none overlapping another.
    pub ranges: Vec<UnitRange>,
    /// Why, in the partner's public words.
    pub reason: Reason,
    /// The organisation of the partner that orders it.
    pub authority: Name,
    /// Where the order can be found.
    pub reference: Reference,
    /// From this moment on it does not count any more, in milliseconds since the Unix epoch. At most [`FREEZE_DAYS_MAX`] after
    /// this record.
    pub expiry_ms: u64,
    /// Where the hold stands in the partner's ledger.
    pub proof: ProofReference,
}

/// A partner's order is honoured no more.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FreezeEnded {
    /// The partner.
    pub party: Party,
    /// Number of the hold in its ledger.
    pub hold: u64,
    /// Why, in public words.
    pub reason: Reason,
    /// Where the partner lifted it; `None` where this country ends it by itself.
    pub proof: Option<ProofReference>,
    /// Who ends it here; `None` with a proof, and where no process has a say.
    pub by: Option<ActedBy>,
}
