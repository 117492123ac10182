//! Examining another node as the peer that a data folder's node is.

use countersign_protocol::id::Origin;
use countersign_protocol::log::Policy;
use reqwest::Url;
use secrecy::SecretString;

use super::{DataFolder, RunError, load_keys};
use crate::conformance::{ConformanceError, Finding, Target, examine};
use crate::network::{Multiaddr, PeerId};
use crate::ops::config::Config;

/// A node to examine.
#[derive(Clone, Debug)]
pub struct Examined {
    /// Its peer id.
    pub peer: PeerId,
    /// Where it is reached.
    pub addresses: Vec<Multiaddr>,
    /// The origin of its log.
    pub origin: Origin,
    /// Its log's keys and the quorum of its witnesses (C2SP tlog-policy).
    pub policy: Policy,
    /// The base address of its HTTP face, where it has one.
    pub http: Option<Url>,
}

/// Why nothing was examined.
#[derive(Debug, thiserror::Error)]
pub enum ExamineError {
    /// The folder can not be used.
    #[error(transparent)]
    Run(#[from] RunError),
    /// The kit can not work.
    #[error(transparent)]
    Kit(#[from] ConformanceError),
}

/// Runs the conformance kit against a node, as the peer whose key lies in the data folder: it must be listed there.
///
/// # Errors
/// [`ExamineError`]; what the node does wrong is a finding.
pub async fn conformance(
    folder: &DataFolder,
    passphrase: SecretString,
    examined: Examined,
    tell: impl FnMut(&Finding),
) -> Result<Vec<Finding>, ExamineError> {
    let config = Config::load(folder.path()).map_err(RunError::from)?;
    let keys = load_keys(folder, &passphrase).await?;
    let target = Target {
        peer: examined.peer,
        addresses: examined.addresses,
        network: config.p2p.network.to_string(),
        origin: examined.origin,
        policy: examined.policy,
        http: examined.http,
    };
    Ok(examine(target, keys.peer, tell).await?)
}
