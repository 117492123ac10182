//! A country's ledger on the measured disk, with accounts that own units.

use std::sync::Arc;

use countersign_node::ledger::{Ledger, LedgerConfig, LedgerHandle, Submission, SubmitError};
use countersign_protocol::article6::{AuthorisedUse, NdcPeriod};
use countersign_protocol::id::{AccountId, OrganisationId, RequestId};
use countersign_protocol::log::{KeyKind, SignerKey};
use countersign_protocol::record::{
    AccountKind, Article6, Authorisation, CooperativeApproach, Genesis, Metric, OrganisationKind,
};
use countersign_protocol::registry::{Command, Selection};
use countersign_protocol::serial::SectoralScope;

use super::Random;
use super::options::Options;

const ORIGIN: &str = "gh.example/ledger";

/// Tonnes that each account begins with.
const TONNES: u64 = 1_000_000_000;

pub struct Country {
    pub ledger: Option<Ledger>,
    folder: tempfile::TempDir,
}

impl Country {
    /// A new ledger with `accounts` accounts that own units.
    pub fn new(options: &Options, accounts: u32) -> Self {
        Self::after(options, accounts, Vec::new())
    }

    /// The same with every unit under an authorisation, as it is issued.
    pub fn authorised(options: &Options, accounts: u32) -> Self {
        let records = authorising(Authorisation {
            projects: vec![1],
            ..authorisation()
        });
        Self::after(options, accounts, records.into())
    }

    /// A new ledger in which so much was recorded before its units were issued.
    fn after(options: &Options, accounts: u32, before: Vec<Command>) -> Self {
        let folder = options.scratch();
        let genesis = Genesis {
            party: "GH".parse().unwrap(),
            origin: ORIGIN.parse().unwrap(),
            network: "bench".parse().unwrap(),
            registry: "GHA01".parse().unwrap(),
            name: "Authority".parse().unwrap(),
            log_key: key().verifier().to_string().parse().unwrap(),
            continues: None,
        };
        let ledger = Ledger::create(config(&folder), genesis).unwrap();
        let country = Self {
            ledger: Some(ledger),
            folder,
        };
        populate_after(&country.handle(), accounts, before);
        country
    }

    pub fn handle(&self) -> LedgerHandle {
        self.ledger.as_ref().unwrap().handle()
    }

    /// Closes the ledger and opens it again; gives the time of the opening.
    pub fn reopen(&mut self) -> std::time::Duration {
        self.ledger = None;
        let start = std::time::Instant::now();
        self.ledger = Some(Ledger::open(config(&self.folder)).unwrap());
        start.elapsed()
    }

    pub fn path(&self) -> std::path::PathBuf {
        self.folder.path().join("ledger")
    }
}

/// An organisation, a project and so many accounts that own units.
pub fn populate(handle: &LedgerHandle, accounts: u32) {
    populate_after(handle, accounts, Vec::new());
}

fn populate_after(handle: &LedgerHandle, accounts: u32, before: Vec<Command>) {
    let mut random = Random::new(1);
    let mut submit = |command| {
        handle
            .submit_blocking(Submission::new(request(&mut random), command))
            .unwrap();
    };
    submit(Command::RegisterOrganisation {
        name: "Volta Cookstoves".parse().unwrap(),
        kind: OrganisationKind::Developer,
    });
    submit(project("Clean cooking in Volta"));
    before.into_iter().for_each(&mut submit);
    let handle = Arc::new(handle.clone());
    runtime().block_on(async {
        let open: Vec<Command> = (0..accounts).map(account).collect();
        submit_all(&handle, open, 2).await;
        let issue: Vec<Command> = (0..accounts).map(issue).collect();
        submit_all(&handle, issue, 3).await;
    });
}

async fn submit_all(handle: &Arc<LedgerHandle>, commands: Vec<Command>, seed: u64) {
    let mut random = Random::new(seed);
    for chunk in commands.chunks(1024) {
        let waiting: Vec<_> = chunk
            .iter()
            .map(|command| {
                let submission = Submission::new(request(&mut random), command.clone());
                let handle = Arc::clone(handle);
                tokio::spawn(async move { handle.submit(submission).await })
            })
            .collect();
        for one in waiting {
            one.await.unwrap().unwrap();
        }
    }
}

fn config(folder: &tempfile::TempDir) -> LedgerConfig {
    let dir = folder.path().join("ledger");
    LedgerConfig::new(
        dir,
        "GH".parse().unwrap(),
        ORIGIN.parse().unwrap(),
        vec![key()],
    )
}

fn key() -> SignerKey {
    SignerKey::from_seed(ORIGIN, KeyKind::Ed25519, &[1; 32]).unwrap()
}

/// As many threads as pgbench is given.
pub fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap()
}

/// A request id as a client draws it: nothing about it is ordered.
pub fn request(random: &mut Random) -> RequestId {
    let mut id = [0; 16];
    id[..8].copy_from_slice(&random.next().to_be_bytes());
    id[8..].copy_from_slice(&random.next().to_be_bytes());
    RequestId(id)
}

pub fn transfer(random: &mut Random, accounts: u32) -> Command {
    let from = random.up_to(accounts);
    let to = random.up_to(accounts - 1);
    Command::Transfer {
        from: AccountId(from),
        to: AccountId(if to >= from { to + 1 } else { to }),
        units: Selection::Tonnes(u64::from(random.up_to(100))),
    }
}

pub fn project(title: &str) -> Command {
    Command::RegisterProject {
        organisation: OrganisationId(1),
        title: title.parse().unwrap(),
        scope: SectoralScope::new(3).unwrap(),
    }
}

/// An approach, and an authorisation under it.
fn authorising(it: Authorisation) -> [Command; 2] {
    let approach = Article6::CooperativeApproach(approach());
    let authorisation = Article6::Authorisation(Box::new(it));
    [approach, authorisation].map(|it| Command::Article6(Box::new(it)))
}

/// The same for every project of a sectoral scope.
pub fn authorising_scope(scope: u8) -> [Command; 2] {
    authorising(Authorisation {
        scopes: vec![SectoralScope::new(scope).unwrap()],
        ..authorisation()
    })
}

fn approach() -> CooperativeApproach {
    CooperativeApproach {
        id: "CA0001".parse().unwrap(),
        title: "Ghana and Switzerland".parse().unwrap(),
        parties: vec!["CH".parse().unwrap(), "GH".parse().unwrap()],
        definition: None,
        metric: Metric::Ghg,
        by: Vec::new(),
    }
}

/// An authorisation that takes units as they are issued.
fn authorisation() -> Authorisation {
    Authorisation {
        id: "GH-2026-001".parse().unwrap(),
        party: "GH".parse().unwrap(),
        version: 1,
        approach: "CA0001".parse().unwrap(),
        parties: Vec::new(),
        entities: Vec::new(),
        date: "2024-01-01".parse().unwrap(),
        issue_until: None,
        use_until: None,
        definition: None,
        uses: AuthorisedUse::Ndc,
        oimp: None,
        framework: "Framework".parse().unwrap(),
        changes: "By agreement of both Parties".parse().unwrap(),
        reach: None,
        reaches_first_transferred: false,
        quantity: 0,
        registry: "GHA01".parse().unwrap(),
        underlying: None,
        vintages: NdcPeriod::new(2021, 2030).unwrap(),
        metric: Metric::Ghg,
        gases: None,
        scopes: Vec::new(),
        activities: None,
        projects: Vec::new(),
        terms: None,
        document: [0; 32],
        by: Vec::new(),
    }
}

/// A block of a few tonnes.
pub fn issuance(random: &mut Random, accounts: u32) -> Command {
    Command::Issue {
        account: AccountId(random.up_to(accounts)),
        project: 1,
        year: 2024,
        unit_type: "ITMO".parse().unwrap(),
        tonnes: u64::from(random.up_to(100)),
    }
}

fn account(number: u32) -> Command {
    Command::OpenAccount {
        organisation: OrganisationId(1),
        name: format!("Account {number}").parse().unwrap(),
        kind: AccountKind::EntityHolding,
    }
}

fn issue(number: u32) -> Command {
    Command::Issue {
        account: AccountId(number + 1),
        project: 1,
        year: 2024,
        unit_type: "ITMO".parse().unwrap(),
        tonnes: TONNES,
    }
}

/// True when the error is only the queue's.
pub const fn is_busy(error: &SubmitError) -> bool {
    matches!(error, SubmitError::Busy { .. })
}
