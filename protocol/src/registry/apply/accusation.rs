//! A partner's ledger that contradicted itself, and the line of it that lives on.

use crate::record::{LedgerAccused, LedgerCleared};
use crate::registry::apply::Context;
use crate::registry::tx::Tx;
use crate::registry::{Accusation, Key, Pin, Refusal, Value};

/// One accusation stands at a time: the first says all that matters, and nobody fills a ledger with more.
pub(super) fn accused(
    tx: &mut Tx<'_>,
    context: Context,
    it: &LedgerAccused,
) -> Result<(), Refusal> {
    if tx.state().partner(it.party).is_none() {
        return Err(Refusal::UnknownPartner(it.party));
    }
    if tx.state().accusation(it.party).is_some() {
        return Err(Refusal::Accusation(
            "the ledger is accused already: one accusation stands until it is cleared",
        ));
    }
    tx.put(
        Key::Accusation(it.party),
        Value::Accusation(Accusation {
            kind: it.kind,
            evidence: it.evidence,
            at: context.at.index,
        }),
    );
    Ok(())
}

/// A pin on the line that died moves here and nowhere else, backwards too (rule R9).
pub(super) fn cleared(tx: &mut Tx<'_>, it: &LedgerCleared) -> Result<(), Refusal> {
    let standing = tx
        .state()
        .accusation(it.party)
        .ok_or(Refusal::Accusation("the ledger is not accused of anything"))?;
    if standing.evidence != it.evidence {
        return Err(Refusal::Accusation(
            "it clears the ledger of other evidence than it is accused by",
        ));
    }
    tx.delete(Key::Accusation(it.party));
    tx.put(
        Key::Pin(it.party),
        Value::Pin(Pin {
            size: it.size,
            root: it.root,
        }),
    );
    Ok(())
}
