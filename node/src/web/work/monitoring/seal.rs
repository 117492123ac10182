//! Sealing points under one root: first what would come of it, then the batch.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use countersign_bridge::dmrv::Figure;
use countersign_protocol::period::Day;
use countersign_protocol::time::Timestamp;

use super::super::fault::{self, Fault};
use super::super::gate::{Retyped, Signed};
use super::super::posted::Posted;
use super::{Said, again, desk, led, named, told};
use crate::app::{AppError, Field, Mode, MonitoringDesk, SealWish};
use crate::http::problem::ApiError;
use crate::monitoring::PointsWish;
use crate::web::page::Page;
use crate::web::{Shared, answer};

/// A day in seconds.
const DAY_SECONDS: u64 = 86_400;

/// The days whose points are to be sealed, as they were typed, and the blueprint.
#[derive(Clone, Default, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) first: String,
    pub(super) last: String,
    pub(super) blueprint: String,
}

impl Span {
    /// The days of all points that wait.
    pub(super) fn of(desk: &MonitoringDesk) -> Self {
        let waiting = || desk.sources.iter().filter_map(|it| it.waiting.as_ref());
        let first = waiting().map(|it| it.from.milliseconds()).min();
        // What ends at midnight belongs to the day before.
        let last = waiting().map(|it| it.until.milliseconds().saturating_sub(1));
        let day = |ms: Option<u64>| ms.map_or_else(String::new, |ms| Day::of_ms(ms).to_string());
        Self {
            first: day(first),
            last: day(last.max()),
            blueprint: String::new(),
        }
    }

    fn read(posted: &Posted) -> Self {
        Self {
            first: posted.shown("first"),
            last: posted.shown("last"),
            blueprint: posted.shown("blueprint"),
        }
    }

    /// What is to be sealed, or the field that says nothing, with what it wants.
    fn wish(&self, page: &Page, project: u32) -> Result<SealWish, Fault> {
        let moment = |field: &str, text: &str, days: u64| {
            let day: Option<Day> = text.parse().ok();
            let seconds = day.map(|it| it.start_ms() / 1_000 + days * DAY_SECONDS);
            let moment = seconds.and_then(|it| Timestamp::from_seconds(it).ok());
            moment.ok_or_else(|| Fault::at(field, page.t("hint-day")))
        };
        let (blueprint, version) = self
            .blueprint
            .split_once(' ')
            .ok_or_else(|| Fault::at("blueprint", page.t("form-choose")))?;
        Ok(SealWish {
            points: PointsWish {
                project,
                from: moment("first", &self.first, 0)?,
                until: moment("last", &self.last, 1)?,
            },
            blueprint: blueprint.to_owned(),
            version: version.to_owned(),
        })
    }
}

/// What a batch would be.
pub(super) struct Tried {
    pub(super) root: String,
    pub(super) points: u64,
    pub(super) figures: Vec<Figure>,
}

/// Seals, or says what would come of it.
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
    let span = Span::read(&posted);
    let mut said = Said {
        span: span.clone(),
        ..Said::default()
    };
    if !is_of_session {
        let fault = Fault::whole(signed.page.t("fault-foreign"));
        return again(&site, signed, project, said, fault, StatusCode::FORBIDDEN).await;
    }
    let wish = match span.wish(&signed.page, project) {
        Ok(wish) => wish,
        Err(fault) => {
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            return again(&site, signed, project, said, fault, status).await;
        }
    };
    let mode = match posted.button() {
        "seal" => Mode::Write,
        _ => Mode::Try,
    };
    match site.app.seal_batch(&signed.caller, &wish, mode).await {
        Ok(_) if mode == Mode::Write => Ok(led(&signed.page, project, "sealed")),
        Ok((batch, figures)) => {
            said.tried = Some(Tried {
                root: hex::encode(batch.root),
                points: batch.points,
                figures,
            });
            let mut shown = desk(&site, signed, project).await?;
            shown.said = said;
            answer::html(&shown.page, &shown)
        }
        Err(error) => {
            let status = fault::status(&error);
            let is_whole = matches!(&error, AppError::BadInput { field: Field::Body(it), .. } if it.is_empty());
            let mut fault = told(&signed.page, error)?;
            if is_whole {
                fault.link = Some("#blueprint".to_owned());
            }
            again(&site, signed, project, said, fault, status).await
        }
    }
}
