//! Uses and cancellations: for what, by whom, in which years.

use super::super::nomenclature::{purposes, words};
use super::super::row::{Action, Authorisation};
use super::super::table::Table;
use super::super::value::{ActionType, Timeframe};
use super::column::{BLOCK, DATE, PURPOSE, USE_YEAR, USING_ENTITY, USING_PARTY, VINTAGE};
use super::list::{
    AFTER_TIMEFRAME, AFTER_YEARS, PURPOSE_NOT_AUTHORISED, USE_WITHOUT_AIM, USE_YEAR_EXTRA,
    USE_YEAR_OUTSIDE, USER_MISSING, USER_NOT_AUTHORISED, USER_NOT_LISTED, VINTAGE_OUTSIDE_NDC,
};
use super::{Place, Report, World};

pub(super) fn check(world: &World<'_>, report: &mut Report) {
    for (row, action) in world.aef.actions.iter().enumerate() {
        let at = |column| Place::cell(Table::Actions, row, column);
        check_years(world, action, &at, report);
        let kind = action.action_type.get();
        let first_by_use = kind == Some(ActionType::FirstTransfer)
            && action
                .subtype
                .value()
                .is_some_and(|it| it == words::USE_OR_CANCELLATION);
        if first_by_use || kind.is_some_and(ActionType::is_final) {
            check_user(world, action, &at, report);
        }
        // A voluntary cancellation is for no purpose that anybody was authorised for.
        if first_by_use || matches!(kind, Some(ActionType::Use | ActionType::Cancellation)) {
            check_authorised(world, action, &at, report);
        }
    }
}

/// Whether the row is a use towards an NDC.
fn towards_ndc(action: &Action) -> bool {
    action.action_type.get() == Some(ActionType::Use)
        && (!action.use_year.is_empty()
            || action.purpose.value().is_some_and(|it| it == words::NDC))
}

fn check_years(
    world: &World<'_>,
    action: &Action,
    at: &dyn Fn(usize) -> Place,
    report: &mut Report,
) {
    let is_use = action.action_type.get() == Some(ActionType::Use);
    if is_use
        && action.use_year.is_empty()
        && action.purpose.value().is_none_or(|it| it == words::NDC)
    {
        report.add(&USE_WITHOUT_AIM, at(USE_YEAR), || {
            "a use is towards an NDC, and then has a calendar year, or for another purpose, and then names it: fill one of the two".to_owned()
        });
    }
    if !is_use && action.action_type.get().is_some() && !action.use_year.is_empty() {
        report.add(&USE_YEAR_EXTRA, at(USE_YEAR), || {
            "only a use towards an NDC has a calendar year of use: write NA".to_owned()
        });
    }
    let it = &world.aef.submission;
    let (Some(first), Some(last)) = (it.ndc_first_year.get(), it.ndc_last_year.get()) else {
        return;
    };
    if !towards_ndc(action) {
        return;
    }
    let outside = |year: &u16| !(first..=last).contains(year);
    if let Some(year) = action.use_year.get().filter(outside) {
        report.add(&USE_YEAR_OUTSIDE, at(USE_YEAR), || {
            format!("the year of use {year} is outside the NDC implementation period {first} to {last} of Table 1: correct one of them")
        });
    }
    if let Some(vintage) = action.block.vintage.get().filter(outside) {
        report.add(&VINTAGE_OUTSIDE_NDC, at(BLOCK + VINTAGE), || {
            format!("ITMOs of {vintage} are used towards the NDC of {first} to {last}: ITMOs are used within the NDC implementation period of their vintage")
        });
    }
}

fn check_user(
    world: &World<'_>,
    action: &Action,
    at: &dyn Fn(usize) -> Place,
    report: &mut Report,
) {
    if action.using_party.is_empty() && action.using_entity.is_empty() {
        report.add(&USER_MISSING, at(USING_PARTY), || {
            "a use or cancellation says by which Party or authorised entity: fill one of the two cells".to_owned()
        });
    }
    if let Some(entity) = action
        .using_entity
        .value()
        .filter(|it| !world.authorisations.entities.contains(it.as_str()))
    {
        report.add(&USER_NOT_LISTED, at(USING_ENTITY), || {
            format!("the entity {entity:?} is not in Table 5 of this or an earlier year: add it there, or correct its number")
        });
    }
}

fn check_authorised(
    world: &World<'_>,
    action: &Action,
    at: &dyn Fn(usize) -> Place,
    report: &mut Report,
) {
    let id = action.block.authorisation.value();
    let versions = id.map_or(&[][..], |id| world.authorisations.versions(id));
    let (Some(id), false) = (id, versions.is_empty()) else {
        return;
    };
    check_purpose(action, (id, versions), at, report);
    if let Some(party) = action.using_party.get() {
        let refuses = |it: &&Authorisation| it.parties.value().is_some_and(|it| !it.include(party));
        if versions.iter().all(refuses) {
            report.add(&USER_NOT_AUTHORISED, at(USING_PARTY), || {
                format!(
                    "{party} is not among the Parties of authorisation {id}: correct one of them"
                )
            });
        }
    }
    if let Some(entity) = action.using_entity.value() {
        let refuses =
            |it: &&Authorisation| it.entities.value().is_some_and(|it| !it.0.contains(entity));
        if versions.iter().all(refuses) {
            report.add(&USER_NOT_AUTHORISED, at(USING_ENTITY), || {
                format!("the entity {entity:?} is not among those of authorisation {id}: correct one of them")
            });
        }
    }
    check_timeframe(action, (id, versions), at, report);
}

/// A timeframe in years may be about the occurrence alone, as where nobody set a last day of use.
fn check_timeframe(
    action: &Action,
    (id, versions): (&str, &[&Authorisation]),
    at: &dyn Fn(usize) -> Place,
    report: &mut Report,
) {
    let Some(day) = action.date.get().map(|it| it.day()) else {
        return;
    };
    let outside = |it: &&Authorisation| {
        let days = it.timeframe.get().map(Timeframe::used);
        days.is_some_and(|(first, last)| day < first || day > last)
    };
    if !versions.iter().all(outside) {
        return;
    }
    let in_years = |it: &&Authorisation| matches!(it.timeframe.get(), Some(Timeframe::Years(..)));
    let check = if versions.iter().any(in_years) {
        &AFTER_YEARS
    } else {
        &AFTER_TIMEFRAME
    };
    report.add(check, at(DATE), || {
        format!("the use of {day} is outside the timeframe of authorisation {id}: correct one of them, or say there until when ITMOs may be used")
    });
}

/// What the ITMOs are used for is among what they are authorised for: all parts of it.
fn check_purpose(
    action: &Action,
    (id, versions): (&str, &[&Authorisation]),
    at: &dyn Fn(usize) -> Place,
    report: &mut Report,
) {
    let (word, column) = if towards_ndc(action) {
        (words::NDC, USE_YEAR)
    } else if let Some(word) = action.purpose.value() {
        (word.as_str(), PURPOSE)
    } else {
        return;
    };
    let asked = purposes(word);
    let allows = |it: &&Authorisation| {
        let given = it.purposes.value().map_or(&[][..], |code| purposes(code));
        // OIMP names one of its parts without saying which, so one in common is enough.
        given.is_empty() || asked.is_empty() || asked.iter().any(|part| given.contains(part))
    };
    if !versions.iter().any(allows) {
        report.add(&PURPOSE_NOT_AUTHORISED, at(column), || {
            let given = versions.iter().rev().find_map(|it| it.purposes.value());
            format!("the ITMOs are used for {word}, and authorisation {id} is for {}: correct the row, or report the changed authorisation", given.map_or("", String::as_str))
        });
    }
}
