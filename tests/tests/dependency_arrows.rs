//! The arrows between the crates point one way: cli -> node -> bridge -> protocol. `tests` may see everything.
//! The rules' crate brings in no network, no database, no clock and no randomness, not even through somebody else.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// Which of our crates each of our crates may depend on. A crate that is not listed has no place in the house yet.
const MAY_USE: &[(&str, &[&str])] = &[
    ("countersign-protocol", &[]),
    ("countersign-verifier", &["countersign-protocol"]),
    ("countersign-mocks", &[]),
    (
        "countersign-bridge",
        &["countersign-mocks", "countersign-protocol"],
    ),
    ("countersign-client", &["countersign-protocol"]),
    (
        "countersign-node",
        &[
            "countersign-bridge",
            "countersign-client",
            "countersign-mocks",
            "countersign-verifier",
            "countersign-protocol",
        ],
    ),
    (
        "countersign",
        &[
            "countersign-node",
            "countersign-mocks",
            "countersign-bridge",
            "countersign-client",
            "countersign-verifier",
            "countersign-protocol",
        ],
    ),
    (
        "countersign-tests",
        &[
            "countersign",
            "countersign-node",
            "countersign-bridge",
            "countersign-verifier",
            "countersign-protocol",
        ],
    ),
];

/// Crates that only the node may name (and the tests, which damage its files and pose as peers).
const ONLY_IN_NODE: &[&str] = &["rocksdb", "libp2p"];
const MAY_USE_NODE_CRATES: &[&str] = &["countersign-node", "countersign-tests"];

/// What must not stand anywhere below the rules, however deep.
const FORBIDDEN_BELOW_PROTOCOL: &[&str] = &[
    "axum",
    "futures",
    "getrandom",
    "hyper",
    "libp2p",
    "mio",
    "rand",
    "rand_core",
    "reqwest",
    "rocksdb",
    "socket2",
    "tokio",
];

/// What must not stand anywhere below the bridges: they see the registry through protocol's traits only.
const FORBIDDEN_BELOW_BRIDGE: &[&str] = &["axum", "libp2p", "rocksdb"];

/// The direct dependencies of each workspace member, of every kind, by name.
type Graph = BTreeMap<String, BTreeSet<String>>;

fn wrong_arrows(graph: &Graph) -> Vec<String> {
    let mut wrong = Vec::new();
    for (member, dependencies) in graph {
        let Some((_, allowed)) = MAY_USE.iter().find(|(name, _)| name == member) else {
            wrong.push(format!("{member} is in the workspace but not in MAY_USE"));
            continue;
        };
        for dependency in dependencies {
            let ours = graph.contains_key(dependency);
            if ours && !allowed.contains(&dependency.as_str()) {
                wrong.push(format!("{member} must not depend on {dependency}"));
            }
            let heavy = ONLY_IN_NODE
                .iter()
                .any(|h| dependency == h || dependency.starts_with(&format!("{h}-")));
            if heavy && !MAY_USE_NODE_CRATES.contains(&member.as_str()) {
                wrong.push(format!(
                    "{member} must not depend on {dependency}: only node does"
                ));
            }
        }
    }
    wrong
}

fn graph_of(metadata: &Value) -> Graph {
    let text = |value: &Value| value.as_str().expect("a name").to_owned();
    let packages = metadata["packages"].as_array().expect("packages");
    packages
        .iter()
        .map(|package| {
            let dependencies = package["dependencies"].as_array().expect("dependencies");
            let names = dependencies.iter().map(|d| text(&d["name"])).collect();
            (text(&package["name"]), names)
        })
        .collect()
}

/// The names in the output of `cargo tree --prefix none`: one `name vVERSION ...` to a line.
fn names_in_tree(tree: &str) -> BTreeSet<&str> {
    tree.lines()
        .filter_map(|line| line.split(" v").next())
        .filter(|name| !name.is_empty())
        .collect()
}

fn forbidden<'a>(tree: &'a str, list: &[&str]) -> Vec<&'a str> {
    let names = names_in_tree(tree);
    names.into_iter().filter(|n| list.contains(n)).collect()
}

fn cargo(arguments: &[&str]) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let output = Command::new(env!("CARGO"))
        .args(arguments)
        .current_dir(root)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success(),
        "cargo {arguments:?} failed:\n{said}"
    );
    String::from_utf8(output.stdout).unwrap()
}

/// The crates that a build of `package` for this machine links, without those that only its tests use.
fn tree_below(package: &str) -> String {
    cargo(&[
        "tree", "--locked", "-p", package, "-e", "normal", "--prefix", "none",
    ])
}

#[test]
fn our_crates_depend_on_each_other_in_one_direction_only() {
    let metadata = cargo(&["metadata", "--locked", "--no-deps", "--format-version", "1"]);
    let graph = graph_of(&serde_json::from_str(&metadata).unwrap());
    assert!(
        graph.contains_key("countersign-protocol"),
        "the graph is not ours: {graph:?}"
    );
    assert_eq!(wrong_arrows(&graph), Vec::<String>::new());
}

#[test]
fn no_network_database_clock_or_randomness_stands_below_the_rules() {
    let tree = tree_below("countersign-protocol");
    assert!(
        names_in_tree(&tree).contains("sha2"),
        "the tree is not ours: {tree}"
    );
    assert_eq!(
        forbidden(&tree, FORBIDDEN_BELOW_PROTOCOL),
        Vec::<&str>::new()
    );
}

#[test]
fn no_database_peer_network_or_server_stands_below_the_bridges() {
    let tree = tree_below("countersign-bridge");
    assert!(
        names_in_tree(&tree).contains("countersign-protocol"),
        "the tree is not ours: {tree}"
    );
    assert_eq!(forbidden(&tree, FORBIDDEN_BELOW_BRIDGE), Vec::<&str>::new());
}

fn house_with(extra: &[(&str, &str)]) -> Graph {
    let mut graph: Graph = MAY_USE
        .iter()
        .map(|(name, allowed)| {
            (
                (*name).to_owned(),
                allowed.iter().map(|a| (*a).to_owned()).collect(),
            )
        })
        .collect();
    for (from, to) in extra {
        graph
            .entry((*from).to_owned())
            .or_default()
            .insert((*to).to_owned());
    }
    graph
}

#[test]
fn the_check_accepts_the_house_as_it_is_meant() {
    let meant = house_with(&[
        ("countersign-node", "rocksdb"),
        ("countersign-node", "libp2p-allow-block-list"),
        ("countersign-tests", "libp2p"),
        ("countersign-protocol", "sha2"),
    ]);
    assert_eq!(wrong_arrows(&meant), Vec::<String>::new());
}

#[test]
fn the_check_finds_every_arrow_that_points_the_wrong_way() {
    let wrong = [
        ("countersign-protocol", "countersign-bridge"),
        ("countersign-verifier", "countersign-node"),
        ("countersign-protocol", "countersign-node"),
        ("countersign-bridge", "countersign-node"),
        ("countersign-bridge", "countersign"),
        ("countersign-node", "countersign"),
        ("countersign-node", "countersign-tests"),
        ("countersign", "countersign-tests"),
        ("countersign", "rocksdb"),
        ("countersign-bridge", "libp2p"),
        ("countersign-protocol", "libp2p-identity"),
        ("countersign-newcomer", "countersign-protocol"),
    ];
    for arrow in wrong {
        assert_eq!(
            wrong_arrows(&house_with(&[arrow])).len(),
            1,
            "{arrow:?} was not found"
        );
    }
}

#[test]
fn the_check_finds_a_forbidden_crate_however_deep_it_stands() {
    let tree =
        "countersign-protocol v0.1.0 (/house/protocol)\nsha2 v0.11.1\ngetrandom v0.4.3 (*)\n";
    assert_eq!(forbidden(tree, FORBIDDEN_BELOW_PROTOCOL), ["getrandom"]);
    assert_eq!(
        forbidden("tokio-util v0.7.1\n", FORBIDDEN_BELOW_PROTOCOL),
        Vec::<&str>::new()
    );
}
