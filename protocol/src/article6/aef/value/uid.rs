//! The identifiers of ITMOs, as the format writes them: one unit at a time.

use super::field::Value;
use super::number::count;
use super::party::{PartyCode, RegistryCode};
use crate::serial::{CooperativeApproachId, ItmoId, grouped};
use std::borrow::Cow;
use std::fmt;

/// The identifier of one ITMO (6/CMA.4, Annex I, paragraph 5). Text form: `CA0001-GHA01-GHA-1,000-2023`.
///
/// Wider than [`ItmoId`], because it must hold what other registries write: Parties with reserved codes, any vintage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Uid {
    /// The cooperative approach.
    pub cooperative_approach: CooperativeApproachId,
    /// The registry that minted it.
    pub registry: RegistryCode,
    /// The Party that transferred first.
    pub first_transferring_party: PartyCode,
    /// The serial number.
    pub number: u64,
    /// The calendar year in which the mitigation occurred.
    pub vintage: u16,
}

impl Uid {
    /// The first and the last ITMO of a block.
    #[must_use]
    pub fn ends(block: ItmoId) -> (Self, Self) {
        let end = |number| Self {
            cooperative_approach: block.cooperative_approach(),
            registry: block.registry().into(),
            first_transferring_party: block.first_transferring().into(),
            number,
            vintage: block.vintage(),
        };
        (end(block.range().first()), end(block.range().last()))
    }
}

impl fmt::Display for Uid {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "{}-{}-{}-{}-{:04}",
            self.cooperative_approach,
            self.registry,
            self.first_transferring_party,
            grouped(self.number),
            self.vintage
        )
    }
}

impl Value for Uid {
    fn parse(text: &str) -> Option<Self> {
        let parts: Vec<&str> = text.splitn(6, '-').map(str::trim).collect();
        let [approach, registry, party, number, vintage] = parts[..] else {
            return None;
        };
        Some(Self {
            cooperative_approach: approach.parse().ok()?,
            registry: RegistryCode::parse(registry)?,
            first_transferring_party: letters(party).and_then(|_| PartyCode::parse(party))?,
            number: count(number).filter(|number| *number > 0)?,
            vintage: u16::parse(vintage)?,
        })
    }

    fn text(&self) -> Cow<'_, str> {
        Cow::Owned(self.to_string())
    }
}

impl Value for CooperativeApproachId {
    fn parse(text: &str) -> Option<Self> {
        text.parse().ok()
    }

    fn text(&self) -> Cow<'_, str> {
        Cow::Owned(self.to_string())
    }
}

/// "First ID" or "Last ID": the whole identifier, or its number alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnitId {
    /// The whole identifier.
    Full(Uid),
    /// Its number.
    Number(u64),
}

impl UnitId {
    /// The serial number.
    #[must_use]
    pub const fn number(self) -> u64 {
        match self {
            Self::Full(uid) => uid.number,
            Self::Number(number) => number,
        }
    }

    /// The whole identifier, where it is written.
    #[must_use]
    pub const fn full(self) -> Option<Uid> {
        match self {
            Self::Full(uid) => Some(uid),
            Self::Number(_) => None,
        }
    }
}

impl From<Uid> for super::Field<UnitId> {
    fn from(uid: Uid) -> Self {
        Self::Is(UnitId::Full(uid))
    }
}

impl Value for UnitId {
    fn parse(text: &str) -> Option<Self> {
        let number = || count(text).filter(|number| *number > 0).map(Self::Number);
        Uid::parse(text).map(Self::Full).or_else(number)
    }

    fn text(&self) -> Cow<'_, str> {
        match self {
            Self::Full(uid) => uid.text(),
            Self::Number(number) => Cow::Owned(number.to_string()),
        }
    }
}

/// Three capital ASCII letters.
pub(super) fn letters(text: &str) -> Option<[u8; 3]> {
    let code: [u8; 3] = text.as_bytes().try_into().ok()?;
    code.iter().all(u8::is_ascii_uppercase).then_some(code)
}
