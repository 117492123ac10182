//! What reading and checking find, with its place in the file.

use super::super::problem::{PROBLEMS_MAX, Problem, ProblemKind};
use std::collections::BTreeMap;

/// Where things stand in the file, and what is wrong with them.
pub(in super::super) struct Notes {
    line_starts: Vec<usize>,
    text: String,
    places: BTreeMap<String, usize>,
    pub(in super::super) problems: Vec<Problem>,
    /// Every language that a label uses, with the label's path.
    pub(super) languages: Vec<(String, String)>,
}

impl Notes {
    pub(in super::super) fn new(text: &str) -> Self {
        let ends = text.match_indices('\n').map(|(at, _)| at + 1);
        Self {
            line_starts: std::iter::once(0).chain(ends).collect(),
            text: text.to_owned(),
            places: BTreeMap::new(),
            problems: Vec::new(),
            languages: Vec::new(),
        }
    }

    /// Line and column of a byte, both from 1.
    fn position(&self, at: usize) -> (u32, u32) {
        let line = self
            .line_starts
            .partition_point(|start| *start <= at)
            .max(1);
        let start = self.line_starts[line - 1];
        let before = self.text.get(start..at).unwrap_or_default();
        let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        (number(line), number(before.chars().count() + 1))
    }

    pub(in super::super) fn place(&mut self, path: &str, at: usize) {
        self.places.entry(path.to_owned()).or_insert(at);
    }

    /// Notes a problem at a byte of the file.
    pub(in super::super) fn at(
        &mut self,
        kind: ProblemKind,
        at: usize,
        path: &str,
        message: String,
        mend: String,
    ) {
        if self.problems.len() >= PROBLEMS_MAX {
            return;
        }
        let (line, column) = self.position(at);
        self.problems.push(Problem {
            kind,
            line,
            column,
            path: path.to_owned(),
            message,
            mend,
        });
    }

    /// Notes a problem with a thing that was read, or with the nearest thing around it.
    pub(in super::super) fn on(
        &mut self,
        kind: ProblemKind,
        path: &str,
        message: String,
        mend: String,
    ) {
        let mut known = path;
        let at = loop {
            if let Some(at) = self.places.get(known) {
                break *at;
            }
            let Some((outer, _)) = known.rsplit_once('.') else {
                break 0;
            };
            known = outer;
        };
        self.at(kind, at, path, message, mend);
    }

    /// Whether something at or inside this path was found wrong.
    pub(in super::super) fn is_wrong(&self, path: &str) -> bool {
        let inside = |found: &str| {
            found
                .strip_prefix(path)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        self.problems.iter().any(|problem| inside(&problem.path))
    }
}
