//! The event feed: every leaf, in order, by pages and as a stream.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use countersign_bridge::event::{Event, EventKind};
use countersign_node::http::dto::Events;
use countersign_node::ledger::Submission;
use countersign_node::ops::config::Config;
use countersign_node::run::{DataFolder, NewNode, Node, init};
use countersign_protocol::log::{Frontier, leaf_hash};
use countersign_protocol::record::OrganisationKind;
use countersign_protocol::registry::{Command, LedgerAccount};
use futures::future::join_all;
use reqwest::{Method, Response, StatusCode};
use secrecy::SecretString;
use serde_json::{Value, json};

use crate::common;
use crate::office::Office;
use crate::world::{STREAMS_MAX, World, kind, problem, read};

/// A page of the feed, asked for by nobody in particular.
async fn page(world: &World, query: &str) -> Events {
    let path = format!("/api/v1/events?{query}");
    let response = world.bare(Method::GET, &path).send().await.unwrap();
    read(response, StatusCode::OK, &path).await
}

/// The whole feed, in pages of a size.
async fn replay(world: &World, limit: usize) -> Vec<Event> {
    let mut events = Vec::new();
    let mut after = String::new();
    loop {
        let found = page(world, &format!("limit={limit}{after}")).await;
        assert!(found.items.len() <= limit);
        events.extend(found.items);
        after = format!("&after={}", found.cursor.unwrap());
        if !found.has_more {
            return events;
        }
    }
}

fn move_units(from: u64, to: u64, tonnes: u64) -> Value {
    json!({"from": from, "to": to, "units": {"tonnes": tonnes}})
}

/// Sums over the feed, without a rule of the registry.
fn balances(events: &[Event]) -> BTreeMap<LedgerAccount, i64> {
    let mut balances: BTreeMap<LedgerAccount, i64> = BTreeMap::new();
    for moved in events.iter().flat_map(|event| &event.data.moves) {
        let tonnes = i64::try_from(moved.tonnes).unwrap();
        *balances.entry(moved.from).or_default() -= tonnes;
        *balances.entry(moved.to).or_default() += tonnes;
    }
    balances.retain(|_, tonnes| *tonnes != 0);
    balances
}

/// What whoever reads from zero knows is what the node knows.
fn agrees(world: &World, events: &[Event]) {
    let handle = world.handle();
    let head = handle.latest_head();
    let mut tree = Frontier::default();
    for (event, index) in events.iter().zip(0..) {
        assert_eq!(event.data.index, index, "a hole before {}", event.id);
        assert_eq!(leaf_hash(&event.data.record.encode()), event.data.leaf_hash);
        tree.push(event.data.leaf_hash).unwrap();
    }
    assert_eq!((tree.size(), tree.root()), (head.size, head.root));
    let known: BTreeMap<LedgerAccount, i64> = handle.read(|state| {
        let all = state.balances();
        all.filter(|(_, tonnes)| *tonnes != 0).collect()
    });
    assert_eq!(balances(events), known);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reader_from_zero_rebuilds_every_balance_and_the_root() {
    let world = World::start().await;
    let gone = world.send(30).await;
    world.settle(gone).await;
    let _ = world.send(20).await;
    for (path, body) in [
        ("account-transfers", move_units(1, 2, 100)),
        (
            "retirements",
            json!({"account": 1, "units": {"tonnes": 7}, "kind": "retire", "purpose": "ndc"}),
        ),
        (
            "retirements",
            json!({"account": 1, "units": {"tonnes": 5}, "kind": "cancel", "purpose": "voluntary"}),
        ),
    ] {
        let _: Value = world.post(&format!("/api/v1/{path}"), body).await;
    }
    let held: Value = world.get("/api/v1/accounts/2/holdings").await;
    let range = &held["items"][0]["range"];
    let hold = json!({"account": 2, "ranges": [range], "lift": false, "reason": "order"});
    let _: Value = world.post("/api/v1/holds", hold).await;
    let events = replay(&world, 7).await;
    agrees(&world, &events);
    let names: Vec<&str> = events.iter().map(|event| event.kind.name()).collect();
    for name in [
        "ledger.began",
        "organisation.registered",
        "account.opened",
        "project.registered",
        "unit.issued",
        "partner.listed",
        "agreement.recorded",
        "transfer.locked",
        "transfer.finalised",
        "unit.transferred",
        "unit.split",
        "unit.held",
        "unit.retired",
        "unit.cancelled",
        "block.sealed",
    ] {
        assert!(names.contains(&name), "{name} is missing: {names:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reader_from_zero_follows_cases_too() {
    let office = Office::open().await;
    let project = office.authorised_project().await;
    let period = office.verified(project, 100).await;
    office.issue(period).await;
    let ask =
        json!({"flow": "transfer", "title": "To Ben", "counterparty": office.buyer.organisation});
    let transfer = office.case(&office.developer, ask).await;
    let submit = json!({"step": "send", "form": {"receiver": office.buyer.organisation, "units": ["GH-1-40"]},
        "reserve": {"account": office.accounts[0], "units": {"tonnes": 40},
                    "fate": {"transfer": {"to": office.accounts[1]}}}});
    office.act(&office.developer, transfer, submit).await;
    let events = replay(&office.world, 100).await;
    agrees(&office.world, &events);
    let reserved = events
        .iter()
        .find(|event| event.kind == EventKind::UnitReserved)
        .unwrap();
    assert_eq!(reserved.subject, Some(format!("cases/{transfer}")));
    // The developer is suspended: in one record the request ends and its units are free.
    let official = &office.officials[0];
    let suspend = json!({"step": "suspend", "comment": "Under investigation."});
    office.act(official, 1, suspend).await;
    let events = replay(&office.world, 1000).await;
    agrees(&office.world, &events);
    let suspended = events
        .iter()
        .find(|event| event.kind == EventKind::OrganisationSuspended)
        .unwrap();
    let of = office.developer.organisation;
    assert_eq!(suspended.subject, Some(format!("organisations/{of}")));
    assert_eq!(suspended.data.cancelled, [transfer]);
    assert_eq!(suspended.data.moves[0].tonnes, 40);
    for name in [
        "process.adopted",
        "organisation.enrolled",
        "organisation.registered",
        "case.opened",
        "project.authorised",
        "monitoring.reported",
        "issuance.approved",
        "unit.issued",
        "case.step_taken",
    ] {
        let is_there = events.iter().any(|event| event.kind.name() == name);
        assert!(is_there, "{name} is missing");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_feed_has_no_hole_and_keeps_its_order_under_16_writers() {
    let world = World::start().await;
    let writer = async |number: u64| {
        let (from, to) = (1 + number % 2, 2 - number % 2);
        for _ in 0..12 {
            let key = common::request();
            let body = move_units(from, to, 1);
            let answer = world.try_post("/api/v1/account-transfers", &key, body);
            // Account 2 may be empty at the moment.
            let status = answer.await.status();
            assert!(
                status.is_success() || status == StatusCode::CONFLICT,
                "{status}"
            );
        }
    };
    let writing = async {
        join_all((0..16).map(writer)).await;
        world.handle().latest_head().size
    };
    // A stream and a reader of pages follow while it happens.
    let mut stream = Stream::open(&world, "", None).await;
    let paging = async {
        let (mut events, mut after, mut quiet) = (Vec::new(), String::new(), 0);
        while quiet < 2 {
            let found = page(&world, &format!("limit=9&wait=1{after}")).await;
            quiet = if found.items.is_empty() { quiet + 1 } else { 0 };
            after = format!("&after={}", found.cursor.unwrap());
            events.extend(found.items);
        }
        events
    };
    let (size, events) = tokio::join!(writing, paging);
    assert!(size > 100, "{size}");
    agrees(&world, &events);
    for index in 0..size {
        assert_eq!(stream.next().await.id, index.to_string());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_event_names_its_ledger_its_leaf_and_what_it_is_about() {
    let world = World::start().await;
    let issued = page(&world, "types=unit.issued").await;
    let [event] = &issued.items[..] else {
        panic!("{issued:?}");
    };
    let shown = serde_json::to_value(event).unwrap();
    assert_eq!(shown["specversion"], "1.0");
    assert_eq!(shown["source"], "urn:countersign:ledger:gh.example/ledger");
    assert_eq!(shown["type"], "unit.issued");
    assert_eq!(shown["subject"], "units/GH-1-1000");
    assert_eq!(shown["id"], shown["data"]["index"].to_string());
    assert_eq!(
        shown["data"]["moves"],
        json!([{"from": "issued", "to": {"available": 1}, "units": "GH-1-1000", "tonnes": 1000}])
    );
    assert!(shown["time"].as_str().unwrap().ends_with('Z'));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_event_says_whether_it_is_witnessed_and_a_reader_may_wait_for_that() {
    let world = World::start().await;
    let before = page(&world, "").await;
    assert!(before.items.iter().all(|event| !event.witnessed));
    let none = page(&world, "witnessed=true").await;
    assert_eq!(
        (none.items.len(), none.cursor, none.has_more),
        (0, None, false)
    );
    world.witness();
    let size = world.handle().latest_head().size;
    let sent = world.send(5).await;
    let all = page(&world, "").await;
    let witnessed: Vec<u64> = all
        .items
        .iter()
        .filter(|event| event.witnessed)
        .map(|event| event.data.index)
        .collect();
    assert_eq!(witnessed, (0..size).collect::<Vec<_>>());
    let sure = page(&world, "witnessed=true").await;
    assert_eq!(sure.size, size);
    assert!(
        !sure
            .items
            .iter()
            .any(|event| event.subject == Some(format!("transfers/{sent}")))
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_filter_gives_only_its_types_and_still_says_how_far_it_looked() {
    let world = World::start().await;
    let size = world.handle().latest_head().size;
    let found = page(&world, "types=account.opened,agreement.*").await;
    let kinds: Vec<&str> = found.items.iter().map(|event| event.kind.name()).collect();
    assert_eq!(
        kinds,
        ["account.opened", "account.opened", "agreement.recorded"]
    );
    assert_eq!(found.cursor, Some((size - 1).to_string()));
    let none = page(&world, "types=hold.placed").await;
    assert_eq!((none.items.len(), none.has_more), (0, false));
    for (query, parameter) in [
        ("types=unit.minted", "types"),
        ("types=", "types"),
        ("after=x", "after"),
        (&format!("after={size}"), "after"),
        ("wait=26", "wait"),
        ("limit=1001", "limit"),
        ("from=0", "from"),
    ] {
        let wrong = world.fail(&format!("/api/v1/events?{query}")).await;
        assert_eq!(kind(&wrong), "malformed", "{query}");
        assert_eq!(wrong.errors[0].parameter.as_deref(), Some(parameter));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_waits_for_news_and_not_longer_than_it_was_told() {
    let world = World::start().await;
    let last = world.handle().latest_head().size - 1;
    let begun = Instant::now();
    let quiet = page(&world, &format!("after={last}&wait=1")).await;
    assert_eq!(
        (quiet.items.len(), quiet.cursor),
        (0, Some(last.to_string()))
    );
    assert!(begun.elapsed() >= Duration::from_secs(1));
    let path = format!("after={last}&wait=20&types=transfer.locked");
    let asked = page(&world, &path);
    let write = async {
        tokio::time::sleep(Duration::from_millis(200)).await;
        // Not of the type: the answer waits on.
        let moved: Value = world
            .post("/api/v1/account-transfers", move_units(1, 2, 1))
            .await;
        tokio::time::sleep(Duration::from_millis(200)).await;
        (moved, world.send(5).await)
    };
    let (news, (_, sent)) = tokio::join!(asked, write);
    assert_eq!(news.items[0].subject, Some(format!("transfers/{sent}")));
    let path = "/api/v1/events?wait=26";
    let long = problem(world.bare(Method::GET, path).send().await.unwrap()).await;
    assert_eq!(long.errors[0].parameter.as_deref(), Some("wait"));
}

/// A reader of server-sent events.
struct Stream {
    response: Response,
    text: String,
}

/// One event of a stream.
struct Sent {
    id: String,
    event: String,
    data: String,
}

impl Stream {
    async fn open(world: &World, query: &str, last: Option<&str>) -> Self {
        let response = Self::ask(world, query, last).await;
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Self {
            response,
            text: String::new(),
        }
    }

    async fn ask(world: &World, query: &str, last: Option<&str>) -> Response {
        let request = world.bare(Method::GET, &format!("/api/v1/events/stream?{query}"));
        let request = match last {
            Some(last) => request.header("Last-Event-ID", last),
            None => request,
        };
        request.send().await.unwrap()
    }

    /// The next block; `None` at the end of the stream.
    async fn block(&mut self) -> Option<String> {
        loop {
            if let Some(at) = self.text.find("\n\n") {
                let block = self.text[..at].to_owned();
                self.text.drain(..at + 2);
                return Some(block);
            }
            let Ok(Some(piece)) = self.response.chunk().await else {
                assert!(self.text.is_empty(), "half an event: {}", self.text);
                return None;
            };
            self.text.push_str(std::str::from_utf8(&piece).unwrap());
        }
    }

    /// The next event.
    async fn next(&mut self) -> Sent {
        loop {
            let block = self.block().await.expect("the stream goes on");
            let field = |name: &str| {
                let line = block.lines().find_map(|line| line.strip_prefix(name));
                line.unwrap_or_default().to_owned()
            };
            let (id, event, data) = (field("id: "), field("event: "), field("data: "));
            if !data.is_empty() {
                return Sent { id, event, data };
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stream_brings_what_was_and_what_comes_and_resumes_after_the_last_id() {
    let world = World::start().await;
    let size = world.handle().latest_head().size;
    let mut stream = Stream::open(&world, "", None).await;
    for index in 0..size {
        let sent = stream.next().await;
        let event: Event = serde_json::from_str(&sent.data).unwrap();
        assert_eq!(
            (sent.id, sent.event),
            (index.to_string(), event.kind.to_string())
        );
        assert_eq!(event.data.index, index);
    }
    let _ = world.send(5).await;
    assert_eq!(stream.next().await.id, size.to_string());
    drop(stream);
    let mut resumed = Stream::open(&world, "", Some("3")).await;
    assert_eq!(resumed.next().await.id, "4");
    let accepting = world.bare(Method::GET, "/api/v1/events?after=5");
    let accepting = accepting.header("Accept", "text/event-stream");
    let mut accepting = Stream {
        response: accepting.send().await.unwrap(),
        text: String::new(),
    };
    assert_eq!(accepting.next().await.id, "6");
    let wrong = Stream::ask(&world, "", Some("the last")).await;
    assert_eq!(kind(&problem(wrong).await), "malformed");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_quiet_stream_lives_and_moves_its_place_past_what_it_left_out() {
    let world = World::start().await;
    let last = world.handle().latest_head().size - 1;
    let mut stream = Stream::open(&world, "types=hold.*", None).await;
    let blocks = [stream.block().await.unwrap(), stream.block().await.unwrap()];
    assert!(blocks[0].starts_with("retry: "), "{blocks:?}");
    assert_eq!(blocks[1], format!(": alive\nid: {last}"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn streams_end_between_two_events_when_the_node_stops() {
    let world = World::start().await;
    let size = world.handle().latest_head().size;
    let mut stream = Stream::open(&world, "", None).await;
    let _ = stream.next().await;
    world.stop_listening();
    let begun = Instant::now();
    let mut rest = 1;
    while let Some(block) = stream.block().await {
        rest += u64::from(block.contains("data: "));
    }
    assert!(begun.elapsed() < Duration::from_secs(5));
    assert!(rest <= size);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn there_are_so_many_streams_and_no_more_and_a_closed_one_gives_its_place_back() {
    let world = World::start().await;
    let mut open = Vec::new();
    for _ in 0..STREAMS_MAX {
        open.push(Stream::open(&world, "", None).await);
    }
    let one_more = Stream::ask(&world, "", None).await;
    assert_eq!(kind(&problem(one_more).await), "busy");
    // A page still answers, at once.
    let last = world.handle().latest_head().size - 1;
    let begun = Instant::now();
    page(&world, &format!("after={last}&wait=20")).await;
    assert!(begun.elapsed() < Duration::from_secs(5));
    open.pop();
    let free = async {
        while Stream::ask(&world, "", None).await.status() != StatusCode::OK {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(5), free)
        .await
        .unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_client_from_elsewhere_takes_eight_streams_and_leaves_the_rest() {
    let world = World::start().await;
    let ask = |address: &'static str| {
        let request = world.bare(Method::GET, "/api/v1/events/stream");
        request.header("X-Forwarded-For", address).send()
    };
    let mut open = Vec::new();
    for _ in 0..8 {
        open.push(ask("192.0.2.1").await.unwrap());
        assert_eq!(open.last().unwrap().status(), StatusCode::OK);
    }
    let ninth = ask("192.0.2.1").await.unwrap();
    assert_eq!(kind(&problem(ninth).await), "busy");
    assert_eq!(ask("192.0.2.2").await.unwrap().status(), StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reader_that_takes_nothing_is_cut_and_comes_back_without_loss() {
    let world = World::start().await;
    // Some megabytes: more than the buffers of the system hold.
    let handle = world.handle();
    for hundred in 0..80 {
        let register = |number| {
            let name = format!("{hundred} {number} {}", "x".repeat(240));
            let command = Command::RegisterOrganisation {
                name: name.parse().unwrap(),
                kind: OrganisationKind::Other,
            };
            handle.submit(Submission::new(common::request(), command))
        };
        for receipt in join_all((0..100).map(register)).await {
            receipt.unwrap();
        }
    }
    let size = world.handle().latest_head().size;
    let mut last = None;
    let mut read = 0;
    let mut cuts = 0;
    while read < size {
        // A small window, so that the node feels at once that nobody reads.
        let mut slow = slow_stream(&world, last.as_deref()).await;
        // Long enough for the node to fill every buffer between them, and to lose its patience.
        tokio::time::sleep(Duration::from_secs(8)).await;
        for id in slow.drain().await {
            assert_eq!(id, read.to_string(), "a hole after {last:?}");
            last = Some(id);
            read += 1;
        }
        cuts += 1;
        assert!(cuts < 60, "{read} of {size}");
    }
    assert!(cuts > 1, "nobody was cut");
}

/// A reader on a socket of its own that is slow to read.
struct Slow(tokio::net::TcpStream);

async fn slow_stream(world: &World, last: Option<&str>) -> Slow {
    use tokio::io::AsyncWriteExt;
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(65_536).unwrap();
    let address = world.base.trim_start_matches("http://").parse().unwrap();
    let mut stream = socket.connect(address).await.unwrap();
    let last = last.map_or_else(String::new, |last| format!("last-event-id: {last}\r\n"));
    let request = format!("GET /api/v1/events/stream HTTP/1.1\r\nhost: x\r\n{last}\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    Slow(stream)
}

impl Slow {
    /// The ids of all whole events until the node closes, or says nothing new.
    async fn drain(&mut self) -> Vec<String> {
        use tokio::io::AsyncReadExt;
        let mut bytes = Vec::new();
        let all = self.0.read_to_end(&mut bytes);
        let _ = tokio::time::timeout(Duration::from_secs(1), all).await;
        // Frames of the chunked encoding stand between; an event is whole when its blank line is there.
        let text = String::from_utf8_lossy(&bytes).replace("\r\n", "\u{0}");
        let whole = text.rsplit_once("\n\n").map_or("", |(whole, _)| whole);
        let ids = whole.split("\n\n").filter(|block| block.contains("data: "));
        let id = |block: &str| {
            let at = block.find("id: ").unwrap();
            block[at + 4..].lines().next().unwrap().to_owned()
        };
        ids.map(id).collect()
    }
}

const CONFIG: &str = "party = \"VU\"\nname = \"Vanuatu\"\norigin = \"vu.example/ledger\"\nregistry = \"VUT01\"\n\
                      policy = \"trust.policy\"\n[http]\nlisten = \"127.0.0.1:0\"\n[p2p]\nnetwork = \"test\"\n";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_feed_goes_on_after_a_restart_of_the_node_where_a_reader_left_it() {
    let dir = tempfile::tempdir().unwrap();
    let folder = DataFolder::new(dir.path().join("vu"));
    let passphrase = || SecretString::from("correct horse battery staple".to_owned());
    let new = NewNode {
        config: Config::parse(CONFIG).unwrap(),
        policy: "quorum none\n".to_owned(),
        process: None,
        continues: None,
    };
    let made = {
        let folder = folder.clone();
        tokio::task::spawn_blocking(move || init(&folder, &new, &passphrase()))
    };
    made.await.unwrap().unwrap();
    let (mut ids, mut cursor, mut size) = (Vec::new(), String::new(), 0);
    for round in 0..3 {
        let node = Node::start(&folder, passphrase()).await.unwrap();
        for number in 0..4_u8 {
            let command = Command::RegisterOrganisation {
                name: format!("Developer {round} {number}").parse().unwrap(),
                kind: OrganisationKind::Developer,
            };
            let submission = Submission::new(common::request(), command);
            node.ledger().submit(submission).await.unwrap();
        }
        // Not to the end: what is left comes after the restart.
        let url = format!("http://{}/api/v1/events?limit=5{cursor}", node.http());
        let found: Events = reqwest::get(url).await.unwrap().json().await.unwrap();
        ids.extend(found.items.into_iter().map(|event| event.data.index));
        cursor = format!("&after={}", found.cursor.unwrap());
        size = node.ledger().latest_head().size;
        node.stop().await;
    }
    assert_eq!(ids, (0..15).collect::<Vec<u64>>());
    assert!(size > 15, "{size}");
}
