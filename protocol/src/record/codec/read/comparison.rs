//! Comparisons with partners' ledgers, wire to domain.

use super::Reader;
use crate::record::codec::discrepancy;
use crate::record::wire;
use crate::record::{Body, DecodeError, PositionDifference, PositionsCompared};

pub(super) fn compared(it: wire::PositionsCompared) -> Result<Body, DecodeError> {
    let read = Reader("positions_compared");
    if it.size == 0 {
        return read.fail("size", &"is 0: a ledger that was compared has leaves");
    }
    let mut kinds = Vec::with_capacity(it.differences.len());
    let mut ranges = Vec::with_capacity(it.differences.len());
    for difference in it.differences {
        let Some(kind) = discrepancy(difference.kind) else {
            return read.fail("differences.kind", &"is none of 1 to 4");
        };
        let Some(range) = difference.range else {
            return read.fail("differences.range", &"is missing");
        };
        kinds.push(kind);
        ranges.push(range);
    }
    let ranges = match ranges.is_empty() {
        true => Vec::new(),
        false => read.ranges_apart(ranges)?,
    };
    let differences = ranges.into_iter().zip(kinds);
    Ok(Body::PositionsCompared(PositionsCompared {
        party: read.parse("party", &it.party)?,
        size: it.size,
        root: read.hash("root", &it.root)?,
        differences: differences
            .map(|(range, kind)| PositionDifference { range, kind })
            .collect(),
    }))
}
