//! From [`Config`] to text, with the comments that a first reader needs.

use super::{Config, OpenDataConfig, WitnessAddress};
use crate::http::Budgets;
use std::fmt::{self, Display};

/// A TOML string.
pub(super) fn quoted(value: impl Display) -> toml::Value {
    toml::Value::String(value.to_string())
}

fn list(addresses: &[impl Display]) -> String {
    let quoted: Vec<String> = addresses
        .iter()
        .map(|address| quoted(address).to_string())
        .collect();
    format!("[{}]", quoted.join(", "))
}

/// The whole file. Reading it gives the same configuration.
impl Display for Config {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
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
        writeln!(
            formatter,
            "# The country, and its registry as Article 6 reports name it."
        )?;
        writeln!(
            formatter,
            "party = {}\nname = {}",
            quoted(party),
            quoted(name)
        )?;
        writeln!(formatter, "registry = {}\n", quoted(registry))?;
        writeln!(
            formatter,
            "# The name of the ledger. It never changes once the ledger has a record."
        )?;
        writeln!(formatter, "origin = {}\n", quoted(origin))?;
        writeln!(
            formatter,
            "# Which witnesses must cosign (C2SP tlog-policy), relative to this folder."
        )?;
        writeln!(formatter, "policy = {}\n", quoted(policy.display()))?;
        writeln!(
            formatter,
            "# Plain HTTP: keep it on loopback and put a TLS proxy before it."
        )?;
        writeln!(formatter, "[http]\nlisten = {}", quoted(http.listen))?;
        writeln!(formatter, "allow_public = {}", http.allow_public)?;
        writeln!(formatter, "behind_proxy = {}", http.behind_proxy)?;
        if let Some(url) = &http.public_url {
            writeln!(
                formatter,
                "# Where everybody else reaches it; it stands in mails and on letters, and passkeys belong to its host name."
            )?;
            writeln!(formatter, "public_url = {}", quoted(url))?;
        }
        writeln!(formatter)?;
        writeln!(formatter, "[p2p]\nnetwork = {}", quoted(&p2p.network))?;
        writeln!(formatter, "listen = {}", list(&p2p.listen))?;
        writeln!(
            formatter,
            "# Where partners reach this node; it stands in the invites."
        )?;
        writeln!(formatter, "announce = {}", list(&p2p.announce))?;
        for witness in witnesses {
            writeln!(formatter, "\n[[witness]]\nname = {}", quoted(&witness.name))?;
            writeln!(formatter, "vkey = {}", quoted(&witness.vkey))?;
            match &witness.at {
                WitnessAddress::Http(http) => writeln!(formatter, "http = {}", quoted(http))?,
                WitnessAddress::Peer(peer) => writeln!(formatter, "peer = {}", quoted(peer))?,
            }
        }
        if federation.root_hash.is_some() || !federation.from.is_empty() {
            writeln!(
                formatter,
                "\n# The trust registry: the hash of its first root, and where newer versions are looked for."
            )?;
            writeln!(formatter, "[federation]")?;
            if let Some(hash) = &federation.root_hash {
                writeln!(formatter, "root_hash = {}", quoted(hex::encode(hash)))?;
            }
            writeln!(formatter, "from = {}", list(&federation.from))?;
        }
        if let Some(url) = &projection.url {
            writeln!(
                formatter,
                "\n# The read model; without this a SQLite file in this folder."
            )?;
            writeln!(formatter, "[projection]\nurl = {}", quoted(url))?;
        }
        letters.print(formatter)?;
        site.print(formatter)?;
        if let Some(mail) = mail {
            mail.print(formatter)?;
        }
        if webhooks.allow_private {
            writeln!(formatter, "\n[webhooks]\nallow_private = true")?;
        }
        if *open_data != OpenDataConfig::default() {
            writeln!(
                formatter,
                "\n# From which hour on (UTC) open data is made.\n[open_data]\nhour = {}",
                open_data.hour
            )?;
        }
        writeln!(formatter, "\n[limits]")?;
        writeln!(
            formatter,
            "queue_submissions = {}",
            limits.queue_submissions
        )?;
        writeln!(formatter, "http_body_bytes = {}", limits.http_body_bytes)?;
        writeln!(formatter, "http_requests = {}", limits.http_requests)?;
        writeln!(formatter, "event_streams = {}", limits.event_streams)?;
        writeln!(formatter, "peer_connections = {}", limits.peer_connections)?;
        writeln!(formatter, "cache_mib = {}", limits.cache_mib)?;
        writeln!(
            formatter,
            "\n# Requests in a second that one client may send; 0 sets no limit."
        )?;
        writeln!(formatter, "[rates]")?;
        writeln!(formatter, "anonymous = {}", budgets(&rates.anonymous))?;
        writeln!(formatter, "signed_in = {}", budgets(&rates.signed_in))
    }
}

fn budgets(budgets: &Budgets) -> String {
    let Budgets {
        reads,
        lists,
        writes,
    } = budgets;
    format!("{{ reads = {reads}, lists = {lists}, writes = {writes} }}")
}
