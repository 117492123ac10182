//! The rule of a witness: cosign only what extends what was cosigned before.

use countersign_protocol::log::witness::judge;
use countersign_protocol::log::{
    AddCheckpoint, AddCheckpointError, Checkpoint, FieldFault, KeyKind, ProofError, SignerKey,
    WitnessRefusal, empty_root,
};
use proptest::prelude::*;

use crate::naive;
use crate::world::{ORIGIN, checkpoint, log_key, note, public};

fn request(old: usize, new: usize) -> AddCheckpoint {
    let leaves = naive::leaves(new);
    let proof = if old == 0 {
        Vec::new()
    } else {
        naive::subproof(old, &leaves, true)
    };
    AddCheckpoint {
        old_size: old as u64,
        proof,
        checkpoint: note(&checkpoint(new), &[]),
    }
}

fn answer(stored: Option<usize>, request: &AddCheckpoint) -> Result<Checkpoint, WitnessRefusal> {
    judge(
        stored.map(checkpoint).as_ref(),
        request,
        [log_key().verifier()],
    )
}

fn refusal(stored: Option<usize>, request: &AddCheckpoint) -> (u16, WitnessRefusal) {
    let refusal = answer(stored, request).unwrap_err();
    (refusal.status(), refusal)
}

#[test]
fn growth_with_a_proof_is_accepted() {
    assert_eq!(
        answer(None, &request(0, 5)),
        Ok(checkpoint(5)),
        "first sight"
    );
    assert_eq!(answer(Some(5), &request(5, 9)), Ok(checkpoint(9)));
    assert_eq!(
        answer(Some(5), &request(5, 5)),
        Ok(checkpoint(5)),
        "the same again"
    );
    assert_eq!(
        answer(None, &request(0, 0)),
        Ok(checkpoint(0)),
        "the empty tree"
    );
    assert_eq!(answer(Some(0), &request(0, 3)), Ok(checkpoint(3)));
}

#[test]
fn a_wrong_old_size_is_answered_with_the_size_known_here() {
    for (stored, old, new) in [
        (Some(5), 0, 9),
        (Some(5), 4, 9),
        (Some(9), 5, 9),
        (None, 5, 9),
        (Some(9), 5, 7),
    ] {
        let stored_size = stored.unwrap_or(0) as u64;
        let conflict = WitnessRefusal::Conflict {
            old: old as u64,
            stored: stored_size,
        };
        assert_eq!(refusal(stored, &request(old, new)), (409, conflict));
    }
}

#[test]
fn rewritten_history_is_refused() {
    let mut forked = naive::leaves(9);
    forked[2] = [0; 32];
    let fork = |old: usize, new: usize| {
        let checkpoint = Checkpoint {
            origin: ORIGIN.into(),
            size: new as u64,
            root: naive::mth(&forked[..new]),
        };
        let proof = naive::subproof(old, &forked[..new], true);
        AddCheckpoint {
            old_size: old as u64,
            proof,
            checkpoint: note(&checkpoint, &[]),
        }
    };
    let old_root = WitnessRefusal::Inconsistent(ProofError::OldRootMismatch);
    assert_eq!(refusal(Some(5), &fork(5, 9)), (422, old_root));
    let same_size = WitnessRefusal::Inconsistent(ProofError::NewRootMismatch);
    assert_eq!(refusal(Some(5), &fork(5, 5)), (422, same_size.clone()));
    assert!(same_size.is_suspicious());
}

#[test]
fn proofs_that_do_not_hold_are_refused() {
    let with = |old, new, proof| AddCheckpoint {
        proof,
        ..request(old, new)
    };
    let status = |stored, request: &AddCheckpoint| refusal(stored, request).0;
    assert_eq!(status(Some(5), &with(5, 9, vec![])), 422);
    assert_eq!(status(Some(5), &with(5, 9, vec![[1; 32]; 4])), 422);
    assert_eq!(
        status(None, &with(0, 9, vec![[1; 32]])),
        422,
        "nothing to prove from zero"
    );
    assert_eq!(
        status(Some(5), &with(5, 5, vec![[1; 32]])),
        422,
        "nothing to prove for equal sizes"
    );
    let empty = Checkpoint {
        root: [1; 32],
        ..checkpoint(0)
    };
    let request = AddCheckpoint {
        old_size: 0,
        proof: vec![],
        checkpoint: note(&empty, &[]),
    };
    assert_eq!(
        status(None, &request),
        422,
        "an empty tree has one root only"
    );
    assert_eq!(checkpoint(0).root, empty_root());
}

#[test]
fn an_old_size_beyond_the_checkpoint_is_a_bad_request() {
    let request = AddCheckpoint {
        old_size: 9,
        proof: vec![],
        checkpoint: note(&checkpoint(5), &[]),
    };
    let too_large = WitnessRefusal::OldSizeTooLarge { old: 9, new: 5 };
    assert_eq!(refusal(Some(9), &request), (400, too_large));
}

#[test]
fn only_the_logs_true_signature_opens_the_door() {
    let stranger = SignerKey::from_seed(ORIGIN, KeyKind::Ed25519, &[60; 32]).unwrap();
    let unsigned = AddCheckpoint {
        checkpoint: checkpoint(5).sign(&stranger).unwrap(),
        ..request(0, 5)
    };
    let missing = WitnessRefusal::NoLogSignature {
        origin: ORIGIN.into(),
    };
    assert_eq!(refusal(None, &unsigned), (403, missing));

    let changed = request(0, 5).checkpoint.replacen("\n5\n", "\n6\n", 1);
    let changed = AddCheckpoint {
        checkpoint: changed,
        ..request(0, 5)
    };
    let bad = WitnessRefusal::BadLogSignature {
        origin: ORIGIN.into(),
    };
    assert_eq!(refusal(None, &changed), (403, bad));
    // A stranger does not learn what is stored here.
    assert_eq!(refusal(Some(3), &unsigned).0, 403);

    let rotated = [public(&log_key()), public(&stranger)];
    assert!(
        judge(None, &request(0, 5), &rotated).is_ok(),
        "either key during a rotation"
    );
    assert_eq!(
        WitnessRefusal::UnknownOrigin { origin: "x".into() }.status(),
        404
    );
}

#[test]
fn malformed_requests_are_refused_with_their_reason() {
    let good = request(5, 9).to_string();
    assert_eq!(AddCheckpoint::parse(&good), Ok(request(5, 9)));
    let change =
        |from: &str, to: &str| AddCheckpoint::parse(&good.replacen(from, to, 1)).unwrap_err();
    assert_eq!(AddCheckpoint::parse(""), Err(AddCheckpointError::NoOldSize));
    assert_eq!(
        AddCheckpoint::parse(&"x".repeat(200_000)),
        Err(AddCheckpointError::TooLong)
    );
    assert_eq!(change("old 5", "new 5"), AddCheckpointError::NoOldSize);
    assert_eq!(
        change("old 5", "old 05"),
        AddCheckpointError::OldSize(FieldFault::LeadingZero)
    );
    assert_eq!(
        change("old 5", "old 5 "),
        AddCheckpointError::OldSize(FieldFault::NotDecimal)
    );
    assert_eq!(
        change("old 5", "old 5\r"),
        AddCheckpointError::OldSize(FieldFault::NotDecimal)
    );
    let fault = FieldFault::NotBase64;
    assert_eq!(
        change("old 5\n", "old 5\n!\n"),
        AddCheckpointError::Hash { line: 1, fault }
    );
    let hash = format!("{}=\n", "A".repeat(43)).repeat(64);
    assert_eq!(
        change("old 5\n", &format!("old 5\n{hash}")),
        AddCheckpointError::TooManyHashes
    );
    assert_eq!(
        AddCheckpoint::parse("old 5\n"),
        Err(AddCheckpointError::NoBlankLine)
    );
    assert!(matches!(
        AddCheckpoint::parse("old 5\n\n"),
        Err(AddCheckpointError::Checkpoint(_))
    ));
    let request = AddCheckpoint {
        checkpoint: "no note".into(),
        ..request(0, 5)
    };
    assert_eq!(refusal(None, &request).0, 400);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn whatever_is_sent_a_witness_never_goes_back_and_never_leaves_its_line(
        steps in prop::collection::vec((0_usize..12, 0_usize..12, any::<bool>()), 1..20)
    ) {
        let honest = naive::leaves(12);
        let mut forked = honest.clone();
        forked[1] = [3; 32];
        let mut stored: Option<Checkpoint> = None;
        for (old, new, fork) in steps {
            let leaves = if fork { &forked } else { &honest };
            let proof = if (1..=new).contains(&old) { naive::subproof(old, &leaves[..new], true) } else { Vec::new() };
            let head = Checkpoint { origin: ORIGIN.into(), size: new as u64, root: naive::mth(&leaves[..new]) };
            let request = AddCheckpoint { old_size: old as u64, proof, checkpoint: note(&head, &[]) };
            if let Ok(next) = judge(stored.as_ref(), &request, [log_key().verifier()]) {
                if let Some(before) = &stored {
                    prop_assert!(next.size >= before.size);
                    // Leaf 1 tells the lines apart: a tree that holds it stays on its line.
                    let on = |c: &Checkpoint, line: &[[u8; 32]]| c.root == naive::mth(&line[..c.size as usize]);
                    prop_assert!(before.size < 2 || on(before, &honest) == on(&next, &honest));
                }
                stored = Some(next);
            }
        }
    }

    #[test]
    fn any_text_is_a_request_with_one_spelling_or_refused(cut in 0_usize..60, text in "(?s).{0,40}") {
        let good = request(5, 9).to_string();
        let mutated = [&good[..cut], &text, &good[cut..]].concat();
        if let Ok(read) = AddCheckpoint::parse(&mutated) {
            prop_assert_eq!(read.to_string(), mutated);
        }
    }
}
