//! Table 3, row by row: dates, subtypes, who gives and who gets.

use super::super::nomenclature::{Found, Nomenclature, purposes, words};
use super::super::row::{Action, Authorisation};
use super::super::table::Table;
use super::super::value::ActionType;
use super::authorisations::{differ, has_other_purpose};
use super::column::{ACQUIRING, BLOCK, DATE, FIRST_TRANSFERRING, SUBTYPE, TRANSFERRING};
use super::list::{
    ACQUIRER_NOT_AUTHORISED, ACQUIRING_EXTRA, ACQUIRING_MISSING, BEFORE_AUTHORISATION,
    DEFINITION_NOT_MET, FIRST_TRANSFER_FOREIGN, OUTSIDE_YEAR, PARTNER_IS_SELF, SUBTYPE_DOUBTFUL,
    SUBTYPE_WRONG, TRANSFERRING_EXTRA, TRANSFERRING_MISSING,
};
use super::{Place, Report, World};

pub(super) fn check(world: &World<'_>, report: &mut Report) {
    for (row, action) in world.aef.actions.iter().enumerate() {
        let at = |column| Place::cell(Table::Actions, row, column);
        check_date(world, action, at(DATE), report);
        check_subtype(world, action, at(SUBTYPE), report);
        check_partners(world, action, &at, report);
        check_first_transfer(world, action, &at, report);
    }
}

fn versions<'a>(world: &World<'a>, action: &Action) -> Vec<&'a Authorisation> {
    let id = action.block.authorisation.value();
    id.map_or(Vec::new(), |id| world.authorisations.versions(id).to_vec())
}

fn check_date(world: &World<'_>, action: &Action, place: Place, report: &mut Report) {
    let Some(day) = action.date.get().map(|it| it.day()) else {
        return;
    };
    if let Some(year) = world.year().filter(|year| day.year() != *year) {
        report.add(&OUTSIDE_YEAR, place, || {
            format!("the action of {day} is not of the reported year {year}: it belongs into the submission for {}", day.year())
        });
    }
    let dates = versions(world, action)
        .into_iter()
        .filter_map(|it| it.date.get());
    if let Some(authorised) = dates.min().filter(|first| day < *first) {
        report.add(&BEFORE_AUTHORISATION, place, || {
            format!("the action of {day} is before its authorisation of {authorised}: correct one of the dates")
        });
    }
}

fn check_subtype(world: &World<'_>, action: &Action, place: Place, report: &mut Report) {
    let (Some(kind), Some(word)) = (action.action_type.get(), action.subtype.value()) else {
        return;
    };
    let Some(code) = Nomenclature::find("action-subtype", word).map(Found::code) else {
        return;
    };
    let kind = kind.code();
    if code.types.is_empty() || code.types.iter().any(|it| it == kind) {
        return;
    }
    let doubtful = code.doubtful_types.iter().any(|it| it == kind);
    if doubtful && world.switches.adaptation_fund_first_transfer {
        report.add(&SUBTYPE_DOUBTFUL, place, || {
            format!("{word:?} is a first transfer after 4/CMA.6 and a Transfer in the list of nomenclatures: the sources disagree, so ask the secretariat")
        });
    } else {
        report.add(&SUBTYPE_WRONG, place, || {
            format!(
                "the subtype {word:?} does not belong to the action type {kind:?}: it goes with {}",
                code.types.join(", ")
            )
        });
    }
}

/// Whether the action sends ITMOs to another Party.
pub(super) fn sends(action: &Action) -> bool {
    match action.action_type.get() {
        Some(ActionType::FirstTransfer) => {
            let word = action.subtype.value().map(String::as_str);
            word.is_none_or(|it| it == words::TO_ANOTHER_PARTY)
                || !action.acquiring_party.is_empty()
        }
        Some(ActionType::Transfer) => !to_adaptation_fund(action),
        _ => false,
    }
}

/// Whether the action is a share for the Adaptation Fund, which is no Party.
fn to_adaptation_fund(action: &Action) -> bool {
    let word = action.subtype.value();
    word.is_some_and(|it| {
        [words::MANDATORY_ADAPTATION, words::VOLUNTARY_ADAPTATION].contains(&it.as_str())
    })
}

fn check_partners(
    world: &World<'_>,
    action: &Action,
    at: &dyn Fn(usize) -> Place,
    report: &mut Report,
) {
    let Some(kind) = action.action_type.get() else {
        return;
    };
    let acquires = kind == ActionType::Acquisition;
    if acquires && action.transferring_party.is_empty() {
        report.add(&TRANSFERRING_MISSING, at(TRANSFERRING), || {
            "an acquisition names the Party that the ITMOs came from: write its three letters"
                .to_owned()
        });
    }
    if !acquires && !action.transferring_party.is_empty() {
        report.add(&TRANSFERRING_EXTRA, at(TRANSFERRING), || {
            format!(
                "only an acquisition has a transferring Party: write NA for {:?}",
                kind.code()
            )
        });
    }
    let transfers = matches!(kind, ActionType::FirstTransfer | ActionType::Transfer);
    if sends(action) && action.acquiring_party.is_empty() {
        report.add(&ACQUIRING_MISSING, at(ACQUIRING), || {
            "a transfer to another Party names it: write its three letters".to_owned()
        });
    }
    if !transfers && !action.acquiring_party.is_empty() {
        report.add(&ACQUIRING_EXTRA, at(ACQUIRING), || {
            format!(
                "only a first transfer or transfer has an acquiring Party: write NA for {:?}",
                kind.code()
            )
        });
    }
    let partner = if acquires {
        (TRANSFERRING, action.transferring_party.get())
    } else {
        (
            ACQUIRING,
            action.acquiring_party.get().filter(|_| transfers),
        )
    };
    if let (column, Some(partner)) = partner
        && world.party() == Some(partner)
    {
        report.add(&PARTNER_IS_SELF, at(column), || {
            format!("{partner} is the reporting Party: movements within a Party are not reported, so name the other Party or leave the row out")
        });
    }
    check_acquirer(world, action, at(ACQUIRING), report);
}

fn check_acquirer(world: &World<'_>, action: &Action, place: Place, report: &mut Report) {
    let Some(acquirer) = action.acquiring_party.get() else {
        return;
    };
    let versions = versions(world, action);
    let refuses = |it: &&Authorisation| it.parties.value().is_some_and(|it| !it.include(acquirer));
    if !versions.is_empty() && versions.iter().all(refuses) {
        report.add(&ACQUIRER_NOT_AUTHORISED, place, || {
            format!("{acquirer} is not among the Parties of the authorisation: it may hold the ITMOs, but not use them")
        });
    }
}

/// Who reports a first transfer, and of which kind it is (2/CMA.3 annex, paragraph 2; 4/CMA.6, paragraphs 12, 16 and 17).
fn check_first_transfer(
    world: &World<'_>,
    action: &Action,
    at: &dyn Fn(usize) -> Place,
    report: &mut Report,
) {
    if action.action_type.get() != Some(ActionType::FirstTransfer) {
        return;
    }
    if differ(
        &action.block.first_transferring_party,
        &world.aef.submission.party,
    ) {
        report.add(&FIRST_TRANSFER_FOREIGN, at(BLOCK + FIRST_TRANSFERRING), || {
            "a first transfer is reported by the first transferring Party: correct it, or report an acquisition or a transfer".to_owned()
        });
    }
    let Some(word) = action.subtype.value().map(String::as_str) else {
        return;
    };
    let versions = versions(world, action);
    if versions.is_empty() || versions.iter().any(|it| may_be(it, word)) {
        return;
    }
    report.add(&DEFINITION_NOT_MET, at(SUBTYPE), || {
        let defined = versions.iter().find_map(|it| it.first_transfer_definition.value());
        match defined {
            Some(defined) => format!("{word:?} is not what the authorisation defines as first transfer ({defined}): correct the subtype or the authorisation"),
            None => format!("{word:?} is no first transfer of outcomes that are authorised towards NDCs only: theirs is the first one to another Party"),
        }
    });
}

/// Whether a first transfer of this subtype fits an authorisation.
fn may_be(it: &Authorisation, word: &str) -> bool {
    let parts = it.purposes.value().map_or(&[][..], |code| purposes(code));
    let for_ndc = parts.iter().any(|part| part == words::NDC);
    match word {
        // An unknown purpose is a finding of its own.
        _ if parts.is_empty() => true,
        words::TO_ANOTHER_PARTY => {
            let defined = it.first_transfer_definition.value();
            for_ndc || defined.is_none_or(|it| it == words::FIRST_INTERNATIONAL_TRANSFER)
        }
        words::AUTHORIZATION | words::ISSUANCE | words::USE_OR_CANCELLATION => {
            let same = |it: &String| {
                let found = Nomenclature::find("first-transfer-definition", it);
                found.is_none_or(|found| found.code().value == word)
            };
            has_other_purpose(it) == Some(true)
                && it.first_transfer_definition.value().is_none_or(same)
        }
        _ => true,
    }
}
