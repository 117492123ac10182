//! What the read model is folded from: a ledger's leaves, and the values that its store keeps.

use std::ops::Range;

use countersign_protocol::registry::{Holding, Key, LedgerAccount, Value};

use super::ProjectionError;
use crate::ledger::LedgerHandle;
use crate::ledger::replay::ReadLeaf;
use crate::store::StoreReader;

/// A ledger as the projector reads it. Everything that it gives is durable: a value may be newer than the leaf that is
/// being folded, never one that a crash could take back.
pub trait Source: Send + Sync + 'static {
    /// Leaves that may be folded.
    ///
    /// # Errors
    /// When the ledger can not be read.
    fn size(&self) -> Result<u64, ProjectionError>;

    /// The leaves of a range in order, until `visit` says no.
    ///
    /// # Errors
    /// When one is missing or not a record.
    fn leaves(
        &self,
        range: Range<u64>,
        visit: &mut dyn FnMut(ReadLeaf) -> bool,
    ) -> Result<(), ProjectionError>;

    /// A value of the registry's state.
    ///
    /// # Errors
    /// When it can not be read.
    fn value(&self, key: &Key) -> Result<Option<Value>, ProjectionError>;

    /// Every holding, in any order, until `visit` says no.
    ///
    /// # Errors
    /// When one can not be read.
    fn holdings(&self, visit: &mut dyn FnMut(Holding) -> bool) -> Result<(), ProjectionError>;

    /// Tonnes that each posting of a leaf moved into (above zero) or out of an account of the general ledger.
    ///
    /// # Errors
    /// When they can not be read.
    fn postings(&self, account: LedgerAccount, leaf: u64) -> Result<Vec<i64>, ProjectionError>;
}

/// The ledger of the running node.
impl Source for LedgerHandle {
    fn size(&self) -> Result<u64, ProjectionError> {
        Ok(self.latest_head().size)
    }

    fn leaves(
        &self,
        range: Range<u64>,
        visit: &mut dyn FnMut(ReadLeaf) -> bool,
    ) -> Result<(), ProjectionError> {
        Source::leaves(self.store(), range, visit)
    }

    fn value(&self, key: &Key) -> Result<Option<Value>, ProjectionError> {
        self.store().value(key)
    }

    fn holdings(&self, visit: &mut dyn FnMut(Holding) -> bool) -> Result<(), ProjectionError> {
        self.store().holdings(visit)
    }

    fn postings(&self, account: LedgerAccount, leaf: u64) -> Result<Vec<i64>, ProjectionError> {
        Source::postings(self.store(), account, leaf)
    }
}

/// The most postings that one leaf makes on one account.
const POSTINGS_OF_A_LEAF_MAX: usize = 256;

/// A ledger that is read without its node.
impl Source for StoreReader {
    fn size(&self) -> Result<u64, ProjectionError> {
        Ok(self.leaf_count()?)
    }

    fn leaves(
        &self,
        range: Range<u64>,
        visit: &mut dyn FnMut(ReadLeaf) -> bool,
    ) -> Result<(), ProjectionError> {
        let mut leaves = Self::leaves(self, range.clone())?;
        for wanted in range {
            let Some((_, bytes)) = leaves.next_leaf()?.filter(|(index, _)| *index == wanted) else {
                return Err(ProjectionError::Gap(wanted));
            };
            if !visit(ReadLeaf::read(wanted, bytes)?) {
                break;
            }
        }
        Ok(())
    }

    fn value(&self, key: &Key) -> Result<Option<Value>, ProjectionError> {
        let bytes = key.to_bytes()?;
        let found = match key {
            Key::Transfer(_) => self.transfer(&bytes)?,
            _ => self.state(&bytes)?,
        };
        Ok(found.as_deref().map(Value::from_bytes).transpose()?)
    }

    fn holdings(&self, visit: &mut dyn FnMut(Holding) -> bool) -> Result<(), ProjectionError> {
        let mut wanted = true;
        self.each_state::<ProjectionError>(|key, value| {
            if wanted
                && let Key::Holding(..) = Key::from_bytes(key)?
                && let Value::Holding(holding) = Value::from_bytes(value)?
            {
                wanted = visit(holding);
            }
            Ok(())
        })
    }

    fn postings(&self, account: LedgerAccount, leaf: u64) -> Result<Vec<i64>, ProjectionError> {
        let found = Self::postings(self, account, leaf, POSTINGS_OF_A_LEAF_MAX)?;
        let of_leaf = found.into_iter().filter(|posting| posting.index == leaf);
        Ok(of_leaf.map(|posting| posting.delta).collect())
    }
}
