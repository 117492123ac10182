//! The one door: every use case of the node, with who asks and under which request id.
//!
//! HTTP, the status page and whatever comes later call these methods and nothing below them. Writes go to the ledger's
//! queue and come back with its receipt; reads look at the registry's state and the store for as short as they can.

mod error;
mod federation;
mod history;
mod ledger;
mod process;
mod registry;
mod status;
mod transfers;
mod units;
mod write;

use std::sync::Arc;

use tokio::sync::Mutex;

pub use error::{AppError, Field};
pub use federation::{FederationControl, FederationError, PeerInfo, PingReply, WitnessInfo};
pub use history::StatementEntry;
pub use ledger::{LedgerHead, ProofOf, StoredRecord, WitnessedHead};
pub use process::{ListedCase, ListedProcess};
pub use registry::{AccountBalances, AgreementUse, ListedPartner};
pub use status::{NodeStatus, OpenTransferCount, Totals};
pub use transfers::{ListedTransfer, TransferQuery};
pub use units::UnitsName;
pub use write::{EXPIRY_DEFAULT_MS, Retirement, SendOrder, Written};

use crate::ledger::{Clock, LedgerHandle};
use crate::people::{Actor, ApiToken, Beneficiaries, Tokens};

/// The most items that one call lists.
pub const LIST_MAX: usize = 1000;

/// What the use cases are made of.
pub struct AppParts {
    /// The ledger.
    pub ledger: LedgerHandle,
    /// The federation.
    pub federation: Arc<dyn FederationControl>,
    /// Who may use the node.
    pub tokens: Tokens,
    /// Names that stay in the node.
    pub beneficiaries: Beneficiaries,
    /// What time it is.
    pub clock: Clock,
}

/// The use cases. Clones share everything.
#[derive(Clone)]
pub struct App {
    inner: Arc<Inner>,
}

struct Inner {
    ledger: LedgerHandle,
    federation: Arc<dyn FederationControl>,
    tokens: Tokens,
    beneficiaries: Beneficiaries,
    clock: Clock,
    /// Held while a named beneficiary is kept and written: nobody replaces a salt whose commitment is on its way.
    naming: Mutex<()>,
}

/// A part of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listing<T> {
    /// The items.
    pub items: Vec<T>,
    /// Where to go on; `None` at the end.
    pub next: Option<String>,
}

impl<T> Listing<T> {
    /// Cuts a list that was read one item too far; `cursor` names the last item that stays.
    fn cut(mut items: Vec<T>, limit: usize, cursor: impl FnOnce(&T) -> String) -> Self {
        let next = if items.len() > limit {
            items.truncate(limit);
            items.last().map(cursor)
        } else {
            None
        };
        Self { items, next }
    }

    /// The same list of other things.
    pub fn map<U>(self, convert: impl FnMut(T) -> U) -> Listing<U> {
        Listing {
            items: self.items.into_iter().map(convert).collect(),
            next: self.next,
        }
    }
}

impl App {
    /// Opens the door.
    #[must_use]
    pub fn new(parts: AppParts) -> Self {
        let AppParts {
            ledger,
            federation,
            tokens,
            beneficiaries,
            clock,
        } = parts;
        Self {
            inner: Arc::new(Inner {
                ledger,
                federation,
                tokens,
                beneficiaries,
                clock,
                naming: Mutex::new(()),
            }),
        }
    }

    /// Who shows this token.
    ///
    /// # Errors
    /// [`AppError::NotAuthorised`] for any text that is not one of this node's tokens.
    pub fn authenticate(&self, token: &str) -> Result<Actor, AppError> {
        let token: ApiToken = token.parse().map_err(|_| AppError::NotAuthorised)?;
        self.inner
            .tokens
            .actor(&token)
            .ok_or(AppError::NotAuthorised)
    }

    fn ledger(&self) -> &LedgerHandle {
        &self.inner.ledger
    }

    fn federation(&self) -> &dyn FederationControl {
        self.inner.federation.as_ref()
    }

    fn now_ms(&self) -> u64 {
        (self.inner.clock)()
    }

    /// Runs something that waits for the disk where waiting is allowed.
    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Self) -> Result<T, AppError> + Send + 'static,
    ) -> Result<T, AppError> {
        let (app, span) = (self.clone(), tracing::Span::current());
        tokio::task::spawn_blocking(move || span.in_scope(|| work(&app)))
            .await
            .map_err(|error| AppError::internal("a task of the node ended early", &error))?
    }
}

impl std::fmt::Debug for App {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("App")
            .field("ledger", self.ledger())
            .finish_non_exhaustive()
    }
}
