//! How much waits for people, as every page of theirs shows it: counted once for each size of the ledger.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use countersign_protocol::workflow::Actor;

use super::super::{App, AppError, Caller};
use super::file::as_actor;
use super::inbox::waits;

/// People whose count is remembered at most; then all are forgotten.
const REMEMBERED_MAX: usize = 10_000;

/// What was counted, by the number of the user.
#[derive(Default)]
pub(in crate::app) struct Counts(Mutex<BTreeMap<u64, Counted>>);

/// A count, good for as long as neither the ledger nor what somebody may do has changed.
struct Counted {
    /// Leaves of the ledger, and the moment of the last one: a block that was given up leaves another in its place.
    at: (u64, u64),
    actor: Actor,
    most: usize,
    count: usize,
}

impl Counts {
    fn known(&self, at: (u64, u64), actor: &Actor, most: usize) -> Option<usize> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = all.get(&actor.user)?;
        let is_same = found.at == at && found.actor == *actor && found.most == most;
        is_same.then_some(found.count)
    }

    fn remember(&self, counted: Counted) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= REMEMBERED_MAX && !all.contains_key(&counted.actor.user) {
            all.clear();
        }
        all.insert(counted.actor.user, counted);
    }
}

impl App {
    /// How many cases wait for the caller, counted up to `most`. What waits follows from the ledger and from who asks alone, so
    /// that it is counted anew only after the ledger grew.
    ///
    /// # Errors
    /// [`AppError::PersonNeeded`] for the operator.
    pub fn waiting(&self, caller: &Caller, most: usize) -> Result<usize, AppError> {
        let actor = as_actor(caller.person()?);
        let counts = &self.inner.counts;
        let (at, known) = self.ledger().read(|state| {
            let at = (state.size(), state.time_ms());
            if let Some(count) = counts.known(at, &actor, most) {
                return (at, Ok(count));
            }
            let waiting = state.cases_after(0);
            let waiting = waiting.filter_map(|known| waits(state, known, &actor));
            (at, Err(waiting.take(most).count()))
        });
        let count = match known {
            Ok(count) => return Ok(count),
            Err(count) => count,
        };
        counts.remember(Counted {
            at,
            actor,
            most,
            count,
        });
        Ok(count)
    }
}
