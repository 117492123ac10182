//! A whole registry to CAD Trust in one run: 10,000 projects and 100,000 ranges of units.
//!
//! `cargo bench -p countersign-bridge --bench cad_trust` (release). The registry and the conformance mock of CADT are a process of their
//! own, so that the memory is the bridge's: its view of the registry, its outbox and what it has under way. Half-way it ends and
//! begins again with nothing but its file. Numbers after `--` are projects, and ranges of each.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::cast_possible_truncation,
    dead_code,
    missing_docs,
    unreachable_pub,
    clippy::print_stdout
)]

mod common;
#[path = "../tests/bridges/country.rs"]
mod country;
#[path = "../tests/bridges/faults.rs"]
mod faults;
#[path = "../tests/bridges/rig.rs"]
mod rig;
#[path = "../../protocol/tests/process/small.rs"]
mod small;
#[path = "../../protocol/tests/support/mod.rs"]
mod support;

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use axum::response::Response;
use countersign_bridge::cad_trust::{CadTrustSettings, Mapping, Version, discover};
use countersign_bridge::frame::{Bridge, HttpFeed, ItemState, SqliteStore, Store, Turn};
use countersign_mocks::{cadt, cadt_v1};
use serde_json::{Value, json};

use cadt::{Asked, Node, Server, json_ok};
use country::{Country, LedgerFeed, description};
use faults::{Doom, FakeClock};
use small::{act, act_and_issue, authorised_project, monitored_in, official, plain, verify};

/// The bar.
const MEGABYTES: u64 = 300;

static FEED: OnceLock<Arc<LedgerFeed>> = OnceLock::new();

fn main() {
    rig::install_tls();
    let words: Vec<String> = std::env::args().skip(1).collect();
    let mut numbers = words.iter().filter_map(|it| it.parse::<u64>().ok());
    let projects = numbers.next().unwrap_or(10_000);
    let ranges = numbers.next().unwrap_or(10).clamp(1, 10);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    if words.iter().any(|it| it == "--serve") {
        runtime.block_on(serve(projects, ranges));
    } else {
        runtime.block_on(export(projects, ranges));
    }
}

/// The other process: a country with so many projects, its feed, and the mock, until standard input ends.
async fn serve(projects: u64, ranges: u64) {
    let mut country = Country::new();
    let years: Vec<u16> = (2021..).take(ranges as usize).collect();
    let amounts: Vec<(u16, u64)> = years.iter().map(|year| (*year, 10)).collect();
    let period = format!("2021-01-01/{}-12-31", years.last().unwrap());
    for _ in 0..projects {
        let ledger = &mut country.ledger;
        ledger.time_ms += 1_000;
        let project = authorised_project(ledger);
        let number = ledger.state.case(project).unwrap().project.unwrap();
        let case = monitored_in(ledger, project, &period).unwrap();
        act(ledger, verify(case, &amounts)).unwrap();
        act(ledger, plain(case, "issue", &official(1))).unwrap();
        let issue = plain(case, "issue", &official(2));
        act_and_issue(ledger, issue, country.from).unwrap();
        let mut descriptions = country.feed.descriptions.lock().unwrap();
        descriptions.insert(number, description(1 + number as usize % 2));
    }
    country.publish();
    let _once = FEED.set(Arc::clone(&country.feed));
    let leaves = country.ledger.leaves.len();
    drop(country);
    let node = Node {
        is_indexed: true,
        ..cadt_v1::node()
    };
    let server = Server::start(node, Doom::new(1), both).await.unwrap();
    println!("{} {leaves}", server.url());
    let ended = tokio::task::spawn_blocking(|| std::io::stdin().read_to_end(&mut Vec::new()));
    let _ended = ended.await;
}

/// The feed and the mock under one address.
fn both(node: &mut Node, asked: &Asked) -> Response {
    let number = |name: &str| asked.query.get(name).and_then(|it| it.parse::<u64>().ok());
    let feed = FEED.get().unwrap();
    if asked.path == "/api/v1/events" {
        let from = number("after").map_or(0, |it| it + 1);
        let items = feed.page(from, number("limit").unwrap() as usize);
        let cursor = (from + items.len() as u64)
            .checked_sub(1)
            .map(|it| it.to_string());
        return json_ok(json!({"items": items, "cursor": cursor, "has_more": false, "size": 0}));
    }
    let Some(project) = asked.path.strip_prefix("/api/v1/projects/") else {
        return cadt_v1::answers(node, asked);
    };
    let project: u32 = project.parse().unwrap();
    let description = feed.descriptions.lock().unwrap().get(&project).cloned();
    json_ok(json!({"number": project, "description": description}))
}

fn start(projects: u64, ranges: u64) -> (Child, String, u64) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args([
            projects.to_string(),
            ranges.to_string(),
            "--serve".to_owned(),
        ])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = String::new();
    BufReader::new(child.stdout.take().unwrap())
        .read_line(&mut said)
        .unwrap();
    let (url, leaves) = said.trim_end().split_once(' ').unwrap();
    (child, url.to_owned(), leaves.parse().unwrap())
}

async fn export(projects: u64, ranges: u64) {
    let began = Instant::now();
    let (mut child, url, leaves) = start(projects, ranges);
    println!(
        "a registry of {leaves} records in {:.0} s",
        began.elapsed().as_secs_f64()
    );
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("bridge.db");
    let began = Instant::now();
    let all = projects * (1 + ranges);
    let is_half = |done: u64| done * 2 >= all;
    run(&url, &file, is_half).await;
    println!(
        "half-way after {:.0} s; a new process goes on from its file",
        began.elapsed().as_secs_f64()
    );
    let done = run(&url, &file, |_| false).await;
    let seconds = began.elapsed().as_secs_f64();
    let there = count(&url, "projects").await + count(&url, "units").await;
    let peak = common::peak_mb();
    println!(
        "{done} objects are equal to the ledger, {there} rows are there (of {all}), in {seconds:.0} s: {:.0} a second; {peak} MB at most \
         (bar {MEGABYTES} MB: {})",
        done as f64 / seconds,
        if peak < MEGABYTES {
            "reached"
        } else {
            "MISSED"
        },
    );
    drop(child.stdin.take());
    let _ended = child.wait();
}

/// A bridge with this file, until it has nothing left to do or is stopped; gives how many objects are done.
async fn run(url: &str, file: &Path, stops: impl Fn(u64) -> bool) -> u64 {
    let mapping = Mapping::parse(rig::MAPPING).unwrap();
    let settings = CadTrustSettings {
        url: url.to_owned(),
        api_key: None,
        version: Version::Auto,
        writes: true,
        mapping,
    };
    let side = discover(&settings).await.unwrap();
    let feed = HttpFeed::new(&format!("{url}/api/v1"), true).unwrap();
    let store = Arc::new(SqliteStore::open(file).await.unwrap());
    let clock = FakeClock::new();
    let hand = Arc::clone(&clock);
    let kept = Arc::clone(&store) as Arc<dyn Store>;
    let mut bridge = Bridge::new(Arc::new(feed), kept, side, hand);
    let (mut turns, began) = (0_u64, Instant::now());
    loop {
        match bridge.turn().await.unwrap() {
            Turn::Again => {}
            Turn::Waits { until_ms, .. } => clock.at(until_ms),
            Turn::Idle {
                until_ms: Some(until_ms),
            } => clock.at(until_ms),
            Turn::Idle { until_ms: None } => break,
        }
        turns += 1;
        if turns % 500 == 0 {
            let done = done(&store).await;
            println!(
                "  {done} objects after {:.0} s, {} MB",
                began.elapsed().as_secs_f64(),
                common::peak_mb()
            );
            if stops(done) {
                break;
            }
        }
    }
    done(&store).await
}

async fn done(store: &SqliteStore) -> u64 {
    let counts = store.counts().await.unwrap();
    counts
        .iter()
        .find(|(it, _)| *it == ItemState::Agreed)
        .map_or(0, |(_, count)| *count)
}

/// How many rows the mock has of a table.
async fn count(url: &str, table: &str) -> u64 {
    let asked = format!("{url}/v1/{table}?page=1&limit=1");
    let text = reqwest::get(asked).await.unwrap().text().await.unwrap();
    let page: Value = serde_json::from_str(&text).unwrap();
    page["pageCount"].as_u64().unwrap()
}
