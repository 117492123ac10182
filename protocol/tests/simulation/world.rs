//! A run: countries, witnesses, and the loop that lets one thing happen after the other.

use std::collections::{BTreeMap, BTreeSet};

use crate::chaos;
use crate::defect::Defect;
use crate::founding::{COUNTRIES, FIRST_WITNESSES, FOUNDERS, WITNESSES};
use crate::governance;
use crate::letter::{Letter, Place, To};
use crate::node::Node;
use crate::shared::{Event, Law, Shared, Violation};
use crate::support::START_MS;
use crate::witness::Witness;

/// How long after the storm everything may take to settle, in virtual time.
const SETTLE_MS: u64 = 2 * 3_600_000;
/// Most events of a run: a run that goes round in circles ends.
const EVENTS_MAX: u64 = 400_000;

/// What a run is made of.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Setup {
    pub(crate) seed: u64,
    /// How many things happen before everything is mended.
    pub(crate) acts: u32,
    pub(crate) defect: Option<Defect>,
    pub(crate) watched: Option<Law>,
}

pub(crate) struct World {
    pub(crate) shared: Shared,
    pub(crate) nodes: Vec<Node>,
    pub(crate) witnesses: Vec<Witness>,
    pub(crate) acts_left: u32,
    /// How often what happens.
    pub(crate) weather: Vec<u64>,
    /// The country that will show two histories, if one will.
    pub(crate) liar: Option<usize>,
    pub(crate) nonce: u64,
    pub(crate) mended_ms: Option<u64>,
    /// The witnesses that count or ever did.
    pub(crate) used_witnesses: BTreeSet<usize>,
    /// Nobody renews the trust registry any more, and sources ask for all that is open to be cancelled.
    is_abandoned: bool,
    events: u64,
}

/// How a run ended.
pub(crate) struct Ended {
    pub(crate) violation: Option<Violation>,
    pub(crate) happened: BTreeMap<&'static str, u64>,
    pub(crate) events: u64,
    pub(crate) virtual_ms: u64,
    pub(crate) trace: Vec<String>,
}

/// Runs one seed to its end.
pub(crate) fn run(setup: Setup, is_traced: bool) -> Ended {
    let mut world = World::new(setup);
    if is_traced {
        world.shared.trace = Some(Vec::new());
    }
    world.run();
    let shared = world.shared;
    Ended {
        violation: shared.checks.violation,
        happened: shared.checks.happened,
        events: world.events,
        virtual_ms: shared.now_ms - START_MS,
        trace: shared.trace.unwrap_or_default(),
    }
}

impl World {
    fn new(setup: Setup) -> Self {
        let mut shared = Shared::new(setup.seed, setup.defect, setup.watched);
        let lies = shared.random.chance(400);
        let liar = shared.random.index(FOUNDERS);
        let mut weather = chaos::weather(&mut shared.random);
        let needs_a_liar = chaos::bring_out(setup.defect, &mut weather);
        let liar = (lies || needs_a_liar).then_some(liar);
        let mut world = Self {
            shared,
            nodes: (0..FOUNDERS).map(|it| Node::new(it, it)).collect(),
            witnesses: (0..WITNESSES).map(Witness::new).collect(),
            acts_left: setup.acts,
            weather,
            liar,
            nonce: 0,
            mended_ms: None,
            used_witnesses: (0..FIRST_WITNESSES).collect(),
            is_abandoned: false,
            events: 0,
        };
        let first = world.shared.registry.witnesses(0);
        world.shared.checks.witnesses_are(&first);
        for node in &mut world.nodes {
            node.start(&mut world.shared);
        }
        world.shared.after(1_500, Event::Act);
        world
    }

    /// A federation in which nothing breaks by itself.
    pub(crate) fn at_peace() -> Self {
        let mut world = Self::new(Setup {
            seed: 1,
            acts: 0,
            defect: None,
            watched: None,
        });
        world.shared.drop_acts();
        world.shared.network.is_calm = true;
        world
    }

    /// Lets time go on until something is the case, a day at most. No law may be broken on the way.
    pub(crate) fn until(&mut self, is_so: impl Fn(&Self) -> bool) {
        let give_up_ms = self.shared.now_ms + 24 * 3_600_000;
        while !is_so(self) {
            let event = self.shared.next().expect("something always happens");
            assert!(self.shared.now_ms < give_up_ms, "{}", self.what_is_open());
            self.happens(event);
            assert_eq!(self.shared.checks.violation, None);
        }
    }

    fn run(&mut self) {
        while let Some(event) = self.shared.next() {
            self.events += 1;
            self.shared.checks.now_ms = self.shared.now_ms - START_MS;
            self.happens(event);
            if self.shared.checks.violation.is_some() || self.events > EVENTS_MAX {
                return;
            }
            if let Some(mended_ms) = self.mended_ms {
                if self.is_settled() {
                    self.last_checks();
                    return;
                }
                if self.shared.now_ms > mended_ms + SETTLE_MS {
                    let what = self.what_is_open();
                    self.shared.broken(Law::Settles, || what);
                    return;
                }
            }
        }
    }

    fn happens(&mut self, event: Event) {
        match event {
            Event::Arrive { to, letter } => self.arrives(to, letter),
            Event::Tick { node, run } => {
                let node = &mut self.nodes[node];
                if node.run == run && node.is_running() {
                    node.tick(&mut self.shared);
                }
            }
            Event::Restart { node } => {
                let node = &mut self.nodes[node];
                if !node.is_up && !node.is_gone {
                    node.start(&mut self.shared);
                }
            }
            Event::RestartWitness { witness } => self.witnesses[witness].is_up = true,
            Event::Act if self.acts_left == 0 => self.mend(),
            Event::Act => {
                self.acts_left -= 1;
                chaos::act(self);
                governance::follow(self);
                let ms = self.shared.random.between(100, 3_000);
                self.shared.after(ms, Event::Act);
            }
            Event::Mended => {
                governance::follow(self);
                let waited_ms = self.mended_ms.map_or(0, |it| self.shared.now_ms - it);
                if waited_ms > 60_000 && self.shared.defect.is_none() {
                    governance::help_whoever_is_stuck(self);
                }
                self.tell_everybody();
                if self.is_abandoned {
                    chaos::cancel_all(self);
                }
                self.shared.after(5_000, Event::Mended);
            }
        }
    }

    fn arrives(&mut self, to: To, letter: Letter) {
        let shared = &mut self.shared;
        match to {
            To::Witness(witness) => {
                let witness = &mut self.witnesses[witness];
                if witness.is_up {
                    let line = letter.told();
                    shared.tell(|| format!("witness {} <- {line}", witness.id));
                    witness.receive(shared, letter);
                }
            }
            To::Asker(asker) => {
                let node = &mut self.nodes[asker.node];
                if node.run == asker.run && node.is_running() {
                    let line = letter.told();
                    shared.tell(|| format!("{} <- {line}", node.name()));
                    node.receive(shared, letter);
                }
            }
            To::Country(country) => {
                let running = |node: &Node| node.country == country && node.is_running();
                let shown: Vec<usize> = (0..self.nodes.len())
                    .filter(|node| running(&self.nodes[*node]))
                    .collect();
                if let Some(node) = shared.random.pick(&shown) {
                    let node = &mut self.nodes[node];
                    let line = letter.told();
                    shared.tell(|| format!("{} <- {line}", node.name()));
                    node.receive(shared, letter);
                }
            }
        }
    }

    /// The newest version of the trust registry goes to everybody.
    pub(crate) fn tell_everybody(&mut self) {
        let newest = self.shared.registry.newest();
        // Any member serves it: it comes from everywhere.
        for country in 0..COUNTRIES.len() {
            let from = Place::Country(self.shared.random.index(COUNTRIES.len()));
            self.shared
                .send(from, To::Country(country), Letter::Trust(newest));
        }
        for witness in 0..WITNESSES {
            let from = Place::Country(self.shared.random.index(COUNTRIES.len()));
            self.shared
                .send(from, To::Witness(witness), Letter::Trust(newest));
        }
        if self.mended_ms.is_some() {
            for witness in &self.witnesses {
                witness.spread_evidence(&mut self.shared);
            }
        }
    }

    /// The storm is over: lines are mended, machines start, the trust registry decides about whoever lied.
    fn mend(&mut self) {
        self.shared.tell(|| "everything is mended".to_owned());
        self.mended_ms = Some(self.shared.now_ms);
        self.shared.drop_acts();
        self.shared.network.is_calm = true;
        self.shared.network.cut.clear();
        let now_ms = self.shared.now_ms;
        self.is_abandoned = self.shared.random.chance(150);
        if self.is_abandoned {
            self.shared.checks.count("registry abandoned");
            self.shared.registry.sign_until(now_ms);
        } else {
            self.shared.registry.renew(now_ms);
        }
        for witness in &mut self.witnesses {
            witness.is_up = true;
            witness.fault = None;
        }
        governance::decide_about_the_liar(self);
        for node in &mut self.nodes {
            node.disk.fault = None;
            if !node.is_gone && !node.is_up {
                node.start(&mut self.shared);
            }
            let now_ms = self.shared.now_ms;
            for country in 0..COUNTRIES.len() {
                let party = crate::founding::party(country);
                node.memory.schedule.wake(party, now_ms);
            }
        }
        self.shared.after(10, Event::Mended);
    }

    /// Nodes that must come to an end: not those of closed ledgers.
    fn going_on(&self) -> impl Iterator<Item = &Node> {
        let closed = &self.shared.checks.closed;
        let nodes = self.nodes.iter();
        nodes.filter(|node| !node.is_gone && !closed.contains_key(&node.country))
    }

    /// L1.
    fn is_settled(&self) -> bool {
        let newest = self.shared.registry.newest();
        self.going_on().all(|node| {
            node.version == newest
                && node.may_write(&self.shared)
                && node.witnessed_size() == node.size()
                && node.open_locks().is_empty()
        })
    }

    fn what_is_open(&self) -> String {
        let told = self.going_on().map(|node| {
            format!(
                "{}: {} open locks, {} of {} leaves witnessed{}{}",
                node.name(),
                node.open_locks().len(),
                node.witnessed_size(),
                node.size(),
                if node.memory.behind.is_some() {
                    ", rolled back"
                } else {
                    ""
                },
                if node.memory.is_forked {
                    ", forked"
                } else {
                    ""
                },
            )
        });
        told.collect::<Vec<_>>().join("; ")
    }

    fn last_checks(&mut self) {
        self.shared.checks.audit();
        let accused: Vec<usize> = self
            .witnesses
            .iter()
            .flat_map(|witness| witness.evidence.keys().copied())
            .collect();
        let lacks = |node: &Node, country: usize| {
            node.country != country && !node.disk.evidence.contains_key(&country)
        };
        for country in accused {
            let lacking: Vec<String> = self
                .going_on()
                .filter(|node| lacks(node, country))
                .map(Node::name)
                .collect();
            if !lacking.is_empty() {
                let what = format!(
                    "{} never heard of the evidence against {}",
                    lacking.join(", "),
                    COUNTRIES[country]
                );
                self.shared.broken(Law::EvidenceSpreads, || what);
            }
        }
    }
}
