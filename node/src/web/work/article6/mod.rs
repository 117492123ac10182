//! The desk of Article 6: what officials record of approaches, authorised entities, authorisations, NDCs and levels. Each record
//! is first shown, then confirmed, and where the country has a process a second official approves it.

mod desk;
mod facts;
mod kind;
mod record;

pub(super) use desk::{authorisation, list};
pub(super) use facts::{of_command, of_record};
pub(super) use record::{ask, send};
