//! Signing in, and the own account.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::users::user_view;
use super::write::done;
use crate::app::{AppError, Caller};
use crate::http::Served;
use crate::http::dto::{
    AcceptInvitation, ApiKeyMade, ApiKeyView, AuthenticatorMade, ChangePassword, CodeBody,
    CompleteSignIn, MeView, NewApiKey, RecoveryCodesView, RequestReset, SessionView, SignInBody,
    SignedIn,
};
use crate::http::extract::{Body, Parameters, PathValue, WriteMode};
use crate::http::openapi::{
    ApiKeyName, DryRun, NotAuthorised, Rejected, Second, SessionNumber, TooMany, Tried,
};
use crate::http::problem::ApiError;
use crate::people::{
    LinkToken, NewSession, Password, PeopleError, SecondFactor, SessionId, SignIn, StepToken, Visit,
};

pub(super) fn refused(error: PeopleError) -> ApiError {
    AppError::from(error).into()
}

/// Opens a session with an e-mail address and a password, or says that a second factor is wanted.
#[utoipa::path(
    post,
    path = "/sign-in",
    tag = "Signing in",
    request_body = SignInBody,
    responses((status = 200, body = SignedIn), NotAuthorised, TooMany),
    security(()),
)]
pub(super) async fn sign_in(
    visit: Visit,
    State(served): State<Served>,
    Body(SignInBody { email, password }): Body<SignInBody>,
) -> Result<Json<SignedIn>, ApiError> {
    let password = Password::new(password);
    let answer = served.app.sign_in(&email, &password, &visit).await?;
    Ok(Json(match answer {
        SignIn::Done(session) => SignedIn {
            second_factor_needed: served.app.must_enrol(&session).await?,
            ..signed_in(&session)
        },
        SignIn::SecondFactor(step) => SignedIn {
            token: None,
            expires_ms: None,
            step: Some(step.expose().to_owned()),
            second_factor_needed: false,
        },
    }))
}

pub(super) fn signed_in(session: &NewSession) -> SignedIn {
    SignedIn {
        token: Some(session.token.expose().to_owned()),
        expires_ms: Some(session.expires_ms),
        step: None,
        second_factor_needed: false,
    }
}

/// Completes a sign-in with the code of an authenticator or a recovery code.
#[utoipa::path(
    post,
    path = "/sign-in/code",
    tag = "Signing in",
    request_body = CompleteSignIn,
    responses((status = 200, body = SignedIn), NotAuthorised, TooMany),
    security(()),
)]
pub(super) async fn complete(
    visit: Visit,
    State(served): State<Served>,
    Body(body): Body<CompleteSignIn>,
) -> Result<Json<SignedIn>, ApiError> {
    let step: StepToken = body.step.parse().map_err(refused)?;
    let factor = match (&body.code, &body.recovery_code) {
        (Some(code), None) => SecondFactor::Code(code),
        (None, Some(code)) => SecondFactor::RecoveryCode(code),
        _ => {
            let why = "give either code or recovery_code";
            return Err(ApiError::body("/code", &why));
        }
    };
    let session = served.app.complete_sign_in(&step, factor, &visit).await?;
    Ok(Json(signed_in(&session)))
}

/// Ends the session whose token is shown.
#[utoipa::path(
    post,
    path = "/sign-out",
    tag = "Signing in",
    responses((status = 204)),
)]
pub(super) async fn sign_out(
    caller: Caller,
    State(served): State<Served>,
) -> Result<StatusCode, ApiError> {
    served.app.sign_out(&caller).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Accepts an invitation with its one-time code and chooses a password.
#[utoipa::path(
    post,
    path = "/invitations/accept",
    tag = "Signing in",
    request_body = AcceptInvitation,
    responses((status = 204), NotAuthorised, Rejected, TooMany),
    security(()),
)]
pub(super) async fn accept(
    visit: Visit,
    State(served): State<Served>,
    Body(AcceptInvitation { token, password }): Body<AcceptInvitation>,
) -> Result<StatusCode, ApiError> {
    let token: LinkToken = token.parse().map_err(refused)?;
    let password = Password::new(password);
    served
        .app
        .accept_invitation(&token, &password, &visit)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Asks for a one-time code by mail, to choose a new password. The answer is the same whether or not the address has an
/// account.
#[utoipa::path(
    post,
    path = "/password-reset",
    tag = "Signing in",
    request_body = RequestReset,
    responses((status = 202), TooMany),
    security(()),
)]
pub(super) async fn request_reset(
    visit: Visit,
    State(served): State<Served>,
    Body(RequestReset { email }): Body<RequestReset>,
) -> Result<StatusCode, ApiError> {
    served.app.request_reset(&email, &visit).await?;
    Ok(StatusCode::ACCEPTED)
}

/// Chooses a new password with a one-time code. Every session of the user ends.
#[utoipa::path(
    post,
    path = "/password-reset/complete",
    tag = "Signing in",
    request_body = AcceptInvitation,
    responses((status = 204), NotAuthorised, Rejected, TooMany),
    security(()),
)]
pub(super) async fn reset(
    visit: Visit,
    State(served): State<Served>,
    Body(AcceptInvitation { token, password }): Body<AcceptInvitation>,
) -> Result<StatusCode, ApiError> {
    let token: LinkToken = token.parse().map_err(refused)?;
    let password = Password::new(password);
    served.app.reset_password(&token, &password, &visit).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Who the caller is, and what the caller's role may do at this moment.
#[utoipa::path(
    get,
    path = "/me",
    tag = "Own account",
    responses((status = 200, body = MeView)),
)]
pub(super) async fn me(
    caller: Caller,
    State(served): State<Served>,
    parameters: Parameters,
) -> Result<Json<MeView>, ApiError> {
    parameters.finish()?;
    let me = served.app.me(&caller).await?;
    let actions = me.actions.iter();
    Ok(Json(MeView {
        organisation_type: me.membership.organisation_type.clone(),
        standing: me.membership.standing.name().to_owned(),
        actions: actions
            .map(|(action, scope)| (action.to_string(), scope.to_string()))
            .collect(),
        second_factor_needed: me.must_enrol,
        user: user_view(me.user),
    }))
}

/// The caller's open sessions.
#[utoipa::path(
    get,
    path = "/me/sessions",
    tag = "Own account",
    responses((status = 200, body = Vec<SessionView>)),
)]
pub(super) async fn sessions(
    caller: Caller,
    State(served): State<Served>,
    parameters: Parameters,
) -> Result<Json<Vec<SessionView>>, ApiError> {
    parameters.finish()?;
    let sessions = served.app.sessions(&caller).await?;
    let views = sessions.into_iter().map(|it| SessionView {
        session: it.id,
        device: it.device,
        address: it.address.map(|address| address.to_string()),
        second_factor: it.by_second_factor,
        created_ms: it.created_ms,
        used_ms: it.used_ms,
    });
    Ok(Json(views.collect()))
}

/// Ends one of the caller's sessions.
#[utoipa::path(
    delete,
    path = "/me/sessions/{id}",
    tag = "Own account",
    params(SessionNumber, DryRun),
    responses((status = 204), Tried, ),
)]
pub(super) async fn end_session(
    caller: Caller,
    State(served): State<Served>,
    WriteMode(mode): WriteMode,
    PathValue(session): PathValue<SessionId>,
) -> Result<Response, ApiError> {
    served.app.end_session(&caller, session, mode).await?;
    Ok(done(mode, StatusCode::NO_CONTENT))
}

/// Changes the caller's password. Every other session of the caller ends.
#[utoipa::path(
    post,
    path = "/me/password",
    tag = "Own account",
    request_body = ChangePassword,
    responses((status = 204), Rejected, TooMany),
)]
pub(super) async fn change_password(
    caller: Caller,
    visit: Visit,
    State(served): State<Served>,
    Body(ChangePassword { old, password }): Body<ChangePassword>,
) -> Result<StatusCode, ApiError> {
    let (old, new) = (Password::new(old), Password::new(password));
    served
        .app
        .change_password(&caller, &old, &new, &visit)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Begins a second factor (TOTP, RFC 6238). It counts once a first code has confirmed it.
#[utoipa::path(
    post,
    path = "/me/authenticator",
    tag = "Own account",
    responses((status = 200, body = AuthenticatorMade), Rejected, Second),
)]
pub(super) async fn begin_authenticator(
    caller: Caller,
    State(served): State<Served>,
) -> Result<Json<AuthenticatorMade>, ApiError> {
    let enrolment = served.app.begin_authenticator(&caller).await?;
    Ok(Json(AuthenticatorMade {
        uri: enrolment.uri.to_string(),
        secret: enrolment.secret.to_string(),
    }))
}

/// Confirms the second factor with a first code, and gives the recovery codes: this once.
#[utoipa::path(
    post,
    path = "/me/authenticator/confirm",
    tag = "Own account",
    request_body = CodeBody,
    responses((status = 200, body = RecoveryCodesView), Rejected, Second, TooMany),
)]
pub(super) async fn confirm_authenticator(
    caller: Caller,
    State(served): State<Served>,
    Body(CodeBody { code }): Body<CodeBody>,
) -> Result<Json<RecoveryCodesView>, ApiError> {
    let codes = served.app.confirm_authenticator(&caller, &code).await?;
    Ok(Json(RecoveryCodesView {
        codes: codes.expose().map(str::to_owned).collect(),
    }))
}

/// The caller's API keys, without their secrets.
#[utoipa::path(
    get,
    path = "/me/api-keys",
    tag = "Own account",
    responses((status = 200, body = Vec<ApiKeyView>)),
)]
pub(super) async fn api_keys(
    caller: Caller,
    State(served): State<Served>,
    parameters: Parameters,
) -> Result<Json<Vec<ApiKeyView>>, ApiError> {
    parameters.finish()?;
    let keys = served.app.api_keys(&caller).await?;
    let views = keys.into_iter().map(|it| ApiKeyView {
        id: it.id,
        label: it.label,
        actions: it.actions,
        created_ms: it.created_ms,
        expires_ms: it.expires_ms,
        used_ms: it.used_ms,
    });
    Ok(Json(views.collect()))
}

/// Makes an API key for some of the actions that the caller's role has. Its secret is shown this once.
#[utoipa::path(
    post,
    path = "/me/api-keys",
    tag = "Own account",
    request_body = NewApiKey,
    params(DryRun),
    responses((status = 201, body = ApiKeyMade), Tried, Rejected, Second),
)]
pub(super) async fn create_api_key(
    caller: Caller,
    State(served): State<Served>,
    WriteMode(mode): WriteMode,
    Body(new): Body<NewApiKey>,
) -> Result<Response, ApiError> {
    let NewApiKey {
        label,
        actions,
        expires_ms,
    } = new;
    let key = served
        .app
        .create_api_key(&caller, &label, &actions, expires_ms, mode)
        .await?;
    let made = ApiKeyMade {
        id: key.id().to_owned(),
        key: key.expose().to_string(),
    };
    Ok(done(mode, (StatusCode::CREATED, Json(made))))
}

/// Ends one of the caller's API keys.
#[utoipa::path(
    delete,
    path = "/me/api-keys/{id}",
    tag = "Own account",
    params(ApiKeyName, DryRun),
    responses((status = 204), Tried, ),
)]
pub(super) async fn revoke_api_key(
    caller: Caller,
    State(served): State<Served>,
    WriteMode(mode): WriteMode,
    PathValue(id): PathValue<String>,
) -> Result<Response, ApiError> {
    served.app.revoke_api_key(&caller, &id, mode).await?;
    Ok(done(mode, StatusCode::NO_CONTENT))
}
