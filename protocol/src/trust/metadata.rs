//! The metadata files of the roles, as values.

use std::collections::BTreeMap;

use super::fields::Field;
use super::json::Json;
use super::key::TufKeyId;
use super::refusal::TrustRefusal;
use super::role::KeyRing;
use super::{KEYS_MAX, VERSION_MAX};
use crate::id::Text;
use crate::text::excerpt;
use crate::time::Timestamp;

mod root;
mod targets;
mod versions;

pub use root::RootMeta;
pub use targets::{Delegated, TargetMeta, TargetsMeta};
pub use versions::{FileMeta, SnapshotMeta, TimestampMeta};

/// The version of TUF that files are written in.
const SPEC_VERSION: &str = "1.0.31";
/// The field in which a file says whose it is. TUF lets a file carry fields of its own.
const OWN_FIELD: &str = "x-countersign";
/// How names of keyholders begin in a rehearsal.
pub(super) const REHEARSAL_PREFIX: &str = "rehearsal/";

/// Whose trust registry it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Federation {
    /// Its name.
    pub name: Text<100>,
    /// True for a rehearsal: keys that are thrown away, and nothing that a registry in earnest ever accepts.
    pub rehearsal: bool,
}

impl std::fmt::Display for Federation {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mark = if self.rehearsal { " (REHEARSAL)" } else { "" };
        write!(formatter, "{:?}{mark}", self.name.as_str())
    }
}

/// What every metadata file says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Common {
    /// Version, from 1.
    pub version: u64,
    /// From this moment on nothing new begins under it.
    pub expires: Timestamp,
    /// Whose file it is.
    pub federation: Federation,
}

impl Common {
    fn read(field: &Field<'_>, kind: &str) -> Result<Self, TrustRefusal> {
        field.get("_type")?.expect(kind)?;
        let spec = field.get("spec_version")?;
        if !spec.text()?.starts_with("1.") {
            return Err(spec.fault(format_args!(
                "it is {:?}; this release reads versions 1.x of TUF",
                excerpt(spec.text()?)
            )));
        }
        let own = field.get(OWN_FIELD)?;
        Ok(Self {
            version: field.get("version")?.number(1, VERSION_MAX)?,
            expires: field.get("expires")?.parsed()?,
            federation: Federation {
                name: own.get("federation")?.parsed()?,
                rehearsal: own.get("rehearsal")?.boolean()?,
            },
        })
    }

    /// The fields of every file, and the holders of the keys in it.
    fn write(&self, kind: &str, ring: &KeyRing) -> BTreeMap<String, Json> {
        let mut own = BTreeMap::from([
            ("federation".to_owned(), Json::text(&self.federation.name)),
            (
                "rehearsal".to_owned(),
                Json::Bool(self.federation.rehearsal),
            ),
        ]);
        if !ring.is_empty() {
            let holder = |(id, key): (&TufKeyId, &crate::log::VerifierKey)| {
                (id.to_string(), Json::text(key.name()))
            };
            let holders = ring.iter().map(holder).collect();
            own.insert("holders".to_owned(), Json::Object(holders));
        }
        BTreeMap::from([
            ("_type".to_owned(), Json::text(kind)),
            ("spec_version".to_owned(), Json::text(SPEC_VERSION)),
            ("version".to_owned(), Json::number(self.version)),
            ("expires".to_owned(), Json::text(&self.expires)),
            (OWN_FIELD.to_owned(), Json::Object(own)),
        ])
    }

    /// Refuses a file that has expired. The moment of expiry itself is too late.
    pub(super) fn check_fresh(&self, file: &str, now: Timestamp) -> Result<(), TrustRefusal> {
        if now < self.expires {
            return Ok(());
        }
        Err(TrustRefusal::Expired {
            file: file.to_owned(),
            expired: self.expires,
        })
    }

    /// Refuses a file of another federation.
    pub(super) fn check_federation(
        &self,
        file: &str,
        expected: &Federation,
    ) -> Result<(), TrustRefusal> {
        if self.federation == *expected {
            return Ok(());
        }
        Err(TrustRefusal::OtherFederation {
            file: file.to_owned(),
            found: self.federation.to_string(),
            expected: expected.to_string(),
        })
    }
}

/// The names of keyholders: of a rehearsal they are marked, in earnest none is.
fn holders(
    field: &Field<'_>,
    federation: &Federation,
) -> Result<BTreeMap<TufKeyId, String>, TrustRefusal> {
    let mut holders = BTreeMap::new();
    let Some(field) = field.get(OWN_FIELD)?.optional("holders")? else {
        return Ok(holders);
    };
    for (id, holder) in field.entries(KEYS_MAX)? {
        let id: TufKeyId = id.parse().map_err(|error| holder.fault(error))?;
        let name = holder.text()?;
        if name.starts_with(REHEARSAL_PREFIX) != federation.rehearsal {
            return Err(holder.fault(if federation.rehearsal {
                "in a rehearsal every keyholder's name begins with rehearsal/"
            } else {
                "this key was made in a rehearsal; make a new one for the ceremony in earnest"
            }));
        }
        holders.insert(id, name.to_owned());
    }
    Ok(holders)
}
