//! Monitoring data: sources, blueprints, signed points, sealed batches.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use countersign_client::types::{
    BatchView, BlueprintView, NewBatchBody, NewBlueprint, NewSource, SourceView,
};
use countersign_node::http::dto::Trial;
use countersign_protocol::time::Timestamp;

use crate::client::content;
use crate::exit::{Failure, Outcome};
use crate::session::Session;
use crate::table::{Table, View, moment, or_dash};
use crate::terminal;

#[derive(Debug, Subcommand)]
pub(crate) enum DmrvCommand {
    /// Enter a source of a project: an instrument or a data system that signs its points
    AddSource(AddSourceArgs),
    /// List the sources of a project
    Sources {
        /// The project, by its national number
        project: u32,
    },
    /// Take nothing of a source any more; what it gave stays
    RevokeSource {
        /// Its number
        source: u64,
    },
    /// Enter a version of a blueprint: how tonnes follow from points
    AddBlueprint {
        /// The TOML file
        file: PathBuf,
    },
    /// List the blueprints
    Blueprints,
    /// Send the points of a CSV file, all of them or none; the same again is no fault
    Send {
        /// The file
        file: PathBuf,
        /// Only check them
        #[arg(long)]
        dry_run: bool,
    },
    /// Seal points under one root, with the tonnes of each year that follow from them
    Seal(SealArgs),
    /// List the batches of a project
    Batches {
        /// The project, by its national number
        project: u32,
    },
    /// Compute a batch again from its points, and show it
    Check {
        /// Its root
        root: String,
    },
}

#[derive(Args, Debug)]
pub(crate) struct AddSourceArgs {
    /// The project, by its national number
    project: u32,
    /// For people
    #[arg(long, value_name = "TEXT")]
    name: String,
    /// Its Ed25519 public key: 32 bytes in base64
    #[arg(long, value_name = "BASE64")]
    key: String,
}

#[derive(Args, Debug)]
pub(crate) struct SealArgs {
    /// The project, by its national number
    project: u32,
    /// The blueprint's id
    #[arg(long, value_name = "ID")]
    blueprint: String,
    /// Its version
    #[arg(long, value_name = "VERSION")]
    version: String,
    /// Points that begin here or later, such as 2024-01-01T00:00:00Z
    #[arg(long, value_name = "TIME")]
    from: Timestamp,
    /// Points that end here or earlier
    #[arg(long, value_name = "TIME")]
    until: Timestamp,
    /// Only compute the figures
    #[arg(long)]
    dry_run: bool,
}

impl DmrvCommand {
    pub(crate) fn run(self, session: &Session) -> Outcome {
        let client = session.client()?;
        match self {
            Self::AddSource(AddSourceArgs { project, name, key }) => {
                let body = NewSource { name, key };
                let made = client.call(async |api| api.add_source(project, &body).await)?;
                terminal::done(format_args!("source {} is entered", made.source));
                session.out().show(&[made], |it| sources(it))
            }
            Self::Sources { project } => {
                let found = client.call(async |api| api.sources(project).await)?;
                session.out().show(&found, |it| sources(it))
            }
            Self::RevokeSource { source } => {
                let revoked = client.call(async |api| api.revoke_source(source).await)?;
                terminal::done(format_args!("nothing of source {source} is taken any more"));
                session.out().show(&[revoked], |it| sources(it))
            }
            Self::AddBlueprint { file } => {
                let text = std::fs::read_to_string(&file).map_err(|error| {
                    Failure::validation(format_args!("{}: {error}", file.display()))
                })?;
                let body = NewBlueprint { file: text };
                let made = client.call(async |api| api.add_blueprint(&body).await)?;
                terminal::done(format_args!(
                    "{} {} is here, and never changes",
                    made.id, made.version
                ));
                session.out().show(&[made], |it| blueprints(it))
            }
            Self::Blueprints => {
                let found = client.call(async |api| api.blueprints().await)?;
                session.out().show(&found, |it| blueprints(it))
            }
            Self::Send { file, dry_run } => {
                if dry_run {
                    let query = [("dry_run", "true".to_owned())];
                    let _: Trial = client.upload("data-points/file", &query, &file)?;
                    terminal::done("the points are good; nothing was sent");
                    return Ok(());
                }
                let body = || content(&file);
                let taken = client.call(async |api| api.send_points_file(&body).await)?;
                terminal::done(format_args!(
                    "{} points are new, {} were here already",
                    taken.new, taken.known
                ));
                Ok(())
            }
            Self::Seal(args) => args.run(session),
            Self::Batches { project } => {
                let found = client.call(async |api| api.batches(project).await)?;
                session.out().show(&found, |it| batches(it))
            }
            Self::Check { root } => {
                let found = client.call(async |api| api.batch(&root).await)?;
                let is_same = found.checked == Some(true);
                session.out().show(&[found], |it| batches(it))?;
                if is_same {
                    return Ok(());
                }
                Err(Failure::validation(
                    "computed again from its points, the batch is not what was sealed",
                ))
            }
        }
    }
}

impl SealArgs {
    fn run(self, session: &Session) -> Outcome {
        let client = session.client()?;
        let project = self.project;
        let body = NewBatchBody {
            blueprint: self.blueprint,
            version: self.version,
            from: self.from,
            until: self.until,
        };
        if self.dry_run {
            let path = format!("projects/{project}/batches");
            let tried: Trial = client.try_out(&path, &body)?;
            let made: Option<BatchView> =
                tried.answer.and_then(|it| serde_json::from_value(it).ok());
            terminal::done("nothing was sealed: this would be");
            return session
                .out()
                .show(&made.into_iter().collect::<Vec<_>>(), |it| batches(it));
        }
        let made = client.call(async |api| api.seal_batch(project, &body).await)?;
        terminal::done(format_args!(
            "sealed: name the root {} in the field evidence of the monitoring report",
            made.root
        ));
        session.out().show(&[made], |it| batches(it))
    }
}

fn sources(of: &[SourceView]) -> View {
    Table::of(
        ["SOURCE>", "NAME", "KEY", "SINCE", "REVOKED"],
        "no sources",
        of,
        |it| {
            [
                it.source.to_string(),
                it.name.clone(),
                it.key.clone(),
                moment(it.added_ms),
                it.revoked_ms.map_or_else(|| "-".to_owned(), moment),
            ]
        },
    )
}

fn blueprints(of: &[BlueprintView]) -> View {
    Table::of(
        ["BLUEPRINT", "VERSION", "TITLE", "SINCE"],
        "no blueprints",
        of,
        |it| {
            [
                it.id.clone(),
                it.version.clone(),
                it.title.clone(),
                moment(it.added_ms),
            ]
        },
    )
}

fn batches(of: &[BatchView]) -> View {
    Table::of(
        ["ROOT", "BLUEPRINT", "POINTS>", "TONNES", "CASE>", "ENTRY>"],
        "no batches",
        of,
        |it| {
            let figures = it.figures.iter();
            let figures: Vec<String> = figures
                .map(|it| format!("{}: {} ({} to {})", it.year, it.tonnes, it.lower, it.upper))
                .collect();
            [
                it.root.clone(),
                format!("{} {}", it.blueprint, it.version),
                it.points.to_string(),
                figures.join(", "),
                or_dash(it.used_by.as_ref()),
                or_dash(it.committed_at.as_ref()),
            ]
        },
    )
}
