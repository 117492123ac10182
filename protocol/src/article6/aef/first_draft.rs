//! The first draft of the format (6/CMA.4, Annex VII): three tables. It is read, never written, and mapped to the second draft
//! as far as that is defined.

use super::Aef;
use super::nomenclature::{Found, Nomenclature};
use super::row::{Action, Authorisation, ItmoBlock, Submission};
use super::value::{
    ActionDate, ActionType, Cell, Decimal, Field, List, Metric, PartyCode, UnitId, Value,
};
use crate::period::Day;
use std::collections::BTreeMap;

/// The headings of Table 1, from top to bottom.
pub const HEADING_LABELS: [&str; 2] = ["Party", "Reported year"];

/// The headings of Table 2, from left to right; Table 3 has those up to the first transfer definition.
pub const LABELS: [&str; 26] = [
    "Article 6 database record ID",
    "Cooperative approach",
    "First unique identifier",
    "Last unique identifier",
    "Underlying unit block start ID",
    "Underlying unit block end ID",
    "Metric",
    "Quantity (expressed in metric)",
    "Quantity (t CO2 eq)",
    "Conversion factor (reporting Party)",
    "First transferring participating Party",
    "Vintage",
    "Sector(s)",
    "Activity type(s)",
    "Date of authorization",
    "Authorization ID",
    "Purposes for authorization",
    "OIMP authorized by the Party",
    "First transfer definition",
    "Action date",
    "Action type",
    "Transferring participating Party",
    "Acquiring participating Party",
    "Purposes for cancellation",
    "Using participating Party or authorized entity",
    "First transfer",
];

/// How many of [`LABELS`] Table 3 has.
pub const HOLDING_COLUMNS: usize = 19;

/// A submission in the first draft.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FirstDraft {
    /// The Party that reports.
    pub party: Field<PartyCode>,
    /// The calendar year reported on.
    pub reported_year: Field<u16>,
    /// Table 2.
    pub actions: Vec<EarlyAction>,
    /// Table 3.
    pub holdings: Vec<EarlyBlock>,
}

/// A block in the first draft, with its authorisation.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EarlyBlock {
    /// The number of the record in the Article 6 database.
    pub record: Field<String>,
    /// "Cooperative approach", "Article 6.4 mechanism", or an ID.
    pub cooperative_approach: Field<String>,
    /// The first ITMO.
    pub first_id: Field<UnitId>,
    /// The last ITMO.
    pub last_id: Field<UnitId>,
    /// The first underlying unit.
    pub first_unit: Field<String>,
    /// The last underlying unit.
    pub last_unit: Field<String>,
    /// GHG or not.
    pub metric: Field<Metric>,
    /// Quantity in the metric.
    pub quantity_in_metric: Field<Decimal>,
    /// Quantity in t CO2 eq.
    pub quantity: Field<Decimal>,
    /// From the metric to t CO2 eq.
    pub conversion_factor: Field<String>,
    /// The Party that transferred first.
    pub first_transferring_party: Field<PartyCode>,
    /// The calendar year of the mitigation.
    pub vintage: Field<u16>,
    /// Sectors, by the codes of the draft.
    pub sectors: Field<List>,
    /// Activity types.
    pub activity_types: Field<List>,
    /// The day of authorisation.
    pub authorised: Field<Day>,
    /// The authorisation.
    pub authorisation: Field<String>,
    /// Its purposes.
    pub purposes: Field<String>,
    /// The other international mitigation purposes.
    pub oimp: Field<String>,
    /// Which event is the first transfer.
    pub first_transfer_definition: Field<String>,
}

/// An action in the first draft.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EarlyAction {
    /// The block and its authorisation.
    pub block: EarlyBlock,
    /// When it was done.
    pub date: Field<ActionDate>,
    /// What was done.
    pub action_type: Field<ActionType>,
    /// From whom.
    pub transferring_party: Field<PartyCode>,
    /// To whom.
    pub acquiring_party: Field<PartyCode>,
    /// What the ITMOs were cancelled for.
    pub purpose: Field<String>,
    /// By whom they were used.
    pub user: Field<String>,
    /// Whether it was the first transfer.
    pub first_transfer: Field<String>,
}

impl EarlyBlock {
    fn cells_mut(&mut self) -> Vec<&mut dyn Cell> {
        vec![
            &mut self.record,
            &mut self.cooperative_approach,
            &mut self.first_id,
            &mut self.last_id,
            &mut self.first_unit,
            &mut self.last_unit,
            &mut self.metric,
            &mut self.quantity_in_metric,
            &mut self.quantity,
            &mut self.conversion_factor,
            &mut self.first_transferring_party,
            &mut self.vintage,
            &mut self.sectors,
            &mut self.activity_types,
            &mut self.authorised,
            &mut self.authorisation,
            &mut self.purposes,
            &mut self.oimp,
            &mut self.first_transfer_definition,
        ]
    }

    /// A block of the texts of its cells.
    #[must_use]
    pub fn of_texts<'a>(texts: impl IntoIterator<Item = &'a str>) -> Self {
        let mut block = Self::default();
        for (cell, text) in block.cells_mut().into_iter().zip(texts) {
            cell.read(text);
        }
        block
    }
}

impl EarlyAction {
    /// An action of the texts of its cells.
    #[must_use]
    pub fn of_texts<'a>(texts: impl IntoIterator<Item = &'a str>) -> Self {
        let mut action = Self::default();
        let mut cells = action.block.cells_mut();
        cells.extend([
            &mut action.date as &mut dyn Cell,
            &mut action.action_type,
            &mut action.transferring_party,
            &mut action.acquiring_party,
            &mut action.purpose,
            &mut action.user,
            &mut action.first_transfer,
        ]);
        for (cell, text) in cells.into_iter().zip(texts) {
            cell.read(text);
        }
        action
    }
}

impl FirstDraft {
    /// The submission in the second draft.
    ///
    /// What the first draft does not have stays blank: the version, the NDC period, versions of authorisations, registries
    /// of numbers without a whole ID, entities. The conversion factor and the database's record IDs have no place in the
    /// second draft. A cell that cannot be read stays one.
    #[must_use]
    pub fn to_second(&self) -> Aef {
        let submission = Submission {
            party: self.party.clone(),
            reported_year: self.reported_year.clone(),
            ..Submission::default()
        };
        Aef {
            submission,
            authorisations: self.authorisations(),
            actions: self.actions.iter().map(EarlyAction::to_second).collect(),
            holdings: self.holdings.iter().map(EarlyBlock::to_second).collect(),
            entities: Vec::new(),
        }
    }

    /// Each authorisation that a block names, once, in the order in which they appear.
    fn authorisations(&self) -> Vec<Authorisation> {
        let blocks = self
            .actions
            .iter()
            .map(|it| &it.block)
            .chain(&self.holdings);
        let mut seen = BTreeMap::new();
        let mut rows = Vec::new();
        for block in blocks {
            let Some(id) = block.authorisation.value() else {
                continue;
            };
            if seen.insert(id, ()).is_none() {
                rows.push(block.authorisation_row());
            }
        }
        rows
    }
}

/// A cell of the same text in another kind.
fn same<T: Value>(text: &str) -> Field<T> {
    let mut field = Field::Absent;
    field.read(text);
    field
}

/// Codes of the first draft as those of now, where each has one.
fn sectors(early: &Field<List>) -> Field<List> {
    let Field::Is(list) = early else {
        return early.clone();
    };
    let now = |word: &String| match Nomenclature::find("sector", word).map(Found::code) {
        Some(code) => code.now.as_ref().unwrap_or(&code.value).clone(),
        None => word.clone(),
    };
    Field::Is(list.0.iter().map(now).collect())
}

impl EarlyBlock {
    fn authorisation_row(&self) -> Authorisation {
        Authorisation {
            id: self.authorisation.clone(),
            date: self.authorised.clone(),
            cooperative_approach: self.approach(),
            metric: self.metric.clone(),
            sectors: sectors(&self.sectors),
            activity_types: self.activity_types.clone(),
            purposes: self.purposes.clone(),
            oimp: self.oimp.clone(),
            first_transfer_definition: self.first_transfer_definition.clone(),
            ..Authorisation::default()
        }
    }

    /// The cooperative approach: of the cell where it is an ID, or else of the whole ID of the first ITMO.
    fn approach(&self) -> Field<crate::serial::CooperativeApproachId> {
        let of_cell = same(&self.cooperative_approach.text());
        let of_id = self.first_id.get().and_then(UnitId::full);
        match (&of_cell, of_id) {
            (Field::Is(_), _) | (_, None) => of_cell,
            (_, Some(uid)) => uid.cooperative_approach.into(),
        }
    }

    fn to_second(&self) -> ItmoBlock {
        let non_ghg = self.metric.get() == Some(Metric::NonGhg);
        let uid = self.first_id.get().and_then(UnitId::full);
        ItmoBlock {
            cooperative_approach: self.approach(),
            authorisation: self.authorisation.clone(),
            first_transferring_party: self.first_transferring_party.clone(),
            registry: uid.map_or(Field::Absent, |uid| uid.registry.into()),
            first_id: self.first_id.clone(),
            last_id: self.last_id.clone(),
            underlying_registry: Field::NotApplicable,
            first_unit: self.first_unit.clone(),
            last_unit: self.last_unit.clone(),
            metric: self.metric.clone(),
            gwp_values: Field::NotApplicable,
            non_ghg_metric: if non_ghg {
                Field::Absent
            } else {
                Field::NotApplicable
            },
            quantity: self.quantity.clone(),
            quantity_non_ghg: if non_ghg {
                self.quantity_in_metric.clone()
            } else {
                Field::NotApplicable
            },
            mitigation_type: Field::Absent,
            vintage: self.vintage.clone(),
        }
    }
}

impl EarlyAction {
    fn to_second(&self) -> Action {
        let user = self.user.text();
        let party: Field<PartyCode> = same(&user);
        let (using_party, using_entity) = match party {
            Field::Unreadable(_) => (Field::NotApplicable, self.user.clone()),
            party => (party, Field::NotApplicable),
        };
        let first = self.first_transfer.text();
        let is_first = ["yes", "y", "true", "1", "x", "first transfer"];
        let is_first = is_first.iter().any(|it| it.eq_ignore_ascii_case(&first));
        let action_type = match self.action_type {
            Field::Is(ActionType::Transfer) if is_first => ActionType::FirstTransfer.into(),
            ref other => other.clone(),
        };
        Action {
            date: self.date.clone(),
            action_type,
            subtype: Field::Absent,
            block: self.block.to_second(),
            transferring_party: self.transferring_party.clone(),
            acquiring_party: self.acquiring_party.clone(),
            purpose: self.purpose.clone(),
            using_party,
            using_entity,
            use_year: Field::Absent,
            ..Action::default()
        }
    }
}
