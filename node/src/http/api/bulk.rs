//! Many wishes in one file: each row is answered as if it had been sent singly.

use axum::Json;
use axum::body::to_bytes;
use axum::extract::{Request, State};
use axum::http::header;
use countersign_protocol::id::RequestId;
use countersign_protocol::record;
use countersign_protocol::registry::Command;
use serde::Serialize;
use serde_json::Value;

use super::{case, view, write};
use crate::app::{App, AppError, BulkRow, BulkWish, Caller, HoldWish, Mode, Written};
use crate::http::Served;
use crate::http::dto::{
    BulkAnswer, BulkKind, BulkStatus, NewAccount, NewAccountTransfer, NewBulkCase, NewRetirement,
    NewStandingHold, RowAnswer,
};
use crate::http::extract::{Key, PathValue, WriteMode, parse};
use crate::http::openapi::{
    DryRun, IdempotencyKey, Invalid, RowsOf, TooLarge, UnsupportedMediaType,
};
use crate::http::problem::{ApiError, Kind};
use crate::http::rows::{self, BYTES_MAX, Form, Row};

/// Takes a file of rows: each is a request of its own, written or refused by itself.
///
/// CSV with a heading, or JSON line by line: at most 5,000 rows and 8 MiB. The key is the upload's, and each row has one that
/// follows from it: sending the file again with the same key writes only what is missing. A trial judges each row as if those
/// before it had been written.
#[utoipa::path(
    post,
    path = "/bulk/{kind}",
    tag = "Units",
    params(RowsOf, IdempotencyKey, DryRun),
    request_body(content((String = "text/csv"), (String = "application/x-ndjson"))),
    responses((status = 200, body = BulkAnswer), Invalid, TooLarge, UnsupportedMediaType),
)]
pub(super) async fn bulk(
    caller: Caller,
    State(served): State<Served>,
    PathValue(kind): PathValue<BulkKind>,
    Key(key): Key,
    WriteMode(mode): WriteMode,
    request: Request,
) -> Result<Json<BulkAnswer>, ApiError> {
    let _turn = served.turn_for_a_file()?;
    let content_type = request.headers().get(header::CONTENT_TYPE);
    let content_type = content_type.and_then(|value| value.to_str().ok());
    let form = Form::of(content_type.unwrap_or_default()).ok_or_else(|| {
        let detail = "send rows as text/csv or application/x-ndjson and say so in Content-Type";
        ApiError::new(Kind::UnsupportedMediaType, detail)
    })?;
    let bytes = to_bytes(request.into_body(), BYTES_MAX).await;
    let bytes = bytes.map_err(|error| {
        tracing::debug!(%error, "a file of rows could not be read");
        let detail = format!("a file of rows may have {BYTES_MAX} bytes; send it in parts");
        ApiError::new(Kind::TooLarge, detail)
    })?;
    let rows = rows::read(kind, form, &bytes)?;
    let answers = carry_out(&served.app, &caller, kind, key, rows, mode).await?;
    Ok(Json(summary(answers)))
}

/// The same for rows of CSV that came in a form.
pub(crate) async fn bulk_of_text(
    app: &App,
    caller: &Caller,
    kind: BulkKind,
    key: RequestId,
    text: &str,
    mode: Mode,
) -> Result<BulkAnswer, ApiError> {
    let rows = rows::read(kind, Form::Csv, text.as_bytes())?;
    let answers = carry_out(app, caller, kind, key, rows, mode).await?;
    Ok(summary(answers))
}

/// Carries out the rows that can be read; the others are answered with what is wrong with them.
async fn carry_out(
    app: &App,
    caller: &Caller,
    kind: BulkKind,
    key: RequestId,
    rows: Vec<Row>,
    mode: Mode,
) -> Result<Vec<RowAnswer>, ApiError> {
    let (mut wishes, mut read) = (Vec::new(), Vec::with_capacity(rows.len()));
    for (row, Row { line, json }) in (1_u32..).zip(rows) {
        let problem = match json.and_then(|json| wish(kind, &json)) {
            Ok(wish) => {
                wishes.push(BulkRow { row, wish });
                None
            }
            Err(error) => Some(error),
        };
        read.push((row, line, problem));
    }
    let mut done = app.bulk(caller, key, wishes, mode).await?.into_iter();
    let mut answers = Vec::with_capacity(read.len());
    for (row, line, problem) in read {
        let outcome = match problem {
            Some(problem) => Err(problem),
            None => match done.next().unwrap_or(Err(AppError::Internal)) {
                Ok(written) => made(app, kind, &written).map(|made| (written, made)),
                Err(error) => Err(ApiError::from(error)),
            },
        };
        answers.push(answer(row, line, outcome));
    }
    Ok(answers)
}

/// What a row wants.
fn wish(kind: BulkKind, json: &[u8]) -> Result<BulkWish, ApiError> {
    Ok(match kind {
        BulkKind::Accounts => {
            let NewAccount {
                organisation,
                name,
                kind,
            } = parse(json)?;
            BulkWish::Write(Command::OpenAccount {
                organisation,
                name,
                kind,
            })
        }
        BulkKind::AccountTransfers => {
            let NewAccountTransfer { from, to, units } = parse(json)?;
            BulkWish::Write(Command::Transfer { from, to, units })
        }
        BulkKind::Retirements => {
            let new: NewRetirement = parse(json)?;
            BulkWish::Retire(Box::new(write::retirement(new)))
        }
        BulkKind::StandingHolds => {
            let NewStandingHold {
                on,
                reason,
                authority,
                reference,
                expiry_ms,
            } = parse(json)?;
            BulkWish::Hold(Box::new(HoldWish {
                on,
                reason,
                authority,
                reference,
                expiry_ms,
            }))
        }
        BulkKind::Cases => {
            let NewBulkCase { open, act } = parse(json)?;
            let act = case::act_wish(0, act);
            BulkWish::Case(Box::new(case::case_wish(open)), Box::new(act))
        }
    })
}

/// What a row made, in the words of the single request.
fn made(app: &App, kind: BulkKind, written: &Written) -> Result<Option<Value>, ApiError> {
    if written.is_trial {
        return Ok(None);
    }
    match kind {
        BulkKind::Accounts => json(write::account_of(written)),
        BulkKind::AccountTransfers => json(view::moved(app, written)),
        BulkKind::Retirements => json(view::retired(app, written)),
        BulkKind::StandingHolds => json(written.find(|_, body| match body {
            record::Body::HoldPlaced(it) => Some(it.clone()),
            _ => None,
        })),
        BulkKind::Cases => json(case::acted(written)),
    }
}

fn json(made: Option<impl Serialize>) -> Result<Option<Value>, ApiError> {
    let missing = || ApiError::new(Kind::Internal, "the request wrote other records");
    let made = serde_json::to_value(made.ok_or_else(missing)?);
    made.map(Some).map_err(|_| missing())
}

fn answer(row: u32, line: u64, outcome: Result<(Written, Option<Value>), ApiError>) -> RowAnswer {
    match outcome {
        Ok((written, made)) => RowAnswer {
            row,
            line,
            status: match (written.is_trial, written.is_replay) {
                (true, _) => BulkStatus::Possible,
                (false, true) => BulkStatus::Repeated,
                (false, false) => BulkStatus::Written,
            },
            receipt: (!written.is_trial).then(|| view::receipt(&written.receipt)),
            made,
            problem: None,
        },
        Err(error) => RowAnswer {
            row,
            line,
            status: BulkStatus::Refused,
            receipt: None,
            made: None,
            problem: Some(error.row()),
        },
    }
}

fn summary(results: Vec<RowAnswer>) -> BulkAnswer {
    let count = |status| {
        let of = results.iter().filter(|row| row.status == status).count();
        u32::try_from(of).unwrap_or(u32::MAX)
    };
    BulkAnswer {
        rows: u32::try_from(results.len()).unwrap_or(u32::MAX),
        written: count(BulkStatus::Written),
        repeated: count(BulkStatus::Repeated),
        possible: count(BulkStatus::Possible),
        refused: count(BulkStatus::Refused),
        results,
    }
}
