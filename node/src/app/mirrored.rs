//! Entries of a partner's ledger as this node mirrors it, for everybody: each with its proof under the newest checkpoint whose
//! leaves are all here.

use std::sync::Arc;

use countersign_protocol::log::{
    Checkpoint, Hash, TileTree, TlogProof, leaf_hash, prove_inclusion,
};
use countersign_protocol::party::Party;
use countersign_protocol::record::Record;

use super::{App, AppError, LIST_MAX};
use crate::mirror::Mirror;
use crate::store::Store;
use crate::witness::origin_hash;

/// An entry of a mirrored ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MirroredEntry {
    /// Leaf index.
    pub index: u64,
    /// RFC 6962 leaf hash.
    pub hash: Hash,
    /// Length of the leaf, in bytes.
    pub bytes: u64,
    /// What it says; `None` where this release can not read it.
    pub record: Option<Record>,
}

impl MirroredEntry {
    fn of(index: u64, leaf: &[u8]) -> Self {
        Self {
            index,
            hash: leaf_hash(leaf),
            bytes: leaf.len() as u64,
            record: Record::decode(leaf).ok(),
        }
    }
}

/// A part of a mirrored ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MirroredPart {
    /// The ledger's origin.
    pub origin: String,
    /// Entries that are here.
    pub size: u64,
    /// The first that is not as it must be; this one and those after it are not believed.
    pub refused_from: Option<u64>,
    /// The entries, oldest first.
    pub entries: Vec<MirroredEntry>,
}

impl App {
    fn mirror_of(&self, party: Party) -> Result<(Arc<Mirror>, Arc<Store>), AppError> {
        let origin = self
            .ledger()
            .read(|state| state.partner(party).map(|it| it.origin.clone()));
        let mirror = origin.and_then(|it| self.federation().mirrored(origin_hash(it.as_str())));
        let opened = mirror.and_then(|mirror| {
            let store = mirror.store()?;
            Some((mirror, store))
        });
        opened.ok_or_else(|| AppError::not_found("mirrored ledger", &party))
    }

    /// Whether entries of a country's ledger are here to be read.
    #[must_use]
    pub fn is_mirrored(&self, party: Party) -> bool {
        self.mirror_of(party).is_ok()
    }

    /// Entries of a mirrored ledger before one, or the newest: at most `limit`.
    ///
    /// # Errors
    /// [`AppError::NotFound`] where the country's ledger is not mirrored here, and when the store can not be read.
    pub async fn mirrored_before(
        &self,
        party: Party,
        before: Option<u64>,
        limit: usize,
    ) -> Result<MirroredPart, AppError> {
        let (mirror, store) = self.mirror_of(party)?;
        let limit = limit.clamp(1, LIST_MAX) as u64;
        self.blocking(move |_| {
            let size = store.leaf_count()?;
            let end = before.unwrap_or(u64::MAX).min(size);
            let mut entries = Vec::new();
            if end > 0 {
                let mut leaves = store.leaves(end.saturating_sub(limit)..end)?;
                while let Some((index, leaf)) = leaves.next_leaf()? {
                    entries.push(MirroredEntry::of(index, leaf));
                }
            }
            Ok(MirroredPart {
                origin: mirror.origin().to_string(),
                size,
                refused_from: mirror.status().finding.map(|it| it.index),
                entries,
            })
        })
        .await
    }

    /// An entry of a mirrored ledger.
    ///
    /// # Errors
    /// As [`App::mirrored_before`], and [`AppError::NotFound`] where the entry is not here.
    pub async fn mirrored_entry(
        &self,
        party: Party,
        index: u64,
    ) -> Result<MirroredEntry, AppError> {
        let before = index.saturating_add(1);
        let part = self.mirrored_before(party, Some(before), 1).await?;
        let found = part.entries.into_iter().find(|it| it.index == index);
        found.ok_or_else(|| AppError::not_found("entry", &index))
    }

    /// The proof bundle (C2SP tlog-proof) of an entry of a mirrored ledger, under the newest checkpoint whose leaves are all here.
    ///
    /// # Errors
    /// As [`App::mirrored_entry`]; [`AppError::NotWitnessed`] where that checkpoint does not cover the entry.
    pub async fn mirrored_proof(&self, party: Party, index: u64) -> Result<TlogProof, AppError> {
        let (mirror, store) = self.mirror_of(party)?;
        self.blocking(move |_| {
            if index >= store.leaf_count()? {
                return Err(AppError::not_found("entry", &index));
            }
            let note = mirror.checkpoint();
            let parsed = note.as_deref().map(Checkpoint::parse_note);
            let head = parsed.transpose().map_err(|error| {
                AppError::internal("read the checkpoint of a mirrored ledger", &error)
            })?;
            let covered = head.as_ref().map_or(0, |(_, head)| head.size);
            let Some(note) = note.filter(|_| index < covered) else {
                return Err(AppError::NotWitnessed { index, covered });
            };
            let mut leaves = store.leaves(index..index.saturating_add(1))?;
            let (_, leaf) = leaves
                .next_leaf()?
                .ok_or_else(|| AppError::not_found("entry", &index))?;
            let tree = TileTree::new(&**store, covered);
            let hashes = prove_inclusion(&tree, index, covered)
                .map_err(|error| AppError::internal("prove a mirrored leaf", &error))?;
            Ok(TlogProof::new(leaf.to_vec(), index, hashes, note))
        })
        .await
    }
}
