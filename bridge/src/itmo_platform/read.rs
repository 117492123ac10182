//! A project of the platform as a draft.

use std::collections::BTreeSet;

use countersign_protocol::log::leaf_hash;
use countersign_protocol::project::Description;
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::mapping::{EventWord, Mapping};

/// How deep steps are looked for.
const DEPTH_MAX: u8 = 12;
/// The most steps and files of one project.
const FOUND_MAX: usize = 2_000;

/// A project as the platform has it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Draft {
    /// Its id there; with the registry's name for the platform it is one of the project's ids elsewhere.
    pub id: String,
    /// Who owns it, in the platform's words; an official says which organisation here that is.
    pub owner: Option<String>,
    /// The fields of the project's form that the platform gives, ready for the form.
    pub form: Value,
    /// What a person must complete, and why it is empty.
    pub missing: Vec<Missing>,
    /// The steps that were reached, in the order of the platform.
    pub reached: Vec<Reached>,
    /// SHA-256 of everything above, as hex: the same content is the same draft, and need not be looked at again.
    pub fingerprint: String,
}

/// A field that is empty.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Missing {
    /// The field of the form.
    pub field: String,
    /// Why.
    pub why: String,
}

/// A step that was reached.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reached {
    /// What it means here.
    pub event: EventWord,
    /// Its name there.
    pub step: String,
    /// Tonnes that it states, where it does: a proposal to issue has no amount else.
    pub tonnes: Option<u64>,
    /// The year of the mitigation, where it states one.
    pub year: Option<u16>,
    /// Files that hang on it.
    pub files: Vec<PlatformFile>,
}

/// A file of the platform.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PlatformFile {
    /// Its name.
    pub name: String,
    /// Where it can be fetched.
    pub url: Option<String>,
}

/// Reads a project. `None` when it has no id, or has not reached the step that makes it a draft.
#[must_use]
pub fn read(project: &Value, mapping: &Mapping, platform: &str) -> Option<Draft> {
    let id = at(project, mapping, "id").and_then(text)?;
    let mut reached = Vec::new();
    steps(project, mapping, DEPTH_MAX, &mut reached);
    if !reached.iter().any(|it| it.event == EventWord::Draft) {
        return None;
    }
    let owner = at(project, mapping, "owner").and_then(text);
    let (form, missing) = form(project, mapping, platform, &id);
    let content = json!([id, owner, form, missing, reached]);
    let fingerprint = hex::encode(leaf_hash(content.to_string().as_bytes()));
    Some(Draft {
        id,
        owner,
        form,
        missing,
        reached,
        fingerprint,
    })
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

fn form(project: &Value, mapping: &Mapping, platform: &str, id: &str) -> (Value, Vec<Missing>) {
    let mut form = Map::new();
    let mut missing = Vec::new();
    let mut lacks = |field: &str, why: String| {
        let field = field.to_owned();
        missing.push(Missing { field, why });
    };
    form.insert(
        "external_ids".to_owned(),
        json!([{"registry": platform, "id": id}]),
    );
    for (field, places) in &mapping.fields {
        let Some(value) = first(project, places) else {
            lacks(field, "the platform does not give it".to_owned());
            continue;
        };
        let mut one = Map::new();
        one.insert(field.clone(), day_of(field, value));
        // The form's own rules say what is a value of it.
        match Description::read(&Value::Object(one.clone())) {
            Ok(_) => form.extend(one),
            Err(errors) => {
                let why = errors.first().map(ToString::to_string).unwrap_or_default();
                lacks(field, format!("what the platform gives is none: {why}"));
            }
        }
    }
    match at(project, mapping, "sector").and_then(text) {
        None => lacks("sector", "the platform does not give it".to_owned()),
        Some(theirs) => match mapping.sector(&theirs) {
            Some(known) => {
                form.insert("sector".to_owned(), known.sector.clone().into());
                form.insert("sectoral_scope".to_owned(), known.sectoral_scope.into());
            }
            None => lacks(
                "sector",
                format!("{theirs:?} has no word in [sectors] of the mapping"),
            ),
        },
    }
    (form.into(), missing)
}

/// The day of a moment, where the form wants a day.
fn day_of(field: &str, value: &Value) -> Value {
    match value.as_str().and_then(|it| it.get(..10)) {
        Some(day) if matches!(field, "start" | "end") => day.into(),
        _ => value.clone(),
    }
}

/// Steps wherever they hang: a step has a name and a status, and may have steps, iterations and contents below it.
fn steps(value: &Value, mapping: &Mapping, depth: u8, found: &mut Vec<Reached>) {
    if depth == 0 || found.len() >= FOUND_MAX {
        return;
    }
    match value {
        Value::Array(all) => all
            .iter()
            .for_each(|it| steps(it, mapping, depth - 1, found)),
        Value::Object(map) => {
            found.extend(step(value, mapping));
            map.values()
                .for_each(|it| steps(it, mapping, depth - 1, found));
        }
        _ => {}
    }
}

fn step(value: &Value, mapping: &Mapping) -> Option<Reached> {
    let name = value.get("name").and_then(Value::as_str)?;
    let event = mapping.event(name)?;
    let by_status = value
        .get("status")
        .and_then(Value::as_str)
        .is_some_and(|it| mapping.is_done(it));
    let is_done = by_status || value.get("completed") == Some(&Value::Bool(true));
    if !is_done {
        return None;
    }
    let mut files = Vec::new();
    let mut seen = BTreeSet::new();
    collect_files(value.get("files"), &mut seen, &mut files);
    Some(Reached {
        event,
        step: name.to_owned(),
        tonnes: at(value, mapping, "tonnes").and_then(Value::as_u64),
        year: at(value, mapping, "year")
            .and_then(Value::as_u64)
            .and_then(|it| u16::try_from(it).ok()),
        files,
    })
}

fn collect_files(
    value: Option<&Value>,
    seen: &mut BTreeSet<String>,
    files: &mut Vec<PlatformFile>,
) {
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
            files.push(PlatformFile { name, url });
        }
    }
}
