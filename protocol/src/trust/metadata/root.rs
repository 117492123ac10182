//! `root`: the keyholders of the federation.

use super::{Common, holders};
use crate::trust::fields::Field;
use crate::trust::json::Json;
use crate::trust::refusal::TrustRefusal;
use crate::trust::role::{KeyRing, RoleKeys, read_ring, write_ring};

/// `root`: the keyholders of the federation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RootMeta {
    /// Version, expiry, federation.
    pub common: Common,
    /// Every key that a role uses.
    pub keys: KeyRing,
    /// Signs the next roots.
    pub root: RoleKeys,
    /// Says who signs for members and witnesses.
    pub targets: RoleKeys,
    /// Says which versions belong together.
    pub snapshot: RoleKeys,
    /// Says which snapshot is the newest.
    pub timestamp: RoleKeys,
}

impl RootMeta {
    /// Reads what is signed.
    ///
    /// # Errors
    /// [`TrustRefusal`] names the field.
    pub fn read(file: &str, signed: &Json) -> Result<Self, TrustRefusal> {
        let field = Field::whole(file, signed);
        let common = Common::read(&field, "root")?;
        let consistent = field.get("consistent_snapshot")?;
        if !consistent.boolean()? {
            return Err(consistent.fault("it must be true: every version keeps a file of its own"));
        }
        let keys = read_ring(&field.get("keys")?, &holders(&field, &common.federation)?)?;
        let roles = field.get("roles")?;
        let role = |name| RoleKeys::read(&roles.get(name)?, &keys);
        let (root, targets) = (role("root")?, role("targets")?);
        let (snapshot, timestamp) = (role("snapshot")?, role("timestamp")?);
        Ok(Self {
            common,
            keys,
            root,
            targets,
            snapshot,
            timestamp,
        })
    }

    /// What is signed.
    #[must_use]
    pub fn write(&self) -> Json {
        let mut signed = self.common.write("root", &self.keys);
        let roles = self
            .roles()
            .map(|(name, role)| (name, Json::object(role.write())));
        signed.insert("consistent_snapshot".to_owned(), Json::Bool(true));
        signed.insert("keys".to_owned(), write_ring(&self.keys));
        signed.insert("roles".to_owned(), Json::object(roles));
        Json::Object(signed)
    }

    /// The four roles with their names.
    #[must_use]
    pub const fn roles(&self) -> [(&'static str, &RoleKeys); 4] {
        [
            ("root", &self.root),
            ("targets", &self.targets),
            ("snapshot", &self.snapshot),
            ("timestamp", &self.timestamp),
        ]
    }
}
