//! Every ledger that a search has reached, as a tree of blocks.
//!
//! A registry's state is a fold of its log, so a situation of the model only names logs; each log is folded once.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use countersign_protocol::federation::{Event, ProvenRecord, outbox, step};
use countersign_protocol::id::{Origin, RequestId, TransferId};
use countersign_protocol::log::{Frontier, Hash, leaf_hash};
use countersign_protocol::party::Party;
use countersign_protocol::record::{
    BlockHeader, Body, Commitment, PartnerStatus, ProofReference, Record,
};
use countersign_protocol::registry::{
    At, Key, NoSettledTransfers, Refusal, State, TransferKey, apply,
};

use countersign_protocol::trust::Head;

use crate::defects::Defect;
use crate::model::CODES;
use crate::support::invariants::{check, same};
use crate::support::{Ledger, genesis_of, text};

/// A log, named by its last block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct LogId(u32);

/// A leaf under the checkpoint of its own block: what a message proves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Letter {
    pub(crate) log: LogId,
    pub(crate) leaf: u64,
}

/// One block and the ledger that it ends.
pub(crate) struct Block {
    pub(crate) country: usize,
    pub(crate) parent: Option<LogId>,
    /// The leaves of this block only.
    leaves: Vec<Record>,
    first: u64,
    pub(crate) size: u64,
    pub(crate) root: Hash,
    frontier: Frontier,
    pub(crate) state: Arc<State>,
    /// Whether no transfer has two locks, two answers or two ends in this log.
    pub(crate) answers_once: bool,
}

pub(crate) struct Archive {
    defect: Option<Defect>,
    blocks: Vec<Block>,
    known: HashMap<(Option<LogId>, Vec<Vec<u8>>), LogId>,
    by_root: BTreeMap<(usize, Hash), LogId>,
    letters: HashMap<(LogId, u64), BTreeSet<Letter>>,
    deliveries: HashMap<Delivery, Option<Result<LogId, &'static str>>>,
}

/// A log, a letter that is shown to its node, and whether its clock has passed the expiry: what follows is always the same.
pub(crate) type Delivery = (LogId, Letter, bool);

impl Archive {
    pub(crate) fn new(defect: Option<Defect>) -> Self {
        Self {
            defect,
            blocks: Vec::new(),
            known: HashMap::new(),
            by_root: BTreeMap::new(),
            letters: HashMap::new(),
            deliveries: HashMap::new(),
        }
    }

    pub(crate) fn block(&self, log: LogId) -> &Block {
        &self.blocks[log.0 as usize]
    }

    pub(crate) fn state(&self, log: LogId) -> &State {
        &self.block(log).state
    }

    pub(crate) fn party(&self, log: LogId) -> Party {
        self.state(log).genesis().unwrap().party
    }

    pub(crate) fn logs(&self) -> usize {
        self.blocks.len()
    }

    /// A ledger that the support code prepared, as the first block of a country.
    pub(crate) fn found(&mut self, country: usize, mut ledger: Ledger) -> LogId {
        ledger.end_block();
        let mut frontier = Frontier::new();
        for leaf in &ledger.leaves {
            frontier.push(leaf_hash(&leaf.encode())).unwrap();
        }
        self.keep(
            None,
            Block {
                country,
                parent: None,
                leaves: ledger.leaves,
                first: 0,
                size: ledger.state.size(),
                root: frontier.root(),
                frontier,
                state: Arc::new(ledger.state),
                answers_once: true,
            },
        )
    }

    /// The log with one block more, which holds these records and its header.
    pub(crate) fn append(
        &mut self,
        parent: LogId,
        time_ms: u64,
        bodies: Vec<Body>,
    ) -> Result<LogId, Refusal> {
        let state = State::clone(&self.block(parent).state);
        self.append_to(parent, state, time_ms, bodies)
    }

    /// As [`Archive::append`], with a state that a defect has tampered with.
    pub(crate) fn append_to(
        &mut self,
        parent: LogId,
        mut state: State,
        time_ms: u64,
        bodies: Vec<Body>,
    ) -> Result<LogId, Refusal> {
        let before = self.block(parent);
        let mut frontier = before.frontier.clone();
        let mut leaves = Vec::new();
        let head = state.head().unwrap();
        let mut write = |state: &mut State, body: Body| {
            let record = Record {
                time_ms,
                request: RequestId([0; 16]),
                body,
            };
            let hash = leaf_hash(&record.encode());
            let index = state.size();
            apply(state, At { index, hash }, &record)?;
            frontier.push(hash).unwrap();
            leaves.push(record);
            Ok::<(), Refusal>(())
        };
        for body in bodies {
            write(&mut state, body)?;
        }
        let header = Body::BlockHeader(BlockHeader {
            height: head.height + 1,
            first: head.index + 1,
            previous: Some(Commitment(head.hash)),
            state: state.digest(),
        });
        write(&mut state, header)?;
        if self.defect == Some(Defect::DestinationForgetsIds) {
            state = without_answers(&state, |_| true);
        }
        let block = Block {
            country: before.country,
            parent: Some(parent),
            first: before.size,
            size: state.size(),
            root: frontier.root(),
            leaves,
            frontier,
            state: Arc::new(state),
            answers_once: true,
        };
        Ok(self.keep(Some(parent), block))
    }

    fn keep(&mut self, parent: Option<LogId>, block: Block) -> LogId {
        let bytes: Vec<Vec<u8>> = block.leaves.iter().map(Record::encode).collect();
        if let Some(known) = self.known.get(&(parent, bytes.clone())) {
            return *known;
        }
        if self.defect.is_none() {
            check(&block.state);
            survives_a_crash(&block.state);
        }
        let log = LogId(self.blocks.len() as u32);
        self.known.insert((parent, bytes), log);
        self.by_root.insert((block.country, block.root), log);
        self.blocks.push(block);
        let answers_once = answers_once(&self.leaves(log));
        self.blocks[log.0 as usize].answers_once = answers_once;
        log
    }

    /// Whether `log` is `ancestor` or continues it.
    pub(crate) fn extends(&self, log: LogId, ancestor: LogId) -> bool {
        let wanted = self.block(ancestor).size;
        let mut at = log;
        while self.block(at).size > wanted {
            match self.block(at).parent {
                Some(parent) => at = parent,
                None => return false,
            }
        }
        at == ancestor
    }

    /// Every shorter log that `log` continues.
    pub(crate) fn ancestors(&self, log: LogId) -> Vec<LogId> {
        let mut ancestors = Vec::new();
        let mut at = log;
        while let Some(parent) = self.block(at).parent {
            ancestors.push(parent);
            at = parent;
        }
        ancestors
    }

    /// The log that a root belongs to.
    pub(crate) fn log_of(&self, country: usize, root: &Hash) -> Option<LogId> {
        self.by_root.get(&(country, *root)).copied()
    }

    /// The log up to the block that holds a leaf.
    fn up_to(&self, log: LogId, leaf: u64) -> LogId {
        let mut at = log;
        while self.block(at).first > leaf {
            at = self.block(at).parent.unwrap();
        }
        at
    }

    pub(crate) fn leaf(&self, log: LogId, leaf: u64) -> &Record {
        let block = self.block(self.up_to(log, leaf));
        &block.leaves[(leaf - block.first) as usize]
    }

    /// Whether the last block of a log takes units in.
    pub(crate) fn ends_with_acquisition(&self, log: LogId) -> bool {
        let mut bodies = self.block(log).leaves.iter().map(|record| &record.body);
        bodies.any(|body| matches!(body, Body::Acquire(_)))
    }

    /// Every leaf of a log after its first block.
    pub(crate) fn leaves(&self, log: LogId) -> Vec<(u64, Record)> {
        let mut leaves = Vec::new();
        let mut at = log;
        while let Some(parent) = self.block(at).parent {
            let block = self.block(at);
            leaves.splice(0..0, (block.first..).zip(block.leaves.iter().cloned()));
            at = parent;
        }
        leaves
    }

    /// The block of the only key rotation of a log.
    pub(crate) fn rotation(&self, log: LogId) -> Option<LogId> {
        let mut at = log;
        loop {
            let block = self.block(at);
            let mut bodies = block.leaves.iter().map(|record| &record.body);
            if bodies.any(|body| matches!(body, Body::KeyRotation(_))) {
                return Some(at);
            }
            at = block.parent?;
        }
    }

    /// The smallest size that the key signs which a log's rotation names.
    pub(crate) fn rotated_from(&self, log: LogId) -> Option<u64> {
        self.rotation(log)?;
        self.state(log).log_key().map(|(_, from)| from)
    }

    /// Whether a log holds a partner for frozen.
    pub(crate) fn is_frozen(&self, log: LogId, partner: usize) -> bool {
        let mut partners = self.state(log).partners();
        let party = genesis_of(text(CODES[partner])).party;
        partners.any(|it| it.party == party && it.status == PartnerStatus::Frozen)
    }

    /// A whole log: its origin, its head and every leaf.
    pub(crate) fn whole(&self, log: LogId) -> (Origin, Head, Vec<Vec<u8>>) {
        let mut leaves: Vec<Vec<u8>> = Vec::new();
        let mut at = Some(log);
        while let Some(log) = at {
            let block = self.block(log);
            leaves.splice(0..0, block.leaves.iter().map(Record::encode));
            at = block.parent;
        }
        let block = self.block(log);
        let (size, root) = (block.size, block.root);
        let origin = genesis_of(self.party(log)).origin;
        (origin, Head { size, root }, leaves)
    }

    /// The letter as a partner's driver hands it to the step, once it has verified it.
    pub(crate) fn open(&self, letter: Letter) -> ProvenRecord {
        let block = self.block(letter.log);
        ProvenRecord {
            proof: ProofReference {
                origin: genesis_of(self.party(letter.log)).origin,
                index: letter.leaf,
                size: block.size,
                root: block.root,
            },
            record: self.leaf(letter.log, letter.leaf).clone(),
        }
    }

    /// What a delivery leads to: worked out once.
    pub(crate) fn delivery(
        &mut self,
        delivery: Delivery,
        work_out: impl FnOnce(&mut Self) -> Option<Result<LogId, &'static str>>,
    ) -> Option<Result<LogId, &'static str>> {
        if let Some(known) = self.deliveries.get(&delivery) {
            return *known;
        }
        let result = work_out(self);
        self.deliveries.insert(delivery, result);
        result
    }

    /// Everything that a node with this log has ever sent when leaves below `witnessed` may leave: what its outbox derives, and what
    /// the step announces when a leaf is witnessed.
    pub(crate) fn sent(&mut self, log: LogId, witnessed: u64) -> &BTreeSet<Letter> {
        if !self.letters.contains_key(&(log, witnessed)) {
            let letters = self.letters_of(log, witnessed);
            self.letters.insert((log, witnessed), letters);
        }
        &self.letters[&(log, witnessed)]
    }

    fn letters_of(&self, log: LogId, witnessed: u64) -> BTreeSet<Letter> {
        let state = &self.block(log).state;
        let mut due: BTreeSet<u64> = outbox(state, witnessed)
            .into_iter()
            .map(|message| message.leaf)
            .collect();
        for (index, record) in self.leaves(log) {
            let event = Event::Witnessed {
                index,
                body: &record.body,
            };
            if index < witnessed {
                let outcome = step(state, record.time_ms, event).unwrap();
                assert!(outcome.records.is_empty());
                due.extend(outcome.effects.into_iter().map(|message| message.leaf));
            }
        }
        due.into_iter()
            .map(|leaf| Letter {
                log: self.up_to(log, leaf),
                leaf,
            })
            .collect()
    }
}

/// S4: in no log does a transfer have two locks, two answers or two ends.
fn answers_once(leaves: &[(u64, Record)]) -> bool {
    let mut seen: BTreeSet<(u8, Option<Party>, TransferId)> = BTreeSet::new();
    leaves.iter().all(|(_, record)| match &record.body {
        Body::Lock(it) => seen.insert((0, None, it.transfer)),
        Body::Finalise(it) => seen.insert((1, None, it.transfer)),
        Body::Release(it) => seen.insert((1, None, it.transfer)),
        Body::Acquire(it) => seen.insert((2, Some(it.source), it.transfer)),
        Body::Refuse(it) => seen.insert((2, Some(it.source), it.transfer)),
        Body::SourceSettled(it) => seen.insert((3, Some(it.source), it.transfer)),
        _ => true,
    })
}

/// A restart finds in the store what the state was: so a crash, which loses memory only, changes nothing.
fn survives_a_crash(state: &State) {
    let stored = state.values().map(|(key, value)| {
        let key = Key::from_bytes(&key.to_bytes().unwrap()).unwrap();
        (key, value)
    });
    let loaded = State::load(stored, state.digest(), Arc::new(NoSettledTransfers)).unwrap();
    assert!(same(&loaded, state));
}

/// What a destination would be that lost its answers: a defect on purpose.
pub(crate) fn without_answers(state: &State, lost: impl Fn(&TransferKey) -> bool) -> State {
    let kept = state.values().filter(|(key, _)| match key {
        Key::Transfer(key @ TransferKey::In(..)) => !lost(key),
        _ => true,
    });
    State::load(kept, state.digest(), Arc::new(NoSettledTransfers)).unwrap()
}
