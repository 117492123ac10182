//! The node over HTTP: `/api/v1`, the log's tiles, the witness, health and metrics, with the pages of [`web`](crate::web)
//! beside them.
//!
//! Thin: a handler reads a request, calls [`App`], writes an answer. What holds for every answer is in one place
//! ([`frame`]): a request id, a time limit, problem details for every error, security headers, counters.
//!
//! Who may see what: the pages, `/log/`, `/witness/`, the health checks and the metrics need no token, and neither do the parts
//! of `/api/v1` that show what the public log shows (status, organisations, projects, units, transfers, ledger). Accounts
//! with their statements, partners, agreements, the invitation and nearly every write need a session, an API key or the
//! operator's token, and [`App`] says what each may do. The listener is on loopback unless the configuration says otherwise;
//! TLS is a reverse proxy's work.

pub(crate) mod api;
mod contract;
mod docs;
pub mod dto;
pub(crate) mod extract;
mod frame;
mod health;
mod log;
mod metrics;
mod national;
mod offline;
mod open_data;
pub mod openapi;
pub(crate) mod percent;
pub(crate) mod problem;
mod rates;
mod rows;
mod sandbox;
mod serve;
mod streams;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use prometheus_client::registry::Registry;
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::app::{App, AppError};
use crate::clock::TimeTravel;
use crate::web::{self, ErrorPages, Look, Site, SiteParts};
pub(crate) use extract::Stopping;
use metrics::Metrics;
use problem::{ApiError, Kind};
pub(crate) use rates::Who;
pub(crate) use streams::{Place, Places};

pub(crate) use api::{article6_command, bulk_of_text, report as report_files};
pub(crate) use rates::Rates;
pub use rates::{Budgets, RateLimits, WINDOW_S};
pub use serve::{CONNECTIONS_MAX, serve};

/// What the HTTP side is made of.
pub struct HttpParts {
    /// The use cases.
    pub app: App,
    /// What the country sets about its pages.
    pub look: Look,
    /// The witness endpoints, for `/witness/`.
    pub witness: Option<Router>,
    /// Where the rest of the node has registered its metrics; `/metrics` shows them beside its own.
    pub registry: Registry,
    /// How much is taken on.
    pub limits: HttpLimits,
    /// Whether a proxy on this machine stands before the node, so that its `X-Forwarded-For` names the clients.
    pub behind_proxy: bool,
}

/// How much the HTTP side takes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HttpLimits {
    /// The largest body of a request, in bytes.
    pub body_bytes: usize,
    /// Requests that are answered at the same time; one more is answered "busy" at once. Health and metrics are not
    /// counted: a busy node is not a dead one.
    pub requests: usize,
    /// Event streams and long polls.
    pub streams: StreamLimits,
    /// How often one client may ask.
    pub rates: RateLimits,
}

/// What event streams may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StreamLimits {
    /// Streams and long polls at the same time.
    pub places: usize,
    /// How often a quiet stream shows that it lives.
    pub heartbeat: Duration,
    /// A reader that takes nothing for so long is cut. It comes back with the last id that it has, and misses nothing.
    pub patience: Duration,
}

impl Default for StreamLimits {
    fn default() -> Self {
        Self {
            places: 64,
            heartbeat: Duration::from_secs(15),
            patience: Duration::from_secs(20),
        }
    }
}

/// What every handler holds.
#[derive(Clone)]
struct Served {
    app: App,
    metrics: Arc<Metrics>,
    body_bytes_max: usize,
    behind_proxy: bool,
    places: Arc<Semaphore>,
    rates: Arc<Rates>,
    streams: Arc<Places>,
    uploads: Arc<Semaphore>,
    error_pages: ErrorPages,
    is_sandbox: bool,
}

impl Served {
    /// A turn to take a file; whoever holds it may read one.
    fn turn_for_a_file(&self) -> Result<SemaphorePermit<'_>, ApiError> {
        self.uploads.try_acquire().map_err(|_| {
            let detail = "the node takes as many files at a time as it may; try again shortly";
            ApiError::new(Kind::Busy, detail)
        })
    }
}

/// Files that are taken at the same time.
const UPLOADS: usize = 2;

/// Everything that the node answers over HTTP.
///
/// # Errors
/// [`AppError::Internal`] before the ledger's first record: nobody knows then whose registry it is.
pub fn router(parts: HttpParts) -> Result<Router, AppError> {
    routed(parts, None)
}

/// The same for a node of a sandbox: every answer and every page says so, and its clock can be moved.
///
/// # Errors
/// As [`router`].
pub fn sandbox_router(parts: HttpParts, travel: TimeTravel) -> Result<Router, AppError> {
    routed(parts, Some(travel))
}

fn routed(parts: HttpParts, sandbox: Option<TimeTravel>) -> Result<Router, AppError> {
    let HttpParts {
        app,
        look,
        witness,
        registry,
        limits,
        behind_proxy,
    } = parts;
    let rates = Arc::new(Rates::new(limits.rates));
    let streams = Places::new(limits.streams);
    let site = Arc::new(Site::new(SiteParts {
        app: app.clone(),
        look,
        rates: Arc::clone(&rates),
        streams: Arc::clone(&streams),
        behind_proxy,
        is_sandbox: sandbox.is_some(),
    })?);
    let served = Served {
        error_pages: ErrorPages::new(Arc::clone(&site)),
        app,
        metrics: Arc::new(Metrics::new(registry)),
        body_bytes_max: limits.body_bytes,
        behind_proxy,
        places: Arc::new(Semaphore::new(limits.requests)),
        rates,
        streams,
        uploads: Arc::new(Semaphore::new(UPLOADS)),
        is_sandbox: sandbox.is_some(),
    };
    let api = api::described().split_for_parts().0;
    let mut router = Router::new();
    if let Some(travel) = sandbox {
        router = router.merge(sandbox::routes(travel));
    }
    let mut router = router
        .merge(docs::style())
        .merge(health::routes())
        .merge(log::routes())
        .merge(offline::routes())
        .merge(national::routes())
        .merge(open_data::routes())
        .nest("/api/v1", api.route_layer(from_fn(contract::keep)))
        .with_state(served.clone())
        .merge(web::router(site));
    if let Some(witness) = witness {
        router = router.nest("/witness", witness);
    }
    Ok(router.layer(from_fn_with_state(served, frame::frame)))
}
