//! When each open message is sent again: capped exponential backoff, for ever (rule R11).
//!
//! Nothing here is kept: the messages themselves follow from the ledger, and a restart begins with a fresh schedule.
//! Moments are milliseconds on any clock that only runs forward.

use std::collections::{BTreeMap, BTreeSet};

use crate::federation::{Message, MessageKind};
use crate::id::TransferId;
use crate::party::Party;
use crate::record::Body;
use crate::registry::{State, TransferKey};

/// The first wait after a message was sent, in milliseconds.
pub const BACKOFF_MIN_MS: u64 = 1_000;
/// The longest wait between two sendings of one message, in milliseconds.
pub const BACKOFF_MAX_MS: u64 = 300_000;

#[derive(Clone, Copy, Debug)]
struct Entry {
    due_ms: u64,
    attempts: u32,
}

/// The messages that wait to be sent, by partner and due time.
#[derive(Clone, Debug, Default)]
pub struct Schedule {
    entries: BTreeMap<Message, Entry>,
    due: BTreeMap<Party, BTreeSet<(u64, Message)>>,
}

/// A message whose turn has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Due {
    /// What to send.
    pub message: Message,
    /// How often it was sent before.
    pub attempts: u32,
}

impl Schedule {
    /// Adds a message that is due at once; one that is scheduled already becomes due at once too.
    pub fn now(&mut self, message: Message, now_ms: u64) {
        let attempts = self.entries.get(&message).map_or(0, |entry| entry.attempts);
        let due_ms = now_ms;
        self.put(message, Entry { due_ms, attempts });
    }

    /// Adds a message unless it is scheduled already.
    pub fn ensure(&mut self, message: Message, now_ms: u64) {
        if !self.entries.contains_key(&message) {
            self.now(message, now_ms);
        }
    }

    fn put(&mut self, message: Message, entry: Entry) {
        if let Some(old) = self.entries.insert(message, entry)
            && let Some(due) = self.due.get_mut(&message.to)
        {
            due.remove(&(old.due_ms, message));
        }
        self.due
            .entry(message.to)
            .or_default()
            .insert((entry.due_ms, message));
    }

    /// Takes up to `limit` messages to a partner that are due, and schedules each for its next sending. A notice is sent
    /// once: the partner asks for it again by sending its receipt again.
    pub fn take_due(&mut self, to: Party, now_ms: u64, limit: usize) -> Vec<Due> {
        let Some(queue) = self.due.get(&to) else {
            return Vec::new();
        };
        let ready: Vec<Message> = queue
            .iter()
            .take_while(|(due_ms, _)| *due_ms <= now_ms)
            .take(limit)
            .map(|(_, message)| *message)
            .collect();
        let mut taken = Vec::with_capacity(ready.len());
        for message in ready {
            let attempts = self.entries.get(&message).map_or(0, |entry| entry.attempts);
            taken.push(Due { message, attempts });
            if message.kind == MessageKind::Notice {
                self.remove(&message);
            } else {
                let entry = Entry {
                    due_ms: now_ms.saturating_add(backoff_ms(&message.transfer, attempts)),
                    attempts: attempts.saturating_add(1),
                };
                self.put(message, entry);
            }
        }
        taken
    }

    /// When the next message to a partner is due.
    #[must_use]
    pub fn next_due_ms(&self, to: Party) -> Option<u64> {
        self.due.get(&to)?.first().map(|(due_ms, _)| *due_ms)
    }

    /// Forgets a message.
    pub fn remove(&mut self, message: &Message) {
        if let Some(entry) = self.entries.remove(message)
            && let Some(queue) = self.due.get_mut(&message.to)
        {
            queue.remove(&(entry.due_ms, *message));
        }
    }

    /// Forgets every message of one kind about a transfer.
    pub fn settle(&mut self, to: Party, kind: MessageKind, transfer: TransferId) {
        let of = |leaf| Message {
            to,
            kind,
            transfer,
            leaf,
        };
        let gone: Vec<Message> = self
            .entries
            .range(of(0)..=of(u64::MAX))
            .map(|(message, _)| *message)
            .collect();
        for message in &gone {
            self.remove(message);
        }
    }

    /// Forgets the messages that a witnessed own leaf has made needless.
    pub fn forget_ended(&mut self, state: &State, body: &Body) {
        let ended = match body {
            Body::Finalise(it) => Some(it.transfer),
            Body::Release(it) => Some(it.transfer),
            _ => None,
        };
        if let Some(id) = ended
            && let Some(transfer) = state.transfer(&TransferKey::Out(id))
        {
            self.settle(transfer.partner, MessageKind::Offer, id);
            self.settle(transfer.partner, MessageKind::CancelAsk, id);
        }
        if let Body::SourceSettled(it) = body {
            self.settle(it.source, MessageKind::Receipt, it.transfer);
        }
    }

    /// Makes everything for a partner due at once: it has just come back.
    pub fn wake(&mut self, to: Party, now_ms: u64) {
        let waiting: Vec<Message> = self
            .due
            .get(&to)
            .into_iter()
            .flatten()
            .map(|(_, message)| *message)
            .collect();
        for message in waiting {
            self.now(message, now_ms);
        }
    }

    /// How many messages wait.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether nothing waits.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

/// 1 s, 2 s, 4 s ... 300 s, each up to a quarter longer: the spread follows from the transfer id, so that many open
/// transfers do not come due in one instant.
fn backoff_ms(transfer: &TransferId, attempts: u32) -> u64 {
    let wait_ms = BACKOFF_MIN_MS
        .saturating_mul(1 << attempts.min(16))
        .min(BACKOFF_MAX_MS);
    let spread_ms = wait_ms * u64::from(transfer.as_bytes()[0]) / 1024;
    (wait_ms + spread_ms).min(BACKOFF_MAX_MS)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn message(kind: MessageKind, byte: u8) -> Message {
        Message {
            to: "CH".parse().unwrap(),
            kind,
            transfer: TransferId([byte; 32]),
            leaf: 7,
        }
    }

    #[test]
    fn a_message_is_sent_again_after_ever_longer_waits_up_to_five_minutes() {
        let (mut schedule, start_ms) = (Schedule::default(), 7_000);
        let offer = message(MessageKind::Offer, 0);
        schedule.ensure(offer, start_ms);
        let mut now_ms = start_ms;
        let mut waits_s = Vec::new();
        for attempts in 0..12 {
            let due = Due {
                message: offer,
                attempts,
            };
            assert_eq!(schedule.take_due(offer.to, now_ms, 10), vec![due]);
            let next_ms = schedule.next_due_ms(offer.to).unwrap();
            waits_s.push((next_ms - now_ms) / 1000);
            assert!(schedule.take_due(offer.to, next_ms - 1, 10).is_empty());
            now_ms = next_ms;
        }
        assert_eq!(waits_s, [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]);
    }

    #[test]
    fn a_notice_is_sent_once_and_a_settled_message_is_forgotten() {
        let (mut schedule, now_ms) = (Schedule::default(), 0);
        let (notice, offer) = (
            message(MessageKind::Notice, 1),
            message(MessageKind::Offer, 2),
        );
        schedule.ensure(notice, now_ms);
        schedule.ensure(offer, now_ms);
        assert_eq!(schedule.take_due(offer.to, now_ms, 10).len(), 2);
        assert_eq!(schedule.len(), 1);
        schedule.settle(offer.to, MessageKind::Offer, offer.transfer);
        assert!(schedule.is_empty());
        assert_eq!(schedule.next_due_ms(offer.to), None);
    }

    #[test]
    fn a_partner_that_comes_back_gets_everything_at_once_and_in_batches() {
        let (mut schedule, now_ms) = (Schedule::default(), 0);
        for byte in 0..5 {
            schedule.ensure(message(MessageKind::Offer, byte), now_ms);
        }
        let to = message(MessageKind::Offer, 0).to;
        assert_eq!(schedule.take_due(to, now_ms, 3).len(), 3);
        assert_eq!(schedule.take_due(to, now_ms, 3).len(), 2);
        assert!(schedule.take_due(to, now_ms, 3).is_empty());
        schedule.wake(to, now_ms);
        assert_eq!(schedule.take_due(to, now_ms, 10).len(), 5);
    }
}
