//! Files of rows: transfers, retirements, holds, accounts, cases.

use std::path::PathBuf;

use clap::Args;
use countersign_node::http::dto::{BulkAnswer, BulkKind, BulkStatus, RowAnswer};

use crate::client::WriteArgs;
use crate::commands::read_rows;
use crate::exit::{Exit, Failure, Outcome};
use crate::session::Session;
use crate::table::Table;
use crate::terminal;

/// The largest file that the node takes.
const BYTES_MAX: u64 = 8 * 1024 * 1024;

#[derive(Args, Debug)]
pub(crate) struct BulkArgs {
    /// What the rows are: accounts, account-transfers, retirements, standing-holds or cases
    #[arg(value_name = "KIND")]
    kind: BulkKind,
    /// A CSV file with a heading, or JSON line by line (.jsonl, .ndjson)
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Only say what would become of each row
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    write: WriteArgs,
}

impl BulkArgs {
    pub(crate) fn run(self, session: &Session) -> Outcome {
        let (kind, file) = (self.kind, self.file.display());
        let content_type = match self.file.extension().and_then(|it| it.to_str()) {
            Some("csv") => "text/csv",
            Some("jsonl" | "ndjson") => "application/x-ndjson",
            _ => {
                return Err(Failure::validation(format_args!(
                    "{file} is neither .csv nor .jsonl: the name of the file says how it is written"
                )));
            }
        };
        let bytes = read_rows(&self.file, BYTES_MAX)?;
        if !self.dry_run {
            session.confirm(&format!("Write the rows of {file} as {kind}?"))?;
        }
        let path = format!("bulk/{kind}");
        let client = session.client()?;
        let answer: BulkAnswer =
            client.rows(&path, &self.write, self.dry_run, content_type, &bytes)?;
        session.out().show(&answer, |answer| {
            let refused = answer.results.iter().filter(|row| row.problem.is_some());
            let refused: Vec<&RowAnswer> = refused.collect();
            Table::of(
                ["ROW>", "LINE>", "PROBLEM", "DETAIL"],
                "no row was refused",
                &refused,
                |row| cells(row),
            )
        })?;
        ended(&answer)
    }
}

fn cells(row: &RowAnswer) -> [String; 4] {
    let problem = row.problem.as_ref();
    let kind = problem.map(|it| it.kind.rsplit(':').next().unwrap_or_default().to_owned());
    let kind = problem.and_then(|it| it.code.clone()).or(kind);
    [
        row.row.to_string(),
        row.line.to_string(),
        kind.unwrap_or_default(),
        problem.map(|it| it.detail.clone()).unwrap_or_default(),
    ]
}

/// Says what became of the rows, and makes it the exit code.
fn ended(answer: &BulkAnswer) -> Outcome {
    let BulkAnswer {
        rows,
        written,
        repeated,
        possible,
        refused,
        results,
    } = answer;
    let is_trial = results
        .iter()
        .all(|row| matches!(row.status, BulkStatus::Possible | BulkStatus::Refused));
    let done = if is_trial && *possible > 0 {
        format!("{possible} of {rows} rows could be written, {refused} not")
    } else {
        format!("{written} rows written, {repeated} written before, {refused} refused")
    };
    match *refused {
        0 => {
            terminal::done(done);
            Ok(())
        }
        refused if refused == *rows => Err(Failure::validation(done)),
        _ => Err(Failure::new(Exit::Partial, done)),
    }
}
