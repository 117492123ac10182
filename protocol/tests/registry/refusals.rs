//! Every refusal is either about the request or about what happened before it, and the page of the API says which.

use std::collections::{BTreeMap, BTreeSet};

use countersign_protocol::id::{AccountId, OrganisationId};
use countersign_protocol::registry::{Command, Refusal, RefusalKind, Selection};

use crate::support::world::ghana_and_switzerland;
use crate::support::{RESERVE, TRADING, range};

const PAGE: &str = include_str!("../../../docs/api.md");
const REGISTRY: &str = include_str!("../../src/registry/refusal/table.rs");
const ARTICLE_6: &str = include_str!("../../src/registry/refusal/article6.rs");
const WORKFLOW: &str = include_str!("../../src/workflow/refusal.rs");

/// Codes that are no refusal of the rules: of the node's request ids, its people and its index of projects.
const OF_THE_NODE: [&str; 5] = [
    "request-used",
    "decided",
    "user-state",
    "taken",
    "version-kept",
];

/// The rows of the three matches that the compiler keeps total: word and kind.
fn rows() -> BTreeMap<String, String> {
    let arms = [REGISTRY, ARTICLE_6, WORKFLOW]
        .into_iter()
        .flat_map(str::lines);
    let rows = arms.filter_map(|line| {
        let (code, kind) = line.split_once("=> (\"")?.1.split_once("\", ")?;
        Some((code.to_owned(), kind.trim_end_matches("),").to_owned()))
    });
    rows.collect()
}

/// The words in backquotes in the first column of the table that begins with `head`.
fn listed(head: &str) -> BTreeSet<String> {
    let table = PAGE.split_once(head).unwrap().1.lines().skip(2);
    let rows = table.take_while(|line| line.starts_with('|'));
    let codes = rows.flat_map(|row| row.split('|').nth(1).unwrap().split('`').skip(1).step_by(2));
    codes.map(str::to_owned).collect()
}

#[test]
fn the_page_of_the_api_names_every_refusal_once_under_the_status_that_it_has() {
    let rows = rows();
    assert!(rows.len() > 80, "{} rows were read", rows.len());
    let of = |wanted: &str| -> BTreeSet<String> {
        let fits = rows.iter().filter(|(_, kind)| *kind == wanted);
        fits.map(|(code, _)| code.clone()).collect()
    };
    let mut second = listed("| `code` of a 409 |");
    for code in OF_THE_NODE {
        assert!(second.remove(code), "{code}");
    }
    assert_eq!(second, of("Conflict"));
    assert_eq!(listed("| `code` of a 422 |"), of("Rule"));
}

#[test]
fn who_comes_second_hears_where_the_units_are_now() {
    let (mut ghana, _) = ghana_and_switzerland(100);
    let moves = |units: Selection| Command::Transfer {
        from: TRADING,
        to: RESERVE,
        units,
    };
    ghana.must(&moves(Selection::Ranges(vec![range("GH-1-60")])));
    let half = ghana.submit(&moves(Selection::Ranges(vec![range("GH-51-100")])));
    let half = half.unwrap_err();
    assert_eq!(
        (half.code(), half.kind()),
        ("not-held", RefusalKind::Conflict)
    );
    assert!(
        half.to_string()
            .contains("GH-1-60 is available in account 2"),
        "{half}"
    );
    let rest = ghana.submit(&moves(Selection::Tonnes(41))).unwrap_err();
    assert_eq!(
        (rest.code(), rest.kind()),
        ("too-few", RefusalKind::Conflict)
    );
    assert!(rest.to_string().contains("40 tonnes"), "{rest}");
    let nowhere = ghana.submit(&moves(Selection::Ranges(vec![range("GH-101-102")])));
    assert!(
        nowhere
            .unwrap_err()
            .to_string()
            .contains("not recorded here")
    );
}

#[test]
fn what_names_a_thing_that_is_not_here_is_wrong_and_not_second() {
    let (mut ghana, _) = ghana_and_switzerland(1);
    let refused = ghana.submit(&Command::Transfer {
        from: AccountId(9),
        to: RESERVE,
        units: Selection::Tonnes(1),
    });
    assert_eq!(refused, Err(Refusal::UnknownAccount(AccountId(9))));
    assert_eq!(refused.unwrap_err().kind(), RefusalKind::Rule);
    let unknown = Refusal::UnknownOrganisation(OrganisationId(7));
    assert_eq!(unknown.kind(), RefusalKind::Rule);
}
