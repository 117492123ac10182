//! What crosses borders: the messages that peers exchange and the numbered faults with which they refuse.

pub mod fault;
pub mod message;
