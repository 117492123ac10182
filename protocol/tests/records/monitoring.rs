//! Samples of the records of monitoring and issuance.

use countersign_protocol::id::OrganisationId;
use countersign_protocol::record::{ActedBy, Body, CaseAct, Commitment};

use crate::samples::text;

fn by() -> ActedBy {
    ActedBy {
        user: 31,
        organisation: OrganisationId(2),
        organisation_type: text("developer"),
        role: text("manager"),
        scopes: Vec::new(),
    }
}

pub(crate) fn samples() -> Vec<(&'static str, Body)> {
    let covers = CaseAct {
        case: 7,
        step: text("submit"),
        no: false,
        by: Some(by()),
        form: Some(Commitment([0x75; 32])),
        documents: Vec::new(),
        comment: None,
        names: None,
        amounts: Vec::new(),
        reservation: None,
        period: Some(text("2022-01-01/2023-12-31")),
    };
    vec![("case_act_that_covers_a_period", Body::CaseAct(covers))]
}
