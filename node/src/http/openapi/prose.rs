//! Doc comments as readers of an API want them.

/// One line a paragraph, without the marks of rustdoc; Rust's `None` is JSON's `null`.
pub(super) fn prose(comment: &str) -> String {
    let paragraphs = comment.split("\n\n").map(|paragraph| {
        let lines: Vec<&str> = paragraph.lines().map(str::trim).collect();
        lines.join(" ")
    });
    let text = paragraphs.collect::<Vec<_>>().join("\n\n");
    unlinked(text.trim()).replace("`None`", "`null`")
}

/// ``[`Hash`](crate::log::Hash)`` and ``[`Hash`]`` are `Hash` here, and `[the matrix](crate::permission)` is the matrix.
fn unlinked(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, link)) = rest.split_once('[') {
        let Some((name, after)) = link.split_once(']') else {
            break;
        };
        let target = after
            .strip_prefix('(')
            .and_then(|target| target.split_once(')'));
        let (shown, after) = match (name.strip_prefix('`'), target) {
            (Some(name), target) => {
                let name = name.trim_end_matches('`').rsplit("::").next();
                let after = target.map_or(after, |(_, after)| after);
                (format!("`{}`", name.unwrap_or_default()), after)
            }
            (None, Some((target, after))) if target.contains("::") => (name.to_owned(), after),
            (None, _) => (format!("[{name}]"), after),
        };
        plain.push_str(before);
        plain.push_str(&shown);
        rest = after;
    }
    plain + rest
}

#[cfg(test)]
mod tests {
    use super::prose;

    #[test]
    fn a_comment_reads_without_the_marks_of_rustdoc() {
        let comment = "The fault\ncode, see [`crate::federation::FaultCode`] and [`Hash`](crate::log::Hash).\n\n`None` if\nnone.";
        let wanted = "The fault code, see `FaultCode` and `Hash`.\n\n`null` if none.";
        assert_eq!(prose(comment), wanted);
        let links = "a\n[permission matrix](crate::permission) with [words] and a list [1, 2";
        assert_eq!(
            prose(links),
            "a permission matrix with [words] and a list [1, 2"
        );
    }
}
