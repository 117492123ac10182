//! Verifying a whole ledger, in a data folder or exported.

use std::path::{Path, PathBuf};

use clap::Args;
use countersign_node::export::{self, ExportedLedger, Folder, Options, Report};
use countersign_node::ledger;
use countersign_node::run::DataFolder;
use countersign_node::store::StoreReader;
use countersign_protocol::log::Policy;
use serde::Serialize;

use crate::commands::verify::{exported, read_trust};
use crate::exit::{Exit, Failure, Outcome};
use crate::progress::Progress;
use crate::session::Session;
use crate::table::View;
use crate::terminal;

#[derive(Args, Debug)]
pub(crate) struct VerifyArgs {
    /// An exported ledger, or a data folder; by default the data folder named with --data
    dir: Option<PathBuf>,
    /// Fold every record through the rules again: balances, digests, and in a data folder the state that it keeps
    #[arg(long)]
    replay: bool,
    /// Whom to believe (C2SP tlog-policy); without it only the ledger's own key is checked
    #[arg(long, value_name = "FILE")]
    trust: Option<PathBuf>,
}

/// A verified store as data.
#[derive(Serialize)]
struct Stored {
    valid: bool,
    place: String,
    size: u64,
    root: String,
    signed_size: u64,
    rows: u64,
    replayed: bool,
    cosigned_by: Option<Vec<String>>,
}

impl VerifyArgs {
    pub(crate) fn run(self, session: &Session) -> Outcome {
        let trust = self.trust.as_deref().map(read_trust).transpose()?;
        let dir = match &self.dir {
            Some(dir) => dir.clone(),
            None => session.folder()?.path().to_owned(),
        };
        if dir.join(export::CHECKPOINT_FILE).exists() {
            let report = verify_export(&dir, self.replay, trust.as_ref())?;
            return session
                .out()
                .show(&exported::Data::from(&report), |_| exported::view(&report));
        }
        let folder = DataFolder::new(&dir);
        if !folder.ledger().is_dir() {
            return Err(Failure::validation(format_args!(
                "{} is neither an exported ledger (it has no file checkpoint) nor a data folder (it has no folder ledger)",
                dir.display()
            )));
        }
        self.verify_store(&folder, trust.as_ref(), session)
    }

    fn verify_store(
        &self,
        folder: &DataFolder,
        trust: Option<&Policy>,
        session: &Session,
    ) -> Outcome {
        let reader = super::open(folder)?;
        let mut progress = Progress::new(what(self.replay));
        let verified = ledger::verify(&reader, self.replay, |done, total| progress.at(done, total))
            .map_err(|error| match error {
                ledger::VerifyError::Store(error) => error.into(),
                error => Failure::new(Exit::Integrity, error),
            })?;
        progress.finish();
        let stored = Stored {
            valid: true,
            place: reader.dir().display().to_string(),
            size: verified.size,
            root: hex::encode(verified.root),
            signed_size: verified.signed_size,
            rows: verified.rows,
            replayed: verified.replayed,
            cosigned_by: trust.map(|trust| cosigners(&reader, trust)).transpose()?,
        };
        session.out().show(&stored, shown)
    }
}

fn what(replay: bool) -> &'static str {
    if replay { "replay" } else { "verify" }
}

/// Verifies an exported ledger, with progress.
pub(in crate::commands) fn verify_export(
    dir: &Path,
    replay: bool,
    trust: Option<&Policy>,
) -> Outcome<Report> {
    let mut progress = Progress::new(what(replay));
    let ledger = ExportedLedger(Folder::new(dir));
    let options = Options { replay, trust };
    let report = export::verify(&ledger, &options, &mut |at| progress.at(at.done, at.total))?;
    progress.finish();
    if trust.is_none() {
        terminal::warn(
            "no trust file was given: only the key that the ledger itself names was believed",
        );
    }
    Ok(report)
}

/// Who cosigned the witnessed checkpoint, by the trust file.
fn cosigners(reader: &StoreReader, trust: &Policy) -> Outcome<Vec<String>> {
    let Some(head) = super::witnessed(reader)? else {
        return Err(super::not_witnessed(
            "no checkpoint of this ledger is witnessed yet",
        ));
    };
    let verified = trust
        .check_text(&head.note)
        .map_err(|error| Failure::new(Exit::Integrity, format_args!("{}: {error}", head.place)))?;
    let names = verified.cosigned_by().iter().map(|it| it.witness.clone());
    Ok(names.collect())
}

fn shown(it: &Stored) -> View {
    let rules = if it.replayed {
        "every rule, balance and row holds"
    } else {
        "not replayed: --replay applies every rule again"
    };
    View::pairs([
        ("valid", "yes".to_owned()),
        (
            "leaves",
            format!(
                "{}, {} of them under the newest signed head",
                it.size, it.signed_size
            ),
        ),
        ("root", it.root.clone()),
        (
            "database",
            format!("{} rows read, every checksum right", it.rows),
        ),
        ("rules", rules.to_owned()),
        (
            "cosigned by",
            it.cosigned_by.as_ref().map_or_else(
                || "not checked: no trust file".to_owned(),
                |names| names.join(", "),
            ),
        ),
    ])
}
