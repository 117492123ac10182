//! Whoever knows nothing of this code rebuilds balances and root from the feed: Python, with its standard library alone.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::Command;

use serde_json::{Value, json};

use crate::common;
use crate::world::World;

/// Runs the consumer against a node; gives its exit code and what it found.
async fn replayed(base: String, token: PathBuf) -> (i32, Value) {
    let script = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../tests/api/replay.py");
    let run = move || {
        Command::new("python3")
            .arg(script)
            .arg(base)
            .arg(token)
            .output()
    };
    let output = tokio::task::spawn_blocking(run).await.unwrap().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let found = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{said}"));
    (output.status.code().unwrap(), found)
}

/// A registry in which units are in every place that there is, with more leaves than a tile and a page hold.
async fn busy() -> World {
    let world = World::start().await;
    for (path, body) in [
        (
            "account-transfers",
            json!({"from": 1, "to": 2, "units": {"tonnes": 250}}),
        ),
        (
            "retirements",
            json!({"account": 2, "units": {"tonnes": 17}, "kind": "retire", "purpose": "voluntary"}),
        ),
        (
            "retirements",
            json!({"account": 2, "units": {"tonnes": 3}, "kind": "cancel", "purpose": "voluntary"}),
        ),
        (
            "holds",
            json!({"account": 2, "ranges": ["GH-751-980"], "reason": "a check"}),
        ),
    ] {
        let answer = world
            .try_post(&format!("/api/v1/{path}"), &common::request(), body)
            .await;
        let status = answer.status();
        assert!(
            status.is_success(),
            "{path}: {status} {}",
            answer.text().await.unwrap()
        );
    }
    let sent = world.send(20).await;
    world.settle(sent).await;
    world.send(5).await;
    let handle = world.handle();
    let grown = tokio::task::spawn_blocking(move || {
        while handle.head().borrow().size < 1_100 {
            common::submit(&handle, common::organisation()).unwrap();
        }
    });
    grown.await.unwrap();
    world.witness();
    world
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn balances_and_root_follow_from_the_feed_and_from_nothing_else() {
    let world = busy().await;
    // Beyond the last checkpoint that witnesses have cosigned.
    world.send(1).await;
    let (code, found) = replayed(world.base.clone(), world.root().join("token")).await;
    assert_eq!((code, &found["wrong"]), (0, &json!([])), "{found:#}");
    let balances = &found["balances"];
    for (account, tonnes) in [
        ("issued", -1_000),
        ("on_hold 2", 230),
        ("escrow 1", 6),
        ("transferred_to CH", 20),
        ("used", 17),
        ("cancelled", 3),
    ] {
        assert_eq!(balances[account], tonnes, "{account} in {found:#}");
    }
    assert!(found["leaves"].as_u64().unwrap() > 1_100);
    assert_eq!(found["accounts"], 2);
}

/// A node whose feed says of one move that it was a tonne more.
fn liar(base: &str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let honest = base.trim_start_matches("http://").to_owned();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut asked = stream.unwrap();
            let mut head = [0; 4096];
            let length = asked.read(&mut head).unwrap();
            let mut upstream = TcpStream::connect(&honest).unwrap();
            let text = String::from_utf8_lossy(&head[..length]);
            let text = text.replace("Connection: keep-alive", "Connection: close");
            upstream.write_all(text.as_bytes()).unwrap();
            let mut answer = Vec::new();
            upstream.read_to_end(&mut answer).unwrap();
            let said = b"\"tonnes\":250}";
            if let Some(at) = answer.windows(said.len()).position(|it| it == said) {
                answer[at + said.len() - 2] = b'1';
            }
            // A head without a length ends with the connection.
            asked.write_all(&answer).unwrap();
        }
    });
    format!("http://{address}")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_feed_that_says_another_amount_is_found_out() {
    let world = busy().await;
    let (code, found) = replayed(liar(&world.base), world.root().join("token")).await;
    assert_eq!(code, 1, "{found:#}");
    let wrong = found["wrong"].to_string();
    assert!(wrong.contains("available"), "{wrong}");
}
