//! Deadlines that have passed and wait to be carried out.

use crate::record::CaseAct;
use crate::registry::apply::lapse_of;
use crate::registry::{RegistryCase, State};

impl State {
    /// The automatic steps that are due at a moment, one for each case, by number of the case. A case that is over or at rest
    /// has none, nor has one whose project is not active: their deadlines do not run.
    pub fn lapses(&self, now_ms: u64) -> impl Iterator<Item = (&RegistryCase, CaseAct)> {
        self.cases().filter_map(move |known| {
            let act = lapse_of(self, known, now_ms)?;
            Some((known, act))
        })
    }
}
