//! A witness that stands by itself: its keys, its memory, the logs that it knows, and HTTP. It needs no ledger.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use countersign_protocol::federation::invite::{INVITE_HEADER, Invite};
use countersign_protocol::log::{KeyKind, VerifierKey};
use secrecy::SecretString;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::{error, info, warn};

use crate::clock::now_ms;
use crate::http;
use crate::ops::files::{self, Privacy, create_private_folder};
use crate::ops::keys::{KeyFolder, KeyRole};
use crate::run::RunError;
use crate::witness::{self, Witness, WitnessStore};

/// The largest file with log keys, in bytes.
const LOGS_BYTES_MAX: u64 = 1024 * 1024;

/// How often the files with the log keys are looked at.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Log keys by origin.
type Logs = BTreeMap<String, Vec<VerifierKey>>;

/// A witness's data folder.
#[derive(Clone, Debug)]
pub struct WitnessFolder(PathBuf);

impl WitnessFolder {
    /// The folder at `path`, whether it exists or not.
    #[must_use]
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self(path.into())
    }

    /// The folder itself.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Where it is looked for logs unless another place is named.
    #[must_use]
    pub fn logs(&self) -> PathBuf {
        self.0.join("logs")
    }

    fn keys(&self) -> KeyFolder {
        KeyFolder::new(self.0.join("keys"))
    }

    fn store(&self) -> PathBuf {
        self.0.join("witness")
    }

    /// Whether a witness was made here.
    #[must_use]
    pub fn is_made(&self) -> bool {
        self.store().exists()
    }

    /// Makes a witness of this name: keys, memory, and an empty folder of logs.
    ///
    /// # Errors
    /// What cannot be made, and how to mend it.
    pub fn create(&self, name: &str, passphrase: &SecretString) -> Result<VerifierKey, RunError> {
        create_private_folder(&self.0)?;
        create_private_folder(&self.logs())?;
        let (cosigner, _) = self.keys().create_witness(name, passphrase)?;
        // The store comes last: a folder that has one is complete.
        drop(WitnessStore::create(&self.store(), name)?);
        Ok(cosigner.verifier().clone())
    }

    /// The key of its cosignatures, without a passphrase.
    ///
    /// # Errors
    /// When there is none.
    pub fn cosigner(&self) -> Result<VerifierKey, RunError> {
        Ok(self.keys().public_signer(KeyRole::Cosigner)?)
    }
}

/// A running witness.
pub struct WitnessNode {
    http: SocketAddr,
    tasks: TaskTracker,
    stop: CancellationToken,
}

impl WitnessNode {
    /// Starts the witness of a data folder. `logs` are files, or folders of files, with the keys of the logs that it
    /// cosigns: invites of countries, or lines with verifier keys. They are read again whenever they change.
    ///
    /// # Errors
    /// What is missing, damaged or not allowed, and how to mend it.
    pub async fn start(
        folder: &WitnessFolder,
        logs: Vec<PathBuf>,
        listen: SocketAddr,
        passphrase: SecretString,
    ) -> Result<Self, RunError> {
        let keys = folder.keys();
        let cosigner =
            tokio::task::spawn_blocking(move || keys.load_signer(KeyRole::Cosigner, &passphrase));
        let cosigner = cosigner.await.map_err(|_| RunError::Aborted)??;
        let witness = Arc::new(Witness::new(
            WitnessStore::open(&folder.store())?,
            cosigner,
        )?);
        let known = read_logs(&logs)?;
        tell(&witness, &Logs::new(), &known);
        let failed = |source| RunError::Listen {
            address: listen,
            source,
        };
        let listener = TcpListener::bind(listen).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let (tasks, stop) = (TaskTracker::new(), CancellationToken::new());
        let router = witness::http::router(Arc::clone(&witness), || now_ms() / 1000);
        tasks.spawn(serve(listener, router, stop.clone()));
        tasks.spawn(follow(witness, logs, known, stop.clone()));
        info!(http = %address, "the witness is up");
        Ok(Self {
            http: address,
            tasks,
            stop,
        })
    }

    /// Where HTTP listens.
    #[must_use]
    pub const fn http(&self) -> SocketAddr {
        self.http
    }

    /// Resolves when the witness must stop by itself.
    pub fn stopping(&self) -> impl Future<Output = ()> + use<> {
        let stop = self.stop.clone();
        async move { stop.cancelled().await }
    }

    /// Stops in order.
    pub async fn stop(self) {
        self.stop.cancel();
        self.tasks.close();
        self.tasks.wait().await;
    }
}

async fn serve(listener: TcpListener, router: axum::Router, stop: CancellationToken) {
    if let Err(error) = http::serve(listener, router, stop.clone()).await {
        error!(%error, "HTTP has stopped: the witness stops too");
        stop.cancel();
    }
}

/// Looks at the files with the log keys again and again.
async fn follow(
    witness: Arc<Witness>,
    paths: Vec<PathBuf>,
    mut known: Logs,
    stop: CancellationToken,
) {
    let mut last_fault = None;
    while stop
        .run_until_cancelled(tokio::time::sleep(LOOK_EVERY))
        .await
        .is_some()
    {
        match read_logs(&paths) {
            Ok(logs) => {
                tell(&witness, &known, &logs);
                known = logs;
                last_fault = None;
            }
            Err(error) => {
                let fault = error.to_string();
                if last_fault.as_ref() != Some(&fault) {
                    warn!(%error, "the logs stay as they were");
                }
                last_fault = Some(fault);
            }
        }
    }
}

/// Tells the witness what changed.
fn tell(witness: &Witness, before: &Logs, after: &Logs) {
    for (origin, keys) in after {
        if before.get(origin) != Some(keys) {
            info!(log = origin, "cosigning this log");
            witness.set_log(origin, keys.clone());
        }
    }
    for origin in before.keys().filter(|origin| !after.contains_key(*origin)) {
        info!(log = origin, "no longer cosigning this log");
        witness.remove_log(origin);
    }
}

fn read_logs(paths: &[PathBuf]) -> Result<Logs, RunError> {
    let mut logs = Logs::new();
    for path in paths {
        for file in files_at(path)? {
            let bytes = files::read(&file, LOGS_BYTES_MAX, Privacy::Public)?;
            let text = std::str::from_utf8(&bytes)
                .map_err(|_| RunError::NotText { path: file.clone() })?;
            for key in keys_in(text).map_err(|why| RunError::Logs {
                path: file.clone(),
                why,
            })? {
                let keys = logs.entry(key.name().to_owned()).or_default();
                if !keys.contains(&key) {
                    keys.push(key);
                }
            }
        }
    }
    Ok(logs)
}

/// A file, or the files of a folder in the order of their names.
fn files_at(path: &Path) -> Result<Vec<PathBuf>, RunError> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let failed = |source| files::FileFault::Io {
        doing: "list",
        path: path.to_owned(),
        source,
    };
    let mut found = Vec::new();
    for entry in std::fs::read_dir(path).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let is_hidden = path
            .file_name()
            .is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
        if path.is_file() && !is_hidden {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// The log keys that a text names: the one of an invite, or one a line, with or without `log` in front.
fn keys_in(text: &str) -> Result<Vec<VerifierKey>, String> {
    if text.starts_with(INVITE_HEADER) {
        let invite = Invite::parse(text.as_bytes()).map_err(|error| error.to_string())?;
        return Ok(vec![invite.fields().log_key.clone()]);
    }
    let mut keys = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let words: Vec<&str> = line.split_whitespace().collect();
        let (["log", key] | ["log", key, _] | [key]) = words.as_slice() else {
            return Err(format!("line {number} is not a verifier key"));
        };
        let key: VerifierKey = key
            .parse()
            .map_err(|error| format!("line {number}: {error}"))?;
        if key.kind() != KeyKind::Ed25519 {
            return Err(format!("line {number} is not the key of a log (type 0x01)"));
        }
        keys.push(key);
    }
    Ok(keys)
}

#[cfg(test)]
mod tests;
