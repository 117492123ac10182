//! What a bridge would do: a dry run.

use serde::Serialize;
use serde_json::Value;

use super::{Bridge, BridgeError, Trouble, Turn};
use crate::frame::compare::{Difference, compare};
use crate::frame::side::Action;
use crate::frame::store::{ItemState, Kept};

/// The most items that a plan lists of each kind.
const LISTED_MAX: u32 = 1_000;

/// What a bridge would do now.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Plan {
    /// Leaves of the ledger that it takes into account.
    pub size: u64,
    /// What would be sent, in order of key.
    pub changes: Vec<Planned>,
    /// What can not be sent, and why.
    pub stopped: Vec<StoppedItem>,
    /// Whether there is more than is listed.
    pub is_cut: bool,
}

/// A change that would be sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Planned {
    /// Our key.
    pub key: String,
    /// What it is there.
    pub kind: String,
    /// What would be done.
    pub action: Action,
    /// The fields that change.
    pub fields: Vec<Difference>,
    /// Why it waits, if it does.
    pub waits: Option<String>,
}

/// An item that can not be sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StoppedItem {
    /// Our key.
    pub key: String,
    /// `stopped`, `dead` or `differs`.
    pub state: ItemState,
    /// Why, field by field.
    pub why: String,
}

impl Bridge {
    /// Reads the feed to its end and draws what follows, without sending anything.
    ///
    /// # Errors
    /// [`BridgeError`]; `Ok(Err(..))` with the reason when the other side or the registry does not answer: its code lists are
    /// needed even to plan.
    pub async fn plan(&mut self) -> Result<Result<Plan, String>, BridgeError> {
        match self.draw_all().await {
            Ok(()) => Ok(Ok(self.planned().await?)),
            Err(Trouble::Fault(fault)) => Ok(Err(fault.to_string())),
            Err(Trouble::Bridge(error)) => Err(error),
        }
    }

    async fn draw_all(&mut self) -> Result<(), Trouble> {
        while self.read_events().await? {}
        self.connect().await?;
        // Items on their way are not drawn before they have arrived.
        if self.store.run().await?.is_none() {
            while self.draw_some().await? {}
        }
        Ok(())
    }

    async fn planned(&self) -> Result<Plan, BridgeError> {
        let mut plan = Plan {
            size: self.view.size(),
            ..Plan::default()
        };
        let due = self.store.items(ItemState::Due, "", LISTED_MAX).await?;
        plan.is_cut = due.len() >= LISTED_MAX as usize;
        plan.changes = due.iter().map(planned).collect();
        for state in [ItemState::Stopped, ItemState::Dead, ItemState::Differs] {
            let items = self.store.items(state, "", LISTED_MAX).await?;
            plan.is_cut |= items.len() >= LISTED_MAX as usize;
            plan.stopped.extend(items.into_iter().map(|it| StoppedItem {
                key: it.key,
                state,
                why: it.cause.unwrap_or_default(),
            }));
        }
        Ok(plan)
    }

    /// Takes turns until nothing is left to do, calling `wait` for every pause; `wait` says whether to go on.
    ///
    /// # Errors
    /// [`BridgeError`].
    pub async fn sync<W>(&mut self, mut wait: W) -> Result<Turn, BridgeError>
    where
        W: AsyncFnMut(&Turn) -> bool,
    {
        loop {
            let turn = self.turn().await?;
            if turn != Turn::Again && !wait(&turn).await {
                return Ok(turn);
            }
        }
    }
}

fn planned(kept: &Kept) -> Planned {
    let parsed = |text: &Option<String>| {
        let text = text.as_deref().unwrap_or("null");
        serde_json::from_str::<Value>(text).unwrap_or_default()
    };
    let action = match (&kept.body, &kept.theirs) {
        (None, _) => Action::Delete,
        (Some(_), Some(_)) => Action::Update,
        (Some(_), None) => Action::Create,
    };
    let (ours, theirs) = (parsed(&kept.body), parsed(&kept.agreed));
    let fields = match action {
        Action::Update => compare(&ours, &theirs).differences,
        _ => Vec::new(),
    };
    Planned {
        key: kept.key.clone(),
        kind: kept.kind.clone(),
        action,
        fields,
        waits: kept.cause.clone(),
    }
}
