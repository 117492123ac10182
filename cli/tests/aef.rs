//! Files in the agreed electronic format are checked, compared and converted offline.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    missing_docs,
    unreachable_pub
)]

mod common;
#[path = "../../protocol/tests/support/aef.rs"]
mod sample;

use std::fs;
use std::path::{Path, PathBuf};

use common::{Ended, run, text};
use countersign_bridge::aef::{read, write_csv, write_json, write_workbook};
use countersign_protocol::article6::aef::{Aef, Table};
use sample::{ghana, set, switzerland};
use tempfile::TempDir;

fn aef(args: &[&str]) -> Ended {
    run(&[&["aef"], args].concat())
}

/// A folder with Ghana's submission as a workbook and Switzerland's as CSV and JSON.
struct Files {
    dir: TempDir,
}

impl Files {
    fn new() -> Self {
        let files = Self {
            dir: tempfile::tempdir().unwrap(),
        };
        files.put("ghana.xlsx", &write_workbook(&ghana()).unwrap());
        files.put("switzerland.csv", write_csv(&switzerland()).as_bytes());
        files.put("switzerland.json", write_json(&switzerland()).as_bytes());
        files
    }

    fn put(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, bytes).unwrap();
        path
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }
}

fn reading(path: &Path) -> Aef {
    read(&fs::read(path).unwrap()).unwrap().aef
}

#[test]
fn a_sound_workbook_is_sound_also_against_the_partner() {
    let files = Files::new();
    let (ours, partner) = (files.path("ghana.xlsx"), files.path("switzerland.csv"));
    let ended = aef(&["check", text(&ours), "--partner", text(&partner)]);
    assert_eq!((ended.code, ended.err.as_str()), (0, ""), "{}", ended.out);
    let rows = "authorisations 2, actions 2, holdings 0, entities 1; nothing was found\n";
    assert!(ended.out.ends_with(rows), "{}", ended.out);
}

#[test]
fn a_mistake_is_said_with_its_cell_and_the_command_says_no() {
    let files = Files::new();
    let mut wrong = ghana();
    set(&mut wrong, Table::Actions, 0, "Quantity (t CO2 eq)", "999");
    let path = files.put("wrong.xlsx", &write_workbook(&wrong).unwrap());
    let ended = aef(&["check", text(&path)]);
    assert_eq!(ended.code, 3);
    assert!(
        ended
            .out
            .starts_with("Table 3 Actions!S6: error AEF-B-005: the quantity is 999"),
        "{}",
        ended.out
    );
    assert!(ended.err.contains("1 error, 0 warnings"), "{}", ended.err);

    let ended = aef(&["check", text(&path), "-o", "json"]);
    let data: serde_json::Value = serde_json::from_str(&ended.out).unwrap();
    assert_eq!(ended.code, 3);
    assert_eq!(
        (&data["sound"], &data["errors"], &data["draft"]),
        (&false.into(), &1.into(), &2.into())
    );
    let found = &data["findings"][0];
    assert_eq!(
        (&found["check"], &found["cell"]),
        (&"AEF-B-005".into(), &"Table 3 Actions!S6".into())
    );
    assert_eq!(
        (&found["table"], &found["row"], &found["column"]),
        (&3.into(), &1.into(), &"Quantity (t CO2 eq)".into())
    );
}

#[test]
fn an_earlier_submission_is_looked_at() {
    let files = Files::new();
    let path = files.path("ghana.xlsx");
    let mut again = ghana();
    set(
        &mut again,
        Table::Submission,
        0,
        "Date of submission",
        "11/04/2025",
    );
    let again = files.put("again.json", write_json(&again).as_bytes());
    let ended = aef(&["check", text(&again), "--previous", text(&path)]);
    assert_eq!(ended.code, 3);
    assert!(
        ended
            .out
            .contains("/submission/SubmissionVersion: error AEF-V-003"),
        "{}",
        ended.out
    );
}

#[test]
fn a_switch_decides_what_is_an_error() {
    let files = Files::new();
    let mut doubtful = ghana();
    set(
        &mut doubtful,
        Table::Actions,
        0,
        "Action subtype",
        "Voluntary transfer to the Adaptation Fund (A6.4 ERs)",
    );
    let path = files.put("doubtful.json", write_json(&doubtful).as_bytes());
    let ended = aef(&["check", text(&path)]);
    assert_eq!(ended.code, 0, "{}", ended.out);
    assert!(ended.out.contains("warning AEF-A-005"), "{}", ended.out);
    let switches = files.put("switches.toml", b"adaptation-fund-first-transfer = false\n");
    let ended = aef(&["check", text(&path), "--switches", text(&switches)]);
    assert_eq!(ended.code, 3);
    assert!(ended.out.contains("error AEF-A-004"), "{}", ended.out);
    let switches = files.put("wrong.toml", b"ids = \"short\"\n");
    let ended = aef(&["check", text(&path), "--switches", text(&switches)]);
    assert_eq!(ended.code, 3);
    assert!(
        ended.err.contains("wrong.toml") && ended.err.contains("short"),
        "{}",
        ended.err
    );
}

#[test]
fn what_is_no_submission_is_refused_with_a_reason() {
    let files = Files::new();
    let whole = fs::read(files.path("ghana.xlsx")).unwrap();
    let cut = files.put("cut.xlsx", &whole[..whole.len() / 2]);
    let ended = aef(&["check", text(&cut)]);
    assert_eq!((ended.code, ended.out.as_str()), (3, ""));
    assert!(ended.err.contains("no whole workbook"), "{}", ended.err);
    let ended = aef(&["check", text(&files.path("not there"))]);
    assert_eq!(ended.code, 3);
}

#[test]
fn two_formats_of_one_submission_do_not_differ_and_two_submissions_do() {
    let files = Files::new();
    let (csv, json) = (
        files.path("switzerland.csv"),
        files.path("switzerland.json"),
    );
    let ended = aef(&["diff", text(&csv), text(&json)]);
    assert_eq!((ended.code, ended.out.as_str()), (0, "no differences\n"));

    let mut other = switzerland();
    set(&mut other, Table::Actions, 1, "Action date", "01/12/2024");
    other.holdings.clear();
    let other = files.put("other.json", write_json(&other).as_bytes());
    let ended = aef(&["diff", text(&csv), text(&other)]);
    assert_eq!(ended.code, 0);
    assert!(
        ended
            .out
            .contains("    Action date: \"30/11/2024\" -> \"01/12/2024\"\n"),
        "{}",
        ended.out
    );
    assert!(
        ended
            .out
            .ends_with("0 added, 1 removed, 1 changed in 2 tables\n"),
        "{}",
        ended.out
    );
    let data = aef(&["diff", text(&csv), text(&other), "-o", "json"]).json();
    assert_eq!(data[0]["cells"][0]["column"], "Action date");
    assert_eq!(data[1]["difference"], "removed");
}

#[test]
fn a_file_goes_from_format_to_format_and_back() {
    let files = Files::new();
    let (csv, book, json) = (
        files.path("1.csv"),
        files.path("2.xlsx"),
        files.path("3.json"),
    );
    let ways = [
        (files.path("ghana.xlsx"), "csv", &csv),
        (csv.clone(), "json", &json),
        (json.clone(), "xlsx", &book),
    ];
    for (from, to, out) in ways {
        let ended = aef(&["convert", text(&from), "--to", to, "--out", text(out)]);
        assert_eq!(ended.code, 0, "{}", ended.err);
        assert_eq!(reading(out), ghana(), "{to}");
    }
    assert_eq!(
        fs::read(&book).unwrap(),
        fs::read(files.path("ghana.xlsx")).unwrap()
    );
    let ended = aef(&["convert", text(&csv), "--to", "json"]);
    assert_eq!(ended.out, fs::read_to_string(&json).unwrap());
    let ended = aef(&["convert", text(&csv), "--to", "json", "--out", text(&json)]);
    assert_eq!(ended.code, 3, "a file that is there is not written over");
}

#[test]
fn a_folder_gets_a_file_for_each_table_and_is_read_again() {
    let files = Files::new();
    let folder = files.path("tables");
    fs::create_dir(&folder).unwrap();
    let ended = aef(&[
        "convert",
        text(&files.path("ghana.xlsx")),
        "--to",
        "csv",
        "--out",
        text(&folder),
    ]);
    assert_eq!(ended.code, 0, "{}", ended.err);
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 5);
    let ended = aef(&["diff", text(&folder), text(&files.path("ghana.xlsx"))]);
    assert_eq!((ended.code, ended.out.as_str()), (0, "no differences\n"));
}

#[test]
fn every_check_is_listed() {
    let data = aef(&["checks", "-o", "json"]).json();
    let ids = data.as_array().unwrap();
    assert_eq!(
        ids.len(),
        countersign_protocol::article6::aef::check::CHECKS.len()
    );
    let ended = aef(&["checks"]);
    assert!(ended.out.contains("AEF-A-022"), "{}", ended.out);
}
