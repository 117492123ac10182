//! Forms that are being written.

use countersign_protocol::permission::acting;
use countersign_protocol::workflow::FormError;
use serde_json::Value;

use super::super::{App, AppError, Caller, Mode};
use super::act::form_errors;
use crate::people::{Draft, DraftOf};

impl App {
    /// The draft that the caller's organisation keeps for a step; `None` when there is none.
    ///
    /// # Errors
    /// [`AppError`] when the caller may not look into the case.
    pub async fn draft(
        &self,
        caller: &Caller,
        case: u64,
        step: &str,
    ) -> Result<Option<Draft>, AppError> {
        let of = self.draft_of(caller, case, step)?;
        Ok(self.people().draft(of).await?)
    }

    /// Saves a draft over the version that its writer has seen; 0 for a first one. It need not be complete: it is held
    /// against the schema when it is handed in. Gives the new version.
    ///
    /// # Errors
    /// [`AppError`] when the caller's role may not take the step, or somebody saved meanwhile.
    pub async fn save_draft(
        &self,
        caller: &Caller,
        case: u64,
        step: &str,
        seen: u64,
        form: &Value,
        mode: Mode,
    ) -> Result<u64, AppError> {
        let of = self.own_draft(caller, case, step)?;
        if !form.is_object() {
            return Err(AppError::body("", "a form is an object with named fields"));
        }
        let user = caller.person()?.principal.user;
        let (content, now_ms) = (form.to_string(), self.now_ms());
        Ok(self
            .people_in(mode)
            .save_draft(of, seen, &content, user, now_ms)
            .await?)
    }

    /// What is still missing in the form of a step, and what is wrong with it: everything for which handing it in would be
    /// refused. Nothing is kept.
    ///
    /// # Errors
    /// [`AppError`] when the caller may not look into the case.
    pub fn check_draft(
        &self,
        caller: &Caller,
        case: u64,
        step: &str,
        form: &Value,
    ) -> Result<Vec<FormError>, AppError> {
        let seen = self.seen(case)?;
        self.permit_reading(caller, &seen.known)?;
        Ok(form_errors(&seen, seen.step(step)?, form))
    }

    /// Throws a draft away: any version, or only the one that the caller has seen.
    ///
    /// # Errors
    /// [`AppError`] when the caller's role may not take the step, or somebody saved meanwhile.
    pub async fn drop_draft(
        &self,
        caller: &Caller,
        case: u64,
        step: &str,
        seen: Option<u64>,
        mode: Mode,
    ) -> Result<(), AppError> {
        let of = self.own_draft(caller, case, step)?;
        Ok(self.people_in(mode).discard_draft(of, seen).await?)
    }

    /// A draft that the caller may write: whoever only reads leaves it alone.
    fn own_draft<'a>(
        &self,
        caller: &Caller,
        case: u64,
        step: &'a str,
    ) -> Result<DraftOf<'a>, AppError> {
        let of = self.draft_of(caller, case, step)?;
        let seen = self.seen(case)?;
        let by_party = seen.is_party(of.organisation);
        let action = acting(seen.known.kind, seen.step(step)?, by_party);
        self.permit_case(caller, action, &seen.known)?;
        Ok(of)
    }

    fn draft_of<'a>(
        &self,
        caller: &Caller,
        case: u64,
        step: &'a str,
    ) -> Result<DraftOf<'a>, AppError> {
        let seen = self.seen(case)?;
        self.permit_reading(caller, &seen.known)?;
        seen.step(step)
            .map_err(|_| AppError::not_found("step", &step))?;
        Ok(DraftOf {
            case,
            organisation: caller.person()?.principal.organisation,
            step,
        })
    }
}
