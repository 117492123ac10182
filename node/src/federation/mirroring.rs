//! Keeping the mirrors of partners' ledgers: what is fetched, from whom, and what is made of what is found.
//!
//! A round takes the newest checkpoint that a quorum of witnesses stands behind, fetches the leaves that the mirror lacks, and
//! keeps none before they are shown to be those of that checkpoint. The partner is asked first, then whoever else is
//! connected: every member mirrors every partner, so the ledger of one that is away is still to be had.

use std::sync::Arc;
use std::time::Duration;

use countersign_protocol::federation::message::{ENTRIES_MAX, Request, Response};
use countersign_protocol::log::{Checkpoint, Hash, VerifiedCheckpoint, verify_consistency};
use countersign_protocol::party::Party;
use countersign_protocol::record::{Partner, PartnerStatus};
use countersign_protocol::registry::State;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use tracing::{debug, error, warn};

use crate::clock::now_ms;
use crate::federation::reconciling::Reconciler;
use crate::federation::shared::Shared;
use crate::federation::{accusing, closing, freezing};
use crate::mirror::{AuditFinding, Mirror, MirrorError};
use crate::network::PeerId;

/// How often a partner is asked for its newest checkpoint when nobody tells of one.
const ROUND_EVERY: Duration = Duration::from_secs(30);

/// The shortest time between two rounds for one partner: gossip may tell of a checkpoint every second.
const ROUND_AFTER: Duration = Duration::from_millis(200);

/// What ended a round early.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RoundError {
    /// Nobody who was asked gave it.
    #[error("nobody gave {what}: {why}")]
    NotGiven {
        /// What was asked for.
        what: &'static str,
        /// What the last one said.
        why: String,
    },
    /// The checkpoint is not one that a quorum of witnesses stands behind.
    #[error("the newest checkpoint is not believed: {0}")]
    NotBelieved(&'static str),
    /// What was sent is not the tree of the checkpoint.
    #[error("the leaves that were sent are not those of the witnessed checkpoint of size {size}")]
    OtherTree {
        /// Size of the checkpoint.
        size: u64,
    },
    /// The mirror's own store.
    #[error(transparent)]
    Mirror(#[from] MirrorError),
    /// A thread was lost.
    #[error("the work on the mirror was broken off")]
    BrokenOff,
}

/// Runs until the partner is taken off the list or the node stops.
pub(crate) async fn run(shared: Arc<Shared>, party: Party, stop: CancellationToken) {
    let mut reconciler = Reconciler::default();
    loop {
        let partner = shared.ledger.read(|state| state.partner(party).cloned());
        let Some(partner) = partner.filter(|it| it.status != PartnerStatus::Removed) else {
            return;
        };
        let mirror = shared.mirrors.of(&partner);
        let bell = shared.mirror_bell(party);
        tokio::select! {
            () = stop.cancelled() => return,
            () = round_and_report(&shared, &partner, &mirror, &mut reconciler) => {}
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = pause(&bell) => {}
        }
    }
}

async fn pause(bell: &Notify) {
    tokio::time::sleep(ROUND_AFTER).await;
    // Whatever rang meanwhile is remembered by the bell.
    let _late = tokio::time::timeout(ROUND_EVERY, bell.notified()).await;
}

async fn round_and_report(
    shared: &Arc<Shared>,
    partner: &Partner,
    mirror: &Arc<Mirror>,
    reconciler: &mut Reconciler,
) {
    let round = round_of(shared, partner, mirror).await;
    closing::settle(shared, partner, mirror).await;
    match round {
        Ok(None) => {
            freezing::follow(shared, partner, mirror).await;
            let catch_up = async {
                if let Err(problem) = round_of(shared, partner, mirror).await {
                    debug!(party = %partner.party, %problem, "the mirror did not catch up");
                }
            };
            reconciler.when_due(shared, partner.party, catch_up).await;
        }
        Ok(Some(finding)) => report(shared, partner.party, &finding).await,
        Err(problem) => {
            match &problem {
                RoundError::NotGiven { .. } => {
                    debug!(party = %partner.party, %problem, "the mirror waits");
                }
                _ => warn!(party = %partner.party, %problem, "the mirror does not grow"),
            }
            mirror.note_problem(Some(problem.to_string()));
        }
    }
}

async fn report(shared: &Arc<Shared>, party: Party, finding: &AuditFinding) {
    let AuditFinding {
        index, kind, says, ..
    } = finding;
    match finding.rule {
        Some(rule) => {
            error!(%party, index, kind, rule, says, "a partner's ledger has a leaf that breaks a rule");
            accusing::of_broken_rule(shared, party, *index).await;
        }
        None => warn!(
            %party, index, says,
            "a partner's ledger has a leaf that this release can not read: install a newer one"
        ),
    }
}

/// One round: `Some` where the partner's ledger has a leaf that is not as it must be.
async fn round_of(
    shared: &Arc<Shared>,
    partner: &Partner,
    mirror: &Arc<Mirror>,
) -> Result<Option<AuditFinding>, RoundError> {
    // The first look opens the store, so that what is there can be served at once.
    let mut size = blocking(mirror, |mirror| mirror.with(|rebuild| Ok(rebuild.size()))).await?;
    let asked_at = shared.ledger.read(State::size);
    let sources = shared.sources(partner.party);
    let Newest { note, target, by } = newest_checkpoint(shared, partner, &sources, size).await?;
    let is_its_own_word = shared.lane(partner.party).is_some_and(|it| it.peer == by);
    let asked_at = is_its_own_word.then_some(asked_at);
    let target_size = target.checkpoint().size;
    if target_size <= size {
        return compare(shared, partner, mirror, (&note, asked_at), &target).await;
    }
    while size < target_size {
        let to = target_size.min(size + ENTRIES_MAX as u64);
        let leaves = fetch(shared, partner, mirror, &sources, (size, to), &target).await?;
        blocking(mirror, move |mirror| mirror.append(&leaves)).await?;
        size = mirror.status().size;
    }
    blocking(mirror, move |mirror| {
        mirror.stands_under(&note, asked_at, now_ms())
    })
    .await?;
    debug!(party = %partner.party, size = target_size, "the mirror is up to date");
    Ok(mirror.status().finding)
}

/// A checkpoint at or below what the mirror holds must be of the same tree.
async fn compare(
    shared: &Arc<Shared>,
    partner: &Partner,
    mirror: &Arc<Mirror>,
    (note, asked_at): (&str, Option<u64>),
    target: &VerifiedCheckpoint,
) -> Result<Option<AuditFinding>, RoundError> {
    let Checkpoint { size, root, .. } = *target.checkpoint();
    let known = mirror.root_at(size);
    if known.as_ref().is_ok_and(|known| *known != root) {
        let held = mirror.checkpoint();
        accusing::of_two_notes(shared, partner.party, held.as_deref(), note).await;
        return Err(RoundError::OtherTree { size });
    }
    if mirror.status().size == size {
        let note = note.to_owned();
        blocking(mirror, move |mirror| {
            mirror.stands_under(&note, asked_at, now_ms())
        })
        .await?;
    }
    Ok(mirror.status().finding)
}

/// A checkpoint and who gave it.
struct Newest {
    note: String,
    target: VerifiedCheckpoint,
    by: PeerId,
}

/// The newest checkpoint that somebody has and that a quorum of witnesses stands behind.
async fn newest_checkpoint(
    shared: &Arc<Shared>,
    partner: &Partner,
    sources: &[PeerId],
    held: u64,
) -> Result<Newest, RoundError> {
    let mut best: Option<Newest> = None;
    let mut last = RoundError::NotGiven {
        what: "a checkpoint",
        why: "nobody is connected".to_owned(),
    };
    for peer in sources {
        let question = Request::GetCheckpoint {
            origin: partner.origin.to_string(),
        };
        let note = match shared.network.request(*peer, question).await {
            Ok(Response::Checkpoint { note }) => note,
            Ok(other) => {
                last = not_given("a checkpoint", other.kind());
                continue;
            }
            Err(error) => {
                last = not_given("a checkpoint", &error.to_string());
                continue;
            }
        };
        match shared.verifier.checkpoint(&note) {
            Ok(verified) if verified.checkpoint().origin == partner.origin.as_str() => {
                let newer = best
                    .as_ref()
                    .is_none_or(|best| best.size() < verified.checkpoint().size);
                if newer {
                    best = Some(Newest {
                        note,
                        target: VerifiedCheckpoint::clone(&verified),
                        by: *peer,
                    });
                }
            }
            Ok(_) => last = RoundError::NotBelieved("it is of another ledger"),
            Err(fault) => last = RoundError::NotBelieved(fault.name()),
        }
        // The partner's own word is the newest there is, when it comes.
        if best.as_ref().is_some_and(|best| best.size() > held) {
            break;
        }
    }
    best.ok_or(last)
}

impl Newest {
    fn size(&self) -> u64 {
        self.target.checkpoint().size
    }
}

/// Leaves `range`, shown to be those of the target's tree. Fewer may come than were asked for.
async fn fetch(
    shared: &Arc<Shared>,
    partner: &Partner,
    mirror: &Arc<Mirror>,
    sources: &[PeerId],
    (from, to): (u64, u64),
    target: &VerifiedCheckpoint,
) -> Result<Vec<Vec<u8>>, RoundError> {
    let mut last = not_given("leaves", "nobody is connected");
    for peer in sources {
        let question = Request::GetEntries {
            origin: partner.origin.to_string(),
            from,
            to,
        };
        let leaves = match shared.network.request(*peer, question).await {
            Ok(Response::Entries { entries }) if !entries.is_empty() => entries,
            Ok(other) => {
                last = not_given("leaves", other.kind());
                continue;
            }
            Err(error) => {
                last = not_given("leaves", &error.to_string());
                continue;
            }
        };
        match of_the_tree(shared, partner, mirror, *peer, (from, to), &leaves, target).await {
            Ok(()) => return Ok(leaves),
            Err(error) => last = error,
        }
    }
    Err(last)
}

async fn of_the_tree(
    shared: &Arc<Shared>,
    partner: &Partner,
    mirror: &Arc<Mirror>,
    peer: PeerId,
    (from, to): (u64, u64),
    leaves: &[Vec<u8>],
    target: &VerifiedCheckpoint,
) -> Result<(), RoundError> {
    let end = from + leaves.len() as u64;
    let Checkpoint { size, root, .. } = *target.checkpoint();
    let other = RoundError::OtherTree { size };
    if end > to {
        return Err(other);
    }
    let (mirror, leaves) = (Arc::clone(mirror), leaves.to_vec());
    let found: Option<Hash> = blocking(&mirror, move |mirror| {
        mirror.with(|rebuild| Ok(rebuild.root_with(&leaves).ok()))
    })
    .await?;
    let Some(found) = found else {
        return Err(other);
    };
    if end == size {
        return if found == root { Ok(()) } else { Err(other) };
    }
    let question = Request::GetConsistency {
        origin: partner.origin.to_string(),
        from_size: end,
        to_size: size,
    };
    let proof = match shared.network.request(peer, question).await {
        Ok(Response::Consistency { hashes }) => hashes,
        Ok(answer) => return Err(not_given("a proof", answer.kind())),
        Err(error) => return Err(not_given("a proof", &error.to_string())),
    };
    verify_consistency(end, size, &found, &root, &proof).map_err(|_| other)
}

fn not_given(what: &'static str, why: &str) -> RoundError {
    RoundError::NotGiven {
        what,
        why: why.to_owned(),
    }
}

async fn blocking<R: Send + 'static>(
    mirror: &Arc<Mirror>,
    work: impl FnOnce(&Mirror) -> Result<R, MirrorError> + Send + 'static,
) -> Result<R, RoundError> {
    let mirror = Arc::clone(mirror);
    let done = tokio::task::spawn_blocking(move || work(&mirror)).await;
    Ok(done.map_err(|_| RoundError::BrokenOff)??)
}
