//! A country whose node lists one peer, for an implementation of another hand to speak to (`tests/js-peer/run`).
//!
//! `listed_peer PEER_ID` prints what the peer must know as one line of JSON, then issues a tonne each second until its standard
//! input ends.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    missing_docs
)]

use std::io::Read;
use std::time::Duration;

use countersign_node::network::Multiaddr;
use countersign_tests::countries::{Country, Identity, QUORUM, Witnesses};
use serde_json::json;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let listed = std::env::args().nth(1).expect("a peer id");
    let dir = tempfile::tempdir().expect("a folder");
    let witnesses = Witnesses::start(dir.path());
    let country = Country::start(dir.path(), Identity::of("GH"), &witnesses, &[]).await;
    country.set_up().await;
    country.issue(1_000).await;
    country.is_witnessed().await;
    let (peer, addresses) = country.address().await;
    let address: Multiaddr = addresses.into_iter().next().expect("an address");
    let listed = listed.parse().expect("a peer id");
    let allowed = country.network.allow(listed, Vec::new()).await;
    allowed.expect("the peer is listed");
    let policy = witnesses.policy().lines();
    let cosigners: Vec<&str> = policy
        .filter_map(|line| line.strip_prefix("witness ")?.split(' ').nth(1))
        .collect();
    let world = json!({
        "address": format!("{address}/p2p/{peer}"),
        "network": "test",
        "origin": country.identity.origin(),
        "key": country.identity.log.verifier().to_string(),
        "witnesses": cosigners,
        "quorum": QUORUM,
    });
    println!("{world}");
    let ended = tokio::task::spawn_blocking(|| std::io::stdin().read_to_end(&mut Vec::new()));
    let issuing = async {
        loop {
            country.issue(1).await;
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    };
    tokio::select! {
        _ = ended => {}
        () = issuing => {}
    }
    country.stop().await;
}
