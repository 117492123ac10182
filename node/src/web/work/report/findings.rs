//! What checks found, each with the rule that it comes from, its place, and the way to where it is mended.

use countersign_protocol::article6::aef::check::{Finding, Severity};
use countersign_protocol::article6::aef::{Aef, Cell, Table};
use countersign_protocol::party::Party;

use super::{SHOWN, table_name};
use crate::http::percent::encoded;
use crate::web::page::Page;

/// Something that a check found.
pub(super) struct Found {
    pub(super) is_error: bool,
    pub(super) check: &'static str,
    /// The paragraph that it comes from.
    pub(super) source: &'static str,
    pub(super) message: String,
    /// Where, in words, and the row's place in the tables.
    pub(super) place: String,
    pub(super) row: Option<String>,
    /// Where it is mended.
    pub(super) mend: Option<(String, String)>,
}

/// What findings are about.
pub(super) struct About<'a> {
    pub(super) page: &'a Page,
    pub(super) aef: &'a Aef,
    pub(super) own: Party,
    /// The address of the submission.
    pub(super) base: &'a str,
    pub(super) query: &'a str,
}

impl About<'_> {
    pub(super) fn found(&self, it: &Finding) -> Found {
        let place = it.place;
        let columns = place.table.columns();
        let column = place.column.and_then(|at| columns.get(at));
        let mut words = vec![table_name(self.page, place.table)];
        if let Some(row) = place.row {
            let row = u64::try_from(row + 1).unwrap_or(u64::MAX);
            words.push(self.page.t1("aef-row", "row", self.page.n(row)));
        }
        words.extend(column.map(|it| it.label.clone()));
        Found {
            is_error: it.check.severity == Severity::Error,
            check: it.check.id,
            source: it.check.source,
            message: it.message.clone(),
            place: words.join(" · "),
            row: place.row.map(|row| self.row(place.table, row)),
            mend: self.mend(it),
        }
    }

    /// The address of a row, on the part of its table that has it.
    fn row(&self, table: Table, row: usize) -> String {
        let Self { base, query, .. } = self;
        let from = row / SHOWN * SHOWN;
        let sign = if query.is_empty() { "?" } else { "&" };
        let part = if from == 0 {
            String::new()
        } else {
            format!("{sign}from={from}")
        };
        format!(
            "{base}/tables/{}{query}{part}#row-{}",
            table.number(),
            row + 1
        )
    }

    fn mend(&self, it: &Finding) -> Option<(String, String)> {
        let page = self.page;
        if it.check.id.starts_with("AEF-P-") {
            return Some((page.to("/work/report#kept"), page.t("mend-partner")));
        }
        let desk = "/work/authorisations";
        let authorisation = |column: usize| {
            let id = self.cell(it.place.table, it.place.row?, column)?;
            let path = format!("{desk}/{}/{}", self.own, encoded(&id));
            Some((page.to(&path), page.t1("mend-authorisation", "id", id)))
        };
        match it.place.table {
            // The years of the NDC are recorded; version and day are chosen with the freezing.
            Table::Submission if matches!(it.place.column, Some(6 | 7)) => {
                Some((page.to(&format!("{desk}#ndcs")), page.t("mend-ndc")))
            }
            Table::Submission => Some((format!("{}#freeze", self.base), page.t("studio-freeze"))),
            Table::Authorisations => authorisation(0),
            // Blocks: their authorisation stands in the second column of a block.
            Table::Actions => authorisation(4),
            Table::Holdings => authorisation(1),
            Table::Entities => Some((page.to(&format!("{desk}#entities")), page.t("mend-entity"))),
        }
    }

    fn cell(&self, table: Table, row: usize, column: usize) -> Option<String> {
        let cells = self.aef.cells(table, row)?;
        let text = Cell::text(*cells.get(column)?).into_owned();
        (!text.is_empty() && text != "NA").then_some(text)
    }
}
