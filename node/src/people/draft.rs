//! Forms that are not handed in yet: saved as often as somebody types, one for each step of a case and organisation.

use countersign_protocol::id::OrganisationId;
use sqlx::Row;
use sqlx::sqlite::SqliteConnection;

use super::People;
use super::error::PeopleError;
use super::id::UserId;
use super::sealed::SEALED_BYTES_MAX;
use super::store::{column, number};

/// A draft as it was saved last.
#[derive(Clone, PartialEq, Eq)]
pub struct Draft {
    /// The form so far, as JSON.
    pub content: String,
    /// Counted from 1 with each saving: whoever saves says which version it replaces.
    pub version: u64,
    /// Who saved it.
    pub user: UserId,
    /// When, in milliseconds since 1970.
    pub changed_ms: u64,
}

/// Which draft.
#[derive(Clone, Copy, Debug)]
pub struct DraftOf<'a> {
    /// The case.
    pub case: u64,
    /// The organisation whose people share it.
    pub organisation: OrganisationId,
    /// The step.
    pub step: &'a str,
}

impl People {
    /// The draft, if there is one.
    ///
    /// # Errors
    /// [`PeopleError`] when the file cannot be read.
    pub async fn draft(&self, of: DraftOf<'_>) -> Result<Option<Draft>, PeopleError> {
        let row = sqlx::query(
            "SELECT content, version, user, changed_ms FROM drafts \
             WHERE subject = ? AND organisation = ? AND step = ?",
        )
        .bind(column(of.case))
        .bind(i64::from(of.organisation.0))
        .bind(of.step)
        .fetch_optional(self.store().reader())
        .await?;
        row.map(|row| {
            Ok(Draft {
                content: row.try_get("content")?,
                version: number(row.try_get("version")?),
                user: UserId::from_column(row.try_get("user")?)?,
                changed_ms: number(row.try_get("changed_ms")?),
            })
        })
        .transpose()
    }

    /// Saves a draft over the version that its writer has seen; 0 for a first one. Gives the new version.
    ///
    /// # Errors
    /// [`PeopleError::Changed`] when somebody else saved meanwhile, so that no writing is lost without being seen.
    pub async fn save_draft(
        &self,
        of: DraftOf<'_>,
        seen: u64,
        content: &str,
        user: UserId,
        now_ms: u64,
    ) -> Result<u64, PeopleError> {
        if content.len() > SEALED_BYTES_MAX {
            return Err(PeopleError::Input {
                field: "form",
                reason: "it may have at most 262144 bytes; attach longer texts as documents",
            });
        }
        let mut tx = self.store().begin().await?;
        let found = version(&mut tx, of).await?;
        if found != seen {
            return Err(PeopleError::Changed { found });
        }
        sqlx::query(
            "INSERT OR REPLACE INTO drafts \
             (subject, organisation, step, content, version, user, changed_ms) VALUES (?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(column(of.case))
        .bind(i64::from(of.organisation.0))
        .bind(of.step)
        .bind(content)
        .bind(column(seen + 1))
        .bind(user.column())
        .bind(column(now_ms))
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(seen + 1)
    }

    /// Throws a draft away because its writer does not want it: any version, or only the one that was seen.
    ///
    /// # Errors
    /// [`PeopleError::Changed`] when there is another version than the one that was seen.
    pub async fn discard_draft(
        &self,
        of: DraftOf<'_>,
        seen: Option<u64>,
    ) -> Result<(), PeopleError> {
        let mut tx = self.store().begin().await?;
        let found = version(&mut tx, of).await?;
        if seen.is_some_and(|seen| seen != found) {
            return Err(PeopleError::Changed { found });
        }
        delete(&mut tx, of).await?;
        Ok(tx.commit().await?)
    }

    /// Throws a draft away: it was handed in, or is not wanted. After a power cut it may be there again.
    ///
    /// # Errors
    /// [`PeopleError`] when the file cannot be written.
    pub async fn drop_draft(&self, of: DraftOf<'_>) -> Result<(), PeopleError> {
        let mut tx = self.store().begin_derived().await?;
        delete(&mut tx, of).await?;
        Ok(tx.commit().await?)
    }
}

/// The version of a draft; 0 when there is none.
async fn version(tx: &mut SqliteConnection, of: DraftOf<'_>) -> Result<u64, PeopleError> {
    let version: Option<i64> = sqlx::query_scalar(
        "SELECT version FROM drafts WHERE subject = ? AND organisation = ? AND step = ?",
    )
    .bind(column(of.case))
    .bind(i64::from(of.organisation.0))
    .bind(of.step)
    .fetch_optional(tx)
    .await?;
    Ok(version.map_or(0, number))
}

async fn delete(tx: &mut SqliteConnection, of: DraftOf<'_>) -> Result<(), PeopleError> {
    sqlx::query("DELETE FROM drafts WHERE subject = ? AND organisation = ? AND step = ?")
        .bind(column(of.case))
        .bind(i64::from(of.organisation.0))
        .bind(of.step)
        .execute(tx)
        .await?;
    Ok(())
}
