//! The log of the registry's versions: nobody is shown another registry than everybody else, or it is seen.

use countersign_protocol::log::{KeyKind, SignedNote, cosign};
use countersign_protocol::trust::{LOG_CHECKPOINT, LOG_ENTRIES, Trust, TrustLog, TrustRefusal};

use crate::world::{Files, World, holder, key, member, now};

const WITNESSES: [&str; 4] = ["w1.example", "w2.example", "w3.example", "w4.example"];

/// The files of a version with the log that it continues, cosigned by so many witnesses.
fn logged(world: &World, log: &mut TrustLog, witnesses: usize) -> Files {
    let mut files = world.files();
    log.append(world.informed().log_entry().unwrap());
    sign(log, "server", witnesses);
    files.extend(log.files());
    files
}

fn sign(log: &mut TrustLog, online: &str, witnesses: usize) {
    log.sign(&holder(online)).unwrap();
    let mut note = SignedNote::parse(log.note()).unwrap();
    for name in &WITNESSES[..witnesses] {
        let witness = key(name, KeyKind::CosignatureV1);
        let line = cosign(note.text(), &witness, 1_800_000_000).unwrap();
        note.add(line).unwrap();
    }
    log.cosigned(note.to_string());
}

fn reads(world: &World, files: &Files) -> Trust {
    let mut trust = world.reader();
    trust.refresh(files, now()).unwrap();
    trust
}

fn second(world: &World) -> World {
    let ghana = member("GH", "GHA01", &[("0 -", 1)]);
    let switzerland = member("CH", "CHE01", &[("0 -", 1)]);
    world.with_members(&[ghana, switzerland])
}

#[test]
fn a_registry_without_a_log_is_as_it_was() {
    let trust = World::new().informed();
    assert!(trust.log().is_none());
    trust.for_new_decisions(now()).unwrap();
}

#[test]
fn a_version_that_is_in_the_log_under_a_quorum_counts_for_new_decisions() {
    let world = World::new();
    let mut log = TrustLog::new(&world.pin());
    let mut trust = reads(&world, &logged(&world, &mut log, 3));
    trust.for_new_decisions(now()).unwrap();
    assert_eq!(trust.log().unwrap().size(), 1);

    let next = second(&world);
    trust.refresh(&logged(&next, &mut log, 3), now()).unwrap();
    trust.for_new_decisions(now()).unwrap();
    assert_eq!(trust.log().unwrap().size(), 2);
}

#[test]
fn once_a_log_was_seen_a_version_beside_it_begins_nothing_and_settles_what_is_open() {
    let world = World::new();
    let mut log = TrustLog::new(&world.pin());
    let mut trust = reads(&world, &logged(&world, &mut log, 3));
    let next = second(&world);

    // The threshold has signed it, and it is shown to this reader alone: with no log at all, or with the log as it was.
    let mut beside = next.files();
    beside.extend(log.files());
    for files in [next.files(), beside] {
        trust.refresh(&files, now()).unwrap();
        assert_eq!(
            trust.for_new_decisions(now()).err(),
            Some(TrustRefusal::NotLogged)
        );
        assert_eq!(trust.to_settle().unwrap().members().iter().count(), 2);
    }
}

#[test]
fn two_registries_are_seen_by_whoever_meets_both() {
    let world = World::new();
    let mut log = TrustLog::new(&world.pin());
    let first = logged(&world, &mut log, 3);
    let mut other = log.clone();
    let mut trust = reads(&world, &first);
    trust
        .refresh(&logged(&second(&world), &mut log, 3), now())
        .unwrap();
    let held = trust.clone();

    // Another second version, with a log of its own: the first entry is the same, the second is not.
    let three = ["GH GHA01", "CH CHE01", "VU VUT01"].map(|it| {
        let (party, registry) = it.split_once(' ').unwrap();
        member(party, registry, &[("0 -", 1)])
    });
    let mut elsewhere = world.with_members(&three);
    elsewhere.version += 1;
    elsewhere.members_version += 1;
    let mut reader = reads(&world, &first);
    let split = logged(&elsewhere, &mut other, 3);
    reader.refresh(&split, now()).unwrap();
    let refused = trust.refresh(&split, now()).unwrap_err();
    assert_eq!(refused, TrustRefusal::LogForked);
    assert_eq!(
        trust.to_settle().unwrap().members(),
        held.to_settle().unwrap().members()
    );
}

#[test]
fn a_log_without_a_quorum_begins_nothing() {
    let world = World::new();
    for witnesses in [0, 2] {
        let mut log = TrustLog::new(&world.pin());
        let trust = reads(&world, &logged(&world, &mut log, witnesses));
        let refused = trust.for_new_decisions(now()).err().unwrap();
        assert!(
            matches!(refused, TrustRefusal::LogNotWitnessed(_)),
            "{refused}"
        );
        assert!(trust.to_settle().is_some());
    }
}

#[test]
fn an_older_log_changes_nothing() {
    let world = World::new();
    let mut log = TrustLog::new(&world.pin());
    let first = logged(&world, &mut log, 3);
    let second = logged(&second(&world), &mut log, 3);
    let mut trust = reads(&world, &second);
    let mut behind = second.clone();
    behind.extend([LOG_ENTRIES, LOG_CHECKPOINT].map(|it| (it.to_owned(), first[it].clone())));
    trust.refresh(&behind, now()).unwrap();
    assert_eq!(trust.log().unwrap().size(), 2);
    trust.for_new_decisions(now()).unwrap();
}

#[test]
fn a_log_that_is_altered_cut_or_signed_by_somebody_else_is_refused_with_its_version() {
    let world = World::new();
    let mut log = TrustLog::new(&world.pin());
    let good = logged(&world, &mut log, 3);
    let with = |path: &str, bytes: Vec<u8>| {
        let mut files = good.clone();
        files.insert(path.to_owned(), bytes);
        files
    };
    let entries = String::from_utf8(good[LOG_ENTRIES].clone()).unwrap();
    let mut stranger = log.clone();
    sign(&mut stranger, "secretary", 3);
    let cases = [
        with(
            LOG_ENTRIES,
            entries.replace("root 1", "root 2").into_bytes(),
        ),
        with(LOG_ENTRIES, entries.trim_end().as_bytes().to_vec()),
        with(LOG_ENTRIES, Vec::new()),
        with(LOG_ENTRIES, vec![0xff; 100]),
        with(LOG_CHECKPOINT, b"not a note".to_vec()),
        with(LOG_CHECKPOINT, stranger.note().as_bytes().to_vec()),
    ];
    for files in cases {
        let mut trust = world.reader();
        let refused = trust.refresh(&files, now()).unwrap_err();
        assert!(matches!(refused, TrustRefusal::Log(_)), "{refused}");
        assert!(trust.to_settle().is_none(), "nothing of it is taken in");
    }
    let mut large = good.clone();
    large.insert(LOG_ENTRIES.to_owned(), vec![b'a'; 300 * 1024]);
    let refused = world.reader().refresh(&large, now()).unwrap_err();
    assert!(
        matches!(refused, TrustRefusal::TooLarge { .. }),
        "{refused}"
    );
}

#[test]
fn nobody_makes_the_witnesses_fewer_by_leaving_lines_out() {
    let world = World::new();
    let mut log = TrustLog::new(&world.pin());
    let good = logged(&world, &mut log, 3);
    sign(&mut log, "server", 0);
    let mut bare = good.clone();
    bare.extend(log.files());

    let mut trust = reads(&world, &good);
    trust.refresh(&bare, now()).unwrap();
    trust.for_new_decisions(now()).unwrap();

    // Whoever heard the others first comes right as soon as somebody gives all of it.
    let mut late = reads(&world, &bare);
    assert!(late.for_new_decisions(now()).is_err());
    late.refresh(&good, now()).unwrap();
    late.for_new_decisions(now()).unwrap();
}

#[test]
fn what_a_reader_stored_settles_although_the_server_signs_with_another_key_by_now() {
    let world = World::new();
    let mut log = TrustLog::new(&world.pin());
    let mut stored = logged(&world, &mut log, 3);
    let mut next = world.clone();
    next.online = "server-2";
    next.version += 1;
    let next = next.with_root(&crate::world::ROOT_KEYS, 2, &["GH", "CH"]);
    stored.extend(next.files());

    assert!(world.reader().refresh(&stored, now()).is_err());
    let mut trust = world.reader();
    trust.restore(&stored).unwrap();
    assert!(trust.to_settle().is_some());
    let refused = trust.for_new_decisions(now()).err();
    assert_eq!(refused, Some(TrustRefusal::NotLogged));
}
