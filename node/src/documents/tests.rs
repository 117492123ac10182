#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod crash;
mod erasing;
mod limits;
mod media;
mod reading;
mod versions;
mod world;
