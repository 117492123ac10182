//! CAD Trust: the country's projects and units in the Climate Action Data Trust, through the country's own CADT node.
//!
//! V1 (projects with children, and units) and V2 (a row for everything, Article 6 labels and tables) are behind one trait; which of
//! them a node speaks is found out from it. docs/bridges.md says what each field comes from.

mod client;
mod facts;
mod mapping;
mod pen;
mod v1;
mod v2;
mod words;

use std::sync::Arc;

use reqwest::StatusCode;

pub use mapping::{DEFAULT_MAPPING, Mapping};
pub use v1::CadTrustV1;
pub use v2::{CadTrustV2, filled_tables};
pub use words::Words;

use crate::frame::{Fault, OtherSide};
use client::Client;

/// Which model of CAD Trust is spoken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Version {
    /// V2 where the node has it, else V1.
    #[default]
    Auto,
    /// V1: the legacy model.
    V1,
    /// V2.
    V2,
}

/// A node to speak to.
#[derive(Clone)]
pub struct CadTrustSettings {
    /// Its address, such as `http://127.0.0.1:31310`.
    pub url: String,
    /// Its API key, where it asks one.
    pub api_key: Option<String>,
    /// Which model.
    pub version: Version,
    /// The words.
    pub mapping: Mapping,
    /// Whether anything is to be sent: a node that takes no writes will do for a plan.
    pub writes: bool,
}

/// Finds out what a node speaks.
///
/// # Errors
/// [`Fault::Barred`] when it is no CADT node, wants another key, takes no writes, or does not speak the version that was asked
/// for; [`Fault::Later`] while it is away.
pub async fn discover(settings: &CadTrustSettings) -> Result<Arc<dyn OtherSide>, Fault> {
    let client = Client::new(&settings.url, settings.api_key.as_deref()).map_err(Fault::Barred)?;
    let health = client.raw("health").await?;
    if matches!(
        health.status,
        StatusCode::FORBIDDEN | StatusCode::UNAUTHORIZED
    ) {
        return Err(Fault::Barred(
            "the node does not take the API key".to_owned(),
        ));
    }
    if health.header("x-api-version").is_none() {
        if health.status.is_success() {
            return Err(Fault::Barred(
                "this is no CADT node: it names no x-api-version".to_owned(),
            ));
        }
        return Err(Fault::Later(format!(
            "the node is not up: {}",
            health.excerpt()
        )));
    }
    if settings.writes && health.header("cw-read-only") == Some("true") {
        return Err(Fault::Barred(
            "the node takes no writes (READ_ONLY)".to_owned(),
        ));
    }
    let speaks_v2 =
        settings.version != Version::V1 && client.raw("v2/health").await?.status.is_success();
    match (settings.version, speaks_v2) {
        (Version::V2, false) => Err(Fault::Barred("the node does not speak V2".to_owned())),
        (_, true) => Ok(Arc::new(CadTrustV2::new(client, settings.mapping.clone()))),
        (_, false) => Ok(Arc::new(CadTrustV1::new(client, settings.mapping.clone()))),
    }
}
