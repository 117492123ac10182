//! The two closed lists: metrics and action types. Their words are those of the nomenclature; a test compares them.

use super::field::Value;
use std::borrow::Cow;

/// What a quantity counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Metric {
    /// Greenhouse gas, in t CO2 eq.
    Ghg,
    /// Something else.
    NonGhg,
}

impl Metric {
    /// Every one.
    pub const ALL: [Self; 2] = [Self::Ghg, Self::NonGhg];

    /// Its code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Ghg => "GHG",
            Self::NonGhg => "non-GHG",
        }
    }
}

impl Value for Metric {
    fn parse(text: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|it| it.code().eq_ignore_ascii_case(text))
    }

    fn text(&self) -> Cow<'_, str> {
        Cow::Borrowed(self.code())
    }
}

/// What was done with ITMOs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ActionType {
    /// An authorisation that is an action of its own.
    Authorisation,
    /// The first transfer: it happens once to an ITMO.
    FirstTransfer,
    /// A later transfer to another Party.
    Transfer,
    /// The other side of a first transfer or transfer.
    Acquisition,
    /// Use towards an NDC or another purpose.
    Use,
    /// Cancellation.
    Cancellation,
    /// Voluntary cancellation.
    VoluntaryCancellation,
}

impl ActionType {
    /// Every one, in the order of the nomenclature.
    pub const ALL: [Self; 7] = [
        Self::Authorisation,
        Self::FirstTransfer,
        Self::Transfer,
        Self::Acquisition,
        Self::Use,
        Self::Cancellation,
        Self::VoluntaryCancellation,
    ];

    /// Its code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Authorisation => "Authorization",
            Self::FirstTransfer => "First transfer",
            Self::Transfer => "Transfer",
            Self::Acquisition => "Acquisition",
            Self::Use => "Use",
            Self::Cancellation => "Cancellation",
            Self::VoluntaryCancellation => "Voluntary Cancellation",
        }
    }

    /// Whether the ITMOs are gone for ever afterwards (2/CMA.3 annex, paragraph 21(e)).
    #[must_use]
    pub const fn is_final(self) -> bool {
        matches!(
            self,
            Self::Use | Self::Cancellation | Self::VoluntaryCancellation
        )
    }
}

impl Value for ActionType {
    /// Reads a code in any capitals, and the misspelling that 4/CMA.6 prints ("Aquisition").
    fn parse(text: &str) -> Option<Self> {
        let misspelt = ["Aquisition", "Acquistion"];
        if misspelt.iter().any(|it| it.eq_ignore_ascii_case(text)) {
            return Some(Self::Acquisition);
        }
        Self::ALL
            .into_iter()
            .find(|it| it.code().eq_ignore_ascii_case(text))
    }

    fn text(&self) -> Cow<'_, str> {
        Cow::Borrowed(self.code())
    }
}
