//! The rows of the five tables, field by field in the order of their columns.

use super::table::Table;
use super::value::{
    ActionDate, ActionType, CarpCell, Cell, Decimal, Field, List, Metric, Parties, PartyCode,
    RegistryCode, Timeframe, UnitId, Version,
};
use crate::period::Day;
use crate::serial::CooperativeApproachId;

/// A row of a table.
pub trait Row: Default {
    /// Whose row it is.
    const TABLE: Table;

    /// The cells, in the order of the table's columns.
    fn cells(&self) -> Vec<&dyn Cell>;

    /// The same, to be filled.
    fn cells_mut(&mut self) -> Vec<&mut dyn Cell>;
}

/// A row of these texts.
pub(super) fn of_texts<'a, R: Row>(texts: impl IntoIterator<Item = &'a str>) -> R {
    let mut row = R::default();
    for (cell, text) in row.cells_mut().into_iter().zip(texts) {
        cell.read(text);
    }
    row
}

/// Table 1: who submits what, for which year.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Submission {
    /// The Party that reports.
    pub party: Field<PartyCode>,
    /// X.Y: 1.0 is the first submission for a year; a version is never changed once submitted.
    pub version: Field<Version>,
    /// The calendar year reported on.
    pub reported_year: Field<u16>,
    /// The day of submission.
    pub date: Field<Day>,
    /// Review status of the initial report: of the CARP.
    pub review_status: CarpCell,
    /// Result of the consistency check of this submission: of the CARP.
    pub consistency_result: CarpCell,
    /// First year of the NDC implementation period.
    pub ndc_first_year: Field<u16>,
    /// Last year of the NDC implementation period.
    pub ndc_last_year: Field<u16>,
    /// Reference to the Article 6 technical expert review report of the initial report: a link of the CARP.
    pub review_report: CarpCell,
}

/// Table 2: one version of an authorisation.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Authorisation {
    /// The identifier that the Party gave: letters, digits, spaces, hyphens.
    pub id: Field<String>,
    /// The day of authorisation.
    pub date: Field<Day>,
    /// The cooperative approach.
    pub cooperative_approach: Field<CooperativeApproachId>,
    /// 1 for the first version.
    pub version: Field<u32>,
    /// At most so much, in the metric.
    pub quantity: Field<Decimal>,
    /// GHG or not.
    pub metric: Field<Metric>,
    /// Global warming potentials, where gases other than CO2 are concerned.
    pub gwp_values: Field<String>,
    /// What is counted, where it is not greenhouse gas.
    pub non_ghg_metric: Field<String>,
    /// Sectors, by their codes.
    pub sectors: Field<List>,
    /// Activity types, by their codes.
    pub activity_types: Field<List>,
    /// What the outcomes may be used for, by its code.
    pub purposes: Field<String>,
    /// Parties that may use the outcomes.
    pub parties: Field<Parties>,
    /// Entities that may use or cancel the outcomes, by their identification numbers: rows of Table 5.
    pub entities: Field<List>,
    /// The other international mitigation purposes, such as CORSIA.
    pub oimp: Field<String>,
    /// When the outcomes occur and may be used.
    pub timeframe: Field<Timeframe>,
    /// Terms and conditions.
    pub terms: Field<String>,
    /// Documentation: a link of the CARP.
    pub documentation: CarpCell,
    /// Which event is the first transfer, where there is a purpose other than NDC; by its code.
    pub first_transfer_definition: Field<String>,
    /// More that the Party wants to say.
    pub explanation: Field<String>,
}

/// A block of ITMOs: every column of Table 4, and columns 4 to 19 of Table 3.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ItmoBlock {
    /// The cooperative approach.
    pub cooperative_approach: Field<CooperativeApproachId>,
    /// The authorisation: a row of Table 2 of this or an earlier year.
    pub authorisation: Field<String>,
    /// The Party that transferred first.
    pub first_transferring_party: Field<PartyCode>,
    /// The registry in which the action is tracked, or the block is held.
    pub registry: Field<RegistryCode>,
    /// The first ITMO of the block.
    pub first_id: Field<UnitId>,
    /// The last ITMO of the block, included.
    pub last_id: Field<UnitId>,
    /// The registry of the underlying units, by its code.
    pub underlying_registry: Field<String>,
    /// The first underlying unit, as that registry writes it.
    pub first_unit: Field<String>,
    /// The last underlying unit.
    pub last_unit: Field<String>,
    /// GHG or not.
    pub metric: Field<Metric>,
    /// Global warming potentials, where gases other than CO2 are concerned.
    pub gwp_values: Field<String>,
    /// What is counted, where it is not greenhouse gas.
    pub non_ghg_metric: Field<String>,
    /// Quantity in t CO2 eq.
    pub quantity: Field<Decimal>,
    /// Quantity in the metric, where it is not greenhouse gas.
    pub quantity_non_ghg: Field<Decimal>,
    /// Reductions or removals, by its code.
    pub mitigation_type: Field<String>,
    /// The calendar year in which the mitigation occurred.
    pub vintage: Field<u16>,
}

/// Table 3: one action with one block.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Action {
    /// When it was done.
    pub date: Field<ActionDate>,
    /// What was done.
    pub action_type: Field<ActionType>,
    /// What of its type, by its code.
    pub subtype: Field<String>,
    /// With which block.
    pub block: ItmoBlock,
    /// Acquisition: from whom.
    pub transferring_party: Field<PartyCode>,
    /// First transfer and transfer: to whom.
    pub acquiring_party: Field<PartyCode>,
    /// Use or cancellation for a purpose other than NDC: which.
    pub purpose: Field<String>,
    /// Use and cancellation: the Party.
    pub using_party: Field<PartyCode>,
    /// Use and cancellation: the authorised entity, by its identification number.
    pub using_entity: Field<String>,
    /// Use towards an NDC: for which calendar year.
    pub use_year: Field<u16>,
    /// Result of the consistency checks: of the CARP.
    pub consistency_result: CarpCell,
    /// More that the Party wants to say.
    pub explanation: Field<String>,
}

/// Table 5: an entity and its authorisation.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuthorisedEntity {
    /// The day of authorisation.
    pub date: Field<Day>,
    /// Its name.
    pub name: Field<String>,
    /// Where it is incorporated.
    pub country: Field<PartyCode>,
    /// Its identification number there.
    pub identification: Field<String>,
    /// The cooperative approach.
    pub cooperative_approach: Field<CooperativeApproachId>,
    /// Conditions.
    pub conditions: Field<String>,
    /// Whether, and on what conditions, the authorisation can be changed or revoked.
    pub change_conditions: Field<String>,
    /// More that the Party wants to say.
    pub explanation: Field<String>,
}

/// The cells of a row, shared and to be filled, from one list of its fields.
macro_rules! row {
    ($type:ty, $table:expr, [$($($field:ident).+),* $(,)?]) => {
        impl Row for $type {
            const TABLE: Table = $table;

            fn cells(&self) -> Vec<&dyn Cell> {
                vec![$(&self.$($field).+ as &dyn Cell),*]
            }

            fn cells_mut(&mut self) -> Vec<&mut dyn Cell> {
                vec![$(&mut self.$($field).+ as &mut dyn Cell),*]
            }
        }
    };
}

row!(
    Submission,
    Table::Submission,
    [
        party,
        version,
        reported_year,
        date,
        review_status,
        consistency_result,
        ndc_first_year,
        ndc_last_year,
        review_report,
    ]
);

row!(
    Authorisation,
    Table::Authorisations,
    [
        id,
        date,
        cooperative_approach,
        version,
        quantity,
        metric,
        gwp_values,
        non_ghg_metric,
        sectors,
        activity_types,
        purposes,
        parties,
        entities,
        oimp,
        timeframe,
        terms,
        documentation,
        first_transfer_definition,
        explanation,
    ]
);

row!(
    Action,
    Table::Actions,
    [
        date,
        action_type,
        subtype,
        block.cooperative_approach,
        block.authorisation,
        block.first_transferring_party,
        block.registry,
        block.first_id,
        block.last_id,
        block.underlying_registry,
        block.first_unit,
        block.last_unit,
        block.metric,
        block.gwp_values,
        block.non_ghg_metric,
        block.quantity,
        block.quantity_non_ghg,
        block.mitigation_type,
        block.vintage,
        transferring_party,
        acquiring_party,
        purpose,
        using_party,
        using_entity,
        use_year,
        consistency_result,
        explanation,
    ]
);

row!(
    ItmoBlock,
    Table::Holdings,
    [
        cooperative_approach,
        authorisation,
        first_transferring_party,
        registry,
        first_id,
        last_id,
        underlying_registry,
        first_unit,
        last_unit,
        metric,
        gwp_values,
        non_ghg_metric,
        quantity,
        quantity_non_ghg,
        mitigation_type,
        vintage,
    ]
);

row!(
    AuthorisedEntity,
    Table::Entities,
    [
        date,
        name,
        country,
        identification,
        cooperative_approach,
        conditions,
        change_conditions,
        explanation,
    ]
);
