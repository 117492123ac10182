//! Files in the agreed electronic format: written, read, found wrong.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    missing_docs,
    unreachable_pub
)]

mod bad;
mod foreign;
mod golden;
mod round_trip;
#[path = "../../../protocol/tests/support/aef.rs"]
mod sample;

use countersign_bridge::aef::{Reading, read};

/// Reads what must be readable.
fn reading(bytes: &[u8]) -> Reading {
    read(bytes).unwrap_or_else(|error| panic!("{error}"))
}

/// Ids and cells of what reading and checking a file finds.
fn found(bytes: &[u8]) -> Vec<String> {
    use countersign_protocol::article6::aef::Switches;
    use countersign_protocol::article6::aef::check::check;
    let reading = reading(bytes);
    let checked = check(&reading.aef, &[], &[], &Switches::default());
    let findings = reading.report.findings.iter().chain(&checked.findings);
    findings
        .map(|it| format!("{} {}", it.check.id, reading.layout.name(it.place)))
        .collect()
}
