//! The event feed.

use countersign_bridge::event::Event;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A part of the event feed. `GET /api/v1/events`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Events {
    /// The events, in the order of the ledger.
    pub items: Vec<Event>,
    /// Give it as `after` for what follows, now or later; `None` before the first leaf.
    pub cursor: Option<String>,
    /// Whether more follows now.
    pub has_more: bool,
    /// Leaves that the feed reaches to.
    pub size: u64,
}
