//! OAuth 2.0 client credentials: tokens of minutes, drawn with an API key, that never open more than it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reqwest::{Method, Response};
use serde_json::{Value, json};

use crate::office::{Office, Somebody, send};
use crate::world::{World, kind, problem};

const PATH: &str = "/api/v1/oauth/token";
const FORM: &str = "application/x-www-form-urlencoded";

async fn ask(world: &World, form: &str) -> Response {
    let request = world.bare(Method::POST, PATH).header("Content-Type", FORM);
    request.body(form.to_owned()).send().await.unwrap()
}

/// A key of somebody for these actions; gives its public id and the key.
async fn key(office: &Office, who: &Somebody, actions: &[&str]) -> (String, String) {
    let soon = office.world.now_ms() + 86_400_000;
    let new = json!({"label": "sync", "actions": actions, "expires_ms": soon});
    let made = send(&office.world, who, "/api/v1/me/api-keys", new).await;
    let made: Value = made.json().await.unwrap();
    let key = made["key"].as_str().unwrap().to_owned();
    let id = key.split('_').nth(1).unwrap().to_owned();
    (id, key)
}

fn form_of(id: &str, secret: &str, scope: &str) -> String {
    let scope = scope.replace(' ', "+");
    format!("grant_type=client_credentials&client_id={id}&client_secret={secret}&scope={scope}")
}

async fn drawn(world: &World, form: &str) -> Value {
    let answer = ask(world, form).await;
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.headers()["cache-control"], "no-store");
    answer.json().await.unwrap()
}

async fn opens(office: &Office, token: &Value) -> u16 {
    let path = format!("/api/v1/accounts/{}", office.accounts[0]);
    let asked = office.world.bare(Method::GET, &path);
    let asked = asked.bearer_auth(token["access_token"].as_str().unwrap());
    asked.send().await.unwrap().status().as_u16()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_opens_what_its_key_opens_or_less_and_for_ten_minutes() {
    let office = Office::open().await;
    let (id, key) = key(&office, &office.developer, &["units-read", "hold-read"]).await;
    let world = &office.world;
    let whole = drawn(world, &form_of(&id, &key, "")).await;
    assert_eq!(
        (&whole["token_type"], &whole["expires_in"]),
        (&json!("Bearer"), &json!(600))
    );
    assert_eq!(whole["scope"], "units-read hold-read");
    assert!(whole["access_token"].as_str().unwrap().starts_with("cso_"));
    assert_eq!(opens(&office, &whole).await, 200);
    let narrow = drawn(world, &form_of(&id, &key, "hold-read")).await;
    assert_eq!(narrow["scope"], "hold-read");
    // As if it did not exist.
    assert_eq!(opens(&office, &narrow).await, 404);
    // The part behind the public id is the secret as well, and so is a header in the place of the form.
    let short = key.rsplit('_').next().unwrap();
    let by_form = drawn(world, &form_of(&id, short, "units-read")).await;
    assert_eq!(opens(&office, &by_form).await, 200);
    let pair = STANDARD.encode(format!("{id}:{key}"));
    let by_header = world
        .bare(Method::POST, PATH)
        .header("Content-Type", FORM)
        .header("Authorization", format!("Basic {pair}"))
        .body("grant_type=client_credentials")
        .send()
        .await
        .unwrap();
    assert_eq!(opens(&office, &by_header.json().await.unwrap()).await, 200);
    world.later(599_000);
    assert_eq!(opens(&office, &whole).await, 200);
    world.later(2_000);
    assert_eq!(opens(&office, &whole).await, 401);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_ends_with_its_key_and_lies_in_no_file() {
    let office = Office::open().await;
    let (id, key) = key(&office, &office.developer, &["units-read"]).await;
    let token = drawn(&office.world, &form_of(&id, &key, "")).await;
    assert_eq!(opens(&office, &token).await, 200);
    let path = format!("/api/v1/me/api-keys/{id}");
    let ended = office
        .ask(&office.developer, Method::DELETE, &path)
        .send()
        .await
        .unwrap();
    assert_eq!(ended.status(), 204);
    assert_eq!(opens(&office, &token).await, 401);
    let again = problem(ask(&office.world, &form_of(&id, &key, "")).await).await;
    assert_eq!(again.error.as_deref(), Some("invalid_client"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_wrong_with_a_request_is_said_in_the_words_of_the_standard() {
    let office = Office::open().await;
    let (id, key) = key(&office, &office.developer, &["units-read"]).await;
    let good = form_of(&id, &key, "");
    for (form, status, word) in [
        (form_of(&id, &"0".repeat(64), ""), 401, "invalid_client"),
        (form_of("0123456789ab", &key, ""), 401, "invalid_client"),
        (
            form_of(&id, &key, "units-read project-read"),
            400,
            "invalid_scope",
        ),
        (form_of(&id, &key, "everything"), 400, "invalid_scope"),
        (
            good.replace("client_credentials", "password"),
            400,
            "unsupported_grant_type",
        ),
        (
            "client_id=a&client_secret=b".to_owned(),
            400,
            "invalid_request",
        ),
        (
            "grant_type=client_credentials".to_owned(),
            401,
            "invalid_client",
        ),
        (format!("{good}&scope=units-read"), 400, "invalid_request"),
    ] {
        let refused = problem(ask(&office.world, &form).await).await;
        assert_eq!(
            (refused.status, refused.error.as_deref()),
            (status, Some(word)),
            "{form}"
        );
        assert!(!refused.detail.contains(&key));
    }
    let json = office.world.bare(Method::POST, PATH).json(&json!({}));
    let json = problem(json.send().await.unwrap()).await;
    assert_eq!((json.status, kind(&json)), (415, "unsupported-media-type"));
    let long = problem(ask(&office.world, &"a".repeat(9_000)).await).await;
    assert_eq!(long.status, 413);
}
