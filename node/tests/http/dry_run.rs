//! `?dry_run=true`: every write can be tried, says what it would do, and changes nothing: neither the ledger nor a private store.

use std::collections::BTreeSet;
use std::path::Path;

use countersign_protocol::federation::invite::{Invite, InviteFields};
use countersign_protocol::log::{KeyKind, SignerKey};
use countersign_protocol::time::Timestamp;
use countersign_protocol::workflow::preset;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions, Row};

use crate::article6;
use crate::common;
use crate::office::{Office, project, submit_project};
use crate::openapi::{operations, template};
use crate::passkeys::{Device, add};
use crate::world::{World, ch, kind, problem, read, witness_key};

/// Writes that can not be tried, with the reason.
const NOT_TRIED: &[(&str, &str)] = &[
    (
        "post /cases/{number}/letters/preview",
        "it writes nothing: it is the trial of a letter",
    ),
    (
        "post /oauth/token",
        "a trial would tell whether a key is right",
    ),
    (
        "post /sign-in",
        "a trial would tell whether a password is right",
    ),
    (
        "post /sign-in/code",
        "a trial would tell whether a code is right",
    ),
    ("post /sign-out", "it only ends the secret that is shown"),
    (
        "post /invitations/accept",
        "a trial would tell whether a code is right",
    ),
    ("post /password-reset", "it only sends mail"),
    (
        "post /password-reset/complete",
        "a trial would tell whether a code is right",
    ),
    (
        "post /me/password",
        "a trial would tell whether a password is right",
    ),
    (
        "post /me/authenticator",
        "it gives a secret that nothing counts on until it is confirmed",
    ),
    (
        "post /me/authenticator/confirm",
        "a trial would tell whether a code is right",
    ),
    (
        "post /me/passkeys",
        "it gives a challenge that nothing counts on until it is answered",
    ),
    (
        "post /me/passkeys/confirm",
        "a trial would tell whether an answer is right",
    ),
    (
        "post /me/recovery-codes",
        "a trial would show codes that never count",
    ),
    (
        "post /sign-in/passkey",
        "it gives a challenge that nothing counts on until it is answered",
    ),
    (
        "post /sign-in/passkey/confirm",
        "a trial would tell whether an answer is right",
    ),
    ("post /partners/{party}/ping", "it writes nothing"),
    (
        "post /bridges/{bridge}/sync",
        "it does sooner what happens anyway; `plan` is its trial",
    ),
    (
        "post /bridges/{bridge}/diff",
        "it compares, and notes what it finds",
    ),
    (
        "post /reconciliations/{party}",
        "it does sooner what happens anyway, and records what it finds",
    ),
    ("post /open-data", "it does sooner what happens every night"),
    ("post /webhooks/{id}/ping", "it is a trial itself"),
    ("post /partners/{party}/parcel", "it writes nothing"),
    (
        "post /parcels",
        "it writes what the partner would write through the network without being asked",
    ),
    ("post /agreements/sign", "it writes nothing"),
    (
        "post /evidence",
        "it writes what a partner would write through the network without being asked",
    ),
];

/// Writes that other tests try, since they need more than one request (`migration`, `bulk`, `beneficiaries`).
const TRIED_ELSEWHERE: &[&str] = &[
    // In `bridges`: the node of this test runs none.
    "post /bridges/{bridge}/replay",
    "post /bridges/{bridge}/arrivals/open",
    // In `monitoring`: sources sign what they send.
    "post /projects/{number}/sources",
    "post /sources/{id}/revoke",
    "post /blueprints",
    "post /data-points",
    "post /data-points/file",
    "post /projects/{number}/batches",
    // In `reconciliation`: only an order that is honoured can be ended.
    "post /freezes/{party}/{hold}/end",
    // In `evidence`: only an accused ledger can be cleared.
    "post /partners/{party}/clear",
    "post /cases/{number}/migrations",
    "post /migrations/{id}",
    "post /bulk/{kind}",
    "delete /beneficiary-names/{commitment}",
    "post /article6/submissions",
    "post /article6/submissions/import",
    "post /article6/notifications",
];

/// Every row of a private SQLite file but those moments that reading moves too.
async fn rows(file: &Path) -> Vec<String> {
    let options = SqliteConnectOptions::new().filename(file).read_only(true);
    let mut connection = options.connect().await.unwrap();
    let mut found = Vec::new();
    for table in names(
        &mut connection,
        "SELECT name FROM sqlite_schema WHERE type = 'table'",
    )
    .await
    {
        let columns = format!("SELECT name FROM pragma_table_info('{table}')");
        let columns = names(&mut connection, &columns).await;
        let kept: Vec<String> = columns
            .into_iter()
            .filter(|column| column != "used_ms")
            .map(|column| format!("quote({column})"))
            .collect();
        let select = format!("SELECT {} FROM {table}", kept.join(" || ',' || "));
        let texts = names(&mut connection, &select).await;
        found.extend(texts.into_iter().map(|text| format!("{table}: {text}")));
    }
    found.sort();
    found
}

async fn names(connection: &mut SqliteConnection, statement: &str) -> Vec<String> {
    let rows = sqlx::query(sqlx::AssertSqlSafe(statement.to_owned()));
    let rows = rows.fetch_all(connection).await.unwrap();
    rows.iter().map(|row| row.get::<String, _>(0)).collect()
}

fn files(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else {
            let bytes = std::fs::metadata(&path).unwrap().len();
            found.insert(format!("{} {bytes}", path.display()));
        }
    }
}

/// Everything that a node keeps beside what follows from the ledger.
async fn kept(world: &World) -> (u64, Vec<String>, BTreeSet<String>) {
    let root = world.root();
    let mut all = rows(&root.join("private/people.sqlite")).await;
    all.extend(rows(&root.join("documents.sqlite")).await);
    let mut whole = BTreeSet::new();
    for folder in ["mail", "documents", "private"] {
        files(&root.join(folder), &mut whole);
    }
    whole.retain(|file| !file.contains(".sqlite"));
    (world.handle().head().borrow().size, all, whole)
}

/// Tries a write; gives the answer of a trial, or what came instead.
async fn tried(
    world: &World,
    secret: &str,
    (method, path, body): (&str, &str, Value),
) -> Result<Value, String> {
    let method: Method = method.to_uppercase().parse().unwrap();
    let sign = if path.contains('?') { '&' } else { '?' };
    let path = format!("/api/v1{path}{sign}dry_run=true");
    let mut request = world
        .bare(method.clone(), &path)
        .header("Idempotency-Key", common::request().to_string());
    if !secret.is_empty() {
        request = request.bearer_auth(secret);
    }
    request = match body {
        Value::Null => request,
        Value::String(bytes) => request.header("Content-Type", "text/plain").body(bytes),
        body => request.json(&body),
    };
    let answer = request.send().await.unwrap();
    let status = answer.status();
    let text = answer.text().await.unwrap();
    let value: Value = serde_json::from_str(&text).unwrap_or(Value::Null);
    if status == StatusCode::OK && value["dry_run"] == true {
        return Ok(value);
    }
    Err(format!("{method} {path}: {status} {text}"))
}

/// In a month.
fn soon_ms() -> u64 {
    let now = std::time::UNIX_EPOCH.elapsed().unwrap();
    u64::try_from(now.as_millis()).unwrap() + 30 * 86_400_000
}

fn invitation_of_vanuatu() -> String {
    let key = SignerKey::from_seed("vu.example/ledger", KeyKind::Ed25519, &[6; 32]).unwrap();
    let fields = InviteFields {
        party: "VU".parse().unwrap(),
        origin: "vu.example/ledger".parse().unwrap(),
        registry: "VUT01".parse().unwrap(),
        log_key: key.verifier().clone(),
        cosigner_key: witness_key().verifier().clone(),
        peer: "12D3KooWCdGSwnNgK3xFQS2UyA6xoBUKeUQpP5zPtiVaW7UkH1SA"
            .parse()
            .unwrap(),
        addresses: vec!["/ip4/192.0.2.1/tcp/4001".parse().unwrap()],
        http: None,
        issued: Timestamp::from_seconds(1_790_000_000).unwrap(),
    };
    Invite::sign(fields, &key).unwrap().to_string()
}

/// The operation that a request asks for.
fn operation(method: &str, path: &str) -> String {
    format!("{method} {}", template(method, path).unwrap_or("unknown"))
}

/// What the operator can write in a registry without a process.
async fn plain(world: &World) -> Vec<(&'static str, String, Value)> {
    let transfer = world.send(5).await;
    let held: Value = world.get("/api/v1/accounts/1/holdings").await;
    let range = &held["items"][0]["range"];
    let units = json!({"tonnes": 3});
    vec![
        (
            "post",
            "/organisations".to_owned(),
            json!({"name": "A", "kind": "developer"}),
        ),
        (
            "post",
            "/accounts".to_owned(),
            json!({"organisation": 1, "name": "B", "kind": "entity_holding"}),
        ),
        (
            "post",
            "/projects".to_owned(),
            json!({"organisation": 1, "title": "C", "scope": "3"}),
        ),
        (
            "post",
            "/issuances".to_owned(),
            json!({"account": 1, "project": 1, "year": 2024, "unit_type": "ITMO", "tonnes": 5}),
        ),
        (
            "post",
            "/holds".to_owned(),
            json!({"account": 1, "ranges": [range], "reason": "a check"}),
        ),
        (
            "post",
            "/account-transfers".to_owned(),
            json!({"from": 1, "to": 2, "units": units}),
        ),
        (
            "post",
            "/transfers".to_owned(),
            json!({"to": "CH", "agreement": crate::world::AGREEMENT, "from": 1, "to_account": 7, "units": units}),
        ),
        (
            "post",
            format!("/transfers/{transfer}/cancel"),
            json!({"reason": "a change of mind"}),
        ),
        (
            "post",
            "/retirements".to_owned(),
            json!({"account": 1, "units": units, "kind": "cancel", "purpose": "voluntary", "beneficiary": "Kumasi Brewery"}),
        ),
        (
            "post",
            "/partners".to_owned(),
            json!({"invite": invitation_of_vanuatu()}),
        ),
        ("delete", format!("/partners/{}", ch()), Value::Null),
        (
            "post",
            "/agreements".to_owned(),
            json!({"agreement": "a signed agreement"}),
        ),
        ("post", "/keys/rotate".to_owned(), Value::Null),
        (
            "post",
            "/processes".to_owned(),
            json!({"text": preset("small").unwrap()}),
        ),
    ]
}

/// What can be recorded of Article 6, in a registry whose units left before their first transfer.
async fn of_article6(world: &World) -> Vec<(&'static str, String, Value)> {
    let mut approach = article6::approach();
    approach["definition"] = json!("use_or_cancellation");
    let _: Value = world.post("/api/v1/cooperative-approaches", approach).await;
    let mut writes = Vec::new();
    for (path, mut body, ..) in article6::writes() {
        if path == "authorisations" {
            body["uses"] = json!("imp");
            let _: Value = world.post("/api/v1/authorisations", body.clone()).await;
        }
        if path == "cooperative-approaches" {
            body["definition"] = json!("use_or_cancellation");
        }
        writes.push(("post", format!("/{path}"), body));
    }
    let units = json!({"authorisation": "GH-2026-001", "account": 1, "units": {"tonnes": 20}});
    let made: Value = world
        .post("/api/v1/unit-authorisations", units.clone())
        .await;
    let sent = world.send(20).await;
    world.settle(sent).await;
    let notice = json!({"ranges": made["made"]["records"][0]["units_authorised"]["ranges"],
        "purpose": "international_mitigation", "party": "CH", "day": "2026-01-01", "reference": "notice 1"});
    writes.push(("post", "/unit-authorisations".to_owned(), units));
    writes.push(("post", "/use-notices".to_owned(), notice));
    writes
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_write_can_be_tried_and_a_trial_moves_neither_the_ledger_nor_a_private_store() {
    let mut seen: BTreeSet<String> = TRIED_ELSEWHERE.iter().map(|it| (*it).to_owned()).collect();
    let mut faults = Vec::new();
    let world = World::start().await;
    let writes = plain(&world).await;
    let before = kept(&world).await;
    for (method, path, body) in &writes {
        let answer = tried(&world, &world.token, (method, path, body.clone())).await;
        match answer {
            Ok(answer) => assert!(!answer["records"].as_array().unwrap().is_empty(), "{path}"),
            Err(fault) => faults.push(fault),
        }
        seen.insert(operation(method, path));
    }
    assert_eq!(kept(&world).await, before);

    let world = World::start().await;
    let writes = of_article6(&world).await;
    let before = kept(&world).await;
    for (method, path, body) in &writes {
        let answer = tried(&world, &world.token, (method, path, body.clone())).await;
        faults.extend(answer.err());
        seen.insert(operation(method, path));
    }
    assert_eq!(kept(&world).await, before);

    let office = Office::open().await;
    let world = &office.world;
    let [official, second] = [&office.officials[0], &office.officials[1]];
    let developer = &office.developer;
    let case = office.case(developer, project()).await;
    let submit = submit_project(&office, case).await;
    let document = office
        .get(developer, &format!("/api/v1/cases/{case}/documents"))
        .await;
    let document = document["items"][0]["document"].as_u64().unwrap();
    let handed_in = office.case(developer, project()).await;
    let acted = submit_project(&office, handed_in).await;
    office.act(developer, handed_in, acted).await;
    let finding = json!({"kind": "clarification", "text": "Which islands?"});
    let findings = format!("/api/v1/cases/{handed_in}/findings");
    for number in 1..=2 {
        let opened =
            crate::office::send(world, &office.certifier, &findings, finding.clone()).await;
        assert_eq!(opened.status(), StatusCode::CREATED, "{number}");
    }
    let text = json!({"text": "Tanna."});
    let answered = format!("{findings}/2/answer");
    let answered = crate::office::send(world, developer, &answered, text.clone()).await;
    assert_eq!(answered.status(), StatusCode::CREATED);
    let role = json!({"role": "manager"});
    let of_buyer = format!("/api/v1/users/{}/role", office.buyer.user);
    let proposed = crate::office::send(world, official, &of_buyer, role.clone()).await;
    let proposed: Value = read(proposed, StatusCode::ACCEPTED, &of_buyer).await;
    let proposal = &proposed["proposal"];
    let hold = json!({"on": {"account": office.accounts[0]}, "reason": "a dispute", "authority": official.organisation, "reference": "suit 1"});
    let held = crate::office::send(world, official, "/api/v1/standing-holds", hold.clone()).await;
    let held: Value = read(held, StatusCode::CREATED, "hold").await;
    let draft = format!("/api/v1/cases/{case}/drafts/submit");
    let saved = office
        .ask(developer, Method::PUT, &draft)
        .json(&json!({"title": "S"}));
    assert_eq!(saved.send().await.unwrap().status(), StatusCode::OK);
    let key = json!({"label": "k", "actions": ["units-read"], "expires_ms": soon_ms()});
    let made = crate::office::send(world, developer, "/api/v1/me/api-keys", key.clone()).await;
    let made: Value = read(made, StatusCode::CREATED, "api key").await;
    let sessions = office.get(developer, "/api/v1/me/sessions").await;
    let passkey = add(&office, developer, &mut Device::new()).await;
    let passkey = passkey["passkey"]["passkey"].as_str().unwrap().to_owned();
    let trust = json!({"receiver": {"organisation": office.buyer.organisation}});
    let trusting = "/api/v1/trusted-receivers";
    let entered = crate::office::send(world, developer, trusting, trust.clone()).await;
    let entered: Value = read(entered, StatusCode::ACCEPTED, trusting).await;
    let enter = format!("/api/v1/proposals/{}", entered["proposal"]);
    let approved = crate::office::send(world, official, &enter, json!({"approve": true})).await;
    assert_eq!(approved.status(), StatusCode::NO_CONTENT);
    let invite = json!({"email": "new@gov.example", "name": "N", "language": "en", "organisation": official.organisation, "role": "manager"});
    let suspended = crate::office::send(
        world,
        official,
        &format!("/api/v1/users/{}/suspend", office.certifier.user),
        json!({}),
    )
    .await;
    assert_eq!(suspended.status(), StatusCode::NO_CONTENT);

    let said = json!({"text": "Which islands are meant?"});
    let comments = format!("/api/v1/cases/{handed_in}/comments");
    let comment = crate::office::send(world, developer, &comments, said.clone()).await;
    let comment: Value = read(comment, StatusCode::CREATED, &comments).await;
    let first: Value = world
        .post("/api/v1/beneficiaries", json!({"name": "Kumasi Brewery"}))
        .await;
    let second_entry: Value = world
        .post(
            "/api/v1/beneficiaries",
            json!({"name": "Volta Ferry Company"}),
        )
        .await;
    let webhook = json!({"url": "https://receiver.example/hook", "types": "ledger.key_rotated"});
    let webhook: Value = world.post("/api/v1/webhooks", webhook).await;
    let waiting = json!({"email": "later@gov.example", "name": "L", "language": "en", "organisation": official.organisation, "role": "manager"});
    let waiting: Value = world.post("/api/v1/invitations", waiting).await;
    let lift =
        json!({"reason": "settled", "authority": official.organisation, "reference": "suit 1"});
    let anyone = String::new();
    let operator = &world.token;
    let user = developer.user;
    let registration = json!({"organisation": "D", "organisation_type": "developer", "email": "d@d.example", "name": "D", "language": "en"});
    let writes: Vec<(&String, &str, String, Value)> = vec![
        (
            operator,
            "post",
            "/beneficiaries".to_owned(),
            json!({"name": "Tamale Mills"}),
        ),
        (
            operator,
            "post",
            format!("/beneficiaries/{}/review", first["id"]),
            Value::Null,
        ),
        (
            operator,
            "post",
            format!("/beneficiaries/{}/merge", first["id"]),
            json!({"into": second_entry["id"]}),
        ),
        (
            operator,
            "delete",
            format!("/beneficiaries/{}", second_entry["id"]),
            Value::Null,
        ),
        (
            operator,
            "post",
            "/webhooks".to_owned(),
            json!({"url": "https://receiver.example/other"}),
        ),
        (
            operator,
            "delete",
            format!("/webhooks/{}", webhook["webhook"]),
            Value::Null,
        ),
        (
            operator,
            "post",
            format!("/webhooks/{}/resume", webhook["webhook"]),
            json!({}),
        ),
        (
            operator,
            "post",
            format!("/webhooks/{}/pause", webhook["webhook"]),
            Value::Null,
        ),
        (
            operator,
            "post",
            format!("/webhooks/{}/replay", webhook["webhook"]),
            json!({"from": 0}),
        ),
        (
            operator,
            "post",
            "/mail/retry".to_owned(),
            json!({"mail": null}),
        ),
        (
            &developer.token,
            "put",
            "/me/notifications".to_owned(),
            json!({"mail": false}),
        ),
        (
            &developer.token,
            "put",
            "/me/profile".to_owned(),
            json!({"name": "Ama A.", "language": "fr"}),
        ),
        (
            &developer.token,
            "post",
            format!("/cases/{handed_in}/comments"),
            said.clone(),
        ),
        (
            &developer.token,
            "put",
            format!("/cases/{handed_in}/comments/{}", comment["comment"]),
            said,
        ),
        (
            &official.token,
            "post",
            format!("/users/{}/invitations", waiting["user"]),
            Value::Null,
        ),
        (
            operator,
            "post",
            "/enrolments".to_owned(),
            json!({"name": "E", "organisation_type": "developer"}),
        ),
        (&developer.token, "post", "/cases".to_owned(), project()),
        (
            &developer.token,
            "post",
            format!("/cases/{case}/acts"),
            submit,
        ),
        (
            &office.certifier.token,
            "post",
            format!("/cases/{handed_in}/findings"),
            finding,
        ),
        (
            &developer.token,
            "post",
            format!("/cases/{handed_in}/findings/1/answer"),
            text.clone(),
        ),
        (
            &office.certifier.token,
            "post",
            format!("/cases/{handed_in}/findings/2/close"),
            text,
        ),
        (&official.token, "post", "/standing-holds".to_owned(), hold),
        (
            &official.token,
            "post",
            format!("/standing-holds/{}/lift", held["made"]["hold"]),
            lift,
        ),
        (
            &developer.token,
            "put",
            format!("/cases/{handed_in}/drafts/submit"),
            json!({"title": "x"}),
        ),
        (
            &developer.token,
            "delete",
            format!("/cases/{case}/drafts/submit"),
            Value::Null,
        ),
        (
            &developer.token,
            "post",
            format!("/cases/{case}/documents?kind=design-document&file_name=a.txt"),
            json!("words\n"),
        ),
        (
            &developer.token,
            "post",
            format!("/documents/{document}/visibility"),
            json!({"visibility": "certifier"}),
        ),
        (&developer.token, "post", "/me/api-keys".to_owned(), key),
        (
            &developer.token,
            "put",
            format!("/me/passkeys/{passkey}"),
            json!({"label": "Laptop"}),
        ),
        (
            &developer.token,
            "delete",
            format!("/me/passkeys/{passkey}"),
            Value::Null,
        ),
        (
            &developer.token,
            "post",
            "/trusted-receivers".to_owned(),
            trust,
        ),
        (
            &developer.token,
            "post",
            "/trusted-receivers/remove".to_owned(),
            json!({"organisation": developer.organisation, "receiver": {"organisation": office.buyer.organisation}}),
        ),
        (
            &developer.token,
            "delete",
            format!("/me/api-keys/{}", made["id"].as_str().unwrap()),
            Value::Null,
        ),
        (
            &developer.token,
            "delete",
            format!("/me/sessions/{}", sessions[0]["session"]),
            Value::Null,
        ),
        (&official.token, "post", "/invitations".to_owned(), invite),
        (&official.token, "post", format!("/users/{user}/role"), role),
        (
            &second.token,
            "post",
            format!("/proposals/{proposal}"),
            json!({"approve": true}),
        ),
        (
            &official.token,
            "post",
            format!("/users/{user}/suspend"),
            Value::Null,
        ),
        (
            &official.token,
            "post",
            format!("/users/{}/reactivate", office.certifier.user),
            Value::Null,
        ),
        (
            &official.token,
            "post",
            format!("/users/{user}/end-sessions"),
            Value::Null,
        ),
        (
            &official.token,
            "post",
            format!("/users/{user}/reset-factors"),
            Value::Null,
        ),
        (
            &official.token,
            "post",
            format!("/users/{user}/erase"),
            Value::Null,
        ),
        (&anyone, "post", "/registrations".to_owned(), registration),
    ];
    // The certifier is suspended only for the trial of its return.
    let back = format!("/api/v1/users/{}/reactivate", office.certifier.user);
    let before = kept(world).await;
    let certifiers = |path: &str| path.ends_with("/findings") || path.ends_with("/close");
    for (secret, method, path, body) in &writes {
        seen.insert(operation(method, path));
        if !certifiers(path) {
            faults.extend(
                tried(world, secret, (method, path, body.clone()))
                    .await
                    .err(),
            );
        }
    }
    assert_eq!(kept(world).await, before);
    let reactivated = crate::office::send(world, official, &back, json!({})).await;
    assert_eq!(reactivated.status(), StatusCode::NO_CONTENT);
    let certifier = crate::office::sign_in(
        world,
        "cem@certifier.example",
        office.certifier.organisation,
    )
    .await;
    let before = kept(world).await;
    for (_, method, path, body) in writes.iter().filter(|it| certifiers(&it.2)) {
        faults.extend(
            tried(world, &certifier.token, (method, path, body.clone()))
                .await
                .err(),
        );
    }
    assert_eq!(kept(world).await, before);

    assert!(faults.is_empty(), "{}", faults.join("\n"));
    let mut missing = Vec::new();
    for (path, method, operation) in operations() {
        let name = format!("{method} {path}");
        let parameters = operation["parameters"].as_array().into_iter().flatten();
        let can = parameters.into_iter().any(|it| it["name"] == "dry_run");
        let excused = NOT_TRIED.iter().any(|(known, _)| *known == name);
        let wrong = match method {
            "get" => can,
            _ => can == excused || can != seen.contains(&name),
        };
        if wrong {
            missing.push(name);
        }
    }
    assert!(
        missing.is_empty(),
        "neither tried here nor excused:\n{}",
        missing.join("\n")
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_trial_tells_what_stands_against_a_wish_as_the_wish_itself_is_told() {
    let office = Office::open().await;
    let official = &office.officials[0];
    for (method, path, body) in [
        (
            Method::POST,
            format!("/users/{}/role", office.developer.user),
            json!({"role": "emperor"}),
        ),
        (
            Method::POST,
            "/invitations".to_owned(),
            json!({"email": "k@gov.example", "name": "K", "language": "en", "organisation": official.organisation, "role": "emperor"}),
        ),
        (
            Method::POST,
            format!("/users/{}/reactivate", office.developer.user),
            Value::Null,
        ),
        (
            Method::POST,
            "/standing-holds".to_owned(),
            json!({"on": {"account": 99}, "reason": "r", "authority": 1, "reference": "s"}),
        ),
    ] {
        let mut told = Vec::new();
        for query in ["?dry_run=true", "?dry_run=false"] {
            let path = format!("/api/v1{path}{query}");
            let answer = office
                .ask(official, method.clone(), &path)
                .json(&body)
                .send();
            let problem = problem(answer.await.unwrap()).await;
            told.push((kind(&problem).to_owned(), problem.detail, problem.errors));
        }
        assert_eq!(told[0], told[1], "{path}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_can_not_be_tried_says_so() {
    let world = World::start().await;
    for (name, _) in NOT_TRIED {
        let (method, path) = name.split_once(' ').unwrap();
        let path = path.replace("{party}", "CH").replace("{number}", "1");
        let method: Method = method.to_uppercase().parse().unwrap();
        let path = format!("/api/v1{path}?dry_run=true");
        let problem = problem(
            world
                .ask(method, &path)
                .json(&json!({}))
                .send()
                .await
                .unwrap(),
        )
        .await;
        assert_eq!(
            (problem.status, kind(&problem)),
            (400, "malformed"),
            "{name}"
        );
        assert_eq!(
            problem.errors[0].parameter.as_deref(),
            Some("dry_run"),
            "{name}"
        );
    }
}
