//! Bridges: how they stand, what they would send, what differs, and the agreement of one project or range.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A system around the registry that a country may have a bridge to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum BridgeName {
    /// The Climate Action Data Trust.
    CadTrust,
    /// The national MRV system.
    Mrv,
    /// The UNDP ITMO platform.
    ItmoPlatform,
}

impl fmt::Display for BridgeName {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.pad(match self {
            Self::CadTrust => "cad-trust",
            Self::Mrv => "mrv",
            Self::ItmoPlatform => "itmo-platform",
        })
    }
}

/// What a bridge is doing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum BridgeState {
    /// It has not begun yet.
    #[default]
    Starting,
    /// It has work, and does it.
    Working,
    /// Everything that can be at the other side is there.
    Idle,
    /// It waits: the other side is away, busy or publishes.
    Waits,
    /// It waits for a person: a key is wrong, a file is missing, or the ledger is another one.
    Barred,
}

impl BridgeState {
    /// The word for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Starting => "starting",
            Self::Working => "working",
            Self::Idle => "idle",
            Self::Waits => "waits",
            Self::Barred => "barred",
        }
    }
}

/// What is done with an item at the other side of a bridge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum BridgeActionWord {
    /// It is to come into being.
    Create,
    /// It is to become what is wanted.
    Update,
    /// It is to go.
    Delete,
}

impl BridgeActionWord {
    /// The word for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Delete => "delete",
        }
    }
}

/// Where an item of a bridge stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum ItemStateWord {
    /// To be sent.
    Due,
    /// Read back as wanted.
    Agreed,
    /// Something is missing here, or has no word there.
    Stopped,
    /// Refused there, or sent too often without effect.
    Dead,
    /// Changed there by somebody.
    Differs,
}

impl ItemStateWord {
    /// The word for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Due => "due",
            Self::Agreed => "agreed",
            Self::Stopped => "stopped",
            Self::Dead => "dead",
            Self::Differs => "differs",
        }
    }
}

/// `GET /api/v1/bridges/{bridge}`: how a bridge stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BridgeView {
    /// Which.
    pub bridge: BridgeName,
    /// Whether it sends anything, or only reads and compares.
    pub writes: bool,
    /// What it is doing.
    pub state: BridgeState,
    /// For what it waits.
    pub why: Option<String>,
    /// When it goes on by itself.
    pub until_ms: Option<u64>,
    /// Faults in a row.
    pub faults: u32,
    /// The name of its memory: the model of the other side that it speaks, such as `cad-trust-v2`.
    pub memory: Option<String>,
    /// Its cursor: leaves of the ledger that it has read.
    pub size: u64,
    /// Leaves that it could read and has not.
    pub lag: u64,
    /// When it last had nothing left to do since the node was started.
    pub done_ms: Option<u64>,
    /// How many items are in each state.
    pub items: BridgeItems,
    /// Dead letters, the newest first; the last 100.
    pub dead_letters: Vec<DeadLetterView>,
    /// Runs that are over, the newest first; the last 10.
    pub runs: Vec<BridgeRunView>,
}

/// How many items of a bridge are in each state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BridgeItems {
    /// To be sent.
    pub due: u64,
    /// Read back as wanted.
    pub agreed: u64,
    /// Something is missing here, or has no word there.
    pub stopped: u64,
    /// Refused there, or sent too often without effect.
    pub dead: u64,
    /// Changed there by somebody.
    pub differs: u64,
}

/// Something that the other side refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DeadLetterView {
    /// Its number.
    pub number: u64,
    /// The item's key.
    pub key: String,
    /// What the other side said, or how what is there differs.
    pub cause: String,
    /// When.
    pub time_ms: u64,
    /// When it was sent again, if it was.
    pub replayed_ms: Option<u64>,
}

/// Items that went together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BridgeRunView {
    /// Its id, which the other side keeps where it keeps comments.
    pub run: String,
    /// When it began.
    pub began_ms: u64,
    /// When it ended.
    pub ended_ms: u64,
    /// Items that were read back as wanted.
    pub agreed: u64,
    /// The other side's state that has them, where it counts its states.
    pub generation: Option<u64>,
    /// The root hash of that state, as the other side writes it.
    pub root: Option<String>,
}

/// A field that is not there as it is here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DifferenceView {
    /// The field: a JSON Pointer (RFC 6901) into the item as the other side has it.
    pub field: String,
    /// What is here; empty where it is to be absent.
    pub ours: String,
    /// What is there; empty where it is absent.
    pub theirs: String,
}

/// `GET /api/v1/bridges/{bridge}/plan`: what a bridge would do now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BridgePlanView {
    /// Leaves of the ledger that it takes into account.
    pub size: u64,
    /// What would be sent, in order of key; of a system that only gives, what a person would complete here.
    pub changes: Vec<PlannedView>,
    /// What can not be sent as it is, and why.
    pub stopped: Vec<StoppedView>,
    /// Whether there is more than is listed.
    pub is_cut: bool,
}

/// A change that would be sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PlannedView {
    /// Our key of the item.
    pub key: String,
    /// What it is there.
    pub kind: String,
    /// `create`, `update` or `delete`.
    pub action: BridgeActionWord,
    /// The fields that change.
    pub fields: Vec<DifferenceView>,
    /// Why it waits, if it does.
    pub waits: Option<String>,
}

/// An item that can not be sent as it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StoppedView {
    /// Our key of the item.
    pub key: String,
    /// `stopped`, `dead` or `differs`.
    pub state: ItemStateWord,
    /// Why, field by field, and where to mend it.
    pub why: String,
}

/// The answer to `POST /api/v1/bridges/{bridge}/diff`: what differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BridgeDiffView {
    /// Items that are there in another way than here.
    pub differing: Vec<DifferingView>,
    /// What is there under this registry's name, and no ledger knows.
    pub foreign: Vec<ForeignView>,
    /// For the MRV: what was credited beside what was reported.
    pub reconciliation: Option<ReconciliationView>,
}

/// An item that is there in another way than here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DifferingView {
    /// Our key.
    pub key: String,
    /// What it is there.
    pub kind: String,
    /// Where it differs; empty when it is gone.
    pub fields: Vec<DifferenceView>,
    /// Whether it is gone there.
    pub is_gone: bool,
}

/// Something there that no ledger knows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ForeignView {
    /// What it is there.
    pub kind: String,
    /// Its id there.
    pub theirs: String,
}

/// How the ledger and the MRV stand to each other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReconciliationView {
    /// Projects with their activities.
    pub matched: Vec<MatchedView>,
    /// Projects that issued units and are no activity there.
    pub unmatched: Vec<UnmatchedView>,
    /// Where more was credited than was reported, by sector and year.
    pub flags: Vec<CreditedFlag>,
}

/// A project and the activity that it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MatchedView {
    /// The project's national number.
    pub project: u32,
    /// The activity's id.
    pub activity: String,
    /// The activity's sector, in the words of the MRV.
    pub sector: String,
}

/// A project that issued units and is no activity of the MRV.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UnmatchedView {
    /// The project's national number.
    pub project: u32,
    /// Tonnes that it issued.
    pub tonnes: u64,
    /// Why.
    pub why: String,
}

/// More was credited than was reported.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CreditedFlag {
    /// The sector, in the words of the MRV.
    pub sector: String,
    /// The year in which the mitigation happened.
    pub year: u16,
    /// Tonnes that the sector's projects issued for the year.
    pub credited: u64,
    /// Tonnes that the sector's activities reported as reduced; may be below zero.
    pub reported: i64,
}

/// `POST /api/v1/bridges/{bridge}/replay`: items go out again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ReplayBridge {
    /// One dead or differing item, by its key; all when none is named.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(max_length = 512))]
    pub key: Option<String>,
}

/// The answer to `POST /api/v1/bridges/{bridge}/replay`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BridgeReplayed {
    /// How many items go out again.
    pub items: u64,
}

/// `GET /api/v1/projects/{number}/agreement` and `units/{name}/agreement`: whether the systems around the registry agree with the ledger on a project or on units.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AgreementsView {
    /// One for each bridge that the node runs.
    pub bridges: Vec<AgreementWithView>,
}

/// How one system stands to the ledger, as far as it was last seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AgreementWithView {
    /// Which bridge.
    pub bridge: BridgeName,
    /// The state of the item that needs somebody most.
    pub state: AgreementWord,
    /// Why there is no item; only for those who may read reports before they are public.
    pub why: Option<String>,
    /// The items; only for those who may read reports before they are public.
    pub items: Vec<AgreementItemView>,
    /// Whether there are more items than the 1,000 that are shown.
    pub is_cut: bool,
}

/// How a system, or an item there, stands to the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum AgreementWord {
    /// It was read back as wanted.
    Agrees,
    /// There is nothing of it there, and nothing is to be sent.
    Absent,
    /// It is to be sent, or on its way.
    Due,
    /// Something is missing here, or has no word there.
    Stopped,
    /// Somebody changed it there.
    Differs,
    /// The other side refused it.
    Dead,
}

/// One thing at the other side.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AgreementItemView {
    /// Our key of it: what a replay takes.
    pub key: String,
    /// What it is there; empty for one that was never drawn.
    pub kind: String,
    /// How it stands.
    pub state: AgreementWord,
    /// Why it does not agree.
    pub why: Option<String>,
    /// Its id there.
    pub theirs: Option<String>,
    /// Its fields, those that do not agree first; at most 200.
    pub fields: Vec<FieldStateView>,
}

/// A field of something at the other side.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FieldStateView {
    /// The field: a JSON Pointer (RFC 6901) into the item.
    pub field: String,
    /// What is wanted there; empty where it is to be absent. A key of ours stands for an id of the other side.
    pub ours: String,
    /// What is there, as far as it was seen; empty where it is absent.
    pub theirs: String,
    /// Whether both are the same.
    pub agrees: bool,
}
