//! File names.

use std::fmt;

use super::media::MediaType;

/// The longest file name, in bytes.
pub const FILE_NAME_BYTES_MAX: usize = 160;

/// The name under which a document was sent, made safe to show and to save under. It may name a person: `Debug` shows
/// nothing of it, and it is forgotten when the document is erased.
#[derive(Clone, PartialEq, Eq)]
pub struct FileName(String);

impl FileName {
    /// Cleans the name that a client gave: the last part of a path, without control characters, characters that some
    /// system forbids in names, marks that turn the direction of writing (they make `cod.exe` read `exe.doc`), and dots
    /// or spaces at its ends; with an extension of its type.
    #[must_use]
    pub fn clean(given: &str, media: MediaType) -> Self {
        let last = given.rsplit(['/', '\\']).next().unwrap_or_default();
        let kept: String = last.chars().filter(|c| is_allowed(*c)).collect();
        let name = kept.trim_matches(|c: char| c == '.' || c.is_whitespace());
        let name = if name.is_empty() { "document" } else { name };
        let named = media.with_extension(name);
        // Cutting keeps the extension, which is ASCII.
        let at = named.rfind('.').unwrap_or(named.len());
        let (stem, extension) = named.split_at(at);
        let room = FILE_NAME_BYTES_MAX - extension.len().min(FILE_NAME_BYTES_MAX);
        Self(format!("{}{extension}", cut(stem, room)))
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub(super) const fn from_column(text: String) -> Self {
        Self(text)
    }
}

impl fmt::Debug for FileName {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("FileName(..)")
    }
}

fn is_allowed(c: char) -> bool {
    let turns_direction = matches!(c, '\u{200e}' | '\u{200f}' | '\u{061c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let is_invisible = matches!(c, '\u{200b}' | '\u{feff}' | '\u{2028}' | '\u{2029}');
    !c.is_control() && !turns_direction && !is_invisible && !"<>:\"|?*".contains(c)
}

/// The beginning of a text, at most so many bytes, cut between characters.
fn cut(text: &str, bytes_max: usize) -> &str {
    let mut end = text.len().min(bytes_max);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}
