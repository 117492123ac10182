//! Trying wishes without writing them.

use countersign_protocol::id::RequestId;
use countersign_protocol::log::leaf_hash;
use countersign_protocol::record::{Body, Record};
use countersign_protocol::registry::Command;

use super::{App, AppError, StoredRecord, Written};
use crate::ledger::Receipt;

impl App {
    /// What a command would write if its turn came now.
    pub(super) async fn try_out(
        &self,
        request: RequestId,
        command: Command,
    ) -> Result<Written, AppError> {
        let mut tried = self.try_out_all(vec![(request, command)]).await?;
        tried.pop().unwrap_or(Err(AppError::Internal))
    }

    /// What commands would write if their turn came now, one after the other.
    pub(super) async fn try_out_all(
        &self,
        wishes: Vec<(RequestId, Command)>,
    ) -> Result<Vec<Result<Written, AppError>>, AppError> {
        let now_ms = self.now_ms();
        let trial = move |app: &Self| {
            let (requests, commands): (Vec<_>, Vec<_>) = wishes.into_iter().unzip();
            let (mut index, time_ms) = app
                .ledger()
                .read(|state| (state.size(), now_ms.max(state.time_ms())));
            let tried = app.ledger().try_out(&commands, now_ms);
            let mut written = Vec::with_capacity(tried.len());
            for (request, bodies) in requests.into_iter().zip(tried) {
                let trial = bodies.map(|bodies| trial(request, index, time_ms, bodies));
                index += trial
                    .as_ref()
                    .map_or(0, |trial| u64::from(trial.receipt.count));
                written.push(trial.map_err(AppError::Refused));
            }
            Ok(written)
        };
        self.blocking(trial).await
    }
}

/// The records that a request would write.
fn trial(request: RequestId, first_index: u64, time_ms: u64, bodies: Vec<Body>) -> Written {
    let record = |(body, index)| {
        let record = Record {
            time_ms,
            request,
            body,
        };
        let hash = leaf_hash(&record.encode());
        StoredRecord {
            index,
            hash,
            record,
        }
    };
    let records: Vec<StoredRecord> = bodies.into_iter().zip(first_index..).map(record).collect();
    let count = u32::try_from(records.len()).unwrap_or(u32::MAX);
    Written {
        receipt: Receipt {
            request,
            first_index,
            count,
            size: first_index,
            time_ms,
        },
        records,
        is_replay: false,
        is_trial: true,
    }
}
