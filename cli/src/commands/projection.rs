//! The read model of a data folder: how far it is, and making it anew.

use std::sync::{Arc, Mutex, PoisonError};

use clap::Subcommand;
use countersign_node::ops::config::Config;
use countersign_node::projection::{Checked, Cursor, Maintenance, ProjectionError, Rebuilt};
use countersign_node::run::projection_settings;
use countersign_node::store::StoreReader;
use serde::Serialize;
use tokio::runtime::{Builder, Runtime};

use crate::exit::{Exit, Failure, Outcome};
use crate::progress::Progress;
use crate::session::Session;
use crate::table::{View, or_dash, tonnes};
use crate::terminal;

#[derive(Debug, Subcommand)]
pub(crate) enum ProjectionCommand {
    /// Make the read model anew from the ledger: here when no node runs on the folder, otherwise by the running node
    Rebuild,
    /// Compare every row of the read model with the ledger: whether somebody else wrote into it
    Check,
    /// Show how far the read model is behind the ledger
    Status,
}

/// How far the read model is, as data.
#[derive(Serialize)]
struct Seen {
    database: &'static str,
    ledger_size: u64,
    size: Option<u64>,
    complete: bool,
}

impl ProjectionCommand {
    pub(crate) fn run(self, session: &Session) -> Outcome {
        let folder = session.folder()?;
        let config = Config::load(folder.path())?;
        let settings = projection_settings(&folder, &config);
        let database = match settings.url {
            Some(_) => "PostgreSQL",
            None => "SQLite",
        };
        let maintenance = Maintenance::new(settings);
        let reader = StoreReader::open(&folder.ledger())?;
        match self {
            Self::Rebuild => rebuild(&maintenance, reader),
            Self::Check => check(&maintenance, reader),
            Self::Status => {
                let ledger_size = reader.leaf_count()?;
                let cursor = runtime()?.block_on(maintenance.cursor())?;
                let seen = Seen {
                    database,
                    ledger_size,
                    size: cursor.map(|it| it.size),
                    complete: cursor.is_some_and(|it| it.complete),
                };
                session.out().show(&seen, view)
            }
        }
    }
}

fn rebuild(maintenance: &Maintenance, reader: StoreReader) -> Outcome {
    let progress = Mutex::new(Progress::new("rebuild"));
    let tell = |done, of| {
        let mut progress = progress.lock().unwrap_or_else(PoisonError::into_inner);
        progress.at(done, of);
    };
    let done = runtime()?.block_on(maintenance.rebuild(Arc::new(reader), tell))?;
    match done {
        Rebuilt::Here(Cursor { size, .. }) => {
            tell(size, size);
            let progress = progress.into_inner();
            progress.unwrap_or_else(PoisonError::into_inner).finish();
        }
        Rebuilt::ByTheNode => terminal::done(
            "the node that runs on this folder makes its read model anew: `countersign projection status` shows how far \
             it is",
        ),
    }
    Ok(())
}

fn check(maintenance: &Maintenance, reader: StoreReader) -> Outcome {
    let progress = Mutex::new(Progress::new("check"));
    let tell = |done, of| {
        let mut progress = progress.lock().unwrap_or_else(PoisonError::into_inner);
        progress.at(done, of);
    };
    let checked = runtime()?.block_on(maintenance.check(Arc::new(reader), tell))?;
    let progress = progress.into_inner();
    progress.unwrap_or_else(PoisonError::into_inner).finish();
    match checked {
        Checked::Same { rows } => {
            let rows = tonnes(rows);
            terminal::done(format_args!("the read model says what the ledger says: {rows} rows"));
            Ok(())
        }
        Checked::Differs(difference) => Err(Failure::new(
            Exit::Integrity,
            format_args!("the read model does not say what the ledger says: {difference}"),
        )
        .hint("nothing was decided by it; `countersign projection rebuild` makes it anew from the ledger")),
    }
}

fn runtime() -> Outcome<Runtime> {
    let built = Builder::new_multi_thread().enable_all().build();
    built.map_err(Failure::other)
}

fn view(seen: &Seen) -> View {
    let state = match (seen.size, seen.complete) {
        (None, _) => "there is none yet; the node makes it at its start",
        (Some(_), false) => "is being made",
        (Some(size), true) if size < seen.ledger_size => "behind; a running node catches up",
        (Some(_), true) => "up to date",
    };
    View::pairs([
        ("read model", state.to_owned()),
        ("database", seen.database.to_owned()),
        ("leaves in it", or_dash(seen.size.map(tonnes))),
        ("leaves of the ledger", tonnes(seen.ledger_size)),
    ])
}

impl From<ProjectionError> for Failure {
    fn from(error: ProjectionError) -> Self {
        Self::other(error)
    }
}
