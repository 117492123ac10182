//! Permission files with mistakes: every mistake is told with its line.

use countersign_protocol::permission::{
    Action, DEFAULT, FILE_BYTES_MAX, Matrix, PROBLEMS_MAX, Scope,
};

const HEAD: &str = "format = 1\nversion = \"1\"\n";
const GRANT: &str = "[[grant]]\nto = [\"developer/manager\"]\nown = [\"project-read\"]\n";

/// Lines and messages of the problems in a file.
fn problems(text: &str) -> Vec<(usize, String)> {
    let problems = Matrix::parse(text).expect_err(text);
    assert!(problems.iter().all(|problem| !problem.mend.is_empty()));
    problems
        .into_iter()
        .map(|problem| (problem.line, problem.message))
        .collect()
}

fn one(text: &str, line: usize, words: &str) {
    let found = problems(text);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(
        found[0].0 == line && found[0].1.contains(words),
        "{found:?}"
    );
}

#[test]
fn each_mistake_is_told_with_its_line() {
    one(&format!("{HEAD}{GRANT}country = [\"fly\"]\n"), 6, "\"fly\"");
    one(
        &format!("{HEAD}{GRANT}all = [\"project-read\"]\n"),
        6,
        "\"all\"",
    );
    one(&format!("{HEAD}{GRANT}{GRANT}"), 8, "already, as own");
    one(
        &format!("{HEAD}{GRANT}country = [\"project-read\"]\n"),
        6,
        "already, as own",
    );
    one(
        &format!("{HEAD}{GRANT}sector = \"project-read\"\n"),
        6,
        "string",
    );
    one(&format!("{HEAD}{GRANT}sector = [7]\n"), 6, "integer");
    one(
        &format!("{HEAD}[[grant]]\nown = []\n{GRANT}"),
        3,
        "names no role",
    );
    one(
        &format!("{HEAD}[[grant]]\nto = [\"developer\"]\n{GRANT}"),
        4,
        "\"developer\"",
    );
    one(
        &format!("{HEAD}[[grant]]\nto = [\"Developer/manager\"]\n{GRANT}"),
        4,
        "Developer",
    );
    one(
        &format!("{HEAD}{GRANT}[like]\nbroker = \"nobody\"\n"),
        7,
        "nobody",
    );
    one(
        &format!("{HEAD}{GRANT}[four_eyes]\nactions = [\"key-rotate\",\n\"key-rotate\"]\n"),
        8,
        "twice",
    );
    one(
        &format!("{HEAD}{GRANT}[second_factor]\nofficials = [\"fly\"]\n"),
        7,
        "fly",
    );
    one(&format!("{HEAD}{GRANT}[friends]\n"), 6, "friends");
    one(
        &format!("format = 2\nversion = \"1\"\n{GRANT}"),
        1,
        "format 2",
    );
    one(&format!("version = \"1\"\n{GRANT}"), 1, "format = 1");
    one(&format!("format = 1\n{GRANT}"), 1, "no version");
    one(HEAD, 1, "grants nothing");
}

#[test]
fn several_mistakes_are_told_at_once_in_the_order_of_their_lines() {
    let text =
        format!("{HEAD}{GRANT}country = [\"fly\"]\n[like]\na = \"b\"\n[four_eyes]\nactions = 3\n");
    let lines: Vec<usize> = problems(&text).into_iter().map(|(line, _)| line).collect();
    assert_eq!(lines, [6, 8, 10]);
    let many = format!("{HEAD}{GRANT}{}", "x = 1\n".repeat(0) + &GRANT.repeat(200));
    assert_eq!(problems(&many).len(), PROBLEMS_MAX);
}

#[test]
fn what_is_no_toml_or_too_large_is_refused_with_its_line() {
    let broken = problems(&format!("{HEAD}[[grant]\n{GRANT}"));
    assert_eq!(broken[0].0, 3, "{broken:?}");
    let large = format!("{HEAD}{GRANT}#{}", "x".repeat(FILE_BYTES_MAX));
    one(&large, 1, "bytes");
}

#[test]
fn a_country_adds_a_role_and_a_type_with_a_few_lines() {
    let more = "[[grant]]\nto = [\"broker/dealer\"]\nown = [\"transfer-request\"]\n";
    let text = DEFAULT.replace(
        "[like]\n",
        &format!("{more}[like]\nsmall-broker = \"broker\"\n"),
    );
    let matrix = Matrix::parse(&text).unwrap();
    for kind in ["broker", "small-broker"] {
        assert_eq!(
            matrix.scope(kind, "dealer", Action::TransferRequest),
            Scope::Own
        );
        assert_eq!(
            matrix.scope(kind, "dealer", Action::TransferApprove),
            Scope::None
        );
    }
    assert_ne!(matrix.hash(), Matrix::parse(DEFAULT).unwrap().hash());
}

#[test]
fn a_grant_wins_over_likeness_also_to_take_away() {
    let text = format!(
        "{HEAD}{GRANT}[[grant]]\nto = [\"broker/manager\"]\nnone = [\"project-read\"]\n[like]\nbroker = \"developer\"\n"
    );
    let matrix = Matrix::parse(&text).unwrap();
    assert_eq!(
        matrix.scope("broker", "manager", Action::ProjectRead),
        Scope::None
    );
    assert_eq!(
        matrix.scope("developer", "manager", Action::ProjectRead),
        Scope::Own
    );
}
