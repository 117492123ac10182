//! Who is signed in, and whether a form comes from a page of this session.

use std::sync::Arc;

use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use countersign_protocol::permission::{Action, Scope};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::cookie;
use super::posted::{self, Posted};
use crate::app::{Article6Rights, Caller, Me, Person};
use crate::http::extract::visit;
use crate::http::percent::encoded;
use crate::http::problem::{ApiError, Kind};
use crate::people::Visit;
use crate::web::page::Page;
use crate::web::{Shared, answer};

/// Things in an inbox that are counted; there may be more.
const COUNTED_MAX: usize = 99;

/// Where those who may see the federation see it.
pub(super) const FEDERATION: &str = "/work/federation";

/// Where somebody sets up a second factor who must have one.
pub(super) const SECOND_FACTOR: &str = "/work/account/second-factor";

/// Whether somebody asks for a page, or the page itself that lies open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AskedBy {
    /// Somebody. The session is used by it.
    Reader,
    /// A page that renews itself: nobody need sit before it, so a session that nobody uses ends as it should.
    Page,
}

/// The parameter by which a page says that it renews itself.
pub(in crate::web) const RENEWAL: &str = "renewal";

impl AskedBy {
    /// Who sends a request. A form is always sent by somebody.
    pub(in crate::web) fn of(method: &Method, uri: &Uri) -> Self {
        let query = uri.query().unwrap_or_default();
        let is_renewal = query.split('&').any(|it| it == RENEWAL);
        match *method {
            Method::GET if is_renewal => Self::Page,
            _ => Self::Reader,
        }
    }
}

/// Whoever reads a page and is signed in.
#[derive(Clone)]
pub(crate) struct Reader {
    secret: Arc<Zeroizing<String>>,
    /// What waits for the reader, where that was counted.
    pub(in crate::web) waiting: Option<u64>,
    /// Pages that the reader's role opens: the word and the path of each, in the order of the navigation.
    pub(in crate::web) opens: Vec<(&'static str, &'static str)>,
}

impl Reader {
    /// Who shows a cookie that opens something.
    pub(in crate::web) async fn of(
        site: &Shared,
        headers: &HeaderMap,
        asked_by: AskedBy,
    ) -> Option<Self> {
        let entered = entered(site, headers, asked_by).await;
        entered.map(|(reader, _)| reader)
    }

    /// The secret of a form on one page: made from that of the session, and another on every page, so that its bytes tell
    /// nothing where a page is compressed (RFC 6819 gives the idea, the BREACH attack the reason).
    pub(in crate::web) fn token(&self) -> String {
        let mut mask = [0; 32];
        // Without random numbers the mask is zeros, which takes the variation and not the secret.
        let _ = getrandom::fill(&mut mask);
        let key = form_key(&self.secret);
        let mut hidden = [0; 32];
        for (at, byte) in hidden.iter_mut().enumerate() {
            *byte = key[at] ^ mask[at];
        }
        format!("{}{}", hex::encode(mask), hex::encode(hidden))
    }

    /// Whether a text is the secret of a form of this session.
    pub(super) fn gave(&self, token: &str) -> bool {
        let mut bytes = [0; 64];
        if hex::decode_to_slice(token, &mut bytes).is_err() {
            return false;
        }
        let (mask, hidden) = bytes.split_at(32);
        let shown: Vec<u8> = mask.iter().zip(hidden).map(|(a, b)| a ^ b).collect();
        shown.ct_eq(&form_key(&self.secret)).into()
    }
}

fn form_key(secret: &str) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(b"countersign form of a session\0");
    hash.update(secret.as_bytes());
    hash.finalize().into()
}

async fn entered(
    site: &Shared,
    headers: &HeaderMap,
    asked_by: AskedBy,
) -> Option<(Reader, Caller)> {
    let secret = cookie::secret(headers, site.is_secure())?;
    let caller = match asked_by {
        AskedBy::Reader => site.app.authenticate(secret).await,
        AskedBy::Page => site.app.recognise(secret).await,
    };
    let caller = caller.ok()?;
    site.rates.know(secret, false);
    let reader = Reader {
        secret: Arc::new(Zeroizing::new(secret.to_owned())),
        waiting: None,
        opens: Vec::new(),
    };
    Some((reader, caller))
}

/// Somebody who is signed in, on a page that is open to everybody who is: the own account.
pub(super) struct Entered {
    pub(super) page: Page,
    pub(super) caller: Caller,
    pub(super) me: Me,
}

impl FromRequestParts<Shared> for Entered {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, site: &Shared) -> Result<Self, Response> {
        let mut page = Page::of(parts, site);
        let asked_by = AskedBy::of(&parts.method, &parts.uri);
        let Some((reader, caller)) = entered(site, &parts.headers, asked_by).await else {
            return Err(signed_out(&page, parts, asked_by));
        };
        let refused = |error: crate::app::AppError| ApiError::from(error).into_response();
        let me = site.app.me(&caller).await.map_err(refused)?;
        page.section = "work";
        page.reader = Some(reader);
        if !me.must_enrol {
            let count = site.app.waiting(&caller, COUNTED_MAX).map_err(refused)?;
            let count = u64::try_from(count).unwrap_or(u64::MAX);
            page.reader = page.reader.map(|reader| Reader {
                waiting: Some(count),
                opens: opens(&me, site.app.has_bridges()),
                ..reader
            });
        }
        Ok(Self { page, caller, me })
    }
}

/// The pages that a role opens beside those that are everybody's who is signed in.
fn opens(me: &Me, has_bridges: bool) -> Vec<(&'static str, &'static str)> {
    let may = |action: Action| me.actions.iter().any(|(it, _)| *it == action);
    let all = |action: Action| me.actions.contains(&(action, Scope::Country));
    let pages = [
        (
            Article6Rights::of(me).is_some(),
            "a6-desk",
            "/work/authorisations",
        ),
        (all(Action::ReportRead), "studio-title", "/work/report"),
        (all(Action::ProcessAdopt), "process-title", "/work/process"),
        (may(Action::FederationRead), "federation-title", FEDERATION),
        (
            has_bridges && may(Action::ReportRead),
            "bridges-title",
            "/work/bridges",
        ),
        (all(Action::UserRead), "users-title", "/work/users"),
        (all(Action::HoldRead), "holds-title", "/work/holds"),
        (
            all(Action::ConfigurationRead),
            "webhooks-title",
            "/work/webhooks",
        ),
    ];
    let open = pages.into_iter().filter(|(is_open, ..)| *is_open);
    open.map(|(_, word, path)| (word, path)).collect()
}

/// A reader is led to the sign-in, and so is the script of a page that renews itself; who sends a form is told, so that the
/// browser's way back still has what was typed.
fn signed_out(page: &Page, parts: &Parts, asked_by: AskedBy) -> Response {
    if !matches!(parts.method, Method::GET | Method::HEAD) {
        let detail = "the session has ended and nothing was sent: sign in in another window, come back here, and send it again";
        return ApiError::new(Kind::NotAuthorised, detail).into_response();
    }
    let place = match asked_by {
        AskedBy::Page => page.place().split('?').next().unwrap_or_default(),
        AskedBy::Reader => page.place(),
    };
    let path = format!("{}?next={}", page.sign_in(), encoded(&page.to(place)));
    let is_script = parts.headers.contains_key("hx-request");
    match HeaderValue::from_str(&path) {
        // A redirection would put the sign-in into a part of the page.
        Ok(path) if is_script && asked_by == AskedBy::Page => {
            (StatusCode::OK, [("hx-redirect", path)]).into_response()
        }
        _ => answer::see_other(&path),
    }
}

/// Somebody who is signed in, with the second factor that the role asks for.
pub(super) struct Signed {
    pub(super) page: Page,
    pub(super) caller: Caller,
    pub(super) me: Me,
}

impl FromRequestParts<Shared> for Signed {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, site: &Shared) -> Result<Self, Response> {
        let Entered { page, caller, me } = Entered::from_request_parts(parts, site).await?;
        if me.must_enrol {
            return Err(answer::see_other(&page.to(SECOND_FACTOR)));
        }
        Ok(Self { page, caller, me })
    }
}

impl Signed {
    /// The person.
    pub(super) fn person(&self) -> Result<&Person, ApiError> {
        Ok(self.caller.person()?)
    }
}

/// When and from where somebody comes.
pub(super) struct Coming(pub(super) Visit);

impl FromRequestParts<Shared> for Coming {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(
        parts: &mut Parts,
        site: &Shared,
    ) -> Result<Self, std::convert::Infallible> {
        Ok(Self(visit(parts, site.app.now_ms(), site.behind_proxy)))
    }
}

/// A form that was sent from a page of this registry, by somebody who need not be signed in.
pub(super) struct FromHere(pub(super) Posted);

impl FromRequest<Shared> for FromHere {
    type Rejection = ApiError;

    async fn from_request(request: Request, site: &Shared) -> Result<Self, ApiError> {
        check_origin(site, request.headers())?;
        Ok(Self(posted::read(request).await?))
    }
}

/// A form that was sent from a page of this session.
pub(super) struct Sent(pub(super) Posted);

impl FromRequest<Shared> for Sent {
    type Rejection = ApiError;

    async fn from_request(request: Request, site: &Shared) -> Result<Self, ApiError> {
        let Retyped {
            posted,
            is_of_session,
        } = Retyped::from_request(request, site).await?;
        if !is_of_session {
            return Err(foreign());
        }
        Ok(Self(posted))
    }
}

/// A form that was sent from a page of this registry, maybe of an earlier session: it is shown again, and nothing is done.
pub(super) struct Retyped {
    pub(super) posted: Posted,
    pub(super) is_of_session: bool,
}

impl FromRequest<Shared> for Retyped {
    type Rejection = ApiError;

    async fn from_request(request: Request, site: &Shared) -> Result<Self, ApiError> {
        check_origin(site, request.headers())?;
        let reader = Reader::of(site, request.headers(), AskedBy::Reader).await;
        let posted = posted::read(request).await?;
        let token = posted.text("token").unwrap_or_default();
        let is_of_session = reader.is_some_and(|reader| reader.gave(token));
        Ok(Self {
            posted,
            is_of_session,
        })
    }
}

/// Why a form is not taken that no page of this session sent.
pub(super) fn foreign() -> ApiError {
    let detail = "this form is not of your session, and nothing was done: load its page again, and send it from there";
    ApiError::new(Kind::Forbidden, detail)
}

/// Refuses a form that a browser sends from another site. The secret in the form says the same; a sign-in has none yet.
pub(super) fn check_origin(site: &Shared, headers: &HeaderMap) -> Result<(), ApiError> {
    if is_from_here(headers, site.look.public_url.as_deref()) {
        return Ok(());
    }
    Err(foreign())
}

fn is_from_here(headers: &HeaderMap, public_url: Option<&str>) -> bool {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    if text("sec-fetch-site").is_some_and(|it| !matches!(it, "same-origin" | "none")) {
        return false;
    }
    let Some(origin) = text(header::ORIGIN.as_str()) else {
        // Browsers name it with every form; a program has no cookie that somebody else could use.
        return true;
    };
    let is_public = public_url.is_some_and(|url| origin_of(url) == Some(origin));
    let authority = origin.split_once("://").map(|(_, it)| it);
    is_public || (authority.is_some() && authority == text(header::HOST.as_str()))
}

/// Scheme and authority of an address.
fn origin_of(url: &str) -> Option<&str> {
    let start = url.find("://")? + 3;
    let end = url[start..].find('/').map_or(url.len(), |at| start + at);
    Some(&url[..end])
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use axum::http::{HeaderMap, HeaderName, HeaderValue, Method};
    use zeroize::Zeroizing;

    use super::{AskedBy, Reader, is_from_here};

    #[test]
    fn a_form_is_from_here_only_if_no_browser_says_otherwise() {
        let here = Some("https://registry.example/a");
        for (headers, wanted) in [
            (vec![("host", "r.example")], true),
            (
                vec![("host", "r.example"), ("origin", "http://r.example")],
                true,
            ),
            (
                vec![
                    ("host", "127.0.0.1:1"),
                    ("origin", "https://registry.example"),
                ],
                true,
            ),
            (
                vec![("host", "r.example"), ("origin", "https://evil.example")],
                false,
            ),
            (
                vec![
                    ("host", "r.example"),
                    ("origin", "https://r.example.evil.example"),
                ],
                false,
            ),
            (vec![("host", "r.example"), ("origin", "null")], false),
            (
                vec![("host", "r.example"), ("sec-fetch-site", "same-origin")],
                true,
            ),
            (
                vec![("host", "r.example"), ("sec-fetch-site", "same-site")],
                false,
            ),
            (
                vec![("host", "r.example"), ("sec-fetch-site", "cross-site")],
                false,
            ),
        ] {
            let mut map = HeaderMap::new();
            for (name, value) in &headers {
                map.insert(
                    HeaderName::from_static(name),
                    HeaderValue::from_static(value),
                );
            }
            assert_eq!(is_from_here(&map, here), wanted, "{headers:?}");
        }
    }

    #[test]
    fn only_a_page_that_lies_open_asks_without_using_the_session() {
        let of = |method: Method, uri: &str| AskedBy::of(&method, &uri.parse().unwrap());
        assert_eq!(of(Method::GET, "/work/federation?renewal"), AskedBy::Page);
        assert_eq!(of(Method::GET, "/en/federation?a=b&renewal"), AskedBy::Page);
        for uri in ["/work", "/work?q=renewal", "/work?renewals", "/renewal"] {
            assert_eq!(of(Method::GET, uri), AskedBy::Reader, "{uri}");
        }
        assert_eq!(of(Method::POST, "/work?renewal"), AskedBy::Reader);
    }

    #[test]
    fn the_secret_of_a_form_is_another_each_time_and_good_for_its_session_alone() {
        let reader = |secret: &str| Reader {
            secret: Arc::new(Zeroizing::new(secret.to_owned())),
            waiting: None,
            opens: Vec::new(),
        };
        let (ours, theirs) = (reader("css_1"), reader("css_2"));
        let (first, second) = (ours.token(), ours.token());
        assert_ne!(first, second);
        assert!(ours.gave(&first) && ours.gave(&second));
        assert!(!theirs.gave(&first));
        for wrong in ["", "00", &"0".repeat(128), "css_1"] {
            assert!(!ours.gave(wrong), "{wrong}");
        }
    }
}
