//! What forms say in words: hints beside fields, and what is wrong with a value, in the reader's language.

use countersign_protocol::period::Day;
use countersign_protocol::workflow::{
    Form, FormError, Format, ITEMS_MAX, Kind, Node, TEXT_CHARS_MAX,
};
use serde_json::Value;

use crate::web::page::Page;

/// The pointer of a field in a group.
pub(super) fn pointed(pointer: &str, name: &str) -> String {
    format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1"))
}

/// A name for a field without a title.
pub(super) fn plain(pointer: &str) -> String {
    let last = pointer.rsplit('/').next().unwrap_or_default();
    last.replace("~1", "/")
        .replace("~0", "~")
        .replace(['_', '-'], " ")
}

/// What a field of a kind wants, where that is not plain.
pub(super) fn hint(page: &Page, kind: &Kind) -> String {
    match kind {
        Kind::Text {
            format: Some(format),
            ..
        } => match format {
            Format::Date => page.t("hint-day"),
            Format::DateTime => page.t("hint-moment"),
            Format::Decimal => page.t("hint-decimal"),
            Format::Email => page.t("hint-email"),
            Format::Uri => page.t("hint-uri"),
        },
        Kind::Text {
            min, max, choices, ..
        } if choices.is_empty() && (*min > 1 || *max < TEXT_CHARS_MAX) => {
            characters(page, *min, *max)
        }
        Kind::Integer { min, max } => numbers(page, *min, *max),
        Kind::Geometry => page.t("hint-land"),
        _ => String::new(),
    }
}

fn characters(page: &Page, min: u64, max: u64) -> String {
    page.t2(
        "hint-characters",
        "least",
        page.n(min.max(1)),
        "most",
        page.n(max),
    )
}

/// Bounds, as far as they say anything: `i64::MAX` is none.
fn numbers(page: &Page, min: i64, max: i64) -> String {
    let plain = |number: i64| match u64::try_from(number) {
        Ok(number) => page.plain(number),
        Err(_) => number.to_string(),
    };
    match (min == i64::MIN, max == i64::MAX) {
        (true, true) => page.t("hint-whole"),
        (false, true) => page.t1("hint-whole-from", "least", plain(min)),
        (true, false) => page.t1("hint-whole-to", "most", plain(max)),
        (false, false) => page.t2(
            "hint-whole-between",
            "least",
            plain(min),
            "most",
            plain(max),
        ),
    }
}

/// What is wrong with a value: in the reader's language where the schema itself says it, and as the registry says it
/// otherwise.
pub(super) fn fault(page: &Page, node: &Node, value: Option<&Value>, error: &FormError) -> String {
    if error.is_missing {
        return page.t("form-missing");
    }
    said(page, &node.kind, value).unwrap_or_else(|| error.message.clone())
}

fn said(page: &Page, kind: &Kind, value: Option<&Value>) -> Option<String> {
    match (kind, value?) {
        (
            Kind::Text {
                min,
                max,
                format,
                choices,
            },
            Value::String(text),
        ) => {
            let count = u64::try_from(text.chars().count()).unwrap_or(u64::MAX);
            if !(*min..=*max).contains(&count) {
                return Some(characters(page, *min, *max));
            }
            if !choices.is_empty() && !choices.contains(text) {
                return Some(page.t("form-choose"));
            }
            let is_day = || text.parse::<Day>().is_ok();
            match format {
                Some(Format::Date) if !is_day() => Some(page.t("hint-day")),
                Some(Format::Email) if !text.contains('@') => Some(page.t("hint-email")),
                Some(Format::Uri) if !text.contains("://") => Some(page.t("hint-uri")),
                Some(Format::Decimal) if text.contains(|c: char| c.is_alphabetic()) => {
                    Some(page.t("hint-decimal"))
                }
                _ => None,
            }
        }
        (Kind::Integer { min, max }, value) => {
            let number = value.as_i64();
            let is_right = number.is_some_and(|it| (*min..=*max).contains(&it));
            (!is_right).then(|| numbers(page, *min, *max))
        }
        (Kind::Array { min, max, .. }, Value::Array(items)) => {
            let count = u64::try_from(items.len()).unwrap_or(u64::MAX);
            let most = (*max).min(ITEMS_MAX);
            let is_right = (*min..=*max).contains(&count);
            (!is_right).then(|| page.t2("form-count", "least", page.n(*min), "most", page.n(most)))
        }
        (Kind::Geometry, Value::String(_)) => Some(page.t("hint-land")),
        _ => None,
    }
}

/// The place of a pointer in a form, and what it is called from the outside in.
pub(super) fn found<'a>(
    form: &'a Form,
    pointer: &str,
    language: &str,
) -> (Option<&'a Node>, String) {
    let mut parts = pointer.split('/').skip(1);
    let mut labels: Vec<String> = Vec::new();
    let mut node: Option<&Node> = None;
    if let Some(first) = parts.next() {
        let name = first.replace("~1", "/").replace("~0", "~");
        node = form.schema.field(&name).map(|it| &it.node);
        labels.push(label(node, &name, language));
    }
    for part in parts {
        let name = part.replace("~1", "/").replace("~0", "~");
        node = match node.map(|it| &it.kind) {
            Some(Kind::Object { fields, .. }) => {
                let field = fields.iter().find(|it| it.name == name).map(|it| &it.node);
                labels.push(label(field, &name, language));
                field
            }
            Some(Kind::Array { items, .. }) => {
                let number = name
                    .parse::<usize>()
                    .map_or(name, |at| (at + 1).to_string());
                labels.push(number);
                Some(items)
            }
            _ => None,
        };
    }
    if labels.is_empty() {
        labels.push(form.label.get(language).to_owned());
    }
    (node, labels.join(" › "))
}

/// What a form says, field by field: what each is called from the outside in, and its value in words.
pub(super) fn lines(page: &Page, form: &Form, value: &Value) -> Vec<(String, String)> {
    let mut lines = Vec::new();
    for field in form.schema.fields() {
        if let Some(of) = value.get(&field.name) {
            let label = label(Some(&field.node), &field.name, page.language.code());
            line(page, &field.node, label, of, &mut lines);
        }
    }
    lines
}

fn line(page: &Page, node: &Node, name: String, value: &Value, lines: &mut Vec<(String, String)>) {
    match (&node.kind, value) {
        (Kind::Object { fields, .. }, Value::Object(found)) => {
            for field in fields {
                if let Some(of) = found.get(&field.name) {
                    let own = label(Some(&field.node), &field.name, page.language.code());
                    line(page, &field.node, format!("{name} › {own}"), of, lines);
                }
            }
        }
        (Kind::Array { items, .. }, Value::Array(found)) if super::form::is_group(items) => {
            for (at, of) in (1_u64..).zip(found) {
                line(page, items, format!("{name} {}", page.n(at)), of, lines);
            }
        }
        (_, Value::Array(found)) => {
            let all: Vec<String> = found.iter().map(|it| worded(page, it)).collect();
            lines.push((name, all.join(", ")));
        }
        (_, value) => lines.push((name, worded(page, value))),
    }
}

fn worded(page: &Page, value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Bool(true) => page.t("yes"),
        Value::Bool(false) => page.t("no"),
        Value::Number(number) => number
            .as_u64()
            .map_or_else(|| number.to_string(), |it| page.plain(it)),
        other => other.to_string(),
    }
}

fn label(node: Option<&Node>, name: &str, language: &str) -> String {
    let title = node.map_or("", |it| it.title.get(language));
    if title.is_empty() {
        plain(name)
    } else {
        title.to_owned()
    }
}
