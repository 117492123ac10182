//! One message to one endpoint.

use std::sync::Arc;
use std::time::{Duration, Instant};

use reqwest::header::{CONTENT_TYPE, RETRY_AFTER};
use reqwest::redirect::Policy;
use reqwest::{Client, StatusCode, Url};

use super::address::{Resolver, judged};
use super::{WebhookError, WebhookKey};

/// How long an endpoint may take to answer.
const ANSWER_WAIT: Duration = Duration::from_secs(15);
const CONNECT_WAIT: Duration = Duration::from_secs(5);
/// The longest wait that an answer may ask for, in milliseconds: a day.
const ASKED_MS_MAX: u64 = 86_400_000;
/// The longest fault that is kept, in characters.
const FAULT_CHARS_MAX: usize = 300;
/// What a body is (CloudEvents 1.0, JSON format).
const BODY_TYPE: &str = "application/cloudevents+json; charset=utf-8";

/// A message on its way.
pub(super) struct Message {
    /// Its id: the same for every try of the same event.
    pub(super) id: String,
    /// The type of its event.
    pub(super) kind: String,
    /// Its leaf; a ping has none.
    pub(super) leaf: Option<u64>,
    /// The event as JSON.
    pub(super) body: Vec<u8>,
}

/// What became of one try.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The status of the answer, where there was one.
    pub status: Option<u16>,
    /// Why the message counts as not delivered.
    pub fault: Option<String>,
    /// How long it took, in milliseconds.
    pub took_ms: u64,
    /// How long the endpoint asked to wait, in milliseconds.
    pub(super) asked_ms: Option<u64>,
}

impl Outcome {
    /// Whether the endpoint took it.
    #[must_use]
    pub const fn is_delivered(&self) -> bool {
        self.fault.is_none()
    }

    /// Whether the endpoint says that it is no more (410, as Standard Webhooks advises).
    pub(super) fn is_gone(&self) -> bool {
        self.status == Some(StatusCode::GONE.as_u16())
    }
}

/// Sends messages. Follows no redirect, uses no proxy, and reads nothing of an answer but its head.
pub(super) struct Sender {
    client: Client,
    key: WebhookKey,
    allow_private: bool,
}

impl Sender {
    pub(super) fn new(key: WebhookKey, allow_private: bool) -> Result<Self, WebhookError> {
        let client = Client::builder()
            .timeout(ANSWER_WAIT)
            .connect_timeout(CONNECT_WAIT)
            .redirect(Policy::none())
            .no_proxy()
            .dns_resolver(Arc::new(Resolver { allow_private }))
            .user_agent(concat!("countersign/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|error| WebhookError::Client(error.to_string()))?;
        Ok(Self {
            client,
            key,
            allow_private,
        })
    }

    pub(super) fn public_key(&self) -> String {
        self.key.public()
    }

    pub(super) async fn send(&self, url: &str, message: &Message, now_ms: u64) -> Outcome {
        let began = Instant::now();
        let answer = self.answer(url, message, now_ms).await;
        let took_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
        match answer {
            Ok((status, asked_ms)) => Outcome {
                status: Some(status.as_u16()),
                fault: (!status.is_success()).then(|| format!("it answered {status}")),
                took_ms,
                asked_ms,
            },
            Err(why) => Outcome {
                status: None,
                fault: Some(why.chars().take(FAULT_CHARS_MAX).collect()),
                took_ms,
                asked_ms: None,
            },
        }
    }

    async fn answer(
        &self,
        url: &str,
        message: &Message,
        now_ms: u64,
    ) -> Result<(StatusCode, Option<u64>), String> {
        let url: Url = url.parse().map_err(|error| format!("{error}"))?;
        // The resolver sees names only.
        judged(&url, self.allow_private)?;
        let timestamp_s = now_ms / 1000;
        let signature = self.key.sign(&message.id, timestamp_s, &message.body);
        let request = self
            .client
            .post(url)
            .header(CONTENT_TYPE, BODY_TYPE)
            .header("webhook-id", &message.id)
            .header("webhook-timestamp", timestamp_s.to_string())
            .header("webhook-signature", signature)
            .body(message.body.clone());
        let answer = request.send().await.map_err(|error| causes(&error))?;
        let asked = answer.headers().get(RETRY_AFTER);
        let asked = asked.and_then(|it| it.to_str().ok()?.trim().parse::<u64>().ok());
        let asked_ms = asked.map(|it| it.saturating_mul(1000).min(ASKED_MS_MAX));
        Ok((answer.status(), asked_ms))
    }
}

/// Why a request failed, down to the cause, without its address.
fn causes(error: &reqwest::Error) -> String {
    let mut text = if error.is_timeout() {
        "it did not answer in time".to_owned()
    } else {
        "it can not be reached".to_owned()
    };
    let mut cause = std::error::Error::source(error);
    while let Some(found) = cause {
        text = format!("{text}: {found}");
        cause = found.source();
    }
    text
}
