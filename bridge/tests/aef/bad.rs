//! Bad files: what is wrong is found, with its cell; what is no file at all is refused with a reason.

use std::io::{Cursor, Write as _};

use countersign_bridge::aef::{ReadError, read, write_csv, write_json, write_workbook};
use countersign_protocol::article6::aef::Table;
use proptest::prelude::*;
use rust_xlsxwriter::{Format, Formula, Workbook};

use super::foreign::other_hand;
use super::sample::{block, ghana, set, switzerland};
use super::{found, reading};

fn has(found: &[String], expected: &str) {
    assert!(
        found.iter().any(|it| it == expected),
        "{expected} is not among {found:#?}"
    );
}

/// Ghana's workbook with a change, at line and column 0.
fn changed(change: impl FnOnce(&mut Workbook)) -> Vec<String> {
    let mut book = other_hand(&ghana(), str::to_owned, (0, 0));
    change(&mut book);
    found(&book.save_to_buffer().unwrap())
}

const ACTIONS: usize = 2;

#[test]
fn a_missing_and_an_unknown_sheet_are_found() {
    let found = changed(|book| {
        book.worksheet_from_index(3)
            .unwrap()
            .set_name("Notes")
            .unwrap();
        let sheet = book.worksheet_from_index(3).unwrap();
        sheet.write_string(0, 0, "nothing of the format").unwrap();
        for place in 0..16 {
            sheet.write_string(3, place, "x").unwrap();
        }
    });
    has(&found, "AEF-F-001 holdings");
    has(&found, "AEF-F-004 Table 1 Submission");
}

#[test]
fn two_sheets_of_one_table_are_found() {
    let found = changed(|book| {
        book.add_worksheet().set_name("Holdings").unwrap();
    });
    has(&found, "AEF-F-005 Table 4 Holdings");
}

#[test]
fn missing_unknown_and_doubled_columns_are_found() {
    let found = changed(|book| {
        let sheet = book.worksheet_from_index(ACTIONS).unwrap();
        sheet.write_string(3, 1, "Colour").unwrap();
        sheet.write_string(3, 2, "Vintage").unwrap();
    });
    for expected in [
        "AEF-F-002 Table 3 Actions",
        "AEF-F-003 Table 3 Actions",
        "AEF-F-005 Table 3 Actions",
        "AEF-C-001 Table 3 Actions!5:5",
    ] {
        has(&found, expected);
    }
}

#[test]
fn a_table_without_headings_is_found() {
    let found = changed(|book| {
        let sheet = book.worksheet_from_index(ACTIONS).unwrap();
        for place in 0..27 {
            sheet.write_string(3, place, "-").unwrap();
        }
    });
    has(&found, "AEF-F-002 Table 3 Actions");
}

#[test]
fn formulas_errors_and_merged_cells_are_found_at_their_cells() {
    let found = changed(|book| {
        let sheet = book.worksheet_from_index(ACTIONS).unwrap();
        sheet
            .write_formula(4, 15, Formula::new("=500+500").set_result("1000"))
            .unwrap();
        sheet
            .write_formula(5, 18, Formula::new("=1/0").set_result("#DIV/0!"))
            .unwrap();
        sheet.merge_range(4, 25, 5, 25, "", &Format::new()).unwrap();
    });
    has(&found, "AEF-F-007 Table 3 Actions!P5");
    has(&found, "AEF-F-008 Table 3 Actions!S6");
    has(&found, "AEF-C-003 Table 3 Actions!S6");
    has(&found, "AEF-F-009 Table 3 Actions!Z5");
}

#[test]
fn empty_rows_and_what_stands_beside_a_table_are_found() {
    let found = changed(|book| {
        let sheet = book.worksheet_from_index(ACTIONS).unwrap();
        let row = block("GHA-1", "GHA01", 3001, 3001);
        for (place, text) in (3..).zip(row.split('|')) {
            sheet.write_string(8, place, text.trim()).unwrap();
        }
        sheet.write_string(4, 40, "see my notes").unwrap();
    });
    has(&found, "AEF-F-010 Table 3 Actions!9:9");
    has(&found, "AEF-F-011 Table 3 Actions");
    has(&found, "AEF-C-001 Table 3 Actions!A9");
}

#[test]
fn a_line_of_commas_between_rows_of_csv_is_found() {
    let text = write_csv(&ghana());
    let at = text.find("02/03/2024").unwrap();
    let text = format!("{},,,,\n{}", &text[..at], &text[at..]);
    has(&found(text.as_bytes()), "AEF-F-010 actions, line 21");
}

/// One mistake in a cell of Ghana's or Switzerland's submission, and what is found in a workbook of ours.
#[test]
fn mistakes_in_cells_are_found_with_the_cell_of_the_workbook() {
    let cases = [
        (
            true,
            Table::Actions,
            0,
            "Quantity (t CO2 eq)",
            "999",
            "AEF-B-005 Table 3 Actions!S6",
        ),
        (
            true,
            Table::Actions,
            0,
            "Authorization ID",
            "GHA-9",
            "AEF-B-001 Table 3 Actions!F6",
        ),
        (
            true,
            Table::Actions,
            0,
            "Vintage",
            "2020",
            "AEF-B-009 Table 3 Actions!W6",
        ),
        (
            true,
            Table::Actions,
            1,
            "First ID",
            "CA0001-GHA01-GHA-900-2023",
            "AEF-A-022 Table 3 Actions!I7",
        ),
        (
            true,
            Table::Actions,
            0,
            "Action date",
            "31/02/2024",
            "AEF-C-003 Table 3 Actions!B6",
        ),
        (
            true,
            Table::Authorisations,
            0,
            "Sector(s)",
            "Magic",
            "AEF-C-004 Table 2 Authorizations!K6",
        ),
        (
            true,
            Table::Authorisations,
            1,
            "Metric",
            "",
            "AEF-C-001 Table 2 Authorizations!H7",
        ),
        (
            false,
            Table::Actions,
            1,
            "Calendar year for which the ITMOs are used towards the Party's NDC",
            "2031",
            "AEF-A-013 Table 3 Actions!AE7",
        ),
        (
            false,
            Table::Submission,
            0,
            "Version",
            "one",
            "AEF-C-003 Table 1 Submission!C5",
        ),
    ];
    for (sells, table, row, label, text, expected) in cases {
        let mut aef = if sells { ghana() } else { switzerland() };
        set(&mut aef, table, row, label, text);
        has(&found(&write_workbook(&aef).unwrap()), expected);
    }
}

#[test]
fn the_same_mistake_has_a_line_in_csv_and_a_path_in_json() {
    let mut aef = ghana();
    set(&mut aef, Table::Actions, 1, "Vintage", "2020");
    has(
        &found(write_csv(&aef).as_bytes()),
        "AEF-B-009 actions, line 20, column 19",
    );
    has(
        &found(write_json(&aef).as_bytes()),
        "AEF-B-009 /actions/1/Vintage",
    );
}

#[test]
fn a_truncated_or_altered_workbook_is_refused() {
    let bytes = write_workbook(&ghana()).unwrap();
    for end in [4, 100, bytes.len() / 2, bytes.len() - 1] {
        let refused = read(&bytes[..end]);
        assert!(
            matches!(refused, Err(ReadError::NoWorkbook(_))),
            "{end}: {refused:?}"
        );
    }
}

/// A zip with these parts.
fn zipped(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        let options = zip::write::SimpleFileOptions::default();
        zip.start_file(*name, options).unwrap();
        zip.write_all(content).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

#[test]
fn a_zip_that_is_no_workbook_is_refused() {
    let refused = read(&zipped(&[("hello.txt", b"hello")]));
    assert!(
        matches!(refused, Err(ReadError::NoWorkbook(_))),
        "{refused:?}"
    );
}

#[test]
fn a_zip_bomb_is_refused_before_it_is_opened() {
    let zeros = zipped(&[("zeros", &vec![0; 64 * 1024 * 1024])]);
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for at in 0..17 {
        let mut zeros = zip::ZipArchive::new(Cursor::new(&zeros)).unwrap();
        let part = zeros.by_index(0).unwrap();
        zip.raw_copy_file_rename(part, format!("xl/worksheets/sheet{at}.xml"))
            .unwrap();
    }
    let bomb = zip.finish().unwrap().into_inner();
    assert!(bomb.len() < 8 * 1024 * 1024);
    assert!(matches!(read(&bomb), Err(ReadError::Bomb)));
    let names: Vec<String> = (0..2_001).map(|at| at.to_string()).collect();
    let parts: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), &b""[..])).collect();
    assert!(matches!(read(&zipped(&parts)), Err(ReadError::Bomb)));
}

#[test]
fn what_is_no_file_of_the_format_is_refused_with_a_reason() {
    let mut book = Workbook::new();
    book.add_worksheet()
        .write_string(0, 0, "groceries")
        .unwrap();
    let groceries = book.save_to_buffer().unwrap();
    assert!(matches!(read(&groceries), Err(ReadError::NoTable)));
    assert!(matches!(read(b"milk,eggs\n1,2\n"), Err(ReadError::NoTable)));
    assert!(matches!(read(b""), Err(ReadError::NoTable)));
    assert!(matches!(
        read(&[0xff, 0xfe, 0x41, 0]),
        Err(ReadError::NoText)
    ));
    assert!(matches!(
        read(b"\xd0\xcf\x11\xe0rest"),
        Err(ReadError::OldWorkbook)
    ));
    assert!(matches!(
        read(b"{\"format\": \"AEF v9\"}"),
        Err(ReadError::NoJson(_))
    ));
    assert!(matches!(
        read(b"{\"format\": \"AEF v2\"}"),
        Err(ReadError::NoTable)
    ));
    assert!(matches!(
        read(b"{\"actions\": 7}"),
        Err(ReadError::NoJson(_))
    ));
    assert!(matches!(
        read(b"{\"actions\": ["),
        Err(ReadError::NoJson(_))
    ));
    let deep = format!("{{\"actions\": {}", "[".repeat(100_000));
    assert!(matches!(read(deep.as_bytes()), Err(ReadError::NoJson(_))));
}

#[test]
fn a_table_with_too_many_rows_is_refused() {
    let rows = ",".repeat(500_001);
    let text = format!(
        "{{\"actions\": [{}]}}",
        rows.replace(',', "{},").trim_end_matches(',')
    );
    assert!(matches!(
        read(text.as_bytes()),
        Err(ReadError::TooManyRows { .. })
    ));
}

proptest! {
    // Each writes and reads a workbook, which takes its time without optimisation.
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_workbook_with_a_wrong_byte_is_read_or_refused(at in 0.0..1.0_f64, byte in any::<u8>()) {
        let mut bytes = write_workbook(&ghana()).unwrap();
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)]
        let at = (at * bytes.len() as f64) as usize;
        bytes[at] = byte;
        if let Ok(reading) = read(&bytes) {
            prop_assert!(reading.report.findings.len() < 10_000);
        }
    }

}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in "(Table [1-5][ -~]{0,10}\n|[A-Za-z ,;\"]{0,40}\n|\\{[ -~]{0,40}|,){0,12}") {
        let _ = read(text.as_bytes());
    }
}

#[test]
fn sound_files_are_sound() {
    for bytes in [
        write_workbook(&ghana()).unwrap(),
        write_csv(&ghana()).into_bytes(),
        write_json(&ghana()).into_bytes(),
    ] {
        assert_eq!(found(&bytes), Vec::<String>::new());
        assert_eq!(reading(&bytes).aef, ghana());
    }
}
