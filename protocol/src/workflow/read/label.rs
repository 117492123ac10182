//! Reading labels.

use super::super::model::{FALLBACK_LANGUAGE, Label};
use super::super::problem::ProblemKind;
use super::table::{Table, bounded, is_language};
use std::collections::BTreeMap;
use toml::de::DeValue;

impl Table<'_, '_> {
    /// A label: a text in English, or a table from language to text with English in it.
    pub(super) fn label(&mut self, key: &'static str, required: bool) -> Label {
        if required && !self.has(key) {
            self.missing(key);
        }
        let label = self.translations(key);
        if self.has(key) && !label.0.contains_key(FALLBACK_LANGUAGE) {
            let message = "the label has no English text".to_owned();
            self.wrong(ProblemKind::MissingKey, key, message, "add en = \"...\"");
        }
        label
    }

    /// Texts by language, English or not; absent is empty.
    pub(super) fn translations(&mut self, key: &'static str) -> Label {
        let Some(value) = self.value(key) else {
            return Label::default();
        };
        let mut texts = BTreeMap::new();
        match value.get_ref() {
            DeValue::String(text) if bounded(text) => {
                texts.insert(FALLBACK_LANGUAGE.to_owned(), text.clone().into_owned());
            }
            DeValue::Table(table) => {
                for (language, text) in table {
                    let language = language.get_ref();
                    match text.get_ref() {
                        DeValue::String(text) if bounded(text) && is_language(language) => {
                            let place = (language.clone().into_owned(), self.key(key));
                            self.notes.languages.push(place);
                            texts.insert(language.clone().into_owned(), text.clone().into_owned());
                        }
                        _ => {
                            let message = format!(
                                "{language:?} is no language with a short text on one line"
                            );
                            self.wrong(
                                ProblemKind::BadValue,
                                key,
                                message,
                                "write { en = \"Name\", fr = \"Nom\" }",
                            );
                        }
                    }
                }
            }
            DeValue::String(_) => {
                let message = "the label is empty, too long or not on one line".to_owned();
                self.wrong(
                    ProblemKind::TooLarge,
                    key,
                    message,
                    "write a short text on one line",
                );
            }
            other => self.mistyped(key, other, "a text, or { en = \"Name\", fr = \"Nom\" }"),
        }
        Label(texts)
    }
}
