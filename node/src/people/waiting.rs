//! Why what waited for a second person does not wait any more.

use sqlx::{Row, SqliteExecutor};

use super::error::PeopleError;
use super::id::UserId;
use super::store::column;

/// What waits for a second person.
#[derive(Clone, Copy, Debug)]
pub(super) enum Waiting {
    /// A change of roles, keys or the like.
    Proposal,
    /// A case that is to go on under a newer process.
    Migration,
}

impl Waiting {
    fn row(self) -> (&'static str, &'static str) {
        match self {
            Self::Proposal => (
                "proposal",
                "SELECT decider, approved FROM proposals WHERE id = ?",
            ),
            Self::Migration => (
                "migration",
                "SELECT decider, approved FROM migrations WHERE id = ?",
            ),
        }
    }
}

/// Why one that is not open is not: it never was, or somebody decided.
pub(super) async fn not_open<'e>(
    database: impl SqliteExecutor<'e>,
    waiting: Waiting,
    id: u64,
) -> Result<PeopleError, PeopleError> {
    let (what, query) = waiting.row();
    let row = sqlx::query(query)
        .bind(column(id))
        .fetch_optional(database)
        .await?;
    let Some(row) = row else {
        return Ok(PeopleError::Missing(what));
    };
    let approved: Option<bool> = row.try_get("approved")?;
    let decider: Option<i64> = row.try_get("decider")?;
    let decider = decider.map(UserId::from_column).transpose()?;
    Ok(PeopleError::Decided {
        what,
        id,
        outcome: if approved == Some(true) {
            "approved"
        } else {
            "rejected"
        },
        by: decider.map_or_else(|| "the operator".to_owned(), |user| format!("user {user}")),
    })
}
