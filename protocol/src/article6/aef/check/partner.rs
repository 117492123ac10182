//! This submission against a partner's: what one transferred, the other acquired. The Article 6 database compares the same
//! (6/CMA.4, Annex I, paragraph 39).

use super::super::Aef;
use super::super::table::Table;
use super::super::value::{ActionType, PartyCode};
use super::actions::sends;
use super::column::{BLOCK, FIRST};
use super::list::{HELD_BY_BOTH, NOT_ACQUIRED, NOT_TRANSFERRED, PARTNER_WRONG, TOTALS_DIFFER};
use super::span::{self, Index, Span};
use super::{Check, Place, Report, World};
use crate::serial::CooperativeApproachId;
use std::collections::BTreeMap;

pub(super) fn check(world: &World<'_>, report: &mut Report) {
    let Some(party) = world.party() else { return };
    for partner in world.partners {
        let theirs = partner.submission.party.get();
        let Some(other) = theirs.filter(|it| *it != party) else {
            wrong(party, report);
            continue;
        };
        if partner.submission.reported_year.get() != world.year() {
            wrong(party, report);
            continue;
        }
        let coarse = span::any_number([world.aef, partner].into_iter());
        let ours = Side::new(world.aef, other, coarse);
        let others = Side::new(partner, party, coarse);
        let ways = [
            (&ours.sent, &others.acquired, true),
            (&others.sent, &ours.acquired, false),
        ];
        for (sent, acquired, we_sent) in ways {
            totals((sent, acquired), (party, other), we_sent, report);
        }
        unmatched((&ours.sent, &others.acquired), other, &NOT_ACQUIRED, report);
        unmatched(
            (&ours.acquired, &others.sent),
            other,
            &NOT_TRANSFERRED,
            report,
        );
        held_by_both(world.aef, partner, coarse, other, report);
    }
}

fn wrong(party: PartyCode, report: &mut Report) {
    report.add(&PARTNER_WRONG, Place::cell(Table::Submission, 0, 0), || {
        format!("a submission was given as a partner's that is of {party} itself or of another year: give the other Party's for the same year")
    });
}

/// What one submission says about one partner.
struct Side<'a> {
    sent: Vec<Span<'a>>,
    acquired: Vec<Span<'a>>,
}

impl<'a> Side<'a> {
    fn new(aef: &'a Aef, partner: PartyCode, coarse: bool) -> Self {
        let (mut sent, mut acquired) = (Vec::new(), Vec::new());
        for span in span::actions(aef, coarse, true) {
            let Some(action) = span.action else { continue };
            let acquires = action.action_type.get() == Some(ActionType::Acquisition);
            if sends(action) && action.acquiring_party.get() == Some(partner) {
                sent.push(span);
            } else if acquires && action.transferring_party.get() == Some(partner) {
                acquired.push(span);
            }
        }
        Self { sent, acquired }
    }
}

/// Sums per cooperative approach and vintage.
fn sums(spans: &[Span<'_>]) -> BTreeMap<(Option<CooperativeApproachId>, Option<u16>), u128> {
    let mut sums = BTreeMap::new();
    for span in spans {
        let key = (
            span.block.cooperative_approach.get(),
            span.block.vintage.get(),
        );
        let quantity = span.block.quantity.get().map_or(0, |it| it.millionths());
        *sums.entry(key).or_default() += quantity;
    }
    sums
}

fn totals(
    (sent, acquired): (&[Span<'_>], &[Span<'_>]),
    (party, other): (PartyCode, PartyCode),
    we_sent: bool,
    report: &mut Report,
) {
    let (sent, acquired) = (sums(sent), sums(acquired));
    let keys: std::collections::BTreeSet<_> = sent.keys().chain(acquired.keys()).collect();
    for key in keys {
        let of = |sums: &BTreeMap<_, u128>| sums.get(key).copied().unwrap_or_default() / 1_000_000;
        let (gone, come) = (of(&sent), of(&acquired));
        if sent.get(key) == acquired.get(key) {
            continue;
        }
        report.add(&TOTALS_DIFFER, Place::table(Table::Actions), || {
            let (from, to) = if we_sent { (party, other) } else { (other, party) };
            let approach = key.0.map(|it| it.to_string()).unwrap_or_default();
            let vintage = key.1.map(|it| it.to_string()).unwrap_or_default();
            format!("under {approach}, vintage {vintage}, {from} transferred {gone} t CO2 eq and {to} acquired {come}: agree with {other} which is right")
        });
    }
}

fn unmatched(
    (mine, theirs): (&[Span<'_>], &[Span<'_>]),
    other: PartyCode,
    check: &'static Check,
    report: &mut Report,
) {
    let index = Index::new(theirs.iter().copied());
    // What one row of theirs holds may be several rows of ours, and the other way round: neighbours are joined first.
    let joined = joined(index.spans());
    for span in mine {
        let block = (span.series, span.first, span.last);
        let at = joined.partition_point(|it| (it.0, it.1) <= (span.series, span.first));
        let around = at.checked_sub(1).and_then(|at| joined.get(at));
        let covered = around.is_some_and(|it| it.0 == span.series && it.2 >= span.last);
        if covered {
            continue;
        }
        let place = Place::cell(Table::Actions, span.row, BLOCK + FIRST);
        report.add(check, place, || {
            let part = if index.hit(block).is_some() { "a part of " } else { "" };
            let (first, last, series) = (span.first, span.last, span.series);
            format!("{other} does not report {part}units {first} to {last} of {series}: agree with {other} which of the two submissions is right")
        });
    }
}

/// Sorted blocks, with neighbours and overlaps as one.
fn joined(spans: &[Span<'_>]) -> Vec<(span::Series, u64, u64)> {
    let mut joined: Vec<(span::Series, u64, u64)> = Vec::new();
    for span in spans {
        match joined.last_mut() {
            Some(last) if last.0 == span.series && span.first <= last.2.saturating_add(1) => {
                last.2 = last.2.max(span.last);
            }
            _ => joined.push((span.series, span.first, span.last)),
        }
    }
    joined
}

fn held_by_both(aef: &Aef, partner: &Aef, coarse: bool, other: PartyCode, report: &mut Report) {
    let index = Index::new(span::holdings(partner, coarse, false));
    for span in span::holdings(aef, coarse, true) {
        if let Some(theirs) = index.hit((span.series, span.first, span.last)) {
            let place = Place::cell(Table::Holdings, span.row, FIRST);
            report.add(&HELD_BY_BOTH, place, || {
                let (first, last) = (span.first.max(theirs.first), span.last.min(theirs.last));
                format!("{other} reports units {first} to {last} of {} as its holdings too: agree which of the two holds them", span.series)
            });
        }
    }
}
