//! The sheets of the regular information.

use countersign_protocol::article6::{RegularInformation, SummaryRow};

use super::sheets::{Cell, Sheet};

/// In what the levels and quantities of a row count.
pub(super) const fn unit(row: SummaryRow) -> &'static str {
    match row {
        SummaryRow::NonGhgIndicator | SummaryRow::AdjustedIndicator => "unit of the indicator",
        _ => "t CO2 eq",
    }
}

pub(super) fn sheets(it: &RegularInformation) -> [Sheet; 2] {
    [summary(it), breakdown(it)]
}

/// Table 4 of 5/CMA.3 annex II. How far the NDC has come is for the Party to say and has no column.
fn summary(it: &RegularInformation) -> Sheet {
    let period = it.summary.period;
    let mut columns = vec![
        ("Row".to_owned(), 6),
        ("Indicator or quantity".to_owned(), 60),
        ("Paragraph".to_owned(), 12),
        ("Unit".to_owned(), 20),
        (format!("Reference level ({})", it.reference.year), 16),
    ];
    columns.extend(period.years().map(|year| (year.to_string(), 14)));
    columns.push((format!("Target level ({})", it.target.year), 16));
    let rows = SummaryRow::ALL.into_iter().map(|row| {
        // The level of the NDC is compared with the reference and the target, and the balance with the target.
        let level = row == SummaryRow::CoveredEmissions;
        let balance = row == SummaryRow::EmissionsBalance;
        let mut cells = vec![
            Cell::Whole(row.number().into()),
            row.label().into(),
            row.paragraph().into(),
            unit(row).into(),
            level.then(|| Cell::Whole(it.reference.level.into())).into(),
        ];
        cells.extend(period.years().map(|year| {
            let value = it.summary.value(row, year);
            Cell::from(value.map(|it| Cell::Whole(it.rounded())))
        }));
        cells.push(
            (level || balance)
                .then(|| Cell::Whole(it.target.level.into()))
                .into(),
        );
        cells
    });
    Sheet {
        name: "Structured summary",
        title: format!(
            "{}: structured summary of the NDC implementation period {} to {} (5/CMA.3, annex II, table 4)",
            it.party.alpha3(),
            period.first(),
            period.last()
        ),
        rows: rows.collect(),
        columns,
    }
}

/// The quantities of rows 6 to 8 once more (2/CMA.3 annex para 23(j)).
fn breakdown(it: &RegularInformation) -> Sheet {
    let columns = [
        ("Row", 6),
        ("Year", 8),
        ("Cooperative approach ID", 14),
        ("Sectoral scope", 10),
        ("First transferring Party", 14),
        ("Acquiring or using Party", 14),
        ("Vintage", 9),
        ("Quantity (t CO2 eq)", 16),
    ];
    let rows = it.breakdown.iter().map(|(key, quantity)| {
        vec![
            Cell::Whole(key.row.number().into()),
            Cell::Year(key.year),
            key.approach.to_string().into(),
            Cell::Whole(key.scope.number().into()),
            key.transferring.alpha3().to_string().into(),
            key.using.map(|it| it.alpha3().to_string()).into(),
            Cell::Year(key.vintage),
            Cell::Whole((*quantity).into()),
        ]
    });
    Sheet {
        name: "Quantities",
        title: format!(
            "{}: quantities by approach, sector, Party and vintage (2/CMA.3, annex, paragraph 23(j))",
            it.party.alpha3()
        ),
        columns: columns.map(|(it, width)| (it.to_owned(), width)).into(),
        rows: rows.collect(),
    }
}
