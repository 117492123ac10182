//! Letters that acts named and nobody has made yet: those that were made need nothing more.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::log::Hash;
use crate::record::CaseAct;
use crate::registry::apply::outcome_of;
use crate::registry::{Key, Refusal, State, Value};
use crate::workflow::{Id, Process};

/// What one act still owes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwedLetters {
    /// The case.
    pub case: u64,
    /// Leaf index of the act.
    pub act: u64,
    /// SHA-256 of the process under which the act was taken: the case may have moved to a newer one since.
    pub process: Hash,
    /// The letters, in the order of the step, each in every language of the process. Never empty.
    pub letters: Vec<OwedLetter>,
}

/// One letter in one language.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct OwedLetter {
    /// Its id in the process.
    pub letter: String,
    /// The language.
    pub language: String,
}

/// The letters that an act would owe if it were taken now; none while it completes no step.
///
/// # Errors
/// What stands against the act.
pub fn letters_named(
    state: &State,
    time_ms: u64,
    act: &CaseAct,
) -> Result<Vec<OwedLetter>, Refusal> {
    let outcome = outcome_of(state, time_ms, act)?;
    let process = state.process_of(&outcome.case.process);
    let process = process.ok_or(Refusal::NoProcess)?;
    Ok(in_each_language(process, &outcome.letters))
}

/// Each letter in each language of its process, once.
pub(super) fn in_each_language(process: &Process, letters: &[Id]) -> Vec<OwedLetter> {
    let mut named = BTreeSet::new();
    let pairs = letters.iter().flat_map(|letter| {
        let languages = process.letter_languages.iter();
        languages.map(move |language| OwedLetter {
            letter: letter.clone(),
            language: language.clone(),
        })
    });
    pairs.filter(|it| named.insert(it.clone())).collect()
}

impl State {
    /// What an act owes; `None` when it named no letters, or all of them were made.
    #[must_use]
    pub fn letters_owed_by(&self, act: u64) -> Option<&OwedLetters> {
        match self.others.get(&Key::OwedLetters(act)) {
            Some(Value::OwedLetters(it)) => Some(it),
            _ => None,
        }
    }

    /// Everything that is owed by acts after the leaf `after`, the oldest first.
    pub fn letters_owed_after(&self, after: u64) -> impl Iterator<Item = &OwedLetters> {
        let all = Key::OwedLetters(after.saturating_add(1))..=Key::OwedLetters(u64::MAX);
        self.others.range(all).filter_map(|(_, value)| match value {
            Value::OwedLetters(it) => Some(it.as_ref()),
            _ => None,
        })
    }
}
