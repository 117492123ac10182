//! Transfers between countries, as this ledger remembers them.

use countersign_protocol::article6::crosses_border;
use countersign_protocol::id::TransferId;
use countersign_protocol::record::Body;
use countersign_protocol::registry::{Direction, State, Transfer, TransferKey, TransferStage};
use countersign_protocol::units::UnitBlock;

use super::{App, AppError, LIST_MAX, Listing};

/// The most leaves that one call looks through. A page may then be short; `next` says where to go on.
const LEAVES_PER_CALL: u64 = 20_000;

/// Leaves read at a time.
const LEAVES_PER_READ: u64 = 512;

/// Which transfers are wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TransferQuery {
    /// Only those that leave or arrive.
    pub direction: Option<Direction>,
    /// Only those that stand there.
    pub stage: Option<TransferStage>,
    /// Only those whose first leaf here lies before this one.
    pub before: Option<u64>,
}

impl TransferQuery {
    fn accepts(&self, listed: &ListedTransfer) -> bool {
        self.direction
            .is_none_or(|wanted| wanted == listed.key.direction())
            && self
                .stage
                .is_none_or(|wanted| wanted == listed.transfer.stage)
            && self
                .before
                .is_none_or(|before| listed.transfer.opened_at < before)
    }
}

/// One side of a transfer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedTransfer {
    /// Which side of which transfer.
    pub key: TransferKey,
    /// What this ledger remembers.
    pub transfer: Transfer,
    /// The units with the names that they have after it: first transferred, if it was made final or acquired.
    pub units: Vec<UnitBlock>,
    /// Leaves that the newest witnessed checkpoint covers.
    pub covered: u64,
}

impl ListedTransfer {
    fn new(state: &State, key: TransferKey, transfer: Transfer) -> Self {
        let terms = transfer.terms.as_ref();
        let blocks = terms.map_or(&[][..], |terms| &terms.blocks);
        let units = blocks
            .iter()
            .map(|block| named(state, key, &transfer, block));
        Self {
            key,
            units: units.collect(),
            transfer,
            covered: 0,
        }
    }

    /// The newest leaf of this ledger about the transfer.
    #[must_use]
    pub fn newest_leaf(&self) -> u64 {
        let Transfer {
            opened_at,
            cancel_asked_at,
            settled_at,
            ..
        } = &self.transfer;
        let later = [*cancel_asked_at, *settled_at].into_iter().flatten();
        later.fold(*opened_at, u64::max)
    }

    /// The leaves of this ledger about the transfer with their kinds, oldest first.
    #[must_use]
    pub fn leaves(&self) -> Vec<(u64, &'static str)> {
        let (first, last) = match (self.key.direction(), self.transfer.stage) {
            (Direction::Out, TransferStage::Released) => ("lock", "release"),
            (Direction::Out, _) => ("lock", "finalise"),
            (Direction::In, TransferStage::Refused) => ("refuse", "source_settled"),
            (Direction::In, _) => ("acquire", "source_settled"),
        };
        let opened = Some((self.transfer.opened_at, first));
        let asked = self
            .transfer
            .cancel_asked_at
            .map(|leaf| (leaf, "ask_cancel"));
        let settled = self.transfer.settled_at.map(|leaf| (leaf, last));
        [opened, asked, settled].into_iter().flatten().collect()
    }
}

/// A moved block with its first transfer marked as the ledger marks it.
fn named(state: &State, key: TransferKey, transfer: &Transfer, block: &UnitBlock) -> UnitBlock {
    let terms = transfer.terms.as_ref();
    let agreement = terms.and_then(|terms| state.agreement(&terms.agreement));
    let (Some(agreement), Some(own)) = (agreement, state.genesis()) else {
        return *block;
    };
    let approach = agreement.cooperative_approach;
    match (key, transfer.stage) {
        (TransferKey::Out(_), TransferStage::Final) => {
            crosses_border(*block, approach, own.registry, own.party)
        }
        (TransferKey::In(source, _), TransferStage::Acquired) => {
            let of_source = state.partner(source).map(|partner| partner.registry);
            let is_own = block.range().origin() == own.party;
            let registry = of_source.filter(|_| !is_own).unwrap_or(own.registry);
            crosses_border(*block, approach, registry, source)
        }
        _ => *block,
    }
}

/// The transfer that a leaf opens on this side.
fn opened_by(body: &Body) -> Option<TransferKey> {
    match body {
        Body::Lock(it) => Some(TransferKey::Out(it.transfer)),
        Body::Acquire(it) => Some(TransferKey::In(it.source, it.transfer)),
        Body::Refuse(it) => Some(TransferKey::In(it.source, it.transfer)),
        _ => None,
    }
}

impl App {
    /// Transfers between countries, newest first. `next` is the leaf before which to go on.
    ///
    /// # Errors
    /// When the store can not be read.
    pub async fn transfers(
        &self,
        query: TransferQuery,
        limit: usize,
    ) -> Result<Listing<ListedTransfer>, AppError> {
        let limit = limit.clamp(1, LIST_MAX);
        let listed = if query.stage == Some(TransferStage::Locked) {
            self.open_locks(&query, limit)
        } else {
            self.blocking(move |app| app.search(&query, limit)).await?
        };
        Ok(listed.map(|it| self.with_cover(it)))
    }

    /// One transfer by its id, whichever side of it this ledger is.
    ///
    /// # Errors
    /// [`AppError::NotFound`].
    pub async fn transfer(&self, id: TransferId) -> Result<ListedTransfer, AppError> {
        let found = self.blocking(move |app| app.find_transfer(id)).await?;
        Ok(self.with_cover(found))
    }

    /// One side of a transfer, if this ledger knows it.
    pub(super) fn listed_transfer(&self, key: TransferKey) -> Option<ListedTransfer> {
        let listed = self.ledger().read(|state| {
            let transfer = state.transfer(&key)?;
            Some(ListedTransfer::new(state, key, transfer))
        })?;
        Some(self.with_cover(listed))
    }

    pub(super) fn find_transfer(&self, id: TransferId) -> Result<ListedTransfer, AppError> {
        self.ledger()
            .read(|state| {
                let incoming = state
                    .partners()
                    .map(|partner| TransferKey::In(partner.party, id));
                let mut sides = std::iter::once(TransferKey::Out(id)).chain(incoming);
                sides.find_map(|key| {
                    let transfer = state.transfer(&key)?;
                    Some(ListedTransfer::new(state, key, transfer))
                })
            })
            .ok_or_else(|| AppError::not_found("transfer", &id))
    }

    /// Open locks are all in memory, however old they are.
    fn open_locks(&self, query: &TransferQuery, limit: usize) -> Listing<ListedTransfer> {
        let mut items: Vec<ListedTransfer> = self.ledger().read(|state| {
            let open = state
                .transfers()
                .filter(|(_, transfer)| transfer.stage == TransferStage::Locked);
            open.map(|(key, transfer)| ListedTransfer::new(state, *key, transfer.clone()))
                .filter(|listed| query.accepts(listed))
                .collect()
        });
        items.sort_unstable_by_key(|listed| std::cmp::Reverse(listed.transfer.opened_at));
        Listing::cut(items, limit, |last| last.transfer.opened_at.to_string())
    }

    /// Looks through the leaves, newest first.
    fn search(
        &self,
        query: &TransferQuery,
        limit: usize,
    ) -> Result<Listing<ListedTransfer>, AppError> {
        let size = self.ledger().head().borrow().size;
        let mut end = query.before.unwrap_or(size).min(size);
        let stop = end.saturating_sub(LEAVES_PER_CALL);
        let mut items = Vec::new();
        while end > stop {
            let from = end.saturating_sub(LEAVES_PER_READ).max(stop);
            for stored in self.range(from, end)?.into_iter().rev() {
                let Some(key) = opened_by(&stored.record.body) else {
                    continue;
                };
                let listed = self.ledger().read(|state| {
                    let transfer = state.transfer(&key)?;
                    Some(ListedTransfer::new(state, key, transfer))
                });
                items.extend(listed.filter(|listed| query.accepts(listed)));
                if items.len() == limit {
                    let next = (stored.index > 0).then(|| stored.index.to_string());
                    return Ok(Listing { items, next });
                }
            }
            end = from;
        }
        let next = (end > 0).then(|| end.to_string());
        Ok(Listing { items, next })
    }

    fn with_cover(&self, listed: ListedTransfer) -> ListedTransfer {
        let covered = self
            .ledger()
            .witnessed()
            .borrow()
            .as_ref()
            .map_or(0, |it| it.size);
        ListedTransfer { covered, ..listed }
    }
}
