//! Running a witness that stands by itself.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;
use countersign_node::run::{WitnessFolder, WitnessNode};
use serde::Serialize;
use tokio::runtime::Builder;

use super::serve::{LogArgs, asked_to_stop};
use crate::exit::{Failure, Outcome};
use crate::output::Format;
use crate::passphrase::PassphraseArgs;
use crate::session::Session;
use crate::table::View;
use crate::terminal;

#[derive(Args, Debug)]
pub(crate) struct WitnessArgs {
    /// Where HTTP listens
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8090")]
    listen: SocketAddr,
    /// Make the witness first, under this name; nothing is made where one is already
    #[arg(long)]
    name: Option<String>,
    /// The address that logs submit to, where it differs from http://LISTEN
    #[arg(long, value_name = "URL")]
    public_url: Option<String>,
    /// A file or folder with the keys of the logs to cosign: invites, or verifier keys one a line. Read again when it
    /// changes; by default the folder logs in the data folder
    #[arg(long, value_name = "PATH")]
    logs: Vec<PathBuf>,
    /// Make the witness, print its line for policy files, and exit
    #[arg(long)]
    make_only: bool,
    #[command(flatten)]
    passphrase: PassphraseArgs,
    #[command(flatten)]
    log: LogArgs,
}

/// A witness as data.
#[derive(Serialize)]
struct Shown {
    name: String,
    vkey: String,
    url: String,
}

impl WitnessArgs {
    pub(crate) fn run(self, session: &Session) -> Outcome {
        let folder = WitnessFolder::new(session.folder()?.path());
        let is_made = folder.is_made();
        let passphrase = match (&self.name, is_made) {
            (Some(name), false) => {
                let passphrase = self.passphrase.read_new(session.no_input)?;
                folder.create(name, &passphrase)?;
                terminal::done(format_args!(
                    "the witness {name} is made; back up {}/keys and the passphrase",
                    folder.path().display()
                ));
                Some(passphrase)
            }
            (None, false) => {
                return Err(Failure::validation(format_args!(
                    "there is no witness in {}",
                    folder.path().display()
                ))
                .hint("make one with --name NAME, such as --name witness.example.org"));
            }
            (_, true) => None,
        };
        if self.make_only {
            return self.show(&folder, &format!("http://{}", self.listen), session);
        }
        let passphrase = passphrase.map_or_else(|| self.passphrase.read(session.no_input), Ok)?;
        self.log.start()?;
        let logs = if self.logs.is_empty() {
            vec![folder.logs()]
        } else {
            self.logs.clone()
        };
        let runtime = Builder::new_multi_thread()
            .enable_all()
            .build()
            .map_err(Failure::other)?;
        runtime.block_on(async {
            let asked_to_stop = asked_to_stop()?;
            let node = WitnessNode::start(&folder, logs, self.listen, passphrase).await?;
            self.show(&folder, &format!("http://{}", node.http()), session)?;
            let stopping = node.stopping();
            let by_itself = tokio::select! {
                () = asked_to_stop => false,
                () = stopping => true,
            };
            node.stop().await;
            if by_itself {
                return Err(Failure::other(
                    "the witness stopped by itself: its log above says why",
                ));
            }
            terminal::done("the witness has stopped");
            Ok(())
        })
    }

    /// Prints the witness's line for policy files: all that a country needs to know of it.
    fn show(&self, folder: &WitnessFolder, listens: &str, session: &Session) -> Outcome {
        let key = folder.cosigner()?;
        let shown = Shown {
            name: key.name().to_owned(),
            vkey: key.to_string(),
            url: self
                .public_url
                .clone()
                .unwrap_or_else(|| listens.to_owned()),
        };
        let out = session.out();
        if out.format == Format::Json {
            return out.line(&shown, |_| String::new());
        }
        out.show(&shown, |it| {
            View::Text(format!("witness {} {} {}", it.name, it.vkey, it.url))
        })
    }
}
