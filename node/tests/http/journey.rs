//! From a registration to a retirement over HTTP, by people with sessions, and what each of them may not do.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::common;
use crate::office::{Office, project, submit_project};
use crate::world::{kind, problem};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn units_are_issued_moved_and_retired_by_people_who_signed_in() {
    let office = Office::open().await;
    let project = office.authorised_project().await;
    let period = office.verified(project, 100).await;
    let issued = office.issue(period).await;
    assert_eq!(issued["made"]["issued"][0]["year"], 2023, "{issued}");
    assert_eq!(office.available(office.accounts[0]).await, 100);

    // A transfer: asked for by the holder, accepted by the receiver, approved by the office.
    let ask =
        json!({"flow": "transfer", "title": "To Ben", "counterparty": office.buyer.organisation});
    let transfer = office.case(&office.developer, ask).await;
    let submit = json!({"step": "send", "form": {"receiver": office.buyer.organisation, "units": ["GH-1-40"]},
        "reserve": {"account": office.accounts[0], "units": {"tonnes": 40},
                    "fate": {"transfer": {"to": office.accounts[1]}}}});
    office.act(&office.developer, transfer, submit).await;
    assert_eq!(office.available(office.accounts[0]).await, 60);
    let waits = office.get(&office.buyer, "/api/v1/inbox").await;
    let step = waits["items"][0]["step"].as_str().unwrap().to_owned();
    assert_eq!(waits["items"][0]["case"], transfer, "{waits}");
    office
        .act(&office.buyer, transfer, json!({"step": step}))
        .await;
    finish(&office, transfer).await;
    assert_eq!(office.available(office.accounts[1]).await, 40);

    // A retirement in somebody's name.
    let ask = json!({"flow": "retirement", "title": "For the summit"});
    let retirement = office.case(&office.buyer, ask).await;
    let submit = json!({"step": "request", "form": {
            "purpose": "voluntary", "beneficiary": "Summit 2026", "units": ["GH-1-40"]},
        "reserve": {"account": office.accounts[1], "units": {"tonnes": 40}, "fate": {"retire": {
            "kind": "retire", "purpose": "voluntary", "beneficiary": "Summit 2026"}}}});
    office.act(&office.buyer, retirement, submit).await;
    finish(&office, retirement).await;
    assert_eq!(office.available(office.accounts[1]).await, 0);
    let status: Value = office.world.get("/api/v1/status").await;
    assert_eq!(status["balances"]["used"], 40, "{status}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_waits_for_an_official_who_has_done_everything() {
    let office = Office::open().await;
    // Three organisations are active and could be suspended; that is no work that waits.
    let inbox = office.get(&office.officials[0], "/api/v1/inbox").await;
    assert_eq!(inbox["items"], json!([]), "{inbox}");
    let case = office.case(&office.developer, project()).await;
    let mine = office.get(&office.developer, "/api/v1/inbox").await;
    assert_eq!(mine["items"][0]["case"], case, "{mine}");
    assert_eq!(mine["items"][0]["step"], "submit");
}

/// Lets officials take every step that waits for them in a case.
async fn finish(office: &Office, case: u64) {
    for _ in 0..4 {
        for official in &office.officials {
            let inbox = office.get(official, "/api/v1/inbox").await;
            let mine = inbox["items"].as_array().unwrap().iter();
            let Some(item) = mine.into_iter().find(|it| it["case"] == case) else {
                continue;
            };
            let act = json!({"step": item["step"], "comment": "Checked."});
            office.act(official, case, act).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_proposed_does_not_decide_and_a_stranger_takes_no_step() {
    let office = Office::open().await;
    let case = office.case(&office.developer, project()).await;
    let submit = submit_project(&office, case).await;
    // The receiver of nothing, the certifier of nothing yet, the office: none of them hands in for the developer.
    for who in [&office.buyer, &office.certifier, &office.officials[0]] {
        let refused = problem(office.try_act(who, case, submit.clone()).await).await;
        assert!([403, 422].contains(&refused.status), "{refused:?}");
    }
    office.act(&office.developer, case, submit).await;
    // Nobody decides on the own project.
    let own = json!({"step": "recommend", "comment": "Very good."});
    let refused = problem(office.try_act(&office.developer, case, own).await).await;
    assert_eq!((refused.status, kind(&refused)), (403, "forbidden"));

    let project = office.authorised_project().await;
    let period = office.verified(project, 10).await;
    office
        .act(&office.officials[0], period, json!({"step": "issue"}))
        .await;
    let twice =
        json!({"step": "issue", "issue": {"accounts": [office.accounts[0]], "unit_type": "ITMO"}});
    let refused = problem(office.try_act(&office.officials[0], period, twice).await).await;
    assert_eq!(
        (refused.status, kind(&refused)),
        (403, "forbidden"),
        "{refused:?}"
    );
    assert!(refused.detail.contains("two people"), "{refused:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_form_is_held_against_its_schema_and_every_fault_is_named() {
    let office = Office::open().await;
    let case = office.case(&office.developer, project()).await;
    let mut submit = submit_project(&office, case).await;
    submit["form"]["sectoral_scope"] = json!(17);
    submit["form"].as_object_mut().unwrap().remove("title");
    let refused = problem(office.try_act(&office.developer, case, submit).await).await;
    assert_eq!((refused.status, kind(&refused)), (422, "invalid"));
    let places: Vec<_> = refused
        .errors
        .iter()
        .filter_map(|it| it.pointer.as_deref())
        .collect();
    assert!(places.contains(&"/form/sectoral_scope"), "{refused:?}");
    assert_eq!(places.len(), 2, "{refused:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn forms_and_comments_stay_in_the_node_and_open_for_those_who_may_look() {
    let office = Office::open().await;
    let case = office.case(&office.developer, project()).await;
    let submit = submit_project(&office, case).await;
    let acted = office.act(&office.developer, case, submit.clone()).await;
    let path = format!("/api/v1/cases/{case}/file");
    for who in [&office.developer, &office.certifier, &office.officials[2]] {
        let file = office.get(who, &path).await;
        let text = file["texts"][0]["text"].as_str().unwrap();
        assert_eq!(serde_json::from_str::<Value>(text).unwrap(), submit["form"]);
        // Whoever has salt and text can show that the ledger means them.
        let mut bytes = hex::decode(file["texts"][0]["salt"].as_str().unwrap()).unwrap();
        bytes.extend(text.as_bytes());
        let commitment = hex::encode(<sha2::Sha256 as sha2::Digest>::digest(&bytes));
        assert_eq!(acted["made"]["act"]["form"], commitment, "{acted}");
    }
    let refused = office.ask(&office.buyer, Method::GET, &path);
    assert_eq!(
        refused.send().await.unwrap().status(),
        StatusCode::FORBIDDEN
    );
    let stranger = office.world.bare(Method::GET, &path).send().await.unwrap();
    assert_eq!(stranger.status(), StatusCode::UNAUTHORIZED);
    // The public log has none of it.
    let size = office.world.handle().head().borrow().size;
    for index in 0..size {
        let leaf = office.world.handle().leaf(index).unwrap().unwrap();
        let text = String::from_utf8_lossy(&leaf);
        assert!(
            !text.contains("households") && !text.contains("developer.example"),
            "leaf {index}"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_act_again_is_one_act_and_another_under_its_key_is_refused() {
    let office = Office::open().await;
    let case = office.case(&office.developer, project()).await;
    let submit = submit_project(&office, case).await;
    let key = common::request().to_string();
    let path = format!("/api/v1/cases/{case}/acts");
    let send = |body: Value| {
        let request = office.ask(&office.developer, Method::POST, &path);
        request.header("Idempotency-Key", &key).json(&body).send()
    };
    let first: Value = send(submit.clone()).await.unwrap().json().await.unwrap();
    let again = send(submit.clone()).await.unwrap();
    assert_eq!(again.headers()["idempotency-replayed"], "true");
    assert_eq!(again.json::<Value>().await.unwrap(), first);
    let mut other = submit;
    other["form"]["description"] = json!("Efficient stoves on another island altogether.");
    let conflict = problem(send(other).await.unwrap()).await;
    assert_eq!((conflict.status, kind(&conflict)), (409, "conflict"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_trial_says_what_would_happen_and_writes_nothing() {
    let office = Office::open().await;
    let case = office.case(&office.developer, project()).await;
    let submit = submit_project(&office, case).await;
    let size = office.world.handle().head().borrow().size;
    let path = format!("/api/v1/cases/{case}/acts?dry_run=true");
    let send = |body: &Value| {
        let request = office.ask(&office.developer, Method::POST, &path);
        let key = common::request().to_string();
        request.header("Idempotency-Key", key).json(body).send()
    };
    let tried = send(&submit).await.unwrap();
    assert_eq!(tried.status(), StatusCode::OK);
    let tried: Value = tried.json().await.unwrap();
    assert_eq!(tried["dry_run"], true);
    assert_eq!(tried["records"][0]["index"], size);
    let mut nobody = submit.clone();
    nobody["documents"] = json!([]);
    let refused = problem(send(&nobody).await.unwrap()).await;
    assert_eq!((refused.status, kind(&refused)), (422, "refused"));
    assert_eq!(office.world.handle().head().borrow().size, size);
    // Nothing was left behind that could stand against the real one.
    office.act(&office.developer, case, submit).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_draft_is_shared_in_the_organisation_and_nobody_overwrites_unseen() {
    let office = Office::open().await;
    let case = office.case(&office.developer, project()).await;
    let path = format!("/api/v1/cases/{case}/drafts/submit");
    let put = |tag: Option<&str>, form: Value| {
        let request = office.ask(&office.developer, Method::PUT, &path);
        let request = match tag {
            Some(tag) => request.header("If-Match", tag),
            None => request,
        };
        request.json(&form).send()
    };
    let first = put(None, json!({"title": "St"})).await.unwrap();
    assert_eq!(first.headers()["etag"], "\"1\"");
    let blind = problem(put(None, json!({"title": "Another"})).await.unwrap()).await;
    assert_eq!((blind.status, kind(&blind)), (412, "changed"));
    let second = put(Some("\"1\""), json!({"title": "Stoves"}))
        .await
        .unwrap();
    assert_eq!(second.headers()["etag"], "\"2\"");
    let kept = office.get(&office.developer, &path).await;
    assert_eq!(kept["form"]["title"], "Stoves");
    for who in [&office.buyer, &office.certifier] {
        let other = office.ask(who, Method::GET, &path).send().await.unwrap();
        assert_eq!(other.status(), StatusCode::FORBIDDEN);
    }
    // Handing in ends the draft.
    let submit = submit_project(&office, case).await;
    office.act(&office.developer, case, submit).await;
    let gone = office.ask(&office.developer, Method::GET, &path);
    assert_eq!(gone.send().await.unwrap().status(), StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_period_belongs_to_the_owners_of_its_project() {
    let office = Office::open().await;
    let project = office.authorised_project().await;
    let new = json!({"flow": "monitoring", "parent": project, "title": "Mine", "owners": [office.buyer.organisation]});
    let stolen = crate::office::send(&office.world, &office.buyer, "/api/v1/cases", new).await;
    let refused = problem(stolen).await;
    assert_eq!(
        (refused.status, kind(&refused)),
        (422, "refused"),
        "{refused:?}"
    );
}
