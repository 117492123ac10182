//! Lists of trusted receivers over HTTP.

use countersign_protocol::id::OrganisationId;
use countersign_protocol::record::Receiver;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Proposed, RotatedKey};

/// `POST /api/v1/trusted-receivers`: a receiver for the list of the own organisation.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTrustedReceiver {
    /// `{"organisation": 7}`, or `{"abroad": {"party": "CH", "account": 12}}`.
    pub receiver: Receiver,
}

/// `POST /api/v1/trusted-receivers/remove`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RemoveTrustedReceiver {
    /// Whose list.
    pub organisation: OrganisationId,
    /// The receiver.
    pub receiver: Receiver,
}

/// A receiver in a list.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
pub struct TrustedReceiverView {
    /// The receiver.
    pub receiver: Receiver,
    /// When it was entered, in milliseconds since 1970.
    pub entered_ms: u64,
    /// From when on it counts.
    pub in_force_ms: u64,
}

/// `POST /api/v1/keys/rotate`: what came of it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(untagged)]
pub enum KeyChanged {
    /// The new key signs.
    Done(RotatedKey),
    /// A second person must approve it.
    Proposed(Proposed),
}
