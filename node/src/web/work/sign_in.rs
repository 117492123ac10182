//! Signing in and out, joining with an invitation, and a new password for one that was forgotten.

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;

use super::cookie;
use super::fault::{self, Fault};
use super::gate::{Coming, FromHere, Sent};
use super::posted::Posted;
use crate::app::AppError;
use crate::http::problem::ApiError;
use crate::people::{
    LinkToken, NewSession, Password, PeopleError, SecondFactor, SignIn, StepToken, Visit,
};
use crate::web::list::Asked;
use crate::web::page::Page;
use crate::web::{Shared, answer};

/// The digits of an authenticator's code; a recovery code has more.
const CODE_DIGITS: usize = 6;

#[derive(Template)]
#[template(path = "web/work/sign-in.html")]
struct SignInPage {
    page: Page,
    faults: Vec<Fault>,
    email: String,
    next: String,
    /// Something was done that one signs in after, such as choosing a password.
    is_done: bool,
    /// Where passkeys belong; none where there are none.
    passkey_origin: Option<String>,
    /// A sign-in by a passkey alone has none.
    step: &'static str,
}

#[derive(Template)]
#[template(path = "web/work/code.html")]
struct CodePage {
    page: Page,
    faults: Vec<Fault>,
    step: String,
    next: String,
    /// Where passkeys belong, where the user has one.
    passkey_origin: Option<String>,
}

fn about(page: Page) -> Page {
    page.about("sign-in", "POST /sign-in", "countersign sign-in")
}

pub(super) async fn ask(
    State(site): State<Shared>,
    page: Page,
    asked: Asked,
) -> Result<Response, ApiError> {
    if page.reader.is_some() {
        return Ok(answer::see_other(&page.to("/work")));
    }
    let shown = SignInPage {
        is_done: asked.text("done").is_some(),
        ..sign_in_page(&site, page, Vec::new(), asked.shown("next"))
    };
    answer::html(&shown.page, &shown)
}

fn sign_in_page(site: &Shared, page: Page, faults: Vec<Fault>, next: String) -> SignInPage {
    SignInPage {
        faults,
        email: String::new(),
        next,
        is_done: false,
        passkey_origin: site.app.passkey_origin().map(str::to_owned),
        step: "",
        page: about(page),
    }
}

async fn code_page(
    site: &Shared,
    page: Page,
    faults: Vec<Fault>,
    (step, next): (String, String),
) -> CodePage {
    let takes_passkey = match step.parse::<StepToken>() {
        // A step that is over takes none; the code that follows is told so.
        Ok(step) => site.app.step_takes_passkey(&step).await.unwrap_or(false),
        Err(_) => false,
    };
    let origin = site.app.passkey_origin().filter(|_| takes_passkey);
    CodePage {
        faults,
        step,
        next,
        passkey_origin: origin.map(str::to_owned),
        page: about(page),
    }
}

/// Shows the page of a sign-in that did not go through: the second step where there was a first one.
pub(super) async fn again(
    site: &Shared,
    page: Page,
    status: StatusCode,
    fault: Fault,
    (step, next): (String, String),
) -> Result<Response, ApiError> {
    if step.is_empty() {
        let shown = sign_in_page(site, page, vec![fault], next);
        return answer::with_status(status, &shown.page, &shown);
    }
    let shown = code_page(site, page, vec![fault], (step, next)).await;
    answer::with_status(status, &shown.page, &shown)
}

pub(super) async fn sign_in(
    State(site): State<Shared>,
    Coming(visit): Coming,
    headers: HeaderMap,
    page: Page,
    FromHere(posted): FromHere,
) -> Result<Response, ApiError> {
    let email = posted.shown("email");
    let next = posted.shown("next");
    let password = Password::new(posted.text("password").unwrap_or_default().to_owned());
    match site.app.sign_in(&email, &password, &visit).await {
        Ok(SignIn::Done(session)) => enter(&site, &page, &headers, &session, &next, &visit).await,
        Ok(SignIn::SecondFactor(step)) => {
            let step = step.expose().to_owned();
            let shown = code_page(&site, page, Vec::new(), (step, next)).await;
            answer::html(&shown.page, &shown)
        }
        Err(error) => {
            let status = fault::status(&error);
            let faults = vec![fault::of(&page, error)?];
            let shown = SignInPage {
                email,
                ..sign_in_page(&site, page, faults, next)
            };
            answer::with_status(status, &shown.page, &shown)
        }
    }
}

pub(super) async fn code(
    State(site): State<Shared>,
    Coming(visit): Coming,
    headers: HeaderMap,
    page: Page,
    FromHere(posted): FromHere,
) -> Result<Response, ApiError> {
    let (step, next) = (posted.shown("step"), posted.shown("next"));
    match complete(&site, &posted, &step, &visit).await {
        Ok(session) => enter(&site, &page, &headers, &session, &next, &visit).await,
        Err(error) => {
            let status = fault::status(&error);
            let fault = fault::of(&page, error)?;
            again(&site, page, status, fault, (step, next)).await
        }
    }
}

async fn complete(
    site: &Shared,
    posted: &Posted,
    step: &str,
    visit: &Visit,
) -> Result<NewSession, AppError> {
    let step: StepToken = step.parse().map_err(AppError::from)?;
    let typed = posted.shown("code");
    let digits = typed.chars().filter(|it| !it.is_whitespace());
    let is_code =
        digits.clone().count() == CODE_DIGITS && digits.clone().all(|it| it.is_ascii_digit());
    let factor = if is_code {
        SecondFactor::Code(&typed)
    } else {
        SecondFactor::RecoveryCode(&typed)
    };
    site.app.complete_sign_in(&step, factor, visit).await
}

/// Hands the new session out, and ends the one that the browser had: nothing of it goes on.
pub(super) async fn enter(
    site: &Shared,
    page: &Page,
    headers: &HeaderMap,
    session: &NewSession,
    next: &str,
    visit: &Visit,
) -> Result<Response, ApiError> {
    if let Some(old) = cookie::secret(headers, site.is_secure())
        && let Ok(caller) = site.app.authenticate(old).await
    {
        // It may have ended meanwhile, and that is as well.
        let _ = site.app.sign_out(&caller).await;
    }
    let seconds = session.expires_ms.saturating_sub(visit.now_ms) / 1000;
    let place = if is_own_place(next) {
        next.to_owned()
    } else {
        page.to("/work")
    };
    let mut response = answer::see_other(&place);
    let cookie = cookie::hand_out(site.is_secure(), session.token.expose(), seconds);
    if let Some(cookie) = cookie {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

/// Whether a text is a path of this registry, and leads nowhere else however a browser reads it.
fn is_own_place(next: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_graphic() && byte != b'\\';
    next.starts_with('/') && !next.starts_with("//") && next.bytes().all(plain)
}

pub(super) async fn sign_out(
    State(site): State<Shared>,
    headers: HeaderMap,
    page: Page,
    Sent(_): Sent,
) -> Result<Response, ApiError> {
    if let Some(secret) = cookie::secret(&headers, site.is_secure())
        && let Ok(caller) = site.app.authenticate(secret).await
    {
        site.app.sign_out(&caller).await?;
    }
    let mut response = answer::see_other(&page.to("/"));
    if let Some(cookie) = cookie::take_back(site.is_secure()) {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

/// Which of the two one-time codes is used.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Purpose {
    Join,
    Reset,
}

#[derive(Template)]
#[template(path = "web/work/password.html")]
struct PasswordPage {
    page: Page,
    faults: Vec<Fault>,
    code: String,
    is_joining: bool,
}

fn password_page(page: Page, purpose: Purpose, faults: Vec<Fault>, code: String) -> PasswordPage {
    let api = match purpose {
        Purpose::Join => "POST /invitations/accept",
        Purpose::Reset => "POST /password-reset/complete",
    };
    PasswordPage {
        page: page.about("sign-in", api, "countersign user accept"),
        faults,
        code,
        is_joining: purpose == Purpose::Join,
    }
}

pub(super) async fn ask_join(State(_): State<Shared>, page: Page) -> Result<Response, ApiError> {
    let shown = password_page(page, Purpose::Join, Vec::new(), String::new());
    answer::html(&shown.page, &shown)
}

pub(super) async fn ask_password(
    State(_): State<Shared>,
    page: Page,
) -> Result<Response, ApiError> {
    let shown = password_page(page, Purpose::Reset, Vec::new(), String::new());
    answer::html(&shown.page, &shown)
}

pub(super) async fn join(
    State(site): State<Shared>,
    Coming(visit): Coming,
    page: Page,
    FromHere(posted): FromHere,
) -> Result<Response, ApiError> {
    choose(&site, &visit, page, &posted, Purpose::Join).await
}

pub(super) async fn password(
    State(site): State<Shared>,
    Coming(visit): Coming,
    page: Page,
    FromHere(posted): FromHere,
) -> Result<Response, ApiError> {
    choose(&site, &visit, page, &posted, Purpose::Reset).await
}

async fn choose(
    site: &Shared,
    visit: &Visit,
    page: Page,
    posted: &Posted,
    purpose: Purpose,
) -> Result<Response, ApiError> {
    let code = posted.shown("code");
    match chosen(site, visit, posted, purpose).await {
        Ok(()) => Ok(answer::see_other(&format!("{}?done=yes", page.sign_in()))),
        Err(error) => {
            let status = fault::status(&error);
            let faults = vec![fault::of(&page, error)?];
            let shown = password_page(page, purpose, faults, code);
            answer::with_status(status, &shown.page, &shown)
        }
    }
}

async fn chosen(
    site: &Shared,
    visit: &Visit,
    posted: &Posted,
    purpose: Purpose,
) -> Result<(), AppError> {
    let code: LinkToken = posted
        .shown("code")
        .parse()
        .map_err(|error: PeopleError| AppError::from(error))?;
    let password = Password::new(posted.text("password").unwrap_or_default().to_owned());
    match purpose {
        Purpose::Join => site.app.accept_invitation(&code, &password, visit).await,
        Purpose::Reset => site.app.reset_password(&code, &password, visit).await,
    }
    .map(drop)
}

#[derive(Template)]
#[template(path = "web/work/forgotten.html")]
struct ForgottenPage {
    page: Page,
    faults: Vec<Fault>,
    email: String,
    is_sent: bool,
}

fn forgotten_page(page: Page, faults: Vec<Fault>, email: String, is_sent: bool) -> ForgottenPage {
    ForgottenPage {
        page: page.about(
            "sign-in",
            "POST /password-reset",
            "countersign api POST /password-reset",
        ),
        faults,
        email,
        is_sent,
    }
}

pub(super) async fn ask_forgotten(
    State(_): State<Shared>,
    page: Page,
) -> Result<Response, ApiError> {
    let shown = forgotten_page(page, Vec::new(), String::new(), false);
    answer::html(&shown.page, &shown)
}

pub(super) async fn forgotten(
    State(site): State<Shared>,
    Coming(visit): Coming,
    page: Page,
    FromHere(posted): FromHere,
) -> Result<Response, ApiError> {
    let email = posted.shown("email");
    let (status, faults) = match site.app.request_reset(&email, &visit).await {
        Ok(()) => (StatusCode::OK, Vec::new()),
        Err(error) => (fault::status(&error), vec![fault::of(&page, error)?]),
    };
    let is_sent = faults.is_empty();
    let shown = forgotten_page(page, faults, email, is_sent);
    answer::with_status(status, &shown.page, &shown)
}

#[cfg(test)]
mod tests {
    use super::is_own_place;

    #[test]
    fn after_a_sign_in_nobody_is_led_to_another_host() {
        for own in ["/", "/en/work", "/work/cases/3?x=1#y"] {
            assert!(is_own_place(own), "{own}");
        }
        for other in [
            "",
            "https://evil.example",
            "//evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "/\t/evil.example",
            "/\n",
            "javascript:alert(1)",
            "work",
        ] {
            assert!(!is_own_place(other), "{other:?}");
        }
    }
}
