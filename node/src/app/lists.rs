//! Lists with filters, orders and searches: answered by the read model.

use std::time::Duration;

use countersign_protocol::id::OrganisationId;
use countersign_protocol::permission::{Action, Object};
use countersign_protocol::registry::{Holding, TransferKey};

use super::{App, AppError, Caller, ListedCase, ListedTransfer, UnitsName};
use crate::projection::query::{
    CaseActRow, CaseQuery, EventRow, Found, HoldingQuery, OrganisationQuery, OrganisationRow, Page,
    ProjectQuery, ProjectRow, RetirementQuery, RetirementRow, TransferQuery, Window,
};
use crate::projection::{Projection, ProjectionError, Status};

/// How long a list waits for the read model to know what the ledger has acknowledged. It is mostly milliseconds behind;
/// a list that comes later than this is better a little old.
const FRESH_WITHIN: Duration = Duration::from_millis(500);

/// What has some characters in its name.
#[derive(Clone, Debug)]
pub struct SearchResult {
    /// Organisations.
    pub organisations: Vec<OrganisationRow>,
    /// Projects.
    pub projects: Vec<ProjectRow>,
    /// Cases.
    pub cases: Vec<ListedCase>,
    /// Transfers between countries.
    pub transfers: Vec<ListedTransfer>,
    /// Ranges, when the text names units.
    pub units: Vec<Holding>,
    /// Leaves that the read model held.
    pub size: u64,
}

impl App {
    /// The same use cases with a read model, without which lists have no filters, orders and searches.
    #[must_use]
    pub fn with_projection(self, projection: Projection) -> Self {
        Self {
            projection: Some(projection),
            ..self
        }
    }

    /// Leaves that the ledger has acknowledged.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.ledger().latest_head().size
    }

    /// Leaves that the read model holds, if it answers.
    #[must_use]
    pub fn listed_size(&self) -> Option<u64> {
        match self.projection.as_ref()?.status() {
            Status::Ready { size } => Some(size),
            _ => None,
        }
    }

    /// The read model, with everything in it that was acknowledged before.
    pub(super) async fn lists(&self) -> Result<&Projection, AppError> {
        let Some(projection) = &self.projection else {
            return Err(AppError::NotListed("this node has no read model".into()));
        };
        if let Some(last) = self.size().checked_sub(1)
            && !matches!(projection.status(), Status::Failed(_))
        {
            projection.wait_for(last, FRESH_WITHIN).await;
        }
        Ok(projection)
    }

    /// Organisations.
    ///
    /// # Errors
    /// [`AppError::NotListed`] while the read model is not ready, [`AppError::BadInput`] for a wrong place in the list.
    pub async fn find_organisations(
        &self,
        query: &OrganisationQuery,
    ) -> Result<Page<OrganisationRow>, AppError> {
        Ok(self.lists().await?.organisations(query).await?)
    }

    /// Projects.
    ///
    /// # Errors
    /// As [`App::find_organisations`].
    pub async fn find_projects(&self, query: &ProjectQuery) -> Result<Page<ProjectRow>, AppError> {
        Ok(self.lists().await?.projects(query).await?)
    }

    /// Cases, as the registry has them now.
    ///
    /// # Errors
    /// As [`App::find_organisations`].
    pub async fn find_cases(&self, query: &CaseQuery) -> Result<Page<ListedCase>, AppError> {
        let Page { items, next, size } = self.lists().await?.cases(query).await?;
        let items = items.into_iter().filter_map(|it| self.case(it).ok());
        Ok(Page {
            items: items.collect(),
            next,
            size,
        })
    }

    /// What was done in a case, oldest first.
    ///
    /// # Errors
    /// [`AppError::NotFound`] when there is no such case, otherwise as [`App::find_organisations`].
    pub async fn case_acts(
        &self,
        case: u64,
        window: &Window,
    ) -> Result<Page<CaseActRow>, AppError> {
        self.case(case)?;
        Ok(self.lists().await?.case_acts(case, window).await?)
    }

    /// Ranges of units, of those accounts that the caller may look into: somebody who may not look into all of them, and
    /// names none, sees those of the own organisation.
    ///
    /// # Errors
    /// [`AppError::Forbidden`] or [`AppError::NotFound`] for others' accounts, otherwise as [`App::find_organisations`].
    pub async fn find_holdings(
        &self,
        caller: &Caller,
        mut query: HoldingQuery,
    ) -> Result<Page<Holding>, AppError> {
        if let Some(account) = query.account {
            self.account(caller, account)?;
        }
        if let Some(organisation) = query.organisation {
            self.permit_of(caller, Action::UnitsRead, organisation)?;
        }
        let names_none = query.account.is_none() && query.organisation.is_none();
        if names_none
            && let Caller::Person(person) = caller
            && self
                .permit(caller, Action::UnitsRead, &Object::default())
                .is_err()
        {
            let own = person.principal.organisation;
            self.permit_of(caller, Action::UnitsRead, own)?;
            query.organisation = Some(own);
        }
        let mut page = self.lists().await?.holdings(&query).await?;
        self.in_force(&mut page.items);
        Ok(page)
    }

    /// What the accounts of an organisation hold, by vintage, in tonnes.
    ///
    /// # Errors
    /// [`AppError::Forbidden`] for whoever may not look into its accounts, otherwise as [`App::find_organisations`].
    pub async fn held_by_vintage(
        &self,
        caller: &Caller,
        organisation: OrganisationId,
    ) -> Result<Vec<(u16, u64)>, AppError> {
        self.permit_of(caller, Action::UnitsRead, organisation)?;
        Ok(self.lists().await?.held_by_vintage(organisation).await?)
    }

    /// Units that were used or cancelled.
    ///
    /// # Errors
    /// As [`App::find_organisations`].
    pub async fn find_retirements(
        &self,
        query: &RetirementQuery,
    ) -> Result<Page<RetirementRow>, AppError> {
        Ok(self.lists().await?.retirements(query).await?)
    }

    /// Transfers between countries, as the registry has them now.
    ///
    /// # Errors
    /// As [`App::find_organisations`].
    pub async fn find_transfers(
        &self,
        query: &TransferQuery,
    ) -> Result<Page<ListedTransfer>, AppError> {
        let Page { items, next, size } = self.lists().await?.transfers(query).await?;
        let keys = items.into_iter().map(|row| row.key).collect();
        let items = self.listed_transfers(keys).await?;
        Ok(Page { items, next, size })
    }

    async fn listed_transfers(
        &self,
        keys: Vec<TransferKey>,
    ) -> Result<Vec<ListedTransfer>, AppError> {
        // Settled transfers are on the disk.
        self.blocking(move |app| {
            let known = keys.into_iter().filter_map(|key| app.listed_transfer(key));
            Ok(known.collect())
        })
        .await
    }

    /// Everything that happened to any of the units named, oldest first.
    ///
    /// # Errors
    /// [`AppError::NotFound`] when this ledger knows none of them, otherwise as [`App::find_organisations`].
    pub async fn units_history(
        &self,
        name: &UnitsName,
        window: &Window,
    ) -> Result<Page<EventRow>, AppError> {
        self.units(name, None, 1)?;
        Ok(self.lists().await?.events(name.range(), window).await?)
    }

    /// Everything with these characters in its name, the first ten of each kind.
    ///
    /// # Errors
    /// As [`App::find_organisations`].
    pub async fn find_named(&self, q: &str) -> Result<SearchResult, AppError> {
        let Found {
            organisations,
            projects,
            cases,
            transfers,
            size,
        } = self.lists().await?.search(q).await?;
        let named = q.trim().parse::<UnitsName>().ok();
        let units = named.and_then(|name| self.units(&name, None, 10).ok());
        let cases = cases.into_iter().filter_map(|it| self.case(it).ok());
        Ok(SearchResult {
            organisations,
            projects,
            cases: cases.collect(),
            transfers: self.listed_transfers(transfers).await?,
            units: units.map(|listing| listing.items).unwrap_or_default(),
            size,
        })
    }
}

impl From<ProjectionError> for AppError {
    fn from(error: ProjectionError) -> Self {
        match error {
            ProjectionError::Cursor => Self::parameter("after", error.to_string()),
            ProjectionError::NotReady(_) => Self::NotListed(error.to_string().into()),
            other => Self::internal("ask the read model", &other),
        }
    }
}
