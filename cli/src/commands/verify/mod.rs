//! Verifying offline: proof bundles, exported ledgers and checkpoints, against a trust file. No data folder, no network.

pub(super) mod exported;
mod shown;
pub(super) mod summary;

use std::path::{Path, PathBuf};

use clap::Args;
use countersign_node::export::CHECKPOINT_FILE;
use countersign_protocol::log::{Policy, ProvenLeaf, SignedNote, TlogProof, VerifiedCheckpoint};
use countersign_protocol::record::Record;

use super::ledger::verify_export;
use super::read_text;
use crate::exit::{Exit, Failure, Outcome};
use crate::output::Format;
use crate::session::Session;
use crate::terminal;
use shown::{Checked, Verdict};

#[derive(Args, Debug)]
pub(crate) struct VerifyArgs {
    /// Proof bundles, checkpoints, or folders with exported ledgers
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Whom to believe (C2SP tlog-policy): logs, witnesses, the quorum
    #[arg(long, value_name = "FILE")]
    trust: PathBuf,
    /// In exported ledgers, apply every rule again
    #[arg(long)]
    replay: bool,
}

impl VerifyArgs {
    pub(crate) fn run(self, session: &Session) -> Outcome {
        let trust = read_trust(&self.trust)?;
        let out = session.out();
        let mut failed = Vec::new();
        for file in &self.files {
            let checked = check(file, &trust, self.replay);
            let verdict = Verdict::new(file, &checked);
            match out.format {
                Format::Json => out.line(&verdict, |_| String::new())?,
                Format::Table => match &checked {
                    Ok(checked) => out.show(&verdict, |_| shown::view(file, checked))?,
                    Err(failure) => {
                        terminal::complain(format_args!("{}: {}", file.display(), failure.message));
                    }
                },
            }
            failed.extend(checked.err());
        }
        let Some(first) = failed.first() else {
            return Ok(());
        };
        // What was altered weighs more than what could not be read.
        let altered = failed.iter().any(|failure| failure.exit == Exit::Integrity);
        let exit = match first.exit {
            _ if altered => Exit::Integrity,
            _ if failed.len() < self.files.len() => Exit::Partial,
            exit => exit,
        };
        // Of a single file everything is said already.
        let sum = match self.files.len() {
            1 => String::new(),
            files => format!("{} of {files} not verified", failed.len()),
        };
        Err(Failure::new(exit, sum))
    }
}

/// Reads a trust file.
pub(in crate::commands) fn read_trust(path: &Path) -> Outcome<Policy> {
    read_text(path)?
        .parse()
        .map_err(|error| Failure::validation(format_args!("{}: {error}", path.display())))
}

fn check(path: &Path, trust: &Policy, replay: bool) -> Outcome<Checked> {
    if path.join(CHECKPOINT_FILE).exists() {
        let report = verify_export(path, replay, Some(trust))?;
        return Ok(Checked::Ledger(Box::new(report)));
    }
    let refused = |error: &dyn std::fmt::Display| Failure::new(Exit::Integrity, error);
    let bytes = std::fs::read(path)
        .map_err(|error| Failure::validation(format_args!("cannot read it: {error}")))?;
    // A flipped bit may well leave no text: that is an alteration too.
    let text = std::str::from_utf8(&bytes)
        .map_err(|_| refused(&"it is no text: it was altered, or is no proof bundle"))?;
    if !text.starts_with("c2sp.org/tlog-proof@")
        && text.contains("\n\n\u{2014} ")
        && !text.contains("\nindex ")
    {
        let note = SignedNote::parse(text).map_err(|error| refused(&error))?;
        let verified = trust.check(&note).map_err(|error| refused(&error))?;
        return Ok(Checked::Checkpoint(verified));
    }
    let bundle = TlogProof::parse(text).map_err(|error| refused(&error))?;
    let (proven, head) = prove(&bundle, trust)?;
    let record = Record::decode(&proven.leaf).map_err(|error| {
        refused(&format_args!(
            "it proves a leaf that is not a record of this version: {error}"
        ))
    })?;
    Ok(Checked::Record(Box::new(shown::Proven {
        proven,
        head,
        record,
    })))
}

pub(super) fn prove(
    bundle: &TlogProof,
    trust: &Policy,
) -> Outcome<(ProvenLeaf, VerifiedCheckpoint)> {
    let refused = |error: &dyn std::fmt::Display| Failure::new(Exit::Integrity, error);
    let head = trust
        .check_text(&bundle.checkpoint)
        .map_err(|error| refused(&error))?;
    let proven = bundle
        .verify_against(&head)
        .map_err(|error| refused(&error))?;
    Ok((proven, head))
}
