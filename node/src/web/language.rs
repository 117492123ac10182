//! The languages of the pages, and which one a reader gets.

use std::fmt;

/// A language in which every page exists.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Language {
    /// English: what a reader gets who asks for none of the others.
    #[default]
    En,
    /// French.
    Fr,
    /// Spanish.
    Es,
    /// Portuguese.
    Pt,
    /// Arabic, written from right to left.
    Ar,
}

impl Language {
    /// Every language, in the order in which they are offered.
    pub(crate) const ALL: [Self; 5] = [Self::En, Self::Fr, Self::Es, Self::Pt, Self::Ar];

    /// Its code (RFC 5646), which is also the first part of the paths of its pages.
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Fr => "fr",
            Self::Es => "es",
            Self::Pt => "pt",
            Self::Ar => "ar",
        }
    }

    /// What its speakers call it.
    pub(crate) const fn own_name(self) -> &'static str {
        match self {
            Self::En => "English",
            Self::Fr => "Français",
            Self::Es => "Español",
            Self::Pt => "Português",
            Self::Ar => "العربية",
        }
    }

    /// The way in which it is written: `ltr` or `rtl`.
    pub(crate) const fn direction(self) -> &'static str {
        match self {
            Self::Ar => "rtl",
            _ => "ltr",
        }
    }

    /// The language of a code, whatever country follows it.
    pub(crate) fn of_tag(tag: &str) -> Option<Self> {
        let primary = tag.split('-').next().unwrap_or_default().trim();
        let of = |it: &Self| it.code().eq_ignore_ascii_case(primary);
        Self::ALL.into_iter().find(|it| of(it))
    }

    /// The best of these languages for an `Accept-Language` header (RFC 9110 section 12.5.4).
    pub(crate) fn negotiate(accepted: &str) -> Self {
        let mut best: Option<(u16, Self)> = None;
        for range in accepted.split(',').take(RANGES_MAX) {
            let mut parts = range.split(';');
            let tag = parts.next().unwrap_or_default();
            let weight = parts.find_map(|it| it.trim().strip_prefix("q="));
            let weight = weight.map_or(1000, thousandths);
            let Some(language) = Self::of_tag(tag) else {
                continue;
            };
            // The first of equals wins.
            if weight > best.map_or(0, |(found, _)| found) {
                best = Some((weight, language));
            }
        }
        best.map_or_else(Self::default, |(_, language)| language)
    }
}

/// The most language ranges that are read of one header.
const RANGES_MAX: usize = 32;

/// `0.8` as 800; what is no weight counts as none.
fn thousandths(text: &str) -> u16 {
    let (whole, part) = text.trim().split_once('.').unwrap_or((text.trim(), ""));
    let part: String = part.chars().chain("000".chars()).take(3).collect();
    match (whole, part.parse::<u16>()) {
        ("1", Ok(0)) => 1000,
        ("0", Ok(part)) => part,
        _ => 0,
    }
}

impl fmt::Display for Language {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.code())
    }
}

#[cfg(test)]
mod tests {
    use super::Language;

    #[test]
    fn the_heaviest_known_language_wins_and_the_first_of_equals() {
        for (header, wanted) in [
            ("", Language::En),
            ("de, sv", Language::En),
            ("fr", Language::Fr),
            ("pt-BR,pt;q=0.9,en;q=0.8", Language::Pt),
            ("de;q=1.0, es-MX;q=0.4, ar;q=0.5", Language::Ar),
            ("en;q=0.5, fr;q=0.5", Language::En),
            ("fr;q=0, es", Language::Es),
            ("fr;q=0", Language::En),
            ("fr;q=nonsense, es;q=0.1", Language::Es),
            ("*", Language::En),
        ] {
            assert_eq!(Language::negotiate(header), wanted, "{header:?}");
        }
    }
}
