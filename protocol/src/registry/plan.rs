//! From an intent to the exact records that express it.

mod case;
mod hold;
mod issuance;

use crate::federation;
use crate::id::{AccountId, AgreementId, OrganisationId, RequestId};
use crate::party::Party;
use crate::record::{
    Account, Article6, AskCancel, Body, EmissionsLevel, Hold, Issuance, KeyRotation, Lock,
    MAX_RANGES, Organisation, Project, Record, Retire, Sending, Split, Transfer, UnitsAuthorised,
};
use crate::registry::apply::movable;
use crate::registry::{
    Command, Holding, LedgerAccount, Place, Refusal, Selection, State, TransferKey, TransferTerms,
    transfer_id,
};
use crate::units::{UnitBlock, UnitRange};

/// The records that express an intent in the present state, in order. An intent that is already fulfilled (a partner's
/// leaf that was answered before) gives none.
///
/// The records are not applied: [`apply`](crate::registry::apply) judges them again, one by one.
///
/// # Errors
/// Why the intent can not be expressed.
pub fn plan(state: &State, time_ms: u64, command: &Command) -> Result<Vec<Body>, Refusal> {
    writable(time_ms, intended(state, time_ms, command)?)
}

/// The same records, if each can be read back from its bytes: what comes from outside may hold more than a record can, or
/// less, and a leaf that nobody can read would end the ledger.
fn writable(time_ms: u64, bodies: Vec<Body>) -> Result<Vec<Body>, Refusal> {
    for body in &bodies {
        let record = Record {
            time_ms,
            request: RequestId([0; 16]),
            body: body.clone(),
        };
        Record::decode(&record.encode()).map_err(Refusal::Unwritable)?;
    }
    Ok(bodies)
}

fn intended(state: &State, time_ms: u64, command: &Command) -> Result<Vec<Body>, Refusal> {
    match command {
        Command::RegisterOrganisation { name, kind } => {
            let id = next_organisation(state);
            Ok(vec![Body::Organisation(Organisation {
                id,
                name: name.clone(),
                kind: *kind,
                organisation_type: None,
                scopes: Vec::new(),
            })])
        }
        Command::OpenAccount {
            organisation,
            name,
            kind,
        } => {
            let id = AccountId(state.accounts().next_back().map_or(0, |last| last.id.0) + 1);
            Ok(vec![Body::Account(Account {
                id,
                organisation: *organisation,
                name: name.clone(),
                kind: *kind,
            })])
        }
        Command::RegisterProject {
            organisation,
            title,
            scope,
        } => {
            let number = state.projects().next_back().map_or(0, |last| last.number) + 1;
            let (organisation, title, scope) = (*organisation, title.clone(), *scope);
            Ok(vec![Body::Project(Project {
                number,
                organisation,
                title,
                scope,
            })])
        }
        Command::Issue {
            account,
            project,
            year,
            unit_type,
            tonnes,
        } => {
            let range = next_numbers(state, *tonnes)?;
            let (account, project, year, unit_type) = (*account, *project, *year, *unit_type);
            Ok(vec![Body::Issuance(Issuance {
                account,
                range,
                unit_type,
                project,
                year,
            })])
        }
        Command::Hold {
            account,
            ranges,
            lift,
            reason,
        } => {
            let (account, ranges, lift, reason) = (*account, ranges.clone(), *lift, reason.clone());
            Ok(vec![Body::Hold(Hold {
                account,
                ranges,
                lift,
                reason,
            })])
        }
        Command::Transfer { from, to, units } => {
            let Chosen { mut bodies, blocks } = choose(state, time_ms, *from, units)?;
            bodies.push(Body::Transfer(Transfer {
                from: *from,
                to: *to,
                ranges: ranges(&blocks),
            }));
            Ok(bodies)
        }
        Command::Retire {
            account,
            units,
            kind,
            purpose,
            beneficiary,
            claim,
        } => {
            let fits = |block: &UnitBlock| state.may_end(block.range(), *kind, *purpose).is_ok();
            let chosen = choose_of(state, time_ms, *account, units, &fits)?;
            let Chosen { mut bodies, blocks } = chosen;
            let (account, kind, purpose, beneficiary) = (*account, *kind, *purpose, *beneficiary);
            bodies.push(Body::Retire(Retire {
                account,
                ranges: ranges(&blocks),
                kind,
                purpose,
                beneficiary,
                claim: claim.clone(),
            }));
            Ok(bodies)
        }
        Command::Send { .. } => send(state, time_ms, command),
        Command::Cancel { transfer, reason } => {
            let known = state.transfer(&TransferKey::Out(*transfer));
            let destination = known.ok_or(Refusal::UnknownTransfer(*transfer))?.partner;
            let (transfer, reason) = (*transfer, reason.clone());
            Ok(vec![Body::AskCancel(AskCancel {
                transfer,
                destination,
                reason,
            })])
        }
        Command::SetPartner(partner) => Ok(vec![Body::Partner(partner.clone())]),
        Command::SetAgreement(agreement) => Ok(vec![Body::Agreement(agreement.clone())]),
        Command::RotateKey { log_key } => {
            // The old key signs the block of the rotation itself; the new one everything after it.
            let from_size = state
                .size()
                .checked_add(ROTATION_MARGIN)
                .ok_or(Refusal::Overflow)?;
            Ok(vec![Body::KeyRotation(KeyRotation {
                log_key: log_key.clone(),
                from_size,
            })])
        }
        Command::Proven(proven) => federation::answer(state, time_ms, proven),
        Command::AdoptProcess { text } => case::adopt(state, text, &[]),
        Command::AdoptApproved(approved) => case::adopt_approved(state, approved),
        Command::Enrol {
            name,
            organisation_type,
            scopes,
        } => case::enrol(state, name, organisation_type, scopes),
        Command::OpenCase(new) => Ok(vec![case::open(state, new)?]),
        Command::Act(new) => case::act(state, time_ms, new),
        Command::Finding(new) => Ok(vec![case::finding(state, new)?]),
        Command::MigrateCase(new) => Ok(vec![case::migrate(new)]),
        Command::PlaceHold(new) => hold::place(state, new),
        Command::LiftHold(new) => Ok(vec![hold::lift(new)]),
        Command::IssueLetter(new) => Ok(vec![Body::LetterIssued(new.as_ref().clone())]),
        Command::Article6(new) => Ok(vec![Body::Article6(new.clone())]),
        Command::Levels(levels) => {
            let level = |it: &EmissionsLevel| Article6::EmissionsLevel(it.clone());
            let bodies = levels.iter().map(level);
            Ok(bodies.map(|it| Body::Article6(Box::new(it))).collect())
        }
        Command::AuthoriseUnits {
            account,
            units,
            authorisation,
            by,
        } => {
            // What is authorised already, or was first transferred, is not meant.
            let free = |block: &UnitBlock| {
                block.first_transfer.is_none() && state.in_force(block).authorisation.is_none()
            };
            let Chosen { mut bodies, blocks } = choose_of(state, time_ms, *account, units, &free)?;
            let ranges = ranges(&blocks);
            let (authorisation, by) = (*authorisation, by.clone());
            bodies.push(Body::Article6(Box::new(Article6::UnitsAuthorised(
                UnitsAuthorised {
                    authorisation,
                    ranges,
                    by,
                },
            ))));
            Ok(bodies)
        }
        Command::Accuse(new) => Ok(vec![Body::LedgerAccused(new.clone())]),
        Command::Clear(new) => Ok(vec![Body::LedgerCleared(new.clone())]),
        Command::Compared(new) => hold::compared(state, new),
        Command::HonourFreeze(new) => hold::honour(state, new),
        Command::EndFreeze(new) => Ok(vec![Body::FreezeEnded(new.clone())]),
        Command::Closed(unanswered) => federation::answer_closed(state, time_ms, unanswered),
        Command::TrustReceiver(new) => Ok(vec![Body::TrustedReceiver(new.as_ref().clone())]),
    }
}

/// The rotation's leaf, its block's header, and the first leaf after them: the smallest size that the new key signs.
/// The writer ends the block right after a rotation.
const ROTATION_MARGIN: u64 = 3;

fn next_organisation(state: &State) -> OrganisationId {
    let last = state.organisations().next_back();
    OrganisationId(last.map_or(0, |last| last.id.0) + 1)
}

fn next_numbers(state: &State, tonnes: u64) -> Result<UnitRange, Refusal> {
    if tonnes == 0 {
        return Err(Refusal::Nothing);
    }
    let own = state.genesis().ok_or(Refusal::Genesis)?.party;
    let last = state
        .issued()
        .checked_add(tonnes)
        .ok_or(Refusal::Overflow)?;
    UnitRange::new(own, state.issued() + 1, last).map_err(|_| Refusal::Overflow)
}

fn ranges(blocks: &[UnitBlock]) -> Vec<UnitRange> {
    blocks.iter().map(UnitBlock::range).collect()
}

/// The blocks that an intent moves, and the splits that must come first.
struct Chosen {
    bodies: Vec<Body>,
    blocks: Vec<UnitBlock>,
}

fn choose(
    state: &State,
    time_ms: u64,
    account: AccountId,
    units: &Selection,
) -> Result<Chosen, Refusal> {
    choose_of(state, time_ms, account, units, &|_| true)
}

/// Chooses among the units that `fits`, where only a number of tonnes is named.
fn choose_of(
    state: &State,
    time_ms: u64,
    account: AccountId,
    units: &Selection,
    fits: &dyn Fn(&UnitBlock) -> bool,
) -> Result<Chosen, Refusal> {
    state
        .account(account)
        .ok_or(Refusal::UnknownAccount(account))?;
    if let Some(hold) = state.hold_on_account(account, time_ms) {
        return Err(hold.refusal());
    }
    match units {
        Selection::Tonnes(0) => Err(Refusal::Nothing),
        Selection::Tonnes(tonnes) => choose_tonnes(state, time_ms, account, *tonnes, fits),
        Selection::Ranges(ranges) => choose_ranges(state, account, ranges),
    }
}

/// One range if one is large enough, the smallest such; otherwise the largest first, so that few ranges move. What a hold
/// keeps where it is, is passed over.
fn choose_tonnes(
    state: &State,
    time_ms: u64,
    account: AccountId,
    tonnes: u64,
    fits: &dyn Fn(&UnitBlock) -> bool,
) -> Result<Chosen, Refusal> {
    let is_free =
        |it: &Holding| fits(&it.block) && state.restraint_on(&it.block, time_ms).is_none();
    let mut chosen = Chosen {
        bodies: Vec::new(),
        blocks: Vec::new(),
    };
    if let Some(holding) = state.available_from(account, tonnes).find(is_free) {
        take_tail(&mut chosen, &holding.block, tonnes)?;
        return Ok(chosen);
    }
    let mut wanted = tonnes;
    for holding in state.available(account).rev().filter(is_free) {
        if chosen.blocks.len() == MAX_RANGES {
            return Err(Refusal::TooManyRanges);
        }
        let here = holding.block.tonnes().min(wanted);
        take_tail(&mut chosen, &holding.block, here)?;
        wanted -= here;
        if wanted == 0 {
            return Ok(chosen);
        }
    }
    // Where a restraint is what makes it too little, the restraint is the answer.
    let held = |it: Holding| state.restraint_on(&it.block, time_ms);
    if let Some(restraint) = state.available(account).find_map(held) {
        return Err(restraint.refusal());
    }
    Err(Refusal::TooFew {
        account,
        available: tonnes - wanted,
        under: None,
        wanted: tonnes,
    })
}

/// Takes `tonnes` from the end of a block: the giver keeps the head.
fn take_tail(chosen: &mut Chosen, block: &UnitBlock, tonnes: u64) -> Result<(), Refusal> {
    if tonnes == block.tonnes() {
        chosen.blocks.push(*block);
        return Ok(());
    }
    let (_, tail) = block
        .range()
        .split_off_tail(tonnes)
        .map_err(|_| Refusal::Nothing)?;
    take_part(chosen, block, tail)
}

/// Takes a part of a block that ends where the block ends.
fn take_part(chosen: &mut Chosen, block: &UnitBlock, tail: UnitRange) -> Result<(), Refusal> {
    chosen.bodies.push(Body::Split(Split {
        range: block.range(),
        at: tail.first(),
    }));
    chosen
        .blocks
        .push(block.part(tail).ok_or(Refusal::SplitPoint {
            range: block.range(),
            at: tail.first(),
        })?);
    Ok(())
}

fn choose_ranges(
    state: &State,
    account: AccountId,
    wanted: &[UnitRange],
) -> Result<Chosen, Refusal> {
    if wanted.is_empty() {
        return Err(Refusal::Nothing);
    }
    if wanted.len() > MAX_RANGES {
        return Err(Refusal::TooManyRanges);
    }
    let mut wanted = wanted.to_vec();
    // Several parts of one block are cut off from its end, so that what is left is always its head.
    wanted.sort_unstable_by(|a, b| b.cmp(a));
    let mut chosen = Chosen {
        bodies: Vec::new(),
        blocks: Vec::new(),
    };
    let mut rest: Option<UnitBlock> = None;
    for range in wanted {
        let current = rest
            .take()
            .filter(|block| block.range().contains_range(range));
        let block = match current {
            Some(block) => block,
            None => owned(state, account, range, &chosen)?,
        };
        rest = cut(&mut chosen, &block, range)?;
    }
    Ok(chosen)
}

/// The block of the account that contains `range`, unless parts of it were chosen already.
fn owned(
    state: &State,
    account: AccountId,
    range: UnitRange,
    chosen: &Chosen,
) -> Result<UnitBlock, Refusal> {
    let holding = state.holding_of(range.origin(), range.first());
    let block = match holding {
        Some(holding)
            if holding.place == Place::Available(account)
                && holding.block.range().contains_range(range) =>
        {
            holding.block
        }
        other => return Err(Refusal::not_held(range, account, other)),
    };
    if chosen
        .blocks
        .iter()
        .any(|taken| taken.range().overlaps(block.range()))
    {
        return Err(Refusal::Overlap(range));
    }
    Ok(block)
}

/// Chooses `range` out of `block`, which contains it; returns the head that is left.
fn cut(
    chosen: &mut Chosen,
    block: &UnitBlock,
    range: UnitRange,
) -> Result<Option<UnitBlock>, Refusal> {
    let whole = block.range();
    let mut current = *block;
    if range.last() < whole.last() {
        let at = range.last() + 1;
        let (head, _) = whole
            .split_at(at)
            .map_err(|_| Refusal::SplitPoint { range: whole, at })?;
        chosen.bodies.push(Body::Split(Split { range: whole, at }));
        current = block
            .part(head)
            .ok_or(Refusal::SplitPoint { range: whole, at })?;
    }
    if range.first() == whole.first() {
        chosen.blocks.push(current);
        return Ok(None);
    }
    take_part(chosen, &current, range)?;
    let at = range.first();
    let (head, _) = current
        .range()
        .split_at(at)
        .map_err(|_| Refusal::SplitPoint { range: whole, at })?;
    Ok(current.part(head))
}

/// Chooses among the units that may leave under the approach of an agreement.
fn choose_to_send(
    state: &State,
    time_ms: u64,
    account: AccountId,
    units: &Selection,
    to: Party,
    agreement: &AgreementId,
) -> Result<Chosen, Refusal> {
    let agreement = state.agreement(agreement).filter(|it| it.partner == to);
    let approach = agreement.map(|it| it.cooperative_approach);
    let fits = |block: &UnitBlock| {
        approach.is_none_or(|approach| state.is_authorised_under(block, approach))
    };
    let balance = u64::try_from(state.balance(LedgerAccount::Available(account)));
    let chosen = choose_of(state, time_ms, account, units, &fits);
    chosen.map_err(|refusal| match refusal {
        Refusal::TooFew {
            available, wanted, ..
        } => Refusal::TooFew {
            account,
            available,
            under: approach.filter(|_| balance.is_ok_and(|all| available < all)),
            wanted,
        },
        other => other,
    })
}

fn send(state: &State, time_ms: u64, command: &Command) -> Result<Vec<Body>, Refusal> {
    let Command::Send {
        to,
        agreement,
        from,
        to_account,
        units,
        nonce,
        expiry_ms,
    } = command
    else {
        return Err(Refusal::Nothing);
    };
    let Chosen { mut bodies, blocks } =
        choose_to_send(state, time_ms, *from, units, *to, agreement)?;
    let sending = Sending {
        destination: *to,
        agreement: agreement.clone(),
        to: *to_account,
        nonce: *nonce,
        expiry_ms: *expiry_ms,
    };
    bodies.push(lock(state, *from, &blocks, &sending)?);
    Ok(bodies)
}

/// The lock of some blocks of an account for a partner country.
fn lock(
    state: &State,
    from: AccountId,
    blocks: &[UnitBlock],
    sending: &Sending,
) -> Result<Body, Refusal> {
    let Sending {
        destination,
        agreement,
        to,
        nonce,
        expiry_ms,
    } = sending.clone();
    let own = state.genesis().ok_or(Refusal::Genesis)?;
    let partner = state
        .partner(destination)
        .ok_or(Refusal::UnknownPartner(destination))?;
    let blocks: Vec<UnitBlock> = blocks.iter().map(|it| state.in_force(it)).collect();
    movable(&blocks)?;
    let ranges = ranges(&blocks);
    let transfer = transfer_id(&TransferTerms {
        source: &own.origin,
        destination: &partner.origin,
        agreement: &agreement,
        ranges: &ranges,
        from,
        to,
        nonce: &nonce,
        expiry_ms,
    });
    Ok(Body::Lock(Lock {
        transfer,
        destination,
        destination_origin: partner.origin.clone(),
        agreement,
        from,
        to,
        blocks,
        nonce,
        expiry_ms,
    }))
}
