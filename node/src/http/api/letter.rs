//! The letters of cases.

use axum::Json;
use axum::body::Body as Bytes;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use countersign_protocol::registry::OwedLetter;

use super::article6::window;
use super::view;
use crate::app::{Caller, CaseLetter, LetterCheck};
use crate::http::Served;
use crate::http::dto::{FileHash, LetterCheckView, LetterView, NewCaseAct, Page};
use crate::http::extract::{Body, Parameters, PathValue};
use crate::http::openapi::{
    CaseNumber, CertificateOfLeaf, LedgerWrite, LetterFilters, LetterForm, LetterHash, NotFound,
    NotListed, NotWitnessed, Paging, Rejected,
};
use crate::http::percent::disposition;
use crate::http::problem::{ApiError, Kind};
use crate::letters::Language;

const PDF: HeaderValue = HeaderValue::from_static("application/pdf");

/// The letters of a case: those that were issued, oldest first, then those that its acts still owe.
#[utoipa::path(
    get,
    path = "/cases/{number}/letters",
    tag = "Letters",
    params(CaseNumber),
    responses((status = 200, body = Page<LetterView>), NotListed),
)]
pub(super) async fn list(
    caller: Caller,
    State(served): State<Served>,
    PathValue(case): PathValue<u64>,
    parameters: Parameters,
) -> Result<Json<Page<LetterView>>, ApiError> {
    parameters.finish()?;
    let letters = served.app.letters_of(&caller, case).await?;
    Ok(Json(view::whole(letters.into_iter().map(letter))))
}

/// Letters that were issued, oldest first. Nothing of a letter is shown.
#[utoipa::path(
    get,
    path = "/letters",
    tag = "Letters",
    params(Paging),
    responses((status = 200, body = Page<LetterView>), NotListed),
    security(()),
)]
pub(super) async fn issued(
    State(served): State<Served>,
    parameters: Parameters,
) -> Result<Json<Page<LetterView>>, ApiError> {
    let window = window(parameters)?;
    let found = served.app.issued_letters(&window).await?;
    Ok(Json(Page {
        items: found.items.into_iter().map(letter).collect(),
        next: found.next,
    }))
}

fn letter(of: CaseLetter) -> LetterView {
    LetterView {
        case: of.case,
        act: of.act,
        letter: of.letter,
        title: of.title,
        language: of.language,
        sha256: of.issued.map(|it| hex::encode(it.sha256)),
        leaf: of.issued.map(|it| it.leaf),
        issued_ms: of.issued.map(|it| it.time_ms),
        trouble: of.trouble,
    }
}

/// Whether a file is a letter of this registry, and where it stands.
///
/// Anybody may ask. Nothing of the letter is shown.
#[utoipa::path(
    get,
    path = "/letters/{sha256}",
    tag = "Letters",
    params(LetterHash),
    responses((status = 200, body = LetterCheckView), NotListed),
    security(()),
)]
pub(super) async fn check(
    State(served): State<Served>,
    PathValue(FileHash(sha256)): PathValue<FileHash>,
    parameters: Parameters,
) -> Result<Json<LetterCheckView>, ApiError> {
    parameters.finish()?;
    let LetterCheck {
        sha256,
        letter: found,
        size,
    } = served.app.check_letter(sha256).await?;
    Ok(Json(LetterCheckView {
        sha256: hex::encode(sha256),
        issued: found.is_some(),
        letter: found.map(letter),
        size,
    }))
}

/// The file of a letter, as a download.
///
/// The letter's own bytes come first and have the SHA-256 of the path, also where a proof is attached.
#[utoipa::path(
    get,
    path = "/letters/{sha256}/file",
    tag = "Letters",
    params(LetterHash, LetterForm),
    responses(
        (status = 200, body = Vec<u8>, content_type = "application/pdf", headers(("ETag" = String, description = "SHA-256 of the bytes, hex, in quotes."), ("Content-Disposition" = String, description = "`attachment` with the file name."))),
        NotListed, Rejected, NotWitnessed,
    ),
)]
pub(super) async fn file(
    caller: Caller,
    State(served): State<Served>,
    PathValue(FileHash(sha256)): PathValue<FileHash>,
    mut parameters: Parameters,
) -> Result<Response, ApiError> {
    let with_proof = parameters.get::<bool>("proof")?;
    parameters.finish()?;
    if with_proof == Some(true) {
        let (letter, file) = served.app.letter_with_proof(&caller, sha256).await?;
        return Ok(pdf(Bytes::from(file), &letter.letter, &letter.language));
    }
    let (letter, bytes, content) = served.app.letter_file(&caller, sha256).await?;
    let mut response = pdf(
        Bytes::from_stream(content),
        &letter.letter,
        &letter.language,
    );
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(bytes));
    if let Ok(tag) = HeaderValue::from_str(&format!("\"{}\"", hex::encode(sha256))) {
        headers.insert(header::ETAG, tag);
    }
    Ok(response)
}

/// The certificate of a retirement or cancellation as PDF/A-3b, for everybody: with the proof bundle of its entry attached, and its
/// pages signed by the key of the ledger's log. `countersign verify` checks the file offline.
#[utoipa::path(
    get,
    path = "/ledger/certificate",
    tag = "Ledger",
    params(CertificateOfLeaf),
    responses(
        (status = 200, body = Vec<u8>, content_type = "application/pdf", headers(("Content-Disposition" = String, description = "`attachment` with the file name."))),
        NotFound, NotListed, Rejected, NotWitnessed,
    ),
    security(()),
)]
pub(super) async fn certificate(
    State(served): State<Served>,
    mut parameters: Parameters,
) -> Result<Response, ApiError> {
    let index = parameters.get::<u64>("index")?;
    let language = parameters.get::<Language>("language")?;
    parameters.finish()?;
    let missing = || ApiError::new(Kind::Malformed, "say of which entry: index is missing");
    let made = served
        .app
        .certificate(index.ok_or_else(missing)?, language)
        .await?;
    let name = format!("certificate-{}", made.leaf);
    Ok(pdf(Bytes::from(made.bytes), &name, &made.language))
}

/// One of the letters that an act would issue, made from what the act says and marked as a preview. Nothing is written.
#[utoipa::path(
    post,
    path = "/cases/{number}/letters/preview",
    tag = "Letters",
    params(CaseNumber, LetterFilters),
    request_body = NewCaseAct,
    responses(
        (status = 200, body = Vec<u8>, content_type = "application/pdf", headers(("Content-Disposition" = String, description = "`attachment` with the file name."))),
        LedgerWrite, Rejected,
    ),
)]
pub(super) async fn preview(
    caller: Caller,
    State(served): State<Served>,
    PathValue(case): PathValue<u64>,
    mut parameters: Parameters,
    Body(new): Body<NewCaseAct>,
) -> Result<Response, ApiError> {
    let missing =
        |name: &'static str| ApiError::parameter(name, &"name one that the act would issue");
    let letter = parameters.text("letter").ok_or_else(|| missing("letter"))?;
    let language = parameters
        .text("language")
        .ok_or_else(|| missing("language"))?;
    parameters.finish()?;
    let wish = super::case::act_wish(case, new);
    let wanted = OwedLetter { letter, language };
    let made = served.app.preview_letter(&caller, wish, wanted).await?;
    Ok(pdf(Bytes::from(made.bytes), &made.letter, &made.language))
}

fn pdf(body: Bytes, letter: &str, language: &str) -> Response {
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, PDF);
    let name = disposition(&format!("{letter}-{language}.pdf"));
    if let Ok(value) = HeaderValue::from_str(&name) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    response
}
