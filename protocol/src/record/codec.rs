//! Between the domain types and the generated wire code: the only place that knows both.

mod read;
mod write;

pub(super) use read::from_wire;
pub(crate) use write::blocks_bytes;
pub(super) use write::to_wire;

use crate::article6::{AdjustmentMethod, AuthorisedUse, FirstTransferDefinition};
use crate::record::body::{AccountKind, OrganisationKind, PartnerStatus, Purpose, RetireKind};
use crate::record::{Contradiction, Discrepancy, FindingKind, LevelSeries, NotifiedUse};

/// Gives each variant of a domain enum its wire number, in both directions.
macro_rules! numbered {
    ($name:ident, $to:ident, $from:ident, { $($variant:ident = $number:literal),+ $(,)? }) => {
        fn $to(value: $name) -> u32 {
            match value { $($name::$variant => $number),+ }
        }
        fn $from(number: u32) -> Option<$name> {
            match number { $($number => Some($name::$variant),)+ _ => None }
        }
    };
}

numbered!(OrganisationKind, organisation_kind_number, organisation_kind, { Government = 1, Developer = 2, Certifier = 3, Other = 4 });
numbered!(AccountKind, account_kind_number, account_kind, {
    PartyHolding = 100, EntityHolding = 121, Buffer = 150, ShareOfProceeds = 160,
});
numbered!(RetireKind, retire_kind_number, retire_kind, { Retire = 1, Cancel = 2 });
numbered!(Purpose, purpose_number, purpose, {
    Ndc = 1, InternationalMitigation = 2, OtherPurposes = 3, OverallMitigation = 4, Voluntary = 5,
});
// The numbers of `Purpose`, with one more.
numbered!(NotifiedUse, notified_use_number, notified_use, {
    InternationalMitigation = 2, OtherPurposes = 3, OverallMitigation = 4, AdaptationFund = 6,
});
numbered!(PartnerStatus, partner_status_number, partner_status, { Active = 1, Frozen = 2, Removed = 3 });
numbered!(Contradiction, contradiction_number, contradiction, { TwoTrees = 1, TwoBlocks = 2, TwoEnds = 3, TwoLeaves = 4, BrokenRule = 5 });
numbered!(Discrepancy, discrepancy_number, discrepancy, { HeldTwice = 1, Nowhere = 2, NeverIssued = 3, Attributes = 4 });
numbered!(FindingKind, finding_kind_number, finding_kind, { CorrectiveAction = 1, Clarification = 2, ForwardAction = 3 });
numbered!(AuthorisedUse, authorised_use_number, authorised_use, {
    Ndc = 1, Oimp = 2, Imp = 3, Op = 4, NdcAndOimp = 5, NdcAndImp = 6, NdcAndOp = 7,
});
numbered!(FirstTransferDefinition, definition_number, definition, {
    Authorisation = 1, Issuance = 2, UseOrCancellation = 3, FirstInternationalTransfer = 4,
});
numbered!(AdjustmentMethod, method_number, method, { Trajectory = 1, Averaging = 2, MultiYear = 3 });
numbered!(LevelSeries, level_series_number, level_series, { Covered = 1, Portion = 2, Indicator = 3, Certified = 4 });
