//! Real ledgers that differ, exported, and held against each other by the command: each difference with its cause, in words.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::path::{Path, PathBuf};
use std::process::Command as Process;
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use countersign_node::export::{self, SignedHead};
use countersign_node::store::StoreReader;
use countersign_protocol::article6::{AuthorisedUse, FirstTransferDefinition, NdcPeriod};
use countersign_protocol::id::AccountId;
use countersign_protocol::period::Day;
use countersign_protocol::record::{
    Article6, Authorisation, Claim, CooperativeApproach, Metric, NotifiedUse, Purpose, RetireKind,
    UseNotified,
};
use countersign_protocol::registry::{Command, Selection, TransferKey, TransferStage};
use countersign_tests::countries::{Country, Witnesses, federation_by};
use serde_json::{Value, json};

const APPROACH: &str = "CA0007";
const MAIN: AccountId = AccountId(1);

fn text<T: FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().unwrap()
}

fn at_noon_ms(day: &str) -> u64 {
    let day: Day = text(day);
    u64::from(day.number()) * 86_400_000 + 43_200_000
}

async fn record(country: &Country, it: Article6) {
    let command = Command::Article6(Box::new(it));
    country.submit(command).await.unwrap();
}

fn approach(metric: Metric) -> Article6 {
    Article6::CooperativeApproach(CooperativeApproach {
        id: text(APPROACH),
        title: text("Cooperation"),
        parties: vec![text("CH"), text("GH"), text("SE")],
        definition: Some(FirstTransferDefinition::UseOrCancellation),
        metric,
        by: Vec::new(),
    })
}

fn authorisation(id: &str, uses: AuthorisedUse) -> Article6 {
    let definition = FirstTransferDefinition::UseOrCancellation;
    Article6::Authorisation(Box::new(Authorisation {
        id: text(id),
        party: text("GH"),
        version: 1,
        approach: text(APPROACH),
        parties: Vec::new(),
        entities: Vec::new(),
        date: text("2025-02-01"),
        issue_until: None,
        use_until: None,
        definition: uses.covers_oimp().then_some(definition),
        uses,
        oimp: None,
        framework: text("Framework"),
        changes: text("By a new version"),
        reach: None,
        reaches_first_transferred: false,
        quantity: 0,
        registry: text("GHA01"),
        underlying: None,
        vintages: NdcPeriod::new(2021, 2030).unwrap(),
        metric: Metric::Ghg,
        gases: None,
        scopes: Vec::new(),
        activities: None,
        projects: Vec::new(),
        terms: None,
        document: [0; 32],
        by: Vec::new(),
    }))
}

/// Issues so many units and puts them under an authorisation: the numbers follow each other.
async fn issue(ghana: &Country, authorisation: &str, tonnes: u64) {
    ghana.issue(tonnes).await;
    let under = Command::AuthoriseUnits {
        account: MAIN,
        units: Selection::Tonnes(tonnes),
        authorisation: text(authorisation),
        by: Vec::new(),
    };
    ghana.submit(under).await.unwrap();
}

/// Sends so many units of Ghana's main account, and waits until both sides have recorded it.
async fn send(ghana: &Country, to: &Country, tonnes: u64) {
    let id = ghana.send(&to.identity, 1, tonnes).await.unwrap();
    let sent = ghana.wait_for(TransferKey::Out(id), |it| it.settled_at.is_some());
    assert_eq!(sent.await.stage, TransferStage::Final);
    let key = TransferKey::In(ghana.identity.party, id);
    to.wait_for(key, |it| it.settled_at.is_some()).await;
}

/// Writes a ledger out as its witnesses last saw it.
fn export(folder: &Path, party: &str, name: &str) -> PathBuf {
    let reader = StoreReader::open(&folder.join(party).join("ledger")).unwrap();
    let note = reader.witnessed_note().unwrap().unwrap();
    let place = format!("the witnessed checkpoint of {party}");
    let out = folder.join(name);
    export::write(&reader, &SignedHead { place, note }, &out, &mut |_| {}).unwrap();
    out
}

/// Waits until the witnesses have seen everything, so that an export has it.
async fn witnessed(folder: &Path, country: &Country) {
    let size = country.ledger.latest_head().size;
    let dir = folder
        .join(country.identity.party.to_string())
        .join("ledger");
    for _ in 0..1_000 {
        let note = StoreReader::open(&dir).unwrap().witnessed_note().unwrap();
        let parse = countersign_protocol::log::Checkpoint::parse_note;
        let seen = note.map_or(0, |note| parse(&note).unwrap().1.size);
        if seen >= size {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!("{} leaves were not witnessed", size);
}

/// The binary as the test run built it, beside this test's own.
fn countersign() -> Process {
    let deps = std::env::current_exe().unwrap();
    let path = deps.parent().unwrap().parent().unwrap().join("countersign");
    assert!(path.exists(), "build it first: cargo build -p countersign");
    Process::new(path)
}

/// Exit code, stdout, stderr.
fn cross_check(
    [own, partner]: [&Path; 2],
    trust: &Path,
    more: &[&str],
) -> (Option<i32>, String, String) {
    let output = countersign()
        .args(["article6", "cross-check"])
        .args([own, partner])
        .arg("--trust")
        .arg(trust)
        .arg("--partner-trust")
        .arg(trust)
        .args(more)
        .output()
        .unwrap();
    let read = |bytes| String::from_utf8(bytes).unwrap();
    (
        output.status.code(),
        read(output.stdout),
        read(output.stderr),
    )
}

/// The cells of the rows under the last heading.
fn rows(out: &str) -> Vec<String> {
    let lines = out.lines().skip_while(|it| !it.contains("WHAT DIFFERS"));
    let words = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
    lines.skip(1).map(words).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn differences_of_real_ledgers_are_told_with_their_causes() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path();
    let witnesses = Witnesses::start(folder);
    let now_ms = Arc::new(AtomicU64::new(at_noon_ms("2025-02-01")));
    let clock = Arc::clone(&now_ms);
    let clock = Arc::new(move || clock.load(Ordering::Relaxed));
    let countries = federation_by(clock, folder, &witnesses, &["GH", "CH", "SE"]).await;
    let [ghana, swiss, sweden] = ["GH", "CH", "SE"].map(|it| &countries[it]);
    let trust = folder.join("trust");
    let log = |it: &Country| format!("log {}\n", it.identity.log.verifier());
    let logs = log(ghana) + &log(swiss) + &log(sweden);
    std::fs::write(&trust, logs + witnesses.policy()).unwrap();

    for country in [ghana, swiss] {
        record(country, approach(Metric::Ghg)).await;
    }
    // Sweden recorded the approach with another metric than the others.
    let metric = Metric::NonGhg {
        unit: text("MWh"),
        per_tonne: 2,
    };
    record(sweden, approach(metric)).await;
    record(ghana, authorisation("FOR NDCS", AuthorisedUse::Ndc)).await;
    record(ghana, authorisation("FOR AIRLINES", AuthorisedUse::Imp)).await;
    issue(ghana, "FOR NDCS", 60).await;
    send(ghana, swiss, 60).await;
    issue(ghana, "FOR AIRLINES", 10).await;
    send(ghana, swiss, 10).await;
    issue(ghana, "FOR NDCS", 6).await;
    send(ghana, sweden, 6).await;
    for country in [ghana, swiss, sweden] {
        witnessed(folder, country).await;
    }
    let agreed = [export(folder, "GH", "gh-1"), export(folder, "CH", "ch-1")];
    let agreed = agreed.each_ref().map(PathBuf::as_path);
    let (code, out, err) = cross_check(agreed, &trust, &[]);
    assert_eq!(code, Some(0), "{out}{err}");
    assert!(
        out.contains("no differences") && err.is_empty(),
        "{out}{err}"
    );

    // Switzerland uses four, and tells nobody; Ghana is told of a use of two others. One more transfer in the next year.
    now_ms.store(at_noon_ms("2026-01-10"), Ordering::Relaxed);
    let four = Command::Retire {
        account: MAIN,
        units: Selection::Ranges(vec![text("GH-61-64")]),
        kind: RetireKind::Cancel,
        purpose: Purpose::InternationalMitigation,
        beneficiary: None,
        claim: Claim::default(),
    };
    swiss.submit(four).await.unwrap();
    let notice = UseNotified {
        ranges: vec![text("GH-69-70")],
        purpose: NotifiedUse::InternationalMitigation,
        party: text("CH"),
        day: text("2026-01-10"),
        reference: text("Notice 1"),
        by: Vec::new(),
    };
    record(ghana, Article6::UseNotified(notice)).await;
    for country in [ghana, swiss] {
        witnessed(folder, country).await;
    }
    let stale = [export(folder, "GH", "gh-2"), export(folder, "CH", "ch-2")];
    issue(ghana, "FOR NDCS", 5).await;
    send(ghana, swiss, 5).await;
    for country in [ghana, swiss] {
        witnessed(folder, country).await;
    }
    let fresh = [export(folder, "GH", "gh-3"), export(folder, "CH", "ch-3")];

    // Ghana is up to date, and holds its ledger against one that Switzerland exported before.
    let (code, out, err) = cross_check([&fresh[0], &stale[1]], &trust, &[]);
    assert_eq!(code, Some(3), "{out}{err}");
    assert!(err.contains("GH and CH differ in 3 places"), "{err}");
    assert!(
        out.contains("uses towards NDCs: 0 added") && out.contains("together +0"),
        "{out}"
    );
    let uses = [
        "GH-61-64 CA0007 2024 2026 CH used or contributed them, GH was not told (authorisation notice)",
        "GH-69-70 CA0007 2024 2026 GH was told of their use, CH has not recorded any",
    ];
    let sent = "GH-77-81 CA0007 2024 2026 GH sent them, CH has not acquired them";
    assert_eq!(rows(&out), [uses[0], uses[1], sent], "{out}");
    // The other way round, from Switzerland's side.
    let (code, out, _) = cross_check([&fresh[1], &stale[0]], &trust, &[]);
    assert_eq!(code, Some(3));
    let acquired =
        "GH-77-81 CA0007 2024 2026 CH acquired them, GH has not recorded that they are there";
    assert_eq!(rows(&out), [uses[0], uses[1], acquired], "{out}");
    // What is only late is no difference any more.
    let both = fresh.each_ref().map(PathBuf::as_path);
    let (_, out, _) = cross_check(both, &trust, &[]);
    assert_eq!(rows(&out), uses, "{out}");
    let (code, out, _) = cross_check(both, &trust, &["--year", "2025"]);
    assert_eq!(
        code,
        Some(0),
        "nothing differs in the reports of 2025: {out}"
    );

    // Two books of one transfer.
    let sweden_now = export(folder, "SE", "se-1");
    let (code, out, _) = cross_check([&fresh[0], &sweden_now], &trust, &[]);
    assert_eq!(code, Some(3));
    let metric = "GH-71-76 CA0007 2024 2025 sent in ghg, acquired in non ghg";
    assert_eq!(rows(&out), [metric], "{out}");
    let (code, out, _) = cross_check([&fresh[0], &sweden_now], &trust, &["-o", "json"]);
    assert_eq!(code, Some(3));
    let found: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(
        found["differences"][0]["cause"],
        json!({"other_metric": {"sent": "ghg", "acquired": "non_ghg"}})
    );
    for country in countries.into_values() {
        country.stop().await;
    }
}
