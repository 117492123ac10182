//! Holds, wire to domain.

use super::Reader;
use crate::record::wire;
use crate::record::{ActedBy, Body, DecodeError, HoldLifted, HoldOn, HoldPlaced, is_apart};
use crate::units::UnitRange;

impl Reader {
    pub(super) fn hold_number(self, number: u64) -> Result<u64, DecodeError> {
        if number == 0 {
            self.fail("hold", &"is 0; hold numbers begin at 1")
        } else {
            Ok(number)
        }
    }

    pub(super) fn recorder(
        self,
        by: Option<&wire::ActedBy>,
    ) -> Result<Option<ActedBy>, DecodeError> {
        by.map(|by| self.acted_by(by)).transpose()
    }

    pub(super) fn ranges_apart(
        self,
        ranges: Vec<wire::UnitRange>,
    ) -> Result<Vec<UnitRange>, DecodeError> {
        let ranges = self.ranges(ranges)?;
        if is_apart(&ranges) {
            Ok(ranges)
        } else {
            self.fail("ranges", &"do not follow each other in ascending order")
        }
    }

    fn hold_on(self, it: &mut wire::HoldPlaced) -> Result<HoldOn, DecodeError> {
        let ranges = std::mem::take(&mut it.ranges);
        match (ranges.is_empty(), it.account, it.project, it.organisation) {
            (false, 0, 0, 0) => self.ranges_apart(ranges).map(HoldOn::Ranges),
            (true, account @ 1.., 0, 0) => self.account("account", account).map(HoldOn::Account),
            (true, 0, project @ 1.., 0) => self.project(project).map(HoldOn::Project),
            (true, 0, 0, id @ 1..) => self
                .organisation("organisation", id)
                .map(HoldOn::Organisation),
            _ => self.fail(
                "hold",
                &"is not on exactly one of: ranges, an account, a project, an organisation",
            ),
        }
    }
}

pub(super) fn hold_placed(mut it: wire::HoldPlaced) -> Result<Body, DecodeError> {
    let read = Reader("hold_placed");
    Ok(Body::HoldPlaced(HoldPlaced {
        hold: read.hold_number(it.hold)?,
        on: read.hold_on(&mut it)?,
        reason: read.parse("reason", &it.reason)?,
        authority: read.organisation("authority", it.authority)?,
        reference: read.parse("reference", &it.reference)?,
        expiry_ms: (it.expiry_ms != 0).then_some(it.expiry_ms),
        by: read.recorder(it.by.as_ref())?,
    }))
}

pub(super) fn hold_lifted(it: &wire::HoldLifted) -> Result<Body, DecodeError> {
    let read = Reader("hold_lifted");
    Ok(Body::HoldLifted(HoldLifted {
        hold: read.hold_number(it.hold)?,
        reason: read.parse("reason", &it.reason)?,
        authority: read.organisation("authority", it.authority)?,
        reference: read.parse("reference", &it.reference)?,
        by: read.recorder(it.by.as_ref())?,
    }))
}
