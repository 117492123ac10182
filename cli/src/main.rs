//! `countersign`: serves a national carbon registry node, operates it, and verifies anything offline.
//!
//! Thin by rule: every command reads its arguments, calls the node's library or a running node's HTTP API, and renders
//! the answer. Data goes to stdout, everything else to stderr.

mod args;
mod client;
mod commands;
#[cfg(test)]
mod documentation;
mod exit;
mod form;
mod kept;
mod output;
mod passphrase;
mod progress;
mod session;
mod table;
mod terminal;
mod words;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    let cli = match args::Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version are data, mistakes are talk; clap knows which is which.
            let _ = error.print();
            return if error.use_stderr() {
                exit::Exit::Usage.into()
            } else {
                ExitCode::SUCCESS
            };
        }
    };
    match commands::run(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}
