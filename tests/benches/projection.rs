//! The read model of a large registry: 10,000 projects and a million ranges. How fast it is made, how fast lists are
//! answered over HTTP, and how much memory the node takes.
//!
//! `cargo bench -p countersign-tests --bench projection`; `COUNTERSIGN_BENCH=full` for longer rounds, `COUNTERSIGN_BENCH_DIR`
//! for another disk, and words as arguments to pick measurements: lists, pages, workspaces, rebuild.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    missing_docs
)]

mod common;

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use countersign_node::ledger::{LedgerHandle, Submission};
use countersign_node::projection::{Maintenance, ProjectionSettings, Rebuilt};
use countersign_node::run::{DataFolder, Node};
use countersign_node::store::StoreReader;
use countersign_protocol::id::{AccountId, OrganisationId};
use countersign_protocol::record::{Claim, Purpose, RetireKind};
use countersign_protocol::registry::{Command, Selection};
use countersign_protocol::serial::SectoralScope;
use secrecy::SecretString;
use serde_json::json;

use common::Random;
use common::country::{authorising_scope, populate, request, runtime};
use common::load::{self, Until};
use common::machine::{Machine, resident_megabytes, resident_megabytes_of};
use common::node::{PASSPHRASE, start};
use common::office::Office;
use common::options::Options;
use common::postgres::Postgres;
use common::report::verdict;
use common::web::{get, get_as, get_page, get_page_as, latencies};

/// The folder of the node that this process is to run, and nothing else.
const ALONE: &str = "COUNTERSIGN_BENCH_NODE";
const CONNECTIONS: u64 = 16;
const ACCOUNTS: u32 = 1_000;
const PROJECTS: u32 = 10_000;
const RANGES: u64 = 1_000_000;
/// Cases that a developer began and nobody has answered.
const CASES: usize = 2_000;

fn main() {
    if let Some(folder) = std::env::var_os(ALONE) {
        return alone(&DataFolder::new(PathBuf::from(folder)));
    }
    let options = Options::read();
    let folder = options.scratch();
    Machine::measure(folder.path()).print();
    let runtime = runtime();
    let data = DataFolder::new(folder.path().join("gh"));
    let (node, token) = start(&runtime, &data);
    fill(&node.ledger());
    let office = options.wants("workspaces");
    let office = office.then(|| runtime.block_on(office_at_work(node.http(), &token)));
    caught_up(&runtime, &data, &node);
    println!(
        "the node that took in {RANGES} ranges, and this bench around it: {:.0} MB",
        resident_megabytes()
    );
    runtime.block_on(node.stop());
    let of_the_node = ["lists", "pages", "workspaces"];
    if of_the_node.iter().any(|it| options.wants(it)) {
        let node = Apart::start(&data);
        println!("it alone, after a restart: {:.0} MB", node.megabytes());
        if options.wants("lists") {
            lists(&options, &runtime, node.address, &token);
        }
        if options.wants("pages") {
            pages(&options, &runtime, node.address);
        }
        if let Some(office) = &office {
            workspaces(&options, &runtime, node.address, office);
        }
        let megabytes = node.megabytes();
        println!("the same after that: {megabytes:.0} MB");
        verdict("bar of 300 MB over that", 300.0 / megabytes, 1.0);
    }
    if options.wants("rebuild") {
        let sqlite = ProjectionSettings {
            file: folder.path().join("again.sqlite"),
            url: None,
        };
        rebuild(&options, &runtime, &data, "SQLite", &sqlite);
        match Postgres::start(&options) {
            Ok(server) => {
                let settings = ProjectionSettings {
                    url: Some(server.url()),
                    ..sqlite
                };
                rebuild(&options, &runtime, &data, &server.version(), &settings);
            }
            Err(reason) => println!("no PostgreSQL to fill: {reason}"),
        }
    }
    Machine::measure(&options.folder).print();
}

/// Runs a node and nothing else, until its standard input ends.
fn alone(data: &DataFolder) {
    let runtime = runtime();
    let began = Instant::now();
    let node = runtime
        .block_on(Node::start(data, SecretString::from(PASSPHRASE)))
        .unwrap();
    let started = began.elapsed();
    caught_up(&runtime, data, &node);
    println!(
        "restart of the node: {:.1} s, its read model {:.1} s after that",
        started.as_secs_f64(),
        (began.elapsed() - started).as_secs_f64()
    );
    println!("{}", node.http());
    let _ = std::io::stdin().read_line(&mut String::new());
    runtime.block_on(node.stop());
}

/// A node in a process of its own, so that its memory is its own too.
struct Apart {
    process: std::process::Child,
    address: SocketAddr,
}

impl Apart {
    fn start(data: &DataFolder) -> Self {
        let mut process = std::process::Command::new(std::env::current_exe().unwrap())
            .env(ALONE, data.path())
            .stdin(std::process::Stdio::piped())
            .stdout(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let address = lines.map(Result::unwrap).find_map(|line| {
            let address = line.parse().ok();
            if address.is_none() {
                println!("{line}");
            }
            address
        });
        Self {
            process,
            address: address.unwrap(),
        }
    }

    fn megabytes(&self) -> f64 {
        resident_megabytes_of(self.process.id())
    }
}

impl Drop for Apart {
    fn drop(&mut self) {
        drop(self.process.stdin.take());
        self.process.wait().unwrap();
    }
}

/// Projects, accounts, ranges of many vintages, some thousands of them authorised under Article 6, and some moved, held and
/// retired.
fn fill(handle: &LedgerHandle) {
    populate(handle, ACCOUNTS);
    let projects = handle.latest_head().size;
    let until = Until::Size(projects + u64::from(PROJECTS));
    load::run(handle, 16, 64, until, |random| Command::RegisterProject {
        organisation: OrganisationId(1),
        title: title(random).parse().unwrap(),
        scope: SectoralScope::new(u8::try_from(random.up_to(16)).unwrap()).unwrap(),
    });
    let mut random = Random::new(99_007);
    for command in authorising_scope(3) {
        let submission = Submission::new(request(&mut random), command);
        handle.submit_blocking(submission).unwrap();
    }
    let until = Until::Size(handle.latest_head().size + RANGES);
    let filled = load::run(handle, 16, 64, until, |random| Command::Issue {
        account: AccountId(random.up_to(ACCOUNTS)),
        project: random.up_to(PROJECTS),
        year: 2015 + u16::try_from(random.up_to(10)).unwrap(),
        unit_type: "ITMO".parse().unwrap(),
        tonnes: u64::from(random.up_to(1000)),
    });
    println!(
        "issued beside the read model that follows: {:.0}/s",
        filled.per_second()
    );
    let until = Until::Size(handle.latest_head().size + 20_000);
    load::run(handle, 16, 64, until, |random| Command::Retire {
        account: AccountId(random.up_to(ACCOUNTS)),
        units: Selection::Tonnes(u64::from(random.up_to(50))),
        kind: RetireKind::Retire,
        purpose: Purpose::Ndc,
        beneficiary: None,
        claim: Claim::default(),
    });
}

fn title(random: &mut Random) -> String {
    const WORDS: &[&str] = &[
        "Cook-stoves",
        "Solar",
        "Mangroves",
        "Biogas",
        "Buses",
        "Landfill",
        "Wind",
        "Rice",
    ];
    let mut word = || WORDS[random.up_to(u32::try_from(WORDS.len()).unwrap()) as usize - 1];
    format!("{} and {} of {}", word(), word(), word())
}

/// Waits until lists know everything.
fn caught_up(runtime: &tokio::runtime::Runtime, data: &DataFolder, node: &Node) {
    let start = Instant::now();
    let maintenance = Maintenance::new(ProjectionSettings {
        file: data.projection(),
        url: None,
    });
    let size = node.ledger().latest_head().size;
    while runtime
        .block_on(maintenance.cursor())
        .unwrap()
        .is_none_or(|it| it.size < size)
    {
        assert!(
            start.elapsed() < Duration::from_secs(900),
            "it does not follow"
        );
        std::thread::sleep(Duration::from_millis(20));
    }
    println!(
        "the read model was {:.2} s behind",
        start.elapsed().as_secs_f64()
    );
}

/// What is asked for: another one each time.
type Path = fn(&mut Random) -> String;

/// The pages that everybody may see, compressed as browsers take them.
fn pages(options: &Options, runtime: &tokio::runtime::Runtime, node: SocketAddr) {
    let paths: &[(&str, Path)] = &[
        ("home", |_| String::new()),
        ("projects", |_| "/projects".to_owned()),
        ("projects with some characters", |_| {
            "/projects?q=mangroves".to_owned()
        }),
        ("a project", |r| format!("/projects/{}", r.up_to(PROJECTS))),
        ("all ranges of a project", |r| {
            format!("/projects/{}/units", r.up_to(PROJECTS))
        }),
        ("the map", |_| "/map".to_owned()),
        ("search", |_| "/search?q=landfill%20of".to_owned()),
        ("a unit", |r| {
            format!(
                "/units/GH-{}",
                1_000_000_000_000_u64 + u64::from(r.up_to(400_000_000))
            )
        }),
        ("a hundred million units", |r| {
            let first = 1_000_000_000_000_u64 + u64::from(r.up_to(300_000_000));
            format!("/units/GH-{first}-{}", first + 100_000_000)
        }),
        ("retirements", |_| "/retirements".to_owned()),
        ("an entry with its proof", |r| {
            format!("/entries/{}", 20_000 + r.up_to(900_000))
        }),
        ("statistics", |_| "/statistics".to_owned()),
        ("accounting", |_| "/accounting".to_owned()),
        ("cooperation", |_| "/cooperation".to_owned()),
        ("an approach", |_| "/cooperation/CA0001".to_owned()),
        ("an authorisation", |_| {
            "/authorisations/GH/GH-2026-001".to_owned()
        }),
        ("organisations", |_| "/organisations".to_owned()),
        ("an organisation", |_| "/organisations/1".to_owned()),
        ("the log", |_| "/entries".to_owned()),
        ("the federation", |_| "/federation".to_owned()),
        ("transparency", |_| "/transparency".to_owned()),
    ];
    let request = |path: String| get_page(&format!("/en{path}"));
    let slowest = measured(options, runtime, node, paths, request);
    verdict(
        "bar of 50 ms over the slowest p99 of a page",
        50.0 / slowest,
        1.0,
    );
}

/// A country's people in the same registry: officials, a certifier, and a developer with cases that wait.
async fn office_at_work(node: SocketAddr, operator: &str) -> Office {
    let mut office = Office::open(node, operator).await;
    for _ in 0..CASES {
        let new = json!({"flow": "project", "title": "Stoves", "scopes": ["3"]});
        office.case(new).await;
    }
    office
}

/// The pages that an official and a developer see when they are signed in.
fn workspaces(
    options: &Options,
    runtime: &tokio::runtime::Runtime,
    node: SocketAddr,
    office: &Office,
) {
    let official: &[(&str, Path)] = &[
        ("the inbox of an official", |_| String::new()),
        ("all cases", |_| "/cases".to_owned()),
        ("a case", |r| format!("/cases/{}", r.up_to(5))),
        ("authorisations", |_| "/authorisations".to_owned()),
        ("an authorisation", |_| {
            "/authorisations/GH/GH-2026-001".to_owned()
        }),
        ("annual reports", |_| "/report".to_owned()),
        ("users", |_| "/users".to_owned()),
        ("holds", |_| "/holds".to_owned()),
        ("what waits for a second official", |_| {
            "/proposals".to_owned()
        }),
        ("the process", |_| "/process".to_owned()),
        ("the federation, for an official", |_| {
            "/federation".to_owned()
        }),
    ];
    let developer: &[(&str, Path)] = &[
        ("the inbox of a developer", |_| String::new()),
        ("its cases", |_| "/cases".to_owned()),
        ("its organisation", |_| "/organisation".to_owned()),
        ("its account", |_| "/account".to_owned()),
        ("what it may begin", |_| "/apply".to_owned()),
    ];
    let mut slowest = 0.0_f64;
    for (paths, who) in [
        (official, &office.officials[0]),
        (developer, &office.seller),
    ] {
        let session = who.session.clone();
        let request = move |path: String| get_page_as(&format!("/en/work{path}"), &session);
        slowest = slowest.max(measured(options, runtime, node, paths, request));
    }
    verdict(
        "bar of 50 ms over the slowest p99 of a workspace",
        50.0 / slowest,
        1.0,
    );
}

/// Asks for each over and over; gives the slowest p99, in milliseconds.
fn measured(
    options: &Options,
    runtime: &tokio::runtime::Runtime,
    node: SocketAddr,
    paths: &[(&str, Path)],
    request: impl Fn(String) -> String + Clone + Send + 'static,
) -> f64 {
    let mut slowest: f64 = 0.0;
    for (name, path) in paths {
        let path = *path;
        let answers = latencies(node, CONNECTIONS, options.duration, |worker| {
            let mut random = Random::new(worker + 1);
            let request = request.clone();
            move || request(path(&mut random))
        });
        let mut answers = runtime.block_on(answers);
        answers.sort_unstable();
        let at = |percent: usize| answers[(answers.len() - 1) * percent / 100].as_secs_f64() * 1e3;
        slowest = slowest.max(at(99));
        println!(
            "{name:<42} {:>7.0}/s, p50 {:>6.1} ms, p99 {:>6.1} ms",
            answers.len() as f64 / options.duration.as_secs_f64(),
            at(50),
            at(99)
        );
    }
    slowest
}

fn lists(options: &Options, runtime: &tokio::runtime::Runtime, node: SocketAddr, token: &str) {
    let paths: &[(&str, Path)] = &[
        ("projects by title", |_| "projects?sort=title".to_owned()),
        ("projects of a scope, newest first", |r| {
            format!("projects?sort=-changed&scope={}", r.up_to(16))
        }),
        ("projects with some characters", |_| {
            "projects?q=mangroves%20and%20bio".to_owned()
        }),
        ("projects with characters that none has", |_| {
            "projects?q=zebra".to_owned()
        }),
        ("ranges, all", |_| "holdings?sort=number".to_owned()),
        ("ranges of a project", |r| {
            format!("holdings?project={}", r.up_to(PROJECTS))
        }),
        ("ranges of a vintage", |r| {
            format!("holdings?vintage={}", 2015 + r.up_to(10))
        }),
        ("ranges of an account and vintage", |r| {
            format!(
                "holdings?account={}&vintage={}",
                r.up_to(ACCOUNTS),
                2015 + r.up_to(10)
            )
        }),
        ("ranges of an account, newest first", |r| {
            format!("holdings?account={}&sort=-since", r.up_to(ACCOUNTS))
        }),
        ("used ranges of a vintage and type", |_| {
            "holdings?place=used&vintage=2020&unit_type=ITMO".to_owned()
        }),
        ("ranges that no row is (1,000 looked at)", |_| {
            "holdings?vintage=2020&place=escrow".to_owned()
        }),
        ("retirements of a project", |r| {
            format!("retirements?project={}", r.up_to(PROJECTS))
        }),
        ("retirements, newest first", |_| "retirements".to_owned()),
        ("history of a unit", |r| {
            format!(
                "units/GH-{}/history",
                1_000_000_000_000_u64 + u64::from(r.up_to(400_000_000))
            )
        }),
        ("search", |_| "search?q=landfill%20of".to_owned()),
    ];
    let token = token.to_owned();
    let request = move |path: String| get_as(&format!("/api/v1/{path}"), &token);
    let slowest = measured(options, runtime, node, paths, request);
    verdict("bar of 50 ms over the slowest p99", 50.0 / slowest, 1.0);
    // The plain list is the registry's own and knows no filter.
    let plain = latencies(node, CONNECTIONS, options.duration, |_| {
        || get("/api/v1/projects?limit=100")
    });
    let plain = runtime.block_on(plain).len() as f64 / options.duration.as_secs_f64();
    println!("the plain list of projects, for comparison: {plain:.0}/s");
}

fn rebuild(
    options: &Options,
    runtime: &tokio::runtime::Runtime,
    data: &DataFolder,
    name: &str,
    settings: &ProjectionSettings,
) {
    let maintenance = Maintenance::new(settings.clone());
    let mut rates = Vec::new();
    for _ in 0..options.rounds {
        let source = Arc::new(StoreReader::open(&data.ledger()).unwrap());
        let start = Instant::now();
        let done = runtime
            .block_on(maintenance.rebuild(source, |_, _| {}))
            .unwrap();
        let Rebuilt::Here(cursor) = done else {
            unreachable!("no node runs")
        };
        rates.push(cursor.size as f64 / start.elapsed().as_secs_f64());
    }
    rates.sort_by(f64::total_cmp);
    let median = rates[rates.len() / 2];
    println!("made anew in {name}: {median:.0} records/s ({rates:.0?})");
    verdict("over the bar of 50,000 records/s", median / 50_000.0, 1.0);
}
