//! What a node says about itself.

use countersign_protocol::id::Origin;
use countersign_protocol::party::{Party, RegistryId};
use countersign_protocol::record::{Name, VerifierKeyText};
use serde::{Deserialize, Serialize};

use super::Balances;

/// `GET /api/v1/status`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Status {
    /// Whose registry this is.
    pub party: Party,
    /// The country's English short name.
    pub country: String,
    /// The registry id of the Party (6/CMA.4).
    pub registry: RegistryId,
    /// The authority that keeps it.
    pub name: Name,
    /// The federation.
    pub network: Name,
    /// The log's origin.
    pub origin: Origin,
    /// The key that signs checkpoints.
    pub log_key: VerifierKeyText,
    /// Version of the program.
    pub version: String,
    /// True if everything that `/readyz` asks for holds.
    pub ready: bool,
    /// What stands against being ready.
    pub not_ready: Vec<String>,
    /// The newest head.
    pub head: HeadView,
    /// The witnesses of this log.
    pub witnesses: Vec<WitnessView>,
    /// Partners' nodes.
    pub peers: Vec<PeerView>,
    /// Transfers that wait for an answer.
    pub open_transfers: OpenTransfers,
    /// Tonnes by place.
    pub balances: Balances,
    /// Requests that wait in the ledger's queue.
    pub queue_depth: u64,
}

/// The head of the log. `GET /api/v1/ledger/head`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HeadView {
    /// Number of leaves.
    pub size: u64,
    /// Root hash, hex.
    #[cfg_attr(feature = "openapi", schema(value_type = countersign_protocol::openapi::Sha256))]
    pub root: String,
    /// Time of the last record.
    pub time_ms: u64,
    /// The signed checkpoint (C2SP tlog-checkpoint).
    pub checkpoint: String,
    /// The newest checkpoint that a quorum of witnesses has cosigned.
    pub witnessed: Option<WitnessedView>,
}

/// A checkpoint under a quorum of cosignatures.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WitnessedView {
    /// Number of leaves.
    pub size: u64,
    /// Root hash, hex.
    #[cfg_attr(feature = "openapi", schema(value_type = countersign_protocol::openapi::Sha256))]
    pub root: String,
    /// The checkpoint with its cosignatures.
    pub checkpoint: String,
    /// Names of the keys that cosigned it.
    pub cosigned_by: Vec<String>,
}

/// A witness of this log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WitnessView {
    /// Its name.
    pub name: String,
    /// The largest size that it has cosigned; 0 if none.
    pub size: u64,
    /// When its last cosignature came.
    pub last_ms: Option<u64>,
    /// Why it did not cosign the last time it was asked.
    pub fault: Option<String>,
}

/// A partner's node.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PeerView {
    /// The Party.
    pub party: Party,
    /// Its libp2p peer id.
    pub peer: String,
    /// Whether it is connected now.
    pub connected: bool,
    /// Where it was last reached.
    pub address: Option<String>,
    /// The last round-trip time.
    pub round_trip_us: Option<u64>,
}

/// Transfers that wait for an answer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OpenTransfers {
    /// Locks of this ledger that the destination has not answered with proof.
    pub outgoing: u64,
    /// Answers of this ledger whose end at the source is not noted yet.
    pub incoming: u64,
    /// Age of the oldest open lock.
    pub oldest_lock_age_ms: Option<u64>,
}
