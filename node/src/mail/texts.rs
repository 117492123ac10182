//! What mails say: data, one file for each language. Files in the country's own folder take the place of the program's,
//! mail by mail.

use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::MailKind;
use crate::ops::files::{self, FileFault, Privacy};

/// The name of the country's folder of mails in a data folder.
pub const MAIL_TEXTS_FOLDER: &str = "mail-texts";
/// The largest file of texts, in bytes.
pub const MAIL_TEXTS_BYTES_MAX: u64 = 64 * 1024;
/// The most files of texts.
pub const MAIL_LANGUAGES_MAX: usize = 64;

/// The longest subject, in characters.
const SUBJECT_CHARS_MAX: usize = 200;
/// The language of what has no text in another.
const FALLBACK: &str = "en";

/// The program's own texts: language and file.
pub const MAIL_PRESETS: &[(&str, &str)] = &[
    ("en", include_str!("presets/en.toml")),
    ("fr", include_str!("presets/fr.toml")),
    ("es", include_str!("presets/es.toml")),
    ("pt", include_str!("presets/pt.toml")),
    ("ar", include_str!("presets/ar.toml")),
];

/// Why texts cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum MailTextError {
    /// The folder or a file in it cannot be read.
    #[error(transparent)]
    File(#[from] FileFault),
    /// A file is not what it must be.
    #[error("{path}: {why}")]
    Text {
        /// The file.
        path: PathBuf,
        /// What is wrong and how to mend it.
        why: String,
    },
}

/// The texts of one language, as its file has them.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    invitation: Option<Text>,
    reset: Option<Text>,
    waits: Option<Text>,
    reminder: Option<Text>,
    decision: Option<Text>,
    #[serde(default)]
    words: BTreeMap<String, String>,
}

impl File {
    fn mails(self) -> (BTreeMap<MailKind, Text>, BTreeMap<String, String>) {
        let mails = [
            (MailKind::Invitation, self.invitation),
            (MailKind::Reset, self.reset),
            (MailKind::Waits, self.waits),
            (MailKind::Reminder, self.reminder),
            (MailKind::Decision, self.decision),
        ];
        let mails = mails
            .into_iter()
            .filter_map(|(kind, text)| Some((kind, text?)));
        (mails.collect(), self.words)
    }
}

/// The texts of one language.
#[derive(Debug, Clone, Default)]
struct Language {
    mails: BTreeMap<MailKind, Text>,
    words: BTreeMap<String, String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    subject: String,
    body: String,
}

/// What mails say in every language.
#[derive(Debug, Clone)]
pub(super) struct Texts(BTreeMap<String, Language>);

/// A mail's words.
pub(super) struct Filled {
    pub(super) subject: String,
    pub(super) body: String,
}

impl Texts {
    /// The program's texts, with those of the country in `folder`, which need not exist.
    pub(super) fn load(folder: Option<&Path>) -> Result<Self, MailTextError> {
        let mut texts = Self(BTreeMap::new());
        for (language, text) in MAIL_PRESETS {
            texts.add(Path::new(&format!("{language}.toml")), language, text)?;
        }
        let Some(folder) = folder else {
            return Ok(texts);
        };
        for path in own(folder)? {
            let Some(language) = path.file_stem().and_then(|it| it.to_str()) else {
                continue;
            };
            let bytes = files::read(&path, MAIL_TEXTS_BYTES_MAX, Privacy::Public)?;
            let text = std::str::from_utf8(&bytes).map_err(|_| MailTextError::Text {
                path: path.clone(),
                why: "it is not UTF-8 text".to_owned(),
            })?;
            texts.add(&path, &language.to_lowercase(), text)?;
        }
        Ok(texts)
    }

    fn add(&mut self, path: &Path, language: &str, text: &str) -> Result<(), MailTextError> {
        let wrong = |why: String| MailTextError::Text {
            path: path.to_owned(),
            why,
        };
        let read: File = toml::from_str(text).map_err(|error| wrong(error.to_string()))?;
        let (mails, words) = read.mails();
        for (kind, text) in &mails {
            for (part, template) in [("subject", &text.subject), ("body", &text.body)] {
                check(*kind, template)
                    .map_err(|why| wrong(format!("{}.{part}: {why}", kind.word())))?;
            }
        }
        let known = self.0.entry(language.to_owned()).or_default();
        known.mails.extend(mails);
        known.words.extend(words);
        Ok(())
    }

    /// A mail in a language; where that has none, in the language without its country, and then in English.
    pub(super) fn fill(&self, kind: MailKind, language: &str, values: &[(&str, String)]) -> Filled {
        let text = self.find(language, |of| of.mails.get(&kind));
        let value = |name: &str| {
            let mut values = values.iter();
            let found = values.find(|(known, _)| *known == name);
            found.map_or("", |(_, value)| value.as_str())
        };
        let (subject, body) = text.map_or(("", ""), |it| (&it.subject, &it.body));
        let clean = |c: char| if c.is_control() { ' ' } else { c };
        let (subject, _) = replaced(subject, &value);
        let subject = subject.chars().map(clean);
        let mut lines = String::new();
        for line in body.lines() {
            let (line, misses) = replaced(line, &value);
            if !misses {
                lines.push_str(&line);
                lines.push_str("\r\n");
            }
        }
        Filled {
            subject: subject.take(SUBJECT_CHARS_MAX).collect(),
            body: lines,
        }
    }

    /// A word, such as `yes`.
    pub(super) fn word(&self, language: &str, word: &str) -> String {
        let found = self.find(language, |of| of.words.get(word));
        found.cloned().unwrap_or_else(|| word.to_owned())
    }

    fn find<'a, T>(
        &'a self,
        language: &str,
        pick: impl Fn(&'a Language) -> Option<&'a T>,
    ) -> Option<&'a T> {
        let language = language.to_lowercase();
        let primary = language.split('-').next().unwrap_or_default();
        let mut tries = [language.as_str(), primary, FALLBACK].into_iter();
        tries.find_map(|tag| self.0.get(tag).and_then(&pick))
    }
}

/// The country's files, by name; an absent folder has none.
fn own(folder: &Path) -> Result<Vec<PathBuf>, MailTextError> {
    let fault = |source| FileFault::Io {
        doing: "list the folder",
        path: folder.to_owned(),
        source,
    };
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        other => other.map_err(fault)?,
    };
    let mut found = Vec::new();
    for entry in entries {
        let path = entry.map_err(fault)?.path();
        if path.extension().is_some_and(|it| it == "toml") {
            found.push(path);
        }
    }
    found.sort();
    if found.len() > MAIL_LANGUAGES_MAX {
        return Err(MailTextError::Text {
            path: folder.to_owned(),
            why: format!("it holds more than {MAIL_LANGUAGES_MAX} languages"),
        });
    }
    Ok(found)
}

/// Every name in braces is one that the mail has a value for.
fn check(kind: MailKind, template: &str) -> Result<(), String> {
    let mut rest = template;
    while let Some((_, after)) = rest.split_once('{') {
        let (name, after) = after
            .split_once('}')
            .ok_or("a { has no } behind it; names of values stand in braces")?;
        if !kind.values().contains(&name) {
            return Err(format!(
                "there is no value {{{name}}}; this mail has {{{}}}",
                kind.values().join("}, {")
            ));
        }
        rest = after;
    }
    Ok(())
}

/// The template with its values, each put in once and never read again; and whether a value was missing.
fn replaced<'a>(template: &str, value: &impl Fn(&str) -> &'a str) -> (String, bool) {
    let (mut text, mut misses) = (String::new(), false);
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        text.push_str(before);
        let Some((name, after)) = after.split_once('}') else {
            break;
        };
        let found = value(name);
        misses |= found.is_empty();
        text.push_str(found);
        rest = after;
    }
    text.push_str(rest);
    (text, misses)
}
