//! Changes of role that a second person must approve.

use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use super::People;
use super::audit::By;
use super::contact;
use super::error::PeopleError;
use super::id::UserId;
use super::store::{column, number};
use super::user;

/// The most proposals that a list gives.
pub const PROPOSALS_MAX: u32 = 500;

/// Somebody wants somebody to have another role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// Its number.
    pub id: u64,
    /// Whose role.
    pub user: UserId,
    /// Which.
    pub role: String,
    /// Who proposed it.
    pub proposer: UserId,
    /// When, in milliseconds since 1970.
    pub proposed_ms: u64,
}

impl People {
    /// Proposes a role for a user; nothing changes yet. Gives the proposal's number.
    ///
    /// # Errors
    /// [`PeopleError`] as for [`People::set_role`].
    pub async fn propose_role(
        &self,
        proposer: UserId,
        user: UserId,
        role: &str,
        now_ms: u64,
    ) -> Result<u64, PeopleError> {
        let role = contact::role(role)?;
        let mut tx = self.store().begin().await?;
        user::living(&mut tx, user).await?;
        let id: i64 = sqlx::query_scalar(
            "INSERT INTO proposals (user, role, proposer, proposed_ms) VALUES (?, ?, ?, ?) RETURNING id",
        )
        .bind(user.column())
        .bind(role)
        .bind(proposer.column())
        .bind(column(now_ms))
        .fetch_one(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(number(id))
    }

    /// Proposals that nobody has decided on, oldest first.
    ///
    /// # Errors
    /// [`PeopleError`] when the file cannot be read.
    pub async fn proposals(&self) -> Result<Vec<Proposal>, PeopleError> {
        let rows = sqlx::query(
            "SELECT id, user, role, proposer, proposed_ms FROM proposals WHERE decided_ms IS NULL \
             ORDER BY id LIMIT ?",
        )
        .bind(PROPOSALS_MAX)
        .fetch_all(self.store().reader())
        .await?;
        rows.iter().map(proposal).collect()
    }

    /// An open proposal.
    ///
    /// # Errors
    /// [`PeopleError::Missing`] when there is none of this number; [`PeopleError::Decided`] when it was decided on.
    pub async fn proposal(&self, id: u64) -> Result<Proposal, PeopleError> {
        let row = sqlx::query(
            "SELECT id, user, role, proposer, proposed_ms FROM proposals \
             WHERE id = ? AND decided_ms IS NULL",
        )
        .bind(column(id))
        .fetch_optional(self.store().reader())
        .await?;
        match row {
            Some(row) => proposal(&row),
            None => Err(not_open(self.store().reader(), id).await?),
        }
    }

    /// Decides on a proposal; an approved role counts at once. Of two who decide at the same time one does.
    ///
    /// # Errors
    /// [`PeopleError::Decided`] when it was decided on meanwhile.
    pub async fn decide_proposal(
        &self,
        decider: UserId,
        id: u64,
        approve: bool,
        now_ms: u64,
    ) -> Result<(), PeopleError> {
        let mut tx = self.store().begin().await?;
        let row = sqlx::query(
            "UPDATE proposals SET decider = ?, decided_ms = ?, approved = ? \
             WHERE id = ? AND decided_ms IS NULL RETURNING id, user, role, proposer, proposed_ms",
        )
        .bind(decider.column())
        .bind(column(now_ms))
        .bind(approve)
        .bind(column(id))
        .fetch_optional(&mut *tx)
        .await?;
        let Some(row) = row else {
            return Err(not_open(&mut *tx, id).await?);
        };
        let decided = proposal(&row)?;
        if approve {
            let (by, user) = (By::User(decider), decided.user);
            user::give_role(&mut tx, by, user, &decided.role, now_ms).await?;
        }
        Ok(tx.commit().await?)
    }
}

/// Why a number names no open proposal.
async fn not_open<'e, E>(database: E, id: u64) -> Result<PeopleError, PeopleError>
where
    E: sqlx::SqliteExecutor<'e>,
{
    let row = sqlx::query("SELECT decider, approved FROM proposals WHERE id = ?")
        .bind(column(id))
        .fetch_optional(database)
        .await?;
    let Some(row) = row else {
        return Ok(PeopleError::Missing("proposal"));
    };
    let approved: bool = row.try_get("approved")?;
    Ok(PeopleError::Decided {
        proposal: id,
        outcome: if approved { "approved" } else { "rejected" },
        by: UserId::from_column(row.try_get("decider")?)?,
    })
}

fn proposal(row: &SqliteRow) -> Result<Proposal, PeopleError> {
    Ok(Proposal {
        id: number(row.try_get("id")?),
        user: UserId::from_column(row.try_get("user")?)?,
        role: row.try_get("role")?,
        proposer: UserId::from_column(row.try_get("proposer")?)?,
        proposed_ms: number(row.try_get("proposed_ms")?),
    })
}
