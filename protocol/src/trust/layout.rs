//! Where the files of a trust registry lie, and how they are fetched.

use std::collections::BTreeMap;

use super::envelope::Envelope;
use super::refusal::TrustRefusal;
use super::{ROOT_BYTES_MAX, VERSION_MAX};
use crate::log::Hash;

/// Where files of a trust registry come from: a folder, a member's node, an archive. Nothing that it gives is believed.
pub trait TrustSource {
    /// The file at this path, or `None` when it is not there or cannot be read. A source reads at most `max` bytes and one
    /// more, so that a file that is too large is seen to be so, and gives up on one that comes too slowly.
    fn file(&self, path: &str, max: usize) -> Option<Vec<u8>>;
}

impl TrustSource for BTreeMap<String, Vec<u8>> {
    fn file(&self, path: &str, _max: usize) -> Option<Vec<u8>> {
        self.get(path).cloned()
    }
}

/// The file that must be there.
pub(super) fn required(
    source: &impl TrustSource,
    path: &str,
    max: usize,
) -> Result<Vec<u8>, TrustRefusal> {
    source
        .file(path, max)
        .ok_or_else(|| TrustRefusal::Missing(path.to_owned()))
}

/// Where a version of a role's metadata lies. The timestamp has no version in its name: it is how a reader learns the others.
#[must_use]
pub fn metadata_path(role: &str, version: u64) -> String {
    if role == "timestamp" {
        return "metadata/timestamp.json".to_owned();
    }
    format!("metadata/{version}.{role}.json")
}

/// Where a target file with this hash lies: the hash stands before the last part of its name.
#[must_use]
pub fn target_path(target: &str, sha256: &Hash) -> String {
    let hash = hex::encode(sha256);
    match target.rsplit_once('/') {
        Some((folder, name)) => format!("targets/{folder}/{hash}.{name}"),
        None => format!("targets/{hash}.{target}"),
    }
}

/// The hash by which a first root is pinned: SHA-256 of what is signed in its one spelling, so that it is known before the
/// first signature and no signature changes it.
///
/// # Errors
/// [`TrustRefusal`] when the file cannot be read.
pub fn root_hash(root: &[u8]) -> Result<Hash, TrustRefusal> {
    Ok(Envelope::parse("the first root", root, ROOT_BYTES_MAX)?.hash())
}

/// Checks that a version can be followed by another.
pub(super) const fn next_version(version: u64) -> u64 {
    if version < VERSION_MAX {
        version + 1
    } else {
        VERSION_MAX
    }
}
