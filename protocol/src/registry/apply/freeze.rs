//! Partners' orders that units stay where they are.

use crate::record::{FREEZE_DAYS_MAX, FreezeEnded, FreezeHonoured};
use crate::registry::apply::Context;
use crate::registry::apply::case::official;
use crate::registry::restraint::{FreezeEnd, PartnerFreeze};
use crate::registry::tx::Tx;
use crate::registry::{Key, Refusal, State, Value};
use crate::workflow::DAY_MS;

pub(super) fn honoured(
    tx: &mut Tx<'_>,
    context: Context,
    it: &FreezeHonoured,
) -> Result<(), Refusal> {
    if tx.state().freeze(it.party, it.hold).is_some() {
        return Err(Refusal::Freeze(
            "it was honoured before: whoever wants the units to stay longer orders again",
        ));
    }
    let longest = context.time_ms.saturating_add(FREEZE_DAYS_MAX * DAY_MS);
    if it.expiry_ms <= context.time_ms || it.expiry_ms > longest {
        return Err(Refusal::Freeze(
            "it expires in the past, or more than 90 days from now",
        ));
    }
    proven(tx.state(), it)?;
    if !it.ranges.iter().any(|range| tx.state().has_any_of(*range)) {
        return Err(Refusal::Freeze("none of the units that it names is here"));
    }
    tx.put(
        Key::Freeze(it.party, it.hold),
        Value::Freeze(Box::new(PartnerFreeze {
            honoured: it.clone(),
            at: context.at.index,
            time_ms: context.time_ms,
            ended: None,
        })),
    );
    Ok(())
}

/// It stands in the ledger of a partner that is believed.
fn proven(state: &State, it: &FreezeHonoured) -> Result<(), Refusal> {
    let partner = state.partner_in_good_standing(it.party)?;
    if partner.origin == it.proof.origin {
        return Ok(());
    }
    Err(Refusal::WrongLog {
        found: it.proof.origin.to_string(),
        wanted: partner.origin.to_string(),
    })
}

pub(super) fn ended(tx: &mut Tx<'_>, context: Context, it: &FreezeEnded) -> Result<(), Refusal> {
    let known = tx.state().freeze(it.party, it.hold);
    let mut known = known
        .ok_or(Refusal::Freeze("no such order was honoured here"))?
        .clone();
    if known.ended.is_some() {
        return Err(Refusal::Freeze("it ended before"));
    }
    match (&it.proof, tx.state().process(), &it.by) {
        (Some(proof), _, None)
            if *proof.origin.as_str() != *known.honoured.proof.origin.as_str() =>
        {
            return Err(Refusal::WrongLog {
                found: proof.origin.to_string(),
                wanted: known.honoured.proof.origin.to_string(),
            });
        }
        (Some(_), _, None) | (None, None, None) => {}
        (Some(_), _, Some(_)) => {
            return Err(Refusal::Freeze(
                "the partner ends it, or somebody here: not both",
            ));
        }
        (None, None, Some(_)) => return Err(Refusal::NoProcess),
        (None, Some(_), None) => {
            return Err(Refusal::Freeze("under a process it says who ends it"));
        }
        (None, Some(process), Some(by)) => official(tx.state(), process, by)?,
    }
    known.ended = Some(FreezeEnd {
        order: it.clone(),
        at: context.at.index,
        time_ms: context.time_ms,
    });
    tx.put(
        Key::Freeze(it.party, it.hold),
        Value::Freeze(Box::new(known)),
    );
    Ok(())
}
