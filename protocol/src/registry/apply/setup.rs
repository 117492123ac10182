//! Who there is: the ledger itself, organisations, accounts, projects, partners, agreements, keys.

use crate::id::{AccountId, OrganisationId};
use crate::party::{Party, RegistryId};
use crate::record::{
    Account, Agreement, Genesis, KeyRotation, Organisation, Partner, Project, is_set,
};
use crate::registry::apply::Context;
use crate::registry::apply::case::active_organisation;
use crate::registry::tx::Tx;
use crate::registry::{Key, Refusal, Standing, State, Value};

pub(super) fn genesis(tx: &mut Tx<'_>, it: &Genesis) -> Result<(), Refusal> {
    registry_of(it.registry, it.party)?;
    tx.put(
        Key::LogKey,
        Value::LogKey {
            key: it.log_key.clone(),
            from_size: 0,
        },
    );
    tx.put(Key::Genesis, Value::Genesis(it.clone()));
    Ok(())
}

pub(super) fn registry_of(registry: RegistryId, party: Party) -> Result<(), Refusal> {
    if registry.party() == party {
        Ok(())
    } else {
        Err(Refusal::RegistryOfAnother { registry, party })
    }
}

/// Numbers run from 1 without gaps, so that nobody can be slipped in or left out.
pub(super) fn next<N: Into<u64>>(
    what: &'static str,
    found: N,
    last: Option<N>,
) -> Result<(), Refusal> {
    let found = found.into();
    let wanted = last.map_or(0, Into::into).saturating_add(1);
    if found == wanted {
        Ok(())
    } else {
        Err(Refusal::Number {
            what,
            found,
            wanted,
        })
    }
}

pub(super) fn known_organisation(tx: &Tx<'_>, id: OrganisationId) -> Result<(), Refusal> {
    tx.state()
        .organisation(id)
        .map(|_| ())
        .ok_or(Refusal::UnknownOrganisation(id))
}

pub(super) fn known_account(tx: &Tx<'_>, id: AccountId) -> Result<(), Refusal> {
    tx.state()
        .account(id)
        .map(|_| ())
        .ok_or(Refusal::UnknownAccount(id))
}

/// The account exists, and its organisation may dispose of what is in it.
pub(super) fn open_account(tx: &Tx<'_>, id: AccountId) -> Result<(), Refusal> {
    let account = tx.state().account(id).ok_or(Refusal::UnknownAccount(id))?;
    active_organisation(tx.state(), account.organisation)
}

pub(super) fn organisation(tx: &mut Tx<'_>, it: &Organisation) -> Result<(), Refusal> {
    next(
        "organisation",
        it.id.0,
        tx.state().organisations().next_back().map(|last| last.id.0),
    )?;
    if !is_set(&it.scopes) {
        return Err(sectors(
            it.id,
            "its sectoral scopes do not stand in ascending order, each once",
        ));
    }
    if let Some(standing) = first_standing(tx.state(), it)? {
        tx.put(Key::OrganisationStanding(it.id), Value::Standing(standing));
    }
    tx.put(Key::Organisation(it.id), Value::Organisation(it.clone()));
    Ok(())
}

/// Under a process an organisation that can apply for its registration waits for it. Others, such as ministries and the
/// authority itself, of which there is one, act from their enrolment on: nobody else could let them in.
fn first_standing(state: &State, it: &Organisation) -> Result<Option<Standing>, Refusal> {
    let Some(process) = state.process() else {
        return if it.organisation_type.is_none() && it.scopes.is_empty() {
            Ok(None)
        } else {
            Err(Refusal::NoProcess)
        };
    };
    let unknown = || Refusal::OrganisationType {
        organisation: it.id,
        claimed: it
            .organisation_type
            .as_ref()
            .map_or_else(String::new, ToString::to_string),
    };
    let word = it.organisation_type.as_ref().ok_or_else(unknown)?;
    let kind = process
        .organisation_type(word.as_str())
        .ok_or_else(unknown)?;
    match (kind.sectoral, it.scopes.is_empty()) {
        (true, true) => {
            let why = "its type is sectoral: name the sectoral scopes that it answers for";
            return Err(sectors(it.id, why));
        }
        (false, false) => {
            let why = "its type is not sectoral: name no sectoral scopes";
            return Err(sectors(it.id, why));
        }
        _ => {}
    }
    let mut others = state.organisations();
    if kind.authority && others.any(|other| other.organisation_type.as_ref() == Some(word)) {
        return Err(Refusal::Already("the authority is enrolled"));
    }
    Ok(Some(
        if !kind.authority && process.registers_itself(word.as_str()) {
            Standing::Pending
        } else {
            Standing::Active
        },
    ))
}

fn sectors(organisation: OrganisationId, why: &'static str) -> Refusal {
    Refusal::Sectors { organisation, why }
}

pub(super) fn account(tx: &mut Tx<'_>, it: &Account) -> Result<(), Refusal> {
    next(
        "account",
        it.id.0,
        tx.state().accounts().next_back().map(|last| last.id.0),
    )?;
    known_organisation(tx, it.organisation)?;
    active_organisation(tx.state(), it.organisation)?;
    tx.put(Key::Account(it.id), Value::Account(it.clone()));
    Ok(())
}

pub(super) fn project(tx: &mut Tx<'_>, it: &Project) -> Result<(), Refusal> {
    if tx.state().process().is_some() {
        return Err(Refusal::ByProcess("a project"));
    }
    next(
        "project",
        it.number,
        tx.state().projects().next_back().map(|last| last.number),
    )?;
    known_organisation(tx, it.organisation)?;
    tx.put(Key::Project(it.number), Value::Project(it.clone()));
    Ok(())
}

pub(super) fn key_rotation(
    tx: &mut Tx<'_>,
    context: Context,
    it: &KeyRotation,
) -> Result<(), Refusal> {
    // The rotation's own leaf must lie under a checkpoint of the old key: that is what signs the new one in.
    if it.from_size <= context.at.index + 1 {
        return Err(Refusal::RotationSize(context.at.index + 1));
    }
    tx.put(
        Key::LogKey,
        Value::LogKey {
            key: it.log_key.clone(),
            from_size: it.from_size,
        },
    );
    Ok(())
}

pub(super) fn partner(tx: &mut Tx<'_>, it: &Partner) -> Result<(), Refusal> {
    if tx
        .state()
        .genesis()
        .is_some_and(|own| own.party == it.party || own.origin == it.origin)
    {
        return Err(Refusal::OwnParty(it.party));
    }
    registry_of(it.registry, it.party)?;
    origin_is_free(tx, it)?;
    // A log's identity never changes under a Party: a new origin would mean a new history without proof of the old one.
    if let Some(known) = tx.state().partner(it.party)
        && known.origin != it.origin
    {
        return Err(Refusal::WrongLog {
            found: it.origin.to_string(),
            wanted: known.origin.to_string(),
        });
    }
    tx.put(Key::Partner(it.party), Value::Partner(it.clone()));
    Ok(())
}

pub(super) fn origin_is_free(tx: &Tx<'_>, it: &Partner) -> Result<(), Refusal> {
    // A proof is attributed by its log's origin: two Parties with one origin could answer for each other.
    if let Some(other) = tx
        .state()
        .partners()
        .find(|other| other.origin == it.origin && other.party != it.party)
    {
        return Err(Refusal::OriginTaken {
            origin: it.origin.to_string(),
            party: other.party,
        });
    }
    Ok(())
}

pub(super) fn agreement(tx: &mut Tx<'_>, it: &Agreement) -> Result<(), Refusal> {
    if tx.state().partner(it.partner).is_none() {
        return Err(Refusal::UnknownPartner(it.partner));
    }
    let not_agreed = |why| {
        Err(Refusal::NotAgreed {
            agreement: it.id.clone(),
            why,
        })
    };
    if it.valid_to_ms <= it.valid_from_ms {
        return not_agreed("it ends before it begins");
    }
    if let (Some(from), Some(until)) = (it.vintage_from, it.vintage_until)
        && until < from
    {
        return not_agreed("its last vintage is before its first");
    }
    if !is_set(&it.unit_types) || !is_set(&it.scopes) {
        return not_agreed("its lists do not stand in strictly ascending order, or are too long");
    }
    if let Some(known) = tx.state().agreement(&it.id)
        && known.partner != it.partner
    {
        return not_agreed("its id is that of an agreement with another partner");
    }
    tx.put(Key::Agreement(it.id.clone()), Value::Agreement(it.clone()));
    Ok(())
}
