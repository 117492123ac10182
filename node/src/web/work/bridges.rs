//! The bridges as those who keep them see them: what each is doing, what waits, what was refused; and a button that lets one take
//! its turns or send again.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use countersign_bridge::frame::ItemState;
use countersign_bridge::settings::BridgeName;

use super::arrivals;
use super::fault::{self, Fault};
use super::gate::{Sent, Signed};
use super::place;
use crate::app::{AppError, ListedArrival, Mode};
use crate::bridges::{BridgeState, BridgeStatus};
use crate::http::problem::ApiError;
use crate::web::list::Asked;
use crate::web::page::Page;
use crate::web::{Shared, answer};

struct Row {
    word: &'static str,
    name: String,
    state: String,
    colour: &'static str,
    why: Option<String>,
    until_ms: Option<u64>,
    done_ms: Option<u64>,
    writes: bool,
    size: u64,
    lag: u64,
    counts: Vec<(String, u64)>,
    dead: Vec<Dead>,
    can_replay: bool,
    arrivals: Vec<arrivals::Row>,
}

struct Dead {
    key: String,
    cause: String,
    time_ms: u64,
}

#[derive(Template)]
#[template(path = "web/work/bridges.html")]
struct BridgesPage {
    page: Page,
    faults: Vec<Fault>,
    done: Option<String>,
    rows: Vec<Row>,
}

pub(super) async fn list(
    State(site): State<Shared>,
    signed: Signed,
    asked: Asked,
) -> Result<Response, ApiError> {
    let done = asked.done(&signed.page, "bridge-done", &["sync", "replay"]);
    page(&site, signed, StatusCode::OK, Vec::new(), done).await
}

async fn page(
    site: &Shared,
    signed: Signed,
    status: StatusCode,
    faults: Vec<Fault>,
    done: Option<String>,
) -> Result<Response, ApiError> {
    let Signed { page, caller, .. } = signed;
    let bridges = site.app.bridge_statuses(&caller).await?;
    let mut rows = Vec::with_capacity(bridges.len());
    for it in &bridges {
        let arrived = site.app.arrivals(&caller, it.bridge).await?;
        rows.push(row(&page, it, &arrived));
    }
    let shown = BridgesPage {
        faults,
        done,
        rows,
        page: page.about("work", "/bridges", "countersign bridge cad-trust status"),
    };
    answer::with_status(status, &shown.page, &shown)
}

fn row(page: &Page, it: &BridgeStatus, arrived: &[ListedArrival]) -> Row {
    let colour = match it.state {
        BridgeState::Idle => "good",
        BridgeState::Starting | BridgeState::Working => "info",
        BridgeState::Waits => "warn",
        BridgeState::Barred => "bad",
    };
    let counts = it.items.iter().filter(|(_, count)| *count > 0);
    let again = [ItemState::Dead, ItemState::Differs];
    let dead = it.dead_letters.iter().filter(|it| it.replayed_ms.is_none());
    Row {
        word: it.bridge.word(),
        name: page.word("bridge-name", it.bridge.word()),
        state: page.word("bridge-state", it.state.word()),
        colour,
        why: it.why.clone(),
        until_ms: it.until_ms,
        done_ms: it.done_ms,
        writes: it.writes,
        size: it.size,
        lag: it.lag,
        counts: counts
            .map(|(state, count)| (page.word("bridge-item", state.name()), *count))
            .collect(),
        dead: dead
            .map(|it| Dead {
                key: it.key.clone(),
                cause: it.cause.clone(),
                time_ms: it.time_ms,
            })
            .collect(),
        can_replay: it
            .items
            .iter()
            .any(|(state, count)| *count > 0 && again.contains(state)),
        arrivals: arrivals::rows(page, arrived),
    }
}

/// That there is no bridge of this name; as much of it as is worth showing.
pub(super) fn unknown(bridge: &str) -> AppError {
    place::unknown("bridge", bridge)
}

pub(super) async fn drive(
    State(site): State<Shared>,
    Path((bridge, deed)): Path<(String, String)>,
    signed: Signed,
    Sent(posted): Sent,
) -> Result<Response, ApiError> {
    let unknown = || unknown(&bridge);
    let name: BridgeName = bridge.parse().map_err(|_| unknown())?;
    let key = posted.text("key").filter(|it| !it.is_empty());
    let driven = match deed.as_str() {
        "sync" => site.app.sync_bridge(&signed.caller, name).await.map(drop),
        "replay" => site
            .app
            .replay_bridge(&signed.caller, name, key, Mode::Write)
            .await
            .map(drop),
        _ => return Err(unknown().into()),
    };
    match driven {
        Ok(()) => {
            let path = signed.page.to("/work/bridges");
            Ok(answer::see_other(&format!("{path}?done={deed}")))
        }
        Err(error) => {
            let status = fault::status(&error);
            let faults = vec![fault::of(&signed.page, error)?];
            page(&site, signed, status, faults, None).await
        }
    }
}
