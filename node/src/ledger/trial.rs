//! Trying a command without writing it.

use std::sync::PoisonError;

use countersign_protocol::id::RequestId;
use countersign_protocol::log::leaf_hash;
use countersign_protocol::record::{Body, Record};
use countersign_protocol::registry::{Applied, At, Command, Refusal, State, apply, plan};

use super::LedgerHandle;

impl LedgerHandle {
    /// The records that each of some commands would write if their turn came now, one after the other; one that meets a
    /// refusal leaves no trace for those after it. Nothing is written, and nobody sees the trial: the records are applied
    /// to the state, and taken back, while nobody else can look at it.
    #[must_use]
    pub fn try_out(&self, commands: &[Command], now_ms: u64) -> Vec<Result<Vec<Body>, Refusal>> {
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        let time_ms = now_ms.max(state.time_ms());
        let mut done = Vec::with_capacity(commands.len());
        let mut tried = Vec::with_capacity(commands.len());
        for command in commands {
            let before = done.len();
            let bodies = plan(&state, time_ms, command).and_then(|bodies| {
                apply_each(&mut state, time_ms, &bodies, &mut done).map(|()| bodies)
            });
            if bodies.is_err() {
                take_back(&mut state, done.drain(before..));
            }
            tried.push(bodies);
        }
        take_back(&mut state, done.into_iter());
        tried
    }
}

fn take_back(state: &mut State, done: impl DoubleEndedIterator<Item = Applied>) {
    done.rev().for_each(|applied| state.revert(&applied));
}

fn apply_each(
    state: &mut State,
    time_ms: u64,
    bodies: &[Body],
    done: &mut Vec<Applied>,
) -> Result<(), Refusal> {
    for body in bodies {
        let record = Record {
            time_ms,
            request: RequestId([0xff; 16]),
            body: body.clone(),
        };
        let at = At {
            index: state.size(),
            hash: leaf_hash(&record.encode()),
        };
        done.push(apply(state, at, &record)?);
    }
    Ok(())
}
