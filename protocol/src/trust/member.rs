//! The entry of a member: one text file, signed through the hash of it that the role `members` gives.
//!
//! ```text
//! countersign-member/v1
//! registry GHA01
//! party GH
//! origin registry.example.gov.gh/ledger
//! status active
//! since 2026-11-22T10:00:00Z
//! log-key 0 1200 registry.example.gov.gh/ledger+5f1d…+AS…
//! log-key 1200 - registry.example.gov.gh/ledger+77ab…+BK…
//! cosigner-key registry.example.gov.gh/witness+90cd…+CL…
//! peer 12D3KooW…
//! address /dns4/node.example.gov.gh/tcp/4001
//! http https://registry.example.gov.gh
//! ```
//!
//! A log key signs checkpoints from one size to another, both included; `-` has no end. Sizes and not times say which signatures
//! count: no clock can be argued about, and what was cosigned before a key was stolen stays good.
//!
//! | what happened | the entry |
//! |---|---|
//! | rotation | the old key ends at the size of the checkpoint that both sign; the new one begins there |
//! | a lost key | the same, at the size that the witnesses saw last; the threshold of keyholders vouches for the new key |
//! | a stolen key | the same, and until the new key is in place `status frozen`; what the thief signed above that size is void |
//! | two ledgers shown | `status frozen`; back to `active` with `surviving SIZE ROOT`, the checkpoint of the line that lives on |
//! | the ledger is gone | `status closed` with `final SIZE ROOT`; witnesses cosign nothing above it, and open locks are judged by it |

use std::fmt;
use std::str::FromStr;

use crate::federation::lines::Lines;
use crate::federation::{ADDRESS_LEN_MAX, FileError, HttpAddress, PeerAddress, PeerName};
use crate::id::{Origin, Text};
use crate::log::text::{parse_decimal, parse_hash, to_base64};
use crate::log::{Hash, KeyKind, VerifierKey};
use crate::party::{Party, RegistryId};
use crate::text::excerpt;
use crate::time::Timestamp;

use super::MEMBER_BYTES_MAX;

/// The first line of an entry.
const HEADER: &str = "countersign-member/v1";
/// Most log keys in an entry: a rotation a year for two generations.
const LOG_KEYS_MAX: usize = 64;
/// Most peer ids, and most addresses.
const PEERS_MAX: usize = 16;

/// Why an entry is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MemberError {
    /// A line cannot be read.
    #[error(transparent)]
    File(#[from] FileError),
    /// Not UTF-8, or not in the one spelling.
    #[error(
        "it is not written in the one spelling of an entry: write it again with `countersign federation propose`"
    )]
    Spelling,
    /// The registry belongs to another country.
    #[error("registry {registry} is not one of {party}; one of the two lines is wrong")]
    RegistryParty {
        /// The party line.
        party: Party,
        /// The registry line.
        registry: RegistryId,
    },
    /// A log key is of the wrong kind or carries another name than the origin.
    #[error("log key {0} must be an Ed25519 key (type 0x01) named after the origin")]
    LogKey(String),
    /// The cosigner key cannot cosign.
    #[error("cosigner key {0} must be an Ed25519 cosignature key (type 0x04)")]
    CosignerKey(String),
    /// One key serves twice.
    #[error(
        "key {0} stands twice in the entry; each log key stands once, and a witness has a key of its own"
    )]
    SharedKey(String),
    /// The sizes of the log keys do not follow each other.
    #[error(
        "log key {at}: its sizes do not follow those before; the first begins at 0, and each begins where the one before ends, or one size later"
    )]
    Sizes {
        /// Which, from 1.
        at: usize,
    },
    /// A list is empty or says the same twice.
    #[error("the {0} lines are missing, or one of them stands twice")]
    List(&'static str),
    /// The status lacks something, or has a line of another status.
    #[error(
        "status {0}: a frozen or closed member has a reason, a closed one its final checkpoint, and only an active or frozen one a surviving checkpoint"
    )]
    Status(&'static str),
}

/// A head of a ledger that the keyholders name: size and root. Text form: `SIZE ROOT` with the root in base64.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// Number of leaves.
    pub size: u64,
    /// Root of the tree of that many leaves.
    pub root: Hash,
}

impl FromStr for Head {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = |part: &str, why: &dyn fmt::Display| format!("the {part}: {why}");
        let (size, root) = text
            .split_once(' ')
            .ok_or_else(|| "write it as SIZE ROOT".to_owned())?;
        Ok(Self {
            size: parse_decimal(size).map_err(|fault| wrong("size", &fault))?,
            root: parse_hash(root).map_err(|fault| wrong("root", &fault))?,
        })
    }
}

impl fmt::Display for Head {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.size, to_base64(&self.root))
    }
}

/// A log key and the sizes of the checkpoints that it signs. Text form: `FROM TO KEY`, with `-` for no end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyRow {
    /// Smallest size.
    pub from: u64,
    /// Largest size, included; `None` while it is in use.
    pub to: Option<u64>,
    /// The key.
    pub key: VerifierKey,
}

impl KeyRow {
    /// Whether it signs checkpoints of this size.
    #[must_use]
    pub fn covers(&self, size: u64) -> bool {
        self.from <= size && self.to.is_none_or(|to| size <= to)
    }
}

impl FromStr for KeyRow {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut words = text.splitn(3, ' ');
        let (Some(from), Some(to), Some(key)) = (words.next(), words.next(), words.next()) else {
            return Err("write it as FROM TO KEY, with - for no end".to_owned());
        };
        let size = |text| parse_decimal(text).map_err(|fault| format!("size {text:?}: {fault}"));
        Ok(Self {
            from: size(from)?,
            to: if to == "-" { None } else { Some(size(to)?) },
            key: key
                .parse()
                .map_err(|error| format!("{}: {error}", excerpt(key)))?,
        })
    }
}

impl fmt::Display for KeyRow {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} ", self.from)?;
        match self.to {
            Some(to) => write!(formatter, "{to} ")?,
            None => formatter.write_str("- ")?,
        }
        self.key.fmt(formatter)
    }
}

/// Where a member stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// In good standing. After a freeze for two ledgers: the head of the line that lives on.
    Active {
        /// That head; a pin on a dead line moves to it.
        surviving: Option<Head>,
    },
    /// Nothing new begins with it; what is open is settled.
    Frozen {
        /// Why, for people.
        reason: Text<300>,
        /// The head of the line on which its answers count meanwhile, if one was named.
        surviving: Option<Head>,
    },
    /// For ever. Nothing above the final head counts.
    Closed {
        /// Why, for people.
        reason: Text<300>,
        /// Its last witnessed head.
        head: Head,
    },
}

impl Standing {
    /// The word of the status line.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Active { .. } => "active",
            Self::Frozen { .. } => "frozen",
            Self::Closed { .. } => "closed",
        }
    }
}

/// A member of the federation. Its text form is its target file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Its registry in Article 6 reports, which names the entry: a country with a new ledger has a new registry.
    pub registry: RegistryId,
    /// The country.
    pub party: Party,
    /// The origin of its ledger. It never changes.
    pub origin: Origin,
    /// Where it stands.
    pub standing: Standing,
    /// Since when.
    pub since: Timestamp,
    /// The keys that sign its checkpoints, by size.
    pub log_keys: Vec<KeyRow>,
    /// The key with which it cosigns the checkpoints of others.
    pub cosigner_key: VerifierKey,
    /// The libp2p identities of its nodes.
    pub peers: Vec<PeerName>,
    /// Where its nodes listen for peers.
    pub addresses: Vec<PeerAddress>,
    /// Where its HTTP interface is reached, if it is.
    pub http: Option<HttpAddress>,
}

// An address line fits many times over.
const _: () = assert!(ADDRESS_LEN_MAX * PEERS_MAX < MEMBER_BYTES_MAX);

impl Member {
    /// Reads an entry.
    ///
    /// # Errors
    /// [`MemberError`] says which line is wrong.
    pub fn parse(file: &[u8]) -> Result<Self, MemberError> {
        if file.len() > MEMBER_BYTES_MAX {
            return Err(FileError::TooLong {
                found: file.len(),
                max: MEMBER_BYTES_MAX,
            }
            .into());
        }
        let text = std::str::from_utf8(file).map_err(|_| MemberError::Spelling)?;
        let member = Self::read(text)?;
        member.check()?;
        // One spelling, so that two entries that say the same have one hash.
        if member.to_string() != text {
            return Err(MemberError::Spelling);
        }
        Ok(member)
    }

    fn read(text: &str) -> Result<Self, MemberError> {
        let mut lines = Lines::open(text, HEADER)?;
        let (registry, party) = (lines.required("registry")?, lines.required("party")?);
        let origin = lines.required("origin")?;
        let status: String = lines.required("status")?;
        let since = lines.required("since")?;
        let (reason, surviving) = (lines.optional("reason")?, lines.optional("surviving")?);
        let last = lines.optional("final")?;
        let standing = match (status.as_str(), reason, surviving, last) {
            ("active", None, surviving, None) => Standing::Active { surviving },
            ("frozen", Some(reason), surviving, None) => Standing::Frozen { reason, surviving },
            ("closed", Some(reason), None, Some(head)) => Standing::Closed { reason, head },
            ("active", ..) => return Err(MemberError::Status("active")),
            ("frozen", ..) => return Err(MemberError::Status("frozen")),
            ("closed", ..) => return Err(MemberError::Status("closed")),
            _ => return Err(MemberError::Status("is active, frozen or closed")),
        };
        let member = Self {
            registry,
            party,
            origin,
            standing,
            since,
            log_keys: lines.repeated("log-key", LOG_KEYS_MAX)?,
            cosigner_key: lines.required("cosigner-key")?,
            peers: lines.repeated("peer", PEERS_MAX)?,
            addresses: lines.repeated("address", PEERS_MAX)?,
            http: lines.optional("http")?,
        };
        lines.end()?;
        Ok(member)
    }

    /// Checks the rules that span several lines.
    ///
    /// # Errors
    /// [`MemberError`] names the rule.
    pub fn check(&self) -> Result<(), MemberError> {
        if self.registry.party() != self.party {
            return Err(MemberError::RegistryParty {
                party: self.party,
                registry: self.registry,
            });
        }
        if self.cosigner_key.kind() != KeyKind::CosignatureV1 {
            return Err(MemberError::CosignerKey(
                self.cosigner_key.name().to_owned(),
            ));
        }
        self.check_log_keys()?;
        let twice = |many: usize, distinct: usize| many == 0 || many != distinct;
        let peers: std::collections::BTreeSet<_> = self.peers.iter().collect();
        if twice(self.peers.len(), peers.len()) {
            return Err(MemberError::List("peer"));
        }
        let addresses: std::collections::BTreeSet<_> = self.addresses.iter().collect();
        if addresses.len() != self.addresses.len() {
            return Err(MemberError::List("address"));
        }
        Ok(())
    }

    fn check_log_keys(&self) -> Result<(), MemberError> {
        let mut public = vec![self.cosigner_key.public_key()];
        for (at, row) in self.log_keys.iter().enumerate() {
            let key = &row.key;
            if key.kind() != KeyKind::Ed25519 || key.name() != self.origin.as_str() {
                return Err(MemberError::LogKey(key.to_string()));
            }
            if public.contains(&key.public_key()) {
                return Err(MemberError::SharedKey(key.to_string()));
            }
            public.push(key.public_key());
            let follows = match at
                .checked_sub(1)
                .and_then(|before| self.log_keys.get(before))
            {
                None => row.from == 0,
                Some(before) => before
                    .to
                    .is_some_and(|end| row.from == end || row.from == end.saturating_add(1)),
            };
            if !follows || row.to.is_some_and(|to| to < row.from) {
                return Err(MemberError::Sizes { at: at + 1 });
            }
        }
        if self.log_keys.is_empty() || self.log_keys.len() > LOG_KEYS_MAX {
            return Err(MemberError::List("log-key"));
        }
        Ok(())
    }

    /// The keys that may sign its checkpoint of this size: two at the size where one follows another, none above the final
    /// head of a closed ledger.
    pub fn keys_at(&self, size: u64) -> impl Iterator<Item = &VerifierKey> {
        let is_over = match &self.standing {
            Standing::Closed { head, .. } => size > head.size,
            Standing::Active { .. } | Standing::Frozen { .. } => false,
        };
        let rows = self
            .log_keys
            .iter()
            .filter(move |row| !is_over && row.covers(size));
        rows.map(|row| &row.key)
    }

    /// Whether it has left for ever.
    #[must_use]
    pub const fn is_closed(&self) -> bool {
        matches!(self.standing, Standing::Closed { .. })
    }

    /// The path of its target file.
    #[must_use]
    pub fn target(&self) -> String {
        format!("{}/{}.txt", super::MEMBERS, self.registry)
    }
}

impl fmt::Display for Member {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            registry,
            party,
            origin,
            standing,
            since,
            log_keys,
            cosigner_key,
            peers,
            addresses,
            http,
        } = self;
        writeln!(
            formatter,
            "{HEADER}\nregistry {registry}\nparty {party}\norigin {origin}"
        )?;
        writeln!(formatter, "status {}\nsince {since}", standing.word())?;
        let (reason, surviving, last) = match standing {
            Standing::Active { surviving } => (None, surviving.as_ref(), None),
            Standing::Frozen { reason, surviving } => (Some(reason), surviving.as_ref(), None),
            Standing::Closed { reason, head } => (Some(reason), None, Some(head)),
        };
        if let Some(reason) = reason {
            writeln!(formatter, "reason {reason}")?;
        }
        if let Some(head) = surviving {
            writeln!(formatter, "surviving {head}")?;
        }
        if let Some(head) = last {
            writeln!(formatter, "final {head}")?;
        }
        for row in log_keys {
            writeln!(formatter, "log-key {row}")?;
        }
        writeln!(formatter, "cosigner-key {cosigner_key}")?;
        for peer in peers {
            writeln!(formatter, "peer {peer}")?;
        }
        for address in addresses {
            writeln!(formatter, "address {address}")?;
        }
        match http {
            Some(http) => writeln!(formatter, "http {http}"),
            None => Ok(()),
        }
    }
}
