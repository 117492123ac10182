//! Countries in one process: real ledgers, real libp2p on loopback, real witnesses; no command line and no HTTP.
//!
//! For tests and benches of the federation itself.

#![allow(clippy::expect_used, clippy::panic, clippy::cast_possible_truncation)] // a test part that fails must stop the test

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use countersign_node::clock::now_ms;
use countersign_node::federation::{EvidenceFolder, Federation, FederationParts};
use countersign_node::ledger::{
    Clock, Ledger, LedgerConfig, LedgerHandle, Receipt, Submission, SubmitError,
};
use countersign_node::mirror::Mirrors;
use countersign_node::network::{
    Keypair, Limits, Multiaddr, Network, NetworkConfig, NetworkHandle, PeerId,
};
use countersign_node::witness::{
    ClientError, Reply, Witness, WitnessClient, WitnessStore, origin_hash,
};
use countersign_protocol::id::{AccountId, OrganisationId, RequestId, TransferId};
use countersign_protocol::log::{Checkpoint, Hash, KeyKind, SignerKey};
use countersign_protocol::party::Party;
use countersign_protocol::record::{
    AccountKind, Agreement, Genesis, LedgerCleared, OrganisationKind, Partner, PartnerStatus,
};
use countersign_protocol::registry::{Command, Selection, Transfer, TransferKey};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Witnesses in a federation of tests: with f = 1, k = 3 satisfies 2k > n+f and k <= n-f.
pub const WITNESSES: usize = 4;
/// The quorum.
pub const QUORUM: usize = 3;

/// The independent witnesses, each with its own store.
pub struct Witnesses {
    /// The witnesses.
    pub all: Vec<Arc<Witness>>,
    policy: String,
}

/// A witness in the same process, asked as if it were far away: on a thread that may block.
struct Near(Arc<Witness>);

#[async_trait::async_trait]
impl WitnessClient for Near {
    fn name(&self) -> &str {
        self.0.cosigner().name()
    }

    async fn add_checkpoint(&self, body: &str) -> Result<Reply, ClientError> {
        let (witness, body) = (Arc::clone(&self.0), body.to_owned());
        let reply =
            tokio::task::spawn_blocking(move || witness.add_checkpoint(&body, now_ms() / 1000))
                .await;
        Ok(reply.expect("the witness does not panic"))
    }

    async fn latest(&self, origin: &str) -> Result<Option<String>, ClientError> {
        Ok(self
            .0
            .latest(origin_hash(origin))
            .expect("the witness's store can be read"))
    }
}

impl Witnesses {
    /// Starts the witnesses under a folder.
    #[must_use]
    pub fn start(dir: &Path) -> Self {
        let mut policy = String::new();
        let mut all = Vec::new();
        for number in 1..=WITNESSES {
            let name = format!("w{number}.example/witness");
            let seed = [number as u8; 32];
            let key =
                SignerKey::from_seed(&name, KeyKind::CosignatureV1, &seed).expect("a cosigner key");
            policy.push_str(&format!("witness w{number} {}\n", key.verifier()));
            let store = WitnessStore::create(&dir.join(format!("w{number}")), &name)
                .expect("a new witness store");
            all.push(Arc::new(Witness::new(store, key).expect("a witness")));
        }
        let members: Vec<String> = (1..=WITNESSES).map(|number| format!("w{number}")).collect();
        policy.push_str(&format!(
            "group all {QUORUM} {}\nquorum all\n",
            members.join(" ")
        ));
        Self { all, policy }
    }

    /// No independent witness: the policy asks for every one of these cosigners, which nobody reaches over a network.
    #[must_use]
    pub fn of(cosigners: &[&SignerKey]) -> Self {
        let mut policy = String::new();
        for (number, cosigner) in cosigners.iter().enumerate() {
            policy.push_str(&format!("witness c{number} {}\n", cosigner.verifier()));
        }
        let members: Vec<String> = (0..cosigners.len())
            .map(|number| format!("c{number}"))
            .collect();
        policy.push_str(&format!(
            "group all {} {}\nquorum all\n",
            members.len(),
            members.join(" ")
        ));
        Self {
            all: Vec::new(),
            policy,
        }
    }

    /// The policy text: witnesses and quorum.
    #[must_use]
    pub fn policy(&self) -> &str {
        &self.policy
    }

    fn clients(&self) -> Vec<Arc<dyn WitnessClient>> {
        self.all
            .iter()
            .map(|witness| Arc::new(Near(Arc::clone(witness))) as Arc<dyn WitnessClient>)
            .collect()
    }
}

/// What is fixed about a country before it starts.
#[derive(Clone)]
pub struct Identity {
    /// The Party.
    pub party: Party,
    /// The log key.
    pub log: SignerKey,
    /// The cosigner key.
    pub cosigner: SignerKey,
    /// The network identity.
    pub peer: Keypair,
}

impl Identity {
    /// Keys that follow from the Party's letters.
    #[must_use]
    pub fn of(party: &str) -> Self {
        let party: Party = party.parse().expect("a Party");
        let [a, b] = party.alpha2();
        let seed = |purpose: u8| {
            let mut seed = [purpose; 32];
            seed[..2].copy_from_slice(&[a, b]);
            seed
        };
        let name = format!("{}.example", party.to_string().to_lowercase());
        let log = SignerKey::from_seed(&format!("{name}/ledger"), KeyKind::Ed25519, &seed(1))
            .expect("a log key");
        let cosigner =
            SignerKey::from_seed(&format!("{name}/witness"), KeyKind::CosignatureV1, &seed(2))
                .expect("a key");
        let peer = Keypair::ed25519_from_bytes(seed(3)).expect("a peer key");
        Self {
            party,
            log,
            cosigner,
            peer,
        }
    }

    /// The log's origin.
    #[must_use]
    pub fn origin(&self) -> String {
        self.log.name().to_owned()
    }

    fn genesis(&self) -> Genesis {
        Genesis {
            party: self.party,
            origin: self.origin().parse().expect("an origin"),
            network: "test".parse().expect("a name"),
            registry: format!("{}01", self.party.alpha3())
                .parse()
                .expect("a registry id"),
            name: "Authority".parse().expect("a name"),
            log_key: self.log.verifier().to_string().parse().expect("a key text"),
            continues: None,
        }
    }

    fn partner(&self) -> Partner {
        let genesis = self.genesis();
        Partner {
            party: self.party,
            origin: genesis.origin,
            registry: genesis.registry,
            log_key: genesis.log_key,
            peer: self
                .peer
                .public()
                .to_peer_id()
                .to_string()
                .parse()
                .expect("a peer id text"),
            status: PartnerStatus::Active,
            invite: [7; 32],
            continues: None,
        }
    }
}

/// A running country.
pub struct Country {
    /// Who it is.
    pub identity: Identity,
    /// Its ledger.
    pub ledger: LedgerHandle,
    /// Its network.
    pub network: NetworkHandle,
    /// Its mirrors of partners' ledgers.
    pub mirrors: Arc<Mirrors>,
    owned: Option<Ledger>,
    federation: Federation,
    tasks: TaskTracker,
    stop: CancellationToken,
}

impl Country {
    /// Starts a country on a folder, creating its ledger if there is none, on a free loopback port.
    pub async fn start(
        dir: &Path,
        identity: Identity,
        witnesses: &Witnesses,
        peers: &[(PeerId, Vec<Multiaddr>)],
    ) -> Self {
        Self::start_by(Arc::new(now_ms), dir, identity, witnesses, peers).await
    }

    /// The same by another clock than the machine's.
    pub async fn start_by(
        clock: Clock,
        dir: &Path,
        identity: Identity,
        witnesses: &Witnesses,
        peers: &[(PeerId, Vec<Multiaddr>)],
    ) -> Self {
        let folder: PathBuf = dir.join(identity.party.to_string());
        let origin = identity.origin();
        let mut config = LedgerConfig::new(
            folder.join("ledger"),
            identity.party,
            origin.parse().expect("an origin"),
            vec![identity.log.clone()],
        );
        config.clock = clock;
        let ledger = if folder.exists() {
            Ledger::open(config)
        } else {
            std::fs::create_dir_all(&folder).expect("a folder");
            Ledger::create(config, identity.genesis())
        };
        let owned = ledger.expect("the ledger opens");
        for witness in &witnesses.all {
            witness.set_log(&origin, vec![identity.log.verifier().clone()]);
        }
        let own_store = folder.join("witness");
        let name = identity.cosigner.name();
        let store = if own_store.exists() {
            WitnessStore::open(&own_store)
        } else {
            WitnessStore::create(&own_store, name)
        };
        let witness = Witness::new(store.expect("a witness store"), identity.cosigner.clone())
            .expect("a witness");
        let config = NetworkConfig {
            identity: identity.peer.clone(),
            network: "test".to_owned(),
            listen: vec!["/ip4/127.0.0.1/tcp/0".parse().expect("an address")],
            peers: peers.to_vec(),
            limits: Limits::default(),
        };
        let mut metrics = prometheus_client::registry::Registry::default();
        let (network, inbound) = Network::start(config, &mut metrics)
            .await
            .expect("the network starts");
        let mirrors = Arc::new(Mirrors::new(folder.join("mirrors")));
        let (tasks, stop) = (TaskTracker::new(), CancellationToken::new());
        let parts = FederationParts {
            ledger: owned.handle(),
            network: network.clone(),
            inbound,
            witness: Arc::new(witness),
            witnesses: witnesses.clients(),
            policy: witnesses.policy().to_owned(),
            mirrors: Arc::clone(&mirrors),
            evidence: EvidenceFolder::new(folder.join("evidence")),
            trust: None,
        };
        let federation =
            Federation::start(parts, tasks.clone(), stop.clone()).expect("the federation starts");
        let ledger = owned.handle();
        Self {
            identity,
            ledger,
            network,
            mirrors,
            owned: Some(owned),
            federation,
            tasks,
            stop,
        }
    }

    /// Where others reach it.
    pub async fn address(&self) -> (PeerId, Vec<Multiaddr>) {
        let deadline = Instant::now() + Duration::from_secs(10);
        loop {
            let addresses = self.network.listen_addrs().await.expect("the network runs");
            if !addresses.is_empty() || Instant::now() > deadline {
                return (self.network.local_peer_id(), addresses);
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Submits a command under a fresh request id.
    ///
    /// # Errors
    /// What the ledger answers.
    pub async fn submit(&self, command: Command) -> Result<Receipt, SubmitError> {
        self.ledger.submit(Submission::new(fresh(), command)).await
    }

    /// An organisation, an account and a project: account 1 and project 1.
    pub async fn set_up(&self) {
        let organisation = OrganisationId(1);
        let register = Command::RegisterOrganisation {
            name: text("Holder"),
            kind: OrganisationKind::Developer,
        };
        self.submit(register).await.expect("an organisation");
        let open = Command::OpenAccount {
            organisation,
            name: text("Main"),
            kind: AccountKind::EntityHolding,
        };
        self.submit(open).await.expect("an account");
        let title = text("Clean cooking");
        let scope = "3".parse().expect("a scope");
        self.submit(Command::RegisterProject {
            organisation,
            title,
            scope,
        })
        .await
        .expect("a project");
    }

    /// Lists a partner, and agrees that units may move both ways.
    pub async fn agree_with(&self, other: &Identity) {
        self.submit(Command::SetPartner(other.partner()))
            .await
            .expect("a partner");
        let mut pair = [self.identity.party.to_string(), other.party.to_string()];
        pair.sort();
        self.submit(Command::SetAgreement(Agreement {
            id: pair.join("-").parse().expect("an agreement id"),
            partner: other.party,
            outgoing: true,
            incoming: true,
            valid_from_ms: 0,
            valid_to_ms: u64::MAX,
            max_tonnes: 0,
            max_tonnes_per_year: 0,
            vintage_from: None,
            vintage_until: None,
            use_needs_source_final: false,
            cooperative_approach: "CA0007".parse().expect("an id"),
            document: [9; 32],
            unit_types: Vec::new(),
            scopes: Vec::new(),
        }))
        .await
        .expect("an agreement");
    }

    /// Issues units into account 1.
    pub async fn issue(&self, tonnes: u64) {
        let unit_type = "ITMO".parse().expect("a unit type");
        let issue = Command::Issue {
            account: AccountId(1),
            project: 1,
            year: 2024,
            unit_type,
            tonnes,
        };
        self.submit(issue).await.expect("an issuance");
    }

    /// Sends units from account 1 to an account of another country.
    ///
    /// # Errors
    /// What the ledger answers.
    pub async fn send(
        &self,
        to: &Identity,
        to_account: u32,
        tonnes: u64,
    ) -> Result<TransferId, SubmitError> {
        let mut pair = [self.identity.party.to_string(), to.party.to_string()];
        pair.sort();
        let receipt = self
            .submit(Command::Send {
                to: to.party,
                agreement: pair.join("-").parse().expect("an agreement id"),
                from: AccountId(1),
                to_account: AccountId(to_account),
                units: Selection::Tonnes(tonnes),
                nonce: fresh(),
                expiry_ms: self.ledger.now_ms() + 24 * 3_600_000,
            })
            .await?;
        Ok(self.transfer_in(&receipt))
    }

    /// The transfer that a lock's receipt is about.
    #[must_use]
    pub fn transfer_in(&self, receipt: &Receipt) -> TransferId {
        let last = receipt.first_index + u64::from(receipt.count) - 1;
        let leaf = self
            .ledger
            .leaf(last)
            .expect("the store reads")
            .expect("the leaf is there");
        let record = countersign_protocol::record::Record::decode(&leaf).expect("a record");
        match record.body {
            countersign_protocol::record::Body::Lock(lock) => lock.transfer,
            other => panic!("the receipt is about {}", other.kind()),
        }
    }

    /// One side of a transfer.
    #[must_use]
    pub fn transfer(&self, key: TransferKey) -> Option<Transfer> {
        self.ledger.read(|state| state.transfer(&key))
    }

    /// Waits until something holds of the transfer.
    pub async fn wait_for(&self, key: TransferKey, until: impl Fn(&Transfer) -> bool) -> Transfer {
        let deadline = Instant::now() + Duration::from_secs(60);
        loop {
            let known = self.transfer(key);
            match known {
                Some(transfer) if until(&transfer) => return transfer,
                _ if Instant::now() > deadline => {
                    panic!("{}: {key:?} is still {known:?}", self.identity.party)
                }
                _ => tokio::time::sleep(Duration::from_millis(5)).await,
            }
        }
    }

    /// Stops the country in order.
    pub async fn stop(mut self) {
        self.stop.cancel();
        self.network.shutdown().await.expect("the network stops");
        self.tasks.close();
        self.tasks.wait().await;
        if let Some(ledger) = self.owned.take() {
            tokio::task::spawn_blocking(move || ledger.shutdown())
                .await
                .expect("the ledger stops");
        }
    }
}

/// Starts countries that all agree with each other and know each other's addresses; each has account 1 and project 1.
pub async fn federation(
    dir: &Path,
    witnesses: &Witnesses,
    parties: &[&str],
) -> BTreeMap<String, Country> {
    federation_by(Arc::new(now_ms), dir, witnesses, parties).await
}

/// The same by another clock than the machine's.
pub async fn federation_by(
    clock: Clock,
    dir: &Path,
    witnesses: &Witnesses,
    parties: &[&str],
) -> BTreeMap<String, Country> {
    let countries = apart_by(clock, dir, witnesses, parties).await;
    connect(&countries).await;
    countries
}

/// Countries that agree with each other and have no way to each other.
pub async fn apart(
    dir: &Path,
    witnesses: &Witnesses,
    parties: &[&str],
) -> BTreeMap<String, Country> {
    apart_by(Arc::new(now_ms), dir, witnesses, parties).await
}

async fn apart_by(
    clock: Clock,
    dir: &Path,
    witnesses: &Witnesses,
    parties: &[&str],
) -> BTreeMap<String, Country> {
    let identities: Vec<Identity> = parties.iter().map(|party| Identity::of(party)).collect();
    let mut countries = BTreeMap::new();
    for identity in &identities {
        countries.insert(
            identity.party.to_string(),
            Country::start_by(Arc::clone(&clock), dir, identity.clone(), witnesses, &[]).await,
        );
    }
    for country in countries.values() {
        country.set_up().await;
        for other in identities
            .iter()
            .filter(|other| other.party != country.identity.party)
        {
            country.agree_with(other).await;
        }
        country.refresh();
    }
    countries
}

/// Lets every country reach every other.
pub async fn connect(countries: &BTreeMap<String, Country>) {
    for country in countries.values() {
        for other in countries
            .values()
            .filter(|other| other.identity.party != country.identity.party)
        {
            let (peer, addresses) = other.address().await;
            country
                .network
                .allow(peer, addresses)
                .await
                .expect("the network runs");
            country.open_lane(other.identity.party, peer);
        }
    }
}

impl Country {
    /// Clears an accused country: this head of it is on the line that lives on.
    pub async fn clear(&self, accused: &Self, evidence: &Hash, head: &Checkpoint) {
        let cleared = LedgerCleared {
            party: accused.identity.party,
            evidence: *evidence,
            size: head.size,
            root: head.root,
            decision: [0xdc; 32],
        };
        let cleared = self.submit(Command::Clear(cleared)).await;
        cleared.expect("it stood accused");
    }

    /// Its side of the federation.
    #[must_use]
    pub fn federation(&self) -> &Federation {
        &self.federation
    }

    /// Believes the logs that its ledger lists.
    pub fn refresh(&self) {
        self.federation
            .refresh()
            .expect("the keys of partners are in the ledger");
    }

    /// Waits until a quorum covers everything.
    pub async fn is_witnessed(&self) {
        let size = self.ledger.latest_head().size;
        let mut witnessed = self.ledger.witnessed();
        let covered = witnessed.wait_for(|head| head.as_ref().is_some_and(|it| it.size >= size));
        tokio::time::timeout(Duration::from_secs(30), covered)
            .await
            .expect("the witnesses are there")
            .expect("the ledger runs");
    }

    /// Starts to send to a partner, and believes its log, from now on.
    pub fn open_lane(&self, party: Party, peer: PeerId) {
        self.federation
            .partner_listed(party, peer)
            .expect("the partner's key is in the ledger");
    }
}

fn text<const MAX: usize>(text: &str) -> countersign_protocol::id::Text<MAX> {
    text.parse().expect("a text")
}

/// A request id that was not used before in this process.
#[must_use]
pub fn fresh() -> RequestId {
    use std::sync::atomic::{AtomicU64, Ordering};
    static NEXT: AtomicU64 = AtomicU64::new(1);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let mut id = [0; 16];
    id[..8].copy_from_slice(&now_ms().to_be_bytes());
    id[8..].copy_from_slice(&number.to_be_bytes());
    RequestId(id)
}
