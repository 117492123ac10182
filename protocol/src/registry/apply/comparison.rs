//! What a comparison with a partner's ledger found.

use crate::record::PositionsCompared;
use crate::registry::apply::Context;
use crate::registry::tx::Tx;
use crate::registry::{Comparison, Key, Refusal, Value};

/// One record for each change: a comparison that finds what the last one found is not written.
pub(super) fn compared(
    tx: &mut Tx<'_>,
    context: Context,
    it: &PositionsCompared,
) -> Result<(), Refusal> {
    if tx.state().partner(it.party).is_none() {
        return Err(Refusal::UnknownPartner(it.party));
    }
    let before = tx.state().comparison(it.party);
    let known = before.map_or(&[][..], |before| &before.differences);
    if known == it.differences {
        return Err(Refusal::Comparison("it finds what the last one found"));
    }
    if before.is_some_and(|before| it.size < before.size) {
        return Err(Refusal::Comparison(
            "it is of an older tree of the partner than the last one",
        ));
    }
    tx.put(
        Key::Comparison(it.party),
        Value::Comparison(Box::new(Comparison {
            at: context.at.index,
            time_ms: context.time_ms,
            size: it.size,
            root: it.root,
            differences: it.differences.clone(),
        })),
    );
    Ok(())
}
