//! The parameters of paths, queries and headers, one type for each place where they come together. Nobody makes such a type:
//! handlers take parameters by name (`extract`), and a test compares both.
#![allow(dead_code)]

use countersign_protocol::id::{AccountId, AgreementId, OrganisationId, RequestId, TransferId};
use countersign_protocol::party::Party;
use countersign_protocol::record::{OrganisationKind, Purpose, RetireKind};
use countersign_protocol::registry::{Direction, Standing};
use countersign_protocol::serial::{SectoralScope, UnitType};
use countersign_protocol::workflow::SubjectKind;
use utoipa::{IntoParams, ToSchema};

use crate::documents::DocumentId;
use crate::http::dto::{PlaceName, StateName};
use crate::people::{SessionId, UserId};

// ---- headers ---------------------------------------------------------------------------------------------------------

/// A write that moves value.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
pub(crate) struct IdempotencyKey {
    /// Drawn by the caller for each new wish, and sent again with every repetition: the same request with the same key gives
    /// the same answer and writes nothing. This write refuses to go without one.
    #[param(rename = "Idempotency-Key")]
    #[param(inline)]
    idempotency_key: RequestId,
}

/// A write that may go without a key.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
pub(crate) struct OptionalIdempotencyKey {
    /// Drawn by the caller for each new wish, and sent again with every repetition: the same request with the same key gives
    /// the same answer and writes nothing. Without one, a repetition is a new request.
    #[param(rename = "Idempotency-Key")]
    #[param(inline)]
    idempotency_key: Option<RequestId>,
}

/// What a draft is saved over.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
pub(crate) struct DraftVersion {
    /// The `ETag` of the version that the writer has seen, such as `"3"`. Without it there must be no draft yet.
    #[param(rename = "If-Match", pattern = "^\"[0-9]{1,18}\"$")]
    if_match: Option<String>,
}

// ---- parts of lists --------------------------------------------------------------------------------------------------

/// A write that can be tried.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct DryRun {
    /// `true` only tries it: the answer says what it would write, or what stands against it.
    #[param(default = false)]
    dry_run: Option<bool>,
}

/// A part of a list whose place is opaque.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Paging {
    /// Go on after the page whose `next` this is. It belongs to the order and the filters of that page.
    #[param(max_length = 512)]
    after: Option<String>,
    /// The most items that are wanted.
    #[param(minimum = 1, maximum = 1000, default = 100)]
    limit: Option<u16>,
}

/// A part of a list whose place is a number.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct NumberPaging {
    /// Go on after the page whose `next` this is.
    #[param(minimum = 0, maximum = 4294967295_u32)]
    after: Option<u32>,
    /// The most items that are wanted.
    #[param(minimum = 1, maximum = 1000, default = 100)]
    limit: Option<u16>,
}

/// A part of a list whose place is a number that may be large.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct BigNumberPaging {
    /// Go on after the page whose `next` this is.
    #[param(minimum = 0)]
    after: Option<u64>,
    /// The most items that are wanted.
    #[param(minimum = 1, maximum = 1000, default = 100)]
    limit: Option<u16>,
}

/// Which comments of a case are wanted.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct CommentThread {
    /// Those of this thread only, by its first comment.
    thread: Option<u64>,
}

/// Which versions of a form are compared.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ComparedVersions {
    /// The older version; the one of the same form before the newer when left out.
    from: Option<u64>,
    /// The newer version; the last when left out.
    to: Option<u64>,
    /// The language of labels, such as `fr`; English stands in where the process has none in it.
    #[param(max_length = 12, default = "en")]
    language: Option<String>,
}

/// Whether a draft is checked.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct DraftCheck {
    /// `true` adds to the answer what is still missing or wrong in the form.
    #[param(default = false)]
    check: Option<bool>,
}

/// A part of the ranges that a name stands for.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct UnitsPaging {
    /// Go on after the page whose `next` this is.
    #[param(minimum = 0)]
    after: Option<u64>,
    /// The most items that are wanted.
    #[param(minimum = 1, maximum = 1000, default = 100)]
    limit: Option<u16>,
}

/// A part of the records.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct RecordPaging {
    /// The first leaf that is wanted, counted from 0.
    #[param(minimum = 0, default = 0)]
    from: Option<u64>,
    /// The most items that are wanted.
    #[param(minimum = 1, maximum = 1000, default = 100)]
    limit: Option<u16>,
}

// ---- filters ---------------------------------------------------------------------------------------------------------

/// An order of organisations.
#[derive(ToSchema)]
pub(crate) enum OrganisationOrder {
    /// By number.
    #[schema(rename = "number")]
    Number,
    /// By number, the last first.
    #[schema(rename = "-number")]
    NumberDown,
    /// By name.
    #[schema(rename = "name")]
    Name,
    /// By name, the last first.
    #[schema(rename = "-name")]
    NameDown,
    /// By their last change.
    #[schema(rename = "changed")]
    Changed,
    /// By their last change, the newest first.
    #[schema(rename = "-changed")]
    ChangedDown,
}

/// Which organisations are wanted.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct OrganisationFilters {
    /// Of this kind.
    #[param(inline)]
    kind: Option<OrganisationKind>,
    /// Of this type in the country's process.
    #[param(rename = "type", max_length = 48)]
    organisation_type: Option<String>,
    /// In this standing.
    #[param(inline)]
    standing: Option<Standing>,
    /// With these characters anywhere in the name, capitals or not.
    #[param(max_length = 200)]
    q: Option<String>,
    /// In this order; `-` turns it round.
    #[param(inline)]
    sort: Option<OrganisationOrder>,
}

/// An order of projects.
#[derive(ToSchema)]
pub(crate) enum ProjectOrder {
    /// By national number.
    #[schema(rename = "number")]
    Number,
    /// By national number, the last first.
    #[schema(rename = "-number")]
    NumberDown,
    /// By title.
    #[schema(rename = "title")]
    Title,
    /// By title, the last first.
    #[schema(rename = "-title")]
    TitleDown,
    /// By their last change.
    #[schema(rename = "changed")]
    Changed,
    /// By their last change, the newest first.
    #[schema(rename = "-changed")]
    ChangedDown,
}

/// Which projects are wanted.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ProjectFilters {
    /// Of this developer.
    #[param(inline)]
    organisation: Option<OrganisationId>,
    /// In this sectoral scope.
    #[param(inline)]
    scope: Option<SectoralScope>,
    /// In this standing.
    #[param(inline)]
    standing: Option<Standing>,
    /// With these characters anywhere in the title, capitals or not.
    #[param(max_length = 200)]
    q: Option<String>,
    /// In this order; `-` turns it round.
    #[param(inline)]
    sort: Option<ProjectOrder>,
}

/// An order of cases.
#[derive(ToSchema)]
pub(crate) enum CaseOrder {
    /// By number.
    #[schema(rename = "number")]
    Number,
    /// By number, the last first.
    #[schema(rename = "-number")]
    NumberDown,
    /// By their last change.
    #[schema(rename = "changed")]
    Changed,
    /// By their last change, the newest first.
    #[schema(rename = "-changed")]
    ChangedDown,
    /// By when they entered their stage.
    #[schema(rename = "since")]
    Since,
    /// By when they entered their stage, the newest first.
    #[schema(rename = "-since")]
    SinceDown,
}

/// Which cases are wanted.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct CaseFilters {
    /// About this kind of subject.
    #[param(inline)]
    kind: Option<SubjectKind>,
    /// On this flow of the process.
    #[param(max_length = 48)]
    flow: Option<String>,
    /// In this stage.
    #[param(max_length = 48)]
    stage: Option<String>,
    /// Of this owner.
    #[param(inline)]
    owner: Option<OrganisationId>,
    /// With this certifier.
    #[param(inline)]
    certifier: Option<OrganisationId>,
    /// Of this project, by its national number.
    project: Option<u32>,
    /// Below this case.
    parent: Option<u64>,
    /// `true` for those that are over, `false` for those under way.
    ended: Option<bool>,
    /// That wait for this role, of any type of organisation or of `waits_for_type`.
    #[param(max_length = 48)]
    waits_for: Option<String>,
    /// The type of organisation to `waits_for`.
    #[param(max_length = 48)]
    waits_for_type: Option<String>,
    /// With a step due before this moment, in milliseconds since the Unix epoch.
    due_before_ms: Option<u64>,
    /// With these characters anywhere in the title, capitals or not.
    #[param(max_length = 200)]
    q: Option<String>,
    /// In this order; `-` turns it round.
    #[param(inline)]
    sort: Option<CaseOrder>,
}

/// An order of transfers between countries.
#[derive(ToSchema)]
pub(crate) enum TransferOrder {
    /// The oldest first.
    #[schema(rename = "opened")]
    Opened,
    /// The newest first.
    #[schema(rename = "-opened")]
    OpenedDown,
}

/// Which transfers between countries are wanted.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct TransferFilters {
    /// Only those that leave (`out`) or arrive (`in`).
    #[param(inline)]
    direction: Option<Direction>,
    /// In this state, in capitals or not.
    #[param(inline)]
    state: Option<StateName>,
    /// With this partner.
    #[param(inline)]
    partner: Option<Party>,
    /// Under this agreement.
    #[param(inline)]
    agreement: Option<AgreementId>,
    /// From or to this account of this registry.
    #[param(inline)]
    account: Option<AccountId>,
    /// With these characters in the id.
    #[param(max_length = 200)]
    q: Option<String>,
    /// In this order.
    #[param(inline)]
    sort: Option<TransferOrder>,
}

/// An order of ranges.
#[derive(ToSchema)]
pub(crate) enum HoldingOrder {
    /// By country of origin and number.
    #[schema(rename = "number")]
    Number,
    /// By country of origin and number, the last first.
    #[schema(rename = "-number")]
    NumberDown,
    /// By when they came to where they are.
    #[schema(rename = "since")]
    Since,
    /// By when they came to where they are, the newest first.
    #[schema(rename = "-since")]
    SinceDown,
}

/// Which ranges are wanted.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct HoldingFilters {
    /// Issued by this country.
    #[param(inline)]
    origin: Option<Party>,
    /// Of this project of the country of origin.
    project: Option<u32>,
    /// Of this vintage.
    vintage: Option<u16>,
    /// In this account.
    #[param(inline)]
    account: Option<AccountId>,
    /// In an account of this organisation.
    #[param(inline)]
    organisation: Option<OrganisationId>,
    /// Where they are.
    #[param(inline)]
    place: Option<PlaceName>,
    /// Of this kind of unit.
    #[param(inline)]
    unit_type: Option<UnitType>,
    /// In this order; `-` turns it round.
    #[param(inline)]
    sort: Option<HoldingOrder>,
}

/// An order of retirements.
#[derive(ToSchema)]
pub(crate) enum RetirementOrder {
    /// The oldest first.
    #[schema(rename = "index")]
    Index,
    /// The newest first.
    #[schema(rename = "-index")]
    IndexDown,
}

/// Which retirements are wanted.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct RetirementFilters {
    /// From this account.
    #[param(inline)]
    account: Option<AccountId>,
    /// From an account of this organisation.
    #[param(inline)]
    organisation: Option<OrganisationId>,
    /// Used or cancelled.
    #[param(inline)]
    kind: Option<RetireKind>,
    /// For this purpose.
    #[param(inline)]
    purpose: Option<Purpose>,
    /// Of this project of the country of origin.
    project: Option<u32>,
    /// Of this vintage.
    vintage: Option<u16>,
    /// In this order.
    #[param(inline)]
    sort: Option<RetirementOrder>,
}

/// Which users are wanted.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct UserFilters {
    /// Of this organisation; the caller's own when left out.
    #[param(inline)]
    organisation: Option<OrganisationId>,
}

/// What is looked for.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Looked {
    /// Characters of a name, a title, an id, or a unit by any of its names.
    #[param(min_length = 1, max_length = 200, example = "Kumasi")]
    q: String,
}

/// Which leaf is to be proven: exactly one of them.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ProofOfLeaf {
    /// The leaf with this index.
    index: Option<u64>,
    /// The lock or the answer of this transfer.
    #[param(inline)]
    transfer: Option<TransferId>,
    /// The leaf that put these units where they are: a number, a range, a domestic serial or an ITMO identifier.
    #[param(max_length = 128, example = "GH-27-35")]
    serial: Option<String>,
}

/// For whom something waits.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct InboxFilters {
    /// What waits for this role, in the cases that the caller may look into; without it, what waits for the caller.
    #[param(max_length = 48, example = "administrator")]
    role: Option<String>,
    /// The role of this organisation type only. It goes with `role`.
    #[param(rename = "type", max_length = 48, example = "government")]
    organisation_type: Option<String>,
}

/// Which letter of an act.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct LetterFilters {
    /// The letter, by its word in the process.
    #[param(max_length = 48, example = "authorisation")]
    letter: String,
    /// The language, as the process has it.
    #[param(max_length = 12, example = "fr")]
    language: String,
}

/// Where in an account.
#[derive(ToSchema)]
pub(crate) enum InAccount {
    /// The account can dispose of them.
    #[schema(rename = "available")]
    Available,
    /// On hold.
    #[schema(rename = "on_hold")]
    OnHold,
    /// Locked for a partner who has not answered.
    #[schema(rename = "escrow")]
    Escrow,
}

/// Which ranges of an account are wanted.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct AccountPlace {
    /// Where in the account; `available` when left out.
    #[param(inline)]
    place: Option<InAccount>,
}

/// What a document that is added is.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct NewDocument {
    /// The kind of document, by its word in the process.
    #[param(min_length = 1, max_length = 48)]
    kind: String,
    /// The name under which it is downloaded.
    #[param(max_length = 255)]
    file_name: Option<String>,
    /// The document of which this is the next version.
    #[param(inline)]
    replaces: Option<DocumentId>,
}

// ---- paths -----------------------------------------------------------------------------------------------------------

macro_rules! in_path {
    ($($(#[$doc:meta])* $name:ident, $parameter:ident: $type:ty;)+) => {$(
        /// A parameter of the path.
        #[derive(IntoParams)]
        #[into_params(parameter_in = Path)]
        pub(crate) struct $name {
            $(#[$doc])*
            #[param(inline)]
            $parameter: $type,
        }
    )+};
}

in_path! {
    /// The topic in small letters with hyphens, or `types`.
    #[param(max_length = 64, example = "units")]
    DocumentationPage, page: String;
    /// The account's number.
    AccountNumber, id: AccountId;
    /// The partner country.
    PartnerCode, party: Party;
    /// The transfer's id.
    TransferNumber, id: TransferId;
    /// The version of the process in this ledger, counted from 1.
    ProcessVersion, version: u32;
    /// SHA-256 of a letter's file.
    LetterHash, sha256: countersign_protocol::openapi::Sha256;
    /// The case's number.
    CaseNumber, number: u64;
    /// The project's national number.
    ProjectNumber, number: u32;
    /// The comment's number.
    CommentNumber, comment: u64;
    /// The step, by its word in the process.
    #[param(max_length = 48, example = "submit")]
    StepName, step: String;
    /// The document's id.
    DocumentNumber, id: DocumentId;
    /// The finding's number in its case.
    FindingNumber, finding: u32;
    /// The hold's number.
    HoldNumber, hold: u64;
    /// The session's id, from `GET me/sessions`.
    SessionNumber, id: SessionId;
    /// The key's public id, from `GET me/api-keys`.
    #[param(max_length = 64)]
    ApiKeyName, id: String;
    /// The user's pseudonym.
    UserNumber, id: UserId;
    /// The proposal's number.
    ProposalNumber, id: u64;
    /// The migration's number.
    MigrationNumber, id: u64;
    /// A number (`GH-27`), a range (`GH-27-35`), a domestic serial or an ITMO identifier.
    #[param(max_length = 128, example = "GH-27-35")]
    UnitsNamed, name: String;
}
