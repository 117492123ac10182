//! The identifier of an ITMO after 6/CMA.4, Annex I, paragraphs 4 to 6.

use super::parts::{check_year, parse_year};
use super::{SERIAL_LEN_MAX, SerialError, SerialField};
use crate::party::{Party, RegistryId};
use crate::text::{excerpt, serde_as_text};
use crate::units::UnitRange;
use std::fmt;
use std::str::FromStr;

/// A cooperative approach, by the number that the UNFCCC's centralised accounting and reporting platform gave it.
/// Text form: `CA0001`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CooperativeApproachId(u16);

impl CooperativeApproachId {
    /// Before every approach in order: a bound for ranges, never a value.
    pub(crate) const BEFORE_ALL: Self = Self(0);

    /// The cooperative approach with this number.
    ///
    /// # Errors
    /// [`SerialError::Field`] when the number is outside 1 to 9999.
    pub fn new(number: u16) -> Result<Self, SerialError> {
        match number {
            1..=9999 => Ok(Self(number)),
            _ => Err(SerialError::field(
                SerialField::CooperativeApproach,
                format!("CA{number:04}"),
            )),
        }
    }

    /// The number, 1 to 9999.
    #[must_use]
    pub const fn number(self) -> u16 {
        self.0
    }
}

impl fmt::Display for CooperativeApproachId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // It is written with every unit that is authorised: no machinery of numbers.
        let digit = |unit: u16| b'0' + u8::try_from(self.0 / unit % 10).unwrap_or_default();
        let text = [b'C', b'A', digit(1_000), digit(100), digit(10), digit(1)];
        formatter.write_str(std::str::from_utf8(&text).unwrap_or_default())
    }
}

impl FromStr for CooperativeApproachId {
    type Err = SerialError;

    fn from_str(text: &str) -> Result<Self, SerialError> {
        let refused = || SerialError::field(SerialField::CooperativeApproach, text);
        let number = text
            .strip_prefix("CA")
            .and_then(|digits| digits.parse().ok())
            .ok_or_else(refused)?;
        let id = Self::new(number).map_err(|_| refused())?;
        if id.to_string() == text {
            Ok(id)
        } else {
            Err(refused())
        }
    }
}

serde_as_text!(
    CooperativeApproachId,
    "a cooperative approach id such as CA0001"
);

const FORM: &str =
    "APPROACH-REGISTRY-PARTY-NUMBER-VINTAGE or APPROACH-REGISTRY-PARTY-FIRST-LAST-VINTAGE";
const EXAMPLE: &str = "CA0001-GHA01-GHA-1,000-2023 or CA0001-GHA01-GHA-1-11,733-2023";

/// The identifier of an ITMO, or of a block of ITMOs with consecutive numbers. It is minted at first transfer and
/// never changes again; a split narrows the block and touches nothing else.
///
/// The elements are those of 6/CMA.4, Annex I, paragraph 5: cooperative approach, originating Party registry,
/// first transferring Party, serial number, vintage. Text forms:
///
/// * one unit, the form that the agreed electronic format's checks read: `CA0001-GHA01-GHA-1,000-2023`;
/// * a block (paragraph 6): `CA0001-GHA01-GHA-1-11,733-2023`, first and last number where the one number stood.
///
/// Numbers carry a comma at each group of three digits, as in the published example. The number of parts tells the
/// forms apart (five or six), no new separator is needed, and first and last ID of the agreed electronic format
/// ([`ItmoId::first_id`], [`ItmoId::last_id`]) follow by leaving one number out. A block of one unit is written in
/// the first form only, so that one identifier has one text.
///
/// The numbers are those of the underlying units in the counter of the registry's country.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ItmoId {
    cooperative_approach: CooperativeApproachId,
    registry: RegistryId,
    first_transferring: Party,
    vintage: u16,
    range: UnitRange,
}

impl ItmoId {
    /// The identifier of the units `first` to `last` that `registry` issued.
    ///
    /// # Errors
    /// [`SerialError::Block`] when the numbers make no range, [`SerialError::Field`] when the vintage is
    /// implausible.
    pub fn new(
        cooperative_approach: CooperativeApproachId,
        registry: RegistryId,
        first_transferring: Party,
        (first, last): (u64, u64),
        vintage: u16,
    ) -> Result<Self, SerialError> {
        let range = UnitRange::new(registry.party(), first, last)?;
        check_year(SerialField::Vintage, vintage)?;
        Ok(Self {
            cooperative_approach,
            registry,
            first_transferring,
            vintage,
            range,
        })
    }

    /// The cooperative approach.
    #[must_use]
    pub const fn cooperative_approach(self) -> CooperativeApproachId {
        self.cooperative_approach
    }

    /// The registry that issued the underlying units.
    #[must_use]
    pub const fn registry(self) -> RegistryId {
        self.registry
    }

    /// The Party that transferred the units first.
    #[must_use]
    pub const fn first_transferring(self) -> Party {
        self.first_transferring
    }

    /// The calendar year in which the mitigation occurred (6/CMA.4, paragraph 5).
    #[must_use]
    pub const fn vintage(self) -> u16 {
        self.vintage
    }

    /// The tonnes that the identifier names.
    #[must_use]
    pub const fn range(self) -> UnitRange {
        self.range
    }

    /// The identifier of the first unit: "First ID" of the agreed electronic format.
    #[must_use]
    pub fn first_id(self) -> Self {
        self.single(self.range.first())
    }

    /// The identifier of the last unit: "Last ID" of the agreed electronic format.
    #[must_use]
    pub fn last_id(self) -> Self {
        self.single(self.range.last())
    }

    /// The same identifier over a part of its own block, as a split leaves it; `None` when `part` is not within it.
    #[must_use]
    pub fn part(self, part: UnitRange) -> Option<Self> {
        self.range.contains_range(part).then_some(Self {
            range: part,
            ..self
        })
    }

    fn single(self, number: u64) -> Self {
        // The number is inside a valid range, so the range of it alone is valid.
        let range = UnitRange::new(self.range.origin(), number, number).unwrap_or(self.range);
        Self { range, ..self }
    }
}

/// The number with a comma before each group of three digits: `11,733`.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

fn parse_grouped(field: SerialField, text: &str) -> Result<u64, SerialError> {
    let number: Option<u64> = text.replace(',', "").parse().ok();
    number
        .filter(|number| grouped(*number) == text)
        .ok_or_else(|| SerialError::field(field, text))
}

impl fmt::Display for ItmoId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "{}-{}-{}-",
            self.cooperative_approach,
            self.registry,
            self.first_transferring.alpha3()
        )?;
        formatter.write_str(&grouped(self.range.first()))?;
        if self.range.tonnes() > 1 {
            write!(formatter, "-{}", grouped(self.range.last()))?;
        }
        write!(formatter, "-{}", self.vintage)
    }
}

impl FromStr for ItmoId {
    type Err = SerialError;

    fn from_str(text: &str) -> Result<Self, SerialError> {
        let form = || SerialError::Form {
            found: excerpt(text),
            form: FORM,
            example: EXAMPLE,
        };
        if text.len() > SERIAL_LEN_MAX {
            return Err(form());
        }
        let parts: Vec<&str> = text.split('-').collect();
        let (approach, registry, party, first, last, vintage) = match parts[..] {
            [approach, registry, party, number, vintage] => {
                (approach, registry, party, number, number, vintage)
            }
            // One unit has one text: the form without a last number.
            [approach, registry, party, first, last, vintage] if first != last => {
                (approach, registry, party, first, last, vintage)
            }
            _ => return Err(form()),
        };
        let registry = registry
            .parse()
            .map_err(|_| SerialError::field(SerialField::Registry, registry))?;
        let party = Party::from_alpha3(party)
            .map_err(|_| SerialError::field(SerialField::FirstTransferringParty, party))?;
        let numbers = (
            parse_grouped(SerialField::First, first)?,
            parse_grouped(SerialField::Last, last)?,
        );
        Self::new(
            approach.parse()?,
            registry,
            party,
            numbers,
            parse_year(SerialField::Vintage, vintage)?,
        )
    }
}

serde_as_text!(
    ItmoId,
    "an ITMO identifier such as CA0001-GHA01-GHA-1,000-2023"
);
