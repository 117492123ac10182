//! Rows of what happened: made once from each record, and never changed.

use std::collections::{BTreeMap, BTreeSet};

use countersign_bridge::event::article6_subject;
use countersign_protocol::id::{AccountId, TransferId};
use countersign_protocol::party::Party;
use countersign_protocol::record::{
    ActedBy, Article6, Body, CaseAct, CaseOpened, Claim, Commitment, Fate, FindingStep, HoldOn,
    HoldPlaced, Purpose, Reservation, Retire, RetireKind, Transfer as Moved,
};
use countersign_protocol::registry::{CaseEnd, Key, LedgerAccount, Transfer, TransferKey, Value};
use countersign_protocol::units::UnitRange;
use countersign_protocol::workflow::SubjectKind;

use super::ProjectionError;
use super::db::Cell;
use super::query::USE_NOTICES;
use super::rows::{attributes, party, word_of};
use super::source::Source;
use super::table::{ARTICLE6, CASE_ACTS, LETTERS, RANGE_EVENTS, RETIREMENTS, Rows};
use super::touched::Touched;
use crate::ledger::replay::ReadLeaf;

/// Units that wait on hold for the end of their cases.
#[derive(Debug, Default)]
pub(super) struct Reservations {
    pub(super) open: BTreeMap<u64, Reservation>,
    /// Cases whose reservation changed since the last write.
    pub(super) changed: BTreeSet<u64>,
}

/// What the records of a batch say.
pub(super) struct History {
    pub(super) events: Rows,
    pub(super) acts: Rows,
    pub(super) retirements: Rows,
    pub(super) letters: Rows,
    pub(super) article6: Rows,
    pub(super) touched: Touched,
}

/// What happened to a range, besides when and to which.
#[derive(Default)]
struct Event {
    kind: &'static str,
    from: Option<AccountId>,
    to: Option<AccountId>,
    party: Option<Party>,
    reference: Option<String>,
}

/// Units that ended.
struct Ended<'a> {
    account: AccountId,
    ranges: &'a [UnitRange],
    kind: RetireKind,
    purpose: Purpose,
    beneficiary: Option<Commitment>,
    claim: &'a Claim,
    case: Option<u64>,
}

/// One leaf being read.
struct Leaf<'a> {
    source: &'a dyn Source,
    index: u64,
    time_ms: u64,
    /// Rows of this leaf so far.
    position: u32,
}

impl History {
    pub(super) const fn new(touched: Touched) -> Self {
        Self {
            events: Rows::of(&RANGE_EVENTS),
            acts: Rows::of(&CASE_ACTS),
            retirements: Rows::of(&RETIREMENTS),
            letters: Rows::of(&LETTERS),
            article6: Rows::of(&ARTICLE6),
            touched,
        }
    }

    /// Takes what a leaf says.
    pub(super) fn take(
        &mut self,
        source: &dyn Source,
        reservations: &mut Reservations,
        leaf: &ReadLeaf,
    ) -> Result<(), ProjectionError> {
        let at = leaf.index;
        let mut it = Leaf {
            source,
            index: at,
            time_ms: leaf.record.time_ms,
            position: 0,
        };
        match &leaf.record.body {
            Body::Genesis(_)
            | Body::BlockHeader(_)
            | Body::TrustedReceiver(_)
            | Body::KeyRotation(_)
            | Body::Agreement(_)
            | Body::ProcessPart(_)
            | Body::ProcessAdopted(_) => {}
            Body::Article6(new) => self.article6(&mut it, new),
            Body::Organisation(new) => self.touched.organisation(new.id, at),
            Body::Account(new) => self.touched.account(new.id, at),
            Body::Project(new) => drop(self.touched.projects.insert(new.number, at)),
            Body::Partner(new) => drop(self.touched.partners.insert(new.party, at)),
            Body::LedgerAccused(it) => drop(self.touched.partners.insert(it.party, at)),
            Body::LedgerCleared(it) => drop(self.touched.partners.insert(it.party, at)),
            Body::PositionsCompared(it) => drop(self.touched.partners.insert(it.party, at)),
            Body::CaseOpened(new) => self.opened(&it, new),
            Body::CaseMigrated(moved) => {
                self.touched.cases.insert(moved.case);
                self.touched.migrated.insert(moved.case);
                self.act(&it, moved.case, None, "migrated", moved.by.first());
            }
            Body::FindingOpened(finding) => {
                self.touched.cases.insert(finding.case);
                self.act(&it, finding.case, None, "finding_opened", Some(&finding.by));
            }
            Body::FindingAnswered(step) => self.finding(&it, "finding_answered", step),
            Body::FindingClosed(step) => self.finding(&it, "finding_closed", step),
            Body::LetterIssued(letter) => self.letters.push([
                Cell::from(at),
                Cell::from(letter.case),
                Cell::from(letter.act),
                Cell::text(letter.letter.as_str()),
                Cell::text(letter.language.as_str()),
                Cell::text(hex::encode(letter.sha256)),
                Cell::from(it.time_ms),
            ]),
            Body::FreezeHonoured(freeze) => {
                let event = Event::of("freeze_honoured").with(freeze.party);
                self.ranges(&mut it, &freeze.ranges, &event.about(&freeze.hold));
            }
            Body::FreezeEnded(_) => {}
            Body::HoldPlaced(hold) => self.ordered(&mut it, "hold_placed", hold),
            Body::HoldLifted(lifted) => {
                let known = source.value(&Key::Hold(lifted.hold))?;
                if let Some(Value::Hold(known)) = known {
                    self.ordered(&mut it, "hold_lifted", &known.placed);
                }
            }
            Body::CaseAct(act) => self.acted(&mut it, reservations, act)?,
            body @ (Body::Issuance(_) | Body::Split(_) | Body::Hold(_)) => {
                self.moved(&mut it, body)?;
            }
            Body::Transfer(moved) => {
                let case = self.carried_out(reservations, moved.from, &|it| {
                    it.fate == Fate::Transfer { to: moved.to } && it.ranges == moved.ranges
                });
                self.transferred(&mut it, moved, case);
            }
            Body::Retire(retired) => {
                let case = self.carried_out(reservations, retired.account, &|it| {
                    matches!(it.fate, Fate::Retire { .. }) && it.ranges == retired.ranges
                });
                self.retired(&mut it, retired, case)?;
            }
            body @ Body::Lock(lock) => {
                self.carried_out(
                    reservations,
                    lock.from,
                    &|it| matches!(&it.fate, Fate::Send(sending) if sending.nonce == lock.nonce),
                );
                self.crossed(&mut it, body)?;
            }
            body @ (Body::AskCancel(_)
            | Body::Finalise(_)
            | Body::Release(_)
            | Body::Acquire(_)
            | Body::Refuse(_)
            | Body::SourceSettled(_)) => self.crossed(&mut it, body)?,
        }
        Ok(())
    }

    /// A finding goes on, in its own case or in a later one of the project.
    fn finding(&mut self, it: &Leaf<'_>, answer: &'static str, step: &FindingStep) {
        let case = step.within.unwrap_or(step.case);
        self.touched.cases.extend([step.case, case]);
        self.act(it, case, None, answer, Some(&step.by));
    }

    /// A hold that somebody ordered: where it names units, they stay where they are and remember it.
    fn ordered(&mut self, it: &mut Leaf<'_>, kind: &'static str, hold: &HoldPlaced) {
        if let HoldOn::Ranges(ranges) = &hold.on {
            let event = Event::of(kind).about(&format_args!("hold {}", hold.hold));
            self.ranges(it, ranges, &event);
        }
    }

    /// Records of Article 6: of units what became of them, of everything else, and of notices, where they are.
    fn article6(&mut self, it: &mut Leaf<'_>, new: &Article6) {
        match new {
            Article6::UnitsAuthorised(new) => {
                let event = Event::of("authorised").about(&new.authorisation);
                self.ranges(it, &new.ranges, &event);
            }
            Article6::UseNotified(new) => {
                let event = Event::of("use_notified").with(new.party);
                self.ranges(it, &new.ranges, &event.about(&new.reference));
                let ranges = new.ranges.iter();
                ranges.for_each(|range| self.touched.came_in(*range));
                self.about(it, USE_NOTICES.to_owned());
            }
            Article6::CooperativeApproach(_)
            | Article6::InitialReport(_)
            | Article6::Ndc(_)
            | Article6::EmissionsLevel(_)
            | Article6::AuthorisedEntity(_)
            | Article6::Authorisation(_)
            | Article6::AuthorisationRevoked(_) => self.about(it, article6_subject(new)),
        }
    }

    fn about(&mut self, it: &Leaf<'_>, subject: String) {
        self.article6.push([
            Cell::from(it.index),
            Cell::text(subject),
            Cell::from(it.time_ms),
        ]);
    }

    /// Records that place units.
    fn moved(&mut self, it: &mut Leaf<'_>, body: &Body) -> Result<(), ProjectionError> {
        match body {
            Body::Issuance(new) => {
                self.touched.account(new.account, it.index);
                let event = Event::of("issuance").to(new.account);
                self.ranges(it, &[new.range], &event);
            }
            Body::Split(split) => {
                let event = Event::of("split").about(&split.at);
                self.ranges(it, &[split.range], &event);
                self.touched.number(split.range.origin(), split.at);
            }
            Body::Hold(hold) => {
                self.touched.account(hold.account, it.index);
                let kind = if hold.lift { "lift" } else { "hold" };
                let event = Event::of(kind).from(hold.account).to(hold.account);
                self.ranges(it, &hold.ranges, &event.about(&hold.reason));
            }
            _ => {}
        }
        Ok(())
    }

    /// The case whose reserved units a record takes out of an account, where there is one: it has none any more.
    fn carried_out(
        &mut self,
        reservations: &mut Reservations,
        account: AccountId,
        is_it: &dyn Fn(&Reservation) -> bool,
    ) -> Option<u64> {
        let mut open = reservations.open.iter();
        let (case, _) = open.find(|(_, it)| it.account == account && is_it(it))?;
        let case = *case;
        reservations.open.remove(&case);
        reservations.changed.insert(case);
        self.touched.cases.insert(case);
        Some(case)
    }

    fn transferred(&mut self, it: &mut Leaf<'_>, moved: &Moved, case: Option<u64>) {
        self.touched.account(moved.from, it.index);
        self.touched.account(moved.to, it.index);
        let event = Event::of("transfer").from(moved.from).to(moved.to);
        let event = match case {
            Some(case) => event.about(&in_case(case)),
            None => event,
        };
        self.ranges(it, &moved.ranges, &event);
    }

    fn retired(
        &mut self,
        it: &mut Leaf<'_>,
        retired: &Retire,
        case: Option<u64>,
    ) -> Result<(), ProjectionError> {
        let Retire {
            account,
            ranges,
            kind,
            purpose,
            beneficiary,
            claim,
        } = retired;
        self.touched.account(*account, it.index);
        let ended = Ended {
            account: *account,
            ranges,
            kind: *kind,
            purpose: *purpose,
            beneficiary: *beneficiary,
            claim,
            case,
        };
        self.ended(it, &ended)
    }

    /// Records of transfers between countries.
    fn crossed(&mut self, it: &mut Leaf<'_>, body: &Body) -> Result<(), ProjectionError> {
        match body {
            Body::Lock(lock) => {
                self.touched.account(lock.from, it.index);
                self.touched
                    .transfers
                    .insert(TransferKey::Out(lock.transfer));
                let event = Event::of("lock").from(lock.from).with(lock.destination);
                let ranges: Vec<UnitRange> = lock.blocks.iter().map(|it| it.range()).collect();
                self.ranges(it, &ranges, &event.about(&lock.transfer));
            }
            Body::AskCancel(ask) => {
                self.touched
                    .transfers
                    .insert(TransferKey::Out(ask.transfer));
            }
            Body::Finalise(end) => self.left(it, end.transfer, Event::of("finalise"))?,
            Body::Release(end) => self.left(it, end.transfer, Event::of("release"))?,
            Body::Acquire(new) => {
                self.touched.account(new.account, it.index);
                let key = TransferKey::In(new.source, new.transfer);
                self.touched.transfers.insert(key);
                let event = Event::of("acquire").to(new.account).with(new.source);
                let ranges: Vec<UnitRange> = new.blocks.iter().map(|it| it.range()).collect();
                self.ranges(it, &ranges, &event.about(&new.transfer));
                ranges.iter().for_each(|range| self.touched.came_in(*range));
            }
            Body::Refuse(refuse) => {
                let key = TransferKey::In(refuse.source, refuse.transfer);
                self.touched.transfers.insert(key);
            }
            Body::SourceSettled(end) => {
                let key = TransferKey::In(end.source, end.transfer);
                self.touched.transfers.insert(key);
            }
            _ => {}
        }
        Ok(())
    }

    /// The source's end of a transfer: the units are those of the lock, which the registry remembers for ever.
    fn left(
        &mut self,
        it: &mut Leaf<'_>,
        id: TransferId,
        event: Event,
    ) -> Result<(), ProjectionError> {
        let key = TransferKey::Out(id);
        self.touched.transfers.insert(key);
        if let Some(Value::Transfer(Transfer {
            partner,
            terms: Some(terms),
            ..
        })) = it.source.value(&Key::Transfer(key))?
        {
            self.touched.account(terms.account, it.index);
            let ranges: Vec<UnitRange> = terms.blocks.iter().map(|it| it.range()).collect();
            let event = match event.kind {
                "release" => event.to(terms.account),
                _ => event.from(terms.account),
            };
            self.ranges(it, &ranges, &event.with(partner).about(&id));
        }
        Ok(())
    }

    fn ended(&mut self, it: &mut Leaf<'_>, ended: &Ended<'_>) -> Result<(), ProjectionError> {
        let kind = match ended.kind {
            RetireKind::Retire => "retire",
            RetireKind::Cancel => "cancel",
        };
        let first = it.position;
        let event = Event::of(kind).from(ended.account);
        self.ranges(it, ended.ranges, &event.about(&word_of(&ended.purpose)));
        let organisation = match it.source.value(&Key::Account(ended.account))? {
            Some(Value::Account(account)) => Some(account.organisation.0),
            _ => None,
        };
        for (range, position) in ended.ranges.iter().zip(first..) {
            // What has ended stays as it is, so the value of today is the value of that day.
            let key = Key::Holding(range.origin(), range.first());
            let Some(Value::Holding(holding)) = it.source.value(&key)? else {
                continue;
            };
            let [
                unit_type,
                scope,
                project,
                vintage,
                reserved,
                issued_at,
                split,
                first,
                authorisation,
            ] = attributes(&holding.block);
            self.retirements.push([
                Cell::from(it.index),
                Cell::from(position),
                Cell::from(it.time_ms),
                Cell::from(ended.account.0),
                Cell::number(organisation),
                Cell::word(kind),
                Cell::text(word_of(&ended.purpose)),
                Cell::shown(ended.beneficiary.map(|it| hex::encode(it.0))),
                Cell::shown(ended.claim.reason.as_ref()),
                Cell::shown(ended.claim.jurisdiction),
                Cell::number(ended.case),
                party(range.origin()),
                Cell::from(range.first()),
                Cell::from(range.last()),
                unit_type,
                scope,
                project,
                vintage,
                reserved,
                issued_at,
                split,
                first,
                authorisation,
            ]);
        }
        Ok(())
    }

    fn opened(&mut self, it: &Leaf<'_>, new: &CaseOpened) {
        self.touched.cases.insert(new.case);
        self.act(it, new.case, None, "opened", Some(&new.by));
    }

    /// An act, whatever it brought about: standings are read again for everybody whom the case is about, and the
    /// postings of its account say what became of reserved units.
    fn acted(
        &mut self,
        it: &mut Leaf<'_>,
        reservations: &mut Reservations,
        act: &CaseAct,
    ) -> Result<(), ProjectionError> {
        self.touched.cases.insert(act.case);
        let answer = if act.no { "no" } else { "yes" };
        self.act(
            it,
            act.case,
            Some(act.step.as_str()),
            answer,
            act.by.as_ref(),
        );
        if let Some(Value::Case(case)) = it.source.value(&Key::Case(act.case))? {
            for owner in &case.case.subject.owners {
                self.touched.organisation(*owner, it.index);
                if case.kind == SubjectKind::Organisation {
                    self.touched.stood.insert(*owner);
                }
            }
            if case.kind == SubjectKind::Organisation {
                self.cancelled(it, reservations)?;
            }
            if let Some(project) = case.project {
                self.touched.projects.insert(project, it.index);
            }
        }
        if let Some(before) = reservations.open.get(&act.case) {
            let hold = LedgerAccount::OnHold(before.account);
            let mut postings = it.source.postings(hold, it.index)?.into_iter();
            if postings.any(|tonnes| tonnes < 0) {
                let before = before.clone();
                reservations.open.remove(&act.case);
                reservations.changed.insert(act.case);
                self.freed(it, act.case, &before);
            }
        }
        if let Some(reservation) = &act.reservation {
            let account = reservation.account;
            self.touched.account(account, it.index);
            let event = Event::of("reserve").from(account).to(account);
            self.ranges(it, &reservation.ranges, &event.about(&in_case(act.case)));
            reservations.open.insert(act.case, reservation.clone());
            reservations.changed.insert(act.case);
        }
        Ok(())
    }

    /// Reserved units are free again.
    fn freed(&mut self, it: &mut Leaf<'_>, case: u64, before: &Reservation) {
        let account = before.account;
        self.touched.account(account, it.index);
        let event = Event::of("free").from(account).to(account);
        self.ranges(it, &before.ranges, &event.about(&in_case(case)));
    }

    /// An organisation that may not act any more has no open requests left: which ones ended with this leaf, they say
    /// themselves, for ever.
    fn cancelled(
        &mut self,
        it: &mut Leaf<'_>,
        reservations: &mut Reservations,
    ) -> Result<(), ProjectionError> {
        let open: Vec<u64> = reservations.open.keys().copied().collect();
        for number in open {
            let Some(Value::Case(case)) = it.source.value(&Key::Case(number))? else {
                continue;
            };
            let is_now = matches!(case.end, Some(CaseEnd::Standing { at, .. }) if at == it.index);
            if is_now && let Some(before) = reservations.open.remove(&number) {
                reservations.changed.insert(number);
                self.freed(it, number, &before);
            }
        }
        Ok(())
    }

    fn act(
        &mut self,
        it: &Leaf<'_>,
        case: u64,
        step: Option<&str>,
        answer: &'static str,
        by: Option<&ActedBy>,
    ) {
        self.acts.push([
            Cell::from(it.index),
            Cell::from(case),
            Cell::shown(step),
            Cell::word(answer),
            Cell::number(by.map(|by| by.organisation.0)),
            Cell::shown(by.map(|by| &by.organisation_type)),
            Cell::shown(by.map(|by| &by.role)),
            Cell::from(it.time_ms),
        ]);
    }

    /// The same event for every range, each of which is read again.
    fn ranges(&mut self, it: &mut Leaf<'_>, ranges: &[UnitRange], event: &Event) {
        for range in ranges {
            self.touched.range(*range);
            self.events.push([
                Cell::from(it.index),
                Cell::from(it.position),
                Cell::from(it.time_ms),
                Cell::word(event.kind),
                party(range.origin()),
                Cell::from(range.first()),
                Cell::from(range.last()),
                Cell::from(width(*range)),
                Cell::number(event.from.map(|it| it.0)),
                Cell::number(event.to.map(|it| it.0)),
                Cell::shown(event.party),
                Cell::shown(event.reference.as_deref()),
            ]);
            it.position += 1;
        }
    }
}

/// How wide a range is: the power of two that its tonnes reach. Ranges of one width that share a number begin less than
/// twice that power apart, which is how an index finds them.
pub(super) const fn width(range: UnitRange) -> u32 {
    range.tonnes().ilog2()
}

fn in_case(case: u64) -> String {
    format!("case {case}")
}

impl Event {
    fn of(kind: &'static str) -> Self {
        Self {
            kind,
            ..Self::default()
        }
    }

    fn from(self, account: AccountId) -> Self {
        Self {
            from: Some(account),
            ..self
        }
    }

    fn to(self, account: AccountId) -> Self {
        Self {
            to: Some(account),
            ..self
        }
    }

    fn with(self, party: Party) -> Self {
        Self {
            party: Some(party),
            ..self
        }
    }

    fn about(self, reference: &dyn std::fmt::Display) -> Self {
        Self {
            reference: Some(reference.to_string()),
            ..self
        }
    }
}
