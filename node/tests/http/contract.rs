//! What holds for every operation: each is asked by its description.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::described::{document, resolved};
use crate::office::Office;
use crate::openapi::operations;
use crate::world::{World, kind, problem};

/// A path with something in its braces that has the right form.
fn filled(path: &str, operation: &Value) -> String {
    let mut filled = path.to_owned();
    for parameter in operation["parameters"].as_array().into_iter().flatten() {
        if parameter["in"] == "path" {
            let name = format!("{{{}}}", parameter["name"].as_str().unwrap());
            filled = filled.replace(&name, &example(parameter));
        }
    }
    format!("/api/v1{filled}")
}

fn example(parameter: &Value) -> String {
    let schema = resolved(&parameter["schema"]);
    let given = [
        &parameter["example"],
        &schema["example"],
        &schema["examples"][0],
        &schema["enum"][0],
    ];
    match given.into_iter().find(|it| !it.is_null()) {
        Some(Value::String(text)) => text.clone(),
        Some(value) => value.to_string(),
        None if schema["type"] == "integer" => "1".to_owned(),
        None => "units".to_owned(),
    }
}

fn is_public(operation: &Value) -> bool {
    operation["security"]
        .as_array()
        .unwrap()
        .contains(&json!({}))
}

fn method_of(name: &str) -> Method {
    name.to_uppercase().parse().unwrap()
}

fn takes_json(operation: &Value) -> bool {
    operation["requestBody"]["content"]["application/json"].is_object()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_secret_what_is_public_answers_and_what_is_not_says_401() {
    let world = World::start().await;
    world.witness();
    let wrong = format!("css_{}", "0".repeat(64));
    for (path, name, operation) in operations() {
        let place = filled(path, operation);
        let ask = |secret: Option<&str>| {
            let request = world.bare(method_of(name), &place).json(&json!({}));
            match secret {
                Some(secret) => request.bearer_auth(secret),
                None => request,
            }
        };
        let answer = ask(None).send().await.unwrap();
        if is_public(operation) {
            assert_ne!(answer.status(), 403, "{name} {path}");
            let is_sign_in = operation["responses"].get("401").is_some();
            assert!(is_sign_in || answer.status() != 401, "{name} {path}");
            continue;
        }
        for answer in [answer, ask(Some(&wrong)).send().await.unwrap()] {
            assert_eq!(
                answer.headers()["www-authenticate"],
                "Bearer realm=\"countersign\""
            );
            let problem = problem(answer).await;
            assert_eq!(
                (problem.status, kind(&problem)),
                (401, "not-authorised"),
                "{name} {path}"
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_somebody_elses_answers_as_if_it_did_not_exist() {
    let office = Office::open().await;
    let official = &office.officials[0];
    let [own, other] = [office.accounts[0], office.accounts[1]];
    let of = |account: u32, user: u64| {
        [
            format!("/api/v1/accounts/{account}"),
            format!("/api/v1/accounts/{account}/holdings"),
            format!("/api/v1/accounts/{account}/statement"),
            format!("/api/v1/users/{user}"),
            format!("/api/v1/users/{user}/audit"),
        ]
    };
    for path in of(other, official.user).iter().chain(&of(4000, 4000)) {
        let answer = office.ask(&office.developer, Method::GET, path).send();
        let hidden = problem(answer.await.unwrap()).await;
        assert_eq!((hidden.status, kind(&hidden)), (404, "not-found"), "{path}");
    }
    let own = format!("/api/v1/accounts/{own}");
    assert_eq!(office.get(&office.developer, &own).await["available"], 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_parameter_that_is_not_described_is_refused_and_one_that_is_described_is_taken() {
    let world = World::start().await;
    for (path, name, operation) in operations() {
        let place = filled(path, operation);
        // A stream that is asked for rightly never ends.
        if path == "/events/stream" {
            continue;
        }
        let ask = |query: String| {
            world
                .ask(method_of(name), &format!("{place}?{query}"))
                .json(&json!({}))
                .send()
        };
        let unknown = problem(ask("surprise=1".to_owned()).await.unwrap()).await;
        assert_eq!(
            (unknown.status, kind(&unknown)),
            (400, "malformed"),
            "{name} {path}"
        );
        assert_eq!(
            unknown.errors[0].parameter.as_deref(),
            Some("surprise"),
            "{name} {path}"
        );
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            if parameter["in"] != "query" {
                continue;
            }
            let given = parameter["name"].as_str().unwrap();
            let answer = ask(format!("{given}={}", example(parameter)))
                .await
                .unwrap();
            let text = answer.text().await.unwrap();
            assert!(
                !text.contains("is not known here, or is given twice"),
                "{name} {path}: {given}: {text}"
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_of_another_type_is_a_415_and_one_that_is_not_json_a_400() {
    let world = World::start().await;
    for (path, name, operation) in operations().into_iter().filter(|it| takes_json(it.2)) {
        let place = filled(path, operation);
        let ask = |media: &str, body: &'static str| {
            world
                .ask(method_of(name), &place)
                .header("Idempotency-Key", crate::common::request().to_string())
                .header("Content-Type", media)
                .body(body)
                .send()
        };
        let other = problem(ask("application/xml", "<a/>").await.unwrap()).await;
        assert_eq!(
            (other.status, kind(&other)),
            (415, "unsupported-media-type"),
            "{name} {path}"
        );
        let broken = problem(ask("application/json", "{").await.unwrap()).await;
        assert_eq!(
            (broken.status, kind(&broken)),
            (400, "malformed"),
            "{name} {path}"
        );
        let schema = resolved(&operation["requestBody"]["content"]["application/json"]["schema"]);
        if schema["additionalProperties"] == json!(false) {
            let surprise =
                problem(ask("application/json", "{\"surprise\":1}").await.unwrap()).await;
            assert_eq!(
                (surprise.status, kind(&surprise)),
                (422, "invalid"),
                "{name} {path}"
            );
            assert_eq!(
                surprise.errors[0].pointer.as_deref(),
                Some("/surprise"),
                "{name} {path}"
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_path_says_which_methods_it_takes() {
    let world = World::start().await;
    let all = ["GET", "POST", "PUT", "PATCH", "DELETE"];
    for (path, item) in document()["paths"].as_object().unwrap() {
        let (_, operation) = item.as_object().unwrap().iter().next().unwrap();
        let place = filled(path, operation);
        let answer = world.bare(Method::OPTIONS, &place).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::NO_CONTENT, "{path}");
        let allow = answer.headers()["allow"].to_str().unwrap().to_owned();
        for method in all {
            let is_described = item.get(method.to_lowercase()).is_some();
            let is_allowed = allow.split(", ").any(|it| it == method);
            assert_eq!(is_described, is_allowed, "{method} {path}: {allow}");
            if !is_described {
                let answer = world
                    .ask(method.parse().unwrap(), &place)
                    .send()
                    .await
                    .unwrap();
                assert_eq!(
                    answer.headers()["allow"].to_str().unwrap(),
                    allow,
                    "{method} {path}"
                );
                let refused = problem(answer).await;
                assert_eq!(
                    (refused.status, kind(&refused)),
                    (405, "method-not-allowed"),
                    "{method} {path}"
                );
            }
        }
        assert_eq!(item.get("get").is_some(), allow.contains("HEAD"), "{path}");
    }
}

/// What an answer says of itself.
fn header(answer: &reqwest::Response, name: &str) -> String {
    let value = answer.headers().get(name);
    value.map_or_else(String::new, |it| it.to_str().unwrap().to_owned())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_read_carries_a_mark_and_is_not_sent_again_while_it_is_the_same() {
    let world = World::start().await;
    world.witness();
    // Whose answers change by themselves: with the clock, or because a request is under way.
    let restless = [
        "/status",
        "/me",
        "/me/sessions",
        "/inbox",
        "/me/api-keys",
        "/ledger/proof",
    ];
    let mut marked = 0;
    for (path, name, operation) in operations().into_iter().filter(|it| it.1 == "get") {
        // A stream has no end and no mark.
        if path == "/events/stream" {
            continue;
        }
        let mut place = filled(path, operation);
        if path == "/search" {
            place.push_str("?q=Volta");
        }
        let ask = || world.ask(method_of(name), &place);
        let first = ask().send().await.unwrap();
        if first.status() != StatusCode::OK {
            continue;
        }
        let mark = header(&first, "etag");
        assert!(mark.starts_with('"') && mark.len() > 2, "{path}: {mark:?}");
        let is_open = is_public(operation);
        let keep = header(&first, "cache-control");
        assert!(!is_open || !keep.contains("no-store"), "{path}: {keep}");
        let head = world.ask(Method::HEAD, &place).send().await.unwrap();
        assert_eq!(head.status(), StatusCode::OK, "{path}");
        assert_eq!(
            header(&head, "content-type"),
            header(&first, "content-type"),
            "{path}"
        );
        assert!(head.bytes().await.unwrap().is_empty(), "{path}");
        if restless.contains(&path) {
            continue;
        }
        let again = ask()
            .header("If-None-Match", format!("\"other\", W/{mark}"))
            .send()
            .await
            .unwrap();
        assert_eq!(again.status(), StatusCode::NOT_MODIFIED, "{path}");
        assert_eq!(header(&again, "etag"), mark, "{path}");
        assert!(again.bytes().await.unwrap().is_empty(), "{path}");
        let other = ask()
            .header("If-None-Match", "\"other\"")
            .send()
            .await
            .unwrap();
        assert_eq!(other.status(), StatusCode::OK, "{path}");
        marked += 1;
    }
    assert!(marked > 20, "only {marked} looked at");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_names_the_next_one_in_its_header_too() {
    let world = World::start().await;
    let organisation = json!({"name": "B", "kind": "other"});
    let _: Value = world.post("/api/v1/organisations", organisation).await;
    let lists = [
        "/organisations",
        "/organisations?sort=-name",
        "/accounts",
        "/ledger/records",
    ];
    for list in lists {
        let sign = if list.contains('?') { '&' } else { '?' };
        let place = format!("/api/v1{list}{sign}limit=1");
        let first = world.ask(Method::GET, &place).send().await.unwrap();
        let link = header(&first, "link");
        let page: Value = first.json().await.unwrap();
        let next = link
            .strip_prefix('<')
            .and_then(|it| it.strip_suffix(">; rel=\"next\""));
        let next = next.unwrap_or_else(|| panic!("{list}: {link:?}"));
        let second: Value = world.get(next).await;
        assert_eq!(second["items"].as_array().unwrap().len(), 1, "{list}");
        assert_ne!(second["items"], page["items"], "{list}");
        let all = world
            .ask(Method::GET, &format!("/api/v1{list}"))
            .send()
            .await
            .unwrap();
        assert_eq!(
            header(&all, "link"),
            "",
            "{list}: the last page has no next"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_callers_name_for_a_request_comes_back_where_it_is_plain() {
    let world = World::start().await;
    for (given, is_kept) in [
        ("job-17.a_B", true),
        ("a b", false),
        ("a\"b", false),
        ("", false),
    ] {
        for path in ["/api/v1/status", "/api/v1/nothing", "/"] {
            let answer = world
                .bare(Method::GET, path)
                .header("X-Request-Id", given)
                .send()
                .await
                .unwrap();
            let shown = header(&answer, "x-request-id");
            assert_eq!(shown == given, is_kept, "{path}: {given:?} {shown:?}");
            assert!(!shown.is_empty());
        }
    }
    let long = "x".repeat(65);
    let answer = world
        .bare(Method::GET, "/api/v1/nothing")
        .header("X-Request-Id", &long)
        .send()
        .await
        .unwrap();
    assert_eq!(header(&answer, "x-request-id").len(), 16);
    let answer = world
        .bare(Method::GET, "/api/v1/nothing")
        .header("X-Request-Id", "job-18")
        .send()
        .await
        .unwrap();
    assert_eq!(problem(answer).await.request_id, "job-18");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_moves_value_wants_an_idempotency_key() {
    let world = World::start().await;
    let mut found = Vec::new();
    for (path, name, operation) in operations() {
        let parameters = operation["parameters"].as_array().into_iter().flatten();
        let key = parameters
            .into_iter()
            .find(|it| it["name"] == "Idempotency-Key");
        let Some(key) = key else { continue };
        let answer = world
            .ask(method_of(name), &filled(path, operation))
            .json(&json!({}))
            .send()
            .await
            .unwrap();
        if answer.status().is_success() {
            assert_ne!(key["required"], true, "{name} {path}");
            continue;
        }
        let told = problem(answer).await;
        let asks = told
            .errors
            .iter()
            .any(|it| it.header.as_deref() == Some("Idempotency-Key"));
        assert_eq!(asks, key["required"] == true, "{name} {path}: {told:?}");
        if asks {
            found.push(path);
        }
    }
    let moves = [
        "/account-transfers",
        "/cases/{number}/acts",
        "/issuances",
        "/retirements",
        "/transfers",
    ];
    assert!(moves.iter().all(|path| found.contains(path)), "{found:?}");
}
