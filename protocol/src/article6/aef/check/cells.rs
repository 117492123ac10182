//! Cell by cell: filled where it must be, of its kind, of its list.

use super::super::nomenclature::{Found, Nomenclature};
use super::super::table::{Column, Kind, Requirement, Table};
use super::super::value::{Cell, PartyCode, State, Value};
use super::list::{
    AUTHORISATION_ID, AUTHORISATION_ID_RARE, BLANK, CARP_WRITTEN, CODE_OLD, CODE_SPELLING,
    CODE_UNKNOWN, NOT_WHOLE, PARTY_UNKNOWN, REQUIRED, REQUIRED_NA, TOO_LONG, UNREADABLE,
};
use super::{Place, Report, World};
use crate::text::excerpt;
use std::collections::BTreeMap;

/// The most characters of a cell of a workbook.
const CELL_CHARS_MAX: usize = 32_767;

/// What was looked up before: a column mostly repeats itself.
#[derive(Default)]
struct Known {
    parties: BTreeMap<PartyCode, bool>,
    /// By the place of a column, the last code in which nothing was found.
    codes: BTreeMap<usize, String>,
}

pub(super) fn check(world: &World<'_>, report: &mut Report) {
    for table in Table::ALL {
        let mut known = Known::default();
        for row in 0..world.aef.len(table) {
            let cells = world.aef.cells(table, row).unwrap_or_default();
            for (at, (cell, column)) in cells.into_iter().zip(table.columns()).enumerate() {
                let place = Place::cell(table, row, at);
                check_cell(cell, column, (place, world), &mut known, report);
            }
        }
    }
    quantities(world, report);
}

fn check_cell(
    cell: &dyn Cell,
    column: &'static Column,
    (place, world): (Place, &World<'_>),
    known: &mut Known,
    report: &mut Report,
) {
    let label = &column.label;
    let by_switch = column.name == "ActivityType" && world.switches.activity_type_required;
    let required = column.requirement == Requirement::Required || by_switch;
    match cell.state() {
        State::Absent if required => report.add(&REQUIRED, place, || {
            format!("{label} is blank: every row needs it. {}", hint(column))
        }),
        State::NotApplicable if required => report.add(&REQUIRED_NA, place, || {
            format!(
                "{label} says NA, but it applies to every row. {}",
                hint(column)
            )
        }),
        State::Absent if column.requirement == Requirement::Conditional => {
            report.add(&BLANK, place, || {
                format!("{label} is blank: write NA where it does not apply")
            });
        }
        State::Absent | State::NotApplicable => {}
        State::Unreadable => report.add(&UNREADABLE, place, || {
            let text = excerpt(&cell.text());
            format!("{label} {text:?} cannot be read. {}", hint(column))
        }),
        // Numbers, dates and identifiers are short, and were read as what they are.
        State::Is if !has_words(column.kind) => {}
        State::Is => {
            let text = cell.text();
            if text.len() > CELL_CHARS_MAX && text.chars().count() > CELL_CHARS_MAX {
                report.add(&TOO_LONG, place, || {
                    format!("{label} has more than {CELL_CHARS_MAX} characters: shorten it, and put the rest into a document")
                });
            }
            check_value(&text, column, place, known, report);
        }
    }
}

/// Whether a value of this kind has words that can be too long, or in no list.
const fn has_words(kind: Kind) -> bool {
    match kind {
        Kind::Text
        | Kind::Code
        | Kind::Codes
        | Kind::List
        | Kind::Party
        | Kind::Parties
        | Kind::Registry
        | Kind::Carp
        | Kind::CarpLink => true,
        Kind::Approach
        | Kind::UnitId
        | Kind::Metric
        | Kind::ActionType
        | Kind::Year
        | Kind::Integer
        | Kind::Decimal
        | Kind::Date
        | Kind::ActionDate
        | Kind::Version
        | Kind::Timeframe => false,
    }
}

fn check_value(
    text: &str,
    column: &'static Column,
    place: Place,
    known: &mut Known,
    report: &mut Report,
) {
    let label = &column.label;
    match (column.kind, &column.list) {
        (Kind::Code, Some(list)) => {
            let at = place.column.unwrap_or_default();
            if known.codes.get(&at).is_some_and(|fine| fine == text) {
                return;
            }
            if check_code(text, (label, list), place, report) {
                known.codes.insert(at, text.to_owned());
            }
        }
        (Kind::Codes, Some(list)) => {
            for word in text.split(", ") {
                check_code(word, (label, list), place, report);
            }
        }
        (Kind::Party | Kind::Parties, _) => {
            for code in text.split(", ").filter(|code| code.len() == 3) {
                check_party(code, label, place, known, report);
            }
        }
        (Kind::Registry, _) => {
            let code = text.get(..3).unwrap_or_default();
            check_party(code, label, place, known, report);
        }
        (Kind::Carp | Kind::CarpLink, _) => report.add(&CARP_WRITTEN, place, || {
            format!(
                "{label} is filled by the CARP alone: put its placeholder back, unless this file came from there"
            )
        }),
        (Kind::Text, _) if column.name == "AuthorizationID" => check_id(text, label, place, report),
        _ => {}
    }
}

/// Returns whether the word is right.
fn check_code(word: &str, (label, list): (&str, &str), place: Place, report: &mut Report) -> bool {
    match Nomenclature::find(list, word) {
        Some(Found::Value(_)) => return true,
        Some(Found::Spelling(code)) => report.add(&CODE_SPELLING, place, || {
            format!(
                "{label} {word:?} is spelt {:?} in its list: write it so",
                code.value
            )
        }),
        Some(Found::Older(code, date)) => report.add(&CODE_OLD, place, || {
            let instead = match &code.now {
                Some(now) => format!("write {now:?}"),
                None => "choose one of the list".to_owned(),
            };
            format!("{label} {word:?} is no longer in the list of {date}: {instead}")
        }),
        None => report.add(&CODE_UNKNOWN, place, || {
            let codes = Nomenclature::newest().lists.get(list);
            let codes = codes.map_or(&[][..], |it| &it.values);
            let all: Vec<&str> = codes.iter().map(|code| code.value.as_str()).collect();
            format!(
                "{label} {:?} is in no list: write one of {}",
                excerpt(word),
                all.join("; ")
            )
        }),
    }
    false
}

fn check_party(code: &str, label: &str, place: Place, known: &mut Known, report: &mut Report) {
    let Some(party) = PartyCode::parse(code) else {
        return;
    };
    let is_one = *known
        .parties
        .entry(party)
        .or_insert_with(|| party.party().is_some() || Nomenclature::find("party", code).is_some());
    if !is_one {
        report.add(&PARTY_UNKNOWN, place, || {
            format!("{label}: {code} is no country of ISO 3166-1 and no reserved code; write three letters such as GHA")
        });
    }
}

fn check_id(text: &str, label: &str, place: Place, report: &mut Report) {
    let usual = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b' ' | b'-');
    if text.bytes().all(usual) {
        return;
    }
    if text
        .bytes()
        .all(|byte| usual(byte) || matches!(byte, b'/' | b'.'))
    {
        report.add(&AUTHORISATION_ID_RARE, place, || {
            format!("{label} {text:?} has a slash or a point: some readers take only letters, digits, spaces and hyphens")
        });
    } else {
        report.add(&AUTHORISATION_ID, place, || {
            format!(
                "{label} {:?} may have letters, digits, spaces and hyphens only",
                excerpt(text)
            )
        });
    }
}

/// Quantities in t CO2 eq count units, and units are whole.
fn quantities(world: &World<'_>, report: &mut Report) {
    use super::super::value::Metric;
    use super::column::{BLOCK, QUANTITY};
    let mut whole = |quantity: &super::super::Field<_>, metric: Option<Metric>, place: Place| {
        let fraction = |it: &super::super::Decimal| it.whole().is_none();
        if metric == Some(Metric::Ghg) && quantity.value().is_some_and(fraction) {
            report.add(&NOT_WHOLE, place, || {
                format!(
                    "{} is no whole number of tonnes: units are never divided",
                    quantity.text()
                )
            });
        }
    };
    for (row, it) in world.aef.authorisations.iter().enumerate() {
        let place = Place::cell(Table::Authorisations, row, 4);
        whole(&it.quantity, it.metric.get(), place);
    }
    for (row, it) in world.aef.actions.iter().enumerate() {
        let place = Place::cell(Table::Actions, row, BLOCK + QUANTITY);
        whole(&it.block.quantity, it.block.metric.get(), place);
    }
    for (row, block) in world.aef.holdings.iter().enumerate() {
        let place = Place::cell(Table::Holdings, row, QUANTITY);
        whole(&block.quantity, block.metric.get(), place);
    }
}

/// How a value of the column looks.
fn hint(column: &Column) -> String {
    match column.kind {
        Kind::Party => "Write the three letters of the country, such as GHA".to_owned(),
        Kind::Parties => "Write three letters for each country, with commas between, or: any Party".to_owned(),
        Kind::Registry => "Write the country's three letters and two digits, such as GHA01".to_owned(),
        Kind::Approach => "Write CA and the four digits that the CARP gave, such as CA0001".to_owned(),
        Kind::UnitId => "Write it as CA0001-GHA01-GHA-1,000-2023, or its number alone".to_owned(),
        Kind::Year => "Write a year in four digits".to_owned(),
        Kind::Integer => "Write a whole number".to_owned(),
        Kind::Decimal => "Write a number without unit, such as 1234 or 12.5".to_owned(),
        Kind::Date => "Write a day that exists as dd/mm/yyyy".to_owned(),
        Kind::ActionDate => {
            "Write a day as dd/mm/yyyy, or a moment as 2026-04-15T10:00:00.000Z".to_owned()
        }
        Kind::Version => "Write it as X.Y; the first for a year is 1.0".to_owned(),
        Kind::Timeframe => {
            "Write it as 2021 - 2030, or as Occurred: from dd/mm/yyyy to dd/mm/yyyy. Use: from dd/mm/yyyy to dd/mm/yyyy".to_owned()
        }
        Kind::Metric | Kind::ActionType | Kind::Code | Kind::Codes => {
            let list = column.list.as_deref().and_then(|list| Nomenclature::newest().lists.get(list));
            let codes = list.map_or(&[][..], |it| &it.values);
            let all: Vec<&str> = codes.iter().map(|code| code.value.as_str()).collect();
            format!("Write one of {}", all.join("; "))
        }
        Kind::Text | Kind::List | Kind::Carp | Kind::CarpLink => "Write a text".to_owned(),
    }
}
