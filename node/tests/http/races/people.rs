//! What can be used once is used once, however many try at one moment.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use totp_rs::{Algorithm, Builder, Secret};

use super::{Answer, Client, together};
use crate::office::{Office, PASSWORD, Somebody, send};
use crate::world::{World, kind, problem, read};

/// How often each race is run.
const ROUNDS: usize = 5;

/// A POST without a secret, whatever is answered.
async fn open_post(base: String, path: &'static str, body: Value) -> Answer {
    let request = reqwest::Client::new().post(format!("{base}{path}"));
    Answer::of(request.json(&body).send().await.unwrap()).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_writers_of_one_draft_one_saves_and_the_other_reads_first() {
    let office = Office::open().await;
    let case = office
        .case(&office.developer, crate::office::project())
        .await;
    let path = format!("/api/v1/cases/{case}/drafts/submit");
    for version in 0..2 * ROUNDS {
        let wishes = [0, 1].map(|writer| {
            let mut request = office.ask(&office.developer, Method::PUT, &path);
            if version > 0 {
                request = request.header("If-Match", format!("\"{version}\""));
            }
            let request = request.json(&json!({"title": format!("{version} by {writer}")}));
            async move { (writer, request.send().await.unwrap()) }
        });
        let mut saved = None;
        for (writer, response) in together(wishes).await {
            if response.status().is_success() {
                let tag = response.headers()["etag"].to_str().unwrap().to_owned();
                assert_eq!(tag, format!("\"{}\"", version + 1));
                assert_eq!(saved.replace(writer), None, "both saved");
            } else {
                let refused = problem(response).await;
                assert_eq!((refused.status, kind(&refused)), (412, "changed"));
                assert!(
                    refused.detail.contains(&format!("version {}", version + 1)),
                    "{refused:?}"
                );
            }
        }
        let kept = office.get(&office.developer, &path).await;
        let of = format!("{version} by {}", saved.expect("nobody saved"));
        assert_eq!(kept["form"]["title"], of);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_invitation_that_is_accepted_twice_at_one_moment_has_one_password() {
    let office = Office::open().await;
    let world = &office.world;
    for round in 0..ROUNDS {
        let email = format!("new{round}@gov.example");
        let invite = json!({"email": email, "name": "New", "language": "en",
            "organisation": office.officials[0].organisation, "role": "manager"});
        let sent: Value = world.post("/api/v1/invitations", invite).await;
        let password = |of: usize| format!("the long sentence of number {of}");
        let wishes = [0, 1].map(|of| {
            let body = json!({"token": sent["token"], "password": password(of)});
            open_post(world.base.clone(), "/api/v1/invitations/accept", body)
        });
        let answers = together(wishes).await;
        let won: Vec<bool> = answers.iter().map(Answer::has_won).collect();
        assert!(won == [true, false] || won == [false, true], "{won:?}");
        let lost = answers.iter().find(|it| !it.has_won()).unwrap();
        assert!(
            matches!(lost, Answer::Lost(it) if (it.status, kind(it)) == (422, "rejected")),
            "{}",
            lost.told()
        );
        for (of, has_won) in won.into_iter().enumerate() {
            let body = json!({"email": email, "password": password(of)});
            let tried = open_post(world.base.clone(), "/api/v1/sign-in", body).await;
            assert_eq!(tried.has_won(), has_won, "{}", tried.told());
        }
    }
}

/// Six digits of an authenticator at this moment.
fn code(secret: &str) -> String {
    let totp = Builder::new()
        .with_algorithm(Algorithm::SHA1)
        .with_secret(Secret::try_from_base32(secret).unwrap())
        .build()
        .unwrap();
    let now = std::time::UNIX_EPOCH.elapsed().unwrap().as_secs();
    totp.generate(now).to_string()
}

/// Gives somebody an authenticator; gives the recovery codes.
async fn guarded(world: &World, who: &Somebody) -> Vec<String> {
    let made = send(world, who, "/api/v1/me/authenticator", json!({})).await;
    let made: Value = read(made, StatusCode::OK, "authenticator").await;
    let confirm = json!({"code": code(made["secret"].as_str().unwrap())});
    let codes = send(world, who, "/api/v1/me/authenticator/confirm", confirm).await;
    let codes: Value = read(codes, StatusCode::OK, "confirm").await;
    serde_json::from_value(codes["codes"].clone()).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_recovery_code_that_is_used_twice_at_one_moment_opens_one_session() {
    let office = Office::open().await;
    let world = &office.world;
    let codes = guarded(world, &office.developer).await;
    for recovery in codes.iter().take(ROUNDS) {
        let mut wishes = Vec::new();
        for _ in 0..2 {
            let body = json!({"email": "ama@developer.example", "password": PASSWORD});
            let step = open_post(world.base.clone(), "/api/v1/sign-in", body).await;
            let Answer::Won(step) = step else {
                panic!("{}", step.told());
            };
            let body = json!({"step": step["step"], "recovery_code": recovery});
            wishes.push(open_post(world.base.clone(), "/api/v1/sign-in/code", body));
        }
        let answers = together(wishes).await;
        let told: Vec<String> = answers.iter().map(Answer::told).collect();
        assert_eq!(
            answers.iter().filter(|it| it.has_won()).count(),
            1,
            "{told:#?}"
        );
        let lost = answers.iter().find(|it| !it.has_won()).unwrap();
        let is_refused =
            matches!(lost, Answer::Lost(it) if (it.status, kind(it)) == (401, "not-authorised"));
        assert!(is_refused, "{}", lost.told());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_change_of_role_that_is_decided_twice_at_one_moment_is_decided_once() {
    let office = Office::open().await;
    let [first, second, third] = office.officials.as_slice() else {
        panic!("three officials");
    };
    let user = office.developer.user;
    for round in 0..ROUNDS {
        let me = office.get(&office.developer, "/api/v1/me").await;
        let before = me["user"]["role"].as_str().unwrap().to_owned();
        let wanted = if before == "viewer" {
            "manager"
        } else {
            "viewer"
        };
        let path = format!("/api/v1/users/{user}/role");
        let asked = send(&office.world, first, &path, json!({"role": wanted})).await;
        let asked: Value = read(asked, StatusCode::ACCEPTED, &path).await;
        let decide = format!("/api/v1/proposals/{}", asked["proposal"]);
        let wishes = [(second, true), (third, false)].map(|(who, approve)| {
            let client = Client::new(&office.world, &who.token);
            let decide = decide.clone();
            async move { client.post(&decide, json!({"approve": approve})).await }
        });
        let answers = together(wishes).await;
        let won: Vec<bool> = answers.iter().map(Answer::has_won).collect();
        assert!(
            won == [true, false] || won == [false, true],
            "round {round}: {won:?}"
        );
        let lost = answers.iter().find(|it| !it.has_won()).unwrap();
        assert!(lost.is_second("decided"), "{}", lost.told());
        let outcome = if won[0] { "approved" } else { "rejected" };
        assert!(lost.told().contains(outcome), "{}", lost.told());
        let me = office.get(&office.developer, "/api/v1/me").await;
        let expected = if won[0] { wanted } else { &before };
        assert_eq!(me["user"]["role"], expected);
    }
}
