//! The Verifiable Credential of one record. Its node signs it, with the key of the log.

use std::path::PathBuf;

use clap::Args;

use crate::commands::give;
use crate::exit::Outcome;
use crate::session::Session;

#[derive(Args, Debug)]
pub(crate) struct CredentialArgs {
    /// The record with this index: an authorisation, an issuance or a retirement
    #[arg(long, value_name = "N")]
    index: u64,
    /// Write it to this new file instead of stdout
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

impl CredentialArgs {
    pub(crate) fn run(self, session: &Session) -> Outcome {
        let query = [("index", self.index.to_string())];
        let text = session.client()?.text("ledger/credential", &query)?;
        give(&text, self.out.as_deref())
    }
}
