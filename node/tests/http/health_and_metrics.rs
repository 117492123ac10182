//! Health, readiness, metrics.

use reqwest::Method;

use crate::world::{World, kind, problem};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_is_up_at_once_and_ready_when_its_log_was_witnessed() {
    let world = World::start().await;
    let health = world.bare(Method::GET, "/healthz").send().await.unwrap();
    assert_eq!(
        (
            health.status().as_u16(),
            health.text().await.unwrap().as_str()
        ),
        (200, "ok\n")
    );
    let ready = world.bare(Method::GET, "/readyz").send().await.unwrap();
    assert_eq!(ready.headers()["retry-after"], "1");
    let ready = problem(ready).await;
    assert_eq!((ready.status, kind(&ready)), (503, "not-ready"));
    assert_eq!(ready.errors.len(), 1);
    assert!(ready.errors[0].detail.contains("no quorum of witnesses"));
    world.witness();
    let ready = world.bare(Method::GET, "/readyz").send().await.unwrap();
    assert_eq!(ready.status(), 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_clock_of_an_ordinary_node_cannot_be_moved() {
    let world = World::start().await;
    for (method, path) in [(Method::GET, "/sandbox"), (Method::POST, "/sandbox/time")] {
        let asked = world
            .ask(method, path)
            .json(&serde_json::json!({"forward_ms": 1}));
        let answer = asked.send().await.unwrap();
        assert_eq!(answer.status(), 404, "{path}");
        assert!(!answer.headers().contains_key("countersign-sandbox"));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_metrics_follow_the_ledger() {
    let world = World::start().await;
    world.witness();
    let witnessed = world.handle().head().borrow().size;
    world.send(10).await;
    let _ = world.fail("/api/v1/accounts/99").await;
    let response = world.bare(Method::GET, "/metrics").send().await.unwrap();
    assert!(
        response.headers()["content-type"]
            .to_str()
            .unwrap()
            .starts_with("application/openmetrics-text")
    );
    let text = response.text().await.unwrap();
    let size = world.handle().head().borrow().size;
    for line in [
        format!("countersign_ledger_size {size}"),
        format!("countersign_ledger_witnessed_size {witnessed}"),
        "countersign_ledger_queue_depth 0".to_owned(),
        "countersign_ready 1".to_owned(),
        "countersign_transfers_open{direction=\"out\"} 1".to_owned(),
        "countersign_transfers_open{direction=\"in\"} 0".to_owned(),
        "countersign_partners_connected 1".to_owned(),
        "countersign_witness_size{witness=\"witness.example/one\"} ".to_owned() + &witnessed.to_string(),
        "countersign_http_requests_total{method=\"POST\",route=\"/api/v1/transfers\",status=\"201\"} 1".to_owned(),
        "countersign_http_requests_total{method=\"GET\",route=\"/api/v1/accounts/{id}\",status=\"404\"} 1".to_owned(),
    ] {
        assert!(text.lines().any(|found| found == line), "{line} is not in\n{text}");
    }
    for name in [
        "head_age_seconds",
        "oldest_lock_age_seconds",
        "witness_age_seconds",
        "request_seconds_bucket",
    ] {
        assert!(text.contains(name), "{name}");
    }
    assert!(text.ends_with("# EOF\n"));
}
