//! Having the ledger of a data folder back from the nodes that mirror it.

use std::fs::File;
use std::io::ErrorKind;
use std::sync::Arc;

use countersign_protocol::log::{Policy, PolicyTextError};
use rustix::fs::{FlockOperation, fcntl_lock};
use secrecy::SecretString;

use super::{DataFolder, RunError, load_keys, read_text};
use crate::ops::config::{Config, WitnessAddress};
use crate::recover::{RecoverError, Recovered, Recovery};
use crate::store::{Identity, OpenOptions};
use crate::witness::{HttpWitness, WitnessClient};

/// Why the ledger of a data folder was not had back.
#[derive(Debug, thiserror::Error)]
pub enum RecoveryError {
    /// The folder can not be used.
    #[error(transparent)]
    Run(#[from] RunError),
    /// The witness policy does not parse.
    #[error("the witness policy can not be read: {0}")]
    Policy(#[from] PolicyTextError),
    /// A node runs on the folder.
    #[error("a node runs on this folder: stop it first, then recover")]
    Running,
    /// Nothing was had back.
    #[error(transparent)]
    Recover(#[from] RecoverError),
}

/// Has the ledger of a stopped node's data folder back. Keys, configuration, people and documents are not touched: they come
/// from a backup, or are the ones that are there. The read model follows by itself.
///
/// # Errors
/// [`RecoveryError`]; the folder is as it was then.
pub async fn recover(
    folder: &DataFolder,
    passphrase: SecretString,
    sources: Vec<String>,
    now_s: u64,
    progress: impl FnMut(u64, u64),
) -> Result<Recovered, RecoveryError> {
    let config = Config::load(folder.path()).map_err(RunError::from)?;
    let keys = load_keys(folder, &passphrase).await?;
    if is_running(folder) {
        return Err(RecoveryError::Running);
    }
    let mut log_keys = vec![keys.log.verifier().to_string()];
    log_keys.extend(
        keys.pending_log
            .iter()
            .map(|key| key.verifier().to_string()),
    );
    let mut policy = String::new();
    for key in &log_keys {
        policy.push_str(&format!("log {key}\n"));
    }
    policy.push_str(&read_text(&config.policy_path(folder.path()))?);
    let policy: Policy = policy.parse()?;
    let mut witnesses: Vec<Arc<dyn WitnessClient>> = Vec::new();
    for witness in &config.witnesses {
        // Those that are reached over libp2p are partners: their mirrors are the sources.
        if let WitnessAddress::Http(url) = &witness.at {
            let client = HttpWitness::new(witness.name.as_str(), url.as_str());
            witnesses.push(Arc::new(client.map_err(RunError::from)?));
        }
    }
    let recovery = Recovery {
        ledger: folder.ledger(),
        identity: Identity {
            party: config.party,
            origin: config.origin.clone(),
            log_keys,
        },
        policy,
        sources,
        witnesses,
        options: OpenOptions::default(),
        now_s,
    };
    Ok(recovery.run(progress).await?)
}

/// Whether a process holds the ledger's store: RocksDB locks this file while it is open.
fn is_running(folder: &DataFolder) -> bool {
    let path = folder.ledger().join("db").join("LOCK");
    match File::options().read(true).write(true).open(path) {
        Ok(file) => fcntl_lock(&file, FlockOperation::NonBlockingLockExclusive).is_err(),
        Err(error) => error.kind() == ErrorKind::PermissionDenied,
    }
}
