//! Holds, domain to wire.

use super::case::acted_by;
use super::ranges;
use crate::record::wire;
use crate::record::{HoldLifted, HoldOn, HoldPlaced};

pub(super) fn hold_placed(it: &HoldPlaced) -> wire::HoldPlaced {
    let mut wire = wire::HoldPlaced {
        hold: it.hold,
        reason: it.reason.to_string(),
        authority: it.authority.0,
        reference: it.reference.to_string(),
        expiry_ms: it.expiry_ms.unwrap_or(0),
        by: it.by.as_ref().map(acted_by),
        ..wire::HoldPlaced::default()
    };
    match &it.on {
        HoldOn::Ranges(list) => wire.ranges = ranges(list),
        HoldOn::Account(account) => wire.account = account.0,
        HoldOn::Project(project) => wire.project = *project,
        HoldOn::Organisation(organisation) => wire.organisation = organisation.0,
    }
    wire
}

pub(super) fn hold_lifted(it: &HoldLifted) -> wire::HoldLifted {
    wire::HoldLifted {
        hold: it.hold,
        reason: it.reason.to_string(),
        authority: it.authority.0,
        reference: it.reference.to_string(),
        by: it.by.as_ref().map(acted_by),
    }
}
