//! One page of one list: an order, a filter that leads into an index, and filters that rows are held against on the way.

use super::cursor::{self, Holds};
use super::{Page, Window};
use crate::projection::ProjectionError;
use crate::projection::db::{Cell, Row};
use crate::projection::follow::Projection;

/// The most rows that one page looks at. A filter that hardly any row passes then gives short pages, not slow ones.
const LOOKED_AT_MAX: usize = 1000;

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
    leading: Vec<(&'static str, Cell)>,
    within: Vec<(&'static str, Vec<Cell>)>,
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
            leading: Vec::new(),
            within: Vec::new(),
            conditions: Vec::new(),
        }
    }

    /// Only rows of a part that another index finds, such as what belongs to somebody: rows outside it are not looked at, and
    /// do not count as looked at. Each `?` stands for a cell.
    pub(super) fn within(&mut self, condition: &'static str, cells: Option<Vec<Cell>>) {
        if let Some(cells) = cells {
            self.within.push((condition, cells));
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
        if self.leading.is_empty() {
            self.leading.push((column, cell));
        } else {
            self.conditions.push((equals, vec![cell]));
        }
    }

    /// Only rows with these values, found by an index of these columns together and the order; for a list that nothing leads
    /// into yet.
    pub(super) fn led_by_all<const N: usize>(&mut self, pairs: [(&'static str, Cell); N]) {
        self.leading.extend(pairs);
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
        let mut part = self.part(after.transpose()?, window.descending);
        let edge = if self.conditions.is_empty() {
            None
        } else {
            // The index has all that this asks for.
            let sql = format!(
                "SELECT {} {part} LIMIT 1 OFFSET {}",
                self.keys().join(", "),
                LOOKED_AT_MAX - 1
            );
            let edge = db.rows(sql, part.cells.clone()).await?;
            edge.first().map(|row| self.key(row, 0)).transpose()?
        };
        if let Some(edge) = &edge {
            part.up_to(edge.clone());
        }
        for (condition, cells) in &self.conditions {
            // Said so that no database takes it for the way in: the order and the limit are those of the leading index.
            part.only(&format!("({condition}) IS TRUE"), cells.clone());
        }
        let wanted = [self.columns, &self.keys()].concat().join(", ");
        let sql = format!("SELECT {wanted} {part} LIMIT {}", limit + 1);
        let mut rows = db.rows(sql, part.cells).await?;
        let is_cut = rows.len() > limit;
        rows.truncate(limit);
        let next = if is_cut {
            let last = rows.last().map(|row| self.key(row, self.columns.len()));
            last.transpose()?
        } else {
            edge
        };
        Ok(Page {
            items: rows.iter().map(read).collect::<Result<_, _>>()?,
            next: next.map(|key| cursor::write(self.order.name, key)),
            size,
        })
    }

    fn keys(&self) -> Vec<&'static str> {
        self.order.columns.iter().map(|(name, _)| *name).collect()
    }

    /// The rows after a place, as the index has them.
    fn part(&self, after: Option<Vec<Cell>>, descending: bool) -> Part {
        let mut part = Part {
            table: self.table,
            conditions: String::new(),
            cells: Vec::new(),
            order: self.keys(),
            descending,
        };
        for (column, cell) in &self.leading {
            part.only(&format!("{column} = ?"), vec![cell.clone()]);
        }
        for (condition, cells) in &self.within {
            part.only(condition, cells.clone());
        }
        if let Some(key) = after {
            let beyond = if descending { "<" } else { ">" };
            part.compared(beyond, key);
        }
        part
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

/// `FROM ... WHERE ... ORDER BY ...`, and its values.
struct Part {
    table: &'static str,
    conditions: String,
    cells: Vec<Cell>,
    order: Vec<&'static str>,
    descending: bool,
}

impl Part {
    /// Only rows for which this holds too; each `?` stands for a cell.
    fn only(&mut self, condition: &str, cells: Vec<Cell>) {
        let joint = if self.conditions.is_empty() {
            "WHERE "
        } else {
            " AND "
        };
        self.conditions.push_str(joint);
        let mut number = self.cells.len();
        for (place, part) in condition.split('?').enumerate() {
            if place > 0 {
                number += 1;
                self.conditions.push_str(&format!("${number}"));
            }
            self.conditions.push_str(part);
        }
        self.cells.extend(cells);
    }

    /// Only rows that lie before, at or behind a place in the order.
    fn compared(&mut self, how: &str, key: Vec<Cell>) {
        let places = vec!["?"; key.len()].join(", ");
        self.only(
            &format!("({}) {how} ({places})", self.order.join(", ")),
            key,
        );
    }

    /// Only rows up to a place in the order.
    fn up_to(&mut self, key: Vec<Cell>) {
        let until = if self.descending { ">=" } else { "<=" };
        self.compared(until, key);
    }
}

impl std::fmt::Display for Part {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let way = if self.descending { " DESC" } else { "" };
        let order: Vec<String> = self
            .order
            .iter()
            .map(|name| format!("{name}{way}"))
            .collect();
        write!(
            out,
            "FROM {} {} ORDER BY {}",
            self.table,
            self.conditions,
            order.join(", ")
        )
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
