//! The newest records.

use std::time::Duration;

use clap::Args;
use countersign_bridge::records_jsonl::Line;
use countersign_node::http::dto::{HeadView, Page};
use countersign_node::run::DataFolder;
use countersign_node::store::StoreReader;
use countersign_protocol::log::leaf_hash;
use countersign_protocol::record::Record;

use super::open;
use crate::client::Client;
use crate::commands::verify::summary;
use crate::exit::{Exit, Failure, Outcome};
use crate::session::Session;
use crate::table::moment;

/// How often a followed ledger is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(500);

#[derive(Args, Debug)]
pub(crate) struct TailArgs {
    /// How many
    #[arg(short = 'n', long, value_name = "N", default_value_t = 10)]
    lines: u64,
    /// Go on with what comes, until Ctrl-C
    #[arg(short, long)]
    follow: bool,
}

/// Where records come from.
enum Source {
    Store(DataFolder),
    Api(Client),
}

impl TailArgs {
    pub(crate) fn run(self, session: &Session) -> Outcome {
        let source = match session.local()? {
            Some(folder) => Source::Store(folder),
            None => Source::Api(session.client()?),
        };
        let mut next = source.size()?.saturating_sub(self.lines);
        loop {
            let lines = source.from(next)?;
            next += lines.len() as u64;
            for line in &lines {
                session.out().line(line, text)?;
            }
            if !self.follow {
                return Ok(());
            }
            std::thread::sleep(LOOK_EVERY);
        }
    }
}

fn text(line: &Line) -> String {
    let kind = line.record.body.kind().replace('_', " ");
    let time = moment(line.record.time_ms);
    format!(
        "{:>8}  {time}  {kind:<14}  {}",
        line.index,
        summary::body(&line.record.body)
    )
}

impl Source {
    fn size(&self) -> Outcome<u64> {
        match self {
            Self::Store(folder) => Ok(acknowledged(&open(folder)?)?),
            Self::Api(client) => Ok(client.get::<HeadView>("ledger/head", &[])?.size),
        }
    }

    /// Every record from this one on.
    fn from(&self, first: u64) -> Outcome<Vec<Line>> {
        match self {
            Self::Store(folder) => stored(&open(folder)?, first),
            Self::Api(client) => {
                let mut lines = Vec::new();
                let mut next = Some(first.to_string());
                while let Some(from) = next {
                    let page: Page<Line> = client.get("ledger/records", &[("from", from)])?;
                    for line in page.items {
                        lines.push(checked(line)?);
                    }
                    next = page.next;
                }
                Ok(lines)
            }
        }
    }
}

fn acknowledged(reader: &StoreReader) -> Outcome<u64> {
    Ok(reader.acknowledged_head()?.map_or(0, |head| head.size))
}

fn stored(reader: &StoreReader, first: u64) -> Outcome<Vec<Line>> {
    let mut lines = Vec::new();
    let mut leaves = reader.leaves(first..acknowledged(reader)?)?;
    while let Some((index, leaf)) = leaves.next_leaf()? {
        let record = Record::decode(leaf).map_err(|error| {
            Failure::new(Exit::Integrity, format_args!("record {index}: {error}"))
        })?;
        lines.push(Line {
            index,
            leaf_hash: leaf_hash(leaf),
            record,
        });
    }
    Ok(lines)
}

/// What a node shows is believed no more than a file: its leaf hash must follow from it.
fn checked(line: Line) -> Outcome<Line> {
    if leaf_hash(&line.record.encode()) == line.leaf_hash {
        return Ok(line);
    }
    Err(Failure::new(
        Exit::Integrity,
        format_args!(
            "the node shows record {} with a leaf hash that is not its own",
            line.index
        ),
    ))
}
