//! Another process where the country wants two officials for it: proposed by one, looked at and approved by another.

use countersign_protocol::permission::DEFAULT;
use countersign_protocol::workflow::preset;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::office::{Office, Somebody, send};
use crate::world::{problem, read};

/// The small process, asking two people for the one that follows it.
fn careful(version: &str) -> String {
    let table = "[adoption]\ntwo_people = true\n\n[[organisation]]";
    preset("small")
        .unwrap()
        .replacen("[[organisation]]", table, 1)
        .replacen("version = \"1.0\"", &format!("version = \"{version}\""), 1)
}

async fn propose(office: &Office, who: &Somebody, text: &str) -> u64 {
    let body = json!({ "text": text });
    let asked = send(&office.world, who, "/api/v1/processes", body).await;
    let asked: Value = read(asked, StatusCode::ACCEPTED, "processes").await;
    asked["proposal"].as_u64().unwrap()
}

async fn decide(office: &Office, who: &Somebody, proposal: u64, approve: bool) -> (u16, String) {
    let path = format!("/api/v1/proposals/{proposal}");
    let answer = send(&office.world, who, &path, json!({ "approve": approve })).await;
    if answer.status().is_success() {
        return (answer.status().as_u16(), String::new());
    }
    let refused = problem(answer).await;
    (refused.status, refused.code.unwrap_or_default())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_that_asks_two_people_is_followed_by_exactly_what_the_second_one_saw() {
    let office = Office::open_with(&careful("1.0"), DEFAULT).await;
    let [first, second, third] = office.officials.as_slice() else {
        panic!("three officials");
    };
    let before = office.size().await;
    let next = careful("1.1").replacen("days = 90", "days = 91", 1);
    let body = json!({ "text": next });
    let tried = send(
        &office.world,
        first,
        "/api/v1/processes?dry_run=true",
        body.clone(),
    )
    .await;
    let tried: Value = read(tried, StatusCode::OK, "a trial").await;
    assert!(!tried["records"].as_array().unwrap().is_empty(), "{tried}");
    let proposal = propose(&office, first, &next).await;
    assert_eq!(propose(&office, first, &next).await, proposal, "said twice");
    assert_eq!(office.size().await, before, "nothing is adopted yet");
    let alone = office.world.refuse("/api/v1/processes", body).await;
    assert_eq!(alone.status, 403, "the operator is nobody of the authority");

    // The second one sees what differs, and the file itself.
    let waiting = office.get(second, "/api/v1/proposals").await;
    let seen = &waiting["items"][0]["process"];
    assert_eq!(seen["is_current"], true, "{waiting}");
    assert_eq!(seen["process"], hex::encode(Sha256::digest(&next)));
    let changes = seen["changes"].as_array().unwrap();
    assert!(
        changes
            .iter()
            .any(|it| it["what"] == "step" && it["became"] == "changed"),
        "{seen}"
    );
    let path = format!("/api/v1/proposals/{proposal}/file");
    let file = office.ask(second, Method::GET, &path).send().await.unwrap();
    assert_eq!(file.text().await.unwrap(), next);
    let hidden = office.ask(&office.developer, Method::GET, &path).send();
    assert_eq!(hidden.await.unwrap().status(), StatusCode::FORBIDDEN);
    let nobody = office.world.bare(Method::GET, &path).send().await.unwrap();
    assert_eq!(nobody.status(), StatusCode::UNAUTHORIZED);

    assert_eq!(decide(&office, first, proposal, true).await.0, 403, "alone");
    assert_eq!(
        decide(&office, &office.developer, proposal, true).await.0,
        403
    );
    assert_eq!(office.size().await, before);

    // Another one is approved first: what this one was compared with is in force no more.
    let other = careful("1.2");
    let overtaking = propose(&office, third, &other).await;
    assert_eq!(decide(&office, second, overtaking, true).await.0, 204);
    let adopted = office.get(second, "/api/v1/processes").await;
    assert_eq!(
        adopted["items"][1]["process"],
        hex::encode(Sha256::digest(&other))
    );
    assert_eq!(
        decide(&office, second, proposal, true).await,
        (409, "process-changed".to_owned())
    );
    let waiting = office.get(second, "/api/v1/proposals").await;
    assert_eq!(waiting["items"][0]["process"]["is_current"], false);
    assert_eq!(decide(&office, second, proposal, false).await.0, 204);
    let gone = office.ask(second, Method::GET, &path).send().await.unwrap();
    assert_eq!(gone.status(), StatusCode::NOT_FOUND, "it was rejected");

    // Proposed anew it is adopted byte for byte, in the name of both.
    let proposal = propose(&office, first, &next).await;
    assert_eq!(decide(&office, second, proposal, true).await.0, 204);
    let file = office
        .world
        .bare(Method::GET, "/api/v1/processes/3/file")
        .send();
    assert_eq!(file.await.unwrap().text().await.unwrap(), next);
    let size = office.size().await;
    let records: Value = office
        .world
        .get(&format!(
            "/api/v1/ledger/records?from={}&limit=50",
            size - 40
        ))
        .await;
    let by = records["items"].as_array().unwrap().iter().rev();
    let by = by
        .filter_map(|it| it["record"]["body"].get("process_adopted"))
        .find_map(|it| it.get("by"));
    let users: Vec<&Value> = by.unwrap().as_array().unwrap().iter().collect();
    assert_eq!(users.len(), 2, "{users:?}");
    assert_ne!(users[0]["user"], users[1]["user"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_policy_may_ask_two_people_where_the_process_does_not() {
    let policy = DEFAULT.replacen(
        "\"permission-change\",\n]",
        "\"permission-change\", \"process-adopt\",\n]",
        1,
    );
    assert_ne!(policy, DEFAULT);
    let office = Office::open_with(preset("small").unwrap(), &policy).await;
    let [first, second, third] = office.officials.as_slice() else {
        panic!("three officials");
    };
    let next = careful("1.1");
    let proposal = propose(&office, first, &next).await;
    assert_eq!(decide(&office, first, proposal, true).await.0, 403, "alone");
    // Whoever proposed it may adopt nothing any more.
    let path = format!("/api/v1/users/{}/role", first.user);
    let asked = send(&office.world, second, &path, json!({"role": "viewer"})).await;
    let asked: Value = read(asked, StatusCode::ACCEPTED, "role").await;
    let role = asked["proposal"].as_u64().unwrap();
    assert_eq!(decide(&office, third, role, true).await.0, 204);
    let (status, _) = decide(&office, second, proposal, true).await;
    assert!(
        matches!(status, 400 | 422),
        "a viewer proposes nothing: {status}"
    );
    assert_eq!(decide(&office, second, proposal, false).await.0, 204);
    let proposal = propose(&office, second, &next).await;
    assert_eq!(decide(&office, third, proposal, true).await.0, 204);
}
