//! Projects with the command line: what a form says, its versions and their differences, comments, look-alikes.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

mod common;

use std::fs;

use common::{Trial, at_work, must, ran, run};
use serde_json::{Value, json};

const DOCUMENT: &str = "--document design-document=design.md";

/// A trial in which a project was handed in as case 3, returned, and handed in again with other figures.
fn handed_in_twice() -> Trial {
    let trial = at_work();
    must(
        &trial,
        &format!("project submit --form project.toml {DOCUMENT} --as ama"),
    );
    must(
        &trial,
        "case act 3 validate --no --form validation.toml --document validation-report=validation.md \
         --comment The~estimate~is~too~high. --as cem",
    );
    let form = fs::read_to_string(trial.dir.path().join("project.toml")).unwrap();
    let lower = form.replace("estimate_per_year = 600", "estimate_per_year = 550");
    assert_ne!(form, lower);
    trial.file("project.toml", &lower);
    must(
        &trial,
        &format!("project submit --form project.toml {DOCUMENT} --case 3 --as ama"),
    );
    trial
}

#[test]
fn a_project_is_shown_with_its_versions_and_what_changed_between_them() {
    let trial = handed_in_twice();
    let listed: Value = must(&trial, "project versions --case 3 --as ama -o json").json();
    let of_project = |it: &&Value| it["form"] == "project";
    let versions: Vec<&Value> = listed
        .as_array()
        .unwrap()
        .iter()
        .filter(of_project)
        .collect();
    assert_eq!(versions.len(), 2, "{listed}");
    let table = must(&trial, "project versions --case 3 --as ama").out;
    assert!(
        table.contains("VERSION") && table.contains("resubmit"),
        "{table}"
    );

    let changed: Value = must(&trial, "project diff --case 3 --as ama -o json").json();
    let changes = changed["changes"].as_array().unwrap();
    assert_eq!(changes.len(), 1, "{changed}");
    assert_eq!(
        (
            &changes[0]["pointer"],
            &changes[0]["old"],
            &changes[0]["new"]
        ),
        (&json!("/estimate_per_year"), &json!(600), &json!(550))
    );
    let table = must(&trial, "project diff --case 3 --as ama").out;
    assert!(table.contains("600") && table.contains("550"), "{table}");
    // The same the other way round, by number; in the reader's language.
    let [first, second] = [0, 1].map(|at| versions[at]["version"].to_string());
    let back = format!("project diff --case 3 --from {second} --to {first} --language fr --as ama");
    let back: Value = must(&trial, &format!("{back} -o json")).json();
    assert_eq!(back["changes"][0]["new"], 600, "{back}");
    assert_ne!(back["changes"][0]["label"], changes[0]["label"]);
    // Nobody who has no part in the case reads it.
    assert_eq!(run(&["project", "versions"]).code, 2);
    let unknown = ran(&trial, "project diff --case 77 --as ama");
    assert_eq!(unknown.code, 3, "{}", unknown.err);
    assert!(unknown.err.contains("case 77"), "{}", unknown.err);

    must(
        &trial,
        "case act 3 validate --form validation.toml --document validation-report=validation.md --as cem",
    );
    must(
        &trial,
        "case act 3 recommend authorise --comment Sound. --as efua --as kofi --as yaa",
    );
    let shown = must(&trial, "project show 1 --as ama").out;
    for wanted in [
        "Efficient stoves in the Volta region",
        "550",
        "Ho, Volta Region",
        "active",
        "crediting period",
    ] {
        assert!(shown.contains(wanted), "{wanted}: {shown}");
    }
    let shown: Value = must(&trial, "project show 1 --as ama -o json").json();
    assert_eq!(shown["description"]["estimate_per_year"], 550, "{shown}");
    let by_number: Value = must(&trial, "project versions 1 --as ama -o json").json();
    assert!(by_number.as_array().unwrap().len() >= 3, "{by_number}");
    assert_eq!(ran(&trial, "project show 2 --as ama").code, 3);
}

#[test]
fn comments_are_written_answered_and_changed_and_officials_talk_among_themselves() {
    let trial = handed_in_twice();
    let texts = |who: &str, more: &str| -> Vec<String> {
        let listed: Value = must(
            &trial,
            &format!("case comments 3 {more} --as {who} -o json"),
        )
        .json();
        let all = listed.as_array().unwrap().iter();
        all.map(|it| it["text"].as_str().unwrap().to_owned())
            .collect()
    };
    must(
        &trial,
        "case comment 3 Which~villages? --about /locations/0 --as efua",
    );
    must(
        &trial,
        "case comment 3 Those~on~the~map. --answers 1 --as ama",
    );
    must(&trial, "case comment 3 Ask~again. --officials --as kofi");
    must(&trial, "case comment 3 Those~of~annex~2. --edit 2 --as ama");
    assert_eq!(texts("ama", ""), ["Which villages?", "Those of annex 2."]);
    assert_eq!(texts("efua", "").len(), 3);
    assert_eq!(texts("efua", "--thread 1").len(), 2);
    let table = must(&trial, "case comments 3 --as efua").out;
    for wanted in ["/locations/0", "officials", "all parties", "Ask again."] {
        assert!(table.contains(wanted), "{wanted}: {table}");
    }
    // Another's comment is not mine to change.
    let foreign = ran(&trial, "case comment 3 No. --edit 1 --as ama");
    assert_ne!(foreign.code, 0, "{}", foreign.out);
    assert_eq!(texts("ama", "").len(), 2);
}

#[test]
fn a_project_that_looks_like_another_is_told_to_who_hands_it_in_and_to_who_reviews_it() {
    let trial = handed_in_twice();
    let alone = must(&trial, "case duplicates 3 --as efua").out;
    assert!(alone.contains("no project looks like it"), "{alone}");
    let again = must(
        &trial,
        &format!("project submit --form project.toml {DOCUMENT} --as ama"),
    );
    assert!(
        again.err.contains("looks like Efficient stoves"),
        "{}",
        again.err
    );
    let found: Value = must(&trial, "case duplicates 4 --as efua -o json").json();
    assert_eq!(found["projects"][0]["case"], 3, "{found}");
    let table = must(&trial, "case duplicates 4 --as efua").out;
    assert!(table.contains("name 100 % alike"), "{table}");
}

#[test]
fn the_fields_of_a_fragment_are_shown_with_what_they_may_be() {
    let table = run(&["workflow", "fragment"]);
    assert_eq!(table.code, 0, "{}", table.err);
    for wanted in ["sectoral_scope", "1 to 16", "locations.geometry", "GeoJSON"] {
        assert!(table.out.contains(wanted), "{wanted}: {}", table.out);
    }
    let schema = run(&["workflow", "fragment", "project/1", "-o", "json"]).json();
    assert_eq!(schema["type"], "object");
    assert!(schema["properties"]["locations"].is_object(), "{schema}");
    let french = run(&["workflow", "fragment", "--language", "fr"]);
    assert_ne!(french.out, table.out);
    let unknown = run(&["workflow", "fragment", "project/9"]);
    assert_eq!(unknown.code, 2, "{}", unknown.err);
    assert!(unknown.err.contains("project/1"), "{}", unknown.err);
}
