//! Beginning a ledger and opening one.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, RwLock};
use std::thread::JoinHandle;

use countersign_protocol::log::{Checkpoint, TileTree, root_at};
use countersign_protocol::record::{Body, Genesis};
use countersign_protocol::registry::{Key, State, StateError, Value};
use tokio::sync::mpsc;

use super::block::{Block, BlockError, Sealed};
use super::handle::{LedgerHandle, Shared};
use super::head::Head;
use super::keyring::Keyring;
use super::queue::Queue;
use super::settled::StoredTransfers;
use super::submission::LedgerError;
use super::tree::TreeEdge;
use super::writer::{Pace, Writer, sign};
use super::{Ledger, LedgerConfig};
use crate::store::{GuardedHead, Identity, Store, StoreError, StoreReader};

impl Ledger {
    /// Begins a ledger with its genesis record, durable and signed when this returns.
    ///
    /// # Errors
    /// [`LedgerError`] when the folder is not empty, the genesis breaks a rule or names a key that is not held.
    pub fn create(config: LedgerConfig, genesis: Genesis) -> Result<Self, LedgerError> {
        let keys = Keyring::new(config.keys.clone());
        let Some(signer) = keys.find(genesis.log_key.as_str()).cloned() else {
            return Err(LedgerError::GenesisKey {
                wanted: genesis.log_key.to_string(),
            });
        };
        let identity = Identity {
            party: genesis.party,
            origin: genesis.origin.clone(),
            log_keys: vec![genesis.log_key.to_string()],
        };
        let store = Store::create(&config.dir, &identity, &config.store)?;
        let sealed = first_block(&store, genesis, (config.clock)())?;
        write_block(&store, &identity, sealed, &signer)?;
        drop(store);
        Self::open(config)
    }

    /// Opens a ledger after checking that it is whole and ours, and starts its threads.
    ///
    /// # Errors
    /// [`LedgerError`]: every reason not to start, with what, where and how to mend it.
    pub fn open(config: LedgerConfig) -> Result<Self, LedgerError> {
        let mut keys = Keyring::new(config.keys);
        let identity = Identity {
            party: config.party,
            origin: config.origin,
            log_keys: keys.names(),
        };
        let store = Arc::new(Store::open(&config.dir, &identity, &config.store)?);
        let settled = Arc::new(StoredTransfers::new(Arc::clone(&store)));
        let state = load_state(&store, Arc::clone(&settled))?;
        let tree = TreeEdge::load(&store, state.size())?;
        let guarded = store.acknowledged_head()?;
        keys.follow(&state, guarded.as_ref().map(|head| head.note.as_str()))?;
        let origin = identity.origin.to_string();
        let head = confirm_head(&store, &origin, &tree, guarded, &keys)?;
        let witnessed = store.witnessed_note()?;
        let witnessed = witnessed.and_then(|note| Head::from_note(&note).ok());
        let shared = Arc::new(Shared::new(head, witnessed));
        let (queue_in, queue) = mpsc::channel(config.queue.max(1));
        let state = Arc::new(RwLock::new(state));
        let handle = LedgerHandle {
            queue: queue_in,
            store: Arc::clone(&store),
            state: Arc::clone(&state),
            shared: Arc::clone(&shared),
            clock: Arc::clone(&config.clock),
        };
        let writer = Writer {
            store,
            state,
            settled,
            tree,
            keys,
            clock: config.clock,
            origin,
            queue: Queue::new(queue),
            shared: Arc::clone(&shared),
            block_submissions_max: config.block_submissions_max.max(1),
            pace: Pace::default(),
        };
        let thread = start("ledger-writer", shared, move || writer.run())?;
        Ok(Self {
            handle,
            thread: Some(thread),
        })
    }
}

/// Starts a thread whose panic makes the ledger read-only instead of leaving callers to wait for ever.
fn start(
    name: &'static str,
    shared: Arc<Shared>,
    work: impl FnOnce() + Send + 'static,
) -> Result<JoinHandle<()>, LedgerError> {
    let guarded = move || {
        if catch_unwind(AssertUnwindSafe(work)).is_err() {
            let reason = format!("the thread {name} panicked: this is a defect, report it");
            shared.fail(&reason);
        }
    };
    std::thread::Builder::new()
        .name(name.to_owned())
        .spawn(guarded)
        .map_err(LedgerError::Thread)
}

fn first_block(store: &Store, genesis: Genesis, now_ms: u64) -> Result<Sealed, LedgerError> {
    let state = RwLock::new(State::default());
    let mut tree = TreeEdge::default();
    let mut block = Block::begin(store, 0)?;
    let sealed = block
        .add_own(&state, &mut tree, now_ms, Body::Genesis(genesis))
        .and_then(|()| block.seal(&state, &mut tree, now_ms));
    sealed.map_err(|error| match error {
        BlockError::Store(error) => error.into(),
        BlockError::Own(refusal) => LedgerError::Genesis(refusal),
        other => StoreError::Damaged {
            dir: store.dir().to_owned(),
            what: other.to_string(),
        }
        .into(),
    })
}

pub(super) fn write_block(
    store: &Store,
    identity: &Identity,
    mut sealed: Sealed,
    signer: &countersign_protocol::log::SignerKey,
) -> Result<(), LedgerError> {
    if let Some(writes) = sealed.writes.take() {
        store.commit(writes)?;
    }
    let head = sign(identity.origin.as_str(), &sealed, signer)?;
    Ok(store.acknowledge(head.size, &head.note)?)
}

/// Loads the fold of all leaves from its column. Settled transfers stay on disk.
fn load_state(store: &Store, settled: Arc<StoredTransfers>) -> Result<State, LedgerError> {
    let state = judged_state(store, settled)?;
    let leaves = store.leaf_count()?;
    if state.size() != leaves {
        return Err(StoreError::Damaged {
            dir: store.dir().to_owned(),
            what: format!(
                "there are {leaves} leaves, but the state is of {}",
                state.size()
            ),
        }
        .into());
    }
    Ok(state)
}

/// Loads the fold of the leaves that were judged: in a mirror, leaves that break a rule come after them.
pub(super) fn judged_state(
    store: &Store,
    settled: Arc<StoredTransfers>,
) -> Result<State, LedgerError> {
    let refused = |source| LedgerError::State {
        dir: store.dir().to_owned(),
        source,
    };
    let digest = store
        .state_digest()?
        .ok_or(StateError::Missing("digest"))
        .map_err(refused)?;
    let mut values = Vec::new();
    store.each_state::<LedgerError>(|key, value| {
        let key = Key::from_bytes(key).map_err(refused)?;
        let value = Value::from_bytes(value).map_err(refused)?;
        if !matches!(&value, Value::Transfer(it) if it.is_settled()) {
            values.push((key, value));
        }
        Ok(())
    })?;
    State::load(values, digest, settled).map_err(refused)
}

/// Compares the tree with what was signed, and gives the signed head of the tree as it is.
fn confirm_head(
    store: &Store,
    origin: &str,
    tree: &TreeEdge,
    guarded: Option<GuardedHead>,
    keys: &Keyring,
) -> Result<Head, LedgerError> {
    let size = tree.size();
    if let Some(guarded) = guarded.filter(|head| head.size <= size) {
        let signed = check_signed(store, &guarded, origin, keys)?;
        if signed.size == size {
            return Ok(signed);
        }
    }
    // The process ended between sync and guard, or the operator accepted a loss: the head is signed now. Ed25519 is
    // deterministic, so a checkpoint that was signed before is signed again byte by byte.
    let checkpoint = Checkpoint {
        origin: origin.to_owned(),
        size,
        root: tree.root(),
    };
    let note = checkpoint.sign(keys.for_size(size)?.as_ref())?;
    store.acknowledge(size, &note)?;
    Ok(Head {
        size,
        root: checkpoint.root,
        note: note.into(),
    })
}

/// The guard's checkpoint must be this log's and fit the tiles.
fn check_signed(
    store: &StoreReader,
    guarded: &GuardedHead,
    origin: &str,
    keys: &Keyring,
) -> Result<Head, LedgerError> {
    let dir = || store.dir().to_owned();
    let damaged = |what: String| StoreError::Damaged { dir: dir(), what };
    let (note, checkpoint) = Checkpoint::parse_note(&guarded.note)
        .map_err(|error| damaged(format!("the checkpoint in the file head: {error}")))?;
    if checkpoint.origin != origin {
        return Err(StoreError::WrongOrigin {
            dir: dir(),
            found: checkpoint.origin,
            expected: origin.to_owned(),
        }
        .into());
    }
    if note.verify(keys.verifiers()).is_err() {
        let signers = note.signatures().iter().map(|line| line.name().to_owned());
        return Err(StoreError::ForeignKey {
            dir: dir(),
            found: format!("another key of {}", signers.collect::<Vec<_>>().join(", ")),
            expected: keys.names().join(", "),
        }
        .into());
    }
    let root = root_at(&TileTree::new(store, checkpoint.size), checkpoint.size)
        .map_err(|error| damaged(error.to_string()))?;
    if root != checkpoint.root || checkpoint.size != guarded.size {
        return Err(StoreError::OtherHistory {
            dir: dir(),
            size: checkpoint.size,
            found: hex::encode(root),
            signed: hex::encode(checkpoint.root),
        }
        .into());
    }
    Ok(Head {
        size: checkpoint.size,
        root,
        note: guarded.note.as_str().into(),
    })
}
