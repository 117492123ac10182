//! One test for each class of attack that TUF names, and for keys that are lost or stolen.

use countersign_protocol::trust::{
    Envelope, Json, MEMBER_BYTES_MAX, ROOT_BYTES_MAX, SNAPSHOT_BYTES_MAX, TARGETS_BYTES_MAX,
    TIMESTAMP_BYTES_MAX, Trust, TrustRefusal, TrustSource, TufKeyId,
};

use crate::world::{ROOT_KEYS, World, common, holder, log_key, member, now, put, role, root, time};

fn gh() -> countersign_protocol::trust::Member {
    member("GH", "GHA01", &[("0 -", 1)])
}

fn ch() -> countersign_protocol::trust::Member {
    member("CH", "CHE01", &[("0 -", 1)])
}

/// Refused, and the reader still holds what it held.
fn refuses(trust: &mut Trust, files: &crate::world::Files) -> TrustRefusal {
    let before = trust.to_settle().map(|it| it.members().clone());
    let refusal = trust.refresh(files, now()).unwrap_err();
    let after = trust.to_settle().map(|it| it.members().clone());
    assert_eq!(before, after, "a refused version changed the members");
    refusal
}

#[test]
fn a_registry_whose_first_root_was_not_pinned_is_never_begun_with() {
    let world = World::new();
    let mut other = world.clone();
    other.roots[0] = (
        root(1, &["GH", "thief", "VU"], 2, "server"),
        vec!["GH", "thief"],
    );
    let refused = Trust::bootstrap(&other.first_root(), &world.pin()).unwrap_err();
    assert!(
        matches!(refused, TrustRefusal::OtherRoot { .. }),
        "{refused}"
    );
}

#[test]
fn a_pinned_root_that_has_not_signed_itself_is_refused() {
    let mut world = World::new();
    world.roots[0].1 = vec!["GH"];
    let refused = Trust::bootstrap(&world.first_root(), &world.pin()).unwrap_err();
    assert!(
        matches!(
            refused,
            TrustRefusal::TooFewSignatures {
                have: 1,
                need: 2,
                ..
            }
        ),
        "{refused}"
    );
}

#[test]
fn arbitrary_installation_members_that_a_stranger_signed_are_refused() {
    let world = World::new();
    let mut trust = world.informed();
    let mut forged = world.with_members(&[gh(), ch()]);
    forged.members_signers = vec!["secretary", "GH"];
    let refused = refuses(&mut trust, &forged.files());
    assert!(
        matches!(&refused, TrustRefusal::TooFewSignatures { role, have: 1, .. } if role == "members"),
        "{refused}"
    );
}

#[test]
fn rollback_an_older_version_is_refused_and_named() {
    let old = World::new();
    let mut trust = old.with_members(&[gh(), ch()]).informed();
    let refused = refuses(&mut trust, &old.files());
    assert!(
        matches!(&refused, TrustRefusal::Rollback { what, found: 1, held: 2, .. } if what == "timestamp"),
        "{refused}"
    );
}

#[test]
fn rollback_holds_even_when_the_version_seen_was_never_complete() {
    let old = World::new();
    let mut trust = old.informed();
    let new = old.with_members(&[gh(), ch()]);
    let mut files = new.files();
    files.retain(|path, _| !path.ends_with("CHE01.txt"));
    let refused = refuses(&mut trust, &files);
    assert!(matches!(refused, TrustRefusal::Missing(_)), "{refused}");
    // A newer version is known to exist: nothing new begins under the old one, and nobody goes behind it.
    assert_eq!(
        trust.for_new_decisions(now()).unwrap_err(),
        TrustRefusal::Behind
    );
    assert!(matches!(
        refuses(&mut trust, &old.files()),
        TrustRefusal::Rollback { .. }
    ));
    assert!(trust.to_settle().is_some());
    trust.refresh(&new.files(), now()).unwrap();
    assert!(trust.for_new_decisions(now()).is_ok());
}

#[test]
fn indefinite_freeze_nothing_new_begins_once_a_file_has_expired_and_what_is_open_is_settled() {
    let world = World::new();
    let trust = world.informed();
    let moments = [
        ("timestamp", "2027-01-20T00:00:00Z"),
        ("snapshot", "2027-02-15T00:00:00Z"),
        ("root", "2027-12-31T00:00:00Z"),
    ];
    for (_, moment) in moments {
        let refused = trust.for_new_decisions(time(moment)).unwrap_err();
        assert!(matches!(refused, TrustRefusal::Expired { .. }), "{refused}");
        let view = trust.to_settle().unwrap();
        assert_eq!(view.keys_at("gh.example/ledger", 5).unwrap().len(), 1);
    }
    // The second before is still in time.
    assert!(
        trust
            .for_new_decisions(time("2027-01-19T23:59:59Z"))
            .is_ok()
    );
    // The same files are not taken in any more, and are what a restart begins with.
    let mut late = world.reader();
    let refused = late
        .refresh(&world.files(), time("2027-01-20T00:00:00Z"))
        .unwrap_err();
    assert!(matches!(refused, TrustRefusal::Expired { .. }), "{refused}");
    let mut restarted = world.reader();
    restarted.restore(&world.files()).unwrap();
    assert!(restarted.to_settle().is_some());
    assert!(
        restarted
            .for_new_decisions(time("2027-01-20T00:00:00Z"))
            .is_err()
    );
}

#[test]
fn freeze_each_file_has_its_own_expiry() {
    for at in 0..4 {
        let mut world = World::new();
        world.expires[at] = "2027-01-15T12:00:00Z";
        let refused = world.reader().refresh(&world.files(), now()).unwrap_err();
        assert!(
            matches!(refused, TrustRefusal::Expired { .. }),
            "{at}: {refused}"
        );
    }
}

#[test]
fn fast_forward_versions_that_were_run_up_are_forgotten_when_the_root_takes_the_key_away() {
    let world = World::new();
    let mut stolen = world.clone();
    stolen.version = u64::from(u32::MAX);
    let mut trust = stolen.informed();
    let next = world.with_members(&[gh(), ch()]);
    assert!(matches!(
        refuses(&mut trust, &next.files()),
        TrustRefusal::Rollback { .. }
    ));

    let mut mended = next.clone();
    mended.online = "new-server";
    mended
        .roots
        .push((root(2, &ROOT_KEYS, 2, "new-server"), vec!["GH", "CH"]));
    trust.refresh(&mended.files(), now()).unwrap();
    assert_eq!(trust.seen(), (Some(2), Some(2)));
    assert_eq!(trust.to_settle().unwrap().members().len(), 2);
}

#[test]
fn mix_and_match_files_of_two_versions_do_not_go_together() {
    let first = World::new();
    let second = first.with_members(&[gh(), ch()]);
    // Signed as the same version, and of the same length: only the hash in the snapshot tells them apart.
    let other = first.with_members(&[gh(), member("CH", "CHE01", &[("0 -", 2)])]);
    for (from, reason) in [(first, "another length"), (other, "another hash")] {
        let mut files = second.files();
        let path = format!("metadata/{}.members.json", from.members_version);
        let foreign = from.files().remove(&path).unwrap();
        files.insert("metadata/2.members.json".to_owned(), foreign);
        let refused = refuses(&mut World::new().informed(), &files);
        assert!(
            matches!(&refused, TrustRefusal::Mismatch { listed_in, .. } if listed_in.contains("snapshot")),
            "{refused}"
        );
        assert!(refused.to_string().contains(reason), "{refused}");
    }
}

#[test]
fn wrong_root_takes_both_the_old_and_the_new_threshold() {
    let world = World::new();
    let names = ["CH", "VU", "MW"];
    let by_old = world.with_root(&names, 2, &["GH", "CH"]).files();
    let by_new = world.with_root(&names, 2, &["MW", "VU"]).files();
    for files in [by_old, by_new] {
        let next = &files["metadata/2.root.json"];
        let mut trust = world.informed();
        let refused = trust.walk(next).unwrap_err();
        assert!(
            matches!(&refused, TrustRefusal::TooFewSignatures { file, have: 1, .. } if file.contains("root")),
            "{refused}"
        );
        assert_eq!(trust, world.informed(), "a refused root changed something");
    }
    let mut trust = world.informed();
    let both = world.with_root(&names, 2, &["GH", "CH", "MW"]);
    trust.walk(&both.files()["metadata/2.root.json"]).unwrap();
    assert_eq!(trust.root().common.version, 2);
}

#[test]
fn roots_are_walked_one_by_one() {
    let world = World::new();
    let third =
        world
            .with_root(&ROOT_KEYS, 2, &["GH", "CH"])
            .with_root(&ROOT_KEYS, 3, &["GH", "CH", "VU"]);
    let files = third.files();
    let refused = world
        .reader()
        .walk(&files["metadata/3.root.json"])
        .unwrap_err();
    assert!(
        matches!(
            refused,
            TrustRefusal::NotTheNextRoot {
                found: 3,
                expected: 2,
                ..
            }
        ),
        "{refused}"
    );
    let mut trust = world.reader();
    trust.walk(&files["metadata/2.root.json"]).unwrap();
    trust.walk(&files["metadata/3.root.json"]).unwrap();
    let refused = trust.walk(&files["metadata/3.root.json"]).unwrap_err();
    assert!(matches!(
        refused,
        TrustRefusal::NotTheNextRoot {
            found: 3,
            expected: 4,
            ..
        }
    ));
}

#[test]
fn fewer_than_the_threshold_of_stolen_keys_sign_nothing() {
    let world = World::new();
    let stolen = world.with_root(&["GH"], 1, &["GH"]);
    let refused = refuses(&mut world.informed(), &stolen.files());
    assert!(matches!(
        refused,
        TrustRefusal::TooFewSignatures {
            have: 1,
            need: 2,
            ..
        }
    ));
}

/// A source that never ends: it gives one byte more than it is asked for, of whatever file.
struct Endless(crate::world::Files, &'static str);

impl TrustSource for Endless {
    fn file(&self, path: &str, max: usize) -> Option<Vec<u8>> {
        if path.contains(self.1) {
            return Some(vec![b' '; max + 1]);
        }
        self.0.file(path, max)
    }
}

#[test]
fn endless_data_is_cut_at_the_limit_of_each_kind_of_file() {
    let world = World::new();
    let kinds = [
        ("2.root", ROOT_BYTES_MAX),
        ("timestamp", TIMESTAMP_BYTES_MAX),
        ("snapshot", SNAPSHOT_BYTES_MAX),
        ("1.targets", TARGETS_BYTES_MAX),
        ("1.members", TARGETS_BYTES_MAX),
        ("1.witnesses", TARGETS_BYTES_MAX),
        ("GHA01", MEMBER_BYTES_MAX),
        ("policy", countersign_protocol::trust::WITNESSES_BYTES_MAX),
    ];
    for (path, limit) in kinds {
        let source = Endless(world.files(), path);
        let refused = world.reader().refresh(&source, now()).unwrap_err();
        assert!(
            matches!(refused, TrustRefusal::TooLarge { max, .. } if max == limit),
            "{path}: {refused}"
        );
    }
}

#[test]
fn endless_roots_are_given_up() {
    /// Whoever holds the threshold of the root can sign roots for ever.
    struct Roots;
    impl TrustSource for Roots {
        fn file(&self, path: &str, _max: usize) -> Option<Vec<u8>> {
            let version = path.strip_prefix("metadata/")?.strip_suffix(".root.json")?;
            let meta = root(version.parse().ok()?, &["GH", "CH"], 1, "server");
            let mut files = crate::world::Files::new();
            Some(put(&mut files, "root", meta.write(), &["GH"]))
        }
    }
    let mut world = World::new();
    world.roots[0] = (root(1, &["GH", "CH"], 1, "server"), vec!["GH"]);
    let refused = world.reader().refresh(&Roots, now()).unwrap_err();
    assert_eq!(refused, TrustRefusal::TooManyRoots(1024));
}

#[test]
fn a_lost_keyholder_is_replaced_by_the_others() {
    let mut world = World::new();
    world.top_signers = vec!["GH", "CH"];
    // VU lost its key; GH and CH are enough to name a new one.
    let next = world.with_root(&["GH", "CH", "VU/second"], 2, &["GH", "CH"]);
    let mut trust = world.informed();
    trust.refresh(&next.files(), now()).unwrap();
    assert_eq!(trust.root().common.version, 2);
    // The lost key, found by somebody, signs nothing any more.
    let found = next.with_root(&["VU", "CH", "GH"], 2, &["VU", "GH"]);
    assert!(matches!(
        refuses(&mut trust, &found.files()),
        TrustRefusal::TooFewSignatures { have: 1, .. }
    ));
}

#[test]
fn what_a_keyholder_signed_who_is_gone_is_signed_again_and_until_then_settles_only() {
    // VU has signed who signs for members.
    let world = World::new();
    let mut trust = world.informed();
    let mut next = world.with_root(&["GH", "CH", "MW"], 2, &["GH", "CH"]);
    let refused = refuses(&mut trust, &next.files());
    assert!(
        matches!(&refused, TrustRefusal::TooFewSignatures { role, have: 1, .. } if role == "targets"),
        "{refused}"
    );
    assert_eq!(
        trust.for_new_decisions(now()).unwrap_err(),
        TrustRefusal::Behind
    );
    assert!(trust.to_settle().is_some());

    next.top.common.version = 2;
    next.top_signers = vec!["CH", "MW"];
    next.version += 1;
    trust.refresh(&next.files(), now()).unwrap();
    assert!(trust.for_new_decisions(now()).is_ok());
}

#[test]
fn a_key_counts_once_however_often_it_signs() {
    let world = World::new();
    let mut files = world.files();
    // The same signature twice in the list.
    let mut text = String::from_utf8(files["metadata/1.members.json"].clone()).unwrap();
    let id = TufKeyId::of(holder("secretary").verifier()).to_string();
    let other = TufKeyId::of(holder("auditor").verifier()).to_string();
    text = text.replace(&other, &id);
    files.insert("metadata/1.members.json".to_owned(), text.into_bytes());
    let refused = Envelope::parse(
        "1.members",
        &files["metadata/1.members.json"],
        TARGETS_BYTES_MAX,
    )
    .unwrap_err();
    assert!(refused.to_string().contains("signed twice"), "{refused}");
    // The same signature under another spelling of its id is no signature of a known key.
    let loud = String::from_utf8(world.files()["metadata/1.members.json"].clone()).unwrap();
    let loud = loud.replace(&other, &id.to_uppercase());
    let envelope = Envelope::parse("1.members", loud.as_bytes(), TARGETS_BYTES_MAX).unwrap();
    let keys = crate::world::ring(&crate::world::MEMBERS_KEYS);
    assert_eq!(envelope.signers(&keys).len(), 1);
}

#[test]
fn a_key_in_two_roles_signs_for_each_of_them_and_counts_once_in_each() {
    let mut world = World::new();
    let delegated = world.top.delegated.as_mut().unwrap();
    delegated.members = role(&["court", "auditor", "deputy"], 2);
    world.members_signers = vec!["court", "auditor"];
    assert!(world.reader().refresh(&world.files(), now()).is_ok());
    world.members_signers = vec!["court"];
    let refused = world.reader().refresh(&world.files(), now()).unwrap_err();
    assert!(matches!(
        refused,
        TrustRefusal::TooFewSignatures { have: 1, .. }
    ));
}

#[test]
fn files_of_a_rehearsal_are_never_taken_in_earnest_and_the_other_way_round() {
    let world = World::new();
    let mut trust = world.informed();
    let mut next = world.with_members(&[gh(), ch()]);
    next.top.common.federation.rehearsal = true;
    assert!(next.top.write().pretty().contains("\"rehearsal\": true"));
    let refused = refuses(&mut trust, &next.files());
    // Keyholders of a rehearsal are marked as such, so that their keys are refused before anything else.
    assert!(refused.to_string().contains("rehearsal"), "{refused}");

    let mut next = world.with_root(&ROOT_KEYS, 2, &["GH", "CH"]);
    next.roots[1].0.common.federation.name = "Another".parse().unwrap();
    let refused = refuses(&mut trust, &next.files());
    assert!(
        matches!(refused, TrustRefusal::OtherFederation { .. }),
        "{refused}"
    );
}

#[test]
fn a_key_that_was_made_in_a_rehearsal_is_refused_in_earnest() {
    let mut world = World::new();
    world.roots[0] = (
        root(1, &["GH", "CH", "rehearsal/VU"], 2, "server"),
        vec!["GH", "CH"],
    );
    let refused = Trust::bootstrap(&world.first_root(), &world.pin()).unwrap_err();
    assert!(
        refused.to_string().contains("made in a rehearsal"),
        "{refused}"
    );
}

#[test]
fn a_stolen_log_key_is_void_above_the_size_at_which_it_was_revoked() {
    let world = World::new();
    let revoked = member("GH", "GHA01", &[("0 900", 1), ("900 -", 2)]);
    let trust = world.with_members(&[revoked]).informed();
    let view = trust.to_settle().unwrap();
    let origin = "gh.example/ledger";
    let keys = |size| {
        view.keys_at(origin, size)
            .unwrap()
            .into_iter()
            .cloned()
            .collect::<Vec<_>>()
    };
    let [old, new] = [1, 2].map(|serial| log_key(origin, serial).verifier().clone());
    assert_eq!(keys(899), std::slice::from_ref(&old));
    assert_eq!(
        keys(900),
        [old, new.clone()],
        "both sign the checkpoint between them"
    );
    assert_eq!(keys(901), [new]);
}

#[test]
fn a_forged_list_is_mended_by_the_threshold_above_and_by_nobody_else() {
    let world = World::new();
    let revoked = member("GH", "GHA01", &[("0 10", 1), ("10 -", 7)]);
    let forged = world.with_members(&[revoked]);
    let mut trust = forged.informed();
    let honest = member("GH", "GHA01", &[("0 -", 1)]);
    let mended = forged.with_members(&[honest]);
    assert!(matches!(
        refuses(&mut trust, &mended.files()),
        TrustRefusal::Members(_)
    ));

    let mut mended = mended;
    mended.version += 1;
    mended.members_version += 1;
    mended.top.common = common(2, "2027-12-31T00:00:00Z");
    let delegated = mended.top.delegated.as_mut().unwrap();
    delegated
        .keys
        .extend(crate::world::ring(&["second-secretary", "second-auditor"]));
    delegated.members = role(&["second-secretary", "second-auditor", "deputy"], 2);
    mended.members_signers = vec!["second-secretary", "second-auditor"];
    trust.refresh(&mended.files(), now()).unwrap();
    assert_eq!(
        trust
            .to_settle()
            .unwrap()
            .keys_at("gh.example/ledger", 11)
            .unwrap()
            .len(),
        1
    );
}

#[test]
fn a_file_that_is_no_metadata_is_refused_with_its_place() {
    let world = World::new();
    for (text, place) in [
        ("[]", "the file"),
        (r#"{"signed":{"_type":"timestamp"}}"#, "signatures"),
        (
            r#"{"signatures":{},"signed":{"_type":"timestamp"}}"#,
            "signatures",
        ),
        (
            r#"{"signatures":[{"keyid":"a"}],"signed":{"_type":"x"}}"#,
            "signatures.0",
        ),
    ] {
        let mut files = world.files();
        files.insert(
            "metadata/timestamp.json".to_owned(),
            text.as_bytes().to_vec(),
        );
        let refused = world
            .reader()
            .refresh(&files, now())
            .unwrap_err()
            .to_string();
        assert!(refused.contains("metadata/timestamp.json"), "{refused}");
        assert!(refused.contains(place), "{refused}");
    }
    let many = vec![Json::object([("keyid", Json::text("a")), ("sig", Json::text("b"))]); 257];
    let whole = Json::object([
        ("signatures", Json::List(many)),
        ("signed", Json::object([("_type", Json::text("timestamp"))])),
    ]);
    let mut files = world.files();
    files.insert("metadata/timestamp.json".to_owned(), whole.canonical());
    let refused = world
        .reader()
        .refresh(&files, now())
        .unwrap_err()
        .to_string();
    assert!(refused.contains("257"), "{refused}");
}
