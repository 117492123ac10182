//! Before it writes, a node that starts hears what its witnesses have seen of its ledger.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::path::Path;
use std::process::Command as Process;

use countersign_node::ledger::SubmitError;
use countersign_protocol::record::OrganisationKind;
use countersign_protocol::registry::{Command, State};
use countersign_tests::countries::{Country, Identity, Witnesses};

fn copy(from: &Path, to: &Path) {
    let copied = Process::new("cp").arg("-r").arg(from).arg(to).status();
    assert!(copied.unwrap().success());
}

fn organisation() -> Command {
    Command::RegisterOrganisation {
        name: "Holder".parse().unwrap(),
        kind: OrganisationKind::Developer,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_ledger_that_was_put_back_signs_no_second_head() {
    let dir = tempfile::tempdir().unwrap();
    let witnesses = Witnesses::start(dir.path());
    let ghana = Identity::of("GH");
    let gh = Country::start(dir.path(), ghana.clone(), &witnesses, &[]).await;
    gh.set_up().await;
    gh.is_witnessed().await;
    gh.stop().await;
    let ledger = dir.path().join("GH/ledger");
    let backup = dir.path().join("backup");
    copy(&ledger, &backup);
    let gh = Country::start(dir.path(), ghana.clone(), &witnesses, &[]).await;
    gh.issue(100).await;
    gh.is_witnessed().await;
    let seen = gh.ledger.latest_head().size;
    gh.stop().await;
    std::fs::remove_dir_all(&ledger).unwrap();
    copy(&backup, &ledger);

    let gh = Country::start(dir.path(), ghana, &witnesses, &[]).await;
    let before = gh.ledger.latest_head();
    assert!(before.size < seen);
    // At once: whoever submits is not slower than the witnesses.
    let refused = gh.submit(organisation()).await;

    let Err(SubmitError::ReadOnly { reason }) = &refused else {
        panic!("{refused:?}");
    };
    assert!(
        reason.contains("it was restored from an old copy"),
        "{reason}"
    );
    let after = gh.ledger.latest_head();
    assert_eq!((after.size, after.root), (before.size, before.root));
    assert_eq!(gh.ledger.read(State::size), before.size);
    gh.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_submitted_while_witnesses_are_heard_waits_and_is_written() {
    let dir = tempfile::tempdir().unwrap();
    let witnesses = Witnesses::start(dir.path());
    let gh = Country::start(dir.path(), Identity::of("GH"), &witnesses, &[]).await;
    let held = gh.ledger.hold_writes();
    let ledger = gh.ledger.clone();
    let submitted = tokio::spawn(async move {
        let submission = countersign_node::ledger::Submission::new(
            countersign_tests::countries::fresh(),
            organisation(),
        );
        ledger.submit(submission).await
    });
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    assert!(!submitted.is_finished(), "it waits");
    drop(held);
    assert!(submitted.await.unwrap().is_ok());
    gh.stop().await;
}
