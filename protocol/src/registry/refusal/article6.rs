//! Why a record is refused by a rule of Article 6.

use crate::article6::{AuthorisedUse, FirstTransferDefinition, NdcFault};
use crate::id::{AccountId, AuthorisationId};
use crate::party::Party;
use crate::period::Day;
use crate::record::Purpose;
use crate::serial::CooperativeApproachId;
use crate::units::UnitRange;
use crate::workflow::RefusalKind;

/// A rule of Article 6 that stands against a record.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Article6Refusal {
    /// What the record says does not hold together.
    #[error("{0}")]
    Terms(&'static str),
    /// The approach is not recorded.
    #[error("cooperative approach {0} is not recorded here: record it first")]
    UnknownApproach(CooperativeApproachId),
    /// The authorisation is not recorded.
    #[error("there is no authorisation {id} of {party} here: record it first")]
    UnknownAuthorisation {
        /// The Party that was named.
        party: Party,
        /// The id that was named.
        id: AuthorisationId,
    },
    /// Versions are counted without gaps.
    #[error("version {found} of authorisation {id} is not the next one, {wanted}")]
    Version {
        /// The authorisation.
        id: AuthorisationId,
        /// The version given.
        found: u32,
        /// The next one.
        wanted: u32,
    },
    /// A version or a revocation is dated before the last version.
    #[error(
        "the last version of authorisation {id} is of {last}, and this is dated {found}: give it that date or a later one"
    )]
    Dated {
        /// The authorisation.
        id: AuthorisationId,
        /// The date given.
        found: Day,
        /// The date of the last version.
        last: Day,
    },
    /// The authorisation was revoked.
    #[error("authorisation {0} was revoked: record one under another id")]
    Revoked(AuthorisationId),
    /// First transfer is defined otherwise in this approach.
    #[error(
        "{approach} defines first transfer for other international mitigation purposes as {}, and this says {}: both must agree \
         (4/CMA.6 para 15)",
        word(wanted),
        word(found)
    )]
    Definition {
        /// The approach.
        approach: CooperativeApproachId,
        /// What it says.
        wanted: Option<FirstTransferDefinition>,
        /// What the record says.
        found: Option<FirstTransferDefinition>,
    },
    /// Units without authorisation.
    #[error(
        "{range} is not authorised under {approach}: put it under an authorisation first (4/CMA.6 para 11)"
    )]
    NotAuthorised {
        /// The units.
        range: UnitRange,
        /// The approach.
        approach: CooperativeApproachId,
    },
    /// Units of another approach.
    #[error("{range} is authorised under {found}, and the agreement is of {wanted}")]
    OtherApproach {
        /// The units.
        range: UnitRange,
        /// Their approach.
        found: CooperativeApproachId,
        /// The agreement's.
        wanted: CooperativeApproachId,
    },
    /// More than the authorised quantity.
    #[error("authorisation {id} has {left} units left; {wanted} are wanted")]
    Quantity {
        /// The authorisation.
        id: AuthorisationId,
        /// What may still be put under it, or first transferred.
        left: u64,
        /// What was asked.
        wanted: u64,
    },
    /// A use that is not authorised.
    #[error("{range} is authorised for {uses}, which does not cover this use ({purpose:?})")]
    Use {
        /// The units.
        range: UnitRange,
        /// The uses that are.
        uses: AuthorisedUse,
        /// The use.
        purpose: Purpose,
    },
    /// Units that no use is authorised for.
    #[error(
        "{0} carries no authorisation, so it can not be used towards an NDC or for other international mitigation purposes"
    )]
    UnauthorisedUse(UnitRange),
    /// Somebody whom the authorisation does not name.
    #[error(
        "authorisation {id} names who may use the units, and account {account} belongs to nobody of them: move the units to an \
         account of one of them, or record a version that names its holder"
    )]
    User {
        /// The authorisation.
        id: AuthorisationId,
        /// The account.
        account: AccountId,
    },
    /// A Party that the authorisation does not name.
    #[error(
        "authorisation {id} names the Parties that may acquire and use the units, and {party} is none of them: record a version \
         that names {party} first"
    )]
    Party {
        /// The authorisation.
        id: AuthorisationId,
        /// The Party.
        party: Party,
    },
    /// Outside of what the authorisation covers.
    #[error("{range} can not be under authorisation {id}: {why}")]
    Outside {
        /// The units.
        range: UnitRange,
        /// The authorisation.
        id: AuthorisationId,
        /// What stands against it.
        why: &'static str,
    },
    /// Before or after the authorised timeframe.
    #[error(
        "authorisation {id} is not in force on this day: it allows this from its date to the last day that it names"
    )]
    Timeframe {
        /// The authorisation.
        id: AuthorisationId,
    },
    /// Units that are under an authorisation, or were first transferred.
    #[error("{0} is under an authorisation, or was first transferred, already")]
    Taken(UnitRange),
    /// No NDC for the vintage.
    #[error("no NDC is recorded whose implementation period has {0}: record it first")]
    NoNdc(u16),
    /// Vintage and year do not fit the NDC.
    #[error(transparent)]
    Ndc(#[from] NdcFault),
    /// A use without its year.
    #[error("{0} is used towards an NDC: say for which calendar year")]
    NoYear(UnitRange),
    /// Two NDCs for a year, or another method.
    #[error("an NDC is recorded for {first} to {last}: {why}")]
    OtherNdc {
        /// The first year of the recorded one.
        first: u16,
        /// The last year of the recorded one.
        last: u16,
        /// What differs.
        why: &'static str,
    },
}

fn word(definition: &Option<FirstTransferDefinition>) -> String {
    definition.map_or_else(|| "nothing".to_owned(), |it| it.to_string())
}

impl Article6Refusal {
    pub(super) fn row(&self) -> (&'static str, RefusalKind) {
        use RefusalKind::{Conflict, Rule};
        match self {
            Self::Terms(_) => ("article6-terms", Rule),
            Self::UnknownApproach(_) => ("unknown-approach", Rule),
            Self::UnknownAuthorisation { .. } => ("unknown-authorisation", Rule),
            Self::Version { .. } | Self::Dated { .. } => ("authorisation-version", Conflict),
            Self::Revoked(_) => ("authorisation-revoked", Conflict),
            Self::Definition { .. } => ("first-transfer-definition", Rule),
            Self::NotAuthorised { .. } | Self::UnauthorisedUse(_) => ("not-authorised-units", Rule),
            Self::OtherApproach { .. } => ("other-approach", Rule),
            Self::Quantity { .. } => ("authorised-quantity", Conflict),
            Self::Use { .. } => ("use-not-authorised", Rule),
            Self::User { .. } | Self::Party { .. } => ("user-not-authorised", Rule),
            Self::Outside { .. } => ("outside-authorisation", Rule),
            Self::Timeframe { .. } => ("authorisation-timeframe", Conflict),
            Self::Taken(_) => ("authorised-already", Conflict),
            Self::NoNdc(_) => ("no-ndc", Rule),
            Self::Ndc(_) => ("ndc-period", Rule),
            Self::NoYear(_) => ("ndc-year", Rule),
            Self::OtherNdc { .. } => ("other-ndc", Conflict),
        }
    }
}
