//! When each open message is sent again: capped exponential backoff, for ever (rule R11).
//!
//! Nothing here is kept: the messages themselves follow from the ledger, and a restart begins with a fresh schedule.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use countersign_protocol::federation::{Message, MessageKind};
use countersign_protocol::id::TransferId;
use countersign_protocol::party::Party;

/// The first wait after a message was sent.
pub(crate) const BACKOFF_MIN: Duration = Duration::from_secs(1);
/// The longest wait between two sendings of one message.
pub(crate) const BACKOFF_MAX: Duration = Duration::from_secs(300);

#[derive(Clone, Copy, Debug)]
struct Entry {
    due: Instant,
    attempts: u32,
}

/// The messages that wait to be sent, by partner and due time.
#[derive(Debug, Default)]
pub(crate) struct Schedule {
    entries: BTreeMap<Message, Entry>,
    due: BTreeMap<Party, BTreeSet<(Instant, Message)>>,
}

/// A message whose turn has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Due {
    pub(crate) message: Message,
    /// How often it was sent before.
    pub(crate) attempts: u32,
}

impl Schedule {
    /// Adds a message that is due at once; one that is scheduled already becomes due at once too.
    pub(crate) fn now(&mut self, message: Message, now: Instant) {
        let attempts = self.entries.get(&message).map_or(0, |entry| entry.attempts);
        self.put(message, Entry { due: now, attempts });
    }

    /// Adds a message unless it is scheduled already.
    pub(crate) fn ensure(&mut self, message: Message, now: Instant) {
        if !self.entries.contains_key(&message) {
            self.put(
                message,
                Entry {
                    due: now,
                    attempts: 0,
                },
            );
        }
    }

    fn put(&mut self, message: Message, entry: Entry) {
        if let Some(old) = self.entries.insert(message, entry)
            && let Some(due) = self.due.get_mut(&message.to)
        {
            due.remove(&(old.due, message));
        }
        self.due
            .entry(message.to)
            .or_default()
            .insert((entry.due, message));
    }

    /// Takes up to `limit` messages to a partner that are due, and schedules each for its next sending. A notice is sent
    /// once: the partner asks for it again by sending its receipt again.
    pub(crate) fn take_due(&mut self, to: Party, now: Instant, limit: usize) -> Vec<Due> {
        let Some(queue) = self.due.get(&to) else {
            return Vec::new();
        };
        let ready: Vec<Message> = queue
            .iter()
            .take_while(|(due, _)| *due <= now)
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
                self.put(
                    message,
                    Entry {
                        due: now + backoff(&message.transfer, attempts),
                        attempts: attempts + 1,
                    },
                );
            }
        }
        taken
    }

    /// When the next message to a partner is due.
    pub(crate) fn next_due(&self, to: Party) -> Option<Instant> {
        self.due.get(&to)?.first().map(|(due, _)| *due)
    }

    /// Forgets a message.
    pub(crate) fn remove(&mut self, message: &Message) {
        if let Some(entry) = self.entries.remove(message)
            && let Some(queue) = self.due.get_mut(&message.to)
        {
            queue.remove(&(entry.due, *message));
        }
    }

    /// Forgets every message of one kind about a transfer.
    pub(crate) fn settle(&mut self, to: Party, kind: MessageKind, transfer: TransferId) {
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

    /// Makes everything for a partner due at once: it has just come back.
    pub(crate) fn wake(&mut self, to: Party, now: Instant) {
        let waiting: Vec<Message> = self
            .due
            .get(&to)
            .into_iter()
            .flatten()
            .map(|(_, message)| *message)
            .collect();
        for message in waiting {
            self.now(message, now);
        }
    }

    /// How many messages wait.
    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }
}

/// 1 s, 2 s, 4 s ... 300 s, each up to a quarter longer: the spread follows from the transfer id, so that many open
/// transfers do not come due in one instant.
fn backoff(transfer: &TransferId, attempts: u32) -> Duration {
    let wait = BACKOFF_MIN
        .saturating_mul(1_u32.checked_shl(attempts.min(16)).unwrap_or(u32::MAX))
        .min(BACKOFF_MAX);
    let spread = f64::from(transfer.as_bytes()[0]) / 1024.0;
    wait.mul_f64(1.0 + spread).min(BACKOFF_MAX)
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
        let (mut schedule, start) = (Schedule::default(), Instant::now());
        let offer = message(MessageKind::Offer, 0);
        schedule.ensure(offer, start);
        let mut now = start;
        let mut waits = Vec::new();
        for attempt in 0..12 {
            assert_eq!(
                schedule.take_due(offer.to, now, 10),
                vec![Due {
                    message: offer,
                    attempts: attempt
                }]
            );
            let next = schedule.next_due(offer.to).unwrap();
            waits.push((next - now).as_secs());
            assert!(
                schedule
                    .take_due(offer.to, next - Duration::from_millis(1), 10)
                    .is_empty()
            );
            now = next;
        }
        assert_eq!(waits, [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]);
    }

    #[test]
    fn a_notice_is_sent_once_and_a_settled_message_is_forgotten() {
        let (mut schedule, now) = (Schedule::default(), Instant::now());
        let (notice, offer) = (
            message(MessageKind::Notice, 1),
            message(MessageKind::Offer, 2),
        );
        schedule.ensure(notice, now);
        schedule.ensure(offer, now);
        assert_eq!(schedule.take_due(offer.to, now, 10).len(), 2);
        assert_eq!(schedule.len(), 1);
        schedule.settle(offer.to, MessageKind::Offer, offer.transfer);
        assert_eq!(schedule.len(), 0);
        assert_eq!(schedule.next_due(offer.to), None);
    }

    #[test]
    fn a_partner_that_comes_back_gets_everything_at_once_and_in_batches() {
        let (mut schedule, now) = (Schedule::default(), Instant::now());
        for byte in 0..5 {
            schedule.ensure(message(MessageKind::Offer, byte), now);
        }
        let to = message(MessageKind::Offer, 0).to;
        assert_eq!(schedule.take_due(to, now, 3).len(), 3);
        assert_eq!(schedule.take_due(to, now, 3).len(), 2);
        assert!(schedule.take_due(to, now, 3).is_empty());
        schedule.wake(to, now);
        assert_eq!(schedule.take_due(to, now, 10).len(), 5);
    }
}
