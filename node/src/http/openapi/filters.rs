//! What lists are filtered and ordered by. Nobody makes these types, as in [`parameters`](super::parameters).
#![allow(dead_code)]

use countersign_protocol::article6::{ElapsedYears, SummaryAxis};
use countersign_protocol::id::{AccountId, AgreementId, OrganisationId, TransferId};
use countersign_protocol::party::Party;
use countersign_protocol::period::Day;
use countersign_protocol::record::{LevelSeries, OrganisationKind, Purpose, RetireKind};
use countersign_protocol::registry::{Direction, Standing};
use countersign_protocol::serial::{CooperativeApproachId, SectoralScope, UnitType};
use countersign_protocol::workflow::SubjectKind;
use utoipa::{IntoParams, ToSchema};

use crate::documents::DocumentId;
use crate::http::dto::{PlaceName, StateName};

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

/// Which users are wanted among those of an organisation, or of all.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct UserStateFilters {
    /// In this role.
    #[param(min_length = 1, max_length = 48)]
    role: Option<String>,
    /// Where they stand.
    #[param(value_type = Option<crate::http::openapi::UserStateWord>)]
    state: Option<String>,
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

/// Of which leaf a credential is wanted.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct CredentialOfLeaf {
    /// The leaf with this index: an authorisation, an issuance or a retirement.
    index: u64,
}

/// Of which retirement a certificate is wanted.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct CertificateOfLeaf {
    /// The leaf with this index: a retirement or a cancellation.
    index: u64,
    /// The language: one that the registry has templates for; English without it.
    #[param(max_length = 16, example = "fr")]
    language: Option<String>,
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

/// How a letter is wanted.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct LetterForm {
    /// With the proof of its record attached to the file (PDF/A-3), so that it verifies by itself.
    #[param(default = false)]
    proof: Option<bool>,
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

/// Which authorised entities are wanted.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ApproachFilter {
    /// Under this cooperative approach.
    #[param(inline)]
    approach: Option<CooperativeApproachId>,
}

/// Which levels are wanted.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct SeriesFilter {
    /// Of this series.
    #[param(inline)]
    series: Option<LevelSeries>,
}

/// Which authorisations are wanted.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct AuthorisationFilters {
    /// Given by this Party.
    #[param(inline)]
    party: Option<Party>,
    /// Under this cooperative approach.
    #[param(inline)]
    approach: Option<CooperativeApproachId>,
    /// In force, or revoked.
    in_force: Option<bool>,
}

/// Which annual report is wanted.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct AefName {
    /// The reported year.
    #[param(minimum = 2021, maximum = 2199, example = 2026)]
    year: u16,
    /// The version; the one after the last that was kept when left out.
    #[param(max_length = 21, example = "1.0")]
    version: Option<String>,
    /// The day of submission; today when left out.
    #[param(inline)]
    submitted: Option<Day>,
}

/// A kind of file.
#[derive(ToSchema)]
pub(crate) enum AefFileFormat {
    /// JSON.
    #[schema(rename = "json")]
    Json,
    /// Tables as text, one under the other.
    #[schema(rename = "csv")]
    Csv,
    /// A workbook.
    #[schema(rename = "xlsx")]
    Xlsx,
}

/// In which kind of file.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct AefFormat {
    /// The kind of file; JSON when left out.
    #[param(inline)]
    format: Option<AefFileFormat>,
}

/// Whose submissions are wanted.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct PartyFilter {
    /// Of this Party.
    #[param(inline)]
    party: Option<Party>,
}

/// Which structured summary is wanted, and how what the decisions leave open is read.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct SummaryChoices {
    /// A year of the NDC period.
    #[param(minimum = 2021, maximum = 2199, example = 2026)]
    year: u16,
    /// By how many years an average is divided.
    #[param(inline)]
    elapsed: Option<ElapsedYears>,
    /// By which year rows 6 to 9 and 12 count.
    #[param(inline)]
    axis: Option<SummaryAxis>,
}

/// A moment.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Moment {
    /// As of this moment, in milliseconds since 1970; now when left out.
    at_ms: Option<u64>,
}

/// Which actions are wanted.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ActionFilters {
    /// Recorded in this calendar year.
    #[param(minimum = 1990, maximum = 2199, example = 2026)]
    year: Option<u16>,
    /// Of any of these units: a number (`GH-27`), a range (`GH-27-35`), a domestic serial or an ITMO identifier.
    #[param(max_length = 128, example = "GH-27-35")]
    units: Option<String>,
}

/// Which holdings are wanted.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct HeldFilters {
    /// In this account.
    #[param(inline)]
    account: Option<AccountId>,
    /// Of this cooperative approach.
    #[param(inline)]
    approach: Option<CooperativeApproachId>,
    /// Of this vintage.
    #[param(minimum = 1990, maximum = 2199, example = 2024)]
    vintage: Option<u16>,
}

/// A kind of file with sheets, or with all fractions.
#[derive(ToSchema)]
pub(crate) enum InformationFileFormat {
    /// JSON, with exact fractions.
    #[schema(rename = "json")]
    Json,
    /// A workbook, with rounded numbers.
    #[schema(rename = "xlsx")]
    Xlsx,
}

/// In which kind of file.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct InformationFormat {
    /// The kind of file; JSON when left out.
    #[param(inline)]
    format: Option<InformationFileFormat>,
}
