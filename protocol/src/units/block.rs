//! A range of units with everything that travels with it.

use serde::{Deserialize, Serialize};

use crate::article6::{AuthorisedUse, FirstTransferDefinition};
use crate::id::AuthorisationId;
use crate::party::{Party, RegistryId};
use crate::serial::{CooperativeApproachId, DomesticSerial, ItmoId};
use crate::units::UnitRange;

/// The first international transfer of a unit: set once, for ever (2/CMA.3 annex para 2; 4/CMA.6 para 12).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FirstTransfer {
    /// The cooperative approach under which it happened.
    pub cooperative_approach: CooperativeApproachId,
    /// The registry of the Party of origin.
    pub registry: RegistryId,
    /// The first transferring Party.
    pub party: Party,
}

/// The authorisation that units are under, as far as it travels with them: the terms of the version that counted when they
/// were last touched, or first transferred.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UnitAuthorisation {
    /// Its id, which the Party of origin gave it.
    pub id: AuthorisationId,
    /// Its version.
    pub version: u32,
    /// The cooperative approach.
    pub cooperative_approach: CooperativeApproachId,
    /// The uses.
    pub uses: AuthorisedUse,
    /// The first transfer of units for other international mitigation purposes.
    pub definition: Option<FirstTransferDefinition>,
}

/// A range of units of one issuance: identity, attributes, lineage and flags.
///
/// A split copies everything but the numbers, so that no flag is ever lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UnitBlock {
    /// The domestic serial: the numbers and what they were issued for.
    pub serial: DomesticSerial,
    /// Leaf index of the issuance in the ledger of the Party of origin: the root of the lineage.
    pub issued_at: u64,
    /// The range that this one was split from, if it was: the nearest step of the lineage.
    pub split_from: Option<UnitRange>,
    /// Set when the units were first transferred internationally.
    pub first_transfer: Option<FirstTransfer>,
    /// The authorisation that the units are under.
    #[serde(default)]
    pub authorisation: Option<UnitAuthorisation>,
}

impl UnitBlock {
    /// The numbers.
    #[must_use]
    pub fn range(&self) -> UnitRange {
        self.serial.range()
    }

    /// Tonnes of CO2 equivalent in the block: one a number.
    #[must_use]
    pub fn tonnes(&self) -> u64 {
        self.range().tonnes()
    }

    /// The ITMO identifier (6/CMA.4 annex I para 5), once the block was first transferred.
    #[must_use]
    pub fn itmo_id(&self) -> Option<ItmoId> {
        let FirstTransfer {
            cooperative_approach,
            registry,
            party,
        } = self.first_transfer?;
        let numbers = (self.range().first(), self.range().last());
        ItmoId::new(
            cooperative_approach,
            registry,
            party,
            numbers,
            self.serial.year(),
        )
        .ok()
    }

    /// Whether the two blocks say the same of everything but their numbers, their last split, their authorisation and their first transfer: so
    /// do any two parts of one issuance, wherever they have been.
    #[must_use]
    pub fn is_of_one_issuance_with(&self, other: &Self) -> bool {
        let attributes = |it: &Self| {
            let serial = it.serial;
            let what = (serial.unit_type(), serial.scope(), serial.project());
            (
                serial.party(),
                what,
                serial.year(),
                serial.reserved(),
                it.issued_at,
            )
        };
        attributes(self) == attributes(other)
    }

    /// The part of this block that `range` names, with its lineage: `None` unless `range` lies inside.
    #[must_use]
    pub fn part(&self, range: UnitRange) -> Option<Self> {
        if range == self.range() {
            return Some(*self);
        }
        let serial = self.serial.part(range)?;
        Some(Self {
            serial,
            split_from: Some(self.range()),
            ..*self
        })
    }
}
