//! Projects.

use countersign_protocol::id::OrganisationId;
use countersign_protocol::party::Party;
use countersign_protocol::serial::SectoralScope;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::cursor::Holds;
use super::list::{List, Order};
use super::{Page, Window};
use crate::projection::ProjectionError;
use crate::projection::db::{Cell, Row};
use crate::projection::follow::Projection;

/// Orders of projects.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProjectSort {
    /// By national number.
    #[default]
    Number,
    /// By title.
    Title,
    /// By the leaf that changed them last.
    Changed,
}

/// Which projects are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProjectQuery {
    /// Of this organisation.
    pub organisation: Option<OrganisationId>,
    /// Of this sectoral scope.
    pub scope: Option<SectoralScope>,
    /// In this standing: `active`, `suspended` or `closed`.
    pub standing: Option<String>,
    /// With these characters in the title.
    pub q: Option<String>,
    /// In this order.
    pub sort: ProjectSort,
    /// This part of the list.
    pub window: Window,
}

/// A project.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProjectRow {
    /// Its national number.
    pub number: u32,
    /// Its developer.
    pub organisation: OrganisationId,
    /// Its public title.
    pub title: String,
    /// Its CDM sectoral scope.
    pub scope: SectoralScope,
    /// Whether anything may happen to it: `active`, `suspended` or `closed`.
    #[schema(value_type = countersign_protocol::registry::Standing)]
    pub standing: String,
    /// The newest leaf that may have changed it.
    pub changed_at: u64,
}

/// What became of the units of one project and vintage, in tonnes of CO2 equivalent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct VintageTotals {
    /// The year in which the mitigation occurred.
    pub vintage: u16,
    /// Units that were ever issued.
    pub issued: u64,
    /// Those that are still in accounts of this registry.
    pub held: u64,
    /// Those that were used.
    pub used: u64,
    /// Those that were cancelled.
    pub cancelled: u64,
    /// Those that went to partner countries.
    pub abroad: u64,
}

const COLUMNS: &[&str] = &[
    "number",
    "organisation",
    "title",
    "scope",
    "standing",
    "changed_at",
];

pub(super) fn row(row: &Row) -> Result<ProjectRow, ProjectionError> {
    Ok(ProjectRow {
        number: row.number(0)?,
        organisation: OrganisationId(row.number(1)?),
        title: row.parsed(2)?,
        scope: SectoralScope::new(row.number(3)?).map_err(|_| ProjectionError::Row(3))?,
        standing: row.parsed(4)?,
        changed_at: row.number(5)?,
    })
}

impl Projection {
    /// Projects.
    ///
    /// # Errors
    /// [`ProjectionError`]
    pub async fn projects(
        &self,
        query: &ProjectQuery,
    ) -> Result<Page<ProjectRow>, ProjectionError> {
        let order = match query.sort {
            ProjectSort::Number => Order {
                name: "projects/number",
                columns: &[("number", Holds::Int)],
            },
            ProjectSort::Title => Order {
                name: "projects/title",
                columns: &[("folded", Holds::Text), ("number", Holds::Int)],
            },
            ProjectSort::Changed => Order {
                name: "projects/changed",
                columns: &[("changed_at", Holds::Int), ("number", Holds::Int)],
            },
        };
        let mut list = List::of("projects", COLUMNS, order);
        let organisation = query.organisation.map(|it| Cell::from(it.0));
        if query.sort == ProjectSort::Number {
            list.led_by("organisation = ?", "organisation", organisation);
        } else {
            list.only("organisation = ?", organisation.map(|it| vec![it]));
        }
        let scope = query.scope.map(|it| u32::from(it.number()));
        list.only("scope = ?", scope.map(|it| vec![Cell::from(it)]));
        let standing = query.standing.as_deref();
        list.only("standing = ?", standing.map(|it| vec![Cell::text(it)]));
        list.named(query.q.as_deref());
        list.page(self, &query.window, row).await
    }

    /// What became of a project's units, by vintage. `origin` is the Party of this registry: others count their projects
    /// from 1 as well.
    ///
    /// # Errors
    /// [`ProjectionError`]
    pub async fn project_totals(
        &self,
        origin: Party,
        project: u32,
    ) -> Result<Vec<VintageTotals>, ProjectionError> {
        let (db, _) = self.ready()?;
        let sum = |places: &str| {
            format!(
                "CAST(COALESCE(SUM(CASE WHEN place IN ({places}) THEN last_unit - first_unit + 1 ELSE 0 END), 0) AS BIGINT)"
            )
        };
        // Joined to nothing, the origin leads into no index: the key begins with it, and by that a database without statistics
        // would read every range of the country.
        let sql = format!(
            "SELECT vintage, {}, {}, {}, {} FROM ranges WHERE project = $1 AND (origin || '') = $2 GROUP BY vintage ORDER BY vintage",
            sum("'available', 'on_hold', 'escrow'"),
            sum("'used'"),
            sum("'cancelled'"),
            sum("'abroad'"),
        );
        let cells = vec![Cell::from(project), Cell::text(origin.to_string())];
        let rows = db.rows(sql, cells).await?;
        rows.iter().map(totals).collect()
    }
}

fn totals(row: &Row) -> Result<VintageTotals, ProjectionError> {
    let (held, used) = (row.number::<u64>(1)?, row.number::<u64>(2)?);
    let (cancelled, abroad) = (row.number::<u64>(3)?, row.number::<u64>(4)?);
    Ok(VintageTotals {
        vintage: row.number(0)?,
        issued: [held, used, cancelled, abroad]
            .into_iter()
            .fold(0, u64::saturating_add),
        held,
        used,
        cancelled,
        abroad,
    })
}
