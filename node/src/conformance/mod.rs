//! The conformance kit: numbered checks that any implementation of a node must pass before units flow to it.
//!
//! Kyoto's registries went live only when they had passed the tests of Annex H of the data exchange standards; each had a number,
//! so that two technicians could speak of it on the phone. These are ours. They ask a node what a partner would ask, and hand it
//! what a broken or hostile partner would; nothing is recorded in its ledger.

mod checks;
mod connection;
mod delivery;
mod log;
mod web;
mod witness;

use std::time::Duration;

use countersign_protocol::federation::message::{Request, Response};
use countersign_protocol::id::Origin;
use countersign_protocol::log::{Checkpoint, Hash, KeyKind, Policy, SignerKey, VerifiedCheckpoint};
use libp2p::identity::Keypair;
use reqwest::Url;
use tokio::time::{Instant, sleep};

pub use checks::{CHECKS, Check};

use crate::network::{
    Inbound, Limits, Multiaddr, Network, NetworkConfig, NetworkError, NetworkHandle, PeerId,
};

/// The longest wait for a connection.
const CONNECT_WITHIN: Duration = Duration::from_secs(20);

/// The node that is examined.
#[derive(Clone, Debug)]
pub struct Target {
    /// Its peer id.
    pub peer: PeerId,
    /// Where it is reached.
    pub addresses: Vec<Multiaddr>,
    /// The network that it belongs to.
    pub network: String,
    /// The origin of its log.
    pub origin: Origin,
    /// Its log's keys and the quorum of its witnesses (C2SP tlog-policy).
    pub policy: Policy,
    /// The base address of its HTTP face, where it has one.
    pub http: Option<Url>,
}

/// What came of one check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// As it must be.
    Passed,
    /// Not as it must be, and what was found instead.
    Failed(String),
    /// Not asked, and why.
    Skipped(String),
}

/// One check and what came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The check.
    pub check: &'static Check,
    /// What came of it.
    pub outcome: Outcome,
}

/// Why a check is not passed.
#[derive(Debug)]
enum Problem {
    Failed(String),
    Skipped(String),
}

/// What a check gives.
type Checked<T = ()> = Result<T, Problem>;

/// Why nothing was checked.
#[derive(Debug, thiserror::Error)]
pub enum ConformanceError {
    /// The network of the kit.
    #[error("the network of the kit does not start: {0}")]
    Network(#[from] NetworkError),
    /// The client for HTTP could not be made.
    #[error("no requests can be made: {0}")]
    Client(reqwest::Error),
}

fn failed<T>(why: impl Into<String>) -> Checked<T> {
    Err(Problem::Failed(why.into()))
}

fn skipped<T>(why: impl Into<String>) -> Checked<T> {
    Err(Problem::Skipped(why.into()))
}

/// The origin of a log that nobody keeps.
const NOBODY: &str = "conformance.invalid/nobody";

/// A head of that log, signed by a key that nobody knows.
fn nobodys_head(size: u64, root: Hash) -> Checked<String> {
    let problem = |error: &dyn std::fmt::Display| Problem::Skipped(error.to_string());
    let key = SignerKey::from_seed(NOBODY, KeyKind::Ed25519, &[7; 32]);
    let key = key.map_err(|error| problem(&error))?;
    let head = Checkpoint {
        origin: NOBODY.to_owned(),
        size,
        root,
    };
    head.sign(&key).map_err(|error| problem(&error))
}

/// The kit, connected to its target.
struct Kit {
    target: Target,
    network: NetworkHandle,
}

impl Kit {
    async fn ask(&self, request: Request) -> Checked<Response> {
        let peer = self.target.peer;
        self.twice(|| self.network.request(peer, request.clone()))
            .await
    }

    /// Writes bytes as they are.
    async fn exchange(&self, bytes: Vec<u8>) -> Checked<Response> {
        let peer = self.target.peer;
        self.twice(|| self.network.exchange(peer, bytes.clone()))
            .await
    }

    /// Once more when the connection broke meanwhile: that is the way's fault, and a node that closes it on purpose does so again.
    async fn twice<F>(&self, ask: impl Fn() -> F) -> Checked<Response>
    where
        F: Future<Output = Result<Response, NetworkError>>,
    {
        let mut answer = ask().await;
        if let Err(NetworkError::Broken { .. } | NetworkError::NotConnected { .. }) = answer {
            let _still_not = is_connected(&self.network, self.target.peer, CONNECT_WITHIN).await;
            answer = ask().await;
        }
        answer.map_err(|error| Problem::Failed(format!("no answer: {error}")))
    }
}

/// What was found so far; each finding is told as it comes.
struct Book<F> {
    tell: F,
    findings: Vec<Finding>,
}

impl<F: FnMut(&Finding)> Book<F> {
    /// Enters what came of a check; gives what it found out for those that follow.
    fn note<T>(&mut self, number: u16, checked: Checked<T>) -> Option<T> {
        let (outcome, found) = match checked {
            Ok(found) => (Outcome::Passed, Some(found)),
            Err(Problem::Failed(why)) => (Outcome::Failed(why), None),
            Err(Problem::Skipped(why)) => (Outcome::Skipped(why), None),
        };
        if let Some(check) = CHECKS.iter().find(|check| check.number == number) {
            let finding = Finding { check, outcome };
            (self.tell)(&finding);
            self.findings.push(finding);
        }
        found
    }

    /// Enters that checks were not asked, because one before them found nothing to ask about.
    fn skip(&mut self, numbers: impl IntoIterator<Item = u16>, why: &str) {
        for number in numbers {
            self.note::<()>(number, skipped(why));
        }
    }
}

/// Examines a node. `identity` is a peer that the node lists. `tell` hears each finding as it comes.
///
/// # Errors
/// When the kit itself can not work; what the node does wrong is a finding.
pub async fn examine(
    target: Target,
    identity: Keypair,
    tell: impl FnMut(&Finding),
) -> Result<Vec<Finding>, ConformanceError> {
    let mut book = Book {
        tell,
        findings: Vec::new(),
    };
    let kit = Kit {
        network: join(&target, identity).await?,
        target,
    };
    let stranger = connection::stranger(&kit.target).await?;
    let connected = book.note(101, connection::listed(&kit).await).is_some();
    book.note(102, stranger);
    if connected {
        let head = over_the_network(&kit, &mut book).await;
        web::checks(&kit.target, head.as_ref(), &mut book).await?;
    } else {
        let rest = CHECKS.iter().map(|check| check.number);
        let rest: Vec<u16> = rest.filter(|number| *number > 102).collect();
        book.skip(rest, "there is no connection");
    }
    let _ended = kit.network.shutdown().await;
    Ok(book.findings)
}

async fn over_the_network<F: FnMut(&Finding)>(kit: &Kit, book: &mut Book<F>) -> Option<log::Held> {
    let head = book.note(201, log::checkpoint(kit).await);
    let verified = match head {
        Some(note) => book.note(202, log::witnessed(kit, &note)),
        None => {
            book.skip([202], "there is no checkpoint");
            None
        }
    };
    let held = match &verified {
        Some(verified) => log::checks(kit, verified, book).await,
        None => {
            book.skip(203..=206, "no checkpoint is believed");
            None
        }
    };
    book.note(207, log::unknown_log(kit).await);
    book.note(208, log::beyond_the_end(kit, verified.as_ref()).await);
    delivery::checks(kit, held.as_ref(), book).await;
    witness::checks(kit, book).await;
    held
}

/// A network of its own, which knows nobody but the target.
async fn join(target: &Target, identity: Keypair) -> Result<NetworkHandle, NetworkError> {
    let config = NetworkConfig {
        identity,
        network: target.network.clone(),
        listen: Vec::new(),
        peers: vec![(target.peer, target.addresses.clone())],
        limits: Limits::default(),
    };
    let mut metrics = prometheus_client::registry::Registry::default();
    let (network, mut inbound) = Network::start(config, &mut metrics).await?;
    // Whatever the target asks is left without an answer: the kit holds no ledger.
    tokio::spawn(async move {
        while let Some(asked) = inbound.recv().await {
            match asked {
                Inbound::Request { .. } | Inbound::Gossip { .. } => {}
            }
        }
    });
    Ok(network)
}

/// Whether there is a connection to a peer in time; the last thing that went wrong where there is none.
async fn is_connected(
    network: &NetworkHandle,
    peer: PeerId,
    within: Duration,
) -> Result<(), String> {
    let deadline = Instant::now() + within;
    let mut last = "nothing was heard of it".to_owned();
    while Instant::now() < deadline {
        let peers = network.peers().await.map_err(|error| error.to_string())?;
        let Some(status) = peers.into_iter().find(|it| it.peer == peer) else {
            return Err("it is not listed".to_owned());
        };
        if status.connected {
            return Ok(());
        }
        if let Some(error) = status.last_error {
            last = error;
        }
        sleep(Duration::from_millis(50)).await;
    }
    Err(last)
}

/// The size and root of a checkpoint that was believed.
fn head_of(verified: &VerifiedCheckpoint) -> (u64, [u8; 32]) {
    let checkpoint = verified.checkpoint();
    (checkpoint.size, checkpoint.root)
}
