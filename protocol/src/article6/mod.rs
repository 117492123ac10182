//! Article 6 rules, as pure functions that cite the paragraph they implement.
//!
//! What is ambiguous in the decisions is a switch with a default: the divisor of averages ([`ElapsedYears`]), parts of units
//! ([`ShareRounding`]), the year by which a summary counts ([`SummaryAxis`]), the lag of inventories ([`INVENTORY_LAG_YEARS`]).

mod adjustment;
pub mod aef;
mod book;
mod cross_check;
mod event;
mod first_transfer;
mod history;
mod ndc;
mod ranges;
mod ratio;
mod share;
mod summary;

pub use adjustment::{
    AdjustmentMethod, AdjustmentTerms, ElapsedYears, NetOfUses, PeriodBalance, YearBalance, adjust,
    net_of_uses,
};
pub use book::{
    AccountPurpose, AefTerms, ApproachInformation, Book, BookError, BreakdownKey,
    InitialInformation, Mapping, Movement, Position, RegularInformation, SummaryTerms, YearAef,
};
pub use cross_check::{Cause, CrossCheck, Difference, Total, TotalKey, cross_check};
pub use event::{MetricKind, UnitEvent, UnitEventKind};
pub use first_transfer::{
    AuthorisedUse, FirstTransferDefinition, TransferEvent, crosses_border, first_transferred,
    is_first_transfer,
};
pub use history::{HoldingFilter, Step, UnitHistory, approach_of, held_in};
pub use ndc::{FIRST_VINTAGE, INVENTORY_LAG_YEARS, NdcFault, NdcPeriod};
pub use ratio::Ratio;
pub use share::{
    BasisPoints, MECHANISM_OVERALL_MITIGATION_MIN, MECHANISM_SHARE_OF_PROCEEDS, ShareFault,
    ShareRounding, ShareTerms, Shares,
};
pub use summary::{StructuredSummary, SummaryAxis, SummaryInput, SummaryRow, structured_summary};
