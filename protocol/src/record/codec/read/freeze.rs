//! Partners' orders that are honoured here, wire to domain.

use super::Reader;
use crate::record::wire;
use crate::record::{Body, DecodeError, FreezeEnded, FreezeHonoured};

pub(super) fn honoured(it: wire::FreezeHonoured) -> Result<Body, DecodeError> {
    let read = Reader("freeze_honoured");
    if it.expiry_ms == 0 {
        return read.fail(
            "expiry_ms",
            &"is 0: a partner's order is honoured for a time",
        );
    }
    Ok(Body::FreezeHonoured(Box::new(FreezeHonoured {
        party: read.parse("party", &it.party)?,
        hold: read.hold_number(it.hold)?,
        ranges: read.ranges_apart(it.ranges)?,
        reason: read.parse("reason", &it.reason)?,
        authority: read.parse("authority", &it.authority)?,
        reference: read.parse("reference", &it.reference)?,
        expiry_ms: it.expiry_ms,
        proof: read.proof(it.proof)?,
    })))
}

pub(super) fn ended(it: wire::FreezeEnded) -> Result<Body, DecodeError> {
    let read = Reader("freeze_ended");
    let proof = it.proof.map(|proof| read.proof(Some(proof))).transpose()?;
    let by = read.recorder(it.by.as_ref())?;
    if proof.is_some() && by.is_some() {
        return read.fail(
            "by",
            &"names somebody beside a proof: the partner ended it, or somebody here",
        );
    }
    Ok(Body::FreezeEnded(Box::new(FreezeEnded {
        party: read.parse("party", &it.party)?,
        hold: read.hold_number(it.hold)?,
        reason: read.parse("reason", &it.reason)?,
        proof,
        by,
    })))
}
