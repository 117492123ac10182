//! What every task of the driver shares.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Instant;

use countersign_protocol::federation::schedule::Schedule;
use countersign_protocol::federation::{FaultCode, Heads, Message, Needed, ProvenRecord};
use countersign_protocol::id::{Origin, RequestId};
use countersign_protocol::log::TlogProof;
use countersign_protocol::party::Party;
use countersign_protocol::registry::State;
use countersign_protocol::trust::Trust;
use sha2::{Digest, Sha256};
use tokio::sync::Notify;

use crate::federation::courier::Carried;
use crate::federation::evidence::EvidenceFolder;
use crate::federation::reconciling::Reconciled;
use crate::federation::verifier::{Unpinned, Verifier};
use crate::ledger::{Head, LedgerHandle};
use crate::mirror::Mirrors;
use crate::network::{NetworkHandle, PeerId};
use crate::trust::TrustKeeper;
use crate::witness::Witness;
use countersign_protocol::federation::message::{Request, Response};

/// By which way something came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// Over the network: the sender can be asked.
    Network,
    /// In a file.
    Carried,
}

/// The parts that the driver joins.
pub(crate) struct Shared {
    pub(crate) ledger: LedgerHandle,
    pub(crate) network: NetworkHandle,
    pub(crate) verifier: Verifier,
    pub(crate) witness: Arc<Witness>,
    /// The operator's policy text, without the logs that the ledger lists.
    pub(crate) policy_text: String,
    pub(crate) mirrors: Arc<Mirrors>,
    pub(crate) evidence: EvidenceFolder,
    /// The trust registry; `None` where partners are taken by their invites.
    pub(crate) keeper: Option<Arc<TrustKeeper>>,
    lanes: RwLock<BTreeMap<Party, Lane>>,
    schedule: Mutex<Schedule>,
    started: Instant,
    cosigned: Mutex<BTreeMap<String, (u64, u64)>>,
    heads: Mutex<BTreeMap<Origin, Arc<tokio::sync::Mutex<Heads>>>>,
    carried: Mutex<Carried>,
    mirror_bells: Mutex<BTreeMap<Party, Arc<Notify>>>,
    reconciled: Mutex<BTreeMap<Party, Reconciled>>,
    /// Evidence is taken one by one: of what comes at the same moment against one ledger, one is kept.
    pub(crate) accusing: tokio::sync::Mutex<()>,
}

/// What is kept of others: their ledgers, evidence against them, and who they are.
pub(crate) struct Kept {
    pub(crate) mirrors: Arc<Mirrors>,
    pub(crate) evidence: EvidenceFolder,
    pub(crate) keeper: Option<Arc<TrustKeeper>>,
}

/// The way to one partner.
#[derive(Clone, Debug)]
pub(crate) struct Lane {
    pub(crate) peer: PeerId,
    /// Rung when a message for the partner may be due.
    pub(crate) bell: Arc<Notify>,
}

impl Shared {
    pub(crate) fn new(
        ledger: LedgerHandle,
        network: NetworkHandle,
        verifier: Verifier,
        witness: Arc<Witness>,
        policy_text: String,
        kept: Kept,
    ) -> Self {
        let Kept {
            mirrors,
            evidence,
            keeper,
        } = kept;
        Self {
            ledger,
            network,
            verifier,
            witness,
            policy_text,
            mirrors,
            evidence,
            keeper,
            lanes: RwLock::default(),
            schedule: Mutex::default(),
            started: Instant::now(),
            cosigned: Mutex::default(),
            heads: Mutex::default(),
            carried: Mutex::default(),
            mirror_bells: Mutex::default(),
            reconciled: Mutex::default(),
            accusing: tokio::sync::Mutex::default(),
        }
    }

    /// Opens the way to a partner, or changes its peer. True if there was none before.
    pub(crate) fn open_lane(&self, party: Party, peer: PeerId) -> bool {
        let mut lanes = self.lanes.write().unwrap_or_else(PoisonError::into_inner);
        match lanes.get_mut(&party) {
            Some(lane) => {
                lane.peer = peer;
                false
            }
            None => lanes
                .insert(
                    party,
                    Lane {
                        peer,
                        bell: Arc::default(),
                    },
                )
                .is_none(),
        }
    }

    pub(crate) fn close_lane(&self, party: Party) -> Option<Lane> {
        let lane = self
            .lanes
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&party);
        if let Some(lane) = &lane {
            lane.bell.notify_one();
        }
        lane
    }

    pub(crate) fn lane(&self, party: Party) -> Option<Lane> {
        self.lanes
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&party)
            .cloned()
    }

    /// Remembers what a comparison found.
    pub(crate) fn reconciled(&self, found: Reconciled) {
        let mut all = self
            .reconciled
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        all.insert(found.party, found);
    }

    /// What the last comparison with each partner's ledger found.
    pub(crate) fn reconciliations(&self) -> Vec<Reconciled> {
        let all = self
            .reconciled
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        all.values().cloned().collect()
    }

    /// The trust registry that is held now.
    pub(crate) fn trust(&self) -> Option<Arc<Trust>> {
        self.keeper.as_ref()?.held()
    }

    /// The peers of all partners.
    pub(crate) fn peers(&self) -> Vec<PeerId> {
        let lanes = self.lanes.read().unwrap_or_else(PoisonError::into_inner);
        lanes.values().map(|lane| lane.peer).collect()
    }

    /// Who may have a partner's ledger: the partner first, then everybody else who is listed.
    pub(crate) fn sources(&self, party: Party) -> Vec<PeerId> {
        let lanes = self.lanes.read().unwrap_or_else(PoisonError::into_inner);
        let own = lanes.get(&party).map(|lane| lane.peer);
        let others = lanes.iter().filter(|(other, _)| **other != party);
        own.into_iter()
            .chain(others.map(|(_, lane)| lane.peer))
            .collect()
    }

    /// Rung when there may be more of a partner's ledger to mirror.
    pub(crate) fn mirror_bell(&self, party: Party) -> Arc<Notify> {
        let mut bells = self
            .mirror_bells
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        Arc::clone(bells.entry(party).or_default())
    }

    /// Works on what files brought; never held across a wait.
    pub(crate) fn carried<R>(&self, work: impl FnOnce(&mut Carried) -> R) -> R {
        work(&mut self.carried.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The clock of the schedule: milliseconds since this run began.
    pub(crate) fn uptime_ms(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// Works on the schedule; never held across a wait.
    pub(crate) fn schedule<R>(&self, work: impl FnOnce(&mut Schedule) -> R) -> R {
        work(&mut self.schedule.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Schedules messages and rings the bells of their partners.
    pub(crate) fn post(&self, messages: impl IntoIterator<Item = Message>) {
        let now_ms = self.uptime_ms();
        for message in messages {
            self.schedule(|schedule| schedule.ensure(message, now_ms));
            if let Some(lane) = self.lane(message.to) {
                lane.bell.notify_one();
            }
        }
    }

    /// Makes everything for a partner due at once.
    pub(crate) fn wake(&self, party: Party) {
        self.schedule(|schedule| schedule.wake(party, self.uptime_ms()));
        if let Some(lane) = self.lane(party) {
            lane.bell.notify_one();
        }
    }

    /// Remembers who cosigned an own checkpoint, and when.
    pub(crate) fn note_cosigners(&self, size: u64, note: &str) {
        let Ok(verified) = self.verifier.checkpoint(note) else {
            return;
        };
        let mut cosigned = self.cosigned.lock().unwrap_or_else(PoisonError::into_inner);
        for cosigner in verified.cosigned_by() {
            cosigned.insert(cosigner.witness.clone(), (size, cosigner.time_s));
        }
    }

    /// The largest size that each witness cosigned in this run, and when (seconds since the Unix epoch).
    pub(crate) fn cosigned(&self) -> BTreeMap<String, (u64, u64)> {
        self.cosigned
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// An own leaf with its proof under the newest witnessed checkpoint; `None` while no quorum covers it (rule R2).
    pub(crate) fn bundle(&self, leaf: u64) -> Option<Vec<u8>> {
        let witnessed = self.ledger.witnessed().borrow().clone()?;
        self.bundle_under(&witnessed, leaf).map(String::into_bytes)
    }

    /// The same under a certain witnessed checkpoint.
    pub(crate) fn bundle_under(&self, witnessed: &Head, leaf: u64) -> Option<String> {
        if leaf >= witnessed.size {
            return None;
        }
        let bytes = self.ledger.leaf(leaf).ok()??;
        let hashes = self.ledger.proof(leaf, witnessed.size).ok()?;
        Some(TlogProof::new(bytes, leaf, hashes, witnessed.note.to_string()).to_string())
    }

    /// Joins a proven record's checkpoint to the line of the partner's verified ones, asking the partner for a
    /// consistency proof where one is missing. What was carried in a file asks nobody.
    pub(crate) async fn pin(
        &self,
        unpinned: Unpinned,
        way: Way,
    ) -> Result<ProvenRecord, FaultCode> {
        let heads = self.heads_of(unpinned.origin())?;
        let mut heads = heads.lock().await;
        let needed = unpinned.needed(&heads)?;
        let proof = match (needed, way) {
            (Needed::Nothing, _) => Vec::new(),
            (Needed::Consistency { .. }, Way::Carried) => return Err(FaultCode::Unavailable),
            (Needed::Consistency { from, to }, Way::Network) => {
                self.consistency(unpinned.origin(), from, to).await?
            }
        };
        unpinned.pinned(&mut heads, needed, &proof)
    }

    /// The verified checkpoints of a partner's log.
    pub(crate) fn heads_of(
        &self,
        origin: &Origin,
    ) -> Result<Arc<tokio::sync::Mutex<Heads>>, FaultCode> {
        let mut all = self.heads.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(heads) = all.get(origin) {
            return Ok(Arc::clone(heads));
        }
        let pin = self.ledger.read(|state| {
            let party = partner_of(state, origin)?;
            Some(state.pin(party).map(|pin| (pin.size, pin.root)))
        });
        let heads = Arc::new(tokio::sync::Mutex::new(Heads::new(
            pin.ok_or(FaultCode::UnknownLog)?,
        )));
        all.insert(origin.clone(), Arc::clone(&heads));
        Ok(heads)
    }

    async fn consistency(
        &self,
        origin: &Origin,
        from: u64,
        to: u64,
    ) -> Result<Vec<[u8; 32]>, FaultCode> {
        let party = self
            .ledger
            .read(|state| partner_of(state, origin))
            .ok_or(FaultCode::UnknownLog)?;
        let lane = self.lane(party).ok_or(FaultCode::UnknownPeer)?;
        let request = Request::GetConsistency {
            origin: origin.to_string(),
            from_size: from,
            to_size: to,
        };
        match self.network.request(lane.peer, request).await {
            Ok(Response::Consistency { hashes }) => Ok(hashes),
            _ => Err(FaultCode::Unavailable),
        }
    }
}

/// The partner whose log has this origin.
pub(crate) fn partner_of(state: &State, origin: &Origin) -> Option<Party> {
    state
        .partners()
        .find(|partner| partner.origin == *origin)
        .map(|partner| partner.party)
}

/// The id of a request that follows from what it is about: asked for again, it is the same one.
pub(crate) fn request_about(what: &str, parts: &[&[u8]]) -> RequestId {
    let mut hash = Sha256::new();
    hash.update(what);
    for part in parts {
        hash.update(part);
    }
    let digest: [u8; 32] = hash.finalize().into();
    let mut id = [0; 16];
    id.copy_from_slice(&digest[..16]);
    RequestId(id)
}
