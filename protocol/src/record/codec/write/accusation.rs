//! Contradictions of partners' ledgers, domain to wire.

use crate::record::codec::contradiction_number;
use crate::record::wire;
use crate::record::{LedgerAccused, LedgerCleared};

pub(super) fn accused(it: &LedgerAccused) -> wire::LedgerAccused {
    wire::LedgerAccused {
        party: it.party.to_string(),
        kind: contradiction_number(it.kind),
        evidence: it.evidence.to_vec(),
    }
}

pub(super) fn cleared(it: &LedgerCleared) -> wire::LedgerCleared {
    wire::LedgerCleared {
        party: it.party.to_string(),
        evidence: it.evidence.to_vec(),
        size: it.size,
        root: it.root.to_vec(),
        decision: it.decision.to_vec(),
    }
}
