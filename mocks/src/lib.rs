//! The systems around a registry, as they were seen to behave: CADT nodes of both models, a Digital Transparency System, an older
//! MRV, and the UNDP ITMO platform.
//!
//! They are for the tests of the bridges, and for the sandbox of `countersign serve`, where somebody tries a bridge before there is a
//! system at its other end. They hold everything in memory, do no more than a bridge asks, and are as strict as the real ones in
//! what those were seen to lose or to refuse.

pub mod cadt;
pub mod cadt_v1;
pub mod cadt_v2;
pub mod dts;
pub mod faults;
pub mod older_mrv;
pub mod platform;
