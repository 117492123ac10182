//! Writing a ledger out.

use std::path::PathBuf;

use clap::Args;
use countersign_node::export::{self, SignedHead};
use countersign_node::store::StoreReader;
use serde::Serialize;

use super::{open, witnessed};
use crate::exit::{Failure, Outcome};
use crate::progress::Progress;
use crate::session::Session;
use crate::table::View;
use crate::terminal;

#[derive(Args, Debug)]
pub(crate) struct ExportArgs {
    /// The new folder to write
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

/// What was written, as data.
#[derive(Serialize)]
struct Written {
    out: PathBuf,
    origin: String,
    size: u64,
    root: String,
}

impl ExportArgs {
    pub(crate) fn run(self, session: &Session) -> Outcome {
        let reader = open(&session.folder()?)?;
        let head = match witnessed(&reader)? {
            Some(head) => head,
            None => acknowledged(&reader)?,
        };
        let mut progress = Progress::new("export");
        let checkpoint = export::write(&reader, &head, &self.out, &mut |at| {
            progress.at(at.done, at.total);
        })?;
        progress.finish();
        let written = Written {
            out: self.out,
            origin: checkpoint.origin,
            size: checkpoint.size,
            root: hex::encode(checkpoint.root),
        };
        session.out().show(&written, |it| {
            View::pairs([
                ("written to", it.out.display().to_string()),
                ("ledger", it.origin.clone()),
                ("size", format!("{} leaves", it.size)),
                ("root", it.root.clone()),
            ])
        })
    }
}

/// Before any quorum was reached: the head as the log signed it.
fn acknowledged(reader: &StoreReader) -> Outcome<SignedHead> {
    let place = format!("the head of {}", reader.dir().display());
    let head = reader.acknowledged_head()?;
    let head = head.ok_or_else(|| {
        Failure::validation(format_args!("{place} is not there: the ledger is empty"))
    })?;
    terminal::warn(
        "no checkpoint of this ledger is witnessed yet: the export carries the log's own signature only",
    );
    Ok(SignedHead {
        place,
        note: head.note,
    })
}
