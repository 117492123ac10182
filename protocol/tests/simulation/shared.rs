//! What every machine of a run uses: virtual time, the network, the trust registry, and the eyes of the checker.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::rc::Rc;

use crate::checks::Checks;
use crate::defect::Defect;
use crate::letter::{Letter, Place, To};
use crate::random::Random;
use crate::trust::{Registry, Verifier, WitnessSet};

/// How many letters are remembered, to be sent again much later.
const REMEMBERED: usize = 300;

/// What must hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Law {
    /// S1: each unit counts as held in at most one witnessed ledger.
    HeldOnce,
    /// S2: FINAL means that the destination acquired, RELEASED that it did not.
    EndsAgree,
    /// S3: in each ledger, what came in is held, in escrow, or gone.
    Conservation,
    /// S4: one lock, one answer and one end to each transfer.
    AnsweredOnce,
    /// S5: witnessed ledgers only grow.
    OnlyGrows,
    /// S6: nothing follows from what is not proven under a quorum.
    Proven,
    /// S7: no honest ledger testifies against itself.
    NoEvidence,
    /// S8: nothing that was acknowledged is lost in a crash.
    NothingLost,
    /// R12: nothing begins by a trust registry that has run out.
    BeginsFresh,
    /// Two honest ledgers agree where units are.
    Agree,
    /// L1: after healing, every lock of an honest country ends, and every honest node goes on.
    Settles,
    /// L3: evidence reaches every honest member.
    EvidenceSpreads,
}

/// A law that was broken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Violation {
    pub(crate) law: Law,
    pub(crate) what: String,
    pub(crate) at_ms: u64,
}

/// What happens next.
#[derive(Clone, Debug)]
pub(crate) enum Event {
    Arrive {
        to: To,
        letter: Letter,
    },
    Tick {
        node: usize,
        run: u64,
    },
    Restart {
        node: usize,
    },
    RestartWitness {
        witness: usize,
    },
    /// Somebody does something, or something breaks.
    Act,
    /// A moment of the time after everything was mended.
    Mended,
}

/// The network and its faults.
#[derive(Default)]
pub(crate) struct Network {
    /// Pairs that do not reach each other.
    pub(crate) cut: BTreeSet<(Place, Place)>,
    /// Whether nothing is lost any more.
    pub(crate) is_calm: bool,
    /// Letters to be sent again.
    pub(crate) remembered: VecDeque<(To, Letter)>,
}

impl Network {
    pub(crate) fn is_cut(&self, one: Place, other: Place) -> bool {
        self.cut.contains(&(one.min(other), one.max(other)))
    }
}

pub(crate) struct Shared {
    pub(crate) now_ms: u64,
    pub(crate) random: Random,
    pub(crate) defect: Option<Defect>,
    pub(crate) registry: Registry,
    pub(crate) verifier: Verifier,
    pub(crate) checks: Checks,
    pub(crate) network: Network,
    pub(crate) trace: Option<Vec<String>>,
    queue: BTreeMap<(u64, u64), Event>,
    queued: u64,
}

impl Shared {
    pub(crate) fn new(seed: u64, defect: Option<Defect>, watched: Option<Law>) -> Self {
        Self {
            now_ms: crate::support::START_MS,
            random: Random::new(seed),
            defect,
            registry: Registry::new(),
            verifier: Verifier::default(),
            checks: Checks::new(defect, watched),
            network: Network::default(),
            trace: None,
            queue: BTreeMap::new(),
            queued: 0,
        }
    }

    /// Whether leaves count before witnesses have cosigned them: only as a defect.
    pub(crate) fn believes_unwitnessed(&self) -> bool {
        matches!(
            self.defect,
            Some(Defect::PinsOnly | Defect::NothingIsWitnessedFirst)
        )
    }

    /// The witnesses that a checkpoint needs, by a version of the trust registry.
    pub(crate) fn witnesses(&self, version: usize) -> Rc<WitnessSet> {
        let set = self.registry.witnesses(version);
        let quorum = match self.defect {
            Some(Defect::PinsOnly | Defect::NothingIsWitnessedFirst) => 0,
            Some(Defect::QuorumOfTwo) => 2,
            _ => return set,
        };
        let members = set.members.clone();
        Rc::new(WitnessSet { members, quorum })
    }

    /// A line of the trace, made only when there is one.
    pub(crate) fn tell(&mut self, line: impl FnOnce() -> String) {
        let ms = self.now_ms - crate::support::START_MS;
        if let Some(trace) = &mut self.trace {
            trace.push(format!("{:>9}.{:03} {}", ms / 1000, ms % 1000, line()));
        }
    }

    /// A law is broken.
    pub(crate) fn broken(&mut self, law: Law, what: impl FnOnce() -> String) {
        let what = what();
        self.checks.broken(law, what);
    }

    pub(crate) fn after(&mut self, ms: u64, event: Event) {
        self.queued += 1;
        self.queue.insert((self.now_ms + ms, self.queued), event);
    }

    /// The next event; time goes on to it.
    pub(crate) fn next(&mut self) -> Option<Event> {
        let ((at_ms, _), event) = self.queue.pop_first()?;
        self.now_ms = at_ms;
        Some(event)
    }

    /// Takes every pending event of the storm away: what is on its way stays.
    pub(crate) fn drop_acts(&mut self) {
        self.queue.retain(|_, event| !matches!(event, Event::Act));
    }

    /// Hands a letter to the network, which loses, doubles, delays and reorders.
    pub(crate) fn send(&mut self, from: Place, to: To, letter: Letter) {
        if self.network.is_calm {
            let ms = self.random.between(1, 40);
            self.after(ms, Event::Arrive { to, letter });
            return;
        }
        if matches!(letter, Letter::Bundles(_)) {
            self.network.remembered.push_back((to, letter.clone()));
            if self.network.remembered.len() > REMEMBERED {
                self.network.remembered.pop_front();
            }
        }
        if self.network.is_cut(from, to.place()) || self.random.chance(60) {
            return;
        }
        let copies = if self.random.chance(50) { 2 } else { 1 };
        for _ in 0..copies {
            let ms = match self.random.below(100) {
                0..3 => self.random.between(1_000, 20_000),
                3..15 => self.random.between(100, 2_000),
                _ => self.random.between(2, 100),
            };
            let (to, letter) = (to, letter.clone());
            self.after(ms, Event::Arrive { to, letter });
        }
    }
}
