//! Places for clients that stay: event streams and long polls. Few, and few for each, so that they keep nobody out.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::StreamLimits;
use super::rates::Client;

/// The most places that one client takes.
const OF_ONE_MAX: u32 = 8;

/// The places.
#[derive(Debug)]
pub(crate) struct Places {
    limits: StreamLimits,
    taken: Mutex<Taken>,
}

#[derive(Debug, Default)]
struct Taken {
    all: usize,
    /// Only of clients that hold a place, so never more than there are places.
    of: BTreeMap<Client, u32>,
}

impl Places {
    pub(super) fn new(limits: StreamLimits) -> Arc<Self> {
        Arc::new(Self {
            limits,
            taken: Mutex::default(),
        })
    }

    pub(crate) const fn limits(&self) -> &StreamLimits {
        &self.limits
    }

    /// Takes a place; `None` when there is none for this client. Whoever is not counted may take all.
    pub(crate) fn take(self: &Arc<Self>, client: Option<Client>) -> Option<Place> {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if taken.all >= self.limits.places {
            return None;
        }
        if let Some(client) = client {
            let of_one = taken.of.entry(client).or_default();
            if *of_one >= OF_ONE_MAX {
                return None;
            }
            *of_one += 1;
        }
        taken.all += 1;
        drop(taken);
        Some(Place {
            places: Arc::clone(self),
            client,
        })
    }
}

/// A place, until it is dropped.
#[derive(Debug)]
pub(crate) struct Place {
    places: Arc<Places>,
    client: Option<Client>,
}

impl Drop for Place {
    fn drop(&mut self) {
        let taken = &self.places.taken;
        let mut taken = taken.lock().unwrap_or_else(PoisonError::into_inner);
        taken.all = taken.all.saturating_sub(1);
        let Some(client) = self.client else { return };
        if let Some(of_one) = taken.of.get_mut(&client) {
            *of_one -= 1;
            if *of_one == 0 {
                taken.of.remove(&client);
            }
        }
    }
}
