//! Where this ledger and those of partners disagree, and partners' orders that are honoured here.

use std::collections::BTreeMap;

use countersign_protocol::id::RequestId;
use countersign_protocol::party::Party;
use countersign_protocol::permission::{Action, Object};
use countersign_protocol::record::{FreezeEnded, Reason};
use countersign_protocol::registry::{Command, Comparison, PartnerFreeze};

use super::holds::recorded_by;
use super::{App, AppError, Caller, Mode, Written};
use crate::federation::Reconciled;

/// How this ledger and a partner's stand to each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedReconciliation {
    /// The partner.
    pub party: Party,
    /// What the ledger has recorded last; none where nothing was ever found.
    pub recorded: Option<Comparison>,
    /// What the last comparison since the node started found.
    pub last: Option<Reconciled>,
}

impl App {
    /// How this ledger and each partner's stand to each other.
    ///
    /// # Errors
    /// [`AppError::Forbidden`].
    pub fn reconciliations(&self, caller: &Caller) -> Result<Vec<ListedReconciliation>, AppError> {
        self.permit(caller, Action::FederationRead, &Object::default())?;
        let found = self.federation().reconciliations().into_iter();
        let mut found: BTreeMap<Party, Reconciled> = found.map(|it| (it.party, it)).collect();
        Ok(self.ledger().read(|state| {
            let parties = state.partners().map(|partner| partner.party);
            let listed = parties.map(|party| ListedReconciliation {
                party,
                recorded: state.comparison(party).cloned(),
                last: found.remove(&party),
            });
            listed.collect()
        }))
    }

    /// Compares this ledger with a partner's now. What changed is recorded: units in doubt stay where they are.
    ///
    /// # Errors
    /// [`AppError::Federation`] when it can not be compared now, [`AppError::Forbidden`].
    pub async fn reconcile(
        &self,
        caller: &Caller,
        party: Party,
    ) -> Result<ListedReconciliation, AppError> {
        self.permit(caller, Action::FederationManage, &Object::default())?;
        let found = self.federation().reconcile(party).await?;
        let recorded = self.ledger().read(|state| state.comparison(party).cloned());
        Ok(ListedReconciliation {
            party,
            recorded,
            last: Some(found),
        })
    }

    /// Partners' orders that were honoured here, by partner and number, those that ended too.
    ///
    /// # Errors
    /// [`AppError::Forbidden`].
    pub fn freezes(&self, caller: &Caller) -> Result<Vec<PartnerFreeze>, AppError> {
        self.permit(caller, Action::FederationRead, &Object::default())?;
        Ok(self
            .ledger()
            .read(|state| state.freezes().cloned().collect()))
    }

    /// Ends a partner's order in this country, whatever the partner says; it is not honoured again.
    ///
    /// # Errors
    /// [`AppError`] when the matrix or the rules stand against it.
    pub async fn end_freeze(
        &self,
        caller: &Caller,
        request: RequestId,
        (party, hold): (Party, u64),
        reason: Reason,
        mode: Mode,
    ) -> Result<Written, AppError> {
        self.permit(caller, Action::HoldLift, &Object::default())?;
        if self
            .ledger()
            .read(|state| state.freeze(party, hold).is_none())
        {
            return Err(AppError::not_found("freeze", &format!("{party}/{hold}")));
        }
        let command = Command::EndFreeze(Box::new(FreezeEnded {
            party,
            hold,
            reason,
            proof: None,
            by: recorded_by(caller)?,
        }));
        self.submit(caller.actor(), request, command, mode).await
    }
}
