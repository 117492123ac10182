//! Samples of the records of monitoring, issuance and letters.

use countersign_protocol::id::{AccountId, OrganisationId};
use countersign_protocol::record::{
    Account, AccountKind, ActedBy, Body, CaseAct, CaseOpened, Commitment, FindingKind,
    FindingOpened, FindingStep, LetterIssued,
};

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
    let shared = CaseOpened {
        case: 8,
        flow: text("project"),
        track: None,
        parent: None,
        title: text("Shared stoves"),
        owners: vec![OrganisationId(2), OrganisationId(5)],
        counterparty: None,
        scopes: Vec::new(),
        by: by(),
        shares: vec![2, 1],
    };
    let account = |id, name, kind| {
        Body::Account(Account {
            id: AccountId(id),
            organisation: OrganisationId(1),
            name: text(name),
            kind,
        })
    };
    let opened = FindingOpened {
        case: 7,
        number: 1,
        kind: FindingKind::CorrectiveAction,
        text: Commitment([0x76; 32]),
        by: by(),
    };
    let step = FindingStep {
        case: 7,
        number: 1,
        within: None,
        text: Commitment([0x77; 32]),
        by: by(),
    };
    let later = FindingStep {
        number: 2,
        within: Some(9),
        ..step.clone()
    };
    let letter = LetterIssued {
        case: 7,
        act: 110,
        letter: text("issuance"),
        language: text("pt-BR"),
        sha256: [0x78; 32],
    };
    vec![
        ("case_act_that_covers_a_period", Body::CaseAct(covers)),
        ("case_opened_with_shares", Body::CaseOpened(shared)),
        ("account_buffer", account(3, "Buffer", AccountKind::Buffer)),
        (
            "account_share_of_proceeds",
            account(4, "Share of proceeds", AccountKind::ShareOfProceeds),
        ),
        ("finding_opened", Body::FindingOpened(opened)),
        ("finding_answered", Body::FindingAnswered(step)),
        ("finding_closed", Body::FindingClosed(later)),
        ("letter_issued", Body::LetterIssued(letter)),
    ]
}
