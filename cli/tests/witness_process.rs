//! A witness as a process: it cosigns a log from the moment its key lies in the folder, and stops in order when asked.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod common;

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::Command;
use std::time::{Duration, Instant};

use common::{PASSPHRASE, RunningWitness, run, secret_file, text};
use countersign_protocol::log::{AddCheckpoint, Checkpoint, KeyKind, SignerKey, leaf_hash};

/// Submits a checkpoint; gives the status and the body of the answer.
fn submit(witness: &RunningWitness, request: &AddCheckpoint) -> (u16, String) {
    let body = request.to_string();
    let mut stream = TcpStream::connect(&witness.address).unwrap();
    write!(
        stream,
        "POST /add-checkpoint HTTP/1.1\r\nhost: w\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let status = answer.split(' ').nth(1).unwrap().parse().unwrap();
    let body = answer.split_once("\r\n\r\n").unwrap().1.to_owned();
    (status, body)
}

fn request(key: &SignerKey) -> AddCheckpoint {
    let checkpoint = Checkpoint {
        origin: key.name().to_owned(),
        size: 1,
        root: leaf_hash(b"a leaf"),
    };
    AddCheckpoint {
        old_size: 0,
        proof: Vec::new(),
        checkpoint: checkpoint.sign(key).unwrap(),
    }
}

#[test]
fn a_log_is_cosigned_as_soon_as_its_key_lies_in_the_folder_and_the_witness_stops_in_order() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("w1");
    let passphrase = secret_file(dir.path().join("passphrase"), PASSPHRASE);
    let mut witness = RunningWitness::start(text(&data), "w1.example", text(&passphrase));
    let log = SignerKey::from_seed("gh.example/ledger", KeyKind::Ed25519, &[1; 32]).unwrap();
    let request = request(&log);
    assert_eq!(submit(&witness, &request).0, 404);
    fs::write(data.join("logs/gh"), format!("{}\n", log.verifier())).unwrap();
    let until = Instant::now() + Duration::from_secs(20);
    let cosigned = loop {
        let (status, body) = submit(&witness, &request);
        if status == 200 || Instant::now() > until {
            break body;
        }
        std::thread::sleep(Duration::from_millis(100));
    };
    assert!(cosigned.starts_with("\u{2014} w1.example "), "{cosigned}");
    // A file that cannot be read changes nothing.
    fs::write(data.join("logs/xx"), "no key at all, just words\n").unwrap();
    std::thread::sleep(Duration::from_millis(1500));
    assert_ne!(submit(&witness, &request).0, 404);
    let asked = Command::new("kill")
        .arg("-TERM")
        .arg(witness.child.id().to_string())
        .status()
        .unwrap();
    assert!(asked.success());
    assert!(witness.child.wait().unwrap().success());
    let shown = run(&[
        "witness",
        "--data",
        text(&data),
        "--make-only",
        "--passphrase-file",
        text(&passphrase),
    ]);
    assert!(shown.out.contains("w1.example+"), "{}", shown.out);
}
