//! Parts that the end-to-end tests, the benches and the local federation share.

pub mod adversary;
pub mod countries;
pub mod devnet;
pub mod hostile;
pub mod sample;
pub mod storm;
