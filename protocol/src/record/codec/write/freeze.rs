//! Partners' orders that are honoured here, domain to wire.

use super::case::acted_by;
use super::{proof, ranges};
use crate::record::wire;
use crate::record::{FreezeEnded, FreezeHonoured};

pub(super) fn honoured(it: &FreezeHonoured) -> wire::FreezeHonoured {
    wire::FreezeHonoured {
        party: it.party.to_string(),
        hold: it.hold,
        ranges: ranges(&it.ranges),
        reason: it.reason.to_string(),
        authority: it.authority.to_string(),
        reference: it.reference.to_string(),
        expiry_ms: it.expiry_ms,
        proof: proof(&it.proof),
    }
}

pub(super) fn ended(it: &FreezeEnded) -> wire::FreezeEnded {
    wire::FreezeEnded {
        party: it.party.to_string(),
        hold: it.hold,
        reason: it.reason.to_string(),
        proof: it.proof.as_ref().and_then(proof),
        by: it.by.as_ref().map(acted_by),
    }
}
