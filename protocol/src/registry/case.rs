//! What the registry keeps of a country's process: the adopted files, the cases under way, who may act.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::id::OrganisationId;
use crate::log::Hash;
use crate::period::Period;
use crate::record::{Reservation, Title, YearTonnes};
use crate::registry::{CaseEnd, CasePause, Key, Refusal, Standing, State, Value};
use crate::workflow::{Case, Process, SubjectKind};

/// A process file that was adopted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct AdoptedProcess {
    /// SHA-256 of the file.
    pub process: Hash,
    /// Its version here, counted from 1.
    pub version: u32,
    /// The number of pieces in which the ledger holds it.
    pub parts: u32,
    /// When it was adopted, in milliseconds since the Unix epoch.
    pub since_ms: u64,
}

/// A case and what the registry knows beside it.
///
/// The acts themselves are in the ledger. Here is only what judging the next one needs, so `case.history` is empty.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegistryCase {
    /// Its number.
    pub number: u64,
    /// The case that it belongs to.
    pub parent: Option<u64>,
    /// What it is about.
    pub kind: SubjectKind,
    /// The subject's public title.
    pub title: Title,
    /// Acts so far.
    pub acts: u32,
    /// The project that came of it, or that it belongs to.
    pub project: Option<u32>,
    /// The tonnes of each vintage that were verified in it.
    pub verified: Vec<YearTonnes>,
    /// The units that wait on hold for its end.
    pub reserved: Option<Reservation>,
    /// When they were reserved, in milliseconds since the Unix epoch.
    pub reserved_ms: Option<u64>,
    /// Why it is over; `None` while it is open.
    pub end: Option<CaseEnd>,
    /// Since when it rests, if it does.
    pub paused: Option<CasePause>,
    /// Leaf index of its last act, of its opening, or of the act that ended, paused or resumed it.
    pub changed_at: u64,
    /// Where it stands.
    pub case: Case,
    /// The days that it covers, for a monitoring period; those that a crediting period is to have, for a project.
    pub period: Option<Period>,
    /// The owners' parts in the order of their numbers; empty where all are equal.
    pub shares: Vec<u32>,
    /// Findings so far, closed ones too: the number of the last.
    pub findings: u32,
    /// Whether an act has opened it to the public.
    pub published: bool,
}

/// A process file that passes the checker.
pub(super) fn checked_process(text: &str) -> Result<Process, Refusal> {
    Process::parse(text).map_err(|problems| {
        let first = problems.first().map(ToString::to_string);
        Refusal::Process(first.unwrap_or_default())
    })
}

impl State {
    /// The process that new cases follow; `None` until one is adopted.
    #[must_use]
    pub fn process(&self) -> Option<&Arc<Process>> {
        let adopted = self.adopted_processes().next_back()?;
        self.process_of(&adopted.process)
    }

    /// Whether nothing has happened in a case since leaf `changed_at`: for whoever judged an act by more than the registry's
    /// rules, such as a policy about its proposer.
    ///
    /// # Errors
    /// [`Refusal::CaseChanged`] when something has; [`Refusal::UnknownCase`].
    pub fn unchanged_case(&self, case: u64, changed_at: u64) -> Result<(), Refusal> {
        let known = self.case(case).ok_or(Refusal::UnknownCase(case))?;
        if known.changed_at == changed_at {
            return Ok(());
        }
        let at = known.changed_at;
        Err(Refusal::CaseChanged { case, at })
    }

    /// An adopted process, by the SHA-256 of its file.
    #[must_use]
    pub fn process_of(&self, hash: &Hash) -> Option<&Arc<Process>> {
        self.processes.get(hash)
    }

    /// Every adopted process, by version.
    pub fn adopted_processes(&self) -> impl DoubleEndedIterator<Item = &AdoptedProcess> {
        self.others
            .range(Key::Process(0)..=Key::Process(u32::MAX))
            .filter_map(|(_, value)| match value {
                Value::Process(it) => Some(it),
                _ => None,
            })
    }

    /// The text of a process file as the ledger holds it; `None` when a piece is missing.
    #[must_use]
    pub fn process_text(&self, process: &Hash, parts: u32) -> Option<String> {
        let piece = |part| match self.others.get(&Key::ProcessPart(*process, part)) {
            Some(Value::Text(text)) => Some(text.as_str()),
            _ => None,
        };
        (0..parts).map(piece).collect()
    }

    /// A case.
    #[must_use]
    pub fn case(&self, number: u64) -> Option<&RegistryCase> {
        match self.others.get(&Key::Case(number)) {
            Some(Value::Case(it)) => Some(it),
            _ => None,
        }
    }

    /// The case by which a project was registered; `None` for one that was registered without a process.
    #[must_use]
    pub fn project_case(&self, number: u32) -> Option<&RegistryCase> {
        match self.count(&Key::ProjectCase(number)) {
            0 => None,
            case => self.case(case),
        }
    }

    /// Every case, by number.
    pub fn cases(&self) -> impl DoubleEndedIterator<Item = &RegistryCase> {
        self.cases_after(0)
    }

    /// The cases with a number above `after`.
    pub fn cases_after(&self, after: u64) -> impl DoubleEndedIterator<Item = &RegistryCase> {
        self.others
            .range(Key::Case(after.saturating_add(1))..=Key::Case(u64::MAX))
            .filter_map(|(_, value)| match value {
                Value::Case(it) => Some(it.as_ref()),
                _ => None,
            })
    }

    /// Whether an organisation may act. Where no process has a say, every one may.
    #[must_use]
    pub fn organisation_standing(&self, id: OrganisationId) -> Standing {
        self.standing(&Key::OrganisationStanding(id))
    }

    /// Whether anything may happen to a project.
    #[must_use]
    pub fn project_standing(&self, number: u32) -> Standing {
        self.standing(&Key::ProjectStanding(number))
    }

    fn standing(&self, key: &Key) -> Standing {
        match self.others.get(key) {
            Some(Value::Standing(it)) => *it,
            _ => Standing::Active,
        }
    }

    /// Verified tonnes of a project and vintage that may still be issued.
    #[must_use]
    pub fn issuable(&self, project: u32, year: u16) -> u64 {
        self.count(&Key::Issuable(project, year))
    }

    /// Keeps the parsed processes in step with the adopted ones. A file that was adopted did parse, so one that does not
    /// is damage; its cases then have no process and refuse every act.
    pub(super) fn follow_process(&mut self, before: Option<&Value>, after: Option<AdoptedProcess>) {
        if let Some(Value::Process(it)) = before {
            self.processes.remove(&it.process);
        }
        let parsed = after.and_then(|it| {
            let text = self.process_text(&it.process, it.parts)?;
            Some((it.process, Process::parse(&text).ok()?))
        });
        if let Some((hash, process)) = parsed {
            self.processes.insert(hash, Arc::new(process));
        }
    }
}
