//! The studio of reports under Article 6: the annual report in the agreed electronic format row by row, what the checks find in it,
//! how it differs from the last submission, freezing it; submissions that are kept, partners' among them; the initial report and
//! the regular information; what other registries tell.

mod findings;
mod information;
mod kept;
mod notifications;
mod rows;
mod studio;

use axum::http::{HeaderValue, header};
use axum::response::Response;
use countersign_protocol::article6::aef::Table;

use super::place;
use crate::http::problem::ApiError;
use crate::web::page::Page;
use crate::web::reports::hash;

pub(super) use information::{initial, initial_file, regular_file, summary};
pub(super) use kept::{import, kept, kept_file, kept_table, list};
pub(super) use notifications::{ask as ask_notifications, send as send_notifications};
pub(super) use studio::{changes, file, freeze, show, table};

/// Rows of tables, findings and changes that one page shows.
const SHOWN: usize = 50;

/// The year of an address.
fn year(text: &str) -> Result<u16, ApiError> {
    Ok(place::named("report of", text)?)
}

/// The table of an address, by its number.
fn table_of(text: &str) -> Result<Table, ApiError> {
    let number: usize = place::named("table", text)?;
    let found = Table::ALL.into_iter().find(|it| it.number() == number);
    let unknown = || place::unknown("table", text);
    Ok(found.ok_or_else(unknown)?)
}

/// A table as people call it.
fn table_name(page: &Page, table: Table) -> String {
    let name = page.word("aef-table", table.name());
    format!("{} · {name}", table.number())
}

/// A format by the last part of an address.
fn format<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, ApiError> {
    let word = serde_json::Value::from(text);
    let read = serde_json::from_value(word);
    Ok(read.map_err(|_| place::unknown("format", text))?)
}

/// A file of a report is kept by no cache between the node and its reader.
fn private(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// Where the next page of so many things begins.
fn next_of(from: usize, count: usize) -> Option<usize> {
    let next = from.saturating_add(SHOWN);
    (next < count).then_some(next)
}
