//! What the country's policy asks of the five acts that weigh more: two people for each, and time for units that go to
//! strangers.

use countersign_protocol::permission::DEFAULT;
use countersign_protocol::workflow::preset;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::office::{self, Office, PASSWORD, Somebody, enrol, send};
use crate::world::{AGREEMENT, kind, problem, read};

const DAY_MS: u64 = 24 * 3_600_000;

async fn forbidden(response: reqwest::Response, what: &str) {
    let refused = problem(response).await;
    assert_eq!(
        (refused.status, kind(&refused)),
        (403, "forbidden"),
        "{what}: {}",
        refused.detail
    );
}

/// A process in which one official could do everything, if only the policy let it.
fn one_signature() -> String {
    let text = preset("small").unwrap();
    text.replace("quorum = 2\n", "")
        .replace("apart = [{ step = \"recommend\" }]\n", "")
}

/// The shipped matrix of a country that says outright that one official is enough.
fn single_official() -> String {
    let at = DEFAULT.find("[four_eyes]").unwrap();
    let end = DEFAULT[at..].find(']').unwrap() + at + 1;
    let list_end = DEFAULT[end..].find("]\n").unwrap() + end + 2;
    format!(
        "{}[four_eyes]\nactions = []\n{}",
        &DEFAULT[..at],
        &DEFAULT[list_end..]
    )
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn issuance_takes_two_people_whatever_the_process_says() {
    let office = Office::open_with(&one_signature(), DEFAULT).await;
    let project = office.authorised_project().await;
    // The official verifies nothing, so that whoever moved the case on last is the certifier: one official is a second person.
    let case = office.verified(project, 10).await;
    let issue =
        json!({"step": "issue", "issue": {"accounts": [office.accounts[0]], "unit_type": "ITMO"}});
    office.act(&office.officials[0], case, issue).await;
    assert_eq!(office.available(office.accounts[0]).await, 10);
    // With two signatures in the process, the same official gives one.
    let office = Office::open().await;
    let project = office.authorised_project().await;
    let case = office.verified(project, 10).await;
    let first = json!({"step": "issue"});
    office.act(&office.officials[0], case, first.clone()).await;
    let issue =
        json!({"step": "issue", "issue": {"accounts": [office.accounts[0]], "unit_type": "ITMO"}});
    forbidden(
        office
            .try_act(&office.officials[0], case, issue.clone())
            .await,
        "issue",
    )
    .await;
    office.act(&office.officials[1], case, issue).await;
    assert_eq!(office.available(office.accounts[0]).await, 10);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn authorisation_takes_two_people_whatever_the_process_says() {
    let office = Office::open_with(&one_signature(), DEFAULT).await;
    let case = office.recommended_project().await;
    let [first, second, _] = office.officials.as_slice() else {
        panic!("three officials");
    };
    let authorise = json!({"step": "authorise"});
    forbidden(
        office.try_act(first, case, authorise.clone()).await,
        "who recommended it",
    )
    .await;
    office.act(second, case, authorise).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_transfer_to_another_country_takes_two_people_whatever_the_process_says() {
    let office = Office::open_with(&one_signature(), DEFAULT).await;
    let (case, account) = office.government_request("border-transfer").await;
    let [first, second, _] = office.officials.as_slice() else {
        panic!("three officials");
    };
    let request = json!({"step": "request", "form": office::border_form(), "reserve": {"account": account,
        "units": {"tonnes": 5}, "fate": {"send": {"to": "CH", "agreement": AGREEMENT, "account": 7}}}});
    office.act(first, case, request).await;
    forbidden(
        office
            .try_act(first, case, json!({"step": "approve"}))
            .await,
        "who asked",
    )
    .await;
    office.act(second, case, json!({"step": "approve"})).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_log_key_takes_two_people() {
    let office = Office::open().await;
    let [first, second, _] = office.officials.as_slice() else {
        panic!("three officials");
    };
    let size = office.size().await;
    let asked = send(&office.world, first, "/api/v1/keys/rotate", json!({})).await;
    let asked: Value = read(asked, StatusCode::ACCEPTED, "keys/rotate").await;
    assert_eq!(office.size().await, size, "nothing is written yet");
    let decide = format!("/api/v1/proposals/{}", asked["proposal"]);
    let approve = json!({"approve": true});
    forbidden(
        send(&office.world, first, &decide, approve.clone()).await,
        "alone",
    )
    .await;
    let developer = send(&office.world, &office.developer, &decide, approve.clone()).await;
    forbidden(developer, "a developer").await;
    let seen = office.get(&office.developer, "/api/v1/proposals").await;
    assert_eq!(seen["items"], json!([]), "nor does a developer see it");
    let done = send(&office.world, second, &decide, approve.clone()).await;
    assert_eq!(done.status(), StatusCode::NO_CONTENT);
    assert!(office.size().await > size);
    let again = send(&office.world, second, &decide, approve).await;
    assert_eq!(again.status(), StatusCode::CONFLICT);
    // The operator is one person too: an official is the other.
    let asked: Value = office.world.post("/api/v1/keys/rotate", json!({})).await;
    let decide = format!("/api/v1/proposals/{}", asked["proposal"]);
    let alone = office.world.refuse(&decide, json!({"approve": true})).await;
    assert_eq!(alone.status, 403, "{}", alone.detail);
    let done = send(&office.world, first, &decide, json!({"approve": true})).await;
    assert_eq!(done.status(), StatusCode::NO_CONTENT);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_suspended_official_proposed_can_only_be_rejected() {
    let office = Office::open().await;
    let [first, second, third] = office.officials.as_slice() else {
        panic!("three officials");
    };
    let invite = json!({"email": "mine@gov.example", "name": "Mine", "language": "en",
        "organisation": first.organisation, "role": "administrator"});
    let role = format!("/api/v1/users/{}/role", third.user);
    let mut decide = Vec::new();
    for (path, body) in [
        ("/api/v1/keys/rotate", json!({})),
        ("/api/v1/invitations", invite),
        (role.as_str(), json!({"role": "viewer"})),
    ] {
        let asked = send(&office.world, first, path, body).await;
        let asked: Value = read(asked, StatusCode::ACCEPTED, path).await;
        decide.push(format!("/api/v1/proposals/{}", asked["proposal"]));
    }
    let act = |what: &str| format!("/api/v1/users/{}/{what}", first.user);
    let done = send(&office.world, third, &act("suspend"), json!({})).await;
    assert_eq!(done.status(), StatusCode::NO_CONTENT);
    let (size, mails) = (office.size().await, office.world.mails().len());
    for path in &decide {
        let late = send(&office.world, second, path, json!({"approve": true})).await;
        let late = problem(late).await;
        let code = late.code.as_deref();
        assert_eq!((late.status, code), (409, Some("user-state")), "{path}");
    }
    assert_eq!(
        (office.size().await, office.world.mails().len()),
        (size, mails)
    );
    let rejected = send(&office.world, second, &decide[1], json!({"approve": false})).await;
    assert_eq!(rejected.status(), StatusCode::NO_CONTENT);
    let done = send(&office.world, third, &act("reactivate"), json!({})).await;
    assert_eq!(done.status(), StatusCode::NO_CONTENT);
    let done = send(&office.world, second, &decide[0], json!({"approve": true})).await;
    assert_eq!(done.status(), StatusCode::NO_CONTENT);
    assert!(office.size().await > size);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_makes_a_second_official_alone() {
    let office = Office::open().await;
    let [first, second, _] = office.officials.as_slice() else {
        panic!("three officials");
    };
    let invite = json!({"email": "mine@gov.example", "name": "Also me", "language": "en",
        "organisation": first.organisation, "role": "administrator"});
    let mails = office.world.mails().len();
    let sent = send(&office.world, first, "/api/v1/invitations", invite.clone()).await;
    let sent: Value = read(sent, StatusCode::ACCEPTED, "invitations").await;
    assert_eq!(office.world.mails().len(), mails, "no link goes out");
    let again = format!("/api/v1/users/{}/invitations", sent["user"]);
    for who in [first, second] {
        let early = send(&office.world, who, &again, json!({})).await;
        let early = problem(early).await;
        assert_eq!((early.status, kind(&early)), (422, "rejected"));
    }
    assert_eq!(office.world.mails().len(), mails, "nor by asking again");
    let decide = format!("/api/v1/proposals/{}", sent["proposal"]);
    forbidden(
        send(&office.world, first, &decide, json!({"approve": true})).await,
        "alone",
    )
    .await;
    let done = send(&office.world, second, &decide, json!({"approve": true})).await;
    assert_eq!(done.status(), StatusCode::NO_CONTENT);
    let mail = office.world.mails().pop().unwrap();
    assert!(
        mail.contains("mine@gov.example") && mail.contains("csl_"),
        "{mail}"
    );
    // A viewer decides nothing, and who is rejected is forgotten.
    let viewer = json!({"email": "view@gov.example", "name": "Just looking", "language": "en",
        "organisation": first.organisation, "role": "viewer"});
    let sent = send(&office.world, first, "/api/v1/invitations", viewer).await;
    assert_eq!(sent.status(), StatusCode::CREATED);
    let mut other = invite;
    other["email"] = json!("other@gov.example");
    let sent = send(&office.world, first, "/api/v1/invitations", other).await;
    let sent: Value = read(sent, StatusCode::ACCEPTED, "invitations").await;
    let decide = format!("/api/v1/proposals/{}", sent["proposal"]);
    let done = send(&office.world, first, &decide, json!({"approve": false})).await;
    assert_eq!(done.status(), StatusCode::NO_CONTENT);
    let user = office
        .get(second, &format!("/api/v1/users/{}", sent["user"]))
        .await;
    assert_eq!(
        (&user["state"], &user["email"]),
        (&json!("erased"), &Value::Null)
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_root_gives_the_role_root() {
    let office = Office::open().await;
    let [first, second, _] = office.officials.as_slice() else {
        panic!("three officials");
    };
    let invite = json!({"email": "mine@gov.example", "name": "Mine", "language": "en",
        "organisation": first.organisation, "role": "root"});
    let role = format!("/api/v1/users/{}/role", second.user);
    for (path, body) in [
        ("/api/v1/invitations", invite),
        (role.as_str(), json!({"role": "root"})),
    ] {
        let refused = problem(send(&office.world, first, path, body).await).await;
        assert_eq!(refused.status, 422, "{path}: {}", refused.detail);
        assert_eq!(
            refused.errors[0].pointer.as_deref(),
            Some("/role"),
            "{path}"
        );
    }
    let proposals = office.get(first, "/api/v1/proposals").await;
    assert_eq!(proposals["items"], json!([]), "{proposals}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_country_with_one_official_says_so_in_its_policy() {
    let office = Office::open_with(&one_signature(), &single_official()).await;
    let only = &office.officials[0];
    let case = office.recommended_project().await;
    office.act(only, case, json!({"step": "authorise"})).await;
    let rotated = send(&office.world, only, "/api/v1/keys/rotate", json!({})).await;
    assert_eq!(rotated.status(), StatusCode::CREATED);
    let path = format!("/api/v1/users/{}/role", office.developer.user);
    let role = send(&office.world, only, &path, json!({"role": "viewer"})).await;
    assert_eq!(role.status(), StatusCode::OK);
}

/// The small process with a wait of a day, two across borders, and entries that count after three.
fn careful() -> String {
    let table = "[transfers]\ncooling_off_hours = 24\nborder_cooling_off_hours = 48\ntrusted_after_hours = 72\n\
                 max_tonnes = 50\n\n[[organisation]]";
    preset("small")
        .unwrap()
        .replacen("[[organisation]]", table, 1)
}

/// A request of the developer's for the buyer, handed in.
async fn asked(office: &Office, tonnes: u64) -> Result<u64, reqwest::Response> {
    let new = json!({"flow": "transfer", "title": "Units", "counterparty": office.buyer.organisation, "scopes": []});
    let case = office.case(&office.developer, new).await;
    let act = json!({"step": "send", "form": office::transfer_form(), "reserve": {"account": office.accounts[0],
        "units": {"tonnes": tonnes}, "fate": {"transfer": {"to": office.accounts[1]}}}});
    let answer = office.try_act(&office.developer, case, act).await;
    if answer.status().is_success() {
        Ok(case)
    } else {
        Err(answer)
    }
}

async fn accept(office: &Office, case: u64) -> reqwest::Response {
    office
        .try_act(&office.buyer, case, json!({"step": "accept"}))
        .await
}

async fn must_wait(response: reqwest::Response) {
    let waiting = problem(response).await;
    let code = waiting.code.as_deref();
    assert_eq!(
        (waiting.status, code),
        (409, Some("cooling-off")),
        "{}",
        waiting.detail
    );
}

/// Somebody else of the developer's organisation.
async fn colleague(office: &Office) -> Somebody {
    let ama = &office.developer;
    let invite = json!({"email": "abena@developer.example", "name": "Abena", "language": "en",
        "organisation": ama.organisation, "role": "manager"});
    let sent = send(&office.world, ama, "/api/v1/invitations", invite).await;
    assert_eq!(sent.status(), StatusCode::CREATED);
    let mail = office.world.mails().pop().unwrap();
    let at = mail.find("csl_").unwrap();
    let body = json!({"token": &mail[at..at + 68], "password": PASSWORD});
    let joined = office
        .world
        .bare(Method::POST, "/api/v1/invitations/accept")
        .json(&body);
    assert_eq!(
        joined.send().await.unwrap().status(),
        StatusCode::NO_CONTENT
    );
    office::sign_in(&office.world, "abena@developer.example", ama.organisation).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn units_for_a_stranger_wait_and_for_a_trusted_receiver_go_at_once() {
    let office = Office::open_with(&careful(), DEFAULT).await;
    let project = office.authorised_project().await;
    let verified = office.verified(project, 200).await;
    office.issue(verified).await;
    let too_much = problem(asked(&office, 51).await.unwrap_err()).await;
    assert_eq!(too_much.code.as_deref(), Some("untrusted-limit"));
    let case = asked(&office, 20).await.unwrap();
    must_wait(accept(&office, case).await).await;
    let view = office
        .get(&office.buyer, &format!("/api/v1/cases/{case}"))
        .await;
    assert!(view["cooling_off_ms"].as_u64().unwrap() > office.world.now_ms());
    let cancelled = asked(&office, 30).await.unwrap();
    office
        .act(
            &office.developer,
            cancelled,
            json!({"step": "cancel", "comment": "Not after all."}),
        )
        .await;
    assert_eq!(office.available(office.accounts[0]).await, 180);

    // Entered by two people of the organisation; it counts after three days.
    let receiver = json!({"organisation": office.buyer.organisation});
    let (ama, abena) = (&office.developer, colleague(&office).await);
    let entered = send(
        &office.world,
        ama,
        "/api/v1/trusted-receivers",
        json!({"receiver": receiver}),
    )
    .await;
    let entered: Value = read(entered, StatusCode::ACCEPTED, "trusted-receivers").await;
    let decide = format!("/api/v1/proposals/{}", entered["proposal"]);
    let approve = json!({"approve": true});
    forbidden(
        send(&office.world, ama, &decide, approve.clone()).await,
        "alone",
    )
    .await;
    let stranger = send(&office.world, &office.buyer, &decide, approve.clone()).await;
    assert_eq!(stranger.status(), StatusCode::NOT_FOUND);
    let done = send(&office.world, &abena, &decide, approve).await;
    assert_eq!(done.status(), StatusCode::NO_CONTENT);
    let listed = office.get(ama, "/api/v1/trusted-receivers").await;
    assert_eq!(listed["items"][0]["receiver"], receiver);
    must_wait(accept(&office, case).await).await;
    office.world.forward_ledger(DAY_MS);
    office
        .act(&office.buyer, case, json!({"step": "accept"}))
        .await;
    office.world.forward_ledger(2 * DAY_MS);
    let large = asked(&office, 60).await.unwrap();
    office
        .act(&office.buyer, large, json!({"step": "accept"}))
        .await;
    assert_eq!(office.available(office.accounts[1]).await, 80);

    // Taken out by one, at once; and others neither see nor change the list.
    let remove = json!({"organisation": ama.organisation, "receiver": receiver});
    let path = "/api/v1/trusted-receivers/remove";
    let stranger = send(&office.world, &office.buyer, path, remove.clone()).await;
    assert_eq!(stranger.status(), StatusCode::NOT_FOUND);
    let done = send(&office.world, &abena, path, remove).await;
    assert_eq!(done.status(), StatusCode::OK);
    let case = asked(&office, 10).await.unwrap();
    must_wait(accept(&office, case).await).await;
    let list = format!(
        "/api/v1/trusted-receivers?organisation={}",
        ama.organisation
    );
    let hidden = office
        .ask(&office.buyer, Method::GET, &list)
        .send()
        .await
        .unwrap();
    assert_eq!(hidden.status(), StatusCode::NOT_FOUND);
    office.get(&office.officials[0], &list).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_official_may_be_the_second_and_the_same_wait_holds_across_a_border() {
    let office = Office::open_with(&careful(), DEFAULT).await;
    let project = office.authorised_project().await;
    let verified = office.verified(project, 100).await;
    office.issue(verified).await;
    let new = json!({"flow": "border-transfer", "title": "Units for Switzerland", "scopes": []});
    let case = office.case(&office.developer, new).await;
    let request = json!({"step": "request", "form": office::border_form(), "reserve": {"account": office.accounts[0],
        "units": {"tonnes": 5}, "fate": {"send": {"to": "CH", "agreement": AGREEMENT, "account": 7}}}});
    office.act(&office.developer, case, request).await;
    let [first, second, _] = office.officials.as_slice() else {
        panic!("three officials");
    };
    let approve = json!({"step": "approve"});
    office.act(first, case, approve.clone()).await;
    must_wait(office.try_act(second, case, approve.clone()).await).await;
    let receiver = json!({"abroad": {"party": "CH", "account": 7}});
    let entered = send(
        &office.world,
        &office.developer,
        "/api/v1/trusted-receivers",
        json!({"receiver": receiver}),
    )
    .await;
    let entered: Value = read(entered, StatusCode::ACCEPTED, "trusted-receivers").await;
    let decide = format!("/api/v1/proposals/{}", entered["proposal"]);
    let done = send(&office.world, first, &decide, json!({"approve": true})).await;
    assert_eq!(done.status(), StatusCode::NO_CONTENT);
    must_wait(office.try_act(second, case, approve.clone()).await).await;
    office.world.forward_ledger(2 * DAY_MS);
    office.act(second, case, approve).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_official_signs_in_with_both_factors_from_the_second_time_on() {
    let office = Office::open().await;
    let ministry = office.officials[0].organisation;
    let who = office::invited(&office.world, "esi", ministry, "administrator").await;
    let secret = enrol(&office.world, &who).await;
    office.world.forward(60_000);
    let body = json!({"email": "esi@gov.example", "password": PASSWORD});
    let answer = office
        .world
        .bare(Method::POST, "/api/v1/sign-in")
        .json(&body);
    let answer: Value = read(answer.send().await.unwrap(), StatusCode::OK, "sign-in").await;
    assert!(answer["token"].is_null());
    let body = json!({"step": answer["step"], "code": office::code(&office.world, &secret)});
    let answer = office
        .world
        .bare(Method::POST, "/api/v1/sign-in/code")
        .json(&body);
    let answer: Value = read(answer.send().await.unwrap(), StatusCode::OK, "sign-in/code").await;
    assert_eq!(answer["second_factor_needed"], false);
}
