//! What peers send: each bundle is judged, recorded and answered; each question is answered from the log.

use std::collections::BTreeMap;
use std::sync::Arc;

use countersign_protocol::federation::evidence::Evidence;
use countersign_protocol::federation::message::{Gossip, Request, Response, Verdict};
use countersign_protocol::federation::{Event, FaultCode, Message, ProvenRecord, begins, step};
use countersign_protocol::id::RequestId;
use countersign_protocol::log::{AddCheckpoint, Checkpoint};
use countersign_protocol::record::Genesis;
use countersign_protocol::registry::{Command, Refusal};
use futures::future::join_all;
use sha2::{Digest, Sha256};
use tracing::{debug, info, warn};

use crate::clock::now_ms;
use crate::federation::accusing::{self, AccusationError};
use crate::federation::shared::{Shared, Way, partner_of};
use crate::federation::turns::give_way;
use crate::federation::verifier::Unpinned;
use crate::federation::{joining, leaves};
use crate::ledger::{Submission, SubmitError};
use crate::network::{GossipVerdict, Inbound, PeerId};
use crate::witness::origin_hash;

/// Answers one thing that a peer sent, in its turn.
pub(crate) async fn answer(shared: Arc<Shared>, inbound: Inbound) {
    match inbound {
        Inbound::Request {
            peer,
            request,
            reply,
        } => {
            let response = respond(&shared, peer, request).await;
            // The asker may have gone: nothing is lost, it asks again.
            let _gone = reply.send(response);
        }
        Inbound::Gossip {
            peer,
            message,
            verdict,
        } => {
            let judged = judge_gossip(&shared, peer, message).await;
            let _gone = verdict.send(judged);
        }
    }
}

async fn respond(shared: &Arc<Shared>, peer: PeerId, request: Request) -> Response {
    match request {
        Request::Deliver { bundles } => deliver(shared, peer, &bundles).await,
        Request::GetConsistency {
            origin,
            from_size,
            to_size,
        } => {
            let proof = if is_own(shared, &origin) {
                shared.ledger.consistency(from_size, to_size)
            } else if let Some(mirror) = shared.mirrors.find(&origin) {
                mirror.consistency(from_size, to_size)
            } else {
                return Response::refused(FaultCode::UnknownLog, KEPT_ELSEWHERE);
            };
            match proof {
                Ok(hashes) => Response::Consistency { hashes },
                Err(error) => Response::refused(FaultCode::StaleCheckpoint, &error.to_string()),
            }
        }
        Request::GetCheckpoint { origin } => checkpoint(shared, &origin),
        Request::GetEntries { origin, from, to } => {
            let shared = Arc::clone(shared);
            // Up to 4 MiB off the disk: not on a thread that others wait for.
            let read = move || entries(&shared, &origin, from, to);
            tokio::task::spawn_blocking(read).await.unwrap_or_else(|_| {
                Response::refused(FaultCode::Unavailable, "the leaves can not be read")
            })
        }
        Request::GetTrust { name } => {
            let keeper = shared.keeper.clone();
            let read = move || keeper.and_then(|keeper| keeper.served(&name));
            match tokio::task::spawn_blocking(read).await {
                Ok(Some(file)) => Response::Trust { file },
                _ => Response::refused(
                    FaultCode::Unavailable,
                    "this node holds no such file of a trust registry",
                ),
            }
        }
        Request::AddCheckpoint { body } => {
            debug!(%peer, "asked to cosign a checkpoint");
            let claimed = AddCheckpoint::parse(&body)
                .ok()
                .and_then(|it| Checkpoint::parse_note(&it.checkpoint).ok())
                .map(|(_, checkpoint)| checkpoint.origin);
            let witness = Arc::clone(&shared.witness);
            let judged =
                tokio::task::spawn_blocking(move || witness.add_checkpoint(&body, now_ms() / 1000))
                    .await;
            match judged {
                Ok(reply) => {
                    if reply.status == CONTRADICTS {
                        tokio::spawn(accuse_by_witness(Arc::clone(shared), claimed));
                    }
                    Response::Witnessed {
                        status: u32::from(reply.status),
                        body: reply.body,
                    }
                }
                Err(_) => Response::refused(FaultCode::Unavailable, "the witness could not answer"),
            }
        }
    }
}

/// Judges a delivery. Proofs are checked and made one by one, so that others have their turn; what follows from them is recorded
/// together. What stands in the request more than once is judged once.
async fn deliver(shared: &Arc<Shared>, peer: PeerId, bundles: &[Vec<u8>]) -> Response {
    let (distinct, places) = told_apart(bundles);
    let mut proven = Vec::with_capacity(distinct.len());
    for (place, bundle) in distinct.into_iter().enumerate() {
        proven.push((bundle, shared.verifier.verify(bundle)));
        give_way(place).await;
    }
    let proven = proven.into_iter();
    let taken =
        join_all(proven.map(|(bundle, it)| take_proven(shared, it, bundle, Way::Network))).await;
    tell_faults(peer, &taken);
    let mut verdicts = Vec::with_capacity(taken.len());
    for (place, taken) in taken.into_iter().enumerate() {
        verdicts.push(verdict(shared, taken));
        give_way(place).await;
    }
    let verdicts = places.iter().filter_map(|it| verdicts.get(*it).cloned());
    Response::Delivered {
        verdicts: verdicts.collect(),
    }
}

/// The distinct ones of some bundles, as they come, and for each bundle its place among them.
fn told_apart(bundles: &[Vec<u8>]) -> (Vec<&[u8]>, Vec<usize>) {
    let (mut distinct, mut known) = (Vec::new(), BTreeMap::new());
    let mut place = |bundle| {
        *known.entry(bundle).or_insert_with(|| {
            distinct.push(bundle);
            distinct.len() - 1
        })
    };
    let places = bundles.iter().map(|it| place(it.as_slice())).collect();
    (distinct, places)
}

/// Why a question about a log is not answered.
const KEPT_ELSEWHERE: &str = "this node neither keeps nor mirrors this log";

/// What a witness answers to a checkpoint that does not extend the one it cosigned (C2SP tlog-witness).
const CONTRADICTS: u16 = 422;

async fn accuse_by_witness(shared: Arc<Shared>, claimed: Option<String>) {
    if let Some(origin) = claimed {
        accusing::of_own_witness(&shared, &origin).await;
    }
}

fn is_own(shared: &Shared, origin: &str) -> bool {
    let own = |own: &Genesis| own.origin.as_str() == origin;
    shared.ledger.read(|state| state.genesis().is_some_and(own))
}

/// Leaves of the own log, as far as witnesses stand behind it, or of a mirrored one.
fn entries(shared: &Shared, origin: &str, from: u64, to: u64) -> Response {
    let read = if is_own(shared, origin) {
        let witnessed = shared.ledger.witnessed().borrow().clone();
        let size = witnessed.map_or(0, |it| it.size);
        leaves(shared.ledger.store(), from..to.min(size))
    } else {
        let mirrored = shared.mirrors.find(origin);
        let Some(store) = mirrored.and_then(|mirror| mirror.store()) else {
            return Response::refused(FaultCode::UnknownLog, KEPT_ELSEWHERE);
        };
        leaves(&store, from..to)
    };
    match read {
        Ok(entries) if entries.is_empty() => Response::refused(
            FaultCode::StaleCheckpoint,
            "the log has no such leaves here",
        ),
        Ok(entries) => Response::Entries { entries },
        Err(error) => {
            warn!(%error, origin, "leaves can not be read");
            Response::refused(FaultCode::Unavailable, "the leaves can not be read")
        }
    }
}

fn checkpoint(shared: &Shared, origin: &str) -> Response {
    let own = is_own(shared, origin);
    let newest = shared
        .ledger
        .witnessed()
        .borrow()
        .as_ref()
        .map(|witnessed| witnessed.note.clone());
    if !own {
        let mirrored = shared.mirrors.find(origin);
        if let Some(note) = mirrored.and_then(|mirror| mirror.checkpoint()) {
            return Response::Checkpoint { note };
        }
        // As a witness: what this node cosigned last for that log.
        return match shared.witness.latest(origin_hash(origin)) {
            Ok(Some(note)) => Response::Checkpoint { note },
            _ => Response::refused(
                FaultCode::UnknownLog,
                "no checkpoint of this log was cosigned here",
            ),
        };
    }
    match newest {
        Some(note) => Response::Checkpoint {
            note: note.to_string(),
        },
        _ => Response::refused(
            FaultCode::UnknownLog,
            "this log has no witnessed checkpoint yet",
        ),
    }
}

/// What became of a bundle.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Taken {
    /// It is recorded, or asks for nothing.
    Recorded,
    /// It was answered before: this is the answer to send again.
    Answered(Message),
    /// It was not taken.
    Fault(FaultCode),
}

/// Takes one bundle: verify, pin, step, record.
pub(crate) async fn take(shared: &Arc<Shared>, bundle: &[u8], way: Way) -> Taken {
    take_proven(shared, shared.verifier.verify(bundle), bundle, way).await
}

async fn take_proven(
    shared: &Arc<Shared>,
    proven: Result<Unpinned, FaultCode>,
    bundle: &[u8],
    way: Way,
) -> Taken {
    match proven {
        Ok(proven) => {
            let taken = act_on(shared, proven, bundle, way).await;
            taken.unwrap_or_else(Taken::Fault)
        }
        Err(fault) => Taken::Fault(fault),
    }
}

/// Why bundles of one request were not taken: the first line an operator looks for when a partner says that a transfer hangs.
/// One line for all of them, so that a peer that sends nothing else does not fill the log.
pub(crate) fn tell_faults(peer: PeerId, taken: &[Taken]) {
    let mut faults: BTreeMap<FaultCode, u32> = BTreeMap::new();
    for taken in taken {
        if let Taken::Fault(fault) = taken {
            *faults.entry(*fault).or_default() += 1;
        }
    }
    if !faults.is_empty() {
        let why: Vec<String> = faults
            .iter()
            .map(|(why, many)| format!("{why}: {many}"))
            .collect();
        warn!(%peer, why = why.join(", "), "bundles were not taken");
    }
}

async fn act_on(
    shared: &Arc<Shared>,
    unpinned: Unpinned,
    bundle: &[u8],
    way: Way,
) -> Result<Taken, FaultCode> {
    let proven = match shared.pin(unpinned, way).await {
        Ok(proven) => proven,
        Err(fault) => {
            // It is signed and cosigned, and continues nothing that is known here: what the mirror holds may show it to others.
            if let Ok(said) = shared.verifier.verify(bundle) {
                accusing::of_other_line(shared, &said, bundle).await;
            }
            return Err(fault);
        }
    };
    may_act(shared, &proven)?;
    let now_ms = shared.ledger.now_ms();
    let outcome = shared
        .ledger
        .read(|state| step(state, now_ms.max(state.time_ms()), Event::Proven(&proven)))?;
    if let Some(message) = outcome.effects.first() {
        return Ok(Taken::Answered(*message));
    }
    if outcome.records.is_empty() {
        return Ok(Taken::Recorded);
    }
    record(shared, proven, bundle).await
}

/// While the trust registry has expired, or does not list the source as one with which something may begin, a lock waits:
/// refusing it would end it for ever. What was answered before is answered again.
fn may_act(shared: &Shared, proven: &ProvenRecord) -> Result<(), FaultCode> {
    let source = shared.ledger.read(|state| begins(state, proven));
    let Some(source) = source else {
        return Ok(());
    };
    joining::may_begin(shared, source).map_err(|why| {
        warn!(party = %source, why, "a lock waits");
        FaultCode::Unavailable
    })
}

/// Writes what a proven record calls for. The ledger's writer steps again, on the state of that moment.
async fn record(
    shared: &Arc<Shared>,
    proven: ProvenRecord,
    bundle: &[u8],
) -> Result<Taken, FaultCode> {
    let request = request_of(&proven);
    let kind = proven.record.body.kind();
    let command = Command::Proven(Box::new(proven));
    // The partner's own words are kept as evidence.
    let bundle_text = String::from_utf8(bundle.to_vec()).ok();
    let submission = Submission {
        bundle: bundle_text,
        ..Submission::new(request, command)
    };
    match shared.ledger.submit(submission).await {
        Ok(receipt) => {
            info!(
                kind,
                index = receipt.first_index,
                bytes = bundle.len(),
                "a partner's leaf is answered"
            );
            Ok(Taken::Recorded)
        }
        Err(SubmitError::Refused(Refusal::Fault(fault))) => Err(fault),
        Err(SubmitError::Refused(Refusal::Fork { .. })) => Err(FaultCode::Fork),
        Err(SubmitError::Busy { .. }) => Err(FaultCode::Busy),
        Err(SubmitError::ReadOnly { .. }) => Err(FaultCode::ReadOnly),
        Err(error) => {
            warn!(%error, kind, "a partner's leaf could not be answered");
            Err(FaultCode::Unavailable)
        }
    }
}

/// The same proven leaf is the same request.
fn request_of(proven: &ProvenRecord) -> RequestId {
    let mut hash = Sha256::new();
    hash.update(b"countersign/proven/v1");
    hash.update(proven.proof.origin.as_str().as_bytes());
    hash.update(proven.proof.index.to_be_bytes());
    hash.update(proven.proof.size.to_be_bytes());
    hash.update(proven.proof.root);
    let digest: [u8; 32] = hash.finalize().into();
    let mut id = [0; 16];
    id.copy_from_slice(&digest[..16]);
    RequestId(id)
}

fn verdict(shared: &Shared, taken: Taken) -> Verdict {
    match taken {
        Taken::Recorded => Verdict {
            code: Verdict::TAKEN,
            answer: None,
        },
        Taken::Answered(message) => Verdict {
            code: Verdict::TAKEN,
            answer: shared.bundle(message.leaf),
        },
        Taken::Fault(fault) => Verdict {
            code: fault.code(),
            answer: None,
        },
    }
}

/// Gossip is forwarded only when every signature in it holds; what is addressed to this country is taken too.
async fn judge_gossip(shared: &Arc<Shared>, peer: PeerId, message: Gossip) -> GossipVerdict {
    let bundles = match message {
        Gossip::Transfers { bundles } => bundles,
        Gossip::Checkpoint { note } => return judge_checkpoint(shared, peer, &note),
        Gossip::Evidence { evidence } => return judge_evidence(shared, peer, &evidence).await,
    };
    for bundle in &bundles {
        match shared.verifier.verify(bundle) {
            Ok(_) => {}
            Err(FaultCode::UnknownLog) => return GossipVerdict::Ignore,
            Err(fault) => {
                warn!(%peer, code = fault.code(), "gossip that does not prove itself");
                return GossipVerdict::Reject;
            }
        }
    }
    // The direct way usually was faster; then this finds an answer and does nothing more.
    let shared = Arc::clone(shared);
    tokio::spawn(async move {
        let mut taken = Vec::new();
        for bundle in bundles {
            if for_us(&shared, &bundle) {
                taken.push(take(&shared, &bundle, Way::Network).await);
            }
        }
        tell_faults(peer, &taken);
    });
    GossipVerdict::Accept
}

fn for_us(shared: &Shared, bundle: &[u8]) -> bool {
    let Ok(unpinned) = shared.verifier.verify(bundle) else {
        return false;
    };
    shared
        .ledger
        .read(|state| crate::federation::addressed_to(state, unpinned.record()))
}

fn judge_checkpoint(shared: &Shared, peer: PeerId, note: &str) -> GossipVerdict {
    match shared.verifier.checkpoint(note) {
        Ok(verified) => {
            if let Ok(origin) = verified.checkpoint().origin.parse()
                && let Some(party) = shared.ledger.read(|state| partner_of(state, &origin))
            {
                shared.mirror_bell(party).notify_one();
            }
            GossipVerdict::Accept
        }
        Err(FaultCode::UnknownLog | FaultCode::NoWitnessQuorum) => GossipVerdict::Ignore,
        Err(fault) => {
            warn!(%peer, code = fault.code(), "a gossiped checkpoint that does not prove itself");
            GossipVerdict::Reject
        }
    }
}

/// Evidence is handed on when it proves what it says; one against each ledger is enough.
async fn judge_evidence(shared: &Arc<Shared>, peer: PeerId, text: &str) -> GossipVerdict {
    let parsed = text.parse::<Evidence>();
    let evidence = match parsed {
        Ok(evidence) => evidence,
        Err(problem) => {
            warn!(%peer, %problem, "gossiped evidence that can not be read");
            return GossipVerdict::Reject;
        }
    };
    let accused = evidence
        .origin()
        .ok()
        .and_then(|origin| origin.parse().ok());
    let accused = accused.and_then(|origin| shared.ledger.read(|state| partner_of(state, &origin)));
    let Some(party) = accused else {
        return GossipVerdict::Ignore;
    };
    if shared
        .ledger
        .read(|state| state.accusation(party).is_some())
    {
        return GossipVerdict::Ignore;
    }
    match accusing::take(shared, &evidence).await {
        Ok(_) => GossipVerdict::Accept,
        Err(AccusationError::Evidence(problem)) => {
            warn!(%peer, %problem, "gossiped evidence that proves nothing");
            GossipVerdict::Reject
        }
        Err(problem) => {
            warn!(%peer, %problem, "gossiped evidence is not taken");
            GossipVerdict::Ignore
        }
    }
}
