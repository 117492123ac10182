//! What crosses borders: the messages that peers exchange and the numbered faults with which they refuse.

pub mod fault;
pub mod message;
mod step;

pub use fault::FaultCode;
pub(crate) use step::answer;
pub use step::{Event, Message, MessageKind, Outcome, ProvenRecord, outbox, step};
