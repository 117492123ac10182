//! What a node does when time passes and when letters come: the loop around `protocol::federation`, as in the node itself,
//! with the same pure parts (verification order, line of heads, schedule, outbox, step).

use std::rc::Rc;

use countersign_protocol::federation::message::BUNDLES_MAX;
use countersign_protocol::federation::schedule::Due;
use countersign_protocol::federation::{
    Event as StepEvent, FaultCode, Heads, Message, Needed, ProvenRecord, Unverified, step,
};
use countersign_protocol::log::{
    AddCheckpoint, Checkpoint, Equivocation, Hash, SignatureLine, SignedNote, TlogProof, leaf_hash,
};
use countersign_protocol::record::{
    Body, Contradiction, LedgerAccused, LedgerCleared, PartnerStatus, ProofReference, Record,
};
use countersign_protocol::registry::Command;
use countersign_protocol::trust::{Head, Member};

use crate::defect::Defect;
use crate::disk::in_blocks;
use crate::founding::{
    COUNTRIES, Leaf, QUORUM, WITNESSES, country_of, country_with, generations, log_key, origin,
    party,
};
use crate::letter::{Letter, To};
use crate::node::{Node, Stop, without_answers};
use crate::shared::{Event, Law, Shared};
use crate::trust::{keys_of, survived};

/// How long a witness's answer is waited for.
const WITNESS_RETRY_MS: u64 = 2_000;
/// How often a node looks at its schedule.
const TICK_MS: u64 = 1_000;
/// Most proven records that wait for a consistency proof.
const PARKED_MAX: usize = 16;

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

    /// The witnesses are asked for the own head before anything is written, and mirrors for what is missing.
    fn ask_how_far(&mut self, shared: &mut Shared) {
        let (asker, country) = (self.asker(), self.country);
        for witness in 0..WITNESSES {
            if !self.memory.answered.contains(&witness) {
                let letter = Letter::AskLatest { asker, country };
                shared.send(self.place(), To::Witness(witness), letter);
            }
        }
        if self.memory.behind.is_some() && shared.defect != Some(Defect::NoMirrors) {
            let letter = Letter::AskLeaves {
                asker,
                country,
                from: self.size(),
            };
            let witness = shared.random.index(WITNESSES);
            shared.send(self.place(), To::Witness(witness), letter);
        }
    }

    fn ask_for_cosignatures(&mut self, shared: &mut Shared) {
        if self.witnessed_size() >= self.size() || !self.may_write(shared) {
            return;
        }
        for witness in 0..WITNESSES {
            let waited = shared.now_ms.saturating_sub(self.memory.asked_ms[witness]);
            if waited >= WITNESS_RETRY_MS {
                self.ask_witness(shared, witness);
            }
        }
    }

    fn ask_witness(&mut self, shared: &mut Shared, witness: usize) {
        let (size, head) = self.head_to_cosign(shared);
        let old_size = self.memory.cosigned[witness].min(size);
        let proof = if old_size == 0 || old_size == size {
            Vec::new()
        } else {
            self.memory.tree.consistency(old_size, size).unwrap()
        };
        let request = AddCheckpoint {
            old_size,
            proof,
            checkpoint: head.clone(),
        };
        let note = SignedNote::parse(&head).unwrap();
        self.memory.collecting.entry(size).or_insert(note);
        self.memory.asked_ms[witness] = shared.now_ms;
        let letter = Letter::AddCheckpoint {
            asker: self.asker(),
            body: request.to_string().into(),
            leaves: self.memory.leaves[..size as usize].to_vec(),
        };
        shared.send(self.place(), To::Witness(witness), letter);
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

    /// Rule R8: verify, pin, step, record.
    fn take(&mut self, shared: &mut Shared, bundle: &str) -> Result<(), FaultCode> {
        let unverified = Unverified::read(bundle.as_bytes())?;
        let members = self.members(shared);
        let quorum = shared.quorum();
        let verified = shared
            .verifier
            .check(&members, unverified.checkpoint(), quorum)?;
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
    fn heads(&mut self, country: usize) -> &mut Heads {
        let pin = self.memory.state.pin(party(country));
        let heads = self.memory.heads.entry(country);
        heads.or_insert_with(|| Heads::new(pin.map(|pin| (pin.size, pin.root))))
    }

    /// A consistency proof came: what waited for it goes on.
    fn joined(
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
    fn act(&mut self, shared: &mut Shared, proven: ProvenRecord) -> Result<(), FaultCode> {
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
    fn answer(&mut self, shared: &mut Shared, message: &Message) {
        if let Some(bundle) = self.bundle(shared, message.leaf) {
            let to = To::Country(country_of(message.to));
            shared.send(self.place(), to, Letter::Bundles(vec![bundle]));
        }
    }

    /// A witness answered a request to cosign.
    fn answered(
        &mut self,
        shared: &mut Shared,
        witness: usize,
        size: u64,
        status: u16,
        body: &str,
    ) {
        match status {
            200 => {
                self.memory.cosigned[witness] = size;
                self.cosigned(shared, size, body);
            }
            409 => {
                let Ok(stored) = body.trim_end().parse::<u64>() else {
                    return;
                };
                self.memory.cosigned[witness] = stored;
                if stored > self.size() {
                    self.ask_latest(shared, witness);
                } else if self.may_write(shared) {
                    self.ask_witness(shared, witness);
                }
            }
            422 => self.ask_latest(shared, witness),
            _ => {}
        }
    }

    fn ask_latest(&mut self, shared: &mut Shared, witness: usize) {
        let (asker, country) = (self.asker(), self.country);
        let letter = Letter::AskLatest { asker, country };
        shared.send(self.place(), To::Witness(witness), letter);
    }

    /// A cosignature: with enough of them, the head counts.
    fn cosigned(&mut self, shared: &mut Shared, size: u64, body: &str) {
        if size <= self.witnessed_size() || size > self.size() {
            return;
        }
        let quorum = match shared.defect {
            Some(Defect::QuorumOfTwo) => 2,
            _ => QUORUM,
        };
        let key = log_key(self.country, self.generation_at(size)).verifier();
        let keys = std::slice::from_ref(key);
        let Some(note) = self.memory.collecting.get_mut(&size) else {
            return;
        };
        let is_known =
            |line: &SignatureLine| note.signatures().iter().any(|it| it.name() == line.name());
        let offered: Vec<SignatureLine> = body
            .split_inclusive('\n')
            .filter_map(|line| SignatureLine::parse(line).ok())
            .filter(|line| !is_known(line))
            .collect();
        for line in shared
            .verifier
            .policy(keys, quorum)
            .cosignatures(note.text(), &offered)
        {
            note.add(line).unwrap();
        }
        // The first line is the log's own.
        if note.signatures().len() <= quorum {
            return;
        }
        let text = note.to_string();
        if shared.verifier.check_by(keys, note, &text, quorum).is_ok() {
            shared.tell(|| format!("{} has a quorum for {size}", self.name()));
            self.disk.witnessed = Some((size, text));
            self.memory.collecting = self.memory.collecting.split_off(&(size + 1));
            self.announce(shared, size);
        }
    }

    /// Own leaves up to `to` may leave now.
    pub(crate) fn announce(&mut self, shared: &Shared, to: u64) {
        for index in self.memory.announced..to {
            let leaf = &self.memory.leaves[index as usize];
            let Ok(record) = Record::decode(leaf) else {
                continue;
            };
            let body = &record.body;
            let state = &self.memory.state;
            self.memory.schedule.forget_ended(state, body);
            let event = StepEvent::Witnessed { index, body };
            let outcome = step(state, state.time_ms(), event).unwrap();
            for message in outcome.effects {
                self.memory.schedule.ensure(message, shared.now_ms);
            }
        }
        self.memory.announced = self.memory.announced.max(to);
    }

    /// A witness says how far this ledger went. Only the own signature is believed.
    fn latest(&mut self, shared: &mut Shared, witness: usize, note: Option<&str>) {
        let members = self.members(shared);
        let surviving = members.get(&self.country).and_then(survived);
        let head = note.and_then(|note| {
            let (note, head) = Checkpoint::parse_note(note).ok()?;
            // Where the registry named a line, the old key signs nothing above it, and what lies beside it is dead.
            let is_named = surviving.is_some();
            let first = if is_named && head.size > surviving?.size {
                generations() - 1
            } else {
                0
            };
            let mut own = (first..generations()).map(|it| log_key(self.country, it).verifier());
            let is_own = head.origin == origin(self.country).as_str()
                && own.any(|key| note.verify([key]).is_ok());
            let is_dead = surviving.is_some_and(|line| {
                head.size <= line.size && !self.memory.tree.extends(head.size, &head.root)
            });
            (is_own && !is_dead).then_some(head)
        });
        self.memory.answered.insert(witness);
        let Some(head) = head else {
            return;
        };
        self.memory.cosigned[witness] = head.size;
        if head.size > self.size() {
            let known = self.memory.behind.map_or(0, |behind| behind.size);
            if head.size > known && !self.is_liar {
                shared.checks.count("found behind");
                shared.tell(|| format!("{} finds itself behind: {}", self.name(), head.size));
                self.memory.behind = Some(Head {
                    size: head.size,
                    root: head.root,
                });
            }
        } else if head.size > 0 && !self.memory.tree.extends(head.size, &head.root) {
            self.memory.is_forked = true;
        }
    }

    /// Missing leaves came from a mirror: they are ours if they lead to the head that a witness showed.
    fn recover(&mut self, shared: &mut Shared, from: u64, leaves: &[Leaf]) {
        let Some(behind) = self.memory.behind else {
            return;
        };
        let missing = (behind.size.saturating_sub(self.size())) as usize;
        if from != self.size() || leaves.len() < missing || missing == 0 {
            return;
        }
        if !crate::checks::continues(
            &self.memory.tree,
            &[self.memory.leaves.as_slice(), &leaves[..missing]].concat(),
            behind.size,
            &behind.root,
        ) {
            shared.tell(|| format!("{}: a mirror does not lead to its head", self.name()));
            return;
        }
        for block in in_blocks(&leaves[..missing]) {
            if !self.replay(&block) {
                self.memory.is_forked = true;
                return;
            }
            if !self.put(shared, block) {
                return;
            }
        }
        shared.checks.count("recovered from mirrors");
        shared.tell(|| format!("{} has recovered up to {}", self.name(), self.size()));
        self.memory.behind = None;
        self.sign();
        shared.checks.acknowledged(self.id, &self.memory.tree);
    }

    /// Evidence came: it is checked, kept, handed on, and nothing new begins with that ledger.
    fn accuse(&mut self, shared: &mut Shared, text: &Rc<str>) {
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
