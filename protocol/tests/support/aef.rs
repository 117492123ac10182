//! Two submissions that fit together: Ghana sells, Switzerland buys and uses. And any submission, for properties.
#![allow(dead_code)]

use countersign_protocol::article6::aef::{Aef, Table};

fn push(aef: &mut Aef, table: Table, row: &str) {
    aef.push_texts(table, row.split('|').map(str::trim));
}

/// The place of a column by its heading.
pub fn column(table: Table, label: &str) -> usize {
    let mut columns = table.columns().iter();
    let found = columns.position(|column| column.label == label);
    found.unwrap_or_else(|| panic!("{table:?} has no column {label}"))
}

/// Writes a text into a cell.
pub fn set(aef: &mut Aef, table: Table, row: usize, label: &str, text: &str) {
    let at = column(table, label);
    let cell = aef.cell_mut(table, row, at);
    cell.unwrap_or_else(|| panic!("{table:?} has no row {row}"))
        .read(text);
}

/// A block of CA0001, registered by Ghana, of 2023.
pub fn block(authorisation: &str, registry: &str, first: u64, last: u64) -> String {
    let id = |number: u64| format!("CA0001-GHA01-GHA-{number}-2023");
    format!(
        "CA0001 | {authorisation} | GHA | {registry} | {} | {} | NA | NA | NA | GHG | NA | NA | {} | NA | Emission reductions | 2023",
        id(first),
        id(last),
        last + 1 - first
    )
}

/// Ghana for 2024: two authorisations, a first transfer to Switzerland, one for CORSIA.
pub fn ghana() -> Aef {
    let mut aef = Aef::default();
    push(
        &mut aef,
        Table::Submission,
        "GHA | 1.0 | 2024 | 10/04/2025 | | | 2021 | 2030 |",
    );
    for row in [
        "GHA-1 | 15/01/2024 | CA0001 | 1 | 10000 | GHG | NA | NA | Energy generation | Solar | NDC and OIMP | CHE, SGP | CHE-123 | CORSIA | 2021 - 2030 | Letter of 15 January | | Use or cancellation | NA",
        "GHA-2 | 20/01/2024 | CA0002 | 1 | 500 | GHG | NA | NA | Waste management, Transportation | NA | NDC | any Party | NA | NA | NA | NA | | NA | NA",
    ] {
        push(&mut aef, Table::Authorisations, row);
    }
    let sold = block("GHA-1", "GHA01", 1, 1000);
    let flown = block("GHA-1", "GHA01", 2001, 2100);
    for row in [
        format!(
            "01/03/2024 | First transfer | First transfer to another Party | {sold} | NA | CHE | NA | NA | NA | NA | | NA"
        ),
        format!(
            "02/03/2024 | First transfer | Use or cancellation | {flown} | NA | NA | OIMP | NA | CHE-123 | NA | | NA"
        ),
    ] {
        push(&mut aef, Table::Actions, &row);
    }
    push(
        &mut aef,
        Table::Entities,
        "15/01/2024 | Alpine Air | CHE | CHE-123 | CA0001 | NA | NA | NA",
    );
    aef
}

/// Switzerland for 2024: it acquires, uses 400 and holds 600.
pub fn switzerland() -> Aef {
    let mut aef = Aef::default();
    push(
        &mut aef,
        Table::Submission,
        "CHE | 1.0 | 2024 | 01/04/2025 | | | 2021 | 2030 |",
    );
    let bought = block("GHA-1", "CHE01", 1, 1000);
    let used = block("GHA-1", "CHE01", 1, 400);
    for row in [
        format!("01/03/2024 | Acquisition | NA | {bought} | GHA | NA | NA | NA | NA | NA | | NA"),
        format!("30/11/2024 | Use | NA | {used} | NA | NA | NA | CHE | NA | 2024 | | NA"),
    ] {
        push(&mut aef, Table::Actions, &row);
    }
    push(
        &mut aef,
        Table::Holdings,
        &block("GHA-1", "CHE01", 401, 1000),
    );
    aef
}
