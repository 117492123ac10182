//! Names as they are compared: without case, accents, punctuation and the order of words.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// How alike two names must be to be nearly the same, in percent.
const NEAR_PERCENT: usize = 85;
/// The most characters of a name that are compared.
const CHARS_MAX: usize = 200;
/// Into how many drawers the characters of a name are counted.
const DRAWERS: usize = 32;

/// A name, ready to be compared: its letters without blanks, as they stand and in the order of its words.
#[derive(Debug)]
pub(super) struct FoldedName {
    letters: Vec<char>,
    sorted: Vec<char>,
    /// How many letters fall into each drawer: two names differ by at least half the difference of their drawers.
    drawers: [u8; DRAWERS],
}

/// A text without case, accents and punctuation, its words apart by one blank.
pub(super) fn folded(text: &str) -> String {
    words(text).join(" ")
}

fn words(text: &str) -> Vec<String> {
    let plain: String = text.nfkd().filter(|it| !is_combining_mark(*it)).collect();
    let plain = plain.to_lowercase();
    let words = plain.split(|it: char| !it.is_alphanumeric());
    words
        .filter(|it| !it.is_empty())
        .map(str::to_owned)
        .collect()
}

impl FoldedName {
    pub(super) fn new(name: &str) -> Self {
        let mut words = words(name);
        let letters: Vec<char> = words.concat().chars().take(CHARS_MAX).collect();
        words.sort_unstable();
        let sorted = words.concat().chars().take(CHARS_MAX).collect();
        let mut drawers = [0_u8; DRAWERS];
        for it in &letters {
            let drawer = usize::try_from(u32::from(*it)).unwrap_or_default() % DRAWERS;
            drawers[drawer] = drawers[drawer].saturating_add(1);
        }
        Self {
            letters,
            sorted,
            drawers,
        }
    }

    /// How alike two names are in percent: 100 for the same, `None` when they are not nearly the same. Blanks and the order
    /// of words make no difference.
    pub(super) fn likeness(&self, other: &Self) -> Option<u8> {
        let longest = self.letters.len().max(other.letters.len());
        if self.letters.is_empty() || other.letters.is_empty() {
            return None;
        }
        // Most names are told apart by their letters alone, long before the costly comparison.
        let allowed = longest * (100 - NEAR_PERCENT) / 100;
        if self.least_distance(other) > allowed {
            return None;
        }
        let distance = distance(&self.letters, &other.letters);
        let distance = distance.min(self::distance(&self.sorted, &other.sorted));
        let percent = 100 - (distance * 100).div_ceil(longest).min(100);
        let percent = u8::try_from(percent).ok()?;
        (usize::from(percent) >= NEAR_PERCENT).then_some(percent)
    }

    /// The number of changes that lead from one to the other is never less than this.
    fn least_distance(&self, other: &Self) -> usize {
        let apart = self.drawers.iter().zip(&other.drawers);
        let apart: usize = apart
            .map(|(one, other)| usize::from(one.abs_diff(*other)))
            .sum();
        self.letters
            .len()
            .abs_diff(other.letters.len())
            .max(apart.div_ceil(2))
    }
}

fn distance(one: &[char], other: &[char]) -> usize {
    strsim::generic_damerau_levenshtein(one, other)
}
