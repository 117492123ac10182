//! What the state holds of Article 6: small tables that change rarely, and one counter an authorisation.

use std::ops::Bound::{Excluded, Unbounded};

use serde::{Deserialize, Serialize};

use crate::article6::NdcPeriod;
use crate::id::AuthorisationId;
use crate::party::Party;
use crate::period::Day;
use crate::record::{
    Authorisation, AuthorisedEntity, CooperativeApproach, Identification, InitialReport,
    LevelSeries, Ndc,
};
use crate::registry::{Key, State, Value};
use crate::serial::CooperativeApproachId;
use crate::units::{UnitAuthorisation, UnitBlock};

/// An authorisation as its last version has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownAuthorisation {
    /// The last version.
    pub latest: Authorisation,
    /// Leaf of that version.
    pub recorded_at: u64,
    /// Its end, if it was revoked.
    pub revoked: Option<Revocation>,
}

/// The end of an authorisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Revocation {
    /// Leaf of the revocation.
    pub at: u64,
    /// Its date.
    pub date: Day,
    /// Whether it reaches what was first transferred.
    pub reaches_first_transferred: bool,
}

/// What was done under an authorisation of this Party, in units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct AuthorisationUse {
    /// Under it now or first transferred: less what ended at home without a first transfer.
    pub put: u64,
    /// First transferred, or on the way abroad, or abroad and not yet used: what the quantity caps.
    pub committed: u64,
    /// First transferred; never less than before.
    pub first_transferred: u64,
}

impl KnownAuthorisation {
    /// Whether it counts for units that were not first transferred.
    #[must_use]
    pub const fn is_in_force(&self) -> bool {
        self.revoked.is_none()
    }

    /// The terms that units carry.
    #[must_use]
    pub fn carried(&self) -> UnitAuthorisation {
        UnitAuthorisation {
            id: self.latest.id,
            version: self.latest.version,
            cooperative_approach: self.latest.approach,
            uses: self.latest.uses,
            definition: self.latest.definition,
        }
    }

    /// Whether it is about such units: vintage, sectoral scope and project.
    #[must_use]
    pub fn covers(&self, block: &UnitBlock) -> bool {
        let (serial, terms) = (&block.serial, &self.latest);
        let (scopes, projects) = (&terms.scopes, &terms.projects);
        terms.vintages.contains(serial.year())
            && (scopes.is_empty() || scopes.contains(&serial.scope()))
            && (projects.is_empty() || projects.contains(&serial.project()))
    }

    /// The terms that a block has under it: none once it was revoked or covers the block no more.
    fn terms_of(&self, block: &UnitBlock, carried: UnitAuthorisation) -> Option<UnitAuthorisation> {
        let reaches = self
            .revoked
            .map_or(self.latest.reaches_first_transferred, |it| {
                it.reaches_first_transferred
            });
        if block.first_transfer.is_some() && !reaches {
            return Some(carried);
        }
        (self.is_in_force() && self.covers(block)).then(|| self.carried())
    }
}

impl State {
    /// A cooperative approach.
    #[must_use]
    pub fn cooperative_approach(&self, id: CooperativeApproachId) -> Option<&CooperativeApproach> {
        match self.others.get(&Key::CooperativeApproach(id)) {
            Some(Value::CooperativeApproach(it)) => Some(it),
            _ => None,
        }
    }

    /// Every cooperative approach, by id.
    pub fn cooperative_approaches(&self) -> impl Iterator<Item = &CooperativeApproach> {
        self.others
            .range(Key::FIRST_OF_APPROACHES..)
            .map_while(|(_, value)| match value {
                Value::CooperativeApproach(it) => Some(it.as_ref()),
                _ => None,
            })
    }

    /// The last initial report of an approach: without one there is no annual report of it.
    #[must_use]
    pub fn initial_report(&self, approach: CooperativeApproachId) -> Option<&InitialReport> {
        match self.others.get(&Key::InitialReport(approach)) {
            Some(Value::InitialReport(it)) => Some(it),
            _ => None,
        }
    }

    /// Every NDC, by its first year.
    pub fn ndcs(&self) -> impl DoubleEndedIterator<Item = &Ndc> {
        self.ndcs_up_to(u16::MAX)
    }

    /// The NDC whose implementation period has a year.
    #[must_use]
    pub fn ndc_of(&self, year: u16) -> Option<&Ndc> {
        let last = self.ndcs_up_to(year).next_back();
        last.filter(|it| it.period.contains(year))
    }

    fn ndcs_up_to(&self, year: u16) -> impl DoubleEndedIterator<Item = &Ndc> {
        let all = Key::Ndc(0)..=Key::Ndc(year);
        self.others.range(all).filter_map(|(_, value)| match value {
            Value::Ndc(it) => Some(it.as_ref()),
            _ => None,
        })
    }

    /// The levels of a series, by year.
    pub fn levels(&self, series: LevelSeries) -> impl Iterator<Item = (u16, i64)> {
        let all = Key::Level(series, 0)..=Key::Level(series, u16::MAX);
        self.others
            .range(all)
            .filter_map(|(key, value)| match (key, value) {
                (Key::Level(_, year), Value::Level(level)) => Some((*year, *level)),
                _ => None,
            })
    }

    /// An entity that is, or was, authorised under an approach.
    #[must_use]
    pub fn authorised_entity(
        &self,
        approach: CooperativeApproachId,
        identification: &Identification,
    ) -> Option<&AuthorisedEntity> {
        let key = Key::AuthorisedEntity(approach, identification.clone());
        match self.others.get(&key) {
            Some(Value::AuthorisedEntity(it)) => Some(it),
            _ => None,
        }
    }

    /// Every entity that is, or was, authorised, by approach and identification.
    pub fn authorised_entities(&self) -> impl Iterator<Item = &AuthorisedEntity> {
        let after = Key::Level(LevelSeries::LAST, u16::MAX);
        self.others
            .range((Excluded(after), Unbounded))
            .map_while(|(_, value)| match value {
                Value::AuthorisedEntity(it) => Some(it.as_ref()),
                _ => None,
            })
    }

    /// An authorisation: this Party's, or the copy of a partner's.
    #[must_use]
    pub fn authorisation(&self, party: Party, id: AuthorisationId) -> Option<&KnownAuthorisation> {
        match self.others.get(&Key::Authorisation(party, id)) {
            Some(Value::Authorisation(it)) => Some(it),
            _ => None,
        }
    }

    /// Every authorisation, by Party and id.
    pub fn authorisations(&self) -> impl Iterator<Item = &KnownAuthorisation> {
        let first = Key::Authorisation(Party::BEFORE_ALL, AuthorisationId::BEFORE_ALL);
        self.others
            .range(first..)
            .map_while(|(_, value)| match value {
                Value::Authorisation(it) => Some(it.as_ref()),
                _ => None,
            })
    }

    /// What was done under an authorisation of this Party.
    #[must_use]
    pub fn authorisation_use(&self, id: AuthorisationId) -> AuthorisationUse {
        match self.others.get(&Key::AuthorisationUse(id)) {
            Some(Value::AuthorisationUse(it)) => *it,
            _ => AuthorisationUse::default(),
        }
    }

    /// The authorisation under which a project's units come as they are issued.
    #[must_use]
    pub fn authorisation_of_project(&self, project: u32) -> Option<&KnownAuthorisation> {
        let own = self.genesis()?.party;
        match self.others.get(&Key::ProjectAuthorisation(project)) {
            Some(Value::ProjectAuthorisation(id)) => self.authorisation(own, *id),
            _ => None,
        }
    }

    /// The block with the authorisation that counts for it now: units of this Party that were not first transferred follow the
    /// last version, and all others keep what they carry, unless the terms of their authorisation reach them (4/CMA.6
    /// paras 7 to 9).
    #[must_use]
    pub fn in_force(&self, block: &UnitBlock) -> UnitBlock {
        let Some(carried) = block.authorisation else {
            return *block;
        };
        let known = self.authorisation(block.serial.party(), carried.id);
        match known {
            Some(known) if self.is_own(block.serial.party()) => UnitBlock {
                authorisation: known.terms_of(block, carried),
                ..*block
            },
            _ => *block,
        }
    }

    /// Whether units may leave under an approach as far as their authorisation goes: where the approach is recorded here, what
    /// was not first transferred must be authorised under it (4/CMA.6 para 11).
    #[must_use]
    pub fn is_authorised_under(&self, block: &UnitBlock, approach: CooperativeApproachId) -> bool {
        if block.first_transfer.is_some() {
            return true;
        }
        match self.in_force(block).authorisation {
            Some(authorisation) => authorisation.cooperative_approach == approach,
            None => block.authorisation.is_none() && self.cooperative_approach(approach).is_none(),
        }
    }

    /// The implementation period of this Party's NDC that has a vintage.
    #[must_use]
    pub fn ndc_period_of(&self, vintage: u16) -> Option<NdcPeriod> {
        self.ndc_of(vintage).map(|it| it.period)
    }
}
