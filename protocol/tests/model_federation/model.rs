//! The model: what can be the case, and what can happen next.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard};

use countersign_protocol::federation::{Event, FaultCode, step};
use countersign_protocol::id::{RequestId, TransferId};
use countersign_protocol::record::{Body, ProofReference, Release};
use countersign_protocol::registry::{Command, Selection, State, TransferKey, TransferStage, plan};
use stateright::{Model, Property};

use crate::archive::{Archive, Letter, LogId, without_answers};
use crate::defects::Defect;
use crate::laws;
use crate::support::world::countries;
use crate::support::{EXPIRY_MS, START_MS, TRADING, agreement_id};

/// What is searched.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scope {
    /// How many countries, 2 or 3. The first issues the units.
    pub(crate) countries: usize,
    /// How many units there are.
    pub(crate) units: u64,
    /// How many locks are written altogether, by whoever holds a unit.
    pub(crate) transfers: u8,
    /// How often an honest node is restored from a backup of any age.
    pub(crate) restores: u8,
    /// Whether sources may ask for cancellation.
    pub(crate) cancels: bool,
    /// Whether clocks may pass the expiry.
    pub(crate) clocks: bool,
    /// Whether cosignatures may come late. Where no node is restored and nobody lies, a late cosignature is no different from a
    /// late message, so it may be left out to keep the search small.
    pub(crate) lag: bool,
    /// Whether the first country keeps two histories and shows either to anybody.
    pub(crate) two_faced: bool,
    /// The rule that is left out, if one is.
    pub(crate) defect: Option<Defect>,
}

/// Two countries, one unit, one transfer, and nothing goes wrong but the network.
pub(crate) const SIMPLE: Scope = Scope {
    countries: 2,
    units: 1,
    transfers: 1,
    restores: 0,
    cancels: true,
    clocks: true,
    lag: true,
    two_faced: false,
    defect: None,
};

/// Everything that is the case. Crashes need no mark: a node's memory is its log.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Situation {
    /// The log of each node: one a country, and a second one of a two-faced country at the end.
    pub(crate) nodes: Vec<LogId>,
    /// Of each country: the largest log that the honest witness, which every two quorums share, has cosigned.
    pub(crate) witnessed: Vec<LogId>,
    /// The countries whose clocks have passed the expiry.
    pub(crate) late: Vec<bool>,
    /// Every message ever sent. Each may be delivered at any time, to anybody, any number of times, or never.
    pub(crate) network: BTreeSet<Letter>,
    pub(crate) transfers: u8,
    pub(crate) restores: u8,
    /// A promise of the rules that a step has broken.
    pub(crate) broken: Option<&'static str>,
}

/// What can happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Happening {
    /// A node locks a unit for a partner.
    Send { node: usize, to: usize },
    /// A source asks for cancellation.
    Cancel { node: usize, transfer: TransferId },
    /// The witness is asked to cosign the node's log.
    Witness { node: usize },
    /// A message arrives.
    Deliver { node: usize, letter: Letter },
    /// A country's clock passes the expiry.
    Expire { country: usize },
    /// A node goes on with a copy of its disk from earlier.
    Restore { node: usize, backup: LogId },
    /// A node that knows itself to be behind its witnesses fetches its log from its partners' mirrors.
    Recover { node: usize },
    /// Only as a defect: the source frees the units on its own clock.
    FreeOnTimeout { node: usize, transfer: TransferId },
}

#[derive(Clone)]
pub(crate) struct Federation {
    pub(crate) scope: Scope,
    archive: Arc<Mutex<Archive>>,
    genesis: Vec<LogId>,
}

const CODES: [&str; 3] = ["GH", "CH", "VU"];

impl Federation {
    pub(crate) fn new(scope: Scope) -> Self {
        let mut archive = Archive::new(scope.defect);
        let mut ledgers = countries(&CODES[..scope.countries]);
        ledgers[0].issue(TRADING, scope.units);
        let genesis = ledgers
            .into_iter()
            .enumerate()
            .map(|(country, ledger)| archive.found(country, ledger))
            .collect();
        Self {
            scope,
            archive: Arc::new(Mutex::new(archive)),
            genesis,
        }
    }

    pub(crate) fn archive(&self) -> MutexGuard<'_, Archive> {
        self.archive.lock().unwrap()
    }

    pub(crate) fn is_honest(&self, country: usize) -> bool {
        country != 0 || !self.scope.two_faced
    }

    /// Whether partners ask for a witness quorum before they believe anything, and nodes before they send it.
    pub(crate) fn asks_for_quorum(&self) -> bool {
        !matches!(
            self.scope.defect,
            Some(Defect::PinsOnly | Defect::NothingIsWitnessedFirst)
        )
    }

    /// Whether a node asks its witnesses how far its log went before it writes.
    fn asks_witnesses_at_start(&self) -> bool {
        self.scope.defect != Some(Defect::PinsOnly)
    }

    /// Whether the node's log lies behind what its witnesses saw.
    pub(crate) fn is_rolled_back(
        &self,
        archive: &Archive,
        situation: &Situation,
        node: usize,
    ) -> bool {
        let log = situation.nodes[node];
        let country = archive.block(log).country;
        !archive.extends(log, situation.witnessed[country])
    }

    fn may_write(&self, archive: &Archive, situation: &Situation, node: usize) -> bool {
        let country = archive.block(situation.nodes[node]).country;
        !self.is_honest(country)
            || !self.asks_witnesses_at_start()
            || !self.is_rolled_back(archive, situation, node)
    }

    fn time_ms(situation: &Situation, country: usize) -> u64 {
        if situation.late[country] {
            EXPIRY_MS + 1
        } else {
            START_MS
        }
    }

    fn send(
        &self,
        archive: &mut Archive,
        situation: &mut Situation,
        node: usize,
        to: usize,
    ) -> Option<()> {
        let log = situation.nodes[node];
        let country = archive.block(log).country;
        let time_ms = Self::time_ms(situation, country);
        situation.transfers += 1;
        let to = archive.party(self.genesis[to]);
        let command = Command::Send {
            to,
            agreement: agreement_id(archive.party(log), to),
            from: TRADING,
            to_account: TRADING,
            units: Selection::Tonnes(1),
            nonce: RequestId([situation.transfers; 16]),
            // A clock that has passed the expiry of the first transfers sets a later one.
            expiry_ms: if situation.late[country] {
                EXPIRY_MS * 2
            } else {
                EXPIRY_MS
            },
        };
        let bodies = plan(archive.state(log), time_ms, &command).ok()?;
        situation.nodes[node] = archive.append(log, time_ms, bodies).ok()?;
        Some(())
    }

    fn cancel(
        &self,
        archive: &mut Archive,
        situation: &mut Situation,
        node: usize,
        transfer: TransferId,
    ) -> Option<()> {
        let log = situation.nodes[node];
        let time_ms = Self::time_ms(situation, archive.block(log).country);
        let command = Command::Cancel {
            transfer,
            reason: "entered twice".parse().unwrap(),
        };
        let bodies = plan(archive.state(log), time_ms, &command).ok()?;
        situation.nodes[node] = archive.append(log, time_ms, bodies).ok()?;
        Some(())
    }

    /// What the node's driver does with a message: quorum, consistency with the pin, step, and the writer.
    fn deliver(
        &self,
        archive: &mut Archive,
        situation: &mut Situation,
        node: usize,
        letter: Letter,
    ) -> Option<()> {
        let log = situation.nodes[node];
        let country = archive.block(log).country;
        let from = archive.block(letter.log).country;
        if from == country || !self.passes_the_driver(archive, situation, log, letter) {
            return None;
        }
        let is_late = situation.late[country];
        let time_ms = Self::time_ms(situation, country);
        let result = archive.delivery((log, letter, is_late), |archive| {
            self.receive(archive, log, letter, time_ms)
        });
        match result? {
            Ok(next) => situation.nodes[node] = next,
            Err(broken) => situation.broken = Some(broken),
        }
        Some(())
    }

    /// What follows from a verified message: the log with its answer, `None` if nothing is written, or a broken promise.
    fn receive(
        &self,
        archive: &mut Archive,
        log: LogId,
        letter: Letter,
        time_ms: u64,
    ) -> Option<Result<LogId, &'static str>> {
        let proven = archive.open(letter);
        let mut state = State::clone(archive.state(log));
        if self.scope.defect == Some(Defect::DestinationRefusesAfterAccepting)
            && let Body::AskCancel(ask) = &proven.record.body
        {
            state = without_answers(&state, |key| key.id() == ask.transfer);
        }
        let outcome = step(&state, time_ms, Event::Proven(&proven)).ok()?;
        if outcome.records.is_empty() {
            return None;
        }
        let planned = plan(&state, time_ms, &Command::Proven(Box::new(proven)));
        if planned.as_ref() != Ok(&outcome.records) {
            return Some(Err("the writer plans other records than the step"));
        }
        let written = archive.append_to(log, state, time_ms, outcome.records);
        Some(written.map_err(|_| "the registry refuses what the step wrote"))
    }

    /// Rules R2, R8 and R9: a quorum has cosigned the line that the leaf is on, and it continues what was seen before.
    fn passes_the_driver(
        &self,
        archive: &Archive,
        situation: &Situation,
        log: LogId,
        letter: Letter,
    ) -> bool {
        let from = archive.block(letter.log).country;
        if self.asks_for_quorum() && !archive.extends(situation.witnessed[from], letter.log) {
            return false;
        }
        let Some(pin) = archive.state(log).pin(archive.party(letter.log)) else {
            return true;
        };
        let pinned = archive.log_of(from, &pin.root).unwrap();
        archive.extends(pinned, letter.log) || archive.extends(letter.log, pinned)
    }

    /// The first defect: a release that nothing proves. Its proof names a leaf that says nothing of the kind.
    fn free(
        &self,
        archive: &mut Archive,
        situation: &mut Situation,
        node: usize,
        transfer: TransferId,
    ) -> Option<()> {
        let log = situation.nodes[node];
        let time_ms = Self::time_ms(situation, archive.block(log).country);
        let partner = archive
            .state(log)
            .transfer(&TransferKey::Out(transfer))?
            .partner;
        let genesis = self
            .genesis
            .iter()
            .find(|log| archive.party(**log) == partner)?;
        let block = archive.block(*genesis);
        let proof = ProofReference {
            origin: block.state.genesis().unwrap().origin.clone(),
            index: 0,
            size: block.size,
            root: block.root,
        };
        let code = FaultCode::Expired.code();
        let release = Body::Release(Release {
            transfer,
            code,
            proof,
        });
        situation.nodes[node] = archive.append(log, time_ms, vec![release]).ok()?;
        Some(())
    }

    /// Puts everything that may leave now into the network. It may be lost there all the same, so sooner is no
    /// restriction.
    fn post(&self, archive: &mut Archive, situation: &mut Situation) {
        for node in 0..situation.nodes.len() {
            let log = situation.nodes[node];
            let witnessed = situation.witnessed[archive.block(log).country];
            let below = if !self.asks_for_quorum() {
                archive.block(log).size
            } else if archive.extends(log, witnessed) {
                archive.block(witnessed).size
            } else {
                continue;
            };
            situation
                .network
                .extend(archive.sent(log, below).iter().copied());
        }
    }

    fn transfers_out(state: &State) -> impl Iterator<Item = (TransferId, bool)> {
        state.transfers().filter_map(|(key, transfer)| match key {
            TransferKey::Out(id) if transfer.stage == TransferStage::Locked => {
                Some((*id, transfer.cancel_asked_at.is_some()))
            }
            _ => None,
        })
    }

    fn happenings_of_node(
        &self,
        archive: &Archive,
        situation: &Situation,
        node: usize,
        next: &mut Vec<Happening>,
    ) {
        let log = situation.nodes[node];
        let country = archive.block(log).country;
        let witnessed = situation.witnessed[country];
        if log != witnessed && archive.extends(log, witnessed) {
            next.push(Happening::Witness { node });
        }
        if self.is_honest(country) && situation.restores < self.scope.restores {
            let backups = archive.ancestors(log).into_iter();
            next.extend(backups.map(|backup| Happening::Restore { node, backup }));
        }
        if !self.may_write(archive, situation, node) {
            if self.scope.defect != Some(Defect::NoMirrors) {
                next.push(Happening::Recover { node });
            }
            return;
        }
        if situation.transfers < self.scope.transfers {
            let others = (0..self.scope.countries).filter(|to| *to != country);
            next.extend(others.map(|to| Happening::Send { node, to }));
        }
        for (transfer, is_asked) in Self::transfers_out(archive.state(log)) {
            if self.scope.cancels && !is_asked {
                next.push(Happening::Cancel { node, transfer });
            }
            if self.scope.defect == Some(Defect::SourceReleasesOnTimeout) && situation.late[country]
            {
                next.push(Happening::FreeOnTimeout { node, transfer });
            }
        }
        let letters = situation.network.iter().copied();
        next.extend(letters.map(|letter| Happening::Deliver { node, letter }));
    }
}

impl Model for Federation {
    type State = Situation;
    type Action = Happening;

    fn init_states(&self) -> Vec<Situation> {
        let mut nodes = self.genesis.clone();
        if self.scope.two_faced {
            nodes.push(self.genesis[0]);
        }
        vec![Situation {
            nodes,
            witnessed: self.genesis.clone(),
            late: vec![false; self.scope.countries],
            network: BTreeSet::new(),
            transfers: 0,
            restores: 0,
            broken: None,
        }]
    }

    fn actions(&self, situation: &Situation, next: &mut Vec<Happening>) {
        let archive = self.archive();
        for node in 0..situation.nodes.len() {
            self.happenings_of_node(&archive, situation, node, next);
        }
        // A clock matters only once there is a lock.
        if self.scope.clocks && situation.transfers > 0 {
            let early = (0..self.scope.countries).filter(|country| !situation.late[*country]);
            next.extend(early.map(|country| Happening::Expire { country }));
        }
    }

    fn next_state(&self, last: &Situation, happening: Happening) -> Option<Situation> {
        let archive = &mut *self.archive();
        let mut next = last.clone();
        match happening {
            Happening::Send { node, to } => self.send(archive, &mut next, node, to)?,
            Happening::Cancel { node, transfer } => {
                self.cancel(archive, &mut next, node, transfer)?;
            }
            Happening::Deliver { node, letter } => {
                self.deliver(archive, &mut next, node, letter)?;
            }
            Happening::FreeOnTimeout { node, transfer } => {
                self.free(archive, &mut next, node, transfer)?;
            }
            Happening::Witness { node } => {
                let log = next.nodes[node];
                next.witnessed[archive.block(log).country] = log;
            }
            Happening::Expire { country } => next.late[country] = true,
            Happening::Restore { node, backup } => {
                next.nodes[node] = backup;
                next.restores += 1;
            }
            Happening::Recover { node } => {
                let country = archive.block(next.nodes[node]).country;
                next.nodes[node] = next.witnessed[country];
            }
        }
        if !self.scope.lag {
            assert!(self.scope.restores == 0 && !self.scope.two_faced);
            next.witnessed.clone_from(&next.nodes);
        }
        self.post(archive, &mut next);
        (next != *last).then_some(next)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        laws::properties(&self.scope)
    }
}
