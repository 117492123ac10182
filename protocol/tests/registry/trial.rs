//! Ledgers in which every single step is checked against every rule.

use countersign_protocol::federation::{Event, ProvenRecord, step};
use countersign_protocol::log::leaf_hash;
use countersign_protocol::party::Party;
use countersign_protocol::record::{Body, MAX_RECORD_BYTES, Record};
use countersign_protocol::registry::{
    At, Command, Key, NoSettledTransfers, Refusal, State, TransferKey, Value, apply, plan,
};
use std::sync::{Arc, LazyLock};

use crate::deed::{COUNTRIES, Deed, forged, intent, raw};
use crate::support::invariants::{check, flags_are_kept, same};
use crate::support::world::{countries, settle};
use crate::support::{Ledger, TRADING};

/// How often each kind of thing happened: a run in which nothing succeeds proves nothing.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tally {
    pub(crate) intents: u32,
    pub(crate) raw: u32,
    pub(crate) raw_refused: u32,
    pub(crate) acquired: u32,
    pub(crate) refused: u32,
    pub(crate) finalised: u32,
    pub(crate) released: u32,
    pub(crate) came_home: u32,
}

/// Three countries that have each sent units to both others already.
static TRADED: LazyLock<Vec<Ledger>> = LazyLock::new(|| {
    let mut ledgers = countries(&["GH", "CH", "VU"]);
    assert_eq!(ledgers.len(), COUNTRIES);
    for ledger in &mut ledgers {
        ledger.issue(TRADING, 100);
    }
    let parties: Vec<Party> = ledgers.iter().map(|ledger| ledger.party).collect();
    for ledger in &mut ledgers {
        let own = ledger.party;
        for partner in parties.iter().filter(|party| **party != own) {
            ledger.send(*partner, 15, 1);
        }
    }
    settle(&mut ledgers);
    ledgers
});

pub(crate) struct Trial {
    pub(crate) ledgers: Vec<Ledger>,
    pub(crate) tally: Tally,
}

impl Trial {
    pub(crate) fn new() -> Self {
        Self {
            ledgers: TRADED.clone(),
            tally: Tally::default(),
        }
    }

    pub(crate) fn run(&mut self, deed: &Deed) {
        match deed {
            Deed::Intent { at, what } => {
                let command = intent(&self.ledgers[*at], what);
                if submit(&mut self.ledgers[*at], &command).is_ok_and(|written| written > 0) {
                    self.tally.intents += 1;
                }
            }
            Deed::Raw { at, what } => {
                let body = raw(&self.ledgers[*at], what);
                match write(&mut self.ledgers[*at], body) {
                    Ok(()) => self.tally.raw += 1,
                    Err(_) => self.tally.raw_refused += 1,
                }
            }
            Deed::Deliver { from, to, leaf } => {
                let leaves = self.ledgers[*from].leaves.len() as u64;
                let leaf = self.transfer_leaf(*from, *leaf);
                let size = leaves.min(leaf + 2);
                let proven = self.ledgers[*from].prove_under(leaf, size);
                let to = self.addressee(*from, &proven.record.body).unwrap_or(*to);
                if *from != to {
                    self.receive(to, &proven);
                }
            }
            Deed::Courier => self.carry_all(),
            Deed::Forged { from, to, what } if from != to => {
                let proven = forged(&self.ledgers[*from], &self.ledgers[*to], what);
                self.receive(*to, &proven);
            }
            Deed::Tick { at, ms } => self.ledgers[*at].time_ms += u64::from(*ms),
            Deed::Restart { at } => restart(&mut self.ledgers[*at]),
            Deed::Forged { .. } => {}
        }
    }

    fn index_of(&self, party: Party) -> Option<usize> {
        self.ledgers.iter().position(|ledger| ledger.party == party)
    }

    /// To whom an honest country would send the record.
    fn addressee(&self, from: usize, body: &Body) -> Option<usize> {
        let sent = |id| {
            let transfer = self.ledgers[from].state.transfer(&TransferKey::Out(id));
            transfer.map(|transfer| transfer.partner)
        };
        let party = match body {
            Body::Lock(it) => it.destination,
            Body::AskCancel(it) => it.destination,
            Body::Acquire(it) => it.source,
            Body::Refuse(it) => it.source,
            Body::Finalise(it) => sent(it.transfer)?,
            Body::Release(it) => sent(it.transfer)?,
            _ => return None,
        };
        self.index_of(party)
    }

    fn carry_all(&mut self) {
        for from in 0..COUNTRIES {
            for message in self.ledgers[from].outbox() {
                let proven = self.ledgers[from].prove(message.leaf);
                if let Some(to) = self.index_of(message.to) {
                    self.receive(to, &proven);
                }
            }
        }
    }

    /// Mostly a leaf that crosses borders; otherwise any.
    fn transfer_leaf(&self, from: usize, pick: u16) -> u64 {
        let leaves = &self.ledgers[from].leaves;
        let crossing: Vec<u64> = (0..)
            .zip(leaves)
            .filter(|(_, leaf)| {
                matches!(
                    leaf.body,
                    Body::Lock(_)
                        | Body::AskCancel(_)
                        | Body::Acquire(_)
                        | Body::Refuse(_)
                        | Body::Finalise(_)
                        | Body::Release(_)
                )
            })
            .map(|(index, _)| index)
            .collect();
        if crossing.is_empty() || pick.is_multiple_of(16) {
            u64::from(pick) % leaves.len() as u64
        } else {
            crossing[usize::from(pick) % crossing.len()]
        }
    }

    /// A proven leaf is answered, or refused by its number; what the step writes, the registry takes.
    fn receive(&mut self, to: usize, proven: &ProvenRecord) {
        let ledger = &mut self.ledgers[to];
        let before = ledger.leaves.len();
        let judged = step(&ledger.state, ledger.time_ms, Event::Proven(proven));
        let command = Command::Proven(Box::new(proven.clone()));
        match (judged, submit(ledger, &command)) {
            (Ok(outcome), Ok(written)) => {
                assert_eq!(outcome.records.len(), written);
                if let Body::Lock(lock) = &proven.record.body {
                    let source = ledger
                        .state
                        .partners()
                        .find(|partner| partner.origin == proven.proof.origin);
                    let answer = ledger.received(source.unwrap().party, lock.transfer);
                    assert!(answer.is_some(), "a proven lock without an answer");
                }
            }
            (Err(fault), Err(Refusal::Fault(same))) => assert_eq!(fault, same),
            (judged, submitted) => {
                panic!("the step says {judged:?}, the writer {submitted:?}, of {proven:?}")
            }
        }
        for leaf in &ledger.leaves[before..] {
            match &leaf.body {
                Body::Acquire(it) => {
                    let own = ledger.party;
                    let home = it.blocks.iter().any(|block| block.range().origin() == own);
                    self.tally.came_home += u32::from(home);
                    self.tally.acquired += 1;
                }
                Body::Refuse(_) => self.tally.refused += 1,
                Body::Finalise(_) => self.tally.finalised += 1,
                Body::Release(_) => self.tally.released += 1,
                _ => {}
            }
        }
    }

    /// Every ledger, replayed from its bytes and loaded from its values, is the state that it became.
    pub(crate) fn replays(&mut self) {
        for ledger in &mut self.ledgers {
            let mut state = State::default();
            for (index, leaf) in (0..).zip(&ledger.leaves) {
                let bytes = leaf.encode();
                let record = Record::decode(&bytes).unwrap();
                assert_eq!(record, *leaf);
                let hash = leaf_hash(&bytes);
                apply(&mut state, At { index, hash }, &record).unwrap();
            }
            assert!(same(&state, &ledger.state), "replay");
            restart(ledger);
        }
    }
}

/// Ends the block and goes on with the state as its store would give it back.
fn restart(ledger: &mut Ledger) {
    let head = ledger.state.head();
    if head.is_none_or(|head| head.index + 1 < ledger.state.size()) {
        ledger.end_block();
    }
    let stored: Vec<(Vec<u8>, Vec<u8>)> = ledger
        .state
        .values()
        .map(|(key, value)| (key.to_bytes().unwrap(), value.to_bytes().unwrap()))
        .collect();
    let values = stored.iter().map(|(key, value)| {
        (
            Key::from_bytes(key).unwrap(),
            Value::from_bytes(value).unwrap(),
        )
    });
    let loaded = State::load(values, ledger.state.digest(), Arc::new(NoSettledTransfers)).unwrap();
    assert!(same(&loaded, &ledger.state), "as loaded");
    ledger.state = loaded;
}

fn value_of(state: &State, key: &Key) -> Option<Value> {
    let found = state.values().find(|(known, _)| known == key);
    found.map(|(_, value)| value)
}

/// One record, with every rule checked before and after.
fn write(ledger: &mut Ledger, body: Body) -> Result<(), Refusal> {
    let before = ledger.state.clone();
    let kind = body.kind();
    match ledger.write(body) {
        Err(refusal) => {
            assert!(
                same(&before, &ledger.state),
                "{kind}: {refusal}: the state changed"
            );
            assert!(!refusal.to_string().is_empty() && !refusal.code().is_empty());
            assert!(
                !matches!(refusal, Refusal::DoubleEntry(_)),
                "{kind}: {refusal}: double entry is the last net, not a rule for records"
            );
            Err(refusal)
        }
        Ok(applied) => {
            let written = ledger.leaves.last().unwrap().encode().len();
            assert!(written <= MAX_RECORD_BYTES, "{kind} of {written} bytes");
            let after = ledger.state.clone();
            let sum: i128 = applied
                .postings
                .iter()
                .map(|posting| i128::from(posting.tonnes))
                .sum();
            assert_eq!(sum, 0, "postings of {kind}");
            for change in &applied.changes {
                assert_eq!(value_of(&before, &change.key), change.before, "{kind}");
                assert_eq!(value_of(&after, &change.key), change.after, "{kind}");
            }
            assert_eq!(
                applied.encoded.len(),
                applied.changes.len(),
                "{kind}: what a store keeps"
            );
            check(&after);
            flags_are_kept(&before, &after);
            let mut reverted = after;
            reverted.revert(&applied);
            assert!(
                same(&before, &reverted),
                "{kind}: reverting does not restore the state"
            );
            Ok(())
        }
    }
}

/// What apply may still hold against a planned record: terms that the planner leaves to it.
fn may_refuse_a_plan(command: &Command, refusal: &Refusal) -> bool {
    use Refusal as R;
    match command {
        Command::RegisterOrganisation { .. } => false,
        Command::OpenAccount { .. } | Command::RegisterProject { .. } => {
            matches!(refusal, R::UnknownOrganisation(_))
        }
        Command::Issue { .. } => matches!(
            refusal,
            R::UnknownAccount(_) | R::UnknownProject(_) | R::Overflow
        ),
        Command::Hold { .. } => matches!(refusal, R::UnknownAccount(_) | R::NotHeld { .. }),
        Command::Transfer { .. } => matches!(refusal, R::UnknownAccount(_) | R::SameAccount(_)),
        Command::Send { .. } => matches!(
            refusal,
            R::PartnerFrozen(_)
                | R::UnknownAgreement { .. }
                | R::NotAgreed { .. }
                | R::AgreementUsedUp { .. }
                | R::ExpiryTooSoon { .. }
                | R::TransferStage { .. }
        ),
        Command::Cancel { .. } => matches!(refusal, R::TransferStage { .. }),
        Command::SetPartner(_) => matches!(refusal, R::OwnParty(_) | R::WrongLog { .. }),
        Command::SetAgreement(_) => matches!(refusal, R::UnknownPartner(_) | R::NotAgreed { .. }),
        Command::Retire { .. }
        | Command::RotateKey { .. }
        | Command::Proven(_)
        | Command::Accuse(_)
        | Command::Clear(_)
        | Command::Closed(_) => false,
        // Nobody places such holds here.
        Command::PlaceHold(_)
        | Command::LiftHold(_)
        | Command::HonourFreeze(_)
        | Command::EndFreeze(_)
        | Command::Compared(_) => false,
        // These countries run without a process.
        Command::AdoptProcess { .. }
        | Command::AdoptApproved(_)
        | Command::Enrol { .. }
        | Command::OpenCase(_)
        | Command::Act(_)
        | Command::Finding(_)
        | Command::MigrateCase(_)
        | Command::TrustReceiver(_) => matches!(refusal, R::NoProcess),
        // Nobody keeps a cooperative approach here.
        Command::Article6(_) | Command::Levels(_) | Command::AuthoriseUnits { .. } => {
            matches!(refusal, R::Article6(_))
        }
        Command::IssueLetter(_) => matches!(refusal, R::LetterNotOwed { .. }),
    }
}

/// One intent as the writer serves it; returns how many records it became.
fn submit(ledger: &mut Ledger, command: &Command) -> Result<usize, Refusal> {
    let before = ledger.clone();
    let bodies = plan(&ledger.state, ledger.time_ms, command)?;
    let again = plan(&ledger.state, ledger.time_ms, command).unwrap();
    assert_eq!(bodies, again, "planning is deterministic");
    let count = bodies.len();
    for (place, body) in bodies.into_iter().enumerate() {
        let is_last = place + 1 == count;
        if let Err(refusal) = write(ledger, body) {
            assert!(
                is_last && may_refuse_a_plan(command, &refusal),
                "planned for {command:?} and refused: {refusal}"
            );
            *ledger = before;
            return Err(refusal);
        }
    }
    Ok(count)
}
