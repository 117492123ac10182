//! What the ledger knows of Article 6: public, as the ledger is.

use countersign_protocol::article6::FirstTransferDefinition;
use countersign_protocol::id::AuthorisationId;
use countersign_protocol::party::{Party, RegistryId};
use countersign_protocol::record::{
    AuthorisedEntity, CooperativeApproach, InitialReport, LevelSeries, Metric, Ndc,
};
use countersign_protocol::registry::{AuthorisationUse, Holding, KnownAuthorisation, State};
use countersign_protocol::serial::CooperativeApproachId;

use super::super::{App, AppError, LIST_MAX, Listing, StoredRecord};
use crate::projection::query::{Page, USE_NOTICES, Window};

/// A cooperative approach, and the last initial report that covers it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApproachFile {
    /// The approach.
    pub approach: CooperativeApproach,
    /// The report; without one there are no rows of the approach in the annual report.
    pub report: Option<InitialReport>,
}

/// A level of a year.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Level {
    /// What it is of.
    pub series: LevelSeries,
    /// The calendar year.
    pub year: u16,
    /// The level.
    pub level: i64,
}

/// An authorisation as it counts now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthorisationFile {
    /// Its last version, and its end.
    pub known: KnownAuthorisation,
    /// What was done under it; `None` for a copy of a partner's, whose ledger counts.
    pub used: Option<AuthorisationUse>,
}

impl AuthorisationFile {
    fn new(state: &State, known: &KnownAuthorisation) -> Self {
        let is_own = state.is_own(known.latest.party);
        Self {
            used: is_own.then(|| state.authorisation_use(known.latest.id)),
            known: known.clone(),
        }
    }

    /// Units that can still be first transferred under it; `None` where it sets no limit, or is a copy.
    #[must_use]
    pub fn left(&self) -> Option<u64> {
        let quantity = self.known.latest.quantity;
        let used = self.used.filter(|_| quantity != 0)?;
        Some(quantity.saturating_sub(used.committed))
    }
}

/// Which authorisations are wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AuthorisationQuery {
    /// Given by this Party.
    pub party: Option<Party>,
    /// Under this approach.
    pub approach: Option<CooperativeApproachId>,
    /// In force, or revoked.
    pub in_force: Option<bool>,
}

impl AuthorisationQuery {
    fn accepts(&self, known: &KnownAuthorisation) -> bool {
        self.party.is_none_or(|party| party == known.latest.party)
            && self
                .approach
                .is_none_or(|approach| approach == known.latest.approach)
            && self
                .in_force
                .is_none_or(|wanted| wanted == known.is_in_force())
    }
}

/// What an authorisation has where nobody says otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthorisationDefaults {
    /// This Party.
    pub party: Party,
    /// Its registry.
    pub registry: RegistryId,
    /// The next version.
    pub version: u32,
    /// How the approach defines first transfer for other purposes.
    pub definition: Option<FirstTransferDefinition>,
    /// The metric of the approach.
    pub metric: Metric,
}

impl App {
    /// Every cooperative approach, by id.
    #[must_use]
    pub fn approaches(&self) -> Vec<ApproachFile> {
        self.ledger().read(|state| {
            let all = state.cooperative_approaches();
            all.map(|it| ApproachFile {
                approach: it.clone(),
                report: state.initial_report(it.id).cloned(),
            })
            .collect()
        })
    }

    /// One cooperative approach.
    ///
    /// # Errors
    /// [`AppError::NotFound`].
    pub fn approach(&self, id: CooperativeApproachId) -> Result<ApproachFile, AppError> {
        let found = self.ledger().read(|state| {
            Some(ApproachFile {
                approach: state.cooperative_approach(id)?.clone(),
                report: state.initial_report(id).cloned(),
            })
        });
        found.ok_or_else(|| AppError::not_found("cooperative approach", &id))
    }

    /// Every NDC, by its first year.
    #[must_use]
    pub fn ndcs(&self) -> Vec<Ndc> {
        self.ledger().read(|state| state.ndcs().cloned().collect())
    }

    /// The NDC whose implementation period has a year.
    ///
    /// # Errors
    /// [`AppError::NotFound`].
    pub fn ndc(&self, year: u16) -> Result<Ndc, AppError> {
        let found = self.ledger().read(|state| state.ndc_of(year).cloned());
        found.ok_or_else(|| AppError::not_found("NDC of", &year))
    }

    /// Every level, by series and year.
    #[must_use]
    pub fn levels(&self, series: Option<LevelSeries>) -> Vec<Level> {
        let wanted = LevelSeries::ALL
            .into_iter()
            .filter(|it| series.is_none_or(|series| series == *it));
        self.ledger().read(|state| {
            let levels = wanted.flat_map(|series| {
                let of = state.levels(series);
                of.map(move |(year, level)| Level {
                    series,
                    year,
                    level,
                })
            });
            levels.collect()
        })
    }

    /// Entities that are, or were, authorised, by approach and identification.
    #[must_use]
    pub fn authorised_entities(
        &self,
        approach: Option<CooperativeApproachId>,
    ) -> Vec<AuthorisedEntity> {
        self.ledger().read(|state| {
            let all = state.authorised_entities();
            all.filter(|it| approach.is_none_or(|wanted| wanted == it.approach))
                .cloned()
                .collect()
        })
    }

    /// Authorisations as they count now, by Party and id.
    ///
    /// # Errors
    /// [`AppError::BadInput`] when `after` names no place in the list.
    pub fn authorisations(
        &self,
        query: &AuthorisationQuery,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Listing<AuthorisationFile>, AppError> {
        let limit = limit.clamp(1, LIST_MAX);
        let after = after.map(place).transpose()?;
        let items: Vec<AuthorisationFile> = self.ledger().read(|state| {
            let all = state.authorisations();
            all.filter(|it| after.is_none_or(|after| (it.latest.party, it.latest.id) > after))
                .filter(|it| query.accepts(it))
                .take(limit + 1)
                .map(|it| AuthorisationFile::new(state, it))
                .collect()
        });
        Ok(Listing::cut(items, limit, |last| {
            format!("{}/{}", last.known.latest.party, last.known.latest.id)
        }))
    }

    /// One authorisation.
    ///
    /// # Errors
    /// [`AppError::NotFound`].
    pub fn authorisation(
        &self,
        party: Party,
        id: AuthorisationId,
    ) -> Result<AuthorisationFile, AppError> {
        let found = self.ledger().read(|state| {
            let known = state.authorisation(party, id)?;
            Some(AuthorisationFile::new(state, known))
        });
        found.ok_or_else(|| AppError::not_found("authorisation", &format_args!("{party}/{id}")))
    }

    /// The records that made an authorisation what it is, oldest first: its versions and its end.
    ///
    /// # Errors
    /// [`AppError::NotFound`] when there is none, otherwise as [`App::find_organisations`].
    pub async fn authorisation_versions(
        &self,
        party: Party,
        id: AuthorisationId,
        window: &Window,
    ) -> Result<Page<StoredRecord>, AppError> {
        self.authorisation(party, id)?;
        let subject = format!("authorisations/{party}/{id}");
        self.article6_records(&subject, window).await
    }

    /// The records about a cooperative approach, oldest first: the approach itself, its reports, its entities.
    ///
    /// # Errors
    /// As [`App::authorisation_versions`].
    pub async fn approach_versions(
        &self,
        id: CooperativeApproachId,
        window: &Window,
    ) -> Result<Page<StoredRecord>, AppError> {
        self.approach(id)?;
        let subject = format!("cooperative-approaches/{id}");
        self.article6_records(&subject, window).await
    }

    /// The records of an NDC, oldest first.
    ///
    /// # Errors
    /// As [`App::authorisation_versions`].
    pub async fn ndc_versions(
        &self,
        year: u16,
        window: &Window,
    ) -> Result<Page<StoredRecord>, AppError> {
        let ndc = self.ndc(year)?;
        let subject = format!("ndcs/{}", ndc.period.first());
        self.article6_records(&subject, window).await
    }

    /// Notices of uses abroad, by their leaves.
    ///
    /// # Errors
    /// As [`App::authorisation_versions`].
    pub async fn use_notices(&self, window: &Window) -> Result<Page<StoredRecord>, AppError> {
        self.article6_records(USE_NOTICES, window).await
    }

    async fn article6_records(
        &self,
        subject: &str,
        window: &Window,
    ) -> Result<Page<StoredRecord>, AppError> {
        let page = self.lists().await?.article6_of(subject, window).await?;
        self.blocking(move |app| {
            let records = page.items.iter().map(|leaf| app.stored(*leaf));
            Ok(Page {
                items: records.collect::<Result<_, _>>()?,
                next: page.next,
                size: page.size,
            })
        })
        .await
    }

    /// What the next version of an authorisation has where nobody says otherwise.
    ///
    /// # Errors
    /// [`AppError::Internal`] before the ledger's first record.
    pub fn authorisation_defaults(
        &self,
        approach: CooperativeApproachId,
        party: Option<Party>,
        id: AuthorisationId,
    ) -> Result<AuthorisationDefaults, AppError> {
        let read = |state: &State| {
            let own = state.genesis()?;
            let party = party.unwrap_or(own.party);
            let partner = state.partner(party).map(|it| it.registry);
            let known = state.authorisation(party, id);
            let before = known.map_or(0, |known| known.latest.version);
            let of = state.cooperative_approach(approach);
            Some(AuthorisationDefaults {
                party,
                registry: partner.unwrap_or(own.registry),
                version: before.saturating_add(1),
                definition: of.and_then(|of| of.definition),
                metric: of.map_or(Metric::Ghg, |of| of.metric.clone()),
            })
        };
        self.ledger().read(read).ok_or(AppError::Internal)
    }

    /// This Party.
    ///
    /// # Errors
    /// [`AppError::Internal`] before the ledger's first record.
    pub fn own_party(&self) -> Result<Party, AppError> {
        let own = self
            .ledger()
            .read(|state| state.genesis().map(|it| it.party));
        own.ok_or(AppError::Internal)
    }

    /// Ranges with the authorisations that count for them now.
    pub(in crate::app) fn in_force(&self, holdings: &mut [Holding]) {
        if holdings.iter().all(|it| it.block.authorisation.is_none()) {
            return;
        }
        self.ledger().read(|state| {
            for holding in holdings {
                holding.block = state.in_force(&holding.block);
            }
        });
    }
}

/// `GH/GH-2026-001`
fn place(text: &str) -> Result<(Party, AuthorisationId), AppError> {
    let parts = || {
        let (party, id) = text.split_once('/')?;
        Some((party.parse().ok()?, id.parse().ok()?))
    };
    parts().ok_or_else(|| {
        AppError::parameter(
            "after",
            "this is not a place in the list: give the `next` of the page before",
        )
    })
}
