//! Laws that hold for any submission, however wrong.

use countersign_protocol::article6::aef::check::check;
use countersign_protocol::article6::aef::diff::diff;
use countersign_protocol::article6::aef::layout::{Layout, written};
use countersign_protocol::article6::aef::{Aef, Switches, Table};
use proptest::prelude::*;

use super::sample::{block, ghana, switzerland};

/// A text of the kind that files have, right or wrong.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        Just("NA".to_owned()),
        "[0-9]{1,6}",
        "20[0-9]{2}",
        "[A-Z]{3}",
        "[0-3][0-9]/[01][0-9]/20[0-9]{2}",
        "CA000[0-9]-GHA01-GHA-[1-9][0-9]{0,3}-202[0-9]",
        "[ -~]{0,20}",
        prop::sample::select(vec![
            "GHG",
            "non-GHG",
            "Use",
            "First transfer",
            "Transfer",
            "Acquisition",
            "Cancellation",
            "NDC",
            "OIMP",
            "GHA-1",
            "GHA",
            "CHE",
            "CA0001",
            "any Party",
            "2021 - 2030",
            "1.0",
        ])
        .prop_map(str::to_owned),
    ]
}

/// Ghana's and Switzerland's submissions with some cells overwritten and some rows repeated.
fn any_aef() -> impl Strategy<Value = Aef> {
    let edits = prop::collection::vec((0..5_usize, 0..4_usize, 0..27_usize, text()), 0..12);
    let more = prop::collection::vec((1..60_u64, 0..40_u64), 0..6);
    (any::<bool>(), edits, more).prop_map(|(sells, edits, more)| {
        let mut aef = if sells { ghana() } else { switzerland() };
        for (first, length) in more {
            let block = block("GHA-1", "GHA01", first, first + length);
            let texts = |row: &str| {
                row.split('|')
                    .map(|it| it.trim().to_owned())
                    .collect::<Vec<_>>()
            };
            let row =
                format!("05/03/2024 | Use | NA | {block} | NA | NA | NA | CHE | NA | 2024 | | NA");
            aef.push_texts(Table::Actions, texts(&row).iter().map(String::as_str));
            aef.push_texts(Table::Holdings, texts(&block).iter().map(String::as_str));
        }
        for (table, row, column, text) in edits {
            if let Some(cell) = aef.cell_mut(Table::ALL[table], row, column) {
                cell.read(&text);
            }
        }
        aef
    })
}

proptest! {
    #[test]
    fn any_submission_is_judged_the_same_twice(one in any_aef(), earlier in any_aef(), partner in any_aef()) {
        let switches = Switches::default();
        let judge = || check(&one, std::slice::from_ref(&earlier), std::slice::from_ref(&partner), &switches);
        let (first, second) = (judge(), judge());
        prop_assert_eq!(&first.findings, &second.findings);
        for finding in &first.findings {
            prop_assert!(!Layout::ours().name(finding.place).is_empty());
            prop_assert!(finding.message.len() > 10);
        }
    }

    #[test]
    fn what_is_written_is_read_as_the_same_submission(aef in any_aef()) {
        let mut again = Aef::default();
        for table in Table::ALL {
            for row in 0..aef.len(table) {
                let texts = written(&aef, table, row);
                again.push_texts(table, texts.iter().map(|text| &**text));
            }
        }
        prop_assert_eq!(again, aef);
    }

    #[test]
    fn differences_lead_from_one_submission_to_the_other(one in any_aef(), two in any_aef()) {
        let changes = diff(&one, &two);
        prop_assert_eq!(changes.is_empty(), {
            let rows = |aef: &Aef| Table::ALL.map(|table| {
                let mut rows: Vec<Vec<String>> = (0..aef.len(table))
                    .map(|row| aef.cells(table, row).unwrap().iter().map(|cell| cell.text().into_owned()).collect())
                    .collect();
                rows.sort();
                rows
            });
            rows(&one) == rows(&two)
        });
        for table in Table::ALL {
            let count = |test: fn(&countersign_protocol::article6::aef::diff::RowChange) -> bool| {
                changes.iter().filter(|it| it.table == table && test(it)).count()
            };
            let gone = count(|it| it.after.is_none());
            let come = count(|it| it.before.is_none());
            prop_assert_eq!(one.len(table) - gone + come, two.len(table));
        }
    }
}
