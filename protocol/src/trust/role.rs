//! Which keys sign for a role, and how many of them it takes.

use std::collections::{BTreeMap, BTreeSet};

use super::KEYS_MAX;
use super::fields::Field;
use super::json::Json;
use super::key::{TufKeyId, key_json, read_key};
use super::refusal::TrustRefusal;
use crate::log::VerifierKey;

/// Keys by their ids; the name of each is its holder's.
pub type KeyRing = BTreeMap<TufKeyId, VerifierKey>;

/// The keys of a role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleKeys {
    /// Their ids.
    pub keys: BTreeSet<TufKeyId>,
    /// How many different ones must sign.
    pub threshold: u64,
}

impl RoleKeys {
    /// These keys, any `threshold` of them.
    pub fn new(keys: impl IntoIterator<Item = TufKeyId>, threshold: u64) -> Self {
        Self {
            keys: keys.into_iter().collect(),
            threshold,
        }
    }

    pub(super) fn read(field: &Field<'_>, ring: &KeyRing) -> Result<Self, TrustRefusal> {
        let mut keys = BTreeSet::new();
        for item in field.get("keyids")?.items(KEYS_MAX)? {
            let id: TufKeyId = item.parsed()?;
            if !ring.contains_key(&id) {
                return Err(item.fault("no key of this id stands in the file"));
            }
            if !keys.insert(id) {
                return Err(item.fault("this key stands twice in the role; one key counts once"));
            }
        }
        let threshold = field.get("threshold")?;
        let threshold = threshold.number(1, keys.len() as u64).map_err(|_| {
            threshold.fault(format_args!(
                "it must be at least 1 and at most the {} keys of the role",
                keys.len()
            ))
        })?;
        Ok(Self { keys, threshold })
    }

    pub(super) fn write(&self) -> [(&'static str, Json); 2] {
        let keys = self.keys.iter().map(Json::text).collect();
        [
            ("keyids", Json::List(keys)),
            ("threshold", Json::number(self.threshold)),
        ]
    }
}

/// Reads the keys of a file, named after the holders that it gives.
pub(super) fn read_ring(
    field: &Field<'_>,
    holders: &BTreeMap<TufKeyId, String>,
) -> Result<KeyRing, TrustRefusal> {
    let mut ring = KeyRing::new();
    for (id, key) in field.entries(KEYS_MAX)? {
        let id: TufKeyId = id.parse().map_err(|error| key.fault(error))?;
        let holder = holders.get(&id).map(String::as_str);
        ring.insert(id, read_key(&key, id, holder)?);
    }
    Ok(ring)
}

pub(super) fn write_ring(ring: &KeyRing) -> Json {
    let entry = |(id, key): (&TufKeyId, &VerifierKey)| (id.to_string(), key_json(key));
    Json::Object(ring.iter().map(entry).collect())
}
