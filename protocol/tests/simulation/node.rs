//! One country's node: its disk, what it holds in memory, and the one way in which it writes.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;

use countersign_protocol::federation::schedule::Schedule;
use countersign_protocol::federation::{Heads, ProvenRecord, outbox};
use countersign_protocol::id::RequestId;
use countersign_protocol::log::{Checkpoint, SignedNote, leaf_hash};
use countersign_protocol::record::{BlockHeader, Body, Commitment, Record};
use countersign_protocol::registry::{
    Applied, At, Command, Key, NoSettledTransfers, Refusal, State, TransferKey, apply, plan,
};
use countersign_protocol::trust::Head;

use crate::defect::Defect;
use crate::disk::{Disk, Written};
use crate::founding::{Founding, Leaf, WITNESSES, country_of, generations, log_key, origin};
use crate::letter::{Asker, Place};
use crate::shared::{Event, Law, Shared};
use crate::tree::Tree;
use crate::trust::Members;

/// Why nothing was written.
#[derive(Debug)]
pub(crate) enum Stop {
    Refused(Refusal),
    /// The node does not write now.
    ReadOnly,
    /// It stopped while it wrote.
    Stopped,
}

/// What a crash takes away.
#[derive(Default)]
pub(crate) struct Memory {
    pub(crate) state: State,
    pub(crate) leaves: Vec<Leaf>,
    pub(crate) tree: Tree,
    /// From which size on which key signs.
    keys: Vec<(u64, usize)>,
    /// The size of the last head before each rotation, which the old key signs.
    last_of_key: Vec<u64>,
    /// The signed head.
    pub(crate) note: String,
    /// Own checkpoints, with the cosignatures that came.
    pub(crate) collecting: BTreeMap<u64, SignedNote>,
    /// What each witness has cosigned, as far as we know, and when it was asked.
    pub(crate) cosigned: [u64; WITNESSES],
    pub(crate) asked_ms: [u64; WITNESSES],
    /// The witnesses that have said how far the log went, since this start.
    pub(crate) answered: BTreeSet<usize>,
    /// The head that a witness has shown and this node does not reach.
    pub(crate) behind: Option<Head>,
    /// A witness holds another history.
    pub(crate) is_forked: bool,
    pub(crate) heads: BTreeMap<usize, Heads>,
    /// Proven records that wait for a consistency proof.
    pub(crate) parked: Vec<ProvenRecord>,
    pub(crate) schedule: Schedule,
    pub(crate) announced: u64,
    /// When the last tree of a closed ledger was asked for.
    pub(crate) fetched_ms: u64,
}

pub(crate) struct Node {
    pub(crate) id: usize,
    pub(crate) country: usize,
    pub(crate) disk: Disk,
    /// The newest version of the trust registry that it has.
    pub(crate) version: usize,
    pub(crate) run: u64,
    pub(crate) is_up: bool,
    /// For ever.
    pub(crate) is_gone: bool,
    /// One of the two personalities of a country that lies.
    pub(crate) is_liar: bool,
    pub(crate) clock_ms: i64,
    pub(crate) memory: Memory,
}

impl Node {
    pub(crate) fn new(id: usize, country: usize) -> Self {
        Self {
            id,
            country,
            disk: Disk::new(Founding::of(country).leaves),
            version: 0,
            run: 0,
            is_up: false,
            is_gone: false,
            is_liar: false,
            clock_ms: 0,
            memory: Memory::default(),
        }
    }

    pub(crate) const fn place(&self) -> Place {
        Place::Country(self.country)
    }

    pub(crate) const fn asker(&self) -> Asker {
        Asker {
            node: self.id,
            country: self.country,
            run: self.run,
        }
    }

    pub(crate) const fn is_running(&self) -> bool {
        self.is_up && !self.is_gone
    }

    /// The clock on this machine. The ledger's own time never runs backward.
    pub(crate) fn now_ms(&self, shared: &Shared) -> u64 {
        let now_ms = shared.now_ms.saturating_add_signed(self.clock_ms);
        now_ms.max(self.memory.state.time_ms())
    }

    pub(crate) fn members(&self, shared: &Shared) -> Rc<Members> {
        shared.registry.members(self.version)
    }

    /// Whether the trust registry that it has lets anything begin.
    pub(crate) fn may_begin(&self, shared: &Shared) -> bool {
        let is_fresh = shared.registry.is_fresh(self.version, self.now_ms(shared));
        is_fresh || shared.defect == Some(Defect::ExpiryStopsNothing)
    }

    pub(crate) fn size(&self) -> u64 {
        self.memory.tree.size()
    }

    pub(crate) fn witnessed_size(&self) -> u64 {
        self.disk.witnessed.as_ref().map_or(0, |(size, _)| *size)
    }

    /// The checkpoint under which leaves leave (rule R2).
    pub(crate) fn sendable(&self, shared: &Shared) -> Option<(u64, &str)> {
        if shared.believes_unwitnessed() {
            return Some((self.size(), &self.memory.note));
        }
        let (size, note) = self.disk.witnessed.as_ref()?;
        Some((*size, note))
    }

    /// Whether the witnesses have said how far this ledger went, and it is all here.
    pub(crate) fn may_write(&self, shared: &Shared) -> bool {
        let asks_nobody = matches!(
            shared.defect,
            Some(Defect::WritesBeforeAsking | Defect::PinsOnly)
        );
        let memory = &self.memory;
        let asked = shared.witnesses(self.version);
        let knows = asks_nobody || asked.members.is_subset(&memory.answered);
        self.is_running()
            && (self.is_liar || (knows && memory.behind.is_none() && !memory.is_forked))
    }

    /// Starts from what the disk holds.
    pub(crate) fn start(&mut self, shared: &mut Shared) {
        self.run += 1;
        self.is_up = true;
        self.memory = Memory {
            keys: vec![(0, 0)],
            ..Memory::default()
        };
        let blocks = self.disk.recover(shared.defect != Some(Defect::NeverSyncs));
        let blocks = blocks.to_vec();
        for (height, block) in blocks.iter().enumerate() {
            if height == 0 {
                let founding = Founding::of(self.country);
                self.memory.state = founding.state;
                self.memory.tree = founding.tree;
                self.memory.leaves = founding.leaves;
            } else if !self.replay(block) {
                shared.broken(Law::NothingLost, || {
                    "the ledger on the disk does not follow the rules".to_owned()
                });
                self.disk.restore(height);
                break;
            }
        }
        shared.checks.restarted(self.id, &self.memory.tree);
        self.sign();
        let witnessed = self.sendable(shared).map_or(0, |(size, _)| size);
        self.memory.announced = witnessed;
        if shared.defect != Some(Defect::OutboxInMemory) {
            for message in outbox(&self.memory.state, witnessed) {
                self.memory.schedule.ensure(message, shared.now_ms);
            }
        }
        let (node, run) = (self.id, self.run);
        shared.tell(|| format!("{} starts at {}", self.name(), self.size()));
        shared.after(1, Event::Tick { node, run });
    }

    pub(crate) fn name(&self) -> String {
        let code = crate::founding::COUNTRIES[self.country];
        format!("{code}/{}", self.id)
    }

    /// Everything in memory is gone; it starts again after a while.
    pub(crate) fn crash(&mut self, shared: &mut Shared, after_ms: u64) {
        shared.tell(|| format!("{} stops", self.name()));
        self.is_up = false;
        self.run += 1;
        shared.after(after_ms, Event::Restart { node: self.id });
    }

    /// Folds a block that is on the disk.
    pub(crate) fn replay(&mut self, block: &[Leaf]) -> bool {
        for leaf in block {
            let Ok(record) = Record::decode(leaf) else {
                return false;
            };
            let (index, hash) = (self.memory.state.size(), leaf_hash(leaf));
            if apply(&mut self.memory.state, At { index, hash }, &record).is_err() {
                return false;
            }
            self.keep(Rc::clone(leaf), &record.body);
        }
        true
    }

    fn keep(&mut self, leaf: Leaf, body: &Body) {
        let memory = &mut self.memory;
        memory.tree.push(leaf_hash(&leaf));
        memory.leaves.push(leaf);
        if let Body::KeyRotation(it) = body {
            let key = (0..generations()).find(|generation| {
                log_key(self.country, *generation).verifier().to_string() == it.log_key.as_str()
            });
            memory.keys.push((it.from_size, key.unwrap()));
            // The rotation's own leaf and its block's header.
            memory.last_of_key.push(memory.tree.size() + 1);
        }
    }

    /// Which key signs a size: the old one up to the rotation's own block.
    pub(crate) fn generation_at(&self, size: u64) -> usize {
        let keys = self.memory.keys.iter().chain(&self.disk.named_key);
        let in_force = keys.rev().find(|(from, _)| *from <= size);
        in_force.map_or(0, |(_, generation)| *generation)
    }

    /// How many keys its ledger names.
    pub(crate) fn keys(&self) -> usize {
        self.memory.keys.len()
    }

    pub(crate) fn sign(&mut self) {
        self.memory.note = self.signed(self.size());
    }

    /// The head that witnesses are asked to cosign: the newest one. Only while the trust registry does not list the next
    /// key, it is the last one that the old key signs, in whose tree the new key stands.
    pub(crate) fn head_to_cosign(&self, shared: &Shared) -> (u64, String) {
        let members = self.members(shared);
        let listed = members.get(&self.country).map_or(0, |it| it.log_keys.len());
        match self.memory.last_of_key.get(listed.saturating_sub(1)) {
            Some(size) if *size > self.witnessed_size() => (*size, self.signed(*size)),
            _ => (self.size(), self.memory.note.clone()),
        }
    }

    fn signed(&self, size: u64) -> String {
        let root = self.memory.tree.root_at(size).unwrap();
        let checkpoint = Checkpoint {
            origin: origin(self.country).to_string(),
            size,
            root,
        };
        let key = log_key(self.country, self.generation_at(size));
        checkpoint.sign(key).unwrap()
    }

    /// What the single writer does with an intent: plan, apply, one synced block, one signed head.
    pub(crate) fn commit(
        &mut self,
        shared: &mut Shared,
        command: &Command,
    ) -> Result<Vec<u64>, Stop> {
        if !self.may_write(shared) {
            return Err(Stop::ReadOnly);
        }
        let time_ms = self.now_ms(shared);
        let bodies = plan(&self.memory.state, time_ms, command).map_err(Stop::Refused)?;
        if bodies.is_empty() {
            return Ok(Vec::new());
        }
        self.write(shared, time_ms, bodies)
    }

    pub(crate) fn write(
        &mut self,
        shared: &mut Shared,
        time_ms: u64,
        bodies: Vec<Body>,
    ) -> Result<Vec<u64>, Stop> {
        let first = self.memory.state.size();
        let mut applied: Vec<Applied> = Vec::new();
        let mut block: Vec<(Leaf, Body)> = Vec::new();
        let previous = self.memory.state.head();
        let mut bodies: Vec<Option<Body>> = bodies.into_iter().map(Some).collect();
        bodies.push(None);
        for body in bodies {
            let body = body.unwrap_or_else(|| {
                Body::BlockHeader(BlockHeader {
                    height: previous.map_or(1, |head| head.height + 1),
                    first,
                    previous: previous.map(|head| Commitment(head.hash)),
                    state: self.memory.state.digest(),
                })
            });
            let record = Record {
                time_ms,
                request: RequestId([0; 16]),
                body,
            };
            let leaf: Leaf = record.encode().into();
            let (index, hash) = (self.memory.state.size(), leaf_hash(&leaf));
            match apply(&mut self.memory.state, At { index, hash }, &record) {
                Ok(one) => applied.push(one),
                Err(refusal) => {
                    for one in applied.iter().rev() {
                        self.memory.state.revert(one);
                    }
                    return Err(Stop::Refused(refusal));
                }
            }
            block.push((leaf, record.body));
        }
        let begins = |body: &Body| matches!(body, Body::Lock(_) | Body::Acquire(_));
        let began = block.iter().any(|(_, body)| begins(body));
        let told: Vec<&str> = block.iter().map(|(_, body)| body.kind()).collect();
        let told = told.join(", ");
        if !self.put(
            shared,
            block.iter().map(|(leaf, _)| Rc::clone(leaf)).collect(),
        ) {
            return Err(Stop::Stopped);
        }
        for (leaf, body) in block {
            self.keep(leaf, &body);
        }
        shared.tell(|| format!("{} writes {first}: {told}", self.name()));
        if began && !shared.registry.is_fresh(self.version, time_ms) {
            shared.broken(Law::BeginsFresh, || {
                format!(
                    "{} began something by a registry that has run out",
                    self.name()
                )
            });
        }
        self.sign();
        shared.checks.acknowledged(self.id, &self.memory.tree);
        if shared.believes_unwitnessed() {
            self.announce(shared, self.size());
        }
        Ok((first..self.size()).collect())
    }

    /// Puts a block on the disk. False if the machine stopped.
    pub(crate) fn put(&mut self, shared: &mut Shared, block: Vec<Leaf>) -> bool {
        if shared.defect == Some(Defect::NeverSyncs) {
            self.disk.append_unsynced(block);
            return true;
        }
        match self.disk.append(block) {
            Written::Synced => true,
            Written::Failed if shared.defect == Some(Defect::IgnoresDiskErrors) => true,
            // Whether the block is there nobody knows now: only a start finds out.
            Written::Failed | Written::PowerLost => {
                let after_ms = shared.random.between(500, 5_000);
                self.crash(shared, after_ms);
                false
            }
        }
    }

    /// The countries that this ledger lists.
    pub(crate) fn partners(&self) -> Vec<usize> {
        let partners = self.memory.state.partners();
        partners.map(|it| country_of(it.party)).collect()
    }
}

/// What a destination would be that lost its answers: a defect on purpose.
pub(crate) fn without_answers(state: &State, lost: impl Fn(&TransferKey) -> bool) -> State {
    let kept = state.values().filter(|(key, _)| match key {
        Key::Transfer(key @ TransferKey::In(..)) => !lost(key),
        _ => true,
    });
    State::load(kept, state.digest(), Arc::new(NoSettledTransfers)).unwrap()
}
