//! Two texts side by side, line by line.

/// Pairs of lines that are compared at most; texts that differ more are shown as one after the other.
const PAIRS_MAX: usize = 4_000_000;

/// Lines around a difference that are shown with it.
const AROUND: usize = 2;

/// A line of the comparison.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Line<'a> {
    /// In both: its number in each, from 1.
    Same(usize, usize, &'a str),
    /// In the old text alone.
    Gone(usize, &'a str),
    /// In the new text alone.
    New(usize, &'a str),
    /// So many lines that are in both.
    Skipped(usize),
}

/// The differences of two texts with the lines around them; nothing where there are none.
pub(super) fn compare<'a>(old: &'a str, new: &'a str) -> Vec<Line<'a>> {
    let (old, new): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    let before = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let left = old.len().min(new.len()) - before;
    let ends = old.iter().rev().zip(new.iter().rev()).take(left);
    let after = ends.take_while(|(a, b)| a == b).count();
    let (olds, news) = (
        &old[before..old.len() - after],
        &new[before..new.len() - after],
    );
    let mut lines: Vec<Line<'a>> = (0..before)
        .map(|at| Line::Same(at + 1, at + 1, old[at]))
        .collect();
    middle(olds, news, before, &mut lines);
    lines.extend((0..after).map(|at| {
        let (a, b) = (old.len() - after + at, new.len() - after + at);
        Line::Same(a + 1, b + 1, old[a])
    }));
    shortened(&lines)
}

/// The longest common subsequence (Hirschberg 1975 gives the table), or all of the one before all of the other.
fn middle<'a>(old: &[&'a str], new: &[&'a str], before: usize, lines: &mut Vec<Line<'a>>) {
    if old.len().saturating_mul(new.len()) > PAIRS_MAX {
        lines.extend(
            old.iter()
                .enumerate()
                .map(|(at, it)| Line::Gone(before + at + 1, it)),
        );
        lines.extend(
            new.iter()
                .enumerate()
                .map(|(at, it)| Line::New(before + at + 1, it)),
        );
        return;
    }
    let wide = new.len() + 1;
    let mut table = vec![0_u32; (old.len() + 1) * wide];
    for a in (0..old.len()).rev() {
        for b in (0..new.len()).rev() {
            table[a * wide + b] = if old[a] == new[b] {
                table[(a + 1) * wide + b + 1] + 1
            } else {
                table[(a + 1) * wide + b].max(table[a * wide + b + 1])
            };
        }
    }
    let (mut a, mut b) = (0, 0);
    while a < old.len() || b < new.len() {
        if a < old.len() && b < new.len() && old[a] == new[b] {
            lines.push(Line::Same(before + a + 1, before + b + 1, old[a]));
            (a, b) = (a + 1, b + 1);
        } else if b == new.len()
            || (a < old.len() && table[(a + 1) * wide + b] >= table[a * wide + b + 1])
        {
            lines.push(Line::Gone(before + a + 1, old[a]));
            a += 1;
        } else {
            lines.push(Line::New(before + b + 1, new[b]));
            b += 1;
        }
    }
}

/// Leaves out what is the same on both sides and far from any difference.
fn shortened<'a>(lines: &[Line<'a>]) -> Vec<Line<'a>> {
    let differs = |it: &Line<'_>| !matches!(it, Line::Same(..));
    if !lines.iter().any(differs) {
        return Vec::new();
    }
    let is_near = |at: usize| {
        let around = at.saturating_sub(AROUND)..(at + AROUND + 1).min(lines.len());
        lines[around].iter().any(differs)
    };
    let mut shown = Vec::new();
    let mut skipped = 0;
    for (at, line) in lines.iter().enumerate() {
        if !is_near(at) {
            skipped += 1;
            continue;
        }
        if skipped > 0 {
            shown.push(Line::Skipped(skipped));
            skipped = 0;
        }
        shown.push(line.clone());
    }
    if skipped > 0 {
        shown.push(Line::Skipped(skipped));
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::{Line, compare};

    #[test]
    fn equal_texts_have_no_differences() {
        assert_eq!(compare("a\nb\n", "a\nb\n"), []);
        assert_eq!(compare("", ""), []);
    }

    #[test]
    fn what_is_gone_and_what_is_new_stand_in_their_places() {
        let found = compare("a\nb\nc\n", "a\nx\nc\n");
        let wanted = [
            Line::Same(1, 1, "a"),
            Line::Gone(2, "b"),
            Line::New(2, "x"),
            Line::Same(3, 3, "c"),
        ];
        assert_eq!(found, wanted);
        assert_eq!(
            compare("a\n", "a\na\n"),
            [Line::Same(1, 1, "a"), Line::New(2, "a")]
        );
        assert_eq!(compare("a\n", ""), [Line::Gone(1, "a")]);
    }

    #[test]
    fn far_lines_are_counted_and_not_shown() {
        let old: String = (0..20).map(|it| format!("{it}\n")).collect();
        let new = old.replace("10\n", "ten\n");
        let found = compare(&old, &new);
        assert_eq!(found.first(), Some(&Line::Skipped(8)));
        assert_eq!(found.last(), Some(&Line::Skipped(7)));
        assert!(found.contains(&Line::Gone(11, "10")) && found.contains(&Line::New(11, "ten")));
    }
}
