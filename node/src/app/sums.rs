//! Sums of the whole registry that need its rules beside the read model: what became of authorised units, how long cases were
//! in their stages, what went between which countries, regions of projects. All of it follows from public ledgers and
//! published descriptions.

use std::collections::BTreeMap;

use countersign_protocol::party::Party;
use countersign_protocol::period::Day;
use countersign_protocol::record::Agreement;
use countersign_protocol::registry::{Direction, LedgerAccount, State};
use countersign_protocol::workflow::{Flow, Process};

use super::registry::AgreementUse;
use super::{App, AppError};
use crate::projection::query::{PassedStage, PlacedUnits};
use crate::witness::origin_hash;

/// Tonnes that this Party issued, by whether they are authorised, by where they are, and by the country of those abroad.
pub type Ends = BTreeMap<(bool, String, Option<Party>), u64>;

/// Tonnes that went from one country to another.
pub type Between = BTreeMap<(Party, Party), u64>;

/// How long cases were in a stage before they left it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StageTime {
    /// The flow, as the process names it.
    pub flow: String,
    /// The stage.
    pub stage: String,
    /// How many times a case left it.
    pub times: u64,
    /// Half of them took so many hours or fewer.
    pub median_hours: u64,
    /// Nine in ten took so many hours or fewer.
    pub p90_hours: u64,
}

impl App {
    /// Every agreement with the tonnes that moved under it: its record stands in the public ledger.
    #[must_use]
    pub fn agreement_uses(&self) -> Vec<AgreementUse> {
        self.ledger().read(|state| {
            let year = Day::of_ms(state.time_ms()).year();
            let of = |agreement| AgreementUse::of(state, agreement, year);
            state.agreements().map(of).collect()
        })
    }

    /// What became of own units, by whether they are authorised now.
    pub(super) fn ends(&self, own: Party, placed: &[PlacedUnits]) -> Ends {
        self.ledger().read(|state| {
            let is_authorised = |number: u64| {
                let holding = state.holding_of(own, number);
                holding.is_some_and(|it| state.in_force(&it.block).authorisation.is_some())
            };
            let mut ends = Ends::new();
            for units in placed {
                let key = (
                    units.authorised.is_some_and(is_authorised),
                    units.place.clone(),
                    units.party.as_ref().and_then(|it| it.parse().ok()),
                );
                let sum = ends.entry(key).or_default();
                *sum = sum.saturating_add(units.tonnes);
            }
            ends
        })
    }

    /// How long cases were in the stages of the process that is in force, in its order.
    pub(super) fn stage_times(&self, passed: &[PassedStage]) -> Vec<StageTime> {
        let process = self.process();
        process.map_or_else(Vec::new, |process| stage_times(&process, passed))
    }

    /// What went between countries, as this ledger and those of partners that are mirrored here say.
    pub(super) async fn between(&self, own: Party) -> Result<Between, AppError> {
        self.blocking(move |app| {
            let mut all = Between::new();
            app.ledger().read(|state| add_flows(own, state, &mut all));
            for status in app.federation().mirrors() {
                let Some(mirror) = app
                    .federation()
                    .mirrored(origin_hash(status.origin.as_str()))
                else {
                    continue;
                };
                let read = mirror.read(|state| add_flows(status.party, state, &mut all));
                if let Err(error) = read {
                    // The countries that it traded with say the same from their side.
                    tracing::debug!(%error, party = %status.party, "a mirror could not be read");
                }
            }
            Ok(all)
        })
        .await
    }
}

/// What one ledger says about transfers of its country. Where both sides are here, the receiver says it first.
fn add_flows(of: Party, state: &State, all: &mut Between) {
    for (account, tonnes) in state.balances() {
        let pair = match account {
            LedgerAccount::TransferredTo(to) => (of, to),
            LedgerAccount::AcquiredFrom(from) => (from, of),
            _ => continue,
        };
        let known = all.entry(pair).or_default();
        *known = (*known).max(tonnes.unsigned_abs());
    }
    all.retain(|_, tonnes| *tonnes > 0);
}

fn stage_times(process: &Process, passed: &[PassedStage]) -> Vec<StageTime> {
    let mut by_stage: BTreeMap<(&str, &str), BTreeMap<u64, u64>> = BTreeMap::new();
    for it in passed {
        let Some(flow) = process.flow(&it.flow) else {
            continue;
        };
        let stage = match &it.after {
            None => Some(&flow.first),
            Some((step, is_no)) => flow.step(step).and_then(|step| match &step.no {
                Some(answer) if *is_no => Some(&answer.to),
                _ if *is_no => None,
                _ => Some(&step.to),
            }),
        };
        // A step of an earlier version of the process may be none of this one.
        if let Some(stage) = stage {
            let hours = by_stage
                .entry((flow.id.as_str(), stage.as_str()))
                .or_default();
            *hours.entry(it.hours).or_default() += it.times;
        }
    }
    let of_flow = |flow: &Flow| {
        let times = flow.stages.iter().filter_map(|stage| {
            let hours = by_stage.get(&(flow.id.as_str(), stage.id.as_str()))?;
            Some(StageTime {
                flow: flow.id.clone(),
                stage: stage.id.clone(),
                times: hours.values().sum(),
                median_hours: rank(hours, 50),
                p90_hours: rank(hours, 90),
            })
        });
        times.collect::<Vec<_>>()
    };
    process.flows.iter().flat_map(of_flow).collect()
}

/// The least value that so many of a hundred values are not above (nearest rank).
fn rank(of: &BTreeMap<u64, u64>, percent: u64) -> u64 {
    let all: u64 = of.values().sum();
    let wanted = (all * percent).div_ceil(100).max(1);
    let mut seen = 0;
    for (value, times) in of {
        seen += times;
        if seen >= wanted {
            return *value;
        }
    }
    0
}

impl AgreementUse {
    pub(super) fn of(state: &State, agreement: &Agreement, year: u16) -> Self {
        let in_year = |way| state.agreement_use_in(&agreement.id, way, year);
        Self {
            outgoing: state.agreement_use(&agreement.id, Direction::Out),
            incoming: state.agreement_use(&agreement.id, Direction::In),
            outgoing_in_year: in_year(Direction::Out),
            incoming_in_year: in_year(Direction::In),
            year,
            agreement: agreement.clone(),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::collections::BTreeMap;

    use countersign_protocol::workflow::{Process, preset};

    use super::{PassedStage, rank, stage_times};

    #[test]
    fn ranks_are_values_that_were_seen() {
        let of = |values: &[u64]| {
            let mut counted = BTreeMap::new();
            for value in values {
                *counted.entry(*value).or_insert(0) += 1;
            }
            counted
        };
        let ten = of(&[1, 2, 3, 4, 5, 6, 7, 8, 9, 100]);
        assert_eq!((rank(&ten, 50), rank(&ten, 90)), (5, 9));
        let one = of(&[7]);
        assert_eq!((rank(&one, 50), rank(&one, 90)), (7, 7));
        assert_eq!(rank(&of(&[]), 50), 0);
    }

    #[test]
    fn time_counts_for_the_stage_that_a_case_was_in() {
        let process = Process::parse(preset("small").unwrap()).unwrap();
        let flow = process.flows.first().unwrap();
        let refusable = flow.steps.iter().find(|it| it.no.is_some()).unwrap();
        let passed = |after: Option<(&str, bool)>, hours, times| PassedStage {
            flow: flow.id.clone(),
            after: after.map(|(step, is_no)| (step.to_owned(), is_no)),
            hours,
            times,
        };
        let found = stage_times(
            &process,
            &[
                passed(None, 24, 3),
                passed(None, 240, 1),
                passed(Some((&refusable.id, true)), 48, 1),
                passed(Some(("no-such-step", false)), 1000, 9),
            ],
        );
        let first = found.iter().find(|it| it.stage == flow.first).unwrap();
        let refused = &refusable.no.as_ref().unwrap().to;
        if *refused == flow.first {
            assert_eq!(
                (first.times, first.median_hours, first.p90_hours),
                (5, 24, 240)
            );
        } else {
            assert_eq!(
                (first.times, first.median_hours, first.p90_hours),
                (4, 24, 240)
            );
            let then = found.iter().find(|it| it.stage == *refused).unwrap();
            assert_eq!((then.times, then.median_hours), (1, 48));
        }
        assert!(found.iter().map(|it| it.times).sum::<u64>() == 5);
    }
}
