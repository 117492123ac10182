//! Lists of trusted receivers, domain to wire.

use super::case::acted_by;
use crate::record::wire;
use crate::record::{Receiver, TrustedReceiver};

pub(super) fn trusted_receiver(it: &TrustedReceiver) -> wire::TrustedReceiver {
    let mut wire = wire::TrustedReceiver {
        organisation: it.organisation.0,
        removed: it.removed,
        by: it.by.iter().map(acted_by).collect(),
        ..wire::TrustedReceiver::default()
    };
    match it.receiver {
        Receiver::Organisation(organisation) => wire.receiver = organisation.0,
        Receiver::Abroad { party, account } => {
            wire.party = party.to_string();
            wire.account = account.0;
        }
    }
    wire
}
