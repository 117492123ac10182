//! Writes what the tests of the offline page give to it: `samples FOLDER [LETTER.pdf]`.
//!
//! One ledger that issues units, retires some, locks others and issues a letter; whom to trust; and what a forger makes of it.
#![allow(missing_docs, clippy::unwrap_used, reason = "a tool of the tests")]

#[path = "../../protocol/tests/verdict/ledger.rs"]
mod ledger;

use std::fs;
use std::path::PathBuf;

use countersign_protocol::id::{AccountId, RequestId};
use countersign_protocol::letter::{attach, certify};
use countersign_protocol::record::{
    Body, Claim, Issuance, LetterIssued, Purpose, Record, Retire, RetireKind, Transfer,
};
use countersign_protocol::time::Timestamp;
use ledger::{Ledger, TIME_S};
use sha2::{Digest, Sha256};

const ORIGIN: &str = "registry.example.gov.gh/ledger";

fn main() {
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
    let folder = arguments.next().unwrap();
    let letter = arguments.next().map(|path| fs::read(path).unwrap());
    fs::create_dir_all(&folder).unwrap();
    let write = |name: &str, bytes: &[u8]| fs::write(folder.join(name), bytes).unwrap();

    let ledger = Ledger::new(ORIGIN, 1, leaves(letter.as_deref()));
    let forged = Ledger::new(ORIGIN, 66, leaves(None));
    write("trust.txt", ledger.trust(2).as_bytes());
    write("strict.txt", ledger.trust(3).as_bytes());
    write("issued.tlog-proof", ledger.bundle(0).as_bytes());
    write("moved.tlog-proof", ledger.bundle(1).as_bytes());
    let retired = ledger.bundle(2);
    write("retired.tlog-proof", retired.as_bytes());
    write("unknown.tlog-proof", forged.bundle(2).as_bytes());
    write(
        "altered.tlog-proof",
        retired.replacen("index 2", "index 1", 1).as_bytes(),
    );
    write(
        "answer.json",
        br#"{"items": [{"range": "GH-1-1000", "since": 0, "place": "available"}], "next": null}"#,
    );
    if let Some(letter) = letter {
        let issued = Timestamp::from_seconds(TIME_S).unwrap();
        let carrying = attach(&letter, &ledger.bundle(3), issued).unwrap();
        write("letter.pdf", &carrying);
        let other = attach(&letter, &retired, issued).unwrap();
        write("other-letter.pdf", &other);
        let certificate = certify(&letter, ledger.key(), &retired, issued).unwrap();
        write("certificate.pdf", &certificate);
        let mut changed = certificate;
        changed[letter.len() / 2] ^= 1;
        write("changed-certificate.pdf", &changed);
        let mut changed = carrying;
        changed[letter.len() / 2] ^= 1;
        write("changed-letter.pdf", &changed);
        write("bare-letter.pdf", &letter);
    }
}

fn leaves(letter: Option<&[u8]>) -> Vec<Vec<u8>> {
    let bodies = [
        Body::Issuance(Issuance {
            account: AccountId(7),
            range: "GH-1-1000".parse().unwrap(),
            unit_type: "ITMO".parse().unwrap(),
            project: 12,
            year: 2024,
        }),
        Body::Transfer(Transfer {
            from: AccountId(7),
            to: AccountId(9),
            ranges: vec!["GH-1-400".parse().unwrap()],
        }),
        Body::Retire(Retire {
            account: AccountId(9),
            ranges: vec!["GH-1-250".parse().unwrap()],
            kind: RetireKind::Retire,
            purpose: Purpose::Ndc,
            beneficiary: None,
            claim: Claim {
                reason: Some("Used by <b>Switzerland</b> & others".parse().unwrap()),
                jurisdiction: Some("CH".parse().unwrap()),
                ndc_year: Some(2030),
            },
        }),
        Body::LetterIssued(LetterIssued {
            case: 4,
            act: 2,
            letter: "authorisation".parse().unwrap(),
            language: "en".parse().unwrap(),
            sha256: Sha256::digest(letter.unwrap_or_default()).into(),
        }),
    ];
    let record = |(number, body): (u8, Body)| Record {
        time_ms: TIME_S * 1000 + u64::from(number),
        request: RequestId([number; 16]),
        body,
    };
    let records = (0..).zip(bodies).map(record);
    records.map(|record| record.encode()).collect()
}
