//! Article 6 by commands: two officials record it, everybody reads it.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

mod common;

use std::fs;

use common::{PASSPHRASE, Trial, at_work, must, ran, secret_file, text};
use serde_json::Value;

/// Proposes as one official and approves as another.
fn by_two(trial: &Trial, line: &str) {
    let proposed: Value = must(trial, &format!("{line} --as efua -o json")).json();
    let number = proposed["proposal"].as_u64().unwrap();
    must(trial, &format!("user approve {number} --as kofi"));
}

const APPROACH: &str = "approach add --id CA0001 --title Ghana~and~Switzerland --party GH --party CH --definition issuance";

#[test]
fn officials_record_and_change_an_authorisation_by_commands() {
    let trial = at_work();
    let alone = ran(&trial, &format!("{APPROACH} --as ama"));
    assert_eq!(alone.code, 4, "{}", alone.err);
    let tried = must(&trial, &format!("{APPROACH} --dry-run --as efua")).out;
    assert!(tried.contains("cooperative_approach"), "{tried}");
    assert_eq!(
        must(&trial, "approach list -o json").json(),
        Value::from(Vec::<u8>::new())
    );

    must(&trial, &format!("{APPROACH} --as efua"));
    let waiting = must(&trial, "user proposals --as kofi").out;
    assert!(waiting.contains("approach CA0001"), "{waiting}");
    let own = ran(&trial, "user approve 1 --as efua");
    assert_eq!(own.code, 4, "{}", own.err);
    must(&trial, "user approve 1 --as kofi");

    by_two(
        &trial,
        "initial-report add --approach CA0001 --submitted 2026-03-01 --reference https://unfccc.int/documents/1",
    );
    by_two(
        &trial,
        "ndc add --period 2021-2030 --method averaging --reference 2019=58000000 --target 2030=64000000",
    );
    trial.file(
        "levels.csv",
        "series,year,level\ncovered, 2023, 60900000\ncovered,2024,61200000\n",
    );
    by_two(
        &trial,
        "ndc level --file levels.csv --source National~inventory~report~2026",
    );
    by_two(
        &trial,
        "approach entity --approach CA0001 --identification CHE-115.635.482 --name KliK~Foundation --country CH \
         --date 2026-03-01",
    );
    let listed = must(&trial, "initial-report list").out;
    assert!(listed.contains("2026-03-01"), "{listed}");
    let listed = must(&trial, "ndc levels --series covered").out;
    assert!(listed.contains("2024  61200000"), "{listed}");
    let listed = must(&trial, "approach entities --approach CA0001").out;
    assert!(listed.contains("KliK Foundation"), "{listed}");
    let shown = must(&trial, "ndc show 2024").out;
    assert!(shown.contains("2030: 64000000"), "{shown}");

    // The form that the program gives can be recorded as it is.
    must(&trial, "authorisation form --out letter.toml");
    let early = ran(&trial, "authorisation add letter.toml --as efua");
    assert_eq!(early.code, 3);
    assert!(early.err.contains("--document"), "{}", early.err);
    by_two(&trial, "authorisation add letter.toml --document design.md");
    let form = fs::read_to_string(trial.dir.path().join("letter.toml")).unwrap();
    trial.file(
        "second.toml",
        &form.replace("quantity = 500000", "quantity = 750000"),
    );
    by_two(&trial, "authorisation add second.toml --document design.md");
    let shown = must(&trial, "authorisation show GH-2026-001").out;
    for wanted in ["version", "2, leaf", "750,000", "Energy Efficiency"] {
        assert!(shown.contains(wanted), "{wanted}: {shown}");
    }
    let listed = must(&trial, "authorisation list --in-force").out;
    assert!(listed.contains("GH-2026-001"), "{listed}");
    by_two(
        &trial,
        "authorisation revoke GH-2026-001 --date 2026-12-01 --reason ended --yes",
    );
    let listed = must(&trial, "authorisation list --revoked").out;
    assert!(listed.contains("revoked 2026-12-01"), "{listed}");
    let versions = must(&trial, "authorisation versions GH-2026-001").out;
    assert!(
        versions.contains("version 1")
            && versions.contains("version 2")
            && versions.contains("end of authorisation GH/GH-2026-001"),
        "{versions}"
    );
    let late = ran(
        &trial,
        "authorisation add letter.toml --document design.md --as efua",
    );
    assert_eq!(late.code, 5, "{}", late.err);
}

/// A registry with an authorisation, as officials recorded it.
fn authorised() -> Trial {
    let trial = at_work();
    for line in [
        APPROACH,
        "initial-report add --approach CA0001 --submitted 2026-03-01 --reference https://unfccc.int/documents/1",
        "ndc add --period 2021-2030 --method averaging --reference 2019=58000000 --target 2030=64000000",
        "ndc level --series covered --source Inventory 2024=61200000",
    ] {
        by_two(&trial, line);
    }
    must(&trial, "authorisation form --out letter.toml");
    by_two(&trial, "authorisation add letter.toml --document design.md");
    trial
}

#[test]
fn the_annual_report_is_built_frozen_exported_and_compared_by_commands() {
    let trial = authorised();
    let of = "--year 2026 --submitted 2027-04-10";
    let built = must(
        &trial,
        &format!("aef build {of} --out report.xlsx --as efua"),
    );
    assert!(built.err.contains("authorisations 1"), "{}", built.err);
    assert!(built.err.contains("0 errors"), "{}", built.err);
    // Anybody checks the file without a node.
    let checked = must(&trial, "aef check report.xlsx").out;
    assert!(checked.contains("authorisations 1"), "{checked}");
    // Within its own year it must not go out, but the file is there.
    let early = ran(
        &trial,
        "aef build --year 2026 --submitted 2026-06-01 --out early.csv --as efua",
    );
    assert_eq!(early.code, 3, "{}", early.err);
    assert!(early.err.contains("AEF-S-002"), "{}", early.err);
    assert!(trial.dir.path().join("early.csv").exists());
    let nameless = ran(&trial, "aef build --year 2026 --out report.pdf --as efua");
    assert_eq!(nameless.code, 2, "{}", nameless.err);

    let tried = must(&trial, &format!("aef freeze {of} --dry-run --as efua")).out;
    assert!(tried.contains("1.0"), "{tried}");
    assert_eq!(
        must(&trial, "aef list -o json --as efua").json(),
        Value::from(Vec::<u8>::new())
    );
    must(&trial, &format!("aef freeze {of} --as efua"));
    let same = must(
        &trial,
        &format!("aef changes {of} --as-version 1.0 --as efua"),
    )
    .out;
    assert!(same.contains("no differences from version 1.0"), "{same}");
    trial.file(
        "second.toml",
        &fs::read_to_string(trial.dir.path().join("letter.toml"))
            .unwrap()
            .replace("quantity = 500000", "quantity = 750000"),
    );
    by_two(&trial, "authorisation add second.toml --document design.md");
    let changed = must(&trial, &format!("aef changes {of} --as efua")).out;
    assert!(changed.contains("+ authorisations"), "{changed}");
    must(&trial, &format!("aef freeze {of} --as efua"));
    let listed: Value = must(&trial, "aef list -o json --as efua").json();
    assert_eq!(
        (&listed[0]["version"], &listed[1]["version"]),
        (&Value::from("1.1"), &Value::from("1.0"))
    );
    must(
        &trial,
        "aef export --year 2026 --as-version 1.0 --out first.csv --as efua",
    );
    must(&trial, "aef export --year 2026 --out second.json --as efua");
    let compared = must(&trial, "aef diff first.csv second.json").out;
    assert!(compared.contains("1 added"), "{compared}");
    // What is kept under a version is never another.
    must(&trial, "aef import first.csv --as efua");
    let text = fs::read_to_string(trial.dir.path().join("first.csv")).unwrap();
    trial.file("forged.csv", &text.replace("GH-2026-001", "GH-2026-002"));
    let forged = ran(&trial, "aef import forged.csv --as efua");
    assert_eq!(forged.code, 5, "{}", forged.err);
    let viewer = ran(&trial, "aef list --as ama");
    // What the country froze is everybody's.
    assert_eq!(viewer.code, 0, "{}", viewer.err);

    let summary = must(&trial, "article6 summary --year 2024 --as efua").out;
    assert!(summary.contains("61200000"), "{summary}");
    must(
        &trial,
        "article6 regular-information --year 2024 --out summary.xlsx --as efua",
    );
    must(
        &trial,
        "article6 initial-information --out initial.json --as efua",
    );
    let initial = fs::read_to_string(trial.dir.path().join("initial.json")).unwrap();
    assert!(initial.contains("GH-2026-001"), "{initial}");
    let positions = must(&trial, "article6 positions").out;
    assert!(positions.contains("no units"), "{positions}");
    let actions = must(&trial, "article6 actions --year 2026").out;
    assert!(actions.contains("nothing was done"), "{actions}");
}

#[test]
fn what_other_registries_tell_is_brought_by_a_command() {
    let trial = authorised();
    let form = fs::read_to_string(trial.dir.path().join("letter.toml")).unwrap();
    trial.file("second.toml", &format!("{form}\nunderlying = \"VCS\"\n"));
    by_two(&trial, "authorisation add second.toml --document design.md");
    let told = |reference: &str, rest: &str| {
        format!(
            r#"{{"registry":"VCS","reference":"{reference}","authorisation":"GH-2026-001","day":"2026-05-05","vintage":2024,{rest}}}"#
        )
    };
    let issued = told("N-1", r#""event":"issuance","quantity":600"#);
    trial.file("one.jsonl", &issued);
    let said = must(
        &trial,
        "article6 import-notifications one.jsonl --dry-run --as efua",
    );
    let to_do = "to do: issue 600 of vintage 2024 under GH-2026-001 (N-1)";
    assert!(said.out.contains(to_do), "{}", said.out);
    assert!(
        said.err.contains("0 of 1 lines could be recorded"),
        "{}",
        said.err
    );
    let unknown = told(
        "N-2",
        r#""event":"use","quantity":5,"units":"GH-1-5","purpose":"other_purposes""#,
    );
    trial.file("three.jsonl", &format!("{issued}\n\n{unknown}\nnothing\n"));
    let some = ran(
        &trial,
        "article6 import-notifications three.jsonl --yes --as efua -o json",
    );
    assert_eq!(some.code, 9, "{}", some.err);
    let said: Value = serde_json::from_str(&some.out).unwrap();
    let lines: Vec<_> = said["results"].as_array().unwrap().iter().collect();
    assert_eq!(
        lines
            .iter()
            .map(|it| (&it["line"], &it["status"]))
            .collect::<Vec<_>>(),
        [
            (&Value::from(1), &Value::from("draft")),
            (&Value::from(3), &Value::from("refused")),
            (&Value::from(4), &Value::from("refused")),
        ]
    );
    assert!(
        some.err.contains("1 to be done here, 2 refused"),
        "{}",
        some.err
    );
    trial.file("none.jsonl", "nothing\n");
    let none = ran(
        &trial,
        "article6 import-notifications none.jsonl --yes --as efua",
    );
    assert_eq!(none.code, 3, "{}", none.err);
    assert!(none.out.contains("cannot be read"), "{}", none.out);
    let viewer = ran(
        &trial,
        "article6 import-notifications one.jsonl --dry-run --as ama",
    );
    assert_eq!(viewer.code, 4, "{}", viewer.err);
}

#[test]
fn two_exported_ledgers_are_held_against_each_other_offline() {
    let trial = authorised();
    must(&trial, "ledger export --out ghana");
    let itself = ran(&trial, "article6 cross-check ghana ghana");
    assert_eq!(itself.code, 2, "{}", itself.err);
    let missing = ran(&trial, "article6 cross-check ghana nowhere");
    assert_ne!(missing.code, 0);

    // Switzerland has acquired nothing, and Ghana has sent nothing.
    let dir = trial.dir.path();
    let passphrase = secret_file(dir.join("passphrase"), PASSPHRASE);
    fs::write(dir.join("policy"), "quorum none\n").unwrap();
    let swiss = dir.join("ch");
    let init = format!(
        "init --data {} --party CH --name Swiss~Registry --origin ch.example/ledger --registry CHE01 --network tests \
         --http 127.0.0.1:0 --p2p /ip4/127.0.0.1/tcp/0 --policy policy --passphrase-file {} -o json",
        text(&swiss),
        text(&passphrase),
    );
    must(&trial, &init);
    must(
        &trial,
        &format!("ledger export --data {} --out swiss", text(&swiss)),
    );
    let compared = must(&trial, "article6 cross-check ghana swiss");
    assert!(
        compared.out.contains("nothing moved") && compared.out.contains("no differences"),
        "{}",
        compared.out
    );
    assert!(
        compared.err.contains("without a trust file"),
        "{}",
        compared.err
    );
    // A ledger that somebody changed is none.
    let records = dir.join("swiss/records.jsonl");
    let lines = fs::read_to_string(&records).unwrap();
    fs::write(&records, lines.replace("Swiss", "Wrong")).unwrap();
    let damaged = ran(&trial, "article6 cross-check ghana swiss");
    assert_eq!(damaged.code, 8, "{}", damaged.err);
}
