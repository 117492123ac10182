//! The API's description of itself: complete, consistent, and the same as the golden copy.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use countersign_node::http::openapi;
use serde_json::Value;

use crate::described::{document, resolved};

const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

/// Every operation: path, method, description.
pub fn operations() -> Vec<(&'static str, &'static str, &'static Value)> {
    let paths = document()["paths"].as_object().unwrap();
    let of = |(path, item): (&'static String, &'static Value)| {
        let methods = METHODS.into_iter();
        methods
            .filter_map(move |method| Some((path.as_str(), method, item.get(method)?)))
            .collect::<Vec<_>>()
    };
    paths.iter().flat_map(of).collect()
}

/// The described path that a path below `/api/v1` fills, if one of this method does.
pub fn template(method: &str, path: &str) -> Option<&'static str> {
    let path = path.split('?').next().unwrap();
    let words: Vec<&str> = path.split('/').collect();
    let fits = |template: &str| {
        let parts: Vec<&str> = template.split('/').collect();
        let same = |(part, word): (&&str, &&str)| part == word || part.starts_with('{');
        parts.len() == words.len() && parts.iter().zip(&words).all(same)
    };
    // The one with the fewest braces: `/invitations/accept` is not `/invitations/{id}`.
    operations()
        .into_iter()
        .filter(|(template, known, _)| *known == method && fits(template))
        .map(|(template, ..)| template)
        .min_by_key(|template| template.matches('{').count())
}

fn has_words(value: &Value) -> bool {
    value.as_str().is_some_and(|text| !text.trim().is_empty())
}

#[test]
fn every_operation_parameter_body_and_answer_is_described() {
    let mut missing = Vec::new();
    for (path, method, operation) in operations() {
        let mut want = |what: &str, value: &Value| {
            if !has_words(value) {
                missing.push(format!("{method} {path}: {what}"));
            }
        };
        want("a first line of its doc comment", &operation["summary"]);
        want("tag", &operation["tags"][0]);
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            let name = parameter["name"].as_str().unwrap();
            want(
                &format!("words for parameter {name}"),
                &parameter["description"],
            );
        }
        let responses = operation["responses"].as_object().unwrap();
        let is_success = |status: &&String| status.starts_with('2');
        assert!(
            responses.keys().any(|it| is_success(&it)),
            "{method} {path}: no success"
        );
        for (status, response) in responses {
            assert!(
                status.parse::<u16>().is_ok(),
                "{method} {path}: answer {status:?}"
            );
            want(
                &format!("words for answer {status}"),
                &resolved(response)["description"],
            );
        }
    }
    assert!(
        missing.is_empty(),
        "described is not:\n{}",
        missing.join("\n")
    );
    assert!(
        operations().len() > 80,
        "only {} operations",
        operations().len()
    );
}

/// A schema with everything inside it that a member's words can stand at.
fn look(name: &str, schema: &Value, missing: &mut BTreeSet<String>) {
    for (member, inner) in schema["properties"].as_object().into_iter().flatten() {
        let place = format!("{name}.{member}");
        let is_described = has_words(&inner["description"])
            || inner["oneOf"].as_array().is_some_and(|items| {
                items
                    .iter()
                    .any(|item| has_words(&resolved(item)["description"]))
            });
        if !is_described && !has_words(&resolved(inner)["description"]) {
            missing.insert(place.clone());
        }
        look(&place, inner, missing);
    }
    for key in ["oneOf", "allOf", "anyOf"] {
        for inner in schema[key].as_array().into_iter().flatten() {
            look(name, inner, missing);
        }
    }
}

#[test]
fn every_type_and_every_member_of_it_is_described() {
    let mut missing = BTreeSet::new();
    for (name, schema) in document()["components"]["schemas"].as_object().unwrap() {
        // A page or an answer to a write is one for each type in it; its members are looked at all the same.
        if !has_words(&schema["description"]) {
            missing.insert(name.clone());
        }
        look(name, schema, &mut missing);
    }
    let missing: Vec<String> = missing.into_iter().collect();
    assert!(
        missing.is_empty(),
        "no doc comment:\n{}",
        missing.join("\n")
    );
}

fn references(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                match member {
                    Value::String(target) if name == "$ref" => {
                        found.insert(target.clone());
                    }
                    member => references(member, found),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        _ => {}
    }
}

#[test]
fn every_reference_leads_somewhere_and_every_type_is_used() {
    let mut found = BTreeSet::new();
    references(document(), &mut found);
    for target in &found {
        let pointer = target.trim_start_matches('#');
        assert!(
            document().pointer(pointer).is_some(),
            "{target} leads nowhere"
        );
    }
    for name in document()["components"]["schemas"]
        .as_object()
        .unwrap()
        .keys()
    {
        let target = format!("#/components/schemas/{name}");
        assert!(
            found.contains(&target),
            "{name} is described and never used"
        );
    }
}

#[test]
fn every_operation_has_an_id_of_its_own() {
    let mut ids = BTreeSet::new();
    for (path, method, operation) in operations() {
        let id = operation["operationId"].as_str().unwrap();
        assert!(ids.insert(id), "{method} {path}: a second {id}");
    }
}

#[test]
fn the_parameters_of_a_path_are_those_in_its_braces() {
    for (path, method, operation) in operations() {
        let in_braces: BTreeSet<&str> = path
            .split('{')
            .skip(1)
            .map(|rest| rest.split('}').next().unwrap())
            .collect();
        let parameters = operation["parameters"].as_array().into_iter().flatten();
        let described = parameters.filter(|it| it["in"] == "path");
        let described: BTreeSet<&str> = described.map(|it| it["name"].as_str().unwrap()).collect();
        assert_eq!(in_braces, described, "{method} {path}");
    }
}

/// The golden copy, which readers without a node use and CI compares.
#[test]
fn the_description_is_that_of_the_golden_copy() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../docs/openapi.json");
    if std::env::var_os("COUNTERSIGN_BLESS").is_some() {
        fs::write(&path, openapi::json()).unwrap();
    }
    let golden = fs::read_to_string(&path).unwrap_or_default();
    let differs = golden.lines().zip(openapi::json().lines()).enumerate();
    let first = differs
        .filter(|(_, (golden, now))| golden != now)
        .map(|(at, (golden, now))| format!("line {}:\n- {golden}\n+ {now}", at + 1))
        .next();
    assert!(
        golden == openapi::json(),
        "docs/openapi.json is not what the code says; if the change is meant, renew it:\n  \
         COUNTERSIGN_BLESS=1 cargo nextest run -p countersign-node --test http golden_copy\n{}",
        first.unwrap_or_default()
    );
}
