//! This submission against those before it: versions.

use super::super::Aef;
use super::super::table::Table;
use super::super::value::Version;
use super::list::{
    EARLIER_FOREIGN, EARLIER_LATER, VERSION_CHANGED, VERSION_FIRST, VERSION_NOT_NEWER,
};
use super::{Place, Report, World};

const PARTY: usize = 0;
const VERSION: usize = 1;
const YEAR: usize = 2;

pub(super) fn check(world: &World<'_>, earlier: &[Aef], report: &mut Report) {
    let at = |column| Place::cell(Table::Submission, 0, column);
    for it in earlier {
        let theirs = it.submission.party.get();
        if let (Some(theirs), Some(party)) = (theirs, world.party())
            && theirs != party
        {
            report.add(&EARLIER_FOREIGN, at(PARTY), || {
                format!("a submission of {theirs} was given as an earlier one of {party}: give it with --partner")
            });
        }
        let year = it.submission.reported_year.get();
        if let (Some(theirs), Some(year)) = (year, world.year())
            && theirs > year
        {
            report.add(&EARLIER_LATER, at(YEAR), || {
                format!("a submission for {theirs} was given as an earlier one, and this is for {year}: it was not looked at")
            });
        }
    }
    let (Some(year), Some(version)) = (world.year(), world.aef.submission.version.get()) else {
        return;
    };
    let same_year = || {
        earlier
            .iter()
            .filter(|it| it.submission.reported_year.get() == Some(year))
    };
    let Some(newest) = same_year()
        .filter_map(|it| it.submission.version.get())
        .max()
    else {
        if version != Version::FIRST {
            report.add(&VERSION_FIRST, at(VERSION), || {
                format!("this is version {version} for {year} and no earlier one was given: the first is 1.0, so give those before it with --previous")
            });
        }
        return;
    };
    let mut twins = same_year().filter(|it| it.submission.version.get() == Some(version));
    if twins.any(|it| it != world.aef) {
        report.add(&VERSION_CHANGED, at(VERSION), || {
            format!("version {version} for {year} was submitted before with another content: what changed goes out as a new version")
        });
    } else if version <= newest {
        report.add(&VERSION_NOT_NEWER, at(VERSION), || {
            format!("version {newest} for {year} was submitted before: this one must be above it")
        });
    }
}
