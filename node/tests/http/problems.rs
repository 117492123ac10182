//! Every error is problem+json that says what, where and how to mend it.

use countersign_protocol::id::RequestId;
use reqwest::Method;
use serde_json::{Value, json};

use crate::common;
use crate::world::{World, kind, problem};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_needs_a_token_is_refused_without_one_and_with_a_wrong_one() {
    let world = World::start().await;
    let wrong = format!("cst_{}", "0".repeat(64));
    for (method, path) in [
        (Method::GET, "/api/v1/accounts"),
        (Method::GET, "/api/v1/accounts/1"),
        (Method::GET, "/api/v1/accounts/1/holdings"),
        (Method::GET, "/api/v1/accounts/1/statement"),
        (Method::GET, "/api/v1/partners"),
        (Method::GET, "/api/v1/agreements"),
        (Method::GET, "/api/v1/invite"),
        (Method::POST, "/api/v1/organisations"),
        (Method::POST, "/api/v1/accounts"),
        (Method::POST, "/api/v1/projects"),
        (Method::POST, "/api/v1/issuances"),
        (Method::POST, "/api/v1/holds"),
        (Method::POST, "/api/v1/account-transfers"),
        (Method::POST, "/api/v1/transfers"),
        (Method::POST, "/api/v1/transfers/00/cancel"),
        (Method::POST, "/api/v1/retirements"),
        (Method::POST, "/api/v1/partners"),
        (Method::POST, "/api/v1/partners/CH/ping"),
        (Method::POST, "/api/v1/partners/CH/parcel"),
        (Method::POST, "/api/v1/parcels"),
        (Method::DELETE, "/api/v1/partners/CH"),
        (Method::POST, "/api/v1/agreements"),
        (Method::POST, "/api/v1/agreements/sign"),
        (Method::POST, "/api/v1/keys/rotate"),
    ] {
        let size = world.handle().head().borrow().size;
        for request in [
            world.bare(method.clone(), path),
            world.bare(method.clone(), path).bearer_auth(&wrong),
            world.bare(method.clone(), path).bearer_auth("x"),
            world
                .bare(method.clone(), path)
                .basic_auth("operator", Some(&world.token)),
        ] {
            let response = request.send().await.unwrap();
            let challenge = response.headers().get("www-authenticate").cloned();
            let problem = problem(response).await;
            assert_eq!(
                (problem.status, kind(&problem)),
                (401, "not-authorised"),
                "{path}"
            );
            assert!(challenge.unwrap().to_str().unwrap().starts_with("Bearer"));
        }
        assert_eq!(
            world.handle().head().borrow().size,
            size,
            "{path} wrote something"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_public_log_shows_needs_no_token() {
    let world = World::start().await;
    world.witness();
    for path in [
        "/",
        "/style.css",
        "/healthz",
        "/readyz",
        "/metrics",
        "/log/checkpoint",
        "/witness/healthz",
        "/api/v1/status",
        "/api/v1/organisations",
        "/api/v1/projects",
        "/api/v1/units/GH-1",
        "/api/v1/transfers",
        "/api/v1/ledger/head",
        "/api/v1/ledger/records",
        "/api/v1/ledger/proof?index=0",
    ] {
        let response = world.bare(Method::GET, path).send().await.unwrap();
        assert_eq!(response.status(), 200, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unknown_path_and_a_wrong_method_are_problems_too() {
    let world = World::start().await;
    for path in [
        "/nothing",
        "/api/v1/nothing",
        "/log/nothing",
        "/api/v2/status",
        "/witness/x",
    ] {
        let problem = world.fail(path).await;
        assert_eq!(
            (problem.status, kind(&problem)),
            (404, "not-found"),
            "{path}"
        );
    }
    let response = world
        .ask(Method::DELETE, "/api/v1/status")
        .send()
        .await
        .unwrap();
    assert_eq!(response.headers()["allow"], "GET, HEAD, OPTIONS");
    let problem = problem(response).await;
    assert_eq!(
        (problem.status, kind(&problem)),
        (405, "method-not-allowed")
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_that_is_not_json_or_too_large_is_refused_before_it_is_read() {
    let world = World::start().await;
    let path = "/api/v1/organisations";
    let plain = world
        .ask(Method::POST, path)
        .body("name=x")
        .send()
        .await
        .unwrap();
    let plain = problem(plain).await;
    assert_eq!(
        (plain.status, kind(&plain)),
        (415, "unsupported-media-type")
    );

    let json = |text: String| {
        let request = world
            .ask(Method::POST, path)
            .header("Content-Type", "application/json; charset=utf-8");
        request.body(text).send()
    };
    for text in ["", "{", "{\"name\":\"A\",\"kind\":\"other\"}x", "nonsense"] {
        let broken = problem(json(text.to_owned()).await.unwrap()).await;
        assert_eq!(
            (broken.status, kind(&broken)),
            (400, "malformed"),
            "{text:?}: {broken:?}"
        );
    }
    let large = json(format!("{{\"name\":\"{}\"}}", "x".repeat(70_000)))
        .await
        .unwrap();
    let large = problem(large).await;
    assert_eq!((large.status, kind(&large)), (413, "too-large"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_member_of_a_body_is_named_by_its_pointer() {
    let world = World::start().await;
    let cases: [(&str, Value, &str); 6] = [
        (
            "/api/v1/organisations",
            json!({"name": "", "kind": "developer"}),
            "/name",
        ),
        (
            "/api/v1/organisations",
            json!({"name": "A", "kind": "friend"}),
            "/kind",
        ),
        (
            "/api/v1/organisations",
            json!({"name": "A", "kind": "other", "age": 3}),
            "/age",
        ),
        (
            "/api/v1/issuances",
            json!({"account": 1, "project": 1, "year": 99999, "unit_type": "ITMO", "tonnes": 1}),
            "/year",
        ),
        (
            "/api/v1/account-transfers",
            json!({"from": 1, "to": 2, "units": {"ranges": ["GH-1-2", "GH-9-3"]}}),
            "/units/ranges/1",
        ),
        ("/api/v1/organisations", json!({"name": "A"}), ""),
    ];
    for (path, body, pointer) in cases {
        let problem = world.refuse(path, body).await;
        assert_eq!(
            (problem.status, kind(&problem)),
            (422, "invalid"),
            "{problem:?}"
        );
        assert_eq!(problem.errors.len(), 1);
        assert_eq!(
            problem.errors[0].pointer.as_deref(),
            Some(pointer),
            "{problem:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_parameter_is_named() {
    let world = World::start().await;
    for (path, name) in [
        ("/api/v1/accounts/one", "id"),
        ("/api/v1/accounts?limit=0", "limit"),
        ("/api/v1/accounts?limit=1001", "limit"),
        ("/api/v1/accounts?after=x", "after"),
        ("/api/v1/accounts?aftr=1", "aftr"),
        ("/api/v1/accounts?limit=1&limit=2", "limit"),
        ("/api/v1/accounts/1/holdings?place=abroad", "place"),
        ("/api/v1/accounts/1/holdings?after=7", "after"),
        ("/api/v1/transfers?state=GONE", "state"),
        ("/api/v1/transfers/12", "id"),
        ("/api/v1/units/XX-1", "name"),
        ("/api/v1/ledger/proof?index=-1", "index"),
    ] {
        let problem = world.fail(path).await;
        assert_eq!(
            (problem.status, kind(&problem)),
            (400, "malformed"),
            "{path}: {problem:?}"
        );
        assert_eq!(problem.errors[0].parameter.as_deref(), Some(name), "{path}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn writes_that_move_units_want_an_idempotency_key() {
    let world = World::start().await;
    for path in ["issuances", "transfers", "retirements", "account-transfers"] {
        let path = format!("/api/v1/{path}");
        for key in [None, Some("7"), Some("zz000000000000000000000000000000")] {
            let mut request = world.ask(Method::POST, &path).json(&json!({}));
            if let Some(key) = key {
                request = request.header("Idempotency-Key", key);
            }
            let problem = problem(request.send().await.unwrap()).await;
            assert_eq!(
                (problem.status, kind(&problem)),
                (400, "malformed"),
                "{path}"
            );
            assert_eq!(problem.errors[0].header.as_deref(), Some("Idempotency-Key"));
            assert!(problem.detail.contains("Idempotency-Key"));
        }
    }
    let body = json!({"account": 1, "project": 1, "year": 2024, "unit_type": "ITMO", "tonnes": 1});
    let zero = world
        .try_post("/api/v1/issuances", &RequestId([0; 16]), body)
        .await;
    let zero = problem(zero).await;
    assert_eq!(
        (zero.status, zero.code.as_deref()),
        (409, Some("request-used"))
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rule_that_stands_against_a_wish_is_named_by_its_word() {
    let world = World::start().await;
    for (path, body, code, status) in [
        (
            "/api/v1/accounts",
            json!({"organisation": 9, "name": "A", "kind": "entity_holding"}),
            "unknown-organisation",
            422,
        ),
        (
            "/api/v1/account-transfers",
            json!({"from": 1, "to": 2, "units": {"tonnes": 1001}}),
            "too-few",
            409,
        ),
        (
            "/api/v1/account-transfers",
            json!({"from": 1, "to": 1, "units": {"tonnes": 1}}),
            "same-account",
            422,
        ),
        (
            "/api/v1/transfers",
            json!({"to": "VU", "agreement": "X", "from": 1, "to_account": 1, "units": {"tonnes": 1}}),
            "unknown-partner",
            422,
        ),
    ] {
        let size = world.handle().head().borrow().size;
        let problem = world.refuse(path, body).await;
        // Wrong by itself, or right a moment ago: see docs/api.md.
        let wanted = if status == 409 { "conflict" } else { "refused" };
        assert_eq!(
            (problem.status, kind(&problem)),
            (status, wanted),
            "{problem:?}"
        );
        assert_eq!(problem.code.as_deref(), Some(code));
        assert_eq!(world.handle().head().borrow().size, size);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_key_with_another_body_is_a_conflict() {
    let world = World::start().await;
    let key = common::request();
    let body = |tonnes: u64| json!({"from": 1, "to": 2, "units": {"tonnes": tonnes}});
    let first = world
        .try_post("/api/v1/account-transfers", &key, body(1))
        .await;
    assert_eq!(first.status(), 201);
    let second = world
        .try_post("/api/v1/account-transfers", &key, body(2))
        .await;
    let second = problem(second).await;
    assert_eq!((second.status, kind(&second)), (409, "conflict"));
    assert!(second.detail.contains(&key.to_string()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_answer_carries_the_headers_that_keep_browsers_in_bounds() {
    let world = World::start().await;
    for path in [
        "/api/v1/status",
        "/nothing",
        "/log/checkpoint",
        "/witness/healthz",
    ] {
        let response = world.bare(Method::GET, path).send().await.unwrap();
        let headers = response.headers();
        let policy = headers["content-security-policy"].to_str().unwrap();
        assert!(policy.starts_with("default-src 'self'"), "{path}");
        assert!(policy.contains("frame-ancestors 'none'") && policy.contains("script-src 'none'"));
        assert_eq!(headers["x-content-type-options"], "nosniff");
        assert_eq!(headers["referrer-policy"], "same-origin");
        assert!(headers.contains_key("cache-control") && headers.contains_key("x-request-id"));
        assert!(!headers.contains_key("access-control-allow-origin"));
        if path.starts_with("/api") {
            assert_eq!(headers["cache-control"], "no-cache");
        }
    }
}
