//! `timestamp` and `snapshot`: which versions are the newest, and which belong together.

use std::collections::BTreeMap;

use super::Common;
use crate::log::Hash;
use crate::trust::fields::Field;
use crate::trust::json::Json;
use crate::trust::key::lower_hex;
use crate::trust::refusal::TrustRefusal;
use crate::trust::role::KeyRing;
use crate::trust::{TARGETS_BYTES_MAX, VERSION_MAX};

/// Most files that a snapshot lists: more than we write, so that a later release may add some.
const SNAPSHOT_FILES_MAX: usize = 16;

/// What a file says of another metadata file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileMeta {
    /// Its version.
    pub version: u64,
    /// Its length in bytes, if it is said.
    pub length: Option<u64>,
    /// Its SHA-256, if it is said. We always say it.
    pub sha256: Option<Hash>,
}

impl FileMeta {
    /// What is said of these bytes.
    #[must_use]
    pub fn of(version: u64, bytes: &[u8]) -> Self {
        Self {
            version,
            length: Some(bytes.len() as u64),
            sha256: Some(sha256(bytes)),
        }
    }

    fn read(field: &Field<'_>) -> Result<Self, TrustRefusal> {
        let length = field.optional("length")?;
        let length = length.map(|it| it.number(1, TARGETS_BYTES_MAX as u64));
        let hashes = field.optional("hashes")?;
        Ok(Self {
            version: field.get("version")?.number(1, VERSION_MAX)?,
            length: length.transpose()?,
            sha256: hashes.map(|it| read_sha256(&it)).transpose()?,
        })
    }

    fn write(&self) -> Json {
        let mut entries = BTreeMap::from([("version".to_owned(), Json::number(self.version))]);
        if let Some(length) = self.length {
            entries.insert("length".to_owned(), Json::number(length));
        }
        if let Some(hash) = self.sha256 {
            entries.insert("hashes".to_owned(), write_sha256(&hash));
        }
        Json::Object(entries)
    }

    /// Refuses bytes that are not those that were listed. The version is checked when they are read.
    pub(in crate::trust) fn check(
        &self,
        file: &str,
        listed_in: &str,
        bytes: &[u8],
    ) -> Result<(), TrustRefusal> {
        let length = self.length.unwrap_or(bytes.len() as u64);
        check_bytes(file, listed_in, bytes, length, self.sha256.as_ref())
    }
}

pub(super) fn sha256(bytes: &[u8]) -> Hash {
    use sha2::Digest;
    sha2::Sha256::digest(bytes).into()
}

pub(super) fn check_bytes(
    file: &str,
    listed_in: &str,
    bytes: &[u8],
    length: u64,
    hash: Option<&Hash>,
) -> Result<(), TrustRefusal> {
    let reason = if bytes.len() as u64 != length {
        "it has another length"
    } else if hash.is_some_and(|hash| *hash != sha256(bytes)) {
        "it has another hash"
    } else {
        return Ok(());
    };
    Err(TrustRefusal::Mismatch {
        file: file.to_owned(),
        reason,
        listed_in: listed_in.to_owned(),
    })
}

pub(super) fn read_sha256(hashes: &Field<'_>) -> Result<Hash, TrustRefusal> {
    let hash = hashes.get("sha256")?;
    lower_hex(hash.text()?).ok_or_else(|| hash.fault("it must be 64 lower-case hex digits"))
}

pub(super) fn write_sha256(hash: &Hash) -> Json {
    Json::object([("sha256", Json::text(&hex::encode(hash)))])
}

/// `timestamp`: the newest snapshot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimestampMeta {
    /// Version, expiry, federation.
    pub common: Common,
    /// The newest snapshot.
    pub snapshot: FileMeta,
}

impl TimestampMeta {
    /// Reads what is signed.
    ///
    /// # Errors
    /// [`TrustRefusal`] names the field.
    pub fn read(file: &str, signed: &Json) -> Result<Self, TrustRefusal> {
        let field = Field::whole(file, signed);
        let meta = field.get("meta")?;
        // TUF: exactly this one.
        meta.entries(1)?;
        Ok(Self {
            common: Common::read(&field, "timestamp")?,
            snapshot: FileMeta::read(&meta.get("snapshot.json")?)?,
        })
    }

    /// What is signed.
    #[must_use]
    pub fn write(&self) -> Json {
        let mut signed = self.common.write("timestamp", &KeyRing::new());
        let meta = Json::object([("snapshot.json", self.snapshot.write())]);
        signed.insert("meta".to_owned(), meta);
        Json::Object(signed)
    }
}

/// `snapshot`: which versions belong together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SnapshotMeta {
    /// Version, expiry, federation.
    pub common: Common,
    /// By file name without version, such as `targets.json`.
    pub files: BTreeMap<String, FileMeta>,
}

impl SnapshotMeta {
    /// Reads what is signed.
    ///
    /// # Errors
    /// [`TrustRefusal`] names the field.
    pub fn read(file: &str, signed: &Json) -> Result<Self, TrustRefusal> {
        let field = Field::whole(file, signed);
        let mut files = BTreeMap::new();
        for (name, meta) in field.get("meta")?.entries(SNAPSHOT_FILES_MAX)? {
            files.insert(name.to_owned(), FileMeta::read(&meta)?);
        }
        Ok(Self {
            common: Common::read(&field, "snapshot")?,
            files,
        })
    }

    /// What is signed.
    #[must_use]
    pub fn write(&self) -> Json {
        let mut signed = self.common.write("snapshot", &KeyRing::new());
        let meta = |(name, meta): (&String, &FileMeta)| (name.clone(), meta.write());
        let files = self.files.iter().map(meta).collect();
        signed.insert("meta".to_owned(), Json::Object(files));
        Json::Object(signed)
    }
}
