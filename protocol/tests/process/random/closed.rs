//! What a closed project and a stopped organisation leave behind, in a country whose file says little about units.

use countersign_protocol::record::{Claim, Purpose, RetireKind};
use countersign_protocol::registry::{Command, Refusal, Selection, Standing};
use countersign_protocol::workflow::{Effect, Step, StepKind, SubjectKind};
use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::TestRunner;

use super::country::country;
use crate::every_pair::fund;
use crate::realm::{FIRST, Opening, Realm, SECOND};

/// A funded country, whose flows about these subjects are left out of its file.
fn country_without(left_out: &[&str]) -> Realm {
    let mut runner = TestRunner::deterministic();
    let file = country().new_tree(&mut runner).unwrap().current().file();
    let (head, flows) = file.split_once("[[flow]]").unwrap();
    let mut kept = head.to_owned();
    for flow in flows.split("[[flow]]") {
        let subject = |of: &&str| flow.contains(&format!("subject = \"{of}\""));
        if !left_out.iter().any(subject) {
            kept += &format!("[[flow]]{flow}");
        }
    }
    let mut realm = Realm::new(&kept);
    fund(&mut realm);
    realm.year += 1;
    realm
}

fn step_with(realm: &Realm, case: u64, effect: Effect) -> Step {
    let flow = realm.flow_of_case(case);
    let mut steps = flow.steps.iter();
    steps.find(|step| step.has_effect(effect)).unwrap().clone()
}

/// The case of some kind that an organisation owns and that is open.
fn case_of(realm: &Realm, kind: SubjectKind, place: usize) -> u64 {
    let owner = realm.organisations["developer"][place];
    let mut cases = realm.ledger.state.cases();
    let is_it = |it: &&countersign_protocol::registry::RegistryCase| {
        it.kind == kind && it.end.is_none() && it.case.subject.owners.contains(&owner)
    };
    cases.find(is_it).unwrap().number
}

#[test]
fn nothing_happens_below_a_project_that_was_closed_and_no_deadline_of_it_fires() {
    let mut realm = country_without(&[]);
    let project = case_of(&realm, SubjectKind::Project, FIRST);
    let monitoring = realm.flow_of(SubjectKind::MonitoringPeriod).unwrap();
    let opening = Opening {
        flow: monitoring.id.clone(),
        track: None,
        parent: Some(project),
        owners: realm.case(project).case.subject.owners.clone(),
        counterparty: None,
    };
    let drafted = realm.open(&opening).unwrap();
    let close = step_with(&realm, project, Effect::Close);
    let goes_on = realm.clone();
    realm.complete_step(project, &close, false).unwrap();
    let number = realm.case(project).project.unwrap();
    assert_eq!(
        realm.ledger.state.project_standing(number),
        Standing::Closed
    );

    let stands = |tried: Result<Vec<u64>, Refusal>| {
        let refusal = tried.unwrap_err();
        assert_eq!(refusal.code(), "project-standing", "{refusal}");
    };
    let first = monitoring.steps_from(&monitoring.first, None);
    for step in first.filter(|step| step.kind != StepKind::Automatic) {
        let able = goes_on.clone().everybody();
        let able = able
            .iter()
            .filter(|by| goes_on.may(drafted, step, false, by));
        let able: Vec<_> = able.collect();
        assert!(!able.is_empty());
        for by in able {
            stands(realm.act(drafted, step, false, by));
        }
    }
    for by in goes_on.clone().everybody() {
        if goes_on.may_open(&opening, &by) {
            stands(realm.open_by(&opening, &by).map(|case| vec![case]));
        }
    }
    realm.ledger.time_ms += 400 * countersign_protocol::workflow::DAY_MS;
    let late = realm.ledger.state.lapses(realm.ledger.time_ms);
    assert!(late.map(|(known, _)| known.number).all(|it| it != drafted));
}

#[test]
fn the_account_of_a_suspended_organisation_neither_gives_nor_receives_where_no_case_is_asked_for() {
    let mut realm = country_without(&["transfer-request", "retirement-request"]);
    let [own, other] = [FIRST, SECOND].map(|place| {
        let organisation = realm.organisations["developer"][place];
        realm.account_of(organisation).unwrap()
    });
    let transfer = |from, to| Command::Transfer {
        from,
        to,
        units: Selection::Tonnes(1),
    };
    let retire = Command::Retire {
        account: own,
        units: Selection::Tonnes(1),
        kind: RetireKind::Retire,
        purpose: Purpose::Voluntary,
        beneficiary: None,
        claim: Claim::default(),
    };
    realm.submit(&transfer(own, other)).unwrap();
    realm.submit(&retire).unwrap();
    let registered = case_of(&realm, SubjectKind::Organisation, FIRST);
    let suspend = step_with(&realm, registered, Effect::Suspend);
    realm.complete_step(registered, &suspend, false).unwrap();

    for tried in [transfer(own, other), transfer(other, own), retire.clone()] {
        let refusal = realm.submit(&tried).unwrap_err();
        assert_eq!(refusal.code(), "organisation-standing", "{tried:?}");
    }
    let reactivate = step_with(&realm, registered, Effect::Reactivate);
    realm.complete_step(registered, &reactivate, false).unwrap();
    for tried in [transfer(own, other), transfer(other, own), retire] {
        realm.submit(&tried).unwrap();
    }
}
