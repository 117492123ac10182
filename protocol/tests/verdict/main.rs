//! What holds of a bundle, for whoever has one and nothing else.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    missing_docs,
    unreachable_pub
)]

mod certificates;
mod credentials;
mod judging;
mod later;
mod ledger;
mod letters;
mod pdf;
mod scene;
