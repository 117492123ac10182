//! What every bridge has: the registry as a view of its event feed, an outbox with a cursor, ids of the other side, runs that
//! survive a crash between any two steps, dead letters, a dry run, and comparisons field by field.
//!
//! The systems themselves are behind [`OtherSide`]; the registry is behind [`Feed`]; time and chance are handed in.

mod agreement;
pub(crate) mod clock;
pub(crate) mod compare;
pub(crate) mod engine;
pub(crate) mod feed;
pub(crate) mod http;
mod http_feed;
pub(crate) mod item;
mod lane;
mod mapping;
pub(crate) mod metrics;
pub(crate) mod side;
mod sqlite;
pub(crate) mod store;
pub(crate) mod view;

pub use agreement::{FIELDS_MAX, FieldState, fields};
pub use clock::{Clock, WAIT_MS_MAX, backoff_ms};
pub use compare::{Compared, Difference, compare};
pub use engine::{Bridge, BridgeError, Differing, Foreign, Plan, Planned, StoppedItem, Turn};
pub use feed::{Feed, FeedError};
pub use http_feed::HttpFeed;
pub use item::{Drawn, Item, Scope, Stopped, needs, parts, resolved, unmarked};
pub use lane::run as run_lane;
pub use mapping::MappingError;
pub(crate) use mapping::{known_format, laid_over};
pub use metrics::{Counter, Metrics};
pub use side::{Action, Change, Fault, Found, OtherSide, Receipt, Staged, StagedRow};
pub use sqlite::SqliteStore;
pub use store::{
    DeadLetter, ItemState, Kept, PastRun, Run, RunItem, RunStep, Store, StoreError, Verdict,
    Waiting,
};
pub use view::{Checked, Ended, Touched, View, ViewError};
