//! The receipts that follow from the leaves of a block: all of a receipt but the command.

use countersign_protocol::id::RequestId;
use countersign_protocol::record::{Body, Record};

use super::submission::OWN_REQUEST;
use crate::store::StoredRequest;

/// Requests of the block that is open.
#[derive(Debug, Default)]
pub(super) struct OpenRequests(Vec<Open>);

#[derive(Debug)]
struct Open {
    request: RequestId,
    first_index: u64,
    count: u32,
    time_ms: u64,
}

impl OpenRequests {
    /// Takes the next leaf; a block's header gives the receipts of its requests.
    pub(super) fn take(&mut self, index: u64, record: &Record) -> Vec<(RequestId, StoredRequest)> {
        if let Body::BlockHeader(_) = record.body {
            let size = index + 1;
            return self.0.drain(..).map(|open| open.stored(size)).collect();
        }
        match self.0.last_mut() {
            // The leaves of one request lie side by side in one block.
            Some(open) if open.request == record.request => open.count += 1,
            _ if record.request == OWN_REQUEST => {}
            _ => self.0.push(Open {
                request: record.request,
                first_index: index,
                count: 1,
                time_ms: record.time_ms,
            }),
        }
        Vec::new()
    }
}

impl Open {
    fn stored(self, size: u64) -> (RequestId, StoredRequest) {
        let stored = StoredRequest {
            command_sha256: StoredRequest::UNKNOWN_COMMAND,
            first_index: self.first_index,
            count: self.count,
            size,
            time_ms: self.time_ms,
        };
        (self.request, stored)
    }
}
