//! The read model: search, lists and histories in SQL, folded from the ledger and made anew from it at any time.
//!
//! The ledger is the truth; this is an index of it. [`Projection`] follows the ledger's head and answers queries; a
//! [`Source`] is what it is folded from. SQLite in the data folder by default, PostgreSQL by configuration.

mod check;
mod db;
mod error;
mod folder;
mod follow;
mod history;
mod open;
mod processes;
pub mod query;
mod rebuild;
mod rows;
mod schema;
mod settings;
mod source;
mod table;
mod touched;

pub use check::{Checked, Difference};
pub use error::ProjectionError;
pub use folder::Cursor;
pub use follow::{Maintenance, Projection, Rebuilt, Status};
pub(crate) use open::{Column, Holds, STATISTICS, Snapshot, TABLES, Table, Value, sums};
pub use settings::{PROJECTION_FILE, ProjectionSettings};
pub use source::Source;
