//! Lists of the read model: filters, orders, searches, and an `ETag` by which a client asks for news only.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{process, registry, transfers, view};
use crate::app::{Caller, UnitsName};
use crate::http::Served;
use crate::http::dto::{
    self, CaseView, HoldingView, PlaceName, RetirementView, SearchView, StateName, TransferView,
    Units, UnitsEvent,
};
use crate::http::extract::{Parameters, PathValue};
use crate::http::openapi::{
    CaseFilters, CaseNumber, HoldingFilters, Looked, NotFound, NotListed, OrganisationFilters,
    OrganisationListed, Paging, ProjectFilters, ProjectListed, RetirementFilters, TransferFilters,
    UnitsNamed,
};
use crate::http::problem::ApiError;
use crate::people::Beneficiary;
use crate::projection::query::{
    CaseActRow, CaseQuery, EventRow, HoldingQuery, OrganisationQuery, Page, ProjectQuery,
    RetirementQuery, RetirementRow, TransferQuery, Window,
};

/// The longest text that is looked for, in characters.
const Q_CHARS_MAX: usize = 200;

/// An answer that is marked with how far its source was, or only that mark when the caller has it already.
fn tagged(headers: &HeaderMap, tag: &str, body: impl Serialize) -> Response {
    let mut response = if has(headers, tag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        Json(body).into_response()
    };
    let marks = response.headers_mut();
    if let Ok(value) = HeaderValue::from_str(tag) {
        marks.insert(header::ETAG, value);
    }
    // Kept, and asked about each time.
    let keep = HeaderValue::from_static("no-cache");
    marks.insert(header::CACHE_CONTROL, keep);
    response
}

/// Whether `If-None-Match` names this mark (RFC 9110 section 13.1.2).
fn has(headers: &HeaderMap, tag: &str) -> bool {
    let named = headers.get_all(header::IF_NONE_MATCH).iter();
    named
        .filter_map(|value| value.to_str().ok())
        .flat_map(|text| text.split(','))
        .map(|one| one.trim())
        .any(|one| one == "*" || one.strip_prefix("W/").unwrap_or(one) == tag)
}

/// The mark of a list that follows from so many leaves.
fn mark(size: u64) -> String {
    format!("\"{size}\"")
}

/// The page as JSON, with its mark.
fn answer<T, V: Serialize>(
    headers: &HeaderMap,
    page: Page<T>,
    view: impl FnMut(T) -> V,
) -> Response {
    let Page { items, next, size } = page.map(view);
    tagged(headers, &mark(size), dto::Page { items, next })
}

/// The `after`, `limit` and `sort` of a list; `-` before the order's name turns it round.
fn window<S: DeserializeOwned + Default>(
    parameters: &mut Parameters,
) -> Result<(S, Window), ApiError> {
    let (after, limit) = (parameters.text("after"), parameters.limit()?);
    let (sort, descending) = parameters.sort()?;
    let window = Window {
        after,
        limit,
        descending,
    };
    Ok((sort.unwrap_or_default(), window))
}

pub(super) fn q(parameters: &mut Parameters) -> Result<Option<String>, ApiError> {
    let q = parameters.text("q").map(|q| q.trim().to_owned());
    let too_long = |q: &String| q.chars().count() > Q_CHARS_MAX;
    if q.as_ref().is_some_and(too_long) {
        let why = format!("at most {Q_CHARS_MAX} characters are looked for");
        return Err(ApiError::parameter("q", &why));
    }
    Ok(q.filter(|q| !q.is_empty()))
}

/// Organisations of the registry.
///
/// Without filter, order and search the list comes from the ledger's state and carries no `standing` and `changed_at`; with
/// one of them it comes from the read model.
#[utoipa::path(
    get,
    path = "/organisations",
    tag = "Registry",
    params(OrganisationFilters, Paging),
    responses((status = 200, body = dto::Page<OrganisationListed>), NotListed),
    security(()),
)]
pub(super) async fn organisations(
    State(served): State<Served>,
    headers: HeaderMap,
    mut parameters: Parameters,
) -> Result<Response, ApiError> {
    if parameters.is_plain() {
        let tag = mark(served.app.size());
        let Json(page) = registry::organisations(State(served), parameters).await?;
        return Ok(tagged(&headers, &tag, page));
    }
    let kind = parameters.word("kind")?;
    let organisation_type = parameters.text("type");
    let standing = parameters.text("standing");
    let q = q(&mut parameters)?;
    let (sort, window) = window(&mut parameters)?;
    parameters.finish()?;
    let query = OrganisationQuery {
        kind,
        organisation_type,
        standing,
        q,
        sort,
        window,
    };
    let page = served.app.find_organisations(&query).await?;
    Ok(answer(&headers, page, |row| row))
}

/// Registered projects.
///
/// Without filter, order and search the list comes from the ledger's state and carries no `standing` and `changed_at`; with
/// one of them it comes from the read model.
#[utoipa::path(
    get,
    path = "/projects",
    tag = "Registry",
    params(ProjectFilters, Paging),
    responses((status = 200, body = dto::Page<ProjectListed>), NotListed),
    security(()),
)]
pub(super) async fn projects(
    State(served): State<Served>,
    headers: HeaderMap,
    mut parameters: Parameters,
) -> Result<Response, ApiError> {
    if parameters.is_plain() {
        let tag = mark(served.app.size());
        let Json(page) = registry::projects(State(served), parameters).await?;
        return Ok(tagged(&headers, &tag, page));
    }
    let organisation = parameters.get("organisation")?;
    let scope = parameters.get("scope")?;
    let standing = parameters.text("standing");
    let q = q(&mut parameters)?;
    let (sort, window) = window(&mut parameters)?;
    parameters.finish()?;
    let query = ProjectQuery {
        organisation,
        scope,
        standing,
        q,
        sort,
        window,
    };
    let page = served.app.find_projects(&query).await?;
    Ok(answer(&headers, page, |row| row))
}

/// Cases: where each stands, since when, and which steps it waits for, by whom.
#[utoipa::path(
    get,
    path = "/cases",
    tag = "Cases",
    params(CaseFilters, Paging),
    responses((status = 200, body = dto::Page<CaseView>), NotListed),
    security(()),
)]
pub(super) async fn cases(
    State(served): State<Served>,
    headers: HeaderMap,
    mut parameters: Parameters,
) -> Result<Response, ApiError> {
    if parameters.is_plain() {
        let tag = mark(served.app.size());
        let Json(page) = process::cases(State(served), parameters).await?;
        return Ok(tagged(&headers, &tag, page));
    }
    let query = CaseQuery {
        kind: parameters.word("kind")?,
        flow: parameters.text("flow"),
        stage: parameters.text("stage"),
        owner: parameters.get("owner")?,
        certifier: parameters.get("certifier")?,
        project: parameters.get("project")?,
        parent: parameters.get("parent")?,
        ended: parameters.get("ended")?,
        waits_for: parameters.text("waits_for"),
        waits_for_type: parameters.text("waits_for_type"),
        due_before_ms: parameters.get("due_before_ms")?,
        q: q(&mut parameters)?,
        ..CaseQuery::default()
    };
    let (sort, window) = window(&mut parameters)?;
    parameters.finish()?;
    let query = CaseQuery {
        sort,
        window,
        ..query
    };
    let page = served.app.find_cases(&query).await?;
    Ok(answer(&headers, page, process::case_view))
}

/// What was done in a case, oldest first.
#[utoipa::path(
    get,
    path = "/cases/{number}/acts",
    tag = "Cases",
    params(CaseNumber, Paging),
    responses((status = 200, body = dto::Page<CaseActRow>), NotListed),
    security(()),
)]
pub(super) async fn case_acts(
    State(served): State<Served>,
    headers: HeaderMap,
    PathValue(number): PathValue<u64>,
    mut parameters: Parameters,
) -> Result<Response, ApiError> {
    let window = Window {
        after: parameters.text("after"),
        limit: parameters.limit()?,
        descending: false,
    };
    parameters.finish()?;
    let page = served.app.case_acts(number, &window).await?;
    Ok(answer(&headers, page, |row| row))
}

/// Transfers between countries, newest first unless `sort=opened` is asked for.
#[utoipa::path(
    get,
    path = "/transfers",
    tag = "Transfers between countries",
    params(TransferFilters, Paging),
    responses((status = 200, body = dto::Page<TransferView>), NotListed),
    security(()),
)]
pub(super) async fn transfers(
    State(served): State<Served>,
    headers: HeaderMap,
    mut parameters: Parameters,
) -> Result<Response, ApiError> {
    let is_known = ["direction", "state", "after", "limit"];
    if served.app.listed_size().is_none() && parameters.are_among(&is_known) {
        let list = transfers::list(State(served), parameters).await?;
        return Ok(list.into_response());
    }
    let query = TransferQuery {
        direction: parameters.word("direction")?,
        stage: parameters.word::<StateName>("state")?.map(transfers::stage),
        partner: parameters.get("partner")?,
        agreement: parameters.get("agreement")?,
        account: parameters.get("account")?,
        q: q(&mut parameters)?,
        window: newest_first(&mut parameters, "opened")?,
    };
    parameters.finish()?;
    let page = served.app.find_transfers(&query).await?;
    // What is witnessed changes without a leaf.
    let covered = page.items.first().map_or(0, |listed| listed.covered);
    let tag = format!("\"{}-{covered}\"", page.size);
    let Page { items, next, .. } = page.map(view::transfer);
    Ok(tagged(&headers, &tag, dto::Page { items, next }))
}

/// The window of a list that is newest first unless its one order is asked for by name.
fn newest_first(parameters: &mut Parameters, order: &str) -> Result<Window, ApiError> {
    let (after, limit) = (parameters.text("after"), parameters.limit()?);
    let descending = match parameters.text("sort").as_deref() {
        None => true,
        Some(sort) if sort.strip_prefix('-') == Some(order) => true,
        Some(sort) if sort == order => false,
        Some(_) => {
            let why = format!("this list has the order {order}, and -{order} for the newest first");
            return Err(ApiError::parameter("sort", &why));
        }
    };
    Ok(Window {
        after,
        limit,
        descending,
    })
}

/// All ranges of units that are in accounts the caller may look into, abroad, used or cancelled.
#[utoipa::path(
    get,
    path = "/holdings",
    tag = "Units",
    params(HoldingFilters, Paging),
    responses((status = 200, body = dto::Page<HoldingView>), NotFound, NotListed),
)]
pub(super) async fn holdings(
    caller: Caller,
    State(served): State<Served>,
    headers: HeaderMap,
    mut parameters: Parameters,
) -> Result<Response, ApiError> {
    let place = parameters.word::<PlaceName>("place")?;
    let query = HoldingQuery {
        origin: parameters.get("origin")?,
        project: parameters.get("project")?,
        vintage: parameters.get("vintage")?,
        account: parameters.get("account")?,
        organisation: parameters.get("organisation")?,
        place: place.map(|place| view::place_word(place).to_owned()),
        unit_type: parameters.get("unit_type")?,
        ..HoldingQuery::default()
    };
    let (sort, window) = window(&mut parameters)?;
    parameters.finish()?;
    let query = HoldingQuery {
        sort,
        window,
        ..query
    };
    let page = served.app.find_holdings(&caller, query).await?;
    Ok(answer(&headers, page, |it| view::holding(&it)))
}

/// Ranges that were used or cancelled, newest first unless `sort=index` is asked for.
#[utoipa::path(
    get,
    path = "/retirements",
    tag = "Units",
    params(RetirementFilters, Paging),
    responses((status = 200, body = dto::Page<RetirementView>), NotListed),
    security(()),
)]
pub(super) async fn retirements(
    State(served): State<Served>,
    headers: HeaderMap,
    mut parameters: Parameters,
) -> Result<Response, ApiError> {
    let query = RetirementQuery {
        leaf: None,
        account: parameters.get("account")?,
        organisation: parameters.get("organisation")?,
        kind: parameters.word("kind")?,
        purpose: parameters.word("purpose")?,
        project: parameters.get("project")?,
        vintage: parameters.get("vintage")?,
        window: newest_first(&mut parameters, "index")?,
    };
    parameters.finish()?;
    let page = served.app.find_retirements(&query).await?;
    let commitments = page.items.iter().filter_map(RetirementRow::commitment);
    let commitments = commitments.collect();
    let public = served.app.public_beneficiaries(commitments).await?;
    Ok(answer(&headers, page, |row| {
        let known = row.commitment().and_then(|it| public.get(&it.0));
        retirement(row, known)
    }))
}

fn retirement(row: RetirementRow, public: Option<&Beneficiary>) -> RetirementView {
    RetirementView {
        index: row.leaf,
        time_ms: row.time_ms,
        account: row.account,
        organisation: row.organisation,
        kind: row.kind,
        purpose: row.purpose,
        beneficiary: row.beneficiary,
        beneficiary_name: public.map(|it| it.name.to_string()),
        beneficiary_salt: public.map(|it| hex::encode(it.salt)),
        reason: row.reason,
        jurisdiction: row.jurisdiction,
        case: row.case,
        units: Units::from(&row.block),
    }
}

/// Everything that happened to a unit, a range or a part of one, oldest first.
#[utoipa::path(
    get,
    path = "/units/{name}/history",
    tag = "Units",
    params(UnitsNamed, Paging),
    responses((status = 200, body = dto::Page<UnitsEvent>), NotListed),
    security(()),
)]
pub(super) async fn units_history(
    State(served): State<Served>,
    headers: HeaderMap,
    PathValue(name): PathValue<UnitsName>,
    mut parameters: Parameters,
) -> Result<Response, ApiError> {
    let window = Window {
        after: parameters.text("after"),
        limit: parameters.limit()?,
        descending: false,
    };
    parameters.finish()?;
    let page = served.app.units_history(&name, &window).await?;
    Ok(answer(&headers, page, event))
}

fn event(row: EventRow) -> UnitsEvent {
    UnitsEvent {
        index: row.leaf,
        time_ms: row.time_ms,
        kind: row.kind,
        range: row.range,
        from: row.from,
        to: row.to,
        party: row.party,
        reference: row.reference,
    }
}

/// The first ten organisations, projects, cases and transfers with these characters, and units by any name.
#[utoipa::path(
    get,
    path = "/search",
    tag = "Registry",
    params(Looked),
    responses((status = 200, body = SearchView), NotListed),
    security(()),
)]
pub(super) async fn search(
    State(served): State<Served>,
    headers: HeaderMap,
    mut parameters: Parameters,
) -> Result<Response, ApiError> {
    let Some(q) = q(&mut parameters)? else {
        return Err(ApiError::parameter("q", &"say what is looked for"));
    };
    parameters.finish()?;
    let found = served.app.find_named(&q).await?;
    let covered = found.transfers.first().map_or(0, |listed| listed.covered);
    let tag = format!("\"{}-{covered}\"", found.size);
    let found = SearchView {
        organisations: found.organisations,
        projects: found.projects,
        cases: found.cases.into_iter().map(process::case_view).collect(),
        transfers: found.transfers.into_iter().map(view::transfer).collect(),
        units: found.units.iter().map(view::holding).collect(),
    };
    Ok(tagged(&headers, &tag, found))
}
