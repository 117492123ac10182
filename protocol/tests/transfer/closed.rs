//! A destination that is gone for ever: the one way but a refusal in which units come free, and what it asks for.

use countersign_protocol::federation::{
    ClosedError, ClosedLedger, Event, FaultCode, LastWord, Unanswered, step,
};
use countersign_protocol::id::TransferId;
use countersign_protocol::log::{Frontier, leaf_hash};
use countersign_protocol::party::Party;
use countersign_protocol::record::{Body, PartnerStatus, ProofReference, Record, Refuse, Release};
use countersign_protocol::registry::{Command, Refusal, TransferStage};
use countersign_protocol::trust::Head;

use crate::support::invariants::check;
use crate::support::world::ghana_and_switzerland;
use crate::support::{EXPIRY_MS, Ledger, TRADING, genesis_of, partner_of, text};

pub(crate) fn bytes(ledger: &Ledger) -> Vec<Vec<u8>> {
    ledger.leaves.iter().map(Record::encode).collect()
}

pub(crate) fn head_of(leaves: &[Vec<u8>]) -> Head {
    let mut tree = Frontier::new();
    for leaf in leaves {
        tree.push(leaf_hash(leaf)).unwrap();
    }
    Head {
        size: tree.size(),
        root: tree.root(),
    }
}

fn read(
    ledger: &Ledger,
    source: Party,
    leaves: &[Vec<u8>],
    head: Head,
) -> Result<ClosedLedger, ClosedError> {
    ClosedLedger::read(&genesis_of(ledger.party).origin, head, source, leaves)
}

/// What a ledger that ends now never answered.
pub(crate) fn never_answered(ledger: &Ledger, source: Party, transfer: TransferId) -> Unanswered {
    let leaves = bytes(ledger);
    let closed = read(ledger, source, &leaves, head_of(&leaves)).unwrap();
    match closed.last_word(transfer) {
        LastWord::Never(unanswered) => unanswered,
        LastWord::Answered(answer) => panic!("it answered: {answer:?}"),
    }
}

pub(crate) fn freeze(ledger: &mut Ledger, partner: Party) {
    ledger.must(&Command::SetPartner(partner_of(
        partner,
        PartnerStatus::Frozen,
    )));
}

#[test]
fn units_come_free_when_the_last_tree_holds_no_answer() {
    let (mut ghana, swiss) = ghana_and_switzerland(100);
    let (transfer, _) = ghana.send(swiss.party, 40, 1);
    let never = never_answered(&swiss, ghana.party, transfer);
    freeze(&mut ghana, swiss.party);
    let leaf = ghana.must(&Command::Closed(Box::new(never.clone())))[0];
    let Body::Release(release) = &ghana.leaves[leaf as usize].body else {
        panic!("no release");
    };
    assert_eq!(release.code, FaultCode::PartnerClosed.code());
    assert_eq!(release.proof, never.last, "it cites the last head");
    assert_eq!(ghana.stage_sent(transfer), TransferStage::Released);
    assert_eq!(ghana.available(TRADING), 100);
    check(&ghana.state);
    // Told again, nothing happens again.
    assert_eq!(
        ghana.must(&Command::Closed(Box::new(never))),
        Vec::<u64>::new()
    );
}

#[test]
fn an_answer_in_the_last_tree_counts_as_ever() {
    let (mut ghana, mut swiss) = ghana_and_switzerland(100);
    let (kept, lock) = ghana.send(swiss.party, 40, 1);
    let (refused, late) = ghana.send(swiss.party, 10, 2);
    swiss.receive_and_write(&ghana.prove(lock));
    swiss.time_ms = EXPIRY_MS;
    swiss.receive_and_write(&ghana.prove(late));
    let leaves = bytes(&swiss);
    let closed = read(&swiss, ghana.party, &leaves, head_of(&leaves)).unwrap();
    freeze(&mut ghana, swiss.party);
    for (transfer, end) in [
        (kept, TransferStage::Final),
        (refused, TransferStage::Released),
    ] {
        let LastWord::Answered(answer) = closed.last_word(transfer) else {
            panic!("an answer is overlooked");
        };
        ghana.receive_and_write(&answer);
        assert_eq!(ghana.stage_sent(transfer), end);
    }
    // Answers to others are none to us.
    let other: Party = "VU".parse().unwrap();
    let closed = read(&swiss, other, &leaves, head_of(&leaves)).unwrap();
    assert!(matches!(closed.last_word(kept), LastWord::Never(_)));
}

#[test]
fn only_the_whole_tree_says_that_an_answer_is_missing() {
    let (mut ghana, mut swiss) = ghana_and_switzerland(100);
    let (transfer, lock) = ghana.send(swiss.party, 40, 1);
    swiss.receive_and_write(&ghana.prove(lock));
    let leaves = bytes(&swiss);
    let (head, own) = (head_of(&leaves), ghana.party);
    let size = leaves.len() as u64;
    // Who leaves the answer out, or puts another leaf in its place, is found out.
    let short = read(&swiss, own, &leaves[..leaves.len() - 1], head);
    let wanted = size;
    assert_eq!(
        short.err(),
        Some(ClosedError::Size {
            found: size - 1,
            wanted
        })
    );
    let mut other = leaves.clone();
    *other.last_mut().unwrap() = leaves[0].clone();
    assert_eq!(
        read(&swiss, own, &other, head).err(),
        Some(ClosedError::Root)
    );
    let mut long = leaves.clone();
    long.push(leaves[0].clone());
    let found = size + 1;
    assert_eq!(
        read(&swiss, own, &long, head).err(),
        Some(ClosedError::Size { found, wanted })
    );
    // A leaf that is no record answers nothing and hides nothing.
    long[leaves.len()] = b"no record".to_vec();
    let closed = read(&swiss, own, &long, head_of(&long)).unwrap();
    assert!(matches!(closed.last_word(transfer), LastWord::Answered(_)));
}

#[test]
fn a_ledger_that_both_acquired_and_refused_has_the_units() {
    let (mut ghana, swiss) = ghana_and_switzerland(100);
    let (transfer, lock) = ghana.send(swiss.party, 40, 1);
    let lock = ghana.prove(lock);
    let (mut taking, mut refusing) = (swiss.clone(), swiss.clone());
    let acquired = taking.receive_and_write(&lock);
    refusing.time_ms = EXPIRY_MS;
    let refused = refusing.receive_and_write(&lock);
    let leaf = |ledger: &Ledger, at: u64| ledger.leaves[at as usize].encode();
    let mut leaves = bytes(&swiss);
    for order in [[true, false], [false, true]] {
        leaves.truncate(swiss.leaves.len());
        leaves.extend(order.map(|first| match first {
            true => leaf(&taking, acquired),
            false => leaf(&refusing, refused),
        }));
        let closed = read(&swiss, ghana.party, &leaves, head_of(&leaves)).unwrap();
        let LastWord::Answered(answer) = closed.last_word(transfer) else {
            panic!("no answer");
        };
        assert_eq!(answer.record.body.kind(), "acquire");
    }
}

#[test]
fn nothing_is_freed_while_the_partner_is_in_good_standing_or_was_believed_beyond_the_head() {
    let (mut ghana, mut swiss) = ghana_and_switzerland(100);
    let (transfer, _) = ghana.send(swiss.party, 40, 1);
    let (second, lock) = ghana.send(swiss.party, 10, 2);
    let never = never_answered(&swiss, ghana.party, transfer);
    let judged = |ledger: &Ledger| step(&ledger.state, ledger.time_ms, Event::Closed(&never));
    assert_eq!(judged(&ghana), Err(FaultCode::TransferInAnotherState));
    // Switzerland goes on and answers the second: a head below that is not the last one.
    let acquired = swiss.receive_and_write(&ghana.prove(lock));
    ghana.receive_and_write(&swiss.prove(acquired));
    assert_eq!(ghana.stage_sent(second), TransferStage::Final);
    freeze(&mut ghana, swiss.party);
    assert_eq!(judged(&ghana), Err(FaultCode::StaleCheckpoint));
    assert_eq!(ghana.stage_sent(transfer), TransferStage::Locked);
}

#[test]
fn a_refusal_with_the_number_of_a_closed_ledger_is_a_refusal_like_any_other() {
    let (mut ghana, mut swiss) = ghana_and_switzerland(100);
    let (transfer, lock) = ghana.send(swiss.party, 40, 1);
    let proof = ghana.prove(lock).proof;
    swiss
        .write(Body::Refuse(Refuse {
            transfer,
            source: ghana.party,
            code: FaultCode::PartnerClosed.code(),
            reason: text("we have closed"),
            proof,
        }))
        .unwrap();
    let refused = swiss.leaves.len() as u64 - 1;
    ghana.receive_and_write(&swiss.prove(refused));
    let known = ghana.sent(transfer);
    assert_eq!(known.stage, TransferStage::Released);
    assert_eq!(known.refusal_code, Some(FaultCode::Policy.code()));
}

#[test]
fn a_replay_refuses_a_release_that_nothing_proves() {
    let (mut ghana, swiss) = ghana_and_switzerland(100);
    let (transfer, _) = ghana.send(swiss.party, 40, 1);
    let last = never_answered(&swiss, ghana.party, transfer).last;
    let release = |code: FaultCode, proof: &ProofReference| {
        Body::Release(Release {
            transfer,
            code: code.code(),
            proof: proof.clone(),
        })
    };
    let gone = FaultCode::PartnerClosed;
    let not_closed = Err(Refusal::NotClosed(swiss.party));
    let refuses = |ledger: &Ledger, body: Body| ledger.clone().write(body).map(drop);
    // The partner is in good standing.
    assert_eq!(refuses(&ghana, release(gone, &last)), not_closed);
    freeze(&mut ghana, swiss.party);
    // One leaf is not the whole tree.
    let earlier = ProofReference {
        index: last.index - 1,
        ..last.clone()
    };
    assert_eq!(refuses(&ghana, release(gone, &earlier)), not_closed);
    assert_eq!(refuses(&ghana, release(gone, &last)), Ok(()));
}
