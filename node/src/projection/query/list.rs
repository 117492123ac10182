//! One page of one list: an order, a filter that leads into an index, and filters that rows are held against on the way.

use super::cursor::{self, Holds};
use super::{Page, Window};
use crate::projection::ProjectionError;
use crate::projection::db::{Cell, Row};
use crate::projection::follow::Projection;

/// The most rows that one page looks at. A filter that hardly any row passes then gives short pages, not slow ones.
const LOOKED_AT_MAX: usize = 4000;

/// The most items in a page.
const ITEMS_MAX: usize = 1000;

/// An order of a list: its name, and the columns that no two rows share together.
#[derive(Clone, Copy, Debug)]
pub(super) struct Order {
    pub(super) name: &'static str,
    pub(super) columns: &'static [(&'static str, Holds)],
}

/// A list that is asked for.
pub(super) struct List {
    table: &'static str,
    columns: &'static [&'static str],
    order: Order,
    leading: Option<(&'static str, Cell)>,
    conditions: Vec<(&'static str, Vec<Cell>)>,
}

impl List {
    pub(super) const fn of(
        table: &'static str,
        columns: &'static [&'static str],
        order: Order,
    ) -> Self {
        Self {
            table,
            columns,
            order,
            leading: None,
            conditions: Vec::new(),
        }
    }

    /// Only rows with this value, found by an index of this column and the order. The first one given leads; others are
    /// held against the rows.
    pub(super) fn led_by(
        &mut self,
        equals: &'static str,
        column: &'static str,
        cell: Option<Cell>,
    ) {
        let Some(cell) = cell else { return };
        if self.leading.is_none() {
            self.leading = Some((column, cell));
        } else {
            self.conditions.push((equals, vec![cell]));
        }
    }

    /// Only rows for which this holds; each `?` stands for a cell.
    pub(super) fn only(&mut self, condition: &'static str, cells: Option<Vec<Cell>>) {
        if let Some(cells) = cells {
            self.conditions.push((condition, cells));
        }
    }

    /// Only rows with these characters in their name.
    pub(super) fn named(&mut self, q: Option<&str>) {
        self.only("folded LIKE ? ESCAPE '\\'", q.map(|q| vec![like(q)]));
    }

    /// Reads the page.
    pub(super) async fn page<T>(
        self,
        projection: &Projection,
        window: &Window,
        read: impl Fn(&Row) -> Result<T, ProjectionError>,
    ) -> Result<Page<T>, ProjectionError> {
        let (db, size) = projection.ready()?;
        let limit = window.limit.clamp(1, ITEMS_MAX);
        let holds: Vec<Holds> = self.order.columns.iter().map(|(_, holds)| *holds).collect();
        let after = window.after.as_deref();
        let after = after.map(|text| cursor::read(self.order.name, &holds, text));
        let (from, cells) = self.from(after.transpose()?, window.descending);
        let order = self.ordered(window.descending);
        let keys: Vec<&str> = self.order.columns.iter().map(|(name, _)| *name).collect();
        let wanted = [self.columns, &keys].concat().join(", ");
        let (sql, all) = if self.conditions.is_empty() {
            let sql = format!("SELECT {wanted} {from} {order} LIMIT {}", limit + 1);
            (sql, cells.clone())
        } else {
            let (conditions, all) = self.conditions(cells.clone());
            let sql = format!(
                "SELECT {wanted} FROM (SELECT * {from} {order} LIMIT {LOOKED_AT_MAX}) AS looked_at WHERE {conditions} \
                 {order} LIMIT {}",
                limit + 1
            );
            (sql, all)
        };
        let mut rows = db.rows(sql, all).await?;
        let is_cut = rows.len() > limit;
        rows.truncate(limit);
        let next = if is_cut {
            let last = rows.last().map(|row| self.key(row, self.columns.len()));
            last.transpose()?
        } else if self.conditions.is_empty() {
            None
        } else {
            let looked = format!(
                "SELECT {} {from} {order} LIMIT 1 OFFSET {}",
                keys.join(", "),
                LOOKED_AT_MAX - 1
            );
            let edge = db.rows(looked, cells).await?;
            edge.first().map(|row| self.key(row, 0)).transpose()?
        };
        Ok(Page {
            items: rows.iter().map(read).collect::<Result<_, _>>()?,
            next: next.map(|key| cursor::write(self.order.name, key)),
            size,
        })
    }

    /// `FROM ... WHERE ...`: the rows after a place, as the index has them.
    fn from(&self, after: Option<Vec<Cell>>, descending: bool) -> (String, Vec<Cell>) {
        let mut cells = Vec::new();
        let mut conditions = Vec::new();
        if let Some((column, cell)) = &self.leading {
            cells.push(cell.clone());
            conditions.push(format!("{column} = $1"));
        }
        if let Some(key) = after {
            let names: Vec<&str> = self.order.columns.iter().map(|(name, _)| *name).collect();
            let first = cells.len() + 1;
            let places: Vec<String> = (first..first + key.len())
                .map(|n| format!("${n}"))
                .collect();
            let beyond = if descending { '<' } else { '>' };
            conditions.push(format!(
                "({}) {beyond} ({})",
                names.join(", "),
                places.join(", ")
            ));
            cells.extend(key);
        }
        let mut from = format!("FROM {}", self.table);
        if !conditions.is_empty() {
            from.push_str(" WHERE ");
            from.push_str(&conditions.join(" AND "));
        }
        (from, cells)
    }

    fn ordered(&self, descending: bool) -> String {
        let way = if descending { " DESC" } else { "" };
        let columns: Vec<String> = self
            .order
            .columns
            .iter()
            .map(|(name, _)| format!("{name}{way}"))
            .collect();
        format!("ORDER BY {}", columns.join(", "))
    }

    /// The conditions with their values numbered after those that are there already.
    fn conditions(&self, mut cells: Vec<Cell>) -> (String, Vec<Cell>) {
        let mut text = String::new();
        for (condition, values) in &self.conditions {
            if !text.is_empty() {
                text.push_str(" AND ");
            }
            let mut number = cells.len();
            for (place, part) in condition.split('?').enumerate() {
                if place > 0 {
                    number += 1;
                    text.push_str(&format!("${number}"));
                }
                text.push_str(part);
            }
            cells.extend(values.iter().cloned());
        }
        (text, cells)
    }

    fn key(&self, row: &Row, from: usize) -> Result<Vec<Cell>, ProjectionError> {
        let columns = self.order.columns.iter().zip(from..);
        columns
            .map(|((_, holds), at)| {
                Ok(match holds {
                    Holds::Int => Cell::Int(row.int(at)?),
                    Holds::Text => Cell::shown(row.text(at)?),
                })
            })
            .collect()
    }
}

/// A pattern for texts that contain `q`, whatever characters it has.
pub(super) fn like(q: &str) -> Cell {
    let mut pattern = String::from("%");
    // PostgreSQL has no text with this character.
    for c in super::super::rows::folded(q).chars().filter(|c| *c != '\0') {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern.push('%');
    Cell::text(pattern)
}
