//! Units cross a border between real ledgers over real libp2p, through refusals, restarts and partitions.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use countersign_protocol::registry::{LedgerAccount, TransferKey, TransferStage};
use countersign_tests::countries::{Witnesses, federation};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn units_go_from_ghana_to_switzerland_and_both_ledgers_say_so() {
    let dir = tempfile::tempdir().unwrap();
    let witnesses = Witnesses::start(dir.path());
    let countries = federation(dir.path(), &witnesses, &["GH", "CH"]).await;
    let (gh, ch) = (&countries["GH"], &countries["CH"]);
    gh.issue(20_000).await;

    let id = gh.send(&ch.identity, 1, 11_733).await.unwrap();
    let source = gh
        .wait_for(TransferKey::Out(id), |it| it.settled_at.is_some())
        .await;
    let destination = ch
        .wait_for(TransferKey::In(gh.identity.party, id), |it| {
            it.settled_at.is_some()
        })
        .await;

    assert_eq!(
        (source.stage, destination.stage),
        (TransferStage::Final, TransferStage::Acquired)
    );
    let account = LedgerAccount::Available(countersign_protocol::id::AccountId(1));
    assert_eq!(gh.ledger.read(|state| state.balance(account)), 8_267);
    assert_eq!(ch.ledger.read(|state| state.balance(account)), 11_733);
    assert_eq!(
        gh.ledger
            .read(|state| state.balance(LedgerAccount::TransferredTo(ch.identity.party))),
        11_733
    );
    for country in countries.into_values() {
        country.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_transfer_to_an_account_that_does_not_exist_is_refused_and_the_units_come_back() {
    let dir = tempfile::tempdir().unwrap();
    let witnesses = Witnesses::start(dir.path());
    let countries = federation(dir.path(), &witnesses, &["GH", "CH"]).await;
    let (gh, ch) = (&countries["GH"], &countries["CH"]);
    gh.issue(100).await;

    let id = gh.send(&ch.identity, 77, 60).await.unwrap();
    let source = gh
        .wait_for(TransferKey::Out(id), |it| it.settled_at.is_some())
        .await;
    let destination = ch
        .wait_for(TransferKey::In(gh.identity.party, id), |it| {
            it.settled_at.is_some()
        })
        .await;

    assert_eq!(
        (source.stage, source.refusal_code),
        (TransferStage::Released, Some(5003))
    );
    assert_eq!(destination.stage, TransferStage::Refused);
    let account = LedgerAccount::Available(countersign_protocol::id::AccountId(1));
    assert_eq!(gh.ledger.read(|state| state.balance(account)), 100);
    for country in countries.into_values() {
        country.stop().await;
    }
}
