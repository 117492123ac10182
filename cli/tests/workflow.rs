//! A process file is checked, shown and walked through offline, and what is wrong is said with its line.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod common;

use std::fs;
use std::path::PathBuf;

use common::{Ended, countersign, run, text};
use countersign_protocol::workflow::{FILE_BYTES_MAX, PRESETS, preset};
use serde_json::Value;
use tempfile::TempDir;

fn workflow(args: &[&str]) -> Ended {
    run(&[&["workflow"], args].concat())
}

fn small() -> &'static str {
    preset("small").unwrap()
}

/// A folder with a file of this content.
fn file(content: impl AsRef<[u8]>) -> (TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("ours.toml");
    fs::write(&path, content).unwrap();
    (dir, path)
}

/// The small process with one wrong reference, and the line on which it stands.
fn broken() -> (String, usize) {
    let good = "to = \"review\"";
    let line = small().lines().position(|line| line == good).unwrap() + 1;
    (small().replace(good, "to = \"nowhere\""), line)
}

#[test]
fn every_preset_is_sound_and_listed() {
    let names: Vec<&str> = PRESETS.iter().map(|(name, _)| *name).collect();
    let ended = workflow(&[&["check"], names.as_slice()].concat());
    assert_eq!((ended.code, ended.err.as_str()), (0, ""));
    let listed = workflow(&["presets"]);
    assert_eq!(listed.code, 0);
    assert_eq!(ended.out.lines().count(), names.len());
    for (name, line) in names.iter().zip(ended.out.lines()) {
        let start = format!("{name}: sound; {name} version 1.0, ");
        assert!(line.starts_with(&start), "{line}");
        let hash = line.rsplit(' ').next().unwrap();
        assert_eq!(hash.len(), 64, "{line}");
        assert!(listed.out.contains(name), "{}", listed.out);
    }
    let data = workflow(&["presets", "-o", "json"]).json();
    assert_eq!(data.as_array().unwrap().len(), names.len());
    assert_eq!(data[0]["id"], names[0]);
}

#[test]
fn a_mistake_is_said_with_its_line_and_the_way_to_mend_it() {
    let (content, line) = broken();
    let (_dir, path) = file(content);
    let ended = workflow(&["check", text(&path)]);
    assert_eq!((ended.code, ended.out.as_str()), (3, ""));
    let place = format!(
        "{}:{line}:6: flow.project.step.validate.to: no stage has the id \"nowhere\"; ",
        text(&path)
    );
    assert!(ended.err.starts_with(&place), "{}", ended.err);
    assert!(ended.err.contains("has 1 problem\n"), "{}", ended.err);
}

#[test]
fn the_mistakes_are_data_on_stdout_when_a_program_asks() {
    let (content, line) = broken();
    let (_dir, path) = file(content);
    let ended = workflow(&["check", text(&path), "small", "-o", "json"]);
    assert_eq!(ended.code, 9);
    let told: Vec<Value> = ended
        .out
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(told.len(), 2);
    assert_eq!(told[0]["sound"], false);
    let problem = &told[0]["problems"][0];
    assert_eq!(problem["line"], line);
    assert_eq!(problem["column"], 6);
    assert_eq!(problem["kind"], "unknown-id");
    assert_eq!(told[1]["sound"], true);
    assert_eq!(told[1]["id"], "small");
    assert!(!ended.err.contains("nowhere"), "{}", ended.err);
}

#[test]
fn of_several_files_each_is_checked_and_the_sum_said() {
    let (content, _) = broken();
    let (_dir, path) = file(content);
    let some = workflow(&["check", text(&path), "small", "/nowhere/x"]);
    assert_eq!(some.code, 9, "{}", some.err);
    assert!(some.out.starts_with("small: sound"), "{}", some.out);
    assert!(some.err.contains("2 of 3 not sound"), "{}", some.err);
    let none = workflow(&["check", text(&path), "/nowhere/x"]);
    assert_eq!((none.code, none.out.as_str()), (3, ""));
}

#[test]
fn what_is_no_readable_text_of_the_right_size_is_refused_in_words() {
    let (dir, path) = file(b"format = 1\nid = \"\xff\"\n");
    let large = dir.path().join("large");
    fs::write(&large, "#".repeat(FILE_BYTES_MAX + 1)).unwrap();
    let cases = [
        (text(&path), "line 2 is not UTF-8"),
        (text(&large), "larger than a process file may be"),
        (text(dir.path()), "it is a folder"),
        ("/nowhere/x", "cannot read /nowhere/x"),
        ("smal", "presets: standard, undp-2025, cote-divoire, small"),
    ];
    for (name, words) in cases {
        for command in ["check", "show", "simulate"] {
            let ended = workflow(&[command, name]);
            assert_eq!(
                (ended.code, ended.out.as_str()),
                (3, ""),
                "{command} {name}"
            );
            assert!(ended.err.contains(words), "{command}: {}", ended.err);
        }
    }
    fs::write(&large, format!("{}\n", "#".repeat(FILE_BYTES_MAX - 1))).unwrap();
    let ended = workflow(&["check", text(&large)]);
    assert!(ended.err.contains("large:1:1: "), "{}", ended.err);
}

#[test]
fn a_file_comes_from_standard_input_too() {
    for (content, code) in [(small().to_owned(), 0), (broken().0, 3)] {
        let mut command = countersign();
        command
            .args(["workflow", "check", "-"])
            .write_stdin(content);
        let output = command.output().unwrap();
        assert_eq!(output.status.code(), Some(code));
        let said = [output.stdout, output.stderr].concat();
        assert!(said.starts_with(b"stdin:"));
    }
}

#[test]
fn no_sign_of_a_file_steers_the_terminal() {
    let (_dir, path) = file("format = 1\n\"\\u001b[31m\" = 1\n");
    let ended = workflow(&["check", text(&path)]);
    assert_eq!(ended.code, 3);
    assert!(ended.err.contains("means nothing here"), "{}", ended.err);
    assert!(!ended.err.contains('\u{1b}'), "{:?}", ended.err);
}

#[test]
fn a_process_is_shown_in_words_with_everything_that_a_step_asks() {
    let whole = workflow(&["show", "small"]);
    assert_eq!(whole.code, 0, "{}", whole.err);
    let authorise = "\
authorise (decide): Authorise
  way         decision -> authorised
  if no       -> rejected; letter Letter of rejection
  who         Registry office: Administrator or Manager
  quorum      2 different users must say yes
  apart from  whoever did recommend
  deadline    30 days in the stage; reminders 10, 3 days before
  letters     Letter of authorisation
  effects     register, publish, authorise, open-crediting-period (validation.crediting_period)
";
    assert!(whole.out.contains(authorise), "{}", whole.out);
    assert!(
        whole.out.contains("after  180 days without resubmit"),
        "{}",
        whole.out
    );
    let flow = workflow(&["show", "small", "--flow", "project", "--language", "fr"]);
    assert!(
        flow.out.starts_with("== project: Projet ==\n"),
        "{}",
        flow.out
    );
    assert!(!flow.out.contains("== monitoring"), "{}", flow.out);
    let data = workflow(&["show", "small", "--flow", "project", "-o", "json"]).json();
    let steps = data["flows"][0]["steps"].as_array().unwrap();
    let step = steps.iter().find(|it| it["id"] == "authorise").unwrap();
    assert_eq!(step["quorum"], 2);
    assert_eq!(step["apart"][0]["step"], "recommend");
}

#[test]
fn every_preset_is_shown_in_each_of_its_languages() {
    for (name, _) in PRESETS {
        for language in ["en", "fr", "es", "pt", "ar"] {
            let ended = workflow(&["show", name, "--language", language]);
            assert_eq!((ended.code, ended.err.as_str()), (0, ""), "{name}");
            let widest = ended.out.lines().map(|line| line.chars().count()).max();
            assert!(widest.unwrap() < 160, "{name}: {widest:?}");
        }
    }
}

#[test]
fn a_flow_is_drawn_and_a_file_given_whole() {
    let svg = workflow(&["show", "small", "--flow", "project", "--shape", "svg"]);
    assert!(svg.out.starts_with("<svg ") && svg.out.trim_end().ends_with("</svg>"));
    let mermaid = workflow(&["show", "small", "--flow", "project", "--shape", "mermaid"]);
    assert!(
        mermaid.out.starts_with("stateDiagram-v2\n"),
        "{}",
        mermaid.out
    );
    assert_eq!(workflow(&["show", "small", "--shape", "toml"]).out, small());
    // Whoever mends a file may print it as well.
    let (content, _) = broken();
    let (_dir, path) = file(&content);
    assert_eq!(
        workflow(&["show", text(&path), "--shape", "toml"]).out,
        content
    );
    let shown = workflow(&["show", text(&path)]);
    assert_eq!((shown.code, shown.out.as_str()), (3, ""));
    assert!(shown.err.contains("nowhere"), "{}", shown.err);
}

#[test]
fn what_does_not_go_together_is_a_usage_error_and_what_is_not_there_a_validation() {
    let cases: [(&[&str], i32, &str); 11] = [
        (&["check"], 2, "FILE|PRESET"),
        (
            &["show", "small", "--shape", "svg"],
            2,
            "its flows: organisation, project",
        ),
        (
            &["show", "small", "--shape", "svg", "-o", "json"],
            2,
            "leave out -o json",
        ),
        (
            &["show", "small", "--shape", "toml", "--flow", "project"],
            2,
            "leave out --flow",
        ),
        (
            &["show", "small", "--flow", "x"],
            3,
            "its flows: organisation, project",
        ),
        (&["show", "small", "--language", "de"], 3, "it has en, fr"),
        (&["simulate", "small"], 2, "--flow"),
        (
            &["simulate", "cote-divoire", "--flow", "project"],
            2,
            "its tracks: article6-2",
        ),
        (
            &[
                "simulate",
                "cote-divoire",
                "--flow",
                "project",
                "--track",
                "x",
            ],
            3,
            "its tracks",
        ),
        (
            &["simulate", "small", "--flow", "project", "--track", "x"],
            3,
            "leave out --track",
        ),
        (
            &[
                "simulate",
                "small",
                "--flow",
                "project",
                "--step",
                "submit=perhaps",
            ],
            2,
            "submit=no",
        ),
    ];
    for (args, code, words) in cases {
        let ended = workflow(args);
        assert_eq!((ended.code, ended.out.as_str()), (code, ""), "{args:?}");
        assert!(ended.err.contains(words), "{args:?}: {}", ended.err);
    }
}

#[test]
fn a_walk_of_named_steps_goes_where_they_lead() {
    let steps = [
        "--step",
        "submit",
        "validate",
        "--step",
        "recommend,authorise=no",
    ];
    let args = [
        &["simulate", "small", "--flow", "project"],
        steps.as_slice(),
    ]
    .concat();
    let ended = workflow(&args);
    assert_eq!(ended.code, 0, "{}", ended.err);
    let last =
        "4  decision    authorise=no  rejected    government/administrator  letter rejection";
    assert!(ended.out.contains(last), "{}", ended.out);
    assert!(
        ended
            .out
            .ends_with("ends in rejected (Rejected): rejected\n")
    );
    let data = workflow(&[args.as_slice(), &["-o", "json"]].concat()).json();
    assert_eq!(data["end"], "rejected");
    assert_eq!(data["lines"][3]["decision"], "no");
    assert_eq!(data["lines"][3]["brings"][0], "letter rejection");
}

#[test]
fn a_refused_step_ends_the_walk_with_the_reason_and_what_is_possible() {
    let args = [
        "simulate", "small", "--flow", "project", "--step", "submit", "issue", "validate",
    ];
    for args in [
        &args[..],
        &[
            "simulate",
            "small",
            "--flow",
            "project",
            "--step",
            "submit",
            "authorise",
        ],
    ] {
        let ended = workflow(args);
        assert_eq!(ended.code, 3);
        assert!(ended.out.contains("stands in validation"), "{}", ended.out);
        assert!(
            ended
                .err
                .contains("in validation one can: validate, validate=no, withdraw"),
            "{}",
            ended.err
        );
        let ended = workflow(&[args, &["-o", "json"]].concat());
        assert_eq!(ended.code, 3);
        let data: Value = serde_json::from_str(&ended.out).unwrap();
        assert_eq!(data["refused"]["step"], args[6]);
        assert_eq!(data["lines"].as_array().unwrap().len(), 1);
    }
}

#[test]
fn a_seed_gives_the_same_walk_each_time_and_without_one_the_walk_ends_accepted() {
    let drawn =
        |seed: &str| workflow(&["simulate", "standard", "--flow", "project", "--seed", seed]).out;
    assert_eq!(drawn("3"), drawn("3"));
    let walks: std::collections::BTreeSet<String> =
        ["1", "2", "3", "4", "5"].map(drawn).into_iter().collect();
    assert!(walks.len() > 1);
    for flow in [
        "organisation",
        "project",
        "monitoring",
        "transfer",
        "retirement",
    ] {
        let data = workflow(&["simulate", "small", "--flow", flow, "-o", "json"]).json();
        assert_eq!(data["end"], "accepted", "{flow}");
        assert_eq!(data["next"].as_array().unwrap().len(), 0);
    }
}
