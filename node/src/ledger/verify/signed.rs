//! The checkpoints that a store keeps, against the leaves and the keys that the ledger names.

use std::path::PathBuf;

use countersign_protocol::log::{Checkpoint, Hash, SignedNote, VerifierKey};
use countersign_protocol::record::{Body, VerifierKeyText};

use super::{VerifyError, contradiction};
use crate::store::StoreReader;

/// A checkpoint that the store keeps.
struct Kept {
    which: &'static str,
    note: SignedNote,
    checkpoint: Checkpoint,
    is_checked: bool,
}

/// The signed checkpoints in the store, and the keys that the ledger itself names for them.
pub(super) struct Checkpoints {
    dir: PathBuf,
    kept: Vec<Kept>,
    keys: Vec<(u64, VerifierKeyText)>,
}

impl Checkpoints {
    pub(super) fn read(reader: &StoreReader) -> Result<Self, VerifyError> {
        if reader.damaged_guard_slots()? > 0 {
            return Err(contradiction(reader, "a slot of the file head".to_owned()));
        }
        let Some(acknowledged) = reader.acknowledged_head()? else {
            return Err(contradiction(reader, "the empty file head".to_owned()));
        };
        let mut all = Self {
            dir: reader.dir().to_owned(),
            kept: Vec::new(),
            keys: Vec::new(),
        };
        all.keep("acknowledged", &acknowledged.note)?;
        if let Some(note) = reader.witnessed_note()? {
            all.keep("witnessed", &note)?;
        }
        Ok(all)
    }

    fn keep(&mut self, which: &'static str, note: &str) -> Result<(), VerifyError> {
        let parsed = Checkpoint::parse_note(note);
        let (note, checkpoint) = parsed.map_err(|error| self.wrong(which, error.to_string()))?;
        self.kept.push(Kept {
            which,
            note,
            checkpoint,
            is_checked: false,
        });
        Ok(())
    }

    fn wrong(&self, which: &'static str, why: String) -> VerifyError {
        VerifyError::Checkpoint {
            dir: self.dir.clone(),
            which,
            why,
        }
    }

    /// Notes which key signs from where on.
    pub(super) fn learn(&mut self, body: &Body) {
        match body {
            Body::Genesis(it) => self.keys.push((0, it.log_key.clone())),
            Body::KeyRotation(it) => self.keys.push((it.from_size, it.log_key.clone())),
            _ => {}
        }
    }

    pub(super) fn check_at(
        &mut self,
        size: u64,
        root: impl Fn() -> Hash,
    ) -> Result<(), VerifyError> {
        for place in 0..self.kept.len() {
            let kept = &self.kept[place];
            if kept.checkpoint.size == size {
                self.check(kept, &root())
                    .map_err(|why| self.wrong(kept.which, why))?;
                self.kept[place].is_checked = true;
            }
        }
        Ok(())
    }

    fn check(&self, kept: &Kept, root: &Hash) -> Result<(), String> {
        let size = kept.checkpoint.size;
        if kept.checkpoint.root != *root {
            return Err(format!(
                "its root at size {size} is not the root of the leaves"
            ));
        }
        let in_force = self.keys.iter().rev().find(|(from, _)| *from <= size);
        let (_, text) = in_force.ok_or("the ledger names no key for it")?;
        let key: VerifierKey = text
            .as_str()
            .parse()
            .map_err(|error| format!("the ledger's key {text}: {error}"))?;
        if key.name() != kept.checkpoint.origin {
            return Err(format!(
                "it is of {}, the key of {}",
                kept.checkpoint.origin,
                key.name()
            ));
        }
        kept.note
            .verify([&key])
            .map(|_| ())
            .map_err(|error| error.to_string())
    }

    /// Every checkpoint must have met its size. Gives the acknowledged one's.
    pub(super) fn finish(&self) -> Result<u64, VerifyError> {
        if let Some(kept) = self.kept.iter().find(|kept| !kept.is_checked) {
            let why = format!(
                "its size {} is above that of the ledger",
                kept.checkpoint.size
            );
            return Err(self.wrong(kept.which, why));
        }
        Ok(self.kept.first().map_or(0, |kept| kept.checkpoint.size))
    }
}
