//! What the benches share: the machine's own figures, a PostgreSQL to compare with, ledgers to measure, and a report.
#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    missing_docs
)]

pub mod country;
pub mod load;
pub mod machine;
pub mod node;
pub mod office;
pub mod options;
pub mod postgres;
pub mod report;
pub mod web;

/// A small generator: the benches need variety, not secrecy.
pub struct Random(u64);

impl Random {
    pub const fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub const fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// A number from 1 to `last`.
    pub const fn up_to(&mut self, last: u32) -> u32 {
        ((self.next() >> 32) % last as u64) as u32 + 1
    }
}
