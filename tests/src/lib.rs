//! Parts that the end-to-end tests, the benches and the local federation share.

pub mod countries;
pub mod devnet;
pub mod sample;
