//! What changed from one submission to another, row by row and cell by cell.
//!
//! Rows that are equal in both are no difference, wherever they stand. Of the others, rows with the same key are one row that
//! changed; the rest was added or removed. The same two submissions give the same differences in the same order, always.

use super::Aef;
use super::table::Table;
use super::value::Cell;
use serde::Serialize;
use std::collections::{BTreeMap, VecDeque};

/// How a row differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Difference {
    /// It is in the later submission only.
    Added,
    /// It is in the earlier submission only.
    Removed,
    /// Some of its cells are others.
    Changed,
}

/// A row that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowChange {
    /// The table.
    pub table: Table,
    /// How it differs.
    pub difference: Difference,
    /// What names the row: its key cells.
    pub key: String,
    /// Its place in the earlier submission, counted from 0.
    pub before: Option<usize>,
    /// Its place in the later submission, counted from 0.
    pub after: Option<usize>,
    /// The cells that differ; every filled cell of a row that was added or removed.
    pub cells: Vec<CellChange>,
}

/// A cell that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CellChange {
    /// The column, counted from 0.
    pub column: usize,
    /// Its text before; empty where it was blank.
    pub before: String,
    /// Its text after.
    pub after: String,
}

/// What names a row of a table, by the places of the columns.
const fn key_columns(table: Table) -> &'static [usize] {
    match table {
        Table::Submission => &[],
        // ID, version.
        Table::Authorisations => &[0, 3],
        // Type, first ID, last ID.
        Table::Actions => &[1, 7, 8],
        // First ID, last ID.
        Table::Holdings => &[4, 5],
        // Identification number, cooperative approach.
        Table::Entities => &[3, 4],
    }
}

fn texts(aef: &Aef, table: Table, row: usize) -> Vec<String> {
    let cells = aef.cells(table, row).unwrap_or_default();
    cells
        .iter()
        .map(|cell| Cell::text(*cell).into_owned())
        .collect()
}

/// Everything that differs, in the order of the tables; within one, what was removed or changed in the order of the earlier
/// submission, then what was added in the order of the later one.
#[must_use]
pub fn diff(earlier: &Aef, later: &Aef) -> Vec<RowChange> {
    let tables = Table::ALL.into_iter();
    tables
        .flat_map(|table| diff_table(table, earlier, later))
        .collect()
}

/// Rows by their texts, or by what names them; the first of several first.
type Rows<K> = BTreeMap<K, VecDeque<usize>>;

fn diff_table(table: Table, earlier: &Aef, later: &Aef) -> Vec<RowChange> {
    let all = |aef: &Aef| -> Vec<Vec<String>> {
        (0..aef.len(table))
            .map(|row| texts(aef, table, row))
            .collect()
    };
    let (before, after) = (all(earlier), all(later));
    let mut equal: Rows<&[String]> = Rows::new();
    for (row, texts) in after.iter().enumerate() {
        equal.entry(texts).or_default().push_back(row);
    }
    let mut is_left_after = vec![true; after.len()];
    let mut left_before = Vec::new();
    for (row, texts) in before.iter().enumerate() {
        match equal
            .get_mut(texts.as_slice())
            .and_then(VecDeque::pop_front)
        {
            Some(twin) => is_left_after[twin] = false,
            None => left_before.push(row),
        }
    }
    let key = |texts: &[String]| -> Vec<String> {
        let columns = key_columns(table).iter();
        columns
            .filter_map(|column| texts.get(*column).cloned())
            .collect()
    };
    let mut by_key: Rows<Vec<String>> = Rows::new();
    for (row, texts) in after
        .iter()
        .enumerate()
        .filter(|(row, _)| is_left_after[*row])
    {
        by_key.entry(key(texts)).or_default().push_back(row);
    }
    let blank = vec![String::new(); table.columns().len()];
    let change = |difference, at: (Option<usize>, Option<usize>)| {
        let one = at.0.map_or(&blank, |row| &before[row]);
        let two = at.1.map_or(&blank, |row| &after[row]);
        let named = if at.0.is_some() { one } else { two };
        RowChange {
            table,
            difference,
            key: key(named).join(" | "),
            before: at.0,
            after: at.1,
            cells: cell_changes(one, two),
        }
    };
    let mut changes = Vec::new();
    for row in left_before {
        let twin = by_key
            .get_mut(&key(&before[row]))
            .and_then(VecDeque::pop_front);
        changes.push(match twin {
            Some(twin) => {
                is_left_after[twin] = false;
                change(Difference::Changed, (Some(row), Some(twin)))
            }
            None => change(Difference::Removed, (Some(row), None)),
        });
    }
    let added = is_left_after.iter().enumerate().filter(|(_, left)| **left);
    changes.extend(added.map(|(row, _)| change(Difference::Added, (None, Some(row)))));
    changes
}

fn cell_changes(before: &[String], after: &[String]) -> Vec<CellChange> {
    let pairs = before.iter().zip(after).enumerate();
    let differ = pairs.filter(|(_, (before, after))| before != after);
    differ
        .map(|(column, (before, after))| CellChange {
            column,
            before: before.clone(),
            after: after.clone(),
        })
        .collect()
}
