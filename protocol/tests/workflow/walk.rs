//! Walks a preset through every stage, step and kind of actor, held against its hand-written table.

use crate::cast::{RELATIONS, Relation, actor, full_act, subject};
use crate::table;
use countersign_protocol::workflow::{
    Actor, Case, Decision, Effect, Flow, Outcome, Process, Refusal, Step, act, migrate, start,
    timer, waiting_for,
};
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

const DAY_MS: u64 = 86_400_000;

pub(crate) struct Walk<'a> {
    pub(crate) process: &'a Process,
    pub(crate) table: &'a table::Table,
    next_user: u64,
    /// A case in every stage that was reached: flow, track, stage.
    cases: BTreeMap<(String, Option<String>, String), Case>,
    pub(crate) allowed: usize,
    pub(crate) refused: usize,
}

impl<'a> Walk<'a> {
    pub(crate) fn new(process: &'a Process, table: &'a table::Table) -> Self {
        Self {
            process,
            table,
            next_user: 100,
            cases: BTreeMap::new(),
            allowed: 0,
            refused: 0,
        }
    }

    /// Tries everything; panics at the first difference between engine and table.
    pub(crate) fn run(&mut self) {
        let named = |flow: &table::Flow| flow.id.clone();
        let known: Vec<String> = self
            .process
            .flows
            .iter()
            .map(|flow| flow.id.clone())
            .collect();
        assert_eq!(
            known,
            self.table.flows.iter().map(named).collect::<Vec<_>>()
        );
        for expected in &self.table.flows {
            let flow = self.process.flow(&expected.id).unwrap();
            same_steps(flow, expected);
            for track in flow.ways() {
                self.flow(flow, expected, track);
            }
        }
    }

    fn user(&mut self) -> u64 {
        self.next_user += 1;
        self.next_user
    }

    fn flow(&mut self, flow: &'a Flow, expected: &'a table::Flow, track: Option<&str>) {
        let first = self.begin(flow, expected, track);
        let key = |stage: &str| (flow.id.clone(), track.map(str::to_owned), stage.to_owned());
        self.cases.insert(key(&first.stage.clone()), first.clone());
        let mut open = vec![first.stage];
        while let Some(stage) = open.pop() {
            let case = self.cases[&key(&stage)].clone();
            self.every_actor(flow, expected, &case);
            for step in expected
                .steps
                .iter()
                .filter(|step| step.is_on(track) && step.from.contains(&stage))
            {
                let outcomes = self.both_answers(flow, &case, step);
                for (outcome, target) in outcomes {
                    assert_eq!(&outcome.case.stage, target, "{} {}", flow.id, step.id);
                    if let Entry::Vacant(place) = self.cases.entry(key(target)) {
                        place.insert(outcome.case);
                        open.push(target.clone());
                    }
                }
            }
            let end = flow
                .stage(&stage)
                .unwrap()
                .end
                .map(|end| end.word().to_owned());
            assert_eq!(
                end,
                expected.ends.get(&stage).cloned(),
                "{} {stage}",
                flow.id
            );
            assert_eq!(
                end.is_some(),
                waiting_for(self.process, &case).unwrap().is_empty(),
                "{stage}"
            );
        }
        let on_some_track = |stage: &&countersign_protocol::workflow::Stage| {
            self.cases
                .keys()
                .any(|(known, _, reached)| known == &flow.id && reached == &stage.id)
        };
        if flow.ways().last().copied().flatten() == track {
            let missed: Vec<_> = flow
                .stages
                .iter()
                .filter(|stage| !on_some_track(stage))
                .collect();
            assert!(missed.is_empty(), "never reached: {missed:?}");
        }
    }

    /// Begins a case with the first actor whom the table lets act in the first stage.
    fn begin(&mut self, flow: &Flow, expected: &table::Flow, track: Option<&str>) -> Case {
        let parent = flow.parent.as_ref().map(|parent| {
            let key =
                |stage: &String| (parent.flow.clone(), track.map(str::to_owned), stage.clone());
            let reached = parent
                .stages
                .iter()
                .find_map(|stage| self.cases.get(&key(stage)));
            reached
                .unwrap_or_else(|| panic!("no parent for {} on {track:?}", flow.id))
                .clone()
        });
        let (kind, role, relation) = expected
            .steps
            .iter()
            .filter(|step| step.is_on(track) && step.from.contains(&flow.first))
            .flat_map(|step| &step.by)
            .find_map(|rule| {
                let relation = RELATIONS
                    .into_iter()
                    .filter(|relation| *relation != Relation::Assigned)
                    .find(|relation| relation.fits(&rule.scope))?;
                Some((
                    rule.organisation_type.clone(),
                    rule.roles[0].clone(),
                    relation,
                ))
            })
            .unwrap();
        let user = self.user();
        let time_ms = parent.as_ref().map_or(1_000, |case| case.latest_ms);
        // The relation of an actor needs a case; an empty one stands in before there is any.
        let blank = Case {
            subject: subject(),
            process: self.process.content_hash(),
            flow: flow.id.clone(),
            track: track.map(str::to_owned),
            stage: flow.first.clone(),
            since_ms: 0,
            latest_ms: 0,
            history: Vec::new(),
            open: Vec::new(),
            performed: Vec::new(),
        };
        let first = actor(self.process, &blank, &kind, &role, relation, user).unwrap();
        let viewer = Actor {
            role: "viewer".into(),
            ..first.clone()
        };
        assert!(
            start(
                self.process,
                &flow.id,
                track,
                subject(),
                parent.as_ref(),
                &viewer,
                time_ms
            )
            .is_err()
        );
        if flow.parent.is_some() {
            let orphan = start(
                self.process,
                &flow.id,
                track,
                subject(),
                None,
                &first,
                time_ms,
            );
            assert!(
                matches!(orphan, Err(Refusal::WrongParent { .. })),
                "{orphan:?}"
            );
        }
        start(
            self.process,
            &flow.id,
            track,
            subject(),
            parent.as_ref(),
            &first,
            time_ms,
        )
        .unwrap()
    }

    /// Every step of the flow, tried by every kind of actor: allowed exactly when the table says so.
    fn every_actor(&mut self, flow: &Flow, expected: &table::Flow, case: &Case) {
        for step in &expected.steps {
            let here = step.is_on(case.track.as_deref())
                && step.from.contains(&case.stage)
                && !step.is_automatic();
            for kind in &self.process.organisation_types {
                for role in &self.process.roles {
                    for relation in RELATIONS {
                        let user = self.user();
                        let Some(actor) =
                            actor(self.process, case, &kind.id, &role.id, relation, user)
                        else {
                            continue;
                        };
                        let by_table = here
                            && step.by.iter().any(|rule| {
                                rule.organisation_type == kind.id
                                    && rule.roles.contains(&role.id)
                                    && relation.fits(&rule.scope)
                            });
                        let performed_by_us = |apart: &String| {
                            let (other, id) = apart.split_once('/').unwrap_or((&flow.id, apart));
                            case.performers(other, id)
                                .iter()
                                .any(|done| done.organisation == actor.organisation)
                        };
                        let by_table =
                            by_table && !step.option("apart-org").iter().any(performed_by_us);
                        let tried = full_act(
                            self.process,
                            case,
                            flow.step(&step.id).unwrap(),
                            Decision::Yes,
                        );
                        let verdict = act(self.process, case, &actor, &tried);
                        let what = format!(
                            "{} {} in {} by {} {} {relation:?}: {verdict:?}",
                            flow.id, step.id, case.stage, kind.id, role.id
                        );
                        assert_eq!(verdict.is_ok(), by_table, "{what}");
                        if verdict.is_ok() {
                            self.allowed += 1;
                        } else {
                            self.refused += 1;
                        }
                    }
                }
            }
        }
        let somebody = actor(
            self.process,
            case,
            &self.process.organisation_types[0].id,
            "administrator",
            Relation::Stranger,
            1,
        )
        .unwrap();
        let nonsense = countersign_protocol::workflow::Act::yes("no-such-step", case.latest_ms);
        assert!(matches!(
            act(self.process, case, &somebody, &nonsense),
            Err(Refusal::UnknownStep { .. })
        ));
        assert!(migrate(self.process, self.process, case).is_err());
    }

    fn both_answers(
        &mut self,
        flow: &Flow,
        case: &Case,
        step: &'a table::Step,
    ) -> Vec<(Outcome, &'a String)> {
        let real = flow.step(&step.id).unwrap();
        if step.is_automatic() {
            return vec![(self.automatic(flow, case, real), &step.to)];
        }
        let mut outcomes = vec![(self.yes(flow, case, real, step), &step.to)];
        let refusing = self.fresh(case, &step.by[0]);
        let no = full_act(self.process, case, real, Decision::No);
        let answered = act(self.process, case, &refusing, &no);
        match &step.no {
            Some(target) => {
                let outcome = answered.unwrap();
                assert_eq!(effects(&outcome), step.option("no-does"), "{} no", step.id);
                assert_eq!(outcome.letters, step.option("no-letter"), "{} no", step.id);
                let mut silent = no.clone();
                silent.comment = None;
                assert_eq!(
                    act(self.process, case, &refusing, &silent),
                    Err(Refusal::CommentMissing(step.id.clone()))
                );
                outcomes.push((outcome, target));
            }
            None => assert_eq!(answered, Err(Refusal::NoNo(step.id.clone()))),
        }
        outcomes
    }

    /// Somebody new whom a rule allows.
    fn fresh(&mut self, case: &Case, rule: &table::Rule) -> Actor {
        let user = self.user();
        let relation = RELATIONS
            .into_iter()
            .find(|relation| relation.fits(&rule.scope))
            .unwrap();
        actor(
            self.process,
            case,
            &rule.organisation_type,
            &rule.roles[0],
            relation,
            user,
        )
        .unwrap()
    }

    /// All the votes that the table asks, and a check of what they bring.
    fn yes(&mut self, flow: &Flow, case: &Case, real: &Step, step: &table::Step) -> Outcome {
        let reviewers = step.option("all");
        let mut rules: Vec<&table::Rule> = Vec::new();
        if reviewers.is_empty() {
            rules.extend((0..step.quorum()).map(|_| &step.by[0]));
        } else {
            let of = |kind: &String| {
                step.by
                    .iter()
                    .find(|rule| &rule.organisation_type == kind)
                    .unwrap()
            };
            rules.extend(reviewers.iter().map(of));
        }
        self.kept_apart(flow, case, real, step);
        self.incomplete(case, real, step);
        let mut case = case.clone();
        for (at, rule) in rules.iter().enumerate() {
            let actor = self.fresh(&case, rule);
            let full = full_act(self.process, &case, real, Decision::Yes);
            let outcome = act(self.process, &case, &actor, &full)
                .unwrap_or_else(|refusal| panic!("{} {}: {refusal}", flow.id, step.id));
            if at + 1 == rules.len() {
                assert!(outcome.completed, "{}", step.id);
                assert_eq!(
                    effects(&outcome),
                    step.option("does"),
                    "{} {}",
                    flow.id,
                    step.id
                );
                assert_eq!(
                    outcome.letters,
                    step.option("letter"),
                    "{} {}",
                    flow.id,
                    step.id
                );
                assert_eq!(outcome.fees, step.option("fee"), "{} {}", flow.id, step.id);
                return outcome;
            }
            assert!(
                !outcome.completed
                    && outcome.effects.is_empty()
                    && outcome.case.stage == case.stage,
                "{}",
                step.id
            );
            let again = act(
                self.process,
                &outcome.case,
                &actor,
                &full_act(self.process, &outcome.case, real, Decision::Yes),
            );
            assert!(
                matches!(again, Err(Refusal::VotedBefore { .. })),
                "{again:?}"
            );
            if !reviewers.is_empty() {
                let colleague = Actor {
                    user: self.user(),
                    ..actor
                };
                let twice = act(
                    self.process,
                    &outcome.case,
                    &colleague,
                    &full_act(self.process, &outcome.case, real, Decision::Yes),
                );
                assert!(
                    matches!(twice, Err(Refusal::ReviewedBefore { .. })),
                    "{twice:?}"
                );
            }
            case = outcome.case;
        }
        unreachable!()
    }

    /// Whoever did a step that the table keeps apart is refused, and only then.
    fn kept_apart(&mut self, flow: &Flow, case: &Case, real: &Step, step: &table::Step) {
        for (option, whole) in [("apart", false), ("apart-org", true)] {
            for apart in step.option(option) {
                let (other, id) = apart.split_once('/').unwrap_or((&flow.id, &apart));
                let rule = &step.by[0];
                for before in case.performers(other, id).to_vec() {
                    let mut same = self.fresh(case, rule);
                    same.user = before.user;
                    let tried = act(
                        self.process,
                        case,
                        &same,
                        &full_act(self.process, case, real, Decision::Yes),
                    );
                    assert!(
                        matches!(tried, Err(Refusal::KeptApart { .. })),
                        "{} {tried:?}",
                        step.id
                    );
                    if whole {
                        let mut moved = case.clone();
                        moved.subject.certifier = Some(before.organisation);
                        let colleague = self.fresh(&moved, rule);
                        let tried = act(
                            self.process,
                            &moved,
                            &colleague,
                            &full_act(self.process, &moved, real, Decision::Yes),
                        );
                        assert!(
                            matches!(tried, Err(Refusal::KeptApart { .. })),
                            "{} {tried:?}",
                            step.id
                        );
                    }
                }
            }
        }
    }

    /// Without its form or one of its documents, or with a wrong form, the act is refused.
    fn incomplete(&mut self, case: &Case, real: &Step, step: &table::Step) {
        assert_eq!(
            real.form.iter().cloned().collect::<Vec<_>>(),
            step.option("form"),
            "{}",
            step.id
        );
        assert_eq!(real.documents, step.option("docs"), "{}", step.id);
        let actor = self.fresh(case, &step.by[0]);
        let full = full_act(self.process, case, real, Decision::Yes);
        let mut tries = Vec::new();
        if real.form.is_some() {
            let mut without = full.clone();
            without.form = None;
            tries.push(without);
            let mut empty = full.clone();
            let instance = serde_json::json!({});
            empty.form = Some(countersign_protocol::workflow::FilledForm::Open {
                instance,
                commitment: [0; 32],
            });
            tries.push(empty);
        }
        for at in 0..real.documents.len() {
            let mut without = full.clone();
            without.documents.remove(at);
            tries.push(without);
        }
        for tried in tries {
            let verdict = act(self.process, case, &actor, &tried);
            let named = matches!(
                verdict,
                Err(Refusal::FormMissing { .. }
                    | Refusal::FormWrong { .. }
                    | Refusal::DocumentMissing { .. })
            );
            assert!(named, "{} {verdict:?}", step.id);
        }
        let mut early = full;
        early.time_ms = case.latest_ms - 1;
        assert!(matches!(
            act(self.process, case, &actor, &early),
            Err(Refusal::TimeBackwards { .. })
        ));
    }

    /// The timer does the step exactly when the deadline of the table has passed.
    fn automatic(&mut self, flow: &Flow, case: &Case, real: &Step) -> Outcome {
        let expected = self
            .table
            .flows
            .iter()
            .find(|known| known.id == flow.id)
            .unwrap();
        let waits = |step: &&table::Step| {
            step.from.contains(&case.stage)
                && step.is_on(case.track.as_deref())
                && step.option("then").contains(&real.id)
        };
        let waiting = expected.steps.iter().find(waits).unwrap();
        let days: u64 = waiting.option("due")[0].parse().unwrap();
        let due = case.since_ms + days * DAY_MS;
        assert_eq!(timer(self.process, case, due - 1), Ok(None), "{}", real.id);
        let outcome = timer(self.process, case, due).unwrap().unwrap();
        let own = expected
            .steps
            .iter()
            .find(|step| step.id == real.id)
            .unwrap();
        assert_eq!(effects(&outcome), own.option("does"), "{}", real.id);
        assert_eq!(outcome.case.history.last().unwrap().by, None);
        outcome
    }
}

fn effects(outcome: &Outcome) -> Vec<String> {
    outcome
        .effects
        .iter()
        .map(|due| due.effect.word().to_owned())
        .collect()
}

/// What the walk does not try is compared here: deadlines, quorums, separations and kinds, side by side.
fn same_steps(flow: &Flow, expected: &table::Flow) {
    let ids = |ids: Vec<&String>| ids.into_iter().cloned().collect::<Vec<_>>();
    assert_eq!(
        ids(flow.steps.iter().map(|step| &step.id).collect()),
        ids(expected.steps.iter().map(|step| &step.id).collect()),
        "{}",
        flow.id
    );
    for step in &expected.steps {
        let real = flow.step(&step.id).unwrap();
        let apart = |whole: bool| {
            let rules = real
                .apart
                .iter()
                .filter(move |apart| apart.organisation == whole);
            rules
                .map(|apart| {
                    if apart.flow == flow.id {
                        apart.step.clone()
                    } else {
                        format!("{}/{}", apart.flow, apart.step)
                    }
                })
                .collect::<Vec<_>>()
        };
        assert_eq!(
            (apart(false), apart(true)),
            (step.option("apart"), step.option("apart-org")),
            "{} {}",
            flow.id,
            step.id
        );
        let due = real
            .deadline
            .as_ref()
            .map(|deadline| deadline.days.to_string());
        assert_eq!(
            due.into_iter().collect::<Vec<_>>(),
            step.option("due"),
            "{} {}",
            flow.id,
            step.id
        );
        assert_eq!(real.quorum, step.quorum(), "{} {}", flow.id, step.id);
        if let [kind] = step.option("kind").as_slice() {
            assert_eq!(real.kind.word(), kind, "{} {}", flow.id, step.id);
        }
    }
}

/// Four eyes on what creates, authorises or ends value: an effect of this list takes two people one way or another.
pub(crate) fn two_people_behind(process: &Process, effect: Effect) {
    for flow in &process.flows {
        for step in flow.steps.iter().filter(|step| step.has_effect(effect)) {
            assert!(step.votes_needed() >= 2, "{} {} {effect}", flow.id, step.id);
        }
    }
}
