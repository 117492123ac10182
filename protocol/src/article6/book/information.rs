//! The registry's part of the initial report and of the regular information (2/CMA.3 annex paras 18 and 23).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::article6::book::{AuthorisationAt, Book, SummaryTerms};
use crate::article6::{AdjustmentMethod, StructuredSummary, SummaryRow, UnitEvent, UnitEventKind};
use crate::party::{Party, RegistryId};
use crate::record::{
    ActedBy, Authorisation, AuthorisationRevoked, AuthorisedEntity, CooperativeApproach,
    InitialReport, Ndc, YearLevel,
};
use crate::serial::{CooperativeApproachId, SectoralScope};

/// What a quantity is counted under (para 23(j)): approach, sector, Parties and vintage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct BreakdownKey {
    /// Row 6, 7 or 8 of the structured summary: first transferred, authorised for other purposes, used towards the NDC.
    pub row: SummaryRow,
    /// The year in which it was recorded.
    pub year: u16,
    /// The cooperative approach.
    pub approach: CooperativeApproachId,
    /// The sectoral scope.
    pub scope: SectoralScope,
    /// The first transferring Party.
    pub transferring: Party,
    /// The Party that acquired or used them, where it is known.
    pub using: Option<Party>,
    /// The calendar year in which the mitigation occurred.
    pub vintage: u16,
}

/// The part of the regular information that the registry knows: the structured summary of an NDC period, and its quantities
/// once more by approach, sector, Party and vintage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegularInformation {
    /// The Party.
    pub party: Party,
    /// How it adjusts.
    pub method: AdjustmentMethod,
    /// The year to which the target is compared.
    pub reference: YearLevel,
    /// The target.
    pub target: YearLevel,
    /// Table 4 of 5/CMA.3 annex II.
    pub summary: StructuredSummary,
    /// Units by what they are counted under (para 23(j)), in t CO2 eq.
    pub breakdown: BTreeMap<BreakdownKey, u64>,
}

/// The part of the initial report that the registry knows: para 18(c) to (e) and (g). Who approved what is left out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InitialInformation {
    /// The Party.
    pub party: Party,
    /// Its registry.
    pub registry: RegistryId,
    /// Its NDCs by their first year: period, method, reference and target (para 18(c) to (e)).
    pub ndcs: Vec<Ndc>,
    /// Its cooperative approaches in order of their ids (para 18(g)).
    pub approaches: Vec<ApproachInformation>,
}

/// One approach in the initial report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApproachInformation {
    /// The approach.
    pub approach: CooperativeApproach,
    /// Every version of this Party's authorisations under it, in the order of the ledger.
    pub authorisations: Vec<Authorisation>,
    /// Their ends.
    pub revocations: Vec<AuthorisationRevoked>,
    /// Entities as they were last recorded, by identification.
    pub entities: Vec<AuthorisedEntity>,
    /// Initial and updated reports that were submitted, the first one first.
    pub reports: Vec<InitialReport>,
}

impl Book {
    /// The regular information of the NDC period that has a year; `None` without an NDC.
    #[must_use]
    pub fn regular_information(
        &self,
        year: u16,
        terms: SummaryTerms,
    ) -> Option<RegularInformation> {
        let (ndc, (party, _)) = (self.ndc_of(year)?, self.own?);
        let mut breakdown = BTreeMap::new();
        for event in self.events() {
            if let Some(key) = counted_under(party, &event)
                && ndc.period.contains(key.year)
            {
                let sum: &mut u64 = breakdown.entry(key).or_default();
                *sum = sum.saturating_add(event.units.tonnes());
            }
        }
        Some(RegularInformation {
            party,
            method: ndc.method,
            reference: ndc.reference,
            target: ndc.target,
            summary: self.summary(year, terms)?,
            breakdown,
        })
    }

    /// What the initial report says out of the registry; `None` before the first record.
    #[must_use]
    pub fn initial_information(&self) -> Option<InitialInformation> {
        let (party, registry) = self.own?;
        let approaches = self.approaches.values();
        Some(InitialInformation {
            party,
            registry,
            ndcs: unsigned(self.ndcs.values(), |it| &mut it.by),
            approaches: approaches.map(|it| self.approach_information(it)).collect(),
        })
    }

    fn approach_information(&self, approach: &CooperativeApproach) -> ApproachInformation {
        let id = approach.id;
        let own =
            |it: &&AuthorisationAt| it.terms.approach == id && Some(it.terms.party) == self.party();
        let versions = || self.authorisations.iter().filter(own);
        let mut entities = BTreeMap::new();
        for it in self.entities.iter().filter(|it| it.approach == id) {
            entities.insert(&it.identification, it);
        }
        let reports = self.reports.get(&id).into_iter().flatten();
        let mut reports = unsigned(reports, |it| &mut it.by);
        reports.sort_by_key(|it| it.submitted);
        let given = versions().filter(|it| it.revoked.is_none());
        let ended = versions().filter_map(|it| it.revoked.as_ref());
        ApproachInformation {
            approach: CooperativeApproach {
                by: Vec::new(),
                ..approach.clone()
            },
            authorisations: unsigned(given.map(|it| &it.terms), |it| &mut it.by),
            revocations: unsigned(ended, |it| &mut it.by),
            entities: unsigned(entities.into_values(), |it| &mut it.by),
            reports,
        }
    }
}

/// Copies without those who approved: a report has no use for numbers of users.
fn unsigned<'a, T: Clone + 'a>(
    records: impl Iterator<Item = &'a T>,
    by: fn(&mut T) -> &mut Vec<ActedBy>,
) -> Vec<T> {
    let copies = records.cloned().map(|mut it| {
        by(&mut it).clear();
        it
    });
    copies.collect()
}

/// The row and the key of an event that the regular information counts.
fn counted_under(own: Party, event: &UnitEvent) -> Option<BreakdownKey> {
    let (row, using) = match event.kind {
        UnitEventKind::FirstTransferred { to, .. } => {
            (SummaryRow::FirstTransferred, to.or(event.user))
        }
        UnitEventKind::Authorised if event.uses.covers_oimp() => {
            (SummaryRow::AuthorisedForOimp, None)
        }
        UnitEventKind::UsedTowardsNdc { .. } => (SummaryRow::UsedTowardsNdc, Some(own)),
        _ => return None,
    };
    Some(BreakdownKey {
        row,
        year: event.year(),
        approach: event.approach,
        scope: event.scope,
        transferring: event.units.origin(),
        using,
        vintage: event.vintage,
    })
}
