//! From one format to another.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use countersign_bridge::aef::{Draft, write_csv, write_csv_table, write_json, write_workbook};
use countersign_node::ops::files::{PUBLIC_FILE_MODE, write_new};
use countersign_protocol::article6::aef::check::Severity;
use countersign_protocol::article6::aef::{Aef, Table};

use super::{read, switches};
use crate::exit::{Failure, Outcome};
use crate::output;
use crate::session::Session;
use crate::terminal;

#[derive(Args, Debug)]
pub(crate) struct ConvertArgs {
    /// The submission, in any format; or a folder with a CSV file for each table
    file: PathBuf,
    /// The format to write
    #[arg(long, value_enum)]
    to: To,
    /// A new file to write; with csv, an existing folder gets a file for each table; stdout when left out
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// What the country chose where the sources disagree (TOML; see docs/article6.md)
    #[arg(long, value_name = "FILE")]
    switches: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum To {
    /// A workbook
    Xlsx,
    /// Tables as text, one under the other
    Csv,
    /// JSON
    Json,
}

impl ConvertArgs {
    pub(super) fn run(&self, _session: &Session) -> Outcome {
        let switches = switches(self.switches.as_ref())?;
        let reading = read(&self.file)?;
        let errors = reading.report.count(Severity::Error);
        if errors > 0 {
            terminal::warn(format_args!(
                "{}: {errors} errors in its tables; see countersign aef check",
                self.file.display()
            ));
        }
        if matches!(reading.draft, Draft::First(_)) {
            terminal::warn(
                "the file is in the first draft of the format: what that had not is blank in the second",
            );
        }
        let aef = reading.aef.written_as(&switches);
        if let (To::Csv, Some(folder)) = (self.to, self.out.as_deref().filter(|it| it.is_dir())) {
            return each_table(&aef, folder);
        }
        let bytes = match self.to {
            To::Xlsx => write_workbook(&aef).map_err(Failure::other)?,
            To::Csv => write_csv(&aef).into_bytes(),
            To::Json => write_json(&aef).into_bytes(),
        };
        match &self.out {
            Some(path) => {
                write_new(path, &bytes, PUBLIC_FILE_MODE)?;
                terminal::done(format_args!("written to {}", path.display()));
                Ok(())
            }
            None if matches!(self.to, To::Xlsx) && std::io::stdout().is_terminal() => {
                Err(Failure::usage("a workbook is no text for a terminal")
                    .hint("name a file with --out"))
            }
            None => output::write(&bytes),
        }
    }
}

fn each_table(aef: &Aef, folder: &Path) -> Outcome {
    for table in Table::ALL {
        let path = folder.join(format!("{}.csv", table.sheet()));
        write_new(
            &path,
            write_csv_table(aef, table).as_bytes(),
            PUBLIC_FILE_MODE,
        )?;
        terminal::done(format_args!("written to {}", path.display()));
    }
    Ok(())
}
