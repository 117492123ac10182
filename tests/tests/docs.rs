//! The documentation stays true: every link leads somewhere, and every command it shows exists.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

fn pages() -> Vec<PathBuf> {
    let mut pages = Vec::new();
    for folder in ["", "docs", "docs/adr"] {
        for entry in fs::read_dir(root().join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|e| e == "md") {
                pages.push(path);
            }
        }
    }
    assert!(pages.len() > 3, "only {pages:?} found");
    pages
}

/// The targets of `[text](target)` that lie in this repository, without their `#section`.
fn local_links(text: &str) -> Vec<&str> {
    text.split("](")
        .skip(1)
        .filter_map(|rest| rest.split(')').next())
        .filter(|target| !target.contains("://") && !target.starts_with('#'))
        .filter_map(|target| target.split('#').next())
        .collect()
}

/// The lines of ```sh blocks that start a program of ours, as words: `["countersign", "ledger", "head"]`.
fn shown_commands(text: &str) -> BTreeSet<Vec<String>> {
    let mut commands = BTreeSet::new();
    let mut in_block = false;
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            in_block = line.trim_start() == "```sh";
        } else if in_block {
            let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
            if words
                .first()
                .is_some_and(|w| w == "countersign" || w.contains('/'))
            {
                commands.insert(words);
            }
        }
    }
    commands
}

/// The words of a command line before its first option or argument: the path of subcommands, as far as they are words.
fn subcommands(words: &[String]) -> Vec<&str> {
    words[1..]
        .iter()
        .map(String::as_str)
        .take_while(|w| {
            w.starts_with(|c: char| c.is_ascii_lowercase())
                && w.chars()
                    .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
        })
        .collect()
}

/// The long options of a command line, without their values.
fn long_options(words: &[String]) -> Vec<&str> {
    words
        .iter()
        .filter(|w| w.starts_with("--") && w.len() > 2)
        .filter_map(|w| w.split('=').next())
        .collect()
}

/// The binary as the test run built it, beside this test's own.
fn binary() -> PathBuf {
    let deps = std::env::current_exe().unwrap();
    let path = deps.parent().unwrap().parent().unwrap().join("countersign");
    assert!(path.exists(), "build it first: cargo build -p countersign");
    path
}

#[test]
fn every_link_leads_to_a_file() {
    let mut broken = Vec::new();
    for page in pages() {
        let text = fs::read_to_string(&page).unwrap();
        for target in local_links(&text) {
            if !page.parent().unwrap().join(target).exists() {
                broken.push(format!("{}: {target}", page.display()));
            }
        }
    }
    assert!(broken.is_empty(), "broken links:\n{}", broken.join("\n"));
}

#[test]
fn every_script_that_the_documentation_shows_is_there() {
    for page in pages() {
        for words in shown_commands(&fs::read_to_string(&page).unwrap()) {
            let program = &words[0];
            let ours = program.contains('/') && !program.starts_with(['/', '~', '$']);
            assert!(
                !ours || root().join(program).exists(),
                "{}: {program} is not there",
                page.display()
            );
        }
    }
}

/// What is wrong with a command line that a file shows.
fn faults(shown_in: &Path, words: &[String]) -> Vec<String> {
    let path = subcommands(words);
    let help = Command::new(binary()).args(&path).arg("--help").output();
    let help = help.unwrap();
    let text = String::from_utf8_lossy(&help.stdout).into_owned();
    let (line, shown_in) = (words.join(" "), shown_in.display());
    // A parent's help is printed for a wrong last word by some parsers, so the usage line must name the path.
    if !help.status.success() || !text.contains(&format!("countersign {}", path.join(" "))) {
        return vec![format!("{shown_in}: no such command: {line}")];
    }
    let unknown = long_options(words).into_iter();
    let unknown = unknown.filter(|option| !text.contains(option));
    unknown
        .map(|option| format!("{shown_in}: no option {option}: {line}"))
        .collect()
}

#[test]
fn every_command_that_a_page_of_the_registry_shows_exists_with_its_options() {
    let mut wrong = Vec::new();
    let mut checked = 0;
    let mut paths = vec![
        root().join("node/src/web"),
        root().join("node/templates/web"),
    ];
    while let Some(path) = paths.pop() {
        if path.is_dir() {
            paths.extend(fs::read_dir(path).unwrap().map(|it| it.unwrap().path()));
            continue;
        }
        let Ok(text) = fs::read_to_string(&path) else {
            continue;
        };
        // In the sources a command stands in quotes, in the templates between tags.
        for part in text
            .split(['"', '>'])
            // A name of what is signed ends with a zero byte.
            .filter(|it| it.starts_with("countersign ") && !it.ends_with("\\0"))
        {
            let line = part.split('<').next().unwrap();
            let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
            wrong.extend(faults(&path, &words));
            checked += 1;
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(checked > 60, "only {checked} commands found");
}

#[test]
fn every_command_that_the_documentation_shows_exists_with_its_options() {
    let mut wrong = Vec::new();
    let mut checked = 0;
    for page in pages() {
        for words in shown_commands(&fs::read_to_string(&page).unwrap()) {
            if words[0] != "countersign" {
                continue;
            }
            checked += 1;
            wrong.extend(faults(&page, &words));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(
        checked > 10,
        "only {checked} commands found in the documentation"
    );
}

#[test]
fn the_checks_read_markdown_as_people_do() {
    let text = "See [a](docs/a.md#x), [b](https://example.org/b), [c](#c).\n\
        ```sh\ncountersign ledger proof --index 3 --out FILE\n$ not this\n```\n```json\ncountersign no\n```\n";
    assert_eq!(local_links(text), ["docs/a.md"]);
    let commands = shown_commands(text);
    assert_eq!(commands.len(), 1);
    let words = commands.first().unwrap();
    assert_eq!(subcommands(words), ["ledger", "proof"]);
    assert_eq!(long_options(words), ["--index", "--out"]);
}
