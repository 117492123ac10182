//! Serial numbers: the domestic serial of a block of units, and the identifier that a unit carries abroad.

mod domestic;
mod itmo;
mod parts;

pub use domestic::DomesticSerial;
pub(crate) use domestic::IssuedFor;
pub(crate) use itmo::grouped;
pub use itmo::{CooperativeApproachId, ItmoId};
pub use parts::{SectoralScope, UNIT_TYPE_LEN_MAX, UnitType, YEAR_MAX, YEAR_MIN};

use std::fmt;

/// The longest serial that is read, in bytes; every valid one is shorter.
pub const SERIAL_LEN_MAX: usize = 128;

/// A part of a serial number, as error messages name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SerialField {
    /// ISO 3166-1 alpha-2 code of the issuing country.
    Country,
    /// Short token of the unit's kind.
    UnitType,
    /// Sectoral scope, 1 to 16.
    SectoralScope,
    /// Project number within the country.
    Project,
    /// Year of the domestic serial.
    Year,
    /// Reserved part of the domestic serial.
    Reserved,
    /// First number of the block.
    First,
    /// Last number of the block.
    Last,
    /// Cooperative approach of the ITMO.
    CooperativeApproach,
    /// Registry that issued the underlying units.
    Registry,
    /// Party that transferred the ITMO first.
    FirstTransferringParty,
    /// Calendar year in which the mitigation occurred.
    Vintage,
}

impl SerialField {
    /// The name of the part, and what it must look like.
    const fn rule(self) -> (&'static str, &'static str) {
        match self {
            Self::Country => (
                "country",
                "an ISO 3166-1 alpha-2 code in capitals, such as VU",
            ),
            Self::UnitType => (
                "unit type",
                "1 to 12 capital letters, digits or dots, such as ITMO",
            ),
            Self::SectoralScope => (
                "sectoral scope",
                "a number from 1 to 16 without leading zeros",
            ),
            Self::Project => (
                "project number",
                "at least three digits, padded with zeros only up to three, not 000",
            ),
            Self::Year => ("year", "four digits from 1990 to 2199"),
            Self::Reserved => (
                "reserved field",
                "a number without leading zeros, normally 0",
            ),
            Self::First => ("block start", "a number from 1 on without leading zeros"),
            Self::Last => (
                "block end",
                "a number not below the block start, without leading zeros",
            ),
            Self::CooperativeApproach => (
                "cooperative approach id",
                "CA and four digits, such as CA0001",
            ),
            Self::Registry => (
                "registry id",
                "an alpha-3 code and two digits, such as GHA01",
            ),
            Self::FirstTransferringParty => (
                "first transferring Party",
                "an ISO 3166-1 alpha-3 code in capitals, such as GHA",
            ),
            Self::Vintage => ("vintage", "four digits from 1990 to 2199"),
        }
    }
}

impl fmt::Display for SerialField {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.rule().0)
    }
}

/// Why a text or a set of values is no serial number.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SerialError {
    /// One part breaks its rule.
    #[error("{field} {found:?} is not valid; write {rule}", rule = .field.rule().1)]
    Field {
        /// The part.
        field: SerialField,
        /// The head of what stood there.
        found: String,
    },
    /// The parts are too few, too many, or the whole is too long.
    #[error("serial {found:?} has not the parts {form}; write it like {example}")]
    Form {
        /// The head of the text.
        found: String,
        /// The parts in their order.
        form: &'static str,
        /// A valid serial.
        example: &'static str,
    },
    /// Both numbers are valid, but the block runs backwards or an end is out of range.
    #[error("block of the serial: {0}")]
    Block(#[from] crate::units::UnitsError),
}

impl SerialError {
    fn field(field: SerialField, found: impl AsRef<str>) -> Self {
        Self::Field {
            field,
            found: crate::text::excerpt(found.as_ref()),
        }
    }
}

#[cfg(test)]
mod tests;
