//! Workbooks in the first draft of the format: three tables.

use countersign_protocol::article6::aef::check::{Place, Report, file};
use countersign_protocol::article6::aef::first_draft::{
    EarlyAction, EarlyBlock, FirstDraft, HEADING_LABELS, HOLDING_COLUMNS, LABELS,
};
use countersign_protocol::article6::aef::layout::Layout;
use countersign_protocol::article6::aef::{Cell as _, Table};

use super::headings::{Headings, plain};
use super::rows::TableReader;
use super::workbook_read::TakeLine;
use super::{Draft, Format, HEADING_LINES_MAX, ReadError, Reading};

/// Whether a heading is one that only the first draft has.
pub(super) fn is_mark(text: &str) -> bool {
    // The two labels are under 60 bytes.
    text.len() < 80
        && [LABELS[0], LABELS[9]]
            .iter()
            .any(|label| plain(label) == plain(text))
}

/// Hands over the lines of a sheet.
pub(super) type EachLine<'a> = dyn FnMut(&str, &mut TakeLine<'_>) -> Result<(), ReadError> + 'a;

/// Which of the three tables a sheet holds.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Early {
    Heading,
    Actions,
    Holdings,
}

/// Reads the sheets. The layout names places of the submission that was mapped, because columns have moved.
pub(super) fn read(each_line: &mut EachLine<'_>, sheets: &[String]) -> Result<Reading, ReadError> {
    let mut draft = FirstDraft::default();
    let mut report = Report::default();
    let mut found = Vec::new();
    for sheet in sheets {
        let Some(table) = table_of(each_line, sheet)? else {
            continue;
        };
        if found.contains(&table) {
            continue;
        }
        found.push(table);
        read_sheet(each_line, (sheet, table), &mut draft, &mut report)?;
    }
    let parts = [
        (Early::Heading, Table::Submission, "heading"),
        (Early::Actions, Table::Actions, "actions"),
        (Early::Holdings, Table::Holdings, "holdings"),
    ];
    for (_, table, what) in parts
        .into_iter()
        .filter(|(table, ..)| !found.contains(table))
    {
        report.add(&file::SHEET_MISSING, Place::table(table), || {
            format!("there is no sheet with the {what} of the first draft")
        });
    }
    Ok(Reading {
        aef: draft.to_second(),
        draft: Draft::First(Box::new(draft)),
        format: Format::Xlsx,
        layout: Layout::Json,
        report,
    })
}

/// A sheet has the headings of actions, the shorter line of holdings, or those of the heading.
fn table_of(each_line: &mut EachLine<'_>, sheet: &str) -> Result<Option<Early>, ReadError> {
    let actions = Headings::of_labels(&LABELS);
    let holdings = Headings::of_labels(&LABELS[..HOLDING_COLUMNS]);
    let heading = Headings::of_labels(&HEADING_LABELS);
    let mut table = None;
    each_line(sheet, &mut |line, cells| {
        let texts = || cells.iter().map(|cell| (cell.column, cell.text.as_str()));
        let all = actions.match_line(texts());
        if all.is_some_and(|it| {
            it.places[HOLDING_COLUMNS..]
                .iter()
                .filter(|place| place.is_some())
                .count()
                > 2
        }) {
            table = Some(Early::Actions);
        } else if holdings.match_line(texts()).is_some() {
            table = Some(Early::Holdings);
        } else if cells.iter().any(|cell| heading.find(&cell.text) == Some(1)) {
            table = Some(Early::Heading);
        }
        Ok(table.is_none() && line < HEADING_LINES_MAX)
    })?;
    Ok(table)
}

fn read_sheet(
    each_line: &mut EachLine<'_>,
    (sheet, table): (&str, Early),
    draft: &mut FirstDraft,
    report: &mut Report,
) -> Result<(), ReadError> {
    let (of, labels) = match table {
        Early::Heading => (Table::Submission, &HEADING_LABELS[..]),
        Early::Actions => (Table::Actions, &LABELS[..]),
        Early::Holdings => (Table::Holdings, &LABELS[..HOLDING_COLUMNS]),
    };
    let mut reader = TableReader::with(of, Headings::of_labels(labels), Some(sheet.to_owned()));
    each_line(sheet, &mut |line, cells| {
        if let Some(texts) = reader.line(line, cells, report)? {
            let texts = texts.iter().map(String::as_str);
            match reader.table() {
                Table::Actions => draft.actions.push(EarlyAction::of_texts(texts)),
                _ => draft.holdings.push(EarlyBlock::of_texts(texts)),
            }
        }
        Ok(true)
    })?;
    if let (_, Some(texts)) = reader.finish(report)
        && let [party, year] = &texts[..]
    {
        draft.party.read(party);
        draft.reported_year.read(year);
    }
    Ok(())
}
