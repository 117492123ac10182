//! Completion scripts and manual pages, made from the command line's own definition; the description of the HTTP API.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use clap::{Args, CommandFactory, Subcommand};
use clap_complete::Shell;

use crate::args::Cli;
use crate::exit::{Failure, Outcome};
use crate::output;
use crate::terminal;

#[derive(Args, Debug)]
pub(crate) struct CompletionArgs {
    /// The shell
    shell: Shell,
}

#[derive(Args, Debug)]
pub(crate) struct ManArgs {
    /// Write the pages of all commands into this folder
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

#[derive(Subcommand, Debug)]
pub(crate) enum DocsCommand {
    /// Print the description of the HTTP API (OpenAPI 3.1), as a node of this version serves it
    Openapi {
        /// Write it to this new file
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
}

impl DocsCommand {
    pub(crate) fn run(&self) -> Outcome {
        match self {
            Self::Openapi { out } => {
                super::give(countersign_node::http::openapi::json(), out.as_deref())
            }
        }
    }
}

impl CompletionArgs {
    pub(crate) fn run(&self) -> Outcome {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Cli::command(), "countersign", &mut script);
        output::write(&script)
    }
}

impl ManArgs {
    pub(crate) fn run(&self) -> Outcome {
        let mut command = Cli::command();
        // Names of subcommands are complete only after building.
        command.build();
        let Some(folder) = &self.out else {
            return output::write(&page(command)?);
        };
        fs::create_dir_all(folder).map_err(|error| failed(folder, &error))?;
        let written = write_pages(&command, "countersign", folder)?;
        terminal::done(format_args!(
            "{written} pages written to {}",
            folder.display()
        ));
        Ok(())
    }
}

fn page(command: clap::Command) -> Outcome<Vec<u8>> {
    let mut page = Vec::new();
    clap_mangen::Man::new(command)
        .render(&mut page)
        .map_err(Failure::other)?;
    Ok(page)
}

/// Writes the page of a command and those of its subcommands; gives their number.
fn write_pages(command: &clap::Command, name: &str, folder: &Path) -> Outcome<usize> {
    let path = folder.join(format!("{name}.1"));
    fs::write(&path, page(command.clone())?).map_err(|error| failed(&path, &error))?;
    let mut written = 1;
    for inner in command
        .get_subcommands()
        .filter(|inner| inner.get_name() != "help")
    {
        written += write_pages(inner, &format!("{name}-{}", inner.get_name()), folder)?;
    }
    Ok(written)
}

fn failed(path: &Path, error: &io::Error) -> Failure {
    Failure::other(format_args!("cannot write {}: {error}", path.display()))
}
