//! Records as bytes: one encoding each, fixed by golden files, with every limit held on the way in.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::cast_possible_truncation,
    missing_docs
)]

mod any_record;
mod article6;
mod canonical;
mod golden;
mod holds;
mod limits;
mod monitoring;
mod samples;
