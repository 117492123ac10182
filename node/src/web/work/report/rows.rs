//! Rows of a table as they stand in a submission.

use askama::Template;
use axum::response::Response;
use countersign_protocol::article6::aef::layout::written;
use countersign_protocol::article6::aef::{Aef, Table};

use super::{SHOWN, next_of, table_name};
use crate::http::problem::ApiError;
use crate::web::answer;
use crate::web::page::Page;

/// A row with its number, from 1, and the texts of its cells.
struct Row {
    number: u64,
    cells: Vec<String>,
}

#[derive(Template)]
#[template(path = "web/work/aef-table.html")]
struct TablePage {
    page: Page,
    title: String,
    name: String,
    back: String,
    /// Headings as the format has them, in English.
    columns: Vec<(&'static str, &'static str)>,
    rows: Vec<Row>,
    count: u64,
    /// The other tables: their names and addresses.
    tables: Vec<(String, String, bool)>,
    next: Option<String>,
    is_further: bool,
}

/// Where a table is shown, and what it belongs to.
pub(super) struct Placed {
    pub(super) page: Page,
    /// What the submission is called.
    pub(super) title: String,
    /// The address of the page that it belongs to.
    pub(super) back: String,
    /// What the address of each part of the table ends with.
    pub(super) query: String,
}

/// The tables of a submission with their addresses and how many rows each has.
pub(super) fn tables(page: &Page, base: &str, aef: &Aef) -> Vec<(String, String, u64)> {
    let all = Table::ALL.into_iter();
    let of = |table: Table| {
        let rows = u64::try_from(aef.len(table)).unwrap_or(u64::MAX);
        let path = format!("{base}/tables/{}", table.number());
        (table_name(page, table), path, rows)
    };
    all.map(of).collect()
}

/// The page of a table, from a row on.
pub(super) fn page(
    placed: Placed,
    aef: &Aef,
    table: Table,
    from: usize,
) -> Result<Response, ApiError> {
    let Placed {
        page,
        title,
        back,
        query,
    } = placed;
    let count = aef.len(table);
    let rows = (from..count).take(SHOWN).map(|row| Row {
        number: u64::try_from(row + 1).unwrap_or(u64::MAX),
        cells: written(aef, table, row)
            .into_iter()
            .map(|it| it.into_owned())
            .collect(),
    });
    let columns = table.columns().iter();
    let here = format!("{back}/tables/{}", table.number());
    let others = Table::ALL.into_iter().map(|it| {
        let path = format!("{back}/tables/{}{query}", it.number());
        (table_name(&page, it), path, it == table)
    });
    let sign = if query.is_empty() { "?" } else { "&" };
    let shown = TablePage {
        name: table_name(&page, table),
        columns: columns
            .map(|it| (it.group.as_str(), it.label.as_str()))
            .collect(),
        rows: rows.collect(),
        count: u64::try_from(count).unwrap_or(u64::MAX),
        tables: others.collect(),
        next: next_of(from, count).map(|next| format!("{here}{query}{sign}from={next}")),
        is_further: from > 0,
        back: format!("{back}{query}"),
        title,
        page,
    };
    answer::html(&shown.page, &shown)
}
