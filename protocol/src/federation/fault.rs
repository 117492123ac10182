//! Numbered faults: why a peer's frame, message or bundle was not taken.
//!
//! Every refusal that crosses the network carries one of these numbers, as the checks of the Kyoto transaction log did,
//! so that an operator on either side finds the same line in the same table. Numbers are never reused and never change
//! their meaning; a peer of a later version may send a number that this version does not know ([`FaultCode::from_code`]
//! returns `None`), and the number is then shown as it came.
//!
//! Checks run in the order of the classes, the cheap ones first: a frame is measured before it is decoded, a sender is
//! looked up before any signature is checked.
//!
//! | code | name | meaning |
//! |---|---|---|
//! | 1001 | frame-too-large | A frame, or a field in it, is longer than its limit. |
//! | 1002 | not-canonical | The bytes are not the one encoding of any message. |
//! | 1003 | unknown-kind | The message is of a kind this version does not know. |
//! | 1004 | too-many-bundles | The message lists more entries than its limit. |
//! | 1005 | unknown-version | The message carries a version this node does not speak. |
//! | 2001 | unknown-peer | The sender is not a listed peer. |
//! | 2002 | partner-frozen | The partner is frozen: no new transfers are taken from it. |
//! | 2003 | not-addressed-to-us | The transfer names another destination. |
//! | 2004 | partner-closed | The partner's ledger is closed for ever, and its last tree holds no answer to the transfer. |
//! | 3001 | no-agreement-in-force | No agreement between the two parties was in force at the leaf's time. |
//! | 3002 | agreement-direction | The agreement does not allow transfers in this direction. |
//! | 3003 | agreement-limit | The transfer exceeds a limit of the agreement. |
//! | 4001 | unknown-log | The checkpoint's origin is not a log this node trusts. |
//! | 4002 | bad-log-signature | The log's signature on the checkpoint is missing or does not verify. |
//! | 4003 | no-witness-quorum | Too few trusted witnesses cosigned the checkpoint. |
//! | 4004 | inclusion-fails | The leaf is not in the tree of the checkpoint. |
//! | 4005 | fork | The checkpoint is inconsistent with the one pinned for this log. |
//! | 4006 | stale-checkpoint | The checkpoint is older than this step allows. |
//! | 4007 | malformed-proof | The bundle is not a well-formed proof. |
//! | 5001 | expired | The transfer's expiry has passed by the destination's clock. |
//! | 5002 | cancelled | The source asked to cancel before the transfer was acquired. |
//! | 5003 | account-unknown | The destination account does not exist or is closed. |
//! | 5004 | units-already-held | Some of the units are already held in this ledger. |
//! | 5005 | own-units-not-abroad | The units originate here and are not recorded as abroad. |
//! | 5006 | unknown-transfer | No transfer with this identifier is known here. |
//! | 5007 | transfer-in-another-state | The transfer is not in a state that this step can follow. |
//! | 5008 | policy | The country's own policy refuses the transfer. |
//! | 5009 | attributes-differ | Some of the units carry other attributes than this ledger has recorded of them. |
//! | 5010 | not-authorised | Some of the units are not authorised under the cooperative approach of the agreement. |
//! | 6001 | busy | The node has more work than it takes from this peer; send again later. |
//! | 6002 | read-only | The node serves reads only at present. |
//! | 6003 | unavailable | The node cannot answer at present; send again later. |

use std::fmt;

/// A numbered reason for not taking a frame, message or bundle. See the table of this module.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u32)]
pub enum FaultCode {
    /// A frame, or a field in it, is longer than its limit.
    FrameTooLarge = 1001,
    /// The bytes are not the one encoding of any message.
    NotCanonical = 1002,
    /// The message is of a kind this version does not know.
    UnknownKind = 1003,
    /// The message lists more entries than its limit.
    TooManyBundles = 1004,
    /// The message carries a version this node does not speak.
    UnknownVersion = 1005,
    /// The sender is not a listed peer.
    UnknownPeer = 2001,
    /// The partner is frozen: no new transfers are taken from it.
    PartnerFrozen = 2002,
    /// The transfer names another destination.
    NotAddressedToUs = 2003,
    /// The partner's ledger is closed for ever, and its last tree holds no answer to the transfer.
    PartnerClosed = 2004,
    /// No agreement between the two parties was in force at the leaf's time.
    NoAgreementInForce = 3001,
    /// The agreement does not allow transfers in this direction.
    AgreementDirection = 3002,
    /// The transfer exceeds a limit of the agreement.
    AgreementLimit = 3003,
    /// The checkpoint's origin is not a log this node trusts.
    UnknownLog = 4001,
    /// The log's signature on the checkpoint is missing or does not verify.
    BadLogSignature = 4002,
    /// Too few trusted witnesses cosigned the checkpoint.
    NoWitnessQuorum = 4003,
    /// The leaf is not in the tree of the checkpoint.
    InclusionFails = 4004,
    /// The checkpoint is inconsistent with the one pinned for this log: somebody showed two histories.
    Fork = 4005,
    /// The checkpoint is older than this step allows.
    StaleCheckpoint = 4006,
    /// The bundle is not a well-formed proof.
    MalformedProof = 4007,
    /// The transfer's expiry has passed by the destination's clock.
    Expired = 5001,
    /// The source asked to cancel before the transfer was acquired.
    Cancelled = 5002,
    /// The destination account does not exist or is closed.
    AccountUnknown = 5003,
    /// Some of the units are already held in this ledger.
    UnitsAlreadyHeld = 5004,
    /// The units originate here and are not recorded as abroad.
    OwnUnitsNotAbroad = 5005,
    /// No transfer with this identifier is known here.
    UnknownTransfer = 5006,
    /// The transfer is not in a state that this step can follow.
    TransferInAnotherState = 5007,
    /// The country's own policy refuses the transfer.
    Policy = 5008,
    /// Some of the units carry other attributes than this ledger has recorded of them.
    AttributesDiffer = 5009,
    /// Some of the units are not authorised under the cooperative approach of the agreement.
    NotAuthorised = 5010,
    /// The node has more work than it takes from this peer; send again later.
    Busy = 6001,
    /// The node serves reads only at present.
    ReadOnly = 6002,
    /// The node cannot answer at present; send again later.
    Unavailable = 6003,
}

/// The thousands of a fault's number: which stage of the checks refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FaultClass {
    /// 1xxx: the frame or its encoding.
    Encoding,
    /// 2xxx: who sent it, and to whom.
    Sender,
    /// 3xxx: the agreement between the two parties.
    Agreement,
    /// 4xxx: the proof and its signatures.
    Proof,
    /// 5xxx: the rules of the registry.
    Business,
    /// 6xxx: the state of the refusing node; the same bytes may be taken later.
    Local,
}

/// One row of the table: the fault, its name, its meaning.
type Row = (FaultCode, &'static str, &'static str);

const TABLE: [Row; 32] = [
    (
        FaultCode::FrameTooLarge,
        "frame-too-large",
        "A frame, or a field in it, is longer than its limit.",
    ),
    (
        FaultCode::NotCanonical,
        "not-canonical",
        "The bytes are not the one encoding of any message.",
    ),
    (
        FaultCode::UnknownKind,
        "unknown-kind",
        "The message is of a kind this version does not know.",
    ),
    (
        FaultCode::TooManyBundles,
        "too-many-bundles",
        "The message lists more entries than its limit.",
    ),
    (
        FaultCode::UnknownVersion,
        "unknown-version",
        "The message carries a version this node does not speak.",
    ),
    (
        FaultCode::UnknownPeer,
        "unknown-peer",
        "The sender is not a listed peer.",
    ),
    (
        FaultCode::PartnerFrozen,
        "partner-frozen",
        "The partner is frozen: no new transfers are taken from it.",
    ),
    (
        FaultCode::NotAddressedToUs,
        "not-addressed-to-us",
        "The transfer names another destination.",
    ),
    (
        FaultCode::PartnerClosed,
        "partner-closed",
        "The partner's ledger is closed for ever, and its last tree holds no answer to the transfer.",
    ),
    (
        FaultCode::NoAgreementInForce,
        "no-agreement-in-force",
        "No agreement between the two parties was in force at the leaf's time.",
    ),
    (
        FaultCode::AgreementDirection,
        "agreement-direction",
        "The agreement does not allow transfers in this direction.",
    ),
    (
        FaultCode::AgreementLimit,
        "agreement-limit",
        "The transfer exceeds a limit of the agreement.",
    ),
    (
        FaultCode::UnknownLog,
        "unknown-log",
        "The checkpoint's origin is not a log this node trusts.",
    ),
    (
        FaultCode::BadLogSignature,
        "bad-log-signature",
        "The log's signature on the checkpoint is missing or does not verify.",
    ),
    (
        FaultCode::NoWitnessQuorum,
        "no-witness-quorum",
        "Too few trusted witnesses cosigned the checkpoint.",
    ),
    (
        FaultCode::InclusionFails,
        "inclusion-fails",
        "The leaf is not in the tree of the checkpoint.",
    ),
    (
        FaultCode::Fork,
        "fork",
        "The checkpoint is inconsistent with the one pinned for this log.",
    ),
    (
        FaultCode::StaleCheckpoint,
        "stale-checkpoint",
        "The checkpoint is older than this step allows.",
    ),
    (
        FaultCode::MalformedProof,
        "malformed-proof",
        "The bundle is not a well-formed proof.",
    ),
    (
        FaultCode::Expired,
        "expired",
        "The transfer's expiry has passed by the destination's clock.",
    ),
    (
        FaultCode::Cancelled,
        "cancelled",
        "The source asked to cancel before the transfer was acquired.",
    ),
    (
        FaultCode::AccountUnknown,
        "account-unknown",
        "The destination account does not exist or is closed.",
    ),
    (
        FaultCode::UnitsAlreadyHeld,
        "units-already-held",
        "Some of the units are already held in this ledger.",
    ),
    (
        FaultCode::OwnUnitsNotAbroad,
        "own-units-not-abroad",
        "The units originate here and are not recorded as abroad.",
    ),
    (
        FaultCode::UnknownTransfer,
        "unknown-transfer",
        "No transfer with this identifier is known here.",
    ),
    (
        FaultCode::TransferInAnotherState,
        "transfer-in-another-state",
        "The transfer is not in a state that this step can follow.",
    ),
    (
        FaultCode::Policy,
        "policy",
        "The country's own policy refuses the transfer.",
    ),
    (
        FaultCode::AttributesDiffer,
        "attributes-differ",
        "Some of the units carry other attributes than this ledger has recorded of them.",
    ),
    (
        FaultCode::NotAuthorised,
        "not-authorised",
        "Some of the units are not authorised under the cooperative approach of the agreement.",
    ),
    (
        FaultCode::Busy,
        "busy",
        "The node has more work than it takes from this peer; send again later.",
    ),
    (
        FaultCode::ReadOnly,
        "read-only",
        "The node serves reads only at present.",
    ),
    (
        FaultCode::Unavailable,
        "unavailable",
        "The node cannot answer at present; send again later.",
    ),
];

impl FaultCode {
    /// Every fault this version knows, in the order of the numbers.
    pub fn all() -> impl Iterator<Item = FaultCode> {
        TABLE.iter().map(|(fault, _, _)| *fault)
    }

    /// The stable number that goes over the network.
    pub const fn code(self) -> u32 {
        self as u32
    }

    /// The fault with this number, or `None` for a number this version does not know.
    pub fn from_code(code: u32) -> Option<FaultCode> {
        FaultCode::all().find(|fault| fault.code() == code)
    }

    /// A short stable name for metrics, logs and tables: `no-witness-quorum`.
    pub fn name(self) -> &'static str {
        self.row().map_or("", |(_, name, _)| name)
    }

    /// One English sentence for an operator.
    pub fn meaning(self) -> &'static str {
        self.row().map_or("", |(_, _, meaning)| meaning)
    }

    /// Which stage of the checks refused.
    pub const fn class(self) -> FaultClass {
        match self.code() / 1000 {
            1 => FaultClass::Encoding,
            2 => FaultClass::Sender,
            3 => FaultClass::Agreement,
            4 => FaultClass::Proof,
            5 => FaultClass::Business,
            _ => FaultClass::Local,
        }
    }

    /// Whether no program that keeps the protocol ever sends what is refused with this fault, whatever version, keys, agreements
    /// and ledgers it knows.
    pub const fn is_misconduct(self) -> bool {
        matches!(
            self,
            FaultCode::FrameTooLarge
                | FaultCode::NotCanonical
                | FaultCode::TooManyBundles
                | FaultCode::InclusionFails
                | FaultCode::MalformedProof
        )
    }

    fn row(self) -> Option<&'static Row> {
        TABLE.iter().find(|(fault, _, _)| *fault == self)
    }
}

impl fmt::Display for FaultCode {
    /// Prints the number and the name: `4003 no-witness-quorum`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.code(), self.name())
    }
}
