//! Field by field: what we want to be there, and what is there.

use serde_json::{Map, Value};

use super::item::{ID, KEY};

/// The most differences that one comparison lists.
const DIFFERENCES_MAX: usize = 50;
/// The longest value that a difference repeats, in characters.
const VALUE_CHARS_MAX: usize = 200;

/// A field that is not at the other side as it is here.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Difference {
    /// The field, as a JSON Pointer into the item as it is there.
    pub field: String,
    /// What we want; empty where it is to be absent.
    pub ours: String,
    /// What is there; empty where it is absent.
    pub theirs: String,
}

/// What a comparison found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Compared {
    /// Where they differ.
    pub differences: Vec<Difference>,
    /// The other side's ids of parts of the item, by our keys.
    pub learned: Vec<(String, String)>,
}

/// Compares a resolved body with what the other side shows. Fields there that we do not send are its own affair; parts there
/// that we do not have are a difference. A date equals the same day with a time of zero; null equals absent.
#[must_use]
pub fn compare(ours: &Value, theirs: &Value) -> Compared {
    let mut compared = Compared::default();
    value(&mut compared, String::new(), ours, theirs);
    compared.differences.truncate(DIFFERENCES_MAX);
    compared
}

fn value(out: &mut Compared, at: String, ours: &Value, theirs: &Value) {
    match (ours, theirs) {
        (Value::Object(ours), Value::Object(theirs)) => object(out, &at, ours, theirs),
        (Value::Array(ours), Value::Array(theirs)) if ours.iter().any(Value::is_object) => {
            parts(out, &at, ours, theirs);
        }
        (Value::Array(ours), Value::Array(theirs)) => words(out, at, ours, theirs),
        // A list of no parts may be shown as nothing.
        (Value::Array(ours), Value::Null) if ours.is_empty() => {}
        _ if same(ours, theirs) => {}
        _ => differ(out, at, ours, theirs),
    }
}

fn differ(out: &mut Compared, field: String, ours: &Value, theirs: &Value) {
    out.differences.push(Difference {
        field,
        ours: shown(ours),
        theirs: shown(theirs),
    });
}

fn object(out: &mut Compared, at: &str, ours: &Map<String, Value>, theirs: &Map<String, Value>) {
    for (name, wanted) in ours.iter().filter(|(name, _)| !name.starts_with('$')) {
        let found = theirs.get(name).unwrap_or(&Value::Null);
        value(out, format!("{at}/{name}"), wanted, found);
    }
}

/// Lists of plain values are sets at the other side.
fn words(out: &mut Compared, at: String, ours: &[Value], theirs: &[Value]) {
    let sorted = |all: &[Value]| {
        let mut all: Vec<String> = all.iter().map(plain).collect();
        all.sort();
        all
    };
    if sorted(ours) != sorted(theirs) {
        let (ours, theirs) = (ours.to_vec().into(), theirs.to_vec().into());
        differ(out, at, &ours, &theirs);
    }
}

/// Parts are paired by the id that is known, and else by what they say.
fn parts(out: &mut Compared, at: &str, ours: &[Value], theirs: &[Value]) {
    let mut left: Vec<&Value> = theirs.iter().collect();
    let mut unpaired = Vec::new();
    for (place, wanted) in ours.iter().enumerate() {
        let id = wanted.get(ID);
        let known = left.iter().position(|it| id.is_some() && it.get(ID) == id);
        match known {
            Some(known) => {
                let found = left.remove(known);
                learn(out, wanted, found);
                value(out, format!("{at}/{place}"), wanted, found);
            }
            None => unpaired.push((place, wanted)),
        }
    }
    for (place, wanted) in unpaired {
        let is_it = |it: &&Value| compare(&without_id(wanted), it).differences.is_empty();
        match left.iter().position(is_it) {
            Some(alike) if wanted.get(ID).is_none() => {
                let found = left.remove(alike);
                learn(out, wanted, found);
            }
            _ => differ(
                out,
                format!("{at}/{place}"),
                &without_marks(wanted),
                &Value::Null,
            ),
        }
    }
    for extra in left {
        differ(out, format!("{at}/-"), &Value::Null, extra);
    }
}

fn learn(out: &mut Compared, ours: &Value, theirs: &Value) {
    let key = ours.get(KEY).and_then(Value::as_str);
    let id = theirs.get(ID).and_then(Value::as_str);
    if let (Some(key), Some(id)) = (key, id) {
        out.learned.push((key.to_owned(), id.to_owned()));
    }
}

fn without_id(part: &Value) -> Value {
    let mut part = part.clone();
    if let Some(map) = part.as_object_mut() {
        map.remove(ID);
    }
    part
}

fn without_marks(part: &Value) -> Value {
    super::item::unmarked(part)
}

fn same(ours: &Value, theirs: &Value) -> bool {
    let (ours, theirs) = (plain(ours), plain(theirs));
    ours == theirs
        || day(&ours).is_some_and(|it| day(&theirs) == Some(it))
        || same_number(&ours, &theirs)
}

/// A value as text: absent is empty.
fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// The day of a date, or of a moment that is midnight.
fn day(text: &str) -> Option<&str> {
    let (day, rest) = (text.get(..10)?, text.get(10..)?);
    let is_day = day.bytes().enumerate().all(|(at, byte)| match at {
        4 | 7 => byte == b'-',
        _ => byte.is_ascii_digit(),
    });
    let is_midnight = matches!(
        rest,
        "" | "T00:00:00Z" | "T00:00:00.000Z" | "T00:00:00.000+00:00"
    );
    (is_day && is_midnight).then_some(day)
}

/// Decimal numbers of the same value: some databases give `1000.00` for 1000.
fn same_number(ours: &str, theirs: &str) -> bool {
    fn trimmed(text: &str) -> Option<&str> {
        let is_number =
            !text.is_empty() && text.bytes().all(|it| it.is_ascii_digit() || it == b'.');
        is_number.then(|| match text.contains('.') {
            true => text.trim_end_matches('0').trim_end_matches('.'),
            false => text,
        })
    }
    trimmed(ours).is_some_and(|it| trimmed(theirs) == Some(it))
}

fn shown(value: &Value) -> String {
    let text = plain(value);
    match text.char_indices().nth(VALUE_CHARS_MAX) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or_default()),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    #![allow(missing_docs)]
    use super::*;
    use serde_json::json;

    fn fields(ours: &Value, theirs: &Value) -> Vec<String> {
        let differences = compare(ours, theirs).differences.into_iter();
        differences.map(|it| it.field).collect()
    }

    #[test]
    fn the_same_said_otherwise_is_no_difference() {
        let ours = json!({"d": "2024-03-01", "n": 1000, "none": null, "t": ["b", "a"], "p": []});
        let theirs =
            json!({"d": "2024-03-01T00:00:00.000Z", "n": "1000.00", "t": ["a", "b"], "more": 1});
        assert_eq!(fields(&ours, &theirs), Vec::<String>::new());
    }

    #[test]
    fn another_day_number_or_word_is_one() {
        let ours = json!({"d": "2024-03-01", "n": 100, "t": ["a"], "s": "x"});
        let theirs = json!({"d": "2024-03-01T09:00:00.000Z", "n": 1000, "t": ["a", "a"], "s": "X"});
        assert_eq!(fields(&ours, &theirs), ["/d", "/n", "/s", "/t"]);
    }

    #[test]
    fn parts_are_paired_by_id_then_by_what_they_say_and_none_may_be_left_over() {
        let ours = json!({"p": [{"$key": "a", "id": "1", "n": 1}, {"$key": "b", "n": 2}]});
        let theirs = json!({"p": [{"id": "2", "n": 2}, {"id": "1", "n": 1}]});
        let compared = compare(&ours, &theirs);
        assert_eq!(compared.differences, []);
        let learned = [("a", "1"), ("b", "2")].map(|(key, id)| (key.to_owned(), id.to_owned()));
        assert_eq!(compared.learned, learned);
        let more = json!({"p": [{"id": "2", "n": 2}, {"id": "1", "n": 1}, {"id": "3", "n": 3}]});
        assert_eq!(fields(&ours, &more), ["/p/-"]);
        let lost = json!({"p": [{"id": "2", "n": 2}]});
        assert_eq!(fields(&ours, &lost), ["/p/0"]);
        let other = json!({"p": [{"id": "2", "n": 2}, {"id": "1", "n": 9}]});
        assert_eq!(fields(&ours, &other), ["/p/0/n"]);
    }
}
