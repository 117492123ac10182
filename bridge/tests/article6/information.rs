//! The registry's part of the initial report and of the regular information, as files.

use std::fmt::Write as _;
use std::io::Cursor;
use std::path::Path;

use calamine::{Data, Reader as _, Xlsx};
use countersign_bridge::information::{
    read_initial_json, read_regular_json, write_initial_json, write_initial_workbook,
    write_regular_json, write_regular_workbook,
};
use countersign_protocol::article6::{
    InitialInformation, RegularInformation, SummaryRow, SummaryTerms,
};
use countersign_protocol::record::Metric;

use crate::{books, mwh};

/// Compares with the copy; `UPDATE_GOLDEN=1` writes it anew.
fn compare(name: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden")
        .join(name);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, text).unwrap();
    }
    let golden = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        golden == text,
        "{name} is no longer as its golden copy:\n{text}"
    );
}

fn regular(metric: &Metric) -> Vec<RegularInformation> {
    let books = books(metric);
    let of = |it: &countersign_protocol::article6::Book| {
        it.regular_information(2025, SummaryTerms::default())
    };
    books.iter().filter_map(of).collect()
}

fn initial(metric: &Metric) -> Vec<InitialInformation> {
    let books = books(metric);
    books
        .iter()
        .filter_map(|it| it.initial_information())
        .collect()
}

/// A workbook, cell by cell.
fn cells(bytes: &[u8]) -> String {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
    let mut text = String::new();
    for name in book.sheet_names() {
        writeln!(text, "# {name}").unwrap();
        let cells = book.worksheet_range(&name).unwrap();
        let start = cells.start().unwrap();
        for (row, column, value) in cells.used_cells() {
            let (row, column) = (row + start.0 as usize + 1, column + start.1 as usize + 1);
            writeln!(text, "{row}:{column} {value:?}").unwrap();
        }
    }
    text
}

#[test]
fn json_is_as_its_golden_copy_and_read_back_as_it_was_written() {
    for metric in [Metric::Ghg, mwh()] {
        let all = regular(&metric);
        assert_eq!(all.len(), 3);
        for it in &all {
            assert_eq!(read_regular_json(&write_regular_json(it)).unwrap(), *it);
        }
        for it in initial(&metric) {
            assert_eq!(read_initial_json(&write_initial_json(&it)).unwrap(), it);
        }
    }
    compare(
        "regular-information.json",
        &write_regular_json(&regular(&Metric::Ghg)[1]),
    );
    compare(
        "initial-report.json",
        &write_initial_json(&initial(&Metric::Ghg)[0]),
    );
}

#[test]
fn workbooks_are_as_their_golden_copies_cell_by_cell() {
    compare(
        "regular-information.xlsx.txt",
        &cells(&write_regular_workbook(&regular(&Metric::Ghg)[1]).unwrap()),
    );
    compare(
        "initial-report.xlsx.txt",
        &cells(&write_initial_workbook(&initial(&Metric::Ghg)[0]).unwrap()),
    );
}

#[test]
fn the_workbook_says_in_each_year_what_the_summary_says() {
    for it in regular(&Metric::Ghg) {
        let bytes = write_regular_workbook(&it).unwrap();
        let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
        let sheet = book.worksheet_range("Structured summary").unwrap();
        let headings = 2_u32;
        let mut seen = 0;
        for row in SummaryRow::ALL {
            for (place, year) in (0_u32..).zip(it.summary.period.years()) {
                let line = headings + u32::from(row.number());
                let cell = sheet.get_value((line, 5 + place));
                let heading = sheet.get_value((headings, 5 + place)).unwrap();
                assert_eq!(heading.to_string(), year.to_string());
                match (it.summary.value(row, year), cell) {
                    (None, None | Some(Data::Empty)) => {}
                    (Some(value), Some(Data::Float(cell))) => {
                        assert_eq!(value.rounded().to_string(), cell.to_string());
                        seen += 1;
                    }
                    (value, cell) => panic!("{row:?} {year}: {value:?} is {cell:?}"),
                }
            }
        }
        assert!(seen > 60, "{seen}");
        let sheet = book.worksheet_range("Quantities").unwrap();
        assert_eq!(sheet.height(), 3 + it.breakdown.len());
    }
}

#[test]
fn the_quantities_by_approach_add_up_to_the_rows_of_the_summary() {
    for it in regular(&Metric::Ghg) {
        for row in [
            SummaryRow::FirstTransferred,
            SummaryRow::AuthorisedForOimp,
            SummaryRow::UsedTowardsNdc,
        ] {
            for year in it.summary.period.years() {
                let of_it = it.breakdown.iter();
                let sum: u64 = of_it
                    .filter(|(key, _)| (key.row, key.year) == (row, year))
                    .map(|(_, quantity)| quantity)
                    .sum();
                let value = it.summary.value(row, year).unwrap();
                assert_eq!(value.to_string(), sum.to_string(), "{row:?} {year}");
            }
        }
    }
}

#[test]
fn what_is_no_such_file_is_refused_with_the_reason() {
    let text = write_regular_json(&regular(&Metric::Ghg)[0]);
    for (from, to, why) in [
        ("regular information v1", "annual report", "the format is"),
        ("\"1000\"", "\"a lot\"", "no number such as 100 or 700/3"),
        ("\"1000\"", "\"1/0\"", "no number such as 100 or 700/3"),
        ("\"party\"", "\"country\"", "unknown field `country`"),
        ("\"number\": 6", "\"number\": 600", "600"),
    ] {
        let changed = text.replacen(from, to, 1);
        assert_ne!(changed, text, "{from}");
        let error = read_regular_json(&changed).unwrap_err().to_string();
        assert!(error.contains(why), "{error}");
    }
    let text = write_initial_json(&initial(&Metric::Ghg)[0]);
    let changed = text.replacen("initial report v1", "initial report v9", 1);
    let error = read_initial_json(&changed).unwrap_err().to_string();
    assert!(error.contains("v9"), "{error}");
}
