//! A disk that forgets what was not synced, tears the block it was writing, and fails now and then.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use countersign_protocol::record::{Body, Record};

use crate::founding::Leaf;

/// What happens to the next block that is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DiskFault {
    /// The write fails, and nothing of it is there.
    Error,
    /// The power goes before the sync: nothing of the block is there.
    Lost,
    /// The power goes before the sync: the first leaves of the block are there.
    Torn,
    /// The power goes before the sync, and yet the whole block is there.
    Whole,
    /// The power goes right after the sync.
    After,
}

/// What became of a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Written {
    Synced,
    Failed,
    PowerLost,
}

/// What a node's disk holds.
#[derive(Clone, Debug, Default)]
pub(crate) struct Disk {
    blocks: Vec<Vec<Leaf>>,
    synced: usize,
    /// The newest own checkpoint with a quorum: its size and note.
    pub(crate) witnessed: Option<(u64, String)>,
    /// Evidence against other countries.
    pub(crate) evidence: BTreeMap<usize, Rc<str>>,
    /// The key that the trust registry named over the ledger's head, and from which size on.
    pub(crate) named_key: Option<(u64, usize)>,
    /// Countries with which the operator wants nothing new.
    pub(crate) frozen: BTreeSet<usize>,
    pub(crate) fault: Option<DiskFault>,
}

impl Disk {
    pub(crate) fn new(founding: Vec<Leaf>) -> Self {
        Self {
            blocks: vec![founding],
            synced: 1,
            ..Self::default()
        }
    }

    /// Writes a block and syncs it, unless a fault is due.
    pub(crate) fn append(&mut self, block: Vec<Leaf>) -> Written {
        let kept = block.len() / 2;
        match self.fault.take() {
            None => {
                self.blocks.push(block);
                self.synced = self.blocks.len();
                Written::Synced
            }
            Some(DiskFault::Error) => Written::Failed,
            Some(DiskFault::Lost) => Written::PowerLost,
            Some(DiskFault::Torn) => {
                self.blocks.push(block[..kept].to_vec());
                Written::PowerLost
            }
            Some(DiskFault::Whole) => {
                self.blocks.push(block);
                Written::PowerLost
            }
            Some(DiskFault::After) => {
                self.blocks.push(block);
                self.synced = self.blocks.len();
                Written::PowerLost
            }
        }
    }

    /// As a node that never syncs writes.
    pub(crate) fn append_unsynced(&mut self, block: Vec<Leaf>) {
        self.blocks.push(block);
    }

    /// What a start finds: a block without its header at the end is the rest of a write that nobody was told of, and goes.
    /// `keeps_unsynced`: whether the machine wrote out by itself what was never synced.
    pub(crate) fn recover(&mut self, keeps_unsynced: bool) -> &[Vec<Leaf>] {
        if !keeps_unsynced && self.synced < self.blocks.len() {
            // A torn or whole block of the last write stays where the fault left it; older ones were never synced.
            let last_write = self.synced + 1;
            self.blocks.truncate(last_write);
        }
        if self.blocks.last().is_some_and(|block| !is_whole(block)) {
            self.blocks.pop();
        }
        self.synced = self.blocks.len();
        &self.blocks
    }

    pub(crate) fn blocks(&self) -> usize {
        self.blocks.len()
    }

    /// An old copy takes the place of the disk.
    pub(crate) fn restore(&mut self, blocks: usize) {
        self.blocks.truncate(blocks);
        self.synced = self.blocks.len();
        let size = self.size();
        // The file of the witnessed head is as old as the rest.
        self.witnessed.take_if(|(witnessed, _)| *witnessed > size);
    }

    fn size(&self) -> u64 {
        self.blocks.iter().map(|block| block.len() as u64).sum()
    }

    /// Another ledger takes the place of this one.
    pub(crate) fn replace(&mut self, leaves: &[Leaf]) {
        self.blocks = in_blocks(leaves);
        self.synced = self.blocks.len();
        self.witnessed = None;
        self.fault = None;
    }
}

fn is_header(leaf: &Leaf) -> bool {
    Record::decode(leaf).is_ok_and(|record| matches!(record.body, Body::BlockHeader(_)))
}

fn is_whole(block: &[Leaf]) -> bool {
    block.last().is_some_and(is_header)
}

/// Leaves cut after each header.
pub(crate) fn in_blocks(leaves: &[Leaf]) -> Vec<Vec<Leaf>> {
    leaves
        .split_inclusive(is_header)
        .map(<[Leaf]>::to_vec)
        .collect()
}
