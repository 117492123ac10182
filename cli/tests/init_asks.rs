//! `init` at a real terminal: it asks, explains, shows what it will make, makes it and says the next command.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

mod common;

use std::path::Path;
use std::process::Command;

use common::{PASSPHRASE, run, text};
use rexpect::session::{PtySession, spawn_command};

const ENTER: &str = "\r";
const DOWN: &str = "\u{1b}[B";

/// The program at a terminal of its own.
fn at_a_terminal(dir: &Path, args: &[&str]) -> PtySession {
    let mut command = Command::new(env!("CARGO_BIN_EXE_countersign"));
    command.args(args).current_dir(dir).env_clear();
    command
        .env("TERM", "xterm")
        .env("HOME", dir)
        .env("NO_COLOR", "1");
    spawn_command(command, Some(120_000)).unwrap()
}

fn answer(terminal: &mut PtySession, question: &str, keys: &str) {
    terminal
        .exp_string(question)
        .unwrap_or_else(|error| panic!("{question}: {error}"));
    terminal.send(keys).unwrap();
    terminal.send(ENTER).unwrap();
    terminal.flush().unwrap();
}

#[test]
fn a_focal_point_answers_and_has_a_registry_with_process_and_ministry() {
    let dir = tempfile::tempdir().unwrap();
    let mut terminal = at_a_terminal(dir.path(), &["init"]);
    answer(&mut terminal, "Language", "");
    answer(&mut terminal, "Country", "gh");
    answer(&mut terminal, "Ministry", "Environmental Protection Agency");
    // The choices stand below their prompt, the last one last.
    terminal
        .exp_string("small: three officials: nobody decides alone")
        .unwrap();
    answer(&mut terminal, "cote-divoire: several ministries", "");
    answer(&mut terminal, "Name of the registry", "");
    answer(&mut terminal, "Ledger", "registry.epa.example/ledger");
    answer(&mut terminal, "Witness files", "");
    answer(&mut terminal, "Data folder", "");
    terminal.exp_string("This will be made").unwrap();
    answer(&mut terminal, "Make it?", "y");
    answer(&mut terminal, "Passphrase", PASSPHRASE);
    answer(&mut terminal, "The same again", PASSPHRASE);
    terminal
        .exp_string("countersign serve --data gh-registry")
        .unwrap();
    terminal.exp_eof().unwrap();

    let data = dir.path().join("gh-registry");
    let shown = run(&["ledger", "tail", "--data", text(&data), "-o", "json"]);
    assert_eq!(shown.code, 0, "{}", shown.err);
    for wanted in ["Environmental Protection Agency", "process_adopted"] {
        assert!(shown.out.contains(wanted), "{wanted}: {}", shown.out);
    }
    let config = std::fs::read_to_string(data.join("config.toml")).unwrap();
    for wanted in ["Ghana Carbon Registry", "registry.epa.example/ledger"] {
        assert!(config.contains(wanted), "{wanted}: {config}");
    }
}

#[test]
fn whoever_chooses_french_is_asked_in_french_and_a_wrong_answer_is_asked_again() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("ci");
    // The library under this test reads bytes as Latin-1, so it waits for plain letters only.
    let mut terminal = at_a_terminal(
        dir.path(),
        &[
            "init",
            "--data",
            text(&data),
            "--process",
            "cote-divoire",
            "--ministry",
            "Bureau du Marché Carbone",
        ],
    );
    answer(&mut terminal, "Langue", DOWN);
    answer(&mut terminal, "Pays", "Atlantis");
    terminal.exp_string("il faut deux lettres").unwrap();
    // What was typed stands there still.
    for _ in 0.."Atlantis".len() {
        terminal.send("\u{7f}").unwrap();
    }
    terminal.send("CI").unwrap();
    terminal.send(ENTER).unwrap();
    terminal.flush().unwrap();
    answer(&mut terminal, "Nom du registre", "");
    answer(&mut terminal, "Grand livre", "");
    answer(&mut terminal, "Fichiers des t", "");
    answer(&mut terminal, "er ce registre", "n");
    terminal.exp_string("rien n'a ").unwrap();
    terminal.exp_eof().unwrap();
    assert!(!data.exists());
}

#[test]
fn without_a_terminal_init_names_what_is_missing_and_makes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("gh");
    let ended = run(&["init", "--data", text(&data), "--party", "GH"]);
    assert_eq!(ended.code, 2);
    for wanted in ["--origin", "--no-witnesses"] {
        assert!(ended.err.contains(wanted), "{}", ended.err);
    }
    assert!(!ended.err.contains("--party,"), "{}", ended.err);
    assert!(!data.exists());
}
