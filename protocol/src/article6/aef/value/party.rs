//! Parties, their registries, and lists of them, as the format writes them.

use super::field::Value;
use super::uid::letters;
use crate::party::{Party, RegistryId};
use std::borrow::Cow;
use std::fmt;

/// A Party by its alpha-3 code, whether assigned by ISO 3166-1 or reserved (`EUE`). Text form: `GHA`.
///
/// Any three capital letters are read; whether they name a Party is a check.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PartyCode([u8; 3]);

impl PartyCode {
    /// The Party of the code, where ISO 3166-1 assigns it.
    #[must_use]
    pub fn party(self) -> Option<Party> {
        Party::from_alpha3(self.as_str()).ok()
    }

    /// The three letters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        // Only capital ASCII letters get in, so this is always text.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl From<Party> for PartyCode {
    fn from(party: Party) -> Self {
        let mut code = [b'X'; 3];
        // An alpha-3 code has three letters.
        for (to, from) in code.iter_mut().zip(party.alpha3().bytes()) {
            *to = from;
        }
        Self(code)
    }
}

impl From<Party> for super::Field<PartyCode> {
    fn from(party: Party) -> Self {
        Self::Is(party.into())
    }
}

impl fmt::Display for PartyCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl fmt::Debug for PartyCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "PartyCode({self})")
    }
}

impl Value for PartyCode {
    /// Reads a code, and the English short name of a country too.
    fn parse(text: &str) -> Option<Self> {
        letters(text).map(Self).or_else(|| {
            let named = |party: &Party| party.name().eq_ignore_ascii_case(text);
            Party::all().find(named).map(Self::from)
        })
    }

    fn text(&self) -> Cow<'_, str> {
        Cow::Borrowed(self.as_str())
    }
}

/// A registry: the code of its Party and two digits. Text form: `GHA01`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RegistryCode {
    party: PartyCode,
    number: u8,
}

impl RegistryCode {
    /// Whose registry it is.
    #[must_use]
    pub const fn party(self) -> PartyCode {
        self.party
    }
}

impl From<RegistryId> for RegistryCode {
    fn from(registry: RegistryId) -> Self {
        Self {
            party: registry.party().into(),
            number: registry.number(),
        }
    }
}

impl From<RegistryId> for super::Field<RegistryCode> {
    fn from(registry: RegistryId) -> Self {
        Self::Is(registry.into())
    }
}

impl fmt::Display for RegistryCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}{:02}", self.party, self.number)
    }
}

impl Value for RegistryCode {
    fn parse(text: &str) -> Option<Self> {
        let (code, digits) = text.split_at_checked(3)?;
        let party = PartyCode(letters(code)?);
        let two = digits.len() == 2 && digits.bytes().all(|byte| byte.is_ascii_digit());
        let number = digits.parse().ok().filter(|_| two)?;
        Some(Self { party, number })
    }

    fn text(&self) -> Cow<'_, str> {
        Cow::Owned(self.to_string())
    }
}

/// Texts between commas, in their order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct List(pub Vec<String>);

impl<S: Into<String>> FromIterator<S> for List {
    fn from_iter<I: IntoIterator<Item = S>>(texts: I) -> Self {
        Self(texts.into_iter().map(Into::into).collect())
    }
}

/// The parts of a list: commas part them, and semicolons where somebody wrote those.
fn parts(text: &str) -> impl Iterator<Item = &str> {
    let parts = text.split([',', ';']).map(str::trim);
    parts.filter(|part| !part.is_empty())
}

impl Value for List {
    fn parse(text: &str) -> Option<Self> {
        let list: Self = parts(text).collect();
        (!list.0.is_empty()).then_some(list)
    }

    fn text(&self) -> Cow<'_, str> {
        Cow::Owned(self.0.join(", "))
    }
}

/// The Parties that an authorisation reaches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Parties {
    /// Every Party.
    Any,
    /// These.
    These(Vec<PartyCode>),
}

impl Parties {
    /// How "every Party" is written.
    const ANY: &'static str = "any Party";

    /// Whether the Party is one of them.
    #[must_use]
    pub fn include(&self, party: PartyCode) -> bool {
        match self {
            Self::Any => true,
            Self::These(parties) => parties.contains(&party),
        }
    }
}

impl Value for Parties {
    fn parse(text: &str) -> Option<Self> {
        let any = [Self::ANY, "any", "any participating Party", "all Parties"];
        if any.iter().any(|any| any.eq_ignore_ascii_case(text)) {
            return Some(Self::Any);
        }
        let parties: Option<Vec<_>> = parts(text).map(PartyCode::parse).collect();
        parties.filter(|it| !it.is_empty()).map(Self::These)
    }

    fn text(&self) -> Cow<'_, str> {
        match self {
            Self::Any => Cow::Borrowed(Self::ANY),
            Self::These(parties) => {
                let codes: Vec<&str> = parties.iter().map(PartyCode::as_str).collect();
                Cow::Owned(codes.join(", "))
            }
        }
    }
}
