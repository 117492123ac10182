//! Forms that the program itself asks for, such as the records of Article 6: their shape is that of the API's body, and no country
//! changes it. They are drawn and filled in as the forms of processes are, and a field is named by its JSON Pointer (RFC 6901)
//! into that body.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::fault::Fault;
use super::form::{Item, id, whole};
use super::posted::Posted;
use crate::web::list::{Choice, choices};
use crate::web::page::Page;
use crate::web::words;

/// Things to choose from: what the body says, and what people read.
pub(super) type Offers = Vec<(String, String)>;

/// How a field is filled in.
pub(super) enum How {
    /// A text on one line.
    Line,
    /// A longer text; its lines become one.
    Area,
    /// A day.
    Day,
    /// A whole number.
    Number,
    /// One of some things.
    Choice(Offers),
    /// One of some things that are known by numbers.
    Pick(Offers),
    /// Any of some things.
    Many(Offers),
    /// Texts, one in a line.
    Lines,
    /// Whole numbers between spaces or commas.
    Numbers,
    /// A year and its level in each line.
    Levels,
    /// Yes or no; no where nobody says.
    YesNo,
}

/// A field.
pub(super) struct Ask {
    pointer: &'static str,
    label: String,
    hint: String,
    how: How,
    is_required: bool,
    fits: Option<Fits>,
}

/// Why a value is not what the body wants there; `None` where it is.
type Fits = fn(&Value) -> Option<String>;

fn fits<T: DeserializeOwned>(value: &Value) -> Option<String> {
    let read = serde_json::from_value::<T>(value.clone());
    read.err().map(|why| why.to_string())
}

/// The key of a field's words in a list.
pub(super) fn key(pointer: &str) -> String {
    pointer.trim_start_matches('/').replace(['/', '_'], "-")
}

impl Ask {
    /// A field with its words: a label, and a hint where there is one.
    pub(super) fn new(page: &Page, list: &str, pointer: &'static str, how: How) -> Self {
        let key = format!("{list}-{}", key(pointer));
        let own = words::find(page.language, &format!("{key}-hint"), &[]);
        let of_kind = match how {
            How::Day => Some(page.t("hint-day")),
            How::Number => Some(page.t("hint-whole")),
            How::Lines => Some(page.t("form-one-in-a-line")),
            How::Numbers => Some(page.t("hint-numbers")),
            How::Levels => Some(page.t("hint-levels")),
            _ => None,
        };
        Self {
            pointer,
            label: page.t(&key),
            hint: own.or(of_kind).unwrap_or_default(),
            how,
            is_required: false,
            fits: None,
        }
    }

    /// It must be filled in.
    pub(super) fn needed(mut self) -> Self {
        self.is_required = true;
        self
    }

    /// What the body wants there.
    pub(super) fn of<T: DeserializeOwned>(mut self) -> Self {
        self.fits = Some(fits::<T>);
        self
    }

    fn typed(&self, posted: &Posted) -> Option<Value> {
        let name = self.pointer;
        match &self.how {
            How::Line | How::Day | How::Choice(_) => posted.given(name).map(Value::from),
            How::Area => {
                let text = posted.given(name)?;
                let words: Vec<&str> = text.split_whitespace().collect();
                Some(words.join(" ").into())
            }
            How::Number | How::Pick(_) => posted.given(name).map(number),
            How::YesNo => posted.given(name).map(|it| Value::from(it == "true")),
            How::Many(_) => list(posted.all(name).map(str::trim).map(Value::from)),
            How::Lines => {
                let lines = posted.all(name).flat_map(str::lines).map(str::trim);
                list(lines.map(Value::from))
            }
            How::Numbers => {
                let between = |it: char| it.is_whitespace() || matches!(it, ',' | ';' | '،' | '؛');
                list(posted.given(name)?.split(between).map(number))
            }
            How::Levels => list(posted.given(name)?.lines().map(level)),
        }
    }

    fn shown(&self, value: Option<&Value>) -> String {
        match value {
            Some(Value::Array(items)) => {
                let between = if matches!(self.how, How::Numbers) {
                    ", "
                } else {
                    "\n"
                };
                let items = items.iter().map(plain);
                items.collect::<Vec<_>>().join(between)
            }
            Some(value) => plain(value),
            None => String::new(),
        }
    }

    fn drawn(&self, value: Option<&Value>, fault: Option<&Wrong>) -> Item {
        let typed = self.shown(value);
        let mut item = Item {
            what: "field",
            how: match self.how {
                How::Line => "line",
                How::Area => "area",
                How::Day => "day",
                How::Number => "number",
                How::Choice(_) | How::Pick(_) => "choice",
                How::Many(_) => "many",
                How::Lines | How::Numbers | How::Levels => "lines",
                How::YesNo => "yes-no",
            },
            id: id(self.pointer),
            name: self.pointer.to_owned(),
            label: self.label.clone(),
            hint: self.hint.clone(),
            is_required: self.is_required,
            fault: fault.map(|it| it.text.clone()),
            ..Item::default()
        };
        match &self.how {
            How::Choice(offers) | How::Pick(offers) => {
                item.choices = choices(offers.clone(), Some(&typed));
            }
            How::Many(offers) => item.choices = ticked(offers, value),
            _ => {}
        }
        item.value = typed;
        item
    }
}

fn ticked(offers: &Offers, value: Option<&Value>) -> Vec<Choice> {
    let chosen: Vec<String> = value
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .map(plain)
        .collect();
    let tick = |(value, label): &(String, String)| Choice {
        is_chosen: chosen.contains(value),
        value: value.clone(),
        label: label.clone(),
    };
    offers.iter().map(tick).collect()
}

/// A number, or what was typed in its place.
fn number(text: &str) -> Value {
    if text.is_empty() {
        return Value::Null;
    }
    whole(text).map_or_else(|| Value::from(text), Value::from)
}

/// `2024 61200000`
fn level(line: &str) -> Value {
    let parts = || {
        let (year, level) = line.trim().split_once(|it: char| it.is_whitespace())?;
        let read = (whole(year)?, whole(level)?);
        Some(serde_json::json!({"year": read.0, "level": read.1}))
    };
    match line.trim() {
        "" => Value::Null,
        other => parts().unwrap_or_else(|| Value::from(other)),
    }
}

fn list(items: impl Iterator<Item = Value>) -> Option<Value> {
    let is_there = |it: &Value| !it.is_null() && it.as_str() != Some("");
    let items: Vec<Value> = items.filter(is_there).collect();
    (!items.is_empty()).then_some(Value::Array(items))
}

/// A value as it is typed.
fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Object(of) => match (of.get("year"), of.get("level")) {
            (Some(year), Some(level)) => format!("{year} {level}"),
            _ => value.to_string(),
        },
        other => other.to_string(),
    }
}

/// What is wrong with a field.
pub(super) struct Wrong {
    pointer: String,
    label: String,
    text: String,
    /// What the program says itself, in English.
    detail: Option<String>,
}

impl Wrong {
    /// As the list at the top of a page has it.
    pub(super) fn fault(&self) -> Fault {
        let fault = Fault {
            link: Some(format!("#{}", id(&self.pointer))),
            ..Fault::whole(format!("{}: {}", self.label, self.text))
        };
        match &self.detail {
            Some(detail) => fault.with(detail.clone()),
            None => fault,
        }
    }
}

/// A form.
pub(super) struct Sheet(pub(super) Vec<Ask>);

impl Sheet {
    /// What was typed, as the body that the API takes.
    pub(super) fn read(&self, posted: &Posted) -> Value {
        let mut body = Value::Object(Map::new());
        for ask in &self.0 {
            if let Some(value) = ask.typed(posted) {
                put(&mut body, ask.pointer, value);
            }
        }
        body
    }

    /// What an address says, for a form that is opened from a page about something.
    pub(super) fn prefilled(&self, text: impl Fn(&str) -> Option<String>) -> Value {
        let mut body = Value::Object(Map::new());
        for ask in &self.0 {
            if let Some(value) = text(ask.pointer.trim_start_matches('/')) {
                put(&mut body, ask.pointer, value.into());
            }
        }
        body
    }

    /// The fields, as they stand in a body.
    pub(super) fn draw(&self, body: &Value, wrong: &[Wrong]) -> Vec<Item> {
        let drawn = self.0.iter().map(|ask| {
            let fault = wrong.iter().find(|it| it.pointer == ask.pointer);
            ask.drawn(body.pointer(ask.pointer), fault)
        });
        drawn.collect()
    }

    /// Everything that is missing, or is not what the body wants.
    pub(super) fn check(&self, page: &Page, body: &Value) -> Vec<Wrong> {
        let each = self.0.iter().filter_map(|ask| {
            let Some(value) = body.pointer(ask.pointer) else {
                let missing = || Self::wrong(ask, page.t("form-missing"), None);
                return ask.is_required.then(missing);
            };
            let why = ask.fits?(value)?;
            Some(Self::misfit(page, ask, why))
        });
        each.collect()
    }

    /// What is wrong at a pointer into the body: at the field that it names, lies in, or has within.
    pub(super) fn at(&self, page: &Page, pointer: &str, why: String) -> Option<Wrong> {
        let within = |inner: &str, outer: &str| {
            inner
                .strip_prefix(outer)
                .is_some_and(|rest| rest.starts_with('/'))
        };
        let fields = || self.0.iter();
        let found = fields()
            .find(|it| it.pointer == pointer)
            .or_else(|| fields().find(|it| within(pointer, it.pointer)))
            .or_else(|| fields().find(|it| within(it.pointer, pointer)))?;
        Some(Self::misfit(page, found, why))
    }

    fn misfit(page: &Page, ask: &Ask, why: String) -> Wrong {
        let text = match ask.how {
            How::Choice(_) | How::Pick(_) | How::Many(_) => page.t("form-choose"),
            _ if ask.hint.is_empty() => page.t("fault-unreadable"),
            _ => ask.hint.clone(),
        };
        Self::wrong(ask, text, Some(why))
    }

    fn wrong(ask: &Ask, text: String, detail: Option<String>) -> Wrong {
        Wrong {
            pointer: ask.pointer.to_owned(),
            label: ask.label.clone(),
            text,
            detail,
        }
    }
}

/// Puts a value where a pointer leads, with the objects on the way.
fn put(body: &mut Value, pointer: &str, value: Value) {
    let mut place = body;
    for part in pointer.split('/').skip(1) {
        if !place.is_object() {
            *place = Value::Object(Map::new());
        }
        let Value::Object(of) = place else { return };
        place = of.entry(part.to_owned()).or_insert(Value::Null);
    }
    *place = value;
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{level, number, put};

    #[test]
    fn values_are_put_where_their_pointer_leads() {
        let mut body = json!({});
        put(&mut body, "/vintages/first", json!(2021));
        put(&mut body, "/vintages/last", json!(2030));
        put(&mut body, "/uses", json!("ndc"));
        let wanted = json!({"vintages": {"first": 2021, "last": 2030}, "uses": "ndc"});
        assert_eq!(body, wanted);
    }

    #[test]
    fn levels_and_numbers_are_read_or_kept_as_they_were_typed() {
        assert_eq!(
            level("2024 61,200,000"),
            json!({"year": 2024, "level": 61_200_000})
        );
        assert_eq!(level("2024\t-5"), json!({"year": 2024, "level": -5}));
        assert_eq!(level("soon"), json!("soon"));
        assert_eq!(level("  "), Value::Null);
        assert_eq!(number("12 000"), json!(12_000));
        assert_eq!(number("twelve"), json!("twelve"));
    }
}
