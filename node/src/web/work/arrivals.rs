//! What arrives from other systems, as the pages show it, and opening a case from it.

use axum::extract::{Path, State};
use axum::response::Response;
use countersign_bridge::arrival::ArrivalKind;
use countersign_bridge::settings::BridgeName;

use super::fault;
use super::gate::{Sent, Signed};
use crate::app::{ArrivalWish, ListedArrival, Mode};
use crate::http::api::arrival::state;
use crate::http::dto::ArrivalState;
use crate::http::problem::ApiError;
use crate::web::page::Page;
use crate::web::{Shared, answer};
use countersign_protocol::record::Body;

/// Things of one system that a page shows; the command and the API have all.
const SHOWN_MAX: usize = 200;

/// Something that arrived.
pub(super) struct Row {
    pub(super) key: String,
    pub(super) bridge: &'static str,
    pub(super) system: String,
    pub(super) kind: String,
    pub(super) title: Option<String>,
    pub(super) owner: Option<String>,
    pub(super) state: String,
    pub(super) colour: &'static str,
    pub(super) case: Option<u64>,
    /// What stops it, or else what is to be completed.
    pub(super) fields: Vec<String>,
}

pub(super) fn rows(page: &Page, all: &[ListedArrival]) -> Vec<Row> {
    all.iter().take(SHOWN_MAX).map(|it| row(page, it)).collect()
}

fn row(page: &Page, it: &ListedArrival) -> Row {
    let (state, case) = state(&it.standing);
    let colour = match state {
        ArrivalState::Ready => "info",
        ArrivalState::Waits => "warn",
        ArrivalState::Stopped | ArrivalState::Ended => "bad",
        ArrivalState::Opened | ArrivalState::Known => "good",
    };
    let kind = match it.arrival.kind {
        ArrivalKind::Project => "project",
        ArrivalKind::Monitoring => "monitoring",
    };
    let fields = match state {
        ArrivalState::Stopped => it.arrival.stopped.as_slice(),
        ArrivalState::Ready | ArrivalState::Waits => it.arrival.missing.as_slice(),
        _ => &[],
    };
    Row {
        key: it.arrival.key.clone(),
        bridge: it.bridge.word(),
        system: page.word("bridge-name", it.bridge.word()),
        kind: page.word("arrival-kind", kind),
        title: it.arrival.title.clone(),
        owner: it.arrival.owner.clone(),
        state: page.word("arrival-state", state.word()),
        colour,
        case,
        fields: fields
            .iter()
            .map(|it| format!("{}: {}", it.field, it.why))
            .collect(),
    }
}

pub(super) async fn open(
    State(site): State<Shared>,
    Path(bridge): Path<String>,
    signed: Signed,
    Sent(posted): Sent,
) -> Result<Response, ApiError> {
    let bridge: BridgeName = bridge
        .parse()
        .map_err(|_| super::bridges::unknown(&bridge))?;
    let wish = ArrivalWish {
        bridge,
        key: posted.text("key").unwrap_or_default().to_owned(),
        flow: None,
        track: None,
        title: None,
        again: false,
    };
    match site
        .app
        .open_arrival(&signed.caller, wish, Mode::Write)
        .await
    {
        Ok(written) => {
            let case = written.find(|_, body| match body {
                Body::CaseOpened(it) => Some(it.case),
                _ => None,
            });
            let path = case.map_or_else(|| "/work".to_owned(), |it| format!("/work/cases/{it}"));
            Ok(answer::see_other(&signed.page.to(&path)))
        }
        Err(error) => {
            let status = fault::status(&error);
            let faults = vec![fault::of(&signed.page, error)?];
            super::cases::inbox_page(&site, signed, 0, status, faults).await
        }
    }
}
