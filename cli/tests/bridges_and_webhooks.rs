//! The commands of bridges and webhooks against a node as its operator runs it, and what a kill does to what other systems are
//! told.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    missing_docs
)]

mod common;

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use common::{Ended, Made, made, run, secret_file, text};
use serde_json::{Value, json};

/// A node as a process, killed when a test ends early.
struct Node(Child);

impl Drop for Node {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Node {
    fn start(made: &Made) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_countersign"))
            .args(["serve", "--data", text(&made.data), "--log", "error"])
            .args(["--passphrase-file", text(&made.passphrase)])
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = BufReader::new(child.stderr.take().unwrap());
        let mut heard = String::new();
        while !heard.contains("API ") {
            let read = said.read_line(&mut heard).unwrap();
            assert!(read > 0, "it did not start: {heard}");
        }
        // A full pipe would stop the node.
        std::thread::spawn(move || said.lines().map_while(Result::ok).for_each(drop));
        Self(child)
    }

    /// SIGKILL: no handler, no last word.
    fn kill(mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

/// A message: its id, and the index of its leaf.
type Got = (String, Option<u64>);

/// Somebody who takes every message; slowly, so that a kill meets one on its way.
fn receiver() -> (String, Arc<Mutex<Vec<Got>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/hook", listener.local_addr().unwrap());
    let got: Arc<Mutex<Vec<Got>>> = Arc::default();
    let kept = Arc::clone(&got);
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let mut reader = BufReader::new(stream);
            let (mut id, mut length) = (String::new(), 0);
            loop {
                let mut line = String::new();
                if reader.read_line(&mut line).unwrap_or(0) <= 2 {
                    break;
                }
                let (name, value) = line.split_once(':').unwrap_or_default();
                match name.to_lowercase().as_str() {
                    "webhook-id" => id = value.trim().to_owned(),
                    "content-length" => length = value.trim().parse().unwrap_or(0),
                    _ => {}
                }
            }
            let mut body = vec![0; length];
            if reader.read_exact(&mut body).is_err() {
                continue;
            }
            // A kill cuts requests off anywhere.
            let Ok(event) = serde_json::from_slice::<Value>(&body) else {
                continue;
            };
            kept.lock()
                .unwrap()
                .push((id, event["data"]["index"].as_u64()));
            std::thread::sleep(Duration::from_millis(2));
            let answer = "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n";
            let _ = reader.get_mut().write_all(answer.as_bytes());
        }
    });
    (url, got)
}

fn command(made: &Made, words: &[&str]) -> Ended {
    let mut all = words.to_vec();
    all.extend(["--data", text(&made.data), "-o", "json"]);
    run(&all)
}

fn size(made: &Made) -> u64 {
    command(made, &["api", "GET", "ledger/head"]).json()["size"]
        .as_u64()
        .unwrap()
}

/// A node whose webhooks may go to this machine, with a bridge to a system that is not there.
fn set_up() -> Made {
    let made = made();
    let config = made.data.join("config.toml");
    let before = fs::read_to_string(&config).unwrap();
    fs::write(
        &config,
        format!("{before}\n[webhooks]\nallow_private = true\n"),
    )
    .unwrap();
    secret_file(made.data.join("cadt.key"), "a secret of the CADT node");
    fs::write(
        made.data.join("cad-trust.toml"),
        "[registry]\nname = \"Ghana Carbon Registry\"\nverification_approach = \"Third-party verification\"\n\
         [links]\nbase = \"https://registry.example\"\n",
    )
    .unwrap();
    fs::write(
        made.data.join("bridges.toml"),
        "[cad-trust]\nurl = \"http://127.0.0.1:9\"\napi_key_file = \"cadt.key\"\nmapping = \"cad-trust.toml\"\n",
    )
    .unwrap();
    made
}

#[test]
fn an_operator_sees_how_a_bridge_stands_and_why_it_can_do_nothing() {
    let made = set_up();
    let node = Node::start(&made);
    let began = Instant::now();
    let status = loop {
        let status = command(&made, &["bridge", "cad-trust", "status"]).json();
        if status["state"] == "waits" {
            break status;
        }
        assert!(began.elapsed() < Duration::from_secs(30), "{status:#}");
    };
    assert!(
        status["why"].as_str().unwrap().contains("127.0.0.1:9"),
        "{status:#}"
    );
    assert!(!status.to_string().contains("a secret of the CADT node"));
    let plan = command(&made, &["bridge", "cad-trust", "plan"]);
    assert_eq!(plan.code, 7, "{}", plan.err);
    let absent = command(&made, &["bridge", "mrv", "status"]);
    assert_eq!(absent.code, 3, "{}", absent.err);
    assert!(
        absent.err.contains("[mrv] in bridges.toml"),
        "{}",
        absent.err
    );
    let neither = command(&made, &["bridge", "cad-trust", "replay"]);
    assert_eq!(neither.code, 2, "{}", neither.err);
    let replay = command(
        &made,
        &["bridge", "cad-trust", "replay", "--all", "--dry-run"],
    );
    assert_eq!(replay.code, 0, "{}", replay.err);
    let shown = run(&["bridge", "cad-trust", "status", "--data", text(&made.data)]);
    assert!(
        shown.out.contains("cad-trust") && shown.out.contains("no dead letters"),
        "{}",
        shown.out
    );
    drop(node);

    // A mistake keeps the node from starting, and says where it is.
    fs::write(
        made.data.join("bridges.toml"),
        "[cad-trust]\nadress = \"x\"\n",
    )
    .unwrap();
    let refused = run(&[
        "serve",
        "--data",
        text(&made.data),
        "--passphrase-file",
        text(&made.passphrase),
    ]);
    assert_ne!(refused.code, 0);
    assert!(
        refused.err.contains("bridges.toml") && refused.err.contains("adress"),
        "{}",
        refused.err
    );
}

#[test]
fn what_other_systems_are_told_survives_kills_without_a_hole() {
    let kills = if std::env::var_os("COUNTERSIGN_LONG").is_some() {
        40
    } else {
        5
    };
    let made = set_up();
    let mut node = Node::start(&made);
    let (url, got) = receiver();
    let added = command(&made, &["webhook", "add", &url, "--from", "0"]).json();
    let id = added["webhook"].to_string();
    assert_eq!(
        command(&made, &["webhook", "ping", &id]).json()["delivered"],
        true
    );
    let key = command(&made, &["webhook", "key"]).json();
    assert!(key["keys"][0].as_str().unwrap().starts_with("whpk_"));
    let mut wished = 0;
    for round in 0..kills {
        for _ in 0..6 {
            wished += 1;
            let body = json!({"name": format!("Developer {wished}"), "kind": "developer"});
            let made = command(
                &made,
                &["api", "POST", "organisations", "--body", &body.to_string()],
            );
            assert_eq!(made.code, 0, "{}", made.err);
        }
        std::thread::sleep(Duration::from_millis(3 * round));
        node.kill();
        node = Node::start(&made);
    }
    let all = size(&made);
    assert!(all > wished, "every wish is a leaf");
    let began = Instant::now();
    let leaves = || -> Vec<u64> { got.lock().unwrap().iter().filter_map(|it| it.1).collect() };
    while leaves().iter().copied().collect::<BTreeSet<_>>().len() < usize::try_from(all).unwrap() {
        assert!(
            began.elapsed() < Duration::from_secs(60),
            "{} of {all}",
            leaves().len()
        );
        std::thread::sleep(Duration::from_millis(20));
    }
    let leaves = leaves();
    println!("{all} leaves, {} messages, {kills} kills", leaves.len());
    // In order: a message that was on its way is sent again, and none is left out.
    for pair in leaves.windows(2) {
        assert!(
            pair[1] == pair[0] + 1 || pair[1] <= pair[0],
            "{pair:?} in {leaves:?}"
        );
    }
    let repeated = leaves.len() - usize::try_from(all).unwrap();
    assert!(
        repeated <= usize::try_from(kills).unwrap(),
        "{repeated} of {kills} in {leaves:?}"
    );
    for (id, leaf) in got.lock().unwrap().iter().filter(|it| it.1.is_some()) {
        assert_eq!(
            *id,
            format!("msg_1_{}", leaf.unwrap()),
            "a message keeps its id"
        );
    }
    let listed = command(&made, &["webhook", "list"]).json();
    assert_eq!(listed["items"][0]["webhook"], 1);
    let log = command(&made, &["webhook", "deliveries", &id, "--limit", "1"]).json();
    assert_eq!(log[0]["leaf"], all - 1, "{log:#}");
    let from = (all - 1).to_string();
    command(&made, &["webhook", "replay", &id, "--from", &from]).json();
    let removed = command(&made, &["webhook", "remove", &id]);
    assert_eq!(removed.code, 0, "{}", removed.err);
    assert_eq!(command(&made, &["webhook", "ping", &id]).code, 3);
}
