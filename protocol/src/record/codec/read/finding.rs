//! Findings, wire to domain.

use super::Reader;
use crate::record::codec::finding_kind;
use crate::record::wire;
use crate::record::{ActedBy, Body, Commitment, DecodeError, FindingOpened, FindingStep};

impl Reader {
    fn finding_number(self, number: u32) -> Result<u32, DecodeError> {
        if number == 0 {
            self.fail("number", &"is 0; findings are counted from 1")
        } else {
            Ok(number)
        }
    }

    fn present(self, by: Option<&wire::ActedBy>) -> Result<ActedBy, DecodeError> {
        match by {
            Some(by) => self.acted_by(by),
            None => self.fail("by", &"is missing"),
        }
    }
}

pub(super) fn finding_opened(it: &wire::FindingOpened) -> Result<Body, DecodeError> {
    let read = Reader("finding_opened");
    Ok(Body::FindingOpened(FindingOpened {
        case: read.case_number("case", it.case)?,
        number: read.finding_number(it.number)?,
        kind: read.number("kind", it.kind, finding_kind)?,
        text: Commitment(read.hash("text", &it.text)?),
        by: read.present(it.by.as_ref())?,
    }))
}

fn step(read: Reader, it: &wire::FindingStep) -> Result<FindingStep, DecodeError> {
    Ok(FindingStep {
        case: read.case_number("case", it.case)?,
        number: read.finding_number(it.number)?,
        within: (it.within != 0).then_some(it.within),
        text: Commitment(read.hash("text", &it.text)?),
        by: read.present(it.by.as_ref())?,
    })
}

pub(super) fn finding_answered(it: &wire::FindingStep) -> Result<Body, DecodeError> {
    step(Reader("finding_answered"), it).map(Body::FindingAnswered)
}

pub(super) fn finding_closed(it: &wire::FindingStep) -> Result<Body, DecodeError> {
    step(Reader("finding_closed"), it).map(Body::FindingClosed)
}
