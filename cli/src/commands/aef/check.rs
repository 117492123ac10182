//! Checking a file: by itself, against earlier submissions, against a partner's.

use std::path::{Path, PathBuf};

use clap::Args;
use countersign_bridge::aef::{Draft, Format, Reading};
use countersign_protocol::article6::aef::check::{Finding, Report, Severity, check};
use countersign_protocol::article6::aef::{Aef, Table};
use serde::Serialize;

use super::{read, severity, switches};
use crate::exit::{Failure, Outcome};
use crate::session::Session;
use crate::table::View;
use crate::terminal;

#[derive(Args, Debug)]
pub(crate) struct CheckArgs {
    /// The submission: a workbook, CSV or JSON; or a folder with a CSV file for each table
    file: PathBuf,
    /// An earlier submission of the same Party; may be repeated
    #[arg(long, value_name = "FILE")]
    previous: Vec<PathBuf>,
    /// A partner's submission for the same year; may be repeated
    #[arg(long, value_name = "FILE")]
    partner: Vec<PathBuf>,
    /// What the country chose where the sources disagree (TOML; see docs/article6.md)
    #[arg(long, value_name = "FILE")]
    switches: Option<PathBuf>,
}

/// What was found in a file.
#[derive(Serialize)]
struct Checked {
    file: String,
    format: &'static str,
    draft: u8,
    sound: bool,
    errors: usize,
    warnings: usize,
    /// Findings that were counted and are not listed.
    left_out: usize,
    rows: Vec<Rows>,
    findings: Vec<Found>,
}

#[derive(Serialize)]
struct Rows {
    table: &'static str,
    rows: usize,
}

/// A finding as it is printed.
#[derive(Serialize)]
struct Found {
    check: &'static str,
    severity: &'static str,
    table: usize,
    /// From 1; none where the whole table is meant.
    row: Option<usize>,
    /// The heading of the column; none where the whole row is meant.
    column: Option<&'static str>,
    cell: String,
    message: String,
}

impl CheckArgs {
    pub(super) fn run(&self, session: &Session) -> Outcome {
        let switches = switches(self.switches.as_ref())?;
        let reading = read(&self.file)?;
        let previous = others(&self.previous)?;
        let partners = others(&self.partner)?;
        let mut report = check(&reading.aef, &previous, &partners, &switches);
        let found = found(&reading, &mut report, &self.file);
        session.out().show(&found, view)?;
        match found.errors {
            0 => Ok(()),
            _ => Err(Failure::validation(format_args!(
                "{}: {}",
                found.file,
                verdict(&found)
            ))),
        }
    }
}

/// Other submissions; what reading them stumbles over is said and does not count.
fn others(paths: &[PathBuf]) -> Outcome<Vec<Aef>> {
    let mut others = Vec::new();
    for path in paths {
        let reading = read(path)?;
        let errors = reading.report.count(Severity::Error);
        if errors > 0 {
            terminal::warn(format_args!(
                "{}: {errors} errors in its tables; check it by itself",
                path.display()
            ));
        }
        others.push(reading.aef);
    }
    Ok(others)
}

fn found(reading: &Reading, report: &mut Report, file: &Path) -> Checked {
    let (of_file, of_checks) = (&reading.report, &*report);
    let mut all: Vec<&Finding> = of_file.findings.iter().chain(&of_checks.findings).collect();
    all.sort_by(|a, b| (a.place, a.check.id).cmp(&(b.place, b.check.id)));
    let sum = |severity| of_file.count(severity) + of_checks.count(severity);
    let (errors, warnings) = (sum(Severity::Error), sum(Severity::Warning));
    let findings = all.into_iter().map(|it| {
        let column = it
            .place
            .column
            .and_then(|at| it.place.table.columns().get(at));
        Found {
            check: it.check.id,
            severity: severity(it.check.severity),
            table: it.place.table.number(),
            row: it.place.row.map(|row| row + 1),
            column: column.map(|column| column.label.as_str()),
            cell: reading.layout.name(it.place),
            message: it.message.clone(),
        }
    });
    let rows = Table::ALL.map(|table| Rows {
        table: table.name(),
        rows: reading.aef.len(table),
    });
    Checked {
        file: file.display().to_string(),
        format: match reading.format {
            Format::Xlsx => "xlsx",
            Format::Csv => "csv",
            Format::Json => "json",
        },
        draft: match reading.draft {
            Draft::First(_) => 1,
            Draft::Second => 2,
        },
        sound: errors == 0,
        errors,
        warnings,
        left_out: of_file.left_out() + of_checks.left_out(),
        rows: rows.into(),
        findings: findings.collect(),
    }
}

fn view(it: &Checked) -> View {
    let mut lines = Vec::new();
    for found in &it.findings {
        let Found {
            cell,
            severity,
            check,
            message,
            ..
        } = found;
        lines.push(format!("{cell}: {severity} {check}: {message}"));
    }
    if it.left_out > 0 {
        lines.push(format!("... and {} more of the same kinds", it.left_out));
    }
    if it.draft == 1 {
        lines.push(
            "The file is in the first draft of the format: what that had not is blank here."
                .to_owned(),
        );
    }
    let rows: Vec<String> = it.rows[1..]
        .iter()
        .map(|it| format!("{} {}", it.table, it.rows))
        .collect();
    lines.push(format!("{}: {}; {}", it.file, rows.join(", "), verdict(it)));
    View::Text(lines.join("\n"))
}

fn verdict(it: &Checked) -> String {
    let counted = |count: usize, what: &str| match count {
        1 => format!("1 {what}"),
        count => format!("{count} {what}s"),
    };
    match (it.errors, it.warnings) {
        (0, 0) => "nothing was found".to_owned(),
        (errors, warnings) => format!(
            "{}, {}",
            counted(errors, "error"),
            counted(warnings, "warning")
        ),
    }
}
