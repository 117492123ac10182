//! Many wishes in one file.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Fault, NewCaseAct, NewOpenCase, Receipt};

/// What the rows of a file are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum BulkKind {
    /// Rows as `POST accounts` takes them.
    Accounts,
    /// Rows as `POST /api/v1/account-transfers` takes them.
    AccountTransfers,
    /// Rows as `POST /api/v1/retirements` takes them.
    Retirements,
    /// Rows as `POST /api/v1/standing-holds` takes them.
    StandingHolds,
    /// Rows that open a case and take its first step.
    Cases,
}

impl BulkKind {
    /// Every kind.
    pub const ALL: [Self; 5] = [
        Self::Accounts,
        Self::AccountTransfers,
        Self::Retirements,
        Self::StandingHolds,
        Self::Cases,
    ];

    /// Its word in the path.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Accounts => "accounts",
            Self::AccountTransfers => "account-transfers",
            Self::Retirements => "retirements",
            Self::StandingHolds => "standing-holds",
            Self::Cases => "cases",
        }
    }
}

impl fmt::Display for BulkKind {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.word())
    }
}

impl FromStr for BulkKind {
    type Err = &'static str;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.into_iter().find(|kind| kind.word() == word);
        found.ok_or("rows are accounts, account-transfers, retirements, standing-holds or cases")
    }
}

/// A row of `POST /api/v1/bulk/cases`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewBulkCase {
    /// The case.
    pub open: NewOpenCase,
    /// Its first step.
    pub act: NewCaseAct,
}

/// The answer of `POST /api/v1/bulk/{kind}`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct BulkAnswer {
    /// How many rows the file has.
    pub rows: u32,
    /// Rows that were written now.
    pub written: u32,
    /// Rows that an earlier upload with this key had written.
    pub repeated: u32,
    /// Rows that a trial found possible.
    pub possible: u32,
    /// Rows that were refused.
    pub refused: u32,
    /// Each row, in the order of the file.
    pub results: Vec<RowAnswer>,
}

/// What became of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum BulkStatus {
    /// It is in the ledger.
    Written,
    /// It was in the ledger already, from an earlier upload with this key.
    Repeated,
    /// It would be written now.
    Possible,
    /// It is not written.
    Refused,
}

/// A row.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RowAnswer {
    /// Its number, from 1, without a heading and empty lines.
    pub row: u32,
    /// Its line in the file, from 1.
    pub line: u64,
    /// What became of it.
    pub status: BulkStatus,
    /// The ledger's receipt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receipt: Option<Receipt>,
    /// What was made, as the single request would answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub made: Option<serde_json::Value>,
    /// Why it is refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<RowProblem>,
}

/// A problem of one row: RFC 9457 without what belongs to the request as a whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RowProblem {
    /// The kind of problem, as for a whole request.
    #[serde(rename = "type")]
    pub kind: String,
    /// The kind in words.
    pub title: String,
    /// The status that the single request would have.
    pub status: u16,
    /// What is wrong and how to mend it.
    pub detail: String,
    /// The rule's word.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// The single faults; pointers are into the row.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<Fault>,
}
