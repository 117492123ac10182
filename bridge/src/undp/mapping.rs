//! What their words are here: a table that the country edits.

use std::collections::BTreeMap;

use serde::Deserialize;

/// The table that comes with the program.
pub const DEFAULT_MAPPING: &str = include_str!("../../presets/undp.toml");

/// Types of organisations and roles of users, from theirs to the country's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mapping {
    types: BTreeMap<String, String>,
    roles: BTreeMap<String, String>,
}

/// Why a mapping cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MappingError {
    /// It is no such TOML file.
    #[error("the mapping cannot be read: {0}")]
    Unreadable(String),
    /// One word stands twice, with other capitals.
    #[error("the mapping has {0:?} twice; capitals make no difference")]
    Twice(String),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    types: BTreeMap<String, String>,
    roles: BTreeMap<String, String>,
}

impl Mapping {
    /// Reads a mapping.
    ///
    /// # Errors
    /// [`MappingError`] with the line where it can be named.
    pub fn parse(text: &str) -> Result<Self, MappingError> {
        let written: Written = toml::from_str(text)
            .map_err(|error| MappingError::Unreadable(error.to_string().trim_end().to_owned()))?;
        Ok(Self {
            types: lowered(written.types)?,
            roles: lowered(written.roles)?,
        })
    }

    /// What a type of theirs is here.
    #[must_use]
    pub fn organisation_type(&self, theirs: &str) -> Option<&str> {
        self.types.get(&theirs.to_lowercase()).map(String::as_str)
    }

    /// What a role of theirs is here.
    #[must_use]
    pub fn role(&self, theirs: &str) -> Option<&str> {
        self.roles.get(&theirs.to_lowercase()).map(String::as_str)
    }

    /// Every type and role of the country that the table names, each once.
    pub fn targets(&self) -> impl Iterator<Item = (&str, &str)> {
        let types = self.types.values().map(|it| ("type", it.as_str()));
        let roles = self.roles.values().map(|it| ("role", it.as_str()));
        types.chain(roles)
    }
}

fn lowered(table: BTreeMap<String, String>) -> Result<BTreeMap<String, String>, MappingError> {
    let mut lowered = BTreeMap::new();
    for (theirs, ours) in table {
        let key = theirs.to_lowercase();
        if lowered.insert(key, ours).is_some() {
            return Err(MappingError::Twice(theirs));
        }
    }
    Ok(lowered)
}
