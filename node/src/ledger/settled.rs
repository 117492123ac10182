//! Settled transfers stay on disk: the registry asks for them here.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use countersign_protocol::registry::{Key, SettledTransfers, Transfer, TransferKey, Value};

use crate::store::Store;

/// Answers for transfers that the state no longer keeps in memory.
#[derive(Debug)]
pub(super) struct StoredTransfers {
    store: Arc<Store>,
    /// Set when a read failed. "Unknown" would then be a lie that could acquire units twice, so the writer looks here
    /// before it believes an answer.
    failed: AtomicBool,
}

impl StoredTransfers {
    pub(super) const fn new(store: Arc<Store>) -> Self {
        Self {
            store,
            failed: AtomicBool::new(false),
        }
    }

    pub(super) fn has_failed(&self) -> bool {
        self.failed.load(Ordering::Relaxed)
    }

    fn read(&self, key: TransferKey) -> Option<Option<Transfer>> {
        let key = Key::Transfer(key).to_bytes().ok()?;
        let Some(bytes) = self.store.transfer(&key).ok()? else {
            return Some(None);
        };
        match Value::from_bytes(&bytes).ok()? {
            Value::Transfer(transfer) => Some(Some(transfer)),
            _ => None,
        }
    }
}

impl SettledTransfers for StoredTransfers {
    fn transfer(&self, key: &TransferKey) -> Option<Transfer> {
        let answer = self.read(*key);
        if answer.is_none() {
            self.failed.store(true, Ordering::Relaxed);
        }
        // What is on disk but not settled is in memory too, where newer blocks may have moved it.
        answer.flatten().filter(Transfer::is_settled)
    }
}
