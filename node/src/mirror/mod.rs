//! Mirrors: the ledgers of partners, kept here and judged by our rules.
//!
//! A mirror is a store like this node's own, filled with the leaves that the partner's witnesses stand behind. It serves two
//! people: the auditor, because the first leaf that breaks a rule is found and named, and the partner, whose node may lose
//! its disk ([`crate::recover`]). What is fetched and from whom is the business of [`crate::federation`].

mod status;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use countersign_protocol::id::Origin;
use countersign_protocol::log::{Hash, ProveError, TileTree, prove_consistency, root_at};
use countersign_protocol::record::Partner;
use countersign_protocol::registry::State;

pub use status::{AuditFinding, MirrorStatus};

use crate::ledger::rebuild::{Rebuild, RebuildError};
use crate::ledger::replay::ReplayError;
use crate::store::{Identity, OpenOptions, Store, StoreError, StoreTuning};
use crate::witness::{OriginHash, origin_hash};

/// Memory of one mirror's store: a federation of thirty countries keeps twenty-nine of them on a small machine.
const TUNING: StoreTuning = StoreTuning {
    write_buffer_bytes: 4 << 20,
    block_cache_bytes: 1 << 20,
    open_files_max: 64,
};

/// Why a mirror did not grow.
#[derive(Debug, thiserror::Error)]
pub enum MirrorError {
    /// The mirror's store, or a leaf.
    #[error(transparent)]
    Rebuild(#[from] RebuildError),
    /// The folder of a mirror that was never filled can not be cleared.
    #[error("the folder {0} can not be cleared: {1}")]
    Folder(PathBuf, #[source] std::io::Error),
}

/// All mirrors of a node.
#[derive(Debug)]
pub struct Mirrors {
    dir: PathBuf,
    all: Mutex<BTreeMap<Origin, Arc<Mirror>>>,
}

/// The mirror of one partner's ledger.
pub struct Mirror {
    origin: Origin,
    dir: PathBuf,
    identity: Identity,
    rebuild: Mutex<Option<Rebuild>>,
    /// Reading needs no turn behind whoever writes.
    store: Mutex<Option<Arc<Store>>>,
    status: Mutex<MirrorStatus>,
}

impl std::fmt::Debug for Mirror {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Mirror").field(&self.origin).finish()
    }
}

impl Mirrors {
    /// Mirrors in subfolders of `dir`, which are made as partners are listed.
    #[must_use]
    pub fn new(dir: PathBuf) -> Self {
        Self {
            dir,
            all: Mutex::default(),
        }
    }

    fn all(&self) -> MutexGuard<'_, BTreeMap<Origin, Arc<Mirror>>> {
        self.all.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The mirror of a listed partner.
    pub fn of(&self, partner: &Partner) -> Arc<Mirror> {
        let mut all = self.all();
        let known = all.get(&partner.origin);
        if let Some(known) = known {
            return Arc::clone(known);
        }
        let mirror = Arc::new(Mirror {
            origin: partner.origin.clone(),
            dir: self
                .dir
                .join(hex::encode(origin_hash(partner.origin.as_str()))),
            identity: Identity {
                party: partner.party,
                origin: partner.origin.clone(),
                log_keys: vec![partner.log_key.to_string()],
            },
            rebuild: Mutex::default(),
            store: Mutex::default(),
            status: Mutex::new(MirrorStatus::new(partner.party, partner.origin.clone())),
        });
        all.insert(partner.origin.clone(), Arc::clone(&mirror));
        mirror
    }

    /// The mirror of the ledger with this origin, if there is one.
    #[must_use]
    pub fn find(&self, origin: &str) -> Option<Arc<Mirror>> {
        let origin: Origin = origin.parse().ok()?;
        self.all().get(&origin).map(Arc::clone)
    }

    /// The mirror whose origin has this SHA-256.
    #[must_use]
    pub fn find_hash(&self, hash: OriginHash) -> Option<Arc<Mirror>> {
        let all = self.all();
        let mut mirrors = all.values();
        mirrors
            .find(|mirror| origin_hash(mirror.origin.as_str()) == hash)
            .map(Arc::clone)
    }

    /// How each stands, by origin.
    #[must_use]
    pub fn statuses(&self) -> Vec<MirrorStatus> {
        let all: Vec<Arc<Mirror>> = self.all().values().map(Arc::clone).collect();
        all.iter().map(|mirror| mirror.status()).collect()
    }
}

impl Mirror {
    /// The ledger that it mirrors.
    #[must_use]
    pub const fn origin(&self) -> &Origin {
        &self.origin
    }

    /// How it stands.
    #[must_use]
    pub fn status(&self) -> MirrorStatus {
        self.lock_status().clone()
    }

    fn lock_status(&self) -> MutexGuard<'_, MirrorStatus> {
        self.status.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes what became of an attempt to grow; `None` when all is well.
    pub(crate) fn note_problem(&self, problem: Option<String>) {
        self.lock_status().problem = problem;
    }

    /// The store, once the mirror has been opened and holds leaves.
    #[must_use]
    pub fn store(&self) -> Option<Arc<Store>> {
        let store = self.store.lock().unwrap_or_else(PoisonError::into_inner);
        store.clone()
    }

    /// Works with the store that grows, opening or making it first. Blocks: call it where blocking is allowed.
    ///
    /// # Errors
    /// When the store can be neither opened nor made, and what `work` says.
    pub(crate) fn with<R>(
        &self,
        work: impl FnOnce(&mut Rebuild) -> Result<R, MirrorError>,
    ) -> Result<R, MirrorError> {
        let mut slot = self.rebuild.lock().unwrap_or_else(PoisonError::into_inner);
        if slot.is_none() {
            *slot = Some(self.open()?);
        }
        let Some(rebuild) = slot.as_mut() else {
            return Err(RebuildError::Keep("the mirror is closed".to_owned()).into());
        };
        let worked = work(rebuild);
        let size = rebuild.size();
        if size > 0 {
            *self.store.lock().unwrap_or_else(PoisonError::into_inner) = Some(rebuild.store());
        }
        let finding = rebuild.finding().map(AuditFinding::of);
        {
            let mut status = self.lock_status();
            status.size = size;
            status.finding = finding;
        }
        if worked.is_err() {
            // What lies on the disk may not be what lies in memory: it is read anew next time.
            *slot = None;
            *self.store.lock().unwrap_or_else(PoisonError::into_inner) = None;
        }
        worked
    }

    fn open(&self) -> Result<Rebuild, MirrorError> {
        let options = OpenOptions {
            tuning: TUNING,
            ..OpenOptions::default()
        };
        let mut identity = self.identity.clone();
        match Rebuild::open(&self.dir, &identity, &options) {
            Ok(rebuild) => Ok(rebuild),
            Err(RebuildError::Store(StoreError::Absent { .. })) => {
                Ok(Rebuild::create(&self.dir, &identity, &options)?)
            }
            Err(RebuildError::Partial | RebuildError::Store(StoreError::NoGenesis { .. })) => {
                std::fs::remove_dir_all(&self.dir)
                    .map_err(|error| MirrorError::Folder(self.dir.clone(), error))?;
                Ok(Rebuild::create(&self.dir, &identity, &options)?)
            }
            Err(RebuildError::Store(StoreError::ForeignKey { found, .. })) => {
                // Its log rotated: the mirror knows the key that its leaves named, the list may be behind or ahead.
                identity.log_keys.push(found);
                Ok(Rebuild::open(&self.dir, &identity, &options)?)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Takes leaves after the last one. One that breaks a rule is told by [`MirrorStatus::finding`]; it and what comes after
    /// it is kept, for it is evidence.
    ///
    /// # Errors
    /// When the store fails.
    pub(crate) fn append(&self, leaves: &[Vec<u8>]) -> Result<(), MirrorError> {
        self.with(|rebuild| Ok(rebuild.append(leaves)?))
    }

    /// The mirror now holds all leaves of this witnessed checkpoint; `asked_at` as for [`MirrorStatus::asked_at`].
    ///
    /// # Errors
    /// When the store fails.
    pub(crate) fn stands_under(
        &self,
        witnessed: &str,
        asked_at: Option<u64>,
        now_ms: u64,
    ) -> Result<(), MirrorError> {
        self.with(|rebuild| Ok(rebuild.stands_under(witnessed)?))?;
        let mut status = self.lock_status();
        status.caught_up_ms = Some(now_ms);
        status.asked_at = asked_at;
        status.problem = None;
        Ok(())
    }

    /// The newest witnessed checkpoint whose leaves are all here.
    #[must_use]
    pub fn checkpoint(&self) -> Option<String> {
        let store = self.store()?;
        store.witnessed_note().ok().flatten()
    }

    /// Root of the first `size` leaves.
    ///
    /// # Errors
    /// When there are not so many.
    pub fn root_at(&self, size: u64) -> Result<Hash, ProveError> {
        let Some(store) = self.store() else {
            return Err(ProveError::MissingNode { level: 0, index: 0 });
        };
        root_at(&TileTree::new(&**store, size), size)
    }

    /// That one size of the ledger extends another.
    ///
    /// # Errors
    /// When the mirror does not hold so many leaves.
    pub fn consistency(&self, from: u64, to: u64) -> Result<Vec<Hash>, ProveError> {
        let Some(store) = self.store() else {
            return Err(ProveError::MissingNode { level: 0, index: 0 });
        };
        prove_consistency(&TileTree::new(&**store, to), from, to)
    }

    /// Reads the partner's registry as this node has rebuilt it. Blocks while the mirror grows.
    ///
    /// # Errors
    /// When the store can not be opened.
    pub fn read<R>(&self, read: impl FnOnce(&State) -> R) -> Result<R, MirrorError> {
        self.with(|rebuild| Ok(read(rebuild.state())))
    }
}

impl AuditFinding {
    fn of(error: &ReplayError) -> Self {
        match error {
            ReplayError::Leaf { index, source } => Self {
                index: *index,
                kind: None,
                rule: None,
                says: source.to_string(),
            },
            ReplayError::Rule {
                index,
                kind,
                source,
            } => Self {
                index: *index,
                kind: Some(kind),
                rule: Some(source.code()),
                says: source.to_string(),
            },
            ReplayError::Tree(error) => Self {
                index: u64::MAX,
                kind: None,
                rule: None,
                says: error.to_string(),
            },
        }
    }
}
