//! Whole journeys of units between countries, message by message.

use countersign_protocol::federation::{Event, FaultCode, MessageKind, Outcome, outbox, step};
use countersign_protocol::record::{Agreement, Body, Claim, PartnerStatus, Purpose, RetireKind};
use countersign_protocol::registry::{
    Command, Direction, LedgerAccount, Place, Refusal, Selection, TransferStage, plan,
};
use countersign_protocol::serial::SectoralScope;

use crate::support::invariants::check;
use crate::support::world::{countries, ghana_and_switzerland, settle};
use crate::support::{
    EXPIRY_MS, Ledger, TRADING, agreement_id, agreement_of, partner_of, range, text,
};

/// The message that an own leaf makes once it is witnessed.
fn announced(ledger: &Ledger, leaf: u64) -> Option<MessageKind> {
    let body = &ledger.leaves[leaf as usize].body;
    let event = Event::Witnessed { index: leaf, body };
    let outcome = step(&ledger.state, ledger.time_ms, event).unwrap();
    assert!(outcome.records.is_empty());
    outcome.effects.first().map(|message| {
        assert_eq!((message.leaf, outcome.effects.len()), (leaf, 1));
        message.kind
    })
}

fn stages(
    ghana: &Ledger,
    swiss: &Ledger,
    id: countersign_protocol::id::TransferId,
) -> [TransferStage; 2] {
    [
        ghana.stage_sent(id),
        swiss.stage_received(ghana.party, id).unwrap(),
    ]
}

#[test]
fn units_go_from_ghana_to_switzerland_and_come_home() {
    let (mut ghana, mut swiss) = ghana_and_switzerland(20_000);
    let (transfer, lock) = ghana.send(swiss.party, 11_733, 1);
    assert_eq!(ghana.available(TRADING), 20_000 - 11_733);
    assert_eq!(ghana.state.balance(LedgerAccount::Escrow(TRADING)), 11_733);
    assert_eq!(announced(&ghana, lock), Some(MessageKind::Offer));

    let acquired = swiss.receive_and_write(&ghana.prove(lock));
    assert_eq!(swiss.available(TRADING), 11_733);
    assert_eq!(announced(&swiss, acquired), Some(MessageKind::Receipt));

    let settled = ghana.receive_and_write(&swiss.prove(acquired));
    assert_eq!(ghana.stage_sent(transfer), TransferStage::Final);
    assert_eq!(announced(&ghana, settled), Some(MessageKind::Notice));
    assert!(ghana.outbox().is_empty());

    let noted = swiss.receive_and_write(&ghana.prove(settled));
    assert_eq!(announced(&swiss, noted), None);
    assert!(swiss.outbox().is_empty());
    assert_eq!(
        swiss.received(ghana.party, transfer).unwrap().settled_at,
        Some(noted)
    );

    // Both sides name the units alike.
    let sold = range("GH-8268-20000");
    let (here, there) = (
        ghana.state.holding(sold).unwrap(),
        swiss.state.holding(sold).unwrap(),
    );
    assert_eq!(here.place, Place::Abroad(swiss.party));
    assert_eq!(here.block, there.block);
    let id = there.block.itmo_id().unwrap().to_string();
    assert_eq!(id, "CA0001-GHA01-GHA-8,268-20,000-2023");

    // A part comes home, and only once.
    let (back, lock) = swiss.send(ghana.party, 1_000, 2);
    let acquired = ghana.receive_and_write(&swiss.prove(lock));
    assert_eq!(
        ghana.stage_received(swiss.party, back),
        Some(TransferStage::Acquired)
    );
    let home = ghana.state.holding(range("GH-19001-20000")).unwrap();
    assert_eq!(home.place, Place::Available(TRADING));
    assert!(
        home.block.first_transfer.is_some(),
        "the first transfer is remembered at home"
    );
    swiss.receive_and_write(&ghana.prove(acquired));
    for ledger in [&ghana, &swiss] {
        check(&ledger.state);
    }
    assert_eq!(ghana.available(TRADING), 20_000 - 11_733 + 1_000);
    assert_eq!(swiss.available(TRADING), 11_733 - 1_000);
    let again = swiss.send_command(ghana.party, 20_000, 3);
    assert!(matches!(swiss.submit(&again), Err(Refusal::TooFew { .. })));
}

#[test]
fn own_units_come_back_only_from_abroad() {
    let (mut ghana, mut swiss) = ghana_and_switzerland(100);
    // Switzerland acquired; Ghana has not heard of it when the units are already on their way home.
    let (out, lock) = ghana.send(swiss.party, 100, 1);
    let acquired = swiss.receive_and_write(&ghana.prove(lock));
    let (home, lock) = swiss.send(ghana.party, 100, 2);
    ghana.receive_and_write(&swiss.prove(lock));
    let refusal = ghana.received(swiss.party, home).unwrap();
    assert_eq!(refusal.stage, TransferStage::Refused);
    assert_eq!(
        refusal.refusal_code,
        Some(FaultCode::UnitsAlreadyHeld.code())
    );
    // Nothing is lost: the units are free again in Switzerland, and can go home after Ghana's FINAL.
    ghana.receive_and_write(&swiss.prove(acquired));
    assert_eq!(ghana.stage_sent(out), TransferStage::Final);
    let mut both = [ghana, swiss];
    settle(&mut both);
    let [mut ghana, mut swiss] = both;
    assert_eq!(swiss.stage_sent(home), TransferStage::Released);
    let (home, lock) = swiss.send(ghana.party, 100, 3);
    ghana.receive_and_write(&swiss.prove(lock));
    assert_eq!(
        ghana.stage_received(swiss.party, home),
        Some(TransferStage::Acquired)
    );
    check(&ghana.state);
}

#[test]
fn units_that_the_agreement_does_not_name_are_not_locked() {
    let (mut ghana, swiss) = ghana_and_switzerland(100);
    let limits: [&dyn Fn(&mut Agreement); 2] =
        [&|it| it.unit_types = vec![text("A6.4ER")], &|it| {
            it.scopes = vec![SectoralScope::new(16).unwrap()];
        }];
    for limit in limits {
        let mut limited = agreement_of(ghana.party, swiss.party);
        limit(&mut limited);
        ghana.must(&Command::SetAgreement(limited));
        let wish = ghana.send_command(swiss.party, 40, 1);
        let refused = ghana.submit(&wish).unwrap_err();
        assert!(matches!(refused, Refusal::NotAgreed { .. }), "{refused}");
        assert_eq!(ghana.available(TRADING), 100);
    }
}

#[test]
fn a_refusal_frees_the_units_and_the_agreement() {
    let (mut ghana, mut swiss) = ghana_and_switzerland(100);
    let mut limited = agreement_of(swiss.party, ghana.party);
    limited.max_tonnes = 30;
    swiss.must(&Command::SetAgreement(limited));
    let (transfer, lock) = ghana.send(swiss.party, 40, 1);
    let id = agreement_id(ghana.party, swiss.party);
    assert_eq!(ghana.state.agreement_use(&id, Direction::Out), 40);
    let refused = swiss.receive_and_write(&ghana.prove(lock));
    let released = ghana.receive_and_write(&swiss.prove(refused));
    swiss.receive_and_write(&ghana.prove(released));
    assert_eq!(
        stages(&ghana, &swiss, transfer),
        [TransferStage::Released, TransferStage::Refused]
    );
    let code = Some(FaultCode::AgreementLimit.code());
    assert_eq!(ghana.sent(transfer).refusal_code, code);
    assert_eq!(
        swiss.received(ghana.party, transfer).unwrap().refusal_code,
        code
    );
    assert_eq!(ghana.available(TRADING), 100);
    assert_eq!(ghana.state.agreement_use(&id, Direction::Out), 0);
    assert_eq!(swiss.available(TRADING), 0);
}

#[test]
fn each_reason_to_refuse_has_its_number() {
    let refused = |prepare: &dyn Fn(&mut Ledger), code: FaultCode| {
        let (mut ghana, mut swiss) = ghana_and_switzerland(100);
        prepare(&mut swiss);
        let (transfer, lock) = ghana.send(swiss.party, 40, 1);
        swiss.receive_and_write(&ghana.prove(lock));
        let found = swiss.received(ghana.party, transfer).unwrap().refusal_code;
        assert_eq!(found, Some(code.code()), "{code}");
    };
    let agreement = |change: &dyn Fn(&mut countersign_protocol::record::Agreement)| {
        let mut agreement = agreement_of(text("CH"), text("GH"));
        change(&mut agreement);
        Command::SetAgreement(agreement)
    };
    let frozen = partner_of(text("GH"), PartnerStatus::Frozen);
    let removed = partner_of(text("GH"), PartnerStatus::Removed);
    refused(
        &|swiss| {
            swiss.must(&Command::SetPartner(frozen.clone()));
        },
        FaultCode::PartnerFrozen,
    );
    refused(
        &|swiss| {
            swiss.must(&Command::SetPartner(removed.clone()));
        },
        FaultCode::PartnerFrozen,
    );
    refused(&|swiss| swiss.time_ms = EXPIRY_MS, FaultCode::Expired);
    refused(
        &|swiss| {
            swiss.must(&agreement(&|it| it.incoming = false));
        },
        FaultCode::AgreementDirection,
    );
    refused(
        &|swiss| {
            swiss.must(&agreement(&|it| it.valid_to_ms = 1));
        },
        FaultCode::NoAgreementInForce,
    );
    refused(
        &|swiss| {
            swiss.must(&agreement(&|it| it.valid_from_ms = u64::MAX - 1));
        },
        FaultCode::NoAgreementInForce,
    );
    refused(
        &|swiss| {
            swiss.must(&agreement(&|it| it.max_tonnes = 39));
        },
        FaultCode::AgreementLimit,
    );
    refused(
        &|swiss| {
            swiss.must(&agreement(&|it| it.unit_types = vec![text("A6.4ER")]));
        },
        FaultCode::AgreementLimit,
    );
    refused(
        &|swiss| {
            swiss.must(&agreement(&|it| {
                it.scopes = vec![SectoralScope::new(16).unwrap()];
            }));
        },
        FaultCode::AgreementLimit,
    );
}

#[test]
fn a_cancel_that_comes_first_wins() {
    let (mut ghana, mut swiss) = ghana_and_switzerland(100);
    let (transfer, lock) = ghana.send(swiss.party, 100, 1);
    let ask = ghana.ask_cancel(transfer);
    assert_eq!(announced(&ghana, ask), Some(MessageKind::CancelAsk));
    assert_eq!(ghana.stage_sent(transfer), TransferStage::Locked);
    assert_eq!(ghana.available(TRADING), 0, "asking frees nothing");
    let refused = swiss.receive_and_write(&ghana.prove(ask));
    let late = swiss.receive(&ghana.prove(lock)).unwrap();
    assert_eq!(late.records, []);
    assert_eq!(
        (late.effects[0].kind, late.effects[0].leaf),
        (MessageKind::Receipt, refused)
    );
    ghana.receive_and_write(&swiss.prove(refused));
    assert_eq!(
        stages(&ghana, &swiss, transfer),
        [TransferStage::Released, TransferStage::Refused]
    );
    assert_eq!(
        (ghana.available(TRADING), swiss.available(TRADING)),
        (100, 0)
    );
}

#[test]
fn a_cancel_that_comes_second_changes_nothing() {
    let (mut ghana, mut swiss) = ghana_and_switzerland(100);
    let (transfer, lock) = ghana.send(swiss.party, 100, 1);
    let ask = ghana.ask_cancel(transfer);
    let acquired = swiss.receive_and_write(&ghana.prove(lock));
    let late = swiss.receive(&ghana.prove(ask)).unwrap();
    assert_eq!(late.records, []);
    assert_eq!(
        (late.effects[0].kind, late.effects[0].leaf),
        (MessageKind::Receipt, acquired)
    );
    ghana.receive_and_write(&swiss.prove(acquired));
    assert_eq!(
        stages(&ghana, &swiss, transfer),
        [TransferStage::Final, TransferStage::Acquired]
    );
    assert_eq!(
        (ghana.available(TRADING), swiss.available(TRADING)),
        (0, 100)
    );
}

#[test]
fn a_cancel_request_is_answered_by_its_addressee_only() {
    let [mut ghana, swiss, mut vanuatu] =
        <[Ledger; 3]>::try_from(countries(&["GH", "CH", "VU"])).unwrap();
    ghana.issue(TRADING, 10);
    let (transfer, lock) = ghana.send(swiss.party, 10, 1);
    let ask = ghana.ask_cancel(transfer);
    for leaf in [lock, ask] {
        let answer = vanuatu.receive(&ghana.prove(leaf));
        assert_eq!(answer, Err(FaultCode::NotAddressedToUs));
    }
    assert!(vanuatu.outbox().is_empty());
}

#[test]
fn expiry_is_judged_by_the_clock_of_the_destination_alone() {
    // The source's clock is a year ahead: it does not matter.
    let (mut ghana, mut swiss) = ghana_and_switzerland(100);
    let (transfer, lock) = ghana.send(swiss.party, 60, 1);
    ghana.time_ms = EXPIRY_MS + 31_536_000_000;
    assert_eq!(ghana.stage_sent(transfer), TransferStage::Locked);
    assert_eq!(ghana.outbox().len(), 1, "the offer is still due");
    swiss.time_ms = EXPIRY_MS - 1;
    let acquired = swiss.receive_and_write(&ghana.prove(lock));
    ghana.receive_and_write(&swiss.prove(acquired));
    assert_eq!(
        stages(&ghana, &swiss, transfer),
        [TransferStage::Final, TransferStage::Acquired]
    );

    // One millisecond later by the destination's clock it is refused.
    let (mut ghana, mut swiss) = ghana_and_switzerland(100);
    let (transfer, lock) = ghana.send(swiss.party, 40, 2);
    swiss.time_ms = EXPIRY_MS;
    let refused = swiss.receive_and_write(&ghana.prove(lock));
    swiss.time_ms = EXPIRY_MS + 1;
    ghana.receive_and_write(&swiss.prove(refused));
    assert_eq!(
        stages(&ghana, &swiss, transfer),
        [TransferStage::Released, TransferStage::Refused]
    );
    assert_eq!(
        ghana.sent(transfer).refusal_code,
        Some(FaultCode::Expired.code())
    );
}

#[test]
fn every_repeat_gets_the_first_answer_and_writes_nothing() {
    let (mut ghana, mut swiss) = ghana_and_switzerland(100);
    let (_, lock) = ghana.send(swiss.party, 60, 1);
    let offer = ghana.prove(lock);
    let acquired = swiss.receive_and_write(&offer);
    let receipt = swiss.prove(acquired);
    // The same lock under a later checkpoint is the same lock.
    ghana.issue(TRADING, 5);
    for repeat in [offer.clone(), ghana.prove(lock), offer.clone()] {
        let answer = swiss.receive(&repeat).unwrap();
        assert_eq!(answer.records, []);
        assert_eq!(answer.effects.len(), 1);
        assert_eq!(
            (answer.effects[0].kind, answer.effects[0].leaf),
            (MessageKind::Receipt, acquired)
        );
    }
    let finalised = ghana.receive_and_write(&receipt);
    for _ in 0..3 {
        let answer = ghana.receive(&receipt).unwrap();
        assert_eq!(answer.records, []);
        assert_eq!(
            (answer.effects[0].kind, answer.effects[0].leaf),
            (MessageKind::Notice, finalised)
        );
    }
    let notice = ghana.prove(finalised);
    swiss.receive_and_write(&notice);
    assert_eq!(swiss.receive(&notice), Ok(Outcome::default()));
    // Even after everything is settled, and after the expiry, the first answer stands.
    swiss.time_ms = EXPIRY_MS * 2;
    assert_eq!(swiss.receive(&offer).unwrap().effects[0].leaf, acquired);
}

#[test]
fn a_frozen_partner_still_gets_its_open_locks_resolved() {
    let (mut ghana, mut swiss) = ghana_and_switzerland(100);
    let (first, first_lock) = ghana.send(swiss.party, 10, 1);
    let (second, second_lock) = ghana.send(swiss.party, 20, 2);
    let acquired = swiss.receive_and_write(&ghana.prove(first_lock));
    ghana.must(&Command::SetPartner(partner_of(
        swiss.party,
        PartnerStatus::Frozen,
    )));
    swiss.must(&Command::SetPartner(partner_of(
        ghana.party,
        PartnerStatus::Removed,
    )));
    // No new locks to it, no new acquisitions from it.
    let new = ghana.send_command(swiss.party, 5, 3);
    assert_eq!(ghana.submit(&new), Err(Refusal::PartnerFrozen(swiss.party)));
    let refused = swiss.receive_and_write(&ghana.prove(second_lock));
    // What was open is resolved both ways.
    ghana.receive_and_write(&swiss.prove(acquired));
    ghana.receive_and_write(&swiss.prove(refused));
    assert_eq!(
        stages(&ghana, &swiss, first),
        [TransferStage::Final, TransferStage::Acquired]
    );
    assert_eq!(
        stages(&ghana, &swiss, second),
        [TransferStage::Released, TransferStage::Refused]
    );
    let mut both = [ghana, swiss];
    settle(&mut both);
    check(&both[0].state);
}

#[test]
fn nothing_is_sent_before_it_is_witnessed() {
    let (mut ghana, mut swiss) = ghana_and_switzerland(100);
    let (transfer, lock) = ghana.send(swiss.party, 60, 1);
    let ask = ghana.ask_cancel(transfer);
    let due = |witnessed| {
        let messages = outbox(&ghana.state, witnessed);
        messages
            .into_iter()
            .map(|message| message.leaf)
            .collect::<Vec<_>>()
    };
    assert!(due(lock).is_empty());
    assert_eq!(due(lock + 1), [lock]);
    assert_eq!(due(ask + 1), [lock, ask]);
    let acquired = swiss.receive_and_write(&ghana.prove(lock));
    assert_eq!(outbox(&swiss.state, acquired), []);
    assert_eq!(outbox(&swiss.state, acquired + 1).len(), 1);
}

/// Rule R9: an older head proves what lies under it, and is not believed instead of a newer one.
#[test]
fn a_pin_only_grows() {
    let (mut ghana, mut swiss) = ghana_and_switzerland(100);
    let (first, lock) = ghana.send(swiss.party, 40, 1);
    let earlier = swiss.receive_and_write(&ghana.prove(lock));
    let earlier = swiss.prove(earlier);
    let (_, lock) = ghana.send(swiss.party, 10, 2);
    let later = swiss.receive_and_write(&ghana.prove(lock));
    let later = swiss.prove(later);
    ghana.receive_and_write(&later);
    ghana.receive_and_write(&earlier);
    assert_eq!(ghana.stage_sent(first), TransferStage::Final);
    let pin = ghana.state.pin(swiss.party).unwrap();
    assert_eq!((pin.size, pin.root), (later.proof.size, later.proof.root));
}

#[test]
fn units_that_were_acquired_can_go_on_at_once() {
    let [mut ghana, mut swiss, mut vanuatu] =
        <[Ledger; 3]>::try_from(countries(&["GH", "CH", "VU"])).unwrap();
    ghana.issue(TRADING, 10);
    let (first, lock) = ghana.send(swiss.party, 10, 1);
    swiss.receive_and_write(&ghana.prove(lock));
    // Ghana has not heard of it yet; Switzerland may dispose of the units all the same.
    let (second, lock) = swiss.send(vanuatu.party, 10, 2);
    vanuatu.receive_and_write(&swiss.prove(lock));
    let mut all = [ghana, swiss, vanuatu];
    settle(&mut all);
    assert_eq!(all[0].stage_sent(first), TransferStage::Final);
    assert_eq!(all[1].stage_sent(second), TransferStage::Final);
    let held: Vec<u64> = all.iter().map(|ledger| ledger.available(TRADING)).collect();
    assert_eq!(held, [0, 0, 10]);
    let block = all[2].state.holding(range("GH-1-10")).unwrap().block;
    assert_eq!(
        block.first_transfer.unwrap().party,
        all[0].party,
        "the first transfer was Ghana's"
    );
}

/// Rule R14: an agreement may ask that units which came under it are used only once their source has recorded the first
/// transfer. They may move until then, and what claims nothing need not wait.
#[test]
fn use_waits_for_the_source_where_the_agreement_says_so() {
    let mut all = countries(&["GH", "CH", "VU"]);
    let (ghanaian, swiss) = (all[0].party, all[1].party);
    all[0].issue(TRADING, 10);
    let agreement = Agreement {
        use_needs_source_final: true,
        ..agreement_of(swiss, ghanaian)
    };
    all[1].must(&Command::SetAgreement(agreement.clone()));
    let (transfer, lock) = all[0].send(swiss, 10, 1);
    let offer = all[0].prove(lock);
    all[1].receive_and_write(&offer);
    let retire = |units, kind, purpose| Command::Retire {
        account: TRADING,
        units,
        kind,
        purpose,
        beneficiary: None,
        claim: Claim::default(),
    };
    let tonnes = |tonnes, kind, purpose| retire(Selection::Tonnes(tonnes), kind, purpose);
    let imp = Purpose::InternationalMitigation;
    let named = Selection::Ranges(vec![range("GH-2-3")]);
    let refused = all[1].submit(&retire(named, RetireKind::Retire, imp));
    assert!(
        matches!(&refused, Err(Refusal::SourceNotFinal { transfer: by, .. }) if *by == transfer),
        "{refused:?}"
    );
    // Where only tonnes are named, none fit.
    let refused = all[1].submit(&tonnes(1, RetireKind::Retire, imp));
    assert!(
        matches!(refused, Err(Refusal::TooFew { .. })),
        "{refused:?}"
    );
    // Under an agreement that does not say so, nothing waits.
    let mut other = all[1].clone();
    other.must(&Command::SetAgreement(Agreement {
        use_needs_source_final: false,
        ..agreement.clone()
    }));
    other.must(&tonnes(1, RetireKind::Retire, imp));
    // Voluntary cancellation claims nothing; units go on to a third country.
    all[1].must(&tonnes(1, RetireKind::Cancel, Purpose::Voluntary));
    let third = all[2].party;
    let (_, lock) = all[1].send(third, 2, 2);
    let offer = all[1].prove(lock);
    all[2].receive_and_write(&offer);
    settle(&mut all);
    assert_eq!(all[0].stage_sent(transfer), TransferStage::Final);
    all[1].must(&tonnes(7, RetireKind::Retire, imp));
}

#[test]
fn a_lock_says_of_its_units_what_the_ledger_has_recorded() {
    let (mut ghana, mut swiss) = ghana_and_switzerland(100);
    let (_, sent) = ghana.send(swiss.party, 40, 1);
    swiss.receive_and_write(&ghana.prove(sent));
    // Units that came in carry a first transfer. Switzerland writes a lock that leaves it out, with another nonce.
    let command = swiss.send_command(ghana.party, 40, 2);
    let bodies = plan(&swiss.state, swiss.time_ms, &command).unwrap();
    let Some(Body::Lock(lock)) = bodies.last() else {
        panic!("no lock: {bodies:?}");
    };
    assert!(lock.blocks[0].first_transfer.is_some());
    let mut changed = lock.clone();
    changed.blocks[0].first_transfer = None;
    let whole = lock.blocks[0].range();
    assert_eq!(
        swiss.write(Body::Lock(changed)).map(drop),
        Err(Refusal::Attributes(whole))
    );
    // A part of a range is split off first, as a leaf of its own.
    let mut part = lock.clone();
    part.blocks = vec![lock.blocks[0].part(range("GH-70-100")).unwrap()];
    assert!(swiss.write(Body::Lock(part)).is_err());
    swiss.write(Body::Lock(lock.clone())).unwrap();
    check(&swiss.state);
}

#[test]
fn what_no_message_says_is_refused_by_its_number() {
    let (mut ghana, mut swiss) = ghana_and_switzerland(100);
    let (_, lock) = ghana.send(swiss.party, 10, 1);
    let offer = ghana.prove(lock);
    let with = |change: &dyn Fn(&mut countersign_protocol::federation::ProvenRecord)| {
        let mut proven = offer.clone();
        change(&mut proven);
        proven
    };
    let refusals = [
        (
            with(&|it| it.proof.origin = text("xx.example/ledger")),
            FaultCode::UnknownLog,
        ),
        (
            with(&|it| it.record = ghana.leaves[0].clone()),
            FaultCode::UnknownKind,
        ),
        (
            with(&|it| match &mut it.record.body {
                Body::Lock(lock) => lock.expiry_ms += 1,
                _ => unreachable!(),
            }),
            FaultCode::MalformedProof,
        ),
        (
            with(&|it| match &mut it.record.body {
                Body::Lock(lock) => lock.destination = text("VU"),
                _ => unreachable!(),
            }),
            FaultCode::NotAddressedToUs,
        ),
    ];
    let before = swiss.state.clone();
    for (proven, fault) in refusals {
        assert_eq!(swiss.receive(&proven), Err(fault), "{fault}");
    }
    // Two roots of one size: the log has forked, whatever the leaf says.
    swiss.receive_and_write(&offer);
    let mut forked = ghana.prove_under(lock, offer.proof.size);
    forked.proof.root = [0xee; 32];
    assert_eq!(swiss.receive(&forked), Err(FaultCode::Fork));
    assert_ne!(swiss.state, before);
}

#[test]
fn many_transfers_go_all_ways_at_once_and_every_tonne_is_somewhere() {
    let mut all = countries(&["GH", "CH", "VU"]);
    let parties: Vec<_> = all.iter().map(|ledger| ledger.party).collect();
    for ledger in &mut all {
        ledger.issue(TRADING, 300);
    }
    for round in 0..3 {
        for ledger in &mut all {
            let own = ledger.party;
            for (number, to) in (0..).zip(&parties) {
                if *to != own {
                    let nonce = round * 10 + number;
                    let (transfer, _) = ledger.send(*to, 7 + u64::from(nonce), nonce);
                    if nonce % 4 == 0 {
                        ledger.ask_cancel(transfer);
                    }
                }
            }
        }
        settle(&mut all);
    }
    let mut sum = 0;
    for ledger in &all {
        check(&ledger.state);
        assert!(ledger.outbox().is_empty());
        sum += ledger.available(TRADING);
    }
    assert_eq!(sum, 900);
    let units = Selection::Tonnes(1);
    let (account, kind) = (TRADING, countersign_protocol::record::RetireKind::Retire);
    all[1].must(&Command::Retire {
        account,
        units,
        kind,
        purpose: countersign_protocol::record::Purpose::Ndc,
        beneficiary: None,
        claim: countersign_protocol::record::Claim::default(),
    });
    check(&all[1].state);
}
