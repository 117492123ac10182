//! `import undp` against a running node: nothing before every row is right, nothing twice, no secret kept.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

mod common;

use std::fs;
use std::os::unix::fs::PermissionsExt;

use common::Trial;
use serde_json::Value;

const ORGANISATIONS: &str = "NAME,EMAIL,PHONE,TAX ID,TYPE,SECTORAL SCOPE,MINISTER\n\
    \"Pacific Stoves, Ltd\",,,T-1,Developer,,\nCert & Co,,,T-2,Certifier,,\n";
const USERS: &str = "NAME,EMAIL,PHONE,TAX ID,TYPE,ROLE,PASSWORD,APIKEY\n\
    Efua,efua@gov.example,,00000GH,Government,admin,hunter2,\n\
    Kofi,kofi@gov.example,,00000GH,Government,admin,hunter2,\n\
    Ama,ama@stoves.example,+1 6,T-1,Developer,admin,hunter2,key-1\n";

const IMPORT: [&str; 6] = [
    "import",
    "undp",
    "--organisations",
    "o.csv",
    "--users",
    "u.csv",
];

fn import(trial: &Trial, more: &[&str]) -> common::Ended {
    let args: Vec<&str> = IMPORT.iter().chain(more).copied().collect();
    trial.run(&args)
}

fn count(trial: &Trial, what: &str) -> usize {
    let listed: Value = trial.run(&[what, "list", "-o", "json"]).json();
    listed.as_array().unwrap().len()
}

/// Everything under a folder that holds a text.
fn holding(folder: &std::path::Path, needle: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(holding(&path, needle));
        } else if path
            .extension()
            .is_none_or(|ending| ending != "csv" || path.ends_with("codes.csv"))
        {
            let bytes = fs::read(&path).unwrap_or_default();
            let here = bytes
                .windows(needle.len())
                .any(|part| part == needle.as_bytes());
            found.extend(here.then(|| path.display().to_string()));
        }
    }
    found
}

#[test]
fn rows_are_checked_first_and_what_was_cut_off_is_completed_without_doubling_anything() {
    let trial = Trial::start();
    trial.file("o.csv", ORGANISATIONS);

    // One row of many is wrong, and nothing is written.
    trial.file("u.csv", &USERS.replace("ama@stoves.example", "ama"));
    let wrong = import(&trial, &["--codes", "codes.csv"]);
    assert_eq!(wrong.code, 3, "{}", wrong.err);
    assert!(
        wrong.err.contains("u.csv:4: EMAIL \"ama\""),
        "{}",
        wrong.err
    );
    assert_eq!(
        (count(&trial, "organisation"), count(&trial, "user")),
        (1, 0)
    );

    trial.file("u.csv", USERS);
    let tried = import(&trial, &["--dry-run", "-o", "json"]).json();
    assert_eq!(tried["users_invited"], 3);
    assert_eq!(
        (count(&trial, "organisation"), count(&trial, "user")),
        (1, 0)
    );

    // Cut off after the last row and before the codes were kept: their folder is not there.
    let cut = import(&trial, &["--codes", "nowhere/codes.csv"]);
    assert_ne!(cut.code, 0);
    assert_eq!(
        (count(&trial, "organisation"), count(&trial, "user")),
        (3, 3)
    );

    let whole = import(&trial, &["--codes", "codes.csv"]);
    assert_eq!(whole.code, 0, "{}", whole.err);
    assert!(
        whole.err.contains("3 passwords and 1 API keys"),
        "{}",
        whole.err
    );
    assert_eq!(
        (count(&trial, "organisation"), count(&trial, "user")),
        (3, 3)
    );
    let codes = trial.dir.path().join("codes.csv");
    let mode = fs::metadata(&codes).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);

    // The codes are good: those who joined are not invited again.
    let joined = trial.run(&["sign-in", "--codes", "codes.csv"]);
    assert_eq!(joined.code, 0, "{}", joined.err);
    assert!(!joined.out.contains("csl_"), "{}", joined.out);
    let again = import(&trial, &["--codes", "more.csv", "-o", "json"]).json();
    assert_eq!(
        (&again["users_invited"], &again["users_there"]),
        (&0.into(), &3.into())
    );
    assert_eq!(
        (count(&trial, "organisation"), count(&trial, "user")),
        (3, 3)
    );

    // Nothing of the secrets is anywhere: not in the node, not in the codes, not in what was said.
    for secret in ["hunter2", "key-1"] {
        assert_eq!(holding(trial.dir.path(), secret), Vec::<String>::new());
        for said in [&wrong, &cut, &whole] {
            assert!(!said.err.contains(secret) && !said.out.contains(secret));
        }
    }

    // Imported organisations wait, and act only once two officials have registered them.
    let waits = trial.run(&[
        "account",
        "open",
        "--organisation",
        "2",
        "--name",
        "Main",
        "--as",
        "ama",
    ]);
    assert_ne!(waits.code, 0, "{}", waits.out);
    let alone = trial.run(&[
        "organisation",
        "admit",
        "--listed",
        "o.csv",
        "--comment",
        "Known.",
        "--as",
        "efua",
    ]);
    assert!(
        alone.out.contains("1 of 2 have said yes"),
        "{}{}",
        alone.out,
        alone.err
    );
    let other = trial.run(&[
        "organisation",
        "admit",
        "--listed",
        "o.csv",
        "--comment",
        "Known.",
        "--as",
        "kofi",
    ]);
    assert!(
        other.out.contains("registered"),
        "{}{}",
        other.out,
        other.err
    );
    let opened = trial.run(&[
        "account",
        "open",
        "--organisation",
        "2",
        "--name",
        "Main",
        "--as",
        "ama",
    ]);
    assert_eq!(opened.code, 0, "{}", opened.err);
}

/// Organisations and users so many that the import takes its time.
fn many(trial: &Trial, count: usize) {
    let mut organisations = "NAME,EMAIL,PHONE,TAX ID,TYPE,SECTORAL SCOPE,MINISTER\n".to_owned();
    let mut users = "NAME,EMAIL,PHONE,TAX ID,TYPE,ROLE,PASSWORD,APIKEY\n".to_owned();
    for number in 0..count {
        organisations += &format!("Stoves {number},,,T-{number},Developer,,\n");
        users += &format!("Ama,ama{number}@stoves.example,,T-{number},Developer,admin,,\n");
    }
    trial.file("o.csv", &organisations);
    trial.file("u.csv", &users);
}

#[test]
fn an_import_that_is_killed_at_any_moment_is_completed_by_the_next_one_and_doubles_nothing() {
    const COUNT: usize = 60;
    let trial = Trial::start();
    many(&trial, COUNT);
    let mut kills_midway = 0;
    // Killed among the organisations, then among the users, then as often as it takes to be sure.
    for (what, least) in [
        ("organisation", 3),
        ("organisation", 30),
        ("user", 3),
        ("user", 30),
    ] {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_countersign"));
        command.args(IMPORT);
        command.args(["--codes", "codes.csv"]);
        command.current_dir(trial.dir.path());
        command.env("COUNTERSIGN_DATA", &trial.data);
        command.stdout(std::process::Stdio::null());
        command.stderr(std::process::Stdio::null());
        let mut importing = command.spawn().unwrap();
        while count(&trial, what) < least && importing.try_wait().unwrap().is_none() {}
        importing.kill().unwrap();
        let ended = importing.wait().unwrap();
        let (organisations, users) = (count(&trial, "organisation"), count(&trial, "user"));
        // The authority was there before.
        assert!(
            organisations <= COUNT + 1 && users <= COUNT,
            "{organisations} {users}"
        );
        kills_midway += usize::from(!ended.success() && organisations + users < 2 * COUNT + 1);
        if ended.success() {
            let _ = fs::remove_file(trial.dir.path().join("codes.csv"));
        }
    }
    assert!(kills_midway >= 2, "the import was too quick to be killed");
    let whole = import(&trial, &["--codes", "codes.csv"]);
    assert_eq!(whole.code, 0, "{}", whole.err);
    assert_eq!(
        (count(&trial, "organisation"), count(&trial, "user")),
        (COUNT + 1, COUNT)
    );
    let listed: Value = trial.run(&["organisation", "list", "-o", "json"]).json();
    let all = listed.as_array().unwrap().iter();
    let names: std::collections::BTreeSet<&str> =
        all.map(|it| it["name"].as_str().unwrap()).collect();
    assert_eq!(names.len(), COUNT + 1, "each name once");
    // Everybody has a code that opens the door, those who were invited before a kill as well.
    let codes = fs::read_to_string(trial.dir.path().join("codes.csv")).unwrap();
    let rows = codes
        .lines()
        .filter(|line| line.contains("@stoves.example"));
    assert_eq!(rows.count(), COUNT, "{codes}");
}
