//! Every ledger record: one enum, one canonical protobuf encoding.
//!
//! The generated wire code stays private: rules see only the domain types of [`body`](self), whose every field has been
//! checked against its limits. `encode(decode(b)) == b` or the bytes are refused, so a record has exactly one form.

mod accusation;
mod article6;
mod body;
mod case;
mod codec;
mod comparison;
mod continues;
mod error;
mod finding;
mod freeze;
mod hold;
mod letter;
mod trust;
#[rustfmt::skip]
#[allow(missing_docs, unreachable_pub, clippy::all, clippy::pedantic)]
mod wire;

pub use accusation::{Contradiction, LedgerAccused, LedgerCleared};
pub use article6::{
    ARTICLE6_APPROVALS, Article6, Authorisation, AuthorisationRevoked, AuthorisedEntity, Clause,
    CooperativeApproach, EmissionsLevel, Identification, InitialReport, LevelSeries, MAX_NAMED,
    MAX_TRAJECTORY, Metric, MetricUnit, Ndc, NotifiedUse, UnitsAuthorised, UseNotified, YearLevel,
};
pub use body::{
    Account, AccountKind, Acquire, Agreement, AskCancel, BlockHeader, Body, Claim, Commitment,
    Finalise, Genesis, Hold, Issuance, KeyRotation, Lock, Name, Organisation, OrganisationKind,
    Partner, PartnerStatus, Project, ProofReference, Purpose, Reason, Refuse, Release, Retire,
    RetireKind, SourceSettled, Split, Title, Transfer, VerifierKeyText,
};
pub use case::{
    ADOPTION_APPROVALS, ActedBy, AttachedDocument, CaseAct, CaseMigrated, CaseOpened, Fate,
    MAX_PROCESS_PART_BYTES, MAX_PROCESS_PARTS, MIGRATION_APPROVALS, ProcessAdopted, ProcessPart,
    Reservation, Sending, Word, YearTonnes,
};
pub use comparison::{Discrepancy, PositionDifference, PositionsCompared};
pub use continues::Continues;
pub use error::DecodeError;
pub use finding::{FindingKind, FindingOpened, FindingStep};
pub use freeze::{FREEZE_DAYS_MAX, FreezeEnded, FreezeHonoured};
pub use hold::{HoldLifted, HoldOn, HoldPlaced, Reference};
pub use letter::{LanguageTag, LetterIssued};
pub use trust::{Receiver, TRUST_APPROVALS, TrustedReceiver};

pub(crate) use case::is_by_year;
pub(crate) use codec::blocks_bytes;

use serde::{Deserialize, Serialize};

use crate::id::RequestId;

/// The version of the record encoding that this code writes and reads.
pub const RECORD_VERSION: u32 = 1;

/// The largest encoded record in bytes: a proof bundle of such a leaf stays below 16 KiB as text.
pub const MAX_RECORD_BYTES: usize = 4096;

/// The most unit ranges that one record may name.
pub const MAX_RANGES: usize = 64;

/// The most entries of a list that stands for a set, such as the unit types of an agreement.
pub const MAX_SET: usize = 32;

/// Whether a list is in strictly ascending order: how a record writes a set, so that it has one encoding.
pub(crate) fn is_ascending<T: Ord>(list: &[T]) -> bool {
    list.windows(2).all(|pair| pair[0] < pair[1])
}

/// Whether ranges stand in ascending order and none overlaps another.
pub(crate) fn is_apart(ranges: &[crate::units::UnitRange]) -> bool {
    let follows =
        |pair: &[crate::units::UnitRange]| pair[0] < pair[1] && !pair[0].overlaps(pair[1]);
    ranges.windows(2).all(follows)
}

/// Whether a list is what a record takes for a set. A decoded record always has it so; one from an intent may not.
pub(crate) fn is_set<T: Ord>(list: &[T]) -> bool {
    list.len() <= MAX_SET && is_ascending(list)
}

/// The most bytes that the blocks of one lock take. An acquisition repeats them beside a proof, which takes at most 462
/// bytes more: so every lock that is within this limit can be acquired.
pub const MAX_BLOCKS_BYTES: usize = 3584;

/// One leaf of a ledger: what happened, when the writer accepted it, and whose request it answers.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Record {
    /// Milliseconds since the Unix epoch by the writer's clock; never less than the record before it.
    pub time_ms: u64,
    /// The idempotency id of the request that caused the record.
    pub request: RequestId,
    /// What happened.
    pub body: Body,
}

impl Record {
    /// The canonical bytes: what the log hashes as its leaf.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        prost::Message::encode_to_vec(&codec::to_wire(self))
    }

    /// Reads canonical bytes.
    ///
    /// # Errors
    /// Says which field of which record is wrong, or that the bytes are too long, not protobuf, of another version, or
    /// not the canonical encoding of what they say.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        if bytes.len() > MAX_RECORD_BYTES {
            return Err(DecodeError::TooLong { bytes: bytes.len() });
        }
        let wire: wire::Record =
            prost::Message::decode(bytes).map_err(|_| DecodeError::NotProtobuf)?;
        if prost::Message::encode_to_vec(&wire) != bytes {
            return Err(DecodeError::NotCanonical);
        }
        codec::from_wire(wire)
    }
}
