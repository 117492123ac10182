//! The certificate of a retirement, made and signed by its node.

use std::path::PathBuf;

use clap::Args;
use countersign_node::ops::files::{self, PUBLIC_FILE_MODE};

use crate::exit::Outcome;
use crate::session::Session;
use crate::terminal;

#[derive(Args, Debug)]
pub(crate) struct CertificateArgs {
    /// The record with this index: a retirement or a cancellation
    #[arg(long, value_name = "N")]
    index: u64,
    /// The language: one that the registry has templates for
    #[arg(long, value_name = "TAG", default_value = "en")]
    language: String,
    /// Write it to this new file
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

impl CertificateArgs {
    pub(crate) fn run(self, session: &Session) -> Outcome {
        let query = [
            ("index", self.index.to_string()),
            ("language", self.language),
        ];
        let file = session.client()?.file("ledger/certificate", &query)?;
        files::write_new(&self.out, &file, PUBLIC_FILE_MODE)?;
        terminal::done(format_args!("written to {}", self.out.display()));
        Ok(())
    }
}
