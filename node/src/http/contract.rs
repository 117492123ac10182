//! What holds for every operation of `/api/v1`, taken from its description: a parameter that is not described is refused,
//! `OPTIONS` and a wrong method are told what there is, an answer carries a mark by which it is asked for again, and a page
//! of a list names the next one.

use std::collections::{BTreeMap, HashMap};
use std::sync::OnceLock;

use axum::body::{Body, Bytes, HttpBody, to_bytes};
use axum::extract::{MatchedPath, OriginalUri, Query, Request};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use utoipa::Number;
use utoipa::openapi::path::{Operation, ParameterIn};
use utoipa::openapi::{RefOr, Schema};

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
    query: BTreeMap<String, Bounds>,
    is_public: bool,
}

/// What a parameter of a query may be.
#[derive(Default)]
struct Bounds {
    words: Vec<String>,
    characters_max: Option<usize>,
    integer_max: Option<u64>,
}

impl Bounds {
    fn of(schema: Option<&RefOr<Schema>>) -> Self {
        let Some(RefOr::T(Schema::Object(object))) = schema else {
            return Self::default();
        };
        let words = object.enum_values.iter().flatten();
        let words = words.filter_map(|word| word.as_str().map(str::to_owned));
        let integer_max = match object.maximum {
            Some(Number::UInt(max)) => u64::try_from(max).ok(),
            Some(Number::Int(max)) => u64::try_from(max).ok(),
            _ => None,
        };
        Self {
            words: words.collect(),
            characters_max: object.max_length,
            integer_max,
        }
    }

    /// What stands against a value, if anything does. What is no number at all is the handler's to say.
    fn fault(&self, value: &str) -> Option<String> {
        let is_word = self.words.is_empty()
            || self
                .words
                .iter()
                .any(|word| word.eq_ignore_ascii_case(value));
        if !is_word && self.words.len() <= WORDS_SHOWN_MAX {
            return Some(format!("it must be one of {}", self.words.join(", ")));
        }
        if self
            .characters_max
            .is_some_and(|max| value.chars().count() > max)
        {
            let max = self.characters_max.unwrap_or_default();
            return Some(format!("it may have {max} characters"));
        }
        let number = value.parse::<u128>().ok();
        let max = self
            .integer_max
            .filter(|max| number.is_some_and(|it| it > u128::from(*max)));
        max.map(|max| format!("it may be {max} at most"))
    }
}

/// Words that a message names; of more, such as the countries, the handler says what is wrong.
const WORDS_SHOWN_MAX: usize = 16;

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
            let bounds = Bounds::of(parameter.schema.as_ref());
            Some((parameter.name.clone(), bounds))
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

/// Refuses a parameter that the operation does not have, so that a misspelled one is not taken for its absence, and one
/// beyond the limits that are described.
fn known_only(uri: &Uri, rules: &Rules) -> Result<(), ApiError> {
    let unreadable = |_| ApiError::new(Kind::Malformed, "the query is not percent-encoded UTF-8");
    let Query(pairs): Query<Vec<(String, String)>> =
        Query::try_from_uri(uri).map_err(unreadable)?;
    for (name, value) in &pairs {
        let fault = match rules.query.get(name) {
            Some(bounds) => bounds.fault(value),
            None => Some("this parameter is not known here".to_owned()),
        };
        if let Some(why) = fault {
            let shown: String = name.chars().take(48).collect();
            return Err(ApiError::parameter(&shown, &why));
        }
    }
    Ok(())
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
