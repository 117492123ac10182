//! What other registries tell of mitigation outcomes (2/CMA.3 annex para 29; 4/CMA.6 paras 5(j) and 13), as officials bring it:
//! uses abroad are recorded, and of everything else it is said what is to be done.

use countersign_bridge::notification::{Draft, Outcome, ReadError, Why, check, read};
use countersign_protocol::id::RequestId;
use countersign_protocol::period::Day;
use countersign_protocol::permission::{Action, Object};
use countersign_protocol::record::{Article6, UseNotified};
use countersign_protocol::registry::Command;

use super::super::bulk::line_request;
use super::super::{App, AppError, Caller, Mode, Recorded};
use super::book::OpenBook;
use crate::reports::ReportError;

/// A line of a file of notifications, and what came of it.
#[derive(Debug)]
pub struct Notified {
    /// The line, from 1.
    pub line: u64,
    /// What came of it.
    pub outcome: NotifiedOutcome,
}

/// What came of a notification.
#[derive(Debug)]
pub enum NotifiedOutcome {
    /// The use or contribution abroad is recorded, waits for a second official, or was only tried.
    Recorded(Recorded),
    /// What is to be done here, by the ways that the registry has for it.
    Draft(Draft),
    /// It is recorded already: nothing is to be done.
    Repeated,
    /// Why nothing comes of it.
    Refused(String),
}

impl App {
    /// Whether somebody may bring a file of notifications, before it is read.
    ///
    /// # Errors
    /// [`AppError::Forbidden`].
    pub fn may_import_notifications(&self, caller: &Caller) -> Result<(), AppError> {
        self.permit(caller, Action::ReportPrepare, &Object::default())
    }

    /// Reads what other registries tell, compares it with the ledger and with the lines before, and records the uses and
    /// contributions abroad that are first transfers, each as a request of its own: under a process a second official approves
    /// each. What is to be issued, ended or contributed here is said, and not done.
    ///
    /// # Errors
    /// [`AppError::Forbidden`]; [`AppError::Report`] when the file is no text, or too large. A line that is wrong is told at its
    /// place.
    pub async fn import_notifications(
        &self,
        caller: &Caller,
        key: RequestId,
        file: Vec<u8>,
        mode: Mode,
    ) -> Result<Vec<Notified>, AppError> {
        self.may_import_notifications(caller)?;
        let today = Day::of_ms(self.now_ms());
        let outcomes = self.with_book(move |OpenBook { book, .. }| {
            let unreadable = |error: ReadError| ReportError::Notifications(error.to_string());
            let lines = read(&file).map_err(unreadable)?;
            Ok(check(book, &lines, today))
        });
        let mut notified = Vec::new();
        for Outcome { line, draft } in outcomes.await? {
            let line = line as u64;
            let outcome = match draft {
                Err(Why::Recorded(_)) => NotifiedOutcome::Repeated,
                Err(why) => NotifiedOutcome::Refused(why.to_string()),
                Ok(Draft::Record(notice)) => {
                    let request = line_request(&key, line);
                    self.record_notice(caller, request, notice, mode).await?
                }
                Ok(draft) => NotifiedOutcome::Draft(draft),
            };
            notified.push(Notified { line, outcome });
        }
        Ok(notified)
    }

    /// Only what stands against every line stands against the file.
    async fn record_notice(
        &self,
        caller: &Caller,
        request: RequestId,
        notice: UseNotified,
        mode: Mode,
    ) -> Result<NotifiedOutcome, AppError> {
        let command = Command::Article6(Box::new(Article6::UseNotified(notice)));
        match self.record_article6(caller, request, command, mode).await {
            Ok(recorded) => Ok(NotifiedOutcome::Recorded(recorded)),
            Err(
                error @ (AppError::Refused(_) | AppError::Conflict { .. } | AppError::People(_)),
            ) => Ok(NotifiedOutcome::Refused(error.to_string())),
            Err(error) => Err(error),
        }
    }
}
