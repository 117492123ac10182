//! The ledger beside a PostgreSQL double-entry ledger on the same disk in the same run.
//!
//! `cargo bench -p countersign-tests --bench ledger`; `COUNTERSIGN_BENCH=full` for longer rounds, `COUNTERSIGN_BENCH_DIR`
//! for another disk, and words as arguments to pick measurements: transfers, hot, authorised, appends, flat, restart.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::cast_possible_truncation,
    missing_docs
)]

mod common;

use std::time::{Duration, Instant};

use countersign_node::ledger::verify;
use countersign_node::store::StoreReader;

use common::country::{Country, issuance, project, transfer};
use common::load::{Outcome, Until, run};
use common::machine::{Machine, resident_megabytes};
use common::options::Options;
use common::postgres::Postgres;
use common::report::{Series, line, ratio, verdict};

const SUBMITTERS: u64 = 16;
/// Submissions that each submitter keeps under way in the windowed measurements.
const WINDOW: usize = 16;
const ACCOUNTS: u32 = 10_000;
const HOT_ACCOUNTS: u32 = 16;

fn main() {
    let options = Options::read();
    Machine::measure(&options.folder).print();
    if options.wants("transfers") || options.wants("hot") {
        transfers(&options);
    }
    if options.wants("authorised") {
        authorised(&options);
    }
    if options.wants("appends") {
        appends(&options);
    }
    if options.wants("flat") || options.wants("restart") {
        flat(&options);
    }
}

/// Durable domestic transfers per second. Ours are also planned against whole ranges (a split and a transfer: two
/// leaves), deduplicated, in the Merkle tree and under a signature; PostgreSQL's are balances and two journal legs.
fn transfers(options: &Options) {
    let postgres = Postgres::start(options);
    match &postgres {
        Ok(server) => println!(
            "peer: {}, fsync and synchronous_commit on, one function call for each transfer",
            server.version()
        ),
        Err(reason) => println!("no PostgreSQL to compare with: {reason}"),
    }
    for (word, accounts) in [("transfers", ACCOUNTS), ("hot", HOT_ACCOUNTS)] {
        if !options.wants(word) {
            continue;
        }
        let (mut theirs, mut closed, mut windowed) =
            (Series::default(), Series::default(), Series::default());
        for _ in 0..options.rounds {
            if let Ok(server) = &postgres {
                server.load(accounts).unwrap();
                theirs.push(
                    server
                        .transfers(accounts, SUBMITTERS as u32, options.duration)
                        .unwrap(),
                );
            }
            let country = Country::new(options, accounts);
            let one = load(&country, 1, options.duration, accounts);
            closed.push(one.per_second());
            let many = load(&country, WINDOW, options.duration, accounts);
            windowed.push(many.per_second());
            println!(
                "  round: PostgreSQL {:.0}/s; ours 1 under way {}; {WINDOW} under way {}",
                theirs.last(),
                one.describe(),
                many.describe()
            );
        }
        Machine::measure(&options.folder).print();
        let of = format!("transfers, {accounts} accounts, 16 submitters");
        line(&format!("PostgreSQL: {of}"), "/s", &theirs);
        line(&format!("ours: {of}, 1 under way each"), "/s", &closed);
        line(
            &format!("ours: {of}, {WINDOW} under way each"),
            "/s",
            &windowed,
        );
        ratio(
            "ratio, 1 under way each on both sides",
            &closed,
            &theirs,
            4.0,
        );
        ratio("ratio, ours with a window", &windowed, &theirs, 4.0);
    }
}

fn load(country: &Country, window: usize, duration: Duration, accounts: u32) -> Outcome {
    run(
        &country.handle(),
        SUBMITTERS,
        window,
        Until::Elapsed(duration),
        move |random| transfer(random, accounts),
    )
}

/// What Article 6 costs a registry: issuances and transfers by turns, of units under an authorisation and of units under none.
fn authorised(options: &Options) {
    let both = |window| {
        let mut rates = [Series::default(), Series::default()];
        for round in 0..options.rounds {
            // Neither is always the first.
            let order = if round % 2 == 0 { [0, 1] } else { [1, 0] };
            for kind in order {
                let country = if kind == 1 {
                    Country::authorised(options, ACCOUNTS)
                } else {
                    Country::new(options, ACCOUNTS)
                };
                let until = Until::Elapsed(options.duration);
                let handle = country.handle();
                let outcome = run(&handle, SUBMITTERS, window, until, |random| {
                    if random.up_to(2) == 1 {
                        issuance(random, ACCOUNTS)
                    } else {
                        transfer(random, ACCOUNTS)
                    }
                });
                rates[kind].push(outcome.per_second());
                let word = ["without", "with"][kind];
                println!("  round, {word} authorisations: {}", outcome.describe());
            }
        }
        rates
    };
    for window in [1, WINDOW] {
        let [plain, under] = both(window);
        let of = format!("issuances and transfers, {window} under way each");
        line(&format!("without authorisations: {of}"), "/s", &plain);
        line(&format!("with authorisations: {of}"), "/s", &under);
        ratio("ratio, with over without", &under, &plain, 0.9);
    }
}

/// Leaves of 512 bytes per second, one in each submission.
fn appends(options: &Options) {
    let title = "x".repeat(title_bytes_for(512));
    let (mut closed, mut windowed) = (Series::default(), Series::default());
    for _ in 0..options.rounds {
        let country = Country::new(options, 1);
        for (window, series) in [(1, &mut closed), (64, &mut windowed)] {
            let title = title.clone();
            let until = Until::Elapsed(options.duration);
            let outcome = run(&country.handle(), SUBMITTERS, window, until, move |_| {
                project(&title)
            });
            series.push(outcome.per_second());
        }
        let head = country.handle().latest_head().size;
        let leaf = country.handle().leaf(head - 2).unwrap().unwrap();
        assert_eq!(leaf.len(), 512, "the measured leaf");
    }
    Machine::measure(&options.folder).print();
    line(
        "512-byte leaves, 16 submitters, 1 under way each",
        "/s",
        &closed,
    );
    line(
        "512-byte leaves, 16 submitters, 64 under way each",
        "/s",
        &windowed,
    );
    verdict("512-byte leaves a second", windowed.median(), 10_000.0);
}

/// The overhead of a project record is found by writing one.
fn title_bytes_for(leaf_bytes: usize) -> usize {
    let overhead = {
        let record = countersign_protocol::record::Record {
            time_ms: 1_800_000_000_000,
            request: countersign_protocol::id::RequestId([7; 16]),
            body: countersign_protocol::record::Body::Project(
                countersign_protocol::record::Project {
                    number: 20_000,
                    organisation: countersign_protocol::id::OrganisationId(1),
                    title: "x".repeat(300).parse().unwrap(),
                    scope: countersign_protocol::serial::SectoralScope::new(3).unwrap(),
                },
            ),
        };
        record.encode().len() - 300
    };
    leaf_bytes - overhead
}

/// The rate in a small ledger and in a large one, restart and memory of the large one.
fn flat(options: &Options) {
    const ACCOUNTS: u32 = 300;
    let mut country = Country::new(options, ACCOUNTS);
    let handle = country.handle();
    let at = |size: u64| {
        let (mut closed, mut windowed) = (Series::default(), Series::default());
        for _ in 0..options.rounds {
            for (window, series) in [(1, &mut closed), (WINDOW, &mut windowed)] {
                let outcome = run(
                    &handle,
                    SUBMITTERS,
                    window,
                    Until::Size(handle.latest_head().size + 40_000),
                    |random| transfer(random, ACCOUNTS),
                );
                println!(
                    "  at {size} records, {window} under way: {}",
                    outcome.describe()
                );
                series.push(outcome.per_second());
            }
        }
        line(
            &format!("transfers, from {size} records on, 1 under way each"),
            "/s",
            &closed,
        );
        line(
            &format!("transfers, from {size} records on, {WINDOW} under way each"),
            "/s",
            &windowed,
        );
        (closed, windowed)
    };
    let small = at(handle.latest_head().size);
    run(
        &handle,
        SUBMITTERS,
        64,
        Until::Size(options.large),
        |random| transfer(random, ACCOUNTS),
    );
    println!(
        "resident memory at {} records: {:.0} MB",
        handle.latest_head().size,
        resident_megabytes()
    );
    let large = at(handle.latest_head().size);
    ratio(
        "rate at a million over rate at a thousand, 1 under way",
        &large.0,
        &small.0,
        0.9,
    );
    ratio(
        "rate at a million over rate at a thousand, windowed",
        &large.1,
        &small.1,
        0.9,
    );
    drop(handle);
    let size = country.handle().latest_head().size;
    let seconds = country.reopen().as_secs_f64();
    println!(
        "restart of a ledger of {size} records: {seconds:.2} s; resident memory then {:.0} MB",
        resident_megabytes()
    );
    verdict(
        "allowed over needed restart time",
        (1.0 + size as f64 / 1e6) / seconds,
        1.0,
    );
    for replay in [false, true] {
        let reader = StoreReader::open(&country.path()).unwrap();
        let start = Instant::now();
        verify(&reader, replay, |_, _| ()).unwrap();
        let rate = size as f64 / start.elapsed().as_secs_f64();
        let word = if replay {
            "replayed and verified"
        } else {
            "verified"
        };
        verdict(&format!("records {word} a second"), rate, 200_000.0);
    }
}
