//! Where a process comes from: a file, standard input, or the presets of the program.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use countersign_protocol::workflow::{
    FILE_BYTES_MAX, PRESETS, PROBLEMS_MAX, Problem, Process, preset,
};

use crate::exit::{Failure, Outcome};
use crate::terminal;

/// The text of a process, and what its place is called.
#[derive(Debug)]
pub(super) struct Source {
    pub(super) name: String,
    pub(super) text: String,
}

impl Source {
    pub(super) fn preset(name: &str, text: &str) -> Self {
        Self {
            name: name.to_owned(),
            text: text.to_owned(),
        }
    }

    /// Reads what was named. A preset's name means the preset; `./small` is a file of that name.
    pub(super) fn read(path: &Path) -> Outcome<Self> {
        let word = path.to_str().unwrap_or_default();
        if let Some(text) = preset(word) {
            return Ok(Self::preset(word, text));
        }
        let name = if word == "-" {
            "stdin".to_owned()
        } else {
            printable(&path.to_string_lossy())
        };
        let refused = |why: &dyn std::fmt::Display| {
            Failure::validation(format_args!("cannot read {name}: {why}"))
        };
        let bytes = if word == "-" {
            bounded(io::stdin().lock())
        } else {
            File::open(path).and_then(|file| {
                if file.metadata()?.is_dir() {
                    return Err(io::Error::other("it is a folder; name the file inside"));
                }
                bounded(file)
            })
        };
        let bytes = bytes.map_err(|error| {
            let failure = refused(&error);
            if error.kind() == io::ErrorKind::NotFound && !word.contains('/') {
                let names: Vec<&str> = PRESETS.iter().map(|(name, _)| *name).collect();
                return failure.hint(format_args!("presets: {}", names.join(", ")));
            }
            failure
        })?;
        if bytes.len() > FILE_BYTES_MAX {
            let why = format!("it is larger than a process file may be, {FILE_BYTES_MAX} bytes");
            return Err(refused(&why));
        }
        let text = String::from_utf8(bytes).map_err(|error| {
            let good = error.utf8_error().valid_up_to();
            let before = error.as_bytes().get(..good).unwrap_or_default();
            let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
            refused(&format_args!(
                "line {line} is not UTF-8; save the file with that encoding"
            ))
        })?;
        Ok(Self { name, text })
    }

    /// The process in it, or every mistake.
    pub(super) fn parse(&self) -> Result<Process, Vec<Problem>> {
        Process::parse(&self.text)
    }

    /// The process in it; its mistakes are said on stderr.
    pub(super) fn process(&self) -> Outcome<Process> {
        self.parse().map_err(|problems| {
            self.say(&problems);
            self.failure(&problems)
        })
    }

    /// Says mistakes the way that editors and build tools read them: `file:line:column: what; how to mend it`.
    pub(super) fn say(&self, problems: &[Problem]) {
        for problem in problems {
            terminal::say(printable(&format!("{}:{problem}", self.name)));
        }
    }

    /// The sum of it.
    pub(super) fn failure(&self, problems: &[Problem]) -> Failure {
        let count = match problems.len() {
            1 => "1 problem".to_owned(),
            PROBLEMS_MAX => format!("{PROBLEMS_MAX} problems, or more"),
            count => format!("{count} problems"),
        };
        Failure::validation(format_args!("{} has {count}", self.name))
    }
}

/// Reads a little more than is allowed at most, so that whoever asks sees when it was too much.
fn bounded(source: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    source
        .take(FILE_BYTES_MAX as u64 + 1)
        .read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Without signs that would steer the terminal: a file may come from anywhere.
fn printable(text: &str) -> String {
    text.replace(char::is_control, "\u{fffd}")
}

#[cfg(test)]
mod tests {
    #![allow(missing_docs)]
    use super::*;

    #[test]
    fn what_would_steer_a_terminal_is_not_said() {
        assert_eq!(printable("a\u{1b}[31m\nb"), "a\u{fffd}[31m\u{fffd}b");
    }
}
