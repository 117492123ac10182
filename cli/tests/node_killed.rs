//! A busy node is killed again and again while its clients send their wishes until each has an answer: nothing that was
//! acknowledged is lost, nothing is done twice, and the read model says what the ledger says.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    missing_docs
)]

mod common;

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, RwLock};
use std::time::Duration;

use common::{Made, made, run, text};
use serde_json::{Value, json};

const CLIENTS: u64 = 16;
/// What account 1 begins with: more than the clients can spend.
const BALANCE: u64 = 100_000_000;

/// A node as a process, killed when a test ends early.
struct Node {
    child: Child,
    base: String,
}

impl Drop for Node {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Node {
    fn start(made: &Made) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_countersign"))
            .args(["serve", "--data", text(&made.data)])
            .args([
                "--passphrase-file",
                text(&made.passphrase),
                "--log",
                "error",
            ])
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = BufReader::new(child.stderr.take().unwrap());
        let mut heard = String::new();
        let base = loop {
            let mut line = String::new();
            assert!(
                said.read_line(&mut line).unwrap() > 0,
                "it did not start: {heard}"
            );
            if let Some((_, api)) = line.split_once("API ") {
                break api.trim().to_owned();
            }
            heard.push_str(&line);
        };
        // A full pipe would stop the node.
        std::thread::spawn(move || said.lines().map_while(Result::ok).for_each(drop));
        Self { child, base }
    }

    /// SIGKILL: no handler, no last word.
    fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    fn stop(mut self) {
        let mut kill = Command::new("kill");
        let asked = kill.arg("-TERM").arg(self.child.id().to_string()).status();
        assert!(asked.unwrap().success());
        assert!(self.child.wait().unwrap().success());
    }
}

/// What the clients share.
struct Shared {
    base: RwLock<String>,
    token: String,
    client: reqwest::Client,
    stop: AtomicBool,
    acknowledged: AtomicU64,
    /// Requests that had no answer because the node was gone.
    unanswered: AtomicU64,
}

/// A wish, and the bytes that acknowledged it.
#[derive(Clone)]
struct Done {
    key: String,
    path: &'static str,
    body: Value,
    tonnes: u64,
    answer: String,
}

impl Shared {
    async fn once(
        &self,
        path: &str,
        key: &str,
        body: &Value,
    ) -> reqwest::Result<reqwest::Response> {
        let url = format!("{}/{path}", self.base.read().unwrap());
        let request = self.client.post(url).bearer_auth(&self.token);
        let request = request.header("Idempotency-Key", key).json(body);
        request.timeout(Duration::from_secs(10)).send().await
    }

    /// Sends a wish until it has an answer: through dead connections, restarts and a busy node.
    async fn insist(&self, path: &str, key: &str, body: &Value) -> String {
        loop {
            match self.once(path, key, body).await {
                Ok(response) if response.status().is_success() => {
                    if let Ok(text) = response.text().await {
                        return text;
                    }
                }
                Ok(response) if response.status() == 503 => {}
                Ok(response) => {
                    let status = response.status();
                    panic!("{path} {body}: {status} {}", response.text().await.unwrap());
                }
                Err(_) => {
                    self.unanswered.fetch_add(1, Ordering::Relaxed);
                }
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    async fn make(&self, path: &str, number: u64, body: Value) {
        self.insist(path, &format!("{number:032x}"), &body).await;
    }

    async fn get(&self, path: &str) -> Value {
        let url = format!("{}/{path}", self.base.read().unwrap());
        let asked = self.client.get(url).bearer_auth(&self.token).send();
        asked.await.unwrap().json().await.unwrap()
    }

    /// All items of a list.
    async fn all(&self, path: &str) -> Vec<Value> {
        let (mut items, mut after) = (Vec::new(), String::new());
        loop {
            let page = self.get(&format!("{path}limit=1000{after}")).await;
            items.extend(page["items"].as_array().unwrap().iter().cloned());
            match page["next"].as_str() {
                Some(next) => after = format!("&after={next}"),
                None => return items,
            }
        }
    }
}

/// The next wish of a client: a move, a retirement in somebody's name, or an issuance.
fn wish(client: u64, number: u64) -> (&'static str, u64, Value) {
    let tonnes = 1 + (client * 31 + number * 17) % 89;
    let units = json!({"tonnes": tonnes});
    match number % 3 {
        0 => (
            "account-transfers",
            tonnes,
            json!({"from": 1, "to": 2 + client % 3, "units": units}),
        ),
        1 => (
            "retirements",
            tonnes,
            json!({"account": 1, "units": units, "kind": "retire", "purpose": "voluntary",
                   "beneficiary": format!("Client {client}")}),
        ),
        _ => (
            "issuances",
            tonnes,
            json!({"account": 5, "project": 1, "year": 2024, "unit_type": "ITMO", "tonnes": tonnes}),
        ),
    }
}

async fn client(shared: Arc<Shared>, client: u64) -> Vec<Done> {
    let mut done = Vec::new();
    for number in 0.. {
        if shared.stop.load(Ordering::Relaxed) {
            break;
        }
        let (path, tonnes, body) = wish(client, number);
        let key = format!("{:016x}{:016x}", client + 1, number + 1);
        let answer = shared.insist(path, &key, &body).await;
        shared.acknowledged.fetch_add(1, Ordering::Relaxed);
        done.push(Done {
            key,
            path,
            body,
            tonnes,
            answer,
        });
    }
    done
}

fn sum(done: &[Done], fits: impl Fn(&Done) -> bool) -> u64 {
    done.iter().filter(|it| fits(it)).map(|it| it.tonnes).sum()
}

fn tonnes_of(items: &[Value], fits: impl Fn(&Value) -> bool) -> u64 {
    let fitting = items.iter().filter(|it| fits(it));
    fitting.map(|it| it["tonnes"].as_u64().unwrap()).sum()
}

/// Every answer is given again in the same bytes, and the sums are those of the answers.
async fn nothing_is_lost_or_doubled(shared: &Shared, done: &[Done]) {
    for one in done.iter().step_by(7) {
        let again = shared.once(one.path, &one.key, &one.body).await.unwrap();
        assert_eq!(
            again.headers()["idempotency-replayed"],
            "true",
            "{}",
            one.key
        );
        assert_eq!(again.text().await.unwrap(), one.answer, "{}", one.key);
    }
    let moved = |to: u64| {
        sum(done, |it| {
            it.path == "account-transfers" && it.body["to"] == to
        })
    };
    let retired = sum(done, |it| it.path == "retirements");
    let issued = sum(done, |it| it.path == "issuances");
    let out = moved(2) + moved(3) + moved(4) + retired;
    let ranges = shared.all("holdings?").await;
    for (account, expected) in [
        (1, BALANCE - out),
        (2, moved(2)),
        (3, moved(3)),
        (4, moved(4)),
        (5, issued),
    ] {
        let view = shared.get(&format!("accounts/{account}")).await;
        assert_eq!(
            view["available"], expected,
            "account {account} by the ledger"
        );
        let listed = tonnes_of(&ranges, |it| {
            it["place"] == "available" && it["account"] == account
        });
        assert_eq!(listed, expected, "account {account} by the read model");
    }
    let listed = shared.all("retirements?").await;
    assert_eq!(
        tonnes_of(&listed, |_| true),
        retired,
        "the list of retirements"
    );
    let status = shared.get("status").await;
    assert_eq!(status["balances"]["used"], retired);
}

async fn prepare(shared: &Shared) {
    shared
        .make(
            "organisations",
            1,
            json!({"name": "Volta", "kind": "developer"}),
        )
        .await;
    for number in 1..=5 {
        let account = json!({"organisation": 1, "name": format!("Account {number}"), "kind": "entity_holding"});
        shared.make("accounts", 10 + number, account).await;
    }
    shared
        .make(
            "projects",
            20,
            json!({"organisation": 1, "title": "Stoves", "scope": "3"}),
        )
        .await;
    let issue =
        json!({"account": 1, "project": 1, "year": 2024, "unit_type": "ITMO", "tonnes": BALANCE});
    shared.make("issuances", 30, issue).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_busy_node_that_is_killed_again_and_again_loses_nothing_and_doubles_nothing() {
    let kills = if std::env::var_os("COUNTERSIGN_LONG").is_some() {
        60
    } else {
        6
    };
    let made = made();
    let token = std::fs::read_to_string(made.data.join("operator.token")).unwrap();
    let mut node = Node::start(&made);
    let shared = Arc::new(Shared {
        base: RwLock::new(node.base.clone()),
        token: token.trim().to_owned(),
        client: reqwest::Client::new(),
        stop: AtomicBool::new(false),
        acknowledged: AtomicU64::new(0),
        unanswered: AtomicU64::new(0),
    });
    prepare(&shared).await;
    let clients: Vec<_> = (0..CLIENTS)
        .map(|number| tokio::spawn(client(Arc::clone(&shared), number)))
        .collect();
    let mut random = u64::from(std::process::id()) | 1;
    for _ in 0..kills {
        let before = shared.acknowledged.load(Ordering::Relaxed);
        while shared.acknowledged.load(Ordering::Relaxed) < before + 2 * CLIENTS {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        tokio::time::sleep(Duration::from_micros(random % 200_000)).await;
        node.kill();
        node = Node::start(&made);
        shared.base.write().unwrap().clone_from(&node.base);
    }
    shared.stop.store(true, Ordering::Relaxed);
    let mut done = Vec::new();
    for client in clients {
        done.extend(client.await.unwrap());
    }
    let unanswered = shared.unanswered.load(Ordering::Relaxed);
    println!(
        "{kills} kills, {} wishes, {unanswered} requests without an answer",
        done.len()
    );
    assert!(
        unanswered >= kills,
        "the node was not busy when it was killed"
    );
    nothing_is_lost_or_doubled(&shared, &done).await;
    node.stop();
    let verified = run(&[
        "ledger",
        "verify",
        "--replay",
        "--data",
        text(&made.data),
        "-o",
        "json",
    ]);
    assert_eq!(verified.json()["replayed"], true, "{}", verified.err);
}
