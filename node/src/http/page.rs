//! The status page: one document, one style sheet, no script, nothing from elsewhere.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use countersign_protocol::registry::TransferStage;
use countersign_protocol::time::Timestamp;

use super::Served;
use super::problem::{ApiError, Kind};
use crate::app::{ListedTransfer, NodeStatus, PeerInfo, StoredRecord, TransferQuery, WitnessInfo};
use crate::ledger::OWN_REQUEST;

/// Rows of the tables of open transfers and newest records.
const ROWS_MAX: usize = 10;

pub(super) fn routes() -> Router<Served> {
    Router::new()
        .route("/", get(page))
        .route("/style.css", get(style))
}

async fn style() -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/css; charset=utf-8"),
        (header::CACHE_CONTROL, "public, max-age=3600"),
    ];
    (headers, include_str!("../../templates/style.css")).into_response()
}

async fn page(State(served): State<Served>) -> Result<Response, ApiError> {
    let locked = TransferQuery {
        stage: Some(TransferStage::Locked),
        ..TransferQuery::default()
    };
    let page = StatusPage {
        status: served.app.status().await?,
        open: served.app.transfers(locked, ROWS_MAX).await?.items,
        records: served.app.newest_records(ROWS_MAX).await?,
    };
    let html = page
        .render()
        .map_err(|error| ApiError::new(Kind::Internal, error.to_string()))?;
    let content_type = [(header::CONTENT_TYPE, "text/html; charset=utf-8")];
    Ok((content_type, html).into_response())
}

#[derive(Template)]
#[template(path = "status.html")]
struct StatusPage {
    status: NodeStatus,
    open: Vec<ListedTransfer>,
    records: Vec<StoredRecord>,
}

impl StatusPage {
    fn version(&self) -> &'static str {
        env!("CARGO_PKG_VERSION")
    }

    fn is_ready(&self) -> bool {
        self.status.not_ready.is_empty()
    }

    fn root(&self) -> String {
        hex::encode(self.status.head.head.root)
    }

    /// What the witnesses have seen, in words.
    fn witnessed(&self) -> String {
        match &self.status.head.witnessed {
            None => "nothing yet".to_owned(),
            Some(it) if it.head.size == self.status.head.head.size => "all records".to_owned(),
            Some(it) => {
                let behind = self.status.head.head.size.saturating_sub(it.head.size);
                format!(
                    "{} records; {} to go",
                    number(&it.head.size),
                    number(&behind)
                )
            }
        }
    }

    fn cosigned_by(&self) -> &[String] {
        let witnessed = self.status.head.witnessed.as_ref();
        witnessed.map_or(&[], |it| &it.cosigned_by)
    }

    fn ago(&self, since_ms: &u64) -> String {
        let seconds = self.status.now_ms.saturating_sub(*since_ms) / 1000;
        match seconds {
            0..=1 => "just now".to_owned(),
            2..=119 => format!("{seconds} s ago"),
            120..=7199 => format!("{} min ago", seconds / 60),
            7200..=172_799 => format!("{} h ago", seconds / 3600),
            _ => format!("{} days ago", seconds / 86_400),
        }
    }

    fn is_current(&self, witness: &WitnessInfo) -> bool {
        witness.size >= self.status.head.head.size
    }

    fn reached(&self, peer: &PeerInfo) -> String {
        match (peer.connected, peer.round_trip_us) {
            (true, Some(us)) => format!("connected, {}.{} ms", us / 1000, us % 1000 / 100),
            (true, None) => "connected".to_owned(),
            (false, _) => "not connected".to_owned(),
        }
    }

    fn short(&self, transfer: &ListedTransfer) -> String {
        let id = transfer.key.id().to_string();
        id.get(..16).unwrap_or(&id).to_owned()
    }

    fn tonnes(&self, transfer: &ListedTransfer) -> String {
        let terms = transfer.transfer.terms.as_ref();
        number(&terms.map_or(0, countersign_protocol::registry::Terms::tonnes))
    }

    /// What the transfer waits for.
    fn waits(&self, transfer: &ListedTransfer) -> &'static str {
        if transfer.transfer.opened_at >= transfer.covered {
            "our witnesses"
        } else if transfer.transfer.cancel_asked_at.is_some() {
            "the answer; cancel asked"
        } else {
            "the answer"
        }
    }

    fn is_own(&self, record: &StoredRecord) -> bool {
        record.record.request == OWN_REQUEST
    }

    fn kind(&self, record: &StoredRecord) -> String {
        record.record.body.kind().replace('_', " ")
    }
}

/// A number with a space between groups of three digits.
fn number(value: &u64) -> String {
    let digits = value.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push('\u{202f}');
        }
        text.push(digit);
    }
    text
}

/// Date and time in UTC, to the second.
fn utc(ms: &u64) -> String {
    match Timestamp::from_seconds(ms / 1000) {
        Ok(time) => time.to_string().replace('T', " ").replace('Z', " UTC"),
        Err(_) => "after the year 9999".to_owned(),
    }
}
