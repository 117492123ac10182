//! A node over HTTP beside PostgreSQL: durable domestic transfers, and what an idle node needs.
//!
//! `cargo bench -p countersign-tests --bench http`; `COUNTERSIGN_BENCH=full` for longer rounds, `COUNTERSIGN_BENCH_DIR`
//! for another disk, and words as arguments to pick measurements: writes, reads.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    missing_docs
)]

mod common;

use std::net::SocketAddr;
use std::time::Duration;

use countersign_node::run::DataFolder;

use common::Random;
use common::country::{populate, request};
use common::machine::{Machine, resident_megabytes};
use common::node::start;
use common::options::Options;
use common::postgres::Postgres;
use common::report::{Series, line, ratio, verdict};
use common::web::{answers_per_second, get, post};

const CONNECTIONS: u64 = 16;
const ACCOUNTS: u32 = 10_000;

fn main() {
    let options = Options::read();
    let folder = options.scratch();
    Machine::measure(folder.path()).print();
    let runtime = common::country::runtime();
    let (node, token) = start(&runtime, &DataFolder::new(folder.path().join("gh")));
    let idle = idle_megabytes();
    verdict(
        "bar of 100 MB over memory of an idle node",
        100.0 / idle,
        1.0,
    );
    println!("an idle node, and this bench around it: {idle:.0} MB");
    populate(&node.ledger(), ACCOUNTS);
    if options.wants("writes") {
        writes(&options, &runtime, node.http(), &token);
    }
    if options.wants("reads") {
        reads(&options, &runtime, node.http());
    }
    runtime.block_on(node.stop());
}

/// Memory once start has settled.
fn idle_megabytes() -> f64 {
    std::thread::sleep(Duration::from_secs(2));
    resident_megabytes()
}

fn writes(options: &Options, runtime: &tokio::runtime::Runtime, address: SocketAddr, token: &str) {
    let postgres = Postgres::start(options);
    match &postgres {
        Ok(server) => println!("peer: {}", server.version()),
        Err(reason) => println!("no PostgreSQL to compare with: {reason}"),
    }
    let (mut theirs, mut ours) = (Series::default(), Series::default());
    for round in 0..options.rounds {
        if let Ok(server) = &postgres {
            server.load(ACCOUNTS).unwrap();
            let clients = u32::try_from(CONNECTIONS).unwrap();
            theirs.push(
                server
                    .transfers(ACCOUNTS, clients, options.duration)
                    .unwrap(),
            );
        }
        let round = round as u64;
        ours.push(runtime.block_on(answers_per_second(
            address,
            CONNECTIONS,
            options.duration,
            |worker| {
                transfers(
                    Random::new(1_000_000 + 1000 * round + worker),
                    token.to_owned(),
                )
            },
        )));
    }
    Machine::measure(&options.folder).print();
    let of = "transfers, 16 connections, 1 under way each";
    line(&format!("PostgreSQL: {of}"), "/s", &theirs);
    line(&format!("ours over HTTP: {of}"), "/s", &ours);
    ratio("ratio, ours over HTTP", &ours, &theirs, 1.0);
}

/// Each request with a key of its own, as a client that may have to repeat it sends it.
fn transfers(mut random: Random, token: String) -> impl FnMut() -> String + Send {
    move || {
        let from = random.up_to(ACCOUNTS);
        let to = random.up_to(ACCOUNTS - 1);
        let to = if to >= from { to + 1 } else { to };
        let tonnes = random.up_to(100);
        let key = request(&mut random).to_string();
        let body = format!("{{\"from\":{from},\"to\":{to},\"units\":{{\"tonnes\":{tonnes}}}}}");
        post("/api/v1/account-transfers", &token, &key, &body)
    }
}

fn reads(options: &Options, runtime: &tokio::runtime::Runtime, address: SocketAddr) {
    let mut series = Series::default();
    for _ in 0..options.rounds {
        series.push(runtime.block_on(answers_per_second(
            address,
            CONNECTIONS,
            options.duration,
            |worker| {
                let mut random = Random::new(worker + 1);
                move || get(&format!("/api/v1/units/GH-{}", random.up_to(1_000_000)))
            },
        )));
    }
    line("public reads of a unit, 16 connections", "/s", &series);
}
