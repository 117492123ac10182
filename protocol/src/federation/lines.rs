//! The line format that invite and agreement files share: a header line, then `key value` lines in a fixed order.
//!
//! There is one spelling of every file: keys in their order, one space, no blank lines, no comments. So a text that
//! was read prints as the same bytes, and a signature over it stays good.

use crate::log::NoteError;
use crate::text::excerpt;
use std::fmt::Display;
use std::str::FromStr;

/// Why the lines of a signed file could not be read. Lines count from 1.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FileError {
    /// The file is larger than any of its kind.
    #[error("the file has {found} bytes and may have {max}; it is not a file of this kind")]
    TooLong {
        /// Bytes found.
        found: usize,
        /// Most bytes allowed.
        max: usize,
    },
    /// The file is no signed note.
    #[error("the file is not a signed note: {0}; ask for the file again, unchanged")]
    Note(#[from] NoteError),
    /// The first line is of another kind of file or of another version.
    #[error(
        "line 1 reads {found:?} instead of {expected:?}; it is another kind of file, or from a newer release"
    )]
    Header {
        /// The head of what stood there.
        found: String,
        /// The header of this kind and version.
        expected: &'static str,
    },
    /// A line is missing or stands in another place.
    #[error("line {line} must read \"{key} VALUE\" but reads {found:?}")]
    Missing {
        /// Number of the line.
        line: usize,
        /// The key that belongs there.
        key: &'static str,
        /// The head of what stood there; empty at the end of the text.
        found: String,
    },
    /// The value of a line breaks its rule.
    #[error("line {line}, {key}: {reason}")]
    Value {
        /// Number of the line.
        line: usize,
        /// The key of the line.
        key: &'static str,
        /// What is wrong, and how to write it.
        reason: String,
    },
    /// A line that may be repeated stands too often.
    #[error("line {line}: there may be {max} \"{key}\" lines; remove the others")]
    TooMany {
        /// Number of the first line too many.
        line: usize,
        /// The key of the line.
        key: &'static str,
        /// How many are allowed.
        max: usize,
    },
    /// A line after the last one that belongs to the file.
    #[error(
        "line {line} reads {found:?} and does not belong to the file; remove it or put it in its place"
    )]
    Extra {
        /// Number of the line.
        line: usize,
        /// The head of the line.
        found: String,
    },
}

/// The lines of a file, read one after the other.
pub(crate) struct Lines<'t> {
    rest: std::iter::Peekable<std::str::Lines<'t>>,
    line: usize,
}

impl<'t> Lines<'t> {
    /// Opens a text and checks its first line.
    pub(crate) fn open(text: &'t str, expected: &'static str) -> Result<Self, FileError> {
        let mut rest = text.lines().peekable();
        let header = rest.next().unwrap_or_default();
        if header != expected {
            return Err(FileError::Header {
                found: excerpt(header),
                expected,
            });
        }
        Ok(Self { rest, line: 2 })
    }

    /// The value of the next line if it has this key.
    fn take(&mut self, key: &str) -> Option<&'t str> {
        let value = self.rest.peek()?.strip_prefix(key)?.strip_prefix(' ')?;
        self.rest.next();
        self.line += 1;
        Some(value)
    }

    /// The line that must come next.
    pub(crate) fn required<T>(&mut self, key: &'static str) -> Result<T, FileError>
    where
        T: FromStr<Err: Display>,
    {
        if let Some(value) = self.optional(key)? {
            return Ok(value);
        }
        let found = self.rest.peek().copied().unwrap_or_default();
        Err(FileError::Missing {
            line: self.line,
            key,
            found: excerpt(found),
        })
    }

    /// The line that may come next.
    pub(crate) fn optional<T>(&mut self, key: &'static str) -> Result<Option<T>, FileError>
    where
        T: FromStr<Err: Display>,
    {
        let line = self.line;
        let fault = |fault: T::Err| FileError::Value {
            line,
            key,
            reason: fault.to_string(),
        };
        self.take(key)
            .map(|value| value.parse().map_err(fault))
            .transpose()
    }

    /// Lines of one key, none or up to `max`.
    pub(crate) fn repeated<T>(&mut self, key: &'static str, max: usize) -> Result<Vec<T>, FileError>
    where
        T: FromStr<Err: Display>,
    {
        let mut values = Vec::new();
        while let Some(value) = self.optional(key)? {
            if values.len() == max {
                return Err(FileError::TooMany {
                    line: self.line - 1,
                    key,
                    max,
                });
            }
            values.push(value);
        }
        Ok(values)
    }

    /// Checks that no line is left.
    pub(crate) fn end(mut self) -> Result<(), FileError> {
        match self.rest.next() {
            Some(found) => Err(FileError::Extra {
                line: self.line,
                found: excerpt(found),
            }),
            None => Ok(()),
        }
    }
}
