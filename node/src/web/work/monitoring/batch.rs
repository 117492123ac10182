//! One batch: computed again from its points, with the report that rests on it.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use countersign_bridge::dmrv::{Figure, Point, write_csv};
use countersign_protocol::log::Hash;

use super::super::gate::Signed;
use super::super::place;
use crate::app::{AppError, BatchStanding};
use crate::http::problem::ApiError;
use crate::web::page::Page;
use crate::web::{Shared, answer};

/// Points that the page shows; the file has all.
const SHOWN_MAX: usize = 200;

#[derive(Template)]
#[template(path = "web/work/batch.html")]
struct BatchPage {
    page: Page,
    root: String,
    it: BatchStanding,
    figures: Vec<Figure>,
    is_same: bool,
    points: Vec<Point>,
}

/// The root out of an address.
fn root_of(text: &str) -> Result<Hash, AppError> {
    let mut root = Hash::default();
    hex::decode_to_slice(text, &mut root).map_err(|_| place::unknown("batch", text))?;
    Ok(root)
}

pub(in super::super) async fn show(
    State(site): State<Shared>,
    Path(root): Path<String>,
    signed: Signed,
) -> Result<Response, ApiError> {
    let root = root_of(&root)?;
    let Signed { page, caller, .. } = signed;
    let (it, figures, is_same) = site.app.check_batch(&caller, &root).await?;
    let mut points = site.app.points_of_batch(&caller, &root).await?;
    points.truncate(SHOWN_MAX);
    let root = hex::encode(root);
    let shown = BatchPage {
        page: page.about(
            "work",
            &format!("/batches/{root}"),
            &format!("countersign dmrv check {root}"),
        ),
        root,
        it,
        figures,
        is_same,
        points,
    };
    answer::html(&shown.page, &shown)
}

/// The points as a file.
pub(in super::super) async fn points(
    State(site): State<Shared>,
    Path(root): Path<String>,
    signed: Signed,
) -> Result<Response, ApiError> {
    let root = root_of(&root)?;
    let points = site.app.points_of_batch(&signed.caller, &root).await?;
    let name = format!("points-{}.csv", hex::encode(root));
    Ok(answer::csv(&signed.page, &name, write_csv(&points)))
}
