//! Which table and which column a heading means, however it is spelt.

use std::collections::BTreeSet;

use countersign_protocol::article6::aef::Table;

/// Letters that may be wrong in a heading of some length.
const TYPOS_MAX: usize = 2;

/// Headings shorter than this are taken as they are: two letters make another word of them.
const TYPO_CHARS_MIN: usize = 8;

/// Lower case, letters and digits only, one blank between words.
pub(super) fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for word in text
        .split(|c: char| !c.is_alphanumeric())
        .filter(|it| !it.is_empty())
    {
        if !plain.is_empty() {
            plain.push(' ');
        }
        plain.extend(word.chars().flat_map(char::to_lowercase));
    }
    plain
}

/// The table that a title or the name of a sheet means.
pub(super) fn table_of(title: &str) -> Option<Table> {
    // A title is short; anything longer is text about it.
    if title.len() > 60 {
        return None;
    }
    let title = plain(title);
    let numbered = |table: &Table| {
        let rest = title.strip_prefix(&format!("table {}", table.number()));
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
    };
    let named = |table: &Table| {
        let names = [table.sheet(), table.heading(), table.name()];
        names.iter().any(|name| {
            let name = plain(name);
            let short = name.trim_start_matches(|c: char| !c.is_alphabetic());
            let short = short.strip_prefix("table ").map_or(short, |it| {
                it.trim_start_matches(|c: char| !c.is_alphabetic())
            });
            similar(&title, &name) || title == short
        })
    };
    let mut tables = Table::ALL.into_iter();
    tables.clone().find(numbered).or_else(|| tables.find(named))
}

fn similar(one: &str, other: &str) -> bool {
    if one == other {
        return true;
    }
    let long = one.chars().count().min(other.chars().count()) >= TYPO_CHARS_MIN;
    long && one.len().abs_diff(other.len()) <= TYPOS_MAX
        && strsim::levenshtein(one, other) <= TYPOS_MAX
}

/// The columns of a table by their headings.
pub(super) struct Headings {
    /// For each column, how it may be headed, plainly; the first is how it should be.
    spellings: Vec<Vec<String>>,
    /// How each should be headed, letter by letter.
    pub(super) labels: Vec<String>,
}

/// What a line of headings means.
#[derive(Debug, Default)]
pub(super) struct Matched {
    /// For each column of the table, its place in the line.
    pub(super) places: Vec<Option<u32>>,
    /// Headings that are spelt otherwise: the place, the text, the column.
    pub(super) misspelt: Vec<(u32, String, usize)>,
    /// Headings that no column has.
    pub(super) unknown: Vec<(u32, String)>,
    /// Headings that another cell had before.
    pub(super) twice: Vec<(u32, String)>,
}

impl Headings {
    pub(super) fn of(table: Table) -> Self {
        let columns = table.columns();
        let spellings = columns.iter().map(|column| {
            let all = std::iter::once(&column.label)
                .chain(&column.also)
                .chain([&column.name]);
            all.map(|text| plain(text)).collect()
        });
        Self {
            spellings: spellings.collect(),
            labels: columns.iter().map(|column| column.label.clone()).collect(),
        }
    }

    pub(super) fn of_labels(labels: &[&str]) -> Self {
        Self {
            spellings: labels.iter().map(|label| vec![plain(label)]).collect(),
            labels: labels.iter().map(|label| (*label).to_owned()).collect(),
        }
    }

    /// The column that a heading means: exactly, or with some letters wrong.
    pub(super) fn find(&self, text: &str) -> Option<usize> {
        let text = plain(text);
        if text.is_empty() {
            return None;
        }
        let exact = self.spellings.iter().position(|all| all.contains(&text));
        exact.or_else(|| {
            let mut spellings = self.spellings.iter();
            spellings.position(|all| all.iter().any(|it| similar(&text, it)))
        })
    }

    /// What a line means, where enough of it are headings of the table.
    pub(super) fn match_line<'a>(
        &self,
        line: impl Iterator<Item = (u32, &'a str)>,
    ) -> Option<Matched> {
        let mut matched = Matched {
            places: vec![None; self.labels.len()],
            ..Matched::default()
        };
        let mut seen = BTreeSet::new();
        for (place, text) in line.filter(|(_, text)| !text.trim().is_empty()) {
            let shown: String = text.trim().chars().take(80).collect();
            match self.find(text) {
                None => matched.unknown.push((place, shown)),
                Some(column) if !seen.insert(column) => matched.twice.push((place, shown)),
                Some(column) => {
                    matched.places[column] = Some(place);
                    if shown != self.labels[column] {
                        matched.misspelt.push((place, shown, column));
                    }
                }
            }
        }
        let enough = 3.max(self.labels.len() / 2);
        (seen.len() >= enough).then_some(matched)
    }
}
