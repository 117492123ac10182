//! Records of findings: what a certifier asks to be mended, and how that ended. Their texts stay outside the ledger.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::record::{ActedBy, Commitment};

/// What a finding asks (in the words of the CDM validation and verification standard).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum FindingKind {
    /// Corrective action request, CAR: a mistake that must be mended before the certifier can agree.
    CorrectiveAction,
    /// Clarification request, CL: something that must be explained before the certifier can agree.
    Clarification,
    /// Forward action request, FAR: something to be mended by the next period.
    ForwardAction,
}

impl fmt::Display for FindingKind {
    /// The field's abbreviation: CAR, CL or FAR.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::CorrectiveAction => "CAR",
            Self::Clarification => "CL",
            Self::ForwardAction => "FAR",
        })
    }
}

/// A certifier opens a finding.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FindingOpened {
    /// The case.
    pub case: u64,
    /// Its number within the case, counted from 1 without gaps.
    pub number: u32,
    /// What it asks.
    pub kind: FindingKind,
    /// Commitment to its text.
    pub text: Commitment,
    /// Who opens it: somebody of the case's certifier.
    pub by: ActedBy,
}

/// An owner answers a finding, or a certifier closes it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FindingStep {
    /// The case in which it was opened.
    pub case: u64,
    /// Its number in that case.
    pub number: u32,
    /// The later case of the same project in which this happens; `None` for the finding's own. Only a forward action
    /// request outlives its case.
    pub within: Option<u64>,
    /// Commitment to the answer, or to what the certifier concludes.
    pub text: Commitment,
    /// Who.
    pub by: ActedBy,
}
