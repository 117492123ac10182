//! First transfer: which event turns a mitigation outcome into an ITMO (2/CMA.3 annex para 2; 4/CMA.6 paras 11 to 17).

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::party::{Party, RegistryId};
use crate::record::{Purpose, RetireKind};
use crate::serial::CooperativeApproachId;
use crate::units::{FirstTransfer, UnitBlock};

/// The uses that an authorisation covers (4/CMA.6 para 5(e)): the seven values of the common nomenclatures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum AuthorisedUse {
    /// Towards an NDC.
    Ndc,
    /// Other international mitigation purposes: the two below together (2/CMA.3 annex para 1(f)).
    Oimp,
    /// International mitigation purposes other than an NDC, such as CORSIA.
    Imp,
    /// Other purposes, as the first transferring Party says.
    Op,
    /// [`Self::Ndc`] and [`Self::Oimp`].
    NdcAndOimp,
    /// [`Self::Ndc`] and [`Self::Imp`].
    NdcAndImp,
    /// [`Self::Ndc`] and [`Self::Op`].
    NdcAndOp,
}

impl AuthorisedUse {
    /// Every value, in the order of the nomenclature.
    pub const ALL: [Self; 7] = [
        Self::Ndc,
        Self::Oimp,
        Self::Imp,
        Self::Op,
        Self::NdcAndOimp,
        Self::NdcAndImp,
        Self::NdcAndOp,
    ];

    /// Whether it covers use towards an NDC.
    #[must_use]
    pub const fn covers_ndc(self) -> bool {
        matches!(
            self,
            Self::Ndc | Self::NdcAndOimp | Self::NdcAndImp | Self::NdcAndOp
        )
    }

    /// Whether it covers international mitigation purposes other than an NDC.
    #[must_use]
    pub const fn covers_imp(self) -> bool {
        matches!(
            self,
            Self::Oimp | Self::Imp | Self::NdcAndOimp | Self::NdcAndImp
        )
    }

    /// Whether it covers other purposes.
    #[must_use]
    pub const fn covers_op(self) -> bool {
        matches!(
            self,
            Self::Oimp | Self::Op | Self::NdcAndOimp | Self::NdcAndOp
        )
    }

    /// Whether it covers any of the other international mitigation purposes, so that a definition of first transfer is needed.
    #[must_use]
    pub const fn covers_oimp(self) -> bool {
        self.covers_imp() || self.covers_op()
    }
}

/// What the first transferring Party takes for the first transfer of units authorised for other international mitigation
/// purposes (2/CMA.3 annex para 2(b)). One per cooperative approach (4/CMA.6 para 15).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum FirstTransferDefinition {
    /// The authorisation.
    Authorisation,
    /// The issuance.
    Issuance,
    /// The use or cancellation.
    UseOrCancellation,
    /// The first international transfer. Not in paragraph 2(b), but in letters of some Parties and in the nomenclatures:
    /// it is read, and reports flag it. A use at home counts as well, or the unit would never be first transferred.
    FirstInternationalTransfer,
}

impl FirstTransferDefinition {
    /// Every value.
    pub const ALL: [Self; 4] = [
        Self::Authorisation,
        Self::Issuance,
        Self::UseOrCancellation,
        Self::FirstInternationalTransfer,
    ];

    /// Whether it is one of the three that 2/CMA.3 annex para 2(b) names.
    #[must_use]
    pub const fn is_of_the_guidance(self) -> bool {
        !matches!(self, Self::FirstInternationalTransfer)
    }
}

impl fmt::Display for AuthorisedUse {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Ndc => "NDC",
            Self::Oimp => "OIMP",
            Self::Imp => "IMP",
            Self::Op => "OP",
            Self::NdcAndOimp => "NDC and OIMP",
            Self::NdcAndImp => "NDC and IMP",
            Self::NdcAndOp => "NDC and OP",
        })
    }
}

impl fmt::Display for FirstTransferDefinition {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Authorisation => "authorisation",
            Self::Issuance => "issuance",
            Self::UseOrCancellation => "use or cancellation",
            Self::FirstInternationalTransfer => "first international transfer",
        })
    }
}

/// What happens to a unit, as far as its first transfer goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum TransferEvent {
    /// It is put under an authorisation.
    Authorisation,
    /// It is issued under an authorisation.
    Issuance,
    /// It leaves for the registry of another Party.
    InternationalTransfer,
    /// It is used towards an NDC.
    UseTowardsNdc,
    /// It is used or cancelled for international mitigation purposes other than an NDC.
    UseForImp,
    /// It is used or cancelled for other purposes.
    UseForOp,
    /// It is cancelled to deliver overall mitigation in global emissions (4/CMA.6 para 17).
    OverallMitigation,
    /// It is contributed to the Adaptation Fund (4/CMA.6 para 16).
    AdaptationFund,
    /// It is the share of an issuance of the Article 6.4 mechanism that is forwarded for adaptation or cancelled for overall
    /// mitigation (7/CMA.4 annex I paras 39 and 40).
    MechanismShare,
    /// It is cancelled for no purpose of Article 6.
    OtherCancellation,
}

impl TransferEvent {
    /// Every value.
    pub const ALL: [Self; 10] = [
        Self::Authorisation,
        Self::Issuance,
        Self::InternationalTransfer,
        Self::UseTowardsNdc,
        Self::UseForImp,
        Self::UseForOp,
        Self::OverallMitigation,
        Self::AdaptationFund,
        Self::MechanismShare,
        Self::OtherCancellation,
    ];

    /// What the end of units is that are used or cancelled for a purpose.
    #[must_use]
    pub const fn of_end(purpose: Purpose, kind: RetireKind) -> Self {
        match (purpose, kind) {
            (Purpose::Ndc, RetireKind::Retire) => Self::UseTowardsNdc,
            (Purpose::InternationalMitigation, _) => Self::UseForImp,
            (Purpose::OtherPurposes, _) => Self::UseForOp,
            (Purpose::OverallMitigation, _) => Self::OverallMitigation,
            (Purpose::Ndc | Purpose::Voluntary, _) => Self::OtherCancellation,
        }
    }
}

/// Whether an event is the first transfer of a unit.
///
/// * Nothing is first transferred twice, and only what is authorised is (`authorised` is `None` for the rest): 4/CMA.6 para 11.
/// * Towards an NDC: the first international transfer (2/CMA.3 annex para 2(a)).
/// * For other international mitigation purposes: what the Party defined (para 2(b)).
/// * For both: whichever comes first (4/CMA.6 para 12), so either of the two events is one.
/// * A contribution to the Adaptation Fund and a cancellation for overall mitigation: 4/CMA.6 paras 16 and 17, and
///   7/CMA.4 annex I paras 39 and 40 for the shares of the mechanism; whatever the purposes are.
#[must_use]
pub const fn is_first_transfer(
    authorised: Option<AuthorisedUse>,
    definition: Option<FirstTransferDefinition>,
    event: TransferEvent,
    already: bool,
) -> bool {
    use FirstTransferDefinition as Definition;
    let Some(uses) = authorised else {
        return false;
    };
    if already {
        return false;
    }
    match event {
        TransferEvent::InternationalTransfer => {
            uses.covers_ndc()
                || (uses.covers_oimp()
                    && matches!(definition, Some(Definition::FirstInternationalTransfer)))
        }
        TransferEvent::Authorisation => {
            uses.covers_oimp() && matches!(definition, Some(Definition::Authorisation))
        }
        TransferEvent::Issuance => {
            uses.covers_oimp() && matches!(definition, Some(Definition::Issuance))
        }
        TransferEvent::UseForImp => uses.covers_imp() && is_by_use(definition),
        TransferEvent::UseForOp => uses.covers_op() && is_by_use(definition),
        TransferEvent::OverallMitigation
        | TransferEvent::AdaptationFund
        | TransferEvent::MechanismShare => true,
        TransferEvent::UseTowardsNdc | TransferEvent::OtherCancellation => false,
    }
}

const fn is_by_use(definition: Option<FirstTransferDefinition>) -> bool {
    matches!(
        definition,
        Some(
            FirstTransferDefinition::UseOrCancellation
                | FirstTransferDefinition::FirstInternationalTransfer
        )
    )
}

/// Marks a block as first transferred by `party` under a cooperative approach, unless it carries the mark already.
///
/// The mark is set once and survives every split and every border.
#[must_use]
pub fn first_transferred(
    block: UnitBlock,
    cooperative_approach: CooperativeApproachId,
    registry: RegistryId,
    party: Party,
) -> UnitBlock {
    let first_transfer = block.first_transfer.or(Some(FirstTransfer {
        cooperative_approach,
        registry,
        party,
    }));
    UnitBlock {
        first_transfer,
        ..block
    }
}

/// What a border makes of a block that `party` sends under a cooperative approach: the mark, where that is its first transfer.
///
/// Units without an authorisation come from ledgers that keep no approach: there each international transfer counts as one
/// towards an NDC.
#[must_use]
pub fn crosses_border(
    block: UnitBlock,
    cooperative_approach: CooperativeApproachId,
    registry: RegistryId,
    party: Party,
) -> UnitBlock {
    let first = block.authorisation.is_none_or(|it| {
        let (event, already) = (
            TransferEvent::InternationalTransfer,
            block.first_transfer.is_some(),
        );
        is_first_transfer(Some(it.uses), it.definition, event, already)
    });
    if first {
        first_transferred(block, cooperative_approach, registry, party)
    } else {
        block
    }
}
