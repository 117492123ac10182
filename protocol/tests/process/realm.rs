//! A country under any process: organisations of every type, complete acts for every step, and whom the file lets act, as
//! its [`Chronicle`] tells.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use countersign_protocol::id::{AccountId, OrganisationId, RequestId};
use countersign_protocol::period::Period;
use countersign_protocol::record::{
    AccountKind, ActedBy, CaseAct, Claim, Commitment, Fate, Purpose, RetireKind, Sending,
    YearTonnes,
};
use countersign_protocol::registry::{
    Command, IssueTo, NewAct, NewCase, Refusal, RegistryCase, Reserve, Selection, Standing,
};
use countersign_protocol::serial::{SectoralScope, UnitType};
use countersign_protocol::workflow::{
    DAY_MS, Effect, EffectRule, Flow, Process, Scope, Step, StepKind, SubjectKind,
};

use crate::chronicle::{Chronicle, Why};
use crate::small::document;
use crate::support::{EXPIRY_MS, Ledger, agreement_id, text};

/// The crediting period that every project states.
const CREDITED: &str = "2021-01-01/2030-12-31";
/// Tonnes that every verification states.
pub(crate) const VERIFIED: u64 = 9_000;
/// The sectoral scope of every subject here, and another.
const SECTOR: u8 = 3;
const OTHER_SECTOR: u8 = 9;

/// Places in the list of a type's organisations: the first owns, the second is named as receiver or certifier, the third
/// has no part in anything, the fourth was never registered.
pub(crate) const FIRST: usize = 0;
pub(crate) const SECOND: usize = 1;
pub(crate) const UNREGISTERED: usize = 3;

fn sector(number: u8) -> SectoralScope {
    SectoralScope::new(number).unwrap()
}

/// The sector in which every case lies.
pub(crate) fn sector_of_subjects() -> SectoralScope {
    sector(SECTOR)
}

#[derive(Clone)]
pub(crate) struct Realm {
    pub(crate) ledger: Ledger,
    pub(crate) process: Arc<Process>,
    /// Organisations by type. The authority has one.
    pub(crate) organisations: BTreeMap<String, Vec<OrganisationId>>,
    accounts: BTreeMap<OrganisationId, AccountId>,
    party: [AccountId; 3],
    /// The year that periods cover and that tonnes are of.
    pub(crate) year: u16,
    /// The tonnes that the next reservation takes.
    pub(crate) reserved: u64,
    users: u64,
    chronicle: Chronicle,
}

/// A case to be opened by somebody.
#[derive(Clone, Debug)]
pub(crate) struct Opening {
    pub(crate) flow: String,
    pub(crate) track: Option<String>,
    pub(crate) parent: Option<u64>,
    pub(crate) owners: BTreeSet<OrganisationId>,
    pub(crate) counterparty: Option<OrganisationId>,
}

impl Realm {
    /// Everybody enrolled, and everybody registered but the fourth of each type.
    pub(crate) fn new(file: &str) -> Self {
        let mut ledger = Ledger::new("VU");
        ledger.meet(text("CH"));
        ledger.must(&Command::AdoptProcess {
            text: file.to_owned(),
        });
        let process = Arc::clone(ledger.state.process().unwrap());
        let mut realm = Self {
            ledger,
            process: Arc::clone(&process),
            organisations: BTreeMap::new(),
            accounts: BTreeMap::new(),
            party: [AccountId(0); 3],
            year: 2021,
            reserved: 1,
            users: 1_000,
            chronicle: Chronicle::default(),
        };
        let mut types: Vec<_> = process.organisation_types.iter().collect();
        types.sort_by_key(|kind| !kind.authority);
        for kind in types {
            realm.enrol_type(&kind.id);
        }
        realm
    }

    fn enrol_type(&mut self, kind: &str) {
        let known = self.process.organisation_type(kind).unwrap().clone();
        let applies = self.process.registers_itself(kind);
        let count = match (known.authority, applies) {
            (true, _) => 1,
            (false, true) => 4,
            (false, false) => 3,
        };
        for place in 0..count {
            let own = if place < 2 { SECTOR } else { OTHER_SECTOR };
            let scopes = [own].into_iter().filter(|_| known.sectoral).map(sector);
            self.ledger.must(&Command::Enrol {
                name: text(&format!("{kind} {place}")),
                organisation_type: text(kind),
                scopes: scopes.collect(),
            });
            let id = self.ledger.state.organisations().next_back().unwrap().id;
            let all = self.organisations.entry(kind.to_owned()).or_default();
            all.push(id);
            if applies && place < UNREGISTERED && !known.authority {
                self.register(kind, id);
            }
            if self.ledger.state.organisation_standing(id) == Standing::Active {
                let account = self.open_account(id, AccountKind::EntityHolding);
                self.accounts.insert(id, account);
            }
            if known.authority {
                self.party = [
                    AccountKind::PartyHolding,
                    AccountKind::ShareOfProceeds,
                    AccountKind::Buffer,
                ]
                .map(|kind| self.open_account(id, kind));
            }
        }
    }

    fn open_account(&mut self, organisation: OrganisationId, kind: AccountKind) -> AccountId {
        self.ledger.must(&Command::OpenAccount {
            organisation,
            name: text("Holding"),
            kind,
        });
        self.ledger.state.accounts().next_back().unwrap().id
    }

    fn register(&mut self, kind: &str, id: OrganisationId) {
        let flow = self.flow_of(SubjectKind::Organisation).unwrap();
        let opening = Opening {
            flow: flow.id.clone(),
            track: None,
            parent: None,
            owners: BTreeSet::from([id]),
            counterparty: None,
        };
        let case = self.open(&opening).unwrap();
        let is_active = |realm: &Self, _: &str| {
            realm.ledger.state.organisation_standing(id) == Standing::Active
        };
        *self = self
            .reached(case, is_active)
            .unwrap_or_else(|| panic!("a {kind} can not be registered"));
    }

    pub(crate) fn flow_of(&self, subject: SubjectKind) -> Option<Flow> {
        let mut flows = self.process.flows.iter();
        flows.find(|flow| flow.subject == subject).cloned()
    }

    pub(crate) fn case(&self, number: u64) -> &RegistryCase {
        self.ledger.state.case(number).unwrap()
    }

    pub(crate) fn flow_of_case(&self, case: u64) -> &Flow {
        self.process.flow(&self.case(case).case.flow).unwrap()
    }

    /// Somebody who has done nothing yet.
    pub(crate) fn newcomer(&mut self, organisation: OrganisationId, role: &str) -> ActedBy {
        self.users += 1;
        self.person(self.users, organisation, role)
    }

    pub(crate) fn person(&self, user: u64, organisation: OrganisationId, role: &str) -> ActedBy {
        let known = self.ledger.state.organisation(organisation).unwrap();
        ActedBy {
            user,
            organisation,
            organisation_type: known.organisation_type.clone().unwrap(),
            role: text(role),
            scopes: known.scopes.clone(),
        }
    }

    /// One newcomer of every role in every organisation, whether the role exists there or not.
    pub(crate) fn everybody(&mut self) -> Vec<ActedBy> {
        let all: Vec<OrganisationId> = self.organisations.values().flatten().copied().collect();
        let roles: Vec<String> = self.process.roles.iter().map(|it| it.id.clone()).collect();
        let mut people = Vec::new();
        for organisation in all {
            for role in &roles {
                people.push(self.newcomer(organisation, role));
            }
        }
        people
    }

    /// Opens a case by the first newcomer who may.
    pub(crate) fn open(&mut self, opening: &Opening) -> Result<u64, Option<Refusal>> {
        let mut why = None;
        for by in self.everybody() {
            match self.open_by(opening, &by) {
                Ok(case) => return Ok(case),
                Err(refusal) => why = Some(refusal),
            }
        }
        Err(why)
    }

    pub(crate) fn open_by(&mut self, opening: &Opening, by: &ActedBy) -> Result<u64, Refusal> {
        let Opening {
            flow,
            track,
            parent,
            owners,
            counterparty,
        } = opening.clone();
        let new = NewCase {
            flow: text(&flow),
            track: track.as_deref().map(text),
            parent,
            title: text("Stoves"),
            owners,
            shares: BTreeMap::new(),
            counterparty,
            scopes: BTreeSet::from([sector(SECTOR)]),
            by: by.clone(),
        };
        self.submit(&Command::OpenCase(Box::new(new)))?;
        Ok(self.ledger.state.cases().next_back().unwrap().number)
    }

    /// Takes a step with everything that it asks for. Where a vote completes nothing, it comes without units.
    pub(crate) fn act(
        &mut self,
        case: u64,
        step: &Step,
        no: bool,
        by: &ActedBy,
    ) -> Result<Vec<u64>, Refusal> {
        let mut new = self.complete(case, step, no, by);
        let tried = self.submit(&Command::Act(Box::new(new.clone())));
        let Err(refusal) = tried else {
            return tried;
        };
        if new.issue.is_none() && new.reserve.is_none() {
            return Err(refusal);
        }
        (new.issue, new.reserve) = (None, None);
        let again = self.submit(&Command::Act(Box::new(new)));
        again.map_err(|_| refusal)
    }

    fn complete(&self, case: u64, step: &Step, no: bool, by: &ActedBy) -> NewAct {
        let has = |effect| !no && step.has_effect(effect);
        let reads = |rule: &&EffectRule| {
            let field = rule.field.as_deref().and_then(|it| it.split_once('.'));
            field.map(|(form, _)| form) == step.form.as_deref()
        };
        let steps = self.process.flows.iter().flat_map(|flow| &flow.steps);
        let rules: Vec<&EffectRule> = steps.flat_map(|it| &it.effects).filter(reads).collect();
        let says_tonnes = step.form.is_some() && rules.iter().any(|it| it.effect.is_issuance());
        let says_days = rules.iter().find(|it| it.effect.acts_on_period());
        let says_days = says_days.filter(|_| step.form.is_some() && !no);
        let period = says_days.map(|rule| match rule.effect {
            Effect::CoverPeriod => text(&format!("{0}-01-01/{0}-12-31", self.year)),
            _ => text::<Period>(CREDITED),
        });
        let tonnes = YearTonnes {
            year: self.year,
            tonnes: VERIFIED,
        };
        NewAct {
            act: CaseAct {
                case,
                step: text(&step.id),
                no,
                by: Some(by.clone()),
                form: step.form.as_ref().map(|_| Commitment([1; 32])),
                documents: step.documents.iter().map(|kind| document(kind)).collect(),
                comment: Some(Commitment([2; 32])),
                names: has(Effect::AssignCertifier).then(|| self.certifier(case)),
                amounts: [tonnes]
                    .into_iter()
                    .filter(|_| says_tonnes && !no)
                    .collect(),
                reservation: None,
                period,
            },
            issue: has(Effect::Issue).then(|| self.issue_to(case)),
            reserve: has(Effect::Reserve)
                .then(|| self.reserve(case, by.organisation))
                .flatten(),
        }
    }

    fn issue_to(&self, case: u64) -> IssueTo {
        let owners = self.case(case).case.subject.owners.iter();
        let [mitigation, proceeds, buffer] = self.party;
        IssueTo {
            accounts: owners
                .filter_map(|it| self.accounts.get(it).copied())
                .collect(),
            unit_type: UnitType::ITMO,
            overall_mitigation: Some(mitigation),
            share_of_proceeds: Some(proceeds),
            buffer: Some(buffer),
        }
    }

    /// Units of an organisation for what the case's flow does with units.
    fn reserve(&self, case: u64, holder: OrganisationId) -> Option<Reserve> {
        let account = *self.accounts.get(&holder)?;
        let steps = &self.flow_of_case(case).steps;
        let does = |effect| steps.iter().any(|step| step.has_effect(effect));
        let subject = &self.case(case).case.subject;
        let fate = if does(Effect::Retire) {
            Fate::Retire {
                kind: RetireKind::Retire,
                purpose: Purpose::Voluntary,
                beneficiary: None,
                claim: Claim::default(),
            }
        } else if does(Effect::Send) {
            Fate::Send(Box::new(Sending {
                destination: text("CH"),
                agreement: agreement_id(text("VU"), text("CH")),
                to: AccountId(1),
                nonce: RequestId(case.to_be_bytes().repeat(2).try_into().unwrap()),
                expiry_ms: self.ledger.time_ms.max(EXPIRY_MS) + 30 * DAY_MS,
            }))
        } else {
            let receiver = subject.counterparty.filter(|it| *it != holder);
            let receiver = receiver.or(subject.owners.first().copied())?;
            Fate::Transfer {
                to: *self.accounts.get(&receiver)?,
            }
        };
        let units = Selection::Tonnes(self.reserved);
        Some(Reserve {
            account,
            units,
            fate,
        })
    }

    /// The certifier to be assigned: another one for a period than for its project.
    fn certifier(&self, case: u64) -> OrganisationId {
        let assigned = |step: &&Step| step.by.iter().any(|rule| rule.scope == Scope::Assigned);
        let is_check = |step: &&Step| matches!(step.kind, StepKind::Validate | StepKind::Verify);
        let known = self.case(case);
        let mut steps: Vec<&Step> = self.flow_of_case(case).steps.iter().collect();
        steps.extend(self.process.flows.iter().flat_map(|flow| &flow.steps));
        let step = steps.iter().find(|it| assigned(it) && is_check(it));
        let step = step
            .or_else(|| steps.iter().find(|it| assigned(it)))
            .unwrap();
        let rule = step.by.iter().find(|rule| rule.scope == Scope::Assigned);
        let all = &self.organisations[&rule.unwrap().organisation_type];
        match known.kind {
            SubjectKind::MonitoringPeriod => all[SECOND],
            _ => all[FIRST],
        }
    }

    /// Asks the ledger for something, and reads what it writes.
    pub(crate) fn submit(&mut self, command: &Command) -> Result<Vec<u64>, Refusal> {
        let verdict = self.ledger.submit(command);
        self.chronicle.read(&self.process, &self.ledger.leaves);
        verdict
    }

    /// What the leaves tell.
    pub(crate) fn told(&self) -> Cow<'_, Chronicle> {
        if self.chronicle.has_read(&self.ledger.leaves) {
            return Cow::Borrowed(&self.chronicle);
        }
        let mut chronicle = self.chronicle.clone();
        chronicle.read(&self.process, &self.ledger.leaves);
        Cow::Owned(chronicle)
    }

    /// Whether somebody may take a step of a case now, by the words of the file and by what the leaves tell.
    pub(crate) fn verdict(
        &self,
        case: u64,
        step: &Step,
        no: bool,
        by: &ActedBy,
    ) -> Result<(), Why> {
        let told = self.told();
        told.verdict(&self.process, case, step, no, by)
    }

    /// As [`Realm::verdict`], without the reason.
    pub(crate) fn may(&self, case: u64, step: &Step, no: bool, by: &ActedBy) -> bool {
        self.verdict(case, step, no, by).is_ok()
    }

    /// Whether somebody may open a case.
    pub(crate) fn may_open(&self, opening: &Opening, by: &ActedBy) -> bool {
        self.told().may_open(&self.process, opening, by)
    }

    /// The account out of which units are cancelled for overall mitigation as they are issued.
    pub(crate) fn cancels_from(&self) -> AccountId {
        self.party[0]
    }

    pub(crate) fn account_of(&self, organisation: OrganisationId) -> Option<AccountId> {
        self.accounts.get(&organisation).copied()
    }

    /// Takes a step with all the votes that it needs, each by a newcomer who may.
    pub(crate) fn complete_step(&mut self, case: u64, step: &Step, no: bool) -> Result<(), String> {
        let votes = if no { 1 } else { step.votes_needed() };
        let missing = votes.saturating_sub(self.told().case(case).votes(&step.id).len());
        for _ in 0..missing.max(1) {
            let mut able = self.everybody();
            able.retain(|by| self.may(case, step, no, by));
            // An owner without units can not reserve any: then it is another owner's turn.
            let mut why = format!("nobody may {}", step.id);
            let voted = able.iter().any(|by| {
                let tried = self.act(case, step, no, by);
                let refusal = tried.as_ref().err();
                why = refusal.map_or_else(String::new, |it| format!("{}: {it}", step.id));
                tried.is_ok()
            });
            if !voted {
                return Err(why);
            }
        }
        Ok(())
    }

    /// The realm after the shortest way of steps, answered with yes, to where a case is as wanted.
    pub(crate) fn reached(
        &self,
        case: u64,
        is_wanted: impl Fn(&Self, &str) -> bool,
    ) -> Option<Self> {
        let mut seen = BTreeSet::from([self.case(case).case.stage.clone()]);
        let mut open = vec![self.clone()];
        while !open.is_empty() {
            let mut next = Vec::new();
            for realm in open {
                let stage = realm.case(case).case.stage.clone();
                if is_wanted(&realm, &stage) {
                    return Some(realm);
                }
                let track = realm.case(case).case.track.clone();
                let flow = realm.flow_of_case(case).clone();
                for step in flow.steps_from(&stage, track.as_deref()) {
                    if step.kind == StepKind::Automatic || seen.contains(&step.to) {
                        continue;
                    }
                    let mut after = realm.clone();
                    if after.complete_step(case, step, false).is_ok() {
                        seen.insert(step.to.clone());
                        next.push(after);
                    }
                }
            }
            open = next;
        }
        None
    }

    /// When the automatic step of a stage is due, if the stage has one that is.
    pub(crate) fn due(&self, case: u64) -> Option<(Step, u64)> {
        self.told().due(&self.process, case)
    }

    /// What the node writes when a deadline has passed.
    pub(crate) fn lapse(&mut self, case: u64, step: &Step) -> Result<Vec<u64>, Refusal> {
        let act = CaseAct {
            case,
            step: text(&step.id),
            no: false,
            by: None,
            form: None,
            documents: Vec::new(),
            comment: None,
            names: None,
            amounts: Vec::new(),
            reservation: None,
            period: None,
        };
        self.submit(&Command::Act(Box::new(NewAct {
            act,
            issue: None,
            reserve: None,
        })))
    }
}
