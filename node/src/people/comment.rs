//! What people say to each other about a case: threads that stay in this node.
//!
//! The ledger carries no commitment to them: nothing is decided by a comment, and what a decision rests on comes with its
//! act. Every wording is kept, so that nobody answers to something that was never said, until its writer is erased.

use countersign_protocol::id::{OrganisationId, RequestId};
use sqlx::Row;
use sqlx::sqlite::{SqliteConnection, SqliteRow};

use super::People;
use super::error::PeopleError;
use super::id::UserId;
use super::store::{column, number};

/// The longest comment, in bytes.
pub const COMMENT_BYTES_MAX: usize = 16 * 1024;
/// The most comments of one case.
pub const COMMENTS_MAX: u64 = 5_000;
/// The most wordings of one comment after the first.
pub const COMMENT_EDITS_MAX: u64 = 50;
/// The longest pointer to a field, in bytes.
const ABOUT_BYTES_MAX: usize = 256;

/// Names a comment in this node.
pub type CommentId = u64;

/// Who reads a comment.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    serde::Serialize,
    serde::Deserialize,
    utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Circle {
    /// Everybody who may look into the case: owners, certifier, officials.
    Parties,
    /// The officials alone.
    Officials,
}

impl Circle {
    const fn word(self) -> &'static str {
        match self {
            Self::Parties => "parties",
            Self::Officials => "officials",
        }
    }
}

/// A comment to write.
#[derive(Clone, Copy, Debug)]
pub struct NewComment<'a> {
    /// The request: the same one again gives the same comment.
    pub request: RequestId,
    /// The case.
    pub case: u64,
    /// The comment that it answers.
    pub answers: Option<CommentId>,
    /// Who reads it. An answer is read by those who read what it answers.
    pub circle: Circle,
    /// The field that it is about, as a JSON Pointer into the project's form.
    pub about: Option<&'a str>,
    /// Who writes.
    pub user: UserId,
    /// For which organisation.
    pub organisation: OrganisationId,
    /// The text.
    pub text: &'a str,
}

/// One wording of a comment.
#[derive(Clone, PartialEq, Eq)]
pub struct CommentText {
    /// The text; `None` once its writer was erased.
    pub text: Option<String>,
    /// When it was written, in milliseconds since 1970.
    pub written_ms: u64,
}

/// A comment.
#[derive(Clone, PartialEq, Eq)]
pub struct Comment {
    /// Its number in this node.
    pub id: CommentId,
    /// The case.
    pub case: u64,
    /// The first comment of its thread; its own number for that one.
    pub thread: CommentId,
    /// Who reads it.
    pub circle: Circle,
    /// The field that it is about.
    pub about: Option<String>,
    /// Who wrote it, by pseudonym.
    pub user: UserId,
    /// For which organisation.
    pub organisation: OrganisationId,
    /// Its wordings, the newest last; never empty.
    pub texts: Vec<CommentText>,
}

/// Which comments of a case are wanted.
#[derive(Clone, Copy, Debug)]
pub struct CommentQuery {
    /// The case.
    pub case: u64,
    /// Of this thread only.
    pub thread: Option<CommentId>,
    /// Those for officials alone as well.
    pub for_officials: bool,
    /// After this one.
    pub after: CommentId,
    /// The most comments.
    pub limit: u32,
}

impl People {
    /// Writes a comment. The same request again gives the same comment.
    ///
    /// # Errors
    /// [`PeopleError::Input`] for a text or pointer that is too long or empty, an answer to nothing, or too many comments.
    pub async fn add_comment(
        &self,
        new: NewComment<'_>,
        now_ms: u64,
    ) -> Result<Comment, PeopleError> {
        check_text(new.text)?;
        if new
            .about
            .is_some_and(|it| it.len() > ABOUT_BYTES_MAX || !(it.is_empty() || it.starts_with('/')))
        {
            return Err(PeopleError::Input {
                field: "about",
                reason: "it is a JSON Pointer of at most 256 bytes, such as /locations/0",
            });
        }
        let mut tx = self.store().begin().await?;
        if let Some(kept) = by_request(&mut tx, &new.request).await? {
            return comment(&mut tx, kept)
                .await?
                .ok_or(PeopleError::Damaged("a comment"));
        }
        let count: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM comments WHERE subject = ?")
            .bind(column(new.case))
            .fetch_one(&mut *tx)
            .await?;
        if number(count) >= COMMENTS_MAX {
            return Err(PeopleError::Input {
                field: "text",
                reason: "the case has 5000 comments, which is the most; attach a document",
            });
        }
        let thread = match new.answers {
            None => None,
            Some(answered) => Some(thread_of(&mut tx, &new, answered).await?),
        };
        let id = insert(&mut tx, &new, thread, now_ms).await?;
        insert_text(&mut tx, id, 0, new.text, now_ms).await?;
        let written = comment(&mut tx, id)
            .await?
            .ok_or(PeopleError::Damaged("a comment"))?;
        tx.commit().await?;
        Ok(written)
    }

    /// Gives a comment another wording; those before are kept.
    ///
    /// # Errors
    /// [`PeopleError::Missing`] when there is none of the number, [`PeopleError::Input`] for a bad text, somebody else's
    /// comment, or too many wordings.
    pub async fn edit_comment(
        &self,
        id: CommentId,
        user: UserId,
        text: &str,
        now_ms: u64,
    ) -> Result<Comment, PeopleError> {
        check_text(text)?;
        let mut tx = self.store().begin().await?;
        let before = comment(&mut tx, id)
            .await?
            .ok_or(PeopleError::Missing("comment"))?;
        let wrong = |reason| PeopleError::Input {
            field: "text",
            reason,
        };
        if before.user != user {
            return Err(wrong(
                "only its writer gives a comment another wording; answer it instead",
            ));
        }
        let edits = before.texts.len() as u64;
        if edits > COMMENT_EDITS_MAX {
            return Err(wrong(
                "it has 50 later wordings, which is the most; write another comment",
            ));
        }
        if before.texts.last().and_then(|it| it.text.as_deref()) == Some(text) {
            return Ok(before);
        }
        insert_text(&mut tx, id, edits, text, now_ms).await?;
        let after = comment(&mut tx, id)
            .await?
            .ok_or(PeopleError::Damaged("a comment"))?;
        tx.commit().await?;
        Ok(after)
    }

    /// A comment with all its wordings.
    ///
    /// # Errors
    /// [`PeopleError::Missing`] when there is none of the number.
    pub async fn comment(&self, id: CommentId) -> Result<Comment, PeopleError> {
        let mut reader = self.store().reader().acquire().await?;
        let found = comment(&mut reader, id).await?;
        found.ok_or(PeopleError::Missing("comment"))
    }

    /// Comments of a case, oldest first, each with all its wordings.
    ///
    /// # Errors
    /// [`PeopleError`] when the file cannot be read.
    pub async fn comments(&self, query: CommentQuery) -> Result<Vec<Comment>, PeopleError> {
        let ids: Vec<i64> = sqlx::query_scalar(
            "SELECT id FROM comments WHERE subject = ?1 AND id > ?2 AND (?3 IS NULL OR thread = ?3) \
             AND (?4 OR circle = 'parties') ORDER BY id LIMIT ?5",
        )
        .bind(column(query.case))
        .bind(column(query.after))
        .bind(query.thread.map(column))
        .bind(query.for_officials)
        .bind(query.limit)
        .fetch_all(self.store().reader())
        .await?;
        let mut reader = self.store().reader().acquire().await?;
        let mut found = Vec::with_capacity(ids.len());
        for id in ids {
            found.extend(comment(&mut reader, number(id)).await?);
        }
        Ok(found)
    }
}

fn check_text(text: &str) -> Result<(), PeopleError> {
    if text.trim().is_empty() || text.len() > COMMENT_BYTES_MAX {
        return Err(PeopleError::Input {
            field: "text",
            reason: "say it in 1 to 16384 bytes; attach longer texts as documents",
        });
    }
    Ok(())
}

async fn by_request(
    tx: &mut SqliteConnection,
    request: &RequestId,
) -> Result<Option<CommentId>, PeopleError> {
    let id: Option<i64> = sqlx::query_scalar("SELECT id FROM comments WHERE request = ?")
        .bind(request.0.as_slice())
        .fetch_optional(tx)
        .await?;
    Ok(id.map(number))
}

/// The thread of the comment that is answered; it is of the same case and read by the same people.
async fn thread_of(
    tx: &mut SqliteConnection,
    new: &NewComment<'_>,
    answered: CommentId,
) -> Result<CommentId, PeopleError> {
    let thread: Option<i64> = sqlx::query_scalar(
        "SELECT thread FROM comments WHERE id = ? AND subject = ? AND circle = ?",
    )
    .bind(column(answered))
    .bind(column(new.case))
    .bind(new.circle.word())
    .fetch_optional(tx)
    .await?;
    thread.map(number).ok_or(PeopleError::Input {
        field: "answers",
        reason: "the case has no such comment that the same people read",
    })
}

async fn insert(
    tx: &mut SqliteConnection,
    new: &NewComment<'_>,
    thread: Option<CommentId>,
    now_ms: u64,
) -> Result<CommentId, PeopleError> {
    let id: i64 = sqlx::query_scalar(
        "INSERT INTO comments (subject, thread, circle, about, user, organisation, request, written_ms) \
         VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
    )
    .bind(column(new.case))
    .bind(column(thread.unwrap_or(0)))
    .bind(new.circle.word())
    .bind(new.about)
    .bind(new.user.column())
    .bind(i64::from(new.organisation.0))
    .bind(new.request.0.as_slice())
    .bind(column(now_ms))
    .fetch_one(&mut *tx)
    .await?;
    if thread.is_none() {
        sqlx::query("UPDATE comments SET thread = id WHERE id = ?")
            .bind(id)
            .execute(tx)
            .await?;
    }
    Ok(number(id))
}

async fn insert_text(
    tx: &mut SqliteConnection,
    id: CommentId,
    edit: u64,
    text: &str,
    now_ms: u64,
) -> Result<(), PeopleError> {
    sqlx::query("INSERT INTO comment_texts (comment, edit, text, written_ms) VALUES (?, ?, ?, ?)")
        .bind(column(id))
        .bind(column(edit))
        .bind(text)
        .bind(column(now_ms))
        .execute(tx)
        .await?;
    Ok(())
}

async fn comment(tx: &mut SqliteConnection, id: CommentId) -> Result<Option<Comment>, PeopleError> {
    let head = sqlx::query(
        "SELECT id, subject, thread, circle, about, user, organisation FROM comments WHERE id = ?",
    )
    .bind(column(id))
    .fetch_optional(&mut *tx)
    .await?;
    let Some(head) = head else { return Ok(None) };
    let rows =
        sqlx::query("SELECT text, written_ms FROM comment_texts WHERE comment = ? ORDER BY edit")
            .bind(column(id))
            .fetch_all(tx)
            .await?;
    let text = |row: &SqliteRow| -> Result<CommentText, PeopleError> {
        Ok(CommentText {
            text: row.try_get("text")?,
            written_ms: number(row.try_get("written_ms")?),
        })
    };
    let circle = match head.try_get("circle")? {
        "parties" => Circle::Parties,
        "officials" => Circle::Officials,
        _ => return Err(PeopleError::Damaged("who reads a comment")),
    };
    let organisation: i64 = head.try_get("organisation")?;
    let organisation = u32::try_from(organisation);
    Ok(Some(Comment {
        id: number(head.try_get("id")?),
        case: number(head.try_get("subject")?),
        thread: number(head.try_get("thread")?),
        circle,
        about: head.try_get("about")?,
        user: UserId::from_column(head.try_get("user")?)?,
        organisation: OrganisationId(
            organisation.map_err(|_| PeopleError::Damaged("an organisation"))?,
        ),
        texts: rows.iter().map(text).collect::<Result<_, _>>()?,
    }))
}
