//! A submission with 100,000 actions: seconds to make, check, write and read it, and the most memory that took.
//!
//! `cargo bench -p countersign-bridge --bench aef` (release); `--profile dev` without optimisation.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    missing_docs,
    clippy::print_stdout
)]

mod common;

use countersign_bridge::aef::{read, write_csv, write_json, write_workbook};
use countersign_protocol::article6::aef::check::{Severity, check};
use countersign_protocol::article6::aef::diff::diff;
use countersign_protocol::article6::aef::{Aef, Switches, Table};

use common::timed;

const ACTIONS: u64 = 100_000;
const LENGTH: u64 = 10;

fn push(aef: &mut Aef, table: Table, row: &str) {
    aef.push_texts(table, row.split('|').map(str::trim));
}

fn submission() -> Aef {
    let mut aef = Aef::default();
    push(
        &mut aef,
        Table::Submission,
        "GHA | 1.0 | 2024 | 10/04/2025 | | | 2021 | 2030 |",
    );
    push(
        &mut aef,
        Table::Authorisations,
        "GHA-1 | 15/01/2024 | CA0001 | 1 | 1000000 | GHG | NA | NA | Energy generation | Solar | NDC | CHE | NA | NA | 2021 - 2030 | NA | | NA | NA",
    );
    for at in 0..ACTIONS {
        let (first, last) = (at * LENGTH + 1, (at + 1) * LENGTH);
        let row = format!(
            "01/03/2024 | First transfer | First transfer to another Party | CA0001 | GHA-1 | GHA | GHA01 | CA0001-GHA01-GHA-{first}-2023 | CA0001-GHA01-GHA-{last}-2023 | NA | GH-ITMO-1-007-2023-0-{first}-{first} | GH-ITMO-1-007-2023-0-{last}-{last} | GHG | NA | NA | {LENGTH} | NA | Emission reductions | 2023 | NA | CHE | NA | NA | NA | NA | | NA"
        );
        push(&mut aef, Table::Actions, &row);
    }
    aef
}

fn main() {
    let profile = if cfg!(debug_assertions) {
        "without optimisation"
    } else {
        "release"
    };
    println!("{ACTIONS} actions, {profile}");
    let switches = Switches::default();
    let aef = timed("make the rows", submission);
    let report = timed("check", || check(&aef, &[], &[], &switches));
    assert_eq!(
        report.count(Severity::Error),
        0,
        "{:?}",
        report.findings.first()
    );
    let workbook = timed("write a workbook", || write_workbook(&aef).unwrap());
    println!(
        "{:<24} {:>7} MB",
        "the workbook",
        workbook.len() / 1024 / 1024
    );
    let csv = timed("write CSV", || write_csv(&aef));
    let json = timed("write JSON", || write_json(&aef));
    assert!(csv.len() > 1_000_000 && json.len() > csv.len());
    drop((csv, json));
    let again = timed("read the workbook", || read(&workbook).unwrap());
    assert_eq!(again.aef, aef);
    let changes = timed("compare", || diff(&aef, &again.aef));
    assert!(changes.is_empty());
}
