//! Records and judgements in few words.

use countersign_protocol::id::{AccountId, RequestId};
use countersign_protocol::log::Policy;
use countersign_protocol::record::{
    Body, Claim, Issuance, LetterIssued, Purpose, Record, Retire, RetireKind, Transfer,
};
use countersign_protocol::units::UnitRange;
use countersign_protocol::verdict::{Judgement, Verdict, judge};

use crate::ledger::{Ledger, TIME_S};

pub(crate) const ORIGIN: &str = "registry.example.gov.gh/ledger";

pub(crate) fn range(text: &str) -> UnitRange {
    text.parse().unwrap()
}

/// Whatever byte of a file is changed, it proves nothing any more.
pub(crate) fn every_changed_byte_is_seen(policy: &Policy, file: &[u8]) {
    for at in 0..file.len() {
        let mut changed = file.to_vec();
        changed[at] ^= 1;
        let verdict = judge(policy, &changed, &[]).verdict;
        let seen = [
            Verdict::Altered,
            Verdict::UnknownIssuer,
            Verdict::NotWitnessed,
        ];
        assert!(seen.contains(&verdict), "byte {at}: {verdict:?}");
    }
}

/// A record that is written so many milliseconds after the others' beginning.
pub(crate) fn record(after_ms: u64, body: Body) -> Vec<u8> {
    let record = Record {
        time_ms: TIME_S * 1000 + after_ms,
        request: RequestId([7; 16]),
        body,
    };
    record.encode()
}

pub(crate) fn issued(units: &str) -> Vec<u8> {
    let issuance = Issuance {
        account: AccountId(7),
        range: range(units),
        unit_type: "ITMO".parse().unwrap(),
        project: 12,
        year: 2024,
    };
    record(0, Body::Issuance(issuance))
}

pub(crate) fn moved(units: &str) -> Vec<u8> {
    let transfer = Transfer {
        from: AccountId(7),
        to: AccountId(9),
        ranges: vec![range(units)],
    };
    record(1, Body::Transfer(transfer))
}

pub(crate) fn retired(units: &str) -> Vec<u8> {
    let retire = Retire {
        account: AccountId(9),
        ranges: vec![range(units)],
        kind: RetireKind::Retire,
        purpose: Purpose::Ndc,
        beneficiary: None,
        claim: Claim::default(),
    };
    record(2, Body::Retire(retire))
}

pub(crate) fn letter(sha256: [u8; 32]) -> Vec<u8> {
    let letter = LetterIssued {
        case: 4,
        act: 2,
        letter: "authorisation".parse().unwrap(),
        language: "en".parse().unwrap(),
        sha256,
    };
    record(3, Body::LetterIssued(letter))
}

/// Trusts the ledger when two of its three witnesses have seen its head, as they have.
pub(crate) fn trust(ledger: &Ledger) -> Policy {
    ledger.trust(2).parse().unwrap()
}

pub(crate) fn judged(ledger: &Ledger, index: usize, later: &[&str]) -> Judgement {
    let later: Vec<&[u8]> = later.iter().map(|text| text.as_bytes()).collect();
    judge(&trust(ledger), ledger.bundle(index).as_bytes(), &later)
}
