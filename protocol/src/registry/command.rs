//! What somebody wants: an intent that becomes exact records when its turn comes.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::federation::{ProvenRecord, Unanswered};
use crate::id::{AccountId, AgreementId, AuthorisationId, OrganisationId, RequestId, TransferId};
use crate::log::Hash;
use crate::party::Party;
use crate::record::{
    AccountKind, ActedBy, Agreement, Article6, CaseAct, Claim, Commitment, EmissionsLevel, Fate,
    FindingKind, FindingStep, FreezeEnded, FreezeHonoured, HoldOn, LedgerAccused, LedgerCleared,
    LetterIssued, Name, OrganisationKind, Partner, PositionsCompared, Purpose, Reason, Reference,
    RetireKind, Title, TrustedReceiver, VerifierKeyText, Word,
};
use crate::serial::{SectoralScope, UnitType};
use crate::units::UnitRange;

/// Which units of an account are meant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Selection {
    /// So many tonnes, whichever: the registry chooses as few ranges as it can.
    Tonnes(u64),
    /// Exactly these numbers; ranges are split as needed.
    Ranges(Vec<UnitRange>),
}

/// An intent. Numbers and ranges that depend on the state are chosen by [`plan`](crate::registry::plan) at the moment of
/// writing, so that two intents never race for the same unit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Command {
    /// Register an organisation.
    RegisterOrganisation {
        /// Its public name.
        name: Name,
        /// What it is.
        kind: OrganisationKind,
    },
    /// Open an account.
    OpenAccount {
        /// The organisation that it belongs to.
        organisation: OrganisationId,
        /// Its public name.
        name: Name,
        /// What it is for.
        kind: AccountKind,
    },
    /// Register a project.
    RegisterProject {
        /// The developer.
        organisation: OrganisationId,
        /// The public title.
        title: Title,
        /// CDM sectoral scope.
        scope: SectoralScope,
    },
    /// Issue units of a project.
    Issue {
        /// The receiving account.
        account: AccountId,
        /// The project.
        project: u32,
        /// Vintage.
        year: u16,
        /// Unit type of the serial.
        unit_type: UnitType,
        /// How many.
        tonnes: u64,
    },
    /// Place a hold, or lift it.
    Hold {
        /// The account that owns the ranges.
        account: AccountId,
        /// Whole ranges of it.
        ranges: Vec<UnitRange>,
        /// True lifts the hold.
        lift: bool,
        /// Why.
        reason: Reason,
    },
    /// Move units between two accounts of this registry.
    Transfer {
        /// The giving account.
        from: AccountId,
        /// The receiving account.
        to: AccountId,
        /// Which units.
        units: Selection,
    },
    /// Send units to a partner country.
    Send {
        /// The partner.
        to: Party,
        /// The agreement.
        agreement: AgreementId,
        /// The giving account.
        from: AccountId,
        /// The partner's account.
        to_account: AccountId,
        /// Which units.
        units: Selection,
        /// Drawn once for this wish.
        nonce: RequestId,
        /// Expiry by the destination's clock, milliseconds since the Unix epoch.
        expiry_ms: u64,
    },
    /// Ask the destination to refuse an open transfer.
    Cancel {
        /// The transfer.
        transfer: TransferId,
        /// Why.
        reason: Reason,
    },
    /// Use or cancel units.
    Retire {
        /// The account.
        account: AccountId,
        /// Which units.
        units: Selection,
        /// Used or cancelled.
        kind: RetireKind,
        /// For what.
        purpose: Purpose,
        /// Commitment to the beneficiary's name.
        beneficiary: Option<Commitment>,
        /// What is said about it.
        #[serde(default)]
        claim: Claim,
    },
    /// List a partner, or change its standing.
    SetPartner(Partner),
    /// Record an agreement.
    SetAgreement(Agreement),
    /// Sign checkpoints with another key from the next block on.
    RotateKey {
        /// The new verifier key.
        log_key: VerifierKeyText,
    },
    /// A partner's leaf that was proven.
    Proven(Box<ProvenRecord>),
    /// Adopt a process: new cases follow it from here on.
    AdoptProcess {
        /// The process file, which must pass the checker.
        text: String,
    },
    /// Adopt a process that one user of the authority proposed and another one approved.
    AdoptApproved(Box<ApprovedProcess>),
    /// Enrol an organisation of the process. One that can apply for its registration may act once a case of its own has
    /// registered it; others, such as ministries and the authority, act at once.
    Enrol {
        /// Its public name.
        name: Name,
        /// Its type in the process.
        organisation_type: Word,
        /// The sectoral scopes that it answers for, where its type is sectoral.
        #[serde(default)]
        scopes: BTreeSet<SectoralScope>,
    },
    /// Open a case.
    OpenCase(Box<NewCase>),
    /// Take a step of a case; where the step issues units, issue them.
    Act(Box<NewAct>),
    /// Move a running case, with the open cases below it, to a newer version of the process.
    MigrateCase(Box<MigrateCase>),
    /// Open, answer or close a finding.
    Finding(Box<NewFinding>),
    /// Place a hold on numbers, an account, a project or an organisation. Ranges that it is on are split off first, so that the
    /// rest of them can still move.
    PlaceHold(Box<PlaceHold>),
    /// Lift such a hold.
    LiftHold(Box<LiftHold>),
    /// Record that a letter which an act named was made.
    IssueLetter(Box<LetterIssued>),
    /// Enter a receiver in an organisation's list of trusted ones, or take one out.
    TrustReceiver(Box<TrustedReceiver>),
    /// Record something of Article 6.
    Article6(Box<Article6>),
    /// Record levels of several years or series: all of them, or none.
    Levels(Vec<EmissionsLevel>),
    /// Put units that are here under an authorisation. Ranges are split as needed.
    AuthoriseUnits {
        /// The account that holds them.
        account: AccountId,
        /// Which.
        units: Selection,
        /// The authorisation.
        authorisation: AuthorisationId,
        /// Who approved it.
        by: Vec<ActedBy>,
    },
    /// Record evidence against a partner's ledger.
    Accuse(LedgerAccused),
    /// Name the line of an accused ledger that lives on.
    Clear(LedgerCleared),
    /// Record what a comparison with a partner's ledger found.
    Compared(PositionsCompared),
    /// Honour a partner's order that units stay where they are.
    HonourFreeze(Box<FreezeHonoured>),
    /// Honour it no more.
    EndFreeze(Box<FreezeEnded>),
    /// A partner's ledger is closed for ever and never answered a transfer: its units are free.
    Closed(Box<Unanswered>),
}

/// A case to move to a newer version of the process.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MigrateCase {
    /// The case. One that belongs to an open case moves with that one only.
    pub case: u64,
    /// SHA-256 of the newer file, which was adopted and says where the case's stage leads.
    #[serde(with = "hex::serde")]
    pub process: Hash,
    /// Who approved it: two different users of the authority.
    pub by: Vec<ActedBy>,
}

/// A process that one user of the authority proposed and another one approved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApprovedProcess {
    /// The process file, which must pass the checker.
    pub text: String,
    /// SHA-256 of the process in force with which both compared it.
    #[serde(with = "hex::serde")]
    pub follows: Hash,
    /// Who proposed it and who approved it.
    pub by: Vec<ActedBy>,
}

/// A hold to place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlaceHold {
    /// What it is on.
    pub on: HoldOn,
    /// Why, in public words.
    pub reason: Reason,
    /// The organisation that orders it.
    pub authority: OrganisationId,
    /// Where the order can be found.
    pub reference: Reference,
    /// From when on it does not count any more, in milliseconds since the Unix epoch; `None` until it is lifted.
    pub expiry_ms: Option<u64>,
    /// Who records it: somebody of the authority that keeps the registry; `None` where no process was adopted.
    pub by: Option<ActedBy>,
}

/// A hold to lift.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LiftHold {
    /// The hold.
    pub hold: u64,
    /// Why, in public words.
    pub reason: Reason,
    /// The organisation that orders it.
    pub authority: OrganisationId,
    /// Where the order can be found.
    pub reference: Reference,
    /// Who records it, as for [`PlaceHold::by`].
    pub by: Option<ActedBy>,
}

/// A case to open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewCase {
    /// The flow.
    pub flow: Word,
    /// The track, where the flow has tracks.
    pub track: Option<Word>,
    /// The case that it belongs to.
    pub parent: Option<u64>,
    /// The subject's public title.
    pub title: Title,
    /// Its owners.
    pub owners: BTreeSet<OrganisationId>,
    /// Each owner's part in what a project issues, such as 2 and 1; empty for equal parts. A case below a project has the
    /// project's.
    #[serde(default)]
    pub shares: BTreeMap<OrganisationId, u32>,
    /// The receiver that a request names.
    pub counterparty: Option<OrganisationId>,
    /// Its sectoral scopes.
    pub scopes: BTreeSet<SectoralScope>,
    /// Who opens it.
    pub by: ActedBy,
}

/// A step to take.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewAct {
    /// The act as it will be recorded.
    pub act: CaseAct,
    /// Where units go that the act issues.
    pub issue: Option<IssueTo>,
    /// The units that the act reserves.
    pub reserve: Option<Reserve>,
}

/// Units to reserve for a request. The registry chooses whole ranges, and splits first where it must.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reserve {
    /// The account that holds them.
    pub account: AccountId,
    /// Which.
    pub units: Selection,
    /// What is to become of them.
    pub fate: Fate,
}

/// Where issued units go, and what they are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct IssueTo {
    /// The receiving accounts: one of each owner.
    pub accounts: BTreeSet<AccountId>,
    /// Unit type of the serial.
    pub unit_type: UnitType,
    /// A holding account of the Party, where the process deducts for overall mitigation in global emissions: what is
    /// issued into it is cancelled at once.
    #[serde(default)]
    pub overall_mitigation: Option<AccountId>,
    /// A share-of-proceeds account, where the process deducts a share of proceeds.
    #[serde(default)]
    pub share_of_proceeds: Option<AccountId>,
    /// A buffer account of the Party, where the process deducts for a buffer.
    #[serde(default)]
    pub buffer: Option<AccountId>,
}

/// What is to happen to a finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NewFinding {
    /// The certifier opens one; the registry gives it the next number of the case.
    Open {
        /// The case.
        case: u64,
        /// What it asks.
        kind: FindingKind,
        /// Commitment to its text.
        text: Commitment,
        /// Who.
        by: ActedBy,
    },
    /// An owner answers one.
    Answer(FindingStep),
    /// The certifier closes one.
    Close(FindingStep),
}
