//! What the commitments of the ledger stand for: which entry of the list, and whether everybody may know.

use countersign_protocol::id::RequestId;
use countersign_protocol::record::Commitment;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use super::People;
use super::error::PeopleError;
use super::store::{column, number};

/// What a commitment of the ledger stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BeneficiaryClaim {
    /// The request whose file holds salt and name.
    pub request: RequestId,
    /// The entry of the list.
    pub beneficiary: Option<u64>,
    /// Whether the holder lets everybody know the name.
    pub public: bool,
}

impl People {
    /// Remembers what a commitment stands for. The same again changes nothing.
    ///
    /// # Errors
    /// [`PeopleError`] when the file cannot be written.
    pub async fn keep_claim(
        &self,
        commitment: &Commitment,
        claim: &BeneficiaryClaim,
    ) -> Result<(), PeopleError> {
        let mut tx = self.store().begin().await?;
        sqlx::query(
            "INSERT OR IGNORE INTO beneficiary_claims (commitment, request, beneficiary, public) VALUES (?, ?, ?, ?)",
        )
        .bind(commitment.0.as_slice())
        .bind(claim.request.0.as_slice())
        .bind(claim.beneficiary.map(column))
        .bind(claim.public)
        .execute(&mut *tx)
        .await?;
        Ok(tx.commit().await?)
    }

    /// Forgets what the commitments of a request stand for.
    ///
    /// # Errors
    /// [`PeopleError`] when the file cannot be written.
    pub async fn drop_claim(&self, request: &RequestId) -> Result<(), PeopleError> {
        let mut tx = self.store().begin().await?;
        sqlx::query("DELETE FROM beneficiary_claims WHERE request = ?")
            .bind(request.0.as_slice())
            .execute(&mut *tx)
            .await?;
        Ok(tx.commit().await?)
    }

    /// Those of some commitments whose names everybody may know, with the requests whose files hold them.
    ///
    /// # Errors
    /// [`PeopleError`] when the file cannot be read.
    pub async fn public_claims(
        &self,
        commitments: &[Commitment],
    ) -> Result<Vec<(Commitment, RequestId)>, PeopleError> {
        if commitments.is_empty() {
            return Ok(Vec::new());
        }
        let places = vec!["?"; commitments.len()].join(", ");
        let mut query = sqlx::query(sqlx::AssertSqlSafe(format!(
            "SELECT commitment, request FROM beneficiary_claims WHERE public = 1 AND commitment IN ({places})"
        )));
        for commitment in commitments {
            query = query.bind(commitment.0.as_slice());
        }
        let rows = query.fetch_all(self.store().reader()).await?;
        let read = |row: &SqliteRow| {
            let commitment: Vec<u8> = row.try_get("commitment")?;
            let request: Vec<u8> = row.try_get("request")?;
            let damaged = |_| PeopleError::Damaged("a beneficiary's claim");
            Ok((
                Commitment(commitment.try_into().map_err(damaged)?),
                RequestId(request.try_into().map_err(damaged)?),
            ))
        };
        rows.iter().map(read).collect()
    }

    /// The requests in whose retirements an entry is named, or one that was merged into it: their files hold its names.
    ///
    /// # Errors
    /// [`PeopleError`] when the file cannot be read.
    pub async fn claims_of(&self, entry: u64) -> Result<Vec<RequestId>, PeopleError> {
        let rows: Vec<Vec<u8>> = sqlx::query_scalar(
            "SELECT request FROM beneficiary_claims WHERE beneficiary = ?1 \
             OR beneficiary IN (SELECT id FROM beneficiaries WHERE merged_into = ?1)",
        )
        .bind(column(entry))
        .fetch_all(self.store().reader())
        .await?;
        let request = |bytes: Vec<u8>| {
            let bytes = bytes.try_into();
            Ok(RequestId(
                bytes.map_err(|_| PeopleError::Damaged("a request id"))?,
            ))
        };
        rows.into_iter().map(request).collect()
    }

    /// What a commitment stands for.
    ///
    /// # Errors
    /// [`PeopleError`] when the file cannot be read.
    pub async fn claim(
        &self,
        commitment: &Commitment,
    ) -> Result<Option<BeneficiaryClaim>, PeopleError> {
        let row = sqlx::query(
            "SELECT request, beneficiary, public FROM beneficiary_claims WHERE commitment = ?",
        )
        .bind(commitment.0.as_slice())
        .fetch_optional(self.store().reader())
        .await?;
        row.map(|row| {
            let request: Vec<u8> = row.try_get("request")?;
            let request = request.try_into();
            let beneficiary: Option<i64> = row.try_get("beneficiary")?;
            Ok(BeneficiaryClaim {
                request: RequestId(request.map_err(|_| PeopleError::Damaged("a request id"))?),
                beneficiary: beneficiary.map(number),
                public: row.try_get("public")?,
            })
        })
        .transpose()
    }
}
