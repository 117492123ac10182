//! What a ledger has verified of a partner's log: one line of checkpoints, each consistent with the pin (rule R9).

use std::collections::BTreeMap;

use crate::federation::FaultCode;
use crate::log::{Hash, verify_consistency};

/// How many verified sizes are remembered for a log: old ones are verified again when they are needed.
const SIZES_MAX: usize = 4096;

/// The verified checkpoints of one log.
#[derive(Clone, Debug, Default)]
pub struct Heads {
    roots: BTreeMap<u64, Hash>,
}

/// What must be proven before a checkpoint may be believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needed {
    /// Nothing: it was verified before, or it is the first of its log.
    Nothing,
    /// A consistency proof between these two sizes.
    Consistency {
        /// The smaller size.
        from: u64,
        /// The larger size.
        to: u64,
    },
}

impl Heads {
    /// Begins with the pin that the ledger holds.
    #[must_use]
    pub fn new(pin: Option<(u64, Hash)>) -> Self {
        Self {
            roots: pin.into_iter().collect(),
        }
    }

    /// The largest sizes that are verified, the largest first.
    #[must_use]
    pub fn newest(&self, limit: usize) -> Vec<u64> {
        self.roots.keys().rev().take(limit).copied().collect()
    }

    /// What must be proven for this checkpoint.
    ///
    /// # Errors
    /// [`FaultCode::Fork`] if another root of this size was verified before.
    pub fn needed(&self, size: u64, root: &Hash) -> Result<Needed, FaultCode> {
        match self.roots.get(&size) {
            Some(known) if known == root => return Ok(Needed::Nothing),
            Some(_) => return Err(FaultCode::Fork),
            None => {}
        }
        let above = self.roots.range(size..).next().map(|(size, _)| *size);
        let below = self.roots.range(..size).next_back().map(|(size, _)| *size);
        Ok(match (below, above) {
            (None, None) => Needed::Nothing,
            (Some(below), _) => Needed::Consistency {
                from: below,
                to: size,
            },
            (None, Some(above)) => Needed::Consistency {
                from: size,
                to: above,
            },
        })
    }

    /// Takes a checkpoint whose need was [`Needed::Nothing`], or was met by `proof`.
    ///
    /// # Errors
    /// [`FaultCode::Fork`] if the proof does not join the two.
    pub fn accept(
        &mut self,
        size: u64,
        root: Hash,
        needed: Needed,
        proof: &[Hash],
    ) -> Result<(), FaultCode> {
        if let Needed::Consistency { from, to } = needed {
            let of = |wanted: u64| {
                if wanted == size {
                    Some(root)
                } else {
                    self.roots.get(&wanted).copied()
                }
            };
            let (Some(old), Some(new)) = (of(from), of(to)) else {
                return Err(FaultCode::Unavailable);
            };
            verify_consistency(from, to, &old, &new, proof).map_err(|_| FaultCode::Fork)?;
        }
        self.roots.insert(size, root);
        while self.roots.len() > SIZES_MAX {
            self.roots.pop_first();
        }
        Ok(())
    }
}
