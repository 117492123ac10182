//! Judging a proof bundle that somebody brings: by the witness policy of this node, and by what its ledger says since.

use std::sync::Arc;

use countersign_protocol::log::{
    BundleError, BundleTextError, Policy, PolicyError, TlogProof, VerifiedCheckpoint,
};
use countersign_protocol::record::{Body, Record};
use countersign_protocol::units::{UnitBlock, UnitRange};

use super::{App, AppError, UnitsName};
use crate::federation::effective_policy;
use crate::projection::query::{EventRow, Window};

/// What a bundle is worth.
#[derive(Clone, Debug)]
pub enum Verdict {
    /// It is no proof bundle.
    Unreadable(BundleTextError),
    /// Its log is none that this node knows.
    UnknownIssuer(String),
    /// Something in it was changed, or too few witnesses have cosigned.
    Refused(BundleError),
    /// The leaf stands in the log.
    Valid(Box<ValidBundle>),
}

/// A bundle that holds.
#[derive(Clone, Debug)]
pub struct ValidBundle {
    /// The checkpoint, with its cosigners.
    pub head: VerifiedCheckpoint,
    /// Index of the leaf.
    pub index: u64,
    /// What the leaf says; `None` when it is of a later version than this node reads.
    pub record: Option<Record>,
    /// What the ledger of this node says of it; `None` for a partner's log.
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
    /// When the node itself fails; a bundle that does not hold is a [`Verdict`].
    pub async fn verify_bundle(&self, text: &str) -> Result<Verdict, AppError> {
        let bundle = match TlogProof::parse(text) {
            Ok(bundle) => bundle,
            Err(error) => return Ok(Verdict::Unreadable(error)),
        };
        let policy = self.policy()?;
        let head = match policy.check_text(&bundle.checkpoint) {
            Ok(head) => head,
            Err(PolicyError::UnknownLog { origin }) => return Ok(Verdict::UnknownIssuer(origin)),
            Err(error) => return Ok(Verdict::Refused(error.into())),
        };
        let proven = match bundle.verify_against(&head) {
            Ok(proven) => proven,
            Err(error) => return Ok(Verdict::Refused(error)),
        };
        let record = Record::decode(&proven.leaf).ok();
        let here = if proven.origin == self.genesis()?.origin.as_str() {
            Some(
                self.standing_here(proven.index, &proven.leaf, record.as_ref())
                    .await?,
            )
        } else {
            None
        };
        Ok(Verdict::Valid(Box::new(ValidBundle {
            head,
            index: proven.index,
            record,
            here,
        })))
    }

    async fn standing_here(
        &self,
        index: u64,
        leaf: &[u8],
        record: Option<&Record>,
    ) -> Result<StandingHere, AppError> {
        let own = self.ledger().leaf(index)?;
        let mut here = StandingHere {
            size: self.size(),
            is_ours: own.as_deref() == Some(leaf),
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
