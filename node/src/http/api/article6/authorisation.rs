//! Authorisations: versions, ends, the units under them, and what other registries tell of those that left.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use countersign_protocol::id::AuthorisationId;
use countersign_protocol::party::Party;

use super::{Recorder, command, records, window};
use crate::app::{AuthorisationFile, AuthorisationQuery};
use crate::http::Served;
use crate::http::api::view;
use crate::http::dto::{
    self, Article6Recorded, AuthorisationView, NewAuthorisation, NewRevocation,
    NewUnitAuthorisation, NewUseNotice, Page, Proposed, RecordView, RevocationView,
};
use crate::http::extract::{Body, Parameters, PathValues};
use crate::http::openapi::{
    AuthorisationFilters, AuthorisationNamed, DryRun, LedgerWrite, NotListed,
    OptionalIdempotencyKey, Paging, Rejected, Tried,
};
use crate::http::problem::ApiError;

/// Authorisations as they count now, with what was done under each.
#[utoipa::path(
    get,
    path = "/authorisations",
    tag = "Article 6",
    params(AuthorisationFilters, Paging),
    responses((status = 200, body = Page<AuthorisationView>)),
    security(()),
)]
pub(in crate::http::api) async fn authorisations(
    State(served): State<Served>,
    mut parameters: Parameters,
) -> Result<Json<Page<AuthorisationView>>, ApiError> {
    let query = AuthorisationQuery {
        party: parameters.get("party")?,
        approach: parameters.get("approach")?,
        in_force: parameters.get("in_force")?,
    };
    let (after, limit) = (parameters.text("after"), parameters.limit()?);
    parameters.finish()?;
    let listed = served.app.authorisations(&query, after.as_deref(), limit)?;
    Ok(Json(view::page(listed.map(authorisation_view))))
}

fn authorisation_view(of: AuthorisationFile) -> AuthorisationView {
    let left = of.left();
    let AuthorisationFile { known, used } = of;
    AuthorisationView {
        index: known.recorded_at,
        in_force: known.is_in_force(),
        revoked: known.revoked.map(|it| RevocationView {
            index: it.at,
            date: it.date,
            reaches_first_transferred: it.reaches_first_transferred,
        }),
        authorisation: known.latest,
        put: used.map(|it| it.put),
        committed: used.map(|it| it.committed),
        first_transferred: used.map(|it| it.first_transferred),
        left,
    }
}

/// Records a version of an authorisation: the first, or a change of the one before.
///
/// What is left out is that of this Party and of the approach: Party, registry, the next version, metric, and the definition of
/// first transfer where the uses need one. Under a process a second official approves it.
#[utoipa::path(
    post,
    path = "/authorisations",
    tag = "Article 6",
    params(OptionalIdempotencyKey, DryRun),
    request_body = NewAuthorisation,
    responses(
        (status = 201, body = dto::Written<Article6Recorded>),
        (status = 202, body = Proposed, description = "It waits for a second official."),
        Tried,
        LedgerWrite,
        Rejected,
    ),
)]
pub(in crate::http::api) async fn add_authorisation(
    recorder: Recorder,
    Body(new): Body<NewAuthorisation>,
) -> Result<Response, ApiError> {
    let command = command::authorisation(&recorder.served.app, new)?;
    recorder.record(command).await
}

/// One authorisation as it counts now.
#[utoipa::path(
    get,
    path = "/authorisations/{party}/{id}",
    tag = "Article 6",
    params(AuthorisationNamed),
    responses((status = 200, body = AuthorisationView)),
    security(()),
)]
pub(in crate::http::api) async fn show_authorisation(
    State(served): State<Served>,
    PathValues(party, id): PathValues<Party, AuthorisationId>,
    parameters: Parameters,
) -> Result<Json<AuthorisationView>, ApiError> {
    parameters.finish()?;
    let found = served.app.authorisation(party, id)?;
    Ok(Json(authorisation_view(found)))
}

/// The records that made an authorisation what it is, oldest first: its versions and its end.
#[utoipa::path(
    get,
    path = "/authorisations/{party}/{id}/versions",
    tag = "Article 6",
    params(AuthorisationNamed, Paging),
    responses((status = 200, body = Page<RecordView>), NotListed),
    security(()),
)]
pub(in crate::http::api) async fn authorisation_versions(
    State(served): State<Served>,
    PathValues(party, id): PathValues<Party, AuthorisationId>,
    parameters: Parameters,
) -> Result<Json<Page<RecordView>>, ApiError> {
    let window = window(parameters)?;
    let page = served
        .app
        .authorisation_versions(party, id, &window)
        .await?;
    Ok(Json(records(page)))
}

/// Ends an authorisation for everything that was not first transferred.
///
/// Under a process a second official approves it.
#[utoipa::path(
    post,
    path = "/authorisations/revoke",
    tag = "Article 6",
    params(OptionalIdempotencyKey, DryRun),
    request_body = NewRevocation,
    responses(
        (status = 201, body = dto::Written<Article6Recorded>),
        (status = 202, body = Proposed, description = "It waits for a second official."),
        Tried,
        LedgerWrite,
        Rejected,
    ),
)]
pub(in crate::http::api) async fn revoke_authorisation(
    recorder: Recorder,
    Body(new): Body<NewRevocation>,
) -> Result<Response, ApiError> {
    let command = command::revocation(&recorder.served.app, new)?;
    recorder.record(command).await
}

/// Puts units that are here, and were not first transferred, under an authorisation of this Party.
///
/// Under a process a second official approves it.
#[utoipa::path(
    post,
    path = "/unit-authorisations",
    tag = "Article 6",
    params(OptionalIdempotencyKey, DryRun),
    request_body = NewUnitAuthorisation,
    responses(
        (status = 201, body = dto::Written<Article6Recorded>),
        (status = 202, body = Proposed, description = "It waits for a second official."),
        Tried,
        LedgerWrite,
        Rejected,
    ),
)]
pub(in crate::http::api) async fn authorise_units(
    recorder: Recorder,
    Body(new): Body<NewUnitAuthorisation>,
) -> Result<Response, ApiError> {
    recorder.record(command::units(new)).await
}

/// Records that another registry told of the use of units which left before their first transfer: that is their first transfer
/// (4/CMA.6 paras 13 and 17).
///
/// Under a process a second official approves it.
#[utoipa::path(
    post,
    path = "/use-notices",
    tag = "Article 6",
    params(OptionalIdempotencyKey, DryRun),
    request_body = NewUseNotice,
    responses(
        (status = 201, body = dto::Written<Article6Recorded>),
        (status = 202, body = Proposed, description = "It waits for a second official."),
        Tried,
        LedgerWrite,
        Rejected,
    ),
)]
pub(in crate::http::api) async fn notice_use(
    recorder: Recorder,
    Body(new): Body<NewUseNotice>,
) -> Result<Response, ApiError> {
    recorder.record(command::use_notice(new)).await
}

/// Notices of uses abroad that were recorded, oldest first.
#[utoipa::path(
    get,
    path = "/use-notices",
    tag = "Article 6",
    params(Paging),
    responses((status = 200, body = Page<RecordView>), NotListed),
    security(()),
)]
pub(in crate::http::api) async fn use_notices(
    State(served): State<Served>,
    parameters: Parameters,
) -> Result<Json<Page<RecordView>>, ApiError> {
    let window = window(parameters)?;
    Ok(Json(records(served.app.use_notices(&window).await?)))
}
