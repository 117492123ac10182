//! What somebody writes into a field stays a text, on every page; and browsers are kept in bounds.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::{BROWSER, FIXED, any_page, form};
use crate::world::World;

/// Texts that would do something if a page took them for its own.
const EVIL: &str = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>{{7*7}}";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_text_of_the_registry_becomes_part_of_a_page() {
    let world = World::start().await;
    let organisation = json!({"name": format!("Org {EVIL}"), "kind": "developer"});
    let made: Value = world.post("/api/v1/organisations", organisation).await;
    let id = made["made"]["id"].as_u64().unwrap();
    let project = json!({"organisation": id, "title": format!("Project {EVIL}"), "scope": "3"});
    let made: Value = world.post("/api/v1/projects", project).await;
    let number = made["made"]["number"].as_u64().unwrap();
    let retire = json!({"account": 1, "units": {"tonnes": 5}, "kind": "retire", "purpose": "voluntary",
        "beneficiary": format!("Guest {EVIL}"), "beneficiary_public": true, "reason": format!("Why {EVIL}")});
    let made: Value = world.post("/api/v1/retirements", retire).await;
    let leaf = made["made"]["index"].as_u64().unwrap();
    world.witness();
    world.federation.witnesses.lock().unwrap()[0].fault = Some(EVIL.to_owned());
    let size = world.handle().head().borrow().size;
    let mut paths: Vec<String> = FIXED.iter().map(|it| format!("/en{it}")).collect();
    paths[0] = "/en".to_owned();
    paths.extend([
        format!("/en/organisations/{id}"),
        format!("/en/projects/{number}"),
        format!("/en/retirements/{leaf}"),
        format!("/en/retirements/{leaf}/certificate"),
        "/en/search?q=%3Cscript%3Ealert(1)%3C/script%3E".to_owned(),
        "/en/search?q=\"'><script>alert(1)</script>".to_owned(),
        "/en/projects?q=\"'><script>alert(1)</script>".to_owned(),
        "/en/retirements?vintage=\"><script>alert(1)</script>".to_owned(),
        "/en/accounting?year=\"><script>alert(1)</script>".to_owned(),
        "/en/\"><script>alert(1)</script>".to_owned(),
        "/en/units/\"><script>alert(1)</script>".to_owned(),
        "/en/units/GH-1-5?x=\"><script>alert(1)</script>".to_owned(),
    ]);
    paths.extend((0..size).map(|index| format!("/en/entries/{index}")));
    let mut shown = 0;
    for path in &paths {
        let (_, text) = any_page(&world, path).await;
        assert!(!text.contains("<script>"), "{path}\n{text}");
        assert!(!text.contains("<img src=x"), "{path}");
        assert!(!text.contains("\"'>"), "{path}");
        shown += text.matches("onerror").count();
    }
    assert!(shown > 10, "the texts must be seen as texts: {shown}");
    let evil = "</textarea><script>alert(1)</script>";
    let answer = form(&world, "/en/verify", "bundle", evil)
        .send()
        .await
        .unwrap();
    let text = answer.text().await.unwrap();
    assert!(!text.contains("<script>alert") && !text.contains("</textarea><script"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_page_tells_the_browser_what_it_may_load() {
    let world = World::start().await;
    for path in FIXED.into_iter().chain(["/nothing", "/projects/99"]) {
        let answer = world
            .bare(Method::GET, path)
            .header("Accept", BROWSER)
            .send()
            .await
            .unwrap();
        let headers = answer.headers();
        let policy = headers["content-security-policy"].to_str().unwrap();
        assert!(
            policy.starts_with("default-src 'none'; style-src 'self'; script-src 'self';"),
            "{path}"
        );
        assert!(policy.contains("frame-ancestors 'none'") && policy.contains("form-action 'self'"));
        assert!(
            !policy.contains("unsafe") && !policy.contains("http"),
            "{path}: {policy}"
        );
        assert_eq!(headers["x-content-type-options"], "nosniff");
        assert!(!headers.contains_key("set-cookie"), "{path}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_form_that_is_too_large_is_refused() {
    let world = World::start().await;
    let large = "x".repeat(1_000_000);
    let answer = form(&world, "/en/verify", "bundle", &large).send().await;
    // The node may close the connection before everything was sent.
    if let Ok(answer) = answer {
        assert_eq!(answer.status(), StatusCode::PAYLOAD_TOO_LARGE);
    }
    // On a connection of its own: the other one may be gone.
    let healthy = reqwest::get(format!("{}/healthz", world.base)).await;
    assert_eq!(healthy.unwrap().status(), StatusCode::OK);
}
