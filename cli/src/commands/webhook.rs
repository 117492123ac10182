//! Webhooks: who is told of events, and how that goes.

use clap::{Args, Subcommand};
use countersign_bridge::event::EventKinds;
use countersign_client::types::{DeliveryView, NewWebhook, Page, WebhookPonged, WebhookView};
use countersign_node::http::dto::Trial;

use crate::exit::{Exit, Failure, Outcome};
use crate::session::Session;
use crate::table::{Table, View, moment, or_dash};
use crate::terminal;

#[derive(Debug, Subcommand)]
pub(crate) enum WebhookCommand {
    /// Enter an endpoint: it is told of events, signed, in the order of the ledger
    Add(AddArgs),
    /// List the endpoints, and how far each is
    List,
    /// Remove an endpoint with its log
    Remove {
        /// Its number
        webhook: u64,
    },
    /// Send an endpoint a message that only tries it
    Ping {
        /// Its number
        webhook: u64,
    },
    /// Show what was sent to an endpoint, the newest first
    Deliveries {
        /// Its number
        webhook: u64,
        /// The most messages
        #[arg(long, value_name = "N", default_value_t = 100)]
        limit: usize,
    },
    /// Send an endpoint every event again from a leaf on
    Replay {
        /// Its number
        webhook: u64,
        /// The first leaf
        #[arg(long, value_name = "INDEX")]
        from: u64,
    },
    /// Let nothing go to an endpoint any more until it is resumed
    Pause {
        /// Its number
        webhook: u64,
    },
    /// Let an endpoint go on that was disabled, or waits after a fault
    Resume {
        /// Its number
        webhook: u64,
    },
    /// Print the keys by which receivers verify
    Key,
}

#[derive(Args, Debug)]
pub(crate) struct AddArgs {
    /// Where it is, such as https://receiver.example/countersign
    #[arg(value_name = "URL")]
    endpoint: String,
    /// Only these types, such as unit.issued,transfer.*
    #[arg(long, value_name = "TYPES", value_parser = types)]
    types: Option<String>,
    /// For people
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,
    /// Begin with this leaf, 0 for everything; without it with what comes from now on
    #[arg(long, value_name = "INDEX")]
    from: Option<u64>,
    /// Only try it
    #[arg(long)]
    dry_run: bool,
}

/// Says at once that a type is misspelled.
fn types(text: &str) -> Result<String, String> {
    let read = text.parse::<EventKinds>();
    read.map(|_| text.to_owned())
        .map_err(|error| error.to_string())
}

impl WebhookCommand {
    pub(crate) fn run(self, session: &Session) -> Outcome {
        let client = session.client()?;
        match self {
            Self::Add(args) => args.run(session),
            Self::List => {
                let items = client.call(async |api| api.webhooks().await)?;
                let found = Page { items, next: None };
                session.out().show(&found, |found| table(&found.items))
            }
            Self::Remove { webhook } => {
                client.call(async |api| api.remove_webhook(webhook).await)?;
                terminal::done(format_args!("webhook {webhook} is removed"));
                Ok(())
            }
            Self::Ping { webhook } => {
                let came = client.call(async |api| api.ping_webhook(webhook).await)?;
                session.out().show(&came, pong)?;
                if came.delivered {
                    return Ok(());
                }
                Err(Failure::new(
                    Exit::Unreachable,
                    "the endpoint did not take it",
                ))
            }
            Self::Deliveries { webhook, limit } => {
                let found = client.call(async |api| api.deliveries(webhook, limit).await)?;
                session.out().show(&found, |found| log(found))
            }
            Self::Replay { webhook, from } => {
                let found = client.call(async |api| api.replay_webhook(webhook, from).await)?;
                session
                    .out()
                    .show(&found, |it| table(std::slice::from_ref(it)))
            }
            Self::Pause { webhook } => {
                let found = client.call(async |api| api.pause_webhook(webhook).await)?;
                session
                    .out()
                    .show(&found, |it| table(std::slice::from_ref(it)))
            }
            Self::Resume { webhook } => {
                let found = client.call(async |api| api.resume_webhook(webhook).await)?;
                session
                    .out()
                    .show(&found, |it| table(std::slice::from_ref(it)))
            }
            Self::Key => {
                let found = client.call(async |api| api.webhook_keys().await)?;
                session
                    .out()
                    .show(&found, |it| View::Text(it.keys.join("\n")))
            }
        }
    }
}

impl AddArgs {
    fn run(self, session: &Session) -> Outcome {
        let client = session.client()?;
        let body = NewWebhook {
            url: self.endpoint,
            types: self.types,
            description: self.description,
            from: self.from,
        };
        if self.dry_run {
            let _: Trial = client.try_out("webhooks", &body)?;
            terminal::done("nothing was entered: it could be");
            return Ok(());
        }
        let made = client.call(async |api| api.add_webhook(&body).await)?;
        session
            .out()
            .show(&made, |it| table(std::slice::from_ref(it)))
    }
}

fn table(all: &[WebhookView]) -> View {
    Table::of(
        ["WEBHOOK>", "URL", "TYPES", "NEXT LEAF>", "STATE", "NOTE"],
        "nobody is told of events",
        all,
        |it| {
            let state = match (it.disabled_ms, it.failing_ms, it.next_ms) {
                (Some(since), ..) => format!("disabled since {}", moment(since)),
                (None, Some(_), Some(next)) => {
                    format!("{} tries failed, next at {}", it.tries, moment(next))
                }
                _ => "goes".to_owned(),
            };
            [
                it.webhook.to_string(),
                it.url.clone(),
                it.types.clone().unwrap_or_else(|| "all".to_owned()),
                it.next_leaf.to_string(),
                state,
                or_dash(it.note.as_ref()),
            ]
        },
    )
}

fn log(all: &[DeliveryView]) -> View {
    Table::of(
        [
            "NUMBER>", "MESSAGE", "TYPE", "SENT", "MS>", "STATUS>", "FAULT",
        ],
        "nothing was sent",
        all,
        |it| {
            [
                it.number.to_string(),
                it.message.clone(),
                it.kind.clone(),
                moment(it.sent_ms),
                it.took_ms.to_string(),
                or_dash(it.status),
                or_dash(it.fault.as_ref()),
            ]
        },
    )
}

fn pong(of: &WebhookPonged) -> View {
    let taken = if of.delivered { "yes" } else { "no" };
    View::pairs([
        ("taken", taken.to_owned()),
        ("status", or_dash(of.status)),
        ("fault", or_dash(of.fault.as_ref())),
        ("milliseconds", of.took_ms.to_string()),
    ])
}
