//! Parties (countries) by ISO 3166-1, and the identifiers of their registries.
//!
//! The European Union is a Party to the Paris Agreement without an ISO 3166-1 country code; it runs no registry
//! of its own here and is therefore not in the table.

mod table;

use crate::text::{excerpt, serde_as_text};
use std::fmt;
use std::str::FromStr;

/// A country, named by its officially assigned ISO 3166-1 alpha-2 code. Text form: `GH`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Party([u8; 2]);

/// Why a text names no party or no registry.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PartyError {
    /// The text is no assigned alpha-2 code.
    #[error(
        "country {0:?} is not an ISO 3166-1 alpha-2 code; write two capital letters, such as GH"
    )]
    Alpha2(String),
    /// The text is no assigned alpha-3 code.
    #[error(
        "country {0:?} is not an ISO 3166-1 alpha-3 code; write three capital letters, such as GHA"
    )]
    Alpha3(String),
    /// The text is no registry identifier.
    #[error(
        "registry id {0:?} is not an ISO 3166-1 alpha-3 code followed by two digits from 01 to 99; write it as GHA01"
    )]
    Registry(String),
    /// The number does not fit the two digits of a registry identifier.
    #[error("registry number {0} is outside 1 to 99; number the registries of a country from 1")]
    RegistryNumber(u8),
}

impl Party {
    /// Before every party in order: a bound for ranges, never a value.
    pub(crate) const BEFORE_ALL: Self = Self([0; 2]);
    /// After every party in order: a bound for ranges, never a value.
    pub(crate) const AFTER_ALL: Self = Self([0xff; 2]);

    /// Every party, ascending by alpha-2 code.
    pub fn all() -> impl Iterator<Item = Self> {
        table::COUNTRIES.iter().map(|row| Self(*row.0))
    }

    /// The party with this alpha-2 code, given as two capital ASCII letters.
    ///
    /// # Errors
    /// [`PartyError::Alpha2`] when the code is not assigned.
    pub fn from_alpha2(code: [u8; 2]) -> Result<Self, PartyError> {
        match table::COUNTRIES.binary_search_by(|row| row.0.cmp(&code)) {
            Ok(_) => Ok(Self(code)),
            Err(_) => Err(PartyError::Alpha2(
                String::from_utf8_lossy(&code).into_owned(),
            )),
        }
    }

    /// The party with this alpha-3 code, such as `GHA`.
    ///
    /// # Errors
    /// [`PartyError::Alpha3`] when the code is not assigned.
    pub fn from_alpha3(code: &str) -> Result<Self, PartyError> {
        table::COUNTRIES
            .iter()
            .find(|row| row.1 == code)
            .map(|row| Self(*row.0))
            .ok_or_else(|| PartyError::Alpha3(excerpt(code)))
    }

    /// The two letters as bytes, for keys and wire formats.
    #[must_use]
    pub const fn alpha2(self) -> [u8; 2] {
        self.0
    }

    /// The alpha-3 code, as Article 6 reports use it: `GHA`.
    #[must_use]
    pub fn alpha3(self) -> &'static str {
        self.row().1
    }

    /// The English short name of ISO 3166-1.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.row().2
    }

    #[expect(
        clippy::expect_used,
        reason = "every constructor takes the code from the table, and no row is removed"
    )]
    fn row(self) -> &'static table::Row {
        let at = table::COUNTRIES.binary_search_by(|row| row.0.cmp(&self.0));
        &table::COUNTRIES[at.expect("the code of a Party is in the table")]
    }
}

impl fmt::Display for Party {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Only ASCII comes in.
        formatter.write_str(std::str::from_utf8(&self.0).unwrap_or_default())
    }
}

impl fmt::Debug for Party {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Party({self})")
    }
}

impl FromStr for Party {
    type Err = PartyError;

    fn from_str(text: &str) -> Result<Self, PartyError> {
        let refused = || PartyError::Alpha2(excerpt(text));
        let code = text.as_bytes().try_into().map_err(|_| refused())?;
        Self::from_alpha2(code).map_err(|_| refused())
    }
}

serde_as_text!(Party, "an ISO 3166-1 alpha-2 country code");

/// A registry of a Party as the agreed electronic format names it: the Party's alpha-3 code and two digits
/// (4/CMA.6, Annex II, "Party ITMO registry ID"). Text form: `GHA01`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RegistryId {
    party: Party,
    number: u8,
}

impl RegistryId {
    /// The registry with this number (1 to 99) of a Party.
    ///
    /// # Errors
    /// [`PartyError::RegistryNumber`] when the number is outside 1 to 99.
    pub const fn new(party: Party, number: u8) -> Result<Self, PartyError> {
        match number {
            1..=99 => Ok(Self { party, number }),
            _ => Err(PartyError::RegistryNumber(number)),
        }
    }

    /// The Party whose registry this is.
    #[must_use]
    pub const fn party(self) -> Party {
        self.party
    }

    /// The number of the registry within its country, 1 to 99.
    #[must_use]
    pub const fn number(self) -> u8 {
        self.number
    }
}

impl fmt::Display for RegistryId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}{:02}", self.party.alpha3(), self.number)
    }
}

impl FromStr for RegistryId {
    type Err = PartyError;

    fn from_str(text: &str) -> Result<Self, PartyError> {
        let refused = || PartyError::Registry(excerpt(text));
        let (code, digits) = text.split_at_checked(3).ok_or_else(refused)?;
        let two_digits = digits.len() == 2 && digits.bytes().all(|byte| byte.is_ascii_digit());
        let number = digits
            .parse()
            .ok()
            .filter(|_| two_digits)
            .ok_or_else(refused)?;
        let party = Party::from_alpha3(code).map_err(|_| refused())?;
        Self::new(party, number).map_err(|_| refused())
    }
}

serde_as_text!(RegistryId, "a registry id such as GHA01");

#[cfg(test)]
mod tests;
