//! Letters that were issued: listing, saving, and telling whether a file is one.

use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;
use countersign_node::http::dto::{FileHash, LetterCheckView, LetterView};
use countersign_node::ops::files::{self, PUBLIC_FILE_MODE};
use countersign_protocol::letter;
use countersign_protocol::log::{Hash, TlogProof};
use countersign_protocol::record::{Body, Record};
use countersign_protocol::time::Timestamp;
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::commands::read_text;
use crate::commands::verify::{prove, read_trust};
use crate::exit::{Exit, Failure, Outcome};
use crate::session::Session;
use crate::table::{Table, View, moment, or_dash};
use crate::terminal;

/// The largest file that may be a letter.
const LETTER_BYTES_MAX: u64 = 64 * 1024 * 1024;

#[derive(Args, Debug)]
pub(crate) struct SaveArgs {
    /// SHA-256 of the letter, as `letter list` shows it
    sha256: FileHash,
    /// Where it goes; a file that is there stays as it is
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Save the proof of the leaf that records the letter too, for `letter check` without a network
    #[arg(long, value_name = "FILE")]
    proof: Option<PathBuf>,
    /// Attach that proof to the file itself (PDF/A-3): the letter then verifies by itself, with `verify` or the offline page
    #[arg(long)]
    attach: bool,
}

#[derive(Args, Debug)]
pub(crate) struct CheckArgs {
    /// The file
    #[arg(value_name = "FILE.pdf")]
    file: PathBuf,
    /// Hold it against this proof bundle, without a network, instead of asking the node
    #[arg(long, value_name = "BUNDLE", requires = "trust")]
    proof: Option<PathBuf>,
    /// Whom to believe (C2SP tlog-policy), for --proof or for the proof that the file itself carries
    #[arg(long, value_name = "FILE")]
    trust: Option<PathBuf>,
}

pub(crate) fn list(case: u64, session: &Session) -> Outcome {
    let path = format!("cases/{case}/letters");
    let found: Vec<LetterView> = session.client()?.all(&path)?;
    session.out().show(&found, |found| table(found))
}

fn table(letters: &[LetterView]) -> View {
    Table::of(
        ["LETTER", "LANGUAGE", "ACT>", "ISSUED", "LEAF>", "SHA-256"],
        "no letters",
        letters,
        |it| {
            let waits = it.trouble.as_ref().map_or_else(
                || "is being made".to_owned(),
                |why| format!("not made yet: {why}"),
            );
            [
                it.letter.clone(),
                it.language.clone(),
                it.act.to_string(),
                or_dash(it.issued_ms.map(moment)),
                or_dash(it.leaf),
                it.sha256.clone().unwrap_or(waits),
            ]
        },
    )
}

impl SaveArgs {
    pub(crate) fn run(&self, session: &Session) -> Outcome {
        let client = session.client()?;
        let bytes = client.bytes(&format!("letters/{}/file", self.sha256))?;
        // The node may be anybody's: what counts is the hash.
        if hash(&bytes) != self.sha256.0 {
            return Err(Failure::new(
                Exit::Integrity,
                "the node sent a file with another SHA-256: it was altered",
            ));
        }
        let mut proof = None;
        if self.proof.is_some() || self.attach {
            let checked: LetterCheckView = client.get(&format!("letters/{}", self.sha256), &[])?;
            let issued = checked
                .letter
                .and_then(|letter| letter.leaf.zip(letter.issued_ms));
            let (leaf, issued_ms) =
                issued.ok_or_else(|| Failure::other("the node knows no such letter"))?;
            let bundle = client.text("ledger/proof", &[("index", leaf.to_string())])?;
            proof = Some((bundle, issued_ms));
        }
        let bytes = match &proof {
            Some((bundle, issued_ms)) if self.attach => {
                let issued = Timestamp::from_seconds(issued_ms / 1000).map_err(Failure::other)?;
                letter::attach(&bytes, bundle, issued).map_err(Failure::other)?
            }
            _ => bytes,
        };
        files::write_new(&self.out, &bytes, PUBLIC_FILE_MODE)?;
        terminal::done(format_args!("written to {}", self.out.display()));
        if let (Some(path), Some((bundle, _))) = (&self.proof, &proof) {
            files::write_new(path, bundle.as_bytes(), PUBLIC_FILE_MODE)?;
            terminal::done(format_args!("written to {}", path.display()));
        }
        Ok(())
    }
}

impl CheckArgs {
    pub(crate) fn run(&self, session: &Session) -> Outcome {
        let file = read(&self.file)?;
        let carried = letter::detach(&file);
        if carried.is_some_and(|it| it.signature.is_some()) {
            let why =
                "it is a certificate, which no record names: check it with `countersign verify`";
            return Err(self.unknown(why));
        }
        let sha256 = hash(carried.map_or(file.as_slice(), |it| it.letter));
        match (&self.proof, &self.trust, carried) {
            (Some(proof), Some(trust), _) => {
                self.check_offline(sha256, proof, &read_text(proof)?, trust, session)
            }
            (None, Some(trust), Some(carried)) => {
                self.check_offline(sha256, &self.file, carried.bundle, trust, session)
            }
            (None, Some(_), None) => {
                Err(self.unknown("it carries no proof; give one with --proof"))
            }
            _ => self.ask(sha256, session),
        }
    }

    fn ask(&self, sha256: Hash, session: &Session) -> Outcome {
        let path = format!("letters/{}", hex::encode(sha256));
        let found: LetterCheckView = session.client()?.get(&path, &[])?;
        session.out().show(&found, |found| match &found.letter {
            Some(letter) => view(letter),
            None => View::pairs([("SHA-256", found.sha256.clone())]),
        })?;
        if found.issued {
            Ok(())
        } else {
            Err(self.unknown("this registry issued no such letter"))
        }
    }

    /// The bundle proves a leaf, the leaf records a letter, and the letter is this file.
    fn check_offline(
        &self,
        sha256: Hash,
        proof: &Path,
        bundle: &str,
        trust: &Path,
        session: &Session,
    ) -> Outcome {
        let altered = |error: &dyn std::fmt::Display| {
            Failure::new(
                Exit::Integrity,
                format_args!("{}: {error}", proof.display()),
            )
        };
        let bundle = TlogProof::parse(bundle).map_err(|error| altered(&error))?;
        let (proven, _) = prove(&bundle, &read_trust(trust)?)?;
        let record = Record::decode(&proven.leaf).map_err(|error| altered(&error))?;
        let Body::LetterIssued(letter) = record.body else {
            let why = "it proves a leaf that records no letter; save the right one with `letter save --proof`";
            return Err(altered(&why));
        };
        if letter.sha256 != sha256 {
            return Err(self.unknown("the proven leaf records a letter with another SHA-256"));
        }
        let shown = json!({
            "sha256": hex::encode(sha256), "issued": true, "case": letter.case, "act": letter.act,
            "letter": letter.letter, "language": letter.language, "leaf": proven.index,
            "issued_ms": record.time_ms, "origin": proven.origin,
        });
        session.out().show(&shown, |_| {
            View::pairs([
                (
                    "letter",
                    format!("{} in {}", letter.letter, letter.language),
                ),
                ("case", letter.case.to_string()),
                ("act", format!("leaf {}", letter.act)),
                (
                    "recorded",
                    format!("leaf {} of {}", proven.index, proven.origin),
                ),
                ("issued", moment(record.time_ms)),
                ("SHA-256", hex::encode(sha256)),
            ])
        })
    }

    fn unknown(&self, why: &str) -> Failure {
        Failure::new(
            Exit::Integrity,
            format_args!(
                "{} is no issued letter, or was altered: {why}",
                self.file.display()
            ),
        )
    }
}

fn view(letter: &LetterView) -> View {
    View::pairs([
        ("letter", format!("{} in {}", letter.title, letter.language)),
        ("case", letter.case.to_string()),
        ("act", format!("leaf {}", letter.act)),
        (
            "recorded",
            or_dash(letter.leaf.map(|leaf| format!("leaf {leaf}"))),
        ),
        ("issued", or_dash(letter.issued_ms.map(moment))),
        ("SHA-256", or_dash(letter.sha256.as_ref())),
    ])
}

fn read(path: &Path) -> Outcome<Vec<u8>> {
    let failed = |error: &dyn std::fmt::Display| {
        Failure::validation(format_args!("cannot read {}: {error}", path.display()))
    };
    let size = fs::metadata(path).map_err(|error| failed(&error))?.len();
    if size > LETTER_BYTES_MAX {
        return Err(failed(&"it is larger than any letter"));
    }
    fs::read(path).map_err(|error| failed(&error))
}

fn hash(bytes: &[u8]) -> Hash {
    Sha256::digest(bytes).into()
}
