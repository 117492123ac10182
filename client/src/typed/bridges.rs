//! The calls about the bridges to the systems around the registry.

use crate::types::{
    AgreementsView, BridgeDiffView, BridgeName, BridgePlanView, BridgeReplayed, BridgeView,
    ReplayBridge,
};
use crate::{Client, ClientError};

impl Client {
    /// How the bridges of the node stand.
    ///
    /// # Errors
    /// [`ClientError`]
    pub async fn bridges(&self) -> Result<Vec<BridgeView>, ClientError> {
        self.all("bridges").await
    }

    /// How a bridge stands.
    ///
    /// # Errors
    /// [`ClientError`]
    pub async fn bridge(&self, bridge: BridgeName) -> Result<BridgeView, ClientError> {
        self.get(&format!("bridges/{bridge}"), &[]).await
    }

    /// What a bridge would send now.
    ///
    /// # Errors
    /// [`ClientError`]
    pub async fn bridge_plan(&self, bridge: BridgeName) -> Result<BridgePlanView, ClientError> {
        self.get(&format!("bridges/{bridge}/plan"), &[]).await
    }

    /// Lets a bridge work now instead of waiting; gives how it stands then.
    ///
    /// # Errors
    /// [`ClientError`]
    pub async fn sync_bridge(&self, bridge: BridgeName) -> Result<BridgeView, ClientError> {
        self.just_ask(&format!("bridges/{bridge}/sync")).await
    }

    /// Reads back what a bridge has sent, and compares.
    ///
    /// # Errors
    /// [`ClientError`]
    pub async fn bridge_diff(&self, bridge: BridgeName) -> Result<BridgeDiffView, ClientError> {
        self.just_ask(&format!("bridges/{bridge}/diff")).await
    }

    /// Sends dead and differing items again.
    ///
    /// # Errors
    /// [`ClientError`]
    pub async fn replay_bridge(
        &self,
        bridge: BridgeName,
        wish: &ReplayBridge,
    ) -> Result<BridgeReplayed, ClientError> {
        self.ask(&format!("bridges/{bridge}/replay"), wish).await
    }

    /// Whether the systems around the registry agree with the ledger on a project. For everybody; fields and reasons for officials.
    ///
    /// # Errors
    /// [`ClientError`]
    pub async fn project_agreement(&self, project: u32) -> Result<AgreementsView, ClientError> {
        self.get(&format!("projects/{project}/agreement"), &[])
            .await
    }
}
