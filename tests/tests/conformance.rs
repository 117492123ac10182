//! The conformance kit against an honest node: nothing to find. What it finds in others is tested where they are forged.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    missing_docs
)]

use countersign_node::conformance::{CHECKS, Finding, Outcome, Target, examine};
use countersign_tests::countries::{Witnesses, federation};
use libp2p::identity::Keypair;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_honest_node_passes_every_check() {
    let dir = tempfile::tempdir().unwrap();
    let witnesses = Witnesses::start(dir.path());
    let mut countries = federation(dir.path(), &witnesses, &["GH", "CH"]).await;
    let gh = countries.remove("GH").unwrap();
    let ch = countries.remove("CH").unwrap();
    ch.issue(1_000).await;
    ch.is_witnessed().await;
    let size = ch.ledger.read(countersign_protocol::registry::State::size);
    let ghana = gh.identity.clone();
    gh.stop().await;
    let (peer, addresses) = ch.address().await;
    let swiss = &ch.identity;
    let target = Target {
        peer,
        addresses,
        network: "test".to_owned(),
        origin: swiss.origin().parse().unwrap(),
        policy: format!("log {}\n{}", swiss.log.verifier(), witnesses.policy())
            .parse()
            .unwrap(),
        http: None,
    };

    let findings = examine(target.clone(), ghana.peer.clone(), said)
        .await
        .unwrap();

    let numbers: Vec<u16> = findings.iter().map(|it| it.check.number).collect();
    let all: Vec<u16> = CHECKS.iter().map(|it| it.number).collect();
    assert_eq!(numbers, all, "each check once, in order");
    for finding in &findings {
        let is_right = match finding.check.number {
            501.. => matches!(finding.outcome, Outcome::Skipped(_)),
            _ => finding.outcome == Outcome::Passed,
        };
        assert!(is_right, "{finding:?}");
    }
    assert_eq!(
        ch.ledger.read(countersign_protocol::registry::State::size),
        size,
        "nothing is recorded"
    );

    // Whoever is not listed learns that it is not, and nothing else.
    let nobody = Keypair::generate_ed25519();
    let findings = examine(target, nobody, said).await.unwrap();
    assert!(
        matches!(findings[0].outcome, Outcome::Failed(_)),
        "{:?}",
        findings[0]
    );
    assert_eq!(findings[1].outcome, Outcome::Passed);
    assert!(
        findings[2..]
            .iter()
            .all(|it| matches!(it.outcome, Outcome::Skipped(_)))
    );
    ch.stop().await;
}

fn said(finding: &Finding) {
    println!(
        "{} {:?}: {}",
        finding.check.number, finding.outcome, finding.check.title
    );
}

#[test]
fn the_page_names_every_check() {
    let page = include_str!("../../docs/conformance.md");
    for check in &CHECKS {
        let row = format!("| {} | {} | {} |", check.number, check.title, check.source);
        assert!(page.contains(&row), "docs/conformance.md lacks\n{row}");
    }
    let mut numbers: Vec<u16> = CHECKS.iter().map(|it| it.number).collect();
    numbers.dedup();
    assert!(numbers.is_sorted() && numbers.len() == CHECKS.len());
}
