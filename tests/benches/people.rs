//! People and programs at work: writes and reads over HTTP by sessions and API keys, under a country's process.
//!
//! `cargo bench -p countersign-tests --bench people`; `COUNTERSIGN_BENCH=full` for longer rounds, `COUNTERSIGN_BENCH_DIR`
//! for another disk, and words as arguments to pick measurements: cases, requests, reads.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    missing_docs
)]

mod common;

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use countersign_node::run::DataFolder;
use serde_json::json;
use tokio::runtime::Runtime;

use common::Random;
use common::country::{request, runtime};
use common::machine::{Machine, resident_megabytes};
use common::node::start;
use common::office::Office;
use common::options::Options;
use common::postgres::Postgres;
use common::report::{Series, line, ratio, verdict};
use common::web::{answers_per_second, get_as, post};

const CONNECTIONS: u64 = 16;
/// Cases that wait for their first step; each takes one.
const WAITING: usize = 20_000;

fn main() {
    let options = Options::read();
    let folder = options.scratch();
    Machine::measure(folder.path()).print();
    let runtime = runtime();
    let (node, operator) = start(&runtime, &DataFolder::new(folder.path().join("gh")));
    let mut office = runtime.block_on(Office::open(node.http(), &operator));
    let key = ["project-create", "project-read", "units-read"];
    let key = runtime.block_on(office.api_key(&key));
    let peer = postgres(&options);
    if options.wants("cases") {
        let session = office.seller.session.clone();
        cases(
            &options,
            &runtime,
            node.http(),
            "a session",
            &session,
            &peer,
        );
        cases(&options, &runtime, node.http(), "an API key", &key, &peer);
    }
    if options.wants("requests") {
        requests(&options, &runtime, node.http(), &mut office);
    }
    if options.wants("reads") {
        reads(&options, &runtime, node.http(), &office);
    }
    let megabytes = resident_megabytes();
    println!("the node after all that, and this bench around it: {megabytes:.0} MB");
    runtime.block_on(node.stop());
    Machine::measure(&options.folder).print();
}

/// Transfers a second of PostgreSQL with as many clients, as a measure of this disk and these processors.
fn postgres(options: &Options) -> Series {
    const ACCOUNTS: u32 = 10_000;
    let mut series = Series::default();
    match Postgres::start(options) {
        Ok(server) => {
            println!("peer: {}", server.version());
            server.load(ACCOUNTS).unwrap();
            for _ in 0..options.rounds {
                let clients = u32::try_from(CONNECTIONS).unwrap();
                let rate = server.transfers(ACCOUNTS, clients, options.duration);
                series.push(rate.unwrap());
            }
            line("PostgreSQL: transfers, 16 connections", "/s", &series);
        }
        Err(reason) => println!("no PostgreSQL to compare with: {reason}"),
    }
    series
}

/// Cases that a developer opens.
fn cases(
    options: &Options,
    runtime: &Runtime,
    address: SocketAddr,
    by: &str,
    secret: &str,
    peer: &Series,
) {
    let mut ours = Series::default();
    for round in 0..options.rounds {
        ours.push(runtime.block_on(answers_per_second(
            address,
            CONNECTIONS,
            options.duration,
            |worker| {
                let mut random = Random::new(1000 * (round as u64 + 1) + worker);
                let secret = secret.to_owned();
                move || {
                    let key = request(&mut random).to_string();
                    let body = r#"{"flow":"project","title":"Stoves","scopes":["3"]}"#;
                    post("/api/v1/cases", &secret, &key, body)
                }
            },
        )));
    }
    line(
        &format!("cases opened by {by}, 16 connections"),
        "/s",
        &ours,
    );
    verdict("over the bar of 2,000/s", ours.median() / 2_000.0, 1.0);
    ratio("ratio to PostgreSQL's transfers", &ours, peer, 0.3);
}

/// Requests to transfer a tonne, each with a form and a reservation, in cases that wait for them.
fn requests(options: &Options, runtime: &Runtime, address: SocketAddr, office: &mut Office) {
    let [from, to] = office.accounts;
    let (seller, receiver) = (office.seller.session.clone(), office.buyer.organisation);
    let mut waiting = Vec::with_capacity(WAITING);
    for _ in 0..WAITING {
        let ask = json!({"flow": "transfer", "title": "A tonne", "counterparty": receiver});
        waiting.push(runtime.block_on(office.case(ask)));
    }
    let (waiting, next) = (Arc::new(waiting), Arc::new(AtomicUsize::new(0)));
    let mut ours = Series::default();
    for round in 0..options.rounds {
        ours.push(runtime.block_on(answers_per_second(
            address,
            CONNECTIONS,
            options.duration,
            |worker| {
                let mut random = Random::new(77_000 * (round as u64 + 1) + worker);
                let (waiting, next) = (Arc::clone(&waiting), Arc::clone(&next));
                let seller = seller.clone();
                move || {
                    let place = next.fetch_add(1, Ordering::Relaxed);
                    let case = *waiting.get(place).expect("more cases than are answered");
                    let body = json!({"step": "send",
                        "form": {"receiver": receiver, "units": ["any"]},
                        "reserve": {"account": from, "units": {"tonnes": 1}, "fate": {"transfer": {"to": to}}}});
                    let key = request(&mut random).to_string();
                    let path = format!("/api/v1/cases/{case}/acts");
                    post(&path, &seller, &key, &body.to_string())
                }
            },
        )));
    }
    line("transfer requests with a form, 16 connections", "/s", &ours);
    verdict("over the bar of 2,000/s", ours.median() / 2_000.0, 1.0);
}

/// What a signed-in developer looks at most.
fn reads(options: &Options, runtime: &Runtime, address: SocketAddr, office: &Office) {
    let account = office.accounts[0];
    let paths = [
        ("the own account", format!("/api/v1/accounts/{account}")),
        ("who I am", "/api/v1/me".to_owned()),
        ("the inbox", "/api/v1/inbox?limit=20".to_owned()),
        ("a case", "/api/v1/cases/1".to_owned()),
    ];
    for (name, path) in paths {
        let mut series = Series::default();
        for _ in 0..options.rounds {
            series.push(runtime.block_on(answers_per_second(
                address,
                CONNECTIONS,
                options.duration,
                |_| {
                    let (path, session) = (path.clone(), office.seller.session.clone());
                    move || get_as(&path, &session)
                },
            )));
        }
        line(
            &format!("{name} by a session, 16 connections"),
            "/s",
            &series,
        );
        verdict("over the bar of 10,000/s", series.median() / 10_000.0, 1.0);
    }
}
