//! Pages on their way to the browser.

use askama::Template;
use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};

use super::assets::compressed;
use super::page::Page;
use crate::http::problem::{ApiError, Kind};

/// Pages load their own style sheet, script and pictures, send forms to this node and nothing else; no page is framed.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; \
     form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// How hard pages are compressed, each time anew: this takes about a millisecond.
const QUALITY: i32 = 4;

/// The page as an answer.
pub(super) fn html(page: &Page, template: &impl Template) -> Result<Response, ApiError> {
    with_status(StatusCode::OK, page, template)
}

/// The page as an answer with another status.
pub(super) fn with_status(
    status: StatusCode,
    page: &Page,
    template: &impl Template,
) -> Result<Response, ApiError> {
    let text = template
        .render()
        .map_err(|error| ApiError::new(Kind::Internal, error.to_string()))?;
    Ok(made(status, page, "text/html; charset=utf-8", text))
}

/// Rows for other programs, as a file to keep.
pub(super) fn csv(page: &Page, name: &str, text: String) -> Response {
    let mut response = made(StatusCode::OK, page, "text/csv; charset=utf-8", text);
    attach(&mut response, name);
    response
}

/// A file to keep, as it is: what has its own compression, or a sum that whoever gets it compares.
pub(super) fn file(page: &Page, media: &'static str, name: &str, bytes: Vec<u8>) -> Response {
    let mut response = (StatusCode::OK, bytes).into_response();
    let headers = response.headers_mut();
    let is_private = page.reader.is_some();
    for (mark, value) in [
        (header::CONTENT_TYPE, media),
        (
            header::CACHE_CONTROL,
            if is_private { "no-store" } else { "no-cache" },
        ),
        (header::VARY, "Cookie"),
    ] {
        headers.insert(mark, HeaderValue::from_static(value));
    }
    attach(&mut response, name);
    response
}

/// A picture as a file of its own.
pub(super) fn svg(page: &Page, text: String) -> Response {
    made(StatusCode::OK, page, "image/svg+xml", text)
}

/// Says that a browser shall keep the answer as a file.
pub(super) fn attach(response: &mut Response, name: &str) {
    // Names are made here out of letters, digits, dots and hyphens.
    if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")) {
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
}

/// Another page in the place of the one that was asked for.
pub(super) fn see_other(path: &str) -> Response {
    let location = HeaderValue::from_str(path).unwrap_or(HeaderValue::from_static("/"));
    (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response()
}

fn made(status: StatusCode, page: &Page, media: &'static str, text: String) -> Response {
    let tag = format!(
        "\"{}\"",
        hex::encode(&Sha256::digest(text.as_bytes())[..16])
    );
    // What somebody sees who is signed in is kept nowhere.
    let is_private = page.reader.is_some();
    let is_known = status == StatusCode::OK && !is_private && page.knows(&tag);
    let mut response = if is_known {
        StatusCode::NOT_MODIFIED.into_response()
    } else if page.takes_brotli {
        let mut response = (status, compressed(text.as_bytes(), QUALITY)).into_response();
        let encoding = HeaderValue::from_static("br");
        response
            .headers_mut()
            .insert(header::CONTENT_ENCODING, encoding);
        response
    } else {
        (status, Body::from(text)).into_response()
    };
    let headers = response.headers_mut();
    let fixed = [
        (header::CONTENT_TYPE, media),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        // Others' pages are kept, and asked about each time.
        (
            header::CACHE_CONTROL,
            if is_private { "no-store" } else { "no-cache" },
        ),
        (header::CONTENT_LANGUAGE, page.language.code()),
        (header::VARY, page.varies()),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if let Ok(tag) = HeaderValue::from_str(&tag)
        && !is_private
    {
        headers.insert(header::ETAG, tag);
    }
    response
}
