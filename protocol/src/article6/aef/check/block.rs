//! What Tables 3 and 4 say about a block: its ends, its quantity, its authorisation.

use super::super::row::{Authorisation, ItmoBlock};
use super::super::table::Table;
use super::super::value::{Metric, Uid, UnitId};
use super::authorisations::differ;
use super::column::{
    APPROACH, AUTHORISATION, BLOCK, FIRST, FIRST_UNIT, LAST, LAST_UNIT, METRIC, NON_GHG_METRIC,
    QUANTITY, QUANTITY_NON_GHG, REGISTRY, VINTAGE,
};
use super::list::{
    APPROACH_DIFFERS, AUTHORISATION_FOREIGN, AUTHORISATION_UNKNOWN, BLOCK_BACKWARDS, BLOCK_GHG,
    BLOCK_NON_GHG, ENDS_DIFFER, ID_DISAGREES, ID_FORMS, METRIC_DIFFERS, QUANTITY_DIFFERS,
    REGISTRY_FOREIGN, UNITS_HALF, VINTAGE_EARLY, VINTAGE_LATE, VINTAGE_OUTSIDE,
};
use super::{Place, Report, World};

/// The first vintage of an ITMO.
const VINTAGE_MIN: u16 = 2021;

pub(super) fn check(world: &World<'_>, report: &mut Report) {
    let actions = world.aef.actions.iter().map(|row| &row.block);
    let holdings = world.aef.holdings.iter();
    check_table(world, actions.enumerate(), (Table::Actions, BLOCK), report);
    check_table(world, holdings.enumerate(), (Table::Holdings, 0), report);
}

fn check_table<'a>(
    world: &World<'_>,
    blocks: impl Iterator<Item = (usize, &'a ItmoBlock)>,
    (table, offset): (Table, usize),
    report: &mut Report,
) {
    let mut form = None;
    for (row, block) in blocks {
        let at = |column: usize| Place::cell(table, row, offset + column);
        check_ends(block, &at, report);
        check_form(block, &mut form, at(FIRST), report);
        check_quantity(block, &at, report);
        check_vintage(world, block, at(VINTAGE), report);
        check_units(block, &at, report);
        check_registry(world, block, at(REGISTRY), report);
        check_authorisation(world, block, &at, report);
    }
}

fn check_ends(block: &ItmoBlock, at: &dyn Fn(usize) -> Place, report: &mut Report) {
    let (Some(first), Some(last)) = (block.first_id.get(), block.last_id.get()) else {
        return;
    };
    if last.number() < first.number() {
        report.add(&BLOCK_BACKWARDS, at(LAST), || {
            let (first, last) = (first.number(), last.number());
            format!("the last ID has the number {last} and the first {first}: give the smaller number first")
        });
    }
    if let (UnitId::Full(first), UnitId::Full(last)) = (first, last) {
        let same = Uid {
            number: last.number,
            ..first
        } == last;
        if !same {
            report.add(&ENDS_DIFFER, at(LAST), || {
                format!("{last} is of another series than {first}: a block has one cooperative approach, registry, Party and vintage, so give each series its own row")
            });
        }
    }
    for (id, column) in [(first, FIRST), (last, LAST)] {
        if let Some(uid) = id.full() {
            check_uid(block, uid, at(column), report);
        }
    }
}

/// The elements of a whole ID against the cells beside it. The registry is not among them: an ID names the registry that
/// minted it, the cell the one in which the block is tracked.
fn check_uid(block: &ItmoBlock, uid: Uid, place: Place, report: &mut Report) {
    let mut disagrees = |what: &str, cell: Option<String>, in_id: String| {
        if let Some(cell) = cell.filter(|cell| *cell != in_id) {
            report.add(&ID_DISAGREES, place, || {
                format!("{uid} names the {what} {in_id}, and the cell of the row {cell}: correct the one that is wrong")
            });
        }
    };
    let approach = block.cooperative_approach.get().map(|it| it.to_string());
    disagrees(
        "cooperative approach",
        approach,
        uid.cooperative_approach.to_string(),
    );
    let party = block
        .first_transferring_party
        .get()
        .map(|it| it.to_string());
    disagrees(
        "first transferring Party",
        party,
        uid.first_transferring_party.to_string(),
    );
    let vintage = block.vintage.get().map(|it| it.to_string());
    disagrees("vintage", vintage, uid.vintage.to_string());
}

/// Whole IDs or numbers, but not both in one table.
fn check_form(block: &ItmoBlock, form: &mut Option<bool>, place: Place, report: &mut Report) {
    for id in [block.first_id.get(), block.last_id.get()]
        .into_iter()
        .flatten()
    {
        let full = id.full().is_some();
        if *form.get_or_insert(full) != full {
            report.add(&ID_FORMS, place, || {
                "other rows write IDs in another form: write all as whole IDs, or all as numbers".to_owned()
            });
            return;
        }
    }
}

fn check_quantity(block: &ItmoBlock, at: &dyn Fn(usize) -> Place, report: &mut Report) {
    match block.metric.get() {
        Some(Metric::Ghg) => {
            for (column, empty) in [
                (NON_GHG_METRIC, block.non_ghg_metric.is_empty()),
                (QUANTITY_NON_GHG, block.quantity_non_ghg.is_empty()),
            ] {
                if !empty {
                    report.add(&BLOCK_GHG, at(column), || {
                        "the metric is GHG: write NA, or correct the metric".to_owned()
                    });
                }
            }
        }
        Some(Metric::NonGhg) => {
            for (column, empty) in [
                (NON_GHG_METRIC, block.non_ghg_metric.is_empty()),
                (QUANTITY_NON_GHG, block.quantity_non_ghg.is_empty()),
            ] {
                if empty {
                    report.add(&BLOCK_NON_GHG, at(column), || {
                        "the metric is non-GHG: name it and give the quantity in it".to_owned()
                    });
                }
            }
            return;
        }
        None => {}
    }
    let (Some(first), Some(last)) = (block.first_id.get(), block.last_id.get()) else {
        return;
    };
    let length = last
        .number()
        .checked_sub(first.number())
        .and_then(|it| it.checked_add(1));
    if let (Some(length), Some(quantity)) = (length, block.quantity.get())
        && quantity != length.into()
    {
        report.add(&QUANTITY_DIFFERS, at(QUANTITY), || {
            format!("the quantity is {quantity}, and {} to {} are {length} units of one tonne: correct the quantity or an end of the block", first.number(), last.number())
        });
    }
}

fn check_vintage(world: &World<'_>, block: &ItmoBlock, place: Place, report: &mut Report) {
    let Some(vintage) = block.vintage.get() else {
        return;
    };
    if vintage < VINTAGE_MIN {
        report.add(&VINTAGE_EARLY, place, || {
            format!("the vintage {vintage} is before {VINTAGE_MIN}: ITMOs represent mitigation from 2021 on")
        });
    }
    if let Some(year) = world.year().filter(|year| vintage > *year) {
        report.add(&VINTAGE_LATE, place, || {
            format!("the vintage {vintage} is after the reported year {year}: the mitigation had not occurred yet")
        });
    }
}

fn check_units(block: &ItmoBlock, at: &dyn Fn(usize) -> Place, report: &mut Report) {
    let ends = [block.first_unit.is_empty(), block.last_unit.is_empty()];
    let column = match ends {
        [true, false] => FIRST_UNIT,
        [false, true] => LAST_UNIT,
        _ => return,
    };
    report.add(&UNITS_HALF, at(column), || {
        "only one end of the underlying units is given: give both, or NA for both".to_owned()
    });
}

fn check_registry(world: &World<'_>, block: &ItmoBlock, place: Place, report: &mut Report) {
    let registry = block.registry.get();
    if let (Some(registry), Some(party)) = (registry, world.party())
        && registry.party() != party
    {
        report.add(&REGISTRY_FOREIGN, place, || {
            format!("{registry} is no registry of {party}: give the registry in which {party} tracks the block")
        });
    }
}

fn check_authorisation(
    world: &World<'_>,
    block: &ItmoBlock,
    at: &dyn Fn(usize) -> Place,
    report: &mut Report,
) {
    let Some(id) = block.authorisation.value() else {
        return;
    };
    let versions = world.authorisations.versions(id);
    if versions.is_empty() {
        let of_other = differ(&block.first_transferring_party, &world.aef.submission.party);
        if of_other {
            let party = block
                .first_transferring_party
                .get()
                .map(|it| it.to_string());
            report.add(&AUTHORISATION_FOREIGN, at(AUTHORISATION), || {
                format!("the authorisation {id:?} is not in Table 2: where it is of {}, give its submission with --partner", party.unwrap_or_default())
            });
        } else {
            report.add(&AUTHORISATION_UNKNOWN, at(AUTHORISATION), || {
                format!("the authorisation {id:?} is not in Table 2 of this or an earlier year: add it there, correct the ID, or give the earlier submission with --previous")
            });
        }
        return;
    }
    let agrees =
        |it: &&&Authorisation| !differ(&it.cooperative_approach, &block.cooperative_approach);
    if !versions.iter().any(|it| agrees(&it)) {
        report.add(&APPROACH_DIFFERS, at(APPROACH), || {
            format!("authorisation {id} is under another cooperative approach: correct one of them")
        });
    }
    if versions.iter().all(|it| differ(&it.metric, &block.metric)) {
        report.add(&METRIC_DIFFERS, at(METRIC), || {
            format!("authorisation {id} is in another metric: correct one of them")
        });
    }
    if let Some(vintage) = block.vintage.get() {
        let outside = |it: &&Authorisation| {
            let days = it.timeframe.get().map(|it| it.occurred());
            days.is_some_and(|(first, last)| vintage < first.year() || vintage > last.year())
        };
        if versions.iter().all(outside) {
            report.add(&VINTAGE_OUTSIDE, at(VINTAGE), || {
                format!("the vintage {vintage} is outside the timeframe of authorisation {id}: correct one of them")
            });
        }
    }
}
