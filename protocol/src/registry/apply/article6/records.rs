//! Approaches, reports, NDCs, levels, entities and authorisations.

use super::{notified, put_under};
use crate::article6::FIRST_VINTAGE;
use crate::period::Day;
use crate::record::{
    Article6, Authorisation, AuthorisationRevoked, AuthorisedEntity, CooperativeApproach, Ndc,
    is_set,
};
use crate::registry::apply::Context;
use crate::registry::apply::case::approved;
use crate::registry::apply::setup::known_organisation;
use crate::registry::tx::Tx;
use crate::registry::{
    Article6Refusal as Why, Key, KnownAuthorisation, Refusal, Revocation, State, Value,
};

pub(in crate::registry::apply) fn article6(
    tx: &mut Tx<'_>,
    context: Context,
    it: &Article6,
) -> Result<(), Refusal> {
    approved(tx.state(), it.by(), |_| true, |why| Why::Terms(why).into())?;
    match it {
        Article6::CooperativeApproach(it) => approach(tx, it),
        Article6::InitialReport(it) => {
            known_approach(tx.state(), it.approach)?;
            let key = Key::InitialReport(it.approach);
            tx.put(key, Value::InitialReport(Box::new(it.clone())));
            Ok(())
        }
        Article6::Ndc(it) => ndc(tx, it),
        Article6::EmissionsLevel(it) => {
            tx.put(Key::Level(it.series, it.year), Value::Level(it.level));
            Ok(())
        }
        Article6::AuthorisedEntity(it) => entity(tx, it),
        Article6::Authorisation(it) => authorisation(tx, context, it),
        Article6::AuthorisationRevoked(it) => revoked(tx, context, it),
        Article6::UnitsAuthorised(it) => put_under(tx, context, it),
        Article6::UseNotified(it) => notified(tx, context, it),
    }
}

fn known_approach(
    state: &State,
    id: crate::serial::CooperativeApproachId,
) -> Result<&CooperativeApproach, Refusal> {
    let known = state.cooperative_approach(id);
    known.ok_or_else(|| Why::UnknownApproach(id).into())
}

/// The definition of first transfer is one for the whole approach (4/CMA.6 para 15), so neither it nor the metric changes once
/// something was authorised.
fn approach(tx: &mut Tx<'_>, it: &CooperativeApproach) -> Result<(), Refusal> {
    let own = tx.state().genesis().ok_or(Refusal::Genesis)?.party;
    if !is_set(&it.parties) || !it.parties.contains(&own) || it.parties.len() < 2 {
        return Err(Why::Terms(
            "the Parties of an approach are at least two, this one among them, in ascending order",
        )
        .into());
    }
    if let Some(known) = tx.state().cooperative_approach(it.id) {
        let in_use = tx
            .state()
            .authorisations()
            .any(|known| known.latest.approach == it.id);
        if in_use && known.definition != it.definition {
            return Err(Why::Definition {
                approach: it.id,
                wanted: known.definition,
                found: it.definition,
            }
            .into());
        }
        if in_use && known.metric != it.metric {
            return Err(
                Why::Terms("the metric of an approach stays once it authorised something").into(),
            );
        }
    }
    let key = Key::CooperativeApproach(it.id);
    tx.put(key, Value::CooperativeApproach(Box::new(it.clone())));
    Ok(())
}

/// One NDC a year, and one method over its whole period (2/CMA.3 annex para 7).
fn ndc(tx: &mut Tx<'_>, it: &Ndc) -> Result<(), Refusal> {
    let overlapping = tx
        .state()
        .ndcs()
        .find(|known| known.period.overlaps(it.period));
    if let Some(known) = overlapping {
        let (first, last) = (known.period.first(), known.period.last());
        let other = |why| Err(Why::OtherNdc { first, last, why }.into());
        if known.period != it.period {
            return other("the periods of two NDCs share no year");
        }
        if known.method != it.method {
            return other("the method of adjustment stays the same over the whole period");
        }
    }
    tx.put(
        Key::Ndc(it.period.first()),
        Value::Ndc(Box::new(it.clone())),
    );
    Ok(())
}

fn entity(tx: &mut Tx<'_>, it: &AuthorisedEntity) -> Result<(), Refusal> {
    known_approach(tx.state(), it.approach)?;
    if let Some(organisation) = it.organisation {
        known_organisation(tx, organisation)?;
    }
    let key = Key::AuthorisedEntity(it.approach, it.identification.clone());
    tx.put(key, Value::AuthorisedEntity(Box::new(it.clone())));
    Ok(())
}

fn authorisation(tx: &mut Tx<'_>, context: Context, it: &Authorisation) -> Result<(), Refusal> {
    let state = tx.state();
    let own = state.genesis().ok_or(Refusal::Genesis)?.party;
    let approach = known_approach(state, it.approach)?;
    let before = state.authorisation(it.party, it.id);
    next_version(it, before)?;
    holds_together(it, approach)?;
    if it.party == own {
        ours(state, it, approach)?;
    }
    let is_authorised = |entity| {
        let known = state.authorised_entity(it.approach, entity);
        known.is_some_and(|known| !known.revoked)
    };
    if !it.entities.iter().all(is_authorised) {
        return Err(
            Why::Terms("it names an entity that is not authorised under its approach").into(),
        );
    }
    if it.party == own {
        let left = before.map_or_else(Vec::new, |before| before.latest.projects.clone());
        for project in left {
            tx.delete(Key::ProjectAuthorisation(project));
        }
        for project in &it.projects {
            let key = Key::ProjectAuthorisation(*project);
            tx.put(key, Value::ProjectAuthorisation(it.id));
        }
    }
    tx.put(
        Key::Authorisation(it.party, it.id),
        Value::Authorisation(Box::new(KnownAuthorisation {
            latest: it.clone(),
            recorded_at: context.at.index,
            revoked: None,
        })),
    );
    Ok(())
}

/// Versions follow each other, of one approach and metric; one that reaches what was first transferred needs terms for it in
/// the version before (4/CMA.6 paras 7 to 9).
fn next_version(it: &Authorisation, before: Option<&KnownAuthorisation>) -> Result<(), Refusal> {
    let wanted = before
        .map_or(0, |before| before.latest.version)
        .saturating_add(1);
    if it.version != wanted {
        let (id, found) = (it.id, it.version);
        return Err(Why::Version { id, found, wanted }.into());
    }
    let Some(before) = before else {
        return if it.reaches_first_transferred {
            Err(Why::Terms(
                "a first version reaches nothing: nothing was first transferred under it",
            )
            .into())
        } else {
            Ok(())
        };
    };
    if before.revoked.is_some() {
        return Err(Why::Revoked(it.id).into());
    }
    not_before(&before.latest, it.date)?;
    let (old, new) = (&before.latest, it);
    if (old.approach, &old.metric, old.definition) != (new.approach, &new.metric, new.definition) {
        return Err(Why::Terms(
            "approach, metric and definition of first transfer stay the same in all versions of an authorisation",
        )
        .into());
    }
    if it.reaches_first_transferred && old.reach.is_none() {
        return Err(Why::Terms(REACH).into());
    }
    Ok(())
}

/// A change or an end is not dated before what it changes or ends.
fn not_before(last: &Authorisation, found: Day) -> Result<(), Refusal> {
    let (id, last) = (last.id, last.date);
    if found < last {
        return Err(Why::Dated { id, found, last }.into());
    }
    Ok(())
}

const REACH: &str = "a change or revocation does not reach what was first transferred, because the terms of the authorisation name no \
                     circumstances for that (4/CMA.6 paras 7 to 9)";

/// What a version must be, whoever gave it.
fn holds_together(it: &Authorisation, approach: &CooperativeApproach) -> Result<(), Refusal> {
    let refused = |why| Err(Why::Terms(why).into());
    if !approach.parties.contains(&it.party) {
        return refused("the Party that authorises takes no part in the approach");
    }
    if it.registry.party() != it.party {
        let (registry, party) = (it.registry, it.party);
        return Err(Refusal::RegistryOfAnother { registry, party });
    }
    if !it
        .parties
        .iter()
        .all(|party| approach.parties.contains(party))
    {
        return refused("it names a Party that takes no part in the approach");
    }
    if !is_set(&it.parties) || !is_set(&it.entities) || !is_set(&it.scopes) || !is_set(&it.projects)
    {
        return refused("its lists do not stand in strictly ascending order, or are too long");
    }
    if it.uses.covers_oimp() != it.definition.is_some() {
        return refused(
            "first transfer is defined where other international mitigation purposes are authorised, and nowhere else",
        );
    }
    if it.metric != approach.metric {
        return refused("its metric is not that of the approach");
    }
    if it.vintages.first() < FIRST_VINTAGE {
        return Err(Why::Ndc(crate::article6::NdcFault::Vintage(it.vintages.first())).into());
    }
    let ends = it.issue_until.into_iter().chain(it.use_until);
    if ends.into_iter().any(|end| end < it.date) {
        return refused("it ends before its date");
    }
    Ok(())
}

/// What a version of this Party's own must be.
fn ours(state: &State, it: &Authorisation, approach: &CooperativeApproach) -> Result<(), Refusal> {
    if it.definition.is_some() && it.definition != approach.definition {
        return Err(Why::Definition {
            approach: it.approach,
            wanted: approach.definition,
            found: it.definition,
        }
        .into());
    }
    let committed = state.authorisation_use(it.id).committed;
    if it.quantity != 0 && it.quantity < committed {
        return Err(Why::Terms(
            "its quantity is less than what was first transferred, or is on its way, already",
        )
        .into());
    }
    for project in &it.projects {
        state
            .project(*project)
            .ok_or(Refusal::UnknownProject(*project))?;
        let other = state.authorisation_of_project(*project);
        if other.is_some_and(|other| other.latest.id != it.id && other.is_in_force()) {
            return Err(Why::Terms(
                "it names a project whose units another authorisation takes as they are issued",
            )
            .into());
        }
    }
    Ok(())
}

fn revoked(tx: &mut Tx<'_>, context: Context, it: &AuthorisationRevoked) -> Result<(), Refusal> {
    let known = tx.state().authorisation(it.party, it.id);
    let mut known = known
        .ok_or(Why::UnknownAuthorisation {
            party: it.party,
            id: it.id,
        })?
        .clone();
    if known.revoked.is_some() {
        return Err(Why::Revoked(it.id).into());
    }
    not_before(&known.latest, it.date)?;
    if it.reaches_first_transferred && known.latest.reach.is_none() {
        return Err(Why::Terms(REACH).into());
    }
    known.revoked = Some(Revocation {
        at: context.at.index,
        date: it.date,
        reaches_first_transferred: it.reaches_first_transferred,
    });
    let own = tx.state().genesis().ok_or(Refusal::Genesis)?.party;
    if it.party == own {
        for project in &known.latest.projects {
            tx.delete(Key::ProjectAuthorisation(*project));
        }
    }
    let key = Key::Authorisation(it.party, it.id);
    tx.put(key, Value::Authorisation(Box::new(known)));
    Ok(())
}
