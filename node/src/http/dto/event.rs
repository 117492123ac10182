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

/// One server-sent event of the feed (WHATWG HTML section 9.2). `GET /api/v1/events/stream`
#[derive(ToSchema)]
#[allow(dead_code)]
pub struct StreamedEvent {
    /// The index of the leaf: give it back as `Last-Event-ID` to go on after it.
    #[schema(pattern = r"^[0-9]+$")]
    id: String,
    /// The event's type.
    event: String,
    /// The event as in a page of the feed, as JSON in one line.
    #[schema(content_media_type = "application/json")]
    data: String,
    /// What a client waits before it comes back, in milliseconds.
    retry: Option<u64>,
}
