//! How a country's pages look and what they say in its own words: `[site]` in the configuration.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use super::language::Language;

/// What a country sets about its pages. What is absent follows from the ledger.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Look {
    /// The name of the registry at the top of every page.
    pub title: Wording,
    /// Who keeps it.
    pub authority: Wording,
    /// A paragraph on the first page.
    pub welcome: Wording,
    /// How the authority is reached: an address, a telephone number.
    pub contact: Wording,
    /// The colour of the head of every page and of buttons.
    pub colour: Option<Colour>,
    /// The country's emblem.
    pub logo: Option<Logo>,
    /// Where the pages are reached, without a slash at the end.
    pub public_url: Option<String>,
}

/// A text for each language of the pages; English stands in where one is missing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wording(pub BTreeMap<String, String>);

impl Wording {
    /// The same text for every language.
    #[must_use]
    pub fn plain(text: impl Into<String>) -> Self {
        Self(BTreeMap::from([(
            Language::En.code().to_owned(),
            text.into(),
        )]))
    }

    pub(super) fn get(&self, language: Language) -> Option<&str> {
        let of = |language: Language| self.0.get(language.code());
        of(language)
            .or_else(|| of(Language::En))
            .or_else(|| self.0.values().next())
            .map(String::as_str)
    }
}

/// A colour on which white letters can be read: `#rrggbb`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Colour([u8; 3]);

/// Why a text is no colour for the head of a page.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ColourError {
    /// It is none.
    #[error("a colour is written as # and six hex digits, such as #0b5563")]
    Text,
    /// White letters can not be read on it.
    #[error(
        "white letters can not be read on this colour: the contrast is {have}, and WCAG 2.2 AA wants 4.5; choose a darker one"
    )]
    Pale {
        /// The contrast, with two decimals.
        have: String,
    },
}

impl Colour {
    /// The relative luminance (WCAG 2.2), from 0 for black to 1 for white.
    fn luminance(self) -> f64 {
        let part = |byte: u8| {
            let part = f64::from(byte) / 255.0;
            if part <= 0.040_45 {
                part / 12.92
            } else {
                ((part + 0.055) / 1.055).powf(2.4)
            }
        };
        let [red, green, blue] = self.0;
        0.2126 * part(red) + 0.7152 * part(green) + 0.0722 * part(blue)
    }

    /// The contrast of white on it (WCAG 2.2), from 1 to 21.
    fn contrast(self) -> f64 {
        1.05 / (self.luminance() + 0.05)
    }
}

impl FromStr for Colour {
    type Err = ColourError;

    fn from_str(text: &str) -> Result<Self, ColourError> {
        let digits = text.strip_prefix('#').ok_or(ColourError::Text)?;
        let mut parts = [0; 3];
        hex::decode_to_slice(digits, &mut parts).map_err(|_| ColourError::Text)?;
        let colour = Self(parts);
        if colour.contrast() < 4.5 {
            let have = format!("{:.2}", colour.contrast());
            return Err(ColourError::Pale { have });
        }
        Ok(colour)
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "#{}", hex::encode(self.0))
    }
}

/// The largest logo, in bytes: every first visit loads it.
pub const LOGO_BYTES_MAX: u64 = 24 * 1024;

/// A picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Logo {
    pub(super) bytes: Vec<u8>,
    kind: LogoKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum LogoKind {
    Png,
    Svg,
}

impl Logo {
    /// A PNG, or an SVG that is text and runs no script.
    #[must_use]
    pub fn read(bytes: Vec<u8>) -> Option<Self> {
        if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
            let kind = LogoKind::Png;
            return Some(Self { bytes, kind });
        }
        let text = std::str::from_utf8(&bytes).ok()?;
        let is_svg = text.contains("<svg") && !text.contains("<script");
        let kind = LogoKind::Svg;
        is_svg.then(|| Self {
            bytes: bytes.clone(),
            kind,
        })
    }

    pub(super) const fn media(&self) -> &'static str {
        match self.kind {
            LogoKind::Png => "image/png",
            LogoKind::Svg => "image/svg+xml",
        }
    }

    pub(super) const fn extension(&self) -> &'static str {
        match self.kind {
            LogoKind::Png => "png",
            LogoKind::Svg => "svg",
        }
    }
}

impl Look {
    /// The small picture in a browser's tab.
    pub(super) fn icon(&self) -> String {
        let colour = self.colour.map(|it| it.to_string());
        let colour = colour.as_deref().unwrap_or("#0b4f5c");
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 44 44\"><rect width=\"44\" height=\"44\" rx=\"9\" \
             fill=\"{colour}\"/><path d=\"M9 25c6 0 8-9 14-9 5 0 6 5 11 5M9 32c7 0 9-7 15-7 4 0 6 3 10 3\" fill=\"none\" \
             stroke=\"#fff\" stroke-width=\"3.5\" stroke-linecap=\"round\"/></svg>"
        )
    }

    /// The end of the style sheet: what the country sets.
    pub(super) fn style(&self) -> String {
        match self.colour {
            Some(colour) => format!(":root{{--brand:{colour}}}\n"),
            None => String::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Colour, ColourError, Logo, Wording};
    use crate::web::language::Language;

    #[test]
    fn a_colour_must_carry_white_letters() {
        let colour: Colour = "#0B5563".parse().unwrap();
        assert_eq!(colour.to_string(), "#0b5563");
        assert!(matches!(
            "#ffcc00".parse::<Colour>(),
            Err(ColourError::Pale { .. })
        ));
        for text in ["0b5563", "#0b55", "#0b556g", "red", "#0b5563;}", ""] {
            assert_eq!(text.parse::<Colour>(), Err(ColourError::Text), "{text}");
        }
    }

    #[test]
    fn a_logo_is_a_picture_that_runs_nothing() {
        assert!(Logo::read(b"\x89PNG\r\n\x1a\nrest".to_vec()).is_some());
        assert!(Logo::read(b"<svg xmlns='http://www.w3.org/2000/svg'/>".to_vec()).is_some());
        assert!(Logo::read(b"<svg><script>alert(1)</script></svg>".to_vec()).is_none());
        assert!(Logo::read(b"GIF89a".to_vec()).is_none());
    }

    #[test]
    fn english_stands_in_for_a_missing_language() {
        let wording = Wording::plain("Registry");
        assert_eq!(wording.get(Language::Ar), Some("Registry"));
        assert_eq!(Wording::default().get(Language::En), None);
    }
}
