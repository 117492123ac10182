//! Webhooks: whoever registered an endpoint is told of every event, in the order of the ledger, signed.
//!
//! Messages follow Standard Webhooks, with Ed25519 signatures (`v1a`); their bodies are the events of the feed (CloudEvents 1.0).
//! Only leaves under a quorum of witnesses go out. Each endpoint has a place of its own in the feed and waits of its own, so a
//! receiver that is away delays nobody else, and misses nothing: the same event is sent, with the same id, until it is taken.
//! After five days without success the endpoint is disabled with a note; resumed, it goes on where it was.

mod address;
mod deliver;
mod error;
mod key;
mod send;
mod store;

use std::collections::BTreeSet;
use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use countersign_bridge::event::{EventKind, EventKinds};
use tokio::sync::Notify;

pub(crate) use address::endpoint as checked_address;
pub use error::WebhookError;
pub use key::WebhookKey;
pub use send::Outcome;
use send::Sender;
use store::Store;
pub use store::{DELIVERIES_KEPT, ENDPOINTS_MAX};

/// The name of the file of endpoints in the private folder.
pub const WEBHOOKS_FILE: &str = "webhooks.sqlite";
/// The name of the file with the signing key in the private folder.
pub const WEBHOOKS_KEY_FILE: &str = "webhooks.key";

/// What webhooks are made of.
#[derive(Clone, Debug)]
pub struct WebhookSettings {
    /// The private folder, which exists.
    pub folder: PathBuf,
    /// Whether endpoints may be at private addresses, and on this machine over plain HTTP.
    pub allow_private: bool,
}

/// An endpoint to be entered, checked already.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewEndpoint {
    /// Where it is.
    pub url: String,
    /// Types of events, as `EventKinds` reads them; empty for all.
    pub types: String,
    /// For people.
    pub description: String,
    /// The first leaf that goes there.
    pub from: u64,
}

/// An endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// Its number.
    pub id: u64,
    /// Where it is.
    pub url: String,
    /// Types of events that go there; empty for all.
    pub types: String,
    /// For people.
    pub description: String,
    /// When it was entered, in milliseconds since the Unix epoch.
    pub made_ms: u64,
    /// The first leaf that was not dealt with.
    pub next_leaf: u64,
    /// Tries in a row that failed.
    pub tries: u32,
    /// Since when, in milliseconds since the Unix epoch.
    pub failing_ms: Option<u64>,
    /// When the next try is due.
    pub next_ms: u64,
    /// When nothing went there any more.
    pub disabled_ms: Option<u64>,
    /// Why.
    pub note: Option<String>,
}

impl Endpoint {
    /// The types that go there; empty for all.
    fn kinds(&self) -> Result<BTreeSet<EventKind>, WebhookError> {
        if self.types.is_empty() {
            return Ok(BTreeSet::new());
        }
        let read = self.types.parse::<EventKinds>();
        let read = read.map_err(|error| {
            WebhookError::Database(format!("types of endpoint {}: {error}", self.id))
        });
        Ok(read?.0)
    }
}

/// One try.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// Its number.
    pub number: u64,
    /// The id of the message: the same for every try of one event.
    pub message: String,
    /// The type of the event.
    pub kind: String,
    /// The leaf; a ping has none.
    pub leaf: Option<u64>,
    /// When, in milliseconds since the Unix epoch.
    pub sent_ms: u64,
    /// How long it took, in milliseconds.
    pub took_ms: u64,
    /// The status of the answer, where there was one.
    pub status: Option<u16>,
    /// Why it counts as not delivered.
    pub fault: Option<String>,
}

/// Webhooks. Cheap to clone; all clones are one.
#[derive(Clone)]
pub struct Webhooks(Arc<Inner>);

struct Inner {
    store: Store,
    sender: Sender,
    allow_private: bool,
    /// Something changed that may let a message go out.
    wake: Notify,
    /// Endpoints that somebody serves at this moment.
    busy: Mutex<BTreeSet<u64>>,
}

impl fmt::Debug for Webhooks {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Webhooks").finish_non_exhaustive()
    }
}

/// Why an endpoint stands still that somebody paused.
const PAUSED: &str = "somebody paused it";

impl Webhooks {
    /// Opens the files, or makes them, for their owner only.
    ///
    /// # Errors
    /// [`WebhookError`].
    pub async fn open(settings: &WebhookSettings) -> Result<Self, WebhookError> {
        let WebhookSettings {
            folder,
            allow_private,
        } = settings;
        let key = WebhookKey::open(&folder.join(WEBHOOKS_KEY_FILE))?;
        Ok(Self(Arc::new(Inner {
            store: Store::open(&folder.join(WEBHOOKS_FILE)).await?,
            sender: Sender::new(key, *allow_private)?,
            allow_private: *allow_private,
            wake: Notify::new(),
            busy: Mutex::default(),
        })))
    }

    /// Closes the file once what runs is done. Without it nothing is lost either.
    pub async fn close(&self) {
        self.0.store.close().await;
    }

    /// The key by which receivers verify: `whpk_` and base64.
    #[must_use]
    pub fn public_key(&self) -> String {
        self.0.sender.public_key()
    }

    /// Whether endpoints may be at private addresses.
    #[must_use]
    pub fn allows_private(&self) -> bool {
        self.0.allow_private
    }

    /// Every endpoint, by number.
    ///
    /// # Errors
    /// [`WebhookError`] when the file can not be read.
    pub async fn endpoints(&self) -> Result<Vec<Endpoint>, WebhookError> {
        self.0.store.endpoints().await
    }

    /// An endpoint.
    ///
    /// # Errors
    /// [`WebhookError::Unknown`].
    pub async fn endpoint(&self, id: u64) -> Result<Endpoint, WebhookError> {
        self.0.store.endpoint(id).await
    }

    /// Enters an endpoint, or only tries to; gives its number.
    ///
    /// # Errors
    /// [`WebhookError::Full`].
    pub async fn add(
        &self,
        new: &NewEndpoint,
        now_ms: u64,
        is_trial: bool,
    ) -> Result<u64, WebhookError> {
        let id = self.0.store.add(new, now_ms, is_trial).await?;
        self.0.wake.notify_one();
        Ok(id)
    }

    /// Removes an endpoint with its log, or only tries to.
    ///
    /// # Errors
    /// [`WebhookError::Unknown`].
    pub async fn remove(&self, id: u64, is_trial: bool) -> Result<(), WebhookError> {
        self.0.store.remove(id, is_trial).await
    }

    /// Lets an endpoint go on at once, from a leaf where one is named; or only tries to.
    ///
    /// # Errors
    /// [`WebhookError::Unknown`].
    pub async fn resume(
        &self,
        id: u64,
        from: Option<u64>,
        is_trial: bool,
    ) -> Result<(), WebhookError> {
        self.0.store.resume(id, from, is_trial).await?;
        self.0.wake.notify_one();
        Ok(())
    }

    /// Lets nothing go to an endpoint any more until it is resumed, or only tries to. What was under way arrives.
    ///
    /// # Errors
    /// [`WebhookError::Unknown`].
    pub async fn pause(&self, id: u64, now_ms: u64, is_trial: bool) -> Result<(), WebhookError> {
        self.0.store.pause(id, PAUSED, now_ms, is_trial).await
    }

    /// What was sent to an endpoint, the newest first, before a number.
    ///
    /// # Errors
    /// [`WebhookError`] when the file can not be read.
    pub async fn deliveries(
        &self,
        id: u64,
        before: Option<u64>,
        limit: usize,
    ) -> Result<Vec<Delivery>, WebhookError> {
        self.0.store.deliveries(id, before, limit).await
    }

    fn begin(&self, id: u64) -> bool {
        let busy = self.0.busy.lock();
        busy.unwrap_or_else(PoisonError::into_inner).insert(id)
    }

    fn end(&self, id: u64) {
        let busy = self.0.busy.lock();
        busy.unwrap_or_else(PoisonError::into_inner).remove(&id);
        self.0.wake.notify_one();
    }
}
