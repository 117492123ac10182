//! A submission as a workbook: an index, a summary, a sheet for each table.

use countersign_protocol::article6::aef::layout::{
    FIRST_COLUMN, HEADING_LINES, TableLayout, letters, written,
};
use countersign_protocol::article6::aef::{
    Aef, Cell as _, Column, Kind, Nomenclature, State, Table,
};
use rust_xlsxwriter::{
    DataValidation, DataValidationErrorStyle, DocProperties, ExcelDateTime, Format, FormatAlign,
    FormatBorder, Formula, Workbook, Worksheet, XlsxError,
};

/// Why a workbook could not be written.
#[derive(Debug, thiserror::Error)]
#[error("the workbook cannot be written: {0}")]
pub struct WriteError(#[from] XlsxError);

/// Digits that a spreadsheet keeps of a number; what has more is written as text.
const NUMBER_DIGITS_MAX: usize = 15;

/// Characters that a cell holds; a longer text is a finding of its own and is cut.
const CELL_CHARS_MAX: usize = 32_767;

/// Tables with more rows than this are written row by row through a temporary file.
const ROWS_IN_MEMORY_MAX: usize = 2_000;

/// Blank lines under a table that offer the code lists too.
const SPARE_LINES: u32 = 200;

/// The column of the index in which the code lists begin.
const LISTS_COLUMN: u16 = 5;

/// Formats of cells.
struct Look {
    title: Format,
    group: Format,
    heading: Format,
    text: Format,
    date: Format,
    whole: Format,
    quantity: Format,
    fraction: Format,
    of_carp: Format,
}

impl Look {
    fn new() -> Self {
        let heading = Format::new()
            .set_bold()
            .set_text_wrap()
            .set_align(FormatAlign::Top)
            .set_border(FormatBorder::Thin);
        let number = |format: &str| Format::new().set_num_format(format);
        Self {
            title: Format::new().set_bold().set_font_size(14),
            group: heading.clone().set_align(FormatAlign::Center),
            heading,
            // Text, so that nothing a person types later turns into a date.
            text: number("@"),
            date: number("dd/mm/yyyy"),
            whole: number("0"),
            quantity: number("#,##0"),
            fraction: number("#,##0.######"),
            of_carp: Format::new().set_italic().set_font_color("#666666"),
        }
    }
}

/// A submission as a workbook of seven sheets. The same submission gives the same bytes.
///
/// # Errors
/// [`WriteError`] where the temporary file of a large table cannot be written.
pub fn write_workbook(aef: &Aef) -> Result<Vec<u8>, WriteError> {
    let look = Look::new();
    let mut book = Workbook::new();
    // A workbook says when it was made; a fixed day keeps its bytes the same.
    let day = ExcelDateTime::from_ymd(2024, 11, 24)?;
    book.set_properties(
        &DocProperties::new()
            .set_title("Agreed electronic format")
            .set_creation_datetime(&day),
    );
    index(book.add_worksheet(), aef, &look)?;
    summary(book.add_worksheet(), aef, &look)?;
    for table in Table::ALL {
        let sheet = if aef.len(table) > ROWS_IN_MEMORY_MAX {
            book.add_worksheet_with_constant_memory()?
        } else {
            book.add_worksheet()
        };
        sheet.set_name(table.sheet())?;
        if table == Table::Submission {
            sideways(sheet, aef, &look)?;
        } else {
            upright(sheet, aef, table, &look)?;
        }
    }
    Ok(book.save_to_buffer()?)
}

/// Code lists in the order of the index.
fn lists() -> impl Iterator<Item = (&'static String, Vec<&'static str>)> {
    Nomenclature::newest().lists.iter().map(|(name, list)| {
        let current = list.values.iter().filter(|code| code.until.is_none());
        (name, current.map(|code| code.value.as_str()).collect())
    })
}

fn index(sheet: &mut Worksheet, aef: &Aef, look: &Look) -> Result<(), XlsxError> {
    sheet.set_name("Index")?;
    sheet.set_column_width(1, 34)?;
    sheet.write_string_with_format(0, 1, "Agreed electronic format", &look.title)?;
    sheet.write_string(1, 1, "Second version of the draft (4/CMA.6, Annex II)")?;
    sheet.write_string_with_format(3, 1, "Sheet", &look.heading)?;
    sheet.write_string_with_format(3, 2, "Rows", &look.heading)?;
    for (line, table) in (4..).zip(Table::ALL) {
        sheet.write_string(line, 1, table.sheet())?;
        sheet.write_number(line, 2, count(aef.len(table)))?;
    }
    let newest = Nomenclature::newest();
    sheet.write_string(1, LISTS_COLUMN, &newest.source)?;
    for (column, (name, values)) in (LISTS_COLUMN..).zip(lists()) {
        sheet.set_column_width(column, 28)?;
        let title = newest
            .lists
            .get(name)
            .map_or(name.as_str(), |list| &list.title);
        sheet.write_string_with_format(3, column, title, &look.heading)?;
        for (line, value) in (4..).zip(values) {
            sheet.write_string(line, column, value)?;
        }
    }
    Ok(())
}

/// A count of rows as a spreadsheet holds it: exact up to 2^53.
fn count(rows: usize) -> f64 {
    u32::try_from(rows).map_or(f64::MAX, f64::from)
}

fn summary(sheet: &mut Worksheet, aef: &Aef, look: &Look) -> Result<(), XlsxError> {
    sheet.set_name("Summary information")?;
    sheet.set_column_width(1, 34)?;
    sheet.set_column_width(2, 20)?;
    sheet.write_string_with_format(0, 1, "Summary information", &look.title)?;
    let it = &aef.submission;
    let tonnes = |quantities: &mut dyn Iterator<Item = Option<u64>>| {
        let sum: u128 = quantities.flatten().map(u128::from).sum();
        sum.to_string()
    };
    let whole = |quantity: &countersign_protocol::article6::aef::Field<
        countersign_protocol::article6::aef::Decimal,
    >| { quantity.get().map(|it| it.floor()) };
    let held = tonnes(&mut aef.holdings.iter().map(|block| whole(&block.quantity)));
    let pairs = [
        ("Party", it.party.text().into_owned()),
        ("Reported year", it.reported_year.text().into_owned()),
        ("Version", it.version.text().into_owned()),
        ("Authorizations", aef.authorisations.len().to_string()),
        ("Actions", aef.actions.len().to_string()),
        ("Holdings", aef.holdings.len().to_string()),
        ("Quantity held (t CO2 eq)", held),
        ("Authorized entities", aef.entities.len().to_string()),
    ];
    for (line, (name, value)) in (2..).zip(&pairs) {
        sheet.write_string_with_format(line, 1, *name, &look.heading)?;
        sheet.write_string(line, 2, value)?;
    }
    Ok(())
}

/// Table 1, from top to bottom.
fn sideways(sheet: &mut Worksheet, aef: &Aef, look: &Look) -> Result<(), XlsxError> {
    let table = Table::Submission;
    let label_column = column_number(FIRST_COLUMN);
    sheet.set_column_width(0, 3)?;
    sheet.set_column_width(label_column, 60)?;
    sheet.set_column_width(label_column + 1, 50)?;
    sheet.write_string_with_format(1, label_column, table.heading(), &look.title)?;
    let layout = TableLayout::ours(table);
    let cells = aef.cells(table, 0).unwrap_or_default();
    let texts = written(aef, table, 0);
    let rows = layout.columns.iter().flatten().zip(table.columns());
    for ((line, column), (cell, text)) in rows.zip(cells.iter().zip(texts)) {
        sheet.write_string_with_format(*line, label_column, &column.label, &look.heading)?;
        write(
            sheet,
            (*line, label_column + 1),
            (column, cell.state(), &text),
            look,
        )?;
    }
    Ok(())
}

/// Tables 2 to 5, from left to right.
fn upright(sheet: &mut Worksheet, aef: &Aef, table: Table, look: &Look) -> Result<(), XlsxError> {
    let layout = TableLayout::ours(table);
    let places: Vec<u16> = layout
        .columns
        .iter()
        .flatten()
        .map(|at| column_number(*at))
        .collect();
    sheet.set_column_width(0, 3)?;
    for (place, column) in places.iter().zip(table.columns()) {
        sheet.set_column_width(*place, width(column))?;
        if column.gap_before {
            sheet.set_column_width(place - 1, 2)?;
        }
    }
    sheet.set_freeze_panes(HEADING_LINES, 0)?;
    validate(sheet, aef.len(table), table, &places)?;
    sheet.write_string_with_format(1, column_number(FIRST_COLUMN), table.heading(), &look.title)?;
    groups(sheet, table, &places, look)?;
    for (place, column) in places.iter().zip(table.columns()) {
        sheet.write_string_with_format(HEADING_LINES - 1, *place, &column.label, &look.heading)?;
    }
    for (line, row) in (HEADING_LINES..).zip(0..aef.len(table)) {
        let cells = aef.cells(table, row).unwrap_or_default();
        let texts = written(aef, table, row);
        let columns = places.iter().zip(table.columns());
        for ((place, column), (cell, text)) in columns.zip(cells.iter().zip(texts)) {
            write(sheet, (line, *place), (column, cell.state(), &text), look)?;
        }
    }
    Ok(())
}

/// A heading over each run of columns of one group that no gap parts.
fn groups(
    sheet: &mut Worksheet,
    table: Table,
    places: &[u16],
    look: &Look,
) -> Result<(), XlsxError> {
    let line = HEADING_LINES - 2;
    let mut runs: Vec<(u16, u16, &str)> = Vec::new();
    for (place, column) in places.iter().zip(table.columns()) {
        match runs.last_mut() {
            Some((_, last, group)) if *group == column.group && *last + 1 == *place => {
                *last = *place;
            }
            _ => runs.push((*place, *place, &column.group)),
        }
    }
    for (first, last, group) in runs {
        if first == last {
            sheet.write_string_with_format(line, first, group, &look.group)?;
        } else {
            sheet.merge_range(line, first, line, last, group, &look.group)?;
        }
    }
    Ok(())
}

/// Code lists to choose from. They warn and do not forbid: lists grow.
fn validate(
    sheet: &mut Worksheet,
    rows: usize,
    table: Table,
    places: &[u16],
) -> Result<(), XlsxError> {
    let last = u32::try_from(rows)
        .unwrap_or(u32::MAX)
        .saturating_add(HEADING_LINES + SPARE_LINES);
    for (place, column) in places.iter().zip(table.columns()) {
        let one = matches!(column.kind, Kind::Code | Kind::Metric | Kind::ActionType);
        let Some(list) = column.list.as_deref().filter(|_| one) else {
            continue;
        };
        let found = (u32::from(LISTS_COLUMN)..)
            .zip(lists())
            .find(|(_, (name, _))| *name == list);
        let Some((at, (_, values))) = found else {
            continue;
        };
        let source = format!("=Index!${0}$5:${0}${1}", letters(at), values.len() + 4);
        let rule = DataValidation::new()
            .allow_list_formula(Formula::new(source))
            .set_error_style(DataValidationErrorStyle::Warning)
            .set_error_title("Not in the list")?
            .set_error_message(
                "NA where it does not apply; otherwise a value of the list on the sheet Index.",
            )?;
        sheet.add_data_validation(HEADING_LINES, *place, last, *place, &rule)?;
    }
    Ok(())
}

fn width(column: &Column) -> f64 {
    match column.kind {
        Kind::UnitId => 30.0,
        Kind::Year | Kind::Party | Kind::Registry | Kind::Metric => 14.0,
        Kind::Text | Kind::Codes | Kind::Timeframe => 28.0,
        _ => 20.0,
    }
}

/// Columns of a table are few.
fn column_number(column: u32) -> u16 {
    u16::try_from(column).unwrap_or(u16::MAX)
}

fn write(
    sheet: &mut Worksheet,
    (line, place): (u32, u16),
    (column, state, text): (&Column, State, &str),
    look: &Look,
) -> Result<(), XlsxError> {
    if text.is_empty() {
        return Ok(());
    }
    if state == State::Is {
        match column.kind {
            Kind::Year | Kind::Integer | Kind::Decimal | Kind::UnitId if is_number(text) => {
                let format = match column.kind {
                    Kind::Decimal if text.contains('.') => &look.fraction,
                    Kind::Decimal => &look.quantity,
                    _ => &look.whole,
                };
                if let Ok(number) = text.parse::<f64>() {
                    sheet.write_number_with_format(line, place, number, format)?;
                    return Ok(());
                }
            }
            Kind::Date | Kind::ActionDate => {
                if let Some(date) = date(text) {
                    sheet.write_with_format(line, place, &date, &look.date)?;
                    return Ok(());
                }
            }
            _ => {}
        }
    }
    let format = if matches!(column.kind, Kind::Carp | Kind::CarpLink) {
        &look.of_carp
    } else {
        &look.text
    };
    if text.len() > CELL_CHARS_MAX && text.chars().count() > CELL_CHARS_MAX {
        let cut: String = text.chars().take(CELL_CHARS_MAX).collect();
        sheet.write_string_with_format(line, place, cut, format)?;
    } else {
        sheet.write_string_with_format(line, place, text, format)?;
    }
    Ok(())
}

/// Whether a spreadsheet keeps every digit.
fn is_number(text: &str) -> bool {
    let plain = text
        .bytes()
        .all(|byte| byte.is_ascii_digit() || byte == b'.');
    plain && text.len() <= NUMBER_DIGITS_MAX
}

/// A day that a spreadsheet counts right: from March 1900 on.
fn date(text: &str) -> Option<ExcelDateTime> {
    let mut parts = text.splitn(3, '/');
    let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
    let year: u16 = year.parse().ok()?;
    let date = ExcelDateTime::from_ymd(year, month.parse().ok()?, day.parse().ok()?);
    date.ok().filter(|_| year > 1900)
}
