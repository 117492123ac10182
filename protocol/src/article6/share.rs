//! Share of proceeds and overall mitigation in global emissions: parts of an issuance in whole units.
//!
//! Cooperative approaches under Article 6.2 are strongly encouraged to contribute (2/CMA.3 annex paras 37 and 39), and no
//! percentage follows from that: the default is nothing. Under the Article 6.4 mechanism 5 % are forwarded for adaptation and
//! at least 2 % are cancelled (3/CMA.3 annex paras 58, 59 and 67 to 69).

use serde::{Deserialize, Serialize};

/// A part in hundredths of a percent: 500 is 5 %.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(transparent)]
pub struct BasisPoints(u16);

/// The whole.
const WHOLE: u16 = 10_000;

/// The share of proceeds for adaptation of the mechanism: 5 %.
pub const MECHANISM_SHARE_OF_PROCEEDS: BasisPoints = BasisPoints(500);

/// The least that the mechanism cancels for overall mitigation: 2 %.
pub const MECHANISM_OVERALL_MITIGATION_MIN: BasisPoints = BasisPoints(200);

/// What becomes of the part of a unit: units are indivisible, and the decisions say nothing of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ShareRounding {
    /// Up, in favour of adaptation and overall mitigation: the default.
    #[default]
    Up,
    /// Down.
    Down,
    /// To the nearest unit, halves up.
    Nearest,
}

/// What is taken from an issuance.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ShareTerms {
    /// For adaptation.
    pub share_of_proceeds: BasisPoints,
    /// Cancelled for overall mitigation in global emissions.
    pub overall_mitigation: BasisPoints,
    /// How parts of units are rounded.
    pub rounding: ShareRounding,
}

/// The parts of an issuance in units; they add up to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Shares {
    /// For adaptation.
    pub share_of_proceeds: u64,
    /// Cancelled for overall mitigation.
    pub overall_mitigation: u64,
    /// What is left for the participants.
    pub rest: u64,
}

/// Why a share is not one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ShareFault {
    /// More than the whole.
    #[error("{0} hundredths of a percent are more than the whole: give at most {WHOLE}")]
    TooMuch(u16),
    /// The mechanism cancels more.
    #[error(
        "{0} hundredths of a percent are less than the 2 % that the Article 6.4 mechanism cancels at least"
    )]
    TooLittle(u16),
}

impl BasisPoints {
    /// So many hundredths of a percent.
    ///
    /// # Errors
    /// [`ShareFault::TooMuch`] above 10,000.
    pub const fn new(points: u16) -> Result<Self, ShareFault> {
        if points > WHOLE {
            return Err(ShareFault::TooMuch(points));
        }
        Ok(Self(points))
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> u16 {
        self.0
    }

    fn of(self, units: u64, rounding: ShareRounding) -> u64 {
        let (part, whole) = (u128::from(units) * u128::from(self.0), u128::from(WHOLE));
        let rounded = match rounding {
            ShareRounding::Up => part.div_ceil(whole),
            ShareRounding::Down => part / whole,
            ShareRounding::Nearest => (part + whole / 2) / whole,
        };
        // At most the units themselves.
        u64::try_from(rounded).unwrap_or(units)
    }
}

impl ShareTerms {
    /// The terms of the Article 6.4 mechanism. Activities in least developed countries and small island developing States give
    /// no share for adaptation unless they opt in (6/CMA.6 para 20).
    ///
    /// # Errors
    /// [`ShareFault::TooLittle`] when less than 2 % would be cancelled.
    pub fn mechanism(
        overall_mitigation: BasisPoints,
        is_ldc_or_sids: bool,
        opts_in: bool,
        rounding: ShareRounding,
    ) -> Result<Self, ShareFault> {
        if overall_mitigation < MECHANISM_OVERALL_MITIGATION_MIN {
            return Err(ShareFault::TooLittle(overall_mitigation.0));
        }
        let share_of_proceeds = if is_ldc_or_sids && !opts_in {
            BasisPoints::default()
        } else {
            MECHANISM_SHARE_OF_PROCEEDS
        };
        Ok(Self {
            share_of_proceeds,
            overall_mitigation,
            rounding,
        })
    }

    /// Divides an issuance. The shares come first: where rounding up asks for more than there is, adaptation is served before
    /// overall mitigation.
    #[must_use]
    pub fn divide(self, units: u64) -> Shares {
        let share_of_proceeds = self.share_of_proceeds.of(units, self.rounding).min(units);
        let left = units - share_of_proceeds;
        let overall_mitigation = self.overall_mitigation.of(units, self.rounding).min(left);
        Shares {
            share_of_proceeds,
            overall_mitigation,
            rest: left - overall_mitigation,
        }
    }
}
