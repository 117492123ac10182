//! The findings that are open: those that are closed need nothing more.

use serde::{Deserialize, Serialize};

use crate::record::FindingKind;
use crate::registry::case::RegistryCase;
use crate::registry::{Key, State, Value};

/// A finding that is not closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct OpenFinding {
    /// The case in which it was opened.
    pub case: u64,
    /// Its number in that case.
    pub number: u32,
    /// What it asks.
    pub kind: FindingKind,
    /// Whether an owner has answered it.
    pub answered: bool,
    /// Leaf that opened it.
    pub opened_at: u64,
}

impl State {
    /// The findings that are open in a case, and the forward action requests of all cases of the same project, in order of
    /// case and number.
    pub fn open_findings(&self, case: u64) -> impl Iterator<Item = &OpenFinding> {
        let root = self.case(case).map_or(case, |known| self.root_of(known));
        self.open_findings_under(root)
            .filter(move |it| it.case == case || it.kind == FindingKind::ForwardAction)
    }

    pub(super) fn open_findings_under(&self, root: u64) -> impl Iterator<Item = &OpenFinding> {
        let all = Key::Finding(root, 0, 0)..=Key::Finding(root, u64::MAX, u32::MAX);
        self.others.range(all).filter_map(|(_, value)| match value {
            Value::Finding(it) => Some(it),
            _ => None,
        })
    }

    /// The case above all others to which a case belongs: that of the project.
    pub(super) fn root_of(&self, known: &RegistryCase) -> u64 {
        let mut case = known;
        // A parent's number is lower than its child's, so this ends.
        while let Some(parent) = case.parent.and_then(|number| self.case(number)) {
            case = parent;
        }
        case.number
    }
}
