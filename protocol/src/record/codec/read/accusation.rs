//! Contradictions of partners' ledgers, wire to domain.

use super::Reader;
use crate::record::codec::contradiction;
use crate::record::wire;
use crate::record::{Body, DecodeError, LedgerAccused, LedgerCleared};

pub(super) fn accused(it: &wire::LedgerAccused) -> Result<Body, DecodeError> {
    let read = Reader("ledger_accused");
    let Some(kind) = contradiction(it.kind) else {
        return read.fail("kind", &"is none of 1 to 5");
    };
    Ok(Body::LedgerAccused(LedgerAccused {
        party: read.parse("party", &it.party)?,
        kind,
        evidence: read.hash("evidence", &it.evidence)?,
    }))
}

pub(super) fn cleared(it: &wire::LedgerCleared) -> Result<Body, DecodeError> {
    let read = Reader("ledger_cleared");
    if it.size == 0 {
        return read.fail("size", &"is 0: a line that lives on has leaves");
    }
    Ok(Body::LedgerCleared(LedgerCleared {
        party: read.parse("party", &it.party)?,
        evidence: read.hash("evidence", &it.evidence)?,
        size: it.size,
        root: read.hash("root", &it.root)?,
        decision: read.hash("decision", &it.decision)?,
    }))
}
