//! What the registry knows of crediting periods, and of the monitoring periods in them.

use serde::{Deserialize, Serialize};

use crate::period::{Day, Period};
use crate::registry::{Key, State, Value};

/// The days of a project that a case covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Covered {
    /// The case.
    pub case: u64,
    /// The days.
    pub period: Period,
}

impl State {
    /// The crediting periods of a project, in order; each begins after the one before it ended.
    #[must_use]
    pub fn crediting_periods(&self, project: u32) -> &[Period] {
        match self.others.get(&Key::CreditingPeriods(project)) {
            Some(Value::Periods(it)) => it,
            _ => &[],
        }
    }

    /// The monitoring periods of a project that cases cover, in order; none has a day in common with another. A case that
    /// was rejected, withdrawn or lapsed covers nothing.
    pub fn monitoring_periods(&self, project: u32) -> impl DoubleEndedIterator<Item = &Covered> {
        self.monitored_from(project, Day::LAST)
    }

    /// Those of them that begin by a day.
    pub(super) fn monitored_from(
        &self,
        project: u32,
        by: Day,
    ) -> impl DoubleEndedIterator<Item = &Covered> {
        let keys = Key::MonitoringPeriod(project, Day::FIRST)..=Key::MonitoringPeriod(project, by);
        self.others
            .range(keys)
            .filter_map(|(_, value)| match value {
                Value::Covered(it) => Some(it),
                _ => None,
            })
    }
}
