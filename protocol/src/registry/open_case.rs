//! Which cases are open, whose they are, and why one is not.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::id::OrganisationId;
use crate::registry::case::RegistryCase;
use crate::registry::{Key, Standing, State, Value};
use crate::workflow::SubjectKind;

/// Why nothing more can happen in a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum CaseEnd {
    /// A step led to an end of its flow; the stage says which.
    Step {
        /// Leaf of the act.
        at: u64,
    },
    /// One of those who take part in a request was suspended or closed: the request is cancelled.
    Standing {
        /// The organisation.
        organisation: OrganisationId,
        /// Suspended or closed.
        standing: Standing,
        /// Leaf of the act that did it.
        at: u64,
    },
}

/// Since when a case rests because an owner is suspended or closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CasePause {
    /// In milliseconds since the Unix epoch.
    pub since_ms: u64,
    /// Leaf of the act that did it.
    pub at: u64,
}

impl RegistryCase {
    /// Whether it asks for units to be issued, moved or ended. Such a case does not survive a suspension; others rest.
    #[must_use]
    pub const fn is_request(&self) -> bool {
        matches!(
            self.kind,
            SubjectKind::IssuanceRequest
                | SubjectKind::TransferRequest
                | SubjectKind::RetirementRequest
        )
    }

    /// The organisations whose standing decides about the case while it is open. An organisation's own case goes on: it
    /// is where a suspension ends.
    pub(super) fn bound_to(&self) -> BTreeSet<OrganisationId> {
        if self.end.is_some() || self.kind == SubjectKind::Organisation {
            return BTreeSet::new();
        }
        let subject = &self.case.subject;
        let counterparty = subject.counterparty.filter(|_| self.is_request());
        subject.owners.iter().copied().chain(counterparty).collect()
    }
}

impl State {
    /// The open cases that an organisation owns, and the open requests that name it as their receiver, by number. Its own
    /// registration is not among them.
    pub fn open_cases_of(
        &self,
        organisation: OrganisationId,
    ) -> impl DoubleEndedIterator<Item = &RegistryCase> {
        self.open_cases
            .range((organisation, 0)..=(organisation, u64::MAX))
            .filter_map(|(_, number)| self.case(*number))
    }

    /// The case that approved, in the record before, what becomes of its reserved units: nothing else may follow.
    pub(super) fn approved(&self) -> Option<&RegistryCase> {
        match self.others.get(&Key::Approved) {
            Some(Value::Count(number)) => self.case(*number),
            _ => None,
        }
    }

    /// The open cases below a case, at any depth, by number.
    pub(super) fn open_cases_below(&self, number: u64) -> Vec<&RegistryCase> {
        let mut found = Vec::new();
        let mut wait = vec![number];
        // A child's number is above its parent's, so this ends.
        while let Some(parent) = wait.pop() {
            let children = self.children.range((parent, 0)..=(parent, u64::MAX));
            wait.extend(children.clone().map(|(_, child)| *child));
            found.extend(children.filter_map(|(_, child)| self.case(*child)));
        }
        found.retain(|case| case.end.is_none());
        found.sort_unstable_by_key(|case| case.number);
        found
    }

    /// Sets a case and keeps the index of open ones in step; returns the value before.
    pub(super) fn put_case(
        &mut self,
        key: &Key,
        number: u64,
        after: Option<Value>,
    ) -> Option<Value> {
        let bound = |value: Option<&Value>| match value {
            Some(Value::Case(it)) => it.bound_to(),
            _ => BTreeSet::new(),
        };
        let parent = |value: Option<&Value>| match value {
            Some(Value::Case(it)) => it.parent,
            _ => None,
        };
        let parent_after = parent(after.as_ref());
        let joined = bound(after.as_ref());
        let before = self.set_other(key, after);
        let left = bound(before.as_ref());
        let parent_before = parent(before.as_ref());
        if let Some(parent) = parent_before.filter(|_| parent_after.is_none()) {
            self.children.remove(&(parent, number));
        }
        if let Some(parent) = parent_after.filter(|_| parent_before.is_none()) {
            self.children.insert((parent, number));
        }
        for organisation in left.difference(&joined) {
            self.open_cases.remove(&(*organisation, number));
        }
        for organisation in joined.difference(&left) {
            self.open_cases.insert((*organisation, number));
        }
        before
    }
}
