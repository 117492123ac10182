//! Random actors in random processes, and files with random damage.

use crate::cast::scopes;
use crate::presets::process;
use countersign_protocol::id::OrganisationId;
use countersign_protocol::workflow::{
    Act, Actor, Case, DAY_MS, Decision, Effect, FilledForm, Outcome, PRESETS, Process, Refusal,
    Scope, Step, StepKind, Subject, act, possible, start, timer, waiting_for,
};
use proptest::prelude::*;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

/// A process made of random parts: stages in a row with random ways between them, random actors, quorums, separations.
/// Most are refused by the checker; those that pass are run.
#[derive(Debug, Clone)]
struct RandomStep {
    from: usize,
    to: usize,
    no: Option<usize>,
    kind: u8,
    role: u8,
    scope: u8,
    quorum: u8,
    reviews: bool,
    apart: Option<(usize, bool)>,
    form: bool,
    comment: bool,
    due: Option<u8>,
}

const STAGES: usize = 5;

fn random_step() -> impl Strategy<Value = RandomStep> {
    let way = (
        0..STAGES - 1,
        0..STAGES,
        prop::option::weighted(0.3, 0..STAGES),
    );
    let who = (
        0..2_u8,
        0..3_u8,
        0..3_u8,
        1..4_u8,
        prop::bool::weighted(0.2),
    );
    let rules = (
        prop::option::weighted(0.5, (0..8_usize, any::<bool>())),
        any::<bool>(),
        any::<bool>(),
        prop::option::weighted(0.3, 1..90_u8),
    );
    (way, who, rules).prop_map(
        |((from, to, no), (kind, role, scope, quorum, reviews), (apart, form, comment, due))| {
            RandomStep {
                from,
                to,
                no,
                kind,
                role,
                scope,
                quorum,
                reviews,
                apart,
                form,
                comment,
                due,
            }
        },
    )
}

fn text_of(steps: &[RandomStep]) -> String {
    let mut text = String::from(
        r#"
format = 1
id = "random"
version = "1"
title = "Random"
languages = ["en"]
organisation = [
  { id = "government", label = "Government", authority = true },
  { id = "ministry", label = "Ministry", sectoral = true },
  { id = "developer", label = "Developer" },
]
[[form]]
id = "note"
label = "Note"
schema = { type = "object", required = ["words"], properties = { words = { type = "string", minLength = 1 } } }
[[flow]]
id = "thing"
label = "Thing"
subject = "project"
first = "s0"
stage = [
  { id = "s0", label = "0" }, { id = "s1", label = "1" }, { id = "s2", label = "2" }, { id = "s3", label = "3" },
  { id = "s4", label = "4", end = "accepted" },
]
"#,
    );
    // A way forward from every stage, so that a fair share of the files is sound.
    let backbone = (0..STAGES - 1).map(|from| RandomStep {
        from,
        to: from + 1,
        no: None,
        kind: 0,
        role: 0,
        scope: 2,
        quorum: 1,
        reviews: false,
        apart: None,
        form: false,
        comment: false,
        due: None,
    });
    let all: Vec<RandomStep> = backbone.chain(steps.iter().cloned()).collect();
    for (at, step) in all.iter().enumerate() {
        let kind = if step.kind == 0 { "decide" } else { "review" };
        let role = ["manager", "manager", "root"][usize::from(step.role)];
        let role_elsewhere = "manager";
        let by = match (step.reviews, step.scope) {
            (true, _) => format!(
                "{{ type = \"government\", roles = [\"{role}\"] }}, {{ type = \"ministry\", roles = [\"{role_elsewhere}\"], scope = \"sector\" }}"
            ),
            (false, 0) => format!(
                "{{ type = \"developer\", roles = [\"{role_elsewhere}\"], scope = \"own\" }}"
            ),
            (false, 1) => format!(
                "{{ type = \"ministry\", roles = [\"{role_elsewhere}\", \"administrator\"], scope = \"sector\" }}"
            ),
            (false, _) => {
                format!("{{ type = \"government\", roles = [\"{role}\", \"administrator\"] }}")
            }
        };
        text.push_str(&format!("[[flow.step]]\nid = \"t{at}\"\nlabel = \"T\"\nkind = \"{kind}\"\nfrom = [\"s{}\"]\nto = \"s{}\"\nby = [{by}]\n", step.from, step.to));
        if step.reviews {
            text.push_str("reviews_by = [\"government\", \"ministry\"]\n");
        } else {
            text.push_str(&format!("quorum = {}\n", step.quorum));
        }
        if let Some(no) = step.no {
            text.push_str(&format!("no = {{ to = \"s{no}\" }}\n"));
        }
        if let Some((other, organisation)) = step.apart.filter(|(other, _)| other % all.len() != at)
        {
            text.push_str(&format!(
                "apart = [{{ step = \"t{}\", organisation = {organisation} }}]\n",
                other % all.len()
            ));
        }
        if step.form {
            text.push_str("form = \"note\"\n");
        }
        if step.comment {
            text.push_str("comment = true\n");
        }
        if let Some(days) = step.due {
            text.push_str(&format!(
                "deadline = {{ days = {days}, then = \"auto{at}\" }}\n"
            ));
            text.push_str(&format!("[[flow.step]]\nid = \"auto{at}\"\nlabel = \"A\"\nkind = \"automatic\"\nfrom = [\"s{}\"]\nto = \"s{}\"\n", step.from, STAGES - 1));
        }
    }
    text
}

/// What an actor tries: user, type, role, organisation, step, answer, what is brought along, how much time passes.
type Try = (u64, u8, u8, u32, usize, bool, bool, u8);

fn tries() -> impl Strategy<Value = Vec<Try>> {
    let one = (
        0..8_u64,
        0..9_u8,
        0..7_u8,
        1..6_u32,
        any::<prop::sample::Index>().prop_map(|at| at.index(1000)),
        prop::bool::weighted(0.75),
        prop::bool::weighted(0.9),
        0..10_u8,
    );
    prop::collection::vec(one, 1..120)
}

fn subject() -> Subject {
    Subject {
        id: "1".into(),
        owners: BTreeSet::from([OrganisationId(1), OrganisationId(2)]),
        certifier: Some(OrganisationId(3)),
        counterparty: Some(OrganisationId(4)),
        scopes: scopes(&[1]),
    }
}

fn actor_of(process: &Process, tried: &Try) -> Actor {
    let types = &process.organisation_types;
    let roles = &process.roles;
    Actor {
        user: tried.0,
        organisation: OrganisationId(tried.3),
        organisation_type: types[usize::from(tried.1) % types.len()].id.clone(),
        role: roles[usize::from(tried.2) % roles.len()].id.clone(),
        scopes: if tried.3.is_multiple_of(2) {
            scopes(&[1])
        } else {
            scopes(&[2])
        },
    }
}

fn act_of(process: &Process, case: &Case, step: &Step, tried: &Try) -> Act {
    let (yes, complete) = (tried.5, tried.6);
    let names =
        (yes && step.has_effect(Effect::AssignCertifier)).then_some(OrganisationId(tried.3));
    let form = step.form.as_ref().filter(|_| complete).map(|form| {
        let mut instance = process.form(form).unwrap().schema.example();
        if let Some(OrganisationId(number)) = names {
            instance["certifier"] = json!(number);
        }
        FilledForm::Open {
            instance,
            commitment: [1; 32],
        }
    });
    Act {
        step: step.id.clone(),
        decision: if yes { Decision::Yes } else { Decision::No },
        form,
        documents: step
            .documents
            .iter()
            .map(|kind| (kind.clone(), [2; 32]))
            .collect(),
        comment: complete.then_some([3; 32]),
        names,
        time_ms: case.latest_ms + u64::from(tried.7) * DAY_MS,
    }
}

/// The rules of the file once more, in other words than the engine's: from the history alone.
fn lawful(
    process: &Process,
    before: &Case,
    step: &Step,
    actor: &Actor,
    performed: &BTreeMap<String, Vec<(u64, OrganisationId)>>,
    votes: &[(u64, String)],
) {
    assert!(step.kind != StepKind::Automatic);
    assert!(step.from.contains(&before.stage), "acted outside the stage");
    assert!(process.role_exists(&actor.role, &actor.organisation_type) && actor.role != "viewer");
    let fits = step.by.iter().any(|rule| {
        rule.organisation_type == actor.organisation_type
            && rule.roles.contains(&actor.role)
            && match rule.scope {
                Scope::Own => before.subject.owners.contains(&actor.organisation),
                Scope::Assigned => before.subject.certifier == Some(actor.organisation),
                Scope::Counterparty => before.subject.counterparty == Some(actor.organisation),
                Scope::Sector => actor
                    .scopes
                    .iter()
                    .any(|scope| before.subject.scopes.contains(scope)),
                Scope::Any => true,
            }
    });
    assert!(fits, "{actor:?} acted in {}", step.id);
    for apart in step.apart.iter().filter(|apart| apart.flow == before.flow) {
        for (user, organisation) in performed.get(&apart.step).into_iter().flatten() {
            assert!(
                *user != actor.user,
                "user {user} did {} and {}",
                apart.step,
                step.id
            );
            assert!(
                !apart.organisation || *organisation != actor.organisation,
                "{organisation} did {} and {}",
                apart.step,
                step.id
            );
        }
    }
    assert!(
        votes.iter().all(|(user, _)| *user != actor.user),
        "voted twice"
    );
    if !step.reviews_by.is_empty() {
        assert!(
            votes
                .iter()
                .all(|(_, kind)| *kind != actor.organisation_type),
            "reviewed twice"
        );
    }
}

/// Runs tries against a flow; returns how many acts were accepted.
fn run(process: &Process, flow: &str, track: Option<&str>, tries: &[Try]) -> usize {
    let flow = process.flow(flow).unwrap();
    let Some(mut case) = tries.iter().find_map(|tried| {
        start(
            process,
            &flow.id,
            track,
            subject(),
            None,
            &actor_of(process, tried),
            0,
        )
        .ok()
    }) else {
        return 0;
    };
    let mut performed: BTreeMap<String, Vec<(u64, OrganisationId)>> = BTreeMap::new();
    let mut votes: BTreeMap<String, Vec<(u64, OrganisationId, String)>> = BTreeMap::new();
    let mut accepted = 0;
    for tried in tries {
        // Half of the tries go to a step that leaves the stage, so that walks come far.
        let here: Vec<&Step> = flow.steps_from(&case.stage, track).collect();
        let all: Vec<&Step> = if tried.4 % 4 > 0 && !here.is_empty() {
            here
        } else {
            flow.steps.iter().collect()
        };
        let step = all[tried.4 % all.len()];
        let actor = actor_of(process, tried);
        let wish = act_of(process, &case, step, tried);
        let before = case.clone();
        let outcome = act(process, &case, &actor, &wish);
        let offered = possible(process, &case, &actor)
            .unwrap()
            .into_iter()
            .find(|offer| offer.step == step.id);
        match &outcome {
            Ok(Outcome {
                case: after,
                completed,
                effects,
                ..
            }) => {
                accepted += 1;
                let given: Vec<(u64, String)> = votes
                    .get(&step.id)
                    .into_iter()
                    .flatten()
                    .map(|(user, _, kind)| (*user, kind.clone()))
                    .collect();
                lawful(process, &before, step, &actor, &performed, &given);
                assert!(
                    offered.is_some_and(|offer| offer.hindrance.is_none()),
                    "done and not offered: {}",
                    step.id
                );
                votes.entry(step.id.clone()).or_default().push((
                    actor.user,
                    actor.organisation,
                    actor.organisation_type.clone(),
                ));
                let full =
                    votes[&step.id].len() >= step.votes_needed() || wish.decision == Decision::No;
                assert_eq!(*completed, full, "{}", step.id);
                assert!(*completed || effects.is_empty());
                if full {
                    let by = votes
                        .remove(&step.id)
                        .unwrap()
                        .into_iter()
                        .map(|(user, organisation, _)| (user, organisation));
                    performed.insert(step.id.clone(), by.collect());
                    votes.clear();
                    let target = if wish.decision == Decision::No {
                        &step.no.as_ref().unwrap().to
                    } else {
                        &step.to
                    };
                    assert_eq!(&after.stage, target);
                } else {
                    assert_eq!(after.stage, before.stage);
                }
                assert_eq!(after.history.len(), before.history.len() + 1);
                case = after.clone();
            }
            Err(_) => assert_eq!(case, before),
        }
        if let Some(outcome) = timer(
            process,
            &case,
            case.latest_ms + u64::from(tried.7) * DAY_MS / 4,
        )
        .unwrap()
        {
            let step = outcome.case.history.last().unwrap().step.clone();
            let waited = waiting_for(process, &case).unwrap();
            assert!(waited.iter().any(|waiting| {
                waiting
                    .due_ms
                    .is_some_and(|due| due <= outcome.case.latest_ms)
            }));
            assert_eq!(flow.step(&step).unwrap().kind, StepKind::Automatic);
            performed.insert(step, Vec::new());
            votes.clear();
            case = outcome.case;
        }
        assert!(flow.stage(&case.stage).is_some(), "in an unknown stage");
        let ended = flow.stage(&case.stage).unwrap().end.is_some();
        assert_eq!(waiting_for(process, &case).unwrap().is_empty(), ended);
    }
    // The case survives storage, and a fold of sealed acts gives the same case.
    let bytes = postcard::to_allocvec(&case).unwrap();
    assert_eq!(postcard::from_bytes::<Case>(&bytes).unwrap(), case);
    accepted
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn nobody_acts_outside_what_a_random_file_says(steps in prop::collection::vec(random_step(), 0..7), tries in tries()) {
        if let Ok(process) = Process::parse(&text_of(&steps)) {
            run(&process, "thing", None, &tries);
        }
    }

    #[test]
    fn nobody_acts_outside_what_a_preset_says(tries in tries(), which in 0..64_usize) {
        let process = process(PRESETS[which % PRESETS.len()].0);
        let roots: Vec<_> = process.flows.iter().filter(|flow| flow.parent.is_none()).collect();
        let flow = roots[which / 4 % roots.len()];
        let ways = flow.ways();
        run(&process, &flow.id, ways[which % ways.len()], &tries);
    }

    #[test]
    fn no_damage_to_a_file_makes_the_reader_panic(which in 0..PRESETS.len(), cuts in prop::collection::vec((any::<prop::sample::Index>(), 0..40_usize, "[\\PC\n\"={}\\[\\].a-z0-9-]{0,12}"), 1..5)) {
        let mut text: Vec<char> = PRESETS[which].1.chars().collect();
        for (at, length, new) in cuts {
            let at = at.index(text.len());
            let end = (at + length).min(text.len());
            text.splice(at..end, new.chars());
            if text.is_empty() { text.push('x'); }
        }
        let text: String = text.into_iter().collect();
        match Process::parse(&text) {
            Ok(process) => prop_assert!(!process.flows.is_empty()),
            Err(problems) => {
                prop_assert!(!problems.is_empty());
                let lines = u32::try_from(text.lines().count()).unwrap() + 1;
                prop_assert!(problems.iter().all(|problem| (1..=lines).contains(&problem.line) && problem.column >= 1));
            }
        }
    }

    #[test]
    fn no_text_makes_the_reader_panic(text in "\\PC{0,200}") {
        prop_assert!(Process::parse(&text).is_err());
    }
}

#[test]
fn the_random_tests_are_not_empty() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let (mut sound, mut accepted, mut why) = (0, 0, String::new());
    for _ in 0..200 {
        let steps = prop::collection::vec(random_step(), 0..7)
            .new_tree(&mut runner)
            .unwrap();
        let tries = tries().new_tree(&mut runner).unwrap();
        use proptest::strategy::ValueTree;
        let read = Process::parse(&text_of(&steps.current()));
        if let (0, Err(problems)) = (sound, &read) {
            why = problems
                .iter()
                .map(|problem| format!("{problem}\n"))
                .collect();
        }
        if let Ok(process) = read {
            sound += 1;
            accepted += run(&process, "thing", None, &tries.current());
        }
    }
    assert!(sound > 40, "{sound} sound files of 200\n{why}");
    assert!(accepted > 200, "{accepted} acts accepted");
}

#[test]
fn a_fold_of_sealed_acts_gives_the_same_case() {
    let process = process("small");
    let actor = |at: u32, step: &Step, case: &Case| {
        let rule = &step.by[0];
        Actor {
            user: u64::from(at),
            organisation: if rule.scope == Scope::Assigned {
                case.subject.certifier.unwrap()
            } else {
                OrganisationId(1)
            },
            organisation_type: rule.organisation_type.clone(),
            role: rule.roles[0].clone(),
            scopes: scopes(&[1]),
        }
    };
    let flow = process.flow("project").unwrap();
    let first = actor(0, flow.step("submit").unwrap(), &blank(&process));
    let begun = start(&process, "project", None, subject(), None, &first, 0).unwrap();
    let (mut open, mut sealed) = (begun.clone(), begun);
    let ids = [
        "submit",
        "validate",
        "request-changes",
        "resubmit",
        "validate",
        "recommend",
        "authorise",
        "authorise",
    ];
    for (accepted, id) in (0..).zip(ids) {
        let step = flow.step(id).unwrap();
        let tried: Try = (0, 0, 0, 30 + accepted, 0, true, true, 1);
        let wish = act_of(&process, &open, step, &tried);
        let mut blind = wish.clone();
        blind.form = wish
            .form
            .as_ref()
            .map(|form| FilledForm::Sealed(form.commitment()));
        let actor = actor(accepted + 1, step, &open);
        sealed = act(&process, &sealed, &actor, &blind).unwrap().case;
        open = act(&process, &open, &actor, &wish).unwrap().case;
        assert_eq!(open, sealed);
    }
    assert_eq!(open.stage, "authorised");
}

/// A case to ask about before there is one.
fn blank(process: &Process) -> Case {
    Case {
        subject: subject(),
        process: process.content_hash(),
        flow: "project".into(),
        track: None,
        stage: "draft".into(),
        since_ms: 0,
        latest_ms: 0,
        history: Vec::new(),
        open: Vec::new(),
        performed: Vec::new(),
    }
}

#[test]
fn another_process_and_time_that_runs_backwards_are_refused() {
    let (small, standard) = (process("small"), process("standard"));
    let owner = Actor {
        user: 1,
        organisation: OrganisationId(1),
        organisation_type: "developer".into(),
        role: "administrator".into(),
        scopes: scopes(&[1]),
    };
    let case = start(&small, "project", None, subject(), None, &owner, 5_000).unwrap();
    let wish = Act {
        comment: Some([0; 32]),
        ..Act::yes("withdraw", 6_000)
    };
    assert!(matches!(
        act(&standard, &case, &owner, &wish),
        Err(Refusal::OtherProcess { .. })
    ));
    let early = Act {
        time_ms: 4_999,
        ..wish.clone()
    };
    assert_eq!(
        act(&small, &case, &owner, &early),
        Err(Refusal::TimeBackwards {
            latest: 5_000,
            found: 4_999
        })
    );
    let done = act(&small, &case, &owner, &wish).unwrap().case;
    assert_eq!(
        act(&small, &done, &owner, &wish),
        Err(Refusal::Ended("withdrawn".into()))
    );
}
