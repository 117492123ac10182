//! The calls of an older national MRV, through the one door.

use countersign_bridge::arrival::Arrival;
use countersign_bridge::mrv::calls::{self, Call};
use countersign_bridge::settings::BridgeName;
use countersign_protocol::permission::{Action, Object};
use serde_json::Value;

use super::{App, AppError, Caller};
use crate::bridges::BridgeFault;

impl App {
    /// Takes a call: what it says of a project is kept until a person opens the project's case.
    ///
    /// # Errors
    /// [`AppError::Bridge`] where the country takes no calls; [`AppError::Forbidden`] for a key without `data-import`;
    /// [`AppError::BadInput`] for a call that is none.
    pub async fn take_mrv_call(
        &self,
        caller: &Caller,
        call: Call,
        body: &Value,
    ) -> Result<(), AppError> {
        if self.bridges.mrv_calls()?.is_none() {
            return Err(BridgeFault::Absent(BridgeName::Mrv).into());
        }
        self.permit(caller, Action::DataImport, &Object::default())?;
        if call == Call::NotKept {
            return Ok(());
        }
        let none = |why: &str| AppError::body("", why.to_owned());
        let id = calls::project_of(body).map_err(none)?;
        let changed = self
            .monitoring()?
            .change_programme(&id, self.now_ms(), |kept| {
                calls::after(kept, call, body).map_err(none)
            });
        changed.await
    }

    /// What arrived by calls.
    pub(super) async fn called_in(&self) -> Result<Vec<Arrival>, AppError> {
        let Some((mapping, name)) = self.bridges.mrv_calls()? else {
            return Ok(Vec::new());
        };
        let kept = self.monitoring()?.programmes().await?.into_iter();
        let arrivals = kept.filter_map(|(id, kept)| calls::arrival(&id, &kept, &mapping, &name));
        Ok(arrivals.collect())
    }
}
