//! What was credited beside what was reported.

use std::collections::BTreeMap;

use countersign_protocol::project::Description;
use serde::Serialize;

use super::client::Activity;
use crate::frame::View;

/// A project and the activity that it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Matched {
    /// The project's national number.
    pub project: u32,
    /// The activity's id.
    pub activity: String,
    /// The activity's sector.
    pub sector: String,
}

/// A project that issued units and is no activity of the MRV.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Unmatched {
    /// The project's national number.
    pub project: u32,
    /// Tonnes that it issued.
    pub tonnes: u64,
    /// Why: its form names no activity, or one that is not there.
    pub why: String,
}

/// More was credited than was reported.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Flag {
    /// The sector, in the words of the MRV.
    pub sector: String,
    /// The year in which the mitigation happened.
    pub year: u16,
    /// Tonnes issued for the year by the sector's projects.
    pub credited: u64,
    /// Tonnes that the sector's activities reported as reduced.
    pub reported: i64,
}

/// How the ledger and the MRV stand to each other.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Reconciliation {
    /// Projects with their activities, by number.
    pub matched: Vec<Matched>,
    /// Projects without.
    pub unmatched: Vec<Unmatched>,
    /// Where more was credited than was reported, by sector and year.
    pub flags: Vec<Flag>,
}

/// Tonnes that a project issued, by vintage. Wherever its units are now, they were issued.
#[must_use]
pub fn credited(view: &View, project: u32) -> BTreeMap<u16, u64> {
    let mut years: BTreeMap<u16, u64> = BTreeMap::new();
    for holding in view.ranges(project) {
        let tonnes = years.entry(holding.block.serial.year()).or_default();
        *tonnes = tonnes.saturating_add(holding.block.tonnes());
    }
    years
}

/// The activity that a form names: its id under the name that the country gave the MRV.
pub(super) fn reference<'a>(form: Option<&'a Description>, mrv: &str) -> Option<&'a str> {
    let ids = form.map_or(&[][..], |it| &it.external_ids);
    let own = ids.iter().find(|it| it.registry.eq_ignore_ascii_case(mrv));
    own.map(|it| it.id.as_str())
}

/// Sets what was credited beside what was reported. `mrv` is the name under which forms give ids of activities.
#[must_use]
pub fn reconcile(
    view: &View,
    forms: &BTreeMap<u32, Description>,
    activities: &[Activity],
    mrv: &str,
) -> Reconciliation {
    let known: BTreeMap<&str, &Activity> =
        activities.iter().map(|it| (it.id.as_str(), it)).collect();
    let mut found = Reconciliation::default();
    let mut issued: BTreeMap<(String, u16), u64> = BTreeMap::new();
    for project in view.state().projects() {
        let number = project.number;
        let years = credited(view, number);
        let named = reference(forms.get(&number), mrv);
        match named.and_then(|it| known.get(it)) {
            Some(activity) => {
                for (year, tonnes) in years {
                    let of_sector = issued.entry((activity.sector.clone(), year)).or_default();
                    *of_sector = of_sector.saturating_add(tonnes);
                }
                found.matched.push(Matched {
                    project: number,
                    activity: activity.id.clone(),
                    sector: activity.sector.clone(),
                });
            }
            None if years.is_empty() => {}
            None => found.unmatched.push(Unmatched {
                project: number,
                tonnes: years.values().fold(0, |sum, it| sum.saturating_add(*it)),
                why: match named {
                    Some(named) => format!("the MRV has no activity {named:?}"),
                    None => format!("the form gives no id for {mrv:?}; fill in external_ids"),
                },
            }),
        }
    }
    for ((sector, year), credited) in issued {
        let of_sector = activities.iter().filter(|it| it.sector == sector);
        let of_year = of_sector.filter_map(|it| it.reduced.get(&year));
        let reported = of_year.fold(0_i64, |sum, it| sum.saturating_add(*it));
        if i128::from(credited) > i128::from(reported) {
            found.flags.push(Flag {
                sector,
                year,
                credited,
                reported,
            });
        }
    }
    found
}
