//! Table 5.

use super::super::table::Table;
use super::authorisations::differ;
use super::list::{ENTITY_AFTER_YEAR, ENTITY_COMMA, ENTITY_TWICE, ENTITY_UNUSED};
use super::{Place, Report, World};
use std::collections::{BTreeMap, BTreeSet};

const DATE: usize = 0;
const IDENTIFICATION: usize = 3;

pub(super) fn check(world: &World<'_>, report: &mut Report) {
    let named: BTreeSet<&str> = world
        .authorisations
        .own()
        .flat_map(|(_, versions)| versions.iter())
        .flat_map(|it| it.entities.value().into_iter().flat_map(|list| &list.0))
        .map(String::as_str)
        .collect();
    let mut known = BTreeMap::new();
    for (row, it) in world.aef.entities.iter().enumerate() {
        let at = |column| Place::cell(Table::Entities, row, column);
        if let (Some(date), Some(year)) = (it.date.get(), world.year())
            && date.year() > year
        {
            report.add(&ENTITY_AFTER_YEAR, at(DATE), || {
                format!("the entity is authorised on {date}, after the reported year {year}: it belongs into a later submission")
            });
        }
        let Some(id) = it.identification.value() else {
            continue;
        };
        if id.contains([',', ';']) {
            report.add(&ENTITY_COMMA, at(IDENTIFICATION), || {
                format!("{id:?} cannot be listed in Table 2, where commas part the numbers: write it without")
            });
        } else if !named.contains(id.as_str()) {
            report.add(&ENTITY_UNUSED, at(IDENTIFICATION), || {
                format!("no authorisation names {id:?}: name it in Table 2, or leave the row out")
            });
        }
        let (_, first) = *known.entry((it.country.get(), id)).or_insert((row, it));
        if differ(&first.name, &it.name) {
            report.add(&ENTITY_TWICE, at(IDENTIFICATION), || {
                format!("{id:?} stands there before under another name: correct one of the rows")
            });
        }
    }
}
