//! Moving running cases to a newer version of the process: one official proposes, another approves.

use clap::Args;
use countersign_node::http::dto::{
    CaseMigratedView, DecideMigration, MigrationView, MoveView, NewMigration, Page,
    ProposedMigrationView,
};
use reqwest::Method;

use super::super::write;
use crate::client::TryArgs;
use crate::exit::{Exit, Failure, Outcome};
use crate::session::Session;
use crate::table::{Table, View, moment, or_dash};
use crate::terminal;

#[derive(Args, Debug)]
pub(crate) struct MigrateArgs {
    /// The case, by its number; those below it move with it
    case: u64,
    /// The version of the process; the newest when left out
    #[arg(long, value_name = "N")]
    version: Option<u32>,
    /// Only say which cases would move and what stands against it
    #[arg(long)]
    dry_run: bool,
}

#[derive(Args, Debug)]
pub(crate) struct ApproveArgs {
    /// The migration, by its number
    migration: u64,
    /// Turn it down instead
    #[arg(long)]
    reject: bool,
    #[command(flatten)]
    write: TryArgs,
}

impl MigrateArgs {
    pub(super) fn run(&self, session: &Session) -> Outcome {
        let client = session.client()?;
        let body = NewMigration {
            version: self.version,
        };
        let path = format!("cases/{}/migrations", self.case);
        if self.dry_run {
            let plan: MigrationView = client.ask(&format!("{path}?dry_run=true"), &body)?;
            terminal::done("nothing was written: this would be");
            session.out().show(&plan, |plan| moves(&plan.moves))?;
            return if plan.possible {
                Ok(())
            } else {
                Err(Failure::validation(
                    "something stands against it: none of them would move",
                ))
            };
        }
        let plan: MigrationView = client.ask(&path, &body)?;
        if let Some(number) = plan.migration {
            terminal::done(format_args!(
                "proposed: another official carries it out with `countersign case approve-migration {number}`"
            ));
        }
        session.out().show(&plan, |plan| moves(&plan.moves))
    }
}

impl ApproveArgs {
    pub(super) fn run(&self, session: &Session) -> Outcome {
        let path = format!("migrations/{}", self.migration);
        let body = DecideMigration {
            approve: !self.reject,
        };
        if self.reject {
            if self.write.dry_run {
                let message = "a rejection writes nothing: there is nothing to try";
                return Err(Failure::new(Exit::Usage, message));
            }
            let client = session.client()?;
            let id = self.write.write.clone();
            client.send_away(&Method::POST, &path, &id, &body)?;
            terminal::done(format_args!("migration {} is turned down", self.migration));
            return Ok(());
        }
        write(
            session,
            &path,
            &self.write,
            &body,
            |made: &CaseMigratedView| {
                View::pairs([
                    ("case", made.case.to_string()),
                    ("process", hex::encode(made.process)),
                ])
            },
        )
    }
}

/// What waits for a second official.
pub(super) fn list(session: &Session) -> Outcome {
    let found: Page<ProposedMigrationView> = session.client()?.get("migrations", &[])?;
    session.out().show(&found.items, |found| {
        Table::of(
            [
                "MIGRATION>",
                "CASE>",
                "VERSION>",
                "PROPOSED BY>",
                "AT",
                "CASES>",
                "STATE",
            ],
            "nothing waits",
            found,
            |it| {
                let state = match &it.plan {
                    None => "past: the case ended or moved",
                    Some(plan) if plan.possible => "waits for approval",
                    Some(_) => "something stands against it",
                };
                [
                    it.migration.to_string(),
                    it.case.to_string(),
                    it.version.to_string(),
                    it.proposer.to_string(),
                    moment(it.proposed_ms),
                    or_dash(it.plan.as_ref().map(|plan| plan.moves.len())),
                    state.to_owned(),
                ]
            },
        )
    })
}

fn moves(moves: &[MoveView]) -> View {
    Table::of(
        ["CASE>", "FLOW", "STAGE", "GOES ON IN", "AGAINST IT"],
        "no cases",
        moves,
        |it| {
            [
                it.case.to_string(),
                it.flow.clone(),
                it.stage.clone(),
                or_dash(it.stage_after.as_ref()),
                or_dash(it.against.as_ref()),
            ]
        },
    )
}
