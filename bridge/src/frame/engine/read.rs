//! Reading the feed, and drawing what follows from it.

use std::collections::BTreeSet;

use super::{Bridge, BridgeError, DRAW_MAX, EVENTS_MAX, Trouble};
use crate::frame::item::{Drawn, Scope};
use crate::frame::metrics::Counter;

impl Bridge {
    /// Takes in a page of the feed; whether there may be more.
    pub(super) async fn read_events(&mut self) -> Result<bool, Trouble> {
        let from = self.view.size();
        let known = self.store.size().await?;
        let events = self.feed.events(from, EVENTS_MAX).await?;
        if events.is_empty() {
            if from < known {
                let error = BridgeError::Behind {
                    read: known,
                    found: from,
                };
                return Err(Trouble::Bridge(error));
            }
            return Ok(false);
        }
        let mut touched = BTreeSet::new();
        let mut all = false;
        for event in &events {
            let by_it = self.view.take(event)?;
            // What was read before a stop was noted then.
            if event.data.index >= known {
                touched.extend(by_it.scopes);
                all |= by_it.all;
            }
        }
        self.metrics.count(Counter::Events, events.len() as u64);
        if self.view.size() > known {
            if all {
                touched = self.view.scopes();
            }
            let touched: Vec<Scope> = touched.into_iter().collect();
            self.store.note(self.view.size(), &touched).await?;
        }
        Ok(events.len() >= EVENTS_MAX || self.view.size() < known)
    }

    /// Draws some scopes that were touched; whether there were any.
    pub(super) async fn draw_some(&mut self) -> Result<bool, Trouble> {
        let drawing = self.side.drawing();
        if self.store.drawing().await? != drawing {
            let scopes: Vec<Scope> = self.view.scopes().into_iter().collect();
            self.store.redraw(&drawing, &scopes).await?;
        }
        let scopes = self.store.touched(DRAW_MAX).await?;
        for scope in &scopes {
            let drawn = self.drawn(*scope).await?;
            self.store.draw(*scope, self.view.size(), &drawn).await?;
            self.metrics.count(Counter::Drawn, 1);
        }
        Ok(!scopes.is_empty())
    }

    async fn drawn(&mut self, scope: Scope) -> Result<Drawn, Trouble> {
        let description = match scope {
            Scope::Project(number) => self.feed.description(number).await?,
            Scope::Registry => None,
        };
        if scope == Scope::Registry && self.side.hears_of_refusals() {
            self.view.note_ended(self.feed.ended().await?);
        }
        Ok(self.side.draw(&self.view, scope, description.as_ref()))
    }
}
