//! Organisations.

use countersign_protocol::id::OrganisationId;
use countersign_protocol::record::OrganisationKind;
use countersign_protocol::serial::SectoralScope;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::cursor::Holds;
use super::list::{List, Order};
use super::{Page, Window};
use crate::projection::ProjectionError;
use crate::projection::db::{Cell, Row};
use crate::projection::follow::Projection;
use crate::projection::rows::word_of;

/// Orders of organisations.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrganisationSort {
    /// By number.
    #[default]
    Number,
    /// By name.
    Name,
    /// By the leaf that changed them last.
    Changed,
}

/// Which organisations are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OrganisationQuery {
    /// Of this kind.
    pub kind: Option<OrganisationKind>,
    /// Of this type in the country's process.
    pub organisation_type: Option<String>,
    /// In this standing: `pending`, `active`, `suspended` or `closed`.
    pub standing: Option<String>,
    /// With these characters in the name.
    pub q: Option<String>,
    /// In this order.
    pub sort: OrganisationSort,
    /// This part of the list.
    pub window: Window,
}

/// An organisation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OrganisationRow {
    /// Its number.
    pub id: OrganisationId,
    /// Its public name.
    pub name: String,
    /// What it is: the record's word.
    #[schema(value_type = countersign_protocol::record::OrganisationKind)]
    pub kind: String,
    /// What it is in the country's process.
    pub organisation_type: Option<String>,
    /// The sectoral scopes that it answers for.
    pub scopes: Vec<SectoralScope>,
    /// Whether it may act: `pending`, `active`, `suspended` or `closed`.
    #[schema(value_type = countersign_protocol::registry::Standing)]
    pub standing: String,
    /// The newest leaf that may have changed it.
    pub changed_at: u64,
}

const COLUMNS: &[&str] = &[
    "id",
    "name",
    "kind",
    "type",
    "scopes",
    "standing",
    "changed_at",
];

pub(super) fn row(row: &Row) -> Result<OrganisationRow, ProjectionError> {
    Ok(OrganisationRow {
        id: OrganisationId(row.number(0)?),
        name: row.parsed(1)?,
        kind: row.parsed(2)?,
        organisation_type: row.text(3)?,
        scopes: scopes(&row.parsed::<String>(4)?)?,
        standing: row.parsed(5)?,
        changed_at: row.number(6)?,
    })
}

fn scopes(text: &str) -> Result<Vec<SectoralScope>, ProjectionError> {
    let numbers = text.split(',').filter(|it| !it.is_empty());
    let read = |it: &str| it.parse().map_err(|_| ProjectionError::Row(4));
    numbers.map(read).collect()
}

impl Projection {
    /// Organisations.
    ///
    /// # Errors
    /// [`ProjectionError`]
    pub async fn organisations(
        &self,
        query: &OrganisationQuery,
    ) -> Result<Page<OrganisationRow>, ProjectionError> {
        let order = match query.sort {
            OrganisationSort::Number => Order {
                name: "organisations/number",
                columns: &[("id", Holds::Int)],
            },
            OrganisationSort::Name => Order {
                name: "organisations/name",
                columns: &[("folded", Holds::Text), ("id", Holds::Int)],
            },
            OrganisationSort::Changed => Order {
                name: "organisations/changed",
                columns: &[("changed_at", Holds::Int), ("id", Holds::Int)],
            },
        };
        let mut list = List::of("organisations", COLUMNS, order);
        let kind = query.kind.map(|kind| vec![Cell::text(word_of(&kind))]);
        list.only("kind = ?", kind);
        let of_type = query.organisation_type.as_deref();
        list.only("type = ?", of_type.map(|it| vec![Cell::text(it)]));
        let standing = query.standing.as_deref();
        list.only("standing = ?", standing.map(|it| vec![Cell::text(it)]));
        list.named(query.q.as_deref());
        list.page(self, &query.window, row).await
    }
}
