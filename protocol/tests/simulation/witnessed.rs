//! A node and its witnesses: how far the ledger went, cosignatures on its head, and leaves that only mirrors still have.

use countersign_protocol::federation::{Event as StepEvent, step};
use countersign_protocol::log::{AddCheckpoint, Checkpoint, SignatureLine, SignedNote};
use countersign_protocol::record::Record;
use countersign_protocol::trust::Head;

use crate::defect::Defect;
use crate::disk::in_blocks;
use crate::founding::{Leaf, WITNESSES, generations, log_key, origin};
use crate::letter::{Letter, To};
use crate::node::Node;
use crate::shared::Shared;
use crate::trust::survived;

/// How long a witness's answer is waited for.
const WITNESS_RETRY_MS: u64 = 2_000;

impl Node {
    /// The witnesses are asked for the own head before anything is written, and mirrors for what is missing.
    pub(crate) fn ask_how_far(&mut self, shared: &mut Shared) {
        let (asker, country) = (self.asker(), self.country);
        for witness in shared.witnesses(self.version).members.iter().copied() {
            if !self.memory.answered.contains(&witness) {
                let letter = Letter::AskLatest { asker, country };
                shared.send(self.place(), To::Witness(witness), letter);
            }
        }
        if self.memory.behind.is_some() && shared.defect != Some(Defect::NoMirrors) {
            let letter = Letter::AskLeaves {
                asker,
                country,
                from: self.size(),
            };
            // A mirror, whether its cosignature counts any more or not.
            let witness = shared.random.index(WITNESSES);
            shared.send(self.place(), To::Witness(witness), letter);
        }
    }

    /// The size of the head that has a quorum of the witnesses that count now. After a change of witnesses that may be none,
    /// and the same head is asked for again.
    pub(crate) fn counted_size(&self, shared: &mut Shared) -> u64 {
        let Some((size, note)) = &self.disk.witnessed else {
            return 0;
        };
        if shared.defect == Some(Defect::AsksOncePerHead) {
            return *size;
        }
        let set = shared.witnesses(self.version);
        let key = log_key(self.country, self.generation_at(*size)).verifier();
        let parsed = SignedNote::parse(note).unwrap();
        let keys = std::slice::from_ref(key);
        let checked = shared.verifier.check_by(keys, &parsed, note, &set);
        if checked.is_ok() { *size } else { 0 }
    }

    pub(crate) fn ask_for_cosignatures(&mut self, shared: &mut Shared) {
        if self.counted_size(shared) >= self.size() || !self.may_write(shared) {
            return;
        }
        for witness in shared.witnesses(self.version).members.iter().copied() {
            let waited = shared.now_ms.saturating_sub(self.memory.asked_ms[witness]);
            if waited >= WITNESS_RETRY_MS {
                self.ask_witness(shared, witness);
            }
        }
    }

    pub(crate) fn ask_witness(&mut self, shared: &mut Shared, witness: usize) {
        let (size, head) = self.head_to_cosign(shared);
        let old_size = self.memory.cosigned[witness].min(size);
        let proof = if old_size == 0 || old_size == size {
            Vec::new()
        } else {
            self.memory.tree.consistency(old_size, size).unwrap()
        };
        let request = AddCheckpoint {
            old_size,
            proof,
            checkpoint: head.clone(),
        };
        let note = SignedNote::parse(&head).unwrap();
        self.memory.collecting.entry(size).or_insert(note);
        self.memory.asked_ms[witness] = shared.now_ms;
        let letter = Letter::AddCheckpoint {
            asker: self.asker(),
            body: request.to_string().into(),
            leaves: self.memory.leaves[..size as usize].to_vec(),
        };
        shared.send(self.place(), To::Witness(witness), letter);
    }

    /// A witness answered a request to cosign.
    pub(crate) fn answered(
        &mut self,
        shared: &mut Shared,
        witness: usize,
        size: u64,
        status: u16,
        body: &str,
    ) {
        match status {
            200 => {
                self.memory.cosigned[witness] = size;
                self.cosigned(shared, size, body);
            }
            409 => {
                let Ok(stored) = body.trim_end().parse::<u64>() else {
                    return;
                };
                self.memory.cosigned[witness] = stored;
                if stored > self.size() {
                    self.ask_latest(shared, witness);
                } else if self.may_write(shared) {
                    self.ask_witness(shared, witness);
                }
            }
            422 => self.ask_latest(shared, witness),
            _ => {}
        }
    }

    pub(crate) fn ask_latest(&mut self, shared: &mut Shared, witness: usize) {
        let (asker, country) = (self.asker(), self.country);
        let letter = Letter::AskLatest { asker, country };
        shared.send(self.place(), To::Witness(witness), letter);
    }

    /// A cosignature: with enough of them, the head counts.
    pub(crate) fn cosigned(&mut self, shared: &mut Shared, size: u64, body: &str) {
        if size <= self.counted_size(shared) || size < self.witnessed_size() || size > self.size() {
            return;
        }
        let mut set = shared.registry.witnesses(self.version);
        if shared.defect == Some(Defect::QuorumOfTwo) {
            set = shared.witnesses(self.version);
        }
        let key = log_key(self.country, self.generation_at(size)).verifier();
        let keys = std::slice::from_ref(key);
        let Some(note) = self.memory.collecting.get_mut(&size) else {
            return;
        };
        let is_known =
            |line: &SignatureLine| note.signatures().iter().any(|it| it.name() == line.name());
        let offered: Vec<SignatureLine> = body
            .split_inclusive('\n')
            .filter_map(|line| SignatureLine::parse(line).ok())
            .filter(|line| !is_known(line))
            .collect();
        for line in shared
            .verifier
            .policy(keys, &set)
            .cosignatures(note.text(), &offered)
        {
            note.add(line).unwrap();
        }
        // The first line is the log's own.
        if note.signatures().len() <= set.quorum {
            return;
        }
        let text = note.to_string();
        if shared.verifier.check_by(keys, note, &text, &set).is_ok() {
            shared.tell(|| format!("{} has a quorum for {size}", self.name()));
            self.disk.witnessed = Some((size, text));
            self.memory.collecting = self.memory.collecting.split_off(&(size + 1));
            self.announce(shared, size);
        }
    }

    /// Own leaves up to `to` may leave now.
    pub(crate) fn announce(&mut self, shared: &Shared, to: u64) {
        for index in self.memory.announced..to {
            let leaf = &self.memory.leaves[index as usize];
            let Ok(record) = Record::decode(leaf) else {
                continue;
            };
            let body = &record.body;
            let state = &self.memory.state;
            self.memory.schedule.forget_ended(state, body);
            let event = StepEvent::Witnessed { index, body };
            let outcome = step(state, state.time_ms(), event).unwrap();
            for message in outcome.effects {
                self.memory.schedule.ensure(message, shared.now_ms);
            }
        }
        self.memory.announced = self.memory.announced.max(to);
    }

    /// A witness says how far this ledger went. Only the own signature is believed.
    pub(crate) fn latest(&mut self, shared: &mut Shared, witness: usize, note: Option<&str>) {
        let members = self.members(shared);
        let surviving = members.get(&self.country).and_then(survived);
        let head = note.and_then(|note| {
            let (note, head) = Checkpoint::parse_note(note).ok()?;
            // Where the registry named a line, the old key signs nothing above it, and what lies beside it is dead.
            let is_named = surviving.is_some();
            let first = if is_named && head.size > surviving?.size {
                generations() - 1
            } else {
                0
            };
            let mut own = (first..generations()).map(|it| log_key(self.country, it).verifier());
            let is_own = head.origin == origin(self.country).as_str()
                && own.any(|key| note.verify([key]).is_ok());
            let is_dead = surviving.is_some_and(|line| {
                head.size <= line.size && !self.memory.tree.extends(head.size, &head.root)
            });
            (is_own && !is_dead).then_some(head)
        });
        self.memory.answered.insert(witness);
        let Some(head) = head else {
            return;
        };
        self.memory.cosigned[witness] = head.size;
        if head.size > self.size() {
            let known = self.memory.behind.map_or(0, |behind| behind.size);
            if head.size > known && !self.is_liar {
                shared.checks.count("found behind");
                shared.tell(|| format!("{} finds itself behind: {}", self.name(), head.size));
                self.memory.behind = Some(Head {
                    size: head.size,
                    root: head.root,
                });
            }
        } else if head.size > 0 && !self.memory.tree.extends(head.size, &head.root) {
            self.memory.is_forked = true;
        }
    }

    /// Missing leaves came from a mirror: they are ours if they lead to the head that a witness showed.
    pub(crate) fn recover(&mut self, shared: &mut Shared, from: u64, leaves: &[Leaf]) {
        let Some(behind) = self.memory.behind else {
            return;
        };
        let missing = (behind.size.saturating_sub(self.size())) as usize;
        if from != self.size() || leaves.len() < missing || missing == 0 {
            return;
        }
        if !crate::checks::continues(
            &self.memory.tree,
            &[self.memory.leaves.as_slice(), &leaves[..missing]].concat(),
            behind.size,
            &behind.root,
        ) {
            shared.tell(|| format!("{}: a mirror does not lead to its head", self.name()));
            return;
        }
        for block in in_blocks(&leaves[..missing]) {
            if !self.replay(&block) {
                self.memory.is_forked = true;
                return;
            }
            if !self.put(shared, block) {
                return;
            }
        }
        shared.checks.count("recovered from mirrors");
        shared.tell(|| format!("{} has recovered up to {}", self.name(), self.size()));
        self.memory.behind = None;
        self.sign();
        shared.checks.acknowledged(self.id, &self.memory.tree);
    }
}
