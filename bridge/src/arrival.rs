//! What arrives from another system and can become a case here: a project, or a monitoring report of one.
//!
//! Nothing is made up, and nothing opens by itself: a person of the owner opens the case, finds its form filled with what the other
//! system gave, completes it and hands it in.

use serde::Serialize;
use serde_json::Value;

/// What a case that comes of an arrival is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ArrivalKind {
    /// A project.
    Project,
    /// A monitoring report: a proposal to issue.
    Monitoring,
}

/// A field that needs a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Missing {
    /// The field of the form, or what else is missing, such as `owner`.
    pub field: String,
    /// Why.
    pub why: String,
}

/// A file at the other system.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ArrivalFile {
    /// Its name.
    pub name: String,
    /// Where it can be fetched.
    pub url: Option<String>,
}

/// Something of another system that can become a case.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Arrival {
    /// By what it is asked for here, such as `draft/P-1` or `monitoring/P-1/step-2`. The same thing has the same key for ever.
    pub key: String,
    /// What the case is about.
    pub kind: ArrivalKind,
    /// The project's id at the other system.
    pub project: String,
    /// The title that the other system gives.
    pub title: Option<String>,
    /// Who owns it, in the other system's words.
    pub owner: Option<String>,
    /// The number of the organisation that it is here, by the country's table.
    pub organisation: Option<u32>,
    /// The fields of the form that the other system gives.
    pub form: Value,
    /// What a person must complete: the other system does not give it.
    pub missing: Vec<Missing>,
    /// What stops it: the other system gives it, and it is none, or has no word in the country's table. No case is opened before
    /// that is mended.
    pub stopped: Vec<Missing>,
    /// Files at the other system, for whoever completes it.
    pub files: Vec<ArrivalFile>,
}
