//! Webhooks through the one door: who is told of events, and how that goes.

use countersign_bridge::event::{EventKinds, SOURCE_PREFIX, moment};
use countersign_protocol::permission::{Action, Object};

use super::{App, AppError, Caller, LIST_MAX, Listing, Mode};
use crate::webhooks::{
    Delivery, Endpoint, NewEndpoint, Outcome, WebhookError, Webhooks, checked_address,
};

/// The longest description of an endpoint, in characters.
const DESCRIPTION_CHARS_MAX: usize = 200;
/// The longest list of types, in bytes.
const TYPES_BYTES_MAX: usize = 2048;

/// An endpoint that somebody wants to be told at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WebhookWish {
    /// Where it is.
    pub url: String,
    /// Types of events: names or groups, such as `unit.issued,transfer.*`; `None` for all.
    pub types: Option<String>,
    /// For people.
    pub description: Option<String>,
    /// The first leaf that goes there; `None` for what comes from now on.
    pub from: Option<u64>,
}

impl App {
    /// The same use cases with webhooks.
    #[must_use]
    pub fn with_webhooks(self, webhooks: Webhooks) -> Self {
        Self {
            webhooks: Some(webhooks),
            ..self
        }
    }

    fn webhooks(&self) -> Result<&Webhooks, AppError> {
        self.webhooks.as_ref().ok_or_else(|| {
            AppError::internal("keep a webhook", &"this node has no store of webhooks")
        })
    }

    fn may_look_at_webhooks(&self, caller: &Caller) -> Result<&Webhooks, AppError> {
        self.permit(caller, Action::ConfigurationRead, &Object::default())?;
        self.webhooks()
    }

    fn may_change_webhooks(&self, caller: &Caller) -> Result<&Webhooks, AppError> {
        self.permit(caller, Action::ConfigurationChange, &Object::default())?;
        self.webhooks()
    }

    /// Leaves under a quorum of witnesses: what goes out.
    pub(crate) fn witnessed_size(&self) -> u64 {
        self.feed_sizes().1
    }

    /// The keys by which receivers verify what comes from here. For everybody.
    ///
    /// # Errors
    /// [`AppError::Internal`] in a node without webhooks.
    pub fn webhook_keys(&self) -> Result<Vec<String>, AppError> {
        Ok(vec![self.webhooks()?.public_key()])
    }

    /// Every endpoint, by number.
    ///
    /// # Errors
    /// [`AppError::Forbidden`].
    pub async fn webhook_endpoints(&self, caller: &Caller) -> Result<Vec<Endpoint>, AppError> {
        Ok(self.may_look_at_webhooks(caller)?.endpoints().await?)
    }

    /// An endpoint.
    ///
    /// # Errors
    /// [`AppError::Forbidden`]; [`AppError::NotFound`].
    pub async fn webhook_endpoint(&self, caller: &Caller, id: u64) -> Result<Endpoint, AppError> {
        Ok(self.may_look_at_webhooks(caller)?.endpoint(id).await?)
    }

    /// Enters an endpoint.
    ///
    /// # Errors
    /// [`AppError::Forbidden`]; [`AppError::BadInput`] for an address that nothing may go to, a type that there is none of, or a
    /// leaf that is not there yet.
    pub async fn add_webhook(
        &self,
        caller: &Caller,
        wish: WebhookWish,
        mode: Mode,
    ) -> Result<Endpoint, AppError> {
        let webhooks = self.may_change_webhooks(caller)?;
        let new = self.new_endpoint(wish, webhooks.allows_private())?;
        let now_ms = self.now_ms();
        let id = webhooks.add(&new, now_ms, mode == Mode::Try).await?;
        Ok(Endpoint {
            id,
            url: new.url,
            types: new.types,
            description: new.description,
            made_ms: now_ms,
            next_leaf: new.from,
            tries: 0,
            failing_ms: None,
            next_ms: 0,
            disabled_ms: None,
            note: None,
        })
    }

    fn new_endpoint(
        &self,
        wish: WebhookWish,
        allow_private: bool,
    ) -> Result<NewEndpoint, AppError> {
        let url = checked_address(&wish.url, allow_private);
        let url = url.map_err(|why| AppError::body("/url", why))?;
        let types = wish.types.unwrap_or_default();
        if types.len() > TYPES_BYTES_MAX {
            let why = format!("types may have {TYPES_BYTES_MAX} bytes");
            return Err(AppError::body("/types", why));
        }
        if !types.is_empty() {
            let read = types.parse::<EventKinds>();
            read.map_err(|error| AppError::body("/types", error.to_string()))?;
        }
        let description = wish.description.unwrap_or_default();
        if description.chars().count() > DESCRIPTION_CHARS_MAX {
            let why = format!("a description may have {DESCRIPTION_CHARS_MAX} characters");
            return Err(AppError::body("/description", why));
        }
        let from = match wish.from {
            Some(from) => self.known_leaf("/from", from)?,
            None => self.witnessed_size(),
        };
        Ok(NewEndpoint {
            url: url.into(),
            types,
            description,
            from,
        })
    }

    /// A leaf that there is, or the next one.
    fn known_leaf(&self, pointer: &'static str, leaf: u64) -> Result<u64, AppError> {
        let size = self.feed_sizes().0;
        if leaf > size {
            let why = format!("this ledger has {size} leaves, counted from 0");
            return Err(AppError::body(pointer, why));
        }
        Ok(leaf)
    }

    /// Removes an endpoint with its log.
    ///
    /// # Errors
    /// [`AppError::Forbidden`]; [`AppError::NotFound`].
    pub async fn remove_webhook(
        &self,
        caller: &Caller,
        id: u64,
        mode: Mode,
    ) -> Result<(), AppError> {
        let webhooks = self.may_change_webhooks(caller)?;
        Ok(webhooks.remove(id, mode == Mode::Try).await?)
    }

    /// Lets an endpoint go on at once, where it was or from a leaf.
    ///
    /// # Errors
    /// [`AppError::Forbidden`]; [`AppError::NotFound`]; [`AppError::BadInput`] for a leaf that is not there yet.
    pub async fn resume_webhook(
        &self,
        caller: &Caller,
        id: u64,
        from: Option<u64>,
        mode: Mode,
    ) -> Result<Endpoint, AppError> {
        let webhooks = self.may_change_webhooks(caller)?;
        let from = from.map(|it| self.known_leaf("/from", it)).transpose()?;
        webhooks.resume(id, from, mode == Mode::Try).await?;
        Ok(webhooks.endpoint(id).await?)
    }

    /// Lets nothing go to an endpoint any more until it is resumed; then it goes on where it was.
    ///
    /// # Errors
    /// [`AppError::Forbidden`]; [`AppError::NotFound`].
    pub async fn pause_webhook(
        &self,
        caller: &Caller,
        id: u64,
        mode: Mode,
    ) -> Result<Endpoint, AppError> {
        let webhooks = self.may_change_webhooks(caller)?;
        let now_ms = self.now_ms();
        webhooks.pause(id, now_ms, mode == Mode::Try).await?;
        Ok(webhooks.endpoint(id).await?)
    }

    /// Sends an endpoint a message that only tries it, and says what came of it.
    ///
    /// # Errors
    /// [`AppError::Forbidden`]; [`AppError::NotFound`].
    pub async fn ping_webhook(&self, caller: &Caller, id: u64) -> Result<Outcome, AppError> {
        let webhooks = self.may_change_webhooks(caller)?;
        let source = format!("{SOURCE_PREFIX}{}", self.feed_origin()?);
        let now_ms = self.now_ms();
        let pinged = webhooks.ping(id, &source, &moment(now_ms), now_ms).await;
        Ok(pinged?)
    }

    /// What was sent to an endpoint, the newest first, after the number of another.
    ///
    /// # Errors
    /// [`AppError::Forbidden`]; [`AppError::NotFound`].
    pub async fn webhook_deliveries(
        &self,
        caller: &Caller,
        id: u64,
        after: Option<u64>,
        limit: usize,
    ) -> Result<Listing<Delivery>, AppError> {
        let webhooks = self.may_look_at_webhooks(caller)?;
        let limit = limit.clamp(1, LIST_MAX);
        webhooks.endpoint(id).await?;
        let found = webhooks.deliveries(id, after, limit + 1).await?;
        Ok(Listing::cut(found, limit, |last| last.number.to_string()))
    }
}

impl From<WebhookError> for AppError {
    fn from(error: WebhookError) -> Self {
        match error {
            WebhookError::Unknown(id) => Self::not_found("webhook", &id),
            WebhookError::Busy => Self::Busy,
            WebhookError::Full(_) => Self::body("", error.to_string()),
            other => Self::internal("keep a webhook", &other),
        }
    }
}
