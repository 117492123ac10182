//! The mistakes of registries that were there before: each has a test that shows that it cannot happen here. Those that have
//! one elsewhere are named in the list, which is held against the tests' own text.

use std::path::Path;
use std::sync::Mutex;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::catalogue::{Named, are_there};
use crate::common;
use crate::office::{self, Office, PASSWORD, enrol, send};
use crate::world::{PUBLIC_URL, kind, problem, read};

/// Each mistake, and the tests that show that it cannot be made here.
const MISTAKES: &[Named] = &[
    (
        "passwords in plain text",
        &[
            "no_secret_lies_in_a_file_goes_into_a_log_or_a_mail",
            "no_password_or_token_lies_in_the_file_or_goes_into_a_log",
        ],
    ),
    (
        "the role as of the sign-in",
        &[
            "a_role_needs_two_officials_and_counts_at_once",
            "a_role_change_works_at_once_in_an_open_session",
            "passkeys_of_suspended_and_erased_users_open_nothing",
        ],
    ),
    (
        "SQL from what clients name",
        &[
            "nothing_that_a_client_writes_reaches_sql",
            "lists_are_filtered_ordered_and_read_page_by_page",
        ],
    ),
    (
        "lost updates",
        &["a_draft_is_never_saved_over_what_its_writer_has_not_read"],
    ),
    (
        "credits that go nowhere from their receiver",
        &["received_units_move_on_and_retire"],
    ),
    (
        "who has an account",
        &[
            "nobody_learns_who_has_an_account",
            "nobody_learns_from_a_challenge_who_has_an_account_and_nobody_holds_many",
        ],
    ),
    (
        "API keys in clear",
        &[
            "no_secret_lies_in_a_file_goes_into_a_log_or_a_mail",
            "a_key_opens_what_it_was_made_for_and_ends_with_its_user",
        ],
    ),
    (
        "reset links used again, forged or late",
        &["a_link_works_once_and_not_for_long_and_a_forged_one_never"],
    ),
    (
        "tokens forged or late",
        &["a_token_that_is_forged_or_late_opens_nothing"],
    ),
    (
        "registrations that count without approval",
        &["a_registered_organisation_waits_for_its_approval"],
    ),
    (
        "suspension half way",
        &[
            "a_suspension_is_whole_or_not_at_all",
            "a_suspended_organisation_changes_no_list_and_enters_none",
        ],
    ),
    (
        "a ministry outside its sector",
        &["each_ministry_sees_and_decides_in_its_own_sectors_and_nowhere_else"],
    ),
    (
        "parts of a tonne",
        &["an_amount_is_a_whole_number_of_tonnes"],
    ),
    (
        "logs without a sign-in",
        &["what_is_not_public_needs_a_sign_in"],
    ),
    (
        "secrets that come with the program",
        &["short_passphrases_and_foreign_registries_are_refused_before_anything_is_made"],
    ),
    (
        "documents behind addresses that can be guessed",
        &["a_document_is_not_found_by_guessing"],
    ),
    (
        "what a request says about its host",
        &["nothing_follows_from_what_a_request_says_about_its_host"],
    ),
    (
        "pages of other origins that call",
        &["no_page_of_another_origin_may_read_an_answer"],
    ),
];

#[test]
fn every_mistake_has_its_test() {
    are_there(MISTAKES);
}

/// Everything that the node writes to its journal.
struct Ear;

static HEARD: Mutex<String> = Mutex::new(String::new());

struct Line<'a>(&'a mut String);

impl tracing::field::Visit for Line<'_> {
    fn record_debug(&mut self, field: &tracing::field::Field, value: &dyn std::fmt::Debug) {
        self.0.push_str(&format!(" {field}={value:?}"));
    }
}

impl tracing::Subscriber for Ear {
    fn enabled(&self, _: &tracing::Metadata<'_>) -> bool {
        true
    }
    fn new_span(&self, span: &tracing::span::Attributes<'_>) -> tracing::span::Id {
        span.record(&mut Line(&mut HEARD.lock().unwrap()));
        tracing::span::Id::from_u64(1)
    }
    fn record(&self, _: &tracing::span::Id, values: &tracing::span::Record<'_>) {
        values.record(&mut Line(&mut HEARD.lock().unwrap()));
    }
    fn record_follows_from(&self, _: &tracing::span::Id, _: &tracing::span::Id) {}
    fn event(&self, event: &tracing::Event<'_>) {
        event.record(&mut Line(&mut HEARD.lock().unwrap()));
    }
    fn enter(&self, _: &tracing::span::Id) {}
    fn exit(&self, _: &tracing::span::Id) {}
}

/// The files below a folder that hold some bytes, but for those whose work it is.
fn holders(folder: &Path, needle: &[u8], except: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if except.contains(&name.as_str()) {
            continue;
        }
        if path.is_dir() {
            found.extend(holders(&path, needle, except));
        } else if std::fs::read(&path)
            .is_ok_and(|bytes| bytes.windows(needle.len()).any(|it| it == needle))
        {
            found.push(path.display().to_string());
        }
    }
    found
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_secret_lies_in_a_file_goes_into_a_log_or_a_mail() {
    let _ = tracing::subscriber::set_global_default(Ear);
    let office = Office::open().await;
    let ama = &office.developer;
    let mut secrets = vec![
        PASSWORD.to_owned(),
        ama.token.clone(),
        office.officials[0].token.clone(),
        office.world.token.clone(),
    ];
    let wrong = "a wrong password of mine";
    let guess = json!({"email": "ama@developer.example", "password": wrong});
    let guess = office
        .world
        .bare(Method::POST, "/api/v1/sign-in")
        .json(&guess);
    assert_eq!(
        guess.send().await.unwrap().status(),
        StatusCode::UNAUTHORIZED
    );
    secrets.push(wrong.to_owned());
    let soon = office.world.now_ms() + 3_600_000;
    let new = json!({"label": "sync", "actions": ["units-read"], "expires_ms": soon});
    let key: Value = send(&office.world, ama, "/api/v1/me/api-keys", new)
        .await
        .json()
        .await
        .unwrap();
    secrets.push(
        key["key"]
            .as_str()
            .unwrap()
            .rsplit('_')
            .next()
            .unwrap()
            .to_owned(),
    );
    let listed = office.get(ama, "/api/v1/me/api-keys").await.to_string();
    assert!(!listed.contains(secrets.last().unwrap()));
    secrets.push(enrol(&office.world, ama).await);
    let drawn = send(&office.world, ama, "/api/v1/me/recovery-codes", json!({})).await;
    let drawn: Value = drawn.json().await.unwrap();
    let codes = drawn["codes"].as_array().unwrap();
    secrets.extend(codes.iter().map(|code| code.as_str().unwrap().to_owned()));
    let changed = json!({"old": PASSWORD, "password": "another long sentence of mine"});
    let changed = send(&office.world, ama, "/api/v1/me/password", changed).await;
    assert_eq!(changed.status(), StatusCode::NO_CONTENT);
    secrets.push("another long sentence of mine".to_owned());
    let personal = "My neighbour owes me money.";
    let case = office.case(ama, office::project()).await;
    let withdraw = json!({"step": "withdraw", "comment": personal});
    office.act(ama, case, withdraw).await;

    let folder = office.world.root();
    // The token that the operator was given lies where it was put; links are in the mails that carry them.
    let heard = HEARD.lock().unwrap().clone();
    assert!(!heard.is_empty(), "the ear must hear something");
    assert!(
        !holders(folder, b"ama@developer.example", &[]).is_empty(),
        "the search must find what is there"
    );
    for secret in &secrets {
        let found = holders(folder, secret.as_bytes(), &["token"]);
        assert!(found.is_empty(), "{secret} lies in {found:?}");
        assert!(
            !heard.contains(secret.as_str()),
            "{secret} is in the journal"
        );
    }
    for words in [personal, "ama@developer.example"] {
        let in_journal = heard.contains(words);
        assert!(!in_journal, "{words} is in the journal");
    }
    // What a person wrote is in the node's private files, and not in the ledger's.
    assert!(holders(&folder.join("ledger"), personal.as_bytes(), &[]).is_empty());
    assert!(holders(&folder.join("ledger"), b"ama@developer.example", &[]).is_empty());
}

/// Percent-encoding of everything.
fn percent(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_that_a_client_writes_reaches_sql() {
    let office = Office::open().await;
    let official = &office.officials[0];
    let lists: &[(&str, &[&str])] = &[
        (
            "organisations",
            &["kind", "type", "standing", "q", "sort", "after"],
        ),
        (
            "projects",
            &["organisation", "scope", "standing", "q", "sort", "after"],
        ),
        (
            "cases",
            &[
                "kind",
                "flow",
                "stage",
                "owner",
                "certifier",
                "project",
                "parent",
                "ended",
                "waits_for",
                "waits_for_type",
                "due_before_ms",
                "q",
                "sort",
                "after",
            ],
        ),
        (
            "holdings",
            &[
                "project",
                "vintage",
                "account",
                "organisation",
                "place",
                "unit_type",
                "origin",
                "sort",
                "after",
            ],
        ),
        (
            "transfers",
            &[
                "direction",
                "state",
                "partner",
                "agreement",
                "account",
                "q",
                "sort",
                "after",
            ],
        ),
        (
            "retirements",
            &[
                "account",
                "organisation",
                "kind",
                "purpose",
                "project",
                "vintage",
                "sort",
                "after",
            ],
        ),
        ("search", &["q"]),
        ("users", &["organisation", "after"]),
    ];
    let before = office.get(official, "/api/v1/organisations").await;
    let injections = [
        "' OR '1'='1",
        "1 OR 1=1",
        "'; DROP TABLE organisations; --",
        "name; SELECT 1",
        "number\" DESC, (SELECT 1)--",
        "-name, (select sqlite_version())",
        "%' ESCAPE '",
        "${jndi:ldap://x}",
        "1 UNION SELECT password FROM users",
        "\u{0}",
        "\\",
        "x'||(select 1)||'",
    ];
    for (list, parameters) in lists {
        for parameter in *parameters {
            for injection in injections {
                let path = format!("/api/v1/{list}?{parameter}={}", percent(injection));
                let answer = office
                    .ask(official, Method::GET, &path)
                    .send()
                    .await
                    .unwrap();
                let status = answer.status().as_u16();
                let text = answer.text().await.unwrap();
                assert!(
                    [200, 400, 404].contains(&status),
                    "{list}?{parameter}={injection}: {status} {text}"
                );
                let leaks = ["sqlite", "syntax", "SELECT", "PostgreSQL"]
                    .iter()
                    .any(|word| text.contains(word) && !injection.contains(word));
                assert!(!leaks, "{list}?{parameter}={injection}: {text}");
                let free = matches!(*parameter, "q" | "flow" | "stage" | "agreement" | "type");
                if status == 200 && free && injection != "\u{0}" && *list != "search" {
                    let found: Value = serde_json::from_str(&text).unwrap();
                    assert_eq!(found["items"], json!([]), "{list}?{parameter}={injection}");
                }
            }
        }
    }
    let after = office.get(official, "/api/v1/organisations").await;
    assert_eq!(before, after);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_draft_is_never_saved_over_what_its_writer_has_not_read() {
    let office = Office::open().await;
    let case = office.case(&office.developer, office::project()).await;
    let path = format!("/api/v1/cases/{case}/drafts/submit");
    let save = |version: Option<&str>, title: &str| {
        let mut request = office.ask(&office.developer, Method::PUT, &path);
        if let Some(version) = version {
            request = request.header("If-Match", version);
        }
        request.json(&json!({"title": title})).send()
    };
    let first = save(None, "One").await.unwrap();
    let version = first.headers()["etag"].to_str().unwrap().to_owned();
    let second = save(Some(&version), "Two").await.unwrap();
    assert!(second.status().is_success());
    let newest = second.headers()["etag"].to_str().unwrap().to_owned();
    for stale in [Some(version.as_str()), None] {
        let lost = problem(save(stale, "Three").await.unwrap()).await;
        assert_eq!((lost.status, kind(&lost)), (412, "changed"));
    }
    // Nor is it thrown away unread.
    let discard = |version: &str| {
        let request = office.ask(&office.developer, Method::DELETE, &path);
        request.header("If-Match", version).send()
    };
    let lost = problem(discard(&version).await.unwrap()).await;
    assert_eq!((lost.status, kind(&lost)), (412, "changed"));
    let kept = office.get(&office.developer, &path).await;
    assert_eq!(kept["form"]["title"], "Two", "{kept}");
    let gone = discard(&newest).await.unwrap();
    assert_eq!(gone.status(), StatusCode::NO_CONTENT);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn received_units_move_on_and_retire() {
    let office = Office::open().await;
    let project = office.authorised_project().await;
    let verified = office.verified(project, 30).await;
    office.issue(verified).await;
    let [first, second] = office.accounts;
    office
        .transfer(&office.developer, first, &office.buyer, second, 20)
        .await;
    assert_eq!(office.available(second).await, 20);
    // On to somebody else, here back again, and used by whoever received them.
    office
        .transfer(&office.buyer, second, &office.developer, first, 5)
        .await;
    let new = json!({"flow": "retirement", "title": "Used", "scopes": []});
    let case = office.case(&office.buyer, new).await;
    let act = json!({"step": "request", "form": {"purpose": "voluntary", "beneficiary": "Airline", "units": ["GH-1"]},
        "reserve": {"account": second, "units": {"tonnes": 15},
            "fate": {"retire": {"kind": "retire", "purpose": "voluntary", "beneficiary": "Airline"}}}});
    office.act(&office.buyer, case, act).await;
    office
        .act(&office.officials[0], case, json!({"step": "approve"}))
        .await;
    assert_eq!(
        (
            office.available(first).await,
            office.available(second).await
        ),
        (15, 0)
    );
    let retired = office.get(&office.buyer, "/api/v1/retirements").await;
    assert_eq!(retired["items"][0]["account"], second, "{retired}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_learns_who_has_an_account() {
    let office = Office::open().await;
    let suspended = format!("/api/v1/users/{}/suspend", office.buyer.user);
    assert!(
        send(&office.world, &office.officials[0], &suspended, json!({}))
            .await
            .status()
            .is_success()
    );
    let (known, unknown, stopped) = (
        "ama@developer.example",
        "nobody@developer.example",
        "ben@developer.example",
    );
    let post =
        |path: &'static str, body: Value| office.world.bare(Method::POST, path).json(&body).send();
    let mut answers = Vec::new();
    let mut hashed = Vec::new();
    for email in [known, unknown, stopped] {
        let before = office.world.people.password_checks();
        for _ in 0..4 {
            let body = json!({"email": email, "password": "not the right one at all"});
            let refused = problem(post("/api/v1/sign-in", body).await.unwrap()).await;
            answers.push((refused.status, refused.detail));
        }
        hashed.push(office.world.people.password_checks() - before);
    }
    // The time that an answer takes is that of hashing one password, whoever is asked for.
    assert_eq!(hashed, [4, 4, 4]);
    // The right password of somebody who is suspended reads the same too.
    let body = json!({"email": stopped, "password": PASSWORD});
    let refused = problem(post("/api/v1/sign-in", body).await.unwrap()).await;
    answers.push((refused.status, refused.detail));
    answers.dedup();
    assert_eq!(answers.len(), 1, "{answers:?}");
    let mut told = Vec::new();
    for email in [known, unknown, stopped, "not an address"] {
        let answer = post("/api/v1/password-reset", json!({"email": email}))
            .await
            .unwrap();
        told.push((answer.status(), answer.text().await.unwrap()));
    }
    told.dedup();
    assert_eq!(told, [(StatusCode::ACCEPTED, String::new())]);
    // An address that has an account is invited like any other: only its mailbox learns.
    let invite = json!({"email": known, "name": "Ama again", "language": "en",
        "organisation": office.certifier.organisation, "role": "viewer"});
    let sent = send(
        &office.world,
        &office.certifier,
        "/api/v1/invitations",
        invite,
    )
    .await;
    assert_eq!(sent.status(), StatusCode::CREATED);
    let again = json!({"organisation": "Another", "organisation_type": "developer", "email": known,
        "name": "Ama", "language": "en"});
    let again = office
        .world
        .bare(Method::POST, "/api/v1/registrations")
        .json(&again);
    let again = again.header("Idempotency-Key", common::request().to_string());
    assert_eq!(again.send().await.unwrap().status(), StatusCode::CREATED);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_link_works_once_and_not_for_long_and_a_forged_one_never() {
    let office = Office::open().await;
    let post =
        |path: &'static str, body: Value| office.world.bare(Method::POST, path).json(&body).send();
    let link = || async {
        let body = json!({"email": "ama@developer.example"});
        let asked = post("/api/v1/password-reset", body).await.unwrap();
        assert_eq!(asked.status(), StatusCode::ACCEPTED);
        let mail = office.world.mails().pop().unwrap();
        let at = mail.find("csl_").unwrap();
        mail[at..at + 68].to_owned()
    };
    let complete = |token: String, password: &'static str| {
        post(
            "/api/v1/password-reset/complete",
            json!({"token": token, "password": password}),
        )
    };
    let first = link().await;
    let short = problem(complete(first.clone(), "short").await.unwrap()).await;
    assert_eq!(
        (short.status, short.errors[0].pointer.as_deref()),
        (422, Some("/password"))
    );
    let done = complete(first.clone(), "a new and long sentence")
        .await
        .unwrap();
    assert_eq!(done.status(), StatusCode::NO_CONTENT);
    let gone = office
        .ask(&office.developer, Method::GET, "/api/v1/me")
        .send()
        .await
        .unwrap();
    assert_eq!(
        gone.status(),
        StatusCode::UNAUTHORIZED,
        "every session has ended"
    );
    let late = link().await;
    office.world.forward(30 * 60_000);
    for token in [first, late, format!("csl_{}", "0".repeat(64))] {
        let refused = problem(complete(token, "another long sentence").await.unwrap()).await;
        assert_eq!((refused.status, kind(&refused)), (422, "rejected"));
    }
    let garbled = problem(
        complete("csl_'; --".to_owned(), "another long sentence")
            .await
            .unwrap(),
    )
    .await;
    assert_eq!(garbled.status, 422);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_that_is_forged_or_late_opens_nothing() {
    let office = Office::open().await;
    let ama = &office.developer;
    let me = |token: &str| {
        office
            .world
            .bare(Method::GET, "/api/v1/me")
            .bearer_auth(token)
            .send()
    };
    let zeros = "0".repeat(64);
    let mut near = ama.token.clone();
    near.replace_range(
        near.len() - 1..,
        if near.ends_with('0') { "1" } else { "0" },
    );
    for token in [
        near,
        format!("css_{zeros}"),
        format!("cst_{zeros}"),
        format!("csk_{}_{zeros}", "0".repeat(16)),
        ama.token.to_uppercase(),
        String::new(),
        // A JSON web token without a signature, as a well-known mistake takes it.
        "eyJhbGciOiJub25lIn0.eyJyb2xlIjoicm9vdCJ9.".to_owned(),
    ] {
        let refused = me(&token).await.unwrap();
        assert_eq!(refused.status(), StatusCode::UNAUTHORIZED, "{token}");
    }
    assert_eq!(me(&ama.token).await.unwrap().status(), StatusCode::OK);
    office.world.forward(59 * 60_000);
    assert_eq!(
        me(&ama.token).await.unwrap().status(),
        StatusCode::OK,
        "used within the hour"
    );
    office.world.forward(60 * 60_000);
    assert_eq!(
        me(&ama.token).await.unwrap().status(),
        StatusCode::UNAUTHORIZED,
        "idle"
    );
    let again = office::sign_in(&office.world, "ama@developer.example", ama.organisation).await;
    for _ in 0..14 {
        office.world.forward(55 * 60_000);
        let _ = me(&again.token).await.unwrap();
    }
    assert_eq!(
        me(&again.token).await.unwrap().status(),
        StatusCode::UNAUTHORIZED,
        "twelve hours are over"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_registered_organisation_waits_for_its_approval() {
    let office = Office::open().await;
    let body = json!({"organisation": "Newcomer", "organisation_type": "developer",
        "email": "new@developer.example", "name": "New", "language": "en"});
    let made = office
        .world
        .bare(Method::POST, "/api/v1/registrations")
        .json(&body);
    let made = made
        .header("Idempotency-Key", common::request().to_string())
        .send()
        .await
        .unwrap();
    let made: Value = read(made, StatusCode::CREATED, "registrations").await;
    let organisation = u32::try_from(made["organisation"].as_u64().unwrap()).unwrap();
    let mail = office.world.mails().pop().unwrap();
    let at = mail.find("csl_").unwrap();
    let body = json!({"token": &mail[at..at + 68], "password": PASSWORD});
    let joined = office
        .world
        .bare(Method::POST, "/api/v1/invitations/accept")
        .json(&body);
    assert!(joined.send().await.unwrap().status().is_success());
    let who = office::sign_in(&office.world, "new@developer.example", organisation).await;
    let me = office.get(&who, "/api/v1/me").await;
    assert_eq!(me["standing"], "pending");
    let account =
        json!({"organisation": organisation, "name": "Holding", "kind": "entity_holding"});
    for (path, body) in [
        ("/api/v1/cases", office::project()),
        ("/api/v1/accounts", account),
    ] {
        let refused = problem(send(&office.world, &who, path, body).await).await;
        assert_eq!(
            (refused.status, kind(&refused)),
            (403, "forbidden"),
            "{path}"
        );
    }
    // It cannot approve itself either, nor can anybody but an official.
    let open = json!({"flow": "organisation", "title": "Newcomer"});
    let case = office.case(&who, open).await;
    for other in [&who, &office.developer, &office.certifier] {
        let status = office
            .try_act(other, case, json!({"step": "approve"}))
            .await
            .status()
            .as_u16();
        assert!([403, 404].contains(&status), "{status}");
    }
    // The operator enters no organisation past its approval either: what takes a case waits for it.
    let enrolled: Value = office
        .world
        .post(
            "/api/v1/enrolments",
            json!({"name": "Third", "organisation_type": "developer"}),
        )
        .await;
    let account = json!({"organisation": enrolled["made"]["id"], "name": "Holding", "kind": "entity_holding"});
    let refused = office.world.refuse("/api/v1/accounts", account).await;
    assert_eq!(
        refused.code.as_deref(),
        Some("organisation-standing"),
        "{}",
        refused.detail
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_suspension_is_whole_or_not_at_all() {
    let office = Office::open().await;
    let project = office.authorised_project().await;
    let verified = office.verified(project, 30).await;
    office.issue(verified).await;
    let [account, to] = office.accounts;
    let new = json!({"flow": "transfer", "title": "Units", "counterparty": office.buyer.organisation, "scopes": []});
    let open = office.case(&office.developer, new).await;
    let act = json!({"step": "send", "form": office::transfer_form(), "reserve": {"account": account,
        "units": {"tonnes": 10}, "fate": {"transfer": {"to": to}}}});
    office.act(&office.developer, open, act).await;
    assert_eq!(office.available(account).await, 20);
    let own = office.case_of_organisation(&office.developer).await;
    let suspend = json!({"step": "suspend", "comment": "An inquiry is under way."});
    let tried = office
        .try_act(&office.officials[0], own, suspend.clone())
        .await;
    assert!(
        tried.status().is_success(),
        "{}",
        tried.text().await.unwrap()
    );
    // One record did all of it: nothing can stop between its parts.
    assert_eq!(
        office.available(account).await,
        30,
        "what was reserved is free again, and stays"
    );
    let view = office
        .get(&office.buyer, &format!("/api/v1/cases/{open}"))
        .await;
    assert!(view["end"].to_string().contains("suspended"), "{view}");
    let late = problem(
        office
            .try_act(&office.buyer, open, json!({"step": "accept"}))
            .await,
    )
    .await;
    assert_eq!(late.code.as_deref(), Some("case-cancelled"));
    let acting = problem(
        send(
            &office.world,
            &office.developer,
            "/api/v1/cases",
            office::project(),
        )
        .await,
    )
    .await;
    assert_eq!((acting.status, kind(&acting)), (403, "forbidden"));
    office
        .get(&office.developer, &format!("/api/v1/accounts/{account}"))
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_amount_is_a_whole_number_of_tonnes() {
    let office = Office::open().await;
    let project = office.authorised_project().await;
    let verified = office.verified(project, 30).await;
    office.issue(verified).await;
    let new = json!({"flow": "transfer", "title": "Units", "counterparty": office.buyer.organisation, "scopes": []});
    let case = office.case(&office.developer, new).await;
    for amount in [
        "1.5",
        "0.1",
        "-1",
        "1e1",
        "18446744073709551616",
        "\"5\"",
        "null",
        "0",
    ] {
        let text = format!(
            r#"{{"step": "send", "form": {{"receiver": 1, "units": ["GH-1"]}}, "reserve": {{"account": {}, "units": {{"tonnes": {amount}}}, "fate": {{"transfer": {{"to": {}}}}}}}}}"#,
            office.accounts[0], office.accounts[1]
        );
        let request = office.ask(
            &office.developer,
            Method::POST,
            &format!("/api/v1/cases/{case}/acts"),
        );
        let request = request
            .header("Idempotency-Key", common::request().to_string())
            .header("Content-Type", "application/json")
            .body(text);
        let refused = problem(request.send().await.unwrap()).await;
        assert_eq!(refused.status, 422, "{amount}: {}", refused.detail);
    }
    assert_eq!(office.available(office.accounts[0]).await, 30);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_not_public_needs_a_sign_in() {
    let office = Office::open().await;
    let user = office.developer.user;
    for path in [
        format!("users/{user}/audit"),
        format!("users/{user}"),
        "users".to_owned(),
        "proposals".to_owned(),
        "standing-holds".to_owned(),
        "inbox".to_owned(),
        "me".to_owned(),
        "me/sessions".to_owned(),
        "me/api-keys".to_owned(),
        "me/passkeys".to_owned(),
        "trusted-receivers".to_owned(),
        "holdings".to_owned(),
        "accounts".to_owned(),
        "partners".to_owned(),
        "agreements".to_owned(),
        "invite".to_owned(),
    ] {
        let refused = office.world.bare(Method::GET, &format!("/api/v1/{path}"));
        let refused = problem(refused.send().await.unwrap()).await;
        assert_eq!(
            (refused.status, kind(&refused)),
            (401, "not-authorised"),
            "{path}"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_document_is_not_found_by_guessing() {
    let office = Office::open().await;
    let case = office.case(&office.developer, office::project()).await;
    let submit = office::submit_project(&office, case).await;
    office.act(&office.developer, case, submit.clone()).await;
    let documents = format!("/api/v1/cases/{case}/documents");
    let listed = office.get(&office.developer, &documents).await;
    let id = listed["items"][0]["document"].as_u64().unwrap();
    assert!(id > 1_000_000, "ids are drawn, not counted: {id}");
    let hash = submit["documents"][0]["sha256"].as_str().unwrap();
    let mut paths: Vec<String> = (0..50)
        .map(|id| format!("/api/v1/documents/{id}"))
        .collect();
    for near in [id - 1, id, id + 1] {
        paths.push(format!("/api/v1/documents/{near}"));
    }
    paths.extend([
        format!("/api/v1/documents/{hash}"),
        format!("/documents/{id}"),
        format!("/documents/{hash}"),
        "/api/v1/documents/..%2f..%2fpeople.sqlite".to_owned(),
        "/documents/../private/people.sqlite".to_owned(),
        "/private/people.sqlite".to_owned(),
    ]);
    for path in &paths {
        let hidden = office.world.bare(Method::GET, path).send().await.unwrap();
        assert!(
            [400, 404].contains(&hidden.status().as_u16()),
            "{path}: {}",
            hidden.status()
        );
        assert!(!hidden.headers().contains_key("content-disposition"));
    }
    let stranger = office
        .world
        .bare(Method::GET, &documents)
        .send()
        .await
        .unwrap();
    let stranger: Value = read(stranger, StatusCode::OK, &documents).await;
    assert_eq!(stranger["items"], json!([]), "not even that it is there");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_follows_from_what_a_request_says_about_its_host() {
    let office = Office::open().await;
    let evil = "evil.example";
    let dressed = |path: &str| {
        let request = office.world.bare(Method::POST, path);
        let request = request
            .header("Host", evil)
            .header("X-Forwarded-Host", evil);
        request
            .header("X-Forwarded-Proto", "http")
            .header("Forwarded", format!("host={evil}"))
            .header("Origin", format!("https://{evil}"))
    };
    let begun = dressed("/api/v1/sign-in/passkey")
        .json(&json!({}))
        .send()
        .await
        .unwrap();
    let begun: Value = read(begun, StatusCode::OK, "sign-in/passkey").await;
    assert_eq!(
        begun["options"]["publicKey"]["rpId"],
        PUBLIC_URL.trim_start_matches("https://")
    );
    let asked = dressed("/api/v1/password-reset").json(&json!({"email": "ama@developer.example"}));
    assert_eq!(asked.send().await.unwrap().status(), StatusCode::ACCEPTED);
    let mail = office.world.mails().pop().unwrap();
    assert!(!mail.contains(evil), "{mail}");
    // Nor does an address that a client writes into the header let it past the wait of the one that the proxy saw and added.
    for number in 0..40 {
        let guess = json!({"email": format!("nobody{number}@developer.example"), "password": "not the right one"});
        let guess = dressed("/api/v1/sign-in")
            .header(
                "X-Forwarded-For",
                format!("198.51.100.{number}, 203.0.113.9"),
            )
            .json(&guess);
        let status = guess.send().await.unwrap().status();
        if status == StatusCode::TOO_MANY_REQUESTS {
            return;
        }
    }
    panic!("forty guesses from one machine were all answered");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_page_of_another_origin_may_read_an_answer() {
    let office = Office::open().await;
    let ama = &office.developer;
    for method in [Method::GET, Method::OPTIONS] {
        let request = office.ask(ama, method.clone(), "/api/v1/me");
        let request = request
            .header("Origin", "https://evil.example")
            .header("Access-Control-Request-Method", "GET")
            .header("Access-Control-Request-Headers", "authorization");
        let answer = request.send().await.unwrap();
        let names: Vec<&str> = answer.headers().keys().map(|name| name.as_str()).collect();
        assert!(
            !names.iter().any(|name| name.starts_with("access-control-")),
            "{method}: {names:?}"
        );
        assert!(
            !names.contains(&"set-cookie"),
            "no cookie goes along by itself"
        );
        assert_eq!(answer.headers()["x-content-type-options"], "nosniff");
        let kept = answer.headers().get("cache-control");
        let kept = kept.map(|value| value.to_str().unwrap());
        let nobody_elses = ["no-store", "private, no-cache"];
        assert!(
            kept.is_some_and(|kept| nobody_elses.contains(&kept)),
            "{method}: {kept:?}"
        );
    }
    // A form of another page sends no JSON.
    let form = office
        .ask(ama, Method::POST, "/api/v1/me/password")
        .header("Content-Type", "text/plain");
    let form = form
        .body(r#"{"old": "x", "password": "y"}"#)
        .send()
        .await
        .unwrap();
    assert_eq!(form.status(), StatusCode::UNSUPPORTED_MEDIA_TYPE);
}
