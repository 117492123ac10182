//! What stands against a step that the file allows: earlier acts of the same person, votes, findings, suspensions, holds.

use std::collections::BTreeSet;

use countersign_protocol::id::OrganisationId;
use countersign_protocol::record::{ActedBy, Commitment, FindingKind, FindingStep, HoldOn};
use countersign_protocol::registry::{Command, LiftHold, NewFinding, PlaceHold, Refusal};
use countersign_protocol::units::UnitRange;
use countersign_protocol::workflow::{DAY_MS, Effect, Flow, Step, StepKind, SubjectKind};

use super::{Sweep, is_known_to};
use crate::chronicle::Why;
use crate::realm::Realm;
use crate::support::text;

/// How long the holds here last.
const HELD_MS: u64 = 3_600_000;

impl Sweep {
    /// Whatever can stand against the steps that leave a stage, each for itself.
    pub(super) fn against(&mut self, realm: &Realm, case: u64, flow: &Flow) {
        let known = realm.case(case);
        let (stage, track) = (known.case.stage.clone(), known.case.track.clone());
        let steps: Vec<Step> = flow.steps_from(&stage, track.as_deref()).cloned().collect();
        for step in steps.iter().filter(|step| step.kind != StepKind::Automatic) {
            self.again(realm, case, step);
            self.between_votes(realm, case, flow, step);
            self.asked(realm, case, flow, step);
            self.held(realm, case, step);
        }
        self.suspended(realm, case, flow, &steps);
    }

    /// Whoever took part in the case before tries it once more, in every role that the step is for.
    fn again(&mut self, realm: &Realm, case: u64, step: &Step) {
        let mut realm = realm.clone();
        let mut newcomers = realm.everybody();
        let not_theirs = Err(Why::NotTheirs);
        newcomers.retain(|by| realm.verdict(case, step, false, by) != not_theirs);
        for before in realm.told().case(case).took_part() {
            let of_user = |by: &ActedBy| ActedBy {
                user: before.user,
                ..by.clone()
            };
            for by in newcomers.iter().map(of_user) {
                self.tried(&mut realm, case, step, false, &by);
            }
        }
    }

    /// Of several votes each is another's.
    fn between_votes(&mut self, realm: &Realm, case: u64, flow: &Flow, step: &Step) {
        let mut realm = realm.clone();
        for _ in 1..step.votes_needed() {
            let mut able = realm.everybody();
            able.retain(|by| realm.may(case, step, false, by));
            let voted = able
                .iter()
                .any(|by| realm.act(case, step, false, by).is_ok());
            assert!(voted, "nobody votes in {}", step.id);
            self.again(&realm, case, step);
            for by in realm.everybody() {
                if is_known_to(flow, &by) {
                    self.tried(&mut realm, case, step, false, &by);
                }
            }
        }
    }

    /// A certifier does not agree while something that it asked is open, and may again once it is closed.
    fn asked(&mut self, realm: &Realm, case: u64, flow: &Flow, step: &Step) {
        if !matches!(step.kind, StepKind::Validate | StepKind::Verify) {
            return;
        }
        let mut realm = realm.clone();
        let mut people = realm.everybody();
        people.retain(|by| is_known_to(flow, by));
        for kind in [FindingKind::CorrectiveAction, FindingKind::Clarification] {
            let number = realm.told().case(case).findings.len() as u32 + 1;
            let opened = by_anybody(&mut realm, &people, |by| NewFinding::Open {
                case,
                kind,
                text: Commitment([7; 32]),
                by: by.clone(),
            });
            if !opened {
                // A file may leave the agreement to somebody who is not the certifier.
                return;
            }
            assert_eq!(realm.told().case(case).findings.len() as u32, number);
        }
        for number in 1..=2 {
            let it = |by: &ActedBy| FindingStep {
                case,
                number,
                within: None,
                text: Commitment([7; 32]),
                by: by.clone(),
            };
            self.tried_by_all(&mut realm, case, step, &people);
            let answered = by_anybody(&mut realm, &people, |by| NewFinding::Answer(it(by)));
            assert!(answered, "nobody answers in {}", flow.id);
            self.tried_by_all(&mut realm, case, step, &people);
            let closed = by_anybody(&mut realm, &people, |by| NewFinding::Close(it(by)));
            assert!(closed, "nobody closes in {}", flow.id);
        }
        self.tried_by_all(&mut realm, case, step, &people);
    }

    fn tried_by_all(&mut self, realm: &mut Realm, case: u64, step: &Step, people: &[ActedBy]) {
        for by in people {
            for no in [false, step.no.is_some()] {
                self.tried(realm, case, step, no, by);
            }
        }
    }

    /// Each of those who take part is suspended, then may act again.
    fn suspended(&mut self, realm: &Realm, case: u64, flow: &Flow, steps: &[Step]) {
        let subject = realm.case(case).case.subject.clone();
        let parts = [
            subject.owners.iter().copied().collect(),
            subject.counterparty.into_iter().collect(),
            subject.certifier.into_iter().collect::<Vec<_>>(),
        ];
        for part in parts {
            let stopped = |id: &OrganisationId| standing_after(realm, *id, Effect::Suspend);
            let Some((organisation, mut realm)) =
                part.iter().find_map(|id| Some((*id, stopped(id)?)))
            else {
                continue;
            };
            let mut people = realm.everybody();
            people.retain(|by| is_known_to(flow, by));
            for step in steps {
                self.tried_by_all(&mut realm, case, step, &people);
            }
            assert_eq!(realm.told().differs_from(&realm.ledger.state), None);
            late(&realm);
            if let Some(mut realm) = standing_after(&realm, organisation, Effect::Reactivate) {
                for step in steps {
                    self.tried_by_all(&mut realm, case, step, &people);
                }
                assert_eq!(realm.told().differs_from(&realm.ledger.state), None);
            }
        }
    }

    /// What is held does not move, and no more of a held project comes into being. Once the hold ends it goes on.
    fn held(&mut self, realm: &Realm, case: u64, step: &Step) {
        let moves = [
            Effect::Reserve,
            Effect::Transfer,
            Effect::Retire,
            Effect::Send,
        ];
        let moves = moves.iter().any(|effect| step.has_effect(*effect));
        let issues = step.has_effect(Effect::Issue);
        if !moves && !issues {
            return;
        }
        let state = &realm.ledger.state;
        let project = state.case(case).unwrap().project;
        let mut all: Vec<Vec<HoldOn>> = Vec::new();
        if moves {
            all.push(state.accounts().map(|it| HoldOn::Account(it.id)).collect());
            let holders: BTreeSet<OrganisationId> =
                state.accounts().map(|it| it.organisation).collect();
            all.push(holders.into_iter().map(HoldOn::Organisation).collect());
            let party = state.genesis().unwrap().party;
            let range = UnitRange::new(party, 1, state.issued()).unwrap();
            all.push(vec![HoldOn::Ranges(vec![range])]);
            all.push(
                state
                    .projects()
                    .map(|it| HoldOn::Project(it.number))
                    .collect(),
            );
        } else {
            all.push(project.map(HoldOn::Project).into_iter().collect());
        }
        for holds in all {
            let mut realm = realm.clone();
            let placed: Vec<u64> = holds.iter().map(|on| place(&mut realm, on)).collect();
            let told = realm.clone().complete_step(case, step, false);
            let refusal = told.expect_err("what is held moved");
            assert!(refusal.contains("hold"), "{}: {refusal}", step.id);
            self.count(false);
            let mut later = realm.clone();
            later.ledger.time_ms += HELD_MS - 1;
            let told = later.clone().complete_step(case, step, false);
            assert!(told.is_err(), "{}: what is held moved", step.id);
            later.ledger.time_ms += 1;
            assert_eq!(later.complete_step(case, step, false), Ok(()));
            for hold in placed {
                lift(&mut realm, hold);
            }
            assert_eq!(realm.complete_step(case, step, false), Ok(()));
            self.count(true);
        }
    }
}

/// After years every deadline has passed, but those of what rests or is over.
fn late(realm: &Realm) {
    let told = realm.told();
    let later_ms = realm.ledger.time_ms + 10_000 * DAY_MS;
    let has_deadline = |number: &u64| realm.due(*number).is_some();
    let awake = told.cases().map(|(number, _)| number);
    let awake = awake.filter(|number| told.is_awake(*number));
    let listed = realm.ledger.state.lapses(later_ms);
    let listed = listed.map(|(known, _)| known.number);
    let (awake, listed): (Vec<u64>, Vec<u64>) =
        (awake.filter(has_deadline).collect(), listed.collect());
    assert_eq!(listed, awake, "what lapses");
}

fn by_anybody(realm: &mut Realm, people: &[ActedBy], new: impl Fn(&ActedBy) -> NewFinding) -> bool {
    people
        .iter()
        .any(|by| realm.submit(&Command::Finding(Box::new(new(by)))).is_ok())
}

/// The realm in which an organisation stands otherwise; `None` where the file has no step for it.
fn standing_after(realm: &Realm, organisation: OrganisationId, effect: Effect) -> Option<Realm> {
    let told = realm.told();
    let own = told.cases().find(|(number, it)| {
        let known = realm.case(*number);
        known.kind == SubjectKind::Organisation
            && known.case.subject.owners.contains(&organisation)
            && !it.over
    });
    let (number, it) = own?;
    let flow = realm.flow_of_case(number).clone();
    let mut steps = flow.steps.iter();
    let step = steps.find(|step| step.has_effect(effect) && step.from.contains(&it.stage))?;
    let mut after = realm.clone();
    after
        .complete_step(number, step, false)
        .ok()
        .map(|()| after)
}

fn official(realm: &mut Realm) -> ActedBy {
    let process = realm.process.clone();
    let is_one = |by: &ActedBy| {
        let kind = by.organisation_type.as_str();
        process.organisation_type(kind).unwrap().authority
            && by.role.as_str() != "viewer"
            && process.role_exists(by.role.as_str(), kind)
    };
    realm.everybody().into_iter().find(is_one).unwrap()
}

fn place(realm: &mut Realm, on: &HoldOn) -> u64 {
    let by = official(realm);
    let order = PlaceHold {
        on: on.clone(),
        reason: text("a court's order"),
        authority: by.organisation,
        reference: text("case 7"),
        expiry_ms: Some(realm.ledger.time_ms + HELD_MS),
        by: Some(by),
    };
    let placed: Result<_, Refusal> = realm.submit(&Command::PlaceHold(Box::new(order)));
    placed.unwrap();
    realm.told().holds().map(|it| it.hold).max().unwrap()
}

fn lift(realm: &mut Realm, hold: u64) {
    let by = official(realm);
    let order = LiftHold {
        hold,
        reason: text("the court has decided"),
        authority: by.organisation,
        reference: text("case 7"),
        by: Some(by),
    };
    realm.submit(&Command::LiftHold(Box::new(order))).unwrap();
}
