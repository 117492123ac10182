//! One test for each way in which others lost money: what happened there can not happen here.

use countersign_protocol::federation::message::{BUNDLE_BYTES_MAX, Request};
use countersign_protocol::federation::{
    Event, FaultCode, Heads, MessageKind, Needed, Unverified, step,
};
use countersign_protocol::id::RequestId;
use countersign_protocol::log::{
    Checkpoint, Frontier, Hash, KeyKind, NodeSource, Policy, SignerKey, TlogProof, leaf_hash,
    prove_consistency, prove_inclusion,
};
use countersign_protocol::record::{Body, PartnerStatus, ProofReference, Record, Release};
use countersign_protocol::registry::{Command, MIN_EXPIRY_MS, Refusal, Selection, TransferStage};

use crate::support::invariants::check;
use crate::support::world::{ghana_and_switzerland, settle};
use crate::support::{EXPIRY_MS, Ledger, START_MS, TRADING, agreement_id, partner_of};

/// A whole tree, for proofs.
#[derive(Default)]
struct Tree {
    frontier: Frontier,
    levels: Vec<Vec<Hash>>,
}

impl NodeSource for Tree {
    fn node(&self, level: u8, index: u64) -> Option<Hash> {
        self.levels
            .get(level as usize)?
            .get(index as usize)
            .copied()
    }
}

impl Tree {
    fn of(ledger: &Ledger) -> Self {
        let mut tree = Self::default();
        for leaf in &ledger.leaves {
            let Self { frontier, levels } = &mut tree;
            let keep = |level: u8, _, hash| {
                if levels.len() == level as usize {
                    levels.push(Vec::new());
                }
                levels[level as usize].push(hash);
            };
            frontier.push_with(leaf_hash(&leaf.encode()), keep).unwrap();
        }
        tree
    }
}

const ORIGIN: &str = "gh.example/ledger";

fn key() -> SignerKey {
    SignerKey::from_seed(ORIGIN, KeyKind::Ed25519, &[7; 32]).unwrap()
}

/// A leaf of Ghana's with its proof under the head of a size.
fn bundle(ghana: &Ledger, leaf: u64, size: u64) -> TlogProof {
    let tree = Tree::of(ghana);
    let checkpoint = Checkpoint {
        origin: ORIGIN.to_owned(),
        size,
        root: ghana.prove_under(leaf, size).proof.root,
    };
    TlogProof::new(
        ghana.leaves[leaf as usize].encode(),
        leaf,
        prove_inclusion(&tree, leaf, size).unwrap(),
        checkpoint.sign(&key()).unwrap(),
    )
}

fn policy() -> Policy {
    Policy::k_of_n(&[key().verifier().clone()], &[], 0).unwrap()
}

/// Dragonberry (IBC, October 2022): a forged proof of absence timed a transfer out that had arrived.
#[test]
fn no_value_moves_because_something_is_said_to_be_absent() {
    let (mut ghana, mut swiss) = ghana_and_switzerland(100);
    let (transfer, lock) = ghana.send(swiss.party, 40, 1);
    swiss.receive_and_write(&ghana.prove(lock));
    // Whatever leaf the destination shows but an answer of its own to this transfer, the lock stays.
    for leaf in 0..swiss.leaves.len() as u64 - 1 {
        let proven = swiss.prove(leaf);
        let answer = step(&ghana.state, EXPIRY_MS * 2, Event::Proven(&proven));
        assert!(answer.is_err(), "leaf {leaf}: {answer:?}");
    }
    // And no release is taken on an older head of a partner in good standing, in which there is no answer.
    let size = swiss.leaves.len() as u64 - 1;
    let before = ProofReference {
        index: size - 1,
        ..swiss.prove_under(0, size).proof
    };
    let release = Body::Release(Release {
        transfer,
        code: FaultCode::PartnerClosed.code(),
        proof: before,
    });
    assert_eq!(
        ghana.write(release).map(drop),
        Err(Refusal::NotClosed(swiss.party))
    );
    assert_eq!(ghana.stage_sent(transfer), TransferStage::Locked);
}

/// BNB bridge (October 2022): a field of the proof that no hash covered let a forger mint two million.
#[test]
fn every_byte_of_a_bundle_counts() {
    let (mut ghana, swiss) = ghana_and_switzerland(100);
    let (_, lock) = ghana.send(swiss.party, 40, 1);
    let bundle = bundle(&ghana, lock, ghana.leaves.len() as u64);
    let text = bundle.to_string();
    let prove = |bytes: &[u8]| {
        let unverified = Unverified::read(bytes)?;
        let verified = policy().check_text(unverified.checkpoint());
        unverified.under(&verified.map_err(|error| FaultCode::from(&error))?)
    };
    let proven = prove(text.as_bytes()).unwrap();
    assert_eq!(proven, ghana.prove(lock));
    for place in 0..text.len() {
        let mut changed = text.as_bytes().to_vec();
        changed[place] ^= 1;
        assert!(prove(&changed).is_err(), "byte {place} of\n{text}");
    }
    // Nothing may stand beside the proof either.
    let mut longer = bundle;
    longer.hashes.push([0; 32]);
    assert_eq!(
        prove(longer.to_string().as_bytes()),
        Err(FaultCode::InclusionFails)
    );
}

/// ASA-2024-007 (IBC, April 2024): the refund ran before the commitment was consumed, so it ran again.
#[test]
fn an_end_is_consumed_before_it_has_an_effect() {
    let (mut ghana, mut swiss) = ghana_and_switzerland(100);
    let (transfer, lock) = ghana.send(swiss.party, 40, 1);
    swiss.time_ms = EXPIRY_MS;
    let refused = swiss.receive_and_write(&ghana.prove(lock));
    let proven = swiss.prove(refused);
    let released = ghana.receive_and_write(&proven);
    let end = ghana.leaves[released as usize].body.clone();
    // The same end again, as a partner sends it, as a program writes it, or as a ledger is replayed with it.
    assert_eq!(ghana.receive(&proven).unwrap().records, []);
    let again = ghana.write(end).map(drop);
    assert!(matches!(again, Err(Refusal::TransferStage { .. })));
    assert_eq!(ghana.available(TRADING), 100);
    assert_eq!(ghana.stage_sent(transfer), TransferStage::Released);
    check(&ghana.state);
}

/// ASA-2025-004 (IBC, March 2025): one acknowledgement, decoded and encoded again, was other bytes on other nodes.
#[test]
fn a_record_has_one_encoding() {
    let (mut ghana, mut swiss) = ghana_and_switzerland(100);
    let (_, lock) = ghana.send(swiss.party, 40, 1);
    let acquired = swiss.receive_and_write(&ghana.prove(lock));
    for record in ghana.leaves.iter().chain(&swiss.leaves) {
        let bytes = record.encode();
        assert_eq!(Record::decode(&bytes).unwrap().encode(), bytes);
        // A field that nobody knows, or the same field again, is refused and not dropped.
        for extra in [&[0xf8, 0x07, 0x01][..], &bytes[..2]] {
            let longer = [bytes.as_slice(), extra].concat();
            assert!(Record::decode(&longer).is_err(), "{record:?}");
        }
    }
    assert_eq!(swiss.leaves[acquired as usize].body.kind(), "acquire");
}

/// Megabytes in memo and receiver fields (IBC, 2023 and 2024): each chain had its own limit, or none.
#[test]
fn what_is_too_long_is_refused_before_a_signature_is_looked_at() {
    let (mut ghana, swiss) = ghana_and_switzerland(100);
    let (_, lock) = ghana.send(swiss.party, 40, 1);
    let bundle = bundle(&ghana, lock, ghana.leaves.len() as u64);
    // The signature is broken: whoever looked at it first would say so.
    let broken = bundle.to_string().replace("\u{2014} gh", "\u{2014} xh");
    let padded = broken + &"x".repeat(BUNDLE_BYTES_MAX);
    assert_eq!(
        Unverified::read(padded.as_bytes()).err(),
        Some(FaultCode::FrameTooLarge)
    );
    let many = vec![vec![0_u8; 8]; 1_000_000];
    let frames = Request::deliver_all(many);
    assert!(frames.len() > 1, "a frame takes no million bundles");
}

/// Timeouts on closed channels (IBC, 2020, and again 2026): with the way closed, locks could not be resolved any more.
#[test]
fn closing_the_way_leaves_the_way_to_settle_open() {
    for status in [PartnerStatus::Frozen, PartnerStatus::Removed] {
        let (mut ghana, mut swiss) = ghana_and_switzerland(100);
        let (taken, lock) = ghana.send(swiss.party, 40, 1);
        let (late, unheard) = ghana.send(swiss.party, 10, 2);
        swiss.receive_and_write(&ghana.prove(lock));
        ghana.must(&Command::SetPartner(partner_of(swiss.party, status)));
        swiss.must(&Command::SetPartner(partner_of(ghana.party, status)));
        // Nothing new begins; what is open ends, in either way.
        let refused = swiss.receive_and_write(&ghana.prove(unheard));
        assert_eq!(swiss.leaves[refused as usize].body.kind(), "refuse");
        let more = ghana.send_command(swiss.party, 1, 3);
        assert_eq!(
            ghana.submit(&more),
            Err(Refusal::PartnerFrozen(swiss.party))
        );
        let mut both = [ghana, swiss];
        settle(&mut both);
        assert_eq!(both[0].stage_sent(taken), TransferStage::Final);
        assert_eq!(both[0].stage_sent(late), TransferStage::Released);
    }
}

/// Transfers that had expired when they were sent (Penumbra, 2024): the units were gone until somebody proved the timeout.
#[test]
fn a_lock_that_can_not_arrive_in_time_is_not_written() {
    let (mut ghana, mut swiss) = ghana_and_switzerland(100);
    for (expiry_ms, is_taken) in [
        (0, false),
        (START_MS - 1, false),
        (START_MS + MIN_EXPIRY_MS - 1, false),
        (START_MS + MIN_EXPIRY_MS, true),
    ] {
        let command = Command::Send {
            to: swiss.party,
            agreement: agreement_id(ghana.party, swiss.party),
            from: TRADING,
            to_account: TRADING,
            units: Selection::Tonnes(10),
            nonce: RequestId([1; 16]),
            expiry_ms,
        };
        let result = ghana.submit(&command);
        assert_eq!(result.is_ok(), is_taken, "{expiry_ms}: {result:?}");
    }
    assert_eq!(ghana.available(TRADING), 90);
    // Should one be late all the same, the destination's refusal brings the units back.
    let lock = ghana.outbox()[0].leaf;
    swiss.time_ms = START_MS + MIN_EXPIRY_MS;
    swiss.receive_and_write(&ghana.prove(lock));
    let mut both = [ghana, swiss];
    settle(&mut both);
    assert_eq!(both[0].available(TRADING), 100);
}

/// Concurrent relayers (found in IBC's TLA+): a proof for one height was worthless as soon as another relayer had moved the client on.
#[test]
fn a_proof_holds_whatever_later_head_is_known_already() {
    let (mut ghana, swiss) = ghana_and_switzerland(100);
    let mut leaves: Vec<u64> = Vec::new();
    for nonce in 1..=6 {
        leaves.push(ghana.send(swiss.party, 1, nonce).1);
        ghana.end_block();
    }
    let tree = Tree::of(&ghana);
    let sizes: Vec<u64> = leaves.iter().map(|leaf| leaf + 2).collect();
    let root = |size: u64| ghana.prove_under(0, size).proof.root;
    // Every order in which two heads after the pin become known, and an honest answer to what is asked for.
    for pin in &sizes {
        for first in &sizes {
            for second in &sizes {
                let mut heads = Heads::new(Some((*pin, root(*pin))));
                for size in [*first, *second] {
                    let needed = heads.needed(size, &root(size)).unwrap();
                    let proof = match needed {
                        Needed::Nothing => Vec::new(),
                        Needed::Consistency { from, to } => {
                            prove_consistency(&tree, from, to).unwrap()
                        }
                    };
                    heads.accept(size, root(size), needed, &proof).unwrap();
                }
                // Another root of a size is a fork, whenever it comes.
                assert_eq!(
                    heads.needed(*second, &[0; 32]),
                    Err(FaultCode::Fork),
                    "{pin} {first} {second}"
                );
            }
        }
    }
    // A proof that joins nothing is a fork too.
    let mut heads = Heads::new(Some((sizes[2], root(sizes[2]))));
    let needed = heads.needed(sizes[4], &[1; 32]).unwrap();
    let proof = prove_consistency(&tree, sizes[2], sizes[4]).unwrap();
    assert_eq!(
        heads.accept(sizes[4], [1; 32], needed, &proof),
        Err(FaultCode::Fork)
    );
}

/// Client expiry (IBC): after the trusting period a channel stood still until governance stepped in.
#[test]
fn a_pin_never_expires() {
    let (mut ghana, mut swiss) = ghana_and_switzerland(100);
    let (transfer, lock) = ghana.send(swiss.party, 40, 1);
    let acquired = swiss.receive_and_write(&ghana.prove(lock));
    // The two do not hear of each other for twenty years.
    let years_ms = 20 * 365 * 86_400_000;
    ghana.time_ms += years_ms;
    swiss.time_ms += years_ms;
    ghana.receive_and_write(&swiss.prove(acquired));
    assert_eq!(ghana.stage_sent(transfer), TransferStage::Final);
    let mut both = [ghana, swiss];
    let sent = settle(&mut both);
    assert!(sent.contains(&MessageKind::Receipt), "{sent:?}");
    assert!(both[1].outbox().is_empty());
}
