//! What goes over the network, and to whom.

use std::rc::Rc;

use countersign_protocol::id::Origin;
use countersign_protocol::log::Hash;

use crate::founding::Leaf;

/// A machine in the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Place {
    Country(usize),
    Witness(usize),
}

/// Who asked, so that the answer comes to the same run of the same node: a connection that broke brings none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Asker {
    pub(crate) node: usize,
    pub(crate) country: usize,
    pub(crate) run: u64,
}

/// The addressee.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum To {
    /// Whichever node a country shows.
    Country(usize),
    /// The run that asked.
    Asker(Asker),
    Witness(usize),
}

impl To {
    pub(crate) const fn place(self) -> Place {
        match self {
            Self::Country(country) => Place::Country(country),
            Self::Asker(asker) => Place::Country(asker.country),
            Self::Witness(witness) => Place::Witness(witness),
        }
    }
}

#[derive(Clone, Debug)]
pub(crate) enum Letter {
    /// Proof bundles: offers, cancel requests, receipts, notices.
    Bundles(Vec<Rc<str>>),
    AskConsistency {
        asker: Asker,
        from: u64,
        to: u64,
    },
    Consistency {
        origin: Origin,
        from: u64,
        to: u64,
        hashes: Vec<Hash>,
    },
    /// An add-checkpoint request (C2SP tlog-witness), with the leaves that a mirror keeps.
    AddCheckpoint {
        asker: Asker,
        body: Rc<str>,
        leaves: Vec<Leaf>,
    },
    Witnessed {
        witness: usize,
        size: u64,
        status: u16,
        body: String,
    },
    AskLatest {
        asker: Asker,
        country: usize,
    },
    Latest {
        witness: usize,
        note: Option<String>,
    },
    AskLeaves {
        asker: Asker,
        country: usize,
        from: u64,
    },
    Leaves {
        country: usize,
        from: u64,
        leaves: Vec<Leaf>,
    },
    /// A version of the trust registry.
    Trust(usize),
    /// Evidence against a ledger.
    Evidence(Rc<str>),
}

impl Letter {
    /// For a trace.
    pub(crate) fn told(&self) -> String {
        match self {
            Self::Bundles(bundles) => format!("{} bundles", bundles.len()),
            Self::AskConsistency { from, to, .. } => format!("consistency {from}..{to}?"),
            Self::Consistency { from, to, .. } => format!("consistency {from}..{to}"),
            Self::AddCheckpoint { body, leaves, .. } => {
                let lines: Vec<&str> = body.lines().collect();
                let size = body.split("\n\n").nth(1).and_then(|it| it.lines().nth(1));
                format!(
                    "cosign {} ({}, {} leaves)",
                    size.unwrap_or("?"),
                    lines[0],
                    leaves.len()
                )
            }
            Self::Witnessed {
                witness,
                size,
                status,
                ..
            } => format!("witness {witness} says {status} to {size}"),
            Self::AskLatest { .. } => "latest?".to_owned(),
            Self::Latest { witness, note } => {
                let size = note.as_deref().and_then(|note| note.lines().nth(1));
                format!("witness {witness} has {}", size.unwrap_or("nothing"))
            }
            Self::AskLeaves { from, .. } => format!("leaves from {from}?"),
            Self::Leaves { from, leaves, .. } => format!("{} leaves from {from}", leaves.len()),
            Self::Trust(version) => format!("trust registry {version}"),
            Self::Evidence(_) => "evidence".to_owned(),
        }
    }
}
