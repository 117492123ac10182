//! Receivers enter an organisation's list of trusted ones by two users, and leave it by one.

use crate::id::OrganisationId;
use crate::record::{ActedBy, Receiver, TrustedReceiver};
use crate::registry::apply::Context;
use crate::registry::apply::case::{active_organisation, member, official};
use crate::registry::apply::setup::known_organisation;
use crate::registry::trust::HOUR_MS;
use crate::registry::tx::Tx;
use crate::registry::{Key, Refusal, State, TrustedSince, Value};
use crate::workflow::Process;

pub(super) fn trusted_receiver(
    tx: &mut Tx<'_>,
    context: Context,
    it: &TrustedReceiver,
) -> Result<(), Refusal> {
    known_organisation(tx, it.organisation)?;
    let process = tx.state().process().ok_or(Refusal::NoProcess)?.clone();
    approved(tx.state(), &process, it)?;
    let key = Key::Trusted(it.organisation, it.receiver);
    let known = tx.state().trusted(it.organisation, it.receiver);
    if it.removed {
        known.ok_or(Refusal::TrustList("the receiver is not in the list"))?;
        tx.delete(key);
        return Ok(());
    }
    if known.is_some() {
        return Err(Refusal::TrustList("the receiver is in the list already"));
    }
    exists(tx.state(), it)?;
    let wait_ms = u64::from(process.transfers.trusted_after_hours).saturating_mul(HOUR_MS);
    tx.put(
        key,
        Value::Trusted(TrustedSince {
            entered_at: context.at.index,
            entered_ms: context.time_ms,
            in_force_ms: context.time_ms.saturating_add(wait_ms),
        }),
    );
    Ok(())
}

/// Each is of the organisation or of the authority, the first to enter one is of the organisation, and no user stands twice.
fn approved(state: &State, process: &Process, it: &TrustedReceiver) -> Result<(), Refusal> {
    let wanted = if it.removed { 1 } else { 2 };
    let [first, rest @ ..] = &it.by[..] else {
        return Err(Refusal::Trust("it says nobody who approved it"));
    };
    if it.by.len() != wanted {
        return Err(Refusal::Trust(
            "two users enter a receiver, and one takes it out",
        ));
    }
    if rest.iter().any(|other| other.user == first.user) {
        return Err(Refusal::Trust(
            "it takes two different users to enter a receiver",
        ));
    }
    if !it.removed && first.organisation != it.organisation {
        return Err(Refusal::Trust(
            "a user of the organisation itself enters a receiver first",
        ));
    }
    it.by
        .iter()
        .try_for_each(|by| speaks_for(state, process, by, it.organisation))
}

fn speaks_for(
    state: &State,
    process: &Process,
    by: &ActedBy,
    organisation: OrganisationId,
) -> Result<(), Refusal> {
    if by.organisation == organisation {
        active_organisation(state, organisation)?;
        return member(state, process, by);
    }
    official(state, process, by)
}

/// The receiver is there, and somebody else.
fn exists(state: &State, it: &TrustedReceiver) -> Result<(), Refusal> {
    match it.receiver {
        Receiver::Organisation(receiver) if receiver == it.organisation => Err(Refusal::Trust(
            "an organisation's own accounts are trusted by themselves",
        )),
        Receiver::Organisation(receiver) => active_organisation(state, receiver),
        Receiver::Abroad { party, .. } => state.partner_in_good_standing(party).map(drop),
    }
}
