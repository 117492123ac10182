//! One record: its form, what it would write, and the confirmation.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use countersign_protocol::record::Body;
use serde_json::Value;

use super::super::fault::{self, Fault};
use super::super::form::Item;
use super::super::gate::{Retyped, Signed};
use super::super::place;
use super::super::posted::drawn;
use super::super::sheet::{Sheet, Wrong};
use super::facts;
use super::kind::{Kind, Maker};
use crate::app::{AppError, Field, Mode, Recorded, Written};
use crate::http::problem::ApiError;
use crate::web::entries::Line;
use crate::web::list::Asked;
use crate::web::page::Page;
use crate::web::{Shared, answer};

/// What a record would write.
struct Preview {
    lines: Vec<Line>,
    /// What each of them says.
    facts: Vec<Vec<(String, String)>>,
    takes_two: bool,
}

#[derive(Template)]
#[template(path = "web/work/record.html")]
struct RecordPage {
    page: Page,
    faults: Vec<Fault>,
    title: String,
    text: String,
    path: String,
    items: Vec<Item>,
    request: String,
    preview: Option<Preview>,
}

/// What is shown of a form beside what was typed.
#[derive(Default)]
struct Shown {
    wrong: Vec<Wrong>,
    faults: Vec<Fault>,
    request: Option<String>,
    preview: Option<Preview>,
}

fn kind_of(site: &Shared, signed: &Signed, word: &str) -> Result<Kind, ApiError> {
    let unknown = || place::unknown("kind of record", word);
    let kind = Kind::of(word).ok_or_else(unknown)?;
    let rights = site.app.article6_rights(&signed.caller, &signed.me)?;
    if kind.is_open(rights) {
        return Ok(kind);
    }
    Err(site.app.article6_closed(&signed.caller)?.into())
}

fn page(
    signed: Signed,
    kind: Kind,
    sheet: &Sheet,
    body: &Value,
    shown: Shown,
    status: StatusCode,
) -> Result<Response, ApiError> {
    let (api, command) = kind.elsewhere();
    let page = signed.page.about("work", api, command);
    let mut faults: Vec<Fault> = shown.wrong.iter().map(Wrong::fault).collect();
    faults.extend(shown.faults);
    let shown = RecordPage {
        faults,
        title: page.word("a6-kind", kind.word()),
        text: page.word("a6-about", kind.word()),
        path: page.to(&format!("/work/authorisations/record/{}", kind.word())),
        items: sheet.draw(body, &shown.wrong),
        request: match shown.request {
            Some(request) => request,
            None => drawn()?.to_string(),
        },
        preview: shown.preview,
        page,
    };
    answer::with_status(status, &shown.page, &shown)
}

/// The form, empty or with what is to be changed.
pub(in super::super) async fn ask(
    State(site): State<Shared>,
    Path(word): Path<String>,
    signed: Signed,
    asked: Asked,
) -> Result<Response, ApiError> {
    let kind = kind_of(&site, &signed, &word)?;
    let maker = Maker {
        app: &site.app,
        page: &signed.page,
        caller: &signed.caller,
    };
    let sheet = maker.sheet(kind)?;
    let known = asked.text("of").and_then(|of| maker.known(kind, of));
    let body = known.unwrap_or_else(|| {
        sheet.prefilled(|name| {
            let given = ["approach", "authorisation", "account"].contains(&name);
            given.then(|| asked.text(name).map(str::to_owned)).flatten()
        })
    });
    page(
        signed,
        kind,
        &sheet,
        &body,
        Shown::default(),
        StatusCode::OK,
    )
}

/// What somebody sends: tried first, and recorded or proposed when it is confirmed.
pub(in super::super) async fn send(
    State(site): State<Shared>,
    Path(word): Path<String>,
    signed: Signed,
    Retyped {
        posted,
        is_of_session,
    }: Retyped,
) -> Result<Response, ApiError> {
    if !is_of_session && Kind::of(&word).is_none() {
        return Err(super::super::gate::foreign());
    }
    let kind = match kind_of(&site, &signed, &word) {
        Err(_) if !is_of_session => return Err(super::super::gate::foreign()),
        other => other?,
    };
    let maker = Maker {
        app: &site.app,
        page: &signed.page,
        caller: &signed.caller,
    };
    let sheet = maker.sheet(kind)?;
    let body = sheet.read(&posted);
    if !is_of_session {
        let shown = Shown {
            faults: vec![Fault::whole(signed.page.t("fault-foreign"))],
            ..Shown::default()
        };
        return page(signed, kind, &sheet, &body, shown, StatusCode::FORBIDDEN);
    }
    let request = posted.request()?;
    let mut shown = Shown {
        request: Some(request.to_string()),
        wrong: sheet.check(&signed.page, &body),
        ..Shown::default()
    };
    if !shown.wrong.is_empty() {
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        return page(signed, kind, &sheet, &body, shown, status);
    }
    let mode = match posted.button() {
        "take" => Mode::Write,
        _ => Mode::Try,
    };
    let recorded = match kind.command(&site.app, body.clone()) {
        Ok(command) => {
            let recording = site
                .app
                .record_article6(&signed.caller, request, command, mode);
            recording.await
        }
        Err(error) => Err(error),
    };
    match recorded {
        Ok(Recorded::Done(written)) if written.is_trial => {
            shown.preview = Some(preview(&site, &signed.page, &written));
            page(signed, kind, &sheet, &body, shown, StatusCode::OK)
        }
        Ok(done) => {
            let done = match done {
                Recorded::Done(_) => "recorded",
                Recorded::Proposed(_) => "proposed",
            };
            let path = signed.page.to("/work/authorisations");
            Ok(answer::see_other(&format!("{path}?done={done}")))
        }
        Err(error) => {
            let status = fault::status(&error);
            stand(&signed.page, kind, &sheet, error, &mut shown)?;
            page(signed, kind, &sheet, &body, shown, status)
        }
    }
}

/// What stands against a record, at its field where it has one.
fn stand(
    page: &Page,
    kind: Kind,
    sheet: &Sheet,
    error: AppError,
    shown: &mut Shown,
) -> Result<(), ApiError> {
    let place = match &error {
        AppError::BadInput {
            field: Field::Body(pointer),
            why,
        } => sheet.at(page, pointer, why.clone()),
        AppError::Refused(refusal) => {
            let place = kind.place(refusal.code());
            place.and_then(|it| sheet.at(page, it, refusal.to_string()))
        }
        _ => None,
    };
    match place {
        Some(wrong) => shown.wrong.push(wrong),
        None => shown.faults.push(fault::of(page, error)?),
    }
    Ok(())
}

fn preview(site: &Shared, page: &Page, written: &Written) -> Preview {
    let of_article6 = written
        .records
        .iter()
        .filter_map(|it| match &it.record.body {
            Body::Article6(body) => Some(facts::of_record(page, body)),
            _ => None,
        });
    Preview {
        lines: written
            .records
            .iter()
            .map(|it| Line::of(page, it))
            .collect(),
        facts: of_article6.collect(),
        takes_two: site.app.has_process(),
    }
}
