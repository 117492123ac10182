//! Accounts over HTTP: sessions, roles, keys, and what another organisation never sees.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::office::{Office, PASSWORD, send, sign_in};
use crate::world::{kind, problem};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_organisations_things_read_like_things_that_do_not_exist() {
    let office = Office::open().await;
    let [account, _] = office.accounts;
    let user = office.developer.user;
    let paths = [
        format!("/api/v1/accounts/{account}"),
        format!("/api/v1/accounts/{account}/holdings"),
        format!("/api/v1/accounts/{account}/statement"),
        format!("/api/v1/users/{user}"),
    ];
    for path in &paths {
        office.get(&office.developer, path).await;
        let hidden = office.ask(&office.buyer, Method::GET, path);
        let hidden = problem(hidden.send().await.unwrap()).await;
        assert_eq!((hidden.status, kind(&hidden)), (404, "not-found"), "{path}");
    }
    let mine = office.get(&office.buyer, "/api/v1/accounts").await;
    assert_eq!(mine["items"].as_array().unwrap().len(), 1, "{mine}");
    for action in ["role", "suspend", "reset-factors", "erase"] {
        let path = format!("/api/v1/users/{user}/{action}");
        let refused = send(
            &office.world,
            &office.buyer,
            &path,
            json!({"role": "viewer"}),
        )
        .await;
        let status = refused.status();
        assert!(
            [StatusCode::NOT_FOUND, StatusCode::FORBIDDEN].contains(&status),
            "{path}: {status}"
        );
    }
    // What only the operator does, no user does.
    for (path, body) in [
        (
            "/api/v1/issuances",
            json!({"account": 1, "project": 1, "year": 2023, "unit_type": "ITMO", "tonnes": 1}),
        ),
        (
            "/api/v1/account-transfers",
            json!({"from": 1, "to": 2, "units": {"tonnes": 1}}),
        ),
        (
            "/api/v1/retirements",
            json!({"account": 1, "units": {"tonnes": 1}, "kind": "retire", "purpose": "voluntary"}),
        ),
    ] {
        for who in [&office.developer, &office.officials[0]] {
            let refused = problem(send(&office.world, who, path, body.clone()).await).await;
            assert_eq!(
                (refused.status, kind(&refused)),
                (403, "forbidden"),
                "{path}"
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_role_needs_two_officials_and_counts_at_once() {
    let office = Office::open().await;
    let (developer, [first, second, _]) = (&office.developer, office.officials.as_slice()) else {
        panic!("three officials");
    };
    let path = format!("/api/v1/users/{}/role", developer.user);
    let asked = send(&office.world, first, &path, json!({"role": "viewer"})).await;
    assert_eq!(asked.status(), StatusCode::ACCEPTED);
    let proposal = asked.json::<Value>().await.unwrap()["proposal"]
        .as_u64()
        .unwrap();
    let decide = format!("/api/v1/proposals/{proposal}");
    for who in [first, developer] {
        let alone =
            problem(send(&office.world, who, &decide, json!({"approve": true})).await).await;
        assert_eq!((alone.status, kind(&alone)), (403, "forbidden"));
    }
    let me = office.get(developer, "/api/v1/me").await;
    assert_eq!(me["user"]["role"], "administrator");
    let done = send(&office.world, second, &decide, json!({"approve": true})).await;
    assert_eq!(done.status(), StatusCode::NO_CONTENT);
    // The open session has the new role, and no more than it.
    let me = office.get(developer, "/api/v1/me").await;
    assert_eq!(me["user"]["role"], "viewer");
    let new = json!({"flow": "project", "title": "One more", "scopes": ["3"]});
    let refused = problem(send(&office.world, developer, "/api/v1/cases", new).await).await;
    assert_eq!((refused.status, kind(&refused)), (403, "forbidden"));
    let unknown = send(&office.world, first, &path, json!({"role": "emperor"})).await;
    assert_eq!(problem(unknown).await.status, 422);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_opens_what_it_was_made_for_and_ends_with_its_user() {
    let office = Office::open().await;
    let soon = std::time::UNIX_EPOCH.elapsed().unwrap().as_millis() as u64 + 3_600_000;
    let new = json!({"label": "sync", "actions": ["units-read"], "expires_ms": soon});
    let made = send(&office.world, &office.developer, "/api/v1/me/api-keys", new).await;
    let made: Value = made.json().await.unwrap();
    let key = made["key"].as_str().unwrap();
    let path = format!("/api/v1/accounts/{}", office.accounts[0]);
    let with_key = |path: &str| office.world.bare(Method::GET, path).bearer_auth(key).send();
    assert_eq!(with_key(&path).await.unwrap().status(), StatusCode::OK);
    let users = format!(
        "/api/v1/users?organisation={}",
        office.developer.organisation
    );
    assert_eq!(
        with_key(&users).await.unwrap().status(),
        StatusCode::FORBIDDEN
    );
    let suspend = format!("/api/v1/users/{}/suspend", office.developer.user);
    let done = send(&office.world, &office.officials[0], &suspend, json!({})).await;
    assert_eq!(done.status(), StatusCode::NO_CONTENT);
    assert_eq!(
        with_key(&path).await.unwrap().status(),
        StatusCode::UNAUTHORIZED
    );
    let session = office.ask(&office.developer, Method::GET, "/api/v1/me");
    assert_eq!(
        session.send().await.unwrap().status(),
        StatusCode::UNAUTHORIZED
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_ends_when_its_user_signs_out_and_guessing_has_to_wait() {
    let office = Office::open().await;
    let other = sign_in(
        &office.world,
        "ama@developer.example",
        office.developer.organisation,
    )
    .await;
    let sessions = office.get(&other, "/api/v1/me/sessions").await;
    assert_eq!(sessions.as_array().unwrap().len(), 2);
    let out = send(&office.world, &other, "/api/v1/sign-out", json!({})).await;
    assert_eq!(out.status(), StatusCode::NO_CONTENT);
    let gone = office
        .ask(&other, Method::GET, "/api/v1/me")
        .send()
        .await
        .unwrap();
    assert_eq!(gone.status(), StatusCode::UNAUTHORIZED);
    office.get(&office.developer, "/api/v1/me").await;

    let guess = |password: &str| {
        let body = json!({"email": "ama@developer.example", "password": password});
        let request = office.world.bare(Method::POST, "/api/v1/sign-in");
        request.json(&body).send()
    };
    for number in 0..5 {
        let refused = guess(&format!("a wrong one, number {number}"))
            .await
            .unwrap();
        assert_eq!(refused.status(), StatusCode::UNAUTHORIZED);
    }
    let _sixth = guess("still a wrong one").await.unwrap();
    let waiting = guess(PASSWORD).await.unwrap();
    assert_eq!(waiting.status(), StatusCode::TOO_MANY_REQUESTS);
    let seconds: u64 = waiting.headers()["retry-after"]
        .to_str()
        .unwrap()
        .parse()
        .unwrap();
    assert!(seconds >= 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_erased_person_is_gone_and_the_ledger_still_verifies() {
    let office = Office::open().await;
    let case = office
        .case(&office.developer, crate::office::project())
        .await;
    let submit = crate::office::submit_project(&office, case).await;
    office.act(&office.developer, case, submit).await;
    let withdraw = json!({"step": "withdraw", "comment": "My daughter is ill."});
    office.act(&office.developer, case, withdraw).await;
    let erase = format!("/api/v1/users/{}/erase", office.developer.user);
    let done = send(&office.world, &office.officials[0], &erase, json!({})).await;
    assert_eq!(done.status(), StatusCode::NO_CONTENT);
    let user = office
        .get(
            &office.officials[0],
            &format!("/api/v1/users/{}", office.developer.user),
        )
        .await;
    assert_eq!(
        (&user["state"], &user["email"]),
        (&json!("erased"), &Value::Null)
    );
    let file = office
        .get(&office.officials[0], &format!("/api/v1/cases/{case}/file"))
        .await;
    let comment = file["texts"]
        .as_array()
        .unwrap()
        .iter()
        .find(|it| it["part"] == "comment")
        .unwrap();
    assert_eq!(
        (&comment["text"], &comment["salt"]),
        (&Value::Null, &Value::Null)
    );
    assert!(comment["commitment"].is_string());
}
