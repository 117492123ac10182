//! `targets`, `members` and `witnesses`: files by their hashes, and who signs for them.

use std::collections::BTreeMap;

use super::versions::{check_bytes, read_sha256, sha256, write_sha256};
use super::{Common, holders};
use crate::log::Hash;
use crate::trust::fields::Field;
use crate::trust::json::Json;
use crate::trust::key::TufKeyId;
use crate::trust::refusal::TrustRefusal;
use crate::trust::role::{KeyRing, RoleKeys, read_ring, write_ring};
use crate::trust::{MEMBERS, MEMBERS_MAX, TARGETS_BYTES_MAX, WITNESSES};

/// What a file says of a target file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TargetMeta {
    /// Length in bytes.
    pub length: u64,
    /// SHA-256.
    pub sha256: Hash,
}

impl TargetMeta {
    /// What is said of these bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self {
            length: bytes.len() as u64,
            sha256: sha256(bytes),
        }
    }

    pub(in crate::trust) fn check(
        &self,
        file: &str,
        listed_in: &str,
        bytes: &[u8],
    ) -> Result<(), TrustRefusal> {
        check_bytes(file, listed_in, bytes, self.length, Some(&self.sha256))
    }
}

/// Who signs for members and witnesses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delegated {
    /// The keys of both.
    pub keys: KeyRing,
    /// Who signs for `members/*`.
    pub members: RoleKeys,
    /// Who signs for `witnesses/*`.
    pub witnesses: RoleKeys,
}

impl Delegated {
    fn read(field: &Field<'_>, names: &BTreeMap<TufKeyId, String>) -> Result<Self, TrustRefusal> {
        let keys = read_ring(&field.get("keys")?, names)?;
        let roles = field.get("roles")?;
        // Exactly these two, with paths that do not meet: no reader can find another role for a file.
        let items = roles.items(2)?;
        let role = |name: &str| {
            let named = |item: &&Field<'_>| {
                let found = item.get("name").and_then(|it| it.text());
                found.is_ok_and(|found| found == name)
            };
            let item = items.iter().find(named).ok_or_else(|| {
                roles.fault(format_args!(
                    "the roles members and witnesses stand here; {name} is missing"
                ))
            })?;
            let paths = item.get("paths")?;
            match paths.items(1)?.as_slice() {
                [path] => path.expect(&format!("{name}/*"))?,
                _ => return Err(paths.fault(format_args!("it must be [\"{name}/*\"]"))),
            }
            RoleKeys::read(item, &keys)
        };
        let (members, witnesses) = (role(MEMBERS)?, role(WITNESSES)?);
        Ok(Self {
            keys,
            members,
            witnesses,
        })
    }

    fn write(&self) -> Json {
        let role = |(name, role): (&str, &RoleKeys)| {
            let [keys, threshold] = role.write();
            Json::object([
                ("name", Json::text(name)),
                (
                    "paths",
                    Json::List(vec![Json::text(&format_args!("{name}/*"))]),
                ),
                ("terminating", Json::Bool(true)),
                keys,
                threshold,
            ])
        };
        let roles = self.roles().map(role);
        Json::object([
            ("keys", write_ring(&self.keys)),
            ("roles", Json::List(roles.into())),
        ])
    }

    /// The two roles with their names.
    #[must_use]
    pub const fn roles(&self) -> [(&'static str, &RoleKeys); 2] {
        [(MEMBERS, &self.members), (WITNESSES, &self.witnesses)]
    }
}

/// `targets`, `members` or `witnesses`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TargetsMeta {
    /// Version, expiry, federation.
    pub common: Common,
    /// Target files by path.
    pub targets: BTreeMap<String, TargetMeta>,
    /// Set in `targets`, and nowhere else.
    pub delegated: Option<Delegated>,
}

impl TargetsMeta {
    /// Reads what is signed for the top role: no file, and both delegations.
    ///
    /// # Errors
    /// [`TrustRefusal`] names the field.
    pub fn read_top(file: &str, signed: &Json) -> Result<Self, TrustRefusal> {
        let field = Field::whole(file, signed);
        let common = Common::read(&field, "targets")?;
        field.get("targets")?.entries(0)?;
        let names = holders(&field, &common.federation)?;
        let delegated = Delegated::read(&field.get("delegations")?, &names)?;
        Ok(Self {
            common,
            targets: BTreeMap::new(),
            delegated: Some(delegated),
        })
    }

    /// Reads what is signed for a delegated role: files under its folder, and nothing delegated further.
    ///
    /// # Errors
    /// [`TrustRefusal`] names the field.
    pub fn read_delegated(file: &str, signed: &Json, role: &str) -> Result<Self, TrustRefusal> {
        let field = Field::whole(file, signed);
        if let Some(further) = field.optional("delegations")? {
            return Err(further.fault("this role delegates to nobody"));
        }
        let mut targets = BTreeMap::new();
        for (path, meta) in field.get("targets")?.entries(MEMBERS_MAX)? {
            let name = path
                .strip_prefix(role)
                .and_then(|rest| rest.strip_prefix('/'));
            if name.is_none_or(|name| name.is_empty() || name.contains('/')) {
                return Err(meta.fault(format_args!(
                    "the role {role} signs files named {role}/NAME"
                )));
            }
            let length = meta.get("length")?.number(1, TARGETS_BYTES_MAX as u64)?;
            let sha256 = read_sha256(&meta.get("hashes")?)?;
            targets.insert(path.to_owned(), TargetMeta { length, sha256 });
        }
        Ok(Self {
            common: Common::read(&field, "targets")?,
            targets,
            delegated: None,
        })
    }

    /// What is signed.
    #[must_use]
    pub fn write(&self) -> Json {
        let none = KeyRing::new();
        let ring = self.delegated.as_ref().map_or(&none, |it| &it.keys);
        let mut signed = self.common.write("targets", ring);
        let target = |(path, it): (&String, &TargetMeta)| {
            let meta = [
                ("length", Json::number(it.length)),
                ("hashes", write_sha256(&it.sha256)),
            ];
            (path.clone(), Json::object(meta))
        };
        let targets = self.targets.iter().map(target).collect();
        signed.insert("targets".to_owned(), Json::Object(targets));
        if let Some(delegated) = &self.delegated {
            signed.insert("delegations".to_owned(), delegated.write());
        }
        Json::Object(signed)
    }
}
