//! Which values a leaf may have changed, and which leaf it was.
//!
//! Rows of what *is* are read from the registry's own values and never computed here, so no rule is written twice: a
//! record only has to say which values to read again. Reading one too many does no harm; missing one would.

use std::collections::{BTreeMap, BTreeSet};

use countersign_protocol::id::{AccountId, OrganisationId};
use countersign_protocol::party::Party;
use countersign_protocol::registry::{Key, TransferKey, Value};
use countersign_protocol::units::UnitRange;

use super::ProjectionError;
use super::processes::Processes;
use super::rows::{self, CaseRows};
use super::source::Source;
use super::table::{
    ACCOUNTS, CASE_OWNERS, CASE_WAITS, CASES, ORGANISATIONS, PARTNERS, PROJECTS, RANGES, Rows,
    TRANSFERS,
};

/// Values to read again, each with the newest leaf that may have changed it.
#[derive(Debug, Default)]
pub(super) struct Touched {
    pub(super) organisations: BTreeMap<u32, u64>,
    pub(super) accounts: BTreeMap<u32, u64>,
    pub(super) projects: BTreeMap<u32, u64>,
    pub(super) partners: BTreeMap<Party, u64>,
    pub(super) cases: BTreeSet<u64>,
    pub(super) transfers: BTreeSet<TransferKey>,
    /// Organisations whose standing may have changed, and with it that of the cases that they take part in.
    pub(super) stood: BTreeSet<OrganisationId>,
    /// Cases that follow another process now, and with them those below.
    pub(super) migrated: BTreeSet<u64>,
    /// Ranges by their first numbers; `None` when all of them will be read anyway.
    pub(super) ranges: Option<BTreeSet<(Party, u64)>>,
    /// Units that came in: they may have cut ranges that are recorded as abroad, wherever those begin.
    pub(super) came_in: Vec<UnitRange>,
}

impl Touched {
    /// For a fold that goes on: every range is named.
    pub(super) fn with_ranges() -> Self {
        Self {
            ranges: Some(BTreeSet::new()),
            ..Self::default()
        }
    }

    pub(super) fn organisation(&mut self, id: OrganisationId, leaf: u64) {
        self.organisations.insert(id.0, leaf);
    }

    pub(super) fn account(&mut self, id: AccountId, leaf: u64) {
        self.accounts.insert(id.0, leaf);
    }

    pub(super) fn range(&mut self, range: UnitRange) {
        self.number(range.origin(), range.first());
    }

    pub(super) fn number(&mut self, origin: Party, first: u64) {
        if let Some(ranges) = &mut self.ranges {
            ranges.insert((origin, first));
        }
    }

    pub(super) fn came_in(&mut self, range: UnitRange) {
        self.range(range);
        // What is left behind the units of the range that they were taken from.
        self.number(range.origin(), range.last() + 1);
        if self.ranges.is_some() {
            self.came_in.push(range);
        }
    }

    /// Reads every value and makes its row.
    pub(super) fn read(
        self,
        source: &dyn Source,
        processes: &mut Processes,
    ) -> Result<Current, ProjectionError> {
        let mut now = Current::default();
        for (id, leaf) in self.organisations {
            rows::organisation(source, id, leaf, &mut now.organisations)?;
        }
        for (id, leaf) in self.accounts {
            rows::account(source, id, leaf, &mut now.accounts)?;
        }
        for (number, leaf) in self.projects {
            rows::project(source, number, leaf, &mut now.projects)?;
        }
        for (party, leaf) in self.partners {
            rows::partner(source, party, leaf, &mut now.partners)?;
        }
        for number in self.cases {
            now.case(source, processes, number)?;
        }
        for key in self.transfers {
            if let Some(Value::Transfer(it)) = source.value(&Key::Transfer(key))? {
                rows::transfer(key, &it, &mut now.transfers);
            }
        }
        for (origin, first) in self.ranges.into_iter().flatten() {
            now.range(source, origin, first)?;
        }
        now.came_in = self.came_in;
        now.stood = self.stood;
        now.migrated = self.migrated;
        Ok(now)
    }
}

/// Rows of what is.
pub(super) struct Current {
    pub(super) organisations: Rows,
    pub(super) accounts: Rows,
    pub(super) projects: Rows,
    pub(super) partners: Rows,
    pub(super) cases: CaseRows,
    pub(super) touched_cases: BTreeSet<u64>,
    pub(super) transfers: Rows,
    pub(super) ranges: Rows,
    /// Ranges that are no more.
    pub(super) gone: Vec<(Party, u64)>,
    pub(super) came_in: Vec<UnitRange>,
    pub(super) stood: BTreeSet<OrganisationId>,
    pub(super) migrated: BTreeSet<u64>,
}

impl Default for Current {
    fn default() -> Self {
        Self {
            organisations: Rows::of(&ORGANISATIONS),
            accounts: Rows::of(&ACCOUNTS),
            projects: Rows::of(&PROJECTS),
            partners: Rows::of(&PARTNERS),
            cases: CaseRows {
                cases: Rows::of(&CASES),
                owners: Rows::of(&CASE_OWNERS),
                waits: Rows::of(&CASE_WAITS),
            },
            touched_cases: BTreeSet::new(),
            transfers: Rows::of(&TRANSFERS),
            ranges: Rows::of(&RANGES),
            gone: Vec::new(),
            came_in: Vec::new(),
            stood: BTreeSet::new(),
            migrated: BTreeSet::new(),
        }
    }
}

impl Current {
    /// Reads one case.
    pub(super) fn case(
        &mut self,
        source: &dyn Source,
        processes: &mut Processes,
        number: u64,
    ) -> Result<(), ProjectionError> {
        if let Some(Value::Case(it)) = source.value(&Key::Case(number))? {
            let process = processes.of(source, &it.case.process)?;
            self.cases.push(&it, process.as_deref());
            self.touched_cases.insert(number);
        }
        Ok(())
    }

    /// Reads one range: as it is, or as gone.
    pub(super) fn range(
        &mut self,
        source: &dyn Source,
        origin: Party,
        first: u64,
    ) -> Result<(), ProjectionError> {
        match source.value(&Key::Holding(origin, first))? {
            Some(Value::Holding(holding)) => rows::range(&holding, &mut self.ranges),
            _ => self.gone.push((origin, first)),
        }
        Ok(())
    }
}
