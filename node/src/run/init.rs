//! Making a node: configuration, keys, the ledger's genesis, the operator's token.

use std::collections::BTreeSet;
use std::path::PathBuf;

use countersign_protocol::id::RequestId;
use countersign_protocol::log::{Policy, VerifierKey};
use countersign_protocol::record::{Continues, Genesis, Name};
use countersign_protocol::registry::Command;
use secrecy::SecretString;

use crate::ledger::{Ledger, LedgerConfig, Submission};
use crate::network::PeerId;
use crate::ops::config::Config;
use crate::ops::files::{PUBLIC_FILE_MODE, create_private_folder, write_new};
use crate::ops::keys::KeyFolder;
use crate::people::Tokens;
use crate::run::{DataFolder, RunError};
use crate::store::StoreReader;
use crate::witness::WitnessStore;

/// Adopts the process and enrols the authority.
fn begin(ledger: &Ledger, first: &FirstProcess) -> Result<(), RunError> {
    let handle = ledger.handle();
    let refused = |why: &dyn std::fmt::Display| RunError::Value {
        field: "process",
        why: why.to_string(),
    };
    let submit = |command| {
        let mut request = [0; 16];
        getrandom::fill(&mut request).map_err(|error| refused(&error))?;
        let submission = Submission::new(RequestId(request), command);
        let receipt = handle.submit_blocking(submission);
        receipt.map(drop).map_err(|error| refused(&error))
    };
    submit(Command::AdoptProcess {
        text: first.text.clone(),
    })?;
    let authority = handle.read(|state| {
        let mut types = state.process()?.organisation_types.iter();
        types.find(|it| it.authority).map(|it| it.id.clone())
    });
    let authority = authority.unwrap_or_default();
    submit(Command::Enrol {
        name: first.authority.clone(),
        organisation_type: parse("process", &authority)?,
        scopes: BTreeSet::new(),
    })
}

/// What a new node is to be.
#[derive(Clone, Debug)]
pub struct NewNode {
    /// Its configuration.
    pub config: Config,
    /// Its witness policy (C2SP tlog-policy text: witness, group and quorum lines).
    pub policy: String,
    /// The country's process, if it begins with one. It can also be adopted later.
    pub process: Option<FirstProcess>,
    /// The country's closed ledger that this one goes on from, if it had one.
    pub continues: Option<ClosedFolder>,
}

/// A closed ledger, and where its leaves lie.
#[derive(Clone, Debug)]
pub struct ClosedFolder {
    /// The folder of its store: its own, or a partner's mirror of it.
    pub store: PathBuf,
    /// Its origin and the last head, as the trust registry names them.
    pub closed: Continues,
}

/// The process that a registry begins with, and the authority that keeps it.
#[derive(Clone, Debug)]
pub struct FirstProcess {
    /// The process file.
    pub text: String,
    /// The authority's public name: organisation 1.
    pub authority: Name,
}

/// What was made.
#[derive(Clone, Debug)]
pub struct Created {
    /// Verifies the node's checkpoints.
    pub log_key: VerifierKey,
    /// Verifies its cosignatures on the checkpoints of others.
    pub cosigner_key: VerifierKey,
    /// Its libp2p peer id.
    pub peer: PeerId,
}

/// Makes a node in a new or empty folder. Blocks for a second or two: keys are encrypted with deliberate cost.
///
/// # Errors
/// What can not be made, and how to mend it. A folder that was begun is left as it is, to be looked at and removed.
pub fn init(
    folder: &DataFolder,
    new: &NewNode,
    passphrase: &SecretString,
) -> Result<Created, RunError> {
    let config = &new.config;
    let _checked: Policy = parse("policy", &new.policy)?;
    if std::fs::read_dir(folder.path()).is_ok_and(|mut entries| entries.next().is_some()) {
        return Err(RunError::NotEmpty {
            path: folder.path().to_owned(),
        });
    }
    create_private_folder(folder.path())?;
    config.create(folder.path())?;
    write_new(
        &config.policy_path(folder.path()),
        new.policy.as_bytes(),
        PUBLIC_FILE_MODE,
    )?;
    create_private_folder(&folder.partners())?;
    let cosigner_name = cosigner_name(config.origin.as_str());
    let keys =
        KeyFolder::new(folder.keys()).create_node(&config.origin, &cosigner_name, passphrase)?;
    let genesis = Genesis {
        party: config.party,
        origin: config.origin.clone(),
        network: parse("network", config.p2p.network.as_str())?,
        registry: config.registry,
        name: parse("name", config.name.as_str())?,
        log_key: parse("log key", &keys.log.verifier().to_string())?,
        continues: new.continues.as_ref().map(|it| it.closed.clone()),
    };
    let ledger = LedgerConfig::new(
        folder.ledger(),
        config.party,
        config.origin.clone(),
        vec![keys.log.clone()],
    );
    let made = match &new.continues {
        None => Ledger::create(ledger, genesis)?,
        Some(before) => Ledger::go_on(ledger, genesis, &StoreReader::open(&before.store)?)?,
    };
    let begun = new.process.as_ref().map(|first| begin(&made, first));
    made.shutdown();
    begun.transpose()?;
    drop(WitnessStore::create(&folder.witness(), &cosigner_name)?);
    drop(Tokens::add(&folder.tokens(), "operator", &folder.token())?);
    Ok(Created {
        log_key: keys.log.verifier().clone(),
        cosigner_key: keys.cosigner.verifier().clone(),
        peer: keys.peer.public().to_peer_id(),
    })
}

/// The host part of the origin names the node's own witness too.
fn cosigner_name(origin: &str) -> String {
    let host = origin.split('/').next().unwrap_or(origin);
    format!("{host}/witness")
}

fn parse<T>(field: &'static str, text: &str) -> Result<T, RunError>
where
    T: std::str::FromStr,
    T::Err: std::fmt::Display,
{
    text.parse().map_err(|why: T::Err| RunError::Value {
        field,
        why: why.to_string(),
    })
}
