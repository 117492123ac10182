//! Reconciliation: does the other side still have what it had?

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::Value;

use super::run::told;
use super::{Bridge, BridgeError, Trouble};
use crate::frame::compare::{Difference, compare};
use crate::frame::item::{needs, parts, resolved};
use crate::frame::store::{ItemState, Kept, StoreError};

/// Items that are looked at between two looks into the store.
const PAGE: u32 = 200;

/// An item that is at the other side in another way than here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Differing {
    /// Our key.
    pub key: String,
    /// What it is there.
    pub kind: String,
    /// Where it differs; empty when it is gone.
    pub fields: Vec<Difference>,
    /// Whether it is gone.
    pub is_gone: bool,
}

/// Something at the other side that no ledger knows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Foreign {
    /// What it is there.
    pub kind: String,
    /// Its id there.
    pub theirs: String,
}

impl Bridge {
    /// Reads everything back that was agreed and compares it. What differs is marked, and sent again only by a replay; what was
    /// mended there is agreed again.
    ///
    /// # Errors
    /// [`BridgeError`]; `Ok(Err(..))` with the reason when the other side does not answer.
    pub async fn diff(
        &mut self,
    ) -> Result<Result<(Vec<Differing>, Vec<Foreign>), String>, BridgeError> {
        match self.differences().await {
            Ok(found) => Ok(Ok(found)),
            Err(Trouble::Fault(fault)) => Ok(Err(fault.to_string())),
            Err(Trouble::Bridge(error)) => Err(error),
        }
    }

    async fn differences(&mut self) -> Result<(Vec<Differing>, Vec<Foreign>), Trouble> {
        self.connect().await?;
        self.side.gate().await?;
        let mut differing = Vec::new();
        let mut known: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        // Those that differ come first: looking at an item moves it between the two.
        for state in [
            ItemState::Differs,
            ItemState::Agreed,
            ItemState::Due,
            ItemState::Stopped,
            ItemState::Dead,
        ] {
            let mut after = String::new();
            loop {
                let page = self.store.items(state, &after, PAGE).await?;
                let Some(last) = page.last() else {
                    break;
                };
                after.clone_from(&last.key);
                for kept in &page {
                    if let Some(theirs) = &kept.theirs {
                        known
                            .entry(kept.kind.clone())
                            .or_default()
                            .insert(theirs.clone());
                    }
                    if matches!(state, ItemState::Agreed | ItemState::Differs) {
                        differing.extend(self.looked_at(kept).await?);
                    }
                }
            }
        }
        let mut foreign = Vec::new();
        for kind in self.side.kinds() {
            let known = known.get(*kind);
            for theirs in self.side.list(kind).await? {
                if !known.is_some_and(|it| it.contains(&theirs)) {
                    let kind = (*kind).to_owned();
                    foreign.push(Foreign { kind, theirs });
                }
            }
        }
        Ok((differing, foreign))
    }

    async fn looked_at(&self, kept: &Kept) -> Result<Option<Differing>, Trouble> {
        let found = match &kept.theirs {
            Some(theirs) => self.side.read(&kept.kind, theirs).await?,
            None => None,
        };
        let fields = match &found {
            Some(found) => self.fields(kept, &found.body).await?,
            None => Vec::new(),
        };
        let is_gone = found.is_none();
        if fields.is_empty() && !is_gone {
            self.store.found(&kept.key, None).await?;
            return Ok(None);
        }
        let why = if is_gone {
            "it is gone there".to_owned()
        } else {
            told(&fields)
        };
        self.store.found(&kept.key, Some((&why, &fields))).await?;
        Ok(Some(Differing {
            key: kept.key.clone(),
            kind: kept.kind.clone(),
            fields,
            is_gone,
        }))
    }

    async fn fields(&self, kept: &Kept, theirs: &Value) -> Result<Vec<Difference>, Trouble> {
        let text = kept.agreed.as_deref().unwrap_or("null");
        let body: Value =
            serde_json::from_str(text).map_err(|error| StoreError(error.to_string()))?;
        let wanted: Vec<String> = needs(&body).into_iter().chain(parts(&body)).collect();
        let ids: BTreeMap<String, String> =
            self.store.ids(&wanted, true).await?.into_iter().collect();
        let ours = resolved(&body, &|key: &str| ids.get(key).cloned());
        let ours = ours.map_err(|need| StoreError(format!("{} has lost {need}", kept.key)))?;
        Ok(compare(&ours, theirs).differences)
    }
}
