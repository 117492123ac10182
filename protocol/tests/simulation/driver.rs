//! What a node does when time passes and when letters come: the loop around `protocol::federation`, as in the node itself,
//! with the same pure parts (verification order, line of heads, schedule, outbox, step).

use std::rc::Rc;

use countersign_protocol::federation::message::BUNDLES_MAX;
use countersign_protocol::federation::schedule::Due;
use countersign_protocol::log::{TlogProof, leaf_hash};
use countersign_protocol::record::{Contradiction, LedgerAccused, LedgerCleared, PartnerStatus};
use countersign_protocol::registry::Command;
use countersign_protocol::trust::Member;

use crate::defect::Defect;
use crate::founding::{COUNTRIES, WITNESSES, country_of, country_with, origin, party};
use crate::letter::{Letter, To};
use crate::node::Node;
use crate::shared::{Event, Shared};

/// How often a node looks at its schedule.
const TICK_MS: u64 = 1_000;

impl Node {
    /// Time passes.
    pub(crate) fn tick(&mut self, shared: &mut Shared) {
        let (node, run) = (self.id, self.run);
        let jitter_ms = shared.random.below(200);
        shared.after(TICK_MS + jitter_ms, Event::Tick { node, run });
        self.ask_how_far(shared);
        self.ask_for_cosignatures(shared);
        self.keep_house(shared);
        if self.is_running() {
            self.send_what_is_due(shared);
        }
    }

    fn send_what_is_due(&mut self, shared: &mut Shared) {
        for country in self.partners() {
            let now_ms = shared.now_ms;
            let due = self
                .memory
                .schedule
                .take_due(party(country), now_ms, BUNDLES_MAX);
            let mut bundles = Vec::new();
            for Due { message, .. } in &due {
                bundles.extend(self.bundle(shared, message.leaf));
                if shared.defect == Some(Defect::SentOnce) {
                    self.memory.schedule.remove(message);
                }
            }
            if bundles.is_empty() {
                continue;
            }
            // The second way: any member may carry it, since it proves itself.
            if shared.random.chance(100) {
                let other = shared.random.index(COUNTRIES.len());
                shared.send(
                    self.place(),
                    To::Country(other),
                    Letter::Bundles(bundles.clone()),
                );
            }
            shared.send(self.place(), To::Country(country), Letter::Bundles(bundles));
        }
    }

    /// An own leaf with its proof under the newest checkpoint that may leave.
    pub(crate) fn bundle(&self, shared: &Shared, leaf: u64) -> Option<Rc<str>> {
        let (size, note) = self.sendable(shared)?;
        if leaf >= size {
            return None;
        }
        let bytes = self.memory.leaves.get(leaf as usize)?.to_vec();
        let hashes = self.memory.tree.inclusion(leaf, size)?;
        Some(
            TlogProof::new(bytes, leaf, hashes, note.to_owned())
                .to_string()
                .into(),
        )
    }

    /// What the trust registry, evidence and the operator say about partners goes into the ledger.
    fn keep_house(&mut self, shared: &mut Shared) {
        let members = self.members(shared);
        let own = self.country;
        for (country, member) in members.iter().filter(|(it, _)| **it != own) {
            use countersign_protocol::trust::Standing;
            self.accuse_or_clear(shared, member);
            let wanted = match &member.standing {
                Standing::Active { .. } if !self.disk.frozen.contains(country) => {
                    PartnerStatus::Active
                }
                _ => PartnerStatus::Frozen,
            };
            let known = self.memory.state.partner(member.party).map(|it| it.status);
            if known != Some(wanted) && self.may_write(shared) {
                let partner = crate::founding::partner(*country, wanted);
                let _later = self.commit(shared, &Command::SetPartner(partner));
                if known.is_none() && self.may_write(shared) {
                    let agreement = crate::support::agreement_of(party(own), member.party);
                    let _later = self.commit(shared, &Command::SetAgreement(agreement));
                }
            }
            if member.is_closed() && self.may_write(shared) {
                self.read_last_tree(shared, *country);
            }
        }
        if shared.defect == Some(Defect::SourceReleasesOnTimeout) {
            self.free_on_timeout(shared);
        }
    }

    /// Evidence goes into the ledger, and nothing of that partner counts; the line that the registry names takes it out.
    fn accuse_or_clear(&mut self, shared: &mut Shared, member: &Member) {
        use countersign_protocol::trust::Standing;
        let party = member.party;
        let country = country_of(party);
        let Some(evidence) = self.disk.evidence.get(&country) else {
            return;
        };
        let evidence = leaf_hash(evidence.as_bytes());
        let is_accused = self.memory.state.accusation(party).is_some();
        let named = match &member.standing {
            Standing::Active { surviving } | Standing::Frozen { surviving, .. } => *surviving,
            Standing::Closed { head, .. } => Some(*head),
        };
        let command = match named {
            None if !is_accused => Command::Accuse(LedgerAccused {
                party,
                kind: Contradiction::TwoTrees,
                evidence,
            }),
            Some(head) if is_accused => Command::Clear(LedgerCleared {
                party,
                evidence,
                size: head.size,
                root: head.root,
                decision: leaf_hash(member.to_string().as_bytes()),
            }),
            _ => return,
        };
        let is_listed = self.memory.state.partner(party).is_some();
        if is_listed && self.may_write(shared) {
            let _later = self.commit(shared, &command);
            self.memory.heads.remove(&country);
        }
    }

    /// The open locks to a country that is gone are judged by its last tree, which a mirror has.
    fn read_last_tree(&mut self, shared: &mut Shared, country: usize) {
        let waited = shared.now_ms.saturating_sub(self.memory.fetched_ms);
        if waited < 3_000 || self.open_locks_to(party(country)).is_empty() {
            return;
        }
        self.memory.fetched_ms = shared.now_ms;
        let letter = Letter::AskLeaves {
            asker: self.asker(),
            country,
            from: 0,
        };
        let witness = shared.random.index(WITNESSES);
        shared.send(self.place(), To::Witness(witness), letter);
    }

    pub(crate) fn receive(&mut self, shared: &mut Shared, letter: Letter) {
        match letter {
            Letter::Bundles(bundles) => {
                for bundle in bundles {
                    if self.is_running()
                        && let Err(fault) = self.take(shared, &bundle)
                    {
                        shared.tell(|| format!("{} does not take a bundle: {fault}", self.name()));
                    }
                }
            }
            Letter::AskConsistency { asker, from, to } => {
                if let Some(hashes) = self.memory.tree.consistency(from, to) {
                    let letter = Letter::Consistency {
                        origin: origin(self.country),
                        from,
                        to,
                        hashes,
                    };
                    shared.send(self.place(), To::Asker(asker), letter);
                }
            }
            Letter::Consistency {
                origin,
                from,
                to,
                hashes,
            } => {
                if let Some(country) = country_with(origin.as_str()) {
                    self.joined(shared, country, (from, to), &hashes);
                }
            }
            Letter::Witnessed {
                witness,
                size,
                status,
                body,
            } => self.answered(shared, witness, size, status, &body),
            Letter::Latest { witness, note } => self.latest(shared, witness, note.as_deref()),
            Letter::Leaves {
                country,
                from,
                leaves,
            } => {
                if country == self.country {
                    self.recover(shared, from, &leaves);
                } else {
                    self.settle_by_last_tree(shared, country, &leaves);
                }
            }
            Letter::Trust(version) => self.version = self.version.max(version),
            Letter::Evidence(text) => self.accuse(shared, &text),
            Letter::AddCheckpoint { .. } | Letter::AskLatest { .. } | Letter::AskLeaves { .. } => {}
        }
    }
}
