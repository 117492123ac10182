//! What arrives from other systems and can become a case.

use countersign_client::types::BridgeName;
use countersign_protocol::record::{Title, Word};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// `GET /api/v1/bridges/{bridge}/arrivals`: a project or a monitoring report of another system.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ArrivalView {
    /// By what its case is opened.
    pub key: String,
    /// From which system.
    pub bridge: BridgeName,
    /// What the case is about.
    pub kind: ArrivalKindWord,
    /// How it stands.
    pub state: ArrivalState,
    /// The case that was opened from it, or that names it.
    pub case: Option<u64>,
    /// The project's id at the other system.
    pub project: String,
    /// The title there.
    pub title: Option<String>,
    /// Who owns it, in the words of the other system.
    pub owner: Option<String>,
    /// The organisation here that the owner is.
    pub organisation: Option<u32>,
    /// The fields of the form that the other system gives.
    #[schema(value_type = crate::http::openapi::Form)]
    pub form: Value,
    /// What a person must complete.
    pub missing: Vec<ArrivalFieldView>,
    /// What stops it until it is mended there or in the country's table.
    pub stopped: Vec<ArrivalFieldView>,
    /// Files at the other system.
    pub files: Vec<ArrivalFileView>,
}

/// What a case that comes of an arrival is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ArrivalKindWord {
    /// A project.
    Project,
    /// A monitoring report: a proposal to issue.
    Monitoring,
}

/// How something that arrived stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ArrivalState {
    /// A person of the owner can open its case.
    Ready,
    /// Its project is not in the register yet.
    Waits,
    /// Something of it has no word here, or is none.
    Stopped,
    /// A case was opened from it.
    Opened,
    /// The case that was opened from it has ended without it.
    Ended,
    /// A case that was not opened from it names it.
    Known,
}

impl ArrivalState {
    /// The word for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::Waits => "waits",
            Self::Stopped => "stopped",
            Self::Opened => "opened",
            Self::Ended => "ended",
            Self::Known => "known",
        }
    }
}

/// A field that needs a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ArrivalFieldView {
    /// The field.
    pub field: String,
    /// Why.
    pub why: String,
}

/// A file at the other system.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ArrivalFileView {
    /// Its name.
    pub name: String,
    /// Where it can be fetched.
    pub url: Option<String>,
}

/// `POST /api/v1/bridges/{bridge}/arrivals/open`: a case is opened from something that arrived.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"key": "draft/P-1"})))]
pub struct OpenArrival {
    /// Which, by its key.
    #[schema(max_length = 512)]
    pub key: String,
    /// The flow; needed where the process has several that fit.
    #[serde(default)]
    pub flow: Option<Word>,
    /// The track, where the flow has tracks.
    #[serde(default)]
    pub track: Option<Word>,
    /// The public title, where the other system gives none or another is wanted.
    #[serde(default)]
    pub title: Option<Title>,
    /// Opens another case after the one that was opened from it has ended.
    #[serde(default)]
    pub again: bool,
}
