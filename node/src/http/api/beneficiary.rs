//! The list of beneficiaries.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use countersign_protocol::record::Commitment;

use super::write::done;
use super::{lists, view};
use crate::app::{Caller, FavourWish, Mode};
use crate::http::Served;
use crate::http::dto::{BeneficiaryView, FileHash, MergeBeneficiary, NewBeneficiaryBody, Page};
use crate::http::extract::{Body, Parameters, PathValue, WriteMode};
use crate::http::openapi::{
    BeneficiaryCommitment, BeneficiaryFilters, BeneficiaryNumber, DryRun, NearNames, Rejected,
    Second, Tried,
};
use crate::http::problem::ApiError;
use crate::people::{ListedBeneficiary, NearBeneficiary, NewBeneficiary};

/// Entries by number; with `q` the five whose names are most like it.
///
/// Whoever edits the list sees all; whoever may ask for a retirement sees those that were reviewed and the own organisation's.
#[utoipa::path(
    get,
    path = "/beneficiaries",
    tag = "Beneficiaries",
    params(BeneficiaryFilters),
    responses((status = 200, body = Page<BeneficiaryView>)),
)]
pub(super) async fn list(
    caller: Caller,
    State(served): State<Served>,
    mut parameters: Parameters,
) -> Result<Json<Page<BeneficiaryView>>, ApiError> {
    let q = lists::q(&mut parameters)?;
    let (after, limit) = (parameters.get("after")?, parameters.limit()?);
    parameters.finish()?;
    if let Some(q) = q {
        let near = served.app.near_beneficiaries(&caller, &q).await?;
        return Ok(Json(view::whole(near.into_iter().map(near_view))));
    }
    let listed = served.app.beneficiaries(&caller, after.unwrap_or(0), limit);
    Ok(Json(view::page(listed.await?.map(entry_view))))
}

/// An entry of the list.
#[utoipa::path(
    get,
    path = "/beneficiaries/{id}",
    tag = "Beneficiaries",
    params(BeneficiaryNumber),
    responses((status = 200, body = BeneficiaryView)),
)]
pub(super) async fn show(
    caller: Caller,
    State(served): State<Served>,
    PathValue(id): PathValue<u64>,
    parameters: Parameters,
) -> Result<Json<BeneficiaryView>, ApiError> {
    parameters.finish()?;
    let entry = served.app.beneficiary(&caller, id).await?;
    Ok(Json(entry_view(entry)))
}

/// Adds an entry.
///
/// Where there are entries with nearly its name they are named instead, until the request says that it is another.
#[utoipa::path(
    post,
    path = "/beneficiaries",
    tag = "Beneficiaries",
    params(DryRun),
    request_body = NewBeneficiaryBody,
    responses((status = 201, body = BeneficiaryView), Tried, NearNames, Second, Rejected),
)]
pub(super) async fn add(
    caller: Caller,
    State(served): State<Served>,
    WriteMode(mode): WriteMode,
    Body(new): Body<NewBeneficiaryBody>,
) -> Result<Response, ApiError> {
    let NewBeneficiaryBody {
        name,
        lei,
        tax_id,
        country,
        aliases,
        distinct,
    } = new;
    let new = NewBeneficiary {
        name,
        lei,
        tax_id,
        country,
        aliases,
    };
    let added = served
        .app
        .add_beneficiary(&caller, new, distinct, mode)
        .await?;
    Ok(entry(StatusCode::CREATED, added))
}

/// Marks an entry as reviewed: everybody who may ask for a retirement sees it.
#[utoipa::path(
    post,
    path = "/beneficiaries/{id}/review",
    tag = "Beneficiaries",
    params(BeneficiaryNumber, DryRun),
    responses((status = 200, body = BeneficiaryView), Tried),
)]
pub(super) async fn review(
    caller: Caller,
    State(served): State<Served>,
    PathValue(id): PathValue<u64>,
    WriteMode(mode): WriteMode,
) -> Result<Response, ApiError> {
    let reviewed = served.app.review_beneficiary(&caller, id, mode).await?;
    Ok(entry(StatusCode::OK, reviewed))
}

/// Lets one entry stand for another from here on.
#[utoipa::path(
    post,
    path = "/beneficiaries/{id}/merge",
    tag = "Beneficiaries",
    params(BeneficiaryNumber, DryRun),
    request_body = MergeBeneficiary,
    responses((status = 200, body = BeneficiaryView), Tried),
)]
pub(super) async fn merge(
    caller: Caller,
    State(served): State<Served>,
    PathValue(id): PathValue<u64>,
    WriteMode(mode): WriteMode,
    Body(MergeBeneficiary { into }): Body<MergeBeneficiary>,
) -> Result<Response, ApiError> {
    let merged = served
        .app
        .merge_beneficiaries(&caller, id, into, mode)
        .await?;
    Ok(entry(StatusCode::OK, merged))
}

/// Forgets an entry for good: names, identifiers, and whom its retirements name.
///
/// The commitments on the ledger stay, so that every proof stays valid; nobody can tell any more whom they name.
#[utoipa::path(
    delete,
    path = "/beneficiaries/{id}",
    tag = "Beneficiaries",
    params(BeneficiaryNumber, DryRun),
    responses((status = 204), Tried),
)]
pub(super) async fn erase(
    caller: Caller,
    State(served): State<Served>,
    PathValue(id): PathValue<u64>,
    WriteMode(mode): WriteMode,
) -> Result<Response, ApiError> {
    served.app.erase_beneficiary(&caller, id, mode).await?;
    Ok(done(mode, StatusCode::NO_CONTENT))
}

/// Forgets for good whom one retirement names, by the commitment that the ledger carries.
#[utoipa::path(
    delete,
    path = "/beneficiary-names/{commitment}",
    tag = "Beneficiaries",
    params(BeneficiaryCommitment, DryRun),
    responses((status = 204), Tried),
)]
pub(super) async fn erase_claim(
    caller: Caller,
    State(served): State<Served>,
    PathValue(FileHash(commitment)): PathValue<FileHash>,
    WriteMode(mode): WriteMode,
) -> Result<Response, ApiError> {
    let commitment = Commitment(commitment);
    served.app.erase_claim(&caller, commitment, mode).await?;
    Ok(done(mode, StatusCode::NO_CONTENT))
}

/// The entry after a write, or the answer of a trial.
fn entry(status: StatusCode, entry: Option<ListedBeneficiary>) -> Response {
    match entry {
        Some(entry) => (status, Json(entry_view(entry))).into_response(),
        None => done(Mode::Try, status),
    }
}

/// Entries that are nearly named as a wish that is only tried names one. Whoever may not look at the list sees none.
pub(super) async fn near(
    served: &Served,
    caller: &Caller,
    wish: &FavourWish,
) -> Vec<BeneficiaryView> {
    let Some(name) = &wish.name else {
        return Vec::new();
    };
    let near = served.app.near_beneficiaries(caller, name.as_str()).await;
    let near = near.unwrap_or_default().into_iter();
    near.map(near_view).collect()
}

fn near_view(near: NearBeneficiary) -> BeneficiaryView {
    BeneficiaryView {
        score: Some((near.score * 1000.0).round() / 1000.0),
        ..entry_view(near.entry)
    }
}

fn entry_view(of: ListedBeneficiary) -> BeneficiaryView {
    let ListedBeneficiary {
        id,
        name,
        lei,
        tax_id,
        country,
        aliases,
        reviewed,
        merged_into,
        organisation,
    } = of;
    BeneficiaryView {
        id,
        name,
        lei,
        tax_id,
        country,
        aliases,
        reviewed,
        merged_into,
        organisation,
        score: None,
    }
}
