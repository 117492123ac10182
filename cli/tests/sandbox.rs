//! A sandbox is real nodes: units cross between them, its clock moves, every answer says what it is, and a node that is no
//! sandbox has none of it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod common;

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use common::{Ended, made, run, secret_file, text};
use countersign_bridge::dmrv::{Point, write_csv};
use ed25519_dalek::{Signer as _, SigningKey};
use serde_json::{Value, json};

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
            .args(["serve", "--sandbox", "--sandbox-bridges"])
            .args(["--data", text(folder)])
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

impl Sandbox {
    /// Waits until a bridge has come to rest with so many items or more; gives how it stands.
    fn agreed(&self, bridge: &str, items: u64) -> Value {
        let begun = Instant::now();
        loop {
            let status = self.run("GH", &["bridge", bridge, "sync"]);
            let agreed = status["items"]["agreed"].as_u64().unwrap();
            if status["state"] == "idle" && status["items"]["due"] == 0 && agreed >= items {
                return status;
            }
            assert!(begun.elapsed() < Duration::from_secs(60), "{status:#}");
            std::thread::sleep(Duration::from_millis(100));
        }
    }
}

/// Each bridge has its system: what it began with is there, and what is there arrives.
fn has_bridges(sandbox: &Sandbox) {
    let status = sandbox.agreed("cad-trust", 5);
    assert_eq!(status["dead_letters"], Value::Array(Vec::new()));
    let plan = sandbox.run("GH", &["bridge", "cad-trust", "plan"]);
    assert_eq!(plan["changes"], Value::Array(Vec::new()), "{plan:#}");
    let found = sandbox.run("GH", &["bridge", "cad-trust", "diff"]);
    assert_eq!(found["differing"], Value::Array(Vec::new()), "{found:#}");
    sandbox.agreed("mrv", 1);
    let found = sandbox.run("GH", &["bridge", "mrv", "diff"]);
    let reconciled = &found["reconciliation"];
    assert_eq!(reconciled["matched"][0]["activity"], "A-1", "{found:#}");
    assert_eq!(reconciled["flags"], Value::Array(Vec::new()));
    let arrived = sandbox.run("GH", &["bridge", "itmo-platform", "arrivals"]);
    assert_eq!(arrived[0]["key"], "draft/P-1", "{arrived:#}");
    assert_eq!(arrived[0]["state"], "ready");
}

impl Sandbox {
    /// The file with the secret of somebody who signed in.
    fn session(&self, folder: &Path, name: &str) -> PathBuf {
        let people = self.told["people"].as_array().unwrap();
        let email = format!("{name}@sandbox.example");
        let person = people.iter().find(|it| it["email"] == email).unwrap();
        let body = json!({"email": email, "password": person["password"]}).to_string();
        let signed = self.run("GH", &["api", "POST", "sign-in", "--body", &body]);
        let token = signed["token"].as_str().unwrap();
        secret_file(folder.join(format!("{name}.token")), token)
    }

    /// A command of somebody.
    fn by(&self, token: &Path, args: &[&str]) -> Ended {
        let data = self.told["data"].as_str().unwrap();
        let mut all = args.to_vec();
        all.extend(["--data", data, "--token-file", text(token), "-o", "json"]);
        run(&all)
    }
}

/// A case is opened from what arrived, once.
fn opens_what_arrived(sandbox: &Sandbox, ama: &Path) {
    let open = ["bridge", "itmo-platform", "open", "draft/P-1"];
    let tried = sandbox.by(ama, &[&open[..], &["--dry-run"]].concat());
    assert_eq!(tried.code, 0, "{}", tried.err);
    let made = sandbox.by(ama, &open).json();
    let again = sandbox.by(ama, &open).json();
    assert_eq!(made["made"]["case"], again["made"]["case"]);
    let arrived = sandbox.run("GH", &["bridge", "itmo-platform", "arrivals"]);
    assert_eq!(arrived[0]["state"], "opened", "{arrived:#}");
    let unknown = sandbox.by(ama, &["bridge", "itmo-platform", "open", "draft/P-99"]);
    assert_eq!(unknown.code, 3, "{}", unknown.err);
}

const BLUEPRINT: &str = r#"
format = 1
id = "stoves"
version = "1.0"
title = "Wood that stoves save"
[inputs.wood]
unit = "t"
take = "sum"
[constants]
factor = "1.5"
[result]
formula = "wood * factor"
credited = "lower"
"#;

/// Monitoring data from the source to the batch, by commands alone.
fn measures(sandbox: &Sandbox, folder: &Path, ama: &Path) {
    let efua = sandbox.session(folder, "efua");
    let signer = SigningKey::from_bytes(&[9; 32]);
    let key = STANDARD.encode(signer.verifying_key().as_bytes());
    let add = [
        "dmrv",
        "add-source",
        "1",
        "--name",
        "Scale 1",
        "--key",
        &key,
    ];
    let source = sandbox.by(ama, &add).json()[0]["source"].as_u64().unwrap();
    let listed = sandbox.by(ama, &["dmrv", "sources", "1"]).json();
    assert_eq!(listed[0]["name"], "Scale 1");
    let file = folder.join("stoves.toml");
    std::fs::write(&file, BLUEPRINT).unwrap();
    let add = ["dmrv", "add-blueprint", text(&file)];
    assert_eq!(sandbox.by(ama, &add).code, 4, "officials enter blueprints");
    assert_eq!(sandbox.by(&efua, &add).json()[0]["id"], "stoves");
    let listed = sandbox.by(ama, &["dmrv", "blueprints"]).json();
    assert_eq!(listed[0]["version"], "1.0");

    let mut point = Point {
        source,
        input: "wood".to_owned(),
        value: "10".to_owned(),
        unit: "t".to_owned(),
        uncertainty: "1".to_owned(),
        start: "2024-01-01T00:00:00Z".parse().unwrap(),
        end: "2024-02-01T00:00:00Z".parse().unwrap(),
        signature: String::new(),
    };
    let signed = point.signed_text("GH").unwrap();
    point.signature = STANDARD.encode(signer.sign(signed.as_bytes()).to_bytes());
    let file = folder.join("points.csv");
    let send = ["dmrv", "send", text(&file)];
    point.value = "11".to_owned();
    std::fs::write(&file, write_csv(&[point.clone()])).unwrap();
    let forged = sandbox.by(ama, &send);
    assert!(
        forged.code == 3 && forged.err.contains("signature"),
        "{}",
        forged.err
    );
    point.value = "10".to_owned();
    std::fs::write(&file, write_csv(&[point])).unwrap();
    let tried = sandbox.by(ama, &[&send[..], &["--dry-run"]].concat());
    assert_eq!(tried.code, 0, "{}", tried.err);
    let sent = sandbox.by(ama, &send);
    assert!(sent.err.contains("1 points are new"), "{}", sent.err);

    let seal = [
        "dmrv",
        "seal",
        "1",
        "--blueprint",
        "stoves",
        "--version",
        "1.0",
    ];
    let span = [
        "--from",
        "2024-01-01T00:00:00Z",
        "--until",
        "2025-01-01T00:00:00Z",
    ];
    let tried = sandbox
        .by(ama, &[&seal[..], &span, &["--dry-run"]].concat())
        .json();
    assert_eq!(tried[0]["figures"][0]["tonnes"], 13, "{tried:#}");
    assert_eq!(sandbox.by(ama, &["dmrv", "batches", "1"]).json(), json!([]));
    let sealed = sandbox.by(ama, &[&seal[..], &span].concat()).json();
    let root = sealed[0]["root"].as_str().unwrap();
    let listed = sandbox.by(ama, &["dmrv", "batches", "1"]).json();
    assert_eq!(listed[0]["root"], root);
    assert!(listed[0]["committed_at"].is_null());
    let checked = sandbox.by(ama, &["dmrv", "check", root]).json();
    assert_eq!(checked[0]["checked"], true);
    let revoke = ["dmrv", "revoke-source", &source.to_string()];
    assert!(!sandbox.by(ama, &revoke).json()[0]["revoked_ms"].is_null());
}

/// The files of the night, made now.
fn makes_open_data(sandbox: &Sandbox) {
    let before = sandbox.run("GH", &["open-data", "list"]);
    let made = sandbox.run("GH", &["open-data", "make"]);
    let size = |of: &Value| of["ledger"]["size"].as_u64().unwrap();
    assert!(size(&made) > size(&before), "{made:#}");
    assert_eq!(
        made["files"],
        sandbox.run("GH", &["open-data", "list"])["files"]
    );
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
    has_bridges(&sandbox);
    let ama = sandbox.session(&folder, "ama");
    opens_what_arrived(&sandbox, &ama);
    measures(&sandbox, &folder, &ama);
    makes_open_data(&sandbox);

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
    // What is beside it has forgotten everything: that is seen, and sent again.
    let gone = again.run("GH", &["bridge", "cad-trust", "diff"]);
    let gone = gone["differing"].as_array().unwrap();
    assert!(!gone.is_empty() && gone.iter().all(|it| it["is_gone"] == true));
    let replay = ["bridge", "cad-trust", "replay", "--all", "--data", &data];
    assert_eq!(run(&replay).code, 0);
    again.agreed("cad-trust", u64::try_from(gone.len()).unwrap());
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
