//! A witness that is asked over libp2p: every country's node is one.

use async_trait::async_trait;
use countersign_protocol::federation::message::{Request, Response};
use libp2p::multiaddr::Protocol;

use crate::network::{Multiaddr, NetworkHandle, PeerId};
use crate::witness::{ClientError, Reply, WitnessClient};

/// A witness at a libp2p address.
pub struct PeerWitness {
    name: String,
    peer: PeerId,
    network: NetworkHandle,
}

impl PeerWitness {
    /// Allows the peer and prepares to ask it. The address ends in `/p2p/PEER`.
    ///
    /// # Errors
    /// If the address names no peer, or the network has stopped.
    pub async fn new(
        name: &str,
        address: Multiaddr,
        network: NetworkHandle,
    ) -> Result<Self, String> {
        let peer = address.iter().find_map(|part| match part {
            Protocol::P2p(peer) => Some(peer),
            _ => None,
        });
        let peer = peer.ok_or_else(|| format!("{address} names no peer: end it with /p2p/PEER"))?;
        network
            .allow(peer, vec![address])
            .await
            .map_err(|error| error.to_string())?;
        Ok(Self {
            name: name.to_owned(),
            peer,
            network,
        })
    }

    async fn ask(&self, request: Request) -> Result<Response, ClientError> {
        self.network
            .request(self.peer, request)
            .await
            .map_err(|error| ClientError::Transport(error.to_string()))
    }
}

#[async_trait]
impl WitnessClient for PeerWitness {
    fn name(&self) -> &str {
        &self.name
    }

    async fn add_checkpoint(&self, body: &str) -> Result<Reply, ClientError> {
        match self
            .ask(Request::AddCheckpoint {
                body: body.to_owned(),
            })
            .await?
        {
            Response::Witnessed { status, body } => {
                let status = u16::try_from(status)
                    .map_err(|_| ClientError::Transport(format!("status {status}")))?;
                Ok(Reply { status, body })
            }
            other => Err(ClientError::Transport(format!(
                "it answered with {}",
                other.kind()
            ))),
        }
    }

    async fn latest(&self, origin: &str) -> Result<Option<String>, ClientError> {
        match self
            .ask(Request::GetCheckpoint {
                origin: origin.to_owned(),
            })
            .await?
        {
            Response::Checkpoint { note } => Ok(Some(note)),
            Response::Refused { .. } => Ok(None),
            other => Err(ClientError::Transport(format!(
                "it answered with {}",
                other.kind()
            ))),
        }
    }
}
