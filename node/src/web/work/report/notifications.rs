//! What other registries tell, as a page: a file of notifications is looked at before anything of it is recorded.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use countersign_protocol::id::RequestId;

use super::super::bulk::refused_first;
use super::super::fault::{self, Fault};
use super::super::gate::{Retyped, Signed};
use super::super::posted::drawn;
use crate::app::Mode;
use crate::http::dto::{
    NotificationAction, NotificationDraft, NotificationResult, NotificationStatus,
    NotificationsAnswer,
};
use crate::http::problem::ApiError;
use crate::http::report_files::notifications::answer as answer_of;
use crate::web::page::Page;
use crate::web::{Shared, answer};

#[derive(Template)]
#[template(path = "web/work/notifications.html")]
struct NotificationsPage {
    page: Page,
    faults: Vec<Fault>,
    text: String,
    request: RequestId,
    outcome: Option<NotificationsAnswer>,
}

impl NotificationsPage {
    /// How many lines there are of each outcome, those of none left out.
    fn counts(&self) -> Vec<(String, u64)> {
        let Some(it) = &self.outcome else {
            return Vec::new();
        };
        let counts = [
            (NotificationStatus::Possible, it.possible),
            (NotificationStatus::Recorded, it.recorded),
            (NotificationStatus::Proposed, it.proposed),
            (NotificationStatus::Repeated, it.repeated),
            (NotificationStatus::Draft, it.drafts),
            (NotificationStatus::Refused, it.refused),
        ];
        let some = counts.into_iter().filter(|(_, count)| *count > 0);
        let said = |status| self.page.word("told-status", seen(status).1);
        some.map(|(status, count)| (said(status), count)).collect()
    }

    fn has_refused(&self) -> bool {
        self.outcome.as_ref().is_some_and(|it| it.refused > 0)
    }

    /// Whether it was only tried, and some of it can be recorded.
    fn may_be_recorded(&self) -> bool {
        self.outcome.as_ref().is_some_and(|it| it.possible > 0)
    }

    /// The lines, those that are refused first.
    fn rows(&self) -> Vec<&NotificationResult> {
        let all = self.outcome.as_ref().map_or(&[][..], |it| &it.results);
        refused_first(all, |it| it.status == NotificationStatus::Refused)
    }

    /// The colour and the word of an outcome.
    fn status(&self, of: &NotificationResult) -> (&'static str, String) {
        let (colour, word) = seen(of.status);
        (colour, self.page.word("told-status", word))
    }

    /// What officials are to do.
    fn action(&self, of: &NotificationDraft) -> String {
        let word = match of.action {
            NotificationAction::Issue => "issue",
            NotificationAction::End => "end",
            NotificationAction::Contribute => "contribute",
        };
        self.page.word("told-action", word)
    }
}

/// The colour of an outcome, and its word in the list of them.
fn seen(of: NotificationStatus) -> (&'static str, &'static str) {
    match of {
        NotificationStatus::Recorded => ("good", "recorded"),
        NotificationStatus::Proposed => ("info", "proposed"),
        NotificationStatus::Possible => ("good", "possible"),
        NotificationStatus::Repeated => ("info", "repeated"),
        NotificationStatus::Draft => ("warn", "draft"),
        NotificationStatus::Refused => ("bad", "refused"),
    }
}

/// Asks for a file.
pub(in super::super) async fn ask(
    State(site): State<Shared>,
    signed: Signed,
) -> Result<Response, ApiError> {
    site.app.may_import_notifications(&signed.caller)?;
    let shown = NotificationsPage {
        page: about(signed.page),
        faults: Vec::new(),
        text: String::new(),
        request: drawn()?,
        outcome: None,
    };
    answer::html(&shown.page, &shown)
}

fn about(page: Page) -> Page {
    let (path, command) = (
        "POST /article6/notifications",
        "countersign article6 import-notifications",
    );
    page.about("work", path, command)
}

/// Looks at a file, or records what it tells.
pub(in super::super) async fn send(
    State(site): State<Shared>,
    signed: Signed,
    Retyped {
        posted,
        is_of_session,
    }: Retyped,
) -> Result<Response, ApiError> {
    site.app.may_import_notifications(&signed.caller)?;
    let mut shown = NotificationsPage {
        page: about(signed.page),
        faults: Vec::new(),
        text: posted.file_or_text(),
        request: posted.request()?,
        outcome: None,
    };
    if !is_of_session {
        shown.faults = vec![Fault::whole(shown.page.t("fault-foreign"))];
        return answer::with_status(StatusCode::FORBIDDEN, &shown.page, &shown);
    }
    let mode = match posted.button() {
        "record" => Mode::Write,
        _ => Mode::Try,
    };
    let bytes = shown.text.clone().into_bytes();
    let app = &site.app;
    let told = app.import_notifications(&signed.caller, shown.request, bytes, mode);
    match told.await {
        Ok(lines) => {
            if mode == Mode::Write {
                // What is mended and sent again is another wish: its lines may stand at other places.
                shown.request = drawn()?;
            }
            shown.outcome = Some(answer_of(lines));
            answer::html(&shown.page, &shown)
        }
        Err(error) => {
            let status = fault::status(&error);
            let fault = fault::of(&shown.page, error)?;
            shown.faults = vec![Fault {
                link: Some("#text".to_owned()),
                ..fault
            }];
            answer::with_status(status, &shown.page, &shown)
        }
    }
}
