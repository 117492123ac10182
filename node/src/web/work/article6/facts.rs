//! Records of Article 6 in words: each member with its label and its value, as people read them before they confirm or approve.

use countersign_protocol::record::Article6;
use countersign_protocol::registry::Command;
use serde::Serialize;
use serde_json::Value;

use super::super::sheet::key;
use crate::web::format::signed;
use crate::web::page::Page;

/// The members of all kinds, in the order in which they are read: that of 4/CMA.6 para 5 for an authorisation.
const ORDER: &[&str] = &[
    "id",
    "title",
    "authorisation",
    "party",
    "version",
    "approach",
    "name",
    "country",
    "identification",
    "organisation",
    "parties",
    "entities",
    "date",
    "issue_until",
    "use_until",
    "definition",
    "uses",
    "oimp",
    "framework",
    "conditions",
    "changes",
    "reach",
    "reaches_first_transferred",
    "quantity",
    "registry",
    "underlying",
    "vintages/first",
    "vintages/last",
    "metric/non_ghg/unit",
    "metric/non_ghg/per_tonne",
    "gases",
    "scopes",
    "activities",
    "projects",
    "terms",
    "document",
    "information",
    "revoked",
    "reason",
    "account",
    "units/tonnes",
    "units/ranges",
    "ranges",
    "purpose",
    "day",
    "submitted",
    "reference",
    "period/first",
    "period/last",
    "method",
    "is_ldc",
    "is_sids",
    "series",
    "year",
    "level",
];

/// Members of NDCs and levels, after the others.
const LEVELS: &[&str] = &[
    "reference/year",
    "reference/level",
    "target/year",
    "target/level",
    "trajectory",
    "source",
];

/// What a record says.
pub(in super::super) fn of_record(page: &Page, it: &Article6) -> Vec<(String, String)> {
    of(page, it)
}

/// What a command would record: one list for each record.
pub(in super::super) fn of_command(page: &Page, command: &Command) -> Vec<Vec<(String, String)>> {
    match command {
        Command::Article6(it) => vec![of_record(page, it)],
        Command::Levels(levels) => levels.iter().map(|it| of_level(page, it)).collect(),
        other => vec![of(page, other)],
    }
}

fn of_level(page: &Page, it: &impl Serialize) -> Vec<(String, String)> {
    serde_json::to_value(it).map_or_else(|_| Vec::new(), |value| members(page, &value))
}

/// What something says that is written as its kind with its members within.
fn of(page: &Page, it: &impl Serialize) -> Vec<(String, String)> {
    let value = serde_json::to_value(it).unwrap_or_default();
    let within = value.as_object().and_then(|it| it.values().next());
    within.map_or_else(Vec::new, |within| members(page, within))
}

fn members(page: &Page, value: &Value) -> Vec<(String, String)> {
    let mut all = Vec::new();
    for name in ORDER.iter().chain(LEVELS) {
        let found = value.pointer(&format!("/{name}"));
        let text = found.map(|it| said(page, name, it)).unwrap_or_default();
        if !text.is_empty() {
            all.push((page.word("a6", &key(name)), text));
        }
    }
    all
}

/// A value in words; nothing for what is not there.
fn said(page: &Page, name: &str, value: &Value) -> String {
    match value {
        Value::Null | Value::Object(_) => String::new(),
        Value::Bool(true) => page.t("yes"),
        Value::Bool(false) => page.t("no"),
        Value::Number(number) => counted(page, name, number),
        Value::String(text) => worded(page, name, text),
        Value::Array(items) => {
            let all: Vec<String> = items.iter().map(|it| item(page, name, it)).collect();
            all.join(", ")
        }
    }
}

fn item(page: &Page, name: &str, value: &Value) -> String {
    let level = value.get("level").and_then(Value::as_i64);
    match (value.get("year").and_then(Value::as_u64), level) {
        (Some(year), Some(level)) => {
            format!("{}: {}", page.plain(year), signed(page.language, level))
        }
        _ => said(page, name, value),
    }
}

fn counted(page: &Page, name: &str, number: &serde_json::Number) -> String {
    let is_amount = matches!(
        name,
        "quantity" | "units/tonnes" | "level" | "reference/level" | "target/level"
    );
    match (number.as_u64(), number.as_i64()) {
        (Some(0), _) if name == "quantity" => page.t("a6-no-limit"),
        (Some(value), _) if !is_amount => page.plain(value),
        (_, Some(value)) => signed(page.language, value),
        _ => number.to_string(),
    }
}

fn worded(page: &Page, name: &str, text: &str) -> String {
    match name {
        "party" | "parties" | "country" => text
            .parse::<countersign_protocol::party::Party>()
            .map_or_else(|_| text.to_owned(), |party| page.country(party)),
        "definition" | "uses" | "purpose" | "method" | "series" => page.word(name, text),
        "scopes" => text
            .parse::<countersign_protocol::serial::SectoralScope>()
            .map_or_else(|_| text.to_owned(), |scope| page.scope(scope)),
        _ => text.to_owned(),
    }
}
