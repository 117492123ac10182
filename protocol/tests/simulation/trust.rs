//! The trust registry as the nodes see it: real entries, in versions. That versions are signed by a threshold of keyholders is
//! taken for granted here; `protocol/tests/trust` holds it.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use countersign_protocol::federation::FaultCode;
use countersign_protocol::log::{Checkpoint, Policy, SignedNote, VerifiedCheckpoint, VerifierKey};
use countersign_protocol::time::Timestamp;
use countersign_protocol::trust::{Head, KeyRow, Member, Standing};

use crate::founding::{
    FIRST_WITNESSES, FOUNDERS, LYING_WITNESS, QUORUM, country_with, log_key, member_key, origin,
    party, witness_key,
};
use crate::support::{START_MS, text};

/// The members, by country.
pub(crate) type Members = BTreeMap<usize, Member>;

/// The witnesses that count, and how many of them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct WitnessSet {
    pub(crate) members: BTreeSet<usize>,
    pub(crate) quorum: usize,
}

impl WitnessSet {
    fn first() -> Self {
        Self {
            members: (0..FIRST_WITNESSES).collect(),
            quorum: QUORUM,
        }
    }

    /// The honest ones.
    pub(crate) fn honest(&self) -> impl Iterator<Item = usize> {
        let members = self.members.iter().copied();
        members.filter(|it| *it != LYING_WITNESS)
    }
}

/// One version of the trust registry.
#[derive(Clone, Debug)]
struct Version {
    members: Rc<Members>,
    witnesses: Rc<WitnessSet>,
    /// From when on nothing begins by it.
    expires_ms: u64,
}

/// How long a version counts that was renewed in time: longer than any clock is wrong.
const RENEWED_MS: u64 = 90 * 86_400_000;

/// Every version that was published, the first one at 0.
#[derive(Clone, Debug)]
pub(crate) struct Registry {
    versions: Vec<Version>,
}

fn entry(country: usize) -> Member {
    let party = party(country);
    let since: Timestamp = text("2025-07-07T00:00:00Z");
    Member {
        registry: text(&format!("{}01", party.alpha3())),
        party,
        origin: origin(country),
        standing: Standing::Active { surviving: None },
        since,
        log_keys: vec![KeyRow {
            from: 0,
            to: None,
            key: log_key(country, 0).verifier().clone(),
        }],
        cosigner_key: member_key(country).verifier().clone(),
        peers: vec![text("12D3KooWtest")],
        addresses: Vec::new(),
        http: None,
    }
}

impl Registry {
    pub(crate) fn new() -> Self {
        let members = (0..FOUNDERS).map(|it| (it, entry(it))).collect();
        Self {
            versions: vec![Version {
                members: Rc::new(members),
                witnesses: Rc::new(WitnessSet::first()),
                expires_ms: START_MS + RENEWED_MS,
            }],
        }
    }

    pub(crate) fn newest(&self) -> usize {
        self.versions.len() - 1
    }

    pub(crate) fn members(&self, version: usize) -> Rc<Members> {
        Rc::clone(&self.versions[version].members)
    }

    pub(crate) fn witnesses(&self, version: usize) -> Rc<WitnessSet> {
        Rc::clone(&self.versions[version].witnesses)
    }

    /// Whether anything may begin by a version at that time.
    pub(crate) fn is_fresh(&self, version: usize, now_ms: u64) -> bool {
        now_ms < self.versions[version].expires_ms
    }

    /// The first version with the newest witnesses.
    pub(crate) fn newest_witnesses_since(&self) -> usize {
        let newest = self.witnesses(self.newest());
        let mut versions = self.versions.iter();
        versions.position(|it| it.witnesses == newest).unwrap()
    }

    /// Every set of witnesses that was ever named.
    pub(crate) fn witness_sets(&self) -> BTreeSet<Rc<WitnessSet>> {
        let sets = self.versions.iter();
        sets.map(|it| Rc::clone(&it.witnesses)).collect()
    }

    /// The server signs again: the newest version counts until then.
    pub(crate) fn sign_until(&mut self, expires_ms: u64) {
        let newest = self.versions[self.newest()].clone();
        self.versions.push(Version {
            expires_ms,
            ..newest
        });
    }

    pub(crate) fn renew(&mut self, now_ms: u64) {
        self.sign_until(now_ms + RENEWED_MS);
    }

    /// Others are the witnesses.
    pub(crate) fn change_witnesses(&mut self, witnesses: WitnessSet) {
        let newest = self.versions[self.newest()].clone();
        self.versions.push(Version {
            witnesses: Rc::new(witnesses),
            ..newest
        });
    }

    fn publish(&mut self, change: impl FnOnce(&mut Members)) {
        let newest = self.versions[self.newest()].clone();
        let mut members = Members::clone(&newest.members);
        change(&mut members);
        for member in members.values() {
            member.check().unwrap();
        }
        self.versions.push(Version {
            members: Rc::new(members),
            ..newest
        });
    }

    pub(crate) fn join(&mut self, country: usize) {
        self.publish(|members| {
            members.insert(country, entry(country));
        });
    }

    /// A key follows another from a size on.
    pub(crate) fn rotate(&mut self, country: usize, from: u64, key: VerifierKey) {
        self.publish(|members| {
            let rows = &mut members.get_mut(&country).unwrap().log_keys;
            rows.last_mut().unwrap().to = Some(from - 1);
            rows.push(KeyRow {
                from,
                to: None,
                key,
            });
        });
    }

    pub(crate) fn close(&mut self, country: usize, head: Head) {
        self.publish(|members| {
            members.get_mut(&country).unwrap().standing = Standing::Closed {
                reason: text("it is gone"),
                head,
            };
        });
    }

    /// One of two histories lives on. The key that signed both signs nothing above it.
    pub(crate) fn survive(&mut self, country: usize, head: Head, key: VerifierKey) {
        self.publish(|members| {
            let member = members.get_mut(&country).unwrap();
            member.standing = Standing::Active {
                surviving: Some(head),
            };
            let last = member.log_keys.last_mut().unwrap();
            // A key that was to begin right above the head has one size, at which both may sign.
            last.to = Some(head.size.max(last.from));
            let from = last.from.max(head.size + 1);
            member.log_keys.push(KeyRow {
                from,
                to: None,
                key,
            });
        });
    }

    /// How many keys a member's newest entry lists.
    pub(crate) fn keys_listed(&self, country: usize) -> usize {
        self.members(self.newest())
            .get(&country)
            .map_or(0, |member| member.log_keys.len())
    }

    /// Whether the members have decided about a ledger: it is closed, or one of its lines was named.
    pub(crate) fn is_decided(&self, country: usize) -> bool {
        let members = self.members(self.newest());
        let member = members.get(&country);
        member.is_some_and(|member| member.is_closed() || survived(member).is_some())
    }

    pub(crate) fn closed_at(&self, country: usize) -> Option<Head> {
        match self.members(self.newest()).get(&country)?.standing {
            Standing::Closed { head, .. } => Some(head),
            _ => None,
        }
    }
}

/// By which keys, with which witnesses.
type By = (Vec<[u8; 4]>, WitnessSet);

/// By what, and which note.
type Question = (By, Rc<str>);

/// What a policy says of a checkpoint.
type Judged = Result<Rc<VerifiedCheckpoint>, FaultCode>;

/// Checks checkpoints as a node does, and remembers what came out: it is the same for everybody.
#[derive(Default)]
pub(crate) struct Verifier {
    policies: BTreeMap<By, Rc<Policy>>,
    checked: BTreeMap<Question, Judged>,
}

impl Verifier {
    /// The policy for one size of a member's ledger: its keys, and so many of the witnesses.
    pub(crate) fn policy(&mut self, keys: &[VerifierKey], set: &WitnessSet) -> Rc<Policy> {
        let ids = keys.iter().map(VerifierKey::id).collect();
        let policy = self.policies.entry((ids, set.clone())).or_insert_with(|| {
            let members = set.members.iter();
            let witnesses: Vec<VerifierKey> = members
                .map(|it| witness_key(*it).verifier().clone())
                .collect();
            Rc::new(Policy::k_of_n(keys, &witnesses, set.quorum).unwrap())
        });
        Rc::clone(policy)
    }

    /// Judges a checkpoint note by the entry of the member whose ledger it is of.
    pub(crate) fn check(&mut self, members: &Members, note: &str, set: &WitnessSet) -> Judged {
        let parsed = SignedNote::parse(note).map_err(|_| FaultCode::MalformedProof)?;
        let head = Checkpoint::parse(parsed.text()).map_err(|_| FaultCode::MalformedProof)?;
        let keys = keys_at(members, &head.origin, head.size);
        if keys.is_empty() {
            return Err(FaultCode::UnknownLog);
        }
        self.check_by(&keys, &parsed, note, set)
    }

    /// Judges a note by certain keys of its log.
    pub(crate) fn check_by(
        &mut self,
        keys: &[VerifierKey],
        parsed: &SignedNote,
        note: &str,
        set: &WitnessSet,
    ) -> Judged {
        let ids: Vec<[u8; 4]> = keys.iter().map(VerifierKey::id).collect();
        let key = ((ids, set.clone()), Rc::from(note));
        if let Some(known) = self.checked.get(&key) {
            return known.clone();
        }
        let policy = self.policy(keys, set);
        let checked = policy
            .check(parsed)
            .map(Rc::new)
            .map_err(|error| FaultCode::from(&error));
        self.checked.insert(key, checked.clone());
        checked
    }
}

/// The keys that may sign the checkpoint of this size of a ledger.
pub(crate) fn keys_at(members: &Members, origin: &str, size: u64) -> Vec<VerifierKey> {
    let member = country_with(origin).and_then(|country| members.get(&country));
    member.map_or_else(Vec::new, |member| member.keys_at(size).cloned().collect())
}

/// Every key that an entry ever listed for a ledger.
pub(crate) fn keys_of(members: &Members, origin: &str) -> Vec<VerifierKey> {
    let member = country_with(origin).and_then(|country| members.get(&country));
    let rows = member.map_or(&[][..], |member| &member.log_keys);
    rows.iter().map(|row| row.key.clone()).collect()
}

/// The head of the line that the registry has named after a member showed two.
pub(crate) fn survived(member: &Member) -> Option<Head> {
    match member.standing {
        Standing::Active { surviving } => surviving,
        _ => None,
    }
}
