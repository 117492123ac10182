//! The witnesses of the first country's log, vote by vote, and what changes in them: who they are, and how many make a quorum.

use std::collections::BTreeSet;

use countersign_protocol::federation::begins;

use crate::archive::{Archive, Letter, LogId};
use crate::defects::Defect;
use crate::model::{Federation, Situation};

/// How many honest witnesses vote on the first country's log at first; with the one that cosigns anything they are four.
pub(crate) const VOTERS: usize = 3;

/// A set of witnesses: the honest ones in it, and how many of their votes make a quorum together with the liar's.
struct WitnessSet {
    honest: &'static [usize],
    needed: usize,
}

impl Federation {
    /// How many honest witnesses there ever are.
    pub(crate) fn voters(&self) -> usize {
        VOTERS + usize::from(self.scope.witness_changes > 0)
    }

    /// The witnesses after so many changes. As it must be, one joins first and a quorum is one more; then one leaves.
    fn witnesses(&self, changes: u8) -> WitnessSet {
        let (honest, needed): (&[usize], usize) = match (changes, self.scope.defect) {
            (0, Some(Defect::QuorumOfTwo)) => (&[0, 1, 2], 1),
            (0, _) => (&[0, 1, 2], 2),
            (1, Some(Defect::ExchangesAWitness)) | (2, _) => (&[0, 1, 3], 2),
            _ => (&[0, 1, 2, 3], 3),
        };
        WitnessSet { honest, needed }
    }

    /// How many of the first witnesses are alike, so that their order is no difference.
    fn alike(&self) -> usize {
        let one_leaves =
            self.scope.witness_changes > 1 || self.scope.defect == Some(Defect::ExchangesAWitness);
        VOTERS - usize::from(one_leaves)
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
        if country != 0 || !self.scope.votes {
            return !archive.extends(log, situation.witnessed[country]);
        }
        let is_past = |votes: &&BTreeSet<LogId>| votes.iter().all(|it| archive.extends(log, *it));
        let in_line = situation.votes.iter().filter(is_past).count();
        let asked = match self.scope.defect {
            // Of three that answer, one may be the liar.
            Some(Defect::AsksAQuorumOnly) => VOTERS - 1,
            _ => self.voters(),
        };
        in_line < asked
    }

    /// Whether a witness is asked for the node's head. One whose head has a quorum of some set is asked all the same: another
    /// set may need another cosignature.
    pub(crate) fn is_asked(&self, situation: &Situation, witness: usize, log: LogId) -> bool {
        let is_known =
            (0..=situation.changes).any(|it| self.witnesses(it).honest.contains(&witness));
        let has_quorum = situation.quorums.iter().any(|(_, it)| *it == log);
        is_known && !(has_quorum && self.scope.defect == Some(Defect::AsksOncePerHead))
    }

    /// An honest witness cosigns what continues all that it has cosigned before.
    pub(crate) fn vote(
        &self,
        archive: &Archive,
        situation: &mut Situation,
        witness: usize,
        log: LogId,
    ) {
        let before = &mut situation.votes[witness];
        if !before.iter().all(|it| archive.extends(log, *it)) {
            return;
        }
        before.insert(log);
        self.count(archive, situation, log);
        situation.votes[..self.alike()].sort();
    }

    /// Enters the quorums that a head has, of the sets by which anybody goes.
    fn count(&self, archive: &Archive, situation: &mut Situation, log: LogId) {
        let others = situation.follows.iter().skip(1);
        let oldest = others.min().copied().unwrap_or(0);
        for changes in oldest..=situation.changes {
            let set = self.witnesses(changes);
            let votes = set.honest.iter();
            let votes = votes.filter(|it| situation.votes[**it].contains(&log));
            if votes.count() < set.needed {
                continue;
            }
            situation.quorums.insert((changes, log));
            let witnessed = situation.witnessed[0];
            if archive.extends(log, witnessed) {
                situation.witnessed[0] = log;
            } else if !archive.extends(witnessed, log) {
                situation.broken = Some("two lines have a quorum");
            }
        }
    }

    /// How often the witnesses have changed when the search begins.
    pub(crate) const fn first_changes(&self) -> u8 {
        if self.scope.split {
            self.scope.witness_changes
        } else {
            0
        }
    }

    /// Up to which change each country follows when the search begins.
    pub(crate) fn first_follows(&self) -> Vec<u8> {
        let mut follows = vec![0; self.scope.countries];
        if let Some(last) = follows.last_mut() {
            *last = self.first_changes();
        }
        follows
    }

    /// The trust registry names the next set of witnesses.
    pub(crate) fn change_witnesses(&self, archive: &Archive, situation: &mut Situation) {
        situation.changes += 1;
        let heads: BTreeSet<LogId> = situation.votes.iter().flatten().copied().collect();
        for head in heads {
            self.count(archive, situation, head);
        }
    }

    /// A country goes by the newest set, or by the next one after the one it knows.
    pub(crate) fn follow(&self, situation: &mut Situation, country: usize) {
        situation.follows[country] = situation.changes;
    }

    /// Whether the next change may be published: the one before has reached everybody, and so have the heads that counted its
    /// witnesses.
    pub(crate) fn may_change_witnesses(&self, situation: &Situation) -> bool {
        let others = &situation.follows[1..];
        let waits = self.scope.defect != Some(Defect::ChangesInARow);
        let counted = (situation.changes, situation.witnessed[0]);
        let is_carried = situation.quorums.contains(&counted)
            || self.scope.defect == Some(Defect::HeadsLeftBehind);
        situation.changes < self.scope.witness_changes
            && (!waits || (is_carried && others.iter().all(|it| *it == situation.changes)))
    }

    /// Rule R2: a quorum has cosigned the line that a leaf is on, of the witnesses that the country goes by.
    pub(crate) fn is_witnessed_for(
        &self,
        archive: &Archive,
        situation: &Situation,
        country: usize,
        log: LogId,
    ) -> bool {
        let from = archive.block(log).country;
        if from != 0 || !self.scope.votes {
            return archive.extends(situation.witnessed[from], log);
        }
        let mut quorums = situation.quorums.iter();
        quorums.any(|(changes, head)| {
            *changes == situation.follows[country] && archive.extends(*head, log)
        })
    }

    /// Whether the trust registry lets what a message says be acted on: once it has run out nothing begins, and everything
    /// that is open is settled.
    pub(crate) fn registry_allows(
        &self,
        archive: &Archive,
        situation: &Situation,
        log: LogId,
        letter: Letter,
    ) -> bool {
        if !situation.expired[archive.block(log).country] {
            return true;
        }
        match self.scope.defect {
            Some(Defect::ExpiryStopsAnswers) => false,
            Some(Defect::ExpiryStopsNothing) => true,
            _ => begins(archive.state(log), &archive.open(letter)).is_none(),
        }
    }
}
