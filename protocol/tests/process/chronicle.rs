//! What the leaves of a ledger tell, read once more by the tests alone: who voted and who did which step, who stands how,
//! what is open against a case and what is held. From that and from the words of the file it says who may act; what the
//! registry keeps in its state is never asked.

use std::collections::{BTreeMap, BTreeSet};

use countersign_protocol::id::{AccountId, OrganisationId};
use countersign_protocol::record::{
    ActedBy, Body, CaseAct, CaseOpened, FindingKind, HoldOn, HoldPlaced, Record,
};
use countersign_protocol::registry::{Standing, State};
use countersign_protocol::units::UnitBlock;
use countersign_protocol::workflow::{
    DAY_MS, Effect, EffectRule, Flow, Process, Scope, Step, StepKind, SubjectKind,
};

use crate::realm::Opening;

/// What keeps somebody from a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Why {
    /// The step does not leave the stage, or knows no such answer, or the case is over.
    NotNow,
    /// The file names neither the role, the type nor the part in the case.
    NotTheirs,
    /// Who did a step that is kept apart from this one.
    KeptApart,
    /// Who said yes already, or whose kind of organisation did.
    Voted,
    /// The actor's organisation is not active.
    Standing,
    /// The case rests while an owner may not act.
    Rests,
    /// The project is not active.
    Project,
    /// Something that a certifier asked is open.
    Finding,
}

/// A case, as its leaves tell.
#[derive(Clone, Debug)]
pub(crate) struct Told {
    flow: String,
    kind: SubjectKind,
    parent: Option<u64>,
    track: Option<String>,
    owners: BTreeSet<OrganisationId>,
    counterparty: Option<OrganisationId>,
    certifier: Option<OrganisationId>,
    project: Option<u32>,
    pub(crate) stage: String,
    since_ms: u64,
    /// Who said yes in this stage to a step that awaits more.
    votes: BTreeMap<String, Vec<ActedBy>>,
    /// Who completed a step last, here and above: by flow and step.
    done: BTreeMap<(String, String), Vec<ActedBy>>,
    rests_since_ms: Option<u64>,
    pub(crate) over: bool,
    /// What is open: its kind, and whether an owner has answered.
    pub(crate) findings: BTreeMap<u32, (FindingKind, bool)>,
    /// The account whose units are set aside.
    pub(crate) reserved_from: Option<AccountId>,
}

impl Told {
    fn is_request(&self) -> bool {
        use SubjectKind::{IssuanceRequest, RetirementRequest, TransferRequest};
        [IssuanceRequest, TransferRequest, RetirementRequest].contains(&self.kind)
    }

    pub(crate) fn votes(&self, step: &str) -> &[ActedBy] {
        self.votes.get(step).map_or(&[], Vec::as_slice)
    }

    /// Everybody who took part so far, once each.
    pub(crate) fn took_part(&self) -> Vec<ActedBy> {
        let mut users = BTreeSet::new();
        let all = self.votes.values().chain(self.done.values()).flatten();
        all.filter(|by| users.insert(by.user)).cloned().collect()
    }
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Chronicle {
    read: usize,
    standing: BTreeMap<OrganisationId, Standing>,
    projects: BTreeMap<u32, Standing>,
    accounts: BTreeMap<AccountId, OrganisationId>,
    cases: BTreeMap<u64, Told>,
    /// Those that were not lifted.
    holds: BTreeMap<u64, HoldPlaced>,
}

impl Chronicle {
    pub(crate) fn has_read(&self, leaves: &[Record]) -> bool {
        self.read == leaves.len()
    }

    /// Reads on, from where it stopped.
    pub(crate) fn read(&mut self, process: &Process, leaves: &[Record]) {
        for record in &leaves[self.read..] {
            self.leaf(process, record);
        }
        self.read = leaves.len();
    }

    fn leaf(&mut self, process: &Process, record: &Record) {
        match &record.body {
            Body::Organisation(it) => {
                let applies = it.organisation_type.as_ref();
                let applies = applies.is_some_and(|kind| hands_itself_in(process, kind.as_str()));
                let standing = if applies {
                    Standing::Pending
                } else {
                    Standing::Active
                };
                self.standing.insert(it.id, standing);
            }
            Body::Account(it) => drop(self.accounts.insert(it.id, it.organisation)),
            Body::Project(it) => drop(self.projects.insert(it.number, Standing::Active)),
            Body::CaseOpened(it) => self.opened(process, record.time_ms, it),
            Body::CaseAct(it) => self.acted(process, record.time_ms, it),
            Body::HoldPlaced(it) => drop(self.holds.insert(it.hold, it.clone())),
            Body::HoldLifted(it) => drop(self.holds.remove(&it.hold)),
            Body::FindingOpened(it) => {
                let findings = &mut self.cases.get_mut(&it.case).unwrap().findings;
                findings.insert(it.number, (it.kind, false));
            }
            Body::FindingAnswered(it) => {
                let findings = &mut self.cases.get_mut(&it.case).unwrap().findings;
                findings.get_mut(&it.number).unwrap().1 = true;
            }
            Body::FindingClosed(it) => {
                let findings = &mut self.cases.get_mut(&it.case).unwrap().findings;
                findings.remove(&it.number).unwrap();
            }
            _ => {}
        }
    }

    fn opened(&mut self, process: &Process, time_ms: u64, it: &CaseOpened) {
        let flow = process.flow(it.flow.as_str()).unwrap();
        let above = it.parent.map(|number| &self.cases[&number]);
        let below = above.filter(|_| flow.parent.is_some());
        let own = it.track.as_ref().map(|track| track.as_str().to_owned());
        let track = below.and_then(|it| it.track.clone()).or(own);
        let told = Told {
            flow: flow.id.clone(),
            kind: flow.subject,
            parent: it.parent,
            track: track.filter(|_| !flow.tracks.is_empty()),
            owners: it.owners.iter().copied().collect(),
            counterparty: it.counterparty,
            certifier: below.and_then(|it| it.certifier),
            project: above.and_then(|it| it.project),
            stage: flow.first.clone(),
            since_ms: time_ms,
            votes: BTreeMap::new(),
            done: below.map(|it| it.done.clone()).unwrap_or_default(),
            rests_since_ms: None,
            over: false,
            findings: BTreeMap::new(),
            reserved_from: None,
        };
        self.cases.insert(it.case, told);
    }

    fn acted(&mut self, process: &Process, time_ms: u64, it: &CaseAct) {
        let mut told = self.cases[&it.case].clone();
        let flow = process.flow(&told.flow).unwrap();
        let step = flow.step(it.step.as_str()).unwrap();
        let mut votes = told.votes(&step.id).to_vec();
        votes.extend(it.by.clone());
        if !completes(step, it.no, votes.len()) {
            told.votes.insert(step.id.clone(), votes);
            self.cases.insert(it.case, told);
            return;
        }
        let (to, effects) = answered(step, it.no);
        told.votes.clear();
        told.done.insert((flow.id.clone(), step.id.clone()), votes);
        told.certifier = it.names.or(told.certifier);
        told.stage.clone_from(to);
        told.since_ms = time_ms;
        told.over = flow.stage(to).unwrap().end.is_some();
        for rule in effects {
            self.brought(&mut told, time_ms, rule.effect, it);
        }
        if told.over {
            told.findings
                .retain(|_, (kind, _)| *kind == FindingKind::ForwardAction);
        }
        self.cases.insert(it.case, told);
    }

    fn brought(&mut self, told: &mut Told, time_ms: u64, effect: Effect, it: &CaseAct) {
        let standing = match effect {
            Effect::Register if told.kind == SubjectKind::Project => {
                if told.project.is_none() {
                    let number = self.projects.keys().next_back().map_or(1, |last| last + 1);
                    self.projects.insert(number, Standing::Active);
                    told.project = Some(number);
                }
                return;
            }
            Effect::Register | Effect::Reactivate => Standing::Active,
            Effect::Suspend => Standing::Suspended,
            Effect::Close => Standing::Closed,
            Effect::Reserve => {
                told.reserved_from = it.reservation.as_ref().map(|units| units.account);
                return;
            }
            Effect::Release | Effect::Transfer | Effect::Retire | Effect::Send => {
                told.reserved_from = None;
                return;
            }
            _ => return,
        };
        if told.kind == SubjectKind::Organisation {
            for organisation in told.owners.clone() {
                self.stands(organisation, standing, time_ms);
            }
        }
        if let Some(project) = told.project.filter(|_| told.kind == SubjectKind::Project) {
            self.projects.insert(project, standing);
        }
    }

    /// Requests of whoever may not act any more are over; projects and periods rest until all of their owners may.
    fn stands(&mut self, organisation: OrganisationId, standing: Standing, time_ms: u64) {
        self.standing.insert(organisation, standing);
        let standings = self.standing.clone();
        for told in self.cases.values_mut() {
            let receives = told.is_request() && told.counterparty == Some(organisation);
            let takes_part = receives || told.owners.contains(&organisation);
            if told.over || told.kind == SubjectKind::Organisation || !takes_part {
                continue;
            }
            if is_stopped(standing) && told.is_request() {
                told.over = true;
                told.reserved_from = None;
            } else if is_stopped(standing) {
                told.rests_since_ms = told.rests_since_ms.or(Some(time_ms));
            } else if !told.owners.iter().any(|it| is_stopped(standings[it])) {
                let since_ms = told.rests_since_ms.take();
                let rested = since_ms.map(|since_ms| time_ms - since_ms.max(told.since_ms));
                told.since_ms += rested.unwrap_or_default();
            }
        }
    }

    pub(crate) fn case(&self, number: u64) -> &Told {
        &self.cases[&number]
    }

    pub(crate) fn cases(&self) -> impl Iterator<Item = (u64, &Told)> {
        self.cases.iter().map(|(number, told)| (*number, told))
    }

    pub(crate) fn holds(&self) -> impl Iterator<Item = &HoldPlaced> {
        self.holds.values()
    }

    /// Whether somebody may take a step of a case now. Units, periods and amounts are not judged here.
    pub(crate) fn verdict(
        &self,
        process: &Process,
        case: u64,
        step: &Step,
        no: bool,
        by: &ActedBy,
    ) -> Result<(), Why> {
        let told = &self.cases[&case];
        let is_now = !told.over
            && step.from.contains(&told.stage)
            && is_on(step, told.track.as_deref())
            && step.kind != StepKind::Automatic
            && (!no || step.no.is_some());
        allowed(is_now, Why::NotNow)?;
        let fits = fits(
            process,
            step,
            by,
            told.certifier,
            told.counterparty,
            &told.owners,
        );
        allowed(fits, Why::NotTheirs)?;
        allowed(is_apart(step, by, &told.done), Why::KeptApart)?;
        let votes = told.votes(&step.id);
        let side_by_side = !step.reviews_by.is_empty();
        let same_kind = |vote: &ActedBy| vote.organisation_type == by.organisation_type;
        let voted = |vote: &ActedBy| vote.user == by.user || (side_by_side && same_kind(vote));
        allowed(!votes.iter().any(voted), Why::Voted)?;
        allowed(self.acts(told.kind, &told.owners, by), Why::Standing)?;
        let kind = process.organisation_type(by.organisation_type.as_str());
        let decides = kind.unwrap().authority;
        let (_, effects) = answered(step, no);
        let brings = completes(step, no, votes.len() + 1);
        let creates = |rule: &EffectRule| {
            let creating = [Effect::AllowIssuance, Effect::Issue];
            creating.contains(&rule.effect)
        };
        let waits = !decides || (brings && effects.iter().any(creates));
        allowed(told.rests_since_ms.is_none() || !waits, Why::Rests)?;
        allowed(self.goes_on(told), Why::Project)?;
        let agrees = !no && matches!(step.kind, StepKind::Validate | StepKind::Verify);
        allowed(!agrees || !self.is_asked(case), Why::Finding)
    }

    /// Whether something is open that a certifier asked here, or left to later cases of the same project.
    fn is_asked(&self, case: u64) -> bool {
        let of_project = |(number, _): &(&u64, &Told)| self.root(**number) == self.root(case);
        let mut related = self.cases.iter().filter(of_project);
        related.any(|(number, told)| {
            told.findings.values().any(|(kind, _)| match kind {
                FindingKind::ForwardAction => *number < case,
                FindingKind::CorrectiveAction | FindingKind::Clarification => *number == case,
            })
        })
    }

    fn root(&self, case: u64) -> u64 {
        let mut root = case;
        while let Some(parent) = self.cases[&root].parent {
            root = parent;
        }
        root
    }

    /// An organisation that is not active does nothing but in its own case.
    fn acts(&self, kind: SubjectKind, owners: &BTreeSet<OrganisationId>, by: &ActedBy) -> bool {
        self.standing[&by.organisation] == Standing::Active
            || (kind == SubjectKind::Organisation && owners.contains(&by.organisation))
    }

    /// Whether somebody may open a case: whoever may take one of its first steps, for owners who may have one.
    pub(crate) fn may_open(&self, process: &Process, it: &Opening, by: &ActedBy) -> bool {
        let flow = process.flow(&it.flow).unwrap();
        let parent = it.parent.map(|number| &self.cases[&number]);
        let fits_parent = flow.parent.as_ref().is_none_or(|rule| {
            parent.is_some_and(|it| it.flow == rule.flow && rule.stages.contains(&it.stage))
        });
        let rests = parent.is_some_and(|it| it.rests_since_ms.is_some());
        let project = parent.and_then(|it| it.project);
        let goes_on = project.is_none_or(|it| self.projects[&it] == Standing::Active);
        let nothing = BTreeMap::new();
        let done = parent.map_or(&nothing, |it| &it.done);
        let certifier = parent.and_then(|it| it.certifier);
        let mut first = steps_of(flow, &flow.first, it.track.as_deref());
        fits_parent
            && !rests
            && goes_on
            && self.may_have_one(flow.subject, it)
            && self.acts(flow.subject, &it.owners, by)
            && first.any(|step| {
                step.kind != StepKind::Automatic
                    && fits(process, step, by, certifier, it.counterparty, &it.owners)
                    && is_apart(step, by, done)
            })
    }

    /// An organisation applies once at a time, and only while it is not registered. Nobody else's case names one that was
    /// stopped.
    fn may_have_one(&self, kind: SubjectKind, it: &Opening) -> bool {
        if kind == SubjectKind::Organisation {
            let own = |told: &&Told| told.kind == kind && told.owners == it.owners;
            let applies = self.cases.values().filter(own).any(|told| !told.over);
            let mut standings = it.owners.iter().map(|owner| self.standing[owner]);
            let is_out = |it| matches!(it, Standing::Pending | Standing::Closed);
            return !applies && it.owners.len() == 1 && standings.all(is_out);
        }
        let mut named = it.owners.iter().chain(&it.counterparty);
        !named.any(|it| is_stopped(self.standing[it]))
    }

    /// The automatic step of a stage and when it is due, if the stage has one.
    pub(crate) fn due(&self, process: &Process, case: u64) -> Option<(Step, u64)> {
        let told = &self.cases[&case];
        let flow = process.flow(&told.flow).unwrap();
        let leaving = steps_of(flow, &told.stage, told.track.as_deref());
        let due = leaving.filter_map(|step| {
            let deadline = step.deadline.as_ref()?;
            let then = flow.step(deadline.then.as_ref()?)?.clone();
            Some((then, told.since_ms + u64::from(deadline.days) * DAY_MS))
        });
        due.min_by_key(|(_, due_ms)| *due_ms)
    }

    /// Whether a deadline may do its step: the case is neither over nor at rest, and its project goes on.
    pub(crate) fn is_awake(&self, case: u64) -> bool {
        let told = &self.cases[&case];
        !told.over && told.rests_since_ms.is_none() && self.goes_on(told)
    }

    /// Nothing happens below a project that is not active.
    fn goes_on(&self, told: &Told) -> bool {
        let project = told.project.filter(|_| told.kind != SubjectKind::Project);
        project.is_none_or(|it| self.projects[&it] == Standing::Active)
    }

    /// Whether nothing leaves an account, nor comes into it: its organisation may not act.
    pub(crate) fn is_closed(&self, account: AccountId) -> bool {
        is_stopped(self.standing[&self.accounts[&account]])
    }

    /// A hold that keeps units in their account: on it, on its organisation, on their project or on any of their numbers.
    pub(crate) fn held(&self, account: AccountId, block: &UnitBlock, time_ms: u64) -> Option<u64> {
        let keeps = |it: &&HoldPlaced| {
            let in_force = it.expiry_ms.is_none_or(|expiry_ms| time_ms < expiry_ms);
            in_force
                && match &it.on {
                    HoldOn::Account(of) => *of == account,
                    HoldOn::Organisation(of) => self.accounts[&account] == *of,
                    HoldOn::Project(of) => *of == block.serial.project(),
                    HoldOn::Ranges(ranges) => ranges.iter().any(|it| it.overlaps(block.range())),
                }
        };
        self.holds.values().find(keeps).map(|it| it.hold)
    }

    /// Whether a hold is a reason not to move what an account holds, or not to issue units of a project.
    pub(crate) fn is_reason(
        &self,
        hold: u64,
        (account, project): (Option<AccountId>, Option<u32>),
        state: &State,
        time_ms: u64,
    ) -> bool {
        let Some(it) = self.holds.get(&hold) else {
            return false;
        };
        if it.expiry_ms.is_some_and(|expiry_ms| expiry_ms <= time_ms) {
            return false;
        }
        let in_account = |account: AccountId| {
            use countersign_protocol::registry::Place::{Available, OnHold, Reserved};
            let here = [Available(account), OnHold(account), Reserved(account)];
            state.holdings().filter(move |it| here.contains(&it.place))
        };
        match &it.on {
            HoldOn::Account(of) => account == Some(*of),
            HoldOn::Organisation(of) => account.is_some_and(|it| self.accounts[&it] == *of),
            HoldOn::Project(of) => {
                let has = |id| in_account(id).any(|it| it.block.serial.project() == *of);
                project == Some(*of) || account.is_some_and(has)
            }
            HoldOn::Ranges(ranges) => account.is_some_and(|id| {
                in_account(id).any(|it| ranges.iter().any(|of| of.overlaps(it.block.range())))
            }),
        }
    }

    /// Where the registry's state says something else than its leaves.
    pub(crate) fn differs_from(&self, state: &State) -> Option<String> {
        for (id, told) in &self.standing {
            let kept = state.organisation_standing(*id);
            if kept != *told {
                return Some(format!("organisation {id} stands {kept:?}, not {told:?}"));
            }
        }
        for (number, told) in &self.projects {
            let kept = state.project_standing(*number);
            if kept != *told {
                return Some(format!("project {number} stands {kept:?}, not {told:?}"));
            }
        }
        self.cases.iter().find_map(|(number, told)| {
            let kept = state.case(*number).unwrap();
            let open: BTreeMap<u32, (FindingKind, bool)> = state
                .open_findings(*number)
                .filter(|it| it.case == *number)
                .map(|it| (it.number, (it.kind, it.answered)))
                .collect();
            let votes = kept.case.open.iter().map(|it| {
                let users: Vec<u64> = it.yes.iter().map(|vote| vote.user).collect();
                (it.step.clone(), users)
            });
            let votes: BTreeMap<String, Vec<u64>> = votes.collect();
            let own = told.votes.iter().map(|(step, by)| {
                let users: Vec<u64> = by.iter().map(|vote| vote.user).collect();
                (step.clone(), users)
            });
            let is_same = kept.case.stage == told.stage
                && kept.case.since_ms == told.since_ms
                && kept.case.subject.certifier == told.certifier
                && kept.project == told.project
                && kept.end.is_some() == told.over
                && (kept.paused.is_some() == told.rests_since_ms.is_some())
                && votes == own.collect()
                && open == told.findings;
            (!is_same).then(|| format!("case {number} is {kept:?}, and was told as {told:?}"))
        })
    }
}

fn allowed(holds: bool, why: Why) -> Result<(), Why> {
    if holds { Ok(()) } else { Err(why) }
}

fn is_stopped(standing: Standing) -> bool {
    matches!(standing, Standing::Suspended | Standing::Closed)
}

/// Whether organisations of a type hand in their own registration. The authority does not: it is there from the first day.
fn hands_itself_in(process: &Process, kind: &str) -> bool {
    if process.organisation_type(kind).unwrap().authority {
        return false;
    }
    let flows = process.flows.iter();
    let own = flows.filter(|flow| flow.subject == SubjectKind::Organisation);
    let mut first = own.flat_map(|flow| {
        let steps = flow.steps.iter();
        steps.filter(|step| step.from.contains(&flow.first))
    });
    first.any(|step| step.by.iter().any(|rule| rule.organisation_type == kind))
}

fn is_on(step: &Step, track: Option<&str>) -> bool {
    let named = |track: &str| step.tracks.iter().any(|id| id == track);
    step.tracks.is_empty() || track.is_none_or(named)
}

fn steps_of<'a>(
    flow: &'a Flow,
    stage: &'a str,
    track: Option<&'a str>,
) -> impl Iterator<Item = &'a Step> {
    let leaves = move |step: &&Step| is_on(step, track) && step.from.iter().any(|id| id == stage);
    flow.steps.iter().filter(leaves)
}

/// Whether an answer ends a step: a no does, and the last of the votes that it needs.
fn completes(step: &Step, no: bool, votes: usize) -> bool {
    let needed = match step.reviews_by.len() {
        0 => step.quorum as usize,
        side_by_side => side_by_side,
    };
    no || step.kind == StepKind::Automatic || votes >= needed
}

/// Where an answer leads, and what it brings.
fn answered(step: &Step, no: bool) -> (&String, &[EffectRule]) {
    match step.no.as_ref().filter(|_| no) {
        Some(answer) => (&answer.to, &answer.effects),
        None => (&step.to, &step.effects),
    }
}

fn fits(
    process: &Process,
    step: &Step,
    by: &ActedBy,
    certifier: Option<OrganisationId>,
    counterparty: Option<OrganisationId>,
    owners: &BTreeSet<OrganisationId>,
) -> bool {
    let (role, kind) = (by.role.as_str(), by.organisation_type.as_str());
    let fits = step.by.iter().any(|rule| {
        rule.organisation_type == kind
            && rule.roles.iter().any(|it| it == role)
            && match rule.scope {
                Scope::Own => owners.contains(&by.organisation),
                Scope::Assigned => certifier == Some(by.organisation),
                Scope::Counterparty => counterparty == Some(by.organisation),
                Scope::Sector => by.scopes.contains(&crate::realm::sector_of_subjects()),
                Scope::Any => true,
            }
    });
    fits && role != "viewer" && process.role_exists(role, kind)
}

/// Whether neither the person nor, where the file says so, the organisation did a step that is kept apart from this one.
fn is_apart(step: &Step, by: &ActedBy, done: &BTreeMap<(String, String), Vec<ActedBy>>) -> bool {
    step.apart.iter().all(|apart| {
        let key = (apart.flow.clone(), apart.step.clone());
        let mut before = done.get(&key).into_iter().flatten();
        before.all(|done| {
            done.user != by.user && (!apart.organisation || done.organisation != by.organisation)
        })
    })
}
