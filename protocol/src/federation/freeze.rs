//! Freezes by serial number: which of a partner's orders are to be honoured here, and which have ended.
//!
//! The notice is the partner's own hold, in its witnessed ledger: it names numbers, an authority, a reason and an expiry. It is
//! honoured for units that the partner issued, and for units that came here from it: nobody freezes what is not its business.

use crate::party::Party;
use crate::record::{
    FREEZE_DAYS_MAX, FreezeEnded, FreezeHonoured, HoldOn, MAX_RANGES, ProofReference,
};
use crate::registry::{Place, RegistryHold, State};
use crate::units::UnitRange;
use crate::workflow::DAY_MS;

/// The orders of a partner that this ledger does not honour yet and should. `proof` says under which head of the partner's
/// ledger a leaf stands; `None` where none covers it yet.
pub fn to_honour(
    own: &State,
    partner: &State,
    now_ms: u64,
    proof: impl Fn(u64) -> Option<ProofReference>,
) -> Vec<FreezeHonoured> {
    let parties = own.genesis().zip(partner.genesis());
    let Some((here, there)) = parties.map(|(own, partner)| (own.party, partner.party)) else {
        return Vec::new();
    };
    let orders = partner.holds_after(0).filter(|order| {
        order.is_in_force(now_ms) && own.freeze(there, order.placed.hold).is_none()
    });
    orders
        .filter_map(|order| {
            // A national hold without an end is no notice to others.
            let expiry_ms = order.placed.expiry_ms?;
            let ranges = named(order, own, partner, (here, there));
            if ranges.is_empty() {
                return None;
            }
            let authority = partner.organisation(order.placed.authority)?;
            let longest = now_ms.saturating_add(FREEZE_DAYS_MAX * DAY_MS);
            Some(FreezeHonoured {
                party: there,
                hold: order.placed.hold,
                ranges,
                reason: order.placed.reason.clone(),
                authority: authority.name.clone(),
                reference: order.placed.reference.clone(),
                expiry_ms: expiry_ms.min(longest),
                proof: proof(order.placed_at)?,
            })
        })
        .collect()
}

/// The units that an order names, that are here, and that the partner issued or passed on to this country.
fn named(
    order: &RegistryHold,
    own: &State,
    partner: &State,
    (here, there): (Party, Party),
) -> Vec<UnitRange> {
    let HoldOn::Ranges(ranges) = &order.placed.on else {
        return Vec::new();
    };
    let mut named: Vec<UnitRange> = Vec::new();
    for range in ranges {
        for holding in partner.holdings_over(*range) {
            let is_its_business = range.origin() == there || holding.place == Place::Abroad(here);
            let Some(piece) = holding
                .block
                .range()
                .common(*range)
                .filter(|_| is_its_business)
            else {
                continue;
            };
            if !own.has_any_of(piece) {
                continue;
            }
            match named
                .last_mut()
                .and_then(|last| last.join(piece).ok().map(|all| (last, all)))
            {
                Some((last, all)) => *last = all,
                None => named.push(piece),
            }
        }
    }
    named.truncate(MAX_RANGES);
    named
}

/// The orders honoured here that the partner has lifted.
pub fn to_end(
    own: &State,
    partner: &State,
    now_ms: u64,
    proof: impl Fn(u64) -> Option<ProofReference>,
) -> Vec<FreezeEnded> {
    let Some(there) = partner.genesis().map(|genesis| genesis.party) else {
        return Vec::new();
    };
    let standing = own
        .freezes()
        .filter(|freeze| freeze.honoured.party == there && freeze.is_in_force(now_ms));
    standing
        .filter_map(|freeze| {
            let hold = freeze.honoured.hold;
            let lifted = partner.hold(hold)?.lifted.as_ref()?;
            Some(FreezeEnded {
                party: there,
                hold,
                reason: lifted.order.reason.clone(),
                proof: Some(proof(lifted.at)?),
                by: None,
            })
        })
        .collect()
}
