//! Who is told what by mail, and the inbox.

use countersign_protocol::permission::DEFAULT;
use countersign_protocol::workflow::preset;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::office::{Office, Somebody, project, send, submit_project, transfer_form};
use crate::world::{kind, problem, read};

const DAY_MS: u64 = 86_400_000;

/// The mails that went out since `before` mails had: the address and the subject of each, sorted.
fn news(office: &Office, before: usize) -> Vec<(String, String)> {
    let mails = office.world.mails();
    let header = |mail: &str, name: &str| {
        let mut lines = mail.lines();
        let found = lines.find_map(|line| line.strip_prefix(name));
        found.unwrap().to_owned()
    };
    let news = mails[before..].iter();
    let mut news: Vec<_> = news
        .map(|it| (header(it, "To: "), header(it, "Subject: ")))
        .collect();
    news.sort();
    news
}

fn to(news: &[(String, String)]) -> Vec<&str> {
    news.iter().map(|(to, _)| to.as_str()).collect()
}

async fn told(office: &Office) -> Vec<(String, String)> {
    let before = office.world.mails().len();
    let count = office.world.app.tell_news().await.unwrap();
    let news = news(office, before);
    assert_eq!(news.len(), count);
    news
}

/// A project that was handed in and waits for its certifier; nobody is told of anything yet.
async fn submitted(office: &Office) -> u64 {
    office.world.app.tell_news().await.unwrap();
    let case = office.case(&office.developer, project()).await;
    let submit = submit_project(office, case).await;
    office.act(&office.developer, case, submit).await;
    case
}

async fn validate(office: &Office, case: u64) {
    let validate = office.validation(case).await;
    office.act(&office.certifier, case, validate).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_user_whom_a_step_waits_for_is_told_once_also_across_a_restart() {
    let mut office = Office::open().await;
    let case = submitted(&office).await;
    let first = told(&office).await;
    assert_eq!(to(&first), ["cem@certifier.example"]);
    assert!(
        first[0].1.contains("Stoves on the outer islands"),
        "{first:?}"
    );
    let mail = office.world.mails().pop().unwrap();
    for part in [
        format!("Case {case}"),
        "Due: 20".to_owned(),
        "Since: 20".to_owned(),
    ] {
        assert!(mail.contains(&part), "{part}: {mail}");
    }
    assert_eq!(told(&office).await, []);
    office.world = office.world.restarted().await;
    assert_eq!(told(&office).await, []);
    // The next stage waits for every official, and for nobody who cannot act there.
    validate(&office, case).await;
    let second = told(&office).await;
    assert_eq!(
        to(&second),
        ["efua@gov.example", "kofi@gov.example", "yaa@gov.example"]
    );
    // Whoever brought the case there knows.
    let recommend = json!({"step": "recommend", "comment": "Complete and sound."});
    office.act(&office.officials[0], case, recommend).await;
    let third = told(&office).await;
    assert_eq!(to(&third), ["kofi@gov.example", "yaa@gov.example"]);
    // The first of two votes is no decision and nobody's news; the second tells the owner.
    let authorise = json!({"step": "authorise"});
    office
        .act(&office.officials[1], case, authorise.clone())
        .await;
    assert_eq!(told(&office).await, []);
    office.act(&office.officials[2], case, authorise).await;
    let last = told(&office).await;
    assert!(to(&last).contains(&"ama@developer.example"), "{last:?}");
    let mail = office
        .world
        .mails()
        .into_iter()
        .rev()
        .find(|it| it.contains("To: ama@developer.example"));
    let mail = mail.unwrap();
    assert!(
        mail.contains("Answer: yes") && mail.contains("of the ledger"),
        "{mail}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_is_told_to_the_owners_in_their_language() {
    let office = Office::open().await;
    let case = submitted(&office).await;
    validate(&office, case).await;
    let recommend = json!({"step": "recommend", "comment": "Complete and sound."});
    office.act(&office.officials[0], case, recommend).await;
    told(&office).await;
    let no = json!({"step": "authorise", "no": true, "comment": "Not now."});
    office.act(&office.officials[1], case, no).await;
    let told = told(&office).await;
    assert_eq!(to(&told), ["ama@developer.example"]);
    assert!(told[0].1.ends_with(", no"), "{told:?}");
    let mail = office.world.mails().pop().unwrap();
    assert!(
        !mail.contains("Not now."),
        "reasons are in the letter, not in the mail: {mail}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn each_day_to_remind_brings_one_reminder_and_the_inbox_shows_it() {
    let mut office = Office::open().await;
    let case = submitted(&office).await;
    told(&office).await;
    let inbox = office.get(&office.certifier, "/api/v1/inbox").await;
    let item = &inbox["items"][0];
    assert_eq!(
        (&item["case"], &item["step"]),
        (&json!(case), &json!("validate"))
    );
    assert_eq!(item["reminded_ms"], Value::Null);
    let since = item["since_ms"].as_u64().unwrap();
    let due = item["due_ms"].as_u64().unwrap();
    // What the process says about this step.
    let waiting: Value = office.world.get(&format!("/api/v1/cases/{case}")).await;
    let step = &waiting["waits_for"].as_array().unwrap()[0];
    assert_eq!(step["due_ms"].as_u64(), Some(due));
    let before = office.world.mails().len();
    let app = office.world.app.clone();
    assert_eq!(
        app.remind(since + DAY_MS).await.unwrap(),
        0,
        "no day has come"
    );
    let mut reminded = 0;
    let days = (due - since) / DAY_MS;
    for day in 1..=days {
        reminded += app.remind(since + day * DAY_MS).await.unwrap();
        assert_eq!(
            app.remind(since + day * DAY_MS).await.unwrap(),
            0,
            "once a day to remind"
        );
    }
    assert!(reminded >= 1, "the process names days to remind");
    drop(app);
    let mails = news(&office, before);
    assert_eq!(mails.len(), reminded);
    assert!(
        mails.iter().all(|(to, subject)| {
            to == "cem@certifier.example" && subject.starts_with("Reminder: ")
        }),
        "{mails:?}"
    );
    let inbox = office.get(&office.certifier, "/api/v1/inbox").await;
    assert!(inbox["items"][0]["reminded_ms"].is_u64(), "{inbox}");
    office.world = office.world.restarted().await;
    assert_eq!(
        office.world.app.remind(due - 1).await.unwrap(),
        0,
        "a restart reminds nobody again"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_turns_news_off_and_on_and_the_operator_is_nobody_to_be_told() {
    let office = Office::open().await;
    let ask = |method, body: Option<Value>| {
        let request = office.ask(&office.certifier, method, "/api/v1/me/notifications");
        match body {
            Some(body) => request.json(&body).send(),
            None => request.send(),
        }
    };
    let now: Value = read(ask(Method::GET, None).await.unwrap(), StatusCode::OK, "me").await;
    assert_eq!(now, json!({"mail": true}));
    let off = ask(Method::PUT, Some(json!({"mail": false})))
        .await
        .unwrap();
    let off: Value = read(off, StatusCode::OK, "me").await;
    assert_eq!(off, json!({"mail": false}));
    submitted(&office).await;
    assert_eq!(told(&office).await, []);
    // A code still comes.
    let before = office.world.mails().len();
    let reset = json!({"email": "cem@certifier.example"});
    let asked = office
        .world
        .bare(Method::POST, "/api/v1/password-reset")
        .json(&reset)
        .send()
        .await
        .unwrap();
    assert!(asked.status().is_success());
    for _ in 0..100 {
        if office.world.mails().len() > before {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    assert_eq!(to(&news(&office, before)), ["cem@certifier.example"]);
    let operator = office.world.ask(Method::GET, "/api/v1/me/notifications");
    assert_eq!(
        kind(&problem(operator.send().await.unwrap()).await),
        "forbidden"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_official_sees_what_waits_for_a_role_and_others_only_in_their_own_cases() {
    let office = Office::open().await;
    let case = submitted(&office).await;
    let ask = |who: &Somebody, query: &str| {
        let path = format!("/api/v1/inbox?{query}");
        let request = office.ask(who, Method::GET, &path);
        async move {
            let answer: Value = read(request.send().await.unwrap(), StatusCode::OK, &path).await;
            let items = answer["items"].as_array().unwrap().clone();
            let cases = items.iter().map(|it| it["case"].as_u64().unwrap());
            (cases.collect::<Vec<_>>(), items)
        }
    };
    let official = &office.officials[0];
    let (cases, items) = ask(official, "role=administrator&type=certifier").await;
    assert_eq!(cases, [case]);
    assert!(
        items[0]["by"]
            .as_array()
            .unwrap()
            .contains(&json!("certifier/administrator"))
    );
    assert!(items[0]["due_ms"].is_u64() && items[0]["since_ms"].is_u64());
    assert_eq!(
        ask(official, "role=administrator&type=government").await.0,
        [] as [u64; 0]
    );
    // Another developer may not look into the case, so it is in none of its lists.
    assert_eq!(
        ask(&office.buyer, "role=administrator").await.0,
        [] as [u64; 0]
    );
    assert_eq!(
        ask(&office.developer, "role=administrator&type=certifier")
            .await
            .0,
        [case]
    );
    let odd = office.ask(official, Method::GET, "/api/v1/inbox?type=certifier");
    assert_eq!(kind(&problem(odd.send().await.unwrap()).await), "malformed");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_operator_alone_sees_the_state_of_mail() {
    let office = Office::open().await;
    let state: Value = office.world.get("/api/v1/mail").await;
    assert_eq!(
        (&state["sink"], &state["waiting"], &state["dead"]),
        (&json!("folder"), &json!(0), &json!(0))
    );
    assert!(state["sent"].as_u64().unwrap() > 0);
    let refused = office.ask(&office.officials[0], Method::GET, "/api/v1/mail");
    assert_eq!(
        kind(&problem(refused.send().await.unwrap()).await),
        "forbidden"
    );
    let none = office
        .world
        .ask(Method::POST, "/api/v1/mail/retry")
        .json(&json!({"mail": 7}));
    assert_eq!(
        kind(&problem(none.send().await.unwrap()).await),
        "not-found"
    );
    let list = office.world.refuse("/api/v1/mail/retry", json!([])).await;
    assert_eq!((list.status, kind(&list)), (422, "invalid"));
    let all: Value = office.world.post("/api/v1/mail/retry", json!({})).await;
    assert_eq!(all, json!({"mails": 0}));
    let metrics = office
        .world
        .bare(Method::GET, "/metrics")
        .send()
        .await
        .unwrap();
    let metrics = metrics.text().await.unwrap();
    assert!(metrics.contains("countersign_mail_dead 0"), "{metrics}");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_brought_a_case_to_its_stage_is_not_told_of_it_though_the_next_step_may_be_theirs()
{
    let apart = "apart = [{ step = \"recommend\" }]\n";
    let text = preset("small").unwrap();
    assert!(text.contains(apart));
    let office = Office::open_with(&text.replace(apart, ""), DEFAULT).await;
    let case = submitted(&office).await;
    validate(&office, case).await;
    told(&office).await;
    let recommend = json!({"step": "recommend", "comment": "Complete and sound."});
    office.act(&office.officials[0], case, recommend).await;
    let told = told(&office).await;
    assert_eq!(to(&told), ["kofi@gov.example", "yaa@gov.example"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_told_of_a_step_that_the_countrys_matrix_keeps_from_them() {
    let validate = "\"project-validate\", ";
    assert!(DEFAULT.contains(validate));
    let matrix = DEFAULT.replace(validate, "");
    let office = Office::open_with(preset("small").unwrap(), &matrix).await;
    submitted(&office).await;
    assert_eq!(told(&office).await, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_ended_before_anybody_was_told_waits_for_nobody() {
    let office = Office::open().await;
    let project = office.authorised_project().await;
    let verified = office.verified(project, 100).await;
    office.issue(verified).await;
    let registered = office.case_of_organisation(&office.developer).await;
    told(&office).await;
    let new = json!({"flow": "transfer", "title": "Units", "counterparty": office.buyer.organisation, "scopes": []});
    let case = office.case(&office.developer, new).await;
    let send = json!({"step": "send", "form": transfer_form(), "reserve": {"account": office.accounts[0],
        "units": {"tonnes": 5}, "fate": {"transfer": {"to": office.accounts[1]}}}});
    office.act(&office.developer, case, send).await;
    let suspend = json!({"step": "suspend", "comment": "An inquiry."});
    office.act(&office.officials[0], registered, suspend).await;
    let told = told(&office).await;
    assert!(!to(&told).contains(&"ben@developer.example"), "{told:?}");
    assert!(to(&told).contains(&"ama@developer.example"), "{told:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_who_is_suspended_is_told_nothing() {
    let office = Office::open().await;
    let case = submitted(&office).await;
    let path = format!("/api/v1/users/{}/suspend", office.officials[2].user);
    let done = send(&office.world, &office.officials[0], &path, json!({})).await;
    assert_eq!(done.status(), StatusCode::NO_CONTENT);
    validate(&office, case).await;
    let told = told(&office).await;
    assert!(!to(&told).contains(&"yaa@gov.example"), "{told:?}");
    assert!(to(&told).contains(&"kofi@gov.example"), "{told:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_who_was_erased_is_told_nothing() {
    let office = Office::open().await;
    office.world.app.tell_news().await.unwrap();
    let case = submitted(&office).await;
    validate(&office, case).await;
    let gone = &office.officials[2];
    let path = format!("/api/v1/users/{}/erase", gone.user);
    let done = office
        .world
        .ask(Method::POST, &path)
        .json(&json!({}))
        .send()
        .await
        .unwrap();
    assert!(done.status().is_success());
    assert_eq!(
        to(&told(&office).await),
        ["efua@gov.example", "kofi@gov.example"]
    );
    // The others go on.
    office.get(&office.officials[0], "/api/v1/me").await;
}
