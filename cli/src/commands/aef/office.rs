//! The country's own annual report: made from its ledger by the node, checked, compared, frozen and kept.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use countersign_node::http::dto::{
    AefChangesView, AefCheckView, AefRowChange, FreezeAef, SubmissionView,
};
use countersign_node::ops::files::{PUBLIC_FILE_MODE, write_new};
use countersign_protocol::party::Party;
use countersign_protocol::period::Day;

use crate::exit::{Failure, Outcome};
use crate::output;
use crate::session::Session;
use crate::table::{Table, View, moment, or_dash, short};
use crate::terminal;

/// Which report.
#[derive(Args, Debug)]
pub(crate) struct ReportArgs {
    /// The reported year
    #[arg(long, value_name = "YEAR")]
    year: u16,
    /// The version; the one after the last that was kept when left out
    #[arg(long = "as-version", value_name = "X.Y")]
    version: Option<String>,
    /// The day of submission; today when left out
    #[arg(long, value_name = "DAY")]
    submitted: Option<Day>,
}

#[derive(Args, Debug)]
pub(crate) struct BuildArgs {
    #[command(flatten)]
    report: ReportArgs,
    #[command(flatten)]
    file: FileArgs,
}

/// Where a file goes, and of which kind it is.
#[derive(Args, Debug)]
pub(crate) struct FileArgs {
    /// A new file to write: .xlsx, .csv or .json; stdout when left out
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// The kind of file, where its name does not say
    #[arg(long, value_enum)]
    to: Option<Kind>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Kind {
    /// A workbook
    Xlsx,
    /// Tables as text, one under the other
    Csv,
    /// JSON
    Json,
}

#[derive(Args, Debug)]
pub(crate) struct FreezeArgs {
    #[command(flatten)]
    report: ReportArgs,
    /// Freeze it although the checks find errors in it
    #[arg(long)]
    despite_errors: bool,
    /// Only try it
    #[arg(long)]
    dry_run: bool,
}

#[derive(Args, Debug)]
pub(crate) struct ListArgs {
    /// Of this country only
    #[arg(long, value_name = "PARTY")]
    party: Option<Party>,
}

#[derive(Args, Debug)]
pub(crate) struct ExportArgs {
    /// The reported year
    #[arg(long, value_name = "YEAR")]
    year: u16,
    /// The version; the last one when left out
    #[arg(long = "as-version", value_name = "X.Y")]
    version: Option<String>,
    /// Whose; this country's when left out
    #[arg(long, value_name = "PARTY")]
    party: Option<Party>,
    #[command(flatten)]
    file: FileArgs,
}

#[derive(Args, Debug)]
pub(crate) struct ImportArgs {
    /// The submission: a workbook, CSV or JSON, of either draft
    file: PathBuf,
}

#[derive(Args, Debug)]
pub(crate) struct ChangesArgs {
    #[command(flatten)]
    report: ReportArgs,
}

impl ReportArgs {
    fn query(&self) -> Vec<(&'static str, String)> {
        let mut query = vec![("year", self.year.to_string())];
        query.extend(self.version.clone().map(|it| ("version", it)));
        query.extend(self.submitted.map(|it| ("submitted", it.to_string())));
        query
    }
}

impl FileArgs {
    fn kind(&self) -> Outcome<Kind> {
        if let Some(kind) = self.to {
            return Ok(kind);
        }
        let Some(path) = &self.out else {
            return Ok(Kind::Json);
        };
        let ending = path.extension().and_then(|it| it.to_str());
        match ending.unwrap_or_default().to_ascii_lowercase().as_str() {
            "xlsx" => Ok(Kind::Xlsx),
            "csv" => Ok(Kind::Csv),
            "json" => Ok(Kind::Json),
            _ => Err(Failure::usage(format_args!(
                "{}: which kind of file? End its name in .xlsx, .csv or .json, or add --to",
                path.display()
            ))),
        }
    }

    fn format(&self) -> Outcome<(&'static str, String)> {
        let word = match self.kind()? {
            Kind::Xlsx => "xlsx",
            Kind::Csv => "csv",
            Kind::Json => "json",
        };
        Ok(("format", word.to_owned()))
    }

    fn give(&self, bytes: &[u8]) -> Outcome {
        match &self.out {
            Some(path) => {
                write_new(path, bytes, PUBLIC_FILE_MODE)?;
                terminal::done(format_args!("written to {}", path.display()));
                Ok(())
            }
            None if self.kind()? == Kind::Xlsx && std::io::stdout().is_terminal() => {
                Err(Failure::usage("a workbook is no text for a terminal")
                    .hint("name a file with --out"))
            }
            None => output::write(bytes),
        }
    }
}

impl BuildArgs {
    /// The file is written whatever the checks find; with errors the command ends with 3.
    pub(super) fn run(&self, session: &Session) -> Outcome {
        let client = session.client()?;
        let mut query = self.report.query();
        let checked: AefCheckView = client.get("article6/aef/check", &query)?;
        query.push(self.file.format()?);
        self.file.give(&client.file("article6/aef", &query)?)?;
        for it in &checked.findings {
            let column = it.column.as_deref().unwrap_or("-");
            let row = or_dash(it.row);
            terminal::warn(format_args!(
                "table {} row {row}, {column}: {} {}: {}",
                it.table, it.severity, it.check, it.message
            ));
        }
        for approach in &checked.without_initial_report {
            terminal::warn(format_args!(
                "the rows of {approach} are left out: no initial report covers it (countersign initial-report add)"
            ));
        }
        let rows: Vec<String> = checked
            .rows
            .iter()
            .skip(1)
            .map(|it| format!("{} {}", it.table, it.rows))
            .collect();
        let AefCheckView {
            party,
            year,
            version,
            errors,
            warnings,
            ..
        } = &checked;
        terminal::done(format_args!(
            "{party} {year} {version}: {}; {errors} errors, {warnings} warnings",
            rows.join(", ")
        ));
        if checked.sound {
            return Ok(());
        }
        Err(Failure::validation(format_args!(
            "the report must not go out like this: {errors} errors"
        )))
    }
}

impl FreezeArgs {
    pub(super) fn run(&self, session: &Session) -> Outcome {
        let body = FreezeAef {
            year: self.report.year,
            version: self.report.version.clone(),
            submitted: self.report.submitted,
            despite_errors: self.despite_errors,
        };
        let client = session.client()?;
        if self.dry_run {
            let tried = client.try_out("article6/submissions", &body)?;
            terminal::done("nothing was kept: this would be");
            return session.out().show(&tried, |tried| {
                let answer = tried
                    .answer
                    .as_ref()
                    .and_then(|it| serde_json::from_value::<SubmissionView>(it.clone()).ok());
                answer.map_or_else(
                    || View::Text("it can be frozen".to_owned()),
                    |it| shown(&it),
                )
            });
        }
        let kept: SubmissionView = client.ask("article6/submissions", &body)?;
        terminal::done(format_args!(
            "{} {} {} is frozen: this version never changes",
            kept.party, kept.year, kept.version
        ));
        session.out().show(&kept, shown)
    }
}

impl ListArgs {
    pub(super) fn run(&self, session: &Session) -> Outcome {
        let found = submissions(session, self.party)?;
        session.out().show(&found, |found| {
            Table::of(
                [
                    "PARTY",
                    "YEAR>",
                    "VERSION>",
                    "ORIGIN",
                    "ERRORS>",
                    "WARNINGS>",
                    "SHA-256",
                    "KEPT",
                ],
                "no submissions are kept: freeze one with `countersign aef freeze --year YEAR`",
                found,
                |it| {
                    [
                        it.party.to_string(),
                        it.year.to_string(),
                        it.version.clone(),
                        origin(it).to_owned(),
                        it.errors.to_string(),
                        it.warnings.to_string(),
                        short(&hex::encode(it.sha256)),
                        moment(it.kept_ms),
                    ]
                },
            )
        })
    }
}

impl ExportArgs {
    pub(super) fn run(&self, session: &Session) -> Outcome {
        let client = session.client()?;
        let party = match self.party {
            Some(party) => party,
            None => {
                let status: countersign_node::http::dto::Status = client.get("status", &[])?;
                status.party
            }
        };
        // The newest version of a year stands first.
        let kept = submissions(session, Some(party))?.into_iter().find(|it| {
            it.year == self.year
                && self
                    .version
                    .as_ref()
                    .is_none_or(|wanted| *wanted == it.version)
        });
        let kept = kept.ok_or_else(|| {
            Failure::validation(format_args!(
                "no such submission of {party} for {} is kept",
                self.year
            ))
            .hint("countersign aef list")
        })?;
        let path = format!("article6/submissions/{}", hex::encode(kept.sha256));
        self.file.give(&client.file(&path, &[self.file.format()?])?)
    }
}

impl ImportArgs {
    pub(super) fn run(&self, session: &Session) -> Outcome {
        check_size(&self.file)?;
        let kept: SubmissionView =
            session
                .client()?
                .upload("article6/submissions/import", &[], &self.file)?;
        terminal::done(format_args!(
            "{} {} {} is kept",
            kept.party, kept.year, kept.version
        ));
        session.out().show(&kept, shown)
    }
}

/// A file that is missing must not look like an empty one to the node.
fn check_size(path: &Path) -> Outcome {
    let failed = |error: std::io::Error| {
        Failure::validation(format_args!("cannot read {}: {error}", path.display()))
    };
    std::fs::metadata(path).map_err(failed).map(drop)
}

impl ChangesArgs {
    pub(super) fn run(&self, session: &Session) -> Outcome {
        let found: AefChangesView = session
            .client()?
            .get("article6/aef/diff", &self.report.query())?;
        session.out().show(&found, |found| {
            if found.changes.is_empty() {
                return View::Text(format!(
                    "no differences from version {}",
                    found.last.version
                ));
            }
            let lines: Vec<String> = found.changes.iter().flat_map(lines).collect();
            View::Text(lines.join("\n"))
        })
    }
}

fn lines(it: &AefRowChange) -> Vec<String> {
    let sign = match it.difference.as_str() {
        "added" => "+",
        "removed" => "-",
        _ => "~",
    };
    let row = it.after.or(it.before).unwrap_or(1);
    let mut lines = vec![format!("{sign} {} row {row}: {}", it.table, it.key)];
    if it.difference == "changed" {
        lines.extend(
            it.cells
                .iter()
                .map(|cell| format!("    {}: {:?} -> {:?}", cell.column, cell.before, cell.after)),
        );
    }
    lines
}

fn submissions(session: &Session, party: Option<Party>) -> Outcome<Vec<SubmissionView>> {
    let of = party.map(|it| ("party", it.to_string()));
    let of: Vec<_> = of.into_iter().collect();
    let page: countersign_node::http::dto::Page<SubmissionView> =
        session.client()?.get("article6/submissions", &of)?;
    Ok(page.items)
}

const fn origin(it: &SubmissionView) -> &'static str {
    if it.frozen { "frozen" } else { "imported" }
}

fn shown(it: &SubmissionView) -> View {
    View::pairs([
        ("party", it.party.to_string()),
        ("year", it.year.to_string()),
        ("version", it.version.clone()),
        ("origin", origin(it).to_owned()),
        ("SHA-256", hex::encode(it.sha256)),
        ("leaves", or_dash(it.ledger_size)),
        ("errors", it.errors.to_string()),
        ("warnings", it.warnings.to_string()),
    ])
}
