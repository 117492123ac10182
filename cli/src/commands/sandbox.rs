//! A sandbox: a country, a partner and witnesses in one process, real nodes on loopback, with people and units in them that are
//! nobody's. What is tried there crosses a real border, and nothing of it counts.

mod asked;
mod folder;
mod people;
mod seed;
mod systems;

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Subcommand;
use countersign_node::clock::TimeTravel;
use countersign_node::http::dto::{MoveTime, SandboxView};
use countersign_node::run::{DataFolder, Node, WitnessFolder, WitnessNode};
use serde::Serialize;
use tokio::runtime::Builder;

use super::serve::{LogArgs, asked_to_stop};
use crate::exit::{Failure, Outcome};
use crate::output::Format;
use crate::session::Session;
use crate::table::{View, moment};
use crate::terminal;
use folder::{Layout, Site};
use people::Person;
use systems::Systems;

/// Where the country's node listens unless another address is given.
pub(super) const LISTEN: &str = "127.0.0.1:8080";

/// Milliseconds of a day.
const DAY_MS: u64 = 86_400_000;

#[derive(Debug, Subcommand)]
pub(crate) enum SandboxCommand {
    /// Show what time it is in a running sandbox
    Time,
    /// Move the clock of a running sandbox forward: deadlines pass, agreements end, the next year begins
    Forward {
        /// Days
        #[arg(long, default_value_t = 0)]
        days: u64,
        /// Hours
        #[arg(long, default_value_t = 0)]
        hours: u64,
    },
}

impl SandboxCommand {
    pub(crate) fn run(self, session: &Session) -> Outcome {
        let client = session.client()?;
        let found: SandboxView = match self {
            Self::Time => client.get_beside("sandbox")?,
            Self::Forward { days, hours } => {
                let whole = days
                    .checked_mul(DAY_MS)
                    .zip(hours.checked_mul(DAY_MS / 24))
                    .and_then(|(days, hours)| days.checked_add(hours));
                let forward_ms = whole.filter(|it| *it > 0).ok_or_else(|| {
                    Failure::usage("how far? Add --days or --hours, within a hundred years")
                })?;
                client.ask_beside("sandbox/time", &MoveTime { forward_ms })?
            }
        };
        session.out().show(&found, |it| {
            View::pairs([
                ("time there", moment(it.now_ms)),
                (
                    "ahead of this machine",
                    format!("{} days", it.ahead_ms / DAY_MS),
                ),
            ])
        })
    }
}

/// What runs, as data.
#[derive(Serialize)]
struct Shown {
    sandbox: PathBuf,
    url: String,
    data: PathBuf,
    token_file: PathBuf,
    partner: Partner,
    witnesses: Vec<String>,
    /// The systems around the registry, where it has them.
    systems: Option<Systems>,
    mail: PathBuf,
    people: Vec<Person>,
}

#[derive(Serialize)]
struct Partner {
    party: String,
    url: String,
    data: PathBuf,
}

/// Everything that runs.
struct Running {
    country: Node,
    partner: Node,
    witnesses: Vec<WitnessNode>,
}

/// Whether a data folder belongs to a sandbox.
pub(super) fn is_part_of_one(folder: &DataFolder) -> bool {
    folder.path().join(folder::MARK_FILE).exists()
}

/// Runs a sandbox in a folder, or in a temporary one that goes when it stops.
///
/// With `systems` it also has the systems around a registry, and a bridge to each; once it has them, it keeps them.
pub(super) fn serve(
    session: &Session,
    listen: SocketAddr,
    systems: bool,
    log: &LogArgs,
) -> Outcome {
    let layout = match session.named_folder() {
        Some(folder) => Layout::named(folder.path()),
        None => Layout::temporary()?,
    };
    log.start()?;
    let runtime = Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(Failure::other)?;
    runtime.block_on(async {
        let asked_to_stop = asked_to_stop()?;
        tokio::pin!(asked_to_stop);
        let (layout, site) = make(layout, listen, systems).await?;
        let running = Running::start(&layout, &site).await?;
        let told = tokio::select! {
            told = prepare(session, &layout, site, &running) => told.map(|()| true),
            () = &mut asked_to_stop => Ok(false),
        };
        let waited = match told {
            Ok(true) => running.until_stopped(asked_to_stop).await,
            other => other.map(drop),
        };
        running.stop().await;
        // The layout goes last: a temporary folder is not taken from under a running node.
        drop(layout);
        waited?;
        terminal::done("the sandbox has stopped");
        Ok(())
    })
}

async fn make(layout: Layout, listen: SocketAddr, systems: bool) -> Outcome<(Layout, Site)> {
    let made = tokio::task::spawn_blocking(move || {
        let site = layout.site(listen, systems)?;
        Ok::<_, Failure>((layout, site))
    });
    made.await.map_err(Failure::other)?
}

/// Fills a new sandbox, and says what there is.
async fn prepare(session: &Session, layout: &Layout, site: Site, running: &Running) -> Outcome {
    let urls = [&running.country, &running.partner].map(|node| format!("http://{}", node.http()));
    let folders = [layout.country(), layout.partner()];
    let people = if site.is_new {
        terminal::say(
            "filling the sandbox: organisations, people, a project, units, transfers both ways",
        );
        let (urls, folders, kept) = (urls.clone(), folders.clone(), layout.clone_paths());
        let filled = tokio::task::spawn_blocking(move || {
            let people = seed::fill(&urls, &folders)?;
            kept.keep(&people)?;
            Ok::<_, Failure>(people)
        });
        filled.await.map_err(Failure::other)??
    } else {
        layout.people()?
    };
    let [country, partner] = folders;
    let [url, partner_url] = urls;
    let shown = Shown {
        sandbox: layout.path().to_owned(),
        token_file: country.token(),
        mail: country.mail(),
        data: country.path().to_owned(),
        url,
        partner: Partner {
            party: folder::PARTNER.to_owned(),
            url: partner_url,
            data: partner.path().to_owned(),
        },
        systems: site.systems,
        witnesses: running
            .witnesses
            .iter()
            .map(|it| format!("http://{}", it.http()))
            .collect(),
        people,
    };
    let out = session.out();
    if out.format == Format::Json {
        return out.line(&shown, |_| String::new());
    }
    out.show(&shown, view)
}

fn view(shown: &Shown) -> View {
    let data = shown.data.display();
    let mut lines = vec![
        "A sandbox: nothing in it counts.".to_owned(),
        format!("  pages            {}/", shown.url),
        format!("  API              {}/api/v1", shown.url),
        format!(
            "  partner country  {} {}/",
            shown.partner.party, shown.partner.url
        ),
        format!("  data             {data}"),
        format!("  operator's token {}", shown.token_file.display()),
        format!("  mail             {}", shown.mail.display()),
        format!("  commands         countersign --data {data} status"),
        format!("  another day      countersign --data {data} sandbox forward --days 30"),
        String::new(),
    ];
    if let Some(systems) = &shown.systems {
        lines.extend([
            format!("  CAD Trust        http://{}/v2", systems.cad_trust),
            format!("  national MRV     http://{}/national", systems.mrv),
            format!("  ITMO platform    http://{}/api", systems.itmo_platform),
            format!("  bridges          countersign --data {data} bridge cad-trust status"),
            String::new(),
        ]);
    }
    for person in &shown.people {
        let key = person
            .api_key
            .as_deref()
            .map(|key| format!("  API key {key}"));
        lines.push(format!(
            "  {:<28} password {:?}  {}{}",
            person.email,
            person.password,
            person.what,
            key.unwrap_or_default()
        ));
    }
    View::Text(lines.join("\n"))
}

impl Running {
    async fn start(layout: &Layout, site: &Site) -> Outcome<Self> {
        let mut witnesses = Vec::new();
        for (number, address) in (1..).zip(&site.witnesses) {
            let folder = WitnessFolder::new(layout.witness(number));
            let logs = vec![layout.logs()];
            witnesses
                .push(WitnessNode::start(&folder, logs, *address, folder::passphrase()).await?);
        }
        if let Some(systems) = &site.systems {
            systems.start().await?;
        }
        let travel = TimeTravel::of_a_sandbox(layout.clock())?;
        let start = async |folder: DataFolder| {
            Node::start_in_sandbox(&folder, folder::passphrase(), travel.clone()).await
        };
        Ok(Self {
            country: start(layout.country()).await?,
            partner: start(layout.partner()).await?,
            witnesses,
        })
    }

    /// Waits for whoever stops the process, or for a part that ends by itself.
    async fn until_stopped(&self, asked_to_stop: impl Future<Output = ()>) -> Outcome {
        let by_itself = tokio::select! {
            () = asked_to_stop => false,
            () = self.country.stopping() => true,
            () = self.partner.stopping() => true,
        };
        if by_itself {
            return Err(Failure::other(
                "a node of the sandbox stopped by itself: its log above says why",
            ));
        }
        Ok(())
    }

    async fn stop(self) {
        self.country.stop().await;
        self.partner.stop().await;
        for witness in self.witnesses {
            witness.stop().await;
        }
    }
}
