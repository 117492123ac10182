//! A running case goes on under a newer version of the process: one official proposes it, another carries it out.

use countersign_protocol::workflow::preset;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::common;
use crate::office::{Office, Somebody, project, send, submit_project};
use crate::world::{kind, problem, read};

/// The second version of the small process, which takes over project cases from these stages.
fn second_version(stages: &str) -> String {
    let first = preset("small").unwrap();
    let from = hex::encode(Sha256::digest(first));
    let second = first.replacen("version = \"1.0\"", "version = \"2.0\"", 1);
    assert_ne!(first, second);
    format!(
        "{second}\n[[migration]]\nfrom = \"{from}\"\nflow = \"project\"\nstages = {{ {stages} }}\n"
    )
}

/// An office with a project at the certifier's, and the second version adopted since.
async fn office_with_two_versions(stages: &str) -> (Office, u64) {
    let office = Office::open().await;
    let case = office.case(&office.developer, project()).await;
    let submit = submit_project(&office, case).await;
    office.act(&office.developer, case, submit).await;
    let text = second_version(stages);
    let _: Value = office
        .world
        .post("/api/v1/processes", json!({ "text": text }))
        .await;
    (office, case)
}

async fn propose(office: &Office, who: &Somebody, case: u64) -> reqwest::Response {
    let path = format!("/api/v1/cases/{case}/migrations");
    send(&office.world, who, &path, json!({})).await
}

async fn decide(
    office: &Office,
    who: &Somebody,
    migration: u64,
    approve: bool,
) -> reqwest::Response {
    let path = format!("/api/v1/migrations/{migration}");
    send(&office.world, who, &path, json!({ "approve": approve })).await
}

async fn process_of(office: &Office, case: u64) -> Value {
    let view: Value = office.world.get(&format!("/api/v1/cases/{case}")).await;
    view["process"].clone()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_case_moves_when_two_different_officials_say_so_and_goes_on_under_the_new_version() {
    let (office, case) = office_with_two_versions("validation = \"validation\"").await;
    let before = process_of(&office, case).await;
    let [first, second, _] = &office.officials[..] else {
        unreachable!()
    };

    // Trying it keeps nothing and says what would move.
    let path = format!("/api/v1/cases/{case}/migrations?dry_run=true");
    let tried = send(&office.world, first, &path, json!({"version": 2})).await;
    let tried: Value = read(tried, StatusCode::OK, &path).await;
    assert_eq!(tried["possible"], true, "{tried}");
    assert_eq!(tried["migration"], Value::Null);
    assert_eq!(tried["moves"][0]["stage_after"], "validation");
    let open = office.get(first, "/api/v1/migrations").await;
    assert_eq!(open["items"], json!([]));

    let proposed = propose(&office, first, case).await;
    let proposed: Value = read(proposed, StatusCode::ACCEPTED, "propose").await;
    let migration = proposed["migration"].as_u64().unwrap();
    // The same wish of the same person again is the same proposal.
    let again: Value = read(
        propose(&office, first, case).await,
        StatusCode::ACCEPTED,
        "again",
    )
    .await;
    assert_eq!(again["migration"], migration);
    assert_eq!(process_of(&office, case).await, before);

    let refused = problem(decide(&office, first, migration, true).await).await;
    assert_eq!(
        (refused.status, kind(&refused)),
        (422, "refused"),
        "{refused:?}"
    );
    assert!(refused.detail.contains("different users"), "{refused:?}");
    assert_eq!(process_of(&office, case).await, before);

    // Sent twice with one key it is done once.
    let path = format!("/api/v1/migrations/{migration}");
    let key = common::request().to_string();
    let mut bodies = Vec::new();
    for _ in 0..2 {
        let decided = office
            .ask(second, Method::POST, &path)
            .header("Idempotency-Key", &key)
            .json(&json!({"approve": true}))
            .send()
            .await
            .unwrap();
        let decided: Value = read(decided, StatusCode::OK, &path).await;
        bodies.push(decided);
    }
    assert_eq!(bodies[0], bodies[1]);
    let after = process_of(&office, case).await;
    assert_eq!(after, bodies[0]["made"]["process"]);
    assert_ne!(after, before);
    let third = problem(decide(&office, &office.officials[2], migration, true).await).await;
    assert_eq!(
        (third.status, third.code.as_deref()),
        (409, Some("decided")),
        "{third:?}"
    );

    // The case goes on.
    let validate = office.validation(case).await;
    office.act(&office.certifier, case, validate).await;
    let view: Value = office.world.get(&format!("/api/v1/cases/{case}")).await;
    assert_eq!(view["stage"], "review", "{view}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_stands_against_a_migration_is_said_before_anybody_proposes_it() {
    let (office, case) = office_with_two_versions("draft = \"draft\"").await;
    let official = &office.officials[0];
    let path = format!("/api/v1/cases/{case}/migrations?dry_run=true");
    let tried = send(&office.world, official, &path, json!({})).await;
    let tried: Value = read(tried, StatusCode::OK, &path).await;
    assert_eq!(tried["possible"], false);
    let against = tried["moves"][0]["against"].as_str().unwrap();
    assert!(against.contains("validation"), "{against}");
    let refused = problem(propose(&office, official, case).await).await;
    assert_eq!((refused.status, kind(&refused)), (422, "refused"));
    let open = office.get(official, "/api/v1/migrations").await;
    assert_eq!(open["items"], json!([]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_officials_propose_and_a_proposer_who_was_suspended_counts_no_more() {
    let (office, case) = office_with_two_versions("validation = \"validation\"").await;
    for stranger in [&office.developer, &office.certifier] {
        let refused = problem(propose(&office, stranger, case).await).await;
        assert!([403, 404].contains(&refused.status), "{refused:?}");
    }
    let [first, second, third] = &office.officials[..] else {
        unreachable!()
    };
    let before = process_of(&office, case).await;
    let turned_down: Value = read(
        propose(&office, first, case).await,
        StatusCode::ACCEPTED,
        "propose",
    )
    .await;
    let number = turned_down["migration"].as_u64().unwrap();
    let no = decide(&office, third, number, false).await;
    assert_eq!(no.status(), StatusCode::NO_CONTENT);
    let gone = problem(decide(&office, second, number, true).await).await;
    assert_eq!(
        (gone.status, gone.code.as_deref()),
        (409, Some("decided")),
        "{gone:?}"
    );

    let proposed: Value = read(
        propose(&office, first, case).await,
        StatusCode::ACCEPTED,
        "propose",
    )
    .await;
    let number = proposed["migration"].as_u64().unwrap();
    let suspend = format!("/api/v1/users/{}/suspend", first.user);
    let suspended = send(&office.world, second, &suspend, json!({})).await;
    assert_eq!(suspended.status(), StatusCode::NO_CONTENT);
    let refused = problem(decide(&office, second, number, true).await).await;
    assert_eq!(
        (refused.status, kind(&refused)),
        (400, "malformed"),
        "{refused:?}"
    );
    assert_eq!(process_of(&office, case).await, before);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn findings_that_are_open_are_public_and_what_they_say_is_not() {
    let office = Office::open().await;
    let case = office.case(&office.developer, project()).await;
    let submit = submit_project(&office, case).await;
    office.act(&office.developer, case, submit).await;
    let path = format!("/api/v1/cases/{case}/findings");
    let open = json!({"kind": "corrective_action", "text": "The baseline survey is missing."});
    let opened = send(&office.world, &office.certifier, &path, open).await;
    assert_eq!(opened.status(), StatusCode::CREATED);
    let listed = office.world.bare(Method::GET, &path).send().await.unwrap();
    let listed: Value = read(listed, StatusCode::OK, &path).await;
    assert_eq!(listed["items"][0]["kind"], "corrective_action", "{listed}");
    assert_eq!(listed["items"][0]["answered"], false);
    assert!(!listed.to_string().contains("baseline"));
}
