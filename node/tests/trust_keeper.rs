//! A node keeps the log of the trust registry's versions, whatever its sources leave out of it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::cast_possible_truncation,
    dead_code,
    missing_docs,
    unreachable_pub
)]

#[path = "../../protocol/tests/trust/world.rs"]
mod world;

use countersign_node::trust::TrustKeeper;
use countersign_protocol::log::{KeyKind, SignedNote, cosign};
use countersign_protocol::trust::{LOG_CHECKPOINT, LOG_ENTRIES, TrustLog};

use world::{Files, World, holder, key, member, now};

/// The files of a version with the log of it, cosigned by so many.
fn logged(world: &World, log: &mut TrustLog, witnesses: usize) -> Files {
    let mut files = world.files();
    log.append(world.informed().log_entry().unwrap());
    log.sign(&holder("server")).unwrap();
    let mut note = SignedNote::parse(log.note()).unwrap();
    for name in ["w1.example", "w2.example", "w3.example"]
        .into_iter()
        .take(witnesses)
    {
        let witness = key(name, KeyKind::CosignatureV1);
        note.add(cosign(note.text(), &witness, 1_800_000_000).unwrap())
            .unwrap();
    }
    log.cosigned(note.to_string());
    files.extend(log.files());
    files
}

fn begins(keeper: &TrustKeeper) -> bool {
    keeper.held().unwrap().for_new_decisions(now()).is_ok()
}

#[test]
fn what_one_source_left_out_is_taken_from_the_next_though_the_version_is_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let world = World::new();
    let mut log = TrustLog::new(&world.pin());
    let bare = logged(&world, &mut log, 0);
    let good = logged(&world, &mut log, 3);

    let dir = folder.path().join("trust");
    let keeper = TrustKeeper::open(dir.clone(), world.pin()).unwrap();
    keeper.take_in(&bare, now()).unwrap();
    assert!(!begins(&keeper));
    assert!(keeper.take_in(&good, now()).unwrap().is_some());
    assert!(begins(&keeper));
    assert!(
        keeper.take_in(&bare, now()).unwrap().is_none(),
        "it has what it needs"
    );
    assert!(
        begins(&TrustKeeper::open(dir, world.pin()).unwrap()),
        "it is on the disk"
    );
}

#[test]
fn an_older_log_that_comes_with_a_newer_version_is_not_written_over_the_one_that_is_held() {
    let folder = tempfile::tempdir().unwrap();
    let world = World::new();
    let mut log = TrustLog::new(&world.pin());
    let first = logged(&world, &mut log, 3);
    let second = world.with_members(&[
        member("GH", "GHA01", &[("0 -", 1)]),
        member("CH", "CHE01", &[("0 -", 1)]),
    ]);
    let newest = logged(&second, &mut log, 3);

    let dir = folder.path().join("trust");
    let keeper = TrustKeeper::open(dir.clone(), world.pin()).unwrap();
    keeper.take_in(&newest, now()).unwrap();
    let mut third = second.clone();
    third.version += 1;
    let mut behind = third.files();
    behind.extend([LOG_ENTRIES, LOG_CHECKPOINT].map(|it| (it.to_owned(), first[it].clone())));
    keeper.take_in(&behind, now()).unwrap();
    // The third is the second under another timestamp: the log that is held has it.
    assert!(begins(&keeper));
    assert!(begins(&TrustKeeper::open(dir, world.pin()).unwrap()));
}
