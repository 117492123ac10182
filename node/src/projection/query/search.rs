//! One question to everything that has a name.

use countersign_protocol::registry::TransferKey;

use super::list::like;
use super::{OrganisationRow, ProjectRow};
use crate::projection::ProjectionError;
use crate::projection::db::{Cell, Row};
use crate::projection::follow::Projection;

/// The most of each kind.
const EACH_MAX: usize = 10;

/// What has these characters in its name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// Organisations, by number.
    pub organisations: Vec<OrganisationRow>,
    /// Projects, by number.
    pub projects: Vec<ProjectRow>,
    /// Cases, by number.
    pub cases: Vec<u64>,
    /// Transfers between countries whose ids begin so.
    pub transfers: Vec<TransferKey>,
    /// Leaves that the read model held.
    pub size: u64,
}

/// The fewest characters of a transfer's id that are worth looking for.
const ID_CHARS_MIN: usize = 6;

impl Projection {
    /// Looks for `q` in names, titles and the beginnings of transfers' ids: the first ten of each.
    ///
    /// # Errors
    /// [`ProjectionError`]
    pub async fn search(&self, q: &str) -> Result<Found, ProjectionError> {
        let (db, size) = self.ready()?;
        let named = |columns: &str, table: &str, key: &str| {
            let sql = format!(
                "SELECT {columns} FROM {table} WHERE folded LIKE $1 ESCAPE '\\' ORDER BY {key} LIMIT {EACH_MAX}"
            );
            db.rows(sql, vec![like(q)])
        };
        let organisations = named(
            "id, name, kind, type, scopes, standing, changed_at",
            "organisations",
            "id",
        );
        let projects = named(
            "number, organisation, title, scope, standing, changed_at",
            "projects",
            "number",
        );
        let cases = named("number", "cases", "number");
        let mut found = Found {
            organisations: all(&organisations.await?, super::organisations::row)?,
            projects: all(&projects.await?, super::projects::row)?,
            cases: all(&cases.await?, |row| row.number(0))?,
            transfers: Vec::new(),
            size,
        };
        let id = q.to_lowercase();
        if id.len() >= ID_CHARS_MIN && id.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            // Ids are lower-case hex: nothing that begins so comes after this.
            let sql = format!(
                "SELECT id, direction, partner, opened_at, changed_at FROM transfers WHERE id >= $1 AND id < $2 \
                 ORDER BY id LIMIT {EACH_MAX}"
            );
            let cells = vec![Cell::text(id.as_str()), Cell::text(format!("{id}g"))];
            let rows = all(&db.rows(sql, cells).await?, super::transfers::row)?;
            found.transfers = rows.into_iter().map(|row| row.key).collect();
        }
        Ok(found)
    }
}

fn all<T>(
    rows: &[Row],
    read: impl Fn(&Row) -> Result<T, ProjectionError>,
) -> Result<Vec<T>, ProjectionError> {
    rows.iter().map(read).collect()
}
