//! A witness compares and remembers in one step, and remembers across restarts.

use std::path::Path;
use std::sync::{Arc, Barrier};

use countersign_node::witness::{
    Reply, Witness, WitnessError, WitnessStore, WitnessStoreError, origin_hash,
};
use countersign_protocol::log::{
    Checkpoint, Equivocation, KeyKind, SignatureLine, SignedNote, SignerKey,
};

use crate::world::{Log, NOW_S, ORIGIN, witness, witness_key};

fn reopen(number: u8, dir: &Path) -> Witness {
    let witness = Witness::new(WitnessStore::open(dir).unwrap(), witness_key(number)).unwrap();
    witness.set_log(ORIGIN, Log::new("honest").keys());
    witness
}

fn conflict(stored: u64) -> Reply {
    Reply {
        status: 409,
        body: format!("{stored}\n"),
    }
}

fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        if entry.file_name() != "LOCK" {
            std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
        }
    }
}

#[test]
fn a_cosignature_is_true_and_readable_afterwards() {
    let dir = tempfile::tempdir().unwrap();
    let (log, witness) = (Log::new("honest"), witness(1, &dir.path().join("w")));
    assert_eq!(witness.latest(origin_hash(ORIGIN)).unwrap(), None);
    let reply = witness.add_checkpoint(&log.request(0, 5), NOW_S);
    assert_eq!(reply.status, 200);
    let line = SignatureLine::parse(&reply.body).unwrap();
    let text = log.head(5).to_text();
    assert_eq!(
        line.verify(&text, witness_key(1).verifier()),
        Ok(Some(NOW_S))
    );

    let latest = witness.latest(origin_hash(ORIGIN)).unwrap().unwrap();
    let (note, head) = Checkpoint::parse_note(&latest).unwrap();
    assert_eq!(head, log.head(5));
    let both = [
        log.key.verifier().clone(),
        witness_key(1).verifier().clone(),
    ];
    assert_eq!(note.verify(&both).unwrap().len(), 2);
    assert_eq!(
        witness.cosigned_at(origin_hash(ORIGIN)).unwrap(),
        Some(NOW_S)
    );
}

#[test]
fn each_refusal_has_the_status_of_the_protocol() {
    let dir = tempfile::tempdir().unwrap();
    let (log, witness) = (Log::new("honest"), witness(1, &dir.path().join("w")));
    let status = |body: &str| witness.add_checkpoint(body, NOW_S).status;
    assert_eq!(status(&log.request(0, 5)), 200);
    assert_eq!(status("nonsense"), 400, "malformed");
    assert_eq!(
        status(&log.request(5, 9).replacen("old 5", "old 10", 1)),
        400,
        "old above new"
    );
    let stranger = SignerKey::from_seed(ORIGIN, KeyKind::Ed25519, &[9; 32]).unwrap();
    let unsigned = format!("old 5\n\n{}", log.head(5).sign(&stranger).unwrap());
    assert_eq!(status(&unsigned), 403, "no known key");
    assert_eq!(
        status(&log.request(5, 9).replacen("\n9\n", "\n8\n", 1)),
        403,
        "changed text"
    );
    let other = SignerKey::from_seed("xx.example/log", KeyKind::Ed25519, &[9; 32]).unwrap();
    let head = Checkpoint {
        origin: "xx.example/log".into(),
        ..log.head(5)
    };
    assert_eq!(
        status(&format!("old 0\n\n{}", head.sign(&other).unwrap())),
        404,
        "unknown log"
    );
    assert_eq!(
        witness.add_checkpoint(&log.request(0, 9), NOW_S),
        conflict(5),
        "stale"
    );
    let fork = Log::new("fork");
    assert_eq!(status(&fork.request(5, 9)), 422, "another history");
    assert_eq!(status(&fork.request(5, 5)), 422, "another root");
    assert_eq!(
        status(&log.request(5, 9).replacen(
            "\n\n",
            "\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n\n",
            1
        )),
        422
    );
    assert_eq!(
        status(&log.request(5, 9)),
        200,
        "none of that changed anything"
    );
    assert_eq!(status(&log.request(9, 9)), 200, "the same again");
}

#[test]
fn a_clock_before_1970_is_no_reason_to_sign_nonsense() {
    let dir = tempfile::tempdir().unwrap();
    let (log, witness) = (Log::new("honest"), witness(1, &dir.path().join("w")));
    assert_eq!(witness.add_checkpoint(&log.request(0, 5), 0).status, 500);
    assert_eq!(
        witness.latest(origin_hash(ORIGIN)).unwrap(),
        None,
        "nothing was promised"
    );
}

#[test]
fn a_restart_keeps_every_promise() {
    let dir = tempfile::tempdir().unwrap();
    let (log, path) = (Log::new("honest"), dir.path().join("w"));
    let first = witness(1, &path);
    assert_eq!(first.add_checkpoint(&log.request(0, 5), NOW_S).status, 200);
    assert_eq!(first.add_checkpoint(&log.request(5, 8), NOW_S).status, 200);
    let promised = first.latest(origin_hash(ORIGIN)).unwrap();
    drop(first);
    let second = reopen(1, &path);
    assert_eq!(second.latest(origin_hash(ORIGIN)).unwrap(), promised);
    assert_eq!(
        second.add_checkpoint(&log.request(0, 5), NOW_S),
        conflict(8)
    );
    assert_eq!(
        second
            .add_checkpoint(&Log::new("fork").request(8, 9), NOW_S)
            .status,
        422
    );
    assert_eq!(second.add_checkpoint(&log.request(8, 9), NOW_S).status, 200);
}

#[test]
fn what_was_answered_is_on_the_disk_already() {
    let dir = tempfile::tempdir().unwrap();
    let (log, path) = (Log::new("honest"), dir.path().join("w"));
    let living = witness(1, &path);
    for size in 1..=20 {
        assert_eq!(
            living
                .add_checkpoint(&log.request(size - 1, size), NOW_S)
                .status,
            200
        );
        // The files as a power cut at this moment would leave them.
        let copy = dir.path().join(format!("copy {size}"));
        copy_folder(&path, &copy);
        let restored = reopen(1, &copy);
        assert_eq!(
            restored.add_checkpoint(&log.request(0, 5), NOW_S),
            conflict(size)
        );
    }
}

#[test]
fn of_two_submissions_from_one_size_exactly_one_wins() {
    let dir = tempfile::tempdir().unwrap();
    let witness = Arc::new(witness(1, &dir.path().join("w")));
    let (honest, fork) = (Log::new("honest"), Log::new("fork"));
    let mut old = 1;
    assert_eq!(
        witness.add_checkpoint(&honest.request(0, 1), NOW_S).status,
        200
    );
    // Both begin with the same first leaf; the winner of the first race decides the line for good.
    let mut line: Option<bool> = None;
    for round in 0..30 {
        let requests = [honest.request(old, old + 1), fork.request(old, old + 2)];
        let start = Arc::new(Barrier::new(2));
        let racers: Vec<_> = requests
            .into_iter()
            .map(|request| {
                let (witness, start) = (Arc::clone(&witness), Arc::clone(&start));
                std::thread::spawn(move || {
                    start.wait();
                    witness.add_checkpoint(&request, NOW_S).status
                })
            })
            .collect();
        let statuses: Vec<u16> = racers
            .into_iter()
            .map(|racer| racer.join().unwrap())
            .collect();
        let won: Vec<bool> = statuses.iter().map(|status| *status == 200).collect();
        assert_eq!(
            won.iter().filter(|won| **won).count(),
            1,
            "round {round}: {statuses:?}"
        );
        let honest_won = won[0];
        assert_eq!(
            *line.get_or_insert(honest_won),
            honest_won,
            "the line never changes"
        );
        old += if honest_won { 1 } else { 2 };
    }
}

#[test]
fn a_burst_of_submissions_leaves_the_largest_and_never_goes_back() {
    let dir = tempfile::tempdir().unwrap();
    let witness = Arc::new(witness(1, &dir.path().join("w")));
    let log = Arc::new(Log::new("honest"));
    let racers: Vec<_> = (0..8)
        .map(|_| {
            let (witness, log) = (Arc::clone(&witness), Arc::clone(&log));
            std::thread::spawn(move || {
                let mut old = 0;
                let mut wins = 0;
                for size in 1..=40 {
                    let reply = witness.add_checkpoint(&log.request(old.min(size), size), NOW_S);
                    match reply.status {
                        200 => {
                            wins += 1;
                            old = size;
                        }
                        409 => {
                            let stored: u64 = reply.body.trim().parse().unwrap();
                            assert!(
                                stored >= old,
                                "the witness went back from {old} to {stored}"
                            );
                            old = stored;
                        }
                        other => panic!("{other}: {}", reply.body),
                    }
                }
                wins
            })
        })
        .collect();
    let wins: u32 = racers.into_iter().map(|racer| racer.join().unwrap()).sum();
    assert!(wins >= 1);
    let (_, head) =
        Checkpoint::parse_note(&witness.latest(origin_hash(ORIGIN)).unwrap().unwrap()).unwrap();
    assert!(head.size <= 40 && head == log.head(head.size));
}

#[test]
fn a_log_that_signs_two_trees_of_one_size_leaves_evidence() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("w");
    let (log, watching) = (Log::new("honest"), witness(1, &path));
    assert_eq!(
        watching.add_checkpoint(&log.request(0, 5), NOW_S).status,
        200
    );
    assert_eq!(watching.evidence(origin_hash(ORIGIN)).unwrap(), None);
    assert_eq!(
        watching
            .add_checkpoint(&Log::new("fork").request(5, 5), NOW_S)
            .status,
        422
    );
    drop(watching);
    let evidence = reopen(1, &path)
        .evidence(origin_hash(ORIGIN))
        .unwrap()
        .unwrap();
    let proven = evidence
        .parse::<Equivocation>()
        .unwrap()
        .check(&log.keys())
        .unwrap();
    assert_eq!((proven.origin.as_str(), proven.size), (ORIGIN, 5));
}

#[test]
fn only_the_lines_of_the_log_and_of_the_witness_are_remembered() {
    let dir = tempfile::tempdir().unwrap();
    let (log, witness) = (Log::new("honest"), witness(1, &dir.path().join("w")));
    let mut note = SignedNote::parse(&log.note(5)).unwrap();
    let stranger = SignerKey::from_seed("spam", KeyKind::Ed25519, &[8; 32]).unwrap();
    note.add(SignedNote::sign("x\n", &stranger).unwrap().signatures()[0].clone())
        .unwrap();
    assert_eq!(
        witness
            .add_checkpoint(&format!("old 0\n\n{note}"), NOW_S)
            .status,
        200
    );
    let latest = witness.latest(origin_hash(ORIGIN)).unwrap().unwrap();
    assert!(!latest.contains("spam"), "{latest}");
}

#[test]
fn keys_can_be_rotated_and_logs_removed() {
    let dir = tempfile::tempdir().unwrap();
    let (log, witness) = (Log::new("honest"), witness(1, &dir.path().join("w")));
    assert_eq!(
        witness.add_checkpoint(&log.request(0, 5), NOW_S).status,
        200
    );
    let next = SignerKey::from_seed(ORIGIN, KeyKind::Ed25519, &[2; 32]).unwrap();
    witness.set_log(ORIGIN, vec![next.verifier().clone()]);
    assert_eq!(
        witness.add_checkpoint(&log.request(5, 6), NOW_S).status,
        403
    );
    let proof = log.request(5, 6);
    let (head, _) = proof.split_once("\n\n").unwrap();
    let rotated = format!("{head}\n\n{}", log.head(6).sign(&next).unwrap());
    assert_eq!(
        witness.add_checkpoint(&rotated, NOW_S).status,
        200,
        "and the old promise holds"
    );
    witness.remove_log(ORIGIN);
    assert_eq!(
        witness.add_checkpoint(&log.request(6, 7), NOW_S).status,
        404
    );
    assert!(witness.latest(origin_hash(ORIGIN)).unwrap().is_some());
}

#[test]
fn a_witness_does_not_start_on_the_wrong_folder_or_key() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("w");
    assert!(matches!(
        WitnessStore::open(&path),
        Err(WitnessStoreError::Absent { .. })
    ));
    std::fs::create_dir(&path).unwrap();
    assert!(matches!(
        WitnessStore::open(&path),
        Err(WitnessStoreError::Absent { .. })
    ));
    let store = WitnessStore::create(&path, "w1.example").unwrap();
    assert!(matches!(
        WitnessStore::open(&path),
        Err(WitnessStoreError::InUse { .. })
    ));
    assert!(matches!(
        WitnessStore::create(&path, "w1.example"),
        Err(WitnessStoreError::Exists { .. })
    ));
    let other = Witness::new(store, witness_key(2));
    assert!(matches!(other, Err(WitnessError::OtherWitness { .. })));
    let log_key = SignerKey::from_seed("w1.example", KeyKind::Ed25519, &[1; 32]).unwrap();
    let wrong = Witness::new(WitnessStore::open(&path).unwrap(), log_key);
    assert!(matches!(wrong, Err(WitnessError::NotACosigner { .. })));
    assert!(Witness::new(WitnessStore::open(&path).unwrap(), witness_key(1)).is_ok());

    let foreign = dir.path().join("foreign");
    let mut options = rocksdb::Options::default();
    options.create_if_missing(true);
    drop(rocksdb::DB::open(&options, &foreign).unwrap());
    assert!(matches!(
        WitnessStore::open(&foreign),
        Err(WitnessStoreError::Schema { .. })
    ));
}

#[test]
fn damage_to_a_promise_is_noticed_before_anything_is_cosigned() {
    let dir = tempfile::tempdir().unwrap();
    let (log, path) = (Log::new("honest"), dir.path().join("w"));
    let first = witness(1, &path);
    for size in 1..=5 {
        assert_eq!(
            first
                .add_checkpoint(&log.request(size - 1, size), NOW_S)
                .status,
            200
        );
    }
    let copy = dir.path().join("copy");
    copy_folder(&path, &copy);
    let wal = std::fs::read_dir(&copy)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|path| path.extension().is_some_and(|extension| extension == "log"))
        .unwrap();
    let bytes = std::fs::read(&wal).unwrap();
    for place in (0..bytes.len() - 1).step_by(37) {
        let mut damaged = bytes.clone();
        damaged[place] ^= 0x10;
        std::fs::write(&wal, &damaged).unwrap();
        let _ = std::fs::remove_file(copy.join("LOCK"));
        // It does not open, or it still knows all that it promised, or only the last record, torn, is gone.
        if let Ok(store) = WitnessStore::open(&copy) {
            let latest = store.latest(origin_hash(ORIGIN)).unwrap();
            let size = latest.map(|note| Checkpoint::parse_note(&note).unwrap().1.size);
            assert!(size >= Some(4), "byte {place} of {}: {size:?}", bytes.len());
        }
        // Opening may have moved the log on: begin again from the copy of the living store.
        std::fs::remove_dir_all(&copy).unwrap();
        copy_folder(&path, &copy);
    }
    // A kind of record at which RocksDB would read for ever.
    let mut damaged = bytes;
    damaged[6] ^= 4;
    std::fs::write(&wal, &damaged).unwrap();
    assert!(matches!(
        WitnessStore::open(&copy),
        Err(WitnessStoreError::Damaged { .. })
    ));
}
