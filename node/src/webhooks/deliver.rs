//! Who is told next, and what follows from an answer.

use std::time::Duration;

use countersign_bridge::event::Event;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::{info, warn};

use super::send::{Message, Outcome};
use super::store::Standing;
use super::{Endpoint, WebhookError, Webhooks};
use crate::app::{App, AppError, EventQuery};

/// Events that one turn of an endpoint sends; then others have theirs.
const TURN_MAX: usize = 100;
/// The longest time between two looks at what is due.
const LOOK: Duration = Duration::from_secs(30);
/// Waits after failed tries, in milliseconds: 5 s, 30 s, 5 min, 30 min, 2 h, 5 h, and 10 h for all that follow.
const WAITS_MS: [u64; 7] = [
    5_000, 30_000, 300_000, 1_800_000, 7_200_000, 18_000_000, 36_000_000,
];
/// After how long without success an endpoint is disabled, in milliseconds: five days.
pub(super) const PATIENCE_MS: u64 = 5 * 86_400_000;

/// Why a turn of an endpoint ended before its time. It is tried again with the next look.
#[derive(Debug, thiserror::Error)]
enum TurnError {
    #[error(transparent)]
    App(#[from] AppError),
    #[error(transparent)]
    Webhook(#[from] WebhookError),
    #[error("an event can not be written as JSON: {0}")]
    Json(#[from] serde_json::Error),
}

impl Webhooks {
    /// Tells endpoints of events until `stop`. Each is served by a task of its own.
    pub async fn deliver(self, app: App, tasks: TaskTracker, stop: CancellationToken) {
        loop {
            let pause = match self.look(&app, &tasks, &stop).await {
                Ok(pause) => pause,
                Err(error) => {
                    warn!(%error, "webhooks could not be looked at; they are looked at again");
                    LOOK
                }
            };
            let size = app.witnessed_size();
            tokio::select! {
                () = stop.cancelled() => return,
                () = self.0.wake.notified() => {}
                () = app.wait_for_events(size.checked_sub(1), true, pause) => {}
            }
        }
    }

    /// Begins the turn of every endpoint that has something due; gives how long until the next one has.
    async fn look(
        &self,
        app: &App,
        tasks: &TaskTracker,
        stop: &CancellationToken,
    ) -> Result<Duration, WebhookError> {
        let (now_ms, size) = (app.now_ms(), app.witnessed_size());
        let mut pause = LOOK;
        for endpoint in self.endpoints().await? {
            if endpoint.disabled_ms.is_some() || endpoint.next_leaf >= size {
                continue;
            }
            if endpoint.next_ms > now_ms {
                pause = pause.min(Duration::from_millis(endpoint.next_ms - now_ms));
                continue;
            }
            // One that is served looks again itself.
            if !self.begin(endpoint.id) {
                continue;
            }
            let (webhooks, app, stop) = (self.clone(), app.clone(), stop.clone());
            tasks.spawn(async move {
                let id = endpoint.id;
                let turn = webhooks.turn(&app, endpoint);
                if let Some(Err(error)) = stop.run_until_cancelled(turn).await {
                    warn!(webhook = id, %error, "a turn of a webhook ended early");
                    // No hot loop over a store that fails.
                    let _ = stop.run_until_cancelled(tokio::time::sleep(LOOK)).await;
                }
                webhooks.end(id);
            });
        }
        Ok(pause)
    }

    /// Sends an endpoint what is due there, in order, until one message fails.
    async fn turn(&self, app: &App, mut endpoint: Endpoint) -> Result<(), TurnError> {
        let kinds = endpoint.kinds()?;
        let page = app.events(EventQuery {
            after: endpoint.next_leaf.checked_sub(1),
            limit: TURN_MAX,
            kinds,
            witnessed: true,
        });
        let page = page.await?;
        for event in &page.events {
            let message = message(&endpoint, event)?;
            let sent_ms = app.now_ms();
            let outcome = self.0.sender.send(&endpoint.url, &message, sent_ms).await;
            let after = standing(&endpoint, event.data.index, &outcome, app.now_ms());
            if let Some((_, note)) = &after.disabled {
                warn!(webhook = endpoint.id, note, "a webhook is disabled");
            }
            let store = &self.0.store;
            let is_it = store
                .tried(&endpoint, &message, &outcome, Some(&after), sent_ms)
                .await?;
            if !is_it {
                // Somebody removed it, or put it elsewhere.
                return Ok(());
            }
            if !outcome.is_delivered() {
                info!(
                    webhook = endpoint.id,
                    tries = after.tries,
                    "a webhook did not take a message"
                );
                return Ok(());
            }
            endpoint.next_leaf = after.next_leaf;
            (endpoint.tries, endpoint.failing_ms) = (0, None);
        }
        if let Some(after) = page.after {
            let to = after.saturating_add(1);
            self.0
                .store
                .skip(endpoint.id, endpoint.next_leaf, to)
                .await?;
        }
        Ok(())
    }

    /// Sends an endpoint a message that is no event of the ledger, and says what came of it. It is kept in the log, and changes
    /// nothing else.
    ///
    /// # Errors
    /// [`WebhookError::Unknown`]; [`WebhookError::Database`].
    pub(crate) async fn ping(
        &self,
        id: u64,
        source: &str,
        time: &str,
        now_ms: u64,
    ) -> Result<Outcome, WebhookError> {
        let endpoint = self.endpoint(id).await?;
        let mut drawn = [0; 8];
        getrandom::fill(&mut drawn).map_err(|error| WebhookError::Random(error.to_string()))?;
        let name = format!("ping_{}", hex::encode(drawn));
        let event = serde_json::json!({
            "specversion": "1.0", "id": name, "source": source, "type": PING, "time": time,
            "datacontenttype": "application/json", "data": {"webhook": id},
        });
        let message = Message {
            id: name,
            kind: PING.to_owned(),
            leaf: None,
            body: event.to_string().into_bytes(),
        };
        let outcome = self.0.sender.send(&endpoint.url, &message, now_ms).await;
        let store = &self.0.store;
        store
            .tried(&endpoint, &message, &outcome, None, now_ms)
            .await?;
        Ok(outcome)
    }
}

/// The type of a message that only tries an endpoint.
const PING: &str = "webhook.ping";

/// The message of an event. The same event has the same id at the same endpoint for ever.
fn message(endpoint: &Endpoint, event: &Event) -> Result<Message, serde_json::Error> {
    Ok(Message {
        id: format!("msg_{}_{}", endpoint.id, event.data.index),
        kind: event.kind.name().to_owned(),
        leaf: Some(event.data.index),
        body: serde_json::to_vec(event)?,
    })
}

/// How an endpoint stands after a try.
fn standing(endpoint: &Endpoint, leaf: u64, outcome: &Outcome, now_ms: u64) -> Standing {
    if outcome.is_delivered() {
        return Standing {
            next_leaf: leaf.saturating_add(1),
            tries: 0,
            failing_ms: None,
            next_ms: 0,
            disabled: None,
        };
    }
    let failing_ms = endpoint.failing_ms.unwrap_or(now_ms);
    let place = usize::try_from(endpoint.tries).unwrap_or(usize::MAX);
    let wait_ms = WAITS_MS[place.min(WAITS_MS.len() - 1)];
    let wait_ms = wait_ms.max(outcome.asked_ms.unwrap_or(0));
    let why = outcome.fault.as_deref().unwrap_or_default();
    let note = if outcome.is_gone() {
        Some("it answered that it is gone (410)".to_owned())
    } else if now_ms.saturating_sub(failing_ms) >= PATIENCE_MS {
        Some(format!("it took nothing for five days; last: {why}"))
    } else {
        None
    };
    Standing {
        next_leaf: endpoint.next_leaf,
        tries: endpoint.tries.saturating_add(1),
        failing_ms: Some(failing_ms),
        next_ms: now_ms.saturating_add(wait_ms),
        disabled: note.map(|note| (now_ms, note)),
    }
}
