//! What is said to people: on stderr, in colour only where a person looks at it.

use std::fmt::Display;
use std::io::{self, IsTerminal, Write};
use std::sync::OnceLock;

/// Whether stderr takes colour: a terminal, and nobody asked for none (<https://no-color.org>).
pub(crate) fn has_colour() -> bool {
    static COLOUR: OnceLock<bool> = OnceLock::new();
    *COLOUR.get_or_init(|| {
        io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|set| set.is_empty())
    })
}

/// Whether a person is there to be asked.
pub(crate) fn can_ask() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// Says a line on stderr. Nobody may be there to hear it: that is no failure.
pub(crate) fn say(line: impl Display) {
    let _ = writeln!(io::stderr().lock(), "{line}");
}

/// Says what was done.
pub(crate) fn done(line: impl Display) {
    say(format_args!("{} {line}", paint("32", "✓")));
}

/// Says what went wrong.
pub(crate) fn complain(line: impl Display) {
    say(format_args!("{} {line}", paint("31", "error:")));
}

/// Says what deserves a second look.
pub(crate) fn warn(line: impl Display) {
    say(format_args!("{} {line}", paint("33", "warning:")));
}

fn paint(colour: &str, text: &str) -> String {
    if has_colour() {
        format!("\u{1b}[{colour}m{text}\u{1b}[0m")
    } else {
        text.to_owned()
    }
}
