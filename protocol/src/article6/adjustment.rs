//! Corresponding adjustments (2/CMA.3 annex paras 7 to 16).
//!
//! First transfers count in the year in which the mitigation occurred, uses in the year for which they are made (para 8), so a
//! late transfer changes a balance that was reported before: [`adjust`] always computes the whole period again from every event
//! that is known. All numbers are exact; [`Ratio::rounded`] says how they are printed.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::article6::ranges::Units;
use crate::article6::{MetricKind, NdcPeriod, Ratio, UnitEvent, UnitEventKind};
use crate::units::UnitRange;

/// How a Party adjusts, the same over one NDC implementation period (2/CMA.3 annex para 7).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum AdjustmentMethod {
    /// A single-year NDC with an indicative multi-year trajectory, trajectories or budget: para 7(a)(i).
    Trajectory,
    /// A single-year NDC with the average of what was transferred and used: para 7(a)(ii).
    Averaging,
    /// A multi-year NDC with its trajectory or budget: para 7(b).
    MultiYear,
}

/// By how many years an average is divided. The decision gives no formula.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ElapsedYears {
    /// By the years from the first of the period to the one that is reported, both counted: the default.
    #[default]
    SinceFirst,
    /// By all years of the period, whichever is reported.
    WholePeriod,
}

/// What the adjustments of one period follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct AdjustmentTerms {
    /// The NDC implementation period.
    pub period: NdcPeriod,
    /// The method.
    pub method: AdjustmentMethod,
    /// The metric: events of the other one do not count.
    pub metric: MetricKind,
    /// How averages are divided.
    pub elapsed: ElapsedYears,
}

/// One year.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct YearBalance {
    /// The calendar year.
    pub year: u16,
    /// Emissions and removals covered by the NDC, or the non-GHG indicator, in the metric; `None` while not entered.
    pub level: Option<i64>,
    /// First transferred, of this vintage.
    pub first_transferred: u128,
    /// Used towards the NDC for this year.
    pub used: u128,
    /// What is added to the level: negative where it is taken off.
    pub adjustment: Ratio,
    /// The emissions balance, or the adjusted indicator.
    pub balance: Option<Ratio>,
}

/// All years of a period.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PeriodBalance {
    /// Each year in order.
    pub years: Vec<YearBalance>,
    /// The sum of the levels; `None` while one of them is not entered.
    pub level_sum: Option<i128>,
    /// The sum of the balances: for [`AdjustmentMethod::MultiYear`] what is compared with the budget at the end of the period.
    pub balance_sum: Option<Ratio>,
}

impl PeriodBalance {
    /// One year.
    #[must_use]
    pub fn year(&self, year: u16) -> Option<&YearBalance> {
        self.years.iter().find(|it| it.year == year)
    }
}

/// First transfers by vintage less uses by the year for which they are made, of one metric and inside of one period.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Flow {
    first_transferred: u128,
    used: u128,
}

impl Flow {
    /// What a seller adds, less what a buyer takes off, in the sign of emissions. Sums of 64-bit numbers of tonnes, one an
    /// event, stay far below 2^127.
    fn net(self) -> i128 {
        let signed = |it: u128| i128::try_from(it).unwrap_or(i128::MAX);
        signed(self.first_transferred) - signed(self.used)
    }
}

fn flows<'a>(
    terms: &AdjustmentTerms,
    events: impl IntoIterator<Item = &'a UnitEvent>,
) -> BTreeMap<u16, Flow> {
    let mut flows: BTreeMap<u16, Flow> = BTreeMap::new();
    for event in events {
        if event.metric != terms.metric || !terms.period.contains(event.balance_year()) {
            continue;
        }
        let quantity = u128::from(event.quantity);
        match event.kind {
            UnitEventKind::FirstTransferred { .. } => {
                flows.entry(event.vintage).or_default().first_transferred += quantity;
            }
            UnitEventKind::UsedTowardsNdc { year } => {
                flows.entry(year).or_default().used += quantity;
            }
            // An acquisition is no term of the balance, and neither is a later transfer or end.
            _ => {}
        }
    }
    flows
}

/// The adjustments and balances of every year of a period. `levels` are the emissions and removals covered by the NDC, or the
/// levels of the non-GHG indicator, by calendar year.
///
/// * Trajectory and multi-year: each year is adjusted by what is of it (paras 7(a)(i) and 7(b)).
/// * Averaging: each year, and the NDC year too, by the sum since the first year over the elapsed years (para 7(a)(ii)).
/// * Emissions: plus what was first transferred, less what was used (para 8). A non-GHG indicator: the other way round (para 9).
#[must_use]
pub fn adjust<'a>(
    terms: &AdjustmentTerms,
    levels: &BTreeMap<u16, i64>,
    events: impl IntoIterator<Item = &'a UnitEvent>,
) -> PeriodBalance {
    let flows = flows(terms, events);
    let mut sum = 0_i128;
    let mut years = Vec::with_capacity(usize::from(terms.period.length()));
    for (number, year) in (1_i128..).zip(terms.period.years()) {
        let flow = flows.get(&year).copied().unwrap_or_default();
        sum += flow.net();
        let elapsed = match terms.elapsed {
            ElapsedYears::SinceFirst => number,
            ElapsedYears::WholePeriod => i128::from(terms.period.length()),
        };
        let net = match terms.method {
            AdjustmentMethod::Trajectory | AdjustmentMethod::MultiYear => Ratio::whole(flow.net()),
            // A period has at least one year, so the divisor is never 0.
            AdjustmentMethod::Averaging => Ratio::new(sum, elapsed).unwrap_or(Ratio::ZERO),
        };
        let adjustment = match terms.metric {
            MetricKind::Ghg => net,
            MetricKind::NonGhg => -net,
        };
        let level = levels.get(&year).copied();
        years.push(YearBalance {
            year,
            level,
            first_transferred: flow.first_transferred,
            used: flow.used,
            adjustment,
            balance: level.map(|level| Ratio::whole(level.into()) + adjustment),
        });
    }
    let level_sum = years.iter().map(|it| it.level.map(i128::from)).sum();
    let balance_sum = years
        .iter()
        .try_fold(Ratio::ZERO, |sum, it| it.balance.map(|it| sum + it));
    PeriodBalance {
        years,
        level_sum,
        balance_sum,
    }
}

/// What uses towards NDCs add and take off over several Parties: they cancel out exactly when every used unit was first
/// transferred by somebody, once, and was used once.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NetOfUses {
    /// What first transferring Parties added for the units that were used.
    pub added: u128,
    /// What using Parties took off.
    pub subtracted: u128,
    /// Used ranges with units that nobody first transferred.
    pub not_transferred: Vec<UnitRange>,
    /// Used ranges with units that were used before.
    pub used_twice: Vec<UnitRange>,
    /// First transferred ranges with units that were first transferred before.
    pub transferred_twice: Vec<UnitRange>,
}

impl NetOfUses {
    /// The sum of the adjustments: zero where nothing is wrong.
    #[must_use]
    pub fn sum(&self) -> i128 {
        let signed = |it: u128| i128::try_from(it).unwrap_or(i128::MAX);
        signed(self.added) - signed(self.subtracted)
    }

    /// Whether every unit that was used was first transferred once and used once.
    #[must_use]
    pub fn is_zero(&self) -> bool {
        self.sum() == 0
            && self.not_transferred.is_empty()
            && self.used_twice.is_empty()
            && self.transferred_twice.is_empty()
    }
}

/// Compares the first transfers and the uses towards NDCs of several Parties, in units.
#[must_use]
pub fn net_of_uses<'a>(events: impl IntoIterator<Item = &'a UnitEvent>) -> NetOfUses {
    let mut net = NetOfUses::default();
    let (mut transferred, mut used) = (Units::default(), Units::default());
    let mut uses = BTreeSet::new();
    let mut twice = BTreeSet::new();
    for event in events {
        match event.kind {
            UnitEventKind::FirstTransferred { .. } => {
                let fresh = transferred.insert(event.units);
                if fresh < event.units.tonnes() {
                    net.transferred_twice.push(event.units);
                }
            }
            UnitEventKind::UsedTowardsNdc { .. } => {
                net.subtracted += u128::from(event.units.tonnes());
                if used.insert(event.units) < event.units.tonnes() {
                    twice.insert(event.units);
                }
                uses.insert(event.units);
            }
            _ => {}
        }
    }
    // Each unit that was used and first transferred is added once, however often somebody used it.
    let mut counted = Units::default();
    for range in uses {
        let known = transferred.tonnes_in(range);
        if known < range.tonnes() {
            net.not_transferred.push(range);
        }
        let repeated = counted.tonnes_in(range).min(known);
        counted.insert(range);
        net.added += u128::from(known - repeated);
    }
    net.used_twice = twice.into_iter().collect();
    net.transferred_twice.sort_unstable();
    net
}
