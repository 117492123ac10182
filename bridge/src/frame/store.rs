//! What a bridge must remember across a stop: how far it has read, what is to be sent, what is under way, what is done.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use super::compare::Difference;
use super::item::{Drawn, Scope};
use super::side::{Action, Receipt};

/// Why the bridge's own file can not be used.
#[derive(Debug, thiserror::Error)]
#[error("the bridge's file: {0}")]
pub struct StoreError(pub String);

/// How far a run has come. Each step is written down before it is begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunStep {
    /// Changes go into the other side's staging area.
    Staging,
    /// Publishing is asked for: perhaps already, perhaps not yet.
    Committing,
    /// The other side publishes.
    Publishing,
    /// What is there is read back and compared.
    Reading,
}

/// A run: some items on their way, published together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// Its id: unique, plain ASCII; the other side keeps it as a comment.
    pub id: String,
    /// How far it is.
    pub step: RunStep,
    /// When it began, in milliseconds since the Unix epoch.
    pub began_ms: u64,
}

/// An item in a run.
#[derive(Clone, Debug, PartialEq)]
pub struct RunItem {
    /// Our key.
    pub key: String,
    /// What it is there.
    pub kind: String,
    /// Items that go together or not at all.
    pub group: String,
    /// What is wanted; `None`: it is to go.
    pub body: Option<String>,
    /// What was there when it was last seen.
    pub agreed: Option<String>,
    /// The other side's id.
    pub theirs: Option<String>,
    /// The staged row, once it is staged.
    pub token: Option<String>,
    /// How often it was sent before and did not come out as wanted.
    pub tries: u32,
    /// Whether another item of its group, or its parent, stands in its way by now.
    pub is_blocked: bool,
}

impl RunItem {
    /// What is to be done there.
    #[must_use]
    pub const fn action(&self) -> Action {
        match (&self.body, &self.theirs) {
            (None, _) => Action::Delete,
            (Some(_), Some(_)) => Action::Update,
            (Some(_), None) => Action::Create,
        }
    }
}

/// What an item is waiting for, or that it is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ItemState {
    /// To be sent.
    Due,
    /// The other side has it as wanted.
    Agreed,
    /// It can not be drawn: something is missing or has no word there.
    Stopped,
    /// The other side refused it, or does not keep it. Waits for a replay or another content.
    Dead,
    /// It was as wanted, and is no more: somebody changed it there.
    Differs,
}

impl ItemState {
    /// The word for it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Due => "due",
            Self::Agreed => "agreed",
            Self::Stopped => "stopped",
            Self::Dead => "dead",
            Self::Differs => "differs",
        }
    }

    /// The state of a word.
    #[must_use]
    pub fn of(name: &str) -> Option<Self> {
        let all = [
            Self::Due,
            Self::Agreed,
            Self::Stopped,
            Self::Dead,
            Self::Differs,
        ];
        all.into_iter().find(|it| it.name() == name)
    }
}

/// An item as the bridge keeps it.
#[derive(Clone, Debug, PartialEq)]
pub struct Kept {
    /// Our key.
    pub key: String,
    /// What it is there; empty for one that was never drawn.
    pub kind: String,
    /// Where it stands.
    pub state: ItemState,
    /// Why it is not agreed, in words.
    pub cause: Option<String>,
    /// What is wanted.
    pub body: Option<String>,
    /// What was there when it was last seen.
    pub agreed: Option<String>,
    /// The other side's id.
    pub theirs: Option<String>,
    /// For an item that differs: the fields in which it did when it was last looked at; none when it was gone.
    pub differences: Vec<Difference>,
}

/// A refusal to be looked at by a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DeadLetter {
    /// Its number.
    pub number: i64,
    /// The item.
    pub key: String,
    /// What the other side said, or how what is there differs.
    pub cause: String,
    /// When, in milliseconds since the Unix epoch.
    pub time_ms: u64,
    /// When it was sent again, if it was.
    pub replayed_ms: Option<u64>,
}

/// A run that is over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PastRun {
    /// Its id.
    pub id: String,
    /// When it began and ended, in milliseconds since the Unix epoch.
    pub began_ms: u64,
    /// When it ended.
    pub ended_ms: u64,
    /// Items that were agreed in it.
    pub agreed: u64,
    /// The other side's proof.
    pub receipt: Option<Receipt>,
}

/// A bridge waits.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Waiting {
    /// Until when, in milliseconds since the Unix epoch.
    pub until_ms: u64,
    /// Why.
    pub why: Option<String>,
    /// Faults in a row.
    pub faults: u32,
    /// Whether a person must act.
    pub is_barred: bool,
}

/// How a comparison of one item ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is there as wanted, or gone as wanted.
    Agreed {
        /// Its id there; `None` when it is gone.
        theirs: Option<String>,
        /// The ids of its parts.
        parts: Vec<(String, String)>,
    },
    /// It is not: to be sent again at this time.
    Again {
        /// In milliseconds since the Unix epoch.
        at_ms: u64,
        /// Why.
        cause: String,
        /// Its id there; `None` when nothing is there.
        theirs: Option<String>,
        /// The ids of its parts, as far as they were found.
        parts: Vec<(String, String)>,
    },
    /// It is not, and will not be: a dead letter.
    Dead {
        /// Why.
        cause: String,
    },
}

/// The bridge's memory. Every call is all or nothing, and what it answered stays.
#[async_trait]
pub trait Store: Send + Sync {
    /// Leaves whose consequences are noted.
    async fn size(&self) -> Result<u64, StoreError>;

    /// Notes that the leaves below `size` were read, and which scopes they touched.
    async fn note(&self, size: u64, touched: &[Scope]) -> Result<(), StoreError>;

    /// What the items were drawn by; see `OtherSide::drawing`.
    async fn drawing(&self) -> Result<String, StoreError>;

    /// Notes that everything is to be drawn by another mapping.
    async fn redraw(&self, drawing: &str, scopes: &[Scope]) -> Result<(), StoreError>;

    /// Scopes that are to be drawn, at most `limit`.
    async fn touched(&self, limit: u32) -> Result<Vec<Scope>, StoreError>;

    /// Keeps what a scope is to have, and takes it off the list of those to be drawn.
    async fn draw(&self, scope: Scope, leaf: u64, drawn: &Drawn) -> Result<(), StoreError>;

    /// The run that is under way.
    async fn run(&self) -> Result<Option<Run>, StoreError>;

    /// Begins a run with the items that are due, whole groups up to about `limit` items, parents first; `None` when none is.
    /// With `published_parents` an item waits until its parents are published, else until they are in the same run.
    async fn open_run(
        &self,
        id: &str,
        now_ms: u64,
        limit: u32,
        published_parents: bool,
    ) -> Result<Option<Run>, StoreError>;

    /// The items of the run, parents first.
    async fn run_items(&self) -> Result<Vec<RunItem>, StoreError>;

    /// The next step of the run begins.
    async fn step(&self, step: RunStep) -> Result<(), StoreError>;

    /// An item of the run is staged, or not any more.
    async fn staged(
        &self,
        key: &str,
        token: Option<&str>,
        theirs: Option<&str>,
    ) -> Result<(), StoreError>;

    /// An item leaves the run and is due at a later time.
    async fn drop_item(&self, key: &str, at_ms: u64, cause: &str) -> Result<(), StoreError>;

    /// An item leaves the run, with what became of it.
    async fn settle(&self, key: &str, verdict: &Verdict, now_ms: u64) -> Result<(), StoreError>;

    /// The run is over.
    async fn close_run(&self, now_ms: u64, receipt: Option<&Receipt>) -> Result<(), StoreError>;

    /// The other side's ids of some of our keys, those on their way in this run too unless `published`.
    async fn ids(
        &self,
        keys: &[String],
        published: bool,
    ) -> Result<Vec<(String, String)>, StoreError>;

    /// Whether the bridge waits.
    async fn waiting(&self) -> Result<Waiting, StoreError>;

    /// The bridge waits, or not any more.
    async fn wait(&self, waiting: &Waiting) -> Result<(), StoreError>;

    /// When the next item becomes due, if any waits.
    async fn next_due(&self) -> Result<Option<u64>, StoreError>;

    /// How many items are in each state.
    async fn counts(&self) -> Result<Vec<(ItemState, u64)>, StoreError>;

    /// Items of a state, in order of key, after a key.
    async fn items(
        &self,
        state: ItemState,
        after: &str,
        limit: u32,
    ) -> Result<Vec<Kept>, StoreError>;

    /// One item.
    async fn item(&self, key: &str) -> Result<Option<Kept>, StoreError>;

    /// The items of a scope, in order of key.
    async fn scope_items(&self, scope: Scope, limit: u32) -> Result<Vec<Kept>, StoreError>;

    /// An agreed item was found otherwise at the other side, with why and in which fields; or a differing one as wanted again.
    async fn found(
        &self,
        key: &str,
        difference: Option<(&str, &[Difference])>,
    ) -> Result<(), StoreError>;

    /// A dead or differing item is to be sent again; all of them without a key. Gives how many.
    async fn replay(&self, key: Option<&str>, now_ms: u64) -> Result<u64, StoreError>;

    /// Dead letters, the newest first.
    async fn dead_letters(&self, limit: u32) -> Result<Vec<DeadLetter>, StoreError>;

    /// Runs that are over, the newest first.
    async fn past_runs(&self, limit: u32) -> Result<Vec<PastRun>, StoreError>;
}
