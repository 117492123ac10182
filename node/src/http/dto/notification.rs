//! What other registries tell, over HTTP.

use countersign_protocol::id::{AccountId, AuthorisationId};
use countersign_protocol::record::{Clause, Purpose};
use countersign_protocol::units::UnitRange;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The answer of `POST /api/v1/article6/notifications`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NotificationsAnswer {
    /// How many lines the file has, without empty ones.
    pub lines: u64,
    /// Lines that were recorded now.
    pub recorded: u64,
    /// Lines that wait for a second official.
    pub proposed: u64,
    /// Lines that a trial found possible.
    pub possible: u64,
    /// Lines that are recorded already.
    pub repeated: u64,
    /// Lines of which something is to be done here.
    pub drafts: u64,
    /// Lines of which nothing comes.
    pub refused: u64,
    /// Each line, in the order of the file.
    pub results: Vec<NotificationResult>,
}

/// What came of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum NotificationStatus {
    /// The use or contribution abroad is on the ledger.
    Recorded,
    /// It waits for a second official.
    Proposed,
    /// It would be recorded, or proposed, now.
    Possible,
    /// It is recorded already.
    Repeated,
    /// Something is to be done here, and was not done by this.
    Draft,
    /// Nothing comes of it.
    Refused,
}

/// A line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NotificationResult {
    /// Its number in the file, from 1.
    pub line: u64,
    /// What came of it.
    pub status: NotificationStatus,
    /// The leaf of its record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub index: Option<u64>,
    /// The proposal that waits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proposal: Option<u64>,
    /// What is to be done here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub draft: Option<NotificationDraft>,
    /// Why nothing comes of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

/// What officials are to do, if they agree, by the ways that the registry has for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NotificationDraft {
    /// What.
    pub action: NotificationAction,
    /// In t CO2 eq.
    pub quantity: u64,
    /// The reference of the other registry.
    pub reference: Clause,
    /// Under which authorisation to issue.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authorisation: Option<AuthorisationId>,
    /// The vintage to issue.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vintage: Option<u16>,
    /// The account that has the units.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<AccountId>,
    /// The units.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub units: Option<UnitRange>,
    /// For what to use or cancel them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<Purpose>,
}

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum NotificationAction {
    /// Issue units.
    Issue,
    /// Use or cancel units that are here.
    End,
    /// Move units that are here into an account for shares of proceeds.
    Contribute,
}
