//! The same as JSON, with exact fractions.

use std::collections::BTreeMap;

use countersign_protocol::article6::{
    AdjustmentMethod, BreakdownKey, InitialInformation, NdcPeriod, Ratio, RegularInformation,
    StructuredSummary, SummaryRow,
};
use countersign_protocol::party::Party;
use countersign_protocol::record::YearLevel;
use countersign_protocol::serial::{CooperativeApproachId, SectoralScope};
use serde::{Deserialize, Serialize};

use super::regular::unit;

const REGULAR: &str = "Article 6 regular information v1";
const INITIAL: &str = "Article 6 initial report v1";

/// The regular information as JSON has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RegularDocument {
    /// What the file is.
    pub format: String,
    /// The Party.
    pub party: Party,
    /// The NDC implementation period.
    pub period: NdcPeriod,
    /// How the Party adjusts.
    pub method: AdjustmentMethod,
    /// The year to which the target is compared.
    pub reference: YearLevel,
    /// The target.
    pub target: YearLevel,
    /// The rows of the structured summary that say something of the Party, some without values yet.
    pub rows: Vec<RowDocument>,
    /// The quantities of rows 6 to 8 once more (2/CMA.3 annex para 23(j)).
    pub quantities: Vec<QuantityDocument>,
}

/// One row of the structured summary.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RowDocument {
    /// Its number in 5/CMA.3 annex II table 4, counted over the rows of Article 6.
    pub number: u8,
    /// Its name.
    pub row: SummaryRow,
    /// What it says.
    pub label: String,
    /// The paragraph that asks for it.
    pub paragraph: String,
    /// In what it counts.
    pub unit: String,
    /// Its values by year, exact: `100`, or `700/3` for a fraction.
    pub values: BTreeMap<u16, String>,
}

/// One quantity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QuantityDocument {
    /// The row of which it is a part.
    pub row: SummaryRow,
    /// The year in which it was recorded.
    pub year: u16,
    /// The cooperative approach.
    pub cooperative_approach: CooperativeApproachId,
    /// The sectoral scope.
    pub sectoral_scope: SectoralScope,
    /// The first transferring Party.
    pub first_transferring_party: Party,
    /// The Party that acquired or used them.
    pub using_party: Option<Party>,
    /// The calendar year in which the mitigation occurred.
    pub vintage: u16,
    /// In t CO2 eq.
    pub quantity: u64,
}

/// The initial report as JSON has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InitialDocument {
    /// What the file is.
    pub format: String,
    /// The registry's part.
    #[serde(flatten)]
    pub information: InitialInformation,
}

/// A word of the ledger, as its JSON spells it.
pub(super) fn word(it: &impl Serialize) -> String {
    match serde_json::to_value(it) {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    }
}

impl From<&RegularInformation> for RegularDocument {
    fn from(it: &RegularInformation) -> Self {
        let row = |(row, values): (&SummaryRow, &BTreeMap<u16, Ratio>)| RowDocument {
            number: row.number(),
            row: *row,
            label: row.label().to_owned(),
            paragraph: row.paragraph().to_owned(),
            unit: unit(*row).to_owned(),
            values: values
                .iter()
                .map(|(year, it)| (*year, it.to_string()))
                .collect(),
        };
        let quantity = |(key, quantity): (&BreakdownKey, &u64)| QuantityDocument {
            row: key.row,
            year: key.year,
            cooperative_approach: key.approach,
            sectoral_scope: key.scope,
            first_transferring_party: key.transferring,
            using_party: key.using,
            vintage: key.vintage,
            quantity: *quantity,
        };
        Self {
            format: REGULAR.to_owned(),
            party: it.party,
            period: it.summary.period,
            method: it.method,
            reference: it.reference,
            target: it.target,
            rows: it.summary.rows.iter().map(row).collect(),
            quantities: it.breakdown.iter().map(quantity).collect(),
        }
    }
}

/// The structured summary and the quantities under it as JSON.
#[must_use]
pub fn write_regular_json(information: &RegularInformation) -> String {
    text(&RegularDocument::from(information))
}

/// The registry's part of the initial report as JSON.
#[must_use]
pub fn write_initial_json(information: &InitialInformation) -> String {
    text(&InitialDocument {
        format: INITIAL.to_owned(),
        information: information.clone(),
    })
}

fn text(document: &impl Serialize) -> String {
    // Every key is a text or a number, so that writing cannot fail.
    let mut text = serde_json::to_string_pretty(document).unwrap_or_default();
    text.push('\n');
    text
}

/// Reads the regular information back.
///
/// # Errors
/// Where the text is none, with line and column; where a value is no fraction, or a row stands there twice.
pub fn read_regular_json(text: &str) -> Result<RegularInformation, serde_json::Error> {
    use serde::de::Error as _;
    let document: RegularDocument = serde_json::from_str(text)?;
    is_format(&document.format, REGULAR)?;
    let mut rows = BTreeMap::new();
    for row in document.rows {
        let mut values = BTreeMap::new();
        for (year, value) in &row.values {
            let value = fraction(value).ok_or_else(|| {
                let label = &row.label;
                serde_json::Error::custom(format!(
                    "{label} of {year}: {value:?} is no number such as 100 or 700/3"
                ))
            })?;
            values.insert(*year, value);
        }
        if rows.insert(row.row, values).is_some() {
            return Err(serde_json::Error::custom(format!(
                "row {} stands there twice",
                row.number
            )));
        }
    }
    let quantities = document.quantities.into_iter().map(|it| {
        let key = BreakdownKey {
            row: it.row,
            year: it.year,
            approach: it.cooperative_approach,
            scope: it.sectoral_scope,
            transferring: it.first_transferring_party,
            using: it.using_party,
            vintage: it.vintage,
        };
        (key, it.quantity)
    });
    Ok(RegularInformation {
        party: document.party,
        method: document.method,
        reference: document.reference,
        target: document.target,
        summary: StructuredSummary {
            period: document.period,
            rows,
        },
        breakdown: quantities.collect(),
    })
}

/// Reads the registry's part of the initial report back.
///
/// # Errors
/// Where the text is none, with line and column.
pub fn read_initial_json(text: &str) -> Result<InitialInformation, serde_json::Error> {
    let document: InitialDocument = serde_json::from_str(text)?;
    is_format(&document.format, INITIAL)?;
    Ok(document.information)
}

fn is_format(found: &str, wanted: &str) -> Result<(), serde_json::Error> {
    use serde::de::Error as _;
    if found == wanted {
        return Ok(());
    }
    Err(serde_json::Error::custom(format!(
        "the format is {found:?} and not {wanted:?}"
    )))
}

fn fraction(text: &str) -> Option<Ratio> {
    match text.split_once('/') {
        Some((numerator, denominator)) => {
            Ratio::new(numerator.parse().ok()?, denominator.parse().ok()?)
        }
        None => Some(Ratio::whole(text.parse().ok()?)),
    }
}
