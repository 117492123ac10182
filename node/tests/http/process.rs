//! The country's process over HTTP: adopted once, read by everybody, and what it then forbids.

use countersign_node::http::dto::{CaseView, Page, ProcessView, Written};
use countersign_node::ledger::Submission;
use countersign_protocol::record::{ActedBy, Organisation};
use countersign_protocol::registry::{Command, NewCase};
use countersign_protocol::workflow::preset;
use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::common;
use crate::world::{World, kind, problem};

async fn adopt(world: &World) -> Written<ProcessView> {
    let text = preset("small").unwrap();
    world
        .post("/api/v1/processes", json!({ "text": text }))
        .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_adopted_process_is_listed_and_its_file_comes_back_byte_for_byte() {
    let world = World::start().await;
    let written = adopt(&world).await;
    assert_eq!(
        (written.made.version, written.made.id.as_str()),
        (1, "small")
    );
    assert!(written.made.flows.contains(&"monitoring".to_owned()));
    let listed: Page<ProcessView> = world.get("/api/v1/processes").await;
    assert_eq!(listed.items, [written.made]);
    let file = world
        .bare(Method::GET, "/api/v1/processes/1/file")
        .send()
        .await
        .unwrap();
    assert_eq!(
        file.headers()["content-type"],
        "application/toml; charset=utf-8"
    );
    assert_eq!(file.text().await.unwrap(), preset("small").unwrap());
    assert_eq!(world.fail("/api/v1/processes/2/file").await.status, 404);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_needs_a_token_and_must_pass_the_checker() {
    let world = World::start().await;
    let text = preset("small").unwrap();
    let bare = world
        .bare(Method::POST, "/api/v1/processes")
        .json(&json!({ "text": "format = 1" }))
        .send()
        .await
        .unwrap();
    assert_eq!(bare.status(), StatusCode::UNAUTHORIZED);
    let broken = text.replace("to = \"review\"", "to = \"nowhere\"");
    let refused = world
        .refuse("/api/v1/processes", json!({ "text": broken }))
        .await;
    assert_eq!((refused.status, kind(&refused)), (422, "refused"));
    assert!(refused.detail.contains("nowhere"), "{refused:?}");
    adopt(&world).await;
    let again = world
        .refuse("/api/v1/processes", json!({ "text": text }))
        .await;
    assert_eq!((again.status, kind(&again)), (409, "conflict"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn under_a_process_organisations_enrol_and_nothing_is_registered_past_it() {
    let world = World::start().await;
    let enrolment = json!({"name": "Ministry", "organisation_type": "government"});
    let early = world.refuse("/api/v1/enrolments", enrolment.clone()).await;
    assert_eq!((early.status, kind(&early)), (422, "refused"));
    adopt(&world).await;
    let ministry: Written<Organisation> = world.post("/api/v1/enrolments", enrolment).await;
    assert_eq!(
        ministry.made.organisation_type.unwrap().as_str(),
        "government"
    );
    let unknown = json!({"name": "Bank", "organisation_type": "bank"});
    let refused = world.refuse("/api/v1/enrolments", unknown).await;
    assert_eq!((refused.status, kind(&refused)), (422, "refused"));
    for (path, body, code) in [
        (
            "/api/v1/projects",
            json!({"organisation": 1, "title": "Solar", "scope": "1"}),
            "by-process",
        ),
        (
            "/api/v1/issuances",
            json!({"account": 1, "project": 1, "year": 2023, "unit_type": "ITMO", "tonnes": 50}),
            "not-verified",
        ),
    ] {
        let refused = world.refuse(path, body).await;
        assert_eq!(refused.code.as_deref(), Some(code), "{path}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everybody_sees_where_a_case_stands_and_whom_it_waits_for() {
    let world = World::start().await;
    adopt(&world).await;
    let enrolment = json!({"name": "Pacific Stoves", "organisation_type": "developer"});
    let developer: Written<Organisation> = world.post("/api/v1/enrolments", enrolment).await;
    let by = ActedBy {
        user: 7,
        organisation: developer.made.id,
        organisation_type: "developer".parse().unwrap(),
        role: "administrator".parse().unwrap(),
        scopes: Vec::new(),
    };
    let new = NewCase {
        flow: "organisation".parse().unwrap(),
        track: None,
        parent: None,
        title: "Pacific Stoves".parse().unwrap(),
        owners: [developer.made.id].into(),
        shares: [].into(),
        counterparty: None,
        scopes: [].into(),
        by,
    };
    let open = Submission::new(common::request(), Command::OpenCase(Box::new(new)));
    world.handle().submit(open).await.unwrap();
    let response = world
        .bare(Method::GET, "/api/v1/cases")
        .send()
        .await
        .unwrap();
    let listed: Page<CaseView> = response.json().await.unwrap();
    let [case] = &listed.items[..] else {
        panic!("{listed:?}");
    };
    assert_eq!((case.case, case.stage.as_str()), (1, "draft"));
    assert_eq!(case.stage_label, "Draft");
    let register = case
        .waits_for
        .iter()
        .find(|it| it.step == "register")
        .unwrap();
    assert!(register.awaited && register.by.contains(&"developer/administrator".to_owned()));
    let one: CaseView = world.get("/api/v1/cases/1").await;
    assert_eq!(&one, case);
    let missing = problem(
        world
            .bare(Method::GET, "/api/v1/cases/2")
            .send()
            .await
            .unwrap(),
    )
    .await;
    assert_eq!((missing.status, kind(&missing)), (404, "not-found"));
}
