//! What an organisation's standing does to the cases that it takes part in, all in the record of the act.

use super::reserved::release;
use crate::id::OrganisationId;
use crate::registry::apply::Context;
use crate::registry::case::RegistryCase;
use crate::registry::tx::Tx;
use crate::registry::{CaseEnd, CasePause, Key, Refusal, Standing, State, Value};

/// An organisation stands so from here on. One that may not act any more has no open requests left: their units are free
/// again, and stay where they are because their holder can not dispose of them. Its projects and monitoring rest until it
/// may act again.
pub(super) fn stand(
    tx: &mut Tx<'_>,
    context: Context,
    organisation: OrganisationId,
    standing: Standing,
) -> Result<(), Refusal> {
    let key = Key::OrganisationStanding(organisation);
    tx.put(key, Value::Standing(standing));
    let bound: Vec<u64> = tx
        .state()
        .open_cases_of(organisation)
        .map(|case| case.number)
        .collect();
    for number in bound {
        let before = tx.state().case(number);
        let before = before.ok_or(Refusal::UnknownCase(number))?.clone();
        let mut known = before.clone();
        match standing {
            Standing::Pending => {}
            Standing::Active => resume(tx.state(), context, &mut known),
            Standing::Suspended | Standing::Closed if known.is_request() => {
                release(tx, context, &mut known)?;
                known.end = Some(CaseEnd::Standing {
                    organisation,
                    standing,
                    at: context.at.index,
                });
            }
            Standing::Suspended | Standing::Closed => {
                known.paused = known.paused.or(Some(CasePause {
                    since_ms: context.time_ms,
                    at: context.at.index,
                }));
            }
        }
        if known != before {
            known.changed_at = context.at.index;
            tx.put(Key::Case(number), Value::Case(Box::new(known)));
        }
    }
    Ok(())
}

/// The case goes on once no owner is suspended any more. Its deadlines did not run meanwhile.
fn resume(state: &State, context: Context, known: &mut RegistryCase) {
    let owners = &known.case.subject.owners;
    if stopped_owner(state, owners).is_some() {
        return;
    }
    if let Some(pause) = known.paused.take() {
        let rested = context
            .time_ms
            .saturating_sub(known.case.since_ms.max(pause.since_ms));
        known.case.since_ms = known.case.since_ms.saturating_add(rested);
    }
}

/// The first of some organisations that was suspended or closed.
pub(super) fn stopped_owner<'a>(
    state: &State,
    organisations: impl IntoIterator<Item = &'a OrganisationId>,
) -> Option<(OrganisationId, Standing)> {
    organisations.into_iter().find_map(|it| {
        let standing = state.organisation_standing(*it);
        matches!(standing, Standing::Suspended | Standing::Closed).then_some((*it, standing))
    })
}
