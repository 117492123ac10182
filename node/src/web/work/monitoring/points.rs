//! Data points: a file of them, which is looked at before it is taken, and those of one source.

use std::collections::{BTreeMap, BTreeSet};

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use countersign_bridge::dmrv::{CsvError, Point, read_csv};

use super::super::fault::{self, Fault};
use super::super::gate::{Retyped, Signed};
use super::super::place;
use super::{Said, again, desk, led, named, told};
use crate::app::{AppError, Field, Mode};
use crate::http::problem::ApiError;
use crate::monitoring::{Source, Taken};
use crate::web::list::Asked;
use crate::web::page::Page;
use crate::web::{Shared, answer};

/// Points of one page.
const ROWS: usize = 100;
/// The heading of a file is its first line.
const FIRST_LINE: u64 = 2;

/// What would come of a file.
pub(super) struct Checked {
    pub(super) rows: Vec<OfSource>,
    pub(super) new: u64,
    pub(super) known: u64,
}

/// The points of one source in a file.
pub(super) struct OfSource {
    pub(super) id: u64,
    pub(super) name: String,
    pub(super) points: u64,
    pub(super) inputs: String,
    pub(super) from: u64,
    pub(super) until: u64,
}

/// Why a file is not taken.
enum Stop {
    /// A line of it, and what is wrong with it.
    Line(Option<u64>, String),
    Other(AppError),
}

impl From<CsvError> for Stop {
    fn from(error: CsvError) -> Self {
        match error {
            CsvError::Line { line, why } => Self::Line(Some(line), why),
            CsvError::TooLong => Self::Line(None, CsvError::TooLong.to_string()),
        }
    }
}

impl From<AppError> for Stop {
    /// A point has its line, counted with the heading.
    fn from(error: AppError) -> Self {
        let AppError::BadInput {
            field: Field::Body(pointer),
            why,
        } = &error
        else {
            return Self::Other(error);
        };
        let at = pointer.strip_prefix("/points/");
        match at.and_then(|it| it.parse::<u64>().ok()) {
            Some(at) => Self::Line(Some(at.saturating_add(FIRST_LINE)), why.clone()),
            None => Self::Other(error),
        }
    }
}

/// Takes the points of a file, or says what would come of it.
pub(in super::super) async fn send(
    State(site): State<Shared>,
    Path(project): Path<String>,
    signed: Signed,
    Retyped {
        posted,
        is_of_session,
    }: Retyped,
) -> Result<Response, ApiError> {
    let project = named(&project)?;
    let text = posted.file_or_text();
    let mut said = Said {
        text,
        ..Said::default()
    };
    if !is_of_session {
        let fault = Fault::whole(signed.page.t("fault-foreign"));
        return again(&site, signed, project, said, fault, StatusCode::FORBIDDEN).await;
    }
    let mode = match posted.button() {
        "take" => Mode::Write,
        _ => Mode::Try,
    };
    let taken = judged(&site, &signed, project, &said.text, mode).await;
    match taken {
        Ok(_) if mode == Mode::Write => Ok(led(&signed.page, project, "points")),
        Ok(checked) => {
            said.checked = Some(checked);
            let mut shown = desk(&site, signed, project).await?;
            said.span = shown.said.span;
            shown.said = said;
            answer::html(&shown.page, &shown)
        }
        Err(Stop::Line(line, why)) => {
            let text = match line {
                Some(line) => signed.page.t1("points-line", "line", line),
                None => signed.page.t("fault-input"),
            };
            let fault = Fault::at("text", text).with(why);
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            again(&site, signed, project, said, fault, status).await
        }
        Err(Stop::Other(error)) => {
            let status = fault::status(&error);
            let fault = told(&signed.page, error)?;
            again(&site, signed, project, said, fault, status).await
        }
    }
}

async fn judged(
    site: &Shared,
    signed: &Signed,
    project: u32,
    text: &str,
    mode: Mode,
) -> Result<Checked, Stop> {
    let (app, caller) = (&site.app, &signed.caller);
    let points = read_csv(text.as_bytes())?;
    let known = app.sources(caller, project).await?;
    let names: BTreeMap<u64, Source> = known.into_iter().map(|it| (it.id, it)).collect();
    let of_others = points.iter().zip(FIRST_LINE..);
    let mut of_others = of_others.filter(|(it, _)| !names.contains_key(&it.source));
    if let Some((point, line)) = of_others.next() {
        let why = format!("source {} is none of this project's", point.source);
        return Err(Stop::Line(Some(line), why));
    }
    let rows = rows(&points, &names);
    let Taken { new, known } = app.add_points(caller, points, mode).await?;
    Ok(Checked { rows, new, known })
}

/// The points of a file, source by source.
fn rows(points: &[Point], names: &BTreeMap<u64, Source>) -> Vec<OfSource> {
    let mut of: BTreeMap<u64, Vec<&Point>> = BTreeMap::new();
    for point in points {
        of.entry(point.source).or_default().push(point);
    }
    let row = |(id, points): (u64, Vec<&Point>)| {
        let inputs: BTreeSet<String> = points
            .iter()
            .map(|it| format!("{} ({})", it.input, it.unit))
            .collect();
        let from = points.iter().map(|it| it.start.milliseconds()).min();
        let until = points.iter().map(|it| it.end.milliseconds()).max();
        OfSource {
            id,
            name: names
                .get(&id)
                .map_or_else(String::new, |it| it.name.clone()),
            points: points.len() as u64,
            inputs: inputs.into_iter().collect::<Vec<_>>().join(", "),
            from: from.unwrap_or_default(),
            until: until.unwrap_or_default(),
        }
    };
    of.into_iter().map(row).collect()
}

#[derive(Template)]
#[template(path = "web/work/source.html")]
struct SourcePage {
    page: Page,
    it: Source,
    points: Vec<Point>,
    next: Option<String>,
    is_further: bool,
}

/// The points of a source, by input and time.
pub(in super::super) async fn source(
    State(site): State<Shared>,
    Path(source): Path<String>,
    signed: Signed,
    asked: Asked,
) -> Result<Response, ApiError> {
    let id = place::number("source", &source)?;
    let Signed { page, caller, .. } = signed;
    let after = asked.shown("after");
    let after = after.split_once(' ');
    let (it, mut points) = site
        .app
        .points_of_source(&caller, id, after, ROWS + 1)
        .await?;
    let has_more = points.len() > ROWS;
    points.truncate(ROWS);
    let last = points.last().filter(|_| has_more);
    let next = last.map(|it| format!("{} {}", it.input, it.start));
    let path = page.to(&format!("/work/sources/{id}"));
    let shown = SourcePage {
        next: asked.going_on(&path, next.as_deref()),
        is_further: asked.is_further(),
        it,
        points,
        page: page.about("work", "POST /data-points", "countersign dmrv send"),
    };
    answer::html(&shown.page, &shown)
}
