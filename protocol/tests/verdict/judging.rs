use countersign_protocol::id::{AccountId, RequestId, TransferId};
use countersign_protocol::record::{Body, Lock};
use countersign_protocol::registry::{TransferTerms, transfer_id};
use countersign_protocol::serial::{DomesticSerial, SectoralScope, UnitType};
use countersign_protocol::units::UnitBlock;
use countersign_protocol::verdict::{Verdict, judge};

use crate::ledger::Ledger;
use crate::scene::{ORIGIN, issued, judged, range, record, retired, trust};

fn ledger() -> Ledger {
    Ledger::new(
        ORIGIN,
        1,
        vec![
            issued("GH-1-1000"),
            retired("GH-1-250"),
            b"no record".to_vec(),
        ],
    )
}

#[test]
fn what_was_done_for_ever_is_valid_and_says_what_it_is() {
    let it = judged(&ledger(), 1, &[]);
    assert_eq!((it.verdict, it.why), (Verdict::Valid, None));
    let (place, said) = (it.place.unwrap(), it.statement.unwrap());
    assert_eq!(
        (place.head.origin.as_str(), place.index, place.head.size),
        (ORIGIN, 1, 3)
    );
    let witnesses: Vec<_> = place
        .cosigned_by
        .iter()
        .map(|it| it.witness.as_str())
        .collect();
    assert_eq!(witnesses, ["w1.example", "w2.example"]);
    assert_eq!(
        (said.kind, said.ranges, said.tonnes),
        ("retire", vec![range("GH-1-250")], Some(250))
    );
}

#[test]
fn what_a_later_record_could_overtake_is_not_called_valid() {
    assert_eq!(judged(&ledger(), 0, &[]).verdict, Verdict::FreshnessUnknown);
}

#[test]
fn a_proven_leaf_that_is_no_record_is_told_with_its_place() {
    let it = judged(&ledger(), 2, &[]);
    assert_eq!(it.verdict, Verdict::Unreadable);
    assert_eq!(it.place.unwrap().index, 2);
    assert!(it.why.is_some() && it.statement.is_none());
}

#[test]
fn every_flipped_bit_of_a_bundle_is_seen() {
    let ledger = ledger();
    let (policy, bundle) = (trust(&ledger), ledger.bundle(1).into_bytes());
    for at in 0..bundle.len() {
        for bit in [0, 3, 5] {
            let mut changed = bundle.clone();
            changed[at] ^= 1 << bit;
            let verdict = judge(&policy, &changed, &[]).verdict;
            // A name or a key that is not known any more is a stranger's: a witness less, or nobody at all.
            let seen = [
                Verdict::Altered,
                Verdict::UnknownIssuer,
                Verdict::NotWitnessed,
            ];
            assert!(
                seen.contains(&verdict),
                "bit {bit} of byte {at}: {verdict:?}"
            );
        }
    }
}

#[test]
fn signatures_of_strangers_under_known_names_are_an_unknown_issuer() {
    let forged = Ledger::new(ORIGIN, 66, vec![issued("GH-1-1000")]);
    let it = judge(&trust(&ledger()), forged.bundle(0).as_bytes(), &[]);
    assert_eq!(it.verdict, Verdict::UnknownIssuer);
    assert!(it.place.is_none() && it.statement.is_none());
}

#[test]
fn too_few_witnesses_are_told_but_not_before_an_alteration() {
    let ledger = ledger();
    let strict = ledger.trust(3).parse().unwrap();
    let bundle = ledger.bundle(1);
    assert_eq!(
        judge(&strict, bundle.as_bytes(), &[]).verdict,
        Verdict::NotWitnessed
    );
    let altered = bundle.replace("index 1", "index 0");
    assert_eq!(
        judge(&strict, altered.as_bytes(), &[]).verdict,
        Verdict::Altered
    );
}

#[test]
fn a_bundle_without_a_leaf_is_none_whoever_issued_it() {
    let stranger = Ledger::new("vu.example/ledger", 5, vec![issued("GH-1-9")]).bundle(0);
    let extra = stranger.find("extra ").unwrap()..stranger.find("index ").unwrap();
    let mut bundle = stranger;
    bundle.replace_range(extra, "");
    assert_eq!(
        judge(&trust(&ledger()), bundle.as_bytes(), &[]).verdict,
        Verdict::Altered
    );
}

/// A lock of 100 t, with the id that it has in the ledger of `source`.
pub(crate) fn lock(source: &str) -> Vec<u8> {
    let units = range("GH-301-400");
    let scope = SectoralScope::new(3).unwrap();
    let block = UnitBlock {
        serial: DomesticSerial::new(units, UnitType::ITMO, scope, 12, 2024).unwrap(),
        issued_at: 0,
        split_from: None,
        first_transfer: None,
        authorisation: None,
    };
    let mut lock = Lock {
        transfer: TransferId([0; 32]),
        destination: "CH".parse().unwrap(),
        destination_origin: "registry.example.admin.ch/ledger".parse().unwrap(),
        agreement: "CH-GH-2020".parse().unwrap(),
        from: AccountId(7),
        to: AccountId(3),
        blocks: vec![block],
        nonce: RequestId([9; 16]),
        expiry_ms: 2_000_000_000_000,
    };
    let source = source.parse().unwrap();
    lock.transfer = transfer_id(&TransferTerms {
        source: &source,
        destination: &lock.destination_origin,
        agreement: &lock.agreement,
        ranges: &[units],
        from: lock.from,
        to: lock.to,
        nonce: &lock.nonce,
        expiry_ms: lock.expiry_ms,
    });
    record(4, Body::Lock(lock))
}

#[test]
fn a_lock_counts_only_in_the_ledger_that_its_id_names() {
    let own = Ledger::new(ORIGIN, 1, vec![lock(ORIGIN)]);
    let it = judged(&own, 0, &[]);
    assert_eq!(it.verdict, Verdict::FreshnessUnknown);
    assert_eq!(it.statement.unwrap().to, Some("CH".parse().unwrap()));
    let other = Ledger::new(ORIGIN, 1, vec![lock("vu.example/ledger")]);
    assert_eq!(judged(&other, 0, &[]).verdict, Verdict::Unreadable);
}
