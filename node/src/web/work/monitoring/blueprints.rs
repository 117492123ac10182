//! Blueprints: how tonnes follow from data points. A version never changes.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::super::fault::{self, Fault};
use super::super::gate::{Retyped, Signed};
use super::told;
use crate::app::Mode;
use crate::http::problem::ApiError;
use crate::monitoring::KeptBlueprint;
use crate::web::list::Asked;
use crate::web::page::Page;
use crate::web::{Shared, answer};

#[derive(Template)]
#[template(path = "web/work/blueprints.html")]
struct BlueprintsPage {
    page: Page,
    faults: Vec<Fault>,
    done: Option<String>,
    rows: Vec<KeptBlueprint>,
    may_add: bool,
    /// A file that was sent, and what it is.
    text: String,
    tried: Option<KeptBlueprint>,
}

async fn list(site: &Shared, signed: Signed) -> Result<BlueprintsPage, ApiError> {
    let Signed { page, caller, .. } = signed;
    Ok(BlueprintsPage {
        faults: Vec::new(),
        done: None,
        rows: site.app.blueprints().await?,
        may_add: site.app.may_add_blueprints(&caller),
        text: String::new(),
        tried: None,
        page: page.about("work", "/blueprints", "countersign dmrv blueprints"),
    })
}

pub(in super::super) async fn ask(
    State(site): State<Shared>,
    signed: Signed,
    asked: Asked,
) -> Result<Response, ApiError> {
    let done = asked.done(&signed.page, "blueprint-done", &["added"]);
    let mut shown = list(&site, signed).await?;
    shown.done = done;
    answer::html(&shown.page, &shown)
}

/// Enters a version, or says what it would be.
pub(in super::super) async fn send(
    State(site): State<Shared>,
    signed: Signed,
    Retyped {
        posted,
        is_of_session,
    }: Retyped,
) -> Result<Response, ApiError> {
    let text = posted.file_or_text();
    let mode = match posted.button() {
        "add" => Mode::Write,
        _ => Mode::Try,
    };
    let (status, fault, tried) = if is_of_session {
        match site.app.add_blueprint(&signed.caller, &text, mode).await {
            Ok(_) if mode == Mode::Write => {
                let path = signed.page.to("/work/blueprints");
                return Ok(answer::see_other(&format!("{path}?done=added")));
            }
            Ok(tried) => (StatusCode::OK, None, Some(tried)),
            Err(error) => {
                let status = fault::status(&error);
                (status, Some(told(&signed.page, error)?), None)
            }
        }
    } else {
        let fault = Fault::whole(signed.page.t("fault-foreign"));
        (StatusCode::FORBIDDEN, Some(fault), None)
    };
    let mut shown = list(&site, signed).await?;
    shown.faults.extend(fault);
    (shown.text, shown.tried) = (text, tried);
    answer::with_status(status, &shown.page, &shown)
}

#[derive(Template)]
#[template(path = "web/work/blueprint.html")]
struct BlueprintPage {
    page: Page,
    it: KeptBlueprint,
    hash: String,
}

pub(in super::super) async fn show(
    State(site): State<Shared>,
    Path((id, version)): Path<(String, String)>,
    signed: Signed,
) -> Result<Response, ApiError> {
    let it = site.app.blueprint(&id, &version).await?;
    let shown = BlueprintPage {
        hash: hex::encode(it.blueprint.hash),
        it,
        page: signed
            .page
            .about("work", "/blueprints", "countersign dmrv blueprints"),
    };
    answer::html(&shown.page, &shown)
}
