//! What stands in a cell.

mod code;
mod date;
mod field;
mod number;
mod party;
mod uid;
mod version;

pub use code::{ActionType, Metric};
pub use date::{ActionDate, Timeframe};
pub use field::{CarpCell, Cell, Field, State, Value};
pub use number::Decimal;
pub use party::{List, Parties, PartyCode, RegistryCode};
pub use uid::{Uid, UnitId};
pub use version::Version;
