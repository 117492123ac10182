//! The main job: units are issued in Ghana, cross to Switzerland, and anybody can prove where they are.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::country::{Country, agreement_id};
use super::data::PublishedTransfer;
use super::process::Failure;
use super::witnesses::text;
use super::{Devnet, say};

/// The transfer that is replayed: Ghana to Switzerland, July 2025.
const FROM: &str = "GH";
const TO: &str = "CH";
const TONNES: u64 = 11_733;

/// Exit code of `countersign verify` for something that was altered.
const INTEGRITY_FAILURE: i32 = 8;

/// An organisation and an account in every country, and the units of the published transfers between countries that are
/// here.
///
/// # Errors
/// What a command says.
pub(super) async fn seed(devnet: &Devnet, transfers: &[PublishedTransfer]) -> Result<(), Failure> {
    let cli = &devnet.cli;
    for country in &devnet.countries {
        country.settle_in(cli).await?;
    }
    let here = |party: &str| {
        devnet
            .countries
            .iter()
            .any(|country| country.party == party)
    };
    for transfer in transfers
        .iter()
        .filter(|transfer| here(&transfer.from) && here(&transfer.to))
    {
        let data = &devnet.country(&transfer.from)?.data;
        let scope = transfer.devnet.sectoral_scope.to_string();
        let title = format!("Mitigation announced for {}", transfer.date);
        let project = [
            "project",
            "add",
            "--organisation",
            "1",
            "--title",
            &title,
            "--scope",
            &scope,
        ];
        cli.run(data, project).await?;
        let (year, tonnes) = (
            transfer.devnet.vintage.to_string(),
            transfer.tonnes.to_string(),
        );
        let issue = [
            "issue",
            "--account",
            "1",
            "--project",
            "1",
            "--year",
            &year,
            "--tonnes",
            &tonnes,
        ];
        let issued = cli.json(data, &issue).await?;
        let serial = issued
            .pointer("/made/serial")
            .and_then(Value::as_str)
            .unwrap_or_default();
        say(format_args!(
            "  ✓ {} t issued in {}: {serial}",
            transfer.tonnes, transfer.from
        ));
    }
    Ok(())
}

/// Does the whole job; gives what `--json` prints.
///
/// # Errors
/// The first thing that did not happen.
pub(super) async fn run(
    devnet: &Devnet,
    transfers: &[PublishedTransfer],
) -> Result<Value, Failure> {
    seed(devnet, transfers).await?;
    let (source, destination) = (devnet.country(FROM)?, devnet.country(TO)?);
    let started = Instant::now();
    let id = send(devnet, source).await?;
    settled(devnet, source, &id, "FINAL").await?;
    settled(devnet, destination, &id, "ACQUIRED").await?;
    say(format_args!(
        "  ✓ {TONNES} t went from {FROM} to {TO} in {} ms: {FROM} says FINAL, {TO} says ACQUIRED",
        started.elapsed().as_millis()
    ));
    let bundle = prove(devnet, source, &id).await?;
    prove(devnet, destination, &id).await?;
    verify(devnet, &bundle).await?;
    tamper(devnet, &bundle).await?;
    Ok(json!({
        "result": "ok", "transfer": id, "units": TONNES, "from": FROM, "to": TO, "state": "FINAL",
        "bundle": bundle, "trust": devnet.trust,
    }))
}

async fn send(devnet: &Devnet, source: &Country) -> Result<String, Failure> {
    let (agreement, tonnes) = (agreement_id(FROM, TO), TONNES.to_string());
    let args = [
        "transfer",
        "send",
        "--to",
        TO,
        "--agreement",
        &agreement,
        "--from",
        "1",
        "--to-account",
        "1",
        "--tonnes",
        &tonnes,
        "--yes",
    ];
    let sent = devnet.cli.json(&source.data, &args).await?;
    let made = sent.get("made").unwrap_or(&sent);
    text(made, "transfer")
}

/// Waits until a side of the transfer is settled, and in the right state.
async fn settled(devnet: &Devnet, country: &Country, id: &str, state: &str) -> Result<(), Failure> {
    let deadline = Instant::now() + Duration::from_secs(60);
    loop {
        let shown = devnet
            .cli
            .json(&country.data, &["transfer", "show", id])
            .await;
        if let Ok(shown) = &shown
            && shown.get("state").and_then(Value::as_str) == Some(state)
            && shown.get("settled_ms").is_some_and(Value::is_number)
        {
            return Ok(());
        }
        if Instant::now() > deadline {
            let found = shown.map_or_else(|failure| failure.to_string(), |shown| shown.to_string());
            return Err(Failure::new(format!(
                "{} does not say {state} of transfer {id}: {found}",
                country.party
            )));
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Exports the proof of a country's last record about the transfer, once witnesses have seen it.
async fn prove(devnet: &Devnet, country: &Country, id: &str) -> Result<PathBuf, Failure> {
    let bundle = devnet
        .dir
        .join(format!("{}-{}.tlog-proof", country.party, &id[..12]));
    let out = bundle.to_string_lossy().into_owned();
    let deadline = Instant::now() + Duration::from_secs(30);
    while let Err(failure) = devnet
        .cli
        .run(
            &country.data,
            ["ledger", "proof", "--transfer", id, "--out", &out],
        )
        .await
    {
        if Instant::now() > deadline {
            return Err(failure);
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    say(format_args!(
        "  ✓ proof of {}'s record: {out}",
        country.party
    ));
    Ok(bundle)
}

/// Verifies a bundle with nothing but the trust file: no data folder, no node.
async fn verify(devnet: &Devnet, bundle: &Path) -> Result<(), Failure> {
    let output = verify_command(devnet, bundle).await?;
    if !output.status.success() {
        return Err(Failure::new(format!(
            "countersign verify refuses its own proof: {}",
            String::from_utf8_lossy(&output.stderr)
        )));
    }
    say("  ✓ countersign verify accepts it offline:");
    for line in String::from_utf8_lossy(&output.stdout).lines() {
        say(format_args!("      {line}"));
    }
    Ok(())
}

async fn verify_command(devnet: &Devnet, bundle: &Path) -> Result<std::process::Output, Failure> {
    let args = [
        "verify".as_ref(),
        bundle.as_os_str(),
        "--trust".as_ref(),
        devnet.trust.as_os_str(),
    ];
    devnet.cli.output(None, args).await
}

/// Changes one byte of the leaf in a copy of the bundle; the verifier must refuse it.
async fn tamper(devnet: &Devnet, bundle: &Path) -> Result<(), Failure> {
    let mut bytes = std::fs::read(bundle)?;
    let extra = bytes
        .windows(6)
        .position(|window| window == b"extra ")
        .ok_or_else(|| Failure::new("no extra line"))?;
    let target = extra + 6 + 40;
    bytes[target] = if bytes[target] == b'A' { b'B' } else { b'A' };
    let tampered = bundle.with_extension("tampered");
    std::fs::write(&tampered, bytes)?;
    let output = verify_command(devnet, &tampered).await?;
    let said = String::from_utf8_lossy(&output.stderr);
    if output.status.code() != Some(INTEGRITY_FAILURE) {
        return Err(Failure::new(format!(
            "a tampered proof was not refused with {INTEGRITY_FAILURE}: {}\n{said}",
            output.status
        )));
    }
    say(format_args!(
        "  ✓ one byte of it changed, and it is refused (exit {INTEGRITY_FAILURE}):"
    ));
    for line in said.lines() {
        say(format_args!("      {line}"));
    }
    Ok(())
}
