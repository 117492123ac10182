//! Tables and lists for people.

use std::fmt;

/// Something printed for people.
#[derive(Debug)]
pub(crate) enum View {
    /// Rows under a heading.
    Table(Table),
    /// Names and values, one a line.
    Pairs(Vec<(String, String)>),
    /// As it is.
    Text(String),
    /// One after the other, with a blank line between.
    Many(Vec<Self>),
}

impl View {
    /// Names and values.
    pub(crate) fn pairs<N: Into<String>>(pairs: impl IntoIterator<Item = (N, String)>) -> Self {
        let pairs = pairs.into_iter().map(|(name, value)| (name.into(), value));
        Self::Pairs(pairs.collect())
    }
}

impl fmt::Display for View {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Table(table) => table.fmt(out),
            Self::Text(text) => writeln!(out, "{}", text.trim_end_matches('\n')),
            Self::Pairs(pairs) => {
                let width = pairs.iter().map(|(name, _)| columns(name)).max();
                for (name, value) in pairs {
                    let fill = width.unwrap_or(0) - columns(name);
                    let value =
                        value.replace('\n', &format!("\n{:1$}", "", width.unwrap_or(0) + 2));
                    writeln!(out, "{name}{:fill$}  {value}", "")?;
                }
                Ok(())
            }
            Self::Many(views) => {
                for (place, view) in views.iter().enumerate() {
                    if place > 0 {
                        writeln!(out)?;
                    }
                    view.fmt(out)?;
                }
                Ok(())
            }
        }
    }
}

/// Rows under a heading. A column whose heading ends in `>` is flush right.
#[derive(Debug)]
pub(crate) struct Table {
    heading: Vec<&'static str>,
    rows: Vec<Vec<String>>,
    empty: &'static str,
}

impl Table {
    /// A table; `empty` is said when it has no rows.
    pub(crate) fn new(heading: &[&'static str], empty: &'static str) -> Self {
        Self {
            heading: heading.to_vec(),
            rows: Vec::new(),
            empty,
        }
    }

    pub(crate) fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().collect());
    }

    /// A table of many things.
    pub(crate) fn of<T, const N: usize>(
        heading: [&'static str; N],
        empty: &'static str,
        items: &[T],
        row: impl Fn(&T) -> [String; N],
    ) -> View {
        let mut table = Self::new(&heading, empty);
        for item in items {
            table.row(row(item));
        }
        View::Table(table)
    }
}

impl fmt::Display for Table {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.rows.is_empty() {
            return writeln!(out, "{}", self.empty);
        }
        let titles: Vec<&str> = self
            .heading
            .iter()
            .map(|title| title.trim_end_matches('>'))
            .collect();
        let width = |column: usize| {
            let cells = self.rows.iter().filter_map(|row| row.get(column));
            let widest = cells.map(|cell| columns(cell)).max().unwrap_or(0);
            widest.max(columns(titles[column]))
        };
        let widths: Vec<usize> = (0..titles.len()).map(width).collect();
        let line = |out: &mut fmt::Formatter<'_>, cells: &mut dyn Iterator<Item = &str>| {
            let mut text = String::new();
            for ((cell, width), title) in cells.zip(&widths).zip(&self.heading) {
                let fill = " ".repeat(width.saturating_sub(columns(cell)));
                let (left, right) = if title.ends_with('>') {
                    (fill.as_str(), "")
                } else {
                    ("", fill.as_str())
                };
                text.push_str(&format!("{left}{cell}{right}  "));
            }
            writeln!(out, "{}", text.trim_end())
        };
        line(out, &mut titles.iter().copied())?;
        for row in &self.rows {
            line(out, &mut row.iter().map(String::as_str))?;
        }
        Ok(())
    }
}

/// Columns that a text takes. Names of every script are counted by character: close enough to line columns up.
fn columns(text: &str) -> usize {
    text.chars().count()
}

/// Tonnes with their thousands apart: `11,733`.
pub(crate) fn tonnes(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A moment as people read it: UTC, to the second.
pub(crate) fn moment(time_ms: u64) -> String {
    countersign_protocol::time::Timestamp::from_seconds(time_ms / 1000)
        .map_or_else(|_| format!("{time_ms} ms"), |time| time.to_string())
}

/// The head of a long id: enough to tell one from another in a table.
pub(crate) fn short(id: &impl fmt::Display) -> String {
    id.to_string().chars().take(12).collect()
}

/// A value that may be missing.
pub(crate) fn or_dash(value: Option<impl fmt::Display>) -> String {
    value.map_or_else(|| "-".to_owned(), |value| value.to_string())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, missing_docs)]
    use super::*;

    #[test]
    fn columns_line_up_and_numbers_stand_flush_right() {
        let view = Table::of(
            ["NAME", "TONNES>"],
            "none",
            &[("é", 5_u64), ("abc", 11_733)],
            |(name, amount)| [(*name).to_owned(), tonnes(*amount)],
        );
        assert_eq!(
            view.to_string(),
            "NAME  TONNES\né          5\nabc   11,733\n"
        );
        let none = Table::of(["NAME"], "none yet", &[] as &[u8], |_| [String::new()]);
        assert_eq!(none.to_string(), "none yet\n");
    }

    #[test]
    fn thousands_stand_apart() {
        let shown: Vec<String> = [0, 999, 1000, 1_234_567].map(tonnes).into();
        assert_eq!(shown, ["0", "999", "1,000", "1,234,567"]);
    }

    #[test]
    fn names_and_values_line_up_over_several_lines() {
        let view = View::pairs([("a", "1\n2".to_owned()), ("long", "3".to_owned())]);
        assert_eq!(view.to_string(), "a     1\n      2\nlong  3\n");
    }
}
