//! What crosses borders: the files with which two countries meet, the messages that peers exchange and the numbered
//! faults with which they refuse.

mod address;
pub mod agreement;
mod bundle;
mod closed;
pub mod evidence;
pub mod fault;
mod fingerprint;
pub mod freeze;
mod heads;
pub mod invite;
pub(crate) mod lines;
pub mod message;
pub mod parcel;
pub mod reconcile;
pub mod schedule;
mod step;

pub use address::{
    ADDRESS_LEN_MAX, AddressError, HttpAddress, PEER_NAME_LEN_MAX, PeerAddress, PeerName,
};
pub use bundle::Unverified;
pub use closed::{ClosedError, ClosedLedger, LastWord, Unanswered, check_continues};
pub use fault::FaultCode;
pub use fingerprint::Fingerprint;
pub use heads::{Heads, Needed};
pub use lines::FileError;
pub use step::{Event, Message, MessageKind, Outcome, ProvenRecord, begins, outbox, step};
pub(crate) use step::{answer, answer_closed};
