//! The event feed, read and checked.

use std::time::Duration;

use clap::Args;
use countersign_bridge::event::{Event, EventKinds, EventMove};
use countersign_node::http::dto::Events;
use countersign_protocol::log::leaf_hash;

use crate::client::Client;
use crate::exit::{Exit, Failure, Outcome};
use crate::session::Session;
use crate::table::tonnes;
use crate::terminal;

/// How long the node keeps a question open when there is no news, in seconds.
const WAIT_S: u64 = 20;

/// The pause before a node that is away is asked again.
const PAUSE: Duration = Duration::from_secs(2);

#[derive(Args, Debug)]
pub(crate) struct EventsArgs {
    /// Go on after this leaf; without it the feed begins with the first
    #[arg(long, value_name = "INDEX")]
    after: Option<u64>,
    /// Go on with what comes, until Ctrl-C
    #[arg(short, long)]
    follow: bool,
    /// Only these types, such as unit.issued,transfer.*
    #[arg(long, value_name = "TYPES", value_parser = types)]
    types: Option<String>,
    /// Only leaves that a quorum of witnesses has cosigned
    #[arg(long)]
    witnessed: bool,
}

/// Says at once that a type is misspelled.
fn types(text: &str) -> Result<String, String> {
    let read = text.parse::<EventKinds>();
    read.map(|_| text.to_owned())
        .map_err(|error| error.to_string())
}

impl EventsArgs {
    pub(crate) fn run(self, session: &Session) -> Outcome {
        let client = session.client()?;
        let mut after = self.after.map(|after| after.to_string());
        loop {
            let page = match self.page(&client, after.as_deref()) {
                Err(failure) if self.follow && failure.exit == Exit::Unreachable => {
                    terminal::say(&failure.message);
                    std::thread::sleep(PAUSE);
                    continue;
                }
                page => page?,
            };
            for event in page.items {
                session.out().line(&checked(event)?, text)?;
            }
            after = page.cursor;
            if !page.has_more && !self.follow {
                return Ok(());
            }
        }
    }

    fn page(&self, client: &Client, after: Option<&str>) -> Outcome<Events> {
        let mut query = vec![("limit", "1000".to_owned())];
        query.extend(after.map(|after| ("after", after.to_owned())));
        query.extend(self.types.clone().map(|types| ("types", types)));
        if self.witnessed {
            query.push(("witnessed", "true".to_owned()));
        }
        if self.follow {
            query.push(("wait", WAIT_S.to_string()));
        }
        client.get("events", &query)
    }
}

fn text(event: &Event) -> String {
    let moved: u64 = event
        .data
        .moves
        .iter()
        .map(|it: &EventMove| it.tonnes)
        .sum();
    let moved = match moved {
        0 => String::new(),
        moved => format!("  {} t", tonnes(moved)),
    };
    let subject = event.subject.as_deref().unwrap_or_default();
    let (id, time, kind) = (&event.id, &event.time, event.kind.name());
    let mark = if event.witnessed { "witnessed" } else { "" };
    let line = format!("{id:>8}  {time}  {kind:<30}  {mark:<9}  {subject}{moved}");
    line.trim_end().to_owned()
}

/// What a node shows is believed no more than a file: its leaf hash must follow from it.
fn checked(event: Event) -> Outcome<Event> {
    if leaf_hash(&event.data.record.encode()) == event.data.leaf_hash {
        return Ok(event);
    }
    Err(Failure::new(
        Exit::Integrity,
        format_args!(
            "the node shows event {} with a leaf hash that is not its own",
            event.id
        ),
    ))
}
