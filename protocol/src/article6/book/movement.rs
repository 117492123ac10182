//! From records to movements: what each record did to units that Article 6 knows.

use crate::article6::{
    AuthorisedUse, FirstTransferDefinition, TransferEvent, UnitEventKind, approach_of,
};
use crate::id::AccountId;
use crate::party::Party;
use crate::record::{Article6, Body, Claim, Purpose, Record, RetireKind, UseNotified};
use crate::registry::{Applied, Key, Place, Value};
use crate::serial::CooperativeApproachId;
use crate::units::UnitBlock;

/// One thing that happened to one block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Movement {
    /// The leaf.
    pub leaf: u64,
    /// Its time in milliseconds since the Unix epoch.
    pub time_ms: u64,
    /// What happened.
    pub kind: UnitEventKind,
    /// The block as it is afterwards.
    pub block: UnitBlock,
    /// The cooperative approach.
    pub approach: CooperativeApproachId,
    /// The uses that are authorised; towards an NDC where the ledger knows of none.
    pub uses: AuthorisedUse,
    /// The account from which the units were used or cancelled.
    pub account: Option<AccountId>,
    /// For what they were used or cancelled.
    pub purpose: Option<Purpose>,
    /// The Party that used or cancelled them.
    pub user: Option<Party>,
}

/// How a record ends units: one purpose and one claim for all of them.
struct Ending<'a> {
    account: AccountId,
    kind: RetireKind,
    purpose: Purpose,
    claim: &'a Claim,
}

/// A block before and after a record.
struct Changed<'a> {
    before: Option<(&'a UnitBlock, Place)>,
    after: &'a UnitBlock,
    place: Place,
}

impl Changed<'_> {
    /// Whether the record marked the first transfer.
    fn is_marked(&self) -> bool {
        let before = self.before.and_then(|(block, _)| block.first_transfer);
        before.is_none() && self.after.first_transfer.is_some()
    }
}

/// What happened to a block, and who ended it for what.
#[derive(Clone, Copy)]
struct Event {
    kind: UnitEventKind,
    account: Option<AccountId>,
    purpose: Option<Purpose>,
    user: Option<Party>,
}

impl From<UnitEventKind> for Event {
    fn from(kind: UnitEventKind) -> Self {
        Self {
            kind,
            account: None,
            purpose: None,
            user: None,
        }
    }
}

/// Whether an account is for shares of proceeds.
pub(super) type IsShareAccount<'a> = &'a dyn Fn(AccountId) -> bool;

/// The movements of a record.
pub(super) fn of(
    own: Party,
    leaf: u64,
    record: &Record,
    applied: &Applied,
    is_share_account: IsShareAccount<'_>,
) -> Vec<Movement> {
    let mut movements = Vec::new();
    let ending = ending(record);
    for change in &applied.changes {
        let (Key::Holding(..), Some(Value::Holding(after))) = (&change.key, &change.after) else {
            continue;
        };
        let before = match &change.before {
            Some(Value::Holding(it)) => Some((&it.block, it.place)),
            _ => None,
        };
        let changed = Changed {
            before,
            after: &after.block,
            place: after.place,
        };
        let Some(approach) = approach_of(changed.after) else {
            continue;
        };
        let uses = changed.after.authorisation.map(|it| it.uses);
        let events = match &ending {
            Some(ending) if matches!(changed.place, Place::Used | Place::Cancelled) => {
                [ended(own, &changed, ending), None]
            }
            _ => moved(own, &record.body, &changed, is_share_account),
        };
        movements.extend(events.into_iter().flatten().map(|event| Movement {
            leaf,
            time_ms: record.time_ms,
            kind: event.kind,
            block: *changed.after,
            approach,
            uses: uses.unwrap_or(AuthorisedUse::Ndc),
            account: event.account,
            purpose: event.purpose,
            user: event.user,
        }));
    }
    movements
}

/// What a record that ends no units did to a block.
fn moved(
    own: Party,
    body: &Body,
    changed: &Changed<'_>,
    is_share_account: IsShareAccount<'_>,
) -> [Option<Event>; 2] {
    let is_itmo = changed.after.first_transfer.is_some();
    match (body, changed.place) {
        (Body::Article6(it), _) => match it.as_ref() {
            Article6::UnitsAuthorised(_) => authorised(changed, is_share_account),
            Article6::UseNotified(it) if changed.is_marked() => [Some(notified(it)), None],
            _ => [None, None],
        },
        (Body::Issuance(_), _) => authorised(changed, is_share_account),
        (Body::Finalise(_), Place::Abroad(to)) if is_itmo => [Some(sent(changed, to).into()), None],
        (Body::Acquire(it), Place::Available(account)) if is_itmo && account == it.account => {
            let from = it.source;
            [Some(UnitEventKind::Acquired { from }.into()), None]
        }
        // A request that a process carries out moves units too.
        (Body::Transfer(_) | Body::CaseAct(_), _) => {
            let kind = contributed(own, changed, is_share_account);
            [kind.map(Event::from), None]
        }
        _ => [None, None],
    }
}

fn notified(it: &UseNotified) -> Event {
    let by = it.purpose.event();
    Event {
        kind: UnitEventKind::FirstTransferred { by, to: None },
        account: None,
        purpose: it.purpose.purpose(),
        user: Some(it.party),
    }
}

/// What a record says about the end of units.
const fn ending(record: &Record) -> Option<Ending<'_>> {
    match &record.body {
        Body::Retire(it) => Some(Ending {
            account: it.account,
            kind: it.kind,
            purpose: it.purpose,
            claim: &it.claim,
        }),
        _ => None,
    }
}

/// A first transfer that happened here: of the Party's own units, or of another's, which that Party reports.
fn first_transferred(own: Party, changed: &Changed<'_>, by: TransferEvent) -> UnitEventKind {
    if changed.after.serial.party() == own {
        UnitEventKind::FirstTransferred { by, to: None }
    } else {
        UnitEventKind::PartnersFirstTransfer { by }
    }
}

/// Units that ended: first transferred by it, used, or ended afterwards. What was never first transferred ends at home and is no
/// matter of Article 6.
fn ended(own: Party, changed: &Changed<'_>, ending: &Ending<'_>) -> Option<Event> {
    changed.after.first_transfer?;
    let by = TransferEvent::of_end(ending.purpose, ending.kind);
    let kind = match (by, ending.claim.ndc_year) {
        _ if changed.is_marked() => first_transferred(own, changed, by),
        (TransferEvent::UseTowardsNdc, Some(year)) => UnitEventKind::UsedTowardsNdc { year },
        _ => UnitEventKind::Ended { by },
    };
    Some(Event {
        kind,
        account: Some(ending.account),
        purpose: Some(ending.purpose),
        user: Some(own),
    })
}

/// Units that came under an authorisation, and the first transfer that it was for some.
fn authorised(changed: &Changed<'_>, is_share_account: IsShareAccount<'_>) -> [Option<Event>; 2] {
    let Some(authorisation) = changed.after.authorisation else {
        return [None, None];
    };
    let definition = authorisation
        .definition
        .filter(|_| changed.is_marked() && authorisation.uses.covers_oimp());
    let by = match definition {
        Some(FirstTransferDefinition::Authorisation) => Some(TransferEvent::Authorisation),
        Some(FirstTransferDefinition::Issuance) => Some(TransferEvent::Issuance),
        _ => (changed.is_marked() && is_share(changed.place, is_share_account))
            .then_some(TransferEvent::AdaptationFund),
    };
    let first = by.map(|by| UnitEventKind::FirstTransferred { by, to: None });
    [
        Some(UnitEventKind::Authorised.into()),
        first.map(Event::from),
    ]
}

fn is_share(place: Place, is_share_account: IsShareAccount<'_>) -> bool {
    matches!(place, Place::Available(account) if is_share_account(account))
}

fn sent(changed: &Changed<'_>, to: Party) -> UnitEventKind {
    if changed.is_marked() {
        let by = TransferEvent::InternationalTransfer;
        return UnitEventKind::FirstTransferred { by, to: Some(to) };
    }
    UnitEventKind::Transferred { to: Some(to) }
}

/// Authorised or first transferred units that came into an account for shares of proceeds.
fn contributed(
    own: Party,
    changed: &Changed<'_>,
    is_share_account: IsShareAccount<'_>,
) -> Option<UnitEventKind> {
    if !is_share(changed.place, is_share_account) || changed.after.first_transfer.is_none() {
        return None;
    }
    // It was in the account already: a division, or what a request set aside.
    let was = changed.before.map(|(_, place)| place)?;
    if crate::article6::held_in(was) == crate::article6::held_in(changed.place) {
        return None;
    }
    if changed.is_marked() {
        return Some(first_transferred(
            own,
            changed,
            TransferEvent::AdaptationFund,
        ));
    }
    Some(UnitEventKind::Transferred { to: None })
}
