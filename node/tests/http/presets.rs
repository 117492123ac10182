//! Every preset over HTTP, from an empty register on: each letter that it names is made, in each of its languages.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use countersign_protocol::workflow::{
    Decision, Effect, Flow, Parent, Process, Script, Step, StepKind, SubjectKind, Walk, WalkLine,
    preset, simulate,
};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::common;
use crate::office::{Somebody, enrol, join, send, sign_in};
use crate::world::{World, read};

/// More people of one role in one organisation than any preset asks for.
const PEOPLE: usize = 6;
/// Walks that are drawn for each flow and track.
const SEEDS: u64 = 300;

struct Country {
    world: World,
    process: Arc<Process>,
    /// Two organisations of each type, so that whoever validated a project does not verify its periods; one of the authority.
    organisations: BTreeMap<String, Vec<u32>>,
    people: BTreeMap<(String, usize), Somebody>,
    /// The owner's account.
    account: Option<u32>,
    /// The year that the next monitoring period covers: no two share a day.
    year: u16,
}

/// A way through a flow.
struct Way {
    flow: Flow,
    track: Option<String>,
    walk: Walk,
}

impl Country {
    async fn new(name: &str) -> Self {
        let world = World::start().await;
        let text = preset(name).unwrap();
        let process = Arc::new(Process::parse(text).unwrap());
        let _: Value = world
            .post("/api/v1/processes", json!({ "text": text }))
            .await;
        let mut organisations = BTreeMap::new();
        let mut types: Vec<_> = process.organisation_types.iter().collect();
        types.sort_by_key(|kind| !kind.authority);
        for kind in types {
            for number in 0..if kind.authority { 1 } else { 2 } {
                let scopes = if kind.sectoral {
                    json!(["3"])
                } else {
                    json!([])
                };
                let new = json!({"name": format!("The {} {number}", kind.id), "organisation_type": kind.id, "scopes": scopes});
                let made: Value = world.post("/api/v1/enrolments", new).await;
                let id = u32::try_from(made["made"]["id"].as_u64().unwrap()).unwrap();
                let all: &mut Vec<u32> = organisations.entry(kind.id.clone()).or_default();
                all.push(id);
            }
        }
        Self {
            world,
            process,
            organisations,
            people: BTreeMap::new(),
            account: None,
            year: 2021,
        }
    }

    /// A person of a role, written as `type/role`: of the first organisation of the type, then of the second.
    async fn person(&mut self, role: &str, number: usize) -> Somebody {
        if let Some(known) = self.people.get(&(role.to_owned(), number)) {
            return known.clone();
        }
        let (kind, of) = role.split_once('/').unwrap();
        let all = &self.organisations[kind];
        let organisation = all[number / PEOPLE % all.len()];
        let email = format!("{of}.{number}@{kind}.example");
        let invite = json!({"email": email, "name": of, "language": "fr", "organisation": organisation, "role": of});
        let sent: Value = self.world.post("/api/v1/invitations", invite).await;
        join(&self.world, sent["token"].as_str().unwrap()).await;
        let somebody = sign_in(&self.world, &email, organisation).await;
        let me = self.world.bare(Method::GET, "/api/v1/me");
        let me = me.bearer_auth(&somebody.token).send().await.unwrap();
        let me: Value = read(me, StatusCode::OK, "me").await;
        if me["second_factor_needed"] == true {
            enrol(&self.world, &somebody).await;
        }
        self.people
            .insert((role.to_owned(), number), somebody.clone());
        somebody
    }

    fn flow(&self, subject: SubjectKind) -> Option<Flow> {
        let mut flows = self.process.flows.iter();
        flows.find(|flow| flow.subject == subject).cloned()
    }

    /// Every way through a flow that people take, without deadlines.
    fn ways(&self, flow: &Flow) -> Vec<Way> {
        let mut tracks: Vec<Option<String>> = flow.tracks.iter().cloned().map(Some).collect();
        if tracks.is_empty() {
            tracks.push(None);
        }
        let drawn = tracks
            .iter()
            .flat_map(|track| (0..SEEDS).map(move |seed| (track, seed)));
        let way = |(track, seed): (&Option<String>, u64)| {
            let walk = simulate(
                &self.process,
                &flow.id,
                track.as_deref(),
                Script::Seed(seed),
            );
            let walk = walk.ok()?;
            let by_people = walk.lines.iter().all(|line| !line.by.is_empty());
            // An organisation applies by itself here: an authority that enters one has no letter to write.
            let first = flow.step(&walk.lines.first()?.step)?;
            let applies =
                flow.subject != SubjectKind::Organisation || first.kind == StepKind::Submit;
            (by_people && applies).then(|| Way {
                flow: flow.clone(),
                track: track.clone(),
                walk,
            })
        };
        drawn.filter_map(way).collect()
    }

    /// The shortest way without a no to a stage.
    fn way_to(&self, flow: &Flow, stages: &[String]) -> Way {
        let is_there = |line: &WalkLine| stages.contains(&line.to);
        let cut = self.ways(flow).into_iter().filter_map(|mut way| {
            let end = way.walk.lines.iter().position(is_there)?;
            way.walk.lines.truncate(end + 1);
            let is_plain = |line: &WalkLine| line.decision == Decision::Yes;
            way.walk.lines.iter().all(is_plain).then_some(way)
        });
        cut.min_by_key(|way| way.walk.lines.len())
            .unwrap_or_else(|| panic!("{}: no way to {stages:?} of {}", self.process.id, flow.id))
    }

    /// What the lines of a way issue.
    fn letters(&self, flow: &Flow, lines: &[WalkLine]) -> BTreeSet<String> {
        let of = |line: &WalkLine| {
            let step = flow.step(&line.step).unwrap();
            match (line.decision, &step.no) {
                (Decision::No, Some(no)) => no.letters.clone(),
                _ => step.letters.clone(),
            }
        };
        lines.iter().flat_map(of).collect()
    }

    async fn open(
        &self,
        flow: &Flow,
        track: Option<&str>,
        parent: Option<u64>,
        by: &Somebody,
    ) -> u64 {
        let mut new = json!({"flow": flow.id, "title": "Fours améliorés"});
        if flow.subject != SubjectKind::Organisation && parent.is_none() {
            new["scopes"] = json!(["3"]);
        }
        if let Some(track) = track {
            new["track"] = json!(track);
        }
        if let Some(parent) = parent {
            new["parent"] = json!(parent);
        }
        let made = send(&self.world, by, "/api/v1/cases", new.clone()).await;
        let made: Value = read(made, StatusCode::CREATED, &new.to_string()).await;
        made["made"]["case"].as_u64().unwrap()
    }

    /// Takes the steps of a way, each by the first people of the role who may.
    async fn walk(&mut self, case: u64, flow: &Flow, lines: &[WalkLine]) {
        for line in lines {
            let step = flow.step(&line.step).unwrap().clone();
            for role in &line.by {
                self.vote(case, &step, role, line.decision).await;
            }
            let path = format!("/api/v1/cases/{case}");
            let now: Value = self.world.get(&path).await;
            assert_eq!(
                now["stage"], line.to,
                "{}: after {}",
                self.process.id, line.step
            );
        }
    }

    async fn vote(&mut self, case: u64, step: &Step, role: &str, decision: Decision) {
        let mut why = String::new();
        for number in 0..2 * PEOPLE {
            let who = self.person(role, number).await;
            let mut act = match self.act(case, step, &who, decision).await {
                Ok(act) => act,
                Err(refused) => {
                    why.push_str(&refused);
                    why.push('\n');
                    continue;
                }
            };
            let path = format!("/api/v1/cases/{case}/acts");
            // The units of a vote that completes nothing yet have no account.
            for _ in 0..2 {
                let answer = send(&self.world, &who, &path, act.clone()).await;
                if answer.status() == StatusCode::CREATED {
                    return;
                }
                why.push_str(&answer.text().await.unwrap());
                why.push('\n');
                act["issue"] = Value::Null;
            }
        }
        panic!(
            "{}: nobody could {} as {role}: {why}",
            self.process.id, step.id
        );
    }

    /// Everything that the step asks for, with its documents added.
    async fn act(
        &self,
        case: u64,
        step: &Step,
        who: &Somebody,
        decision: Decision,
    ) -> Result<Value, String> {
        let mut documents = Vec::new();
        for kind in &step.documents {
            documents.push(self.document(case, who, kind).await?);
        }
        let has = |effect| step.effects.iter().any(|rule| rule.effect == effect);
        let mut act = json!({
            "step": step.id, "no": decision == Decision::No, "documents": documents,
            "comment": "La note d'idée est complète.\nLe calendrier est réaliste.",
        });
        if let Some(form) = &step.form {
            act["form"] = self.form(case, step, form).await;
        }
        if has(Effect::Issue)
            && let Some(account) = self.account
        {
            act["issue"] = json!({"accounts": [account], "unit_type": "ITMO"});
        }
        if has(Effect::Reserve) {
            act["reserve"] = json!({"account": self.account, "units": {"tonnes": 1},
                "fate": {"retire": {"kind": "retire", "purpose": "ndc"}}});
        }
        Ok(act)
    }

    async fn document(&self, case: u64, who: &Somebody, kind: &str) -> Result<Value, String> {
        let path = format!("/api/v1/cases/{case}/documents?kind={kind}&file_name={kind}.txt");
        let kept = self
            .world
            .bare(Method::POST, &path)
            .bearer_auth(&who.token)
            .header("Content-Type", "text/plain")
            .body(format!("{kind} {:?}\n", common::request()))
            .send()
            .await
            .unwrap();
        if kept.status() != StatusCode::CREATED {
            return Err(format!("{path}: {}", kept.text().await.unwrap()));
        }
        let kept: Value = kept.json().await.unwrap();
        Ok(json!({"kind": kind, "sha256": kept["sha256"]}))
    }

    /// The smallest form that is right, with days and years that fit together.
    async fn form(&self, case: u64, step: &Step, form: &str) -> Value {
        let mut filled = self.process.form(form).unwrap().schema.example();
        let rules = self.process.flows.iter().flat_map(|flow| &flow.steps);
        for rule in rules.flat_map(|step| &step.effects) {
            let Some((of, field)) = rule.field.as_deref().and_then(|it| it.split_once('.')) else {
                continue;
            };
            if of != form {
                continue;
            }
            match rule.effect {
                Effect::OpenCreditingPeriod => {
                    filled[field]["start"] = json!("2021-01-01");
                    filled[field]["end"] = json!("2030-12-31");
                }
                Effect::CoverPeriod => {
                    let (start, end) = (
                        format!("{}-01-01", self.year),
                        format!("{}-12-31", self.year),
                    );
                    filled[field] = json!({"start": start, "end": end});
                }
                Effect::AssignCertifier => {
                    let number = self.certifier(case, step).await;
                    filled[field] = match &filled[field] {
                        Value::String(_) => json!(number.to_string()),
                        _ => json!(number),
                    };
                }
                effect if effect.is_issuance() => {
                    filled[field] = json!([{"vintage": self.year, "tonnes": 4321}]);
                }
                _ => {}
            }
        }
        // The case is of scope 3.
        if filled["sectoral_scope"].is_number() {
            filled["sectoral_scope"] = json!(3);
        }
        filled
    }

    /// A certifier that may do what the case asks: the second one for a period of a project that the first validated.
    async fn certifier(&self, case: u64, _: &Step) -> u32 {
        let flow = self.flow(SubjectKind::MonitoringPeriod).unwrap();
        let verify = flow
            .steps
            .iter()
            .find(|step| step.kind == countersign_protocol::workflow::StepKind::Verify);
        let all = &self.organisations[&verify.unwrap().by[0].organisation_type];
        let known: Value = self.world.get(&format!("/api/v1/cases/{case}")).await;
        let is_period = known["flow"] == json!(flow.id);
        all[usize::from(is_period)]
    }

    /// Every organisation that registers itself hands in its file and is approved.
    async fn register_all(&mut self) {
        let flow = self.flow(SubjectKind::Organisation).unwrap();
        let registered: Vec<String> = flow
            .stages
            .iter()
            .map(|stage| stage.id.clone())
            .filter(|stage| stage == "active" || stage == "registered")
            .collect();
        let way = self.way_to(&flow, &registered);
        let kinds: Vec<String> = self.organisations.keys().cloned().collect();
        for kind in kinds {
            let first: Vec<&Step> = flow.steps_from(&flow.first, None).collect();
            let may = first
                .iter()
                .any(|step| step.by.iter().any(|rule| rule.organisation_type == kind));
            let authority = self.process.organisation_type(&kind).unwrap().authority;
            if authority || !may {
                continue;
            }
            let mut lines = way.walk.lines.clone();
            // The walk was drawn for one type; the applicant's steps are this one's.
            let applicant = lines[0].by[0].split_once('/').unwrap().0.to_owned();
            for line in &mut lines {
                let step = flow.step(&line.step).unwrap();
                let own = step.by.iter().find(|rule| rule.organisation_type == kind);
                for role in &mut line.by {
                    let is_applicant = role.starts_with(&format!("{applicant}/"));
                    if let Some(own) = own.filter(|_| is_applicant) {
                        let mut roles = own.roles.iter();
                        let exists = |it: &&String| self.process.role_exists(it, &kind);
                        let chief = "administrator".to_owned();
                        let of = if own.roles.contains(&chief) {
                            &chief
                        } else {
                            roles.find(exists).unwrap()
                        };
                        *role = format!("{kind}/{of}");
                    }
                }
            }
            for first in [0, PEOPLE] {
                let by = self.person(&lines[0].by[0], first).await;
                let case = self.open(&flow, way.track.as_deref(), None, &by).await;
                self.walk(case, &flow, &lines).await;
            }
        }
    }

    /// Opens a case of a way and takes all its steps; gives the case.
    async fn live(&mut self, way: &Way, parent: Option<u64>) -> u64 {
        let by = self.person(&way.walk.lines[0].by[0], 0).await;
        if self.account.is_none() && way.flow.subject == SubjectKind::Project {
            let new = json!({"organisation": by.organisation, "name": "Compte", "kind": "entity_holding"});
            let made: Value = self.world.post("/api/v1/accounts", new).await;
            self.account = Some(u32::try_from(made["made"]["id"].as_u64().unwrap()).unwrap());
        }
        if way.flow.subject == SubjectKind::MonitoringPeriod {
            self.year += 1;
        }
        let case = self
            .open(&way.flow, way.track.as_deref(), parent, &by)
            .await;
        self.walk(case, &way.flow, &way.walk.lines).await;
        case
    }

    /// The letters of cases, as `letter/language`.
    async fn issued(&self) -> BTreeSet<String> {
        let mut issued = BTreeSet::new();
        let cases: Value = self.world.get("/api/v1/cases?limit=1000").await;
        for case in cases["items"].as_array().unwrap() {
            let path = format!("/api/v1/cases/{}/letters", case["case"]);
            let listed: Value = self.world.get(&path).await;
            for letter in listed["items"].as_array().unwrap() {
                assert!(letter["leaf"].is_u64(), "{letter}");
                let word = |name: &str| letter[name].as_str().unwrap().to_owned();
                issued.insert(format!("{}/{}", word("letter"), word("language")));
            }
        }
        issued
    }
}

async fn whole_life(name: &str) {
    let mut country = Country::new(name).await;
    country.register_all().await;
    let all: BTreeSet<String> = country
        .process
        .letters
        .iter()
        .map(|letter| letter.id.clone())
        .collect();
    let mut left = all.clone();
    let subjects = [
        SubjectKind::Project,
        SubjectKind::MonitoringPeriod,
        SubjectKind::RetirementRequest,
    ];
    for subject in subjects {
        let Some(flow) = country.flow(subject) else {
            continue;
        };
        let parent = match &flow.parent {
            None => None,
            Some(Parent {
                flow: above,
                stages,
            }) => {
                let above = country.process.flow(above).unwrap().clone();
                let way = country.way_to(&above, stages);
                Some(country.live(&way, None).await)
            }
        };
        // The way that brings most of what is left, again and again.
        loop {
            let brings = |way: &Way| {
                let letters = country.letters(&way.flow, &way.walk.lines);
                letters.intersection(&left).count()
            };
            let ways = country.ways(&flow);
            let best = ways
                .into_iter()
                .max_by_key(|way| (brings(way), usize::MAX - way.walk.lines.len()));
            let Some(best) = best.filter(|way| brings(way) > 0) else {
                break;
            };
            country.live(&best, parent).await;
            left = &left - &country.letters(&flow, &best.walk.lines);
        }
    }
    assert_eq!(left, BTreeSet::new(), "{name}: letters that no way issues");
    while country.world.app.issue_letters().await.unwrap() > 0 {}
    assert_eq!(country.world.app.letters_waiting(), (0, 0), "{name}");
    let wanted: BTreeSet<String> = all
        .iter()
        .flat_map(|letter| {
            let languages = country.process.letter_languages.iter();
            languages.map(move |language| format!("{letter}/{language}"))
        })
        .collect();
    assert_eq!(country.issued().await, wanted, "{name}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_letter_of_the_small_preset_is_made() {
    whole_life("small").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_letter_of_the_standard_preset_is_made() {
    whole_life("standard").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_letter_of_the_undp_preset_is_made() {
    whole_life("undp-2025").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_letter_of_cote_divoire_is_made() {
    whole_life("cote-divoire").await;
}
