//! A running case goes on under a newer version of the process: one official proposes it, another carries it out.

use countersign_protocol::id::RequestId;
use countersign_protocol::log::Hash;
use countersign_protocol::permission::Action;
use countersign_protocol::record::Body;
use countersign_protocol::registry::{CaseMove, Command, MigrateCase, State};

use super::super::write::Mode;
use super::super::{App, AppError, Caller, Written};
use super::CaseObject;
use crate::people::{Migration, UserId};

/// What a migration would do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MigrationPlan {
    /// The case.
    pub case: u64,
    /// SHA-256 of the newer process's file.
    pub process: Hash,
    /// The version of that process.
    pub version: u32,
    /// The case and every open case below it, and what would become of each: all move, or none does.
    pub moves: Vec<CaseMove>,
}

/// A migration that waits for a second official.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProposedMigration {
    /// Its number.
    pub number: u64,
    /// What it would do now; none where the case has ended or moved meanwhile.
    pub plan: Option<MigrationPlan>,
    /// What was proposed.
    pub proposed: Migration,
}

impl App {
    /// What moving a case to a version of the process would do: to the newest when none is named.
    ///
    /// # Errors
    /// [`AppError::Refused`] when the case cannot be moved to that version at all.
    pub fn migration_plan(
        &self,
        caller: &Caller,
        case: u64,
        version: Option<u32>,
    ) -> Result<MigrationPlan, AppError> {
        let seen = self.seen(case)?;
        self.permit_case(caller, Action::ProjectMigrate, &seen.known)?;
        self.ledger().read(|state| {
            let mut adopted = state.adopted_processes();
            let found = match version {
                None => adopted.next_back(),
                Some(version) => adopted.find(|it| it.version == version),
            };
            let found = found.ok_or_else(|| {
                AppError::body("/version", "the registry has adopted no such version")
            })?;
            plan(state, case, found.process, found.version)
        })
    }

    /// Proposes that a case, with what is below it, goes on under a version of the process. Nothing moves yet.
    ///
    /// # Errors
    /// [`AppError`] when something stands against it already.
    pub async fn propose_migration(
        &self,
        caller: &Caller,
        case: u64,
        version: Option<u32>,
    ) -> Result<(u64, MigrationPlan), AppError> {
        let proposer = caller.person()?.principal.user;
        let plan = self.migration_plan(caller, case, version)?;
        let against = plan
            .moves
            .iter()
            .find_map(|it| it.stage_after.clone().err());
        if let Some(refusal) = against {
            return Err(AppError::Refused(refusal));
        }
        let to = (&plan.process, plan.version);
        let now_ms = self.now_ms();
        let number = self.people().propose_migration(proposer, case, to, now_ms);
        Ok((number.await?, plan))
    }

    /// Migrations that wait for a second official, oldest first.
    ///
    /// # Errors
    /// [`AppError::Forbidden`].
    pub async fn migrations(&self, caller: &Caller) -> Result<Vec<ProposedMigration>, AppError> {
        let mut mine = Vec::new();
        for proposed in self.people().migrations().await? {
            let Ok(seen) = self.seen(proposed.case) else {
                continue;
            };
            if self
                .permit_case(caller, Action::ProjectMigrate, &seen.known)
                .is_err()
            {
                continue;
            }
            let plan = self
                .ledger()
                .read(|state| plan(state, proposed.case, proposed.process, proposed.version));
            mine.push(ProposedMigration {
                number: proposed.id,
                plan: plan.ok(),
                proposed,
            });
        }
        Ok(mine)
    }

    /// Carries out what another official proposed, or turns it down: then nothing is written.
    ///
    /// # Errors
    /// [`AppError::People`] when it was decided on before, [`AppError::Refused`] when the same person proposed it, when the
    /// proposer may not do this any more, or when something stands against it now.
    pub async fn decide_migration(
        &self,
        caller: &Caller,
        request: RequestId,
        number: u64,
        approve: bool,
        mode: Mode,
    ) -> Result<Option<Written>, AppError> {
        let person = caller.person()?;
        let proposed = self.people().migration(number).await?;
        let seen = self.seen(proposed.case)?;
        self.permit_case(caller, Action::ProjectMigrate, &seen.known)?;
        let decider = person.principal.user;
        if !approve {
            if mode == Mode::Write {
                self.settle(decider, number, false).await?;
            }
            return Ok(None);
        }
        let is_this = |body: &Body| match body {
            Body::CaseMigrated(it) => it.case == proposed.case && it.process == proposed.process,
            _ => false,
        };
        // The same request again after a stop in between: the ledger has it, the note may be missing.
        if let Some(written) = self.replay(caller.actor(), &request, is_this)? {
            match self.settle(decider, number, true).await {
                Ok(()) | Err(AppError::People(_)) => {}
                Err(error) => return Err(error),
            }
            return Ok(Some(written));
        }
        let proposer = self.people().user(proposed.proposer).await?;
        let (action, object) = (Action::ProjectMigrate, CaseObject::of(&seen.known));
        let command = Command::MigrateCase(Box::new(MigrateCase {
            case: proposed.case,
            process: proposed.process,
            by: vec![
                self.still_may(&proposer, action, &object.object())?,
                person.acted_by()?,
            ],
        }));
        if mode == Mode::Write {
            self.people().migration_waits(number).await?;
        }
        let written = self.submit(caller.actor(), request, command, mode).await?;
        if mode == Mode::Write {
            self.settle(decider, number, true).await?;
        }
        Ok(Some(written))
    }

    async fn settle(&self, decider: UserId, number: u64, approve: bool) -> Result<(), AppError> {
        let now_ms = self.now_ms();
        let decided = self
            .people()
            .decide_migration(decider, number, approve, now_ms);
        Ok(decided.await?)
    }
}

fn plan(state: &State, case: u64, process: Hash, version: u32) -> Result<MigrationPlan, AppError> {
    let moves = state.migration(case, &process).map_err(AppError::Refused)?;
    Ok(MigrationPlan {
        case,
        process,
        version,
        moves,
    })
}
