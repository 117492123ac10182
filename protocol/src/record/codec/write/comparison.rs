//! Comparisons with partners' ledgers, domain to wire.

use super::range;
use crate::record::PositionsCompared;
use crate::record::codec::discrepancy_number;
use crate::record::wire;

pub(super) fn compared(it: &PositionsCompared) -> wire::PositionsCompared {
    let differences = it.differences.iter();
    wire::PositionsCompared {
        party: it.party.to_string(),
        size: it.size,
        root: it.root.to_vec(),
        differences: differences
            .map(|difference| wire::PositionDifference {
                range: Some(range(&difference.range)),
                kind: discrepancy_number(difference.kind),
            })
            .collect(),
    }
}
