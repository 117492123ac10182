//! Reading a form's JSON Schema out of TOML tables.

use super::super::fragment::fragment;
use super::super::model::{FALLBACK_LANGUAGE, Label};
use super::super::narrow::narrow;
use super::super::problem::{Problem, ProblemKind};
use super::super::schema::{Field, Format, ITEMS_MAX, Kind, Node, Schema, TEXT_CHARS_MAX};
use super::notes::Notes;
use super::table::Table;
use toml::de::{DeTable, DeValue};

/// The deepest nesting of a form.
const DEPTH_MAX: usize = 6;
/// The most fields of one object.
const FIELDS_MAX: usize = 100;
/// The greatest whole number that every JSON reader keeps (RFC 8259 section 6).
const INTEGER_MAX: i64 = 9_007_199_254_740_991;

/// Reads the schema under the key `schema`.
pub(super) fn read(form: &mut Table<'_, '_>) -> Schema {
    let empty = Kind::Object {
        fields: Vec::new(),
        open: false,
    };
    let Some(mut table) = form.table("schema") else {
        form.wrong(
            ProblemKind::Schema,
            "schema",
            "the form has no schema".to_owned(),
            "add a table schema with type = \"object\" and properties",
        );
        return Schema {
            root: Node {
                title: Label::default(),
                kind: empty,
            },
            fragment: None,
        };
    };
    let (fragment, base) = included(&mut table);
    let root = node(&mut table, 0, base);
    if !matches!(root.kind, Kind::Object { .. }) {
        wrong(
            &mut table,
            "type",
            "a form is an object".to_owned(),
            "write type = \"object\"",
        );
        return Schema {
            root: Node {
                title: root.title,
                kind: empty,
            },
            fragment: None,
        };
    }
    let schema = Schema { root, fragment };
    if !table.notes.is_wrong(&table.path) && !schema.errors(&schema.example()).is_empty() {
        wrong(
            &mut table,
            "type",
            "no instance can be right".to_owned(),
            "make the lists' unique items and bounds possible",
        );
    }
    schema
}

/// Reads a fragment's own file.
pub(in super::super) fn fragment_schema(text: &str) -> Result<Schema, Vec<Problem>> {
    let mut notes = Notes::new(text);
    let (root, errors) = DeTable::parse_recoverable(text);
    for error in errors {
        let message = error.message().to_owned();
        notes.at(ProblemKind::Syntax, 0, "", message, String::new());
    }
    let mut table = Table::new(&mut notes, String::new(), root.get_ref(), 0);
    table.integer("format", 1..=1);
    table.required_text("id");
    let schema = read(&mut table);
    table.finish();
    if notes.problems.is_empty() {
        Ok(schema)
    } else {
        Err(notes.problems)
    }
}

/// The fragment that a form includes, and the fields that it takes from it: all of them when it names none.
fn included(schema: &mut Table<'_, '_>) -> (Option<&'static str>, Vec<Field>) {
    let Some(mut table) = schema.table("include") else {
        return (None, Vec::new());
    };
    let name = table.required_text("fragment");
    let asked = table.texts("fields");
    table.finish();
    let Some(found) = fragment(&name) else {
        let known: Vec<&str> = super::super::FRAGMENTS.iter().map(|(id, _)| *id).collect();
        let mend = format!("write one of {}", known.join(", "));
        let message = format!("there is no fragment {name:?}");
        wrong(&mut table, "fragment", message, &mend);
        return (None, Vec::new());
    };
    for field in &asked {
        if found.field(field).is_none() {
            let message = format!("{name} has no field {field:?}");
            let mend = "see its fields with: countersign workflow fragment";
            wrong(&mut table, "fields", message, mend);
        }
    }
    let fields = found.schema().fields().iter();
    let taken = fields.filter(|it| asked.is_empty() || asked.contains(&it.name));
    (Some(found.id()), taken.cloned().collect())
}

fn wrong(table: &mut Table<'_, '_>, key: &str, message: String, mend: &str) {
    table.wrong(ProblemKind::Schema, key, message, mend);
}

/// `base` holds the fields that the object has from a fragment.
fn node(table: &mut Table<'_, '_>, depth: usize, base: Vec<Field>) -> Node {
    let title = titles(table);
    table.value("description");
    let kind = match table.text("type").as_deref() {
        Some("object") if table.has("format") => geometry(table),
        Some("object") => object(table, depth, base),
        Some("array") => array(table, depth),
        Some("string") => text(table),
        Some("integer") => integer(table),
        Some("boolean") => Kind::Boolean,
        found => {
            let message = found.map_or_else(
                || "the type is missing".to_owned(),
                |found| format!("the type {found:?} is not used in forms"),
            );
            wrong(
                table,
                "type",
                message,
                "write object, array, string, integer or boolean; a number with a point is a string of format decimal",
            );
            Kind::Boolean
        }
    };
    finish(table);
    Node { title, kind }
}

/// `title` is English, as in any JSON Schema; `x-title` holds the other languages.
fn titles(table: &mut Table<'_, '_>) -> Label {
    let english = table.text("title");
    let mut texts = table.translations("x-title").0;
    if let Some(english) = english {
        texts.insert(FALLBACK_LANGUAGE.to_owned(), english);
    }
    Label(texts)
}

/// Keywords that are no part of our subset are a mistake of the schema, not an unknown key of ours.
fn finish(table: &mut Table<'_, '_>) {
    let before = table.notes.problems.len();
    table.finish();
    for problem in &mut table.notes.problems[before..] {
        problem.kind = ProblemKind::Schema;
        problem.message = format!(
            "{}: no such keyword for this type in forms",
            problem.message
        );
    }
}

fn bounds(
    table: &mut Table<'_, '_>,
    low: &'static str,
    high: &'static str,
    max: u64,
) -> (u64, u64) {
    let top = i64::try_from(max).unwrap_or(i64::MAX);
    let mut read = |key| {
        table
            .integer(key, 0..=top)
            .and_then(|number| u64::try_from(number).ok())
    };
    let (min, max) = (read(low).unwrap_or(0), read(high).unwrap_or(max));
    if min > max {
        wrong(
            table,
            low,
            format!("{low} {min} is over {high} {max}"),
            "lower it",
        );
    }
    (min, max)
}

fn integer(table: &mut Table<'_, '_>) -> Kind {
    let mut read = |key| table.integer(key, -INTEGER_MAX..=INTEGER_MAX);
    let (min, max) = (
        read("minimum").unwrap_or(-INTEGER_MAX),
        read("maximum").unwrap_or(INTEGER_MAX),
    );
    if min > max {
        wrong(
            table,
            "minimum",
            format!("minimum {min} is over maximum {max}"),
            "lower it",
        );
    }
    Kind::Integer { min, max }
}

fn text(table: &mut Table<'_, '_>) -> Kind {
    let (min, max) = bounds(table, "minLength", "maxLength", TEXT_CHARS_MAX);
    let word = table.text("format");
    let format = word
        .as_deref()
        .and_then(|word| Format::ALL.iter().find(|(_, known)| *known == word));
    if let (Some(word), None) = (&word, format) {
        wrong(
            table,
            "format",
            format!("the format {word:?} is not used in forms"),
            "write date, date-time, decimal, email or uri",
        );
    }
    let choices = table.texts("enum");
    if table.has("enum") && choices.is_empty() {
        wrong(
            table,
            "enum",
            "there is no choice".to_owned(),
            "list at least one",
        );
    }
    Kind::Text {
        min,
        max,
        format: format.map(|(format, _)| *format),
        choices,
    }
}

/// An object with a format is a place on the map; its members are those of RFC 7946.
fn geometry(table: &mut Table<'_, '_>) -> Kind {
    if table.text("format").as_deref() != Some("geojson") {
        let message = "an object has no such format".to_owned();
        wrong(
            table,
            "format",
            message,
            "write geojson, or properties instead",
        );
    }
    Kind::Geometry
}

fn array(table: &mut Table<'_, '_>, depth: usize) -> Kind {
    let (min, max) = bounds(table, "minItems", "maxItems", ITEMS_MAX);
    let unique = table.flag("uniqueItems");
    let items = match table.table("items") {
        Some(mut items) if depth < DEPTH_MAX => node(&mut items, depth + 1, Vec::new()),
        _ => {
            wrong(
                table,
                "items",
                "the list does not say what its items are, or is nested too deep".to_owned(),
                "add items = { type = ... }",
            );
            Node {
                title: Label::default(),
                kind: Kind::Boolean,
            }
        }
    };
    let key = table.texts("x-key");
    let known: &[Field] = match &items.kind {
        Kind::Object { fields, .. } => fields,
        _ => &[],
    };
    let stranger = key
        .iter()
        .find(|name| known.iter().all(|it| it.name != **name));
    if let Some(stranger) = stranger {
        let message = format!("{stranger:?} is no property of the items");
        wrong(
            table,
            "x-key",
            message,
            "name properties by which an item is known",
        );
    }
    Kind::Array {
        items: Box::new(items),
        min,
        max,
        unique,
        key,
    }
}

fn object(table: &mut Table<'_, '_>, depth: usize, base: Vec<Field>) -> Kind {
    let open = table.flag("additionalProperties");
    let required = table.texts("required");
    let mut fields = base;
    if let Some(properties) = table.table("properties") {
        let entries = properties.entries();
        let path = properties.path.clone();
        let notes: &mut Notes = properties.notes;
        if depth >= DEPTH_MAX || entries.len() > FIELDS_MAX {
            notes.on(
                ProblemKind::Schema,
                &path,
                "the form is nested deeper than 6 or has over 100 fields in one place".to_owned(),
                "make it smaller".to_owned(),
            );
            return Kind::Object { fields, open };
        }
        for (name, span, value) in entries {
            let field = format!("{path}.{name}");
            if !is_field_name(name) {
                notes.at(
                    ProblemKind::Schema,
                    span.start,
                    &field,
                    format!("{name:?} is no name of a field"),
                    "write 1 to 48 characters out of a-z A-Z 0-9 _".to_owned(),
                );
                continue;
            }
            let DeValue::Table(inner) = value.get_ref() else {
                notes.at(
                    ProblemKind::Schema,
                    span.start,
                    &field,
                    format!("the field {name:?} is no table"),
                    "write { type = \"string\" }".to_owned(),
                );
                continue;
            };
            let mut node = node(
                &mut Table::new(notes, field.clone(), inner, value.span().start),
                depth + 1,
                Vec::new(),
            );
            if let Some(taken) = fields.iter_mut().find(|taken| taken.name == name) {
                if let Err(why) = narrow(&mut node, &taken.node) {
                    notes.at(
                        ProblemKind::Schema,
                        span.start,
                        &field,
                        format!("{name:?} is wider than in the fragment: {why}"),
                        "narrow it, or give your own field another name".to_owned(),
                    );
                }
                taken.node = node;
                continue;
            }
            fields.push(Field {
                name: name.to_owned(),
                required: false,
                node,
            });
        }
    }
    for field in &mut fields {
        field.required = required.contains(&field.name);
    }
    for name in &required {
        if !fields.iter().any(|field| &field.name == name) {
            wrong(
                table,
                "required",
                format!("{name:?} is required and no property"),
                "add it under properties, or take it out of required",
            );
        }
    }
    Kind::Object { fields, open }
}

fn is_field_name(name: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    (1..=48).contains(&name.len()) && name.bytes().all(allowed)
}
