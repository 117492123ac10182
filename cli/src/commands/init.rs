//! Making a data folder.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;
use countersign_node::network::Multiaddr;
use countersign_node::ops::config::{
    Config, HttpConfig, LimitsConfig, NetworkName, P2pConfig, ProjectionConfig, WitnessAddress,
    WitnessConfig,
};
use countersign_node::run::{DataFolder, FirstProcess, NewNode, init};
use countersign_protocol::id::{Origin, Text};
use countersign_protocol::log::{Policy, PolicyWitness};
use countersign_protocol::party::{Party, RegistryId};
use countersign_protocol::record::Name;
use countersign_protocol::workflow::preset;
use serde::Serialize;

use super::read_text;
use crate::exit::{Failure, Outcome};
use crate::passphrase::PassphraseArgs;
use crate::session::Session;
use crate::table::View;
use crate::terminal;

/// The name of the policy file in a data folder.
const POLICY_FILE: &str = "trust.policy";

#[derive(Args, Debug)]
pub(crate) struct InitArgs {
    /// The country, as ISO 3166-1 alpha-2 code, such as GH
    #[arg(long, value_name = "PARTY")]
    party: Party,
    /// The registry's name, as people read it
    #[arg(long)]
    name: Text<200>,
    /// The ledger's identity, such as registry.example.gov.gh/ledger; it never changes
    #[arg(long)]
    origin: Origin,
    /// The registry's id in Article 6 reports, such as GHA01
    #[arg(long, value_name = "ID")]
    registry: RegistryId,
    /// The federation: nodes of other networks are not heard
    #[arg(long, value_name = "NAME")]
    network: NetworkName,
    /// Where HTTP listens; loopback only, unless --http-public is given
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    http: SocketAddr,
    /// Permit another address than loopback: put a TLS proxy before it
    #[arg(long)]
    http_public: bool,
    /// A TLS proxy on this machine stands before HTTP: take the clients' addresses from its X-Forwarded-For
    #[arg(long)]
    behind_proxy: bool,
    /// Where peers reach this node, such as /ip4/0.0.0.0/tcp/4001; may be given several times
    #[arg(long, value_name = "MULTIADDR", num_args = 1..)]
    p2p: Vec<Multiaddr>,
    /// The addresses to put into invites, where they differ from --p2p
    #[arg(long, value_name = "MULTIADDR", num_args = 1..)]
    announce: Vec<Multiaddr>,
    /// The country's process: a preset (see workflow presets) or a file; it can also be adopted later
    #[arg(long, value_name = "PRESET|FILE", requires = "ministry")]
    process: Option<PathBuf>,
    /// The ministry or office that keeps the registry, as people read it: organisation 1
    #[arg(long, value_name = "NAME", requires = "process")]
    ministry: Option<Name>,
    #[command(flatten)]
    witnesses: Witnesses,
    #[command(flatten)]
    passphrase: PassphraseArgs,
}

/// Who witnesses the ledger.
#[derive(Args, Debug)]
#[group(required = true, multiple = true)]
struct Witnesses {
    /// A file with the witness line that a witness prints; may be given several times
    #[arg(long = "witness", value_name = "FILE", num_args = 1.., conflicts_with = "policy")]
    files: Vec<PathBuf>,
    /// A policy file (C2SP tlog-policy) with witness, group and quorum lines
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
}

/// What was made, as data.
#[derive(Serialize)]
struct Made {
    party: Party,
    origin: String,
    data: PathBuf,
    log_key: String,
    cosigner_key: String,
    peer: String,
    token_file: PathBuf,
}

impl InitArgs {
    pub(crate) fn run(self, session: &Session) -> Outcome {
        let folder = session.folder()?;
        let policy_text = self.witnesses.policy()?;
        let policy: Policy = policy_text.parse().map_err(Failure::validation)?;
        let passphrase = self.passphrase.read_new(session.no_input)?;
        let process = self.first_process()?;
        let config = self.config(&policy)?;
        let has_process = process.is_some();
        let new = NewNode {
            config,
            policy: policy_text,
            process,
        };
        let created = init(&folder, &new, &passphrase)?;
        let made = Made {
            party: new.config.party,
            origin: new.config.origin.to_string(),
            data: folder.path().to_owned(),
            log_key: created.log_key.to_string(),
            cosigner_key: created.cosigner_key.to_string(),
            peer: created.peer.to_string(),
            token_file: folder.token(),
        };
        session.out().show(&made, shown)?;
        next_steps(&folder, policy.witnesses(), has_process);
        Ok(())
    }

    /// A preset's name means the preset; `./small` is a file of that name.
    fn first_process(&self) -> Outcome<Option<FirstProcess>> {
        let (Some(path), Some(authority)) = (&self.process, &self.ministry) else {
            return Ok(None);
        };
        let text = match path.to_str().and_then(preset) {
            Some(text) => text.to_owned(),
            None => read_text(path)?,
        };
        Ok(Some(FirstProcess {
            text,
            authority: authority.clone(),
        }))
    }

    fn config(self, policy: &Policy) -> Outcome<Config> {
        if !self.http.ip().is_loopback() && !self.http_public {
            return Err(
                Failure::usage(format_args!("{} is reachable by others", self.http))
                    .hint("add --http-public, and put a TLS proxy before it"),
            );
        }
        let witnesses = policy
            .witnesses()
            .iter()
            .filter_map(witness)
            .collect::<Outcome<_>>()?;
        Ok(Config {
            party: self.party,
            name: self.name,
            origin: self.origin,
            registry: self.registry,
            policy: POLICY_FILE.into(),
            http: HttpConfig {
                listen: self.http,
                allow_public: self.http_public,
                behind_proxy: self.behind_proxy,
            },
            p2p: P2pConfig {
                network: self.network,
                listen: self.p2p,
                announce: self.announce,
            },
            witnesses,
            projection: ProjectionConfig::default(),
            limits: LimitsConfig::default(),
        })
    }
}

/// A witness is asked where its line says; one without an address brings its cosignatures by itself.
fn witness(witness: &PolicyWitness) -> Option<Outcome<WitnessConfig>> {
    let url = witness.url.as_ref()?;
    let made = || {
        let at = if url.starts_with('/') {
            WitnessAddress::Peer(url.parse().map_err(Failure::validation)?)
        } else {
            WitnessAddress::Http(url.parse().map_err(Failure::validation)?)
        };
        Ok(WitnessConfig {
            name: witness.name.parse().map_err(Failure::validation)?,
            vkey: witness.key.clone(),
            at,
        })
    };
    Some(made())
}

impl Witnesses {
    /// The text of the policy: as given, or so many of the given witnesses that no two quorums can disagree.
    fn policy(&self) -> Outcome<String> {
        if let Some(path) = &self.policy {
            return read_text(path);
        }
        let mut text = String::new();
        let mut names = Vec::new();
        for path in &self.files {
            for line in read_text(path)?.lines() {
                let words: Vec<&str> = line.split_whitespace().collect();
                match words.as_slice() {
                    [] => {}
                    [first, ..] if first.starts_with('#') => {}
                    ["witness", name, ..] => {
                        names.push((*name).to_owned());
                        text.push_str(&format!("{line}\n"));
                    }
                    _ => {
                        return Err(Failure::validation(format_args!(
                            "{} is not the line that a witness prints: witness NAME VKEY URL",
                            path.display()
                        )));
                    }
                }
            }
        }
        let quorum = quorum(names.len());
        text.push_str(&format!(
            "group witnesses {quorum} {}\nquorum witnesses\n",
            names.join(" ")
        ));
        Ok(text)
    }
}

/// The smallest quorum of n witnesses of which f < n/3 may lie: two quorums share an honest one when 2k > n + f.
fn quorum(witnesses: usize) -> usize {
    let liars = witnesses.saturating_sub(1) / 3;
    usize::midpoint(witnesses, liars) + 1
}

fn shown(made: &Made) -> View {
    View::pairs([
        ("country", made.party.name().to_owned()),
        ("ledger", made.origin.clone()),
        ("log key", made.log_key.clone()),
        ("cosigner key", made.cosigner_key.clone()),
        ("peer", made.peer.clone()),
        ("data folder", made.data.display().to_string()),
        ("API token", made.token_file.display().to_string()),
    ])
}

fn next_steps(folder: &DataFolder, witnesses: &[PolicyWitness], has_process: bool) {
    let data = folder.path().display();
    terminal::done(format_args!(
        "the ledger has its first record; {data} holds everything"
    ));
    let mut steps = vec![format!(
        "back up {data}/keys and, apart from it, the passphrase: nobody can recover either"
    )];
    if !witnesses.is_empty() {
        let step = "give the log key to the witnesses: they cosign only logs that they know";
        steps.push(step.to_owned());
    }
    steps.push(format!("start the node: countersign serve --data {data}"));
    if has_process {
        steps.push(format!(
            "invite the first official: countersign user invite --data {data} --organisation 1 --role administrator \
             --name NAME --email ADDRESS"
        ));
    }
    steps.push(format!(
        "invite a partner: countersign peer invite --data {data} --out invite.txt"
    ));
    terminal::say("next:");
    for (number, step) in (1..).zip(steps) {
        terminal::say(format_args!("  {number}. {step}"));
    }
}

#[cfg(test)]
mod tests {
    #![allow(missing_docs)]
    use super::quorum;

    #[test]
    fn any_two_quorums_share_an_honest_witness_and_a_quorum_can_be_reached() {
        for n in 1..100 {
            let f = (n - 1) / 3;
            let k = quorum(n);
            assert!(2 * k > n + f && k <= n - f, "{k} of {n}");
        }
        assert_eq!([1, 2, 3, 4, 7, 10].map(quorum), [1, 2, 2, 3, 5, 7]);
    }
}
