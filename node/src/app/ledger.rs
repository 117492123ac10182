//! The ledger itself: its head, its records, proofs out of it.

use countersign_protocol::credential::CredentialError;
use countersign_protocol::id::TransferId;
use countersign_protocol::log::tile::TILE_WIDTH;
use countersign_protocol::log::{Hash, SignedNote, Tile, TlogProof, encode_entries, leaf_hash};
use countersign_protocol::record::Record;
use countersign_protocol::registry::State;

use super::units::UnitsName;
use super::{App, AppError, LIST_MAX, Listing};
use crate::ledger::Head;
use crate::store::StoreReader;

/// A leaf with what it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredRecord {
    /// Leaf index.
    pub index: u64,
    /// RFC 6962 leaf hash.
    pub hash: Hash,
    /// The record.
    pub record: Record,
}

impl StoredRecord {
    pub(super) fn decode(index: u64, leaf: &[u8]) -> Result<Self, AppError> {
        let record =
            Record::decode(leaf).map_err(|error| AppError::internal("read a leaf", &error))?;
        Ok(Self {
            index,
            hash: leaf_hash(leaf),
            record,
        })
    }
}

/// The head of the log, and the newest one that is witnessed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LedgerHead {
    /// The newest signed head.
    pub head: Head,
    /// Time of its last record, in milliseconds since the Unix epoch.
    pub time_ms: u64,
    /// The newest head with a quorum of cosignatures.
    pub witnessed: Option<WitnessedHead>,
}

/// A head under a quorum of cosignatures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WitnessedHead {
    /// The head; its note has the cosignatures.
    pub head: Head,
    /// Names of the keys that cosigned it.
    pub cosigned_by: Vec<String>,
}

/// Which leaf is to be proven.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProofOf {
    /// This one.
    Index(u64),
    /// The newest leaf about a transfer between countries.
    Transfer(TransferId),
    /// The leaf that put these units where they are.
    Units(UnitsName),
}

impl App {
    /// The head of the log.
    ///
    /// # Errors
    /// When the store can not be read.
    pub fn head(&self) -> Result<LedgerHead, AppError> {
        let head = self.ledger().head().borrow().clone();
        let last = head.size.saturating_sub(1);
        let time_ms = self.stored(last)?.record.time_ms;
        let witnessed = self.ledger().witnessed().borrow().clone();
        Ok(LedgerHead {
            head,
            time_ms,
            witnessed: witnessed.map(WitnessedHead::new),
        })
    }

    /// The checkpoint to show: the newest one with a quorum of cosignatures, or, before there is one, the newest signed
    /// one.
    #[must_use]
    pub fn checkpoint(&self) -> Head {
        let witnessed = self.ledger().witnessed().borrow().clone();
        witnessed.unwrap_or_else(|| self.ledger().head().borrow().clone())
    }

    /// Records from leaf `from` on, at most `limit`. `next` is the index to go on at, as text.
    ///
    /// # Errors
    /// When the store can not be read.
    pub async fn records(
        &self,
        from: u64,
        limit: usize,
    ) -> Result<Listing<StoredRecord>, AppError> {
        let limit = limit.clamp(1, LIST_MAX);
        self.blocking(move |app| {
            let size = app.ledger().head().borrow().size;
            let end = from.saturating_add(limit as u64).min(size);
            let items = app.range(from, end)?;
            let next = (end < size && from < end).then(|| end.to_string());
            Ok(Listing { items, next })
        })
        .await
    }

    /// The newest records, newest first, at most `limit`.
    ///
    /// # Errors
    /// When the store can not be read.
    pub async fn newest_records(&self, limit: usize) -> Result<Vec<StoredRecord>, AppError> {
        let limit = limit.min(LIST_MAX) as u64;
        self.blocking(move |app| {
            let size = app.ledger().head().borrow().size;
            let mut records = app.range(size.saturating_sub(limit), size)?;
            records.reverse();
            Ok(records)
        })
        .await
    }

    /// One record.
    pub(super) fn stored(&self, index: u64) -> Result<StoredRecord, AppError> {
        let leaf = self
            .ledger()
            .leaf(index)?
            .ok_or_else(|| AppError::not_found("leaf", &index))?;
        StoredRecord::decode(index, &leaf)
    }

    /// The records of `from..end`, in order.
    pub(super) fn range(&self, from: u64, end: u64) -> Result<Vec<StoredRecord>, AppError> {
        let mut records = Vec::new();
        if from >= end {
            return Ok(records);
        }
        let mut leaves = self.ledger().store().leaves(from..end)?;
        while let Some((index, leaf)) = leaves.next_leaf()? {
            records.push(StoredRecord::decode(index, leaf)?);
        }
        Ok(records)
    }

    /// A proof bundle (C2SP tlog-proof) with the leaf's bytes, under the newest witnessed checkpoint.
    ///
    /// # Errors
    /// [`AppError::NotFound`] when there is no such leaf, [`AppError::NotWitnessed`] when the newest witnessed checkpoint
    /// does not cover it yet, [`AppError::BadInput`] when units lie in several places.
    pub async fn proof(&self, of: ProofOf) -> Result<TlogProof, AppError> {
        self.blocking(move |app| app.prove(&of)).await
    }

    /// The Verifiable Credential of an entry (W3C VCDM 2.0 as a JWS), with its proof bundle as evidence. For everybody.
    ///
    /// # Errors
    /// As [`App::proof`]; [`AppError::BadInput`] when the entry is none of an authorisation, an issuance or a retirement.
    pub async fn credential(&self, index: u64) -> Result<String, AppError> {
        let bundle = self.proof(ProofOf::Index(index)).await?;
        match self.federation().credential(&bundle.to_string()) {
            Err(error @ CredentialError::Kind) => {
                Err(AppError::parameter("index", error.to_string()))
            }
            other => other.map_err(|error| AppError::internal("issue a credential", &error)),
        }
    }

    fn prove(&self, of: &ProofOf) -> Result<TlogProof, AppError> {
        let index = match of {
            ProofOf::Index(index) => *index,
            ProofOf::Transfer(id) => self.find_transfer(*id)?.newest_leaf(),
            ProofOf::Units(name) => self.placed_by(name)?,
        };
        // The state may be a block ahead of the signed head: such a leaf comes in a moment.
        if index >= self.ledger().read(State::size) {
            return Err(AppError::not_found("leaf", &index));
        }
        let witnessed = self.ledger().witnessed().borrow().clone();
        let covered = witnessed.as_ref().map_or(0, |witnessed| witnessed.size);
        let Some(witnessed) = witnessed.filter(|witnessed| index < witnessed.size) else {
            return Err(AppError::NotWitnessed { index, covered });
        };
        let leaf = self
            .ledger()
            .leaf(index)?
            .ok_or_else(|| AppError::not_found("leaf", &index))?;
        let hashes = self
            .ledger()
            .proof(index, witnessed.size)
            .map_err(|error| AppError::internal("prove a leaf", &error))?;
        let note = witnessed.note.to_string();
        Ok(TlogProof::new(leaf, index, hashes, note))
    }

    /// The tile of hashes, at its first `width` entries; `None` where the signed tree has not that many.
    ///
    /// # Errors
    /// When the store can not be read.
    pub async fn tile(&self, tile: Tile) -> Result<Option<Vec<u8>>, AppError> {
        self.blocking(move |app| tile_of(app.ledger().store(), app.signed_size(), tile))
            .await
    }

    /// The leaves below a tile of level 0, as an entry bundle; `None` where the signed tree has not that many.
    ///
    /// # Errors
    /// When the store can not be read.
    pub async fn entries(&self, tile: Tile) -> Result<Option<Vec<u8>>, AppError> {
        self.blocking(move |app| entries_of(app.ledger().store(), app.signed_size(), tile))
            .await
    }

    fn signed_size(&self) -> u64 {
        self.ledger().head().borrow().size
    }
}

/// Whether a tree of this size holds at least this much of the tile.
fn has_tile(size: u64, tile: Tile) -> bool {
    Tile::in_tree(tile.level(), tile.index(), size)
        .is_some_and(|there| there.width() >= tile.width())
}

/// A tile of hashes of the tree of the first `size` leaves of a store.
pub(super) fn tile_of(
    store: &StoreReader,
    size: u64,
    tile: Tile,
) -> Result<Option<Vec<u8>>, AppError> {
    if !has_tile(size, tile) {
        return Ok(None);
    }
    let stored = store.tile_bytes(tile.level(), tile.index())?;
    let bytes = usize::from(tile.width()) * size_of::<Hash>();
    Ok(stored.and_then(|hashes| hashes.get(..bytes).map(<[u8]>::to_vec)))
}

/// The leaves below a tile of level 0 of the tree of the first `size` leaves of a store, as an entry bundle.
pub(super) fn entries_of(
    store: &StoreReader,
    size: u64,
    tile: Tile,
) -> Result<Option<Vec<u8>>, AppError> {
    if tile.level() != 0 || !has_tile(size, tile) {
        return Ok(None);
    }
    let first = tile.index() * u64::from(TILE_WIDTH);
    let end = first + u64::from(tile.width());
    let mut leaves = store.leaves(first..end)?;
    let mut entries = Vec::with_capacity(usize::from(tile.width()));
    while let Some((_, leaf)) = leaves.next_leaf()? {
        entries.push(leaf.to_vec());
    }
    let bundle = encode_entries(&entries)
        .map_err(|error| AppError::internal("make an entry bundle", &error))?;
    Ok(Some(bundle))
}

impl WitnessedHead {
    /// The notes that are announced as witnessed were checked against the policy; here only the names are read.
    fn new(head: Head) -> Self {
        let note = SignedNote::parse(&head.note).ok();
        let origin = note
            .as_ref()
            .and_then(|note| note.text().lines().next())
            .map(str::to_owned);
        let lines = note.iter().flat_map(|note| note.signatures());
        let cosigned_by = lines
            .map(|line| line.name().to_owned())
            .filter(|name| Some(name) != origin.as_ref())
            .collect();
        Self { head, cosigned_by }
    }
}
