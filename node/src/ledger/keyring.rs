//! Which key signs which checkpoint.

use std::sync::Arc;

use countersign_protocol::log::{SignedNote, SignerKey, VerifierKey};
use countersign_protocol::registry::State;

use super::submission::LedgerError;

/// The log keys that this node holds, and the two that matter now: around a rotation the old key signs up to the
/// rotation's own block, the new one everything after it.
pub(super) struct Keyring {
    held: Vec<Arc<SignerKey>>,
    current: Option<Arc<SignerKey>>,
    next: Option<(u64, Arc<SignerKey>)>,
}

impl Keyring {
    pub(super) fn new(keys: Vec<SignerKey>) -> Self {
        Self {
            held: keys.into_iter().map(Arc::new).collect(),
            current: None,
            next: None,
        }
    }

    /// Verifier keys in text form.
    pub(super) fn names(&self) -> Vec<String> {
        self.held
            .iter()
            .map(|key| key.verifier().to_string())
            .collect()
    }

    pub(super) fn verifiers(&self) -> impl Iterator<Item = &VerifierKey> {
        self.held.iter().map(|key| key.verifier())
    }

    pub(super) fn find(&self, verifier: &str) -> Option<&Arc<SignerKey>> {
        self.held
            .iter()
            .find(|key| key.verifier().to_string() == verifier)
    }

    pub(super) fn add(&mut self, key: SignerKey) {
        if self.find(&key.verifier().to_string()).is_none() {
            self.held.push(Arc::new(key));
        }
    }

    /// Learns from the state which key is in force.
    ///
    /// `last_note` is the newest checkpoint that was acknowledged: when the state's key does not sign yet, its signer
    /// still does.
    pub(super) fn follow(
        &mut self,
        state: &State,
        last_note: Option<&str>,
    ) -> Result<(), LedgerError> {
        let size = state.size();
        let Some((key, from_size)) = state.log_key() else {
            return Ok(());
        };
        let not_held = || LedgerError::HeadKey {
            size,
            wanted: key.to_string(),
        };
        let in_force = self.find(key.as_str()).cloned().ok_or_else(not_held)?;
        if size >= from_size {
            self.current = Some(in_force);
            self.next = None;
            return Ok(());
        }
        self.next = Some((from_size, in_force));
        if self.current.is_none() {
            self.current = last_note.and_then(|note| self.signer_of(note));
        }
        Ok(())
    }

    fn signer_of(&self, note: &str) -> Option<Arc<SignerKey>> {
        let note = SignedNote::parse(note).ok()?;
        let signed = |key: &&Arc<SignerKey>| note.verify([key.verifier()]).is_ok();
        self.held.iter().find(signed).cloned()
    }

    /// The key that signs the checkpoint of this size.
    pub(super) fn for_size(&self, size: u64) -> Result<Arc<SignerKey>, LedgerError> {
        let due = self.next.as_ref().filter(|(from, _)| size >= *from);
        due.map(|(_, key)| key)
            .or(self.current.as_ref())
            .cloned()
            .ok_or_else(|| LedgerError::HeadKey {
                size,
                wanted: "the key before the last rotation".to_owned(),
            })
    }
}
