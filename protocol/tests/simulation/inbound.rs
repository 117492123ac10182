//! What comes from other countries: a bundle is verified, pinned, judged by the step and recorded; evidence is checked and kept.

use std::rc::Rc;

use countersign_protocol::federation::{
    Event as StepEvent, FaultCode, Heads, Message, Needed, ProvenRecord, Unverified, begins, step,
};
use countersign_protocol::log::{Checkpoint, Equivocation, Hash, TlogProof};
use countersign_protocol::record::{Body, PartnerStatus, ProofReference, Record};
use countersign_protocol::registry::Command;

use crate::defect::Defect;
use crate::founding::{country_of, country_with, party};
use crate::letter::{Letter, To};
use crate::node::{Node, Stop, without_answers};
use crate::shared::{Law, Shared};
use crate::trust::keys_of;

/// Most proven records that wait for a consistency proof.
const PARKED_MAX: usize = 16;

impl Node {
    /// Rule R8: verify, pin, step, record.
    pub(crate) fn take(&mut self, shared: &mut Shared, bundle: &str) -> Result<(), FaultCode> {
        let unverified = Unverified::read(bundle.as_bytes())?;
        let members = self.members(shared);
        let set = shared.witnesses(self.version);
        let verified = shared
            .verifier
            .check(&members, unverified.checkpoint(), &set)?;
        let proven = if shared.defect == Some(Defect::InclusionUnchecked) {
            unchecked(bundle, verified.checkpoint())
        } else {
            unverified.under(&verified)?
        };
        let country = country_with(proven.proof.origin.as_str()).ok_or(FaultCode::UnknownLog)?;
        if country == self.country {
            return Err(FaultCode::NotAddressedToUs);
        }
        let partner = self.memory.state.partner(party(country));
        if shared.defect == Some(Defect::FreezeStopsAnswers)
            && partner.is_none_or(|it| it.status != PartnerStatus::Active)
        {
            return Err(FaultCode::PartnerFrozen);
        }
        let (size, root) = (proven.proof.size, proven.proof.root);
        let heads = self.heads(country);
        match heads.needed(size, &root)? {
            needed @ Needed::Nothing => heads.accept(size, root, needed, &[])?,
            Needed::Consistency { from, to } => {
                self.memory.parked.retain(|it| *it != proven);
                self.memory.parked.push(proven);
                if self.memory.parked.len() > PARKED_MAX {
                    self.memory.parked.remove(0);
                }
                let asker = self.asker();
                let letter = Letter::AskConsistency { asker, from, to };
                shared.send(self.place(), To::Country(country), letter);
                return Ok(());
            }
        }
        self.act(shared, proven)
    }

    /// The line of verified heads of a partner, which begins with the pin in the ledger (rule R9).
    pub(crate) fn heads(&mut self, country: usize) -> &mut Heads {
        let pin = self.memory.state.pin(party(country));
        let heads = self.memory.heads.entry(country);
        heads.or_insert_with(|| Heads::new(pin.map(|pin| (pin.size, pin.root))))
    }

    /// A consistency proof came: what waited for it goes on.
    pub(crate) fn joined(
        &mut self,
        shared: &mut Shared,
        country: usize,
        proven_sizes: (u64, u64),
        hashes: &[Hash],
    ) {
        let parked = std::mem::take(&mut self.memory.parked);
        for proven in parked {
            if country_with(proven.proof.origin.as_str()) != Some(country) || !self.is_running() {
                self.memory.parked.push(proven);
                continue;
            }
            let (size, root) = (proven.proof.size, proven.proof.root);
            let heads = self.heads(country);
            let accepted = match heads.needed(size, &root) {
                Ok(needed @ Needed::Nothing) => heads.accept(size, root, needed, &[]),
                Ok(needed @ Needed::Consistency { from, to }) if (from, to) == proven_sizes => {
                    heads.accept(size, root, needed, hashes)
                }
                Ok(Needed::Consistency { .. }) => {
                    self.memory.parked.push(proven);
                    continue;
                }
                Err(fault) => Err(fault),
            };
            if let Err(fault) = accepted.and_then(|()| self.act(shared, proven)) {
                shared.tell(|| format!("{} does not take a bundle: {fault}", self.name()));
            }
        }
    }

    /// The step, and the writer, which steps again on the state of that moment.
    pub(crate) fn act(
        &mut self,
        shared: &mut Shared,
        proven: ProvenRecord,
    ) -> Result<(), FaultCode> {
        let stops = match shared.defect {
            Some(Defect::ExpiryStopsAnswers) => true,
            _ => begins(&self.memory.state, &proven).is_some(),
        };
        if stops && !self.may_begin(shared) {
            shared.checks.count("waited for the registry");
            return Err(FaultCode::Unavailable);
        }
        match (shared.defect, &proven.record.body) {
            (Some(Defect::DestinationForgetsIds), _) => {
                self.memory.state = without_answers(&self.memory.state, |_| true);
            }
            (Some(Defect::DestinationRefusesAfterAccepting), Body::AskCancel(ask)) => {
                let asked = ask.transfer;
                self.memory.state = without_answers(&self.memory.state, |it| it.id() == asked);
            }
            _ => {}
        }
        let now_ms = self.now_ms(shared);
        let outcome = step(&self.memory.state, now_ms, StepEvent::Proven(&proven))?;
        for message in &outcome.effects {
            self.answer(shared, message);
        }
        if outcome.records.is_empty() {
            return Ok(());
        }
        match self.commit(shared, &Command::Proven(Box::new(proven))) {
            Ok(_) | Err(Stop::ReadOnly | Stop::Stopped) => Ok(()),
            Err(Stop::Refused(refusal)) => {
                shared.broken(Law::Proven, || {
                    format!(
                        "{}: the step takes what the writer refuses: {refusal}",
                        self.name()
                    )
                });
                Ok(())
            }
        }
    }

    /// An answer that was given before goes out again, byte by byte the same leaf (rule R7).
    pub(crate) fn answer(&mut self, shared: &mut Shared, message: &Message) {
        if let Some(bundle) = self.bundle(shared, message.leaf) {
            let to = To::Country(country_of(message.to));
            shared.send(self.place(), to, Letter::Bundles(vec![bundle]));
        }
    }

    /// Evidence came: it is checked, kept, handed on, and nothing new begins with that ledger.
    pub(crate) fn accuse(&mut self, shared: &mut Shared, text: &Rc<str>) {
        let Ok(evidence) = text.parse::<Equivocation>() else {
            return;
        };
        let Ok(accused) = evidence.origin() else {
            return;
        };
        let members = self.members(shared);
        let Some(country) = country_with(&accused) else {
            return;
        };
        if evidence.check(&keys_of(&members, &accused)).is_err()
            || self.disk.evidence.contains_key(&country)
        {
            return;
        }
        shared.checks.evidence(country);
        shared.tell(|| format!("{} has evidence against {accused}", self.name()));
        self.disk.evidence.insert(country, Rc::clone(text));
        for other in members.keys().filter(|other| **other != self.country) {
            let letter = Letter::Evidence(Rc::clone(text));
            shared.send(self.place(), To::Country(*other), letter);
        }
    }
}

/// What a node believes that does not check inclusion: a defect on purpose.
fn unchecked(bundle: &str, head: &Checkpoint) -> ProvenRecord {
    let bundle = TlogProof::parse(bundle).unwrap();
    ProvenRecord {
        record: Record::decode(bundle.extra.as_deref().unwrap()).unwrap(),
        proof: ProofReference {
            origin: head.origin.parse().unwrap(),
            index: bundle.index,
            size: head.size,
            root: head.root,
        },
    }
}
