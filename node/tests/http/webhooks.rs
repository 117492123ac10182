//! Webhooks: signed messages in the order of the ledger, once for whoever takes them, again for whoever does not; and nowhere
//! that they may not go.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::to_bytes;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use countersign_bridge::event::Event;
use ed25519_dalek::{Signature, VerifyingKey};
use reqwest::Method;
use serde_json::{Value, json};

use crate::office::Office;
use crate::world::{World, kind, problem, read};

const PATIENCE: Duration = Duration::from_secs(30);

/// A message as a receiver got it.
#[derive(Clone, Debug)]
struct Got {
    id: String,
    timestamp: String,
    signature: String,
    content_type: String,
    body: Vec<u8>,
}

impl Got {
    fn event(&self) -> Event {
        serde_json::from_slice(&self.body).unwrap()
    }
}

/// Somebody who is told: keeps what comes, and answers what it was told to answer, or 204.
#[derive(Clone, Default)]
pub struct Receiver {
    got: Arc<Mutex<Vec<Got>>>,
    answers: Arc<Mutex<VecDeque<StatusCode>>>,
    /// How long each answer takes, in milliseconds.
    slowness_ms: Arc<AtomicU64>,
}

impl Receiver {
    pub async fn start() -> (Self, String) {
        let receiver = Self::default();
        let router = Router::new().fallback(take).with_state(receiver.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        (receiver, url)
    }

    fn got(&self) -> Vec<Got> {
        self.got.lock().unwrap().clone()
    }

    pub fn answer(&self, answers: &[u16]) {
        let answers = answers.iter().map(|it| StatusCode::from_u16(*it).unwrap());
        self.answers.lock().unwrap().extend(answers);
    }

    async fn until(&self, count: usize) -> Vec<Got> {
        let began = Instant::now();
        while self.got().len() < count {
            assert!(
                began.elapsed() < PATIENCE,
                "{} of {count} came",
                self.got().len()
            );
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        self.got()
    }
}

async fn take(State(receiver): State<Receiver>, request: Request) -> StatusCode {
    let (parts, body) = request.into_parts();
    let header = |name: &str| {
        let value = parts.headers.get(name).and_then(|it| it.to_str().ok());
        value.unwrap_or_default().to_owned()
    };
    let got = Got {
        id: header("webhook-id"),
        timestamp: header("webhook-timestamp"),
        signature: header("webhook-signature"),
        content_type: header("content-type"),
        body: to_bytes(body, 1 << 20).await.unwrap().to_vec(),
    };
    receiver.got.lock().unwrap().push(got);
    let slowness = Duration::from_millis(receiver.slowness_ms.load(Ordering::Relaxed));
    tokio::time::sleep(slowness).await;
    let answer = receiver.answers.lock().unwrap().pop_front();
    answer.unwrap_or(StatusCode::NO_CONTENT)
}

async fn post(world: &World, path: &str, body: Value, status: StatusCode) -> Value {
    let path = format!("/api/v1/{path}");
    let answer = world.ask(Method::POST, &path).json(&body).send().await;
    read(answer.unwrap(), status, &path).await
}

async fn add(world: &World, body: Value) -> u64 {
    let made = post(world, "webhooks", body, StatusCode::CREATED).await;
    made["webhook"].as_u64().unwrap()
}

async fn show(world: &World, id: u64) -> Value {
    world.get(&format!("/api/v1/webhooks/{id}")).await
}

async fn until(world: &World, id: u64, wanted: impl Fn(&Value) -> bool) -> Value {
    let began = Instant::now();
    loop {
        let found = show(world, id).await;
        if wanted(&found) {
            return found;
        }
        assert!(began.elapsed() < PATIENCE, "{found:#}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// The key that the node serves, read as Standard Webhooks writes it.
async fn key(world: &World) -> VerifyingKey {
    let served = world
        .bare(Method::GET, "/api/v1/webhooks/keys")
        .send()
        .await;
    let served: Value = read(served.unwrap(), StatusCode::OK, "keys").await;
    let coded = served["keys"][0]
        .as_str()
        .unwrap()
        .strip_prefix("whpk_")
        .unwrap();
    let bytes: [u8; 32] = STANDARD.decode(coded).unwrap().try_into().unwrap();
    VerifyingKey::from_bytes(&bytes).unwrap()
}

fn is_signed(key: &VerifyingKey, got: &Got) -> bool {
    let coded = got.signature.strip_prefix("v1a,").unwrap();
    let signature = Signature::from_slice(&STANDARD.decode(coded).unwrap()).unwrap();
    let content = [
        format!("{}.{}.", got.id, got.timestamp).as_bytes(),
        &got.body,
    ]
    .concat();
    key.verify_strict(&content, &signature).is_ok()
}

fn size(world: &World) -> u64 {
    world.handle().head().borrow().size
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_witnessed_event_is_told_once_in_order_and_signed() {
    let world = World::start().await;
    world.witness();
    let all = usize::try_from(size(&world)).unwrap();
    // Beyond what witnesses have cosigned.
    world.send(1).await;
    let (receiver, url) = Receiver::start().await;
    let id = add(
        &world,
        json!({"url": url, "from": 0, "description": "A test"}),
    )
    .await;
    let got = receiver.until(all).await;
    let key = key(&world).await;
    let feed: Value = world.get("/api/v1/events?limit=1000&witnessed=true").await;
    for (place, got) in got.iter().enumerate() {
        assert_eq!(
            got.content_type,
            "application/cloudevents+json; charset=utf-8"
        );
        assert_eq!(got.id, format!("msg_{id}_{place}"));
        assert!(is_signed(&key, got));
        let mut other = got.clone();
        other.timestamp = (got.timestamp.parse::<u64>().unwrap() + 1).to_string();
        assert!(!is_signed(&key, &other), "the moment is signed with it");
        assert_eq!(
            serde_json::to_value(got.event()).unwrap(),
            feed["items"][place]
        );
        let now_s = world.now_ms() / 1000;
        assert!(now_s - got.timestamp.parse::<u64>().unwrap() < 120);
    }
    // What witnesses have not cosigned is told nobody.
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(receiver.got().len(), all);
    world.witness();
    let now = usize::try_from(size(&world)).unwrap();
    let got = receiver.until(now).await;
    let leaves: Vec<u64> = got.iter().map(|it| it.event().data.index).collect();
    assert_eq!(leaves, (0..now as u64).collect::<Vec<_>>());
    let found = until(&world, id, |it| it["next_leaf"] == now).await;
    assert_eq!(found["tries"], 0);
    let log: Value = world
        .get(&format!("/api/v1/webhooks/{id}/deliveries?limit=2"))
        .await;
    assert_eq!(log["items"][0]["leaf"], now - 1);
    assert_eq!(log["items"][0]["status"], 204);
    let next = log["next"].as_str().unwrap();
    let path = format!("/api/v1/webhooks/{id}/deliveries?after={next}");
    let more: Value = world.get(&path).await;
    assert_eq!(more["items"].as_array().unwrap().len(), now - 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_the_types_that_are_wanted_go_out_and_the_place_moves_on_over_the_others() {
    let world = World::start().await;
    world.witness();
    let (receiver, url) = Receiver::start().await;
    let id = add(&world, json!({"url": url, "types": "transfer.*"})).await;
    world.send(3).await;
    world.witness();
    let now = size(&world);
    let found = until(&world, id, |it| it["next_leaf"] == now).await;
    assert_eq!(found["types"], "transfer.*");
    let got = receiver.got();
    assert_eq!(got.len(), 1);
    assert_eq!(got[0].event().kind.name(), "transfer.locked");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_not_taken_comes_again_with_the_same_id_and_delays_nobody_else() {
    let world = World::start().await;
    world.witness();
    let (slow, slow_url) = Receiver::start().await;
    let (quick, quick_url) = Receiver::start().await;
    slow.answer(&[500, 503, 302]);
    let first = add(&world, json!({"url": slow_url, "from": 0})).await;
    add(&world, json!({"url": quick_url, "from": 0})).await;
    let all = usize::try_from(size(&world)).unwrap();
    quick.until(all).await;
    // Each failed try waits longer: 5 s, 30 s, 5 minutes.
    for (tries, wait_ms) in [(1, 5_000), (2, 30_000), (3, 300_000)] {
        let found = until(&world, first, |it| it["tries"] == tries).await;
        assert_eq!(found["next_leaf"], 0, "nothing is left out");
        let left = found["next_ms"].as_u64().unwrap() - world.now_ms();
        assert!(left <= wait_ms && left + 5_000 > wait_ms, "{found:#}");
        world.later(wait_ms);
        world.send(1).await;
        world.witness();
    }
    slow.until(3 + all).await;
    let ids: Vec<String> = slow.got().iter().take(4).map(|it| it.id.clone()).collect();
    assert!(
        ids.iter().all(|id| *id == format!("msg_{first}_0")),
        "{ids:?}"
    );
    let found = until(&world, first, |it| it["next_leaf"] == size(&world)).await;
    assert_eq!(
        (&found["tries"], &found["failing_ms"]),
        (&json!(0), &Value::Null)
    );
    let log: Value = world
        .get(&format!("/api/v1/webhooks/{first}/deliveries"))
        .await;
    let faults = log["items"].as_array().unwrap().iter().rev().take(3);
    let faults: Vec<&Value> = faults.map(|it| &it["status"]).collect();
    assert_eq!(faults, [&json!(500), &json!(503), &json!(302)]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_takes_nothing_for_five_days_is_left_alone_until_somebody_resumes_it() {
    let world = World::start().await;
    world.witness();
    let (receiver, url) = Receiver::start().await;
    receiver.answer(&[500; 40]);
    let id = add(&world, json!({"url": url, "from": 0})).await;
    let mut tries = 0;
    let found = loop {
        tries += 1;
        let found = until(&world, id, |it| {
            it["tries"] == tries || it["disabled_ms"].is_u64()
        })
        .await;
        if found["disabled_ms"].is_u64() {
            break found;
        }
        let next = found["next_ms"].as_u64().unwrap();
        world.later(next.saturating_sub(world.now_ms()));
        world.send(1).await;
        world.witness();
    };
    assert!((10..30).contains(&tries), "{tries} tries");
    assert!(
        found["note"].as_str().unwrap().contains("five days"),
        "{found:#}"
    );
    assert_eq!(found["next_leaf"], 0);
    let sent = receiver.got().len();
    world.later(86_400_000);
    world.send(1).await;
    world.witness();
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(
        receiver.got().len(),
        sent,
        "nothing goes to what is disabled"
    );
    receiver.answers.lock().unwrap().clear();
    let path = format!("webhooks/{id}/resume");
    let resumed = post(&world, &path, json!({}), StatusCode::OK).await;
    assert_eq!(
        (&resumed["disabled_ms"], &resumed["note"]),
        (&Value::Null, &Value::Null)
    );
    let all = usize::try_from(size(&world)).unwrap();
    let got = receiver.until(sent + all).await;
    assert_eq!(got[sent].event().data.index, 0, "nothing was missed");
    // One that says that it is gone is believed at once.
    receiver.answer(&[410]);
    world.send(1).await;
    world.witness();
    let found = until(&world, id, |it| it["disabled_ms"].is_u64()).await;
    assert!(found["note"].as_str().unwrap().contains("410"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stop_loses_nothing_and_the_key_stays_the_same() {
    let world = World::start().await;
    world.witness();
    let (receiver, url) = Receiver::start().await;
    receiver.answer(&[500]);
    let id = add(&world, json!({"url": url, "from": 0})).await;
    until(&world, id, |it| it["tries"] == 1).await;
    let before = key(&world).await;
    let world = world.restarted().await;
    world.witness();
    assert_eq!(key(&world).await, before);
    world.later(10_000);
    world.send(1).await;
    world.witness();
    let all = usize::try_from(size(&world)).unwrap();
    let got = receiver.until(1 + all).await;
    assert_eq!(got[1].id, got[0].id);
    assert!(got.iter().all(|it| is_signed(&before, it)));
    let held = world.root().join("private/webhooks.key");
    let mode = std::os::unix::fs::PermissionsExt::mode(&held.metadata().unwrap().permissions());
    assert_eq!(mode & 0o777, 0o600);
    let secret = std::fs::read_to_string(held).unwrap();
    assert!(secret.starts_with("whsk_"));
    let shown = show(&world, id).await.to_string();
    assert!(!shown.contains(secret.trim()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_ping_tries_an_endpoint_and_a_replay_sends_everything_again_from_a_leaf() {
    let world = World::start().await;
    world.witness();
    let (receiver, url) = Receiver::start().await;
    let id = add(&world, json!({"url": url})).await;
    let ping = format!("webhooks/{id}/ping");
    let came = post(&world, &ping, json!({}), StatusCode::OK).await;
    assert_eq!(
        (&came["delivered"], &came["status"]),
        (&json!(true), &json!(204))
    );
    let got = receiver.got();
    let body: Value = serde_json::from_slice(&got[0].body).unwrap();
    assert_eq!(
        (&body["type"], &body["specversion"]),
        (&json!("webhook.ping"), &json!("1.0"))
    );
    assert_eq!(body["id"], json!(got[0].id));
    assert!(is_signed(&key(&world).await, &got[0]));
    receiver.answer(&[404]);
    let came = post(&world, &ping, json!({}), StatusCode::OK).await;
    assert_eq!(
        (&came["delivered"], &came["status"]),
        (&json!(false), &json!(404))
    );
    assert_eq!(show(&world, id).await["tries"], 0, "a ping changes nothing");
    let from = size(&world) - 2;
    let replay = format!("webhooks/{id}/replay");
    post(&world, &replay, json!({"from": from}), StatusCode::OK).await;
    let got = receiver.until(4).await;
    let leaves: Vec<u64> = got[2..].iter().map(|it| it.event().data.index).collect();
    assert_eq!(leaves, [from, from + 1]);
    let beyond = world
        .refuse(&format!("/api/v1/{replay}"), json!({"from": 1_000_000}))
        .await;
    assert_eq!((beyond.status, kind(&beyond)), (422, "invalid"));
    assert_eq!(beyond.errors[0].pointer.as_deref(), Some("/from"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_more_goes_to_an_endpoint_that_is_removed_while_it_is_served() {
    let world = World::start().await;
    world.witness();
    let (receiver, url) = Receiver::start().await;
    receiver.slowness_ms.store(100, Ordering::Relaxed);
    let id = add(&world, json!({"url": url, "from": 0})).await;
    receiver.until(1).await;
    let path = format!("/api/v1/webhooks/{id}");
    let removed = world.ask(Method::DELETE, &path).send().await.unwrap();
    assert_eq!(removed.status(), 204);
    let sent = receiver.got().len();
    tokio::time::sleep(Duration::from_millis(600)).await;
    // At most the one that was on its way.
    assert!(receiver.got().len() <= sent + 1);
    assert!(size(&world) > 8, "there was more to send");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_may_enter_endpoints_and_what_is_none() {
    let office = Office::open().await;
    let (developer, official) = (&office.developer, &office.officials[0]);
    let new = json!({"url": "https://receiver.example/hook"});
    for who in [developer, official] {
        let listed = office
            .ask(who, Method::GET, "/api/v1/webhooks")
            .send()
            .await
            .unwrap();
        let made = office.ask(who, Method::POST, "/api/v1/webhooks").json(&new);
        let made = made.send().await.unwrap();
        if who.organisation == official.organisation {
            assert_eq!(
                (listed.status().as_u16(), made.status().as_u16()),
                (200, 201)
            );
        } else {
            assert_eq!(
                (listed.status().as_u16(), made.status().as_u16()),
                (403, 403)
            );
        }
    }
    let path = "/api/v1/webhooks/1";
    let hidden = problem(
        office
            .ask(developer, Method::GET, path)
            .send()
            .await
            .unwrap(),
    )
    .await;
    assert_eq!(hidden.status, 403);
    for (body, pointer) in [
        (json!({"url": "ftp://receiver.example"}), "/url"),
        (json!({"url": "http://receiver.example"}), "/url"),
        (
            json!({"url": "https://receiver.example", "types": "unit.*,nothing"}),
            "/types",
        ),
        (
            json!({"url": "https://receiver.example", "from": 99_999}),
            "/from",
        ),
        (
            json!({"url": "https://receiver.example", "description": "x".repeat(201)}),
            "/description",
        ),
    ] {
        let refused = office.world.refuse("/api/v1/webhooks", body).await;
        assert_eq!((refused.status, kind(&refused)), (422, "invalid"));
        assert_eq!(refused.errors[0].pointer.as_deref(), Some(pointer));
    }
    let gone = office
        .ask(official, Method::DELETE, path)
        .send()
        .await
        .unwrap();
    assert_eq!(gone.status(), 204);
    let gone = problem(
        office
            .ask(official, Method::GET, path)
            .send()
            .await
            .unwrap(),
    )
    .await;
    assert_eq!((gone.status, kind(&gone)), (404, "not-found"));
    for number in 0..100 {
        let new = json!({"url": format!("https://receiver.example/{number}")});
        add(&office.world, new).await;
    }
    let full = office.world.refuse("/api/v1/webhooks", new).await;
    assert!(full.detail.contains("100 webhooks"), "{}", full.detail);
}
