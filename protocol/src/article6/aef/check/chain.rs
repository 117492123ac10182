//! Table 3 across its rows and years: what happens to an ITMO in which order, and how much of an authorisation is gone.

use super::super::nomenclature::words;
use super::super::row::Action;
use super::super::table::Table;
use super::super::value::{ActionType, CarpCell, Cell, Decimal};
use super::authorisations::differ;
use super::column::{AUTHORISATION, BLOCK, DATE, FIRST, METRIC, MITIGATION, QUANTITY};
use super::list::{
    ABOVE_AUTHORISED, AFTER_FINAL, BEFORE_FIRST_TRANSFER, BLOCK_CHANGES, FINAL_TWICE,
    FIRST_TRANSFER_TWICE, USED_INCONSISTENT,
};
use super::span::{self, Index, Span};
use super::{Place, Report, World};
use crate::period::Day;
use std::collections::BTreeMap;

pub(super) fn check(world: &World<'_>, report: &mut Report) {
    let coarse = span::any_number(world.own());
    let spans: Vec<Span<'_>> = world
        .own()
        .flat_map(|aef| span::actions(aef, coarse, world.is_this(aef)))
        .collect();
    let of = |test: fn(&Action) -> bool| {
        Index::new(
            spans
                .iter()
                .copied()
                .filter(move |it| it.action.is_some_and(test)),
        )
    };
    let first_transfers = of(|it| it.action_type.get() == Some(ActionType::FirstTransfer));
    let finals = of(is_final);
    twice(
        &first_transfers,
        &FIRST_TRANSFER_TWICE,
        "first transferred",
        report,
    );
    twice(&finals, &FINAL_TWICE, "used or cancelled", report);
    for it in spans.iter().filter(|it| it.here) {
        order(it, &first_transfers, &finals, report);
    }
    changes(spans.iter().copied(), report);
    inconsistent(&spans, report);
    above_authorised(world, report);
}

/// Whether the ITMOs of the action are gone for ever. A first transfer that is a cancellation or use is both.
pub(super) fn is_final(action: &Action) -> bool {
    match action.action_type.get() {
        Some(ActionType::FirstTransfer) => {
            let word = action.subtype.value().map(String::as_str);
            matches!(
                word,
                Some(words::MANDATORY_OMGE | words::VOLUNTARY_OMGE | words::OTHER_CANCELLATIONS)
            )
        }
        Some(kind) => kind.is_final(),
        None => false,
    }
}

fn cell(span: &Span<'_>, column: usize) -> Place {
    Place::cell(Table::Actions, span.row, column)
}

fn twice(index: &Index<'_>, check: &'static super::Check, what: &str, report: &mut Report) {
    for (span, other) in index.overlaps() {
        report.add(check, cell(span, BLOCK + FIRST), || {
            let first = span.first.max(other.first);
            let last = span.last.min(other.last);
            format!("units {first} to {last} of {} are {what} in {} already: it happens once to an ITMO, so correct one of the blocks", span.series, other.place())
        });
    }
}

/// The first transfer comes first, and nothing comes after the end.
fn order(span: &Span<'_>, first_transfers: &Index<'_>, finals: &Index<'_>, report: &mut Report) {
    let (Some(day), Some(kind)) = (span.day(), span.action.and_then(|it| it.action_type.get()))
    else {
        return;
    };
    let block = (span.series, span.first, span.last);
    let moves = kind == ActionType::Transfer || kind.is_final();
    if moves
        && let Some(other) = first_transfers.hit(block)
        && other.day().is_some_and(|first| day < first)
    {
        report.add(&BEFORE_FIRST_TRANSFER, cell(span, DATE), || {
            format!("the action of {day} is before the first transfer of its ITMOs in {}: correct one of the dates or blocks", other.place())
        });
    }
    let still_moves = matches!(
        kind,
        ActionType::Transfer | ActionType::Acquisition | ActionType::FirstTransfer
    );
    if still_moves
        && let Some(other) = finals.hit(block)
        && (other.row, other.year) != (span.row, span.year)
        && other.day().is_some_and(|end| day > end)
    {
        report.add(&AFTER_FINAL, cell(span, DATE), || {
            format!("its ITMOs were used or cancelled in {} before: nothing can happen to them afterwards, so correct one of the blocks", other.place())
        });
    }
}

/// An ITMO keeps its authorisation, metric and mitigation type.
fn changes<'a>(spans: impl Iterator<Item = Span<'a>>, report: &mut Report) {
    for (span, other) in Index::new(spans).overlaps() {
        let (one, two) = (span.block, other.block);
        let found = [
            (
                AUTHORISATION,
                "authorisation",
                differ(&one.authorisation, &two.authorisation),
            ),
            (METRIC, "metric", differ(&one.metric, &two.metric)),
            (
                MITIGATION,
                "mitigation type",
                differ(&one.mitigation_type, &two.mitigation_type),
            ),
        ];
        for (column, what, _) in found.into_iter().filter(|(.., differs)| *differs) {
            report.add(&BLOCK_CHANGES, cell(span, BLOCK + column), || {
                format!("some of these ITMOs have another {what} in {}: an ITMO keeps it for ever, so correct one of the rows", other.place())
            });
        }
    }
}

/// Parties are asked not to use what a consistency check found inconsistent (4/CMA.6, paragraph 40).
fn inconsistent(spans: &[Span<'_>], report: &mut Report) {
    let bad = |it: &&Span<'_>| {
        let result = it.action.map(|it| &it.consistency_result);
        !it.here && result.is_some_and(|it: &CarpCell| it.text() == words::INCONSISTENT)
    };
    let bad = Index::new(spans.iter().filter(bad).copied());
    if bad.is_empty() {
        return;
    }
    let uses = spans.iter().filter(|it| {
        it.here
            && it
                .action
                .is_some_and(|it| it.action_type.get() == Some(ActionType::Use))
    });
    for span in uses {
        if let Some(other) = bad.hit((span.series, span.first, span.last)) {
            report.add(&USED_INCONSISTENT, cell(span, BLOCK + FIRST), || {
                format!("the consistency check found {} inconsistent: Parties are asked not to use these ITMOs towards their NDC before that is mended", other.place())
            });
        }
    }
}

/// Cumulative first transfers never exceed what the newest version of the authorisation allows.
fn above_authorised(world: &World<'_>, report: &mut Report) {
    let mut rows = BTreeMap::<&str, Vec<(Option<Day>, Option<usize>, Decimal)>>::new();
    for aef in world.own() {
        for (row, action) in aef.actions.iter().enumerate() {
            let first = action.action_type.get() == Some(ActionType::FirstTransfer);
            let quantity = action.block.quantity.get();
            if let (true, Some(id), Some(quantity)) =
                (first, action.block.authorisation.value(), quantity)
            {
                let day = action.date.get().map(|it| it.day());
                let here = world.is_this(aef).then_some(row);
                rows.entry(id).or_default().push((day, here, quantity));
            }
        }
    }
    for (id, mut rows) in rows {
        let versions = world.authorisations.versions(id);
        let newest = versions.iter().max_by_key(|it| it.version.get());
        let Some(allowed) = newest.and_then(|it| it.quantity.get()) else {
            continue;
        };
        rows.sort_by_key(|(day, row, _)| (*day, *row));
        let mut sum: u128 = 0;
        for (_, row, quantity) in rows {
            // No overflow: 2^43 rows of the largest quantity would be needed.
            sum += quantity.millionths();
            if let Some(row) = row.filter(|_| sum > allowed.millionths()) {
                let place = Place::cell(Table::Actions, row, BLOCK + QUANTITY);
                report.add(&ABOVE_AUTHORISED, place, || {
                    let sum = sum.div_ceil(1_000_000);
                    format!("with this row {sum} are first transferred under authorisation {id}, which allows {allowed}: correct the row, or report the version that allows more")
                });
                break;
            }
        }
    }
}
