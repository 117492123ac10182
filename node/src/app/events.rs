//! The event feed: every leaf as an event, in order and without holes.

use std::collections::BTreeSet;
use std::time::Duration;

use countersign_bridge::event::{Event, EventKind, EventLeaf};
use countersign_protocol::id::Origin;

use super::{App, AppError, Field, LIST_MAX};

/// The most leaves that one page looks at: a rare type gives short pages, quickly.
const LOOK_MAX: u64 = 4096;

/// Which events are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EventQuery {
    /// Only events of later leaves; `None` for all from the first.
    pub after: Option<u64>,
    /// The most events.
    pub limit: usize,
    /// Only these types; empty for all.
    pub kinds: BTreeSet<EventKind>,
    /// Only leaves that a quorum of witnesses has cosigned.
    pub witnessed: bool,
}

/// A part of the feed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventPage {
    /// The events, by leaf.
    pub events: Vec<Event>,
    /// The last leaf that was looked at: go on after it. `None` before the first.
    pub after: Option<u64>,
    /// Whether there are more leaves now.
    pub has_more: bool,
    /// Leaves of the ledger that could be asked for.
    pub size: u64,
}

impl App {
    /// A part of the event feed. Everybody may read it: it says what the public log says.
    ///
    /// # Errors
    /// [`AppError::BadInput`] when the caller has seen more leaves than this ledger has: it is another ledger, or it was
    /// put back to an older state.
    pub async fn events(&self, query: EventQuery) -> Result<EventPage, AppError> {
        self.blocking(move |app| app.read_events(&query)).await
    }

    fn read_events(&self, query: &EventQuery) -> Result<EventPage, AppError> {
        let EventQuery {
            after,
            limit,
            kinds,
            witnessed,
        } = query;
        let limit = (*limit).clamp(1, LIST_MAX);
        let (size, witnessed_size) = self.feed_sizes();
        let first = after.map_or(0, |after| after.saturating_add(1));
        if first > size {
            return Err(AppError::BadInput {
                field: Field::Parameter("after"),
                why: format!(
                    "this ledger has {size} leaves: you have read another one, or it was put back to an older state"
                ),
            });
        }
        let end = if *witnessed { witnessed_size } else { size };
        let look = if kinds.is_empty() {
            limit as u64
        } else {
            LOOK_MAX
        };
        let to = first.saturating_add(look).min(end);
        let origin = self.feed_origin()?;
        let mut page = EventPage {
            events: Vec::new(),
            after: *after,
            has_more: false,
            size: end,
        };
        let mut outcomes = self
            .ledger()
            .store()
            .outcomes(first..to)?
            .into_iter()
            .peekable();
        for stored in self.range(first, to)? {
            let outcome = outcomes.next_if(|(index, _)| *index == stored.index);
            let leaf = EventLeaf {
                index: stored.index,
                hash: stored.hash,
                record: stored.record,
                outcome: outcome.map(|(_, outcome)| outcome).unwrap_or_default(),
            };
            page.after = Some(leaf.index);
            if kinds.is_empty() || kinds.contains(&leaf.kind()) {
                let is_witnessed = leaf.index < witnessed_size;
                page.events.push(leaf.event(&origin, is_witnessed));
            }
            if page.events.len() >= limit {
                break;
            }
        }
        page.has_more = page.after.map_or(0, |after| after + 1) < end;
        Ok(page)
    }

    /// Leaves that are acknowledged, and those under a quorum of cosignatures.
    pub(super) fn feed_sizes(&self) -> (u64, u64) {
        let size = self.ledger().latest_head().size;
        let witnessed = self.ledger().witnessed();
        let witnessed = witnessed.borrow().as_ref().map_or(0, |head| head.size);
        (size, witnessed.min(size))
    }

    pub(super) fn feed_origin(&self) -> Result<Origin, AppError> {
        self.ledger()
            .read(|state| state.genesis().map(|genesis| genesis.origin.clone()))
            .ok_or_else(|| AppError::not_found("leaf", &0))
    }

    /// Waits until the feed has a leaf after this one, but not longer than `patience`.
    pub async fn wait_for_events(&self, after: Option<u64>, witnessed: bool, patience: Duration) {
        let first = after.map_or(0, |after| after.saturating_add(1));
        // Whether it came or not, whoever waits looks again.
        if witnessed {
            let mut heads = self.ledger().witnessed();
            let wanted = heads.wait_for(|head| head.as_ref().is_some_and(|it| it.size > first));
            drop(tokio::time::timeout(patience, wanted).await);
        } else {
            let mut heads = self.ledger().head();
            let wanted = heads.wait_for(|head| head.size > first);
            drop(tokio::time::timeout(patience, wanted).await);
        }
    }
}
