//! Where the versions of what Article 6 knows are recorded.

use super::cursor::Holds;
use super::list::{List, Order};
use super::{Page, Window};
use crate::projection::ProjectionError;
use crate::projection::db::{Cell, Row};
use crate::projection::follow::Projection;

/// The subject of all notices of uses abroad.
pub const USE_NOTICES: &str = "use-notices";

impl Projection {
    /// The leaves about a subject, oldest first, such as `authorisations/GH/GH-2026-001`.
    ///
    /// # Errors
    /// [`ProjectionError`]
    pub async fn article6_of(
        &self,
        subject: &str,
        window: &Window,
    ) -> Result<Page<u64>, ProjectionError> {
        let order = Order {
            name: "article6/leaf",
            columns: &[("leaf", Holds::Int)],
        };
        let mut list = List::of("article6", &["leaf"], order);
        list.led_by("subject = ?", "subject", Some(Cell::text(subject)));
        list.page(self, window, |row: &Row| row.number(0)).await
    }
}
