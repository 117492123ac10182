//! Findings, domain to wire.

use super::case::acted_by;
use crate::record::codec::finding_kind_number;
use crate::record::wire;
use crate::record::{FindingOpened, FindingStep};

pub(super) fn finding_opened(it: &FindingOpened) -> wire::FindingOpened {
    wire::FindingOpened {
        case: it.case,
        number: it.number,
        kind: finding_kind_number(it.kind),
        text: it.text.0.to_vec(),
        by: Some(acted_by(&it.by)),
    }
}

pub(super) fn finding_step(it: &FindingStep) -> wire::FindingStep {
    wire::FindingStep {
        case: it.case,
        number: it.number,
        within: it.within.unwrap_or(0),
        text: it.text.0.to_vec(),
        by: Some(acted_by(&it.by)),
    }
}
