//! How like two names are.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// A name as it is compared: without capitals, accents and signs, and its words in their own order and in that of the
/// alphabet.
pub(super) struct Folded {
    plain: String,
    sorted: String,
}

impl Folded {
    pub(super) fn of(name: &str) -> Self {
        let letters = name.nfkd().filter(|it| !is_combining_mark(*it));
        let letters: String = letters
            .flat_map(char::to_lowercase)
            .map(|it| if it.is_alphanumeric() { it } else { ' ' })
            .collect();
        let mut words: Vec<&str> = letters.split_whitespace().collect();
        let plain = words.join(" ");
        words.sort_unstable();
        let sorted = words.join(" ");
        Self { plain, sorted }
    }

    /// From 0 to 1.
    pub(super) fn likeness(&self, other: &Self) -> f64 {
        if self.plain.is_empty() || other.plain.is_empty() {
            return 0.0;
        }
        let in_order = strsim::jaro_winkler(&self.plain, &other.plain);
        in_order.max(strsim::jaro_winkler(&self.sorted, &other.sorted))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, missing_docs)]
    use super::*;
    use crate::people::NEAR;

    fn likeness(a: &str, b: &str) -> f64 {
        Folded::of(a).likeness(&Folded::of(b))
    }

    #[test]
    fn the_same_company_in_other_spellings_is_near() {
        for (a, b) in [
            ("Acme Cement Ltd", "ACME Cement Limited"),
            ("Société Générale des Eaux", "Societe generale des eaux"),
            ("Volta Cookstoves", "Cookstoves, Volta"),
            ("Nestlé S.A.", "Nestle SA"),
            ("Helvetia Airways AG", "Helvetia Airway AG"),
        ] {
            assert!(likeness(a, b) >= NEAR, "{a} and {b}: {}", likeness(a, b));
        }
    }

    #[test]
    fn other_companies_are_not_near() {
        for (a, b) in [
            ("Acme Cement Ltd", "Zenith Power Plc"),
            ("Volta Cookstoves", "Swiss Re"),
            ("Ama", ""),
            ("…", "!"),
        ] {
            assert!(likeness(a, b) < NEAR, "{a} and {b}: {}", likeness(a, b));
        }
    }
}
