//! JSON as signed metadata uses it: no number with a fraction, no name twice in an object, and one spelling for signing.

use core::fmt;
use std::collections::BTreeMap;

use serde::de::{Error, MapAccess, SeqAccess, Visitor};
use serde::ser::{SerializeMap, SerializeSeq};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::text::excerpt;

/// A JSON value without floating point. Nesting is bounded by the reader at 128 levels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Json {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A whole number.
    Number(i64),
    /// A string.
    Text(String),
    /// A list.
    List(Vec<Self>),
    /// An object; its names in the order of their code points.
    Object(BTreeMap<String, Self>),
}

impl Json {
    /// Reads one JSON value and nothing after it.
    ///
    /// # Errors
    /// What is wrong and where: not JSON, a number with a fraction or beyond 64 bits, a name twice in one object.
    pub fn parse(bytes: &[u8]) -> Result<Self, String> {
        serde_json::from_slice(bytes).map_err(|error| error.to_string())
    }

    /// An object of these entries.
    #[must_use]
    pub fn object<const N: usize>(entries: [(&str, Self); N]) -> Self {
        let owned = |(name, value): (&str, Self)| (name.to_owned(), value);
        Self::Object(entries.into_iter().map(owned).collect())
    }

    /// A string.
    #[must_use]
    pub fn text(text: &(impl ToString + ?Sized)) -> Self {
        Self::Text(text.to_string())
    }

    /// A number. Everything counted here is far below 2^63; larger counts would be written as 2^63 - 1 and refused by readers.
    #[must_use]
    pub fn number(number: u64) -> Self {
        Self::Number(i64::try_from(number).unwrap_or(i64::MAX))
    }

    /// The bytes that are hashed and signed: canonical JSON of the OLPC, as TUF prescribes it. No white space, names in
    /// order, only quotes and backslashes escaped.
    #[must_use]
    pub fn canonical(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        self.write_canonical(&mut bytes);
        bytes
    }

    /// The file that people read: indented, names in order, with a newline at its end.
    #[must_use]
    pub fn pretty(&self) -> String {
        // Writing into memory fails for names that are no strings only, and all are.
        let mut text = serde_json::to_string_pretty(self).unwrap_or_default();
        text.push('\n');
        text
    }

    fn write_canonical(&self, bytes: &mut Vec<u8>) {
        match self {
            Self::Null => bytes.extend_from_slice(b"null"),
            Self::Bool(true) => bytes.extend_from_slice(b"true"),
            Self::Bool(false) => bytes.extend_from_slice(b"false"),
            Self::Number(number) => bytes.extend_from_slice(number.to_string().as_bytes()),
            Self::Text(text) => write_text(text, bytes),
            Self::List(items) => {
                bytes.push(b'[');
                for (at, item) in items.iter().enumerate() {
                    if at > 0 {
                        bytes.push(b',');
                    }
                    item.write_canonical(bytes);
                }
                bytes.push(b']');
            }
            Self::Object(entries) => {
                bytes.push(b'{');
                for (at, (name, value)) in entries.iter().enumerate() {
                    if at > 0 {
                        bytes.push(b',');
                    }
                    write_text(name, bytes);
                    bytes.push(b':');
                    value.write_canonical(bytes);
                }
                bytes.push(b'}');
            }
        }
    }
}

fn write_text(text: &str, bytes: &mut Vec<u8>) {
    bytes.push(b'"');
    for byte in text.bytes() {
        if matches!(byte, b'"' | b'\\') {
            bytes.push(b'\\');
        }
        bytes.push(byte);
    }
    bytes.push(b'"');
}

impl Serialize for Json {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Number(number) => serializer.serialize_i64(*number),
            Self::Text(text) => serializer.serialize_str(text),
            Self::List(items) => {
                let mut list = serializer.serialize_seq(Some(items.len()))?;
                for item in items {
                    list.serialize_element(item)?;
                }
                list.end()
            }
            Self::Object(entries) => {
                let mut map = serializer.serialize_map(Some(entries.len()))?;
                for (name, value) in entries {
                    map.serialize_entry(name, value)?;
                }
                map.end()
            }
        }
    }
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(JsonVisitor)
    }
}

struct JsonVisitor;

impl<'de> Visitor<'de> for JsonVisitor {
    type Value = Json;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("JSON with whole numbers of at most 64 bits")
    }

    fn visit_unit<E: Error>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Json, E> {
        Ok(Json::Bool(value))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Json, E> {
        Ok(Json::Number(number))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Json, E> {
        let number = i64::try_from(number)
            .map_err(|_| E::custom(format_args!("the number {number} is beyond 2^63 - 1")))?;
        Ok(Json::Number(number))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Json, E> {
        Ok(Json::Text(text.to_owned()))
    }

    fn visit_string<E: Error>(self, text: String) -> Result<Json, E> {
        Ok(Json::Text(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Json, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Json::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Json, A::Error> {
        let mut object = BTreeMap::new();
        while let Some(name) = entries.next_key::<String>()? {
            if object.contains_key(&name) {
                let name = excerpt(&name);
                return Err(A::Error::custom(format_args!(
                    "{name:?} stands twice in one object"
                )));
            }
            object.insert(name, entries.next_value()?);
        }
        Ok(Json::Object(object))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, missing_docs)]

    use super::*;

    #[test]
    fn the_signed_bytes_are_canonical_json_of_the_olpc() {
        let text = r#" { "b" : [ 1, -2, true, null ], "a": "q\"b\\n\né" , "é": {}, "Z": [] } "#;
        let json = Json::parse(text.as_bytes()).unwrap();
        let expected = "{\"Z\":[],\"a\":\"q\\\"b\\\\n\né\",\"b\":[1,-2,true,null],\"é\":{}}";
        assert_eq!(String::from_utf8(json.canonical()).unwrap(), expected);
        assert_eq!(Json::parse(json.pretty().as_bytes()), Ok(json));
    }

    #[test]
    fn fractions_large_numbers_names_twice_and_trailing_bytes_are_refused() {
        let cases = [
            ("1.0", "floating point"),
            ("1e3", "floating point"),
            ("-0", "floating point"),
            ("9223372036854775808", "beyond 2^63 - 1"),
            ("99999999999999999999999", "floating point"),
            (r#"{"a":1,"b":2,"a":1}"#, "twice"),
            (r#"{"a":{"\u0061":1,"a":1}}"#, "twice"),
            ("{} {}", "trailing"),
            ("\u{feff}{}", "expected value"),
            (r#""\ud800""#, "hex escape"),
            ("", "EOF"),
        ];
        for (text, reason) in cases {
            let error = Json::parse(text.as_bytes()).unwrap_err();
            assert!(error.contains(reason), "{text}: {error}");
        }
        let deep = "[".repeat(4096);
        assert!(
            Json::parse(deep.as_bytes())
                .unwrap_err()
                .contains("recursion")
        );
    }
}
