//! The agreed electronic format (AEF, docs/article6.md): files checked, compared and converted offline, whichever registry made
//! them; this country's own, made from its ledger by the node.

mod check;
mod compare;
mod convert;
mod office;

use std::fs;
use std::path::{Path, PathBuf};

use clap::Subcommand;
use countersign_bridge::aef::{self, FILE_BYTES_MAX, Reading};
use countersign_protocol::article6::aef::Switches;
use countersign_protocol::article6::aef::check::{CHECKS, Check, Severity};
use serde_json::json;

use super::read_text;
use crate::exit::{Failure, Outcome};
use crate::session::Session;
use crate::table::Table;

#[derive(Debug, Subcommand)]
pub(crate) enum AefCommand {
    /// Check a file: every mistake with its cell and the way to mend it
    Check(check::CheckArgs),
    /// Compare two submissions, row by row and cell by cell
    Diff(compare::DiffArgs),
    /// Write a file in another format; old files become the second draft
    Convert(convert::ConvertArgs),
    /// List every check with its id
    Checks,
    /// Make the annual report of a year from the node's ledger, checked
    Build(office::BuildArgs),
    /// Freeze the annual report of a year as a version that never changes
    Freeze(office::FreezeArgs),
    /// List the submissions that the node keeps
    List(office::ListArgs),
    /// Write a kept submission as a file
    Export(office::ExportArgs),
    /// Keep a submission from a file: a partner's, or an earlier one of this country from elsewhere
    Import(office::ImportArgs),
    /// Compare the annual report of a year with the last submission for it
    Changes(office::ChangesArgs),
}

impl AefCommand {
    pub(crate) fn run(self, session: &Session) -> Outcome {
        match self {
            Self::Check(args) => args.run(session),
            Self::Diff(args) => args.run(session),
            Self::Convert(args) => args.run(session),
            Self::Checks => checks(session),
            Self::Build(args) => args.run(session),
            Self::Freeze(args) => args.run(session),
            Self::List(args) => args.run(session),
            Self::Export(args) => args.run(session),
            Self::Import(args) => args.run(session),
            Self::Changes(args) => args.run(session),
        }
    }
}

/// How a severity is printed.
const fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}

fn checks(session: &Session) -> Outcome {
    let data = |it: &Check| {
        let severity = severity(it.severity);
        json!({"id": it.id, "severity": severity, "finds": it.finds, "source": it.source})
    };
    let data: Vec<_> = CHECKS.iter().map(data).collect();
    session.out().show(&data, |_| {
        let heading = ["CHECK", "SEVERITY", "FINDS", "AFTER"];
        Table::of(heading, "no checks", CHECKS, |it| {
            let texts = [it.id, severity(it.severity), it.finds, it.source];
            texts.map(str::to_owned)
        })
    })
}

/// Reads a file, or a folder with a CSV file for each table.
fn read(path: &Path) -> Outcome<Reading> {
    let failed = |error: &dyn std::fmt::Display| {
        Failure::validation(format_args!("{}: {error}", path.display()))
    };
    let metadata = fs::metadata(path).map_err(|error| failed(&error))?;
    if !metadata.is_dir() {
        return aef::read(&content(path)?).map_err(|error| failed(&error));
    }
    let mut paths: Vec<PathBuf> = Vec::new();
    for entry in fs::read_dir(path).map_err(|error| failed(&error))? {
        let entry = entry.map_err(|error| failed(&error))?.path();
        if entry
            .extension()
            .is_some_and(|it| it.eq_ignore_ascii_case("csv"))
        {
            paths.push(entry);
        }
    }
    // The order of a folder differs from machine to machine.
    paths.sort();
    if paths.is_empty() {
        return Err(failed(&"the folder has no CSV files"));
    }
    let files: Vec<Vec<u8>> = paths
        .iter()
        .map(|path| content(path))
        .collect::<Outcome<_>>()?;
    let files: Vec<&[u8]> = files.iter().map(Vec::as_slice).collect();
    aef::read_csv_tables(&files).map_err(|error| failed(&error))
}

fn content(path: &Path) -> Outcome<Vec<u8>> {
    let failed = |error: &dyn std::fmt::Display| {
        Failure::validation(format_args!("cannot read {}: {error}", path.display()))
    };
    let size = fs::metadata(path).map_err(|error| failed(&error))?.len();
    if usize::try_from(size).map_or(true, |size| size > FILE_BYTES_MAX) {
        return Err(failed(&format_args!(
            "it has {size} bytes and may have {FILE_BYTES_MAX}"
        )));
    }
    fs::read(path).map_err(|error| failed(&error))
}

/// What the country chose where the sources of the format disagree.
fn switches(path: Option<&PathBuf>) -> Outcome<Switches> {
    let Some(path) = path else {
        return Ok(Switches::default());
    };
    let text = read_text(path)?;
    toml::from_str(&text).map_err(|error| {
        let error = error.to_string();
        Failure::validation(format_args!("{}: {}", path.display(), error.trim_end()))
    })
}
