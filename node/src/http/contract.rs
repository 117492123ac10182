//! What holds for every operation of `/api/v1`, taken from its description: a parameter that is not described is refused,
//! `OPTIONS` and a wrong method are told what there is, an answer carries a mark by which it is asked for again, and a page
//! of a list names the next one.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::OnceLock;

use axum::body::{Body, Bytes, HttpBody, to_bytes};
use axum::extract::{MatchedPath, OriginalUri, Query, Request};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use utoipa::openapi::RefOr;
use utoipa::openapi::path::{Operation, ParameterIn};

use super::openapi;
use super::percent::encoded;
use super::problem::{ApiError, Kind};

/// Where the API is.
const PREFIX: &str = "/api/v1";

/// Bytes of the hash that an answer is marked with.
const MARK_BYTES: usize = 16;

/// What the description says of a path.
struct Path {
    operations: BTreeMap<&'static str, Rules>,
    allow: HeaderValue,
}

/// What the description says of one method of a path.
struct Rules {
    query: BTreeSet<String>,
    is_public: bool,
}

/// The paths by their templates, as the router knows them.
fn paths() -> &'static HashMap<String, Path> {
    static PATHS: OnceLock<HashMap<String, Path>> = OnceLock::new();
    PATHS.get_or_init(|| {
        let mut items = openapi::document().paths.paths.clone();
        let of = |(path, item): (&String, &mut utoipa::openapi::PathItem)| {
            let operations = openapi::operations(item);
            let operations: BTreeMap<&str, Rules> = operations
                .into_iter()
                .map(|(method, operation)| (method, rules(operation)))
                .collect();
            let mut allow: Vec<String> = operations.keys().map(|it| it.to_uppercase()).collect();
            if operations.contains_key("get") {
                allow.push("HEAD".to_owned());
            }
            allow.push("OPTIONS".to_owned());
            let allow = HeaderValue::from_str(&allow.join(", "));
            let allow = allow.unwrap_or(HeaderValue::from_static("OPTIONS"));
            (format!("{PREFIX}{path}"), Path { operations, allow })
        };
        items.iter_mut().map(of).collect()
    })
}

fn rules(operation: &Operation) -> Rules {
    let parameters = operation.parameters.iter().flatten();
    let in_query = parameters.filter_map(|parameter| match parameter {
        RefOr::T(parameter) if parameter.parameter_in == ParameterIn::Query => {
            Some(parameter.name.clone())
        }
        _ => None,
    });
    Rules {
        query: in_query.collect(),
        is_public: openapi::is_open(operation),
    }
}

/// Around every handler of the API.
pub(super) async fn keep(request: Request, next: Next) -> Response {
    let matched = request.extensions().get::<MatchedPath>();
    let Some(path) = matched.and_then(|it| paths().get(it.as_str())) else {
        return next.run(request).await;
    };
    let method = request.method().clone();
    if method == Method::OPTIONS {
        let allow = [(header::ALLOW, path.allow.clone())];
        return (StatusCode::NO_CONTENT, allow).into_response();
    }
    let is_read = matches!(method, Method::GET | Method::HEAD);
    let name = if is_read { "get" } else { method.as_str() };
    let Some(rules) = path.operations.get(name.to_lowercase().as_str()) else {
        let mut refused = next.run(request).await;
        let headers = refused.headers_mut();
        headers.insert(header::ALLOW, path.allow.clone());
        return refused;
    };
    let uri = match request.extensions().get::<OriginalUri>() {
        Some(OriginalUri(uri)) => uri.clone(),
        None => request.uri().clone(),
    };
    if let Err(error) = known_only(&uri, rules) {
        return error.into_response();
    }
    let conditions = request.headers().clone();
    let response = next.run(request).await;
    if is_read && response.status() == StatusCode::OK {
        return marked(response, &uri, &conditions, rules).await;
    }
    response
}

/// Refuses a parameter that the operation does not have, so that a misspelled one is not taken for its absence.
fn known_only(uri: &Uri, rules: &Rules) -> Result<(), ApiError> {
    let unreadable = |_| ApiError::new(Kind::Malformed, "the query is not percent-encoded UTF-8");
    let Query(pairs): Query<Vec<(String, String)>> =
        Query::try_from_uri(uri).map_err(unreadable)?;
    let unknown = pairs.iter().find(|(name, _)| !rules.query.contains(name));
    match unknown {
        Some((name, _)) => {
            let shown: String = name.chars().take(48).collect();
            let why = "this parameter is not known here";
            Err(ApiError::parameter(&shown, &why))
        }
        None => Ok(()),
    }
}

/// The answer with its mark and the next page, or only the mark when the caller has it already.
async fn marked(response: Response, uri: &Uri, conditions: &HeaderMap, rules: &Rules) -> Response {
    let (mut parts, body) = response.into_parts();
    // A stream is not waited for: it has a mark from its handler, or none.
    let body = if body.size_hint().exact().is_some() {
        let bytes = to_bytes(body, usize::MAX).await.unwrap_or_default();
        if let Some(link) = next_page(&bytes, uri) {
            parts.headers.insert(header::LINK, link);
        }
        let mark = parts.headers.entry(header::ETAG);
        mark.or_insert_with(|| mark_of(&bytes));
        Body::from(bytes)
    } else {
        body
    };
    let is_anonymous = rules.is_public && !conditions.contains_key(header::AUTHORIZATION);
    let keep = if is_anonymous {
        "no-cache"
    } else {
        "private, no-cache"
    };
    let kept = parts.headers.entry(header::CACHE_CONTROL);
    kept.or_insert(HeaderValue::from_static(keep));
    let mark = parts.headers.get(header::ETAG);
    if mark.is_some_and(|mark| has(conditions, mark)) {
        let gone = [
            header::CONTENT_TYPE,
            header::CONTENT_LENGTH,
            header::CONTENT_DISPOSITION,
        ];
        gone.iter().for_each(|name: &HeaderName| {
            parts.headers.remove(name);
        });
        parts.status = StatusCode::NOT_MODIFIED;
        return Response::from_parts(parts, Body::empty());
    }
    Response::from_parts(parts, body)
}

fn mark_of(bytes: &Bytes) -> HeaderValue {
    let hash = Sha256::digest(bytes);
    let short = hash.get(..MARK_BYTES).unwrap_or_default();
    let mark = HeaderValue::from_str(&format!("\"{}\"", hex::encode(short)));
    mark.unwrap_or(HeaderValue::from_static("\"\""))
}

/// Whether `If-None-Match` names this mark (RFC 9110 section 13.1.2).
fn has(conditions: &HeaderMap, mark: &HeaderValue) -> bool {
    let mark = mark.to_str().unwrap_or_default();
    let named = conditions.get_all(header::IF_NONE_MATCH).iter();
    named
        .filter_map(|value| value.to_str().ok())
        .flat_map(|text| text.split(','))
        .map(str::trim)
        .any(|one| one == "*" || one.strip_prefix("W/").unwrap_or(one) == mark)
}

/// The end of a page; what stands before it is only stepped over.
#[derive(Deserialize)]
struct PageEnd {
    next: Option<String>,
}

/// The link to the next page of a list: this request with another place (RFC 8288).
fn next_page(body: &Bytes, uri: &Uri) -> Option<HeaderValue> {
    if !body.starts_with(b"{\"items\":") {
        return None;
    }
    let end: PageEnd = serde_json::from_slice(body).ok()?;
    let place = if uri.path().ends_with("/ledger/records") {
        "from"
    } else {
        "after"
    };
    let Query(mut pairs): Query<Vec<(String, String)>> = Query::try_from_uri(uri).ok()?;
    pairs.retain(|(name, _)| name != place);
    pairs.push((place.to_owned(), end.next?));
    let query: Vec<String> = pairs
        .iter()
        .map(|(name, value)| format!("{}={}", encoded(name), encoded(value)))
        .collect();
    let link = format!("<{}?{}>; rel=\"next\"", uri.path(), query.join("&"));
    HeaderValue::from_str(&link).ok()
}
