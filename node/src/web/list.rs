//! Lists: what is asked for, the way on, and rows for other programs.

use std::fmt::{Display, Write};
use std::str::FromStr;

use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;

use super::page::Page;
use crate::http::percent::encoded;
use crate::http::problem::{ApiError, Kind};
use crate::projection::query::Window;

/// Rows of a page.
pub(super) const ROWS: usize = 25;

/// The longest text that is looked for, in characters.
const Q_CHARS_MAX: usize = 200;

/// The query of a page. A field that was left empty counts as absent, and what a page does not know it passes over:
/// addresses of pages are passed on with all sorts of additions.
#[derive(Clone, Debug, Default)]
pub(super) struct Asked(Vec<(String, String)>);

impl<S: Send + Sync> FromRequestParts<S> for Asked {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let pairs: Result<Query<Vec<(String, String)>>, _> = Query::try_from_uri(&parts.uri);
        let Query(mut pairs) =
            pairs.map_err(|error| ApiError::new(Kind::Malformed, error.body_text()))?;
        for (_, value) in &mut pairs {
            value.truncate(value.trim_end().len());
        }
        pairs.retain(|(_, value)| !value.trim().is_empty());
        Ok(Self(pairs))
    }
}

impl Asked {
    /// The text of a field.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(it, _)| it == name)?;
        Some(found.1.trim())
    }

    /// What was done before this page was shown, if it is one of these, in the words of a list.
    pub(super) fn done(&self, page: &Page, list: &str, known: &[&str]) -> Option<String> {
        let done = self.text("done").filter(|it| known.contains(it))?;
        Some(page.word(list, done))
    }

    /// The text of a field, or nothing.
    pub(super) fn shown(&self, name: &str) -> String {
        self.text(name).unwrap_or_default().to_owned()
    }

    /// A field that has a text form.
    pub(super) fn get<T>(&self, name: &str) -> Result<Option<T>, ApiError>
    where
        T: FromStr,
        T::Err: Display,
    {
        let text = self.text(name);
        text.map(|text| text.parse().map_err(|why| ApiError::parameter(name, &why)))
            .transpose()
    }

    /// What is looked for.
    pub(super) fn q(&self) -> Result<Option<String>, ApiError> {
        let q = self.text("q");
        if q.is_some_and(|q| q.chars().count() > Q_CHARS_MAX) {
            let why = format!("at most {Q_CHARS_MAX} characters are looked for");
            return Err(ApiError::parameter("q", &why));
        }
        Ok(q.map(str::to_owned))
    }

    /// The part of a list.
    pub(super) fn window(&self, descending: bool) -> Window {
        Window {
            after: self.text("after").map(str::to_owned),
            limit: ROWS,
            descending,
        }
    }

    /// The same page with its rows from another place on.
    pub(super) fn going_on(&self, path: &str, next: Option<&str>) -> Option<String> {
        let next = next?;
        let kept = self.0.iter().filter(|(name, _)| name != "after");
        let mut query = String::new();
        for (name, value) in kept {
            let _ = write!(query, "{}={}&", encoded(name), encoded(value.trim()));
        }
        Some(format!("{path}?{query}after={}", encoded(next)))
    }

    /// Whether this is not the first part of the list.
    pub(super) fn is_further(&self) -> bool {
        self.text("after").is_some()
    }
}

/// One of several things to choose.
pub(super) struct Choice {
    pub(super) value: String,
    pub(super) label: String,
    pub(super) is_chosen: bool,
}

/// Things to choose, of which one may be chosen already.
pub(super) fn choices(
    all: impl IntoIterator<Item = (String, String)>,
    chosen: Option<&str>,
) -> Vec<Choice> {
    let choice = |(value, label): (String, String)| Choice {
        is_chosen: chosen == Some(value.as_str()),
        value,
        label,
    };
    all.into_iter().map(choice).collect()
}

/// Rows as CSV (RFC 4180). A text that a spreadsheet would run as a formula gets an apostrophe before it.
pub(super) struct Csv(String);

impl Csv {
    pub(super) fn new(head: &[&str]) -> Self {
        let mut csv = Self(String::new());
        csv.row(head.iter().map(|it| (*it).to_owned()));
        csv
    }

    pub(super) fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        for (at, cell) in cells.into_iter().enumerate() {
            if at > 0 {
                self.0.push(',');
            }
            let cell = harmless(cell);
            if cell.contains([',', '"', '\n', '\r']) {
                let _ = write!(self.0, "\"{}\"", cell.replace('"', "\"\""));
            } else {
                self.0.push_str(&cell);
            }
        }
        self.0.push_str("\r\n");
    }

    pub(super) fn text(self) -> String {
        self.0
    }
}

/// A cell that no spreadsheet runs as a formula.
pub(crate) fn harmless(cell: String) -> String {
    let is_number = cell.parse::<i64>().is_ok();
    let is_formula = !is_number && cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
    if is_formula { format!("'{cell}") } else { cell }
}

#[cfg(test)]
mod tests {
    use super::{Asked, Csv};

    #[test]
    fn cells_are_quoted_where_they_must_be_and_no_formula_is_left() {
        let mut csv = Csv::new(&["a", "b"]);
        csv.row(["one, two".to_owned(), "say \"no\"".to_owned()]);
        csv.row(["=1+1".to_owned(), "-5".to_owned()]);
        csv.row(["@x".to_owned(), "a\nb".to_owned()]);
        let wanted = "a,b\r\n\"one, two\",\"say \"\"no\"\"\"\r\n'=1+1,-5\r\n'@x,\"a\nb\"\r\n";
        assert_eq!(csv.text(), wanted);
    }

    #[test]
    fn the_way_on_keeps_what_was_asked_for() {
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let asked = Asked(vec![pair("q", "a&b é"), pair("after", "old")]);
        assert_eq!(
            asked.going_on("/projects", Some("x y")).as_deref(),
            Some("/projects?q=a%26b%20%C3%A9&after=x%20y")
        );
        assert_eq!(asked.going_on("/projects", None), None);
        assert!(asked.is_further());
    }
}
