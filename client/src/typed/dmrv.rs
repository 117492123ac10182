//! The calls about monitoring data.

use reqwest::Body;

use crate::types::{
    BatchView, BlueprintView, DataPointsTaken, NewBatchBody, NewBlueprint, NewDataPoints,
    NewSource, PointProofView, SourceView,
};
use crate::{Client, ClientError};

impl Client {
    /// The sources of a project: instruments and data systems that sign their points.
    ///
    /// # Errors
    /// [`ClientError`]
    pub async fn sources(&self, project: u32) -> Result<Vec<SourceView>, ClientError> {
        self.all(&format!("projects/{project}/sources")).await
    }

    /// Enters a source of a project, with the key by which its points are known.
    ///
    /// # Errors
    /// [`ClientError`]
    pub async fn add_source(
        &self,
        project: u32,
        wish: &NewSource,
    ) -> Result<SourceView, ClientError> {
        self.ask(&format!("projects/{project}/sources"), wish).await
    }

    /// Takes nothing of a source from now on. What it gave stays.
    ///
    /// # Errors
    /// [`ClientError`]
    pub async fn revoke_source(&self, source: u64) -> Result<SourceView, ClientError> {
        self.just_ask(&format!("sources/{source}/revoke")).await
    }

    /// The blueprints by which tonnes follow from data points. For everybody.
    ///
    /// # Errors
    /// [`ClientError`]
    pub async fn blueprints(&self) -> Result<Vec<BlueprintView>, ClientError> {
        self.all("blueprints").await
    }

    /// Enters a version of a blueprint. It never changes; the same again is no fault.
    ///
    /// # Errors
    /// [`ClientError`]
    pub async fn add_blueprint(&self, wish: &NewBlueprint) -> Result<BlueprintView, ClientError> {
        self.ask("blueprints", wish).await
    }

    /// Sends data points, all of which are taken or none; the same again is no fault.
    ///
    /// # Errors
    /// [`ClientError`]
    pub async fn send_points(&self, wish: &NewDataPoints) -> Result<DataPointsTaken, ClientError> {
        self.ask("data-points", wish).await
    }

    /// Sends the data points of a CSV file, all of them or none. `body` gives the file anew for each try.
    ///
    /// # Errors
    /// [`ClientError`]
    pub async fn send_points_file(
        &self,
        body: &(dyn Fn() -> Body + Sync),
    ) -> Result<DataPointsTaken, ClientError> {
        self.upload("data-points/file", &[], body).await
    }

    /// Seals the points of a project over a span under one root, with the tonnes of each year.
    ///
    /// # Errors
    /// [`ClientError`]
    pub async fn seal_batch(
        &self,
        project: u32,
        wish: &NewBatchBody,
    ) -> Result<BatchView, ClientError> {
        self.ask(&format!("projects/{project}/batches"), wish).await
    }

    /// The batches of a project, the newest first.
    ///
    /// # Errors
    /// [`ClientError`]
    pub async fn batches(&self, project: u32) -> Result<Vec<BatchView>, ClientError> {
        self.all(&format!("projects/{project}/batches")).await
    }

    /// A batch by its root, computed again from its points.
    ///
    /// # Errors
    /// [`ClientError`]
    pub async fn batch(&self, root: &str) -> Result<BatchView, ClientError> {
        self.get(&format!("batches/{root}"), &[]).await
    }

    /// The points of a batch as CSV, in the order of its tree.
    ///
    /// # Errors
    /// [`ClientError`]
    pub async fn points_of_batch(&self, root: &str) -> Result<String, ClientError> {
        self.text(&format!("batches/{root}/points"), &[]).await
    }

    /// That a point is in a batch, by its place counted from 0.
    ///
    /// # Errors
    /// [`ClientError`]
    pub async fn point_proof(&self, root: &str, index: u64) -> Result<PointProofView, ClientError> {
        self.get(&format!("batches/{root}/points/{index}/proof"), &[])
            .await
    }
}
