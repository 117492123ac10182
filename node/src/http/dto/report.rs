//! Reports under Article 6 over HTTP.

use countersign_protocol::article6::{AdjustmentMethod, AuthorisedUse, NdcPeriod};
use countersign_protocol::id::AccountId;
use countersign_protocol::log::Hash;
use countersign_protocol::openapi::Sha256;
use countersign_protocol::party::Party;
use countersign_protocol::period::Day;
use countersign_protocol::record::Purpose;
use countersign_protocol::serial::CooperativeApproachId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{PlaceName, Units};
use crate::people::UserId;

/// The rows of a table of a report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AefRows {
    /// The table.
    pub table: String,
    /// Its rows.
    pub rows: u64,
}

/// Something that a check found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AefFinding {
    /// The check's id, such as `AEF-A-012`.
    pub check: String,
    /// `error` or `warning`.
    pub severity: String,
    /// The table's number, 1 to 5.
    pub table: u64,
    /// The row, counted from 1; none where the whole table is meant.
    pub row: Option<u64>,
    /// The heading of the column; none where the whole row is meant.
    pub column: Option<String>,
    /// What is wrong and how to mend it.
    pub message: String,
}

/// A report as the ledger has it now, and what the checks find in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AefCheckView {
    /// Whose it is.
    pub party: Party,
    /// The reported year.
    pub year: u16,
    /// Its version, such as `1.0`.
    pub version: String,
    /// Leaves that it follows from.
    pub ledger_size: u64,
    /// Whether there is no error in it.
    pub sound: bool,
    /// How many errors there are.
    pub errors: u64,
    /// How many warnings.
    pub warnings: u64,
    /// Findings that were counted and are not listed.
    pub left_out: u64,
    /// Rows by table.
    pub rows: Vec<AefRows>,
    /// Approaches with something to report, and no initial report: their rows are left out.
    pub without_initial_report: Vec<CooperativeApproachId>,
    /// What was found.
    pub findings: Vec<AefFinding>,
}

/// A partner's submission against this country's report of the same year.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AefCrossCheckView {
    /// The partner's.
    pub theirs: SubmissionView,
    /// This country's newest submission for the year; none where none was kept, and the report as the ledger has it was compared.
    pub ours: Option<SubmissionView>,
    /// Whether both agree.
    pub agrees: bool,
    /// Where they differ, in the rows of this country's.
    pub findings: Vec<AefFinding>,
}

/// A cell that differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AefCellChange {
    /// The heading of its column.
    pub column: String,
    /// Its text before; empty where it was blank.
    pub before: String,
    /// Its text after.
    pub after: String,
}

/// A row that differs from the last submission.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AefRowChange {
    /// The table.
    pub table: String,
    /// `added`, `removed` or `changed`.
    pub difference: String,
    /// What names the row.
    pub key: String,
    /// Its place before, counted from 1.
    pub before: Option<u64>,
    /// Its place now, counted from 1.
    pub after: Option<u64>,
    /// The cells that differ; every filled cell of a row that was added or removed.
    pub cells: Vec<AefCellChange>,
}

/// How a report differs from the last submission for its year.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AefChangesView {
    /// The last submission.
    pub last: SubmissionView,
    /// The rows that differ.
    pub changes: Vec<AefRowChange>,
}

/// `POST /api/v1/article6/submissions`: the report of a year becomes a version that never changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"year": 2026})))]
pub struct FreezeAef {
    /// The reported year.
    #[schema(minimum = 2021, maximum = 2199)]
    pub year: u16,
    /// The version; the one after the last that was kept when left out, and 1.0 for the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 21, pattern = "^[1-9][0-9]*\\.[0-9]+$", example = "1.1")]
    pub version: Option<String>,
    /// The day of submission; today when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub submitted: Option<Day>,
    /// Freezes it although the checks find errors in it.
    #[serde(default)]
    pub despite_errors: bool,
}

/// A submission that is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SubmissionView {
    /// Whose it is.
    pub party: Party,
    /// The reported year.
    pub year: u16,
    /// The version.
    pub version: String,
    /// Whether this node made it from its ledger; otherwise somebody brought it as a file.
    pub frozen: bool,
    /// Leaves of the ledger that it follows from, where it was frozen.
    pub ledger_size: Option<u64>,
    /// SHA-256 of its content as JSON.
    #[serde(with = "hex::serde")]
    #[schema(value_type = Sha256)]
    pub sha256: Hash,
    /// Bytes of that content.
    pub bytes: u64,
    /// Errors that the checks found when it was kept.
    pub errors: u64,
    /// Warnings.
    pub warnings: u64,
    /// Who kept it; none for the operator.
    pub user: Option<UserId>,
    /// When, in milliseconds since 1970.
    pub kept_ms: u64,
}

/// A value of a year: an exact fraction, and a whole number for print (halves away from zero).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct YearValue {
    /// The year.
    pub year: u16,
    /// The value, such as `100` or `700/3`.
    pub exact: String,
    /// The same rounded.
    pub rounded: String,
}

/// A row of the structured summary.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SummaryRowView {
    /// The row's number in table 4 of 5/CMA.3 annex II.
    pub row: u64,
    /// What it says.
    pub label: String,
    /// The paragraph of the annex to 2/CMA.3; for row 15 of the annex to 18/CMA.1.
    pub paragraph: String,
    /// Its values, by year.
    pub values: Vec<YearValue>,
}

/// A year of the emissions balance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BalanceView {
    /// The year.
    pub year: u16,
    /// The level that was entered.
    pub level: Option<i64>,
    /// Units first transferred, of this vintage.
    pub first_transferred: String,
    /// Units used towards the NDC for this year.
    pub used: String,
    /// What is added to the level: negative where it is taken off.
    pub adjustment: String,
    /// The emissions balance.
    pub balance: Option<String>,
}

/// The structured summary of an NDC period.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SummaryView {
    /// Whose it is.
    pub party: Party,
    /// The implementation period.
    pub period: NdcPeriod,
    /// The method of adjustment.
    pub method: AdjustmentMethod,
    /// The rows.
    pub rows: Vec<SummaryRowView>,
    /// The balance behind them, year by year.
    pub balance: Vec<BalanceView>,
}

/// What was done with units under Article 6.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Article6ActionView {
    /// Leaf that did it.
    pub index: u64,
    /// Its time.
    pub time_ms: u64,
    /// What: `authorised`, `first_transferred`, `transferred`, `acquired`, `used_towards_ndc`, `ended` or
    /// `partners_first_transfer`: the use of a partner's units here, which is their first transfer and the partner's to report.
    pub kind: String,
    /// By which event, where units were first transferred or ended, such as `first_international_transfer`.
    pub by: Option<String>,
    /// The Party that acquired them.
    pub to: Option<Party>,
    /// The Party from which they were acquired.
    pub from: Option<Party>,
    /// The calendar year of the NDC towards which they were used.
    pub ndc_year: Option<u16>,
    /// The units.
    #[serde(flatten)]
    pub units: Units,
    /// The cooperative approach.
    pub approach: CooperativeApproachId,
    /// The uses that are authorised.
    pub uses: AuthorisedUse,
    /// For what they were used or cancelled.
    pub purpose: Option<Purpose>,
}

/// Units that were held here at a moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct HeldAtView {
    /// The units.
    #[serde(flatten)]
    pub units: Units,
    /// Where they were.
    pub place: PlaceName,
    /// The account.
    pub account: Option<AccountId>,
    /// The cooperative approach, of what is authorised or first transferred.
    pub approach: Option<CooperativeApproachId>,
    /// Whether they had been first transferred.
    pub first_transferred: bool,
}
