//! Reading the fields of a metadata file, each with the place that a refusal names.

use std::fmt::Display;
use std::str::FromStr;

use super::json::Json;
use super::refusal::TrustRefusal;
use crate::text::excerpt;

/// A value in a file, and where it stands.
#[derive(Clone)]
pub(super) struct Field<'j> {
    file: &'j str,
    path: String,
    value: &'j Json,
}

impl<'j> Field<'j> {
    /// The whole file.
    pub(super) const fn whole(file: &'j str, value: &'j Json) -> Self {
        Self {
            file,
            path: String::new(),
            value,
        }
    }

    /// A refusal of this field.
    pub(super) fn fault(&self, reason: impl Display) -> TrustRefusal {
        let path = if self.path.is_empty() {
            "the file".to_owned()
        } else {
            self.path.clone()
        };
        TrustRefusal::Field {
            file: self.file.to_owned(),
            path,
            reason: reason.to_string(),
        }
    }

    /// The value itself.
    pub(super) const fn json(&self) -> &'j Json {
        self.value
    }

    fn under(&self, name: &str, value: &'j Json) -> Self {
        let dot = if self.path.is_empty() { "" } else { "." };
        Self {
            file: self.file,
            path: format!("{}{dot}{}", self.path, excerpt(name)),
            value,
        }
    }

    /// The field of an object that may be there.
    pub(super) fn optional(&self, name: &str) -> Result<Option<Self>, TrustRefusal> {
        let Json::Object(entries) = self.value else {
            return Err(self.fault("it must be an object"));
        };
        Ok(entries.get(name).map(|value| self.under(name, value)))
    }

    /// The field of an object that must be there.
    pub(super) fn get(&self, name: &str) -> Result<Self, TrustRefusal> {
        self.optional(name)?
            .ok_or_else(|| self.fault(format_args!("the field {name:?} is missing")))
    }

    /// The entries of an object, at most `max`.
    pub(super) fn entries(&self, max: usize) -> Result<Vec<(&'j str, Self)>, TrustRefusal> {
        let Json::Object(entries) = self.value else {
            return Err(self.fault("it must be an object"));
        };
        self.check_count(entries.len(), max)?;
        let entry = |(name, value): (&'j String, _)| (name.as_str(), self.under(name, value));
        Ok(entries.iter().map(entry).collect())
    }

    /// The items of a list, at most `max`.
    pub(super) fn items(&self, max: usize) -> Result<Vec<Self>, TrustRefusal> {
        let Json::List(items) = self.value else {
            return Err(self.fault("it must be a list"));
        };
        self.check_count(items.len(), max)?;
        let item = |(at, value): (usize, &'j Json)| self.under(&at.to_string(), value);
        Ok(items.iter().enumerate().map(item).collect())
    }

    fn check_count(&self, count: usize, max: usize) -> Result<(), TrustRefusal> {
        if count > max {
            return Err(self.fault(format_args!("it has {count} entries and may have {max}")));
        }
        Ok(())
    }

    /// The text of a string.
    pub(super) fn text(&self) -> Result<&'j str, TrustRefusal> {
        match self.value {
            Json::Text(text) => Ok(text),
            _ => Err(self.fault("it must be a string")),
        }
    }

    /// A string that has a type of its own.
    pub(super) fn parsed<T>(&self) -> Result<T, TrustRefusal>
    where
        T: FromStr<Err: Display>,
    {
        self.text()?.parse().map_err(|error| self.fault(error))
    }

    /// A whole number between two bounds.
    pub(super) fn number(&self, min: u64, max: u64) -> Result<u64, TrustRefusal> {
        let number = match self.value {
            Json::Number(number) => u64::try_from(*number).ok(),
            _ => None,
        };
        number
            .filter(|number| (min..=max).contains(number))
            .ok_or_else(|| self.fault(format_args!("it must be a number from {min} to {max}")))
    }

    /// True or false.
    pub(super) fn boolean(&self) -> Result<bool, TrustRefusal> {
        match self.value {
            Json::Bool(value) => Ok(*value),
            _ => Err(self.fault("it must be true or false")),
        }
    }

    /// Checks that the text is this one.
    pub(super) fn expect(&self, expected: &str) -> Result<(), TrustRefusal> {
        let found = self.text()?;
        if found == expected {
            return Ok(());
        }
        Err(self.fault(format_args!(
            "it reads {:?} and must read {expected:?}",
            excerpt(found)
        )))
    }
}
