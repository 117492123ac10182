//! The fold: one record, one step.

mod accusation;
mod acquire;
mod article6;
mod border;
mod case;
mod comparison;
mod continued;
mod freeze;
mod header;
mod hold;
mod letter;
mod process;
mod setup;
mod trust;
mod units;

pub(crate) use acquire::may_acquire;
pub(crate) use border::contradicts_pin;
pub(super) use border::movable;
pub use case::CaseMove;
pub(super) use case::{dues, lapse_of, outcome_of, retirement, verified_after, verified_of};

use crate::log::Hash;
use crate::record::{Body, Record};
use crate::registry::tx::Tx;
use crate::registry::{Applied, Refusal, State};

/// Where the record lies in the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct At {
    /// Leaf index: must be the state's size.
    pub index: u64,
    /// Leaf hash of the record's bytes.
    pub hash: Hash,
}

/// What a handler may know besides the state and its own record.
#[derive(Clone, Copy)]
struct Context {
    at: At,
    time_ms: u64,
}

/// Takes the state past one record. A refusal leaves the state as it was.
///
/// # Errors
/// The rule that stands against the record.
pub fn apply(state: &mut State, at: At, record: &Record) -> Result<Applied, Refusal> {
    if at.index != state.size() {
        return Err(Refusal::Index {
            found: at.index,
            wanted: state.size(),
        });
    }
    if record.time_ms < state.time_ms() {
        return Err(Refusal::Time {
            found: record.time_ms,
            last: state.time_ms(),
        });
    }
    let begins = matches!(&record.body, Body::Genesis(it) if it.continues.is_none());
    if begins != (at.index == 0) {
        return Err(Refusal::Genesis);
    }
    let mut tx = Tx::new(state);
    match write(
        &mut tx,
        Context {
            at,
            time_ms: record.time_ms,
        },
        &record.body,
    ) {
        Ok(()) => tx.finish(record.time_ms),
        Err(refusal) => {
            tx.abandon();
            Err(refusal)
        }
    }
}

fn write(tx: &mut Tx<'_>, context: Context, body: &Body) -> Result<(), Refusal> {
    case::only_what_is_due(tx.state(), body)?;
    case::only_what_is_approved(tx.state(), body)?;
    match body {
        Body::Genesis(it) => match &it.continues {
            None => setup::genesis(tx, it),
            Some(closed) => continued::genesis(tx, context, it, closed),
        },
        Body::Organisation(it) => setup::organisation(tx, it),
        Body::Account(it) => setup::account(tx, it),
        Body::Project(it) => setup::project(tx, it),
        Body::KeyRotation(it) => setup::key_rotation(tx, context, it),
        Body::Partner(it) => match &it.continues {
            None => setup::partner(tx, it),
            Some(closed) => continued::partner(tx, it, closed),
        },
        Body::Agreement(it) => setup::agreement(tx, it),
        Body::Issuance(it) => units::issuance(tx, context, it),
        Body::Split(it) => units::split(tx, it),
        Body::Hold(it) => units::hold(tx, context, it),
        Body::Transfer(it) => units::transfer(tx, context, it),
        Body::Retire(it) => units::retire(tx, context, it),
        Body::Lock(it) => border::lock(tx, context, it),
        Body::AskCancel(it) => border::ask_cancel(tx, context, it),
        Body::Finalise(it) => border::finalise(tx, context, it),
        Body::Release(it) => border::release(tx, context, it),
        Body::Acquire(it) => acquire::acquire(tx, context, it),
        Body::Refuse(it) => acquire::refuse(tx, context, it),
        Body::SourceSettled(it) => acquire::source_settled(tx, context, it),
        Body::ProcessPart(it) => process::process_part(tx, it),
        Body::ProcessAdopted(it) => process::process_adopted(tx, context, it),
        Body::CaseOpened(it) => case::case_opened(tx, context, it),
        Body::CaseAct(it) => case::case_act(tx, context, it),
        Body::FindingOpened(it) => case::finding_opened(tx, context, it),
        Body::FindingAnswered(it) => case::finding_answered(tx, it),
        Body::FindingClosed(it) => case::finding_closed(tx, it),
        Body::CaseMigrated(it) => case::case_migrated(tx, context, it),
        Body::HoldPlaced(it) => hold::placed(tx, context, it),
        Body::HoldLifted(it) => hold::lifted(tx, context, it),
        Body::LetterIssued(it) => letter::issued(tx, it),
        Body::TrustedReceiver(it) => trust::trusted_receiver(tx, context, it),
        Body::LedgerAccused(it) => accusation::accused(tx, context, it),
        Body::LedgerCleared(it) => accusation::cleared(tx, it),
        Body::PositionsCompared(it) => comparison::compared(tx, context, it),
        Body::FreezeHonoured(it) => freeze::honoured(tx, context, it),
        Body::FreezeEnded(it) => freeze::ended(tx, context, it),
        Body::Article6(it) => article6::article6(tx, context, it),
        Body::BlockHeader(it) => header::block_header(tx, context, it),
    }
}
