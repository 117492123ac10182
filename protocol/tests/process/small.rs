//! A registry that runs the smallest preset, and the people in it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use countersign_protocol::id::{AccountId, OrganisationId};
use countersign_protocol::record::{
    AccountKind, ActedBy, AttachedDocument, CaseAct, Commitment, Fate, YearTonnes,
};
use countersign_protocol::registry::{
    Command, IssueTo, NewAct, NewCase, NoSettledTransfers, Refusal, RegistryCase, Reserve,
    Selection, State,
};
use countersign_protocol::serial::{SectoralScope, UnitType};
use countersign_protocol::workflow::{SubjectKind, preset};

use crate::support::{Ledger, text};

/// Organisations that [`registry`] enrols after the one that was there before the process.
pub(crate) const GOVERNMENT: OrganisationId = OrganisationId(2);
pub(crate) const DEVELOPER: OrganisationId = OrganisationId(3);
pub(crate) const CERTIFIER: OrganisationId = OrganisationId(4);
/// The crediting period of [`authorised_project`].
pub(crate) const CREDITED: &str = "2021-01-01/2030-12-31";
/// The days that [`monitored`] covers.
pub(crate) const MONITORED: &str = "2022-01-01/2023-12-31";
/// Enrolled by [`trading`].
pub(crate) const BUYER: OrganisationId = OrganisationId(5);

pub(crate) fn process_text() -> String {
    preset("small").unwrap().to_owned()
}

/// A ledger that has adopted the process, with its three organisations enrolled and only the authority active.
pub(crate) fn enrolled() -> Ledger {
    enrolled_under(process_text())
}

/// The same with another process that has these types.
pub(crate) fn enrolled_under(text_of_process: String) -> Ledger {
    let mut ledger = Ledger::new("VU");
    ledger.must(&Command::AdoptProcess {
        text: text_of_process,
    });
    for kind in ["government", "developer", "certifier"] {
        ledger.must(&Command::Enrol {
            name: text(&format!("The {kind}")),
            organisation_type: text(kind),
            scopes: BTreeSet::new(),
        });
    }
    ledger
}

/// The same with developer and certifier registered.
pub(crate) fn registry() -> Ledger {
    let mut ledger = enrolled();
    register_both(&mut ledger);
    ledger
}

pub(crate) fn register_both(ledger: &mut Ledger) {
    register(ledger, DEVELOPER, "developer");
    register(ledger, CERTIFIER, "certifier");
}

pub(crate) fn register(ledger: &mut Ledger, organisation: OrganisationId, kind: &str) {
    let by = person(
        organisation,
        kind,
        "administrator",
        u64::from(organisation.0) * 10,
    );
    let case = open(ledger, "organisation", None, &by).unwrap();
    let mut submit = plain(case, "register", &by);
    submit.form = Some(Commitment([1; 32]));
    submit.documents = vec![document("registration-certificate")];
    act(ledger, submit).unwrap();
    let approve = plain(case, "approve", &official(1));
    act(ledger, approve).unwrap();
}

pub(crate) fn person(organisation: OrganisationId, kind: &str, role: &str, user: u64) -> ActedBy {
    ActedBy {
        user,
        organisation,
        organisation_type: text(kind),
        role: text(role),
        scopes: Vec::new(),
    }
}

/// One of the three officials.
pub(crate) fn official(number: u64) -> ActedBy {
    person(GOVERNMENT, "government", "administrator", number)
}

pub(crate) fn developer() -> ActedBy {
    person(DEVELOPER, "developer", "administrator", 30)
}

pub(crate) fn certifier() -> ActedBy {
    person(CERTIFIER, "certifier", "administrator", 40)
}

/// Opens a case that the actor's organisation owns.
pub(crate) fn open(
    ledger: &mut Ledger,
    flow: &str,
    parent: Option<u64>,
    by: &ActedBy,
) -> Result<u64, Refusal> {
    let new = NewCase {
        flow: text(flow),
        track: None,
        parent,
        title: text("Stoves on the outer islands"),
        owners: BTreeSet::from([by.organisation]),
        shares: BTreeMap::new(),
        counterparty: None,
        scopes: BTreeSet::from([SectoralScope::new(3).unwrap()]),
        by: by.clone(),
    };
    ledger.submit(&Command::OpenCase(Box::new(new)))?;
    Ok(ledger.state.cases().next_back().unwrap().number)
}

pub(crate) fn document(kind: &str) -> AttachedDocument {
    AttachedDocument {
        kind: text(kind),
        sha256: [2; 32],
    }
}

/// A yes with a comment and nothing else.
pub(crate) fn plain(case: u64, step: &str, by: &ActedBy) -> CaseAct {
    CaseAct {
        case,
        step: text(step),
        no: false,
        by: Some(by.clone()),
        form: None,
        documents: Vec::new(),
        comment: Some(Commitment([3; 32])),
        names: None,
        amounts: Vec::new(),
        reservation: None,
        period: None,
    }
}

pub(crate) fn act(ledger: &mut Ledger, act: CaseAct) -> Result<Vec<u64>, Refusal> {
    ledger.submit(&Command::Act(Box::new(NewAct {
        act,
        issue: None,
        reserve: None,
    })))
}

pub(crate) fn act_and_issue(
    ledger: &mut Ledger,
    act: CaseAct,
    account: AccountId,
) -> Result<Vec<u64>, Refusal> {
    let issue = Some(into([account]));
    ledger.submit(&Command::Act(Box::new(NewAct {
        act,
        issue,
        reserve: None,
    })))
}

/// Units of one type into these accounts, with nothing deducted.
pub(crate) fn into(accounts: impl IntoIterator<Item = AccountId>) -> IssueTo {
    IssueTo {
        accounts: accounts.into_iter().collect(),
        unit_type: UnitType::ITMO,
        overall_mitigation: None,
        share_of_proceeds: None,
        buffer: None,
    }
}

/// A project that went all the way to its authorisation; gives its case.
pub(crate) fn authorised_project(ledger: &mut Ledger) -> u64 {
    let case = open(ledger, "project", None, &developer()).unwrap();
    authorise(ledger, case);
    case
}

/// Takes the case of a project all the way to its authorisation.
pub(crate) fn authorise(ledger: &mut Ledger, case: u64) {
    let mut submit = plain(case, "submit", &developer());
    submit.form = Some(Commitment([4; 32]));
    submit.documents = vec![document("design-document")];
    submit.names = Some(CERTIFIER);
    act(ledger, submit).unwrap();
    let mut validate = plain(case, "validate", &certifier());
    validate.form = Some(Commitment([5; 32]));
    validate.documents = vec![document("validation-report")];
    validate.period = Some(text(CREDITED));
    act(ledger, validate).unwrap();
    act(ledger, plain(case, "recommend", &official(1))).unwrap();
    act(ledger, plain(case, "authorise", &official(2))).unwrap();
    act(ledger, plain(case, "authorise", &official(3))).unwrap();
}

/// The act by which the certifier verifies these amounts.
pub(crate) fn verify(case: u64, amounts: &[(u16, u64)]) -> CaseAct {
    let amounts = amounts.iter().map(|(year, tonnes)| YearTonnes {
        year: *year,
        tonnes: *tonnes,
    });
    CaseAct {
        form: Some(Commitment([7; 32])),
        documents: vec![document("verification-report")],
        amounts: amounts.collect(),
        ..plain(case, "verify", &certifier())
    }
}

/// A monitoring period of a project, submitted and with the certifier; gives its case.
pub(crate) fn monitored(ledger: &mut Ledger, project: u64) -> u64 {
    monitored_in(ledger, project, MONITORED).unwrap()
}

/// The same over these days.
pub(crate) fn monitored_in(
    ledger: &mut Ledger,
    project: u64,
    period: &str,
) -> Result<u64, Refusal> {
    let case = open(ledger, "monitoring", Some(project), &developer())?;
    act(ledger, submit(case, period))?;
    Ok(case)
}

/// The act by which the developer hands in these days.
pub(crate) fn submit(case: u64, period: &str) -> CaseAct {
    CaseAct {
        form: Some(Commitment([6; 32])),
        documents: vec![document("monitoring-report")],
        period: Some(text(period)),
        ..plain(case, "submit", &developer())
    }
}

pub(crate) fn account_of(ledger: &mut Ledger, organisation: OrganisationId) -> AccountId {
    ledger.must(&Command::OpenAccount {
        organisation,
        name: text("Holding"),
        kind: AccountKind::EntityHolding,
    });
    ledger.state.accounts().next_back().unwrap().id
}

/// A registry with a second developer and 100 verified tonnes of 2023 in an account of the first; gives both accounts.
pub(crate) fn trading() -> (Ledger, AccountId, AccountId) {
    trading_under(process_text())
}

/// The same under another process that has these types.
pub(crate) fn trading_under(text_of_process: String) -> (Ledger, AccountId, AccountId) {
    let mut ledger = enrolled_under(text_of_process);
    register_both(&mut ledger);
    ledger.must(&Command::Enrol {
        name: text("Another developer"),
        organisation_type: text("developer"),
        scopes: BTreeSet::new(),
    });
    register(&mut ledger, BUYER, "developer");
    let from = account_of(&mut ledger, DEVELOPER);
    let to = account_of(&mut ledger, BUYER);
    let project = authorised_project(&mut ledger);
    let case = monitored(&mut ledger, project);
    act(&mut ledger, verify(case, &[(2023, 100)])).unwrap();
    act(&mut ledger, plain(case, "issue", &official(1))).unwrap();
    act_and_issue(&mut ledger, plain(case, "issue", &official(2)), from).unwrap();
    (ledger, from, to)
}

pub(crate) fn buyer() -> ActedBy {
    person(BUYER, "developer", "administrator", 50)
}

/// Opens a request and hands it in; gives its case.
pub(crate) fn request(
    ledger: &mut Ledger,
    flow: &str,
    step: &str,
    account: AccountId,
    tonnes: u64,
    fate: Fate,
) -> Result<u64, Refusal> {
    request_units(
        ledger,
        (flow, step),
        account,
        Selection::Tonnes(tonnes),
        fate,
    )
}

/// The same for certain units.
pub(crate) fn request_units(
    ledger: &mut Ledger,
    (flow, step): (&str, &str),
    account: AccountId,
    units: Selection,
    fate: Fate,
) -> Result<u64, Refusal> {
    let new = NewCase {
        flow: text(flow),
        track: None,
        parent: None,
        title: text("Units"),
        owners: BTreeSet::from([DEVELOPER]),
        shares: BTreeMap::new(),
        counterparty: Some(BUYER),
        scopes: BTreeSet::new(),
        by: developer(),
    };
    ledger.submit(&Command::OpenCase(Box::new(new)))?;
    let case = ledger.state.cases().next_back().unwrap().number;
    let mut act = plain(case, step, &developer());
    act.form = Some(Commitment([8; 32]));
    let reserve = Some(Reserve {
        account,
        units,
        fate,
    });
    let new = NewAct {
        act,
        issue: None,
        reserve,
    };
    ledger.submit(&Command::Act(Box::new(new)))?;
    Ok(case)
}

/// The state as a store keeps it and reads it back.
pub(crate) fn stored_and_loaded(ledger: &Ledger) -> State {
    State::load(
        ledger.state.values(),
        ledger.state.digest(),
        Arc::new(NoSettledTransfers),
    )
    .unwrap()
}

/// An official takes a step in an organisation's own case; gives the leaf.
pub(crate) fn decide(
    ledger: &mut Ledger,
    organisation: OrganisationId,
    step: &str,
    user: u64,
) -> u64 {
    let is_its_own = |it: &&RegistryCase| {
        it.kind == SubjectKind::Organisation && it.case.subject.owners.contains(&organisation)
    };
    let case = ledger.state.cases().find(is_its_own).unwrap().number;
    act(ledger, plain(case, step, &official(user))).unwrap()[0]
}

/// A store that is opened again has the same state.
pub(crate) fn survives_storage(ledger: &mut Ledger) {
    ledger.end_block();
    assert!(
        stored_and_loaded(ledger) == ledger.state,
        "the state as stored is another"
    );
}
