//! What is written is read again as the same submission, in every format.

use countersign_bridge::aef::{
    Draft, Format, read_csv_tables, write_csv, write_csv_table, write_json, write_workbook,
};
use countersign_protocol::article6::aef::layout::Layout;
use countersign_protocol::article6::aef::{
    ActionDateForm, Aef, IdForm, Switches, Table, TimeframeForm,
};
use proptest::prelude::*;

use super::reading;
use super::sample::{block, ghana, set, switzerland};

fn samples() -> [Aef; 3] {
    [ghana(), switzerland(), Aef::default()]
}

#[test]
fn a_workbook_is_read_as_it_was_written_and_nothing_is_found_in_it() {
    for aef in samples() {
        let bytes = write_workbook(&aef).unwrap();
        let reading = reading(&bytes);
        assert_eq!(reading.aef, aef);
        assert_eq!(reading.report.findings, []);
        assert_eq!(
            (reading.format, reading.draft),
            (Format::Xlsx, Draft::Second)
        );
    }
}

#[test]
fn the_cells_of_a_workbook_stand_where_our_layout_says() {
    let reading = reading(&write_workbook(&ghana()).unwrap());
    let (Layout::Sheets(read), Layout::Sheets(ours)) = (reading.layout, Layout::ours()) else {
        panic!("sheets");
    };
    for (read, ours) in read.iter().zip(&ours) {
        assert_eq!(read.columns, ours.columns, "{:?}", ours.sheet);
        assert_eq!(read.sheet, ours.sheet);
    }
}

#[test]
fn every_choice_of_forms_survives() {
    for ids in [IdForm::Full, IdForm::Number] {
        for action_date in [ActionDateForm::Day, ActionDateForm::Moment] {
            for timeframe in [TimeframeForm::Years, TimeframeForm::Days] {
                let switches = Switches {
                    ids,
                    action_date,
                    timeframe,
                    ..Switches::default()
                };
                let aef = ghana().written_as(&switches);
                assert_eq!(
                    reading(&write_workbook(&aef).unwrap()).aef,
                    aef,
                    "{switches:?}"
                );
                assert_eq!(reading(write_csv(&aef).as_bytes()).aef, aef, "{switches:?}");
                assert_eq!(
                    reading(write_json(&aef).as_bytes()).aef,
                    aef,
                    "{switches:?}"
                );
            }
        }
    }
}

#[test]
fn the_same_submission_gives_the_same_bytes() {
    assert_eq!(
        write_workbook(&ghana()).unwrap(),
        write_workbook(&ghana()).unwrap()
    );
}

#[test]
fn csv_and_json_are_read_as_they_were_written() {
    for aef in samples() {
        let csv = reading(write_csv(&aef).as_bytes());
        assert_eq!(
            (csv.aef, csv.report.findings, csv.format),
            (aef.clone(), vec![], Format::Csv)
        );
        let json = reading(write_json(&aef).as_bytes());
        assert_eq!(
            (json.aef, json.report.findings, json.format),
            (aef, vec![], Format::Json)
        );
    }
}

#[test]
fn one_csv_file_for_each_table_is_the_same() {
    let texts = Table::ALL.map(|table| write_csv_table(&ghana(), table));
    let files: Vec<&[u8]> = texts.iter().map(String::as_bytes).collect();
    let reading = read_csv_tables(&files).unwrap();
    assert_eq!(reading.aef, ghana());
    assert_eq!(reading.report.findings, []);
}

#[test]
fn a_table_alone_is_read_and_the_others_are_missed() {
    let text = write_csv_table(&ghana(), Table::Actions);
    let reading = reading(text.as_bytes());
    assert_eq!(reading.aef.actions, ghana().actions);
    let ids: Vec<_> = reading
        .report
        .findings
        .iter()
        .map(|it| it.check.id)
        .collect();
    assert_eq!(ids, ["AEF-F-001"; 4]);
}

#[test]
fn numbers_that_a_spreadsheet_would_round_keep_their_digits() {
    let mut aef = switzerland();
    for text in [
        "9007199254740993",
        "123456789012.123456",
        "999999999999999",
        "0.000001",
    ] {
        set(&mut aef, Table::Holdings, 0, "Quantity (t CO2 eq)", text);
        set(
            &mut aef,
            Table::Holdings,
            0,
            "First ID",
            "9223372036854775807",
        );
        assert_eq!(reading(&write_workbook(&aef).unwrap()).aef, aef, "{text}");
        assert_eq!(reading(write_json(&aef).as_bytes()).aef, aef, "{text}");
    }
}

#[test]
fn a_large_table_goes_through_a_temporary_file_and_comes_back() {
    let mut aef = switzerland();
    let row = aef.holdings[0].clone();
    aef.holdings = vec![row; 2_500];
    assert_eq!(reading(&write_workbook(&aef).unwrap()).aef, aef);
}

/// A text of a cell, right or wrong, with what files find hard.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        Just("NA".to_owned()),
        "[0-9]{1,18}",
        "[0-9]{1,9}\\.[0-9]{1,6}",
        "20[0-9]{2}",
        "[0-3][0-9]/[01][0-9]/20[0-9]{2}",
        "20[0-9]{2}-[01][0-9]-[0-3][0-9]T0[0-9]:00:00\\.[0-9]{3}Z",
        "CA000[1-9]-GHA01-GHA-[1-9][0-9]{0,12}-202[0-9]",
        "[ -~\u{e9}\u{4e2d}]{0,24}",
        "[a-z]{1,5}\n[a-z\",;]{1,5}",
        prop::sample::select(vec![
            "GHG",
            "non-GHG",
            "Use",
            "GHA",
            "any Party",
            "1.0",
            "=1+1",
            "TRUE",
            "_x0041_",
            "<&>",
            "'"
        ])
        .prop_map(str::to_owned),
    ]
}

fn any_aef() -> impl Strategy<Value = Aef> {
    let edits = prop::collection::vec((0..5_usize, 0..4_usize, 0..27_usize, text()), 0..40);
    (any::<bool>(), 0..3_usize, edits).prop_map(|(sells, more, edits)| {
        let mut aef = if sells { ghana() } else { switzerland() };
        for _ in 0..more {
            let block = block("GHA-1", "CHE01", 1, 3);
            aef.push_texts(Table::Holdings, block.split('|'));
        }
        for (table, row, column, text) in edits {
            if let Some(cell) = aef.cell_mut(Table::ALL[table], row, column) {
                cell.read(&text);
            }
        }
        aef
    })
}

/// Rows that are blank as a whole are no rows in a file.
fn has_blank_row(aef: &Aef) -> bool {
    let blank = |table: &Table| {
        let mut rows = 0..aef.len(*table);
        rows.any(|row| {
            aef.cells(*table, row)
                .unwrap()
                .iter()
                .all(|cell| cell.text().is_empty())
        })
    };
    Table::ALL[1..].iter().any(blank)
}

proptest! {
    // Each writes and reads a workbook, which takes its time without optimisation.
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_submission_survives_a_workbook(aef in any_aef()) {
        prop_assume!(!has_blank_row(&aef));
        prop_assert_eq!(&reading(&write_workbook(&aef).unwrap()).aef, &aef);
    }
}

proptest! {
    #[test]
    fn any_submission_survives_csv_and_json(aef in any_aef()) {
        prop_assume!(!has_blank_row(&aef));
        prop_assert_eq!(&reading(write_csv(&aef).as_bytes()).aef, &aef);
        prop_assert_eq!(&reading(write_json(&aef).as_bytes()).aef, &aef);
    }
}
