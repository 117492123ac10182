//! What people see of a project's monitoring data: sources with what waits of them, batches, and whether the ledger commits to them.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use countersign_bridge::dmrv::Point;
use countersign_protocol::permission::{Action, Object};
use countersign_protocol::record::Body;
use serde_json::Value;

use super::{App, AppError, Caller, EVIDENCE};
use crate::monitoring::{Batch, KeptBlueprint, PointsWish, Source, Waiting};
use crate::people::{Sealed, SealedPart};

/// A source, and its points that are in no batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceStanding {
    /// The source.
    pub source: Source,
    /// Its points that are in no batch; `None` where there are none.
    pub waiting: Option<Waiting>,
}

/// A batch, and where the ledger commits to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BatchStanding {
    /// The batch.
    pub batch: Batch,
    /// The leaf of the newest act whose commitment opens to a report that names the batch's root; `None` where there is none, or its
    /// text was erased.
    pub committed_at: Option<u64>,
}

/// The monitoring data of a project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MonitoringDesk {
    /// The project's public title.
    pub title: String,
    /// Its sources, by number.
    pub sources: Vec<SourceStanding>,
    /// Its batches, the newest first.
    pub batches: Vec<BatchStanding>,
    /// Whether the caller may enter sources, send points and seal.
    pub may_submit: bool,
}

impl App {
    /// Whether a caller may look at the monitoring data of a project.
    #[must_use]
    pub fn may_read_monitoring(&self, caller: &Caller, project: u32) -> bool {
        self.permit_project(caller, Action::MonitoringRead, project)
            .is_ok()
    }

    /// Whether a caller may enter blueprints.
    #[must_use]
    pub fn may_add_blueprints(&self, caller: &Caller) -> bool {
        self.permit(caller, Action::ProcessAdopt, &Object::default())
            .is_ok()
    }

    /// The monitoring data of a project.
    ///
    /// # Errors
    /// [`AppError`] when the matrix stands against it, or there is no such project.
    pub async fn monitoring_desk(
        &self,
        caller: &Caller,
        project: u32,
    ) -> Result<MonitoringDesk, AppError> {
        let sources = self.sources(caller, project).await?;
        let mut waiting = self.monitoring()?.waiting(project).await?;
        let sources = sources.into_iter().map(|source| SourceStanding {
            waiting: waiting.remove(&source.id),
            source,
        });
        let title = self
            .ledger()
            .read(|state| state.project(project).map(|it| it.title.to_string()));
        Ok(MonitoringDesk {
            title: title.unwrap_or_default(),
            sources: sources.collect(),
            batches: self.batches(caller, project).await?,
            may_submit: self
                .permit_project(caller, Action::MonitoringSubmit, project)
                .is_ok(),
        })
    }

    /// A source that the caller may look at, and a page of its points after one of them, by input and start.
    ///
    /// # Errors
    /// [`AppError`] when the matrix stands against it, or there is none.
    pub async fn points_of_source(
        &self,
        caller: &Caller,
        id: u64,
        after: Option<(&str, &str)>,
        limit: usize,
    ) -> Result<(Source, Vec<Point>), AppError> {
        let store = self.monitoring()?;
        let source = store.source(id).await?;
        self.permit_project(caller, Action::MonitoringRead, source.project)
            .map_err(|_| AppError::not_found("source", &id))?;
        let points = store.points_of_source(id, after, limit).await?;
        Ok((source, points))
    }

    /// The points of a project that are in no batch, as many as a batch may have and one more.
    ///
    /// # Errors
    /// [`AppError`] when the matrix stands against it.
    pub async fn points_to_seal(
        &self,
        caller: &Caller,
        wish: &PointsWish,
    ) -> Result<Vec<Point>, AppError> {
        self.permit_project(caller, Action::MonitoringRead, wish.project)?;
        Ok(self.monitoring()?.unsealed(wish).await?)
    }

    /// A version of a blueprint. Everybody may read it.
    ///
    /// # Errors
    /// [`AppError::NotFound`].
    pub async fn blueprint(&self, id: &str, version: &str) -> Result<KeptBlueprint, AppError> {
        Ok(self.monitoring()?.blueprint(id, version).await?)
    }

    /// Where the ledger commits to batches, in their order.
    pub(super) async fn standing_of_batches(
        &self,
        batches: Vec<Batch>,
    ) -> Result<Vec<BatchStanding>, AppError> {
        let mut reports: BTreeMap<u64, Vec<Report>> = BTreeMap::new();
        let mut found = Vec::with_capacity(batches.len());
        for batch in batches {
            let committed_at = match batch.used_by {
                None => None,
                Some(case) => {
                    let of_case = match reports.entry(case) {
                        Entry::Occupied(known) => known.into_mut(),
                        Entry::Vacant(unknown) => unknown.insert(self.reports_of(case).await?),
                    };
                    let root = hex::encode(batch.root);
                    let naming = of_case.iter().filter(|it| it.names(&root));
                    naming.map(|it| it.leaf).max()
                }
            };
            found.push(BatchStanding {
                batch,
                committed_at,
            });
        }
        Ok(found)
    }

    /// The reports of a case to which the ledger really commits.
    async fn reports_of(&self, case: u64) -> Result<Vec<Report>, AppError> {
        let mut reports = Vec::new();
        for sealed in self.people().sealed_of(case).await? {
            if sealed.part != SealedPart::Form || !sealed.opens() {
                continue;
            }
            if let Some(report) = Report::of(&sealed)
                && self.is_committed(&sealed)?
            {
                reports.push(report);
            }
        }
        Ok(reports)
    }

    /// Whether the leaf of an act carries the commitment that is kept beside the text.
    fn is_committed(&self, sealed: &Sealed) -> Result<bool, AppError> {
        let records = self.records_of(sealed.leaf, 1)?;
        Ok(records.iter().any(|it| match &it.record.body {
            Body::CaseAct(act) => act.form == Some(sealed.commitment),
            _ => false,
        }))
    }
}

/// A report that names batches.
struct Report {
    leaf: u64,
    roots: Vec<String>,
}

impl Report {
    fn of(sealed: &Sealed) -> Option<Self> {
        let (_, text) = sealed.opened.as_ref()?;
        let form: Value = serde_json::from_str(text).ok()?;
        let named = form.get(EVIDENCE)?.as_array()?.iter();
        let roots = named.filter_map(Value::as_str).map(str::to_lowercase);
        Some(Self {
            leaf: sealed.leaf,
            roots: roots.collect(),
        })
    }

    fn names(&self, root: &str) -> bool {
        self.roots.iter().any(|it| it == root)
    }
}
