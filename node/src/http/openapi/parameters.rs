//! The parameters of paths, queries and headers, one type for each place where they come together. Nobody makes such a type:
//! handlers take parameters by name (`extract`), and a test compares both.
#![allow(dead_code)]

use countersign_bridge::settings::BridgeName;
use countersign_protocol::id::{AccountId, AuthorisationId, RequestId, TransferId};
use countersign_protocol::party::Party;
use countersign_protocol::serial::CooperativeApproachId;
use utoipa::IntoParams;

use crate::documents::DocumentId;
use crate::http::dto::BulkKind;
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

/// What a draft is thrown away as.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
pub(crate) struct SeenVersion {
    /// The `ETag` of the version that the caller has seen, such as `"3"`: another one stays. Without it any version goes.
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

/// A part of the users, whose place is a user.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct UserPaging {
    /// Go on after the page whose `next` this is.
    #[param(inline)]
    after: Option<UserId>,
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

// ---- paths -----------------------------------------------------------------------------------------------------------

/// An authorisation.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct AuthorisationNamed {
    /// The Party that gave it.
    #[param(inline)]
    party: Party,
    /// Its id.
    #[param(inline)]
    id: AuthorisationId,
}

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
    /// SHA-256 of the submission's content as JSON.
    SubmissionHash, sha256: countersign_protocol::openapi::Sha256;
    /// The cooperative approach.
    ApproachName, approach: CooperativeApproachId;
    /// A calendar year of the implementation period.
    #[param(minimum = 1990, maximum = 2199, example = 2026)]
    YearNumber, year: u16;
    /// The topic in small letters with hyphens, or `types`.
    #[param(max_length = 64, example = "units")]
    DocumentationPage, page: String;
    /// What the rows are.
    RowsOf, kind: BulkKind;
    /// What the ledger carries of a beneficiary's name: 32 bytes in hex.
    BeneficiaryCommitment, commitment: countersign_protocol::openapi::Sha256;
    /// The entry's number.
    BeneficiaryNumber, id: u64;
    /// The account's number.
    AccountNumber, id: AccountId;
    /// The partner country.
    PartnerCode, party: Party;
    /// The bridge.
    BridgeParameter, bridge: BridgeName;
    /// The number of a source.
    SourceNumber, id: u64;
    /// The Merkle root of a batch.
    BatchRoot, root: countersign_protocol::openapi::Sha256;
    /// The place of a point in the tree, counted from 0.
    PointPlace, index: u64;
    /// The number of a webhook.
    WebhookNumber, id: u64;
    /// The transfer's id.
    TransferNumber, id: TransferId;
    /// The version of the process in this ledger, counted from 1.
    ProcessVersion, version: u32;
    /// SHA-256 of the text of the evidence.
    EvidenceHash, sha256: countersign_protocol::openapi::Sha256;
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
    /// The passkey's id, from `GET me/passkeys`.
    #[param(pattern = "^[0-9a-f]{32}$", example = "0123456789abcdef0123456789abcdef")]
    PasskeyName, id: String;
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
