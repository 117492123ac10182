//! Table 1.

use super::super::table::Table;
use super::list::{BEFORE_YEAR_END, LATE, NDC_BACKWARDS, YEAR_OUTSIDE_NDC};
use super::{Place, Report, World};

const YEAR: usize = 2;
const DATE: usize = 3;
const NDC_LAST: usize = 7;

pub(super) fn check(world: &World<'_>, report: &mut Report) {
    let it = &world.aef.submission;
    let at = |column| Place::cell(Table::Submission, 0, column);
    if let (Some(first), Some(last)) = (it.ndc_first_year.get(), it.ndc_last_year.get()) {
        if last < first {
            report.add(&NDC_BACKWARDS, at(NDC_LAST), || {
                format!("the NDC implementation period ends in {last} and begins in {first}: correct one of the two years")
            });
        } else if let Some(year) = it
            .reported_year
            .get()
            .filter(|year| !(first..=last).contains(year))
        {
            report.add(&YEAR_OUTSIDE_NDC, at(YEAR), || {
                format!("the reported year {year} is outside the NDC implementation period {first} to {last}: correct one of them")
            });
        }
    }
    let (Some(year), Some(date)) = (it.reported_year.get(), it.date.get()) else {
        return;
    };
    if date.year() <= year {
        report.add(&BEFORE_YEAR_END, at(DATE), || {
            format!("the submission for {year} is dated {date}, before that year had ended: correct the date or the year")
        });
    }
    let due = format!("{:04}-04-15", year.saturating_add(1)).parse();
    if due.is_ok_and(|due| date > due) {
        report.add(&LATE, at(DATE), || {
            format!(
                "the submission for {year} was due on 15 April {} and is dated {date}",
                year + 1
            )
        });
    }
}
