//! The client against a server that answers what it is told: keys, repetitions, pages, refusals.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Bytes, to_bytes};
use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use countersign_client::types::{NewInitialReport, NewIssuance, Proposed, TransferFilter};
use countersign_client::{Client, ClientError, Key, Method, Recorded};
use countersign_protocol::id::RequestId;
use serde_json::{Value, json};

/// What the server was asked: method, path with its query, key, token, body.
#[derive(Clone, Debug, PartialEq)]
struct Asked {
    method: String,
    path: String,
    key: Option<String>,
    token: Option<String>,
    body: Bytes,
}

type Log = Arc<Mutex<Vec<Asked>>>;

/// A request without its body.
fn noted(request: &Request) -> Asked {
    let header = |name: &str| {
        let value = request.headers().get(name)?;
        value.to_str().ok().map(str::to_owned)
    };
    Asked {
        method: request.method().to_string(),
        path: request.uri().to_string(),
        key: header("idempotency-key"),
        token: header("authorization"),
        body: Bytes::new(),
    }
}

/// A server that gives these answers in turn, and the last one for ever.
async fn server(answers: Vec<(u16, Value)>) -> (Client, Log) {
    let log = Log::default();
    let asked = Arc::clone(&log);
    let answer = move |request: Request| {
        let (log, answers) = (Arc::clone(&asked), answers.clone());
        async move {
            let mut noted = noted(&request);
            noted.body = to_bytes(request.into_body(), 1 << 20).await.unwrap();
            let number = {
                let mut log = log.lock().unwrap();
                log.push(noted);
                log.len() - 1
            };
            let (status, body) = answers.get(number).or(answers.last()).unwrap().clone();
            let status = StatusCode::from_u16(status).unwrap();
            let mut response: Response = (status, axum::Json(body)).into_response();
            if number > 0 && status == StatusCode::CREATED {
                let headers = response.headers_mut();
                headers.insert("idempotency-replayed", "true".parse().unwrap());
            }
            response
        }
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = Router::new().fallback(answer);
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    let token = Some("csk_secret".to_owned().into());
    let client = Client::new(&format!("http://{address}/"), token).unwrap();
    (client, log)
}

fn problem(kind: &str, status: u16) -> (u16, Value) {
    let body = json!({"type": format!("urn:countersign:problem:{kind}"), "title": "", "status": status,
        "detail": "because", "instance": "/", "request_id": "r1"});
    (status, body)
}

fn wish() -> NewIssuance {
    let wish = json!({"account": 1, "project": 1, "year": 2024, "unit_type": "ITMO", "tonnes": 5});
    serde_json::from_value(wish).unwrap()
}

fn issued() -> (u16, Value) {
    let receipt =
        json!({"request": "00".repeat(16), "first_index": 4, "count": 1, "size": 6, "time_ms": 7});
    let made = json!({"index": 4, "account": 1, "range": "GH-1-5", "tonnes": 5, "serial": "GH-ITMO-1-001-2024-0-1-5"});
    (201, json!({"receipt": receipt, "made": made}))
}

#[tokio::test]
async fn a_busy_node_is_asked_again_with_the_same_key_and_body() {
    let (client, log) = server(vec![problem("busy", 503), problem("busy", 503), issued()]).await;
    let key = Key(RequestId([7; 16]));
    let answered = client.issue(&key, &wish()).await.unwrap();
    assert_eq!(answered.answer.made.tonnes, 5);
    assert!(answered.is_replay);
    let log = log.lock().unwrap().clone();
    assert_eq!(log.len(), 3);
    assert_eq!(log[0].path, "/api/v1/issuances");
    assert_eq!(log[0].token.as_deref(), Some("Bearer csk_secret"));
    assert_eq!(log[0].key, Some("07".repeat(16)));
    assert!(log.iter().all(|it| *it == log[0]));
}

#[tokio::test]
async fn a_refusal_is_not_asked_again_and_says_which_rule_it_is() {
    let mut refusal = problem("refused", 422);
    refusal.1["code"] = json!("too-few");
    let (client, log) = server(vec![refusal]).await;
    let error = client
        .issue(&Key::draw().unwrap(), &wish())
        .await
        .unwrap_err();
    assert_eq!(error.problem().unwrap().code.as_deref(), Some("too-few"));
    assert!(!error.leaves_open());
    assert_eq!(error.to_string(), "because");
    assert_eq!(log.lock().unwrap().len(), 1);
    // A partner who is away for long is no busy node.
    let (client, log) = server(vec![problem("unreachable", 503)]).await;
    client.status().await.unwrap_err();
    assert_eq!(log.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn a_list_is_read_to_its_end_or_to_the_limit() {
    let page = |items: Value, next: Value| (200, json!({"items": items, "next": next}));
    let pages = vec![
        page(json!([1, 2]), json!("b c")),
        page(json!([3]), Value::Null),
    ];
    let (client, log) = server(pages.clone()).await;
    let all: Vec<u32> = client.list("numbers", &[], 5000).await.unwrap();
    assert_eq!(all, [1, 2, 3]);
    let paths: Vec<String> = log
        .lock()
        .unwrap()
        .iter()
        .map(|it| it.path.clone())
        .collect();
    assert_eq!(
        paths,
        [
            "/api/v1/numbers?limit=1000",
            "/api/v1/numbers?limit=1000&after=b%20c"
        ]
    );
    let (client, log) = server(pages).await;
    let some: Vec<u32> = client.list("numbers", &[], 2).await.unwrap();
    assert_eq!(some, [1, 2]);
    assert_eq!(log.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn a_filter_is_sent_as_the_node_reads_it() {
    let (client, log) = server(vec![(200, json!({"items": [], "next": null}))]).await;
    let filter: TransferFilter =
        serde_json::from_value(json!({"direction": "out", "state": "LOCKED"})).unwrap();
    assert!(client.transfers(&filter, 10).await.unwrap().is_empty());
    let path = log.lock().unwrap()[0].path.clone();
    assert_eq!(
        path,
        "/api/v1/transfers?direction=out&state=LOCKED&limit=10"
    );
}

#[tokio::test]
async fn what_is_no_node_and_nobody_at_all_are_told_apart() {
    let (client, _) = server(vec![(404, json!("a page"))]).await;
    let error = client.status().await.unwrap_err();
    assert!(matches!(error, ClientError::NoNode { .. }), "{error}");
    let (client, _) = server(vec![(200, json!({"party": 5}))]).await;
    let error = client.status().await.unwrap_err();
    assert!(matches!(error, ClientError::Unreadable { .. }), "{error}");
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let client = Client::new(&format!("http://{address}"), None).unwrap();
    let key = Key::draw().unwrap();
    let sent = client.write::<Value, Value>(&Method::POST, "any", &key, None);
    let error = sent.await.unwrap_err();
    let is_connection = matches!(
        &error,
        ClientError::Unreachable {
            is_connection: true,
            ..
        }
    );
    assert!(is_connection && !error.leaves_open(), "{error}");
}

#[tokio::test]
async fn each_face_asks_at_its_own_place() {
    let item = json!({"items": [], "next": null});
    let (client, log) = server(vec![(200, item)]).await;
    assert_eq!(client.sources(7).await.unwrap(), []);
    assert_eq!(client.webhooks().await.unwrap(), []);
    assert_eq!(client.bridges().await.unwrap(), []);
    assert_eq!(client.reconciliations().await.unwrap(), []);
    assert_eq!(client.ndcs().await.unwrap(), []);
    let asked: Vec<(String, String)> = {
        let log = log.lock().unwrap();
        log.iter()
            .map(|it| (it.method.clone(), it.path.clone()))
            .collect()
    };
    let wanted = [
        "projects/7/sources",
        "webhooks",
        "bridges",
        "reconciliations",
        "ndcs",
    ];
    let wanted = wanted.map(|it| ("GET".to_owned(), format!("/api/v1/{it}")));
    assert_eq!(asked, wanted);
}

#[tokio::test]
async fn a_record_of_article_6_goes_where_its_kind_does_and_may_wait_for_a_second_official() {
    let (client, log) = server(vec![(202, json!({"proposal": 5}))]).await;
    let wish = json!({"approach": "CA0001", "submitted": "2026-03-01", "reference": "IR 1"});
    let wish: NewInitialReport = serde_json::from_value(wish).unwrap();
    let came = client
        .record_article6(&Key(RequestId([1; 16])), &wish)
        .await
        .unwrap();
    let proposed = Recorded::Proposed(Proposed { proposal: 5 });
    assert_eq!(came.answer, proposed);
    let log = log.lock().unwrap();
    assert_eq!(log[0].path, "/api/v1/initial-reports");
    assert_eq!(log[0].key.as_deref(), Some("01".repeat(16).as_str()));
}
