//! Projects and what hangs on them: versions of forms and their differences, comments, look-alikes.

use countersign_protocol::id::OrganisationId;
use countersign_protocol::period::Period;
use countersign_protocol::project::{Description, ExternalId};
use countersign_protocol::record::Title;
use countersign_protocol::serial::SectoralScope;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::people::{Circle, UserId};
use crate::projection::query::VintageTotals;

/// `GET /api/v1/projects/{number}`: a project.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProjectView {
    /// Its national number.
    pub number: u32,
    /// Its public title.
    pub title: Title,
    /// The owner that the register names.
    pub organisation: OrganisationId,
    /// Its CDM sectoral scope.
    pub scope: SectoralScope,
    /// Whether anything may happen to it: `active`, `suspended` or `closed`.
    pub standing: String,
    /// The case by which it was registered; none without a process.
    pub case: Option<u64>,
    /// The stage of that case.
    pub stage: Option<String>,
    /// Whether the process has opened it to the public.
    pub published: bool,
    /// Its owners, and the parts of each in what it issues.
    pub owners: Vec<OwnerView>,
    /// The crediting periods that were opened, as `2021-01-01/2030-12-31`.
    pub crediting_periods: Vec<Period>,
    /// What became of its units, by vintage.
    pub totals: Vec<VintageTotals>,
    /// What was handed in about it, by the fields of `project/1`; none before it is published, but for those who may look
    /// into its case.
    pub description: Option<Description>,
}

/// An owner of a project.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OwnerView {
    /// The organisation.
    pub organisation: OrganisationId,
    /// Its parts, out of the parts of all owners together.
    pub parts: u32,
}

/// A form that was handed in with a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FormVersionView {
    /// Its number in the case, counted from 1.
    pub version: u64,
    /// The form.
    pub form: String,
    /// The step that it came with.
    pub step: String,
    /// The leaf of the act.
    pub leaf: u64,
    /// Who handed it in, by pseudonym.
    pub user: UserId,
    /// When, in milliseconds since 1970.
    pub time_ms: u64,
    /// Whether its content is gone for good.
    pub erased: bool,
}

/// `GET /api/v1/cases/{number}/diff`: what changed between two versions of a form.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct FormDiffView {
    /// The form.
    pub form: String,
    /// The older version; none when `to` is the first of its form.
    pub from: Option<u64>,
    /// The newer version.
    pub to: u64,
    /// The fields that changed, in the order of the form.
    pub changes: Vec<FieldChangeView>,
}

/// A field that changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct FieldChangeView {
    /// Where it is in the newer version, as a JSON Pointer; where it was in the older one, if it is gone.
    pub pointer: String,
    /// Where it was in the older version, if it was there.
    pub old_pointer: Option<String>,
    /// What people read beside it, from the outside in.
    pub label: String,
    /// The value before; none when it is new.
    pub old: Option<serde_json::Value>,
    /// The value after; none when it is gone.
    pub new: Option<serde_json::Value>,
}

/// `GET /api/v1/cases/{number}/duplicates`: the projects that look like the one of a case. A warning, no decision.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DuplicatesView {
    /// Those that the caller may see, the most alike first.
    pub projects: Vec<DuplicateView>,
    /// What there is beside them that is not the caller's to see.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub others: Option<HiddenDuplicatesView>,
}

/// A project that looks like another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DuplicateView {
    /// Its case.
    pub case: u64,
    /// Its public title.
    pub title: Title,
    /// Its number, once registered.
    pub project: Option<u32>,
    /// Its owners.
    pub owners: Vec<OrganisationId>,
    /// The stage of its case.
    pub stage: String,
    /// How alike the names are in percent, when they are the same or nearly.
    pub name_percent: Option<u8>,
    /// The ids elsewhere that both name.
    pub external_ids: Vec<ExternalId>,
    /// The land that both claim.
    pub overlap: Option<OverlapView>,
    /// Points of one that lie in the land of the other, or on a point of it.
    pub points: usize,
}

/// Land that two projects claim.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OverlapView {
    /// How much, in hectares with two decimals.
    pub hectares: String,
    /// In percent of the project of this case, rounded up.
    pub percent_of_this: u8,
    /// In percent of the other, rounded up.
    pub percent_of_other: u8,
}

/// That there are look-alikes which are not the caller's to see.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct HiddenDuplicatesView {
    /// One has the same name or nearly.
    pub name: bool,
    /// One has the same id elsewhere.
    pub external_id: bool,
    /// One claims some of the same land.
    pub land: bool,
    /// With whom to speak: the number of the authority.
    pub authority: Option<OrganisationId>,
    /// Its name.
    pub authority_name: Option<String>,
}

/// `POST /api/v1/cases/{number}/comments`: somebody comments on a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCommentBody {
    /// The text. It stays in the node.
    pub text: String,
    /// The comment that it answers.
    #[serde(default)]
    pub answers: Option<u64>,
    /// Who reads it: `parties` (the default) or `officials`; an answer is read by those who read what it answers.
    #[serde(default)]
    pub circle: Option<Circle>,
    /// The field that it is about, as a JSON Pointer into the project's form.
    #[serde(default)]
    pub about: Option<String>,
}

/// `PUT /api/v1/cases/{number}/comments/{comment}`: another wording.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EditComment {
    /// The text.
    pub text: String,
}

/// A comment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CommentView {
    /// Its number in this node.
    pub comment: u64,
    /// The first comment of its thread; its own number for that one.
    pub thread: u64,
    /// Who reads it.
    pub circle: Circle,
    /// The field that it is about.
    pub about: Option<String>,
    /// Who wrote it, by pseudonym.
    pub user: UserId,
    /// For which organisation.
    pub organisation: OrganisationId,
    /// The newest wording; none once its writer was erased.
    pub text: Option<String>,
    /// When the first wording was written, in milliseconds since 1970.
    pub written_ms: u64,
    /// The wordings before the newest, oldest first.
    pub earlier: Vec<WordingView>,
}

/// A wording of a comment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WordingView {
    /// The text; none once its writer was erased.
    pub text: Option<String>,
    /// When it was written, in milliseconds since 1970.
    pub written_ms: u64,
}
