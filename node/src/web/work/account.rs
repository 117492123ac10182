//! The own account: details, password, second factor, sessions, news by mail, API keys.

use std::collections::BTreeSet;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use countersign_protocol::permission::Action;

use super::fault::{self, Fault};
use super::gate::{Coming, Entered, Sent};
use super::qr::{Qr, qr};
use crate::app::{AppError, Me, Mode};
use crate::http::problem::ApiError;
use crate::people::{ApiKeyInfo, PasskeyInfo, Password, PeopleError, Profile, Session, SessionId};
use crate::web::language::Language;
use crate::web::list::{Choice, choices};
use crate::web::page::Page;
use crate::web::{Shared, answer};

/// For how many days a key may be made.
const KEY_DAYS: [u64; 3] = [30, 90, 365];

const DAY_MS: u64 = 86_400_000;

#[derive(Template)]
#[template(path = "web/work/account.html")]
struct AccountPage {
    page: Page,
    faults: Vec<Fault>,
    me: Me,
    role: String,
    has_news: bool,
    passkeys: Vec<PasskeyInfo>,
    /// Where passkeys belong; none where there are none.
    passkey_origin: Option<String>,
    sessions: Vec<Session>,
    own_session: Option<SessionId>,
    /// None where the role may not see keys.
    keys: Option<Vec<ApiKeyInfo>>,
    key_days: [u64; 3],
    languages: Vec<Choice>,
    /// What was done, as a key of a text.
    done: Option<String>,
}

impl AccountPage {
    fn email(&self) -> &str {
        let contact = self.me.user.contact.as_ref();
        contact.map_or("", |(email, _)| email.expose())
    }

    fn name(&self) -> &str {
        let contact = self.me.user.contact.as_ref();
        contact.map_or("", |(_, profile)| profile.name())
    }

    fn phone(&self) -> &str {
        let contact = self.me.user.contact.as_ref();
        contact
            .and_then(|(_, profile)| profile.phone())
            .unwrap_or_default()
    }

    fn is_own(&self, session: &Session) -> bool {
        self.own_session == Some(session.id)
    }
}

/// What was done and is said on the page that comes next.
const DONE: [&str; 9] = [
    "profile",
    "password",
    "session",
    "others",
    "news",
    "key",
    "passkey",
    "passkey-named",
    "passkey-removed",
];

pub(super) async fn show(
    State(site): State<Shared>,
    entered: Entered,
    asked: crate::web::list::Asked,
) -> Result<Response, ApiError> {
    let done = asked.done(&entered.page, "account-done", &DONE);
    page_with(&site, entered, StatusCode::OK, Vec::new(), done).await
}

pub(super) async fn page_with(
    site: &Shared,
    entered: Entered,
    status: StatusCode,
    faults: Vec<Fault>,
    done: Option<String>,
) -> Result<Response, ApiError> {
    let Entered { page, caller, me } = entered;
    let keys = match site.app.api_keys(&caller).await {
        Ok(keys) => Some(keys),
        Err(AppError::Forbidden(_)) => None,
        Err(error) => return Err(error.into()),
    };
    let shown = AccountPage {
        role: role(site, &page, &me),
        has_news: site.app.wants_news(&caller).await?,
        passkeys: site.app.passkeys(&caller).await?,
        passkey_origin: site.app.passkey_origin().map(str::to_owned),
        sessions: site.app.sessions(&caller).await?,
        own_session: caller.person()?.principal.session(),
        keys,
        key_days: KEY_DAYS,
        languages: mail_languages(me.user.contact.as_ref().map_or("", |it| it.1.language())),
        faults,
        done,
        me,
        page: page.about("work", "/me", "countersign api GET /me"),
    };
    answer::with_status(status, &shown.page, &shown)
}

/// What somebody is in the process, in words.
pub(super) fn role(site: &Shared, page: &Page, me: &Me) -> String {
    let language = page.language.code();
    let process = site.app.process();
    let role = process.as_ref().and_then(|process| {
        let role = process.roles.iter().find(|it| it.id == me.user.role)?;
        Some(role.label.get(language).to_owned()).filter(|it| !it.is_empty())
    });
    let kind = process.as_ref().and_then(|process| {
        let kind = process.organisation_type(&me.membership.organisation_type)?;
        Some(kind.label.get(language).to_owned())
    });
    let role = role.unwrap_or_else(|| page.word("role", &me.user.role));
    match kind {
        Some(kind) => format!("{role} · {kind}"),
        None => role,
    }
}

/// The languages of mails to choose from: those of the pages, and the one that is kept where it is another.
pub(super) fn mail_languages(kept: &str) -> Vec<Choice> {
    let own = Language::ALL.map(|it| (it.code().to_owned(), it.own_name().to_owned()));
    let other = Some((kept.to_owned(), kept.to_owned()));
    let other = other.filter(|(code, _)| !code.is_empty() && own.iter().all(|it| it.0 != *code));
    choices(own.into_iter().chain(other), Some(kept))
}

pub(super) fn back(page: &Page, done: &str) -> Response {
    answer::see_other(&format!("{}?done={done}", page.to("/work/account")))
}

/// Leads back to the account, or shows it with what stands against the wish.
async fn answered(
    site: &Shared,
    entered: Entered,
    outcome: Result<(), AppError>,
    done: &str,
) -> Result<Response, ApiError> {
    match outcome {
        Ok(()) => Ok(back(&entered.page, done)),
        Err(error) => {
            let status = fault::status(&error);
            let faults = vec![fault::of(&entered.page, error)?];
            page_with(site, entered, status, faults, None).await
        }
    }
}

pub(super) async fn profile(
    State(site): State<Shared>,
    entered: Entered,
    Sent(posted): Sent,
) -> Result<Response, ApiError> {
    let phone = posted.given("phone");
    let outcome = match Profile::new(&posted.shown("name"), phone, &posted.shown("language")) {
        Ok(profile) => {
            let set = site.app.set_profile(&entered.caller, &profile, Mode::Write);
            set.await
        }
        Err(error) => Err(error.into()),
    };
    answered(&site, entered, outcome, "profile").await
}

pub(super) async fn password(
    State(site): State<Shared>,
    Coming(visit): Coming,
    entered: Entered,
    Sent(posted): Sent,
) -> Result<Response, ApiError> {
    let typed = |name| Password::new(posted.text(name).unwrap_or_default().to_owned());
    let (old, new) = (typed("old"), typed("password"));
    let outcome = site
        .app
        .change_password(&entered.caller, &old, &new, &visit)
        .await;
    answered(&site, entered, outcome, "password").await
}

pub(super) async fn news(
    State(site): State<Shared>,
    entered: Entered,
    Sent(posted): Sent,
) -> Result<Response, ApiError> {
    let wants = posted.given("news").is_some();
    let outcome = site
        .app
        .set_wants_news(&entered.caller, wants, Mode::Write)
        .await;
    answered(&site, entered, outcome, "news").await
}

pub(super) async fn end_session(
    State(site): State<Shared>,
    Path(session): Path<String>,
    entered: Entered,
    Sent(_): Sent,
) -> Result<Response, ApiError> {
    let session: SessionId = session
        .parse()
        .map_err(|error: PeopleError| AppError::from(error))?;
    let outcome = site
        .app
        .end_session(&entered.caller, session, Mode::Write)
        .await;
    answered(&site, entered, outcome, "session").await
}

pub(super) async fn end_others(
    State(site): State<Shared>,
    entered: Entered,
    Sent(_): Sent,
) -> Result<Response, ApiError> {
    let own = entered.caller.person()?.principal.session();
    let mut outcome = Ok(());
    for session in site.app.sessions(&entered.caller).await? {
        if Some(session.id) == own {
            continue;
        }
        let ended = site
            .app
            .end_session(&entered.caller, session.id, Mode::Write)
            .await;
        // One that has ended by itself meanwhile is as well.
        if let Err(error) = ended
            && !matches!(&error, AppError::People(it) if matches!(**it, PeopleError::Missing(_)))
        {
            outcome = Err(error);
        }
    }
    answered(&site, entered, outcome, "others").await
}

pub(super) async fn revoke_key(
    State(site): State<Shared>,
    Path(key): Path<String>,
    entered: Entered,
    Sent(_): Sent,
) -> Result<Response, ApiError> {
    let outcome = site
        .app
        .revoke_api_key(&entered.caller, &key, Mode::Write)
        .await;
    answered(&site, entered, outcome, "key").await
}

#[derive(Template)]
#[template(path = "web/work/secret.html")]
struct SecretPage {
    page: Page,
    title: String,
    text: String,
    secrets: Vec<String>,
    /// What more there is to say.
    more: Option<String>,
}

pub(super) async fn make_key(
    State(site): State<Shared>,
    entered: Entered,
    Sent(posted): Sent,
) -> Result<Response, ApiError> {
    let days = posted.given("days").and_then(|it| it.parse().ok());
    let days = days
        .filter(|it| KEY_DAYS.contains(it))
        .unwrap_or(KEY_DAYS[0]);
    let reads_only = posted.given("for") != Some("all");
    let own = entered.me.actions.iter().map(|(action, _)| *action);
    let actions: BTreeSet<Action> = own.filter(|it| !reads_only || it.is_read()).collect();
    let expires_ms = site.app.now_ms().saturating_add(days * DAY_MS);
    let label = posted.shown("label");
    let made = site
        .app
        .create_api_key(&entered.caller, &label, &actions, expires_ms, Mode::Write)
        .await;
    match made {
        Ok(key) => {
            let page = entered.page;
            let shown = SecretPage {
                title: page.t("key-made"),
                text: page.t("key-made-text"),
                secrets: vec![key.expose().to_string()],
                more: Some(page.t1("key-oauth", "client", key.id())),
                page: page.about(
                    "work",
                    "POST /me/api-keys",
                    "countersign api POST /me/api-keys",
                ),
            };
            answer::html(&shown.page, &shown)
        }
        Err(error) => answered(&site, entered, Err(error), "key").await,
    }
}

#[derive(Template)]
#[template(path = "web/work/second-factor.html")]
struct SecondFactorPage {
    page: Page,
    faults: Vec<Fault>,
    has_factor: bool,
    must_enrol: bool,
    /// The secret to scan or to type, once it was drawn.
    secret: Option<String>,
    uri: String,
    qr: Option<Qr>,
}

async fn second_factor_page(
    entered: Entered,
    status: StatusCode,
    faults: Vec<Fault>,
    drawn: Option<(String, String)>,
) -> Result<Response, ApiError> {
    let Entered { page, me, .. } = entered;
    let (uri, secret) = drawn.unzip();
    let uri = uri.unwrap_or_default();
    let shown = SecondFactorPage {
        faults,
        has_factor: me.user.has_second_factor,
        must_enrol: me.must_enrol,
        qr: secret.as_ref().and_then(|_| qr(&uri)),
        secret,
        uri,
        page: page.about(
            "work",
            "POST /me/authenticator",
            "countersign user authenticator",
        ),
    };
    answer::with_status(status, &shown.page, &shown)
}

pub(super) async fn second_factor(
    State(_): State<Shared>,
    entered: Entered,
) -> Result<Response, ApiError> {
    second_factor_page(entered, StatusCode::OK, Vec::new(), None).await
}

pub(super) async fn begin_authenticator(
    State(site): State<Shared>,
    entered: Entered,
    Sent(_): Sent,
) -> Result<Response, ApiError> {
    match site.app.begin_authenticator(&entered.caller).await {
        Ok(made) => {
            let drawn = (made.uri.to_string(), made.secret.to_string());
            second_factor_page(entered, StatusCode::OK, Vec::new(), Some(drawn)).await
        }
        Err(error) => {
            let status = fault::status(&error);
            let faults = vec![fault::of(&entered.page, error)?];
            second_factor_page(entered, status, faults, None).await
        }
    }
}

pub(super) async fn confirm_authenticator(
    State(site): State<Shared>,
    entered: Entered,
    Sent(posted): Sent,
) -> Result<Response, ApiError> {
    let code = posted.shown("code");
    match site.app.confirm_authenticator(&entered.caller, &code).await {
        Ok(codes) => codes_page(entered.page, codes.expose()),
        Err(error) => {
            let status = fault::status(&error);
            let mut said = fault::of(&entered.page, error)?;
            said.link.get_or_insert_with(|| "#code".to_owned());
            // The secret that was drawn is still good: it is shown again, as the page had it.
            let drawn = (posted.shown("uri"), posted.shown("secret"));
            let is_there = drawn.0.starts_with("otpauth://") && !drawn.1.is_empty();
            second_factor_page(entered, status, vec![said], is_there.then_some(drawn)).await
        }
    }
}

pub(super) async fn recovery_codes(
    State(site): State<Shared>,
    entered: Entered,
    Sent(_): Sent,
) -> Result<Response, ApiError> {
    match site.app.draw_recovery_codes(&entered.caller).await {
        Ok(codes) => codes_page(entered.page, codes.expose()),
        Err(error) => {
            let status = fault::status(&error);
            let faults = vec![fault::of(&entered.page, error)?];
            second_factor_page(entered, status, faults, None).await
        }
    }
}

pub(super) fn codes_page<'a>(
    page: Page,
    codes: impl Iterator<Item = &'a str>,
) -> Result<Response, ApiError> {
    let shown = SecretPage {
        title: page.t("recovery-title"),
        text: page.t("recovery-text"),
        secrets: codes.map(str::to_owned).collect(),
        more: None,
        page: page.about(
            "work",
            "POST /me/recovery-codes",
            "countersign api POST /me/recovery-codes",
        ),
    };
    answer::html(&shown.page, &shown)
}
