//! Table 2, and the book of authorisations that blocks are compared with.

use super::super::nomenclature::{purposes, words};
use super::super::row::Authorisation;
use super::super::table::Table;
use super::super::value::Metric;
use super::super::{Aef, Field};
use super::list::{
    APPROACH_CHANGES, AUTHORISED_AFTER_YEAR, DEFINITION_DIFFERS, DEFINITION_DOUBTFUL,
    ENTITY_NOT_LISTED, NON_GHG_MISSING, NON_GHG_NOT_ASKED, OIMP_MISSING, OIMP_NOT_ASKED,
    TIMEFRAME_OVER, VERSION_DATES, VERSION_TWICE,
};
use super::{Place, Report, World};
use crate::serial::CooperativeApproachId;
use std::collections::{BTreeMap, BTreeSet};

const DATE: usize = 1;
const APPROACH: usize = 2;
const VERSION: usize = 3;
const NON_GHG: usize = 7;
const ENTITIES: usize = 12;
const OIMP: usize = 13;
const TIMEFRAME: usize = 14;
const DEFINITION: usize = 17;

/// Every version of every authorisation that is known, by its ID; those of the Party in the order of the years.
pub(super) struct Book<'a> {
    own: BTreeMap<&'a str, Vec<&'a Authorisation>>,
    foreign: BTreeMap<&'a str, Vec<&'a Authorisation>>,
    /// Identification numbers of Table 5, of this and earlier years and of partners.
    pub(super) entities: BTreeSet<&'a str>,
}

impl<'a> Book<'a> {
    pub(super) fn new(aef: &'a Aef, past: &[&'a Aef], partners: &'a [Aef]) -> Self {
        let mut own = BTreeMap::<_, Vec<_>>::new();
        let mut foreign = BTreeMap::<_, Vec<_>>::new();
        let mut entities = BTreeSet::new();
        let submissions = past.iter().copied().chain([aef]).map(|it| (true, it));
        for (is_own, it) in submissions.chain(partners.iter().map(|it| (false, it))) {
            let book = if is_own { &mut own } else { &mut foreign };
            for row in &it.authorisations {
                if let Some(id) = row.id.value() {
                    book.entry(id.as_str()).or_default().push(row);
                }
            }
            let rows = it.entities.iter();
            entities.extend(rows.filter_map(|row| row.identification.value().map(String::as_str)));
        }
        Self {
            own,
            foreign,
            entities,
        }
    }

    /// The versions of an authorisation: the Party's own, or else a partner's.
    pub(super) fn versions(&self, id: &str) -> &[&'a Authorisation] {
        let own = self.own.get(id).or_else(|| self.foreign.get(id));
        own.map_or(&[], Vec::as_slice)
    }

    /// The versions of each of the Party's own.
    pub(super) fn own(&self) -> impl Iterator<Item = (&'a str, &[&'a Authorisation])> {
        self.own
            .iter()
            .map(|(id, versions)| (*id, versions.as_slice()))
    }
}

pub(super) fn check(world: &World<'_>, report: &mut Report) {
    for (row, it) in world.aef.authorisations.iter().enumerate() {
        let at = |column| Place::cell(Table::Authorisations, row, column);
        check_dates(world, it, &at, report);
        check_purposes(it, &at, report);
        check_metric(it, &at, report);
        for id in it.entities.value().iter().flat_map(|list| &list.0) {
            if !world.authorisations.entities.contains(id.as_str()) {
                report.add(&ENTITY_NOT_LISTED, at(ENTITIES), || {
                    format!("the entity {id:?} is not in Table 5 of this or an earlier year: add it there, or correct its number")
                });
            }
        }
    }
    check_versions(world, report);
    check_definitions(world, report);
}

fn check_dates(
    world: &World<'_>,
    it: &Authorisation,
    at: &dyn Fn(usize) -> Place,
    report: &mut Report,
) {
    let Some(date) = it.date.get() else { return };
    if let Some(year) = world.year().filter(|year| date.year() > *year) {
        report.add(&AUTHORISED_AFTER_YEAR, at(DATE), || {
            format!("the authorisation is dated {date}, after the reported year {year}: it belongs into a later submission")
        });
    }
    if let Some(over) = it
        .timeframe
        .get()
        .map(|it| it.used().1)
        .filter(|over| *over < date)
    {
        report.add(&TIMEFRAME_OVER, at(TIMEFRAME), || {
            format!("the authorised timeframe ends on {over}, before the authorisation of {date}: correct one of them")
        });
    }
}

/// Whether the purpose has a part beside NDC; none where it cannot be told.
pub(super) fn has_other_purpose(it: &Authorisation) -> Option<bool> {
    let parts = purposes(it.purposes.value()?);
    (!parts.is_empty()).then(|| parts.iter().any(|part| part != words::NDC))
}

fn check_purposes(it: &Authorisation, at: &dyn Fn(usize) -> Place, report: &mut Report) {
    match has_other_purpose(it) {
        Some(true) => {
            if it.oimp.is_empty() {
                report.add(&OIMP_MISSING, at(OIMP), || {
                    "the authorisation is for other purposes than NDC: say for which, such as CORSIA".to_owned()
                });
            }
            if it.first_transfer_definition.is_empty() {
                report.add(&OIMP_MISSING, at(DEFINITION), || {
                    "the authorisation is for other purposes than NDC: say whether authorisation, issuance, or use or cancellation is the first transfer".to_owned()
                });
            }
            let word = it.first_transfer_definition.value();
            if word.is_some_and(|word| word == words::FIRST_INTERNATIONAL_TRANSFER) {
                report.add(&DEFINITION_DOUBTFUL, at(DEFINITION), || {
                    "2/CMA.3 lets a Party choose between authorisation, issuance, and use or cancellation only: ask the secretariat, or choose one of these".to_owned()
                });
            }
        }
        Some(false) => {
            for (column, empty) in [
                (OIMP, it.oimp.is_empty()),
                (DEFINITION, it.first_transfer_definition.is_empty()),
            ] {
                if !empty {
                    report.add(&OIMP_NOT_ASKED, at(column), || {
                        "the authorisation is towards NDCs only: write NA, or correct the purpose".to_owned()
                    });
                }
            }
        }
        None => {}
    }
}

fn check_metric(it: &Authorisation, at: &dyn Fn(usize) -> Place, report: &mut Report) {
    match it.metric.get() {
        Some(Metric::NonGhg) if it.non_ghg_metric.is_empty() => {
            report.add(&NON_GHG_MISSING, at(NON_GHG), || {
                "the metric is non-GHG: say which, such as MWh".to_owned()
            });
        }
        Some(Metric::Ghg) if !it.non_ghg_metric.is_empty() => {
            report.add(&NON_GHG_NOT_ASKED, at(NON_GHG), || {
                "the metric is GHG: write NA, or correct the metric".to_owned()
            });
        }
        _ => {}
    }
}

/// Versions of one authorisation against each other, those of earlier years too.
fn check_versions(world: &World<'_>, report: &mut Report) {
    let rows = world.aef.authorisations.iter().enumerate();
    let row_of: BTreeMap<*const Authorisation, usize> = rows
        .map(|(row, it)| (std::ptr::from_ref(it), row))
        .collect();
    for (id, versions) in world.authorisations.own() {
        let mut seen = BTreeMap::<u32, (&Authorisation, bool)>::new();
        for it in versions {
            let row = row_of.get(&std::ptr::from_ref(*it)).copied();
            if let Some(row) = row {
                let at = |column| Place::cell(Table::Authorisations, row, column);
                check_version((id, it), &seen, &at, report);
            }
            if let Some(version) = it.version.get() {
                seen.entry(version).or_insert((it, row.is_some()));
            }
        }
    }
}

fn check_version(
    (id, it): (&str, &Authorisation),
    seen: &BTreeMap<u32, (&Authorisation, bool)>,
    at: &dyn Fn(usize) -> Place,
    report: &mut Report,
) {
    let Some(version) = it.version.get() else {
        return;
    };
    // A version may be repeated in a later year as it was; it never changes.
    if seen
        .get(&version)
        .is_some_and(|(known, here)| *here || *known != it)
    {
        report.add(&VERSION_TWICE, at(VERSION), || {
            format!("version {version} of authorisation {id} stands there before: leave one row out, or give the changed authorisation a new version")
        });
    }
    let mut others = seen.values().map(|(known, _)| known);
    if let Some(known) =
        others.find(|known| differ(&known.cooperative_approach, &it.cooperative_approach))
    {
        report.add(&APPROACH_CHANGES, at(APPROACH), || {
            let theirs = known.cooperative_approach.get().map(|it| it.to_string());
            format!("another version of authorisation {id} names the cooperative approach {}: all versions name one", theirs.unwrap_or_default())
        });
    }
    let date = it.date.get();
    let wrong = seen
        .iter()
        .find(|(other, (known, _))| match (date, known.date.get()) {
            (Some(date), Some(theirs)) => {
                (**other < version && theirs > date) || (**other > version && theirs < date)
            }
            _ => false,
        });
    if let Some((other, _)) = wrong {
        report.add(&VERSION_DATES, at(DATE), || {
            format!("versions {other} and {version} of authorisation {id} are dated in the wrong order: correct a date or a version")
        });
    }
}

/// Whether both are known and are not the same.
pub(super) fn differ<T: PartialEq>(one: &Field<T>, other: &Field<T>) -> bool {
    matches!((one, other), (Field::Is(one), Field::Is(other)) if one != other)
}

/// One definition within one cooperative approach.
fn check_definitions(world: &World<'_>, report: &mut Report) {
    let mut known = BTreeMap::<CooperativeApproachId, &str>::new();
    for aef in world.own() {
        for (row, it) in aef.authorisations.iter().enumerate() {
            let (Some(approach), Some(definition)) = (
                it.cooperative_approach.get(),
                it.first_transfer_definition.value(),
            ) else {
                continue;
            };
            let first = *known.entry(approach).or_insert(definition);
            if first != definition && world.is_this(aef) {
                let place = Place::cell(Table::Authorisations, row, DEFINITION);
                report.add(&DEFINITION_DIFFERS, place, || {
                    format!("under {approach} another authorisation defines the first transfer as {first:?}: within one cooperative approach there is one definition")
                });
            }
        }
    }
}
