//! The event feed: what a ledger's records mean to the systems around it, as CloudEvents 1.0 in JSON.
//!
//! Every leaf is one event, and the event's id is the leaf's index: the feed has no holes, and says nothing that the
//! ledger does not. An event carries the whole record and its leaf hash, so whoever reads all of them can compute the root
//! of the tree and compare it with the checkpoint; and the units that moved, so that a sum over all events gives every
//! balance. docs/api.md lists the types.

mod kind;
mod subject;

pub use subject::article6 as article6_subject;

use countersign_protocol::id::{OrganisationId, Origin};
use countersign_protocol::log::Hash;
use countersign_protocol::record::Record;
use countersign_protocol::registry::{CaseOutcome, LedgerAccount, Outcome, UnitMove};
use countersign_protocol::time::Timestamp;
use countersign_protocol::units::UnitRange;
use countersign_protocol::workflow::{Effect, SubjectKind};
use serde::{Deserialize, Serialize};

pub use kind::{EventKind, EventKinds, UnknownKind};

/// The version of CloudEvents that the envelope follows.
pub const SPECVERSION: &str = "1.0";

/// What stands before a ledger's origin in the source of an event.
pub const SOURCE_PREFIX: &str = "urn:countersign:ledger:";

/// One event: a CloudEvents 1.0 envelope, and in `data` what happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Event {
    /// Always [`SPECVERSION`].
    pub specversion: String,
    /// The index of the leaf, in decimal. With `source` it names the event for ever.
    pub id: String,
    /// The ledger: [`SOURCE_PREFIX`] and its origin.
    pub source: String,
    /// What happened, out of a closed list.
    #[serde(rename = "type")]
    pub kind: EventKind,
    /// When the writer accepted the record (RFC 3339, milliseconds).
    pub time: String,
    /// What it is about, as a path below `/api/v1/`; absent where it is about the ledger itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// Always `application/json`.
    pub datacontenttype: String,
    /// Whether a quorum of witnesses had cosigned the leaf when this was sent. The only member that changes.
    pub witnessed: bool,
    /// What happened.
    pub data: EventData,
}

/// What happened: the record as `records.jsonl` has it, and what the rules made of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EventData {
    /// Index of the leaf in the log.
    pub index: u64,
    /// SHA-256 of a zero byte and the leaf's bytes (RFC 6962 section 2.1), as hex.
    #[serde(with = "hex::serde")]
    #[cfg_attr(feature = "openapi", schema(value_type = countersign_protocol::openapi::Sha256))]
    pub leaf_hash: Hash,
    /// What the leaf says.
    pub record: Record,
    /// The units that moved, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub moves: Vec<EventMove>,
    /// The case that the record is about, as it stands afterwards.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case: Option<EventCase>,
    /// Requests that ended because an organisation may not act any more.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cancelled: Vec<u64>,
}

/// Units moved between two accounts of the general ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EventMove {
    /// The account that gave.
    pub from: LedgerAccount,
    /// The account that received.
    pub to: LedgerAccount,
    /// The numbers.
    pub units: UnitRange,
    /// How many.
    pub tonnes: u64,
}

impl From<&UnitMove> for EventMove {
    fn from(it: &UnitMove) -> Self {
        let UnitMove { from, to, units } = *it;
        Self {
            from,
            to,
            units,
            tonnes: units.tonnes(),
        }
    }
}

/// A case after the record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EventCase {
    /// Its number.
    pub case: u64,
    /// What it is about.
    pub kind: SubjectKind,
    /// Its flow in the country's process.
    pub flow: String,
    /// The stage that it is in now.
    pub stage: String,
    /// Whether it is over.
    pub is_over: bool,
    /// The case that it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<u64>,
    /// The project that came of it, or that it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project: Option<u32>,
    /// Its owners.
    pub owners: Vec<OrganisationId>,
    /// The certifier assigned to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certifier: Option<OrganisationId>,
    /// Everything that the step brought about; the event's type names the weightiest.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub effects: Vec<Effect>,
}

impl From<CaseOutcome> for EventCase {
    fn from(it: CaseOutcome) -> Self {
        let CaseOutcome {
            case,
            kind,
            flow,
            stage,
            is_over,
            parent,
            project,
            owners,
            certifier,
            effects,
        } = it;
        Self {
            case,
            kind,
            flow,
            stage,
            is_over,
            parent,
            project,
            owners,
            certifier,
            effects,
        }
    }
}

/// A leaf to make an event of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventLeaf {
    /// Index of the leaf in the log.
    pub index: u64,
    /// Its leaf hash.
    pub hash: Hash,
    /// What it says.
    pub record: Record,
    /// What it brought about.
    pub outcome: Outcome,
}

impl EventLeaf {
    /// The type that the event will have.
    #[must_use]
    pub fn kind(&self) -> EventKind {
        EventKind::of(&self.record.body, &self.outcome)
    }

    /// The event. The same leaf of the same ledger always makes the same event, but for `witnessed`.
    #[must_use]
    pub fn event(self, source: &Origin, witnessed: bool) -> Event {
        let kind = self.kind();
        let subject = subject::of(kind, &self.record.body, &self.outcome);
        let Outcome {
            moves,
            case,
            cancelled,
        } = self.outcome;
        Event {
            specversion: SPECVERSION.to_owned(),
            id: self.index.to_string(),
            source: format!("{SOURCE_PREFIX}{source}"),
            kind,
            time: moment(self.record.time_ms),
            subject,
            datacontenttype: "application/json".to_owned(),
            witnessed,
            data: EventData {
                index: self.index,
                leaf_hash: self.hash,
                record: self.record,
                moves: moves.iter().map(EventMove::from).collect(),
                case: case.map(EventCase::from),
                cancelled,
            },
        }
    }
}

/// A moment in RFC 3339 with milliseconds. Past the year 9999 there is no such text, and the last moment stands for it.
#[must_use]
pub fn moment(time_ms: u64) -> String {
    let seconds = Timestamp::from_seconds(time_ms / 1000);
    let text = seconds.map_or_else(
        |_| "9999-12-31T23:59:59Z".to_owned(),
        |time| time.to_string(),
    );
    let whole = text.trim_end_matches('Z');
    format!("{whole}.{:03}Z", time_ms % 1000)
}
