//! Bridges against conformance mocks of the systems that they speak to.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::cast_possible_truncation,
    dead_code,
    missing_docs,
    unreachable_pub
)]

#[path = "../../../protocol/tests/process/small.rs"]
mod small;
#[path = "../../../protocol/tests/support/mod.rs"]
mod support;

mod cadt;
mod cadt_v1;
mod cadt_v2;
mod country;
mod dts;
mod faults;
mod feed;
mod itmo_platform;
mod lanes;
mod live;
mod mrv;
mod platform;
mod properties;
mod rig;
mod settings;
mod traps;
mod v2;
