//! Every partner is an auditor: ledgers are mirrored, judged by the rules of whoever mirrors them, and served to others.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::sync::Arc;
use std::time::{Duration, Instant};

use countersign_node::mirror::{Mirror, MirrorStatus};
use countersign_node::store::StoreReader;
use countersign_protocol::federation::evidence::{Contradiction, Evidence};
use countersign_protocol::id::AccountId;
use countersign_protocol::log::{Checkpoint, SignedNote};
use countersign_protocol::registry::{LedgerAccount, TransferKey, TransferStage};
use countersign_tests::countries::{Country, Witnesses, apart, connect, federation};

/// Waits until something holds of a country's mirror of another.
async fn mirror_of(
    country: &Country,
    other: &Country,
    until: impl Fn(&MirrorStatus) -> bool,
) -> Arc<Mirror> {
    let deadline = Instant::now() + Duration::from_secs(90);
    loop {
        let mirror = country.mirrors.find(&other.identity.origin());
        match mirror {
            Some(mirror) if until(&mirror.status()) => return mirror,
            found if Instant::now() > deadline => panic!(
                "{}: the mirror of {} is {:?}",
                country.identity.party,
                other.identity.party,
                found.map(|it| it.status())
            ),
            _ => tokio::time::sleep(Duration::from_millis(20)).await,
        }
    }
}

fn size_of(country: &Country) -> u64 {
    // What the state says already may be a block ahead of the signed head.
    country.ledger.read(|state| state.size())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_partners_ledger_is_mirrored_leaf_by_leaf_and_its_registry_with_it() {
    let dir = tempfile::tempdir().unwrap();
    let witnesses = Witnesses::start(dir.path());
    let countries = federation(dir.path(), &witnesses, &["GH", "CH"]).await;
    let (gh, ch) = (&countries["GH"], &countries["CH"]);
    gh.issue(5_000).await;
    let id = gh.send(&ch.identity, 1, 1_200).await.unwrap();
    let key = TransferKey::Out(id);
    gh.wait_for(key, |it| it.settled_at.is_some()).await;
    let size = size_of(gh);

    let mirror = mirror_of(ch, gh, |it| it.size >= size && it.caught_up_ms.is_some()).await;

    let available = LedgerAccount::Available(AccountId(1));
    let (balance, stage) = mirror
        .read(|state| {
            let transfer = state.transfer(&key).map(|it| it.stage);
            (state.balance(available), transfer)
        })
        .unwrap();
    assert_eq!((balance, stage), (3_800, Some(TransferStage::Final)));
    let own = gh.ledger.root(size).unwrap();
    assert_eq!(mirror.root_at(size).unwrap(), own);
    assert_eq!(
        mirror.store().unwrap().leaf(size - 1).unwrap(),
        gh.ledger.leaf(size - 1).unwrap()
    );
    // What it serves proves itself: the checkpoint has a quorum.
    // The leaves are there a moment before the checkpoint that they stand under.
    let mut note = String::new();
    for _ in 0..300 {
        note = mirror.checkpoint().unwrap();
        let (_, checkpoint) = Checkpoint::parse_note(&note).unwrap();
        if checkpoint.size >= size {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let (_, checkpoint) = Checkpoint::parse_note(&note).unwrap();
    assert!(checkpoint.size >= size);
    assert!(SignedNote::parse(&note).unwrap().signatures().len() > 3);
    for country in countries.into_values() {
        country.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_ledger_of_a_country_that_is_away_is_had_from_whoever_mirrors_it() {
    let dir = tempfile::tempdir().unwrap();
    let witnesses = Witnesses::start(dir.path());
    let mut countries = apart(dir.path(), &witnesses, &["GH", "CH", "SE"]).await;
    let se = countries.remove("SE").unwrap();
    connect(&countries).await;
    let (gh, ch) = (&countries["GH"], &countries["CH"]);
    gh.issue(700).await;
    let size = size_of(gh);
    mirror_of(ch, gh, |it| it.size >= size && it.caught_up_ms.is_some()).await;
    let root = gh.ledger.root(size).unwrap();
    let gone = countries.remove("GH").unwrap();
    let (origin, away) = (gone.identity.origin(), gone.identity.clone());
    gone.stop().await;

    countries.insert("SE".to_owned(), se);
    connect(&countries).await;
    let se = &countries["SE"];
    se.open_lane(away.party, away.peer.public().to_peer_id());
    let deadline = Instant::now() + Duration::from_secs(90);
    let mirror = loop {
        let found = se.mirrors.find(&origin);
        if let Some(mirror) = found.filter(|it| it.status().size >= size) {
            break mirror;
        }
        assert!(Instant::now() < deadline, "{:?}", se.mirrors.statuses());
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    assert_eq!(mirror.root_at(size).unwrap(), root);
    for country in countries.into_values() {
        country.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mirror_goes_on_where_it_stopped() {
    let dir = tempfile::tempdir().unwrap();
    let witnesses = Witnesses::start(dir.path());
    let mut countries = federation(dir.path(), &witnesses, &["GH", "CH"]).await;
    let (gh, ch) = (&countries["GH"], &countries["CH"]);
    gh.issue(10).await;
    let before = size_of(gh);
    let mirror = mirror_of(ch, gh, |it| it.size >= before && it.caught_up_ms.is_some()).await;
    let folder = mirror.store().unwrap().dir().to_owned();
    drop(mirror);
    let (identity, ch) = (ch.identity.clone(), countries.remove("CH").unwrap());
    ch.stop().await;
    assert!(StoreReader::open(&folder).unwrap().leaf_count().unwrap() >= before);

    countries["GH"].issue(20).await;
    let ch = Country::start(dir.path(), identity, &witnesses, &[]).await;
    countries.insert("CH".to_owned(), ch);
    connect(&countries).await;
    let (gh, ch) = (&countries["GH"], &countries["CH"]);
    let size = size_of(gh);
    let mirror = mirror_of(ch, gh, |it| it.size >= size).await;
    assert_eq!(mirror.root_at(size).unwrap(), gh.ledger.root(size).unwrap());
    for country in countries.into_values() {
        country.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_two_faced_ledger_is_accused_by_every_member_and_its_open_transfers_wait() {
    let dir = tempfile::tempdir().unwrap();
    let witnesses = Witnesses::start(dir.path());
    let countries = federation(dir.path(), &witnesses, &["GH", "CH", "SE"]).await;
    let (gh, ch, se) = (&countries["GH"], &countries["CH"], &countries["SE"]);
    gh.issue(1_000).await;
    let id = gh.send(&ch.identity, 1, 10).await.unwrap();
    gh.wait_for(TransferKey::Out(id), |it| it.settled_at.is_some())
        .await;
    // Ghana's key signs another tree of a size that it has signed.
    let note = gh.ledger.head().borrow().note.to_string();
    let (_, honest) = Checkpoint::parse_note(&note).unwrap();
    let root = [6; 32];
    let other = Checkpoint { root, ..honest }
        .sign(&gh.identity.log)
        .unwrap();
    let keys = [gh.identity.log.verifier().clone()];
    let evidence = Evidence::of_checkpoints(&note, &other, &keys).unwrap();

    let accused = ch.federation().accuse(&evidence.to_string()).await.unwrap();

    assert_eq!(
        (accused.party, accused.kind),
        (gh.identity.party, Contradiction::TwoTrees)
    );
    // Sweden hears of it by gossip, and both keep the evidence.
    let deadline = Instant::now() + Duration::from_secs(60);
    for country in [ch, se] {
        let standing = || {
            let of = gh.identity.party;
            country.ledger.read(|state| state.accusation(of))
        };
        while standing().is_none() {
            assert!(Instant::now() < deadline, "{}", country.identity.party);
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let text = country.federation().evidence(&evidence.sha256()).unwrap();
        assert_eq!(text, Some(evidence.to_string()));
    }
    // Nothing new begins with Ghana, and what Ghana sends is not answered, not even with a refusal.
    let refused = ch.send(&gh.identity, 1, 1).await.unwrap_err();
    assert!(refused.to_string().contains("frozen"), "{refused}");
    let id = gh.send(&ch.identity, 1, 77).await.unwrap();
    tokio::time::sleep(Duration::from_secs(2)).await;
    let key = TransferKey::In(gh.identity.party, id);
    assert_eq!(ch.transfer(key), None);

    // The members name the line that lives on: the transfer is taken after all.
    for country in [ch, se] {
        country
            .clear(gh, &evidence.sha256(), &honest_head(gh))
            .await;
    }
    ch.federation().wake(gh.identity.party);
    gh.federation().wake(ch.identity.party);
    gh.wait_for(TransferKey::Out(id), |it| it.stage == TransferStage::Final)
        .await;
    // The same evidence does not accuse again what was cleared.
    ch.federation().accuse(&evidence.to_string()).await.unwrap();
    let of = gh.identity.party;
    assert_eq!(ch.ledger.read(|state| state.accusation(of)), None);
    for country in countries.into_values() {
        country.stop().await;
    }
}

fn honest_head(of: &Country) -> Checkpoint {
    let note = of.ledger.head().borrow().note.to_string();
    Checkpoint::parse_note(&note).unwrap().1
}
