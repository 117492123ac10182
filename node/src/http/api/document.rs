//! The documents of cases.

use axum::Json;
use axum::body::Body as Bytes;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;

use super::write::{done, done_with};
use crate::app::{Caller, DocumentWish};
use crate::documents::{DocumentId, StoredDocument};
use crate::http::Served;
use crate::http::dto::{DocumentView, NewVisibility, Page};
use crate::http::extract::{Body, Parameters, PathValue, WriteMode, bearer};
use crate::http::openapi::{
    CaseNumber, DocumentNumber, DryRun, NewDocument, Rejected, TooLarge, Tried,
    UnsupportedMediaType,
};
use crate::http::percent::disposition;
use crate::http::problem::ApiError;

/// Adds a document to a case: the bytes are the body.
///
/// The ledger carries its SHA-256 once an act names it; until then only its organisation knows of it. The content must be of
/// the type that `Content-Type` says, and of one that the registry takes.
#[utoipa::path(
    post,
    path = "/cases/{number}/documents",
    tag = "Documents",
    params(CaseNumber, NewDocument, DryRun),
    request_body(content = Vec<u8>, content_type = "*/*"),
    responses((status = 201, body = DocumentView), Tried, Rejected, TooLarge, UnsupportedMediaType),
)]
pub(super) async fn add(
    caller: Caller,
    State(served): State<Served>,
    PathValue(case): PathValue<u64>,
    mut parameters: Parameters,
    request: Request,
) -> Result<Response, ApiError> {
    let missing = || ApiError::parameter("kind", &"name the kind of document in the process");
    let wish = DocumentWish {
        case,
        kind: parameters.get("kind")?.ok_or_else(missing)?,
        file_name: parameters.text("file_name").unwrap_or_default(),
        content_type: content_type(request.headers()),
        replaces: parameters.get("replaces")?,
    };
    let mode = parameters.mode()?;
    parameters.finish()?;
    let content = request.into_body().into_data_stream();
    let kept = served
        .app
        .add_document(&caller, wish, content, mode)
        .await?;
    Ok(done_with(mode, StatusCode::CREATED, view(kept)))
}

fn content_type(headers: &HeaderMap) -> String {
    let value = headers.get(header::CONTENT_TYPE);
    let text = value.and_then(|value| value.to_str().ok());
    text.unwrap_or_default().to_owned()
}

fn view(of: StoredDocument) -> DocumentView {
    DocumentView {
        document: of.id,
        sha256: hex::encode(of.sha256),
        bytes: of.bytes,
        media_type: of.media_type.essence().to_owned(),
        file_name: of.file_name.map(|name| name.as_str().to_owned()),
        kind: of.kind,
        case: of.case,
        owner: of.owner,
        version: of.version,
        replaces: of.replaces,
        visibility: of.visibility,
        uploaded_ms: of.uploaded_ms,
        leaf: of.leaf,
    }
}

/// Public documents need no sign-in; whoever shows a secret must show a good one.
pub(super) async fn caller(
    served: &Served,
    headers: &HeaderMap,
) -> Result<Option<Caller>, ApiError> {
    if !headers.contains_key(header::AUTHORIZATION) {
        return Ok(None);
    }
    Ok(Some(served.app.authenticate(bearer(headers)).await?))
}

/// The documents of a case that the caller may read. Without a secret: those that were opened to everybody.
#[utoipa::path(
    get,
    path = "/cases/{number}/documents",
    tag = "Documents",
    params(CaseNumber),
    responses((status = 200, body = Page<DocumentView>)),
    security((), ("session" = []), ("api_key" = []), ("operator" = [])),
)]
pub(super) async fn list(
    State(served): State<Served>,
    PathValue(case): PathValue<u64>,
    parameters: Parameters,
    headers: HeaderMap,
) -> Result<Json<Page<DocumentView>>, ApiError> {
    parameters.finish()?;
    let caller = caller(&served, &headers).await?;
    let documents = served.app.documents_of(caller.as_ref(), case).await?;
    Ok(Json(super::view::whole(documents.into_iter().map(view))))
}

/// The bytes of a document, as a download under the name that it has. One that is not open to the caller answers as if it
/// did not exist.
#[utoipa::path(
    get,
    path = "/documents/{id}",
    tag = "Documents",
    params(DocumentNumber),
    responses(
        (status = 200, body = Vec<u8>, content_type = "*/*", headers(("ETag" = String, description = "SHA-256 of the bytes, hex, in quotes."), ("Content-Disposition" = String, description = "`attachment` with the file name."))),
    ),
    security((), ("session" = []), ("api_key" = []), ("operator" = [])),
)]
pub(super) async fn read(
    State(served): State<Served>,
    PathValue(id): PathValue<DocumentId>,
    parameters: Parameters,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    parameters.finish()?;
    let caller = caller(&served, &headers).await?;
    let (document, content) = served.app.document(caller.as_ref(), id).await?;
    let mut response = Response::new(Bytes::from_stream(content));
    let name = document
        .file_name
        .as_ref()
        .map_or("document", |it| it.as_str());
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static(document.media_type.essence()),
    );
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(document.bytes));
    if let Ok(value) = HeaderValue::from_str(&disposition(name)) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    if let Ok(tag) = HeaderValue::from_str(&format!("\"{}\"", hex::encode(document.sha256))) {
        headers.insert(header::ETAG, tag);
    }
    Ok(response)
}

/// Opens a document to a wider circle. It is never closed again.
#[utoipa::path(
    post,
    path = "/documents/{id}/visibility",
    tag = "Documents",
    params(DocumentNumber, DryRun),
    request_body = NewVisibility,
    responses((status = 204), Tried, Rejected),
)]
pub(super) async fn widen(
    caller: Caller,
    State(served): State<Served>,
    WriteMode(mode): WriteMode,
    PathValue(id): PathValue<DocumentId>,
    Body(NewVisibility { visibility }): Body<NewVisibility>,
) -> Result<Response, ApiError> {
    served
        .app
        .widen_document(&caller, id, visibility, mode)
        .await?;
    Ok(done(mode, StatusCode::NO_CONTENT))
}
