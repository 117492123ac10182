//! Tables of words: a file that comes with the program, and the country's own on top of it.

use serde::de::DeserializeOwned;
use toml::{Table, Value};

/// The format of the tables that this program reads.
const FORMAT: i64 = 1;

/// Why a mapping cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MappingError {
    /// It is no such TOML file.
    #[error("the mapping cannot be read: {0}")]
    Unreadable(String),
    /// It is of another format.
    #[error("the mapping has format {0}, and this program reads format 1")]
    Format(i64),
}

/// The program's table with the country's on top: a key of the country's takes the place of the same key.
///
/// # Errors
/// [`MappingError::Unreadable`], with the place where it can be named.
pub(crate) fn laid_over<T: DeserializeOwned>(
    default: &str,
    country: &str,
) -> Result<T, MappingError> {
    let unreadable =
        |error: toml::de::Error| MappingError::Unreadable(error.to_string().trim_end().to_owned());
    let mut table: Table = default.parse().map_err(unreadable)?;
    let own: Table = country.parse().map_err(unreadable)?;
    for (name, value) in own {
        match (table.get_mut(&name), value) {
            (Some(Value::Table(section)), Value::Table(own)) => section.extend(own),
            (_, value) => drop(table.insert(name, value)),
        }
    }
    table.try_into().map_err(unreadable)
}

/// Whether this program reads tables of this format.
///
/// # Errors
/// [`MappingError::Format`].
pub(crate) const fn known_format(format: i64) -> Result<(), MappingError> {
    if format == FORMAT {
        Ok(())
    } else {
        Err(MappingError::Format(format))
    }
}
