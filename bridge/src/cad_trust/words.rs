//! The live picklists of a node: read at run time, never compiled in.

use std::collections::BTreeMap;

use serde_json::Value;

/// The most names of one list that are read.
const NAMES_MAX: usize = 10_000;
/// Names that a message repeats.
const SHOWN_MAX: usize = 8;

/// Lists of names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words {
    lists: BTreeMap<String, Vec<String>>,
}

impl Words {
    /// These lists.
    pub fn of<'a>(lists: impl IntoIterator<Item = (&'a str, Vec<String>)>) -> Self {
        let lists = lists
            .into_iter()
            .map(|(name, names)| (name.to_owned(), names));
        let lists = lists.collect();
        Self { lists }
    }

    /// The lists of an answer: an object of arrays of texts.
    #[must_use]
    pub fn read(answer: &Value) -> Self {
        let mut lists = BTreeMap::new();
        for (name, value) in answer.as_object().into_iter().flatten() {
            let Some(all) = value.as_array() else {
                continue;
            };
            let names = all.iter().filter_map(Value::as_str).take(NAMES_MAX);
            lists.insert(name.clone(), names.map(str::to_owned).collect());
        }
        Self { lists }
    }

    /// A list by its name. Nodes mix `unit_type` and `projectSector` in one answer, so both ways of writing are tried.
    fn list(&self, name: &str) -> Option<&Vec<String>> {
        let found = self
            .lists
            .get(name)
            .or_else(|| self.lists.get(&camel(name)));
        found.filter(|it| !it.is_empty())
    }

    /// Whether there is such a list with something in it.
    #[must_use]
    pub fn has(&self, list: &str) -> bool {
        self.list(list).is_some()
    }

    /// Whether there is any list.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.lists.values().all(Vec::is_empty)
    }

    /// The first of some names that a list has.
    ///
    /// # Errors
    /// In words, when the node has no such list, or none of the names is in it.
    pub fn choose(&self, list: &str, names: &[String]) -> Result<String, String> {
        let Some(known) = self.list(list) else {
            return Err(format!("the node has no live list {list:?}"));
        };
        let found = names.iter().find(|it| known.contains(it));
        found.cloned().ok_or_else(|| {
            let shown = known
                .iter()
                .take(SHOWN_MAX)
                .map(String::as_str)
                .collect::<Vec<_>>();
            let more = if known.len() > SHOWN_MAX { ", …" } else { "" };
            format!(
                "none of {names:?} is in the live list {list:?} ({}{more})",
                shown.join(", ")
            )
        })
    }

    /// As [`Self::choose`] where the node has the list; else the first name.
    ///
    /// # Errors
    /// As [`Self::choose`].
    pub fn choose_if_listed(&self, list: &str, names: &[String]) -> Result<String, String> {
        if self.has(list) {
            return self.choose(list, names);
        }
        names
            .first()
            .cloned()
            .ok_or_else(|| "no name is given".to_owned())
    }
}

/// `unit_type` as `unitType`.
fn camel(name: &str) -> String {
    let mut parts = name.split('_');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |mut text, part| {
        let mut letters = part.chars();
        text.extend(letters.next().map(|it| it.to_ascii_uppercase()));
        text.push_str(letters.as_str());
        text
    })
}
