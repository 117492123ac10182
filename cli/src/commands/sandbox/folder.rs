//! Where everything of a sandbox lies, and making it.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use countersign_node::http::RateLimits;
use countersign_node::ops::config::{
    Config, FederationConfig, HttpConfig, LettersConfig, LimitsConfig, OpenDataConfig, P2pConfig,
    ProjectionConfig, SiteConfig, WebhooksConfig, WitnessAddress, WitnessConfig,
};
use countersign_node::ops::files::{
    self, PRIVATE_FILE_MODE, PUBLIC_FILE_MODE, Privacy, create_private_folder,
};
use countersign_node::run::{DataFolder, FirstProcess, NewNode, WitnessFolder, init};
use countersign_protocol::log::VerifierKey;
use countersign_protocol::party::{Party, RegistryId};
use countersign_protocol::permission;
use countersign_protocol::workflow::preset;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use super::people::Person;
use super::systems::Systems;
use crate::commands::init::free_address;
use crate::exit::{Failure, Outcome};

/// The country and its partner. The names say that they are not the real ones.
pub(super) const COUNTRY: &str = "GH";
pub(super) const PARTNER: &str = "CH";

/// Witnesses, and how many must cosign.
const WITNESSES: usize = 3;
const QUORUM: usize = 2;

/// Marks a data folder as one of a sandbox; `countersign serve` alone does not run it.
pub(in crate::commands) const MARK_FILE: &str = "sandbox";

/// What a sandbox remembers of itself. It comes last: a folder that has one is whole.
const SITE_FILE: &str = "sandbox.json";

/// The largest of these files.
const FILE_BYTES_MAX: u64 = 64 * 1024;

/// The passphrase of every key of every sandbox: they protect nothing.
pub(super) fn passphrase() -> SecretString {
    SecretString::from("a sandbox holds nothing of value".to_owned())
}

/// What a sandbox remembers of itself.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Site {
    /// Where its witnesses listen.
    pub(super) witnesses: Vec<SocketAddr>,
    /// Who is in it, once it is filled.
    pub(super) people: Option<Vec<Person>>,
    /// Where the systems around the registry listen, where it has them.
    #[serde(default)]
    pub(super) systems: Option<Systems>,
    /// Whether it is still empty.
    #[serde(skip)]
    pub(super) is_new: bool,
}

/// The folder of a sandbox.
pub(super) struct Layout {
    path: PathBuf,
    is_temporary: bool,
}

impl Drop for Layout {
    fn drop(&mut self) {
        if self.is_temporary {
            let _ = fs::remove_dir_all(&self.path);
        }
    }
}

impl Layout {
    pub(super) fn named(path: &Path) -> Self {
        Self {
            path: path.to_owned(),
            is_temporary: false,
        }
    }

    pub(super) fn temporary() -> Outcome<Self> {
        let mut bytes = [0; 8];
        getrandom::fill(&mut bytes).map_err(Failure::other)?;
        let name = format!("countersign-sandbox-{}", hex::encode(bytes));
        Ok(Self {
            path: std::env::temp_dir().join(name),
            is_temporary: true,
        })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The same places, for another thread; it takes nothing away.
    pub(super) fn clone_paths(&self) -> Self {
        Self::named(&self.path)
    }

    pub(super) fn country(&self) -> DataFolder {
        DataFolder::new(self.path.join(COUNTRY))
    }

    pub(super) fn partner(&self) -> DataFolder {
        DataFolder::new(self.path.join(PARTNER))
    }

    pub(super) fn witness(&self, number: usize) -> PathBuf {
        self.path.join(format!("witness-{number}"))
    }

    /// How far its clock is ahead.
    pub(super) fn clock(&self) -> PathBuf {
        self.path.join("clock")
    }

    /// The log keys that the witnesses know.
    pub(super) fn logs(&self) -> PathBuf {
        self.path.join("logs")
    }

    fn load(&self) -> Outcome<Site> {
        let path = self.path.join(SITE_FILE);
        let bytes = files::read(&path, FILE_BYTES_MAX, Privacy::Private)?;
        serde_json::from_slice(&bytes).map_err(|error| {
            Failure::validation(format_args!("{} is damaged: {error}", path.display()))
        })
    }

    /// The sandbox that is here, or a new one.
    pub(super) fn site(&self, listen: SocketAddr, systems: bool) -> Outcome<Site> {
        if self.path.join(SITE_FILE).exists() {
            let mut site = self.load()?;
            if site.people.is_some() {
                if systems && site.systems.is_none() {
                    site.systems = Some(Systems::make(&self.country())?);
                    self.write(&site)?;
                }
                return Ok(site);
            }
            let message = format!(
                "the sandbox in {} was stopped before it was filled",
                self.path.display()
            );
            return Err(Failure::validation(message).hint("remove the folder, or name another one"));
        }
        if fs::read_dir(&self.path).is_ok_and(|mut entries| entries.next().is_some()) {
            let message = format!("{} is not empty, and no sandbox", self.path.display());
            return Err(
                Failure::validation(message).hint("name a new folder, or none for a temporary one")
            );
        }
        self.make(listen, systems)
    }

    fn make(&self, listen: SocketAddr, systems: bool) -> Outcome<Site> {
        create_private_folder(&self.path)?;
        create_private_folder(&self.logs())?;
        let mut witnesses = Vec::new();
        for number in 1..=WITNESSES {
            let name = format!("w{number}.sandbox.example/witness");
            let key = WitnessFolder::new(self.witness(number)).create(&name, &passphrase())?;
            witnesses.push((key, free_address()?));
        }
        for (folder, party, listen) in [
            (self.country(), COUNTRY, listen),
            (self.partner(), PARTNER, free_address()?),
        ] {
            self.make_country(&folder, party, listen, &witnesses)?;
        }
        let systems = systems.then(|| Systems::make(&self.country()));
        let site = Site {
            systems: systems.transpose()?,
            witnesses: witnesses.into_iter().map(|(_, address)| address).collect(),
            people: None,
            is_new: true,
        };
        self.write(&site)?;
        Ok(site)
    }

    fn write(&self, site: &Site) -> Outcome {
        let text = serde_json::to_vec_pretty(site).map_err(Failure::other)?;
        Ok(files::replace(
            &self.path.join(SITE_FILE),
            &text,
            PRIVATE_FILE_MODE,
        )?)
    }

    /// Remembers who is in it.
    pub(super) fn keep(&self, people: &[Person]) -> Outcome {
        self.write(&Site {
            people: Some(people.to_vec()),
            ..self.load()?
        })
    }

    /// Who is in it.
    pub(super) fn people(&self) -> Outcome<Vec<Person>> {
        Ok(self.load()?.people.unwrap_or_default())
    }

    fn make_country(
        &self,
        folder: &DataFolder,
        party: &str,
        listen: SocketAddr,
        witnesses: &[(VerifierKey, SocketAddr)],
    ) -> Outcome {
        let is_own = party == COUNTRY;
        let process = preset("small").filter(|_| is_own).map(str::to_owned);
        let authority = parsed("Ministry of the Sandbox")?;
        let new = NewNode {
            config: config(party, listen, witnesses)?,
            policy: policy(witnesses),
            process: process.map(|text| FirstProcess { text, authority }),
            continues: None,
        };
        let created = init(folder, &new, &passphrase())?;
        let permissions = permission::trial();
        files::write_new(
            &folder.permissions(),
            permissions.as_bytes(),
            PUBLIC_FILE_MODE,
        )?;
        let mark = folder.path().join(MARK_FILE);
        files::write_new(
            &mark,
            b"This node is part of a sandbox.\n",
            PUBLIC_FILE_MODE,
        )?;
        let key = format!("{}\n", created.log_key);
        let path = self.logs().join(format!("{party}.vkey"));
        Ok(files::write_new(&path, key.as_bytes(), PUBLIC_FILE_MODE)?)
    }
}

fn policy(witnesses: &[(VerifierKey, SocketAddr)]) -> String {
    let mut text = String::new();
    let mut names = Vec::new();
    for (number, (key, address)) in (1..).zip(witnesses) {
        text.push_str(&format!("witness w{number} {key} http://{address}\n"));
        names.push(format!("w{number}"));
    }
    text.push_str(&format!(
        "group all {QUORUM} {}\nquorum all\n",
        names.join(" ")
    ));
    text
}

fn config(
    party: &str,
    listen: SocketAddr,
    witnesses: &[(VerifierKey, SocketAddr)],
) -> Outcome<Config> {
    let code: Party = parsed(party)?;
    let peer: countersign_node::network::Multiaddr =
        parsed(&format!("/ip4/127.0.0.1/tcp/{}", free_address()?.port()))?;
    let asked = |(number, (key, address)): (usize, &(VerifierKey, SocketAddr))| {
        Ok::<_, Failure>(WitnessConfig {
            name: parsed(&format!("w{number}"))?,
            vkey: key.clone(),
            at: WitnessAddress::Http(parsed(&format!("http://{address}"))?),
        })
    };
    Ok(Config {
        party: code,
        name: parsed(&format!("Sandbox registry ({})", code.name()))?,
        origin: parsed(&format!("{}.sandbox.example/ledger", party.to_lowercase()))?,
        registry: RegistryId::new(code, 99).map_err(Failure::validation)?,
        policy: "trust.policy".into(),
        http: HttpConfig {
            listen,
            ..HttpConfig::default()
        },
        p2p: P2pConfig {
            network: parsed("sandbox")?,
            listen: vec![peer.clone()],
            announce: vec![peer],
        },
        witnesses: (1..).zip(witnesses).map(asked).collect::<Outcome<_>>()?,
        federation: FederationConfig::default(),
        projection: ProjectionConfig::default(),
        letters: LettersConfig::default(),
        site: SiteConfig::default(),
        mail: None,
        // Whoever tries webhooks listens on this machine.
        webhooks: WebhooksConfig {
            allow_private: true,
        },
        open_data: OpenDataConfig::default(),
        limits: LimitsConfig::default(),
        rates: RateLimits::default(),
    })
}

fn parsed<T: std::str::FromStr>(text: &str) -> Outcome<T>
where
    T::Err: std::fmt::Display,
{
    text.parse().map_err(Failure::validation)
}
