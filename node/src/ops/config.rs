//! `config.toml`: what a node is and where it listens. It holds no secrets.
//!
//! ```toml
//! party = "GH"
//! name = "Ghana Carbon Registry"
//! origin = "registry.example.gov.gh/ledger"
//! registry = "GHA01"
//! policy = "trust.policy"
//!
//! [http]
//! listen = "127.0.0.1:8080"
//!
//! [p2p]
//! network = "itmo"
//! listen = ["/ip4/0.0.0.0/tcp/4001", "/ip4/0.0.0.0/udp/4001/quic-v1"]
//!
//! [[witness]]
//! name = "auditor"
//! vkey = "witness.example.org+8f2a31c0+BN0…"
//! http = "https://witness.example.org"
//! ```
//!
//! Unknown fields are refused, so that a misspelt one does not silently keep its default. Every error names the line.

mod letters;
mod mail;
mod print;
mod read;
mod site;
mod words;

pub use letters::{ADDRESS_LINES_MAX, LettersConfig};
pub use mail::{MailConfig, MailPassword, MailTls};
pub use read::{ConfigError, Fault};
pub use site::SiteConfig;

use super::files::{self, PUBLIC_FILE_MODE, Privacy};
use crate::http::RateLimits;
use countersign_protocol::federation::HttpAddress;
use countersign_protocol::id::{Origin, Text};
use countersign_protocol::log::{Hash, VerifierKey};
use countersign_protocol::party::{Party, RegistryId};
use libp2p::Multiaddr;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// The name of the file in a data folder.
pub const CONFIG_FILE: &str = "config.toml";

/// The largest configuration file, in bytes.
pub const CONFIG_BYTES_MAX: u64 = 256 * 1024;

/// The most witnesses that a node asks.
pub const WITNESSES_MAX: usize = 64;

/// The most addresses in a list.
pub const ADDRESSES_MAX: usize = 16;

/// The configuration of a country's node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// The country.
    pub party: Party,
    /// The registry's name, as people read it.
    pub name: Text<200>,
    /// The origin of the ledger: never changes once the ledger has a record.
    pub origin: Origin,
    /// The registry in Article 6 reports.
    pub registry: RegistryId,
    /// The file that says which cosignatures make a checkpoint witnessed (C2SP tlog-policy), relative to the data
    /// folder.
    pub policy: PathBuf,
    /// The HTTP interface.
    pub http: HttpConfig,
    /// The peer-to-peer network.
    pub p2p: P2pConfig,
    /// Who is asked to cosign the own checkpoints.
    pub witnesses: Vec<WitnessConfig>,
    /// The trust registry.
    pub federation: FederationConfig,
    /// The read model.
    pub projection: ProjectionConfig,
    /// What stands on letters.
    pub letters: LettersConfig,
    /// What the pages say and how they look.
    pub site: SiteConfig,
    /// Through which server mail goes out; without one it lies as files in the data folder.
    pub mail: Option<MailConfig>,
    /// Where events are sent.
    pub webhooks: WebhooksConfig,
    /// When open data is made.
    pub open_data: OpenDataConfig,
    /// How much the node takes on.
    pub limits: LimitsConfig,
    /// How often one client may ask over HTTP.
    pub rates: RateLimits,
}

/// The HTTP interface.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpConfig {
    /// Where it listens. Loopback, unless `allow_public` is set.
    pub listen: SocketAddr,
    /// Permits another address than loopback. The interface speaks plain HTTP: put a TLS proxy before it.
    pub allow_public: bool,
    /// Whether a proxy on this machine stands before it, so that `X-Forwarded-For` says where clients come from.
    pub behind_proxy: bool,
    /// Where everybody else reaches it, such as `https://registry.example.gov.gh`: it stands in mails and on
    /// letters, and passkeys belong to its host name.
    pub public_url: Option<HttpAddress>,
}

impl HttpConfig {
    /// Where the node is reached, without a slash at the end: by everybody, or on this machine alone.
    #[must_use]
    pub fn base_url(&self) -> String {
        match &self.public_url {
            Some(url) => url.as_str().trim_end_matches('/').to_owned(),
            None => format!("http://{}", self.listen),
        }
    }
}

impl Default for HttpConfig {
    fn default() -> Self {
        Self {
            listen: SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8080),
            allow_public: false,
            behind_proxy: false,
            public_url: None,
        }
    }
}

/// Where events are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct WebhooksConfig {
    /// Whether endpoints may be at private addresses, and on this machine over plain HTTP. Whoever may enter endpoints can then
    /// make the node ask whatever it reaches.
    pub allow_private: bool,
}

/// When open data is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenDataConfig {
    /// From which hour of the day on (UTC): one in which few ask.
    pub hour: u8,
}

impl Default for OpenDataConfig {
    fn default() -> Self {
        Self { hour: 1 }
    }
}

/// The trust registry of the federation. Without it partners are taken by their invites.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FederationConfig {
    /// SHA-256 of the first root, as the annex of the treaty prints it: from here on the registry proves itself.
    pub root_hash: Option<Hash>,
    /// Where newer versions are looked for, beside partners: the addresses under which `metadata/` and `targets/` lie.
    pub from: Vec<HttpAddress>,
}

/// The peer-to-peer network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct P2pConfig {
    /// The federation's name: nodes of two networks do not hear each other.
    pub network: NetworkName,
    /// Where the node listens; empty for a node that only calls out.
    pub listen: Vec<Multiaddr>,
    /// Where partners reach the node, for its invites; empty when they cannot.
    pub announce: Vec<Multiaddr>,
}

/// The name of a federation: 1 to 32 lower-case letters, digits and hyphens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NetworkName(String);

impl NetworkName {
    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for NetworkName {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if !(1..=32).contains(&text.len()) || !text.bytes().all(allowed) {
            return Err(
                "a network name is 1 to 32 lower-case letters, digits and hyphens, such as itmo",
            );
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for NetworkName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// The read model: search, lists and histories.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ProjectionConfig {
    /// A PostgreSQL database of this node alone, as `postgres://user@host/database`; without one the read model is a
    /// SQLite file in the data folder.
    pub url: Option<String>,
}

/// A witness that cosigns the own checkpoints.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WitnessConfig {
    /// What the operator calls it, as in the policy file.
    pub name: Text<64>,
    /// The key of its cosignatures.
    pub vkey: VerifierKey,
    /// Where it is asked.
    pub at: WitnessAddress,
}

/// Where a witness is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WitnessAddress {
    /// Over HTTP: the submission prefix of C2SP tlog-witness.
    Http(HttpAddress),
    /// Over libp2p: an address that ends in `/p2p/PEER`.
    Peer(Multiaddr),
}

/// How much the node takes on before it answers "busy".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LimitsConfig {
    /// Submissions that wait for the ledger's writer.
    pub queue_submissions: u32,
    /// The largest body of an HTTP request, in bytes.
    pub http_body_bytes: u32,
    /// HTTP requests that are answered at the same time.
    pub http_requests: u32,
    /// Event streams and long polls at the same time.
    pub event_streams: u32,
    /// Connections with all peers together.
    pub peer_connections: u32,
    /// Memory for cached blocks of the store, in MiB.
    pub cache_mib: u32,
}

impl Default for LimitsConfig {
    /// Fit for a machine with 512 MB.
    fn default() -> Self {
        Self {
            queue_submissions: 4096,
            http_body_bytes: 1024 * 1024,
            http_requests: 256,
            event_streams: 64,
            peer_connections: 512,
            cache_mib: 32,
        }
    }
}

impl Config {
    /// Reads the configuration in a data folder.
    ///
    /// # Errors
    /// [`ConfigError`] names the file, the line and what to write there.
    pub fn load(data_folder: &Path) -> Result<Self, ConfigError> {
        let path = data_folder.join(CONFIG_FILE);
        let bytes = files::read(&path, CONFIG_BYTES_MAX, Privacy::Public)?;
        let text = std::str::from_utf8(&bytes).map_err(|_| ConfigError::NotUtf8(path.clone()))?;
        Self::parse(text).map_err(|fault| ConfigError::Line { path, fault })
    }

    /// Writes the configuration into a data folder that has none.
    ///
    /// # Errors
    /// [`ConfigError::File`] when there is one already.
    pub fn create(&self, data_folder: &Path) -> Result<(), ConfigError> {
        Ok(files::write_new(
            &data_folder.join(CONFIG_FILE),
            self.to_string().as_bytes(),
            PUBLIC_FILE_MODE,
        )?)
    }

    /// Replaces the configuration in a data folder as a whole. Comments of the old file are lost.
    ///
    /// # Errors
    /// [`ConfigError::File`] when it cannot be written.
    pub fn replace(&self, data_folder: &Path) -> Result<(), ConfigError> {
        Ok(files::replace(
            &data_folder.join(CONFIG_FILE),
            self.to_string().as_bytes(),
            PUBLIC_FILE_MODE,
        )?)
    }

    /// The path of the policy file of a node with this data folder.
    #[must_use]
    pub fn policy_path(&self, data_folder: &Path) -> PathBuf {
        data_folder.join(&self.policy)
    }
}

#[cfg(test)]
mod tests;
