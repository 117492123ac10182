//! A project with everything that the caller may see of it.

use countersign_protocol::id::OrganisationId;
use countersign_protocol::period::Period;
use countersign_protocol::project::Description;
use countersign_protocol::record::Project;
use countersign_protocol::registry::{RegistryCase, Standing, State};

use super::{App, AppError, Caller};
use crate::projection::query::VintageTotals;

/// A project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProjectFile {
    /// What the ledger says.
    pub project: Project,
    /// Whether anything may happen to it.
    pub standing: Standing,
    /// The case by which it was registered; `None` without a process.
    pub case: Option<u64>,
    /// Where that case stands.
    pub stage: Option<String>,
    /// Whether the process has opened it to the public.
    pub is_published: bool,
    /// Its owners and the parts of each in what it issues.
    pub owners: Vec<(OrganisationId, u32)>,
    /// The crediting periods that were opened.
    pub crediting_periods: Vec<Period>,
    /// What became of its units, by vintage.
    pub totals: Vec<VintageTotals>,
    /// What was handed in about it; `None` when the caller may not see it yet, or nothing was.
    pub description: Option<Description>,
}

impl App {
    /// A project by its national number. What the ledger says is for everybody, the description once the project is
    /// published; before that for those who may look into its case.
    ///
    /// # Errors
    /// [`AppError::NotFound`] when there is none of the number, [`AppError::NotListed`] while the read model is not ready.
    pub async fn project(
        &self,
        caller: Option<&Caller>,
        number: u32,
    ) -> Result<ProjectFile, AppError> {
        let facts = self.ledger().read(|state| facts(state, number));
        let (mut file, known) = facts.ok_or_else(|| AppError::not_found("project", &number))?;
        let origin = self
            .ledger()
            .read(|state| state.genesis().map(|it| it.party));
        if let Some(origin) = origin {
            file.totals = self.lists().await?.project_totals(origin, number).await?;
        }
        if let Some(known) = known {
            let may = |caller| self.permit_reading(caller, &known).is_ok();
            if known.published || caller.is_some_and(may) {
                file.description = self.description(&known, None).await?;
            }
        }
        Ok(file)
    }
}

fn facts(state: &State, number: u32) -> Option<(ProjectFile, Option<RegistryCase>)> {
    let project = state.project(number)?.clone();
    let known = state.project_case(number).cloned();
    let owners = match &known {
        Some(known) => {
            let owners = known.case.subject.owners.iter().copied();
            let parts = known.shares.iter().copied().chain(std::iter::repeat(1));
            owners.zip(parts).collect()
        }
        None => vec![(project.organisation, 1)],
    };
    let file = ProjectFile {
        standing: state.project_standing(number),
        case: known.as_ref().map(|it| it.number),
        stage: known.as_ref().map(|it| it.case.stage.clone()),
        is_published: known.as_ref().is_some_and(|it| it.published),
        owners,
        crediting_periods: state.crediting_periods(number).to_vec(),
        totals: Vec::new(),
        description: None,
        project,
    };
    Some((file, known))
}
