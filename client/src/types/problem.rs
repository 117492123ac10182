//! Errors as RFC 9457 problem details.

use serde::{Deserialize, Serialize};

/// An error response, `application/problem+json` (RFC 9457).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Problem {
    /// Stable name of the kind of problem, `urn:countersign:problem:...`. Programs decide by this.
    #[serde(rename = "type")]
    pub kind: String,
    /// The kind of problem in words; the same for every problem of the kind.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What is wrong this time, where, and how to mend it.
    pub detail: String,
    /// The path that was asked for.
    pub instance: String,
    /// Names this request in the node's log: quote it when you report the problem.
    pub request_id: String,
    /// For a refusal by the registry's rules: the rule's stable word, such as `too-few`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// At the token endpoint: the word of RFC 6749 section 5.2, such as `invalid_client`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// The single faults of the request, where they can be named.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<Fault>,
}

/// One fault: at most one of `pointer`, `parameter` and `header` says where in the request it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Fault {
    /// JSON pointer (RFC 6901) into the body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pointer: Option<String>,
    /// Name of a parameter of the path or the query.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parameter: Option<String>,
    /// Name of a header.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub header: Option<String>,
    /// What is wrong with it and what is wanted.
    pub detail: String,
}
