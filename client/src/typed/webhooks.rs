//! The calls about webhooks, and about open data.

use reqwest::Method;

use crate::types::{
    DeliveryView, NewWebhook, OpenDataView, ReplayWebhook, WebhookKeys, WebhookPonged, WebhookView,
};
use crate::{Client, ClientError};

impl Client {
    /// The endpoints that are told of events.
    ///
    /// # Errors
    /// [`ClientError`]
    pub async fn webhooks(&self) -> Result<Vec<WebhookView>, ClientError> {
        self.all("webhooks").await
    }

    /// Enters an endpoint.
    ///
    /// # Errors
    /// [`ClientError`]
    pub async fn add_webhook(&self, wish: &NewWebhook) -> Result<WebhookView, ClientError> {
        self.ask("webhooks", wish).await
    }

    /// Takes an endpoint out: nothing goes there any more.
    ///
    /// # Errors
    /// [`ClientError`]
    pub async fn remove_webhook(&self, webhook: u64) -> Result<(), ClientError> {
        let path = format!("webhooks/{webhook}");
        self.tell(&Method::DELETE, &path, &serde_json::json!({}))
            .await
    }

    /// Sends an endpoint a message that only tries it.
    ///
    /// # Errors
    /// [`ClientError`]; an endpoint that does not take it is no error.
    pub async fn ping_webhook(&self, webhook: u64) -> Result<WebhookPonged, ClientError> {
        self.just_ask(&format!("webhooks/{webhook}/ping")).await
    }

    /// What was sent to an endpoint, the newest first.
    ///
    /// # Errors
    /// [`ClientError`]
    pub async fn deliveries(
        &self,
        webhook: u64,
        limit: usize,
    ) -> Result<Vec<DeliveryView>, ClientError> {
        self.list(&format!("webhooks/{webhook}/deliveries"), &[], limit)
            .await
    }

    /// Sends events again from a leaf on.
    ///
    /// # Errors
    /// [`ClientError`]
    pub async fn replay_webhook(
        &self,
        webhook: u64,
        from: u64,
    ) -> Result<WebhookView, ClientError> {
        let path = format!("webhooks/{webhook}/replay");
        self.ask(&path, &ReplayWebhook { from }).await
    }

    /// Lets nothing go to an endpoint until it is resumed.
    ///
    /// # Errors
    /// [`ClientError`]
    pub async fn pause_webhook(&self, webhook: u64) -> Result<WebhookView, ClientError> {
        self.just_ask(&format!("webhooks/{webhook}/pause")).await
    }

    /// Lets an endpoint go on where it stands.
    ///
    /// # Errors
    /// [`ClientError`]
    pub async fn resume_webhook(&self, webhook: u64) -> Result<WebhookView, ClientError> {
        self.just_ask(&format!("webhooks/{webhook}/resume")).await
    }

    /// The keys by which receivers verify what comes from here. For everybody.
    ///
    /// # Errors
    /// [`ClientError`]
    pub async fn webhook_keys(&self) -> Result<WebhookKeys, ClientError> {
        self.get("webhooks/keys", &[]).await
    }

    /// The files of open data that are served. For everybody.
    ///
    /// # Errors
    /// [`ClientError`]
    pub async fn open_data(&self) -> Result<OpenDataView, ClientError> {
        self.get("open-data", &[]).await
    }

    /// Makes the files of open data anew. It may take as long as the node needs.
    ///
    /// # Errors
    /// [`ClientError`]
    pub async fn make_open_data(&self) -> Result<OpenDataView, ClientError> {
        self.ask_patiently("open-data", &serde_json::json!({}))
            .await
    }
}
