//! The ledgers with which a run begins, and the keys of everybody.

use std::rc::Rc;
use std::sync::OnceLock;

use countersign_protocol::id::{AccountId, OrganisationId, Origin, RequestId};
use countersign_protocol::log::{KeyKind, SignerKey, leaf_hash};
use countersign_protocol::party::Party;
use countersign_protocol::record::{
    AccountKind, BlockHeader, Body, Commitment, Genesis, OrganisationKind, Partner, PartnerStatus,
    Record,
};
use countersign_protocol::registry::{At, Command, State, apply, plan};
use countersign_protocol::serial::{SectoralScope, UnitType};

use crate::support::{START_MS, text};
use crate::tree::Tree;

/// The countries. The last one joins while the simulation runs.
pub(crate) const COUNTRIES: [&str; 5] = ["GH", "CH", "VU", "PE", "SE"];
/// How many countries are members from the start.
pub(crate) const FOUNDERS: usize = 4;
/// How many witnesses there are at first; the last one lies: it cosigns whatever it is shown and remembers nothing.
pub(crate) const FIRST_WITNESSES: usize = 4;
pub(crate) const LYING_WITNESS: usize = FIRST_WITNESSES - 1;
/// How many there ever are: some join while the simulation runs.
pub(crate) const WITNESSES: usize = 7;
/// The first quorum: 2k > n + f and k <= n - f.
pub(crate) const QUORUM: usize = 3;
/// Tonnes that each of the first three countries has issued.
pub(crate) const TONNES: u64 = 12;
/// The account that every country trades from and receives into.
pub(crate) const TRADING: AccountId = AccountId(1);
/// How many log keys a country may need.
const GENERATIONS: usize = 12;

/// A leaf's bytes.
pub(crate) type Leaf = Rc<[u8]>;

struct Names {
    parties: Vec<Party>,
    origins: Vec<Origin>,
}

fn names() -> &'static Names {
    static NAMES: OnceLock<Names> = OnceLock::new();
    NAMES.get_or_init(|| {
        let origin = |code: &&str| text(&format!("{}.example/ledger", code.to_lowercase()));
        Names {
            parties: COUNTRIES.iter().map(|code| text(code)).collect(),
            origins: COUNTRIES.iter().map(origin).collect(),
        }
    })
}

pub(crate) fn party(country: usize) -> Party {
    names().parties[country]
}

pub(crate) fn country_of(party: Party) -> usize {
    let mut parties = names().parties.iter();
    parties.position(|it| *it == party).unwrap()
}

pub(crate) fn origin(country: usize) -> Origin {
    names().origins[country].clone()
}

pub(crate) fn country_with(origin: &str) -> Option<usize> {
    let mut origins = names().origins.iter();
    origins.position(|it| it.as_str() == origin)
}

struct Keys {
    logs: Vec<Vec<SignerKey>>,
    witnesses: Vec<SignerKey>,
    members: Vec<SignerKey>,
}

fn keys() -> &'static Keys {
    static KEYS: OnceLock<Keys> = OnceLock::new();
    KEYS.get_or_init(|| {
        let seed = |what: u8, who: usize, which: usize| {
            let mut seed = [what; 32];
            seed[1] = who as u8;
            seed[2] = which as u8;
            seed
        };
        let log = |country: usize, generation: usize| {
            let name = origin(country);
            SignerKey::from_seed(
                name.as_str(),
                KeyKind::Ed25519,
                &seed(1, country, generation),
            )
            .unwrap()
        };
        let cosigner = |what: u8, name: String, who: usize| {
            SignerKey::from_seed(&name, KeyKind::CosignatureV1, &seed(what, who, 0)).unwrap()
        };
        Keys {
            logs: (0..COUNTRIES.len())
                .map(|country| (0..GENERATIONS).map(|it| log(country, it)).collect())
                .collect(),
            witnesses: (0..WITNESSES)
                .map(|it| cosigner(2, format!("witness{it}.example"), it))
                .collect(),
            members: (0..COUNTRIES.len())
                .map(|it| cosigner(3, format!("{}.example/witness", COUNTRIES[it]), it))
                .collect(),
        }
    })
}

/// The log key that a country signs with after so many rotations.
pub(crate) fn log_key(country: usize, generation: usize) -> &'static SignerKey {
    &keys().logs[country][generation]
}

pub(crate) const fn generations() -> usize {
    GENERATIONS
}

pub(crate) fn witness_key(witness: usize) -> &'static SignerKey {
    &keys().witnesses[witness]
}

/// The key with which a member would cosign for others. Its entry names one; nobody in the simulation uses it.
pub(crate) fn member_key(country: usize) -> &'static SignerKey {
    &keys().members[country]
}

pub(crate) fn partner(country: usize, status: PartnerStatus) -> Partner {
    let party = party(country);
    Partner {
        party,
        origin: origin(country),
        registry: text(&format!("{}01", party.alpha3())),
        log_key: text(&log_key(country, 0).verifier().to_string()),
        peer: text("12D3KooWtest"),
        status,
        invite: [0; 32],
        continues: None,
    }
}

/// The first block of a ledger.
#[derive(Clone)]
pub(crate) struct Founding {
    pub(crate) state: State,
    pub(crate) tree: Tree,
    pub(crate) leaves: Vec<Leaf>,
}

fn found(country: usize) -> Founding {
    let mut founding = Founding {
        state: State::default(),
        tree: Tree::default(),
        leaves: Vec::new(),
    };
    let party = party(country);
    founding.write(Body::Genesis(Genesis {
        party,
        origin: origin(country),
        network: text("simulation"),
        registry: text(&format!("{}01", party.alpha3())),
        name: text("Carbon Market Office"),
        log_key: text(&log_key(country, 0).verifier().to_string()),
        continues: None,
    }));
    founding.must(&Command::RegisterOrganisation {
        name: text("Cook-stoves"),
        kind: OrganisationKind::Developer,
    });
    founding.must(&Command::OpenAccount {
        organisation: OrganisationId(1),
        name: text("Trading"),
        kind: AccountKind::EntityHolding,
    });
    founding.must(&Command::RegisterProject {
        organisation: OrganisationId(1),
        title: text("Stoves"),
        scope: SectoralScope::new(3).unwrap(),
    });
    if country < 3 {
        founding.must(&Command::Issue {
            account: TRADING,
            project: 1,
            year: 2023,
            unit_type: UnitType::ITMO,
            tonnes: TONNES,
        });
    }
    let (head, digest) = (founding.state.head(), founding.state.digest());
    founding.write(Body::BlockHeader(BlockHeader {
        height: head.map_or(1, |head| head.height + 1),
        first: 0,
        previous: head.map(|head| Commitment(head.hash)),
        state: digest,
    }));
    founding
}

impl Founding {
    /// The first block of a country's ledger. Made once a thread.
    pub(crate) fn of(country: usize) -> Self {
        thread_local! {
            static ALL: Vec<Founding> = (0..COUNTRIES.len()).map(found).collect();
        }
        ALL.with(|all| all[country].clone())
    }

    fn must(&mut self, command: &Command) {
        for body in plan(&self.state, START_MS, command).unwrap() {
            self.write(body);
        }
    }

    fn write(&mut self, body: Body) {
        let record = Record {
            time_ms: START_MS,
            request: RequestId([0; 16]),
            body,
        };
        let bytes = record.encode();
        let (index, hash) = (self.state.size(), leaf_hash(&bytes));
        apply(&mut self.state, At { index, hash }, &record).unwrap();
        self.tree.push(hash);
        self.leaves.push(bytes.into());
    }
}
