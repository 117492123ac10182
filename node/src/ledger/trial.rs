//! Trying a command without writing it.

use std::sync::PoisonError;

use countersign_protocol::id::RequestId;
use countersign_protocol::log::leaf_hash;
use countersign_protocol::record::{Body, Record};
use countersign_protocol::registry::{Applied, At, Command, Refusal, State, apply, plan};

use super::LedgerHandle;

impl LedgerHandle {
    /// The records that a command would write if its turn came now. Nothing is written, and nobody sees the trial: the
    /// records are applied to the state, and taken back, while nobody else can look at it.
    ///
    /// # Errors
    /// The [`Refusal`] that the command would meet.
    pub fn try_out(&self, command: &Command, now_ms: u64) -> Result<Vec<Body>, Refusal> {
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        let time_ms = now_ms.max(state.time_ms());
        let bodies = plan(&state, time_ms, command)?;
        let mut done = Vec::with_capacity(bodies.len());
        let judged = apply_each(&mut state, time_ms, &bodies, &mut done);
        done.iter().rev().for_each(|applied| state.revert(applied));
        judged.map(|()| bodies)
    }
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
