//! Numbers and dates as the readers of a language write them.

use countersign_protocol::period::Day;
use countersign_protocol::time::Timestamp;

use super::language::Language;
use super::words;

/// A no-break space as narrow as French and Spanish want it between groups of digits.
const NARROW: char = '\u{202f}';

/// A whole number with its groups of three digits, in the digits of the language.
pub(crate) fn number(language: Language, value: u64) -> String {
    let digits = value.to_string();
    let separator = match language {
        Language::En => ',',
        Language::Fr | Language::Es => NARROW,
        Language::Pt => '.',
        Language::Ar => '٬',
    };
    // Spanish leaves four digits together.
    let groups = language != Language::Es || digits.len() > 4;
    let mut text = String::with_capacity(digits.len() * 2);
    for (at, digit) in digits.chars().enumerate() {
        if groups && at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(separator);
        }
        text.push(digit);
    }
    localised(language, &text)
}

/// A whole number that may be below zero.
pub(crate) fn signed(language: Language, value: i64) -> String {
    let size = number(language, value.unsigned_abs());
    if value < 0 {
        format!("−{size}")
    } else {
        size
    }
}

/// A number of tenths, with its decimal mark.
pub(crate) fn tenths(language: Language, value: u64) -> String {
    let mark = match language {
        Language::En => '.',
        Language::Fr | Language::Es | Language::Pt => ',',
        Language::Ar => '٫',
    };
    let (whole, tenth) = (number(language, value / 10), plain(language, value % 10));
    format!("{whole}{mark}{tenth}")
}

/// A number without groups, such as a year, in the digits of the language.
pub(crate) fn plain(language: Language, value: u64) -> String {
    localised(language, &value.to_string())
}

/// The digits of a text in those of the language.
fn localised(language: Language, text: &str) -> String {
    if language != Language::Ar {
        return text.to_owned();
    }
    let digit = |c: char| match c.to_digit(10) {
        Some(value) => char::from_u32(0x0660 + value).unwrap_or(c),
        None => c,
    };
    text.chars().map(digit).collect()
}

/// A day, such as 3 May 2026.
pub(crate) fn day(language: Language, day: Day) -> String {
    let text = day.to_string();
    let mut parts = text.split('-').filter_map(|it| it.parse::<u64>().ok());
    let (Some(year), Some(month), Some(of_month)) = (parts.next(), parts.next(), parts.next())
    else {
        return text;
    };
    let month = words::text(language, &format!("month-{month}"), &[]);
    let values = [
        ("day", &*plain(language, of_month)),
        ("month", &*month),
        ("year", &*plain(language, year)),
    ];
    words::text(language, "date-long", &values)
}

/// The day of a moment in milliseconds since 1970, UTC.
pub(crate) fn day_of(language: Language, ms: u64) -> String {
    day(language, Day::of_ms(ms))
}

/// A moment in milliseconds since 1970, to the minute, UTC.
pub(crate) fn moment(language: Language, ms: u64) -> String {
    let clock = machine(ms);
    let clock = clock.get(11..16).unwrap_or_default();
    let values = [
        ("date", &*day_of(language, ms)),
        ("time", &*localised(language, clock)),
    ];
    words::text(language, "date-time", &values)
}

/// A moment as programs read it (RFC 3339).
pub(crate) fn machine(ms: u64) -> String {
    Timestamp::from_seconds(ms / 1000).map_or_else(|_| String::new(), |time| time.to_string())
}

/// How long ago a moment is, roughly.
pub(crate) fn ago(language: Language, now_ms: u64, since_ms: u64) -> String {
    let seconds = now_ms.saturating_sub(since_ms) / 1000;
    let (key, count) = match seconds {
        0..=59 => ("ago-seconds", seconds),
        60..=3599 => ("ago-minutes", seconds / 60),
        3600..=86_399 => ("ago-hours", seconds / 3600),
        _ => ("ago-days", seconds / 86_400),
    };
    words::counted(language, key, count, &number(language, count))
}

/// A size in bytes, in the largest unit that keeps it above one.
pub(crate) fn bytes(language: Language, bytes: u64) -> String {
    let (key, value) = match bytes {
        0..=999 => ("size-bytes", bytes),
        1_000..=999_999 => ("size-kilobytes", bytes.div_ceil(1_000)),
        _ => ("size-megabytes", bytes.div_ceil(1_000_000)),
    };
    words::text(language, key, &[("size", &number(language, value))])
}

#[cfg(test)]
mod tests {
    use super::{bytes, day_of, moment, number, signed, tenths};
    use crate::web::language::Language;

    #[test]
    fn numbers_are_grouped_as_the_readers_of_a_language_group_them() {
        let of = |language| (number(language, 1234), number(language, 1_234_567));
        let both = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        assert_eq!(of(Language::En), both("1,234", "1,234,567"));
        assert_eq!(
            of(Language::Fr),
            both("1\u{202f}234", "1\u{202f}234\u{202f}567")
        );
        assert_eq!(of(Language::Es), both("1234", "1\u{202f}234\u{202f}567"));
        assert_eq!(of(Language::Pt), both("1.234", "1.234.567"));
        assert_eq!(of(Language::Ar), both("١٬٢٣٤", "١٬٢٣٤٬٥٦٧"));
        assert_eq!(signed(Language::En, -1234), "−1,234");
        assert_eq!(number(Language::En, 0), "0");
        assert_eq!(tenths(Language::En, 12_345), "1,234.5");
        assert_eq!(tenths(Language::Fr, 7), "0,7");
        assert_eq!(tenths(Language::Ar, 12), "١٫٢");
    }

    #[test]
    fn days_are_written_in_words() {
        let ms = 1_777_809_600_000;
        assert_eq!(day_of(Language::En, ms), "3 May 2026");
        assert_eq!(day_of(Language::Fr, ms), "3 mai 2026");
        assert_eq!(day_of(Language::Es, ms), "3 de mayo de 2026");
        assert_eq!(day_of(Language::Pt, ms), "3 de maio de 2026");
        assert!(day_of(Language::Ar, ms).contains("مايو"));
        assert_eq!(moment(Language::En, ms), "3 May 2026, 12:00 UTC");
    }

    #[test]
    fn sizes_are_rounded_up() {
        assert_eq!(bytes(Language::En, 999), "999 bytes");
        assert_eq!(bytes(Language::En, 1001), "2 kB");
        assert_eq!(bytes(Language::En, 1_000_001), "2 MB");
    }
}
