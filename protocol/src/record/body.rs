//! The domain types of records: what the rules see.

use serde::{Deserialize, Serialize};

use crate::id::{AccountId, AgreementId, OrganisationId, Origin, RequestId, Text, TransferId};
use crate::log::Hash;
use crate::party::{Party, RegistryId};
use crate::record::accusation::{LedgerAccused, LedgerCleared};
use crate::record::article6::Article6;
use crate::record::case::{CaseAct, CaseMigrated, CaseOpened, ProcessAdopted, ProcessPart, Word};
use crate::record::comparison::PositionsCompared;
use crate::record::continues::Continues;
use crate::record::finding::{FindingOpened, FindingStep};
use crate::record::freeze::{FreezeEnded, FreezeHonoured};
use crate::record::hold::{HoldLifted, HoldPlaced};
use crate::record::letter::LetterIssued;
use crate::record::trust::TrustedReceiver;
use crate::serial::{CooperativeApproachId, SectoralScope, UnitType};
use crate::units::{UnitBlock, UnitRange};

/// A name of an organisation, an account or a ministry: public, at most 256 bytes.
pub type Name = Text<256>;
/// The title of a project: public, at most 1,024 bytes.
pub type Title = Text<1024>;
/// A reason in words: public, at most 512 bytes.
pub type Reason = Text<512>;
/// A verifier key as C2SP signed-note writes it (`name+hash+base64`), at most 512 bytes.
pub type VerifierKeyText = Text<512>;

/// What a record says happened.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Body {
    /// The ledger begins: always leaf 0, and never again.
    Genesis(Genesis),
    /// An organisation is registered.
    Organisation(Organisation),
    /// An account is opened.
    Account(Account),
    /// A project is registered.
    Project(Project),
    /// Units are issued.
    Issuance(Issuance),
    /// A range becomes two.
    Split(Split),
    /// Ranges are held, or a hold is lifted.
    Hold(Hold),
    /// Ranges move between two accounts of this ledger.
    Transfer(Transfer),
    /// Ranges are locked for a partner country.
    Lock(Lock),
    /// The source asks the destination to refuse an open transfer.
    AskCancel(AskCancel),
    /// The destination takes a transfer's units.
    Acquire(Acquire),
    /// The destination refuses a transfer for ever.
    Refuse(Refuse),
    /// The source records that the destination acquired.
    Finalise(Finalise),
    /// The source frees the units of a proven refusal.
    Release(Release),
    /// The destination notes how the source ended the transfer.
    SourceSettled(SourceSettled),
    /// Units are used or cancelled.
    Retire(Retire),
    /// A block ends: always its last leaf.
    BlockHeader(BlockHeader),
    /// The log signs with another key from a size on.
    KeyRotation(KeyRotation),
    /// A partner country is listed, changed or removed.
    Partner(Partner),
    /// A bilateral agreement that both Parties signed is recorded.
    Agreement(Agreement),
    /// A piece of a process file is kept.
    ProcessPart(ProcessPart),
    /// New cases follow a process from here on.
    ProcessAdopted(ProcessAdopted),
    /// A subject sets out on a flow of the process.
    CaseOpened(CaseOpened),
    /// A step of a case is taken.
    CaseAct(CaseAct),
    /// A case goes on under a newer process.
    CaseMigrated(CaseMigrated),
    /// A hold begins.
    HoldPlaced(HoldPlaced),
    /// A hold ends.
    HoldLifted(HoldLifted),
    /// A certifier opens a finding.
    FindingOpened(FindingOpened),
    /// An owner answers a finding.
    FindingAnswered(FindingStep),
    /// A certifier closes a finding.
    FindingClosed(FindingStep),
    /// A letter of an act was made.
    LetterIssued(LetterIssued),
    /// An organisation enters a receiver in its list of trusted ones, or takes one out.
    TrustedReceiver(TrustedReceiver),
    /// There is evidence that a partner's ledger contradicts itself.
    LedgerAccused(LedgerAccused),
    /// The line of an accused ledger that lives on is named.
    LedgerCleared(LedgerCleared),
    /// What a comparison with a partner's ledger found.
    PositionsCompared(PositionsCompared),
    /// A partner's order that units stay where they are is honoured here.
    FreezeHonoured(Box<FreezeHonoured>),
    /// It is honoured no more.
    FreezeEnded(Box<FreezeEnded>),
    /// Something of Article 6 is recorded.
    Article6(Box<Article6>),
}

impl Body {
    /// The kind's name in `record.proto`.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Genesis(_) => "genesis",
            Self::Organisation(_) => "organisation",
            Self::Account(_) => "account",
            Self::Project(_) => "project",
            Self::Issuance(_) => "issuance",
            Self::Split(_) => "split",
            Self::Hold(_) => "hold",
            Self::Transfer(_) => "transfer",
            Self::Lock(_) => "lock",
            Self::AskCancel(_) => "ask_cancel",
            Self::Acquire(_) => "acquire",
            Self::Refuse(_) => "refuse",
            Self::Finalise(_) => "finalise",
            Self::Release(_) => "release",
            Self::SourceSettled(_) => "source_settled",
            Self::Retire(_) => "retire",
            Self::BlockHeader(_) => "block_header",
            Self::KeyRotation(_) => "key_rotation",
            Self::Partner(_) => "partner",
            Self::Agreement(_) => "agreement",
            Self::ProcessPart(_) => "process_part",
            Self::ProcessAdopted(_) => "process_adopted",
            Self::CaseOpened(_) => "case_opened",
            Self::CaseAct(_) => "case_act",
            Self::CaseMigrated(_) => "case_migrated",
            Self::HoldPlaced(_) => "hold_placed",
            Self::HoldLifted(_) => "hold_lifted",
            Self::FindingOpened(_) => "finding_opened",
            Self::FindingAnswered(_) => "finding_answered",
            Self::FindingClosed(_) => "finding_closed",
            Self::LetterIssued(_) => "letter_issued",
            Self::TrustedReceiver(_) => "trusted_receiver",
            Self::LedgerAccused(_) => "ledger_accused",
            Self::LedgerCleared(_) => "ledger_cleared",
            Self::PositionsCompared(_) => "positions_compared",
            Self::FreezeHonoured(_) => "freeze_honoured",
            Self::FreezeEnded(_) => "freeze_ended",
            Self::Article6(it) => it.kind(),
        }
    }
}

/// Where a partner's leaf was proven: under which checkpoint of which log, at which index.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProofReference {
    /// The partner's log.
    pub origin: Origin,
    /// Index of the proven leaf.
    pub index: u64,
    /// Tree size of the checkpoint that proved it.
    pub size: u64,
    /// Root of that checkpoint.
    #[serde(with = "hex::serde")]
    #[cfg_attr(feature = "openapi", schema(value_type = crate::openapi::Sha256))]
    pub root: Hash,
}

/// The first leaf of a ledger: whose it is. In a ledger that goes on from a closed one also the leaf right after those of the
/// closed ledger.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Genesis {
    /// The Party whose registry this is.
    pub party: Party,
    /// The log's origin line.
    pub origin: Origin,
    /// The federation's name: ledgers of other networks are never mistaken for this one's.
    pub network: Name,
    /// The registry id of the Party (6/CMA.4), such as GHA01.
    pub registry: RegistryId,
    /// The authority that keeps the registry.
    pub name: Name,
    /// The key that signs checkpoints.
    pub log_key: VerifierKeyText,
    /// The closed ledger whose leaves stand before this one; none in the first leaf of a ledger.
    #[serde(default)]
    pub continues: Option<Continues>,
}

/// What an organisation is to the registry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum OrganisationKind {
    /// The Party's own authority.
    Government,
    /// A project developer.
    Developer,
    /// A validation or verification body.
    Certifier,
    /// Anybody else who may hold units.
    Other,
}

/// An organisation.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Organisation {
    /// Its number, counted from 1 without gaps.
    pub id: OrganisationId,
    /// Its public name.
    pub name: Name,
    /// What it is.
    pub kind: OrganisationKind,
    /// What it is in the country's own process; `None` where no process has a say. An organisation that can
    /// apply for its registration acts only once it is registered.
    #[serde(default)]
    pub organisation_type: Option<Word>,
    /// The sectoral scopes that it answers for, strictly ascending: some where its type is sectoral, else none.
    #[serde(default)]
    pub scopes: Vec<SectoralScope>,
}

/// What an account is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum AccountKind {
    /// The Party's own holding account.
    PartyHolding,
    /// A holding account of an authorised entity.
    EntityHolding,
    /// Units that the Party sets aside at issuance against reversals.
    Buffer,
    /// Units that are set aside at issuance as a share of proceeds, such as for adaptation.
    ShareOfProceeds,
}

/// An account of the registry.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Account {
    /// Its number, counted from 1 without gaps.
    pub id: AccountId,
    /// The organisation that it belongs to.
    pub organisation: OrganisationId,
    /// Its public name.
    pub name: Name,
    /// What it is for.
    pub kind: AccountKind,
}

/// A registered project.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Project {
    /// The national project number, from 1 without gaps: the fourth field of the domestic serial.
    pub number: u32,
    /// The developer.
    pub organisation: OrganisationId,
    /// The public title.
    pub title: Title,
    /// The CDM sectoral scope.
    pub scope: SectoralScope,
}

/// Units come into being.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Issuance {
    /// The account that receives them.
    pub account: AccountId,
    /// The next numbers of the national counter.
    pub range: UnitRange,
    /// Unit type of the serial.
    pub unit_type: UnitType,
    /// The project that achieved the mitigation.
    pub project: u32,
    /// Vintage: the calendar year in which the mitigation occurred (6/CMA.4 para 5).
    pub year: u16,
}

/// A held range becomes a head and a tail; both keep every flag.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Split {
    /// The range as it stands.
    pub range: UnitRange,
    /// The first number of the tail.
    pub at: u64,
}

/// Whole ranges of one account can not move until the hold is lifted.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Hold {
    /// The account that owns the ranges.
    pub account: AccountId,
    /// Whole ranges of that account.
    pub ranges: Vec<UnitRange>,
    /// False places the hold, true lifts it.
    pub lift: bool,
    /// Why, in public words.
    pub reason: Reason,
}

/// A domestic transfer of whole ranges.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Transfer {
    /// The account that gives.
    pub from: AccountId,
    /// The account that receives.
    pub to: AccountId,
    /// Whole ranges of the giving account.
    pub ranges: Vec<UnitRange>,
}

/// Whole ranges leave their account for a partner country and wait in escrow.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Lock {
    /// Derived from everything else in the lock and the source's origin.
    pub transfer: TransferId,
    /// The Party that is to acquire.
    pub destination: Party,
    /// Its log.
    pub destination_origin: Origin,
    /// The agreement under which the units move.
    pub agreement: AgreementId,
    /// The account that gives.
    pub from: AccountId,
    /// The destination's account that is to receive.
    pub to: AccountId,
    /// The ranges with all that travels with them.
    pub blocks: Vec<UnitBlock>,
    /// Drawn once by the source, so that two equal wishes are two transfers.
    pub nonce: RequestId,
    /// The destination must refuse after this moment by its own clock (milliseconds since the Unix epoch).
    pub expiry_ms: u64,
}

/// The source asks for a refusal; the units stay locked until the destination has answered.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AskCancel {
    /// The open transfer.
    pub transfer: TransferId,
    /// The Party that is to answer: nobody else may.
    pub destination: Party,
    /// Why, in public words.
    pub reason: Reason,
}

/// The destination's one answer: acquired.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Acquire {
    /// The transfer.
    pub transfer: TransferId,
    /// The Party that locked the units.
    pub source: Party,
    /// The agreement under which they moved.
    pub agreement: AgreementId,
    /// The account that receives.
    pub account: AccountId,
    /// The blocks exactly as the lock gave them.
    pub blocks: Vec<UnitBlock>,
    /// The proven lock.
    pub proof: ProofReference,
}

/// The destination's one answer: refused.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Refuse {
    /// The transfer.
    pub transfer: TransferId,
    /// The Party that locked the units.
    pub source: Party,
    /// The fault code, see [`crate::federation::FaultCode`].
    pub code: u32,
    /// The same in words.
    pub reason: Reason,
    /// The proven lock or cancel request.
    pub proof: ProofReference,
}

/// The source's end of an acquired transfer.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Finalise {
    /// The transfer.
    pub transfer: TransferId,
    /// The proven acquisition.
    pub proof: ProofReference,
}

/// The source's end of a refused transfer: the units are free again.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Release {
    /// The transfer.
    pub transfer: TransferId,
    /// The fault code that the refusal gave.
    pub code: u32,
    /// The proven refusal.
    pub proof: ProofReference,
}

/// The destination has seen the source's end of the transfer.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SourceSettled {
    /// The transfer.
    pub transfer: TransferId,
    /// The source.
    pub source: Party,
    /// True for FINAL, false for RELEASED.
    pub is_final: bool,
    /// The proven end.
    pub proof: ProofReference,
}

/// Whether units were used or cancelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum RetireKind {
    /// Used towards a purpose.
    Retire,
    /// Cancelled without use.
    Cancel,
}

/// What units were used or cancelled for (2/CMA.3 annex para 1(f); 4/CMA.6 paras 16 and 17).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// Towards the Party's NDC.
    Ndc,
    /// International mitigation purposes other than an NDC.
    InternationalMitigation,
    /// Other purposes.
    OtherPurposes,
    /// Overall mitigation in global emissions.
    OverallMitigation,
    /// Voluntary cancellation.
    Voluntary,
}

/// Whole ranges of an account are used or cancelled: for ever.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Retire {
    /// The account.
    pub account: AccountId,
    /// Whole ranges of it.
    pub ranges: Vec<UnitRange>,
    /// Used or cancelled.
    pub kind: RetireKind,
    /// For what.
    pub purpose: Purpose,
    /// SHA-256 of a 32-byte salt and the beneficiary's name, if one was named. The name stays outside the ledger.
    pub beneficiary: Option<Commitment>,
    /// What was said about it.
    #[serde(default)]
    pub claim: Claim,
}

/// What is said publicly about the use of units.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Claim {
    /// Why.
    #[serde(default)]
    pub reason: Option<Reason>,
    /// The country in whose jurisdiction they are used (ISO 3166-1), where it matters for the claim.
    #[serde(default)]
    pub jurisdiction: Option<Party>,
    /// The calendar year of the NDC towards which they are used (2/CMA.3 annex para 8(b)): given for ITMOs that a Party uses.
    #[serde(default)]
    pub ndc_year: Option<u16>,
}

/// A salted commitment: 32 bytes, hex in text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Commitment(#[serde(with = "hex::serde")] pub Hash);

/// The last leaf of a block: ties the state to the tree.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BlockHeader {
    /// Height of the block, counted from 1.
    pub height: u64,
    /// Index of the block's first leaf.
    pub first: u64,
    /// Leaf hash of the previous block's header; none in the first block.
    pub previous: Option<Commitment>,
    /// Digest of every state change up to this header.
    #[serde(with = "hex::serde")]
    #[cfg_attr(feature = "openapi", schema(value_type = crate::openapi::Sha256))]
    pub state: Hash,
}

/// A new log key, signed in by the old one: the leaf lies under a checkpoint that the old key signed.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct KeyRotation {
    /// The new verifier key.
    pub log_key: VerifierKeyText,
    /// Checkpoints of at least this tree size are signed by the new key.
    pub from_size: u64,
}

/// Whether a partner may start transfers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum PartnerStatus {
    /// In good standing.
    Active,
    /// No new locks and no new acquisitions; open ones are still resolved.
    Frozen,
    /// As frozen, and no longer listed.
    Removed,
}

/// A partner country, from its signed invite.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Partner {
    /// The Party.
    pub party: Party,
    /// Its log.
    pub origin: Origin,
    /// Its registry id.
    pub registry: RegistryId,
    /// The key that signs its checkpoints.
    pub log_key: VerifierKeyText,
    /// Its libp2p peer id as text.
    pub peer: Text<128>,
    /// Its standing.
    pub status: PartnerStatus,
    /// SHA-256 of the text that the partner signed: the invite file without its signature lines.
    #[serde(with = "hex::serde")]
    #[cfg_attr(feature = "openapi", schema(value_type = crate::openapi::Sha256))]
    pub invite: Hash,
    /// The closed ledger from which the log of `origin` goes on; only in the record that takes up that log.
    #[serde(default)]
    pub continues: Option<Continues>,
}

/// A bilateral agreement: says what may move between this Party and a partner, and when.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Agreement {
    /// Its id, the same in both ledgers.
    pub id: AgreementId,
    /// The other Party.
    pub partner: Party,
    /// This Party may transfer to the partner.
    pub outgoing: bool,
    /// This Party may acquire from the partner.
    pub incoming: bool,
    /// In force from, milliseconds since the Unix epoch.
    pub valid_from_ms: u64,
    /// In force until.
    pub valid_to_ms: u64,
    /// The most tonnes that may ever move in each direction; 0 sets no limit.
    pub max_tonnes: u64,
    /// The cooperative approach under which first transfers happen.
    pub cooperative_approach: CooperativeApproachId,
    /// SHA-256 of the text that both Parties signed: the agreement file without its signature lines.
    #[serde(with = "hex::serde")]
    #[cfg_attr(feature = "openapi", schema(value_type = crate::openapi::Sha256))]
    pub document: Hash,
    /// The unit types that may move, strictly ascending; none permits all.
    #[serde(default)]
    pub unit_types: Vec<UnitType>,
    /// The sectoral scopes whose units may move, strictly ascending; none permits all.
    #[serde(default)]
    pub scopes: Vec<SectoralScope>,
    /// The most tonnes that may move in each direction in a calendar year (UTC), by the year in which a transfer begins at
    /// the ledger that counts; 0 sets no limit.
    #[serde(default)]
    pub max_tonnes_per_year: u64,
    /// The first vintage that may move; none sets no limit.
    #[serde(default)]
    pub vintage_from: Option<u16>,
    /// The last vintage that may move; none sets no limit.
    #[serde(default)]
    pub vintage_until: Option<u16>,
    /// Units that were acquired under it are used (towards an NDC, for international mitigation or other purposes) only once
    /// the source has ended their transfer, which records the first transfer there (rule R14).
    #[serde(default)]
    pub use_needs_source_final: bool,
}
