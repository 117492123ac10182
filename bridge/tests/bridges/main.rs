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

use countersign_mocks::{cadt, cadt_v1, cadt_v2, dts, older_mrv, platform};

mod country;
mod faults;
mod feed;
mod itmo_platform;
mod lanes;
mod live;
mod mrv;
mod older;
mod properties;
mod rig;
mod rounds;
mod settings;
mod traps;
mod v2;
