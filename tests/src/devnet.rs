//! A federation on one machine: three countries, four witnesses, each a process of its own with its own folder, keys and
//! ports. Everything is done as an operator would do it: by the `countersign` command and over HTTP.

#![allow(clippy::print_stdout, clippy::panic)] // stdout carries the runner's data

mod country;
mod data;
mod journey;
mod process;
mod way;
mod witnesses;

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

pub use country::Country;
pub use data::{PublishedTransfer, published};
pub use process::{Cli, Failure};
pub use way::{Passage, Way, Weather};
pub use witnesses::Witness;

/// The countries: code, name of the authority, port-free origin, registry id.
const COUNTRIES: [(&str, &str, &str); 3] = [
    ("GH", "Ghana Carbon Registry", "GHA01"),
    ("CH", "Swiss Emissions Trading Registry", "CHE01"),
    ("VU", "Vanuatu Carbon Registry", "VUT01"),
];

/// Witnesses and quorum: with one that may lie (f = 1), 2k > n+f and k <= n-f hold for n = 4, k = 3.
const WITNESSES: usize = 4;
const QUORUM: usize = 3;

/// What the runner was asked to do.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Do the main job and exit.
    pub once: bool,
    /// Print one JSON line on stdout.
    pub json: bool,
    /// Leave everything here.
    pub keep: Option<PathBuf>,
}

/// Tells a person what happens, on stderr.
pub fn say(text: impl std::fmt::Display) {
    eprintln!("{text}");
}

/// The running federation.
pub struct Devnet {
    /// The command.
    pub cli: Cli,
    /// Where everything lies.
    pub dir: PathBuf,
    /// The countries, in the order GH, CH, VU.
    pub countries: Vec<Country>,
    /// The witnesses.
    pub witnesses: Vec<Witness>,
    /// Whom to believe: a policy file with every log and every witness.
    pub trust: PathBuf,
}

impl Devnet {
    /// Makes and starts everything, and lets nobody know of anybody.
    ///
    /// # Errors
    /// As [`Devnet::start`].
    pub async fn strangers(cli: Cli, dir: &Path) -> Result<Self, Failure> {
        Self::up(cli, dir).await
    }

    /// Every two countries sign an agreement.
    ///
    /// # Errors
    /// What a command says.
    pub async fn agree(&self) -> Result<(), Failure> {
        for (place, first) in self.countries.iter().enumerate() {
            for second in &self.countries[place + 1..] {
                country::agree(&self.cli, first, second).await?;
            }
        }
        Ok(())
    }

    /// Makes and starts everything under a new folder.
    ///
    /// # Errors
    /// What did not start, with the log of the process that failed.
    pub async fn start(cli: Cli, dir: &Path) -> Result<Self, Failure> {
        let devnet = Self::up(cli, dir).await?;
        devnet.introduce().await?;
        Ok(devnet)
    }

    async fn up(cli: Cli, dir: &Path) -> Result<Self, Failure> {
        let mut witnesses = Vec::new();
        for number in 1..=WITNESSES {
            witnesses.push(Witness::make(&cli, dir, number).await?);
        }
        let policy = witnesses::policy(&witnesses, QUORUM);
        say(format_args!(
            "  ✓ {WITNESSES} witnesses are made; {QUORUM} of them must cosign"
        ));
        let mut countries = Vec::new();
        for (party, name, registry) in COUNTRIES {
            countries.push(Country::make(&cli, dir, (party, name, registry), &policy).await?);
        }
        for witness in &mut witnesses {
            witness.start(&cli, &countries).await?;
        }
        for country in &mut countries {
            country.start(&cli).await?;
        }
        for country in &countries {
            country.ready().await?;
            say(format_args!(
                "  ✓ {} is up: pages {}/",
                country.party, country.api
            ));
        }
        let trust = dir.join("trust.policy");
        let logs: String = countries
            .iter()
            .map(|country| format!("log {}\n", country.log_key))
            .collect();
        std::fs::write(&trust, logs + &policy).map_err(Failure::from)?;
        Ok(Self {
            cli,
            dir: dir.to_owned(),
            countries,
            witnesses,
            trust,
        })
    }

    /// Invites go round, and every two countries sign an agreement.
    async fn introduce(&self) -> Result<(), Failure> {
        for country in &self.countries {
            country.write_invite(&self.cli).await?;
        }
        for country in &self.countries {
            for other in self
                .countries
                .iter()
                .filter(|other| other.party != country.party)
            {
                country.add_partner(&self.cli, other).await?;
            }
        }
        say("  ✓ invites are exchanged, fingerprints compared");
        self.agree().await?;
        say("  ✓ agreements are signed by both sides and recorded in both ledgers");
        Ok(())
    }

    /// The country with this code.
    ///
    /// # Errors
    /// If there is none.
    pub fn country(&self, party: &str) -> Result<&Country, Failure> {
        let found = self.countries.iter().find(|country| country.party == party);
        found.ok_or_else(|| Failure::new(format!("there is no node of {party} here")))
    }

    /// The same, to stop and start it.
    ///
    /// # Panics
    /// If there is none.
    pub fn country_mut(&mut self, party: &str) -> &mut Country {
        let mut all = self.countries.iter_mut();
        all.find(|country| country.party == party)
            .unwrap_or_else(|| panic!("there is no node of {party} here"))
    }

    /// What programs need to know of a running federation.
    #[must_use]
    pub fn as_json(&self) -> Value {
        let nodes: Vec<Value> = self.countries.iter().map(Country::as_json).collect();
        let witnesses: Vec<Value> = self.witnesses.iter().map(Witness::as_json).collect();
        json!({ "ready": true, "nodes": nodes, "witnesses": witnesses, "trust": self.trust })
    }

    /// Stops every process, countries first, each in order.
    pub async fn stop(self) {
        for country in self.countries {
            country.stop().await;
        }
        for witness in self.witnesses {
            witness.stop().await;
        }
    }
}

/// Runs what was asked; the folder's fate is the caller's.
///
/// # Errors
/// What failed.
pub async fn run(cli: Cli, dir: &Path, data: &Path, options: &Options) -> Result<(), Failure> {
    say("A federation on this machine:");
    let transfers = published(data)?;
    let devnet = Devnet::start(cli, dir).await?;
    let result = if options.once {
        let done = journey::run(&devnet, &transfers).await;
        if let Ok(outcome) = &done
            && options.json
        {
            println!("{outcome}");
        }
        done.map(|_| ())
    } else {
        let seeded = journey::seed(&devnet, &transfers).await;
        if seeded.is_ok() {
            announce(&devnet, options);
            process::until_asked_to_stop().await;
            say("stopping");
        }
        seeded
    };
    devnet.stop().await;
    result
}

fn announce(devnet: &Devnet, options: &Options) {
    if options.json {
        println!("{}", devnet.as_json());
    }
    for country in &devnet.countries {
        say(format_args!(
            "  {}  API {}/api/v1  pages {}/  data {}",
            country.party,
            country.api,
            country.api,
            country.data.display()
        ));
    }
    say("Running until Ctrl-C.");
}
