//! The national MRV: a UNDP Digital Transparency System (DTS), as it really is.
//!
//! Activities, what they really reduced, and the inventory are pulled and set beside what the ledger issued: [`reconcile`] flags a
//! sector and year in which more was credited than was reported. A project and an activity belong together when the project's form
//! names the activity among its ids elsewhere. Nothing is written into the MRV unless the country switches it on, and then one
//! number of each matched activity: what it achieved, in thousands of tonnes, which is what was verified and issued.
//!
//! An older MRV calls the registry ([`calls`]), and is called when the country switches that on ([`OlderMrvSide`]).

pub mod calls;
mod claims;
mod client;
mod older_client;
mod older_side;
mod reconcile;
mod side;

pub use client::{Activity, Dts, DtsSettings, Inventory};
pub use older_client::{OlderMrv, OlderMrvSettings};
pub use older_side::OlderMrvSide;
pub use reconcile::{Flag, Matched, Reconciliation, Unmatched, credited, reconcile};
pub use side::DtsSide;
