//! Forms of the country's process, as fields that people fill in: drawn from the schema, and read back into JSON.
//!
//! A field is named by its JSON Pointer (RFC 6901), so that what a check says of a value is said at its field. What can not
//! be read stays as it was typed: it is shown again, and the check says what is wrong with it.

use std::collections::BTreeMap;

use countersign_protocol::workflow::{Field, Form, FormError, Format, Kind, Node};
use serde_json::{Map, Value};

use super::fault::Fault;
use super::land;
use super::posted::Posted;
use super::say::{self, pointed};
use crate::web::list::{Choice, choices};
use crate::web::page::Page;

/// From how many characters on a text gets more than one line.
const LINE_CHARS_MAX: u64 = 250;

/// Items of one list that a form shows at most.
const ROWS_MAX: usize = 1000;

/// Levels of groups within groups that are drawn.
const DEPTH_MAX: usize = 8;

/// One thing on a page: a field, or where a group begins or ends.
#[derive(Default)]
pub(super) struct Item {
    /// `open`, `close` or `field`.
    pub(super) what: &'static str,
    /// How a field is filled in: `line`, `area`, `number`, `day`, `choice`, `many`, `lines`, `yes-no` or `land`.
    pub(super) how: &'static str,
    pub(super) id: String,
    pub(super) name: String,
    pub(super) label: String,
    pub(super) hint: String,
    pub(super) value: String,
    pub(super) choices: Vec<Choice>,
    pub(super) is_required: bool,
    pub(super) fault: Option<String>,
    /// The name under which a list grows by one item.
    pub(super) grows: Option<String>,
}

/// The id of the field of a pointer.
pub(super) fn id(pointer: &str) -> String {
    format!("f{}", pointer.replace('/', "."))
}

/// Draws fields.
pub(super) struct Drawing<'a> {
    pub(super) page: &'a Page,
    pub(super) faults: &'a [FormError],
    /// Lists that are to have one more item than they have.
    pub(super) grown: Option<&'a str>,
    /// What may be chosen for a field beyond what the schema says, by its pointer.
    pub(super) offers: &'a BTreeMap<String, Vec<(String, String)>>,
}

impl Drawing<'_> {
    /// The fields of a part of a form, as they stand in `value`.
    pub(super) fn fields(&self, fields: &[&Field], value: &Value) -> Vec<Item> {
        let mut items = Vec::new();
        for field in fields {
            let pointer = pointed("", &field.name);
            let of = value.get(&field.name);
            self.node(
                &field.node,
                &pointer,
                None,
                of,
                field.required,
                &mut items,
                0,
            );
        }
        items
    }

    fn language(&self) -> &'static str {
        self.page.language.code()
    }

    fn fault(&self, node: &Node, pointer: &str, value: Option<&Value>) -> Option<String> {
        let found = self.faults.iter().find(|it| it.pointer == pointer)?;
        Some(say::fault(self.page, node, value, found))
    }

    #[allow(clippy::too_many_arguments)]
    fn node(
        &self,
        node: &Node,
        pointer: &str,
        label: Option<String>,
        value: Option<&Value>,
        is_required: bool,
        items: &mut Vec<Item>,
        depth: usize,
    ) {
        if depth > DEPTH_MAX {
            return;
        }
        let own = node.title.get(self.language());
        let label = match label {
            Some(label) => label,
            None if own.is_empty() => say::plain(pointer),
            None => own.to_owned(),
        };
        let item = Item {
            id: id(pointer),
            name: pointer.to_owned(),
            fault: self.fault(node, pointer, value),
            label,
            is_required,
            ..Item::default()
        };
        match &node.kind {
            Kind::Object { fields, .. } => {
                let within = value.unwrap_or(&Value::Null);
                items.push(Item {
                    what: "open",
                    ..item
                });
                for field in fields {
                    let pointer = pointed(pointer, &field.name);
                    let of = within.get(&field.name);
                    self.node(
                        &field.node,
                        &pointer,
                        None,
                        of,
                        field.required,
                        items,
                        depth + 1,
                    );
                }
                items.push(close());
            }
            Kind::Array {
                items: each,
                min,
                max,
                ..
            } if is_group(each) => {
                self.list(each, pointer, value, (*min, *max), item, items, depth);
            }
            _ => items.push(self.field(&node.kind, item, value)),
        }
    }

    /// A list of groups: one after the other, and a button for one more.
    #[allow(clippy::too_many_arguments)]
    fn list(
        &self,
        each: &Node,
        pointer: &str,
        value: Option<&Value>,
        (min, max): (u64, u64),
        item: Item,
        items: &mut Vec<Item>,
        depth: usize,
    ) {
        let found = value
            .and_then(Value::as_array)
            .map_or(&[][..], Vec::as_slice);
        let least = usize::try_from(min).unwrap_or(ROWS_MAX).max(1);
        let more = usize::from(self.grown == Some(pointer));
        let most = usize::try_from(max).unwrap_or(ROWS_MAX).min(ROWS_MAX);
        let rows = (found.len() + more).max(least).min(most.max(found.len()));
        let label = item.label.clone();
        let is_required = item.is_required;
        items.push(Item {
            what: "open",
            ..item
        });
        for at in 0..rows {
            let number = self.page.n(u64::try_from(at + 1).unwrap_or(u64::MAX));
            let name = self.page.t2("form-item", "list", &label, "number", number);
            let place = format!("{pointer}/{at}");
            let is_asked = is_required && at < least;
            self.node(
                each,
                &place,
                Some(name),
                found.get(at),
                is_asked,
                items,
                depth + 1,
            );
        }
        items.push(Item {
            grows: (rows < most).then(|| pointer.to_owned()),
            label,
            ..close()
        });
    }

    fn field(&self, kind: &Kind, item: Item, value: Option<&Value>) -> Item {
        let typed = value.map(shown).unwrap_or_default();
        let mut item = Item {
            what: "field",
            hint: say::hint(self.page, kind),
            value: typed,
            ..item
        };
        if let Some(offers) = self.offers.get(&item.name) {
            item.how = "choice";
            item.choices = choices(offers.clone(), Some(&item.value));
            return item;
        }
        match kind {
            Kind::Text { choices: all, .. } if !all.is_empty() => {
                item.how = "choice";
                let named = all.iter().map(|it| (it.clone(), it.clone()));
                item.choices = choices(named, Some(&item.value));
            }
            Kind::Text {
                format: Some(Format::Date),
                ..
            } => item.how = "day",
            Kind::Text { max, format, .. } => {
                let is_long = *max > LINE_CHARS_MAX && format.is_none();
                item.how = if is_long { "area" } else { "line" };
            }
            Kind::Integer { .. } => item.how = "number",
            Kind::Boolean => item.how = "yes-no",
            Kind::Geometry => item.how = "land",
            Kind::Array { items: each, .. } => self.several(each, &mut item, value),
            Kind::Object { .. } => {}
        }
        item
    }

    /// A list of texts or numbers: boxes to tick where the schema names them, otherwise one in a line.
    fn several(&self, each: &Node, item: &mut Item, value: Option<&Value>) {
        let found = value
            .and_then(Value::as_array)
            .map_or(&[][..], Vec::as_slice);
        if let Kind::Text { choices: all, .. } = &each.kind
            && !all.is_empty()
        {
            item.how = "many";
            item.choices = all
                .iter()
                .map(|it| Choice {
                    value: it.clone(),
                    label: it.clone(),
                    is_chosen: found.iter().any(|one| one.as_str() == Some(it)),
                })
                .collect();
            return;
        }
        item.how = "lines";
        item.hint = self.page.t("form-one-in-a-line");
        if !found.is_empty() {
            item.value = found.iter().map(shown).collect::<Vec<_>>().join("\n");
        }
    }
}

fn close() -> Item {
    Item {
        what: "close",
        ..Item::default()
    }
}

/// Whether something has fields of its own.
pub(super) fn is_group(node: &Node) -> bool {
    matches!(node.kind, Kind::Object { .. })
        || matches!(&node.kind, Kind::Array { items, .. } if is_group(items))
}

/// A value as it stands in a field.
fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

/// What was typed into some fields of a form, over what the form had.
pub(super) fn read(fields: &[&Field], before: Value, posted: &Posted) -> Value {
    let mut form = match before {
        Value::Object(form) => form,
        _ => Map::new(),
    };
    for field in fields {
        let pointer = pointed("", &field.name);
        match value(&field.node, &pointer, posted, 0) {
            Some(value) => form.insert(field.name.clone(), value),
            None => form.remove(&field.name),
        };
    }
    Value::Object(form)
}

fn value(node: &Node, pointer: &str, posted: &Posted, depth: usize) -> Option<Value> {
    if depth > DEPTH_MAX {
        return None;
    }
    match &node.kind {
        Kind::Object { fields, .. } => {
            let found = fields.iter().filter_map(|field| {
                let within = pointed(pointer, &field.name);
                let value = value(&field.node, &within, posted, depth + 1)?;
                Some((field.name.clone(), value))
            });
            let found: Map<String, Value> = found.collect();
            (!found.is_empty()).then_some(Value::Object(found))
        }
        Kind::Array { items, .. } if is_group(items) => {
            let rows = (0..ROWS_MAX).take_while(|at| {
                let start = format!("{pointer}/{at}/");
                posted.names(&start).next().is_some()
            });
            let rows =
                rows.filter_map(|at| value(items, &format!("{pointer}/{at}"), posted, depth + 1));
            let rows: Vec<Value> = rows.collect();
            (!rows.is_empty()).then_some(Value::Array(rows))
        }
        Kind::Array { items, .. } => {
            let typed = posted.all(pointer).flat_map(str::lines);
            let each = typed.map(str::trim).filter(|it| !it.is_empty());
            let each: Vec<Value> = each.map(|text| single(&items.kind, text)).collect();
            (!each.is_empty()).then_some(Value::Array(each))
        }
        Kind::Geometry => land::read(pointer, posted),
        kind => {
            let text = posted.given(pointer)?;
            Some(single(kind, text))
        }
    }
}

fn single(kind: &Kind, text: &str) -> Value {
    let read = match kind {
        Kind::Integer { .. } => whole(text).map(Value::from),
        Kind::Boolean => text.parse::<bool>().ok().map(Value::from),
        _ => None,
    };
    // Browsers end the lines of a form with two characters.
    read.unwrap_or_else(|| Value::String(text.replace("\r\n", "\n")))
}

/// A whole number, with or without spaces or commas between its groups, in the digits of any language of the pages.
pub(super) fn whole(text: &str) -> Option<i64> {
    let mut plain = String::new();
    for c in text.chars() {
        match c {
            ' ' | '\u{a0}' | '\u{202f}' | ',' | '٬' => {}
            '٠'..='٩' => plain.push(char::from_digit(u32::from(c) - 0x0660, 10)?),
            other => plain.push(other),
        }
    }
    plain.parse().ok()
}

/// The parts in which a form is filled in: each some fields, under a title.
pub(super) struct Section<'a> {
    pub(super) title: String,
    pub(super) fields: Vec<&'a Field>,
}

/// Fields that a form has at most to be filled in on one page.
const SHORT: usize = 6;

/// The parts of a form, in its order: fields that stand by themselves together, and each group by itself. A short form is one
/// part.
pub(super) fn sections<'a>(page: &Page, form: &'a Form) -> Vec<Section<'a>> {
    let language = page.language.code();
    let fields = form.schema.fields();
    let label = form.label.get(language).to_owned();
    if fields.len() <= SHORT {
        let fields = fields.iter().collect();
        return vec![Section {
            title: label,
            fields,
        }];
    }
    let mut sections: Vec<Section<'a>> = Vec::new();
    let mut is_open = false;
    for field in fields {
        let is_alone = is_group(&field.node);
        match sections.last_mut() {
            Some(last) if is_open && !is_alone && last.fields.len() < SHORT => {
                last.fields.push(field);
            }
            _ => {
                let title = match is_alone {
                    true => field.node.title.get(language).to_owned(),
                    false => label.clone(),
                };
                sections.push(Section {
                    title,
                    fields: vec![field],
                });
            }
        }
        is_open = !is_alone;
    }
    number_titles(page, &mut sections, &label);
    sections
}

/// Parts without a name of their own are told apart by what they begin with.
fn number_titles(page: &Page, sections: &mut [Section<'_>], label: &str) {
    let language = page.language.code();
    for section in sections {
        if section.title == label || section.title.is_empty() {
            let names = section.fields.iter().map(|it| it.node.title.get(language));
            let names: Vec<&str> = names.filter(|it| !it.is_empty()).take(3).collect();
            section.title = if names.is_empty() {
                label.to_owned()
            } else {
                names.join(", ")
            };
        }
    }
}

/// What is wrong with some fields, each with the way to it.
pub(super) fn faults(
    page: &Page,
    form: &Form,
    value: &Value,
    errors: &[FormError],
    link: impl Fn(&str) -> String,
) -> Vec<Fault> {
    let said = errors.iter().map(|error| {
        let (node, label) = say::found(form, &error.pointer, page.language.code());
        let text = match node {
            Some(node) => say::fault(page, node, value.pointer(&error.pointer), error),
            None => error.message.clone(),
        };
        Fault {
            link: Some(link(&error.pointer)),
            text: format!("{label}: {text}"),
            detail: None,
        }
    });
    said.collect()
}

#[cfg(test)]
mod tests {
    use super::{id, whole};

    #[test]
    fn whole_numbers_are_read_as_people_write_them() {
        for (text, wanted) in [
            ("1234", Some(1234)),
            ("1,234", Some(1234)),
            ("1\u{202f}234", Some(1234)),
            ("١٬٢٣٤", Some(1234)),
            ("-5", Some(-5)),
            ("1.5", None),
            ("12a", None),
            ("", None),
        ] {
            assert_eq!(whole(text), wanted, "{text}");
        }
    }

    #[test]
    fn ids_follow_from_pointers() {
        assert_eq!(id("/locations/0/place"), "f.locations.0.place");
    }
}
