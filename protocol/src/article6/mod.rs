//! Article 6 rules, as pure functions that cite the paragraph they implement.

pub mod aef;
mod first_transfer;

pub use first_transfer::first_transferred;
