//! Webhooks: endpoints, what was sent to them, and the keys that verify it.

use serde::{Deserialize, Serialize};

/// An endpoint that is told of events.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WebhookView {
    /// Its number.
    pub webhook: u64,
    /// Where it is.
    pub url: String,
    /// Types of events that go there: names or groups, separated by commas; `None` for all.
    pub types: Option<String>,
    /// For people.
    pub description: String,
    /// When it was entered.
    pub made_ms: u64,
    /// Its cursor: the first leaf that was not dealt with.
    pub next_leaf: u64,
    /// Tries in a row that failed.
    pub tries: u32,
    /// Since when.
    pub failing_ms: Option<u64>,
    /// When the next try is due, after one that failed.
    pub next_ms: Option<u64>,
    /// Since when nothing goes there any more, until somebody resumes it.
    pub disabled_ms: Option<u64>,
    /// Why.
    pub note: Option<String>,
}

/// `POST /api/v1/webhooks`: an endpoint to be told of events.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", schema(examples(json!({"url": "https://receiver.example/countersign", "types": "unit.*,transfer.*"}))))]
pub struct NewWebhook {
    /// Where it is: over TLS, at a public address.
    #[cfg_attr(feature = "openapi", schema(max_length = 2048))]
    pub url: String,
    /// Types of events: names or groups such as `unit.issued,transfer.*`; all when it is left out.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(max_length = 2048))]
    pub types: Option<String>,
    /// For people.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(max_length = 200))]
    pub description: Option<String>,
    /// The first leaf that goes there, 0 for everything from the beginning; what comes from now on when it is left out.
    #[serde(default)]
    pub from: Option<u64>,
}

/// `POST /api/v1/webhooks/{id}/resume`: an endpoint goes on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ResumeWebhook {}

/// `POST /api/v1/webhooks/{id}/replay`: events go out again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", schema(examples(json!({"from": 0}))))]
pub struct ReplayWebhook {
    /// The first leaf of which the event goes out again.
    pub from: u64,
}

/// The answer to `POST /api/v1/webhooks/{id}/ping`: what came of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WebhookPonged {
    /// Whether the endpoint took the message.
    pub delivered: bool,
    /// The status of its answer, where there was one.
    pub status: Option<u16>,
    /// Why it counts as not delivered.
    pub fault: Option<String>,
    /// How long it took, in milliseconds.
    pub took_ms: u64,
}

/// One message that was sent, or tried to be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DeliveryView {
    /// Its number.
    pub number: u64,
    /// The id of the message, as in the header `webhook-id`: the same for every try of one event.
    pub message: String,
    /// The type of the event, or `webhook.ping`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The leaf of the event; a ping has none.
    pub leaf: Option<u64>,
    /// When it was sent.
    pub sent_ms: u64,
    /// How long it took, in milliseconds.
    pub took_ms: u64,
    /// The status of the answer, where there was one.
    pub status: Option<u16>,
    /// Why it counts as not delivered; `None` where the endpoint took it.
    pub fault: Option<String>,
}

/// `GET /api/v1/webhooks/keys`: the keys by which receivers verify what comes from here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WebhookKeys {
    /// Ed25519 public keys, as Standard Webhooks writes them: `whpk_` and base64. A message has a signature by each.
    pub keys: Vec<String>,
}
