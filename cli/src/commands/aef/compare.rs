//! Comparing two submissions.

use std::path::PathBuf;

use clap::Args;
use countersign_protocol::article6::aef::diff::{Difference, RowChange, diff};
use countersign_protocol::article6::aef::{Switches, Table};
use serde::Serialize;

use super::read;
use crate::exit::Outcome;
use crate::session::Session;
use crate::table::View;

#[derive(Args, Debug)]
pub(crate) struct DiffArgs {
    /// The earlier submission, in any format
    earlier: PathBuf,
    /// The later submission, in any format
    later: PathBuf,
}

/// A row that differs, as it is printed.
#[derive(Serialize)]
struct Change {
    table: &'static str,
    difference: Difference,
    key: String,
    /// The row before, from 1.
    before: Option<usize>,
    /// The row after, from 1.
    after: Option<usize>,
    cells: Vec<Cell>,
}

#[derive(Serialize)]
struct Cell {
    column: &'static str,
    before: String,
    after: String,
}

impl DiffArgs {
    pub(super) fn run(&self, session: &Session) -> Outcome {
        // Two files may write the same in two forms: that is no difference.
        let switches = Switches::default();
        let earlier = read(&self.earlier)?.aef.written_as(&switches);
        let later = read(&self.later)?.aef.written_as(&switches);
        let changes: Vec<Change> = diff(&earlier, &later).into_iter().map(change).collect();
        session.out().show(&changes, |changes| view(changes))
    }
}

fn change(it: RowChange) -> Change {
    let label = |at: usize| {
        it.table
            .columns()
            .get(at)
            .map_or("", |column| column.label.as_str())
    };
    let cells = it.cells.iter().map(|cell| Cell {
        column: label(cell.column),
        before: cell.before.clone(),
        after: cell.after.clone(),
    });
    let cells = cells.collect();
    Change {
        table: it.table.name(),
        difference: it.difference,
        before: it.before.map(|row| row + 1),
        after: it.after.map(|row| row + 1),
        key: it.key,
        cells,
    }
}

fn view(changes: &[Change]) -> View {
    if changes.is_empty() {
        return View::Text("no differences".to_owned());
    }
    let mut lines = Vec::new();
    for it in changes {
        let sign = match it.difference {
            Difference::Added => "+",
            Difference::Removed => "-",
            Difference::Changed => "~",
        };
        let row = it.after.or(it.before).unwrap_or(1);
        let key = if it.key.is_empty() {
            String::new()
        } else {
            format!(": {}", it.key)
        };
        lines.push(format!("{sign} {} row {row}{key}", it.table));
        if it.difference == Difference::Changed {
            for cell in &it.cells {
                lines.push(format!(
                    "    {}: {:?} -> {:?}",
                    cell.column, cell.before, cell.after
                ));
            }
        }
    }
    let count = |difference| {
        changes
            .iter()
            .filter(|it| it.difference == difference)
            .count()
    };
    lines.push(format!(
        "{} added, {} removed, {} changed in {} tables",
        count(Difference::Added),
        count(Difference::Removed),
        count(Difference::Changed),
        Table::ALL
            .iter()
            .filter(|table| changes.iter().any(|it| it.table == table.name()))
            .count()
    ));
    View::Text(lines.join("\n"))
}
