//! What people say about a case: comments, and the findings of its certifier.

use axum::extract::{Path, State};
use axum::response::Response;
use countersign_protocol::record::FindingKind;

use super::documents::refused;
use super::gate::{Sent, Signed};
use super::place;
use super::posted::Posted;
use crate::app::{CommentWish, FindingDeed, FindingWish, Mode};
use crate::http::problem::{ApiError, Kind};
use crate::people::Circle;
use crate::web::{Shared, answer};

pub(super) async fn comment(
    State(site): State<Shared>,
    Path(number): Path<String>,
    signed: Signed,
    Sent(posted): Sent,
) -> Result<Response, ApiError> {
    let number = place::number("case", &number)?;
    let text = posted
        .text("text")
        .unwrap_or_default()
        .replace("\r\n", "\n");
    let wish = CommentWish {
        case: number,
        answers: posted.given("answers").and_then(|it| it.parse().ok()),
        circle: match posted.given("circle") {
            Some("officials") => Some(Circle::Officials),
            Some("parties") => Some(Circle::Parties),
            _ => None,
        },
        about: None,
        text: text.clone(),
    };
    let request = posted.request()?;
    match site
        .app
        .comment(&signed.caller, request, wish, Mode::Write)
        .await
    {
        Ok(_) => Ok(answer::see_other(
            &signed.page.to(&format!("/work/cases/{number}#comments")),
        )),
        Err(error) => refused(&site, signed, number, error, text).await,
    }
}

pub(super) async fn finding(
    State(site): State<Shared>,
    Path(number): Path<String>,
    signed: Signed,
    Sent(posted): Sent,
) -> Result<Response, ApiError> {
    let number = place::number("case", &number)?;
    let text = posted
        .text("text")
        .unwrap_or_default()
        .replace("\r\n", "\n");
    let deed = deed(number, &posted)?;
    // A finding is written where it was opened; one of an earlier case is answered within this one.
    let case = posted
        .given("case")
        .and_then(|it| it.parse().ok())
        .unwrap_or(number);
    let wish = FindingWish {
        case,
        deed,
        text: text.clone(),
    };
    let request = posted.request()?;
    match site
        .app
        .finding(&signed.caller, request, wish, Mode::Write)
        .await
    {
        Ok(_) => Ok(answer::see_other(
            &signed.page.to(&format!("/work/cases/{number}#findings")),
        )),
        Err(error) => refused(&site, signed, number, error, text).await,
    }
}

fn deed(here: u64, posted: &Posted) -> Result<FindingDeed, ApiError> {
    let unreadable =
        |what: &str| ApiError::new(Kind::Malformed, format!("the form does not say {what}"));
    let within = posted
        .given("case")
        .and_then(|it| it.parse().ok())
        .filter(|case| *case != here);
    let within = within.map(|_: u64| here);
    let number = || {
        let number = posted.given("number").and_then(|it| it.parse().ok());
        number.ok_or_else(|| unreadable("which finding it is about"))
    };
    Ok(match posted.given("do") {
        Some("answer") => FindingDeed::Answer {
            number: number()?,
            within,
        },
        Some("close") => FindingDeed::Close {
            number: number()?,
            within,
        },
        _ => FindingDeed::Open(match posted.given("kind") {
            Some("CAR") => FindingKind::CorrectiveAction,
            Some("CL") => FindingKind::Clarification,
            Some("FAR") => FindingKind::ForwardAction,
            _ => return Err(unreadable("what kind of finding it is")),
        }),
    })
}
