//! From one submission to the next.

use countersign_protocol::article6::aef::Table;
use countersign_protocol::article6::aef::diff::{Difference, diff};

use super::sample::{column, ghana, set, switzerland};

#[test]
fn a_submission_does_not_differ_from_itself() {
    assert_eq!(diff(&ghana(), &ghana()), []);
}

#[test]
fn rows_in_another_order_are_no_difference() {
    let mut other = ghana();
    other.actions.reverse();
    other.authorisations.reverse();
    assert_eq!(diff(&ghana(), &other), []);
}

#[test]
fn what_changed_is_told_cell_by_cell() {
    let (before, mut after) = (ghana(), ghana());
    set(&mut after, Table::Submission, 0, "Version", "1.1");
    set(&mut after, Table::Actions, 0, "Action date", "03/03/2024");
    after.entities.clear();
    after.holdings = switzerland().holdings;
    let found = diff(&before, &after);
    let told: Vec<_> = found.iter().map(|it| (it.table, it.difference)).collect();
    let expected = [
        (Table::Submission, Difference::Changed),
        (Table::Actions, Difference::Changed),
        (Table::Holdings, Difference::Added),
        (Table::Entities, Difference::Removed),
    ];
    assert_eq!(told, expected);
    let cell = &found[1].cells[0];
    assert_eq!(cell.column, column(Table::Actions, "Action date"));
    assert_eq!(
        (cell.before.as_str(), cell.after.as_str()),
        ("01/03/2024", "03/03/2024")
    );
    assert_eq!(found[1].cells.len(), 1);
    assert!(
        found[1]
            .key
            .starts_with("First transfer | CA0001-GHA01-GHA-1-2023")
    );
}

#[test]
fn the_way_back_tells_the_same_the_other_way_round() {
    let (before, mut after) = (ghana(), ghana());
    set(
        &mut after,
        Table::Authorisations,
        0,
        "Authorized quantity",
        "9000",
    );
    after.actions.truncate(1);
    let there = diff(&before, &after);
    let back = diff(&after, &before);
    assert_eq!(there.len(), back.len());
    for (one, two) in there.iter().zip(&back) {
        assert_eq!((one.before, one.after), (two.after, two.before));
        for (one, two) in one.cells.iter().zip(&two.cells) {
            assert_eq!((&one.before, &one.after), (&two.after, &two.before));
        }
    }
}

#[test]
fn the_second_of_two_equal_rows_is_a_row_of_its_own() {
    let mut twice = ghana();
    twice.actions.push(twice.actions[0].clone());
    let found = diff(&ghana(), &twice);
    assert_eq!(found.len(), 1);
    assert_eq!(
        (found[0].difference, found[0].after),
        (Difference::Added, Some(2))
    );
}
