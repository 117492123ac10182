//! Forgetting a beneficiary for good: a person may ask for it.

use super::People;
use super::beneficiary_list::living;
use super::error::PeopleError;
use super::store::column;

/// What is removed, each statement for one entry, with those that were merged into it before. The numbers stay taken, so
/// that no later entry is mistaken for this one.
const STATEMENTS: &[&str] = &[
    "DELETE FROM beneficiary_claims WHERE beneficiary = ?1 OR beneficiary IN (SELECT id FROM beneficiaries WHERE merged_into = ?1)",
    "DELETE FROM beneficiary_names WHERE beneficiary = ?1 OR beneficiary IN (SELECT id FROM beneficiaries WHERE merged_into = ?1)",
];

impl People {
    /// Removes an entry's names and identifiers for good, also from old pages of the file, and what ties it to its
    /// retirements. Their commitments on the ledger stay, and nobody can tell any more whom they name.
    ///
    /// The files that hold names and salts are the caller's to remove, before this: see
    /// [`claims_of`](Self::claims_of).
    ///
    /// # Errors
    /// [`PeopleError::Missing`] when there is no such entry, or it was merged into another; [`PeopleError::NotScrubbed`] when
    /// readers held old pages in place: run it again.
    pub async fn erase_beneficiary(&self, id: u64, now_ms: u64) -> Result<(), PeopleError> {
        let mut tx = self.store().begin().await?;
        living(&mut tx, id).await?;
        for statement in STATEMENTS {
            sqlx::query(*statement)
                .bind(column(id))
                .execute(&mut *tx)
                .await?;
        }
        sqlx::query(
            "UPDATE beneficiaries SET name = '', lei = NULL, tax_id = NULL, country = NULL, organisation = NULL, \
             changed_ms = ?2, erased_ms = ?2 WHERE id = ?1 OR merged_into = ?1",
        )
        .bind(column(id))
        .bind(column(now_ms))
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        self.store().scrub().await
    }
}
