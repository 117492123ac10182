//! The registry as a deterministic fold of the ledger.
//!
//! [`apply`] takes one record to the next state, all or nothing, and says what changed: balances by double entry
//! (postings that sum to zero), and keyed values that a store can keep. [`plan`] turns an intent into the exact records
//! that express it. Neither knows a clock, a disk or a network.

mod apply;
mod article6;
mod case;
mod command;
mod finding;
mod hold;
mod holdings;
mod issuance;
mod lapse;
mod letter;
mod open_case;
mod outcome;
mod period;
mod plan;
mod posting;
mod refusal;
mod restraint;
mod source_final;
mod standing;
mod state;
mod transfer;
mod trust;
mod tx;
mod value;

pub use crate::workflow::RefusalKind;
pub use apply::{At, CaseMove, apply};
pub(crate) use apply::{contradicts_pin, may_acquire};
pub use article6::{AuthorisationUse, KnownAuthorisation, Revocation};
pub use case::{AdoptedProcess, RegistryCase};
pub use command::{
    ApprovedProcess, Command, IssueTo, LiftHold, MigrateCase, NewAct, NewCase, NewFinding,
    PlaceHold, Reserve, Selection,
};
pub use finding::OpenFinding;
pub use hold::{Lifted, RegistryHold};
pub use issuance::{Due, DueIssuance, DueTo};
pub use letter::{OwedLetter, OwedLetters, letters_named};
pub use open_case::{CaseEnd, CasePause};
pub use outcome::{CaseOutcome, Outcome, UnitMove};
pub use period::Covered;
pub use plan::plan;
pub use posting::{LedgerAccount, Posting};
pub use refusal::{Article6Refusal, Refusal};
pub use restraint::{Comparison, FreezeEnd, PartnerFreeze, Restraint};
pub use standing::Standing;
pub use state::{NoSettledTransfers, SettledTransfers, State};
pub use transfer::{
    Direction, Terms, Transfer, TransferKey, TransferStage, TransferTerms, transfer_id,
};
pub use trust::TrustedSince;
pub use tx::{Applied, Encoded};
pub use value::{Accusation, Change, Head, Holding, Key, Pin, Place, StateError, Value};

/// The shortest time between a lock and its expiry, in milliseconds: one hour (rule R5). A shorter one would burn units
/// on transfers that can never arrive.
pub const MIN_EXPIRY_MS: u64 = 3_600_000;

/// The most tonnes that one transfer moves across a border: 25 years of the world's emissions. Balances count to 2^63 − 1,
/// so a partner that invents units would need nine million transfers to fill this ledger up.
pub const MAX_TRANSFER_TONNES: u64 = 1_000_000_000_000;
