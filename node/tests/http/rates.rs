//! How often somebody may ask.

use reqwest::{Method, Response, StatusCode};
use serde_json::json;

use crate::office::{Office, PASSWORD, sign_in};
use crate::world::{World, kind, problem};

/// A request by somebody at an address elsewhere.
async fn from(world: &World, address: &str, method: Method, path: &str) -> Response {
    world
        .bare(method, path)
        .header("X-Forwarded-For", address)
        .send()
        .await
        .unwrap()
}

fn header<'a>(response: &'a Response, name: &str) -> &'a str {
    response
        .headers()
        .get(name)
        .map_or("", |value| value.to_str().unwrap())
}

/// Requests until one is refused, at most this many; how many were answered, and the refusal.
async fn until_refused(
    world: &World,
    address: &str,
    path: &str,
    most: usize,
) -> (usize, Option<Response>) {
    for answered in 0..most {
        let response = from(world, address, Method::GET, path).await;
        if response.status() == StatusCode::TOO_MANY_REQUESTS {
            return (answered, Some(response));
        }
    }
    (most, None)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_says_what_is_left_and_a_refusal_how_long_to_wait() {
    let world = World::start().await;
    let path = "/api/v1/search?q=volta";
    let first = from(&world, "192.0.2.7", Method::GET, path).await;
    assert_eq!(first.status(), StatusCode::OK);
    assert_eq!(header(&first, "ratelimit-policy"), "\"lists\";q=100;w=10");
    assert_eq!(header(&first, "ratelimit"), "\"lists\";r=99;t=1");
    let (answered, refused) = until_refused(&world, "192.0.2.7", path, 2000).await;
    let refused = refused.unwrap();
    assert!(answered >= 99, "{answered}");
    assert_eq!(header(&refused, "retry-after"), "1");
    assert_eq!(header(&refused, "ratelimit-policy"), "\"lists\";q=100;w=10");
    assert!(header(&refused, "ratelimit").starts_with("\"lists\";r=0;t="));
    let refused = problem(refused).await;
    assert_eq!((refused.status, kind(&refused)), (429, "too-many"));
    // Another budget, another address and another way to write the first.
    let one = from(&world, "192.0.2.7", Method::GET, "/api/v1/status").await;
    assert_eq!(one.status(), StatusCode::OK);
    assert_eq!(header(&one, "ratelimit-policy"), "\"reads\";q=500;w=10");
    let other = from(&world, "192.0.2.8", Method::GET, path).await;
    assert_eq!(other.status(), StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_what_the_proxy_names_last_counts_as_the_address() {
    let world = World::start().await;
    let path = "/api/v1/search?q=volta";
    for number in 0..300 {
        // What stands before the last one a client may have written itself.
        let address = format!("198.51.100.{}, 192.0.2.9", number % 250);
        let response = from(&world, &address, Method::GET, path).await;
        if response.status() == StatusCode::TOO_MANY_REQUESTS {
            return;
        }
    }
    panic!("made-up addresses bought more");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn made_up_secrets_buy_nothing_and_a_session_has_its_own_budget() {
    let office = Office::open().await;
    let world = &office.world;
    let path = "/api/v1/search?q=volta";
    let with = async |token: &str| {
        let request = world.bare(Method::GET, path).bearer_auth(token);
        let response = request.header("X-Forwarded-For", "192.0.2.10").send();
        response.await.unwrap()
    };
    let mut refused = false;
    for number in 0..400 {
        let secret = format!("css_{number:064x}");
        refused = with(&secret).await.status() == StatusCode::TOO_MANY_REQUESTS;
        if refused {
            break;
        }
    }
    assert!(refused, "made-up secrets bought more");
    // The developer's session has opened things: its budget is apart from that of the address.
    let own = with(&office.developer.token).await;
    assert_eq!(own.status(), StatusCode::OK);
    assert_eq!(header(&own, "ratelimit-policy"), "\"lists\";q=500;w=10");
    let fresh = sign_in(world, "ben@developer.example", office.buyer.organisation).await;
    assert_eq!(with(&fresh.token).await.status(), StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_operator_the_machine_itself_and_what_watches_it_are_not_counted() {
    let world = World::start().await;
    let whole = world.get::<serde_json::Value>("/api/v1/accounts").await;
    assert!(whole["items"].is_array());
    let operator = world
        .ask(Method::GET, "/api/v1/accounts")
        .header("X-Forwarded-For", "192.0.2.11")
        .send()
        .await
        .unwrap();
    let local = world.bare(Method::GET, "/api/v1/status").send();
    for response in [operator, local.await.unwrap()] {
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(header(&response, "ratelimit"), "");
    }
    for path in ["/healthz", "/metrics", "/log/checkpoint"] {
        let response = from(&world, "192.0.2.12", Method::GET, path).await;
        assert_eq!(header(&response, "ratelimit"), "", "{path}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn anonymous_writes_have_a_small_budget_that_leaves_reads_alone() {
    let world = World::start().await;
    let body = json!({"email": "nobody@developer.example", "password": PASSWORD});
    let mut answered = 0;
    for _ in 0..60 {
        let response = world
            .bare(Method::POST, "/api/v1/password-reset/complete")
            .header("X-Forwarded-For", "2001:db8:7::1")
            .json(&body)
            .send()
            .await
            .unwrap();
        if header(&response, "ratelimit").contains("r=0") {
            break;
        }
        answered += 1;
    }
    assert!(answered < 60, "{answered}");
    // Another address of the same network is the same client.
    let same = from(&world, "2001:db8:7::2", Method::POST, "/api/v1/sign-out").await;
    assert_eq!(same.status(), StatusCode::TOO_MANY_REQUESTS);
    let reads = from(&world, "2001:db8:7::2", Method::GET, "/api/v1/status").await;
    assert_eq!(reads.status(), StatusCode::OK);
}
