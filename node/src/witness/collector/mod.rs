//! Gathering a quorum of cosignatures on an own checkpoint.
//!
//! All witnesses are asked at once, and the note is ready as soon as the policy is content. A request that is still on its
//! way then is not broken off: the witness stays up to date and the connection stays open. Each witness has one request at
//! a time, and what it cosigned last is remembered here, so that the usual case takes one exchange.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use countersign_protocol::log::{Checkpoint, CheckpointError, Hash, Policy, PolicyError};
use futures::StreamExt;
use futures::stream::FuturesUnordered;
use tokio::sync::Semaphore;

use self::round::{Ended, Round};
use super::WitnessClient;

mod error;
mod round;

pub use error::{CollectError, WitnessProblem};

/// Longest wait for one answer, whatever way it takes.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(15);

/// One witness and what we know of it.
struct Seat {
    client: Arc<dyn WitnessClient>,
    /// Size that it cosigned last, as far as we know. A wrong value costs one more exchange, nothing else.
    cosigned: AtomicU64,
    turn: Arc<Semaphore>,
}

/// Asks a fixed set of witnesses, round after round.
pub struct Collector {
    seats: Vec<Arc<Seat>>,
}

impl fmt::Debug for Collector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.seats.iter().map(|seat| seat.client.name()))
            .finish()
    }
}

impl Collector {
    /// A collector for these witnesses.
    #[must_use]
    pub fn new(witnesses: impl IntoIterator<Item = Arc<dyn WitnessClient>>) -> Self {
        let seat = |client| {
            let turn = Arc::new(Semaphore::new(1));
            Arc::new(Seat {
                client,
                cosigned: AtomicU64::new(0),
                turn,
            })
        };
        Self {
            seats: witnesses.into_iter().map(seat).collect(),
        }
    }

    /// Gathers cosignatures on `note`, the log's signed checkpoint, until `policy` accepts it; gives the note with them.
    /// `prove` gives the consistency proof from a size to the checkpoint's.
    ///
    /// Late cosignatures are dropped. Only lines that the policy knows and that verify are taken over, so that no witness
    /// can spoil the note.
    ///
    /// # Errors
    /// [`CollectError`]; [`CollectError::RolledBack`] and [`CollectError::Forked`] mean that writing must stop, and are
    /// given only on the log's own signature, never on a witness's word.
    pub async fn collect(
        &self,
        policy: &Policy,
        note: &str,
        prove: impl Fn(u64) -> Result<Vec<Hash>, String>,
    ) -> Result<String, CollectError> {
        let (mut merged, head) = Checkpoint::parse_note(note)?;
        let (mut have, mut need) = match policy.check(&merged) {
            Ok(_) => return Ok(merged.to_string()),
            Err(PolicyError::NoQuorum { have, need }) => (have, need),
            Err(error) => return Err(CollectError::Policy(error)),
        };
        let round = &Round {
            policy,
            note,
            head: &head,
            prove: &prove,
        };
        let mut answers: FuturesUnordered<_> = self
            .seats
            .iter()
            .map(|seat| async move { (seat, round.ask(seat).await) })
            .collect();
        let mut problems = Vec::new();
        while let Some((seat, answer)) = answers.next().await {
            let lines = match answer {
                Ok(lines) => lines,
                Err(Ended::Alarm(alarm)) => return Err(alarm),
                Err(Ended::Problem(problem)) => {
                    problems.push((seat.client.name().to_owned(), problem));
                    continue;
                }
            };
            for line in lines {
                merged.add(line).map_err(CheckpointError::from)?;
            }
            match policy.check(&merged) {
                Ok(_) => return Ok(merged.to_string()),
                Err(PolicyError::NoQuorum {
                    have: now,
                    need: of,
                }) => (have, need) = (now, of),
                Err(error) => return Err(CollectError::Policy(error)),
            }
        }
        Err(CollectError::NoQuorum {
            have,
            need,
            problems,
        })
    }
}
