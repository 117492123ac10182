//! Holds: what may not move, by whose order and until when.

use countersign_protocol::id::{OrganisationId, RequestId};
use countersign_protocol::permission::{Action, Object};
use countersign_protocol::record::{ActedBy, HoldOn, Reason, Reference};
use countersign_protocol::registry::{Command, LiftHold, PlaceHold, RegistryHold};

use super::write::Mode;
use super::{App, AppError, Caller, LIST_MAX, Listing, Written};

/// A hold that somebody wants to place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HoldWish {
    /// What it is on.
    pub on: HoldOn,
    /// Why, in public words.
    pub reason: Reason,
    /// The organisation that orders it.
    pub authority: OrganisationId,
    /// Where the order can be found.
    pub reference: Reference,
    /// From when on it does not count any more, in milliseconds since 1970.
    pub expiry_ms: Option<u64>,
}

/// A hold that somebody wants to lift.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LiftWish {
    /// The hold.
    pub hold: u64,
    /// Why, in public words.
    pub reason: Reason,
    /// The organisation that orders it.
    pub authority: OrganisationId,
    /// Where the order can be found.
    pub reference: Reference,
}

impl App {
    /// Places a hold.
    ///
    /// # Errors
    /// [`AppError`] when the matrix or the rules stand against it.
    pub async fn place_hold(
        &self,
        caller: &Caller,
        request: RequestId,
        wish: HoldWish,
        mode: Mode,
    ) -> Result<Written, AppError> {
        let command = self.hold_command(caller, wish)?;
        self.submit(caller.actor(), request, command, mode).await
    }

    /// The command of a hold that the caller may place.
    pub(super) fn hold_command(
        &self,
        caller: &Caller,
        wish: HoldWish,
    ) -> Result<Command, AppError> {
        self.permit(caller, Action::HoldPlace, &Object::default())?;
        Ok(Command::PlaceHold(Box::new(PlaceHold {
            on: wish.on,
            reason: wish.reason,
            authority: wish.authority,
            reference: wish.reference,
            expiry_ms: wish.expiry_ms,
            by: recorded_by(caller)?,
        })))
    }

    /// Lifts a hold.
    ///
    /// # Errors
    /// [`AppError`] when the matrix or the rules stand against it.
    pub async fn lift_hold(
        &self,
        caller: &Caller,
        request: RequestId,
        wish: LiftWish,
        mode: Mode,
    ) -> Result<Written, AppError> {
        self.permit(caller, Action::HoldLift, &Object::default())?;
        let command = Command::LiftHold(Box::new(LiftHold {
            hold: wish.hold,
            reason: wish.reason,
            authority: wish.authority,
            reference: wish.reference,
            by: recorded_by(caller)?,
        }));
        self.submit(caller.actor(), request, command, mode).await
    }

    /// Holds with a number above `after`, lifted ones too.
    ///
    /// # Errors
    /// [`AppError::Forbidden`].
    pub fn holds(
        &self,
        caller: &Caller,
        after: u64,
        limit: usize,
    ) -> Result<Listing<RegistryHold>, AppError> {
        self.permit(caller, Action::HoldRead, &Object::default())?;
        let limit = limit.clamp(1, LIST_MAX);
        let items: Vec<RegistryHold> = self.ledger().read(|state| {
            let rest = state.holds_after(after);
            rest.take(limit + 1).cloned().collect()
        });
        Ok(Listing::cut(items, limit, |last| {
            last.placed.hold.to_string()
        }))
    }
}

/// Without a process there is nobody to name, and the operator answers for it.
pub(super) fn recorded_by(caller: &Caller) -> Result<Option<ActedBy>, AppError> {
    match caller {
        Caller::Operator(_) => Ok(None),
        Caller::Person(person) => person.acted_by().map(Some),
    }
}
