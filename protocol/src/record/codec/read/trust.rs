//! Lists of trusted receivers, wire to domain.

use super::Reader;
use crate::record::wire;
use crate::record::{Body, DecodeError, Receiver, TRUST_APPROVALS, TrustedReceiver};

pub(super) fn trusted_receiver(it: &wire::TrustedReceiver) -> Result<Body, DecodeError> {
    let read = Reader("trusted_receiver");
    let wanted = if it.removed { 1 } else { TRUST_APPROVALS };
    if it.by.len() != wanted {
        let why = format!("has {} entries; {wanted} are wanted", it.by.len());
        return read.fail("by", &why);
    }
    let receiver = match (it.receiver, it.party.as_str(), it.account) {
        (receiver @ 1.., "", 0) => Receiver::Organisation(read.organisation("receiver", receiver)?),
        (0, party, account @ 1..) => Receiver::Abroad {
            party: read.parse("party", party)?,
            account: read.account("account", account)?,
        },
        _ => {
            return read.fail(
                "receiver",
                &"is not exactly one of: an organisation, an account of a partner country",
            );
        }
    };
    let by: Result<Vec<_>, DecodeError> = it.by.iter().map(|by| read.acted_by(by)).collect();
    Ok(Body::TrustedReceiver(TrustedReceiver {
        organisation: read.organisation("organisation", it.organisation)?,
        receiver,
        removed: it.removed,
        by: by?,
    }))
}
