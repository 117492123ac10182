//! 1xx: who gets in.

use std::time::Duration;

use countersign_protocol::federation::message::{Request, Response};
use libp2p::identity::Keypair;
use tokio::time::{Instant, sleep};

use super::{CONNECT_WITHIN, Checked, Kit, Target, failed, is_connected, join};
use crate::network::NetworkError;

/// How long a stranger tries.
const STRANGER_TRIES: Duration = Duration::from_secs(5);

pub(super) async fn listed(kit: &Kit) -> Checked {
    match is_connected(&kit.network, kit.target.peer, CONNECT_WITHIN).await {
        Ok(()) => Ok(()),
        Err(why) => failed(format!(
            "no connection within {} s: {why}. Is the peer id of this kit listed there?",
            CONNECT_WITHIN.as_secs()
        )),
    }
}

/// An identity that was made a moment ago asks for a checkpoint.
pub(super) async fn stranger(target: &Target) -> Result<Checked, NetworkError> {
    let network = join(target, Keypair::generate_ed25519()).await?;
    let deadline = Instant::now() + STRANGER_TRIES;
    let mut checked = Ok(());
    while Instant::now() < deadline {
        let question = Request::GetCheckpoint {
            origin: target.origin.to_string(),
        };
        match network.request(target.peer, question).await {
            Ok(Response::Refused { .. }) | Err(_) => sleep(Duration::from_millis(200)).await,
            Ok(answer) => {
                checked = failed(format!("it answered with {}", answer.kind()));
                break;
            }
        }
    }
    let _ended = network.shutdown().await;
    Ok(checked)
}
