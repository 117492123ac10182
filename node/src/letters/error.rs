//! Why a letter is not made.

use std::fmt;

use super::data::Language;
use super::{LETTER_PAGES_MAX, LETTER_SECONDS_MAX};
use crate::ops::files::FileFault;

/// A mistake in a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateFault {
    /// The template's file.
    pub file: String,
    /// The line and the column, from 1; none when the mistake is in no one place.
    pub place: Option<(usize, usize)>,
    /// What is wrong, in the words of Typst.
    pub message: String,
    /// What may mend it.
    pub hints: Vec<String>,
}

impl fmt::Display for TemplateFault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.file)?;
        if let Some((line, column)) = self.place {
            write!(out, ", line {line}, column {column}")?;
        }
        write!(out, ": {}", self.message)?;
        for hint in &self.hints {
            write!(out, "; {hint}")?;
        }
        Ok(())
    }
}

/// Why a letter is not made.
#[derive(Debug, thiserror::Error)]
pub enum LetterError {
    /// The language has no words, neither in the program nor in the country's folder.
    #[error(
        "there are no letters in {language}; the program has en, fr and es; for another one write {language}/words.typ \
         in the folder of letters"
    )]
    Language {
        /// The language.
        language: Language,
    },
    /// A template is wrong.
    #[error("{}", faults(.0))]
    Template(Vec<TemplateFault>),
    /// The data cannot be printed.
    #[error("the letter's data cannot be used: {0}")]
    Data(String),
    /// A file in the country's folder cannot be used.
    #[error(transparent)]
    File(#[from] FileFault),
    /// The country's folder holds too much.
    #[error("the folder of letters has more than {max} files for one language")]
    TooManyFiles {
        /// The most files.
        max: usize,
    },
    /// The letter has too many pages.
    #[error("the letter has {pages} pages; it may have {LETTER_PAGES_MAX}")]
    TooLong {
        /// Its pages.
        pages: usize,
    },
    /// The letter takes too long to make.
    #[error(
        "the letter was not done after {LETTER_SECONDS_MAX} s; look for a loop in its template that does not end"
    )]
    TooSlow,
    /// The node makes as many letters as it may.
    #[error("the node makes other letters; try again in a moment")]
    Busy,
    /// The library that makes letters failed.
    #[error("the letter could not be made: this is a defect, please report it with its template")]
    Defect,
}

fn faults(faults: &[TemplateFault]) -> String {
    let shown: Vec<_> = faults.iter().map(ToString::to_string).collect();
    shown.join("\n")
}
