//! Each preset against its hand-written table: every legal transition works, and every other one is refused.

use crate::table::Table;
use crate::walk::{Walk, two_people_behind};
use countersign_protocol::workflow::{Effect, PRESETS, Process, preset};

pub(crate) fn process(name: &str) -> Process {
    let text = preset(name).unwrap();
    Process::parse(text).unwrap_or_else(|problems| {
        panic!(
            "{}",
            problems
                .iter()
                .map(|problem| format!("{name}.toml:{problem}\n"))
                .collect::<String>()
        )
    })
}

fn walk(name: &str, table: &str) {
    let (process, table) = (process(name), Table::parse(table));
    let mut walk = Walk::new(&process, &table);
    walk.run();
    assert!(
        walk.allowed > 50 && walk.refused > 10 * walk.allowed,
        "{} allowed, {} refused",
        walk.allowed,
        walk.refused
    );
    two_people_behind(&process, Effect::Issue);
    two_people_behind(&process, Effect::Authorise);
    two_people_behind(&process, Effect::Send);
}

#[test]
fn the_small_process_does_what_its_table_says_and_nothing_else() {
    walk("small", include_str!("tables/small.txt"));
}

#[test]
fn the_standard_process_does_what_its_table_says_and_nothing_else() {
    walk("standard", include_str!("tables/standard.txt"));
}

#[test]
fn the_undp_cycle_does_what_its_table_says_and_nothing_else() {
    walk("undp-2025", include_str!("tables/undp-2025.txt"));
}

#[test]
fn the_process_of_cote_divoire_does_what_its_table_says_and_nothing_else() {
    walk("cote-divoire", include_str!("tables/cote-divoire.txt"));
}

#[test]
fn every_stage_of_every_preset_has_a_french_name() {
    for (name, _) in PRESETS {
        for flow in process(name).flows {
            for stage in &flow.stages {
                assert!(
                    stage.label.languages().any(|language| language == "fr"),
                    "{name} {} {}",
                    flow.id,
                    stage.id
                );
            }
        }
    }
}

/// The languages of the pages.
const LANGUAGES: [&str; 5] = ["ar", "en", "es", "fr", "pt"];

/// Every label and title below a value that lacks a language.
fn lacking(value: &toml::Value, path: &str, found: &mut Vec<String>) {
    match value {
        toml::Value::Table(table) => {
            let has = |of: &toml::Table, language: &str| {
                of.get(language).and_then(toml::Value::as_str).is_some()
            };
            let translated = match table.get("x-title") {
                Some(toml::Value::Table(it)) => it.clone(),
                _ => toml::Table::new(),
            };
            for (key, below) in table {
                let path = format!("{path}.{key}");
                let lacks = |of: &toml::Table, but: &str| {
                    LANGUAGES.iter().any(|it| *it != but && !has(of, it))
                };
                let is_lacking = match below {
                    toml::Value::Table(label) if key == "label" || key == "title" => {
                        has(label, "en") && lacks(label, "")
                    }
                    toml::Value::String(_) if key == "title" => lacks(&translated, "en"),
                    toml::Value::String(_) => key == "label",
                    _ => false,
                };
                if is_lacking {
                    found.push(path.clone());
                }
                lacking(below, &path, found);
            }
        }
        toml::Value::Array(all) => {
            for (at, below) in all.iter().enumerate() {
                lacking(below, &format!("{path}[{at}]"), found);
            }
        }
        _ => {}
    }
}

#[test]
fn presets_and_fragments_say_everything_in_the_languages_of_the_pages() {
    let fragment = include_str!("../../presets/fragments/project-1.toml");
    for (name, text) in PRESETS.iter().chain([&("project-1", fragment)]) {
        let value: toml::Table = text.parse().unwrap();
        let mut found = Vec::new();
        lacking(&toml::Value::Table(value), name, &mut found);
        assert!(found.is_empty(), "{found:#?}");
    }
    for (name, _) in PRESETS {
        let mut languages = process(name).languages;
        languages.sort();
        assert_eq!(languages, LANGUAGES, "{name}");
    }
}
