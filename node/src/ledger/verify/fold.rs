//! What follows from the leaves by the rules: state, postings, receipts.

use countersign_protocol::id::RequestId;
use countersign_protocol::record::Body;
use countersign_protocol::registry::StateError;

use super::VerifyError;
use crate::ledger::replay::{ReadLeaf, Replay};
use crate::ledger::rows::RowSum;
use crate::ledger::submission::OWN_REQUEST;
use crate::store::{StoredRequest, posting_row};

/// The ledger folded again, and the rows that follow from it.
#[derive(Default)]
pub(super) struct Fold {
    pub(super) replay: Replay,
    pub(super) postings: RowSum,
    pub(super) outcomes: RowSum,
    pub(super) requests: RowSum,
    /// Requests of the block that is open: id, first leaf, number of leaves, time.
    open: Vec<(RequestId, u64, u32, u64)>,
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
            self.request(leaf);
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

    /// The leaves of one request lie side by side in one block.
    fn request(&mut self, leaf: &ReadLeaf) {
        if let Body::BlockHeader(_) = leaf.record.body {
            for (request, first_index, count, time_ms) in self.open.drain(..) {
                let stored = StoredRequest {
                    command_sha256: [0; 32],
                    first_index,
                    count,
                    size: leaf.index + 1,
                    time_ms,
                };
                self.requests
                    .add(request.as_bytes(), &stored.encode()[32..]);
            }
            return;
        }
        match self.open.last_mut() {
            Some((request, _, count, _)) if *request == leaf.record.request => *count += 1,
            _ if leaf.record.request == OWN_REQUEST => {}
            _ => self
                .open
                .push((leaf.record.request, leaf.index, 1, leaf.record.time_ms)),
        }
    }
}
