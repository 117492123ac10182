//! Golden copies: CSV, JSON, and the workbook as it is read back, cell by cell.

use std::fmt::Write as _;
use std::io::Cursor;
use std::path::Path;

use calamine::{Reader as _, Xlsx};
use countersign_bridge::aef::{write_csv, write_json, write_workbook};

use super::sample::ghana;

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

#[test]
fn csv_is_as_its_golden_copy() {
    compare("aef.csv", &write_csv(&ghana()));
}

#[test]
fn json_is_as_its_golden_copy() {
    compare("aef.json", &write_json(&ghana()));
}

#[test]
fn the_workbook_is_as_its_golden_copy_cell_by_cell() {
    let bytes = write_workbook(&ghana()).unwrap();
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
    let mut text = String::new();
    for name in book.sheet_names() {
        let merged = book.merge_cells_by_sheet_name(&name).unwrap();
        writeln!(text, "# {name}").unwrap();
        let cells = book.worksheet_range(&name).unwrap();
        for (row, column, value) in cells.used_cells() {
            let start = cells.start().unwrap();
            let place = format!(
                "{}:{}",
                row + start.0 as usize + 1,
                column + start.1 as usize + 1
            );
            writeln!(text, "{place} {value:?}").unwrap();
        }
        for it in merged {
            writeln!(text, "merged {:?} to {:?}", it.start, it.end).unwrap();
        }
    }
    compare("aef.xlsx.txt", &text);
}

#[test]
fn a_workbook_has_seven_sheets_frozen_headings_and_lists_to_choose_from() {
    let bytes = write_workbook(&ghana()).unwrap();
    let book: Xlsx<_> = Xlsx::new(Cursor::new(&bytes)).unwrap();
    let expected = [
        "Index",
        "Summary information",
        "Table 1 Submission",
        "Table 2 Authorizations",
        "Table 3 Actions",
        "Table 4 Holdings",
        "Table 5 Auth. entities",
    ];
    assert_eq!(book.sheet_names(), expected);
    let mut parts = zip::ZipArchive::new(Cursor::new(&bytes)).unwrap();
    let mut sheet = String::new();
    std::io::Read::read_to_string(
        &mut parts.by_name("xl/worksheets/sheet5.xml").unwrap(),
        &mut sheet,
    )
    .unwrap();
    assert!(sheet.contains("state=\"frozen\""), "{sheet}");
    assert!(sheet.contains("<formula1>Index!$"), "{sheet}");
    assert_eq!(sheet.matches("<dataValidation ").count(), 6);
}
