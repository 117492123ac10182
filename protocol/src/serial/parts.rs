//! The small parts that serials are made of.

use super::{SerialError, SerialField};
use crate::text::{canonical, serde_as_text};
use std::fmt;
use std::str::FromStr;

/// The earliest year of a serial or vintage: no mitigation counted under the UNFCCC is older.
pub const YEAR_MIN: u16 = 1990;

/// The latest year of a serial or vintage: a guard against slipped digits.
pub const YEAR_MAX: u16 = 2199;

/// Checks a year given as a number.
pub(super) fn check_year(field: SerialField, year: u16) -> Result<u16, SerialError> {
    match year {
        YEAR_MIN..=YEAR_MAX => Ok(year),
        _ => Err(SerialError::field(field, year.to_string())),
    }
}

/// Reads four digits of a year.
pub(super) fn parse_year(field: SerialField, text: &str) -> Result<u16, SerialError> {
    let year = canonical(text).ok_or_else(|| SerialError::field(field, text))?;
    check_year(field, year)
}

/// The names of the sectoral scopes of the Clean Development Mechanism, from scope 1 on.
const SCOPE_NAMES: [&str; 16] = [
    "Energy industries (renewable / non-renewable sources)",
    "Energy distribution",
    "Energy demand",
    "Manufacturing industries",
    "Chemical industries",
    "Construction",
    "Transport",
    "Mining/mineral production",
    "Metal production",
    "Fugitive emissions from fuels (solid, oil and gas)",
    "Fugitive emissions from production and consumption of halocarbons and sulphur hexafluoride",
    "Solvent use",
    "Waste handling and disposal",
    "Afforestation and reforestation",
    "Agriculture",
    "Carbon capture and storage of CO2 in geological formations",
];

/// A sectoral scope of the Clean Development Mechanism, 1 to 16. Text form: the number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SectoralScope(u8);

impl SectoralScope {
    /// The scope with this number.
    ///
    /// # Errors
    /// [`SerialError::Field`] when the number is outside 1 to 16.
    pub fn new(number: u8) -> Result<Self, SerialError> {
        match number {
            1..=16 => Ok(Self(number)),
            _ => Err(SerialError::field(
                SerialField::SectoralScope,
                number.to_string(),
            )),
        }
    }

    /// Every scope in order.
    pub fn all() -> impl Iterator<Item = Self> {
        (1..=16).map(Self)
    }

    /// The number, 1 to 16.
    #[must_use]
    pub const fn number(self) -> u8 {
        self.0
    }

    /// The English name of the scope.
    #[must_use]
    pub const fn name(self) -> &'static str {
        // In bounds: the number is 1 to 16.
        SCOPE_NAMES[self.0 as usize - 1]
    }
}

impl fmt::Display for SectoralScope {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.0)
    }
}

impl FromStr for SectoralScope {
    type Err = SerialError;

    fn from_str(text: &str) -> Result<Self, SerialError> {
        let refused = || SerialError::field(SerialField::SectoralScope, text);
        Self::new(canonical(text).ok_or_else(refused)?)
    }
}

serde_as_text!(SectoralScope, "a sectoral scope from 1 to 16");

/// The longest unit type, in characters.
pub const UNIT_TYPE_LEN_MAX: usize = 12;

/// The kind of a unit as the domestic serial names it: 1 to 12 capital letters, digits or dots (`ITMO`, `A6.4ER`).
///
/// Which types a country issues is its own configuration; this type only keeps the token safe inside a serial.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnitType([u8; UNIT_TYPE_LEN_MAX]);

impl UnitType {
    /// The unit type of the domestic serial of the UNDP registry.
    pub const ITMO: Self = Self(*b"ITMO\0\0\0\0\0\0\0\0");

    /// The token.
    #[must_use]
    pub fn as_str(&self) -> &str {
        let len = self
            .0
            .iter()
            .position(|byte| *byte == 0)
            .unwrap_or(UNIT_TYPE_LEN_MAX);
        // The bytes are ASCII by construction; an empty token cannot arise.
        std::str::from_utf8(&self.0[..len]).unwrap_or_default()
    }
}

impl fmt::Display for UnitType {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl fmt::Debug for UnitType {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "UnitType({self})")
    }
}

impl FromStr for UnitType {
    type Err = SerialError;

    fn from_str(text: &str) -> Result<Self, SerialError> {
        let allowed = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'.';
        if text.is_empty() || text.len() > UNIT_TYPE_LEN_MAX || !text.bytes().all(allowed) {
            return Err(SerialError::field(SerialField::UnitType, text));
        }
        let mut token = [0; UNIT_TYPE_LEN_MAX];
        token[..text.len()].copy_from_slice(text.as_bytes());
        Ok(Self(token))
    }
}

serde_as_text!(UnitType, "a unit type such as ITMO");
