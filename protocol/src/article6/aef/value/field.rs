//! A cell of a table: blank, not applicable, a value, or a text that is none.

use std::borrow::Cow;

/// What is written where a field does not apply.
const NOT_APPLICABLE: &str = "NA";

/// A cell that a Party fills.
///
/// A value goes in with `.into()`; an `Option` gives `NA` for `None`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Field<T> {
    /// Nothing stands there.
    #[default]
    Absent,
    /// `NA`: the field does not apply to this row.
    NotApplicable,
    /// A value.
    Is(T),
    /// A text that is no value of this kind, as it was found.
    Unreadable(String),
}

/// What a cell holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Nothing.
    Absent,
    /// `NA`.
    NotApplicable,
    /// A value.
    Is,
    /// A text that is no value.
    Unreadable,
}

/// A kind of value that has a text.
pub trait Value: Sized {
    /// Reads a text without blanks around it; `None` when it is no such value.
    fn parse(text: &str) -> Option<Self>;

    /// The one text of the value.
    fn text(&self) -> Cow<'_, str>;
}

/// A cell of any kind.
pub trait Cell {
    /// What it holds.
    fn state(&self) -> State;

    /// Its text: empty where it is blank, `NA` where it does not apply.
    fn text(&self) -> Cow<'_, str>;

    /// Fills it from a text.
    fn read(&mut self, text: &str);
}

impl<T> Field<T> {
    /// The value, where there is one.
    #[must_use]
    pub const fn value(&self) -> Option<&T> {
        match self {
            Self::Is(value) => Some(value),
            Self::Absent | Self::NotApplicable | Self::Unreadable(_) => None,
        }
    }

    /// What it holds.
    #[must_use]
    pub const fn state(&self) -> State {
        match self {
            Self::Absent => State::Absent,
            Self::NotApplicable => State::NotApplicable,
            Self::Is(_) => State::Is,
            Self::Unreadable(_) => State::Unreadable,
        }
    }

    /// Whether it is blank or `NA`.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        matches!(self, Self::Absent | Self::NotApplicable)
    }
}

impl<T: Copy> Field<T> {
    /// A copy of the value, where there is one.
    #[must_use]
    pub const fn get(&self) -> Option<T> {
        match self {
            Self::Is(value) => Some(*value),
            Self::Absent | Self::NotApplicable | Self::Unreadable(_) => None,
        }
    }
}

impl<T> From<T> for Field<T> {
    fn from(value: T) -> Self {
        Self::Is(value)
    }
}

impl<T> From<Option<T>> for Field<T> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::NotApplicable, Self::Is)
    }
}

impl From<&str> for Field<String> {
    /// A text as a cell holds it: without blanks around it, lines ended by `\n`.
    fn from(text: &str) -> Self {
        let mut field = Self::Absent;
        field.read(text);
        field
    }
}

impl<T: Value> Cell for Field<T> {
    fn state(&self) -> State {
        Self::state(self)
    }

    fn text(&self) -> Cow<'_, str> {
        match self {
            Self::Absent => Cow::Borrowed(""),
            Self::NotApplicable => Cow::Borrowed(NOT_APPLICABLE),
            Self::Is(value) => value.text(),
            Self::Unreadable(text) => Cow::Borrowed(text),
        }
    }

    fn read(&mut self, text: &str) {
        let text = tidy(text);
        *self = match &*text {
            "" => Self::Absent,
            na if na.eq_ignore_ascii_case(NOT_APPLICABLE) || na.eq_ignore_ascii_case("N/A") => {
                Self::NotApplicable
            }
            text => T::parse(text).map_or_else(
                || Self::Unreadable(text.to_owned()),
                |value| Self::Is(value),
            ),
        };
    }
}

impl Value for String {
    fn parse(text: &str) -> Option<Self> {
        Some(text.to_owned())
    }

    fn text(&self) -> Cow<'_, str> {
        Cow::Borrowed(self)
    }
}

/// A cell that the centralised accounting and reporting platform (CARP) fills. The Party leaves the placeholder in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum CarpCell {
    /// As the Party leaves it.
    #[default]
    Placeholder,
    /// What somebody wrote: the platform in what comes back from it.
    Written(String),
}

impl CarpCell {
    /// What the Party leaves in a cell that the platform fills.
    pub const POPULATED: &'static str = "{Information in this field is populated by the CARP}";
    /// What the Party leaves in a cell in which the platform puts a link.
    pub const LINK: &'static str = "{Link to be produced by the CARP}";
}

impl Cell for CarpCell {
    fn state(&self) -> State {
        match self {
            Self::Placeholder => State::Absent,
            Self::Written(_) => State::Is,
        }
    }

    /// Empty for the placeholder: which of the two it is, the column says.
    fn text(&self) -> Cow<'_, str> {
        match self {
            Self::Placeholder => Cow::Borrowed(""),
            Self::Written(text) => Cow::Borrowed(text),
        }
    }

    fn read(&mut self, text: &str) {
        let text = tidy(text);
        let left = ["", NOT_APPLICABLE, Self::POPULATED, Self::LINK];
        *self = if left.iter().any(|left| text.eq_ignore_ascii_case(left)) {
            Self::Placeholder
        } else {
            Self::Written(text.into_owned())
        };
    }
}

/// A text without blanks around it, lines ended by `\n`.
fn tidy(text: &str) -> Cow<'_, str> {
    let text = text.trim();
    if text.contains('\r') {
        Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n"))
    } else {
        Cow::Borrowed(text)
    }
}
