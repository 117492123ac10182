//! Monitoring data as the node keeps it: sources, blueprints, points and batches, and what a national MRV called in; in a private
//! SQLite file.
//!
//! The ledger has none of it: a monitoring report names the root of a batch, and the leaf commits to the report.

mod batches;
mod calls;
mod error;
mod points;
mod sources;

use std::path::Path;
use std::sync::Arc;

use crate::ops::sqlite::{Database, Tx};

pub use batches::{Batch, Claim, NewBatch, PointsWish};
pub use calls::PROGRAMMES_MAX;
pub use error::MonitoringError;
pub use points::{POINTS_KEPT_MAX, Taken, Waiting};
pub use sources::{BLUEPRINTS_MAX, KeptBlueprint, SOURCES_MAX, Source};

/// The name of the file in the private folder.
pub const MONITORING_FILE: &str = "monitoring.sqlite";

/// The steps of the schema, each from the version before. Never changed once released; added to at the end.
const SCHEMA: &[&str] = &[include_str!("schema/0001.sql")];

/// The store. Cheap to clone.
#[derive(Clone)]
pub struct Monitoring {
    database: Arc<Database>,
    is_trial: bool,
}

impl Monitoring {
    /// Opens the file in a folder, or makes it.
    ///
    /// # Errors
    /// [`MonitoringError`].
    pub async fn open(folder: &Path) -> Result<Self, MonitoringError> {
        let database = Database::open(&folder.join(MONITORING_FILE), SCHEMA).await?;
        Ok(Self {
            database: Arc::new(database),
            is_trial: false,
        })
    }

    /// The same file, in which nothing that is written stays.
    #[must_use]
    pub fn trial(&self) -> Self {
        Self {
            is_trial: true,
            ..self.clone()
        }
    }

    /// Closes the file.
    pub async fn close(&self) {
        self.database.close().await;
    }

    async fn begin(&self) -> Result<Tx, MonitoringError> {
        let tx = self.database.begin().await?;
        Ok(if self.is_trial { tx.trial() } else { tx })
    }
}

impl std::fmt::Debug for Monitoring {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Monitoring").finish_non_exhaustive()
    }
}
