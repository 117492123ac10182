//! What Article 6 costs: a registry with authorisations beside one without, and a year of 100,000 actions from the ledger to
//! the checked submission.
//!
//! `cargo bench -p countersign-bridge --bench article6` (release); `-- fold` or `-- year` picks one of the two.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::cast_possible_truncation,
    dead_code,
    missing_docs,
    clippy::print_stdout
)]

mod common;
#[path = "../../protocol/tests/support/mod.rs"]
mod support;
#[path = "../../protocol/tests/article6/world.rs"]
mod world;

use countersign_protocol::article6::aef::Switches;
use countersign_protocol::article6::aef::check::{Severity, check};
use countersign_protocol::article6::{AefTerms, Book, SummaryTerms, cross_check};
use countersign_protocol::log::leaf_hash;
use countersign_protocol::record::{
    Article6, Body, Claim, InitialReport, Issuance, Purpose, Record, Retire, RetireKind, Transfer,
};
use countersign_protocol::registry::{At, State, apply};
use countersign_protocol::serial::UnitType;
use countersign_protocol::units::UnitRange;

use common::{cpu_seconds, timed};
use support::{Ledger, RESERVE, TRADING, text};
use world::{APPROACH, Definition, Use, authorisation, authorise, parties, record};

/// Issuances, and as many transfers, of each ledger that is folded.
const FOLDED: u64 = 100_000;
const ROUNDS: usize = 9;
/// First transfers and cancellations of the year: 100,000 actions, and 20,000 blocks that are held at its end.
const TRANSFERRED: u64 = 60_000;
const CANCELLED: u64 = 40_000;
/// Units of one block.
const LENGTH: u64 = 10;
/// Blocks that one record cancels.
const TOGETHER: usize = 64;

fn main() {
    let picked: Vec<String> = std::env::args()
        .skip(1)
        .filter(|it| !it.starts_with('-'))
        .collect();
    let wanted = |name: &str| picked.is_empty() || picked.iter().any(|it| it == name);
    // Memory is the peak of the whole process, so the year comes first.
    if wanted("year") {
        year();
    }
    if wanted("fold") {
        fold();
    }
}

fn block(number: u64) -> UnitRange {
    UnitRange::new(text("GH"), number * LENGTH + 1, (number + 1) * LENGTH).unwrap()
}

fn issue(ledger: &mut Ledger, number: u64) {
    let issuance = Issuance {
        account: TRADING,
        range: block(number),
        unit_type: UnitType::ITMO,
        project: 1,
        year: 2023,
    };
    ledger.write(Body::Issuance(issuance)).unwrap();
}

/// Ghana, with an authorisation that takes the units of the project in as they are issued.
fn ghana(uses: Use, definition: Option<Definition>) -> Ledger {
    let [mut ghana, _] = parties(definition);
    let mut it = authorisation(uses, definition);
    it.projects = vec![1];
    authorise(&mut ghana, it);
    ghana.must(&record(Article6::InitialReport(InitialReport {
        approach: text(APPROACH),
        submitted: text("2025-07-07"),
        reference: text("IR 1"),
        by: Vec::new(),
    })));
    ghana
}

fn a_year() -> Vec<Record> {
    let mut ghana = ghana(Use::Imp, Some(Definition::Issuance));
    for number in 0..TRANSFERRED {
        issue(&mut ghana, number);
    }
    let numbers: Vec<u64> = (0..CANCELLED).collect();
    for some in numbers.chunks(TOGETHER) {
        let retire = Retire {
            account: TRADING,
            ranges: some.iter().map(|number| block(*number)).collect(),
            kind: RetireKind::Cancel,
            purpose: Purpose::InternationalMitigation,
            beneficiary: None,
            claim: Claim::default(),
        };
        ghana.write(Body::Retire(retire)).unwrap();
    }
    ghana.leaves
}

fn year() {
    println!("a year of {} actions", TRANSFERRED + CANCELLED);
    let leaves = timed("write the ledger (not part of it)", a_year);
    let book = timed("read the ledger", || Book::read(&leaves).unwrap());
    drop(leaves);
    let terms = AefTerms::first(2025, text("2026-04-10"));
    let aef = timed("build the submission", || book.aef(&terms).unwrap().aef);
    assert_eq!(aef.actions.len() as u64, TRANSFERRED + CANCELLED);
    assert_eq!(aef.holdings.len() as u64, TRANSFERRED - CANCELLED);
    let report = timed("check it", || check(&aef, &[], &[], &Switches::default()));
    assert_eq!(report.count(Severity::Error), 0, "{:?}", report.findings);
    timed("the structured summary", || {
        book.summary(2025, SummaryTerms::default()).unwrap()
    });
    let events = book.events();
    let both = timed("compare with a partner that says nothing", || {
        cross_check((text("GH"), &events), (text("CH"), &[]))
    });
    assert!(both.is_empty());
}

/// The records of [`FOLDED`] issuances and as many transfers, and where they begin.
fn folded(mut ledger: Ledger) -> (Vec<Record>, usize) {
    let begin = ledger.leaves.len();
    for number in 0..FOLDED {
        issue(&mut ledger, number);
        let transfer = Transfer {
            from: TRADING,
            to: RESERVE,
            ranges: vec![block(number)],
        };
        ledger.write(Body::Transfer(transfer)).unwrap();
    }
    (ledger.leaves, begin)
}

/// Processor seconds of one fold.
fn round((leaves, begin): &(Vec<Record>, usize)) -> f64 {
    let hashes: Vec<_> = leaves.iter().map(|it| leaf_hash(&it.encode())).collect();
    let mut state = State::default();
    let mut start = cpu_seconds();
    for (index, record) in leaves.iter().enumerate() {
        if index == *begin {
            start = cpu_seconds();
        }
        let at = At {
            index: index as u64,
            hash: hashes[index],
        };
        apply(&mut state, at, record).unwrap();
    }
    cpu_seconds() - start
}

fn fold() {
    println!("{FOLDED} issuances and {FOLDED} transfers, {ROUNDS} rounds of each by turns");
    let without = folded(Ledger::new("GH"));
    let with = folded(ghana(Use::Ndc, None));
    let mut times = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        times.0.push(round(&without));
        times.1.push(round(&with));
    }
    let median = |times: &mut Vec<f64>| {
        times.sort_by(f64::total_cmp);
        times[times.len() / 2]
    };
    let (without, with) = (median(&mut times.0), median(&mut times.1));
    let rate = |seconds: f64| 2.0 * FOLDED as f64 / seconds;
    println!(
        "without authorisations {:>9.0} records a processor second",
        rate(without)
    );
    println!(
        "with authorisations    {:>9.0} records a processor second",
        rate(with)
    );
    println!("ratio {:.3}", without / with);
}
