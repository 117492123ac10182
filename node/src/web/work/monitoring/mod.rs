//! Monitoring data of a project: its sources, points that are handed in as a file, and batches under their roots.

mod batch;
mod blueprints;
mod points;
mod seal;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;

pub(super) use batch::{points as batch_points, show as batch};
pub(super) use blueprints::{ask as blueprints, send as send_blueprint, show as blueprint};
pub(super) use points::{send as send_points, source};
pub(super) use seal::send as seal;

use super::fault::{self, Fault};
use super::gate::{Sent, Signed};
use super::place;
use crate::app::{AppError, BatchStanding, Field, Mode, MonitoringDesk};
use crate::http::dto::FigureView;
use crate::http::problem::ApiError;
use crate::web::list::{Asked, Choice, choices};
use crate::web::page::Page;
use crate::web::{Shared, answer};
use points::Checked;
use seal::{Span, Tried};

/// Batches and sources of each list on the page.
const SHOWN_MAX: usize = 200;

#[derive(Template)]
#[template(path = "web/work/monitoring.html")]
struct DeskPage {
    page: Page,
    faults: Vec<Fault>,
    done: Option<String>,
    project: u32,
    desk: MonitoringDesk,
    blueprints: Vec<Choice>,
    said: Said,
}

/// What was sent and is shown again, with what would come of it.
#[derive(Default)]
struct Said {
    name: String,
    key: String,
    /// A file of points.
    text: String,
    checked: Option<Checked>,
    span: Span,
    tried: Option<Tried>,
}

impl DeskPage {
    fn batches(&self) -> impl Iterator<Item = &BatchStanding> {
        self.desk.batches.iter().take(SHOWN_MAX)
    }

    /// The tonnes of each year of a batch.
    fn figures(&self, of: &BatchStanding) -> Vec<FigureView> {
        serde_json::from_str(&of.batch.figures).unwrap_or_default()
    }

    fn root(&self, of: &BatchStanding) -> String {
        hex::encode(of.batch.root)
    }

    /// Whether points wait to be sealed.
    fn has_waiting(&self) -> bool {
        self.desk.sources.iter().any(|it| it.waiting.is_some())
    }
}

async fn desk(site: &Shared, signed: Signed, project: u32) -> Result<DeskPage, ApiError> {
    let Signed { page, caller, .. } = signed;
    let desk = site.app.monitoring_desk(&caller, project).await?;
    let blueprints = site.app.blueprints().await?.into_iter().map(|it| {
        let of = it.blueprint;
        (
            format!("{} {}", of.id, of.version),
            format!("{} {} · {}", of.id, of.version, of.title),
        )
    });
    Ok(DeskPage {
        faults: Vec::new(),
        done: None,
        project,
        blueprints: choices(blueprints, None),
        said: Said {
            span: Span::of(&desk),
            ..Said::default()
        },
        desk,
        page: page.about(
            "work",
            &format!("/projects/{project}/batches"),
            &format!("countersign dmrv batches {project}"),
        ),
    })
}

/// What was done and is said on the page that comes next.
const DONE: [&str; 4] = ["source", "revoked", "points", "sealed"];

/// The number of a project out of an address.
fn named(text: &str) -> Result<u32, AppError> {
    place::named("project", text)
}

pub(super) async fn show(
    State(site): State<Shared>,
    Path(project): Path<String>,
    signed: Signed,
    asked: Asked,
) -> Result<Response, ApiError> {
    let done = asked.done(&signed.page, "monitoring-done", &DONE);
    let mut shown = desk(&site, signed, named(&project)?).await?;
    shown.done = done;
    answer::html(&shown.page, &shown)
}

fn led(page: &Page, project: u32, done: &str) -> Response {
    let path = page.to(&format!("/work/projects/{project}/monitoring"));
    answer::see_other(&format!("{path}?done={done}"))
}

/// The page again with what stands against a wish.
async fn again(
    site: &Shared,
    signed: Signed,
    project: u32,
    said: Said,
    fault: Fault,
    status: StatusCode,
) -> Result<Response, ApiError> {
    let mut shown = desk(site, signed, project).await?;
    let span = shown.said.span;
    shown.said = said;
    if shown.said.span == Span::default() {
        shown.said.span = span;
    }
    shown.faults = vec![fault];
    answer::with_status(status, &shown.page, &shown)
}

/// What stands against a wish, beside the field that it is about.
fn told(page: &Page, error: AppError) -> Result<Fault, ApiError> {
    let place = match &error {
        AppError::BadInput {
            field: Field::Body(pointer),
            ..
        } => pointer.strip_prefix('/').map(str::to_owned),
        _ => None,
    };
    let mut fault = fault::of(page, error)?;
    fault.link = place
        .filter(|it| matches!(it.as_str(), "name" | "key" | "file"))
        .map(|it| format!("#{it}"))
        .or(fault.link);
    Ok(fault)
}

/// Enters a source.
pub(super) async fn add_source(
    State(site): State<Shared>,
    Path(project): Path<String>,
    signed: Signed,
    Sent(posted): Sent,
) -> Result<Response, ApiError> {
    let project = named(&project)?;
    let (name, key) = (posted.shown("name"), posted.shown("key"));
    let made = site
        .app
        .add_source(&signed.caller, project, &name, &key, Mode::Write)
        .await;
    let error = match made {
        Ok(_) => return Ok(led(&signed.page, project, "source")),
        Err(error) => error,
    };
    let status = fault::status(&error);
    let fault = told(&signed.page, error)?;
    let said = Said {
        name,
        key,
        ..Said::default()
    };
    again(&site, signed, project, said, fault, status).await
}

/// Takes nothing of a source any more.
pub(super) async fn revoke_source(
    State(site): State<Shared>,
    Path(source): Path<String>,
    signed: Signed,
    Sent(_): Sent,
) -> Result<Response, ApiError> {
    let id = place::number("source", &source)?;
    let revoked = site
        .app
        .revoke_source(&signed.caller, id, Mode::Write)
        .await?;
    Ok(led(&signed.page, revoked.project, "revoked"))
}
