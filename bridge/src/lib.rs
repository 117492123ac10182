//! Mappings between the registry's ledger and the systems around it. Nothing here knows where the ledger is kept or who
//! serves it.

pub mod aef;
pub mod arrival;
pub mod cad_trust;
pub mod dmrv;
pub mod event;
pub mod frame;
pub mod information;
pub mod itmo_platform;
pub mod mrv;
pub mod notification;
pub mod records_jsonl;
pub mod settings;
pub mod undp;
