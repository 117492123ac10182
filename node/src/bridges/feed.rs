//! The registry as a bridge in this node reads it: through the one door.

use std::collections::BTreeSet;
use std::time::Duration;

use async_trait::async_trait;
use countersign_bridge::event::Event;
use countersign_bridge::frame::{Feed, FeedError};
use countersign_bridge::settings::BridgeName;
use countersign_protocol::project::Description;

use crate::app::{App, AppError, ArrivalStanding, EventQuery};

/// See the module.
#[derive(Clone)]
pub(super) struct LedgerFeed {
    app: App,
    witnessed: bool,
}

impl LedgerFeed {
    pub(super) fn new(app: App, witnessed: bool) -> Self {
        Self { app, witnessed }
    }

    /// Waits until there is a leaf from `size` on, but not longer than `patience`.
    pub(super) async fn news(&self, size: u64, patience: Duration) {
        let after = size.checked_sub(1);
        self.app
            .wait_for_events(after, self.witnessed, patience)
            .await;
    }
}

fn away(error: &AppError) -> FeedError {
    FeedError::Away(error.to_string())
}

#[async_trait]
impl Feed for LedgerFeed {
    async fn events(&self, from: u64, limit: usize) -> Result<Vec<Event>, FeedError> {
        let query = EventQuery {
            after: from.checked_sub(1),
            limit,
            kinds: BTreeSet::new(),
            witnessed: self.witnessed,
        };
        let page = self.app.events(query).await;
        Ok(page.map_err(|error| away(&error))?.events)
    }

    async fn description(&self, project: u32) -> Result<Option<Description>, FeedError> {
        let found = self.app.published_description(project).await;
        found.map_err(|error| away(&error))
    }

    async fn ended(&self) -> Result<Vec<(String, u64)>, FeedError> {
        let arrived = self.app.arrivals_of(BridgeName::Mrv).await;
        let arrived = arrived.map_err(|error| away(&error))?.into_iter();
        let ended = arrived.filter_map(|it| match it.standing {
            ArrivalStanding::Ended(case) => Some((it.arrival.project, case)),
            _ => None,
        });
        Ok(ended.collect())
    }
}
