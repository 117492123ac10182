//! What is told of a mirror.

use countersign_protocol::id::Origin;
use countersign_protocol::party::Party;

/// How a mirror stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MirrorStatus {
    /// The partner.
    pub party: Party,
    /// Its ledger.
    pub origin: Origin,
    /// Leaves that are here.
    pub size: u64,
    /// When the mirror last held everything that the partner's witnesses stood behind, in milliseconds since the Unix epoch.
    pub caught_up_ms: Option<u64>,
    /// Size of this node's own ledger before the partner itself gave the head under which the mirror stands; none where
    /// somebody else gave it. What the two ledgers say of that moment can be compared.
    pub asked_at: Option<u64>,
    /// The first leaf that is not as it must be. Those before it obey the rules; those after it are not judged.
    pub finding: Option<AuditFinding>,
    /// Why the mirror did not grow the last time.
    pub problem: Option<String>,
}

/// A leaf of a partner's ledger that this node's rules refuse.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditFinding {
    /// Index of the leaf.
    pub index: u64,
    /// Kind of the record; none where the leaf is no record that this release knows.
    pub kind: Option<&'static str>,
    /// Code of the rule that it breaks; none where the leaf can not be read. Then a newer release may know it, and nobody
    /// is accused.
    pub rule: Option<&'static str>,
    /// The refusal in words.
    pub says: String,
}

impl MirrorStatus {
    pub(super) const fn new(party: Party, origin: Origin) -> Self {
        Self {
            party,
            origin,
            size: 0,
            caught_up_ms: None,
            asked_at: None,
            finding: None,
            problem: None,
        }
    }
}
