//! A ledger that goes on from a closed one, under another origin and with another key.
//!
//! It begins with every leaf of the closed ledger's last tree, so its state is the state that was there: serial numbers go on,
//! what was held is held, what was answered stays answered. Nothing is copied, and so nothing comes out twice or not at all.

use crate::record::{Continues, Genesis, Partner, PartnerStatus};
use crate::registry::apply::Context;
use crate::registry::apply::setup::{self, origin_is_free, registry_of};
use crate::registry::tx::Tx;
use crate::registry::{Key, Pin, Refusal, TransferKey, TransferStage, Value};

/// The leaf right after those of the closed ledger. That they make its last tree is checked by whoever holds the leaves
/// ([`crate::federation::check_continues`]); here it is their number.
pub(super) fn genesis(
    tx: &mut Tx<'_>,
    context: Context,
    it: &Genesis,
    closed: &Continues,
) -> Result<(), Refusal> {
    let state = tx.state();
    let before = state.genesis().ok_or(Refusal::Genesis)?;
    let refused = |why| Err(Refusal::Continued(why));
    if (before.party, &before.network) != (it.party, &it.network) {
        return refused("it is another Party's, or of another federation");
    }
    if before.origin != closed.origin {
        return refused("the leaves before it are of another ledger than the one that it names");
    }
    if before.origin == it.origin || before.registry == it.registry {
        return refused("it needs another origin and another registry id than the closed one");
    }
    if state.partners().any(|partner| partner.origin == it.origin) {
        return refused("its origin is that of a partner's ledger");
    }
    let ends_block = state
        .head()
        .is_some_and(|head| head.index + 1 == context.at.index);
    if closed.size != context.at.index || !ends_block {
        return refused("it does not stand right after the last block of the closed ledger");
    }
    setup::genesis(tx, it)
}

/// A partner whose ledger was closed goes on with another. What was believed of the closed one lies within its last tree,
/// and from now on the pin is that tree: whatever the new ledger shows must continue it (rule R9). The locks to the closed
/// ledger have ended by its last tree, and the new one answers none of them.
pub(super) fn partner(tx: &mut Tx<'_>, it: &Partner, closed: &Continues) -> Result<(), Refusal> {
    let state = tx.state();
    let known = state
        .partner(it.party)
        .ok_or(Refusal::UnknownPartner(it.party))?;
    let refused = |why| Err(Refusal::Continued(why));
    if known.origin != closed.origin || it.origin == closed.origin {
        return refused("it goes on from another ledger than the one that is known here");
    }
    if known.status == PartnerStatus::Active {
        return Err(Refusal::NotClosed(it.party));
    }
    if state.accusation(it.party).is_some() {
        return Err(Refusal::PartnerFrozen(it.party));
    }
    if state.pin(it.party).is_some_and(|pin| {
        pin.size > closed.size || (pin.size == closed.size && pin.root != closed.root)
    }) {
        return refused("more was believed of the closed ledger than its last tree");
    }
    let is_open = state.transfers().any(|(key, transfer)| {
        matches!(key, TransferKey::Out(_))
            && transfer.partner == it.party
            && transfer.stage == TransferStage::Locked
    });
    if is_open {
        return refused("locks to the closed ledger are open: they end by its last tree first");
    }
    if state
        .former_origins(it.party)
        .any(|former| *former == it.origin)
    {
        return refused("its origin is that of a closed ledger");
    }
    if state.genesis().is_some_and(|own| own.origin == it.origin) {
        return Err(Refusal::OwnParty(it.party));
    }
    registry_of(it.registry, it.party)?;
    origin_is_free(tx, it)?;
    let (size, root) = (closed.size, closed.root);
    let former = closed.origin.clone();
    tx.put(Key::FormerOrigin(former), Value::FormerOrigin(it.party));
    tx.put(Key::Pin(it.party), Value::Pin(Pin { size, root }));
    let listed = Partner {
        continues: None,
        ..it.clone()
    };
    tx.put(Key::Partner(it.party), Value::Partner(listed));
    Ok(())
}
