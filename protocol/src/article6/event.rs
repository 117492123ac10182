//! What happened to units, as corresponding adjustments, summaries and cross-checks need it: every event has its own day and
//! the vintage of its units, which are two different axes of time (2/CMA.3 annex para 8).

use serde::{Deserialize, Serialize};

use crate::article6::{AuthorisedUse, TransferEvent};
use crate::party::Party;
use crate::period::Day;
use crate::serial::{CooperativeApproachId, SectoralScope};
use crate::units::UnitRange;

/// In what units of measure an approach counts.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum MetricKind {
    /// Tonnes of CO2 equivalent.
    #[default]
    Ghg,
    /// Another metric that the Parties agreed on, kept in an account of its own (2/CMA.3 annex para 9).
    NonGhg,
}

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnitEventKind {
    /// The units were put under an authorisation.
    Authorised,
    /// The Party first transferred them, by this event.
    FirstTransferred {
        /// What was the first transfer.
        by: TransferEvent,
        /// The Party that acquired them, where they left.
        to: Option<Party>,
    },
    /// The Party transferred units that were first transferred before.
    Transferred {
        /// To whom; `None` for a contribution to the Adaptation Fund.
        to: Option<Party>,
    },
    /// The Party acquired them.
    Acquired {
        /// From whom.
        from: Party,
    },
    /// The Party used them towards its NDC.
    UsedTowardsNdc {
        /// The calendar year for which they are used.
        year: u16,
    },
    /// They were used or cancelled for another purpose, after their first transfer.
    Ended {
        /// For what.
        by: TransferEvent,
    },
    /// Units of another Party were used, cancelled or contributed here, and that was their first transfer: their Party reports
    /// it once it was told.
    PartnersFirstTransfer {
        /// What was the first transfer.
        by: TransferEvent,
    },
}

/// One event of one range of units in one Party's ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct UnitEvent {
    /// The day on which it was recorded.
    pub day: Day,
    /// What happened.
    pub kind: UnitEventKind,
    /// The units.
    pub units: UnitRange,
    /// The calendar year in which the mitigation occurred.
    pub vintage: u16,
    /// The cooperative approach.
    pub approach: CooperativeApproachId,
    /// The uses that are authorised.
    pub uses: AuthorisedUse,
    /// The metric.
    pub metric: MetricKind,
    /// How much in that metric; the number of units for [`MetricKind::Ghg`].
    pub quantity: u64,
    /// The sectoral scope.
    pub scope: SectoralScope,
    /// The Party that used or cancelled them, where somebody did.
    pub user: Option<Party>,
}

impl UnitEvent {
    /// The year in which it was recorded: the axis of the agreed electronic format.
    #[must_use]
    pub fn year(&self) -> u16 {
        self.day.year()
    }

    /// The year in whose balance it counts: the vintage of a first transfer, the year for which units are used.
    #[must_use]
    pub const fn balance_year(&self) -> u16 {
        match self.kind {
            UnitEventKind::UsedTowardsNdc { year } => year,
            _ => self.vintage,
        }
    }
}
