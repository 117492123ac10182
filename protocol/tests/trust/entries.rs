//! Entries of members, and what they say of a checkpoint.

use countersign_protocol::log::{Checkpoint, SignedNote, cosign};
use countersign_protocol::trust::{
    Head, KeyRefusal, Member, MemberError, Members, MembersFault, Settling, Standing, Trust,
};

use crate::world::{World, log_key, member, now, witness};

const ORIGIN: &str = "gh.example/ledger";

/// The text of Ghana's entry with one thing changed.
fn changed(from: &str, to: &str) -> Result<Member, MemberError> {
    let text = member("GH", "GHA01", &[("0 900", 1), ("900 -", 2)]).to_string();
    assert!(text.contains(from), "{from:?} is not in the entry");
    Member::parse(text.replace(from, to).as_bytes())
}

#[test]
fn an_entry_prints_as_it_was_read() {
    let text = include_str!("fixtures/member-v1.txt");
    let read = Member::parse(text.as_bytes()).unwrap();
    assert_eq!(read.to_string(), text);
    assert_eq!(read.target(), "members/GHA01.txt");
    assert_eq!(read.log_keys.len(), 2);
}

#[test]
fn each_rule_of_an_entry_has_its_refusal() {
    let cases = [
        ("party GH", "party CH", "not one of CH"),
        ("status active", "status away", "active, frozen or closed"),
        ("status active", "status frozen", "has a reason"),
        ("status active", "status closed", "final checkpoint"),
        ("log-key 0 900", "log-key 1 900", "log key 1"),
        ("log-key 0 900", "log-key 0 -", "log key 2"),
        ("log-key 900 -", "log-key 899 -", "log key 2"),
        ("log-key 900 -", "log-key 902 -", "log key 2"),
        ("log-key 900 -", "log-key 900 899", "log key 2"),
        ("log-key 900 -", "log-key 900 x", "line"),
        (
            "origin gh.example/ledger",
            "origin gh2.example/ledger",
            "named after the origin",
        ),
        ("countersign-member/v1", "countersign-member/v2", "line 1"),
        ("since 2026-11-22T10:00:00Z", "since yesterday", "since"),
        ("peer ", "peer 0", "peer"),
        ("peer ", "pear ", "pear"),
        ("status active\n", "status active\n\n", "line"),
    ];
    for (from, to, reason) in cases {
        let refused = changed(from, to).unwrap_err().to_string();
        assert!(refused.contains(reason), "{to}: {refused}");
    }
    assert!(changed("log-key 900 -", "log-key 901 -").is_ok());
    let long = format!("reason {}\nlog-key", "x".repeat(40_000));
    assert!(
        changed("log-key", &long)
            .unwrap_err()
            .to_string()
            .contains("bytes")
    );
    assert_eq!(
        Member::parse(&[0xff, 0xfe]).unwrap_err(),
        MemberError::Spelling
    );
}

#[test]
fn one_key_serves_one_purpose_in_an_entry() {
    let [first, second] = [1, 2].map(|serial| log_key(ORIGIN, serial).verifier().to_string());
    let refused = changed(&second, &first).unwrap_err();
    assert!(matches!(refused, MemberError::SharedKey(_)), "{refused}");
    let cosigner = witness("gh.example/witness").verifier().to_string();
    let refused = changed(&cosigner, &second).unwrap_err();
    assert!(matches!(refused, MemberError::CosignerKey(_)), "{refused}");
}

#[test]
fn two_members_share_nothing() {
    let gh = member("GH", "GHA01", &[("0 -", 1)]);
    let mut ch = member("CH", "CHE01", &[("0 -", 1)]);
    ch.peers.clone_from(&gh.peers);
    let refused = Members::new([gh.clone(), ch]).unwrap_err();
    assert!(
        matches!(
            refused,
            MembersFault::Shared {
                what: "peer id",
                ..
            }
        ),
        "{refused}"
    );
    let mut ch = member("CH", "CHE01", &[("0 -", 1)]);
    ch.cosigner_key = gh.cosigner_key.clone();
    assert!(matches!(
        Members::new([gh.clone(), ch]),
        Err(MembersFault::Shared { what: "key", .. })
    ));
    let second = member("GH", "GHA02", &[("0 -", 2)]);
    assert!(Members::new([gh, second]).is_err());
}

#[test]
fn a_country_has_a_new_ledger_when_the_old_one_is_closed() {
    let mut old = member("GH", "GHA01", &[("0 -", 1)]);
    let mut new = member("GH", "GHA02", &[("0 -", 2)]);
    let text = new.to_string().replace("gh.example", "gh2.example");
    assert!(
        Member::parse(text.as_bytes()).is_err(),
        "the key is named after the origin"
    );
    new.origin = "gh2.example/ledger".parse().unwrap();
    new.log_keys[0].key = log_key("gh2.example/ledger", 2).verifier().clone();
    new.cosigner_key = witness("gh2.example/witness").verifier().clone();
    new.peers = vec!["12D3KooWGH2".parse().unwrap()];
    let both = Members::new([old.clone(), new.clone()]).unwrap_err();
    assert!(matches!(both, MembersFault::PartyTwice(_)), "{both}");
    old.standing = Standing::Closed {
        reason: "the ledger was lost".parse().unwrap(),
        head: Head {
            size: 812,
            root: [1; 32],
        },
    };
    let both = Members::new([old.clone(), new]).unwrap();
    assert_eq!(
        both.of_party("GH".parse().unwrap())
            .unwrap()
            .registry
            .to_string(),
        "GHA02"
    );
    // Up to its final head the old one still proves what it proved.
    assert_eq!(old.keys_at(812).count(), 1);
    assert_eq!(old.keys_at(813).count(), 0);
}

#[test]
fn what_was_decided_of_a_member_is_not_undone() {
    let gh = |keys: &[(&str, u8)]| Members::new([member("GH", "GHA01", keys)]).unwrap();
    let now = gh(&[("0 900", 1), ("900 -", 2)]);
    let allowed = [
        gh(&[("0 900", 1), ("900 -", 2)]),
        gh(&[("0 900", 1), ("900 1000", 2)]),
        gh(&[("0 900", 1), ("900 1000", 2), ("1001 -", 3)]),
    ];
    for next in allowed {
        assert_eq!(next.check_follows(&now), Ok(()));
    }
    let refused = [
        gh(&[("0 -", 1)]),
        gh(&[("0 901", 1), ("901 -", 2)]),
        gh(&[("0 900", 2), ("900 -", 1)]),
        gh(&[("0 900", 1)]),
        Members::default(),
    ];
    for next in refused {
        assert!(next.check_follows(&now).is_err(), "{next:?}");
    }
    // A key that was revoked and has no successor yet.
    let revoked = gh(&[("0 900", 1)]);
    assert_eq!(gh(&[("0 899", 1)]).check_follows(&revoked), Ok(()));
    for next in [gh(&[("0 901", 1)]), gh(&[("0 -", 1)])] {
        let fault = next.check_follows(&revoked).unwrap_err();
        assert!(
            matches!(fault, MembersFault::KeyHistory { at: 1, .. }),
            "{fault}"
        );
    }
}

fn checkpoint(size: u64, serial: u8, cosigners: &[&str]) -> SignedNote {
    let checkpoint = Checkpoint {
        origin: ORIGIN.to_owned(),
        size,
        root: [7; 32],
    };
    let text = checkpoint.sign(&log_key(ORIGIN, serial)).unwrap();
    let mut note = SignedNote::parse(&text).unwrap();
    for name in cosigners {
        let line = cosign(note.text(), &witness(name), 1_800_000_000).unwrap();
        note.add(line).unwrap();
    }
    note
}

fn rotated() -> Trust {
    World::new()
        .with_members(&[member("GH", "GHA01", &[("0 900", 1), ("900 -", 2)])])
        .informed()
}

const QUORUM: [&str; 3] = ["w1.example", "w2.example", "w3.example"];

#[test]
fn a_checkpoint_is_believed_by_the_key_of_its_size_and_a_quorum() {
    let trust = rotated();
    let view: Settling<'_> = trust.to_settle().unwrap();
    assert!(view.check(&checkpoint(900, 1, &QUORUM)).is_ok());
    assert!(view.check(&checkpoint(901, 2, &QUORUM)).is_ok());
    let refused = view.check(&checkpoint(901, 1, &QUORUM)).unwrap_err();
    assert!(
        refused.to_string().contains("no signature by a key"),
        "{refused}"
    );
    let refused = view.check(&checkpoint(901, 2, &QUORUM[..2])).unwrap_err();
    assert!(refused.to_string().contains("only 2 of the 3"), "{refused}");
}

#[test]
fn a_members_own_witness_does_not_count_for_its_own_ledger() {
    let mut world = World::new();
    // Ghana's own witness is one of the four.
    let own = witness("gh.example/witness");
    world.policy = world.policy.replace(
        &witness("w1.example").verifier().to_string(),
        &own.verifier().to_string(),
    );
    let trust = world.informed();
    let view = trust.to_settle().unwrap();
    let with_own = checkpoint(5, 1, &["gh.example/witness", "w2.example", "w3.example"]);
    assert!(
        view.check(&with_own)
            .unwrap_err()
            .to_string()
            .contains("only 2 of the 3")
    );
    let others = checkpoint(5, 1, &["w4.example", "w2.example", "w3.example"]);
    assert!(view.check(&others).is_ok());
}

#[test]
fn nothing_new_begins_with_a_frozen_member_and_its_checkpoints_still_settle() {
    let mut gh = member("GH", "GHA01", &[("0 -", 1)]);
    gh.standing = Standing::Frozen {
        reason: "two heads of size 812 were signed".parse().unwrap(),
        surviving: Some(Head {
            size: 812,
            root: [1; 32],
        }),
    };
    let trust = World::new().with_members(&[gh]).informed();
    let new = trust.for_new_decisions(now()).unwrap();
    let refused = new.partner("GH".parse().unwrap()).unwrap_err();
    assert!(
        matches!(
            refused,
            KeyRefusal::NotActive {
                standing: "frozen",
                ..
            }
        ),
        "{refused}"
    );
    assert!(matches!(
        new.partner("CH".parse().unwrap()),
        Err(KeyRefusal::NoMember(_))
    ));
    assert!(new.settling().check(&checkpoint(5, 1, &QUORUM)).is_ok());
}

#[test]
fn a_strangers_ledger_has_no_keys() {
    let trust = World::new().informed();
    let refused = trust
        .to_settle()
        .unwrap()
        .keys_at("xx.example/ledger", 1)
        .unwrap_err();
    assert!(matches!(refused, KeyRefusal::Stranger(_)));
}

#[test]
fn the_witnesses_may_change_while_a_transfer_is_open() {
    let trust = rotated();
    let world = World::new().with_members(&[member("GH", "GHA01", &[("0 900", 1), ("900 -", 2)])]);
    let mut next = world.with_members(&world.members);
    next.policy = next
        .policy
        .replace("group quorum 3 w1 w2 w3 w4", "group quorum 3 w1 w2 w3");
    let mut later = trust;
    later.refresh(&next.files(), now()).unwrap();
    assert!(
        later
            .to_settle()
            .unwrap()
            .check(&checkpoint(900, 1, &QUORUM))
            .is_ok()
    );
    let refused = later.to_settle().unwrap().check(&checkpoint(
        900,
        1,
        &["w1.example", "w2.example", "w4.example"],
    ));
    assert!(refused.is_err());
}
