//! The values of agreement lines.

use crate::id::Origin;
use crate::party::{Party, PartyError};
use crate::serial::{YEAR_MAX, YEAR_MIN};
use crate::text::{canonical, excerpt};
use crate::units::UNIT_NUMBER_MAX;
use std::fmt;
use std::str::FromStr;

/// One of the two countries of an agreement. Text form: `GH registry.example.gov.gh/ledger`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AgreementParty {
    /// The country.
    pub party: Party,
    /// The origin of its ledger.
    pub origin: Origin,
}

/// A direction in which units may move. Text form: `GH-CH`, from Ghana to Switzerland.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Direction {
    /// The country that sends.
    pub from: Party,
    /// The country that receives.
    pub to: Party,
}

/// The most tonnes that may move, from 1 on. Text form: plain digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MaxTonnes(u64);

/// A vintage: the calendar year of the mitigation. Text form: four digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VintageYear(u16);

/// Acquired units are used only once the source has ended their transfer. Text form: `source-final`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceFinal;

/// Why a value of an agreement line is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AgreementValueError {
    /// Not a country and an origin.
    #[error(
        "{0:?} is not a country and the origin of its ledger; write GH registry.example.gov.gh/ledger"
    )]
    Party(String),
    /// Not two countries.
    #[error("{0:?} is not a sending and a receiving country; write GH-CH")]
    Direction(String),
    /// Not a number of tonnes.
    #[error(
        "{0:?} is not a number of tonnes from 1 on in plain digits; write 1000000, or leave the line out"
    )]
    Tonnes(String),
    /// Not a vintage.
    #[error(
        "{0:?} is not a vintage from {YEAR_MIN} to {YEAR_MAX}; write 2021, or leave the line out"
    )]
    Vintage(String),
    /// Not something that a use can wait for.
    #[error("{0:?} is nothing that a use waits for; write source-final, or leave the line out")]
    UseNeeds(String),
    /// No such country.
    #[error(transparent)]
    Country(#[from] PartyError),
}

impl MaxTonnes {
    /// A limit of this many tonnes.
    ///
    /// # Errors
    /// [`AgreementValueError::Tonnes`] for zero and above [`UNIT_NUMBER_MAX`].
    pub fn new(tonnes: u64) -> Result<Self, AgreementValueError> {
        match tonnes {
            1..=UNIT_NUMBER_MAX => Ok(Self(tonnes)),
            _ => Err(AgreementValueError::Tonnes(tonnes.to_string())),
        }
    }

    /// The tonnes.
    #[must_use]
    pub const fn get(self) -> u64 {
        self.0
    }
}

impl VintageYear {
    /// This vintage.
    ///
    /// # Errors
    /// [`AgreementValueError::Vintage`] outside the years that a serial number can name.
    pub fn new(year: u16) -> Result<Self, AgreementValueError> {
        match year {
            YEAR_MIN..=YEAR_MAX => Ok(Self(year)),
            _ => Err(AgreementValueError::Vintage(year.to_string())),
        }
    }

    /// The year.
    #[must_use]
    pub const fn get(self) -> u16 {
        self.0
    }
}

impl fmt::Display for SourceFinal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("source-final")
    }
}

impl FromStr for SourceFinal {
    type Err = AgreementValueError;

    fn from_str(text: &str) -> Result<Self, AgreementValueError> {
        if text == "source-final" {
            Ok(Self)
        } else {
            Err(AgreementValueError::UseNeeds(excerpt(text)))
        }
    }
}

impl fmt::Display for VintageYear {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

impl FromStr for VintageYear {
    type Err = AgreementValueError;

    fn from_str(text: &str) -> Result<Self, AgreementValueError> {
        let refused = || AgreementValueError::Vintage(excerpt(text));
        Self::new(canonical(text).ok_or_else(refused)?).map_err(|_| refused())
    }
}

impl fmt::Display for MaxTonnes {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

impl FromStr for MaxTonnes {
    type Err = AgreementValueError;

    fn from_str(text: &str) -> Result<Self, AgreementValueError> {
        let refused = || AgreementValueError::Tonnes(excerpt(text));
        Self::new(canonical(text).ok_or_else(refused)?)
    }
}

impl fmt::Display for AgreementParty {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.party, self.origin)
    }
}

impl FromStr for AgreementParty {
    type Err = AgreementValueError;

    fn from_str(text: &str) -> Result<Self, AgreementValueError> {
        let refused = || AgreementValueError::Party(excerpt(text));
        let (party, origin) = text.split_once(' ').ok_or_else(refused)?;
        Ok(Self {
            party: party.parse()?,
            origin: origin.parse().map_err(|_| refused())?,
        })
    }
}

impl fmt::Display for Direction {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}-{}", self.from, self.to)
    }
}

impl FromStr for Direction {
    type Err = AgreementValueError;

    fn from_str(text: &str) -> Result<Self, AgreementValueError> {
        let (from, to) = text
            .split_once('-')
            .ok_or_else(|| AgreementValueError::Direction(excerpt(text)))?;
        Ok(Self {
            from: from.parse()?,
            to: to.parse()?,
        })
    }
}
