//! Cases opened from what arrives from other systems.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use countersign_bridge::arrival::{ArrivalKind, Missing};
use countersign_bridge::settings::BridgeName;

use super::case::opened;
use super::write::answer;
use crate::app::{ArrivalStanding, ArrivalWish, Caller, ListedArrival};
use crate::http::Served;
use crate::http::dto::{
    ArrivalFieldView, ArrivalFileView, ArrivalKindWord, ArrivalState, ArrivalView, CaseView,
    OpenArrival, Page,
};
use crate::http::extract::{Body, Parameters, PathValue, WriteMode};
use crate::http::openapi::{BridgeParameter, DryRun, LedgerWrite, NotFound, Tried};
use crate::http::problem::ApiError;

/// Projects and monitoring reports of another system that can become cases here, and how each stands.
///
/// Whoever may read reports sees all of them, and others those of their own organisation.
#[utoipa::path(
    get,
    path = "/bridges/{bridge}/arrivals",
    tag = "Bridges",
    params(BridgeParameter),
    responses((status = 200, body = Page<ArrivalView>), NotFound),
)]
pub(super) async fn list(
    caller: Caller,
    State(served): State<Served>,
    PathValue(bridge): PathValue<BridgeName>,
    parameters: Parameters,
) -> Result<Json<Page<ArrivalView>>, ApiError> {
    parameters.finish()?;
    let all = served.app.arrivals(&caller, bridge).await?;
    let items = all.into_iter().map(view).collect();
    Ok(Json(Page { items, next: None }))
}

/// Opens the case of something that arrived, with the form of its first step filled as a draft.
///
/// Asked again it gives the same case: a thing is opened once. What has no word here, or is none, stops it with a message.
#[utoipa::path(
    post,
    path = "/bridges/{bridge}/arrivals/open",
    tag = "Bridges",
    params(BridgeParameter, DryRun),
    request_body = OpenArrival,
    responses((status = 201, body = crate::http::dto::Written<CaseView>), NotFound, Tried, LedgerWrite),
)]
pub(super) async fn open(
    caller: Caller,
    State(served): State<Served>,
    PathValue(bridge): PathValue<BridgeName>,
    WriteMode(mode): WriteMode,
    Body(new): Body<OpenArrival>,
) -> Result<Response, ApiError> {
    let wish = ArrivalWish {
        bridge,
        key: new.key,
        flow: new.flow,
        track: new.track,
        title: new.title,
        again: new.again,
    };
    let written = served.app.open_arrival(&caller, wish, mode).await?;
    answer(StatusCode::CREATED, &written, opened(&served, &written))
}

/// The word for how something stands, and the case that it has to do with.
pub(crate) const fn state(of: &ArrivalStanding) -> (ArrivalState, Option<u64>) {
    match of {
        ArrivalStanding::Ready => (ArrivalState::Ready, None),
        ArrivalStanding::Waits => (ArrivalState::Waits, None),
        ArrivalStanding::Stopped => (ArrivalState::Stopped, None),
        ArrivalStanding::Opened(case) => (ArrivalState::Opened, Some(*case)),
        ArrivalStanding::Ended(case) => (ArrivalState::Ended, Some(*case)),
        ArrivalStanding::Known(case) => (ArrivalState::Known, Some(*case)),
    }
}

fn view(of: ListedArrival) -> ArrivalView {
    let (state, case) = state(&of.standing);
    let it = of.arrival;
    let field = |it: Missing| ArrivalFieldView {
        field: it.field,
        why: it.why,
    };
    ArrivalView {
        key: it.key,
        bridge: super::bridge::name(of.bridge),
        kind: match it.kind {
            ArrivalKind::Project => ArrivalKindWord::Project,
            ArrivalKind::Monitoring => ArrivalKindWord::Monitoring,
        },
        state,
        case,
        project: it.project,
        title: it.title,
        owner: it.owner,
        organisation: it.organisation,
        form: it.form,
        missing: it.missing.into_iter().map(field).collect(),
        stopped: it.stopped.into_iter().map(field).collect(),
        files: it
            .files
            .into_iter()
            .map(|it| ArrivalFileView {
                name: it.name,
                url: it.url,
            })
            .collect(),
    }
}
