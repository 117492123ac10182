//! The ledger: head, newest records, proofs, verification, export. These commands read the data folder itself, whether
//! its node runs or not; with --url they ask a node.

mod certificate;
mod credential;
mod export;
mod head;
mod proof;
mod tail;
mod verify;

pub(in crate::commands) use verify::verify_export;

use clap::Subcommand;
use countersign_node::export::SignedHead;
use countersign_node::run::DataFolder;
use countersign_node::store::StoreReader;

use crate::exit::{Exit, Failure, Outcome};
use crate::session::Session;

#[derive(Debug, Subcommand)]
pub(crate) enum LedgerCommand {
    /// Show the signed head and how far it is witnessed
    Head(head::HeadArgs),
    /// Show the newest records
    Tail(tail::TailArgs),
    /// Write a proof bundle for one record
    Proof(proof::ProofArgs),
    /// Have the node sign a W3C Verifiable Credential of one record
    Credential(credential::CredentialArgs),
    /// Have the node make and sign the certificate of a retirement: a PDF/A file that carries its proof
    Certificate(certificate::CertificateArgs),
    /// Verify every leaf, tile and signature; with --replay every rule and balance too
    Verify(verify::VerifyArgs),
    /// Write the ledger out as files that any tool for C2SP tlog-tiles reads
    Export(export::ExportArgs),
}

impl LedgerCommand {
    pub(crate) fn run(self, session: &Session) -> Outcome {
        match self {
            Self::Head(args) => args.run(session),
            Self::Tail(args) => args.run(session),
            Self::Proof(args) => args.run(session),
            Self::Credential(args) => args.run(session),
            Self::Certificate(args) => args.run(session),
            Self::Verify(args) => args.run(session),
            Self::Export(args) => args.run(session),
        }
    }
}

/// Opens the ledger of a data folder for reading, beside its node if that runs.
fn open(folder: &DataFolder) -> Outcome<StoreReader> {
    Ok(StoreReader::open(&folder.ledger())?)
}

/// The newest head that a quorum of witnesses has cosigned.
fn witnessed(reader: &StoreReader) -> Outcome<Option<SignedHead>> {
    let note = reader.witnessed_note()?;
    Ok(note.map(|note| SignedHead {
        place: format!("the witnessed checkpoint of {}", reader.dir().display()),
        note,
    }))
}

fn not_witnessed(what: impl std::fmt::Display) -> Failure {
    Failure::new(Exit::Unreachable, what)
        .hint("`countersign status` shows which witnesses are missing")
}
