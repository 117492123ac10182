//! Under a process units leave the country when a case approves it, and by nothing else.

use std::collections::{BTreeMap, BTreeSet};

use countersign_protocol::federation::FaultCode;
use countersign_protocol::id::{AccountId, RequestId, TransferId};
use countersign_protocol::record::{
    Agreement, Body, Claim, Commitment, Fate, HoldOn, Lock, Partner, PartnerStatus, Purpose,
    RetireKind, Sending,
};
use countersign_protocol::registry::{
    CaseEnd, Command, LedgerAccount, NewAct, NewCase, PlaceHold, Refusal, Reserve, Selection,
    TransferStage, TransferTerms, transfer_id,
};
use countersign_protocol::units::{UnitBlock, UnitRange};

use crate::small::{
    BUYER, DEVELOPER, act, decide, developer, official, plain, process_text, request,
    request_units, stored_and_loaded, trading_under,
};
use crate::support::invariants::check;
use crate::support::world::settle;
use crate::support::{EXPIRY_MS, Ledger, TRADING, agreement_id, agreement_of, partner_of, text};

pub(crate) fn sending(expiry_ms: u64) -> Fate {
    Fate::Send(Box::new(Sending {
        destination: text("CH"),
        agreement: agreement_id(text("CH"), text("VU")),
        to: TRADING,
        nonce: RequestId([7; 16]),
        expiry_ms,
    }))
}

/// Vanuatu under the small process, with 100 tonnes in a developer's account, and Switzerland without one.
fn two_countries() -> (Ledger, Ledger, AccountId) {
    two_countries_under(process_text())
}

/// The same under another process.
pub(crate) fn two_countries_under(text_of_process: String) -> (Ledger, Ledger, AccountId) {
    let (mut vanuatu, from, _) = trading_under(text_of_process);
    vanuatu.meet(text("CH"));
    let mut swiss = Ledger::new("CH");
    swiss.meet(text("VU"));
    (vanuatu, swiss, from)
}

/// Opens a request to send units abroad and hands it in.
pub(crate) fn ask(
    ledger: &mut Ledger,
    flow: &str,
    step: &str,
    from: AccountId,
    tonnes: u64,
    fate: Fate,
) -> Result<u64, Refusal> {
    let new = NewCase {
        flow: text(flow),
        track: None,
        parent: None,
        title: text("Units for Switzerland"),
        owners: BTreeSet::from([DEVELOPER]),
        shares: BTreeMap::new(),
        counterparty: None,
        scopes: BTreeSet::new(),
        by: developer(),
    };
    ledger.must(&Command::OpenCase(Box::new(new)));
    let case = ledger.state.cases().next_back().unwrap().number;
    let mut act = plain(case, step, &developer());
    act.form = Some(Commitment([8; 32]));
    let units = Selection::Tonnes(tonnes);
    let reserve = Some(Reserve {
        account: from,
        units,
        fate,
    });
    ledger.submit(&Command::Act(Box::new(NewAct {
        act,
        issue: None,
        reserve,
    })))?;
    Ok(case)
}

fn asked(ledger: &mut Ledger, from: AccountId, tonnes: u64) -> u64 {
    let (flow, step) = ("border-transfer", "request");
    ask(ledger, flow, step, from, tonnes, sending(EXPIRY_MS)).unwrap()
}

pub(crate) fn approve(ledger: &mut Ledger, case: u64, user: u64) -> Result<Vec<u64>, Refusal> {
    act(ledger, plain(case, "approve", &official(user)))
}

fn locked(ledger: &Ledger) -> TransferId {
    match &ledger.leaves.last().unwrap().body {
        Body::Lock(lock) => lock.transfer,
        other => panic!("a {} instead of a lock", other.kind()),
    }
}

fn id_of(lock: &Lock) -> TransferId {
    let ranges: Vec<_> = lock.blocks.iter().map(UnitBlock::range).collect();
    transfer_id(&TransferTerms {
        source: &text("vu.example/ledger"),
        destination: &lock.destination_origin,
        agreement: &lock.agreement,
        ranges: &ranges,
        from: lock.from,
        to: lock.to,
        nonce: &lock.nonce,
        expiry_ms: lock.expiry_ms,
    })
}

#[test]
fn units_from_abroad_for_a_suspended_organisation_go_back_and_come_in_after_its_reactivation() {
    let (mut vanuatu, mut swiss, to_account) = two_countries();
    swiss.issue(TRADING, 5);
    decide(&mut vanuatu, DEVELOPER, "suspend", 1);
    let mut both = [vanuatu, swiss];
    for (nonce, end, tonnes) in [
        (1, TransferStage::Released, 100),
        (2, TransferStage::Final, 105),
    ] {
        let send = Command::Send {
            to: text("VU"),
            agreement: agreement_id(text("CH"), text("VU")),
            from: TRADING,
            to_account,
            units: Selection::Tonnes(5),
            nonce: RequestId([nonce; 16]),
            expiry_ms: EXPIRY_MS,
        };
        both[1].must(&send);
        let transfer = locked(&both[1]);
        settle(&mut both);
        assert_eq!(both[1].stage_sent(transfer), end);
        assert_eq!(both[0].available(to_account), tonnes);
        both.iter().for_each(|it| check(&it.state));
        let refusal = both[1].sent(transfer).refusal_code;
        assert_eq!(refusal, (nonce == 1).then_some(FaultCode::Policy.code()));
        if nonce == 1 {
            decide(&mut both[0], DEVELOPER, "reactivate", 2);
        }
    }
}

#[test]
fn two_officials_approve_and_the_lock_follows_at_once() {
    let (mut vanuatu, swiss, from) = two_countries();
    let case = asked(&mut vanuatu, from, 30);
    assert_eq!(vanuatu.state.balance(LedgerAccount::OnHold(from)), 30);
    approve(&mut vanuatu, case, 1).unwrap();
    assert_eq!(vanuatu.state.transfers().count(), 0, "one signature");
    let leaves = approve(&mut vanuatu, case, 2).unwrap();
    assert_eq!(leaves.len(), 2, "the act and the lock");
    let transfer = locked(&vanuatu);
    assert_eq!(vanuatu.state.balance(LedgerAccount::OnHold(from)), 0);
    assert_eq!(vanuatu.state.balance(LedgerAccount::Escrow(from)), 30);
    let known = vanuatu.state.case(case).unwrap();
    assert_eq!(
        (known.reserved.as_ref(), known.changed_at),
        (None, leaves[1])
    );
    assert_eq!(known.end, Some(CaseEnd::Step { at: leaves[0] }));
    check(&vanuatu.state);
    vanuatu.end_block();
    assert_eq!(stored_and_loaded(&vanuatu), vanuatu.state);

    let mut both = [vanuatu, swiss];
    settle(&mut both);
    let [vanuatu, swiss] = both;
    assert_eq!(vanuatu.stage_sent(transfer), TransferStage::Final);
    assert_eq!(swiss.available(TRADING), 30);
    check(&vanuatu.state);
    check(&swiss.state);
}

#[test]
fn nothing_is_locked_beside_a_case() {
    let (mut vanuatu, _, from) = two_countries();
    let direct = Command::Send {
        to: text("CH"),
        agreement: agreement_id(text("CH"), text("VU")),
        from,
        to_account: TRADING,
        units: Selection::Tonnes(30),
        nonce: RequestId([7; 16]),
        expiry_ms: EXPIRY_MS,
    };
    let beside = Err(Refusal::ByProcess("a transfer to another country"));
    assert_eq!(vanuatu.submit(&direct), beside);
    // Nor while a case that asks for the same is under way, nor after it.
    let case = asked(&mut vanuatu, from, 30);
    assert_eq!(vanuatu.submit(&direct), beside);
    approve(&mut vanuatu, case, 1).unwrap();
    approve(&mut vanuatu, case, 2).unwrap();
    assert_eq!(vanuatu.submit(&direct), beside);
}

#[test]
fn between_the_approval_and_its_lock_there_is_nothing() {
    let (mut vanuatu, _, from) = two_countries();
    let case = asked(&mut vanuatu, from, 30);
    approve(&mut vanuatu, case, 1).unwrap();
    let mut planned = vanuatu.clone();
    approve(&mut planned, case, 2).unwrap();
    let Body::Lock(lock) = planned.leaves.last().unwrap().body.clone() else {
        panic!("a lock");
    };
    // Whoever has the key writes the approval alone.
    vanuatu
        .write(Body::CaseAct(plain(case, "approve", &official(2))))
        .unwrap();
    let awaited = Refusal::RecordAwaited(case);
    let again = plain(case, "approve", &official(3));
    assert_eq!(
        vanuatu.write(Body::CaseAct(again)).unwrap_err(),
        awaited,
        "another record"
    );
    let own = partner_of(text("CH"), PartnerStatus::Active);
    assert_eq!(
        vanuatu.submit(&Command::SetPartner(own)),
        Err(awaited.clone())
    );
    // Locks that are right in themselves, and not the approved one.
    let mut later = lock.clone();
    later.expiry_ms += 1;
    let mut elsewhere = lock.clone();
    elsewhere.to = AccountId(2);
    let mut twice = lock.clone();
    twice.nonce = RequestId([8; 16]);
    let mut others = lock.clone();
    others.blocks = vec![vanuatu.state.available(from).next().unwrap().block];
    for mut other in [later, elsewhere, twice, others] {
        other.transfer = id_of(&other);
        assert_eq!(vanuatu.write(Body::Lock(other)).unwrap_err(), awaited);
    }
    assert_eq!(id_of(&lock), lock.transfer);
    vanuatu.write(Body::Lock(lock)).unwrap();
    assert_eq!(vanuatu.state, planned.state);
    check(&vanuatu.state);
}

#[test]
fn what_a_case_uses_waits_for_its_source_where_the_agreement_says_so() {
    let (mut vanuatu, mut swiss, account) = two_countries();
    swiss.issue(TRADING, 10);
    vanuatu.must(&Command::SetAgreement(Agreement {
        use_needs_source_final: true,
        ..agreement_of(text("VU"), text("CH"))
    }));
    let mut send = swiss.send_command(text("VU"), 10, 1);
    if let Command::Send { to_account, .. } = &mut send {
        *to_account = account;
    }
    let lock = *swiss.must(&send).last().unwrap();
    let offer = swiss.prove(lock);
    vanuatu.receive_and_write(&offer);
    let fate = Fate::Retire {
        kind: RetireKind::Retire,
        purpose: Purpose::InternationalMitigation,
        beneficiary: None,
        claim: Claim::default(),
    };
    let arrived: UnitRange = text("CH-1-10");
    let units = Selection::Ranges(vec![arrived]);
    let step = ("retirement", "request");
    let case = request_units(&mut vanuatu, step, account, units, fate).unwrap();
    let size = vanuatu.state.size();
    let early = act(&mut vanuatu, plain(case, "approve", &official(1)));
    assert!(
        matches!(early, Err(Refusal::SourceNotFinal { .. })),
        "{early:?}"
    );
    assert_eq!(vanuatu.state.size(), size);
    let mut all = [vanuatu, swiss];
    settle(&mut all);
    let [mut vanuatu, _] = all;
    act(&mut vanuatu, plain(case, "approve", &official(1))).unwrap();
    check(&vanuatu.state);
}

#[test]
fn an_approval_whose_lock_is_refused_is_not_written() {
    let (mut vanuatu, _, from) = two_countries();
    let case = asked(&mut vanuatu, from, 30);
    approve(&mut vanuatu, case, 1).unwrap();
    let frozen: Partner = partner_of(text("CH"), PartnerStatus::Frozen);
    vanuatu.must(&Command::SetPartner(frozen));
    let size = vanuatu.state.size();
    let refused = approve(&mut vanuatu, case, 2);
    assert_eq!(refused, Err(Refusal::PartnerFrozen(text("CH"))));
    assert_eq!(vanuatu.state.size(), size);
    // The holder takes the request back, and has the units.
    act(&mut vanuatu, plain(case, "cancel", &developer())).unwrap();
    assert_eq!(vanuatu.available(from), 100);
    // One that was approved too late is refused as any lock is.
    vanuatu.must(&Command::SetPartner(partner_of(
        text("CH"),
        PartnerStatus::Active,
    )));
    let case = asked(&mut vanuatu, from, 30);
    approve(&mut vanuatu, case, 1).unwrap();
    vanuatu.time_ms = EXPIRY_MS;
    let late = approve(&mut vanuatu, case, 2);
    assert!(
        matches!(late, Err(Refusal::ExpiryTooSoon { .. })),
        "{late:?}"
    );
    check(&vanuatu.state);
}

#[test]
fn a_flow_for_one_end_does_not_serve_for_the_other() {
    let (mut vanuatu, _, from) = two_countries();
    // A transfer inside the country, which a receiver may accept without an official, sends nothing abroad.
    let domestic = ask(
        &mut vanuatu,
        "transfer",
        "send",
        from,
        5,
        sending(EXPIRY_MS),
    );
    assert!(matches!(domestic, Err(Refusal::Act(_))), "{domestic:?}");
    let inside = Fate::Transfer { to: AccountId(4) };
    let abroad = ask(&mut vanuatu, "border-transfer", "request", from, 5, inside);
    assert!(matches!(abroad, Err(Refusal::Act(_))), "{abroad:?}");
    // With a receiver here the request is not one to another country.
    let named = request(
        &mut vanuatu,
        "border-transfer",
        "request",
        from,
        5,
        sending(EXPIRY_MS),
    );
    assert!(matches!(named, Err(Refusal::Act(_))), "{named:?}");
    let mut stranger = sending(EXPIRY_MS);
    if let Fate::Send(it) = &mut stranger {
        it.destination = text("NO");
    }
    let unknown = ask(
        &mut vanuatu,
        "border-transfer",
        "request",
        from,
        5,
        stranger,
    );
    assert_eq!(unknown, Err(Refusal::UnknownPartner(text("NO"))));
    assert_eq!(vanuatu.available(from), 100);
}

#[test]
fn a_suspension_and_a_hold_stop_what_would_be_sent() {
    let (mut vanuatu, _, from) = two_countries();
    let case = asked(&mut vanuatu, from, 30);
    approve(&mut vanuatu, case, 1).unwrap();
    let mut suspended = vanuatu.clone();
    decide(&mut suspended, DEVELOPER, "suspend", 1);
    assert_eq!(suspended.available(from), 100);
    let refused = approve(&mut suspended, case, 2);
    assert!(
        matches!(refused, Err(Refusal::CaseCancelled { .. })),
        "{refused:?}"
    );
    decide(&mut vanuatu, BUYER, "suspend", 1);
    let by = official(3);
    vanuatu.must(&Command::PlaceHold(Box::new(PlaceHold {
        on: HoldOn::Account(from),
        reason: text("Fraud is being investigated"),
        authority: by.organisation,
        reference: text("none"),
        expiry_ms: None,
        by: Some(by),
    })));
    let held = approve(&mut vanuatu, case, 2);
    assert!(
        matches!(held, Err(Refusal::Held { hold: 1, .. })),
        "{held:?}"
    );
    check(&vanuatu.state);
}
