//! Two honest countries, four witnesses, and a third member that means harm, each a process of its own but the last.

use std::path::Path;
use std::time::{Duration, Instant};

use countersign_node::ops::keys::NodeKeys;
use serde_json::{Value, json};
use tokio::sync::oneshot;

use crate::adversary::{Adversary, Attack, Knows, Told};
use crate::devnet::{Cli, Country, Devnet, Failure};

/// The federation's name in [`Devnet`].
const NETWORK: &str = "devnet";

/// How long a transfer may take before the countries count as stopped.
const PATIENCE: Duration = Duration::from_secs(60);

/// The scene: Ghana sends to Switzerland, and Vanuatu's keys are in bad hands.
pub struct Hostile {
    /// The federation; Vanuatu's node is stopped.
    pub devnet: Devnet,
    /// What the hostile member knows.
    pub knows: Knows,
    keys: NodeKeys,
    web: reqwest::Client,
    sent: u64,
}

impl Hostile {
    /// Starts everything, lets one transfer cross, and takes Vanuatu's keys.
    ///
    /// # Errors
    /// What did not happen.
    pub async fn start(cli: Cli, dir: &Path) -> Result<Self, Failure> {
        let mut devnet = Devnet::start(cli, dir).await?;
        for country in &devnet.countries {
            country.settle_in(&devnet.cli).await?;
        }
        devnet.country("GH")?.issue(&devnet.cli, "1000000").await?;

        let vanuatu = devnet.country_mut("VU");
        vanuatu.halt().await;
        let keys = vanuatu.keys()?;

        let mut scene = Self {
            knows: Knows {
                network: NETWORK.to_owned(),
                bundle: Vec::new(),
                log: keys.log.clone(),
                honest: "gh.devnet.example/ledger".to_owned(),
            },
            devnet,
            keys,
            web: reqwest::Client::new(),
            sent: 0,
        };
        let id = scene.transfer().await?.0;
        scene.knows.bundle = scene.bundle(&id).await?;
        for party in ["GH", "CH"] {
            // Opening the key files took more memory than anything that comes after.
            scene.forget_peak(party)?;
        }
        Ok(scene)
    }

    async fn bundle(&self, id: &str) -> Result<Vec<u8>, Failure> {
        let out = self.devnet.dir.join("true.tlog-proof");
        let path = out.to_string_lossy();
        let args = ["ledger", "proof", "--transfer", id, "--out", &path];
        let deadline = Instant::now() + PATIENCE;
        let source = &self.devnet.country("GH")?.data;
        while let Err(failure) = self.devnet.cli.run(source, args).await {
            if Instant::now() > deadline {
                return Err(failure);
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        Ok(std::fs::read(&out)?)
    }

    /// Sends one tonne from Ghana to Switzerland; gives the transfer and how long it took from the request until Ghana says
    /// that it is final.
    ///
    /// # Errors
    /// What the node answers, or that it was not final within a minute.
    pub async fn transfer(&mut self) -> Result<(String, Duration), Failure> {
        let ghana = self.devnet.country("GH")?;
        let (token, api) = (ghana.token()?, format!("{}/api/v1/transfers", ghana.api));
        self.sent += 1;
        let key = format!("00000000-0000-4000-8000-{:012x}", self.sent);
        let order = json!({
            "to": "CH", "agreement": "CH-GH", "from": 1, "to_account": 1, "units": { "tonnes": 1 },
        });
        let start = Instant::now();
        let asked = self
            .web
            .post(&api)
            .bearer_auth(&token)
            .header("idempotency-key", key);
        let answer = asked
            .header("content-type", "application/json")
            .body(order.to_string())
            .send()
            .await?;
        let (status, text) = (answer.status(), answer.text().await?);
        let told: Value = serde_json::from_str(&text)?;
        let id = told.pointer("/made/transfer").and_then(Value::as_str);
        let id = id
            .ok_or_else(|| Failure::new(format!("{status}: {text}")))?
            .to_owned();
        loop {
            let asked = self.web.get(format!("{api}/{id}")).bearer_auth(&token);
            let shown: Value = serde_json::from_str(&asked.send().await?.text().await?)?;
            if shown.get("state").and_then(Value::as_str) == Some("FINAL") {
                return Ok((id, start.elapsed()));
            }
            if start.elapsed() > PATIENCE {
                return Err(Failure::new(format!("not final within a minute: {shown}")));
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }

    /// Attacks both honest countries at once while something else goes on; gives what became of both.
    ///
    /// # Errors
    /// If an address can not be read.
    pub async fn under<T>(
        &mut self,
        attack: &Attack,
        duration: Duration,
        meanwhile: impl AsyncFnOnce(&mut Self) -> T,
    ) -> Result<([Told; 2], T), Failure> {
        let mut ghana = self.adversary("GH")?;
        let mut switzerland = self.adversary("CH")?;
        let (one, other) = (attack.clone(), attack.clone());
        let first = apart(async move || ghana.attack(&one, duration).await)?;
        let second = apart(async move || switzerland.attack(&other, duration).await)?;
        let seen = meanwhile(self).await;
        Ok(([first.await?, second.await?], seen))
    }

    /// Starts both honest nodes anew: what they hold against the member is in their memory, and the next attack shall reach them.
    ///
    /// # Errors
    /// If one does not come back.
    pub async fn forgive(&mut self) -> Result<(), Failure> {
        let cli = self.devnet.cli.clone();
        for party in ["GH", "CH"] {
            let country = self.devnet.country_mut(party);
            country.halt().await;
            country.start(&cli).await?;
            self.forget_peak(party)?;
        }
        self.transfer().await.map(|_| ())
    }

    fn adversary(&self, party: &str) -> Result<Adversary, Failure> {
        let address: countersign_node::network::Multiaddr =
            self.devnet.country(party)?.p2p.parse()?;
        let node = address.iter().find_map(|part| match part {
            libp2p::multiaddr::Protocol::P2p(peer) => Some(peer),
            _ => None,
        });
        let node = node.ok_or_else(|| Failure::new("an address without a peer"))?;
        Ok(Adversary::beside(
            self.keys.peer.clone(),
            NETWORK,
            node,
            address,
        ))
    }

    /// The most memory that a country's node has had resident, MiB.
    ///
    /// # Errors
    /// If it does not run.
    pub fn peak_mebibytes(&self, party: &str) -> Result<u64, Failure> {
        peak(self.devnet.country(party)?)
    }

    /// Forgets the most, so that the next reading is of what comes now.
    ///
    /// # Errors
    /// If the node does not run.
    pub fn forget_peak(&self, party: &str) -> Result<(), Failure> {
        let process = self.devnet.country(party)?.process();
        let process = process.ok_or_else(|| Failure::new("it does not run"))?;
        Ok(std::fs::write(format!("/proc/{process}/clear_refs"), "5")?)
    }
}

/// Works apart from the measuring, as another machine would: on a thread that takes what processor time the nodes leave over.
fn apart<F: Future<Output = Told>>(
    work: impl FnOnce() -> F + Send + 'static,
) -> Result<oneshot::Receiver<Told>, Failure> {
    let (tell, told) = oneshot::channel();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    std::thread::spawn(move || {
        give_precedence();
        // Whoever started it may have gone.
        let _gone = tell.send(runtime.block_on(work()));
    });
    Ok(told)
}

/// Lets every other process come before this thread. Where that can not be had, the flood takes from the nodes what it needs itself.
fn give_precedence() {
    let thread = std::fs::read_link("/proc/thread-self").ok();
    let number = thread.as_deref().and_then(Path::file_name);
    if let Some(number) = number {
        let mut renice = std::process::Command::new("renice");
        let renice = renice.args(["-n", "19", "-p"]).arg(number);
        let _refused = renice.stdout(std::process::Stdio::null()).status();
    }
}

fn peak(country: &Country) -> Result<u64, Failure> {
    let process = country
        .process()
        .ok_or_else(|| Failure::new(format!("{} does not run", country.party)))?;
    let status = std::fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kibibytes: Option<u64> =
        line.and_then(|line| line.trim().trim_end_matches(" kB").trim().parse().ok());
    kibibytes
        .map(|it| it / 1024)
        .ok_or_else(|| Failure::new("no VmHWM"))
}
