//! What crosses borders: the files with which two countries meet, the messages that peers exchange and the numbered
//! faults with which they refuse.

mod address;
pub mod agreement;
pub mod evidence;
pub mod fault;
mod fingerprint;
pub mod invite;
pub(crate) mod lines;
pub mod message;
pub mod parcel;
mod step;

pub use address::{
    ADDRESS_LEN_MAX, AddressError, HttpAddress, PEER_NAME_LEN_MAX, PeerAddress, PeerName,
};
pub use fault::FaultCode;
pub use fingerprint::Fingerprint;
pub use lines::FileError;
pub(crate) use step::answer;
pub use step::{Event, Message, MessageKind, Outcome, ProvenRecord, outbox, step};
