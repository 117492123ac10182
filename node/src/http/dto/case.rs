//! Cases as people move them.

use std::collections::{BTreeMap, BTreeSet};

use countersign_protocol::id::{AccountId, AgreementId, OrganisationId};
use countersign_protocol::party::Party;
use countersign_protocol::record::{
    AttachedDocument, CaseAct, Commitment, Issuance, Name, Purpose, Reason, RetireKind, Title, Word,
};
use countersign_protocol::registry::{IssueTo, Selection};
use countersign_protocol::serial::SectoralScope;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::moment;
use super::{BeneficiaryView, DuplicatesView, NamedLetter, RecordView};
use crate::people::UserId;

/// The answer to `?dry_run=true`: nothing was written.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Trial {
    /// Always true.
    pub dry_run: bool,
    /// The records that the request would write now; none where it writes to the node's private stores only.
    pub records: Vec<RecordView>,
    /// Entries of the list of beneficiaries that are nearly named as the request names one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub near_beneficiaries: Vec<BeneficiaryView>,
    /// Other projects that look like the one that the form describes; none where there are none, or it describes none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duplicates: Option<DuplicatesView>,
    /// What it would answer, where it writes to the private stores only and the answer tells more than that it can be done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<serde_json::Value>,
    /// The letters that an act would issue; `POST cases/{number}/letters/preview` shows each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub letters: Vec<NamedLetter>,
}

impl Trial {
    /// The answer of a trial that would write these records.
    #[must_use]
    pub const fn of(records: Vec<RecordView>) -> Self {
        Self {
            dry_run: true,
            records,
            near_beneficiaries: Vec::new(),
            duplicates: None,
            answer: None,
            letters: Vec::new(),
        }
    }
}

/// `POST /api/v1/cases`: a subject sets out on a flow of the process.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"flow": "project", "title": "Stoves on the outer islands", "scopes": ["3"]})))]
pub struct NewOpenCase {
    /// The flow.
    pub flow: Word,
    /// The track, where the flow has tracks.
    #[serde(default)]
    pub track: Option<Word>,
    /// The case that it belongs to.
    #[serde(default)]
    pub parent: Option<u64>,
    /// The subject's public title.
    pub title: Title,
    /// Its owners; when none is named, those of the case above it, or the own organisation.
    #[serde(default)]
    pub owners: BTreeSet<OrganisationId>,
    /// The receiver that a request names.
    #[serde(default)]
    pub counterparty: Option<OrganisationId>,
    /// Its sectoral scopes; when none is named, those of the case above it.
    #[serde(default)]
    pub scopes: BTreeSet<SectoralScope>,
    /// The owners' parts of what a project issues, such as `{"3": 2, "5": 1}`; equal parts when none is named.
    #[serde(default)]
    #[schema(value_type = crate::http::openapi::Shares)]
    pub shares: BTreeMap<OrganisationId, u32>,
}

/// `POST /api/v1/cases/{number}/acts`: a step is taken.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"step": "issue", "issue": {"accounts": [1], "unit_type": "ITMO"}})))]
pub struct NewCaseAct {
    /// The step.
    pub step: Word,
    /// True answers the step with no.
    #[serde(default)]
    pub no: bool,
    /// The filled form. It stays in the node; the ledger carries a commitment.
    #[serde(default)]
    #[schema(value_type = Option<crate::http::openapi::Form>)]
    pub form: Option<serde_json::Value>,
    /// Documents that come along.
    #[serde(default)]
    pub documents: Vec<AttachedDocument>,
    /// A comment. It stays in the node, as the form does.
    #[serde(default)]
    pub comment: Option<String>,
    /// Where units go that the step issues.
    #[serde(default)]
    pub issue: Option<IssueTo>,
    /// Units that the step reserves.
    #[serde(default)]
    pub reserve: Option<NewReserve>,
}

/// Units to be reserved for a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"account": 1, "units": {"tonnes": 5}, "fate": {"transfer": {"to": 2}}})))]
pub struct NewReserve {
    /// The account that holds them.
    pub account: AccountId,
    /// Which.
    pub units: Selection,
    /// What is to become of them.
    pub fate: ReservedFate,
}

/// What is to become of reserved units.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum ReservedFate {
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
        /// Why, in public words.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<Reason>,
        /// The country in whose jurisdiction they are used (ISO 3166-1 alpha-2).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        jurisdiction: Option<Party>,
        /// The calendar year of the NDC towards which they are used: given for ITMOs.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        ndc_year: Option<u16>,
        /// In whose name. It stays in this node: the ledger holds a salted hash of it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        beneficiary: Option<Name>,
        /// The entry of the list of beneficiaries, in the place of a name.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        beneficiary_id: Option<u64>,
        /// Whether everybody may know the name.
        #[serde(default)]
        beneficiary_public: bool,
    },
    /// They are locked for a partner country once the case approves it.
    Send {
        /// The country, by its two letters.
        to: Party,
        /// The agreement.
        agreement: AgreementId,
        /// The receiving account there.
        account: AccountId,
        /// Expiry by the destination's clock, in milliseconds since 1970; 30 days from now when not given.
        #[serde(default, deserialize_with = "moment")]
        #[schema(maximum = 253402300799999_u64)]
        expiry_ms: Option<u64>,
    },
}

/// A step that was taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CaseActed {
    /// The act as the ledger has it.
    pub act: CaseAct,
    /// The units that it issued.
    pub issued: Vec<Issuance>,
    /// Other projects that look like the one that the form describes; none where there are none, or it describes none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duplicates: Option<DuplicatesView>,
}

/// `GET /api/v1/cases/{number}/file`: what is in a case beyond what the ledger shows everybody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CaseFileView {
    /// Forms and comments, oldest first.
    pub texts: Vec<CaseTextView>,
    /// What the caller can do next.
    pub next: Vec<NextStepView>,
}

/// A form or comment of a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CaseTextView {
    /// `form` or `comment`.
    #[schema(value_type = crate::http::openapi::CaseTextPart)]
    pub part: String,
    /// The step that it came with.
    pub step: String,
    /// The leaf of the act.
    pub leaf: u64,
    /// Who wrote it, by pseudonym.
    pub user: UserId,
    /// What the ledger carries: `SHA-256(salt || text)`.
    pub commitment: Commitment,
    /// The salt, in hex; none once erased.
    #[schema(pattern = "^[0-9a-f]{64}$")]
    pub salt: Option<String>,
    /// The text, byte for byte; none once erased.
    pub text: Option<String>,
}

/// A step that leads on, as the caller stands to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NextStepView {
    /// The step.
    pub step: String,
    /// The form to fill in.
    pub form: Option<String>,
    /// The documents to attach.
    pub documents: Vec<String>,
    /// Whether a comment must be given.
    pub comment: bool,
    /// Whether it can be answered with no.
    pub may_refuse: bool,
    /// Why the caller cannot take it although somebody can.
    pub hindrance: Option<String>,
}

/// `GET` and `PUT /api/v1/cases/{number}/drafts/{step}`: a form that is being written.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DraftView {
    /// The form so far.
    #[schema(value_type = crate::http::openapi::Form)]
    pub form: serde_json::Value,
    /// Counted from 1 with each saving; also the `ETag`.
    pub version: u64,
    /// With `?check=true`: what is still missing or wrong, for which handing it in would be refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub faults: Option<Vec<DraftFault>>,
}

/// What stands against handing a form in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DraftFault {
    /// The field, as a JSON Pointer into the form.
    pub pointer: String,
    /// What is wrong and how to mend it.
    pub detail: String,
    /// Whether nothing is wrong but that it is not there yet.
    pub missing: bool,
}

/// A step that waits for the caller.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct InboxView {
    /// The case.
    pub case: u64,
    /// The subject's public title.
    pub title: Title,
    /// The flow.
    pub flow: String,
    /// The stage.
    pub stage: String,
    /// The step that the caller, or somebody of the role, can take.
    pub step: String,
    /// Since when it waits, in milliseconds since 1970.
    pub since_ms: u64,
    /// When it must be done.
    pub due_ms: Option<u64>,
    /// When somebody was last reminded of it by mail.
    #[serde(default)]
    pub reminded_ms: Option<u64>,
    /// Whom it waits for, as `type/role`; only with `?role=`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub by: Vec<String>,
}
