//! A form includes the fields of a fragment, narrows them, and adds its own.

use countersign_protocol::workflow::{FRAGMENTS, PRESETS, ProblemKind, Process, fragment};
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::{process, schema};

#[test]
fn a_released_fragment_never_changes() {
    let known: Vec<(&str, String)> = FRAGMENTS
        .iter()
        .map(|(id, text)| (*id, hex::encode(Sha256::digest(text.as_bytes()))))
        .collect();
    insta::assert_debug_snapshot!("fragments", known);
}

#[test]
fn every_fragment_is_read_and_names_each_field_in_five_languages() {
    for (id, _) in FRAGMENTS {
        let fragment = fragment(id).unwrap();
        assert_eq!(fragment.id(), *id);
        assert!(fragment.schema().fields().len() > 10);
        for field in fragment.schema().fields() {
            let languages: Vec<&str> = field.node.title.languages().collect();
            assert_eq!(
                languages,
                ["ar", "en", "es", "fr", "pt"],
                "{id} {}",
                field.name
            );
        }
    }
}

#[test]
fn a_form_has_the_fields_that_it_takes_and_its_own_beside_them() {
    let schema = schema(
        r#"{ type = "object", include = { fragment = "project/1", fields = ["title", "sectoral_scope"] },
             required = ["title", "budget"], properties = { budget = { type = "integer", minimum = 1 } } }"#,
    );
    let names: Vec<&str> = schema
        .fields()
        .iter()
        .map(|field| field.name.as_str())
        .collect();
    assert_eq!(names, ["title", "sectoral_scope", "budget"]);
    assert_eq!(schema.fragment(), Some("project/1"));
    assert_eq!(schema.errors(&json!({"title": "Stoves", "budget": 5})), []);
    let faults: Vec<String> = schema
        .errors(&json!({"sectoral_scope": 17, "gases": []}))
        .iter()
        .map(|error| format!("{} {}", error.pointer, error.is_missing))
        .collect();
    assert_eq!(
        faults,
        [
            "/title true",
            "/sectoral_scope false",
            "/budget true",
            "/gases false"
        ]
    );
}

#[test]
fn a_field_is_narrowed_and_keeps_what_it_does_not_say() {
    let schema = schema(
        r#"{ type = "object", include = { fragment = "project/1", fields = ["sector", "locations"] }, properties = {
             sector = { type = "string", enum = ["energy", "waste"] },
             locations = { type = "array", maxItems = 2, items = { type = "object", required = ["place", "plot"],
               properties = { place = { type = "string" }, plot = { type = "string", title = "Plot" } } } } } }"#,
    );
    let wrong = |form: serde_json::Value| {
        let errors = schema.errors(&form).into_iter();
        errors.map(|error| error.pointer).collect::<Vec<_>>()
    };
    assert_eq!(wrong(json!({"sector": "forestry"})), ["/sector"]);
    assert_eq!(
        wrong(json!({"locations": [{"place": "Tanna"}]})),
        ["/locations/0/plot"]
    );
    // The shortest name of a place and the key of the list are the fragment's.
    let twice = json!([{"place": "T", "plot": "1"}, {"place": "T", "plot": "2"}]);
    assert_eq!(
        wrong(json!({ "locations": twice })),
        ["/locations/1", "/locations/0/place", "/locations/1/place"]
    );
    assert_eq!(
        schema.field("sector").unwrap().node.title.get("es"),
        "Sector"
    );
}

#[test]
fn a_field_that_is_wider_than_the_fragments_is_refused_with_its_line() {
    for (own, why) in [
        (
            r#"sector = { type = "string", enum = ["energy", "magic"] }"#,
            "magic",
        ),
        (r#"sector = { type = "integer" }"#, "another type"),
        (
            r#"start = { type = "string", format = "email" }"#,
            "another",
        ),
        (
            r#"methodologies = { type = "array", items = { type = "object", properties = { code = { type = "string" } } } }"#,
            "must be required",
        ),
        (
            r#"ndc = { type = "object", additionalProperties = true, properties = {} }"#,
            "any field",
        ),
        (
            r#"estimates = { type = "array", x-key = ["tonnes"], items = { type = "object", required = ["vintage", "tonnes"], properties = { vintage = { type = "integer" }, tonnes = { type = "integer" } } } }"#,
            "x-key",
        ),
    ] {
        let toml = format!(
            "{{ type = \"object\", include = {{ fragment = \"project/1\" }}, properties = {{ {own} }} }}"
        );
        let problems = process(&toml).unwrap_err();
        let found = problems
            .iter()
            .find(|it| it.message.contains("wider than in the fragment"));
        let found = found.unwrap_or_else(|| panic!("{own}: {problems:?}"));
        assert!(found.message.contains(why), "{found}");
        assert_eq!(found.kind, ProblemKind::Schema);
        assert!(found.line > 1, "{found}");
    }
}

#[test]
fn an_unknown_fragment_or_field_is_refused() {
    for (include, path) in [
        (r#"{ fragment = "project/9" }"#, "include.fragment"),
        (
            r#"{ fragment = "project/1", fields = ["colour"] }"#,
            "include.fields",
        ),
        (r#"{ fields = ["title"] }"#, "include.fragment"),
    ] {
        let problems =
            process(&format!("{{ type = \"object\", include = {include} }}")).unwrap_err();
        assert!(
            problems.iter().any(|it| it.path.ends_with(path)),
            "{include}: {problems:?}"
        );
    }
}

#[test]
fn every_preset_asks_for_a_project_by_the_fragment() {
    for (name, text) in PRESETS {
        let process = Process::parse(text).unwrap();
        let forms = process
            .forms
            .iter()
            .filter(|form| form.schema.fragment() == Some("project/1"));
        let asked: Vec<&str> = forms
            .flat_map(|form| form.schema.fields())
            .map(|field| field.name.as_str())
            .collect();
        for field in [
            "title",
            "description",
            "sectoral_scope",
            "locations",
            "external_ids",
            "gases",
            "gwp_set",
            "mitigation_types",
            "methodologies",
            "crediting_period",
            "estimates",
            "co_benefits",
            "safeguards",
            "ratings",
            "related_projects",
            "ndc",
            "start",
            "end",
        ] {
            assert!(asked.contains(&field), "{name} asks nowhere for {field}");
        }
    }
}
