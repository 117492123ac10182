//! The tour of the README, run exactly as it is printed there: from `init` to the first issued unit.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

mod common;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use common::{pid_in, stop};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .to_owned()
}

/// The commands of the README's tour, continued lines joined.
fn tour() -> Vec<String> {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let after = readme
        .split("\n## From nothing to the first issued unit\n")
        .nth(1);
    let after = after.unwrap_or_else(|| panic!("the README has no tour"));
    let block = after
        .split("```sh\n")
        .nth(1)
        .unwrap()
        .split("\n```")
        .next()
        .unwrap();
    let joined = block.replace("\\\n", " ");
    joined
        .lines()
        .filter(|line| !line.trim().is_empty())
        .map(str::to_owned)
        .collect()
}

/// A shell in an empty folder where the repository's `docs` and the program are found, and nothing of the person's own.
struct Shell {
    dir: tempfile::TempDir,
    node: Option<String>,
}

impl Shell {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink(root().join("docs"), dir.path().join("docs")).unwrap();
        Self { dir, node: None }
    }

    fn run(&self, line: &str) -> Output {
        let program = Path::new(env!("CARGO_BIN_EXE_countersign"))
            .parent()
            .unwrap();
        let path = format!("{}:{}", program.display(), std::env::var("PATH").unwrap());
        Command::new("bash")
            .args(["-c", line])
            .current_dir(self.dir.path())
            .env_clear()
            .env("PATH", path)
            .env("HOME", self.dir.path())
            .output()
            .unwrap()
    }

    /// What a command says on both streams; it must not fail.
    fn must(&self, line: &str) -> String {
        let output = self.run(line);
        let said = said(&output);
        assert!(output.status.success(), "{line}\n{said}");
        said
    }

    fn refused(&self, line: &str) -> String {
        let output = self.run(line);
        let said = said(&output);
        assert!(
            [3, 4, 5].contains(&output.status.code().unwrap()),
            "{line}\n{said}"
        );
        said
    }
}

impl Drop for Shell {
    fn drop(&mut self) {
        if let Some(node) = &self.node {
            stop(node);
        }
    }
}

fn said(output: &Output) -> String {
    let both = [&output.stdout, &output.stderr];
    both.map(|bytes| String::from_utf8_lossy(bytes).into_owned())
        .concat()
}

#[test]
fn the_tour_leads_from_init_to_the_first_issued_unit_in_ten_commands() {
    let commands = tour();
    assert!(commands.len() <= 10, "{} commands", commands.len());
    let mut shell = Shell::new();
    for (number, line) in (1..).zip(&commands) {
        assert!(line.starts_with("countersign "), "{line}");
        // Nobody is let past the process on the way.
        match number {
            5 => assert!(
                shell
                    .must("countersign case list --as ama")
                    .contains("Active")
            ),
            7 => {
                let early = "countersign case act 3 authorise --as kofi --comment x";
                assert!(shell.refused(early).contains("authorise"));
                shell.refused("countersign case act 3 recommend --as ama --comment mine");
            }
            10 => {
                let alone = "countersign case act 4 issue --as ama";
                shell.refused(alone);
            }
            _ => {}
        }
        let said = shell.must(line);
        if number == 1 {
            shell.node = Some(pid_in(&said));
        }
        if number == commands.len() {
            assert!(said.contains("500 t of 2023 as GH-1-500"), "{said}");
        }
    }
    let accounts = shell.must("countersign account list --as ama -o json");
    assert!(accounts.contains("\"available\": 500"), "{accounts}");
    stop(&shell.node.take().unwrap());
    let verified = shell.must("countersign ledger verify --replay --data registry");
    assert!(verified.contains("record"), "{verified}");
}
