//! The collector: fast when all is well, honest about what is not, and deaf to lies.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use countersign_node::witness::{
    ClientError, CollectError, Collector, Reply, WitnessClient, collector::WitnessProblem,
};
use countersign_protocol::log::{KeyKind, Policy, PolicyError, SignedNote, SignerKey, cosign};

use crate::world::{Log, NOW_S, ORIGIN, Served, policy, served, witness_key};

async fn witnesses(n: u8) -> Vec<Served> {
    let mut all = Vec::new();
    for number in 1..=n {
        all.push(served(number).await);
    }
    all
}

fn clients(served: &[Served]) -> Vec<Arc<dyn WitnessClient>> {
    served
        .iter()
        .map(|served| Arc::clone(&served.client))
        .collect()
}

async fn collect(
    collector: &Collector,
    policy: &Policy,
    log: &Log,
    size: u64,
) -> Result<String, CollectError> {
    collector
        .collect(policy, &log.note(size), |from| log.proof(from, size))
        .await
}

/// What a scripted witness does.
enum Script {
    Hang,
    Fail,
    /// Answers every request alike.
    Says(u16, String),
    /// Answers add-checkpoint like this, and shows this note.
    SaysAndShows(u16, String, String),
    /// Cosigns, and adds these lines.
    CosignsAnd(u8, Vec<String>),
}

struct Scripted {
    script: Script,
    asked: AtomicUsize,
}

fn scripted(script: Script) -> Arc<Scripted> {
    Arc::new(Scripted {
        script,
        asked: AtomicUsize::new(0),
    })
}

#[async_trait]
impl WitnessClient for Scripted {
    fn name(&self) -> &str {
        "scripted"
    }

    async fn add_checkpoint(&self, body: &str) -> Result<Reply, ClientError> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        match &self.script {
            Script::Hang => std::future::pending().await,
            Script::Fail => Err(ClientError::Transport("cut".into())),
            Script::Says(status, body) | Script::SaysAndShows(status, body, _) => Ok(Reply {
                status: *status,
                body: body.clone(),
            }),
            Script::CosignsAnd(number, more) => {
                let note = SignedNote::parse(body.split_once("\n\n").unwrap().1).unwrap();
                let line = cosign(note.text(), &witness_key(*number), NOW_S).unwrap();
                Ok(Reply {
                    status: 200,
                    body: format!("{}{line}", more.concat()),
                })
            }
        }
    }

    async fn latest(&self, _origin: &str) -> Result<Option<String>, ClientError> {
        match &self.script {
            Script::SaysAndShows(_, _, note) => Ok(Some(note.clone())),
            _ => Err(ClientError::Unsupported),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_growing_log_is_cosigned_round_after_round() {
    let (log, served, policy) = (Log::new("honest"), witnesses(4).await, policy(3, 4));
    let collector = Collector::new(clients(&served));
    for size in [1, 2, 7, 7, 30] {
        let note = collect(&collector, &policy, &log, size).await.unwrap();
        let verified = policy.check_text(&note).unwrap();
        assert_eq!(verified.checkpoint(), &log.head(size));
        assert_eq!(
            verified.cosigned_by().len(),
            3,
            "it does not wait for the fourth"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fresh_collector_finds_out_where_the_witnesses_stand() {
    let (log, served, policy) = (Log::new("honest"), witnesses(3).await, policy(3, 3));
    let first = Collector::new(clients(&served));
    collect(&first, &policy, &log, 5).await.unwrap();
    // After a restart nothing is known; the witnesses answer 409 with their size, and the proof starts there.
    let second = Collector::new(clients(&served));
    let note = collect(&second, &policy, &log, 9).await.unwrap();
    assert!(policy.check_text(&note).is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn witnesses_at_different_sizes_are_each_met_where_they_stand() {
    let (log, served, policy) = (Log::new("honest"), witnesses(3).await, policy(3, 3));
    for (served, size) in served.iter().zip([3, 8]) {
        assert_eq!(
            served
                .client
                .add_checkpoint(&log.request(0, size))
                .await
                .unwrap()
                .status,
            200
        );
    }
    let collector = Collector::new(clients(&served));
    let note = collect(&collector, &policy, &log, 11).await.unwrap();
    assert_eq!(policy.check_text(&note).unwrap().cosigned_by().len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hanging_a_dead_and_a_lying_witness_do_not_hold_up_a_quorum() {
    let (log, served, policy) = (Log::new("honest"), witnesses(2).await, policy(2, 5));
    let hanging = scripted(Script::Hang);
    let mut all = clients(&served);
    all.insert(0, Arc::clone(&hanging) as Arc<dyn WitnessClient>);
    all.insert(0, scripted(Script::Fail));
    all.insert(0, scripted(Script::Says(200, "garbage".into())));
    let collector = Collector::new(all);
    let start = Instant::now();
    for size in 1..=5 {
        collect(&collector, &policy, &log, size).await.unwrap();
    }
    assert!(
        start.elapsed() < Duration::from_secs(5),
        "{:?}",
        start.elapsed()
    );
    assert_eq!(
        hanging.asked.load(Ordering::SeqCst),
        1,
        "one request at a time to each"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_late_witness_is_not_broken_off_but_kept_up_to_date() {
    struct Slow(Arc<dyn WitnessClient>);
    #[async_trait]
    impl WitnessClient for Slow {
        fn name(&self) -> &str {
            "slow"
        }
        async fn add_checkpoint(&self, body: &str) -> Result<Reply, ClientError> {
            tokio::time::sleep(Duration::from_millis(200)).await;
            self.0.add_checkpoint(body).await
        }
        async fn latest(&self, origin: &str) -> Result<Option<String>, ClientError> {
            self.0.latest(origin).await
        }
    }
    let (log, served, policy) = (Log::new("honest"), witnesses(2).await, policy(1, 2));
    let slow: Arc<dyn WitnessClient> = Arc::new(Slow(Arc::clone(&served[1].client)));
    let collector = Collector::new([Arc::clone(&served[0].client), slow]);
    collect(&collector, &policy, &log, 5).await.unwrap();
    assert_eq!(
        served[1].client.latest(ORIGIN).await.unwrap(),
        None,
        "not there yet"
    );
    for _ in 0..400 {
        if served[1].client.latest(ORIGIN).await.unwrap().is_some() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the late request was broken off");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_quorum_every_witness_and_its_problem_are_named() {
    let (log, served, policy) = (Log::new("honest"), witnesses(1).await, policy(3, 4));
    let mut all = clients(&served);
    all.push(scripted(Script::Fail));
    all.push(scripted(Script::Says(403, "who\tare you\n".into())));
    let error = collect(&Collector::new(all), &policy, &log, 5)
        .await
        .unwrap_err();
    let text = error.to_string();
    let CollectError::NoQuorum {
        have,
        need,
        problems,
    } = error
    else {
        panic!("{text}")
    };
    assert_eq!((have, need, problems.len()), (1, 3, 2));
    assert!(
        text.contains("1 of the 3") && text.contains("cut") && text.contains("403: whoare you"),
        "{text}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restored_backup_is_told_so_by_the_witnesses() {
    let (log, served, policy) = (Log::new("honest"), witnesses(3).await, policy(2, 3));
    collect(&Collector::new(clients(&served)), &policy, &log, 9)
        .await
        .unwrap();
    let after_restore = Collector::new(clients(&served));
    let error = collect(&after_restore, &policy, &log, 5).await.unwrap_err();
    assert!(
        matches!(error, CollectError::RolledBack { size: 9, .. }),
        "{error}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_writes_another_history_is_told_so_by_the_witnesses() {
    let (log, served, policy) = (Log::new("honest"), witnesses(3).await, policy(2, 3));
    collect(&Collector::new(clients(&served)), &policy, &log, 9)
        .await
        .unwrap();
    let forked = Collector::new(clients(&served));
    let fork = Log::new("fork");
    let error = collect(&forked, &policy, &fork, 20).await.unwrap_err();
    assert!(
        matches!(error, CollectError::Forked { size: 9, .. }),
        "{error}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lying_witness_cannot_stop_a_country() {
    let (log, policy) = (Log::new("honest"), policy(1, 1));
    let forged = {
        let thief = SignerKey::from_seed(ORIGIN, KeyKind::Ed25519, &[44; 32]).unwrap();
        log.head(50).sign(&thief).unwrap()
    };
    let old = log.note(3);
    for (script, expected) in [
        (Script::Says(409, "50\n".into()), "claims 50 leaves"),
        (
            Script::SaysAndShows(409, "50\n".into(), forged.clone()),
            "claims 50 leaves",
        ),
        (
            Script::SaysAndShows(409, "50\n".into(), old.clone()),
            "claims 50 leaves",
        ),
        (
            Script::SaysAndShows(409, "50\n".into(), "rubbish".into()),
            "claims 50 leaves",
        ),
        (
            Script::SaysAndShows(422, "no\n".into(), forged),
            "refused with 422",
        ),
        (
            Script::SaysAndShows(422, "no\n".into(), old),
            "refused with 422",
        ),
        (Script::Says(409, "007\n".into()), "is no size"),
        (Script::Says(409, "5".into()), "is no size"),
        (Script::Says(409, "4\n".into()), "another size each time"),
        (Script::Says(200, String::new()), "no cosignature"),
        (Script::Says(500, "x".repeat(10_000)), "refused with 500"),
    ] {
        let witness = scripted(script);
        let collector = Collector::new([Arc::clone(&witness) as Arc<dyn WitnessClient>]);
        let error = collect(&collector, &policy, &log, 9).await.unwrap_err();
        assert!(matches!(error, CollectError::NoQuorum { .. }), "{error}");
        let text = error.to_string();
        assert!(
            text.contains(expected) && text.len() < 500,
            "{expected}: {text}"
        );
        assert!(witness.asked.load(Ordering::SeqCst) <= 4, "{expected}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_partner_and_a_witness_together_cannot_stop_a_country() {
    let log = Log::new("honest");
    let partner = SignerKey::from_seed("ch.example/ledger", KeyKind::Ed25519, &[3; 32]).unwrap();
    let logs = [log.keys(), vec![partner.verifier().clone()]].concat();
    let policy = Policy::k_of_n(&logs, &[witness_key(1).verifier().clone()], 1).unwrap();
    // The partner's key is listed too, but it does not speak for this log.
    let framed = SignedNote::sign(&log.head(50).to_text(), &partner)
        .unwrap()
        .to_string();
    let witness = scripted(Script::SaysAndShows(409, "50\n".into(), framed));
    let collector = Collector::new([witness as Arc<dyn WitnessClient>]);
    let error = collect(&collector, &policy, &log, 9).await.unwrap_err();
    assert!(error.to_string().contains("claims 50 leaves"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lying_witness_cannot_spoil_the_note() {
    let (log, served, policy) = (Log::new("honest"), witnesses(1).await, policy(2, 3));
    let text = log.head(9).to_text();
    let forged = cosign(&log.head(8).to_text(), &witness_key(3), NOW_S)
        .unwrap()
        .to_string();
    let mut lines = vec![forged, "\n".into(), "rubbish\n".into()];
    // True lines without end, one for each second.
    lines.extend((1..600).map(|time| cosign(&text, &witness_key(2), time).unwrap().to_string()));
    let mut all = clients(&served);
    all.insert(0, scripted(Script::CosignsAnd(2, lines)));
    let note = collect(&Collector::new(all), &policy, &log, 9)
        .await
        .unwrap();
    assert_eq!(policy.check_text(&note).unwrap().cosigned_by().len(), 2);
    assert!(SignedNote::parse(&note).unwrap().signatures().len() <= 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_own_policy_and_the_own_proofs_are_checked_too() {
    let (log, served) = (Log::new("honest"), witnesses(1).await);
    let other = SignerKey::from_seed("ch.example/ledger", KeyKind::Ed25519, &[3; 32]).unwrap();
    let foreign = Policy::k_of_n(&[other.verifier().clone()], &[], 0).unwrap();
    let collector = Collector::new(clients(&served));
    let error = collect(&collector, &foreign, &log, 5).await.unwrap_err();
    assert!(
        matches!(error, CollectError::Policy(PolicyError::UnknownLog { .. })),
        "{error}"
    );
    let error = collector
        .collect(&policy(1, 1), "rubbish", |_| Ok(vec![]))
        .await
        .unwrap_err();
    assert!(matches!(error, CollectError::Checkpoint(_)), "{error}");

    collect(&collector, &policy(1, 1), &log, 5).await.unwrap();
    let broken = |_| Err("tiles are gone".to_owned());
    let error = collector
        .collect(&policy(1, 1), &log.note(9), broken)
        .await
        .unwrap_err();
    let CollectError::NoQuorum { problems, .. } = error else {
        panic!("{error}")
    };
    assert!(
        matches!(problems[0].1, WitnessProblem::NoProof(_)),
        "{:?}",
        problems[0]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_policy_without_witnesses_needs_no_answer() {
    let log = Log::new("honest");
    let hanging = scripted(Script::Hang);
    let collector = Collector::new([hanging as Arc<dyn WitnessClient>]);
    let note = collect(&collector, &policy(0, 1), &log, 5).await.unwrap();
    assert_eq!(note, log.note(5));
}
