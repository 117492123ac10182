//! From a ledger to the files of Article 6, and back.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::cast_possible_truncation,
    dead_code,
    missing_docs,
    unreachable_pub
)]

#[path = "../../../protocol/tests/article6/story.rs"]
mod story;
#[path = "../../../protocol/tests/support/mod.rs"]
mod support;
#[path = "../../../protocol/tests/article6/world.rs"]
mod world;

mod built;
mod information;
mod notifications;

use countersign_protocol::article6::Book;
use countersign_protocol::record::Metric;

use support::Ledger;

fn books(metric: &Metric) -> Vec<Book> {
    let mut ledgers = story::full(metric);
    for ledger in &mut ledgers {
        story::level(ledger, 2023, 1_000);
        story::level(ledger, 2025, 900);
    }
    let read = |it: &Ledger| Book::read(&it.leaves).unwrap();
    ledgers.iter().map(read).collect()
}

fn mwh() -> Metric {
    Metric::NonGhg {
        unit: support::text("MWh"),
        per_tonne: 3,
    }
}
