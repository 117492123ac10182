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
use crate::support::{EXPIRY_MS, START_MS, TRADING, agreement_id, text};

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
    /// Whether the first country's log is cosigned vote by vote: four witnesses, of which one cosigns anything, and a quorum
    /// of three. Elsewhere the one honest witness that every two quorums share stands for them all.
    pub(crate) votes: bool,
    /// How often an operator freezes a partner.
    pub(crate) freezes: u8,
    /// Whether a frozen partner may be taken back.
    pub(crate) unfreezes: bool,
    /// Whether the first country may rotate its log key, once.
    pub(crate) rotates: bool,
    /// Whether the second country's ledger may be closed for ever.
    pub(crate) closes: bool,
    /// How often the set of witnesses changes; members hear of it one by one.
    pub(crate) witness_changes: u8,
    /// Whether only the first country sends.
    pub(crate) one_sends: bool,
    /// Whether the last country has every change from the beginning and the others hear of none: fewer situations than when
    /// they hear of it some time.
    pub(crate) split: bool,
    /// Whether the trust registry may run out for a country, never to be renewed there.
    pub(crate) expires: bool,
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
    votes: false,
    freezes: 0,
    unfreezes: false,
    rotates: false,
    closes: false,
    witness_changes: 0,
    one_sends: false,
    split: false,
    expires: false,
    defect: None,
};

/// The country that may be closed.
pub(crate) const CLOSING: usize = 1;

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
    pub(crate) freezes: u8,
    /// What each honest witness has cosigned of the first country's log. They are alike, so their order is no difference.
    pub(crate) votes: Vec<BTreeSet<LogId>>,
    /// The heads of the first country's log that ever had a quorum of a set of witnesses: two lines of them, if a defect
    /// lets it happen.
    pub(crate) quorums: BTreeSet<(u8, LogId)>,
    /// How often the set of witnesses has changed, and up to which change each country follows.
    pub(crate) changes: u8,
    pub(crate) follows: Vec<u8>,
    /// The countries for which the trust registry has run out.
    pub(crate) expired: Vec<bool>,
    /// The countries that know the first country's new key.
    pub(crate) learned: Vec<bool>,
    /// The last head of the second country's ledger, once it is closed.
    pub(crate) closed: Option<LogId>,
    /// A promise of the rules that a step has broken.
    pub(crate) broken: Option<&'static str>,
}

/// What can happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Happening {
    /// A node locks a unit for a partner.
    Send {
        node: usize,
        to: usize,
    },
    /// A source asks for cancellation.
    Cancel {
        node: usize,
        transfer: TransferId,
    },
    /// The witness is asked to cosign the node's log.
    Witness {
        node: usize,
    },
    /// A message arrives.
    Deliver {
        node: usize,
        letter: Letter,
    },
    /// A country's clock passes the expiry.
    Expire {
        country: usize,
    },
    /// A node goes on with a copy of its disk from earlier.
    Restore {
        node: usize,
        backup: LogId,
    },
    /// A node that knows itself to be behind its witnesses fetches its log from its partners' mirrors.
    Recover {
        node: usize,
    },
    /// One of the honest witnesses is asked to cosign the node's log.
    Vote {
        witness: usize,
        node: usize,
    },
    /// The trust registry names another set of witnesses, or a country hears of it.
    ChangeWitnesses,
    Follow {
        country: usize,
    },
    /// The trust registry runs out for a country.
    RunOut {
        country: usize,
    },
    /// Only as a defect: a witness starts again with an empty disk.
    Forget {
        witness: usize,
    },
    /// An operator freezes a partner, or takes it back.
    Freeze {
        node: usize,
        partner: usize,
    },
    /// The first country takes another log key.
    Rotate {
        node: usize,
    },
    /// A country hears from the trust registry of the new key.
    Learn {
        country: usize,
    },
    /// The trust registry closes the second country's ledger at its last witnessed head.
    Close,
    /// A node hears of it, and settles its open locks by the last tree.
    Settle {
        node: usize,
    },
    /// Only as a defect: the source frees the units on its own clock.
    FreeOnTimeout {
        node: usize,
        transfer: TransferId,
    },
}

#[derive(Clone)]
pub(crate) struct Federation {
    pub(crate) scope: Scope,
    archive: Arc<Mutex<Archive>>,
    pub(crate) genesis: Vec<LogId>,
}

pub(crate) const CODES: [&str; 3] = ["GH", "CH", "VU"];

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

    fn may_write(&self, archive: &Archive, situation: &Situation, node: usize) -> bool {
        let country = archive.block(situation.nodes[node]).country;
        !self.is_honest(country)
            || !self.asks_witnesses_at_start()
            || !self.is_rolled_back(archive, situation, node)
    }

    pub(crate) fn time_ms(situation: &Situation, country: usize) -> u64 {
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
        if from == country
            || !self.passes_the_driver(archive, situation, log, letter)
            || !self.registry_allows(archive, situation, log, letter)
        {
            return None;
        }
        let is_late = situation.late[country];
        let time_ms = Self::time_ms(situation, country);
        let result = archive.delivery((log, letter, is_late), |archive| {
            self.receive(archive, log, letter, time_ms)
        });
        match result? {
            Ok(next) if situation.expired[country] && archive.ends_with_acquisition(next) => {
                situation.broken = Some("something began under a registry that had run out");
            }
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
        let country = archive.block(log).country;
        let has_quorum = self.is_witnessed_for(archive, situation, country, letter.log);
        if self.asks_for_quorum() && !has_quorum {
            return false;
        }
        let is_new_key = archive
            .rotated_from(letter.log)
            .is_some_and(|size| archive.block(letter.log).size >= size);
        if from == 0 && is_new_key && !situation.learned[country] {
            return false;
        }
        if self.scope.defect == Some(Defect::FreezeStopsAnswers) && archive.is_frozen(log, from) {
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
            let country = archive.block(log).country;
            let heads = situation.quorums.iter().map(|(_, head)| *head);
            let on_line = heads.filter(|it| country == 0 && archive.extends(log, *it));
            let longest = on_line.max_by_key(|it| archive.block(*it).size);
            let witnessed = longest.unwrap_or(situation.witnessed[country]);
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
        if country == 0 && self.scope.votes {
            let asked = (0..self.voters()).filter(|it| self.is_asked(situation, *it, log));
            next.extend(asked.map(|witness| Happening::Vote { witness, node }));
        } else if log != witnessed
            && archive.extends(log, witnessed)
            && !self.is_sealed(situation, country)
        {
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
        let is_expired = situation.expired[country];
        let may_send = !is_expired && (country == 0 || !self.scope.one_sends);
        if situation.transfers < self.scope.transfers && may_send {
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
        self.changes_of_node(archive, situation, node, next);
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
            freezes: 0,
            votes: if self.scope.votes {
                vec![BTreeSet::from([self.genesis[0]]); self.voters()]
            } else {
                Vec::new()
            },
            quorums: if self.scope.votes {
                let all = 0..=self.first_changes();
                all.map(|it| (it, self.genesis[0])).collect()
            } else {
                BTreeSet::new()
            },
            changes: self.first_changes(),
            follows: self.first_follows(),
            expired: vec![false; self.scope.countries],
            learned: vec![false; self.scope.countries],
            closed: None,
            broken: None,
        }]
    }

    fn actions(&self, situation: &Situation, next: &mut Vec<Happening>) {
        let archive = self.archive();
        for node in 0..situation.nodes.len() {
            self.happenings_of_node(&archive, situation, node, next);
        }
        if self.scope.closes && situation.closed.is_none() {
            next.push(Happening::Close);
        }
        if archive.rotation(situation.witnessed[0]).is_some() {
            let others = (1..self.scope.countries).filter(|it| !situation.learned[*it]);
            next.extend(others.map(|country| Happening::Learn { country }));
        }
        if self.may_change_witnesses(situation) {
            next.push(Happening::ChangeWitnesses);
        }
        for country in 0..self.scope.countries {
            let lags = country > 0 && situation.follows[country] < situation.changes;
            if lags && !self.scope.split {
                next.push(Happening::Follow { country });
            }
            if self.scope.expires && !situation.expired[country] {
                next.push(Happening::RunOut { country });
            }
        }
        if self.scope.defect == Some(Defect::WitnessForgets) {
            next.extend((0..self.voters()).map(|witness| Happening::Forget { witness }));
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
                let log = self.to_cosign(archive, &next, node)?;
                next.witnessed[archive.block(log).country] = log;
            }
            Happening::Vote { witness, node } => {
                let log = self.to_cosign(archive, &next, node)?;
                self.vote(archive, &mut next, witness, log);
            }
            Happening::ChangeWitnesses => self.change_witnesses(archive, &mut next),
            Happening::Follow { country } => self.follow(&mut next, country),
            Happening::RunOut { country } => next.expired[country] = true,
            Happening::Forget { witness } => {
                next.votes[witness] = BTreeSet::from([self.genesis[0]]);
                next.votes.sort();
            }
            Happening::Freeze { node, partner } => {
                self.freeze(archive, &mut next, node, partner)?;
            }
            Happening::Rotate { node } => {
                let log_key = text("gh.example/ledger+00000001+AQ==");
                self.write(archive, &mut next, node, &Command::RotateKey { log_key })?;
            }
            Happening::Learn { country } => next.learned[country] = true,
            Happening::Close => next.closed = Some(next.witnessed[CLOSING]),
            Happening::Settle { node } => self.settle(archive, &mut next, node)?,
            Happening::Expire { country } => next.late[country] = true,
            Happening::Restore { node, backup } => {
                next.nodes[node] = backup;
                next.restores += 1;
            }
            Happening::Recover { node } => {
                let country = archive.block(next.nodes[node]).country;
                let votes = next.votes.iter().flatten().copied();
                let seen = votes.filter(|_| country == 0);
                let longest = seen.chain([next.witnessed[country]]);
                next.nodes[node] = longest.max_by_key(|log| archive.block(*log).size)?;
            }
        }
        if !self.scope.lag {
            assert!(self.scope.restores == 0 && !self.scope.two_faced && !self.scope.votes);
            assert!(!self.scope.closes && !self.scope.rotates && self.scope.witness_changes == 0);
            next.witnessed.clone_from(&next.nodes);
        }
        if self.scope.votes && self.scope.restores == 0 {
            // Only the first country's cosignatures may come late: the others are never restored and do not lie.
            let others = 1..self.scope.countries;
            others.for_each(|country| next.witnessed[country] = next.nodes[country]);
        }
        self.post(archive, &mut next);
        (next != *last).then_some(next)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        laws::properties(&self.scope)
    }
}
