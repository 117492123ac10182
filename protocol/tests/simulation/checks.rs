//! The independent checker: it sees the heads that honest witnesses cosign and the leaves under them, and nothing of any
//! node's memory. It looks after every head.

use std::collections::{BTreeMap, BTreeSet};

use countersign_protocol::federation::reconcile::Reconciliation;
use countersign_protocol::id::TransferId;
use countersign_protocol::log::{Hash, leaf_hash};
use countersign_protocol::record::Record;
use countersign_protocol::registry::{At, State, apply};
use countersign_protocol::units::UnitRange;

use crate::book::{Book, Claim, End, Unit, proven_by};
use crate::defect::Defect;
use crate::founding::{COUNTRIES, Leaf, TONNES, party};
use crate::shared::{Law, Violation};
use crate::tree::Tree;
use crate::trust::WitnessSet;

/// A head: whose, how many leaves, and the root.
pub(crate) type Seen = (usize, u64, Hash);

pub(crate) struct Checks {
    /// The honest witnesses of each set by which anybody goes, and how many of them make a quorum together with the one that
    /// lies.
    sets: Vec<(BTreeSet<usize>, usize)>,
    is_quorum_of_two: bool,
    all_sets_count: bool,
    cosigned: BTreeMap<Seen, BTreeSet<usize>>,
    pub(crate) books: Vec<Book>,
    holders: BTreeMap<Unit, BTreeSet<usize>>,
    /// Where closed ledgers end.
    pub(crate) closed: BTreeMap<usize, u64>,
    /// The country with two histories, if there is one.
    pub(crate) liar: Option<usize>,
    kept: BTreeMap<(usize, u64), Hash>,
    acknowledged: BTreeMap<usize, (u64, Hash)>,
    pub(crate) now_ms: u64,
    /// Only this law is watched, so that a run with a defect goes on to the consequence that is looked for.
    watched: Option<Law>,
    pub(crate) violation: Option<Violation>,
    /// What happened in the run, so that a test can tell that it happened at all.
    pub(crate) happened: BTreeMap<&'static str, u64>,
}

impl Checks {
    pub(crate) fn new(defect: Option<Defect>, watched: Option<Law>) -> Self {
        Self {
            sets: Vec::new(),
            is_quorum_of_two: defect == Some(Defect::QuorumOfTwo),
            all_sets_count: defect == Some(Defect::ChangesInARow),
            cosigned: BTreeMap::new(),
            books: vec![Book::default(); COUNTRIES.len()],
            holders: BTreeMap::new(),
            closed: BTreeMap::new(),
            liar: None,
            kept: BTreeMap::new(),
            acknowledged: BTreeMap::new(),
            now_ms: 0,
            watched,
            violation: None,
            happened: BTreeMap::new(),
        }
    }

    pub(crate) fn broken(&mut self, law: Law, what: String) {
        let is_watched = self.watched.is_none_or(|watched| watched == law);
        if is_watched && self.violation.is_none() {
            let at_ms = self.now_ms;
            self.violation = Some(Violation { law, what, at_ms });
        }
    }

    pub(crate) fn count(&mut self, what: &'static str) {
        *self.happened.entry(what).or_default() += 1;
    }

    /// An honest witness keeps a head. Of an honest country no two of one size are kept anywhere (S7).
    fn kept(&mut self, country: usize, size: u64, root: Hash) {
        if self.liar == Some(country) {
            return;
        }
        let before = *self.kept.entry((country, size)).or_insert(root);
        if before != root {
            self.broken(
                Law::NoEvidence,
                format!(
                    "{} has shown witnesses two heads of size {size}",
                    COUNTRIES[country]
                ),
            );
        }
    }

    /// Somebody showed evidence that is true.
    pub(crate) fn evidence(&mut self, country: usize) {
        self.count("evidence");
        if self.liar != Some(country) {
            let what = format!("evidence against {}, which is honest", COUNTRIES[country]);
            self.broken(Law::NoEvidence, what);
        }
    }

    /// A caller was told that a node's ledger goes this far.
    pub(crate) fn acknowledged(&mut self, node: usize, tree: &Tree) {
        self.acknowledged.insert(node, (tree.size(), tree.root()));
    }

    /// The operator put an old copy in place: what was acknowledged and not witnessed may be gone.
    pub(crate) fn restored(&mut self, node: usize) {
        self.acknowledged.remove(&node);
    }

    /// A node started: what it had acknowledged is there (S8).
    pub(crate) fn restarted(&mut self, node: usize, tree: &Tree) {
        if let Some((size, root)) = self.acknowledged.get(&node).copied()
            && !tree.extends(size, &root)
        {
            let have = tree.size();
            let what = format!("node {node} acknowledged {size} leaves and starts with {have}");
            self.broken(Law::NothingLost, what);
        }
    }

    /// An honest witness cosigned a head and keeps its leaves.
    pub(crate) fn cosigned(
        &mut self,
        witness: usize,
        country: usize,
        size: u64,
        root: Hash,
        leaves: &[Leaf],
    ) {
        self.kept(country, size, root);
        let seen = self.cosigned.entry((country, size, root)).or_default();
        let is_new = seen.insert(witness);
        if is_new && self.has_quorum((country, size, root)) {
            self.certified(country, size, root, leaves);
        }
    }

    fn has_quorum(&self, head: Seen) -> bool {
        let seen = &self.cosigned[&head];
        let mut sets = self.sets.iter();
        sets.any(|(honest, needed)| honest.intersection(seen).count() >= *needed)
    }

    /// Whether the newest head of every open ledger has a quorum of this set.
    pub(crate) fn all_carried_over(&self, set: &WitnessSet) -> bool {
        let honest: BTreeSet<usize> = set.honest().collect();
        let books = self.books.iter().enumerate();
        let open = books
            .filter(|(country, book)| book.tree.size() > 0 && !self.closed.contains_key(country));
        let is_carried = |(country, book): (usize, &Book)| {
            let head = (country, book.tree.size(), book.tree.root());
            let seen = self.cosigned.get(&head);
            seen.is_some_and(|seen| honest.intersection(seen).count() + 1 >= set.quorum)
        };
        open.into_iter().all(is_carried)
    }

    /// Another set of witnesses counts: the heads, and who cosigned each, that have a quorum of it.
    pub(crate) fn witnesses_are(&mut self, set: &WitnessSet) -> Vec<(Seen, usize)> {
        let needed = if self.is_quorum_of_two {
            1
        } else {
            set.quorum - 1
        };
        if !self.all_sets_count {
            // Everybody has the one before: nobody goes by an earlier one any more.
            let earlier = self.sets.len().saturating_sub(1);
            self.sets.drain(..earlier);
        }
        self.sets.push((set.honest().collect(), needed));
        let heads = self.cosigned.iter();
        let counting = heads.filter(|(head, _)| self.has_quorum(**head));
        counting
            .filter_map(|(head, seen)| Some((*head, *seen.first()?)))
            .collect()
    }

    /// A head has a quorum: everything below it counts from now on.
    pub(crate) fn certified(&mut self, country: usize, size: u64, root: Hash, leaves: &[Leaf]) {
        let name = COUNTRIES[country];
        let before = self.books[country].tree.size();
        if let Some(last) = self.closed.get(&country)
            && size > *last
        {
            let what = format!("{name} is closed at {last}, and {size} is witnessed");
            self.broken(Law::OnlyGrows, what);
        }
        if size <= before {
            if self.books[country].root_at(size) != Some(root) {
                let what = format!("two witnessed heads of {name} at size {size}");
                self.broken(Law::OnlyGrows, what);
            }
            return;
        }
        let head = Tree::clone(&self.books[country].tree);
        if !continues(&head, leaves, size, &root) {
            let what =
                format!("the witnessed head of {name} at {size} leaves the line of {before}");
            self.broken(Law::OnlyGrows, what);
            return;
        }
        self.count("witnessed heads");
        for leaf in &leaves[before as usize..size as usize] {
            let mut wrong = Vec::new();
            let claims = self.books[country].enter(leaf, &mut wrong);
            for (law, what) in wrong {
                self.broken(law, format!("{name}: {what}"));
            }
            for claim in claims {
                self.look_up(country, &claim);
            }
        }
    }

    fn look_up(&mut self, country: usize, claim: &Claim) {
        let name = COUNTRIES[country];
        match claim {
            Claim::Left(unit) => {
                let holders = self.holders.entry(*unit).or_default();
                holders.remove(&country);
            }
            Claim::Held(unit) => {
                let holders = self.holders.entry(*unit).or_default();
                holders.insert(country);
                if holders.len() > 1 {
                    let all: Vec<&str> = holders.iter().map(|it| COUNTRIES[*it]).collect();
                    let what = format!("{unit:?} is held in {}", all.join(" and in "));
                    self.broken(Law::HeldOnce, what);
                }
            }
            Claim::Leaf {
                proof,
                transfer,
                kinds,
            } => {
                let other = proven_by(proof).filter(|other| *other != country);
                let proves = |other: usize| self.books[other].proves(proof, *transfer, kinds);
                if !other.is_some_and(proves) {
                    let what = format!(
                        "{name}: no witnessed leaf {} of {} is {kinds:?} of {transfer}",
                        proof.index, proof.origin
                    );
                    self.broken(Law::Proven, what);
                }
            }
            Claim::End {
                destination,
                transfer,
                end,
            } => self.ended(country, *destination, *transfer, *end),
        }
    }

    /// S2.
    fn ended(&mut self, country: usize, destination: usize, transfer: TransferId, end: End) {
        let answer = self.books[destination]
            .answers
            .get(&(country, transfer))
            .copied();
        let is_closed = self.closed.contains_key(&destination);
        let agrees = match end {
            End::Final => answer == Some(true),
            End::Released => answer == Some(false),
            End::Closed => answer.is_none() && is_closed,
        };
        self.count(match end {
            End::Final => "final",
            End::Released => "released",
            End::Closed => "released from a closed ledger",
        });
        if !agrees {
            let what = format!(
                "{transfer} from {} to {}: {end:?}, and the answer is {answer:?}",
                COUNTRIES[country], COUNTRIES[destination]
            );
            self.broken(Law::EndsAgree, what);
        }
    }

    /// Every witnessed ledger again from its leaves, by the registry's own rules: what a mirror does.
    pub(crate) fn audit(&mut self) {
        let mut states = Vec::new();
        for (country, name) in COUNTRIES.iter().enumerate() {
            let mut state = State::default();
            let leaves = self.books[country].leaves.clone();
            for (index, leaf) in (0..).zip(&leaves) {
                let hash = leaf_hash(leaf);
                let record = Record::decode(leaf).unwrap();
                if let Err(refusal) = apply(&mut state, At { index, hash }, &record) {
                    self.broken(
                        Law::Conservation,
                        format!("{name}, leaf {index}: {refusal}"),
                    );
                    break;
                }
            }
            states.push(state);
        }
        self.reconcile(&states);
    }

    /// When nothing is open any more, no two honest ledgers differ about any unit.
    fn reconcile(&mut self, states: &[State]) {
        let is_honest = |it: &usize| self.liar != Some(*it) && !self.closed.contains_key(it);
        let honest: Vec<usize> = (0..COUNTRIES.len()).filter(is_honest).collect();
        let pairs = honest
            .iter()
            .flat_map(|own| honest.iter().map(move |it| (own, it)));
        for (own, other) in pairs.filter(|(own, other)| own != other) {
            let (here, there) = (&states[*own], &states[*other]);
            let Some(beside) = Reconciliation::new(here, there, here.size()) else {
                continue;
            };
            self.count("reconciled");
            for origin in 0..COUNTRIES.len() {
                let all = UnitRange::new(party(origin), 1, TONNES).unwrap();
                let differences = beside.differences(all);
                if !differences.is_empty() {
                    let what = format!(
                        "{} and {}: {differences:?}",
                        COUNTRIES[*own], COUNTRIES[*other]
                    );
                    self.broken(Law::Agree, what);
                }
            }
        }
    }
}

/// Whether the leaves continue a tree and make that head.
pub(crate) fn continues(tree: &Tree, leaves: &[Leaf], size: u64, root: &Hash) -> bool {
    let (have, want) = (tree.size() as usize, size as usize);
    if leaves.len() < want || want < have {
        return false;
    }
    let mut tree = tree.clone();
    for leaf in &leaves[have..want] {
        tree.push(leaf_hash(leaf));
    }
    tree.root() == *root
}
