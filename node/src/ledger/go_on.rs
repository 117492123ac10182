//! Beginning the ledger that goes on from a closed one: it has the same leaves, and a genesis record of its own after them.

use std::sync::{Arc, RwLock};

use countersign_protocol::federation::ClosedError;
use countersign_protocol::record::{Body, Continues, Genesis};

use super::block::{Block, BlockError};
use super::keyring::Keyring;
use super::open::{judged_state, write_block};
use super::rebuild::{Rebuild, RebuildError};
use super::settled::StoredTransfers;
use super::submission::LedgerError;
use super::tree::TreeEdge;
use super::{Ledger, LedgerConfig};
use crate::store::{Identity, Store, StoreError, StoreReader};

/// How many leaves are taken at once.
const CHUNK: usize = 1024;

/// Why a ledger does not go on from a closed one.
#[derive(Debug, thiserror::Error)]
pub enum GoOnError {
    /// The genesis names no closed ledger.
    #[error("the genesis names no closed ledger that it goes on from")]
    NoClosed,
    /// What was read is not the closed ledger up to its last head.
    #[error("{0}")]
    Leaves(ClosedError),
    /// A leaf breaks a rule of this release.
    #[error(
        "a leaf of the closed ledger can not be taken: {0}. Is this the release that wrote it?"
    )]
    Illegal(String),
    /// The new store can not be filled.
    #[error(transparent)]
    Rebuild(#[from] RebuildError),
    /// A store can not be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The new ledger can not begin.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

impl Ledger {
    /// Begins the ledger that goes on from a closed one, whose leaves are read from `closed`: its own folder, or a partner's
    /// mirror of it. What lies there above the last head that `genesis` names is left behind. Durable and signed when this
    /// returns.
    ///
    /// # Errors
    /// [`GoOnError`]; a folder that was begun is left as it is, to be looked at and removed.
    pub fn go_on(
        config: LedgerConfig,
        genesis: Genesis,
        closed: &StoreReader,
    ) -> Result<Self, GoOnError> {
        let named = genesis.continues.clone().ok_or(GoOnError::NoClosed)?;
        let keys = Keyring::new(config.keys.clone());
        let signer = keys.find(genesis.log_key.as_str()).cloned();
        let signer = signer.ok_or_else(|| LedgerError::GenesisKey {
            wanted: genesis.log_key.to_string(),
        })?;
        let mut identity = Identity {
            party: genesis.party,
            origin: genesis.origin.clone(),
            log_keys: vec![genesis.log_key.to_string()],
        };
        // Until the second genesis is written, the key that the leaves name is the closed ledger's.
        identity
            .log_keys
            .extend(copy(&config, &identity, closed, &named)?);
        let store = Arc::new(Store::open(&config.dir, &identity, &config.store)?);
        let state = judged_state(&store, Arc::new(StoredTransfers::new(Arc::clone(&store))))?;
        let (size, now_ms) = (state.size(), (config.clock)().max(state.time_ms()));
        let state = RwLock::new(state);
        let mut tree = TreeEdge::load(&store, size)?;
        let mut block = Block::begin(&store, size)?;
        let sealed = block
            .add_own(&state, &mut tree, now_ms, Body::Genesis(genesis))
            .and_then(|()| block.seal(&state, &mut tree, now_ms));
        let sealed = sealed.map_err(|error| match error {
            BlockError::Store(error) => GoOnError::Store(error),
            BlockError::Own(refusal) => LedgerError::Genesis(refusal).into(),
            other => RebuildError::from(other).into(),
        })?;
        write_block(&store, &identity, sealed, &signer)?;
        drop(state);
        drop(store);
        Ok(Self::open(config)?)
    }
}

/// Every leaf of the closed ledger's last tree, judged by the rules; gives the log key that they name last.
fn copy(
    config: &LedgerConfig,
    identity: &Identity,
    closed: &StoreReader,
    named: &Continues,
) -> Result<Option<String>, GoOnError> {
    let mut rebuild = Rebuild::create(&config.dir, identity, &config.store)?;
    let mut rows = closed.leaves(0..named.size)?;
    let mut chunk = Vec::with_capacity(CHUNK);
    loop {
        let leaf = rows.next_leaf()?.map(|(_, bytes)| bytes.to_vec());
        let is_end = leaf.is_none();
        chunk.extend(leaf);
        if chunk.len() >= CHUNK || is_end {
            rebuild.append(&chunk)?;
            chunk.clear();
        }
        if let Some(finding) = rebuild.finding() {
            return Err(GoOnError::Illegal(finding.to_string()));
        }
        if is_end {
            break;
        }
    }
    let (found, wanted) = (rebuild.size(), named.size);
    if found != wanted {
        return Err(GoOnError::Leaves(ClosedError::Size { found, wanted }));
    }
    if rebuild.root().ok() != Some(named.root) {
        return Err(GoOnError::Leaves(ClosedError::Root));
    }
    let key = rebuild.state().log_key();
    Ok(key.map(|(key, _)| key.to_string()))
}
