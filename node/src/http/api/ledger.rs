//! The node and its ledger.

use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use countersign_protocol::credential::MEDIA_TYPE;
use countersign_protocol::id::TransferId;

use super::view;
use crate::app::{ProofOf, UnitsName};
use crate::http::Served;
use crate::http::dto::{HeadView, Page, RecordView, Status};
use crate::http::extract::Parameters;
use crate::http::openapi::{CredentialOfLeaf, NotFound, NotWitnessed, ProofOfLeaf, RecordPaging};
use crate::http::problem::{ApiError, Kind};

/// The node: whose registry it is, and how it stands.
///
/// Head of the log, witnesses, partners' nodes, open transfers, tonnes by place, and what stands against being ready.
#[utoipa::path(
    get,
    path = "/status",
    tag = "Node",
    responses((status = 200, body = Status)),
    security(()),
)]
pub(super) async fn status(
    State(served): State<Served>,
    parameters: Parameters,
) -> Result<Json<Status>, ApiError> {
    parameters.finish()?;
    Ok(Json(view::status(served.app.status().await?)))
}

/// The newest head of the log, and the newest one that a quorum of witnesses has cosigned.
#[utoipa::path(
    get,
    path = "/ledger/head",
    tag = "Ledger",
    responses((status = 200, body = HeadView)),
    security(()),
)]
pub(super) async fn head(
    State(served): State<Served>,
    parameters: Parameters,
) -> Result<Json<HeadView>, ApiError> {
    parameters.finish()?;
    Ok(Json(view::head(served.app.head()?)))
}

/// Records of the ledger in their order, each as a line of `records.jsonl` has it.
///
/// `next` goes on as `from`.
#[utoipa::path(
    get,
    path = "/ledger/records",
    tag = "Ledger",
    params(RecordPaging),
    responses((status = 200, body = Page<RecordView>)),
    security(()),
)]
pub(super) async fn records(
    State(served): State<Served>,
    mut parameters: Parameters,
) -> Result<Json<Page<RecordView>>, ApiError> {
    let (from, limit) = (parameters.get("from")?, parameters.limit()?);
    parameters.finish()?;
    let records = served.app.records(from.unwrap_or(0), limit).await?;
    Ok(Json(view::page(records.map(view::record))))
}

/// A proof bundle of a leaf (C2SP tlog-proof), to be saved as it is and checked offline with `countersign verify`.
///
/// Exactly one of `index`, `transfer` and `serial` says which leaf.
#[utoipa::path(
    get,
    path = "/ledger/proof",
    tag = "Ledger",
    params(ProofOfLeaf),
    responses(
        (status = 200, body = String, content_type = "text/plain; charset=utf-8"),
        NotFound,
        NotWitnessed,
    ),
    security(()),
)]
pub(super) async fn proof(
    State(served): State<Served>,
    mut parameters: Parameters,
) -> Result<Response, ApiError> {
    let index = parameters.get::<u64>("index")?.map(ProofOf::Index);
    let transfer = parameters
        .get::<TransferId>("transfer")?
        .map(ProofOf::Transfer);
    let units = parameters.get::<UnitsName>("serial")?.map(ProofOf::Units);
    parameters.finish()?;
    let mut wanted = [index, transfer, units].into_iter().flatten();
    let (Some(of), None) = (wanted.next(), wanted.next()) else {
        let detail = "say which leaf is to be proven: exactly one of index, transfer and serial";
        return Err(ApiError::new(Kind::Malformed, detail));
    };
    let bundle = served.app.proof(of).await?;
    let content_type = [(header::CONTENT_TYPE, "text/plain; charset=utf-8")];
    Ok((content_type, bundle.to_string()).into_response())
}

/// The Verifiable Credential of an entry (W3C VCDM 2.0, secured as a JWS), with its proof bundle as evidence: for authorisations, issuances and retirements. `countersign verify` checks it offline.
#[utoipa::path(
    get,
    path = "/ledger/credential",
    tag = "Ledger",
    params(CredentialOfLeaf),
    responses(
        (status = 200, body = String, content_type = "application/vc+jwt"),
        NotFound,
        NotWitnessed,
    ),
    security(()),
)]
pub(super) async fn credential(
    State(served): State<Served>,
    mut parameters: Parameters,
) -> Result<Response, ApiError> {
    let index = parameters.get::<u64>("index")?;
    parameters.finish()?;
    let missing = || ApiError::new(Kind::Malformed, "say of which entry: index is missing");
    let credential = served.app.credential(index.ok_or_else(missing)?).await?;
    let content_type = [(header::CONTENT_TYPE, MEDIA_TYPE)];
    Ok((content_type, credential).into_response())
}
