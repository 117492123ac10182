//! What everybody may know, as the pages show it: whose registry it is, names, ranges of a project, places on the map,
//! sums. Nothing here is more than the public ledger and published descriptions say.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use countersign_protocol::id::OrganisationId;
use countersign_protocol::project::{Description, Geometry};
use countersign_protocol::record::{Genesis, Organisation};
use countersign_protocol::registry::{Holding, Standing};
use countersign_protocol::serial::SectoralScope;
use countersign_protocol::workflow::Process;
use tokio::sync::Mutex;

use super::status::Totals;
use super::sums::{Between, Ends, StageTime};
use super::{App, AppError};
use crate::projection::query::{HoldingQuery, Page, Statistics, Window};

/// How long sums are kept while the ledger grows on, at least: a page that is a few seconds old says from which leaf it is.
const KEPT_FOR: Duration = Duration::from_secs(15);

/// How many times as long as they took to make they are kept: a large registry does not spend its days with adding.
const KEPT_TIMES: u32 = 20;

/// A published project with places.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MappedProject {
    /// Its national number.
    pub number: u32,
    /// Its public title.
    pub title: String,
    /// Its sectoral scope.
    pub scope: SectoralScope,
    /// The middle of each of its places: longitude and latitude in ten-millionths of a degree.
    pub places: Vec<(i32, i32)>,
}

/// Sums that take long, with the leaves that they follow from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Overview {
    /// Tonnes and projects by year, vintage, scope and partner.
    pub statistics: Statistics,
    /// Published projects with places.
    pub places: Vec<MappedProject>,
    /// Published projects by the regions that they name; one in several regions counts in each.
    pub regions: BTreeMap<String, u64>,
    /// What became of the units that this Party issued.
    pub ends: Ends,
    /// How long cases were in the stages of the process.
    pub stages: Vec<StageTime>,
    /// What went between countries.
    pub between: Between,
}

/// Keeps the last overview, and makes the next one while the last is still shown.
#[derive(Default)]
pub(super) struct OverviewKeeper {
    kept: std::sync::RwLock<Option<Kept>>,
    /// Held while one is made: nobody makes a second beside it.
    turn: Mutex<()>,
}

#[derive(Clone)]
struct Kept {
    made: Instant,
    took: Duration,
    size: u64,
    overview: Arc<Overview>,
}

impl OverviewKeeper {
    fn kept(&self) -> Option<Kept> {
        let kept = self.kept.read();
        kept.unwrap_or_else(std::sync::PoisonError::into_inner)
            .clone()
    }

    fn keep(&self, kept: Kept) {
        let mut place = self
            .kept
            .write()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        *place = Some(kept);
    }
}

impl App {
    /// The first record: whose registry it is.
    ///
    /// # Errors
    /// [`AppError::Internal`] before the ledger's first record.
    pub fn genesis(&self) -> Result<Genesis, AppError> {
        let genesis = self.ledger().read(|state| state.genesis().cloned());
        genesis.ok_or(AppError::Internal)
    }

    /// Tonnes by place over all accounts.
    #[must_use]
    pub fn totals(&self) -> Totals {
        self.ledger().read(Totals::of)
    }

    /// How many projects are registered.
    #[must_use]
    pub fn project_count(&self) -> u64 {
        self.ledger().read(|state| state.projects().count() as u64)
    }

    /// The process that new cases follow, if one was adopted.
    #[must_use]
    pub fn process(&self) -> Option<Arc<Process>> {
        self.ledger().read(|state| state.process().cloned())
    }

    /// An organisation.
    ///
    /// # Errors
    /// [`AppError::NotFound`].
    pub fn organisation(&self, id: OrganisationId) -> Result<Organisation, AppError> {
        let found = self.ledger().read(|state| state.organisation(id).cloned());
        found.ok_or_else(|| AppError::not_found("organisation", &id))
    }

    /// The organisations of some types that may act, by number; at most [`LIST_MAX`](super::LIST_MAX).
    #[must_use]
    pub fn organisations_of_types(&self, types: &[&str]) -> Vec<Organisation> {
        self.ledger().read(|state| {
            let of_types = state.organisations().filter(|it| {
                let kind = it.organisation_type.as_ref();
                kind.is_some_and(|kind| types.contains(&kind.as_str()))
            });
            let active =
                of_types.filter(|it| state.organisation_standing(it.id) == Standing::Active);
            active.take(super::LIST_MAX).cloned().collect()
        })
    }

    /// What an organisation is called; its number where there is none of it.
    #[must_use]
    pub fn organisation_name(&self, id: OrganisationId) -> String {
        let name = self
            .ledger()
            .read(|state| state.organisation(id).map(|it| it.name.to_string()));
        name.unwrap_or_else(|| id.to_string())
    }

    /// The ranges of a project of this registry, wherever they are.
    ///
    /// # Errors
    /// As [`App::find_organisations`].
    pub async fn project_ranges(
        &self,
        number: u32,
        window: Window,
    ) -> Result<Page<Holding>, AppError> {
        let query = HoldingQuery {
            origin: Some(self.own_party()?),
            project: Some(number),
            window,
            ..HoldingQuery::default()
        };
        let mut page = self.lists().await?.holdings(&query).await?;
        self.in_force(&mut page.items);
        Ok(page)
    }

    /// Sums over the whole registry and the places of published projects, at most a few seconds behind the ledger, or a minute or two
    /// where there are millions of ranges.
    ///
    /// # Errors
    /// [`AppError::NotListed`] while the read model is not ready.
    pub async fn overview(&self) -> Result<Arc<Overview>, AppError> {
        let keeper = &self.inner.overview;
        let size = self.size();
        if let Some(kept) = keeper.kept() {
            let for_at_least = KEPT_FOR.max(kept.took * KEPT_TIMES);
            if kept.size == size || kept.made.elapsed() < for_at_least {
                return Ok(kept.overview);
            }
            // Whoever comes meanwhile reads the last one.
            let app = self.clone();
            tokio::spawn(async move {
                let keeper = &app.inner.overview;
                if let Ok(_turn) = keeper.turn.try_lock()
                    && let Err(error) = app.make_overview(size).await
                {
                    tracing::warn!(%error, "the sums of the pages could not be made anew");
                }
            });
            return Ok(kept.overview);
        }
        let _turn = keeper.turn.lock().await;
        if let Some(kept) = keeper.kept() {
            return Ok(kept.overview);
        }
        self.make_overview(size).await
    }

    async fn make_overview(&self, size: u64) -> Result<Arc<Overview>, AppError> {
        let began = Instant::now();
        let own = self.own_party()?;
        let statistics = self.lists().await?.statistics(own).await?;
        let (places, regions) = self.mapped_projects().await?;
        let overview = Arc::new(Overview {
            ends: self.ends(own, &statistics.placed),
            stages: self.stage_times(&statistics.passed),
            between: self.between(own).await?,
            statistics,
            places,
            regions,
        });
        self.inner.overview.keep(Kept {
            made: Instant::now(),
            took: began.elapsed(),
            size,
            overview: Arc::clone(&overview),
        });
        Ok(overview)
    }

    /// Published projects with places, and how many name each region.
    async fn mapped_projects(
        &self,
    ) -> Result<(Vec<MappedProject>, BTreeMap<String, u64>), AppError> {
        let all = self.all_descriptions().await?;
        let mut regions = BTreeMap::new();
        let mut mapped = self.ledger().read(|state| {
            let project = |(case, description): (u64, Description)| {
                let known = state.case(case).filter(|it| it.published)?;
                let project = state.project(known.project?)?;
                Some((project.clone(), description))
            };
            all.into_iter()
                .filter_map(project)
                .map(|(project, description)| {
                    for region in regions_of(&description) {
                        *regions.entry(region).or_default() += 1;
                    }
                    MappedProject {
                        number: project.number,
                        title: project.title.to_string(),
                        scope: project.scope,
                        places: description
                            .locations
                            .iter()
                            .filter_map(|it| it.geometry.as_ref().map(middle))
                            .collect(),
                    }
                })
                .collect::<Vec<_>>()
        });
        mapped.retain(|it| !it.places.is_empty());
        mapped.sort_unstable_by_key(|it| it.number);
        Ok((mapped, regions))
    }
}

/// The regions that a project names, each once.
fn regions_of(description: &Description) -> BTreeSet<String> {
    let named = description.locations.iter().filter_map(|it| {
        let region = it.region.as_deref()?.trim();
        (!region.is_empty()).then(|| region.to_owned())
    });
    named.collect()
}

/// The middle of the rectangle around a geometry.
fn middle(of: &Geometry) -> (i32, i32) {
    let bounds = of.bounds();
    let half = |a: i32, b: i32| a / 2 + b / 2;
    (
        half(bounds.least.lon, bounds.greatest.lon),
        half(bounds.least.lat, bounds.greatest.lat),
    )
}
