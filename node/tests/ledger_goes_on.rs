//! The ledger that goes on from a closed one: serial numbers go on, nothing is lost, and other leaves are refused.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[path = "common/ledger.rs"]
mod common;

use std::path::PathBuf;

use common::{Folder, ORIGIN, genesis, issue, submit, transfer};
use countersign_node::ledger::rebuild::Rebuild;
use countersign_node::ledger::{GoOnError, Ledger, LedgerConfig, LedgerError, verify};
use countersign_node::store::{Identity, OpenOptions, StoreReader};
use countersign_protocol::federation::ClosedError;
use countersign_protocol::log::{Checkpoint, KeyKind, SignerKey};
use countersign_protocol::record::{Continues, Genesis};

const NEXT_ORIGIN: &str = "gh.example/ledger/2";

fn next_key() -> SignerKey {
    SignerKey::from_seed(NEXT_ORIGIN, KeyKind::Ed25519, &[77; 32]).unwrap()
}

fn next_genesis(closed: Continues) -> Genesis {
    Genesis {
        origin: NEXT_ORIGIN.parse().unwrap(),
        registry: "GHA02".parse().unwrap(),
        log_key: next_key().verifier().to_string().parse().unwrap(),
        continues: Some(closed),
        ..genesis()
    }
}

/// A ledger that has units, with its last head; what it wrote after that head was never witnessed.
struct Closed {
    folder: Folder,
    last: Continues,
}

impl Closed {
    fn new() -> Self {
        let (folder, ledger) = Folder::with_units(3, 1000);
        let handle = ledger.handle();
        for tonnes in 1..20 {
            submit(&handle, transfer(1, 2, tonnes)).unwrap();
        }
        let (_, head) = Checkpoint::parse_note(&handle.head().borrow().note).unwrap();
        submit(&handle, issue(1, 500)).unwrap();
        ledger.shutdown();
        let last = Continues {
            origin: ORIGIN.parse().unwrap(),
            size: head.size,
            root: head.root,
        };
        Self { folder, last }
    }

    fn next_folder(&self) -> PathBuf {
        self.folder.root.path().join("next")
    }

    fn config(&self) -> LedgerConfig {
        let genesis = genesis();
        let origin = NEXT_ORIGIN.parse().unwrap();
        let mut config =
            LedgerConfig::new(self.next_folder(), genesis.party, origin, vec![next_key()]);
        config.clock = self.folder.watch.clock();
        config
    }

    fn go_on(&self, closed: Continues) -> Result<Ledger, GoOnError> {
        let reader = StoreReader::open(&self.folder.path()).unwrap();
        Ledger::go_on(self.config(), next_genesis(closed), &reader)
    }
}

#[test]
fn serial_numbers_go_on_and_what_was_never_witnessed_never_was() {
    let closed = Closed::new();
    let ledger = closed.go_on(closed.last.clone()).unwrap();
    let handle = ledger.handle();
    let head = handle.head().borrow().clone();
    assert_eq!(head.size, closed.last.size + 2, "its genesis and a header");
    let (note, _) = Checkpoint::parse_note(&head.note).unwrap();
    note.verify([next_key().verifier()]).unwrap();
    // The first leaves are those of the closed ledger.
    assert_eq!(handle.root(closed.last.size).unwrap(), closed.last.root);
    assert_eq!(handle.read(|state| state.issued()), 1000);
    submit(&handle, issue(1, 7)).unwrap();
    submit(&handle, transfer(2, 3, 50)).unwrap();
    let (issued, held) = handle.read(|state| {
        let held: u64 = state.holdings().map(|it| it.block.tonnes()).sum();
        (state.issued(), held)
    });
    assert_eq!((issued, held), (1007, 1007));
    drop(handle);
    ledger.shutdown();
    // It opens again, and replays.
    let ledger = Ledger::open(closed.config()).unwrap();
    let head = ledger.handle().head().borrow().clone();
    ledger.shutdown();
    let reader = StoreReader::open(&closed.next_folder()).unwrap();
    let verified = verify(&reader, true, |_, _| ()).unwrap();
    assert_eq!(verified.size, head.size);
}

#[test]
fn other_leaves_than_those_of_the_last_head_are_refused() {
    let closed = Closed::new();
    let cases = [
        (
            Continues {
                root: [9; 32],
                ..closed.last.clone()
            },
            ClosedError::Root,
        ),
        (
            Continues {
                size: closed.last.size + 50,
                ..closed.last.clone()
            },
            // Fewer leaves are there than it names.
            ClosedError::Size {
                found: 0,
                wanted: closed.last.size + 50,
            },
        ),
    ];
    for (named, wanted) in cases {
        let refused = closed.go_on(named).unwrap_err();
        let GoOnError::Leaves(error) = refused else {
            panic!("{refused}");
        };
        assert_eq!(
            std::mem::discriminant(&error),
            std::mem::discriminant(&wanted),
            "{error}"
        );
        std::fs::remove_dir_all(closed.next_folder()).unwrap();
    }
    let stranger = Continues {
        origin: "other.example/ledger".parse().unwrap(),
        ..closed.last.clone()
    };
    let refused = closed.go_on(stranger).unwrap_err();
    assert!(
        matches!(refused, GoOnError::Ledger(LedgerError::Genesis(_))),
        "{refused}"
    );
}

/// A mirror finds a second genesis that names another root than that of the leaves before it.
#[test]
fn a_mirror_holds_the_second_genesis_against_the_leaves() {
    let closed = Closed::new();
    let ledger = closed.go_on(closed.last.clone()).unwrap();
    let handle = ledger.handle();
    let size = handle.head().borrow().size;
    let leaves: Vec<Vec<u8>> = (0..size)
        .map(|index| handle.leaf(index).unwrap().unwrap())
        .collect();
    ledger.shutdown();
    let identity = Identity {
        party: genesis().party,
        origin: NEXT_ORIGIN.parse().unwrap(),
        log_keys: vec![next_key().verifier().to_string()],
    };
    let rebuilt = |name: &str, leaves: &[Vec<u8>]| {
        let dir = closed.folder.root.path().join(name);
        let mut rebuild = Rebuild::create(&dir, &identity, &OpenOptions::default()).unwrap();
        rebuild.append(leaves).unwrap();
        rebuild.finding().map(ToString::to_string)
    };
    assert_eq!(rebuilt("true", &leaves), None);
    let mut other = leaves;
    let at = usize::try_from(closed.last.size).unwrap();
    let mut record = countersign_protocol::record::Record::decode(&other[at]).unwrap();
    if let countersign_protocol::record::Body::Genesis(it) = &mut record.body {
        it.continues.as_mut().unwrap().root = [3; 32];
    }
    other[at] = record.encode();
    let finding = rebuilt("false", &other).expect("a finding");
    assert!(
        finding.contains("not those of the closed ledger"),
        "{finding}"
    );
}
