//! One country's node without a network: everything that HTTP shows is there, partners and witnesses are played.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use countersign_node::app::{
    App, AppParts, FederationControl, FederationError, PeerInfo, PingReply, Unpacked, WitnessInfo,
};
use countersign_node::bridges::{self, BRIDGES_FILE};
use countersign_node::documents::{DocumentSettings, Documents};
use countersign_node::federation::{Accused, FoundDifference, Reconciled};
use countersign_node::http::dto::Problem;
use countersign_node::http::{HttpLimits, HttpParts, RateLimits, StreamLimits, router, serve};
use countersign_node::ledger::{Head, Ledger, LedgerHandle, Receipt, Submission};
use countersign_node::letters::{Letterhead, Letters};
use countersign_node::mail::{MAIL_FILE, Mail, MailSettings};
use countersign_node::mirror::{AuditFinding, Mirror, MirrorStatus};
use countersign_node::monitoring::Monitoring;
use countersign_node::open_data::OpenData;
use countersign_node::people::{Beneficiaries, People, PeopleSettings, Tokens};
use countersign_node::projection::{Projection, ProjectionSettings};
use countersign_node::reports::Reports;
use countersign_node::web::Look;
use countersign_node::webhooks::{WebhookSettings, Webhooks};
use countersign_node::witness::OriginHash;
use countersign_protocol::article6::aef::Switches;
use countersign_protocol::credential::{self, CredentialError};
use countersign_protocol::federation::invite::Invite;
use countersign_protocol::federation::parcel::{PARCEL_FORMAT, Parcel};
use countersign_protocol::federation::{FaultCode, ProvenRecord};
use countersign_protocol::id::{RequestId, TransferId};
use countersign_protocol::letter::{CertifyError, certify};
use countersign_protocol::log::{KeyKind, SignedNote, SignerKey, cosign};
use countersign_protocol::party::Party;
use countersign_protocol::permission::{DEFAULT, Matrix};
use countersign_protocol::record::{
    Acquire, Agreement, Body, Contradiction, Discrepancy, LedgerAccused, Lock, Partner,
    PartnerStatus, PositionDifference, PositionsCompared, ProofReference, Record,
};
use countersign_protocol::registry::{Command, State};
use countersign_protocol::time::Timestamp;
use prometheus_client::registry::Registry;
use reqwest::{Method, RequestBuilder, Response, StatusCode};
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::common::{self, Folder};
use crate::described;

/// Requests that the node answers at the same time here.
pub const REQUESTS_MAX: usize = 24;

/// Event streams at the same time here.
pub const STREAMS_MAX: usize = 12;

/// Where people reach the registry.
pub const PUBLIC_URL: &str = "https://registry.example.org";

pub const WITNESS: &str = "witness.example/one";
pub const AGREEMENT: &str = "CH-GH-2020";

pub fn witness_key() -> SignerKey {
    SignerKey::from_seed(WITNESS, KeyKind::CosignatureV1, &[9; 32]).unwrap()
}

/// Whom this node believes: its one witness.
fn policy() -> String {
    let witness = witness_key();
    let key = witness.verifier();
    format!("witness one {key}\nquorum one\n")
}

pub fn ch() -> Party {
    "CH".parse().unwrap()
}

fn now_ms() -> u64 {
    std::time::UNIX_EPOCH.elapsed().unwrap().as_millis() as u64
}

/// As cheap as the bounds allow: tests compare many passwords.
fn quick_passwords() -> PeopleSettings {
    PeopleSettings {
        password_memory_kib: 19 * 1024,
        password_passes: 2,
        origin: Some(PUBLIC_URL.to_owned()),
        ..PeopleSettings::default()
    }
}

/// A parcel with nothing in it.
pub fn parcel(from: &str, to: &str) -> Parcel {
    let origin = |party: &str| format!("{}.example/ledger", party.to_lowercase());
    Parcel {
        parcel: PARCEL_FORMAT.to_owned(),
        from: from.parse().unwrap(),
        from_origin: origin(from).parse().unwrap(),
        to: to.parse().unwrap(),
        to_origin: origin(to).parse().unwrap(),
        packed_ms: 1_780_000_000_000,
        knows: Vec::new(),
        checkpoint: None,
        consistency: Vec::new(),
        bundles: Vec::new(),
        left: 0,
        cosign: None,
        cosigned: None,
        knows_trust: None,
        trust: BTreeMap::new(),
        evidence: Vec::new(),
    }
}

/// A federation of which nothing is real but the ledger and the files.
pub struct Stub {
    ledger: LedgerHandle,
    pub witnesses: Mutex<Vec<WitnessInfo>>,
    keys: AtomicU8,
    reconciled: std::sync::Mutex<Option<Reconciled>>,
}

/// What a comparison with Switzerland finds here: the first two tonnes of Ghana are there, too.
fn reconciled() -> Reconciled {
    Reconciled {
        party: ch(),
        compared_ms: 1_790_000_000_000,
        size: 120,
        root: [0xc0; 32],
        own_size: 10,
        differences: vec![FoundDifference {
            difference: PositionDifference {
                range: "GH-1-2".parse().unwrap(),
                kind: Discrepancy::HeldTwice,
            },
            here: None,
            there: None,
        }],
    }
}

#[async_trait]
impl FederationControl for Stub {
    async fn peers(&self) -> Vec<PeerInfo> {
        let of = |partner: &Partner| PeerInfo {
            party: partner.party,
            peer: partner.peer.to_string(),
            connected: true,
            address: Some("/ip4/127.0.0.1/tcp/4001".to_owned()),
            round_trip_us: Some(1234),
        };
        self.ledger
            .read(|state: &State| state.partners().map(of).collect())
    }

    async fn witnesses(&self) -> Vec<WitnessInfo> {
        self.witnesses.lock().unwrap().clone()
    }

    async fn ping(&self, party: Party) -> Result<PingReply, FederationError> {
        if party != ch() {
            let why = "no connection".to_owned();
            return Err(FederationError::Unreachable { party, why });
        }
        Ok(PingReply {
            peer: "12D3KooWCH".to_owned(),
            round_trip_us: 1234,
        })
    }

    async fn pack(&self, party: Party) -> Result<Parcel, FederationError> {
        if party != ch() {
            return Err(FederationError::UnknownPartner(party));
        }
        Ok(parcel("GH", "CH"))
    }

    async fn unpack(&self, parcel: Parcel) -> Result<Unpacked, FederationError> {
        if parcel.to != "GH".parse().unwrap() {
            return Err(FederationError::Parcel(format!("it is for {}", parcel.to)));
        }
        Ok(Unpacked {
            from: parcel.from,
            taken: 2,
            refused: [(FaultCode::NoAgreementInForce, 1)].into(),
            problems: vec!["its checkpoint is not cosigned".to_owned()],
            waiting: 1,
            reply: self::parcel("GH", "CH"),
        })
    }

    async fn check_partner(&self, invite: &str) -> Result<Command, FederationError> {
        let refused = |error: &dyn std::fmt::Display| FederationError::Invite(error.to_string());
        let invite = Invite::parse(invite.as_bytes()).map_err(|error| refused(&error))?;
        let partner = invite.record().map_err(|error| refused(&error))?;
        Ok(Command::SetPartner(partner))
    }

    async fn check_removal(&self, party: Party) -> Result<Command, FederationError> {
        let listed = self.ledger.read(|state| state.partner(party).cloned());
        let listed = listed.filter(|partner| partner.status != PartnerStatus::Removed);
        let mut partner = listed.ok_or(FederationError::UnknownPartner(party))?;
        partner.status = PartnerStatus::Removed;
        Ok(Command::SetPartner(partner))
    }

    async fn check_agreement(&self, agreement: &str) -> Result<Command, FederationError> {
        if agreement != "a signed agreement" {
            return Err(FederationError::Agreement(
                "it has no signature of CH".to_owned(),
            ));
        }
        let mut agreement = agreed();
        agreement.id = "CH-GH-2026".parse().unwrap();
        Ok(Command::SetAgreement(agreement))
    }

    async fn check_rotation(&self) -> Result<Command, FederationError> {
        let key = common::key(200);
        let log_key = key.verifier().to_string().parse().unwrap();
        Ok(Command::RotateKey { log_key })
    }

    async fn add_partner(
        &self,
        request: RequestId,
        invite: &str,
    ) -> Result<Receipt, FederationError> {
        let command = self.check_partner(invite).await?;
        Ok(self
            .ledger
            .submit(Submission::new(request, command))
            .await?)
    }

    async fn remove_partner(
        &self,
        request: RequestId,
        party: Party,
    ) -> Result<Receipt, FederationError> {
        let command = self.check_removal(party).await?;
        Ok(self
            .ledger
            .submit(Submission::new(request, command))
            .await?)
    }

    async fn add_agreement(
        &self,
        request: RequestId,
        agreement: &str,
    ) -> Result<Receipt, FederationError> {
        let command = self.check_agreement(agreement).await?;
        Ok(self
            .ledger
            .submit(Submission::new(request, command))
            .await?)
    }

    async fn sign_agreement(&self, draft: &str) -> Result<String, FederationError> {
        match draft {
            "a draft" => Ok("a signed draft".to_owned()),
            _ => Err(FederationError::Agreement(
                "it is not an agreement".to_owned(),
            )),
        }
    }

    fn credential(&self, bundle: &str) -> Result<String, CredentialError> {
        credential::issue(&common::key(1), bundle)
    }

    fn certify(
        &self,
        pages: &[u8],
        bundle: &str,
        modified: Timestamp,
    ) -> Result<Vec<u8>, CertifyError> {
        certify(pages, &common::key(1), bundle, modified)
    }

    async fn own_invite(&self) -> Result<String, FederationError> {
        Ok("countersign-invite/v1\n".to_owned())
    }

    fn mirrors(&self) -> Vec<MirrorStatus> {
        vec![MirrorStatus {
            party: ch(),
            origin: "ch.example/ledger".parse().unwrap(),
            size: 120,
            caught_up_ms: Some(1_790_000_000_000),
            asked_at: None,
            finding: Some(AuditFinding {
                index: 118,
                kind: Some("issuance"),
                rule: Some("overlap"),
                says: "the numbers were issued before".to_owned(),
            }),
            problem: None,
        }]
    }

    fn mirrored(&self, _origin: OriginHash) -> Option<Arc<Mirror>> {
        None
    }

    fn trust(&self) -> Option<Arc<countersign_protocol::trust::Trust>> {
        None
    }

    fn trust_file(&self, name: &str) -> Option<Vec<u8>> {
        (name == "metadata/1.root.json").then(|| b"{}".to_vec())
    }

    fn may_begin(&self, _party: Party) -> Result<(), FederationError> {
        Ok(())
    }

    fn evidence(&self, sha256: &[u8; 32]) -> Result<Option<String>, FederationError> {
        Ok((*sha256 == [0xe1; 32]).then(|| "some evidence".to_owned()))
    }

    async fn accuse(&self, evidence: &str) -> Result<Accused, FederationError> {
        let refused = || FederationError::Evidence("it proves nothing".to_owned());
        if evidence != "some evidence" {
            return Err(refused());
        }
        let accused = LedgerAccused {
            party: ch(),
            kind: Contradiction::TwoTrees,
            evidence: [0xe1; 32],
        };
        let submission = Submission::new(RequestId([0xe1; 16]), Command::Accuse(accused));
        self.ledger.submit(submission).await?;
        Ok(Accused {
            party: ch(),
            kind: Contradiction::TwoTrees,
            evidence: [0xe1; 32],
        })
    }

    fn reconciliations(&self) -> Vec<Reconciled> {
        self.reconciled.lock().unwrap().iter().cloned().collect()
    }

    async fn reconcile(&self, party: Party) -> Result<Reconciled, FederationError> {
        if party != ch() {
            return Err(FederationError::UnknownPartner(party));
        }
        let found = reconciled();
        let command = Command::Compared(PositionsCompared {
            party,
            size: found.size,
            root: found.root,
            differences: found.differences.iter().map(|it| it.difference).collect(),
        });
        let submission = Submission::new(RequestId([0xc0; 16]), command);
        self.ledger.submit(submission).await?;
        *self.reconciled.lock().unwrap() = Some(found.clone());
        Ok(found)
    }

    async fn rotate_log_key(&self, request: RequestId) -> Result<Receipt, FederationError> {
        // A new key at each call, as a node makes it.
        let number = self.keys.fetch_add(1, Ordering::Relaxed);
        let key = common::key(number);
        let log_key = key.verifier().to_string().parse().unwrap();
        self.ledger.hold_key(key)?;
        let command = Command::RotateKey { log_key };
        Ok(self
            .ledger
            .submit(Submission::new(request, command))
            .await?)
    }
}

pub fn swiss() -> Partner {
    let key = SignerKey::from_seed("ch.example/ledger", KeyKind::Ed25519, &[5; 32]).unwrap();
    Partner {
        party: ch(),
        origin: "ch.example/ledger".parse().unwrap(),
        registry: "CHE01".parse().unwrap(),
        log_key: key.verifier().to_string().parse().unwrap(),
        peer: "12D3KooWCH".parse().unwrap(),
        status: PartnerStatus::Active,
        invite: [3; 32],
        continues: None,
    }
}

pub fn agreed() -> Agreement {
    Agreement {
        id: AGREEMENT.parse().unwrap(),
        partner: ch(),
        outgoing: true,
        incoming: true,
        valid_from_ms: 0,
        valid_to_ms: u64::MAX / 4,
        max_tonnes: 0,
        max_tonnes_per_year: 0,
        vintage_from: None,
        vintage_until: None,
        use_needs_source_final: false,
        cooperative_approach: "CA0001".parse().unwrap(),
        document: [4; 32],
        unit_types: Vec::new(),
        scopes: Vec::new(),
    }
}

/// Switzerland acquired what a lock names: as if its leaf had been proven.
pub fn acquired(lock: &Lock, account: u32) -> Command {
    let proof = ProofReference {
        origin: "ch.example/ledger".parse().unwrap(),
        index: 5,
        size: 7,
        root: [8; 32],
    };
    let acquire = Acquire {
        transfer: lock.transfer,
        source: "GH".parse().unwrap(),
        agreement: lock.agreement.clone(),
        account: countersign_protocol::id::AccountId(account),
        blocks: lock.blocks.clone(),
        proof: ProofReference {
            origin: common::ORIGIN.parse().unwrap(),
            index: 0,
            size: 1,
            root: [1; 32],
        },
    };
    let record = Record {
        time_ms: now_ms(),
        request: RequestId([7; 16]),
        body: Body::Acquire(acquire),
    };
    Command::Proven(Box::new(ProvenRecord { proof, record }))
}

pub struct World {
    folder: Option<Folder>,
    serving: Option<tokio::task::JoinHandle<()>>,
    later_ms: Arc<AtomicU64>,
    model: PathBuf,
    permissions: String,
    pub people: People,
    pub ledger: Option<Ledger>,
    pub federation: Arc<Stub>,
    pub base: String,
    pub token: String,
    pub beneficiaries: Beneficiaries,
    pub app: App,
    /// Answers that the API's description does not have; every test fails that met one.
    undescribed: described::Faults,
    stop: CancellationToken,
    client: reqwest::Client,
}

/// The read model of a ledger.
fn read_model(ledger: &Ledger, file: PathBuf, stop: CancellationToken) -> Projection {
    let settings = ProjectionSettings { file, url: None };
    let (source, head) = (ledger.handle(), ledger.handle().head());
    Projection::start(settings, Arc::new(source), head, &TaskTracker::new(), stop)
}

impl World {
    /// Ghana with one organisation, accounts 1 and 2, project 1, 1,000 tonnes in account 1, and Switzerland as partner.
    pub async fn start() -> Self {
        Self::start_with(DEFAULT).await
    }

    /// The same with another permission matrix.
    pub async fn start_with(permissions: &str) -> Self {
        Self::start_beside(permissions, |_| {}).await
    }

    /// The same with more files in its folder, such as the settings of bridges.
    pub async fn start_beside(permissions: &str, files: impl FnOnce(&std::path::Path)) -> Self {
        let (folder, ledger) = tokio::task::spawn_blocking(|| {
            let (folder, ledger) = Folder::with_units(2, 1000);
            let handle = ledger.handle();
            common::submit(&handle, Command::SetPartner(swiss())).unwrap();
            common::submit(&handle, Command::SetAgreement(agreed())).unwrap();
            (folder, ledger)
        })
        .await
        .unwrap();
        files(folder.root.path());
        let at = |name: &str| folder.root.path().join(name);
        let token = Tokens::add(&at("tokens.json"), "operator", &at("token")).unwrap();
        let token = token.expose().to_owned();
        Self::on(folder, ledger, token, permissions).await
    }

    /// A node on a folder that has a ledger.
    async fn on(folder: Folder, ledger: Ledger, token: String, permissions: &str) -> Self {
        let at = |name: &str| folder.root.path().join(name);
        let stop = CancellationToken::new();
        let later_ms = Arc::new(AtomicU64::new(0));
        let beneficiaries = Beneficiaries::open(&at("private")).unwrap();
        let federation = Arc::new(Stub {
            ledger: ledger.handle(),
            witnesses: Mutex::default(),
            keys: AtomicU8::new(2),
            reconciled: std::sync::Mutex::default(),
        });
        let settings = MailSettings::to_folder(
            at("private").join(MAIL_FILE),
            at("mail"),
            "Ghana Carbon Registry",
        );
        let mail = Mail::open(settings).await.unwrap();
        let people = People::open(&at("private"), quick_passwords())
            .await
            .unwrap();
        let app = App::new(AppParts {
            ledger: ledger.handle(),
            federation: Arc::<Stub>::clone(&federation),
            tokens: Tokens::load(&at("tokens.json")).unwrap(),
            people: people.clone(),
            documents: Documents::open(folder.root.path(), DocumentSettings::default())
                .await
                .unwrap(),
            mail,
            matrix: Matrix::parse(permissions).unwrap(),
            beneficiaries: beneficiaries.clone(),
            clock: {
                let later_ms = Arc::clone(&later_ms);
                Arc::new(move || now_ms() + later_ms.load(Ordering::Relaxed))
            },
        });
        // A read model that goes away lets go of its file a little later.
        static MODELS: AtomicU64 = AtomicU64::new(0);
        let model = MODELS.fetch_add(1, Ordering::Relaxed);
        let file = at(&format!("projection-{model}.sqlite"));
        let projection = read_model(&ledger, file.clone(), stop.clone());
        assert!(projection.wait_for(0, Duration::from_secs(60)).await);
        let letterhead = Letterhead {
            public_url: "https://registry.example".to_owned(),
            ..Letterhead::default()
        };
        let app = app
            .with_projection(projection)
            .with_reports(
                Reports::open(folder.root.path()).await.unwrap(),
                Switches::default(),
            )
            .with_letters(Letters::new(at("letters")), letterhead)
            .with_policy(policy());
        let (bridges, lanes) = bridges::prepare(&at(BRIDGES_FILE)).unwrap();
        let settings = WebhookSettings {
            folder: at("private"),
            allow_private: true,
        };
        let webhooks = Webhooks::open(&settings).await.unwrap();
        let monitoring = Monitoring::open(&at("private")).await.unwrap();
        let app = app
            .with_bridges(bridges)
            .with_webhooks(webhooks.clone())
            .with_monitoring(monitoring)
            .with_open_data(OpenData::open(folder.root.path()));
        let tasks = TaskTracker::new();
        lanes.run(&app, &tasks, &stop);
        tokio::spawn(webhooks.deliver(app.clone(), tasks, stop.clone()));
        let parts = HttpParts {
            app: app.clone(),
            look: Look {
                public_url: Some(PUBLIC_URL.to_owned()),
                ..Look::default()
            },
            witness: Some(
                axum::Router::new().route("/healthz", axum::routing::get(|| async { "ok\n" })),
            ),
            registry: Registry::default(),
            limits: HttpLimits {
                body_bytes: 65_536,
                requests: REQUESTS_MAX,
                streams: StreamLimits {
                    places: STREAMS_MAX,
                    heartbeat: Duration::from_millis(200),
                    patience: Duration::from_millis(400),
                },
                rates: RateLimits::default(),
            },
            // Tests that play clients from elsewhere name them in X-Forwarded-For.
            behind_proxy: true,
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let undescribed = described::Faults::default();
        let router = described::watched(router(parts).unwrap(), undescribed.clone());
        let serving = serve(listener, router, stop.clone());
        let serving = tokio::spawn(async move { serving.await.unwrap() });
        Self {
            folder: Some(folder),
            serving: Some(serving),
            later_ms,
            model: file,
            permissions: permissions.to_owned(),
            people,
            ledger: Some(ledger),
            federation,
            base,
            token,
            beneficiaries,
            app,
            undescribed,
            stop,
            client: reqwest::Client::new(),
        }
    }

    /// The same folder after a stop and a start.
    pub async fn restarted(mut self) -> Self {
        self.stop.cancel();
        let serving = self.serving.take().unwrap();
        tokio::time::timeout(Duration::from_secs(20), serving)
            .await
            .unwrap()
            .unwrap();
        let (folder, token) = (self.folder.take().unwrap(), self.token.clone());
        let permissions = self.permissions.clone();
        drop(self);
        // Tasks that were told to stop let go of the store in a moment.
        for _ in 0..200 {
            let opened = tokio::task::block_in_place(|| folder.open());
            if let Ok(ledger) = opened {
                return Self::on(folder, ledger, token, &permissions).await;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("the ledger is held");
    }

    /// The data folder.
    pub fn root(&self) -> &std::path::Path {
        self.folder.as_ref().unwrap().root.path()
    }

    /// Sets the clock of the use cases forward; the ledger's own goes on as it was.
    pub fn later(&self, ms: u64) {
        self.later_ms.fetch_add(ms, Ordering::Relaxed);
    }

    /// The mails that went out, oldest first.
    pub fn mails(&self) -> Vec<String> {
        let folder = self.root().join("mail");
        let files = std::fs::read_dir(folder).unwrap().map(|it| it.unwrap());
        let mut files: Vec<_> = files
            .map(|it| (it.metadata().unwrap().modified().unwrap(), it.path()))
            .collect();
        files.sort();
        let read = |(_, path)| std::fs::read_to_string(path).unwrap();
        files.into_iter().map(read).collect()
    }

    /// A statement on the index of documents, as a stop at a bad moment would leave it.
    pub async fn tamper_with_documents(&self, statement: &'static str) {
        let path = self.root().join("documents.sqlite");
        let url = format!("sqlite://{}", path.display());
        let pool = sqlx::SqlitePool::connect(&url).await.unwrap();
        sqlx::query(statement).execute(&pool).await.unwrap();
        pool.close().await;
    }

    /// The settings of the read model that the node keeps.
    pub fn read_model(&self) -> ProjectionSettings {
        ProjectionSettings {
            file: self.model.clone(),
            url: None,
        }
    }

    pub fn handle(&self) -> LedgerHandle {
        self.ledger.as_ref().unwrap().handle()
    }

    /// One witness cosigns the head, and that is a quorum.
    pub fn witness(&self) {
        let handle = self.handle();
        let head = handle.head().borrow().clone();
        let mut note = SignedNote::parse(&head.note).unwrap();
        let line = cosign(note.text(), &witness_key(), now_ms() / 1000).unwrap();
        note.add(line).unwrap();
        let witnessed = Head::from_note(&note.to_string()).unwrap();
        handle.set_witnessed(&witnessed).unwrap();
        *self.federation.witnesses.lock().unwrap() = vec![WitnessInfo {
            name: WITNESS.to_owned(),
            size: head.size,
            last_ms: Some(now_ms()),
            fault: None,
        }];
    }

    /// A request without a token.
    pub fn bare(&self, method: Method, path: &str) -> RequestBuilder {
        let url = format!("{}{path}", self.base);
        self.client
            .request(method, url)
            .timeout(Duration::from_secs(20))
    }

    /// A request with the token.
    pub fn ask(&self, method: Method, path: &str) -> RequestBuilder {
        self.bare(method, path).bearer_auth(&self.token)
    }

    pub async fn get<T: DeserializeOwned>(&self, path: &str) -> T {
        let response = self.ask(Method::GET, path).send().await.unwrap();
        read(response, StatusCode::OK, path).await
    }

    /// A GET that must fail.
    pub async fn fail(&self, path: &str) -> Problem {
        problem(self.ask(Method::GET, path).send().await.unwrap()).await
    }

    /// A write with a fresh idempotency key that must succeed.
    pub async fn post<T: DeserializeOwned>(&self, path: &str, body: Value) -> T {
        let response = self.try_post(path, &common::request(), body).await;
        let status = response.status();
        assert!(
            status.is_success(),
            "{path}: {status} {}",
            response.text().await.unwrap()
        );
        response.json().await.unwrap()
    }

    pub async fn try_post(&self, path: &str, key: &RequestId, body: Value) -> Response {
        self.ask(Method::POST, path)
            .header("Idempotency-Key", key.to_string())
            .json(&body)
            .send()
            .await
            .unwrap()
    }

    /// A write that must be refused.
    pub async fn refuse(&self, path: &str, body: Value) -> Problem {
        problem(self.try_post(path, &common::request(), body).await).await
    }

    /// Sends tonnes of account 1 to Switzerland.
    pub async fn send(&self, tonnes: u64) -> TransferId {
        let body = serde_json::json!({
            "to": "CH", "agreement": AGREEMENT, "from": 1, "to_account": 7, "units": {"tonnes": tonnes},
        });
        let sent: Value = self.post("/api/v1/transfers", body).await;
        sent["made"]["transfer"].as_str().unwrap().parse().unwrap()
    }

    /// Lets Switzerland acquire what a transfer locked.
    pub async fn settle(&self, id: TransferId) {
        let handle = self.handle();
        let size = handle.head().borrow().size;
        let lock = (0..size).find_map(|index| {
            let record = Record::decode(&handle.leaf(index).unwrap().unwrap()).unwrap();
            match record.body {
                Body::Lock(lock) if lock.transfer == id => Some(lock),
                _ => None,
            }
        });
        let command = acquired(&lock.unwrap(), 7);
        let submission = Submission::new(common::request(), command);
        handle.submit(submission).await.unwrap();
    }

    /// Sets the clocks of the use cases and of the ledger forward.
    pub fn forward(&self, by_ms: u64) {
        self.later(by_ms);
        self.forward_ledger(by_ms);
    }

    /// Sets the ledger's clock forward alone, so that nobody's session ends.
    pub fn forward_ledger(&self, by_ms: u64) {
        self.folder.as_ref().unwrap().watch.forward(by_ms);
    }

    /// What time the use cases have.
    pub fn now_ms(&self) -> u64 {
        now_ms() + self.later_ms.load(Ordering::Relaxed)
    }

    pub fn stop_listening(&self) {
        self.stop.cancel();
    }
}

impl Drop for World {
    fn drop(&mut self) {
        self.stop.cancel();
        // Stopping a ledger waits for its threads.
        let ledger = self.ledger.take();
        tokio::task::block_in_place(|| drop(ledger));
        let faults = self.undescribed.lock().unwrap();
        if !std::thread::panicking() {
            assert!(faults.is_empty(), "{}", faults.join("\n"));
        }
    }
}

pub async fn read<T: DeserializeOwned>(response: Response, wanted: StatusCode, path: &str) -> T {
    let status = response.status();
    let text = response.text().await.unwrap();
    assert_eq!(status, wanted, "{path}: {text}");
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{path}: {error}: {text}"))
}

/// Reads a problem and checks everything that holds for all of them.
pub async fn problem(response: Response) -> Problem {
    let status = response.status();
    let content_type = response.headers()["content-type"]
        .to_str()
        .unwrap()
        .to_owned();
    let id = response.headers()["x-request-id"]
        .to_str()
        .unwrap()
        .to_owned();
    let path = response.url().path().to_owned();
    let text = response.text().await.unwrap();
    assert_eq!(content_type, "application/problem+json", "{path}: {text}");
    let problem: Problem = serde_json::from_str(&text).unwrap();
    assert_eq!(problem.status, status.as_u16());
    assert!(problem.status >= 400);
    assert_eq!(problem.instance, path);
    assert_eq!(problem.request_id, id);
    assert!(
        problem.kind.starts_with("urn:countersign:problem:"),
        "{text}"
    );
    assert!(
        !problem.title.is_empty() && !problem.detail.is_empty(),
        "{text}"
    );
    problem
}

/// The last part of a problem's type.
pub fn kind(problem: &Problem) -> &str {
    problem.kind.rsplit(':').next().unwrap()
}
