//! A project of the platform as a draft.

use std::collections::{BTreeMap, BTreeSet};

use countersign_protocol::log::leaf_hash;
use countersign_protocol::project::Description;
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::mapping::{EventWord, Mapping};
use super::template::filled;
use crate::arrival::{Arrival, ArrivalFile, ArrivalKind, Missing};

/// How deep steps are looked for.
const DEPTH_MAX: u8 = 12;
/// The most steps and files of one project.
const FOUND_MAX: usize = 2_000;

/// A project as the platform has it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Draft {
    /// Its id there; with the registry's name for the platform it is one of the project's ids elsewhere.
    pub id: String,
    /// Who owns it, in the platform's words.
    pub owner: Option<String>,
    /// The number of the organisation here that the owner is, by the country's table.
    pub organisation: Option<u32>,
    /// The fields of the project's form that the platform gives, ready for the form.
    pub form: Value,
    /// What a person must complete: the platform does not give it.
    pub missing: Vec<Missing>,
    /// What the platform gives and nothing here can be made of, and why.
    pub stopped: Vec<Missing>,
    /// The steps that were reached, in the order of the platform.
    pub reached: Vec<Reached>,
    /// SHA-256 of everything above, as hex: the same content is the same draft, and need not be looked at again.
    pub fingerprint: String,
}

/// A step that was reached.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reached {
    /// What it means here.
    pub event: EventWord,
    /// By what it is told from other steps of the project: its own id there, or else which of the steps of its name it is, counted
    /// from 1, reached or not.
    pub key: String,
    /// Its name there.
    pub step: String,
    /// Tonnes that it states, where it does: a proposal to issue has no amount else.
    pub tonnes: Option<u64>,
    /// The year of the mitigation, where it states one.
    pub year: Option<u16>,
    /// The form of a monitoring period as far as the step fills it; empty for other steps.
    pub form: Value,
    /// What a person must complete in that form.
    pub missing: Vec<Missing>,
    /// What the step states and is none: a part of a tonne, or what is no year.
    pub stopped: Vec<Missing>,
    /// Files that hang on it.
    pub files: Vec<ArrivalFile>,
}

impl Draft {
    /// What can become a case of it: the project, and each monitoring report.
    #[must_use]
    pub fn arrivals(&self) -> Vec<Arrival> {
        let files = self.reached.iter();
        let files = files.filter(|it| it.event != EventWord::Monitored);
        let project = Arrival {
            key: format!("draft/{}", self.id),
            kind: ArrivalKind::Project,
            project: self.id.clone(),
            title: self
                .form
                .get("title")
                .and_then(Value::as_str)
                .map(str::to_owned),
            owner: self.owner.clone(),
            organisation: self.organisation,
            form: self.form.clone(),
            missing: self.missing.clone(),
            stopped: self.stopped.clone(),
            files: files.flat_map(|it| it.files.iter().cloned()).collect(),
        };
        let reports = self.reached.iter();
        let reports = reports.filter(|it| it.event == EventWord::Monitored);
        let reports = reports.map(|it| Arrival {
            key: format!("monitoring/{}/{}", self.id, it.key),
            kind: ArrivalKind::Monitoring,
            title: None,
            form: it.form.clone(),
            missing: it.missing.clone(),
            stopped: it.stopped.clone(),
            files: it.files.clone(),
            ..project.clone()
        });
        let reports: Vec<Arrival> = reports.collect();
        std::iter::once(project).chain(reports).collect()
    }
}

/// Reads a project. `None` when it has no id, or has not reached the step that makes it a draft.
#[must_use]
pub fn read(project: &Value, mapping: &Mapping, platform: &str) -> Option<Draft> {
    let id = at(project, mapping, "id").and_then(text)?;
    let mut found = Steps::default();
    found.look(project, mapping, DEPTH_MAX);
    let reached = found.reached;
    if !reached.iter().any(|it| it.event == EventWord::Draft) {
        return None;
    }
    let owner = at(project, mapping, "owner").and_then(text);
    let (form, missing, mut stopped) = form(project, mapping, platform, &id);
    let organisation = mapping.organisation(owner.as_deref(), &id);
    if organisation.is_none() {
        stopped.push(no_organisation(owner.as_deref(), &id));
    }
    let content = json!([id, owner, organisation, form, missing, stopped, reached]);
    let fingerprint = hex::encode(leaf_hash(content.to_string().as_bytes()));
    Some(Draft {
        id,
        owner,
        organisation,
        form,
        missing,
        stopped,
        reached,
        fingerprint,
    })
}

fn no_organisation(owner: Option<&str>, id: &str) -> Missing {
    let why = match owner {
        Some(owner) => format!("{owner:?} has no organisation in [owners] of the mapping"),
        None => format!(
            "the platform names none: give the project's id {id:?} an organisation in [owners] of the mapping"
        ),
    };
    Missing {
        field: "owner".to_owned(),
        why,
    }
}

/// The first of the places of a word that has something.
fn at<'a>(project: &'a Value, mapping: &Mapping, word: &str) -> Option<&'a Value> {
    let places = mapping.about.get(word)?;
    first(project, places)
}

fn first<'a>(project: &'a Value, places: &[String]) -> Option<&'a Value> {
    let mut found = places.iter().filter_map(|it| project.pointer(it));
    found.find(|it| !it.is_null())
}

fn text(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    (!text.is_empty()).then_some(text)
}

/// The form, what is missing in it, and what stops it.
fn form(
    project: &Value,
    mapping: &Mapping,
    platform: &str,
    id: &str,
) -> (Value, Vec<Missing>, Vec<Missing>) {
    let mut form = Map::new();
    let (mut missing, mut stopped) = (Vec::new(), Vec::new());
    let not_given = |field: &str| Missing {
        field: field.to_owned(),
        why: "the platform does not give it".to_owned(),
    };
    let mut stops = |field: &str, why: String| {
        let field = field.to_owned();
        stopped.push(Missing { field, why });
    };
    form.insert(
        "external_ids".to_owned(),
        json!([{"registry": platform, "id": id}]),
    );
    for (field, places) in &mapping.fields {
        let Some(value) = first(project, places) else {
            missing.push(not_given(field));
            continue;
        };
        let mut one = Map::new();
        one.insert(field.clone(), day_of(field, value));
        // The form's own rules say what is a value of it.
        match Description::read(&Value::Object(one.clone())) {
            Ok(_) => form.extend(one),
            Err(errors) => {
                let why = errors.first().map(ToString::to_string).unwrap_or_default();
                stops(field, format!("what the platform gives is none: {why}"));
            }
        }
    }
    match at(project, mapping, "sector").and_then(text) {
        None => missing.push(not_given("sector")),
        Some(theirs) => match mapping.sector(&theirs) {
            Some(known) => {
                form.insert("sector".to_owned(), known.sector.clone().into());
                form.insert("sectoral_scope".to_owned(), known.sectoral_scope.into());
            }
            None => stops(
                "sector",
                format!("{theirs:?} has no word in [sectors] of the mapping"),
            ),
        },
    }
    (form.into(), missing, stopped)
}

/// The day of a moment, where the form wants a day.
fn day_of(field: &str, value: &Value) -> Value {
    match value.as_str().and_then(|it| it.get(..10)) {
        Some(day) if matches!(field, "start" | "end" | "period_start" | "period_end") => day.into(),
        _ => value.clone(),
    }
}

/// The steps of a project.
#[derive(Default)]
struct Steps {
    reached: Vec<Reached>,
    /// How many of each meaning were seen, reached or not.
    seen: BTreeMap<EventWord, usize>,
}

impl Steps {
    /// Steps wherever they hang: a step has a name and a status, and may have steps, iterations and contents below it.
    fn look(&mut self, value: &Value, mapping: &Mapping, depth: u8) {
        if depth == 0 || self.reached.len() >= FOUND_MAX {
            return;
        }
        match value {
            Value::Array(all) => all.iter().for_each(|it| self.look(it, mapping, depth - 1)),
            Value::Object(map) => {
                self.step(value, mapping);
                map.values()
                    .for_each(|it| self.look(it, mapping, depth - 1));
            }
            _ => {}
        }
    }

    fn step(&mut self, value: &Value, mapping: &Mapping) {
        let Some(name) = value.get("name").and_then(Value::as_str) else {
            return;
        };
        let Some(event) = mapping.event(name) else {
            return;
        };
        let seen = self.seen.entry(event).or_default();
        *seen += 1;
        let by_status = value
            .get("status")
            .and_then(Value::as_str)
            .is_some_and(|it| mapping.is_done(it));
        if !by_status && value.get("completed") != Some(&Value::Bool(true)) {
            return;
        }
        let own = at(value, mapping, "step_id").and_then(text);
        let key = own.unwrap_or_else(|| format!("step-{seen}"));
        let mut files = Vec::new();
        collect_files(value.get("files"), &mut BTreeSet::new(), &mut files);
        let mut reached = Reached {
            event,
            key,
            step: name.to_owned(),
            tonnes: at(value, mapping, "tonnes").and_then(Value::as_u64),
            year: at(value, mapping, "year")
                .and_then(Value::as_u64)
                .and_then(|it| u16::try_from(it).ok()),
            form: json!({}),
            missing: Vec::new(),
            stopped: Vec::new(),
            files,
        };
        if event == EventWord::Monitored {
            propose(&mut reached, value, mapping);
        }
        self.reached.push(reached);
    }
}

/// Fills the form of a monitoring period from its step.
fn propose(reached: &mut Reached, step: &Value, mapping: &Mapping) {
    let given = |word: &str| at(step, mapping, word).filter(|it| *it != &json!(""));
    for (word, is_none, what) in [
        ("tonnes", reached.tonnes.is_none(), "whole tonnes"),
        ("year", reached.year.is_none(), "a year"),
    ] {
        if let Some(value) = given(word).filter(|_| is_none) {
            reached.stopped.push(Missing {
                field: word.to_owned(),
                why: format!("what the platform gives is not {what}: {value}"),
            });
        }
    }
    let of = |word: &str| match word {
        "tonnes" => reached.tonnes.map(Value::from),
        "year" => reached.year.map(Value::from),
        _ => given(word).map(|it| day_of(word, it)),
    };
    reached.form = filled(&mapping.monitoring.form, &of, &mut reached.missing);
}

fn collect_files(value: Option<&Value>, seen: &mut BTreeSet<String>, files: &mut Vec<ArrivalFile>) {
    for file in value
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .take(FOUND_MAX)
    {
        let of = |names: &[&str]| names.iter().find_map(|it| file.get(*it).and_then(text));
        let Some(name) = of(&["name", "fileName", "filename"]) else {
            continue;
        };
        let url = of(&["url", "link"]);
        if seen.insert(format!("{name} {url:?}")) {
            files.push(ArrivalFile { name, url });
        }
    }
}
