//! A witness that is a mirror too: it cosigns a head only if it extends the last one it cosigned and the leaves are here
//! (C2SP tlog-witness and tlog-mirror).

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use countersign_protocol::log::witness::judge;
use countersign_protocol::log::{
    AddCheckpoint, Checkpoint, Equivocation, SignedNote, WitnessRefusal, cosign, leaf_hash,
};

use crate::defect::Defect;
use crate::founding::{COUNTRIES, LYING_WITNESS, Leaf, country_with, witness_key};
use crate::letter::{Asker, Letter, Place, To};
use crate::shared::{Event, Shared};
use crate::tree::Tree;
use crate::trust::{keys_at, keys_of};

/// When the next request stops the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WitnessFault {
    BeforeStoring,
    AfterStoring,
}

/// What a witness keeps of a log.
#[derive(Clone)]
pub(crate) struct Stored {
    pub(crate) note: String,
    pub(crate) head: Checkpoint,
    pub(crate) leaves: Vec<Leaf>,
    pub(crate) tree: Tree,
}

pub(crate) struct Witness {
    pub(crate) id: usize,
    pub(crate) is_up: bool,
    pub(crate) disk: BTreeMap<usize, Stored>,
    /// Ledgers of which nothing is cosigned any more.
    pub(crate) sealed: BTreeSet<usize>,
    pub(crate) version: usize,
    pub(crate) fault: Option<WitnessFault>,
    /// Evidence against logs.
    pub(crate) evidence: BTreeMap<usize, Rc<str>>,
    /// The first head that the lying one was ever shown.
    first_shown: BTreeMap<usize, String>,
}

impl Witness {
    pub(crate) fn new(id: usize) -> Self {
        Self {
            id,
            is_up: true,
            disk: BTreeMap::new(),
            sealed: BTreeSet::new(),
            version: 0,
            fault: None,
            evidence: BTreeMap::new(),
            first_shown: BTreeMap::new(),
        }
    }

    pub(crate) const fn lies(&self) -> bool {
        self.id == LYING_WITNESS
    }

    pub(crate) fn crash(&mut self, shared: &mut Shared) {
        shared.tell(|| format!("witness {} stops", self.id));
        self.is_up = false;
        if shared.defect == Some(Defect::WitnessForgets) {
            self.disk.clear();
        }
        let after_ms = shared.random.between(500, 20_000);
        shared.after(after_ms, Event::RestartWitness { witness: self.id });
    }

    pub(crate) fn receive(&mut self, shared: &mut Shared, letter: Letter) {
        match letter {
            Letter::AddCheckpoint {
                asker,
                body,
                leaves,
                ..
            } => {
                if let Some((size, status, body)) = self.add(shared, &body, &leaves) {
                    let witness = self.id;
                    let letter = Letter::Witnessed {
                        witness,
                        size,
                        status,
                        body,
                    };
                    self.reply(shared, asker, letter);
                }
            }
            Letter::AskLatest { asker, country } => {
                let note = if self.lies() {
                    self.first_shown.get(&country).cloned()
                } else {
                    self.disk.get(&country).map(|stored| stored.note.clone())
                };
                let witness = self.id;
                self.reply(shared, asker, Letter::Latest { witness, note });
            }
            Letter::AskLeaves {
                asker,
                country,
                from,
            } => {
                let stored = self.disk.get(&country);
                let leaves = stored.and_then(|stored| stored.leaves.get(from as usize..));
                if let Some(leaves) = leaves
                    && shared.defect != Some(Defect::NoMirrors)
                {
                    let leaves = leaves.to_vec();
                    let letter = Letter::Leaves {
                        country,
                        from,
                        leaves,
                    };
                    self.reply(shared, asker, letter);
                }
            }
            Letter::Trust(version) => self.version = self.version.max(version),
            _ => {}
        }
    }

    fn reply(&self, shared: &mut Shared, asker: Asker, letter: Letter) {
        shared.send(Place::Witness(self.id), To::Asker(asker), letter);
    }

    /// An add-checkpoint request; what is answered, if anything is.
    fn add(
        &mut self,
        shared: &mut Shared,
        body: &str,
        leaves: &[Leaf],
    ) -> Option<(u64, u16, String)> {
        let request = AddCheckpoint::parse(body).ok()?;
        let (note, claimed) = Checkpoint::parse_note(&request.checkpoint).ok()?;
        let country = country_with(&claimed.origin)?;
        let size = claimed.size;
        if self.lies() {
            let shown = self.first_shown.entry(country);
            shown.or_insert_with(|| request.checkpoint.clone());
            return Some((size, 200, self.cosignature(shared, note.text())));
        }
        if self.sealed.contains(&country) {
            return Some((size, 403, "the ledger is closed\n".to_owned()));
        }
        let members = shared.registry.members(self.version);
        let keys = if shared.defect == Some(Defect::ClosesWithoutSealing) {
            keys_of(&members, &claimed.origin)
        } else {
            keys_at(&members, &claimed.origin, size)
        };
        if keys.is_empty() {
            return Some((size, 404, "the log is not known here\n".to_owned()));
        }
        let stored = self.disk.get(&country);
        let judged = if shared.defect == Some(Defect::WitnessesCosignAnything) {
            Ok(claimed.clone())
        } else {
            judge(stored.map(|stored| &stored.head), &request, keys.iter())
        };
        if let Err(refusal) = judged {
            let body = match &refusal {
                WitnessRefusal::Conflict { stored, .. } => format!("{stored}\n"),
                other => format!("{other}\n"),
            };
            if refusal.is_suspicious() {
                self.accuse(shared, country, &request.checkpoint);
            }
            return Some((size, refusal.status(), body));
        }
        // A mirror cosigns only what it has.
        let base = stored.filter(|it| it.head.size <= size && extends(&it.leaves, leaves));
        let mut tree = base.map_or_else(Tree::default, |stored| stored.tree.clone());
        for leaf in leaves.get(tree.size() as usize..size as usize)? {
            tree.push(leaf_hash(leaf));
        }
        if tree.root() != claimed.root {
            return Some((size, 422, "the leaves make another tree\n".to_owned()));
        }
        let cosignature = self.cosignature(shared, note.text());
        let fault = self.fault.take();
        if fault == Some(WitnessFault::BeforeStoring) {
            self.crash(shared);
            let answers = shared.defect == Some(Defect::WitnessAnswersBeforeStoring);
            if answers {
                shared
                    .checks
                    .cosigned(self.id, country, size, claimed.root, leaves);
            }
            return answers.then_some((size, 200, cosignature));
        }
        let mut remembered: SignedNote = note;
        remembered.retain(|line| keys.iter().any(|key| line.is_by(key)));
        let stored = Stored {
            note: remembered.to_string(),
            head: claimed.clone(),
            leaves: leaves[..size as usize].to_vec(),
            tree,
        };
        self.disk.insert(country, stored);
        shared
            .checks
            .cosigned(self.id, country, size, claimed.root, leaves);
        if fault == Some(WitnessFault::AfterStoring) {
            self.crash(shared);
            return None;
        }
        Some((size, 200, cosignature))
    }

    pub(crate) fn cosignature(&self, shared: &Shared, text: &str) -> String {
        let time_s = shared.now_ms / 1000;
        cosign(text, witness_key(self.id), time_s)
            .unwrap()
            .to_string()
    }

    /// Two signed heads of one size: everybody hears of it.
    fn accuse(&mut self, shared: &mut Shared, country: usize, offered: &str) {
        let members = shared.registry.members(self.version);
        let Some(stored) = self.disk.get(&country) else {
            return;
        };
        let keys = keys_of(&members, &stored.head.origin);
        let Ok(evidence) = Equivocation::new(&stored.note, offered, &keys) else {
            return;
        };
        shared.checks.evidence(country);
        self.evidence.insert(country, evidence.to_string().into());
        self.spread_evidence(shared);
    }

    /// What it has against logs goes to every country.
    pub(crate) fn spread_evidence(&self, shared: &mut Shared) {
        for (country, text) in &self.evidence {
            for other in (0..COUNTRIES.len()).filter(|other| other != country) {
                let letter = Letter::Evidence(Rc::clone(text));
                shared.send(Place::Witness(self.id), To::Country(other), letter);
            }
        }
    }
}

/// Whether `longer` begins with `shorter`.
fn extends(shorter: &[Leaf], longer: &[Leaf]) -> bool {
    // The last leaf of a block is its header, which names the header before: the ends decide.
    shorter.len() <= longer.len() && shorter.last() == longer.get(shorter.len().wrapping_sub(1))
}
