//! What the use cases need of the federation.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use countersign_protocol::credential::CredentialError;
use countersign_protocol::federation::FaultCode;
use countersign_protocol::federation::parcel::Parcel;
use countersign_protocol::id::RequestId;
use countersign_protocol::letter::CertifyError;
use countersign_protocol::log::Hash;
use countersign_protocol::party::Party;
use countersign_protocol::registry::Command;
use countersign_protocol::time::Timestamp;
use countersign_protocol::trust::Trust;

use crate::federation::{Accused, Reconciled};
use crate::ledger::{Receipt, SubmitError};
use crate::mirror::{Mirror, MirrorStatus};
use crate::witness::OriginHash;

/// How this node stands with a partner's node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PeerInfo {
    /// The partner.
    pub party: Party,
    /// Its libp2p peer id.
    pub peer: String,
    /// Whether a connection is open.
    pub connected: bool,
    /// Where it is dialled.
    pub address: Option<String>,
    /// Round trip of the newest ping, in microseconds.
    pub round_trip_us: Option<u64>,
}

/// How this node stands with a witness of its log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WitnessInfo {
    /// Its name.
    pub name: String,
    /// The largest size that it has cosigned; 0 if none.
    pub size: u64,
    /// When its last cosignature came, in milliseconds since the Unix epoch.
    pub last_ms: Option<u64>,
    /// Why it did not cosign the last time it was asked.
    pub fault: Option<String>,
}

/// A partner's node answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PingReply {
    /// Its libp2p peer id.
    pub peer: String,
    /// Time there and back, in microseconds.
    pub round_trip_us: u64,
}

/// What came of a parcel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unpacked {
    /// Who packed it.
    pub from: Party,
    /// Bundles that are recorded, or were before.
    pub taken: usize,
    /// How many bundles were not taken, by the fault.
    pub refused: BTreeMap<FaultCode, usize>,
    /// What else of it was of no use, and why.
    pub problems: Vec<String>,
    /// Answers that no quorum of witnesses covers yet: a later parcel has them.
    pub waiting: usize,
    /// The answer.
    pub reply: Parcel,
}

/// Why the federation did not do something.
#[derive(Clone, Debug, thiserror::Error)]
pub enum FederationError {
    /// No such partner is listed.
    #[error("{0} is not a partner: exchange invites and add it first")]
    UnknownPartner(Party),
    /// The partner's node did not answer.
    #[error("the node of {party} did not answer: {why}")]
    Unreachable {
        /// The partner.
        party: Party,
        /// What happened.
        why: String,
    },
    /// The text is not an invitation that can be taken.
    #[error("the invitation can not be taken: {0}")]
    Invite(String),
    /// The text is not an agreement that can be taken or signed.
    #[error("the agreement can not be taken: {0}")]
    Agreement(String),
    /// The parcel can not be packed or taken.
    #[error("the parcel can not be taken: {0}")]
    Parcel(String),
    /// The trust registry stands against it.
    #[error("nothing new begins with {party}: {why}")]
    NotNow {
        /// The partner.
        party: Party,
        /// What the trust registry says.
        why: String,
    },
    /// The evidence can not be taken.
    #[error("the evidence can not be taken: {0}")]
    Evidence(String),
    /// The partner's ledger can not be compared with this one now.
    #[error("{0}")]
    NotCompared(String),
    /// The keys of the node stand against it.
    #[error("the keys of this node do not allow it: {0}")]
    Keys(String),
    /// The ledger did not write it.
    #[error(transparent)]
    Submit(#[from] SubmitError),
    /// Something failed in this node.
    #[error("{0}")]
    Internal(String),
}

/// The federation as the use cases see it. Every call that writes takes a request id: repeating it is harmless.
#[async_trait]
pub trait FederationControl: Send + Sync {
    /// How this node stands with each partner's node.
    async fn peers(&self) -> Vec<PeerInfo>;

    /// How this node stands with each witness of its log.
    async fn witnesses(&self) -> Vec<WitnessInfo>;

    /// Asks a partner's node for an answer.
    async fn ping(&self, party: Party) -> Result<PingReply, FederationError>;

    /// What [`Self::add_partner`] would write. Changes nothing.
    async fn check_partner(&self, invite: &str) -> Result<Command, FederationError>;

    /// What [`Self::remove_partner`] would write. Changes nothing.
    async fn check_removal(&self, party: Party) -> Result<Command, FederationError>;

    /// What [`Self::add_agreement`] would write. Changes nothing.
    async fn check_agreement(&self, agreement: &str) -> Result<Command, FederationError>;

    /// What [`Self::rotate_log_key`] would write, with a key that is thrown away. Changes nothing.
    async fn check_rotation(&self) -> Result<Command, FederationError>;

    /// Checks a signed invitation, lists the partner in the ledger and opens the way to its node.
    async fn add_partner(
        &self,
        request: RequestId,
        invite: &str,
    ) -> Result<Receipt, FederationError>;

    /// Takes a partner off the list. Open transfers are still resolved when it is listed again.
    async fn remove_partner(
        &self,
        request: RequestId,
        party: Party,
    ) -> Result<Receipt, FederationError>;

    /// Checks an agreement that both Parties signed and records it.
    async fn add_agreement(
        &self,
        request: RequestId,
        agreement: &str,
    ) -> Result<Receipt, FederationError>;

    /// Signs an agreement for this Party; the result has the signatures that were there as well.
    async fn sign_agreement(&self, draft: &str) -> Result<String, FederationError>;

    /// The credential of the record that a bundle proves, signed by the key of the log.
    fn credential(&self, bundle: &str) -> Result<String, CredentialError>;

    /// Pages with the proof of the entry that they tell of, signed by this ledger's key.
    fn certify(
        &self,
        pages: &[u8],
        bundle: &str,
        modified: Timestamp,
    ) -> Result<Vec<u8>, CertifyError>;

    /// This node's signed invitation.
    async fn own_invite(&self) -> Result<String, FederationError>;

    /// Packs everything that is open with a partner into one file.
    async fn pack(&self, party: Party) -> Result<Parcel, FederationError>;

    /// Takes what a partner packed, and packs the answer. Taking it twice is harmless.
    async fn unpack(&self, parcel: Parcel) -> Result<Unpacked, FederationError>;

    /// How partners' ledgers are mirrored here.
    fn mirrors(&self) -> Vec<MirrorStatus>;

    /// The mirror of the ledger whose origin has this SHA-256.
    fn mirrored(&self, origin: OriginHash) -> Option<Arc<Mirror>>;

    /// The trust registry; `None` where partners are taken by their invites, and before the first version came.
    fn trust(&self) -> Option<Arc<Trust>>;

    /// A file of the trust registry; `None` for a name that is none of it.
    fn trust_file(&self, name: &str) -> Option<Vec<u8>>;

    /// Why nothing new may begin with a country by the trust registry; `Ok` where there is none.
    fn may_begin(&self, party: Party) -> Result<(), FederationError>;

    /// The text of evidence that is kept here.
    fn evidence(&self, sha256: &Hash) -> Result<Option<String>, FederationError>;

    /// Takes evidence against a partner's ledger: keeps it, records it and tells everybody. Taking it twice is harmless.
    async fn accuse(&self, evidence: &str) -> Result<Accused, FederationError>;

    /// What the last comparison with each partner's ledger found, since the node started.
    fn reconciliations(&self) -> Vec<Reconciled>;

    /// Compares this ledger with a partner's, and records what changed.
    async fn reconcile(&self, party: Party) -> Result<Reconciled, FederationError>;

    /// Makes a new log key and records that it signs from the next block on.
    async fn rotate_log_key(&self, request: RequestId) -> Result<Receipt, FederationError>;
}
