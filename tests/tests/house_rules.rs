//! Rules about the sources that no compiler checks: files stay short, every crate takes the workspace's lints, and the
//! rules' crate names no clock, file, socket, thread, hash map or float, so that it compiles to wasm32 as it is.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::fs;
use std::path::{Path, PathBuf};

const LINES_MAX: usize = 800;

/// Modules of `std` that are no part of a pure rule.
const FORBIDDEN_MODULES: &[&str] = &["env", "fs", "io", "net", "process", "thread", "time"];
/// Words that are no part of a pure rule, wherever they come from.
const FORBIDDEN_WORDS: &[&str] = &[
    "HashMap",
    "HashSet",
    "Instant",
    "SystemTime",
    "async",
    "await",
    "f32",
    "f64",
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// Every file under `folder` with one of these extensions; build output and hidden folders are left out.
fn files(folder: &Path, extensions: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if path.is_dir() && name != "target" && !name.starts_with('.') {
                open.push(path);
            } else if path.is_file()
                && extensions
                    .iter()
                    .any(|e| path.extension().is_some_and(|x| x == *e))
            {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// Tests and tables may be long: nobody reads them from the top. So may generated code.
fn may_be_long(path: &Path, text: &str) -> bool {
    let name = path.file_stem().unwrap().to_string_lossy();
    let inside = |folder: &str| path.components().any(|part| part.as_os_str() == folder);
    inside("tests")
        || inside("tables")
        || name == "tests"
        || name.ends_with("_table")
        || text.lines().take(5).any(|l| l.contains("@generated"))
}

fn is_test_source(path: &Path) -> bool {
    let name = path.file_stem().unwrap().to_string_lossy();
    name == "tests"
        || name.ends_with("_tests")
        || path.components().any(|p| p.as_os_str() == "tests")
}

/// Where the module of tests inside a file begins: `#[cfg(test)]`, other attributes, `mod ... {`.
fn tests_begin(text: &str) -> usize {
    text.match_indices("#[cfg(test)]")
        .find(|(at, _)| {
            let item = text[*at..].lines().find(|l| !l.starts_with("#["));
            item.is_some_and(|l| l.starts_with("mod ") && l.ends_with('{'))
        })
        .map_or(text.len(), |(at, _)| at)
}

/// The code of a file: without comments and strings, and without the module of tests at its end.
fn code_of(text: &str) -> String {
    let rules = &text[..tests_begin(text)];
    let mut code = String::new();
    for line in rules.lines() {
        let mut in_string = false;
        let mut previous = ' ';
        let mut kept = String::new();
        for c in line.chars() {
            if c == '"' && previous != '\\' && previous != '\'' {
                in_string = !in_string;
            } else if c == '/' && previous == '/' && !in_string {
                break;
            } else if !in_string {
                kept.push(c);
            }
            previous = c;
        }
        code.push_str(&kept);
        code.push('\n');
    }
    code
}

fn words(code: &str) -> impl Iterator<Item = &str> {
    code.split(|c: char| !(c.is_alphanumeric() || c == '_'))
        .filter(|w| !w.is_empty())
}

/// The modules that follow each `std::`, also inside braces: `std::{fmt, io::Read}` gives fmt and io.
fn std_modules(code: &str) -> Vec<&str> {
    let mut modules = Vec::new();
    for (at, _) in code.match_indices("std::") {
        let rest = &code[at + "std::".len()..];
        let Some(group) = rest.strip_prefix('{') else {
            modules.extend(words(rest).next());
            continue;
        };
        let (mut depth, mut start) = (0_i32, 0);
        for (i, c) in group.char_indices() {
            match c {
                '{' => depth += 1,
                '}' if depth > 0 => depth -= 1,
                ',' | '}' if depth == 0 => {
                    modules.extend(words(&group[start..i]).next());
                    start = i + 1;
                    if c == '}' {
                        break;
                    }
                }
                _ => {}
            }
        }
    }
    modules
}

fn impure(text: &str) -> Vec<String> {
    let code = code_of(text);
    let modules = std_modules(&code);
    let bad_modules = modules.iter().filter(|m| FORBIDDEN_MODULES.contains(m));
    let bad_words = words(&code).filter(|w| FORBIDDEN_WORDS.contains(w));
    bad_modules
        .map(|m| format!("std::{m}"))
        .chain(bad_words.map(str::to_owned))
        .collect()
}

#[test]
fn no_source_file_is_longer_than_eight_hundred_lines() {
    let sources = files(root(), &["rs", "sh", "proto", "html", "css", "js"]);
    assert!(sources.len() >= 5, "the walk found only {sources:?}");
    let long: Vec<String> = sources
        .iter()
        .filter_map(|path| {
            let text = fs::read_to_string(path).unwrap();
            let lines = text.lines().count();
            let short = path.strip_prefix(root()).unwrap();
            (lines > LINES_MAX && !may_be_long(short, &text))
                .then(|| format!("{}: {lines} lines", short.display()))
        })
        .collect();
    assert!(
        long.is_empty(),
        "split these by what they do:\n{}",
        long.join("\n")
    );
}

#[test]
fn the_rules_name_no_clock_file_socket_thread_or_hash_map() {
    let sources = files(&root().join("protocol/src"), &["rs"]);
    assert!(!sources.is_empty());
    let found: Vec<String> = sources
        .iter()
        .filter(|path| !is_test_source(path.strip_prefix(root()).unwrap()))
        .flat_map(|path| {
            let short = path.strip_prefix(root()).unwrap().display().to_string();
            impure(&fs::read_to_string(path).unwrap())
                .into_iter()
                .map(move |what| format!("{short}: {what}"))
        })
        .collect();
    assert!(
        found.is_empty(),
        "no part of a pure rule:\n{}",
        found.join("\n")
    );
}

#[test]
fn every_crate_takes_the_lints_of_the_workspace() {
    for member in ["protocol", "bridge", "node", "cli", "tests"] {
        let manifest = fs::read_to_string(root().join(member).join("Cargo.toml")).unwrap();
        assert!(
            manifest.contains("[lints]\nworkspace = true"),
            "{member}/Cargo.toml lacks [lints] workspace = true"
        );
    }
}

#[test]
fn the_check_of_the_rules_finds_what_is_forbidden() {
    let sources = [
        ("use std::time::Duration;", "std::time"),
        (
            "use std::{collections::{BTreeMap, BTreeSet}, fs};",
            "std::fs",
        ),
        ("use std::{fmt, net::IpAddr};", "std::net"),
        ("let x = std::env::var(name);", "std::env"),
        ("use std::collections::HashMap;", "HashMap"),
        ("pub async fn f() {}", "async"),
        ("fn rate(tonnes: u64) -> f64 {", "f64"),
        ("#[cfg(test)]\nmod tests;\nuse std::fs;", "std::fs"),
        ("let t = \"a // b\"; let n = Instant::now();", "Instant"),
    ];
    for (source, expected) in sources {
        assert_eq!(impure(source), [expected], "in {source}");
    }
}

#[test]
fn the_check_of_the_rules_lets_comments_messages_and_tests_speak_freely() {
    let source = "\
// No HashMap here: std::fs is out of reach.
use std::{collections::BTreeMap, fmt};
let message = \"std::fs and HashMap\"; /// async
#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::fs;
}
";
    assert_eq!(impure(source), Vec::<String>::new());
}

#[test]
fn only_tests_tables_and_generated_code_may_be_long() {
    let long = |path: &str, text: &str| may_be_long(Path::new(path), text);
    assert!(!long("node/src/ledger/writer.rs", "//! The writer."));
    assert!(!long("node/src/contests.rs", ""));
    assert!(long("tests/tests/federation.rs", ""));
    assert!(long("protocol/src/party/tables/iso3166.rs", ""));
    assert!(long(
        "protocol/src/record/wire.rs",
        "// @generated by prost"
    ));
}
