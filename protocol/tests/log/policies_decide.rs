//! Policies: read, written and applied.

use countersign_protocol::log::{
    FieldFault, KeyKind, Policy, PolicyBuilder, PolicyEntryError, PolicyError, PolicyFault,
    SignedNote, SignerKey, Threshold, VerifierKey, cosign,
};
use proptest::prelude::*;

use crate::world::{
    NOW_S, ORIGIN, checkpoint, log_key, note, policy, public, witness_key, witnesses,
};

fn vkey(number: u8) -> String {
    public(&witness_key(number)).to_string()
}

fn log_vkey() -> String {
    public(&log_key()).to_string()
}

fn fault(text: &str) -> (usize, PolicyFault) {
    let error = text.parse::<Policy>().unwrap_err();
    (error.line, error.fault)
}

/// Two levels of groups: two of three X, and one of three Y.
fn two_levels() -> Policy {
    let mut text = format!(
        "# a comment\n\n \t log\t{}  https://gh.example/log \n",
        log_vkey()
    );
    for number in 1..=6 {
        let group = if number <= 3 { 'X' } else { 'Y' };
        text += &format!("witness {group}{number} {}\n", vkey(number));
    }
    text += "group X 2 X1 X2 X3\ngroup Y any Y4 Y5 Y6\ngroup both all X Y\nquorum both\n";
    text.parse().unwrap()
}

#[test]
fn a_quorum_of_groups_is_met_exactly_when_each_group_is() {
    let policy = two_levels();
    let check = |cosigners: &[u8]| policy.check_text(&note(&checkpoint(4), cosigners));
    assert_eq!(
        check(&[1, 2]),
        Err(PolicyError::NoQuorum { have: 1, need: 2 })
    );
    assert_eq!(
        check(&[1, 4, 5, 6]),
        Err(PolicyError::NoQuorum { have: 1, need: 2 })
    );
    assert_eq!(check(&[]), Err(PolicyError::NoQuorum { have: 0, need: 2 }));
    let verified = check(&[3, 1, 6]).unwrap();
    assert_eq!(verified.checkpoint(), &checkpoint(4));
    let names: Vec<_> = verified
        .cosigned_by()
        .iter()
        .map(|c| c.witness.as_str())
        .collect();
    assert_eq!(names, ["X1", "X3", "Y6"]);
    assert!(verified.cosigned_by().iter().all(|c| c.time_s == NOW_S));
}

#[test]
fn every_size_of_quorum_counts_exactly() {
    for needed in 0..=4 {
        for have in 0..=4_u8 {
            let cosigners: Vec<u8> = (1..=have).collect();
            let answer = policy(needed, 4).check_text(&note(&checkpoint(4), &cosigners));
            let have = usize::from(have);
            if have >= needed {
                assert!(answer.is_ok());
            } else {
                assert_eq!(answer, Err(PolicyError::NoQuorum { have, need: needed }));
            }
        }
    }
}

#[test]
fn one_witness_counts_once_however_often_it_signs() {
    let mut twice = SignedNote::parse(&note(&checkpoint(4), &[1])).unwrap();
    twice
        .add(cosign(twice.text(), &witness_key(1), NOW_S + 60).unwrap())
        .unwrap();
    let refused = PolicyError::NoQuorum { have: 1, need: 2 };
    assert_eq!(policy(2, 4).check(&twice), Err(refused));
    assert_eq!(
        policy(1, 4).check(&twice).unwrap().cosigned_by()[0].time_s,
        NOW_S + 60
    );
}

#[test]
fn a_single_witness_can_be_the_quorum() {
    let text = format!("log {}\nwitness w {}\nquorum w\n", log_vkey(), vkey(1));
    let policy: Policy = text.parse().unwrap();
    assert!(policy.check_text(&note(&checkpoint(4), &[1])).is_ok());
    let refused = PolicyError::NoQuorum { have: 0, need: 1 };
    assert_eq!(policy.check_text(&note(&checkpoint(4), &[2])), Err(refused));
}

#[test]
fn each_refusal_of_a_checkpoint_has_its_own_error() {
    let good = note(&checkpoint(4), &[1, 2]);
    let origin = ORIGIN.to_owned();
    let policy = policy(2, 4);
    assert!(policy.check_text(&good).is_ok());
    assert!(matches!(
        policy.check_text("hello"),
        Err(PolicyError::Malformed(_))
    ));

    let stranger = SignerKey::from_seed("xx.example/l", KeyKind::Ed25519, &[50; 32]).unwrap();
    let mut foreign = checkpoint(4);
    foreign.origin = "xx.example/l".into();
    let unknown = PolicyError::UnknownLog {
        origin: "xx.example/l".into(),
    };
    assert_eq!(
        policy.check_text(&foreign.sign(&stranger).unwrap()),
        Err(unknown)
    );

    let impostor = SignerKey::from_seed(ORIGIN, KeyKind::Ed25519, &[51; 32]).unwrap();
    let unsigned = checkpoint(4).sign(&impostor).unwrap();
    let missing = PolicyError::NoLogSignature {
        origin: origin.clone(),
    };
    assert_eq!(policy.check_text(&unsigned), Err(missing));

    let changed = good.replacen("\n4\n", "\n5\n", 1);
    assert_eq!(
        policy.check_text(&changed),
        Err(PolicyError::BadLogSignature { origin })
    );

    let mut forged = SignedNote::parse(&note(&checkpoint(4), &[1, 2])).unwrap();
    let other = checkpoint(5).to_text();
    forged
        .add(cosign(&other, &witness_key(3), NOW_S).unwrap())
        .unwrap();
    let bad = PolicyError::BadCosignature {
        witness: "w3.example".into(),
    };
    assert_eq!(policy.check(&forged), Err(bad));
}

#[test]
fn a_log_key_does_not_sign_for_another_listed_log() {
    let other = SignerKey::from_seed("ch.example/ledger", KeyKind::Ed25519, &[2; 32]).unwrap();
    let policy = Policy::k_of_n(&[public(&log_key()), public(&other)], &[], 0).unwrap();
    let mut note = SignedNote::sign(&checkpoint(4).to_text(), &other).unwrap();
    let missing = PolicyError::NoLogSignature {
        origin: ORIGIN.into(),
    };
    assert_eq!(policy.check(&note), Err(missing));
    let own = SignedNote::sign(&checkpoint(4).to_text(), &log_key()).unwrap();
    note.add(own.signatures()[0].clone()).unwrap();
    assert!(policy.check(&note).is_ok());
}

#[test]
fn malformed_policies_are_refused_with_line_and_reason() {
    let (log, w1, w2) = (log_vkey(), vkey(1), vkey(2));
    let base = format!("witness a {w1}\nwitness b {w2}\n");
    let entry = |line: &str| fault(&format!("{base}{line}\nquorum none\n"));
    let shape = |line: &str| matches!(entry(line), (3, PolicyFault::Shape(_)));
    for line in [
        "log",
        "witness x",
        "group g any",
        "group g",
        "quorum",
        "quorum a b",
    ] {
        assert!(shape(line), "{line}");
    }
    assert!(shape(&format!("log {log} url more")));
    assert!(shape(&format!("witness x {w1} url more")));
    assert_eq!(entry("logs x"), (3, PolicyFault::UnknownKeyword));
    assert_eq!(entry("quorum\u{a0}a"), (3, PolicyFault::UnknownKeyword));
    assert_eq!(entry("# \r"), (3, PolicyFault::ControlCharacter(b'\r')));
    assert_eq!(entry("# \u{7f}"), (3, PolicyFault::ControlCharacter(0x7f)));
    assert_eq!(fault("quorum none"), (1, PolicyFault::Unterminated));
    assert_eq!(fault(&"#\n".repeat(300_000)), (0, PolicyFault::TooLong));
    assert!(matches!(entry("log x+y+z"), (3, PolicyFault::Key(_))));
    let threshold = |fault| (3, PolicyFault::Threshold(fault));
    assert_eq!(entry("group g 01 a"), threshold(FieldFault::LeadingZero));
    assert_eq!(entry("group g most a"), threshold(FieldFault::NotDecimal));

    let wrong = |line: &str| match entry(line) {
        (3, PolicyFault::Entry(error)) => error,
        other => panic!("{line}: {other:?}"),
    };
    assert!(matches!(
        wrong("group g 0 a"),
        PolicyEntryError::Threshold { .. }
    ));
    assert!(matches!(
        wrong("group g 3 a b"),
        PolicyEntryError::Threshold { .. }
    ));
    assert_eq!(
        wrong("group g any c"),
        PolicyEntryError::UndefinedName("c".into())
    );
    assert_eq!(
        wrong("group g any g"),
        PolicyEntryError::UndefinedName("g".into())
    );
    assert_eq!(
        wrong("group g any none"),
        PolicyEntryError::UndefinedName("none".into())
    );
    assert_eq!(
        wrong("quorum c"),
        PolicyEntryError::UndefinedName("c".into())
    );
    assert_eq!(
        wrong("group g any a a"),
        PolicyEntryError::MemberTwice("a".into())
    );
    assert_eq!(
        wrong("group a any b"),
        PolicyEntryError::DuplicateName("a".into())
    );
    assert_eq!(wrong("group none any b"), PolicyEntryError::ReservedName);
    assert_eq!(
        wrong(&format!("witness none {}", vkey(3))),
        PolicyEntryError::ReservedName
    );
    assert!(matches!(
        wrong(&format!("witness c {w1}")),
        PolicyEntryError::DuplicateKey(_)
    ));
    assert!(matches!(
        wrong(&format!("witness c {log}")),
        PolicyEntryError::KeyKind { .. }
    ));
    assert!(matches!(
        wrong(&format!("log {w1}")),
        PolicyEntryError::KeyKind { .. }
    ));

    let late = |text: String| fault(&text).1;
    let twice = PolicyFault::Entry(PolicyEntryError::DuplicateQuorum);
    assert_eq!(late(format!("{base}quorum a\nquorum a\n")), twice);
    assert_eq!(
        late(base.clone()),
        PolicyFault::Entry(PolicyEntryError::NoQuorum)
    );
    let shared = format!("{base}group g any a\ngroup h any a\nquorum h\n");
    assert_eq!(
        late(shared),
        PolicyFault::Entry(PolicyEntryError::MemberTwice("a".into()))
    );
    // The same key under another name would count twice.
    let renamed = VerifierKey::new(
        "w9",
        KeyKind::CosignatureV1,
        public(&witness_key(1)).public_key(),
    );
    let renamed = format!("{base}witness c {}\nquorum a\n", renamed.unwrap());
    assert!(matches!(
        late(renamed),
        PolicyFault::Entry(PolicyEntryError::DuplicateKey(_))
    ));
}

#[test]
fn a_post_quantum_witness_may_be_listed_but_does_not_count_yet() {
    let key = VerifierKey::new("pq.example", KeyKind::MlDsa44, &[5; 1312]).unwrap();
    let text = format!("log {}\nwitness pq {key}\nquorum pq\n", log_vkey());
    let policy: Policy = text.parse().unwrap();
    assert_eq!(policy.to_string(), text);
    let refused = PolicyError::NoQuorum { have: 0, need: 1 };
    assert_eq!(policy.check_text(&note(&checkpoint(4), &[])), Err(refused));
}

#[test]
fn a_policy_file_is_printed_as_it_was_read() {
    let policy = two_levels();
    assert_eq!(policy.to_string().parse::<Policy>().as_ref(), Ok(&policy));
    let text = format!(
        "log {} https://gh.example/log\nwitness w {} http://w\ngroup g all w\nquorum g\n",
        log_vkey(),
        vkey(1)
    );
    assert_eq!(text.parse::<Policy>().unwrap().to_string(), text);
}

#[test]
fn entries_that_no_file_could_carry_are_refused() {
    let mut builder = PolicyBuilder::default();
    let key = || public(&witness_key(1));
    for name in ["", "a b", "a\nb", "a\tb", "\u{7f}"] {
        assert_eq!(
            builder.witness(name, key(), None),
            Err(PolicyEntryError::NotAWord),
            "{name}"
        );
    }
    let url = Some("http://a b".to_owned());
    assert_eq!(
        builder.witness("a", key(), url),
        Err(PolicyEntryError::NotAWord)
    );
    assert_eq!(builder.witness("a", key(), None), Ok(()));
}

fn any_policy() -> impl Strategy<Value = Policy> {
    let thresholds = prop_oneof![
        Just(Threshold::Any),
        Just(Threshold::All),
        (1_usize..3).prop_map(Threshold::AtLeast)
    ];
    let groups = prop::collection::vec((thresholds, prop::collection::vec(0_usize..8, 1..4)), 0..5);
    (1_u8..8, groups, any::<prop::sample::Index>(), any::<bool>()).prop_map(
        |(count, groups, quorum, url)| {
            let mut builder = PolicyBuilder::default();
            let url = url.then(|| "https://log.example/x?y#z".to_owned());
            builder.log(public(&log_key()), url.clone()).unwrap();
            let mut names = vec!["none".to_owned()];
            for (number, key) in (0..count).zip(witnesses(count)) {
                names.push(format!("w{number}"));
                builder
                    .witness(&format!("w{number}"), key, url.clone())
                    .unwrap();
            }
            for (number, (threshold, members)) in groups.into_iter().enumerate() {
                let members = members
                    .iter()
                    .map(|m| names[m % names.len()].clone())
                    .collect();
                let mut attempt = builder.clone();
                if attempt
                    .group(&format!("g{number}"), threshold, members)
                    .is_ok()
                {
                    builder = attempt;
                    names.push(format!("g{number}"));
                }
            }
            builder.quorum(&names[quorum.index(names.len())]).unwrap();
            builder.build().unwrap()
        },
    )
}

proptest! {
    #[test]
    fn reading_what_was_printed_gives_the_same_policy(policy in any_policy()) {
        prop_assert_eq!(policy.to_string().parse::<Policy>(), Ok(policy));
    }

    #[test]
    fn any_text_is_a_policy_or_refused(text in "((log|witness|group|quorum|none|any|a|b|1|#)[ \t\n]){0,30}|(?s).{0,100}") {
        if let Ok(policy) = text.parse::<Policy>() {
            prop_assert_eq!(policy.to_string().parse::<Policy>(), Ok(policy));
        }
    }
}
