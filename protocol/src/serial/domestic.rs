//! The domestic serial: eight dash-separated parts, as national registries built on the UNDP format print it.

use super::parts::{check_year, parse_year};
use super::{SERIAL_LEN_MAX, SectoralScope, SerialError, SerialField, UnitType};
use crate::party::Party;
use crate::text::{canonical, serde_as_text};
use crate::units::UnitRange;
use std::fmt;
use std::str::FromStr;

const FORM: &str = "COUNTRY-TYPE-SCOPE-PROJECT-YEAR-RESERVED-START-END";
const EXAMPLE: &str = "VU-ITMO-11-356-2022-0-27-35";

/// The serial of a block of units in the country that issued them. Text form: `VU-ITMO-11-356-2022-0-27-35`.
///
/// Country, unit type, sectoral scope, project number, year, reserved field, block start, block end. The block
/// numbers come from the one national counter, so the block alone already names the tonnes; the other parts tell
/// a reader what they are.
///
/// One text form only: the project number is padded with zeros to three digits and grows beyond them (`007`,
/// `356`, `1204`; `0356` is refused); every other number is written without leading zeros. A block of one tonne
/// still gives both ends (`-27-27`). The reserved field is kept as it was read and is 0 in serials made here.
///
/// This is not the identifier of 6/CMA.4, which is [`ItmoId`](super::ItmoId).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DomesticSerial {
    range: UnitRange,
    issued_for: IssuedFor,
}

/// What a serial says besides its numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct IssuedFor {
    unit_type: UnitType,
    scope: SectoralScope,
    project: u32,
    year: u16,
    reserved: u32,
}

impl DomesticSerial {
    /// The serial of the units in `range`, whose origin is the country of the serial; the reserved field is 0.
    ///
    /// # Errors
    /// [`SerialError::Field`] when the project number is 0 or the year is implausible.
    pub fn new(
        range: UnitRange,
        unit_type: UnitType,
        scope: SectoralScope,
        project: u32,
        year: u16,
    ) -> Result<Self, SerialError> {
        if project == 0 {
            return Err(SerialError::field(SerialField::Project, "000"));
        }
        check_year(SerialField::Year, year)?;
        let issued_for = IssuedFor {
            unit_type,
            scope,
            project,
            year,
            reserved: 0,
        };
        Ok(Self { range, issued_for })
    }

    /// A serial that was checked before it was taken apart.
    pub(crate) const fn of(range: UnitRange, issued_for: IssuedFor) -> Self {
        Self { range, issued_for }
    }

    /// Everything but the numbers.
    pub(crate) const fn issued_for(self) -> IssuedFor {
        self.issued_for
    }

    /// The same serial with another value in the reserved field.
    #[must_use]
    pub const fn with_reserved(self, reserved: u32) -> Self {
        let issued_for = IssuedFor {
            reserved,
            ..self.issued_for
        };
        Self { issued_for, ..self }
    }

    /// The same serial over a part of its own block, as a split leaves it; `None` when `part` is not within it.
    #[must_use]
    pub fn part(self, part: UnitRange) -> Option<Self> {
        self.range.contains_range(part).then_some(Self {
            range: part,
            ..self
        })
    }

    /// The issuing country.
    #[must_use]
    pub const fn party(self) -> Party {
        self.range.origin()
    }

    /// The kind of unit.
    #[must_use]
    pub const fn unit_type(self) -> UnitType {
        self.issued_for.unit_type
    }

    /// The sectoral scope of the project.
    #[must_use]
    pub const fn scope(self) -> SectoralScope {
        self.issued_for.scope
    }

    /// The number of the project within the country, from 1 on.
    #[must_use]
    pub const fn project(self) -> u32 {
        self.issued_for.project
    }

    /// The year of the serial.
    #[must_use]
    pub const fn year(self) -> u16 {
        self.issued_for.year
    }

    /// The reserved field, normally 0.
    #[must_use]
    pub const fn reserved(self) -> u32 {
        self.issued_for.reserved
    }

    /// The tonnes that the block holds.
    #[must_use]
    pub const fn range(self) -> UnitRange {
        self.range
    }
}

impl fmt::Display for DomesticSerial {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { range, issued_for } = self;
        let IssuedFor {
            unit_type,
            scope,
            project,
            year,
            reserved,
        } = issued_for;
        let (party, first, last) = (range.origin(), range.first(), range.last());
        write!(
            formatter,
            "{party}-{unit_type}-{scope}-{project:03}-{year}-{reserved}-{first}-{last}"
        )
    }
}

impl FromStr for DomesticSerial {
    type Err = SerialError;

    fn from_str(text: &str) -> Result<Self, SerialError> {
        let form = || SerialError::Form {
            found: crate::text::excerpt(text),
            form: FORM,
            example: EXAMPLE,
        };
        if text.len() > SERIAL_LEN_MAX {
            return Err(form());
        }
        let parts: Vec<&str> = text.split('-').collect();
        let [
            party,
            unit_type,
            scope,
            project,
            year,
            reserved,
            first,
            last,
        ] = parts[..]
        else {
            return Err(form());
        };
        let party = party
            .parse()
            .map_err(|_| SerialError::field(SerialField::Country, party))?;
        let unit_type = unit_type.parse()?;
        let scope = scope.parse()?;
        let project = parse_project(project)?;
        let year = parse_year(SerialField::Year, year)?;
        let reserved = number(SerialField::Reserved, reserved)?;
        let range = UnitRange::new(
            party,
            number(SerialField::First, first)?,
            number(SerialField::Last, last)?,
        )?;
        Ok(Self::new(range, unit_type, scope, project, year)?.with_reserved(reserved))
    }
}

fn number<T: FromStr + ToString>(field: SerialField, text: &str) -> Result<T, SerialError> {
    canonical(text).ok_or_else(|| SerialError::field(field, text))
}

fn parse_project(text: &str) -> Result<u32, SerialError> {
    let project: Option<u32> = text.parse().ok();
    project
        .filter(|number| format!("{number:03}") == text)
        .ok_or_else(|| SerialError::field(SerialField::Project, text))
}

serde_as_text!(
    DomesticSerial,
    "a domestic serial such as VU-ITMO-11-356-2022-0-27-35"
);
