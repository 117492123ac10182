//! Sheets of headings and rows, and the one way in which they become a workbook.

use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError,
};

use crate::aef::WriteError;

/// A number beyond this loses digits in a spreadsheet and is written as text.
const WHOLE_MAX: i128 = 999_999_999_999_999;

/// The line of the headings: the title and a blank line stand above.
const HEADINGS: u32 = 2;

/// What a cell holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Cell {
    Blank,
    Text(String),
    Whole(i128),
    /// A year: a number without groups of digits.
    Year(u16),
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

/// What is not there is blank.
impl<T: Into<Self>> From<Option<T>> for Cell {
    fn from(it: Option<T>) -> Self {
        it.map_or(Self::Blank, Into::into)
    }
}

/// One sheet.
pub(super) struct Sheet {
    pub(super) name: &'static str,
    pub(super) title: String,
    /// Headings with the widths of their columns.
    pub(super) columns: Vec<(String, u8)>,
    pub(super) rows: Vec<Vec<Cell>>,
}

struct Look {
    title: Format,
    heading: Format,
    text: Format,
    whole: Format,
    year: Format,
}

/// A workbook of these sheets.
pub(super) fn write(title: &str, sheets: &[Sheet]) -> Result<Vec<u8>, WriteError> {
    let look = Look {
        title: Format::new().set_bold().set_font_size(14),
        heading: Format::new()
            .set_bold()
            .set_text_wrap()
            .set_align(FormatAlign::Top)
            .set_border(FormatBorder::Thin),
        text: Format::new().set_num_format("@"),
        whole: Format::new().set_num_format("#,##0"),
        year: Format::new().set_num_format("0"),
    };
    let mut book = Workbook::new();
    // A workbook says when it was made; a fixed day keeps its bytes the same.
    let day = ExcelDateTime::from_ymd(2024, 11, 24)?;
    book.set_properties(
        &DocProperties::new()
            .set_title(title)
            .set_creation_datetime(&day),
    );
    for sheet in sheets {
        fill(book.add_worksheet(), sheet, &look)?;
    }
    Ok(book.save_to_buffer()?)
}

fn fill(to: &mut Worksheet, sheet: &Sheet, look: &Look) -> Result<(), XlsxError> {
    to.set_name(sheet.name)?;
    to.write_string_with_format(0, 0, &sheet.title, &look.title)?;
    for (column, (heading, width)) in (0..).zip(&sheet.columns) {
        to.set_column_width(column, *width)?;
        to.write_string_with_format(HEADINGS, column, heading, &look.heading)?;
    }
    to.set_freeze_panes(HEADINGS + 1, 0)?;
    for (line, row) in (HEADINGS + 1..).zip(&sheet.rows) {
        for (column, cell) in (0..).zip(row) {
            match cell {
                Cell::Blank => {}
                Cell::Text(text) => {
                    to.write_string_with_format(line, column, text, &look.text)?;
                }
                Cell::Year(year) => {
                    to.write_number_with_format(line, column, *year, &look.year)?;
                }
                Cell::Whole(number) if number.abs() <= WHOLE_MAX => {
                    // Exact: below 2^53.
                    #[expect(clippy::cast_precision_loss, reason = "at most 15 digits")]
                    let number = *number as f64;
                    to.write_number_with_format(line, column, number, &look.whole)?;
                }
                Cell::Whole(number) => {
                    to.write_string_with_format(line, column, number.to_string(), &look.text)?;
                }
            }
        }
    }
    Ok(())
}
