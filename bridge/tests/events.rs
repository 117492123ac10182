//! The event of every kind of record is fixed by a golden file: other programs read it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::collections::BTreeSet;

use countersign_bridge::event::{Event, EventKind, EventLeaf};
use countersign_protocol::id::Origin;
use countersign_protocol::log::leaf_hash;
use countersign_protocol::record::{Body, Record};
use countersign_protocol::registry::{CaseOutcome, Outcome};
use countersign_protocol::workflow::{Effect, SubjectKind};
use serde_json::json;

const GOLDEN: &str = include_str!("golden/events.jsonl");

fn origin() -> Origin {
    "gh.example/ledger".parse().unwrap()
}

/// What a record of some kind brought about.
fn outcome(kind: &str) -> Outcome {
    let entry = |from, to, units| json!([{"from": from, "to": to, "units": units}]);
    let moves = match kind {
        "issuance" => entry(json!("issued"), json!({"available": 2}), "GH-1-20000"),
        "hold" => entry(json!({"available": 2}), json!({"on_hold": 2}), "GH-1-8267"),
        "transfer" => entry(json!({"available": 2}), json!({"available": 1}), "GH-1-100"),
        "lock" => entry(
            json!({"available": 2}),
            json!({"escrow": 2}),
            "GH-8268-20000",
        ),
        "acquire" => entry(
            json!({"acquired_from": "CH"}),
            json!({"available": 1}),
            "CH-1-10",
        ),
        "finalise" => entry(
            json!({"escrow": 2}),
            json!({"transferred_to": "CH"}),
            "GH-8268-20000",
        ),
        "release" => entry(
            json!({"escrow": 2}),
            json!({"available": 2}),
            "GH-8268-20000",
        ),
        "retire" => entry(json!({"available": 2}), json!("used"), "GH-1-100"),
        _ => json!([]),
    };
    let case = match kind {
        "case_opened" => Some(case(&[])),
        "case_act" => Some(case(&["register", "authorise", "publish"])),
        "case_migrated" | "finding_opened" => Some(case(&[])),
        _ => None,
    };
    serde_json::from_value(json!({"moves": moves, "case": case, "cancelled": []})).unwrap()
}

fn case(effects: &[&str]) -> CaseOutcome {
    let case = json!({"case": 1, "kind": "project", "flow": "project", "stage": "authorised", "is_over": false,
        "parent": null, "project": 1, "owners": [1], "certifier": 3, "effects": effects});
    serde_json::from_value(case).unwrap()
}

/// One leaf of every kind.
fn leaves() -> Vec<EventLeaf> {
    let text = include_str!("golden/bodies.json");
    let bodies: Vec<Body> = serde_json::from_str(text).unwrap();
    let leaf = |(index, body): (u64, Body)| {
        let outcome = outcome(body.kind());
        let record = Record {
            time_ms: 1_751_846_400_000 + index,
            request: format!("{index:032x}").parse().unwrap(),
            body,
        };
        EventLeaf {
            index,
            hash: leaf_hash(&record.encode()),
            record,
            outcome,
        }
    };
    (0..).zip(bodies).map(leaf).collect()
}

#[test]
fn every_kind_of_record_has_the_event_that_other_programs_read() {
    let mut lines = String::new();
    for leaf in leaves() {
        let witnessed = leaf.index % 2 == 0;
        let event = leaf.event(&origin(), witnessed);
        lines.push_str(&serde_json::to_string(&event).unwrap());
        lines.push('\n');
    }
    if std::env::var_os("COUNTERSIGN_BLESS").is_some() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/events.jsonl");
        return std::fs::write(path, &lines).unwrap();
    }
    assert_eq!(
        lines, GOLDEN,
        "the JSON of an event changed: that breaks readers"
    );
}

#[test]
fn an_event_reads_back_and_its_record_has_its_leaf_hash() {
    for (line, leaf) in GOLDEN.lines().zip(leaves()) {
        let event: Event = serde_json::from_str(line).unwrap();
        assert_eq!(leaf_hash(&event.data.record.encode()), leaf.hash);
        assert_eq!(event.id, leaf.index.to_string());
        assert_eq!(event, leaf.event(&origin(), event.witnessed));
    }
}

#[test]
fn a_step_is_named_after_the_weightiest_of_its_effects_and_after_its_subject() {
    let body = leaves()
        .into_iter()
        .map(|leaf| leaf.record.body)
        .find(|body| matches!(body, Body::CaseAct(_)))
        .unwrap();
    let kind_of = |kind: SubjectKind, effects: &[Effect]| {
        let outcome = Outcome {
            case: Some(CaseOutcome {
                kind,
                effects: effects.to_vec(),
                ..case(&[])
            }),
            ..Outcome::default()
        };
        EventKind::of(&body, &outcome).name()
    };
    let (organisation, project) = (SubjectKind::Organisation, SubjectKind::Project);
    for (kind, effects, name) in [
        (project, &[][..], "case.step_taken"),
        (project, &[Effect::Publish], "case.published"),
        (
            project,
            &[Effect::Register, Effect::Publish],
            "project.registered",
        ),
        (
            project,
            &[Effect::Publish, Effect::Register, Effect::Authorise],
            "project.authorised",
        ),
        (organisation, &[Effect::Register], "organisation.registered"),
        (organisation, &[Effect::Suspend], "organisation.suspended"),
        (project, &[Effect::Suspend], "project.suspended"),
        (
            SubjectKind::RetirementRequest,
            &[Effect::Retire, Effect::Publish],
            "unit.retirement_approved",
        ),
        (
            SubjectKind::TransferRequest,
            &[Effect::Reserve],
            "unit.reserved",
        ),
        (
            SubjectKind::TransferRequest,
            &[Effect::Transfer],
            "unit.transfer_approved",
        ),
    ] {
        assert_eq!(kind_of(kind, effects), name);
    }
}

#[test]
fn the_documentation_lists_every_type_with_its_meaning_and_no_other() {
    let page = include_str!("../../docs/events.md");
    let mut listed = BTreeSet::new();
    for line in page.lines().filter(|line| line.starts_with("| `")) {
        let mut cells = line.trim_matches('|').split(" | ").map(str::trim);
        let (name, meaning) = (cells.next().unwrap(), cells.next().unwrap());
        let name = name.trim_matches('`');
        let Ok(kind) = name.parse::<EventKind>() else {
            continue;
        };
        assert_eq!(meaning, kind.meaning(), "{name}");
        assert!(listed.insert(kind), "{name} is listed twice");
    }
    let all: BTreeSet<EventKind> = EventKind::ALL.iter().copied().collect();
    assert_eq!(listed, all);
}
