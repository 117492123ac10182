//! What the tests of the command line share: a data folder, a proof bundle, a node that answers what it is told.
#![allow(
    dead_code,
    unreachable_pub,
    missing_docs,
    clippy::unwrap_used,
    clippy::panic
)] // each test binary uses a part

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::thread::JoinHandle;

use assert_cmd::Command;
use countersign_protocol::log::{
    Checkpoint, KeyKind, Policy, SignedNote, SignerKey, TlogProof, cosign, leaf_hash, node_hash,
};
use countersign_protocol::record::Record;
use serde_json::{Value, json};
use tempfile::TempDir;

pub const PASSPHRASE: &str = "five random words make sense";

/// The program, with nothing of the operator's environment.
pub fn countersign() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_countersign"));
    for variable in [
        "COUNTERSIGN_DATA",
        "COUNTERSIGN_URL",
        "COUNTERSIGN_TOKEN_FILE",
        "COUNTERSIGN_SESSIONS",
        "COUNTERSIGN_LOG",
    ] {
        command.env_remove(variable);
    }
    command.timeout(std::time::Duration::from_secs(60));
    command
}

/// Exit code, stdout and stderr.
pub struct Ended {
    pub code: i32,
    pub out: String,
    pub err: String,
}

pub fn run(args: &[&str]) -> Ended {
    let output = countersign().args(args).output().unwrap();
    Ended {
        code: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

impl Ended {
    pub fn json(&self) -> Value {
        assert_eq!(self.code, 0, "{}", self.err);
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {}", self.out))
    }
}

pub fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

/// A private file with one line.
pub fn secret_file(path: PathBuf, line: &str) -> PathBuf {
    fs::write(&path, format!("{line}\n")).unwrap();
    set_mode(&path, 0o600);
    path
}

pub fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// A folder with a new node that was never started.
pub struct Made {
    pub dir: TempDir,
    pub data: PathBuf,
    pub passphrase: PathBuf,
    pub init: Value,
}

/// Makes a node whose ledger no witness is asked for.
pub fn made() -> Made {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("gh");
    let passphrase = secret_file(dir.path().join("passphrase"), PASSPHRASE);
    let policy = dir.path().join("policy");
    fs::write(&policy, "quorum none\n").unwrap();
    let init = run(&[
        "init",
        "--data",
        text(&data),
        "--party",
        "GH",
        "--name",
        "Ghana Carbon Registry",
        "--origin",
        "gh.example/ledger",
        "--registry",
        "GHA01",
        "--network",
        "tests",
        "--http",
        "127.0.0.1:0",
        "--p2p",
        "/ip4/127.0.0.1/tcp/0",
        "--policy",
        text(&policy),
        "--passphrase-file",
        text(&passphrase),
        "-o",
        "json",
    ]);
    let init = init.json();
    Made {
        dir,
        data,
        passphrase,
        init,
    }
}

/// A registry to try things out, with its node in the background; the node ends with it.
pub struct Trial {
    pub dir: TempDir,
    pub data: PathBuf,
    node: String,
}

impl Trial {
    /// Ghana's, under the smallest process.
    pub fn start() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let data = dir.path().join("registry");
        let mut command = countersign();
        command.args([
            "init",
            "--party",
            "GH",
            "--process",
            "small",
            "--trial",
            "--serve",
        ]);
        command.args([
            "--ministry",
            "Ministry of Environment",
            "--data",
            text(&data),
        ]);
        command.timeout(std::time::Duration::from_secs(240));
        let output = command.output().unwrap();
        let err = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success(), "{err}");
        Self {
            node: pid_in(&err),
            dir,
            data,
        }
    }

    /// A command of somebody who is at work in this registry.
    pub fn command(&self) -> Command {
        let mut command = countersign();
        command.current_dir(self.dir.path());
        command.env("COUNTERSIGN_DATA", &self.data);
        command.env("COUNTERSIGN_SESSIONS", self.dir.path().join("sessions"));
        command.timeout(std::time::Duration::from_secs(240));
        command
    }

    pub fn run(&self, args: &[&str]) -> Ended {
        let output = self.command().args(args).output().unwrap();
        Ended {
            code: output.status.code().unwrap(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// A file in the folder where commands run.
    pub fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.dir.path().join(name);
        fs::write(&path, text).unwrap();
        path
    }
}

impl Drop for Trial {
    fn drop(&mut self) {
        stop(&self.node);
    }
}

/// A trial with everybody of the tour signed in and both organisations registered.
pub fn at_work() -> Trial {
    let trial = Trial::start();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    for file in fs::read_dir(root.join("docs/tour")).unwrap().flatten() {
        fs::copy(file.path(), trial.dir.path().join(file.file_name())).unwrap();
    }
    must(
        &trial,
        "import undp --organisations organisations.csv --users users.csv --codes codes.csv",
    );
    must(&trial, "sign-in --codes codes.csv");
    must(
        &trial,
        "org admit --listed organisations.csv --comment Known. --as efua --as kofi",
    );
    trial
}

/// Runs a command; `~` stands for a blank inside a word.
pub fn ran(trial: &Trial, line: &str) -> Ended {
    let words: Vec<String> = line
        .split_whitespace()
        .map(|word| word.replace('~', " "))
        .collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    trial.run(&words)
}

pub fn must(trial: &Trial, line: &str) -> Ended {
    let ended = ran(trial, line);
    assert_eq!(ended.code, 0, "{line}\n{}{}", ended.out, ended.err);
    ended
}

/// The process that `init --serve` says it has started.
pub fn pid_in(err: &str) -> String {
    let after = err
        .split("`kill ")
        .nth(1)
        .unwrap_or_else(|| panic!("no node: {err}"));
    after.split('`').next().unwrap().to_owned()
}

/// Ends a node and waits until it is gone.
pub fn stop(pid: &str) {
    let _ = std::process::Command::new("kill").arg(pid).status();
    let gone = PathBuf::from(format!("/proc/{pid}"));
    for _ in 0..200 {
        // Without a parent that waits for it, an ended process may stay as a zombie.
        let state = fs::read_to_string(gone.join("stat")).unwrap_or_default();
        if state.is_empty() || state.contains(") Z ") {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
}

/// A bundle that proves a record, and the trust file for it.
pub fn bundle(dir: &Path) -> (PathBuf, PathBuf) {
    let issuance = json!({"account": 1, "range": "GH-1-11733", "unit_type": "ITMO", "project": 1, "year": 2023});
    bundle_of(dir, &json!({ "issuance": issuance }))
}

/// The same for a record with this body.
pub fn bundle_of(dir: &Path, body: &Value) -> (PathBuf, PathBuf) {
    let record: Record = serde_json::from_value(json!({
        "time_ms": 1_751_846_400_000_u64, "request": "07".repeat(16), "body": body,
    }))
    .unwrap();
    let leaf = record.encode();
    let sibling = leaf_hash(b"another leaf");
    let log = SignerKey::from_seed("gh.example/ledger", KeyKind::Ed25519, &[1; 32]).unwrap();
    let checkpoint = Checkpoint {
        origin: log.name().to_owned(),
        size: 2,
        root: node_hash(&sibling, &leaf_hash(&leaf)),
    };
    let mut note = SignedNote::parse(&checkpoint.sign(&log).unwrap()).unwrap();
    let mut witnesses = Vec::new();
    for number in 0..4_u8 {
        let name = format!("w{number}.example");
        let key = SignerKey::from_seed(&name, KeyKind::CosignatureV1, &[number + 10; 32]).unwrap();
        note.add(cosign(note.text(), &key, 1_751_846_401).unwrap())
            .unwrap();
        witnesses.push(key.verifier().clone());
    }
    let policy = Policy::k_of_n(&[log.verifier().clone()], &witnesses, 3).unwrap();
    let proof = TlogProof::new(leaf, 1, vec![sibling], note.to_string());
    let (bundle, trust) = (dir.join("gh.proof"), dir.join("trust"));
    fs::write(&bundle, proof.to_string()).unwrap();
    fs::write(&trust, policy.to_string()).unwrap();
    (bundle, trust)
}

/// What a program asked of a node: request line and headers in lower case, and the body.
pub struct Asked {
    pub head: String,
    pub body: String,
}

/// A node that gives these answers, one to each request, and tells what it was asked.
pub fn node(answers: Vec<(u16, Value)>) -> (String, JoinHandle<Vec<Asked>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let serving = std::thread::spawn(move || {
        let mut asked = Vec::new();
        for (status, body) in answers {
            let (mut stream, _) = listener.accept().unwrap();
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            let (mut head, mut length) = (String::new(), 0);
            loop {
                let mut line = String::new();
                reader.read_line(&mut line).unwrap();
                let line = line.trim_end().to_lowercase();
                if line.is_empty() {
                    break;
                }
                if let Some(bytes) = line.strip_prefix("content-length: ") {
                    length = bytes.parse().unwrap();
                }
                head.push_str(&line);
                head.push('\n');
            }
            let mut sent = vec![0; length];
            reader.read_exact(&mut sent).unwrap();
            asked.push(Asked {
                head,
                body: String::from_utf8(sent).unwrap(),
            });
            let body = body.to_string();
            write!(
                stream,
                "HTTP/1.1 {status} X\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}",
                body.len()
            )
            .unwrap();
        }
        asked
    });
    (url, serving)
}

/// A problem as a node tells it.
pub fn problem(status: u16, kind: &str, detail: &str) -> (u16, Value) {
    let body = json!({
        "type": format!("urn:countersign:problem:{kind}"), "title": "", "status": status, "detail": detail,
        "instance": "/api/v1/x", "request_id": "abc",
    });
    (status, body)
}

/// A witness as a process, killed when a test ends early.
pub struct RunningWitness {
    pub child: Child,
    /// Host and port of its HTTP interface.
    pub address: String,
}

impl Drop for RunningWitness {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl RunningWitness {
    /// Starts it on any free port, and makes its keys where the folder has none.
    pub fn start(data: &str, name: &str, passphrase: &str) -> Self {
        let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_countersign"))
            .args(["witness", "--data", data, "--name", name])
            .args(["--listen", "127.0.0.1:0", "--passphrase-file", passphrase])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let address = line.trim_end().rsplit_once("http://").unwrap().1.to_owned();
        Self { child, address }
    }
}
