//! From bytes that anybody may have sent to a proven record: rule R8, cheap checks first.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use countersign_protocol::federation::{FaultCode, Heads, Needed, ProvenRecord, Unverified};
use countersign_protocol::id::Origin;
use countersign_protocol::log::{Checkpoint, Policy, VerifiedCheckpoint};
use countersign_protocol::record::Record;
use countersign_protocol::trust::{KeyRefusal, Trust};
use tokio::sync::Notify;

/// How many verified checkpoints are remembered: one checkpoint proves a whole block of transfers, so that signatures
/// are checked once a block and not once a transfer.
const CHECKPOINTS_MAX: usize = 1024;

#[derive(Debug, Default)]
struct Cache {
    verified: BTreeMap<String, Arc<VerifiedCheckpoint>>,
    order: VecDeque<String>,
}

/// Checks bundles by a policy that may be replaced while it runs.
#[derive(Debug)]
pub(crate) struct Verifier {
    policy: RwLock<Arc<Policy>>,
    /// Where there is one, it says which keys sign which sizes of a member's ledger.
    trust: RwLock<Option<Arc<Trust>>>,
    cache: Mutex<Cache>,
    /// Other witnesses count, or another number of them.
    other_quorum: Notify,
}

/// A record proven under a checkpoint with a quorum, which is not yet known to continue the partner's pin.
#[derive(Clone, Debug)]
pub(crate) struct Unpinned(ProvenRecord);

impl Unpinned {
    /// The log that it comes from.
    pub(crate) fn origin(&self) -> &Origin {
        &self.0.proof.origin
    }

    /// What must still be proven.
    pub(crate) fn needed(&self, heads: &Heads) -> Result<Needed, FaultCode> {
        heads.needed(self.0.proof.size, &self.0.proof.root)
    }

    /// What the record says; believed only as far as the signatures of its log go.
    pub(crate) fn record(&self) -> &Record {
        &self.0.record
    }

    /// Joins the checkpoint to the line of verified ones.
    pub(crate) fn pinned(
        self,
        heads: &mut Heads,
        needed: Needed,
        proof: &[[u8; 32]],
    ) -> Result<ProvenRecord, FaultCode> {
        heads.accept(self.0.proof.size, self.0.proof.root, needed, proof)?;
        Ok(self.0)
    }
}

impl Verifier {
    pub(crate) fn new(policy: Policy) -> Self {
        Self {
            policy: RwLock::new(Arc::new(policy)),
            trust: RwLock::default(),
            cache: Mutex::default(),
            other_quorum: Notify::new(),
        }
    }

    /// Replaces the policy; everything verified under the old one is verified again.
    pub(crate) fn set_policy(&self, policy: Policy) {
        let quorum = |it: &Policy| {
            let witnesses = it
                .witnesses()
                .iter()
                .map(|it| it.key.clone())
                .collect::<Vec<_>>();
            (
                witnesses,
                it.groups().to_vec(),
                it.quorum().map(str::to_owned),
            )
        };
        let now = quorum(&policy);
        let before = {
            let mut held = self.policy.write().unwrap_or_else(PoisonError::into_inner);
            std::mem::replace(&mut *held, Arc::new(policy))
        };
        *self.cache.lock().unwrap_or_else(PoisonError::into_inner) = Cache::default();
        if quorum(&before) != now {
            self.other_quorum.notify_one();
        }
    }

    /// Waits until other witnesses count, or another number of them: a head that had a quorum may need other cosignatures.
    pub(crate) async fn other_quorum(&self) {
        self.other_quorum.notified().await;
    }

    /// Replaces the trust registry; everything verified under the old one is verified again.
    pub(crate) fn set_trust(&self, trust: Option<Arc<Trust>>) {
        *self.trust.write().unwrap_or_else(PoisonError::into_inner) = trust;
        *self.cache.lock().unwrap_or_else(PoisonError::into_inner) = Cache::default();
    }

    /// A member's checkpoint by the trust registry, every other one by the policy.
    fn believe(&self, note: &str) -> Result<VerifiedCheckpoint, FaultCode> {
        let trust = self
            .trust
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        if let Some(settling) = trust.as_deref().and_then(Trust::to_settle) {
            let (parsed, checkpoint) =
                Checkpoint::parse_note(note).map_err(|_| FaultCode::MalformedProof)?;
            if settling.members().of_origin(&checkpoint.origin).is_some() {
                return settling.check(&parsed).map_err(|refusal| match refusal {
                    KeyRefusal::NoKey { .. } => FaultCode::BadLogSignature,
                    KeyRefusal::Policy(error) => FaultCode::from(&error),
                    KeyRefusal::Stranger(_) | KeyRefusal::NoMember(_) => FaultCode::UnknownLog,
                    _ => FaultCode::MalformedProof,
                });
            }
        }
        self.policy()
            .check_text(note)
            .map_err(|error| FaultCode::from(&error))
    }

    /// The policy in force.
    pub(crate) fn policy(&self) -> Arc<Policy> {
        Arc::clone(&self.policy.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Size, form, canonical record, log signature, witness quorum, inclusion: everything but the pin.
    ///
    /// # Errors
    /// The numbered fault of the first check that fails.
    pub(crate) fn verify(&self, bundle: &[u8]) -> Result<Unpinned, FaultCode> {
        let unverified = Unverified::read(bundle)?;
        let verified = self.checkpoint(unverified.checkpoint())?;
        unverified.under(&verified).map(Unpinned)
    }

    /// A checkpoint that the policy believes.
    pub(crate) fn checkpoint(&self, note: &str) -> Result<Arc<VerifiedCheckpoint>, FaultCode> {
        let known = self
            .cache
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .verified
            .get(note)
            .cloned();
        if let Some(known) = known {
            return Ok(known);
        }
        let verified = Arc::new(self.believe(note)?);
        let mut cache = self.cache.lock().unwrap_or_else(PoisonError::into_inner);
        if cache
            .verified
            .insert(note.to_owned(), Arc::clone(&verified))
            .is_none()
        {
            cache.order.push_back(note.to_owned());
        }
        while cache.order.len() > CHECKPOINTS_MAX {
            if let Some(oldest) = cache.order.pop_front() {
                cache.verified.remove(&oldest);
            }
        }
        Ok(verified)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::time::Duration;

    use countersign_protocol::log::{KeyKind, SignerKey, VerifierKey};

    use super::*;

    fn policy(logs: &[u8], witnesses: &[u8], quorum: usize) -> Policy {
        let key = |name: &str, kind, seed: u8| -> VerifierKey {
            let key = SignerKey::from_seed(name, kind, &[seed; 32]).unwrap();
            key.verifier().clone()
        };
        let logs: Vec<VerifierKey> = logs
            .iter()
            .map(|seed| key(&format!("log{seed}.example"), KeyKind::Ed25519, *seed))
            .collect();
        let witnesses: Vec<VerifierKey> = witnesses
            .iter()
            .map(|seed| key(&format!("w{seed}.example"), KeyKind::CosignatureV1, *seed))
            .collect();
        Policy::k_of_n(&logs, &witnesses, quorum).unwrap()
    }

    /// A head is cosigned again only when other witnesses count, not whenever a partner's key is added.
    #[tokio::test]
    async fn other_witnesses_are_told_apart_from_other_logs() {
        let verifier = Verifier::new(policy(&[1], &[11, 12, 13], 2));
        let is_told = || async {
            let waited = tokio::time::timeout(Duration::from_millis(20), verifier.other_quorum());
            waited.await.is_ok()
        };
        verifier.set_policy(policy(&[1, 2], &[11, 12, 13], 2));
        assert!(!is_told().await);
        for other in [
            policy(&[1], &[11, 12, 14], 2),
            policy(&[1], &[11, 12, 14], 3),
        ] {
            verifier.set_policy(other);
            assert!(is_told().await);
            assert!(!is_told().await);
        }
    }
}
