//! The keyed values of a registry's state, and their stored form.

use serde::{Deserialize, Serialize};

use crate::id::{AccountId, AgreementId, AuthorisationId, OrganisationId, Origin};
use crate::log::Hash;
use crate::party::Party;
use crate::period::{Day, Period};
use crate::record::{
    Account, Agreement, AuthorisedEntity, Contradiction, CooperativeApproach, Genesis,
    Identification, InitialReport, LevelSeries, Ndc, Organisation, Partner, Project, Receiver,
    VerifierKeyText,
};
use crate::registry::article6::{AuthorisationUse, KnownAuthorisation};
use crate::registry::case::{AdoptedProcess, RegistryCase};
use crate::registry::hold::RegistryHold;
use crate::registry::restraint::{Comparison, PartnerFreeze};
use crate::registry::{
    Covered, Direction, Due, LedgerAccount, OpenFinding, OwedLetters, Standing, Transfer,
    TransferKey, TrustedSince,
};
use crate::serial::CooperativeApproachId;
use crate::units::UnitBlock;

/// Names one value of the state.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Key {
    /// Whose ledger this is.
    Genesis,
    /// The last block header.
    Head,
    /// The last number of the national unit counter.
    Issued,
    /// The key that signs checkpoints, and from which size on.
    LogKey,
    /// An organisation.
    Organisation(OrganisationId),
    /// An account.
    Account(AccountId),
    /// A project, by its national number.
    Project(u32),
    /// A range, by the Party of origin and its first number.
    Holding(Party, u64),
    /// One side of a transfer.
    Transfer(TransferKey),
    /// A partner country.
    Partner(Party),
    /// A bilateral agreement.
    Agreement(AgreementId),
    /// Tonnes that moved under an agreement, by direction.
    AgreementUse(AgreementId, Direction),
    /// The last verified checkpoint of a partner.
    Pin(Party),
    /// A balance of the general ledger.
    Balance(LedgerAccount),
    /// A piece of a process file: the file's SHA-256 and the piece's place.
    ProcessPart(Hash, u32),
    /// An adopted process, by its version.
    Process(u32),
    /// A case, by its number.
    Case(u64),
    /// The case by which an organisation is, or was last, to be registered.
    OrganisationCase(OrganisationId),
    /// Whether an organisation of the process may act.
    OrganisationStanding(OrganisationId),
    /// Whether anything may happen to a project.
    ProjectStanding(u32),
    /// Verified tonnes of a project and vintage that may still be issued.
    Issuable(u32, u16),
    /// The crediting periods of a project.
    CreditingPeriods(u32),
    /// The days that a case of a project covers, by the first of them.
    MonitoringPeriod(u32, Day),
    /// A hold, by its number.
    Hold(u64),
    /// What must be written next, in order.
    Due(u32),
    /// The case whose lock is the next record.
    Approved,
    /// An open finding: the case above all others, its own case, its number in that.
    Finding(u64, u64, u32),
    /// The case by which a project was registered.
    ProjectCase(u32),
    /// The letters that an act owes, by the leaf of the act.
    OwedLetters(u64),
    /// A trusted receiver in an organisation's list.
    Trusted(OrganisationId, Receiver),
    /// A cooperative approach.
    CooperativeApproach(CooperativeApproachId),
    /// The last initial report of an approach.
    InitialReport(CooperativeApproachId),
    /// An NDC, by the first year of its implementation period.
    Ndc(u16),
    /// A level of emissions, of the indicator, or of certified emission reductions used, by year.
    Level(LevelSeries, u16),
    /// An entity that is, or was, authorised under an approach.
    AuthorisedEntity(CooperativeApproachId, Identification),
    /// An authorisation, by the Party that gave it.
    Authorisation(Party, AuthorisationId),
    /// What was done under an authorisation of this Party.
    AuthorisationUse(AuthorisationId),
    /// The authorisation under which a project's units come as they are issued.
    ProjectAuthorisation(u32),
    /// Tonnes that moved under an agreement in a calendar year, by direction.
    AgreementYear(AgreementId, Direction, u16),
    /// What a partner's ledger stands accused of.
    Accusation(Party),
    /// A partner's order that is honoured here, by its number there.
    Freeze(Party, u64),
    /// What a comparison with a partner's ledger found.
    Comparison(Party),
    /// The origin of a closed ledger from which a partner's goes on.
    FormerOrigin(Origin),
}

/// One value of the state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Value {
    /// For [`Key::Genesis`].
    Genesis(Genesis),
    /// For [`Key::Head`].
    Head(Head),
    /// For [`Key::Issued`], [`Key::Approved`], [`Key::AgreementUse`], [`Key::AgreementYear`], [`Key::OrganisationCase`],
    /// [`Key::Issuable`] and [`Key::ProjectCase`].
    Count(u64),
    /// For [`Key::LogKey`].
    LogKey {
        /// The verifier key.
        key: VerifierKeyText,
        /// Checkpoints of at least this size are signed by it.
        from_size: u64,
    },
    /// For [`Key::Organisation`].
    Organisation(Organisation),
    /// For [`Key::Account`].
    Account(Account),
    /// For [`Key::Project`].
    Project(Project),
    /// For [`Key::Holding`].
    Holding(Holding),
    /// For [`Key::Transfer`].
    Transfer(Transfer),
    /// For [`Key::Partner`].
    Partner(Partner),
    /// For [`Key::Agreement`].
    Agreement(Agreement),
    /// For [`Key::Pin`].
    Pin(Pin),
    /// For [`Key::Balance`], in tonnes.
    Balance(i64),
    /// For [`Key::ProcessPart`].
    Text(String),
    /// For [`Key::Process`].
    Process(AdoptedProcess),
    /// For [`Key::Case`].
    Case(Box<RegistryCase>),
    /// For [`Key::OrganisationStanding`] and [`Key::ProjectStanding`].
    Standing(Standing),
    /// For [`Key::CreditingPeriods`], in order.
    Periods(Vec<Period>),
    /// For [`Key::MonitoringPeriod`].
    Covered(Covered),
    /// For [`Key::Hold`].
    Hold(Box<RegistryHold>),
    /// For [`Key::Due`].
    Due(Due),
    /// For [`Key::Finding`].
    Finding(OpenFinding),
    /// For [`Key::OwedLetters`].
    OwedLetters(Box<OwedLetters>),
    /// For [`Key::Trusted`].
    Trusted(TrustedSince),
    /// For [`Key::CooperativeApproach`].
    CooperativeApproach(Box<CooperativeApproach>),
    /// For [`Key::InitialReport`].
    InitialReport(Box<InitialReport>),
    /// For [`Key::Ndc`].
    Ndc(Box<Ndc>),
    /// For [`Key::Level`].
    Level(i64),
    /// For [`Key::AuthorisedEntity`].
    AuthorisedEntity(Box<AuthorisedEntity>),
    /// For [`Key::Authorisation`].
    Authorisation(Box<KnownAuthorisation>),
    /// For [`Key::AuthorisationUse`].
    AuthorisationUse(AuthorisationUse),
    /// For [`Key::ProjectAuthorisation`].
    ProjectAuthorisation(AuthorisationId),
    /// For [`Key::Accusation`].
    Accusation(Accusation),
    /// For [`Key::Freeze`].
    Freeze(Box<PartnerFreeze>),
    /// For [`Key::Comparison`].
    Comparison(Box<Comparison>),
    /// For [`Key::FormerOrigin`]: whose it was.
    FormerOrigin(Party),
}

/// The last block header and the clock that it set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Head {
    /// Height of the block, counted from 1.
    pub height: u64,
    /// Leaf index of the header.
    pub index: u64,
    /// Leaf hash of the header.
    pub hash: Hash,
    /// Time of the header.
    pub time_ms: u64,
}

/// Where a range is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// In an account that can dispose of it.
    Available(AccountId),
    /// In an account, on hold.
    OnHold(AccountId),
    /// Locked from this account for a partner who has not answered.
    Escrow(AccountId),
    /// A partner acquired it.
    Abroad(Party),
    /// Used.
    Used,
    /// Cancelled.
    Cancelled,
    /// In an account, set aside for an open request: only its case moves, ends or frees it. Counts as on hold.
    Reserved(AccountId),
}

/// A range, where it is, and since which leaf.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Holding {
    /// The units.
    pub block: UnitBlock,
    /// Where they are.
    pub place: Place,
    /// Index of the leaf that put them there.
    pub since: u64,
}

/// What a partner's ledger stands accused of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Accusation {
    /// What it did.
    pub kind: Contradiction,
    /// SHA-256 of the text of the evidence.
    pub evidence: Hash,
    /// Index of the leaf that says so.
    pub at: u64,
}

/// The last verified checkpoint of a partner: pins only grow (rule R9).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Pin {
    /// Tree size.
    pub size: u64,
    /// Root.
    pub root: Hash,
}

/// One change of one value, ready to be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// What changed.
    pub key: Key,
    /// The value before; `None` if there was none.
    pub before: Option<Value>,
    /// The value after; `None` if it was taken away.
    pub after: Option<Value>,
}

/// Why stored bytes are not a state.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StateError {
    /// A stored key or value does not decode.
    #[error(
        "a stored state {0} does not decode: the store is damaged or of another schema version"
    )]
    Encoding(&'static str),
    /// A value lies under a key of another kind.
    #[error("the stored value of {0} is of another kind")]
    Kind(String),
    /// There is no genesis or no head.
    #[error("the stored state has no {0}")]
    Missing(&'static str),
}

impl Key {
    /// Before every approach in order: a bound for ranges, never a key in use.
    pub(super) const FIRST_OF_APPROACHES: Self =
        Self::CooperativeApproach(CooperativeApproachId::BEFORE_ALL);

    /// The bytes under which a store keeps the value.
    ///
    /// # Errors
    /// Never in practice: every key encodes.
    pub fn to_bytes(&self) -> Result<Vec<u8>, StateError> {
        postcard::to_extend(self, Vec::with_capacity(64)).map_err(|_| StateError::Encoding("key"))
    }

    /// Reads a key.
    ///
    /// # Errors
    /// If the bytes are not exactly one key.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, StateError> {
        match postcard::take_from_bytes(bytes) {
            Ok((key, [])) => Ok(key),
            _ => Err(StateError::Encoding("key")),
        }
    }
}

impl Value {
    /// The stored form.
    ///
    /// # Errors
    /// Never in practice: every value encodes.
    pub fn to_bytes(&self) -> Result<Vec<u8>, StateError> {
        postcard::to_extend(self, Vec::with_capacity(192))
            .map_err(|_| StateError::Encoding("value"))
    }

    /// Reads a value.
    ///
    /// # Errors
    /// If the bytes are not exactly one value.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, StateError> {
        match postcard::take_from_bytes(bytes) {
            Ok((value, [])) => Ok(value),
            _ => Err(StateError::Encoding("value")),
        }
    }
}

/// Whether a value is of the kind that its key names, and a range the one that begins there.
pub(super) fn fits(key: &Key, value: &Value) -> bool {
    if let (Key::Holding(origin, first), Value::Holding(it)) = (key, value) {
        let range = it.block.range();
        return (range.origin(), range.first()) == (*origin, *first);
    }
    matches!(
        (key, value),
        (Key::Genesis, Value::Genesis(_))
            | (Key::Head, Value::Head(_))
            | (
                Key::Issued
                    | Key::Approved
                    | Key::AgreementUse(..)
                    | Key::AgreementYear(..)
                    | Key::OrganisationCase(_)
                    | Key::ProjectCase(_)
                    | Key::Issuable(..),
                Value::Count(_)
            )
            | (Key::LogKey, Value::LogKey { .. })
            | (Key::Organisation(_), Value::Organisation(_))
            | (Key::Account(_), Value::Account(_))
            | (Key::Project(_), Value::Project(_))
            | (Key::Transfer(_), Value::Transfer(_))
            | (Key::Partner(_), Value::Partner(_))
            | (Key::Agreement(_), Value::Agreement(_))
            | (Key::Pin(_), Value::Pin(_))
            | (Key::Balance(_), Value::Balance(_))
            | (Key::ProcessPart(..), Value::Text(_))
            | (Key::Process(_), Value::Process(_))
            | (Key::Case(_), Value::Case(_))
            | (Key::Hold(_), Value::Hold(_))
            | (
                Key::OrganisationStanding(_) | Key::ProjectStanding(_),
                Value::Standing(_)
            )
            | (Key::CreditingPeriods(_), Value::Periods(_))
            | (Key::MonitoringPeriod(..), Value::Covered(_))
            | (Key::Due(_), Value::Due(_))
            | (Key::Finding(..), Value::Finding(_))
            | (Key::OwedLetters(_), Value::OwedLetters(_))
            | (Key::Trusted(..), Value::Trusted(_))
            | (Key::CooperativeApproach(_), Value::CooperativeApproach(_))
            | (Key::InitialReport(_), Value::InitialReport(_))
            | (Key::Ndc(_), Value::Ndc(_))
            | (Key::Level(..), Value::Level(_))
            | (Key::AuthorisedEntity(..), Value::AuthorisedEntity(_))
            | (Key::Authorisation(..), Value::Authorisation(_))
            | (Key::AuthorisationUse(_), Value::AuthorisationUse(_))
            | (Key::ProjectAuthorisation(_), Value::ProjectAuthorisation(_))
            | (Key::Accusation(_), Value::Accusation(_))
            | (Key::Freeze(..), Value::Freeze(_))
            | (Key::Comparison(_), Value::Comparison(_))
            | (Key::FormerOrigin(_), Value::FormerOrigin(_))
    )
}
