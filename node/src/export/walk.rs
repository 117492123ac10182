//! Going through every leaf: hashes, tiles and records are made again from the leaves and compared with what is there.
//!
//! Reading, hashing and decoding run on every core, one entry bundle at a time; what needs an order (rules, lines, upper
//! tiles) runs on the caller's thread. Each worker has its own short queue and its own bundles, so the bundles come back in
//! order and no more than a few wait in memory.

use std::num::NonZero;
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread::{self, Scope};

use countersign_bridge::records_jsonl;
use countersign_protocol::log::{Hash, Tile, decode_entries, leaf_hash, node_hash};
use countersign_protocol::record::Record;

use super::source::BUNDLE_LEAVES;
use super::{LedgerSource, VerifyError};
use crate::ledger::replay::{ReadLeaf, ReplayError};

/// Bundles that wait for the caller, for each worker: enough that nobody waits for long, a few megabytes at most.
const QUEUE: usize = 4;

/// More workers than this only wait for the one that applies the rules.
const WORKERS_MAX: usize = 8;

/// The leaves under one tile of level 0, checked against that tile.
pub(super) struct Bundle {
    pub(super) tile: Tile,
    /// Index of the first leaf.
    pub(super) first: u64,
    /// Where the entry bundle is, for messages.
    pub(super) place: String,
    /// The entry bundle as read.
    pub(super) entries: Vec<u8>,
    pub(super) hashes: Vec<Hash>,
    pub(super) leaves: Vec<ReadLeaf>,
    /// The lines of `records.jsonl` for these leaves; empty when nobody asked for them.
    pub(super) lines: Vec<u8>,
}

/// What is done with the parts of a ledger, in order.
pub(super) trait Visit {
    type Error: From<VerifyError>;

    /// The next leaves. Their tile of level 0 was compared.
    fn bundle(&mut self, bundle: Bundle) -> Result<(), Self::Error>;

    /// The next tile of a level above 0. It was compared.
    fn tile(&mut self, tile: Tile, hashes: &[Hash]) -> Result<(), Self::Error>;
}

/// Goes through the first `size` leaves.
pub(super) fn walk<V: Visit>(
    source: &(impl LedgerSource + ?Sized),
    size: u64,
    with_lines: bool,
    visit: &mut V,
) -> Result<(), V::Error> {
    let bundles = size.div_ceil(BUNDLE_LEAVES);
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    let workers = cores
        .min(WORKERS_MAX)
        .min(usize::try_from(bundles / 2).unwrap_or(usize::MAX));
    let mut upper = Upper::default();
    let mut step = |bundle: Bundle| {
        let root = bundle.tile.is_full().then(|| subtree_root(&bundle.hashes));
        visit.bundle(bundle)?;
        match root {
            Some(root) => upper.add(source, root, visit),
            None => Ok(()),
        }
    };
    if workers < 2 {
        for index in 0..bundles {
            step(prepare(source, index, size, with_lines)?)?;
        }
    } else {
        thread::scope(|scope| {
            let queues = spawn(scope, source, size, with_lines, workers);
            for (_, queue) in (0..bundles).zip(queues.iter().cycle()) {
                step(queue.recv().map_err(|_| VerifyError::Interrupted)??)?;
            }
            Ok::<(), V::Error>(())
        })?;
    }
    upper.finish(source, visit)
}

/// Starts the workers: number `w` of them prepares the bundles `w`, `w + workers`, and so on.
fn spawn<'scope>(
    scope: &'scope Scope<'scope, '_>,
    source: &'scope (impl LedgerSource + ?Sized),
    size: u64,
    with_lines: bool,
    workers: usize,
) -> Vec<Receiver<Result<Bundle, VerifyError>>> {
    let start = |worker: usize| {
        let (sender, receiver) = sync_channel(QUEUE);
        scope.spawn(move || {
            for index in (0..size.div_ceil(BUNDLE_LEAVES))
                .skip(worker)
                .step_by(workers)
            {
                if sender
                    .send(prepare(source, index, size, with_lines))
                    .is_err()
                {
                    return;
                }
            }
        });
        receiver
    };
    (0..workers).map(start).collect()
}

/// Reads one bundle and makes everything from it that needs no order.
fn prepare(
    source: &(impl LedgerSource + ?Sized),
    index: u64,
    size: u64,
    with_lines: bool,
) -> Result<Bundle, VerifyError> {
    // Every bundle below size.div_ceil(256) has at least one leaf.
    let tile = Tile::in_tree(0, index, size).ok_or(VerifyError::Interrupted)?;
    let entries = source.entries(tile)?;
    let place = source.place_of(&tile.entries_path());
    let bytes = match decode_entries(&entries, tile.width()) {
        Ok(bytes) => bytes,
        Err(error) => return Err(VerifyError::Tile { place, error }),
    };
    // Hashes come before records: a changed leaf is told as such, whatever else it has become.
    let hashes: Vec<Hash> = bytes.iter().map(|leaf| leaf_hash(leaf)).collect();
    compare(source, tile, &hashes)?;
    let first = index * BUNDLE_LEAVES;
    let mut leaves = Vec::with_capacity(bytes.len());
    let mut lines = Vec::new();
    for ((index, bytes), hash) in (first..).zip(&bytes).zip(&hashes) {
        let record = match Record::decode(bytes) {
            Ok(record) => record,
            Err(source) => {
                let error = ReplayError::Leaf { index, source };
                return Err(VerifyError::Leaf { place, error });
            }
        };
        if with_lines {
            records_jsonl::write_line(&mut lines, index, hash, &record)
                .map_err(|error| VerifyError::Json { index, error })?;
        }
        leaves.push(ReadLeaf {
            index,
            hash: *hash,
            record,
        });
    }
    Ok(Bundle {
        tile,
        first,
        place,
        entries,
        hashes,
        leaves,
        lines,
    })
}

/// Compares a tile with the hashes that it must hold.
fn compare(
    source: &(impl LedgerSource + ?Sized),
    tile: Tile,
    hashes: &[Hash],
) -> Result<(), VerifyError> {
    let bytes = source.tile(tile)?;
    let place = || source.place_of(&tile.path());
    let found = tile.decode(&bytes).map_err(|error| VerifyError::Tile {
        place: place(),
        error,
    })?;
    let Some(position) = found.iter().zip(hashes).position(|(a, b)| a != b) else {
        return Ok(());
    };
    let leaves = 1 << (8 * u32::from(tile.level()));
    let first = (tile.index() * BUNDLE_LEAVES + position as u64) * leaves;
    Err(VerifyError::Hash {
        place: place(),
        position,
        first,
        last: first + (leaves - 1),
    })
}

/// Root of a complete subtree.
fn subtree_root(hashes: &[Hash]) -> Hash {
    let mut level = hashes.to_vec();
    while level.len() > 1 {
        level = level
            .as_chunks::<2>()
            .0
            .iter()
            .map(|[left, right]| node_hash(left, right))
            .collect();
    }
    level.first().copied().unwrap_or_default()
}

/// The tiles above level 0, as they fill.
#[derive(Default)]
struct Upper {
    levels: Vec<Level>,
}

/// One level: the tile that fills now.
#[derive(Default)]
struct Level {
    index: u64,
    hashes: Vec<Hash>,
}

impl Upper {
    /// Adds the root of the next full tile of level 0.
    fn add<V: Visit>(
        &mut self,
        source: &(impl LedgerSource + ?Sized),
        root: Hash,
        visit: &mut V,
    ) -> Result<(), V::Error> {
        let mut root = root;
        for (number, below) in (1..=u8::MAX).zip(0..) {
            if self.levels.len() == below {
                self.levels.push(Level::default());
            }
            let level = &mut self.levels[below];
            level.hashes.push(root);
            if level.hashes.len() as u64 != BUNDLE_LEAVES {
                return Ok(());
            }
            let hashes = std::mem::take(&mut level.hashes);
            let tile = tile(source, number, level.index, &hashes)?;
            level.index += 1;
            compare(source, tile, &hashes)?;
            visit.tile(tile, &hashes)?;
            root = subtree_root(&hashes);
        }
        Ok(())
    }

    /// The partial tiles at the right border.
    fn finish<V: Visit>(
        self,
        source: &(impl LedgerSource + ?Sized),
        visit: &mut V,
    ) -> Result<(), V::Error> {
        for (number, level) in (1..=u8::MAX).zip(self.levels) {
            if level.hashes.is_empty() {
                continue;
            }
            let tile = tile(source, number, level.index, &level.hashes)?;
            compare(source, tile, &level.hashes)?;
            visit.tile(tile, &level.hashes)?;
        }
        Ok(())
    }
}

fn tile(
    source: &(impl LedgerSource + ?Sized),
    level: u8,
    index: u64,
    hashes: &[Hash],
) -> Result<Tile, VerifyError> {
    let width = u16::try_from(hashes.len()).unwrap_or(u16::MAX);
    Tile::new(level, index, width).map_err(|error| VerifyError::Tile {
        place: source.place(),
        error,
    })
}
