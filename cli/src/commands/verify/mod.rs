//! Verifying offline: proof bundles, exported ledgers and checkpoints, against a trust file. No data folder, no network.

pub(super) mod exported;
mod shown;
pub(super) mod summary;

use std::path::{Path, PathBuf};

use clap::Args;
use countersign_node::export::CHECKPOINT_FILE;
use countersign_node::ops::files::{self, PUBLIC_FILE_MODE};
use countersign_protocol::credential;
use countersign_protocol::letter;
use countersign_protocol::log::{Policy, ProvenLeaf, SignedNote, TlogProof, VerifiedCheckpoint};
use countersign_protocol::record::Record;
use countersign_protocol::verdict::{Verdict, judge};

use super::ledger::verify_export;
use super::read_text;
use crate::exit::{Exit, Failure, Outcome};
use crate::output::Format;
use crate::session::Session;
use crate::terminal;
use shown::{Checked, Shown};

#[derive(Args, Debug)]
pub(crate) struct VerifyArgs {
    /// Proof bundles, letters that carry their proof, W3C Verifiable Credentials, checkpoints, or folders with exported ledgers
    #[arg(required_unless_present = "page", value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Whom to believe (C2SP tlog-policy): logs, witnesses, the quorum
    #[arg(long, value_name = "FILE")]
    trust: PathBuf,
    /// In exported ledgers, apply every rule again
    #[arg(long)]
    replay: bool,
    /// What came later: other bundles of the same units, or answers of the registry to where they are
    #[arg(long, value_name = "FILE")]
    later: Vec<PathBuf>,
    /// Write the offline page: a file that verifies in any browser without a network, and trusts whom --trust names
    #[arg(long, value_name = "FILE", conflicts_with = "files")]
    page: Option<PathBuf>,
}

impl VerifyArgs {
    pub(crate) fn run(self, session: &Session) -> Outcome {
        let trust = read_trust(&self.trust)?;
        if let Some(path) = &self.page {
            let page = countersign_verifier::page::page(&trust);
            files::write_new(path, page.as_bytes(), PUBLIC_FILE_MODE)?;
            terminal::done(format_args!("written to {}", path.display()));
            return Ok(());
        }
        let out = session.out();
        let later = self.later.iter().map(|path| read_bytes(path));
        let later = later.collect::<Outcome<Vec<_>>>()?;
        let mut failed = Vec::new();
        for file in &self.files {
            let checked = check(file, &trust, &later, self.replay);
            let verdict = Shown::new(file, &checked);
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

fn read_bytes(path: &Path) -> Outcome<Vec<u8>> {
    std::fs::read(path).map_err(|error| {
        Failure::validation(format_args!("cannot read {}: {error}", path.display()))
    })
}

fn check(path: &Path, trust: &Policy, later: &[Vec<u8>], replay: bool) -> Outcome<Checked> {
    if path.join(CHECKPOINT_FILE).exists() {
        let report = verify_export(path, replay, Some(trust))?;
        return Ok(Checked::Ledger(Box::new(report)));
    }
    let refused = |error: &dyn std::fmt::Display| Failure::new(Exit::Integrity, error);
    let bytes = std::fs::read(path)
        .map_err(|error| Failure::validation(format_args!("cannot read it: {error}")))?;
    let carried = letter::detach(&bytes);
    if letter::is_pdf(&bytes) && carried.is_none() {
        return Err(refused(
            &"the file carries no proof in the form that letters do: none was attached, or it was changed since",
        ));
    }
    // A flipped bit may well leave no text: that is an alteration too.
    let text = carried.map_or(bytes.as_slice(), |it| it.bundle.as_bytes());
    let text = std::str::from_utf8(text)
        .map_err(|_| refused(&"it is no text: it was altered, or is no proof bundle"))?;
    if credential::is_one(text) {
        let signed = credential::check(trust, text).map_err(|error| refused(&error))?;
        let mut proven = judged(signed.bundle.as_bytes(), &signed.bundle, trust, later)?;
        proven.credential = Some(signed);
        return Ok(Checked::Record(Box::new(proven)));
    }
    if !text.starts_with("c2sp.org/tlog-proof@")
        && text.contains("\n\n\u{2014} ")
        && !text.contains("\nindex ")
    {
        let note = SignedNote::parse(text).map_err(|error| refused(&error))?;
        let verified = trust.check(&note).map_err(|error| refused(&error))?;
        return Ok(Checked::Checkpoint(verified));
    }
    Ok(Checked::Record(Box::new(judged(
        &bytes, text, trust, later,
    )?)))
}

/// Judges a bundle, or the file that carries it, in the light of what came later.
fn judged(file: &[u8], text: &str, trust: &Policy, later: &[Vec<u8>]) -> Outcome<shown::Proven> {
    let refused = |error: &dyn std::fmt::Display| Failure::new(Exit::Integrity, error);
    let bundle = TlogProof::parse(text).map_err(|error| refused(&error))?;
    let (proven, head) = prove(&bundle, trust)?;
    let record = Record::decode(&proven.leaf).map_err(|error| {
        refused(&format_args!(
            "it proves a leaf that is not a record of this version: {error}"
        ))
    })?;
    let later: Vec<&[u8]> = later.iter().map(Vec::as_slice).collect();
    let judgement = judge(trust, file, &later);
    match judgement.verdict {
        Verdict::Valid | Verdict::Moved | Verdict::FreshnessUnknown => {}
        _ => return Err(refused(&judgement.why.unwrap_or_default())),
    }
    Ok(shown::Proven {
        proven,
        head,
        record,
        judgement,
        credential: None,
    })
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
