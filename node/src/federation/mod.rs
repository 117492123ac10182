//! Drives `protocol::federation`: the store, the network and the clock around one pure step.
//!
//! Three flows meet here. Own leaves become witnessed, and those that concern a partner go out ([`witnessing`],
//! [`lane`]). What partners send is verified, pinned and recorded ([`inbound`]). And what is still open is sent again
//! with growing waits ([`countersign_protocol::federation::schedule`]). There is no second queue that could be lost: a
//! restart derives everything from the ledger (rule R1).

mod accusing;
mod carrying;
mod closing;
pub mod control;
mod courier;
mod evidence;
mod freezing;
mod inbound;
mod joining;
mod lane;
mod mirroring;
mod peer_witness;
mod reconciling;
mod shared;
mod starting;
mod trust;
mod turns;
mod verifier;
mod witnessing;

pub use accusing::{AccusationError, Accused};
pub use courier::CourierError;
pub use evidence::{EVIDENCE_SUFFIX, EvidenceFolder};
pub use peer_witness::PeerWitness;
pub use reconciling::{FoundDifference, ReconcileError, Reconciled};
pub(crate) use trust::effective_policy;

use std::ops::Range;
use std::sync::Arc;

use countersign_protocol::federation::{Event, outbox, step};
use countersign_protocol::log::{Hash, PolicyTextError};
use countersign_protocol::party::Party;
use countersign_protocol::record::{Body, PartnerStatus, Record};
use countersign_protocol::registry::{State, TransferKey};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::{error, warn};

use crate::federation::shared::{Kept, Shared};
use crate::federation::turns::Turns;
use crate::federation::verifier::Verifier;
use crate::ledger::LedgerHandle;
use crate::mirror::Mirrors;
use crate::network::{Inbound, NetworkHandle, PeerId};
use crate::ops::files::FileFault;
use crate::store::{StoreError, StoreReader};
use crate::trust::TrustKeeper;
use crate::witness::{Witness, WitnessClient};

/// What the federation is made of.
pub struct FederationParts {
    /// The ledger.
    pub ledger: LedgerHandle,
    /// The network.
    pub network: NetworkHandle,
    /// What comes in from it.
    pub inbound: mpsc::Receiver<Inbound>,
    /// This node's own witness service.
    pub witness: Arc<Witness>,
    /// The witnesses that are asked for cosignatures.
    pub witnesses: Vec<Arc<dyn WitnessClient>>,
    /// The operator's witness policy (C2SP tlog-policy text).
    pub policy: String,
    /// Where partners' ledgers are mirrored.
    pub mirrors: Arc<Mirrors>,
    /// Where evidence is kept.
    pub evidence: EvidenceFolder,
    /// The trust registry; `None` where partners are taken by their invites.
    pub trust: Option<TrustParts>,
}

/// The trust registry that a federation follows.
pub struct TrustParts {
    /// What is held of it.
    pub keeper: Arc<TrustKeeper>,
    /// Where else than at partners newer versions are looked for: addresses under which `metadata/` and `targets/` lie.
    pub from: Vec<String>,
}

/// Why the federation does not start.
#[derive(Debug, thiserror::Error)]
pub enum FederationError {
    /// The witness policy does not parse.
    #[error("the witness policy can not be read: {0}")]
    Policy(#[from] PolicyTextError),
    /// A partner in the ledger has a peer id that is none.
    #[error("the peer id of {0} in the ledger is not a libp2p peer id")]
    Peer(Party),
}

/// The running federation. Clones share it.
#[derive(Clone)]
pub struct Federation {
    shared: Arc<Shared>,
    tasks: TaskTracker,
    stop: CancellationToken,
}

impl Federation {
    /// Starts every task; they end when `stop` is cancelled.
    ///
    /// # Errors
    /// If the policy or a partner's peer id can not be read.
    pub fn start(
        parts: FederationParts,
        tasks: TaskTracker,
        stop: CancellationToken,
    ) -> Result<Self, FederationError> {
        let FederationParts {
            ledger,
            network,
            inbound,
            witness,
            witnesses,
            policy,
            mirrors,
            evidence,
            trust,
        } = parts;
        let (keeper, from) = trust.map(|it| (it.keeper, it.from)).unzip();
        let held = keeper
            .as_ref()
            .and_then(|keeper: &Arc<TrustKeeper>| keeper.held());
        let effective =
            ledger.read(|state| trust::effective_policy(&policy, state, held.as_deref()))?;
        let verifier = Verifier::new(effective);
        verifier.set_trust(held);
        let shared = Arc::new(Shared::new(
            ledger,
            network,
            verifier,
            witness,
            policy,
            Kept {
                mirrors,
                evidence,
                keeper,
            },
        ));
        let federation = Self {
            shared,
            tasks,
            stop,
        };
        federation.refresh()?;
        for (party, peer) in federation.listed_peers()? {
            federation.open(party, peer);
        }
        let witnessed = federation
            .shared
            .ledger
            .witnessed()
            .borrow()
            .as_ref()
            .map_or(0, |witnessed| witnessed.size);
        federation.shared.post(
            federation
                .shared
                .ledger
                .read(|state| outbox(state, witnessed)),
        );
        let hearing = starting::hear(
            Arc::clone(&federation.shared),
            witnesses.clone(),
            federation.shared.ledger.hold_writes(),
            federation.stop.clone(),
        );
        federation.tasks.spawn(hearing);
        federation.spawn_inbound(inbound);
        let task = witnessing::run(
            Arc::clone(&federation.shared),
            witnesses,
            witnessed,
            federation.stop.clone(),
        );
        federation.tasks.spawn(task);
        let telling =
            accusing::keep_telling(Arc::clone(&federation.shared), federation.stop.clone());
        federation.tasks.spawn(telling);
        if let Some(from) = from {
            let joining = joining::run(federation.clone(), from, federation.stop.clone());
            federation.tasks.spawn(joining);
        }
        Ok(federation)
    }

    fn listed_peers(&self) -> Result<Vec<(Party, PeerId)>, FederationError> {
        self.shared.ledger.read(|state| {
            let listed = state
                .partners()
                .filter(|partner| partner.status != PartnerStatus::Removed);
            listed
                .map(|partner| {
                    let peer = partner
                        .peer
                        .as_str()
                        .parse()
                        .map_err(|_| FederationError::Peer(partner.party))?;
                    Ok((partner.party, peer))
                })
                .collect()
        })
    }

    /// Opens the way to a partner and starts to send.
    pub(crate) fn open(&self, party: Party, peer: PeerId) {
        if self.shared.open_lane(party, peer) {
            self.tasks.spawn(lane::run(
                Arc::clone(&self.shared),
                party,
                self.stop.clone(),
            ));
            self.tasks.spawn(mirroring::run(
                Arc::clone(&self.shared),
                party,
                self.stop.clone(),
            ));
        }
        self.shared.wake(party);
    }

    /// Works through what peers send, each in its turn.
    fn spawn_inbound(&self, mut inbound: mpsc::Receiver<Inbound>) {
        let (shared, stop, tasks) = (
            Arc::clone(&self.shared),
            self.stop.clone(),
            self.tasks.clone(),
        );
        let turns = Arc::new(Turns::default());
        self.tasks.spawn(async move {
            loop {
                let next = tokio::select! {
                    () = stop.cancelled() => return,
                    next = inbound.recv() => next,
                };
                let Some(next) = next else {
                    if !stop.is_cancelled() {
                        error!("the network has stopped: the node stops too");
                        stop.cancel();
                    }
                    return;
                };
                let (shared, turns) = (Arc::clone(&shared), Arc::clone(&turns));
                // How many of them wait is bounded by what the network lets each peer ask at once.
                tasks.spawn(async move {
                    if let Some(_turn) = turns.wait(&next).await {
                        inbound::answer(shared, next).await;
                    }
                });
            }
        });
    }

    /// Takes a partner up that the ledger has just listed: its log is believed by its listed key, cosigned on request,
    /// and what is open for it goes out.
    ///
    /// # Errors
    /// If the policy with the partner's key can not be read.
    pub fn partner_listed(&self, party: Party, peer: PeerId) -> Result<(), FederationError> {
        self.refresh()?;
        self.open(party, peer);
        Ok(())
    }

    /// Stops sending to a partner that the ledger has just removed.
    ///
    /// # Errors
    /// If the policy without the partner's key can not be read.
    pub fn partner_removed(&self, party: Party) -> Result<Option<PeerId>, FederationError> {
        self.refresh()?;
        Ok(self.shared.close_lane(party).map(|lane| lane.peer))
    }

    /// Reads log keys and policy anew after the ledger's list of them changed.
    ///
    /// # Errors
    /// If the policy can not be read.
    pub fn refresh(&self) -> Result<(), FederationError> {
        let shared = &self.shared;
        let effective = shared.ledger.read(|state| {
            trust::effective_policy(&shared.policy_text, state, shared.trust().as_deref())
        })?;
        for log in effective.logs() {
            // Every country cosigns its partners, never itself: an own cosignature would prove nothing.
            let keys = effective
                .logs()
                .iter()
                .filter(|other| other.key.name() == log.key.name());
            shared.witness.set_log(
                log.key.name(),
                keys.map(|other| other.key.clone()).collect(),
            );
        }
        if let Some(own) = shared
            .ledger
            .read(|state| state.genesis().map(|own| own.origin.clone()))
        {
            shared.witness.remove_log(own.as_str());
        }
        shared.verifier.set_policy(effective);
        Ok(())
    }

    /// Takes evidence against a partner's ledger: keeps it, records it in this ledger and tells everybody.
    ///
    /// # Errors
    /// [`AccusationError`] when it proves nothing or can not be recorded.
    pub async fn accuse(&self, evidence: &str) -> Result<Accused, AccusationError> {
        accusing::take(&self.shared, &evidence.parse()?).await
    }

    /// The text of evidence that is kept here.
    ///
    /// # Errors
    /// When it can not be read.
    pub fn evidence(&self, sha256: &Hash) -> Result<Option<String>, FileFault> {
        self.shared.evidence.text(sha256)
    }

    /// Compares this ledger with a partner's, and records what changed.
    ///
    /// # Errors
    /// [`ReconcileError`] says why not.
    pub async fn reconcile(&self, party: Party) -> Result<Reconciled, ReconcileError> {
        reconciling::compare_when_asked(&self.shared, party).await
    }

    /// What the last comparison with each partner's ledger found, since this node started.
    #[must_use]
    pub fn reconciliations(&self) -> Vec<Reconciled> {
        self.shared.reconciliations()
    }

    /// Makes everything for a partner due at once.
    pub fn wake(&self, party: Party) {
        self.shared.wake(party);
    }

    /// How partners' ledgers are mirrored here.
    #[must_use]
    pub fn mirrors(&self) -> Arc<Mirrors> {
        Arc::clone(&self.shared.mirrors)
    }

    /// How many messages wait for an answer.
    #[must_use]
    pub fn messages_open(&self) -> usize {
        self.shared.schedule(|schedule| schedule.len())
    }
}

/// Whether a partner's record is one that this ledger must answer.
pub(crate) fn addressed_to(state: &State, record: &Record) -> bool {
    let Some(own) = state.genesis() else {
        return false;
    };
    match &record.body {
        Body::Lock(it) => it.destination == own.party,
        Body::Acquire(it) => it.source == own.party,
        Body::Refuse(it) => it.source == own.party,
        // These name no destination; only a side of the transfer knows it.
        Body::AskCancel(it) => it.destination == own.party,
        Body::Finalise(it) => state.transfer(&TransferKey::Out(it.transfer)).is_none(),
        Body::Release(it) => state.transfer(&TransferKey::Out(it.transfer)).is_none(),
        _ => false,
    }
}

/// What own leaves `[from, to)`, now witnessed, make this node send; and what they end.
pub(crate) fn announce(shared: &Shared, from: u64, to: u64) {
    let leaves = match leaves(shared.ledger.store(), from..to) {
        Ok(leaves) => leaves,
        Err(error) => {
            error!(%error, from, to, "own leaves can not be read");
            return;
        }
    };
    for (index, leaf) in (from..).zip(leaves) {
        let body = match Record::decode(&leaf) {
            Ok(record) => record.body,
            Err(error) => {
                error!(%error, index, "an own leaf is not a record");
                continue;
            }
        };
        let outcome = shared.ledger.read(|state| {
            shared.schedule(|schedule| schedule.forget_ended(state, &body));
            step(
                state,
                state.time_ms(),
                Event::Witnessed { index, body: &body },
            )
        });
        match outcome {
            Ok(outcome) => shared.post(outcome.effects),
            Err(fault) => warn!(
                code = fault.code(),
                index, "an own leaf can not be announced"
            ),
        }
    }
}

/// The bytes of leaves, in order. Ends early where the log ends.
fn leaves(store: &StoreReader, range: Range<u64>) -> Result<Vec<Vec<u8>>, StoreError> {
    let mut leaves = store.leaves(range)?;
    let mut bytes = Vec::new();
    while let Some((_, leaf)) = leaves.next_leaf()? {
        bytes.push(leaf.to_vec());
    }
    Ok(bytes)
}
