//! 1xx: who gets in.

use std::time::Duration;

use countersign_protocol::federation::message::{Request, Response};
use libp2p::identity::Keypair;
use tokio::time::{Instant, sleep};

use super::{CONNECT_WITHIN, Checked, Kit, Target, failed, is_connected, join};
use crate::network::NetworkError;

/// How long a stranger tries.
const STRANGER_TRIES: Duration = Duration::from_secs(5);
const BETWEEN_TRIES: Duration = Duration::from_millis(200);

fn checkpoint_of(target: &Target) -> Request {
    Request::GetCheckpoint {
        origin: target.origin.to_string(),
    }
}

/// A connection that lasts for a question. A node that turns somebody away has to let it connect first, to learn who it is.
pub(super) async fn listed(kit: &Kit) -> Checked {
    let deadline = Instant::now() + CONNECT_WITHIN;
    let mut why = "it closes each connection".to_owned();
    while Instant::now() < deadline {
        let left = deadline.saturating_duration_since(Instant::now());
        if let Err(error) = is_connected(&kit.network, kit.target.peer, left).await {
            why = error;
            break;
        }
        match kit
            .network
            .request(kit.target.peer, checkpoint_of(&kit.target))
            .await
        {
            Err(error @ (NetworkError::NotConnected { .. } | NetworkError::Broken { .. })) => {
                why = error.to_string();
                sleep(BETWEEN_TRIES).await;
            }
            // What it answers is for the checks that follow.
            Ok(_) | Err(_) => return Ok(()),
        }
    }
    failed(format!(
        "no connection within {} s: {why}. Is the peer id of this kit listed there?",
        CONNECT_WITHIN.as_secs()
    ))
}

/// An identity that was made a moment ago asks for a checkpoint.
pub(super) async fn stranger(target: &Target) -> Result<Checked, NetworkError> {
    let network = join(target, Keypair::generate_ed25519()).await?;
    let deadline = Instant::now() + STRANGER_TRIES;
    let mut checked = Ok(());
    while Instant::now() < deadline {
        match network.request(target.peer, checkpoint_of(target)).await {
            Ok(Response::Refused { .. }) | Err(_) => sleep(BETWEEN_TRIES).await,
            Ok(answer) => {
                checked = failed(format!("it answered with {}", answer.kind()));
                break;
            }
        }
    }
    let _ended = network.shutdown().await;
    Ok(checked)
}
