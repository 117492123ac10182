//! The trust registry: who is a member of the federation, with which keys, and whose cosignatures count.
//!
//! Its metadata is TUF (The Update Framework, specification 1.0), so that other software reads and checks it: signed with
//! Ed25519 over canonical JSON, `root` delegates `targets`, `snapshot` and `timestamp`; `targets` holds no file of its own and
//! delegates `members/*` to the role `members` and `witnesses/*` to the role `witnesses`. Their target files are texts: one
//! entry for each member ([`Member`]) and one C2SP tlog-policy ([`WitnessSet`]).
//!
//! ```text
//! metadata/1.root.json ... N.root.json    keyholders, thresholds; each signed by the threshold of the one before and its own
//! metadata/timestamp.json                 the newest snapshot; short-lived
//! metadata/N.snapshot.json                which versions belong together, with their hashes
//! metadata/N.targets.json                 who signs for members and witnesses
//! metadata/N.members.json                 hashes of targets/members/HASH.GHA01.txt ...
//! metadata/N.witnesses.json               hash of targets/witnesses/HASH.policy.txt
//! log/entries, log/checkpoint             the log of the versions ([`TrustLog`])
//! ```
//!
//! Everything here is a pure function of files and a moment that the caller passes in. [`Trust`] walks the roots one by one and
//! takes in complete versions only. It offers two views: [`Trust::for_new_decisions`], refused when anything has expired, and
//! [`Trust::to_settle`], which never is: what is open is settled with the keys that were good when it began.
//!
//! Each file names its federation and whether it is a rehearsal in the field `x-countersign`; files of one are refused in
//! another, whoever signed them.

mod chain;
mod diff;
mod envelope;
mod fields;
mod json;
mod key;
mod layout;
mod log;
mod member;
mod members;
mod metadata;
mod prudence;
mod refusal;
mod role;
mod take;
mod view;
mod witnesses;

pub use chain::Trust;
pub use diff::{member_changes, policy_changes, root_changes, targets_changes};
pub use envelope::Envelope;
pub use json::Json;
pub use key::{TufKeyId, TufKeyIdError};
pub use layout::{TrustSource, metadata_path, root_hash, target_path};
pub use log::{
    LOG_CHECKPOINT, LOG_CHECKPOINT_BYTES_MAX, LOG_ENTRIES, LOG_ENTRIES_BYTES_MAX, TrustLog,
};
pub use member::{Head, KeyRow, Member, MemberError, Standing};
pub use members::{Members, MembersFault};
pub use metadata::{
    Common, Delegated, Federation, FileMeta, RootMeta, SnapshotMeta, TargetMeta, TargetsMeta,
    TimestampMeta,
};
pub use prudence::{Imprudence, check_root, check_targets, check_witnesses};
pub use refusal::TrustRefusal;
pub use role::{KeyRing, RoleKeys};
pub use view::{KeyRefusal, NewDecisions, Settling};
pub use witnesses::{WitnessSet, WitnessesFault};

/// Most keys in a file, in a role, and signatures on a file.
pub const KEYS_MAX: usize = 256;

/// Highest version of a file. A fast-forwarded version near it leaves room to count.
pub const VERSION_MAX: u64 = u32::MAX as u64;

/// Most new roots that are walked at once.
pub const ROOTS_MAX: u64 = 1024;

/// Largest root file, in bytes: [`KEYS_MAX`] keys and as many signatures fit.
pub const ROOT_BYTES_MAX: usize = 256 * 1024;

/// Largest timestamp file, in bytes.
pub const TIMESTAMP_BYTES_MAX: usize = 16 * 1024;

/// Largest snapshot file, in bytes.
pub const SNAPSHOT_BYTES_MAX: usize = 64 * 1024;

/// Largest file of the roles targets, members and witnesses, in bytes.
pub const TARGETS_BYTES_MAX: usize = 256 * 1024;

/// Most members: every party of the Convention, some with a ledger that was closed.
pub const MEMBERS_MAX: usize = 400;

/// Largest entry of a member, in bytes.
pub const MEMBER_BYTES_MAX: usize = 32 * 1024;

/// Largest witness policy, in bytes.
pub const WITNESSES_BYTES_MAX: usize = 128 * 1024;

/// Longest key id or signature that is read, in bytes.
const SIGNATURE_TEXT_MAX: usize = 256;

/// The name of the role that lists members.
pub const MEMBERS: &str = "members";

/// The name of the role that lists witnesses.
pub const WITNESSES: &str = "witnesses";
