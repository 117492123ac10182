//! Running a node.

use std::future::Future;

use clap::{Args, ValueEnum};
use countersign_node::run::Node;
use tokio::runtime::Builder;
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

use crate::exit::{Failure, Outcome};
use crate::passphrase::PassphraseArgs;
use crate::session::Session;
use crate::terminal;

#[derive(Args, Debug)]
pub(crate) struct ServeArgs {
    #[command(flatten)]
    passphrase: PassphraseArgs,
    /// Accept that acknowledged records above this size are lost, because no witness has cosigned them; once, after the
    /// node has refused to start and told this number
    #[arg(long, value_name = "SIZE")]
    accept_head: Option<u64>,
    /// Run a sandbox: a country with people and units in it, a partner and witnesses, all made up, in the folder that --data
    /// names or in a temporary one. Nothing in it counts
    #[arg(long, conflicts_with_all = ["passphrase_file", "passphrase_credential", "accept_head"])]
    sandbox: bool,
    /// Where the country of a new sandbox listens
    #[arg(long, value_name = "ADDRESS", requires = "sandbox", default_value = super::sandbox::LISTEN)]
    sandbox_http: std::net::SocketAddr,
    /// Run stand-ins of CAD Trust, a national MRV and the UNDP ITMO platform beside it, with a bridge to each
    #[arg(long, requires = "sandbox")]
    sandbox_bridges: bool,
    #[command(flatten)]
    log: LogArgs,
}

/// What the process says about itself, on stderr.
#[derive(Args, Clone, Debug)]
pub(crate) struct LogArgs {
    /// What to log, as tracing's directives: info, or warn,countersign_node::ledger=debug
    #[arg(
        long,
        value_name = "FILTER",
        env = "COUNTERSIGN_LOG",
        hide_env_values = true,
        default_value = "info"
    )]
    log: String,
    /// How to log
    #[arg(long, value_enum, default_value_t)]
    log_format: LogFormat,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum LogFormat {
    /// Lines for people
    #[default]
    Text,
    /// JSON for programs
    Json,
}

impl LogArgs {
    /// Starts logging.
    pub(crate) fn start(&self) -> Outcome {
        let filter: EnvFilter = self.log.parse().map_err(Failure::usage)?;
        let logs = tracing_subscriber::fmt()
            .with_env_filter(filter)
            .with_writer(std::io::stderr)
            .with_ansi(terminal::has_colour());
        let started = match self.log_format {
            LogFormat::Text => logs.try_init(),
            LogFormat::Json => logs.json().try_init(),
        };
        started.map_err(Failure::other)
    }
}

impl ServeArgs {
    pub(crate) fn run(self, session: &Session) -> Outcome {
        if self.sandbox {
            return super::sandbox::serve(
                session,
                self.sandbox_http,
                self.sandbox_bridges,
                &self.log,
            );
        }
        let folder = session.folder()?;
        if super::sandbox::is_part_of_one(&folder) {
            let message = format!("{} is part of a sandbox", folder.path().display());
            let hint =
                "run the whole of it: countersign serve --sandbox --data, with the folder above it";
            return Err(Failure::validation(message).hint(hint));
        }
        if let Some(size) = self.accept_head {
            session.confirm(&format!(
                "Give up every acknowledged record above size {size}? If a witness has cosigned one, the node will be \
                 refused as rolled back."
            ))?;
        }
        let passphrase = self.passphrase.read(session.no_input)?;
        self.log.start()?;
        let runtime = Builder::new_multi_thread()
            .enable_all()
            .build()
            .map_err(Failure::other)?;
        runtime.block_on(async {
            let asked_to_stop = asked_to_stop()?;
            let node = Node::start_accepting(&folder, passphrase, self.accept_head).await?;
            let base = format!("http://{}", node.http());
            terminal::done(format_args!(
                "the node is up: pages {base}/, API {base}/api/v1"
            ));
            let stopping = node.stopping();
            let by_itself = tokio::select! {
                () = asked_to_stop => false,
                () = stopping => true,
            };
            node.stop().await;
            if by_itself {
                return Err(Failure::other(
                    "the node stopped by itself: its log above says why",
                ));
            }
            terminal::done("the node has stopped");
            Ok(())
        })
    }
}

/// Resolves when the process is asked to stop: Ctrl-C, or SIGTERM as systemd sends it.
pub(crate) fn asked_to_stop() -> Outcome<impl Future<Output = ()>> {
    let mut interrupt = signal(SignalKind::interrupt()).map_err(Failure::other)?;
    let mut terminate = signal(SignalKind::terminate()).map_err(Failure::other)?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}
