//! Units that may move and not be used yet, because their source has not ended the transfer (rule R14).

use crate::article6::TransferEvent;
use crate::record::{Purpose, RetireKind};
use crate::registry::{Refusal, State, TransferKey, TransferStage};
use crate::units::{UnitBlock, UnitRange};

impl State {
    /// Whether units may end like this as far as their source is concerned. Where the agreement under which they came says so,
    /// they are used only once the source has recorded the first transfer; other cancellations claim nothing and need not wait.
    ///
    /// # Errors
    /// [`Refusal::SourceNotFinal`].
    pub(super) fn may_end(
        &self,
        range: UnitRange,
        kind: RetireKind,
        purpose: Purpose,
    ) -> Result<(), Refusal> {
        let is_use = matches!(
            TransferEvent::of_end(purpose, kind),
            TransferEvent::UseTowardsNdc | TransferEvent::UseForImp | TransferEvent::UseForOp
        );
        if !is_use || !self.agreements().any(|it| it.use_needs_source_final) {
            return Ok(());
        }
        // Every transfer that is not settled is in memory.
        for (key, transfer) in self.transfers() {
            let TransferKey::In(source_party, id) = key else {
                continue;
            };
            if transfer.is_settled() || transfer.stage != TransferStage::Acquired {
                continue;
            }
            let Some(terms) = &transfer.terms else {
                continue;
            };
            let agreement = self.agreement(&terms.agreement);
            let waits = agreement.is_some_and(|it| it.use_needs_source_final);
            let mut brought = terms.blocks.iter().map(UnitBlock::range);
            if waits && brought.any(|it| it.overlaps(range)) {
                return Err(Refusal::SourceNotFinal {
                    range,
                    transfer: *id,
                    source_party: *source_party,
                });
            }
        }
        Ok(())
    }
}
