//! One round at one witness: ask, follow what it says, and judge whether its no is an alarm.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use countersign_protocol::log::{
    AddCheckpoint, Checkpoint, Hash, Policy, SignatureLine, SignedNote, note::SIGNATURE_LINES_MAX,
    verify_consistency,
};

use super::{ANSWER_TIMEOUT, CollectError, Seat, WitnessProblem};
use crate::witness::Reply;

/// Requests to one witness in one round: the first, and one more after each size that it told us, should another of our
/// requests have overtaken this one.
const ATTEMPTS_MAX: usize = 4;

/// Longest part of a refusal that is repeated in our own messages, in characters.
const REASON_CHARS_MAX: usize = 200;

/// How one witness's round ended, when not with cosignatures.
pub(super) enum Ended {
    Problem(WitnessProblem),
    Alarm(CollectError),
}

impl<E: Into<WitnessProblem>> From<E> for Ended {
    fn from(problem: E) -> Self {
        Self::Problem(problem.into())
    }
}

/// What all witnesses are asked in one round.
pub(super) struct Round<'r, P> {
    pub(super) policy: &'r Policy,
    pub(super) note: &'r str,
    pub(super) head: &'r Checkpoint,
    pub(super) prove: &'r P,
}

impl<P: Fn(u64) -> Result<Vec<Hash>, String>> Round<'_, P> {
    /// Asks one witness until it cosigns or says no.
    pub(super) async fn ask(&self, seat: &Arc<Seat>) -> Result<Vec<SignatureLine>, Ended> {
        for _ in 0..ATTEMPTS_MAX {
            // Waiting for the turn first: the request before ours may change what the witness has cosigned.
            let Ok(turn) = Arc::clone(&seat.turn).acquire_owned().await else {
                break;
            };
            let old_size = seat.cosigned.load(Ordering::Relaxed).min(self.head.size);
            let proof = self.proof_from(old_size)?;
            let request = AddCheckpoint {
                old_size,
                proof,
                checkpoint: self.note.to_owned(),
            };
            let (seat_of_task, size) = (Arc::clone(seat), self.head.size);
            // A task of its own, so that the exchange is finished even when nobody waits for it any more.
            let exchange = tokio::spawn(async move {
                let reply = seat_of_task.exchange(&request.to_string(), size).await;
                drop(turn);
                reply
            });
            let Ok(reply) = exchange.await else { break };
            let reply = reply?;
            match reply.status {
                200 => return self.cosignatures(&reply.body),
                409 => self.check_conflict(seat, &reply.body).await?,
                422 => return Err(self.check_fork(seat, reply).await),
                status => return Err(refused(status, &reply.body).into()),
            }
        }
        Err(WitnessProblem::Nonsense("it names another size each time").into())
    }

    fn proof_from(&self, old_size: u64) -> Result<Vec<Hash>, WitnessProblem> {
        if old_size == 0 || old_size == self.head.size {
            return Ok(Vec::new());
        }
        (self.prove)(old_size).map_err(WitnessProblem::NoProof)
    }

    /// The lines of an answer that the policy knows and that are true.
    fn cosignatures(&self, body: &str) -> Result<Vec<SignatureLine>, Ended> {
        let text = self.head_text()?;
        let offered: Vec<SignatureLine> = body
            .split_inclusive('\n')
            .take(SIGNATURE_LINES_MAX)
            .filter_map(|line| SignatureLine::parse(line).ok())
            .collect();
        let lines = self.policy.cosignatures(&text, &offered);
        if lines.is_empty() {
            let problem = "its answer carries no cosignature by a key that the policy lists";
            return Err(WitnessProblem::Nonsense(problem).into());
        }
        Ok(lines)
    }

    fn head_text(&self) -> Result<String, WitnessProblem> {
        let note = SignedNote::parse(self.note);
        let note = note.map_err(|_| WitnessProblem::Nonsense("the checkpoint cannot be read"))?;
        Ok(note.text().to_owned())
    }

    /// After a 409: its size is remembered already, and the next attempt starts there. A size above ours is an alarm if
    /// the witness can show our signature for it.
    async fn check_conflict(&self, seat: &Seat, body: &str) -> Result<(), Ended> {
        let stored = parse_size(body).ok_or(WitnessProblem::Nonsense(
            "its answer to a wrong old size is no size",
        ))?;
        if stored <= self.head.size {
            return Ok(());
        }
        match self.own_latest(seat).await {
            Some(latest) if latest.size > self.head.size => {
                let witness = seat.client.name().to_owned();
                Err(Ended::Alarm(CollectError::RolledBack {
                    witness,
                    size: latest.size,
                }))
            }
            _ => Err(WitnessProblem::Unproven(stored).into()),
        }
    }

    /// After a 422: an alarm if the witness holds a tree that we signed and that ours does not extend.
    async fn check_fork(&self, seat: &Seat, reply: Reply) -> Ended {
        let problem = refused(reply.status, &reply.body).into();
        let Some(latest) = self.own_latest(seat).await else {
            return problem;
        };
        let witness = seat.client.name().to_owned();
        let size = latest.size;
        if size > self.head.size {
            return Ended::Alarm(CollectError::RolledBack { witness, size });
        }
        if size == 0 {
            return problem;
        }
        let Ok(proof) = self.proof_from(size) else {
            return problem;
        };
        let extends =
            verify_consistency(size, self.head.size, &latest.root, &self.head.root, &proof);
        if extends.is_ok() {
            problem
        } else {
            Ended::Alarm(CollectError::Forked { witness, size })
        }
    }

    /// The newest checkpoint that the witness holds of this log, if it carries the log's true signature.
    async fn own_latest(&self, seat: &Seat) -> Option<Checkpoint> {
        let latest = seat.client.latest(&self.head.origin);
        let note = tokio::time::timeout(ANSWER_TIMEOUT, latest)
            .await
            .ok()?
            .ok()??;
        let (note, latest) = Checkpoint::parse_note(&note).ok()?;
        let logs = self.policy.logs().iter().map(|log| &log.key);
        let keys = logs.filter(|key| key.name() == self.head.origin);
        (latest.origin == self.head.origin && note.verify(keys).is_ok()).then_some(latest)
    }
}

impl Seat {
    /// One request and its answer; remembers what the witness has cosigned.
    async fn exchange(&self, request: &str, size: u64) -> Result<Reply, WitnessProblem> {
        let answer = tokio::time::timeout(ANSWER_TIMEOUT, self.client.add_checkpoint(request));
        let reply = answer.await.map_err(|_| WitnessProblem::TimedOut)??;
        let cosigned = match reply.status {
            200 => Some(size),
            409 => parse_size(&reply.body),
            _ => None,
        };
        if let Some(cosigned) = cosigned {
            self.cosigned.store(cosigned, Ordering::Relaxed);
        }
        Ok(reply)
    }
}

fn refused(status: u16, body: &str) -> WitnessProblem {
    let reason = body
        .trim()
        .chars()
        .filter(|c| !c.is_control())
        .take(REASON_CHARS_MAX)
        .collect();
    WitnessProblem::Refused { status, reason }
}

/// A size on a line of its own, in its one spelling.
fn parse_size(body: &str) -> Option<u64> {
    let text = body.strip_suffix('\n')?;
    let size = text.parse::<u64>().ok()?;
    (size.to_string() == text).then_some(size)
}
