//! Data goes to stdout, through here and nowhere else: as a table for people, as JSON for programs.

use std::io::{self, Write};

use clap::ValueEnum;
use serde::Serialize;

use crate::exit::{Failure, Outcome};
use crate::table::View;

/// How data is printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// Tables and lines for people.
    #[default]
    Table,
    /// JSON for programs.
    Json,
}

/// Where data goes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Out {
    pub(crate) format: Format,
}

impl Out {
    /// Prints a value: as it is for programs, as `view` shows it for people.
    pub(crate) fn show<T: Serialize>(self, value: &T, view: impl FnOnce(&T) -> View) -> Outcome {
        match self.format {
            Format::Json => {
                let mut text = serde_json::to_string_pretty(value).map_err(Failure::other)?;
                text.push('\n');
                write(text.as_bytes())
            }
            Format::Table => write(view(value).to_string().as_bytes()),
        }
    }

    /// Prints one value of a stream: a line of JSON, or a line of text.
    pub(crate) fn line<T: Serialize>(self, value: &T, line: impl FnOnce(&T) -> String) -> Outcome {
        let mut text = match self.format {
            Format::Json => serde_json::to_string(value).map_err(Failure::other)?,
            Format::Table => line(value),
        };
        text.push('\n');
        write(text.as_bytes())
    }
}

/// Prints bytes as they are: a file, a manual page, a completion script.
pub(crate) fn write(bytes: &[u8]) -> Outcome {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(bytes).and_then(|()| stdout.flush()) {
        // Whoever reads has read enough: `| head` is no failure.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => {
            other.map_err(|error| Failure::other(format_args!("cannot write to stdout: {error}")))
        }
    }
}
