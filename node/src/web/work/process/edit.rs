//! The editor of processes: a file is judged with every fault by its place, set beside the process in force, walked through, and
//! adopted once it was looked at.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use countersign_protocol::id::RequestId;
use countersign_protocol::workflow::{FILE_BYTES_MAX, PRESETS, Problem, Process, preset};
use sha2::{Digest, Sha256};

use super::super::fault::{self, Fault};
use super::super::gate::{Retyped, Signed};
use super::super::posted::{Posted, drawn};
use super::compared::{Compared, text_in_force};
use super::walk::{Standing, Wish, walk};
use crate::app::{Mode, Recorded, between};
use crate::http::problem::ApiError;
use crate::web::entries::Line as Entry;
use crate::web::list::Asked;
use crate::web::page::Page;
use crate::web::{Shared, answer};

/// A fault of a file.
struct Place {
    line: u64,
    column: u64,
    path: String,
    message: String,
    mend: String,
}

fn place(it: Problem) -> Place {
    Place {
        line: it.line.into(),
        column: it.column.into(),
        path: it.path,
        message: it.message,
        mend: it.mend,
    }
}

/// What a sound file says.
struct Sound {
    compared: Compared,
    standing: Standing,
    /// What would be written.
    records: Vec<Entry>,
}

#[derive(Template)]
#[template(path = "web/work/editor.html")]
struct EditorPage {
    page: Page,
    faults: Vec<Fault>,
    text: String,
    rows: usize,
    request: String,
    starts: Vec<(&'static str, String)>,
    problems: Vec<Place>,
    sound: Option<Sound>,
    /// Whether somebody else approves it.
    takes_two: bool,
}

/// What is shown beside the text.
#[derive(Default)]
struct Shown {
    faults: Vec<Fault>,
    problems: Vec<Problem>,
    sound: Option<Sound>,
    request: Option<String>,
}

fn page(
    site: &Shared,
    signed: Signed,
    text: String,
    shown: Shown,
    status: StatusCode,
) -> Result<Response, ApiError> {
    let page = signed
        .page
        .about("work", "POST /processes", "countersign workflow adopt FILE");
    let title = |text: &str| {
        let read = Process::parse(text).ok();
        read.map_or_else(String::new, |it| {
            it.title.get(page.language.code()).to_owned()
        })
    };
    let shown = EditorPage {
        faults: shown.faults,
        // A screen of it; the browser lets it grow.
        rows: text.lines().count().clamp(12, 30),
        text,
        request: match shown.request {
            Some(request) => request,
            None => drawn()?.to_string(),
        },
        starts: PRESETS
            .iter()
            .map(|(name, text)| (*name, title(text)))
            .collect(),
        problems: shown.problems.into_iter().map(place).collect(),
        sound: shown.sound,
        takes_two: site.app.adoption_takes_two(),
        page,
    };
    answer::with_status(status, &shown.page, &shown)
}

/// The editor with the file in force, or with a preset.
pub(in super::super) async fn ask(
    State(site): State<Shared>,
    signed: Signed,
    asked: Asked,
) -> Result<Response, ApiError> {
    site.app.may_adopt_process(&signed.caller)?;
    let text = match asked.text("from").and_then(preset) {
        Some(text) => text.to_owned(),
        None => text_in_force(&site, site.app.process_in_force().as_ref())?,
    };
    page(&site, signed, text, Shown::default(), StatusCode::OK)
}

/// A file before what stands in the field; lines end as the file's do.
fn typed(posted: &Posted) -> String {
    let file = posted.given("file").and_then(|_| posted.text("file"));
    let text = file.or_else(|| posted.text("text")).unwrap_or_default();
    text.replace("\r\n", "\n")
}

pub(in super::super) async fn send(
    State(site): State<Shared>,
    signed: Signed,
    Retyped {
        posted,
        is_of_session,
    }: Retyped,
) -> Result<Response, ApiError> {
    site.app.may_adopt_process(&signed.caller)?;
    let text = typed(&posted);
    if !is_of_session {
        let shown = Shown {
            faults: vec![Fault::whole(signed.page.t("fault-foreign"))],
            ..Shown::default()
        };
        return page(&site, signed, text, shown, StatusCode::FORBIDDEN);
    }
    let asking = Asking {
        request: posted.request()?,
        is_confirmed: posted.button() == "take",
        seen: posted.given("seen").map(str::to_owned),
        wish: Wish::of(
            posted.given("flow").unwrap_or_default(),
            posted.given("track").unwrap_or_default(),
            walked(&posted),
        ),
    };
    judge(&site, signed, text, asking).await
}

/// What is asked of a file.
pub(super) struct Asking {
    pub(super) request: RequestId,
    /// Whether it is to be adopted.
    pub(super) is_confirmed: bool,
    /// The hash of the file that was looked at.
    pub(super) seen: Option<String>,
    /// A walk through it.
    pub(super) wish: Wish,
}

/// Judges a file, and adopts it where somebody looked at it and confirmed.
pub(super) async fn judge(
    site: &Shared,
    signed: Signed,
    text: String,
    asking: Asking,
) -> Result<Response, ApiError> {
    let request = asking.request;
    let mut shown = Shown {
        request: Some(request.to_string()),
        ..Shown::default()
    };
    let process = match Process::parse(&text) {
        Ok(process) => process,
        Err(problems) => return faulty(site, signed, &text, problems, shown),
    };
    let hash = hex::encode(Sha256::digest(text.as_bytes()));
    let (app, caller) = (&site.app, &signed.caller);
    if asking.is_confirmed && asking.seen.as_ref() != Some(&hash) {
        let changed = signed.page.t("process-changed");
        shown.faults.push(Fault::whole(changed));
    } else if asking.is_confirmed {
        let adopted = app.adopt_process(caller, request, text.clone(), Mode::Write);
        return match adopted.await {
            Ok(recorded) => {
                let done = match recorded {
                    Recorded::Done(_) => "adopted",
                    Recorded::Proposed(_) => "proposed",
                };
                let path = signed.page.to("/work/process");
                Ok(answer::see_other(&format!("{path}?done={done}")))
            }
            Err(error) => {
                let status = fault::status(&error);
                shown.faults.push(fault::of(&signed.page, error)?);
                page(site, signed, text, shown, status)
            }
        };
    }
    let tried = app.adopt_process(caller, request, text.clone(), Mode::Try);
    let records = match tried.await {
        Ok(Recorded::Done(tried)) => tried.records,
        Ok(Recorded::Proposed(_)) => Vec::new(),
        Err(error) => {
            shown.faults.push(fault::of(&signed.page, error)?);
            Vec::new()
        }
    };
    let records = records.iter().map(|it| Entry::of(&signed.page, it));
    let records = records.collect();
    let sound = sound(site, &signed.page, &process, &text, &asking.wish, records)?;
    shown.sound = Some(sound);
    page(site, signed, text, shown, StatusCode::OK)
}

/// The editor with every mistake of a file.
fn faulty(
    site: &Shared,
    signed: Signed,
    text: &str,
    problems: Vec<Problem>,
    mut shown: Shown,
) -> Result<Response, ApiError> {
    let count = u64::try_from(problems.len()).unwrap_or(u64::MAX);
    let said = Fault::at("problems", signed.page.counted("process-problems", count));
    shown.faults.push(said);
    shown.problems = problems;
    // What is longer than a file may be is not sent back.
    let text: String = text.chars().take(FILE_BYTES_MAX).collect();
    page(site, signed, text, shown, StatusCode::UNPROCESSABLE_ENTITY)
}

/// The steps of a walk: those of the button that was pressed, or those that the page had.
fn walked(posted: &Posted) -> &str {
    let button = posted.button().strip_prefix("walk:");
    button.unwrap_or_else(|| posted.given("steps").unwrap_or_default())
}

fn sound(
    site: &Shared,
    page: &Page,
    process: &Process,
    text: &str,
    wish: &Wish,
    records: Vec<Entry>,
) -> Result<Sound, ApiError> {
    let in_force = site.app.process_in_force();
    let now = in_force.as_ref();
    let changes = now.map_or_else(Vec::new, |it| between(&it.process, process));
    Ok(Sound {
        compared: Compared::of(site, page, (process, text), now, &changes)?,
        standing: walk(page, process, wish),
        records,
    })
}
