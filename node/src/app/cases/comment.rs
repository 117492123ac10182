//! What people say to each other about a case.

use countersign_protocol::id::RequestId;
use countersign_protocol::permission::Action;

use super::super::write::Mode;
use super::super::{App, AppError, Caller, LIST_MAX, Listing};
use super::Seen;
use crate::people::{Circle, Comment, CommentId, CommentQuery, NewComment};

/// A comment that somebody wants to write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommentWish {
    /// The case.
    pub case: u64,
    /// The comment that it answers.
    pub answers: Option<CommentId>,
    /// Who reads it; without one, those who read what it answers, or all parties.
    pub circle: Option<Circle>,
    /// The field that it is about, as a JSON Pointer into the project's form.
    pub about: Option<String>,
    /// The text. It stays in this node.
    pub text: String,
}

impl App {
    /// Comments on a case. `None` when it was only tried.
    ///
    /// # Errors
    /// [`AppError`] when the matrix stands against it, or the wish is not as it must be.
    pub async fn comment(
        &self,
        caller: &Caller,
        request: RequestId,
        wish: CommentWish,
        mode: Mode,
    ) -> Result<Option<Comment>, AppError> {
        let person = caller.person()?;
        let seen = self.seen(wish.case)?;
        self.permit_comments(caller, &seen)?;
        let is_official = seen.is_official(caller);
        let answered = match wish.answers {
            None => None,
            Some(id) => Some(self.read_comment(&seen, id, is_official).await?),
        };
        let circle = wish.circle.or(answered.map(|it| it.circle));
        let circle = circle.unwrap_or(Circle::Parties);
        if circle == Circle::Officials && !is_official {
            let why = "officials alone write what officials alone read";
            return Err(AppError::body("/circle", why));
        }
        if mode == Mode::Try {
            return Ok(None);
        }
        let new = NewComment {
            request,
            case: wish.case,
            answers: wish.answers,
            circle,
            about: wish.about.as_deref(),
            user: person.principal.user,
            organisation: person.principal.organisation,
            text: &wish.text,
        };
        let written = self.people().add_comment(new, self.now_ms()).await?;
        // The same request for another comment is another wish.
        if written.case != wish.case || written.user != person.principal.user {
            return Err(AppError::BadInput {
                field: super::super::Field::Header("Idempotency-Key"),
                why: "it was used for another comment; draw a new one".to_owned(),
            });
        }
        Ok(Some(written))
    }

    /// Gives one of the caller's comments another wording; those before are kept.
    ///
    /// # Errors
    /// As [`App::comment`].
    pub async fn edit_comment(
        &self,
        caller: &Caller,
        case: u64,
        id: CommentId,
        text: &str,
        mode: Mode,
    ) -> Result<Comment, AppError> {
        let user = caller.person()?.principal.user;
        let seen = self.seen(case)?;
        self.permit_comments(caller, &seen)?;
        self.read_comment(&seen, id, seen.is_official(caller))
            .await?;
        Ok(self
            .people_in(mode)
            .edit_comment(id, user, text, self.now_ms())
            .await?)
    }

    /// The comments of a case that the caller may read, oldest first.
    ///
    /// # Errors
    /// [`AppError`] when the caller may not look into the case.
    pub async fn comments(
        &self,
        caller: &Caller,
        case: u64,
        thread: Option<CommentId>,
        after: CommentId,
        limit: usize,
    ) -> Result<Listing<Comment>, AppError> {
        let seen = self.seen(case)?;
        self.permit_reading(caller, &seen.known)?;
        let limit = limit.clamp(1, LIST_MAX);
        let query = CommentQuery {
            case,
            thread,
            for_officials: seen.is_official(caller),
            after,
            limit: u32::try_from(limit + 1).unwrap_or(u32::MAX),
        };
        let found = self.people().comments(query).await?;
        Ok(Listing::cut(found, limit, |last| last.id.to_string()))
    }

    fn permit_comments(&self, caller: &Caller, seen: &Seen) -> Result<(), AppError> {
        self.permit_reading(caller, &seen.known)?;
        self.permit_case(caller, Action::ProjectComment, &seen.known)
    }

    /// A comment of a case, if the caller may read it; one that the caller may not read is not known here.
    async fn read_comment(
        &self,
        seen: &Seen,
        id: CommentId,
        is_official: bool,
    ) -> Result<Comment, AppError> {
        let unknown = || AppError::not_found("comment", &id);
        let found = self
            .people()
            .comment(id)
            .await
            .map_err(|error| match error {
                crate::people::PeopleError::Missing(_) => unknown(),
                other => other.into(),
            })?;
        let may = found.circle == Circle::Parties || is_official;
        if found.case != seen.known.number || !may {
            return Err(unknown());
        }
        Ok(found)
    }
}

impl Seen {
    /// Whether somebody looks at the case for the State: of the authority, or of an organisation that has no part in it.
    pub(super) fn is_official(&self, caller: &Caller) -> bool {
        let Caller::Person(person) = caller else {
            return true;
        };
        let kind = self
            .process
            .organisation_type(&person.membership.organisation_type);
        let own = person.principal.organisation;
        let takes_part = self.is_party(own) || self.known.case.subject.certifier == Some(own);
        kind.is_some_and(|kind| kind.authority) || !takes_part
    }
}
