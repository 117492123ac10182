//! Judging a proof bundle that somebody brings: by the witness policy of this node, and by what its ledger says since. The
//! judgement is that of [`judge`], which every other face of the program asks too.

use std::sync::Arc;

use countersign_protocol::log::{Hash, Policy, leaf_hash};
use countersign_protocol::record::{Body, Record};
use countersign_protocol::units::{UnitBlock, UnitRange};
use countersign_protocol::verdict::{Judgement, judge};

use super::{App, AppError, UnitsName};
use crate::federation::effective_policy;
use crate::projection::query::{EventRow, Window};

/// What a bundle is worth.
#[derive(Clone, Debug)]
pub struct Judged {
    /// The judgement, by the policy of this node.
    pub judgement: Judgement,
    /// What the ledger of this node says of the leaf; `None` for a partner's log, and where nothing is proven.
    pub here: Option<StandingHere>,
}

/// What the own ledger says of a proven leaf.
#[derive(Clone, Debug)]
pub struct StandingHere {
    /// Leaves that were looked through.
    pub size: u64,
    /// Whether the own leaf of this index is the same one. If not, there are two ledgers under one key.
    pub is_ours: bool,
    /// What happened later to the units that it names, oldest first.
    pub later: Vec<EventRow>,
}

/// The most later events that are shown.
const LATER_MAX: usize = 20;

/// The most ranges of one leaf that are followed.
const RANGES_MAX: usize = 16;

impl App {
    /// The same use cases with the operator's witness policy (C2SP tlog-policy), by which bundles are judged.
    #[must_use]
    pub fn with_policy(self, policy: impl Into<Arc<str>>) -> Self {
        Self {
            policy: policy.into(),
            ..self
        }
    }

    /// Whose signatures count here: the operator's policy with the own log and those of the partners.
    ///
    /// # Errors
    /// [`AppError::Internal`] when the policy does not read.
    pub fn policy(&self) -> Result<Policy, AppError> {
        let trust = self.federation().trust();
        let policy = self
            .ledger()
            .read(|state| effective_policy(&self.policy, state, trust.as_deref()));
        policy.map_err(|error| AppError::internal("read the witness policy", &error))
    }

    /// Judges a bundle.
    ///
    /// # Errors
    /// When the node itself fails; that a bundle does not hold is what the judgement says.
    pub async fn verify_bundle(&self, text: &str) -> Result<Judged, AppError> {
        let judgement = judge(&self.policy()?, text.as_bytes(), &[]);
        let own = self.genesis()?.origin;
        let here = match &judgement.place {
            Some(place) if place.head.origin == own.as_str() => {
                let leaf = (place.index, place.leaf_hash);
                Some(self.standing_here(leaf, judgement.record.as_ref()).await?)
            }
            _ => None,
        };
        Ok(Judged { judgement, here })
    }

    async fn standing_here(
        &self,
        (index, hash): (u64, Hash),
        record: Option<&Record>,
    ) -> Result<StandingHere, AppError> {
        let own = self.ledger().leaf(index)?;
        let mut here = StandingHere {
            size: self.size(),
            is_ours: own.is_some_and(|own| leaf_hash(&own) == hash),
            later: Vec::new(),
        };
        let ranges = record
            .map(|record| ranges(&record.body))
            .unwrap_or_default();
        for range in ranges.into_iter().take(RANGES_MAX) {
            let window = Window {
                limit: LATER_MAX,
                ..Window::default()
            };
            let Ok(name) = range.to_string().parse::<UnitsName>() else {
                continue;
            };
            let events = match self.units_history(&name, &window).await {
                Ok(page) => page.items,
                Err(AppError::NotFound { .. }) => Vec::new(),
                Err(error) => return Err(error),
            };
            here.later.extend(
                events
                    .into_iter()
                    .filter(|event| event.leaf > index && event.kind != "split"),
            );
        }
        here.later.sort_by_key(|event| (event.leaf, event.position));
        here.later.truncate(LATER_MAX);
        Ok(here)
    }
}

/// The units that a record names.
fn ranges(body: &Body) -> Vec<UnitRange> {
    let of = |blocks: &[UnitBlock]| blocks.iter().map(UnitBlock::range).collect();
    match body {
        Body::Issuance(it) => vec![it.range],
        Body::Transfer(it) => it.ranges.clone(),
        Body::Retire(it) => it.ranges.clone(),
        Body::Lock(it) => of(&it.blocks),
        Body::Acquire(it) => of(&it.blocks),
        _ => Vec::new(),
    }
}
