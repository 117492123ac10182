//! The book of a Party: what its ledger says about Article 6, read once from the first record to the last.
//!
//! [`Book::observe`] takes each record with what it did. From the book come the rows of the agreed electronic format
//! ([`Book::aef`]), the events for corresponding adjustments ([`Book::events`]), the structured summary and the two views of
//! [`UnitHistory`]. Nothing is typed a second time.

mod aef;
mod information;
mod movement;
mod position;
mod report;

pub use aef::{AefTerms, Mapping, YearAef};
pub use information::{ApproachInformation, BreakdownKey, InitialInformation, RegularInformation};
pub use movement::Movement;
pub use position::{AccountPurpose, Position};
pub use report::SummaryTerms;

use std::borrow::Borrow;
use std::collections::BTreeMap;

use crate::article6::{MetricKind, UnitEvent, UnitEventKind, UnitHistory, approach_of};
use crate::id::{AccountId, AuthorisationId, OrganisationId};
use crate::log::leaf_hash;
use crate::party::{Party, RegistryId};
use crate::period::Day;
use crate::record::{
    AccountKind, Article6, Authorisation, AuthorisationRevoked, AuthorisedEntity, Body,
    CooperativeApproach, Identification, InitialReport, LevelSeries, Metric, Ndc, NotifiedUse,
    Record,
};
use crate::registry::{Applied, At, Place, Refusal, State, apply};
use crate::serial::CooperativeApproachId;
use crate::units::{UnitBlock, UnitRange};

/// A Party's book.
#[derive(Clone, Debug, Default)]
pub struct Book {
    own: Option<(Party, RegistryId)>,
    movements: Vec<Movement>,
    history: UnitHistory,
    approaches: BTreeMap<CooperativeApproachId, CooperativeApproach>,
    reports: BTreeMap<CooperativeApproachId, Vec<InitialReport>>,
    ndcs: BTreeMap<u16, Ndc>,
    levels: BTreeMap<LevelSeries, BTreeMap<u16, i64>>,
    /// Every version of every authorisation, and every end of one.
    authorisations: Vec<AuthorisationAt>,
    /// The last version of each authorisation, ours or a copy: place in `authorisations`.
    latest: BTreeMap<(Party, AuthorisationId), usize>,
    entities: Vec<AuthorisedEntity>,
    accounts: BTreeMap<AccountId, (OrganisationId, AccountKind)>,
    /// The positions after the last record.
    positions: position::Sums,
}

/// A version of an authorisation, or the end of it.
#[derive(Clone, Debug)]
struct AuthorisationAt {
    /// The version; for an end the last one.
    terms: Authorisation,
    revoked: Option<AuthorisationRevoked>,
}

/// A ledger that cannot be read.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("leaf {leaf}: {refusal}")]
pub struct BookError {
    /// The leaf.
    pub leaf: u64,
    /// The rule that stands against it.
    pub refusal: Refusal,
}

impl Book {
    /// Reads a ledger from its first record to the last, and judges each by the rules of the registry on the way.
    ///
    /// Whoever folds the ledger anyway calls [`Self::observe`] beside it instead.
    ///
    /// # Errors
    /// [`BookError`] at the first record that the rules refuse.
    pub fn read<R: Borrow<Record>>(
        records: impl IntoIterator<Item = R>,
    ) -> Result<Self, BookError> {
        let (mut state, mut book) = (State::default(), Self::default());
        for (leaf, record) in (0..).zip(records) {
            let record = record.borrow();
            let hash = leaf_hash(&record.encode());
            let applied = apply(&mut state, At { index: leaf, hash }, record)
                .map_err(|refusal| BookError { leaf, refusal })?;
            book.observe(leaf, record, &applied);
        }
        Ok(book)
    }

    /// Takes in the next record of the ledger, with what it did to the registry.
    pub fn observe(&mut self, leaf: u64, record: &Record, applied: &Applied) {
        match &record.body {
            Body::Genesis(it) => self.own = Some((it.party, it.registry)),
            Body::Account(it) => {
                self.accounts.insert(it.id, (it.organisation, it.kind));
            }
            Body::Article6(it) => self.recorded(it),
            _ => {}
        }
        self.history.observe(leaf, record.time_ms, applied);
        if let Some((party, _)) = self.own {
            let is_share = |account| self.is_share_account(account);
            let movements = movement::of(party, leaf, record, applied, &is_share);
            self.count(applied, &movements);
            self.movements.extend(movements);
        }
    }

    fn recorded(&mut self, it: &Article6) {
        match it {
            Article6::CooperativeApproach(it) => {
                self.approaches.insert(it.id, it.clone());
            }
            Article6::InitialReport(it) => {
                let of = self.reports.entry(it.approach).or_default();
                of.push(it.clone());
            }
            Article6::Ndc(it) => {
                self.ndcs.insert(it.period.first(), it.clone());
            }
            Article6::EmissionsLevel(it) => {
                let series = self.levels.entry(it.series).or_default();
                series.insert(it.year, it.level);
            }
            Article6::AuthorisedEntity(it) => self.entities.push(it.clone()),
            Article6::Authorisation(it) => {
                let place = self.authorisations.len();
                self.latest.insert((it.party, it.id), place);
                self.authorisations.push(AuthorisationAt {
                    terms: it.as_ref().clone(),
                    revoked: None,
                });
            }
            Article6::AuthorisationRevoked(it) => {
                let last = self.latest.get(&(it.party, it.id));
                if let Some(last) = last.and_then(|place| self.authorisations.get(*place)) {
                    let terms = last.terms.clone();
                    let revoked = Some(it.clone());
                    self.authorisations.push(AuthorisationAt { terms, revoked });
                }
            }
            Article6::UnitsAuthorised(_) | Article6::UseNotified(_) => {}
        }
    }

    /// Whose book it is; `None` before the first record.
    #[must_use]
    pub fn party(&self) -> Option<Party> {
        self.own.map(|(party, _)| party)
    }

    /// Every movement of authorised or first transferred units, in the order of the ledger.
    #[must_use]
    pub fn movements(&self) -> &[Movement] {
        &self.movements
    }

    /// Holdings as of a moment, and the history of a block.
    #[must_use]
    pub fn history(&self) -> &UnitHistory {
        &self.history
    }

    /// The events for corresponding adjustments and cross-checks, in the order of the ledger.
    #[must_use]
    pub fn events(&self) -> Vec<UnitEvent> {
        self.movements.iter().map(|it| self.event(it)).collect()
    }

    fn event(&self, movement: &Movement) -> UnitEvent {
        let block = &movement.block;
        let metric = self.metric_of(block);
        let tonnes = block.tonnes();
        let (metric, quantity) = match metric {
            Some(Metric::NonGhg { per_tonne, .. }) => (
                MetricKind::NonGhg,
                tonnes.saturating_mul(u64::from(*per_tonne)),
            ),
            _ => (MetricKind::Ghg, tonnes),
        };
        UnitEvent {
            day: Day::of_ms(movement.time_ms),
            kind: movement.kind,
            units: block.range(),
            vintage: block.serial.year(),
            approach: movement.approach,
            uses: movement.uses,
            metric,
            quantity,
            scope: block.serial.scope(),
            user: movement.user,
        }
    }

    fn is_share_account(&self, account: AccountId) -> bool {
        let known = self.accounts.get(&account);
        known.is_some_and(|(_, kind)| *kind == AccountKind::ShareOfProceeds)
    }

    fn metric_of(&self, block: &UnitBlock) -> Option<&Metric> {
        let approach = self.approaches.get(&approach_of(block)?)?;
        Some(&approach.metric)
    }

    /// The last version of the authorisation that a block carries.
    fn authorisation_of(&self, block: &UnitBlock) -> Option<&Authorisation> {
        let id = block.authorisation?.id;
        let place = self.latest.get(&(block.serial.party(), id))?;
        Some(&self.authorisations.get(*place)?.terms)
    }

    /// The last version of an authorisation of this Party, and whether it was revoked.
    #[must_use]
    pub fn own_authorisation(&self, id: AuthorisationId) -> Option<(&Authorisation, bool)> {
        let mut versions = self.versions(id);
        let last = versions.next_back()?;
        Some((&last.terms, last.revoked.is_some()))
    }

    /// The date of the first version of an authorisation of this Party.
    #[must_use]
    pub fn first_day_of(&self, id: AuthorisationId) -> Option<Day> {
        Some(self.versions(id).next()?.terms.date)
    }

    fn versions(&self, id: AuthorisationId) -> impl DoubleEndedIterator<Item = &AuthorisationAt> {
        let own = self.party();
        let all = self.authorisations.iter();
        all.filter(move |it| Some(it.terms.party) == own && it.terms.id == id)
    }

    /// How many units of this Party came under an authorisation, those that ended since too.
    #[must_use]
    pub fn authorised_under(&self, id: AuthorisationId) -> u64 {
        let of_it = self.movements.iter().filter(|it| {
            it.kind == UnitEventKind::Authorised
                && it.block.authorisation.map(|it| it.id) == Some(id)
        });
        of_it.map(|it| it.block.tonnes()).sum()
    }

    /// The block that has these units now, and its place; `None` unless one block has all of them.
    #[must_use]
    pub fn now(&self, units: UnitRange) -> Option<(UnitBlock, Place)> {
        let last = self
            .history
            .of(units)
            .filter(|it| it.origin == units.origin());
        let (block, place) = last.last()?.after?;
        block
            .range()
            .contains_range(units)
            .then_some((block, place))
    }

    /// Whether this ledger records that another registry told of these units' first transfer there.
    #[must_use]
    pub fn was_told(&self, units: UnitRange, what: NotifiedUse, by: Party) -> bool {
        let kind = UnitEventKind::FirstTransferred {
            by: what.event(),
            to: None,
        };
        let mut told = self.movements.iter();
        told.any(|it| {
            it.kind == kind && it.user == Some(by) && it.block.range().contains_range(units)
        })
    }

    /// The entity that an organisation is under an approach: one of these, if it is several.
    fn entity_of(
        &self,
        approach: CooperativeApproachId,
        organisation: OrganisationId,
        these: &[Identification],
    ) -> Option<&Identification> {
        let known = self.entities.iter().rev();
        let known = known
            .filter(|it| it.approach == approach && it.organisation == Some(organisation))
            .map(|it| &it.identification);
        let mut all = known.clone();
        let among = known.clone().find(|it| these.contains(it));
        among.or_else(|| all.next())
    }
}
