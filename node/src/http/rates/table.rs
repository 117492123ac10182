//! The table of budgets: bounded, whatever is sent.
//!
//! Each budget is one number, the moment at which it will be full again (the generic cell rate algorithm): a request moves
//! it on, and is refused when it lies too far ahead. That is so little that a library would not make it less. When the
//! table is full, clients whose budgets are full again are forgotten, which changes nothing for them; if all are busy, new
//! ones share one budget until there is room.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use super::WINDOW_S;

/// Parts of the table, so that requests seldom wait for each other.
const SHARDS: usize = 16;

/// The most clients in a part: with all parts, 65,536 clients in about 8 MB.
const SHARD_CLIENTS_MAX: usize = 4096;

/// The shortest time between two attempts to make room in a part.
const SWEEP_EVERY_US: u64 = 1_000_000;

/// Somebody who is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Client {
    /// An address; of IPv6 the network of 64 bits, since whoever has one has 2^64 addresses.
    Address([u8; 8]),
    /// A secret, by a hash that only this process can compute.
    Secret([u64; 2]),
}

impl Client {
    pub(super) fn of(address: IpAddr) -> Self {
        let mut bytes = [0; 8];
        match address {
            // 0:ffff:… is no network that anybody has.
            IpAddr::V4(it) => {
                bytes[2..4].copy_from_slice(&[0xff, 0xff]);
                bytes[4..].copy_from_slice(&it.octets());
            }
            IpAddr::V6(it) => bytes.copy_from_slice(&it.octets()[..8]),
        }
        Self::Address(bytes)
    }
}

/// A budget: so many requests in a second, and [`WINDOW_S`] times as many at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Budget(u32);

impl Budget {
    pub(super) const fn new(per_second: u32) -> Option<Self> {
        match per_second {
            0 => None,
            rate => Some(Self(rate)),
        }
    }

    pub(super) const fn per_second(self) -> u32 {
        self.0
    }

    pub(super) const fn quota(self) -> u32 {
        self.0.saturating_mul(WINDOW_S)
    }

    /// What one request takes, in microseconds of refilling.
    fn cost_us(self) -> u64 {
        (1_000_000 / u64::from(self.0)).max(1)
    }
}

/// What is left of a budget.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Left {
    /// Requests that could come at once.
    pub(super) remaining: u64,
    /// Seconds until the budget is full again.
    pub(super) full_in_s: u64,
    /// Seconds until one more request may come; 0 if it may now.
    pub(super) wait_s: u64,
}

/// The moment at which a budget is full again, in microseconds since the node began.
#[derive(Debug, Clone, Copy, Default)]
struct Bucket(u64);

impl Bucket {
    fn take(&mut self, budget: Budget, now_us: u64) -> Result<Left, Left> {
        let (cost, full) = (
            budget.cost_us(),
            budget.cost_us() * u64::from(budget.quota()),
        );
        let owed = self.0.saturating_sub(now_us);
        let left = |owed: u64| Left {
            remaining: full.saturating_sub(owed) / cost,
            full_in_s: owed.div_ceil(1_000_000),
            wait_s: (owed + cost).saturating_sub(full).div_ceil(1_000_000),
        };
        if owed + cost > full {
            return Err(left(owed));
        }
        self.0 = now_us + owed + cost;
        let left = left(owed + cost);
        Ok(Left { wait_s: 0, ..left })
    }
}

/// What is known of a client.
#[derive(Debug, Clone, Copy, Default)]
struct Entry {
    buckets: [Bucket; 3],
    is_operator: bool,
}

impl Entry {
    fn is_idle(&self, now_us: u64) -> bool {
        self.buckets.iter().all(|bucket| bucket.0 <= now_us)
    }
}

#[derive(Debug, Default)]
struct Shard {
    clients: HashMap<Client, Entry>,
    /// For clients that find no room.
    shared: Entry,
    swept_us: u64,
}

impl Shard {
    /// Whether one more client finds room.
    fn has_room(&mut self, now_us: u64) -> bool {
        if self.clients.len() < SHARD_CLIENTS_MAX {
            return true;
        }
        if now_us.saturating_sub(self.swept_us) >= SWEEP_EVERY_US {
            self.swept_us = now_us;
            self.clients.retain(|_, entry| !entry.is_idle(now_us));
        }
        self.clients.len() < SHARD_CLIENTS_MAX
    }

    fn entry(&mut self, client: Client, now_us: u64) -> &mut Entry {
        if !self.clients.contains_key(&client) && !self.has_room(now_us) {
            return &mut self.shared;
        }
        self.clients.entry(client).or_default()
    }
}

/// Everybody's budgets.
#[derive(Debug)]
pub(super) struct Table {
    shards: [Mutex<Shard>; SHARDS],
    /// Two keys that nobody else knows.
    keys: [RandomState; 2],
}

impl Table {
    pub(super) fn new() -> Self {
        Self {
            shards: std::array::from_fn(|_| Mutex::default()),
            keys: [RandomState::new(), RandomState::new()],
        }
    }

    /// A secret as a client.
    pub(super) fn secret(&self, secret: &str) -> Client {
        let [first, second] = &self.keys;
        Client::Secret([first.hash_one(secret), second.hash_one(secret)])
    }

    fn shard<T>(&self, client: &Client, look: impl FnOnce(&mut Shard) -> T) -> T {
        let hash = self.keys[0].hash_one(client);
        let shard = &self.shards[usize::try_from(hash % SHARDS as u64).unwrap_or(0)];
        look(&mut shard.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Takes one request out of a budget, or says how long to wait.
    pub(super) fn take(
        &self,
        client: Client,
        slot: usize,
        budget: Budget,
        now_us: u64,
    ) -> Result<Left, Left> {
        self.shard(&client, |shard| {
            shard.entry(client, now_us).buckets[slot].take(budget, now_us)
        })
    }

    /// Remembers a secret, if there is room.
    pub(super) fn know(&self, client: Client, is_operator: bool, now_us: u64) {
        self.shard(&client, |shard| {
            if shard.clients.contains_key(&client) || shard.has_room(now_us) {
                shard.clients.entry(client).or_default().is_operator = is_operator;
            }
        });
    }

    /// Whether a secret is an operator's; `None` for one that is not known.
    pub(super) fn is_operator(&self, client: &Client) -> Option<bool> {
        self.shard(client, |shard| {
            shard.clients.get(client).map(|entry| entry.is_operator)
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, missing_docs)]
    use super::*;

    const BUDGET: Budget = Budget(5);

    fn address(number: u32) -> Client {
        Client::of(IpAddr::V4(number.into()))
    }

    #[test]
    fn a_budget_gives_its_quota_at_once_and_then_its_rate() {
        let table = Table::new();
        let now = 10_000_000;
        for spent in 1..=50 {
            let left = table.take(address(1), 0, BUDGET, now).unwrap();
            assert_eq!(left.remaining, 50 - spent);
        }
        let refused = table.take(address(1), 0, BUDGET, now).unwrap_err();
        assert_eq!((refused.remaining, refused.wait_s), (0, 1));
        assert_eq!(refused.full_in_s, 10);
        assert!(table.take(address(1), 0, BUDGET, now + 199_999).is_err());
        assert!(table.take(address(1), 0, BUDGET, now + 200_000).is_ok());
        assert!(table.take(address(1), 0, BUDGET, now + 200_000).is_err());
        let left = table.take(address(1), 0, BUDGET, now + 20_000_000);
        assert_eq!(left.unwrap().remaining, 49);
    }

    #[test]
    fn budgets_of_one_client_and_those_of_others_are_apart() {
        let table = Table::new();
        for _ in 0..50 {
            table.take(address(1), 0, BUDGET, 0).unwrap();
        }
        assert!(table.take(address(1), 0, BUDGET, 0).is_err());
        assert!(table.take(address(1), 1, BUDGET, 0).is_ok());
        assert!(table.take(address(2), 0, BUDGET, 0).is_ok());
    }

    #[test]
    fn a_flood_of_addresses_takes_bounded_memory_and_shares_what_is_left() {
        let table = Table::new();
        let flood = 300_000;
        let admitted = (0..flood).filter(|number| {
            let taken = table.take(address(*number), 0, BUDGET, 0);
            taken.is_ok()
        });
        let admitted = admitted.count();
        let kept: usize = table
            .shards
            .iter()
            .map(|shard| shard.lock().unwrap().clients.len())
            .sum();
        assert_eq!(kept, SHARDS * SHARD_CLIENTS_MAX);
        assert_eq!(admitted, SHARDS * (SHARD_CLIENTS_MAX + 50));
        // Whoever was there before keeps a budget of its own.
        assert!(table.take(address(1), 0, BUDGET, 0).is_ok());
        // Once they are idle, there is room again.
        let later = 60_000_000;
        let newcomer = table.take(address(flood + 1), 0, BUDGET, later);
        assert_eq!(newcomer.unwrap().remaining, 49);
        // A flood does not wash away what somebody has spent.
        for _ in 0..50 {
            let _ = table.take(address(1), 0, BUDGET, later);
        }
        for number in 2 * flood..3 * flood {
            let _ = table.take(address(number), 0, BUDGET, later + 2_000_000);
        }
        let spent = table.take(address(1), 0, BUDGET, later + 2_000_000);
        assert_eq!(spent.unwrap().remaining, 9);
    }
}
