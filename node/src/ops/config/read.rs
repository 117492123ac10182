//! From text to [`Config`], with the line of every fault.

use super::letters::LettersSection;
use super::mail::MailSection;
use super::site::SiteSection;
use super::{
    ADDRESSES_MAX, Config, FederationConfig, HttpConfig, LimitsConfig, NetworkName, OpenDataConfig,
    P2pConfig, ProjectionConfig, WITNESSES_MAX, WebhooksConfig, WitnessAddress, WitnessConfig,
};
use crate::http::{Budgets, RateLimits};
use crate::ops::files::FileFault;
use countersign_protocol::federation::HttpAddress;
use countersign_protocol::id::{Origin, Text};
use countersign_protocol::log::Hash;
use countersign_protocol::log::{KeyKind, VerifierKey};
use countersign_protocol::party::{Party, RegistryId};
use libp2p::Multiaddr;
use libp2p::multiaddr::Protocol;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use std::fmt::Display;
use std::net::SocketAddr;
use std::ops::{Range, RangeInclusive};
use std::path::PathBuf;
use std::str::FromStr;
use toml::Spanned;

/// Why a configuration cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read or written.
    #[error("configuration: {0}")]
    File(#[from] FileFault),
    /// The file is no text.
    #[error("{0} is not UTF-8 text; it is damaged or no configuration")]
    NotUtf8(PathBuf),
    /// A line is wrong.
    #[error("{path}, {fault}")]
    Line {
        /// The file.
        path: PathBuf,
        /// The line and what is wrong with it.
        fault: Fault,
    },
}

/// What is wrong, and where. Line and column count from 1, the column in characters.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: {message}")]
pub struct Fault {
    /// The line.
    pub line: usize,
    /// The column in the line.
    pub column: usize,
    /// What is wrong, and how to mend it.
    pub message: String,
}

impl Fault {
    pub(super) fn at(text: &str, span: Range<usize>, message: impl Display) -> Self {
        let before = text.get(..span.start).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Self {
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
            message: message.to_string().trim_end().to_owned(),
        }
    }
}

impl Config {
    /// Reads a configuration from its text.
    ///
    /// # Errors
    /// [`Fault`] with the line of the first mistake.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let file: File = toml::from_str(text).map_err(|error| {
            Fault::at(text, error.span().unwrap_or(0..0), plain(error.message()))
        })?;
        file.check(text)
    }
}

/// Several causes of one refusal on one line.
fn plain(message: &str) -> String {
    message
        .lines()
        .map(str::trim)
        .collect::<Vec<_>>()
        .join(": ")
}

/// A value that is read from a string, with its place.
type Value<T> = Spanned<Parsed<T>>;

/// A value that is read from a string.
pub(super) struct Parsed<T>(pub(super) T);

impl<'de, T: FromStr<Err: Display>> Deserialize<'de> for Parsed<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map(Self).map_err(D::Error::custom)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    party: Parsed<Party>,
    name: Parsed<Text<200>>,
    origin: Parsed<Origin>,
    registry: Value<RegistryId>,
    policy: Spanned<PathBuf>,
    #[serde(default)]
    http: HttpSection,
    p2p: P2pSection,
    #[serde(default, rename = "witness")]
    witnesses: Vec<Spanned<WitnessSection>>,
    #[serde(default)]
    federation: FederationSection,
    #[serde(default)]
    projection: ProjectionSection,
    #[serde(default)]
    letters: LettersSection,
    #[serde(default)]
    site: SiteSection,
    mail: Option<MailSection>,
    #[serde(default)]
    webhooks: WebhooksSection,
    #[serde(default)]
    open_data: OpenDataSection,
    #[serde(default)]
    limits: LimitsSection,
    #[serde(default)]
    rates: RatesSection,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct HttpSection {
    listen: Option<Spanned<String>>,
    #[serde(default)]
    allow_public: bool,
    #[serde(default)]
    behind_proxy: bool,
    public_url: Option<Parsed<HttpAddress>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct P2pSection {
    network: Parsed<NetworkName>,
    #[serde(default)]
    listen: Vec<Spanned<String>>,
    #[serde(default)]
    announce: Vec<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WitnessSection {
    name: Value<Text<64>>,
    vkey: Value<VerifierKey>,
    http: Option<Parsed<HttpAddress>>,
    peer: Option<Spanned<String>>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct FederationSection {
    root_hash: Option<Spanned<String>>,
    #[serde(default)]
    from: Vec<Parsed<HttpAddress>>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct ProjectionSection {
    url: Option<Spanned<String>>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct WebhooksSection {
    #[serde(default)]
    allow_private: bool,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct OpenDataSection {
    hour: Option<Spanned<u8>>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct LimitsSection {
    queue_submissions: Option<Spanned<u32>>,
    http_body_bytes: Option<Spanned<u32>>,
    http_requests: Option<Spanned<u32>>,
    event_streams: Option<Spanned<u32>>,
    peer_connections: Option<Spanned<u32>>,
    cache_mib: Option<Spanned<u32>>,
}

/// Requests in a second.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct RatesSection {
    #[serde(default)]
    anonymous: BudgetsSection,
    #[serde(default)]
    signed_in: BudgetsSection,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct BudgetsSection {
    reads: Option<Spanned<u32>>,
    lists: Option<Spanned<u32>>,
    writes: Option<Spanned<u32>>,
}

impl File {
    /// Checks what spans several fields.
    fn check(self, text: &str) -> Result<Config, Fault> {
        let Self {
            party,
            name,
            origin,
            registry,
            policy,
            http,
            p2p,
            witnesses,
            federation,
            projection,
            letters,
            site,
            mail,
            webhooks,
            open_data,
            limits,
            rates,
        } = self;
        let party = party.0;
        if registry.get_ref().0.party() != party {
            let why = format!(
                "the registry is not one of {party}; write {}01 or mend `party`",
                party.alpha3()
            );
            return Err(Fault::at(text, registry.span(), why));
        }
        if policy.get_ref().as_os_str().is_empty() {
            return Err(Fault::at(
                text,
                policy.span(),
                "the policy file has no name; write trust.policy",
            ));
        }
        Ok(Config {
            party,
            name: name.0,
            origin: origin.0,
            registry: registry.into_inner().0,
            policy: policy.into_inner(),
            http: http.check(text)?,
            p2p: p2p.check(text)?,
            witnesses: check_witnesses(text, witnesses)?,
            federation: federation.check(text)?,
            projection: projection.check(text)?,
            letters: letters.check(text)?,
            site: site.check(text)?,
            mail: mail.map(|mail| mail.check(text)).transpose()?,
            webhooks: WebhooksConfig {
                allow_private: webhooks.allow_private,
            },
            open_data: open_data.check(text)?,
            limits: limits.check(text)?,
            rates: rates.check(text)?,
        })
    }
}

impl HttpSection {
    fn check(self, text: &str) -> Result<HttpConfig, Fault> {
        let public_url = self.public_url.map(|url| url.0);
        let Some(listen) = self.listen else {
            return Ok(HttpConfig {
                allow_public: self.allow_public,
                behind_proxy: self.behind_proxy,
                public_url,
                ..HttpConfig::default()
            });
        };
        let address: SocketAddr = listen.get_ref().parse().map_err(|_| {
            let why = "this is not an IP address and a port; write 127.0.0.1:8080";
            Fault::at(text, listen.span(), why)
        })?;
        if !address.ip().is_loopback() && !self.allow_public {
            let why = format!(
                "{address} is reachable by others, and this interface speaks plain HTTP; write 127.0.0.1:{} and put \
                 a TLS proxy before it, or add `allow_public = true` to [http]",
                address.port()
            );
            return Err(Fault::at(text, listen.span(), why));
        }
        Ok(HttpConfig {
            listen: address,
            allow_public: self.allow_public,
            behind_proxy: self.behind_proxy,
            public_url,
        })
    }
}

impl FederationSection {
    fn check(self, text: &str) -> Result<FederationConfig, Fault> {
        let from: Vec<HttpAddress> = self.from.into_iter().map(|it| it.0).collect();
        let Some(pinned) = self.root_hash else {
            return Ok(FederationConfig {
                root_hash: None,
                from,
            });
        };
        let mut hash = Hash::default();
        let digits: String = pinned
            .get_ref()
            .chars()
            .filter(|it| !it.is_whitespace())
            .collect();
        hex::decode_to_slice(digits, &mut hash).map_err(|_| {
            let why = "this is not the hash of a first root: write its 64 hexadecimal digits, as the annex of the treaty \
                       prints them";
            Fault::at(text, pinned.span(), why)
        })?;
        if from.len() > super::ADDRESSES_MAX {
            let why = format!(
                "there are more than {} addresses to look at",
                super::ADDRESSES_MAX
            );
            return Err(Fault::at(text, pinned.span(), why));
        }
        Ok(FederationConfig {
            root_hash: Some(hash),
            from,
        })
    }
}

impl OpenDataSection {
    fn check(self, text: &str) -> Result<OpenDataConfig, Fault> {
        let Some(hour) = self.hour else {
            return Ok(OpenDataConfig::default());
        };
        if *hour.get_ref() > 23 {
            let why = "this is no hour of a day; write 0 to 23, in universal time";
            return Err(Fault::at(text, hour.span(), why));
        }
        Ok(OpenDataConfig {
            hour: hour.into_inner(),
        })
    }
}

impl ProjectionSection {
    fn check(self, text: &str) -> Result<ProjectionConfig, Fault> {
        let Some(url) = self.url else {
            return Ok(ProjectionConfig::default());
        };
        let is_postgres = ["postgres://", "postgresql://"]
            .iter()
            .any(|scheme| url.get_ref().starts_with(scheme));
        if !is_postgres {
            let why = "this is not a PostgreSQL address; write postgres://user@host/database, or remove the line for \
                       SQLite in the data folder";
            return Err(Fault::at(text, url.span(), why));
        }
        Ok(ProjectionConfig {
            url: Some(url.into_inner()),
        })
    }
}

impl P2pSection {
    fn check(self, text: &str) -> Result<P2pConfig, Fault> {
        Ok(P2pConfig {
            network: self.network.0,
            listen: check_addresses(text, &self.listen)?,
            announce: check_addresses(text, &self.announce)?,
        })
    }
}

/// Reads a multiaddr that is not empty.
fn multiaddr(text: &str, address: &Spanned<String>) -> Result<Multiaddr, Fault> {
    let read: Option<Multiaddr> = address.get_ref().parse().ok();
    read.filter(|address| !address.is_empty()).ok_or_else(|| {
        let why = "this is not a multiaddr; write it like /ip4/0.0.0.0/tcp/4001 or /dns4/node.example.org/tcp/4001";
        Fault::at(text, address.span(), why)
    })
}

fn check_addresses(text: &str, addresses: &[Spanned<String>]) -> Result<Vec<Multiaddr>, Fault> {
    if let Some(extra) = addresses.get(ADDRESSES_MAX) {
        let why = format!("at most {ADDRESSES_MAX} addresses are allowed");
        return Err(Fault::at(text, extra.span(), why));
    }
    let mut checked = Vec::with_capacity(addresses.len());
    for address in addresses {
        let read = multiaddr(text, address)?;
        if checked.contains(&read) {
            return Err(Fault::at(
                text,
                address.span(),
                "the address stands twice; remove one",
            ));
        }
        checked.push(read);
    }
    Ok(checked)
}

fn check_witnesses(
    text: &str,
    witnesses: Vec<Spanned<WitnessSection>>,
) -> Result<Vec<WitnessConfig>, Fault> {
    if let Some(extra) = witnesses.get(WITNESSES_MAX) {
        return Err(Fault::at(
            text,
            extra.span(),
            format!("at most {WITNESSES_MAX} witnesses are allowed"),
        ));
    }
    let mut checked: Vec<WitnessConfig> = Vec::with_capacity(witnesses.len());
    for witness in witnesses {
        let span = witness.span();
        let WitnessSection {
            name,
            vkey,
            http,
            peer,
        } = witness.into_inner();
        let (name_span, key_span) = (name.span(), vkey.span());
        let (name, vkey) = (name.into_inner().0, vkey.into_inner().0);
        if checked.iter().any(|other| other.name == name) {
            return Err(Fault::at(
                text,
                name_span,
                "another witness has this name; give each its own",
            ));
        }
        if vkey.kind() != KeyKind::CosignatureV1 {
            let why = "a witness needs a cosignature key (type 0x04); this key is of another type";
            return Err(Fault::at(text, key_span, why));
        }
        // By the bare key: one key under two names would count twice in a quorum.
        if checked
            .iter()
            .any(|other| other.vkey.public_key() == vkey.public_key())
        {
            return Err(Fault::at(
                text,
                key_span,
                "another witness has this key; a quorum needs different ones",
            ));
        }
        let at = match (http, peer) {
            (Some(http), None) => WitnessAddress::Http(http.0),
            (None, Some(peer)) => WitnessAddress::Peer(check_peer(text, &peer)?),
            _ => {
                return Err(Fault::at(
                    text,
                    span,
                    "a witness needs either `http` or `peer`, not both",
                ));
            }
        };
        checked.push(WitnessConfig { name, vkey, at });
    }
    Ok(checked)
}

fn check_peer(text: &str, peer: &Spanned<String>) -> Result<Multiaddr, Fault> {
    let address = multiaddr(text, peer)?;
    if !matches!(address.iter().last(), Some(Protocol::P2p(_))) {
        let why = "the address must end in /p2p/PEER, so that nobody else can answer";
        return Err(Fault::at(text, peer.span(), why));
    }
    Ok(address)
}

impl LimitsSection {
    fn check(self, text: &str) -> Result<LimitsConfig, Fault> {
        let default = LimitsConfig::default();
        let within = |value, default, least, most| within(text, value, default, least..=most);
        Ok(LimitsConfig {
            queue_submissions: within(
                self.queue_submissions,
                default.queue_submissions,
                16,
                1_000_000,
            )?,
            http_body_bytes: within(self.http_body_bytes, default.http_body_bytes, 4096, 1 << 30)?,
            http_requests: within(self.http_requests, default.http_requests, 4, 100_000)?,
            event_streams: within(self.event_streams, default.event_streams, 0, 10_000)?,
            peer_connections: within(self.peer_connections, default.peer_connections, 4, 10_000)?,
            cache_mib: within(self.cache_mib, default.cache_mib, 4, 65_536)?,
        })
    }
}

/// A number within bounds, or the default.
fn within(
    text: &str,
    value: Option<Spanned<u32>>,
    default: u32,
    bounds: RangeInclusive<u32>,
) -> Result<u32, Fault> {
    match value {
        Some(value) if !bounds.contains(value.get_ref()) => {
            let (least, most) = bounds.into_inner();
            let why = format!("write a number from {least} to {most}");
            Err(Fault::at(text, value.span(), why))
        }
        Some(value) => Ok(value.into_inner()),
        None => Ok(default),
    }
}

/// The most requests in a second that a budget can give.
const RATE_MAX: u32 = 100_000;

impl RatesSection {
    fn check(self, text: &str) -> Result<RateLimits, Fault> {
        let default = RateLimits::default();
        Ok(RateLimits {
            anonymous: self.anonymous.check(text, default.anonymous)?,
            signed_in: self.signed_in.check(text, default.signed_in)?,
        })
    }
}

impl BudgetsSection {
    fn check(self, text: &str, default: Budgets) -> Result<Budgets, Fault> {
        let rate = |value, default| within(text, value, default, 0..=RATE_MAX);
        Ok(Budgets {
            reads: rate(self.reads, default.reads)?,
            lists: rate(self.lists, default.lists)?,
            writes: rate(self.writes, default.writes)?,
        })
    }
}
