//! The registry as a bridge knows it: the ledger folded event by event by the registry's own rules, with what the rules forget
//! and the systems around ask for, such as who verified a period and when a range ended.
//!
//! Nothing here is stored: it follows from the events, and a bridge that starts reads them again.

use std::collections::{BTreeMap, BTreeSet};

use countersign_protocol::article6::{Book, approach_of};
use countersign_protocol::id::{AccountId, AuthorisationId, OrganisationId};
use countersign_protocol::log::{Hash, leaf_hash};
use countersign_protocol::party::Party;
use countersign_protocol::record::{
    Article6, Body, CaseAct, Claim, Commitment, Purpose, Record, RetireKind,
};
use countersign_protocol::registry::{
    Applied, At, Holding, Key, Refusal, RegistryCase, State, Value, apply,
};
use countersign_protocol::units::{UnitBlock, UnitRange};
use countersign_protocol::workflow::{Effect, End, StepKind, SubjectKind};

use super::item::Scope;
use crate::event::Event;

/// Why an event can not be what it says.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum ViewError {
    /// The feed has a hole, or is another ledger's.
    #[error("the feed gave leaf {found} where leaf {wanted} was due")]
    Order {
        /// The leaf that came.
        found: u64,
        /// The leaf that was due.
        wanted: u64,
    },
    /// The record is not what the leaf hash says.
    #[error("leaf {0} of the feed is not the record that its hash names")]
    Hash(u64),
    /// The rules of the registry refuse the record.
    #[error("leaf {leaf} of the feed breaks a rule of the registry: {refusal}")]
    Refused {
        /// The leaf.
        leaf: u64,
        /// The rule.
        refusal: Box<Refusal>,
    },
}

/// What an event touched.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Touched {
    /// These scopes must be drawn anew.
    pub scopes: BTreeSet<Scope>,
    /// Every scope must.
    pub all: bool,
}

/// Somebody checked something on a day: validated a project, verified a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Checked {
    /// Who.
    pub by: OrganisationId,
    /// When, in milliseconds since the Unix epoch.
    pub time_ms: u64,
}

/// How units ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ended {
    /// Out of which account.
    pub account: AccountId,
    /// Used or cancelled.
    pub kind: RetireKind,
    /// For what.
    pub purpose: Purpose,
    /// What was said about it.
    pub claim: Claim,
    /// Commitment to the beneficiary's name; the name itself is not in the ledger.
    pub beneficiary: Option<Commitment>,
}

/// A range got a mark that it keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Marked {
    range: UnitRange,
    mark: Mark,
    time_ms: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mark {
    Authorised(AuthorisationId),
    FirstTransferred,
}

/// What the rules do not keep of a project.
#[derive(Clone, Debug, Default)]
struct ProjectFacts {
    registered_ms: u64,
    /// When its standing or authorisation last changed.
    changed_ms: u64,
    /// `None` before the process has authorised it; false after that was taken back.
    is_authorised: Option<bool>,
    /// First numbers of the ranges of its units that come from here.
    ranges: BTreeSet<u64>,
    marks: Vec<Marked>,
}

/// The registry as the events tell it.
#[derive(Debug, Default)]
pub struct View {
    state: State,
    book: Book,
    projects: BTreeMap<u32, ProjectFacts>,
    /// When leaves that units or issuances point at were written.
    times: BTreeMap<u64, u64>,
    /// The case that each issuance carried out, by its leaf.
    issued_by: BTreeMap<u64, u64>,
    verified: BTreeMap<u64, Checked>,
    validated: BTreeMap<u64, Checked>,
    ends: BTreeMap<u64, Ended>,
    /// The case whose issuances come next.
    issuing: Option<u64>,
    /// What the registry told of the national MRV's projects: no event has it.
    ended: Vec<(String, u64)>,
}

impl View {
    /// How many events were folded: the next leaf that is due.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.state.size()
    }

    /// The registry's state.
    #[must_use]
    pub fn state(&self) -> &State {
        &self.state
    }

    /// The book of Article 6.
    #[must_use]
    pub fn book(&self) -> &Book {
        &self.book
    }

    /// Whose registry it is; `None` before the first event.
    #[must_use]
    pub fn party(&self) -> Option<Party> {
        self.state.genesis().map(|it| it.party)
    }

    /// Every scope there is.
    #[must_use]
    pub fn scopes(&self) -> BTreeSet<Scope> {
        let projects = self.projects.keys().map(|it| Scope::Project(*it));
        std::iter::once(Scope::Registry).chain(projects).collect()
    }

    /// Takes in the next event.
    ///
    /// # Errors
    /// [`ViewError`]; the view is then as before.
    pub fn take(&mut self, event: &Event) -> Result<Touched, ViewError> {
        let (index, record) = (event.data.index, &event.data.record);
        let wanted = self.size();
        if index != wanted {
            let found = index;
            return Err(ViewError::Order { found, wanted });
        }
        let hash: Hash = leaf_hash(&record.encode());
        if hash != event.data.leaf_hash {
            return Err(ViewError::Hash(index));
        }
        let applied = apply(&mut self.state, At { index, hash }, record).map_err(|refusal| {
            let refusal = Box::new(refusal);
            ViewError::Refused {
                leaf: index,
                refusal,
            }
        })?;
        self.book.observe(index, record, &applied);
        let touched = self.changes(record, &applied);
        self.facts(index, record, &applied);
        Ok(touched)
    }

    /// What the record says beside what the rules keep.
    fn facts(&mut self, leaf: u64, record: &Record, applied: &Applied) {
        let time_ms = record.time_ms;
        match &record.body {
            Body::Issuance(_) => {
                self.times.insert(leaf, time_ms);
                self.issued_by.extend(self.issuing.map(|case| (leaf, case)));
            }
            Body::Retire(it) => {
                let ended = Ended {
                    account: it.account,
                    kind: it.kind,
                    purpose: it.purpose,
                    claim: it.claim.clone(),
                    beneficiary: it.beneficiary,
                };
                self.ends.insert(leaf, ended);
            }
            Body::CaseAct(act) => self.acted(time_ms, act, applied),
            _ => {}
        }
    }

    fn acted(&mut self, time_ms: u64, act: &CaseAct, applied: &Applied) {
        self.issuing = applied.effects.contains(&Effect::Issue).then_some(act.case);
        let by = act.by.as_ref().map(|it| it.organisation);
        if let Some(by) = by.filter(|_| !act.no) {
            let checked = Checked { by, time_ms };
            if !act.amounts.is_empty() {
                self.verified.insert(act.case, checked);
            }
            if self.step_kind(act) == Some(StepKind::Validate) {
                self.validated.insert(act.case, checked);
            }
        }
        let project = self.state.case(act.case).and_then(|it| it.project);
        for effect in &applied.effects {
            let is_authorised = match effect {
                Effect::Authorise => true,
                Effect::RevokeAuthorisation => false,
                _ => continue,
            };
            let Some(facts) = project.and_then(|it| self.projects.get_mut(&it)) else {
                continue;
            };
            facts.is_authorised = Some(is_authorised);
            facts.changed_ms = time_ms;
        }
    }

    fn step_kind(&self, act: &CaseAct) -> Option<StepKind> {
        let known = &self.state.case(act.case)?.case;
        let process = self.state.process_of(&known.process)?;
        let step = process.flow(&known.flow)?.step(act.step.as_str())?;
        Some(step.kind)
    }

    /// Which scopes a record touched; keeps the ranges and marks of each project on the way.
    fn changes(&mut self, record: &Record, applied: &Applied) -> Touched {
        let mut touched = Touched {
            all: concerns_all(&record.body),
            ..Touched::default()
        };
        if matches!(record.body, Body::Article6(_)) {
            touched.scopes.insert(Scope::Registry);
        }
        let own = self.party();
        for change in &applied.changes {
            let project = match (&change.key, &change.before, &change.after) {
                (Key::Holding(origin, first), before, after) if Some(*origin) == own => {
                    if held(after.as_ref()).is_some_and(|it| approach_of(&it.block).is_some()) {
                        touched.scopes.insert(Scope::Registry);
                    }
                    self.moved(
                        *first,
                        record.time_ms,
                        held(before.as_ref()),
                        held(after.as_ref()),
                    )
                }
                (Key::Holding(..), ..) => {
                    // Units of others: rows of Article 6 only.
                    touched.scopes.insert(Scope::Registry);
                    None
                }
                (Key::Project(number), before, _) => {
                    let facts = self.projects.entry(*number).or_default();
                    if before.is_none() {
                        facts.registered_ms = record.time_ms;
                        facts.changed_ms = record.time_ms;
                    }
                    Some(*number)
                }
                (Key::ProjectStanding(number), ..) => {
                    let facts = self.projects.entry(*number).or_default();
                    facts.changed_ms = record.time_ms;
                    Some(*number)
                }
                (Key::CreditingPeriods(number) | Key::MonitoringPeriod(number, _), ..) => {
                    Some(*number)
                }
                (Key::Case(_), _, Some(Value::Case(it))) => {
                    if it.kind == SubjectKind::Project && it.end.is_some() {
                        touched.scopes.insert(Scope::Registry);
                    }
                    it.project
                }
                _ => None,
            };
            touched.scopes.extend(project.map(Scope::Project));
        }
        touched
    }

    /// Notes where a range of this country's units is listed, and the marks that it got; gives its project.
    fn moved(
        &mut self,
        first: u64,
        time_ms: u64,
        before: Option<&Holding>,
        after: Option<&Holding>,
    ) -> Option<u32> {
        let project = after.or(before)?.block.serial.project();
        if let Some(after) = after {
            self.times.entry(after.since).or_insert(time_ms);
        }
        let facts = self.projects.entry(project).or_default();
        let Some(after) = after else {
            facts.ranges.remove(&first);
            return Some(project);
        };
        facts.ranges.insert(first);
        let had = before.map(|it| &it.block);
        let range = after.block.range();
        let id = |block: &UnitBlock| block.authorisation.map(|it| it.id);
        // A split makes a new range whose marks are older: those of the range that it was.
        let inherits = before.is_none() && after.block.split_from.is_some();
        if let Some(authorisation) = id(&after.block)
            && had.and_then(id) != Some(authorisation)
            && !inherits
        {
            let mark = Mark::Authorised(authorisation);
            facts.marks.push(Marked {
                range,
                mark,
                time_ms,
            });
        }
        let was_transferred = had.is_some_and(|it| it.first_transfer.is_some());
        if after.block.first_transfer.is_some() && !was_transferred && !inherits {
            let mark = Mark::FirstTransferred;
            facts.marks.push(Marked {
                range,
                mark,
                time_ms,
            });
        }
        Some(project)
    }

    /// The ranges of a project's units, wherever they are now, by number.
    pub fn ranges(&self, project: u32) -> impl Iterator<Item = Holding> {
        let own = self.party();
        let firsts = self
            .projects
            .get(&project)
            .into_iter()
            .flat_map(|it| &it.ranges);
        firsts.filter_map(move |first| self.state.holding_of(own?, *first))
    }

    /// When a project was registered, in milliseconds since the Unix epoch.
    #[must_use]
    pub fn registered_ms(&self, project: u32) -> Option<u64> {
        self.projects.get(&project).map(|it| it.registered_ms)
    }

    /// When the standing or authorisation of a project last changed.
    #[must_use]
    pub fn changed_ms(&self, project: u32) -> Option<u64> {
        self.projects.get(&project).map(|it| it.changed_ms)
    }

    /// Whether the process has authorised a project and not taken that back.
    #[must_use]
    pub fn is_authorised(&self, project: u32) -> bool {
        let facts = self.projects.get(&project);
        facts.and_then(|it| it.is_authorised) == Some(true)
    }

    /// Whether the process has authorised a project and then taken that back.
    #[must_use]
    pub fn is_revoked(&self, project: u32) -> bool {
        let facts = self.projects.get(&project);
        facts.and_then(|it| it.is_authorised) == Some(false)
    }

    /// A project's id: registry and number, such as `GHA01-007`.
    #[must_use]
    pub fn project_id(&self, project: u32) -> String {
        let registry = self.state.genesis().map(|it| it.registry.to_string());
        format!("{}-{project:03}", registry.unwrap_or_default())
    }

    /// Notes from which projects of the national MRV a case was opened that is over.
    pub(crate) fn note_ended(&mut self, ended: Vec<(String, u64)>) {
        self.ended = ended;
    }

    /// Projects of the national MRV whose application was refused, as far as the events tell: their ids there, each with the case.
    pub fn refused(&self) -> impl Iterator<Item = (&str, u64)> {
        let all = self.ended.iter().map(|(id, case)| (id.as_str(), *case));
        all.filter(|(_, case)| self.is_refused(*case))
    }

    fn is_refused(&self, case: u64) -> bool {
        let Some(known) = self.state.case(case).filter(|it| it.end.is_some()) else {
            return false;
        };
        let process = self.state.process_of(&known.case.process);
        let flow = process.and_then(|it| it.flow(&known.case.flow));
        let stage = flow.and_then(|it| it.stage(&known.case.stage));
        stage.is_some_and(|it| it.end == Some(End::Rejected))
    }

    /// When a leaf was written that units point at.
    #[must_use]
    pub fn time_ms(&self, leaf: u64) -> Option<u64> {
        self.times.get(&leaf).copied()
    }

    /// How the units ended whose end is this leaf.
    #[must_use]
    pub fn ended(&self, leaf: u64) -> Option<&Ended> {
        self.ends.get(&leaf)
    }

    /// Who validated a project in its case.
    #[must_use]
    pub fn validated(&self, case: u64) -> Option<Checked> {
        self.validated.get(&case).copied()
    }

    /// The case whose tonnes an issuance issued, with its days and who verified them: the issuing case or the nearest above it
    /// that covers days.
    #[must_use]
    pub fn monitoring_of(&self, issuance: u64) -> Option<(&RegistryCase, Option<Checked>)> {
        let mut case = self.state.case(*self.issued_by.get(&issuance)?)?;
        let mut checked = self.verified.get(&case.number).copied();
        // A parent's number is lower than its child's, so this ends.
        while case.period.is_none() {
            case = self.state.case(case.parent?)?;
            checked = checked.or_else(|| self.verified.get(&case.number).copied());
        }
        Some((case, checked))
    }

    /// When a range came under the authorisation that it carries.
    #[must_use]
    pub fn authorised_ms(&self, block: &UnitBlock) -> Option<u64> {
        let wanted = Mark::Authorised(block.authorisation?.id);
        self.marked_ms(block, wanted)
    }

    /// When a range was first transferred.
    #[must_use]
    pub fn first_transferred_ms(&self, block: &UnitBlock) -> Option<u64> {
        self.marked_ms(block, Mark::FirstTransferred)
    }

    fn marked_ms(&self, block: &UnitBlock, mark: Mark) -> Option<u64> {
        let marks = &self.projects.get(&block.serial.project())?.marks;
        let of_it = |it: &&Marked| it.mark == mark && it.range.contains_range(block.range());
        marks.iter().rev().find(of_it).map(|it| it.time_ms)
    }
}

fn held(value: Option<&Value>) -> Option<&Holding> {
    match value {
        Some(Value::Holding(it)) => Some(it),
        _ => None,
    }
}

/// Names and terms that stand in many items: everything is drawn anew.
const fn concerns_all(body: &Body) -> bool {
    match body {
        Body::Organisation(_) => true,
        Body::Article6(it) => matches!(
            **it,
            Article6::Authorisation(_)
                | Article6::AuthorisationRevoked(_)
                | Article6::CooperativeApproach(_)
        ),
        _ => false,
    }
}
