//! The end of a block.

use crate::record::{BlockHeader, Commitment};
use crate::registry::apply::Context;
use crate::registry::tx::Tx;
use crate::registry::{Head, Key, Refusal, Value};

pub(super) fn block_header(
    tx: &mut Tx<'_>,
    context: Context,
    it: &BlockHeader,
) -> Result<(), Refusal> {
    let head = tx.state().head();
    let height = head.map_or(0, |head| head.height) + 1;
    let first = head.map_or(0, |head| head.index + 1);
    if it.height != height {
        return Err(Refusal::Header("height"));
    }
    if it.first != first || it.first == context.at.index {
        return Err(Refusal::Header("first index"));
    }
    if it.previous != head.map(|head| Commitment(head.hash)) {
        return Err(Refusal::Header("previous header hash"));
    }
    if it.state != tx.state().digest() {
        return Err(Refusal::Header("state digest"));
    }
    let head = Head {
        height,
        index: context.at.index,
        hash: context.at.hash,
        time_ms: context.time_ms,
    };
    tx.put(Key::Head, Value::Head(head));
    Ok(())
}
