//! Random people in random processes, at the level of the records: whatever they try, units are neither made nor lost, nobody
//! acts outside of the file, deadlines fire, and whoever may not act moves nothing.

mod closed;
mod country;
mod laws;

use std::collections::BTreeSet;
use std::fmt::Write as _;

use countersign_protocol::id::OrganisationId;
use countersign_protocol::record::{ActedBy, Commitment, FindingKind, FindingStep, HoldOn};
use countersign_protocol::registry::{
    Command, LiftHold, NewFinding, PlaceHold, Refusal, RegistryCase,
};
use countersign_protocol::workflow::{DAY_MS, Process, Step, StepKind, SubjectKind};
use proptest::prelude::*;

use crate::chronicle::{Chronicle, Why};
use crate::every_pair::fund;
use crate::realm::{Opening, Realm};
use crate::support::text;
use country::{Country, country};
use laws::Before;

/// Among whom the one is chosen who takes a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Whom {
    /// Those who may.
    Able,
    /// Those whom one thing keeps from it: what they did before, a vote, a finding, a standing.
    Hindered,
    /// Anybody, who tries anything.
    Anybody,
}

/// What somebody tries. Numbers choose among what there is at that moment.
#[derive(Clone, Debug)]
pub(crate) enum Wish {
    /// Opens a case of a flow for an organisation, naming another.
    Open {
        flow: u8,
        owner: u8,
        other: u8,
        who: u8,
    },
    /// Takes a step of a case.
    Act {
        case: u8,
        step: u8,
        who: u8,
        no: bool,
        whom: Whom,
        tonnes: u16,
    },
    /// Lets days pass; the deadlines that have come are carried out.
    Wait {
        days: u8,
    },
    /// A hold on an organisation, an account or a project, or the end of one.
    Hold {
        on: u8,
        which: u8,
        who: u8,
    },
    Lift {
        which: u8,
        who: u8,
    },
    /// A finding is opened, answered or closed.
    Finding {
        case: u8,
        what: u8,
        number: u8,
        who: u8,
    },
}

fn whom() -> impl Strategy<Value = Whom> {
    prop_oneof![8 => Just(Whom::Able), 2 => Just(Whom::Hindered), 2 => Just(Whom::Anybody)]
}

fn wish() -> impl Strategy<Value = Wish> {
    let n = any::<u8>;
    prop_oneof![
        3 => (n(), n(), n(), n()).prop_map(|(flow, owner, other, who)| Wish::Open { flow, owner, other, who }),
        14 => (n(), n(), n(), prop::bool::weighted(0.15), whom(), 1..4_000_u16).prop_map(
            |(case, step, who, no, whom, tonnes)| Wish::Act { case, step, who, no, whom, tonnes }
        ),
        2 => (0..40_u8).prop_map(|days| Wish::Wait { days }),
        1 => (n(), n(), n()).prop_map(|(on, which, who)| Wish::Hold { on, which, who }),
        1 => (n(), n()).prop_map(|(which, who)| Wish::Lift { which, who }),
        2 => (n(), n(), n(), n()).prop_map(|(case, what, number, who)| Wish::Finding { case, what, number, who }),
    ]
}

/// What is there at this place of a list, whatever the number.
fn pick<T: Clone>(from: &[T], number: u8) -> Option<T> {
    let at = usize::from(number).checked_rem(from.len())?;
    from.get(at).cloned()
}

struct Run {
    realm: Realm,
    people: Vec<ActedBy>,
    file: String,
    /// Who did what, for whoever must understand a failure.
    log: String,
    done: usize,
    /// What stood against somebody.
    met: BTreeSet<&'static str>,
}

impl Run {
    fn new(file: String) -> Self {
        let mut realm = Realm::new(&file);
        fund(&mut realm);
        let mut people = Vec::new();
        for (place, id) in realm.organisations.values().flatten().enumerate() {
            for (number, role) in [
                "administrator",
                "administrator",
                "manager",
                "root",
                "viewer",
            ]
            .into_iter()
            .enumerate()
            {
                let user = (place * 10 + number) as u64 + 1;
                people.push(realm.person(user, *id, role));
            }
        }
        Self {
            realm,
            people,
            file,
            log: String::new(),
            done: 0,
            met: BTreeSet::new(),
        }
    }

    fn note(&mut self, what: &str, by: Option<&ActedBy>, verdict: &Result<Vec<u64>, Refusal>) {
        let who = by.map_or_else(String::new, |by| {
            format!(
                "user {} ({}/{} of {}): ",
                by.user, by.organisation_type, by.role, by.organisation
            )
        });
        let became = match verdict {
            Ok(leaves) => format!("leaf {}", leaves.last().copied().unwrap_or_default()),
            Err(refusal) => format!("refused, {}", refusal.code()),
        };
        let _ = writeln!(self.log, "{who}{what}: {became}");
    }

    /// Fails with the file and with everything that happened.
    fn broken(&self, law: &str) -> ! {
        panic!(
            "{law}\n--- the process\n{}\n--- what happened\n{}",
            self.file, self.log
        )
    }

    fn law(&self, holds: bool, law: impl FnOnce() -> String) {
        if !holds {
            self.broken(&law());
        }
    }

    fn take(&mut self, wish: &Wish) {
        let before = Before::of(&self.realm);
        let verdict = match *wish {
            Wish::Open {
                flow,
                owner,
                other,
                who,
            } => self.open(flow, owner, other, who),
            Wish::Act {
                case,
                step,
                who,
                no,
                whom,
                tonnes,
            } => {
                self.realm.reserved = u64::from(tonnes);
                self.act(case, step, who, no, whom)
            }
            Wish::Wait { days } => {
                self.wait(days);
                None
            }
            Wish::Hold { on, which, who } => self.hold(on, which, who),
            Wish::Lift { which, who } => self.lift(which, who),
            Wish::Finding {
                case,
                what,
                number,
                who,
            } => self.finding(case, what, number, who),
        };
        if let Some(Err(_)) = verdict {
            let is_same = before.is_same(&self.realm);
            self.law(is_same, || "a refusal changed something".to_owned());
        } else {
            self.done += 1;
        }
        if let Err(law) = before.holds_after(&self.realm) {
            self.broken(&law);
        }
    }

    fn open(
        &mut self,
        flow: u8,
        owner: u8,
        other: u8,
        who: u8,
    ) -> Option<Result<Vec<u64>, Refusal>> {
        let process = self.realm.process.clone();
        let flow = pick(&process.flows, flow)?;
        let all: Vec<OrganisationId> = self
            .realm
            .organisations
            .values()
            .flatten()
            .copied()
            .collect();
        let parent = flow.parent.as_ref().and_then(|rule| {
            let cases = self.realm.ledger.state.cases();
            let of = |it: &&countersign_protocol::registry::RegistryCase| it.case.flow == rule.flow;
            let above: Vec<u64> = cases.filter(of).map(|it| it.number).collect();
            pick(&above, other)
        });
        let owners = match parent {
            Some(parent) => self.realm.case(parent).case.subject.owners.clone(),
            // Mostly developers, of whom the first has units.
            None if owner < 180 && flow.subject != SubjectKind::Organisation => {
                [self.realm.organisations["developer"][usize::from(owner / 120)]].into()
            }
            None => [pick(&all, owner)?].into(),
        };
        let asks = flow.subject == SubjectKind::TransferRequest;
        let receiver = self.realm.organisations["developer"][1];
        let other = if other < 180 {
            Some(receiver)
        } else {
            pick(&all, other)
        };
        let counterparty = other.filter(|it| asks && !owners.contains(it));
        let opening = Opening {
            flow: flow.id.clone(),
            track: None,
            parent,
            owners,
            counterparty,
        };
        // Mostly by somebody of the owner.
        let own: Vec<ActedBy> = self
            .people
            .iter()
            .filter(|it| opening.owners.contains(&it.organisation))
            .cloned()
            .collect();
        let by = if who < 200 {
            pick(&own, who)
        } else {
            pick(&self.people, who)
        }?;
        let may = self.realm.may_open(&opening, &by);
        let verdict = self.realm.open_by(&opening, &by).map(|case| vec![case]);
        self.note(
            &format!(
                "opens a case of {} for {:?}, below {parent:?}, naming {counterparty:?}",
                flow.id, opening.owners
            ),
            Some(&by),
            &verdict,
        );
        self.law(may == verdict.is_ok(), || {
            format!("{} may be opened: {may}, and {verdict:?}", flow.id)
        });
        Some(verdict)
    }

    fn act(
        &mut self,
        case: u8,
        step: u8,
        who: u8,
        no: bool,
        whom: Whom,
    ) -> Option<Result<Vec<u64>, Refusal>> {
        let open: Vec<u64> = {
            let cases = self.realm.ledger.state.cases();
            // What an authority may do at any time to whoever is registered would fill the days otherwise.
            let is_busy =
                |it: &RegistryCase| it.kind != SubjectKind::Organisation || step.is_multiple_of(16);
            let all = whom == Whom::Anybody;
            let wanted = cases.filter(|it| all || (it.end.is_none() && is_busy(it)));
            wanted.map(|it| it.number).collect()
        };
        let case = pick(&open, case)?;
        // Each case is about a year of its own, as far as there are years.
        self.realm.year = 2022 + u16::try_from(case % 8).unwrap();
        let flow = self.realm.flow_of_case(case).clone();
        let (step, by) = if whom == Whom::Anybody {
            // Mostly what somebody may do now, by somebody who may not.
            let here = |it: &&Step| it.from.contains(&self.realm.case(case).case.stage);
            let here: Vec<Step> = flow.steps.iter().filter(here).cloned().collect();
            let from = if !step.is_multiple_of(4) && !here.is_empty() {
                &here
            } else {
                &flow.steps
            };
            (pick(from, step / 4)?, pick(&self.people, who)?)
        } else {
            let wanted = |step: &Step, by: &ActedBy| match self.realm.verdict(case, step, no, by) {
                Ok(()) => whom == Whom::Able,
                Err(Why::NotNow | Why::NotTheirs) => false,
                Err(_) => whom == Whom::Hindered,
            };
            let pairs: Vec<(Step, ActedBy)> = flow
                .steps
                .iter()
                .flat_map(|step| self.people.iter().map(move |by| (step, by)))
                .filter(|(step, _)| step.is_awaited() || who.is_multiple_of(16))
                .filter(|(step, by)| wanted(step, by))
                .map(|(step, by)| (step.clone(), by.clone()))
                .collect();
            let steps: Vec<String> = flow
                .steps
                .iter()
                .map(|it| it.id.clone())
                .filter(|id| pairs.iter().any(|(it, _)| it.id == *id))
                .collect();
            let step = pick(&steps, step)?;
            let those: Vec<(Step, ActedBy)> =
                pairs.into_iter().filter(|(it, _)| it.id == step).collect();
            pick(&those, who)?
        };
        let expected = self.realm.verdict(case, &step, no, &by);
        let told = self.realm.told().into_owned();
        let verdict = self.realm.act(case, &step, no, &by);
        let answer = if no { " with no" } else { "" };
        self.note(
            &format!("{}{answer} in case {case} ({})", step.id, flow.id),
            Some(&by),
            &verdict,
        );
        match (expected, &verdict) {
            (Ok(()), Ok(_)) => {}
            (Ok(()), Err(refusal)) => {
                if let Err(law) = self.is_refused_for_units(&told, case, &by, refusal) {
                    self.broken(&format!("{} was refused: {refusal}: {law}", step.id));
                }
                if let Refusal::Held { .. } = refusal {
                    self.met.insert("held");
                }
            }
            (Err(why), _) => {
                self.law(verdict.is_err(), || {
                    format!("{} was taken, and {why:?} stands against it", step.id)
                });
                self.met.insert(match why {
                    Why::KeptApart => "kept apart",
                    Why::Voted => "voted",
                    Why::Standing => "standing",
                    Why::Rests => "rests",
                    Why::Project => "project",
                    Why::Finding => "finding",
                    Why::NotNow | Why::NotTheirs => "file",
                });
            }
        }
        Some(verdict)
    }

    /// What file and leaves allow may still fail for want of units, for a period or for a hold: and only where that is so.
    fn is_refused_for_units(
        &self,
        told: &Chronicle,
        case: u64,
        by: &ActedBy,
        refusal: &Refusal,
    ) -> Result<(), String> {
        let (state, now_ms) = (&self.realm.ledger.state, self.realm.ledger.time_ms);
        let holder = told.case(case).reserved_from;
        let own = self.realm.account_of(by.organisation);
        let holds = |holds: bool, law: &str| holds.then_some(()).ok_or_else(|| law.to_owned());
        match refusal {
            Refusal::Held { hold, .. } => {
                let project = self.realm.case(case).project;
                let is_reason = |account| told.is_reason(*hold, (account, project), state, now_ms);
                // What is cancelled for overall mitigation goes through an account of the country.
                let country = Some(self.realm.cancels_from());
                let stands = is_reason(holder.or(own)) || is_reason(country);
                holds(stands, "no hold stands against it")
            }
            Refusal::TooFew { account, .. } => {
                let free = self.realm.ledger.available(*account);
                holds(free < self.realm.reserved, "there are enough")
            }
            other => holds(
                laws::is_of_the_registry(other),
                "for no reason of the registry",
            ),
        }
    }

    /// Days pass, and what is due is done: as often as one deadline leads to the next.
    fn wait(&mut self, days: u8) {
        self.realm.ledger.time_ms += u64::from(days) * DAY_MS;
        let _ = writeln!(self.log, "{days} days pass");
        let due = |realm: &Realm| -> Option<(u64, Step)> {
            let told = realm.told();
            let mut awake = told.cases().filter(|(number, _)| told.is_awake(*number));
            awake.find_map(|(number, _)| {
                let (step, due_ms) = realm.due(number)?;
                (due_ms <= realm.ledger.time_ms).then_some((number, step))
            })
        };
        for _ in 0..1_000 {
            let told = self.realm.told();
            let now_ms = self.realm.ledger.time_ms;
            let awaited = told.cases().filter_map(|(number, _)| {
                let (step, due_ms) = self.realm.due(number)?;
                (told.is_awake(number) && due_ms <= now_ms).then_some((number, step.id))
            });
            let listed = self.realm.ledger.state.lapses(now_ms);
            let listed = listed.map(|(known, act)| (known.number, act.step.to_string()));
            let is_same = awaited.eq(listed);
            self.law(is_same, || {
                "what is due is not what is listed as due".to_owned()
            });
            let Some((case, step)) = due(&self.realm) else {
                return;
            };
            let verdict = self.realm.lapse(case, &step);
            self.note(
                &format!("{} in case {case}, by its deadline", step.id),
                None,
                &verdict,
            );
            self.law(verdict.is_ok(), || {
                format!("the deadline of case {case} did not fire")
            });
        }
        self.broken("deadlines fire for ever");
    }

    fn hold(&mut self, on: u8, which: u8, who: u8) -> Option<Result<Vec<u64>, Refusal>> {
        let all: Vec<OrganisationId> = self
            .realm
            .organisations
            .values()
            .flatten()
            .copied()
            .collect();
        let accounts: Vec<_> = self.realm.ledger.state.accounts().map(|it| it.id).collect();
        let ranges: Vec<_> = {
            let holdings = self.realm.ledger.state.holdings();
            holdings.map(|it| it.block.range()).collect()
        };
        let on = match on % 4 {
            0 => HoldOn::Organisation(pick(&all, which)?),
            1 => HoldOn::Account(pick(&accounts, which)?),
            2 => HoldOn::Project(1 + u32::from(which) % 6),
            _ => HoldOn::Ranges(vec![pick(&ranges, which)?]),
        };
        let by = self.mostly_an_official(who)?;
        let expiry_ms = Some(self.realm.ledger.time_ms + DAY_MS + u64::from(which) * DAY_MS / 32);
        let said = format!("a hold on {on:?}");
        let verdict = self.realm.submit(&Command::PlaceHold(Box::new(PlaceHold {
            on,
            reason: text("a court's order"),
            authority: by.organisation,
            reference: text("case 7"),
            expiry_ms,
            by: Some(by.clone()),
        })));
        self.note(&said, Some(&by), &verdict);
        let is_official = self.is_official(&by);
        self.law(is_official || verdict.is_err(), || {
            "a hold by nobody of the authority".to_owned()
        });
        Some(verdict)
    }

    fn lift(&mut self, which: u8, who: u8) -> Option<Result<Vec<u64>, Refusal>> {
        let holds: Vec<u64> = self
            .realm
            .ledger
            .state
            .holds_after(0)
            .map(|it| it.placed.hold)
            .collect();
        let hold = pick(&holds, which)?;
        let by = self.mostly_an_official(who)?;
        let verdict = self.realm.submit(&Command::LiftHold(Box::new(LiftHold {
            hold,
            reason: text("the court has decided"),
            authority: by.organisation,
            reference: text("case 7"),
            by: Some(by.clone()),
        })));
        self.note(&format!("lifts hold {hold}"), Some(&by), &verdict);
        let is_official = self.is_official(&by);
        self.law(is_official || verdict.is_err(), || {
            "a hold lifted by nobody of the authority".to_owned()
        });
        Some(verdict)
    }

    fn mostly_an_official(&self, who: u8) -> Option<ActedBy> {
        let all = self.people.iter();
        let officials: Vec<ActedBy> = all.filter(|by| self.is_official(by)).cloned().collect();
        pick(if who < 200 { &officials } else { &self.people }, who)
    }

    fn is_official(&self, by: &ActedBy) -> bool {
        let kind = self
            .realm
            .process
            .organisation_type(by.organisation_type.as_str());
        let exists = self
            .realm
            .process
            .role_exists(by.role.as_str(), by.organisation_type.as_str());
        kind.is_some_and(|kind| kind.authority) && exists && by.role.as_str() != "viewer"
    }

    fn finding(
        &mut self,
        case: u8,
        what: u8,
        number: u8,
        who: u8,
    ) -> Option<Result<Vec<u64>, Refusal>> {
        let cases: Vec<u64> = self
            .realm
            .ledger
            .state
            .cases()
            .filter(|it| it.end.is_none())
            .map(|it| it.number)
            .collect();
        // Mostly where a certifier is at work, or where something is open.
        let told = self.realm.told().into_owned();
        let fits = |number: &u64| {
            let it = told.case(*number);
            let steps = &self.realm.flow_of_case(*number).steps;
            let agrees = |step: &Step| matches!(step.kind, StepKind::Validate | StepKind::Verify);
            let is_work = |step: &Step| agrees(step) && step.from.contains(&it.stage);
            !it.findings.is_empty() || (what.is_multiple_of(4) && steps.iter().any(is_work))
        };
        let fitting: Vec<u64> = cases.iter().copied().filter(fits).collect();
        let case = if fitting.is_empty() || case.is_multiple_of(8) {
            pick(&cases, case)
        } else {
            pick(&fitting, case)
        }?;
        let known = self.realm.case(case).clone();
        let (certifier, owners) = (
            known.case.subject.certifier,
            known.case.subject.owners.clone(),
        );
        let party = |by: &&ActedBy| match what % 4 {
            0 | 3 => certifier == Some(by.organisation),
            _ => owners.contains(&by.organisation),
        };
        let parties: Vec<ActedBy> = self.people.iter().filter(party).cloned().collect();
        let by = if who < 220 {
            pick(&parties, who)
        } else {
            pick(&self.people, who)
        }?;
        let step = |number| FindingStep {
            case,
            number,
            within: None,
            text: Commitment([7; 32]),
            by: by.clone(),
        };
        let last = 1 + u32::from(number) % known.findings.max(1);
        let new = match what % 4 {
            0 => NewFinding::Open {
                case,
                kind: if number.is_multiple_of(2) {
                    FindingKind::CorrectiveAction
                } else {
                    FindingKind::Clarification
                },
                text: Commitment([7; 32]),
                by: by.clone(),
            },
            1 | 2 => NewFinding::Answer(step(last)),
            _ => NewFinding::Close(step(last)),
        };
        let verdict = self.realm.submit(&Command::Finding(Box::new(new.clone())));
        self.note(
            &format!("a finding in case {case}: {new:?}"),
            Some(&by),
            &verdict,
        );
        let may = match new {
            NewFinding::Answer(_) => owners.contains(&by.organisation),
            _ => certifier == Some(by.organisation),
        };
        self.law(may || verdict.is_err(), || {
            "a finding by somebody who has no part in it".to_owned()
        });
        Some(verdict)
    }
}

fn run(country: &Country, wishes: &[Wish]) -> usize {
    let file = country.file();
    let process = Process::parse(&file);
    assert!(
        process.is_ok(),
        "the generator writes sound files: {process:?}\n{file}"
    );
    let mut run = Run::new(file);
    for wish in wishes {
        run.take(wish);
    }
    run.done
}

/// How many countries: a minute's worth, or as long as there is time for.
fn cases() -> u32 {
    if std::env::var_os("COUNTERSIGN_LONG").is_some() {
        2_000
    } else {
        24
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), ..ProptestConfig::default() })]

    #[test]
    fn whatever_people_try_in_whatever_process_units_are_conserved_and_the_file_holds(
        country in country(),
        wishes in prop::collection::vec(wish(), 60..160),
    ) {
        run(&country, &wishes);
    }
}

/// The wishes do come far: otherwise the property above would say little.
#[test]
fn random_people_reach_issuances_transfers_and_retirements() {
    use proptest::strategy::ValueTree as _;
    use proptest::test_runner::TestRunner;
    let mut runner = TestRunner::deterministic();
    let mut seen = BTreeSet::new();
    for _ in 0..12 {
        let country = country().new_tree(&mut runner).unwrap().current();
        let wishes = prop::collection::vec(wish(), 240)
            .new_tree(&mut runner)
            .unwrap()
            .current();
        let mut run = Run::new(country.file());
        let begun = run.realm.ledger.leaves.len();
        for wish in &wishes {
            run.take(wish);
        }
        assert!(run.done > 20, "{}", run.log);
        seen.extend(&run.met);
        let leaves = &run.realm.ledger.leaves[begun..];
        seen.extend(leaves.iter().map(|record| record.body.kind()));
        let ways = run.realm.ledger.state.cases();
        for case in ways {
            let flow = run.realm.process.flow(&case.case.flow).unwrap();
            let lapsed = flow
                .steps
                .iter()
                .any(|it| it.kind == StepKind::Automatic && it.to == case.case.stage);
            if lapsed {
                seen.insert("lapsed");
            }
            if case.paused.is_some() {
                seen.insert("paused");
            }
            if matches!(
                flow.stage(&case.case.stage).unwrap().end,
                Some(countersign_protocol::workflow::End::Accepted)
            ) {
                seen.insert(match case.kind {
                    SubjectKind::TransferRequest => "transferred",
                    SubjectKind::RetirementRequest => "retired",
                    SubjectKind::MonitoringPeriod => "issued",
                    _ => "accepted",
                });
            }
        }
    }
    println!("{seen:?}");
    for wanted in [
        "case_opened",
        "case_act",
        "issuance",
        "lapsed",
        "paused",
        "transferred",
        "retired",
        "issued",
        "split",
        "hold_placed",
        "hold_lifted",
        "finding_opened",
        "finding_closed",
        "held",
        "kept apart",
        "voted",
        "standing",
        "finding",
    ] {
        assert!(seen.contains(wanted), "nobody came to {wanted}: {seen:?}");
    }
}
