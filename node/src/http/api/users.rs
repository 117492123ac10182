//! The users of an organisation, and organisations that register themselves.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use countersign_protocol::id::OrganisationId;

use super::view;
use super::write::{done, done_with};
use crate::app::{AppError, Caller, Invited, Mode, RegistrationWish, RoleChange, UserWish};
use crate::http::Served;
use crate::http::dto::{
    AuditView, InvitationSent, InviteUser, NewRegistration, NewRole, OwnProfile, Page, Registered,
    RoleAnswer, UserView,
};
use crate::http::extract::{Body, Key, Parameters, PathValue, WriteMode};
use crate::http::openapi::{
    BigNumberPaging, DryRun, IdempotencyKey, LedgerWrite, NotFound, Rejected, Second, TooMany,
    Tried, UserFilters, UserNumber, UserPaging, UserStateFilters,
};
use crate::http::problem::ApiError;
use crate::people::{Email, Link, Profile, User, UserId, UserQuery, Visit};

pub(super) fn user_view(user: User) -> UserView {
    let (email, profile) = user.contact.unzip();
    let profile = profile.as_ref();
    UserView {
        user: user.id,
        organisation: user.organisation,
        role: user.role,
        state: user.state.word().to_owned(),
        second_factor: user.has_second_factor,
        email: email.map(|email| email.expose().to_owned()),
        name: profile.map(|it| it.name().to_owned()),
        phone: profile.and_then(|it| it.phone()).map(str::to_owned),
        language: profile.map(|it| it.language().to_owned()),
        created_ms: user.created_ms,
        signed_in_ms: user.signed_in_ms,
    }
}

/// The e-mail address and profile of somebody new.
fn contact(
    email: &str,
    name: &str,
    phone: Option<&str>,
    language: &str,
) -> Result<(Email, Profile), AppError> {
    Ok((email.parse()?, Profile::new(name, phone, language)?))
}

/// Changes the caller's own name, telephone number and language of mails. An API key is not enough for it.
#[utoipa::path(
    put,
    path = "/me/profile",
    tag = "Own account",
    params(DryRun),
    request_body = OwnProfile,
    responses((status = 204), Tried, Rejected),
)]
pub(super) async fn set_profile(
    caller: Caller,
    State(served): State<Served>,
    WriteMode(mode): WriteMode,
    Body(new): Body<OwnProfile>,
) -> Result<Response, ApiError> {
    let profile = Profile::new(&new.name, new.phone.as_deref(), &new.language);
    let profile = profile.map_err(AppError::from)?;
    served.app.set_profile(&caller, &profile, mode).await?;
    Ok(done(mode, StatusCode::NO_CONTENT))
}

/// Invites a user. The one-time code goes out by mail; only the operator sees it here.
#[utoipa::path(
    post,
    path = "/invitations",
    tag = "Users",
    request_body = InviteUser,
    params(DryRun),
    responses(
        (status = 201, body = InvitationSent),
        (status = 202, body = InvitationSent, description = "It waits for a second person."),
        Tried,
        Rejected,
        TooMany,
    ),
)]
pub(super) async fn invite(
    caller: Caller,
    State(served): State<Served>,
    WriteMode(mode): WriteMode,
    Body(new): Body<InviteUser>,
) -> Result<Response, ApiError> {
    let (email, profile) = contact(&new.email, &new.name, new.phone.as_deref(), &new.language)?;
    let wish = UserWish {
        email,
        profile,
        organisation: new.organisation,
        role: new.role,
    };
    let answer = match served.app.invite(&caller, &wish, mode).await? {
        Invited::Sent(link) => sent(&caller, &link),
        Invited::Proposed { user, proposal } => {
            let waits = InvitationSent {
                user,
                expires_ms: None,
                token: None,
                proposal: Some(proposal),
            };
            (StatusCode::ACCEPTED, Json(waits)).into_response()
        }
    };
    Ok(done(mode, answer))
}

/// The operator, who may have no mail yet, gets the one-time code in hand.
fn sent(caller: &Caller, link: &Link) -> Response {
    let in_hand = matches!(caller, Caller::Operator(_));
    let sent = InvitationSent {
        user: link.user,
        expires_ms: Some(link.expires_ms),
        token: in_hand.then(|| link.token.expose().to_owned()),
        proposal: None,
    };
    (StatusCode::CREATED, Json(sent)).into_response()
}

/// A new one-time code for somebody who has not joined yet; the old one is no good any more.
#[utoipa::path(
    post,
    path = "/users/{id}/invitations",
    tag = "Users",
    params(UserNumber, DryRun),
    responses((status = 201, body = InvitationSent), Tried, Rejected, Second),
)]
pub(super) async fn invite_again(
    caller: Caller,
    State(served): State<Served>,
    WriteMode(mode): WriteMode,
    PathValue(id): PathValue<UserId>,
) -> Result<Response, ApiError> {
    let link = served.app.invite_again(&caller, id, mode).await?;
    Ok(done(mode, sent(&caller, &link)))
}

/// Users that the caller may see.
#[utoipa::path(
    get,
    path = "/users",
    tag = "Users",
    params(UserFilters, UserStateFilters, UserPaging),
    responses((status = 200, body = Page<UserView>), NotFound),
)]
pub(super) async fn list(
    caller: Caller,
    State(served): State<Served>,
    mut parameters: Parameters,
) -> Result<Json<Page<UserView>>, ApiError> {
    let organisation: Option<OrganisationId> = parameters.get("organisation")?;
    let query = UserQuery {
        organisation,
        role: parameters.get("role")?,
        state: parameters.get("state")?,
    };
    let (after, limit) = (parameters.get("after")?, parameters.limit()?);
    parameters.finish()?;
    let listed = served.app.users(&caller, &query, after, limit).await?;
    Ok(Json(view::page(listed.map(user_view))))
}

/// A user.
#[utoipa::path(
    get,
    path = "/users/{id}",
    tag = "Users",
    params(UserNumber),
    responses((status = 200, body = UserView)),
)]
pub(super) async fn show(
    caller: Caller,
    State(served): State<Served>,
    PathValue(id): PathValue<UserId>,
    parameters: Parameters,
) -> Result<Json<UserView>, ApiError> {
    parameters.finish()?;
    Ok(Json(user_view(served.app.user(&caller, id).await?)))
}

/// Gives a user another role. Where the policy wants two people, this proposes it (202).
#[utoipa::path(
    post,
    path = "/users/{id}/role",
    tag = "Users",
    params(UserNumber, DryRun),
    request_body = NewRole,
    responses(
        (status = 200, body = RoleAnswer),
        (status = 202, body = RoleAnswer, description = "It waits for a second person."),
        Tried,
        Rejected,
        Second,
    ),
)]
pub(super) async fn role(
    caller: Caller,
    State(served): State<Served>,
    WriteMode(mode): WriteMode,
    PathValue(id): PathValue<UserId>,
    Body(NewRole { role }): Body<NewRole>,
) -> Result<Response, ApiError> {
    let change = served.app.change_role(&caller, id, &role, mode).await?;
    if mode == Mode::Try {
        let answer = RoleAnswer {
            done: change == RoleChange::Done,
            proposal: None,
        };
        return Ok(done_with(mode, StatusCode::OK, answer));
    }
    Ok(match change {
        RoleChange::Done => Json(RoleAnswer {
            done: true,
            proposal: None,
        })
        .into_response(),
        RoleChange::Proposed(proposal) => {
            let answer = RoleAnswer {
                done: false,
                proposal: Some(proposal),
            };
            (StatusCode::ACCEPTED, Json(answer)).into_response()
        }
    })
}

/// Suspends a user and ends the user's sessions.
#[utoipa::path(
    post,
    path = "/users/{id}/suspend",
    tag = "Users",
    params(UserNumber, DryRun),
    responses((status = 204), Tried, Rejected, Second),
)]
pub(super) async fn suspend(
    caller: Caller,
    State(served): State<Served>,
    WriteMode(mode): WriteMode,
    PathValue(id): PathValue<UserId>,
) -> Result<Response, ApiError> {
    served.app.suspend_user(&caller, id, true, mode).await?;
    Ok(done(mode, StatusCode::NO_CONTENT))
}

/// Ends the suspension of a user.
#[utoipa::path(
    post,
    path = "/users/{id}/reactivate",
    tag = "Users",
    params(UserNumber, DryRun),
    responses((status = 204), Tried, Rejected, Second),
)]
pub(super) async fn reactivate(
    caller: Caller,
    State(served): State<Served>,
    WriteMode(mode): WriteMode,
    PathValue(id): PathValue<UserId>,
) -> Result<Response, ApiError> {
    served.app.suspend_user(&caller, id, false, mode).await?;
    Ok(done(mode, StatusCode::NO_CONTENT))
}

/// Ends every session of a user.
#[utoipa::path(
    post,
    path = "/users/{id}/end-sessions",
    tag = "Users",
    params(UserNumber, DryRun),
    responses((status = 204), Tried, Rejected, Second),
)]
pub(super) async fn end_sessions(
    caller: Caller,
    State(served): State<Served>,
    WriteMode(mode): WriteMode,
    PathValue(id): PathValue<UserId>,
) -> Result<Response, ApiError> {
    served.app.end_sessions(&caller, id, mode).await?;
    Ok(done(mode, StatusCode::NO_CONTENT))
}

/// Takes away a second factor that its user has lost.
#[utoipa::path(
    post,
    path = "/users/{id}/reset-factors",
    tag = "Users",
    params(UserNumber, DryRun),
    responses((status = 204), Tried, Rejected, Second),
)]
pub(super) async fn reset_factors(
    caller: Caller,
    State(served): State<Served>,
    WriteMode(mode): WriteMode,
    PathValue(id): PathValue<UserId>,
) -> Result<Response, ApiError> {
    served.app.reset_factors(&caller, id, mode).await?;
    Ok(done(mode, StatusCode::NO_CONTENT))
}

/// Removes a user's personal data, drafts and comments for good. Proofs stay valid.
#[utoipa::path(
    post,
    path = "/users/{id}/erase",
    tag = "Users",
    params(UserNumber, DryRun),
    responses((status = 204), Tried, Rejected, Second),
)]
pub(super) async fn erase(
    caller: Caller,
    State(served): State<Served>,
    WriteMode(mode): WriteMode,
    PathValue(id): PathValue<UserId>,
) -> Result<Response, ApiError> {
    served.app.erase_user(&caller, id, mode).await?;
    Ok(done(mode, StatusCode::NO_CONTENT))
}

/// What happened to a user, newest first.
#[utoipa::path(
    get,
    path = "/users/{id}/audit",
    tag = "Users",
    params(UserNumber, BigNumberPaging),
    responses((status = 200, body = Page<AuditView>)),
)]
pub(super) async fn audit(
    caller: Caller,
    State(served): State<Served>,
    PathValue(id): PathValue<UserId>,
    mut parameters: Parameters,
) -> Result<Json<Page<AuditView>>, ApiError> {
    let (before, limit) = (parameters.get("after")?, parameters.limit()?);
    parameters.finish()?;
    let entries = served.app.audit(&caller, id, before, limit).await?;
    let next = entries.last().map(|it| it.id.to_string());
    let full = entries.len() >= limit;
    let items = entries.into_iter().map(|it| AuditView {
        id: it.id,
        time_ms: it.time_ms,
        actor: it.actor,
        event: it.event.to_string(),
        detail: it.detail,
        address: it.address.map(|address| address.to_string()),
    });
    Ok(Json(Page {
        items: items.collect(),
        next: next.filter(|_| full),
    }))
}

/// An organisation registers itself. It waits in the ledger; its first user gets a one-time code by mail and hands in its
/// case.
///
/// Open to everybody; an address has to wait after a few.
#[utoipa::path(
    post,
    path = "/registrations",
    tag = "Users",
    params(IdempotencyKey, DryRun),
    request_body = NewRegistration,
    responses((status = 201, body = Registered), Tried, LedgerWrite, Rejected, TooMany),
    security(()),
)]
pub(super) async fn register(
    visit: Visit,
    State(served): State<Served>,
    WriteMode(mode): WriteMode,
    Key(request): Key,
    Body(new): Body<NewRegistration>,
) -> Result<Response, ApiError> {
    let (email, profile) = contact(&new.email, &new.name, new.phone.as_deref(), &new.language)?;
    let wish = RegistrationWish {
        name: new.organisation,
        organisation_type: new.organisation_type,
        email,
        profile,
    };
    let made = served
        .app
        .register_organisation(request, wish, &visit, mode)
        .await?;
    if made.written.is_trial {
        return Ok(Json(view::trial(&made.written)).into_response());
    }
    let organisation = made.organisation;
    Ok((StatusCode::CREATED, Json(Registered { organisation })).into_response())
}
