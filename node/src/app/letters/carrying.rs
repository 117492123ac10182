//! A letter that carries the proof of its own record.

use countersign_protocol::letter::{LETTER_BYTES_MAX, attach};
use countersign_protocol::log::Hash;
use countersign_protocol::time::Timestamp;
use futures::TryStreamExt;

use super::CaseLetter;
use crate::app::{App, AppError, Caller, Field, ProofOf};

impl App {
    /// The file of a letter with the proof of the record of its hash attached (PDF/A-3), under the newest witnessed head.
    ///
    /// # Errors
    /// As [`App::letter_file`] and [`App::proof`]; [`AppError::BadInput`] for a letter of a form that can carry none.
    pub async fn letter_with_proof(
        &self,
        caller: &Caller,
        sha256: Hash,
    ) -> Result<(CaseLetter, Vec<u8>), AppError> {
        let (letter, length, content) = self.letter_file(caller, sha256).await?;
        let unfit = |why: &dyn std::fmt::Display| AppError::BadInput {
            field: Field::Parameter("proof"),
            why: format!(
                "this letter cannot carry its proof ({why}): take the letter and ledger/proof apart"
            ),
        };
        if length > LETTER_BYTES_MAX as u64 {
            return Err(unfit(&"it is too large"));
        }
        let unknown = || AppError::not_found("letter", &hex::encode(sha256));
        let issued = letter.issued.ok_or_else(unknown)?;
        let bytes = content
            .try_fold(Vec::new(), |mut bytes, piece| {
                bytes.extend_from_slice(&piece);
                std::future::ready(Ok(bytes))
            })
            .await
            .map_err(|error| AppError::internal("read the file of a letter", &error))?;
        let proof = self.proof(ProofOf::Index(issued.leaf)).await?;
        let modified = Timestamp::from_seconds(issued.time_ms / 1000).map_err(|why| unfit(&why))?;
        let file = attach(&bytes, &proof.to_string(), modified).map_err(|why| unfit(&why))?;
        Ok((letter, file))
    }
}
