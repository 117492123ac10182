//! Workbooks of other hands: other spellings, other places, the first draft.

use countersign_bridge::aef::{Draft, write_csv, write_workbook};
use countersign_protocol::article6::aef::layout::written;
use countersign_protocol::article6::aef::{Aef, Cell as _, IdForm, Switches, Table};
use rust_xlsxwriter::Workbook;

use super::sample::{ghana, switzerland};
use super::{found, reading};

/// A workbook as somebody else may make it: all texts, headings in this spelling, from this line and column on.
pub fn other_hand(aef: &Aef, spell: fn(&str) -> String, (top, left): (u32, u16)) -> Workbook {
    let mut book = Workbook::new();
    for table in Table::ALL {
        let sheet = book.add_worksheet();
        sheet.set_name(spell(table.sheet())).unwrap();
        sheet.write_string(top, left, table.heading()).unwrap();
        if table == Table::Submission {
            for ((line, column), text) in
                (top + 1..).zip(table.columns()).zip(written(aef, table, 0))
            {
                sheet
                    .write_string(line, left, spell(&column.label))
                    .unwrap();
                sheet.write_string(line, left + 1, &*text).unwrap();
            }
            continue;
        }
        for (place, column) in (left..).zip(table.columns()) {
            sheet
                .write_string(top + 3, place, spell(&column.label))
                .unwrap();
        }
        for (line, row) in (top + 4..).zip(0..aef.len(table)) {
            for (place, text) in (left..).zip(written(aef, table, row)) {
                sheet.write_string(line, place, &*text).unwrap();
            }
        }
    }
    book
}

#[test]
fn a_workbook_without_our_layout_is_the_same_submission() {
    let mut book = other_hand(&ghana(), str::to_owned, (0, 0));
    let reading = reading(&book.save_to_buffer().unwrap());
    assert_eq!(reading.aef, ghana());
    assert_eq!(reading.report.findings, []);
}

#[test]
fn capitals_blanks_and_typos_are_read_and_told() {
    let spell: fn(&str) -> String = |text| {
        if text.starts_with("Table") {
            return text.to_owned();
        }
        let text = text.replace("Authoriz", "Authoris");
        let text = text.replace("articipatin", "articpatin");
        format!(
            " {}",
            text.replace("Vintage", "VINTAGE").replace(" ID", "  ID")
        )
    };
    let mut book = other_hand(&ghana(), spell, (2, 3));
    let read = reading(&book.save_to_buffer().unwrap());
    assert_eq!(read.aef, ghana());
    let ids: std::collections::BTreeSet<_> =
        read.report.findings.iter().map(|it| it.check.id).collect();
    assert_eq!(ids.into_iter().collect::<Vec<_>>(), ["AEF-F-006"]);
    assert!(
        read.report
            .findings
            .iter()
            .any(|it| it.message.contains("Table 3 Actions!I6")),
        "{:?}",
        read.report.findings
    );
}

#[test]
fn sheets_are_found_by_their_number_or_the_title_in_them() {
    let names = [
        "TABLE 1",
        "authorisations",
        "Sheet 3",
        "table 4 my holdings",
        "Auth. entities",
    ];
    let mut book = other_hand(&switzerland(), str::to_owned, (1, 1));
    for (at, name) in names.iter().enumerate() {
        book.worksheet_from_index(at)
            .unwrap()
            .set_name(*name)
            .unwrap();
    }
    let read = reading(&book.save_to_buffer().unwrap());
    assert_eq!(read.aef, switzerland());
    let ids: Vec<_> = read.report.findings.iter().map(|it| it.check.id).collect();
    assert_eq!(ids, ["AEF-F-006"; 5]);
}

#[test]
fn a_version_that_became_a_number_and_dates_that_became_dates_are_read() {
    let mut book = other_hand(&ghana(), str::to_owned, (0, 0));
    let sheet = book.worksheet_from_index(0).unwrap();
    sheet.write_number(2, 1, 1.0).unwrap();
    sheet.write_number(3, 1, 2024.0).unwrap();
    let day = rust_xlsxwriter::ExcelDateTime::from_ymd(2025, 4, 10).unwrap();
    let format = rust_xlsxwriter::Format::new().set_num_format("yyyy-mm-dd");
    sheet.write_with_format(4, 1, &day, &format).unwrap();
    assert_eq!(reading(&book.save_to_buffer().unwrap()).aef, ghana());
}

#[test]
fn columns_in_another_order_are_the_same_submission() {
    let aef = ghana();
    let mut book = other_hand(&aef, str::to_owned, (0, 0));
    let sheet = book.worksheet_from_index(1).unwrap();
    let table = Table::Authorisations;
    let last = u16::try_from(table.columns().len()).unwrap() - 1;
    for (place, column) in (0..=last).rev().zip(table.columns()) {
        sheet.write_string(3, place, &column.label).unwrap();
    }
    for (line, row) in (4..).zip(0..aef.len(table)) {
        for (place, text) in (0..=last).rev().zip(written(&aef, table, row)) {
            sheet.write_string(line, place, &*text).unwrap();
        }
    }
    assert_eq!(reading(&book.save_to_buffer().unwrap()).aef, aef);
}

#[test]
fn the_platforms_answer_is_kept() {
    let mut aef = ghana();
    super::sample::set(
        &mut aef,
        Table::Submission,
        0,
        "Review status of the initial report",
        "Review pending",
    );
    let read = reading(&write_workbook(&aef).unwrap());
    assert_eq!(read.aef.submission.review_status.text(), "Review pending");
    assert!(
        found(&write_workbook(&aef).unwrap())
            .contains(&"AEF-C-008 Table 1 Submission!C8".to_owned())
    );
}

#[test]
fn the_first_draft_is_read_and_mapped() {
    use countersign_protocol::article6::aef::first_draft::{HOLDING_COLUMNS, LABELS};
    let row = "77 | Cooperative approach | CA0001-GHA01-GHA-1-2022 | CA0001-GHA01-GHA-100-2022 | VCS-1 | VCS-100 | GHG | 100 | 100 | 1 | GHA | 2022 | Waste | Landfill gas | 01/02/2022 | GHA-7 | NDC | NA | NA | 05/06/2023 | Transfer | NA | CHE | NA | NA | Yes";
    let cells: Vec<&str> = row.split('|').map(str::trim).collect();
    let mut book = Workbook::new();
    let heading = book.add_worksheet();
    heading.set_name("Table 1 Heading").unwrap();
    heading.write_string(1, 0, "Party").unwrap();
    heading.write_string(1, 1, "GHA").unwrap();
    heading.write_string(2, 0, "Reported year").unwrap();
    heading.write_number(2, 1, 2023).unwrap();
    for (name, columns) in [
        ("Table 2 Actions", LABELS.len()),
        ("Table 3 Holdings", HOLDING_COLUMNS),
    ] {
        let sheet = book.add_worksheet();
        sheet.set_name(name).unwrap();
        for (place, label) in (0..).zip(&LABELS[..columns]) {
            sheet.write_string(2, place, *label).unwrap();
        }
        for (place, text) in (0..).zip(&cells[..columns]) {
            sheet.write_string(3, place, *text).unwrap();
        }
    }
    let read = reading(&book.save_to_buffer().unwrap());
    let Draft::First(draft) = &read.draft else {
        panic!("read as the second draft: {:?}", read.report.findings);
    };
    assert_eq!((draft.actions.len(), draft.holdings.len()), (1, 1));
    assert_eq!(read.report.findings, []);
    assert_eq!(read.aef, draft.to_second());
    assert_eq!(read.aef.submission.reported_year.get(), Some(2023));
    assert_eq!(
        read.aef.authorisations[0].sectors.text(),
        "Waste management"
    );
}

#[test]
fn csv_with_semicolons_and_a_byte_order_mark_is_read() {
    let numbers = Switches {
        ids: IdForm::Number,
        ..Switches::default()
    };
    let aef = switzerland().written_as(&numbers);
    let text = format!("\u{feff}{}", write_csv(&aef).replace(',', ";"));
    assert_eq!(reading(text.as_bytes()).aef, aef);
}
