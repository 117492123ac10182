//! Why a file of the trust registry is not believed.

use thiserror::Error;

use super::key::TufKeyId;
use super::member::MemberError;
use super::members::MembersFault;
use super::witnesses::WitnessesFault;
use crate::log::Hash;
use crate::time::Timestamp;

/// Why a file of the trust registry is not believed, or why it cannot be used for a new decision.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum TrustRefusal {
    /// A file is larger than any of its kind.
    #[error(
        "{file}: it has more than {max} bytes, and no file of its kind has; whoever serves it is not serving the trust registry"
    )]
    TooLarge {
        /// The file.
        file: String,
        /// Most bytes of its kind.
        max: usize,
    },
    /// A file is not there.
    #[error("{0}: it is not there; ask another member for the whole trust registry")]
    Missing(String),
    /// A file is not JSON as signed metadata uses it.
    #[error("{file}: it is not the JSON of signed metadata: {reason}")]
    Json {
        /// The file.
        file: String,
        /// What is wrong, and where.
        reason: String,
    },
    /// A field is missing or breaks its rule.
    #[error("{file}: {path}: {reason}")]
    Field {
        /// The file.
        file: String,
        /// Where in it.
        path: String,
        /// What is wrong, and how to write it.
        reason: String,
    },
    /// The first root is not the one that was pinned.
    #[error(
        "the first root has the hash {found}, and {pinned} is pinned: this is another trust registry; compare the hash with the annex of the treaty",
        found = hex::encode(found), pinned = hex::encode(pinned)
    )]
    OtherRoot {
        /// Hash of the root that was given.
        found: Hash,
        /// Hash that was pinned.
        pinned: Hash,
    },
    /// The file belongs to another federation, or to a rehearsal.
    #[error(
        "{file}: it belongs to {found}, and this trust registry is that of {expected}; files of one are never used in another"
    )]
    OtherFederation {
        /// The file.
        file: String,
        /// The federation that it names.
        found: String,
        /// The federation of the root.
        expected: String,
    },
    /// Too few keyholders have signed.
    #[error(
        "{file}: {have} of the {need} keyholders that the {role} role of {delegator} needs have signed it"
    )]
    TooFewSignatures {
        /// The file.
        file: String,
        /// The role.
        role: String,
        /// The file that names the keys of the role.
        delegator: String,
        /// Different keys of the role whose signatures verify.
        have: usize,
        /// Threshold of the role.
        need: u64,
    },
    /// A root that is not the next one.
    #[error(
        "{file}: it says that it is version {found}, and roots are taken one by one: version {expected} comes next"
    )]
    NotTheNextRoot {
        /// The file.
        file: String,
        /// Its version.
        found: u64,
        /// The version that comes next.
        expected: u64,
    },
    /// More roots at once than a registry has in decades.
    #[error(
        "more than {0} new roots at once: whoever serves this is not serving the trust registry"
    )]
    TooManyRoots(u64),
    /// An older version of something that was seen already.
    #[error(
        "{file}: it gives version {found} of {what}, and version {held} was seen already; whoever serves this is behind, or hides something: ask another member"
    )]
    Rollback {
        /// The file.
        file: String,
        /// What went back.
        what: String,
        /// Its version now.
        found: u64,
        /// Its version as seen before.
        held: u64,
    },
    /// A file that was listed is listed no more.
    #[error("{file}: {what} is not listed any more, and was in the version seen before")]
    Vanished {
        /// The file.
        file: String,
        /// What is missing.
        what: String,
    },
    /// A file is not the one that another file lists.
    #[error("{file}: {reason} than {listed_in} lists; the two do not belong together")]
    Mismatch {
        /// The file.
        file: String,
        /// How it differs.
        reason: &'static str,
        /// The file that lists it.
        listed_in: String,
    },
    /// Expired: what stands in it may settle what is open, and begin nothing.
    #[error(
        "{file}: it expired at {expired}; nothing new begins under it until a newer version is published. What is open is still settled"
    )]
    Expired {
        /// The file.
        file: String,
        /// When.
        expired: Timestamp,
    },
    /// Nothing complete was read yet.
    #[error(
        "no complete version of the trust registry has been read yet; refresh it from a member"
    )]
    NothingYet,
    /// A newer version was announced or the keys changed, and the files that belong to it are not complete.
    #[error(
        "a newer version of the trust registry is announced and not yet complete here; nothing new begins until it is: refresh it from another member"
    )]
    Behind,
    /// The log of the versions is none.
    #[error(
        "the log of the registry's versions: {0}; ask another member for the whole trust registry"
    )]
    Log(String),
    /// Another log than the one that was seen.
    #[error(
        "the log of the registry's versions does not continue the one that was seen here: somebody shows two registries. Keep both and tell the other members"
    )]
    LogForked,
    /// A version that is not in the log.
    #[error(
        "this version of the trust registry is not in its log, as all that is published must be; nothing new begins under it. What is open is still settled"
    )]
    NotLogged,
    /// A log without a quorum.
    #[error(
        "too few witnesses stand behind the log of the registry's versions: {0}; nothing new begins until they do. What is open is still settled"
    )]
    LogNotWitnessed(String),
    /// A member's entry breaks a rule.
    #[error("{file}: {fault}")]
    Member {
        /// The file.
        file: String,
        /// What is wrong.
        fault: MemberError,
    },
    /// Entries do not go together, or undo what was decided before.
    #[error("members: {0}")]
    Members(#[from] MembersFault),
    /// The witness set breaks a rule.
    #[error("witnesses: {0}")]
    Witnesses(#[from] WitnessesFault),
    /// The key is not one of this file's role.
    #[error("{file}: the key {key} ({holder}) is none of the keys that may sign it")]
    NotYourFile {
        /// The file.
        file: String,
        /// The key.
        key: TufKeyId,
        /// Its holder.
        holder: String,
    },
    /// Signed by this key already.
    #[error("{file}: {holder} has signed it already")]
    SignedAlready {
        /// The file.
        file: String,
        /// The key's holder.
        holder: String,
    },
}
