//! Documents, findings and holds over HTTP.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::office::{Office, project, send, submit_project};
use crate::world::{kind, problem, read};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_document_is_its_owners_until_handed_in_and_opens_step_by_step() {
    let office = Office::open().await;
    let case = office.case(&office.developer, project()).await;
    let submit = submit_project(&office, case).await;
    let list = format!("/api/v1/cases/{case}/documents");
    let kept = office.get(&office.developer, &list).await;
    let id = kept["items"][0]["document"].as_u64().unwrap();
    let path = format!("/api/v1/documents/{id}");
    let status = |who: Option<&crate::office::Somebody>| {
        let request = match who {
            Some(who) => office.ask(who, Method::GET, &path),
            None => office.world.bare(Method::GET, &path),
        };
        async move { request.send().await.unwrap().status().as_u16() }
    };
    // A draft: nobody but its organisation knows that it is there.
    assert_eq!(status(Some(&office.developer)).await, 200);
    for who in [&office.officials[0], &office.certifier, &office.buyer] {
        assert_eq!(status(Some(who)).await, 404);
    }
    office.act(&office.developer, case, submit).await;
    assert_eq!(status(Some(&office.officials[0])).await, 200);
    assert_eq!(status(Some(&office.buyer)).await, 404);
    assert_eq!(status(None).await, 404);
    let widen = format!("{path}/visibility");
    let public = json!({"visibility": "public"});
    let refused = send(&office.world, &office.buyer, &widen, public.clone()).await;
    assert_eq!(refused.status(), StatusCode::NOT_FOUND);
    let done = send(&office.world, &office.developer, &widen, public).await;
    assert_eq!(done.status(), StatusCode::NO_CONTENT);
    let answer = office.world.bare(Method::GET, &path).send().await.unwrap();
    assert_eq!(answer.headers()["content-type"], "text/plain");
    let name = answer.headers()["content-disposition"].to_str().unwrap();
    assert!(name.starts_with("attachment;"), "{name}");
    let text = answer.text().await.unwrap();
    assert_eq!(text, format!("the design-document of case {case}\n"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_that_stopped_before_it_noted_a_document_finds_its_act_on_the_ledger() {
    let office = Office::open().await;
    let case = office.case(&office.developer, project()).await;
    let submit = submit_project(&office, case).await;
    office.act(&office.developer, case, submit).await;
    office
        .world
        .tamper_with_documents("UPDATE documents SET leaf = NULL, uploaded_ms = 1")
        .await;
    office.world.app.tidy().await.unwrap();
    let list = format!("/api/v1/cases/{case}/documents");
    let kept = office.get(&office.officials[0], &list).await;
    assert_eq!(kept["items"].as_array().unwrap().len(), 1, "{kept}");
    let path = format!("/api/v1/documents/{}", kept["items"][0]["document"]);
    let read = office.ask(&office.officials[0], Method::GET, &path);
    assert_eq!(read.send().await.unwrap().status(), StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_act_carries_only_documents_that_are_there() {
    let office = Office::open().await;
    let case = office.case(&office.developer, project()).await;
    let mut submit = submit_project(&office, case).await;
    submit["documents"][0]["sha256"] = json!(hex::encode([7; 32]));
    let refused = problem(office.try_act(&office.developer, case, submit).await).await;
    assert_eq!((refused.status, kind(&refused)), (422, "invalid"));
    assert!(refused.detail.contains("add it first"), "{refused:?}");
    // Nobody adds to what is not theirs to work on, nor a kind that the process does not know.
    for (who, name, wanted) in [
        (&office.buyer, "design-document", 403),
        (&office.developer, "poem", 400),
    ] {
        let path = format!("/api/v1/cases/{case}/documents?kind={name}");
        let request = office.ask(who, Method::POST, &path);
        let request = request.header("Content-Type", "text/plain").body("x\n");
        let refused = problem(request.send().await.unwrap()).await;
        assert_eq!(refused.status, wanted, "{refused:?}");
    }
    let path = format!("/api/v1/cases/{case}/documents?kind=design-document");
    let request = office.ask(&office.developer, Method::POST, &path);
    let program = request
        .header("Content-Type", "application/pdf")
        .body("MZ\u{0}");
    let refused = problem(program.send().await.unwrap()).await;
    assert_eq!(
        (refused.status, kind(&refused)),
        (422, "rejected"),
        "{refused:?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_open_finding_keeps_the_certifier_from_agreeing() {
    let office = Office::open().await;
    let case = office.case(&office.developer, project()).await;
    let submit = submit_project(&office, case).await;
    office.act(&office.developer, case, submit).await;
    let findings = format!("/api/v1/cases/{case}/findings");
    let new =
        json!({"kind": "corrective_action", "text": "The baseline counts the same stove twice."});
    let stranger = send(&office.world, &office.developer, &findings, new.clone()).await;
    assert_eq!(problem(stranger).await.status, 403);
    let opened = send(&office.world, &office.certifier, &findings, new).await;
    let opened: Value = read(opened, StatusCode::CREATED, &findings).await;
    assert_eq!(opened["made"]["finding"], 1);
    let validate = office.validation(case).await;
    let early = problem(
        office
            .try_act(&office.certifier, case, validate.clone())
            .await,
    )
    .await;
    assert_eq!(
        (early.status, early.code.as_deref()),
        (409, Some("finding-open"))
    );
    let text = json!({"text": "The list was cleaned; see sheet 4."});
    let answered = send(
        &office.world,
        &office.developer,
        &format!("{findings}/1/answer"),
        text,
    )
    .await;
    assert_eq!(answered.status(), StatusCode::CREATED);
    let text = json!({"text": "Cleaned indeed."});
    let closed = send(
        &office.world,
        &office.certifier,
        &format!("{findings}/1/close"),
        text,
    )
    .await;
    assert_eq!(closed.status(), StatusCode::CREATED);
    office.act(&office.certifier, case, validate).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hold_keeps_units_where_they_are_until_it_is_lifted() {
    let office = Office::open().await;
    let project = office.authorised_project().await;
    let period = office.verified(project, 100).await;
    office.issue(period).await;
    let authority = office.officials[0].organisation;
    let hold = json!({"on": {"account": office.accounts[0]}, "reason": "Court order", "authority": authority,
        "reference": "High Court 2026/14"});
    let refused = send(
        &office.world,
        &office.developer,
        "/api/v1/standing-holds",
        hold.clone(),
    )
    .await;
    assert_eq!(problem(refused).await.status, 403);
    let placed = send(
        &office.world,
        &office.officials[0],
        "/api/v1/standing-holds",
        hold,
    )
    .await;
    let placed: Value = read(placed, StatusCode::CREATED, "hold").await;
    let number = placed["made"]["hold"].as_u64().unwrap();
    let ask = json!({"flow": "retirement", "title": "Use"});
    let case = office.case(&office.developer, ask).await;
    let submit = json!({"step": "request", "form": {
            "purpose": "voluntary", "beneficiary": "Ama", "units": ["GH-1-5"]},
        "reserve": {"account": office.accounts[0], "units": {"tonnes": 5},
                    "fate": {"retire": {"kind": "retire", "purpose": "voluntary"}}}});
    let held = problem(
        office
            .try_act(&office.developer, case, submit.clone())
            .await,
    )
    .await;
    assert_eq!(held.status, 409, "{held:?}");
    assert!(held.detail.contains("Court order"), "{held:?}");
    let lift = json!({"reason": "Order withdrawn", "authority": authority, "reference": "High Court 2026/31"});
    let path = format!("/api/v1/standing-holds/{number}/lift");
    let lifted = send(&office.world, &office.officials[1], &path, lift).await;
    assert_eq!(lifted.status(), StatusCode::OK);
    office.act(&office.developer, case, submit).await;
}
