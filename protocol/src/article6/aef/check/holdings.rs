//! Table 4: disjoint, without what is gone, and what the year's actions leave.

use super::super::nomenclature::words;
use super::super::table::Table;
use super::super::value::ActionType;
use super::actions::sends;
use super::chain::is_final;
use super::column::FIRST;
use super::list::{
    HELD_AFTER_FINAL, HELD_AFTER_TRANSFER, HOLDINGS_EXTRA, HOLDINGS_MISSING, HOLDINGS_OVERLAP,
};
use super::span::{self, Index, Series, Span};
use super::{Place, Report, World};
use std::collections::BTreeMap;

pub(super) fn check(world: &World<'_>, report: &mut Report) {
    let coarse = span::any_number(world.own());
    let held: Vec<Span<'_>> = span::holdings(world.aef, coarse, true).collect();
    let actions: Vec<Span<'_>> = world
        .own()
        .flat_map(|aef| span::actions(aef, coarse, world.is_this(aef)))
        .collect();
    for (span, other) in Index::new(held.iter().copied()).overlaps() {
        report.add(&HOLDINGS_OVERLAP, cell(span), || {
            let (first, last) = (span.first.max(other.first), span.last.min(other.last));
            format!(
                "units {first} to {last} of {} stand in {} already: correct one of the blocks",
                span.series,
                other.place()
            )
        });
    }
    gone(&held, &actions, report);
    balance(world, (&held, &actions), coarse, report);
}

fn cell(span: &Span<'_>) -> Place {
    Place::cell(Table::Holdings, span.row, FIRST)
}

/// What was used or cancelled, or went away and did not come back, is not held.
fn gone(held: &[Span<'_>], actions: &[Span<'_>], report: &mut Report) {
    let of = |test: &dyn Fn(&Span<'_>) -> bool| {
        Index::new(actions.iter().copied().filter(|it| test(it)))
    };
    let finals = of(&|it| it.action.is_some_and(is_final));
    let sent = of(&|it| it.action.is_some_and(sends));
    let acquired = of(&|it| {
        it.action
            .is_some_and(|it| it.action_type.get() == Some(ActionType::Acquisition))
    });
    for span in held {
        let block = (span.series, span.first, span.last);
        if let Some(other) = finals.hit(block) {
            report.add(&HELD_AFTER_FINAL, cell(span), || {
                let (first, last) = (span.first.max(other.first), span.last.min(other.last));
                format!("units {first} to {last} of {} were used or cancelled in {}: take them out of the holdings, or correct that row", span.series, other.place())
            });
        }
        if let Some(other) = sent.hit(block).filter(|_| acquired.hit(block).is_none()) {
            report.add(&HELD_AFTER_TRANSFER, cell(span), || {
                let (first, last) = (span.first.max(other.first), span.last.min(other.last));
                format!("units {first} to {last} of {} went to another Party in {}: take them out of the holdings, or report how they came back", span.series, other.place())
            });
        }
    }
}

/// What an action of the year does to the holdings: +1 in, -1 out.
fn effect(span: &Span<'_>) -> i64 {
    let Some(action) = span.action else { return 0 };
    match action.action_type.get() {
        Some(ActionType::Acquisition) => 1,
        Some(ActionType::FirstTransfer) => {
            let word = action.subtype.value().map(String::as_str);
            let stays = matches!(word, Some(words::AUTHORIZATION | words::ISSUANCE));
            i64::from(stays && action.acquiring_party.is_empty())
        }
        Some(ActionType::Transfer) => -1,
        Some(kind) if kind.is_final() => -1,
        _ => 0,
    }
}

/// Where the sums change: at a number of a series, by so much expected and so much held.
type Steps = BTreeMap<(Series, u64), (i64, i64)>;

/// Holdings of the year before, plus what came, less what went, against what is held. Only where the submission for the year
/// before was given.
fn balance(
    world: &World<'_>,
    (held, actions): (&[Span<'_>], &[Span<'_>]),
    coarse: bool,
    report: &mut Report,
) {
    let before = |year: u16| {
        let mut past = world.past.iter();
        past.find(|it| {
            it.submission
                .reported_year
                .get()
                .is_some_and(|it| it.checked_add(1) == Some(year))
        })
    };
    let Some(before) = world.year().and_then(before) else {
        return;
    };
    let mut steps = Steps::new();
    let mut step = |span: &Span<'_>, (expected, held): (i64, i64)| {
        for (at, sign) in [(span.first, 1), (span.last.saturating_add(1), -1)] {
            let entry = steps.entry((span.series, at)).or_default();
            *entry = (entry.0 + sign * expected, entry.1 + sign * held);
        }
    };
    for span in span::holdings(before, coarse, false) {
        step(&span, (1, 0));
    }
    for span in actions.iter().filter(|it| it.here) {
        step(span, (effect(span), 0));
    }
    for span in held {
        step(span, (0, 1));
    }
    let index = Index::new(held.iter().copied());
    let (mut expected, mut holds) = (0_i64, 0_i64);
    let ends: Vec<_> = steps
        .keys()
        .skip(1)
        .copied()
        .map(Some)
        .chain([None])
        .collect();
    for (((series, first), change), next) in steps.into_iter().zip(ends) {
        expected += change.0;
        holds += change.1;
        let Some((_, after)) = next.filter(|(other, _)| *other == series) else {
            continue;
        };
        let last = after - 1;
        match (expected > 0, holds > 0) {
            (true, false) => report.add(&HOLDINGS_MISSING, Place::table(Table::Holdings), || {
                format!("units {first} to {last} of {series} were held or came here and did not leave: add them to the holdings, or report what became of them")
            }),
            (false, true) => {
                let row = index.hit((series, first, last));
                let place = row.map_or(Place::table(Table::Holdings), cell);
                report.add(&HOLDINGS_EXTRA, place, || {
                    format!("units {first} to {last} of {series} were not held the year before and no action brought them here: report how they came, or take them out")
                });
            }
            _ => {}
        }
    }
}
