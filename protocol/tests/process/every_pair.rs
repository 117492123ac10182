//! Each preset in the ledger: from every stage that its flows reach, every step is tried by every kind of actor. What the
//! file allows is recorded, with the stage that the file names behind it; everything else is refused and changes nothing.
//! What can stand against an allowed step is tried too: see [`against`].

mod against;

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use countersign_protocol::id::OrganisationId;
use countersign_protocol::record::ActedBy;
use countersign_protocol::registry::Refusal;
use countersign_protocol::workflow::{Flow, Scope, Step, StepKind, SubjectKind, preset};

use crate::chronicle::Why;
use crate::realm::{FIRST, Opening, Realm, SECOND, UNREGISTERED};
use crate::support::invariants::check;

/// How much was tried.
#[derive(Debug, Default)]
struct Tried {
    stages: usize,
    done: usize,
    refused: usize,
    /// What kept people from a step, and how often.
    why: BTreeMap<Why, usize>,
}

struct Sweep {
    tried: Tried,
    /// Every stage that was reached, with the realm in which a case stands there: flow, track, stage.
    stages: BTreeMap<(String, Option<String>, String), (Realm, u64)>,
    /// Stages in which everybody has tried everything: flow and stage.
    swept: BTreeSet<(String, String)>,
}

/// Whether a step of the flow names somebody's type and role.
fn is_known_to(flow: &Flow, by: &ActedBy) -> bool {
    let (kind, role) = (by.organisation_type.as_str(), by.role.as_str());
    let mut rules = flow.steps.iter().flat_map(|step| &step.by);
    rules.any(|rule| rule.organisation_type == kind && rule.roles.iter().any(|it| it == role))
}

fn every_pair_of(name: &str) -> Tried {
    let mut realm = Realm::new(preset(name).unwrap());
    fund(&mut realm);
    realm.year += 1;
    let mut sweep = Sweep {
        tried: Tried::default(),
        stages: BTreeMap::new(),
        swept: BTreeSet::new(),
    };
    let process = realm.process.clone();
    let mut missed = Vec::new();
    for flow in &process.flows {
        let mut reached = BTreeSet::new();
        for track in flow.ways() {
            for (base, opening) in openings(&realm, &sweep, flow, track) {
                sweep.openings(&base, &opening, flow);
                reached.extend(sweep.flow(base, &opening, flow));
            }
        }
        let all = flow.stages.iter().map(|stage| &stage.id);
        missed.extend(
            all.filter(|id| !reached.contains(*id))
                .map(|id| format!("{} {id}", flow.id)),
        );
    }
    assert!(missed.is_empty(), "{name}: never reached: {missed:?}");
    sweep.tried
}

/// Gives the first organisation of every type units, by a project that all of them own.
pub(crate) fn fund(realm: &mut Realm) {
    let owners: BTreeSet<OrganisationId> =
        realm.organisations.values().map(|all| all[FIRST]).collect();
    let monitoring = realm.flow_of(SubjectKind::MonitoringPeriod).unwrap();
    let project = realm.flow_of(SubjectKind::Project).unwrap();
    let stages = monitoring.parent.clone().unwrap().stages;
    let track = monitoring.ways()[0].map(str::to_owned);
    let mut opening = Opening {
        flow: project.id,
        track: track.clone(),
        parent: None,
        owners,
        counterparty: None,
    };
    let case = realm.open(&opening).unwrap();
    *realm = realm
        .reached(case, |_, stage| stages.iter().any(|it| it == stage))
        .unwrap();
    opening.flow = monitoring.id;
    opening.parent = Some(case);
    let period = realm.open(&opening).unwrap();
    let issued = |realm: &Realm, _: &str| realm.ledger.state.issued() > 0;
    *realm = realm.reached(period, issued).unwrap();
    check(&realm.ledger.state);
}

/// Every way in which a case of the flow begins here: the realm, and who owns and receives.
fn openings(
    realm: &Realm,
    sweep: &Sweep,
    flow: &Flow,
    track: Option<&str>,
) -> Vec<(Realm, Opening)> {
    let opening = Opening {
        flow: flow.id.clone(),
        track: track.map(str::to_owned),
        parent: None,
        owners: realm.organisations.values().map(|all| all[FIRST]).collect(),
        counterparty: None,
    };
    if flow.subject == SubjectKind::Organisation {
        let new = realm
            .organisations
            .values()
            .filter_map(|all| all.get(UNREGISTERED));
        let of = |id: &OrganisationId| Opening {
            owners: BTreeSet::from([*id]),
            ..opening.clone()
        };
        return new.map(|id| (realm.clone(), of(id))).collect();
    }
    if let Some(rule) = &flow.parent {
        let mut above = rule.stages.iter();
        let key = |stage: &String| (rule.flow.clone(), opening.track.clone(), stage.clone());
        let (base, parent) = above
            .find_map(|stage| sweep.stages.get(&key(stage)))
            .unwrap()
            .clone();
        let owners = base.case(parent).case.subject.owners.clone();
        let opening = Opening {
            parent: Some(parent),
            owners,
            ..opening
        };
        return vec![(base, opening)];
    }
    let rules = flow.steps.iter().flat_map(|step| &step.by);
    let receivers = rules.filter(|rule| rule.scope == Scope::Counterparty);
    let types: BTreeSet<&String> = receivers.map(|rule| &rule.organisation_type).collect();
    if types.is_empty() {
        return vec![(realm.clone(), opening)];
    }
    let to = |kind: &&String| {
        let all = &realm.organisations[*kind];
        let counterparty = *all.get(SECOND).unwrap_or(&all[FIRST]);
        let mut owners = opening.owners.clone();
        owners.remove(&counterparty);
        let opening = Opening {
            owners,
            counterparty: Some(counterparty),
            ..opening.clone()
        };
        (realm.clone(), opening)
    };
    types.iter().map(to).collect()
}

impl Sweep {
    /// Everybody tries to open the case, from every stage of the case above.
    fn openings(&mut self, base: &Realm, opening: &Opening, flow: &Flow) {
        let mut above = vec![(base.clone(), opening.clone())];
        if let Some(rule) = &flow.parent {
            let others = self
                .stages
                .iter()
                .filter(|((of, track, _), _)| of == &rule.flow && *track == opening.track);
            above.extend(others.map(|(_, (realm, case))| {
                let parent = Some(*case);
                (
                    realm.clone(),
                    Opening {
                        parent,
                        ..opening.clone()
                    },
                )
            }));
        }
        for (mut realm, opening) in above {
            let before = realm.ledger.state.clone();
            for by in realm.everybody() {
                let expected = realm.may_open(&opening, &by);
                let opened = if expected {
                    realm.clone().open_by(&opening, &by)
                } else {
                    realm.open_by(&opening, &by)
                };
                self.count(opened.is_ok());
                assert_eq!(
                    opened.is_ok(),
                    expected,
                    "{} by {by:?}: {opened:?}",
                    flow.id
                );
            }
            assert!(realm.ledger.state == before, "a refusal changed something");
        }
    }

    fn count(&mut self, done: bool) {
        if done {
            self.tried.done += 1;
        } else {
            self.tried.refused += 1;
        }
    }

    /// From stage to stage, with both answers and every deadline; gives the stages that were reached.
    fn flow(&mut self, mut base: Realm, opening: &Opening, flow: &Flow) -> BTreeSet<String> {
        let case = base.open(opening).unwrap();
        let mut reached: BTreeMap<String, Realm> = BTreeMap::new();
        reached.insert(flow.first.clone(), base);
        let mut open = vec![flow.first.clone()];
        while let Some(stage) = open.pop() {
            let realm = reached[&stage].clone();
            self.tried.stages += 1;
            check(&realm.ledger.state);
            let key = (flow.id.clone(), opening.track.clone(), stage.clone());
            self.stages
                .entry(key)
                .or_insert_with(|| (realm.clone(), case));
            let is_first = self.everybody(&realm, case, flow);
            if is_first {
                self.against(&realm, case, flow);
            }
            for (after, target) in self.legal(&realm, case, flow) {
                if let Entry::Vacant(place) = reached.entry(target.clone()) {
                    place.insert(after);
                    open.push(target);
                }
            }
        }
        reached.into_keys().collect()
    }

    /// Every step by everybody. Who is refused has changed nothing. Gives whether the stage was new.
    fn everybody(&mut self, realm: &Realm, case: u64, flow: &Flow) -> bool {
        let mut realm = realm.clone();
        let before = realm.ledger.state.clone();
        let mut people = realm.everybody();
        let stage = realm.case(case).case.stage.clone();
        let is_first = self.swept.insert((flow.id.clone(), stage.clone()));
        if !is_first {
            // On another track, or with another receiver: those are enough whom some step of the flow knows.
            people.retain(|by| is_known_to(flow, by));
        }
        for step in &flow.steps {
            for by in &people {
                for no in [false, true] {
                    let expected = realm.may(case, step, no, by);
                    // A no is tried where the step could be taken; elsewhere it is refused as the yes is.
                    if no && !expected && !realm.may(case, step, false, by) {
                        continue;
                    }
                    self.tried(&mut realm, case, step, no, by);
                }
            }
        }
        assert!(
            realm.ledger.state == before,
            "a refusal changed something in {stage}"
        );
        is_first
    }

    /// Somebody tries a step: it is done exactly where file and leaves allow it.
    fn tried(&mut self, realm: &mut Realm, case: u64, step: &Step, no: bool, by: &ActedBy) {
        let expected = realm.verdict(case, step, no, by);
        let verdict = if expected.is_ok() {
            realm.clone().act(case, step, no, by)
        } else {
            realm.act(case, step, no, by)
        };
        self.count(verdict.is_ok());
        if let Err(why) = expected {
            *self.tried.why.entry(why).or_default() += 1;
        }
        assert!(
            verdict.is_ok() == expected.is_ok()
                || (expected.is_ok() && has_nothing(realm, by, &verdict)),
            "{} (no: {no}) in {} by {by:?}: {expected:?}, and {verdict:?}",
            step.id,
            realm.case(case).case.stage
        );
    }

    /// Every step that leaves the stage, taken to its end, with the stage where it leads.
    fn legal(&mut self, realm: &Realm, case: u64, flow: &Flow) -> Vec<(Realm, String)> {
        let known = realm.case(case);
        let (stage, track) = (known.case.stage.clone(), known.case.track.clone());
        let mut after = Vec::new();
        for step in flow.steps_from(&stage, track.as_deref()) {
            if step.kind == StepKind::Automatic {
                after.extend(self.deadline(realm, case, step));
                continue;
            }
            let no = step.no.as_ref().map(|no| (true, &no.to));
            for (no, target) in [(false, &step.to)].into_iter().chain(no) {
                let mut realm = realm.clone();
                let done = realm.complete_step(case, step, no);
                assert_eq!(done, Ok(()), "{} in {stage} (no: {no})", flow.id);
                self.arrived(&realm, case, flow, target);
                after.push((realm, target.clone()));
            }
        }
        after
    }

    fn arrived(&mut self, realm: &Realm, case: u64, flow: &Flow, target: &String) {
        let known = realm.case(case);
        assert_eq!(realm.told().differs_from(&realm.ledger.state), None);
        assert_eq!(&known.case.stage, target, "{}", flow.id);
        let end = flow.stage(target).unwrap().end;
        assert_eq!(known.end.is_some(), end.is_some(), "{} {target}", flow.id);
        self.count(true);
    }

    /// A deadline does its step when its time has come, and not a moment before.
    fn deadline(&mut self, realm: &Realm, case: u64, step: &Step) -> Option<(Realm, String)> {
        let (then, due_ms) = realm.due(case)?;
        if then.id != step.id {
            return None;
        }
        let mut realm = realm.clone();
        realm.ledger.time_ms = due_ms - 1;
        let early = realm.lapse(case, step);
        assert!(matches!(early, Err(Refusal::NotDue { .. })), "{early:?}");
        realm.ledger.time_ms = due_ms;
        realm.lapse(case, step).unwrap();
        let flow = realm.flow_of_case(case).clone();
        self.arrived(&realm, case, &flow, &step.to);
        Some((realm, step.to.clone()))
    }
}

/// Who may act and has no units of its own to reserve is told so.
fn has_nothing(realm: &Realm, by: &ActedBy, verdict: &Result<Vec<u64>, Refusal>) -> bool {
    let account = realm.account_of(by.organisation);
    let is_empty = account.is_none_or(|id| realm.ledger.available(id) == 0);
    is_empty && matches!(verdict, Err(Refusal::TooFew { available: 0, .. }))
}

fn told(name: &str, least: usize) {
    let tried = every_pair_of(name);
    println!("{name}: {tried:?}");
    assert!(
        tried.done > least && tried.refused > 10 * least,
        "{tried:?}"
    );
    for why in [
        Why::NotNow,
        Why::NotTheirs,
        Why::KeptApart,
        Why::Voted,
        Why::Standing,
        Why::Rests,
        Why::Finding,
    ] {
        assert!(
            tried.why.contains_key(&why),
            "nobody met {why:?}: {tried:?}"
        );
    }
}

#[test]
fn the_smallest_preset_allows_what_its_file_says_and_nothing_else() {
    told("small", 100);
}

#[test]
fn the_standard_preset_allows_what_its_file_says_and_nothing_else() {
    told("standard", 100);
}

#[test]
fn the_preset_of_undp_s_cycle_allows_what_its_file_says_and_nothing_else() {
    told("undp-2025", 100);
}

#[test]
fn the_preset_of_cote_d_ivoire_allows_what_its_file_says_and_nothing_else() {
    told("cote-divoire", 100);
}
