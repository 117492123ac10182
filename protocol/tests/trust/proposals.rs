//! What keyholders are shown, what they should not be asked to sign, and who may sign.

use countersign_protocol::trust::{
    Envelope, Imprudence, Members, TargetsMeta, TrustRefusal, TufKeyId, WitnessSet, check_root,
    check_targets, member_changes, policy_changes, root_changes, targets_changes,
};

use crate::world::{ROOT_KEYS, World, holder, member, policy, ring, role, root};

#[test]
fn what_changes_is_said_in_lines() {
    let before = root(1, &ROOT_KEYS, 2, "server");
    let now = root(2, &["GH", "CH", "MW"], 2, "server");
    let lines = root_changes(Some(&before), &now).join("\n");
    assert!(lines.contains("- root: keyholder VU (key "), "{lines}");
    assert!(lines.contains("+ root: keyholder MW (key "), "{lines}");
    assert!(!lines.contains("GH"), "{lines}");
    let lines = root_changes(None, &before).join("\n");
    assert!(
        lines.contains("+ federation \"Test Federation\""),
        "{lines}"
    );
    assert!(lines.contains("+ root: 2 of 3 sign"), "{lines}");

    let gh = |keys: &[(&str, u8)]| Members::new([member("GH", "GHA01", keys)]).unwrap();
    let (old, new) = (gh(&[("0 -", 1)]), gh(&[("0 900", 1), ("900 -", 2)]));
    let lines = member_changes(&old, &new);
    assert_eq!(lines[0], "GHA01 (Ghana, gh.example/ledger) changes:");
    assert!(
        lines[1].starts_with("  - log-key 0 - gh.example"),
        "{lines:?}"
    );
    assert!(
        lines[2].starts_with("  + log-key 0 900 gh.example"),
        "{lines:?}"
    );
    assert_eq!(lines.len(), 4);
    assert!(member_changes(&new, &new).is_empty());
    assert!(member_changes(&Members::default(), &new)[0].contains("joins"));
    assert!(member_changes(&new, &Members::default())[0].contains("not listed any more"));

    let three = policy().replace("quorum 3", "quorum 4");
    let [old, new] = [policy(), three].map(|text| WitnessSet::parse(text.as_bytes()).unwrap());
    assert_eq!(
        policy_changes(Some(&old), &new),
        [
            "- group quorum 3 w1 w2 w3 w4",
            "+ group quorum 4 w1 w2 w3 w4"
        ]
    );

    let top = World::new().top;
    let mut next = top.clone();
    next.delegated.as_mut().unwrap().members.threshold = 3;
    assert_eq!(
        targets_changes(Some(&top), &next),
        ["- members: 2 of 3 sign", "+ members: 3 of 3 sign"]
    );
}

#[test]
fn a_federation_is_warned_of_thresholds_that_are_too_low_or_too_high_and_of_keys_on_servers() {
    assert_eq!(check_root(&root(1, &ROOT_KEYS, 2, "server")), Ok(()));
    let four = ["GH", "CH", "VU", "MW"];
    let half = check_root(&root(1, &four, 2, "server")).unwrap_err();
    assert!(
        matches!(half, Imprudence::HalfEnough { needed: 3, .. }),
        "{half}"
    );
    let every = check_root(&root(1, &four, 4, "server")).unwrap_err();
    assert!(matches!(every, Imprudence::NoneMayBeLost { .. }), "{every}");
    let online = check_root(&root(1, &ROOT_KEYS, 2, "GH")).unwrap_err();
    assert!(
        matches!(&online, Imprudence::OnlineKey { holder, .. } if holder == "GH"),
        "{online}"
    );

    let first = root(1, &ROOT_KEYS, 2, "server");
    let with = |names: &[&str], threshold| {
        let mut top: TargetsMeta = World::new().top;
        let delegated = top.delegated.as_mut().unwrap();
        delegated.keys.extend(ring(names));
        delegated.members = role(names, threshold);
        check_targets(&top, &first)
    };
    assert_eq!(with(&["a", "b", "c"], 2), Ok(()));
    assert!(matches!(
        with(&["a", "b", "c"], 1),
        Err(Imprudence::HalfEnough { .. })
    ));
    assert!(matches!(
        with(&["a", "b", "server"], 2),
        Err(Imprudence::OnlineKey { .. })
    ));
}

#[test]
fn a_keyholder_signs_its_own_file_once() {
    let first = root(1, &ROOT_KEYS, 2, "server");
    let mut file = Envelope::unsigned("1.root", first.write());
    let hash = file.hash();
    let allowed = first.root.keys.clone();
    file.sign(&holder("GH"), &allowed).unwrap();
    let again = file.sign(&holder("GH"), &allowed).unwrap_err();
    assert!(
        matches!(again, TrustRefusal::SignedAlready { .. }),
        "{again}"
    );
    let stranger = file.sign(&holder("server"), &allowed).unwrap_err();
    assert!(
        matches!(stranger, TrustRefusal::NotYourFile { .. }),
        "{stranger}"
    );
    assert_eq!(
        file.hash(),
        hash,
        "a signature does not change what is pinned"
    );
    let read = Envelope::parse("1.root", &file.to_bytes(), usize::MAX).unwrap();
    assert_eq!(
        read.signers(&first.keys),
        [TufKeyId::of(holder("GH").verifier())].into()
    );
}
