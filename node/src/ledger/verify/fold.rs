//! What follows from the leaves by the rules: state, postings, receipts.

use countersign_protocol::registry::StateError;

use super::VerifyError;
use crate::ledger::replay::{ReadLeaf, Replay};
use crate::ledger::requests::OpenRequests;
use crate::ledger::rows::RowSum;
use crate::store::posting_row;

/// The ledger folded again, and the rows that follow from it.
#[derive(Default)]
pub(super) struct Fold {
    pub(super) replay: Replay,
    pub(super) postings: RowSum,
    pub(super) outcomes: RowSum,
    pub(super) requests: RowSum,
    open: OpenRequests,
}

impl Fold {
    pub(super) fn take(&mut self, leaves: &[ReadLeaf]) -> Result<(), VerifyError> {
        for leaf in leaves {
            let applied = self.replay.fold(leaf)?;
            let outcome = applied.outcome(&leaf.record);
            if !outcome.is_empty() {
                let key = leaf.index.to_be_bytes();
                self.outcomes.add(&key, &outcome.to_bytes()?);
            }
            for (posting, position) in applied.postings.iter().zip(0..) {
                let (key, value) = posting_row(leaf.index, position, posting);
                self.postings.add(&key, &value);
            }
            for (request, stored) in self.open.take(leaf.index, &leaf.record) {
                // The command is not in the leaves.
                self.requests
                    .add(request.as_bytes(), &stored.encode()[32..]);
            }
        }
        Ok(())
    }

    pub(super) fn values(&self) -> Result<RowSum, StateError> {
        let mut sum = RowSum::default();
        for (key, value) in self.replay.state().values() {
            sum.add(&key.to_bytes()?, &value.to_bytes()?);
        }
        Ok(sum)
    }
}
