//! Records of a country's own process: the file itself, and what happens under it.

use serde::{Deserialize, Serialize};

use crate::id::{AccountId, AgreementId, OrganisationId, RequestId, Text};
use crate::log::Hash;
use crate::party::Party;
use crate::period::Period;
use crate::record::{Claim, Commitment, Purpose, RetireKind, Title};
use crate::serial::SectoralScope;
use crate::units::UnitRange;

/// A word of a process file: an organisation type, a role, a flow, a step.
pub type Word = Text<48>;

/// The most bytes of a process file in one record.
pub const MAX_PROCESS_PART_BYTES: usize = 3_500;

/// The most records that one process file takes: 256 KiB in pieces of [`MAX_PROCESS_PART_BYTES`], each a few bytes
/// shorter where a character would be cut.
pub const MAX_PROCESS_PARTS: usize = 76;

/// A piece of a process file.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProcessPart {
    /// SHA-256 of the whole file.
    #[serde(with = "hex::serde")]
    #[cfg_attr(feature = "openapi", schema(value_type = crate::openapi::Sha256))]
    pub process: Hash,
    /// Its place in the file, from 0.
    pub part: u32,
    /// The text: the only one in a record that may hold line feeds and tabs.
    pub text: String,
}

/// From here on new cases follow this process; those under way stay on theirs.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProcessAdopted {
    /// SHA-256 of the whole file.
    #[serde(with = "hex::serde")]
    #[cfg_attr(feature = "openapi", schema(value_type = crate::openapi::Sha256))]
    pub process: Hash,
    /// Counted from 1 without gaps.
    pub version: u32,
    /// The number of its pieces.
    pub parts: u32,
    /// Who approved it, where two did: two different users of the authority. Nobody otherwise.
    #[serde(default)]
    pub by: Vec<ActedBy>,
}

/// How many approve a process where it takes more than one.
pub const ADOPTION_APPROVALS: usize = 2;

/// Who acts: a user under a pseudonym, never a name.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ActedBy {
    /// The pseudonym.
    pub user: u64,
    /// The user's organisation.
    pub organisation: OrganisationId,
    /// The organisation's type in the process.
    pub organisation_type: Word,
    /// The user's role in it.
    pub role: Word,
    /// The sectoral scopes that the organisation answers for, strictly ascending.
    pub scopes: Vec<SectoralScope>,
}

/// A subject sets out on a flow.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CaseOpened {
    /// Its number, counted from 1 without gaps.
    pub case: u64,
    /// The flow.
    pub flow: Word,
    /// The track, where the flow has tracks.
    pub track: Option<Word>,
    /// The case that it belongs to.
    pub parent: Option<u64>,
    /// The subject's public title.
    pub title: Title,
    /// Its owners, strictly ascending.
    pub owners: Vec<OrganisationId>,
    /// The receiver that a request names.
    pub counterparty: Option<OrganisationId>,
    /// Its sectoral scopes, strictly ascending.
    pub scopes: Vec<SectoralScope>,
    /// Who opens it.
    pub by: ActedBy,
    /// The owners' parts in what a project issues, each above zero, in the order of the owners; empty for equal parts.
    #[serde(default)]
    pub shares: Vec<u32>,
}

/// A document that comes with an act.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AttachedDocument {
    /// The kind of document in the process.
    pub kind: Word,
    /// SHA-256 of its bytes.
    #[serde(with = "hex::serde")]
    #[cfg_attr(feature = "openapi", schema(value_type = crate::openapi::Sha256))]
    pub sha256: Hash,
}

/// Tonnes of one vintage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct YearTonnes {
    /// The calendar year in which the mitigation occurred.
    pub year: u16,
    /// How many.
    pub tonnes: u64,
}

/// A step of a case is taken.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CaseAct {
    /// The case.
    pub case: u64,
    /// The step.
    pub step: Word,
    /// True answers the step with no.
    pub no: bool,
    /// Who; `None` when a deadline passed.
    pub by: Option<ActedBy>,
    /// Commitment to the filled form.
    pub form: Option<Commitment>,
    /// The attached documents.
    pub documents: Vec<AttachedDocument>,
    /// Commitment to the comment.
    pub comment: Option<Commitment>,
    /// The certifier that the step assigns.
    pub names: Option<OrganisationId>,
    /// The verified tonnes of each vintage, with the step that verifies them; years strictly ascending.
    pub amounts: Vec<YearTonnes>,
    /// The units that the step reserves.
    pub reservation: Option<Reservation>,
    /// The days that a crediting or monitoring period has, with the step that fills in the form which names them.
    #[serde(default)]
    pub period: Option<Period>,
}

/// A running case goes on under a newer version of the process, and so do the open cases below it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CaseMigrated {
    /// The case.
    pub case: u64,
    /// SHA-256 of the newer file.
    #[serde(with = "hex::serde")]
    #[cfg_attr(feature = "openapi", schema(value_type = crate::openapi::Sha256))]
    pub process: Hash,
    /// Who approved it: two different users of the authority.
    pub by: Vec<ActedBy>,
}

/// How many must approve a migration.
pub const MIGRATION_APPROVALS: usize = 2;

/// Units that wait on hold for the end of their case.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Reservation {
    /// The account that holds them.
    pub account: AccountId,
    /// Whole ranges of it.
    pub ranges: Vec<UnitRange>,
    /// What is to become of them.
    pub fate: Fate,
}

/// What is to become of reserved units.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// They move to another account.
    Transfer {
        /// The account.
        to: AccountId,
    },
    /// They are used or cancelled, for ever.
    Retire {
        /// Used or cancelled.
        kind: RetireKind,
        /// For what.
        purpose: Purpose,
        /// Commitment to the beneficiary's name.
        beneficiary: Option<Commitment>,
        /// What was said about it.
        #[serde(default)]
        claim: Claim,
    },
    /// They are locked for a partner country.
    Send(Box<Sending>),
}

/// Where reserved units are to be sent: what the lock will say once the case approves it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Sending {
    /// The Party that is to acquire.
    pub destination: Party,
    /// The agreement under which the units move.
    pub agreement: AgreementId,
    /// The destination's account that is to receive.
    pub to: AccountId,
    /// Drawn once, so that two equal wishes are two transfers.
    pub nonce: RequestId,
    /// The destination must refuse after this moment by its own clock (milliseconds since the Unix epoch).
    pub expiry_ms: u64,
}

/// Whether amounts stand in strictly ascending years, each above zero: how a record writes them.
pub(crate) fn is_by_year(amounts: &[YearTonnes]) -> bool {
    amounts.windows(2).all(|pair| pair[0].year < pair[1].year)
        && amounts.iter().all(|it| it.tonnes > 0)
}
