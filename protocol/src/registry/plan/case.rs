//! Intents of a country's process.

use std::collections::BTreeSet;

use sha2::{Digest, Sha256};

use super::issuance::issuances;
use super::{Chosen, choose, choose_of, choose_to_send, lock, next_organisation, ranges};
use crate::log::Hash;
use crate::record::{
    ActedBy, Body, CaseAct, CaseMigrated, CaseOpened, Fate, FindingOpened, MAX_PROCESS_PART_BYTES,
    Name, Organisation, OrganisationKind, ProcessAdopted, ProcessPart, Reservation, Transfer, Word,
};
use crate::registry::apply::{outcome_of, retirement};
use crate::registry::case::checked_process;
use crate::registry::{ApprovedProcess, MigrateCase, NewAct, NewCase, NewFinding, Refusal, State};
use crate::serial::SectoralScope;
use crate::units::{UnitBlock, UnitRange};
use crate::workflow::Effect;

/// The file in pieces, then its adoption. All of it goes into one block, or nothing does.
pub(super) fn adopt(state: &State, text: &str, by: &[ActedBy]) -> Result<Vec<Body>, Refusal> {
    checked_process(text)?;
    let process: Hash = Sha256::digest(text).into();
    let pieces = pieces(text);
    let version = state.adopted_processes().next_back();
    let adopted = ProcessAdopted {
        process,
        version: version.map_or(0, |last| last.version) + 1,
        parts: u32::try_from(pieces.len()).map_err(|_| Refusal::Overflow)?,
        by: by.to_vec(),
    };
    let parts = pieces.into_iter().zip(0..).map(|(text, part)| {
        let text = text.to_owned();
        Body::ProcessPart(ProcessPart {
            process,
            part,
            text,
        })
    });
    Ok(parts.chain([Body::ProcessAdopted(adopted)]).collect())
}

/// As [`adopt`], as long as the process that the file was compared with is the one in force.
pub(super) fn adopt_approved(
    state: &State,
    approved: &ApprovedProcess,
) -> Result<Vec<Body>, Refusal> {
    let newest = state.adopted_processes().next_back();
    let newest = newest.ok_or(Refusal::NoProcess)?;
    if newest.process != approved.follows {
        return Err(Refusal::ProcessChanged(newest.version));
    }
    adopt(state, &approved.text, &approved.by)
}

/// Pieces that one record holds, none of which cuts a character.
fn pieces(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (piece, after) = rest.split_at(rest.floor_char_boundary(MAX_PROCESS_PART_BYTES));
        pieces.push(piece);
        rest = after;
    }
    pieces
}

pub(super) fn enrol(
    state: &State,
    name: &Name,
    organisation_type: &Word,
    scopes: &BTreeSet<SectoralScope>,
) -> Result<Vec<Body>, Refusal> {
    let process = state.process().ok_or(Refusal::NoProcess)?;
    let known = process.organisation_type(organisation_type.as_str());
    Ok(vec![Body::Organisation(Organisation {
        id: next_organisation(state),
        name: name.clone(),
        kind: match known {
            Some(known) if known.authority => OrganisationKind::Government,
            _ => OrganisationKind::Other,
        },
        organisation_type: Some(organisation_type.clone()),
        scopes: scopes.iter().copied().collect(),
    })])
}

pub(super) fn open(state: &State, new: &NewCase) -> Result<Body, Refusal> {
    let NewCase {
        flow,
        track,
        parent,
        title,
        owners,
        shares,
        counterparty,
        scopes,
        by,
    } = new.clone();
    if !shares.is_empty() && !shares.keys().eq(&owners) {
        return Err(Refusal::Act(
            "shares name a part for each owner and for nobody else, or stand for none",
        ));
    }
    Ok(Body::CaseOpened(CaseOpened {
        case: state.cases().next_back().map_or(0, |last| last.number) + 1,
        flow,
        track,
        parent,
        title,
        owners: owners.into_iter().collect(),
        counterparty,
        scopes: scopes.into_iter().collect(),
        by,
        shares: shares.into_values().collect(),
    }))
}

pub(super) fn finding(state: &State, new: &NewFinding) -> Result<Body, Refusal> {
    Ok(match new.clone() {
        NewFinding::Open {
            case,
            kind,
            text,
            by,
        } => {
            let known = state.case(case).ok_or(Refusal::UnknownCase(case))?;
            Body::FindingOpened(FindingOpened {
                case,
                number: known.findings + 1,
                kind,
                text,
                by,
            })
        }
        NewFinding::Answer(step) => Body::FindingAnswered(step),
        NewFinding::Close(step) => Body::FindingClosed(step),
    })
}

pub(super) fn migrate(new: &MigrateCase) -> Body {
    let MigrateCase { case, process, by } = new.clone();
    Body::CaseMigrated(CaseMigrated { case, process, by })
}

/// The act and the splits before it that its reservation needs; behind it what it approves of its units, or the issuances: one
/// for each vintage.
pub(super) fn act(state: &State, time_ms: u64, new: &NewAct) -> Result<Vec<Body>, Refusal> {
    let outcome = outcome_of(state, time_ms, &new.act)?;
    let issues = outcome
        .effects
        .iter()
        .any(|due| due.effect == Effect::Issue);
    let mut act = new.act.clone();
    let mut bodies = Vec::new();
    let mut chosen = None;
    if let Some(reserve) = &new.reserve {
        let Chosen {
            bodies: splits,
            blocks,
        } = match &reserve.fate {
            Fate::Send(it) => choose_to_send(
                state,
                time_ms,
                reserve.account,
                &reserve.units,
                it.destination,
                &it.agreement,
            )?,
            Fate::Retire { kind, purpose, .. } => {
                let fits =
                    |block: &UnitBlock| state.may_end(block.range(), *kind, *purpose).is_ok();
                choose_of(state, time_ms, reserve.account, &reserve.units, &fits)?
            }
            Fate::Transfer { .. } => choose(state, time_ms, reserve.account, &reserve.units)?,
        };
        bodies.extend(splits);
        act.reservation = Some(Reservation {
            account: reserve.account,
            ranges: ranges(&blocks),
            fate: reserve.fate.clone(),
        });
        chosen = Some(blocks);
    }
    let effects = outcome.effects.iter().map(|due| due.effect);
    let mut approves =
        effects.filter(|it| matches!(it, Effect::Transfer | Effect::Retire | Effect::Send));
    let carried_out = approves
        .next()
        .map(|effect| carried_out(state, &act, chosen, effect))
        .transpose()?;
    bodies.push(Body::CaseAct(act));
    bodies.extend(carried_out);
    match (issues, &new.issue) {
        (false, None) => {}
        (false, Some(_)) => return Err(Refusal::Act("it issues nothing: leave the account out")),
        (true, None) => {
            return Err(Refusal::Act(
                "it issues units: name the accounts that receive them",
            ));
        }
        (true, Some(to)) => bodies.extend(issuances(state, new, to)?),
    }
    Ok(bodies)
}

/// What the act approves: of the units that it reserves itself, or that its case reserved before.
fn carried_out(
    state: &State,
    act: &CaseAct,
    chosen: Option<Vec<UnitBlock>>,
    effect: Effect,
) -> Result<Body, Refusal> {
    let none = match effect {
        Effect::Send => Refusal::Act("no units are reserved in this case for another country"),
        _ => Refusal::Act("no units are reserved in this case"),
    };
    let known = state.case(act.case).ok_or(Refusal::UnknownCase(act.case))?;
    let reserved = act.reservation.as_ref().or(known.reserved.as_ref());
    let Some(reserved) = reserved else {
        return Err(none);
    };
    let Reservation {
        account,
        ranges,
        fate,
    } = reserved;
    match (effect, fate) {
        (Effect::Transfer, Fate::Transfer { to }) => Ok(Body::Transfer(Transfer {
            from: *account,
            to: *to,
            ranges: ranges.clone(),
        })),
        (Effect::Retire, Fate::Retire { .. }) => retirement(reserved).map(Body::Retire).ok_or(none),
        (Effect::Send, Fate::Send(sending)) => {
            let held = || {
                let block = |range: &UnitRange| state.holding(*range).map(|holding| holding.block);
                ranges.iter().map(block).collect::<Option<Vec<_>>>()
            };
            let blocks = chosen.or_else(held).ok_or(none)?;
            lock(state, *account, &blocks, sending)
        }
        _ => Err(none),
    }
}
