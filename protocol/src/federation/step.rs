//! The transfer between two ledgers, as one pure step.
//!
//! `step(state, event) -> (records, effects)`: what a ledger writes and what it sends when a partner's leaf was proven or
//! an own leaf was witnessed. No clock, no network, no memory of its own: everything follows from the ledger, so a crash
//! loses nothing (rule R1). The same function runs in a node, in the model checker and in tests.

use crate::federation::{FaultCode, Unanswered};
use crate::id::TransferId;
use crate::party::Party;
use crate::record::{
    Acquire, AskCancel, Body, Finalise, Lock, Partner, PartnerStatus, ProofReference, Reason,
    Record, Refuse, Release, SourceSettled,
};
use crate::registry::{
    Direction, Refusal, State, TransferKey, TransferStage, TransferTerms, contradicts_pin,
    may_acquire, transfer_id,
};
use crate::units::{UnitBlock, UnitRange};
use serde::{Deserialize, Serialize};

/// A partner's record whose leaf was proven under a checkpoint with a witness quorum that continues the partner's pin.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ProvenRecord {
    /// Where it was proven.
    pub proof: ProofReference,
    /// What it says.
    pub record: Record,
}

/// What can happen to a ledger from the federation's side.
#[derive(Clone, Copy, Debug)]
pub enum Event<'a> {
    /// A partner's leaf was proven.
    Proven(&'a ProvenRecord),
    /// A partner's ledger is closed for ever, and its last tree holds no answer to a transfer.
    Closed(&'a Unanswered),
    /// An own leaf is now under a checkpoint that a quorum of witnesses has cosigned.
    Witnessed {
        /// The leaf's index.
        index: u64,
        /// What it says.
        body: &'a Body,
    },
}

/// Which message a leaf makes when it is sent with its proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MessageKind {
    /// A lock, to the destination.
    Offer,
    /// A cancel request, to the destination.
    CancelAsk,
    /// An acquisition or refusal, to the source.
    Receipt,
    /// The source's end, to the destination.
    Notice,
}

/// An own leaf that is to be sent, with its proof, to a partner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Message {
    /// To whom.
    pub to: Party,
    /// What it is.
    pub kind: MessageKind,
    /// Which transfer it is about.
    pub transfer: TransferId,
    /// The leaf to send.
    pub leaf: u64,
}

/// What a ledger does about an event.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Records to write, in order. Nothing is sent for them before they are witnessed.
    pub records: Vec<Body>,
    /// Messages to send, each as soon as its leaf is witnessed: an earlier answer that a repeat asks for again may not be
    /// witnessed yet (rule R2).
    pub effects: Vec<Message>,
}

impl Outcome {
    fn record(body: Body) -> Self {
        Self {
            records: vec![body],
            effects: Vec::new(),
        }
    }

    fn send(message: Message) -> Self {
        Self {
            records: Vec::new(),
            effects: vec![message],
        }
    }
}

/// One step. `time_ms` is this ledger's own clock: only the destination's ever judges an expiry (rule R5).
///
/// # Errors
/// The numbered fault that the sender is told. Nothing is written and nothing is sent.
pub fn step(state: &State, time_ms: u64, event: Event<'_>) -> Result<Outcome, FaultCode> {
    match event {
        Event::Witnessed { index, body } => Ok(announce(state, index, body)
            .map(Outcome::send)
            .unwrap_or_default()),
        Event::Closed(unanswered) => {
            let partner = continues_pin(state, &unanswered.last)?;
            never_answered(state, partner, unanswered)
        }
        Event::Proven(proven) => {
            let partner = continues_pin(state, &proven.proof)?;
            match &proven.record.body {
                Body::Lock(it) => offered(state, time_ms, partner, &proven.proof, it),
                Body::AskCancel(it) => cancel_asked(state, partner, &proven.proof, it),
                Body::Acquire(it) => acquired(state, partner, &proven.proof, it),
                Body::Refuse(it) => refused(state, partner, &proven.proof, it),
                Body::Finalise(it) => {
                    source_ended(state, partner, &proven.proof, it.transfer, true)
                }
                Body::Release(it) => {
                    source_ended(state, partner, &proven.proof, it.transfer, false)
                }
                _ => Err(FaultCode::UnknownKind),
            }
        }
    }
}

/// The partner with which a proven record would begin something here: a lock that this ledger has not answered. Everything
/// else settles what is open, and what was answered before is answered again.
///
/// While the trust registry vouches for nothing new, such a lock waits: a refusal would end it for ever.
#[must_use]
pub fn begins(state: &State, proven: &ProvenRecord) -> Option<Party> {
    let Body::Lock(lock) = &proven.record.body else {
        return None;
    };
    let mut partners = state.partners();
    let source = partners.find(|it| it.origin == proven.proof.origin)?.party;
    let answer = state.transfer(&TransferKey::In(source, lock.transfer));
    answer.is_none().then_some(source)
}

/// The partner whose log this is, unless the proof shows another root than its pin.
fn continues_pin<'s>(state: &'s State, proof: &ProofReference) -> Result<&'s Partner, FaultCode> {
    let partner = state
        .partners()
        .find(|partner| partner.origin == proof.origin);
    let partner = partner.ok_or(FaultCode::UnknownLog)?;
    // Which of its lines lives on is not known yet: what is open waits (rule R12).
    if state.accusation(partner.party).is_some() {
        return Err(FaultCode::PartnerFrozen);
    }
    if contradicts_pin(state, partner.party, proof) {
        return Err(FaultCode::Fork);
    }
    Ok(partner)
}

/// The records of [`step`] for a proven leaf, for the ledger's planner.
pub(crate) fn answer(
    state: &State,
    time_ms: u64,
    proven: &ProvenRecord,
) -> Result<Vec<Body>, Refusal> {
    step(state, time_ms, Event::Proven(proven))
        .map(|outcome| outcome.records)
        .map_err(Refusal::Fault)
}

/// The records of [`step`] for a transfer that a closed ledger never answered, for the ledger's planner.
pub(crate) fn answer_closed(
    state: &State,
    time_ms: u64,
    unanswered: &Unanswered,
) -> Result<Vec<Body>, Refusal> {
    step(state, time_ms, Event::Closed(unanswered))
        .map(|outcome| outcome.records)
        .map_err(Refusal::Fault)
}

/// What an own leaf makes a ledger send once it is witnessed.
fn announce(state: &State, leaf: u64, body: &Body) -> Option<Message> {
    let out = |id| {
        state
            .transfer(&TransferKey::Out(id))
            .map(|transfer| transfer.partner)
    };
    let (to, kind, transfer) = match body {
        Body::Lock(it) => (it.destination, MessageKind::Offer, it.transfer),
        Body::AskCancel(it) => (out(it.transfer)?, MessageKind::CancelAsk, it.transfer),
        Body::Acquire(it) => (it.source, MessageKind::Receipt, it.transfer),
        Body::Refuse(it) => (it.source, MessageKind::Receipt, it.transfer),
        Body::Finalise(it) => (out(it.transfer)?, MessageKind::Notice, it.transfer),
        Body::Release(it) => (out(it.transfer)?, MessageKind::Notice, it.transfer),
        _ => return None,
    };
    Some(Message {
        to,
        kind,
        transfer,
        leaf,
    })
}

/// Every message that an open transfer still calls for, derived from the ledger alone (rule R1). Only leaves below
/// `witnessed`, the size of the newest checkpoint with a quorum, are named (rule R2).
#[must_use]
pub fn outbox(state: &State, witnessed: u64) -> Vec<Message> {
    let mut messages = Vec::new();
    for (key, transfer) in state
        .transfers()
        .filter(|(_, transfer)| !transfer.is_settled())
    {
        let mut due = |kind, leaf: u64| {
            if leaf < witnessed {
                messages.push(Message {
                    to: transfer.partner,
                    kind,
                    transfer: key.id(),
                    leaf,
                });
            }
        };
        match key.direction() {
            Direction::Out => {
                due(MessageKind::Offer, transfer.opened_at);
                if let Some(leaf) = transfer.cancel_asked_at {
                    due(MessageKind::CancelAsk, leaf);
                }
            }
            Direction::In => due(MessageKind::Receipt, transfer.opened_at),
        }
    }
    messages
}

/// A lock for us: answered once, for ever (rule R4); a duplicate gets the earlier answer (rule R7).
fn offered(
    state: &State,
    time_ms: u64,
    partner: &Partner,
    proof: &ProofReference,
    lock: &Lock,
) -> Result<Outcome, FaultCode> {
    let own = state.genesis().ok_or(FaultCode::Unavailable)?;
    if lock.destination != own.party || lock.destination_origin != own.origin {
        return Err(FaultCode::NotAddressedToUs);
    }
    let ranges: Vec<UnitRange> = lock.blocks.iter().map(UnitBlock::range).collect();
    let id_from = |source| {
        transfer_id(&TransferTerms {
            source,
            destination: &own.origin,
            agreement: &lock.agreement,
            ranges: &ranges,
            from: lock.from,
            to: lock.to,
            nonce: &lock.nonce,
            expiry_ms: lock.expiry_ms,
        })
    };
    // A ledger that goes on from a closed one has the locks that began there.
    let mut origins = std::iter::once(&partner.origin).chain(state.former_origins(partner.party));
    if !origins.any(|source| id_from(source) == lock.transfer) {
        return Err(FaultCode::MalformedProof);
    }
    if let Some(message) = earlier_answer(state, partner, lock.transfer) {
        return Ok(Outcome::send(message));
    }
    Ok(Outcome::record(
        match judge(state, time_ms, partner, lock) {
            Ok(()) => Body::Acquire(Acquire {
                transfer: lock.transfer,
                source: partner.party,
                agreement: lock.agreement.clone(),
                account: lock.to,
                blocks: lock.blocks.clone(),
                proof: proof.clone(),
            }),
            Err(code) => refusal(partner.party, lock.transfer, code, proof)?,
        },
    ))
}

fn earlier_answer(state: &State, partner: &Partner, transfer: TransferId) -> Option<Message> {
    let known = state.transfer(&TransferKey::In(partner.party, transfer))?;
    Some(Message {
        to: partner.party,
        kind: MessageKind::Receipt,
        transfer,
        leaf: known.opened_at,
    })
}

fn refusal(
    source: Party,
    transfer: TransferId,
    code: FaultCode,
    proof: &ProofReference,
) -> Result<Body, FaultCode> {
    let reason: Reason = code.meaning().parse().map_err(|_| FaultCode::Unavailable)?;
    Ok(Body::Refuse(Refuse {
        transfer,
        source,
        code: code.code(),
        reason,
        proof: proof.clone(),
    }))
}

/// Whether this country takes the units. Whatever passes here passes `apply` too, because both ask
/// [`may_acquire`]; what is asked before it only finds the more telling number.
fn judge(state: &State, time_ms: u64, partner: &Partner, lock: &Lock) -> Result<(), FaultCode> {
    if partner.status != PartnerStatus::Active {
        return Err(FaultCode::PartnerFrozen);
    }
    if time_ms >= lock.expiry_ms {
        return Err(FaultCode::Expired);
    }
    let agreement = state
        .agreement(&lock.agreement)
        .filter(|agreement| agreement.partner == partner.party);
    let agreement = agreement.ok_or(FaultCode::NoAgreementInForce)?;
    if !agreement.incoming {
        return Err(FaultCode::AgreementDirection);
    }
    if time_ms < agreement.valid_from_ms || time_ms >= agreement.valid_to_ms {
        return Err(FaultCode::NoAgreementInForce);
    }
    may_acquire(
        state,
        time_ms,
        partner.party,
        &lock.agreement,
        lock.to,
        &lock.blocks,
    )
    .map_err(|refusal| match refusal {
        Refusal::NotAgreed { .. } | Refusal::AgreementUsedUp { .. } | Refusal::TooMuch { .. } => {
            FaultCode::AgreementLimit
        }
        Refusal::TooManyRanges => FaultCode::FrameTooLarge,
        Refusal::UnknownAccount(_) => FaultCode::AccountUnknown,
        Refusal::Overlap(_) => FaultCode::UnitsAlreadyHeld,
        Refusal::NotAbroad(_) => FaultCode::OwnUnitsNotAbroad,
        Refusal::Attributes(_) => FaultCode::AttributesDiffer,
        Refusal::Article6(_) => FaultCode::NotAuthorised,
        _ => FaultCode::Policy,
    })
}

/// A cancel request: whichever answer was written first stands (rule R6).
fn cancel_asked(
    state: &State,
    partner: &Partner,
    proof: &ProofReference,
    ask: &AskCancel,
) -> Result<Outcome, FaultCode> {
    let own = state.genesis().ok_or(FaultCode::Unavailable)?;
    if ask.destination != own.party {
        return Err(FaultCode::NotAddressedToUs);
    }
    match earlier_answer(state, partner, ask.transfer) {
        Some(message) => Ok(Outcome::send(message)),
        None => {
            refusal(partner.party, ask.transfer, FaultCode::Cancelled, proof).map(Outcome::record)
        }
    }
}

/// The source's side of a transfer to this partner.
fn outgoing(
    state: &State,
    partner: &Partner,
    id: TransferId,
) -> Result<crate::registry::Transfer, FaultCode> {
    let transfer = state
        .transfer(&TransferKey::Out(id))
        .filter(|transfer| transfer.partner == partner.party);
    transfer.ok_or(FaultCode::UnknownTransfer)
}

/// The destination has the units: ours are gone for good.
fn acquired(
    state: &State,
    partner: &Partner,
    proof: &ProofReference,
    it: &Acquire,
) -> Result<Outcome, FaultCode> {
    let own = state.genesis().ok_or(FaultCode::Unavailable)?;
    if it.source != own.party {
        return Err(FaultCode::NotAddressedToUs);
    }
    let transfer = outgoing(state, partner, it.transfer)?;
    if transfer
        .terms
        .as_ref()
        .is_none_or(|terms| terms.blocks != it.blocks)
    {
        return Err(FaultCode::TransferInAnotherState);
    }
    match (transfer.stage, transfer.settled_at) {
        (TransferStage::Locked, _) => Ok(Outcome::record(Body::Finalise(Finalise {
            transfer: it.transfer,
            proof: proof.clone(),
        }))),
        (TransferStage::Final, Some(leaf)) => Ok(notice(partner.party, it.transfer, leaf)),
        _ => Err(FaultCode::TransferInAnotherState),
    }
}

/// The destination will never take the units: only this frees them (rule R3).
fn refused(
    state: &State,
    partner: &Partner,
    proof: &ProofReference,
    it: &Refuse,
) -> Result<Outcome, FaultCode> {
    let own = state.genesis().ok_or(FaultCode::Unavailable)?;
    if it.source != own.party {
        return Err(FaultCode::NotAddressedToUs);
    }
    let transfer = outgoing(state, partner, it.transfer)?;
    match (transfer.stage, transfer.settled_at) {
        (TransferStage::Locked, _) => {
            // The number of a closed ledger is ours to write: a refusal is proven in another way.
            let is_ours = it.code == FaultCode::PartnerClosed.code();
            let release = Release {
                transfer: it.transfer,
                code: if is_ours {
                    FaultCode::Policy.code()
                } else {
                    it.code
                },
                proof: proof.clone(),
            };
            Ok(Outcome::record(Body::Release(release)))
        }
        (TransferStage::Released, Some(leaf)) => Ok(notice(partner.party, it.transfer, leaf)),
        _ => Err(FaultCode::TransferInAnotherState),
    }
}

/// The destination's ledger is over and never took the units: they are free, and the release cites the last head. What
/// was believed of that ledger must lie below that head, or the head is not the last.
fn never_answered(state: &State, partner: &Partner, it: &Unanswered) -> Result<Outcome, FaultCode> {
    if state
        .pin(partner.party)
        .is_some_and(|pin| pin.size > it.last.size)
    {
        return Err(FaultCode::StaleCheckpoint);
    }
    if partner.status == PartnerStatus::Active {
        return Err(FaultCode::TransferInAnotherState);
    }
    match outgoing(state, partner, it.transfer)?.stage {
        TransferStage::Locked => Ok(Outcome::record(Body::Release(Release {
            transfer: it.transfer,
            code: FaultCode::PartnerClosed.code(),
            proof: it.last.clone(),
        }))),
        TransferStage::Released => Ok(Outcome::default()),
        _ => Err(FaultCode::TransferInAnotherState),
    }
}

fn notice(to: Party, transfer: TransferId, leaf: u64) -> Outcome {
    Outcome::send(Message {
        to,
        kind: MessageKind::Notice,
        transfer,
        leaf,
    })
}

/// The source tells its end: the destination notes it once.
fn source_ended(
    state: &State,
    partner: &Partner,
    proof: &ProofReference,
    id: TransferId,
    is_final: bool,
) -> Result<Outcome, FaultCode> {
    let known = state
        .transfer(&TransferKey::In(partner.party, id))
        .ok_or(FaultCode::UnknownTransfer)?;
    let agrees = known.stage
        == if is_final {
            TransferStage::Acquired
        } else {
            TransferStage::Refused
        };
    if !agrees {
        return Err(FaultCode::TransferInAnotherState);
    }
    if known.is_settled() {
        return Ok(Outcome::default());
    }
    let settled = SourceSettled {
        transfer: id,
        source: partner.party,
        is_final,
        proof: proof.clone(),
    };
    Ok(Outcome::record(Body::SourceSettled(settled)))
}
