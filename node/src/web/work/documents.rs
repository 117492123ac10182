//! The documents and letters of cases: adding one, having one back.

use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use countersign_protocol::log::Hash;

use super::fault::{self, Fault};
use super::gate::{self, AskedBy, Reader, Signed};
use super::multipart::{Multipart, Part};
use super::{case, place};
use crate::app::{AppError, DocumentWish, Mode};
use crate::documents::DocumentId;
use crate::http::percent::disposition;
use crate::http::problem::{ApiError, Kind};
use crate::people::PeopleError;
use crate::web::{Shared, answer};

/// What stands before the file in its form, in bytes.
const FIELD_BYTES_MAX: usize = 4096;

/// The file's form, up to the file.
#[derive(Default)]
struct Before {
    token: String,
    kind: String,
    back: String,
    file: Option<Part>,
}

/// Reads what stands before the file. The secret of the form does: a file of somebody else's page is never read.
async fn before(form: &mut Multipart) -> Result<Before, ApiError> {
    let mut before = Before::default();
    while let Some(part) = form.next().await? {
        if part.name == "file" {
            before.file = Some(part);
            break;
        }
        let bytes = form.whole(FIELD_BYTES_MAX).await?;
        let text = String::from_utf8_lossy(&bytes).into_owned();
        match part.name.as_str() {
            "token" => before.token = text,
            "kind" => before.kind = text,
            "back" => before.back = text,
            _ => {}
        }
    }
    Ok(before)
}

pub(super) async fn add(
    State(site): State<Shared>,
    Path(number): Path<String>,
    signed: Signed,
    request: Request,
) -> Result<Response, ApiError> {
    let number = place::number("case", &number)?;
    gate::check_origin(&site, request.headers())?;
    let reader = Reader::of(&site, request.headers(), AskedBy::Reader).await;
    let mut form = Multipart::new(request)?;
    let before = before(&mut form).await?;
    if !reader.is_some_and(|reader| reader.gave(&before.token)) {
        return Err(gate::foreign());
    }
    let back = signed.page.to(&format!("/work/cases/{number}"));
    // Back to the page of the step that wants the document; those of this case alone are led to.
    let back = if before.back.starts_with(&format!("{back}/steps/")) {
        before.back.clone()
    } else {
        format!("{back}#documents")
    };
    let missing = || {
        ApiError::new(
            Kind::Malformed,
            "the form has no file; choose one and send it again",
        )
    };
    let file = before.file.ok_or_else(missing)?;
    let kind = before.kind.parse();
    let kind = kind.map_err(|_| ApiError::new(Kind::Malformed, "choose which document it is"))?;
    let wish = DocumentWish {
        case: number,
        kind,
        file_name: file.file_name.unwrap_or_default(),
        content_type: declared(&file.content_type),
        replaces: None,
    };
    let content = form.into_stream();
    let kept = site
        .app
        .add_document(&signed.caller, wish, Box::pin(content), Mode::Write)
        .await;
    match kept {
        Ok(_) => Ok(answer::see_other(&back)),
        Err(error) => {
            let status = fault::status(&error);
            let said = fault::of(&signed.page, error)?;
            let faults = vec![Fault {
                link: Some("#documents".to_owned()),
                ..said
            }];
            let outcome = case::Outcome {
                faults,
                ..case::Outcome::default()
            };
            case::page(&site, signed, number, outcome, status).await
        }
    }
}

/// The type as the browser declares it: without one it is looked for in the bytes.
fn declared(content_type: &str) -> String {
    match content_type {
        "" => "application/octet-stream".to_owned(),
        other => other.to_owned(),
    }
}

pub(super) async fn read(
    State(site): State<Shared>,
    Path(id): Path<String>,
    signed: Signed,
) -> Result<Response, ApiError> {
    let unknown = || AppError::NotFound {
        what: "document",
        id: id.chars().take(48).collect(),
    };
    let id: DocumentId = id.parse().map_err(|_| unknown())?;
    let (document, content) = site.app.document(Some(&signed.caller), id).await?;
    let name = document
        .file_name
        .as_ref()
        .map_or("document", |it| it.as_str());
    let mut response = Response::new(Body::from_stream(content));
    let headers = response.headers_mut();
    let media = HeaderValue::from_static(document.media_type.essence());
    headers.insert(header::CONTENT_TYPE, media);
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(document.bytes));
    attach(headers, name);
    Ok(response)
}

pub(super) async fn letter(
    State(site): State<Shared>,
    Path(hash): Path<String>,
    signed: Signed,
) -> Result<Response, ApiError> {
    let unknown = || AppError::NotFound {
        what: "letter",
        id: hash.chars().take(64).collect(),
    };
    let mut sha256: Hash = [0; 32];
    hex::decode_to_slice(&hash, &mut sha256).map_err(|_| unknown())?;
    let (letter, bytes, content) = site.app.letter_file(&signed.caller, sha256).await?;
    let mut response = Response::new(Body::from_stream(content));
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/pdf"),
    );
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(bytes));
    attach(
        headers,
        &format!("{}-{}.pdf", letter.letter, letter.language),
    );
    Ok(response)
}

/// Says that a file is to be kept under a name, and never opened as a page of this host.
fn attach(headers: &mut HeaderMap, name: &str) {
    if let Ok(value) = HeaderValue::from_str(&disposition(name)) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
}

/// A page of the case that says what stands against something that was sent to it.
pub(super) async fn refused(
    site: &Shared,
    signed: Signed,
    number: u64,
    error: AppError,
    comment: String,
) -> Result<Response, ApiError> {
    let is_changed =
        matches!(&error, AppError::People(it) if matches!(**it, PeopleError::Changed { .. }));
    let status = if is_changed {
        StatusCode::CONFLICT
    } else {
        fault::status(&error)
    };
    let faults = vec![fault::of(&signed.page, error)?];
    let outcome = case::Outcome {
        faults,
        comment,
        ..case::Outcome::default()
    };
    case::page(site, signed, number, outcome, status).await
}
