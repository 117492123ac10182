//! Every preset runs in the ledger from an empty register to issued units, by steps that its own file allows.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use countersign_protocol::id::OrganisationId;
use countersign_protocol::period::Period;
use countersign_protocol::record::{ActedBy, CaseAct, Commitment, YearTonnes};
use countersign_protocol::registry::{Command, NewAct, NewCase, Refusal};
use countersign_protocol::serial::SectoralScope;
use countersign_protocol::workflow::{
    Decision, Effect, EffectRule, End, Flow, PRESETS, Process, Script, Step, StepKind, SubjectKind,
    Walk, WalkLine, simulate,
};

use crate::small::{CREDITED, MONITORED, account_of, document, into};
use crate::support::invariants::check;
use crate::support::{Ledger, text};

const VERIFIED: YearTonnes = YearTonnes {
    year: 2023,
    tonnes: 4_321,
};

/// More people of one role than any preset asks for.
const PEOPLE: u64 = 6;

/// What an organisation answers for: the sectoral scope of the tests' projects, if its type is sectoral.
fn sectors<T: FromIterator<SectoralScope>>(sectoral: bool) -> T {
    let scopes = [SectoralScope::new(3).unwrap()];
    scopes.into_iter().filter(|_| sectoral).collect()
}

struct Country {
    ledger: Ledger,
    process: Arc<Process>,
    /// Two organisations of each type: whoever validated a project may not verify its periods. One of the authority.
    organisations: BTreeMap<String, Vec<OrganisationId>>,
}

impl Country {
    fn new(preset: &str) -> Self {
        let mut ledger = Ledger::new("VU");
        ledger.must(&Command::AdoptProcess {
            text: preset.to_owned(),
        });
        let process = Arc::clone(ledger.state.process().unwrap());
        let mut organisations = BTreeMap::new();
        let mut types: Vec<_> = process.organisation_types.iter().collect();
        types.sort_by_key(|kind| !kind.authority);
        for kind in types {
            for _ in 0..if kind.authority { 1 } else { 2 } {
                ledger.must(&Command::Enrol {
                    name: text(&format!("The {}", kind.id)),
                    organisation_type: text(&kind.id),
                    scopes: sectors(kind.sectoral),
                });
                let id = ledger.state.organisations().next_back().unwrap().id;
                let all: &mut Vec<_> = organisations.entry(kind.id.clone()).or_default();
                all.push(id);
            }
        }
        Self {
            ledger,
            process,
            organisations,
        }
    }

    fn flow(&self, subject: SubjectKind) -> Flow {
        let mut flows = self.process.flows.iter();
        flows.find(|flow| flow.subject == subject).unwrap().clone()
    }

    /// One person of a role, written as `type/role`: of the first organisation of the type, then of the second.
    fn person(&self, role: &str, number: u64) -> ActedBy {
        let (kind, role) = role.split_once('/').unwrap();
        let all = &self.organisations[kind];
        let organisation = all[usize::try_from(number / PEOPLE).unwrap() % all.len()];
        ActedBy {
            user: u64::from(organisation.0) * 1000 + number,
            organisation,
            organisation_type: text(kind),
            role: text(role),
            scopes: sectors(self.process.organisation_type(kind).unwrap().sectoral),
        }
    }

    /// A walk through a flow, without refusals and deadlines, as far as `is_far_enough` says.
    fn way(&self, flow: &Flow, is_far_enough: impl Fn(&str) -> bool) -> (Option<String>, Walk) {
        let mut tracks: Vec<Option<String>> = flow.tracks.iter().cloned().map(Some).collect();
        if tracks.is_empty() {
            tracks.push(None);
        }
        let drawn = tracks
            .iter()
            .flat_map(|track| (0..400).map(move |seed| (track, seed)));
        let mut walks = drawn.filter_map(|(track, seed)| {
            let mut walk = simulate(
                &self.process,
                &flow.id,
                track.as_deref(),
                Script::Seed(seed),
            )
            .ok()?;
            let end = walk.lines.iter().position(|line| is_far_enough(&line.to))?;
            walk.lines.truncate(end + 1);
            let is_plain = |line: &WalkLine| line.decision == Decision::Yes && !line.by.is_empty();
            walk.lines
                .iter()
                .all(is_plain)
                .then(|| (track.clone(), walk))
        });
        walks
            .next()
            .unwrap_or_else(|| panic!("{} has no way through {}", self.process.id, flow.id))
    }

    fn open(&mut self, flow: &Flow, track: Option<&str>, parent: Option<u64>, by: &ActedBy) -> u64 {
        let new = NewCase {
            flow: text(&flow.id),
            track: track.map(text),
            parent,
            title: text("Stoves"),
            owners: BTreeSet::from([by.organisation]),
            shares: BTreeMap::new(),
            counterparty: None,
            scopes: BTreeSet::from([SectoralScope::new(3).unwrap()]),
            by: by.clone(),
        };
        self.ledger.must(&Command::OpenCase(Box::new(new)));
        self.ledger.state.cases().next_back().unwrap().number
    }

    /// Everything that the step asks for.
    fn act(&self, case: u64, step: &Step, by: ActedBy) -> NewAct {
        let has = |effect| step.effects.iter().any(|rule| rule.effect == effect);
        let steps = self.process.flows.iter().flat_map(|flow| &flow.steps);
        let verified = steps
            .flat_map(|step| &step.effects)
            .filter(|rule| rule.effect.is_issuance())
            .filter_map(|rule| rule.field.as_deref()?.split_once('.'))
            .any(|(form, _)| Some(form) == step.form.as_deref());
        let owner = self
            .ledger
            .state
            .case(case)
            .unwrap()
            .case
            .subject
            .owners
            .first()
            .copied();
        let mut accounts = self.ledger.state.accounts();
        NewAct {
            act: CaseAct {
                case,
                step: text(&step.id),
                no: false,
                by: Some(by),
                form: step.form.as_ref().map(|_| Commitment([1; 32])),
                documents: step.documents.iter().map(|kind| document(kind)).collect(),
                comment: Some(Commitment([2; 32])),
                names: has(Effect::AssignCertifier).then(|| self.certifier(case)),
                amounts: if verified { vec![VERIFIED] } else { Vec::new() },
                reservation: None,
                period: self.period(step),
            },
            issue: accounts
                .find(|account| Some(account.organisation) == owner)
                .filter(|_| has(Effect::Issue))
                .map(|account| into([account.id])),
            reserve: None,
        }
    }

    /// The days that the step's form names, where it names some.
    fn period(&self, step: &Step) -> Option<Period> {
        let steps = self.process.flows.iter().flat_map(|flow| &flow.steps);
        let named = |rule: &&EffectRule| {
            let field = rule.field.as_deref().and_then(|it| it.split_once('.'));
            rule.effect.acts_on_period() && field.map(|(form, _)| form) == step.form.as_deref()
        };
        let rule = steps.flat_map(|step| &step.effects).find(named)?;
        Some(text(match rule.effect {
            Effect::CoverPeriod => MONITORED,
            _ => CREDITED,
        }))
    }

    fn certifier(&self, case: u64) -> OrganisationId {
        let flow = self.flow(SubjectKind::MonitoringPeriod);
        let verify = flow.steps.iter().find(|step| step.kind == StepKind::Verify);
        let all = &self.organisations[&verify.unwrap().by[0].organisation_type];
        match self.ledger.state.case(case).unwrap().kind {
            SubjectKind::MonitoringPeriod => all[1],
            _ => all[0],
        }
    }

    /// Takes the steps of a way, each by the first person of the role who may.
    fn walk(&mut self, case: u64, flow: &Flow, walk: &Walk) {
        for line in &walk.lines {
            let step = flow.step(&line.step).unwrap();
            for role in &line.by {
                self.vote(case, step, role);
            }
            let stage = &self.ledger.state.case(case).unwrap().case.stage;
            assert_eq!(stage, &line.to, "{}: after {}", self.process.id, line.step);
        }
    }

    fn vote(&mut self, case: u64, step: &Step, role: &str) {
        let mut why: Option<Refusal> = None;
        for number in 0..2 * PEOPLE {
            let mut new = self.act(case, step, self.person(role, number));
            // The units of a vote that completes nothing yet have no account.
            for _ in 0..2 {
                match self.ledger.submit(&Command::Act(Box::new(new.clone()))) {
                    Ok(_) => return,
                    Err(refusal) => why = Some(refusal),
                }
                new.issue = None;
            }
        }
        panic!(
            "{}: nobody could {} as {role}: {}",
            self.process.id,
            step.id,
            why.unwrap()
        );
    }
}

/// The owner of a project in each preset.
const DEVELOPERS: [&str; 3] = ["developer", "project-developer", "project-participant"];

#[test]
fn each_preset_goes_from_an_empty_register_to_issued_units() {
    for (name, preset) in PRESETS {
        let mut country = Country::new(preset);
        let flow = country.flow(SubjectKind::Organisation);
        let (track, way) = country.way(&flow, |stage| stage == "active" || stage == "registered");
        let kinds: Vec<String> = country.organisations.keys().cloned().collect();
        for kind in &kinds {
            let own: Vec<&Step> = flow.steps_from(&flow.first, None).collect();
            let may = own
                .iter()
                .any(|step| step.by.iter().any(|rule| &rule.organisation_type == kind));
            let authority = country.process.organisation_type(kind).unwrap().authority;
            if authority || !may {
                continue;
            }
            let mut way = way.clone();
            // The walk was drawn for one type; the applicant's steps are this one's.
            let applicant = way.lines[0].by[0].split_once('/').unwrap().0.to_owned();
            for line in &mut way.lines {
                for role in &mut line.by {
                    if let Some(rest) = role.strip_prefix(&format!("{applicant}/")) {
                        *role = format!("{kind}/{rest}");
                    }
                }
            }
            for first in [0, PEOPLE] {
                let by = country.person(&way.lines[0].by[0], first);
                let case = country.open(&flow, track.as_deref(), None, &by);
                country.walk(case, &flow, &way);
            }
        }

        let developer = DEVELOPERS
            .iter()
            .find(|kind| country.organisations.contains_key(**kind))
            .unwrap_or_else(|| panic!("{name}: which of {kinds:?} owns projects?"));
        let owner = country.organisations[*developer][0];
        let account = account_of(&mut country.ledger, owner);
        let monitoring = country.flow(SubjectKind::MonitoringPeriod);
        let begin = monitoring.parent.clone().unwrap();
        let project = country.flow(SubjectKind::Project);
        let (track, way) = country.way(&project, |stage| begin.stages.iter().any(|it| it == stage));
        let by = country.person(&way.lines[0].by[0], 0);
        let case = country.open(&project, track.as_deref(), None, &by);
        country.walk(case, &project, &way);
        assert!(
            country.ledger.state.case(case).unwrap().project.is_some(),
            "{name}: a project number"
        );

        let ends = |stage: &str| {
            let end = monitoring.stage(stage).and_then(|stage| stage.end);
            end == Some(End::Accepted)
        };
        let (_, way) = country.way(&monitoring, ends);
        let by = country.person(&way.lines[0].by[0], 0);
        let period = country.open(&monitoring, None, Some(case), &by);
        country.walk(period, &monitoring, &way);
        assert_eq!(country.ledger.available(account), VERIFIED.tonnes, "{name}");
        check(&country.ledger.state);
    }
}
