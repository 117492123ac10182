//! Each write, sync and rename of a transfer between two ledgers fails once, in every way: nothing acknowledged is lost, no unit
//! is counted twice, and the same requests bring it to its end.
//!
//! `strace` makes the system calls of the real store fail (`-e inject`). `COUNTERSIGN_LONG=1` fails each of them; otherwise a few of
//! each kind are chosen evenly.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    missing_docs
)]

#[path = "common/ledger.rs"]
mod common;

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command as Process, ExitStatus};

use common::{ORIGIN, account, genesis, issue, key, organisation, project, submit};
use countersign_node::clock::now_ms;
use countersign_node::ledger::{Ledger, LedgerConfig, LedgerHandle, Submission, verify};
use countersign_node::store::StoreReader;
use countersign_protocol::federation::ProvenRecord;
use countersign_protocol::id::{AccountId, RequestId};
use countersign_protocol::log::{KeyKind, SignerKey};
use countersign_protocol::party::Party;
use countersign_protocol::record::{
    Agreement, Body, Genesis, Partner, PartnerStatus, ProofReference, Record,
};
use countersign_protocol::registry::{
    Command, LedgerAccount, Selection, TransferKey, TransferStage,
};

const CHILD_FOLDER: &str = "COUNTERSIGN_FAULT_TEST_FOLDER";
const SWISS: &str = "ch.example/ledger";
const TONNES: u64 = 40;

/// Calls by which a store keeps something.
const CALLS: [&str; 5] = ["write", "pwrite64", "fdatasync", "fsync", "rename"];

/// What happens to one.
const FAULTS: [&str; 3] = ["error=EIO", "error=ENOSPC", "signal=SIGKILL"];

/// So many calls of each kind fail in each way, one in each run, where not all do.
const CHOSEN: usize = 3;

fn swiss_key() -> SignerKey {
    SignerKey::from_seed(SWISS, KeyKind::Ed25519, &[2; 32]).unwrap()
}

fn swiss_genesis() -> Genesis {
    Genesis {
        party: "CH".parse().unwrap(),
        origin: SWISS.parse().unwrap(),
        registry: "CHE01".parse().unwrap(),
        log_key: swiss_key().verifier().to_string().parse().unwrap(),
        continues: None,
        ..genesis()
    }
}

fn config(folder: &Path, genesis: Genesis, key: SignerKey) -> LedgerConfig {
    let dir = folder.join(genesis.party.to_string());
    LedgerConfig::new(dir, genesis.party, genesis.origin, vec![key])
}

fn partner(genesis: &Genesis) -> Command {
    Command::SetPartner(Partner {
        party: genesis.party,
        origin: genesis.origin.clone(),
        registry: format!("{}01", genesis.party.alpha3()).parse().unwrap(),
        log_key: genesis.log_key.clone(),
        peer: format!("12D3KooW{}", genesis.party).parse().unwrap(),
        status: PartnerStatus::Active,
        invite: [1; 32],
        continues: None,
    })
}

fn agreement(with: Party) -> Command {
    Command::SetAgreement(Agreement {
        id: "CH-GH".parse().unwrap(),
        partner: with,
        outgoing: true,
        incoming: true,
        valid_from_ms: 0,
        valid_to_ms: u64::MAX,
        max_tonnes: 0,
        max_tonnes_per_year: 0,
        vintage_from: None,
        vintage_until: None,
        use_needs_source_final: false,
        cooperative_approach: "CA0007".parse().unwrap(),
        document: [9; 32],
        unit_types: Vec::new(),
        scopes: Vec::new(),
    })
}

/// Ghana with a hundred tonnes, and Switzerland with an account.
fn prepare(folder: &Path) {
    let (own, other) = (genesis(), swiss_genesis());
    for (this, that, key) in [
        (own.clone(), &other, key(1)),
        (other.clone(), &own, swiss_key()),
    ] {
        let config = config(folder, this.clone(), key);
        let ledger = Ledger::create(config, this).unwrap();
        let handle = ledger.handle();
        for command in [
            organisation(),
            account(1),
            project(),
            issue(1, 100),
            partner(that),
            agreement(that.party),
        ] {
            submit(&handle, command).unwrap();
        }
        drop(handle);
        ledger.shutdown();
    }
    let expiry_ms = now_ms() + 24 * 3_600_000;
    fs::write(folder.join("expiry"), expiry_ms.to_string()).unwrap();
}

/// Takes one step, the same at each try, and writes down that it was acknowledged.
fn step(
    folder: &Path,
    handle: &LedgerHandle,
    name: &str,
    number: u8,
    command: Command,
) -> Result<u64, String> {
    let submission = Submission::new(RequestId([number; 16]), command);
    let receipt = handle.submit_blocking(submission);
    let receipt = receipt.map_err(|error| format!("{name}: {error}"))?;
    let last = receipt.first_index + u64::from(receipt.count) - 1;
    let acknowledged = fs::OpenOptions::new()
        .append(true)
        .create(true)
        .open(folder.join("acknowledged"));
    let line = format!("{name} {last}\n");
    let written = acknowledged.and_then(|mut file| file.write_all(line.as_bytes()));
    written.map_err(|error| error.to_string())?;
    Ok(last)
}

/// A leaf as a partner sees it, under the head of its block: the leaf, the block's header and nothing more. The same at each try.
fn proven(handle: &LedgerHandle, index: u64) -> Result<Command, String> {
    let size = index + 2;
    let root = handle.root(size).map_err(|error| error.to_string())?;
    let leaf = handle.leaf(index).map_err(|error| error.to_string())?;
    let leaf = leaf.ok_or("the leaf is not there")?;
    let origin = handle.read(|state| state.genesis().unwrap().origin.clone());
    Ok(Command::Proven(Box::new(ProvenRecord {
        proof: ProofReference {
            origin,
            index,
            size,
            root,
        },
        record: Record::decode(&leaf).map_err(|error| error.to_string())?,
    })))
}

/// Lock, acquisition, end and notice. Ends at the first thing that fails, as a node would.
fn transfer(folder: &Path) -> Result<(), String> {
    let open = |genesis: Genesis, key: SignerKey| {
        let ledger = Ledger::open(config(folder, genesis, key));
        ledger.map_err(|error| error.to_string())
    };
    let (ghana, swiss) = (
        open(genesis(), key(1))?,
        open(swiss_genesis(), swiss_key())?,
    );
    let (gh, ch) = (ghana.handle(), swiss.handle());
    let expiry = fs::read_to_string(folder.join("expiry"));
    let expiry = expiry.map_err(|error| error.to_string())?;
    let send = Command::Send {
        to: "CH".parse().unwrap(),
        agreement: "CH-GH".parse().unwrap(),
        from: AccountId(1),
        to_account: AccountId(1),
        units: Selection::Tonnes(TONNES),
        nonce: RequestId([7; 16]),
        expiry_ms: expiry.parse().unwrap(),
    };
    let lock = step(folder, &gh, "lock", 1, send)?;
    let acquired = step(folder, &ch, "acquire", 2, proven(&gh, lock)?)?;
    let ended = step(folder, &gh, "finalise", 3, proven(&ch, acquired)?)?;
    step(folder, &ch, "settle", 4, proven(&gh, ended)?)?;
    Ok(())
}

/// The part whose system calls fail.
#[test]
fn child_that_transfers() {
    let Ok(folder) = std::env::var(CHILD_FOLDER) else {
        return;
    };
    if let Err(why) = transfer(Path::new(&folder)) {
        eprintln!("{why}");
        // Without unwinding: a node that can not write ends, too.
        std::process::exit(3);
    }
}

fn child(folder: &Path) -> Vec<String> {
    let exe = std::env::current_exe().unwrap();
    let folder = format!("{CHILD_FOLDER}={}", folder.display());
    let exe = exe.to_str().unwrap();
    [
        "env",
        &folder,
        exe,
        "--exact",
        "child_that_transfers",
        "--nocapture",
    ]
    .map(str::to_owned)
    .to_vec()
}

fn run(program: &str, args: &[String]) -> ExitStatus {
    let output = Process::new(program).args(args).output();
    output
        .unwrap_or_else(|error| panic!("{program} is needed (apt-get install {program}): {error}"))
        .status
}

/// How often the thread that makes each call most often makes it.
fn counted(template: &Path) -> BTreeMap<&'static str, usize> {
    let folder = copy_of(template);
    let log = folder.path().join("strace");
    let mut args = vec!["-f".to_owned(), "-qq".to_owned(), "-o".to_owned()];
    args.push(log.display().to_string());
    args.extend(["-e".to_owned(), format!("trace={}", CALLS.join(","))]);
    args.extend(child(folder.path()));
    assert!(run("strace", &args).success());
    let log = fs::read_to_string(log).unwrap();
    let mut counts: BTreeMap<(&str, &'static str), usize> = BTreeMap::new();
    for line in log.lines() {
        let Some((thread, rest)) = line.split_once(' ') else {
            continue;
        };
        let rest = rest.trim_start();
        for call in CALLS {
            if rest.starts_with(&format!("{call}(")) {
                *counts.entry((thread, call)).or_default() += 1;
            }
        }
    }
    let mut most = BTreeMap::new();
    for ((_, call), count) in counts {
        let so_far: &mut usize = most.entry(call).or_default();
        *so_far = count.max(*so_far);
    }
    most
}

fn copy_of(template: &Path) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let from = template.join(".").display().to_string();
    let args = ["-a".to_owned(), from, folder.path().display().to_string()];
    assert!(run("cp", &args).success());
    folder
}

/// Which of so many calls fail.
fn chosen(count: usize) -> Vec<usize> {
    if std::env::var_os("COUNTERSIGN_LONG").is_some() || count <= CHOSEN {
        return (1..=count).collect();
    }
    let step = |place: usize| 1 + place * (count - 1) / (CHOSEN - 1);
    (0..CHOSEN).map(step).collect()
}

fn acknowledged(folder: &Path) -> Vec<(String, u64)> {
    let text = fs::read_to_string(folder.join("acknowledged")).unwrap_or_default();
    // A line that the fault cut was not acknowledged.
    let whole = text.rfind('\n').map_or("", |end| &text[..end]);
    let lines = whole.lines().filter_map(|line| {
        let (name, index) = line.split_once(' ')?;
        Some((name.to_owned(), index.parse().ok()?))
    });
    lines.collect()
}

fn ledgers(folder: &Path) -> [PathBuf; 2] {
    ["GH", "CH"].map(|party| folder.join(party))
}

/// After the fault the same requests are sent again, and the transfer ends.
fn ends_well(folder: &Path, what: &str) {
    let before = acknowledged(folder);
    let args = child(folder);
    let went_on = Process::new(&args[0]).args(&args[1..]).output().unwrap();
    let said = String::from_utf8_lossy(&went_on.stderr);
    let status = went_on.status;
    assert!(
        status.success(),
        "{what}: it can not go on ({status}): {said}"
    );
    let after = acknowledged(folder);
    for (name, index) in &before {
        let again = after.iter().rev().find(|(other, _)| other == name);
        assert_eq!(
            again.map(|it| it.1),
            Some(*index),
            "{what}: {name} was acknowledged"
        );
    }
    let lock = after.iter().find(|(name, _)| name == "lock").unwrap().1;
    let open = |genesis: Genesis, key| Ledger::open(config(folder, genesis, key)).unwrap();
    let ghana = open(genesis(), key(1));
    let leaf = ghana.handle().leaf(lock).unwrap().unwrap();
    let Body::Lock(lock) = Record::decode(&leaf).unwrap().body else {
        panic!("{what}: no lock");
    };
    let id = lock.transfer;
    let out = (TransferKey::Out(id), TransferStage::Final);
    ended(&ghana, out, 100 - TONNES, what);
    ghana.shutdown();
    let swiss = open(swiss_genesis(), swiss_key());
    let taken = (
        TransferKey::In(genesis().party, id),
        TransferStage::Acquired,
    );
    ended(&swiss, taken, 100 + TONNES, what);
    swiss.shutdown();
    for dir in ledgers(folder) {
        let reader = StoreReader::open(&dir).unwrap();
        verify(&reader, true, |_, _| ()).unwrap_or_else(|error| panic!("{what}: {error}"));
        assert_eq!(crossings(&reader), 1, "{what}: once on each side");
    }
}

fn ended(ledger: &Ledger, (key, stage): (TransferKey, TransferStage), tonnes: u64, what: &str) {
    ledger.handle().read(|state| {
        let known = state.transfer(&key).map(|it| it.stage);
        assert_eq!(known, Some(stage), "{what}");
        let available = state.balance(LedgerAccount::Available(AccountId(1)));
        assert_eq!(u64::try_from(available), Ok(tonnes), "{what}");
    });
}

/// How many locks and acquisitions a ledger holds.
fn crossings(reader: &StoreReader) -> usize {
    let mut leaves = reader.leaves(0..u64::MAX).unwrap();
    let mut count = 0;
    while let Some((_, leaf)) = leaves.next_leaf().unwrap() {
        let body = Record::decode(leaf).unwrap().body;
        count += usize::from(matches!(body, Body::Lock(_) | Body::Acquire(_)));
    }
    count
}

#[test]
fn nothing_is_lost_or_doubled_when_any_system_call_of_a_transfer_fails() {
    assert_eq!(genesis().origin.as_str(), ORIGIN);
    let template = tempfile::tempdir().unwrap();
    prepare(template.path());
    let counts = counted(template.path());
    assert!(counts["fdatasync"] >= 4, "each step is synced: {counts:?}");
    let (mut runs, mut stopped) = (0, 0);
    for (call, count) in &counts {
        for fault in FAULTS {
            for number in chosen(*count) {
                let what = format!("{call} {number} of {count}: {fault}");
                let folder = copy_of(template.path());
                let inject = format!("inject={call}:{fault}:when={number}");
                let mut args = vec!["-f".to_owned(), "-qq".to_owned(), "-o".to_owned()];
                args.push("/dev/null".to_owned());
                args.extend(["-e".to_owned(), format!("trace={call}")]);
                args.extend(["-e".to_owned(), inject]);
                args.extend(child(folder.path()));
                runs += 1;
                stopped += usize::from(!run("strace", &args).success());
                ends_well(folder.path(), &what);
            }
        }
    }
    println!("{counts:?}: {runs} faults, {stopped} of them stopped the transfer");
    assert!(
        stopped > runs / 3,
        "{stopped} of {runs}: the faults were not felt"
    );
}
