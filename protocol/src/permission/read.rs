//! From the text of a permission file to a [`Matrix`]; every mistake is told at once, with its line.

use super::matrix::{Cells, Matrix, Scope};
use super::problem::Problem;
use super::value::{Reader, Value};
use crate::text::excerpt;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use toml::de::{DeTable, DeValue};

/// The version of the file format that this code reads.
pub const FORMAT: &str = "1";
/// The greatest size of a permission file, in bytes.
pub const FILE_BYTES_MAX: usize = 256 * 1024;
/// The most grants in a file.
pub const GRANTS_MAX: usize = 256;
/// The most columns: pairs of organisation type and role.
pub const COLUMNS_MAX: usize = 256;
/// The longest id of an organisation type or a role, and the longest version, in bytes.
pub const ID_BYTES_MAX: usize = 48;
/// The most problems that one reading reports; a file with more is mended in turns.
pub const PROBLEMS_MAX: usize = 100;

const TOP_KEYS: &[&str] = &[
    "format",
    "version",
    "like",
    "grant",
    "four_eyes",
    "second_factor",
];

impl Matrix {
    /// Reads a permission file and checks it through.
    ///
    /// # Errors
    /// Every [`Problem`] that was found, by line; never an empty list.
    pub fn parse(text: &str) -> Result<Self, Vec<Problem>> {
        let mut reader = Reader::new(text);
        if text.len() > FILE_BYTES_MAX {
            let mend = format!("keep it under {FILE_BYTES_MAX}");
            reader.note(0, format!("the file has {} bytes", text.len()), &mend);
            return Err(reader.problems);
        }
        let (root, errors) = DeTable::parse_recoverable(text);
        for error in &errors {
            let at = error.span().map_or(0, |span| span.start);
            reader.note(
                at,
                error.message().replace('\n', ", "),
                "write it as TOML asks",
            );
        }
        if errors.is_empty() {
            let matrix = reader.matrix(root.get_ref(), Sha256::digest(text).into());
            if reader.problems.is_empty() {
                return Ok(matrix);
            }
        }
        reader.problems.sort();
        reader.problems.truncate(PROBLEMS_MAX);
        Err(reader.problems)
    }
}

impl Reader<'_> {
    fn matrix(&mut self, root: &DeTable<'_>, hash: [u8; 32]) -> Matrix {
        self.known_keys(root, TOP_KEYS);
        self.format(root);
        let version = root.get("version").and_then(|value| self.text_of(value));
        if version.is_none() {
            let mend = "write version = \"1.0\", and another one with every change";
            self.note(0, "the file gives itself no version".to_owned(), mend);
        }
        let mut columns = BTreeMap::new();
        let grants = root.get("grant").map(|value| self.array(value, GRANTS_MAX));
        for grant in grants.unwrap_or_default() {
            self.grant(grant, &mut columns);
        }
        if columns.is_empty() {
            let mend = "add a [[grant]] with to = [\"type/role\"] and the actions by scope";
            self.note(0, "the file grants nothing to anybody".to_owned(), mend);
        }
        if let Some(like) = root.get("like") {
            self.alike(like, &mut columns);
        }
        if columns.values().map(BTreeMap::len).sum::<usize>() > COLUMNS_MAX {
            self.note(
                0,
                "there are too many roles".to_owned(),
                &format!("keep to {COLUMNS_MAX}"),
            );
        }
        Matrix {
            hash,
            version: version.unwrap_or_default(),
            columns,
            policy: self.policy(root),
        }
    }

    fn format(&mut self, root: &DeTable<'_>) {
        let found = root.get("format").map(|value| match value.get_ref() {
            DeValue::Integer(number) => (value.span().start, number.to_string()),
            other => (value.span().start, other.type_str().to_owned()),
        });
        match found {
            Some((_, number)) if number == FORMAT => {}
            Some((at, other)) => {
                let message = format!("format {other} is not known here");
                self.note(at, message, "write format = 1, or update the software");
            }
            None => {
                let message = "the file does not say format = 1".to_owned();
                self.note(0, message, "write it in its first line");
            }
        }
    }

    /// One `[[grant]]`: columns, and actions by scope.
    fn grant(
        &mut self,
        grant: &Value<'_>,
        columns: &mut BTreeMap<String, BTreeMap<String, Cells>>,
    ) {
        let Some(table) = self.table(grant) else {
            return;
        };
        let words: Vec<&str> = Scope::ALL.iter().map(|scope| scope.word()).collect();
        self.known_keys(table, &[&["to"], words.as_slice()].concat());
        let Some(to) = table.get("to") else {
            let mend = "add to = [\"type/role\"]";
            self.note(
                grant.span().start,
                "the grant names no role".to_owned(),
                mend,
            );
            return;
        };
        let mut cells = Vec::new();
        for scope in Scope::ALL {
            let Some(list) = table.get(scope.word()) else {
                continue;
            };
            let found = self.actions(list);
            cells.extend(found.into_iter().map(|(at, action)| (at, action, *scope)));
        }
        for name in self.array(to, COLUMNS_MAX) {
            let Some((kind, role)) = self.column(name) else {
                continue;
            };
            let column = columns.entry(kind.clone()).or_default();
            let column = column.entry(role.clone()).or_default();
            for (at, action, scope) in &cells {
                if let Some(other) = column.insert(*action, *scope) {
                    let message = format!("{kind}/{role} has {action} already, as {other}");
                    self.note(*at, message, "say every cell once");
                }
            }
        }
    }

    fn column(&mut self, value: &Value<'_>) -> Option<(String, String)> {
        let text = self.text_of(value)?;
        match text.split_once('/') {
            Some((kind, role)) if is_id(kind) && is_id(role) => {
                Some((kind.to_owned(), role.to_owned()))
            }
            _ => {
                let message = format!("{:?} is no role of an organisation type", excerpt(&text));
                let mend = "write type/role in lower-case letters, digits and hyphens";
                self.note(value.span().start, message, mend);
                None
            }
        }
    }

    /// `[like]`: a type that has what another one has, unless a grant says otherwise.
    fn alike(&mut self, like: &Value<'_>, columns: &mut BTreeMap<String, BTreeMap<String, Cells>>) {
        let Some(table) = self.table(like) else {
            return;
        };
        let models = columns.clone();
        for (kind, value) in table {
            let (at, kind) = (kind.span().start, kind.get_ref().as_ref());
            let Some(model) = self.text_of(value) else {
                continue;
            };
            let Some(model) = models.get(&model).filter(|_| is_id(kind)) else {
                let message = format!(
                    "{:?} is like {:?}, which no grant names",
                    excerpt(kind),
                    excerpt(&model)
                );
                self.note(at, message, "write other-type = \"type of a grant\"");
                continue;
            };
            let own = columns.entry(kind.to_owned()).or_default();
            for (role, cells) in model {
                let column = own.entry(role.clone()).or_default();
                for (action, scope) in cells {
                    column.entry(*action).or_insert(*scope);
                }
            }
        }
    }
}

/// Ids of types and roles: 1 to [`ID_BYTES_MAX`] lower-case letters, digits and hyphens, beginning with a letter.
fn is_id(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    text.len() <= ID_BYTES_MAX
        && text.bytes().all(allowed)
        && text
            .bytes()
            .next()
            .is_some_and(|first| first.is_ascii_lowercase())
}
