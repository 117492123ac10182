//! One country's ledger: a single writer between a bounded queue and the store.
//!
//! queue -> plan and apply (the registry's rules) -> block header -> one synced write -> signed checkpoint -> head
//! guard -> announcement -> receipts. One thread, `ledger-writer`, walks this way; nothing else writes registry state.

mod block;
mod gate;
mod go_on;
mod handle;
mod head;
mod keyring;
mod leaf;
mod open;
mod queue;
pub mod rebuild;
pub mod replay;
mod requests;
mod rows;
mod settled;
mod submission;
mod tree;
mod trial;
mod verify;
mod writer;

use std::path::PathBuf;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use countersign_protocol::id::Origin;
use countersign_protocol::log::SignerKey;
use countersign_protocol::party::Party;
use tokio::sync::mpsc;

pub use gate::WriteHold;
pub use go_on::GoOnError;
pub use handle::LedgerHandle;
pub use head::Head;
pub use submission::{
    BUNDLE_BYTES_MAX, LedgerError, OWN_REQUEST, Receipt, Submission, SubmitError,
};
pub use verify::{Verified, VerifyError, verify};

use crate::clock::now_ms;
use crate::store::OpenOptions;
use writer::Message;

/// Submissions that may wait. At 20,000 a second a full queue is a fifth of a second's work: enough to ride out one
/// slow sync, short enough that a caller is told at once when the disk stalls.
pub const QUEUE_DEFAULT: usize = 4096;

/// Submissions in one block. Beyond this a larger block makes everybody wait longer and syncs no cheaper.
pub const BLOCK_SUBMISSIONS_DEFAULT: usize = 1024;

/// Milliseconds since the Unix epoch.
pub type Clock = Arc<dyn Fn() -> u64 + Send + Sync>;

/// How to open a ledger.
#[derive(Clone)]
pub struct LedgerConfig {
    /// Folder of the store.
    pub dir: PathBuf,
    /// Whose ledger it must be.
    pub party: Party,
    /// Which log it must be.
    pub origin: Origin,
    /// The log keys that this node holds: one, or around a rotation two.
    pub keys: Vec<SignerKey>,
    /// Capacity of the queue, in submissions.
    pub queue: usize,
    /// Most submissions in one block.
    pub block_submissions_max: usize,
    /// Memory limits of the store, and the operator's word about lost records.
    pub store: OpenOptions,
    /// Where the time of records comes from. The writer never goes back behind the last record.
    pub clock: Clock,
}

impl LedgerConfig {
    /// The usual configuration, with the system's clock.
    #[must_use]
    pub fn new(dir: PathBuf, party: Party, origin: Origin, keys: Vec<SignerKey>) -> Self {
        Self {
            dir,
            party,
            origin,
            keys,
            queue: QUEUE_DEFAULT,
            block_submissions_max: BLOCK_SUBMISSIONS_DEFAULT,
            store: OpenOptions::default(),
            clock: Arc::new(now_ms),
        }
    }
}

/// A running ledger. Dropping it stops the writer after what is queued; [`Ledger::shutdown`] says when that is done.
pub struct Ledger {
    handle: LedgerHandle,
    thread: Option<JoinHandle<()>>,
}

impl Ledger {
    /// A handle for submitting and reading.
    #[must_use]
    pub fn handle(&self) -> LedgerHandle {
        self.handle.clone()
    }

    /// Writes what is queued and ends. Blocks: call it where blocking is allowed. Handles can still read; the folder is
    /// free for another process when the last of them is gone.
    pub fn shutdown(mut self) {
        self.stop();
    }

    fn stop(&mut self) {
        while let Err(mpsc::error::TrySendError::Full(_)) =
            self.handle.queue.try_send(Message::Stop)
        {
            std::thread::sleep(Duration::from_millis(1));
        }
        if let Some(thread) = self.thread.take() {
            // A panic was caught and reported inside the thread.
            let _ = thread.join();
        }
    }
}

impl Drop for Ledger {
    fn drop(&mut self) {
        self.stop();
    }
}

impl std::fmt::Debug for Ledger {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Ledger").field(&self.handle).finish()
    }
}
