//! Who gets what of verified tonnes: the country's deductions first, the rest to the owners by their exact shares.

use serde::{Deserialize, Serialize};

use crate::id::{AccountId, OrganisationId};
use crate::record::YearTonnes;
use crate::registry::case::RegistryCase;
use crate::registry::{Key, State, Value};
use crate::units::UnitRange;
use crate::workflow::{BASIS_POINTS, IssuanceRules};

/// What the ledger must write next: an act that issues leaves these, and nothing else may be written before them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Due {
    /// Units must be issued.
    Issuance(DueIssuance),
    /// Units that were just issued must be cancelled for overall mitigation in global emissions.
    Cancellation {
        /// The account that holds them.
        account: AccountId,
        /// All of them.
        range: UnitRange,
    },
}

/// Units that must be issued, in one record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct DueIssuance {
    /// The project.
    pub project: u32,
    /// Vintage.
    pub year: u16,
    /// How many.
    pub tonnes: u64,
    /// To whom.
    pub to: DueTo,
}

/// Whose units they are to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DueTo {
    /// An owner of the project: any account of it.
    Owner(OrganisationId),
    /// An account of the Party that holds its own units; there they are cancelled at once.
    OverallMitigation,
    /// A share-of-proceeds account.
    ShareOfProceeds,
    /// A buffer account.
    Buffer,
}

impl RegistryCase {
    /// The owners with their parts, by number: in equal parts where none were said.
    #[must_use]
    pub fn parts(&self) -> Vec<(OrganisationId, u32)> {
        let parts = self.shares.iter().copied().chain(std::iter::repeat(1));
        let owners = self.case.subject.owners.iter().copied();
        owners.zip(parts).collect()
    }
}

impl State {
    /// What must be written next, before anything else; `None` at rest.
    #[must_use]
    pub fn due(&self) -> Option<&Due> {
        self.due_at().map(|(_, due)| due)
    }

    pub(super) fn due_at(&self) -> Option<(u32, &Due)> {
        let mut all = self.others.range(Key::Due(0)..=Key::Due(u32::MAX));
        match all.next()? {
            (Key::Due(place), Value::Due(due)) => Some((*place, due)),
            _ => None,
        }
    }
}

/// What is due of one vintage: deductions, then the owners' parts; entries of no tonnes are left out. The sum is exactly
/// the tonnes that were verified.
///
/// Each deduction is rounded up to a whole tonne, so that many small issuances deduct no less than one large one; the
/// order decides what is left when tonnes are too few for all: overall mitigation, share of proceeds, buffer, owners.
pub(super) fn dues_of(
    project: u32,
    amount: YearTonnes,
    rules: &IssuanceRules,
    parts: &[(OrganisationId, u32)],
) -> Vec<DueIssuance> {
    let mut left = amount.tonnes;
    let mut all = Vec::new();
    for (rate, to) in [
        (rules.overall_mitigation, DueTo::OverallMitigation),
        (rules.share_of_proceeds, DueTo::ShareOfProceeds),
        (rules.buffer, DueTo::Buffer),
    ] {
        let exact = u128::from(amount.tonnes) * u128::from(rate);
        let whole = exact.div_ceil(u128::from(BASIS_POINTS));
        // A rate is at most 100 %, so this is no more than the tonnes, which fit.
        let deducted = u64::try_from(whole).unwrap_or(left).min(left);
        left -= deducted;
        all.push((deducted, to));
    }
    let owners = by_largest_remainder(left, parts).into_iter();
    all.extend(owners.map(|(organisation, tonnes)| (tonnes, DueTo::Owner(organisation))));
    let due = |(tonnes, to)| DueIssuance {
        project,
        year: amount.year,
        tonnes,
        to,
    };
    let some = all.into_iter().filter(|(tonnes, _)| *tonnes > 0);
    some.map(due).collect()
}

/// Whole tonnes by exact shares: each gets the whole part of its share; the tonnes left over go one by one to the largest
/// remainders, and among equal remainders to the lower organisation number.
fn by_largest_remainder(
    tonnes: u64,
    parts: &[(OrganisationId, u32)],
) -> Vec<(OrganisationId, u64)> {
    let sum: u128 = parts.iter().map(|(_, part)| u128::from(*part)).sum();
    if sum == 0 {
        return Vec::new();
    }
    let exact = |part: u32| u128::from(tonnes) * u128::from(part);
    let mut split: Vec<(OrganisationId, u64)> = parts
        .iter()
        .map(|(owner, part)| (*owner, u64::try_from(exact(*part) / sum).unwrap_or(tonnes)))
        .collect();
    let given: u64 = split.iter().map(|(_, whole)| whole).sum();
    let mut order: Vec<usize> = (0..parts.len()).collect();
    order.sort_by_key(|at| {
        let (owner, part) = parts[*at];
        (std::cmp::Reverse(exact(part) % sum), owner)
    });
    // Fewer tonnes are left over than there are owners.
    let over = usize::try_from(tonnes - given).unwrap_or(usize::MAX);
    for at in order.into_iter().take(over) {
        split[at].1 += 1;
    }
    split
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

    use super::*;
    use proptest::prelude::*;

    fn owners(parts: &[u32]) -> Vec<(OrganisationId, u32)> {
        (1..)
            .map(OrganisationId)
            .zip(parts.iter().copied())
            .collect()
    }

    fn split(tonnes: u64, parts: &[u32]) -> Vec<u64> {
        let split = by_largest_remainder(tonnes, &owners(parts));
        split.into_iter().map(|(_, tonnes)| tonnes).collect()
    }

    #[test]
    fn leftover_tonnes_go_to_the_largest_remainder_and_then_to_the_lower_number() {
        assert_eq!(split(100, &[2, 1]), [67, 33]);
        assert_eq!(split(101, &[2, 1]), [67, 34]);
        assert_eq!(split(10, &[1, 1, 1]), [4, 3, 3]);
        assert_eq!(split(11, &[1, 1, 1]), [4, 4, 3]);
        assert_eq!(split(1, &[1, 1]), [1, 0]);
        assert_eq!(split(1, &[1, 2]), [0, 1]);
        assert_eq!(split(0, &[1, 2]), [0, 0]);
        assert_eq!(
            split(u64::MAX, &[u32::MAX, 1]).iter().sum::<u64>(),
            u64::MAX
        );
    }

    #[test]
    fn deductions_are_rounded_up_and_never_exceed_what_was_verified() {
        let rules = IssuanceRules {
            buffer: 1_000,
            overall_mitigation: 200,
            share_of_proceeds: 500,
        };
        let due = |tonnes| {
            let amount = YearTonnes { year: 2023, tonnes };
            let all = dues_of(7, amount, &rules, &owners(&[1]));
            all.iter().map(|it| (it.to, it.tonnes)).collect::<Vec<_>>()
        };
        let owner = DueTo::Owner(OrganisationId(1));
        use DueTo::{Buffer, OverallMitigation, ShareOfProceeds};
        assert_eq!(
            due(1_000),
            [
                (OverallMitigation, 20),
                (ShareOfProceeds, 50),
                (Buffer, 100),
                (owner, 830)
            ]
        );
        assert_eq!(
            due(333),
            [
                (OverallMitigation, 7),
                (ShareOfProceeds, 17),
                (Buffer, 34),
                (owner, 275)
            ]
        );
        assert_eq!(due(1), [(OverallMitigation, 1)]);
        assert_eq!(
            due(3),
            [(OverallMitigation, 1), (ShareOfProceeds, 1), (Buffer, 1)]
        );
    }

    proptest! {
        #[test]
        fn a_split_is_exact_and_nobody_is_a_tonne_off(
            tonnes in any::<u64>(),
            parts in proptest::collection::vec(1..u32::MAX, 1..33)
        ) {
            let split = split(tonnes, &parts);
            let sum: u128 = parts.iter().map(|part| u128::from(*part)).sum();
            prop_assert_eq!(split.iter().map(|it| u128::from(*it)).sum::<u128>(), u128::from(tonnes));
            for (whole, part) in split.iter().zip(&parts) {
                let exact = u128::from(tonnes) * u128::from(*part);
                let scaled = u128::from(*whole) * sum;
                prop_assert!(scaled.abs_diff(exact) < sum, "{whole} of {tonnes} for {part} of {sum}");
            }
        }

        #[test]
        fn deductions_and_owners_together_are_what_was_verified(
            tonnes in any::<u64>(),
            parts in proptest::collection::vec(1..u32::MAX, 1..33),
            rates in (0_u16..4_000, 0_u16..3_000, 0_u16..=3_000)
        ) {
            let rules = IssuanceRules {
                buffer: rates.0,
                overall_mitigation: rates.1,
                share_of_proceeds: rates.2,
            };
            let amount = YearTonnes { year: 2023, tonnes };
            let all = dues_of(1, amount, &rules, &owners(&parts));
            let sum: u128 = all.iter().map(|it| u128::from(it.tonnes)).sum();
            prop_assert_eq!(sum, u128::from(tonnes));
            prop_assert!(all.iter().all(|it| it.tonnes > 0));
        }
    }
}
