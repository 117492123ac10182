//! Making a data folder: from flags, or from what a person answers at a terminal.

mod answers;
mod background;
pub(crate) mod words;

use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;

use clap::Args;
use countersign_node::http::RateLimits;
use countersign_node::network::Multiaddr;
use countersign_node::ops::config::{
    Config, FederationConfig, HttpConfig, LettersConfig, LimitsConfig, NetworkName, OpenDataConfig,
    P2pConfig, ProjectionConfig, SiteConfig, WebhooksConfig, WitnessAddress, WitnessConfig,
};
use countersign_node::ops::files::{self, PRIVATE_FILE_MODE, PUBLIC_FILE_MODE};
use countersign_node::run::{ClosedFolder, DataFolder, FirstProcess, NewNode, init};
use countersign_protocol::federation::HttpAddress;
use countersign_protocol::id::{Origin, Text};
use countersign_protocol::log::{Policy, PolicyWitness};
use countersign_protocol::party::{Party, RegistryId};
use countersign_protocol::permission;
use countersign_protocol::record::{Continues, Name};
use countersign_protocol::trust::Head;
use countersign_protocol::workflow::preset;
use secrecy::{ExposeSecret, SecretString};
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
    /// The language of the questions at a terminal
    #[arg(long, value_enum)]
    language: Option<words::Language>,
    /// The country, as ISO 3166-1 alpha-2 code, such as GH
    #[arg(long, visible_alias = "country", value_name = "PARTY")]
    party: Option<Party>,
    /// The registry's name, as people read it; by default the country's
    #[arg(long)]
    name: Option<Text<200>>,
    /// The ledger's identity, such as registry.example.gov.gh/ledger; it never changes
    #[arg(long)]
    origin: Option<Origin>,
    /// The registry's id in Article 6 reports, such as GHA01; by default the country's first
    #[arg(long, value_name = "ID")]
    registry: Option<RegistryId>,
    /// The federation: nodes of other networks are not heard
    #[arg(long, value_name = "NAME", default_value = "itmo")]
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
    /// Where everybody else reaches HTTP, such as https://registry.example.gov.gh; it stands in mails and on letters
    #[arg(long, value_name = "URL")]
    public_url: Option<HttpAddress>,
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
    /// The store of this country's closed ledger, from which this one goes on: its folder `ledger`, or a partner's mirror of it
    #[arg(long, value_name = "FOLDER", requires_all = ["closed_origin", "closed_at", "registry"], conflicts_with_all = ["process", "trial"])]
    continues: Option<PathBuf>,
    /// The origin of the closed ledger
    #[arg(long, value_name = "ORIGIN", requires = "continues")]
    closed_origin: Option<Origin>,
    /// The last head of the closed ledger, as the trust registry names it, as "SIZE ROOT"
    #[arg(long, value_name = "HEAD", requires = "continues")]
    closed_at: Option<Head>,
    #[command(flatten)]
    witnesses: Witnesses,
    #[command(flatten)]
    passphrase: PassphraseArgs,
    /// A registry to try things out: no witnesses, a free port, an origin that is nobody's, and a drawn passphrase that lies in
    /// the data folder beside the keys. Never for a country's units
    #[arg(long, conflicts_with_all = ["files", "policy", "passphrase_file", "passphrase_credential", "http"])]
    trial: bool,
    /// Then start its node in the background; its log is serve.log in the data folder
    #[arg(long)]
    serve: bool,
}

/// Who witnesses the ledger.
#[derive(Args, Debug)]
struct Witnesses {
    /// A file with the witness line that a witness prints; may be given several times
    #[arg(long = "witness", value_name = "FILE", num_args = 1.., conflicts_with = "policy")]
    files: Vec<PathBuf>,
    /// A policy file (C2SP tlog-policy) with witness, group and quorum lines
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
    /// Begin without witnesses: others have only your word that nothing was changed, until some are named in trust.policy
    #[arg(long, conflicts_with_all = ["files", "policy"])]
    no_witnesses: bool,
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
    pub(crate) fn run(mut self, session: &Session) -> Outcome {
        if self.serve && !self.trial && self.passphrase.named().is_none() {
            let message = "a node in the background cannot ask for the passphrase";
            return Err(Failure::usage(message).hint(
                "name it with --passphrase-file or --passphrase-credential, or leave --serve out",
            ));
        }
        let missing = self.missing();
        let asks = !missing.is_empty() && !session.no_input && terminal::can_ask();
        let named = session.named_folder();
        let folder = if asks {
            answers::ask(&mut self, named)?
        } else if missing.is_empty() {
            session.folder()?
        } else {
            let message = format!("init needs {}", missing.join(", "));
            return Err(Failure::usage(message).hint(
                "or run it at a terminal without them: it asks, and explains each question",
            ));
        };
        let words = self.language.unwrap_or_default().words();
        self.make(session, &folder, words)
    }

    /// What must be said and was not.
    fn missing(&self) -> Vec<&'static str> {
        let mut missing = Vec::new();
        if self.party.is_none() {
            missing.push("--party");
        }
        if self.trial {
            return missing;
        }
        if self.origin.is_none() {
            missing.push("--origin");
        }
        if !self.witnesses.are_said() {
            missing.push("--witness, --policy or --no-witnesses");
        }
        missing
    }

    fn make(mut self, session: &Session, folder: &DataFolder, words: &words::Words) -> Outcome {
        if self.trial {
            self.http = free_address()?;
            self.witnesses.no_witnesses = true;
        }
        let policy_text = self.witnesses.policy()?;
        let policy: Policy = policy_text.parse().map_err(Failure::validation)?;
        let passphrase = if self.trial {
            drawn()?
        } else {
            self.passphrase.read_new_asking(session.no_input, words)?
        };
        let process = self.first_process()?;
        let config = self.config(&policy)?;
        let has_process = process.is_some();
        let new = NewNode {
            config,
            policy: policy_text,
            process,
            continues: self.closed_folder(),
        };
        let created = init(folder, &new, &passphrase)?;
        if self.trial {
            let line = format!("{}\n", passphrase.expose_secret());
            let path = folder.path().join(TRIAL_PASSPHRASE_FILE);
            files::write_new(&path, line.as_bytes(), PRIVATE_FILE_MODE)?;
            let permissions = permission::trial();
            let path = folder.permissions();
            files::write_new(&path, permissions.as_bytes(), PUBLIC_FILE_MODE)?;
        }
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
        let steps = Steps {
            folder,
            words,
            witnesses: policy.witnesses(),
            has_process,
            trial: self.trial,
        };
        if !self.serve {
            steps.say(true);
            return Ok(());
        }
        let passphrase = self
            .trial
            .then(|| folder.path().join(TRIAL_PASSPHRASE_FILE));
        background::start(folder, passphrase.as_deref(), &self.passphrase)?;
        steps.say(false);
        Ok(())
    }

    fn closed_folder(&self) -> Option<ClosedFolder> {
        let (store, origin, head) = (
            self.continues.as_ref()?,
            self.closed_origin.as_ref()?,
            self.closed_at?,
        );
        Some(ClosedFolder {
            store: store.clone(),
            closed: Continues {
                origin: origin.clone(),
                size: head.size,
                root: head.root,
            },
        })
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

    fn config(&self, policy: &Policy) -> Outcome<Config> {
        if !self.http.ip().is_loopback() && !self.http_public {
            return Err(
                Failure::usage(format_args!("{} is reachable by others", self.http))
                    .hint("add --http-public, and put a TLS proxy before it"),
            );
        }
        let party = self
            .party
            .ok_or_else(|| Failure::usage("which country? Add --party"))?;
        let origin = match &self.origin {
            Some(origin) => origin.clone(),
            None => trial_origin(party)?,
        };
        let name = match &self.name {
            Some(name) => name.clone(),
            None => self
                .language
                .unwrap_or_default()
                .registry_name(party)
                .parse()
                .map_err(Failure::validation)?,
        };
        let registry = match self.registry {
            Some(registry) => registry,
            None => RegistryId::new(party, 1).map_err(Failure::validation)?,
        };
        let witnesses = policy
            .witnesses()
            .iter()
            .filter_map(witness)
            .collect::<Outcome<_>>()?;
        Ok(Config {
            party,
            name,
            origin,
            registry,
            policy: POLICY_FILE.into(),
            http: HttpConfig {
                listen: self.http,
                allow_public: self.http_public,
                behind_proxy: self.behind_proxy,
                public_url: self.public_url.clone(),
            },
            p2p: P2pConfig {
                network: self.network.clone(),
                listen: self.p2p.clone(),
                announce: self.announce.clone(),
            },
            witnesses,
            federation: FederationConfig::default(),
            projection: ProjectionConfig::default(),
            letters: LettersConfig::default(),
            site: SiteConfig::default(),
            mail: None,
            webhooks: WebhooksConfig::default(),
            open_data: OpenDataConfig::default(),
            limits: LimitsConfig::default(),
            rates: RateLimits::default(),
        })
    }
}

/// Where the passphrase of a trial lies.
const TRIAL_PASSPHRASE_FILE: &str = "passphrase";

/// A name that no domain can have (RFC 2606), so that a trial is taken for nothing else.
fn trial_origin(party: Party) -> Outcome<Origin> {
    let code = party.to_string().to_lowercase();
    format!("registry.{code}.example/trial")
        .parse()
        .map_err(Failure::validation)
}

fn drawn() -> Outcome<SecretString> {
    let mut bytes = [0; 24];
    getrandom::fill(&mut bytes).map_err(Failure::other)?;
    Ok(SecretString::from(hex::encode(bytes)))
}

/// An address on loopback that nobody listens on now; it stands in the configuration from here on.
pub(super) fn free_address() -> Outcome<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0").map_err(Failure::other)?;
    listener.local_addr().map_err(Failure::other)
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
    fn are_said(&self) -> bool {
        self.no_witnesses || self.policy.is_some() || !self.files.is_empty()
    }

    /// The text of the policy: as given, or so many of the given witnesses that no two quorums can disagree.
    fn policy(&self) -> Outcome<String> {
        if let Some(path) = &self.policy {
            return read_text(path);
        }
        if self.no_witnesses {
            return Ok("quorum none\n".to_owned());
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

/// What to do next.
struct Steps<'a> {
    folder: &'a DataFolder,
    words: &'a words::Words,
    witnesses: &'a [PolicyWitness],
    has_process: bool,
    trial: bool,
}

impl Steps<'_> {
    fn say(&self, must_start: bool) {
        let (words, data) = (self.words, self.folder.path().display());
        terminal::done(format_args!("{}: {data}", words.made));
        let mut steps = Vec::new();
        if !self.trial {
            steps.push(format!("{}: {data}/keys", words.back_up));
        }
        if !self.witnesses.is_empty() {
            steps.push(words.tell_witnesses.to_owned());
        }
        if must_start {
            let passphrase = if self.trial {
                format!(" --passphrase-file {data}/{TRIAL_PASSPHRASE_FILE}")
            } else {
                String::new()
            };
            let start = format!("countersign serve --data {data}{passphrase}");
            steps.push(format!("{}: {start}", words.start));
        }
        if self.has_process {
            steps.push(format!(
                "{}: countersign user invite --data {data} --organisation 1 --role administrator --name NAME --email ADDRESS",
                words.invite_official
            ));
        }
        steps.push(format!(
            "{}: countersign peer invite --data {data} --out invite.txt",
            words.invite_partner
        ));
        terminal::say(format_args!("{}:", words.next));
        for (number, step) in (1..).zip(steps) {
            terminal::say(format_args!("  {number}. {step}"));
        }
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
