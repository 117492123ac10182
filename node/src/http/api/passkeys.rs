//! Passkeys: adding, naming, removing, and signing in with one. The objects in the middle are those of the browser's own
//! `navigator.credentials`, as `toJSON` and `parse...OptionsFromJSON` write and read them.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::access::{refused, signed_in};
use super::write::done;
use crate::app::Caller;
use crate::http::Served;
use crate::http::dto::{
    BeginPasskeySignIn, CeremonyView, FinishPasskey, FinishPasskeySignIn, PasskeyMade, PasskeyView,
    RecoveryCodesView, RenamePasskey, SignedIn,
};
use crate::http::extract::{Body, Parameters, PathValue, WriteMode};
use crate::http::openapi::{
    DryRun, NotAuthorised, NotFound, PasskeyName, Rejected, TooMany, Tried,
};
use crate::http::problem::ApiError;
use crate::people::{
    Ceremony, CeremonyToken, PasskeyId, PasskeyInfo, RecoveryCodes, StepToken, Visit,
};

fn passkey_view(passkey: PasskeyInfo) -> PasskeyView {
    PasskeyView {
        passkey: passkey.id,
        label: passkey.label,
        created_ms: passkey.created_ms,
        used_ms: passkey.used_ms,
    }
}

fn ceremony_view(ceremony: Ceremony) -> CeremonyView {
    CeremonyView {
        ceremony: ceremony.token.expose().to_owned(),
        options: ceremony.options,
        expires_ms: ceremony.expires_ms,
    }
}

fn exposed(codes: &RecoveryCodes) -> Vec<String> {
    codes.expose().map(str::to_owned).collect()
}

/// The caller's passkeys.
#[utoipa::path(
    get,
    path = "/me/passkeys",
    tag = "Own account",
    responses((status = 200, body = Vec<PasskeyView>)),
)]
pub(super) async fn list(
    caller: Caller,
    State(served): State<Served>,
    parameters: Parameters,
) -> Result<Json<Vec<PasskeyView>>, ApiError> {
    parameters.finish()?;
    let passkeys = served.app.passkeys(&caller).await?;
    Ok(Json(passkeys.into_iter().map(passkey_view).collect()))
}

/// Begins to add a passkey: a challenge for the browser.
#[utoipa::path(
    post,
    path = "/me/passkeys",
    tag = "Own account",
    responses((status = 200, body = CeremonyView), Rejected),
)]
pub(super) async fn begin(
    caller: Caller,
    visit: Visit,
    State(served): State<Served>,
) -> Result<Json<CeremonyView>, ApiError> {
    let ceremony = served.app.begin_passkey(&caller, &visit).await?;
    Ok(Json(ceremony_view(ceremony)))
}

/// Adds the passkey that the authenticator made. With the first second factor come recovery codes.
#[utoipa::path(
    post,
    path = "/me/passkeys/confirm",
    tag = "Own account",
    request_body = FinishPasskey,
    responses((status = 201, body = PasskeyMade), Rejected),
)]
pub(super) async fn finish(
    caller: Caller,
    State(served): State<Served>,
    Body(body): Body<FinishPasskey>,
) -> Result<Response, ApiError> {
    let token: CeremonyToken = body.ceremony.parse().map_err(refused)?;
    let added = served
        .app
        .finish_passkey(&caller, &token, &body.label, body.credential)
        .await?;
    let made = PasskeyMade {
        passkey: passkey_view(added.passkey),
        recovery_codes: added.codes.as_ref().map(exposed),
    };
    Ok((StatusCode::CREATED, Json(made)).into_response())
}

/// Gives a passkey another label.
#[utoipa::path(
    put,
    path = "/me/passkeys/{id}",
    tag = "Own account",
    params(PasskeyName, DryRun),
    request_body = RenamePasskey,
    responses((status = 204), Tried, Rejected),
)]
pub(super) async fn rename(
    caller: Caller,
    State(served): State<Served>,
    WriteMode(mode): WriteMode,
    PathValue(id): PathValue<PasskeyId>,
    Body(RenamePasskey { label }): Body<RenamePasskey>,
) -> Result<Response, ApiError> {
    served.app.name_passkey(&caller, &id, &label, mode).await?;
    Ok(done(mode, StatusCode::NO_CONTENT))
}

/// Ends a passkey.
#[utoipa::path(
    delete,
    path = "/me/passkeys/{id}",
    tag = "Own account",
    params(PasskeyName, DryRun),
    responses((status = 204), Tried, Rejected),
)]
pub(super) async fn remove(
    caller: Caller,
    State(served): State<Served>,
    WriteMode(mode): WriteMode,
    PathValue(id): PathValue<PasskeyId>,
) -> Result<Response, ApiError> {
    served.app.remove_passkey(&caller, &id, mode).await?;
    Ok(done(mode, StatusCode::NO_CONTENT))
}

/// New recovery codes in the place of the old ones, shown this once.
#[utoipa::path(
    post,
    path = "/me/recovery-codes",
    tag = "Own account",
    responses((status = 200, body = RecoveryCodesView), NotFound, Rejected),
)]
pub(super) async fn draw_recovery_codes(
    caller: Caller,
    State(served): State<Served>,
) -> Result<Json<RecoveryCodesView>, ApiError> {
    let codes = served.app.draw_recovery_codes(&caller).await?;
    Ok(Json(RecoveryCodesView {
        codes: exposed(&codes),
    }))
}

/// Begins a sign-in by passkey, after a password or instead of one: a challenge for the browser.
///
/// Without a step it says the same to everybody: it names no account and no passkey.
#[utoipa::path(
    post,
    path = "/sign-in/passkey",
    tag = "Signing in",
    request_body = BeginPasskeySignIn,
    responses((status = 200, body = CeremonyView), NotAuthorised, Rejected, TooMany),
    security(()),
)]
pub(super) async fn begin_sign_in(
    visit: Visit,
    State(served): State<Served>,
    Body(BeginPasskeySignIn { step }): Body<BeginPasskeySignIn>,
) -> Result<Json<CeremonyView>, ApiError> {
    let step: Option<StepToken> = step.map(|it| it.parse()).transpose().map_err(refused)?;
    let ceremony = served
        .app
        .begin_passkey_sign_in(step.as_ref(), &visit)
        .await?;
    Ok(Json(ceremony_view(ceremony)))
}

/// Completes a sign-in with what the authenticator said.
#[utoipa::path(
    post,
    path = "/sign-in/passkey/confirm",
    tag = "Signing in",
    request_body = FinishPasskeySignIn,
    responses((status = 200, body = SignedIn), NotAuthorised, Rejected, TooMany),
    security(()),
)]
pub(super) async fn finish_sign_in(
    visit: Visit,
    State(served): State<Served>,
    Body(body): Body<FinishPasskeySignIn>,
) -> Result<Json<SignedIn>, ApiError> {
    let token: CeremonyToken = body.ceremony.parse().map_err(refused)?;
    let session = served
        .app
        .finish_passkey_sign_in(&token, body.credential, &visit)
        .await?;
    Ok(Json(signed_in(&session)))
}
