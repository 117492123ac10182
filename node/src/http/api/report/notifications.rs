//! What other registries tell, brought as a file.

use axum::Json;
use axum::body::to_bytes;
use axum::extract::{Request, State};
use countersign_bridge::notification::{Draft, FILE_BYTES_MAX};

use crate::app::{Caller, Notified, NotifiedOutcome, Recorded};
use crate::http::Served;
use crate::http::dto::{
    NotificationAction, NotificationDraft, NotificationResult, NotificationStatus,
    NotificationsAnswer,
};
use crate::http::extract::{OptionalKey, WriteMode};
use crate::http::openapi::{DryRun, OptionalIdempotencyKey, Rejected, TooLarge};
use crate::http::problem::{ApiError, Kind};

/// Takes what other registries tell of issuances, uses, cancellations and contributions (2/CMA.3 annex para 29): one JSON object
/// a line, at most 50,000 lines and 16 MiB. The bytes are the body.
///
/// A use or contribution abroad that is the first transfer of units is recorded, as `POST use-notices` does it: under a process a
/// second official approves each. What is to be issued, ended or contributed here is said as a draft, and not done. A line that
/// is recorded already is told as repeated, so a file may be sent again when it has grown.
#[utoipa::path(
    post,
    path = "/article6/notifications",
    tag = "Reports",
    params(OptionalIdempotencyKey, DryRun),
    request_body(content = Vec<u8>, content_type = "*/*"),
    responses((status = 200, body = NotificationsAnswer), Rejected, TooLarge),
)]
pub(in crate::http::api) async fn notifications(
    caller: Caller,
    State(served): State<Served>,
    OptionalKey(key): OptionalKey,
    WriteMode(mode): WriteMode,
    request: Request,
) -> Result<Json<NotificationsAnswer>, ApiError> {
    // Who may not bring one must not make the node read it.
    let app = &served.app;
    app.may_import_notifications(&caller)?;
    let _turn = served.turn_for_a_file()?;
    let bytes = to_bytes(request.into_body(), FILE_BYTES_MAX).await;
    let too_large = |_| {
        let detail =
            format!("a file of notifications may have {FILE_BYTES_MAX} bytes; send it in parts");
        ApiError::new(Kind::TooLarge, detail)
    };
    let bytes = bytes.map_err(too_large)?.to_vec();
    let lines = app.import_notifications(&caller, key, bytes, mode).await?;
    Ok(Json(answer(lines)))
}

/// What came of the lines of a file.
pub(crate) fn answer(lines: Vec<Notified>) -> NotificationsAnswer {
    let results: Vec<_> = lines.into_iter().map(result).collect();
    let count = |status| results.iter().filter(|it| it.status == status).count() as u64;
    NotificationsAnswer {
        lines: results.len() as u64,
        recorded: count(NotificationStatus::Recorded),
        proposed: count(NotificationStatus::Proposed),
        possible: count(NotificationStatus::Possible),
        repeated: count(NotificationStatus::Repeated),
        drafts: count(NotificationStatus::Draft),
        refused: count(NotificationStatus::Refused),
        results,
    }
}

fn result(of: Notified) -> NotificationResult {
    let empty = NotificationResult {
        line: of.line,
        status: NotificationStatus::Repeated,
        index: None,
        proposal: None,
        draft: None,
        detail: None,
    };
    match of.outcome {
        NotifiedOutcome::Repeated => empty,
        NotifiedOutcome::Recorded(Recorded::Done(written)) if written.is_trial => {
            NotificationResult {
                status: NotificationStatus::Possible,
                ..empty
            }
        }
        NotifiedOutcome::Recorded(Recorded::Done(written)) => NotificationResult {
            status: NotificationStatus::Recorded,
            index: written.records.first().map(|it| it.index),
            ..empty
        },
        NotifiedOutcome::Recorded(Recorded::Proposed(proposal)) => NotificationResult {
            status: NotificationStatus::Proposed,
            proposal: Some(proposal),
            ..empty
        },
        NotifiedOutcome::Draft(it) => NotificationResult {
            status: NotificationStatus::Draft,
            draft: draft(it),
            ..empty
        },
        NotifiedOutcome::Refused(why) => NotificationResult {
            status: NotificationStatus::Refused,
            detail: Some(why),
            ..empty
        },
    }
}

/// What is to be done; none for what is recorded.
fn draft(of: Draft) -> Option<NotificationDraft> {
    let empty = |action, quantity, reference| NotificationDraft {
        action,
        quantity,
        reference,
        authorisation: None,
        vintage: None,
        account: None,
        units: None,
        purpose: None,
    };
    Some(match of {
        Draft::Record(_) => return None,
        Draft::Issue {
            authorisation,
            vintage,
            quantity,
            reference,
        } => NotificationDraft {
            authorisation: Some(authorisation),
            vintage: Some(vintage),
            ..empty(NotificationAction::Issue, quantity, reference)
        },
        Draft::End {
            account,
            units,
            purpose,
            reference,
        } => NotificationDraft {
            account: Some(account),
            units: Some(units),
            purpose: Some(purpose),
            ..empty(NotificationAction::End, units.tonnes(), reference)
        },
        Draft::Contribute {
            account,
            units,
            reference,
        } => NotificationDraft {
            account: Some(account),
            units: Some(units),
            ..empty(NotificationAction::Contribute, units.tonnes(), reference)
        },
    })
}
