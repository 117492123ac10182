//! The federation by file: what lanes would send goes into a parcel, and what a parcel brings is judged and recorded as if it
//! had come over the network. What is to be packed follows from the ledger, so a parcel that is lost is packed again.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use countersign_protocol::federation::message::BUNDLES_MAX;
use countersign_protocol::federation::parcel::{
    PARCEL_BUNDLES_MAX, PARCEL_FORMAT, PARCEL_SIZES_MAX, Parcel, ParcelConsistency, ParcelError,
};
use countersign_protocol::federation::{FaultCode, Message, Needed, outbox};
use countersign_protocol::log::{
    AddCheckpoint, Checkpoint, CheckpointError, SignatureLine, SignedNote, VerifierKey,
};
use countersign_protocol::party::Party;
use countersign_protocol::record::{Genesis, Partner, PartnerStatus};
use futures::future::join_all;
use tracing::info;

use crate::app::Unpacked;
use crate::clock::now_ms;
use crate::federation::inbound::{Taken, take};
use crate::federation::shared::Way;
use crate::federation::witnessing::Against;
use crate::federation::{Federation, witnessing};
use crate::ledger::Head;
use crate::witness::origin_hash;

/// How long an answer waits for the witnesses, so that it can be in the reply.
const WITNESS_WAIT: Duration = Duration::from_secs(10);

/// Own checkpoints whose cosignatures are gathered from files at a time.
const CHECKPOINTS_MAX: usize = 16;

/// What files brought that is no use by itself yet.
#[derive(Debug, Default)]
pub(crate) struct Carried {
    /// The checkpoint that partners are asked to cosign by file: the same for all of them, until a quorum has.
    asked: Option<Head>,
    /// Own checkpoints with the cosignatures that came, by their text.
    notes: BTreeMap<String, SignedNote>,
}

/// Why a parcel can not be packed or taken.
#[derive(Debug, thiserror::Error)]
pub enum CourierError {
    /// It is no parcel.
    #[error(transparent)]
    Parcel(#[from] ParcelError),
    /// It is for somebody else.
    #[error("it is for {0}: give it to the node of that country")]
    NotForUs(Party),
    /// The other side is not listed.
    #[error("{0} is not a partner: exchange invites and add it first")]
    UnknownPartner(Party),
    /// It speaks of another log than the listed one.
    #[error("it is of another log than {0}'s: compare the partner's invite")]
    OtherLog(Party),
    /// Its checkpoint does not prove itself.
    #[error("its checkpoint does not prove itself: {}", .0.name())]
    Checkpoint(FaultCode),
    /// It does not prove that it continues what this node knows.
    #[error(
        "it does not prove that it continues the {size} leaves of {party} that this node knows: pack a parcel for {party}, \
         which says so, and ask for one packed after that"
    )]
    NotJoined {
        /// The sender.
        party: Party,
        /// The size that it should have begun from.
        size: u64,
    },
    /// A partner holds a checkpoint of this node's own key that this ledger does not continue.
    #[error("{0}")]
    Alarm(String),
    /// The ledger has no genesis.
    #[error("the ledger has no genesis")]
    Empty,
}

impl Federation {
    /// Packs everything that is open with a partner. `told` is the partner's last parcel, if there was one.
    ///
    /// # Errors
    /// [`CourierError::UnknownPartner`], and limits that `told` breaks.
    pub fn pack(&self, to: Party, told: Option<&Parcel>) -> Result<Parcel, CourierError> {
        Ok(self.packed(to, told, BTreeSet::new())?.0)
    }

    /// Takes what a partner packed and packs the answer. Doing it twice is doing it once.
    ///
    /// # Errors
    /// [`CourierError`]; then nothing of the parcel was recorded.
    pub async fn unpack(&self, parcel: &Parcel) -> Result<Unpacked, CourierError> {
        parcel.check()?;
        let own = self.shared.ledger.read(|state| state.genesis().cloned());
        let own = own.ok_or(CourierError::Empty)?;
        if (parcel.to, &parcel.to_origin) != (own.party, &own.origin) {
            return Err(CourierError::NotForUs(parcel.to));
        }
        // It says who is a partner, and proves itself: so it comes first.
        let mut problems: Vec<String> = self.take_trust(parcel).await.err().into_iter().collect();
        let (_, partner) = self.both(parcel.from)?;
        if parcel.from_origin != partner.origin {
            return Err(CourierError::OtherLog(parcel.from));
        }
        problems.extend(self.take_evidence(parcel).await);
        if let Some(note) = &parcel.cosigned {
            let gathered = self.gather(note, &own)?;
            problems.extend(gathered.err());
        }
        self.join(parcel, &partner).await?;
        let mut outcomes = self.take_all(parcel.bundles.iter().collect()).await;
        let refused = refusals(&outcomes);
        let taken = outcomes.len() - refused.values().sum::<usize>();
        problems.extend(self.cosign(parcel).await.err());
        if taken > 0 {
            self.wait_for_witnesses().await;
        }
        // What was recorded now has an answer by now: whatever comes twice gets its answer again.
        let recorded = parcel.bundles.iter().zip(&outcomes);
        let recorded = recorded.filter(|(_, outcome)| matches!(outcome, Taken::Recorded));
        let recorded = recorded.map(|(bundle, _)| bundle).collect();
        outcomes.extend(self.take_all(recorded).await);
        let (reply, waiting) = self.packed(parcel.from, Some(parcel), answers(&outcomes))?;
        info!(from = %parcel.from, taken, refused = refused.len(), "a parcel was unpacked");
        Ok(Unpacked {
            from: parcel.from,
            taken,
            refused,
            problems,
            waiting,
            reply,
        })
    }

    fn both(&self, party: Party) -> Result<(Genesis, Partner), CourierError> {
        self.shared.ledger.read(|state| {
            let own = state.genesis().ok_or(CourierError::Empty)?;
            let partner = state
                .partner(party)
                .filter(|partner| partner.status != PartnerStatus::Removed)
                .ok_or(CourierError::UnknownPartner(party))?;
            Ok((own.clone(), partner.clone()))
        })
    }

    /// The parcel, and how many messages no quorum covers yet.
    fn packed(
        &self,
        to: Party,
        told: Option<&Parcel>,
        mut messages: BTreeSet<Message>,
    ) -> Result<(Parcel, usize), CourierError> {
        let shared = &self.shared;
        let (own, partner) = self.both(to)?;
        let witnessed = shared.ledger.witnessed().borrow().clone();
        let size = witnessed.as_ref().map_or(0, |head| head.size);
        let open = shared.ledger.read(|state| outbox(state, size));
        messages.extend(open.into_iter().filter(|message| message.to == to));
        let waiting = messages.iter().filter(|it| it.leaf >= size).count();
        let mut messages: Vec<Message> = messages.into_iter().filter(|it| it.leaf < size).collect();
        messages.sort_by_key(|message| message.leaf);
        let left = messages.len().saturating_sub(PARCEL_BUNDLES_MAX);
        messages.truncate(PARCEL_BUNDLES_MAX);
        let bundles = witnessed.iter().flat_map(|head| {
            let leaves = messages.iter().map(|message| message.leaf);
            leaves.filter_map(|leaf| shared.bundle_under(head, leaf))
        });
        let (knows_trust, trust) = self.trust_to_carry(told);
        let parcel = Parcel {
            knows_trust,
            trust,
            evidence: self.evidence_to_carry(),
            parcel: PARCEL_FORMAT.to_owned(),
            from: own.party,
            from_origin: own.origin,
            to,
            packed_ms: now_ms(),
            knows: self.knows(&partner),
            bundles: bundles.collect(),
            consistency: told.map_or_else(Vec::new, |told| self.joints(&told.knows, size)),
            checkpoint: witnessed.map(|head| head.note.to_string()),
            left: left as u64,
            cosign: self.to_cosign(told),
            cosigned: shared
                .witness
                .latest(origin_hash(partner.origin.as_str()))
                .unwrap_or_default(),
            to_origin: partner.origin,
        };
        Ok((parcel, waiting))
    }

    /// Sizes of a partner's log that this node has verified: what is in memory, and what the ledger remembers after a restart.
    fn knows(&self, partner: &Partner) -> Vec<u64> {
        let pinned = self.shared.ledger.read(|state| state.pin(partner.party));
        let mut sizes: BTreeSet<u64> = pinned.map(|pin| pin.size).into_iter().collect();
        if let Ok(heads) = self.shared.heads_of(&partner.origin)
            && let Ok(heads) = heads.try_lock()
        {
            sizes.extend(heads.newest(PARCEL_SIZES_MAX - 1));
        }
        sizes.into_iter().collect()
    }

    /// Proofs that the own checkpoint of `size` continues those that a partner knows.
    fn joints(&self, known: &[u64], size: u64) -> Vec<ParcelConsistency> {
        let older = known.iter().filter(|known| (1..size).contains(*known));
        let proof = |from: &u64| {
            let hashes = self.shared.ledger.consistency(*from, size).ok()?;
            Some(ParcelConsistency::new(*from, size, &hashes))
        };
        older.filter_map(proof).take(PARCEL_SIZES_MAX).collect()
    }

    /// The request to cosign what no quorum covers yet.
    fn to_cosign(&self, told: Option<&Parcel>) -> Option<String> {
        let ledger = &self.shared.ledger;
        let head = ledger.latest_head();
        let witnessed = ledger.witnessed().borrow().as_ref().map_or(0, |it| it.size);
        let asked = self.shared.carried(|carried| {
            if carried.asked.as_ref().is_none_or(|it| it.size <= witnessed) {
                carried.asked = (head.size > witnessed).then_some(head);
            }
            carried.asked.clone()
        })?;
        let cosigned = told.and_then(|told| told.cosigned.as_deref());
        let cosigned = cosigned.and_then(|note| Checkpoint::parse_note(note).ok());
        let old_size = cosigned.map_or(0, |(_, it)| it.size).min(asked.size);
        let proof = if old_size == 0 || old_size == asked.size {
            Vec::new()
        } else {
            ledger.consistency(old_size, asked.size).ok()?
        };
        let request = AddCheckpoint {
            old_size,
            proof,
            checkpoint: asked.note.to_string(),
        };
        Some(request.to_string())
    }

    /// Takes the cosignatures under an own checkpoint, and counts it as witnessed once the policy is content. The inner error
    /// says why it was of no use.
    fn gather(&self, note: &str, own: &Genesis) -> Result<Result<(), String>, CourierError> {
        let shared = &self.shared;
        let policy = shared.verifier.policy();
        let (signed, checkpoint) = match Checkpoint::parse_note(note) {
            Ok(read) => read,
            Err(why) => return Ok(Err(useless(&why))),
        };
        let logs = policy.logs().iter().map(|log| &log.key);
        let logs: Vec<_> = logs
            .filter(|key| key.name() == own.origin.as_str())
            .collect();
        let is_ours = checkpoint.origin == own.origin.as_str()
            && signed
                .signatures()
                .iter()
                .any(|line| logs.iter().any(|key| is_true(line, signed.text(), key)));
        if !is_ours {
            return Ok(Err(
                "the cosigned checkpoint is not one that this node signed".to_owned(),
            ));
        }
        self.continues(&checkpoint)?;
        let merged = shared.carried(|carried| {
            while carried.notes.len() >= CHECKPOINTS_MAX {
                carried.notes.pop_first();
            }
            let fresh = || {
                let mut fresh = signed.clone();
                fresh.retain(|line| logs.iter().any(|key| line.is_by(key)));
                fresh
            };
            let merged = carried
                .notes
                .entry(signed.text().to_owned())
                .or_insert_with(fresh);
            for line in policy.cosignatures(signed.text(), signed.signatures()) {
                let is_known =
                    |it: &SignatureLine| (it.name(), it.key_id()) == (line.name(), line.key_id());
                if !merged.signatures().iter().any(is_known) {
                    merged.add(line)?;
                }
            }
            Ok::<_, CheckpointError>(merged.clone())
        });
        let Ok(merged) = merged else {
            return Ok(Err(
                "the cosigned checkpoint has too many signatures".to_owned()
            ));
        };
        if policy.check(&merged).is_ok() {
            self.witnessed(&merged.to_string(), &checkpoint);
        }
        Ok(Ok(()))
    }

    /// That this ledger continues a checkpoint that its own key signed. If not, it writes no more: it would be a second
    /// history.
    fn continues(&self, checkpoint: &Checkpoint) -> Result<(), CourierError> {
        let alarm = match witnessing::stands_against(&self.shared, checkpoint) {
            None => return Ok(()),
            Some(Against::RolledBack(size)) => format!(
                "a partner cosigned {} leaves of this ledger, which now has {size}: it was rolled back",
                checkpoint.size
            ),
            Some(Against::Forked) => format!(
                "a partner cosigned another history of {} leaves than this ledger has: it was forked",
                checkpoint.size
            ),
        };
        witnessing::stop_writes(&self.shared, &alarm);
        Err(CourierError::Alarm(alarm))
    }

    fn witnessed(&self, note: &str, checkpoint: &Checkpoint) {
        let shared = &self.shared;
        let before = shared
            .ledger
            .witnessed()
            .borrow()
            .as_ref()
            .map_or(0, |it| it.size);
        if checkpoint.size <= before {
            return;
        }
        let head = Head {
            size: checkpoint.size,
            root: checkpoint.root,
            note: note.into(),
        };
        witnessing::count(shared, &head, before);
    }

    /// Joins the parcel's checkpoint to the line of the partner's verified ones.
    async fn join(&self, parcel: &Parcel, partner: &Partner) -> Result<(), CourierError> {
        let Some(note) = &parcel.checkpoint else {
            return Ok(());
        };
        let verified = self.shared.verifier.checkpoint(note);
        let verified = verified.map_err(CourierError::Checkpoint)?;
        let checkpoint = verified.checkpoint();
        if checkpoint.origin != partner.origin.as_str() {
            return Err(CourierError::OtherLog(parcel.from));
        }
        let heads = self.shared.heads_of(&partner.origin);
        let heads = heads.map_err(CourierError::Checkpoint)?;
        let mut heads = heads.lock().await;
        let (size, root) = (checkpoint.size, checkpoint.root);
        let needed = heads
            .needed(size, &root)
            .map_err(CourierError::Checkpoint)?;
        let proof = match needed {
            Needed::Nothing => Vec::new(),
            Needed::Consistency { from, to } => {
                let mut proofs = parcel.consistency.iter();
                let joint = proofs.find(|it| (it.from, it.to) == (from, to));
                let joint = joint.ok_or(CourierError::NotJoined {
                    party: parcel.from,
                    size: from.min(to),
                })?;
                joint.read()?
            }
        };
        let accepted = heads.accept(size, root, needed, &proof);
        accepted.map_err(CourierError::Checkpoint)
    }

    /// Takes bundles, a bounded number at a time.
    async fn take_all(&self, bundles: Vec<&String>) -> Vec<Taken> {
        let mut outcomes = Vec::with_capacity(bundles.len());
        for part in bundles.chunks(BUNDLES_MAX) {
            let one = |bundle: &&String| {
                let bundle = (*bundle).clone();
                async move { take(&self.shared, bundle.as_bytes(), Way::Carried).await }
            };
            outcomes.extend(join_all(part.iter().map(one)).await);
        }
        outcomes
    }

    /// Cosigns what the parcel asks for: the cosignature is in the reply, as the newest one of that log.
    async fn cosign(&self, parcel: &Parcel) -> Result<(), String> {
        let Some(body) = parcel.cosign.clone() else {
            return Ok(());
        };
        let witness = std::sync::Arc::clone(&self.shared.witness);
        let asked = move || witness.add_checkpoint(&body, now_ms() / 1000);
        match tokio::task::spawn_blocking(asked).await {
            Ok(reply) if reply.status == 200 => Ok(()),
            Ok(reply) if reply.status == 409 => Err(format!(
                "its checkpoint is not cosigned: this node cosigned {} leaves already, and the proof does not begin there; \
                 the reply says so",
                reply.body.trim()
            )),
            Ok(reply) => Err(format!(
                "its checkpoint is not cosigned: {}",
                reply.body.trim()
            )),
            Err(_) => {
                Err("its checkpoint is not cosigned: the witness could not answer".to_owned())
            }
        }
    }

    async fn wait_for_witnesses(&self) {
        let size = self.shared.ledger.latest_head().size;
        let mut witnessed = self.shared.ledger.witnessed();
        let covered = witnessed.wait_for(|head| head.as_ref().is_some_and(|it| it.size >= size));
        // Without a quorum the answers wait: a later parcel has them.
        let _ = tokio::time::timeout(WITNESS_WAIT, covered).await;
    }
}

/// How many bundles were not taken, by the fault.
fn refusals(outcomes: &[Taken]) -> BTreeMap<FaultCode, usize> {
    let mut refused = BTreeMap::new();
    for outcome in outcomes {
        if let Taken::Fault(fault) = outcome {
            *refused.entry(*fault).or_insert(0) += 1;
        }
    }
    refused
}

fn answers(outcomes: &[Taken]) -> BTreeSet<Message> {
    let answer = |outcome: &Taken| match outcome {
        Taken::Answered(message) => Some(*message),
        Taken::Recorded | Taken::Fault(_) => None,
    };
    outcomes.iter().filter_map(answer).collect()
}

fn useless(why: &CheckpointError) -> String {
    format!("the cosigned checkpoint can not be read: {why}")
}

fn is_true(line: &SignatureLine, text: &str, key: &VerifierKey) -> bool {
    line.is_by(key) && line.verify(text, key).is_ok()
}
