//! Forms and comments: the ledger carries a commitment, the content and its salt stay here.
//!
//! A commitment is `SHA-256(salt || content)`, as for the names of beneficiaries. Whoever has both can show that the ledger
//! means this content; once they are erased nobody can, while every proof stays valid.

use std::sync::{Mutex, MutexGuard, PoisonError};

use countersign_protocol::id::RequestId;
use countersign_protocol::record::Commitment;
use sha2::{Digest, Sha256};
use sqlx::Row;
use sqlx::sqlite::{SqliteConnection, SqliteRow};
use tokio::sync::oneshot::{self, error::TryRecvError};

use super::People;
use super::error::PeopleError;
use super::id::UserId;
use super::secret::fill;
use super::store::{Store, column, number};

/// The longest content, in bytes.
pub const SEALED_BYTES_MAX: usize = 256 * 1024;
/// How long content is kept whose act may not have been written, in milliseconds, before the ledger is asked: one hour.
pub const UNSETTLED_KEPT_MS: u64 = 3_600_000;

const UNSETTLED_PAGE: u32 = 1_000;

/// What a sealed text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SealedPart {
    /// A filled form, as JSON.
    Form,
    /// A comment.
    Comment,
}

impl SealedPart {
    const fn word(self) -> &'static str {
        match self {
            Self::Form => "form",
            Self::Comment => "comment",
        }
    }

    fn from_word(word: &str) -> Result<Self, PeopleError> {
        [Self::Form, Self::Comment]
            .into_iter()
            .find(|part| part.word() == word)
            .ok_or(PeopleError::Damaged("a kind of sealed text"))
    }
}

/// A text to seal.
#[derive(Clone, Copy)]
pub struct NewSealed<'a> {
    /// The request that will write its commitment.
    pub request: RequestId,
    /// What it is.
    pub part: SealedPart,
    /// The case that it belongs to.
    pub case: u64,
    /// The step.
    pub step: &'a str,
    /// Who wrote it.
    pub user: UserId,
    /// The text.
    pub content: &'a str,
}

/// A text in the line.
#[derive(Clone)]
struct Waiting {
    new: OwnedText,
    is_written: bool,
    now_ms: u64,
}

/// As [`NewSealed`], for as long as it waits.
#[derive(Clone)]
struct OwnedText {
    request: RequestId,
    part: SealedPart,
    case: u64,
    step: String,
    user: UserId,
    content: String,
}

impl NewSealed<'_> {
    fn to_owned_text(self) -> OwnedText {
        OwnedText {
            request: self.request,
            part: self.part,
            case: self.case,
            step: self.step.to_owned(),
            user: self.user,
            content: self.content.to_owned(),
        }
    }
}

/// The line of texts that wait to be kept. Whoever's turn it is keeps all that wait by then, so that many people who hand in
/// at the same time share one sync of the disk.
#[derive(Default)]
pub(super) struct Sealing {
    line: Mutex<Vec<(Waiting, oneshot::Sender<Commitment>)>>,
    turn: tokio::sync::Mutex<()>,
}

impl Sealing {
    async fn seal(&self, store: &Store, wanted: &Waiting) -> Result<Commitment, PeopleError> {
        loop {
            let (answer, mut answered) = oneshot::channel();
            self.line().push((wanted.clone(), answer));
            let turn = self.turn.lock().await;
            match answered.try_recv() {
                Ok(commitment) => return Ok(commitment),
                // Whoever had the turn before failed with all of them: on to the end of the line again.
                Err(TryRecvError::Closed) => continue,
                Err(TryRecvError::Empty) => {}
            }
            let line = std::mem::take(&mut *self.line());
            keep(store, line).await?;
            drop(turn);
            // The own text was in the line.
            if let Ok(commitment) = answered.try_recv() {
                return Ok(commitment);
            }
        }
    }

    fn line(&self) -> MutexGuard<'_, Vec<(Waiting, oneshot::Sender<Commitment>)>> {
        // A panic elsewhere leaves a whole line: texts are pushed and taken in one step.
        self.line.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Keeps all of a line, or nothing of it.
async fn keep(
    store: &Store,
    line: Vec<(Waiting, oneshot::Sender<Commitment>)>,
) -> Result<(), PeopleError> {
    let mut tx = store.begin().await?;
    let mut done = Vec::with_capacity(line.len());
    for (waiting, answer) in line {
        done.push((keep_one(&mut tx, &waiting).await?, answer));
    }
    tx.commit().await?;
    for (commitment, answer) in done {
        // Whoever waited may have gone away; the text is kept all the same, until the ledger is asked about it.
        let _ = answer.send(commitment);
    }
    Ok(())
}

async fn keep_one(tx: &mut SqliteConnection, waiting: &Waiting) -> Result<Commitment, PeopleError> {
    let Waiting {
        new,
        is_written,
        now_ms,
    } = waiting;
    match kept(tx, new).await? {
        Some((_, content, commitment)) if content.as_deref() == Some(&new.content) => {
            return Ok(commitment);
        }
        Some((Some(salt), ..)) if *is_written => return Ok(commit(&salt, &new.content)),
        _ => {}
    }
    let mut salt = [0; 32];
    fill(&mut salt)?;
    let commitment = commit(&salt, &new.content);
    if !is_written {
        insert(tx, new, &salt, commitment, *now_ms).await?;
    }
    Ok(commitment)
}

/// A text that the ledger carries a commitment to.
#[derive(Clone, PartialEq, Eq)]
pub struct Sealed {
    /// What it is.
    pub part: SealedPart,
    /// What the ledger carries.
    pub commitment: Commitment,
    /// Salt and text; none once erased.
    pub opened: Option<([u8; 32], String)>,
    /// The case.
    pub case: u64,
    /// The step.
    pub step: String,
    /// Who wrote it, by pseudonym.
    pub user: UserId,
    /// The leaf that carries the commitment.
    pub leaf: u64,
    /// When it was handed in, in milliseconds since 1970.
    pub sealed_ms: u64,
}

impl Sealed {
    /// Whether salt and text are those that the commitment was made of.
    #[must_use]
    pub fn opens(&self) -> bool {
        let opened = self.opened.as_ref();
        opened.is_some_and(|(salt, text)| commit(salt, text) == self.commitment)
    }
}

/// A form that the ledger carries a commitment to, with its content.
#[derive(Clone, PartialEq, Eq)]
pub struct SealedForm {
    /// The case.
    pub case: u64,
    /// The leaf that carries the commitment.
    pub leaf: u64,
    /// The step.
    pub step: String,
    /// The filled form, as JSON.
    pub content: String,
}

impl People {
    /// Keeps a text for a request and gives its commitment; the same text again gives the same one.
    ///
    /// `is_written` says that the ledger carries the request already. Then another text does not replace the kept one: its
    /// commitment differs, so that the ledger sees another command under the same id and refuses it.
    ///
    /// # Errors
    /// [`PeopleError::Input`] when it is longer than [`SEALED_BYTES_MAX`].
    pub async fn seal(
        &self,
        new: NewSealed<'_>,
        is_written: bool,
        now_ms: u64,
    ) -> Result<Commitment, PeopleError> {
        if new.content.len() > SEALED_BYTES_MAX {
            return Err(PeopleError::Input {
                field: new.part.word(),
                reason: "it may have at most 262144 bytes; attach longer texts as documents",
            });
        }
        let waiting = Waiting {
            new: new.to_owned_text(),
            is_written,
            now_ms,
        };
        self.sealing().seal(self.store(), &waiting).await
    }

    /// Notes that the ledger carries what was sealed for a request. After a power cut the note may be missing: the ledger
    /// is asked then, as for whatever is not settled after [`UNSETTLED_KEPT_MS`].
    ///
    /// # Errors
    /// [`PeopleError`] when the file cannot be written.
    pub async fn settle_sealed(&self, request: &RequestId, leaf: u64) -> Result<(), PeopleError> {
        let mut tx = self.store().begin_derived().await?;
        sqlx::query("UPDATE sealed SET leaf = ? WHERE request = ? AND leaf IS NULL")
            .bind(column(leaf))
            .bind(request.0.as_slice())
            .execute(&mut *tx)
            .await?;
        Ok(tx.commit().await?)
    }

    /// Forgets what was sealed for a request that the ledger refused.
    ///
    /// # Errors
    /// [`PeopleError`] when the file cannot be written.
    pub async fn drop_sealed(&self, request: &RequestId) -> Result<(), PeopleError> {
        let mut tx = self.store().begin().await?;
        sqlx::query("DELETE FROM sealed WHERE request = ? AND leaf IS NULL")
            .bind(request.0.as_slice())
            .execute(&mut *tx)
            .await?;
        Ok(tx.commit().await?)
    }

    /// Requests older than [`UNSETTLED_KEPT_MS`] of which it was not noted whether the ledger carries them: a node that
    /// stopped in between asks its ledger.
    ///
    /// # Errors
    /// [`PeopleError`] when the file cannot be read.
    pub async fn unsettled(&self, now_ms: u64) -> Result<Vec<RequestId>, PeopleError> {
        let rows = sqlx::query(
            "SELECT DISTINCT request FROM sealed WHERE leaf IS NULL AND sealed_ms <= ? LIMIT ?",
        )
        .bind(column(now_ms.saturating_sub(UNSETTLED_KEPT_MS)))
        .bind(UNSETTLED_PAGE)
        .fetch_all(self.store().reader())
        .await?;
        let request = |row: &SqliteRow| {
            let bytes: &[u8] = row.try_get("request")?;
            let bytes = bytes.try_into();
            bytes
                .map(RequestId)
                .map_err(|_| PeopleError::Damaged("a request id"))
        };
        rows.iter().map(request).collect()
    }

    /// What the ledger carries commitments to in a case, oldest first.
    ///
    /// # Errors
    /// [`PeopleError`] when the file cannot be read.
    pub async fn sealed_of(&self, case: u64) -> Result<Vec<Sealed>, PeopleError> {
        let rows = sqlx::query(
            "SELECT part, commitment, salt, content, subject, step, user, leaf, sealed_ms FROM sealed \
             WHERE subject = ? AND leaf IS NOT NULL ORDER BY leaf, part",
        )
        .bind(column(case))
        .fetch_all(self.store().reader())
        .await?;
        rows.iter().map(sealed).collect()
    }
}

impl People {
    /// Forms of all cases with their content, by case and leaf, after this case and leaf.
    ///
    /// # Errors
    /// [`PeopleError`] when the file cannot be read.
    pub async fn sealed_forms(
        &self,
        after: (u64, u64),
        limit: u32,
    ) -> Result<Vec<SealedForm>, PeopleError> {
        let rows = sqlx::query(
            "SELECT subject, leaf, step, content FROM sealed \
             WHERE (subject, leaf) > (?, ?) AND leaf IS NOT NULL AND part = 'form' AND content IS NOT NULL \
             ORDER BY subject, leaf LIMIT ?",
        )
        .bind(column(after.0))
        .bind(column(after.1))
        .bind(limit)
        .fetch_all(self.store().reader())
        .await?;
        let form = |row: &SqliteRow| {
            Ok(SealedForm {
                case: number(row.try_get("subject")?),
                leaf: number(row.try_get("leaf")?),
                step: row.try_get("step")?,
                content: row.try_get("content")?,
            })
        };
        rows.iter().map(form).collect()
    }
}

fn commit(salt: &[u8; 32], content: &str) -> Commitment {
    let mut hash = Sha256::new();
    hash.update(salt);
    hash.update(content.as_bytes());
    Commitment(hash.finalize().into())
}

type Kept = (Option<[u8; 32]>, Option<String>, Commitment);

async fn kept(tx: &mut SqliteConnection, new: &OwnedText) -> Result<Option<Kept>, PeopleError> {
    let row =
        sqlx::query("SELECT commitment, salt, content FROM sealed WHERE request = ? AND part = ?")
            .bind(new.request.0.as_slice())
            .bind(new.part.word())
            .fetch_optional(tx)
            .await?;
    row.map(|row| {
        let salt: Option<&[u8]> = row.try_get("salt")?;
        let salt = salt.map(hash_of).transpose()?;
        Ok((salt, row.try_get("content")?, commitment(&row)?))
    })
    .transpose()
}

async fn insert(
    tx: &mut SqliteConnection,
    new: &OwnedText,
    salt: &[u8; 32],
    commitment: Commitment,
    now_ms: u64,
) -> Result<(), PeopleError> {
    sqlx::query(
        "INSERT OR REPLACE INTO sealed \
         (request, part, commitment, salt, content, subject, step, user, sealed_ms, leaf) \
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, NULL)",
    )
    .bind(new.request.0.as_slice())
    .bind(new.part.word())
    .bind(commitment.0.as_slice())
    .bind(salt.as_slice())
    .bind(new.content.as_str())
    .bind(column(new.case))
    .bind(new.step.as_str())
    .bind(new.user.column())
    .bind(column(now_ms))
    .execute(tx)
    .await?;
    Ok(())
}

fn hash_of(bytes: &[u8]) -> Result<[u8; 32], PeopleError> {
    bytes
        .try_into()
        .map_err(|_| PeopleError::Damaged("a salt or commitment"))
}

fn commitment(row: &SqliteRow) -> Result<Commitment, PeopleError> {
    hash_of(row.try_get("commitment")?).map(Commitment)
}

fn sealed(row: &SqliteRow) -> Result<Sealed, PeopleError> {
    let salt: Option<&[u8]> = row.try_get("salt")?;
    let content: Option<String> = row.try_get("content")?;
    let salt = salt.map(hash_of).transpose()?;
    Ok(Sealed {
        part: SealedPart::from_word(row.try_get("part")?)?,
        commitment: commitment(row)?,
        opened: salt.zip(content),
        case: number(row.try_get("subject")?),
        step: row.try_get("step")?,
        user: UserId::from_column(row.try_get("user")?)?,
        leaf: number(row.try_get("leaf")?),
        sealed_ms: number(row.try_get("sealed_ms")?),
    })
}
