//! What is wrong with a permission file.

use std::fmt;

/// One mistake in a permission file: where, what, and how to mend it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub mend: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            line,
            message,
            mend,
        } = self;
        write!(formatter, "line {line}: {message}; {mend}")
    }
}

impl std::error::Error for Problem {}
