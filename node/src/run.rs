//! The whole node: made once by [`init`], started by [`Node::start`], stopped in order by [`Node::stop`].

mod conformance;
mod error;
mod folder;
mod init;
mod observer;
mod recovery;
mod settings;

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use countersign_protocol::federation::invite::Invite;
use countersign_protocol::permission::{self, Matrix};
use prometheus_client::registry::Registry;
use secrecy::SecretString;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::{error, info, warn};

use crate::app::{App, AppParts};
use crate::bridges::{self, BridgeLanes, Bridges};
use crate::clock::{TimeTravel, now_ms};
use crate::documents::{DocumentSettings, Documents};
use crate::federation::control::{Control, ControlParts, invited_addresses};
use crate::federation::{EvidenceFolder, Federation, FederationParts, PeerWitness, TrustParts};
use crate::http::{self, HttpLimits, HttpParts, StreamLimits};
use crate::ledger::{Ledger, LedgerConfig, LedgerHandle};
use crate::letters::Letters;
use crate::mail::Mail;
use crate::mirror::Mirrors;
use crate::monitoring::Monitoring;
use crate::network::{Limits, Multiaddr, Network, NetworkConfig, NetworkHandle, PeerId};
use crate::open_data::OpenData;
use crate::ops::config::{Config, WitnessAddress};
use crate::ops::files::{self, FileFault, Privacy};
use crate::ops::keys::{KeyFolder, NodeKeys};
use crate::people::{
    Beneficiaries, ISSUER_BYTES_MAX, People, PeopleSettings, Tokens, passkey_origin,
};
use crate::projection::{Projection, ProjectionSettings};
use crate::reports::Reports;
use crate::trust::TrustKeeper;
use crate::webhooks::Webhooks;
use crate::witness::{self, HttpWitness, Witness, WitnessClient, WitnessStore};

pub use conformance::{ExamineError, Examined, conformance};
pub use error::RunError;
pub use folder::DataFolder;
pub use init::{ClosedFolder, Created, FirstProcess, NewNode, init};
pub use observer::{WitnessFolder, WitnessNode};
pub use recovery::{RecoveryError, recover};

/// How often deadlines are looked at.
const MINUTE: Duration = Duration::from_secs(60);

/// How often what has expired is removed.
const TIDY_EVERY_MINUTES: u32 = 60;

/// The longest name that an authenticator shows, in characters: four bytes each at most.
const ISSUER_CHARS_MAX: usize = ISSUER_BYTES_MAX / 4;

/// The largest permission file, in bytes.
const PERMISSIONS_BYTES_MAX: u64 = permission::FILE_BYTES_MAX as u64;

/// The largest policy file, in bytes.
const POLICY_BYTES_MAX: u64 = 64 * 1024;

/// A running node.
pub struct Node {
    ledger: Ledger,
    network: NetworkHandle,
    http: SocketAddr,
    tasks: TaskTracker,
    stop: CancellationToken,
}

impl Node {
    /// Starts the node of a data folder: keys, ledger, witness, network, federation, HTTP, in this order.
    ///
    /// # Errors
    /// What is missing, damaged or not allowed, and how to mend it. Nothing is left running.
    pub async fn start(folder: &DataFolder, passphrase: SecretString) -> Result<Self, RunError> {
        Self::start_accepting(folder, passphrase, None).await
    }

    /// As [`Node::start`], with the operator's word that acknowledged records above this size may be given up because no
    /// witness has seen them.
    ///
    /// # Errors
    /// As [`Node::start`]; also when another size than this is found.
    pub async fn start_accepting(
        folder: &DataFolder,
        passphrase: SecretString,
        accept_head: Option<u64>,
    ) -> Result<Self, RunError> {
        Self::begin(folder, passphrase, accept_head, None).await
    }

    /// As [`Node::start`], for a node of a sandbox: every answer and every page says so, and its clock can be moved.
    ///
    /// # Errors
    /// As [`Node::start`].
    pub async fn start_in_sandbox(
        folder: &DataFolder,
        passphrase: SecretString,
        travel: TimeTravel,
    ) -> Result<Self, RunError> {
        Self::begin(folder, passphrase, None, Some(travel)).await
    }

    async fn begin(
        folder: &DataFolder,
        passphrase: SecretString,
        accept_head: Option<u64>,
        sandbox: Option<TimeTravel>,
    ) -> Result<Self, RunError> {
        let config = Config::load(folder.path())?;
        let bridges = bridges::prepare(&folder.bridges())?;
        let keys = load_keys(folder, &passphrase).await?;
        let ledger = open_ledger(folder, &config, &keys, accept_head).await?;
        let keys = finish_rotation(folder, keys, &ledger.handle())?;
        let stop = CancellationToken::new();
        // Boxed: what is held while everything is put together is large.
        let assembled = Box::pin(Self::assemble(
            folder,
            config,
            (keys, passphrase),
            &ledger,
            bridges,
            (sandbox, stop.clone()),
        ));
        match assembled.await {
            Ok((network, http, tasks)) => Ok(Self {
                ledger,
                network,
                http,
                tasks,
                stop,
            }),
            Err(error) => {
                stop.cancel();
                Err(error)
            }
        }
    }

    async fn assemble(
        folder: &DataFolder,
        config: Config,
        (keys, passphrase): (NodeKeys, SecretString),
        ledger: &Ledger,
        (bridges, lanes): (Bridges, BridgeLanes),
        (sandbox, stop): (Option<TimeTravel>, CancellationToken),
    ) -> Result<(NetworkHandle, SocketAddr, TaskTracker), RunError> {
        let tasks = TaskTracker::new();
        let handle = ledger.handle();
        let mut metrics = Registry::default();
        let witness_store = WitnessStore::open(&folder.witness())?;
        let witness = Arc::new(Witness::new(witness_store, keys.cosigner.clone())?);
        let (network, inbound) = Network::start(
            network_config(folder, &config, &keys, &handle),
            &mut metrics,
        )
        .await?;
        let witnesses = witness_clients(&config, &network).await?;
        let policy = read_text(&config.policy_path(folder.path()))?;
        let believed = Arc::<str>::from(policy.as_str());
        let parts = FederationParts {
            ledger: handle.clone(),
            network: network.clone(),
            inbound,
            witness: Arc::clone(&witness),
            witnesses,
            policy,
            mirrors: Arc::new(Mirrors::new(folder.mirrors())),
            evidence: EvidenceFolder::new(folder.evidence()),
            trust: trust_registry(folder, &config)?,
        };
        let federation = Federation::start(parts, tasks.clone(), stop.clone())?;
        let control = Control::new(ControlParts {
            federation,
            log_key: keys.log,
            cosigner_key: keys.cosigner.verifier().clone(),
            announce: config.p2p.announce.clone(),
            http: None,
            key_folder: KeyFolder::new(folder.keys()),
            passphrase,
            invites: folder.partners(),
        });
        // Makes the private folder, in which the store of people and the queue of mail lie too.
        let beneficiaries = Beneficiaries::open(&folder.private())?;
        let mail = Mail::open(settings::mail(folder, &config)?).await?;
        tasks.spawn(mail.clone().deliver(stop.clone()));
        let webhooks = Webhooks::open(&settings::webhooks(folder, &config)).await?;
        let app = App::new(AppParts {
            ledger: handle.clone(),
            federation: Arc::new(control),
            tokens: Tokens::load(&folder.tokens())?,
            people: People::open(&folder.private(), people_settings(&config)).await?,
            documents: Documents::open(folder.path(), DocumentSettings::default()).await?,
            mail,
            matrix: matrix(folder)?,
            beneficiaries,
            clock: Arc::new(now_ms),
        })
        .with_letters(
            Letters::new(folder.letters()),
            settings::letterhead(&config),
        )
        .with_policy(believed)
        .with_bridges(bridges)
        .with_webhooks(webhooks.clone())
        .with_monitoring(Monitoring::open(&folder.private()).await?)
        .with_open_data(OpenData::open(folder.path()))
        .with_reports(
            Reports::open(folder.path()).await?,
            settings::switches(folder)?,
        )
        .with_projection(Projection::start(
            projection_settings(folder, &config),
            Arc::new(handle.clone()),
            handle.head(),
            &tasks,
            stop.clone(),
        ));
        let listener = TcpListener::bind(config.http.listen)
            .await
            .map_err(|source| RunError::Listen {
                address: config.http.listen,
                source,
            })?;
        let address = listener.local_addr().map_err(|source| RunError::Listen {
            address: config.http.listen,
            source,
        })?;
        folder.write_address(address)?;
        let cosigning = witness::http::router(witness, || now_ms() / 1000);
        tasks.spawn(tidy(app.clone(), stop.clone()));
        tasks.spawn(app.clone().make_letters(stop.clone()));
        tasks.spawn(app.clone().tell_users(stop.clone()));
        tasks.spawn(app.clone().get_ready(stop.clone()));
        let nightly = app.clone();
        tasks.spawn(nightly.make_open_data_nightly(config.open_data.hour, stop.clone()));
        lanes.run(&app, &tasks, &stop);
        tasks.spawn(webhooks.deliver(app.clone(), tasks.clone(), stop.clone()));
        let parts = HttpParts {
            app,
            look: settings::look(folder, &config)?,
            witness: Some(cosigning),
            registry: metrics,
            limits: HttpLimits {
                body_bytes: to_size(config.limits.http_body_bytes),
                requests: to_size(config.limits.http_requests),
                streams: StreamLimits {
                    places: to_size(config.limits.event_streams),
                    ..StreamLimits::default()
                },
                rates: config.rates,
            },
            behind_proxy: config.http.behind_proxy,
        };
        let router = match sandbox {
            None => http::router(parts)?,
            Some(travel) => http::sandbox_router(parts, travel)?,
        };
        tasks.spawn(serve_http(listener, router, stop.clone()));
        tasks.spawn(stop_on_failure(handle, stop));
        info!(party = %config.party, http = %address, peer = %network.local_peer_id(), "the node is up");
        Ok((network, address, tasks))
    }

    /// Where HTTP listens.
    #[must_use]
    pub fn http(&self) -> SocketAddr {
        self.http
    }

    /// The ledger.
    #[must_use]
    pub fn ledger(&self) -> LedgerHandle {
        self.ledger.handle()
    }

    /// Where peers reach the node, with its peer id.
    pub async fn p2p(&self) -> Vec<Multiaddr> {
        self.network.listen_addrs().await.unwrap_or_default()
    }

    /// Resolves when the node must stop by itself: its ledger can write no more, or a part of it has ended.
    pub fn stopping(&self) -> impl Future<Output = ()> + use<> {
        let stop = self.stop.clone();
        async move { stop.cancelled().await }
    }

    /// Stops in order: no new work, what is under way ends, the ledger writes what it has taken.
    pub async fn stop(self) {
        self.stop.cancel();
        if let Err(error) = self.network.shutdown().await {
            warn!(%error, "the network was gone already");
        }
        self.tasks.close();
        self.tasks.wait().await;
        let ledger = self.ledger;
        if tokio::task::spawn_blocking(move || ledger.shutdown())
            .await
            .is_err()
        {
            error!(
                "the ledger did not stop in order; what was acknowledged is on disk all the same"
            );
        }
    }
}

async fn load_keys(folder: &DataFolder, passphrase: &SecretString) -> Result<NodeKeys, RunError> {
    let (keys, passphrase) = (KeyFolder::new(folder.keys()), passphrase.clone());
    tokio::task::spawn_blocking(move || keys.load_node(&passphrase))
        .await
        .map_err(|_| RunError::Aborted)?
        .map_err(Into::into)
}

async fn open_ledger(
    folder: &DataFolder,
    config: &Config,
    keys: &NodeKeys,
    accept_head: Option<u64>,
) -> Result<Ledger, RunError> {
    let mut signers = vec![keys.log.clone()];
    signers.extend(keys.pending_log.clone());
    let mut ledger = LedgerConfig::new(
        folder.ledger(),
        config.party,
        config.origin.clone(),
        signers,
    );
    ledger.queue = to_size(config.limits.queue_submissions);
    ledger.store.tuning.block_cache_bytes =
        to_size(config.limits.cache_mib).saturating_mul(1 << 20);
    ledger.store.accept_head = accept_head;
    let opened = tokio::task::spawn_blocking(move || Ledger::open(ledger))
        .await
        .map_err(|_| RunError::Aborted)?;
    Ok(opened?)
}

/// Where the read model of a data folder is kept.
#[must_use]
pub fn projection_settings(folder: &DataFolder, config: &Config) -> ProjectionSettings {
    ProjectionSettings {
        file: folder.projection(),
        url: config.projection.url.clone(),
    }
}

fn to_size(limit: u32) -> usize {
    usize::try_from(limit).unwrap_or(usize::MAX)
}

/// A rotation that the ledger has recorded and a crash kept from the key files is completed here.
fn finish_rotation(
    folder: &DataFolder,
    mut keys: NodeKeys,
    ledger: &LedgerHandle,
) -> Result<NodeKeys, RunError> {
    let signs = ledger.read(|state| state.log_key().map(|(key, _)| key.to_string()));
    if let Some(next) = keys
        .pending_log
        .take_if(|next| signs == Some(next.verifier().to_string()))
    {
        KeyFolder::new(folder.keys()).promote_pending(next.verifier())?;
        keys.log = next;
    }
    Ok(keys)
}

/// The trust registry that the configuration pins.
fn trust_registry(folder: &DataFolder, config: &Config) -> Result<Option<TrustParts>, RunError> {
    let Some(pinned) = config.federation.root_hash else {
        return Ok(None);
    };
    let keeper = TrustKeeper::open(folder.trust(), pinned)?;
    let from = config.federation.from.iter().map(ToString::to_string);
    Ok(Some(TrustParts {
        keeper: Arc::new(keeper),
        from: from.collect(),
    }))
}

/// Listed partners with the addresses of their invites. A partner without a readable invite is waited for.
fn network_config(
    folder: &DataFolder,
    config: &Config,
    keys: &NodeKeys,
    ledger: &LedgerHandle,
) -> NetworkConfig {
    let listed = ledger.read(|state| {
        let peers = state
            .partners()
            .filter_map(|partner| Some((partner.party, partner.peer.as_str().parse().ok()?)));
        peers.collect::<Vec<(_, PeerId)>>()
    });
    let addresses = |party| {
        let invite = files::read(&folder.invite(party), POLICY_BYTES_MAX, Privacy::Public).ok()?;
        Some(invited_addresses(&Invite::parse(&invite).ok()?))
    };
    let peers = listed.into_iter().map(|(party, peer)| {
        let addresses = addresses(party).unwrap_or_else(|| {
            warn!(%party, "there is no invite with addresses for this partner; waiting for it to call");
            Vec::new()
        });
        (peer, addresses)
    });
    NetworkConfig {
        identity: keys.peer.clone(),
        network: config.p2p.network.to_string(),
        listen: config.p2p.listen.clone(),
        peers: peers.collect(),
        limits: Limits {
            connections: config.limits.peer_connections,
            ..Limits::default()
        },
    }
}

async fn witness_clients(
    config: &Config,
    network: &NetworkHandle,
) -> Result<Vec<Arc<dyn WitnessClient>>, RunError> {
    let mut clients: Vec<Arc<dyn WitnessClient>> = Vec::new();
    for witness in &config.witnesses {
        match &witness.at {
            WitnessAddress::Http(url) => clients.push(Arc::new(HttpWitness::new(
                witness.name.as_str(),
                url.as_str(),
            )?)),
            WitnessAddress::Peer(address) => {
                let client =
                    PeerWitness::new(witness.name.as_str(), address.clone(), network.clone()).await;
                clients.push(Arc::new(client.map_err(|why| RunError::Witness {
                    name: witness.name.to_string(),
                    why,
                })?));
            }
        }
    }
    Ok(clients)
}

fn read_text(path: &Path) -> Result<String, RunError> {
    let bytes = files::read(path, POLICY_BYTES_MAX, Privacy::Public)?;
    String::from_utf8(bytes.to_vec()).map_err(|_| RunError::NotText {
        path: path.to_owned(),
    })
}

/// The registry's name stands in people's authenticators.
fn people_settings(config: &Config) -> PeopleSettings {
    let name = config.name.as_str();
    let fits = |c: &char| *c != ':' && !c.is_control();
    let issuer: String = name.chars().filter(fits).take(ISSUER_CHARS_MAX).collect();
    let default = PeopleSettings::default();
    PeopleSettings {
        origin: config
            .http
            .public_url
            .as_ref()
            .and_then(|url| passkey_origin(url.as_str())),
        issuer: if issuer.is_empty() {
            default.issuer
        } else {
            issuer
        },
        ..default
    }
}

/// The country's own matrix, or the shipped one.
fn matrix(folder: &DataFolder) -> Result<Matrix, RunError> {
    let path = folder.permissions();
    let own = match files::read(&path, PERMISSIONS_BYTES_MAX, Privacy::Public) {
        Err(FileFault::Missing(_)) => None,
        other => Some(other?),
    };
    let text = own.as_deref().map(|bytes| std::str::from_utf8(bytes));
    let text = text
        .unwrap_or(Ok(permission::DEFAULT))
        .map_err(|_| RunError::NotText { path: path.clone() })?;
    Matrix::parse(text).map_err(|problems| RunError::Permissions {
        path,
        why: problems
            .first()
            .map(ToString::to_string)
            .unwrap_or_default(),
    })
}

/// Carries out deadlines every minute, and removes what has expired at start and every hour.
async fn tidy(app: App, stop: CancellationToken) {
    let mut minutes = 0_u32;
    loop {
        if let Err(error) = app.lapse().await {
            warn!(%error, "deadlines could not be carried out; they are tried again in a minute");
        }
        if minutes.is_multiple_of(TIDY_EVERY_MINUTES)
            && let Err(error) = app.tidy().await
        {
            warn!(%error, "what has expired could not be removed; it is tried again in an hour");
        }
        minutes = minutes.wrapping_add(1);
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(MINUTE) => {}
        }
    }
}

async fn serve_http(listener: TcpListener, router: axum::Router, stop: CancellationToken) {
    if let Err(error) = http::serve(listener, router, stop.clone()).await {
        error!(%error, "HTTP has stopped: the node stops too");
        stop.cancel();
    }
}

/// A ledger that can write no more takes the node down in order, unless an operator still needs to read from it: a
/// rolled-back node stays up and refuses writes.
async fn stop_on_failure(ledger: LedgerHandle, stop: CancellationToken) {
    let mut failed = ledger.failed();
    tokio::select! {
        () = stop.cancelled() => {}
        found = failed.wait_for(Option::is_some) => {
            if let Ok(reason) = found {
                error!(reason = reason.as_deref().unwrap_or_default(), "the ledger is read-only; reads go on until the node is stopped");
            }
        }
    }
}
