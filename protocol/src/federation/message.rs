//! The messages that peers exchange: requests, responses and gossip.
//!
//! Every message is one protobuf message in one envelope with a version. It is canonical: bytes are taken only if
//! encoding what was decoded gives the same bytes back, so one message has one encoding, one hash and one gossip id.
//! Bundles (tlog-proof texts) travel as they are: they prove themselves, and the leaf inside says what they are about.
//!
//! # Limits
//! Each limit is checked before anything of that size is built, on the way out and on the way in.
//!
//! | item | bytes at most | arithmetic |
//! |---|---|---|
//! | bundle | 16,384 | leaf of 4,096 in base64 5,472 + 63 proof lines of 45 = 2,835 + header, index and checkpoint text 0.4 KiB + 21 cosignature lines of 350 |
//! | `Deliver`, `Request` | 1,048,576 | 6 + n x (4 + bundle): 63 bundles of full size, or 256 of up to 4,092 bytes |
//! | `Delivered`, `Response` | 4,197,895 | 7 + 256 x (4 + code 6 + answer 4 + 16,384) |
//! | note | 16,384 | text 1 KiB + 16 Ed25519 lines of 350 + 2 ML-DSA-44 lines of 3.5 KiB = 13.5 KiB, rounded up |
//! | `AddCheckpoint` body | 20,480 | old line 25 + 63 proof lines of 45 + 1 + note 16,384 = 19,245, rounded up |
//! | `Witnessed` body | 8,192 | one Ed25519 and one ML-DSA-44 cosignature line 3.9 KiB, doubled for a rotation |
//! | `Consistency` hashes | 2,176 | 64 x (2 + 32); a consistency proof of a tree below 2^63 leaves has at most 64 hashes |
//! | origin | 255 | one line of a checkpoint |
//! | reason | 512 | one sentence |
//! | `Entries` | 4,197,376 | 1,024 x (3 + leaf of 4,096), below the response frame |
//! | trust registry file | 262,144 | the largest that the trust registry allows |
//! | evidence | 40,960 | two bundles and a line for each, rounded up |
//! | gossip | 65,536 | the frame of the gossip network |

mod error;
mod gossip;
mod limit;
mod outline;
mod request;
mod response;
#[rustfmt::skip]
#[allow(missing_docs, unreachable_pub, clippy::all, clippy::pedantic)]
mod wire;

pub use error::MessageError;
pub use gossip::{Gossip, Topic};
pub use request::Request;
pub use response::{Response, Verdict};

/// The request-response protocol, with its version.
pub const PEER_PROTOCOL: &str = "/countersign/peer/1";

/// The version inside each envelope. Raised when a field changes its meaning; a new kind does not raise it.
pub const MESSAGE_VERSION: u32 = 1;

/// Longest bundle, bytes.
pub const BUNDLE_BYTES_MAX: usize = 16 * 1024;

/// Most bundles in one `Deliver`, verdicts in one `Delivered`, or bundles in one gossip message.
pub const BUNDLES_MAX: usize = 256;

/// Longest request frame, bytes. The largest kind is `Deliver`.
pub const REQUEST_BYTES_MAX: usize = 1024 * 1024;

/// Bytes of one verdict in `Delivered`: its tag and length, the code, and the answer's tag, length and bytes.
const VERDICT_BYTES_MAX: usize = 4 + 6 + 4 + BUNDLE_BYTES_MAX;

/// Longest response frame, bytes: envelope and `Delivered` with every verdict answered in full.
pub const RESPONSE_BYTES_MAX: usize = 7 + BUNDLES_MAX * VERDICT_BYTES_MAX;

/// Longest gossip message, bytes.
pub const GOSSIP_BYTES_MAX: usize = 64 * 1024;

/// Longest signed note, bytes.
pub const NOTE_BYTES_MAX: usize = 16 * 1024;

/// Longest add-checkpoint body, bytes.
pub const ADD_CHECKPOINT_BYTES_MAX: usize = 20 * 1024;

/// Longest answer of a witness, bytes.
pub const WITNESSED_BYTES_MAX: usize = 8 * 1024;

/// Longest origin line, bytes.
pub const ORIGIN_BYTES_MAX: usize = 255;

/// Longest reason of a refusal, bytes.
pub const REASON_BYTES_MAX: usize = 512;

/// Most leaves in one `Entries`: as many of the largest as a response frame holds.
pub const ENTRIES_MAX: usize = 1024;

/// Longest leaf in `Entries`, bytes: the largest record.
pub const ENTRY_BYTES_MAX: usize = crate::record::MAX_RECORD_BYTES;

/// Longest name of a file of the trust registry, bytes.
pub const TRUST_NAME_BYTES_MAX: usize = 128;

/// Longest file of the trust registry, bytes.
pub const TRUST_FILE_BYTES_MAX: usize = 256 * 1024;

/// Longest text of evidence, bytes: two bundles of full size and what is around them.
pub const EVIDENCE_TEXT_BYTES_MAX: usize = 40 * 1024;

/// Most hashes in a consistency proof.
pub const CONSISTENCY_HASHES_MAX: usize = 64;
