//! Passkeys in the browser (W3C Web Authentication Level 3): adding, naming and removing those of the own account, and
//! signing in with one. A script of the page asks here for a challenge, and sends what the authenticator said as a form.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::account;
use super::fault::{self, Fault};
use super::gate::{Coming, Entered, FromHere, Sent};
use super::posted::Posted;
use super::sign_in;
use crate::app::{AppError, Mode};
use crate::http::problem::ApiError;
use crate::people::{
    Ceremony, CeremonyToken, NewSession, PasskeyId, PeopleError, StepToken, Visit,
};
use crate::web::Shared;
use crate::web::page::Page;

/// A challenge for the script of a page, or why there is none in the reader's language.
fn challenge(page: &Page, begun: Result<Ceremony, AppError>) -> Result<Response, ApiError> {
    match begun {
        Ok(ceremony) => {
            let token = ceremony.token.expose();
            let body = json!({"ceremony": token, "options": ceremony.options});
            Ok(Json(body).into_response())
        }
        Err(error) => {
            let status = fault::status(&error);
            let said = said(page, error)?;
            Ok((status, Json(json!({"refused": said.text}))).into_response())
        }
    }
}

/// What stands against a passkey.
fn said(page: &Page, error: AppError) -> Result<Fault, ApiError> {
    let known = match &error {
        AppError::People(error) => match &**error {
            PeopleError::Refused | PeopleError::Ceremony => Some("fault-passkey"),
            PeopleError::Input { field, .. } if *field == "credential" => Some("fault-passkey"),
            PeopleError::NoPasskeys => Some("passkeys-none"),
            _ => None,
        },
        _ => None,
    };
    if let Some(key) = known {
        return Ok(Fault::whole(page.t(key)));
    }
    let mut fault = fault::of(page, error)?;
    // The field has a name of its own on a page that has another one for keys.
    if fault.link.as_deref() == Some("#label") {
        fault.link = Some("#passkey-label".to_owned());
    }
    Ok(fault)
}

/// What the authenticator said, and to which challenge.
fn answered(posted: &Posted) -> Result<(CeremonyToken, Value), AppError> {
    let token = posted.shown("ceremony").parse();
    let token: CeremonyToken = token.map_err(|_| AppError::from(PeopleError::Ceremony))?;
    let said = posted.text("credential").unwrap_or_default();
    let said = serde_json::from_str(said).map_err(|_| AppError::from(PeopleError::Ceremony))?;
    Ok((token, said))
}

pub(super) async fn begin_sign_in(
    State(site): State<Shared>,
    Coming(visit): Coming,
    page: Page,
    FromHere(posted): FromHere,
) -> Result<Response, ApiError> {
    let begun = match posted.given("step").map(str::parse::<StepToken>) {
        None => site.app.begin_passkey_sign_in(None, &visit).await,
        Some(Ok(step)) => site.app.begin_passkey_sign_in(Some(&step), &visit).await,
        Some(Err(error)) => Err(error.into()),
    };
    challenge(&page, begun)
}

pub(super) async fn sign_in(
    State(site): State<Shared>,
    Coming(visit): Coming,
    headers: HeaderMap,
    page: Page,
    FromHere(posted): FromHere,
) -> Result<Response, ApiError> {
    let next = posted.shown("next");
    match finished(&site, &posted, &visit).await {
        Ok(session) => sign_in::enter(&site, &page, &headers, &session, &next, &visit).await,
        Err(error) => {
            let status = fault::status(&error);
            let fault = said(&page, error)?;
            let kept = (posted.shown("step"), next);
            sign_in::again(&site, page, status, fault, kept).await
        }
    }
}

async fn finished(site: &Shared, posted: &Posted, visit: &Visit) -> Result<NewSession, AppError> {
    let (token, answer) = answered(posted)?;
    let finished = site.app.finish_passkey_sign_in(&token, answer, visit);
    finished.await
}

pub(super) async fn begin(
    State(site): State<Shared>,
    Coming(visit): Coming,
    entered: Entered,
    Sent(_): Sent,
) -> Result<Response, ApiError> {
    let begun = site.app.begin_passkey(&entered.caller, &visit).await;
    challenge(&entered.page, begun)
}

pub(super) async fn add(
    State(site): State<Shared>,
    entered: Entered,
    Sent(posted): Sent,
) -> Result<Response, ApiError> {
    let added = match answered(&posted) {
        Ok((token, answer)) => {
            let label = posted.shown("label");
            let finished = site
                .app
                .finish_passkey(&entered.caller, &token, &label, answer);
            finished.await
        }
        Err(error) => Err(error),
    };
    match added {
        Ok(added) => match added.codes {
            Some(codes) => account::codes_page(entered.page, codes.expose()),
            None => Ok(account::back(&entered.page, "passkey")),
        },
        Err(error) => refused(&site, entered, error).await,
    }
}

/// Leads back to the account, or shows it with what stands against a passkey.
async fn settled(
    site: &Shared,
    entered: Entered,
    outcome: Result<(), AppError>,
    done: &str,
) -> Result<Response, ApiError> {
    match outcome {
        Ok(()) => Ok(account::back(&entered.page, done)),
        Err(error) => refused(site, entered, error).await,
    }
}

async fn refused(site: &Shared, entered: Entered, error: AppError) -> Result<Response, ApiError> {
    let status = fault::status(&error);
    let faults = vec![said(&entered.page, error)?];
    account::page_with(site, entered, status, faults, None).await
}

pub(super) async fn rename(
    State(site): State<Shared>,
    Path(passkey): Path<String>,
    entered: Entered,
    Sent(posted): Sent,
) -> Result<Response, ApiError> {
    let label = posted.shown("label");
    let outcome = match passkey.parse::<PasskeyId>() {
        Ok(id) => {
            let named = site
                .app
                .name_passkey(&entered.caller, &id, &label, Mode::Write);
            named.await
        }
        Err(error) => Err(error.into()),
    };
    settled(&site, entered, outcome, "passkey-named").await
}

pub(super) async fn remove(
    State(site): State<Shared>,
    Path(passkey): Path<String>,
    entered: Entered,
    Sent(_): Sent,
) -> Result<Response, ApiError> {
    let outcome = match passkey.parse::<PasskeyId>() {
        Ok(id) => {
            let removed = site.app.remove_passkey(&entered.caller, &id, Mode::Write);
            removed.await
        }
        Err(error) => Err(error.into()),
    };
    settled(&site, entered, outcome, "passkey-removed").await
}
