//! Ledgers with accounts and units in them.
#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    missing_docs
)]

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use countersign_node::ledger::{
    Ledger, LedgerConfig, LedgerError, LedgerHandle, Receipt, Submission, SubmitError,
};
use countersign_protocol::id::{AccountId, OrganisationId, RequestId};
use countersign_protocol::log::{KeyKind, SignerKey};
use countersign_protocol::record::{AccountKind, Genesis, OrganisationKind};
use countersign_protocol::registry::{Command, Selection};
use countersign_protocol::serial::SectoralScope;

pub const ORIGIN: &str = "gh.example/ledger";

pub fn key(seed: u8) -> SignerKey {
    SignerKey::from_seed(ORIGIN, KeyKind::Ed25519, &[seed; 32]).unwrap()
}

pub fn genesis() -> Genesis {
    Genesis {
        party: "GH".parse().unwrap(),
        origin: ORIGIN.parse().unwrap(),
        network: "test".parse().unwrap(),
        registry: "GHA01".parse().unwrap(),
        name: "Environmental Protection Authority".parse().unwrap(),
        log_key: key(1).verifier().to_string().parse().unwrap(),
        continues: None,
    }
}

pub fn request() -> RequestId {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    // Another process of the same test draws other numbers.
    let number = NEXT.fetch_add(1, Ordering::Relaxed) | u64::from(std::process::id()) << 32;
    let mut id = [0; 16];
    id[..8].copy_from_slice(&number.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes());
    id[8..].copy_from_slice(&number.to_be_bytes());
    RequestId(id)
}

/// The machine's clock, which a test puts forward.
#[derive(Clone, Default)]
pub struct Watch(Arc<AtomicU64>);

impl Watch {
    pub fn now_ms(&self) -> u64 {
        let since = std::time::UNIX_EPOCH.elapsed().unwrap().as_millis();
        u64::try_from(since).unwrap() + self.0.load(Ordering::Relaxed)
    }

    pub fn forward(&self, by_ms: u64) {
        self.0.fetch_add(by_ms, Ordering::Relaxed);
    }

    pub fn clock(&self) -> countersign_node::ledger::Clock {
        let watch = self.clone();
        Arc::new(move || watch.now_ms())
    }
}

/// A ledger in a temporary folder.
pub struct Folder {
    pub root: tempfile::TempDir,
    /// The ledger's clock.
    pub watch: Watch,
}

impl Folder {
    pub fn new() -> Self {
        Self {
            root: tempfile::tempdir().unwrap(),
            watch: Watch::default(),
        }
    }

    pub fn path(&self) -> PathBuf {
        self.root.path().join("ledger")
    }

    pub fn config(&self) -> LedgerConfig {
        let genesis = genesis();
        let mut config =
            LedgerConfig::new(self.path(), genesis.party, genesis.origin, vec![key(1)]);
        config.clock = self.watch.clock();
        config
    }

    pub fn create(&self) -> Ledger {
        Ledger::create(self.config(), genesis()).unwrap()
    }

    pub fn open(&self) -> Result<Ledger, LedgerError> {
        Ledger::open(self.config())
    }

    /// A ledger with `accounts` accounts of which the first has `tonnes` tonnes.
    pub fn with_units(accounts: u32, tonnes: u64) -> (Self, Ledger) {
        let folder = Self::new();
        let ledger = folder.create();
        let handle = ledger.handle();
        submit(&handle, organisation()).unwrap();
        for number in 0..accounts {
            submit(&handle, account(number)).unwrap();
        }
        submit(&handle, project()).unwrap();
        submit(&handle, issue(1, tonnes)).unwrap();
        (folder, ledger)
    }
}

pub fn submit(handle: &LedgerHandle, command: Command) -> Result<Receipt, SubmitError> {
    handle.submit_blocking(Submission::new(request(), command))
}

pub fn organisation() -> Command {
    Command::RegisterOrganisation {
        name: "Volta Cookstoves".parse().unwrap(),
        kind: OrganisationKind::Developer,
    }
}

pub fn account(number: u32) -> Command {
    Command::OpenAccount {
        organisation: OrganisationId(1),
        name: format!("Account {number}").parse().unwrap(),
        kind: AccountKind::EntityHolding,
    }
}

pub fn project() -> Command {
    Command::RegisterProject {
        organisation: OrganisationId(1),
        title: "Clean cooking in Volta".parse().unwrap(),
        scope: SectoralScope::new(3).unwrap(),
    }
}

pub fn issue(to: u32, tonnes: u64) -> Command {
    Command::Issue {
        account: AccountId(to),
        project: 1,
        year: 2024,
        unit_type: "ITMO".parse().unwrap(),
        tonnes,
    }
}

pub fn transfer(from: u32, to: u32, tonnes: u64) -> Command {
    Command::Transfer {
        from: AccountId(from),
        to: AccountId(to),
        units: Selection::Tonnes(tonnes),
    }
}
