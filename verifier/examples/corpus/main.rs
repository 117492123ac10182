//! Writes a corpus of bundles with our verdicts on them, for verifiers in other languages to agree with.
//!
//! `cargo run -p countersign-verifier --example corpus -- COUNT SEED > corpus.jsonl`: first a line with the policies, then one line
//! for each case: the policy by its place or as text, the bundle and what came later in base64, and the verdict.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::cast_possible_truncation,
    unreachable_pub,
    reason = "a tool of the tests"
)]

#[path = "../../../protocol/tests/records/any_record.rs"]
#[allow(dead_code)]
mod any_record;
#[path = "../../../protocol/tests/records/article6.rs"]
#[allow(dead_code)]
mod article6;
mod chance;
mod mutate;
mod records;
/// What the random records of protocol's tests use of its samples.
mod samples {
    pub(crate) fn text<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
        text.parse().unwrap()
    }
}
mod world;

use std::io::Write;

use base64::{Engine, prelude::BASE64_STANDARD};
use countersign_verifier::{answer, write_frames};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::json;

use chance::Chance;
use world::{Head, Tree, World};

/// Cases for which one set of trees serves.
const CASES_A_ROUND: usize = 500;

fn main() {
    let mut arguments = std::env::args()
        .skip(1)
        .map(|it| it.parse::<u64>().unwrap());
    let count = arguments.next().unwrap_or(1000) as usize;
    let seed = arguments.next().unwrap_or(1);
    let mut chance = Chance::new(seed);
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &chance.seed());
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let world = World::new();
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    writeln!(out, "{}", json!({ "policies": world.policies })).unwrap();
    let mut written = 0;
    while written < count {
        let grown = grow(&world, &mut runner, &mut chance);
        for _ in 0..CASES_A_ROUND.min(count - written) {
            writeln!(out, "{}", ascii(&case(&world, &grown, &mut chance))).unwrap();
            written += 1;
        }
    }
    out.flush().unwrap();
}

/// JSON on one line for every reader: some take U+2028 for the end of a line.
fn ascii(case: &serde_json::Value) -> String {
    let mut text = String::new();
    for character in case.to_string().chars() {
        if character.is_ascii() {
            text.push(character);
        } else {
            let mut units = [0; 2];
            for unit in character.encode_utf16(&mut units) {
                text.push_str(&format!("\\u{unit:04x}"));
            }
        }
    }
    text
}

fn grow(world: &World, runner: &mut TestRunner, chance: &mut Chance) -> Vec<(Tree, Head)> {
    let tree = |at: usize| {
        let size = chance.of(&[1, 2, 3, 7, 8, 33, 64, 100]);
        let tree = Tree::new(records::leaves(at % 3, size, runner, chance));
        let head = tree.head(world, at % 3, chance);
        (tree, head)
    };
    (0..9).map(tree).collect()
}

/// A bundle of any of the trees, and the tree.
fn any_bundle(grown: &[(Tree, Head)], chance: &mut Chance) -> (usize, String) {
    let at = chance.below(grown.len());
    (at, bundle_of(&grown[at], chance))
}

fn bundle_of((tree, head): &(Tree, Head), chance: &mut Chance) -> String {
    tree.bundle(head, chance.below(tree.leaves.len()))
        .to_string()
}

fn case(world: &World, grown: &[(Tree, Head)], chance: &mut Chance) -> serde_json::Value {
    let (at, bundle) = any_bundle(grown, chance);
    let (_, other) = any_bundle(grown, chance);
    let bundle = mutate::mutate(&bundle, &other, world, chance);
    // The third policy knows every ledger.
    let policy = if grown[at].1.log < 2 && chance.one_in(2) {
        0
    } else if chance.one_in(8) {
        chance.below(4)
    } else {
        2
    };
    let mut policy_text = world.policies[policy].clone();
    if chance.one_in(40) {
        policy_text = mutate::mutate_policy(&policy_text, chance);
    }
    let count = if chance.one_in(2) {
        1 + chance.below(12)
    } else {
        0
    };
    let later: Vec<Vec<u8>> = (0..count)
        .map(|_| what_came_later(at, world, grown, chance))
        .collect();
    let mut frames: Vec<&[u8]> = vec![b"judge", policy_text.as_bytes(), &bundle];
    frames.extend(later.iter().map(Vec::as_slice));
    let verdict = answer(&write_frames(&frames).unwrap());
    let encode = |bytes: &Vec<u8>| BASE64_STANDARD.encode(bytes);
    json!({
        "policy": if policy_text == world.policies[policy] { json!(policy) } else { json!(policy_text) },
        "bundle": encode(&bundle),
        "later": later.iter().map(encode).collect::<Vec<_>>(),
        "verdict": serde_json::from_str::<serde_json::Value>(&verdict).unwrap(),
    })
}

fn what_came_later(
    at: usize,
    world: &World,
    grown: &[(Tree, Head)],
    chance: &mut Chance,
) -> Vec<u8> {
    if chance.one_in(4) {
        let item = |_| {
            let first = 1 + chance.next() % 300;
            let last = first + chance.next() % 400;
            let origin = chance.of(&["GH", "VU", "CH"]);
            json!({ "range": format!("{origin}-{first}-{last}"), "since": chance.next() % 100, "place": "available" })
        };
        let items: Vec<_> = (0..5).map(item).collect();
        return json!({ "items": items, "next": null })
            .to_string()
            .into_bytes();
    }
    let bundle = if chance.one_in(3) {
        any_bundle(grown, chance).1
    } else {
        bundle_of(&grown[at], chance)
    };
    if chance.one_in(5) {
        let (_, other) = any_bundle(grown, chance);
        return mutate::mutate(&bundle, &other, world, chance);
    }
    bundle.into_bytes()
}
