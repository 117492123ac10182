//! Forgetting a person for good.

use super::People;
use super::audit::{self, AuditEvent, By, Note};
use super::error::PeopleError;
use super::id::UserId;
use super::user::{self, UserState};

/// What is removed, each statement for one user. The schema refuses an erased user with an address, a name, a telephone
/// number or a password.
const STATEMENTS: &[&str] = &[
    "DELETE FROM sessions WHERE user = ?",
    "DELETE FROM steps WHERE user = ?",
    "DELETE FROM ceremonies WHERE user = ?",
    "DELETE FROM links WHERE user = ?",
    "DELETE FROM totp WHERE user = ?",
    "DELETE FROM recovery_codes WHERE user = ?",
    "DELETE FROM api_keys WHERE user = ?",
    "DELETE FROM passkeys WHERE user = ?",
    "DELETE FROM drafts WHERE user = ?",
    // Forms are the organisation's own file; what somebody wrote beside them is theirs.
    "UPDATE sealed SET salt = NULL, content = NULL WHERE part = 'comment' AND user = ?",
    "UPDATE comment_texts SET text = NULL WHERE comment IN (SELECT id FROM comments WHERE user = ?)",
    "UPDATE audit SET address = NULL WHERE user = ?1 OR actor = ?1",
    "UPDATE users SET state = 'erased', email = NULL, name = NULL, phone = NULL, language = NULL, password = NULL \
     WHERE id = ?",
];

impl People {
    /// Removes a user's personal data for good: address, name, telephone number, password, factors, sessions, keys,
    /// drafts, comments in every wording and the network addresses in the log, also from old pages of the file. The pseudonym, the organisation and the role
    /// stay, so that what the ledger says of it stays true. Doing it again is allowed and clears what was left.
    ///
    /// # Errors
    /// [`PeopleError::NotScrubbed`] when readers held old pages in place: run it again.
    pub async fn erase(&self, by: By, user: UserId, now_ms: u64) -> Result<(), PeopleError> {
        let mut tx = self.store().begin().await?;
        let before = user::found(&mut tx, user).await?;
        if before.state != UserState::Erased {
            self.forget_throttles(&mut tx, user).await?;
            for statement in STATEMENTS {
                sqlx::query(*statement)
                    .bind(user.column())
                    .execute(&mut *tx)
                    .await?;
            }
            audit::write(&mut tx, now_ms, Note::new(by, user, AuditEvent::Erased)).await?;
        }
        tx.commit().await?;
        self.store().scrub().await
    }
}
