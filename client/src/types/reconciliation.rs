//! What the API says of reconciliation, and of partners' orders to freeze.

use countersign_protocol::party::Party;
use countersign_protocol::record::{Discrepancy, Name, ProofReference, Reason, Reference};
use countersign_protocol::units::UnitRange;
use serde::{Deserialize, Serialize};

use super::HoldingView;

/// How this ledger and a partner's stand to each other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LedgerComparisonView {
    /// The partner.
    pub party: Party,
    /// When the two were compared last, in milliseconds since the Unix epoch; none since the node started.
    pub compared_ms: Option<u64>,
    /// Size of the partner's tree that was compared.
    pub size: Option<u64>,
    /// What came to this ledger up to this size was judged.
    pub own_size: Option<u64>,
    /// The leaf of this ledger that says which units stay where they are; none where nothing was ever found.
    pub leaf: Option<u64>,
    /// Where the two differ: as compared last, or else as recorded.
    pub differences: Vec<PositionDifferenceView>,
}

/// Units about which two ledgers disagree. They stay where they are until a comparison finds no difference.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PositionDifferenceView {
    /// Which units.
    pub range: UnitRange,
    /// How many tonnes.
    pub tonnes: u64,
    /// In what they disagree.
    pub kind: Discrepancy,
    /// What this ledger says of the first of them; `since` is the leaf to prove.
    pub here: Option<HoldingView>,
    /// What the partner's ledger says of it; `since` is a leaf of that ledger.
    pub there: Option<HoldingView>,
}

/// A partner's order that units stay where they are, as it is honoured here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FreezeView {
    /// The partner.
    pub party: Party,
    /// Number of the hold in its ledger.
    pub hold: u64,
    /// Which units.
    pub ranges: Vec<UnitRange>,
    /// Why, in the partner's words.
    pub reason: Reason,
    /// The organisation of the partner that orders it.
    pub authority: Name,
    /// Where the order can be found.
    pub reference: Reference,
    /// From when on it does not count any more.
    pub expiry_ms: u64,
    /// Whether it counts now.
    pub in_force: bool,
    /// The leaf of this ledger that honours it.
    pub leaf: u64,
    /// Where the order stands in the partner's ledger.
    pub proof: ProofReference,
    /// Why it ended before its expiry, if it did.
    pub ended: Option<Reason>,
}

/// The end of a partner's order in this country.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", schema(examples(json!({"reason": "the High Court of this country decided otherwise, suit 31/2026"}))))]
pub struct EndFreeze {
    /// Why, in public words.
    pub reason: Reason,
}
