//! A sandbox is real nodes: units cross between them, its clock moves, every answer says what it is, and a node that is no
//! sandbox has none of it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod common;

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use common::{made, run, text};
use serde_json::Value;

const DAY_MS: u64 = 86_400_000;

/// A sandbox as a process, killed when a test ends early.
struct Sandbox {
    child: Child,
    told: Value,
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Sandbox {
    fn start(folder: &Path) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_countersign"))
            .args(["serve", "--sandbox", "--data", text(folder)])
            .args([
                "--sandbox-http",
                "127.0.0.1:0",
                "--log",
                "error",
                "-o",
                "json",
            ])
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut said = BufReader::new(child.stdout.take().unwrap());
        said.read_line(&mut line).unwrap();
        assert!(!line.is_empty(), "the sandbox did not start");
        let told = serde_json::from_str(&line).unwrap();
        Self { child, told }
    }

    fn stop(mut self) {
        let mut kill = Command::new("kill");
        let asked = kill.arg("-TERM").arg(self.child.id().to_string()).status();
        assert!(asked.unwrap().success());
        assert!(self.child.wait().unwrap().success());
    }

    fn run(&self, of: &str, args: &[&str]) -> Value {
        let place = if of == "CH" { "/partner/data" } else { "/data" };
        let data = self.told.pointer(place).unwrap().as_str().unwrap();
        let mut all = vec!["--data", data, "-o", "json"];
        all.extend(args);
        run(&all).json()
    }

    fn settled(&self, of: &str, id: &str) -> String {
        let begun = Instant::now();
        loop {
            let shown = self.run(of, &["transfer", "show", id]);
            let state = shown["state"].as_str().unwrap();
            if state != "LOCKED" || begun.elapsed() > Duration::from_secs(30) {
                return state.to_owned();
            }
            std::thread::sleep(Duration::from_millis(100));
        }
    }
}

fn ask(url: &str) -> (u16, bool, String) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    runtime.unwrap().block_on(async {
        let answer = reqwest::get(url).await.unwrap();
        let is_marked = answer.headers().contains_key("countersign-sandbox");
        (
            answer.status().as_u16(),
            is_marked,
            answer.text().await.unwrap(),
        )
    })
}

/// What was issued has a credential that is verified offline, and one character more or less of it is not.
fn is_credited(sandbox: &Sandbox, folder: &Path) {
    let url = sandbox.told["url"].as_str().unwrap();
    let history = ask(&format!("{url}/api/v1/units/GH-1/history")).2;
    let history: Value = serde_json::from_str(&history).unwrap();
    assert_eq!(history["items"][0]["kind"], "issuance");
    let index = history["items"][0]["index"].to_string();
    let file = folder.join("issuance.vc.jwt");
    let data = sandbox.told["data"].as_str().unwrap();
    let args = [
        "ledger",
        "credential",
        "--data",
        data,
        "--index",
        &index,
        "--out",
        text(&file),
    ];
    let made = run(&args);
    assert_eq!(made.code, 0, "{}", made.err);
    let trust = folder.join("trust");
    let key = std::fs::read_to_string(folder.join("logs/GH.vkey")).unwrap();
    let policy = std::fs::read_to_string(Path::new(data).join("trust.policy")).unwrap();
    std::fs::write(&trust, format!("log {key}{policy}")).unwrap();
    let verify = |file: &Path| run(&["verify", text(file), "--trust", text(&trust), "-o", "json"]);
    let told = verify(&file).json();
    assert_eq!(told["credential"], "UnitIssuanceCredential", "{told}");
    assert!(told["issuer"].as_str().unwrap().starts_with("did:key:z6Mk"));
    assert_eq!(told["verdict"], "freshness_unknown");
    let credential = std::fs::read_to_string(&file).unwrap();
    let broken = folder.join("broken.vc.jwt");
    std::fs::write(&broken, credential.replacen('.', "A.", 1)).unwrap();
    assert_eq!(verify(&broken).code, 8);
    // A block header is nobody's claim.
    let none = run(&["ledger", "credential", "--data", data, "--index", "1"]);
    assert_eq!(none.code, 3, "{}", none.err);
}

fn machine_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    u64::try_from(since.as_millis()).unwrap()
}

#[test]
fn a_sandbox_is_filled_moves_units_across_a_border_and_through_time_and_comes_back() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("sandbox");
    let sandbox = Sandbox::start(&folder);
    let url = sandbox.told["url"].as_str().unwrap().to_owned();
    for path in [
        "/en",
        "/api/v1/status",
        "/en/none",
        "/api/v1/docs",
        "/sandbox",
    ] {
        let (_, is_marked, page) = ask(&format!("{url}{path}"));
        assert!(is_marked, "{path}");
        assert!(
            path != "/en" || page.contains("class=\"sandbox\""),
            "{path}"
        );
    }
    // What it begins with has crossed both ways.
    let moved = sandbox.run("GH", &["transfer", "list"]);
    let states: Vec<&str> = moved
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["state"].as_str().unwrap())
        .collect();
    assert_eq!(states, ["ACQUIRED", "FINAL"]);
    let data = sandbox.told["data"].as_str().unwrap().to_owned();
    assert!(!sandbox.told["people"][3]["api_key"].is_null());

    is_credited(&sandbox, &folder);

    let before = machine_ms();
    let moved = sandbox.run("GH", &["sandbox", "forward", "--days", "400"]);
    assert_eq!(moved["ahead_ms"], 400 * DAY_MS);
    let none = run(&["--data", &data, "sandbox", "forward", "--days", "90000"]);
    assert_eq!(none.code, 3, "{}", none.err);
    // The partner is in the same time, and units still cross.
    let sent = sandbox.run(
        "CH",
        &[
            "transfer",
            "send",
            "--to",
            "GH",
            "--agreement",
            "CH-GH",
            "--from",
            "1",
            "--to-account",
            "1",
            "--tonnes",
            "7",
            "--yes",
        ],
    );
    assert!(sent["receipt"]["time_ms"].as_u64().unwrap() >= before + 400 * DAY_MS);
    let id = sent["made"]["transfer"].as_str().unwrap();
    assert_eq!(sandbox.settled("CH", id), "FINAL");

    // The node of it is not run alone, and a sandbox that stops comes back where it was.
    let told = sandbox.told.clone();
    sandbox.stop();
    let alone = run(&["serve", "--data", &data, "--no-input"]);
    assert_eq!(alone.code, 3, "{}", alone.err);
    assert!(alone.err.contains("part of a sandbox"), "{}", alone.err);
    let again = Sandbox::start(&folder);
    assert_eq!(again.told["people"], told["people"]);
    assert!(
        again.run("GH", &["sandbox", "time"])["now_ms"]
            .as_u64()
            .unwrap()
            >= before + 400 * DAY_MS
    );
    assert_eq!(again.settled("GH", id), "ACQUIRED");
    again.stop();
}

#[test]
fn only_a_new_folder_becomes_a_sandbox() {
    let made = made();
    let refused = run(&[
        "serve",
        "--sandbox",
        "--data",
        text(&made.data),
        "--no-input",
    ]);
    assert_eq!(refused.code, 3, "{}", refused.err);
    assert!(
        refused.err.contains("is not empty, and no sandbox"),
        "{}",
        refused.err
    );
    let both = run(&[
        "serve",
        "--sandbox",
        "--passphrase-file",
        text(&made.passphrase),
    ]);
    assert_eq!(both.code, 2);
}
