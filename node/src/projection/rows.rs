//! From values of the registry's state to rows.

use std::borrow::Cow;
use std::collections::BTreeSet;

use countersign_protocol::id::{AccountId, OrganisationId};
use countersign_protocol::party::Party;
use countersign_protocol::registry::{
    Direction, Holding, Key, LedgerAccount, Place, RegistryCase, Standing, Transfer, TransferKey,
    Value,
};
use countersign_protocol::units::{FirstTransfer, UnitAuthorisation, UnitBlock};
use countersign_protocol::workflow::{Process, waiting_for};
use serde::Serialize;

use super::ProjectionError;
use super::db::Cell;
use super::source::Source;
use super::table::Rows;

/// A text as `q` compares it: without upper case.
pub(super) fn folded(text: &str) -> String {
    text.to_lowercase()
}

/// The word that JSON has for a value of an enum without fields.
pub(super) fn word_of<T: Serialize>(value: &T) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    }
}

pub(super) const fn direction_word(direction: Direction) -> &'static str {
    match direction {
        Direction::Out => "out",
        Direction::In => "in",
    }
}

/// Where units are: the word, the account, the Party. What a request has set aside is on hold, and marked.
pub(super) fn place_parts(place: Place) -> (&'static str, Option<AccountId>, Option<Party>) {
    match place {
        Place::Available(account) => ("available", Some(account), None),
        Place::OnHold(account) | Place::Reserved(account) => ("on_hold", Some(account), None),
        Place::Escrow(account) => ("escrow", Some(account), None),
        Place::Abroad(party) => ("abroad", None, Some(party)),
        Place::Used => ("used", None, None),
        Place::Cancelled => ("cancelled", None, None),
    }
}

/// A Party in a column.
pub(super) fn party(party: Party) -> Cell {
    Cell::text(party.to_string())
}

/// `CA0001 GHA01 GH`: what the first transfer of a block says.
fn first_transfer(first: &FirstTransfer) -> String {
    format!(
        "{} {} {}",
        first.cooperative_approach, first.registry, first.party
    )
}

/// The authorisation of a block as JSON.
fn authorisation(it: &UnitAuthorisation) -> String {
    // Plain members, none of which can fail to be written.
    serde_json::to_string(it).unwrap_or_default()
}

/// What travels with a block: unit type, scope, project, vintage, reserved field, issuance, split, first transfer,
/// authorisation.
pub(super) fn attributes(block: &UnitBlock) -> [Cell; 9] {
    let serial = &block.serial;
    [
        Cell::text(serial.unit_type().to_string()),
        Cell::from(u32::from(serial.scope().number())),
        Cell::from(serial.project()),
        Cell::from(u32::from(serial.year())),
        Cell::from(serial.reserved()),
        Cell::from(block.issued_at),
        Cell::shown(block.split_from),
        Cell::shown(block.first_transfer.as_ref().map(first_transfer)),
        Cell::shown(block.authorisation.as_ref().map(authorisation)),
    ]
}

pub(super) fn range(holding: &Holding, rows: &mut Rows) {
    let numbers = holding.block.range();
    let (place, account, to) = place_parts(holding.place);
    let [
        unit_type,
        scope,
        project,
        vintage,
        reserved,
        issued_at,
        split,
        first,
        authorisation,
    ] = attributes(&holding.block);
    rows.push([
        party(numbers.origin()),
        Cell::from(numbers.first()),
        Cell::from(numbers.last()),
        unit_type,
        scope,
        project,
        vintage,
        reserved,
        issued_at,
        split,
        first,
        authorisation,
        Cell::word(place),
        Cell::from(u32::from(matches!(holding.place, Place::Reserved(_)))),
        Cell::number(account.map(|it| it.0)),
        Cell::shown(to),
        Cell::from(holding.since),
    ]);
}

fn standing(source: &dyn Source, key: &Key) -> Result<Cell, ProjectionError> {
    let standing = match source.value(key)? {
        Some(Value::Standing(it)) => it,
        _ => Standing::Active,
    };
    Ok(Cell::word(standing.name()))
}

pub(super) fn organisation(
    source: &dyn Source,
    id: u32,
    changed_at: u64,
    rows: &mut Rows,
) -> Result<(), ProjectionError> {
    let id = OrganisationId(id);
    if let Some(Value::Organisation(it)) = source.value(&Key::Organisation(id))? {
        let scopes: Vec<String> = it.scopes.iter().map(ToString::to_string).collect();
        rows.push([
            Cell::from(id.0),
            Cell::text(it.name.to_string()),
            Cell::text(folded(it.name.as_str())),
            Cell::text(word_of(&it.kind)),
            Cell::shown(it.organisation_type),
            Cell::text(scopes.join(",")),
            standing(source, &Key::OrganisationStanding(id))?,
            Cell::from(changed_at),
        ]);
    }
    Ok(())
}

pub(super) fn account(
    source: &dyn Source,
    id: u32,
    changed_at: u64,
    rows: &mut Rows,
) -> Result<(), ProjectionError> {
    let id = AccountId(id);
    let Some(Value::Account(it)) = source.value(&Key::Account(id))? else {
        return Ok(());
    };
    let balance = |of: LedgerAccount| -> Result<Cell, ProjectionError> {
        Ok(match source.value(&Key::Balance(of))? {
            Some(Value::Balance(tonnes)) => Cell::from(tonnes),
            _ => Cell::from(0_i64),
        })
    };
    rows.push([
        Cell::from(id.0),
        Cell::from(it.organisation.0),
        Cell::text(it.name.to_string()),
        Cell::text(word_of(&it.kind)),
        balance(LedgerAccount::Available(id))?,
        balance(LedgerAccount::OnHold(id))?,
        balance(LedgerAccount::Escrow(id))?,
        Cell::from(changed_at),
    ]);
    Ok(())
}

pub(super) fn project(
    source: &dyn Source,
    number: u32,
    changed_at: u64,
    rows: &mut Rows,
) -> Result<(), ProjectionError> {
    if let Some(Value::Project(it)) = source.value(&Key::Project(number))? {
        rows.push([
            Cell::from(number),
            Cell::from(it.organisation.0),
            Cell::text(it.title.to_string()),
            Cell::text(folded(it.title.as_str())),
            Cell::from(u32::from(it.scope.number())),
            standing(source, &Key::ProjectStanding(number))?,
            Cell::from(changed_at),
        ]);
    }
    Ok(())
}

pub(super) fn partner(
    source: &dyn Source,
    of: Party,
    changed_at: u64,
    rows: &mut Rows,
) -> Result<(), ProjectionError> {
    if let Some(Value::Partner(it)) = source.value(&Key::Partner(of))? {
        rows.push([
            party(of),
            Cell::text(it.origin.to_string()),
            Cell::text(it.registry.to_string()),
            Cell::text(word_of(&it.status)),
            Cell::from(changed_at),
        ]);
    }
    Ok(())
}

pub(super) fn transfer(key: TransferKey, it: &Transfer, rows: &mut Rows) {
    let later = [it.cancel_asked_at, it.settled_at].into_iter().flatten();
    let terms = it.terms.as_ref();
    rows.push([
        Cell::from(it.opened_at),
        Cell::text(key.id().to_string()),
        Cell::word(direction_word(key.direction())),
        party(it.partner),
        Cell::word(it.stage.name()),
        Cell::shown(terms.map(|terms| &terms.agreement)),
        Cell::number(terms.map(|terms| terms.account.0)),
        Cell::from(terms.map_or(0, |terms| terms.tonnes())),
        Cell::from(later.fold(it.opened_at, u64::max)),
    ]);
}

/// The rows of a case: itself, its owners, and who must take which step.
pub(super) struct CaseRows {
    pub(super) cases: Rows,
    pub(super) owners: Rows,
    pub(super) waits: Rows,
}

impl CaseRows {
    pub(super) fn push(&mut self, it: &RegistryCase, process: Option<&Process>) {
        let ended = it.end.is_some();
        let waiting = process
            .filter(|_| !ended)
            .and_then(|process| waiting_for(process, &it.case).ok())
            .unwrap_or_default();
        let awaited = || waiting.iter().filter(|step| step.awaited);
        let due = awaited().filter_map(|step| step.due_ms).min();
        let subject = &it.case.subject;
        self.cases.push([
            Cell::from(it.number),
            Cell::number(it.parent),
            Cell::number(it.project),
            Cell::word(it.kind.word()),
            Cell::text(it.title.to_string()),
            Cell::text(folded(it.title.as_str())),
            Cell::text(it.case.flow.as_str()),
            Cell::Text(it.case.track.clone().map(Cow::Owned)),
            Cell::text(it.case.stage.as_str()),
            Cell::from(u32::from(ended)),
            Cell::number(subject.certifier.map(|it| it.0)),
            Cell::number(subject.counterparty.map(|it| it.0)),
            Cell::from(it.case.since_ms),
            // While a case rests its deadlines do not run.
            Cell::number(due.filter(|_| it.paused.is_none())),
            Cell::number(it.paused.map(|pause| pause.since_ms)),
            Cell::from(it.acts),
            Cell::from(it.changed_at),
        ]);
        for owner in &subject.owners {
            self.owners
                .push([Cell::from(it.number), Cell::from(owner.0)]);
        }
        let mut named = BTreeSet::new();
        for step in awaited() {
            for (rule, role) in step
                .by
                .iter()
                .flat_map(|rule| rule.roles.iter().map(move |role| (rule, role)))
            {
                if named.insert((&step.step, &rule.organisation_type, role)) {
                    self.waits.push([
                        Cell::from(it.number),
                        Cell::text(step.step.as_str()),
                        Cell::text(rule.organisation_type.as_str()),
                        Cell::text(role.as_str()),
                        Cell::number(step.due_ms),
                    ]);
                }
            }
        }
    }
}
