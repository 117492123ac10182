//! A federation of real processes in bad weather: three countries, four witnesses, and everything that goes wrong between and
//! beneath them, drawn from a seed.
//!
//! What clients were told is written down as it is told. Afterwards everything is mended, every transfer must settle, and the
//! ledgers are exported for somebody else to judge ([`Storm::aftermath`], `tests/storm/check.py`).

mod clients;
mod faults;
mod random;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::devnet::{Cli, Devnet, Failure, Way, Weather};
use clients::Clients;
use faults::{Fault, Faults};
pub use random::Random;

/// How long everything may take to settle once all is mended (liveness L1).
const SETTLED_WITHIN: Duration = Duration::from_secs(180);

/// Tonnes that each country issues.
const ISSUED: &str = "100000";

/// The country whose disk may fill up: its folder's name.
pub const FILLS_UP: &str = "VU";

/// The storm.
pub struct Storm {
    devnet: Devnet,
    ways: BTreeMap<(String, String), Way>,
    clients: Arc<Clients>,
    faults: Faults,
    seed: u64,
}

impl Storm {
    /// Starts the federation with a way of its own between every two countries. The disk under [`FILLS_UP`] may be a small one.
    ///
    /// # Errors
    /// What did not start.
    pub async fn gather(
        cli: Cli,
        dir: &Path,
        seed: u64,
        small_disk: bool,
    ) -> Result<Self, Failure> {
        let devnet = Devnet::strangers(cli, dir).await?;
        let mut ways = BTreeMap::new();
        for (place, caller) in devnet.countries.iter().enumerate() {
            for called in &devnet.countries[place + 1..] {
                let port = called.p2p_port()?;
                let way = Way::to(([127, 0, 0, 1], port).into()).await?;
                let peer = called.p2p.rsplit('/').next().unwrap_or_default();
                let address = format!("/ip4/127.0.0.1/tcp/{}/p2p/{peer}", way.port);
                caller
                    .add_partner_at(&devnet.cli, called, &[&address])
                    .await?;
                called.add_partner_at(&devnet.cli, caller, &[]).await?;
                ways.insert((caller.party.clone(), called.party.clone()), way);
            }
        }
        devnet.agree().await?;
        for country in &devnet.countries {
            country.settle_in(&devnet.cli).await?;
            country.issue(&devnet.cli, ISSUED).await?;
        }
        let clients = Arc::new(Clients::of(
            &devnet.countries,
            seed,
            &dir.join("history.jsonl"),
        )?);
        Ok(Self {
            faults: Faults::new(
                seed,
                devnet.countries.len(),
                devnet.witnesses.len(),
                small_disk,
            ),
            devnet,
            ways,
            clients,
            seed,
        })
    }

    /// Lets it blow for so long; gives how often each kind of fault came.
    ///
    /// # Errors
    /// If a client hears what no client may hear.
    pub async fn blow(
        &mut self,
        duration: Duration,
    ) -> Result<BTreeMap<&'static str, u32>, Failure> {
        let end = Instant::now() + duration;
        let clients = Arc::clone(&self.clients);
        let sending = tokio::spawn(async move { clients.send_until(end).await });
        while Instant::now() < end && !sending.is_finished() {
            for fault in self.faults.due(Instant::now()) {
                self.apply(fault).await;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        sending.await??;
        Ok(self.faults.counted())
    }

    /// A fault, or the mending of one. What can not be done now, since the process is down already, is left out.
    async fn apply(&mut self, fault: Fault) {
        let cli = self.devnet.cli.clone();
        let done = match fault {
            Fault::Weather(way, weather) => {
                if let Some(way) = self.ways.values().nth(way) {
                    way.make(weather);
                }
                Ok(())
            }
            Fault::KillCountry(place) => {
                self.devnet.countries[place].kill().await;
                Ok(())
            }
            Fault::PauseCountry(place) => self.devnet.countries[place].signal("STOP").await,
            Fault::ResumeCountry(place) => self.devnet.countries[place].signal("CONT").await,
            Fault::StartCountry(place, clock) => {
                let country = &mut self.devnet.countries[place];
                if country.runs() {
                    return;
                }
                match country.start_with(&cli, &clock.environment()).await {
                    Ok(()) => Ok(()),
                    // A full disk, or a witness that says that this ledger is behind: somebody looks at it again later.
                    Err(failure) => {
                        self.faults.later(Fault::StartCountry(place, clock));
                        Err(failure)
                    }
                }
            }
            Fault::KillWitness(place) => {
                self.devnet.witnesses[place].kill().await;
                Ok(())
            }
            Fault::StartWitness(place) if !self.devnet.witnesses[place].runs() => {
                self.devnet.witnesses[place].start_again(&cli).await
            }
            Fault::StartWitness(_) => Ok(()),
            Fault::PauseWitness(place) => self.devnet.witnesses[place].signal("STOP").await,
            Fault::ResumeWitness(place) => self.devnet.witnesses[place].signal("CONT").await,
            Fault::FillDisk(place) => self.disk(place).fill(),
            Fault::FreeDisk(place) => self.disk(place).free(),
        };
        if let Err(failure) = done {
            crate::devnet::say(format_args!("  storm: {fault:?}: {failure}"));
        }
    }

    fn disk(&self, place: usize) -> faults::Disk {
        faults::Disk::under(&self.devnet.countries[place].data)
    }

    /// Mends everything, waits until every transfer is settled, and exports the ledgers: the file of what clients were told, and
    /// the folders of the exports.
    ///
    /// # Errors
    /// What does not come back, or does not settle.
    pub async fn aftermath(mut self) -> Result<(PathBuf, Vec<PathBuf>), Failure> {
        for way in self.ways.values() {
            way.make(Weather::default());
        }
        let cli = self.devnet.cli.clone();
        for witness in &mut self.devnet.witnesses {
            let _not_stopped = witness.signal("CONT").await;
            witness.kill().await;
            witness.start_again(&cli).await?;
        }
        for place in 0..self.devnet.countries.len() {
            self.disk(place).free()?;
            let country = &mut self.devnet.countries[place];
            let _not_stopped = country.signal("CONT").await;
            // Once more, so that every clock is right.
            country.kill().await;
            country.start_with(&cli, &[]).await?;
        }
        self.clients.finish(SETTLED_WITHIN).await?;
        let deadline = Instant::now() + SETTLED_WITHIN;
        while let Some(open) = self.clients.open().await {
            if Instant::now() > deadline {
                return Err(Failure::new(format!(
                    "seed {}: not settled: {open}",
                    self.seed
                )));
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        let mut exports = Vec::new();
        for country in &mut self.devnet.countries {
            country.halt().await;
            let out = country.data.with_extension("export");
            let words = out.to_string_lossy().into_owned();
            cli.run(&country.data, ["ledger", "export", "--out", &words])
                .await?;
            let verified: Value = cli
                .json(&country.data, &["ledger", "verify", "--replay"])
                .await?;
            crate::devnet::say(format_args!("  {}: {verified}", country.party));
            exports.push(out);
        }
        let history = self.clients.history().to_owned();
        self.devnet.stop().await;
        Ok((history, exports))
    }
}
