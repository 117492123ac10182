//! The listener's own limits, seen from a socket.

use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::world::{REQUESTS_MAX, World};

async fn connect(world: &World) -> TcpStream {
    TcpStream::connect(world.base.trim_start_matches("http://"))
        .await
        .unwrap()
}

async fn answer(stream: &mut TcpStream, request: &str) -> String {
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut bytes = Vec::new();
    let _ = stream.read_to_end(&mut bytes).await;
    String::from_utf8_lossy(&bytes).into_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn too_many_or_too_long_headers_are_refused() {
    let world = World::start().await;
    let many = "x-a: 1\r\n".repeat(70);
    let request = format!("GET /healthz HTTP/1.1\r\nhost: x\r\n{many}\r\n");
    let refused = answer(&mut connect(&world).await, &request).await;
    assert!(refused.starts_with("HTTP/1.1 431"), "{refused}");
    let long = format!(
        "GET /healthz HTTP/1.1\r\nhost: x\r\nx-a: {}\r\n\r\n",
        "a".repeat(20_000)
    );
    let refused = answer(&mut connect(&world).await, &long).await;
    assert!(refused.starts_with("HTTP/1.1 431"), "{refused}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_request_too_many_is_told_so_while_health_is_still_answered() {
    let world = World::start().await;
    let mut slow = Vec::new();
    for _ in 0..REQUESTS_MAX {
        let mut stream = connect(&world).await;
        let token = &world.token;
        let begun = format!(
            "POST /api/v1/organisations HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\n\
             content-type: application/json\r\ncontent-length: 100\r\n\r\n{{"
        );
        stream.write_all(begun.as_bytes()).await.unwrap();
        slow.push(stream);
    }
    tokio::time::sleep(Duration::from_millis(100)).await;
    let get = |path: &str| format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
    let busy = answer(&mut connect(&world).await, &get("/api/v1/status")).await;
    assert!(busy.starts_with("HTTP/1.1 503"), "{busy}");
    assert!(busy.contains("urn:countersign:problem:busy"), "{busy}");
    let health = answer(&mut connect(&world).await, &get("/healthz")).await;
    assert!(health.starts_with("HTTP/1.1 200"), "{health}");
    drop(slow);
    tokio::time::sleep(Duration::from_millis(100)).await;
    let free = answer(&mut connect(&world).await, &get("/api/v1/status")).await;
    assert!(free.starts_with("HTTP/1.1 200"), "{free}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requests_under_way_end_and_new_ones_are_not_taken_when_the_node_stops() {
    let world = World::start().await;
    let mut idle = connect(&world).await;
    let mut open = connect(&world).await;
    open.write_all(b"GET /healthz HTTP/1.1\r\nhost: x\r\n")
        .await
        .unwrap();
    tokio::time::sleep(Duration::from_millis(50)).await;
    world.stop_listening();
    tokio::time::sleep(Duration::from_millis(50)).await;
    let begun = Instant::now();
    let mut rest = Vec::new();
    idle.read_to_end(&mut rest).await.unwrap();
    assert!(
        rest.is_empty() && begun.elapsed() < Duration::from_secs(5),
        "an idle connection is closed"
    );
    let refused = TcpStream::connect(world.base.trim_start_matches("http://")).await;
    assert!(refused.is_err(), "nobody listens any more");
}
