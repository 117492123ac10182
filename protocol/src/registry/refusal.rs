//! Why a record or an intent is refused.

mod article6;
mod table;

pub use article6::Article6Refusal;

use crate::federation::FaultCode;
use crate::id::{AccountId, AgreementId, OrganisationId, TransferId};
use crate::party::{Party, RegistryId};
use crate::period::Period;
use crate::record::{DecodeError, FindingKind, MAX_BLOCKS_BYTES, MAX_RANGES};
use crate::registry::{Due, DueIssuance, DueTo, Holding, MAX_TRANSFER_TONNES, Place};
use crate::serial::CooperativeApproachId;
use crate::units::UnitRange;
use crate::workflow;

/// Why a record may not follow the present state. The state is untouched. The text says what, where and how to mend it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The first record must be a genesis, and only the first.
    #[error("a ledger begins with exactly one genesis record, at index 0")]
    Genesis,
    /// The leaf index is not the next one.
    #[error("the record is for index {found}; the next index is {wanted}")]
    Index {
        /// Index given.
        found: u64,
        /// The next free index.
        wanted: u64,
    },
    /// The record's time is before its predecessor's.
    #[error("the record's time {found} ms is before the last record's {last} ms")]
    Time {
        /// Time given.
        found: u64,
        /// Time of the record before it.
        last: u64,
    },
    /// A numbered thing must take the next number.
    #[error("{what} {found} is not the next number, {wanted}")]
    Number {
        /// `organisation`, `account`, `project` or `unit`.
        what: &'static str,
        /// The number given.
        found: u64,
        /// The next free number.
        wanted: u64,
    },
    /// The organisation is not registered.
    #[error("organisation {0} is not registered: register it first")]
    UnknownOrganisation(OrganisationId),
    /// The account does not exist.
    #[error("account {0} does not exist: open it first")]
    UnknownAccount(AccountId),
    /// The project is not registered.
    #[error("project {0} is not registered: register it first")]
    UnknownProject(u32),
    /// The partner is not listed.
    #[error("{0} is not a partner: exchange invites and add it first")]
    UnknownPartner(Party),
    /// The partner is frozen or removed.
    #[error("{0} is frozen or removed: no new transfers until it is active again")]
    PartnerFrozen(Party),
    /// An accusation of a partner's ledger, or its end, is out of place.
    #[error("the accusation does not stand: {0}")]
    Accusation(&'static str),
    /// Other transfers have used up what the agreement allows.
    #[error("agreement {agreement} allows {left} more tonnes; {wanted} would move")]
    AgreementUsedUp {
        /// The agreement named.
        agreement: AgreementId,
        /// What may still move under it.
        left: u64,
        /// What would move.
        wanted: u64,
    },
    /// No such agreement with that partner.
    #[error(
        "there is no agreement {agreement} with {partner}: record one that both Parties signed"
    )]
    UnknownAgreement {
        /// The agreement named.
        agreement: AgreementId,
        /// The partner named.
        partner: Party,
    },
    /// The agreement does not allow the transfer.
    #[error("agreement {agreement} does not allow this transfer: {why}")]
    NotAgreed {
        /// The agreement named.
        agreement: AgreementId,
        /// Which term stands against it.
        why: &'static str,
    },
    /// The transfer is not known here.
    #[error("transfer {0} is not known here")]
    UnknownTransfer(TransferId),
    /// The transfer exists already, or is in a state that does not allow the step.
    #[error("transfer {transfer} is {stage}; {step} is not possible")]
    TransferStage {
        /// The transfer.
        transfer: TransferId,
        /// Where it stands.
        stage: &'static str,
        /// What was asked.
        step: &'static str,
    },
    /// The transfer id is not the hash of the lock's content.
    #[error("the transfer id does not follow from the lock's content")]
    TransferId,
    /// The lock would expire too soon.
    #[error(
        "the transfer expires at {expiry_ms} ms, less than an hour after {now_ms} ms: choose a later expiry"
    )]
    ExpiryTooSoon {
        /// Expiry given.
        expiry_ms: u64,
        /// Time of the record.
        now_ms: u64,
    },
    /// The destination's clock has passed the expiry.
    #[error("the transfer expired at {expiry_ms} ms; it is {now_ms} ms")]
    Expired {
        /// Expiry of the lock.
        expiry_ms: u64,
        /// Time of the record.
        now_ms: u64,
    },
    /// The range is not one that the account holds as it stands.
    #[error(
        "{range} is not a range that account {account} holds and can dispose of: {}",
        whereabouts(now)
    )]
    NotHeld {
        /// The range named.
        range: UnitRange,
        /// The account named.
        account: AccountId,
        /// The recorded range that has its first unit, and where that one is.
        now: Option<(UnitRange, Place)>,
    },
    /// A range is named twice, or units would exist twice.
    #[error("{0} overlaps units that are recorded here already")]
    Overlap(UnitRange),
    /// Own units come back only from abroad.
    #[error("{0} is of this Party's own issue and is not recorded as abroad")]
    NotAbroad(UnitRange),
    /// The block does not carry the attributes that its units have.
    #[error("{0} does not carry the attributes and flags that its units have here")]
    Attributes(UnitRange),
    /// The split point lies outside the range.
    #[error("{at} does not split {range}: the tail must begin inside the range")]
    SplitPoint {
        /// The range.
        range: UnitRange,
        /// The point given.
        at: u64,
    },
    /// The account has too few units.
    #[error("account {account} can dispose of {available} tonnes{}; {wanted} are wanted", authorised(*.under))]
    TooFew {
        /// The account.
        account: AccountId,
        /// What it can dispose of.
        available: u64,
        /// The approach under which units must be authorised, where that is why they are too few.
        under: Option<CooperativeApproachId>,
        /// What was asked.
        wanted: u64,
    },
    /// The intent needs more ranges than one record may name.
    #[error(
        "more ranges are needed than one record holds ({MAX_RANGES}, and fewer for a transfer abroad, which carries their \
         serials in {MAX_BLOCKS_BYTES} bytes): ask for fewer tonnes at a time"
    )]
    TooManyRanges,
    /// More tonnes than one transfer may move.
    #[error(
        "{tonnes} tonnes are more than one transfer moves ({MAX_TRANSFER_TONNES}): make several"
    )]
    TooMuch {
        /// What was asked.
        tonnes: u64,
    },
    /// The intent asks for nothing.
    #[error("at least one tonne must be named")]
    Nothing,
    /// The two accounts are one.
    #[error("account {0} can not transfer to itself")]
    SameAccount(AccountId),
    /// A Party can not be its own partner.
    #[error("{0} can not be its own partner")]
    OwnParty(Party),
    /// Two Parties can not keep one log.
    #[error("log {origin} is that of {party} already")]
    OriginTaken {
        /// The log's origin.
        origin: String,
        /// Whose it is.
        party: Party,
    },
    /// The registry id names another Party.
    #[error("registry {registry} is not one of {party}")]
    RegistryOfAnother {
        /// The registry id given.
        registry: RegistryId,
        /// The Party given.
        party: Party,
    },
    /// The proof contradicts the partner's pinned checkpoint.
    #[error(
        "the proof of {origin} at size {size} contradicts the pinned checkpoint of the same size: the log has forked"
    )]
    Fork {
        /// The partner's log.
        origin: String,
        /// The size at which two roots exist.
        size: u64,
    },
    /// The proof is of another log than the partner's.
    #[error("the proof is of log {found}; the partner's log is {wanted}")]
    WrongLog {
        /// Log of the proof.
        found: String,
        /// The partner's log.
        wanted: String,
    },
    /// The release cites no refusal, and the partner's ledger is not closed.
    #[error(
        "nothing proves that {0} refused the transfer, and its ledger is not closed: only a proven refusal frees units"
    )]
    NotClosed(Party),
    /// The header does not continue the chain of headers or commit to the present state.
    #[error("the block header's {0} is not what follows from the records before it")]
    Header(&'static str),
    /// The key rotation does not begin at the end of the log.
    #[error("the new key must begin after the rotation's own leaf: a size above {0}")]
    RotationSize(u64),
    /// The record that the intent makes could not be read back, so it is not written.
    #[error("it can not be recorded: {0}")]
    Unwritable(DecodeError),
    /// The process file is not whole, not itself, or does not pass the checker.
    #[error("the process can not be adopted: {0}")]
    Process(String),
    /// The same file was adopted before.
    #[error(
        "this process was adopted before, as version {0}; one that is to return needs a new version text"
    )]
    ProcessAdopted(u32),
    /// The process in force wants other people to approve the one that follows it.
    #[error("the process cannot be adopted so: {0}")]
    Adoption(&'static str),
    /// Another process is in force than the one with which the approved file was compared.
    #[error(
        "another process was adopted meanwhile, as version {0}: compare the file with that one and propose it anew"
    )]
    ProcessChanged(u32),
    /// No process was adopted.
    #[error("no process was adopted: adopt one first")]
    NoProcess,
    /// The case is not known.
    #[error("case {0} is not known here")]
    UnknownCase(u64),
    /// Something happened in the case since it was looked at.
    #[error("case {case} changed at leaf {at}, after it was looked at: look again")]
    CaseChanged {
        /// The case.
        case: u64,
        /// Leaf of what happened last.
        at: u64,
    },
    /// The process does not allow it.
    #[error("{0}")]
    Workflow(Box<workflow::Refusal>),
    /// Nothing passed a deadline that leads to this step.
    #[error("no deadline of case {case} has passed that leads to step {step}")]
    NotDue {
        /// The case.
        case: u64,
        /// The step.
        step: String,
    },
    /// The actor is not of the organisation type that the registry knows.
    #[error("organisation {organisation} is not a {claimed} here")]
    OrganisationType {
        /// The organisation.
        organisation: OrganisationId,
        /// The type that was claimed.
        claimed: String,
    },
    /// The sectoral scopes do not fit the organisation.
    #[error("organisation {organisation}: {why}")]
    Sectors {
        /// The organisation.
        organisation: OrganisationId,
        /// What is wrong with them.
        why: &'static str,
    },
    /// The organisation may not act.
    #[error("organisation {organisation} is {standing}: it may not do this")]
    OrganisationStanding {
        /// The organisation.
        organisation: OrganisationId,
        /// How it stands.
        standing: &'static str,
    },
    /// A request that somebody's suspension cancelled.
    #[error(
        "case {case} was cancelled at leaf {at}, because organisation {organisation} was {standing}: open a new one"
    )]
    CaseCancelled {
        /// The case.
        case: u64,
        /// Who was suspended or closed.
        organisation: OrganisationId,
        /// How it stood then.
        standing: &'static str,
        /// Leaf of the act that did it.
        at: u64,
    },
    /// An owner of the case is suspended or closed.
    #[error(
        "case {case} rests since leaf {at}, because an owner may not act: it goes on once the owner is reactivated"
    )]
    CasePaused {
        /// The case.
        case: u64,
        /// Leaf of the act that did it.
        at: u64,
    },
    /// The project is suspended or closed.
    #[error("project {project} is {standing}: nothing can be done with it")]
    ProjectStanding {
        /// The project.
        project: u32,
        /// How it stands.
        standing: &'static str,
    },
    /// What the act names does not fit its step.
    #[error("the act does not fit its step: {0}")]
    Act(&'static str),
    /// What would be made or registered is there already.
    #[error("{0} already")]
    Already(&'static str),
    /// More would be issued than was verified.
    #[error(
        "project {project} has {issuable} verified tonnes of {year} left to issue; {wanted} are wanted"
    )]
    NotVerified {
        /// The project.
        project: u32,
        /// The vintage.
        year: u16,
        /// What may still be issued.
        issuable: u64,
        /// What was asked.
        wanted: u64,
    },
    /// A crediting period does not follow the last one.
    #[error(
        "case {case} would open the crediting period {period} of project {project}, whose last one is {last}: a new one must \
         begin after it"
    )]
    CreditingPeriod {
        /// The project.
        project: u32,
        /// The case.
        case: u64,
        /// The period that would be opened.
        period: Period,
        /// The last one.
        last: Period,
    },
    /// A monitoring period lies outside of the project's crediting periods.
    #[error(
        "case {case} covers {period}, which lies in no crediting period of project {project} ({})",
        periods(crediting)
    )]
    OutsideCrediting {
        /// The project.
        project: u32,
        /// The case.
        case: u64,
        /// The days that it would cover.
        period: Period,
        /// The crediting periods of the project.
        crediting: Vec<Period>,
    },
    /// Another case covers some of the same days.
    #[error(
        "case {case} covers {period}, but case {other} of project {project} covers {covered} already"
    )]
    PeriodCovered {
        /// The project.
        project: u32,
        /// The case.
        case: u64,
        /// The days that it would cover.
        period: Period,
        /// The other case.
        other: u64,
        /// The days that the other covers.
        covered: Period,
    },
    /// A vintage lies outside of the monitoring period.
    #[error("case {case} covers {period}: no tonnes of {year} can be verified in it")]
    VintageOutside {
        /// The case of the monitoring period.
        case: u64,
        /// The days that it covers.
        period: Period,
        /// The vintage.
        year: u16,
    },
    /// A finding is open, so the certifier does not agree yet.
    #[error("{kind} {number} of case {case} is open: it must be answered and closed first")]
    FindingOpen {
        /// The case in which it was opened.
        case: u64,
        /// Its number there.
        number: u32,
        /// What it asks.
        kind: FindingKind,
    },
    /// The finding was closed, or ended with its case.
    #[error("finding {number} of case {case} is closed already")]
    FindingClosed {
        /// The case in which it was opened.
        case: u64,
        /// Its number there.
        number: u32,
    },
    /// This can not happen to the finding.
    #[error("finding {number} of case {case}: {why}")]
    Finding {
        /// The case in which it was, or would be, opened.
        case: u64,
        /// Its number there.
        number: u32,
        /// Why not.
        why: &'static str,
    },
    /// Something else must be written first.
    #[error("{}", due(.0))]
    Due(Due),
    /// The process registers it, nothing else does.
    #[error("a process was adopted: {0} is made by a step of its case")]
    ByProcess(&'static str),
    /// The case does not move to the newer process.
    #[error("case {case} does not move to the newer process: {why}")]
    Migration {
        /// The case.
        case: u64,
        /// Why not.
        why: &'static str,
    },
    /// The case follows that version of the process, or a newer one, already.
    #[error("case {case} follows version {now} of the process already")]
    Migrated {
        /// The case.
        case: u64,
        /// The version that it follows.
        now: u32,
    },
    /// The newer process does not say where the stage of a case that would move leads.
    #[error(
        "case {case} stands in {stage:?} of {flow:?}, which the newer process does not take over: let it end first, or adopt a \
         version that names the stage"
    )]
    NotMapped {
        /// The case: the one named, or one below it.
        case: u64,
        /// Its flow.
        flow: String,
        /// Its stage.
        stage: String,
    },
    /// A case approved what becomes of its units, and the record that does it must come first.
    #[error(
        "the next record is the transfer, retirement or lock that case {0} approved, as it approved it"
    )]
    RecordAwaited(u64),
    /// The units wait because their receiver is not in the sender's list of trusted ones.
    #[error(
        "the units of case {case} go to a receiver that is not in the sender's list of trusted ones: they wait until {until_ms} ms, \
         and the request can be cancelled meanwhile"
    )]
    CoolingOff {
        /// The case.
        case: u64,
        /// Until when, in milliseconds since the Unix epoch.
        until_ms: u64,
    },
    /// More at a time than the country lets go to a receiver that is not trusted.
    #[error(
        "{tonnes} tonnes are more than may go at a time to a receiver that is not in the list of trusted ones, {max}: enter it \
         first, or ask for less"
    )]
    UntrustedLimit {
        /// Tonnes asked for.
        tonnes: u64,
        /// The most.
        max: u64,
    },
    /// The list of trusted receivers cannot be changed so.
    #[error("the list of trusted receivers cannot be changed so: {0}")]
    Trust(&'static str),
    /// The list of trusted receivers was changed before.
    #[error("{0}")]
    TrustList(&'static str),
    /// A hold keeps the units where they are.
    #[error("hold {hold} stands against it: {reason}; it counts until {}", until(*.expiry_ms))]
    Held {
        /// The hold.
        hold: u64,
        /// Why it was placed.
        reason: String,
        /// When it stops to count, in milliseconds since the Unix epoch, if it does by itself.
        expiry_ms: Option<u64>,
    },
    /// A partner's order keeps the units where they are.
    #[error("the order {hold} of {party} stands against it: {reason}; it counts until {}", until(Some(*.expiry_ms)))]
    FrozenByPartner {
        /// The partner.
        party: Party,
        /// Number of the hold in its ledger.
        hold: u64,
        /// Why, in its words.
        reason: String,
        /// When it stops to count, in milliseconds since the Unix epoch.
        expiry_ms: u64,
    },
    /// This ledger and a partner's disagree about the units.
    #[error(
        "this ledger and that of {party} disagree about these units (leaf {at}): they stay where they are until a comparison \
         finds no difference"
    )]
    Disputed {
        /// The partner.
        party: Party,
        /// Leaf of this ledger that says so.
        at: u64,
    },
    /// The agreement under which the units came lets nobody use them before the source has ended their transfer.
    #[error(
        "{range} came by transfer {transfer}, which {source_party} has not ended yet: by the agreement its units are used once it \
         has, and may move until then"
    )]
    SourceNotFinal {
        /// The units.
        range: UnitRange,
        /// The transfer that brought them.
        transfer: TransferId,
        /// From where.
        source_party: Party,
    },
    /// A ledger does not go on from a closed one like this.
    #[error("the ledger that goes on from a closed one: {0}")]
    Continued(&'static str),
    /// A partner's order, or its end, is out of place.
    #[error("the order of a partner: {0}")]
    Freeze(&'static str),
    /// A comparison is out of place.
    #[error("the comparison: {0}")]
    Comparison(&'static str),
    /// The hold is not known.
    #[error("hold {0} is not known here")]
    UnknownHold(u64),
    /// Somebody lifted the hold before.
    #[error("hold {hold} was lifted at leaf {at} already")]
    HoldLifted {
        /// The hold.
        hold: u64,
        /// Leaf of its end.
        at: u64,
    },
    /// The hold can not be placed or lifted so.
    #[error("the hold can not be placed or lifted: {0}")]
    Hold(&'static str),
    /// An act owes no such letter.
    #[error(
        "the act at leaf {act} owes no letter {letter} in {language}: it named none, or the letter was issued"
    )]
    LetterNotOwed {
        /// Leaf of the act.
        act: u64,
        /// The letter.
        letter: String,
        /// The language.
        language: String,
    },
    /// The letter names a case that its act does not belong to.
    #[error("the act at leaf {act} belongs to case {wanted}, not to case {found}")]
    LetterOfAnotherCase {
        /// Leaf of the act.
        act: u64,
        /// The case that the letter names.
        found: u64,
        /// The case of the act.
        wanted: u64,
    },
    /// An amount left the range of 63-bit tonnes.
    #[error("the amount exceeds what the ledger can count")]
    Overflow,
    /// An internal rule failed: the postings of one record do not sum to zero, or a balance is below zero.
    #[error("the record breaks double entry at {0}")]
    DoubleEntry(&'static str),
    /// The federation's rules stand against it.
    #[error("{0}")]
    Fault(FaultCode),
    /// A rule of Article 6 stands against it.
    #[error(transparent)]
    Article6(Box<Article6Refusal>),
}

/// Where a range is, in words.
fn whereabouts(now: &Option<(UnitRange, Place)>) -> String {
    let Some((range, place)) = now else {
        return "it is not recorded here".to_owned();
    };
    match place {
        Place::Available(account) => format!("{range} is available in account {account}"),
        Place::OnHold(account) => format!("{range} is on hold in account {account}"),
        Place::Reserved(account) => {
            format!("{range} is reserved for a request in account {account}")
        }
        Place::Escrow(account) => {
            format!("{range} is locked for a partner country, from account {account}")
        }
        Place::Abroad(party) => format!("{range} is in {party}"),
        Place::Used => format!("{range} was used"),
        Place::Cancelled => format!("{range} was cancelled"),
    }
}

/// Periods in words.
fn periods(list: &[Period]) -> String {
    if list.is_empty() {
        return "it has none".to_owned();
    }
    let list: Vec<String> = list.iter().map(ToString::to_string).collect();
    list.join(", ")
}

fn authorised(under: Option<CooperativeApproachId>) -> String {
    under.map_or_else(String::new, |approach| {
        format!(
            " that are authorised under {approach} (put more under an authorisation first, 4/CMA.6 para 11)"
        )
    })
}

fn until(expiry_ms: Option<u64>) -> String {
    expiry_ms.map_or_else(
        || "it is lifted".to_owned(),
        |expiry_ms| format!("{expiry_ms} ms since 1970, or until it is lifted"),
    )
}

/// What is due in words.
fn due(due: &Due) -> String {
    match due {
        Due::Issuance(it) => {
            let to = match it.to {
                DueTo::Owner(owner) => format!("an account of organisation {owner}"),
                DueTo::OverallMitigation => {
                    "a holding account of the Party, to be cancelled".into()
                }
                DueTo::ShareOfProceeds => "a share-of-proceeds account".into(),
                DueTo::Buffer => "a buffer account of the Party".into(),
            };
            let DueIssuance {
                project,
                year,
                tonnes,
                ..
            } = it;
            format!(
                "{tonnes} tonnes of {year} of project {project} are due to {to}: nothing else can be written before"
            )
        }
        Due::Cancellation { account, range } => format!(
            "{range} in account {account} is due to be cancelled for overall mitigation: nothing else can be written before"
        ),
    }
}

impl Refusal {
    /// That an account does not hold a range, with what is recorded of it.
    pub(super) fn not_held(range: UnitRange, account: AccountId, now: Option<Holding>) -> Self {
        let now = now.map(|holding| (holding.block.range(), holding.place));
        Self::NotHeld {
            range,
            account,
            now,
        }
    }
}

impl From<Article6Refusal> for Refusal {
    fn from(refusal: Article6Refusal) -> Self {
        Self::Article6(Box::new(refusal))
    }
}

impl From<workflow::Refusal> for Refusal {
    fn from(refusal: workflow::Refusal) -> Self {
        Self::Workflow(Box::new(refusal))
    }
}
