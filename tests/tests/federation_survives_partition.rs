//! Two countries that are cut off from each other, and one that restarts, lose and double nothing.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::collections::BTreeMap;
use std::time::Duration;

use countersign_protocol::id::{AccountId, TransferId};
use countersign_protocol::registry::{LedgerAccount, TransferKey, TransferStage};
use countersign_tests::countries::{Country, Witnesses, connect, federation};

const EACH: u64 = 7;

async fn send_many(gh: &Country, ch: &Country, count: usize) -> Vec<TransferId> {
    let mut ids = Vec::new();
    for _ in 0..count {
        ids.push(gh.send(&ch.identity, 1, EACH).await.unwrap());
    }
    ids
}

async fn cut(gh: &Country, ch: &Country) {
    gh.network.remove(ch.network.local_peer_id()).await.unwrap();
    ch.network.remove(gh.network.local_peer_id()).await.unwrap();
}

async fn all_settle(gh: &Country, ch: &Country, ids: &[TransferId]) {
    for id in ids {
        let source = gh
            .wait_for(TransferKey::Out(*id), |it| it.settled_at.is_some())
            .await;
        assert_eq!(source.stage, TransferStage::Final);
        let destination = ch
            .wait_for(TransferKey::In(gh.identity.party, *id), |it| {
                it.settled_at.is_some()
            })
            .await;
        assert_eq!(destination.stage, TransferStage::Acquired);
    }
}

fn balances(country: &Country) -> BTreeMap<LedgerAccount, i64> {
    country.ledger.read(|state| state.balances().collect())
}

fn tonnes(count: usize) -> i64 {
    i64::try_from(count as u64 * EACH).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn transfers_in_flight_across_a_partition_settle_after_it_heals() {
    let dir = tempfile::tempdir().unwrap();
    let witnesses = Witnesses::start(dir.path());
    let countries = federation(dir.path(), &witnesses, &["GH", "CH"]).await;
    let (gh, ch) = (&countries["GH"], &countries["CH"]);
    gh.issue(10_000).await;

    // The cut comes in the middle of the first ones: some have arrived, some have not, some answers are on their way.
    let mut ids = send_many(gh, ch, 30).await;
    cut(gh, ch).await;
    ids.extend(send_many(gh, ch, 30).await);
    tokio::time::sleep(Duration::from_millis(300)).await;

    let last = gh.transfer(TransferKey::Out(*ids.last().unwrap())).unwrap();
    assert_eq!(last.stage, TransferStage::Locked, "nothing crosses a cut");
    let available = LedgerAccount::Available(AccountId(1));
    let arrived = balances(ch).get(&available).copied().unwrap_or(0);
    let gone = balances(gh)
        .get(&LedgerAccount::TransferredTo(ch.identity.party))
        .copied()
        .unwrap_or(0);
    assert!(
        arrived >= gone,
        "units are gone from the source only when they have arrived"
    );

    connect(&countries).await;
    all_settle(gh, ch, &ids).await;

    assert_eq!(
        balances(gh)[&LedgerAccount::TransferredTo(ch.identity.party)],
        tonnes(60)
    );
    assert_eq!(balances(gh)[&available], 10_000 - tonnes(60));
    assert_eq!(balances(ch)[&available], tonnes(60));
    for country in countries.into_values() {
        country.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_destination_that_restarts_in_the_middle_goes_on_where_it_was() {
    let dir = tempfile::tempdir().unwrap();
    let witnesses = Witnesses::start(dir.path());
    let mut countries = federation(dir.path(), &witnesses, &["GH", "CH"]).await;
    countries["GH"].issue(10_000).await;
    let identity = countries["CH"].identity.clone();

    let mut ids = send_many(&countries["GH"], &countries["CH"], 20).await;
    countries.remove("CH").unwrap().stop().await;
    let gh = &countries["GH"];
    for _ in 0..10 {
        ids.push(gh.send(&identity, 1, EACH).await.unwrap());
    }
    let ch = Country::start(dir.path(), identity, &witnesses, &[gh.address().await]).await;
    countries.insert("CH".to_owned(), ch);
    connect(&countries).await;

    let (gh, ch) = (&countries["GH"], &countries["CH"]);
    all_settle(gh, ch, &ids).await;
    assert_eq!(
        balances(ch)[&LedgerAccount::Available(AccountId(1))],
        tonnes(30)
    );
    assert_eq!(
        balances(gh)[&LedgerAccount::TransferredTo(ch.identity.party)],
        tonnes(30)
    );
    for country in countries.into_values() {
        country.stop().await;
    }
}
