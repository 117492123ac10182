//! A node that lost its disk, or that is an old backup, has its ledger back from the partners that mirror it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use countersign_tests::devnet::{Cli, Country, Devnet, Failure};
use serde_json::Value;

fn must<T>(result: Result<T, Failure>) -> T {
    result.unwrap_or_else(|why| panic!("{why}"))
}

fn copy(from: &Path, to: &Path) {
    let copied = Command::new("cp").arg("-r").arg(from).arg(to).status();
    assert!(copied.unwrap().success());
}

async fn head(cli: &Cli, country: &Country) -> u64 {
    let status = cli.json(&country.data, &["status"]).await;
    status.unwrap_or_else(|why| panic!("{why}"))["head"]["size"]
        .as_u64()
        .unwrap()
}

/// Waits until a country's mirror of another holds so many leaves.
async fn mirrored(cli: &Cli, country: &Country, party: &str, size: u64) {
    let deadline = Instant::now() + Duration::from_secs(120);
    loop {
        let mirrors = cli.json(&country.data, &["evidence", "mirrors"]).await;
        let mirrors = mirrors.unwrap_or_else(|why| panic!("{why}"));
        let of = |it: &&Value| it["party"] == party;
        let found = mirrors.as_array().unwrap().iter().find(of);
        if found.is_some_and(|it| it["size"].as_u64().unwrap() >= size) {
            return;
        }
        assert!(Instant::now() < deadline, "{mirrors}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

async fn write(cli: &Cli, country: &Country, name: &str) {
    let add = ["organisation", "add", "--name", name, "--kind", "developer"];
    cli.run(&country.data, add)
        .await
        .unwrap_or_else(|why| panic!("{why}"));
}

async fn recover(cli: &Cli, country: &Country, from: &str) -> Result<Value, Failure> {
    let passphrase = country.passphrase().to_string_lossy().into_owned();
    let args = [
        "recover",
        "--from",
        from,
        "--passphrase-file",
        &passphrase,
        "--yes",
    ];
    cli.json(&country.data, &args).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_old_backup_is_noticed_and_the_ledger_comes_back_from_a_partner() {
    let dir = tempfile::tempdir().unwrap();
    let cli = must(Cli::built());
    let started = Devnet::start(cli.clone(), dir.path()).await;
    let mut devnet = started.unwrap_or_else(|why| panic!("{why}"));
    let swiss = devnet.country("CH").unwrap().api.clone();
    let backup = dir.path().join("backup");
    let ledger = devnet.country("GH").unwrap().data.join("ledger");

    // A backup is taken, and the country goes on.
    devnet.country_mut("GH").halt().await;
    copy(&ledger, &backup);
    let (ghana, cli) = (devnet.country_mut("GH"), &cli);
    ghana.start(cli).await.unwrap_or_else(|why| panic!("{why}"));
    write(cli, ghana, "Volta Cookstoves").await;
    write(cli, ghana, "Accra Buses").await;
    let size = head(cli, ghana).await;
    mirrored(cli, devnet.country("CH").unwrap(), "GH", size).await;

    // What runs is not replaced under its feet.
    let ghana = devnet.country_mut("GH");
    let refused = recover(cli, ghana, &swiss).await.unwrap_err();
    assert!(refused.to_string().contains("a node runs"), "{refused}");

    // The disk breaks, and the backup is put in: the witnesses know better.
    ghana.halt().await;
    std::fs::remove_dir_all(&ledger).unwrap();
    copy(&backup, &ledger);
    let refused = ghana.refuses(cli, "Recover the missing leaves").await;
    refused.unwrap_or_else(|why| panic!("{why}"));

    let back = recover(cli, ghana, &swiss).await;
    let back = back.unwrap_or_else(|why| panic!("{why}"));
    assert!(back["size"].as_u64().unwrap() >= size, "{back}");
    assert_eq!(back["witnesses_asked"].as_array().unwrap().len(), 4);
    assert!(
        back["moved_to"]
            .as_str()
            .unwrap()
            .contains("before-recovery")
    );
    let verified = cli
        .json(&ghana.data, &["ledger", "verify", "--replay"])
        .await;
    let verified = verified.unwrap_or_else(|why| panic!("{why}"));
    assert_eq!(verified["valid"], true);
    ghana.start(cli).await.unwrap_or_else(|why| panic!("{why}"));
    write(cli, ghana, "Kumasi Biogas").await;
    let listed = cli.json(&ghana.data, &["organisation", "list"]).await;
    let listed = listed.unwrap_or_else(|why| panic!("{why}")).to_string();
    for name in ["Volta Cookstoves", "Accra Buses", "Kumasi Biogas"] {
        assert!(listed.contains(name), "{listed}");
    }

    // The disk is lost for good, and nothing is there at all.
    let size = head(cli, ghana).await;
    mirrored(cli, devnet.country("CH").unwrap(), "GH", size).await;
    let ghana = devnet.country_mut("GH");
    ghana.halt().await;
    std::fs::remove_dir_all(&ledger).unwrap();
    let nobody = recover(cli, ghana, "http://127.0.0.1:9").await.unwrap_err();
    assert!(
        nobody.to_string().contains("no source has a checkpoint"),
        "{nobody}"
    );
    let back = recover(cli, ghana, &swiss).await;
    let back = back.unwrap_or_else(|why| panic!("{why}"));
    assert_eq!(back["moved_to"], Value::Null);
    ghana.start(cli).await.unwrap_or_else(|why| panic!("{why}"));
    write(cli, ghana, "Tema Solar").await;
    devnet.stop().await;
}
