//! Two countries whose nodes never reach each other: units cross in files, and nothing is doubled or lost.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::collections::BTreeMap;
use std::path::Path;

use countersign_node::app::Unpacked;
use countersign_node::federation::CourierError;
use countersign_protocol::federation::FaultCode;
use countersign_protocol::federation::evidence::Evidence;
use countersign_protocol::federation::parcel::Parcel;
use countersign_protocol::id::{AccountId, TransferId};
use countersign_protocol::log::Checkpoint;
use countersign_protocol::registry::{LedgerAccount, TransferKey, TransferStage};
use countersign_tests::countries::{Country, Identity, Witnesses, apart};

const AVAILABLE: LedgerAccount = LedgerAccount::Available(AccountId(1));

/// Two countries with witnesses that both reach, and no way between them.
async fn two(dir: &Path, witnesses: &Witnesses) -> (Country, Country) {
    let mut countries = apart(dir, witnesses, &["GH", "CH"]).await;
    let gh = countries.remove("GH").unwrap();
    let ch = countries.remove("CH").unwrap();
    gh.issue(10_000).await;
    gh.is_witnessed().await;
    (gh, ch)
}

/// As a file: what is read is what was written.
fn carried(parcel: &Parcel) -> Parcel {
    Parcel::parse(&serde_json::to_vec(parcel).unwrap()).unwrap()
}

fn stages(
    gh: &Country,
    ch: &Country,
    id: TransferId,
) -> (Option<TransferStage>, Option<TransferStage>) {
    let source = gh.transfer(TransferKey::Out(id));
    let destination = ch.transfer(TransferKey::In(gh.identity.party, id));
    (source.map(|it| it.stage), destination.map(|it| it.stage))
}

fn balance(country: &Country) -> i64 {
    country.ledger.read(|state| state.balance(AVAILABLE))
}

async fn to(country: &Country, parcel: &Parcel) -> Unpacked {
    let unpacked = country.federation().unpack(&carried(parcel)).await.unwrap();
    assert_eq!(unpacked.refused, BTreeMap::new(), "{:?}", unpacked.problems);
    unpacked
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn units_cross_in_three_files_and_each_may_come_twice() {
    let dir = tempfile::tempdir().unwrap();
    let witnesses = Witnesses::start(dir.path());
    let (gh, ch) = two(dir.path(), &witnesses).await;
    let id = gh.send(&ch.identity, 1, 700).await.unwrap();
    gh.is_witnessed().await;

    let offer = gh.federation().pack(ch.identity.party, None).unwrap();
    assert_eq!(offer.bundles.len(), 1);
    let first = to(&ch, &offer).await;
    assert_eq!(
        stages(&gh, &ch, id),
        (Some(TransferStage::Locked), Some(TransferStage::Acquired))
    );
    let again = to(&ch, &offer).await;
    assert_eq!(again.reply.bundles, first.reply.bundles, "the same answer");

    let receipt = to(&gh, &first.reply).await;
    assert_eq!(stages(&gh, &ch, id).0, Some(TransferStage::Final));
    to(&gh, &again.reply).await;

    let settled = |ch: &Country| {
        ch.transfer(TransferKey::In(gh.identity.party, id))
            .unwrap()
            .settled_at
    };
    assert_eq!(settled(&ch), None);
    to(&ch, &receipt.reply).await;
    to(&ch, &receipt.reply).await;
    assert!(settled(&ch).is_some(), "the notice was in the answer");
    assert_eq!((balance(&gh), balance(&ch)), (9_300, 700));

    // Nothing is open any more, so there is nothing to pack.
    let nothing = gh
        .federation()
        .pack(ch.identity.party, Some(&first.reply))
        .unwrap();
    assert_eq!(nothing.bundles, Vec::<String>::new());
    for country in [gh, ch] {
        country.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_is_lost_is_packed_again_and_later_ones_join_on() {
    let dir = tempfile::tempdir().unwrap();
    let witnesses = Witnesses::start(dir.path());
    let (gh, ch) = two(dir.path(), &witnesses).await;
    let mut told = None;
    let mut ids = Vec::new();
    for round in 0..3 {
        ids.push(gh.send(&ch.identity, 1, 100).await.unwrap());
        gh.is_witnessed().await;
        // The first copy is lost on the way.
        drop(
            gh.federation()
                .pack(ch.identity.party, told.as_ref())
                .unwrap(),
        );
        let packed = gh
            .federation()
            .pack(ch.identity.party, told.as_ref())
            .unwrap();
        assert_eq!(
            packed.consistency.is_empty(),
            round == 0,
            "{:?}",
            packed.consistency
        );
        let answer = to(&ch, &packed).await.reply;
        // And so is every answer but the last: only what CH knows arrives.
        if round == 2 {
            to(&gh, &answer).await;
        }
        told = Some(answer);
    }
    for id in &ids {
        assert_eq!(
            stages(&gh, &ch, *id),
            (Some(TransferStage::Final), Some(TransferStage::Acquired))
        );
    }
    assert_eq!((balance(&gh), balance(&ch)), (9_700, 300));
    for country in [gh, ch] {
        country.stop().await;
    }
}

/// Rule R9: what does not prove that it continues what was seen before is not believed, however well it is signed.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_later_parcel_without_a_proof_of_its_growth_is_refused_and_says_what_to_do() {
    let dir = tempfile::tempdir().unwrap();
    let witnesses = Witnesses::start(dir.path());
    let (gh, ch) = two(dir.path(), &witnesses).await;
    gh.send(&ch.identity, 1, 100).await.unwrap();
    gh.is_witnessed().await;
    let first = to(&ch, &gh.federation().pack(ch.identity.party, None).unwrap()).await;
    gh.send(&ch.identity, 1, 100).await.unwrap();
    gh.is_witnessed().await;

    let unjoined = gh.federation().pack(ch.identity.party, None).unwrap();
    let size = ch.ledger.latest_head().size;
    let refused = ch.federation().unpack(&unjoined).await.unwrap_err();
    assert!(
        matches!(refused, CourierError::NotJoined { .. }),
        "{refused}"
    );
    assert!(
        refused.to_string().contains("pack a parcel for GH"),
        "{refused}"
    );
    let mut forged = gh
        .federation()
        .pack(ch.identity.party, Some(&first.reply))
        .unwrap();
    let hash = &mut forged.consistency[0].hashes[0];
    *hash = hash.replace(['0', '1', '2', '3'], "e");
    let refused = ch.federation().unpack(&forged).await.unwrap_err();
    assert!(matches!(refused, CourierError::Checkpoint(_)), "{refused}");
    assert_eq!(ch.ledger.latest_head().size, size, "nothing was written");

    // What CH says that it knows is where the next one begins.
    let told = ch.federation().pack(gh.identity.party, None).unwrap();
    to(
        &ch,
        &gh.federation()
            .pack(ch.identity.party, Some(&told))
            .unwrap(),
    )
    .await;
    assert_eq!(balance(&ch), 200);
    for country in [gh, ch] {
        country.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_carries_a_parcel_can_not_change_what_it_says() {
    let dir = tempfile::tempdir().unwrap();
    let witnesses = Witnesses::start(dir.path());
    let (gh, ch) = two(dir.path(), &witnesses).await;
    gh.send(&ch.identity, 1, 100).await.unwrap();
    gh.is_witnessed().await;
    let good = gh.federation().pack(ch.identity.party, None).unwrap();
    let size = ch.ledger.latest_head().size;

    let mut forged = good.clone();
    forged.bundles[0] = forged.bundles[0].replacen('A', "B", 1);
    let unpacked = ch.federation().unpack(&forged).await.unwrap();
    assert_eq!(
        (unpacked.taken, unpacked.refused.values().sum::<usize>()),
        (0, 1)
    );
    let elsewhere = Parcel {
        to: "VU".parse().unwrap(),
        ..good.clone()
    };
    let refused = ch.federation().unpack(&elsewhere).await.unwrap_err();
    assert!(matches!(refused, CourierError::NotForUs(_)), "{refused}");
    let from = Parcel {
        from: "VU".parse().unwrap(),
        ..good.clone()
    };
    let refused = ch.federation().unpack(&from).await.unwrap_err();
    assert!(
        matches!(refused, CourierError::UnknownPartner(_)),
        "{refused}"
    );
    let note = good
        .checkpoint
        .as_ref()
        .unwrap()
        .replacen("gh.example", "gx.example", 1);
    let other = Parcel {
        checkpoint: Some(note),
        ..good.clone()
    };
    let refused = ch.federation().unpack(&other).await.unwrap_err();
    assert!(matches!(refused, CourierError::Checkpoint(_)), "{refused}");
    assert_eq!(ch.ledger.latest_head().size, size, "nothing was written");
    assert_eq!(balance(&ch), 0);

    to(&ch, &good).await;
    assert_eq!(balance(&ch), 100);
    for country in [gh, ch] {
        country.stop().await;
    }
}

/// A country that reaches no witness has its partners cosign by file; then its units may leave.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_country_without_a_witness_in_reach_is_cosigned_by_file() {
    let dir = tempfile::tempdir().unwrap();
    let witnesses = Witnesses::of(&[&Identity::of("CH").cosigner]);
    let mut countries = apart(dir.path(), &witnesses, &["GH", "CH"]).await;
    let (gh, ch) = (
        countries.remove("GH").unwrap(),
        countries.remove("CH").unwrap(),
    );
    gh.issue(10_000).await;
    gh.send(&ch.identity, 1, 700).await.unwrap();

    let asks = gh.federation().pack(ch.identity.party, None).unwrap();
    assert!(
        asks.bundles.is_empty() && asks.checkpoint.is_none(),
        "nothing leaves before a quorum (rule R2)"
    );
    let cosigned = ch.federation().unpack(&carried(&asks)).await.unwrap();
    assert_eq!(cosigned.problems, Vec::<String>::new());
    // A cosignature that is not true changes nothing.
    let mut forged = cosigned.reply.clone();
    let note = forged.cosigned.as_mut().unwrap();
    let at = note.trim_end().len() - 4;
    let with = if note[at..=at].eq("A") { "B" } else { "A" };
    note.replace_range(at..=at, with);
    gh.federation().unpack(&carried(&forged)).await.unwrap();
    assert_eq!(gh.ledger.witnessed().borrow().clone(), None);

    let offer = gh
        .federation()
        .unpack(&carried(&cosigned.reply))
        .await
        .unwrap()
        .reply;
    assert!(gh.ledger.witnessed().borrow().is_some());
    assert_eq!(offer.bundles.len(), 1);
    let got = ch.federation().unpack(&carried(&offer)).await.unwrap();
    assert_eq!((got.taken, balance(&ch)), (1, 700));
    for country in [gh, ch] {
        country.stop().await;
    }
}

/// A partner that cosigned more of this ledger than there is now is proof of a rollback: the node writes no more.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cosignature_over_more_than_the_ledger_has_stops_it() {
    let dir = tempfile::tempdir().unwrap();
    let witnesses = Witnesses::of(&[&Identity::of("CH").cosigner]);
    let mut countries = apart(dir.path(), &witnesses, &["GH", "CH"]).await;
    let (gh, ch) = (
        countries.remove("GH").unwrap(),
        countries.remove("CH").unwrap(),
    );
    gh.issue(10).await;
    let asks = gh.federation().pack(ch.identity.party, None).unwrap();
    let cosigned = ch.federation().unpack(&carried(&asks)).await.unwrap().reply;
    gh.stop().await;

    // The same country with an empty disk.
    std::fs::remove_dir_all(dir.path().join("GH")).unwrap();
    let gh = Country::start(dir.path(), Identity::of("GH"), &witnesses, &[]).await;
    gh.agree_with(&ch.identity).await;
    let refused = gh
        .federation()
        .unpack(&carried(&cosigned))
        .await
        .unwrap_err();
    assert!(matches!(refused, CourierError::Alarm(_)), "{refused}");
    assert!(refused.to_string().contains("rolled back"), "{refused}");
    assert!(gh.ledger.failed().borrow().is_some(), "it writes no more");
    for country in [gh, ch] {
        country.stop().await;
    }
}

/// What is well signed and belongs to somebody else is of no use to whoever mixes it up.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_of_another_log_or_of_another_parcel_is_told_apart() {
    let dir = tempfile::tempdir().unwrap();
    let witnesses = Witnesses::start(dir.path());
    let mut countries = apart(dir.path(), &witnesses, &["GH", "CH", "VU"]).await;
    let [gh, ch, vu] = ["GH", "CH", "VU"].map(|party| countries.remove(party).unwrap());
    gh.issue(10_000).await;
    gh.send(&ch.identity, 1, 100).await.unwrap();
    gh.is_witnessed().await;
    vu.is_witnessed().await;
    let good = gh.federation().pack(ch.identity.party, None).unwrap();
    let size = ch.ledger.latest_head().size;

    let of_vu = vu.federation().pack(ch.identity.party, None).unwrap();
    let other_log = Parcel {
        from_origin: of_vu.from_origin.clone(),
        ..good.clone()
    };
    let other_checkpoint = Parcel {
        checkpoint: of_vu.checkpoint.clone(),
        ..good.clone()
    };
    for mixed in [other_log, other_checkpoint] {
        let refused = ch.federation().unpack(&mixed).await.unwrap_err();
        assert!(matches!(refused, CourierError::OtherLog(_)), "{refused}");
    }

    // Bundles under a later checkpoint than the one that was joined on.
    to(&ch, &good).await;
    gh.send(&ch.identity, 1, 100).await.unwrap();
    gh.is_witnessed().await;
    let later = gh.federation().pack(ch.identity.party, None).unwrap();
    let mixed = Parcel {
        bundles: later.bundles,
        ..good.clone()
    };
    let unpacked = ch.federation().unpack(&mixed).await.unwrap();
    assert_eq!(unpacked.taken, 0);
    assert_eq!(
        unpacked.refused.keys().collect::<Vec<_>>(),
        [&FaultCode::Unavailable]
    );
    assert_eq!(balance(&ch), 100);
    assert!(ch.ledger.latest_head().size > size);

    // A cosigned checkpoint of GH's name that GH never signed, however large, stops nothing.
    let told = ch.federation().pack(gh.identity.party, None).unwrap();
    let note = told.cosigned.clone().or(good.checkpoint).unwrap();
    let mut lines: Vec<&str> = note.lines().collect();
    lines[1] = "999999";
    let forged = lines.join("\n") + "\n";
    for cosigned in [
        forged,
        told.checkpoint.clone().unwrap(),
        "nonsense".to_owned(),
    ] {
        let parcel = Parcel {
            cosigned: Some(cosigned),
            ..told.clone()
        };
        let unpacked = gh.federation().unpack(&parcel).await.unwrap();
        assert_eq!(unpacked.problems.len(), 1, "{:?}", unpacked.problems);
        assert!(gh.ledger.failed().borrow().is_none());
    }
    for country in [gh, ch, vu] {
        country.stop().await;
    }
}

/// Two partners are the quorum: both are asked for one checkpoint, though the ledger went on between the two parcels.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn several_partners_are_asked_for_the_same_checkpoint_until_a_quorum_has_signed_it() {
    let dir = tempfile::tempdir().unwrap();
    let cosigners = ["CH", "VU"].map(|party| Identity::of(party).cosigner);
    let witnesses = Witnesses::of(&[&cosigners[0], &cosigners[1]]);
    let mut countries = apart(dir.path(), &witnesses, &["GH", "CH", "VU"]).await;
    let [gh, ch, vu] = ["GH", "CH", "VU"].map(|party| countries.remove(party).unwrap());
    let first = gh.federation().pack(ch.identity.party, None).unwrap();
    let size = gh.ledger.latest_head().size;
    gh.issue(10).await;
    let second = gh.federation().pack(vu.identity.party, None).unwrap();
    assert_eq!(first.cosign, second.cosign);

    for (country, asks) in [(&ch, &first), (&vu, &second)] {
        assert_eq!(gh.ledger.witnessed().borrow().clone(), None);
        let cosigned = country.federation().unpack(&carried(asks)).await.unwrap();
        assert_eq!(cosigned.problems, Vec::<String>::new());
        let unpacked = gh
            .federation()
            .unpack(&carried(&cosigned.reply))
            .await
            .unwrap();
        assert_eq!(unpacked.problems, Vec::<String>::new());
    }
    let witnessed = gh.ledger.witnessed().borrow().clone().unwrap();
    assert_eq!(witnessed.size, size);
    let next = gh.federation().pack(vu.identity.party, None).unwrap();
    assert!(
        next.cosign.is_some() && next.cosign != first.cosign,
        "the next one is asked for"
    );
    for country in [gh, ch, vu] {
        country.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn evidence_reaches_a_country_that_no_network_reaches() {
    let dir = tempfile::tempdir().unwrap();
    let witnesses = Witnesses::start(dir.path());
    let countries = apart(dir.path(), &witnesses, &["GH", "CH", "SE"]).await;
    let (gh, ch, se) = (&countries["GH"], &countries["CH"], &countries["SE"]);
    let sweden = se.identity.party;
    let checkpoint = |root: [u8; 32]| Checkpoint {
        origin: se.identity.origin(),
        size: 7,
        root,
    };
    let keys = [se.identity.log.verifier().clone()];
    let [one, other] =
        [[1; 32], [2; 32]].map(|root| checkpoint(root).sign(&se.identity.log).unwrap());
    let evidence = Evidence::of_checkpoints(&one, &other, &keys).unwrap();
    ch.federation().accuse(&evidence.to_string()).await.unwrap();

    let packed = ch.federation().pack(gh.identity.party, None).unwrap();
    assert_eq!(packed.evidence.len(), 1);
    let unpacked = to(gh, &packed).await;

    assert_eq!(unpacked.problems, Vec::<String>::new());
    let accused = gh.ledger.read(|state| state.accusation(sweden));
    assert_eq!(accused.map(|it| it.evidence), Some(evidence.sha256()));
    // Whoever carries it can not make it of anybody else.
    let forged = Parcel {
        evidence: vec![
            evidence
                .to_string()
                .replace("SE", "CH")
                .replace("se.", "ch."),
        ],
        ..packed
    };
    let unpacked = to(gh, &forged).await;
    let problems = unpacked.problems.join("; ");
    assert!(problems.contains("proves nothing"), "{problems}");
    assert!(
        gh.ledger
            .read(|state| state.accusation(ch.identity.party).is_none())
    );
    for country in countries.into_values() {
        country.stop().await;
    }
}
