//! What holds for every answer, whatever gave it.

use std::panic::AssertUnwindSafe;
use std::time::{Duration, Instant};

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures::FutureExt;
use tracing::{Instrument, error, info_span};

use super::Served;
use super::extract::who;
use super::problem::{ApiError, Kind, PROBLEM_JSON};
use super::rates::{Charged, Class};
use crate::web::Wrong;

/// Longest time for one request. A ledger that syncs in 30 seconds is stuck.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);

/// Longest time for a document to come in, 50 MB over a slow link, for a file of rows to be written, and for open data to be made. The store gives up
/// a document that stands still.
const UPLOAD_TIMEOUT: Duration = Duration::from_secs(3600);

/// Nothing but our own style sheet is ever loaded, and nobody frames us. The pages bring a policy of their own.
const CONTENT_SECURITY_POLICY: &str = "default-src 'self'; script-src 'none'; object-src 'none'; base-uri 'none'; \
     form-action 'none'; frame-ancestors 'none'";

const HEADERS: [(HeaderName, &str); 5] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    // Other hosts learn nothing; browsers leave out the origin of a form where its own host may not know it either.
    (header::REFERRER_POLICY, "same-origin"),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), geolocation=(), microphone=()",
    ),
];

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Around every request: an id, a time limit, a net under panics; and around every answer: problem details for errors,
/// headers, counters.
pub(super) async fn frame(State(served): State<Served>, request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let id = given_id(request.headers()).unwrap_or_else(request_id);
    let path = request.uri().path().to_owned();
    let method = request.method().clone();
    let asked = request.headers().clone();
    let matched = request.extensions().get::<MatchedPath>();
    let route = matched.map_or_else(
        || "unmatched".to_owned(),
        |matched| matched.as_str().to_owned(),
    );
    let takes_long = [
        "/cases/{number}/documents",
        "/bulk/{kind}",
        "/parcels",
        "/open-data",
        "/data-points/file",
        "/national/{thing}/{call}",
    ];
    let limit = if takes_long.iter().any(|end| route.ends_with(end)) {
        UPLOAD_TIMEOUT
    } else {
        REQUEST_TIMEOUT
    };
    let span = info_span!("http", %method, path, request = id);
    let charged = charge(&served, &route, &request);
    let refused = charged.as_ref().and_then(Charged::refused);
    let answer = answer_in_place(&served, refused, request, next);
    let answer = AssertUnwindSafe(answer).catch_unwind();
    let answer = tokio::time::timeout(limit, answer).instrument(span).await;
    let response = match answer {
        Ok(Ok(Ok(response))) => response,
        Ok(Ok(Err(refused))) => refused.into_response(),
        Ok(Err(_)) => {
            error!(%method, path, request = id, "a handler panicked: this is a defect, report it");
            let detail = "the node failed to do this; its journal says why";
            ApiError::new(Kind::Internal, detail).into_response()
        }
        Err(_) => {
            let detail =
                "it is not known whether a write was done: repeat it with the same Idempotency-Key";
            ApiError::new(Kind::Timeout, detail).into_response()
        }
    };
    let reader = Reader {
        path: &path,
        asked: &asked,
        id: &id,
    };
    let mut response = problem(&served, response, &method, &reader);
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers
        .entry(header::CONTENT_SECURITY_POLICY)
        .or_insert(HeaderValue::from_static(CONTENT_SECURITY_POLICY));
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    if served.is_sandbox {
        headers.insert(super::sandbox::MARK, HeaderValue::from_static("true"));
    }
    if let Some(charged) = charged {
        charged.mark(headers);
    }
    if let Ok(id) = HeaderValue::from_str(&id) {
        headers.insert(REQUEST_ID, id);
    }
    served
        .metrics
        .answered(&method, &route, response.status(), begun.elapsed());
    response
}

/// Charges a request to whoever sends it.
fn charge(served: &Served, route: &str, request: &Request) -> Option<Charged> {
    let class = Class::of(request.method(), route)?;
    let who = who(served, request.extensions(), request.headers());
    served.rates.charge(who, class)
}

/// Answers if there is a place for one more request. What watches the node always gets one.
async fn answer_in_place(
    served: &Served,
    refused: Option<ApiError>,
    request: Request,
    next: Next,
) -> Result<Response, ApiError> {
    if let Some(refused) = refused {
        return Err(refused);
    }
    let is_watching = matches!(request.uri().path(), "/healthz" | "/readyz" | "/metrics");
    let place = served.places.try_acquire();
    if place.is_err() && !is_watching {
        let detail = "the node answers as many requests as it may at a time; try again shortly";
        return Err(ApiError::new(Kind::Busy, detail));
    }
    Ok(next.run(request).await)
}

/// The longest id of a request that a caller may give.
const REQUEST_ID_BYTES_MAX: usize = 64;

/// The caller's own id for the request, where it is fit to stand in a line of the journal.
fn given_id(headers: &HeaderMap) -> Option<String> {
    let id = headers.get(REQUEST_ID)?.to_str().ok()?;
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
    let is_fit = (1..=REQUEST_ID_BYTES_MAX).contains(&id.len()) && id.bytes().all(is_plain);
    is_fit.then(|| id.to_owned())
}

/// Sixteen hex digits. Without random numbers the id is zeros: an answer without an id is better than none.
fn request_id() -> String {
    let mut bytes = [0; 8];
    let _ = getrandom::fill(&mut bytes);
    hex::encode(bytes)
}

/// Who reads an answer.
struct Reader<'a> {
    path: &'a str,
    asked: &'a HeaderMap,
    id: &'a str,
}

/// The error as a page for somebody who reads pages, and as problem details for programs.
fn rendered(served: &Served, error: ApiError, reader: &Reader<'_>) -> Response {
    let Reader { path, asked, id } = *reader;
    let wrong = Wrong {
        status: error.kind().status(),
        slug: error.kind().slug(),
        detail: error.detail(),
        id,
    };
    let page = served.error_pages.page(path, asked, &wrong);
    let problem = error.render(path, id);
    let Some(mut page) = page else {
        return problem;
    };
    // After how long to try again, and what the path takes, hold for both.
    for name in [header::RETRY_AFTER, header::ALLOW] {
        if let Some(value) = problem.headers().get(&name) {
            page.headers_mut().insert(name, value.clone());
        }
    }
    page
}

/// Turns an error into problem details or a page. What the witness says stays as C2SP tlog-witness wants it.
fn problem(
    served: &Served,
    mut response: Response,
    method: &Method,
    reader: &Reader<'_>,
) -> Response {
    let status = response.status();
    if let Some(error) = response.extensions_mut().remove::<ApiError>() {
        return rendered(served, error, reader);
    }
    let is_error = status.is_client_error() || status.is_server_error();
    let media = response.headers().get(header::CONTENT_TYPE);
    // Below the API every error is a problem; elsewhere whoever wrote a body meant it.
    let is_finished = match media {
        Some(media) => !reader.path.starts_with("/api/") || media == PROBLEM_JSON,
        None => false,
    };
    if !is_error || is_finished {
        return response;
    }
    let (kind, detail) = match status {
        StatusCode::NOT_FOUND => (Kind::NotFound, "there is nothing at this path".to_owned()),
        StatusCode::METHOD_NOT_ALLOWED => (
            Kind::MethodNotAllowed,
            format!("this path does not take {method}"),
        ),
        StatusCode::BAD_REQUEST => (Kind::Malformed, "the request can not be read".to_owned()),
        other => (
            Kind::Other(other),
            format!("the request was answered with status {other}"),
        ),
    };
    let allowed = response.headers_mut().remove(header::ALLOW);
    let mut rendered = rendered(served, ApiError::new(kind, detail), reader);
    if let Some(allowed) = allowed {
        rendered.headers_mut().insert(header::ALLOW, allowed);
    }
    rendered
}
