//! The command line is sound, no secret is an argument, and every command that the documentation shows can be typed.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::fs;
use std::path::{Path, PathBuf};

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Command, CommandFactory};

use crate::args::Cli;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

fn pages() -> Vec<PathBuf> {
    let mut pages = vec![root().join("README.md")];
    for entry in fs::read_dir(root().join("docs")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|ending| ending == "md") {
            pages.push(path);
        }
    }
    pages
}

/// The command lines of `countersign` in fenced blocks, as words; continued lines are joined.
fn shown(text: &str) -> Vec<Vec<String>> {
    let mut commands = Vec::new();
    let mut fenced = false;
    let mut line = String::new();
    for part in text.lines() {
        if part.trim_start().starts_with("```") {
            fenced = !fenced;
            line.clear();
            continue;
        }
        if !fenced {
            continue;
        }
        line.push_str(part.trim().trim_start_matches("$ ").trim_end_matches('\\'));
        if part.trim_end().ends_with('\\') {
            continue;
        }
        let words = words(&line);
        if words.first().is_some_and(|word| word == "countersign") && words.len() > 1 {
            commands.push(words);
        }
        line.clear();
    }
    commands
}

/// The words of a shell line up to a comment, a pipe or a redirection.
fn words(line: &str) -> Vec<String> {
    let (mut words, mut word, mut quote) = (Vec::new(), String::new(), None);
    for letter in line.chars().chain([' ']) {
        match (quote, letter) {
            (Some(open), letter) if letter == open => quote = None,
            (Some(_), letter) => word.push(letter),
            (None, '"' | '\'') => quote = Some(letter),
            (None, ' ') if word.is_empty() => {}
            (None, ' ') => {
                if ["|", ">", "#", "&", "&&"].contains(&word.as_str()) {
                    return words;
                }
                words.push(std::mem::take(&mut word));
            }
            (None, letter) => word.push(letter),
        }
    }
    words
}

/// A word that stands for a value: `FILE`, `GH-1-10` is none.
fn is_placeholder(word: &str) -> bool {
    !word.is_empty()
        && word
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || b"_-".contains(&byte))
}

/// What is wrong with a command line, if anything.
fn fault(words: &[String]) -> Option<String> {
    let error = Cli::command().try_get_matches_from(words).err()?;
    let value = match error.get(ContextKind::InvalidValue) {
        Some(ContextValue::String(value)) => value.as_str(),
        _ => "",
    };
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => None,
        ErrorKind::ValueValidation | ErrorKind::InvalidValue if is_placeholder(value) => None,
        _ => Some(
            error
                .to_string()
                .lines()
                .next()
                .unwrap_or_default()
                .to_owned(),
        ),
    }
}

#[test]
fn the_definition_of_the_command_line_is_sound() {
    Cli::command().debug_assert();
}

#[test]
fn every_command_that_the_documentation_shows_can_be_typed() {
    let mut wrong = Vec::new();
    for page in pages() {
        for words in shown(&fs::read_to_string(&page).unwrap()) {
            if let Some(fault) = fault(&words) {
                wrong.push(format!("{}: {}: {fault}", page.display(), words.join(" ")));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_check_of_the_documentation_finds_what_cannot_be_typed() {
    let text = "countersign not fenced\n```sh\n$ countersign issue --account 1 --project 1 \\\n    --year YEAR --tonnes 5 # so many\n\
        countersign ledger proof --index 3 > FILE\ncountersign frobnicate\ncountersign ledger tail --lines many\n```\n";
    let shown = shown(text);
    assert_eq!(shown.len(), 4);
    let faults: Vec<bool> = shown.iter().map(|words| fault(words).is_some()).collect();
    assert_eq!(faults, [false, false, true, true]);
}

/// Every command with its path.
fn all(command: &Command, path: &str, found: &mut Vec<(String, Command)>) {
    let path = format!("{path} {}", command.get_name());
    for inner in command.get_subcommands() {
        all(inner, &path, found);
    }
    found.push((path, command.clone()));
}

#[test]
fn no_secret_is_ever_an_argument() {
    let mut commands = Vec::new();
    all(&Cli::command(), "", &mut commands);
    let mut secrets = 0;
    for (path, command) in commands {
        for argument in command.get_arguments() {
            let name = argument.get_long().unwrap_or_default();
            if !["passphrase", "password", "token", "secret", "private"]
                .iter()
                .any(|word| name.contains(word))
            {
                continue;
            }
            secrets += 1;
            let values = argument.get_value_names().unwrap_or_default();
            let names_a_place = values
                .iter()
                .all(|value| ["FILE", "NAME"].contains(&value.as_str()));
            assert!(
                names_a_place && !values.is_empty(),
                "{path} --{name} takes a secret itself"
            );
        }
    }
    assert!(secrets > 5, "only {secrets} arguments looked at");
}

#[test]
fn every_command_and_argument_is_explained() {
    let mut commands = Vec::new();
    all(&Cli::command(), "", &mut commands);
    for (path, command) in commands {
        assert!(command.get_about().is_some(), "{path} has no explanation");
        for argument in command.get_arguments() {
            assert!(
                argument.get_help().is_some(),
                "{path}: {} has no explanation",
                argument.get_id()
            );
        }
    }
}
