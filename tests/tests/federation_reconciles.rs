//! Two countries compare their ledgers; what one orders to stay where it is stays there in the other.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use countersign_node::federation::{ReconcileError, Reconciled};
use countersign_node::ledger::SubmitError;
use countersign_protocol::federation::ProvenRecord;
use countersign_protocol::id::{AccountId, OrganisationId, RequestId};
use countersign_protocol::party::Party;
use countersign_protocol::record::{
    AccountKind, Body, Discrepancy, HoldOn, Lock, ProofReference, Record,
};
use countersign_protocol::registry::{
    Command, LiftHold, PlaceHold, Refusal, Selection, State, TransferKey, TransferTerms,
    transfer_id,
};
use countersign_protocol::units::{UnitBlock, UnitRange};
use countersign_tests::countries::{Country, Witnesses, federation, fresh};

async fn two(dir: &std::path::Path) -> BTreeMap<String, Country> {
    let witnesses = Witnesses::start(dir);
    federation(dir, &witnesses, &["GH", "CH"]).await
}

async fn until(what: &str, holds: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(90);
    while !holds() {
        assert!(Instant::now() < deadline, "{what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Compares as soon as the partner has given its head.
async fn reconciled(country: &Country, party: Party) -> Reconciled {
    let deadline = Instant::now() + Duration::from_secs(90);
    loop {
        match country.federation().reconcile(party).await {
            Ok(found) => return found,
            Err(ReconcileError::NotCaughtUp(_) | ReconcileError::Behind(_)) => {
                assert!(Instant::now() < deadline);
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            Err(error) => panic!("{error}"),
        }
    }
}

fn moves(from: u32, to: u32, range: &str) -> Command {
    Command::Transfer {
        from: AccountId(from),
        to: AccountId(to),
        units: Selection::Ranges(vec![range.parse().unwrap()]),
    }
}

async fn second_account(country: &Country) {
    let open = Command::OpenAccount {
        organisation: OrganisationId(1),
        name: "Second".parse().unwrap(),
        kind: AccountKind::EntityHolding,
    };
    country.submit(open).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_comparison_that_is_asked_for_comes_about_while_units_come_without_a_pause() {
    let dir = tempfile::tempdir().unwrap();
    let countries = two(dir.path()).await;
    let (gh, ch) = (&countries["GH"], &countries["CH"]);
    gh.issue(1_000_000).await;
    let sending = async {
        loop {
            gh.send(&ch.identity, 1, 1).await.unwrap();
        }
    };
    let asking = async {
        reconciled(ch, gh.identity.party).await;
        for _ in 0..5 {
            let found = ch.federation().reconcile(gh.identity.party).await;
            assert!(found.unwrap().differences.is_empty());
        }
    };
    tokio::select! {
        () = sending => {}
        () = asking => {}
    }
    for country in countries.into_values() {
        country.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn honest_ledgers_agree_while_units_go_to_and_fro() {
    let dir = tempfile::tempdir().unwrap();
    let countries = two(dir.path()).await;
    let (gh, ch) = (&countries["GH"], &countries["CH"]);
    gh.issue(1_000).await;
    ch.issue(500).await;
    let mut last = None;
    for tonnes in [100, 30, 7] {
        let out = gh.send(&ch.identity, 1, tonnes * 2).await.unwrap();
        let back = ch.send(&gh.identity, 1, tonnes).await.unwrap();
        assert_eq!(reconciled(gh, ch.identity.party).await.differences, []);
        assert_eq!(reconciled(ch, gh.identity.party).await.differences, []);
        last = Some((out, back));
    }
    let (out, back) = last.unwrap();
    gh.wait_for(TransferKey::Out(out), |it| it.settled_at.is_some())
        .await;
    ch.wait_for(TransferKey::Out(back), |it| it.settled_at.is_some())
        .await;
    for (one, other) in [(gh, ch), (ch, gh)] {
        assert_eq!(reconciled(one, other.identity.party).await.differences, []);
        let known = one
            .ledger
            .read(|state| state.comparison(other.identity.party).cloned());
        assert_eq!(known, None, "nothing is written where nothing was found");
    }
    for country in countries.into_values() {
        country.stop().await;
    }
}

/// Switzerland's program takes units for which there is no lock: its own ledger breaks no rule.
async fn take_without_a_lock(gh: &Country, ch: &Country, block: UnitBlock) {
    let (source, destination) = (gh.identity.origin(), ch.identity.origin());
    let (source, destination) = (source.parse().unwrap(), destination.parse().unwrap());
    let agreement = "CH-GH".parse().unwrap();
    let nonce = fresh();
    let expiry_ms = gh.ledger.now_ms() + 24 * 3_600_000;
    let transfer = transfer_id(&TransferTerms {
        source: &source,
        destination: &destination,
        agreement: &agreement,
        ranges: &[block.range()],
        from: AccountId(1),
        to: AccountId(1),
        nonce: &nonce,
        expiry_ms,
    });
    let lock = Lock {
        transfer,
        destination: ch.identity.party,
        destination_origin: destination,
        agreement,
        from: AccountId(1),
        to: AccountId(1),
        blocks: vec![block],
        nonce,
        expiry_ms,
    };
    let size = gh.ledger.head().borrow().size;
    let forged = ProvenRecord {
        proof: ProofReference {
            origin: source,
            index: size - 1,
            size,
            root: gh.ledger.root(size).unwrap(),
        },
        record: Record {
            time_ms: gh.ledger.now_ms(),
            request: RequestId([7; 16]),
            body: Body::Lock(lock),
        },
    };
    ch.submit(Command::Proven(Box::new(forged))).await.unwrap();
    let key = TransferKey::In(gh.identity.party, transfer);
    assert!(ch.transfer(key).is_some(), "it was acquired");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn units_that_two_ledgers_have_are_found_and_stay_where_they_are() {
    let dir = tempfile::tempdir().unwrap();
    let countries = two(dir.path()).await;
    let (gh, ch) = (&countries["GH"], &countries["CH"]);
    gh.issue(1_000).await;
    second_account(gh).await;
    gh.submit(forty_apart()).await.unwrap();
    let range: UnitRange = "GH-961-1000".parse().unwrap();
    let block = gh
        .ledger
        .read(|state: &State| state.holdings_over(range).next())
        .unwrap()
        .block;
    assert_eq!(block.range(), range);
    gh.is_witnessed().await;
    take_without_a_lock(gh, ch, block).await;
    ch.is_witnessed().await;
    let before = gh.ledger.read(State::size);
    let size = ch.ledger.read(State::size);
    until("Ghana's mirror holds what Switzerland did", || {
        let status = gh.mirrors.statuses().into_iter();
        let mut of_ch = status.filter(|it| it.party == ch.identity.party);
        of_ch.any(|it| it.size >= size && it.asked_at >= Some(before))
    })
    .await;

    let found = reconciled(gh, ch.identity.party).await;

    let kinds: Vec<_> = found.differences.iter().map(|it| it.difference).collect();
    assert_eq!(kinds.len(), 1, "{kinds:?}");
    assert_eq!(
        (kinds[0].range, kinds[0].kind),
        (range, Discrepancy::HeldTwice)
    );
    assert!(found.differences[0].here.is_some() && found.differences[0].there.is_some());
    let refused = gh.submit(moves(2, 1, "GH-961-1000")).await;
    assert!(
        matches!(&refused, Err(SubmitError::Refused(Refusal::Disputed { party, .. })) if *party == ch.identity.party),
        "{refused:?}"
    );
    gh.submit(moves(1, 2, "GH-1-960")).await.unwrap();
    for country in countries.into_values() {
        country.stop().await;
    }
}

/// Forty of the thousand tonnes into the second account.
fn forty_apart() -> Command {
    Command::Transfer {
        from: AccountId(1),
        to: AccountId(2),
        units: Selection::Tonnes(40),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_order_of_the_issuer_is_followed_abroad_and_ends_with_it() {
    let dir = tempfile::tempdir().unwrap();
    let countries = two(dir.path()).await;
    let (gh, ch) = (&countries["GH"], &countries["CH"]);
    let ghana = gh.identity.party;
    gh.issue(1_000).await;
    second_account(ch).await;
    let sent = gh.send(&ch.identity, 1, 400).await.unwrap();
    gh.wait_for(TransferKey::Out(sent), |it| it.settled_at.is_some())
        .await;
    let expiry_ms = gh.ledger.now_ms() + 3_600_000;
    gh.submit(Command::PlaceHold(Box::new(PlaceHold {
        on: HoldOn::Ranges(vec!["GH-701-750".parse().unwrap()]),
        reason: "Stolen".parse().unwrap(),
        authority: OrganisationId(1),
        reference: "High Court, order 12/2026".parse().unwrap(),
        expiry_ms: Some(expiry_ms),
        by: None,
    })))
    .await
    .unwrap();
    until("Switzerland follows the order", || {
        ch.ledger.read(|state| state.freeze(ghana, 1).is_some())
    })
    .await;
    let refused = ch.submit(moves(1, 2, "GH-701-750")).await;
    let Err(SubmitError::Refused(Refusal::FrozenByPartner { party, .. })) = &refused else {
        panic!("{refused:?}");
    };
    assert_eq!(*party, ghana);
    ch.submit(moves(1, 2, "GH-751-1000")).await.unwrap();

    gh.submit(Command::LiftHold(Box::new(LiftHold {
        hold: 1,
        reason: "Given back".parse().unwrap(),
        authority: OrganisationId(1),
        reference: "High Court, judgment 31/2026".parse().unwrap(),
        by: None,
    })))
    .await
    .unwrap();
    until("the order ends in Switzerland, too", || {
        ch.ledger.read(|state| {
            let freeze = state.freeze(ghana, 1).cloned();
            freeze.is_some_and(|it| it.ended.is_some_and(|end| end.order.proof.is_some()))
        })
    })
    .await;
    ch.submit(moves(1, 2, "GH-701-750")).await.unwrap();
    for country in countries.into_values() {
        country.stop().await;
    }
}
