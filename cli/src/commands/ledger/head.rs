//! The signed head.

use clap::Args;
use countersign_node::http::dto::HeadView;
use countersign_node::store::StoreReader;
use countersign_protocol::log::Checkpoint;
use countersign_protocol::record::Record;
use serde::Serialize;

use super::open;
use crate::exit::{Exit, Failure, Outcome};
use crate::output;
use crate::session::Session;
use crate::table::{View, moment};

#[derive(Args, Debug)]
pub(crate) struct HeadArgs {
    /// Print the checkpoint itself, as the log signed and witnesses cosigned it
    #[arg(long)]
    note: bool,
}

/// The head as data, with the names of the API.
#[derive(Serialize)]
struct Head {
    size: u64,
    root: String,
    time_ms: u64,
    checkpoint: String,
    witnessed: Option<Witnessed>,
}

#[derive(Serialize)]
struct Witnessed {
    size: u64,
    root: String,
    checkpoint: String,
    cosigned_by: Vec<String>,
}

impl HeadArgs {
    pub(crate) fn run(self, session: &Session) -> Outcome {
        let head = match session.local()? {
            Some(folder) => stored(&open(&folder)?)?,
            None => asked(session.client()?.get("ledger/head", &[])?),
        };
        if self.note {
            let best = head
                .witnessed
                .as_ref()
                .map_or(&head.checkpoint, |it| &it.checkpoint);
            return output::write(best.as_bytes());
        }
        session.out().show(&head, shown)
    }
}

fn asked(view: HeadView) -> Head {
    Head {
        size: view.size,
        root: view.root,
        time_ms: view.time_ms,
        checkpoint: view.checkpoint,
        witnessed: view.witnessed.map(|it| Witnessed {
            size: it.size,
            root: it.root,
            checkpoint: it.checkpoint,
            cosigned_by: it.cosigned_by,
        }),
    }
}

fn stored(reader: &StoreReader) -> Outcome<Head> {
    let place = reader.dir().display();
    let guarded = reader.acknowledged_head()?;
    let note = guarded
        .ok_or_else(|| Failure::validation(format_args!("{place} holds no signed head yet")))?
        .note;
    let damaged = |error: &dyn std::fmt::Display| {
        Failure::new(Exit::Integrity, format_args!("{place}: {error}"))
    };
    let (_, checkpoint) = Checkpoint::parse_note(&note).map_err(|error| damaged(&error))?;
    let last = reader.leaf(checkpoint.size.saturating_sub(1))?;
    let record = Record::decode(&last.unwrap_or_default()).map_err(|error| damaged(&error))?;
    let witnessed = reader.witnessed_note()?.map(|note| {
        let (signed, head) = Checkpoint::parse_note(&note).map_err(|error| damaged(&error))?;
        let names = signed
            .signatures()
            .iter()
            .map(|line| line.name().to_owned());
        Ok::<_, Failure>(Witnessed {
            size: head.size,
            root: hex::encode(head.root),
            cosigned_by: names.filter(|name| *name != head.origin).collect(),
            checkpoint: note,
        })
    });
    Ok(Head {
        size: checkpoint.size,
        root: hex::encode(checkpoint.root),
        time_ms: record.time_ms,
        checkpoint: note,
        witnessed: witnessed.transpose()?,
    })
}

fn shown(head: &Head) -> View {
    let witnessed = head.witnessed.as_ref().map_or_else(
        || "no checkpoint yet".to_owned(),
        |it| {
            format!(
                "{} leaves, root {}\ncosigned by {}",
                it.size,
                it.root,
                it.cosigned_by.join(", ")
            )
        },
    );
    View::pairs([
        ("size", format!("{} leaves", head.size)),
        ("root", head.root.clone()),
        ("last record", moment(head.time_ms)),
        ("witnessed", witnessed),
    ])
}
